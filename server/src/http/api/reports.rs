//! `reports`: a row for each conversation, for spreadsheets, however many there are.

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures_util::stream;
use minicom_protocol::{
    figures::Range,
    ids::{ConversationId, Time},
    people::{Realm, Role},
    stage::{Closer, Stage},
};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    clock::rfc3339,
    desk::{ReportFor, ReportPage, Reported},
    figures::Count,
    http::{
        App,
        asked::Asked,
        error::ApiError,
        extract::{ByAgent, bearer},
        sheet,
        under_way::UnderWay,
    },
};

/// See the module.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(conversations))
}

/// Which conversations.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ReportQuery {
    /// Only those that began in these days, by the desk's own zone; all if left out.
    #[param(inline)]
    range: Option<Range>,
}

/// A row for each conversation, for a spreadsheet.
///
/// Admins get all, others those that they own or owned last. It is read as it is sent: what changes meanwhile may be in it or not, and
/// no conversation is there twice. Texts that a spreadsheet would take for a formula have a quote mark before them.
#[utoipa::path(
    get, path = "/reports/conversations.csv", tag = "statistics", operation_id = "report_conversations", params(ReportQuery),
    responses((status = 200, description = "CSV with a head row", body = String, content_type = "text/csv"))
)]
async fn conversations(
    State(app): State<App>,
    ByAgent(agent): ByAgent,
    Asked(query): Asked<ReportQuery>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let key = app.desk.tenant(&agent.tenant)?;
    let under_way = UnderWay::of_agent(&app, &agent, bearer(&headers).unwrap_or_default()).await?;
    let asked = ReportFor {
        only: (agent.role != Role::Admin).then_some(agent.agent.id),
        since: app.desk.range_begins(key, query.range).await?,
    };
    // The first page before the head: what cannot be read is refused, not cut off.
    let first = app.desk.report(key, asked, None).await?;
    let begun = (sheet::row(COLUMNS), first, app.desk, under_way);
    let pages = stream::unfold(Some(begun), move |at| async move {
        let (mut text, ReportPage { rows, next }, desk, under_way) = at?;
        for row in &rows {
            let cells = cells(row);
            text.push_str(&sheet::row(cells.iter().map(String::as_str)));
        }
        let next = match next {
            Some(next) => {
                let page = desk.report(key, asked, Some(next));
                under_way.unless_over(page).await.flatten().map(Some)
            }
            None => Ok(None),
        };
        // A page that fails, or that its reader may have no more, cuts the body off in a way that the reader sees.
        Some(match next {
            Ok(next) => {
                let next = next.map(|page| (String::new(), page, desk, under_way));
                (Ok(Bytes::from(text)), next)
            }
            Err(refusal) => (Err(std::io::Error::other(refusal.code())), None),
        })
    });
    let head = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"conversations.csv\"",
        ),
    ];
    Ok((head, Body::from_stream(pages)).into_response())
}

/// The columns, in their order: a new one comes at the end.
const COLUMNS: [&str; 31] = [
    "id",
    "customer",
    "customer_id",
    "realm",
    "channel",
    "subject",
    "status",
    "priority",
    "tags",
    "opened_at",
    "queued_at",
    "assigned_at",
    "first_response_at",
    "closed_at",
    "closed_by",
    "owner",
    "group",
    "wait_ms",
    "first_response_ms",
    "handling_ms",
    "resolution_ms",
    "in_time",
    "rating",
    "lines_customer",
    "lines_bot",
    "lines_agent",
    "lines_system",
    "notes",
    "transferred",
    "resolved_by_bot",
    "ticket",
];

fn cells(it: &Reported) -> Vec<String> {
    let (row, facts) = (&it.row, &it.facts);
    let (closed_at, closed_by) = match &row.stage {
        Stage::Closed { at, by } => (Some(*at), closer(by)),
        _ => (None, String::new()),
    };
    let at = |time: Option<Time>| time.map_or_else(String::new, rfc3339);
    let ms = |ms: Option<i64>| ms.map_or_else(String::new, |ms| ms.to_string());
    let since_wanted = |time: Time| time.since(row.queued_at.unwrap_or(row.opened_at)) / 1_000;
    let tags: Vec<&str> = row.tags.iter().map(|tag| tag.as_str()).collect();
    let in_time = match (facts.get(Count::SlaMet), facts.get(Count::SlaMissed)) {
        (0, 0) => "",
        (_, 0) => "yes",
        _ => "no",
    };
    let resolved_by_bot = match (facts.get(Count::ResolvedByBot), closed_at) {
        (_, None) => "",
        (0, _) => "no",
        _ => "yes",
    };
    let count = |what: Count| facts.get(what).to_string();
    vec![
        id(row.conversation),
        sheet::cell(row.customer.name.as_str()),
        row.customer.id.to_string(),
        realm(row.customer.realm).to_owned(),
        sheet::cell(&row.intake.channel),
        sheet::cell(row.intake.subject.as_ref().map_or("", |it| it.as_str())),
        row.stage.status().to_owned(),
        row.intake.priority.word().to_owned(),
        sheet::cell(&tags.join(" ")),
        at(Some(row.opened_at)),
        at(row.queued_at),
        at(row.assigned_at),
        at(row.first_response_at),
        at(closed_at),
        sheet::cell(&closed_by),
        sheet::cell(it.owner.as_ref().map_or("", |it| it.name.as_str())),
        sheet::cell(it.group.as_ref().map_or("", |it| it.as_str())),
        ms(row.wait_ms),
        ms(row.first_response_at.map(since_wanted)),
        ms(closed_at.and_then(|at| row.handling_ms(at))),
        ms(closed_at.map(|at| at.since(row.opened_at) / 1_000)),
        in_time.to_owned(),
        row.rating.map_or_else(String::new, |it| it.to_string()),
        count(Count::LinesCustomer),
        count(Count::LinesBot),
        count(Count::LinesAgent),
        count(Count::LinesSystem),
        row.notes.to_string(),
        count(Count::Transferred),
        resolved_by_bot.to_owned(),
        row.ticket.map_or_else(String::new, |it| it.to_string()),
    ]
}

fn id(it: ConversationId) -> String {
    it.to_string()
}

fn closer(by: &Closer) -> String {
    match by {
        Closer::Customer => "customer".to_owned(),
        Closer::Agent { agent } => agent.name.as_str().to_owned(),
        Closer::System => "desk".to_owned(),
    }
}

fn realm(realm: Realm) -> &'static str {
    match realm {
        Realm::Named => "named",
        Realm::Signed => "signed",
        Realm::Anonymous => "anonymous",
    }
}
