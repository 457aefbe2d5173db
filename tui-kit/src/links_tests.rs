use proptest::prelude::*;
use ratatui::layout::{Rect, Size};
use ratatui::style::Style;

use super::*;
use crate::screen::{Screen, TerminalScreen};
use crate::testing::wire::{Between, Wire, only_own_words};
use crate::theme::Theme;

fn addresses(text: &str) -> Vec<&str> {
    find(text).into_iter().map(|link| &text[link.at]).collect()
}

#[test]
fn addresses_end_where_the_sentence_goes_on() {
    for (text, wanted) in [
        ("see https://example.com/a.", "https://example.com/a"),
        ("(https://example.com/a_(b))", "https://example.com/a_(b)"),
        ("<http://example.com>", "http://example.com"),
        (
            "HTTPS://Example.com/A?b=c&d=[1]#e, then",
            "HTTPS://Example.com/A?b=c&d=[1]#e",
        ),
        ("a\nhttp://127.0.0.1:8000/x\nb", "http://127.0.0.1:8000/x"),
        ("http://[::1]:8000/x", "http://[::1]:8000/x"),
        ("看https://example.com/wiki/猫。", "https://example.com/wiki/猫"),
        ("**https://example.com**", "https://example.com"),
    ] {
        assert_eq!(addresses(text), [wanted], "{text:?}");
    }
    assert_eq!(
        addresses("http://a.example http://b.example"),
        ["http://a.example", "http://b.example"]
    );
}

#[test]
fn what_could_mislead_is_no_link() {
    for text in [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "ftp://example.com",
        "xhttp://example.com",
        "http://",
        "https:///x",
        "https://bank.example@evil.example/",
        "https://exаmple.com/ with a Cyrillic letter",
        "https://example.com/very-lo…",
        "https://example.com/\u{fffd}x",
        "https://example.com/␛]8",
        "https://example.com\\@evil.example",
    ] {
        assert_eq!(addresses(text), Vec::<&str>::new(), "{text:?}");
    }
    let long = format!("https://example.com/{}", "x".repeat(ADDRESS_BYTES_MAX));
    assert_eq!(addresses(&long), Vec::<&str>::new());
    assert_eq!(find(&"http://a.example ".repeat(1_000)).len(), LINKS_MAX);
}

#[test]
fn only_terminals_that_are_known_are_told() {
    let of = |variables: &[(&str, &str)]| {
        known(|name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    };
    assert!(!of(&[("TERM", "xterm-256color")]));
    assert!(of(&[("TERM", "xterm-kitty")]) && of(&[("VTE_VERSION", "6003")]) && of(&[("TMUX", "/tmp/x")]));
    assert!(!of(&[("VTE_VERSION", "4601")]) && !of(&[("TERM", "foot"), ("STY", "1")]));
    assert!(of(&[(VARIABLE.name, "on")]) && !of(&[(VARIABLE.name, "off"), ("TERM", "foot")]));
}

fn drawn(text: &str, columns: u16) -> Buffer {
    let mut buffer = Buffer::empty(Rect::new(0, 0, columns, 1));
    buffer.set_stringn(0, 0, text, usize::from(columns), Style::new());
    paint(&mut buffer, (0, 0), text, &(0..text.len()), &find(text));
    buffer
}

#[test]
fn each_cell_has_the_whole_link_and_shows_what_it_showed() {
    let buffer = drawn("a http://b.c", 20);
    assert_eq!(buffer.cell((0, 0)).unwrap().symbol(), "a");
    let cell = buffer.cell((2, 0)).unwrap();
    assert!(cell.symbol().starts_with("\x1b]8;id="), "{:?}", cell.symbol());
    assert!(
        cell.symbol().ends_with(";http://b.c\x1b\\h\x1b]8;;\x1b\\"),
        "{:?}",
        cell.symbol()
    );
    let is_underlined = |x| buffer[(x, 0)].modifier.contains(ratatui::style::Modifier::UNDERLINED);
    assert!(is_underlined(2) && !is_underlined(1), "seen where links are dropped");
    let labels: String = (0..20).map(|x| label(buffer.cell((x, 0)).unwrap().symbol())).collect();
    assert_eq!(labels.trim_end(), "a http://b.c");
    assert_eq!(label("\x1b]8;id=x"), "\x1b]8;id=x");
    let cut = drawn("http://example.com/", 7);
    assert_eq!(label(cut.cell((6, 0)).unwrap().symbol()), "/");
}

#[test]
fn neighbours_of_one_link_are_told_once_in_a_frame() {
    let (open, other) = ("\x1b]8;id=1;http://b.c\x1b\\", "\x1b]8;id=2;http://d.e\x1b\\");
    let cells = |open: &str, text: &str| -> String { text.chars().map(|c| format!("{open}{c}{CLOSE}")).collect() };
    let frame = format!(
        "x\x1b[1;1H{}{}\x1b[2;1H{}y",
        cells(open, "abc"),
        cells(other, "de"),
        cells(open, "f")
    );
    let joined = String::from_utf8(join_cells(frame.into_bytes())).unwrap();
    let wanted = format!("x\x1b[1;1H{open}abc{CLOSE}{other}de{CLOSE}\x1b[2;1H{open}f{CLOSE}y");
    assert_eq!(joined, wanted);
    assert_eq!(join_cells(b"\x1b[1mplain".to_vec()), b"\x1b[1mplain");
}

#[test]
fn an_address_and_what_follows_it_are_seen() {
    let wire = Wire::default();
    let size = Size { width: 40, height: 1 };
    let mut screen = TerminalScreen::onto(wire.clone(), size).unwrap();
    for text in [
        "see https://example.org/x now please",
        "a https://example.org/x/猫 and 👩‍👩‍👧‍👦 ok",
    ] {
        let mut draw = |frame: &mut ratatui::Frame<'_>| {
            let buffer = frame.buffer_mut();
            buffer.set_string(0, 0, text, Style::new());
            paint(buffer, (0, 0), text, &(0..text.len()), &find(text));
            Theme::ansi().finish(buffer);
        };
        screen.draw(&mut draw).unwrap();
        let bytes = wire.take();
        assert!(
            bytes.windows(BEGIN.len()).any(|it| it == BEGIN.as_bytes()),
            "there is a link"
        );
        assert_eq!(only_own_words(&bytes, Between::Drawn), Ok(()), "{text}");
    }
}

proptest! {
    #[test]
    fn a_link_is_what_is_shown_and_nothing_else_gets_out(text in "(http(s)?://|[a-z./@:( )\u{1b}\u{7}\n日é…]){0,40}") {
        let shown = minicom_protocol::gate::Shown::text(&text);
        for link in find(shown.as_str()) {
            let address = &shown.as_str()[link.at.clone()];
            prop_assert!(SCHEMES.iter().any(|scheme| address.starts_with(scheme)));
            let inner = link.open.strip_prefix(BEGIN).and_then(|rest| rest.strip_suffix(STRING_END)).unwrap();
            prop_assert!(inner.bytes().all(|byte| byte.is_ascii_graphic()), "{inner:?}");
            prop_assert!(!address.contains(char::is_whitespace));
        }
    }
}
