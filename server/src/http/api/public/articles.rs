//! `public/articles`: published articles. A draft is to customers as if it were not there.

use axum::{Json, extract::State, http::HeaderMap};
use minicom_protocol::{refusal::Refusal, words::Tag};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{session::TenantQuery, tenant};
use crate::{
    http::{
        App,
        api::library::{ArticleAnswer, ArticleRowAnswer},
        asked::{Asked, Named},
        error::ApiError,
        page::LongLimit,
    },
    limits,
};

/// Whose articles, and what is searched for in them.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PublicSearch {
    /// Whose desk; `default` if left out and not in `X-Minicom-Tenant`.
    #[param(max_length = 32)]
    tenant_id: Option<String>,
    /// Words that are looked for; without them the last changed are listed.
    #[serde(alias = "q")]
    #[param(max_length = 200, example = "refund")]
    query: Option<String>,
    /// At most so many.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100, default = 50)]
    limit: Option<LongLimit>,
}

/// Published articles.
#[derive(Serialize, ToSchema)]
#[schema(as = PublicArticles)]
pub struct PublicArticles {
    /// Those that fit the words, best first; the last changed, without words.
    articles: Vec<ArticleRowAnswer>,
}

/// Searches the published articles.
#[utoipa::path(
    get, path = "/public/articles", tag = "public", operation_id = "search_public_articles", params(PublicSearch),
    responses((status = 200, body = PublicArticles)), security(())
)]
pub async fn list(
    State(app): State<App>,
    Asked(query): Asked<PublicSearch>,
    headers: HeaderMap,
) -> Result<Json<PublicArticles>, ApiError> {
    let key = app.desk.tenant(&tenant(query.tenant_id.as_deref(), &headers)?)?;
    let words = query.query.unwrap_or_default();
    let most = limits::QUERY_CHARS_MAX;
    if words.chars().nth(most).is_some() {
        return Err(ApiError::bad_field(format!("`query` has more than {most} characters")));
    }
    let found = app
        .desk
        .published_articles(key, words, query.limit.unwrap_or_default().0);
    let articles = found.await?.iter().map(ArticleRowAnswer::for_customers).collect();
    Ok(Json(PublicArticles { articles }))
}

/// Shows a published article in full.
#[utoipa::path(
    get, path = "/public/articles/{id}", tag = "public", operation_id = "show_public_article",
    params(("id" = String, Path, description = "The article's short name"), TenantQuery),
    responses((status = 200, body = ArticleAnswer)), security(())
)]
pub async fn show(
    State(app): State<App>,
    Named(slug): Named<Tag>,
    Asked(query): Asked<TenantQuery>,
    headers: HeaderMap,
) -> Result<Json<ArticleAnswer>, ApiError> {
    let key = app.desk.tenant(&tenant(query.tenant_id.as_deref(), &headers)?)?;
    let (article, row) = app.desk.article(key, slug).await?;
    match row.published {
        true => Ok(Json(ArticleAnswer::for_customers(&article, &row))),
        false => Err(Refusal::NotFound.into()),
    }
}
