//! Texts made to do harm, at every place where the kit shows what strangers wrote: what reaches the terminal is what the kit itself says,
//! and signs that can be seen. `PROPTEST_CASES` makes it as long as one likes; `minicom-bars hostile` throws a million.

use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::layout::{Rect, Size};
use unicode_width::UnicodeWidthStr;

use crate::composer::Composer;
use crate::screen::{Screen, TerminalScreen};
use crate::testing::hostile::hostile;
use crate::testing::keys;
use crate::testing::places::{PLACES, WIDGETS, every_widget, given};
use crate::testing::wire::Wire;
use crate::{Shown, Theme, text};

proptest! {
    #[test]
    fn at_every_place(given in given()) {
        for (name, show) in PLACES {
            let shown = show(&given);
            prop_assert!(shown.is_ok(), "{name}: {shown:?}");
        }
    }

    /// What is drawn behind a text stands behind it, and not in its last column.
    #[test]
    fn a_text_is_as_wide_as_the_buffer_draws_it(text in hostile()) {
        for text in [text, "ｶﾞ1\u{fe0f}\u{20e3}`x` ﾊﾟ\u{300}🏳\u{fe0f}\u{200d}🌈".to_owned()] {
            let shown = Shown::line(&text);
            let mut buffer = Buffer::empty(Rect { x: 0, y: 0, width: 20_000, height: 1 });
            let (end, _) = buffer.set_stringn(0, 0, shown.as_str(), 20_000, ratatui::style::Style::new());
            prop_assert_eq!(usize::from(end), text::width(shown.as_str()), "{:?}", shown);
        }
    }

    /// A sign beside what a stranger wrote stands in its own column, whatever that is.
    #[test]
    fn borders_stay_where_they_are(a in hostile(), b in hostile(), columns in 30_u16..90, rows in 4_u16..16, which in 0..WIDGETS) {
        let area = Rect { x: 3, y: 1, width: columns, height: rows };
        let mut buffer = Buffer::empty(Rect { x: 0, y: 0, width: columns + 6, height: rows + 2 });
        for y in 0..rows + 2 {
            buffer.set_string(2, y, "│", ratatui::style::Style::new());
            buffer.set_string(columns + 3, y, "│", ratatui::style::Style::new());
        }
        every_widget(&a, &b, &Theme::ansi(), area, &mut buffer, which);
        for y in 0..rows + 2 {
            prop_assert_eq!(buffer[(2, y)].symbol(), "│");
            prop_assert_eq!(buffer[(columns + 3, y)].symbol(), "│");
            // Nor does anything before it say that it takes more columns than there are.
            let mut x = area.x;
            while x < area.right() {
                let symbol = buffer[(x, y)].symbol();
                // What links a sign is not seen.
                let wide = if symbol.starts_with('\u{1b}') { 1 } else { u16::try_from(symbol.width()).unwrap_or(1).max(1) };
                prop_assert!(x + wide <= area.right(), "row {y}, column {x}: {symbol:?}");
                x += wide;
            }
        }
    }

    #[test]
    fn cutting_wrapping_and_padding_keep_graphemes_whole(a in hostile(), columns in 1_usize..40) {
        use unicode_segmentation::UnicodeSegmentation;
        let shown = Shown::line(&a);
        let whole: Vec<&str> = shown.as_str().graphemes(true).collect();
        let cut = text::truncate(shown.as_str(), columns);
        prop_assert!(text::width(&cut) <= columns);
        let kept = cut.strip_suffix('›').unwrap_or(&cut);
        let count = kept.graphemes(true).count();
        prop_assert!(kept == whole.concat() || whole[..count].concat() == kept, "{kept:?} of {shown:?}");
        prop_assert_eq!(text::width(&text::pad(shown.as_str(), columns)), columns);
        let rows = text::wrap(shown.as_str(), columns);
        let ends: Vec<usize> = shown.as_str().grapheme_indices(true).map(|it| it.0).chain([shown.as_str().len()]).collect();
        for row in rows {
            prop_assert!(ends.contains(&row.start) && ends.contains(&row.end), "{row:?} of {shown:?}");
            let wide = shown.as_str()[row.clone()].graphemes(true).count() == 1;
            prop_assert!(wide || text::width(&shown.as_str()[row.clone()]) <= columns);
        }
    }

    #[test]
    fn writing_steps_by_grapheme(a in hostile(), typed in prop::collection::vec(prop::sample::select(vec!["<left>", "<right>", "<home>", "<end>", "<backspace>", "<delete>", "<alt-b>", "<alt-f>", "<ctrl-w>", "<up>", "<down>"]), 0..30)) {
        use unicode_segmentation::UnicodeSegmentation;
        let mut composer = Composer::with_text(&a);
        composer.set_size(20, 5);
        for key in typed.iter().flat_map(|typed| keys(typed)) {
            let _ = composer.key(key);
            let (before, whole) = (composer.before_cursor().to_owned(), composer.text());
            let between = |line: &str| {
                let mut ends = line.grapheme_indices(true).map(|it| it.0).chain([line.len()]);
                line.starts_with(&before) && ends.any(|end| end == before.len())
            };
            prop_assert!(whole.split('\n').any(between), "{before:?} in {whole:?}");
        }
    }
}

/// A terminal that knows less of scripts has each part of a cluster in a column of its own: when the text scrolls away, so do they.
#[test]
fn nothing_is_left_of_a_cluster_that_goes() {
    for cluster in ["क्षि", "ष्ट्री", "👩‍👩‍👧‍👦", "நி", "ᄀ각"] {
        let wire = Wire::default();
        let size = Size { width: 20, height: 2 };
        let mut screen = TerminalScreen::onto(wire.clone(), size).unwrap();
        for words in [format!("a{cluster}b"), "a s way".to_owned()] {
            let mut draw = |frame: &mut ratatui::Frame<'_>| {
                frame
                    .buffer_mut()
                    .set_string(0, 0, &words, ratatui::style::Style::new());
                Theme::ansi().finish(frame.buffer_mut());
            };
            screen.draw(&mut draw).unwrap();
        }
        let (rows, columns) = (2.try_into().unwrap(), 20.try_into().unwrap());
        let mut terminal = vt100::Parser::new(rows, columns, 0);
        terminal.process(&wire.take());
        assert_eq!(terminal.screen().contents().trim_end(), "a s way", "{cluster}");
    }
}
