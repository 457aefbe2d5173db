use super::*;

#[test]
fn files_are_read_as_text_or_refused_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.txt");
    let check = |bytes: &[u8], expected: Result<&str, &str>| {
        fs::write(&file, bytes).unwrap();
        match (read(&file), expected) {
            (Ok(found), Ok(text)) => assert_eq!(found, text),
            (Err(mistake), Err(words)) => assert!(mistake.to_string().contains(words), "{mistake}"),
            (found, _) => panic!("{found:?} instead of {expected:?}"),
        }
    };
    check(b"\xEF\xBB\xBFa\r\nb\n", Ok("a\nb\n"));
    check(b"", Ok(""));
    check(b"one\ntwo \xFF\n", Err("a.txt:2:1: this line is not UTF-8"));
    check(&vec![b'x'; FILE_BYTES_MAX as usize + 1], Err("larger than"));
    assert!(
        read(&folder.path().join("b"))
            .unwrap_err()
            .what
            .contains("no such file")
    );
    assert!(read(folder.path()).unwrap_err().what.contains("folder"));
}

#[test]
fn a_folder_gives_its_files_by_name() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["b.md", "a.md", ".c.md", "d.md~", "e.txt"] {
        fs::write(folder.path().join(name), "x").unwrap();
    }
    fs::create_dir(folder.path().join("f.md")).unwrap();
    let named = folder.path().join("e.txt");
    let found = collect(&[folder.path().to_owned(), named], &["md"]).unwrap();
    let names: Vec<_> = found.iter().filter_map(|it| it.file_name()).collect();
    assert_eq!(names, ["a.md", "b.md", "e.txt"]);
    let nothing = collect(&[folder.path().to_owned()], &["toml"]).unwrap_err();
    assert_eq!(nothing.code, exit::USAGE);
}

#[test]
fn names_are_no_ways_out_of_the_folder() {
    assert_eq!(file_name("hello", "md"), "hello.md");
    assert_eq!(file_name("..", "md"), "_..md");
    assert_eq!(file_name(".profile", "md"), "_profile.md");
}

#[test]
fn a_file_is_written_whole_and_only_if_it_changes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.md");
    assert_eq!(write(&path, "one").unwrap(), Written::New);
    assert_eq!(write(&path, "one").unwrap(), Written::Unchanged);
    assert_eq!(write(&path, "two").unwrap(), Written::Changed);
    assert_eq!(fs::read_to_string(&path).unwrap(), "two");
    assert_eq!(
        fs::read_dir(folder.path()).unwrap().count(),
        1,
        "nothing is left beside it"
    );
    let nowhere = write(&folder.path().join("no/x.md"), "one").unwrap_err();
    assert_eq!(nowhere.code, exit::IO);
}
