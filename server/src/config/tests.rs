use std::path::Path;

use proptest::prelude::*;

use super::*;

/// A folder with a configuration file, and what is said elsewhere.
struct Said {
    folder: tempfile::TempDir,
    environment: Vec<(OsString, OsString)>,
    arguments: Vec<OsString>,
}

impl Said {
    fn file(text: impl AsRef<[u8]>) -> Said {
        let said = Said::nothing();
        std::fs::write(said.path(), text).unwrap();
        let path = said.path();
        said.argument("--config").argument(path)
    }

    fn nothing() -> Said {
        Said {
            folder: tempfile::tempdir().unwrap(),
            environment: Vec::new(),
            arguments: vec!["minicom-server".into()],
        }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("minicom.toml")
    }

    fn variable(mut self, name: &str, value: impl Into<OsString>) -> Said {
        self.environment.push((name.into(), value.into()));
        self
    }

    fn argument(mut self, argument: impl Into<OsString>) -> Said {
        self.arguments.push(argument.into());
        self
    }

    fn read(&self) -> Result<Loaded, Fatal> {
        let cli = Cli::read(&self.arguments).expect("the command line is right");
        // The home folder of whoever runs the tests must not matter.
        let mut flags = cli.flags;
        flags.data = flags.data.or_else(|| {
            let elsewhere = self.environment.iter().any(|(name, _)| name == "MINICOM_DATA");
            let in_file = std::fs::read_to_string(self.path())
                .is_ok_and(|text| text.lines().any(|line| line.trim().starts_with("data")));
            (!elsewhere && !in_file).then(|| PathBuf::from("/data"))
        });
        Loaded::read(&flags, self.environment.clone())
    }

    /// The words of the error without the folder, which is another one each time.
    fn refused(&self) -> (u8, Vec<String>) {
        let fatal = self.read().expect_err("refused");
        let words = fatal
            .to_string()
            .replace(&format!("{}/", self.folder.path().display()), "");
        (fatal.code(), words.lines().map(str::to_owned).collect())
    }
}

#[test]
fn what_holds_if_nobody_says_anything() {
    let loaded = Said::nothing().read().unwrap();
    assert_eq!(loaded.config, Config::with_data(PathBuf::from("/data")));
    assert_eq!(loaded.config.listen.to_string(), "127.0.0.1:8000");
    assert_eq!(loaded.config.bot.deadline, Duration::from_secs(6));
    assert_eq!(
        (
            loaded.config.rates.customer_burst,
            loaded.config.rates.customer_refill_per_s
        ),
        (20, 1)
    );
    assert!(loaded.config.bot.enabled && !loaded.config.insecure_http);
    assert!(loaded.notes.is_empty(), "{:?}", loaded.notes);
    assert_eq!(loaded.source("listen"), Source::Default);
}

#[test]
fn flags_win_over_the_environment_and_that_over_the_file() {
    let port = |said: Said| {
        let loaded = said.read().unwrap();
        (loaded.config.listen.port(), loaded.source("listen"))
    };
    let file = || Said::file("listen = \"127.0.0.1:1\"\n");
    assert_eq!(port(Said::nothing()), (8000, Source::Default));
    assert_eq!(port(file()), (1, Source::File));
    assert_eq!(
        port(file().variable("MINICOM_LISTEN", "127.0.0.1:2")),
        (2, Source::Environment)
    );
    assert_eq!(
        port(
            file()
                .variable("MINICOM_LISTEN", "127.0.0.1:2")
                .argument("--listen")
                .argument("127.0.0.1:3")
        ),
        (3, Source::Flag)
    );
    assert_eq!(
        port(file().variable("MINICOM_LISTEN", "")),
        (1, Source::File),
        "an empty variable is not set"
    );
}

#[test]
fn everything_can_stand_in_the_file() {
    let said = Said::file(
        r#"
        listen = "[::1]:0"
        data = "there"
        log = "warn,minicom_server=debug"
        insecure_http = true
        admin_name = "Ada Lovelace"
        [bot]
        enabled = false
        rules = "/etc/minicom/rules.toml"
        encoder = "/etc/minicom/encoder"
        deadline_ms = 2_000
        [rates]
        customer_burst = 0x10
        customer_refill_per_s = 2
        [sockets]
        per_loopback_address = 1000
        "#,
    );
    let config = said.read().unwrap().config;
    assert_eq!(config.listen.to_string(), "[::1]:0");
    assert_eq!(
        config.data,
        said.folder.path().join("there"),
        "a path in a file is meant from its folder"
    );
    assert_eq!(config.log, "warn,minicom_server=debug");
    assert!(config.insecure_http && !config.bot.enabled);
    assert_eq!(config.admin_name.as_str(), "Ada Lovelace");
    assert_eq!(config.bot.rules.as_deref(), Some(Path::new("/etc/minicom/rules.toml")));
    assert_eq!(config.bot.encoder.as_deref(), Some(Path::new("/etc/minicom/encoder")));
    assert_eq!(config.bot.deadline, Duration::from_secs(2));
    assert_eq!(
        (config.rates.customer_burst, config.rates.customer_refill_per_s),
        (16, 2)
    );
    assert_eq!(config.sockets.per_loopback_address, 1_000);
}

#[test]
fn files_that_cannot_be_read() {
    let missing = Said::nothing();
    let missing = missing.argument("--config").argument("/nonesuch/minicom.toml");
    let (code, words) = missing.refused();
    assert_eq!(code, 66);
    assert_eq!(words[0], "The configuration file /nonesuch/minicom.toml is not there.");
    assert_eq!(words.len(), 2);

    let folder = Said::nothing();
    std::fs::create_dir(folder.path()).unwrap();
    let path = folder.path();
    let (code, words) = folder.argument("--config").argument(path).refused();
    assert_eq!(
        (code, words[0].as_str()),
        (66, "The configuration file minicom.toml is a folder.")
    );

    // Whoever runs the tests may be allowed to read everything, so the refusal itself is looked at.
    let denied = file::unreadable(
        Path::new("/etc/minicom.toml"),
        &std::io::ErrorKind::PermissionDenied.into(),
    );
    assert_eq!(denied.code(), 77);
    assert!(denied.what.contains("may not be read"), "{denied}");
    assert_eq!(
        file::unreadable(Path::new("/x"), &std::io::Error::other("broken")).code(),
        74
    );

    let (code, words) = Said::file("#".repeat(10 * 1024 * 1024)).refused();
    assert_eq!(
        (code, words[0].as_str()),
        (78, "The configuration file minicom.toml is larger than 262144 bytes.")
    );
    let (code, words) = Said::file(b"log = \"\xff\"").refused();
    assert_eq!(
        (code, words[0].as_str()),
        (78, "The configuration file minicom.toml is not UTF-8 text.")
    );
}

#[test]
fn files_that_are_odd_and_right() {
    for empty in ["", "\n\n", "# nothing yet\n"] {
        let loaded = Said::file(empty).read().unwrap();
        assert_eq!(loaded.config, Config::with_data(PathBuf::from("/data")));
        assert_eq!(loaded.notes.len(), 1);
        assert!(
            loaded.notes[0].contains("sets nothing; defaults hold"),
            "{:?}",
            loaded.notes
        );
    }
    for text in [
        "\u{FEFF}log = \"warn\"",
        "# a\r\nlog = \"warn\"\r\n",
        "\u{FEFF}\r\nlog = \"warn\"\r\n[bot]\r\n",
    ] {
        assert_eq!(Said::file(text).read().unwrap().config.log, "warn", "{text:?}");
    }
}

#[test]
fn a_syntax_error_is_shown_with_a_caret() {
    let (code, words) = Said::file("log = \"warn\"\nlisten = 127.0.0.1:8000\n").refused();
    assert_eq!(code, 78);
    assert!(
        words[0].starts_with("The configuration file minicom.toml, line 2, column 15: "),
        "{words:?}"
    );
    assert_eq!(words[1], "2 | listen = 127.0.0.1:8000");
    assert!(words[2].starts_with("  |               ^"), "{words:?}");
    assert_eq!(words.len(), 4, "{words:?}");

    for broken in [
        "[bot",
        "listen",
        "= 1",
        "log = \"a",
        "log = \"a\"\nlog = \"b\"",
        "[bot]\n[bot]\n",
        "\u{0}",
        "a = \"\u{1b}[2J\"",
    ] {
        let (code, words) = Said::file(broken).refused();
        assert_eq!(code, 78, "{broken:?}");
        assert!(words[0].contains("line ") && words[0].contains("column "), "{words:?}");
        assert!(words.iter().all(|line| !line.contains(char::is_control)), "{words:?}");
    }
}

/// Each mistake: the file, the place of the caret, what is said, how it is mended.
#[test]
fn mistakes_are_told_with_their_place_and_the_way_out() {
    let cases = [
        // Unknown, misspelt, in the wrong table.
        (
            "listn = \"127.0.0.1:1\"",
            "line 1, column 1",
            "unknown key 'listn'",
            "Did you mean 'listen'?",
        ),
        (
            "[bot]\nenabeld = true",
            "line 2, column 1",
            "unknown key 'bot.enabeld'",
            "Did you mean 'bot.enabled'?",
        ),
        (
            "[bto]\nenabled = true",
            "line 1, column 2",
            "unknown key 'bto'",
            "Did you mean 'bot'?",
        ),
        (
            "deadline_ms = 5",
            "line 1, column 1",
            "unknown key 'deadline_ms'",
            "'deadline_ms' belongs under [bot].",
        ),
        (
            "[bot]\nlisten = \"127.0.0.1:1\"",
            "line 2, column 1",
            "unknown key 'bot.listen'",
            "belongs at the top of the file",
        ),
        (
            "[rates]\nper_address = 2",
            "line 2, column 1",
            "unknown key 'rates.per_address'",
            "'per_address' belongs under [sockets].",
        ),
        (
            "[rates]\ncustomer_bursts = 2",
            "line 2, column 1",
            "unknown key",
            "Did you mean 'rates.customer_burst'?",
        ),
        (
            "burst = 2",
            "line 1, column 1",
            "unknown key 'burst'",
            "All keys: minicom-server --print-config.",
        ),
        ("something_else = 2", "line 1, column 1", "unknown key", "Remove it."),
        (
            "bot = true",
            "line 1, column 1",
            "'bot' is a table",
            "bot.enabled = ...",
        ),
        // Wrong type, out of range, negative, nonsense.
        (
            "listen = 8000",
            "line 1, column 10",
            "it is a number",
            "\"127.0.0.1:8000\"",
        ),
        (
            "listen = \"127.0.0.1\"",
            "line 1, column 10",
            "there is no port in it",
            "\"127.0.0.1:8000\"",
        ),
        (
            "listen = \"127.0.0.1:70000\"",
            "line 1, column 10",
            "0 to 65535",
            "\"127.0.0.1:8000\"",
        ),
        (
            "listen = \"chat.example.org:80\"",
            "line 1, column 10",
            "not an IP address",
            "\"127.0.0.1:8000\"",
        ),
        (
            "insecure_http = \"true\"",
            "line 1, column 17",
            "it is a string",
            "Expected: true or false.",
        ),
        (
            "insecure_http = 1",
            "line 1, column 17",
            "it is a number",
            "Expected: true or false.",
        ),
        ("data = \"\"", "line 1, column 8", "it is empty", "a path"),
        ("data = [\"/a\"]", "line 1, column 8", "it is a list", "a path"),
        (
            "log = 2026-01-01",
            "line 1, column 7",
            "it is a date or time",
            "a level",
        ),
        (
            "[log]\nlevel = \"info\"",
            "line 1, column 1",
            "it is a table",
            "a level",
        ),
        (
            "[bot]\ndeadline_ms = -1",
            "line 2, column 15",
            "-1 is out of range",
            "from 500 to 60000, for example 6000",
        ),
        (
            "[bot]\ndeadline_ms = 499",
            "line 2, column 15",
            "499 is out of range",
            "a whole number of milliseconds from 500",
        ),
        (
            "[bot]\ndeadline_ms = 60_001",
            "line 2, column 15",
            "60001 is out of range",
            "to 60000",
        ),
        (
            "[bot]\ndeadline_ms = \"10 parsecs\"",
            "line 2, column 15",
            "it is a string",
            "milliseconds",
        ),
        (
            "[bot]\ndeadline_ms = 6.5",
            "line 2, column 15",
            "a number with a fraction",
            "a whole number",
        ),
        (
            "[bot]\ndeadline_ms = 9999999999999",
            "line 2, column 15",
            "out of range",
            "a whole number",
        ),
        (
            "[rates]\ncustomer_burst = 0",
            "line 2, column 18",
            "0 is out of range",
            "from 1 to 1000, for example 20",
        ),
        (
            "[sockets]\ntotal = 50_001",
            "line 2, column 9",
            "out of range",
            "from 1 to 50000",
        ),
        (
            "admin_name = \"\u{202e}x\"",
            "line 1, column 14",
            "",
            "a name of 1 to 64 characters",
        ),
        // A nonsense level.
        (
            "log = \"inof\"",
            "line 1, column 7",
            "there is no such level",
            "off, error, warn, info, debug, trace",
        ),
        (
            "log = \"minicom_server=verbose\"",
            "line 1, column 7",
            "there is no such level",
            "target=level",
        ),
        (
            "log = \"=debug\"",
            "line 1, column 7",
            "a target is missing",
            "target=level",
        ),
        (
            "log = \"info,\"",
            "line 1, column 7",
            "there is no such level",
            "target=level",
        ),
        // Of two mistakes the first in the file.
        (
            "log = \"info\"\nzzz = 1\nbot = 2",
            "line 2, column 1",
            "unknown key 'zzz'",
            "Remove it.",
        ),
    ];
    for (text, place, what, fix) in cases {
        let (code, words) = Said::file(text).refused();
        assert_eq!(code, 78, "{text}");
        assert_eq!(words.len(), 4, "{words:?}");
        assert!(
            words[0].starts_with(&format!("The configuration file minicom.toml, {place}: ")),
            "{place} is not in {words:?}"
        );
        assert!(words[0].contains(what), "{what:?} is not in {words:?}");
        assert!(words[3].contains(fix), "{fix:?} is not in {words:?}");
        assert!(
            words[1].contains(" | ") && words[2].trim_end().ends_with('^'),
            "{words:?}"
        );
    }
}

#[test]
fn the_caret_stands_under_the_mistake() {
    let (_, words) = Said::file("\n\n\tlisten\t=\t8000\n").refused();
    assert_eq!(words[1], "3 |  listen = 8000");
    assert_eq!(words[2], "  |           ^^^^");
    let (_, words) = Said::file(format!("log = \"{}\"", "x".repeat(500))).refused();
    assert!(
        words.iter().skip(1).take(2).all(|line| line.chars().count() <= 90),
        "{words:?}"
    );
    let long_key = format!("{}listn = 1", " ".repeat(300));
    let (_, words) = Said::file(long_key).refused();
    let (line, caret) = (&words[1], &words[2]);
    assert_eq!(line.find("listn"), caret.find('^'), "{line}\n{caret}");
}

#[test]
fn a_variable_that_overrides_the_file_is_told_without_its_value() {
    let file = "log = \"warn\"\nadmin_name = \"Ada\"\n";
    let loaded = Said::file(file)
        .variable("MINICOM_LOG", "debug")
        .variable("MINICOM_ADMIN_NAME", "Ada")
        .read()
        .unwrap();
    assert_eq!(loaded.config.log, "debug");
    assert_eq!(loaded.notes, ["MINICOM_LOG overrides 'log' of the configuration file"]);
}

#[test]
fn what_the_environment_gets_wrong() {
    for (name, value, what) in [
        ("MINICOM_LISTEN", "127.0.0.1:x", "0 to 65535"),
        ("MINICOM_BOT", "maybe", "neither true nor false"),
        ("MINICOM_BOT_DEADLINE_MS", "10 parsecs", "not a whole number"),
        ("MINICOM_BOT_DEADLINE_MS", "-5", "out of range"),
        ("MINICOM_LOG", "loud", "no such level"),
    ] {
        let (code, words) = Said::nothing().variable(name, value).refused();
        assert_eq!(code, 78);
        assert!(words[0].contains(name) && words[0].contains(what), "{words:?}");
        assert!(words[1].starts_with("Expected: "), "{words:?}");
        let number = value.parse::<i64>().is_ok();
        assert!(
            number || !words.concat().contains(value),
            "a text is not repeated: {words:?}"
        );
    }
    for (text, on) in [("on", true), ("off", false), ("TRUE", true), ("0", false)] {
        assert_eq!(
            Said::nothing()
                .variable("MINICOM_BOT", text)
                .read()
                .unwrap()
                .config
                .bot
                .enabled,
            on
        );
    }
    let misspelt = Said::nothing()
        .variable("MINICOM_LISTN", "x")
        .variable("MINICOM_SERVER", "x")
        .variable("MINICOM_QWZX", "x");
    assert_eq!(
        misspelt.read().unwrap().notes,
        ["the environment variable MINICOM_LISTN is not known; did you mean MINICOM_LISTEN?"]
    );
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_not_text() {
    use std::os::unix::ffi::OsStringExt;
    let bytes = || OsString::from_vec(vec![b'/', 0xff]);
    let (code, words) = Said::nothing().variable("MINICOM_LOG", bytes()).refused();
    assert_eq!(
        (code, words[0].as_str()),
        (2, "The environment variable MINICOM_LOG is not UTF-8.")
    );
    let loaded = Said::nothing().variable("MINICOM_DATA", bytes()).read().unwrap();
    assert_eq!(loaded.config.data, PathBuf::from(bytes()), "a path may be any bytes");
}

#[test]
fn the_environment_names_the_file_too() {
    let said = Said::nothing();
    std::fs::write(said.path(), "log = \"error\"").unwrap();
    let path = said.path();
    assert_eq!(
        said.variable("MINICOM_CONFIG", path).read().unwrap().config.log,
        "error"
    );
}

#[test]
fn others_may_not_connect_without_tls() {
    let listen = |address: &str| Said::nothing().argument("--listen").argument(address);
    for open in ["0.0.0.0:8000", "[::]:8000", "192.168.1.7:80", "[2001:db8::1]:80"] {
        let (code, words) = listen(open).refused();
        assert_eq!(code, 2, "{words:?}");
        assert!(words[0].contains(open) && words[0].contains("without TLS"), "{words:?}");
        assert!(words[1].contains("--insecure-http"), "{words:?}");
        assert!(listen(open).argument("--insecure-http").read().is_ok());
        let in_file = format!("listen = \"{open}\"\n");
        assert_eq!(Said::file(&in_file).refused().0, 78);
        assert!(Said::file(format!("{in_file}insecure_http = true\n")).read().is_ok());
    }
    for own in [
        "127.0.0.1:0",
        "127.9.9.9:1",
        "[::1]:1",
        "localhost:1",
        "[::ffff:127.0.0.1]:1",
    ] {
        assert!(listen(own).read().is_ok(), "{own}");
    }
}

#[test]
fn a_command_is_a_list_wherever_it_is_said() {
    let wanted = |parts: &[&str]| parts.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
    let in_file = Said::file("context_command = [\"look-up\", \"a b\", \"it's\"]\ncontext_command_timeout_ms = 500\n");
    let loaded = in_file.read().unwrap();
    assert_eq!(loaded.config.context_command, wanted(&["look-up", "a b", "it's"]));
    assert_eq!(loaded.config.context_command_timeout, Duration::from_millis(500));
    assert!(Said::nothing().read().unwrap().config.context_command.is_empty());
    let variable = Said::nothing().variable("MINICOM_CONTEXT_COMMAND", r#"["/bin/x", "-v"]"#);
    assert_eq!(
        variable.read().unwrap().config.context_command,
        wanted(&["/bin/x", "-v"])
    );
    let flag = Said::file("context_command = [\"x\"]")
        .argument("--context-command")
        .argument("[]")
        .argument("--context-command-timeout-ms")
        .argument("700");
    let loaded = flag.read().unwrap();
    assert!(loaded.config.context_command.is_empty(), "an empty list is none");
    assert_eq!(loaded.config.context_command_timeout, Duration::from_millis(700));
    // A path in a file is meant from the folder of the file; a bare name is looked for by the system.
    let relative = Said::file("context_command = [\"bin/look-up\", \"bin/other\"]");
    let parts = relative.read().unwrap().config.context_command;
    assert_eq!(Path::new(&parts[0]), relative.folder.path().join("bin/look-up"));
    assert_eq!(parts[1], "bin/other", "an argument stays what it is");
}

#[test]
fn a_command_that_a_shell_would_read_is_refused() {
    for (text, what) in [
        ("context_command = \"look-up | head\"", "it is a string"),
        (
            "context_command = [\"x\", 1]",
            "it is a list of other things than texts",
        ),
        ("context_command = [\" \"]", "it names no program"),
        ("context_command = [\"x\", \"a\\u0000b\"]", "a NUL character"),
        ("context_command_timeout_ms = 1", "1 is out of range"),
        ("log = [\"info\"]", "it is a list"),
    ] {
        let (code, words) = Said::file(text).refused();
        assert_eq!(code, 78);
        assert!(words[0].contains(what), "{what:?} is not in {words:?}");
    }
    let (code, words) = Said::nothing()
        .variable("MINICOM_CONTEXT_COMMAND", "look-up --short")
        .refused();
    assert_eq!(code, 78);
    assert!(words[0].contains("not a list of texts in double quotes"), "{words:?}");
    let arguments = ["minicom-server", "--context-command", "look-up"];
    assert_eq!(Cli::read(arguments).unwrap_err().exit_code(), 2);
}

#[test]
fn the_printed_configuration_reads_the_same() {
    let said = Said::file("log = \"warn\"\ncontext_command = [\"x\", \"it's \\\"short\\\"\"]\n[bot]\nrules = \"a \\\"b\\\".toml\"\n[sockets]\ntotal = 7\n")
        .variable("MINICOM_RATES_CUSTOMER_BURST", "5")
        .argument("--listen")
        .argument("127.0.0.1:0")
        .argument("--data")
        .argument("/x y/ü");
    let first = said.read().unwrap();
    let printed = first.to_toml();
    for line in [
        "# address of HTTP and WebSocket (from a flag)\nlisten = \"127.0.0.1:0\"\n",
        "(from the file)\nlog = \"warn\"\n",
        "(MINICOM_RATES_CUSTOMER_BURST)\ncustomer_burst = 5\n",
        "(default)\ndeadline_ms = 6000\n",
        "\n[sockets]\n",
    ] {
        assert!(printed.contains(line), "{line:?} is not in\n{printed}");
    }
    let again = Said::file(&printed).read().unwrap();
    assert_eq!(again.config, first.config);
    assert!(again.notes.is_empty());
    let bare = Said::nothing().read().unwrap().to_toml();
    assert!(bare.contains("# rules = \"...\"\n"), "{bare}");
    assert_eq!(Said::file(&bare).read().unwrap().config.bot.rules, None);
}

#[cfg(not(feature = "providers"))]
#[test]
fn a_provider_is_refused_where_none_is_built_in() {
    for kind in ["gemini", "openai", "ollama", "anthropic"] {
        let file = format!("[bot.provider]\nkind = \"{kind}\"\nmodel = \"m\"\nkey = \"canary-4711\"\n");
        let fatal = Said::file(&file).read().unwrap_err();
        assert!(
            fatal.what.contains("without providers") && fatal.fix.contains("off"),
            "{fatal}"
        );
    }
    assert!(
        Said::file("[bot.provider]\nkind = \"off\"\nmodel = \"m\"\n")
            .read()
            .is_ok()
    );
}

#[cfg(feature = "providers")]
#[test]
fn a_key_is_taken_and_never_shown() {
    let file = "[bot.provider]\nkind = \"openai\"\nmodel = \"m\"\nkey = \"canary-4711\"\n";
    let loaded = Said::file(file).read().unwrap();
    assert_eq!(loaded.config.bot.provider.key.reveal(), "canary-4711");
    let printed = loaded.to_toml();
    assert!(
        printed.contains("# key = \"...\"  # it is set, and not shown\n"),
        "{printed}"
    );
    let told = format!("{printed}{loaded:?}");
    assert!(!told.contains("canary"), "{told}");
    let said = Said::file("[bot.provider]\nkind = \"openai\"\nmodel = \"m\"\n")
        .variable("MINICOM_BOT_PROVIDER_KEY", "canary-4711");
    assert_eq!(said.read().unwrap().config.bot.provider.key.reveal(), "canary-4711");
    // Nor in a mistake, wherever it was written.
    for wrong in [
        "[bot.provider]\nkey = \"canary 4711\"\n",
        "[bot.provider]\nkey = [\"canary-4711\"]\n",
        "[bot.provider]\nkey = \"canary-4711\n",
        "[bot]\nkey = \"canary-4711\"\n",
        "[bot.provider]\napi_kee = \"sk-canary471147114711\"\n",
    ] {
        let fatal = Said::file(wrong).read().unwrap_err();
        assert!(!format!("{fatal:?}").contains("canary"), "{fatal:?}");
    }
}

#[test]
fn the_table_of_settings_is_whole() {
    let mut keys: Vec<&str> = settings::SETTINGS.iter().map(|it| it.key).collect();
    let mut variables: Vec<&str> = settings::SETTINGS.iter().map(|it| it.env).collect();
    keys.sort_unstable();
    variables.sort_unstable();
    keys.dedup();
    variables.dedup();
    assert_eq!(
        (keys.len(), variables.len()),
        (settings::SETTINGS.len(), settings::SETTINGS.len())
    );
    assert_eq!(
        settings::tables().collect::<Vec<_>>(),
        [
            "tls",
            "bot",
            "backup",
            "rates",
            "files",
            "sockets",
            "webhooks",
            "bot.provider"
        ]
    );
    // What a setting takes in, it shows again.
    let mut config = Config::with_data(PathBuf::from("/data"));
    for setting in settings::SETTINGS {
        let value = match setting.kind {
            value::Kind::Address => setting.kind.read("127.0.0.1:77"),
            value::Kind::Path => setting.kind.read("/somewhere"),
            value::Kind::Filter => setting.kind.read("trace"),
            value::Kind::Switch => setting
                .kind
                .read(if (setting.show)(&config) == value::Value::Switch(true) {
                    "off"
                } else {
                    "on"
                }),
            value::Kind::Name => setting.kind.read("Bo"),
            value::Kind::Word(_) | value::Kind::Secret => setting.kind.read("a-word"),
            value::Kind::Choice(words) => setting.kind.read(words[1]),
            value::Kind::Command => setting.kind.read(r#"["look-up", "it's short"]"#),
            value::Kind::Commands => setting.kind.read(r#"{"acme": ["look-up", "it's short"]}"#),
            value::Kind::Networks => setting.kind.read("10.0.0.0/8,127.0.0.1"),
            value::Kind::Number(bound, _) => setting.kind.read(&bound.most.to_string()),
        };
        let value = value.unwrap_or_else(|wrong| panic!("{}: {wrong:?}", setting.key));
        assert_ne!((setting.show)(&config), value, "{}", setting.key);
        (setting.set)(&mut config, value.clone());
        assert_eq!((setting.show)(&config), value, "{}", setting.key);
    }
}

#[test]
fn tls_needs_both_files_and_opens_the_port() {
    let pair = || {
        Said::nothing()
            .argument("--tls-cert")
            .argument("/c")
            .argument("--listen")
            .argument("0.0.0.0:443")
    };
    let half = pair().read().expect_err("without a key");
    assert_eq!(half.code(), 78);
    assert!(
        half.what.contains("tls.cert") && half.what.contains("tls.key"),
        "{half}"
    );
    let whole = pair().argument("--tls-key").argument("/k");
    assert!(whole.read().unwrap().config.tls.is_on(), "no --insecure-http is needed");
    let both = whole.argument("--tls-self-signed").read().expect_err("both");
    assert!(
        both.what.contains("tls.cert") && both.what.contains("tls.self_signed"),
        "{both}"
    );
    let only_key = Said::file("[tls]\nkey = \"k.pem\"")
        .read()
        .expect_err("without a certificate");
    assert!(only_key.what.contains("tls.key is set"), "{only_key}");
}

#[test]
fn proxies_are_named_exactly_and_never_all_by_accident() {
    let said = Said::file("trusted_proxies = [\"10.0.0.0/8\", \"192.0.2.1\", \"fd00::/8\"]");
    let networks = |said: &Said| {
        let found = said.read().unwrap().config.trusted_proxies;
        found.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(networks(&said), ["10.0.0.0/8", "192.0.2.1/32", "fd00::/8"]);
    let again = Said::file(said.read().unwrap().to_toml().replace("/data", "/elsewhere"));
    assert_eq!(networks(&again), networks(&said), "what is printed can be read again");
    let said = Said::nothing().variable("MINICOM_TRUSTED_PROXIES", "10.0.0.0/8, 127.0.0.1");
    assert_eq!(networks(&said), ["10.0.0.0/8", "127.0.0.1/32"]);
    for (wrong, words) in [
        ("10.1.2.3/8", "is 10.0.0.0/8 meant?"),
        ("proxy.example", "neither a network nor an address"),
        ("10.0.0.0/40", "neither a network nor an address"),
    ] {
        let fatal = Said::nothing().variable("MINICOM_TRUSTED_PROXIES", wrong).read();
        let fatal = fatal.expect_err(wrong);
        assert!(fatal.code() == 78 && fatal.what.contains(words), "{fatal}");
    }
    for all in ["0.0.0.0/0", "::/0"] {
        let said = || Said::nothing().argument("--trusted-proxies").argument(all);
        let fatal = said().read().expect_err(all);
        assert!(fatal.code() == 78 && fatal.fix.contains("--i-know"), "{fatal}");
        assert!(said().argument("--i-know").read().is_ok());
    }
}

proptest! {
    /// No file can break the reader, and every refusal has its place and its way out.
    #[test]
    fn no_file_breaks_it(text in "(?s)([a-z_.=\\[\\]\"' \n\t0-9-]|\\PC|bot|listen|log){0,60}") {
        if let Err(fatal) = Said::file(&text).read() {
            let words = fatal.to_string();
            prop_assert!(words.lines().count() == 4 || fatal.what.contains("refused"), "{}", words);
            prop_assert!(!words.contains(|c: char| c.is_control() && c != '\n'), "{:?}", words);
        }
    }
}
