//! The scrollback of one conversation.
//!
//! Owns the seven rules of reading while others write: at the end the view follows; elsewhere what is under the top edge stays, whatever
//! arrives, goes, changes or is wrapped anew; a bar counts what is new below; the unread divider is placed once, and older pages only move it up to where the unread begins; older entries are asked
//! for at the top; lines of one sender are grouped and days are told; at most [`ENTRIES_MAX`] entries are held.
//!
//! It refuses to know where entries come from and who reads them. A frame costs what is visible, not what is held.

mod entry;
mod hints;
mod layout;
mod place;
mod pointing;
#[cfg(any(test, feature = "testing"))]
mod valid;
mod view;

use std::cell::RefCell;
use std::collections::HashMap;

use minicom_protocol::gate::Shown;
use minicom_protocol::ids::FileId;

pub use entry::{Card, DeliveryMark, Entry, EntryKey, Extras, Kind, words_of};
pub use hints::Hints;
use layout::Memo;
use place::{Led, Place};

pub use self::{place::Bookmark, pointing::Pointed};
pub use crate::file_card::{FileCard, FileRow, FileState};
use crate::file_preview::FilePreview;
use crate::preview;
pub use crate::theme::Who;
use crate::time::Zone;

/// Entries held of one conversation; more are dropped at the end that is far from where the person reads.
pub const ENTRIES_MAX: usize = 5_000;

/// Files whose beginnings or pictures are kept.
pub const PREVIEWS_MAX: usize = 200;

/// Whether there is more above the first entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Older {
    /// The first entry is the beginning.
    None,
    /// There is more; nobody asked for it yet.
    More,
    /// It was asked for.
    Loading,
    /// There is more, and as much as is held is here: it can only be read elsewhere.
    Full,
}

/// What a click hits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hit {
    /// The bar that leads to the end.
    Bar,
    /// An entry.
    Entry(EntryKey),
}

#[derive(Debug, Clone)]
struct Divider {
    before: EntryKey,
    words: Shown,
}

/// Entries in order, and the place of the view among them.
#[derive(Debug, Clone)]
pub struct Transcript {
    zone: Zone,
    /// Ordered by key, each key once.
    entries: Vec<Entry>,
    place: Place,
    led: Option<Led>,
    columns: u16,
    rows: u16,
    divider: Option<Divider>,
    older: Older,
    /// The person tried to go beyond the first entry.
    reached_top: bool,
    /// The last stored entry when the end was left, or that was reached since.
    left_at: Option<EntryKey>,
    /// The newest entries were dropped: what arrives would leave a gap, and is only counted.
    tail_missing: bool,
    /// Lines of others that arrived while the tail was missing.
    missed: usize,
    /// The last own line, which has its mark in words.
    last_own: Option<EntryKey>,
    /// What becomes of files, wherever they stand.
    files: HashMap<FileId, FileState>,
    /// What is shown of files below their rows.
    previews: HashMap<FileId, FilePreview>,
    /// The terminal is told of addresses.
    links: bool,
    hints: Hints,
    memo: RefCell<Memo>,
}

impl Transcript {
    /// An empty one that follows. `zone` decides where days begin.
    pub fn new(zone: Zone) -> Transcript {
        Transcript {
            zone,
            entries: Vec::new(),
            place: Place::Follow,
            led: None,
            columns: 80,
            rows: 24,
            divider: None,
            older: Older::None,
            reached_top: false,
            left_at: None,
            tail_missing: false,
            missed: 0,
            last_own: None,
            files: HashMap::new(),
            previews: HashMap::new(),
            links: false,
            hints: Hints::default(),
            memo: layout::memo(),
        }
    }

    /// Addresses are links for the terminal; see [`crate::links::known`].
    pub fn with_links(mut self, links: bool) -> Transcript {
        self.links = links;
        self
    }

    /// Names the keys and words that it is to tell.
    pub fn set_hints(&mut self, hints: Hints) {
        self.hints = hints;
    }

    /// Whether some of a line is not shown, as it is long.
    pub fn is_folded(&self, key: EntryKey) -> bool {
        let entry = self.get(key).filter(|entry| entry.is_line());
        entry.is_some_and(|entry| preview::hides(&self.text_rows(entry).rows) || self.folded_file(entry).is_some())
    }

    /// The first file of an entry of whose text only the beginning is shown.
    pub fn folded_file(&self, entry: &Entry) -> Option<FileId> {
        let mut files = entry.extras.files.iter().map(|card| card.id);
        files.find(|id| preview::hides(&self.file_rows(*id)))
    }

    /// Puts one entry in its place, or over the one with its key.
    pub fn insert(&mut self, entry: Entry) {
        self.extend([entry]);
    }

    /// Puts entries in their places: a page of older ones, or what just happened. One with the key of an entry that is held
    /// replaces it.
    pub fn extend(&mut self, entries: impl IntoIterator<Item = Entry>) {
        for entry in entries {
            self.forget_rows(entry.key);
            let behind_the_gap = self.tail_missing && self.entries.last().is_none_or(|last| entry.key > last.key);
            if behind_the_gap {
                self.missed += usize::from(entry.is_line() && !entry.is_own());
                continue;
            }
            match self.index(entry.key) {
                Ok(index) => self.entries[index] = entry,
                Err(index) => self.entries.insert(index, entry),
            }
        }
        self.drop_far_end();
        self.find_last_own();
    }

    /// Takes the place of all entries, as after a fresh start. The view stays at its entry if that is still there.
    pub fn replace_all(&mut self, entries: impl IntoIterator<Item = Entry>) {
        self.entries.clear();
        self.memo = layout::memo();
        self.tail_missing = false;
        self.missed = 0;
        let mut all: Vec<Entry> = entries.into_iter().collect();
        all.sort_by_key(|entry| entry.key);
        // Of two with one key the later one counts.
        all.reverse();
        all.dedup_by_key(|entry| entry.key);
        all.reverse();
        self.entries = all;
        self.drop_far_end();
        self.find_last_own();
        self.settle();
    }

    /// Puts an entry in the place of another one: a line that waited has been stored under its number.
    pub fn replace(&mut self, old: EntryKey, entry: Entry) {
        if let Place::At(anchor) = &mut self.place
            && anchor.key == old
        {
            anchor.key = entry.key;
        }
        if let Ok(index) = self.index(old) {
            self.entries.remove(index);
            self.forget_rows(old);
        }
        self.insert(entry);
    }

    /// Removes an entry. The view stays where it is; if it was held by this entry, by the next one.
    pub fn remove(&mut self, key: EntryKey) {
        let Ok(index) = self.index(key) else { return };
        if let Place::At(anchor) = self.place
            && anchor.key == key
            && let Some(next) = self
                .entries
                .get(index + 1)
                .or_else(|| index.checked_sub(1).map(|before| &self.entries[before]))
        {
            self.place = Place::At(place::Anchor {
                key: next.key,
                offset: 0,
            });
        }
        self.entries.remove(index);
        self.forget_rows(key);
        self.find_last_own();
        self.settle();
    }

    /// Shows the line that is coming as far as it is, or that none is. To be told after what is stored: then the stored line has taken its
    /// place, and nothing moves.
    pub fn set_coming(&mut self, entry: Option<Entry>) {
        match entry {
            Some(entry) if self.get(EntryKey::Coming).is_none_or(|held| held.text != entry.text) => self.insert(entry),
            Some(_) => {}
            None if self.get(EntryKey::Coming).is_some() => self.remove(EntryKey::Coming),
            None => {}
        }
    }

    /// Sets the mark of one entry.
    pub fn set_mark(&mut self, key: EntryKey, mark: DeliveryMark) {
        if let Ok(index) = self.index(key) {
            self.entries[index].mark = Some(mark);
        }
    }

    /// Goes over the marks of all own lines, as when the other side has read up to somewhere. `mark` gives the new one, if it
    /// changes.
    pub fn update_marks(&mut self, mut mark: impl FnMut(&Entry) -> Option<DeliveryMark>) {
        for entry in self.entries.iter_mut().filter(|entry| entry.is_own()) {
            if let Some(mark) = mark(entry) {
                entry.mark = Some(mark);
            }
        }
    }

    /// Tells what becomes of a file. It stays told, whatever happens to the line that has it.
    pub fn set_file(&mut self, id: FileId, state: FileState) {
        match state {
            FileState::Still => drop(self.files.remove(&id)),
            state => drop(self.files.insert(id, state)),
        }
    }

    /// What becomes of a file.
    pub fn file_state(&self, id: FileId) -> &FileState {
        self.files.get(&id).unwrap_or(&FileState::Still)
    }

    /// Shows how a file begins, or the picture that it is, wherever it stands. At most [`PREVIEWS_MAX`] are kept; whoever comes back to a file
    /// asks for it again.
    pub fn set_preview(&mut self, id: FileId, preview: FilePreview) {
        if self.previews.len() >= PREVIEWS_MAX {
            self.previews.clear();
        }
        self.previews.insert(id, preview);
        self.memo.borrow_mut().forget_file(id);
        self.settle();
    }

    /// What is shown of a file.
    pub fn preview(&self, id: FileId) -> Option<&FilePreview> {
        self.previews.get(&id)
    }

    /// Forgets pictures: the terminal has lost them.
    pub fn forget_pictures(&mut self) {
        self.previews
            .retain(|_, preview| !matches!(preview, FilePreview::Picture(_)));
    }

    /// Files on the screen of which nothing is shown yet, with their media types.
    pub fn unseen_files(&self) -> impl Iterator<Item = &FileCard> {
        let (top, _) = self.top();
        let last = self.moved_down(top, usize::from(self.rows));
        let shown = self.entries.get(top.index..=last.index).unwrap_or_default();
        let files = shown.iter().flat_map(|entry| &entry.extras.files);
        files.filter(|card| !self.previews.contains_key(&card.id))
    }

    /// Places the unread divider before the first entry from `before` on. It is placed once and stays until it is removed.
    pub fn place_divider(&mut self, before: EntryKey, words: Shown) {
        if self.divider.is_none() {
            self.divider = Some(Divider { before, words });
        }
    }

    /// Moves the divider up to where the unread begins, now that a page above has brought earlier lines of it. It never moves down, and
    /// what is shown stays where it is.
    pub fn raise_divider(&mut self, before: EntryKey) {
        if let Some(divider) = &mut self.divider {
            divider.before = divider.before.min(before);
        }
    }

    /// Removes the unread divider: the conversation is left, or something was sent.
    pub fn remove_divider(&mut self) {
        self.divider = None;
    }

    /// Whether there is more above. After older entries came (or could not be had), tell it again: it also ends the asking.
    pub fn set_older(&mut self, older: Older) {
        self.older = older;
        self.reached_top = false;
    }

    /// Whether there is more above.
    pub fn older(&self) -> Older {
        self.older
    }

    /// The person wants the end, and its entries were dropped: give all entries anew by [`Transcript::replace_all`].
    pub fn wants_latest(&self) -> bool {
        self.tail_missing && self.place == Place::Follow
    }

    /// All entries, the oldest first.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The entry with this key.
    pub fn get(&self, key: EntryKey) -> Option<&Entry> {
        self.index(key).ok().map(|index| &self.entries[index])
    }

    /// Nothing to read.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    fn index(&self, key: EntryKey) -> Result<usize, usize> {
        // Most of what comes is new and belongs to the end.
        match self.entries.last() {
            Some(last) if last.key < key => Err(self.entries.len()),
            _ => self.entries.binary_search_by_key(&key, |entry| entry.key),
        }
    }

    fn drop_far_end(&mut self) {
        let Some(over) = self.entries.len().checked_sub(ENTRIES_MAX).filter(|over| *over > 0) else {
            return;
        };
        let near_the_end = match self.place {
            Place::Follow => true,
            Place::At(anchor) => self.index(anchor.key).unwrap_or_else(|next| next) >= self.entries.len() / 2,
        };
        if near_the_end {
            self.entries.drain(..over);
            self.older = match self.older {
                Older::None | Older::More => Older::More,
                Older::Loading => Older::Loading,
                Older::Full => Older::Full,
            };
        } else {
            let (kept, left_at) = (self.entries.len() - over, self.left_at);
            let missed =
                |entry: &Entry| entry.is_line() && !entry.is_own() && left_at.is_some_and(|left| entry.key > left);
            self.missed += self.entries.drain(kept..).filter(missed).count();
            self.tail_missing = true;
        }
    }

    fn find_last_own(&mut self) {
        self.last_own = self
            .entries
            .iter()
            .rev()
            .find(|entry| entry.is_own())
            .map(|entry| entry.key);
    }
}

#[cfg(test)]
#[path = "transcript_tests.rs"]
mod tests;
