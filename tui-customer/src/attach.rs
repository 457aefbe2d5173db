//! A file of this computer, or what comes from a pipe, on its way to the desk, with how far it is where a person looks on.

use std::path::Path;

use minicom_client::transfers::{
    Thread,
    errand::{self, Errand, Far},
};
use minicom_protocol::ids::FileId;
use minicom_tui_kit::progress_line::ProgressLine;

use crate::{fault::Fault, run::Start};

/// Uploads a file, to be sent in a line. One that is cut begins again.
///
/// # Errors
/// It cannot be read, or the server does not take it.
pub(crate) async fn upload(start: &Start, path: &Path) -> Result<FileId, Fault> {
    let mut line = ProgressLine::new(errand::called(path), start.theme);
    let look = |far: Far| match far {
        Far::Read(size) => line.moved(size, None),
        Far::Moved(done, size) => line.moved(done, size),
        Far::Waits(why) => line.waits(&why),
    };
    let errand = Errand {
        seat: &start.seat(),
        thread: Thread::Own(start.name.clone()),
        key: None,
    };
    let file = errand.upload(path, tokio::io::stdin(), look).await?;
    Ok(file.id)
}
