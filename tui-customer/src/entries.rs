//! From what happened to what stands in the scrollback: words, names and marks. Pure; it knows no place on a screen.

use std::collections::BTreeMap;

use minicom_client::{CommandIds, PendingCommand, PendingMark};
use minicom_protocol::{
    command::CustomerCommand,
    customer_event::{Author, Closer, CustomerBody, CustomerEvent},
    gate::Shown,
    ids::{CommandId, LineNo, Time},
    stage::Side,
};
use minicom_tui_kit::{
    Who, Zone,
    transcript::{DeliveryMark, Entry, EntryKey, Extras, Kind},
};

/// How far the desk has read, and when: what the marks of one's own lines are made from.
#[derive(Clone, Debug, Default)]
pub struct Reads {
    /// When the desk had read up to a line.
    at: BTreeMap<LineNo, Time>,
    /// Up to where it has read, also where the event that said so is not known here.
    up_to: LineNo,
}

impl Reads {
    /// Takes in an event. Returns whether marks may change.
    pub fn note(&mut self, event: &CustomerEvent) -> bool {
        match &event.body {
            CustomerBody::Seen(seen) if seen.side == Side::Desk => {
                self.at.insert(seen.up_to, event.time);
                self.up_to(seen.up_to);
                true
            }
            _ => false,
        }
    }

    /// The desk has read up to here, by the fold of the thread. Returns whether marks may change.
    pub fn up_to(&mut self, line: LineNo) -> bool {
        let further = line > self.up_to;
        self.up_to = self.up_to.max(line);
        further
    }

    /// The mark of one's own stored line.
    pub fn mark(&self, line: LineNo) -> DeliveryMark {
        match self.at.range(line..).next() {
            Some((_, at)) => DeliveryMark::Read(at.0),
            None if line <= self.up_to => DeliveryMark::Shown,
            None => DeliveryMark::Stored,
        }
    }
}

/// The entry of an event; `None` where nothing is to be shown. `dot` stands between words and their time.
pub fn of_event(event: &CustomerEvent, reads: &Reads, zone: &Zone, dot: &str) -> Option<Entry> {
    let (kind, text, mark) = match &event.body {
        CustomerBody::Posted(posted) => {
            let own = posted.author == Author::Customer;
            let kind = Kind::Line {
                who: who(&posted.author),
                name: name(&posted.author),
                own,
            };
            (kind, Shown::text(&posted.text()), own.then(|| reads.mark(posted.line)))
        }
        _ => (Kind::System, happened(event, zone, dot)?, None),
    };
    Some(Entry {
        key: EntryKey::Stored(event.seq.0),
        kind,
        text,
        time: event.time.0,
        mark,
        extras: Extras::default(),
    })
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
    if matches!(event.body, CustomerBody::HumanRequested(_)) {
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

/// The words of a command, as if it was a line.
pub fn command_text(command: &CustomerCommand) -> Option<Shown> {
    match command {
        CustomerCommand::Post { text } => Some(Shown::text(text)),
        CustomerCommand::RequestHuman {} => Some(Shown::fixed("/human")),
        CustomerCommand::Close {} => Some(Shown::fixed("/end")),
        CustomerCommand::MarkSeen { .. } => None,
    }
}

/// When a command was given, in microseconds; `otherwise` if its id does not tell.
pub fn given_at(id: CommandId, otherwise: i64) -> i64 {
    CommandIds::made_at(id).unwrap_or(otherwise)
}

/// The entry of a command on its way, as the `number`th of those; `None` for what is not shown. `now` and `room` (columns for the
/// reason of a failure, with `keys` behind it) make the words of what needs a decision.
pub fn of_pending(
    pending: &PendingCommand<CustomerCommand>,
    number: u64,
    now: i64,
    room: usize,
    keys: &str,
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
        extras: Extras::default(),
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
mod tests {
    use minicom_protocol::{
        customer_event::{Closed, HumanRequested, Joined, Posted},
        event::{Part, Seen},
        ids::{ConversationId, Mark, Seq},
        text::{DisplayName, MessageText},
    };

    use super::*;

    const AT: i64 = 1_763_647_320_000_000; // 14:02

    fn event(body: CustomerBody) -> CustomerEvent {
        CustomerEvent {
            seq: Seq(7),
            mark: Mark(1),
            time: Time(AT),
            conversation: ConversationId::from_bytes([1; 16]),
            command: None,
            body,
        }
    }

    fn line(author: Author, text: &str) -> CustomerBody {
        CustomerBody::Posted(Posted {
            author,
            line: LineNo(3),
            parts: vec![Part::of_text(MessageText::parse(text).unwrap())],
        })
    }

    #[track_caller]
    fn check(body: CustomerBody, expected: &str) {
        let entry = of_event(&event(body), &Reads::default(), &Zone::utc(), "·").unwrap();
        let name = match &entry.kind {
            Kind::Line { name, .. } => format!("{name}: "),
            Kind::System => String::new(),
        };
        assert_eq!(format!("{name}{}", entry.text), expected);
    }

    #[test]
    fn words_of_what_happened() {
        let ada = DisplayName::parse("Ada").unwrap();
        check(line(Author::Customer, "hi"), "you: hi");
        check(line(Author::Bot, "hello"), "bot: hello");
        check(line(Author::System, "closed now"), "support: closed now");
        let agent = Author::Agent { name: ada.clone() };
        check(line(agent, "a\u{1b}[2Jb"), "Ada: a␛[2Jb");
        check(CustomerBody::Joined(Joined { name: ada }), "Ada joined · 14:02");
        check(
            CustomerBody::HumanRequested(HumanRequested {}),
            "A person has been asked for.",
        );
        let closed = |by| CustomerBody::Closed(Closed { by });
        check(closed(Closer::Agent), "This chat has ended · 14:02");
        check(closed(Closer::Customer), "You ended this chat · 14:02");
    }

    #[test]
    fn marks_tell_how_far_the_desk_has_read() {
        let mut reads = Reads::default();
        let seen = |up_to, side| {
            CustomerBody::Seen(Seen {
                side,
                up_to: LineNo(up_to),
            })
        };
        assert_eq!(reads.mark(LineNo(1)), DeliveryMark::Stored);
        assert!(!reads.note(&event(seen(9, Side::Customer))));
        assert!(reads.note(&event(seen(3, Side::Desk))));
        assert_eq!(reads.mark(LineNo(3)), DeliveryMark::Read(AT));
        assert_eq!(reads.mark(LineNo(4)), DeliveryMark::Stored);
        assert!(reads.up_to(LineNo(5)) && !reads.up_to(LineNo(4)));
        assert_eq!(reads.mark(LineNo(4)), DeliveryMark::Shown);
    }

    #[test]
    fn of_a_long_reason_the_keys_are_kept() {
        let DeliveryMark::Failed(words) = failed(&"long ".repeat(30), 40, "  ^R retry") else {
            panic!("not failed");
        };
        assert!(words.as_str().ends_with("  ^R retry"), "{words}");
        assert!(words.as_str().chars().count() <= 41, "{words}");
        assert_eq!(written(30 * 3_600_000_000), "written 30 hours ago");
        assert_eq!(written(49 * 3_600_000_000), "written 2 days ago");
    }
}
