//! `minicom-agent list`: the conversations, once.

use clap::{Args, ValueEnum};
use jiff::Timestamp;
use minicom_tui_kit::{Shown, Zone};
use serde_json::Value;

use super::{
    Said,
    format::{Format, Unknown},
    rows::{self, badge, clock, customer, json_line, short_id, waiting},
};
use crate::{
    exit::Failure,
    manage::{
        Access,
        office::{Office, field, number, segment},
        table::Table,
    },
};

/// Closed conversations that are listed where nothing is said of them: the last ones.
const CLOSED_SHOWN: usize = 50;

/// Which conversations, and how.
#[derive(Debug, Args, PartialEq, Eq)]
pub struct ListArguments {
    /// Only those that stand so.
    #[arg(long, value_enum)]
    status: Option<StatusName>,
    /// Only those of this agent: `me`, `none`, or an agent's id.
    #[arg(long, value_name = "AGENT")]
    owner: Option<String>,
    /// Only those with this tag.
    #[arg(long)]
    tag: Option<String>,
    /// Only those that are so urgent: low, medium, high or urgent.
    #[arg(long)]
    priority: Option<String>,
    /// Only those that need this skill.
    #[arg(long)]
    skill: Option<String>,
    /// Only those whose customer has been waiting for at least so long, as 90s, 5m or 2h.
    #[arg(long, value_name = "TIME", value_parser = seconds)]
    waiting_over: Option<i64>,
    /// At most so many.
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    limit: usize,
    /// As JSON, an object a line.
    #[arg(long, conflicts_with = "format")]
    json: bool,
    /// A line of your own for each, as '{customer_id} {wait} {subject}'.
    #[arg(long, value_name = "LINE")]
    format: Option<String>,
}

/// Where a conversation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum StatusName {
    /// Not closed.
    Open,
    /// With the bot, or waiting.
    Pending,
    /// An agent has it, also put aside.
    Active,
    /// The bot answers.
    Bot,
    /// In the queue.
    Waiting,
    /// Put aside.
    Snoozed,
    /// Ended.
    Closed,
}

impl StatusName {
    fn word(self) -> Option<&'static str> {
        Some(match self {
            StatusName::Open => return None,
            StatusName::Pending => "pending",
            StatusName::Active => "active",
            StatusName::Bot => "bot",
            StatusName::Waiting => "waiting",
            StatusName::Snoozed => "snoozed",
            StatusName::Closed => "closed",
        })
    }
}

pub(super) async fn run(wanted: &ListArguments, access: &Access<'_>) -> Result<Said, Failure> {
    let format = wanted.format.as_deref().map(Format::parse).transpose()?;
    let office = access.office()?;
    let mut found = fetched(&office, wanted).await?;
    let now = Timestamp::now();
    if let Some(seconds) = wanted.waiting_over {
        found.retain(|row| rows::waited(row, now).is_some_and(|it| it >= seconds * 1_000_000));
    }
    let me = office.get("/whoami").await?;
    let me = field(&me["agent"], "id");
    let found = in_sections(found, me);
    let text = match format {
        _ if wanted.json => found.iter().map(json_line).collect(),
        Some(format) => {
            let line = |row| format.fill(row, Unknown::Refused(rows::EXTRA), |name| rows::extra(row, name, now));
            found.iter().map(line).collect::<Result<String, Failure>>()?
        }
        None => table(&found, me, access.zone(), now),
    };
    Ok(Said::told(text))
}

async fn fetched(office: &Office, wanted: &ListArguments) -> Result<Vec<Value>, Failure> {
    let filters = [
        ("owner", &wanted.owner),
        ("tag", &wanted.tag),
        ("priority", &wanted.priority),
        ("skill", &wanted.skill),
    ];
    let given = filters.iter().filter_map(|(name, value)| Some((name, value.as_ref()?)));
    let mut query: String = given
        .map(|(name, value)| format!("&{name}={}", segment(value)))
        .collect();
    let narrowed = !query.is_empty() || wanted.waiting_over.is_some();
    let status = wanted.status.and_then(StatusName::word);
    if wanted.status == Some(StatusName::Closed) {
        query.push_str("&status=closed");
        return office
            .rows(&format!("/sessions?{query}"), "sessions", wanted.limit)
            .await;
    }
    if let Some(status) = status {
        query.push_str(&format!("&status={status}"));
    }
    // The queue's own order, which closed ones have none in.
    let sorted = format!("/sessions?sort=priority{query}");
    let mut found = office.rows(&sorted, "sessions", wanted.limit).await?;
    if wanted.status.is_none() && !narrowed {
        let most = CLOSED_SHOWN.min(wanted.limit - found.len());
        found.extend(office.rows("/sessions?status=closed", "sessions", most).await?);
    }
    Ok(found)
}

/// As the list of the screen has them, a section after the other; in each the server's order stays.
fn in_sections(mut found: Vec<Value>, me: &str) -> Vec<Value> {
    let section = |row: &Value| match (field(row, "stage"), field(row, "agent_id") == me) {
        ("waiting", _) => 0,
        ("active", true) => 1,
        ("snoozed", true) => 2,
        ("bot", _) => 3,
        ("active" | "snoozed", false) => 4,
        _ => 5,
    };
    found.sort_by_key(section);
    found
}

pub(crate) fn table(found: &[Value], me: &str, zone: &Zone, now: Timestamp) -> String {
    let mut table = Table::new(&["WHO", "CUSTOMER", "UNREAD", "MESSAGES", "LAST", "WAITING", "ID"]);
    for row in found {
        table.row(vec![
            badge(row, me).cut(12),
            customer(row).cut(32),
            number(row, "unread_count"),
            number(row, "message_count"),
            Shown::line(&clock(row, "last_message_at", zone)),
            waiting(row, now),
            Shown::line(&short_id(row)),
        ]);
    }
    table.or("There are none.")
}

/// A time as people write it, in seconds.
fn seconds(text: &str) -> Result<i64, String> {
    let bad = || "a time is a number and a letter, as 90s, 5m, 2h or 1d".to_owned();
    let (digits, unit) = text.split_at(text.len() - text.chars().last().map_or(0, char::len_utf8));
    let factor = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return Err(bad()),
    };
    let number: u32 = digits.parse().map_err(|_| bad())?;
    Ok(i64::from(number) * factor)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_table_has_a_row_for_each_conversation_as_the_screen_has_them() {
        let row = |stage: &str, name: &str, agent: &str| {
            json!({"session_id": "0193a1b2-c3d4-7000-8000-000000000001", "stage": stage, "customer_id": name,
                   "agent_id": agent, "agent": {"name": "Bo Lo"}, "unread_count": 1, "message_count": 2,
                   "last_message_at": "2026-11-21T13:59:00Z", "queued_at": "2026-11-21T13:55:50Z", "unanswered_since": null})
        };
        let rows = vec![
            row("bot", "grace", ""),
            row("closed", "ivy", ""),
            row("active", "heidi", "2"),
            row("waiting", "ca\u{1b}rol", ""),
            row("active", "dora", "1"),
        ];
        let now = "2026-11-21T14:00:00Z".parse().unwrap();
        let expected = "\
WHO   CUSTOMER  UNREAD  MESSAGES  LAST   WAITING  ID
WAIT  ca␛rol    1       2         13:59  4:10     0193a1b2
you   dora      1       2         13:59           0193a1b2
bot   grace     1       2         13:59           0193a1b2
Bo    heidi     1       2         13:59           0193a1b2
done  ivy       1       2         13:59           0193a1b2
";
        assert_eq!(table(&in_sections(rows, "1"), "1", &Zone::utc(), now), expected);
        assert_eq!(table(&[], "1", &Zone::utc(), now), "There are none.\n");
    }

    #[test]
    fn times_are_a_number_and_a_letter() {
        for (text, expected) in [("90s", 90), ("5m", 300), ("2h", 7_200), ("1d", 86_400), ("0s", 0)] {
            assert_eq!(seconds(text), Ok(expected));
        }
        for bad in ["", "5", "m", "-5m", "5 m", "5min", "1.5h", "99999999999d", "5µ"] {
            assert!(seconds(bad).is_err(), "{bad}");
        }
    }
}
