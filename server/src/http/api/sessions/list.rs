//! `sessions`, `sessions/{id}`, `admin/all-sessions`.

use axum::{Json, extract::State};
use minicom_protocol::{
    ids::{ConversationId, Rev},
    intake::Priority,
    text::CustomerName,
    words::{Skill, Tag},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{SessionAnswer, shown};
use crate::{
    accounts::SignedIn,
    desk::{Filter, NamedBy, OwnedBy, Session, Sort, SortPlace, Status},
    http::{
        App,
        api::words::{PriorityWord, agent_named},
        asked::{Asked, Named},
        error::ApiError,
        extract::{ByAdmin, ByAgent},
        page::{ShortLimit, begins_at, list_cursor_from, list_cursor_text, place_text},
    },
    store::TenantKey,
};

/// Which conversations, and how many.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SessionsQuery {
    /// Where they stand: the sources' words, or one of the stages.
    #[param(inline)]
    status: Option<StatusAsked>,
    /// How urgent they are, without ageing.
    #[param(value_type = Option<PriorityWord>)]
    priority: Option<Priority>,
    /// A skill that they need.
    #[param(value_type = Option<String>, max_length = 32)]
    skill: Option<Skill>,
    /// A tag that they have.
    #[param(value_type = Option<String>, max_length = 32)]
    tag: Option<Tag>,
    /// Whose they are: an agent's id, `me`, or `none`.
    #[param(example = "me")]
    owner: Option<String>,
    /// Those of customers by this name. `customer` and `id` list what began last first, in one page.
    #[param(value_type = Option<String>, max_length = 64, example = "alice")]
    customer: Option<CustomerName>,
    /// Those whose id begins so.
    #[param(max_length = 36, example = "0193a1b2-c3d4")]
    id: Option<String>,
    /// How open ones are sorted: `priority` as the queue has it, `wait` by who waits longest. Closed ones are left out then.
    #[param(inline)]
    sort: Option<SortAsked>,
    /// At most so many.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200, default = 50)]
    limit: Option<ShortLimit>,
    /// The `next_cursor` of the page before, with the same filter.
    cursor: Option<String>,
}

/// A status to list.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum StatusAsked {
    /// With the bot or waiting.
    Pending,
    /// An agent has it, also put aside.
    Active,
    /// Ended.
    Closed,
    /// The bot answers.
    Bot,
    /// In the queue.
    Waiting,
    /// Put aside.
    Snoozed,
}

/// How to sort.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum SortAsked {
    /// As the queue has it.
    Priority,
    /// Who waits longest first.
    Wait,
}

impl SortAsked {
    fn list(self) -> &'static str {
        match self {
            SortAsked::Priority => "sessions by priority",
            SortAsked::Wait => "sessions by wait",
        }
    }
}

/// A page of conversations.
#[derive(Serialize, ToSchema)]
#[schema(as = Sessions)]
pub struct SessionsAnswer {
    /// The page. It may be shorter than `limit` and not be the last.
    pub sessions: Vec<SessionAnswer>,
    /// Hand in as `cursor` for the next page; `null` at the end.
    pub next_cursor: Option<String>,
}

/// Lists conversations.
///
/// Open ones first, newest first; or open ones alone, sorted. A conversation that moves while somebody pages may be listed
/// again or only further up.
#[utoipa::path(
    get, path = "/sessions", tag = "sessions", operation_id = "list_sessions", params(SessionsQuery),
    responses((status = 200, body = SessionsAnswer))
)]
pub async fn sessions(
    State(app): State<App>,
    ByAgent(agent): ByAgent,
    Asked(query): Asked<SessionsQuery>,
) -> Result<Json<SessionsAnswer>, ApiError> {
    page(&app, &agent, query).await.map(Json)
}

/// Lists all conversations, for admins.
///
/// The same list as `sessions`, which every agent of this desk may read; other programs know it by this name.
#[utoipa::path(
    get, path = "/admin/all-sessions", tag = "sessions", operation_id = "list_all_sessions", params(SessionsQuery),
    responses((status = 200, body = SessionsAnswer))
)]
pub async fn all_sessions(
    State(app): State<App>,
    ByAdmin(admin): ByAdmin,
    Asked(query): Asked<SessionsQuery>,
) -> Result<Json<SessionsAnswer>, ApiError> {
    page(&app, &admin, query).await.map(Json)
}

/// Shows a conversation.
#[utoipa::path(
    get, path = "/sessions/{id}", tag = "sessions", operation_id = "show_session",
    params(("id" = Uuid, Path, description = "The conversation")),
    responses((status = 200, body = SessionAnswer))
)]
pub async fn show(
    State(app): State<App>,
    ByAgent(agent): ByAgent,
    Named(id): Named<ConversationId>,
) -> Result<Json<SessionAnswer>, ApiError> {
    shown(&app, &agent, id).await.map(Json)
}

async fn page(app: &App, agent: &SignedIn, query: SessionsQuery) -> Result<SessionsAnswer, ApiError> {
    let key = app.desk.tenant(&agent.tenant)?;
    let owner = match query.owner.as_deref() {
        None => None,
        Some("none") => Some(OwnedBy::Nobody),
        Some(other) => Some(OwnedBy::Agent(agent_named(other, agent)?)),
    };
    let filter = Filter {
        status: query.status.map(|it| match it {
            StatusAsked::Pending => Status::Pending,
            StatusAsked::Active => Status::Active,
            StatusAsked::Closed => Status::Closed,
            StatusAsked::Bot => Status::Bot,
            StatusAsked::Waiting => Status::Waiting,
            StatusAsked::Snoozed => Status::Snoozed,
        }),
        priority: query.priority,
        skill: query.skill,
        tag: query.tag,
        owner,
    };
    let limit = query.limit.unwrap_or_default().0;
    if let Some(named) = named(query.customer, query.id.as_deref(), query.sort, query.cursor.as_deref())? {
        let rows = app.desk.sessions_named(key, named, filter, limit).await?;
        return Ok(SessionsAnswer {
            sessions: answers(&rows),
            next_cursor: None,
        });
    }
    match query.sort {
        Some(sort) => sorted(app, key, filter, sort, query.cursor.as_deref(), limit).await,
        None => {
            let after = query.cursor.as_deref().map(list_cursor_from);
            let after = match after {
                Some(None) => return Err(ApiError::bad_cursor()),
                after => after.flatten(),
            };
            let found = app.desk.sessions(key, filter, after, limit).await?;
            let (rows, next) = found.map_err(|_| ApiError::bad_cursor())?;
            Ok(SessionsAnswer {
                sessions: answers(&rows),
                next_cursor: next.map(list_cursor_text),
            })
        }
    }
}

/// Whether conversations are named, and how.
fn named(
    customer: Option<CustomerName>,
    id: Option<&str>,
    sort: Option<SortAsked>,
    cursor: Option<&str>,
) -> Result<Option<NamedBy>, ApiError> {
    let named = match (customer, id) {
        (None, None) => return Ok(None),
        (Some(customer), None) => NamedBy::Customer(customer),
        (None, Some(id)) => {
            let words = "`id` is the beginning of a conversation's id: hexadecimal digits, with dashes or without";
            NamedBy::id(id).ok_or_else(|| ApiError::bad_field(words))?
        }
        (Some(_), Some(_)) => return Err(ApiError::bad_field("say `customer` or `id`, not both")),
    };
    if sort.is_some() {
        return Err(ApiError::bad_field("`sort` does not go with `customer` and `id`"));
    }
    match cursor {
        Some(_) => Err(ApiError::bad_cursor()),
        None => Ok(Some(named)),
    }
}

fn answers(rows: &[Session]) -> Vec<SessionAnswer> {
    rows.iter().map(SessionAnswer::of).collect()
}

async fn sorted(
    app: &App,
    key: TenantKey,
    filter: Filter,
    asked: SortAsked,
    cursor: Option<&str>,
    limit: usize,
) -> Result<SessionsAnswer, ApiError> {
    if filter.status == Some(Status::Closed) {
        return Err(ApiError::bad_field(
            "`sort` is for open conversations; closed ones are listed newest first",
        ));
    }
    let sort = match asked {
        SortAsked::Priority => Sort::Priority,
        SortAsked::Wait => Sort::Wait,
    };
    let whose = app.desk.birth_mark(key).await?;
    let after = begins_at(cursor, asked.list(), whose, sort_place)?;
    let (rows, next) = app.desk.sessions_sorted(key, filter, sort, after, limit).await?;
    let next = next.map(|it| format!("{}.{}.{}", it.urgency, it.since, it.conversation));
    Ok(SessionsAnswer {
        sessions: answers(&rows),
        next_cursor: next.map(|at| place_text(asked.list(), &at, whose)),
    })
}

fn sort_place(text: &str) -> Option<SortPlace> {
    let mut parts = text.splitn(3, '.');
    Some(SortPlace {
        urgency: parts.next()?.parse().ok()?,
        since: Rev(parts.next()?.parse().ok()?),
        conversation: parts.next()?.parse().ok()?,
    })
}
