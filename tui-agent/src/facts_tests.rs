//! Small facts in words.

use minicom_protocol::{event::Deadline, stage::HandOverReason};
use minicom_tui_kit::testing::BENCH_START;

use super::*;
use crate::testing::{ADA, Desk};

const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;

fn row(desk: &mut Desk) -> Summary {
    desk.ago(400).says("carol", "hello").asks("carol").row("carol").clone()
}

#[test]
fn late_and_due_are_told_with_their_time() {
    let mut desk = Desk::new();
    let mut row = row(&mut desk);
    row.respond_by = Some(Deadline {
        warn: Time(BENCH_START),
        due: Time(BENCH_START + 60 * SECOND),
    });
    let check = |row: &Summary, seconds: i64, expected: Option<&str>, changes: Option<i64>| {
        let now = Time(BENCH_START + seconds * SECOND);
        let words = lateness(row, now).map(|(_, words)| words);
        assert_eq!(words.as_deref(), expected, "after {seconds} s");
        let changes_in = lateness_changes_in(row, now);
        assert_eq!(changes_in, changes, "after {seconds} s");
        if let Some(changes) = changes_in {
            let words = |at: i64| lateness(row, Time(at)).map(|(_, words)| words);
            assert_ne!(words(now.0 + changes), words(now.0), "after {seconds} s");
        }
    };
    check(&row, -5, None, Some(5 * SECOND));
    check(&row, 0, Some("due 1:00"), Some(1));
    check(&row, 20, Some("due 0:40"), Some(1));
    check(&row, 59, Some("due 0:01"), Some(1));
    check(&row, 60, Some("late 0:00"), Some(SECOND));
    check(&row, 190, Some("late 2:10"), Some(SECOND));
    check(&row, 60 + 3_600, Some("late 1h00"), Some(60 * SECOND));
    row.first_response_at = Some(Time(BENCH_START));
    check(&row, 190, None, None);
    row.first_response_at = None;
    row.respond_by = None;
    check(&row, 190, None, None);
}

#[test]
fn moments_in_a_few_columns() {
    let zone = Zone::utc();
    let at = |days: i64| until(BENCH_START + days * DAY, BENCH_START, &zone);
    assert_eq!(
        [at(0), at(1), at(6), at(7), at(60)],
        ["14:00", "Fri", "Wed", "27Nov", "19Jan"]
    );
    let on = |days: i64| day(BENCH_START + days * DAY, BENCH_START, &zone);
    assert_eq!([on(0), on(-1), on(-400)], ["today 14:00", "19 Nov", "16 Oct 2024"]);
    assert_eq!(
        [20, 90, 7_300, 200_000].map(|seconds| took(seconds * 1_000)),
        ["20s", "1m", "2h", "2d"]
    );
}

#[test]
fn signs_are_ascii_and_short() {
    assert_eq!(Priority::ALL.map(sign), ["!!", "!", "", "v"]);
}

#[test]
fn what_is_wanted_of_whoever_takes_it() {
    let mut desk = Desk::new();
    desk.with(|intake| intake.skills = vec!["german".parse().unwrap(), "billing".parse().unwrap()]);
    let mut row = row(&mut desk);
    assert_eq!(wants(&row), ["asked for a person", "needs german, billing"]);
    row.stage = Stage::Waiting {
        since: Time(0),
        reason: HandOverReason::OwnerGone,
    };
    assert_eq!(wants(&row)[0], "the owner is gone");
    row.intake.skills.clear();
    desk.taken("carol", ADA);
    assert_eq!(needs(&row), [""; 0]);
}
