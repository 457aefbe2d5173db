//! `minicom-agent transcript`: one conversation as text, Markdown or JSON, to the standard output or into a file.

use std::{
    borrow::Cow,
    fs::OpenOptions,
    io::{self, IsTerminal, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use clap::{Args, ValueEnum};
use minicom_protocol::gate;

use super::{
    Access, Told,
    office::{field, segment},
};
use crate::{
    exit::{self, Failure},
    shell,
};

/// Which conversation, and how.
#[derive(Debug, Args, PartialEq, Eq)]
pub struct TranscriptArguments {
    /// The customer's name, for the open conversation, else the last; or the beginning of its id.
    #[arg(value_name = "NAME")]
    of: String,
    /// How it is written.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// With the notes, which only agents see.
    #[arg(long)]
    notes: bool,
    /// Into this file, which must not be there; - is the standard output.
    #[arg(long = "out", short = 'o', value_name = "FILE", default_value = "-")]
    out: PathBuf,
}

/// How it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Lines of text.
    Text,
    /// Markdown.
    Markdown,
    /// JSON.
    Json,
}

impl Format {
    fn word(self) -> &'static str {
        match self {
            Format::Text => "text",
            Format::Markdown => "markdown",
            Format::Json => "json",
        }
    }
}

pub(super) async fn run(wanted: TranscriptArguments, access: &Access<'_>) -> Result<Told, Failure> {
    let office = access.office()?;
    let session = shell::find(&office, &wanted.of).await?;
    let notes = if wanted.notes { "&notes=true" } else { "" };
    let path = format!(
        "/sessions/{}/transcript?format={}{notes}",
        segment(field(&session, "session_id")),
        wanted.format.word()
    );
    let mut out = open(&wanted.out)?;
    let mut failed = None;
    let on_terminal = wanted.out == Path::new("-") && io::stdout().is_terminal();
    let each = |line: &str| match writeln!(out, "{}", shown(line, on_terminal)) {
        Ok(()) => true,
        Err(error) => {
            failed = Some(error);
            false
        }
    };
    let fetched = office.lines(&path, each).await;
    let failed = failed.or_else(|| out.flush().err());
    match failed {
        // Who reads no more has read enough.
        Some(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(Told::default()),
        Some(error) => Err(unwritten(&wanted.out, &error)),
        None => fetched.map(|()| Told::default()),
    }
}

/// A file gets what the server wrote; a terminal what can do nothing to it, whoever the server is.
fn shown(line: &str, on_terminal: bool) -> Cow<'_, str> {
    match on_terminal {
        true => Cow::Owned(gate::clean(line)),
        false => Cow::Borrowed(line),
    }
}

fn open(file: &Path) -> Result<Box<dyn Write>, Failure> {
    if file == Path::new("-") {
        return Ok(Box::new(io::BufWriter::new(io::stdout())));
    }
    // It is what somebody said: nobody else's to read, and nothing is overwritten.
    let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file);
    let made = made.map_err(|error| unwritten(file, &error))?;
    Ok(Box::new(io::BufWriter::new(made)))
}

fn unwritten(file: &Path, error: &io::Error) -> Failure {
    Failure::new(exit::IO, format!("{}: {error}", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_gets_nothing_raw_and_a_file_all() {
        let line = "14:02  carol: \u{1b}[2J日本語\u{9b}m";
        assert_eq!(shown(line, true), "14:02  carol: ␛[2J日本語\\x9Bm");
        assert_eq!(shown(line, false), line);
    }
}
