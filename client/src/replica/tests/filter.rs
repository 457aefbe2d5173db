//! A list's filter: what is typed, what is shown, what is printed back.

use minicom_protocol::{
    ids::*,
    intake::Priority,
    queue::Queue,
    settings::DeskSettings,
    staff::Staff,
    stage::{Closer, HandOverReason, Stage},
    summary::Summary,
    words::Skill,
};
use proptest::prelude::*;

use super::desk::*;
use crate::{ListFilter, ListSort, OwnerIs, StageIs, WaitIs, view_of};

fn rows() -> Vec<Summary> {
    let base = Desk::of(&[deed(0, Do::Line, 0)]).rows(2);
    let base = base.into_values().next().expect("a row");
    let row = |n: u8, who: u8, stage: Stage| Summary {
        conversation: ConversationId::from_bytes([n; 16]),
        customer: customer(who),
        stage,
        last_at: Time(i64::from(n)),
        unanswered_since: None,
        ..base.clone()
    };
    let waits = |s: i64| Stage::Waiting {
        since: Time(s * 1_000_000),
        reason: HandOverReason::Rule,
    };
    let mut rows = vec![
        row(1, 0, waits(0)),
        row(2, 1, waits(500)),
        row(
            3,
            2,
            Stage::Active {
                agent: agent(1),
                since: Time(1),
            },
        ),
        row(
            4,
            0,
            Stage::Active {
                agent: agent(0),
                since: Time(1),
            },
        ),
        row(5, 1, Stage::Bot),
        row(
            6,
            2,
            Stage::Closed {
                at: Time(1),
                by: Closer::System,
            },
        ),
    ];
    rows[0].intake.priority = Priority::Low;
    rows[1].intake.priority = Priority::High;
    rows[1].group = Some(group(0).to_ref());
    rows[2].tags = vec![tag("vip"), tag("late")];
    rows[2].unanswered_since = Some(Time(300_000_000));
    rows[3].intake.skills = vec![Skill::parse("german").expect("a skill")];
    rows[3].intake.subject = Some(subject("Two Parcels: lost"));
    rows
}

#[test]
fn each_term_shows_what_it_says() {
    let rows = rows();
    let (staff, settings) = (Staff::default(), DeskSettings::default());
    let queue = Queue {
        staff: &staff,
        settings: &settings,
        now: Time(540_000_000),
    };
    let check = |line: &str, expected: &[u8]| {
        let filter: ListFilter = line.parse().unwrap_or_else(|why| panic!("{line}: {why}"));
        let groups = view_of(&rows, &filter, &queue, Some(agent(0).id));
        let shown = groups.iter().flat_map(|group| &group.rows);
        let shown: Vec<u8> = shown.map(|row| row.conversation.as_bytes()[0]).collect();
        assert_eq!(shown, expected, "{line}");
    };
    check("", &[1, 2, 3, 4, 5, 6]);
    check("priority:low", &[1]);
    check("priority:HIGH,low", &[1, 2]);
    check("tag:vip", &[3]);
    check("tag:vip tag:LATE", &[3]);
    check("tag:vip tag:other", &[]);
    check("skill:german", &[4]);
    check("stage:waiting", &[1, 2]);
    check("stage:bot,closed", &[5, 6]);
    check("owner:me", &[4]);
    check("owner:bo", &[3]);
    check("owner:Billing", &[2]);
    check("owner:nobody", &[1, 2, 5]);
    check("wait>5m", &[1]);
    check("wait<1m", &[2]);
    check("wait>30s wait<5m", &[2, 3]);
    check("carol", &[1, 4]);
    check("\"two parcels: l\"", &[4]);
    check("parcels DAVE", &[]);
    check("sort:newest", &[6, 5, 4, 3, 2, 1]);
    check("sort:wait", &[1, 3, 2, 4, 5, 6]);
    check("sort:priority", &[2, 3, 4, 5, 6, 1]);
    check("group:priority sort:newest", &[2, 6, 5, 4, 3, 1]);
    check("stage:waiting priority:urgent", &[]);
}

#[test]
fn a_long_wait_counts_as_the_priority_that_it_has_become() {
    let rows = rows();
    let (staff, settings) = (Staff::default(), DeskSettings::default());
    let queue = Queue {
        staff: &staff,
        settings: &settings,
        now: Time(601_000_000),
    };
    let filter: ListFilter = "stage:waiting group:priority".parse().expect("a filter");
    let groups = view_of(&rows, &filter, &queue, None);
    let titles: Vec<_> = groups.iter().map(|group| group.priority).collect();
    assert_eq!(titles, [Some(Priority::High), Some(Priority::Medium)], "low was raised");
}

#[test]
fn what_is_wrong_is_said() {
    let check = |line: &str, expected: &str| {
        let why = line.parse::<ListFilter>().expect_err(line).to_string();
        assert!(why.contains(expected), "{line}: {why}");
    };
    check(
        "prio:high",
        "`prio` is no filter: use priority, skill, tag, stage, owner, wait, sort or group",
    );
    check("10:30", "put \" around it");
    check("priority:", "`priority` needs a value, as in priority:urgent,high");
    check(
        "priority:highest",
        "priority: `highest` is none of urgent, high, medium, low",
    );
    check("stage:open", "stage: `open` is none of bot, waiting");
    check("sort:name", "none of queue, wait, priority, newest");
    check("sort:wait sort:newest", "sort is there twice");
    check("sort:wait,newest", "sort is there twice");
    check("owner:me owner:bo", "owner is there twice");
    check("group:tag", "group: `tag` is none of priority");
    check("tag:a/b", "a tag cannot contain '/' (U+002F)");
    check("wait:5m", "as in wait>5m");
    check("wait>5", "a number with s, m, h or d, as 5m");
    check("wait>xm", "`xm`");
    check("wait>99999999999999999999d", "a number");
    check("tag>vip", "as in tag:vip");
    check("\"open", "a \" is missing");
    check(&"x".repeat(501), "longer than 500");
    check("\u{1b}[31m:x", "`␛[31m` is no filter");
}

#[test]
fn a_name_that_nobody_has_is_told() {
    let staff = Staff {
        agents: vec![member(0), member(1)],
        groups: vec![group(0)],
    };
    let stranger = |line: &str| {
        let filter: ListFilter = line.parse().expect("a filter");
        filter.stranger(&staff).map(|it| it.as_str().to_owned())
    };
    assert_eq!(stranger("owner:zoe"), Some("zoe".to_owned()));
    for known in ["owner:bo", "owner:billing", "owner:me", "owner:nobody", "tag:vip", ""] {
        assert_eq!(stranger(known), None, "{known}");
    }
}

fn filters() -> impl Strategy<Value = ListFilter> {
    let word = "[a-z0-9-]{1,8}";
    let words = prop::collection::vec("[a-z0-9:<>\"\\\\ .é]{1,10}", 0..3);
    let owner = prop_oneof![
        Just(OwnerIs::Me),
        Just(OwnerIs::Nobody),
        "[b-d][a-z :\"\\\\]{0,8}".prop_map(OwnerIs::Named),
    ];
    let wait = (prop::bool::ANY, 0_u64..200_000);
    let wait = wait.prop_map(|(more, s)| if more { WaitIs::Longer(s) } else { WaitIs::Shorter(s) });
    (
        (
            prop::sample::select(ListSort::ALL.to_vec()),
            prop::bool::ANY,
            prop::sample::subsequence(Priority::ALL.to_vec(), 0..=4),
            prop::collection::vec(word.prop_map(|it| Skill::parse(it).expect("a skill")), 0..3),
            prop::collection::vec(word.prop_map(|it| tag(&it)), 0..3),
        ),
        (
            prop::sample::subsequence(StageIs::ALL.to_vec(), 0..=5),
            prop::option::of(owner),
            prop::collection::vec(wait, 0..2),
            words,
        ),
    )
        .prop_map(
            |((sort, group_by_priority, priorities, skills, tags), (stages, owner, waits, words))| ListFilter {
                sort,
                group_by_priority,
                priorities,
                skills,
                tags,
                stages,
                owner,
                waits,
                words,
            },
        )
}

proptest! {
    #[test]
    fn what_is_printed_is_the_same_filter(filter in filters()) {
        let line = filter.to_string();
        prop_assert_eq!(line.parse::<ListFilter>(), Ok(filter), "{}", line);
    }

    #[test]
    fn whatever_is_typed_is_a_filter_or_a_reason(line in "\\PC{0,40}") {
        match line.parse::<ListFilter>() {
            Ok(filter) => prop_assert_eq!(filter.to_string().parse::<ListFilter>(), Ok(filter)),
            Err(why) => prop_assert!(!why.to_string().chars().any(char::is_control)),
        }
    }
}
