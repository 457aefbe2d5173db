//! What leaves the chat by a key: a line, a block or all lines to the clipboard; and a line that is too long for it, to be read in full.
//! What is copied passes the gate on its way; the loop knows the way.

use minicom_protocol::{
    event::{Event, EventBody, Part, size_words},
    ids::{ConversationId, FileId},
    line::LineRef,
};
use minicom_tui_kit::{
    Effect, Key, Now, Overlay, Picker, Shown, clipboard::Copied, file_preview::FilePreview, overlay::Body, picker::Row,
    preview, transcript::EntryKey,
};

use crate::{
    app::{App, Ends, Order},
    over::{Choice, CopyWhat, Pick, PickFor, ReadFor},
    words,
};

/// Columns of a line that a list shows.
const EXCERPT_BYTES: usize = 400;

impl App {
    // What is meant.

    /// Lines that say something, from the newest on the screen upwards, with their texts as they were sent.
    pub(super) fn lines_at_hand(&self) -> impl Iterator<Item = (&Event, String)> {
        let at_hand = self.chat.as_ref().and_then(|chat| {
            let thread = self.replica.thread(chat.customer)?;
            Some((chat.transcript.lines_upwards(), thread))
        });
        at_hand.into_iter().flat_map(|(keys, thread)| {
            keys.filter_map(move |key| match key {
                EntryKey::Stored(at) => {
                    let event = thread.event(at)?;
                    Some((event, text_of(event)?))
                }
                EntryKey::Coming | EntryKey::Pending(_) => None,
            })
        })
    }

    /// The newest block on the screen or above it. A file is one: its text where that is all here, else its name and size.
    fn block_at_hand(&self) -> Option<String> {
        self.lines_at_hand().find_map(|(event, text)| {
            let block = preview::blocks(&text).pop();
            block
                .or_else(|| self.text_of_file(event))
                .or_else(|| file_of(event).map(|_| text))
        })
    }

    /// The text of the last file of a line, if it is a small one that has been looked into.
    fn text_of_file(&self, event: &Event) -> Option<String> {
        let chat = self.chat.as_ref()?;
        match chat.transcript.preview(file_of(event)?)? {
            FilePreview::Text { text, whole: true } if !text.is_empty() => Some(text.as_str().to_owned()),
            _ => None,
        }
    }

    /// The newest address on the screen or above it.
    fn address_at_hand(&self) -> Option<String> {
        self.chat.as_ref()?.transcript.addresses_upwards(1).pop()
    }

    /// All lines of a conversation that are here, oldest first, with the time and who said it. Notes are left out: what is copied or piped
    /// from a chat easily comes to its customer.
    pub(super) fn chat_text(&self, conversation: ConversationId) -> String {
        let Some(chat) = &self.chat else { return String::new() };
        let thread = self.replica.thread(chat.customer);
        let events = thread.into_iter().flat_map(|thread| thread.events());
        let lines = events.filter_map(|event| {
            let EventBody::Posted(posted) = &event.body else {
                return None;
            };
            let here = event.subject.conversation() == Some(conversation);
            let text = text_of(event).filter(|_| here)?;
            let name = chat.eyes().name(&posted.author);
            Some(format!("{} {name}: {text}\n", self.zone.stamp(event.time.0)))
        });
        lines.collect()
    }

    /// Whether more of the thread could be loaded.
    pub(super) fn has_unloaded(&self) -> bool {
        let chat = self.chat.as_ref();
        let thread = chat.and_then(|chat| self.replica.thread(chat.customer));
        thread.is_some_and(|thread| thread.has_more())
    }

    // Copying.

    /// Asks what is to be copied.
    pub(crate) fn copy(&mut self, now: Now) {
        let Some(conversation) = self.open_one(now) else { return };
        let line = self.lines_at_hand().next().map(|(_, text)| told(&text));
        let block = self.block_at_hand().map(|text| told(&text));
        let address = self.address_at_hand().map(|text| told(&text));
        let chat = self.chat_text(conversation);
        let older = if self.has_unloaded() {
            ", older ones are not loaded"
        } else {
            ""
        };
        let lines = words::count(chat.lines().count() as u64, "line", "lines");
        let none = |text: &Option<Shown>| text.is_none().then(|| Shown::fixed("there is none"));
        let row = |what, label, detail: Option<Shown>| {
            let reason = none(&detail);
            Row::new(Choice::Copy(what), Shown::fixed(label), detail.unwrap_or_default()).disabled(reason)
        };
        let rows = vec![
            row(CopyWhat::Line, "l line", line),
            row(CopyWhat::Block, "b block", block),
            row(CopyWhat::Address, "a address", address),
            row(
                CopyWhat::Chat,
                "t transcript",
                Some(Shown::line(&format!("{lines} without notes{older}"))),
            ),
            row(CopyWhat::Other, "o other line", Some(Shown::fixed("to be chosen"))),
        ];
        let picker = Picker::new(Shown::fixed("Copy"), rows).verb(Shown::fixed("l b a t o, or Enter copies"));
        self.open_picker(PickFor::Copy, vec![conversation], picker);
    }

    /// One letter is enough. Whether it was one.
    pub(super) fn is_copy_key(&mut self, pick: &Pick, key: Key, now: Now) -> bool {
        if pick.purpose != PickFor::Copy || !pick.picker.query().is_empty() {
            return false;
        }
        let what = match key.typed() {
            // As where yy copies a line.
            Some('l' | 'y') => CopyWhat::Line,
            Some('b') => CopyWhat::Block,
            Some('a') => CopyWhat::Address,
            Some('t') => CopyWhat::Chat,
            Some('o') => CopyWhat::Other,
            _ => return false,
        };
        self.copy_chosen(&Choice::Copy(what), now);
        true
    }

    /// What is to be copied was chosen.
    pub(super) fn copy_chosen(&mut self, choice: &Choice, now: Now) {
        let Some(conversation) = self.conversation() else {
            return;
        };
        let (text, what) = match choice {
            Choice::Line(line) => (self.line_text(*line), "the line"),
            Choice::Copy(CopyWhat::Line) => (self.lines_at_hand().next().map(|(_, text)| text), "the line"),
            Choice::Copy(CopyWhat::Block) => (self.block_at_hand(), "the block"),
            Choice::Copy(CopyWhat::Address) => (self.address_at_hand(), "the address"),
            Choice::Copy(CopyWhat::Chat) => (Some(self.chat_text(conversation)), "the transcript"),
            _ => return self.choose_line_to_copy(conversation),
        };
        match text.filter(|text| !text.is_empty()) {
            Some(text) => self.copy_text(text, what),
            None => self.tell(Shown::fixed("There is nothing to copy."), now),
        }
    }

    fn choose_line_to_copy(&mut self, conversation: ConversationId) {
        let picker = Picker::new(Shown::fixed("Copy which line"), self.line_rows(conversation, false))
            .verb(Shown::fixed("Enter copies"))
            .when_empty(Shown::fixed("There is no line yet"));
        self.open_picker(PickFor::CopyLine, vec![conversation], picker);
    }

    pub(super) fn copy_text(&mut self, text: String, what: &'static str) {
        self.copying = what;
        self.out.push(Effect::Copy(text));
    }

    /// What became of it. It is always told: nobody sees a clipboard.
    pub(super) fn copied(&mut self, copied: &Copied, now: Now) {
        let words = copied.words(self.copying);
        match copied {
            Copied::Sent { .. } => self.tell(words, now),
            Copied::Failed(_) => self.trouble(words, Ends::Leaving),
        }
    }

    // Reading.

    /// Reads the newest line on the screen that is not shown in full.
    pub(crate) fn read_in_full(&mut self, now: Now) {
        match self.chat.as_ref().and_then(|chat| chat.transcript.newest_folded()) {
            Some(key) => self.read_whole(key),
            None => self.tell_here(Shown::fixed("Every line on the screen is shown in full."), now),
        }
    }

    /// Reads a line in full.
    pub(super) fn read_whole(&mut self, key: EntryKey) {
        let EntryKey::Stored(at) = key else { return };
        let Some(chat) = &self.chat else { return };
        if let Some(card) = chat.transcript.get(key).and_then(|entry| {
            let file = chat.transcript.folded_file(entry)?;
            entry.extras.files.iter().find(|card| card.id == file)
        }) {
            let size = card.file.size.map(size_words).unwrap_or_default();
            let title = Shown::line(&format!("{} {} {size}", card.file.name, self.theme.signs().dot));
            return self.order(Order::ReadFile { id: card.id, title });
        }
        let event = self.replica.thread(chat.customer).and_then(|thread| thread.event(at));
        let Some((event, text)) = event.and_then(|event| Some((event, text_of(event)?))) else {
            return;
        };
        let name = match &event.body {
            EventBody::Posted(posted) => chat.eyes().name(&posted.author),
            _ => Shown::fixed("NOTE"),
        };
        let dot = self.theme.signs().dot;
        let lines = words::count(text.lines().count() as u64, "line", "lines");
        let title = format!("{name} {dot} {} {dot} {lines}", self.zone.clock(event.time.0));
        self.read_text(&title, text);
    }

    /// Shows a long text over the screen. Raw: it passes the gate here.
    pub(super) fn read_text(&mut self, title: &str, text: String) {
        let body = Body::Lines(preview::whole(&text, &self.theme));
        let hint = Shown::line(&format!("y copies {} Esc closes", self.theme.signs().dot));
        let overlay = Overlay::new(Shown::line(title), body, self.theme).hint(hint).in_lines();
        self.open_reading(ReadFor::Whole(text), overlay);
    }

    /// y copies what is read, and it stays open.
    pub(super) fn copies_what_is_read(&mut self, purpose: &ReadFor, key: Key) {
        if key.typed() == Some('y')
            && let ReadFor::Whole(text) | ReadFor::Piped { text, .. } | ReadFor::Recap { text, .. } = purpose
        {
            self.copy_text(text.clone(), "the text");
        }
    }

    /// The line of an event, to be named to others.
    pub(super) fn line_ref(event: &Event) -> Option<LineRef> {
        match &event.body {
            EventBody::Posted(posted) => Some(LineRef {
                side: posted.author.side(),
                line: posted.line,
            }),
            _ => None,
        }
    }
}

/// What a line or a note says; nothing if that is gone.
fn text_of(event: &Event) -> Option<String> {
    match &event.body {
        EventBody::Posted(posted) if posted.state.words().is_none() => {
            // What stands in the place of a file is told only where there are no words.
            let texts = posted.parts.iter().filter(|part| matches!(part, Part::Text(_)));
            let texts: Vec<&str> = texts.map(Part::text).collect();
            Some(match texts.is_empty() {
                true => posted.text(),
                false => texts.join("\n"),
            })
        }
        EventBody::Noted(note) => Some(note.text.as_str().to_owned()),
        _ => None,
    }
}

/// The last file of a line.
fn file_of(event: &Event) -> Option<FileId> {
    match &event.body {
        EventBody::Posted(posted) if posted.state.words().is_none() => {
            posted.parts.iter().rev().find_map(|part| match part {
                Part::File(file) => Some(file.id),
                _ => None,
            })
        }
        _ => None,
    }
}

/// The beginning of a text, on one row.
pub(super) fn told(text: &str) -> Shown {
    let begin = &text[..text.floor_char_boundary(EXCERPT_BYTES)];
    let begin = begin.split_whitespace().collect::<Vec<_>>().join(" ");
    match text.trim_end().lines().count() {
        0 | 1 => Shown::line(&begin),
        many => Shown::line(&format!("{many} lines: {begin}")),
    }
}

#[cfg(test)]
#[path = "copying_tests.rs"]
mod tests;
