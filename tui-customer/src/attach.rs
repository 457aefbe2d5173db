//! A file of this computer, or what comes from a pipe, on its way to the desk, with how far it is where a person looks on.

use std::{
    io::{self, IsTerminal, Write},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use minicom_client::rest::{
    LoginError,
    files::{Files, For, Upload, pieces},
};
use minicom_protocol::{event::size_words, gate::Shown, ids::FileId};
use tokio::io::AsyncRead;

use crate::{exit, fault::Fault, run::Start};

/// The name of what comes from a pipe.
const FROM_PIPE: &str = "input.txt";
/// How often it is said how far it is.
const TOLD_EVERY: Duration = Duration::from_millis(200);

/// Uploads a file, to be sent in a line.
///
/// # Errors
/// It cannot be read, or the server does not take it.
pub(crate) async fn upload(start: &Start, path: &Path) -> Result<FileId, Fault> {
    let (name, bytes, size) = opened(path).await?;
    let bearer = start.bearer();
    let files = Files {
        server: &start.server,
        tenant: &start.tenant,
        bearer: &bearer,
    };
    let sent = Arc::new(AtomicU64::new(0));
    let key = None;
    let thread = For::Own(&start.name);
    let what = Upload {
        thread,
        name: &name,
        size,
        key,
    };
    let upload = files.upload(what, pieces(bytes, sent.clone()));
    let told = async {
        loop {
            tokio::time::sleep(TOLD_EVERY).await;
            tell(&name, sent.load(Ordering::Relaxed), size);
        }
    };
    let done = tokio::select! {
        done = upload => done,
        () = told, if io::stderr().is_terminal() => return Err(Fault::new(exit::BUG, "nothing ends this")),
    };
    if io::stderr().is_terminal() {
        // The line is free for what comes next.
        let _ = write!(io::stderr().lock(), "\r\x1b[K");
    }
    done.map(|it| it.id).map_err(|error| {
        let code = match &error {
            LoginError::Refused(refusal) => exit::of_refusal(refusal),
            _ => exit::UNAVAILABLE,
        };
        Fault::new(code, format!("{error} Nothing was sent."))
    })
}

/// How far it is, on one line.
fn tell(name: &str, sent: u64, size: Option<u64>) {
    let how_far = match size {
        Some(size) if size > 0 => format!("{} of {} ({} %)", size_words(sent), size_words(size), sent * 100 / size),
        _ => size_words(sent),
    };
    // If stderr is gone there is nobody to tell.
    let _ = write!(io::stderr().lock(), "\r\x1b[K{}: {how_far}", Shown::line(name));
}

type Opened = (String, Box<dyn AsyncRead + Send + Unpin>, Option<u64>);

async fn opened(path: &Path) -> Result<Opened, Fault> {
    if path == Path::new("-") {
        return Ok((FROM_PIPE.to_owned(), Box::new(tokio::io::stdin()), None));
    }
    let wrong = |why: &dyn std::fmt::Display| {
        Fault::new(
            exit::IO,
            format!("{} cannot be read: {why}. Nothing was sent.", path.display()),
        )
    };
    let file = tokio::fs::File::open(path).await.map_err(|error| wrong(&error))?;
    let meta = file.metadata().await.map_err(|error| wrong(&error))?;
    if meta.is_dir() {
        return Err(wrong(&"it is a folder"));
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let size = meta.is_file().then_some(meta.len());
    Ok((name, Box::new(file), size))
}
