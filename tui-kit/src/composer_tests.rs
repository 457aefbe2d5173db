//! Editing as a person does it.

use proptest::prelude::*;

use super::*;
use crate::testing::{key, keys, plain};

fn typed(text: &str) -> Composer {
    let mut composer = Composer::default();
    press(&mut composer, text);
    composer
}

fn press(composer: &mut Composer, typed: &str) {
    for key in keys(typed) {
        let _ = composer.key(key);
    }
}

/// The text with the cursor as `|`.
pub(super) fn marked(composer: &Composer) -> String {
    let (line, byte) = composer.editor.cursor();
    let mut lines: Vec<String> = composer.editor.lines().to_vec();
    lines[line].insert(byte, '|');
    lines.join("\n")
}

#[track_caller]
fn check(keys: &str, expected: &str) {
    assert_eq!(marked(&typed(keys)), expected, "{keys}");
}

#[test]
fn editing_keys() {
    check("hello<left><left>x", "helx|lo");
    check("ab<alt-enter>c<shift-enter>d<ctrl-j>e", "ab\nc\nd\ne|");
    check("ab\\<enter>c", "ab\nc|");
    check("a\\b<enter>", "a\\b|");
    check("one two<ctrl-a>x<ctrl-e>y", "xone twoy|");
    check("one two  <ctrl-w>", "one |");
    check("one two<ctrl-u>", "|");
    check("a<ctrl-j>b<ctrl-u><ctrl-u>", "a|");
    check("one two three<alt-b><alt-b>x<alt-f>y", "one xtwoy| three");
    check("one two<alt-b><alt-k>", "one |");
    check("one two<ctrl-w><ctrl-a><ctrl-y>", "two|one ");
    check("one two<ctrl-w>x<backspace><ctrl-y>", "one two|");
    check("one two three<ctrl-w><ctrl-w><ctrl-y>", "one two three|");
    check("one two three<alt-b><ctrl-w><alt-d><ctrl-y>", "one two three|");
    check("one<ctrl-j>two<ctrl-u><ctrl-u><ctrl-u><ctrl-y>", "one\ntwo|");
    // Whoever does something between begins anew.
    check("one two three<ctrl-w><ctrl-a><alt-d><ctrl-y>", "one| two ");
    check("one two<ctrl-w>x<ctrl-w><ctrl-y>", "one x|");
    check("one<ctrl-a><delete><ctrl-d>", "|e");
    check("a<ctrl-j>b<left><backspace>", "a|b");
    check("a<ctrl-j>b<up><delete>", "a|b");
    check("abc<ctrl-_>", "|");
    check("one two<ctrl-u><ctrl-_>", "one two|");
    check("one two<ctrl-a><alt-d>", "| two");
    check("<backspace><delete><left>", "|");
}

#[test]
fn undo_takes_back_what_was_typed_by_words() {
    check("one two  three<ctrl-_>", "one two  |");
    check("one two  three<ctrl-_><ctrl-_>", "one |");
    check("one two  three<ctrl-_><ctrl-_><ctrl-_>", "|");
    check("one two<ctrl-_><ctrl-_><alt-z>", "one |");
    check("one two<ctrl-_><ctrl-_><alt-z><alt-z>", "one two|");
    check("one<ctrl-j>two<ctrl-_>", "one\n|");
    check("one<ctrl-j>two<ctrl-_><ctrl-_>", "one|");
    // What was done between two characters parts them, and so does another place.
    check("on<backspace>f<ctrl-_>", "o|");
    check("on<backspace>f<ctrl-_><ctrl-_>", "on|");
    check("abcd<left><left>xy<ctrl-_>", "ab|cd");
    check("abc<ctrl-_>de<ctrl-_>", "|");
    // What is undone and typed anew is a new word.
    check("one two<ctrl-_>six<ctrl-_>", "one |");
    // A text longer than all the steps that are held goes back in one, and that is a change.
    let mut composer = typed(&"x".repeat(1_500));
    assert_eq!(composer.key(key("ctrl-_")), Handled::Changed);
    assert_eq!(composer.text().len(), 500);
}

#[test]
fn what_stands_before_the_cursor_can_be_completed() {
    let check = |keys: &str, bytes, with, expected: &str| {
        let mut composer = typed(keys);
        assert_eq!(composer.replace_before(bytes, with), Handled::Changed, "{keys}");
        assert_eq!(marked(&composer), expected, "{keys}");
    };
    let composer = typed("one<ctrl-j>ask @bo now<left><left><left><left>");
    assert_eq!(composer.before_cursor(), "ask @bo");
    check(
        "one<ctrl-j>ask @bo now<left><left><left><left>",
        3,
        "@Bo",
        "one\nask @Bo| now",
    );
    check("a", 9, "b", "b|");
    check("äö", 1, "x", "äöx|");
    check("", 2, "a\u{1b}\r\nb", "a␛\nb|");
    let mut full = Composer::with_text(&"x".repeat(HELD_BYTES_MAX));
    assert!(matches!(full.replace_before(1, "yy"), Handled::Refused(_)));
    assert_eq!(full.text().len(), HELD_BYTES_MAX, "nothing was removed for nothing");
}

#[test]
fn steps_are_graphemes() {
    for grapheme in ["🇩🇪", "👨‍👩‍👧‍👦", "e\u{301}", "1️⃣", "क्षि", "👍🏽"] {
        let mut composer = Composer::with_text(&format!("a{grapheme}b"));
        press(&mut composer, "<left><left>");
        assert_eq!(marked(&composer), format!("a|{grapheme}b"));
        press(&mut composer, "<right><backspace>");
        assert_eq!(marked(&composer), "a|b", "{grapheme}");
        press(&mut composer, "<ctrl-_><ctrl-_>");
        assert!(
            composer.text().contains(grapheme),
            "undo brings the whole back: {:?}",
            composer.text()
        );
        let mut composer = Composer::with_text(&format!("{grapheme}b"));
        press(&mut composer, "<ctrl-a><delete>");
        assert_eq!(marked(&composer), "|b");
    }
}

/// Each character is a key of its own, as an emoji picker or an input method types them.
fn one_by_one(composer: &mut Composer, text: &str) {
    for c in text.chars() {
        let _ = composer.key(c.to_string().replace(' ', "space").parse().unwrap());
    }
}

#[test]
fn what_is_typed_in_pieces_is_as_if_it_were_pasted() {
    for text in [
        "👨\u{200d}👩\u{200d}👧\u{200d}👦",
        "🏳\u{fe0f}\u{200d}🌈",
        "👍🏽",
        "1\u{fe0f}\u{20e3}",
        "❤\u{fe0f} x",
        "🇩🇪",
        "می\u{200c}خواهم",
        "र\u{94d}\u{200d}य",
    ] {
        let mut composer = typed("a ");
        one_by_one(&mut composer, text);
        assert_eq!(marked(&composer), format!("a {text}|"));
        assert_eq!(composer.valid(), Ok(()));
        let mut pasted = typed("a ");
        let _ = pasted.paste(text);
        assert_eq!(pasted.text(), composer.text());
    }
}

#[test]
fn a_joiner_needs_both_its_neighbours() {
    let mut composer = typed("a");
    one_by_one(&mut composer, "\u{200d}b\u{fe0f}c\u{200c}");
    assert_eq!(composer.text(), "abc", "letters that nothing joins");
    one_by_one(&mut composer, "👩\u{200d}");
    assert_eq!(composer.text(), "abc👩", "it waits for the next");
    press(&mut composer, "<left>");
    one_by_one(&mut composer, "👧");
    assert_eq!(
        composer.text(),
        "abc👧👩",
        "and is given up where one goes on elsewhere"
    );
    let mut composer = Composer::with_text("میخواهم");
    press(&mut composer, "<ctrl-a><right><right>");
    one_by_one(&mut composer, "\u{200c}");
    assert_eq!(
        composer.text(),
        "می\u{200c}خواهم",
        "between two that stand there already"
    );
}

#[test]
fn a_paste_is_inserted_and_never_sends() {
    let mut composer = typed("x");
    assert_eq!(composer.paste("one\r\ntwo\rthree\n"), Handled::Changed);
    assert_eq!(marked(&composer), "xone\ntwo\nthree\n|");
    assert_eq!(composer.paste("\u{1b}[2J\u{202e}\u{200b}"), Handled::Changed);
    assert_eq!(
        composer.text(),
        "xone\ntwo\nthree\n␛[2J",
        "what is on the screen is what is sent"
    );
}

#[test]
fn enter_is_told_and_the_text_stays_until_it_is_taken() {
    let mut composer = typed("hello");
    assert_eq!(composer.key(key("enter")), Handled::Submit);
    assert_eq!(composer.text(), "hello");
    assert_eq!(composer.take(), "hello");
    assert!(composer.is_empty());
    assert_eq!(
        composer.key(key("ctrl-_")),
        Handled::Moved,
        "undo does not bring back what was sent"
    );
    assert!(composer.is_empty());
}

#[test]
fn other_keys_are_the_programs() {
    for name in [
        "ctrl-n", "esc", "tab", "f1", "pgup", "alt-u", "ctrl-c", "ctrl-k", "ctrl-l", "shift-up",
    ] {
        assert_eq!(typed("x").key(key(name)), Handled::No, "{name}");
    }
    for name in ["ctrl-d", "end", "home", "up", "down"] {
        assert_eq!(
            Composer::default().key(key(name)),
            Handled::No,
            "{name} with nothing written"
        );
    }
    for (names, _) in EDITING_KEYS {
        for name in names.split(' ') {
            let mut composer = typed("sent before");
            composer.take();
            press(&mut composer, "one two<ctrl-w>one<ctrl-j>two<up>");
            let _ = composer.paste(&large());
            assert_ne!(composer.key(key(name)), Handled::No, "{name} is in the help");
        }
    }
}

#[test]
fn too_much_is_told_and_nothing_is_lost() {
    let mut composer = Composer::with_text(&"x".repeat(MESSAGE_BYTES_MAX));
    assert_eq!(composer.too_long(), None);
    press(&mut composer, "y");
    assert!(
        composer
            .too_long()
            .unwrap()
            .as_str()
            .starts_with("1 bytes too long to send (16384 is the most)")
    );
    let refused = composer.paste(&"z".repeat(HELD_BYTES_MAX));
    assert!(
        matches!(&refused, Handled::Refused(why) if why.as_str().contains("61440 is the most")),
        "{refused:?}"
    );
    assert_eq!(composer.text().len(), MESSAGE_BYTES_MAX + 1);
    composer.clear();
    assert!(composer.is_empty());
    press(&mut composer, "<ctrl-_>");
    assert_eq!(
        composer.text().len(),
        MESSAGE_BYTES_MAX + 1,
        "one undo brings a cleared text back"
    );
}

#[test]
fn up_brings_back_what_was_sent_and_down_the_draft() {
    let mut composer = typed("one");
    composer.take();
    press(&mut composer, "two");
    composer.take();
    press(&mut composer, "draft<up>");
    assert_eq!(composer.text(), "two");
    press(&mut composer, "<up>");
    assert_eq!(composer.text(), "one");
    assert_eq!(composer.key(key("up")), Handled::No);
    press(&mut composer, "<down><down>");
    assert_eq!(composer.text(), "draft");
    press(&mut composer, "<up>!");
    assert_eq!(composer.key(key("down")), Handled::No, "a changed text is not replaced");
    assert_eq!(composer.take(), "two!");
    assert_eq!(composer.text(), "draft", "what was being written comes back");
}

#[test]
fn what_is_kept_is_what_was_not_sent() {
    let mut composer = typed("one");
    composer.take();
    press(&mut composer, "half a line<up>");
    assert_eq!(
        (composer.text(), composer.draft()),
        ("one".into(), "half a line".into())
    );
    press(&mut composer, "!");
    assert_eq!(composer.draft(), "one!\nhalf a line");
    press(&mut composer, "<ctrl-u>");
    assert_eq!(
        (composer.text(), composer.draft()),
        (String::new(), "half a line".into())
    );
}

#[test]
fn behind_a_recalled_text_that_was_cleared_up_and_down_go_on() {
    let mut composer = typed("one");
    composer.take();
    press(&mut composer, "half<up><ctrl-u><up>");
    assert_eq!(composer.text(), "one");
    press(&mut composer, "<ctrl-u><down>");
    assert_eq!(composer.text(), "half");
    assert_eq!(composer.key(key("down")), Handled::No);
}

/// Unseen it would go out with the line after the next.
#[test]
fn what_a_recalled_text_stood_for_is_seen_when_that_is_cleared() {
    let mut composer = typed("one");
    composer.take();
    press(&mut composer, "half a line<up>!");
    composer.clear();
    assert_eq!(composer.text(), "half a line");
    press(&mut composer, "<ctrl-_>");
    assert_eq!(composer.text(), "one!", "cleared and brought back in one step");
    composer.clear();
    assert_eq!((composer.text(), composer.draft()), (String::new(), String::new()));
    press(&mut composer, "two");
    assert_eq!(composer.take(), "two");
    assert_eq!(composer.text(), "", "nothing that was cleared goes out later");
}

#[test]
fn what_is_set_aside_comes_back() {
    let mut composer = typed("half");
    composer.set_aside_for("a line to change");
    assert_eq!(composer.draft(), "a line to change\nhalf");
    press(&mut composer, "d");
    assert_eq!(composer.take(), "a line to changed");
    assert_eq!(composer.text(), "half");
}

#[test]
fn up_and_down_move_by_rows_as_shown() {
    let mut composer = Composer::default();
    composer.set_size(11, 5);
    press(&mut composer, "hello world again");
    assert_eq!(composer.rows(), 3);
    press(&mut composer, "<up>");
    assert_eq!(marked(&composer), "hello world| again");
    press(&mut composer, "<up>");
    assert_eq!(marked(&composer), "hello| world again");
    press(&mut composer, "<down><down>");
    assert_eq!(marked(&composer), "hello world again|");
}

#[test]
fn drawing_and_the_real_cursor() {
    let mut composer = Composer::default();
    composer.set_size(12, 3);
    let draw = |composer: &Composer| {
        let area = Rect::new(0, 0, 12, composer.rows());
        let mut buffer = Buffer::empty(area);
        let cursor = composer.view(area, &mut buffer, &Theme::ansi(), &Shown::fixed("Type a reply"));
        (plain(&buffer), cursor)
    };
    assert_eq!(draw(&composer), ("Type a reply\n".to_owned(), Position { x: 0, y: 0 }));
    press(&mut composer, "hello 你好 world");
    assert_eq!(
        draw(&composer),
        ("hello 你好\nworld\n".to_owned(), Position { x: 5, y: 1 })
    );
    press(&mut composer, "<ctrl-j>3<ctrl-j>4<ctrl-j>5");
    assert_eq!(
        draw(&composer),
        ("3\n4\n5\n".to_owned(), Position { x: 1, y: 2 }),
        "the last rows, with the cursor"
    );
    press(&mut composer, "<up><up><up>");
    assert_eq!(
        draw(&composer).0,
        "world\n3\n4\n",
        "scrolls only as far as the cursor needs"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn any_keys_keep_it_valid(
        steps in prop::collection::vec(prop_oneof![
            prop::sample::select(vec!["left", "right", "up", "down", "backspace", "delete", "ctrl-w", "ctrl-u", "alt-k", "alt-d",
                "ctrl-y", "ctrl-_", "alt-b", "alt-f", "ctrl-a", "ctrl-e", "ctrl-j", "enter", "space", "x"]).prop_map(|name| (name, "")),
            prop::sample::select(vec!["🇩🇪", "👨‍👩‍👧‍👦", "e\u{301}", "long word\nlines", "你好", "\u{301}", "\r\n"]).prop_map(|text| ("", text)),
        ], 0..60),
        columns in 1_u16..20,
    ) {
        let mut composer = Composer::default();
        composer.set_size(columns, 3);
        for (name, text) in steps {
            let _ = if name.is_empty() { composer.paste(text) } else { composer.key(key(name)) };
            let text = composer.text();
            prop_assert_eq!(text.len(), composer.editor.bytes());
            let (line, byte) = composer.editor.cursor();
            let line = composer.editor.line(line);
            let on_boundary = byte == line.len() || line.grapheme_indices(true).any(|(at, _)| at == byte);
            prop_assert!(on_boundary);
            let layout = composer.layout();
            let shown: String = layout.rows.iter().map(|row| &composer.editor.line(row.line)[row.bytes.clone()]).collect();
            prop_assert_eq!(shown, text.replace('\n', ""));
            prop_assert!(layout.cursor.0 < layout.rows.len());
            let area = Rect::new(0, 0, columns, composer.rows());
            let cursor = composer.view(area, &mut Buffer::empty(area), &Theme::mono(), &Shown::default());
            prop_assert!(area.contains(cursor));
        }
    }
}

// Large pastes.

/// Twelve lines.
fn large() -> String {
    (1..=12).map(|n| format!("line {n}")).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_large_paste_stands_as_one_sign_and_is_sent_whole() {
    let mut composer = Composer::with_text("see ");
    composer.set_size(60, 5);
    assert_eq!(composer.paste(&large()), Handled::Changed);
    press(&mut composer, " there");
    assert_eq!(composer.rows(), 1);
    let area = Rect::new(0, 0, 60, 1);
    let mut buffer = Buffer::empty(area);
    let cursor = composer.view(area, &mut buffer, &Theme::ansi(), &Shown::fixed(""));
    let row = crate::testing::plain(&buffer);
    assert!(row.starts_with("see [12 lines, 86 B] there"), "{row}");
    assert_eq!(usize::from(cursor.x), "see [12 lines, 86 B] there".len());
    assert_eq!(composer.text(), format!("see {} there", large()));
    assert_eq!(composer.take(), format!("see {} there", large()));
    press(&mut composer, "<up>");
    assert_eq!(
        composer.text(),
        format!("see {} there", large()),
        "what was sent comes back"
    );
}

#[test]
fn one_key_deletes_it_undo_brings_it_back_and_another_shows_it() {
    let mut composer = Composer::default();
    let _ = composer.paste(&large());
    press(&mut composer, "<backspace>");
    assert!(composer.is_empty());
    press(&mut composer, "<ctrl-_>");
    assert_eq!(composer.text(), large());
    press(&mut composer, "<alt-z>");
    assert!(composer.is_empty(), "redo");
    press(&mut composer, "<ctrl-_>a<alt-y>");
    assert_eq!(composer.text(), format!("{}a", large()));
    composer.set_size(60, 20);
    assert_eq!(composer.rows(), 12);
    assert_eq!(composer.key(key("alt-y")), Handled::No, "none is left");
}

#[test]
fn what_stands_in_the_place_of_something_else_is_one_step_of_undo() {
    let mut composer = Composer::default();
    composer.set_size(60, 20);
    press(&mut composer, "see ");
    let _ = composer.paste(&large());
    press(&mut composer, "<alt-y>");
    let rows = composer.rows();
    assert!(rows > 1, "shown in full");
    press(&mut composer, "<ctrl-_>");
    assert_eq!(
        (composer.text(), composer.rows()),
        (format!("see {}", large()), 1),
        "a sign again"
    );
    press(&mut composer, "<alt-z>");
    assert_eq!((composer.text(), composer.rows()), (format!("see {}", large()), rows));
    press(&mut composer, "<ctrl-_><ctrl-_>");
    assert_eq!(composer.text(), "see ");
    // A name that is completed, and a backslash that Enter makes a new line of.
    let mut composer = Composer::with_text("ask @b");
    let _ = composer.replace_before(1, "bob ");
    assert_eq!(composer.text(), "ask @bob ");
    press(&mut composer, "<ctrl-_>");
    assert_eq!(composer.text(), "ask @b");
    press(&mut composer, "\\<enter>");
    assert_eq!(composer.text(), "ask @b\n");
    press(&mut composer, "<ctrl-_>");
    assert_eq!(composer.text(), "ask @b\\");
}

#[test]
fn a_sign_from_outside_is_none() {
    let mut composer = Composer::default();
    let _ = composer.paste(&large());
    let _ = composer.paste("\u{10f000}");
    press(&mut composer, "\u{10f000}");
    assert_eq!(composer.text(), format!("{}\u{fffd}\u{fffd}", large()));
    assert_eq!(Composer::with_text("\u{10f000}").text(), "\u{fffd}");
}

#[test]
fn what_is_folded_counts_as_what_it_is() {
    let mut composer = Composer::default();
    let _ = composer.paste(&"x".repeat(HELD_BYTES_MAX - 10));
    assert!(composer.too_long().is_some());
    assert!(matches!(composer.paste("eleven bytes"), Handled::Refused(_)));
    assert!(matches!(composer.paste(&large()), Handled::Refused(_)));
}

#[test]
fn what_was_cut_is_inserted_as_long_as_there_is_room() {
    let mut composer = Composer::with_text(&"x".repeat(HELD_BYTES_MAX / 2));
    press(&mut composer, "<ctrl-u><ctrl-y><ctrl-y>");
    assert_eq!(composer.text().len(), HELD_BYTES_MAX);
    assert!(matches!(composer.key(key("ctrl-y")), Handled::Refused(_)));
    assert_eq!(composer.text().len(), HELD_BYTES_MAX);
}

#[test]
fn the_ends_of_the_text() {
    let mut composer = Composer::with_text("one\ntwo");
    press(&mut composer, "<ctrl-home>a<ctrl-end>b");
    assert_eq!(composer.text(), "aone\ntwob");
}
