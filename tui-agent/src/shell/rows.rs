//! Conversations as the API tells them, in the words of a shell.

use jiff::Timestamp;
use minicom_protocol::json::ascii;
use minicom_tui_kit::{Shown, Zone, time};
use serde_json::Value;

use super::seen::Seen;
use crate::manage::office::field;

/// Letters of an id that nearly always tell a conversation from all others. A `#` before it would be a comment to a shell.
const SHORT_ID: usize = 8;

/// An answer as JSON, on one line.
pub fn json_line(of: &Value) -> String {
    format!("{}\n", ascii(&of.to_string()))
}

/// The beginning of a conversation's id, as it can be given to every command.
pub fn short_id(session: &Value) -> String {
    let id: String = field(session, "session_id").chars().take(SHORT_ID).collect();
    Shown::line(&id).as_str().to_owned()
}

/// The customer's name.
pub fn customer(session: &Value) -> Shown {
    Shown::name(field(session, "customer_id"))
}

/// A moment of an answer, in microseconds since 1970.
pub fn micros(of: &Value, name: &str) -> Option<i64> {
    let moment: Timestamp = of[name].as_str()?.parse().ok()?;
    Some(moment.as_microsecond())
}

/// A moment of an answer as a clock shows it.
pub fn clock(of: &Value, name: &str, zone: &Zone) -> String {
    micros(of, name).map_or_else(String::new, |at| zone.clock(at))
}

/// For how long the customer has been waiting, in microseconds: in the queue, or for the agent who has the conversation.
pub fn waited(session: &Value, now: Timestamp) -> Option<i64> {
    let since = match field(session, "stage") {
        "waiting" => micros(session, "queued_at"),
        "active" => micros(session, "unanswered_since"),
        _ => None,
    };
    since.map(|since| now.as_microsecond().saturating_sub(since).max(0))
}

/// Who has it, in a word.
pub fn badge(session: &Value, me: &str) -> Shown {
    match field(session, "stage") {
        "waiting" => Shown::fixed("WAIT"),
        "bot" => Shown::fixed("bot"),
        "active" if field(session, "agent_id") == me => Shown::fixed("you"),
        "snoozed" if field(session, "agent_id") == me => Shown::fixed("later"),
        "active" | "snoozed" => {
            let name = Shown::name(field(&session["agent"], "name"));
            Shown::line(name.as_str().split_whitespace().next().unwrap_or_default())
        }
        _ => Shown::fixed("done"),
    }
}

/// Fields of a conversation that `--format` knows besides the API's: see [`extra`].
pub const EXTRA: &[&str] = &["id", "customer", "owner", "seen", "wait", "wait_s"];

/// The value of one of [`EXTRA`].
pub fn extra(session: &Value, name: &str, now: Timestamp) -> Option<String> {
    let wait = || waited(session, now).unwrap_or(0);
    match name {
        "id" => Some(field(session, "session_id").to_owned()),
        "customer" => Some(field(session, "customer_id").to_owned()),
        "owner" => Some(field(&session["agent"], "name").to_owned()),
        "seen" => Some(Seen::of(session)),
        "wait" => Some(long(wait())),
        "wait_s" => Some((wait() / 1_000_000).to_string()),
        _ => None,
    }
}

/// A time that somebody waits, in one number and a letter: `40s`, `4m`, `2h`, `3d`.
pub fn long(micros: i64) -> String {
    let seconds = (micros / 1_000_000).max(0);
    match seconds {
        0..60 => format!("{seconds}s"),
        60..3_600 => format!("{}m", seconds / 60),
        3_600..86_400 => format!("{}h", seconds / 3_600),
        _ => format!("{}d", seconds / 86_400),
    }
}

/// The same as the list shows it; nothing where nobody waits.
pub fn waiting(session: &Value, now: Timestamp) -> Shown {
    waited(session, now).map_or(Shown::fixed(""), |it| Shown::line(&time::waiting(it)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn who_waits_and_for_how_long() {
        let now: Timestamp = "2026-11-21T14:05:00Z".parse().unwrap();
        let row = |stage: &str| {
            json!({"stage": stage, "queued_at": "2026-11-21T14:00:50.5Z", "unanswered_since": "2026-11-21T14:04:20Z",
                   "agent_id": "1", "agent": {"name": "Ada\u{1b} L"}, "seen": {"customer": 2, "desk": 1}})
        };
        let waited = |stage| waited(&row(stage), now).map(long);
        assert_eq!(waited("waiting").as_deref(), Some("4m"));
        assert_eq!(waited("active").as_deref(), Some("40s"));
        assert_eq!(waited("bot"), None);
        assert_eq!(extra(&row("waiting"), "wait_s", now).as_deref(), Some("249"));
        assert_eq!(extra(&row("bot"), "seen", now).as_deref(), Some("2.1"));
        let mut known = EXTRA.iter().map(|name| extra(&row("bot"), name, now));
        assert!(known.all(|value| value.is_some()), "each that is named is known");
        let badges = ["waiting", "bot", "active", "snoozed", "closed"]
            .map(|stage| [badge(&row(stage), "1").to_string(), badge(&row(stage), "2").to_string()]);
        assert_eq!(
            badges,
            [
                ["WAIT", "WAIT"],
                ["bot", "bot"],
                ["you", "Ada␛"],
                ["later", "Ada␛"],
                ["done", "done"]
            ]
        );
    }

    #[test]
    fn clocks_that_differ_make_nobody_wait_less_than_not_at_all() {
        let now: Timestamp = "2026-11-21T14:00:00Z".parse().unwrap();
        let row = json!({"stage": "waiting", "queued_at": "2026-11-21T15:00:00Z"});
        assert_eq!(waited(&row, now), Some(0));
    }

    #[test]
    fn times_have_one_number() {
        let told = [0, 59, 60, 3_599, 3_600, 86_399, 86_400, 864_000].map(|s| long(s * 1_000_000));
        assert_eq!(told, ["0s", "59s", "1m", "59m", "1h", "23h", "1d", "10d"]);
    }
}
