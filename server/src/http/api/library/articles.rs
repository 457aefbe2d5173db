//! `articles`: the knowledge base, drafts too. Customers read published ones by `public/articles`.

use axum::{Json, extract::State, http::StatusCode};
use minicom_protocol::{
    command::AgentCommand,
    library::{Article, ArticleRow},
    refusal::Refusal,
    words::{SubjectLine, Tag},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{SearchQuery, save};
use crate::{
    accounts::SignedIn,
    clock::rfc3339,
    http::{
        App,
        api::{
            sessions::does,
            words::{Nothing, Person},
        },
        asked::{Asked, Named},
        error::ApiError,
        extract::{ByAgent, Change},
        page::{begins_at, cut, place_text},
    },
};

/// An article in a list.
#[derive(Serialize, ToSchema)]
#[schema(as = ArticleRow)]
pub struct ArticleRowAnswer {
    /// Its short name: the `kb_article_id` of a message.
    #[schema(example = "refunds")]
    id: String,
    /// Its title.
    #[schema(example = "Refunds")]
    title: String,
    /// Its tags.
    tags: Vec<String>,
    /// Whether customers can read it.
    published: bool,
    /// When it was last changed.
    #[schema(format = DateTime)]
    updated_at: String,
    /// Who changed it; for agents only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    updated_by: Option<Person>,
    /// Its beginning, or where the words were found, in plain text.
    excerpt: String,
}

impl ArticleRowAnswer {
    /// As agents see it.
    fn for_agents(it: &ArticleRow) -> ArticleRowAnswer {
        ArticleRowAnswer {
            updated_by: it.updated_by.as_ref().map(Person::from),
            ..ArticleRowAnswer::for_customers(it)
        }
    }

    /// The same without what agents keep to themselves.
    pub fn for_customers(it: &ArticleRow) -> ArticleRowAnswer {
        ArticleRowAnswer {
            id: it.slug.as_str().to_owned(),
            title: it.title.as_str().to_owned(),
            tags: it.tags.iter().map(|tag| tag.as_str().to_owned()).collect(),
            published: it.published,
            updated_at: rfc3339(it.updated_at),
            updated_by: None,
            excerpt: it.excerpt.clone(),
        }
    }
}

/// An article in full.
#[derive(Serialize, ToSchema)]
#[schema(as = Article)]
pub struct ArticleAnswer {
    /// What a list has of it.
    #[serde(flatten)]
    row: ArticleRowAnswer,
    /// Its body, in Markdown.
    content: String,
    /// Questions that it answers, which the bot learns from; for agents only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = Option<Vec<String>>, example = json!(["when do I get my money back?"]))]
    questions: Option<Vec<SubjectLine>>,
}

impl ArticleAnswer {
    /// As customers see it.
    pub fn for_customers(article: &Article, row: &ArticleRow) -> ArticleAnswer {
        ArticleAnswer {
            row: ArticleRowAnswer::for_customers(row),
            content: article.body.clone(),
            questions: None,
        }
    }
}

/// A page of articles.
#[derive(Serialize, ToSchema)]
#[schema(as = Articles)]
pub struct ArticlesAnswer {
    /// Those that fit the words, best first; all, by their short names, without words.
    articles: Vec<ArticleRowAnswer>,
    /// Hand in as `cursor` for the next page; `null` at the end, and of a search.
    next_cursor: Option<String>,
}

/// What the list is called in its cursors.
const LIST: &str = "articles";

/// Lists articles, drafts too: all of them, or those that fit some words.
#[utoipa::path(
    get, path = "/articles", tag = "library", operation_id = "list_articles", params(SearchQuery),
    responses((status = 200, body = ArticlesAnswer))
)]
pub async fn list(
    State(app): State<App>,
    ByAgent(agent): ByAgent,
    Asked(query): Asked<SearchQuery>,
) -> Result<Json<ArticlesAnswer>, ApiError> {
    let key = app.desk.tenant(&agent.tenant)?;
    let whose = app.desk.birth_mark(key).await?;
    let after = begins_at(query.cursor(), LIST, whose, |at| Tag::parse(at).ok())?;
    let (words, limit) = (query.words()?, query.limit());
    let (rows, next) = match words.trim().is_empty() {
        false => (app.desk.articles(key, words, limit).await?, None),
        true => {
            let mut rows = app.desk.all_articles(key, after, limit + 1).await?;
            let more = cut(&mut rows, limit);
            let next = rows.last().filter(|_| more).map(|it| it.slug.clone());
            (rows, next)
        }
    };
    Ok(Json(ArticlesAnswer {
        articles: rows.iter().map(ArticleRowAnswer::for_agents).collect(),
        next_cursor: next.map(|slug| place_text(LIST, slug.as_str(), whose)),
    }))
}

/// Shows an article in full, drafts too.
#[utoipa::path(
    get, path = "/articles/{id}", tag = "library", operation_id = "show_article",
    params(("id" = String, Path, description = "The article's short name")),
    responses((status = 200, body = ArticleAnswer))
)]
pub async fn show(
    State(app): State<App>,
    ByAgent(agent): ByAgent,
    Named(name): Named<String>,
) -> Result<Json<ArticleAnswer>, ApiError> {
    let slug = slug(&name)?;
    shown(&app, &agent, slug).await.map(Json)
}

/// A short name in a path. What cannot be one is as what is not there, once the rest of the request is good.
fn slug(name: &str) -> Result<Tag, Refusal> {
    Tag::parse(name).map_err(|_| Refusal::NotFound)
}

async fn shown(app: &App, agent: &SignedIn, slug: Tag) -> Result<ArticleAnswer, ApiError> {
    let key = app.desk.tenant(&agent.tenant)?;
    let (article, row) = app.desk.article(key, slug).await?;
    Ok(ArticleAnswer {
        row: ArticleRowAnswer::for_agents(&row),
        content: article.body,
        questions: Some(article.questions.unwrap_or_default()),
    })
}

/// An article to make.
#[derive(Deserialize, ToSchema)]
pub struct NewArticle {
    /// Its short name, unique in the tenant: 1 to 32 letters, digits, `-`, `_` and `.`.
    #[serde(alias = "slug")]
    #[schema(value_type = String, min_length = 1, max_length = 32, example = "refunds")]
    id: Tag,
    /// Its title.
    #[schema(value_type = String, min_length = 1, max_length = 200, example = "Refunds")]
    title: SubjectLine,
    /// Its body, in Markdown; at most 48 KiB.
    #[serde(alias = "body")]
    #[schema(example = "We pay back within **five days**.")]
    content: String,
    /// Its tags, at most 8.
    #[serde(default)]
    #[schema(value_type = Vec<String>, max_items = 8, example = json!(["money"]))]
    tags: Vec<Tag>,
    /// Whether customers can read it. A draft is for agents only.
    #[serde(default)]
    published: bool,
    /// Questions that it answers, in customers' words: the bot learns from them. At most 50, and 6 KiB together.
    #[serde(default)]
    #[schema(value_type = Vec<String>, max_items = 50, example = json!(["when do I get my money back?"]))]
    questions: Vec<SubjectLine>,
}

/// Makes an article. 409 `exists` if there is one by that name.
#[utoipa::path(
    post, path = "/articles", tag = "library", operation_id = "add_article", request_body = NewArticle,
    responses((status = 201, body = ArticleAnswer))
)]
pub async fn add(
    State(app): State<App>,
    ByAgent(agent): ByAgent,
    change: Change<NewArticle>,
) -> Result<(StatusCode, Json<ArticleAnswer>), ApiError> {
    let NewArticle {
        id: slug,
        title,
        content,
        tags,
        published,
        questions,
    } = change.body;
    let key = app.desk.tenant(&agent.tenant)?;
    // What a repeat finds there is what it made itself.
    let again = app.desk.was_answered(&agent.caller, change.command).await?;
    if !again && app.desk.article(key, slug.clone()).await.is_ok() {
        let what = format!("an article `{}`", slug.as_str());
        return Err(Refusal::Exists { what }.into());
    }
    let article = Article {
        slug: slug.clone(),
        title,
        body: content,
        questions: Some(questions),
    };
    let command = AgentCommand::SaveArticle {
        article,
        tags,
        published,
    };
    save(&app, &agent, change.command, command).await?;
    Ok((StatusCode::CREATED, Json(shown(&app, &agent, slug).await?)))
}

/// What is changed of an article. What is left out stays.
#[derive(Deserialize, ToSchema)]
#[schema(as = ArticleChange)]
pub struct ArticlePatch {
    /// Its title.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 200, nullable = false)]
    title: Option<SubjectLine>,
    /// Its body, in Markdown; at most 48 KiB.
    #[serde(alias = "body")]
    #[schema(nullable = false)]
    content: Option<String>,
    /// All its tags, at most 8.
    #[schema(value_type = Option<Vec<String>>, max_items = 8, nullable = false)]
    tags: Option<Vec<Tag>>,
    /// Whether customers can read it.
    #[schema(example = true, nullable = false)]
    published: Option<bool>,
    /// All questions that it answers, in customers' words, at most 50, and 6 KiB together.
    #[schema(value_type = Option<Vec<String>>, max_items = 50, nullable = false)]
    questions: Option<Vec<SubjectLine>>,
}

/// Changes an article.
#[utoipa::path(
    patch, path = "/articles/{id}", tag = "library", operation_id = "change_article",
    params(("id" = String, Path, description = "The article's short name")), request_body = ArticlePatch,
    responses((status = 200, body = ArticleAnswer))
)]
pub async fn change(
    State(app): State<App>,
    ByAgent(agent): ByAgent,
    Named(name): Named<String>,
    change: Change<ArticlePatch>,
) -> Result<Json<ArticleAnswer>, ApiError> {
    let slug = slug(&name)?;
    let key = app.desk.tenant(&agent.tenant)?;
    let (known, row) = app.desk.article(key, slug.clone()).await?;
    let ArticlePatch {
        title,
        content,
        tags,
        published,
        questions,
    } = change.body;
    let command = AgentCommand::SaveArticle {
        article: Article {
            slug: slug.clone(),
            title: title.unwrap_or(known.title),
            body: content.unwrap_or(known.body),
            questions,
        },
        tags: tags.unwrap_or(row.tags),
        published: published.unwrap_or(row.published),
    };
    save(&app, &agent, change.command, command).await?;
    shown(&app, &agent, slug).await.map(Json)
}

/// Deletes an article. Cards that were sent keep their title.
#[utoipa::path(
    delete, path = "/articles/{id}", tag = "library", operation_id = "delete_article",
    params(("id" = String, Path, description = "The article's short name")),
    responses((status = 204, description = "It is gone"))
)]
pub async fn delete(
    State(app): State<App>,
    ByAgent(agent): ByAgent,
    Named(name): Named<String>,
    change: Change<Nothing>,
) -> Result<StatusCode, ApiError> {
    let slug = slug(&name)?;
    does(&app, &agent, change.command, AgentCommand::DeleteArticle { slug }).await?;
    Ok(StatusCode::NO_CONTENT)
}
