//! A file in the names of the API.

use minicom_protocol::{event::FilePart, ids::FileId};
use serde::Serialize;
use utoipa::ToSchema;

use super::address;

/// A file that somebody has sent or may send.
#[derive(Clone, Serialize, ToSchema)]
#[schema(as = Upload)]
pub struct UploadAnswer {
    /// By which a line names it.
    #[schema(value_type = Uuid)]
    upload_id: FileId,
    /// As its sender named it. It is a stranger's text: show it as text, and make no path of it.
    #[schema(example = "build.log")]
    file_name: String,
    /// Its size in bytes.
    #[schema(example = 5120)]
    size: u64,
    /// Its media type: one of a few that are harmless, else `application/octet-stream`.
    #[schema(example = "text/plain")]
    mime: String,
    /// SHA-256 of its bytes, in hexadecimal.
    digest: String,
    /// Where it is fetched, by who may read its line.
    #[schema(example = "/api/v1/chat/uploads/0192f000-0000-7000-8000-000000000040")]
    url: String,
}

impl From<&FilePart> for UploadAnswer {
    fn from(it: &FilePart) -> UploadAnswer {
        UploadAnswer {
            upload_id: it.id,
            file_name: it.name.clone(),
            size: it.size,
            mime: it.mime.clone(),
            digest: it.digest.clone(),
            url: address(it.id),
        }
    }
}

impl UploadAnswer {
    /// Where it is fetched.
    pub fn url(&self) -> String {
        self.url.clone()
    }
}
