//! What conversations teach the bot, as the agent's program knows it: questions that wait for a person, and what people ask that nothing answers.

use minicom_protocol::{ids::ConversationId, words::Tag};
use minicom_tui_kit::Shown;

/// See the module. Raw: what is shown of it passes the gate there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lessons {
    /// Questions that wait, oldest first.
    pub examples: Vec<Example>,
    /// Gaps, those that most people asked about first.
    pub gaps: Vec<Gap>,
}

/// A question that waits to be learnt from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// Its id.
    pub id: u64,
    /// What was asked.
    pub question: String,
    /// The article that answered it; else a saved reply did.
    pub article: Option<Tag>,
    /// The title of what answered it.
    pub title: String,
    /// Where it was asked.
    pub conversation: ConversationId,
}

/// What people ask that nothing answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// Its id.
    pub id: u64,
    /// The question that is nearest to the others.
    pub question: String,
    /// Customers who asked.
    pub people: u64,
}

/// What is asked of the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LessonsOrder {
    /// All of it.
    List,
    /// Learn from this example.
    Accept(u64),
    /// Drop this example.
    Drop(u64),
    /// List this gap no more.
    Dismiss(u64),
    /// The draft of an article for this gap.
    Draft(u64),
}

impl LessonsOrder {
    /// What was not done.
    pub fn failed(&self) -> &'static str {
        match self {
            LessonsOrder::List => "What the bot could learn is not known",
            LessonsOrder::Accept(_) => "It was not accepted",
            LessonsOrder::Drop(_) => "It was not dropped",
            LessonsOrder::Dismiss(_) => "It was not dismissed",
            LessonsOrder::Draft(_) => "There is no draft",
        }
    }

    /// What was done.
    pub fn done(&self) -> Shown {
        Shown::fixed(match self {
            LessonsOrder::Accept(_) => "Accepted: the bot learns from it now.",
            LessonsOrder::Drop(_) => "Dropped: nothing near to it is proposed again.",
            LessonsOrder::Dismiss(_) => "Dismissed: it is listed no more.",
            LessonsOrder::List | LessonsOrder::Draft(_) => "Done.",
        })
    }
}

/// What the server said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LessonsTold {
    /// All of it.
    List(Lessons),
    /// It is done.
    Done(LessonsOrder),
    /// The draft of an article's file.
    Draft {
        /// A short name for it.
        slug: Tag,
        /// The file.
        text: String,
    },
    /// It is not done, and why.
    Failed(Shown),
}
