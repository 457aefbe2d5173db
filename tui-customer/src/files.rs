//! The files of the screen: those that wait beside what is written, those that come, and how both look in a row. It refuses to know
//! how they move and where they are.

use std::path::PathBuf;

use minicom_client::{
    CustomerReplica,
    transfers::{Attachment, Attachments, Came, Downloads, Job, Opening, Order, Stands, Thread, TransferId},
};
use minicom_protocol::{
    event::size_words,
    gate::Shown,
    ids::FileId,
    settings::PreChatAnswer,
    text::{CustomerName, MESSAGE_BYTES_MAX},
};
use minicom_tui_kit::{
    Zone,
    file_card::{FileRow, FileState},
};

use crate::{entries, wishes};

/// A paste of more lines than this is offered to be sent as a file: it would fill the other side's screen.
pub const PASTE_LINES: usize = 30;
/// The same for bytes.
pub const PASTE_BYTES: usize = 4_000;
/// The name of a paste that is sent as a file.
pub const PASTED: &str = "pasted.txt";

/// See the module.
#[derive(Clone, Debug, Default)]
pub struct Files {
    /// Beside what is written.
    pub attached: Attachments,
    /// What was fetched.
    pub downloads: Downloads,
    /// What the desk asked was answered, and the line still waits for its files.
    pub answers: Option<Vec<PreChatAnswer>>,
    /// What waits for an agreement before it goes.
    pub unagreed: Vec<PathBuf>,
    /// The last paste that can be made a file.
    pub pasted: Option<String>,
    /// Those of an earlier window, as they were kept.
    earlier: String,
    /// What the disk knows of those that wait.
    version: Option<u64>,
    next: u64,
}

impl Files {
    /// With those that waited when the last window ended, as they were kept.
    pub fn of_earlier(kept: String) -> Files {
        Files {
            earlier: kept,
            ..Files::default()
        }
    }

    /// Those of an earlier window wait again from this time on (microseconds since 1970); which of them have to be brought to the desk.
    pub fn take_earlier(&mut self, now: i64) -> Vec<Attachment> {
        let kept = std::mem::take(&mut self.earlier);
        if kept.is_empty() {
            return Vec::new();
        }
        let mut all = Attachments::from_kept(&kept, now, || self.id());
        let again = all.to_send();
        for it in self.attached.iter() {
            // Where ten wait already, one more can only be attached again.
            let _ = all.add(it.clone());
        }
        self.attached = all;
        again
    }

    /// What is to be kept of those that wait, if the disk has it otherwise.
    pub fn take_unkept(&mut self, now: i64) -> Option<String> {
        let version = self.attached.version();
        let known = self.version.replace(version);
        let unkept = match known {
            None => !self.attached.is_empty(),
            Some(known) => known != version,
        };
        unkept.then(|| self.attached.to_kept(now))
    }

    /// A number for a transfer.
    pub fn id(&mut self) -> TransferId {
        self.next += 1;
        TransferId(self.next)
    }

    /// Whether something is on its way, in or out.
    pub fn is_moving(&self) -> bool {
        self.attached.is_going() || self.downloads.is_going()
    }

    /// What becomes of a file of the thread.
    pub fn state(&self, file: FileId) -> FileState {
        match self.downloads.of(file).map(|it| &it.came) {
            None => FileState::Still,
            Some(Came::Going(done)) => FileState::Going(*done),
            Some(Came::Waiting(why)) => FileState::Waiting(why.clone()),
            Some(Came::Failed(why)) => FileState::Failed(why.clone()),
            Some(Came::Here(path, opening)) => {
                let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                let words = match opening {
                    Some(Opening::Opened) => "opened".to_owned(),
                    Some(_) => "fetched, not opened".to_owned(),
                    None => format!("kept as {name}"),
                };
                FileState::Done(Shown::line(&words))
            }
        }
    }
}

/// An attached file as a row.
pub fn row(it: &Attachment) -> (FileRow, FileState) {
    let (name, size, kind) = (it.name(), it.size, Shown::default());
    let state = match &it.stands {
        Stands::Going(done) => FileState::Going(*done),
        Stands::Waiting(why) => FileState::Waiting(why.clone()),
        Stands::Ready(_) => FileState::Done(Shown::fixed("ready")),
        Stands::Failed(why) => FileState::Failed(why.clone()),
    };
    (FileRow { name, size, kind }, state)
}

/// What brings an attached file to the desk.
pub fn begins(it: &Attachment, name: &CustomerName) -> Order {
    let job: Job = it.job(Thread::Own(name.clone()));
    Order::Begin(it.id, job)
}

/// Whether a paste is better sent as a file.
pub fn is_large(text: &str) -> bool {
    text.len() > PASTE_BYTES || text.lines().count() > PASTE_LINES
}

/// Whether a text can be a line at all.
pub fn fits_a_line(text: &str) -> bool {
    text.len() <= MESSAGE_BYTES_MAX
}

/// A file of the thread, in words: `build.log  5.0 KiB  14:02 Ada`.
pub fn told(known: &CustomerReplica, zone: &Zone) -> Vec<(FileId, Shown, Shown)> {
    let row = |(file, event): (
        &minicom_protocol::event::FilePart,
        &minicom_protocol::customer_event::CustomerEvent,
    )| {
        let by = wishes::posted(event)
            .map(|posted| entries::name(&posted.author))
            .unwrap_or_default();
        let detail = format!("{}  {} {by}", size_words(file.size), zone.clock(event.time.0));
        (file.id, Shown::line(&file.name), Shown::line(&detail))
    };
    wishes::files(known).map(row).collect()
}
