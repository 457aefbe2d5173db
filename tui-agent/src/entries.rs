//! From what happened to what stands in the transcript, in the words of an agent's screen. It refuses to know what is loaded and what
//! is in view.

mod happened;

use minicom_client::{CommandIds, PendingCommand, PendingMark};
use minicom_protocol::{
    command::AgentCommand,
    event::{Author, Event, EventBody, HumanRequested, Noted, Part, Posted},
    ids::{AgentId, LineNo},
    line::Quote,
    stage::Side,
};
use minicom_tui_kit::{
    Shown, Who, Zone, markdown,
    transcript::{Card, DeliveryMark, Entry, EntryKey, Extras, FileCard, Kind, words_of},
};

use crate::words;

/// Who reads, and about whom.
#[derive(Debug, Clone)]
pub struct Eyes {
    /// The agent who sits here; unknown before the first welcome.
    pub me: Option<AgentId>,
    /// The customer's name.
    pub customer: Shown,
    /// For clocks in the words.
    pub zone: Zone,
    /// Stands between small facts.
    pub dot: &'static str,
}

impl Eyes {
    /// The entry of an event; `None` where nothing is to be shown.
    pub fn entry(&self, event: &Event) -> Option<Entry> {
        let key = EntryKey::Stored(event.rev.0);
        let time = event.time.0;
        let (kind, text, mark, extras) = match &event.body {
            EventBody::Posted(posted) if posted.author != Author::System => {
                let (who, name, own) = self.speaker(&posted.author)?;
                let mark = own.then_some(DeliveryMark::Stored);
                (
                    Kind::Line { who, name, own },
                    words_of(&posted.parts, posted.state),
                    mark,
                    self.extras(posted),
                )
            }
            EventBody::Noted(note) => (note_kind(false), self.note_text(note), None, Extras::default()),
            // The desk's own line.
            EventBody::Posted(posted) => (
                Kind::System,
                words_of(&posted.parts, posted.state),
                None,
                Extras::default(),
            ),
            _ => {
                let happened = self.happened(event)?;
                let mut words = Shown::line(&format!("{happened} {} {}", self.dot, self.zone.clock(time))).to_string();
                for line in hand_over(event) {
                    words.push('\n');
                    words.push_str(Shown::line(&line).as_str());
                }
                (Kind::System, Shown::text(&words), None, Extras::default())
            }
        };
        Some(Entry {
            key,
            kind,
            text,
            time,
            mark,
            extras,
        })
    }

    /// The line mode's form of an event: who speaks, or nobody, and the words.
    pub fn told(&self, event: &Event) -> Option<(Option<Shown>, Shown)> {
        match &event.body {
            EventBody::Posted(posted) => {
                let name = self.speaker(&posted.author).map(|(_, name, _)| name);
                let text = match posted.state.words() {
                    Some(words) => Shown::fixed(words),
                    None => Shown::text(&posted.text()),
                };
                Some((name, text))
            }
            EventBody::Noted(note) => {
                let name = Shown::line(&format!("NOTE by {}", self.agent(&note.agent)));
                Some((Some(name), Shown::text(note.text.as_str())))
            }
            _ => {
                let (happened, note) = (self.happened(event)?, hand_over(event));
                Some((
                    None,
                    match note.is_empty() {
                        true => happened,
                        false => Shown::line(&format!("{happened} ({})", note.join("; "))),
                    },
                ))
            }
        }
    }

    /// What stands with a line besides its words.
    fn extras(&self, posted: &Posted) -> Extras {
        let text = posted.text();
        let excerpt_of = |excerpt: &str| match Card::is_said(excerpt, &text) {
            true => Shown::fixed(""),
            false => card_excerpt(excerpt),
        };
        let cards = posted.parts.iter().filter_map(|part| match part {
            Part::Card(card) => Some(Card {
                title: card.title.shown(),
                excerpt: excerpt_of(&card.excerpt),
            }),
            _ => None,
        });
        Extras {
            quote: posted.quote.as_ref().map(|quote| self.quote(quote)),
            state: posted.state,
            files: posted.parts.iter().filter_map(FileCard::of).collect(),
            cards: cards.collect(),
        }
    }

    /// A quoted line on one row, with its author where that is sure: on the desk's side it may be anybody.
    pub fn quote(&self, quote: &Quote) -> Shown {
        let excerpt = one_line(&quote.words());
        match quote.line.side {
            Side::Customer => Shown::line(&format!("{}: {excerpt}", self.customer)),
            Side::Desk => Shown::line(&excerpt),
        }
    }

    /// What a note says, with its author, and whether it is for the one who sits here.
    fn note_text(&self, note: &Noted) -> Shown {
        let to_me = self.me.is_some_and(|me| note.mentions.contains(&me));
        let to = if to_me { " to you" } else { "" };
        let handover = if note.handover { ", for whoever is next" } else { "" };
        let by = self.agent(&note.agent);
        Shown::text(&format!("{by}{to}{handover}: {}", note.text.as_str()))
    }

    /// Who wrote a line, in a word.
    pub fn name(&self, author: &Author) -> Shown {
        self.speaker(author).map_or(Shown::fixed("desk"), |(_, name, _)| name)
    }

    /// The role, the name, and whether it is the one who sits here. `None` for the desk itself.
    fn speaker(&self, author: &Author) -> Option<(Who, Shown, bool)> {
        match author {
            Author::Customer => Some((Who::Customer, self.customer.clone(), false)),
            Author::Bot => Some((Who::Bot, Shown::fixed("bot"), false)),
            Author::Agent { agent } if Some(agent.id) == self.me => Some((Who::Agent, Shown::fixed("you"), true)),
            Author::Agent { agent } => Some((Who::Agent, agent.name.shown(), false)),
            Author::System => None,
        }
    }

    /// The entry of a line or note that is not stored yet; `number` is its place among those. `reads` is how a line from a saved reply
    /// will read.
    pub fn pending(&self, pending: &PendingCommand<AgentCommand>, number: u64, reads: Option<&str>) -> Option<Entry> {
        let mut extras = Extras::default();
        let (kind, text) = match &pending.command {
            AgentCommand::Post { text, article, .. } => {
                let own = true;
                let (who, name) = (Who::Agent, Shown::fixed("you"));
                extras.cards.extend(article.as_ref().map(|slug| Card {
                    title: slug.shown(),
                    excerpt: Shown::fixed("an article"),
                }));
                let text = match text.is_empty() {
                    true => Shown::fixed("A file:"),
                    false => Shown::text(reads.unwrap_or(text)),
                };
                (Kind::Line { who, name, own }, text)
            }
            AgentCommand::Note { text, .. } => (note_kind(true), Shown::text(&format!("you: {text}"))),
            _ => return None,
        };
        let mark = match &pending.mark {
            PendingMark::Waiting => DeliveryMark::Waiting,
            PendingMark::Stored => DeliveryMark::Stored,
            PendingMark::Stale => DeliveryMark::Failed(Shown::fixed("older than a day")),
            PendingMark::Failed(refusal) => {
                DeliveryMark::Failed(Shown::line(words::refusal(refusal, &self.zone).trim_end_matches('.')))
            }
        };
        Some(Entry {
            key: EntryKey::Pending(number),
            kind,
            text,
            time: CommandIds::made_at(pending.id).unwrap_or(0),
            mark: Some(mark),
            extras,
        })
    }
}

/// What whoever takes a conversation should know of what was before, a fact a line.
fn hand_over(event: &Event) -> Vec<String> {
    match &event.body {
        EventBody::HumanRequested(HumanRequested { note: Some(note), .. }) => note.lines(),
        _ => vec![],
    }
}

/// A note is told by its word, its bar and its colour. A stored one is not "own": how far it has come is nothing to wait for.
fn note_kind(own: bool) -> Kind {
    Kind::Line {
        who: Who::Note,
        name: Shown::fixed("NOTE"),
        own,
    }
}

/// The beginning of an article is Markdown; on its card it is plain words.
fn card_excerpt(excerpt: &str) -> Shown {
    let lines = markdown::plain(excerpt);
    let words: Vec<&str> = lines
        .iter()
        .map(Shown::as_str)
        .filter(|line| !line.is_empty())
        .collect();
    Shown::line(&words.join(" "))
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The number of one's own line, if the event is one.
pub fn own_line(event: &Event, me: Option<AgentId>) -> Option<LineNo> {
    match &event.body {
        EventBody::Posted(posted) => match &posted.author {
            Author::Agent { agent } if Some(agent.id) == me => Some(posted.line),
            _ => None,
        },
        _ => None,
    }
}

/// The line up to which the customer has read from this event on.
pub fn read_up_to(event: &Event) -> Option<LineNo> {
    match &event.body {
        EventBody::Seen(seen) if seen.side == Side::Customer => Some(seen.up_to),
        _ => None,
    }
}

#[cfg(test)]
#[path = "entries_tests.rs"]
mod tests;
