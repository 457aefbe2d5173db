//! Finding: what was said, in this customer's thread or everywhere, while it is typed. The server looks; one question is on its way
//! at a time, and the newest wins. What is chosen is gone to in its thread, with the words marked there, and Esc leads back to
//! exactly where one was.

use minicom_protocol::{
    event::Author,
    frame::{AgentQuestion, AgentReply, Agents, Told},
    ids::{ConversationId, CustomerId, Rev},
    search::{Found, Hit, Query, What},
};
use minicom_tui_kit::{
    Key, Now, Picker, Shown,
    picker::{Hits, Row},
    transcript::{Bookmark, EntryKey},
};

use crate::{
    app::{App, Ends, Focus, Order},
    desk_view::Goal,
    facts,
    over::{Choice, Over, Pick, PickFor},
};

/// Hits that are asked for at once: more than anybody goes through; who wants others says more.
const HITS: u32 = 50;
/// Columns of a name before a hit.
const NAME_COLUMNS: usize = 14;

/// A search.
#[derive(Debug, Clone, Default)]
pub struct Finding {
    /// Whether it is searched everywhere.
    everywhere: bool,
    /// What was looked for last.
    pub(super) typed: String,
    /// The question that is on its way.
    asking: Option<AgentQuestion>,
    /// What was found for it.
    rows: Vec<Row<Choice>>,
    /// Events that could not be found yet.
    behind: u64,
    /// Whether what was found belongs to the other place to look.
    elsewhere: bool,
    /// Where one was when it began.
    pub(super) from: Option<From>,
    /// Where it has led.
    pub(super) at: Option<(ConversationId, Rev)>,
    /// What is marked in the thread.
    pub(super) marked: Option<Query>,
    /// All places in the thread that it has led to, the newest first, and the question for them.
    pub(super) here: Vec<Rev>,
    pub(super) asking_here: Option<AgentQuestion>,
    /// Which of them it has led to was not told yet.
    pub(super) untold: bool,
    /// Where to stand in a thread, as soon as it is here.
    back: Option<(ConversationId, Bookmark)>,
}

/// Where somebody was.
#[derive(Debug, Clone, Copy)]
pub(super) struct From {
    conversation: Option<ConversationId>,
    place: Option<Bookmark>,
    pub(super) focus: Focus,
}

impl Finding {
    /// What is looked for, to be marked in the thread.
    pub fn marked(&self) -> Option<&Query> {
        self.marked.as_ref()
    }
}

impl App {
    /// Looks for something. A search that has led here goes on where it was.
    pub(crate) fn find(&mut self, now: Now) {
        if !self.has_been_led() {
            self.begin_finding(self.chat.is_none() || self.focus == Focus::List, String::new());
        }
        self.show_finding(now);
    }

    /// Looks for this everywhere, such as for a customer who is not in the list.
    pub(crate) fn find_everywhere(&mut self, typed: String, now: Now) {
        self.begin_finding(true, typed);
        self.show_finding(now);
    }

    fn begin_finding(&mut self, everywhere: bool, typed: String) {
        self.finding = Finding {
            everywhere,
            typed,
            from: Some(From {
                conversation: self.conversation(),
                place: self.chat.as_ref().map(|chat| chat.transcript.bookmark()),
                focus: self.focus,
            }),
            ..Finding::default()
        };
    }

    fn show_finding(&mut self, now: Now) {
        let (title, other) = match self.finding.everywhere {
            true => ("Find everywhere", "Tab this chat"),
            false => ("Find in this chat", "Tab everywhere"),
        };
        let also = if self.chat.is_some() { other } else { "" };
        let mut picker = Picker::new(Shown::fixed(title), Vec::new())
            .verb(Shown::fixed("Enter goes there"))
            .also(Shown::fixed(also))
            .hint(Shown::fixed("words, \"a phrase\", from:customer tag:vip after:7d"))
            .when_empty(Shown::fixed("Type what was said"))
            .searched_elsewhere();
        let typed = self.finding.typed.clone();
        picker.set_query(&typed);
        picker.answer(&typed, self.finding.rows.clone());
        let at = self.finding.at;
        picker.select_where(|row| matches!(row, Choice::Hit { at: hit, .. } if Some(*hit) == at.map(|it| it.1)));
        let about = self.conversation().into_iter().collect();
        self.open_picker(PickFor::Find, about, picker);
        self.show_how_found();
        if self.finding.rows.is_empty() || self.finding.elsewhere {
            self.finding.elsewhere = false;
            if let Some(Over::Picker(pick)) = &mut self.over {
                pick.picker.grow_old();
            }
            self.ask_finding(now);
        }
    }

    /// Asks for what is typed, unless a question is on its way: its answer asks again.
    pub(crate) fn ask_finding(&mut self, now: Now) {
        let Some(Over::Picker(pick)) = &mut self.over else {
            return;
        };
        if pick.purpose != PickFor::Find {
            return;
        }
        let typed = pick.picker.query();
        let query = Query::parse(&typed);
        self.finding.typed.clone_from(&typed);
        self.finding.marked = Some(query.clone()).filter(|it| !it.all.is_empty());
        if query.is_empty() && query.unclear.is_empty() {
            self.finding.rows.clear();
            pick.picker.answer(&typed, Vec::new());
            return;
        }
        if Query::is_barely_begun(&typed) {
            // What was found before stays, dim, until there is something to look for.
            return pick.picker.remark(Shown::fixed("go on typing"));
        }
        let (query, customer) = (Query::without_begun(&typed).to_owned(), self.thread_to_find_in());
        if !self.is_live() {
            let found = self.find_in_kept(&query, customer, HITS as usize);
            return self.found_for(&query, &found, now);
        }
        if self.finding.asking.is_none() {
            let question = AgentQuestion::Search {
                query,
                customer,
                conversation: None,
                before: None,
                limit: HITS,
            };
            self.finding.asking = Some(question.clone());
            self.order(Order::Ask(question));
        }
    }

    fn thread_to_find_in(&self) -> Option<CustomerId> {
        let here = self.chat.as_ref().map(|chat| chat.customer);
        here.filter(|_| !self.finding.everywhere)
    }

    /// What the server found.
    pub(crate) fn finding_told(&mut self, question: &AgentQuestion, told: &Told<Agents>, now: Now) {
        self.hits_told(question, told);
        if self.finding.asking.as_ref() != Some(question) {
            return;
        }
        self.finding.asking = None;
        let AgentQuestion::Search { query, customer, .. } = question else {
            return;
        };
        match told {
            Told::Reply(AgentReply::Search { found }) => {
                let is_newest =
                    query == Query::without_begun(&self.finding.typed) && *customer == self.thread_to_find_in();
                if !is_newest {
                    return self.ask_finding(now);
                }
                self.found_for(query, found, now);
            }
            Told::Reply(_) => {}
            Told::Refusal(refusal) => self.trouble(Shown::line(&refusal.message()), Ends::Leaving),
        }
    }

    /// The newest that was looked for is found.
    fn found_for(&mut self, query: &str, found: &Found, now: Now) {
        self.finding.behind = found.behind;
        let typed = self.finding.typed.clone();
        let rows = self.hit_rows(query, found, now);
        self.finding.rows.clone_from(&rows);
        let mut shown = false;
        if let Some(Over::Picker(pick)) = &mut self.over
            && pick.purpose == PickFor::Find
        {
            shown = pick.picker.answer(&typed, rows);
        }
        if shown {
            self.tell_how_found(found, now);
            self.hit_selected();
        }
    }

    /// The question was lost with the connection.
    pub(crate) fn finding_failed(&mut self, question: &AgentQuestion) {
        self.hits_failed(question);
        if self.finding.asking.as_ref() == Some(question) {
            self.finding.asking = None;
            self.has_connection("Finding");
        }
    }

    /// What whoever looks at the hits must know of them.
    fn tell_how_found(&mut self, found: &Found, now: Now) {
        let mut words: Vec<String> = found.unclear.clone();
        if found.incomplete {
            words.push("there is more than could be looked through: say more".to_owned());
        }
        self.show_how_found();
        if words.is_empty() {
            self.notice = None;
        } else {
            let dot = format!(" {} ", self.theme.signs().dot);
            self.tell(Shown::line(&words.join(&dot)), now);
        }
    }

    /// Beside the number of hits, for as long as they are shown: what just happened and cannot be found yet.
    fn show_how_found(&mut self) {
        let behind = match self.finding.behind {
            0 => Shown::default(),
            1 => Shown::fixed("the newest not found yet"),
            events => Shown::line(&format!("newest {events} not found yet")),
        };
        // Who looks for what is not here must know that it may be elsewhere.
        let behind = match self.is_live() {
            true => behind,
            false => Shown::fixed("of what is kept here"),
        };
        if let Some(Over::Picker(pick)) = &mut self.over
            && pick.purpose == PickFor::Find
        {
            pick.picker.remark(behind);
        }
    }

    fn hit_rows(&self, query: &str, found: &Found, now: Now) -> Vec<Row<Choice>> {
        let query = Query::parse(query);
        found.hits.iter().map(|hit| self.hit_row(&query, hit, now)).collect()
    }

    fn hit_row(&self, query: &Query, hit: &Hit, now: Now) -> Row<Choice> {
        let when = facts::day(hit.time.0, now.wall, &self.zone);
        let label = match self.finding.everywhere {
            true => format!("{} {when}", hit.customer.name.shown().cut(NAME_COLUMNS)),
            false => when,
        };
        let lead = match &hit.what {
            What::Line {
                author: Author::Customer,
            } => hit.customer.name.shown().cut(NAME_COLUMNS).to_string(),
            What::Line { author: Author::Bot } => "bot".to_owned(),
            What::Line { author: Author::System } => "desk".to_owned(),
            What::Line {
                author: Author::Agent { agent },
            } => agent.name.shown().cut(NAME_COLUMNS).to_string(),
            What::Note { agent } => format!("note by {}", agent.name.shown().cut(NAME_COLUMNS)),
            What::Subject => "subject".to_owned(),
            What::Customer => "customer".to_owned(),
            What::Rating => "rating".to_owned(),
            What::Tags => "tags".to_owned(),
            What::Ticket { number } => format!("ticket {number}"),
        };
        let detail = Shown::line(&format!("{lead}: {}", hit.excerpt));
        let from = lead.len() + ": ".len();
        let parts = query.marks(detail.as_str());
        let parts = parts.into_iter().filter(|it| it.start >= from).collect();
        let choice = Choice::Hit {
            conversation: hit.conversation,
            customer: hit.customer.id,
            at: hit.at,
        };
        Row::new(choice, Shown::line(&label), detail).found(Hits { from, parts })
    }

    /// Another hit is selected: in this thread the transcript goes along, as far as it is here.
    pub(crate) fn hit_selected(&mut self) {
        let (Some(Over::Picker(pick)), Some(chat)) = (&self.over, &mut self.chat) else {
            return;
        };
        let selected = pick.picker.selected().filter(|_| pick.purpose == PickFor::Find);
        if let Some(Choice::Hit { customer, at, .. }) = selected.map(|row| &row.id)
            && *customer == chat.customer
            && !self.finding.everywhere
        {
            chat.transcript.to_entry(EntryKey::Stored(at.0));
        }
    }

    /// A hit was chosen: it is gone to in its thread.
    pub(crate) fn hit_chosen(&mut self, choice: &Choice, now: Now) {
        let Choice::Hit {
            conversation,
            customer,
            at,
        } = choice
        else {
            return;
        };
        // All of a customer's conversations are in one thread.
        self.ask_hits(*customer);
        match self.chat.as_ref().filter(|chat| chat.customer == *customer) {
            Some(chat) => {
                let here = chat.conversation;
                self.finding.at = Some((here, *at));
                self.views.go_to = Some((here, Goal::Event(*at)));
                self.focus = Focus::Compose;
                // Whoever goes through it has chosen it, wherever the cursor of the list stood.
                self.list.select(here, &self.replica);
            }
            None => {
                self.finding.at = Some((*conversation, *at));
                self.leave_for(*conversation, Some(*at), now);
            }
        }
        self.focus_on_hit();
    }

    /// Tab searches elsewhere. Whether it was that.
    pub(crate) fn is_widen_key(&mut self, pick: &Pick, key: Key, now: Now) -> bool {
        let widens = pick.purpose == PickFor::Find && key.to_string() == "tab" && self.chat.is_some();
        if widens {
            self.finding.everywhere = !self.finding.everywhere;
            self.finding.typed = pick.picker.query();
            self.finding.elsewhere = true;
            self.show_finding(now);
        }
        widens
    }

    /// The search is over: back to exactly where it began. Whoever has gone elsewhere meanwhile stays there.
    pub(crate) fn end_finding(&mut self) {
        let goes_back = self.is_finding();
        let Some(from) = self.finding.from.take() else { return };
        self.finding = Finding::default();
        if !goes_back {
            return;
        }
        self.views.opening = None;
        match from.conversation {
            Some(conversation) => self.open_chat(conversation),
            None => self.close_chat(),
        }
        self.focus = from.focus;
        self.finding.back = from.conversation.zip(from.place);
        self.views.go_to = None;
        self.stand_as_before();
    }

    /// Stands in the thread where one stood, as soon as it is here.
    pub(crate) fn stand_as_before(&mut self) {
        let Some((conversation, place)) = self.finding.back else {
            return;
        };
        match &mut self.chat {
            Some(chat) if chat.conversation == conversation => {
                if chat.is_loaded() {
                    chat.transcript.go_back(place);
                    self.finding.back = None;
                }
            }
            _ => self.finding.back = None,
        }
    }
}

#[cfg(test)]
#[path = "finding_tests.rs"]
mod tests;
