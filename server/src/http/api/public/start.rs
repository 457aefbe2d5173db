//! `public/start`: a conversation for somebody who has no name here.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use minicom_protocol::{
    command::CustomerCommand,
    ids::ConversationId,
    intake::{Intake, Introduction, Priority},
    refusal::Refusal,
    settings::PreChatAnswer,
    words::{Email, Skill, SubjectLine},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Visitor, tenant};
use crate::{
    http::{
        App,
        api::{
            sessions::StatusWord,
            words::{Metadata, PriorityWord},
        },
        error::ApiError,
        extract::{Change, Peer},
    },
    limits,
    timers::derived_id,
};

/// What a conversation begins with. Everything may be left out, and texts may be `null`.
#[derive(Deserialize, ToSchema)]
#[schema(as = Start)]
pub struct StartBody {
    /// Whose desk; `default` if left out and not in `X-Minicom-Tenant`.
    #[schema(example = "default", max_length = 32)]
    tenant_id: Option<String>,
    /// Where it comes from; `api` if left out. At most 32 letters, digits and hyphens are kept.
    #[schema(example = "web")]
    channel: Option<String>,
    /// The name to be called by.
    #[schema(value_type = Option<String>, max_length = 200, example = "Alice Smith")]
    customer_name: Option<SubjectLine>,
    /// Where an answer can be sent.
    #[schema(value_type = Option<String>, max_length = 254, example = "alice@example.org")]
    customer_email: Option<Email>,
    /// What it is about.
    #[schema(value_type = Option<String>, max_length = 200, example = "Late parcel")]
    subject: Option<SubjectLine>,
    /// How urgent it is; `medium` if left out.
    #[serde(default)]
    #[schema(value_type = PriorityWord)]
    priority: Priority,
    /// What an agent must be good at to take it, at most 8.
    #[serde(default)]
    #[schema(value_type = Vec<String>, max_items = 8, example = json!(["orders"]))]
    required_skills: Vec<Skill>,
    /// What the customer's program says of itself.
    #[serde(default, deserialize_with = "crate::http::extract::object")]
    metadata: Metadata,
    /// What was answered to the desk's questions (`questions` of `public/desk`), by their keys.
    #[serde(default)]
    answers: std::collections::BTreeMap<String, String>,
    /// The desk's consent text (`consent` of `public/desk`), if it has one: that it was shown and agreed to.
    #[schema(max_length = 2000)]
    consent: Option<String>,
    /// The first line.
    #[schema(max_length = 16384, example = "Where is my parcel?")]
    message: Option<String>,
}

/// A conversation that has begun.
#[derive(Serialize, ToSchema)]
#[schema(as = StartedSession)]
pub struct StartAnswer {
    /// Its id.
    #[schema(value_type = Uuid)]
    session_id: ConversationId,
    /// The customer's secret, shown this once: `Authorization: Bearer` of all that follows, and the `secret` of the socket's
    /// first frame. Whoever has it is this customer.
    session_key: String,
    /// The name that the customer was given.
    #[schema(example = "guest-7xk2m9qd")]
    customer_id: String,
    /// Where it stands.
    #[schema(value_type = StatusWord)]
    status: &'static str,
    /// Whether the bot answers.
    is_bot_active: bool,
    /// The path of its socket on this server.
    #[schema(example = "/ws/public/0193a1f2-0000-7000-8000-000000000000")]
    websocket: String,
}

/// Begins a conversation for somebody who has no name here.
///
/// The server makes a customer and the customer's secret. With `Idempotency-Key` (here at least 16 characters, made at random: who
/// knows it and the whole body is given the same conversation) a repeat is the same conversation.
#[utoipa::path(
    post, path = "/public/start", tag = "public", operation_id = "start_session", request_body = Option<StartBody>,
    responses((status = 201, body = StartAnswer)), security(())
)]
pub async fn start(
    State(app): State<App>,
    Peer(peer): Peer,
    headers: HeaderMap,
    change: Change<StartBody>,
) -> Result<(StatusCode, Json<StartAnswer>), ApiError> {
    let Change {
        body,
        once,
        command: id,
    } = change;
    if once.is_some() && key_length(&headers) < limits::PUBLIC_KEY_CHARS_MIN {
        let least = limits::PUBLIC_KEY_CHARS_MIN;
        let words = format!("`Idempotency-Key` has at least {least} characters here, made at random");
        return Err(ApiError::bad_field(words));
    }
    if body.required_skills.len() > Intake::SKILLS_MAX {
        let words = format!("{} is the most, also if one is named twice", Intake::SKILLS_MAX);
        return Err(ApiError::bad_field(words).of_field("required_skills"));
    }
    let tenant = tenant(body.tenant_id.as_deref(), &headers)?;
    let key = app.desk.tenant(&tenant)?;
    let first = body.message.clone().map(CustomerCommand::post);
    let consent = body.consent.clone().map(|text| CustomerCommand::Consent { text });
    let begin = begin(body);
    // Before a customer is made for nothing.
    begin.check()?;
    first.as_ref().map_or(Ok(()), CustomerCommand::check)?;
    let made = app
        .accounts
        .anonymous_customer(&tenant, peer, once.map(|once| once.key))
        .await?;
    let (customer, secret) = made;
    let visitor = Visitor::new(tenant, key, customer);
    if let Some(consent) = consent {
        let id = derived_id(minicom_protocol::ids::Time(0), &[b"consent", id.as_bytes()]);
        visitor.does(&app, id, consent).await?;
    }
    let done = visitor.does(&app, id, begin).await?;
    let session = done.conversation.ok_or(Refusal::Internal)?;
    if let Some(first) = first {
        let id = derived_id(minicom_protocol::ids::Time(0), &[b"first line", id.as_bytes()]);
        visitor.does(&app, id, first).await?;
    }
    let now = app.desk.summary(key, session).await?;
    let answer = StartAnswer {
        session_id: session,
        session_key: secret.reveal(),
        customer_id: visitor.customer.name.to_string(),
        status: now.stage.status(),
        is_bot_active: now.stage.is_bot(),
        websocket: format!("/ws/public/{session}"),
    };
    Ok((StatusCode::CREATED, Json(answer)))
}

fn key_length(headers: &HeaderMap) -> usize {
    headers.get("idempotency-key").map_or(0, |value| value.len())
}

fn begin(body: StartBody) -> CustomerCommand {
    let intake = Intake {
        subject: body.subject,
        priority: body.priority,
        skills: body.required_skills,
        channel: body.channel.unwrap_or_else(|| "api".to_owned()),
        client: body.metadata.into(),
    };
    let answers = body.answers.into_iter();
    CustomerCommand::Start {
        intake,
        introduction: Introduction {
            name: body.customer_name,
            email: body.customer_email,
        },
        answers: answers.map(|(key, text)| PreChatAnswer { key, text }).collect(),
    }
}
