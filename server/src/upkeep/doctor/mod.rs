//! `minicom-server doctor`: each part of a server, how it does, and what to do about it. It changes nothing. What can be asked of
//! the running server is asked there; the rest is looked at from outside.

mod certificate;
mod folder;
mod host;
mod outside;
mod server;

use std::io::Write;

use minicom_protocol::gate::Shown;
use serde::Serialize;

use super::{
    part::{Part, State},
    standing,
};
use crate::{
    config::{Config, cli::upkeep::Doctor},
    exit::{ExitKind, Fatal},
    manage::print,
    run::bounds,
};

/// What `--json` says.
#[derive(Serialize)]
struct Report<'a> {
    /// The worst of the parts.
    state: State,
    parts: &'a [Part],
}

/// Looks at everything and tells `out`.
///
/// # Errors
/// A part does not work: the program ends with 1.
pub async fn run(command: &Doctor, config: &Config, out: &mut impl Write) -> Result<(), Fatal> {
    let mut parts = match &command.url {
        Some(url) => outside::look(url, command).await,
        None => everything(config).await,
    };
    if command.quiet {
        parts.retain(|part| part.state > State::Ok);
    }
    let text = match command.json {
        true => json(&parts),
        false => lines(&parts),
    };
    print(out, &text)?;
    let failing: Vec<&str> = parts
        .iter()
        .filter(|it| it.state == State::Fail)
        .map(|it| it.part.as_str())
        .collect();
    if failing.is_empty() {
        return Ok(());
    }
    Err(Fatal::new(
        ExitKind::Unwell,
        format!("Not as it should be: {}.", failing.join(", ")),
        "Each line above says what to do; docs/troubleshooting.md says more.",
    ))
}

async fn everything(config: &Config) -> Vec<Part> {
    let data = &config.data;
    let mut parts = vec![folder::itself(data)];
    let there = parts[0].state != State::Fail;
    if there {
        parts.extend([folder::files(data), folder::sealing_key(data)]);
        let running = server::look(data).await;
        let answered = running.iter().any(|part| part.part == "serving");
        parts.extend(running);
        parts.extend(folder::database(data));
        if !answered {
            parts.extend([
                standing::disk(data),
                standing::last_backup(bounds::backups(config).as_ref()),
            ]);
            parts.push(host::address(config));
        }
        parts.push(certificate::look(config, data));
    }
    parts.extend([
        host::bot_rules(config),
        host::bot_encoder(config),
        host::open_files(config),
        host::proxies(),
    ]);
    parts
}

/// A line a part, and one more where there is something to do.
fn lines(parts: &[Part]) -> String {
    let width = parts.iter().map(|part| part.part.chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    for part in parts {
        let state = match part.state {
            State::Ok => "ok  ",
            State::Warn => "warn",
            State::Fail => "FAIL",
        };
        text.push_str(&format!("{state}  {:width$}  {}\n", part.part, Shown::line(&part.says)));
        if !part.fix.is_empty() {
            text.push_str(&format!("      {:width$}  -> {}\n", "", Shown::line(&part.fix)));
        }
    }
    text
}

fn json(parts: &[Part]) -> String {
    let state = parts.iter().map(|part| part.state).max().unwrap_or(State::Ok);
    let report = Report { state, parts };
    // Texts and words only: nothing in it can fail to be written.
    let mut text = serde_json::to_string_pretty(&report).unwrap_or_default();
    text.push('\n');
    text
}
