//! A moment to come, as people type it: `2h`, `30m`, `1h30`, `3d`, `14:30`, `tomorrow`, `tomorrow 10:00`, `mon 9:00`. It asks no clock.

use minicom_tui_kit::Zone;

/// What is told when something is no such moment.
pub const FORMS: &str = "say 30m, 2h, 3d, 14:30, tomorrow 10:00 or monday 9:00";
/// Days that something can be put aside.
const DAYS_MAX: i64 = 366;
/// The time of a day that is named without one.
const MORNING: (i8, i8) = (9, 0);
const MINUTE: i64 = 60_000_000;
const WEEK: [&str; 7] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];

/// The moment that a text means, in microseconds, always after `now`. A clock's time that has passed today means tomorrow's.
///
/// # Errors
/// It means none; what would.
pub fn parse(text: &str, now: i64, zone: &Zone) -> Result<i64, &'static str> {
    let text = text.trim().to_lowercase();
    let found = match span(&text) {
        Some(minutes) => (minutes <= DAYS_MAX * 24 * 60).then(|| now.saturating_add(minutes * MINUTE)),
        None => by_clock(&text, now, zone),
    };
    found.filter(|at| *at > now).ok_or(FORMS)
}

/// Minutes of `90m`, `2h`, `1h30`, `1h30m`, `3d`.
fn span(text: &str) -> Option<i64> {
    let text: String = text.split_whitespace().collect();
    let number = |text: &str| -> Option<i64> {
        let digits = !text.is_empty() && text.len() <= 6 && text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| text.parse().ok())?
    };
    let words = |long: &[&str], short: &str| {
        long.iter()
            .chain([&short])
            .find_map(|unit| number(text.strip_suffix(unit)?))
    };
    if let Some(minutes) = words(&["minutes", "minute", "min"], "m") {
        return Some(minutes);
    }
    if let Some(hours) = words(&["hours", "hour"], "h") {
        return Some(hours * 60);
    }
    if let Some(days) = words(&["days", "day"], "d") {
        return Some(days * 24 * 60);
    }
    let (hours, minutes) = text.split_once('h')?;
    let minutes = number(minutes.strip_suffix('m').unwrap_or(minutes))?;
    Some(number(hours)? * 60 + minutes)
}

/// `14:30`, `tomorrow`, `tomorrow 10:00`, `mon 9`.
fn by_clock(text: &str, now: i64, zone: &Zone) -> Option<i64> {
    let mut words = text.split_whitespace();
    let first = words.next()?;
    let second = words.next();
    if words.next().is_some() {
        return None;
    }
    let days = match first {
        "today" => 0,
        "tomorrow" => 1,
        day => match weekday(day) {
            Some(day) => {
                // The same day of the week is in a week.
                let ahead = (7 + day - i64::from(zone.weekday(now))) % 7;
                if ahead == 0 { 7 } else { ahead }
            }
            None if second.is_none() => {
                let (hour, minute) = clock(first, true)?;
                let today = zone.on_day(now, 0, hour, minute)?;
                return if today > now {
                    Some(today)
                } else {
                    zone.on_day(now, 1, hour, minute)
                };
            }
            None => return None,
        },
    };
    let (hour, minute) = second.map_or(Some(MORNING), |text| clock(text, false))?;
    zone.on_day(now, days, hour, minute)
}

/// 0 for `monday`, `mon`.
fn weekday(text: &str) -> Option<i64> {
    let fits = |day: &&str| text.len() >= 3 && day.starts_with(text);
    let at = WEEK.iter().position(fits)?;
    i64::try_from(at).ok()
}

/// `9:05`; behind a day also `9`.
fn clock(text: &str, with_minutes: bool) -> Option<(i8, i8)> {
    let (hour, minute) = match text.split_once(':') {
        Some((hour, minute)) if minute.len() == 2 => (hour, minute),
        None if !with_minutes => (text, "00"),
        _ => return None,
    };
    let number = |text: &str| -> Option<i8> {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| text.parse().ok())?
    };
    let (hour, minute) = (number(hour)?, number(minute)?);
    (hour < 24 && minute < 60).then_some((hour, minute))
}

#[cfg(test)]
mod tests {
    use super::*;
    use minicom_tui_kit::testing::BENCH_START;

    /// At 14:00 on a Thursday.
    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        let zone = Zone::utc();
        let found = parse(text, BENCH_START, &zone).ok();
        let told = found.map(|at| zone.moment(at, BENCH_START));
        assert_eq!(told.as_deref(), expected, "{text:?}");
    }

    #[test]
    fn spans() {
        check("30m", Some("14:30"));
        check("2h", Some("16:00"));
        check(" 2 h ", Some("16:00"));
        check("90 min", Some("15:30"));
        check("1h30", Some("15:30"));
        check("1h05m", Some("15:05"));
        check("10h", Some("tomorrow 00:00"));
        check("1d", Some("tomorrow 14:00"));
        check("3 days", Some("Sunday 14:00"));
    }

    #[test]
    fn clocks_and_days() {
        check("14:30", Some("14:30"));
        check("9:05", Some("tomorrow 09:05"));
        check("14:00", Some("tomorrow 14:00"));
        check("tomorrow", Some("tomorrow 09:00"));
        check("Tomorrow 10:00", Some("tomorrow 10:00"));
        check("mon 9", Some("Monday 09:00"));
        check("thursday", Some("Thursday 27 November 09:00"));
        check("today 18:00", Some("18:00"));
    }

    #[test]
    fn what_is_no_moment_to_come() {
        for text in [
            "",
            "0m",
            "0h",
            "h",
            "2x",
            "25:00",
            "12:60",
            "12:5",
            "14",
            "tomorrow 25:00",
            "today 9:00",
            "mo",
            "next week",
            "-1h",
            "999999d",
            "9999999m",
            "١٢:٣٠",
            "+1:00",
            "tomorrow at noon",
            "1h99999999",
        ] {
            check(text, None);
        }
    }
}
