//! What is being written in one conversation: the reply, the note and the change of a line, each with a text of its own, and what goes
//! with the reply. It refuses to know whether a text may be sent.

use minicom_protocol::{
    command::{ReplyUse, SeenLines},
    gate,
    ids::LineNo,
    line::{LineRef, Quote},
    template::Template,
    words::{SubjectLine, Tag},
};
use minicom_tui_kit::{Composer, composer::Handled};
use serde::{Deserialize, Serialize};

use super::Kind;

/// What the keys write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// To the customer.
    #[default]
    Reply,
    /// To colleagues only.
    Note,
    /// One's own last line, anew.
    Edit(LineNo),
}

/// An article that goes with a reply.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attached {
    /// Its short name.
    pub slug: Tag,
    /// Its title; unknown of a line that an earlier run of the program wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<SubjectLine>,
}

/// What goes with a reply.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct With {
    /// The line that it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quote: Option<Quote>,
    /// The article that is sent as a card.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub article: Option<Attached>,
    /// The saved reply that the text comes from: the text is its template.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply: Option<ReplyUse>,
}

impl With {
    /// Nothing.
    pub fn is_empty(&self) -> bool {
        *self == With::default()
    }

    /// From what a command carries.
    pub fn of_command(quote: Option<LineRef>, article: Option<Tag>, reply: Option<ReplyUse>) -> With {
        With {
            quote: quote.map(|line| Quote {
                line,
                excerpt: String::new(),
            }),
            article: article.map(|slug| Attached { slug, title: None }),
            reply,
        }
    }

    /// As it is kept on disk; nothing is kept as nothing.
    pub(super) fn to_draft(&self) -> String {
        match self.is_empty() {
            true => String::new(),
            false => serde_json::to_string(self).unwrap_or_default(),
        }
    }

    /// From the disk. What is not understood was written by another version: the text stays, without it.
    pub(super) fn from_draft(text: &str) -> With {
        serde_json::from_str(text).unwrap_or_default()
    }
}

/// What is being written in one conversation.
#[derive(Debug, Clone, Default)]
pub struct Written {
    /// The reply and its cursor.
    pub composer: Composer,
    /// The note.
    note: Composer,
    /// One's own line, anew.
    edit: Composer,
    /// What the keys write.
    mode: Mode,
    /// What goes with the reply.
    pub with: With,
    /// The saved reply of a text that was cleared: undo brings both back.
    forgotten: Option<ReplyUse>,
    /// What was on the screen when the first character was written.
    pub(super) begun: Option<SeenLines>,
    /// The text was held because its author had missed something, and has been shown it.
    pub anyway: bool,
    /// The draft of a language model that was put into the reply.
    drafted: Option<String>,
    /// The files that wait beside the reply, as they are kept.
    pub(super) files: String,
    /// What the disk has otherwise.
    pub(super) unsaved: Vec<Kind>,
    /// Up knows one's own replies that stand in the thread.
    knows_thread: bool,
}

impl Written {
    /// What the keys write.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// The keys write something else from here on. Nothing of what was written is lost, but for a change that was begun.
    pub fn set_mode(&mut self, mode: Mode) {
        self.mode = mode;
        if !matches!(mode, Mode::Edit(_)) {
            self.edit.set_text("");
        }
    }

    /// The composer that the keys go to.
    pub fn current(&self) -> &Composer {
        match self.mode {
            Mode::Reply => &self.composer,
            Mode::Note => &self.note,
            Mode::Edit(_) => &self.edit,
        }
    }

    /// The same, to write in. Tell [`super::Writing::changed`] afterwards.
    pub fn current_mut(&mut self) -> &mut Composer {
        match self.mode {
            Mode::Reply => &mut self.composer,
            Mode::Note => &mut self.note,
            Mode::Edit(_) => &mut self.edit,
        }
    }

    /// Whether a line of a language model's draft stands in the reply as it came.
    pub fn is_drafted(&self) -> bool {
        let Some(drafted) = &self.drafted else { return false };
        let text = self.composer.text();
        let mut lines = drafted.lines().filter(|line| !line.trim().is_empty());
        lines.any(|line| text.contains(line))
    }

    /// Puts a language model's draft behind the reply, whatever the keys write.
    pub(super) fn add_draft(&mut self, text: &str) -> Handled {
        let handled = self.composer.append(text);
        if handled == Handled::Changed {
            self.drafted = Some(gate::written(text));
        }
        handled
    }

    /// Whether Up knows one's own replies that stand in the thread.
    pub fn knows_thread(&self) -> bool {
        self.knows_thread
    }

    /// Replies that stand in the thread, the oldest first: Up in the reply brings them back, behind what was sent by this program.
    pub fn know_thread(&mut self, replies: Vec<String>) {
        self.knows_thread = true;
        self.composer.remember_earlier(replies);
    }

    /// The composer of a draft.
    pub(super) fn of_kind(&mut self, kind: Kind) -> &mut Composer {
        match kind {
            Kind::Note => &mut self.note,
            Kind::Reply | Kind::With | Kind::Files => &mut self.composer,
        }
    }

    /// Something is written that is not sent yet. A change of a line is none: what it is about stands there.
    pub fn has_draft(&self) -> bool {
        !self.composer.is_empty() || !self.note.is_empty() || !self.files.is_empty()
    }

    pub(super) fn set_size(&mut self, columns: u16, rows: u16) {
        for composer in [&mut self.composer, &mut self.note, &mut self.edit] {
            composer.set_size(columns, rows);
        }
    }

    pub(super) fn needs_saving(&mut self, kind: Kind) {
        if !self.unsaved.contains(&kind) {
            self.unsaved.push(kind);
        }
    }

    pub(super) fn draft(&mut self, kind: Kind) -> String {
        match kind {
            Kind::With => self.with.to_draft(),
            Kind::Files => self.files.clone(),
            kind => self.of_kind(kind).draft(),
        }
    }

    /// The reply's text has changed. Without a text there is no saved reply any more; when undo brings the holes back, it brings the
    /// saved reply back too, or they would be sent as they stand.
    pub(super) fn follow_reply(&mut self) {
        if self.composer.is_empty() {
            (self.begun, self.anyway) = (None, false);
            self.drafted = None;
            if let Some(reply) = self.with.reply.take() {
                self.forgotten = Some(reply);
                self.needs_saving(Kind::With);
            }
        } else if self.with.reply.is_none()
            && self.forgotten.is_some()
            && Template::parse(&self.composer.text()).is_ok_and(|it| it.holes().next().is_some())
        {
            self.with.reply = self.forgotten.take();
            self.needs_saving(Kind::With);
        }
    }
}
