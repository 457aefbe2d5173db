//! `minicom-agent desk`: the desk's settings as a file, or all that it is told by files as a folder, kept beside the code.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use minicom_protocol::{command::AgentCommand, settings::DeskSettings};
use toml::Table;

use super::{
    Access, Told, bot_file, desk_text, files,
    folder::{self, Folder},
    import::{self, Item},
    strict::{self, Mistake, Source},
};
use crate::exit::{self, Failure};

/// What can be done with the settings, and with a folder that has all that a desk is told by files: `desk.toml`, `bot.toml`,
/// `groups.toml`, `replies/` and `articles/`.
#[derive(Debug, Subcommand, PartialEq, Eq)]
pub enum DeskCommand {
    /// Print the settings as TOML, with a comment on each.
    Show {
        /// What the first-line bot says and does instead: what bot.toml of a folder has.
        #[arg(long)]
        bot: bool,
    },
    /// Make the desk what a file or a folder says, and print what changes. For admins.
    ///
    /// A file says all of the settings: what it leaves out gets its default. A folder has desk.toml, bot.toml, groups.toml, replies/
    /// and articles/; what of these is not there stays as it is. With a mistake anywhere nothing is sent.
    Apply {
        /// The file, the folder, or - for settings on the standard input.
        path: PathBuf,
        /// Print what would change, and change nothing.
        #[arg(long)]
        dry_run: bool,
        /// Of a folder: delete groups, everybody's replies and articles that it does not have.
        #[arg(long)]
        prune: bool,
    },
    /// Check a file or a folder without a server.
    Check {
        /// The file, the folder, or - for settings on the standard input.
        path: PathBuf,
    },
    /// Write the settings, the bot, groups, everybody's replies and the articles into a folder.
    Dump {
        /// The folder; it is made if it is not there.
        folder: PathBuf,
    },
    /// Print how the desk differs from a file or a folder; ends with 1 if it does.
    Diff {
        /// The file, the folder, or - for settings on the standard input.
        path: PathBuf,
        /// Tell also what the folder does not have.
        #[arg(long)]
        prune: bool,
    },
}

/// How `diff` ends if there is a difference.
const DIFFERS: u8 = 1;

pub(super) async fn run(command: DeskCommand, access: &Access<'_>) -> Result<Told, Failure> {
    match command {
        DeskCommand::Check { path } => match read_any(&path)? {
            Ok(_) => Ok(format!("{}: it can be applied.\n", files::shown(&path)).into()),
            Err(told) => Ok(told),
        },
        DeskCommand::Show { bot } => {
            let session = access.open().await?;
            let settings = &session.desk().settings;
            let text = match bot {
                true => Ok(bot_file::render(&settings.bot)),
                false => desk_text::render(settings),
            };
            session.leave().await;
            Ok(text?.into())
        }
        DeskCommand::Dump { folder } => {
            let mut session = access.open().await?;
            let text = folder::dump(&mut session, &folder).await;
            session.leave().await;
            Ok(text?.into())
        }
        DeskCommand::Apply { path, dry_run, prune } => apply(&path, access, dry_run, prune).await,
        DeskCommand::Diff { path, prune } => diff(&path, access, prune).await,
    }
}

/// A file is a folder that has settings alone.
fn read_any(path: &Path) -> Result<Result<Folder, Told>, Failure> {
    if path.is_dir() {
        return Ok(Folder::read(path));
    }
    let settings = read(path)?;
    Ok(Ok(Folder::of_settings(path.display().to_string(), settings)))
}

async fn apply(path: &Path, access: &Access<'_>, dry_run: bool, prune: bool) -> Result<Told, Failure> {
    if !path.is_dir() {
        return apply_settings(read(path)?, access, dry_run).await;
    }
    let wanted = match Folder::read(path) {
        Ok(wanted) => wanted,
        Err(told) => return Ok(told),
    };
    let mut session = access.open().await?;
    let (items, changes) = wanted.compare(&mut session, prune).await?;
    let unchanged = items.iter().all(Item::is_unchanged);
    let mut told = import::send(&mut session, items, dry_run).await?;
    session.leave().await;
    told.text.insert_str(0, &lines(&changes));
    if unchanged {
        told.text.push_str("unchanged: the desk is as the folder says\n");
    }
    Ok(told)
}

async fn apply_settings(wanted: DeskSettings, access: &Access<'_>, dry_run: bool) -> Result<Told, Failure> {
    let mut session = access.open().await?;
    let known = &session.desk().settings;
    let changes = changes(known, &wanted)?;
    // The bot has a file of its own.
    let bot = known.bot.clone();
    if !changes.is_empty() && !dry_run {
        let settings = Box::new(DeskSettings { bot, ..wanted });
        session.change(AgentCommand::Configure { settings }).await?;
    }
    session.leave().await;
    let mut text = lines(&changes);
    text.push_str(match (changes.is_empty(), dry_run) {
        (true, _) => "unchanged: the desk has these settings already\n",
        (false, true) => "nothing is applied (--dry-run)\n",
        (false, false) => "applied\n",
    });
    Ok(text.into())
}

fn lines(words: &[String]) -> String {
    words.iter().map(|line| format!("{line}\n")).collect()
}

async fn diff(path: &Path, access: &Access<'_>, prune: bool) -> Result<Told, Failure> {
    let wanted = match read_any(path)? {
        Ok(wanted) => wanted,
        Err(told) => return Ok(told),
    };
    let mut session = access.open().await?;
    let (items, changes) = wanted.compare(&mut session, prune).await?;
    let differing: Vec<Item> = items.into_iter().filter(|item| !item.is_unchanged()).collect();
    let differs = !differing.is_empty();
    let mut told = import::tell(differing);
    session.leave().await;
    told.text.insert_str(0, &lines(&changes));
    if differs && told.failure.is_none() {
        let words = format!("The desk differs from {}.", files::shown(path));
        told.failure = Some(Failure::new(DIFFERS, words));
    }
    Ok(told)
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
pub(super) fn changes(known: &DeskSettings, wanted: &DeskSettings) -> Result<Vec<String>, Failure> {
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
