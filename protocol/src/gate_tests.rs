//! What a stranger's text turns into on its way to a terminal.

use proptest::prelude::*;
use unicode_normalization::char::is_combining_mark;
use unicode_segmentation::UnicodeSegmentation;

use super::*;

#[track_caller]
fn text(raw: &str, expected: &str) {
    assert_eq!(Shown::text(raw).as_str(), expected, "of {raw:?}");
}

#[track_caller]
fn line(raw: &str, expected: &str) {
    assert_eq!(Shown::line(raw).as_str(), expected, "of {raw:?}");
}

#[test]
fn sequences_for_the_terminal_become_pictures() {
    text("a\u{1b}]52;c;aGk=\u{7}b", "a␛]52;c;aGk=␇b");
    text("\u{1b}]0;owned\u{1b}\\", "␛]0;owned␛\\");
    text("\u{1b}]8;;http://x\u{7}", "␛]8;;http://x␇");
    text("\u{1b}[2J\u{1b}[6n\u{1b}c\u{1b}[?1049l\u{1b}Z", "␛[2J␛[6n␛c␛[?1049l␛Z");
    text("\u{1b}P$q\u{1b}_apc\u{1b}^pm\u{1b}Xsos", "␛P$q␛_apc␛^pm␛Xsos");
    text("\u{9b}2J\u{9d}0;t\u{90}", "\\x9B2J\\x9D0;t\\x90");
    text("over\rwrite\u{8}\u{8}\u{b}\u{c}\u{7f}\0", "over␍write␈␈␋␌␡␀");
}

#[test]
fn line_ends_and_tabs() {
    text("one\r\ntwo\nthree", "one\ntwo\nthree");
    text("a\tb", "a    b");
    text(&format!("a{}b", "\t".repeat(1_000)), &format!("a{}b", " ".repeat(32)));
    text("a\u{2028}b\u{2029}c\u{85}d", "a␤b␤c␤d");
    line("one\ntwo\r\nthree\tfour", "one␤two␤three four");
    line("", "");
}

#[test]
fn a_column_of_line_ends_is_folded() {
    let shown = Shown::text(&format!("a{}", "\n".repeat(5_000)));
    assert_eq!(shown.as_str().lines().count(), LINES_MAX);
    assert!(shown.as_str().ends_with("… 4802 more lines"), "{shown}");
    text(&"x\n".repeat(199), &"x\n".repeat(199));
}

#[test]
fn direction_marks_go_and_are_told_once() {
    text(
        "abc\u{202e}fed\u{202c} \u{2066}x\u{2069}",
        "abcfed x ⚠ hidden direction marks",
    );
    text("\u{200f}", "⚠ hidden direction marks");
    line("a\u{202e}b\u{61c}", "ab");
}

#[test]
fn the_invisible_goes() {
    text(
        "a\u{200b}b\u{2060}c\u{feff}d\u{ad}e\u{3164}f\u{115f}g\u{e0041}h\u{fe0f}i\u{200d}j",
        "abcdefghij",
    );
    text("\u{200b}\u{3164}\u{ad}", "(empty)");
    text("   ", "(empty)");
    text(
        "a\u{e000}b\u{fffe}c\u{10ffff}d\u{378}\u{fffa}",
        "a\u{fffd}b\u{fffd}c\u{fffd}d\u{fffd}",
    );
}

#[test]
fn marks_are_bounded() {
    let zalgo = format!("z{}", "\u{301}".repeat(1_000));
    text(&zalgo, &format!("z{}…", "\u{301}".repeat(8)));
    text("\u{301}a", "◌\u{301}a");
    text("e\u{301}", "e\u{301}");
}

#[test]
fn emoji_sequences_stay_and_chains_are_cut() {
    for whole in [
        "👨‍👩‍👧‍👦",
        "🇩🇪",
        "1️⃣",
        "👍🏽",
        "❤️",
        "🏳️‍🌈",
        "🇩",
        "क्ष",
        "안녕",
        "สวัสดี",
        "你好",
        "مرحبا",
    ] {
        text(whole, whole);
    }
    let chain = Shown::text(&"👩\u{200d}".repeat(100_000));
    assert!(chain.as_str().len() <= 2 * GRAPHEME_BYTES_MAX, "{chain}");
    assert!(chain.as_str().ends_with('…'));
}

#[test]
fn long_text_is_cut() {
    let shown = Shown::text(&"x".repeat(20_000));
    assert_eq!(shown.as_str().graphemes(true).count(), GRAPHEMES_MAX);
    assert!(shown.as_str().ends_with('…'));
    assert!(Shown::text(&"👍🏽".repeat(500_000)).as_str().graphemes(true).count() <= GRAPHEMES_MAX);
}

#[test]
fn names() {
    assert_eq!(Shown::name(" \u{200b}").as_str(), "(no name)");
    assert_eq!(Shown::name("carol").as_str(), "carol");
    assert_eq!(Shown::line("carolina").cut(5).as_str(), "caro›");
    assert_eq!(Shown::line("你好吗").cut(4).as_str(), "你›");
    assert_eq!(Shown::line("carol").cut(5).as_str(), "carol");
    assert_eq!(Shown::line("carol").cut(0).as_str(), "");
    assert_eq!(format!("{:<7}|", Shown::fixed("bob")), "bob    |");
}

#[test]
fn text_that_is_being_written_is_cleaned_but_never_cut() {
    assert_eq!(clean("a\r\nb\rc\td\u{1b}[2J\u{202e}\u{200b}e"), "a\nb\nc    d␛[2Je");
    let long = "x\n".repeat(9_000);
    assert_eq!(clean(&long), long);
}

#[test]
fn words_that_are_written_keep_the_joiners_of_their_script() {
    for whole in [
        "می\u{200c}خواهم",
        "ک\u{64e}\u{200c}ها",
        "र\u{94d}\u{200d}य",
        "ශ\u{dca}\u{200d}රී",
        "❤️ 👨‍👩‍👧",
    ] {
        assert_eq!(written(whole), whole);
    }
    // Shown they are without.
    text("می\u{200c}خواهم", "میخواهم");
    for (raw, kept) in [
        ("pay\u{200c}pal", "paypal"),
        ("می\u{200c}", "می"),
        ("می\u{200c}x", "میx"),
        ("ی\u{200c}\u{200d}\u{200c}خ", "ی\u{200c}خ"),
        ("ی\u{200b}خ\u{202e}\u{1b}[m\r", "یخ␛[m\n"),
    ] {
        assert_eq!(written(raw), kept, "of {raw:?}");
        assert_eq!(written(kept), kept, "of {raw:?} twice");
    }
}

/// Strings made of what has gone wrong in terminals before.
fn nasty() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => any::<char>(),
        2 => prop::char::range('\0', '\u{a0}'),
        2 => prop::char::range('\u{300}', '\u{36f}'),
        1 => prop::char::range('\u{600}', '\u{605}'),
        1 => prop::char::range('\u{900}', '\u{950}'),
        1 => prop::char::range('\u{1100}', '\u{11ff}'),
        2 => prop::char::range('\u{2000}', '\u{2070}'),
        1 => prop::char::range('\u{1f1e6}', '\u{1f1ff}'),
        2 => prop::sample::select(vec!['👩', '❤', '\u{fe0f}', '\u{200d}', '\u{1f3fd}', '1', '\u{20e3}', '\r', '\n', '\t']),
    ];
    prop::collection::vec((piece, 1..40_usize), 0..60).prop_map(|pieces| {
        pieces
            .into_iter()
            .flat_map(|(c, times)| std::iter::repeat_n(c, if times > 20 { times } else { 1 }))
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn only_safe_code_points_leave(raw in nasty()) {
        let text = Shown::text(&raw);
        for c in text.as_str().chars() {
            prop_assert!(c == '\n' || !c.is_control(), "{c:?}");
            prop_assert!(!is_direction_control(c));
            prop_assert!(matches!(c, '\u{200d}' | '\u{fe0f}') || !is_invisible(c), "{c:?}");
        }
        for grapheme in text.as_str().graphemes(true) {
            prop_assert!(grapheme.len() <= GRAPHEME_BYTES_MAX, "{grapheme:?}");
            prop_assert!(grapheme.chars().filter(|c| is_combining_mark(*c)).count() <= MARKS_MAX);
        }
        prop_assert!(!text.as_str().trim().is_empty());
        prop_assert!(text.as_str().graphemes(true).count() <= GRAPHEMES_MAX);
        prop_assert!(!Shown::line(&raw).as_str().chars().any(char::is_control));
    }

    #[test]
    fn twice_is_once(raw in nasty()) {
        let text = Shown::text(&raw);
        prop_assert_eq!(&Shown::text(text.as_str()), &text);
        let line = Shown::line(&raw);
        prop_assert_eq!(&Shown::line(line.as_str()), &line);
        let name = Shown::name(&raw);
        prop_assert_eq!(&Shown::name(name.as_str()), &name);
    }

    #[test]
    fn plain_text_is_unchanged(raw in "[ -~\n]{0,300}[!-~]") {
        let shown = Shown::text(&raw);
        prop_assert_eq!(shown.as_str(), raw.as_str());
    }
}
