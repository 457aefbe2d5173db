//! Finding: what of a text can be looked for, what somebody typed as a query, and what is found. Pure: the index itself and the
//! walk through it are the server's.

pub mod query;
pub mod words;

use std::ops::Range;

use serde::{Deserialize, Serialize};

pub use self::query::Query;
use crate::{
    event::Author,
    gate::clean,
    ids::{ConversationId, Rev, TicketNo, Time},
    people::{AgentRef, CustomerRef},
    stage::StageIs,
    words::{SubjectLine, Tag},
};

/// Characters of an excerpt.
pub const EXCERPT_CHARS_MAX: usize = 160;
/// Characters before the first hit in it: so that one sees it, and some of what led there.
const BEFORE_CHARS: usize = 40;

/// A page of what was found, newest first.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Found {
    /// Newest first.
    pub hits: Vec<Hit>,
    /// Hand in as `before` for older ones; absent at the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Rev>,
    /// Events that the index does not have yet: what is in them is not found. 0 nearly always.
    #[serde(default)]
    pub behind: u64,
    /// Whether the time for it was over before the page was full: `next` goes on, and if there is none, the query must say
    /// more.
    #[serde(default)]
    pub incomplete: bool,
    /// What of the query was not understood, each in words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unclear: Vec<String>,
}

/// A published article that fits a search.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FoundArticle {
    /// Its short name: ask for it to read it in full.
    pub slug: Tag,
    /// Its title.
    pub title: SubjectLine,
    /// The place in it.
    pub excerpt: String,
}

/// A name for a filter of the list, of one agent.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SavedView {
    /// Its name: letters, digits and `-`, lower case.
    pub name: String,
    /// The filter, as it is typed.
    pub filter: String,
}

/// Something that was found.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Hit {
    /// The event that it stands in: for a line, the one that posted it.
    pub at: Rev,
    /// When.
    pub time: Time,
    /// In which conversation. What is said of a customer is told with the newest one.
    pub conversation: ConversationId,
    /// Whose.
    pub customer: CustomerRef,
    /// Where the conversation stands now.
    pub stage: StageIs,
    /// What the conversation is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<SubjectLine>,
    /// What it is.
    #[serde(flatten)]
    pub what: What,
    /// The place in the text, on one line and without what a terminal would obey.
    pub excerpt: String,
    /// Where in the excerpt the words stand that were looked for.
    #[serde(default)]
    pub marks: Vec<Span>,
}

/// What was found.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "found", rename_all = "snake_case")]
pub enum What {
    /// A line.
    Line {
        /// By whom.
        #[serde(flatten)]
        author: Author,
    },
    /// A note: agents alone see it.
    Note {
        /// By whom.
        agent: AgentRef,
    },
    /// What a conversation is about.
    Subject,
    /// A customer's name or address.
    Customer,
    /// What a customer said of a conversation.
    Rating,
    /// A conversation's tags.
    Tags,
    /// A ticket's title, or a comment on it.
    Ticket {
        /// Which.
        number: TicketNo,
    },
}

/// A part of a text, in characters (code points): from the first, up to and without the second.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Span(pub u32, pub u32);

/// The place in a text that fits a query best to be shown: on one line, made safe, with the marks in it.
pub fn excerpt(query: &Query, text: &str) -> (String, Vec<Span>) {
    let line = clean(&around_first(query, text));
    // The gate may have moved the words: they are looked for where they stand now.
    let spans = query.marks(&line).iter().map(|it| span(&line, it)).collect();
    (line, spans)
}

/// A part of the text with the first hit in it, or its beginning.
fn around_first(query: &Query, text: &str) -> String {
    let from = query.marks(text).first().map_or(0, |it| {
        let before = text.get(..it.start).unwrap_or_default();
        let back = before.char_indices().rev().take(BEFORE_CHARS);
        let begin = back.last().map_or(it.start, |(at, _)| at);
        if begin == 0 {
            0
        } else {
            word_begin(text, begin, it.start)
        }
    });
    let rest = text.get(from..).unwrap_or_default();
    let mut line = String::new();
    if from > 0 {
        line.push('…');
    }
    let mut chars = rest.chars();
    line.extend(
        chars
            .by_ref()
            .take(EXCERPT_CHARS_MAX)
            .map(|c| if c.is_whitespace() { ' ' } else { c }),
    );
    if chars.next().is_some() {
        line.push('…');
    }
    line
}

/// The beginning of the first whole word from `begin` on, or `begin` if there is none before `hit`.
fn word_begin(text: &str, begin: usize, hit: usize) -> usize {
    let part = text.get(begin..hit).unwrap_or_default();
    part.char_indices()
        .skip_while(|(_, c)| !c.is_whitespace())
        .find(|(_, c)| !c.is_whitespace())
        .map_or(begin, |(at, _)| begin + at)
}

fn span(text: &str, bytes: &Range<usize>) -> Span {
    let count = |to: usize| u32::try_from(text.get(..to).map_or(0, |it| it.chars().count())).unwrap_or(u32::MAX);
    Span(count(bytes.start), count(bytes.end))
}

impl Span {
    /// The part of a text; empty if the text is shorter.
    pub fn of(self, text: &str) -> &str {
        let at = |n: u32| text.char_indices().nth(n as usize).map_or(text.len(), |(at, _)| at);
        text.get(at(self.0)..at(self.1)).unwrap_or_default()
    }
}

#[cfg(test)]
#[path = "search/excerpt_tests.rs"]
mod tests;
