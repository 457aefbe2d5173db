//! What came of an experiment: what was promised, held against the journal on the disk.

use std::{collections::HashMap, fmt};

use anyhow::Result;
use minicom_client::{AgentReplica, CustomerReplica};
use minicom_protocol::{
    command::Outcome,
    event::{Author, Event, EventBody},
    ids::{CommandId, CustomerId},
};

use crate::{
    journal::Journal,
    program::{Program, Replica, Seen},
};

/// Examples that are told of each kind of finding.
const TOLD_MAX: usize = 5;

/// What was found. All zero is what was promised.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Findings {
    /// Lines that were looked at.
    pub lines: u64,
    /// Acknowledged lines that are not in the journal.
    pub lost: u64,
    /// Lines that are in the journal more than once.
    pub doubled: u64,
    /// Lines of one author that are not in the order in which they were sent, and answers that do not fit the journal.
    pub disorder: u64,
    /// Readers whose view is not the journal.
    pub gaps: u64,
    /// Bot lines after a take-over before a hand-back.
    pub intruding: u64,
    /// Examples, in words.
    pub told: Vec<String>,
}

impl Findings {
    /// Whether everything is as promised.
    pub fn is_clean(&self) -> bool {
        let Findings {
            lost,
            doubled,
            disorder,
            gaps,
            intruding,
            ..
        } = self;
        [lost, doubled, disorder, gaps, intruding]
            .into_iter()
            .all(|count| *count == 0)
    }

    /// Adds an example.
    pub fn tell(&mut self, words: impl Into<String>) {
        if self.told.len() < TOLD_MAX {
            self.told.push(words.into());
        }
    }

    /// Holds what one author sent, in order, against the journal. Every command has its final answer.
    pub fn author(&mut self, sent: &[Sent], by: &Lines) {
        let mut newest = 0;
        for line in sent {
            self.lines += 1;
            let found = by.by_text.get(&line.text).map_or(&[][..], Vec::as_slice);
            match (found, line.acknowledged()) {
                ([], true) => {
                    self.lost += 1;
                    self.tell(format!("acknowledged and lost: {}", line.text));
                }
                ([], false) => {}
                ([place], acknowledged) => {
                    let fits = line.fits(place, by);
                    if acknowledged && (!fits || place.rev <= newest) {
                        self.disorder += 1;
                        self.tell(format!(
                            "{} stands at {place:?}, answered {:?}, after {newest}",
                            line.text, line.outcome
                        ));
                    }
                    newest = place.rev;
                }
                (many, _) => {
                    self.doubled += 1;
                    self.tell(format!("{} times: {}", many.len(), line.text));
                }
            }
        }
    }

    /// Holds an agent's view against the journal: every event since its fresh start, and every row.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn agent(&mut self, who: &str, seen: &Seen<AgentReplica>, journal: &Journal) -> Result<()> {
        let begin = seen.fresh_at.map_or(0, |cursor| cursor.at);
        let after = usize::try_from(begin).unwrap_or(usize::MAX).min(journal.events.len());
        self.view(who, &seen.log, &journal.events[after..]);
        for row in seen.replica.summaries() {
            let stored = journal.summary(row)?;
            if stored.as_ref() != Some(row) {
                self.gaps += 1;
                self.tell(format!("{who}: the row {row:?} is {stored:?}"));
            }
        }
        Ok(())
    }

    /// Holds a customer's view against the journal.
    pub fn customer(&mut self, who: &str, seen: &Seen<CustomerReplica>, journal: &Journal) {
        let begin = seen.fresh_at.map_or(0, |cursor| cursor.at);
        let id = journal.customer(who);
        let theirs: Vec<_> = journal
            .events
            .iter()
            .filter(|event| event.subject.customer() == id && id.is_some())
            .filter_map(|event| event.for_customer())
            .collect();
        let after: Vec<_> = theirs.iter().filter(|event| event.seq.0 > begin).cloned().collect();
        self.view(who, &seen.log, &after);
        // The replica has at least what came since the fresh start, and knows where the thread stands.
        let known: Vec<_> = seen.replica.thread().events().cloned().collect();
        let last = theirs.len() - known.len().min(theirs.len());
        self.view(&format!("{who}'s replica"), &known, &theirs[last..]);
    }

    fn view<E: PartialEq + fmt::Debug>(&mut self, who: &str, seen: &[E], truth: &[E]) {
        if seen == truth {
            return;
        }
        self.gaps += 1;
        let differs = seen.iter().zip(truth).position(|(one, other)| one != other);
        let at = differs.unwrap_or(seen.len().min(truth.len()));
        self.tell(format!(
            "{who} has {} events, the journal {}; the first that differs is {:?} instead of {:?}",
            seen.len(),
            truth.len(),
            seen.get(at),
            truth.get(at)
        ));
    }

    /// Looks for lines of the bot between a take-over and the hand-back.
    pub fn bot(&mut self, journal: &Journal) {
        let mut owned: HashMap<_, bool> = HashMap::new();
        for event in &journal.events {
            let Some(conversation) = event.subject.conversation() else {
                continue;
            };
            let owned = owned.entry(conversation).or_default();
            match &event.body {
                EventBody::TakenOver(_) => *owned = true,
                EventBody::HandedBack(_) => *owned = false,
                EventBody::Posted(posted) if posted.author == Author::Bot && *owned => {
                    self.intruding += 1;
                    self.tell(format!("the bot wrote at {} although an agent had it", event.rev));
                }
                _ => {}
            }
        }
    }
}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Findings {
            lines,
            lost,
            doubled,
            disorder,
            gaps,
            intruding,
            told,
        } = self;
        write!(
            f,
            "{lines} lines: {lost} lost, {doubled} doubled, {disorder} out of order, {gaps} wrong views, {intruding} bot lines after a take-over"
        )?;
        told.iter().try_for_each(|words| write!(f, "\n  {words}"))
    }
}

/// A line that was sent, and its final answer.
#[derive(Clone, Debug)]
pub struct Sent {
    /// The command.
    pub id: CommandId,
    /// The text, unlike all others.
    pub text: String,
    /// The answer.
    pub outcome: Option<Outcome>,
}

impl Sent {
    fn acknowledged(&self) -> bool {
        matches!(self.outcome, Some(Outcome::Done(_)))
    }

    /// Whether the answer names the command's last event, and the line is one of its events.
    fn fits(&self, place: &Place, by: &Lines) -> bool {
        let Some(Outcome::Done(done)) = &self.outcome else {
            return true;
        };
        let Some(last) = by.last.get(&self.id) else {
            return false;
        };
        let rev = done.rev.is_none_or(|rev| rev.0 == last.rev);
        rev && done.seq.map(|seq| seq.0) == last.seq && place.command == Some(self.id)
    }
}

/// Where a line stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Place {
    rev: u64,
    seq: Option<u64>,
    command: Option<CommandId>,
}

/// Every line of the journal by its text.
pub struct Lines {
    by_text: HashMap<String, Vec<Place>>,
    /// The last event of each command.
    last: HashMap<CommandId, Place>,
}

impl Lines {
    /// Of this journal.
    pub fn of(journal: &Journal) -> Lines {
        let place = |event: &Event| Place {
            rev: event.rev.0,
            seq: event.seq.map(|seq| seq.0),
            command: event.command,
        };
        let mut by_text: HashMap<String, Vec<Place>> = HashMap::new();
        for (event, _, text) in journal.lines() {
            by_text.entry(text).or_default().push(place(event));
        }
        let commands = journal
            .events
            .iter()
            .filter_map(|event| Some((event.command?, place(event))));
        Lines {
            by_text,
            last: commands.collect(),
        }
    }
}

impl Journal {
    /// The id of the customer with this name.
    pub fn customer(&self, name: &str) -> Option<CustomerId> {
        self.events.iter().find_map(|event| match &event.body {
            EventBody::Opened(opened) if opened.customer.name.as_str() == name => Some(opened.customer.id),
            _ => None,
        })
    }
}

/// Waits until a reader has come to a position.
///
/// # Errors
/// It did not.
pub async fn caught_up<R: Replica>(program: &Program<R>, at: u64, read: impl Fn(&R) -> u64) -> Result<()> {
    let wanted = format!("position {at}");
    program
        .until(&wanted, |seen| (read(&seen.replica) >= at).then_some(()))
        .await
}
