//! One file of the command line, to the desk or from it, for a program that does nothing else meanwhile: a file by its path, or what
//! comes from a pipe or goes into one.

use std::{
    fs::File,
    io::{self, Write},
    path::{Path, PathBuf},
};

use minicom_protocol::{
    event::{FilePart, size_words},
    gate::Shown,
};
use sha2::{Digest, Sha256};
use tokio::io::AsyncRead;

use super::{Happened, Job, NotSpooled, Seat, Source, Spool, Thread, To, alone};
use crate::{
    exit::{self, Fault},
    limits::FILE_BYTES_MAX,
    rest::files::Uploaded,
};

/// The name of what comes from a pipe.
const FROM_PIPE: &str = "input.txt";
/// What stands for a pipe on a command line.
const PIPE: &str = "-";

/// How far a file is, for whoever looks on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Far {
    /// So many bytes have been read of a pipe.
    Read(u64),
    /// So many of so many bytes have gone or come.
    Moved(u64, Option<u64>),
    /// It waits for this.
    Waits(Shown),
}

/// Whether a path of the command line stands for what the standard input brings.
pub fn is_pipe(path: &Path) -> bool {
    path == Path::new(PIPE)
}

/// What a file of the command line is called in what is told of it.
pub fn called(path: &Path) -> Shown {
    match is_pipe(path) {
        true => Shown::fixed(FROM_PIPE),
        false => Shown::line(&path.display().to_string()),
    }
}

/// The key of the file that goes with what is done under this key: the server tells the two apart.
pub fn key_of_file(key: &str) -> String {
    let digest = Sha256::digest(format!("file {key}"));
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// For which thread, and by which right.
pub struct Errand<'a> {
    /// Where the desk is.
    pub seat: &'a Seat,
    /// For which thread.
    pub thread: Thread,
    /// By which a repeat of the same file is known, over the end of the program.
    pub key: Option<String>,
}

impl Errand<'_> {
    /// Uploads it; `pipe` is read to its end first if it is meant. `look` is told how far it is.
    ///
    /// # Errors
    /// It cannot be read or kept, is too large, or the server does not take it. Nothing was sent then, which the words say.
    pub async fn upload(
        self,
        path: &Path,
        pipe: impl AsyncRead + Unpin,
        mut look: impl FnMut(Far),
    ) -> Result<Uploaded, Fault> {
        let Errand { seat, thread, key } = self;
        let name = called(path);
        let what = match is_pipe(path) {
            false => Source::File(path.to_owned()),
            true => Source::Piped {
                name: FROM_PIPE.to_owned(),
                bytes: spooled(seat, pipe, &mut look).await?,
            },
        };
        let job = Job::Send { what, thread, key };
        let last = alone(seat, job, watched(&mut look)).await;
        match last {
            Ok(Happened::Sent(file)) => Ok(file),
            Ok(_) => Err(Fault::new(exit::BUG, "the file came to no end")),
            Err(fault) => {
                let words = format!("{name}: {}. Nothing was sent.", fault.words.trim_end_matches('.'));
                Err(Fault::new(fault.code, words))
            }
        }
    }
}

/// Fetches a file. Where it is.
///
/// # Errors
/// The server does not give it, or it cannot be kept. Nothing of it is kept then, which the words say.
pub async fn fetch(seat: &Seat, file: FilePart, to: To, mut look: impl FnMut(Far)) -> Result<PathBuf, Fault> {
    let name = Shown::line(&file.name);
    let last = alone(seat, Job::Fetch { file, to }, watched(&mut look)).await;
    match last {
        Ok(Happened::Kept { path, .. }) => Ok(path),
        Ok(_) => Err(Fault::new(exit::BUG, "the file came to no end")),
        Err(fault) => {
            let words = format!("{name}: {}. Nothing is kept.", fault.words.trim_end_matches('.'));
            Err(Fault::new(fault.code, words))
        }
    }
}

/// Fetches a file and writes it, all or nothing: it is here and is what was sent before its first byte is written.
///
/// # Errors
/// As above, or it cannot be written. That nobody reads any more is none.
pub async fn print(seat: &Seat, file: FilePart, out: &mut impl Write, look: impl FnMut(Far)) -> Result<(), Fault> {
    let unkept = |error: io::Error| Fault::new(exit::IO, format!("it cannot be kept until it is written: {error}"));
    let folder = tempfile::tempdir().map_err(unkept)?;
    let path = fetch(seat, file, To::Folder(folder.path().to_owned()), look).await?;
    let mut from = File::open(path).map_err(unkept)?;
    match io::copy(&mut from, out).and_then(|_| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Fault::new(exit::IO, format!("the output cannot be written: {error}")))
        }
        _ => Ok(()),
    }
}

fn watched(look: &mut impl FnMut(Far)) -> impl FnMut(&Happened) {
    let mut size = None;
    move |what| match what {
        Happened::Found { size: found, .. } => size = Some(*found),
        Happened::Moved { done } => look(Far::Moved(*done, size)),
        Happened::Waits { why } => look(Far::Waits(why.clone())),
        _ => {}
    }
}

/// The server wants bytes as fast as a line brings them, and who writes into a pipe may think between two words: so all of it is kept here
/// before the first byte goes.
async fn spooled(seat: &Seat, pipe: impl AsyncRead + Unpin, look: &mut impl FnMut(Far)) -> Result<Spool, Fault> {
    let bearer = (seat.bearer)();
    // If it is not known now, the server says it when the file goes.
    let most = seat.files(&bearer).most().await.ok().flatten();
    let most = most.unwrap_or(FILE_BYTES_MAX);
    let spooled = Spool::all_of(pipe, most, |size| look(Far::Read(size))).await;
    spooled.map_err(|why| {
        let (code, words) = match &why {
            NotSpooled::TooLarge { most } => {
                let words = format!(
                    "longer than {} ({most} bytes), the most that this desk takes of a file",
                    size_words(*most)
                );
                (exit::USAGE, words)
            }
            NotSpooled::Empty => (exit::USAGE, "empty".to_owned()),
            NotSpooled::Unread(error) => (exit::IO, format!("not to be read: {error}")),
            NotSpooled::Unkept { folder, why } => {
                let words = format!("not to be kept in {} until it is sent: {why}", folder.display());
                (exit::IO, words)
            }
        };
        Fault::new(code, format!("the standard input is {words}. Nothing was sent."))
    })
}
