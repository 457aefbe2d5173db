//! The files that wait beside a text until both are sent, as a screen has to know them. Pure: what happens to them is handed in.

use std::{path::PathBuf, sync::Arc};

use minicom_protocol::{gate::Shown, ids::FileId};

use super::{Happened, Job, Mark, Source, Thread, TransferId};
use crate::limits::ATTACHMENTS_MAX;

/// How an attached file stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Stands {
    /// So many bytes of it have gone.
    Going(u64),
    /// It waits for this, and goes on by itself.
    Waiting(Shown),
    /// The server has it.
    Ready(FileId),
    /// It does not go, for this reason.
    Failed(Shown),
}

/// A file beside a text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Attachment {
    /// Its transfer.
    pub id: TransferId,
    /// Where it comes from.
    pub what: Source,
    /// Its size in bytes, once it is known.
    pub size: Option<u64>,
    /// What it was like when it was attached, once that is known.
    pub mark: Option<Mark>,
    /// Since when the desk has it, in microseconds since 1970, as far as somebody has noted it.
    pub(super) ready_since: Option<i64>,
    /// How it stands.
    pub stands: Stands,
}

impl Attachment {
    /// A file that is on its way from now on.
    pub fn new(id: TransferId, what: Source) -> Attachment {
        let (size, stands) = (None, Stands::Going(0));
        let size = match &what {
            Source::Text { text, .. } => Some(text.len() as u64),
            Source::Piped { bytes, .. } => Some(bytes.size()),
            Source::Marked { mark, .. } => Some(mark.size),
            Source::File(_) => size,
        };
        let mark = None;
        Attachment {
            id,
            what,
            size,
            mark,
            ready_since: None,
            stands,
        }
    }

    /// A file of an earlier run of the program, of which only its id is known.
    pub fn known(id: FileId) -> Attachment {
        Attachment {
            id: TransferId(0),
            what: Source::File(PathBuf::from("file")),
            size: None,
            mark: None,
            ready_since: None,
            stands: Stands::Ready(id),
        }
    }

    /// What it is called.
    pub fn name(&self) -> Shown {
        match &self.what {
            Source::Text { name, .. } | Source::Piped { name, .. } => Shown::line(name),
            Source::File(path) | Source::Marked { path, .. } => Shown::line(&super::sending::name_of(path)),
        }
    }

    /// The text that was pasted, if it is one.
    pub fn pasted(&self) -> Option<&Arc<str>> {
        match &self.what {
            Source::Text { text, .. } => Some(text),
            Source::File(_) | Source::Marked { .. } | Source::Piped { .. } => None,
        }
    }

    /// What brings it to the desk.
    pub fn job(&self, thread: Thread) -> Job {
        let what = self.what.clone();
        let key = None;
        Job::Send { what, thread, key }
    }
}

/// The files beside one text, in the order in which they were attached.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Attachments {
    list: Vec<Attachment>,
    /// The text was given to be sent: it goes as soon as all are there.
    pub sends: bool,
}

impl Attachments {
    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Attachment> {
        self.list.iter_mut()
    }

    /// All, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Attachment> {
        self.list.iter()
    }

    /// None.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Attaches one more.
    ///
    /// # Errors
    /// It is one too many; in words.
    pub fn add(&mut self, it: Attachment) -> Result<(), Shown> {
        if self.list.len() >= ATTACHMENTS_MAX {
            let words = format!("{ATTACHMENTS_MAX} files with one message are the most. Send these first.");
            return Err(Shown::line(&words));
        }
        self.list.push(it);
        Ok(())
    }

    /// Files of this computer, each with the next id.
    ///
    /// # Errors
    /// They are too many; none is attached.
    pub fn add_files(
        &mut self,
        paths: Vec<PathBuf>,
        mut id: impl FnMut() -> TransferId,
    ) -> Result<Vec<Attachment>, Shown> {
        let before = self.list.len();
        for path in paths {
            if let Err(why) = self.add(Attachment::new(id(), Source::File(path))) {
                self.list.truncate(before);
                return Err(why);
            }
        }
        Ok(self.list[before..].to_vec())
    }

    /// Whether one of them is this transfer.
    pub fn has(&self, id: TransferId) -> bool {
        self.list.iter().any(|it| it.id == id)
    }

    /// Something happened to one. Whether it is one of these.
    pub fn happened(&mut self, id: TransferId, what: &Happened) -> bool {
        let Some(it) = self.list.iter_mut().find(|it| it.id == id) else {
            return false;
        };
        match what {
            Happened::Found { size, mark } => (it.size, it.mark) = (Some(*size), *mark),
            Happened::Moved { done } => it.stands = Stands::Going(*done),
            Happened::Waits { why } => it.stands = Stands::Waiting(why.clone()),
            Happened::Sent(file) => (it.stands, it.size) = (Stands::Ready(file.id), Some(file.size)),
            Happened::Failed { why } => {
                it.stands = Stands::Failed(why.clone());
                // Its text would go without it.
                self.sends = false;
            }
            Happened::Kept { .. } => {}
        }
        true
    }

    /// Takes one off: the first that does not go, for it holds up the rest; else the last.
    pub fn take_off(&mut self) -> Option<Attachment> {
        let failed = self.list.iter().position(|it| matches!(it.stands, Stands::Failed(_)));
        let off = match failed {
            Some(place) => Some(self.list.remove(place)),
            None => self.list.pop(),
        };
        self.sends &= !self.list.is_empty();
        off
    }

    /// The ids of all, if the server has all.
    pub fn ready(&self) -> Option<Vec<FileId>> {
        let ids = self.list.iter().map(|it| match it.stands {
            Stands::Ready(id) => Some(id),
            _ => None,
        });
        ids.collect()
    }

    /// The first that does not go, and why.
    pub fn failed(&self) -> Option<(&Attachment, &Shown)> {
        self.list.iter().find_map(|it| match &it.stands {
            Stands::Failed(why) => Some((it, why)),
            _ => None,
        })
    }

    /// Whether one of them is still on its way.
    pub fn is_going(&self) -> bool {
        let goes = |it: &Attachment| matches!(it.stands, Stands::Going(_) | Stands::Waiting(_));
        self.list.iter().any(goes)
    }

    /// Those that do not go are tried again, each by the transfer that it gets.
    pub fn try_again(&mut self, mut id: impl FnMut() -> TransferId) -> Vec<Attachment> {
        let failed = self.list.iter_mut().filter(|it| matches!(it.stands, Stands::Failed(_)));
        let again = failed.map(|it| {
            it.id = id();
            it.stands = Stands::Going(0);
            it.clone()
        });
        again.collect()
    }
}

#[cfg(test)]
mod tests {
    use minicom_protocol::ids::FileId;
    use uuid::Uuid;

    use super::*;
    use crate::rest::files::Uploaded;

    fn sent(n: u128) -> Happened {
        Happened::Sent(Uploaded {
            id: FileId(Uuid::from_u128(n)),
            file_name: "x".into(),
            size: 7,
        })
    }

    #[test]
    fn a_text_waits_for_all_its_files_and_for_none_that_does_not_go() {
        let mut files = Attachments::default();
        assert_eq!(files.ready(), Some(vec![]));
        let mut next = 0;
        let mut id = || {
            next += 1;
            TransferId(next)
        };
        let added = files
            .add_files(vec!["/tmp/a.log".into(), "/tmp/b\u{1b}c".into()], &mut id)
            .unwrap();
        assert_eq!(added[1].name().as_str(), "b␛c");
        files.sends = true;
        assert!(files.happened(TransferId(1), &sent(1)) && files.is_going());
        assert_eq!(files.ready(), None);
        let why = Shown::fixed("it is empty");
        assert!(files.happened(TransferId(2), &Happened::Failed { why }));
        assert!(!files.sends && !files.is_going() && files.failed().is_some());
        assert_eq!(files.try_again(&mut id)[0].id, TransferId(3));
        assert!(!files.happened(TransferId(2), &sent(2)), "that one is over");
        assert!(files.happened(TransferId(3), &sent(2)));
        assert_eq!(files.ready().unwrap().len(), 2);
        files.sends = true;
        assert_eq!(files.take_off().unwrap().id, TransferId(3));
        assert!(files.sends);
        assert!(files.take_off().is_some() && !files.sends && files.take_off().is_none());
    }

    #[test]
    fn what_does_not_go_is_taken_off_first() {
        let mut files = Attachments::default();
        let mut next = 0;
        let names = ["a", "b", "c"].map(PathBuf::from).to_vec();
        files
            .add_files(names, || {
                next += 1;
                TransferId(next)
            })
            .unwrap();
        let why = Shown::fixed("it is empty");
        files.happened(TransferId(2), &Happened::Failed { why });
        let order: Vec<u64> = std::iter::from_fn(|| files.take_off()).map(|it| it.id.0).collect();
        assert_eq!(order, [2, 3, 1]);
    }

    #[test]
    fn there_is_an_end_to_how_many_go_with_one_text() {
        let mut files = Attachments::default();
        let many = vec![PathBuf::from("x"); ATTACHMENTS_MAX + 1];
        assert!(files.add_files(many.clone(), || TransferId(1)).is_err());
        assert!(files.is_empty());
        assert!(files.add_files(many[1..].to_vec(), || TransferId(1)).is_ok());
        assert!(files.add_files(vec!["x".into()], || TransferId(1)).is_err());
    }
}
