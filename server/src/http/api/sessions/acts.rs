//! What changes whose a conversation is, or where it stands.

use axum::{Json, extract::State};
use minicom_protocol::{
    command::{AgentCommand, TransferTo},
    ids::{ConversationId, GroupId, LineNo, Time},
    people::Role,
    words::SubjectLine,
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{SessionAnswer, done_to};
use crate::{
    clock,
    http::{
        App,
        api::words::{Nothing, agent_named},
        asked::Named,
        error::ApiError,
        extract::{ByAgent, Change},
    },
};

type Shown = Result<Json<SessionAnswer>, ApiError>;

/// Every customer's line counts as seen: of who says nothing, nothing is known of what was on the screen.
pub const ALL_SEEN: LineNo = LineNo(i64::MAX as u64);

/// Accepts a conversation: the caller becomes its owner.
///
/// Accepting, assigning to oneself and taking over are one act. The bot is silent from here on.
#[utoipa::path(
    post, path = "/sessions/{id}/accept", tag = "sessions", operation_id = "accept_session",
    params(("id" = Uuid, Path, description = "The conversation")), request_body = Option<Nothing>,
    responses((status = 200, body = SessionAnswer))
)]
pub async fn accept(
    State(app): State<App>,
    ByAgent(agent): ByAgent,
    Named(conversation): Named<ConversationId>,
    change: Change<Nothing>,
) -> Shown {
    let command = AgentCommand::TakeOver { conversation };
    done_to(&app, &agent, change.command, conversation, command).await
}

/// To whom a conversation is assigned.
#[derive(Deserialize, ToSchema)]
pub struct Assignment {
    /// The agent's id, or `me`. Left out: me. Somebody else may be named by admins alone.
    #[schema(example = "me", nullable = false)]
    agent_id: Option<String>,
}

/// Assigns a conversation to an agent, or to oneself.
///
/// An admin may assign to anybody; it is done also if that agent is full, with a `warning`.
#[utoipa::path(
    post, path = "/sessions/{id}/assign", tag = "sessions", operation_id = "assign_session",
    params(("id" = Uuid, Path, description = "The conversation")), request_body = Option<Assignment>,
    responses((status = 200, body = SessionAnswer))
)]
pub async fn assign(
    State(app): State<App>,
    ByAgent(me): ByAgent,
    Named(conversation): Named<ConversationId>,
    change: Change<Assignment>,
) -> Shown {
    let named = change.body.agent_id.as_deref();
    let agent = named.map(|named| agent_named(named, &me)).transpose()?;
    // An admin who is named takes it also from a colleague.
    let command = match agent.filter(|agent| *agent != me.agent.id || me.role == Role::Admin) {
        None => AgentCommand::TakeOver { conversation },
        Some(agent) => AgentCommand::Assign { conversation, agent },
    };
    done_to(&app, &me, change.command, conversation, command).await
}

/// To whom a conversation is transferred: exactly one of an agent, a group and the queue.
#[derive(Deserialize, ToSchema)]
pub struct Transfer {
    /// An agent's id. Who is named owns it at once.
    #[serde(alias = "to_agent_id")]
    #[schema(nullable = false)]
    agent_id: Option<String>,
    /// A group's id: it waits until one of its members takes it.
    #[schema(value_type = Option<Uuid>, nullable = false)]
    group_id: Option<GroupId>,
    /// `true`: back to the queue, where its first place is kept.
    #[serde(default)]
    #[schema(example = true)]
    queue: bool,
    /// What the next one should know: a note that comes with it.
    #[serde(alias = "reason")]
    #[schema(
        example = "Wants her money back; see the last photo.",
        max_length = 16384,
        nullable = false
    )]
    note: Option<String>,
}

/// Transfers a conversation to an agent, to a group, or back to the queue.
#[utoipa::path(
    post, path = "/sessions/{id}/transfer", tag = "sessions", operation_id = "transfer_session",
    params(("id" = Uuid, Path, description = "The conversation")), request_body = Transfer,
    responses((status = 200, body = SessionAnswer))
)]
pub async fn transfer(
    State(app): State<App>,
    ByAgent(me): ByAgent,
    Named(conversation): Named<ConversationId>,
    change: Change<Transfer>,
) -> Shown {
    let Transfer {
        agent_id,
        group_id,
        queue,
        note,
    } = change.body;
    let agent = agent_id.map(|named| agent_named(&named, &me)).transpose()?;
    let to = match (agent, group_id, queue) {
        (Some(agent), None, false) => TransferTo::Agent { agent },
        (None, Some(group), false) => TransferTo::Group { group },
        (None, None, true) => TransferTo::Queue,
        _ => {
            let words = "say to whom, once: `agent_id`, `group_id`, or `queue` with `true`";
            return Err(ApiError::bad_field(words));
        }
    };
    let command = AgentCommand::Transfer { conversation, to, note };
    done_to(&app, &me, change.command, conversation, command).await
}

/// Gives a conversation back to the bot.
#[utoipa::path(
    post, path = "/sessions/{id}/hand-back", tag = "sessions", operation_id = "hand_back_session",
    params(("id" = Uuid, Path, description = "The conversation")), request_body = Option<Nothing>,
    responses((status = 200, body = SessionAnswer))
)]
pub async fn hand_back(
    State(app): State<App>,
    ByAgent(agent): ByAgent,
    Named(conversation): Named<ConversationId>,
    change: Change<Nothing>,
) -> Shown {
    let command = AgentCommand::HandBack { conversation };
    done_to(&app, &agent, change.command, conversation, command).await
}

/// What was on the screen when a conversation was ended.
#[derive(Deserialize, ToSchema)]
pub struct Ending {
    /// The number of the newest customer's line that was read (`seen.customer` of a conversation). If the customer wrote
    /// later, the answer is 409 `unseen`. Left out: all is taken as read.
    #[schema(minimum = 0, nullable = false)]
    seen: Option<u64>,
}

/// Ends a conversation.
///
/// For good: what the customer writes next opens another one.
#[utoipa::path(
    post, path = "/sessions/{id}/close", tag = "sessions", operation_id = "close_session",
    params(("id" = Uuid, Path, description = "The conversation")), request_body = Option<Ending>,
    responses((status = 200, body = SessionAnswer))
)]
pub async fn close(
    State(app): State<App>,
    ByAgent(agent): ByAgent,
    Named(conversation): Named<ConversationId>,
    change: Change<Ending>,
) -> Shown {
    let seen = change.body.seen.map_or(ALL_SEEN, |seen| LineNo(seen).min(ALL_SEEN));
    let command = AgentCommand::Close { conversation, seen };
    done_to(&app, &agent, change.command, conversation, command).await
}

/// How long a conversation is put aside. With neither field: until the customer writes.
#[derive(Deserialize, ToSchema)]
pub struct Snooze {
    /// Until then, or until the customer writes.
    #[schema(format = DateTime, example = "2030-01-07T09:00:00Z", nullable = false)]
    until: Option<String>,
    /// For so many minutes, or until the customer writes. Not with `Idempotency-Key`: a repeat would mean another time.
    #[schema(minimum = 1, maximum = 1_000_000, nullable = false)]
    minutes: Option<u32>,
}

/// Puts a conversation aside.
#[utoipa::path(
    post, path = "/sessions/{id}/snooze", tag = "sessions", operation_id = "snooze_session",
    params(("id" = Uuid, Path, description = "The conversation")), request_body = Option<Snooze>,
    responses((status = 200, body = SessionAnswer))
)]
pub async fn snooze(
    State(app): State<App>,
    ByAgent(agent): ByAgent,
    Named(conversation): Named<ConversationId>,
    change: Change<Snooze>,
) -> Shown {
    let until = match (change.body.until.as_deref(), change.body.minutes) {
        (None, None) => None,
        (Some(text), None) => Some(time(text)?),
        (None, Some(_)) if change.once.is_some() => {
            let words = "with `Idempotency-Key` say `until`: `minutes` would mean another time in a repeat";
            return Err(ApiError::bad_field(words));
        }
        (None, Some(minutes)) if (1..=1_000_000).contains(&minutes) => {
            Some(clock::now().plus_ms(i64::from(minutes) * 60_000))
        }
        (None, Some(_)) => return Err(ApiError::bad_field("`minutes` is a number from 1 to 1000000")),
        (Some(_), Some(_)) => return Err(ApiError::bad_field("say `until` or `minutes`, not both")),
    };
    let command = AgentCommand::Snooze { conversation, until };
    done_to(&app, &agent, change.command, conversation, command).await
}

fn time(text: &str) -> Result<Time, ApiError> {
    let parsed: Result<jiff::Timestamp, _> = text.parse();
    parsed
        .map(|it| Time(it.as_microsecond()))
        .map_err(|_| ApiError::bad_field("`until` is a time such as 2030-01-07T09:00:00Z"))
}

/// Ends a snooze.
#[utoipa::path(
    post, path = "/sessions/{id}/wake", tag = "sessions", operation_id = "wake_session",
    params(("id" = Uuid, Path, description = "The conversation")), request_body = Option<Nothing>,
    responses((status = 200, body = SessionAnswer))
)]
pub async fn wake(
    State(app): State<App>,
    ByAgent(agent): ByAgent,
    Named(conversation): Named<ConversationId>,
    change: Change<Nothing>,
) -> Shown {
    let command = AgentCommand::Wake { conversation };
    done_to(&app, &agent, change.command, conversation, command).await
}

/// What is to be done.
#[derive(Deserialize, ToSchema)]
pub struct TicketOf {
    /// The ticket's title; the subject, or the first line, if left out.
    #[serde(alias = "subject")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 200, example = "Refund order 1234", nullable = false)]
    title: Option<SubjectLine>,
}

/// Makes a ticket of a conversation.
///
/// Again: nothing happens, and `ticket_id` is the first ticket.
#[utoipa::path(
    post, path = "/sessions/{id}/convert-to-ticket", tag = "tickets", operation_id = "convert_session_to_ticket",
    params(("id" = Uuid, Path, description = "The conversation")), request_body = Option<TicketOf>,
    responses((status = 200, body = SessionAnswer))
)]
pub async fn convert_to_ticket(
    State(app): State<App>,
    ByAgent(agent): ByAgent,
    Named(conversation): Named<ConversationId>,
    change: Change<TicketOf>,
) -> Shown {
    let title = change.body.title;
    let command = AgentCommand::ConvertToTicket { conversation, title };
    done_to(&app, &agent, change.command, conversation, command).await
}
