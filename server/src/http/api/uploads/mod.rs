//! `uploads`: files, in and out. A file is taken as it comes and given as it is read, never held whole; who may have it is looked at
//! here, where its bytes are is not known. Nothing is ever given in a form that a browser would show or run.

mod answer;
mod body;
mod form;
mod receive;
mod send;
mod who;

use minicom_protocol::ids::FileId;
use utoipa_axum::{router::OpenApiRouter, routes};

pub use self::answer::UploadAnswer;
use super::BASE;
use crate::http::{App, error::ApiError};

/// See the module.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(receive::upload))
        .routes(routes!(send::download))
}

/// Where a file is fetched.
pub fn address(id: FileId) -> String {
    format!("{BASE}/uploads/{id}")
}

/// The file that a line is to have: `upload_id`, or the `url` of its upload in `attachment_url`.
///
/// # Errors
/// `bad_field`, if the address is none of ours, or two files are named.
pub fn named(upload: Option<FileId>, url: Option<&str>) -> Result<Option<FileId>, ApiError> {
    let Some(url) = url else { return Ok(upload) };
    let id = url.strip_prefix(BASE).and_then(|rest| rest.strip_prefix("/uploads/"));
    let id: Option<FileId> = id.and_then(|id| id.parse().ok());
    match (id, upload) {
        (Some(id), None) => Ok(Some(id)),
        (Some(id), Some(upload)) if id == upload => Ok(Some(id)),
        (Some(_), Some(_)) => Err(ApiError::bad_field(
            "`upload_id` names another file than `attachment_url`",
        )),
        (None, _) => Err(ApiError::bad_field(
            "`attachment_url` is the `url` of an upload here: files elsewhere are not fetched",
        )),
    }
}
