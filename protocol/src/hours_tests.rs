use proptest::prelude::*;
use serde_json::json;

use super::*;

fn read(value: serde_json::Value) -> Result<Hours, String> {
    let hours: Hours = serde_json::from_value(value).map_err(|error| error.to_string())?;
    hours.check().map(|()| hours)
}

/// What is said to who wrote this.
fn refused(value: serde_json::Value) -> String {
    read(value.clone()).expect_err(&value.to_string())
}

fn on_monday(intervals: serde_json::Value) -> serde_json::Value {
    json!({ "zone": "Europe/Berlin", "week": { "mon": intervals } })
}

fn holiday(date: &str, open: serde_json::Value) -> serde_json::Value {
    json!({ "zone": "UTC", "week": {}, "holidays": [{ "date": date, "open": open }] })
}

#[test]
fn hours_are_written_back_as_they_were_read() {
    let written = json!({
        "zone": "Europe/Berlin",
        "week": { "mon": ["09:00-12:30", "13:30-17:00"], "sun": ["00:00-24:00"] },
        "holidays": [
            { "date": "2026-12-24", "open": [], "name": "Christmas Eve" },
            { "date": "2028-02-29", "open": ["10:00-12:00"] },
        ],
    });
    let hours = read(written.clone()).expect("these are hours");
    assert_eq!(serde_json::to_value(&hours).expect("hours are written"), written);
    let monday = hours.week.days[0].intervals();
    assert_eq!((monday[1].from_min(), monday[1].to_min()), (13 * 60 + 30, 17 * 60));
    assert_eq!(hours.week.days[6].intervals()[0].to_min(), 1_440);
    assert!(hours.week.days[1].is_closed() && hours.holidays[0].open.is_closed());
    let date = hours.holidays[1].date;
    assert_eq!((date.year(), date.month(), date.day()), (2028, 2, 29));
}

#[test]
fn intervals_may_touch_and_are_put_in_order() {
    let hours = read(on_monday(json!(["13:00-17:00", "09:00-13:00"]))).expect("they touch");
    assert_eq!(
        hours.week.days[0],
        Day::parse(&["09:00-13:00", "13:00-17:00"]).expect("in order")
    );
}

#[test]
fn what_makes_no_sense_is_refused_with_its_field() {
    for (intervals, said) in [
        (
            json!(["09:00-12:30", "12:00-17:00"]),
            "week.mon: 09:00-12:30 and 12:00-17:00 overlap",
        ),
        (
            json!(["09:00-12:30", "09:00-12:30"]),
            "week.mon: 09:00-12:30 and 09:00-12:30 overlap",
        ),
        (
            json!(["17:00-09:00"]),
            "week.mon: 17:00-09:00 ends before it begins; for a night write 17:00-24:00 and",
        ),
        (json!(["09:00-09:00"]), "week.mon: 09:00-09:00 has no minute"),
        (json!(["24:00-24:00"]), "week.mon: 24:00-24:00 has no minute"),
        (
            json!(["9:00-12:00"]),
            "week.mon: \"9:00-12:00\" is no interval, as 09:00-12:30",
        ),
        (json!(["09:00-24:01"]), "week.mon: \"09:00-24:01\" is no interval"),
        (json!(["09:60-12:00"]), "week.mon: \"09:60-12:00\" is no interval"),
        (json!(["+9:00-12:00"]), "week.mon: \"+9:00-12:00\" is no interval"),
        (json!(["09:00"]), "week.mon: \"09:00\" is no interval"),
        (json!(["\u{1b}[2J"]), "week.mon: \"\\u{1b}[2J\" is no interval"),
    ] {
        let found = refused(on_monday(intervals));
        assert!(found.starts_with(said), "{found}");
    }
    for (date, said) in [
        ("2026-02-29", "holidays: date: there is no day 2026-02-29"),
        ("2100-02-29", "holidays: date: there is no day 2100-02-29"),
        ("2026-13-01", "holidays: date: there is no day 2026-13-01"),
        ("2026-04-31", "holidays: date: there is no day 2026-04-31"),
        ("2026-01-00", "holidays: date: there is no day 2026-01-00"),
        ("24.12.2026", "holidays: date: \"24.12.2026\" is no date, as 2026-12-24"),
        ("2026-1-1", "holidays: date: \"2026-1-1\" is no date"),
    ] {
        let found = refused(holiday(date, json!([])));
        assert!(found.starts_with(said), "{found}");
    }
    let found = refused(holiday("2026-12-24", json!(["12:00-09:00"])));
    assert!(
        found.starts_with("holidays: 2026-12-24: open: 12:00-09:00 ends before"),
        "{found}"
    );
}

#[test]
fn a_misspelt_word_does_not_close_the_desk() {
    let found = refused(json!({ "zone": "UTC", "week": { "monday": ["09:00-17:00"] } }));
    assert!(
        found.starts_with("week: there is no day \"monday\"; the days are mon, tue,"),
        "{found}"
    );
    let found = refused(json!({ "zone": "UTC", "weak": { "mon": ["09:00-17:00"] } }));
    assert!(found.contains("missing field `week`"), "{found}");
    let holiday = json!({ "date": "2026-12-24", "opne": ["09:00-12:00"] });
    let found = refused(json!({ "zone": "UTC", "week": {}, "holidays": [holiday] }));
    assert!(found.contains("missing field `open`"), "{found}");
    let twice = r#"{ "zone": "UTC", "week": { "mon": [], "mon": ["09:00-17:00"] } }"#;
    let found = serde_json::from_str::<Hours>(twice)
        .expect_err("a day stands there twice")
        .to_string();
    assert!(found.starts_with("week.mon: is there twice"), "{found}");
}

#[test]
fn everything_has_a_bound() {
    let intervals = |count: u16| -> Vec<String> { (0..count).map(|n| format!("{n:02}:00-{n:02}:30")).collect() };
    assert!(read(on_monday(json!(intervals(12)))).is_ok());
    let found = refused(on_monday(json!(intervals(13))));
    assert!(
        found.starts_with("week.mon: a day has at most 12 intervals, and these are 13"),
        "{found}"
    );

    let mut hours = read(on_monday(json!([]))).expect("closed for ever");
    let dates =
        (0..).filter_map(|n: u32| Date::new(2026 + (n / 372) as u16, (n / 31 % 12 + 1) as u8, (n % 31 + 1) as u8));
    let closed = |date| Holiday {
        date,
        open: Day::default(),
        name: String::new(),
    };
    hours.holidays = dates.map(closed).take(Hours::HOLIDAYS_MAX).collect();
    assert_eq!(hours.check(), Ok(()));
    hours.holidays.push(closed(Date::new(2030, 1, 1).expect("a day")));
    assert!(
        hours
            .check()
            .expect_err("too many")
            .starts_with("holidays: at most 400 dates, and these are 401")
    );

    hours.holidays = vec![closed(Date::new(2030, 1, 1).expect("a day")); 2];
    assert!(
        hours
            .check()
            .expect_err("twice")
            .starts_with("holidays: 2030-01-01 is there twice")
    );
    for name in ["a".repeat(81), "two\nlines".to_owned()] {
        hours.holidays = vec![Holiday {
            name,
            ..hours.holidays[0].clone()
        }];
        assert!(
            hours
                .check()
                .expect_err("a bad name")
                .starts_with("holidays: 2030-01-01: a name is one line")
        );
    }
    hours.holidays.clear();
    for zone in [
        "",
        " Europe/Berlin",
        "../../etc/passwd",
        "Europe\u{1b}",
        &"a".repeat(65),
    ] {
        hours.zone = zone.to_owned();
        assert!(hours.check().expect_err(zone).starts_with("zone: "), "{zone}");
    }
}

proptest! {
    #[test]
    fn whatever_is_written_is_taken_as_it_stands_or_refused(from in 0..1_500_u16, to in 0..1_500_u16) {
        let text = format!("{:02}:{:02}-{:02}:{:02}", from / 60, from % 60, to / 60, to % 60);
        match text.parse::<Interval>() {
            Ok(it) => {
                prop_assert!(from < to && to <= 1_440);
                prop_assert_eq!((it.from_min(), it.to_min(), it.to_string()), (from, to, text));
            }
            Err(_) => prop_assert!(from >= to || to > 1_440),
        }
    }

    #[test]
    fn no_text_is_too_odd_to_be_refused(text in "\\PC{0,60}|[0-9:-]{0,12}") {
        let _ = text.parse::<Interval>();
        let _ = text.parse::<Date>();
        let week = serde_json::from_value::<Week>(json!({ text.clone(): [text] }));
        prop_assert!(week.is_err());
    }
}
