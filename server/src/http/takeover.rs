//! `POST /api/agent/takeover`: the agent becomes the owner of a customer's newest conversation. With `Idempotency-Key` a
//! repeat gets the first answer, for ever; without it each request is a command of its own, which does no harm either.

use axum::{Json as Answer, extract::State};
use minicom_protocol::{
    command::AgentCommand,
    refusal::Refusal,
    rest::{ConversationAnswer, TakeOverRequest},
    text::CustomerName,
};

use super::{
    App, answers,
    error::ApiError,
    extract::{ByAgent, Change},
};
use crate::order::Order;

/// Become the owner of a customer's conversation.
#[utoipa::path(
    post,
    path = "/api/agent/takeover",
    tag = "short paths",
    request_body(content = TakeOverRequest, example = json!({"customer_id": "alice"})),
    responses((status = 200, body = ConversationAnswer, description = "The conversation, taken")),
)]
pub async fn take_over(
    State(app): State<App>,
    ByAgent(agent): ByAgent,
    Change {
        body: request,
        command: id,
        ..
    }: Change<TakeOverRequest>,
) -> Result<Answer<ConversationAnswer>, ApiError> {
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
