//! A conversation in the names of the API, as agents see it. Nothing that grows by itself is a field: the answer to a repeat
//! is the first one.

use minicom_protocol::{
    ids::{ConversationId, GroupId, TicketNo},
    intake::Priority,
    settings::PreChatAnswer,
    stage::{Closer, Stage},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    clock::rfc3339,
    desk::Session,
    http::api::words::{CustomerName, Metadata, Person, PriorityWord},
};

/// A conversation, as agents see it.
#[derive(Serialize, ToSchema)]
pub struct SessionAnswer {
    /// Its id.
    #[schema(value_type = Uuid)]
    session_id: ConversationId,
    /// `pending` (with the bot or waiting), `active` (an agent has it, also put aside) or `closed`.
    #[schema(value_type = StatusWord)]
    status: &'static str,
    /// Where it stands, more precisely.
    #[schema(value_type = StageWord)]
    stage: &'static str,
    /// Whether the bot answers.
    is_bot_active: bool,
    /// The customer's name.
    #[schema(example = "alice")]
    customer_id: String,
    /// What the customer is called: the name that was given with it, or the customer's name.
    #[schema(example = "Alice Smith")]
    customer_name: String,
    /// The address that was given. Nobody has proven it.
    customer_email: Option<String>,
    /// The customer by internal id and realm.
    customer: CustomerName,
    /// Where it comes from.
    #[schema(example = "web")]
    channel: String,
    /// What it is about.
    #[schema(example = "Late parcel")]
    subject: Option<String>,
    /// How urgent it is.
    #[schema(value_type = PriorityWord)]
    priority: Priority,
    /// What an agent must be good at to take it.
    required_skills: Vec<String>,
    /// Its tags.
    tags: Vec<String>,
    /// What the customer's program said of itself.
    metadata: Metadata,
    /// What was answered before the first line.
    answers: Vec<AnswerGiven>,
    /// The owner, while there is one.
    agent: Option<Person>,
    /// The owner's id, while there is one.
    #[schema(value_type = Option<Uuid>)]
    agent_id: Option<minicom_protocol::ids::AgentId>,
    /// The group that it waits for; anybody if `null`.
    #[schema(value_type = Option<Uuid>)]
    group_id: Option<GroupId>,
    /// Why it waits, where it does.
    reason: Option<&'static str>,
    /// When it began.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it first came into the queue.
    #[schema(format = DateTime)]
    queued_at: Option<String>,
    /// When a person first became its owner.
    #[schema(format = DateTime)]
    assigned_at: Option<String>,
    /// How long the customer waited for that, in milliseconds.
    wait_ms: Option<i64>,
    /// When a person first answered.
    #[schema(format = DateTime)]
    first_response_at: Option<String>,
    /// When a person must have answered, where the tenant has set a target.
    #[schema(format = DateTime)]
    respond_by: Option<String>,
    /// When a snooze ends, if not only by the customer.
    #[schema(format = DateTime)]
    snoozed_until: Option<String>,
    /// When it ended.
    #[schema(format = DateTime)]
    ended_at: Option<String>,
    /// Who ended it: `customer`, `agent` or `system`.
    ended_by: Option<&'static str>,
    /// How long a person was at it, in milliseconds, once it has ended.
    handling_ms: Option<i64>,
    /// Lines in it.
    message_count: u64,
    /// When its newest line was written, or it began.
    #[schema(format = DateTime)]
    last_message_at: String,
    /// The newest line's beginning, as raw as the line itself.
    last_message: Option<LastMessage>,
    /// The customer's lines that the desk has not read.
    unread_count: u64,
    /// Since when the customer waits for an answer.
    #[schema(format = DateTime)]
    unanswered_since: Option<String>,
    /// The newest lines of both sides, for `seen`.
    seen: SeenAnswer,
    /// How many notes it has.
    note_count: u64,
    /// The ticket that was made of it.
    #[schema(value_type = Option<u64>)]
    ticket_id: Option<TicketNo>,
    /// What the customer said of it, from 1 to 5.
    #[schema(minimum = 1, maximum = 5)]
    rating: Option<u8>,
    /// What should be known of what was just done, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    warning: Option<String>,
}

/// `pending`, `active` or `closed`.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[allow(dead_code, reason = "it describes words that are made elsewhere")]
pub enum StatusWord {
    Pending,
    Active,
    Closed,
}

/// Where a conversation stands.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[allow(dead_code, reason = "it describes words that are made elsewhere")]
enum StageWord {
    Bot,
    Waiting,
    Active,
    Snoozed,
    Closed,
}

/// A question of the desk, by its key, and what was answered.
#[derive(Serialize, ToSchema)]
pub struct AnswerGiven {
    /// The question's key.
    pub key: String,
    /// The answer.
    pub text: String,
}

impl From<&PreChatAnswer> for AnswerGiven {
    fn from(it: &PreChatAnswer) -> AnswerGiven {
        AnswerGiven {
            key: it.key.clone(),
            text: it.text.clone(),
        }
    }
}

/// The newest line of a conversation.
#[derive(Serialize, ToSchema)]
struct LastMessage {
    /// `customer`, `bot`, `agent` or `system`.
    sender: &'static str,
    /// Its beginning, on one line.
    excerpt: String,
}

/// The numbers of the newest lines.
#[derive(Serialize, ToSchema)]
struct SeenAnswer {
    /// The customer's newest line in the thread.
    customer: u64,
    /// The desk's newest line in the thread.
    desk: u64,
}

fn stage_word(stage: &Stage) -> &'static str {
    match stage {
        Stage::Bot => "bot",
        Stage::Waiting { .. } => "waiting",
        Stage::Active { .. } => "active",
        Stage::Snoozed { .. } => "snoozed",
        Stage::Closed { .. } => "closed",
    }
}

fn texts<T: AsRef<str>>(words: impl IntoIterator<Item = T>) -> Vec<String> {
    words.into_iter().map(|it| it.as_ref().to_owned()).collect()
}

impl SessionAnswer {
    /// A conversation, for agents.
    pub fn of(Session { row, profile }: &Session) -> SessionAnswer {
        let name = row.customer.name.to_string();
        let (ended, by) = match &row.stage {
            Stage::Closed { at, by } => (Some(*at), Some(closer(by))),
            _ => (None, None),
        };
        let reason = match &row.stage {
            Stage::Waiting { reason, .. } => Some(reason.words()),
            _ => None,
        };
        let snoozed_until = match &row.stage {
            Stage::Snoozed { until, .. } => *until,
            _ => None,
        };
        SessionAnswer {
            session_id: row.conversation,
            status: row.stage.status(),
            stage: stage_word(&row.stage),
            is_bot_active: row.stage.is_bot(),
            customer_name: profile
                .name
                .as_ref()
                .map_or_else(|| name.clone(), |it| it.as_str().to_owned()),
            customer_email: profile.email.as_ref().map(|it| it.as_str().to_owned()),
            customer_id: name,
            customer: CustomerName::from(&row.customer),
            channel: row.intake.channel.clone(),
            subject: row.intake.subject.as_ref().map(|it| it.as_str().to_owned()),
            priority: row.intake.priority,
            required_skills: texts(row.intake.skills.iter().map(|it| it.as_str())),
            tags: texts(row.tags.iter().map(|it| it.as_str())),
            metadata: Metadata::from(&row.intake.client),
            answers: row.answers.iter().map(AnswerGiven::from).collect(),
            agent: row.stage.owner().map(Person::from),
            agent_id: row.stage.owner().map(|it| it.id),
            group_id: row.group.as_ref().map(|it| it.id),
            reason,
            created_at: rfc3339(row.opened_at),
            queued_at: row.queued_at.map(rfc3339),
            assigned_at: row.assigned_at.map(rfc3339),
            wait_ms: row.wait_ms,
            first_response_at: row.first_response_at.map(rfc3339),
            respond_by: row.respond_by.map(|it| rfc3339(it.due)),
            snoozed_until: snoozed_until.map(rfc3339),
            ended_at: ended.map(rfc3339),
            ended_by: by,
            handling_ms: ended.and_then(|at| row.handling_ms(at)),
            message_count: row.message_count,
            last_message_at: rfc3339(row.last_at),
            last_message: row.last_line.as_ref().map(|it| LastMessage {
                sender: it.author.sender(),
                excerpt: it.excerpt.clone(),
            }),
            unread_count: row.customer_lines.0.saturating_sub(row.desk_mark.0),
            unanswered_since: row.unanswered_since.map(rfc3339),
            seen: SeenAnswer {
                customer: row.customer_lines.0,
                desk: row.desk_lines.0,
            },
            note_count: row.notes,
            ticket_id: row.ticket,
            rating: row.rating,
            warning: None,
        }
    }

    /// The same with what should be known of what was just done.
    pub fn warned(self, warning: Option<minicom_protocol::command::Warning>) -> SessionAnswer {
        let warning = warning.map(|it| it.words());
        SessionAnswer { warning, ..self }
    }
}

fn closer(by: &Closer) -> &'static str {
    match by {
        Closer::Customer => "customer",
        Closer::Agent { .. } => "agent",
        Closer::System => "system",
    }
}
