//! `minicom-server agent ...` with the real program, while a server runs and while none does.

mod program;

use std::{fs, path::Path};

use program::{Running, has_status, refusal, run, run_with_input, stdout};
use rustix::process::Signal;

const PASSWORD: &str = "seven lamps on a quiet hill";
const OTHER: &str = "nine boats and a wet rope";

fn agent(data: &Path, words: &[&str]) -> std::process::Output {
    let data = data.to_str().unwrap();
    run(&[&["agent"], words, &["--data", data]].concat())
}

fn agent_with_password(data: &Path, words: &[&str], password: &str) -> std::process::Output {
    let data = data.to_str().unwrap();
    run_with_input(
        &[&["agent"], words, &["--data", data, "--password-stdin"]].concat(),
        password,
    )
}

/// A data folder that a server made and left.
fn left() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let mut server = Running::start(dir.path(), &[]);
    server.signal(Signal::TERM);
    assert_eq!(server.wait().code(), Some(0));
    dir
}

fn can_log_in(server: &Running, email: &str, password: &str) -> bool {
    let body = format!(r#"{{"email":"{email}","password":"{password}"}}"#);
    let answer = server.ask("POST", "/api/agent/login", "", &body);
    assert!(has_status(&answer, 200) || has_status(&answer, 401), "{answer}");
    has_status(&answer, 200)
}

/// The whole life of an account. It goes the same way whether or not a server has the folder.
fn life_of_an_account(data: &Path) {
    let added = agent_with_password(data, &["add", "Bo@X.org", "--name", "Bo"], &format!("{PASSWORD}\n"));
    assert_eq!(stdout(&added), "Added bo@x.org: Bo, agent.\n");
    let again = agent_with_password(data, &["add", "bo@x.org", "--name", "Bo"], PASSWORD);
    assert!(refusal(&again, 65).contains("bo@x.org already"));

    assert_eq!(
        stdout(&agent(data, &["list"])),
        "ADDRESS          NAME  ROLE   STATE\n\
         admin@localhost  Ada   admin  enabled, no password\n\
         bo@x.org         Bo    agent  enabled\n"
    );
    let disabled = agent(data, &["disable", "bo@x.org"]);
    assert_eq!(stdout(&disabled), "Disabled bo@x.org. Its sign-ins have ended.\n");
    assert!(stdout(&agent(data, &["list"])).contains("disabled"));
    assert_eq!(stdout(&agent(data, &["enable", "bo@x.org"])), "Enabled bo@x.org.\n");
    let set = agent_with_password(data, &["passwd", "bo@x.org"], OTHER);
    assert!(stdout(&set).contains("Set a new password for bo@x.org."));

    assert!(refusal(&agent(data, &["disable", "nobody@x.org"]), 65).contains("nobody@x.org"));
    assert!(refusal(&agent(data, &["disable", "admin@localhost"]), 65).contains("last admin"));
    let weak = agent_with_password(data, &["passwd", "bo@x.org"], "Password123!");
    assert!(refusal(&weak, 65).contains("too common"));
    let bad = agent_with_password(data, &["add", "nothing", "--name", "No"], PASSWORD);
    assert!(refusal(&bad, 65).contains("name@example.org"));
    let admin = agent_with_password(
        data,
        &["add", "eve@x.org", "--name", "Eve", "--role", "admin"],
        PASSWORD,
    );
    assert_eq!(stdout(&admin), "Added eve@x.org: Eve, admin.\n");
}

#[test]
fn while_no_server_runs() {
    let dir = left();
    life_of_an_account(dir.path());
    let server = Running::start(dir.path(), &[]);
    assert!(can_log_in(&server, "bo@x.org", OTHER));
    assert!(!can_log_in(&server, "bo@x.org", PASSWORD));
}

#[test]
fn while_a_server_runs() {
    let dir = tempfile::tempdir().unwrap();
    let server = Running::start(dir.path(), &[]);
    life_of_an_account(dir.path());
    assert!(can_log_in(&server, "bo@x.org", OTHER));
    assert!(!can_log_in(&server, "bo@x.org", PASSWORD));

    // The local token follows the admins, and the command line with it.
    agent_with_password(dir.path(), &["passwd", "admin@localhost"], PASSWORD);
    stdout(&agent(dir.path(), &["disable", "admin@localhost"]));
    assert!(stdout(&agent(dir.path(), &["list"])).contains("eve@x.org"));
}

#[test]
fn disabling_bites_while_the_server_runs() {
    let dir = tempfile::tempdir().unwrap();
    let server = Running::start(dir.path(), &[]);
    stdout(&agent_with_password(
        dir.path(),
        &["add", "bo@x.org", "--name", "Bo"],
        PASSWORD,
    ));
    let body = format!(r#"{{"email":"bo@x.org","password":"{PASSWORD}"}}"#);
    let answer = server.ask("POST", "/api/agent/login", "", &body);
    let start = answer.find("mca_").unwrap();
    let token = &answer[start..start + 68];
    assert!(has_status(&server.ask("GET", "/api/agent/dashboard", token, ""), 200));
    stdout(&agent(dir.path(), &["disable", "bo@x.org"]));
    assert!(has_status(&server.ask("GET", "/api/agent/dashboard", token, ""), 401));
    assert!(!can_log_in(&server, "bo@x.org", PASSWORD));
}

#[test]
fn after_a_crash_nothing_stands_in_the_way() {
    let dir = tempfile::tempdir().unwrap();
    let mut server = Running::start(dir.path(), &[]);
    server.signal(Signal::KILL);
    assert!(!server.wait().success());
    assert!(dir.path().join("server.json").exists(), "it had no time to remove it");
    assert!(stdout(&agent(dir.path(), &["list"])).contains("admin@localhost"));
}

#[test]
fn a_folder_without_a_server_is_not_made() {
    let dir = tempfile::tempdir().unwrap();
    let none = dir.path().join("none");
    assert!(refusal(&agent(&none, &["list"]), 66).contains("--data"));
    assert!(!none.exists());
}

#[test]
fn passwords_come_from_a_terminal_or_from_standard_input_alone() {
    let dir = left();
    let words = refusal(&agent(dir.path(), &["passwd", "admin@localhost"]), 2);
    assert!(words.contains("--password-stdin"), "{words}");
    refusal(&agent_with_password(dir.path(), &["passwd", "admin@localhost"], ""), 2);
    refusal(
        &agent_with_password(dir.path(), &["passwd", "admin@localhost"], "two\nlines of it\n"),
        2,
    );

    let output = agent(dir.path(), &["passwd", "admin@localhost", "--password", PASSWORD]);
    let words = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(
        words.contains("--password-stdin") && !words.contains(PASSWORD),
        "{words}"
    );
    assert!(stdout(&agent(dir.path(), &["list"])).contains("no password"));
}

#[test]
fn a_folder_that_somebody_has_who_does_not_serve() {
    let dir = left();
    let lock = fs::File::open(dir.path().join("lock")).unwrap();
    lock.lock().unwrap();
    let words = refusal(&agent(dir.path(), &["list"]), 75);
    assert!(words.contains(dir.path().to_str().unwrap()), "{words}");
}
