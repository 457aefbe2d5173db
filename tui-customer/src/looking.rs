//! Files on the screen, looked into beside everything else: their first bytes are fetched, by tasks that hold up nothing.

use minicom_client::{Secret, ServerUrl, rest::files::Files};
use minicom_protocol::{
    event::size_words,
    gate::Shown,
    ids::{FileId, TenantId},
};
use minicom_tui_kit::{
    file_preview::{self, FilePreview, Kind, READ_BYTES},
    pictures::Pictures,
};
use tokio::sync::mpsc;

use crate::model::Msg;

/// Where files are, by which right, and who is told what is in them.
#[derive(Clone)]
pub(crate) struct Looker {
    pub server: ServerUrl,
    pub tenant: TenantId,
    pub bearer: Secret,
    /// How the terminal shows pictures, if it does.
    pub pictures: Option<Pictures>,
    pub messages: mpsc::Sender<Msg>,
}

impl Looker {
    fn files(&self) -> Files<'_> {
        Files {
            server: &self.server,
            tenant: &self.tenant,
            bearer: &self.bearer,
        }
    }

    /// Looks into a file of so many bytes.
    pub fn look_into(&self, id: FileId, kind: Kind, size: u64) {
        let looker = self.clone();
        tokio::spawn(async move {
            let pictures = looker.pictures.as_ref();
            let preview = match looker.files().beginning(id, kind.bytes(pictures.is_some())).await {
                Ok(bytes) => FilePreview::of(kind, bytes, size, pictures).await,
                // The row of the file is there; why it cannot be looked into is told to whoever fetches it.
                Err(_) => FilePreview::Words(Shown::default()),
            };
            // Nobody listens when the program is at its end.
            let _ = looker.messages.send(Msg::LookedInto { id, preview }).await;
        });
    }

    /// Fetches a file's text, to be read.
    pub fn read(&self, id: FileId, title: Shown) {
        let looker = self.clone();
        tokio::spawn(async move {
            let text = match looker.files().beginning(id, READ_BYTES).await {
                Ok(bytes) => {
                    let mut text = file_preview::text(&bytes);
                    if bytes.len() as u64 == READ_BYTES {
                        text.push_str(&format!("\n(the first {} of it)\n", size_words(READ_BYTES)));
                    }
                    Ok(text)
                }
                Err(error) => Err(Shown::line(&format!("Not read: {error}"))),
            };
            let _ = looker.messages.send(Msg::FileRead { title, text }).await;
        });
    }
}
