//! `--export`: all that the desk keeps of the customer, or what was said, as a document.

use std::{
    fs::OpenOptions,
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use minicom_client::{Handle, open};
use minicom_protocol::{
    customer_event::CustomerEvent,
    frame::{CustomerQuestion, CustomerReply, Customers},
    json::ascii,
    transcript::Format,
};
use minicom_tui_kit::{Shown, Zone};
use serde_json::Value;

use crate::{
    asking::{Events, ask, connected, print, unanswered},
    cli::ExportFormat,
    exit,
    fault::Fault,
    run::Start,
};

/// Writes all that is kept of the customer, or what was said.
///
/// # Errors
/// It could not be had, or not be written.
pub(crate) async fn export(start: &Start, file: &Path, format: ExportFormat) -> Result<u8, Fault> {
    let mut out: Box<dyn Write> = if file == Path::new("-") {
        Box::new(io::stdout())
    } else {
        // It is somebody's life: nobody else's to read, and nothing is overwritten.
        let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file);
        Box::new(made.map_err(|error| Fault::new(exit::IO, format!("{}: {error}", file.display())))?)
    };
    let writing = match format {
        ExportFormat::Json => None,
        ExportFormat::Text => Some(Format::Text),
        ExportFormat::Markdown => Some(Format::Markdown),
    };
    let document = writing.map(|format| Document {
        format,
        me: start.name.as_str().to_owned(),
        zone: start.zone.clone(),
    });
    let (handle, mut events) = open(start.brief());
    let written = pages(&handle, &mut events, &mut out, document.as_ref()).await;
    handle.shutdown().await;
    written?;
    Ok(exit::OK)
}

async fn pages(
    handle: &Handle<Customers>,
    events: &mut Events,
    out: &mut dyn Write,
    document: Option<&Document>,
) -> Result<(), Fault> {
    connected(events).await?;
    let mut after = None;
    loop {
        let reply = ask(handle, events, CustomerQuestion::Export { after }).await?;
        let CustomerReply::Export { rows, after: next } = reply else {
            return Err(unanswered());
        };
        for row in rows {
            let text = match document {
                None => format!("{}\n", ascii(&row.to_string())),
                Some(document) => document.row(&row),
            };
            print(out, &text)?;
        }
        match next {
            Some(_) => after = next,
            None => return Ok(()),
        }
    }
}

/// How what was said is written.
struct Document {
    format: Format,
    me: String,
    zone: Zone,
}

impl Document {
    /// What a thing that is kept says to be read; nothing of most.
    fn row(&self, row: &Value) -> String {
        let word = |name: &str| row[name].as_str().unwrap_or_default();
        match word("export") {
            "conversation" => {
                let mut facts = vec![("Opened", moment(word("opened_at")))];
                if let Some(subject) = row["subject"].as_str() {
                    facts.push(("Subject", subject.to_owned()));
                }
                format!("\n{}", self.format.head(&format!("Chat {}", row["number"]), &facts))
            }
            "line" | "event" => match serde_json::from_value::<CustomerEvent>(row["event"].clone()) {
                Ok(event) => self
                    .format
                    .own_event(&self.zone.stamp(event.time.0), &self.me, &event.body),
                // Of a later version.
                Err(_) => String::new(),
            },
            "rating" => {
                let at = moment(word("at"));
                let mut out = match row["score"].as_u64() {
                    Some(score) => self.format.happened(&at, &format!("You rated this chat {score} of 5.")),
                    None => String::new(),
                };
                if let Some(comment) = row["comment"].as_str() {
                    out.push_str(&self.format.said(&at, &self.me, "", comment));
                }
                out
            }
            "ticket" => {
                let words = format!("Ticket {}: {} ({})", row["number"], word("title"), word("status"));
                self.format.happened(&moment(word("opened_at")), &words)
            }
            _ => String::new(),
        }
    }
}

/// A moment of a row, to the minute.
fn moment(text: &str) -> String {
    let text = Shown::line(text);
    match text.as_str().get(..16) {
        Some(minute) => format!("{} UTC", minute.replace('T', " ")),
        None => text.to_string(),
    }
}

/// Rows as they are written to be read.
#[cfg(any(test, feature = "testing"))]
pub(crate) fn as_text(rows: impl IntoIterator<Item = Value>) -> String {
    let document = Document {
        format: Format::Text,
        me: "carol".to_owned(),
        zone: Zone::utc(),
    };
    rows.into_iter().map(|row| document.row(&row)).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_was_said_can_be_read_and_nothing_of_it_is_raw() {
        let document = Document {
            format: Format::Text,
            me: "alice".to_owned(),
            zone: Zone::utc(),
        };
        let event = json!({"seq": 2, "mark": "00c0ffee00c0ffee", "time": 1_795_231_200_000_000_i64, "conversation": "0192f000-0000-7000-8000-00000000000c", "kind": "chat.message.new", "touches": "line",
            "data": {"sender": "customer", "line": 1, "parts": [{"type": "text", "text": "hello\u{1b}[31m\nthere"}]}});
        let conversation = json!({"export": "conversation", "number": 1, "opened_at": "2026-11-21T10:00:00Z", "subject": "My\u{7} parcel"});
        let mut text = document.row(&conversation);
        text.push_str(&document.row(&json!({"export": "line", "event": event})));
        text.push_str(&document.row(&json!({"export": "customer", "name": "alice"})));
        text.push_str(&document.row(&json!({"export": "rating", "at": "\u{1b}[2J", "score": 3})));
        assert!(text.contains("␛[2J  * You rated this chat 3 of 5."), "{text}");
        assert!(text.contains("Subject: My␇ parcel"), "{text}");
        assert!(text.contains("  alice: hello␛[31m\n    there\n"), "{text}");
    }
}
