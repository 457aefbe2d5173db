//! Moments as people write them: a time, a day, or so long ago. One reading for every `since` and `before` of the server.

use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
use minicom_protocol::ids::Time;

/// Characters of a day: a time without its zone is none, however it begins.
const DAY_CHARS: usize = 10;

/// Reads RFC 3339; a day, `today` or `yesterday`, which stand for their beginning in UTC; or so long before `now`: `90s`, `30m`, `2h`, `7d`,
/// `4w`. [`None`] for anything else, and for what is beyond all calendars.
pub fn parse(text: &str, now: Time) -> Option<Time> {
    let text = text.trim();
    let begins = |day: Date| Some(day.to_zoned(TimeZone::UTC).ok()?.timestamp());
    let today = || Some(Timestamp::from_microsecond(now.0).ok()?.to_zoned(TimeZone::UTC).date());
    let at = match text {
        "now" => Timestamp::from_microsecond(now.0).ok(),
        "today" => today().and_then(begins),
        "yesterday" => today().and_then(|day| begins(day.checked_sub(1.day()).ok()?)),
        _ => match ago(text) {
            Some(micros) => Timestamp::from_microsecond(now.0.checked_sub(micros)?).ok(),
            None if text.len() == DAY_CHARS => begins(text.parse().ok()?),
            None => text.parse().ok(),
        },
    };
    at.map(|at| Time(at.as_microsecond()))
}

/// So long, in microseconds.
fn ago(text: &str) -> Option<i64> {
    let unit = text.chars().last()?;
    let seconds: i64 = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        'w' => 7 * 86_400,
        _ => return None,
    };
    let count = text
        .strip_suffix(unit)
        .filter(|it| it.bytes().all(|byte| byte.is_ascii_digit()))?;
    count.parse::<i64>().ok()?.checked_mul(seconds)?.checked_mul(1_000_000)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_moment_is_written_in_many_ways() {
        let at = |text: &str| Time(text.parse::<Timestamp>().unwrap().as_microsecond());
        let now = at("2026-11-21T10:20:30.5Z");
        for (text, expected) in [
            ("now", "2026-11-21T10:20:30.5Z"),
            ("today", "2026-11-21T00:00:00Z"),
            (" yesterday ", "2026-11-20T00:00:00Z"),
            ("2026-11-01", "2026-11-01T00:00:00Z"),
            ("2026-11-01T10:00:00+02:00", "2026-11-01T08:00:00Z"),
            ("2026-11-01T10:00:00Z", "2026-11-01T10:00:00Z"),
            ("7d", "2026-11-14T10:20:30.5Z"),
            ("2h", "2026-11-21T08:20:30.5Z"),
            ("30m", "2026-11-21T09:50:30.5Z"),
            ("90s", "2026-11-21T10:19:00.5Z"),
            ("1w", "2026-11-14T10:20:30.5Z"),
        ] {
            assert_eq!(parse(text, now), Some(at(expected)), "{text}");
        }
        for bad in [
            "",
            "d",
            "-1d",
            "1.5h",
            "tomorrow",
            "7",
            "7 d",
            "99999999999999999999d",
            "9999999999w",
            "2026-13-01",
            "2026-11-01T10:00:00",
        ] {
            assert_eq!(parse(bad, now), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn no_text_is_more_than_none(text in "\\PC{0,24}", now: i64) {
            let _ = parse(&text, Time(now));
        }
    }
}
