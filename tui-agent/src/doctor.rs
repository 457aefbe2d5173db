//! `minicom-agent doctor`: the way to the server step by step, then the terminal. It changes nothing.

use std::io;

use clap::Args;
use minicom_client::{
    ServerUrl, StateDir,
    credentials::Profile,
    doctor::{self, Caller, Part},
};
use minicom_protocol::frame::Agents;
use minicom_tui_kit::{
    config::Config,
    doctor::{Finding, Surroundings, look, settings, try_notifying},
};

use crate::{
    cli::Options,
    exit::{self, Failure},
    sign_in::{self, SignedIn, Source},
};

const NOBODY: &str = "nobody is signed in";

/// What the doctor is asked for.
#[derive(Debug, Clone, Args, PartialEq, Eq)]
pub struct Doctor {
    /// For programs: one JSON object.
    #[arg(long)]
    pub json: bool,
    /// Call you once, as a customer who waits would.
    #[arg(long)]
    pub notify: bool,
}

/// Looks at everything. Returns the report, and whether nothing fails.
///
/// # Errors
/// The options name no server or no folder.
pub async fn run(what: &Doctor, options: &Options) -> Result<(String, bool), Failure> {
    let var = |name: &str| std::env::var(name).ok();
    let (profile, state) = (options.profile()?, options.state()?);
    // First of all: later somebody else may read from the terminal.
    let around = Surroundings::look(var);
    let (config, of_settings) = match options.settings() {
        Ok((config, _)) => {
            let found = settings(Ok(&config));
            (config, found)
        }
        Err(failure) => (Config::default(), settings(Err(&failure.words))),
    };
    let notifier = config.notifier();
    let found = sign_in::find(&state, &profile, options.data.clone());
    let signed_in = sign_in_part(&found, &profile, &state);
    let caller: Caller<Agents> = match found {
        Ok(signed_in) => Caller::Known {
            config: Box::new(signed_in.config()),
            login: sign_in::short_command(&signed_in.profile, " login"),
        },
        Err(_) => Caller::Nobody {
            path: ServerUrl::agent_path(),
            says: NOBODY.to_owned(),
            fix: String::new(),
        },
    };
    let mut parts = doctor::look(&profile.server, caller).await;
    parts.push(signed_in);
    parts.push(part(of_settings));
    let wanted = config.look(options.look());
    parts.extend(look(&around, &wanted, &notifier, var).into_iter().map(part));
    if what.notify {
        // Not the output: a report for programs stays one.
        parts.push(part(try_notifying(&notifier, &mut io::stderr().lock()).await));
    }
    let text = if what.json {
        doctor::as_json(&parts)
    } else {
        doctor::as_lines(&parts)
    };
    Ok((text, doctor::is_well(&parts)))
}

/// As whom, and by what.
fn sign_in_part(found: &Result<SignedIn, Failure>, profile: &Profile, state: &StateDir) -> Part {
    let name = "sign-in";
    match found {
        Ok(signed_in) => Part::ok(
            name,
            match &signed_in.source {
                Source::Local(data) => format!("by the token that the server keeps in {}", data.display()),
                Source::Login => match profile.token(state) {
                    Ok(Some(token)) => format!("{}, until {}", token.email, token.expires_at),
                    _ => "by minicom-agent login".to_owned(),
                },
            },
        ),
        Err(failure) => Part::fail(name, NOBODY, &failure.words),
    }
}

/// The exit code of a report.
pub const fn code(well: bool) -> u8 {
    if well { exit::OK } else { exit::NOTHING }
}

fn part(finding: Finding) -> Part {
    match (finding.fix, finding.failed) {
        (None, _) => Part::ok(finding.part, finding.says),
        (Some(fix), true) => Part::fail(finding.part, finding.says, fix),
        (Some(fix), false) => Part::warn(finding.part, finding.says, fix),
    }
}
