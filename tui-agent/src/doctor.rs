//! `minicom-agent doctor`: the way to the server step by step, then the terminal. It changes nothing.

use std::io;

use clap::Args;
use minicom_client::{
    ServerUrl,
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
    sign_in,
};

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
    let caller: Caller<Agents> = match sign_in::find(&state, &profile, options.data.clone()) {
        Ok(signed_in) => Caller::Known {
            config: Box::new(signed_in.config()),
            login: sign_in::short_command(&signed_in.profile, " login"),
        },
        Err(failure) => Caller::Nobody {
            path: ServerUrl::agent_path(),
            says: "nobody is signed in".to_owned(),
            fix: failure.words,
            meant: false,
        },
    };
    let mut parts = doctor::look(&profile.server, caller).await;
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
