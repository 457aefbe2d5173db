//! Writing to a customer.

use std::collections::BTreeMap;

use axum::{Json, extract::State, http::StatusCode};
use minicom_protocol::{
    command::{AgentCommand, Done, Outcome, ReplyUse, SeenLines},
    ids::{CommandId, ConversationId, FileId, LineNo, ReplyId},
    library::SavedReply,
    refusal::Refusal,
    words::Tag,
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{MessageAnswer, acts::ALL_SEEN, does, lines};
use crate::{
    accounts::SignedIn,
    http::{
        App,
        api::{uploads, words::either},
        asked::Named,
        error::ApiError,
        extract::{ByAgent, Change},
    },
};

/// A line to write.
#[derive(Deserialize, ToSchema)]
pub struct NewMessage {
    /// The conversation; where the path names one, it may be left out.
    #[schema(value_type = Option<Uuid>, nullable = false)]
    session_id: Option<ConversationId>,
    /// What it says.
    #[schema(
        max_length = 16384,
        example = "Hello, Bo here. I have found your parcel.",
        nullable = false
    )]
    message: Option<String>,
    /// Another name for `message`.
    #[schema(max_length = 16384, nullable = false)]
    content: Option<String>,
    /// What it is; `text` if left out.
    #[serde(rename = "type", default)]
    kind: Kind,
    /// The file that goes with it, for `file`: the `url` of an upload for this conversation. The line may be without a `message`.
    #[schema(nullable = false)]
    attachment_url: Option<String>,
    /// The same by its `upload_id`.
    #[schema(value_type = Option<Uuid>, nullable = false)]
    upload_id: Option<FileId>,
    /// The published article that goes with it, for `kb_article`. Without a `message` the line is the article's title.
    #[schema(value_type = Option<String>, max_length = 32, nullable = false)]
    kb_article_id: Option<Tag>,
    /// A saved reply that it is made from: its holes are filled and its actions done in the same step. Without a `message`
    /// its own text is taken.
    #[schema(value_type = Option<Uuid>, nullable = false)]
    canned_response_id: Option<ReplyId>,
    /// What is answered to the saved reply's questions, by name.
    #[serde(default)]
    answers: BTreeMap<String, String>,
    /// The line of this conversation that it answers, by its `id`.
    #[schema(minimum = 1, nullable = false)]
    reply_to: Option<u64>,
    /// Takes the conversation over in the same step, unless a colleague has it.
    #[serde(default)]
    take_over: bool,
    /// What was on the writer's screen: if a colleague or the bot has written since, the answer is 409 `stale`. Left out:
    /// all is taken as seen.
    #[serde(default, deserialize_with = "crate::http::extract::object_or_null")]
    #[schema(nullable = false)]
    seen: Option<Seen>,
    /// Writes although something was missed.
    #[serde(default)]
    anyway: bool,
}

/// What a line is.
#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = MessageType)]
enum Kind {
    /// Text.
    #[default]
    Text,
    /// A file, with text or without.
    File,
    /// A published article of the knowledge base.
    KbArticle,
}

/// The numbers of the newest lines that were seen (`seen` of a conversation).
#[derive(Clone, Copy, Deserialize, ToSchema)]
pub struct Seen {
    /// The customer's.
    #[serde(default)]
    #[schema(minimum = 0)]
    customer: u64,
    /// The desk's.
    #[serde(default)]
    #[schema(minimum = 0)]
    desk: u64,
}

/// Writes to the customer of a conversation.
///
/// Only its owner may: accept it first, or say `take_over`.
#[utoipa::path(
    post, path = "/messages", tag = "messages", operation_id = "post_message", request_body = NewMessage,
    responses((status = 201, body = MessageAnswer))
)]
pub async fn post(
    State(app): State<App>,
    ByAgent(agent): ByAgent,
    change: Change<NewMessage>,
) -> Result<(StatusCode, Json<MessageAnswer>), ApiError> {
    let named = change.body.session_id;
    let conversation = named.ok_or_else(|| ApiError::bad_field("`session_id` names the conversation to write to"))?;
    write(&app, &agent, conversation, change).await
}

/// Writes to the customer of this conversation.
///
/// Only its owner may: accept it first, or say `take_over`.
#[utoipa::path(
    post, path = "/sessions/{id}/messages", tag = "messages", operation_id = "post_message_to_session",
    params(("id" = Uuid, Path, description = "The conversation")), request_body = NewMessage,
    responses((status = 201, body = MessageAnswer))
)]
pub async fn post_here(
    State(app): State<App>,
    ByAgent(agent): ByAgent,
    Named(conversation): Named<ConversationId>,
    change: Change<NewMessage>,
) -> Result<(StatusCode, Json<MessageAnswer>), ApiError> {
    if change.body.session_id.is_some_and(|named| named != conversation) {
        let words = "`session_id` names another conversation than the path: leave it out";
        return Err(ApiError::bad_field(words));
    }
    write(&app, &agent, conversation, change).await
}

async fn write(
    app: &App,
    agent: &SignedIn,
    conversation: ConversationId,
    change: Change<NewMessage>,
) -> Result<(StatusCode, Json<MessageAnswer>), ApiError> {
    let Change { body, command: id, .. } = change;
    let file = fits(&body)?;
    let key = app.desk.tenant(&agent.tenant)?;
    // Before anything is looked for: what is foreign is as what is not there.
    let customer = app.desk.summary(key, conversation).await?.customer.id;
    let done = match told_before(app, agent, &body, id).await? {
        Some(done) => done,
        None => does(app, agent, id, post_of(app, agent, conversation, body, file).await?).await?,
    };
    // Who wrote a line knows its number.
    let at = done.seq.ok_or(Refusal::Internal)?;
    let event = app.desk.line_of(key, customer, at, id).await?;
    let answer = MessageAnswer::for_agents(&event).ok_or(Refusal::Internal)?;
    Ok((StatusCode::CREATED, Json(answer)))
}

/// What this came to when it was asked before. A line whose words are the desk's own is not made again to find that out: a saved
/// reply may have changed since, or be gone, and the line stands all the same.
async fn told_before(app: &App, agent: &SignedIn, body: &NewMessage, id: CommandId) -> Result<Option<Done>, ApiError> {
    if body.canned_response_id.is_none() && body.kb_article_id.is_none() {
        return Ok(None);
    }
    match app.desk.answer_before(&agent.caller, id).await? {
        Some(Outcome::Done(done)) => Ok(Some(done)),
        Some(Outcome::Refused { refusal }) => Err(refusal.into()),
        None => Ok(None),
    }
}

/// The command that a body asks for.
async fn post_of(
    app: &App,
    agent: &SignedIn,
    conversation: ConversationId,
    body: NewMessage,
    file: Option<FileId>,
) -> Result<AgentCommand, ApiError> {
    let key = app.desk.tenant(&agent.tenant)?;
    let reply = match body.canned_response_id {
        Some(reply) => Some(app.desk.reply(key, agent.agent.id, reply).await?),
        None => None,
    };
    let quote = match body.reply_to {
        Some(at) => Some(lines::line_at(app, agent, conversation, at).await?.1),
        None => None,
    };
    Ok(AgentCommand::Post {
        conversation,
        text: text(app, agent, &body, reply.as_ref()).await?,
        seen: seen(body.seen),
        take_over: body.take_over,
        anyway: body.anyway,
        quote,
        reply: reply.map(|it| ReplyUse {
            id: it.id,
            answers: body.answers,
        }),
        article: body.kb_article_id,
        file,
    })
}

/// Whether its fields belong together; and its file.
fn fits(body: &NewMessage) -> Result<Option<FileId>, ApiError> {
    let file = uploads::named(body.upload_id, body.attachment_url.as_deref())?;
    if (body.kind == Kind::File) != file.is_some() {
        let words = "`upload_id` names the file of a `file`, and of nothing else";
        return Err(ApiError::bad_field(words));
    }
    if (body.kind == Kind::KbArticle) != body.kb_article_id.is_some() {
        let words = "`kb_article_id` names the article of a `kb_article`, and of nothing else";
        return Err(ApiError::bad_field(words));
    }
    if body.canned_response_id.is_none() && !body.answers.is_empty() {
        return Err(ApiError::bad_field("`answers` belong to a `canned_response_id`"));
    }
    Ok(file)
}

/// What the line says: what was sent, else the saved reply's text, else the article's title.
async fn text(app: &App, agent: &SignedIn, body: &NewMessage, reply: Option<&SavedReply>) -> Result<String, ApiError> {
    if let Some(text) = either(body.message.clone(), body.content.clone())? {
        return Ok(text);
    }
    if let Some(reply) = reply {
        return Ok(reply.text.clone());
    }
    match &body.kb_article_id {
        Some(slug) => {
            let key = app.desk.tenant(&agent.tenant)?;
            let article = app.desk.published_article(key, slug.clone()).await?;
            Ok(article.title.as_str().to_owned())
        }
        // The desk says what is wrong with it.
        None => Ok(String::new()),
    }
}

fn seen(seen: Option<Seen>) -> SeenLines {
    match seen {
        Some(Seen { customer, desk }) => SeenLines {
            customer: LineNo(customer).min(ALL_SEEN),
            desk: LineNo(desk).min(ALL_SEEN),
        },
        None => SeenLines {
            customer: ALL_SEEN,
            desk: ALL_SEEN,
        },
    }
}
