//! `minicom-agent show`: where a conversation stands, and its last lines.

use clap::Args;
use jiff::Timestamp;
use minicom_tui_kit::{Shown, Zone};
use serde_json::{Value, json};

use super::{
    Said,
    format::{Format, Unknown},
    named,
    rows::{self, clock, customer, json_line, long, waited},
    seen::Seen,
};
use crate::{
    exit::Failure,
    manage::{
        Access,
        office::{field, pairs, segment},
    },
};

/// Which conversation, and how.
#[derive(Debug, Args, PartialEq, Eq)]
pub struct ShowArguments {
    /// The customer's name, or the beginning of the conversation's id.
    name: String,
    /// How many of its last lines.
    #[arg(long, value_name = "N", default_value_t = 20)]
    lines: usize,
    /// The notes on it too, which only agents see.
    #[arg(long)]
    notes: bool,
    /// As JSON: `session`, `messages`, and `notes`.
    #[arg(long, conflicts_with = "format")]
    json: bool,
    /// A line of your own instead, as '{session_id} {stage} {seen}'.
    #[arg(long, value_name = "LINE")]
    format: Option<String>,
}

pub(super) async fn run(wanted: &ShowArguments, access: &Access<'_>) -> Result<Said, Failure> {
    let format = wanted.format.as_deref().map(Format::parse).transpose()?;
    let office = access.office()?;
    let session = named::find(&office, &wanted.name).await?;
    let now = Timestamp::now();
    if let Some(format) = format {
        let line = format.fill(&session, Unknown::Refused(rows::EXTRA), |name| {
            rows::extra(&session, name, now)
        })?;
        return Ok(Said::told(line));
    }
    let path = format!("/sessions/{}", segment(field(&session, "session_id")));
    let messages = newest(&office, &path, wanted.lines).await?;
    let notes = match wanted.notes {
        true => office.rows(&format!("{path}/notes?"), "notes", wanted.lines).await?,
        false => vec![],
    };
    if wanted.json {
        let mut whole = json!({"session": session, "messages": messages});
        if wanted.notes {
            whole["notes"] = Value::Array(notes);
        }
        return Ok(Said::told(json_line(&whole)));
    }
    let zone = access.zone();
    let mut text = head(&session, zone, now);
    if !messages.is_empty() {
        text.push('\n');
    }
    text.extend(messages.iter().map(|it| line(it, &session, zone)));
    for note in notes.iter().rev() {
        let who = Shown::name(field(&note["agent"], "name"));
        text.push_str(&said(
            &clock(note, "timestamp", zone),
            &format!("note by {who}"),
            field(note, "content"),
        ));
    }
    Ok(Said::told(text))
}

/// The last lines, the oldest of them first. Pages come the newest first.
pub(super) async fn newest(
    office: &crate::manage::office::Office,
    path: &str,
    most: usize,
) -> Result<Vec<Value>, Failure> {
    let mut pages: Vec<Vec<Value>> = Vec::new();
    let (mut left, mut cursor) = (most, String::new());
    while left > 0 {
        let limit = left.min(100);
        let mut page = office.get(&format!("{path}/messages?limit={limit}{cursor}")).await?;
        let lines = page["messages"].as_array_mut().map(std::mem::take).unwrap_or_default();
        left = left.saturating_sub(lines.len());
        pages.push(lines);
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={}", segment(next)),
            None => break,
        }
    }
    Ok(pages.into_iter().rev().flatten().collect())
}

fn head(session: &Value, zone: &Zone, now: Timestamp) -> String {
    let stands = match field(session, "stage") {
        "waiting" => format!("waiting, {}", field(session, "reason")),
        stage @ ("active" | "snoozed") => format!("{stage}, {}", field(&session["agent"], "name")),
        "closed" => format!(
            "ended {} by the {}",
            clock(session, "ended_at", zone),
            field(session, "ended_by")
        ),
        _ => "with the bot".to_owned(),
    };
    let list = |name: &str| {
        let words = session[name].as_array().map_or(&[][..], Vec::as_slice);
        words.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ")
    };
    let mut facts = vec![
        ("id", field(session, "session_id").to_owned()),
        ("customer", field(session, "customer_id").to_owned()),
        ("stands", stands),
        ("priority", field(session, "priority").to_owned()),
        ("seen", Seen::of(session)),
    ];
    let called = field(session, "customer_name");
    let more = [
        (
            "called",
            called.to_owned().split_off(if called == field(session, "customer_id") {
                called.len()
            } else {
                0
            }),
        ),
        ("e-mail", field(session, "customer_email").to_owned()),
        ("subject", field(session, "subject").to_owned()),
        ("tags", list("tags")),
        ("needs", list("required_skills")),
        ("waits", waited(session, now).map_or_else(String::new, long)),
    ];
    facts.extend(more.into_iter().filter(|(_, value)| !value.is_empty()));
    pairs(&facts)
}

/// A line of the conversation.
fn line(message: &Value, session: &Value, zone: &Zone) -> String {
    let at = clock(message, "timestamp", zone);
    let content = match field(message, "attachment_url") {
        "" => field(message, "content").to_owned(),
        _ => format!(
            "{} [{}]",
            field(message, "content"),
            field(&message["attachment"], "file_name")
        ),
    };
    match (field(message, "type"), field(message, "sender")) {
        ("event", _) => format!("{at} -- {}\n", Shown::line(&content)),
        (_, "customer") => said(&at, customer(session).as_str(), &content),
        (_, "agent") => said(&at, Shown::name(field(message, "agent_name")).as_str(), &content),
        (_, sender) => said(&at, Shown::line(sender).as_str(), &content),
    }
}

/// What somebody wrote, all of it: what is not on its first line is set in.
fn said(at: &str, who: &str, text: &str) -> String {
    let text = minicom_protocol::safe::text(text);
    let lines: Vec<&str> = text.trim_end().lines().map(str::trim_end).collect();
    let text = lines.join("\n      ").replace("      \n", "\n");
    format!("{at} {who}: {text}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_gated_and_whole() {
        let session = json!({"customer_id": "al\u{1b}ice"});
        let line = |message: Value| super::line(&message, &session, &Zone::utc());
        let at = "2026-11-21T13:59:00Z";
        assert_eq!(
            line(json!({"type": "text", "sender": "customer", "content": "one\n\ntwo\u{1b}[2J", "timestamp": at})),
            "13:59 al␛ice: one\n\n      two␛[2J\n"
        );
        assert_eq!(
            line(json!({"type": "text", "sender": "agent", "agent_name": "Ada", "content": "x", "timestamp": at})),
            "13:59 Ada: x\n"
        );
        assert_eq!(
            line(json!({"type": "event", "sender": "system", "content": "Ada took over", "timestamp": at})),
            "13:59 -- Ada took over\n"
        );
        assert_eq!(
            line(
                json!({"type": "file", "sender": "customer", "content": "", "attachment": {"file_name": "a\u{202e}b"},
                        "attachment_url": "/x", "timestamp": at})
            ),
            "13:59 al␛ice:  [ab] ⚠ hidden direction marks\n"
        );
    }

    #[test]
    fn what_is_not_known_has_no_row() {
        let session = json!({"session_id": "1", "customer_id": "alice", "customer_name": "alice", "stage": "waiting",
            "reason": "the customer asked", "priority": "high", "queued_at": "2026-11-21T13:55:00Z", "tags": ["a", "b"],
            "seen": {"customer": 1, "desk": 2}});
        let now = "2026-11-21T14:00:00Z".parse().unwrap();
        let expected = "id        1\ncustomer  alice\nstands    waiting, the customer asked\npriority  high\nseen      1.2\n\
                        tags      a, b\nwaits     5m\n";
        assert_eq!(head(&session, &Zone::utc(), now), expected);
    }
}
