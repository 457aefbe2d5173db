//! One file from the desk: what has come stays over a cut, and the rest is asked for; it gets its name when it is whole.

use std::{
    path::{Path, PathBuf},
    sync::atomic::AtomicU64,
};

use minicom_protocol::event::FilePart;

use super::{After, Happened, Opening, Pauses, Seat, Teller, To, opening};
use crate::{
    exit::{self, Fault},
    rest::files::{Fetching, NotFetched},
    saved::{Saving, Unsaved},
};

/// Fetches it. Where it is, and what came of opening it.
///
/// # Errors
/// Why it is not here, and what to do.
pub(super) async fn fetch(
    seat: &Seat,
    file: &FilePart,
    to: To,
    teller: &Teller,
) -> Result<(PathBuf, Option<Opening>), Fault> {
    teller.tell(Happened::Found {
        size: file.size,
        mark: None,
    });
    let program = to == To::Program;
    let (folder, name) = place(to).map_err(|why| Fault::new(exit::IO, why))?;
    let saving = Saving::begin(&folder).map_err(unsaved)?;
    let mut into = Fetching::into(saving);
    let mut pauses = Pauses::new();
    loop {
        let came = AtomicU64::new(into.size());
        let bearer = (seat.bearer)();
        let files = seat.files(&bearer);
        let before = into.size();
        let done = tokio::select! {
            done = files.fetch(file, &mut into, &came) => done,
            never = teller.follow(&came) => match never {},
        };
        let error = match done {
            Ok(()) => break,
            Err(error) => error,
        };
        if into.size() > before {
            pauses = Pauses::new();
        }
        match After::of_fetch(error) {
            After::Over(fault) => return Err(fault),
            After::Again(wait, why) => {
                teller.waits(&why);
                pauses.wait(wait).await;
            }
        }
    }
    teller.tell(Happened::Moved { done: into.size() });
    let saving = into
        .whole(file)
        .map_err(|error: NotFetched| Fault::new(exit::DATA, error.to_string()))?;
    let theirs = file.name.clone();
    // A disk takes its time to have it for good.
    let kept = tokio::task::spawn_blocking(move || match name {
        Some(name) => saving.keep_as(&name),
        None => saving.keep(&theirs),
    });
    let lost = |_| Fault::new(exit::BUG, "it cannot be kept here");
    let path = kept.await.map_err(lost)?.map_err(unsaved)?;
    let opening = match program {
        true => Some(opening::open(&path).await),
        false => None,
    };
    Ok((path, opening))
}

#[allow(clippy::needless_pass_by_value, reason = "it is the end of a result")]
fn unsaved(error: Unsaved) -> Fault {
    Fault::new(exit::IO, error.to_string())
}

/// Keeps a text among the downloads. Where.
///
/// # Errors
/// Why not.
pub(super) fn keep(name: &str, text: &str) -> Result<PathBuf, String> {
    let mut saving = Saving::begin(&downloads()?).map_err(|error| error.to_string())?;
    let kept = saving.write(text.as_bytes()).and_then(|()| saving.keep(name));
    kept.map_err(|error| error.to_string())
}

/// The folder, and the name if the person gave one.
fn place(to: To) -> Result<(PathBuf, Option<String>), String> {
    match to {
        To::Downloads => downloads().map(|folder| (folder, None)),
        To::Folder(folder) => Ok((folder, None)),
        To::Typed(text) => place(super::paths::target(&text)),
        To::Program => {
            let folder = opening::private_folder().map_err(|error| format!("no folder can be made for it: {error}"))?;
            Ok((folder, None))
        }
        To::File(path) => {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
            let folder = match path.parent() {
                Some(folder) if folder != Path::new("") => folder.to_owned(),
                _ => PathBuf::from("."),
            };
            match name {
                // A folder that was mistyped is not made by the way.
                Some(_) if !folder.is_dir() => Err(format!("there is no folder {}", folder.display())),
                Some(name) => Ok((folder, Some(name))),
                None => Err(format!("{} is no name for a file", path.display())),
            }
        }
    }
}

/// The person's folder for downloads, or one of that name at home.
fn downloads() -> Result<PathBuf, String> {
    let dirs = directories::UserDirs::new();
    let folder = dirs.and_then(|dirs| {
        let own = dirs.download_dir().map(Path::to_owned);
        own.or_else(|| Some(dirs.home_dir().join("Downloads")))
    });
    folder.ok_or_else(|| "there is no home folder: say where to, as /get 1 ./FOLDER".to_owned())
}
