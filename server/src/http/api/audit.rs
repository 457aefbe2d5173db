//! `audit`: who did what, for admins.

use axum::{Json, extract::State};
use minicom_protocol::ids::{TenantId, Time};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    accounts::SignedIn,
    clock::{self, rfc3339},
    http::{
        App,
        asked::Asked,
        error::ApiError,
        extract::ByAdmin,
        page::{ShortLimit, begins_at, place_text},
    },
    moment,
    store::{
        audit::{self, Actor, Entry, Filter},
        people,
    },
};

/// See the module.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list))
}

/// A page of the audit log.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct AuditAnswer {
    /// Newest first.
    pub entries: Vec<EntryAnswer>,
    /// Hand in as `cursor` for the next page; `null` at the end.
    pub next_cursor: Option<String>,
}

/// Who did what.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct EntryAnswer {
    /// Its number, dense from 1 in each tenant.
    pub number: i64,
    /// When, RFC 3339.
    pub at: String,
    /// Who did it.
    pub actor: ActorAnswer,
    /// What was done: a noun, a dot and a participle.
    #[schema(example = "agent.disabled")]
    pub action: String,
    /// What it was done to: an id, an address, a name.
    pub object: String,
    /// More of it.
    #[schema(value_type = Object)]
    pub detail: Value,
    /// Where the actor's connection came from.
    pub address: Option<String>,
}

/// Who did something.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct ActorAnswer {
    /// `agent`, `operator`, `customer`, `server`, or `nobody` for somebody who was not signed in.
    pub by: String,
    /// The agent's or the customer's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The agent's name at that time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The id of the machine token, if it was a program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}

impl ActorAnswer {
    /// In a word or two.
    pub fn words(&self) -> String {
        match (&self.name, &self.id) {
            (Some(name), _) => name.clone(),
            (None, Some(id)) => format!("{} {id}", self.by),
            (None, None) => self.by.clone(),
        }
    }
}

impl From<Actor> for ActorAnswer {
    fn from(actor: Actor) -> ActorAnswer {
        let of = |by: &str, id, name, token| ActorAnswer {
            by: by.to_owned(),
            id,
            name,
            token,
        };
        match actor {
            Actor::Agent { agent, token } => {
                of("agent", Some(agent.id.to_string()), Some(agent.name.to_string()), token)
            }
            Actor::Customer { id } => of("customer", Some(id), None, None),
            Actor::Operator => of("operator", None, None, None),
            Actor::Server => of("server", None, None, None),
            Actor::Nobody => of("nobody", None, None, None),
        }
    }
}

/// Which entries.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Wanted {
    /// Entries of a page.
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200)]
    limit: Option<ShortLimit>,
    /// Where the page before ended.
    cursor: Option<String>,
    /// Of this action; all of a noun if it is named alone, as `agent`.
    action: Option<String>,
    /// By this one: an agent's id or address, a customer's id, `operator`, `server`, `customer` or `nobody`.
    actor: Option<String>,
    /// Not older: RFC 3339; a day, `today` or `yesterday`, which are their beginning, UTC; or so long ago, as `7d`, `2h`, `30m`.
    since: Option<String>,
}

/// What the list is called in its cursors.
const LIST: &str = "audit";

/// Who did what, newest first. For admins.
#[utoipa::path(get, path = "/audit", tag = "audit", operation_id = "list_audit", params(Wanted),
    responses((status = 200, body = AuditAnswer)))]
async fn list(
    State(app): State<App>,
    ByAdmin(admin): ByAdmin,
    Asked(wanted): Asked<Wanted>,
) -> Result<Json<AuditAnswer>, ApiError> {
    let limit = wanted.limit.unwrap_or_default().0;
    let key = app.desk.tenant(&admin.tenant)?;
    let whose = app.desk.birth_mark(key).await?;
    let before = begins_at(wanted.cursor.as_deref(), LIST, whose, |at| at.parse().ok())?;
    let filter = Filter {
        before,
        action: wanted.action,
        actor: wanted.actor,
        since: wanted.since.as_deref().map(time).transpose()?,
        hide_tenants: hides_tenants(&admin),
    };
    let page = app.desk.read(move |conn| {
        let mut filter = filter;
        if let Some(email) = filter.actor.as_deref().filter(|actor| actor.contains('@')) {
            let account = people::agent_by_email(conn, key, &email.to_lowercase())?;
            match account {
                Some(account) => filter.actor = Some(account.agent.id.to_string()),
                None => return Ok(vec![]),
            }
        }
        audit::page(conn, key, &filter, limit + 1)
    });
    let mut entries = page.await?;
    let more = entries.len() > limit;
    entries.truncate(limit);
    let last = entries.last().filter(|_| more);
    let next_cursor = last.map(|it| place_text(LIST, &it.number.to_string(), whose));
    let entries = entries.into_iter().map(answer).collect();
    Ok(Json(AuditAnswer { entries, next_cursor }))
}

/// The server's own tenant has in its log what was done to the others. That is the operator's, not its admins'.
fn hides_tenants(admin: &SignedIn) -> bool {
    admin.tenant == TenantId::default_tenant() && !admin.operator
}

fn answer(entry: Entry) -> EntryAnswer {
    EntryAnswer {
        number: entry.number,
        at: rfc3339(entry.at),
        actor: entry.actor.into(),
        action: entry.action,
        object: entry.object,
        detail: entry.detail,
        address: entry.address,
    }
}

fn time(text: &str) -> Result<Time, ApiError> {
    moment::parse(text, clock::now()).ok_or_else(|| {
        let words =
            "`since` is a time like 2026-11-21T10:00:00Z, a day, `today`, `yesterday`, or so long ago: 7d, 2h, 30m";
        ApiError::bad_field(words)
    })
}
