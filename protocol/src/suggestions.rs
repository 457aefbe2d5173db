//! What could be answered: the articles and saved replies that fit what a customer wrote last. For agents: what is said of how sure that
//! is, is for their eyes.

use serde::{Deserialize, Serialize};

use crate::{
    ids::{ConversationId, ReplyId, Rev},
    words::{SubjectLine, Tag},
};

/// What fits what a customer wrote last.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Suggestions {
    /// In which conversation.
    pub conversation: ConversationId,
    /// The newest line of the customer's when it was looked at; left out if there is none. What comes with a later one is newer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Rev>,
    /// Published articles, the likeliest first, at most three.
    pub articles: Vec<SuggestedArticle>,
    /// Saved replies that the agent may use, the likeliest first, at most three.
    pub replies: Vec<SuggestedReply>,
}

/// An article that fits.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SuggestedArticle {
    /// Its short name.
    pub slug: Tag,
    /// Its title.
    pub title: SubjectLine,
    /// How probable it is that this is what is wanted, in hundredths.
    pub percent: u8,
    /// What of it is nearest to what was written: its title, a question or a passage.
    pub example: String,
}

/// A saved reply that fits.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SuggestedReply {
    /// Which.
    pub id: ReplyId,
    /// What is typed to find it.
    pub code: Tag,
    /// What it is for.
    pub title: SubjectLine,
    /// How probable it is that this is what is wanted, in hundredths.
    pub percent: u8,
    /// What of it is nearest to what was written.
    pub example: String,
}

impl Suggestions {
    /// Whether nothing fits.
    pub fn is_empty(&self) -> bool {
        self.articles.is_empty() && self.replies.is_empty()
    }
}
