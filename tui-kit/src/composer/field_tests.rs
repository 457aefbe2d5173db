//! One line, written and drawn in a narrow place.

use crossterm::event::KeyCode;
use proptest::prelude::*;

use super::*;
use crate::testing::{keys, plain};

/// What the last key did.
fn pressed(field: &mut Field, typed: &str) -> Handled {
    keys(typed).into_iter().fold(Handled::No, |_, key| field.key(key))
}

fn press(field: &mut Field, typed: &str) {
    let _ = pressed(field, typed);
}

fn drawn(field: &Field, columns: u16) -> (String, u16) {
    let area = Rect::new(0, 0, columns, 1);
    let mut buffer = Buffer::empty(area);
    let cursor = field.view(area, &mut buffer, &Theme::ansi(), &Shown::fixed("type here"));
    (plain(&buffer).trim_end().to_owned(), cursor.x)
}

#[test]
fn what_is_typed_in_pieces_stays_whole() {
    let mut field = Field::default();
    for c in "👨\u{200d}👩\u{200d}👧 1\u{fe0f}\u{20e3} می\u{200c}خواهم".chars() {
        let _ = field.key(c.to_string().replace(' ', "space").parse().unwrap());
    }
    assert_eq!(field.text(), "👨\u{200d}👩\u{200d}👧 1\u{fe0f}\u{20e3} می\u{200c}خواهم");
}

#[test]
fn keys_edit_by_grapheme_and_lines_never_end() {
    let mut field = Field::default();
    assert_eq!(pressed(&mut field, "hi 🇩🇪<backspace>"), Handled::Changed);
    assert_eq!(field.text(), "hi ");
    assert_eq!(field.paste("a\r\nb\u{1b}[2J\n"), Handled::Changed);
    assert_eq!(field.text(), "hi a b␛[2J ");
    for name in [
        "<up>",
        "<down>",
        "<alt-enter>",
        "<ctrl-j>",
        "<ctrl-n>",
        "<esc>",
        "<tab>",
    ] {
        assert_eq!(pressed(&mut field, name), Handled::No, "{name}");
    }
    assert_eq!(pressed(&mut field, "\\<enter>"), Handled::Submit);
    assert_eq!(pressed(&mut field, "<ctrl-u>"), Handled::Changed);
    assert!(field.is_empty());
    assert_eq!(pressed(&mut field, "<home>"), Handled::No, "nothing to move in");
    assert_eq!(pressed(&mut field, "<backspace>"), Handled::Moved);
}

/// Some terminals send what ends a line as a character like another.
#[test]
fn no_key_ends_the_line() {
    for c in ['\n', '\r'] {
        let mut field = Field::default();
        press(&mut field, "one");
        let _ = field.key(Key::from_event(KeyCode::Char(c).into()).unwrap());
        press(&mut field, "two");
        assert_eq!(field.text(), "one two", "{c:?}");
        assert_eq!(drawn(&field, 10), ("one two".into(), 7), "{c:?}");
    }
}

#[test]
fn it_holds_so_much_and_says_so() {
    let mut field = Field::new(4);
    assert_eq!(
        field.paste("abcde"),
        Handled::Refused(Shown::fixed("not inserted: this line holds 4 bytes at most"))
    );
    press(&mut field, "abcde");
    assert_eq!(field.text(), "abcd");
    field.set_text("äöü");
    assert_eq!(field.text(), "äö");
}

#[test]
fn a_long_line_moves_sideways_by_half_a_place() {
    let mut field = Field::default();
    assert_eq!(drawn(&field, 10), ("type here".into(), 0));
    press(&mut field, "abcdefghi");
    assert_eq!(drawn(&field, 10), ("abcdefghi".into(), 9));
    press(&mut field, "j");
    assert_eq!(drawn(&field, 10), ("‹ghij".into(), 5));
    press(&mut field, "klmn");
    assert_eq!(drawn(&field, 10), ("‹ghijklmn".into(), 9));
    press(&mut field, "<left><left><left>");
    assert_eq!(drawn(&field, 10), ("‹ghijklmn".into(), 6), "the text stands still");
    press(&mut field, "<home>");
    assert_eq!(drawn(&field, 10), ("abcdefghij".into(), 0));
}

proptest! {
    #[test]
    fn the_cursor_is_always_in_its_place(
        text in "[a-z\u{4e00}-\u{4e05}\u{301}🇩🇪 ]{0,40}", back in 0usize..40, columns in 1u16..20,
    ) {
        let mut field = Field::default();
        field.set_text(&text);
        press(&mut field, &"<left>".repeat(back));
        let (row, x) = drawn(&field, columns);
        prop_assert!(x < columns);
        prop_assert!(width(&row) <= usize::from(columns), "{row}");
    }
}
