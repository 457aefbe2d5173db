//! What the connection says.

use std::time::Duration;

use minicom_client::ClientEvent;
use minicom_protocol::{
    command::{CustomerCommand, Outcome},
    customer_event::{CustomerBody, CustomerEvent},
    event::Part,
    frame::{CustomerQuestion, CustomerSignal, Customers, Told},
    ids::{CommandId, Seq},
    refusal::Refusal,
    stage::Side,
    words::Tag,
};
use minicom_tui_kit::{
    Effect, Now, Shown,
    transcript::{Entry, EntryKey},
};

use super::Effects;
use crate::{
    entries,
    model::{App, Ends, Msg, Order},
    slash, wishes,
};

impl App {
    pub(super) fn message(&mut self, message: Msg, now: Now, effects: &mut Effects) {
        match message {
            Msg::Client(event) => self.news(event, now, effects),
            Msg::Unsent { id, command, why } => self.unsent_because(id, command, why, now),
            Msg::LookedInto { id, preview } => self.looked_into(id, preview),
            Msg::FileRead { title, text } => self.file_read(title, text),
            Msg::Files(told) => self.files_told(told, now, effects),
            Msg::Settings(read) => self.settings_read(read, effects),
            Msg::Trouble(words) => self.trouble(Shown::line(&words)),
        }
    }

    pub(super) fn news(&mut self, event: ClientEvent<Customers>, now: Now, effects: &mut Effects) {
        let news = News::of(&event);
        let mut read_further = false;
        match &event {
            ClientEvent::State(state) => self.new_state(state.clone()),
            ClientEvent::Ended(ended) => {
                self.ended = Some(ended.clone());
                self.over = None;
            }
            ClientEvent::OutboxTrouble(words) => self.trouble(Shown::line(words)),
            ClientEvent::Answered { id, command, outcome } => self.answered(*id, command, outcome),
            ClientEvent::Batch { events, .. } => read_further = self.show_events(events),
            ClientEvent::Deferred(refusal) => {
                let until = now.elapsed + Duration::from_millis(refusal.retry_after_ms().unwrap_or(1_000));
                self.notice(minicom_client::deferred_words(refusal), Ends::At(until));
            }
            // Not shown to a customer, so nothing is drawn for it.
            ClientEvent::Latency(_) => self.changed = false,
            _ => {}
        }
        let begun = match &event {
            ClientEvent::Stale {
                id,
                command: CustomerCommand::Start { .. },
                ..
            } => Some(*id),
            _ => None,
        };
        let wants_consent = matches!(
            &event,
            ClientEvent::Answered {
                outcome: Outcome::Refused {
                    refusal: Refusal::ConsentRequired
                },
                ..
            }
        );
        let looks_other = matches!(&event, ClientEvent::Signal(CustomerSignal::Look(_)));
        let questions = self.replica.apply(event, self.instant(now));
        if wants_consent {
            self.ask_consent_late();
        }
        if looks_other {
            self.ask_consent_anew();
        }
        if let Some(id) = begun {
            // Its line asks by itself, and begins a conversation by itself.
            self.replica.forget(id);
            effects.push(Effect::Program(Order::Discard(id)));
        }
        effects.extend(
            questions
                .into_iter()
                .map(|question| Effect::Program(Order::Ask(question))),
        );
        match news {
            News::Fresh => {
                self.show_fresh(now);
                self.meet(now, effects);
            }
            News::Page => self.show_page(),
            News::Account(told) => self.account_came(told.as_ref()),
            News::Article(slug, told) => self.article_came(&slug, told.as_ref()),
            News::Batch { desk_lines, changed } => {
                read_further |= self.reads.delivered(self.replica.delivered());
                if read_further {
                    self.refresh_marks();
                }
                if changed {
                    self.refresh_lines();
                }
                if desk_lines > 0 {
                    // There is one conversation, and what was written is not for everybody who can see the desktop.
                    let words = Shown::fixed("There is an answer.");
                    effects.extend(self.attention.call(0, words, self.shows_newest(), now));
                }
            }
            News::Signal => {
                if self.reads.delivered(self.replica.delivered()) {
                    self.refresh_marks();
                }
            }
            News::Other => {}
        }
        self.show_pending(now);
    }

    fn answered(&mut self, id: CommandId, command: &CustomerCommand, outcome: &Outcome) {
        let asked = self.word_sent.take_if(|word| *word == id).is_some();
        // A refused line stands in the transcript with its reason; a refused word has no other place than this.
        let words = match (outcome, command) {
            (Outcome::Refused { .. }, CustomerCommand::Post { .. }) => return,
            // It is asked for, and what the chat begins with goes with the line.
            (
                Outcome::Refused {
                    refusal: Refusal::ConsentRequired,
                },
                CustomerCommand::Start { .. },
            ) => return,
            (Outcome::Refused { refusal }, CustomerCommand::Start { .. }) => {
                format!("What the chat begins with was not taken: {}", refusal.message())
            }
            (Outcome::Refused { refusal }, CustomerCommand::EditLine { .. }) => {
                format!("Not changed: {} Up brings your text back.", refusal.message())
            }
            (Outcome::Refused { refusal }, command) => match entries::command_text(command) {
                Some(word) => format!("{word}: {}", refusal.message()),
                None => return,
            },
            (Outcome::Done(_), command) => match entries::done_words(command).filter(|_| asked) {
                Some(words) => return self.tell(words),
                None => return,
            },
        };
        self.notice(Shown::line(&words), Ends::WithSending);
    }

    /// How the thread stands is known: what it is to be told is told.
    fn meet(&mut self, now: Now, effects: &mut Effects) {
        let met = self.beginning.meet(&self.replica);
        for command in met.commands {
            self.send(command, now, effects);
        }
        if let Some(words) = met.told {
            self.notice(words, Ends::WithText);
        }
    }

    /// Everything known, anew.
    fn show_fresh(&mut self, now: Now) {
        self.reads = Default::default();
        let events: Vec<CustomerEvent> = self.replica.thread().events().cloned().collect();
        for event in &events {
            self.reads.note(event);
        }
        self.reads.delivered(self.replica.delivered());
        self.told_seen = self.replica.view().customer_mark;
        self.told_delivered = self.told_seen;
        self.show_all(now);
        if !std::mem::replace(&mut self.opened, true) {
            self.divide();
            self.recall_lines();
        }
    }

    /// One's own lines of before this program, for Up: those of the thread, then those that are still on their way.
    fn recall_lines(&mut self) {
        let known = self.replica.thread().events().filter_map(wishes::posted);
        let own = known.filter(|it| it.author.side() == Side::Customer && it.state.words().is_none());
        let stored = own.filter_map(|it| it.parts.iter().find_map(written_text));
        let pending = self.replica.pending_lines().filter_map(|it| match &it.command {
            CustomerCommand::Post { text, .. } => Some(text.as_str()),
            _ => None,
        });
        let lines: Vec<String> = stored.chain(pending).map(slash::written).collect();
        self.composer.remember_earlier(lines);
    }

    /// Gives the transcript all that is known.
    pub(super) fn show_all(&mut self, now: Now) {
        let dot = self.theme.signs().dot;
        let known = self.replica.thread().events();
        let entries: Vec<_> = known
            .filter_map(|event| entries::of_event(event, &self.reads, &self.zone, dot))
            .collect();
        self.numbers.clear();
        self.transcript.replace_all(entries);
        self.transcript.set_older(self.older());
        self.show_pending(now);
    }

    /// What the bot is saying stands behind its other lines until it is one of them.
    pub(super) fn show_coming(&mut self, now: Now) {
        let instant = self.instant(now);
        let time = self.replica.server_time(instant).map_or(0, |time| time.0);
        let says = self.replica.bot_says(instant).map(|text| Entry::coming(text, time));
        self.transcript.set_coming(says);
    }

    /// Marks where the unread begins, when the program has just been opened.
    fn divide(&mut self) {
        let view = self.replica.view();
        let unread = view.unread();
        self.read_before = view.customer_mark;
        if let Some(first) = self.first_unread().filter(|_| unread > 0) {
            let words = Shown::line(&format!("{unread} new"));
            self.transcript.place_divider(first, words);
        }
    }

    /// The first line that had not been read when the program was opened, of those that are here.
    fn first_unread(&self) -> Option<EntryKey> {
        let mut events = self.replica.thread().events();
        let first = events.find(|event| match &event.body {
            CustomerBody::Posted(posted) => posted.author.side() == Side::Desk && posted.line > self.read_before,
            _ => false,
        });
        first.map(|event| EntryKey::Stored(event.seq.0))
    }

    /// What just happened. One's own line takes the place of the one that waited. Returns whether the desk has read further.
    fn show_events(&mut self, events: &[CustomerEvent]) -> bool {
        let mut read_further = false;
        for event in events {
            read_further |= self.reads.note(event);
            let dot = self.theme.signs().dot;
            let Some(entry) = entries::of_event(event, &self.reads, &self.zone, dot) else {
                continue;
            };
            let waited = event.command.and_then(|id| self.numbers.remove(&id));
            match waited {
                Some(number) => self.transcript.replace(EntryKey::Pending(number), entry),
                None => self.transcript.insert(entry),
            }
        }
        read_further
    }

    /// Older events came, or could not be had.
    fn show_page(&mut self) {
        let first = self.transcript.entries().first().map(|entry| entry.key);
        let dot = self.theme.signs().dot;
        let mut entries = Vec::new();
        for event in self.replica.thread().events() {
            if first.is_some_and(|first| EntryKey::Stored(event.seq.0) >= first) {
                break;
            }
            self.reads.note(event);
            entries.extend(entries::of_event(event, &self.reads, &self.zone, dot));
        }
        self.transcript.extend(entries);
        if let Some(first) = self.first_unread() {
            self.transcript.raise_divider(first);
        }
        self.transcript.set_older(self.older());
        self.refresh_marks();
    }

    /// Something became of lines, which also changes what answers them.
    fn refresh_lines(&mut self) {
        let dot = self.theme.signs().dot;
        let known = self.replica.thread().events();
        let entries = known.filter_map(|event| entries::of_event(event, &self.reads, &self.zone, dot));
        // What is not held would leave a hole.
        let held = |entry: &Entry| self.transcript.get(entry.key).is_some_and(|held| held != entry);
        let changed: Vec<Entry> = entries.filter(held).collect();
        self.transcript.extend(changed);
    }

    /// The desk has read further.
    fn refresh_marks(&mut self) {
        let (reads, thread) = (&self.reads, self.replica.thread());
        self.transcript.update_marks(|entry| {
            let EntryKey::Stored(seq) = entry.key else { return None };
            match &thread.event(Seq(seq).0)?.body {
                CustomerBody::Posted(posted) => Some(reads.mark(posted.line)),
                _ => None,
            }
        });
    }
}

/// What kind of news it is, as far as it matters after the replica has taken it in.
enum News {
    Fresh,
    Page,
    Article(Tag, Option<Told<Customers>>),
    Account(Option<Told<Customers>>),
    Batch { desk_lines: usize, changed: bool },
    Signal,
    Other,
}

impl News {
    fn of(event: &ClientEvent<Customers>) -> News {
        match event {
            ClientEvent::Fresh { .. } => News::Fresh,
            ClientEvent::Reply { question, told, .. } => match question {
                CustomerQuestion::Article { slug } => News::Article(slug.clone(), Some(told.clone())),
                CustomerQuestion::Thread { .. } => News::Page,
                CustomerQuestion::Link {} | CustomerQuestion::Devices {} | CustomerQuestion::Articles { .. } => {
                    News::Account(Some(told.clone()))
                }
                CustomerQuestion::Export { .. } => News::Other,
            },
            ClientEvent::AskFailed { question, .. } => match question {
                CustomerQuestion::Article { slug } => News::Article(slug.clone(), None),
                CustomerQuestion::Thread { .. } => News::Page,
                CustomerQuestion::Link {} | CustomerQuestion::Devices {} | CustomerQuestion::Articles { .. } => {
                    News::Account(None)
                }
                CustomerQuestion::Export { .. } => News::Other,
            },
            ClientEvent::Batch { events, .. } => News::Batch {
                desk_lines: events.iter().filter(|event| is_desk_line(event)).count(),
                changed: events
                    .iter()
                    .any(|event| matches!(event.body, CustomerBody::LineChanged(_))),
            },
            ClientEvent::Signal(_) => News::Signal,
            _ => News::Other,
        }
    }
}

fn is_desk_line(event: &CustomerEvent) -> bool {
    matches!(&event.body, CustomerBody::Posted(posted) if posted.author.side() == Side::Desk)
}

/// What its writer wrote of a line: files and cards are no text of theirs.
fn written_text(part: &Part) -> Option<&str> {
    match part {
        Part::Text(text) => Some(text.text.as_str()),
        _ => None,
    }
}
