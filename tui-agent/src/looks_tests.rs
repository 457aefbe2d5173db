//! The main screens at five sizes in every theme: the words are the same in all, colours are what the theme says, and with ASCII signs
//! nothing else is drawn than ASCII.

use insta::assert_snapshot;
use minicom_tui_kit::Theme;

use crate::testing::{ADA, Desk, Seat};

const SIZES: [(u16, u16); 5] = [(80, 24), (120, 40), (200, 60), (50, 12), (40, 12)];
const ASCII: Theme = Theme {
    ascii: true,
    ..Theme::mono()
};

/// A desk with somebody who waits, lines of a colleague, a note and code.
fn desk() -> Desk {
    let mut desk = Desk::new();
    desk.ago(430).says(
        "carol",
        "It says:\n```\nerror[E0433]: no such crate\n```\nsince `cargo update`",
    );
    desk.ago(428)
        .bot("carol", "I can think of:\n- a missing feature\n- another version");
    desk.ago(260).says("carol", "human please").asks("carol");
    desk.ago(95).says("dmitri", "invoice 991 is wrong").asks("dmitri");
    desk.ago(300)
        .says("alice", "hello")
        .taken("alice", ADA)
        .replies("alice", ADA, "Hi Alice.");
    desk.ago(40).says("alice", "can I change the address?");
    desk
}

/// The screens: the list and the chat that comes first; the list with the keys; a note that is being written.
fn screens(width: u16, height: u16, theme: Theme, draw: impl Fn(&Seat) -> String) -> Vec<String> {
    let mut seat = Seat::with(desk(), width, height, theme);
    let first = draw(&seat);
    seat.press("<esc>j");
    let list = draw(&seat);
    seat.press("<esc>3<enter><tab>refund approved");
    vec![first, list, draw(&seat)]
}

#[test]
fn words_do_not_depend_on_the_theme() {
    for (width, height) in SIZES {
        let plain = |theme| screens(width, height, theme, |seat| seat.bench.screen());
        let ansi = plain(Theme::ansi());
        for theme in [Theme::mono(), Theme::dark(), Theme::light()] {
            assert_eq!(plain(theme), ansi, "{width}x{height}");
        }
        for screen in plain(ASCII) {
            let other: String = screen.chars().filter(|c| !c.is_ascii()).collect();
            assert_eq!(other, "", "{width}x{height}:\n{screen}");
        }
    }
}

#[test]
fn mono_has_no_colour_and_the_others_have_only_their_own() {
    for (width, height) in SIZES {
        let styled = |theme| screens(width, height, theme, |seat| seat.bench.styled()).concat();
        let styles = |screen: String| {
            let rows = screen.lines().skip_while(|line| *line != "--- styles");
            rows.map(|row| row.chars().skip(12).take(20).collect::<String>())
                .collect::<Vec<_>>()
                .join("\n")
        };
        let names = ["red", "green", "yellow", "blue", "magenta", "cyan", "#"];
        let mono = styles(styled(Theme::mono()));
        assert!(names.iter().all(|name| !mono.contains(&format!("{name} "))), "{mono}");
        assert_ne!(styled(Theme::dark()), styled(Theme::light()));
        assert_ne!(styled(Theme::dark()), styled(Theme::ansi()));
    }
}

#[test]
fn how_it_looks_at_five_sizes_in_three_themes() {
    for (width, height) in SIZES {
        for (name, theme) in [("ansi", Theme::ansi()), ("mono", Theme::mono()), ("ascii", ASCII)] {
            let all = screens(width, height, theme, |seat| seat.bench.styled()).join("=====\n");
            assert_snapshot!(format!("{width}x{height}_{name}"), all);
        }
    }
    for (name, theme) in [("dark", Theme::dark()), ("light", Theme::light())] {
        let all = screens(80, 24, theme, |seat| seat.bench.styled()).join("=====\n");
        assert_snapshot!(format!("80x24_{name}"), all);
    }
}
