//! What agents ask for.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    ids::{AgentId, ConversationId, CustomerId, FileId, GroupId, LineNo, ReplyId, Rev, TicketNo, Time},
    intake::{Introduction, Priority},
    library::{Article, SavedReply},
    line::LineRef,
    settings::DeskSettings,
    staff::{Group, Intent},
    ticket::TicketStatus,
    words::{Skill, SubjectLine, Tag},
};

/// What an agent's author had on the screen when writing.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct SeenLines {
    /// The newest customer's line of the thread.
    pub customer: LineNo,
    /// The newest desk's line of the thread.
    pub desk: LineNo,
}

/// What an agent asks for.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum AgentCommand {
    /// Write to the customer. Only the owner may.
    Post {
        /// Where.
        conversation: ConversationId,
        /// What; see [`MessageText`](crate::text::MessageText) for its bounds.
        text: String,
        /// What the author had on the screen. If a colleague or the bot has answered since, the line is refused as `stale`.
        #[serde(default)]
        seen: SeenLines,
        /// Take the conversation over in the same breath, unless a colleague has it.
        #[serde(default)]
        take_over: bool,
        /// Post although something was missed: the author has been shown it.
        #[serde(default)]
        anyway: bool,
        /// The line that it answers.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        quote: Option<LineRef>,
        /// The saved reply that it was made from: then the text is a template, whose holes are filled now, once, and its
        /// actions are done in the same transaction.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reply: Option<ReplyUse>,
        /// A published article to go with it, as a card.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        article: Option<Tag>,
        /// A file to go with it, which its author has uploaded for this conversation and not sent yet. Then the text may be empty.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        file: Option<FileId>,
    },
    /// Become the owner.
    TakeOver {
        /// Of what.
        conversation: ConversationId,
    },
    /// Open what needs me most, and become its owner if it waits in the queue.
    TakeNext {},
    /// Give the conversation back to the bot.
    HandBack {
        /// Which.
        conversation: ConversationId,
    },
    /// End the conversation.
    Close {
        /// Which.
        conversation: ConversationId,
        /// The newest customer's line on the screen. If the customer wrote later, the command is refused as `unseen`.
        seen: LineNo,
    },
    /// The owner has read the customer's lines up to here.
    MarkSeen {
        /// Where.
        conversation: ConversationId,
        /// The newest customer's line read.
        up_to: LineNo,
    },
    /// Make somebody the owner. Admins only; it is done also if that agent is full, with a warning.
    Assign {
        /// Of what.
        conversation: ConversationId,
        /// Who.
        agent: AgentId,
    },
    /// Give the conversation to somebody else, or to the queue. It takes effect at once.
    Transfer {
        /// Which.
        conversation: ConversationId,
        /// To whom.
        to: TransferTo,
        /// What the next one should know: a note that comes with it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<String>,
    },
    /// Put the conversation aside.
    Snooze {
        /// Which.
        conversation: ConversationId,
        /// Until when, if not only until the customer writes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Time>,
    },
    /// End a snooze.
    Wake {
        /// Of which.
        conversation: ConversationId,
    },
    /// Write something that only agents see. `@name` of an agent or a group mentions them; the client says whom it found.
    Note {
        /// Where.
        conversation: ConversationId,
        /// What; see [`MessageText`](crate::text::MessageText) for its bounds.
        text: String,
        /// Agents mentioned.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        agents: Vec<AgentId>,
        /// Groups mentioned.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        groups: Vec<GroupId>,
    },
    /// Put tags on the conversation and take others off.
    Tag {
        /// Which.
        conversation: ConversationId,
        /// To put on.
        #[serde(default)]
        add: Vec<Tag>,
        /// To take off.
        #[serde(default)]
        remove: Vec<Tag>,
    },
    /// Say what the conversation is about.
    SetSubject {
        /// Which.
        conversation: ConversationId,
        /// About what; left out: nothing is said.
        #[serde(default)]
        subject: Option<SubjectLine>,
    },
    /// Say how urgent the conversation is.
    SetPriority {
        /// Which.
        conversation: ConversationId,
        /// How urgent.
        priority: Priority,
    },
    /// Change one's own last line. For a minute.
    EditLine {
        /// Where.
        conversation: ConversationId,
        /// Which line of the desk.
        line: LineNo,
        /// What it says now.
        text: String,
    },
    /// Take one's own last line back. For a minute.
    WithdrawLine {
        /// Where.
        conversation: ConversationId,
        /// Which line of the desk.
        line: LineNo,
    },
    /// Erase what a line says: a pasted secret. The line stays, without its text, and this cannot be undone.
    BlankLine {
        /// Where.
        conversation: ConversationId,
        /// Which line.
        line: LineRef,
    },
    /// Keep a customer out: connections end, and none is taken, until the time is over.
    BlockCustomer {
        /// Whom.
        customer: CustomerId,
        /// For how many minutes; left out: for good.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        minutes: Option<u32>,
    },
    /// Let a blocked customer in again.
    UnblockCustomer {
        /// Whom.
        customer: CustomerId,
    },
    /// Make a ticket of the conversation.
    ConvertToTicket {
        /// Which.
        conversation: ConversationId,
        /// What is to be done; the subject, or the first line, if left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        title: Option<SubjectLine>,
    },
    /// Change a ticket. What is left out stays.
    ChangeTicket {
        /// Which.
        ticket: TicketNo,
        /// Where it stands.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        status: Option<TicketStatus>,
        /// Who does it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        assignee: Option<Assignee>,
        /// What is to be done.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        title: Option<SubjectLine>,
    },
    /// Say something on a ticket. Only agents see it.
    CommentTicket {
        /// Which.
        ticket: TicketNo,
        /// What; see [`MessageText`](crate::text::MessageText) for its bounds.
        text: String,
    },
    /// Choose what to be: available, busy, away.
    SetIntent {
        /// What.
        intent: Intent,
    },
    /// The own mentions are read up to here.
    MarkMentionsRead {
        /// The newest note read.
        up_to: Rev,
    },
    /// Say something of a customer. What is left out stays.
    DescribeCustomer {
        /// Of whom.
        customer: CustomerId,
        /// The name to be called by, and the address.
        #[serde(default)]
        introduction: Introduction,
        /// Values of the tenant's attributes by key; an empty one is taken away.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        attributes: BTreeMap<String, String>,
    },
    /// Join two customers who are one person. Only unverified ones; threads stay what they are, and each shows the other's.
    MergeCustomers {
        /// One.
        customer: CustomerId,
        /// The other.
        also: CustomerId,
    },
    /// Make or change a saved reply. One that is everybody's is everybody's to change.
    SaveReply {
        /// The saved reply; its count of uses is the server's.
        reply: SavedReply,
    },
    /// Delete a saved reply.
    DeleteReply {
        /// Which.
        reply: ReplyId,
    },
    /// Make or change an article.
    SaveArticle {
        /// The article.
        article: Article,
        /// Its tags.
        #[serde(default)]
        tags: Vec<Tag>,
        /// Whether customers can read it.
        published: bool,
    },
    /// Delete an article. Cards that were sent keep their title.
    DeleteArticle {
        /// Which.
        slug: Tag,
    },
    /// Make or change a group. Admins only.
    SaveGroup {
        /// The group.
        group: Group,
    },
    /// Delete a group. What waits for it waits for anybody. Admins only.
    DeleteGroup {
        /// Which.
        group: GroupId,
    },
    /// Say what an agent is good at and how much an agent can have. Admins only.
    SetAgent {
        /// Who.
        agent: AgentId,
        /// All skills.
        skills: Vec<Skill>,
        /// How many conversations at once; the tenant's limit if left out.
        #[serde(default)]
        capacity: Option<u32>,
    },
    /// Choose the desk's settings, all of them. Admins only.
    Configure {
        /// The settings.
        settings: Box<DeskSettings>,
    },
}

/// To whom an agent transfers a conversation.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "target", rename_all = "snake_case")]
pub enum TransferTo {
    /// An agent.
    Agent {
        /// Who.
        agent: AgentId,
    },
    /// A group.
    Group {
        /// Which.
        group: GroupId,
    },
    /// The queue.
    Queue,
}

/// Who is to do a ticket.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "who", rename_all = "snake_case")]
pub enum Assignee {
    /// An agent.
    Agent {
        /// Who.
        agent: AgentId,
    },
    /// Nobody.
    Nobody,
}

/// The use of a saved reply.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ReplyUse {
    /// Which.
    pub id: ReplyId,
    /// What was answered to its questions, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub answers: BTreeMap<String, String>,
}

impl AgentCommand {
    /// The conversation that the command names.
    pub fn conversation(&self) -> Option<ConversationId> {
        match self {
            AgentCommand::Post { conversation, .. }
            | AgentCommand::TakeOver { conversation }
            | AgentCommand::HandBack { conversation }
            | AgentCommand::Close { conversation, .. }
            | AgentCommand::MarkSeen { conversation, .. }
            | AgentCommand::Assign { conversation, .. }
            | AgentCommand::Transfer { conversation, .. }
            | AgentCommand::Snooze { conversation, .. }
            | AgentCommand::Wake { conversation }
            | AgentCommand::Note { conversation, .. }
            | AgentCommand::Tag { conversation, .. }
            | AgentCommand::SetSubject { conversation, .. }
            | AgentCommand::SetPriority { conversation, .. }
            | AgentCommand::EditLine { conversation, .. }
            | AgentCommand::WithdrawLine { conversation, .. }
            | AgentCommand::BlankLine { conversation, .. }
            | AgentCommand::ConvertToTicket { conversation, .. } => Some(*conversation),
            AgentCommand::TakeNext {}
            | AgentCommand::ChangeTicket { .. }
            | AgentCommand::CommentTicket { .. }
            | AgentCommand::SetIntent { .. }
            | AgentCommand::MarkMentionsRead { .. }
            | AgentCommand::DescribeCustomer { .. }
            | AgentCommand::MergeCustomers { .. }
            | AgentCommand::BlockCustomer { .. }
            | AgentCommand::UnblockCustomer { .. }
            | AgentCommand::SaveReply { .. }
            | AgentCommand::DeleteReply { .. }
            | AgentCommand::SaveArticle { .. }
            | AgentCommand::DeleteArticle { .. }
            | AgentCommand::SaveGroup { .. }
            | AgentCommand::DeleteGroup { .. }
            | AgentCommand::SetAgent { .. }
            | AgentCommand::Configure { .. } => None,
        }
    }
}

impl AgentCommand {
    /// A line of a conversation's owner, and nothing else.
    pub fn post(conversation: ConversationId, text: impl Into<String>, seen: SeenLines) -> AgentCommand {
        AgentCommand::Post {
            conversation,
            text: text.into(),
            seen,
            take_over: false,
            anyway: false,
            quote: None,
            reply: None,
            article: None,
            file: None,
        }
    }
}
