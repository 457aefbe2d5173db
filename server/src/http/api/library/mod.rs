//! `canned-responses` and `articles`: what agents answer with.

mod articles;
mod replies;

use minicom_protocol::{command::AgentCommand, ids::CommandId, refusal::Refusal};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

pub use self::articles::{ArticleAnswer, ArticleRowAnswer};
use crate::{
    accounts::SignedIn,
    http::{App, api::sessions::does, error::ApiError, page::LongLimit},
    limits,
};

/// See the module.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(replies::list, replies::add))
        .routes(routes!(replies::show, replies::change, replies::delete))
        .routes(routes!(articles::list, articles::add))
        .routes(routes!(articles::show, articles::change, articles::delete))
}

/// Saves a reply or an article. What is wrong with it is said by the names of the body.
async fn save(app: &App, agent: &SignedIn, id: CommandId, command: AgentCommand) -> Result<(), ApiError> {
    command.check().map_err(by_the_body)?;
    does(app, agent, id, command).await.map(drop)
}

fn by_the_body(refusal: Refusal) -> ApiError {
    match &refusal {
        Refusal::TooLong { .. } | Refusal::EmptyMessage | Refusal::BadText => {
            ApiError::from(refusal).of_field("content")
        }
        Refusal::BadField { why } => match why.split_once(": ") {
            Some(("reply.text" | "article.body", why)) => ApiError::bad_field(format!("content: {why}")),
            Some((name, why)) => {
                let name = name.rsplit('.').next().unwrap_or(name);
                ApiError::bad_field(format!("{name}: {why}"))
            }
            None => refusal.into(),
        },
        _ => refusal.into(),
    }
}

/// What is searched for, and how much of it.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SearchQuery {
    /// Words that are looked for; without them all are listed.
    #[serde(alias = "q")]
    #[param(max_length = 200, example = "refund")]
    query: Option<String>,
    /// At most so many.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100, default = 50)]
    limit: Option<LongLimit>,
    /// The `next_cursor` of the page before, with the same words.
    cursor: Option<String>,
}

impl SearchQuery {
    /// The words, within their bound; empty for all.
    pub fn words(&self) -> Result<String, ApiError> {
        let words = self.query.clone().unwrap_or_default();
        match words.chars().nth(limits::QUERY_CHARS_MAX) {
            None => Ok(words),
            Some(_) => {
                let most = limits::QUERY_CHARS_MAX;
                Err(ApiError::bad_field(format!("`query` has more than {most} characters")))
            }
        }
    }

    /// How many.
    pub fn limit(&self) -> usize {
        self.limit.unwrap_or_default().0
    }

    /// Where to begin, as it was given.
    pub fn cursor(&self) -> Option<&str> {
        self.cursor.as_deref()
    }
}
