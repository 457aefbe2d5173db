//! One file to the desk, in as many attempts as it needs. All have one key, so that one that was stored and not answered is not
//! stored again.

use std::{
    io::Cursor,
    path::{Path, PathBuf},
    sync::{Arc, atomic::AtomicU64},
};

use minicom_protocol::refusal::Refusal;
use uuid::Uuid;

use super::{
    After, Happened, Pauses, Seat, Source, Teller, Thread,
    steady::{Mark, Steady},
};
use crate::{
    exit::{self, Fault},
    rest::{
        LoginError,
        files::{Upload, Uploaded, pieces},
    },
};

/// Attempts while the desk does not know of an agreement.
const AGREED_ATTEMPTS: u32 = 6;

/// What is read from.
enum From {
    File(Arc<Steady>),
    Text(Arc<str>),
}

impl From {
    fn size(&self) -> u64 {
        match self {
            From::File(file) => file.size(),
            From::Text(text) => text.len() as u64,
        }
    }

    fn mark(&self) -> Option<Mark> {
        match self {
            From::File(file) => Some(file.mark()),
            From::Text(_) => None,
        }
    }

    fn broken(&self) -> Option<&str> {
        match self {
            From::File(file) => file.broken(),
            From::Text(_) => None,
        }
    }
}

/// A text's bytes, without a copy of them.
struct Bytes(Arc<str>);

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// Sends it.
///
/// # Errors
/// Why it is not sent, and what to do.
pub(super) async fn send(
    seat: &Seat,
    what: Source,
    thread: &Thread,
    key: Option<String>,
    teller: &Teller,
) -> Result<Uploaded, Fault> {
    let (name, from) = open(what).await?;
    let size = from.size();
    let mark = from.mark();
    teller.tell(Happened::Found { size, mark });
    let key = key.unwrap_or_else(|| Uuid::now_v7().to_string());
    let mut pauses = Pauses::new();
    let mut unagreed = 0;
    loop {
        let sent = Arc::new(AtomicU64::new(0));
        let attempt = attempt(seat, &name, &from, thread, &key, sent.clone());
        let done = tokio::select! {
            done = attempt => done,
            never = teller.follow(&sent) => match never {},
        };
        let error = match done {
            Ok(uploaded) => return Ok(uploaded),
            Err(error) => error,
        };
        if let Some(why) = from.broken() {
            return Err(Fault::new(exit::IO, why));
        }
        // What went before under this key was something else.
        if matches!(error, LoginError::Refused(Refusal::Conflict)) {
            return Err(Fault::new(
                exit::IO,
                "it was changed while it was sent. Attach it again",
            ));
        }
        // What was agreed to a moment ago may still be on its way there.
        if matches!(error, LoginError::Refused(Refusal::ConsentRequired)) && unagreed < AGREED_ATTEMPTS {
            unagreed += 1;
            pauses.wait(None).await;
            continue;
        }
        match After::of(&error) {
            After::Over(fault) => return Err(fault),
            After::Again(wait, why) => {
                teller.waits(&why);
                pauses.wait(wait).await;
            }
        }
    }
}

async fn open(what: Source) -> Result<(String, From), Fault> {
    let (name, opened) = match what {
        Source::Text { name, text } => return Ok((name, From::Text(text))),
        Source::Piped { name, bytes } => (name, bytes.opened()),
        Source::File(path) => (name_of(&path), opened(path, None).await),
        Source::Marked { path, mark } => (name_of(&path), opened(path, Some(mark)).await),
    };
    let file = opened.map_err(|why| Fault::new(exit::IO, why))?;
    Ok((name, From::File(Arc::new(file))))
}

/// Opens a file, if it is what it was.
async fn opened(path: PathBuf, mark: Option<Mark>) -> Result<Steady, String> {
    // A disk far away may be slow.
    let opened = tokio::task::spawn_blocking(move || Steady::open(&path)).await;
    let file = opened.unwrap_or_else(|_| Err("it cannot be read".to_owned()))?;
    match mark.is_none_or(|mark| mark == file.mark()) {
        true => Ok(file),
        false => Err("it was changed since it was attached. Attach it again".to_owned()),
    }
}

async fn attempt(
    seat: &Seat,
    name: &str,
    from: &From,
    thread: &Thread,
    key: &str,
    sent: Arc<AtomicU64>,
) -> Result<Uploaded, LoginError> {
    let what = Upload {
        thread: thread.as_for(),
        name,
        size: from.size(),
        key: Some(key),
    };
    let bearer = (seat.bearer)();
    let files = seat.files(&bearer);
    match from {
        From::File(file) => match file.pieces(sent) {
            Ok(bytes) => files.upload(what, bytes).await,
            Err(error) => {
                let (server, why) = (seat.server.clone(), error.to_string());
                Err(LoginError::Unreachable { server, why })
            }
        },
        From::Text(text) => files.upload(what, pieces(Cursor::new(Bytes(text.clone())), sent)).await,
    }
}

/// The name under which a file of this computer is sent.
pub(super) fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
