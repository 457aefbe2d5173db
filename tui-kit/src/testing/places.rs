//! The same two texts through every widget, the window's title, a call, the clipboard and the line mode, onto a real back end: each byte
//! of it is looked at.

use std::time::Duration;

use minicom_protocol::gate::Shown;
use minicom_protocol::ids::FileId;
use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::layout::{Rect, Size};

use crate::composer::{Composer, Field};
use crate::desktop::Desktop;
use crate::file_card::{FileCard, FileRow, FileState};
use crate::file_preview::FilePreview;
use crate::keymap::HelpRow;
use crate::mistake::{Mistake, unknown};
use crate::notify::{Attention, Notifier};
use crate::overlay::{Body, Overlay};
use crate::picker::{Picker, Row};
use crate::prompt::{Prompt, Question};
use crate::runtime::{Effect, Now};
use crate::screen::{Screen, TerminalScreen};
use crate::table::{Column, Table, TableRow};
use crate::testing::hostile::hostile;
use crate::testing::wire::{Between, Wire, only_own_words};
use crate::transcript::{Card, DeliveryMark, Entry, EntryKey, Extras, Hints, Kind, Older};
use crate::{Theme, Transcript, Who, Zone, help, markdown, plain};

/// What is shown somewhere: texts that strangers chose, and how large and in which colours.
#[derive(Debug, Clone)]
pub struct Given {
    /// One text.
    pub a: String,
    /// Another one.
    pub b: String,
    /// The size of the screen.
    pub size: Size,
    /// Its theme.
    pub theme: Theme,
}

/// Somewhere where strangers' texts are shown: its name, and how they are shown there. It says what was wrong with the bytes.
pub type Place = (&'static str, fn(&Given) -> Result<(), String>);

/// Any two hostile texts, on a screen of any size and theme.
pub fn given() -> impl Strategy<Value = Given> {
    let size = (30_u16..130, 4_u16..40).prop_map(|(width, height)| Size { width, height });
    let theme = prop::sample::select(vec![Theme::ansi(), Theme::mono(), Theme::light(), Theme::dark()]);
    (hostile(), hostile(), size, theme).prop_map(|(a, b, size, theme)| Given { a, b, size, theme })
}

/// All places of the kit.
pub const PLACES: &[Place] = &[
    ("transcript", |given| widget(given, 0)),
    ("picker", |given| widget(given, 1)),
    ("table", |given| widget(given, 2)),
    ("prompt", |given| widget(given, 3)),
    ("article", |given| widget(given, 4)),
    ("file that is read", |given| widget(given, 5)),
    ("composer", |given| widget(given, 6)),
    ("field", |given| widget(given, 7)),
    ("help", |given| widget(given, 8)),
    ("row of a file", |given| widget(given, 9)),
    ("title", title),
    ("call on the desktop", call),
    ("clipboard", copy),
    ("line mode", lines),
    ("mistake in a file of settings", mistake),
];

/// How many widgets there are.
pub const WIDGETS: usize = 10;

fn widget(given: &Given, which: usize) -> Result<(), String> {
    let bytes = drawn(given.size, |area, buffer| {
        every_widget(&given.a, &given.b, &given.theme, area, buffer, which);
        given.theme.finish(buffer);
    })?;
    only_own_words(&bytes, Between::Drawn)
}

/// Draws on a real back end and returns the bytes.
///
/// # Errors
/// The back end says so.
pub fn drawn(size: Size, mut draw: impl FnMut(Rect, &mut Buffer)) -> Result<Vec<u8>, String> {
    let wire = Wire::default();
    let mut screen = TerminalScreen::onto(wire.clone(), size).map_err(|error| error.to_string())?;
    let done = screen.draw(&mut |frame| draw(frame.area(), frame.buffer_mut()));
    done.map_err(|error| error.to_string())?;
    Ok(wire.take())
}

/// What a screen does beside drawing.
fn beside(
    notifier: Notifier,
    does: impl FnOnce(&mut TerminalScreen<Wire>) -> std::io::Result<()>,
) -> Result<(), String> {
    let wire = Wire::default();
    let size = Size { width: 40, height: 10 };
    let screen = TerminalScreen::onto(wire.clone(), size).map(|screen| screen.notifying(notifier));
    let done = screen.and_then(|mut screen| does(&mut screen));
    done.map_err(|error| error.to_string())?;
    only_own_words(&wire.take(), Between::Calls)
}

fn title(given: &Given) -> Result<(), String> {
    beside(Notifier::bell(), |screen| screen.set_title(&Shown::line(&given.b)))
}

fn call(given: &Given) -> Result<(), String> {
    for (form, in_tmux) in
        [Desktop::Osc9, Desktop::Osc777, Desktop::Osc99].map(|form| (form, given.size.width.is_multiple_of(2)))
    {
        let notifier = Notifier {
            desktop: Some(form),
            in_tmux,
            ..Notifier::bell()
        };
        beside(notifier, |screen| {
            match Attention::new("minicom").call::<()>(0, Shown::line(&given.b), false, now()) {
                Some(Effect::Notify(call)) => screen.notify(&call),
                _ => Ok(()),
            }
        })?;
    }
    Ok(())
}

fn copy(given: &Given) -> Result<(), String> {
    beside(Notifier::bell(), |screen| screen.copy(&given.a).map(drop))
}

fn lines(given: &Given) -> Result<(), String> {
    let (a, b) = (Shown::line(&given.a), Shown::text(&given.b));
    let mut said = vec![plain::said("14:02", &a, &b), plain::happened("14:02", &b)];
    said.extend(markdown::plain(&given.b));
    let text: String = said.iter().map(|line| format!("{line}\n")).collect();
    only_own_words(text.as_bytes(), Between::Lines)?;
    match text.lines().count() == said.len() {
        true => Ok(()),
        false => Err(format!("one line became more: {said:?}")),
    }
}

fn mistake(given: &Given) -> Result<(), String> {
    let mistake = Mistake {
        file: given.a.clone(),
        at: Some((1, 2)),
        what: unknown("key", &given.b, &["next", "quit"]),
    };
    only_own_words(mistake.to_string().as_bytes(), Between::Drawn)
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
            files: vec![FileCard {
                id: FileId::from_bytes([1; 16]),
                file: FileRow {
                    name: Shown::line(name),
                    size: Some(7),
                    kind: Shown::line(text),
                },
            }],
            ..Extras::default()
        },
    }
}

fn transcript(a: &str, b: &str, columns: u16, rows: u16) -> Transcript {
    let mut transcript = Transcript::new(Zone::utc()).with_links(true);
    transcript.set_hints(Hints {
        folded: "read it".to_owned(),
        ..Hints::default()
    });
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
    transcript.set_preview(
        FileId::from_bytes([1; 16]),
        FilePreview::of_text(b.as_bytes(), b.len() as u64 + 1),
    );
    transcript
}

const COLUMNS: &[Column] = &[Column::new("name", 8), Column::growing("more", 12)];

/// Every widget with the same two texts.
pub fn every_widget(a: &str, b: &str, theme: &Theme, area: Rect, buffer: &mut Buffer, which: usize) {
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
        9 => {
            let file = FileRow {
                name: label.clone(),
                size: Some(7),
                kind: detail.clone(),
            };
            let states = [
                FileState::Going(3),
                FileState::Waiting(detail.clone()),
                FileState::Failed(detail),
            ];
            for (y, state) in (area.top()..area.bottom()).zip(states) {
                let row = file.line(&state, &label, usize::from(area.width), theme);
                row.draw(buffer, area.x, y, area.width);
            }
        }
        _ => {
            let rows = [HelpRow {
                keys: "^N".to_owned(),
                title: "next",
                reason: Some(detail),
            }];
            help::Help::new(&rows, area, theme).view(help::Place::default(), buffer);
        }
    }
}
