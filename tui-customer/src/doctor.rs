//! `minicom-chat doctor`: the way to the desk step by step, then the terminal. It changes nothing, and makes nobody's name.

use std::{ffi::OsString, io, io::Write};

use minicom_client::{
    Config, ServerUrl, StateDir, credentials,
    doctor::{self, Caller, Part},
};
use minicom_protocol::{frame::Customers, ids::TenantId, text::CustomerName};
use minicom_tui_kit::{
    config::Config as Settings,
    doctor::{Finding, Surroundings, look, settings, try_notifying},
};

use crate::{account, cli::Cli, exit, fault::Fault, run::CLIENT};

/// The command line with `doctor` as its first word, or behind a name that is the first, written as the flag: behind a command no
/// option of the whole line can stand. Whoever is called doctor writes `-- doctor`.
pub(crate) fn as_flag(mut args: Vec<OsString>) -> Vec<OsString> {
    let is_name = |it: &OsString| !it.to_string_lossy().starts_with('-') && it != "keys";
    let at = if args.get(1).is_some_and(is_name) && args[1] != "doctor" {
        2
    } else {
        1
    };
    if let Some(word) = args.get_mut(at).filter(|it| *it == "doctor") {
        *word = OsString::from("--doctor");
    }
    args
}

/// Looks at everything, and says it.
///
/// # Errors
/// The options name no server, no name or no folder; or the report cannot be written.
pub(crate) async fn run(cli: &Cli) -> Result<u8, Fault> {
    let var = |name: &str| std::env::var(name).ok();
    let server = cli.server()?;
    let caller = caller(cli, &server)?;
    // First of all: later somebody else may read from the terminal.
    let around = Surroundings::look(var);
    let (config, of_settings) = match cli.settings() {
        Ok((config, _)) => {
            let found = settings(Ok(&config));
            (config, found)
        }
        Err(fault) => (Settings::default(), settings(Err(&fault.words))),
    };
    let notifier = config.notifier();
    let mut parts = doctor::look(&server, caller).await;
    parts.push(part(of_settings));
    let wanted = config.look(cli.look());
    parts.extend(look(&around, &wanted, &notifier, var).into_iter().map(part));
    if cli.notify {
        // Not the output: a report for programs stays one.
        parts.push(part(try_notifying(&notifier, &mut io::stderr().lock()).await));
    }
    let text = if cli.json {
        doctor::as_json(&parts)
    } else {
        doctor::as_lines(&parts)
    };
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Fault::new(exit::IO, format!("the output cannot be written: {error}")))
        }
        _ => Ok(u8::from(!doctor::is_well(&parts))),
    }
}

/// The customer whose secret is on this computer, or nobody.
fn caller(cli: &Cli, server: &ServerUrl) -> Result<Caller<Customers>, Fault> {
    let nobody = |name: &CustomerName, says: String, fix: String| Caller::Nobody {
        path: ServerUrl::customer_path(name),
        says,
        fix,
    };
    let tenant = cli.tenant.clone().unwrap_or_else(TenantId::default_tenant);
    let command = |rest: &str| {
        let command = account::called(&format!("minicom-chat {rest}"), server, &tenant);
        match &cli.state {
            Some(folder) => format!("{command} --state {}", shell_words::quote(&folder.to_string_lossy())),
            None => command,
        }
    };
    if cli.name.is_none() {
        let anybody = CustomerName::parse("doctor").map_err(|refused| Fault::new(exit::BUG, refused.to_string()))?;
        let fix = format!("say your name too: {}", command("doctor NAME"));
        return Ok(nobody(&anybody, "nobody was named".to_owned(), fix));
    }
    let name = cli.customer()?;
    let state = StateDir::resolve(cli.state.clone()).map_err(|error| Fault::new(exit::IO, error.to_string()))?;
    match credentials::known_customer_secret(&state, server, &tenant, &name)? {
        Some(secret) => {
            let config = Config::customer(server.clone(), name, secret, CLIENT);
            let config = match tenant == TenantId::default_tenant() {
                true => config,
                false => config.tenant(tenant),
            };
            Ok(Caller::Known {
                config: Box::new(config),
                login: String::new(),
            })
        }
        None => {
            let says =
                format!("{name} has not chatted from this computer yet, so there is nothing to prove the name with");
            Ok(nobody(
                &name,
                says,
                format!("this begins it: {}", command(name.as_str())),
            ))
        }
    }
}

fn part(finding: Finding) -> Part {
    match (finding.fix, finding.failed) {
        (None, _) => Part::ok(finding.part, finding.says),
        (Some(fix), true) => Part::fail(finding.part, finding.says, fix),
        (Some(fix), false) => Part::warn(finding.part, finding.says, fix),
    }
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, Parser};

    use super::*;

    #[test]
    fn doctor_is_a_word_only_where_a_name_would_be_first() {
        let flagged = |line: &str| {
            let args = as_flag(line.split(' ').map(OsString::from).collect());
            args.iter().any(|it| it == "--doctor")
        };
        let looks = |line: &str| {
            let args = as_flag(line.split(' ').map(OsString::from).collect());
            let cli = Cli::try_parse_from(args).unwrap().meant();
            cli.doctor.then_some((cli.name, cli.json))
        };
        let alice = || Some("alice".to_owned());
        for (line, meant) in [
            ("minicom-chat doctor", Some((None, false))),
            ("minicom-chat doctor alice --json", Some((alice(), true))),
            ("minicom-chat alice doctor", Some((alice(), false))),
            ("minicom-chat alice doctor --json", Some((alice(), true))),
            ("minicom-chat alice doctor --ascii --json", Some((alice(), true))),
            ("minicom-chat --ascii doctor", Some((None, false))),
            ("minicom-chat --ascii doctor alice --json", Some((alice(), true))),
            ("minicom-chat --doctor alice", Some((alice(), false))),
            ("minicom-chat -- doctor", None),
            ("minicom-chat alice -m doctor", None),
        ] {
            assert_eq!(looks(line), meant, "{line}");
        }
        let help = Cli::command().render_help().to_string();
        assert!(
            help.lines().any(|line| line.trim_start().starts_with("doctor  ")),
            "{help}"
        );
        assert!(flagged("minicom-chat doctor") && flagged("minicom-chat doctor alice --json"));
        assert!(
            !flagged("minicom-chat -- doctor") && !flagged("minicom-chat -m doctor alice") && !flagged("minicom-chat")
        );
    }
}
