//! What is agents' alone: who they are, what they start from, ask and are told; and in a file of its own, what they hear in passing.

mod signals;

use serde::{Deserialize, Serialize};

pub use self::signals::{AgentSignal, Typist};

use crate::{
    context::{CustomerContext, Mention},
    draft::Draft,
    event::Event,
    figures::{By, Range, Statistics},
    ids::{AgentId, ConversationId, CustomerId, Rev, TenantId, TicketNo, Time},
    library::{Article, ArticleRow, SavedReply},
    people::{AgentRef, Role},
    queue::{QueueStats, Why},
    recap::Recap,
    search::{Found, SavedView},
    settings::DeskSettings,
    staff::{Staff, Workload},
    suggestions::Suggestions,
    summary::Summary,
    ticket::{Ticket, TicketComment, TicketStatus},
    words::Tag,
};

/// Who an agent is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AgentMe {
    /// The account.
    pub agent: AgentRef,
    /// Its role.
    pub role: Role,
    /// Its tenant.
    pub tenant: TenantId,
}

/// A part of an agents' snapshot: all open conversations and the last closed ones, in list order.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct AgentSnapshot {
    /// Conversations' rows.
    pub conversations: Vec<Summary>,
    /// Whether there are older closed ones to ask for. Meaningful in the last part.
    #[serde(default)]
    pub more_closed: bool,
    /// The desk itself. In the first part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desk: Option<Box<DeskState>>,
}

/// What an agent knows of the desk besides its conversations. Kept up by events.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct DeskState {
    /// Agents and groups.
    pub staff: Staff,
    /// What the tenant has chosen.
    pub settings: DeskSettings,
    /// How far the agent has read the own mentions.
    #[serde(default)]
    pub mentions_read: Rev,
    /// How many mentions are unread.
    #[serde(default)]
    pub mentions_unread: u64,
}

/// What an agent may ask.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case")]
pub enum AgentQuestion {
    /// A page of a customer's thread, before a position, the newest if left out.
    Thread {
        /// Whose.
        customer: CustomerId,
        /// Only what is before this position.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<Rev>,
        /// At most this many events, 1 to 200.
        limit: u32,
    },
    /// A conversation's row.
    Summary {
        /// Which.
        conversation: ConversationId,
    },
    /// A page of closed conversations, newest first, whose last event is before a position.
    Closed {
        /// Only what is before this position; the newest if left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<Rev>,
        /// At most this many rows, 1 to 200.
        limit: u32,
    },
    /// What is known of a customer.
    Customer {
        /// Of whom.
        customer: CustomerId,
    },
    /// What the operator's own command says of a customer. It may take its time.
    Extra {
        /// Of whom.
        customer: CustomerId,
    },
    /// The queue in numbers.
    Queue {},
    /// Who has how much to do.
    Workload {
        /// Only this agent; all if left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        agent: Option<AgentId>,
    },
    /// Why a conversation waits, and who may take it.
    Why {
        /// Which.
        conversation: ConversationId,
    },
    /// The articles and saved replies that fit what the customer wrote last.
    Suggestions {
        /// In which conversation.
        conversation: ConversationId,
    },
    /// A conversation in a few lines.
    Recap {
        /// Which.
        conversation: ConversationId,
        /// Also in the words of a language model, where the desk has one. It may take its time, and costs tokens.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        words: bool,
    },
    /// A draft of my next line by a language model. It may take its time, and costs tokens.
    Draft {
        /// In which conversation.
        conversation: ConversationId,
    },
    /// Saved replies that the agent may use, by code; all of them in pages, or those that fit a search.
    Replies {
        /// Words to look for in code, title and text.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        query: String,
        /// Only what comes after this code.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<Tag>,
        /// At most this many, 1 to 100.
        limit: u32,
    },
    /// Articles, drafts too: those that fit a search best first, or the last changed.
    Articles {
        /// Words to look for in title, tags and body.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        query: String,
        /// At most this many, 1 to 100.
        limit: u32,
    },
    /// All articles by slug, drafts too, in pages: one that is empty is behind the last.
    AllArticles {
        /// Only what comes after this slug.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<Tag>,
        /// At most this many, 1 to 100.
        limit: u32,
    },
    /// An article in full.
    Article {
        /// Which.
        slug: Tag,
    },
    /// Tickets, the last changed first.
    Tickets {
        /// Only those that stand there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        status: Option<TicketStatus>,
        /// Only this agent's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        assignee: Option<AgentId>,
        /// Only what was last changed before then.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<Time>,
        /// At most this many, 1 to 100.
        limit: u32,
    },
    /// A ticket with its comments.
    Ticket {
        /// Which.
        number: TicketNo,
    },
    /// Notes that mention me, newest first.
    Mentions {
        /// Only what is before this position.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<Rev>,
        /// At most this many, 1 to 100.
        limit: u32,
    },
    /// What fits a search in all that agents can see, newest first.
    Search {
        /// What was typed: any text is a search.
        query: String,
        /// Only in the thread of this customer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        customer: Option<CustomerId>,
        /// Only in this conversation.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        conversation: Option<ConversationId>,
        /// Only what is before this position.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<Rev>,
        /// At most this many, 1 to 100.
        limit: u32,
    },
    /// The views that I have saved.
    Views {},
    /// The figures of the desk.
    Statistics {
        /// Of which days.
        #[serde(default)]
        range: Range,
        /// One by one by what; the own rows alone of who is no admin.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<By>,
    },
}

/// What an agent is told.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "told", rename_all = "snake_case")]
pub enum AgentReply {
    /// A page of a thread, in order.
    Thread {
        /// Whose.
        customer: CustomerId,
        /// The events, oldest first.
        events: Vec<Event>,
        /// Whether there are older ones.
        more: bool,
    },
    /// A conversation's row.
    Summary {
        /// The row.
        summary: Box<Summary>,
    },
    /// A page of closed conversations.
    Closed {
        /// Rows, newest first.
        conversations: Vec<Summary>,
        /// Whether there are older ones.
        more: bool,
    },
    /// What is known of a customer.
    Customer {
        /// All of it.
        context: Box<CustomerContext>,
    },
    /// What the operator's own command says of a customer.
    Extra {
        /// Lines to show, as raw as the command gave them.
        lines: Vec<String>,
        /// What went wrong with the command, if anything did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        trouble: Option<String>,
    },
    /// The queue in numbers.
    Queue {
        /// The numbers.
        stats: QueueStats,
    },
    /// Who has how much to do.
    Workload {
        /// Agents in the order of names.
        agents: Vec<Workload>,
    },
    /// Why a conversation waits.
    Why {
        /// All of it.
        why: Box<Why>,
    },
    /// What fits what the customer wrote last.
    Suggestions {
        /// All of it.
        suggestions: Box<Suggestions>,
    },
    /// A conversation in a few lines.
    Recap {
        /// All of it.
        recap: Box<Recap>,
    },
    /// A draft of my next line, or why there is none.
    Draft {
        /// It.
        draft: Draft,
    },
    /// A page of saved replies.
    Replies {
        /// In the order of their codes.
        replies: Vec<SavedReply>,
        /// Whether there are more.
        more: bool,
    },
    /// Articles.
    Articles {
        /// Without their bodies.
        articles: Vec<ArticleRow>,
    },
    /// An article in full.
    Article {
        /// The article.
        article: Article,
        /// What else is known of it.
        row: ArticleRow,
    },
    /// A page of tickets.
    Tickets {
        /// The last changed first.
        tickets: Vec<Ticket>,
        /// Whether there are older ones.
        more: bool,
    },
    /// A ticket with its comments.
    Ticket {
        /// The ticket.
        ticket: Ticket,
        /// Its comments, oldest first, the newest 200.
        comments: Vec<TicketComment>,
    },
    /// Notes that mention me.
    Mentions {
        /// Newest first.
        mentions: Vec<Mention>,
        /// Whether there are older ones.
        more: bool,
    },
    /// What a search found.
    Search {
        /// The page.
        #[serde(flatten)]
        found: Found,
    },
    /// The views that I have saved.
    Views {
        /// In their order.
        views: Vec<SavedView>,
    },
    /// The figures of the desk.
    Statistics {
        /// All of them.
        statistics: Box<Statistics>,
    },
}
