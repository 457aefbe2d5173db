use super::*;

fn known() -> Table {
    toml::from_str(
        "name = \"\"\ncapacity = 1\nquestions = [{ key = \"\", text = \"\" }]\n[hours]\nzone = \"\"\nweek.mon = []\n",
    )
    .unwrap()
}

fn mistakes(text: &str) -> Vec<String> {
    let source = Source {
        file: "desk.toml",
        text,
        lines_before: 0,
    };
    let read: Result<Table, _> = source.read(&known());
    read.err().unwrap_or_default().iter().map(Mistake::to_string).collect()
}

#[test]
fn unknown_keys_are_told_with_their_place_and_the_nearest() {
    let check = |text: &str, expected: &[&str]| assert_eq!(mistakes(text), expected, "{text}");
    check("name = \"x\"\n[hours]\nweek.mon = []\n", &[]);
    check(
        "\n  nmae = \"x\"\n",
        &["desk.toml:2:3: there is no `nmae`; did you mean `name`?"],
    );
    check(
        "zzz = 1\ncapacty = 2\n",
        &[
            "desk.toml:2:1: there is no `capacty`; did you mean `capacity`?",
            "desk.toml:1:1: there is no `zzz`; known are capacity, hours, name, questions",
        ],
    );
    check(
        "questions = [{ key = \"a\", text = \"b\" }, { kye = \"c\" }]\n",
        &["desk.toml:1:43: there is no `questions.kye`; did you mean `questions.key`?"],
    );
    check(
        "[hours]\nweek.mno = []\n[hours.wek]\n",
        &[
            "desk.toml:2:6: there is no `hours.week.mno`; did you mean `hours.week.mon`?",
            "desk.toml:3:8: there is no `hours.wek`; did you mean `hours.week`?",
        ],
    );
    let broken = mistakes("name = \"x\"\nname = \"y\"\n");
    assert!(broken[0].starts_with("desk.toml:2:1: this is not TOML: "), "{broken:?}");
    // A name made of escapes is shown as pictures.
    assert!(mistakes("\"\\u001b[2J\" = 1\n")[0].contains("`␛[2J`"));
}

#[test]
fn lines_are_those_of_the_file() {
    let source = Source {
        file: "hello.txt",
        text: "\"ä\" = 1\nxx = 2\n",
        lines_before: 1,
    };
    assert_eq!((source.place(4), source.place_of("xx")), ((2, 4), Some((3, 1))));
}

#[test]
fn quoted_texts_are_safe_and_lose_nothing() {
    for text in [
        "plain",
        "a \"quote\" \\ and\ttab\nline",
        "größe 猫",
        "\u{1b}[2J\u{202e}evil\u{0}\u{7f}\u{9b}",
        "e\u{301}",
        "👩\u{200d}💻 \u{200d}x",
        &"\u{301}".repeat(10_000),
    ] {
        let quoted = quoted(text);
        assert_eq!(
            Shown::line(&quoted).as_str().chars().take(100).collect::<String>(),
            quoted.chars().take(100).collect::<String>()
        );
        let table: Table = toml::from_str(&format!("x = {quoted}\n")).unwrap();
        assert_eq!(table["x"].as_str(), Some(text));
    }
    assert_eq!(quoted("größe 猫"), "\"größe 猫\"", "what can be shown is shown");
}

#[test]
fn values_stand_on_one_line() {
    let table: Table = toml::from_str("a = [1, true, \"x\"]\n[b]\nc.d = 1.5\n\"e f\" = {}\n").unwrap();
    assert_eq!(
        inline(&Value::Table(table)),
        "{ a = [1, true, \"x\"], b = { c = { d = 1.5 }, \"e f\" = {} } }"
    );
}

#[test]
fn what_was_meant_is_near() {
    let known = ["Ada Lovelace", "Bo", "billing"];
    let near = |word| nearest(word, known.into_iter());
    assert_eq!(near("ada"), Some("Ada Lovelace"));
    assert_eq!(near("biling"), Some("billing"));
    assert_eq!(near("OB"), Some("Bo"));
    assert_eq!(
        (near("refunds"), near(""), nearest("x", [].into_iter())),
        (None, None, None)
    );
}
