//! `POST uploads`: a file comes.

use axum::{
    Json,
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode, header},
};
use minicom_protocol::refusal::Refusal;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use utoipa::{IntoParams, ToSchema};

use super::{
    UploadAnswer,
    form::{self, Opened},
    who::{self, Asker, Thread},
};
use crate::{
    http::{
        App,
        asked::Asked,
        error::ApiError,
        extract::{Peer, idempotency_key},
    },
    uploads::NotStored,
};

/// For which thread the file is, if a form does not say it.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct UploadQuery {
    /// The conversation that it is for. Agents name one; a customer any of the own.
    session_id: Option<String>,
    /// The customer's own name, for a customer who has no conversation yet.
    customer: Option<String>,
    /// Whose desk, for customers; `default` if left out and not in `X-Minicom-Tenant`.
    #[param(max_length = 32)]
    tenant_id: Option<String>,
    /// The file's name, where the body is the file itself.
    #[param(max_length = 1024, example = "build.log")]
    name: Option<String>,
}

/// A form that brings a file.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it describes a form that is read as it comes")]
pub struct UploadForm {
    /// The conversation that it is for; before the file.
    session_id: Option<String>,
    /// The file, with its name and its media type.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// Uploads a file, to be sent in a line.
///
/// By an agent for a conversation, or by a customer with the key of the session. The body is a form with one file, or the file
/// itself with its name in the query. Nobody sees it until `messages` sends it by its `upload_id`; what is not sent within a day is
/// removed.
#[utoipa::path(
    post, path = "/uploads", tag = "files", operation_id = "upload_file", params(UploadQuery),
    request_body(content((UploadForm = "multipart/form-data"), (Vec<u8> = "application/octet-stream"))),
    responses(
        (status = 201, body = UploadAnswer),
        (status = 413, description = "`too_large`: `limit` says how many bytes a file may have"),
        (status = 507, description = "`quota_exceeded`: the tenant may have no more; `storage_full`: the disk has no room"),
    ),
    security(("bearer" = []))
)]
pub async fn upload(
    State(app): State<App>,
    Peer(peer): Peer,
    Asked(query): Asked<UploadQuery>,
    headers: HeaderMap,
    request: Request,
) -> Result<(StatusCode, Json<UploadAnswer>), ApiError> {
    let most = app.uploads.bytes_max();
    // Nobody's form is read for its sake.
    let asker = Asker::of(&app, &headers, &Method::POST, peer).await?;
    let key = idempotency_key(&headers)?;
    let asked = Thread {
        session: query.session_id,
        customer: query.customer,
        tenant: query.tenant_id,
    };
    let before = match form::may_name(&asked, &headers, &asker) {
        true => None,
        false => Some(who::uploads(&app, &headers, peer, &asker, &asked).await?),
    };
    let Opened {
        mut source,
        said,
        thread,
    } = form::open(&headers, request.into_body(), query.name.unwrap_or_default(), most).await?;
    let (by, under_way) = match before {
        Some(known) => known,
        None => who::uploads(&app, &headers, peer, &asker, &asked.or(thread)).await?,
    };
    if said.name.is_empty() && matches!(source, form::Source::Body(_)) {
        let words = "`name` is the file's name, as it is not in a form";
        return Err(ApiError::bad_field(words));
    }
    // A form is a little larger than its file: what it says is only a hint that the file is far too large.
    let size = match source {
        form::Source::Body(_) => length(&headers),
        form::Source::Form(..) => None,
    };
    let mut incoming = app.uploads.begin(&by, size).await.map_err(problem)?;
    loop {
        match under_way.unless_over(source.next(most)).await? {
            Ok(Some(bytes)) => incoming.write(&bytes).await?,
            Ok(None) => break,
            Err(_) if app.desk.faults().cut_uploads_kept => break,
            Err(error) => return Err(error),
        }
    }
    under_way.still_good().await?;
    let key = key.map(|key| Sha256::digest(key).into());
    let row = app.uploads.finish(incoming, by, said, key).await.map_err(problem)?;
    Ok((StatusCode::CREATED, Json(UploadAnswer::from(&row.part()))))
}

fn length(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn problem(why: NotStored) -> ApiError {
    match why {
        NotStored::Empty => {
            let words = "The file is empty. Send one with something in it.";
            ApiError::told(StatusCode::BAD_REQUEST, "empty_file", words).of_field("file")
        }
        NotStored::Refused(refusal @ Refusal::QuotaExceeded { .. }) => {
            ApiError::answering(StatusCode::INSUFFICIENT_STORAGE, refusal)
        }
        NotStored::Refused(refusal) => refusal.into(),
    }
}
