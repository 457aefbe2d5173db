use super::{agent::PasswordArgument, *};

fn read(line: &str) -> Result<Cli, clap::Error> {
    Cli::read(std::iter::once("minicom-server").chain(line.split_whitespace()))
}

fn right(line: &str) -> Cli {
    read(line).unwrap_or_else(|error| panic!("{line}: {error}"))
}

fn refused(line: &str) -> String {
    let error = read(line).expect_err(line);
    assert_eq!(error.exit_code(), 2, "{line}: {error}");
    error.to_string()
}

#[test]
fn the_definition_is_sound() {
    Arguments::command().debug_assert();
}

#[test]
fn serving_needs_no_word() {
    for line in ["", "serve"] {
        let cli = right(line);
        assert_eq!((cli.action, cli.flags), (Action::Serve, Flags::default()));
    }
}

#[test]
fn flags_stand_on_either_side_of_serve() {
    let flags = "--listen localhost:0 --data /d --config /c --log debug --bot off --bot-rules /r --bot-encoder /e --admin-name Ada --insecure-http";
    let expected = right(flags).flags;
    assert_eq!(expected.listen.unwrap().to_string(), "127.0.0.1:0");
    assert_eq!(expected.bot.bot, Some(false));
    assert_eq!(expected.bot.bot_encoder, Some(PathBuf::from("/e")));
    assert_eq!(expected.admin_name.as_ref().unwrap().as_str(), "Ada");
    assert!(expected.insecure_http && !expected.print_config);
    assert_eq!(right(&format!("serve {flags}")).flags, expected);
    assert_eq!(right(&format!("{flags} serve")).flags, expected);
    let both = right("--listen 127.0.0.1:1 --data /d serve --listen 127.0.0.1:2").flags;
    assert_eq!(both.listen.unwrap().port(), 2, "the nearer one wins");
    assert_eq!(both.data, Some(PathBuf::from("/d")));
}

#[test]
fn printing_the_configuration_is_an_action() {
    for line in [
        "--print-config",
        "serve --print-config",
        "--print-config serve --bot on",
    ] {
        assert_eq!(right(line).action, Action::PrintConfig, "{line}");
    }
}

#[test]
fn unknown_words_get_the_nearest_name() {
    for (line, nearest) in [
        ("--listne 127.0.0.1:1", "--listen"),
        ("--bot-rule x", "--bot-rules"),
        ("serev", "serve"),
        ("agnet list", "agent"),
        ("agent lsit", "list"),
        ("agent add a@b.example --nmae Bo", "--name"),
        ("--bot onn", "on"),
        ("agent add a@b.example --name Bo --role admn", "admin"),
    ] {
        let words = refused(line);
        assert!(words.contains(nearest), "{nearest} is not in {words}");
    }
}

#[test]
fn a_wrong_address_is_told_with_the_range() {
    assert_eq!(right("--listen 127.0.0.1:0").flags.listen.unwrap().port(), 0);
    assert_eq!(right("--listen 127.0.0.1:65535").flags.listen.unwrap().port(), 65_535);
    for port in ["65536", "70000", "abc", "-1", "+1", ""] {
        let words = refused(&format!("--listen=127.0.0.1:{port}"));
        assert!(words.contains("from 0 to 65535"), "{words}");
    }
    for (address, what) in [
        ("127.0.0.1", "no port"),
        ("8000", "no port"),
        ("::1", "no port"),
        ("[::1]", "no port"),
        ("example.org:80", "not an IP address"),
        ("256.0.0.1:80", "not an IP address"),
        (":80", "not an IP address"),
    ] {
        let words = refused(&format!("--listen={address}"));
        assert!(words.contains("127.0.0.1:8000"), "an example is in {words}");
        assert!(
            words.contains(what) || words.contains("0 to 65535"),
            "{address}: {words}"
        );
    }
}

#[test]
fn what_else_is_wrong() {
    assert!(refused("--log loud").contains("no such level"));
    assert!(refused("--bot maybe").contains("on, off"));
    assert!(refused("--admin-name= ").contains("--admin-name"));
    assert!(refused("--data=").contains("--data"));
    refused("--listen");
    refused("serve --listen 127.0.0.1:1 --listen 127.0.0.1:2");
    refused("agent");
}

#[test]
fn a_password_on_the_command_line_is_refused_and_not_repeated() {
    for line in [
        "agent add a@b.example --name Bo --password hunter2hunter2",
        "agent add a@b.example --name Bo --password=hunter2hunter2",
        "agent add a@b.example --name Bo --password",
        "agent passwd a@b.example --password hunter2hunter2",
    ] {
        let words = refused(line);
        assert!(words.contains("--password-stdin"), "{words}");
        assert!(!words.contains("hunter2"), "{words}");
    }
    let refused = PasswordArgument {
        password: Some("hunter2".into()),
    };
    assert!(!format!("{refused:?}").contains("hunter2"));
}

#[test]
fn agents_accounts() {
    let agent = |line: &str| match right(line).action {
        Action::Agent(command, _) => command,
        other => panic!("{line}: {other:?}"),
    };
    assert_eq!(agent("agent list"), AgentCommand::List { json: false });
    let email = || "bo@example.org".to_owned();
    assert_eq!(
        agent("agent disable bo@example.org"),
        AgentCommand::Disable { email: email() }
    );
    assert_eq!(
        agent("agent enable bo@example.org"),
        AgentCommand::Enable { email: email() }
    );
    assert!(matches!(
        agent("agent add bo@example.org --name Bo"),
        AgentCommand::Add {
            role: Role::Agent,
            password_stdin: false,
            ..
        }
    ));
    assert!(matches!(
        agent("agent add bo@example.org --name Bo --role admin --password-stdin"),
        AgentCommand::Add { role: Role::Admin, password_stdin: true, name, .. } if name.as_str() == "Bo"
    ));
    assert!(matches!(
        agent("agent passwd bo@example.org --password-stdin"),
        AgentCommand::Passwd {
            password_stdin: true,
            ..
        }
    ));
    for line in [
        "--data /d agent list",
        "agent --data /d list",
        "agent list --data /d",
        "--data /e agent list --data /d",
    ] {
        assert_eq!(right(line).flags.data, Some(PathBuf::from("/d")), "{line}");
    }
    refused("agent add bo@example.org");
    refused("agent list --listen 127.0.0.1:1");
    assert!(refused("--listen 127.0.0.1:1 agent list").contains("only be --data and --config"));
    assert!(refused("--print-config agent list").contains("only be --data and --config"));
}

#[cfg(unix)]
#[test]
fn an_argument_that_is_not_text() {
    use std::os::unix::ffi::OsStringExt;
    let bytes = |flag: &str| {
        let value = OsString::from_vec([flag.as_bytes(), &[0xff]].concat());
        Cli::read(["minicom-server".into(), value])
    };
    assert_eq!(bytes("--log=").unwrap_err().exit_code(), 2);
    assert!(
        bytes("--data=/").unwrap().flags.data.is_some(),
        "a path may be any bytes"
    );
}

#[test]
fn help_and_version_end_well() {
    for line in ["--help", "--version", "agent --help", "serve --help"] {
        assert_eq!(read(line).unwrap_err().exit_code(), 0, "{line}");
    }
    let help = read("--help").unwrap_err().to_string();
    assert!(
        help.contains("MINICOM_LISTEN") && !help.contains("--password "),
        "{help}"
    );
}
