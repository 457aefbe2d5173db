//! `search`: what fits a few words, in everything that agents can see.

use axum::{Json, extract::State};
use minicom_protocol::{
    event::Author,
    ids::{ConversationId, CustomerId, Rev},
    search::{Found, Hit, Span, What},
    stage::StageIs,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::words::{CustomerName, Person};
use crate::{
    clock::rfc3339,
    desk::SearchIn,
    http::{
        App,
        asked::Asked,
        error::ApiError,
        extract::ByAgent,
        page::{LongLimit, begins_at, place_text},
    },
    limits,
};

/// See the module.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(search))
}

/// What is looked for, and where.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct SearchQuery {
    /// Words, `"phrases"`, `-what is not there`, and filters as `from:`, `customer:`, `tag:`, `stage:`, `owner:`, `after:`,
    /// `before:` and `in:`. Any text is a search.
    #[serde(default, alias = "query")]
    #[param(max_length = 200, example = "parcel from:customer after:7d")]
    q: String,
    /// Only in this conversation.
    #[serde(default, alias = "session_id")]
    #[param(value_type = Option<Uuid>)]
    conversation: Option<ConversationId>,
    /// Only in this customer's conversations.
    #[serde(default)]
    #[param(value_type = Option<Uuid>)]
    customer: Option<CustomerId>,
    /// At most so many.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100, default = 50)]
    limit: Option<LongLimit>,
    /// The `next_cursor` of the page before, with the same search.
    cursor: Option<String>,
}

/// What was found.
#[derive(Serialize, ToSchema)]
#[schema(as = SearchResults)]
struct FoundAnswer {
    /// Newest first.
    hits: Vec<HitAnswer>,
    /// Hand in as `cursor` for older ones; `null` at the end.
    next_cursor: Option<String>,
    /// Events that can not be found yet, for they just happened. 0 nearly always.
    #[schema(example = 0)]
    behind: u64,
    /// Whether the time for a search was over before the page was full. `next_cursor` goes on; if there is none, the search must
    /// say more.
    incomplete: bool,
    /// What of the search was not understood, or names nobody.
    unclear: Vec<String>,
}

/// Something that was found.
#[derive(Serialize, ToSchema)]
#[schema(as = SearchHit)]
struct HitAnswer {
    /// Its position in the tenant's journal: what is newer has a larger one.
    id: u64,
    /// The conversation that it stands in. What is said of a customer is told with the newest one.
    #[schema(value_type = Uuid)]
    session_id: ConversationId,
    /// Whose conversation.
    customer: CustomerName,
    /// Where the conversation stands now.
    #[schema(value_type = SearchStage)]
    stage: StageIs,
    /// What the conversation is about.
    subject: Option<String>,
    /// What it is.
    #[schema(value_type = SearchKind)]
    kind: &'static str,
    /// Who wrote it, of a line.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "customer")]
    sender: Option<&'static str>,
    /// The agent who wrote it, of a line and of a note.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    agent: Option<Person>,
    /// The ticket, of one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    ticket: Option<u64>,
    /// The place in its text, on one line. It is a stranger's text: show it as text and nothing else.
    excerpt: String,
    /// Where in `excerpt` the words stand: each from one character (code point) up to and without another.
    #[schema(value_type = Vec<Vec<u32>>, example = json!([[3, 9]]))]
    marks: Vec<Span>,
    /// When.
    #[schema(format = DateTime)]
    timestamp: String,
}

/// Where a conversation stands.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[allow(dead_code, reason = "it describes the protocol's own type")]
enum SearchStage {
    Bot,
    Waiting,
    Active,
    Snoozed,
    Closed,
}

/// A `line`, a `note` of an agent, a conversation's `subject` or `tags`, a `customer`'s name or address, what a customer said with a
/// `rating`, a `ticket`'s title or a comment on it.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[allow(dead_code, reason = "it describes words that are made elsewhere")]
enum SearchKind {
    Line,
    Note,
    Subject,
    Tags,
    Customer,
    Rating,
    Ticket,
}

impl From<Hit> for HitAnswer {
    fn from(it: Hit) -> HitAnswer {
        let (mut sender, mut agent, mut ticket) = (None, None, None);
        let kind = match &it.what {
            What::Line { author } => {
                sender = Some(author.sender());
                if let Author::Agent { agent: by } = author {
                    agent = Some(Person::from(by));
                }
                "line"
            }
            What::Note { agent: by } => {
                agent = Some(Person::from(by));
                "note"
            }
            What::Subject => "subject",
            What::Tags => "tags",
            What::Customer => "customer",
            What::Rating => "rating",
            What::Ticket { number } => {
                ticket = Some(number.0);
                "ticket"
            }
        };
        HitAnswer {
            id: it.at.0,
            session_id: it.conversation,
            customer: CustomerName::from(&it.customer),
            stage: it.stage,
            subject: it.subject.map(|it| it.as_str().to_owned()),
            kind,
            sender,
            agent,
            ticket,
            excerpt: it.excerpt,
            marks: it.marks,
            timestamp: rfc3339(it.time),
        }
    }
}

/// What the list is called in its cursors.
const LIST: &str = "search";

/// Searches everything that agents can see, newest first.
#[utoipa::path(
    get, path = "/search", tag = "sessions", operation_id = "search", params(SearchQuery),
    responses((status = 200, body = FoundAnswer))
)]
async fn search(
    State(app): State<App>,
    ByAgent(agent): ByAgent,
    Asked(query): Asked<SearchQuery>,
) -> Result<Json<FoundAnswer>, ApiError> {
    let key = app.desk.tenant(&agent.tenant)?;
    let most = limits::QUERY_CHARS_MAX;
    if query.q.chars().nth(most).is_some() {
        return Err(ApiError::bad_field(format!("`q` has more than {most} characters")));
    }
    let whose = app.desk.birth_mark(key).await?;
    let place = SearchIn {
        customer: query.customer,
        conversation: query.conversation,
        before: begins_at(query.cursor.as_deref(), LIST, whose, |at| at.parse().ok().map(Rev))?,
        limit: query.limit.unwrap_or_default().0,
    };
    let Found {
        hits,
        next,
        behind,
        incomplete,
        unclear,
    } = app.desk.search(key, agent.agent.id, query.q, place).await?;
    Ok(Json(FoundAnswer {
        next_cursor: next.map(|rev| place_text(LIST, &rev.0.to_string(), whose)),
        hits: hits.into_iter().map(HitAnswer::from).collect(),
        behind,
        incomplete,
        unclear,
    }))
}
