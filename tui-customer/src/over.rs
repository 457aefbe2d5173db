//! What takes the keys first: help, questions, a choice, something to read. One at a time. It refuses to know what comes of it.

use minicom_protocol::{ids::FileId, line::LineRef};
use minicom_tui_kit::{Overlay, Picker, Prompt, help::Place};

use crate::{actions::Action, slash::Word};

/// What takes the keys first.
#[derive(Clone, Debug)]
pub enum Over {
    /// The keys and words.
    Help {
        /// Where it is read.
        at: Place,
        /// What it was asked for in: that is there again after it.
        under: Option<Box<Over>>,
    },
    /// The desk's questions before the first line, which stays in the composer meanwhile.
    Questions(Prompt),
    /// More about how it was.
    Comment {
        /// How it was.
        score: u8,
        /// The question.
        prompt: Prompt,
    },
    /// Which line is answered.
    Quotes(Box<Picker<LineRef>>),
    /// Which file is fetched or opened.
    Files(Box<Picker<FileId>>),
    /// Which file goes with what is written.
    Attach(Prompt),
    /// What to do, by name.
    Menu(Box<Picker<Offer>>),
    /// An article.
    Reading(Box<Overlay>),
    /// What is to be agreed to before the first line, which stays in the composer meanwhile.
    Consent {
        /// The text as the server told it.
        text: String,
        /// The text to be read.
        reading: Box<Overlay>,
    },
}

/// What the palette offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offer {
    /// Something to do by a key.
    Action(Action),
    /// A word with a slash.
    Word(Word),
}

impl Over {
    /// Whether the thread cannot be read under it.
    pub fn covers(&self) -> bool {
        matches!(
            self,
            Over::Help { .. } | Over::Quotes(_) | Over::Menu(_) | Over::Reading(_) | Over::Consent { .. }
        )
    }
}
