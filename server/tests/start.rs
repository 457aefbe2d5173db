//! The real program: how it starts, what it says when it does not, and how it ends.

mod program;

use std::{
    fs,
    io::Write,
    net::{TcpListener, TcpStream},
    os::unix::fs::PermissionsExt,
    path::Path,
    process::Command,
    time::Instant,
};

use program::{Running, has_status, program, refusal, run, stdout};
use rustix::process::Signal;
use sha2::{Digest, Sha256};

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Runs `serve` on a free port over this folder; it is expected to refuse.
fn serve(data: &Path) -> std::process::Output {
    run(&["serve", "--listen", "127.0.0.1:0", "--data", text(data)])
}

#[test]
fn the_log_names_what_is_ready_and_sigterm_ends_in_order() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("new/folder");
    let mut server = Running::start(&data, &[]);
    for line in [
        format!("listening on http://{}", server.address),
        format!("data folder {}", data.display()),
        format!("schema version {}", minicom_server::store::migrations::VERSION),
        format!("SQLite {}", rusqlite::version()),
        "bot on, ".to_owned(),
    ] {
        assert_eq!(server.log.matches(&line).count(), 1, "{line} in\n{}", server.log);
    }
    assert!(!server.log.contains('\u{1b}'), "no colours into a pipe");

    let found: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(data.join("server.json")).unwrap()).unwrap();
    assert_eq!(found["address"], server.address);
    for (path, mode) in [
        ("", 0o700),
        ("server.json", 0o600),
        ("local-agent.token", 0o600),
        ("minicom.db", 0o600),
    ] {
        let found = fs::metadata(data.join(path)).unwrap().permissions().mode() & 0o777;
        assert_eq!(found, mode, "{path}");
    }
    assert!(has_status(&server.ask("GET", "/readyz", "", ""), 200));

    server.signal(Signal::TERM);
    assert_eq!(server.wait().code(), Some(0), "{}", server.log);
    assert!(server.log.trim_end().ends_with("stopped"), "{}", server.log);
    assert!(!data.join("server.json").exists());
    assert!(!data.join("minicom.db-wal").exists(), "everything is in the database");

    let mut again = Running::start(&data, &["--bot", "off"]);
    assert!(again.log.contains("bot off"));
    again.signal(Signal::INT);
    assert_eq!(again.wait().code(), Some(0));
}

#[test]
fn the_first_admin_has_the_name_of_who_started_it() {
    let named = |more: &[&str]| {
        let dir = tempfile::tempdir().unwrap();
        let server = Running::start(dir.path(), more);
        server.ask("GET", "/api/agents", &server.local_token(), "")
    };
    assert!(named(&[]).contains(r#""name":"Ada""#), "USER is ada here");
    assert!(named(&["--admin-name", "Grace Hopper"]).contains(r#""name":"Grace Hopper""#));
}

#[test]
fn no_secret_is_in_the_log_at_any_level() {
    let dir = tempfile::tempdir().unwrap();
    let mut server = Running::start(dir.path(), &["--log", "trace"]);
    let token = server.local_token();
    let canary = "canary words in a quiet cage";
    let account = format!(r#"{{"email":"bo@x.org","name":"Bo","password":"{canary}"}}"#);
    assert!(has_status(&server.ask("POST", "/api/agents", &token, &account), 201));
    let login = format!(r#"{{"email":"bo@x.org","password":"{canary}"}}"#);
    let answer = server.ask("POST", "/api/agent/login", "", &login);
    assert!(has_status(&answer, 200));
    let start = answer.find("mca_").unwrap();
    let fresh = answer[start..start + 68].to_owned();
    assert!(has_status(&server.ask("GET", "/api/agent/dashboard", &fresh, ""), 200));
    let secret = "5ec2e7".repeat(10) + "5ec2";
    assert!(has_status(
        &server.ask("GET", "/api/conversation/mallory", &secret, ""),
        404
    ));
    server.signal(Signal::TERM);
    server.wait();
    assert!(
        server.log.contains("/api/agent/login"),
        "requests are logged at this level"
    );
    for kept_out in [&token[4..], &fresh[4..], canary, &secret, "mallory", "$argon2"] {
        assert!(!server.log.contains(kept_out), "{kept_out}");
    }
}

#[test]
fn a_second_server_is_refused_wherever_it_collides() {
    let dir = tempfile::tempdir().unwrap();
    let server = Running::start(dir.path(), &[]);
    let words = refusal(&serve(dir.path()), 75);
    assert!(
        words.contains("process ") && words.contains(text(dir.path())),
        "{words}"
    );

    let other = tempfile::tempdir().unwrap();
    let output = run(&["--listen", &server.address, "--data", text(other.path())]);
    let words = refusal(&output, 69);
    assert!(words.contains(&server.address) && words.contains("--listen"), "{words}");
    assert_eq!(fs::read_dir(other.path()).unwrap().count(), 0, "nothing was made");
    assert!(
        has_status(&server.ask("GET", "/readyz", "", ""), 200),
        "the first goes on"
    );
}

#[test]
fn an_address_that_this_computer_does_not_have() {
    let dir = tempfile::tempdir().unwrap();
    let output = run(&[
        "--listen",
        "192.0.2.1:8000",
        "--insecure-http",
        "--data",
        text(dir.path()),
    ]);
    assert!(refusal(&output, 69).contains("192.0.2.1"));
    let output = run(&["--listen", "0.0.0.0:0", "--data", text(dir.path())]);
    assert!(refusal(&output, 2).contains("--insecure-http"));
}

#[test]
fn a_data_folder_that_cannot_be_made_or_written() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    fs::write(&file, "x").unwrap();
    assert!(refusal(&serve(&file), 73).contains("--data"));
    refusal(&serve(&file.join("below")), 73);

    let closed = dir.path().join("closed");
    fs::create_dir(&closed).unwrap();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o500)).unwrap();
    // Root may write everywhere but where the kernel does not let it.
    let closed = if fs::write(closed.join("probe"), "").is_ok() {
        Path::new("/sys/kernel/minicom")
    } else {
        &closed
    };
    let words = refusal(&serve(closed), 77);
    assert!(words.contains(text(closed)), "{words}");
}

/// Writes a database, expects it to be refused, and to be left alone.
fn check_database(make: impl FnOnce(&Path), code: i32, says: &str) {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("minicom.db");
    make(&file);
    let digest = || Sha256::digest(fs::read(&file).unwrap());
    let before = digest();
    let words = refusal(&serve(dir.path()), code);
    assert!(words.contains(says) && words.contains(text(dir.path())), "{words}");
    assert_eq!(digest(), before, "{says}: it was changed");
    assert!(!dir.path().join("local-agent.token").exists());
}

fn database(file: &Path, statements: &str) {
    let conn = rusqlite::Connection::open(file).unwrap();
    conn.execute_batch(statements).unwrap();
}

#[test]
fn databases_that_are_damaged_foreign_or_newer() {
    check_database(
        |file| fs::write(file, "not a database at all, but long enough").unwrap(),
        65,
        "damaged",
    );
    check_database(
        |file| database(file, "CREATE TABLE recipes (name TEXT)"),
        65,
        "not Minicom's",
    );
    let foreign = "PRAGMA application_id = 77; CREATE TABLE t (x)";
    check_database(|file| database(file, foreign), 65, "another program");
    let newer = format!(
        "PRAGMA application_id = {}; PRAGMA user_version = 99; CREATE TABLE t (x)",
        minicom_server::store::migrations::APPLICATION_ID
    );
    check_database(|file| database(file, &newer), 78, "version 99");
    let half = |file: &Path| {
        fs::write(file, "").unwrap();
        fs::write(file.with_extension("db-wal"), "what was written last").unwrap();
    };
    check_database(half, 65, "write-ahead log");
}

#[test]
fn a_database_that_lost_its_end_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let mut server = Running::start(dir.path(), &[]);
    server.signal(Signal::TERM);
    assert_eq!(server.wait().code(), Some(0));
    let file = dir.path().join("minicom.db");
    let whole = fs::read(&file).unwrap();
    fs::write(&file, &whole[..whole.len() / 2]).unwrap();
    assert!(refusal(&serve(dir.path()), 65).contains("damaged"));
}

#[test]
fn mistakes_in_the_configuration_name_their_place() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("minicom.toml");
    let with_file = |content: &str| {
        fs::write(&file, content).unwrap();
        run(&["--config", text(&file), "--data", text(dir.path())])
    };
    let words = refusal(&with_file("# the desk\nlisten = \"127.0.0.1:0\"\nlisetn = 7\n"), 78);
    assert!(words.contains("minicom.toml") && words.contains('3'), "{words}");
    let words = refusal(&with_file("[bot]\ndeadline_ms = 1\n"), 78);
    assert!(
        words.contains("500") && words.contains("60000"),
        "the range is told: {words}"
    );
    refusal(&run(&["--config", text(&dir.path().join("none.toml"))]), 66);

    let rules = dir.path().join("rules.toml");
    fs::write(&rules, "[[rule]]\nname = 7\n").unwrap();
    let output = run(&[
        "--data",
        text(dir.path()),
        "--listen",
        "127.0.0.1:0",
        "--bot-rules",
        text(&rules),
    ]);
    assert!(refusal(&output, 78).contains("rules.toml"));

    let output = program()
        .env("MINICOM_LISTEN", "nowhere")
        .arg("--print-config")
        .output()
        .unwrap();
    assert!(refusal(&output, 78).contains("MINICOM_LISTEN"));
    for bad in [
        &["--listen", "127.0.0.1:70000"][..],
        &["--listen", "abc"],
        &["--prot"],
        &["servee"],
    ] {
        let output = run(bad);
        assert_eq!(
            output.status.code(),
            Some(2),
            "{bad:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

#[test]
fn the_configuration_is_printed_as_one_that_can_be_read() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("printed.toml");
    let printed = stdout(&run(&[
        "--print-config",
        "--data",
        "/srv/desk",
        "--bot",
        "off",
        "--admin-name",
        "Grace",
    ]));
    fs::write(&file, &printed).unwrap();
    let again = stdout(&run(&["--print-config", "--config", text(&file)]));
    let values = |toml: &str| toml.parse::<toml::Table>().unwrap();
    assert_eq!(values(&printed), values(&again));
    assert_eq!(values(&printed)["data"].as_str(), Some("/srv/desk"));
}

#[test]
fn a_closed_terminal_does_not_end_the_server() {
    let dir = tempfile::tempdir().unwrap();
    let mut server = Running::start(dir.path(), &[]);
    server.signal(Signal::HUP);
    assert!(has_status(&server.ask("GET", "/readyz", "", ""), 200));
    server.signal(Signal::TERM);
    assert_eq!(server.wait().code(), Some(0));
}

#[test]
fn a_second_sigterm_does_not_wait() {
    let dir = tempfile::tempdir().unwrap();
    let mut server = Running::start(dir.path(), &[]);
    // A request that never becomes whole holds the end up.
    let mut half = TcpStream::connect(&server.address).unwrap();
    half.write_all(
        b"POST /api/agent/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{",
    )
    .unwrap();
    assert!(
        has_status(&server.ask("GET", "/healthz", "", ""), 200),
        "accepted after the half one"
    );
    server.signal(Signal::TERM);
    server.until("stopping");
    let began = Instant::now();
    server.signal(Signal::TERM);
    assert_eq!(server.wait().code(), Some(0), "{}", server.log);
    // Without the second one it is the whole deadline.
    assert!(
        began.elapsed() < minicom_server::limits::SHUTDOWN_DEADLINE,
        "{:?}",
        began.elapsed()
    );
    assert!(
        server.log.contains("what was answered is on the disk"),
        "{}",
        server.log
    );
    drop(half);
    // What it left behind does not keep the next one from starting.
    Running::start(dir.path(), &[]);
}

#[test]
fn a_port_that_is_taken_by_another_program_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let dir = tempfile::tempdir().unwrap();
    let words = refusal(&run(&["--listen", &address, "--data", text(dir.path())]), 69);
    assert!(words.contains(&address) && words.contains("ss -ltnp"), "{words}");
}

#[test]
fn a_disk_that_fails_ends_the_server_at_once_and_loses_nothing_that_was_answered() {
    let dir = tempfile::tempdir().unwrap();
    // No file may grow beyond this, and the signal that says so is ignored: a write fails as on a broken disk.
    let mut command = Command::new("sh");
    command.args(["-c", "trap '' XFSZ; ulimit -f 1000; exec \"$0\" \"$@\""]);
    command.arg(env!("CARGO_BIN_EXE_minicom-server")).env("USER", "ada");
    let mut server = Running::by(command, dir.path(), &[]);
    let token = server.local_token();
    let mut answered = 0;
    while answered < 2_000 {
        let account = format!(r#"{{"email":"agent{answered}@x.org","name":"Agent"}}"#);
        match server.try_to_ask("POST", "/api/agents", &token, &account) {
            Ok(answer) if has_status(&answer, 201) => answered += 1,
            _ => break,
        }
    }
    assert_eq!(server.wait().code(), Some(74), "{answered} accounts\n{}", server.log);
    assert!(server.log.contains("cannot be written any more"), "{}", server.log);
    assert!(
        server.log.trim_end().ends_with("then start again."),
        "two lines at the end: {}",
        server.log
    );

    let again = Running::start(dir.path(), &[]);
    let accounts = again.ask("GET", "/api/agents", &again.local_token(), "");
    assert!(answered > 0);
    for n in 0..answered {
        assert!(
            accounts.contains(&format!("\"agent{n}@x.org\"")),
            "agent{n} of {answered}"
        );
    }
}

/// What a package is made of.
#[test]
fn completions_and_manual_pages_are_made_from_the_help() {
    for shell in ["bash", "zsh", "fish"] {
        let output = run(&["completions", shell]);
        assert!(output.status.success(), "{output:?}");
        assert!(
            String::from_utf8(output.stdout).unwrap().contains("check-config"),
            "{shell}"
        );
    }
    assert_eq!(run(&["completions", "cmd"]).status.code(), Some(2));
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("man");
    assert!(run(&["man", text(&folder)]).status.success());
    let page = std::fs::read_to_string(folder.join("minicom-server-backup.1")).unwrap();
    assert!(page.contains("minicom"), "{page}");
    let file = dir.path().join("file");
    std::fs::write(&file, "").unwrap();
    let said = refusal(&run(&["man", text(&file)]), 73);
    assert!(said.contains(text(&file)), "{said}");
}
