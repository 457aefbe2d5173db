//! The rules of reading while others write.

use minicom_protocol::line::LineState;
use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::*;
use crate::testing::{BENCH_START, plain, styled};
use crate::theme::Theme;

const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60 * SECOND;
const DAY: i64 = 24 * 60 * MINUTE;
use EntryKey::{Pending, Stored};

fn line(number: u64, name: &str, text: &str, time: i64) -> Entry {
    let who = match name {
        "bot" => Who::Bot,
        "you" => Who::Agent,
        _ => Who::Customer,
    };
    let own = name == "you";
    Entry {
        key: Stored(number),
        kind: Kind::Line {
            who,
            name: Shown::line(name),
            own,
        },
        text: Shown::text(text),
        time: BENCH_START + time,
        mark: own.then_some(DeliveryMark::Stored),
        extras: Extras::default(),
    }
}

fn system(number: u64, text: &str, time: i64) -> Entry {
    Entry {
        key: Stored(number),
        kind: Kind::System,
        text: Shown::text(text),
        time: BENCH_START + time,
        mark: None,
        extras: Extras::default(),
    }
}

fn transcript(columns: u16, rows: u16) -> Transcript {
    let mut transcript = Transcript::new(Zone::utc());
    transcript.set_size(columns, rows);
    transcript
}

/// Lines 1 to n, three minutes apart, so that none is grouped.
fn numbered(n: u64, columns: u16, rows: u16) -> Transcript {
    let mut transcript = transcript(columns, rows);
    transcript.extend((1..=n).map(|number| {
        line(
            number,
            "carol",
            &format!("line {number}"),
            number.cast_signed() * 3 * MINUTE,
        )
    }));
    transcript
}

fn draw(transcript: &Transcript) -> Buffer {
    let area = Rect::new(0, 0, transcript.columns, transcript.rows);
    let mut buffer = Buffer::empty(area);
    transcript.view(area, &mut buffer, &Theme::ansi(), BENCH_START);
    buffer
}

fn screen(transcript: &Transcript) -> Vec<String> {
    plain(&draw(transcript)).lines().map(str::to_owned).collect()
}

fn first_row(transcript: &Transcript) -> String {
    screen(transcript)[0].trim().to_owned()
}

#[test]
fn a_short_chat_stands_at_the_bottom_with_day_groups_and_words_under_the_last_own_line() {
    let mut chat = transcript(54, 14);
    chat.extend([
        line(1, "carol", "Hello, my parcel never arrived", 0),
        line(
            2,
            "bot",
            "Sorry to hear that. Do you have an order number? You can also type \"human\".",
            SECOND,
        ),
        line(3, "carol", "order 48213", MINUTE),
        line(4, "carol", "human please", MINUTE + 30 * SECOND),
        system(5, "carol asked for a person", MINUTE + 31 * SECOND),
        line(6, "you", "Hi Carol, Ada here.", 3 * MINUTE),
        line(7, "you", "Checking that order.", 4 * MINUTE),
    ]);
    chat.set_mark(Stored(6), DeliveryMark::Read(BENCH_START + 5 * MINUTE));
    chat.set_mark(Stored(7), DeliveryMark::Read(BENCH_START + 5 * MINUTE));
    let expected = [
        "",
        "",
        "",
        "",
        "                        Today",
        "14:00 carol   Hello, my parcel never arrived",
        "14:00 bot     Sorry to hear that. Do you have an order",
        "              number? You can also type \"human\".",
        "14:01 carol   order 48213",
        "              human please",
        "            ── carol asked for a person ──",
        "14:03 you     Hi Carol, Ada here.                   ✓✓",
        "              Checking that order.",
        "                                         ✓✓ read 14:05",
    ];
    assert_eq!(screen(&chat), expected);
    let styled = styled(&draw(&chat));
    assert!(
        styled.contains("blue bold            carol")
            && styled.contains("yellow               bot")
            && styled.contains("green bold           you"),
        "{styled}"
    );
}

#[test]
fn rules_stand_around_what_happened_if_it_has_one_row() {
    let rows = |text: &str| {
        let mut chat = transcript(40, 5);
        chat.extend([system(1, text, 0)]);
        screen(&chat)
            .into_iter()
            .filter(|row| !row.is_empty())
            .skip(1)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        rows("she asked\nwhy: slow"),
        ["            ── she asked ──", "      why: slow"]
    );
    let long = "a person is wanted: the bot did not understand";
    let two = ["    a person is wanted: the bot did", "             not understand"];
    assert_eq!(rows(long), two);
    assert_eq!(rows(&format!("{long}\nwhy: slow"))[..2], two);
}

#[test]
fn marks_in_words_and_ascii() {
    let zone = Zone::utc();
    let ascii = Theme {
        ascii: true,
        ..Theme::ansi()
    };
    let cases = [
        (DeliveryMark::Waiting, "... waiting to send", ". waiting to send"),
        (DeliveryMark::Stored, "✓ stored", "+ stored"),
        (DeliveryMark::Shown, "✓✓ delivered", "++ delivered"),
        (DeliveryMark::Read(BENCH_START), "✓✓ read 14:00", "++ read 14:00"),
        (
            DeliveryMark::Failed(Shown::fixed("closed")),
            "✗ not sent: closed",
            "! not sent: closed",
        ),
    ];
    for (mark, words, in_ascii) in cases {
        assert_eq!(mark.words(&Theme::ansi(), &zone), words);
        assert_eq!(mark.words(&ascii, &zone), in_ascii);
    }
    let mut chat = transcript(40, 6);
    chat.extend([line(1, "you", "one", 0), line(2, "you", "two", SECOND)]);
    chat.set_mark(Stored(1), DeliveryMark::Failed(Shown::fixed("bob took it")));
    let rows = screen(&chat);
    assert!(
        rows[3].ends_with("✗ not sent: bob took it"),
        "what failed is told wherever it stands: {rows:?}"
    );
}

#[test]
fn of_a_long_reason_the_keys_are_kept() {
    let mut chat = transcript(40, 4);
    chat.insert(line(1, "you", "one", 0));
    let why = "the server has more to say of it than there is room for";
    chat.set_mark(Stored(1), DeliveryMark::Failed(Shown::fixed(why)));
    chat.set_hints(Hints {
        failed: "r retry  d discard".to_owned(),
        ..Hints::default()
    });
    assert_eq!(screen(&chat)[3], "✗ not sent: the ser›  r retry  d discard");
}

#[test]
fn files_stand_below_their_line_with_what_becomes_of_them() {
    let mut chat = transcript(60, 7);
    let id = minicom_protocol::ids::FileId::from_bytes([7; 16]);
    let file = FileRow {
        name: Shown::line("build\u{1b}.log"),
        size: Some(5_120),
        kind: Shown::fixed("text/plain"),
    };
    let extras = Extras {
        files: vec![FileCard { id, file }],
        ..Extras::default()
    };
    let entry = line(1, "carol", "it crashed", 0);
    chat.insert(Entry { extras, ..entry });
    assert_eq!(
        screen(&chat)[5..],
        [
            "14:00 carol   it crashed",
            "              │ build␛.log  5.0 KiB  text/plain"
        ]
    );
    chat.set_file(id, FileState::Going(2_560));
    assert_eq!(screen(&chat)[6], "              │ build␛.log  5.0 KiB  █████░░░░░ 50 %");
    chat.set_file(id, FileState::Done(Shown::fixed("~/Downloads/build.log")));
    assert!(
        screen(&chat)[6].ends_with("5.0 KiB  ~/Downloads/build.log"),
        "{:?}",
        screen(&chat)
    );
    chat.set_file(id, FileState::Still);
    assert!(screen(&chat)[6].ends_with("text/plain"));
}

#[test]
fn a_card_whose_beginning_is_not_told_is_one_row() {
    let mut chat = transcript(54, 5);
    let card = |title, excerpt| Card {
        title: Shown::fixed(title),
        excerpt: Shown::fixed(excerpt),
    };
    let cards = vec![card("Refunds", ""), card("Shipping", "Five days."), card("Hours", "")];
    let extras = Extras {
        cards,
        ..Extras::default()
    };
    chat.extend([Entry {
        extras,
        ..line(1, "bot", "Read these.", 0)
    }]);
    let below: Vec<String> = screen(&chat).iter().map(|row| row.trim().to_owned()).collect();
    assert_eq!(below[1..], ["│ Refunds", "│ Shipping", "│ Five days.", "│ Hours"]);
}

#[test]
fn quotes_cards_and_what_became_of_a_line_stand_with_it() {
    let mut chat = transcript(54, 14);
    let quote = Some(Shown::fixed("carol: order 48213, and a long story about it"));
    let cards = vec![Card {
        title: Shown::fixed("Refunds and how long they take, in every country"),
        excerpt: Shown::fixed("Money is back in five days."),
    }];
    let with = |entry: Entry, extras| Entry { extras, ..entry };
    let state = |state| Extras {
        state,
        ..Extras::default()
    };
    chat.extend([
        with(line(1, "carol", "a secret", 0), state(LineState::Original)),
        with(line(2, "carol", "(blanked out)", SECOND), state(LineState::Blanked)),
        with(
            line(3, "you", "Please read this.", 3 * MINUTE),
            Extras {
                quote,
                cards,
                ..Extras::default()
            },
        ),
        with(
            line(4, "bot", "Hi, how can I help you today again", 4 * MINUTE),
            state(LineState::Edited),
        ),
    ]);
    let expected = [
        "",
        "",
        "",
        "                        Today",
        "14:00 carol   a secret",
        "              (blanked out)",
        "14:03 you     │ carol: order 48213, and a long story …",
        "              Please read this.",
        "              │ Refunds and how long they take, in ev…",
        "              │ Money is back in five days.",
        "                                              ✓ stored",
        "14:04 bot     Hi, how can I help you today again",
        "              (edited)",
    ];
    let rows = screen(&chat);
    let rows: Vec<String> = rows.iter().map(|row| row.replace('›', "…")).collect();
    assert_eq!(rows[1..], expected);
    let styled = styled(&draw(&chat));
    for row in ["(blanked out)", "(edited)", "Money is back"] {
        let line = styled.lines().rfind(|line| line.contains(row)).unwrap();
        assert!(line.contains("dim"), "{row}: {styled}");
    }
    assert_eq!(chat.hit(8), Some(Hit::Entry(Stored(3))));
    chat.place_divider(Stored(3), Shown::fixed("1 new"));
    chat.set_size(54, 6);
    chat.to_divider();
    assert!(screen(&chat)[0].starts_with("── 1 new ──"), "{:?}", screen(&chat));
}

#[test]
fn a_note_has_its_bar_on_every_row_and_is_never_part_of_a_group() {
    let mut chat = transcript(40, 8);
    let note = |number, text| {
        let mut note = line(number, "NOTE", text, SECOND);
        note.kind = Kind::Line {
            who: Who::Note,
            name: Shown::fixed("NOTE"),
            own: false,
        };
        note
    };
    chat.extend([
        note(1, "Bo: refund approved, see the ticket"),
        note(2, "you: thanks"),
        line(3, "carol", "hello", SECOND),
    ]);
    let expected = [
        "",
        "",
        "",
        "                 Today",
        "14:00 NOTE   ▌ Bo: refund approved, see",
        "             ▌ the ticket",
        "14:00 NOTE   ▌ you: thanks",
        "14:00 carol  hello",
    ];
    assert_eq!(screen(&chat), expected);
}

#[test]
fn a_pending_line_turns_into_a_stored_one() {
    let mut chat = transcript(40, 6);
    chat.insert(line(1, "carol", "hello", 0));
    chat.insert(Entry {
        key: Pending(1),
        mark: Some(DeliveryMark::Waiting),
        ..line(9, "you", "first", MINUTE)
    });
    chat.insert(Entry {
        key: Pending(2),
        mark: Some(DeliveryMark::Waiting),
        ..line(9, "you", "second", MINUTE)
    });
    assert!(screen(&chat)[5].ends_with("... waiting to send"));
    chat.insert(line(2, "carol", "are you there?", MINUTE));
    chat.replace(Pending(1), line(3, "you", "first", MINUTE));
    let texts: Vec<&str> = chat.entries().iter().map(|entry| entry.text.as_str()).collect();
    assert_eq!(texts, ["hello", "are you there?", "first", "second"]);
}

#[test]
fn at_the_end_it_follows_and_elsewhere_it_stays() {
    let mut chat = numbered(40, 40, 10);
    assert!(chat.is_at_end());
    assert!(screen(&chat)[9].contains("line 40"));
    chat.scroll_up(5);
    assert!(!chat.is_at_end());
    let top = first_row(&chat);
    assert!(top.contains("line 26"), "{top}");
    assert_eq!(screen(&chat)[9].trim(), "[ End to jump to the latest ]");
    chat.extend([
        line(41, "carol", "new", 121 * MINUTE),
        line(42, "you", "own", 121 * MINUTE),
        system(43, "x", 121 * MINUTE),
    ]);
    assert_eq!(first_row(&chat), top);
    assert_eq!(screen(&chat)[9].trim(), "[ 1 new message below · End to jump ]");
    chat.insert(line(44, "bot", "new", 122 * MINUTE));
    assert_eq!(chat.new_below(), 2);
    assert_eq!(chat.hit(9), Some(Hit::Bar));
    chat.to_end();
    assert!(chat.is_at_end());
    assert_eq!(chat.new_below(), 0);
    assert_eq!(chat.hit(9), Some(Hit::Entry(Stored(44))));
}

#[test]
fn scrolling_down_to_the_end_follows_again() {
    let mut chat = numbered(40, 40, 10);
    for _ in 0..3 {
        chat.page_up();
    }
    chat.scroll_up(2);
    for _ in 0..3 {
        chat.page_down();
    }
    assert!(!chat.is_at_end());
    chat.scroll_down(2);
    assert!(chat.is_at_end());
    chat.scroll_up(3);
    chat.extend((41..=60).map(|number| line(number, "carol", "new", number.cast_signed() * 3 * MINUTE)));
    chat.scroll_down(7);
    assert_eq!(chat.new_below(), 17, "what was passed is not below any more");
}

#[test]
fn the_top_asks_for_older_entries_once_and_stays() {
    let mut chat = transcript(40, 10);
    chat.extend((51..=80).map(|number| {
        line(
            number,
            "carol",
            &format!("line {number}"),
            number.cast_signed() * 3 * MINUTE,
        )
    }));
    chat.set_older(Older::More);
    assert!(!chat.wants_older(), "nobody asked");
    while !chat.wants_older() {
        chat.page_up();
    }
    chat.set_older(Older::Loading);
    assert!(!chat.wants_older());
    let before = screen(&chat);
    assert_eq!(before[0].trim(), "loading older messages");
    assert!(before[2].contains("line 51"), "{before:?}");
    chat.extend((1..=50).map(|number| {
        line(
            number,
            "carol",
            &format!("line {number}"),
            number.cast_signed() * 3 * MINUTE,
        )
    }));
    chat.set_older(Older::None);
    let after = screen(&chat);
    assert!(after[1].contains("line 50"), "{after:?}");
    assert_eq!(after[2..], before[2..], "the view did not move");
    chat.scroll_up(1_000);
    assert_eq!(first_row(&chat), "Today");
    assert!(!chat.wants_older(), "the beginning is there");
}

#[test]
fn the_divider_is_placed_once() {
    let mut chat = numbered(8, 40, 20);
    chat.place_divider(Stored(6), Shown::fixed("3 new"));
    chat.place_divider(Stored(8), Shown::fixed("1 new"));
    chat.insert(line(9, "carol", "more", 27 * MINUTE));
    let rows = screen(&chat);
    let at = rows.iter().position(|row| row.starts_with("── 3 new ─────")).unwrap();
    assert!(rows[at + 1].contains("line 6"));
    assert_eq!(rows.iter().filter(|row| row.contains(" new ──")).count(), 1);
    chat.set_size(40, 4);
    chat.to_divider();
    assert!(first_row(&chat).starts_with("── 3 new"));
    chat.remove_divider();
    assert!(!screen(&chat).iter().any(|row| row.contains("3 new")));
}

#[test]
fn an_entry_can_be_gone_to_and_new_lines_are_counted_from_there() {
    let mut chat = numbered(30, 40, 6);
    assert!(chat.to_entry(Stored(12)));
    assert!(first_row(&chat).contains("line 12"), "{:?}", screen(&chat));
    chat.insert(line(31, "carol", "more", 93 * MINUTE));
    assert_eq!((first_row(&chat).contains("line 12"), chat.new_below()), (true, 1));
    assert!(
        chat.to_entry(Stored(31)) && chat.is_at_end(),
        "what fits at the end is the end"
    );
    assert!(!chat.to_entry(Stored(99)));
}

#[test]
fn what_was_gone_to_stays_on_the_screen_in_every_size_until_one_goes_elsewhere() {
    let sees = |chat: &Transcript, words: &str| screen(chat).iter().any(|row| row.ends_with(words));
    // Near the end it stood in the middle of the screen.
    let mut chat = numbered(30, 40, 20);
    assert!(chat.to_entry(Stored(22)) && chat.is_at_end());
    for (columns, rows) in [(40, 5), (20, 9), (80, 30), (24, 4)] {
        chat.set_size(columns, rows);
        assert!(sees(&chat, "line 22"), "{:?}", screen(&chat));
    }
    chat.scroll_down(1);
    let below = first_row(&chat);
    chat.set_size(24, 5);
    assert_eq!(first_row(&chat), below, "whoever has scrolled reads there");
    // So does where an entry ends, as the last but the bar.
    assert!(chat.to_end_of(Stored(12)));
    for (columns, rows) in [(40, 5), (20, 9), (80, 12)] {
        chat.set_size(columns, rows);
        let seen = screen(&chat);
        assert!(seen[seen.len() - 2].ends_with("line 12"), "{seen:?}");
    }
    assert!(chat.to_end_of(Stored(2)) && sees(&chat, "line 1") && sees(&chat, "line 2"));
    assert!(chat.to_end_of(Stored(30)) && chat.is_at_end(), "the end is the end");
    assert!(!chat.to_end_of(Stored(99)));
}

#[test]
fn days_are_told_at_each_change() {
    let mut chat = transcript(60, 10);
    chat.extend([
        line(1, "carol", "old", -2 * DAY),
        line(2, "carol", "new", 0),
        line(3, "carol", "newer", SECOND),
    ]);
    let rows: Vec<String> = screen(&chat)
        .into_iter()
        .filter(|row| !row.is_empty())
        .map(|row| row.trim().to_owned())
        .collect();
    assert_eq!(
        rows,
        [
            "Tuesday 18 November",
            "14:00 carol   old",
            "Today",
            "14:00 carol   new",
            "newer"
        ]
    );
}

#[test]
fn the_far_end_is_dropped() {
    let mut chat = numbered(5_000, 40, 10);
    chat.insert(line(5_001, "carol", "x", 15_003 * MINUTE));
    assert_eq!(chat.entries().len(), ENTRIES_MAX);
    assert_eq!(chat.entries()[0].key, Stored(2));
    assert_eq!(chat.older(), Older::More, "what was dropped can be asked for again");
    chat.scroll_up(20_000);
    let before = screen(&chat);
    assert_eq!(before[0].trim(), "PgUp for older messages");
    chat.insert(line(1, "carol", "first", 3 * MINUTE));
    assert_eq!(
        chat.entries().last().unwrap().key,
        Stored(5_000),
        "the reader is at the top"
    );
    assert_eq!(screen(&chat)[2..9], before[2..9]);
    chat.insert(line(5_002, "carol", "y", 15_006 * MINUTE));
    assert_eq!(chat.entries().len(), ENTRIES_MAX, "no gap is hidden");
    assert_eq!(chat.new_below(), 1);
    chat.to_end();
    assert!(chat.wants_latest() && !chat.is_at_end());
    chat.replace_all((4_000..=5_002).map(|number| line(number, "carol", "z", number.cast_signed() * 3 * MINUTE)));
    assert!(chat.is_at_end() && !chat.wants_latest());
}

#[test]
fn what_is_older_than_all_that_is_held_is_told_with_how_to_read_it() {
    let mut chat = numbered(30, 60, 10);
    chat.set_older(Older::Full);
    chat.scroll_up(1_000);
    assert_eq!(first_row(&chat), "older messages are not held here");
    assert!(!chat.wants_older(), "there is nothing to ask for");
    chat.set_hints(Hints {
        beyond: "D writes the chat".to_owned(),
        ..Hints::default()
    });
    assert_eq!(first_row(&chat), "older messages are not held here · D writes the chat");
    // What is dropped while one reads at the end cannot be asked for either.
    let mut chat = numbered(5_000, 40, 10);
    chat.set_older(Older::Full);
    chat.insert(line(5_001, "carol", "x", 15_003 * MINUTE));
    assert_eq!((chat.entries().len(), chat.older()), (ENTRIES_MAX, Older::Full));
}

#[test]
fn ones_own_keys_are_told_and_none_that_there_is_not() {
    let mut chat = numbered(40, 40, 10);
    chat.set_older(Older::More);
    let mut told = |older: &str, latest: &str| {
        chat.set_hints(Hints {
            older: older.to_owned(),
            latest: latest.to_owned(),
            ..Hints::default()
        });
        chat.to_end();
        chat.scroll_up(1_000);
        let rows = screen(&chat);
        (rows[0].trim().to_owned(), rows[9].trim().to_owned())
    };
    let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    assert_eq!(
        told("^B", "^E"),
        pair("^B for older messages", "[ ^E to jump to the latest ]")
    );
    assert_eq!(told("", ""), pair("older messages above", "[ the latest is below ]"));
    chat.insert(line(41, "carol", "new", 123 * MINUTE));
    assert_eq!(screen(&chat)[9].trim(), "[ 1 new message below ]");
    // Where no key leads to the latest at once, one that comes nearer is told.
    chat.set_hints(Hints {
        latest: String::new(),
        newer: "PgDn".to_owned(),
        ..Hints::default()
    });
    assert_eq!(screen(&chat)[9].trim(), "[ 1 new message below · PgDn scrolls ]");
}

#[test]
fn right_to_left_text_stays_in_its_logical_order_behind_time_and_name() {
    let mut chat = transcript(40, 4);
    chat.extend([
        line(1, "carol", "שלום, abc עולם", 0),
        line(2, "مريم", "مرحبا 42", 3 * MINUTE),
    ]);
    let rows = screen(&chat);
    assert_eq!(rows[2], "14:00 carol  שלום, abc עולם");
    assert!(
        rows[3].starts_with("14:03 ") && rows[3].ends_with(" مرحبا 42"),
        "{rows:?}"
    );
}

#[test]
fn lines_of_two_minutes_are_one_group_and_a_third_begins_another() {
    let mut chat = transcript(40, 6);
    chat.extend([
        line(1, "carol", "one", 0),
        line(2, "carol", "two", 2 * MINUTE),
        line(3, "carol", "three", 4 * MINUTE + 1),
        line(4, "bot", "four", 4 * MINUTE + 2),
    ]);
    assert_eq!(
        screen(&chat)[2..],
        [
            "14:00 carol  one",
            "             two",
            "14:04 carol  three",
            "14:04 bot    four"
        ]
    );
}

#[test]
fn a_frame_costs_what_is_visible() {
    let mut chat = numbered(5_000, 120, 40);
    chat.set_size(120, 40);
    draw(&chat);
    let first = chat.memo.borrow().wrapped;
    assert!(first <= 41, "{first} entries were wrapped");
    draw(&chat);
    assert_eq!(chat.memo.borrow().wrapped, first, "the second frame wraps nothing");
    chat.page_up();
    draw(&chat);
    assert!(chat.memo.borrow().wrapped <= first + 80);
    chat.scroll_up(100);
    let before = chat.memo.borrow().wrapped;
    chat.insert(line(5_001, "carol", "new", 15_003 * MINUTE));
    draw(&chat);
    assert!(chat.memo.borrow().wrapped <= before + 120);
}

#[test]
fn nothing_breaks_when_it_is_empty_or_tiny() {
    let mut chat = transcript(40, 10);
    chat.scroll_up(3);
    chat.scroll_down(3);
    chat.to_divider();
    assert_eq!(chat.hit(3), None);
    draw(&chat);
    let mut chat = numbered(20, 3, 1);
    chat.page_up();
    draw(&chat);
    for key in 1..=20 {
        chat.remove(Stored(key));
        draw(&chat);
    }
    assert!(chat.is_empty() && chat.is_at_end());
}

#[derive(Debug, Clone)]
enum Step {
    Append(String),
    Prepend(String),
    Remove(usize),
    Replace(usize, String),
    Resize(u16, u16),
    Mark(usize),
    Older(u8),
}

fn step() -> impl Strategy<Value = Step> {
    let text = || "([a-z]{1,9} ?|你好|👨‍👩‍👧‍👦|\n){1,30}";
    prop_oneof![
        3 => text().prop_map(Step::Append),
        2 => text().prop_map(Step::Prepend),
        1 => (0..40_usize).prop_map(Step::Remove),
        1 => (0..40_usize, text()).prop_map(|(at, text)| Step::Replace(at, text)),
        2 => (20..90_u16, 4..30_u16).prop_map(|(columns, rows)| Step::Resize(columns, rows)),
        1 => (0..40_usize).prop_map(Step::Mark),
        1 => (0..3_u8).prop_map(Step::Older),
    ]
}

/// The entry that is under the top edge, and its byte there.
fn under_the_top(chat: &Transcript) -> (EntryKey, Option<usize>) {
    let (spot, _) = chat.top();
    let block = chat.block(spot.index);
    let byte = spot
        .row
        .checked_sub(block.above())
        .and_then(|row| block.text.rows.get(row))
        .map(|row| row.at);
    (chat.entries[spot.index].key, byte)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn what_is_under_the_top_edge_stays(up in 1..80_u16, steps in prop::collection::vec(step(), 1..25)) {
        let mut chat = transcript(60, 12);
        chat.extend((1_000..1_040).map(|number| {
            line(number, if number % 3 == 0 { "you" } else { "carol" }, &"word ".repeat(usize::try_from(number % 37).unwrap() + 1), number.cast_signed() * MINUTE)
        }));
        chat.set_older(Older::More);
        chat.scroll_up(up);
        let (mut first, mut last) = (1_000_u64, 1_039_u64);
        for step in steps {
            let (held, byte) = under_the_top(&chat);
            let before = screen(&chat);
            let mut same_rows = true;
            match step {
                Step::Append(text) => {
                    last += 1;
                    chat.insert(line(last, "carol", &text, last.cast_signed() * MINUTE));
                }
                Step::Prepend(text) => {
                    first -= 1;
                    chat.insert(line(first, "you", &text, first.cast_signed() * MINUTE));
                }
                Step::Remove(at) => {
                    let key = chat.entries()[at % chat.entries().len()].key;
                    if key == held || chat.entries().len() < 15 {
                        continue;
                    }
                    same_rows = key < held;
                    chat.remove(key);
                }
                Step::Replace(at, text) => {
                    let mut entry = chat.entries()[at % chat.entries().len()].clone();
                    if entry.key == held {
                        continue;
                    }
                    same_rows = entry.key < held;
                    entry.text = Shown::text(&text);
                    chat.insert(entry);
                }
                Step::Resize(columns, rows) => {
                    same_rows = false;
                    chat.set_size(columns, rows);
                }
                Step::Mark(at) => {
                    let key = chat.entries()[at % chat.entries().len()].key;
                    same_rows = false;
                    chat.set_mark(key, DeliveryMark::Shown);
                }
                Step::Older(older) => chat.set_older([Older::None, Older::More, Older::Loading][usize::from(older)]),
            }
            draw(&chat);
            if chat.place == Place::Follow {
                // All below fits: the end is on the screen, and from here on it follows.
                break;
            }
            let (now, byte_now) = under_the_top(&chat);
            if let Some(byte) = byte {
                prop_assert_eq!(now, held);
                prop_assert!(byte_now.is_some_and(|now| now <= byte), "{byte_now:?} is behind {byte}");
                if same_rows {
                    let after = screen(&chat);
                    // The first row may gain or lose its name when the line above changes; what it says stays.
                    prop_assert_eq!(&after[1..3], &before[1..3]);
                }
            }
        }
    }
}

#[test]
fn how_a_file_begins_stands_below_its_row_and_moves_nobody() {
    let (id, other) = (FileId::from_bytes([1; 16]), FileId::from_bytes([2; 16]));
    let card = |id| FileCard {
        id,
        file: FileRow {
            name: Shown::fixed("build.log"),
            size: Some(5_120),
            kind: Shown::fixed("text/plain"),
        },
    };
    let mut chat = transcript(60, 12);
    for number in 1..=20 {
        let mut entry = line(
            number,
            "carol",
            &format!("line {number}"),
            number.cast_signed() * 3 * MINUTE,
        );
        let file = match number {
            3 => Some(card(other)),
            20 => Some(card(id)),
            _ => None,
        };
        entry.extras.files.extend(file);
        chat.insert(entry);
    }
    let unseen: Vec<FileId> = chat.unseen_files().map(|card| card.id).collect();
    assert_eq!(unseen, [id], "only what is on the screen is asked for");
    let log: String = (1..=30).map(|n| format!("step {n}\n")).collect();
    chat.set_preview(id, FilePreview::of_text(log.as_bytes(), 5_120));
    assert_eq!(chat.unseen_files().count(), 0);
    let shown = screen(&chat);
    assert!(shown.iter().any(|row| row.contains("│ build.log")), "{shown:#?}");
    assert!(
        shown.iter().any(|row| row.ends_with("│ step 1")) && shown[11].ends_with("│ … more"),
        "{shown:#?}"
    );
    assert_eq!(chat.newest_folded(), Some(Stored(20)));
    assert_eq!(chat.folded_file(chat.get(Stored(20)).unwrap()), Some(id));
    chat.scroll_up(12);
    let before = screen(&chat);
    chat.set_preview(other, FilePreview::Words(Shown::fixed("64 x 48 pixels")));
    assert_eq!(screen(&chat)[..11], before[..11], "what is read stays where it is");
    chat.scroll_up(200);
    assert!(screen(&chat).iter().any(|row| row.ends_with("│ 64 x 48 pixels")));
}
