//! `bot/gaps`: what people ask that nothing of the desk answers, and the draft of an article for it.

use axum::{Json, extract::State, http::StatusCode};
use minicom_protocol::{
    event::{Author, EventBody},
    ids::Rev,
    refusal::Refusal,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    bot::{learning::gaps, masked},
    clock::rfc3339,
    http::{
        App,
        api::{bot::taken_away, words::Nothing},
        asked::Named,
        error::ApiError,
        extract::{ByAgent, Change},
    },
    store::{gaps as rows, journal},
};

/// Gaps of an answer: nobody reads through more.
const GAPS_MAX: usize = 100;
/// Conversations whose answers go into a draft.
const CONVERSATIONS_MAX: usize = 5;
/// Events of a conversation that are read for that.
const EVENTS_MAX: i64 = 100;
/// Answers of a conversation that go into a draft.
const ANSWERS_MAX: usize = 5;

/// Questions of near meaning that nothing answers.
#[derive(Serialize, ToSchema)]
#[schema(as = Gap)]
pub struct GapAnswer {
    /// Its id.
    #[schema(example = 4711)]
    id: u64,
    /// The question that is nearest to the others.
    #[schema(example = "where do I find my invoice?")]
    question: String,
    /// Some of the questions, without what could harm.
    questions: Vec<String>,
    /// Customers who asked.
    #[schema(example = 12)]
    people: usize,
    /// Conversations in which it was asked.
    #[schema(example = 14)]
    conversations: usize,
    /// When it was asked last.
    #[schema(format = DateTime)]
    last_at: String,
}

/// The gaps.
#[derive(Serialize, ToSchema)]
#[schema(as = Gaps)]
pub struct GapsAnswer {
    /// Those that most people asked about first; a hundred at most.
    gaps: Vec<GapAnswer>,
}

/// Lists what people ask that nothing of the desk answers.
#[utoipa::path(
    get, path = "/bot/gaps", tag = "bot", operation_id = "list_gaps", responses((status = 200, body = GapsAnswer))
)]
pub async fn list(State(app): State<App>, ByAgent(agent): ByAgent) -> Result<Json<GapsAnswer>, ApiError> {
    let tenant = app.desk.tenant(&agent.tenant)?;
    let all = app.desk.read(move |conn| rows::all(conn, tenant)).await?;
    let found = tokio::task::spawn_blocking(move || gaps::gaps(&all)).await;
    let found = found.map_err(|_| Refusal::Internal)?;
    let told = found.into_iter().take(GAPS_MAX).map(|it| GapAnswer {
        id: it.id.0,
        question: it.questions.first().cloned().unwrap_or_default(),
        questions: it.questions,
        people: it.people,
        conversations: it.conversations,
        last_at: rfc3339(it.last_at),
    });
    Ok(Json(GapsAnswer { gaps: told.collect() }))
}

/// Dismisses a gap: what is asked again of the kind is not listed.
#[utoipa::path(
    delete, path = "/bot/gaps/{id}", tag = "bot", operation_id = "dismiss_gap",
    params(("id" = u64, Path, description = "The gap")),
    responses((status = 204, description = "It is dismissed"))
)]
pub async fn dismiss(
    State(app): State<App>,
    ByAgent(agent): ByAgent,
    Named(id): Named<u64>,
    _change: Change<Nothing>,
) -> Result<StatusCode, ApiError> {
    taken_away(&app, &agent, Rev(id), "bot.gap.dismissed", rows::dismiss).await
}

/// The draft of an article that fills a gap.
#[derive(Serialize, ToSchema)]
pub struct GapDraft {
    /// A title: the question.
    #[schema(example = "Where do I find my invoice?")]
    title: String,
    /// The questions.
    questions: Vec<String>,
    /// What agents have answered, without what could harm.
    content: String,
}

/// Drafts an article that fills a gap.
///
/// The question is its title, the questions are its examples, and its text is what agents have answered since. Nothing is kept.
#[utoipa::path(
    get, path = "/bot/gaps/{id}/draft", tag = "bot", operation_id = "draft_for_gap",
    params(("id" = u64, Path, description = "The gap")),
    responses((status = 200, body = GapDraft))
)]
pub async fn draft(
    State(app): State<App>,
    ByAgent(agent): ByAgent,
    Named(id): Named<u64>,
) -> Result<Json<GapDraft>, ApiError> {
    let (tenant, gap) = (app.desk.tenant(&agent.tenant)?, Rev(id));
    let read = app.desk.read(move |conn| {
        let asked = rows::of(conn, tenant, gap)?;
        let mut answers: Vec<String> = vec![];
        for it in asked.iter().rev().take(CONVERSATIONS_MAX) {
            let events = journal::of_thread(conn, tenant, it.customer, it.id, EVENTS_MAX)?;
            let of_agents = events.iter().filter_map(|event| match &event.body {
                EventBody::Posted(posted)
                    if matches!(posted.author, Author::Agent { .. })
                        && event.subject.conversation() == Some(it.conversation) =>
                {
                    Some(masked(&posted.text()))
                }
                _ => None,
            });
            for answer in of_agents.take(ANSWERS_MAX) {
                if !answer.trim().is_empty() && !answers.contains(&answer) {
                    answers.push(answer);
                }
            }
        }
        Ok((asked, answers))
    });
    let (asked, answers) = read.await?;
    let described = tokio::task::spawn_blocking(move || gaps::gaps(&asked)).await;
    let described = described.map_err(|_| Refusal::Internal)?;
    let gap = described.into_iter().next().ok_or(Refusal::NotFound)?;
    Ok(Json(GapDraft {
        title: sentence(gap.questions.first().map_or("", String::as_str)),
        questions: gap.questions,
        content: answers.join("\n\n"),
    }))
}

/// With a large letter to begin with.
fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    first + chars.as_str()
}
