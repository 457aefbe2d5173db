//! A desk that knows no rules: it writes whatever events it is told, numbered as the server numbers them.

use std::collections::BTreeMap;

use minicom_protocol::{
    UnknownBody,
    event::*,
    ids::*,
    people::{AgentRef, CustomerRef, Realm},
    stage::{Closer, HandOverReason, Side},
    summary::Summary,
    text::{CustomerName, DisplayName, MessageText},
};
use proptest::prelude::*;

/// Something to write.
#[derive(Clone, Copy, Debug)]
pub struct Deed {
    pub customer: u8,
    pub kind: u8,
    pub agent: u8,
    /// Whether a client of an older version would not know the kind.
    pub unknown: bool,
}

pub fn deeds(most: usize) -> impl Strategy<Value = Vec<Deed>> {
    let deed = (0_u8..3, 0_u8..10, 0_u8..2, prop::bool::weighted(0.1));
    let deed = deed.prop_map(|(customer, kind, agent, unknown)| Deed {
        customer,
        kind,
        agent,
        unknown,
    });
    prop::collection::vec(deed, 1..most)
}

/// The journal, with the truth about each event.
#[derive(Default)]
pub struct Desk {
    pub journal: Vec<Event>,
    /// The journal as a client of an older version reads it.
    pub as_read: Vec<Event>,
    open: BTreeMap<u8, ConversationId>,
    lines: BTreeMap<u8, (u64, u64)>,
    seqs: BTreeMap<u8, u64>,
    conversations: u8,
}

pub fn customer_id(n: u8) -> CustomerId {
    CustomerId::from_bytes([n + 1; 16])
}

pub fn agent(n: u8) -> AgentRef {
    AgentRef {
        id: AgentId::from_bytes([n + 101; 16]),
        name: DisplayName::parse(["Ada", "Bo"][usize::from(n)]).expect("a name"),
    }
}

pub fn customer(n: u8) -> CustomerRef {
    CustomerRef {
        id: customer_id(n),
        name: CustomerName::parse(["carol", "dave", "erin"][usize::from(n)]).expect("a name"),
        realm: Realm::Named,
    }
}

pub fn text_parts(text: &str) -> Vec<Part> {
    vec![Part::of_text(MessageText::parse(text).expect("a text"))]
}

impl Desk {
    pub fn of(deeds: &[Deed]) -> Desk {
        let mut desk = Desk::default();
        deeds.iter().for_each(|deed| desk.write(*deed));
        desk
    }

    pub fn write(&mut self, deed: Deed) {
        let Deed {
            customer: n,
            agent: who,
            ..
        } = deed;
        if !self.open.contains_key(&n) {
            let (customer_lines, desk_lines) = self.lines(n);
            self.conversations += 1;
            self.open
                .insert(n, ConversationId::from_bytes([self.conversations; 16]));
            let opened = Opened {
                customer: customer(n),
                number: u64::from(self.conversations),
                customer_lines,
                desk_lines,
                customer_mark: LineNo(0),
                desk_mark: LineNo(0),
            };
            self.append(n, EventBody::Opened(opened), false);
        }
        let agent = agent(who);
        let body = match deed.kind {
            0..=2 => self.post(n, Author::Customer),
            3 => self.post(n, Author::Bot),
            4 => self.post(n, Author::Agent { agent }),
            5 => EventBody::TakenOver(TakenOver { agent }),
            6 => EventBody::HandedBack(HandedBack { agent }),
            7 => EventBody::HumanRequested(HumanRequested {
                reason: HandOverReason::Rule,
                by_customer: false,
            }),
            8 => EventBody::Seen(Seen {
                side: if who == 0 { Side::Customer } else { Side::Desk },
                up_to: self.lines(n).0,
            }),
            _ => EventBody::Closed(Closed {
                by: Closer::Agent { agent },
            }),
        };
        let closes = matches!(body, EventBody::Closed(_));
        self.append(n, body, deed.unknown);
        if closes {
            self.open.remove(&n);
        }
    }

    fn lines(&self, n: u8) -> (LineNo, LineNo) {
        let (customer, desk) = self.lines.get(&n).copied().unwrap_or_default();
        (LineNo(customer), LineNo(desk))
    }

    fn post(&mut self, n: u8, author: Author) -> EventBody {
        let (customer, desk) = self.lines.entry(n).or_default();
        let side = if author == Author::Customer { customer } else { desk };
        *side += 1;
        EventBody::Posted(Posted {
            author,
            line: LineNo(*side),
            parts: text_parts(&format!("line {side}")),
        })
    }

    fn append(&mut self, n: u8, body: EventBody, unknown: bool) {
        let rev = self.journal.len() as u64 + 1;
        let seq = self.seqs.entry(n).or_default();
        *seq += 1;
        let event = Event {
            rev: Rev(rev),
            seq: Some(Seq(*seq)),
            mark: Mark(rev),
            time: Time(rev as i64 * 1_000_000),
            subject: Subject::Conversation {
                customer: customer_id(n),
                conversation: self.open[&n],
            },
            command: None,
            body,
        };
        let mut read = event.clone();
        if unknown {
            read.body = EventBody::Unknown(UnknownBody {
                kind: "later".to_owned(),
                touches: event.body.touches(),
                fallback: event.body.fallback(),
                data: serde_json::Value::Null,
            });
        }
        self.journal.push(event);
        self.as_read.push(read);
    }

    /// All rows up to a position.
    pub fn rows(&self, at: usize) -> BTreeMap<ConversationId, Summary> {
        let mut rows: BTreeMap<ConversationId, Summary> = BTreeMap::new();
        for event in &self.journal[..at] {
            let conversation = event.subject.conversation().expect("a conversation");
            match Summary::open(event) {
                Some(row) => drop(rows.insert(conversation, row)),
                None => rows.get_mut(&conversation).expect("opened").apply(event),
            }
        }
        rows
    }

    /// A page of a thread as it stands at `at`, and whether there is more.
    pub fn page(&self, customer: CustomerId, at: usize, before: Option<Rev>, limit: usize) -> (Vec<Event>, bool) {
        let theirs = |event: &&Event| event.subject.customer() == Some(customer);
        let earlier = |event: &&Event| before.is_none_or(|before| event.rev < before);
        let all: Vec<Event> = self.as_read[..at]
            .iter()
            .filter(theirs)
            .filter(earlier)
            .cloned()
            .collect();
        let cut = all.len().saturating_sub(limit);
        (all[cut..].to_vec(), cut > 0)
    }
}
