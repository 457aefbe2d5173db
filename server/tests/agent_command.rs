//! `minicom-server agent ...` with the real program, while a server runs and while none does.

mod program;

use std::{fs, path::Path};

use minicom_server::auth::totp::TotpSecret;
use program::{Running, has_status, refusal, run, run_with_input, stdout};
use rustix::process::Signal;
use serde_json::{Value, json};

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

/// What an answer says, as JSON.
fn body(answer: &str) -> Value {
    serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
}

fn post(server: &Running, path: &str, token: &str, body: &Value) -> String {
    server.ask("POST", &format!("/api/v1/chat{path}"), token, &body.to_string())
}

/// A login with a password and a code of a second factor, where there is one.
fn login(server: &Running, password: &str) -> String {
    post(
        server,
        "/login",
        "",
        &json!({"email": "bo@x.org", "password": password}),
    )
}

/// A code in place of the password: made by the command line, good once, and for nothing but a new password.
fn resets(data: &Path, make: impl FnOnce() -> String, serve: impl FnOnce() -> Running) {
    stdout(&agent_with_password(
        data,
        &["add", "bo@x.org", "--name", "Bo"],
        PASSWORD,
    ));
    let told = make();
    let code = told.lines().next().unwrap().strip_prefix("Code: ").unwrap().to_owned();
    assert!(
        told.contains("bo@x.org, good once, until 20") && told.contains("minicom-agent login"),
        "{told}"
    );
    let server = serve();
    let answer = login(&server, &code);
    assert!(has_status(&answer, 200), "{answer}");
    let told = body(&answer);
    assert_eq!(told["only_for"], "new_password");
    assert!(has_status(&login(&server, &code), 401), "good once");
    let token = told["token"].as_str().unwrap();
    let set = post(&server, "/password", token, &json!({"new_password": OTHER}));
    assert!(has_status(&set, 200), "{set}");
    assert!(has_status(&login(&server, OTHER), 200) && has_status(&login(&server, PASSWORD), 401));
}

#[test]
fn a_reset_code_made_while_a_server_runs_and_while_none_does() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().to_owned();
    let server = Running::start(&data, &[]);
    resets(&data, || stdout(&agent(&data, &["reset", "bo@x.org"])), || server);
    assert!(refusal(&agent(&data, &["reset", "nobody@x.org"]), 65).contains("nobody@x.org"));

    let dir = left();
    let data = dir.path();
    resets(
        data,
        || stdout(&agent(data, &["reset", "bo@x.org"])),
        || Running::start(data, &[]),
    );
    let made = stdout(&agent(data, &["reset", "bo@x.org", "--json"]));
    let made: Value = serde_json::from_str(&made).unwrap();
    assert!(made["code"].is_string() && made["expires_at"].is_string(), "{made}");
}

#[test]
fn a_second_factor_is_taken_away_by_the_command_line() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path();
    let mut server = Running::start(data, &[]);
    stdout(&agent_with_password(
        data,
        &["add", "bo@x.org", "--name", "Bo"],
        PASSWORD,
    ));
    let enrol = |server: &Running| {
        let token = body(&login(server, PASSWORD))["token"].as_str().unwrap().to_owned();
        let started = body(&post(server, "/totp/start", &token, &json!({})));
        let secret = totp_rs::Secret::try_from_base32(started["secret"].as_str().unwrap()).unwrap();
        let code = TotpSecret::from_bytes(secret.as_bytes())
            .unwrap()
            .code(u64::try_from(jiff::Timestamp::now().as_second()).unwrap());
        let confirmed = post(server, "/totp/confirm", &token, &json!({"totp": code}));
        assert!(has_status(&confirmed, 200), "{confirmed}");
        assert_eq!(body(&login(server, PASSWORD))["code"], "totp_required");
    };
    let remove = || stdout(&agent(data, &["totp", "bo@x.org", "--remove"]));
    enrol(&server);
    assert!(remove().contains("Took away the second factor of bo@x.org"));
    assert!(has_status(&login(&server, PASSWORD), 200));
    // Without the word that says so nothing is taken away; and somebody who is not there has none.
    assert_eq!(agent(data, &["totp", "bo@x.org"]).status.code(), Some(2));
    assert!(refusal(&agent(data, &["totp", "nobody@x.org", "--remove"]), 65).contains("nobody@x.org"));

    enrol(&server);
    server.signal(Signal::TERM);
    assert_eq!(server.wait().code(), Some(0));
    remove();
    let server = Running::start(data, &[]);
    assert!(has_status(&login(&server, PASSWORD), 200));
    let log = stdout(&run(&["audit", "--data", data.to_str().unwrap()]));
    assert!(log.contains("totp"), "{log}");
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

/// `minicom-server WORDS --data DATA`
fn command(data: &Path, words: &[&str]) -> std::process::Output {
    run(&[words, &["--data", data.to_str().unwrap()]].concat())
}

/// The whole life of a tenant, with an agent's in it. It goes the same way whether or not a server has the folder.
fn life_of_a_tenant(data: &Path) {
    let tenant = |words: &[&str]| command(data, &[&["tenant"], words].concat());
    let made = stdout(&tenant(&[
        "create",
        "acme",
        "--name",
        "Acme Ltd",
        "--admin-email",
        "ada@acme.example",
        "--quota",
        "agents=2",
    ]));
    assert!(made.contains("agent passwd ada@acme.example --tenant acme"), "{made}");
    assert!(refusal(&tenant(&["create", "acme"]), 65).contains("acme already"));
    assert!(stdout(&tenant(&["list"])).contains("acme     Acme Ltd  enabled"));
    let json: serde_json::Value = serde_json::from_str(&stdout(&tenant(&["list", "--json"]))).unwrap();
    assert_eq!(json[1]["quotas"]["agents"], 2);

    let acme = |words: &[&str]| agent(data, &[words, &["--tenant", "acme"]].concat());
    let set = agent_with_password(data, &["passwd", "ada@acme.example", "--tenant", "acme"], PASSWORD);
    stdout(&set);
    stdout(&agent_with_password(
        data,
        &["add", "bo@acme.example", "--name", "Bo", "--tenant", "acme"],
        PASSWORD,
    ));
    let full = agent_with_password(
        data,
        &["add", "eve@acme.example", "--name", "Eve", "--tenant", "acme"],
        PASSWORD,
    );
    assert!(refusal(&full, 65).contains("--quota"));
    assert!(
        !stdout(&agent(data, &["list"])).contains("acme.example"),
        "nothing crosses"
    );
    let changed = stdout(&acme(&[
        "change",
        "bo@acme.example",
        "--skills",
        "billing,german",
        "--capacity",
        "3",
        "--role",
        "admin",
    ]));
    assert!(
        changed.contains("billing, german") && changed.contains("admin"),
        "{changed}"
    );
    let shown: serde_json::Value =
        serde_json::from_str(&stdout(&acme(&["show", "bo@acme.example", "--json"]))).unwrap();
    assert_eq!(
        (&shown["capacity"], &shown["presence"]),
        (&serde_json::json!(3), &serde_json::json!("offline"))
    );
    let id = shown["id"].as_str().unwrap();
    stdout(&acme(&["disable", id]));
    stdout(&acme(&["enable", "bo@acme.example"]));
    assert!(refusal(&acme(&["change", "nobody@acme.example", "--name", "No"]), 65).contains("nobody@acme.example"));
    for slip in [
        &["delete", "bo@acme.example"][..],
        &["delete", "bo@acme.example", "--confirm", "bo"],
    ] {
        assert!(refusal(&acme(slip), 2).contains("Nothing is deleted"));
    }
    assert!(
        refusal(&acme(&["totp", "bo@acme.example", "--remove"]), 65).contains("bo@acme.example has no second factor")
    );
    stdout(&acme(&["delete", "bo@acme.example", "--confirm", "bo@acme.example"]));
    assert!(!stdout(&acme(&["list"])).contains("bo@acme.example"));
    assert!(
        refusal(
            &acme(&["delete", "ada@acme.example", "--confirm", "ada@acme.example"]),
            65
        )
        .contains("last admin")
    );

    let audit = |words: &[&str]| stdout(&command(data, &[&["audit", "--tenant", "acme"], words].concat()));
    let deleted = audit(&["--action", "agent.deleted"]);
    assert!(
        deleted.contains("operator") && deleted.contains("bo@acme.example"),
        "{deleted}"
    );
    let first: serde_json::Value = serde_json::from_str(audit(&["--limit", "1", "--json"]).trim()).unwrap();
    assert_eq!(first["action"], "agent.deleted");

    stdout(&tenant(&["change", "acme", "--quota", "customers=5"]));
    let shown = stdout(&tenant(&["show", "acme"]));
    assert!(shown.contains("1 of 2") && shown.contains("0 of 5"), "{shown}");
    assert!(refusal(&tenant(&["delete", "acme", "--confirm", "acme"]), 65).contains("tenant disable"));
    stdout(&tenant(&["disable", "acme"]));
    assert!(refusal(&acme(&["list"]), 66).contains("tenant list"));
    assert!(refusal(&tenant(&["delete", "acme", "--confirm", "acm"]), 2).contains("--confirm"));
    assert_eq!(
        stdout(&tenant(&["delete", "acme", "--confirm", "acme"])),
        "Deleted acme with all that it had.\n"
    );
    assert!(!stdout(&tenant(&["list"])).contains("acme"));
    assert!(refusal(&tenant(&["disable", "default"]), 65).contains("server's own"));
    let told = stdout(&command(data, &["audit", "--action", "tenant"]));
    assert!(
        told.contains("tenant.made") && told.contains("tenant.deleted"),
        "{told}"
    );
}

#[test]
fn a_tenant_while_no_server_runs() {
    life_of_a_tenant(left().path());
}

#[test]
fn a_tenant_while_a_server_runs() {
    let dir = tempfile::tempdir().unwrap();
    let _server = Running::start(dir.path(), &[]);
    life_of_a_tenant(dir.path());
}
