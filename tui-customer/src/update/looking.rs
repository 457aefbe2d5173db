//! Files on the screen are looked into, each once: a text shows how it begins, and is read in full by `/show`.

use std::collections::HashSet;

use minicom_protocol::ids::FileId;
use minicom_tui_kit::{
    Effect, Shown,
    file_preview::{FilePreview, Kind},
    overlay::Body,
    preview,
    transcript::{EntryKey, PREVIEWS_MAX},
};

use super::Effects;
use crate::model::{App, Ends, Order};

/// Files that were asked for.
pub(crate) type Asked = HashSet<FileId>;

impl App {
    /// Asks for what is on the screen and was not asked for.
    pub(super) fn look_into_files(&mut self, effects: &mut Effects) {
        if !self.state.is_live() {
            return;
        }
        if self.asked.len() >= PREVIEWS_MAX {
            self.asked.clear();
        }
        for card in self.transcript.unseen_files() {
            let Some((size, kind)) = card
                .file
                .size
                .and_then(|size| Some((size, Kind::of(card.file.kind.as_str(), size)?)))
            else {
                continue;
            };
            if self.asked.insert(card.id) {
                let order = Order::LookInto {
                    id: card.id,
                    kind,
                    size,
                };
                effects.push(Effect::Program(order));
            }
        }
    }

    pub(super) fn looked_into(&mut self, id: FileId, preview: FilePreview) {
        self.transcript.set_preview(id, preview);
    }

    /// The terminal was somebody else's: what pictures it had is lost.
    pub(super) fn look_again(&mut self) {
        self.asked.clear();
        self.transcript.forget_pictures();
    }

    /// Asks for the text of a line's file, if only its beginning is shown. Whether there is one.
    pub(super) fn read_file(&mut self, key: EntryKey, effects: &mut Effects) -> bool {
        let card = self.transcript.get(key).and_then(|entry| {
            let file = self.transcript.folded_file(entry)?;
            entry.extras.files.iter().find(|card| card.id == file)
        });
        let Some(card) = card else { return false };
        let (id, title) = (card.id, card.file.name.clone());
        effects.push(Effect::Program(Order::ReadFile { id, title }));
        true
    }

    /// A file's text has come.
    pub(super) fn file_read(&mut self, title: Shown, text: Result<String, Shown>) {
        match text {
            Err(words) => self.notice(words, Ends::WithText),
            Ok(text) => self.show_late(title, Body::Lines(preview::whole(&text, &self.theme))),
        }
    }
}
