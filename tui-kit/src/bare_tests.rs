//! The bare view: what is said and nothing else, where it was when more comes.

use minicom_protocol::gate::Shown;
use proptest::prelude::*;

use super::*;
use crate::testing::{key, plain};
use crate::theme::Who;
use crate::transcript::Extras;

fn line(number: u64, text: &str) -> Entry {
    Entry {
        key: EntryKey::Stored(number),
        kind: Kind::Line {
            who: Who::Customer,
            name: Shown::fixed("carol"),
            own: false,
        },
        text: Shown::text(text),
        time: 0,
        mark: None,
        extras: Extras::default(),
    }
}

fn transcript(lines: &[&str]) -> Transcript {
    let mut transcript = Transcript::new(Zone::utc());
    transcript.extend(lines.iter().zip(1..).map(|(text, number)| line(number, text)));
    transcript
}

fn screen(bare: &Bare, transcript: &Transcript, rows: u16) -> Vec<String> {
    let area = Rect::new(0, 0, 30, rows);
    let mut buffer = Buffer::empty(area);
    bare.view(transcript, area, &mut buffer, &Theme::ansi(), &Zone::utc());
    plain(&buffer).lines().map(str::trim_end).map(str::to_owned).collect()
}

fn sized(rows: u16) -> Bare {
    let mut bare = Bare::new();
    bare.set_size(30, rows);
    bare
}

#[test]
fn rows_have_no_margins_and_code_stands_by_itself() {
    let transcript = transcript(&["hello", "fn main() {\n    run();\n}"]);
    let rows = screen(&sized(6), &transcript, 6);
    assert_eq!(
        rows[1..],
        ["00:00 carol: hello", "00:00 carol:", "fn main() {", "    run();", "}"]
    );
}

#[test]
fn what_is_shown_stays_when_more_comes_and_the_ends_are_ends() {
    let texts: Vec<String> = (1..=20).map(|n| format!("line {n}")).collect();
    let mut transcript = transcript(&texts.iter().map(String::as_str).collect::<Vec<_>>());
    let mut bare = sized(5);
    assert!(screen(&bare, &transcript, 5)[4].ends_with("line 20"));
    assert!(bare.key(key("pgup"), &transcript, &Zone::utc()));
    let before = screen(&bare, &transcript, 5);
    assert!(before[4].ends_with("line 16"), "{before:?}");
    transcript.extend([line(21, "line 21")]);
    assert_eq!(screen(&bare, &transcript, 5), before);
    bare.key(key("g"), &transcript, &Zone::utc());
    assert!(
        screen(&bare, &transcript, 5)[0].ends_with("line 1"),
        "{:?}",
        screen(&bare, &transcript, 5)
    );
    bare.key(key("pgup"), &transcript, &Zone::utc());
    assert!(
        screen(&bare, &transcript, 5)[0].ends_with("line 1"),
        "not beyond the first"
    );
    for _ in 0..9 {
        bare.key(key("pgdn"), &transcript, &Zone::utc());
    }
    assert!(screen(&bare, &transcript, 5)[4].ends_with("line 21"));
    assert!(!bare.key(key("x"), &transcript, &Zone::utc()));
}

/// The first row of a transcript that has a line of ours in it.
fn first_shown(transcript: &Transcript, columns: u16, rows: u16) -> String {
    let area = Rect::new(0, 0, columns, rows);
    let mut buffer = Buffer::empty(area);
    transcript.view(area, &mut buffer, &Theme::ansi(), 0);
    let screen = plain(&buffer);
    let shown = screen
        .lines()
        .find_map(|row| row.find("word").map(|at| row[at..].trim_end().to_owned()));
    shown.unwrap()
}

#[test]
fn it_begins_with_the_row_that_was_on_top_and_at_the_end_with_the_end() {
    let texts: Vec<String> = (1..=20)
        .map(|n| {
            let words: Vec<String> = (1..=15).map(|word| format!("word{n}.{word}")).collect();
            words.join(if n % 2 == 0 { "\n" } else { " " })
        })
        .collect();
    let mut transcript = transcript(&texts.iter().map(String::as_str).collect::<Vec<_>>());
    transcript.set_size(60, 8);
    let open = |transcript: &Transcript| {
        let mut bare = sized(8);
        bare.begin_at(transcript, &Zone::utc());
        screen(&bare, transcript, 8)
    };
    assert!(open(&transcript)[7].ends_with("word20.15"), "the end");
    for up in 1..120 {
        transcript.scroll_up(1);
        let first = first_shown(&transcript, 60, 8);
        let first = first.split_whitespace().next().unwrap();
        let rows = open(&transcript);
        // Of a line of several rows the first is that with its head.
        assert!(
            rows[..2].iter().any(|row| row.contains(first)),
            "{up}: {first} in {rows:?}"
        );
    }
    // What comes changes nothing, and at the end it follows.
    let mut bare = sized(8);
    bare.begin_at(&transcript, &Zone::utc());
    let before = screen(&bare, &transcript, 8);
    transcript.extend([line(21, "word21")]);
    assert_eq!(screen(&bare, &transcript, 8), before);
    transcript.to_end();
    assert!(open(&transcript)[7].ends_with("word21"));
}

#[test]
fn an_empty_chat_is_empty() {
    let transcript = transcript(&[]);
    let mut bare = sized(3);
    for name in ["pgup", "pgdn", "g", "G", "k", "j"] {
        bare.key(key(name), &transcript, &Zone::utc());
        assert_eq!(screen(&bare, &transcript, 3), ["", "", ""], "{name}");
    }
}

proptest! {
    /// Whatever is pressed, a screen that could be full is full.
    #[test]
    fn scrolling_never_leaves_the_text(
        lines in prop::collection::vec("[a-z ]{0,60}(\n[a-z]{0,9}){0,3}", 0..12),
        keys in prop::collection::vec(prop::sample::select(vec!["k", "j", "pgup", "pgdn", "g", "G"]), 0..12),
        rows in 1u16..8,
    ) {
        let transcript = transcript(&lines.iter().map(String::as_str).collect::<Vec<_>>());
        let all: usize = transcript.entries().iter().map(|it| rows_of(it, 30, &Zone::utc()).len()).sum();
        let mut bare = sized(rows);
        for name in keys {
            bare.key(key(name), &transcript, &Zone::utc());
            prop_assert!(bare.rows_above(&transcript, &Zone::utc(), usize::MAX) <= all);
            let (index, hidden) = bare.place(&transcript);
            let up_to: usize = transcript.entries()[..index].iter().map(|it| rows_of(it, 30, &Zone::utc()).len()).sum();
            prop_assert!(up_to - hidden >= all.min(usize::from(rows)), "{up_to} {hidden} {all}");
        }
    }
}
