//! What stands in a transcript: lines, what happened between them, and how far a line has come.

use std::borrow::Cow;
use std::iter;

use minicom_protocol::event::Part;
use minicom_protocol::gate::Shown;
use minicom_protocol::line::LineState;

use crate::file_card::FileCard;
use crate::theme::{Theme, Who};
use crate::time::Zone;

/// Where an entry stands. Entries are ordered by it: what the server has stored first, what still waits to be sent behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntryKey {
    /// Stored by the server, by its number.
    Stored(u64),
    /// A line of the other side's that grows and is not stored yet. There is one at most.
    Coming,
    /// Waits in the outbox, in the order of writing.
    Pending(u64),
}

/// One line, or one thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its place.
    pub key: EntryKey,
    /// A line or what happened.
    pub kind: Kind,
    /// The words.
    pub text: Shown,
    /// Microseconds since 1970, on the server's clock.
    pub time: i64,
    /// How far it has come; for own lines.
    pub mark: Option<DeliveryMark>,
    /// What stands with a line besides its words.
    pub extras: Extras,
}

/// What stands with a line besides its words. Most lines have nothing of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Extras {
    /// What it answers, told in one row above the words.
    pub quote: Option<Shown>,
    /// What became of the line. What is edited is told behind the words; the words in place of what is gone are dim.
    pub state: LineState,
    /// Files, a row each below the words.
    pub files: Vec<FileCard>,
    /// What can be read in full, told below the words.
    pub cards: Vec<Card>,
}

/// Something to be read in full: a row of what it is called, and one of how it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// What it is called.
    pub title: Shown,
    /// How it begins; empty where that is not told, and then it has no row.
    pub excerpt: Shown,
}

impl Entry {
    /// The bot's line as far as it has come, see [`EntryKey::Coming`].
    pub fn coming(text: &str, time: i64) -> Entry {
        Entry {
            key: EntryKey::Coming,
            kind: Kind::Line {
                who: Who::Bot,
                name: Shown::fixed("bot"),
                own: false,
            },
            text: Shown::text(text),
            time,
            mark: None,
            extras: Extras::default(),
        }
    }
}

impl Card {
    /// What its rows say, and whether that is what it is called.
    pub(super) fn rows(&self) -> impl Iterator<Item = (&Shown, bool)> {
        let begins = Some((&self.excerpt, false)).filter(|(excerpt, _)| !excerpt.is_empty());
        iter::once((&self.title, true)).chain(begins)
    }

    /// Whether an article's beginning stands in its line's own text already, as where a bot answers with it: then the card need
    /// not say it again. An empty one is not said.
    pub fn is_said(excerpt: &str, text: &str) -> bool {
        /// Characters that tell one beginning from another.
        const ENOUGH: usize = 40;
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let beginning: String = words(excerpt).chars().take(ENOUGH).collect();
        !beginning.is_empty() && words(text).contains(beginning.trim_end())
    }
}

/// What an entry is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Somebody's line. One of [`Who::Note`] has a bar before each of its rows.
    Line {
        /// The role, told by colour.
        who: Who,
        /// The name or role, told by word: `carol`, `bot`, `you`.
        name: Shown,
        /// Written by the person who sits here.
        own: bool,
    },
    /// Something that happened, told in the middle of the row.
    System,
}

/// How far an own line has come. Each step includes the ones before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeliveryMark {
    /// In the outbox.
    Waiting,
    /// The server has it.
    Stored,
    /// It is on the other side's screen.
    Shown,
    /// The other side has read it, at this time in microseconds.
    Read(i64),
    /// The server refused it, for this reason.
    Failed(Shown),
}

impl Entry {
    /// Written by the person who sits here.
    pub fn is_own(&self) -> bool {
        matches!(self.kind, Kind::Line { own: true, .. })
    }

    /// Somebody's line, not something that happened.
    pub fn is_line(&self) -> bool {
        matches!(self.kind, Kind::Line { .. })
    }

    /// A line that only colleagues see.
    pub(crate) fn is_note(&self) -> bool {
        matches!(self.kind, Kind::Line { who: Who::Note, .. })
    }

    /// The words as they are wrapped: with what is told behind them.
    pub(crate) fn words(&self) -> Cow<'_, str> {
        match self.extras.state {
            LineState::Edited => Cow::Owned(format!("{} (edited)", self.text)),
            _ => Cow::Borrowed(self.text.as_str()),
        }
    }

    /// The byte of [`Entry::words`] from which on they are the program's own.
    pub(super) fn own_words_from(&self) -> usize {
        match self.extras.state.words() {
            Some(_) => 0,
            None => self.text.as_str().len(),
        }
    }

    pub(super) fn has_failed(&self) -> bool {
        matches!(self.mark, Some(DeliveryMark::Failed(_)))
    }
}

impl DeliveryMark {
    /// The sign alone.
    pub fn sign(&self, theme: &Theme) -> &'static str {
        match (self, theme.ascii) {
            (DeliveryMark::Waiting, false) => "...",
            (DeliveryMark::Stored, false) => "✓",
            (DeliveryMark::Shown | DeliveryMark::Read(_), false) => "✓✓",
            (DeliveryMark::Failed(_), false) => "✗",
            (DeliveryMark::Waiting, true) => ".",
            (DeliveryMark::Stored, true) => "+",
            (DeliveryMark::Shown | DeliveryMark::Read(_), true) => "++",
            (DeliveryMark::Failed(_), true) => "!",
        }
    }

    /// The sign and its meaning, for the last own line and for what failed.
    pub fn words(&self, theme: &Theme, zone: &Zone) -> String {
        let sign = self.sign(theme);
        match self {
            DeliveryMark::Waiting => format!("{sign} waiting to send"),
            DeliveryMark::Stored => format!("{sign} stored"),
            DeliveryMark::Shown => format!("{sign} delivered"),
            DeliveryMark::Read(at) => format!("{sign} read {}", zone.clock(*at)),
            DeliveryMark::Failed(reason) => format!("{sign} not sent: {reason}"),
        }
    }
}

/// The words of a line's parts, without its articles and files, which stand below them; or what stands in the place of words.
pub fn words_of(parts: &[Part], state: LineState) -> Shown {
    if let Some(words) = state.words() {
        return Shown::fixed(words);
    }
    let texts = parts
        .iter()
        .filter(|part| !matches!(part, Part::Card(_) | Part::File(_)));
    let texts: Vec<&str> = texts.map(Part::text).collect();
    match (texts.is_empty(), parts.first()) {
        (true, Some(Part::File(_))) => Shown::fixed("A file:"),
        (true, Some(_)) => Shown::fixed("An article:"),
        _ => Shown::text(&texts.join("\n")),
    }
}
