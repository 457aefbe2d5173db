//! `statistics`: what was counted, as JSON or for a spreadsheet.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use minicom_protocol::{
    figures::{By, Figures, Range, Row, Statistics, Times},
    people::Role,
};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    desk::StatisticsFor,
    http::{App, asked::Asked, error::ApiError, extract::ByAgent, sheet},
};

/// See the module.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(statistics))
}

/// Which figures, and how they are told.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct StatisticsQuery {
    /// Of which days, by the desk's own zone.
    #[serde(default)]
    #[param(inline, default = "7d")]
    range: Range,
    /// One by one by what. `group` and `tag` are for admins.
    #[param(inline)]
    by: Option<By>,
    /// `json` or `csv`; without it, what `Accept` prefers.
    #[serde(default)]
    #[param(inline)]
    format: Option<Told>,
}

/// How figures are told.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    /// As JSON.
    Json,
    /// As rows for a spreadsheet.
    Csv,
}

/// Whether a request wants CSV.
fn wants_csv(format: Option<Told>, headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|it| it.to_str().ok());
    match format {
        Some(format) => format == Told::Csv,
        None => accept.is_some_and(|it| it.trim_start().starts_with("text/csv")),
    }
}

/// The figures of the desk: of today, or of so many days.
///
/// They are counted when it happens, at most a second later, and cost the same however much there is. Admins get all agents with
/// `by=agent`, others their own row. As CSV: the rows of `by`, or one row of the whole desk.
#[utoipa::path(
    get, path = "/statistics", tag = "statistics", operation_id = "show_statistics", params(StatisticsQuery),
    responses(
        (status = 200, content((Statistics = "application/json"), (String = "text/csv"))),
        (status = 403, description = "`forbidden`: by group and by tag are for admins"),
    )
)]
async fn statistics(
    State(app): State<App>,
    ByAgent(agent): ByAgent,
    Asked(query): Asked<StatisticsQuery>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let key = app.desk.tenant(&agent.tenant)?;
    let asked = StatisticsFor {
        me: agent.agent.id,
        all: agent.role == Role::Admin,
        range: query.range,
        by: query.by,
    };
    let told = app.desk.statistics(key, asked).await?;
    if !wants_csv(query.format, &headers) {
        return Ok(Json(told).into_response());
    }
    let head = [(header::CONTENT_TYPE, "text/csv; charset=utf-8")];
    Ok((head, csv(&told)).into_response())
}

/// The columns, in their order: a new one comes at the end.
const COLUMNS: [&str; 34] = [
    "key",
    "name",
    "opened",
    "closed",
    "lines_customer",
    "lines_bot",
    "lines_agent",
    "lines_system",
    "handed_over",
    "taken",
    "transferred",
    "handed_back",
    "requeued",
    "abandoned",
    "resolved_by_bot",
    "tickets",
    "wait_count",
    "wait_median_ms",
    "wait_p90_ms",
    "first_response_count",
    "first_response_median_ms",
    "first_response_p90_ms",
    "resolution_count",
    "resolution_median_ms",
    "resolution_p90_ms",
    "ratings",
    "rating_average",
    "stars_1",
    "stars_2",
    "stars_3",
    "stars_4",
    "stars_5",
    "sla_met",
    "sla_missed",
];

fn csv(told: &Statistics) -> String {
    let mut text = sheet::row(COLUMNS);
    let whole = Row {
        key: told.range.word().to_owned(),
        name: "desk".to_owned(),
        figures: told.totals.clone(),
    };
    let rows = if told.by.is_some() { &told.rows[..] } else { &[whole] };
    for row in rows {
        let cells = cells(&row.figures);
        let named = [sheet::cell(&row.key), sheet::cell(&row.name)];
        text.push_str(&sheet::row(named.iter().chain(&cells).map(String::as_str)));
    }
    text
}

/// All of a row but its name.
fn cells(it: &Figures) -> Vec<String> {
    let counts = [
        it.opened,
        it.closed,
        it.lines.customer,
        it.lines.bot,
        it.lines.agent,
        it.lines.system,
        it.handed_over.total,
        it.taken,
        it.transferred,
        it.handed_back,
        it.requeued,
        it.abandoned,
        it.resolved_by_bot,
        it.tickets,
    ];
    let mut cells: Vec<String> = counts.iter().map(u64::to_string).collect();
    let maybe = |ms: Option<i64>| ms.map_or_else(String::new, |ms| ms.to_string());
    for Times {
        count,
        median_ms,
        p90_ms,
    } in [it.wait, it.first_response, it.resolution]
    {
        cells.extend([count.to_string(), maybe(median_ms), maybe(p90_ms)]);
    }
    cells.push(it.ratings.count.to_string());
    cells.push(it.ratings.average.map_or_else(String::new, |it| format!("{it:.2}")));
    cells.extend(it.ratings.stars.iter().map(u64::to_string));
    cells.extend([it.sla.met.to_string(), it.sla.missed.to_string()]);
    cells
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_has_a_cell_for_each_column() {
        assert_eq!(cells(&Figures::default()).len() + 2, COLUMNS.len());
    }
}
