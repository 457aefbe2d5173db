use super::*;

fn message(id: u64, name: &str) -> Value {
    json!({"id": id, "session_id": "s", "sender": "customer", "timestamp": "2026-11-21T13:59:00Z", "agent_name": null,
           "attachment": {"upload_id": format!("0192f000-0000-7000-8000-0000000000{id:02}"), "file_name": name, "size": 5120,
                          "mime": "text/plain", "digest": "d", "url": "/u"}})
}

fn files() -> Vec<Value> {
    let text = json!({"id": 9, "sender": "bot", "content": "x"});
    told(&[
        message(1, "build.log"),
        message(2, "a\u{1b}[2J\u{202e}b.txt"),
        text,
        message(3, "build.log"),
        message(4, "3"),
        message(5, "Bundle.tar"),
    ])
}

#[test]
fn a_file_is_meant_by_number_id_name_or_its_beginning() {
    let files = files();
    let session = json!({"session_id": "40112830-0000"});
    let check = |word: &str, id: u64| {
        let found = meant(&files, word, &session).unwrap();
        assert_eq!(found["message_id"], id, "{word}");
    };
    check("1", 5);
    check("5", 1);
    // A number is a number, also where a file is called so.
    check("3", 3);
    check("build.log", 3);
    check("bui", 3);
    check("bund", 5);
    check("0192f000-0000-7000-8000-000000000001", 1);
    check("a\u{1b}[2J\u{202e}b.txt", 2);
    for (word, code, words) in [
        ("6", exit::NOTHING, "minicom-agent files 40112830"),
        ("0", exit::NOTHING, "no file 0"),
        ("", exit::NOTHING, "no file"),
        ("bu", exit::SEVERAL, "\n  1  Bundle.tar\n  3  build.log"),
    ] {
        let failure = meant(&files, word, &session).unwrap_err();
        assert!(
            failure.code == code && failure.words.contains(words),
            "{word}: {failure}"
        );
    }
    assert!(meant(&[], "1", &session).is_err());
}

#[test]
fn the_table_numbers_them_and_gates_them() {
    let told = table(&files(), &json!({"customer_id": "alice"}), &Zone::utc());
    let lines: Vec<&str> = told.lines().collect();
    assert!(lines[0].starts_with("#  FILE") && lines.len() == 6, "{told}");
    assert!(
        lines[1].contains("Bundle.tar") && lines[1].contains("5.0 KiB  13:59  alice"),
        "{told}"
    );
    assert!(!told.contains(['\u{1b}', '\u{202e}']), "{told:?}");
    assert_eq!(
        table(&[], &json!({}), &Zone::utc()),
        "There is no file in this conversation.\n"
    );
}

#[test]
fn what_is_told_is_enough_to_fetch_it() {
    let part = part(&files()[0]).unwrap();
    assert_eq!(
        (part.name.as_str(), part.size, part.digest.as_str()),
        ("Bundle.tar", 5120, "d")
    );
    assert_eq!(super::part(&json!({"file_name": "x"})), None);
}

#[test]
fn a_place_is_a_folder_if_it_is_one() {
    assert_eq!(to(None), To::Folder(".".into()));
    assert_eq!(to(Some(Path::new("/"))), To::Folder("/".into()));
    assert_eq!(to(Some(Path::new("no/x"))), To::File("no/x".into()));
}
