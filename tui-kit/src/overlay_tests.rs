//! Reading, and staying where one reads.

use insta::assert_snapshot;
use proptest::prelude::*;

use super::*;
use crate::testing::{keys, plain, styled};

fn article(theme: Theme) -> Overlay {
    let text =
        "# Refunds\n\nA refund takes three to five days, whatever the country.\n\n- one\n- two\n\nThe end of the text.";
    Overlay::new(Shown::line("Refunds\u{1b}[2J"), Body::Markdown(text.into()), theme)
        .hint(Shown::fixed("i inserts, Esc closes"))
}

fn drawn(overlay: &mut Overlay, columns: u16, rows: u16) -> Buffer {
    let area = Rect::new(0, 0, columns, rows);
    overlay.set_size(columns, rows);
    let mut buffer = Buffer::empty(area);
    overlay.view(area, &mut buffer);
    buffer
}

fn press(overlay: &mut Overlay, typed: &str) -> Read {
    keys(typed).into_iter().fold(Read::No, |_, key| overlay.key(key))
}

fn lines(count: usize) -> Body {
    let words = "several words that are wrapped in a narrow place";
    Body::Lines(
        (0..count)
            .map(|n| StyledLine::of(Shown::line(&format!("line{n} {words}")), ratatui::style::Style::new()))
            .collect(),
    )
}

#[test]
fn how_it_looks() {
    let ascii = Theme {
        ascii: true,
        ..Theme::mono()
    };
    let mut screens = String::new();
    for (columns, rows, theme) in [(80, 12, Theme::ansi()), (40, 6, Theme::mono()), (40, 6, ascii)] {
        let mut overlay = article(theme);
        overlay.set_size(columns, rows);
        let _ = press(&mut overlay, "j");
        screens.push_str(&styled(&drawn(&mut overlay, columns, rows)));
    }
    let mut empty = Overlay::new(Shown::fixed("Why"), Body::Lines(vec![]), Theme::ansi());
    screens.push_str(&plain(&drawn(&mut empty, 40, 3)));
    assert_snapshot!(screens);
}

#[test]
fn keys_scroll_to_the_ends_and_close() {
    let mut overlay = Overlay::new(Shown::fixed("Lines"), lines(50), Theme::ansi());
    let mut top = |typed: &str| {
        let read = press(&mut overlay, typed);
        (
            read,
            plain(&drawn(&mut overlay, 60, 11))
                .lines()
                .nth(1)
                .unwrap_or("")
                .to_owned(),
        )
    };
    let at = |n: usize| {
        (
            Read::Moved,
            format!(" line{n} several words that are wrapped in a narrow place"),
        )
    };
    assert_eq!(top("k"), at(0));
    assert_eq!(top("jj<down>"), at(3));
    assert_eq!(top("<pgdn>"), at(12));
    assert_eq!(top("<space>b"), at(12));
    assert_eq!(top("G<down>"), at(40));
    assert_eq!(top("g"), at(0));
    assert_eq!(top("<end>"), at(40));
    assert_eq!(top("<home>"), at(0));
    assert_eq!(press(&mut overlay, "x"), Read::No);
    assert_eq!(press(&mut overlay, "<esc>"), Read::Closed);
    assert_eq!(press(&mut overlay, "q"), Read::Closed);
    overlay.wheel(false);
    overlay.wheel(false);
    overlay.wheel(true);
    assert!(plain(&drawn(&mut overlay, 60, 11)).starts_with("── Lines · 4-13 of 50 ─"));
}

#[test]
fn a_text_whose_lines_are_counted_tells_its_place_in_them() {
    let lines = (1..=30).map(|n| {
        StyledLine::of(
            Shown::line(&format!("line {n} is of some length and goes on")),
            ratatui::style::Style::new(),
        )
    });
    let body = Body::Lines(lines.collect());
    let mut overlay = Overlay::new(Shown::fixed("Log"), body, Theme::ansi()).in_lines();
    for columns in [60, 34] {
        assert!(
            plain(&drawn(&mut overlay, columns, 11)).contains("lines 1-"),
            "{columns}"
        );
        assert!(plain(&drawn(&mut overlay, columns, 11)).contains("of 30"), "{columns}");
    }
    assert_eq!(press(&mut overlay, "G"), Read::Moved);
    assert!(plain(&drawn(&mut overlay, 34, 11)).contains("-30 of 30"));
}

#[test]
fn a_long_title_gives_way_to_the_hint_while_both_can_be_read() {
    let title = Shown::fixed("Delivery times in every country, and more");
    let first = |columns: u16| {
        let mut overlay = Overlay::new(title.clone(), lines(3), Theme::ansi());
        plain(&drawn(&mut overlay, columns, 8))
            .lines()
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    assert_eq!(first(44), "── Delivery times in eve› ──── Esc closes ──");
    assert_eq!(first(34), "── Delivery times in every cou› ──");
}

#[test]
fn fresh_words_keep_the_place() {
    let mut overlay = Overlay::new(Shown::fixed("Lines"), lines(50), Theme::ansi());
    overlay.set_size(60, 11);
    let _ = press(&mut overlay, "<pgdn>");
    overlay.set_body(lines(60));
    assert!(plain(&drawn(&mut overlay, 60, 11)).contains("10-19 of 60"));
    overlay.set_body(lines(3));
    assert!(plain(&drawn(&mut overlay, 60, 11)).starts_with("── Lines ─"));
}

proptest! {
    #[test]
    fn the_line_at_the_top_stays_there(down in 0usize..120, sizes in prop::collection::vec((12u16..90, 4u16..20), 1..6)) {
        let mut overlay = Overlay::new(Shown::fixed("Lines"), lines(100), Theme::ansi());
        overlay.set_size(80, 10);
        for _ in 0..down.min(70) {
            let _ = press(&mut overlay, "j");
        }
        for (columns, rows) in sizes {
            overlay.set_size(columns, rows);
        }
        let line = overlay.rows[overlay.top].source;
        prop_assert_eq!(line, down.min(70));
    }

    #[test]
    fn it_stays_inside_its_area(columns in 0u16..60, rows in 0u16..10) {
        let mut overlay = article(Theme::ansi());
        overlay.set_size(columns, rows);
        let whole = Rect::new(0, 0, 64, 12);
        let mut buffer = Buffer::empty(whole);
        for y in 0..12 {
            buffer.set_string(0, y, "~".repeat(64), ratatui::style::Style::new());
        }
        let area = Rect::new(2, 1, columns, rows);
        overlay.view(area, &mut buffer);
        for y in 0..12 {
            for x in 0..64 {
                if !area.contains(Position { x, y }) {
                    prop_assert_eq!(buffer[(x, y)].symbol(), "~");
                }
            }
        }
    }
}
