//! The command line, and what a profile remembers.

use super::*;
use clap::CommandFactory;

fn parse(words: &[&str]) -> Cli {
    Cli::try_parse_from(words).unwrap()
}

#[test]
fn the_command_line_is_consistent() {
    Cli::command().debug_assert();
}

#[test]
fn options_stand_before_or_behind_a_command() {
    let cli = parse(&["minicom-agent", "--server", "http://127.0.0.1:9", "list"]);
    assert!(matches!(cli.command, Some(Command::Shell(ShellCommand::List(_)))));
    assert_eq!(cli.options.server.as_deref(), Some("http://127.0.0.1:9"));
    let cli = parse(&[
        "minicom-agent",
        "login",
        "--password-stdin",
        "--email",
        "a@b.c",
        "--state",
        "/x",
    ]);
    assert_eq!(cli.options.state, Some("/x".into()));
    assert!(matches!(
        cli.command,
        Some(Command::Login {
            password_stdin: true,
            ..
        })
    ));
}

#[test]
fn another_computer_without_encryption_is_refused() {
    let refused = parse(&["minicom-agent", "--server", "http://desk.example"])
        .options
        .profile()
        .unwrap_err();
    assert_eq!(refused.code, exit::USAGE);
    assert!(refused.words.contains("--insecure-http"), "{refused}");
    let insists = parse(&["minicom-agent", "--server", "http://desk.example", "--insecure-http"]);
    assert!(insists.options.profile().is_ok());
}

#[test]
fn a_profile_stands_for_its_server_and_tenant_until_others_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().to_str().unwrap();
    let of = |more: &[&str]| {
        let words = [&["minicom-agent", "--state", state, "--profile", "work"], more].concat();
        let profile = parse(&words).options.profile().unwrap();
        (profile.server.to_string(), profile.tenant.to_string())
    };
    let pair = |server: &str, tenant: &str| (server.to_owned(), tenant.to_owned());
    assert_eq!(
        of(&[]),
        pair("http://127.0.0.1:8000", "default"),
        "nobody signed in yet"
    );
    let login = minicom_protocol::rest::LoginAnswer {
        token: "mca_x".to_owned(),
        expires_at: String::new(),
        only_for: None,
        device: None,
        agent: minicom_protocol::rest::AgentAnswer {
            id: "1".to_owned(),
            name: "Ada".to_owned(),
            email: "a@b".to_owned(),
            role: minicom_protocol::people::Role::Agent,
        },
    };
    let named = ["--server", "http://127.0.0.1:9", "--tenant", "acme"];
    let words = [&["minicom-agent", "--state", state, "--profile", "work"], &named[..]].concat();
    let options = parse(&words).options;
    options
        .profile()
        .unwrap()
        .store(&options.state().unwrap(), &login)
        .unwrap();
    assert_eq!(of(&[]), pair("http://127.0.0.1:9", "acme"));
    assert_eq!(of(&["--tenant", "other"]), pair("http://127.0.0.1:9", "other"));
    assert_eq!(
        of(&["--server", "http://127.0.0.1:8"]),
        pair("http://127.0.0.1:8", "default")
    );
    let bad = parse(&["minicom-agent", "--profile", "../x"])
        .options
        .profile()
        .unwrap_err();
    assert_eq!(bad.code, exit::USAGE);
}

#[test]
fn a_flag_beats_the_environment() {
    let look = |words: &[&str]| {
        let no_colour = |name: &str| (name == "NO_COLOR").then(|| "1".to_owned());
        parse(words).options.look().theme(no_colour, || None)
    };
    assert!(look(&["minicom-agent"]).mono);
    assert!(!look(&["minicom-agent", "--theme", "ansi"]).mono);
    assert!(look(&["minicom-agent", "--ascii"]).ascii);
    let words = Cli::try_parse_from(["minicom-agent", "--theme", "drak"])
        .unwrap_err()
        .to_string();
    assert!(words.contains("did you mean dark?"), "{words}");
}

/// Signs in with these words, as far as this computer keeps it.
fn signed_in(words: &[&str]) {
    let options = parse(words).options;
    let login = minicom_protocol::rest::LoginAnswer {
        token: "mca_x".to_owned(),
        expires_at: String::new(),
        only_for: None,
        device: None,
        agent: minicom_protocol::rest::AgentAnswer {
            id: "1".to_owned(),
            name: "Ada".to_owned(),
            email: "a@b".to_owned(),
            role: minicom_protocol::people::Role::Agent,
        },
    };
    let state = options.state().unwrap();
    options.profile().unwrap().store(&state, &login).unwrap();
}

#[test]
fn by_what_a_server_is_recognised_is_remembered_with_the_login() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().to_str().unwrap();
    let pin: Pin = "ab".repeat(32).parse().unwrap();
    let base = ["minicom-agent", "--state", state];
    let there = ["--server", "https://desk.example"];
    let trust = |more: &[&str]| {
        let profile = parse(&[&base[..], more].concat()).options.profile().unwrap();
        profile.server.trust().clone()
    };
    assert_eq!(trust(&there), Trust::default());
    let text = pin.to_string();
    signed_in(&[&base[..], &there, &["--pin", &text]].concat());
    assert_eq!(trust(&there).pin, Some(pin), "by its address");
    signed_in(
        &[
            &base[..],
            &there,
            &["--pin", &text, "--profile", "work", "--tenant", "acme"],
        ]
        .concat(),
    );
    assert_eq!(trust(&["--profile", "work"]).pin, Some(pin));
    assert_eq!(
        trust(&["--server", "https://other.example"]),
        Trust::default(),
        "another server is another"
    );
    let other = "cd".repeat(32);
    assert_eq!(
        trust(&[&there[..], &["--pin", &other]].concat()).pin,
        other.parse().ok(),
        "what is said wins"
    );
    // Signing out forgets the token, not the certificate.
    let work = parse(&[&base[..], &["--profile", "work"]].concat()).options;
    let (profile, state) = (work.profile().unwrap(), work.state().unwrap());
    profile.forget_token(&state).unwrap();
    assert!(profile.token(&state).unwrap().is_none());
    assert_eq!(trust(&["--profile", "work"]).pin, Some(pin));
}

#[test]
fn who_insisted_on_no_encryption_once_need_not_again_for_the_profile() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().to_str().unwrap();
    let work = ["minicom-agent", "--state", state, "--profile", "work"];
    signed_in(&[&work[..], &["--server", "http://desk.example", "--insecure-http"]].concat());
    let profile = parse(&work).options.profile().unwrap();
    assert_eq!(profile.server.to_string(), "http://desk.example:8000");
    let named = [&work[..], &["--server", "http://desk.example"]].concat();
    assert!(parse(&named).options.profile().is_err(), "named anew it is asked anew");
}

#[test]
fn a_server_of_this_computer_is_found_by_its_data_folder() {
    use std::{fs, os::unix::fs::PermissionsExt};
    let folder = tempfile::tempdir().unwrap();
    let text = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (state, data) = (text("state"), text("data"));
    fs::create_dir(&data).unwrap();
    let path = folder.path().join("data/server.json");
    let digits = "ab".repeat(32);
    let file = format!(r#"{{"address":"127.0.0.1:8443","pid":1,"fingerprint":"{digits}"}}"#);
    fs::write(&path, file).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    let base = ["minicom-agent", "--state", &state, "--data", &data];
    let profile = |more: &[&str]| parse(&[&base[..], more].concat()).options.profile().unwrap();
    let here = profile(&[]).server;
    assert_eq!(here.to_string(), "https://127.0.0.1:8443");
    assert_eq!(here.trust().pin, digits.parse().ok());
    // Named, it is recognised all the same; another port is another server.
    let named = profile(&["--server", "https://localhost:8443"]).server;
    assert_eq!(named.trust().pin, digits.parse().ok());
    let other = profile(&["--server", "https://localhost:9443"]).server;
    assert_eq!(other.trust(), &Trust::default());
    let elsewhere = profile(&["--server", "https://desk.example:8443"]).server;
    assert_eq!(elsewhere.trust(), &Trust::default());
    // Who has signed in at the usual address means that.
    signed_in(&[&base[..], &["--server", "http://127.0.0.1:8000"]].concat());
    assert_eq!(profile(&[]).server.to_string(), "http://127.0.0.1:8000");
}
