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

use minicom_client::{
    rest::{
        LoginError,
        files::{Files, For, Upload, pieces},
    },
    transfers::{Happened, Job, Source, Thread, alone},
};
use minicom_protocol::{event::size_words, gate::Shown, ids::FileId};
use minicom_tui_kit::file_card;

use crate::{
    exit,
    fault::{Fault, nothing_sent},
    run::Start,
};

/// The name of what comes from a pipe.
const FROM_PIPE: &str = "input.txt";
/// How often it is said how far a pipe is.
const TOLD_EVERY: Duration = Duration::from_millis(200);

/// Uploads a file, to be sent in a line. One that is cut begins again; what came from a pipe is gone with the cut.
///
/// # Errors
/// It cannot be read, or the server does not take it.
pub(crate) async fn upload(start: &Start, path: &Path) -> Result<FileId, Fault> {
    let looks_on = io::stderr().is_terminal();
    let done = match path == Path::new("-") {
        true => from_pipe(start, looks_on).await,
        false => from_file(start, path, looks_on).await,
    };
    if looks_on {
        // The line is free for what comes next.
        let _ = write!(io::stderr().lock(), "\r\x1b[K");
    }
    done
}

async fn from_file(start: &Start, path: &Path, looks_on: bool) -> Result<FileId, Fault> {
    let name = path.display().to_string();
    let job = Job::Send {
        what: Source::File(path.to_owned()),
        thread: Thread::Own(start.name.clone()),
    };
    let mut size = None;
    let seat = start.seat();
    let last = alone(&seat, job, |what| {
        let words = match what {
            Happened::Found { size: found } => return size = Some(*found),
            Happened::Moved { done } => file_card::bar(*done, size, &start.theme),
            Happened::Waits { why } => format!("waits for {why}"),
            _ => return,
        };
        if looks_on {
            tell(&name, &words);
        }
    });
    match last.await {
        Happened::Sent(file) => Ok(file.id),
        // A file that cannot be read never gets to know its size.
        Happened::Failed { why } => {
            let code = if size.is_some() { exit::UNAVAILABLE } else { exit::IO };
            let words = format!(
                "{}: {}. Nothing was sent.",
                Shown::line(&name),
                why.as_str().trim_end_matches('.')
            );
            Err(Fault::new(code, words))
        }
        _ => Err(Fault::new(exit::BUG, "the file came to no end")),
    }
}

async fn from_pipe(start: &Start, looks_on: bool) -> Result<FileId, Fault> {
    let bearer = start.bearer();
    let files = Files {
        server: &start.server,
        tenant: &start.tenant,
        bearer: &bearer,
    };
    let sent = Arc::new(AtomicU64::new(0));
    let what = Upload {
        thread: For::Own(&start.name),
        name: FROM_PIPE,
        size: None,
        key: None,
    };
    let upload = files.upload(what, pieces(tokio::io::stdin(), sent.clone()));
    let told = async {
        loop {
            tokio::time::sleep(TOLD_EVERY).await;
            tell(FROM_PIPE, &size_words(sent.load(Ordering::Relaxed)));
        }
    };
    let done = tokio::select! {
        done = upload => done,
        () = told, if looks_on => return Err(Fault::new(exit::BUG, "nothing ends this")),
    };
    done.map(|it| it.id).map_err(|error| {
        let code = match &error {
            LoginError::Refused(refusal) => exit::of_refusal(refusal),
            _ => exit::UNAVAILABLE,
        };
        Fault::new(code, nothing_sent(&error.to_string()))
    })
}

/// How far it is, on one line.
fn tell(name: &str, words: &str) {
    // If stderr is gone there is nobody to tell.
    let _ = write!(io::stderr().lock(), "\r\x1b[K{}: {words}", Shown::line(name));
}
