//! `minicom-agent watch`: what happens, a line each, from a cursor on and over lost connections. With a cursor's file nothing is
//! missed, however the program ends; and where the output is a file, nothing is in it twice.

mod out;
mod said;

use std::{
    io::{self, ErrorKind, Write},
    path::PathBuf,
    pin::Pin,
    time::Duration,
};

use clap::Args;
use minicom_client::{
    cursor_file::{CursorFile, Place, is_cursor},
    rest::{
        LoginError,
        feed::{Feed, FeedEnded, FeedLine, FeedNews, FeedOf},
    },
};
use minicom_protocol::{json::ascii, refusal::Refusal};
use minicom_tui_kit::{Shown, reader, signals};
use serde_json::Value;

use self::{out::Out, said::Telling};
use super::format::{Format, Unknown};
use crate::{
    exit::{self, Failure},
    manage::{Access, office::Office},
    sign_in::call_failure,
};

/// Whoever does not read has so long after a signal; then the program ends in the middle.
const ENDING_MAX: Duration = Duration::from_secs(2);

/// What to watch, and how.
#[derive(Debug, Args, PartialEq, Eq)]
pub struct WatchArguments {
    /// What comes after this cursor; 0: from the very first event. From now on, if left out.
    #[arg(long, value_name = "CURSOR", value_parser = cursor)]
    since: Option<String>,
    /// Keep the cursor in this file: it is read at the start, where it comes before --since, and written after each line.
    #[arg(long, value_name = "FILE")]
    cursor_file: Option<PathBuf>,
    /// Only these kinds of events, with commas between them, as chat.message.new,chat.session.waiting.
    #[arg(long, value_name = "KIND,...")]
    only: Option<String>,
    /// As JSON, {"cursor", "event"} a line.
    #[arg(long, conflicts_with = "format")]
    json: bool,
    /// A line of your own for each, as '{conversation} {sender} {text}'.
    #[arg(long, value_name = "LINE")]
    format: Option<String>,
    /// End when all that has happened by now is told.
    #[arg(long)]
    no_follow: bool,
}

fn cursor(text: &str) -> Result<String, String> {
    match is_cursor(text) {
        true => Ok(text.to_owned()),
        false => {
            Err("a cursor is what a line of `watch --json` has, as 814.0123456789abcdef; 0 is the beginning".to_owned())
        }
    }
}

/// Prints what happens until somebody ends it, or nobody reads it.
///
/// # Errors
/// It cannot begin, the sign-in ended, or the output or the cursor cannot be written.
pub async fn run(wanted: WatchArguments, access: &Access<'_>) -> Result<(), Failure> {
    let telling = match (wanted.json, wanted.format.as_deref()) {
        (true, _) => Telling::Json,
        (false, Some(format)) => Telling::Format(Format::parse(format)?),
        (false, None) => Telling::Words,
    };
    let office = access.office()?;
    let file = wanted.cursor_file.map(CursorFile::at);
    let known = match &file {
        Some(file) => file.read().map_err(kept)?,
        None => None,
    };
    let mut out = Out::stdout().map_err(unwritten)?;
    let cursor = match known {
        Some(place) => out
            .goes_on(place, matches!(telling, Telling::Json))
            .map_err(unwritten)?,
        None => match wanted.since {
            Some(since) => since,
            None => newest(&office).await?,
        },
    };
    let until = match wanted.no_follow {
        true => Some(newest(&office).await?),
        false => None,
    };
    let (server, tenant, token) = office.whole();
    let of = FeedOf {
        server,
        tenant,
        token,
        kinds: wanted.only.unwrap_or_default(),
    };
    let mut watch = Watch {
        names: said::Names::new(access.zone()),
        office,
        telling,
        out,
        file,
        until,
    };
    // Whoever is killed before the first event goes on from here.
    watch.keep(&cursor)?;
    if watch.is_over(&cursor) {
        return Ok(());
    }
    watch.follow(Feed::after(of, cursor)).await
}

/// Where the journal ends now.
async fn newest(office: &Office) -> Result<String, Failure> {
    let answer = office.get("/events?wait=0").await?;
    Ok(answer["cursor"].as_str().unwrap_or("0").to_owned())
}

struct Watch<'a> {
    office: Office,
    names: said::Names<'a>,
    telling: Telling,
    out: Out,
    file: Option<CursorFile>,
    /// Where it ends, if it does.
    until: Option<String>,
}

/// How a batch of lines went.
enum Went {
    On,
    /// All is told, or nobody reads it.
    Over,
}

impl Watch<'_> {
    async fn follow(&mut self, mut feed: Feed) -> Result<(), Failure> {
        let mut unread = reader::gone().map_err(unwritten)?;
        let mut ending: Pin<Box<dyn Future<Output = ()> + Send>> = Box::pin(ended()?);
        loop {
            let news = tokio::select! {
                biased;
                () = &mut ending => return Ok(()),
                Ok(()) = &mut unread => return Ok(()),
                news = feed.next() => news,
            };
            match news {
                Ok(FeedNews::Lines(lines)) => match self.tell(&lines).await? {
                    Went::On => {}
                    Went::Over => return Ok(()),
                },
                Ok(FeedNews::Away { why }) => tell(&format!("{why} It is tried again.")),
                Ok(FeedNews::Back) => tell("the connection is back."),
                Err(FeedEnded::Reset) => return Err(reset(&newest(&self.office).await?)),
                Err(FeedEnded::Server(error)) => match error {
                    // A server on this computer makes a new token at each start.
                    LoginError::Refused(Refusal::SignIn) if feed.renew(self.office.token()) => {}
                    error => return Err(call_failure(self.office.profile(), error)),
                },
            }
        }
    }

    /// First the lines, then the cursor: whoever is killed in between gets them again, and misses none.
    async fn tell(&mut self, lines: &[FeedLine]) -> Result<Went, Failure> {
        let Some(last) = lines.last() else { return Ok(Went::On) };
        let mut text = String::new();
        for line in lines {
            if let Some(raw) = &line.event {
                text.push_str(&self.told(line, raw).await?);
            }
        }
        match self.out.write(&text) {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => return Ok(Went::Over),
            written => written.map_err(unwritten)?,
        }
        self.keep(&last.cursor)?;
        Ok(match self.is_over(&last.cursor) {
            true => Went::Over,
            false => Went::On,
        })
    }

    async fn told(&mut self, line: &FeedLine, raw: &str) -> Result<String, Failure> {
        if matches!(self.telling, Telling::Json) {
            return Ok(format!("{}\n", ascii(raw)));
        }
        let whole: Value = serde_json::from_str(raw).unwrap_or_default();
        let event = &whole["event"];
        let customer = match self.telling.wants_customer() {
            true => self.names.customer(&self.office, event).await,
            false => None,
        };
        match &self.telling {
            Telling::Format(format) => {
                let extra = |name: &str| said::extra(event, &line.cursor, customer.as_deref(), name);
                format.fill(event, Unknown::Empty, extra)
            }
            Telling::Words | Telling::Json => Ok(self.names.words(event, customer.as_deref())),
        }
    }

    fn keep(&mut self, cursor: &str) -> Result<(), Failure> {
        let Some(file) = &self.file else { return Ok(()) };
        let output = self.out.reached().map_err(unwritten)?;
        let cursor = cursor.to_owned();
        file.write(&Place { cursor, output }).map_err(kept)
    }

    fn is_over(&self, cursor: &str) -> bool {
        let at = |cursor: &str| -> u64 { cursor.split('.').next().and_then(|at| at.parse().ok()).unwrap_or(0) };
        self.until.as_deref().is_some_and(|until| at(cursor) >= at(until))
    }
}

/// Ends when the system wants the program to. What is being written then has a moment.
fn ended() -> Result<impl Future<Output = ()> + Send, Failure> {
    let mut signals = signals::from_system().map_err(unwritten)?;
    let (told, over) = tokio::sync::oneshot::channel();
    tokio::spawn(async move {
        while let Some(signal) = futures_util::StreamExt::next(&mut signals).await {
            if !matches!(signal, signals::Signal::Continued | signals::Signal::Resized) {
                // Nobody waits for it where all is over already.
                let _ = told.send(());
                tokio::time::sleep(ENDING_MAX).await;
                std::process::exit(i32::from(exit::OK));
            }
        }
    });
    Ok(async move {
        // The task above ends with the program.
        let _ = over.await;
    })
}

/// One line on stderr.
fn tell(words: &str) {
    // If stderr is gone there is nobody to tell.
    let _ = writeln!(io::stderr().lock(), "minicom-agent: {}", Shown::line(words));
}

fn reset(newest: &str) -> Failure {
    let words = format!(
        "The journal does not hold this cursor: it is another server's, or the server was restored from a copy. Look at how things \
         stand (minicom-agent list), remove the cursor's file, then go on with  --since {newest}"
    );
    Failure::new(exit::DATA, words)
}

fn unwritten(error: io::Error) -> Failure {
    Failure::new(exit::IO, format!("the output cannot be written: {error}"))
}

fn kept(error: minicom_client::cursor_file::CursorFileError) -> Failure {
    let code = match &error {
        minicom_client::cursor_file::CursorFileError::Strange { .. } => exit::DATA,
        minicom_client::cursor_file::CursorFileError::Io { .. } => exit::IO,
    };
    Failure::new(code, error.to_string())
}
