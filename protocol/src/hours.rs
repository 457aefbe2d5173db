//! When a desk is open, as its people write it down: a time zone, a week, and the days that differ. Data only: what of it is
//! past, present or next is asked of a calendar, which knows the zones. No `Hours` at all means always open.

use std::{collections::BTreeSet, fmt};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

mod day;

pub use day::{Date, Day, Interval};

/// The opening hours of a desk. In a file:
///
/// ```toml
/// zone = "Europe/Berlin"
/// week.mon = ["09:00-12:30", "13:30-17:00"]
/// week.fri = ["09:00-24:00"]
/// holidays = [{ date = "2026-12-24", open = [], name = "Christmas Eve" }]
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Hours {
    /// The IANA name of the time zone in which all that follows is meant, as `Europe/Berlin`. Whether there is such a zone
    /// is known to the server alone.
    pub zone: String,
    /// The usual days. A day that is not named is closed.
    pub week: Week,
    /// The days that are not as usual, in any order, each date once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub holidays: Vec<Holiday>,
}

impl Hours {
    /// The most intervals that a day may have.
    pub const INTERVALS_MAX: usize = 12;
    /// The most dates that may differ from the week: more than a year of them.
    pub const HOLIDAYS_MAX: usize = 400;
    /// The longest name of a zone, in bytes. The longest that exists has 32.
    pub const ZONE_BYTES_MAX: usize = 64;
    /// The longest name of a holiday, in characters.
    pub const NAME_CHARS_MAX: usize = 80;

    /// Checks what the types of the fields leave open: the zone looks like a name, no date stands there twice, names are
    /// short and of one line, and there are not too many dates.
    ///
    /// # Errors
    ///
    /// The field and what is wrong with it, in words for who wrote it.
    pub fn check(&self) -> Result<(), String> {
        check_zone(&self.zone)?;
        if self.holidays.len() > Self::HOLIDAYS_MAX {
            let (most, found) = (Self::HOLIDAYS_MAX, self.holidays.len());
            return Err(format!(
                "holidays: at most {most} dates, and these are {found}; remove those that are past"
            ));
        }
        let mut dates = BTreeSet::new();
        for Holiday { date, name, .. } in &self.holidays {
            if !dates.insert(*date) {
                return Err(format!(
                    "holidays: {date} is there twice; write one entry with all its intervals"
                ));
            }
            if name.chars().count() > Self::NAME_CHARS_MAX || name.chars().any(char::is_control) {
                let most = Self::NAME_CHARS_MAX;
                return Err(format!(
                    "holidays: {date}: a name is one line of at most {most} characters"
                ));
            }
        }
        Ok(())
    }
}

/// Whether this could be the name of a zone. It keeps out of messages, and of the search for the zone, what no name has.
fn check_zone(zone: &str) -> Result<(), String> {
    let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'+' | b'-' | b'/');
    if (1..=Hours::ZONE_BYTES_MAX).contains(&zone.len()) && zone.bytes().all(fits) {
        return Ok(());
    }
    Err(format!(
        "zone: {:?} is no name of a time zone, as Europe/Berlin or UTC",
        excerpt(zone)
    ))
}

/// The usual days of a week.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Week {
    /// The days from Monday to Sunday.
    pub days: [Day; 7],
}

impl Week {
    /// The names of the days in a file, from Monday to Sunday.
    pub const NAMES: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
}

impl Serialize for Week {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let named = Week::NAMES.iter().zip(&self.days);
        serializer.collect_map(named.filter(|(_, day)| !day.is_closed()))
    }
}

impl<'de> Deserialize<'de> for Week {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(WeekVisitor)
    }
}

struct WeekVisitor;

impl<'de> serde::de::Visitor<'de> for WeekVisitor {
    type Value = Week;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("days, as mon = [\"09:00-17:00\"]")
    }

    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Week, A::Error> {
        let (mut week, mut seen) = (Week::default(), [false; 7]);
        while let Some(name) = map.next_key::<String>()? {
            // A misspelt day that was passed over would be a day on which the desk is closed and nobody knows why.
            let Some(at) = Week::NAMES.iter().position(|known| *known == name) else {
                let (name, known) = (excerpt(&name), Week::NAMES.join(", "));
                return Err(A::Error::custom(format!(
                    "week: there is no day {name:?}; the days are {known}"
                )));
            };
            if std::mem::replace(&mut seen[at], true) {
                return Err(A::Error::custom(format!("week.{name}: is there twice")));
            }
            let texts: Vec<String> = map.next_value()?;
            week.days[at] = Day::parse(&texts).map_err(|why| A::Error::custom(format!("week.{name}: {why}")))?;
        }
        Ok(week)
    }
}

/// A date on which the hours are not those of its weekday.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "WrittenHoliday")]
pub struct Holiday {
    /// The date, in the zone of the hours.
    pub date: Date,
    /// When the desk is open on it, in place of the weekday's hours: not at all if empty. It has to be written, so that a
    /// misspelt word does not close a desk.
    pub open: Day,
    /// What the day is called, for people; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
}

/// A holiday as it is written, before its parts are understood: so that what is wrong is told with the date.
#[derive(Deserialize)]
struct WrittenHoliday {
    date: String,
    open: Vec<String>,
    #[serde(default)]
    name: String,
}

impl TryFrom<WrittenHoliday> for Holiday {
    type Error = String;

    fn try_from(written: WrittenHoliday) -> Result<Self, String> {
        let date: Date = written.date.parse().map_err(|why| format!("holidays: date: {why}"))?;
        let open = Day::parse(&written.open).map_err(|why| format!("holidays: {date}: open: {why}"))?;
        Ok(Holiday {
            date,
            open,
            name: written.name,
        })
    }
}

/// The beginning of what somebody wrote, for a message.
fn excerpt(text: &str) -> String {
    const CHARS_MAX: usize = 40;
    match text.char_indices().nth(CHARS_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
#[path = "hours_tests.rs"]
mod tests;
