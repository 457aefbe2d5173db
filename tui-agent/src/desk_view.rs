//! Views of the desk that lie over the chat: why somebody waits, the queue, tickets, mentions, the library, groups, settings. They stand
//! on each other: what was opened last is on top, and closing it leads back to the one below. This file knows what can be shown and
//! what is waited for; what keys do is in `update/desk_views`.

mod wanted;

use std::{collections::HashMap, time::Duration};

use minicom_client::TicketFilter;
use minicom_protocol::{
    event::Event,
    figures::{By, Range, Statistics},
    frame::{AgentQuestion, AgentReply},
    ids::{AgentId, CommandId, ConversationId, CustomerId, GroupId, ReplyId, Rev, TicketNo},
    library::{Article, ArticleRow, SavedReply},
    queue::Why,
    summary::Summary,
    ticket::{Ticket, TicketComment, TicketStatus},
    words::Tag,
};
use minicom_tui_kit::{Overlay, Picker, Prompt, Table};

pub use self::wanted::{Asking, Wanted};
use crate::lessons::Lessons;

/// Articles that a list has.
pub const ARTICLES_MAX: u32 = 100;

/// What is shown, chosen or asked.
#[derive(Debug, Clone)]
pub enum View {
    /// Why a conversation waits, and who may take it.
    Why {
        /// Which.
        conversation: ConversationId,
        /// What the server said.
        why: Wanted<Why>,
        /// When it was last asked.
        asked_at: Duration,
    },
    /// The queue in numbers.
    Queue,
    /// Who has how much to do.
    Workload,
    /// What was counted.
    Statistics {
        /// Of which days, and one by one by what.
        shown: Counted,
        /// What the server said.
        told: Box<Wanted<Statistics>>,
        /// When it was last asked.
        asked_at: Duration,
    },
    /// An agent's conversations, to open one.
    ChatsOf(AgentId),
    /// The title of a new ticket.
    NewTicket(ConversationId),
    /// Tickets.
    Tickets(TicketFilter),
    /// A ticket with its comments.
    Ticket {
        /// Which.
        number: TicketNo,
        /// All of it.
        told: Wanted<(Ticket, Vec<TicketComment>)>,
    },
    /// A comment on a ticket.
    Comment(TicketNo),
    /// Another title of a ticket.
    TicketTitle(TicketNo),
    /// Who does a ticket.
    TicketAssignee(TicketNo),
    /// Where a ticket stands.
    TicketStatus(TicketNo),
    /// Notes that mention the agent.
    Mentions {
        /// How far they were read before.
        read: Rev,
    },
    /// Saved replies.
    Replies,
    /// What a saved reply is besides its text.
    ReplyFields(Box<SavedReply>),
    /// Whether a saved reply is deleted.
    DeleteReply(ReplyId),
    /// Articles.
    Articles {
        /// What is looked for.
        query: String,
        /// What there is.
        told: Wanted<Vec<ArticleRow>>,
    },
    /// What is looked for in articles.
    ArticleSearch,
    /// The short name of a new article.
    NewArticle,
    /// An article in full.
    Article {
        /// Which.
        slug: Tag,
        /// All of it.
        told: Wanted<(Article, ArticleRow)>,
        /// What is done when it comes.
        then: Then,
    },
    /// Whether an article is deleted.
    DeleteArticle(Tag),
    /// What the bot could learn.
    Lessons,
    /// Groups.
    Groups,
    /// Who is in a group; the list stays open.
    GroupMembers(GroupId),
    /// What the members of a group are good at.
    GroupSkills(GroupId),
    /// The name of a group; of a new one, if there is none.
    GroupName(Option<GroupId>),
    /// Whether a group is deleted.
    DeleteGroup(GroupId),
    /// Agents: what they are good at, and how much each can have.
    Agents,
    /// Skills and capacity of an agent.
    AgentFields(AgentId),
    /// What the desk has chosen.
    Settings,
    /// What was written and cannot be taken as it is.
    Unsaved(Box<Work>),
    /// What is known of a customer.
    Customer(CustomerId),
    /// With whom a customer is joined.
    MergeWith {
        /// Who.
        customer: CustomerId,
        /// The state of the list that its rows are of: there may be ten thousand.
        at: Option<u64>,
    },
    /// Whether two customers are joined.
    Merge {
        /// One.
        customer: CustomerId,
        /// The other.
        also: CustomerId,
    },
}

impl View {
    /// What the server is asked for it.
    pub fn question(&self) -> Option<AgentQuestion> {
        Some(match self {
            View::Why { conversation, .. } => AgentQuestion::Why {
                conversation: *conversation,
            },
            View::Ticket { number, .. } => AgentQuestion::Ticket { number: *number },
            View::Statistics { shown, .. } => AgentQuestion::Statistics {
                range: shown.range,
                by: shown.by,
            },
            View::Articles { query, .. } => AgentQuestion::Articles {
                query: query.clone(),
                limit: ARTICLES_MAX,
            },
            View::Article { slug, .. } => AgentQuestion::Article { slug: slug.clone() },
            _ => return None,
        })
    }

    /// How asking for it stands.
    pub fn asking(&mut self) -> Option<&mut Asking> {
        Some(match self {
            View::Why { why, .. } => &mut why.asking,
            View::Ticket { told, .. } => &mut told.asking,
            View::Statistics { told, .. } => &mut told.asking,
            View::Articles { told, .. } => &mut told.asking,
            View::Article { told, .. } => &mut told.asking,
            _ => return None,
        })
    }

    /// The answer came.
    pub fn came(&mut self, reply: AgentReply) {
        match (self, reply) {
            (View::Why { why, .. }, AgentReply::Why { why: it }) => why.came(*it),
            (View::Ticket { told, .. }, AgentReply::Ticket { ticket, comments }) => told.came((ticket, comments)),
            (View::Statistics { told, .. }, AgentReply::Statistics { statistics }) => {
                let behind = statistics.behind > 0;
                told.came(*statistics);
                if behind {
                    // What just happened is counted in a moment.
                    told.asking.touch();
                }
            }
            (View::Articles { told, .. }, AgentReply::Articles { articles }) => told.came(articles),
            (View::Article { told, .. }, AgentReply::Article { article, row }) => told.came((article, row)),
            _ => {}
        }
    }
}

/// Which figures are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// Of which days.
    pub range: Range,
    /// One by one by what.
    pub by: Option<By>,
    /// Whether they may be told one by one: an admin looks.
    pub may_split: bool,
}

/// What is done with an article that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// It is read.
    Read,
    /// It goes to the editor.
    Edit,
    /// Customers can read it from now on, or not any more.
    Publish,
}

/// What a row stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowId {
    /// A conversation.
    Chat(ConversationId),
    /// An agent.
    Agent(AgentId),
    /// Nobody.
    Nobody,
    /// Where a ticket can stand.
    Status(TicketStatus),
    /// A ticket.
    Ticket(TicketNo),
    /// A question that waits to be learnt from, and where it was asked.
    Example(u64, ConversationId),
    /// What people ask that nothing answers.
    Gap(u64),
    /// A note, by its place in the journal.
    Note(Rev),
    /// A saved reply.
    Reply(ReplyId),
    /// An article.
    Article(Tag),
    /// A group.
    Group(GroupId),
    /// A customer.
    Customer(CustomerId),
    /// Back to the editor.
    Again,
    /// What was written is dropped.
    Drop,
}

/// How a view takes keys and is drawn.
#[derive(Debug, Clone)]
pub enum Surface {
    /// Rows with columns, over the screen.
    Table(Table<RowId>),
    /// Something to read, over the screen.
    Reading(Overlay),
    /// A choice, above the composer.
    Picker(Picker<RowId>),
    /// Questions, above the composer.
    Prompt(Prompt),
}

impl Surface {
    /// Whether it takes the whole screen but header and footer.
    pub fn is_whole(&self) -> bool {
        matches!(self, Surface::Table(_) | Surface::Reading(_))
    }
}

/// A view and its surface.
#[derive(Debug, Clone)]
pub struct Layer {
    /// What it is.
    pub view: View,
    /// How it is shown.
    pub surface: Surface,
}

/// Views that stand on each other.
#[derive(Debug, Clone, Default)]
pub struct Stack {
    /// The last one is on top.
    pub layers: Vec<Layer>,
}

impl Stack {
    /// The one on top.
    pub fn top(&self) -> Option<&Layer> {
        self.layers.last()
    }

    /// The one on top, to be changed.
    pub fn top_mut(&mut self) -> Option<&mut Layer> {
        self.layers.last_mut()
    }

    /// The layers that can be seen: the last whole one, and what stands on it.
    pub fn seen(&self) -> &[Layer] {
        let whole = self.layers.iter().rposition(|layer| layer.surface.is_whole());
        &self.layers[whole.unwrap_or(0)..]
    }
}

/// A text on its way through the agent's own editor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Work {
    /// What it becomes.
    pub on: WorkOn,
    /// The text.
    pub text: String,
}

/// What a text becomes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WorkOn {
    /// A saved reply; all of it but its text is here.
    Reply {
        /// What it is besides its text.
        reply: Box<SavedReply>,
        /// Whether something of that was changed, so that it is saved with the same text too.
        changed: bool,
    },
    /// An article; its front matter is in the text.
    Article(Tag),
    /// The desk's settings.
    Settings,
}

impl WorkOn {
    /// Whether a text is about the same thing.
    pub fn is_same(&self, other: &WorkOn) -> bool {
        match (self, other) {
            (WorkOn::Reply { reply, .. }, WorkOn::Reply { reply: other, .. }) => reply.id == other.id,
            (one, other) => one == other,
        }
    }
}

/// What goes into a file.
#[derive(Debug, Clone)]
pub enum Exported {
    /// A ticket, with what was said on it.
    Ticket(Box<Ticket>, Vec<TicketComment>),
    /// A conversation.
    Chat(Box<Summary>),
}

impl Exported {
    /// The conversation that goes into it.
    pub fn conversation(&self) -> (CustomerId, ConversationId) {
        match self {
            Exported::Ticket(ticket, _) => (ticket.customer.id, ticket.conversation),
            Exported::Chat(row) => (row.customer.id, row.conversation),
        }
    }
}

/// A conversation on its way into a file: it is asked for in pages.
#[derive(Debug, Clone)]
pub struct Export {
    /// What goes there.
    pub what: Exported,
    /// The conversation as far as it is here, oldest first.
    pub events: Vec<Event>,
    /// The page that is on its way.
    pub asked: AgentQuestion,
}

/// What of a thread is to be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Goal {
    /// What this event told: a line that was found, a note.
    Event(Rev),
    /// Where the conversation itself ends: its thread goes on with later ones.
    End,
}

/// What is under way besides what is on the screen.
#[derive(Debug, Clone, Default)]
pub struct Views {
    /// Texts that were not saved and are kept until they are.
    pub unsaved: Vec<Work>,
    /// Texts that the server has been given.
    pub saving: HashMap<CommandId, Work>,
    /// Tickets and conversations on their way into files.
    pub exports: Vec<Export>,
    /// What of the open thread is to be shown as soon as it is here.
    pub go_to: Option<(ConversationId, Goal)>,
    /// A conversation that is asked for, to be opened when it comes, and the one that was open when it was asked for.
    pub opening: Option<(ConversationId, Option<ConversationId>)>,
    /// What the bot could learn, as it was told last.
    pub lessons: Option<Lessons>,
}
