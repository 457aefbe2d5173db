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

    /// `2025-11-20 14:02` of a time in microseconds since 1970: for tables and documents.
    pub fn stamp(&self, micros: i64) -> String {
        self.zoned(micros).strftime("%Y-%m-%d %H:%M").to_string()
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

    /// A moment to come, as people say it: `14:02`, `tomorrow 09:00`, `Monday 09:00` within the next six days, else with its date.
    pub fn moment(&self, micros: i64, now: i64) -> String {
        let clock = self.clock(micros);
        match self.day_number(micros) - self.day_number(now) {
            0 => clock,
            1 => format!("tomorrow {clock}"),
            2..=6 => format!("{} {clock}", self.zoned(micros).strftime("%A")),
            _ => format!("{} {clock}", self.day(micros, now)),
        }
    }

    /// Minutes east of universal time at a moment.
    pub fn offset_min(&self, micros: i64) -> i16 {
        i16::try_from(self.zoned(micros).offset().seconds() / 60).unwrap_or(0)
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

    /// The moment at which clocks show this time so many days after the day of `from`. A time that clocks skip that day is
    /// the one that they show instead. `None` where there is no such time.
    pub fn on_day(&self, from: i64, days: i64, hour: i8, minute: i8) -> Option<i64> {
        let day = self.zoned(from).date();
        let day = day.checked_add(jiff::Span::new().try_days(days).ok()?).ok()?;
        let time = jiff::civil::Time::new(hour, minute, 0, 0).ok()?;
        let moment = day.to_datetime(time).to_zoned(self.0.clone()).ok()?;
        Some(moment.timestamp().as_microsecond())
    }

    /// The day of the week: 0 is Monday.
    pub fn weekday(&self, micros: i64) -> u8 {
        self.zoned(micros).weekday().to_monday_zero_offset().unsigned_abs()
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
        assert_eq!(zone.stamp(THURSDAY), "2025-11-20 14:02");
        assert_eq!(zone.day(THURSDAY, THURSDAY + 3_600_000_000), "Today");
        assert_eq!(zone.day(THURSDAY, THURSDAY + DAY), "Thursday 20 November");
        assert_eq!(zone.day(THURSDAY, THURSDAY + 60 * DAY), "Thursday 20 November 2025");
        assert_eq!(zone.clock(i64::MAX), "00:00", "nonsense does no harm");
        assert_eq!(zone.until_midnight(THURSDAY), Duration::from_secs(9 * 3_600 + 58 * 60));
        assert_eq!(zone.day_number(THURSDAY + DAY) - zone.day_number(THURSDAY), 1);
        let moment = |days| zone.moment(THURSDAY + days * DAY, THURSDAY - 3_600_000_000);
        assert_eq!(
            [0, 1, 2, 6, 7, 60].map(moment),
            [
                "14:02",
                "tomorrow 14:02",
                "Saturday 14:02",
                "Wednesday 14:02",
                "Thursday 27 November 14:02",
                "Monday 19 January 2026 14:02"
            ]
        );
        let tokyo = Zone(TimeZone::fixed(jiff::tz::offset(9)));
        assert_eq!((tokyo.offset_min(THURSDAY), zone.offset_min(THURSDAY)), (540, 0));
        assert_eq!(tokyo.clock(THURSDAY), "23:02");
        assert!(!tokyo.same_day(THURSDAY, THURSDAY + 3_600_000_000));
        assert_ne!(tokyo.day_number(THURSDAY), tokyo.day_number(THURSDAY + 3_600_000_000));
    }

    #[test]
    fn moments_by_clock_and_day() {
        let zone = Zone::utc();
        assert_eq!(zone.on_day(THURSDAY, 0, 14, 2), Some(THURSDAY));
        assert_eq!(zone.on_day(THURSDAY, 1, 14, 2), Some(THURSDAY + DAY));
        assert_eq!(zone.on_day(THURSDAY, 0, 24, 0), None);
        assert_eq!(zone.on_day(THURSDAY, i64::MAX, 9, 0), None);
        assert_eq!((zone.weekday(THURSDAY), zone.weekday(THURSDAY + 4 * DAY)), (3, 0));
        let berlin = Zone(TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap());
        let march = 1_774_692_000_000_000; // 2026-03-28 10:00 UTC, the day before clocks go forward
        let skipped = berlin.on_day(march, 1, 2, 30).map(|at| berlin.clock(at));
        assert_eq!(skipped.as_deref(), Some("03:30"));
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
