//! What is being written, for each conversation, and which drafts the disk does not have yet. It refuses to know whether a text may be
//! sent.

pub mod naming;
pub mod saved;
mod written;

use std::{collections::HashMap, time::Duration};

use minicom_protocol::{command::SeenLines, ids::ConversationId};
use minicom_tui_kit::composer::Handled;

pub use self::{
    naming::Popup,
    written::{Attached, Mode, With, Written},
};

/// A draft is on disk at the latest this long after a key.
pub const SAVE_AFTER: Duration = Duration::from_millis(500);

/// What a draft is. Each is kept apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// What goes with the reply. It is loaded before the reply.
    With,
    /// The reply.
    Reply,
    /// The note.
    Note,
    /// The files that wait beside the reply.
    Files,
}

impl Kind {
    /// All.
    pub const ALL: [Kind; 4] = [Kind::With, Kind::Reply, Kind::Note, Kind::Files];

    /// What the disk knows it by, behind its conversation.
    pub fn suffix(self) -> &'static str {
        match self {
            // As it was before there were others.
            Kind::Reply => "",
            Kind::Note => " note",
            Kind::With => " with",
            Kind::Files => " files",
        }
    }
}

/// A draft, to be kept or as it was kept.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Draft {
    /// Where.
    pub conversation: ConversationId,
    /// What it is.
    pub kind: Kind,
    /// The text; an empty one is forgotten.
    pub text: String,
}

/// What is being written everywhere.
#[derive(Debug, Clone, Default)]
pub struct Writing {
    all: HashMap<ConversationId, Written>,
    /// Names that are offered for the one being typed in a note.
    pub popup: Option<Popup>,
    /// The name being typed is wanted without an offer.
    pub popup_closed: bool,
    save_at: Option<Duration>,
    size: Option<(u16, u16)>,
}

impl Writing {
    /// What is being written in a conversation.
    pub fn of(&mut self, conversation: ConversationId) -> &mut Written {
        let size = self.size;
        self.all.entry(conversation).or_insert_with(|| {
            let mut written = Written::default();
            if let Some((columns, rows)) = size {
                written.set_size(columns, rows);
            }
            written
        })
    }

    /// The same, to look at.
    pub fn get(&self, conversation: ConversationId) -> Option<&Written> {
        self.all.get(&conversation)
    }

    /// What the keys write in a conversation.
    pub fn mode(&self, conversation: ConversationId) -> Mode {
        self.get(conversation).map(Written::mode).unwrap_or_default()
    }

    /// Whether something is written there: a reply or a note.
    pub fn has_draft(&self, conversation: ConversationId) -> bool {
        self.get(conversation).is_some_and(Written::has_draft)
    }

    /// Whether the customer is being written to. A note is nothing that the customer hears of.
    pub fn is_replying(&self, conversation: ConversationId) -> bool {
        self.get(conversation)
            .is_some_and(|written| written.mode() == Mode::Reply && !written.composer.is_empty())
    }

    /// Tells the columns to write in and the most rows.
    pub fn set_size(&mut self, columns: u16, rows: u16) {
        if self.size != Some((columns, rows)) {
            self.size = Some((columns, rows));
            for written in self.all.values_mut() {
                written.set_size(columns, rows);
            }
        }
    }

    /// The text that the keys write has changed: the disk is told soon.
    pub fn changed(&mut self, conversation: ConversationId, now: Duration) {
        let written = self.of(conversation);
        match written.mode() {
            Mode::Reply => {
                written.needs_saving(Kind::Reply);
                written.follow_reply();
            }
            Mode::Note => written.needs_saving(Kind::Note),
            // What it is about is stored: there is nothing to lose but a minute.
            Mode::Edit(_) => return,
        }
        self.save_at.get_or_insert(now + SAVE_AFTER);
    }

    /// Puts a language model's draft behind the reply: nothing that is written is lost.
    pub fn add_draft(&mut self, conversation: ConversationId, text: &str, now: Duration) -> Handled {
        let written = self.of(conversation);
        let handled = written.add_draft(text);
        if handled == Handled::Changed {
            written.needs_saving(Kind::Reply);
            self.save_at.get_or_insert(now + SAVE_AFTER);
        }
        handled
    }

    /// What goes with the reply has changed.
    pub fn with_changed(&mut self, conversation: ConversationId, now: Duration) {
        self.of(conversation).needs_saving(Kind::With);
        self.save_at.get_or_insert(now + SAVE_AFTER);
    }

    /// The files beside the reply have changed; as they are kept.
    pub fn files_changed(&mut self, conversation: ConversationId, kept: String, now: Duration) {
        let written = self.of(conversation);
        written.files = kept;
        written.needs_saving(Kind::Files);
        self.save_at.get_or_insert(now + SAVE_AFTER);
    }

    /// What the author has on the screen. It counts until writing begins.
    pub fn sees(&mut self, conversation: ConversationId, shown: SeenLines) {
        let written = self.of(conversation);
        if written.composer.is_empty() || written.begun.is_none() {
            written.begun = Some(shown);
        }
    }

    /// The text was held because its author had missed something: the author is shown it, and what is on the screen next counts.
    pub fn held(&mut self, conversation: ConversationId) {
        let written = self.of(conversation);
        (written.begun, written.anyway) = (None, true);
    }

    /// What the author had on the screen when writing began.
    pub fn begun(&self, conversation: ConversationId) -> Option<SeenLines> {
        self.get(conversation)?.begun
    }

    /// Takes the reply and what goes with it for sending. `reads` is how it reads, if it is not what is written: that is remembered, so
    /// that nobody sends a hole again without what fills it.
    pub fn take(&mut self, conversation: ConversationId, reads: Option<&str>, now: Duration) -> (String, With) {
        let written = self.of(conversation);
        let with = std::mem::take(&mut written.with);
        let text = without_end(written.composer.text());
        if let Some(reads) = reads {
            written.composer.set_text(reads);
        }
        written.composer.take();
        written.needs_saving(Kind::Reply);
        if !with.is_empty() {
            written.needs_saving(Kind::With);
        }
        written.follow_reply();
        self.save_at.get_or_insert(now + SAVE_AFTER);
        (text, with)
    }

    /// Takes the note for sending. The next text is a reply again.
    pub fn take_note(&mut self, conversation: ConversationId, now: Duration) -> String {
        let written = self.of(conversation);
        let text = without_end(written.of_kind(Kind::Note).take());
        written.needs_saving(Kind::Note);
        written.set_mode(Mode::Reply);
        self.popup = None;
        self.save_at.get_or_insert(now + SAVE_AFTER);
        text
    }

    /// Puts a reply that was not sent back. False if something else is being written by now.
    pub fn put_back(&mut self, conversation: ConversationId, text: &str, with: &With, now: Duration) -> bool {
        let written = self.of(conversation);
        let free = written.composer.is_empty() && written.with.is_empty();
        if free {
            written.composer.set_text(text);
            written.with = with.clone();
            written.needs_saving(Kind::Reply);
            written.needs_saving(Kind::With);
            self.save_at.get_or_insert(now + SAVE_AFTER);
        }
        free
    }

    /// Puts a note that was not sent back. False if another one is being written by now.
    pub fn put_note_back(&mut self, conversation: ConversationId, text: &str, now: Duration) -> bool {
        let written = self.of(conversation);
        let free = written.of_kind(Kind::Note).is_empty();
        if free {
            written.of_kind(Kind::Note).set_text(text);
            written.needs_saving(Kind::Note);
            self.save_at.get_or_insert(now + SAVE_AFTER);
        }
        free
    }

    /// The thread goes on in another conversation: so does what is being written, unless something is written there.
    pub fn move_to(&mut self, from: ConversationId, to: ConversationId, now: Duration) {
        if !self.has_draft(from) || self.has_draft(to) {
            return;
        }
        let mut moved = self.all.remove(&from).unwrap_or_default();
        moved.begun = None;
        if let Mode::Edit(_) = moved.mode() {
            moved.set_mode(Mode::Reply);
        }
        self.of(from).unsaved = Kind::ALL.to_vec();
        // What the disk has there of another kind, by an earlier program, may still be on its way here.
        moved.unsaved = Kind::ALL
            .into_iter()
            .filter(|kind| !moved.draft(*kind).is_empty())
            .collect();
        self.all.insert(to, moved);
        self.save_at.get_or_insert(now + SAVE_AFTER);
    }

    /// A conversation is left: a note that was not begun does not wait there for somebody who wants to reply.
    pub fn leave(&mut self, conversation: ConversationId) {
        self.popup = None;
        if let Some(written) = self.all.get_mut(&conversation)
            && written.mode() == Mode::Note
            && written.current().is_empty()
        {
            written.set_mode(Mode::Reply);
        }
    }

    /// A draft comes from the disk. What was typed before it came stands behind it.
    pub fn loaded(&mut self, draft: &Draft, now: Duration) {
        let written = self.of(draft.conversation);
        if draft.kind == Kind::With {
            if written.with.is_empty() {
                written.with = With::from_draft(&draft.text);
            }
            return;
        }
        if draft.kind == Kind::Files {
            // They are brought to the desk by who moves them.
            return;
        }
        let composer = written.of_kind(draft.kind);
        let typed = composer.text();
        composer.set_text(&format!("{}{typed}", draft.text));
        if draft.kind == Kind::Reply {
            // The author has not seen this thread since writing it; what is on the screen next counts.
            written.begun = None;
        }
        if !typed.is_empty() {
            written.needs_saving(draft.kind);
            self.save_at.get_or_insert(now + SAVE_AFTER);
        }
    }

    /// When drafts are to be saved.
    pub fn save_at(&self) -> Option<Duration> {
        self.save_at
    }

    /// The drafts that the disk does not have yet; it is told now.
    pub fn take_unsaved(&mut self) -> Vec<Draft> {
        self.save_at = None;
        let mut drafts = Vec::new();
        for (conversation, written) in &mut self.all {
            for kind in std::mem::take(&mut written.unsaved) {
                let (conversation, text) = (*conversation, written.draft(kind));
                drafts.push(Draft {
                    conversation,
                    kind,
                    text,
                });
            }
        }
        drafts.sort();
        drafts
    }

    /// Forgets what is empty and about something that is not known any more.
    pub fn forget(&mut self, known: impl Fn(ConversationId) -> bool) {
        self.all.retain(|conversation, written| {
            known(*conversation) || !written.unsaved.is_empty() || written.has_draft() || !written.with.is_empty()
        });
    }
}

/// A text as it is sent: the line ends behind it, such as those of a paste, are no part of what was said.
pub(crate) fn without_end(mut text: String) -> String {
    text.truncate(text.trim_end().len());
    text
}

#[cfg(test)]
#[path = "writing_tests.rs"]
mod tests;
