//! `POST /api/agent/takeover`: the agent becomes the owner of a customer's newest conversation. With `Idempotency-Key` a
//! repeat gets the first answer, for ever; without it each request is a command of its own, which does no harm either.

use axum::{Json as Answer, extract::State, http::HeaderMap};
use minicom_protocol::{
    command::AgentCommand,
    ids::{CommandId, Time},
    refusal::Refusal,
    rest::{ConversationAnswer, TakeOverRequest},
    text::CustomerName,
};
use uuid::Uuid;

use super::{
    App, answers,
    error::ApiError,
    extract::{ByAgent, Json},
};
use crate::{order::Order, timers::derived_id};

/// The header, and the most bytes of its value.
const IDEMPOTENCY_KEY: (&str, usize) = ("idempotency-key", 255);

/// See the module.
pub async fn take_over(
    State(app): State<App>,
    ByAgent(agent): ByAgent,
    headers: HeaderMap,
    Json(request): Json<TakeOverRequest>,
) -> Result<Answer<ConversationAnswer>, ApiError> {
    let id = command_id(&headers)?;
    let name = CustomerName::parse(&request.customer_id).map_err(|_| Refusal::NotFound)?;
    let key = app.desk.tenant(&agent.tenant)?;
    let customer = app.desk.customer(key, name).await?.customer;
    if let Some(conversation) = app.desk.done_before(&agent.caller, id).await? {
        // A repeat. The customer may have begun another conversation since; that one is not meant.
        let now = app.desk.summary(key, conversation).await?;
        let same = now.customer.id == customer.id;
        return if same {
            Ok(Answer(answers::conversation(&now)))
        } else {
            Err(Refusal::Conflict.into())
        };
    }
    let newest = app.desk.newest(key, customer.id).await?.ok_or(Refusal::NotFound)?;
    let conversation = newest.conversation;
    let order = Order::Agent(AgentCommand::TakeOver { conversation });
    app.desk.submit(&agent.caller, id, order).await?;
    let now = app.desk.summary(key, conversation).await?;
    Ok(Answer(answers::conversation(&now)))
}

fn command_id(headers: &HeaderMap) -> Result<CommandId, ApiError> {
    let (name, most) = IDEMPOTENCY_KEY;
    let Some(value) = headers.get(name) else {
        return Ok(CommandId(Uuid::now_v7()));
    };
    let text = value.to_str().unwrap_or_default();
    if text.is_empty() || text.len() > most {
        return Err(ApiError::bad_field(format!(
            "`Idempotency-Key` is 1 to {most} printable ASCII characters"
        )));
    }
    // The time in the id must be one that the repeat has too, and a key has none.
    Ok(derived_id(Time(0), &[b"idempotency-key", text.as_bytes()]))
}
