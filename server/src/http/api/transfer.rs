//! `export`, `import`: a whole desk out and in, as lines of JSON, for admins.

use axum::{
    Json,
    body::Body,
    extract::{Query, State, rejection::QueryRejection},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures_util::stream;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    desk::Desk,
    http::{
        App,
        error::ApiError,
        extract::{ByAdmin, Change, bearer},
        page::cursor_from,
        under_way::UnderWay,
    },
    upkeep::{
        export::Export,
        import::{self, Batch, Taken},
    },
};

/// See the module.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(export)).routes(routes!(take))
}

/// What of the desk.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// Only what came after this cursor, which is the one of an event or of an earlier export.
    since: Option<String>,
}

/// The whole desk: an object of JSON a line.
///
/// Settings, agents, customers, every event, conversations, tickets, groups, saved replies, articles, timers; then `end` with the
/// cursor to go on from. Nothing in it signs anybody in. An answer without the line `end` was cut.
#[utoipa::path(
    get,
    path = "/export",
    tag = "export",
    operation_id = "export_desk",
    params(Asked),
    responses(
        (status = 200, description = "JSON lines", body = String, content_type = "application/x-ndjson"),
        (status = 403, description = "not an admin"),
        (status = 410, description = "`reset`: the journal does not hold `since`"),
    )
)]
async fn export(
    State(app): State<App>,
    ByAdmin(admin): ByAdmin,
    headers: HeaderMap,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, ApiError> {
    let Ok(Query(asked)) = asked else {
        return Err(ApiError::bad_field("the query cannot be read"));
    };
    let since = match asked.since.as_deref() {
        None | Some("0") => None,
        Some(text) => Some(cursor_from(text).ok_or_else(ApiError::bad_since)?),
    };
    let desk = (app.desk.tenant(&admin.tenant)?, admin.tenant.clone());
    let place = app.uploads.place();
    let begun = app
        .desk
        .read(move |conn| Export::begin(conn, desk, since, place))
        .await?;
    let begun = begun.map_err(|_| {
        let words = "The journal does not hold this cursor. Export from the beginning.";
        ApiError::told(StatusCode::GONE, "reset", words)
    })?;
    let under_way = UnderWay::of_agent(&app, &admin, bearer(&headers).unwrap_or_default()).await?;
    let lines = stream::try_unfold((app.desk, begun, under_way), |(desk, at, under_way)| async move {
        let read = under_way.unless_over(page(&desk, at)).await;
        let (at, bytes) = read.map_err(|refusal| std::io::Error::other(refusal.code()))??;
        Ok::<_, std::io::Error>(bytes.map(|bytes| (bytes, (desk, at, under_way))))
    });
    let kind = [(header::CONTENT_TYPE, "application/x-ndjson")];
    Ok((kind, Body::from_stream(lines)).into_response())
}

/// The next page; `None` at the end. A read that fails cuts the answer: there is no `end` then.
async fn page(desk: &Desk, mut at: Export) -> std::io::Result<(Export, Option<Bytes>)> {
    let read = desk.read(move |conn| at.next(conn).map(|lines| (at, lines))).await;
    let (at, lines) = read.map_err(|_| std::io::Error::other("the database cannot be read"))?;
    let bytes = lines.map(|lines| {
        let mut text = String::new();
        for line in lines {
            text.push_str(&line.to_string());
            text.push('\n');
        }
        Bytes::from(text)
    });
    Ok((at, bytes))
}

/// Takes lines of an exported desk into this one.
///
/// The desk must be empty, or have taken what came before these lines. What is there already changes nothing, so the same lines can
/// be sent again. All lines of a request are taken, or none. What was erased on the desk that they are of is erased here.
#[utoipa::path(
    post,
    path = "/import",
    tag = "export",
    operation_id = "import_lines",
    request_body = Batch,
    responses(
        (status = 200, body = Taken),
        (status = 400, description = "`bad_line`: a line cannot be read; `line` has its number"),
        (status = 403, description = "not an admin"),
        (status = 409, description = "`not_empty`, or `gap`: lines before these are missing"),
    )
)]
async fn take(
    State(app): State<App>,
    ByAdmin(admin): ByAdmin,
    Change { body, once, .. }: Change<Batch>,
) -> Result<Json<Taken>, ApiError> {
    let key = app.desk.tenant(&admin.tenant)?;
    let (by, tenant) = (admin.by(), admin.tenant.to_string());
    let place = app.uploads.place();
    let work = move |scope: &mut crate::execute::Scope<'_>| {
        let taken = import::take(scope, &body, &place, &by)?;
        if let Ok(taken) = &taken
            && taken.taken > 0
        {
            let detail = serde_json::json!({ "lines": taken.taken });
            scope.audit(&by, "desk.imported", tenant, detail)?;
        }
        Ok(taken)
    };
    let sender = admin.caller.sender();
    match app.desk.write_once(key, sender, once, work).await? {
        Ok(taken) => {
            if taken.erases {
                app.desk.erased_with(key, &taken.erased);
            }
            Ok(Json(taken))
        }
        Err(why) => {
            let (code, words) = why.told();
            let status = match why {
                import::NotTaken::Bad(..) => StatusCode::BAD_REQUEST,
                _ => StatusCode::CONFLICT,
            };
            Err(match why.line() {
                Some(line) => ApiError::told(status, code, &words).with("line", line),
                None => ApiError::told(status, code, &words),
            })
        }
    }
}
