//! `minicom-agent send` and `note`: text from the command line or from the standard input, and a file with it.

use std::{
    io::{self, IsTerminal, Read},
    path::PathBuf,
};

use clap::Args;
use minicom_client::transfers::errand;
use minicom_protocol::{refusal::Refusal, text::MESSAGE_BYTES_MAX};
use serde_json::{Value, json};

use super::{
    Said,
    acts::{Doing, done, path},
    files,
    named::{self, called},
    rows,
    seen::Seen,
};
use crate::{
    exit::{self, Failure},
    manage::Access,
};

/// What to write to whom.
#[derive(Debug, Args, PartialEq, Eq)]
pub struct SendArguments {
    /// The customer's name, or the beginning of the conversation's id.
    name: String,
    /// What to write; - or nothing: what the standard input has. A text that begins with - stands behind --.
    text: Vec<String>,
    /// The same.
    #[arg(
        short,
        long,
        value_name = "TEXT",
        conflicts_with = "text",
        allow_hyphen_values = true
    )]
    message: Option<String>,
    /// Send this file with it, or alone; - is what the standard input has.
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    attach: Option<PathBuf>,
    /// What you have read, as `show --format '{seen}'` prints it: nothing is sent if a colleague or the bot has written since.
    #[arg(long, value_name = "N.N")]
    seen: Option<Seen>,
    /// Send it although somebody has written since.
    #[arg(long)]
    anyway: bool,
    /// Take the conversation over in the same step, unless a colleague has it.
    #[arg(long)]
    take: bool,
    #[command(flatten)]
    doing: Doing,
}

/// What to note on what.
#[derive(Debug, Args, PartialEq, Eq)]
pub struct NoteArguments {
    /// The customer's name, or the beginning of the conversation's id.
    name: String,
    /// The note; - or nothing: what the standard input has.
    text: Vec<String>,
    #[command(flatten)]
    doing: Doing,
}

pub(super) async fn send(wanted: SendArguments, access: &Access<'_>) -> Result<Said, Failure> {
    let said: Vec<String> = wanted.message.clone().into_iter().chain(wanted.text.clone()).collect();
    let text = match &wanted.attach {
        None => text(&said)?,
        Some(_) if said.is_empty() => String::new(),
        Some(file) if errand::is_pipe(file) && said == ["-"] => {
            let words = "the standard input is the text or the file, not both. Nothing was sent.";
            return Err(Failure::new(exit::USAGE, words));
        }
        Some(_) => text(&said)?,
    };
    let office = access.office()?;
    let session = named::find(&office, &wanted.name).await?;
    let mut body = json!({"anyway": wanted.anyway, "take_over": wanted.take});
    if !text.is_empty() {
        body["message"] = json!(text);
    }
    if let Some(path) = &wanted.attach {
        let file = files::attach(path, &session, wanted.doing.key.as_deref(), access).await?;
        body["type"] = json!("file");
        body["upload_id"] = json!(file);
    }
    if let Some(seen) = wanted.seen {
        body["seen"] = seen.to_json();
    }
    let words = |_: &Value| format!("Sent to {}.", called(&session));
    let sent = done(&office, &path(&session, "messages"), body, &wanted.doing, words).await;
    sent.map_err(|failure| match failure.code {
        exit::NEWER => {
            let words = format!(
                "Somebody has written to {} since. Nothing was sent. Read it:  minicom-agent show {}  or send it with --anyway.",
                rows::customer(&session),
                rows::short_id(&session),
            );
            Failure::new(failure.code, words)
        }
        _ if failure.words == Refusal::NotOwner.message() => {
            let words = format!("{} Nothing was sent. (--take takes over in the same step.)", failure.words);
            Failure::new(failure.code, words)
        }
        _ => failure,
    })
}

pub(super) async fn note(wanted: NoteArguments, access: &Access<'_>) -> Result<Said, Failure> {
    let text = text(&wanted.text)?;
    let office = access.office()?;
    let session = named::find(&office, &wanted.name).await?;
    let words = |_: &Value| format!("Noted on {}.", called(&session));
    done(
        &office,
        &path(&session, "notes"),
        json!({"content": text}),
        &wanted.doing,
        words,
    )
    .await
}

/// The words of the command line, else all of the standard input, as far as a message can be long.
fn text(words: &[String]) -> Result<String, Failure> {
    match words {
        [] if io::stdin().is_terminal() => {
            let words = "say what to write, or write it into the standard input:  echo TEXT | minicom-agent send NAME";
            Err(Failure::new(exit::USAGE, words))
        }
        [] => read(io::stdin().lock()),
        [one] if one == "-" => read(io::stdin().lock()),
        words => checked(words.join(" ")),
    }
}

fn read(input: impl Read) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    let most = MESSAGE_BYTES_MAX as u64 + 2;
    let read = input.take(most).read_to_end(&mut bytes);
    read.map_err(|error| Failure::new(exit::IO, format!("the standard input cannot be read: {error}")))?;
    if bytes.len() > MESSAGE_BYTES_MAX + 1 {
        return Err(too_long("what came from the standard input"));
    }
    let text = String::from_utf8(bytes)
        .map_err(|_| Failure::new(exit::USAGE, "the standard input is not UTF-8. Nothing was sent."))?;
    checked(text.trim_end_matches(['\n', '\r']).to_owned())
}

fn checked(text: String) -> Result<String, Failure> {
    if text.trim().is_empty() {
        return Err(Failure::new(exit::USAGE, "there is no text. Nothing was sent."));
    }
    match text.len() > MESSAGE_BYTES_MAX {
        true => Err(too_long("the text")),
        false => Ok(text),
    }
}

fn too_long(what: &str) -> Failure {
    let kib = MESSAGE_BYTES_MAX / 1024;
    let words = format!(
        "{what} is longer than {kib} KiB ({MESSAGE_BYTES_MAX} bytes), which is the most of a message. Nothing was sent."
    );
    Failure::new(exit::USAGE, words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_piped_in_is_a_text_or_a_clear_no() {
        assert_eq!(read(&b"one\ntwo\n\n"[..]).as_deref(), Ok("one\ntwo"));
        let fits = vec![b'x'; MESSAGE_BYTES_MAX];
        assert_eq!(read(&fits[..]).map(|it| it.len()), Ok(MESSAGE_BYTES_MAX));
        let mut ended = fits.clone();
        ended.push(b'\n');
        assert_eq!(read(&ended[..]).map(|it| it.len()), Ok(MESSAGE_BYTES_MAX));
        for (input, words) in [
            (vec![], "there is no text"),
            (b" \n\t\n".to_vec(), "there is no text"),
            (b"\xff".to_vec(), "not UTF-8"),
            (vec![b'x'; MESSAGE_BYTES_MAX + 1], "longer than 16 KiB (16384 bytes)"),
            (vec![b'x'; 300 * 1024], "longer than 16 KiB (16384 bytes)"),
        ] {
            let failure = read(&input[..]).unwrap_err();
            assert!(
                failure.code == exit::USAGE && failure.words.contains(words),
                "{failure}"
            );
        }
    }
}
