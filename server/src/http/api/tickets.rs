//! `tickets`: what is left to do after a conversation.

use axum::{Json, extract::State, http::StatusCode};
use minicom_protocol::{
    command::{AgentCommand, Assignee},
    ids::{ConversationId, TicketNo, Time},
    refusal::Refusal,
    ticket::{Ticket, TicketComment, TicketStatus},
    words::SubjectLine,
};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    sessions::does,
    words::{CustomerName, Person, agent_named, either},
};
use crate::{
    accounts::SignedIn,
    clock::rfc3339,
    http::{
        App,
        asked::{Asked, Named},
        error::ApiError,
        extract::{ByAgent, Change},
        page::{LongLimit, begins_at, place_text},
    },
};

/// See the module.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(show, change))
        .routes(routes!(comment))
}

/// A ticket.
#[derive(Serialize, ToSchema)]
#[schema(as = Ticket)]
pub struct TicketAnswer {
    /// Its number, from 1 in each tenant.
    #[schema(value_type = u64)]
    ticket_id: TicketNo,
    /// What is to be done.
    #[schema(example = "Refund order 1234")]
    title: String,
    /// Where it stands.
    #[schema(value_type = TicketWord)]
    status: TicketStatus,
    /// Who does it.
    assignee: Option<Person>,
    /// The conversation that it was made of: its transcript.
    #[schema(value_type = Uuid)]
    session_id: ConversationId,
    /// Whose.
    customer: CustomerName,
    /// Who made it.
    opened_by: Person,
    /// When.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it was last changed or commented.
    #[schema(format = DateTime)]
    updated_at: String,
    /// How many comments it has.
    comment_count: u32,
}

/// Where a ticket stands.
#[derive(ToSchema)]
#[schema(as = TicketStatus, rename_all = "snake_case")]
#[allow(dead_code, reason = "it describes the protocol's own type")]
pub enum TicketWord {
    Open,
    Pending,
    Solved,
}

impl From<&Ticket> for TicketAnswer {
    fn from(it: &Ticket) -> TicketAnswer {
        TicketAnswer {
            ticket_id: it.number,
            title: it.title.as_str().to_owned(),
            status: it.status,
            assignee: it.assignee.as_ref().map(Person::from),
            session_id: it.conversation,
            customer: CustomerName::from(&it.customer),
            opened_by: Person::from(&it.opened_by),
            created_at: rfc3339(it.opened_at),
            updated_at: rfc3339(it.updated_at),
            comment_count: it.comments,
        }
    }
}

/// A comment on a ticket. Only agents see it.
#[derive(Serialize, ToSchema)]
#[schema(as = TicketComment)]
struct CommentAnswer {
    /// Who wrote it.
    agent: Person,
    /// What it says. Show it as text and nothing else.
    content: String,
    /// When.
    #[schema(format = DateTime)]
    timestamp: String,
}

impl From<&TicketComment> for CommentAnswer {
    fn from(it: &TicketComment) -> CommentAnswer {
        CommentAnswer {
            agent: Person::from(&it.by),
            content: it.text.clone(),
            timestamp: rfc3339(it.at),
        }
    }
}

/// A ticket with its comments.
#[derive(Serialize, ToSchema)]
#[schema(as = TicketInFull)]
struct FullTicketAnswer {
    /// The ticket.
    #[serde(flatten)]
    ticket: TicketAnswer,
    /// Its newest comments, oldest first.
    comments: Vec<CommentAnswer>,
}

/// A page of tickets, the last changed first.
#[derive(Serialize, ToSchema)]
#[schema(as = Tickets)]
struct TicketsAnswer {
    /// The page.
    tickets: Vec<TicketAnswer>,
    /// Hand in as `cursor` for the next page; `null` at the end.
    next_cursor: Option<String>,
}

/// Which tickets, and how many.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct TicketsQuery {
    /// Where they stand.
    #[param(value_type = Option<TicketWord>)]
    status: Option<TicketStatus>,
    /// Whose they are: an agent's id, or `me`.
    #[param(example = "me")]
    assignee: Option<String>,
    /// At most so many.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100, default = 50)]
    limit: Option<LongLimit>,
    /// The `next_cursor` of the page before, with the same filter.
    cursor: Option<String>,
}

/// What the list is called in its cursors.
const LIST: &str = "tickets";

/// Lists tickets, the last changed first.
#[utoipa::path(
    get, path = "/tickets", tag = "tickets", operation_id = "list_tickets", params(TicketsQuery),
    responses((status = 200, body = TicketsAnswer))
)]
async fn list(
    State(app): State<App>,
    ByAgent(agent): ByAgent,
    Asked(query): Asked<TicketsQuery>,
) -> Result<Json<TicketsAnswer>, ApiError> {
    let key = app.desk.tenant(&agent.tenant)?;
    let whose = app.desk.birth_mark(key).await?;
    let named = query.assignee.as_deref();
    let assignee = named.map(|named| agent_named(named, &agent)).transpose()?;
    let before = begins_at(query.cursor.as_deref(), LIST, whose, |at| at.parse().ok().map(Time))?;
    let limit = query.limit.unwrap_or_default().0;
    let (tickets, more) = app.desk.tickets(key, query.status, assignee, before, limit).await?;
    let last = tickets.last().filter(|_| more);
    Ok(Json(TicketsAnswer {
        next_cursor: last.map(|it| place_text(LIST, &it.updated_at.0.to_string(), whose)),
        tickets: tickets.iter().map(TicketAnswer::from).collect(),
    }))
}

/// Shows a ticket with its comments.
#[utoipa::path(
    get, path = "/tickets/{number}", tag = "tickets", operation_id = "show_ticket",
    params(("number" = u64, Path, description = "The ticket's number")),
    responses((status = 200, body = FullTicketAnswer))
)]
async fn show(
    State(app): State<App>,
    ByAgent(agent): ByAgent,
    Named(number): Named<String>,
) -> Result<Json<FullTicketAnswer>, ApiError> {
    full(&app, &agent, ticket_no(&number)?).await.map(Json)
}

/// A number that a ticket could have. What cannot be one is as what is not there, once the rest of the request is good.
fn ticket_no(number: &str) -> Result<TicketNo, Refusal> {
    match number.parse() {
        Ok(number @ 1..=0x7fff_ffff_ffff_ffff) => Ok(TicketNo(number)),
        _ => Err(Refusal::NotFound),
    }
}

async fn full(app: &App, agent: &SignedIn, number: TicketNo) -> Result<FullTicketAnswer, ApiError> {
    let key = app.desk.tenant(&agent.tenant)?;
    let (ticket, comments) = app.desk.ticket(key, number).await?;
    Ok(FullTicketAnswer {
        ticket: TicketAnswer::from(&ticket),
        comments: comments.iter().map(CommentAnswer::from).collect(),
    })
}

/// What is changed of a ticket. What is left out stays.
#[derive(Deserialize, ToSchema)]
#[schema(as = TicketChange)]
struct TicketPatch {
    /// Where it stands.
    #[schema(value_type = Option<TicketWord>, example = "solved", nullable = false)]
    status: Option<TicketStatus>,
    /// Who does it: an agent's id, or `me`; `null`: nobody.
    #[serde(default, deserialize_with = "told")]
    #[schema(value_type = Option<String>, example = "me")]
    assignee_id: Option<Option<String>>,
    /// What is to be done.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 200, nullable = false)]
    title: Option<SubjectLine>,
}

/// A field that is there, if only with `null`, is told from one that is left out.
pub fn told<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// Changes a ticket.
#[utoipa::path(
    patch, path = "/tickets/{number}", tag = "tickets", operation_id = "change_ticket",
    params(("number" = u64, Path, description = "The ticket's number")), request_body = TicketPatch,
    responses((status = 200, body = FullTicketAnswer))
)]
async fn change(
    State(app): State<App>,
    ByAgent(agent): ByAgent,
    Named(number): Named<String>,
    change: Change<TicketPatch>,
) -> Result<Json<FullTicketAnswer>, ApiError> {
    let ticket = ticket_no(&number)?;
    let TicketPatch {
        status,
        assignee_id,
        title,
    } = change.body;
    let assignee = match assignee_id {
        None => None,
        Some(None) => Some(Assignee::Nobody),
        Some(Some(named)) => Some(Assignee::Agent {
            agent: agent_named(&named, &agent)?,
        }),
    };
    let command = AgentCommand::ChangeTicket {
        ticket,
        status,
        assignee,
        title,
    };
    does(&app, &agent, change.command, command).await?;
    full(&app, &agent, ticket).await.map(Json)
}

/// A comment to write.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewTicketComment)]
struct NewComment {
    /// What it says.
    #[schema(max_length = 16384, example = "The bank has it.", nullable = false)]
    content: Option<String>,
    /// Another name for `content`.
    #[schema(max_length = 16384, nullable = false)]
    message: Option<String>,
}

/// Comments on a ticket. Only agents see it.
#[utoipa::path(
    post, path = "/tickets/{number}/comments", tag = "tickets", operation_id = "comment_ticket",
    params(("number" = u64, Path, description = "The ticket's number")), request_body = NewComment,
    responses((status = 201, body = FullTicketAnswer))
)]
async fn comment(
    State(app): State<App>,
    ByAgent(agent): ByAgent,
    Named(number): Named<String>,
    change: Change<NewComment>,
) -> Result<(StatusCode, Json<FullTicketAnswer>), ApiError> {
    let ticket = ticket_no(&number)?;
    let text = either(change.body.message, change.body.content)?.unwrap_or_default();
    let command = AgentCommand::CommentTicket { ticket, text };
    does(&app, &agent, change.command, command).await?;
    Ok((StatusCode::CREATED, Json(full(&app, &agent, ticket).await?)))
}
