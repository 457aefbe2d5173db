//! The events of one thread, as far as they are known: one stretch without holes up to the newest. It collects live
//! events from the moment its first page is asked for, so that page and live events always meet.

use std::collections::{BTreeMap, HashMap};

use minicom_protocol::{
    event::Part,
    frame::Audience,
    line::{LineRef, LineState},
};

use super::lines::{Lines, Role, rank};
use crate::limits::{PAGE, THREAD_EVENTS_MAX};

/// A stretch of a thread.
#[derive(Clone, PartialEq, Debug)]
pub struct Thread<A: Audience> {
    events: BTreeMap<u64, A::Event>,
    more: bool,
    loaded: bool,
    asking: Option<Asking>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Asking {
    Newest,
    Before(u64),
}

impl<A: Audience> Thread<A> {
    pub(crate) fn new() -> Self {
        Self {
            events: BTreeMap::new(),
            more: false,
            loaded: false,
            asking: None,
        }
    }

    /// What was kept of a thread: its newest events, without holes.
    pub(crate) fn restored(events: Vec<A::Event>, more: bool) -> Self {
        let events = events.into_iter().map(|event| (A::position(&event), event));
        Self {
            events: events.collect(),
            more,
            loaded: true,
            asking: None,
        }
    }

    /// Known events, oldest first.
    pub fn events(&self) -> impl DoubleEndedIterator<Item = &A::Event> {
        self.events.values()
    }

    pub(super) fn events_mut(&mut self) -> impl Iterator<Item = &mut A::Event> {
        self.events.values_mut()
    }

    /// The event at a position.
    pub fn event(&self, position: u64) -> Option<&A::Event> {
        self.events.get(&position)
    }

    /// How many events are known.
    pub fn len(&self) -> usize {
        self.events.len()
    }

    /// Whether no event is known.
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// Whether the newest page is here. Until then the thread is "loading".
    pub fn is_loaded(&self) -> bool {
        self.loaded
    }

    /// Whether a page of older events is on its way.
    pub fn is_loading_older(&self) -> bool {
        matches!(self.asking, Some(Asking::Before(_)))
    }

    /// Whether the server has older events.
    pub fn has_more(&self) -> bool {
        self.more
    }

    /// Whether no more can be asked for because as many as are kept are here.
    pub fn is_full(&self) -> bool {
        self.events.len() + PAGE as usize > THREAD_EVENTS_MAX
    }

    /// Whether the newest page is to be asked for now.
    pub(crate) fn wants_newest(&mut self) -> bool {
        let wants = !self.loaded && self.asking.is_none();
        if wants {
            self.asking = Some(Asking::Newest);
        }
        wants
    }

    /// Before which position a page is to be asked for now.
    pub(crate) fn wants_older(&mut self) -> Option<u64> {
        let (oldest, _) = self.events.first_key_value()?;
        if !self.loaded || !self.more || self.asking.is_some() || self.is_full() {
            return None;
        }
        self.asking = Some(Asking::Before(*oldest));
        Some(*oldest)
    }

    pub(crate) fn ask_failed(&mut self) {
        self.asking = None;
    }

    fn trim(&mut self) {
        while self.events.len() > THREAD_EVENTS_MAX {
            self.events.pop_first();
            self.more = true;
        }
    }
}

impl<A: Lines> Thread<A> {
    /// A page came.
    pub(crate) fn page(&mut self, before: Option<u64>, events: Vec<A::Event>, more: bool) {
        self.asking = None;
        let oldest = self.events.first_key_value().map(|(position, _)| *position);
        match before {
            // What it should have been joined to was dropped meanwhile: it would leave a hole.
            Some(before) if oldest != Some(before) => return,
            Some(_) => {}
            None => self.loaded = true,
        }
        self.more = more;
        self.events
            .extend(events.into_iter().map(|event| (A::position(&event), event)));
        self.trim();
        // A change that came live may be later than the page.
        self.settle_lines();
    }

    /// An event happened.
    pub(crate) fn live(&mut self, mut event: A::Event) {
        let changes = matches!(A::role(&mut event), Role::Change(_));
        self.events.insert(A::position(&event), event);
        self.trim();
        if changes {
            self.settle_lines();
        }
    }

    /// Brings lines, and what became of them before, into their present form, as pages tell them. What was taken back or
    /// blanked out is gone from quotes too.
    fn settle_lines(&mut self) {
        let mut fates: HashMap<LineRef, (LineState, Vec<Part>)> = HashMap::new();
        for event in self.events.values_mut() {
            let (line, state, parts) = match A::role(event) {
                Role::Line(it) => (it.line, *it.state, it.parts),
                Role::Change(it) => (it.line, *it.state, it.parts),
                Role::Other => continue,
            };
            // A page can be ahead of what came live: what is gone does not come back by it.
            let known = fates.get(&line).map_or(0, |(state, _)| rank(*state));
            if rank(state) >= known.max(1) {
                fates.insert(line, (state, parts.clone()));
            }
        }
        for event in self.events.values_mut() {
            let (line, state, parts, quote) = match A::role(event) {
                Role::Line(it) => (it.line, it.state, it.parts, it.quote),
                Role::Change(it) => (it.line, it.state, it.parts, None),
                Role::Other => continue,
            };
            if let Some((fate, now)) = fates.get(&line) {
                *state = *fate;
                parts.clone_from(now);
            }
            if let Some(quote) = quote
                && let Some(words) = fates.get(&quote.line).and_then(|(fate, _)| fate.words())
            {
                words.clone_into(&mut quote.excerpt);
            }
        }
    }
}
