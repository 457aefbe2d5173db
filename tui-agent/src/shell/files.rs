//! `minicom-agent files` and `get`: the files of a conversation, and one of them fetched; and what `send --attach` uploads.

use std::{
    io::{self, IsTerminal},
    path::{Path, PathBuf},
};

use clap::Args;
use minicom_client::transfers::{
    Seat, Thread, To,
    errand::{self, Errand, Far},
};
use minicom_protocol::{
    event::{FilePart, FileTag, size_words},
    ids::{ConversationId, FileId},
};
use minicom_tui_kit::{Shown, Theme, Zone, progress_line::ProgressLine};
use serde_json::{Value, json};

use super::{
    Said,
    format::{Format, Unknown},
    named,
    rows::{clock, customer, json_line},
    show::newest,
};
use crate::{
    exit::{self, Failure},
    manage::{
        Access,
        office::{Office, field, segment},
        table::{Table, cell},
    },
};

/// Files that are told where a name means several.
const TOLD_MAX: usize = 20;
/// The standard output, where a file is fetched to.
const OUTPUT: &str = "-";

/// Whose files, and how.
#[derive(Debug, Args, PartialEq, Eq)]
pub struct FilesArguments {
    /// The customer's name, or the beginning of the conversation's id.
    name: String,
    /// As JSON, a file a line, the newest first.
    #[arg(long, conflicts_with = "format")]
    json: bool,
    /// A line of your own instead, as '{number} {file_name} {size}'.
    #[arg(long, value_name = "LINE")]
    format: Option<String>,
}

/// Which file, and to where.
#[derive(Debug, Args, PartialEq, Eq)]
pub struct GetArguments {
    /// The customer's name, or the beginning of the conversation's id.
    name: String,
    /// Its number as `files` shows it (1 is the newest), its name or the beginning of it, or its `upload_id`.
    file: String,
    /// A folder, or a name for it; - is the standard output [default: here, under its own name as far as that is safe].
    #[arg(value_hint = clap::ValueHint::AnyPath)]
    to: Option<PathBuf>,
    /// Print as JSON where it is: `path`, and what `files --json` tells of it.
    #[arg(long)]
    json: bool,
}

pub(super) async fn list(wanted: &FilesArguments, access: &Access<'_>) -> Result<Said, Failure> {
    let format = wanted.format.as_deref().map(Format::parse).transpose()?;
    let office = access.office()?;
    let session = named::find(&office, &wanted.name).await?;
    let files = of_session(&office, &session).await?;
    let text = match format {
        _ if wanted.json => files.iter().map(json_line).collect(),
        Some(format) => {
            let line = |file| format.fill(file, Unknown::Refused(&[]), |_| None);
            files.iter().map(line).collect::<Result<String, Failure>>()?
        }
        None => table(&files, &session, access.zone()),
    };
    Ok(Said {
        any: !files.is_empty(),
        ..Said::told(text)
    })
}

pub(super) async fn get(wanted: GetArguments, access: &Access<'_>) -> Result<Said, Failure> {
    let prints = wanted.to.as_deref() == Some(Path::new(OUTPUT));
    if prints && wanted.json {
        let words = "the standard output is the file or what --json tells, not both";
        return Err(Failure::new(exit::USAGE, words));
    }
    if prints && io::stdout().is_terminal() {
        let words = "what is in a file of others is not written on a terminal: pipe it into something, as less";
        return Err(Failure::new(exit::USAGE, words));
    }
    let office = access.office()?;
    let session = named::find(&office, &wanted.name).await?;
    let files = of_session(&office, &session).await?;
    let file = meant(&files, &wanted.file, &session)?;
    let part = part(file).ok_or_else(|| Failure::new(exit::BUG, "the server tells a file in no way that is known"))?;
    let (seat, mut line) = (access.seat()?, progress(Shown::line(&part.name), access.theme()));
    let fetched = async {
        match prints {
            true => errand::print(&seat, part, &mut io::stdout().lock(), &mut line)
                .await
                .map(|()| None),
            false => errand::fetch(&seat, part, to(wanted.to.as_deref()), &mut line)
                .await
                .map(Some),
        }
    };
    // Ended from the keyboard it takes what has come with it.
    let path = tokio::select! {
        fetched = fetched => fetched?,
        _ = tokio::signal::ctrl_c() => return Err(Failure::new(exit::ENDED, "nothing of the file is kept")),
    };
    Ok(Said::done(match path {
        None => String::new(),
        Some(path) if wanted.json => {
            let mut told = file.clone();
            told["path"] = json!(path);
            json_line(&told)
        }
        Some(path) => format!("{}\n", Shown::line(&path.display().to_string())),
    }))
}

/// Uploads what goes with a line. The id by which the line names it.
pub(super) async fn attach(
    path: &Path,
    session: &Value,
    key: Option<&str>,
    access: &Access<'_>,
) -> Result<FileId, Failure> {
    let conversation: ConversationId = field(session, "session_id")
        .parse()
        .map_err(|_| Failure::new(exit::BUG, "the server names a conversation in no way that is known"))?;
    let seat: Seat = access.seat()?;
    let errand = Errand {
        seat: &seat,
        thread: Thread::Conversation(conversation),
        key: key.map(errand::key_of_file),
    };
    let mut line = progress(errand::called(path), access.theme());
    let file = errand.upload(path, tokio::io::stdin(), &mut line).await?;
    Ok(file.id)
}

fn progress(name: Shown, theme: Theme) -> impl FnMut(Far) {
    let mut line = ProgressLine::new(name, theme);
    move |far| match far {
        Far::Read(size) => line.moved(size, None),
        Far::Moved(done, size) => line.moved(done, size),
        Far::Waits(why) => line.waits(&why),
    }
}

fn to(typed: Option<&Path>) -> To {
    match typed {
        None => To::Folder(PathBuf::from(".")),
        Some(path) if path.is_dir() => To::Folder(path.to_owned()),
        Some(path) => To::File(path.to_owned()),
    }
}

/// The files of a conversation, the newest first, as they are told.
async fn of_session(office: &Office, session: &Value) -> Result<Vec<Value>, Failure> {
    let path = format!("/sessions/{}", segment(field(session, "session_id")));
    let messages = newest(office, &path, usize::MAX).await?;
    Ok(told(&messages))
}

/// The files of messages that come the oldest first.
fn told(messages: &[Value]) -> Vec<Value> {
    let with_file = messages.iter().rev().filter(|it| it["attachment"].is_object());
    let files = (1_usize..).zip(with_file).map(|(number, message)| {
        let mut file = message["attachment"].clone();
        file["number"] = json!(number);
        file["message_id"] = message["id"].clone();
        for name in ["session_id", "sender", "agent_name", "timestamp"] {
            file[name] = message[name].clone();
        }
        file
    });
    files.collect()
}

fn table(files: &[Value], session: &Value, zone: &Zone) -> String {
    let mut table = Table::new(&["#", "FILE", "SIZE", "WHEN", "WHO"]);
    for file in files {
        let who = match field(file, "sender") {
            "customer" => customer(session),
            "agent" => Shown::name(field(file, "agent_name")),
            other => Shown::line(other),
        };
        table.row(vec![
            cell(&file["number"]),
            Shown::line(field(file, "file_name")),
            cell(size_words(file["size"].as_u64().unwrap_or_default())),
            Shown::line(&clock(file, "timestamp", zone)),
            who,
        ]);
    }
    table.or("There is no file in this conversation.")
}

/// The file that a word means: by its number, its id, its name (of several by one name the newest), or the beginning of its name.
fn meant<'a>(files: &'a [Value], word: &str, session: &Value) -> Result<&'a Value, Failure> {
    let name = |file: &Value| field(file, "file_name").to_owned();
    let shown = |file: &Value| Shown::line(field(file, "file_name")).to_string();
    let number: Option<usize> = word.parse().ok();
    let by_number = number.and_then(|it| it.checked_sub(1)).and_then(|at| files.get(at));
    let exact = |file: &&Value| name(file) == word || shown(file) == word || field(file, "upload_id") == word;
    if let Some(found) = by_number.or_else(|| files.iter().find(exact)) {
        return Ok(found);
    }
    let lower = word.to_lowercase();
    let begins = |file: &&Value| !word.is_empty() && name(file).to_lowercase().starts_with(&lower);
    let mut fit: Vec<&Value> = files.iter().filter(begins).collect();
    fit.dedup_by_key(|file| name(file));
    match fit[..] {
        [one] => Ok(one),
        [] => {
            let words = format!(
                "There is no file {} in the conversation. Which there are:  minicom-agent files {}",
                Shown::line(word),
                super::rows::short_id(session)
            );
            Err(Failure::new(exit::NOTHING, words))
        }
        _ => {
            let mut words = format!("{} could be several files. Say which by its number:", Shown::line(word));
            for file in fit.iter().take(TOLD_MAX) {
                words.push_str(&format!("\n  {}  {}", file["number"], shown(file)));
            }
            Err(Failure::new(exit::SEVERAL, words))
        }
    }
}

fn part(file: &Value) -> Option<FilePart> {
    let (name, size) = (field(file, "file_name").to_owned(), file["size"].as_u64()?);
    Some(FilePart {
        kind: FileTag::File,
        id: field(file, "upload_id").parse().ok()?,
        fallback: FilePart::fallback_of(&name, size),
        name,
        size,
        mime: field(file, "mime").to_owned(),
        digest: field(file, "digest").to_owned(),
    })
}

#[cfg(test)]
#[path = "files_tests.rs"]
mod tests;
