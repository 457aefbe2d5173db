//! `bot/why` and `bot/test`: what the bot would do about a text, and what it would have done in past conversations.

use axum::{Json, extract::State};
use minicom_protocol::{ids::Time, refusal::Refusal};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::percent;
use crate::{
    bot::{
        replay::{self, Done, Line},
        why::{self, Explained},
    },
    clock::{self, rfc3339},
    http::{
        App,
        error::ApiError,
        extract::{ByAgent, Json as Body},
    },
    limits::REPLAYED_MAX,
};

/// Bytes of a text that is asked about.
const TEXT_BYTES_MAX: usize = 16 * 1024;
/// Days of the past that are looked at, if nothing is said.
const DAYS: u32 = 30;
/// And at most.
const DAYS_MAX: u32 = 366;

/// A text to be asked about.
#[derive(Deserialize, ToSchema)]
pub struct WhyAsked {
    /// What a customer writes first.
    #[schema(max_length = 16384, example = "when do I get my money back?")]
    text: String,
}

/// What the bot would do about a text, and why.
#[derive(Serialize, ToSchema)]
pub struct WhyAnswer {
    /// What it would do: `answer`, `offer`, `clarify`, `say` (small talk), `hand_over` or `nothing`.
    #[schema(example = "answer")]
    does: &'static str,
    /// Why, in words.
    #[schema(example = "this article is meant with 97 %")]
    why: String,
    /// The rule that says so.
    rule: Option<String>,
    /// What it would say.
    says: Option<String>,
    /// The language that the text is taken for.
    #[schema(example = "en")]
    language: &'static str,
    /// The text as it is kept and given on: without what could harm.
    masked: String,
    /// The likeliest articles.
    articles: Vec<LikelyAnswer>,
}

/// An article, and how likely it is meant.
#[derive(Serialize, ToSchema)]
pub struct LikelyAnswer {
    /// Its short name.
    #[schema(example = "refunds")]
    id: String,
    /// Its title.
    title: String,
    /// How probable it is that it is meant.
    #[schema(example = 97, maximum = 100)]
    percent: u8,
    /// What of it is nearest: its title, a question, a passage.
    example: String,
    /// How near that is, in hundredths.
    #[schema(maximum = 100)]
    nearness: u8,
}

impl From<&Explained> for WhyAnswer {
    fn from(it: &Explained) -> WhyAnswer {
        let found = it.decision.found.iter().zip(&it.titles);
        WhyAnswer {
            does: why::word(&it.decision.does),
            why: why::because(&it.decision.why),
            rule: why::rule(&it.decision.why).map(str::to_owned),
            says: why::text(&it.decision.does),
            language: it.language,
            masked: it.masked.clone(),
            articles: found
                .map(|(it, title)| LikelyAnswer {
                    id: it.article.as_str().to_owned(),
                    title: title.clone(),
                    percent: percent(it.probability),
                    example: it.example.clone(),
                    nearness: percent(it.nearness),
                })
                .collect(),
        }
    }
}

/// Says what the bot would do about a text, and why.
///
/// As if a conversation began with it. Nothing is sent, and nothing kept.
#[utoipa::path(
    post, path = "/bot/why", tag = "bot", operation_id = "explain_bot", request_body = WhyAsked,
    responses((status = 200, body = WhyAnswer))
)]
pub async fn why(
    State(app): State<App>,
    ByAgent(agent): ByAgent,
    Body(asked): Body<WhyAsked>,
) -> Result<Json<WhyAnswer>, ApiError> {
    let text = asked.text;
    if text.len() > TEXT_BYTES_MAX || text.contains('\0') {
        return Err(ApiError::bad_field(format!(
            "text: at most {TEXT_BYTES_MAX} bytes, without NUL"
        )));
    }
    let tenant = app.desk.tenant(&agent.tenant)?;
    let knows = why::knows(&app.desk, tenant).await?;
    // Reading meaning takes milliseconds of a processor: not on a thread that others wait for.
    let explained = tokio::task::spawn_blocking(move || why::explain(&knows, &text)).await;
    let explained = explained.ok().flatten().ok_or(Refusal::Internal)?;
    Ok(Json(WhyAnswer::from(&explained)))
}

/// Which past is looked at.
#[derive(Deserialize, ToSchema)]
pub struct TestAsked {
    /// Conversations that began in so many days.
    #[schema(minimum = 1, maximum = 366, default = 30, nullable = false)]
    days: Option<u32>,
    /// At most so many of them, the newest.
    #[schema(minimum = 1, maximum = 500, default = 200, nullable = false)]
    limit: Option<usize>,
}

/// What the bot would have said, beside what happened.
#[derive(Serialize, ToSchema)]
pub struct TestAnswer {
    /// Conversations that were looked at.
    conversations: usize,
    /// Lines in them that were the bot's to answer.
    total: usize,
    /// About so many the same would be done.
    same: usize,
    /// So many would be answered by an article now, and were not.
    would_answer: usize,
    /// So many would be handed over now, and were not.
    would_hand_over: usize,
    /// The lines, those of the newest conversation first.
    lines: Vec<TestedLine>,
}

/// A line then and now.
#[derive(Serialize, ToSchema)]
pub struct TestedLine {
    /// Where it was written.
    conversation_id: Uuid,
    /// When.
    #[schema(format = DateTime)]
    at: String,
    /// What, without what could harm.
    text: String,
    /// What happened.
    then: DoneAnswer,
    /// What would happen now.
    now: DoneAnswer,
    /// Why it would.
    why: String,
}

/// What was done, or would be.
#[derive(Serialize, ToSchema)]
pub struct DoneAnswer {
    /// `answer`, `offer`, `clarify`, `say`, `hand_over`, `person` (somebody of the desk answered) or `nothing`.
    #[schema(example = "answer")]
    does: &'static str,
    /// The article that was answered with.
    article_id: Option<String>,
}

impl From<&Done> for DoneAnswer {
    fn from(it: &Done) -> DoneAnswer {
        DoneAnswer {
            does: it.what,
            article_id: it.article.clone(),
        }
    }
}

impl From<&Line> for TestedLine {
    fn from(it: &Line) -> TestedLine {
        TestedLine {
            conversation_id: it.conversation.0,
            at: rfc3339(it.at),
            text: it.text.clone(),
            then: DoneAnswer::from(&it.then),
            now: DoneAnswer::from(&it.now),
            why: it.because.clone(),
        }
    }
}

/// Says what the bot would have said in past conversations, beside what happened.
///
/// And where it would have handed over. Nothing is sent, and nothing kept.
#[utoipa::path(
    post, path = "/bot/test", tag = "bot", operation_id = "test_bot", request_body = TestAsked,
    responses((status = 200, body = TestAnswer))
)]
pub async fn test(
    State(app): State<App>,
    ByAgent(agent): ByAgent,
    Body(asked): Body<TestAsked>,
) -> Result<Json<TestAnswer>, ApiError> {
    let (days, limit) = (asked.days.unwrap_or(DAYS), asked.limit.unwrap_or(200));
    if !(1..=DAYS_MAX).contains(&days) {
        return Err(ApiError::bad_field(format!("days: 1 to {DAYS_MAX}")));
    }
    if !(1..=REPLAYED_MAX).contains(&limit) {
        return Err(ApiError::bad_field(format!("limit: 1 to {REPLAYED_MAX}")));
    }
    let tenant = app.desk.tenant(&agent.tenant)?;
    let since = Time(clock::now().0 - i64::from(days) * 86_400_000_000);
    let found = replay::replay(&app.desk, tenant, since, limit).await?;
    Ok(Json(TestAnswer {
        conversations: found.conversations,
        total: found.lines.len(),
        same: found.same(),
        would_answer: found.would_answer(),
        would_hand_over: found.would_hand_over(),
        lines: found.lines.iter().map(TestedLine::from).collect(),
    }))
}
