//! `canned-responses`: saved replies, everybody's and the caller's own.

use axum::{Json, extract::State, http::StatusCode};
use minicom_protocol::{
    command::AgentCommand,
    ids::{GroupId, ReplyId},
    intake::Priority,
    library::{ReplyAction, SavedReply},
    words::{SubjectLine, Tag},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{SearchQuery, save};
use crate::{
    accounts::SignedIn,
    http::{
        App,
        api::{
            made_id,
            sessions::does,
            words::{Nothing, PriorityWord, either},
        },
        asked::{Asked, Named},
        error::ApiError,
        extract::{ByAgent, Change},
        page::{begins_at, place_text},
    },
};

/// A saved reply.
#[derive(Serialize, ToSchema)]
#[schema(as = CannedResponse)]
pub struct ReplyAnswer {
    /// Its id.
    #[schema(value_type = Uuid)]
    id: ReplyId,
    /// What is typed to find it.
    #[schema(example = "late")]
    code: String,
    /// What it is for.
    #[schema(example = "Parcel is late")]
    title: String,
    /// What it says, with holes such as `{{customer_name}}`.
    #[schema(example = "Hello {{customer_name}}, I am looking for your parcel.")]
    content: String,
    /// Whether only the caller has it; else it is everybody's.
    own: bool,
    /// What is done together with sending it.
    actions: Vec<Action>,
    /// How often it was sent.
    uses: u64,
    /// Questions that it answers, which suggestions to agents are made by.
    #[schema(value_type = Vec<String>, example = json!(["where is my parcel?"]))]
    questions: Vec<SubjectLine>,
}

/// Something done together with sending a saved reply.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(tag = "act", rename_all = "snake_case")]
enum Action {
    /// Puts a tag on the conversation.
    Tag {
        /// Which.
        #[schema(value_type = String)]
        tag: Tag,
    },
    /// Changes the priority.
    Priority {
        /// To this.
        #[schema(value_type = PriorityWord)]
        priority: Priority,
    },
    /// Transfers the conversation to a group.
    Transfer {
        /// To which.
        #[schema(value_type = Uuid)]
        group_id: GroupId,
    },
    /// Puts the conversation aside.
    Snooze {
        /// For how many minutes; until the customer writes if left out.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schema(minimum = 1, nullable = false)]
        minutes: Option<u32>,
    },
    /// Ends the conversation.
    Close {},
}

impl From<&ReplyAction> for Action {
    fn from(it: &ReplyAction) -> Action {
        match it {
            ReplyAction::Tag { tag } => Action::Tag { tag: tag.clone() },
            ReplyAction::Priority { priority } => Action::Priority { priority: *priority },
            ReplyAction::Transfer { group } => Action::Transfer { group_id: *group },
            ReplyAction::Snooze { minutes } => Action::Snooze { minutes: *minutes },
            ReplyAction::Close => Action::Close {},
        }
    }
}

impl From<Action> for ReplyAction {
    fn from(it: Action) -> ReplyAction {
        match it {
            Action::Tag { tag } => ReplyAction::Tag { tag },
            Action::Priority { priority } => ReplyAction::Priority { priority },
            Action::Transfer { group_id } => ReplyAction::Transfer { group: group_id },
            Action::Snooze { minutes } => ReplyAction::Snooze { minutes },
            Action::Close {} => ReplyAction::Close,
        }
    }
}

impl From<&SavedReply> for ReplyAnswer {
    fn from(it: &SavedReply) -> ReplyAnswer {
        ReplyAnswer {
            id: it.id,
            code: it.code.as_str().to_owned(),
            title: it.title.as_str().to_owned(),
            content: it.text.clone(),
            own: it.owner.is_some(),
            actions: it.actions.iter().map(Action::from).collect(),
            uses: it.uses,
            questions: it.questions.clone().unwrap_or_default(),
        }
    }
}

/// A page of saved replies, by code.
#[derive(Serialize, ToSchema)]
#[schema(as = CannedResponses)]
pub struct RepliesAnswer {
    /// The page.
    canned_responses: Vec<ReplyAnswer>,
    /// Hand in as `cursor` for the next page; `null` at the end.
    next_cursor: Option<String>,
}

/// What the list is called in its cursors.
const LIST: &str = "canned responses";

/// Lists the saved replies that the caller may use: everybody's and the own ones.
#[utoipa::path(
    get, path = "/canned-responses", tag = "library", operation_id = "list_canned_responses", params(SearchQuery),
    responses((status = 200, body = RepliesAnswer))
)]
pub async fn list(
    State(app): State<App>,
    ByAgent(agent): ByAgent,
    Asked(query): Asked<SearchQuery>,
) -> Result<Json<RepliesAnswer>, ApiError> {
    let key = app.desk.tenant(&agent.tenant)?;
    let whose = app.desk.birth_mark(key).await?;
    let after = begins_at(query.cursor(), LIST, whose, |at| Tag::parse(at).ok())?;
    let found = app
        .desk
        .replies(key, agent.agent.id, query.words()?, after, query.limit());
    let (replies, more) = found.await?;
    let last = replies.last().filter(|_| more);
    Ok(Json(RepliesAnswer {
        next_cursor: last.map(|it| place_text(LIST, it.code.as_str(), whose)),
        canned_responses: replies.iter().map(ReplyAnswer::from).collect(),
    }))
}

/// Shows a saved reply.
#[utoipa::path(
    get, path = "/canned-responses/{id}", tag = "library", operation_id = "show_canned_response",
    params(("id" = Uuid, Path, description = "The saved reply")),
    responses((status = 200, body = ReplyAnswer))
)]
pub async fn show(
    State(app): State<App>,
    ByAgent(agent): ByAgent,
    Named(id): Named<ReplyId>,
) -> Result<Json<ReplyAnswer>, ApiError> {
    shown(&app, &agent, id).await.map(Json)
}

async fn shown(app: &App, agent: &SignedIn, id: ReplyId) -> Result<ReplyAnswer, ApiError> {
    let key = app.desk.tenant(&agent.tenant)?;
    Ok(ReplyAnswer::from(&app.desk.reply(key, agent.agent.id, id).await?))
}

/// A saved reply to make.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewCannedResponse)]
pub struct NewReply {
    /// What is typed to find it: 1 to 32 letters, digits, `-`, `_` and `.`, unique among everybody's and among the own ones.
    #[serde(alias = "shortcut")]
    #[schema(value_type = String, min_length = 1, max_length = 32, example = "late")]
    code: Tag,
    /// What it is for; the code if left out.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 200, example = "Parcel is late", nullable = false)]
    title: Option<SubjectLine>,
    /// What it says, with holes such as `{{customer_name}}`.
    #[serde(alias = "text")]
    #[schema(example = "Hello {{customer_name}}, I am looking for your parcel.", nullable = false)]
    content: Option<String>,
    /// Another name for `content`.
    #[schema(nullable = false)]
    message: Option<String>,
    /// Whether only the caller has it; else it is everybody's.
    #[serde(default)]
    own: bool,
    /// What is done together with sending it, at most 8.
    #[serde(default)]
    #[schema(max_items = 8)]
    actions: Vec<Action>,
    /// Questions that it answers, in customers' words: suggestions to agents are made by them. At most 50, and 6 KiB together.
    #[serde(default)]
    #[schema(value_type = Vec<String>, max_items = 50)]
    questions: Vec<SubjectLine>,
}

/// Makes a saved reply.
#[utoipa::path(
    post, path = "/canned-responses", tag = "library", operation_id = "add_canned_response", request_body = NewReply,
    responses((status = 201, body = ReplyAnswer))
)]
pub async fn add(
    State(app): State<App>,
    ByAgent(agent): ByAgent,
    change: Change<NewReply>,
) -> Result<(StatusCode, Json<ReplyAnswer>), ApiError> {
    let NewReply {
        code,
        title,
        content,
        message,
        own,
        actions,
        questions,
    } = change.body;
    let title = match title {
        Some(title) => title,
        None => SubjectLine::parse(code.as_str()).map_err(|why| ApiError::bad_field(why.to_string()))?,
    };
    let reply = SavedReply {
        id: ReplyId(made_id(&agent, change.command)),
        code,
        title,
        text: either(message, content)?.unwrap_or_default(),
        owner: own.then_some(agent.agent.id),
        actions: actions.into_iter().map(ReplyAction::from).collect(),
        uses: 0,
        questions: Some(questions),
    };
    let id = reply.id;
    save(&app, &agent, change.command, AgentCommand::SaveReply { reply }).await?;
    Ok((StatusCode::CREATED, Json(shown(&app, &agent, id).await?)))
}

/// What is changed of a saved reply. What is left out stays.
#[derive(Deserialize, ToSchema)]
#[schema(as = CannedResponseChange)]
pub struct ReplyPatch {
    /// What is typed to find it.
    #[serde(alias = "shortcut")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 32, nullable = false)]
    code: Option<Tag>,
    /// What it is for.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 200, nullable = false)]
    title: Option<SubjectLine>,
    /// What it says.
    #[serde(alias = "text")]
    #[schema(example = "Hello {{customer_name}}, your parcel is on its way.", nullable = false)]
    content: Option<String>,
    /// Another name for `content`.
    #[schema(nullable = false)]
    message: Option<String>,
    /// Whether only the caller has it.
    #[schema(nullable = false)]
    own: Option<bool>,
    /// All that is done together with sending it.
    #[schema(max_items = 8, nullable = false)]
    actions: Option<Vec<Action>>,
    /// All questions that it answers, in customers' words, at most 50, and 6 KiB together.
    #[schema(value_type = Option<Vec<String>>, max_items = 50, nullable = false)]
    questions: Option<Vec<SubjectLine>>,
}

/// Changes a saved reply. Everybody's is everybody's to change.
#[utoipa::path(
    patch, path = "/canned-responses/{id}", tag = "library", operation_id = "change_canned_response",
    params(("id" = Uuid, Path, description = "The saved reply")), request_body = ReplyPatch,
    responses((status = 200, body = ReplyAnswer))
)]
pub async fn change(
    State(app): State<App>,
    ByAgent(agent): ByAgent,
    Named(id): Named<ReplyId>,
    change: Change<ReplyPatch>,
) -> Result<Json<ReplyAnswer>, ApiError> {
    let key = app.desk.tenant(&agent.tenant)?;
    let known = app.desk.reply(key, agent.agent.id, id).await?;
    let ReplyPatch {
        code,
        title,
        content,
        message,
        own,
        actions,
        questions,
    } = change.body;
    let reply = SavedReply {
        id,
        code: code.unwrap_or(known.code),
        title: title.unwrap_or(known.title),
        text: either(message, content)?.unwrap_or(known.text),
        owner: own.map_or(known.owner, |own| own.then_some(agent.agent.id)),
        actions: actions.map_or(known.actions, |all| all.into_iter().map(ReplyAction::from).collect()),
        uses: 0,
        questions,
    };
    save(&app, &agent, change.command, AgentCommand::SaveReply { reply }).await?;
    shown(&app, &agent, id).await.map(Json)
}

/// Deletes a saved reply.
#[utoipa::path(
    delete, path = "/canned-responses/{id}", tag = "library", operation_id = "delete_canned_response",
    params(("id" = Uuid, Path, description = "The saved reply")),
    responses((status = 204, description = "It is gone"))
)]
pub async fn delete(
    State(app): State<App>,
    ByAgent(agent): ByAgent,
    Named(reply): Named<ReplyId>,
    change: Change<Nothing>,
) -> Result<StatusCode, ApiError> {
    does(&app, &agent, change.command, AgentCommand::DeleteReply { reply }).await?;
    Ok(StatusCode::NO_CONTENT)
}
