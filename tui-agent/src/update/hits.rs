//! From one place where something was found to the next, in the thread that a search has led to.

use minicom_protocol::{
    frame::{AgentQuestion, AgentReply, Agents, Told},
    ids::{CustomerId, Rev},
    search::Found,
};
use minicom_tui_kit::{Now, Shown};

use crate::{
    app::{App, Focus, Order},
    desk_view::Goal,
    keys::{Action, contexts},
    over::{Choice, Over, PickFor},
};

/// Places of a thread that are gone through.
const HITS_HERE: u32 = 100;

impl App {
    /// Whether the search led to what is on the screen.
    pub(crate) fn has_been_led(&self) -> bool {
        self.finding
            .at
            .is_some_and(|(conversation, _)| self.conversation() == Some(conversation))
    }

    /// Whether there are other places in the thread than the one that the search has led to.
    pub(crate) fn has_other_hits(&self) -> bool {
        self.finding.here.len() > 1
    }

    /// The place that is gone to, or would be with Enter.
    pub(crate) fn current_hit(&self) -> Option<Rev> {
        match &self.over {
            Some(Over::Picker(pick)) if pick.purpose == PickFor::Find => {
                match pick.picker.selected().map(|row| &row.id) {
                    Some(Choice::Hit { at, .. }) => Some(*at),
                    _ => None,
                }
            }
            _ => self.finding.at.filter(|_| self.has_been_led()).map(|(_, at)| at),
        }
    }

    /// Tells which of how many it is that the search has led to, as soon as that is known.
    pub(crate) fn tell_where_led(&mut self, now: Now) {
        let waits = self.finding.asking_here.is_some() || self.views.opening.is_some();
        if !self.finding.untold || waits {
            return;
        }
        self.finding.untold = false;
        let here = &self.finding.here;
        let place = self.current_hit().and_then(|at| here.iter().position(|it| *it == at));
        let free = self.over.is_none() && self.notice.as_ref().is_none_or(|notice| !notice.error);
        if let Some(place) = place.filter(|_| free) {
            self.tell_hit(place, now);
        }
    }

    fn tell_hit(&mut self, place: usize, now: Now) {
        let (dot, all) = (self.theme.signs().dot, self.finding.here.len());
        let back = self.key_words(Action::Escape);
        let words = format!("{} of {all} here {dot} {back} goes back", place + 1);
        self.tell(Shown::line(&words), now);
    }

    /// Whether a search is on here: it is being typed, or has led to what is on the screen.
    pub(crate) fn is_finding(&self) -> bool {
        self.finding.from.is_some() && (self.finding.at.is_none() || self.has_been_led())
    }

    /// A hit was chosen: the others in its thread are asked for.
    pub(super) fn ask_hits(&mut self, customer: CustomerId) {
        let question = AgentQuestion::Search {
            query: self.finding.typed.clone(),
            customer: Some(customer),
            conversation: None,
            before: None,
            limit: HITS_HERE,
        };
        self.finding.here.clear();
        self.finding.untold = true;
        if !self.is_live() {
            let found = self.find_in_kept(&self.finding.typed, Some(customer), HITS_HERE as usize);
            return self.hits_are(&found);
        }
        self.finding.asking_here = Some(question.clone());
        self.order(Order::Ask(question));
    }

    /// The places came, if they are those.
    pub(super) fn hits_told(&mut self, question: &AgentQuestion, told: &Told<Agents>) {
        if self.finding.asking_here.take_if(|it| it == question).is_none() {
            return;
        }
        if let Told::Reply(AgentReply::Search { found }) = told {
            self.hits_are(found);
        }
    }

    /// The question for them was lost with the connection: those that are kept here are gone through.
    pub(super) fn hits_failed(&mut self, question: &AgentQuestion) {
        let lost = self.finding.asking_here.take_if(|it| it == question);
        if let Some(AgentQuestion::Search { query, customer, .. }) = lost {
            let found = self.find_in_kept(&query, customer, HITS_HERE as usize);
            self.hits_are(&found);
        }
    }

    /// One line can be found twice, as itself and by what it belongs to.
    fn hits_are(&mut self, found: &Found) {
        self.finding.here = found.hits.iter().map(|hit| hit.at).collect();
        self.finding.here.dedup();
    }

    /// Who has searched from the list goes on there, where letters go from hit to hit.
    pub(super) fn focus_on_hit(&mut self) {
        if self.finding.from.is_some_and(|from| from.focus == Focus::List) {
            self.focus = Focus::List;
        }
    }

    /// The keys in the list that go from hit to hit: the letter for the next customer means the next hit there.
    pub(crate) fn hit_keys(&self) -> String {
        let of_next = self.keymap.keys(contexts(false), Action::Next);
        let next = match of_next.iter().any(|key| key.typed() == Some('n')) {
            true => "n".to_owned(),
            false => self.list_key_words(Action::NextHit),
        };
        format!("{next} {}", self.list_key_words(Action::PreviousHit))
    }

    /// Goes to the hit so many places further back in time (forward, if negative).
    pub(super) fn go_to_hit(&mut self, by: isize, now: Now) {
        let Some((conversation, at)) = self.finding.at.filter(|_| self.has_been_led()) else {
            let words = format!("No search has led here. {} finds.", self.key_words(Action::Find));
            return self.tell(Shown::line(&words), now);
        };
        let here = &self.finding.here;
        // The one that was chosen may not be among the first hundred.
        let place = here.iter().position(|it| *it <= at).unwrap_or(here.len());
        let next = match by {
            1 if here.get(place) == Some(&at) => place.checked_add(1),
            1 => Some(place),
            _ => place.checked_sub(1),
        };
        match next.and_then(|next| Some((next, *here.get(next)?))) {
            Some((next, rev)) => {
                self.finding.at = Some((conversation, rev));
                self.views.go_to = Some((conversation, Goal::Event(rev)));
                self.tell_hit(next, now);
            }
            None if self.finding.asking_here.is_some() => self.tell(Shown::fixed("asking ..."), now),
            None if by > 0 => self.tell_here(Shown::fixed("There is no older one in this chat."), now),
            None => self.tell_here(Shown::fixed("There is no newer one in this chat."), now),
        }
    }
}
