//! Times in words, in a zone that is given.
//!
//! Owns the forms of clocks, days and waiting times, and when they change. It asks no clock itself.

use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// A time zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone(TimeZone);

impl Zone {
    /// The machine's zone.
    pub fn system() -> Zone {
        Zone(TimeZone::system())
    }

    /// Universal time; what tests use.
    pub fn utc() -> Zone {
        Zone(TimeZone::UTC)
    }

    /// `14:02` of a time in microseconds since 1970.
    pub fn clock(&self, micros: i64) -> String {
        self.zoned(micros).strftime("%H:%M").to_string()
    }

    /// The day as people say it: `Today`, `Thursday 20 November`, and with its year if that is another one.
    pub fn day(&self, micros: i64, now: i64) -> String {
        let (day, today) = (self.zoned(micros), self.zoned(now));
        if day.date() == today.date() {
            "Today".to_owned()
        } else if day.year() == today.year() {
            day.strftime("%A %-d %B").to_string()
        } else {
            day.strftime("%A %-d %B %Y").to_string()
        }
    }

    /// True if two times are on the same day.
    pub fn same_day(&self, one: i64, other: i64) -> bool {
        self.zoned(one).date() == self.zoned(other).date()
    }

    /// A number of the day: days since 1970 in this zone.
    pub fn day_number(&self, micros: i64) -> i64 {
        let zoned = self.zoned(micros);
        (micros.saturating_add(i64::from(zoned.offset().seconds()) * 1_000_000)).div_euclid(86_400_000_000)
    }

    /// How long until the next midnight, when `Today` is over.
    pub fn until_midnight(&self, now: i64) -> Duration {
        let zoned = self.zoned(now);
        let midnight = zoned.tomorrow().and_then(|tomorrow| tomorrow.start_of_day());
        let left = midnight.map_or(3_600_000_000, |midnight| midnight.timestamp().as_microsecond() - now);
        Duration::from_micros(u64::try_from(left).unwrap_or(0)).max(Duration::from_secs(1))
    }

    fn zoned(&self, micros: i64) -> jiff::Zoned {
        // A time beyond the calendar can only come from a broken server; it is shown as the beginning of time.
        Timestamp::from_microsecond(micros)
            .unwrap_or(Timestamp::UNIX_EPOCH)
            .to_zoned(self.0.clone())
    }
}

/// How long something takes, in the form of the list: `0:09`, `4:10`, `1h04`, `3d`. `micros` below zero counts as zero.
pub fn waiting(micros: i64) -> String {
    let seconds = (micros / 1_000_000).max(0);
    match seconds {
        0..3_600 => format!("{}:{:02}", seconds / 60, seconds % 60),
        3_600..86_400 => format!("{}h{:02}", seconds / 3_600, seconds / 60 % 60),
        _ => format!("{}d", seconds / 86_400),
    }
}

/// How long until [`waiting`] says something else: the deadline for a redraw.
pub fn waiting_changes_in(micros: i64) -> Duration {
    let step = match micros {
        ..3_600_000_000 => 1_000_000,
        3_600_000_000..86_400_000_000 => 60_000_000,
        _ => 86_400_000_000,
    };
    Duration::from_micros(u64::try_from(step - micros.rem_euclid(step)).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    const THURSDAY: i64 = 1_763_647_320_000_000; // 2025-11-20 14:02 UTC
    const DAY: i64 = 86_400_000_000;

    #[test]
    fn clocks_and_days() {
        let zone = Zone::utc();
        assert_eq!(zone.clock(THURSDAY), "14:02");
        assert_eq!(zone.day(THURSDAY, THURSDAY + 3_600_000_000), "Today");
        assert_eq!(zone.day(THURSDAY, THURSDAY + DAY), "Thursday 20 November");
        assert_eq!(zone.day(THURSDAY, THURSDAY + 60 * DAY), "Thursday 20 November 2025");
        assert_eq!(zone.clock(i64::MAX), "00:00", "nonsense does no harm");
        assert_eq!(zone.until_midnight(THURSDAY), Duration::from_secs(9 * 3_600 + 58 * 60));
        assert_eq!(zone.day_number(THURSDAY + DAY) - zone.day_number(THURSDAY), 1);
        let tokyo = Zone(TimeZone::fixed(jiff::tz::offset(9)));
        assert_eq!(tokyo.clock(THURSDAY), "23:02");
        assert!(!tokyo.same_day(THURSDAY, THURSDAY + 3_600_000_000));
        assert_ne!(tokyo.day_number(THURSDAY), tokyo.day_number(THURSDAY + 3_600_000_000));
    }

    #[test]
    fn waiting_times_and_their_changes() {
        for (seconds, words, changes) in [
            (0, "0:00", 1),
            (9, "0:09", 1),
            (250, "4:10", 1),
            (3_599, "59:59", 1),
            (3_840, "1h04", 60),
            (3_850, "1h04", 50),
            (3 * 86_400, "3d", 86_400),
        ] {
            assert_eq!(waiting(seconds * 1_000_000), words);
            assert_eq!(
                waiting_changes_in(seconds * 1_000_000),
                Duration::from_secs(changes),
                "{words}"
            );
        }
        assert_eq!(waiting(-5_000_000), "0:00", "a clock that goes wrong");
        assert_eq!(waiting_changes_in(1_400_000), Duration::from_millis(600));
    }
}
