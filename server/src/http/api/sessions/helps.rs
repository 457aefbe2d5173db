//! What helps an agent with a conversation: what could be answered, and the conversation in a few lines.

use axum::{Json, extract::State};
use minicom_protocol::{
    ids::{ConversationId, ReplyId, Rev},
    intake::Priority,
    recap::{Recap, Said},
    stage::HandOverReason,
    suggestions::Suggestions,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    clock::rfc3339,
    http::{
        App,
        api::words::{Person, PriorityWord},
        asked::{Asked, Named},
        error::ApiError,
        extract::ByAgent,
    },
};

/// What fits what the customer wrote last.
#[derive(Serialize, ToSchema)]
#[schema(as = Suggestions)]
pub struct SuggestionsAnswer {
    /// In which conversation.
    #[schema(value_type = Uuid)]
    session_id: ConversationId,
    /// The position of the customer's newest line; `null` if there is none.
    #[schema(value_type = Option<u64>)]
    at: Option<Rev>,
    /// Published articles, the likeliest first, at most three.
    articles: Vec<ArticleSuggestion>,
    /// Saved replies that the agent may use, the likeliest first, at most three.
    replies: Vec<ReplySuggestion>,
}

/// An article that fits.
#[derive(Serialize, ToSchema)]
struct ArticleSuggestion {
    /// Its short name.
    slug: String,
    /// Its title.
    title: String,
    /// How probable it is that this is what is wanted, in hundredths. For agents' eyes.
    percent: u8,
    /// What of it is nearest to what was written.
    example: String,
}

/// A saved reply that fits.
#[derive(Serialize, ToSchema)]
struct ReplySuggestion {
    /// Which.
    #[schema(value_type = Uuid)]
    id: ReplyId,
    /// What is typed to find it.
    code: String,
    /// What it is for.
    title: String,
    /// How probable it is that this is what is wanted, in hundredths. For agents' eyes.
    percent: u8,
    /// What of it is nearest to what was written.
    example: String,
}

impl From<Suggestions> for SuggestionsAnswer {
    fn from(it: Suggestions) -> SuggestionsAnswer {
        let articles = it.articles.into_iter().map(|it| ArticleSuggestion {
            slug: it.slug.as_str().to_owned(),
            title: it.title.as_str().to_owned(),
            percent: it.percent,
            example: it.example,
        });
        let replies = it.replies.into_iter().map(|it| ReplySuggestion {
            id: it.id,
            code: it.code.as_str().to_owned(),
            title: it.title.as_str().to_owned(),
            percent: it.percent,
            example: it.example,
        });
        SuggestionsAnswer {
            session_id: it.conversation,
            at: it.at,
            articles: articles.collect(),
            replies: replies.collect(),
        }
    }
}

/// Suggests articles and saved replies for what the customer wrote last, whoever has the conversation. Worked out when it is asked for: ask
/// again after the customer's next line.
#[utoipa::path(
    get, path = "/sessions/{id}/suggestions", tag = "sessions", operation_id = "suggest_answers",
    params(("id" = Uuid, Path, description = "The conversation")),
    responses((status = 200, body = SuggestionsAnswer))
)]
pub async fn suggestions(
    State(app): State<App>,
    ByAgent(agent): ByAgent,
    Named(conversation): Named<ConversationId>,
) -> Result<Json<SuggestionsAnswer>, ApiError> {
    let key = app.desk.tenant(&agent.tenant)?;
    let found = app.desk.suggestions(key, agent.agent.id, conversation).await?;
    Ok(Json(found.into()))
}

/// A conversation in a few lines.
#[derive(Serialize, ToSchema)]
#[schema(as = Summary)]
pub struct SummaryAnswer {
    /// Which.
    #[schema(value_type = Uuid)]
    session_id: ConversationId,
    /// Whose: the customer's name.
    customer: String,
    /// When it began.
    #[schema(format = DateTime)]
    started_at: String,
    /// Lines in it.
    message_count: u64,
    /// What it is about.
    subject: Option<String>,
    /// How urgent it is.
    #[schema(value_type = PriorityWord)]
    priority: Priority,
    /// Its tags.
    tags: Vec<String>,
    /// The ticket that was made of it.
    ticket: Option<u64>,
    /// What the customer asked first.
    first: Option<SaidAnswer>,
    /// What the bot said to it, the newest last, at most 8.
    tried: Vec<TriedAnswer>,
    /// Why a person was wanted, the last time.
    #[schema(value_type = Option<String>)]
    reason: Option<HandOverReason>,
    /// Who had it when, the newest last, at most 8.
    held: Vec<HeldAnswer>,
    /// What an agent answered last.
    answered: Option<AnsweredAnswer>,
    /// What the customer said since, the newest last, at most 8: nobody has answered it.
    open: Vec<SaidAnswer>,
    /// Names of the files that were sent, the newest last, at most 8.
    files: Vec<String>,
    /// How many notes it has.
    note_count: u64,
    /// The same in the words of a language model, if they were asked for, the desk has one and it answered in time: at most 8 lines, each
    /// held to what was said. Show it as text, marked as such.
    words: Option<String>,
    /// All of it as lines of text. Strangers' words: show them as text.
    text: String,
}

/// Something that was said.
#[derive(Serialize, ToSchema)]
#[schema(as = Said)]
struct SaidAnswer {
    /// When.
    #[schema(format = DateTime)]
    at: String,
    /// Its beginning, on one line.
    text: String,
}

/// Something that the bot said.
#[derive(Serialize, ToSchema)]
#[schema(as = Tried)]
struct TriedAnswer {
    #[serde(flatten)]
    said: SaidAnswer,
    /// The title of the article that went with it.
    article: Option<String>,
}

/// What an agent answered.
#[derive(Serialize, ToSchema)]
#[schema(as = Answered)]
struct AnsweredAnswer {
    /// Who.
    agent: Person,
    #[serde(flatten)]
    said: SaidAnswer,
}

/// A time in which an agent had it.
#[derive(Serialize, ToSchema)]
#[schema(as = Held)]
struct HeldAnswer {
    /// Who.
    agent: Person,
    /// From then on.
    #[schema(format = DateTime)]
    from: String,
    /// Until then; `null`: still.
    #[schema(format = DateTime)]
    until: Option<String>,
}

impl From<&Said> for SaidAnswer {
    fn from(it: &Said) -> SaidAnswer {
        SaidAnswer {
            at: rfc3339(it.at),
            text: it.text.clone(),
        }
    }
}

impl From<Recap> for SummaryAnswer {
    fn from(it: Recap) -> SummaryAnswer {
        let text = it.text(rfc3339);
        let tried = it.tried.iter().map(|it| TriedAnswer {
            said: (&it.said).into(),
            article: it.article.as_ref().map(|title| title.as_str().to_owned()),
        });
        let held = it.held.iter().map(|it| HeldAnswer {
            agent: Person::from(&it.agent),
            from: rfc3339(it.from),
            until: it.until.map(rfc3339),
        });
        SummaryAnswer {
            session_id: it.conversation,
            customer: it.customer.name.as_str().to_owned(),
            started_at: rfc3339(it.opened_at),
            message_count: it.lines,
            subject: it.subject.as_ref().map(|it| it.as_str().to_owned()),
            priority: it.priority,
            tags: it.tags.iter().map(|tag| tag.as_str().to_owned()).collect(),
            ticket: it.ticket.map(|it| it.0),
            first: it.first.as_ref().map(SaidAnswer::from),
            tried: tried.collect(),
            reason: it.wanted,
            held: held.collect(),
            answered: it.answered.as_ref().map(|it| AnsweredAnswer {
                agent: Person::from(&it.agent),
                said: (&it.said).into(),
            }),
            open: it.open.iter().map(SaidAnswer::from).collect(),
            files: it.files,
            note_count: it.notes,
            words: it.words,
            text,
        }
    }
}

/// How a conversation is told.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SummaryQuery {
    /// Also in the words of a language model, where the desk has one. It takes up to 8 seconds, and costs tokens.
    #[param(default = false)]
    words: Option<bool>,
}

/// Tells a conversation in a few lines: who, what was asked first, what the bot tried, who had it when, what is open.
#[utoipa::path(
    get, path = "/sessions/{id}/summary", tag = "sessions", operation_id = "summarise_session",
    params(("id" = Uuid, Path, description = "The conversation"), SummaryQuery),
    responses((status = 200, body = SummaryAnswer))
)]
pub async fn summary(
    State(app): State<App>,
    ByAgent(agent): ByAgent,
    Named(conversation): Named<ConversationId>,
    Asked(query): Asked<SummaryQuery>,
) -> Result<Json<SummaryAnswer>, ApiError> {
    let key = app.desk.tenant(&agent.tenant)?;
    let recap = match query.words {
        Some(true) => app.desk.recap_in_words(key, agent.agent.id, conversation).await?,
        _ => app.desk.recap(key, conversation).await?,
    };
    Ok(Json(recap.into()))
}
