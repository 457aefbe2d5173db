//! Choosing as a person does it, and how it looks.

use insta::assert_snapshot;
use minicom_protocol::gate::Shown;
use proptest::prelude::*;
use ratatui::buffer::Buffer;

use super::*;
use crate::testing::{key, keys, plain, styled};
use crate::theme::Theme;

fn row(id: &'static str, detail: &str) -> Row<&'static str> {
    Row::new(id, Shown::name(id), Shown::line(detail))
}

/// Saved replies, two of which cannot be used.
fn replies() -> Picker<&'static str> {
    let rows = numbered(vec![
        row("greet", "Hi {{customer_name}}, {{agent_name}} here.").disabled(Some(Shown::fixed("it has a hole"))),
        row("look", "Let me look into that for you."),
        row("late", "Sorry about the delay with your order."),
        row("refund", "I have refunded order {{order}}."),
        row("grüße", "Hallo, wie kann ich helfen? 🇩🇪 日本語"),
        row("lock", "Your account is locked.").disabled(Some(Shown::fixed("for admins"))),
    ]);
    let mut picker = Picker::new(Shown::fixed("Saved replies"), rows)
        .verb(Shown::fixed("Enter inserts"))
        .prefix("/")
        .when_empty(Shown::fixed("No saved replies yet"));
    picker.set_size(8);
    picker
}

fn press(picker: &mut Picker<&'static str>, typed: &str) -> Picked<&'static str> {
    keys(typed).into_iter().fold(Picked::No, |_, key| picker.key(key))
}

fn at(picker: &Picker<&'static str>) -> &'static str {
    picker.selected().map_or("", |row| row.id)
}

fn drawn(picker: &mut Picker<&'static str>, columns: u16, rows: u16, theme: Theme) -> (Buffer, Position) {
    let area = Rect::new(0, 0, columns, picker.wanted(rows));
    picker.set_size(area.height);
    let mut buffer = Buffer::empty(area);
    let cursor = picker.view(area, &mut buffer, &theme);
    (buffer, cursor)
}

/// What is drawn of a row in so many columns, and the words that are marked in it.
fn found(detail: &str, query: &str, columns: u16) -> (String, String) {
    let parts = detail.match_indices(query).map(|(at, it)| at..at + it.len());
    let from = detail.find(": ").map_or(0, |at| at + 2);
    let hits = Hits {
        from,
        parts: parts.collect(),
    };
    let rows = vec![row("hit", detail).found(hits)];
    let mut picker = Picker::new(Shown::fixed("Find"), rows).searched_elsewhere();
    let theme = Theme::ansi();
    let (buffer, _) = drawn(&mut picker, columns, 3, theme);
    let cells = (9..columns).map(|x| &buffer[(x, 0)]);
    let is_marked = |cell: &&ratatui::buffer::Cell| cell.modifier.contains(theme.matched().add_modifier);
    let marked = cells.filter(is_marked).map(|cell| cell.symbol());
    (
        plain(&buffer).lines().next().unwrap().trim_end().to_owned(),
        marked.collect(),
    )
}

#[test]
fn what_was_found_is_in_sight_however_little_room_there_is() {
    let text = "bob: aaa bbb ccc ddd eee fff the lamp is broken and nobody came to mend it";
    for (columns, row) in [
        (60, "›  hit   bob: aaa bbb ccc ddd eee fff the lamp is broken an›"),
        (40, "›  hit   bob: ‹the lamp is broken and n›"),
        (30, "›  hit   bob: ‹lamp is broken›"),
        (24, "›  hit   ‹lamp is broke›"),
    ] {
        let (drawn, marked) = found(text, "lamp", columns);
        assert_eq!((drawn.as_str(), marked.as_str()), (row, "lamp"), "{columns}");
    }
    assert_eq!(found(text, "aaa", 40).1, "aaa");
    assert_eq!(found(text, "mend it", 40).1, "mend it");
    let (drawn, marked) = found("bob: 🇩🇪🇩🇪🇩🇪 日本語日本語日本語 👨‍👩‍👧👨‍👩‍👧 ende", "ende", 30);
    let expected = "›  hit   bob: ‹👨‍👩‍👧👨‍👩‍👧 ende";
    assert_eq!((drawn.as_str(), marked.as_str()), (expected, "ende"));
}

proptest! {
    #[test]
    fn a_part_of_what_was_found_is_never_wider_than_its_room(
        text in "(bob: )?[a-z é日👩🏽]{0,60}",
        at in 0..60usize,
        columns in 0..60usize,
    ) {
        let mut bounds: Vec<usize> = text.char_indices().map(|it| it.0).collect();
        bounds.push(text.len());
        let start = bounds[at.min(bounds.len() - 1)];
        let end = bounds[(at + 2).min(bounds.len() - 1)];
        let from = text.find(": ").map_or(0, |at| at + 2);
        let parts = std::iter::once(start..end).collect();
        let hits = Hits { from, parts };
        let (line, _) = hits.fit(&text, columns, "‹");
        prop_assert!(crate::text::width(&line) <= columns, "{line:?}");
    }
}

#[test]
fn a_digit_chooses_at_once_and_only_while_nothing_is_typed() {
    let mut picker = replies();
    assert_eq!(press(&mut picker, "3"), Picked::Chosen("late"));
    assert_eq!(press(&mut picker, "9"), Picked::Asked, "no row has it: it is text");
    assert_eq!(picker.query(), "9");
    assert_eq!(press(&mut picker, "<backspace>l2"), Picked::Asked);
    assert_eq!(picker.query(), "l2");
}

#[test]
fn keys_move_choose_and_close() {
    let mut picker = replies();
    assert_eq!(at(&picker), "look", "the first that can be chosen");
    assert_eq!(press(&mut picker, "<down><ctrl-n>"), Picked::Moved);
    assert_eq!(at(&picker), "refund");
    assert_eq!(press(&mut picker, "<ctrl-p><enter>"), Picked::Chosen("late"));
    assert_eq!(press(&mut picker, "<end>"), Picked::Moved);
    assert_eq!(at(&picker), "lock");
    assert_eq!(
        press(&mut picker, "<enter>"),
        Picked::Unavailable(Shown::fixed("lock: for admins"))
    );
    assert_eq!(
        press(&mut picker, "<home>1"),
        Picked::Unavailable(Shown::fixed("greet: it has a hole"))
    );
    assert_eq!(press(&mut picker, "<f5>"), Picked::No);
    assert_eq!(press(&mut picker, "<esc>"), Picked::Closed);
    assert_eq!(press(&mut picker, "ab<backspace><backspace>"), Picked::Asked);
    assert_eq!(press(&mut picker, "<backspace>"), Picked::Closed);
}

#[test]
fn a_hint_says_what_can_be_typed() {
    let mut picker = replies().hint(Shown::fixed("or type 2h"));
    let screen = |picker: &mut Picker<&'static str>| plain(&drawn(picker, 40, 6, Theme::ansi()).0);
    assert!(screen(&mut picker).contains("or type 2h"), "{}", screen(&mut picker));
    let _ = press(&mut picker, "l");
    assert!(!screen(&mut picker).contains("or type"));
}

#[test]
fn a_row_that_only_does_something_says_so_and_is_not_counted() {
    let word = || row("look again", "asks anew").acts(Shown::fixed("Enter does it"));
    let rule = |picker: &mut Picker<&'static str>| {
        let (buffer, _) = drawn(picker, 60, 8, Theme::ansi());
        plain(&buffer).lines().rev().nth(1).unwrap_or_default().to_owned()
    };
    let mut picker = replies();
    picker.set_rows(vec![row("look", "Let me look."), row("late", "Sorry."), word()]);
    let _ = press(&mut picker, "look");
    let looks = rule(&mut picker);
    assert!(
        looks.contains("Saved replies · 1 of 2 ") && looks.contains("Enter inserts"),
        "{looks}"
    );
    let _ = press(&mut picker, "<down>");
    let does = rule(&mut picker);
    assert!(
        does.contains("Saved replies · 1 of 2 ") && does.contains("Enter does it"),
        "{does}"
    );
    assert_eq!(picker.enter().as_str(), "Enter does it");
    picker.set_rows(vec![word()]);
    let alone = rule(&mut picker);
    assert!(alone.contains("Saved replies · 0 ─"), "{alone}");
}

#[test]
fn what_was_looked_for_and_cannot_be_chosen_is_not_something_else() {
    let mut picker = replies();
    let _ = press(&mut picker, "lock");
    assert_eq!(at(&picker), "lock");
    assert_eq!(
        press(&mut picker, "<enter>"),
        Picked::Unavailable(Shown::fixed("lock: for admins"))
    );
}

#[test]
fn the_very_label_then_labels_then_the_rest() {
    let mut picker = replies();
    let _ = press(&mut picker, "lo");
    assert_eq!(at(&picker), "look");
    let _ = press(&mut picker, "<ctrl-u>late");
    assert_eq!(at(&picker), "late");
    let _ = press(&mut picker, "<ctrl-u>ref ord");
    assert_eq!(at(&picker), "refund", "words may fit in label and detail");
    let _ = press(&mut picker, "<ctrl-u>grusse");
    assert_eq!(picker.fitting(), 0, "ß is not ss to everybody, but that is told:");
    assert_eq!(
        press(&mut picker, "<enter>"),
        Picked::Unavailable(Shown::fixed("Nothing fits \"grusse\""))
    );
    let _ = press(&mut picker, "<ctrl-u>gru");
    assert_eq!(at(&picker), "grüße");
    let _ = press(&mut picker, "<ctrl-u>!");
    assert_eq!(picker.fitting(), 0, "a sign is a sign");
}

#[test]
fn a_name_that_is_typed_comes_before_what_has_its_letters_somewhere() {
    let rows = vec![
        row("show suggestions", "show or hide what fits"),
        row("zed", "Hugo Boss · customer"),
        row("look", "at its toes"),
    ];
    let mut picker = Picker::new(Shown::fixed("Menu"), rows);
    for (typed, first) in [
        ("hugo", "zed"),
        ("HUGO", "zed"),
        ("boss", "zed"),
        ("sho", "show suggestions"),
        ("lk", "look"),
    ] {
        let _ = press(&mut picker, &format!("<ctrl-u>{typed}"));
        assert_eq!(at(&picker), first, "{typed}");
    }
    let _ = press(&mut picker, "<ctrl-u>hugo");
    assert_eq!(picker.fitting(), 2, "the other is still there, below");
}

#[test]
fn capitals_make_no_difference_to_what_is_found() {
    let name = |id| row(id, "");
    let mut picker = Picker::new(Shown::fixed("Names"), vec![name("dora"), name("Zed"), name("Ünal")]);
    for typed in ["dora", "Dora", "DORA"] {
        assert_eq!(press(&mut picker, &format!("<ctrl-u>{typed}")), Picked::Asked);
        assert_eq!((picker.fitting(), at(&picker)), (1, "dora"), "{typed}");
    }
    for typed in ["unal", "UNAL", "ünal", "ÜNAL"] {
        assert_eq!(press(&mut picker, &format!("<ctrl-u>{typed}")), Picked::Asked);
        assert_eq!((picker.fitting(), at(&picker)), (1, "Ünal"), "{typed}");
    }
}

#[test]
fn what_is_selected_stays_selected_when_rows_change() {
    let mut picker = replies();
    let _ = press(&mut picker, "<down>");
    assert_eq!(at(&picker), "late");
    picker.set_rows(vec![row("new", "one"), row("look", ""), row("late", "still here")]);
    assert_eq!(at(&picker), "late");
    picker.set_rows(vec![row("new", "one"), row("look", "")]);
    assert_eq!(at(&picker), "look", "the last, where it was");
    picker.set_rows(vec![]);
    assert_eq!(
        press(&mut picker, "<enter>"),
        Picked::Unavailable(Shown::fixed("No saved replies yet"))
    );
}

#[test]
fn rows_from_elsewhere_come_in_their_own_order_and_not_too_late() {
    let mut picker = Picker::new(Shown::fixed("Articles"), vec![row("a", "first")]).searched_elsewhere();
    picker.set_size(6);
    assert_eq!(press(&mut picker, "re"), Picked::Asked);
    let (buffer, _) = drawn(&mut picker, 40, 8, Theme::ansi());
    assert!(plain(&buffer).contains("Articles · searching"), "{}", plain(&buffer));
    assert!(!picker.answer("r", vec![row("old", "")]));
    assert_eq!(at(&picker), "a");
    assert!(picker.answer("re", vec![row("zzz", "no letter in common"), row("refund", "")]));
    assert_eq!(at(&picker), "zzz");
    let _ = press(&mut picker, "<down>");
    assert!(
        picker.answer("re", vec![row("refund", ""), row("zzz", "")]),
        "again, as after a change"
    );
    assert_eq!(at(&picker), "refund");
}

#[test]
fn clicks_select_and_choose() {
    let mut picker = replies();
    let area = Rect::new(5, 2, 40, 8);
    assert_eq!(picker.click(area, Position { x: 9, y: 4 }, false), Picked::Moved);
    assert_eq!(at(&picker), "late");
    assert_eq!(
        picker.click(area, Position { x: 9, y: 5 }, true),
        Picked::Chosen("refund")
    );
    for (x, y) in [(4, 4), (9, 8), (9, 9), (9, 1)] {
        assert_eq!(picker.click(area, Position { x, y }, false), Picked::No, "{x} {y}");
    }
}

#[test]
fn a_paste_is_looked_for_and_bounded() {
    let mut picker = replies();
    assert_eq!(picker.paste("re\nfund\u{1b}[2J"), Picked::Asked);
    assert_eq!(picker.query(), "re fund␛[2J");
    assert!(matches!(picker.paste(&"x".repeat(400)), Picked::Refused(_)));
}

#[test]
fn how_it_looks() {
    let ascii = Theme {
        ascii: true,
        ..Theme::mono()
    };
    for (name, columns, theme) in [
        ("80_ansi", 80, Theme::ansi()),
        ("40_mono", 40, Theme::mono()),
        ("40_ascii", 40, ascii),
    ] {
        let mut picker = replies();
        let (all, _) = drawn(&mut picker, columns, 8, theme);
        let _ = press(&mut picker, "lo");
        let (some, cursor) = drawn(&mut picker, columns, 8, theme);
        let _ = press(&mut picker, "xyz");
        let (none, _) = drawn(&mut picker, columns, 8, theme);
        assert_snapshot!(
            format!("picker_{name}"),
            format!(
                "{}=====\n{}cursor {cursor}\n=====\n{}",
                styled(&all),
                styled(&some),
                plain(&none)
            )
        );
    }
}

#[test]
fn ten_thousand_rows_answer_a_key_quickly() {
    let rows = (0..10_000).map(|n| {
        Row::new(
            n,
            Shown::line(&format!("customer-{n}")),
            Shown::fixed("asked about an order"),
        )
    });
    let mut picker = Picker::new(Shown::fixed("All"), rows.collect());
    let start = std::time::Instant::now();
    for typed in keys("cust 99") {
        let _ = picker.key(typed);
    }
    let each = start.elapsed() / 7;
    assert!(
        each < std::time::Duration::from_millis(250),
        "{each:?} a key, even unoptimised"
    );
    assert!(picker.fitting() > 0);
}

proptest! {
    #[test]
    fn any_rows_and_keys_stay_inside_the_area(
        labels in prop::collection::vec("\\PC{0,12}", 0..12),
        typed in "[a-e1-9]{0,6}", moves in 0usize..6, columns in 1u16..60, height in 0u16..12,
    ) {
        let rows = labels.iter().enumerate().map(|(n, label)| Row::new(n, Shown::name(label), Shown::line(label))).collect();
        let mut picker = Picker::new(Shown::fixed("Any"), numbered(rows));
        picker.set_size(height);
        for c in typed.chars() {
            let _ = picker.key(key(&c.to_string()));
        }
        for _ in 0..moves {
            let _ = picker.key(key("pgdn"));
        }
        let whole = Rect::new(0, 0, 64, 14);
        let mut buffer = Buffer::empty(whole);
        for y in 0..14 {
            buffer.set_string(0, y, "~".repeat(64), ratatui::style::Style::new());
        }
        let area = Rect::new(2, 1, columns, height);
        let cursor = picker.view(area, &mut buffer, &Theme::ansi());
        prop_assert!(area.is_empty() || area.contains(cursor), "{} in {}", cursor, area);
        for y in 0..14 {
            for x in 0..64 {
                if !area.contains(Position { x, y }) {
                    prop_assert_eq!(buffer[(x, y)].symbol(), "~");
                }
            }
        }
    }
}
