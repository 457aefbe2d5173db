//! From what happened to what stands in the scrollback: words, names and marks. Pure; it knows no place on a screen.

use std::collections::BTreeMap;

use minicom_client::{CommandIds, PendingCommand, PendingMark};
use minicom_protocol::{
    command::CustomerCommand,
    customer_event::{Author, Closer, CustomerBody, CustomerEvent, Posted},
    event::{Part, size_words},
    gate::Shown,
    ids::{CommandId, LineNo, Time},
    line::Quote,
    stage::Side,
};
use minicom_tui_kit::{
    Who, Zone,
    transcript::{Card, DeliveryMark, Entry, EntryKey, Extras, FileCard, Kind, words_of},
};

/// How far the desk has read, and when: what the marks of one's own lines are made from.
#[derive(Clone, Debug, Default)]
pub struct Reads {
    /// When the desk had read up to a line.
    at: BTreeMap<LineNo, Time>,
    /// Up to where it is on a person's screen, or was read where the event that said so is not known here.
    delivered: LineNo,
}

impl Reads {
    /// Takes in an event. Returns whether marks may change.
    pub fn note(&mut self, event: &CustomerEvent) -> bool {
        match &event.body {
            CustomerBody::Seen(seen) if seen.side == Side::Desk => {
                self.at.insert(seen.up_to, event.time);
                self.delivered(seen.up_to);
                true
            }
            _ => false,
        }
    }

    /// One's own lines have come to the desk up to here. Returns whether marks may change.
    pub fn delivered(&mut self, line: LineNo) -> bool {
        let further = line > self.delivered;
        self.delivered = self.delivered.max(line);
        further
    }

    /// The mark of one's own stored line.
    pub fn mark(&self, line: LineNo) -> DeliveryMark {
        match self.at.range(line..).next() {
            Some((_, at)) => DeliveryMark::Read(at.0),
            None if line <= self.delivered => DeliveryMark::Shown,
            None => DeliveryMark::Stored,
        }
    }
}

/// The entry of an event; `None` where nothing is to be shown. `dot` stands between words and their time.
pub fn of_event(event: &CustomerEvent, reads: &Reads, zone: &Zone, dot: &str) -> Option<Entry> {
    let (kind, text, mark, extras) = match &event.body {
        CustomerBody::Posted(posted) => {
            let own = posted.author == Author::Customer;
            let kind = Kind::Line {
                who: who(&posted.author),
                name: name(&posted.author),
                own,
            };
            let mark = own.then(|| reads.mark(posted.line));
            (kind, text(posted), mark, extras(posted, dot))
        }
        _ => (Kind::System, happened(event, zone, dot)?, None, Extras::default()),
    };
    Some(Entry {
        key: EntryKey::Stored(event.seq.0),
        kind,
        text,
        time: event.time.0,
        mark,
        extras,
    })
}

/// The words of a line without its articles and files, or what stands in their place.
pub fn text(posted: &Posted) -> Shown {
    words_of(&posted.parts, posted.state)
}

fn extras(posted: &Posted, dot: &str) -> Extras {
    // Of a line whose text is gone nothing else is left either.
    let there = posted.state.words().is_none();
    let card = |part: &Part| match part {
        Part::Card(card) => {
            let reads = format!("{} reads it", read_word(part)?);
            // What the line says above is not said again under it.
            let excerpt = match Card::is_said(&card.excerpt, &posted.text()) {
                true => Shown::line(&reads),
                false => Shown::line(&format!("{reads} {dot} {}", card.excerpt)),
            };
            let title = card.title.shown();
            Some(Card { title, excerpt })
        }
        _ => None,
    };
    Extras {
        quote: posted.quote.as_ref().filter(|_| there).map(quote),
        state: posted.state,
        files: posted.parts.iter().filter(|_| there).filter_map(FileCard::of).collect(),
        cards: posted.parts.iter().filter(|_| there).filter_map(card).collect(),
    }
}

/// The word that reads a part in full.
fn read_word(part: &Part) -> Option<String> {
    match part {
        Part::Card(card) => Some(format!("/read {}", Shown::line(card.slug.as_str()))),
        _ => None,
    }
}

/// An article as one line.
pub fn article_line(part: &Part) -> Option<Shown> {
    let (Part::Card(card), word) = (part, read_word(part)?) else {
        return None;
    };
    let words = format!("article: {} ({word} reads it)", card.title.shown());
    Some(Shown::line(&words))
}

/// A file as one line.
pub fn file_line(part: &Part) -> Option<Shown> {
    let Part::File(file) = part else { return None };
    let (name, size) = (Shown::line(&file.name), size_words(file.size));
    Some(Shown::line(&format!("file: {name}, {size} (/get {name} fetches it)")))
}

/// What a line answers, on one row.
pub fn quote(quote: &Quote) -> Shown {
    match quote.line.side {
        Side::Customer => Shown::line(&format!("you: {}", quote.words())),
        Side::Desk => Shown::line(&quote.words()),
    }
}

/// Who wrote a line, as a role.
pub fn who(author: &Author) -> Who {
    match author {
        Author::Customer => Who::Customer,
        Author::Bot => Who::Bot,
        Author::Agent { .. } => Who::Agent,
        Author::System => Who::System,
    }
}

/// Who wrote a line, as a word.
pub fn name(author: &Author) -> Shown {
    match author {
        Author::Customer => Shown::fixed("you"),
        Author::Bot => Shown::fixed("bot"),
        Author::Agent { name } => name.shown(),
        Author::System => Shown::fixed("support"),
    }
}

/// What happened, in words with its time; `None` for lines and for what is not told.
fn happened(event: &CustomerEvent, zone: &Zone, dot: &str) -> Option<Shown> {
    let words = happened_words(&event.body)?;
    // It says itself what comes next.
    if matches!(event.body, CustomerBody::HumanRequested(_) | CustomerBody::Requeued(_)) {
        return Some(words);
    }
    let words = words.as_str().trim_end_matches('.');
    Some(Shown::line(&format!("{words} {dot} {}", zone.clock(event.time.0))))
}

/// What happened, in words; `None` for lines and for what is not told.
pub fn happened_words(body: &CustomerBody) -> Option<Shown> {
    match body {
        CustomerBody::Closed(closed) if closed.by != Closer::Customer => Some(Shown::fixed("This chat has ended.")),
        other => other.fallback().map(|words| Shown::line(&words)),
    }
}

/// The words of a command, as if it was a line; `None` for what nobody has written.
pub fn command_text(command: &CustomerCommand) -> Option<Shown> {
    let word = |word: &str, text: &str| Some(Shown::text(&format!("/{word} {text}")));
    match command {
        CustomerCommand::Post { text, .. } if text.is_empty() => Some(Shown::fixed("A file:")),
        CustomerCommand::Post { text, .. } => Some(Shown::text(text)),
        CustomerCommand::RequestHuman {} => Some(Shown::fixed("/human")),
        CustomerCommand::Close {} => Some(Shown::fixed("/end")),
        CustomerCommand::EditLine { text, .. } => word("edit", text),
        CustomerCommand::WithdrawLine { .. } => Some(Shown::fixed("/undo")),
        CustomerCommand::SetSubject { subject } => word("subject", subject.as_str()),
        CustomerCommand::Introduce { introduction } => {
            let name = introduction.name.as_ref().map(|it| format!("/name {}", it.as_str()));
            let email = introduction.email.as_ref().map(|it| format!("/email {}", it.as_str()));
            let both: Vec<String> = name.into_iter().chain(email).collect();
            Some(Shown::line(&both.join(" ")))
        }
        CustomerCommand::Rate { score, comment } => {
            let comment = comment.as_deref().unwrap_or_default();
            word("rate", format!("{} {comment}", score.unwrap_or(0)).trim_end())
        }
        CustomerCommand::RevokeDevice { device } => word("revoke", device),
        CustomerCommand::Forget {} => Some(Shown::fixed("/forget yes")),
        CustomerCommand::Start { .. } | CustomerCommand::MarkSeen { .. } | CustomerCommand::Consent { .. } => None,
    }
}

/// Whether somebody has written a command: what only goes with a line is not counted beside it.
pub fn is_written(command: &CustomerCommand) -> bool {
    !matches!(
        command,
        CustomerCommand::Start { .. } | CustomerCommand::MarkSeen { .. } | CustomerCommand::Consent { .. }
    )
}

/// What is told when a word was done and nothing else shows it.
pub fn done_words(command: &CustomerCommand) -> Option<Shown> {
    let words = match command {
        CustomerCommand::Introduce { introduction } => match (&introduction.name, &introduction.email) {
            (Some(name), _) => format!("Your name here is {} now.", name.shown()),
            (None, Some(email)) => format!("You can be answered at {} now.", email.shown()),
            (None, None) => return None,
        },
        CustomerCommand::SetSubject { subject } => format!("This chat is about: {}", subject.shown()),
        CustomerCommand::RevokeDevice { device } => {
            format!("The device {} proves your name no more.", Shown::line(device))
        }
        _ => return None,
    };
    Some(Shown::line(&words))
}

/// When a command was given, in microseconds; `otherwise` if its id does not tell.
pub fn given_at(id: CommandId, otherwise: i64) -> i64 {
    CommandIds::made_at(id).unwrap_or(otherwise)
}

/// The entry of a command on its way, as the `number`th of those; `None` for what is not shown. `now` and `room` (columns for the
/// reason of a failure, with `keys` behind it) make the words of what needs a decision; `quote` is what a line answers.
pub fn of_pending(
    pending: &PendingCommand<CustomerCommand>,
    number: u64,
    now: i64,
    quote: Option<Shown>,
    (room, keys): (usize, &str),
) -> Option<Entry> {
    let time = given_at(pending.id, now);
    let mark = match &pending.mark {
        PendingMark::Waiting => DeliveryMark::Waiting,
        PendingMark::Stored => DeliveryMark::Stored,
        PendingMark::Stale => failed(&written(now.saturating_sub(time)), room, keys),
        PendingMark::Failed(refusal) => failed(refusal.message().trim_end_matches('.'), room, keys),
    };
    Some(Entry {
        key: EntryKey::Pending(number),
        kind: Kind::Line {
            who: Who::Customer,
            name: Shown::fixed("you"),
            own: true,
        },
        text: command_text(&pending.command)?,
        time,
        mark: Some(mark),
        extras: Extras {
            quote,
            ..Extras::default()
        },
    })
}

/// Of a long reason and the keys, the keys are what must not be cut.
fn failed(reason: &str, room: usize, keys: &str) -> DeliveryMark {
    let reason = Shown::line(reason).cut(room.saturating_sub(keys.len()).max(8));
    DeliveryMark::Failed(Shown::line(&format!("{reason}{keys}")))
}

fn written(age: i64) -> String {
    let hours = (age / 3_600_000_000).max(0);
    match hours {
        0..48 => format!("written {hours} hours ago"),
        _ => format!("written {} days ago", hours / 24),
    }
}

#[cfg(test)]
#[path = "entries_tests.rs"]
mod tests;
