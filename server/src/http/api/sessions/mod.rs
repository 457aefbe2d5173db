//! `sessions/...` and `messages`: conversations, for agents. A session of the API is a conversation.

mod acts;
mod answer;
mod draft;
mod helps;
mod line;
mod lines;
mod list;
mod marks;
mod messages;
mod notes;
mod own;
pub mod transcript;
mod why;

use minicom_protocol::{
    command::{AgentCommand, Done},
    ids::{CommandId, ConversationId},
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub use self::{
    answer::{AnswerGiven, SessionAnswer, StatusWord},
    line::MessageAnswer,
    notes::NoteAnswer,
    own::OwnSessionAnswer,
};
use crate::{
    accounts::SignedIn,
    http::{App, error::ApiError},
    order::Order,
};

/// See the module.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list::sessions))
        .routes(routes!(list::all_sessions))
        .routes(routes!(list::show))
        .routes(routes!(acts::accept))
        .routes(routes!(acts::assign))
        .routes(routes!(acts::transfer))
        .routes(routes!(acts::hand_back))
        .routes(routes!(acts::close))
        .routes(routes!(acts::snooze))
        .routes(routes!(acts::wake))
        .routes(routes!(acts::convert_to_ticket))
        .routes(routes!(lines::page, messages::post_here))
        .routes(routes!(messages::post))
        .routes(routes!(lines::edit, lines::withdraw))
        .routes(routes!(lines::blank))
        .routes(routes!(marks::tags))
        .routes(routes!(marks::priority))
        .routes(routes!(marks::subject))
        .routes(routes!(marks::seen))
        .routes(routes!(notes::list, notes::add))
        .routes(routes!(transcript::transcript))
        .routes(routes!(why::why))
        .routes(routes!(helps::suggestions))
        .routes(routes!(helps::summary))
        .routes(routes!(draft::draft))
        .routes(routes!(why::customer_context))
}

/// Does an agent's command.
pub async fn does(app: &App, agent: &SignedIn, id: CommandId, command: AgentCommand) -> Result<Done, ApiError> {
    Ok(app.desk.submit(&agent.caller, id, Order::Agent(command)).await?)
}

/// A conversation as it is now.
pub async fn shown(app: &App, agent: &SignedIn, conversation: ConversationId) -> Result<SessionAnswer, ApiError> {
    let key = app.desk.tenant(&agent.tenant)?;
    Ok(SessionAnswer::of(&app.desk.session(key, conversation).await?))
}

/// Does a command about a conversation, and shows the conversation as it is then.
async fn done_to(
    app: &App,
    agent: &SignedIn,
    id: CommandId,
    conversation: ConversationId,
    command: AgentCommand,
) -> Result<axum::Json<SessionAnswer>, ApiError> {
    let done = does(app, agent, id, command).await?;
    let now = shown(app, agent, conversation).await?;
    Ok(axum::Json(now.warned(done.warning)))
}
