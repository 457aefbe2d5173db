//! The calendar of a desk: when it is open, when it is again, and how much of a time was opening time. Pure: every answer
//! follows from the hours and the times that are handed in. It asks no clock and knows no tenant.
//!
//! A desk is open whenever the clock on the wall of its zone shows a time within the day's intervals, and opening time is the
//! time that really passes meanwhile. So of the hour that is left out in spring nothing counts, and the hour that comes twice
//! in autumn counts twice. A time at which an interval ends is closed.

use std::collections::BTreeMap;

use jiff::{
    Zoned, civil,
    tz::{self, TimeZone, TimeZoneDatabase},
};
use minicom_protocol::{
    hours::{Date, Day, Hours},
    ids::Time,
};

use crate::limits::{CALENDAR_AHEAD_DAYS_MAX, TARGET_AHEAD_DAYS_MAX};

mod spans;
mod words;

use spans::{DAY_US, Spans};
pub use words::WhenWords;

/// Opening hours that can be asked. Making one looks up the zone; every question walks from day to day.
#[derive(Clone, Debug)]
pub struct Calendar {
    zone: TimeZone,
    /// The zone's name as the zone has it, however it was written.
    zone_name: String,
    /// From Monday to Sunday.
    week: [Day; 7],
    /// The days that are not as usual, by their number since 1970-01-01.
    holidays: BTreeMap<i64, Day>,
}

/// What a calendar and a clock on the wall of a zone show.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wall {
    /// As `2026-11-21`.
    pub date: String,
    /// From Monday, which is 0, to Sunday, which is 6.
    pub weekday: u8,
    /// From 0 to 23.
    pub hour: u8,
}

/// There is no such time zone.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("zone: there is no time zone {0:?}; write its name, as Europe/Berlin or UTC")]
pub struct BadZone(pub String);

impl Calendar {
    /// The calendar of these hours. The zones are those of the machine, and those the program brings along for what the
    /// machine does not have.
    ///
    /// # Errors
    ///
    /// If there is no zone of that name.
    pub fn new(hours: &Hours) -> Result<Calendar, BadZone> {
        let bad = || BadZone(hours.zone.clone());
        let found = tz::db().get(&hours.zone);
        let zone = found
            .or_else(|_| TimeZoneDatabase::bundled().get(&hours.zone))
            .map_err(|_| bad())?;
        if zone.is_unknown() {
            return Err(bad());
        }
        let holidays = hours
            .holidays
            .iter()
            .map(|day| (day_number(day.date), day.open.clone()));
        Ok(Calendar {
            zone_name: zone.iana_name().unwrap_or(&hours.zone).to_owned(),
            zone,
            week: hours.week.days.clone(),
            holidays: holidays.collect(),
        })
    }

    /// The calendar of a desk that may have no hours, or hours in a zone that this machine does not know: then in UTC, and never
    /// open.
    pub fn or_utc(hours: Option<&Hours>) -> Calendar {
        let own = hours.and_then(|hours| Calendar::new(hours).ok());
        own.unwrap_or_else(|| Calendar {
            zone: TimeZone::UTC,
            zone_name: "UTC".to_owned(),
            week: Default::default(),
            holidays: BTreeMap::new(),
        })
    }

    /// The zone's name.
    pub fn zone_name(&self) -> &str {
        &self.zone_name
    }

    /// The day and the hour on the wall at a time.
    pub fn wall(&self, time: Time) -> Wall {
        let there = self.on_the_wall(time);
        Wall {
            date: there.date().to_string(),
            weekday: there.weekday().to_monday_zero_offset().unsigned_abs(),
            hour: there.hour().unsigned_abs(),
        }
    }

    /// Whether the desk is open at this time.
    pub fn open_at(&self, time: Time) -> bool {
        Spans::new(self, time.0, time.0.saturating_add(1)).next().is_some()
    }

    /// The first time, from `after` on, at which the desk is open: `after` itself if it is open then. None if it does not
    /// open within [`CALENDAR_AHEAD_DAYS_MAX`].
    pub fn next_open(&self, after: Time) -> Option<Time> {
        let first = Spans::new(self, after.0, days_after(after, CALENDAR_AHEAD_DAYS_MAX)).next();
        first.map(|span| Time(span.from))
    }

    /// The first time, from `after` on, at which the desk is closed: `after` itself if it is closed then. None if it does
    /// not close within [`CALENDAR_AHEAD_DAYS_MAX`].
    pub fn next_close(&self, after: Time) -> Option<Time> {
        let limit = days_after(after, CALENDAR_AHEAD_DAYS_MAX);
        let mut end = after.0;
        for span in Spans::new(self, after.0, limit) {
            // Intervals that touch, also over midnight or a clock change, are one opening.
            if span.from > end {
                break;
            }
            end = span.to;
        }
        (end < limit).then_some(Time(end))
    }

    /// The first time at which `business_ms` milliseconds of opening time have passed since `start`: `start` itself for 0 or
    /// less, and the close of a day rather than the next opening. None if it is further away than
    /// [`TARGET_AHEAD_DAYS_MAX`]: for a desk that never opens, there is no deadline.
    pub fn add_business(&self, start: Time, business_ms: i64) -> Option<Time> {
        let mut left = business_ms.checked_mul(1_000)?;
        if left <= 0 {
            return Some(start);
        }
        for span in Spans::new(self, start.0, days_after(start, TARGET_AHEAD_DAYS_MAX)) {
            if left <= span.length() {
                return Some(Time(span.from + left));
            }
            left -= span.length();
        }
        None
    }

    /// Opening time from `a` to `b`, in whole milliseconds; 0 if `b` is not after `a`.
    pub fn business_between(&self, a: Time, b: Time) -> i64 {
        let passed: i64 = Spans::new(self, a.0, b.0).map(|span| span.length()).sum();
        passed / 1_000
    }

    /// A time in words for people, with the zone in which it is meant: `today 14:00 (Europe/Berlin)`, `tomorrow 09:00 (…)`,
    /// `Monday 09:00 (…)` within a week, then `Monday 4 January 09:00 (…)`, and with its year if that is another than now's.
    /// It stands well in the middle of a sentence.
    pub fn said(&self, at: Time, now: Time) -> String {
        self.said_in(&WhenWords::default(), at, now)
    }

    /// The same in another language.
    pub fn said_in(&self, words: &WhenWords, at: Time, now: Time) -> String {
        let (there, here) = (self.on_the_wall(at), self.on_the_wall(now));
        let weekday = &words.weekdays[usize::from(there.weekday().to_monday_zero_offset().unsigned_abs())];
        let month = &words.months[usize::from(there.month().unsigned_abs() - 1)];
        let date = || {
            let day = there.day().to_string();
            let date = words.date.replace("{{weekday}}", weekday).replace("{{day}}", &day);
            date.replace("{{month}}", month)
        };
        let day = match spans::local_day(&there) - spans::local_day(&here) {
            0 => words.today.clone(),
            1 => words.tomorrow.clone(),
            2..=6 => weekday.clone(),
            _ if there.year() == here.year() => date(),
            _ => format!("{} {}", date(), there.year()),
        };
        format!("{day} {} ({})", there.strftime("%H:%M"), self.zone_name)
    }

    /// When a day begins in the zone. None at the end of all time.
    pub fn day_begins(&self, date: Date) -> Option<Time> {
        // A `Date` is a day that exists, of a year below 9999.
        let day = civil::date(date.year() as i16, date.month() as i8, date.day() as i8);
        let begins = day.to_zoned(self.zone.clone()).ok()?;
        Some(Time(begins.timestamp().as_microsecond()))
    }

    /// When the day began that was so many days before this one. None at the beginning of all time.
    pub fn days_back(&self, now: Time, days: u16) -> Option<Time> {
        let day = self
            .on_the_wall(now)
            .date()
            .checked_sub(jiff::Span::new().days(i64::from(days)))
            .ok()?;
        let begins = day.to_zoned(self.zone.clone()).ok()?;
        Some(Time(begins.timestamp().as_microsecond()))
    }

    fn on_the_wall(&self, time: Time) -> Zoned {
        spans::timestamp(time.0).to_zoned(self.zone.clone())
    }

    /// When the desk is open on a day, by its number since 1970-01-01.
    fn day(&self, number: i64) -> &Day {
        self.holidays.get(&number).unwrap_or_else(|| {
            // Day 0 was a Thursday. What is left over by 7 is below 7.
            &self.week[(number + 3).rem_euclid(7) as usize]
        })
    }
}

/// The end of a search of so many days.
fn days_after(start: Time, days: i64) -> i64 {
    start.0.saturating_add(days * DAY_US)
}

/// Days from 1970-01-01.
fn day_number(date: Date) -> i64 {
    // A `Date` is a day that exists, of a year below 9999.
    let day = civil::date(date.year() as i16, date.month() as i8, date.day() as i8);
    day.duration_since(civil::date(1970, 1, 1)).as_hours() / 24
}

#[cfg(test)]
#[path = "hours_tests.rs"]
mod tests;
