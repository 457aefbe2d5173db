//! Files on the screen, looked into: their first bytes are fetched, and a picture is made ready for the terminal.

use minicom_client::{Secret, rest::files::Files};
use minicom_protocol::{event::size_words, ids::FileId};
use minicom_tui_kit::{
    Shown,
    file_preview::{self, FilePreview, Kind, READ_BYTES},
    pictures::Pictures,
};

use crate::sign_in::{SignedIn, call_failure};

fn files<'a>(signed_in: &'a SignedIn, bearer: &'a Secret) -> Files<'a> {
    Files {
        server: &signed_in.profile.server,
        tenant: &signed_in.profile.tenant,
        bearer,
    }
}

/// What is shown of a file of so many bytes.
pub(super) async fn look_into(
    signed_in: &SignedIn,
    (id, kind, size): (FileId, Kind, u64),
    pictures: Option<&Pictures>,
) -> FilePreview {
    match files(signed_in, &signed_in.token())
        .beginning(id, kind.bytes(pictures.is_some()))
        .await
    {
        Ok(bytes) => FilePreview::of(kind, bytes, size, pictures).await,
        // The row of the file is there; why it cannot be looked into is told to whoever fetches it.
        Err(_) => FilePreview::Words(Shown::default()),
    }
}

/// A file's text.
///
/// # Errors
/// Why it is not here, in words.
pub(super) async fn read(signed_in: &SignedIn, id: FileId) -> Result<String, Shown> {
    let read = files(signed_in, &signed_in.token()).beginning(id, READ_BYTES).await;
    let bytes = read.map_err(|error| Shown::line(&format!("Not read: {}", call_failure(&signed_in.profile, error))))?;
    let mut text = file_preview::text(&bytes);
    if bytes.len() as u64 == READ_BYTES {
        text.push_str(&format!("\n(the first {} of it)\n", size_words(READ_BYTES)));
    }
    Ok(text)
}
