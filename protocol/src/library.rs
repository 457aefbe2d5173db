//! What agents answer with again and again: saved replies and articles.

use serde::{Deserialize, Serialize};

use crate::{
    ids::{AgentId, GroupId, ReplyId, Time},
    intake::Priority,
    people::AgentRef,
    words::{SubjectLine, Tag},
};

/// Bytes of a saved reply.
pub const REPLY_BYTES_MAX: usize = crate::template::TEMPLATE_BYTES_MAX;
/// Saved replies of a tenant.
pub const REPLIES_MAX: usize = 1_000;
/// Bytes of an article's body.
pub const ARTICLE_BYTES_MAX: usize = 48 * 1024;
/// Tags of an article, actions of a saved reply.
pub const LISTED_MAX: usize = 8;
/// Example questions of an article or a saved reply.
pub const QUESTIONS_MAX: usize = 50;
/// Bytes of all of them together: they go in one frame with the rest.
pub const QUESTIONS_BYTES_MAX: usize = 6 * 1024;

/// Something done together with sending a saved reply, in the same transaction.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum ReplyAction {
    /// Puts a tag on the conversation.
    Tag {
        /// Which.
        tag: Tag,
    },
    /// Changes the priority.
    Priority {
        /// To this.
        priority: Priority,
    },
    /// Transfers the conversation to a group.
    Transfer {
        /// To which.
        group: GroupId,
    },
    /// Snoozes the conversation.
    Snooze {
        /// For how many minutes; until the customer writes if left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        minutes: Option<u32>,
    },
    /// Ends the conversation.
    Close,
}

/// A saved reply.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SavedReply {
    /// Which one.
    pub id: ReplyId,
    /// What is typed to find it, unique among everybody's, and among an agent's own.
    pub code: Tag,
    /// What it is for.
    pub title: SubjectLine,
    /// What it says, a [`crate::template::Template`]; at most [`REPLY_BYTES_MAX`] bytes.
    pub text: String,
    /// Whose it is; everybody's if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<AgentId>,
    /// What is done together with sending it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<ReplyAction>,
    /// How often it was sent.
    #[serde(default)]
    pub uses: u64,
    /// Questions that it answers, in customers' words: examples to learn from, for agents only. At most [`QUESTIONS_MAX`] and
    /// [`QUESTIONS_BYTES_MAX`]. Left out where there are none; in a command: those that it has stay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub questions: Option<Vec<SubjectLine>>,
}

/// An article of the knowledge base, without its body.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ArticleRow {
    /// Its short name, unique in the tenant.
    pub slug: Tag,
    /// Its title.
    pub title: SubjectLine,
    /// Its tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
    /// Whether customers can read it. A draft is for agents only.
    pub published: bool,
    /// When it was last changed.
    pub updated_at: Time,
    /// Who changed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_by: Option<AgentRef>,
    /// Its beginning, or where a search found its words, in plain text.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub excerpt: String,
}

/// An article as a customer reads it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Article {
    /// Its short name.
    pub slug: Tag,
    /// Its title.
    pub title: SubjectLine,
    /// Its body in Markdown.
    pub body: String,
    /// Questions that it answers, in customers' words: examples to learn from, for agents only. At most [`QUESTIONS_MAX`] and
    /// [`QUESTIONS_BYTES_MAX`]. Left out where there are none; in a command: those that it has stay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub questions: Option<Vec<SubjectLine>>,
}

/// Example questions as they are kept: each once, whatever its letters' case; `None` for none.
pub fn questions_as_set(questions: Vec<SubjectLine>) -> Option<Vec<SubjectLine>> {
    let mut known = std::collections::HashSet::new();
    let mut kept = questions;
    kept.retain(|it| known.insert(it.as_str().to_lowercase()));
    (!kept.is_empty()).then_some(kept)
}

/// Characters that an article's beginning has at most.
pub const BEGINNING_CHARS_MAX: usize = 200;

/// The beginning of a Markdown text without its marks, on one line, at most [`BEGINNING_CHARS_MAX`] characters. As raw as the
/// text itself.
pub fn beginning(markdown: &str) -> String {
    let mut words = Vec::new();
    for line in markdown.lines() {
        let line = line.trim().trim_start_matches(['#', '>', '-', '*', ' ']);
        words.extend(line.split_whitespace().map(|word| word.replace(['*', '`'], "")));
    }
    words.retain(|word| !word.is_empty());
    words.join(" ").chars().take(BEGINNING_CHARS_MAX).collect()
}
