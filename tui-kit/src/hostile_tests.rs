//! Texts made to do harm, through every widget, the window's title, a call, the clipboard and the line mode: what reaches the terminal is
//! what the kit itself says, and signs that can be seen. `PROPTEST_CASES` makes it as long as one likes.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::layout::{Rect, Size};
use unicode_width::UnicodeWidthStr;

use crate::composer::{Composer, Field};
use crate::desktop::Desktop;
use crate::help;
use crate::keymap::HelpRow;
use crate::notify::{Attention, Notifier};
use crate::overlay::{Body, Overlay};
use crate::picker::{Picker, Row};
use crate::plain;
use crate::prompt::{Prompt, Question};
use crate::runtime::{Effect, Now};
use crate::screen::{Screen, TerminalScreen};
use crate::table::{Column, Table, TableRow};
use crate::testing::keys;
use crate::transcript::{Card, DeliveryMark, Entry, EntryKey, Extras, Kind, Older};
use crate::{Shown, Theme, Transcript, Who, Zone, text};

/// Pieces that have done harm somewhere, and scripts that are not English.
const PIECES: &[&str] = &[
    "\u{1b}[2J",
    "\u{1b}]0;owned\u{7}",
    "\u{1b}]52;c;cm0gLXJm\u{7}",
    "\u{1b}]8;;https://evil.test\u{1b}\\",
    "\u{1b}P",
    "\u{9b}31m",
    "\u{9d}0;x\u{9c}",
    "\u{90}q",
    "\r",
    "\n",
    "\t",
    "\u{b}",
    "\u{c}",
    "\u{8}\u{8}",
    "\0",
    "\u{7f}",
    "\u{85}",
    "\u{202e}",
    "\u{2066}",
    "\u{200f}",
    "\u{feff}",
    "\u{2028}",
    "e\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}",
    "\u{300}",
    "\u{200b}",
    "\u{200d}",
    "\u{fe0f}",
    "👩‍👩‍👧‍👦",
    "🏳️‍🌈",
    "1️⃣",
    "🇩🇪🇫",
    "ก็้้",
    "क्षि",
    "ﷺ",
    "שלום",
    "مرحبا",
    "日本語",
    "ｱﾞ",
    "ᄀ각",
    "a",
    "word ",
    "   ",
    ";",
    "\\",
    "\"",
    "`rm -rf ~`",
    "$(id)",
    "%s%n",
    "https://x.test/\u{1b}[31m",
    "```",
    "- ",
    "{\"a\":",
    "\u{e0001}\u{e0061}",
    "\u{fff9}x\u{fffb}",
    "\u{10ffff}",
];

fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => prop::sample::select(PIECES).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

/// Where bytes for the terminal are gathered.
#[derive(Clone, Default)]
struct Wire(Arc<Mutex<Vec<u8>>>);

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Takes away what the kit itself says to a terminal. What is left must be signs that can be seen.
fn without_own(bytes: &str) -> String {
    let mut left = String::new();
    let mut rest = bytes;
    while let Some(at) = rest.find('\u{1b}') {
        left.push_str(&rest[..at]);
        rest = own(&rest[at + 1..]).unwrap_or_else(|| panic!("not the kit's own: {:?}", &rest[at..]));
    }
    left + rest
}

/// What is behind one of the kit's own sequences: moves, styles, the synchronised update, links, title, call, copy.
fn own(after: &str) -> Option<&str> {
    if let Some(csi) = after.strip_prefix('[') {
        let end = csi.find(|c: char| !matches!(c, '0'..='9' | ';' | '?' | ':'))?;
        let (what, end) = (csi[end..].chars().next()?, end + 1);
        return matches!(what, 'H' | 'm' | 'J' | 'K' | 'h' | 'l' | 'A'..='G').then(|| &csi[end..]);
    }
    // Cursor kept and put back.
    if let Some(rest) = after.strip_prefix(['7', '8']) {
        return Some(rest);
    }
    let osc = after.strip_prefix(']')?;
    let known = ["2;", "8;", "9;", "777;notify;Minicom;", "99;;", "52;c;"];
    let inner = known.iter().find_map(|begin| osc.strip_prefix(begin))?;
    let (bell, st) = (inner.find('\u{7}'), inner.find("\u{1b}\\"));
    let (end, length) = match (bell, st) {
        (Some(bell), Some(st)) if bell < st => (bell, 1),
        (Some(bell), None) => (bell, 1),
        (_, st) => (st?, 2),
    };
    let inside = &inner[..end];
    assert!(inside.chars().all(visible), "inside {osc:?}");
    Some(&inner[end + length..])
}

/// Not a control character, nor one that turns the words of others around.
fn visible(c: char) -> bool {
    !c.is_control() && !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Draws on a real back end and returns the bytes.
fn bytes(columns: u16, rows: u16, draw: impl FnMut(Rect, &mut Buffer)) -> String {
    let wire = Wire::default();
    let size = Size {
        width: columns,
        height: rows,
    };
    let mut screen = TerminalScreen::onto(wire.clone(), size).unwrap();
    let mut draw = draw;
    screen
        .draw(&mut |frame| draw(frame.area(), frame.buffer_mut()))
        .unwrap();
    let bytes = wire.0.lock().unwrap().clone();
    String::from_utf8(bytes).expect("text")
}

fn now() -> Now {
    Now {
        elapsed: Duration::ZERO,
        wall: crate::testing::BENCH_START,
    }
}

fn line(key: u64, name: &str, text: &str, who: Who) -> Entry {
    Entry {
        key: EntryKey::Stored(key),
        kind: Kind::Line {
            who,
            name: Shown::line(name),
            own: key == 2,
        },
        text: Shown::text(text),
        time: crate::testing::BENCH_START,
        mark: (key == 2).then(|| DeliveryMark::Failed(Shown::line(text))),
        extras: Extras {
            quote: Some(Shown::line(text)),
            cards: vec![Card {
                title: Shown::line(name),
                excerpt: Shown::line(text),
            }],
            ..Extras::default()
        },
    }
}

fn transcript(a: &str, b: &str, columns: u16, rows: u16) -> Transcript {
    let mut transcript = Transcript::new(Zone::utc()).with_links(true).with_fold_hint("read it");
    transcript.set_size(columns, rows);
    transcript.extend([
        line(1, a, b, Who::Customer),
        line(2, b, a, Who::Agent),
        line(3, a, &format!("{a}\n{b}"), Who::Note),
    ]);
    transcript.insert(Entry {
        key: EntryKey::Stored(4),
        kind: Kind::System,
        ..line(4, a, b, Who::System)
    });
    transcript.insert(Entry::coming(b, 0));
    transcript.place_divider(EntryKey::Stored(2), Shown::line(a));
    transcript.set_older(Older::More);
    transcript
}

const COLUMNS: &[Column] = &[Column::new("name", 8), Column::growing("more", 12)];

/// Every widget with the same two texts.
fn every_widget(a: &str, b: &str, theme: &Theme, area: Rect, buffer: &mut Buffer, which: usize) {
    let (label, detail) = (Shown::line(a), Shown::line(b));
    match which {
        0 => transcript(a, b, area.width, area.height).view(area, buffer, theme, now().wall),
        1 => {
            let row = Row::new(0, label.clone(), detail.clone()).disabled(Some(detail.clone()));
            let mut picker = Picker::new(detail.clone(), vec![Row::new(1, detail, label.clone()), row]).hint(label);
            picker.set_size(area.height);
            let _ = picker.paste(b);
            picker.view(area, buffer, theme);
        }
        2 => {
            let mut table = Table::new(label.clone(), COLUMNS).hint(detail.clone());
            table.set_rows(vec![TableRow::new(1, vec![label, detail])]);
            table.set_size(area.height);
            table.view(area, buffer, theme);
        }
        3 => {
            let question = Question::new(label.clone()).starting_with(b).hinted(detail.clone());
            let mut prompt = Prompt::ask(detail.clone(), question);
            let _ = prompt.paste(a);
            prompt.refuse(detail);
            prompt.view(area, buffer, theme);
        }
        4 | 5 => {
            let body = match which {
                4 => Body::Markdown(b.to_owned()),
                _ => Body::Lines(crate::preview::whole(b, theme)),
            };
            let mut overlay = Overlay::new(label.clone(), body, *theme).hint(detail);
            overlay.set_size(area.width, area.height);
            overlay.view(area, buffer);
        }
        6 => {
            let mut composer = Composer::with_text(a);
            composer.set_size(area.width, area.height);
            let _ = composer.paste(b);
            composer.view(area, buffer, theme, &label);
        }
        7 => {
            let mut field = Field::new(300);
            let _ = field.paste(a);
            field.set_text(b);
            field.view(area, buffer, theme, &label);
        }
        _ => {
            let rows = [HelpRow {
                keys: "^N".to_owned(),
                title: "next",
                reason: Some(detail),
            }];
            help::view(&rows, 0, area, buffer, theme);
        }
    }
}

proptest! {
    #[test]
    fn through_every_widget(
        a in hostile(), b in hostile(), columns in 30_u16..90, rows in 4_u16..16, which in 0_usize..9,
        theme in prop::sample::select(vec![Theme::ansi(), Theme::mono(), Theme::light()]),
    ) {
        let bytes = bytes(columns, rows, |area, buffer| every_widget(&a, &b, &theme, area, buffer, which));
        let left = without_own(&bytes);
        prop_assert!(left.chars().all(visible), "{which}: {left:?}");
    }

    /// A sign beside what a stranger wrote stands in its own column, whatever that is.
    #[test]
    fn borders_stay_where_they_are(a in hostile(), b in hostile(), columns in 30_u16..90, rows in 4_u16..16, which in 0_usize..9) {
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
                let wide = u16::try_from(buffer[(x, y)].symbol().width()).unwrap_or(1).max(1);
                prop_assert!(x + wide <= area.right(), "row {y}, column {x}: {:?}", buffer[(x, y)].symbol());
                x += wide;
            }
        }
    }

    #[test]
    fn through_title_call_and_copy(a in hostile(), b in hostile(), form in prop::sample::select(vec![Desktop::Osc9, Desktop::Osc777, Desktop::Osc99])) {
        let wire = Wire::default();
        let size = Size { width: 40, height: 10 };
        let notifier = Notifier { desktop: Some(form), ..Notifier::bell() };
        let mut screen = TerminalScreen::onto(wire.clone(), size).unwrap().notifying(notifier);
        screen.set_title(&Shown::line(&a)).unwrap();
        let call = Attention::new("minicom").call::<()>(0, Shown::line(&b), false, now());
        if let Some(Effect::Notify(call)) = call {
            screen.notify(&call).unwrap();
        }
        drop(screen.copy(&a));
        let bytes = String::from_utf8(wire.0.lock().unwrap().clone()).unwrap();
        // Outside of its own words a terminal gets the bell and nothing else.
        prop_assert!(without_own(&bytes).chars().all(|c| c == '\u{7}'), "{bytes:?}");
    }

    #[test]
    fn through_the_line_mode(a in hostile(), b in hostile()) {
        for said in [plain::said("14:02", &Shown::line(&a), &Shown::text(&b)), plain::happened("14:02", &Shown::text(&a))] {
            prop_assert!(said.as_str().chars().all(visible), "{said:?}");
        }
        for row in crate::markdown::plain(&b) {
            prop_assert!(row.as_str().chars().all(visible), "{row:?}");
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
        terminal.process(&wire.0.lock().unwrap());
        assert_eq!(terminal.screen().contents().trim_end(), "a s way", "{cluster}");
    }
}
