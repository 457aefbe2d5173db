//! What is known around a conversation: why it waits, and who the customer is.

use std::collections::BTreeMap;

use axum::{Json, extract::State};
use minicom_protocol::{
    context::{AccountStatus, CustomerContext},
    ids::ConversationId,
    intake::Priority,
    queue::{Chance, Why},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{AnswerGiven, SessionAnswer, notes::NoteAnswer};
use crate::{
    clock::rfc3339,
    desk::Session,
    http::{
        App,
        api::{
            tickets::TicketAnswer,
            words::{CustomerName, Metadata, Person, PriorityWord},
        },
        asked::{Asked, Named},
        error::ApiError,
        extract::ByAgent,
    },
};

/// Why a conversation waits, and who may end that.
#[derive(Serialize, ToSchema)]
#[schema(as = Why)]
pub struct WhyAnswer {
    /// Which.
    #[schema(value_type = Uuid)]
    session_id: ConversationId,
    /// Its place in the queue, 1 is next; `null` if it does not wait.
    place: Option<u64>,
    /// The priority that counts now, with ageing.
    #[schema(value_type = PriorityWord)]
    effective_priority: Priority,
    /// Whether waiting conversations are given to agents at all.
    routing: bool,
    /// What of each agent, in the order of names.
    agents: Vec<ChanceAnswer>,
}

/// Whether one agent may take it.
#[derive(Serialize, ToSchema)]
#[schema(as = Chance)]
struct ChanceAnswer {
    /// Who.
    agent: Person,
    /// Whether the agent may take it by hand.
    may_take: bool,
    /// Why not.
    because: Option<String>,
    /// Whether routing could give it to the agent.
    may_be_given: bool,
    /// Why not.
    not_given_because: Option<String>,
}

impl From<&Chance> for ChanceAnswer {
    fn from(it: &Chance) -> ChanceAnswer {
        ChanceAnswer {
            agent: Person::from(&it.agent),
            may_take: it.take.is_none(),
            because: it.take.as_ref().map(|why| why.words()),
            may_be_given: it.route.is_none(),
            not_given_because: it.route.as_ref().map(|why| why.words()),
        }
    }
}

/// Says why a conversation waits, and who may end that.
#[utoipa::path(
    get, path = "/sessions/{id}/why", tag = "queue", operation_id = "explain_session",
    params(("id" = Uuid, Path, description = "The conversation")),
    responses((status = 200, body = WhyAnswer))
)]
pub async fn why(
    State(app): State<App>,
    ByAgent(agent): ByAgent,
    Named(conversation): Named<ConversationId>,
) -> Result<Json<WhyAnswer>, ApiError> {
    let key = app.desk.tenant(&agent.tenant)?;
    let presence = app.signals.presence(key);
    let Why {
        place,
        effective,
        agents,
        routing,
        ..
    } = app.desk.why(key, presence, conversation).await?;
    Ok(Json(WhyAnswer {
        session_id: conversation,
        place,
        effective_priority: effective,
        routing,
        agents: agents.iter().map(ChanceAnswer::from).collect(),
    }))
}

/// What is known of a customer.
#[derive(Serialize, ToSchema)]
#[schema(as = CustomerContext)]
pub struct ContextAnswer {
    /// Who.
    customer: CustomerName,
    /// What was said of the customer.
    profile: ProfileAnswer,
    /// Whether the tenant's site vouches for the customer.
    verified: bool,
    /// When the customer was first here: the account's age counts from it.
    #[schema(format = DateTime)]
    first_seen: String,
    /// `active` or `blocked`.
    status: &'static str,
    /// Other names of the same customer, joined by an agent.
    also: Vec<CustomerName>,
    /// Conversations in all.
    session_count: u64,
    /// Of those, open ones.
    open_session_count: u64,
    /// The newest conversations, newest first, at most 20.
    sessions: Vec<SessionAnswer>,
    /// Tickets in all.
    ticket_count: u64,
    /// Of those, not solved.
    open_ticket_count: u64,
    /// The newest tickets, newest first, at most 10.
    tickets: Vec<TicketAnswer>,
    /// The newest notes, newest first, at most 10.
    notes: Vec<NoteAnswer>,
    /// What the operator's own command says of the customer, if it was asked for. Strangers' words: show them as text.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    extra: Option<Vec<String>>,
    /// What went wrong with that command.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    extra_trouble: Option<String>,
}

/// What a customer, or an agent for the customer, has said.
#[derive(Serialize, ToSchema)]
#[schema(as = Profile)]
struct ProfileAnswer {
    /// The name to be called by.
    name: Option<String>,
    /// Where an answer can be sent. Nobody has proven it.
    email: Option<String>,
    /// The tenant's own attributes, by key.
    attributes: BTreeMap<String, String>,
    /// What the customer's program last said of itself.
    metadata: Metadata,
    /// What was last answered before the first line.
    answers: Vec<AnswerGiven>,
}

/// What to ask besides.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ContextQuery {
    /// Whether to run the operator's own command about the customer too. It may take as long as it is allowed.
    #[serde(default)]
    #[param(default = false)]
    extra: bool,
}

/// Tells what is known of the customer of a conversation: earlier conversations and tickets, profile, notes.
#[utoipa::path(
    get, path = "/sessions/{id}/customer-context", tag = "sessions", operation_id = "show_customer_context",
    params(("id" = Uuid, Path, description = "The conversation"), ContextQuery),
    responses((status = 200, body = ContextAnswer))
)]
pub async fn customer_context(
    State(app): State<App>,
    ByAgent(agent): ByAgent,
    Named(conversation): Named<ConversationId>,
    Asked(query): Asked<ContextQuery>,
) -> Result<Json<ContextAnswer>, ApiError> {
    let key = app.desk.tenant(&agent.tenant)?;
    let customer = app.desk.summary(key, conversation).await?.customer.id;
    let known = app.desk.customer_context(key, customer).await?;
    let mut answer = context(known);
    if query.extra {
        let (lines, trouble) = app.desk.extra(&agent.tenant, customer).await?;
        (answer.extra, answer.extra_trouble) = (Some(lines), trouble);
    }
    Ok(Json(answer))
}

fn context(known: CustomerContext) -> ContextAnswer {
    let profile = &known.profile;
    let session = |row| {
        SessionAnswer::of(&Session {
            row,
            profile: profile.clone(),
        })
    };
    ContextAnswer {
        sessions: known.newest.iter().cloned().map(session).collect(),
        profile: ProfileAnswer {
            name: profile.name.as_ref().map(|it| it.as_str().to_owned()),
            email: profile.email.as_ref().map(|it| it.as_str().to_owned()),
            attributes: profile.attributes.clone(),
            metadata: Metadata::from(&profile.client),
            answers: profile.answers.iter().map(AnswerGiven::from).collect(),
        },
        customer: CustomerName::from(&known.customer),
        verified: known.verified,
        first_seen: rfc3339(known.first_seen),
        status: match known.status {
            AccountStatus::Active => "active",
            AccountStatus::Blocked => "blocked",
        },
        also: known.also.iter().map(CustomerName::from).collect(),
        session_count: known.conversations,
        open_session_count: known.open_conversations,
        ticket_count: known.tickets,
        open_ticket_count: known.open_tickets,
        tickets: known.newest_tickets.iter().map(TicketAnswer::from).collect(),
        notes: known.notes.iter().map(NoteAnswer::from).collect(),
        extra: None,
        extra_trouble: None,
    }
}
