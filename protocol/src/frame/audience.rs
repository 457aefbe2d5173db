//! The two audiences: which types are theirs, and the names of what they may send.

use std::fmt::Debug;

use serde::{Serialize, de::DeserializeOwned};

use super::{
    AgentMe, AgentQuestion, AgentReply, AgentSignal, AgentSnapshot, CustomerMe, CustomerQuestion, CustomerReply,
    CustomerSignal, CustomerSnapshot,
};
use crate::{
    command::{AgentCommand, CustomerCommand},
    customer_event::CustomerEvent,
    event::Event,
    ids::Mark,
};

/// Who is at the other end: decides what commands, events and questions mean on a connection.
pub trait Audience: Send + Sync + 'static {
    /// What this audience asks to be done.
    type Command: Serialize + DeserializeOwned + Clone + PartialEq + Debug + Send + Sync;
    /// What it is told happened.
    type Event: Serialize + DeserializeOwned + Clone + PartialEq + Debug + Send + Sync;
    /// What it starts afresh from.
    type Snapshot: Serialize + DeserializeOwned + Clone + PartialEq + Debug + Send + Sync;
    /// What it asks to read.
    type Question: Serialize + DeserializeOwned + Clone + PartialEq + Debug + Send + Sync;
    /// What it is told in return.
    type Reply: Serialize + DeserializeOwned + Clone + PartialEq + Debug + Send + Sync;
    /// What is momentary.
    type Signal: Serialize + DeserializeOwned + Clone + PartialEq + Debug + Send + Sync;
    /// Who it is.
    type Me: Serialize + DeserializeOwned + Clone + PartialEq + Debug + Send + Sync;

    /// The names of the commands it may send.
    const COMMANDS: &'static [&'static str];
    /// The names of the questions it may ask.
    const QUESTIONS: &'static [&'static str];

    /// The position of an event, as this audience's cursor counts.
    fn position(event: &Self::Event) -> u64;
    /// The mark of an event.
    fn mark(event: &Self::Event) -> Mark;
}

/// Agents, on `/ws`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Agents {}

/// Customers, on `/ws/chat/{customer_id}`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Customers {}

impl Audience for Agents {
    type Command = AgentCommand;
    type Event = Event;
    type Snapshot = AgentSnapshot;
    type Question = AgentQuestion;
    type Reply = AgentReply;
    type Signal = AgentSignal;
    type Me = AgentMe;

    const COMMANDS: &'static [&'static str] = &[
        "post",
        "take_over",
        "take_next",
        "hand_back",
        "close",
        "mark_seen",
        "assign",
        "transfer",
        "snooze",
        "wake",
        "note",
        "tag",
        "set_subject",
        "set_priority",
        "edit_line",
        "withdraw_line",
        "blank_line",
        "convert_to_ticket",
        "change_ticket",
        "comment_ticket",
        "set_intent",
        "mark_mentions_read",
        "describe_customer",
        "merge_customers",
        "block_customer",
        "unblock_customer",
        "save_reply",
        "delete_reply",
        "save_article",
        "delete_article",
        "save_group",
        "delete_group",
        "set_agent",
        "configure",
    ];
    const QUESTIONS: &'static [&'static str] = &[
        "thread",
        "summary",
        "closed",
        "customer",
        "extra",
        "queue",
        "workload",
        "why",
        "suggestions",
        "recap",
        "draft",
        "replies",
        "articles",
        "all_articles",
        "article",
        "tickets",
        "ticket",
        "mentions",
        "search",
        "views",
        "statistics",
    ];

    fn position(event: &Event) -> u64 {
        event.rev.0
    }

    fn mark(event: &Event) -> Mark {
        event.mark
    }
}

impl Audience for Customers {
    type Command = CustomerCommand;
    type Event = CustomerEvent;
    type Snapshot = CustomerSnapshot;
    type Question = CustomerQuestion;
    type Reply = CustomerReply;
    type Signal = CustomerSignal;
    type Me = CustomerMe;

    const COMMANDS: &'static [&'static str] = &[
        "post",
        "start",
        "introduce",
        "set_subject",
        "edit_line",
        "withdraw_line",
        "rate",
        "request_human",
        "close",
        "mark_seen",
        "consent",
        "revoke_device",
        "forget",
    ];
    const QUESTIONS: &'static [&'static str] = &["thread", "article", "link", "articles", "devices", "export"];

    fn position(event: &CustomerEvent) -> u64 {
        event.seq.0
    }

    fn mark(event: &CustomerEvent) -> Mark {
        event.mark
    }
}
