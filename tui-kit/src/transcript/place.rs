//! Where the view stands: at the end, or held by an entry and a row, never by a distance from the end.

use super::entry::EntryKey;
use super::{Hit, Older, Transcript};

/// The place of the view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// The last row is the end of the transcript, whatever comes.
    Follow,
    /// The top row stays where it is, whatever comes.
    At(Anchor),
}

/// A row: so many rows below (or above) the first row of an entry's text. Above may be another entry's row: what stands between
/// can change, the distance on the screen must not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Anchor {
    pub key: EntryKey,
    pub offset: isize,
}

/// A row, by the index of its entry and counted from the top of the entry's block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Spot {
    pub index: usize,
    pub row: usize,
}

/// Where a view stood, to be gone back to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bookmark(Place);

/// What was gone to. It stays on the screen in every size until the person goes elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Led {
    /// An entry, from its first row on.
    ToBegin(EntryKey),
    /// The last row of an entry.
    ToEnd(EntryKey),
}

const TOP: Spot = Spot { index: 0, row: 0 };

impl Transcript {
    /// Tells the size of the area that it is drawn in. The text under the top edge stays there, and what was gone to on the screen.
    pub fn set_size(&mut self, columns: u16, rows: u16) {
        let is_other = (columns, rows) != (self.columns, self.rows);
        let held = match self.place {
            Place::At(anchor) if columns != self.columns => self.byte_of(anchor),
            _ => None,
        };
        self.columns = columns;
        self.rows = rows;
        if let (Place::At(anchor), Some(byte)) = (&mut self.place, held) {
            let key = anchor.key;
            let offset = self.index(key).ok().and_then(|index| {
                self.text_rows(&self.entries[index])
                    .rows
                    .iter()
                    .rposition(|row| row.at <= byte)
            });
            self.place = Place::At(Anchor {
                key,
                offset: offset.unwrap_or(0).cast_signed(),
            });
        }
        self.settle();
        if let Some(led) = self.led.filter(|_| is_other) {
            self.go_to(led);
        }
    }

    /// The byte of an entry's text at which the anchored row begins.
    fn byte_of(&self, anchor: Anchor) -> Option<usize> {
        let index = self.index(anchor.key).ok()?;
        let row = usize::try_from(anchor.offset).ok()?;
        self.text_rows(&self.entries[index]).rows.get(row).map(|row| row.at)
    }

    /// Moves towards older lines. At the very top it asks for more: see [`Transcript::wants_older`].
    pub fn scroll_up(&mut self, rows: u16) {
        self.led = None;
        let (top, blank) = self.top();
        if blank > 0 || top == TOP {
            self.reached_top = true;
            return;
        }
        if self.place == Place::Follow {
            self.left_at = self.last_stored();
        }
        let up = self.moved_up(top, usize::from(rows));
        self.reached_top = up == TOP;
        self.place = Place::At(self.anchor_of(up));
        self.settle();
    }

    /// Moves towards the end, and follows once it is there.
    pub fn scroll_down(&mut self, rows: u16) {
        self.led = None;
        if self.place == Place::Follow {
            return;
        }
        let (top, _) = self.top();
        let down = self.moved_down(top, usize::from(rows));
        self.place = Place::At(self.anchor_of(down));
        self.settle();
        if self.place != Place::Follow {
            self.left_at = self.left_at.max(self.last_visible_stored());
        }
    }

    /// A page towards older lines; one row is kept to go on reading from.
    pub fn page_up(&mut self) {
        self.scroll_up(self.page());
    }

    /// A page towards the end.
    pub fn page_down(&mut self) {
        self.scroll_down(self.page());
    }

    fn page(&self) -> u16 {
        self.rows.saturating_sub(2).max(1)
    }

    /// Goes to the end and follows. Sending does this too.
    pub fn to_end(&mut self) {
        self.led = None;
        self.follow();
    }

    fn follow(&mut self) {
        self.place = Place::Follow;
        self.reached_top = false;
        self.left_at = None;
    }

    /// Goes to the unread divider, if there is one.
    pub fn to_divider(&mut self) {
        let Some(divider) = &self.divider else { return };
        let index = self.entries.partition_point(|entry| entry.key < divider.before);
        if index == self.entries.len() {
            return;
        }
        if self.place == Place::Follow {
            self.left_at = self.last_stored();
        }
        // The divider is the row above the words, or above what they answer.
        let above = 1 + isize::from(self.block(index).has_quote());
        self.led = None;
        self.place = Place::At(Anchor {
            key: self.entries[index].key,
            offset: -above,
        });
        self.settle();
    }

    /// Goes to an entry: it is at the top, or the end is reached first. Returns whether the entry is there.
    pub fn to_entry(&mut self, key: EntryKey) -> bool {
        self.go_to(Led::ToBegin(key))
    }

    /// Goes to where an entry ends: its last row is the lowest, or the beginning or the end is reached first. Returns whether the entry
    /// is there.
    pub fn to_end_of(&mut self, key: EntryKey) -> bool {
        self.go_to(Led::ToEnd(key))
    }

    fn go_to(&mut self, led: Led) -> bool {
        self.led = None;
        let (Led::ToBegin(key) | Led::ToEnd(key)) = led;
        let Ok(index) = self.index(key) else { return false };
        if self.place == Place::Follow {
            self.left_at = self.last_stored();
        }
        let block = self.block(index);
        let (first, last) = (block.above(), block.rows().saturating_sub(1));
        let top = match led {
            Led::ToBegin(_) => Spot { index, row: first },
            // The lowest row is the bar that leads to the end.
            Led::ToEnd(_) => self.moved_up(Spot { index, row: last }, usize::from(self.rows.saturating_sub(2))),
        };
        self.place = Place::At(self.anchor_of(top));
        self.settle();
        self.led = Some(led);
        true
    }

    /// Where the view stands now.
    pub fn bookmark(&self) -> Bookmark {
        Bookmark(self.place)
    }

    /// Goes back to where the view stood: to the end, or to the same row, if its entry is still there.
    pub fn go_back(&mut self, to: Bookmark) {
        self.led = None;
        match to.0 {
            Place::Follow => self.to_end(),
            Place::At(anchor) if self.index(anchor.key).is_ok() => {
                if self.place == Place::Follow {
                    self.left_at = self.last_stored();
                }
                self.place = to.0;
                self.settle();
            }
            Place::At(_) => {}
        }
    }

    /// The end is on the screen and stays there. Only then may what came last count as seen.
    pub fn is_at_end(&self) -> bool {
        self.place == Place::Follow && !self.tail_missing
    }

    /// Lines of others that came since the end was left and were not reached yet.
    pub fn new_below(&self) -> usize {
        let from = match (self.place, self.left_at) {
            (Place::Follow, _) => self.entries.len(),
            (_, None) => 0,
            (_, Some(left)) => self.entries.partition_point(|entry| entry.key <= left),
        };
        self.missed
            + self.entries[from..]
                .iter()
                .filter(|entry| entry.is_line() && !entry.is_own())
                .count()
    }

    /// The person is at the top and there is more: ask for older entries, and say so by [`Transcript::set_older`].
    pub fn wants_older(&self) -> bool {
        self.reached_top && self.older == Older::More
    }

    /// What stands on a row of the area, counted from its top.
    pub fn hit(&self, row: u16) -> Option<Hit> {
        let (top, blank) = self.top();
        if self.place != Place::Follow && row + 1 == self.rows {
            return Some(Hit::Bar);
        }
        let row = usize::from(row).checked_sub(blank)?;
        let spot = self.moved_down(top, row);
        let passed = self.rows_between(top, spot);
        (passed == row && row < usize::from(self.rows))
            .then(|| self.entries.get(spot.index))
            .flatten()
            .map(|entry| Hit::Entry(entry.key))
    }

    /// Stored lines of people, from the newest on the screen upwards: a person who names none means the first.
    pub fn lines_upwards(&self) -> impl Iterator<Item = EntryKey> {
        let end = match self.place {
            Place::Follow => self.entries.len(),
            Place::At(_) => {
                let (top, _) = self.top();
                let last = self.moved_down(top, usize::from(self.rows).saturating_sub(2));
                (last.index + 1).min(self.entries.len())
            }
        };
        let upwards = self.entries[..end].iter().rev();
        upwards
            .filter(|entry| entry.is_line() && matches!(entry.key, EntryKey::Stored(_)))
            .map(|entry| entry.key)
    }

    /// The newest line on the screen that is not shown in full.
    pub fn newest_folded(&self) -> Option<EntryKey> {
        let (top, _) = self.top();
        let top = self.entries.get(top.index)?.key;
        self.lines_upwards()
            .take_while(|key| *key >= top)
            .find(|key| self.is_folded(*key))
    }

    /// The top row of the view, and how many rows are blank above it.
    pub(super) fn top(&self) -> (Spot, usize) {
        match self.place {
            Place::At(anchor) => (self.spot_of(anchor), 0),
            Place::Follow => {
                let mut missing = usize::from(self.rows);
                for index in (0..self.entries.len()).rev() {
                    let rows = self.block(index).rows();
                    if rows >= missing {
                        return (
                            Spot {
                                index,
                                row: rows - missing,
                            },
                            0,
                        );
                    }
                    missing -= rows;
                }
                (TOP, missing)
            }
        }
    }

    /// Follows if all that stands below the anchor fits anyway.
    pub(super) fn settle(&mut self) {
        let Place::At(anchor) = self.place else { return };
        if self.entries.is_empty() {
            return self.follow();
        }
        let top = self.spot_of(anchor);
        let mut room = (usize::from(self.rows) + top.row).checked_sub(self.block(top.index).rows());
        for index in top.index + 1..self.entries.len() {
            let Some(left) = room else { return };
            room = left.checked_sub(self.block(index).rows());
        }
        if room.is_some() && !self.tail_missing {
            let reached_top = self.reached_top;
            self.follow();
            self.reached_top = reached_top;
        }
    }

    pub(super) fn anchor_of(&self, spot: Spot) -> Anchor {
        let above = self.block(spot.index).above();
        Anchor {
            key: self.entries[spot.index].key,
            offset: spot.row.cast_signed() - above.cast_signed(),
        }
    }

    /// The row of an anchor now. If its entry is gone, the row of the one that stands there.
    fn spot_of(&self, anchor: Anchor) -> Spot {
        let Some(last) = self.entries.len().checked_sub(1) else {
            return TOP;
        };
        let index = self.index(anchor.key).unwrap_or_else(|next| next.min(last));
        let first = Spot {
            index,
            row: self.block(index).above(),
        };
        match usize::try_from(anchor.offset) {
            Ok(down) => self.moved_down(first, down),
            Err(_) => self.moved_up(first, anchor.offset.unsigned_abs()),
        }
    }

    fn moved_up(&self, from: Spot, mut rows: usize) -> Spot {
        let Spot { mut index, mut row } = from;
        while rows > row {
            if index == 0 {
                return TOP;
            }
            rows -= row + 1;
            index -= 1;
            row = self.block(index).rows() - 1;
        }
        Spot { index, row: row - rows }
    }

    /// Stops at the last row of all.
    pub(super) fn moved_down(&self, from: Spot, mut rows: usize) -> Spot {
        let Spot { mut index, mut row } = from;
        if self.entries.is_empty() {
            return TOP;
        }
        loop {
            let left = self.block(index).rows().saturating_sub(row + 1);
            if rows <= left {
                return Spot { index, row: row + rows };
            }
            if index + 1 == self.entries.len() {
                return Spot { index, row: row + left };
            }
            rows -= left + 1;
            index += 1;
            row = 0;
        }
    }

    fn rows_between(&self, from: Spot, to: Spot) -> usize {
        (from.index..to.index)
            .map(|index| self.block(index).rows())
            .sum::<usize>()
            + to.row
            - from.row
    }

    fn last_stored(&self) -> Option<EntryKey> {
        self.entries
            .iter()
            .rev()
            .map(|entry| entry.key)
            .find(|key| matches!(key, EntryKey::Stored(_)))
    }

    fn last_visible_stored(&self) -> Option<EntryKey> {
        let (top, _) = self.top();
        let last = self.moved_down(top, usize::from(self.rows).saturating_sub(2));
        self.entries
            .get(last.index)
            .map(|entry| entry.key)
            .filter(|key| matches!(key, EntryKey::Stored(_)))
    }
}
