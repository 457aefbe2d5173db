//! What the program is given by a shell and cannot use: each its exit status and its words.

mod program;

use std::{
    ffi::OsStr,
    fs::{self, File},
    io::{BufRead, BufReader},
    os::unix::{ffi::OsStrExt, fs::symlink, process::CommandExt},
    path::Path,
    process::{Command, Stdio},
};

use rustix::process::Signal;

use program::{Running, has_status, program, refusal, run, run_with_input, stdout};

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A folder that a server has left.
fn left() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    drop(Running::start(dir.path(), &[]));
    dir
}

#[test]
fn words_that_there_are_not_get_the_nearest_one() {
    for (line, nearest) in [
        ("agnet list", "'agent'"),
        ("agent lst", "'list'"),
        ("tenant crate", "'create'"),
        ("--lissten x", "'--listen'"),
        ("tokn list", "'token'"),
        ("bakup x", "'backup'"),
    ] {
        let output = run(&line.split(' ').collect::<Vec<_>>());
        let words = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{line}: {words}");
        assert!(words.contains(nearest), "{line}: {words}");
    }
}

#[test]
fn addresses_of_the_listener() {
    let dir = tempfile::tempdir().unwrap();
    for wrong in ["127.0.0.1:70000", "127.0.0.1:abc", "127.0.0.1:-1", "127.0.0.1", "8000"] {
        let output = run(&["--listen", wrong, "--data", text(dir.path())]);
        let words = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{wrong}: {words}");
        let range = words.contains("65535") || !wrong.contains(':');
        assert!(words.contains("--listen") && range, "{wrong}: {words}");
    }
    // Port 0 is any free one, and told.
    let server = Running::start(dir.path(), &[]);
    assert!(!server.address.ends_with(":0"), "{}", server.address);
}

#[test]
fn a_data_folder_that_leads_back_to_itself() {
    let dir = tempfile::tempdir().unwrap();
    let (one, two) = (dir.path().join("one"), dir.path().join("two"));
    symlink(&two, &one).unwrap();
    symlink(&one, &two).unwrap();
    let words = refusal(&run(&["--listen", "127.0.0.1:0", "--data", text(&one)]), 73);
    assert!(words.contains(text(&one)) && words.contains("--data"), "{words}");
}

#[test]
fn without_a_home_a_folder_must_be_named_and_one_that_cannot_be_written_is() {
    let mut command = program();
    command
        .env_remove("HOME")
        .env_remove("XDG_DATA_HOME")
        .args(["--listen", "127.0.0.1:0"]);
    // Whoever is in the list of users has a home there. Only root can be somebody else.
    if rustix::process::geteuid().is_root() {
        let words = refusal(&command.uid(54_321).stdin(Stdio::null()).output().unwrap(), 2);
        assert!(words.contains("home") && words.contains("--data"), "{words}");
    }
    // A home in which even root makes no folders.
    let mut command = program();
    command
        .env("HOME", "/sys/kernel")
        .env_remove("XDG_DATA_HOME")
        .args(["--listen", "127.0.0.1:0"]);
    let output = command.stdin(Stdio::null()).output().unwrap();
    let code = output.status.code();
    assert!(matches!(code, Some(73 | 77)), "{output:?}");
    let words = refusal(&output, code.unwrap_or_default());
    assert!(
        words.contains("/sys/kernel/.local/share/minicom") && words.contains("--data"),
        "{words}"
    );
}

#[test]
fn a_folder_that_has_lost_its_database_begins_no_new_desk_unless_it_is_told_to() {
    let dir = tempfile::tempdir().unwrap();
    let mut server = Running::start(dir.path(), &[]);
    server.signal(Signal::TERM);
    assert_eq!(server.wait().code(), Some(0));
    let (database, data) = (dir.path().join("minicom.db"), text(dir.path()));
    let key = fs::read(dir.path().join("sealing.key")).unwrap();
    let serve = |more: &[&str]| run(&[&["--listen", "127.0.0.1:0", "--data", data], more].concat());
    // A desk is there: nothing of it is set aside.
    assert!(refusal(&serve(&["--new"]), 65).contains("There is a desk"));
    for empty in [true, false] {
        fs::remove_file(&database).unwrap();
        if empty {
            fs::write(&database, "").unwrap();
        }
        let words = refusal(&serve(&[]), 65);
        for part in ["minicom.db", "sealing.key", "minicom-server restore", "--new"] {
            assert!(words.contains(part), "{part} is not in {words}");
        }
        assert_eq!(
            fs::metadata(&database).map_or(0, |it| it.len()),
            0,
            "nothing was changed"
        );
        fs::write(&database, "").unwrap();
        assert!(refusal(&run(&["agent", "list", "--data", data]), 65).contains("restore"));
    }
    let mut server = Running::start(dir.path(), &["--new"]);
    assert!(server.log.contains("before-new-"), "{}", server.log);
    let aside = fs::read_dir(dir.path()).unwrap().map(|it| it.unwrap().path());
    let aside: Vec<_> = aside.filter(|it| text(it).contains("before-new-")).collect();
    assert_eq!(fs::read(aside[0].join("sealing.key")).unwrap(), key);
    assert_ne!(
        fs::read(dir.path().join("sealing.key")).unwrap(),
        key,
        "the new desk has its own"
    );
    server.signal(Signal::TERM);
    assert_eq!(server.wait().code(), Some(0));
    // And an empty folder is a new desk as ever.
    let fresh = tempfile::tempdir().unwrap();
    fs::write(fresh.path().join("minicom.db"), "").unwrap();
    drop(Running::start(fresh.path(), &[]));
}

#[test]
fn arguments_and_environment_that_are_no_text() {
    let broken = OsStr::from_bytes(b"in\xfffo");
    let by = |change: &dyn Fn(&mut Command)| {
        let mut command = program();
        change(&mut command);
        command.stdin(Stdio::null()).output().unwrap()
    };
    let words = refusal(
        &by(&|it| {
            it.env("MINICOM_LOG", broken);
        }),
        2,
    );
    assert!(words.contains("MINICOM_LOG") && words.contains("UTF-8"), "{words}");
    let output = by(&|it| {
        it.arg("--log").arg(broken);
    });
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("--log"), "{output:?}");
}

#[test]
fn an_account_without_a_password_to_give() {
    let dir = left();
    let add = ["agent", "add", "bo@x.org", "--name", "Bo", "--password-stdin", "--data"];
    let add = [&add as &[&str], &[text(dir.path())]].concat();
    let words = refusal(&run_with_input(&add, ""), 2);
    assert!(words.to_lowercase().contains("password"), "{words}");
    assert!(!stdout(&run(&["agent", "list", "--data", text(dir.path())])).contains("bo@x.org"));
}

#[test]
fn output_that_cannot_be_written_is_told_and_a_reader_who_had_enough_is_none() {
    let dir = left();
    for words in [&["export"] as &[&str], &["agent", "list"], &["audit"]] {
        let into = |out: Stdio| {
            let mut command = program();
            command.args(words).arg("--data").arg(dir.path());
            command.stdin(Stdio::null()).stdout(out).output().unwrap()
        };
        let full = into(File::options().write(true).open("/dev/full").unwrap().into());
        assert_eq!(full.status.code(), Some(74), "{words:?}: {full:?}");
        assert!(!String::from_utf8_lossy(&full.stderr).contains("panicked"), "{full:?}");

        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let enough = into(writer.into());
        assert_eq!(enough.status.code(), Some(0), "{words:?}: {enough:?}");
        assert!(enough.stderr.is_empty(), "{words:?}: {enough:?}");
    }
}

#[test]
fn who_reads_the_log_may_go() {
    let dir = tempfile::tempdir().unwrap();
    let mut child = program()
        .args(["serve", "--listen", "127.0.0.1:0", "--log", "trace", "--data"])
        .arg(dir.path())
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut log = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("listening on http://") {
        line.clear();
        assert!(log.read_line(&mut line).unwrap() > 0, "it ended");
    }
    let address = line.trim_end().rsplit("http://").next().unwrap().to_owned();
    drop(log);
    let server = Reached { child, address };
    for _ in 0..3 {
        let answer = server.ask("/readyz");
        assert!(has_status(&answer, 200), "{answer}");
    }
}

/// A server that is asked and not heard.
struct Reached {
    child: std::process::Child,
    address: String,
}

impl Reached {
    fn ask(&self, path: &str) -> String {
        use std::io::{Read, Write};
        let mut stream = std::net::TcpStream::connect(&self.address).unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }
}

impl Drop for Reached {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
