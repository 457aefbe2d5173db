//! The real program, where no server is needed: exit codes, words, and what stays on disk.

use std::{
    fs,
    io::Write,
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, Output, Stdio},
};

fn chat(state: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_minicom-chat"));
    command.args(args).arg("--state").arg(state);
    command.env_remove("MINICOM_SERVER").env_remove("MINICOM_STATE");
    command.stdin(Stdio::null());
    command
}

/// An address where nobody listens.
fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

#[track_caller]
fn check(output: &Output, code: i32, words: &str) {
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{errors}");
    assert!(errors.contains(words), "{errors}");
}

/// One more than a conversation can need.
const SKILLS: [&str; 10] = [
    "alice",
    "--skill=a",
    "--skill=b",
    "--skill=c",
    "--skill=d",
    "--skill=e",
    "--skill=f",
    "--skill=g",
    "--skill=h",
    "--skill=i",
];

#[test]
fn what_is_wrong_is_said_before_anything_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state");
    for (args, words) in [
        (&["a b"][..], "use letters, digits, dot"),
        (&["аlice"], "mixes letters of different scripts"),
        (&["alice", "--server", "ftp://x"], "minicom-chat: "),
        (&["alice", "--server", "http://example.com"], "minicom-chat: "),
        (&["alice", "-m", " \u{200b}"], "The message is empty"),
        (&["alice", "-m", ""], "The message is empty"),
        (&["alice", "--theme", "pink"], "--theme"),
        (&["alice", "-m", "x", "--plain"], "cannot be used with"),
        (&["alice", "--email", "nobody"], "needs a name, one @ and a domain"),
        (&["alice", "--name", ""], "the name is empty"),
        (&["alice", "--subject", "a\nb"], "the subject cannot contain U+000A"),
        (&["alice", "--priority", "soon"], "low, medium, high or urgent"),
        (&["alice", "--skill", "two words"], "a skill cannot contain a blank"),
        (&SKILLS, "8 is the most"),
        (&[], "as in:  minicom-chat alice --state "),
    ] {
        check(&chat(&state, args).output().unwrap(), 2, words);
    }
    assert!(!state.exists(), "no secret was made");
}

#[test]
fn without_a_server_one_message_is_not_sent_and_nothing_stays() {
    let folder = tempfile::tempdir().unwrap();
    let server = nobody();
    let output = chat(folder.path(), &["alice", "-m", "hi", "--server", &server])
        .output()
        .unwrap();
    check(&output, 69, "Nothing was sent.");
    assert!(output.stdout.is_empty());
    let kept: Vec<_> = fs::read_dir(folder.path())
        .unwrap()
        .map(|it| it.unwrap().file_name())
        .collect();
    assert_eq!(kept, ["secrets"], "no outbox");
}

#[test]
fn a_message_from_the_input_is_bounded() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = chat(folder.path(), &["alice", "-m", "-", "--server", &nobody()])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The program may stop reading before the end.
    let _ = child.stdin.take().unwrap().write_all(&vec![b'x'; 1 << 20]);
    check(
        &child.wait_with_output().unwrap(),
        2,
        "longer than 16 KiB (16384 bytes)",
    );
}

#[test]
fn a_secret_that_others_can_read_is_not_used() {
    let folder = tempfile::tempdir().unwrap();
    let server = nobody();
    let run = || {
        chat(folder.path(), &["alice", "-m", "hi", "--server", &server])
            .output()
            .unwrap()
    };
    check(&run(), 69, "Nothing was sent.");
    let secret = fs::read_dir(folder.path().join("secrets"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap();
    fs::set_permissions(secret.path(), fs::Permissions::from_mode(0o644)).unwrap();
    check(&run(), 77, "chmod 600");
}

#[test]
fn who_says_no_name_is_told_what_to_type() {
    let folder = tempfile::tempdir().unwrap();
    let output = chat(folder.path(), &["--plain"]).output().unwrap();
    check(
        &output,
        2,
        "minicom-chat: Say the name that you go by at this desk, as in:  minicom-chat alice",
    );
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(
        words.lines().count() == 2 && words.contains("alice --plain --state "),
        "{words}"
    );
}

#[test]
fn help_and_version_go_to_the_output() {
    let folder = tempfile::tempdir().unwrap();
    for (flag, words) in [("--version", "minicom-chat 0."), ("--help", "Exit codes: 0 well")] {
        let output = chat(folder.path(), &[flag]).output().unwrap();
        check(&output, 0, "");
        assert!(String::from_utf8_lossy(&output.stdout).contains(words));
    }
}

#[test]
fn the_keys_that_hold_are_printed_and_mistakes_stop_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("chat.toml");
    let ask = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_minicom-chat"));
        command
            .args(args)
            .env("XDG_CONFIG_HOME", folder.path())
            .env("HOME", folder.path());
        command
            .env_remove("MINICOM_CHAT_CONFIG")
            .env_remove("ZELLIJ")
            .stdin(Stdio::null())
            .output()
            .unwrap()
    };
    let said = |output: &Output| String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said(&ask(&["keys"])).contains("^K F10"), "{}", said(&ask(&["keys"])));
    let zellij = Command::new(env!("CARGO_BIN_EXE_minicom-chat"))
        .arg("keys")
        .env("ZELLIJ", "0")
        .env("XDG_CONFIG_HOME", folder.path())
        .env("HOME", folder.path())
        .env_remove("MINICOM_CHAT_CONFIG")
        .output()
        .unwrap();
    assert!(
        said(&zellij).contains("F10 ^K"),
        "it takes the chords for itself: {}",
        said(&zellij)
    );
    fs::write(&file, "[keys.chat]\n\"ctrl-g\" = \"menu\"\n").unwrap();
    let named = file.to_str().unwrap();
    assert!(said(&ask(&["keys", "--config", named])).contains("^G ^K F10"));
    assert!(said(&ask(&["keys", "--json", "--config", named])).contains(r#""chat":["ctrl-g","ctrl-k","f10"]"#));
    fs::write(&file, "[keys.chat]\n\"ctrl-g\" = \"manu\"\n").unwrap();
    let words = format!("{named}:2:12: there is no action \"manu\"; did you mean \"menu\"?");
    check(&ask(&["keys", "--config", named]), 2, &words);
    check(&ask(&["alice", "--config", named]), 2, &words);
    fs::write(&file, "mous = true\n\nthem = \"dark\"\n").unwrap();
    let told = ask(&["keys", "--config", named]);
    let lines: Vec<&str> = std::str::from_utf8(&told.stderr).unwrap().lines().collect();
    let begins = |n: usize, at: &str| {
        lines
            .get(n)
            .is_some_and(|it| it.starts_with(&format!("minicom-chat: {named}:{at}: ")))
    };
    assert!(lines.len() == 2 && begins(0, "1:1") && begins(1, "3:1"), "{lines:#?}");
    // A customer who is called so.
    let state = folder.path().join("state");
    let (state, server) = (state.to_str().unwrap().to_owned(), nobody());
    let chats = ask(&["--server", &server, "--state", &state, "-m", "hi", "--", "keys"]);
    assert_eq!(
        chats.status.code(),
        Some(69),
        "{}",
        String::from_utf8_lossy(&chats.stderr)
    );
}
