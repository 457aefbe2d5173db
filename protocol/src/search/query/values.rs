//! What stands behind the colon of a filter.

use super::{FromIs, Moment, Only, WhoseIs};
use crate::{hours::Date, stage::StageIs};

pub(super) fn from(value: &str) -> FromIs {
    let word = value.to_lowercase();
    match word.as_str() {
        "customer" | "customers" => FromIs::Customer,
        "bot" => FromIs::Bot,
        "agent" | "agents" => FromIs::Agent,
        "me" => FromIs::Me,
        _ => FromIs::Named(word),
    }
}

pub(super) fn whose(value: &str) -> WhoseIs {
    let word = value.to_lowercase();
    match word.as_str() {
        "me" => WhoseIs::Me,
        "nobody" | "none" => WhoseIs::Nobody,
        _ => WhoseIs::Named(word),
    }
}

pub(super) fn stages(value: &str) -> Option<&'static [StageIs]> {
    Some(match value.to_ascii_lowercase().as_str() {
        "open" => &[StageIs::Bot, StageIs::Waiting, StageIs::Active, StageIs::Snoozed],
        "bot" => &[StageIs::Bot],
        "waiting" => &[StageIs::Waiting],
        "active" => &[StageIs::Active],
        "snoozed" => &[StageIs::Snoozed],
        "closed" => &[StageIs::Closed],
        _ => return None,
    })
}

pub(super) fn only(value: &str) -> Option<Only> {
    match value.to_ascii_lowercase().as_str() {
        "note" | "notes" => Some(Only::Notes),
        "line" | "lines" | "messages" => Some(Only::Lines),
        _ => None,
    }
}

pub(super) fn moment(value: &str) -> Option<Moment> {
    match value.to_ascii_lowercase().as_str() {
        "today" => return Some(Moment::DaysBack(0)),
        "yesterday" => return Some(Moment::DaysBack(1)),
        _ => {}
    }
    if let Ok(day) = value.parse::<Date>() {
        return Some(Moment::Day(day));
    }
    let unit = value.chars().last()?;
    let count: u16 = value.strip_suffix(unit)?.parse().ok()?;
    let minute = 60_000;
    let ms = match unit {
        'm' => minute,
        'h' => 60 * minute,
        'd' => 24 * 60 * minute,
        'w' => 7 * 24 * 60 * minute,
        _ => return None,
    };
    Some(Moment::Ago(i64::from(count) * ms))
}
