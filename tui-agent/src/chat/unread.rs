//! Where the unread of an open thread begins. The first pages of a long absence do not reach up to it: what is not here yet is counted all
//! the same, and the divider goes up to it as it comes.

use minicom_protocol::{
    event::{Author, Event, EventBody},
    ids::LineNo,
};
use minicom_tui_kit::{Shown, Transcript, transcript::EntryKey};

/// The customer's lines that nobody of the desk had read.
#[derive(Debug, Clone)]
pub(super) struct Unread {
    /// The last line that was read.
    after: LineNo,
    /// How far events have been looked at, downwards: above it nothing has come yet.
    from: Option<u64>,
}

impl Unread {
    /// What comes after this line.
    pub(super) fn after(after: LineNo) -> Unread {
        Unread { after, from: None }
    }

    /// Places the divider, or moves it up, before the first unread line that is known. `newest` is the customer's last line: their numbers
    /// have no holes, so it tells how much is unread without having it all.
    pub(super) fn divide<'a>(
        &mut self,
        transcript: &mut Transcript,
        events: impl Iterator<Item = &'a Event>,
        newest: LineNo,
    ) {
        let mut events = events.peekable();
        let oldest = events.peek().map(|event| event.rev.0);
        // Only a page above can bring an earlier one: a long thread is not gone through at each key.
        if self.from.is_some() && (oldest.is_none() || oldest >= self.from) {
            return;
        }
        let Some(first) = events.find(|event| self.has(event)) else {
            return;
        };
        let before = EntryKey::Stored(first.rev.0);
        match self.from {
            None => {
                let unread = newest.0.saturating_sub(self.after.0);
                transcript.place_divider(before, Shown::line(&format!("{unread} new")));
            }
            Some(_) => transcript.raise_divider(before),
        }
        self.from = oldest;
    }

    fn has(&self, event: &Event) -> bool {
        match &event.body {
            EventBody::Posted(posted) => posted.author == Author::Customer && posted.line > self.after,
            _ => false,
        }
    }
}
