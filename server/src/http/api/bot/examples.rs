//! `bot/examples`: questions that conversations propose, until a person accepts or drops them. An accepted one becomes a question of its
//! article or saved reply, by the same command that changes those.

use axum::{Json, extract::State, http::StatusCode};
use minicom_protocol::{
    command::AgentCommand,
    ids::{CommandId, Rev},
    library::{Article, SavedReply},
    refusal::Refusal,
    words::SubjectLine,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    accounts::SignedIn,
    clock::rfc3339,
    http::{
        App,
        api::{bot::taken_away, sessions::does, words::Nothing},
        asked::{Asked, Named},
        error::ApiError,
        extract::{ByAgent, Change},
        page::{LongLimit, cut},
    },
    store::{
        TenantKey,
        examples::{self, Answer, Example},
        library,
    },
};

/// Which examples.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ExamplesQuery {
    /// Only those behind this id.
    #[serde(default)]
    after: u64,
    /// At most so many.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100, default = 50)]
    limit: Option<LongLimit>,
}

/// A question that waits for a person, with what answered it.
#[derive(Serialize, ToSchema)]
#[schema(as = PendingExample)]
pub struct ExampleAnswer {
    /// Its id.
    #[schema(example = 4711)]
    id: u64,
    /// What was asked, without what could harm.
    #[schema(example = "when do I get my money back?")]
    question: String,
    /// The short name of the article that answered it.
    #[schema(example = "refunds")]
    article_id: Option<String>,
    /// Or the saved reply.
    canned_response_id: Option<Uuid>,
    /// The title of what answered it; `null` if it is no more.
    title: Option<String>,
    /// Where it was asked.
    conversation_id: Uuid,
    /// When it was proposed.
    #[schema(format = DateTime)]
    made_at: String,
}

/// Questions that wait.
#[derive(Serialize, ToSchema)]
#[schema(as = PendingExamples)]
pub struct ExamplesAnswer {
    /// Oldest first.
    examples: Vec<ExampleAnswer>,
    /// Whether there are more behind the last.
    more: bool,
}

fn told(it: &Example, title: Option<String>) -> ExampleAnswer {
    let (article_id, canned_response_id) = match &it.answer {
        Answer::Article(slug) => (Some(slug.as_str().to_owned()), None),
        Answer::Reply(id) => (None, Some(id.0)),
    };
    ExampleAnswer {
        id: it.id.0,
        question: it.question.clone(),
        article_id,
        canned_response_id,
        title,
        conversation_id: it.conversation.0,
        made_at: rfc3339(it.made_at),
    }
}

fn title(conn: &rusqlite::Connection, tenant: TenantKey, answer: &Answer) -> crate::store::Result<Option<String>> {
    let title = match answer {
        Answer::Article(slug) => library::article(conn, tenant, slug)?.map(|(it, _)| it.title),
        Answer::Reply(id) => library::reply(conn, tenant, *id)?.map(|it| it.title),
    };
    Ok(title.map(|it| it.as_str().to_owned()))
}

/// Lists the examples that wait for a person.
#[utoipa::path(
    get, path = "/bot/examples", tag = "bot", operation_id = "list_pending_examples", params(ExamplesQuery),
    responses((status = 200, body = ExamplesAnswer))
)]
pub async fn list(
    State(app): State<App>,
    ByAgent(agent): ByAgent,
    Asked(query): Asked<ExamplesQuery>,
) -> Result<Json<ExamplesAnswer>, ApiError> {
    let tenant = app.desk.tenant(&agent.tenant)?;
    let (after, limit) = (Rev(query.after), query.limit.unwrap_or_default().0);
    let read = app.desk.read(move |conn| {
        let found = examples::pending(conn, tenant, after, limit + 1)?;
        let with_title = found.iter().map(|it| Ok(told(it, title(conn, tenant, &it.answer)?)));
        with_title.collect::<crate::store::Result<Vec<_>>>()
    });
    let mut examples = read.await?;
    let more = cut(&mut examples, limit);
    Ok(Json(ExamplesAnswer { examples, more }))
}

/// Other words for a question.
#[derive(Deserialize, ToSchema)]
#[schema(as = PendingExampleChange)]
pub struct ExamplePatch {
    /// What it is to be.
    #[schema(value_type = String, min_length = 1, max_length = 200, example = "when is my money back?")]
    question: SubjectLine,
}

/// Gives an example that waits other words.
#[utoipa::path(
    patch, path = "/bot/examples/{id}", tag = "bot", operation_id = "change_pending_example",
    params(("id" = u64, Path, description = "The example")), request_body = ExamplePatch,
    responses((status = 200, body = ExampleAnswer))
)]
pub async fn change(
    State(app): State<App>,
    ByAgent(agent): ByAgent,
    Named(id): Named<u64>,
    change: Change<ExamplePatch>,
) -> Result<Json<ExampleAnswer>, ApiError> {
    let (tenant, id) = (app.desk.tenant(&agent.tenant)?, Rev(id));
    let question = change.body.question.as_str().to_owned();
    let written = app.desk.write(tenant, move |scope| {
        if !examples::change(scope.conn, tenant, id, &question)? {
            return Ok(None);
        }
        let found = examples::one(scope.conn, tenant, id)?;
        let told = found.map(|it| Ok(told(&it, title(scope.conn, tenant, &it.answer)?)));
        told.transpose()
    });
    let changed = written.await?.ok_or(Refusal::NotFound)?;
    Ok(Json(changed))
}

/// Drops an example: it and what is near to it are not proposed again.
#[utoipa::path(
    delete, path = "/bot/examples/{id}", tag = "bot", operation_id = "drop_pending_example",
    params(("id" = u64, Path, description = "The example")),
    responses((status = 204, description = "It is dropped"))
)]
pub async fn delete(
    State(app): State<App>,
    ByAgent(agent): ByAgent,
    Named(id): Named<u64>,
    _change: Change<Nothing>,
) -> Result<StatusCode, ApiError> {
    taken_away(&app, &agent, Rev(id), "bot.example.dropped", examples::drop_one).await
}

/// Accepts an example: it is learnt from.
///
/// From now on it is a question of its article or saved reply. 404 if what answered it is no more.
#[utoipa::path(
    post, path = "/bot/examples/{id}/accept", tag = "bot", operation_id = "accept_pending_example",
    params(("id" = u64, Path, description = "The example")),
    responses((status = 204, description = "It is accepted"))
)]
pub async fn accept(
    State(app): State<App>,
    ByAgent(agent): ByAgent,
    Named(id): Named<u64>,
    change: Change<Nothing>,
) -> Result<StatusCode, ApiError> {
    let (tenant, id, by) = (app.desk.tenant(&agent.tenant)?, Rev(id), agent.by());
    let found = app.desk.read(move |conn| examples::one(conn, tenant, id)).await?;
    let Some(example) = found else {
        // What a repeat does not find there it has accepted itself.
        return match app.desk.was_answered(&agent.caller, change.command).await? {
            true => Ok(StatusCode::NO_CONTENT),
            false => Err(Refusal::NotFound.into()),
        };
    };
    let question = SubjectLine::parse(&example.question).map_err(|_| Refusal::Internal)?;
    add(&app, &agent, tenant, change.command, &example.answer, question).await?;
    let written = app.desk.write(tenant, move |scope| {
        examples::accepted(scope.conn, tenant, id)?;
        let what = match &example.answer {
            Answer::Article(slug) => json!({"article": slug.as_str()}),
            Answer::Reply(reply) => json!({"reply": reply.to_string()}),
        };
        scope.audit(&by, "bot.example.accepted", id.0.to_string(), what)
    });
    written.await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Makes it a question of what answered it.
async fn add(
    app: &App,
    agent: &SignedIn,
    tenant: TenantKey,
    id: CommandId,
    answer: &Answer,
    question: SubjectLine,
) -> Result<(), ApiError> {
    let with = |known: Option<Vec<SubjectLine>>| {
        let mut questions = known.unwrap_or_default();
        // A repeat finds it there, and says the same again.
        if !questions.contains(&question) {
            questions.push(question);
        }
        Some(questions)
    };
    let command = match answer {
        Answer::Article(slug) => {
            let (article, row) = app.desk.article(tenant, slug.clone()).await?;
            AgentCommand::SaveArticle {
                article: Article {
                    questions: with(article.questions),
                    ..article
                },
                tags: row.tags,
                published: row.published,
            }
        }
        Answer::Reply(reply) => {
            let reply = app.desk.reply(tenant, agent.agent.id, *reply).await?;
            AgentCommand::SaveReply {
                reply: SavedReply {
                    questions: with(reply.questions.clone()),
                    ..reply
                },
            }
        }
    };
    does(app, agent, id, command).await.map(drop)
}
