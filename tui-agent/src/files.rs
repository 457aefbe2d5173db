//! The files of the program: those that wait beside replies, those that come, and how both look in a row. It refuses to know how they
//! move and where they are.

use std::collections::HashMap;

use minicom_client::{
    AgentReplica,
    transfers::{Attachment, Attachments, Came, Download, Downloads, Opening, Order, Stands, Thread, TransferId},
};
use minicom_protocol::{
    event::{Event, EventBody, FilePart, Part},
    ids::{ConversationId, CustomerId, FileId},
};
use minicom_tui_kit::{
    Shown,
    file_card::{FileRow, FileState},
};

/// A paste of more lines than this is offered to be sent as a file: it would fill the other side's screen.
const PASTE_LINES: usize = 30;
/// The same for bytes.
const PASTE_BYTES: usize = 4_000;
/// The name of a paste that is sent as a file.
pub const PASTED: &str = "pasted.txt";

/// See the module.
#[derive(Debug, Clone, Default)]
pub struct Files {
    attached: HashMap<ConversationId, Attachments>,
    /// What was fetched.
    pub downloads: Downloads,
    /// The last paste that can be made a file, and where it was pasted.
    pub pasted: Option<(ConversationId, String)>,
    /// What of those beside replies the disk knows, by their versions.
    kept: HashMap<ConversationId, u64>,
    /// Texts whose files are looked for on the disk.
    looks: Vec<Look>,
    next: u64,
}

/// A text that names files, on its way to the disk and back.
#[derive(Debug, Clone)]
pub struct Look {
    text: String,
    /// With whose reply the files go.
    pub conversation: ConversationId,
    /// Whether something was done since.
    pub acted: bool,
}

impl Files {
    /// A number for a transfer.
    pub fn id(&mut self) -> TransferId {
        self.next += 1;
        TransferId(self.next)
    }

    /// Those beside the reply of a conversation.
    pub fn beside(&self, conversation: ConversationId) -> Option<&Attachments> {
        self.attached.get(&conversation).filter(|it| !it.is_empty())
    }

    /// The same, to change.
    pub fn beside_mut(&mut self, conversation: ConversationId) -> &mut Attachments {
        self.attached.entry(conversation).or_default()
    }

    /// All that wait beside a reply; nothing waits there any more.
    pub fn take(&mut self, conversation: ConversationId) -> Attachments {
        self.attached.remove(&conversation).unwrap_or_default()
    }

    /// Where the files beside a reply are others than the disk knows, and as they are to be kept at this time (microseconds since 1970).
    pub fn take_unkept(&mut self, now: i64) -> Vec<(ConversationId, String)> {
        let mut unkept = Vec::new();
        self.attached.retain(|_, files| !files.is_empty());
        for (conversation, files) in &mut self.attached {
            let version = files.version();
            if self.kept.insert(*conversation, version) != Some(version) {
                unkept.push((*conversation, files.to_kept(now)));
            }
        }
        self.kept.retain(|conversation, _| {
            let waits = self.attached.contains_key(conversation);
            if !waits {
                unkept.push((*conversation, String::new()));
            }
            waits
        });
        unkept
    }

    /// The disk is asked which files a text names, for a reply.
    pub fn look(&mut self, text: &str, conversation: ConversationId) {
        let (text, acted) = (text.to_owned(), false);
        self.looks.push(Look {
            text,
            conversation,
            acted,
        });
    }

    /// The disk has answered for a text: what was asked, unless nobody did.
    pub fn looked(&mut self, text: &str) -> Option<Look> {
        let at = self.looks.iter().position(|look| look.text == text)?;
        Some(self.looks.remove(at))
    }

    /// Something was done by hand.
    pub fn acts(&mut self) {
        for look in &mut self.looks {
            look.acted = true;
        }
    }

    /// The files that are looked for go with the reply of another conversation.
    pub fn looks_move(&mut self, from: ConversationId, to: ConversationId) {
        for look in self.looks.iter_mut().filter(|look| look.conversation == from) {
            look.conversation = to;
        }
    }

    /// The conversation whose reply waits for a transfer.
    pub fn waiting_for(&self, id: TransferId) -> Option<ConversationId> {
        self.attached
            .iter()
            .find(|(_, files)| files.has(id))
            .map(|(conversation, _)| *conversation)
    }

    /// Whether something is on its way, in or out.
    pub fn is_moving(&self) -> bool {
        self.downloads.is_going() || self.attached.values().any(Attachments::is_going)
    }
}

/// What becomes of a file of a thread.
pub fn state(download: &Download) -> FileState {
    match &download.came {
        Came::Going(done) => FileState::Going(*done),
        Came::Waiting(why) => FileState::Waiting(why.clone()),
        Came::Failed(why) => FileState::Failed(why.clone()),
        Came::Here(_, Some(Opening::Opened)) => FileState::Done(Shown::fixed("opened")),
        Came::Here(_, Some(_)) => FileState::Done(Shown::fixed("fetched, not opened")),
        Came::Here(path, None) => {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            FileState::Done(Shown::line(&format!("kept as {name}")))
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
pub fn begins(it: &Attachment, conversation: ConversationId) -> Order {
    Order::Begin(it.id, it.job(Thread::Conversation(conversation)))
}

/// Whether a paste is better sent as a file.
pub fn is_large(text: &str) -> bool {
    text.len() > PASTE_BYTES || text.lines().count() > PASTE_LINES
}

/// The files of a customer's thread as far as it is known, the newest first, each with the event that has it.
pub fn of_thread(replica: &AgentReplica, customer: CustomerId) -> impl Iterator<Item = (&FilePart, &Event)> {
    let events = replica
        .thread(customer)
        .into_iter()
        .flat_map(|thread| thread.events().rev());
    events.flat_map(|event| {
        let parts: &[Part] = match &event.body {
            EventBody::Posted(posted) if posted.state.words().is_none() => &posted.parts,
            _ => &[],
        };
        parts.iter().filter_map(move |part| match part {
            Part::File(file) => Some((file, event)),
            _ => None,
        })
    })
}

/// One of them by its id.
pub fn by_id(replica: &AgentReplica, customer: CustomerId, id: FileId) -> Option<FilePart> {
    of_thread(replica, customer)
        .map(|(file, _)| file)
        .find(|file| file.id == id)
        .cloned()
}
