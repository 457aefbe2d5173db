//! What the tasks of an agent's program tell it in a story: of the disk, of commands that have run, of files, of its settings.

use minicom_client::{ClientEvent, transfers};
use minicom_protocol::ids::FileId;
use minicom_tui_kit::{
    Shown,
    config::{Config, Reread},
    file_preview::FilePreview,
    pipe,
    theme::Theme,
};

use super::Seat;
use crate::{
    app::{Msg, SettingsRead},
    keys,
};

/// One of them tells something; a text may be part of it.
pub fn told(seat: &mut Seat, which: u8, text: &str) {
    let shown = || Shown::line(text);
    let message = match which % 9 {
        0 => Msg::DiskTrouble(shown()),
        1 => Msg::Written(if which & 8 == 0 { Ok(shown()) } else { Err(shown()) }),
        2 => Msg::Piped {
            id: u64::from(which >> 4),
            ran: pipe::Ran {
                output: text.to_owned(),
                errors: text.to_owned(),
                end: pipe::End::Code(i32::from(which & 8)),
            },
        },
        3 => Msg::FileRead {
            title: shown(),
            text: Ok(text.to_owned()),
        },
        4 => Msg::LookedInto {
            id: FileId::from_bytes([which; 16]),
            preview: FilePreview::of_text(text.as_bytes(), 900),
        },
        5 => Msg::View(Err(shown())),
        6 => Msg::Settings(settings(which, text)),
        7 => {
            if let Some(conversation) = seat.bench.app.conversation() {
                seat.bench.app.files.look(text, conversation);
            }
            Msg::Files(transfers::Told::Found {
                text: text.to_owned(),
                found: Ok(vec![format!("/tmp/{}", shown().as_str()).into()]),
            })
        }
        _ => {
            seat.client(ClientEvent::OutboxTrouble(text.to_owned()));
            return;
        }
    };
    seat.bench.tell(message);
    seat.pump();
}

/// A file of settings that was changed while the program ran, or one with a mistake in it.
fn settings(which: u8, text: &str) -> SettingsRead {
    let own = if which & 8 == 0 {
        "[keys.everywhere]\n\"ctrl-g\" = \"help\"\n[list]\nafter_done = \"next\"\n"
    } else {
        text
    };
    let contexts: Vec<_> = keys::CONTEXTS.iter().map(|(name, _)| *name).collect();
    let config = Config::parse("agent.toml", own, &contexts)?;
    Ok(Box::new(Reread {
        file: config.file.clone(),
        keymap: keys::with_own(keys::keymap(which & 16 == 0).expect("the table holds"), &config)?,
        theme: if which & 32 == 0 { Theme::mono() } else { Theme::ansi() },
        mouse: which & 64 == 0,
        notifier: config.notifier(),
        habits: config.habits,
    }))
}
