//! A calendar laid out on real time. Time is cut where the zone's clock changes: between two changes the wall's clock runs
//! as real time does, a fixed way off, and days follow one another. So neither the hour that is left out nor the one that
//! comes twice is a special case, nor a change at midnight, nor a day that a country left out.

use jiff::{Timestamp, Zoned};

use super::Calendar;

/// A day of 24 hours, in microseconds.
pub(super) const DAY_US: i64 = 86_400_000_000;
const MINUTE_US: i64 = 60_000_000;

/// A part of real time in which the desk is open, in microseconds since 1970: from the first up to, but not with, the last.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Span {
    pub(super) from: i64,
    pub(super) to: i64,
}

impl Span {
    /// Microseconds, above 0.
    pub(super) fn length(self) -> i64 {
        self.to - self.from
    }
}

/// A part of real time in which the zone's clock does not change.
struct Steady {
    from: i64,
    to: i64,
    /// How far the wall's clock is ahead of UTC.
    ahead: i64,
}

impl Steady {
    /// From a time up to the next change.
    fn since(calendar: &Calendar, from: i64) -> Steady {
        let start = timestamp(from);
        let change = calendar.zone.following(start).next();
        Steady {
            from,
            to: change.map_or(i64::MAX, |change| change.timestamp().as_microsecond()),
            ahead: i64::from(calendar.zone.to_offset(start).seconds()) * 1_000_000,
        }
    }

    /// The number of the day on the wall at its beginning.
    fn first_day(&self) -> i64 {
        (self.from + self.ahead).div_euclid(DAY_US)
    }
}

/// The open parts of a time, in order. They do not overlap, but may touch.
pub(super) struct Spans<'a> {
    calendar: &'a Calendar,
    limit: i64,
    steady: Steady,
    /// The day on the wall that is being walked, and its next interval.
    day: i64,
    nth: usize,
}

impl<'a> Spans<'a> {
    /// Those from one time up to, but not with, another; beyond the years that have a calendar there are none.
    pub(super) fn new(calendar: &'a Calendar, from: i64, to: i64) -> Spans<'a> {
        let (first, last) = (Timestamp::MIN.as_microsecond(), Timestamp::MAX.as_microsecond());
        // A time beyond the last is not moved to the last: the walk is over before it begins.
        let steady = Steady::since(calendar, from.clamp(first, last));
        let day = steady.first_day();
        let limit = if from > last { i64::MIN } else { to.min(last) };
        Spans {
            calendar,
            limit,
            steady,
            day,
            nth: 0,
        }
    }
}

impl Iterator for Spans<'_> {
    type Item = Span;

    fn next(&mut self) -> Option<Span> {
        loop {
            let midnight = self.day * DAY_US - self.steady.ahead;
            if midnight.min(self.steady.to) >= self.limit {
                return None;
            }
            if midnight >= self.steady.to {
                // The day goes on by the changed clock.
                self.steady = Steady::since(self.calendar, self.steady.to);
                (self.day, self.nth) = (self.steady.first_day(), 0);
                continue;
            }
            let Some(interval) = self.calendar.day(self.day).intervals().get(self.nth) else {
                (self.day, self.nth) = (self.day + 1, 0);
                continue;
            };
            self.nth += 1;
            let after_midnight = |minutes: u16| midnight + i64::from(minutes) * MINUTE_US;
            let span = Span {
                from: after_midnight(interval.from_min()).max(self.steady.from),
                to: after_midnight(interval.to_min()).min(self.steady.to).min(self.limit),
            };
            if span.from < span.to {
                return Some(span);
            }
        }
    }
}

/// A time in microseconds since 1970 for the calendar; the first or the last it has for what is beyond.
pub(super) fn timestamp(micros: i64) -> Timestamp {
    let beyond = if micros < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::from_microsecond(micros).unwrap_or(beyond)
}

/// The number of the day that a wall shows, since 1970-01-01.
pub(super) fn local_day(time: &Zoned) -> i64 {
    let ahead = i64::from(time.offset().seconds()) * 1_000_000;
    (time.timestamp().as_microsecond() + ahead).div_euclid(DAY_US)
}
