//! `minicom-agent desk`: the desk's settings as a file that can be kept beside the code.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use minicom_protocol::{command::AgentCommand, settings::DeskSettings};
use toml::Table;

use super::{
    Access, Told, desk_text, files,
    strict::{self, Mistake, Source},
};
use crate::exit::{self, Failure};

/// What can be done with the settings.
#[derive(Debug, Subcommand, PartialEq, Eq)]
pub enum DeskCommand {
    /// Print the settings as TOML, with a comment on each.
    Show,
    /// Make the settings those of a file, and print what changes. For admins.
    ///
    /// The file says all: what it leaves out gets its default. Print what holds now with `minicom-agent desk show`.
    Apply {
        /// The file, or - for the standard input.
        file: PathBuf,
        /// Print what would change, and change nothing.
        #[arg(long)]
        dry_run: bool,
    },
    /// Check a file without a server.
    Check {
        /// The file, or - for the standard input.
        file: PathBuf,
    },
}

pub(super) async fn run(command: DeskCommand, access: &Access<'_>) -> Result<Told, Failure> {
    match command {
        DeskCommand::Check { file } => {
            read(&file)?;
            Ok(format!("{}: it can be applied.\n", files::shown(&file)).into())
        }
        DeskCommand::Show => {
            let session = access.open().await?;
            let text = desk_text::render(&session.desk().settings);
            session.leave().await;
            Ok(text?.into())
        }
        DeskCommand::Apply { file, dry_run } => {
            let wanted = read(&file)?;
            let mut session = access.open().await?;
            let changes = changes(&session.desk().settings, &wanted)?;
            if !changes.is_empty() && !dry_run {
                let settings = Box::new(wanted);
                session.change(AgentCommand::Configure { settings }).await?;
            }
            session.leave().await;
            let mut text: String = changes.iter().map(|line| format!("{line}\n")).collect();
            text.push_str(match (changes.is_empty(), dry_run) {
                (true, _) => "unchanged: the desk has these settings already\n",
                (false, true) => "nothing is applied (--dry-run)\n",
                (false, false) => "applied\n",
            });
            Ok(text.into())
        }
    }
}

/// The settings of a file.
fn read(file: &Path) -> Result<DeskSettings, Failure> {
    let text = match file == Path::new("-") {
        true => files::read_stdin(),
        false => files::read(file),
    };
    let text = text.map_err(|mistake| Failure::new(exit::IO, mistake.to_string()))?;
    parse(&file.display().to_string(), &text).map_err(|mistakes| {
        strict::failure(
            &mistakes,
            "Nothing was applied. What can be said: minicom-agent desk show",
        )
    })
}

/// Settings as they are written.
pub fn parse(file: &str, text: &str) -> Result<DeskSettings, Vec<Mistake>> {
    let source = Source {
        file,
        text,
        lines_before: 0,
    };
    let settings: DeskSettings = source.read(&desk_text::example())?;
    // The reason begins with the field.
    settings.check().map_err(|why| {
        let field: String = why
            .chars()
            .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
            .collect();
        vec![match source.place_of(&field) {
            Some(place) => Mistake::at(file, place, why),
            None => Mistake::of(file, why),
        }]
    })?;
    Ok(settings)
}

/// What is not the same, a line each.
fn changes(known: &DeskSettings, wanted: &DeskSettings) -> Result<Vec<String>, Failure> {
    let (known, wanted) = (desk_text::table(known)?, desk_text::table(wanted)?);
    let (mut before, mut after) = (Vec::new(), Vec::new());
    flatten(&known, "", &mut before);
    flatten(&wanted, "", &mut after);
    let value = |all: &[(String, String)], key: &str| {
        let found = all.iter().find(|(it, _)| it == key);
        found.map_or_else(|| "not set".to_owned(), |(_, value)| value.clone())
    };
    let gone = before.iter().filter(|(key, _)| after.iter().all(|(it, _)| it != key));
    let keys = after.iter().chain(gone).map(|(key, _)| key);
    let differ = keys.filter_map(|key| {
        let (was, is) = (value(&before, key), value(&after, key));
        (was != is).then(|| format!("{key}: {was} -> {is}"))
    });
    Ok(differ.collect())
}

/// Keys with dots, and values on one line. A table in which nothing is says nothing.
fn flatten(table: &Table, within: &str, out: &mut Vec<(String, String)>) {
    for (key, value) in table {
        let key = format!("{within}{key}");
        match value {
            toml::Value::Table(inner) => flatten(inner, &format!("{key}."), out),
            other => out.push((key, strict::inline(other))),
        }
    }
}

#[cfg(test)]
#[path = "desk_tests.rs"]
mod tests;
