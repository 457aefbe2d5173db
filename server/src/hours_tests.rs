use jiff::{Timestamp, civil::Weekday};
use proptest::prelude::*;

use super::*;

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;

fn hours(text: &str) -> Hours {
    let hours: Hours = toml::from_str(text).unwrap_or_else(|error| panic!("{error}"));
    hours.check().unwrap_or_else(|why| panic!("{why}"));
    hours
}

fn calendar(text: &str) -> Calendar {
    Calendar::new(&hours(text)).expect("the zone is there")
}

/// A time as `2026-03-29 01:30+01`: the offset tells apart what the wall shows twice.
fn at(text: &str) -> Time {
    let parsed: Timestamp = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
    Time(parsed.as_microsecond())
}

fn nine_to_five() -> Calendar {
    calendar(
        r#"
        zone = "Europe/Berlin"
        week.mon = ["09:00-17:00"]
        week.tue = ["09:00-17:00"]
        week.wed = ["09:00-17:00"]
        week.thu = ["09:00-12:30", "13:30-17:00"]
        week.fri = ["09:00-17:00"]
        holidays = [
            { date = "2026-12-24", open = [], name = "Christmas Eve" },
            { date = "2026-12-25", open = [] },
            { date = "2026-12-26", open = ["10:00-12:00"], name = "The inventory, a Saturday" },
        ]
        "#,
    )
}

/// A calendar on every day of which the desk is open at these times.
fn daily(zone: &str, intervals: &str) -> Calendar {
    let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let week: String = days.iter().map(|day| format!("week.{day} = [{intervals}]\n")).collect();
    calendar(&format!("zone = \"{zone}\"\n{week}"))
}

#[test]
fn half_an_hour_before_the_weekend_is_followed_by_monday() {
    let desk = nine_to_five();
    let friday = at("2026-11-20 16:30+01");
    assert_eq!(desk.add_business(friday, HOUR_MS), Some(at("2026-11-23 09:30+01")));
    assert_eq!(
        desk.add_business(friday, 30 * MINUTE_MS),
        Some(at("2026-11-20 17:00+01"))
    );
    assert_eq!(
        desk.add_business(friday, 30 * MINUTE_MS + 1),
        Some(at("2026-11-23 09:00:00.001+01"))
    );
    assert_eq!(desk.add_business(friday, 0), Some(friday));
    assert_eq!(desk.add_business(friday, -HOUR_MS), Some(friday));
    assert_eq!(desk.business_between(friday, at("2026-11-23 09:30+01")), HOUR_MS);
    assert_eq!(desk.business_between(at("2026-11-23 09:30+01"), friday), 0);
    let saturday = at("2026-11-21 12:00+01");
    assert_eq!(desk.next_open(saturday), Some(at("2026-11-23 09:00+01")));
    assert_eq!(desk.add_business(saturday, HOUR_MS), Some(at("2026-11-23 10:00+01")));
}

#[test]
fn an_interval_begins_with_its_first_minute_and_ends_before_its_last() {
    let desk = nine_to_five();
    for (time, open) in [
        ("2026-11-20 08:59:59.999999+01", false),
        ("2026-11-20 09:00+01", true),
        ("2026-11-20 16:59:59.999999+01", true),
        ("2026-11-20 17:00+01", false),
    ] {
        assert_eq!(desk.open_at(at(time)), open, "{time}");
    }
    assert_eq!(
        desk.next_open(at("2026-11-20 10:00+01")),
        Some(at("2026-11-20 10:00+01"))
    );
    assert_eq!(
        desk.next_close(at("2026-11-20 10:00+01")),
        Some(at("2026-11-20 17:00+01"))
    );
    assert_eq!(
        desk.next_close(at("2026-11-20 17:00+01")),
        Some(at("2026-11-20 17:00+01"))
    );
}

#[test]
fn a_split_day_has_a_pause() {
    let desk = nine_to_five();
    let noon = at("2026-11-19 12:00+01");
    assert!(desk.open_at(noon) && !desk.open_at(at("2026-11-19 12:30+01")) && desk.open_at(at("2026-11-19 13:30+01")));
    assert_eq!(desk.next_close(noon), Some(at("2026-11-19 12:30+01")));
    assert_eq!(
        desk.next_open(at("2026-11-19 12:30+01")),
        Some(at("2026-11-19 13:30+01"))
    );
    assert_eq!(desk.add_business(noon, HOUR_MS), Some(at("2026-11-19 14:00+01")));
    assert_eq!(desk.business_between(noon, at("2026-11-19 23:00+01")), 4 * HOUR_MS);
}

#[test]
fn holidays_in_the_middle_of_a_target_do_not_count() {
    let desk = nine_to_five();
    let wednesday = at("2026-12-23 16:00+01");
    assert_eq!(
        desk.add_business(wednesday, HOUR_MS + MINUTE_MS),
        Some(at("2026-12-26 10:01+01"))
    );
    assert_eq!(
        desk.add_business(wednesday, 4 * HOUR_MS),
        Some(at("2026-12-28 10:00+01"))
    );
    assert_eq!(desk.business_between(wednesday, at("2026-12-28 10:00+01")), 4 * HOUR_MS);
    assert_eq!(
        desk.next_open(at("2026-12-24 10:00+01")),
        Some(at("2026-12-26 10:00+01"))
    );
}

#[test]
fn the_hour_that_is_left_out_in_spring_does_not_exist() {
    // At 02:00 the clock goes to 03:00.
    let midnight = at("2026-03-29 00:00+01");
    let desk = daily("Europe/Berlin", r#""01:30-03:30""#);
    assert_eq!(desk.next_open(midnight), Some(at("2026-03-29 01:30+01")));
    assert_eq!(
        desk.next_close(at("2026-03-29 01:30+01")),
        Some(at("2026-03-29 03:30+02"))
    );
    assert_eq!(desk.business_between(midnight, at("2026-03-30 00:00+02")), HOUR_MS);
    assert_eq!(
        desk.add_business(midnight, 45 * MINUTE_MS),
        Some(at("2026-03-29 03:15+02"))
    );

    let within = daily("Europe/Berlin", r#""02:00-03:00""#);
    assert_eq!(within.business_between(midnight, at("2026-03-30 00:00+02")), 0);
    assert_eq!(within.next_open(midnight), Some(at("2026-03-30 02:00+02")));

    let out_of = daily("Europe/Berlin", r#""02:30-04:00""#);
    assert_eq!(out_of.next_open(midnight), Some(at("2026-03-29 03:00+02")));
    assert_eq!(out_of.business_between(midnight, at("2026-03-30 00:00+02")), HOUR_MS);

    let always = daily("Europe/Berlin", r#""00:00-24:00""#);
    assert_eq!(
        always.business_between(midnight, at("2026-03-30 00:00+02")),
        23 * HOUR_MS
    );
    assert_eq!(
        nine_to_five().add_business(at("2026-03-27 16:30+01"), HOUR_MS),
        Some(at("2026-03-30 09:30+02"))
    );
}

#[test]
fn the_hour_that_comes_twice_in_autumn_counts_twice() {
    // At 03:00 the clock goes back to 02:00.
    let (midnight, next) = (at("2026-10-25 00:00+02"), at("2026-10-26 00:00+01"));
    let desk = daily("Europe/Berlin", r#""01:30-03:30""#);
    assert_eq!(
        desk.next_close(at("2026-10-25 01:30+02")),
        Some(at("2026-10-25 03:30+01"))
    );
    assert_eq!(desk.business_between(midnight, next), 3 * HOUR_MS);
    assert_eq!(
        desk.add_business(midnight, 2 * HOUR_MS),
        Some(at("2026-10-25 02:30+01"))
    );

    let within = daily("Europe/Berlin", r#""02:00-03:00""#);
    assert_eq!(within.business_between(midnight, next), 2 * HOUR_MS);
    assert_eq!(
        within.next_close(at("2026-10-25 02:59+02")),
        Some(at("2026-10-25 03:00+01"))
    );

    // What the wall shows decides: 02:45 is closed, also the first time.
    let into = daily("Europe/Berlin", r#""01:00-02:30""#);
    assert_eq!(into.business_between(midnight, next), 2 * HOUR_MS);
    assert!(!into.open_at(at("2026-10-25 02:45+02")) && into.open_at(at("2026-10-25 02:15+01")));

    let always = daily("Europe/Berlin", r#""00:00-24:00""#);
    assert_eq!(always.business_between(midnight, next), 25 * HOUR_MS);
}

#[test]
fn a_day_that_a_country_left_out_does_not_exist() {
    // Samoa had no 30th of December 2011.
    let desk = daily("Pacific/Apia", r#""09:00-17:00""#);
    let thursday = at("2011-12-29 16:00-10");
    assert_eq!(
        desk.add_business(thursday, 2 * HOUR_MS),
        Some(at("2011-12-31 10:00+14"))
    );
}

#[test]
fn a_desk_may_never_open() {
    let desk = calendar("zone = \"UTC\"\nweek = {}");
    let now = at("2026-11-20 12:00Z");
    assert!(!desk.open_at(now));
    assert_eq!(desk.next_open(now), None);
    assert_eq!(desk.next_close(now), Some(now));
    assert_eq!(desk.add_business(now, 1), None);
    assert_eq!(desk.business_between(now, now.plus_ms(1_000 * HOUR_MS)), 0);
}

#[test]
fn a_desk_may_always_be_open() {
    let desk = daily("Europe/Berlin", r#""00:00-24:00""#);
    let now = at("2026-11-20 12:34:56.789Z");
    assert!(desk.open_at(now));
    assert_eq!(desk.next_open(now), Some(now));
    assert_eq!(desk.next_close(now), None);
    assert_eq!(
        desk.add_business(now, 1_000 * HOUR_MS),
        Some(now.plus_ms(1_000 * HOUR_MS))
    );
    assert_eq!(
        desk.business_between(now, now.plus_ms(10_000 * HOUR_MS)),
        10_000 * HOUR_MS
    );
}

#[test]
fn intervals_that_touch_are_one_opening() {
    let desk = calendar("zone = \"UTC\"\nweek.mon = [\"20:00-22:00\", \"22:00-24:00\"]\nweek.tue = [\"00:00-06:00\"]");
    assert_eq!(desk.next_close(at("2026-11-23 21:00Z")), Some(at("2026-11-24 06:00Z")));
    assert_eq!(
        desk.add_business(at("2026-11-23 21:00Z"), 10 * HOUR_MS),
        Some(at("2026-11-30 21:00Z"))
    );
}

#[test]
fn times_beyond_the_calendar_do_no_harm() {
    for desk in [nine_to_five(), daily("UTC", r#""00:00-24:00""#)] {
        let (first, last) = (Time(i64::MIN), Time(i64::MAX));
        assert!(!desk.open_at(first) && !desk.open_at(last));
        assert_eq!((desk.next_open(first), desk.next_open(last)), (None, None));
        assert_eq!(
            (desk.add_business(last, 1), desk.add_business(Time(0), i64::MAX)),
            (None, None)
        );
        assert_eq!(desk.business_between(last, first), 0);
        assert!(
            desk.said(last, first).starts_with("Thursday 30 December 9999 2"),
            "{}",
            desk.said(last, first)
        );
    }
}

#[test]
fn a_zone_that_is_none_is_refused_by_its_name() {
    for zone in ["Europe/Berlni", "Etc/Unknown", "", "../../etc/passwd"] {
        let mut hours = hours("zone = \"UTC\"\nweek = {}");
        hours.zone = zone.to_owned();
        assert_eq!(Calendar::new(&hours).expect_err(zone), BadZone(zone.to_owned()));
    }
    let said = BadZone("Europe/Berlni".to_owned()).to_string();
    assert_eq!(
        said,
        "zone: there is no time zone \"Europe/Berlni\"; write its name, as Europe/Berlin or UTC"
    );
}

#[test]
fn a_time_is_said_as_people_say_it() {
    let desk = nine_to_five();
    let friday = at("2026-11-20 13:00+01");
    for (time, said) in [
        ("2026-11-20 14:00+01", "today 14:00 (Europe/Berlin)"),
        ("2026-11-20 23:30Z", "tomorrow 00:30 (Europe/Berlin)"),
        ("2026-11-23 09:00+01", "Monday 09:00 (Europe/Berlin)"),
        ("2026-11-26 09:00+01", "Thursday 09:00 (Europe/Berlin)"),
        ("2026-11-27 09:00+01", "Friday 27 November 09:00 (Europe/Berlin)"),
        ("2027-01-04 09:00+01", "Monday 4 January 2027 09:00 (Europe/Berlin)"),
        ("2026-11-19 09:00+01", "Thursday 19 November 09:00 (Europe/Berlin)"),
    ] {
        assert_eq!(desk.said(at(time), friday), said);
    }
    assert_eq!(
        daily("europe/berlin", "").said(friday, friday),
        "today 13:00 (Europe/Berlin)"
    );
}

#[test]
fn a_time_is_said_in_other_words_too() {
    let words = WhenWords {
        tomorrow: "morgen".to_owned(),
        date: "{{weekday}}, {{day}}. {{month}}".to_owned(),
        weekdays: ["Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"].map(str::to_owned),
        ..WhenWords::default()
    };
    let (desk, friday) = (nine_to_five(), at("2026-11-20 13:00+01"));
    for (time, said) in [
        ("2026-11-21 09:00+01", "morgen 09:00 (Europe/Berlin)"),
        ("2026-11-22 09:00+01", "So 09:00 (Europe/Berlin)"),
        ("2027-01-04 09:00+01", "Mo, 4. January 2027 09:00 (Europe/Berlin)"),
    ] {
        assert_eq!(desk.said_in(&words, at(time), friday), said);
    }
}

#[test]
fn what_a_file_has_wrong_is_told_with_its_line() {
    let text = "zone = \"UTC\"\nweek.mon = [\"09:00-12:00\"]\nweek.fri = [\"12:00-09:00\"]";
    let said = toml::from_str::<Hours>(text)
        .expect_err("it ends before it begins")
        .to_string();
    assert!(said.contains("week.fri: 12:00-09:00 ends before it begins"), "{said}");
    let written = toml::to_string(&hours("zone = \"UTC\"\nweek.mon = [\"09:00-12:00\"]")).expect("hours are written");
    assert_eq!(hours(&written).week.days[0].intervals().len(), 1);
}

/// Zones in which clocks change in every way: by an hour, by half of one, at midnight back into the day before, by a whole
/// day, and never.
const ZONES: [(&str, &str); 7] = [
    ("Europe/Berlin", "2026-03-29 01:00Z"),
    ("Europe/Berlin", "2026-10-25 01:00Z"),
    ("Australia/Lord_Howe", "2026-04-04 15:00Z"),
    ("America/St_Johns", "2006-10-29 02:31Z"),
    ("America/Havana", "2026-11-01 05:00Z"),
    ("Pacific/Apia", "2011-12-30 10:00Z"),
    ("Asia/Kathmandu", "2026-11-20 00:00Z"),
];

/// Whether the wall's clock shows a time within the hours: the promise, said in another way than the walk.
fn open_by_the_wall(hours: &Hours, zone: &TimeZone, time: Time) -> bool {
    let wall = Timestamp::from_microsecond(time.0)
        .expect("within the calendar")
        .to_zoned(zone.clone());
    let date = Date::new(wall.year() as u16, wall.month() as u8, wall.day() as u8).expect("a day");
    let usual = &hours.week.days[wall.weekday().since(Weekday::Monday) as usize];
    let day = hours
        .holidays
        .iter()
        .find(|holiday| holiday.date == date)
        .map_or(usual, |holiday| &holiday.open);
    let minute = wall.hour() as u16 * 60 + wall.minute() as u16;
    day.intervals()
        .iter()
        .any(|it| (it.from_min()..it.to_min()).contains(&minute))
}

fn some_day() -> impl Strategy<Value = Day> {
    let cuts = proptest::collection::btree_set(
        prop_oneof![0..=1_440_u16, (0..=24_u16).prop_map(|hour| hour * 60)],
        0..7,
    );
    cuts.prop_map(|cuts| {
        let cuts: Vec<u16> = cuts.into_iter().collect();
        let pairs = cuts
            .chunks_exact(2)
            .map(|pair| minicom_protocol::hours::Interval::new(pair[0], pair[1]));
        Day::new(pairs.collect::<Result<_, _>>().expect("in order")).expect("apart")
    })
}

/// Hours, and the change of clocks near which they are asked.
fn some_hours() -> impl Strategy<Value = (Hours, Time)> {
    let week = proptest::array::uniform7(some_day());
    (0..ZONES.len(), week, some_day(), -3..4_i64).prop_map(|(nth, days, open, away)| {
        let (zone, change) = ZONES[nth];
        let change = at(change);
        let day = spans::timestamp(change.0 + away * DAY_US).to_zoned(TimeZone::UTC);
        let date = Date::new(day.year() as u16, day.month() as u8, day.day() as u8).expect("a day");
        let holiday = minicom_protocol::hours::Holiday {
            date,
            open,
            name: String::new(),
        };
        let week = minicom_protocol::hours::Week { days };
        (
            Hours {
                zone: zone.to_owned(),
                week,
                holidays: vec![holiday],
            },
            change,
        )
    })
}

/// Minutes within four days of the change.
fn away() -> std::ops::Range<i64> {
    -4 * 1_440..4 * 1_440
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn it_is_as_the_clock_on_the_wall_shows((hours, change) in some_hours(), from in away(), minutes in 0..3_000_i64) {
        let desk = Calendar::new(&hours).expect("the zone is there");
        let start = change.plus_ms(from * MINUTE_MS);
        let mut passed = 0;
        let (mut opened, mut closed) = (None, None);
        for minute in 0..minutes {
            let time = start.plus_ms(minute * MINUTE_MS);
            let open = open_by_the_wall(&hours, &desk.zone, time);
            prop_assert_eq!(desk.open_at(time), open, "{:?}", spans::timestamp(time.0));
            passed += i64::from(open);
            let first = if open { &mut opened } else { &mut closed };
            *first = first.or(Some(time));
        }
        let end = start.plus_ms(minutes * MINUTE_MS);
        prop_assert_eq!(desk.business_between(start, end), passed * MINUTE_MS);
        prop_assert_eq!(desk.next_open(start).filter(|time| *time < end), opened);
        prop_assert_eq!(desk.next_close(start).filter(|time| *time < end), closed);
    }

    #[test]
    fn a_deadline_and_the_time_until_it_agree(
        (hours, change) in some_hours(), from in away(), later in 0..500_000_000_i64, more in 0..90_000_000_i64,
    ) {
        let desk = Calendar::new(&hours).expect("the zone is there");
        let start = change.plus_ms(from * MINUTE_MS);
        if let Some(deadline) = desk.add_business(start, later) {
            prop_assert_eq!(desk.business_between(start, deadline), later);
            // It is the first such time.
            prop_assert!(later == 0 || desk.open_at(Time(deadline.0 - 1)));
            // Later starts and longer targets end later or together.
            prop_assert!(desk.add_business(start.plus_ms(more), later).is_none_or(|other| other >= deadline));
            prop_assert!(desk.add_business(start, later + more).is_none_or(|other| other >= deadline));
            let middle = start.plus_ms(more);
            let (before, after) = (desk.business_between(start, middle), desk.business_between(middle, deadline));
            prop_assert!(middle > deadline || before + after == later);
        } else {
            prop_assert!(later > 0);
        }
        // Back from the other side: nothing of the opening time is between them.
        let end = start.plus_ms(later);
        let back = desk.add_business(start, desk.business_between(start, end)).expect("it has passed");
        prop_assert!(back <= end && desk.business_between(back, end) == 0);
    }

    #[test]
    fn what_opens_next_is_open_and_what_closes_next_is_closed((hours, change) in some_hours(), from in away()) {
        let desk = Calendar::new(&hours).expect("the zone is there");
        let start = change.plus_ms(from * MINUTE_MS);
        if let Some(open) = desk.next_open(start) {
            prop_assert!(open >= start && desk.open_at(open));
            prop_assert_eq!(desk.business_between(start, open), 0);
        }
        if let Some(closed) = desk.next_close(start) {
            prop_assert!(closed >= start && !desk.open_at(closed));
            prop_assert_eq!(desk.business_between(start, closed), (closed.0 - start.0) / 1_000);
        }
    }
}
