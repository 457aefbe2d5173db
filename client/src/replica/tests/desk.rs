//! A desk that knows no rules: it writes whatever events it is told, numbered as the server numbers them, and tells what a
//! server would tell of them, by the plainest means.

use std::collections::BTreeMap;

use minicom_protocol::{
    UnknownBody,
    event::*,
    frame::{AgentMe, AgentSnapshot, Agents, DeskState},
    ids::*,
    intake::{Intake, Priority},
    library::SavedReply,
    line::{LineRef, LineState},
    people::{AgentRef, CustomerRef, Realm, Role},
    settings::DeskSettings,
    staff::{Group, GroupRef, Intent, StaffMember},
    stage::{Closer, HandOverReason, Side},
    summary::Summary,
    text::{CustomerName, DisplayName, MessageText},
    ticket::{Ticket, TicketChange, TicketStatus},
    words::{GroupName, SubjectLine, Tag},
};
use proptest::prelude::*;

use crate::ClientEvent;

/// What is written.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Do {
    Line,
    BotLine,
    AgentLine,
    TakeOver,
    HandBack,
    AskHuman,
    Seen(Side),
    Close,
    Transfer,
    ToGroup,
    Requeue,
    Snooze,
    Wake,
    Note { mentions: u8 },
    Change(Side, LineState),
    Tag,
    Subject,
    Prioritise(Priority),
    Ticket,
    Rate,
    // Not in a conversation.
    Profile,
    Staff { skilled: bool },
    Group,
    Ungroup,
    Settings { ageing_min: u32 },
    ReadMentions { back: u64 },
    Reply { n: u8, mine: bool },
    Unreply { n: u8 },
    TicketNext,
}

/// Something to write.
#[derive(Clone, Copy, Debug)]
pub struct Deed {
    pub customer: u8,
    pub what: Do,
    pub agent: u8,
    /// Whether a client of an older version would not know the kind.
    pub unknown: bool,
}

pub fn deed(customer: u8, what: Do, agent: u8) -> Deed {
    Deed {
        customer,
        what,
        agent,
        unknown: false,
    }
}

fn doings() -> impl Strategy<Value = Do> {
    use Do::*;
    let side = prop_oneof![Just(Side::Customer), Just(Side::Desk)];
    let fate = prop::sample::select(vec![
        LineState::Edited,
        LineState::Edited,
        LineState::Withdrawn,
        LineState::Blanked,
    ]);
    prop_oneof![
        6 => Just(Line),
        6 => prop::sample::select(vec![BotLine, AgentLine, TakeOver, HandBack, AskHuman, AskHuman, Close]),
        4 => prop::sample::select(vec![Transfer, ToGroup, Requeue, Snooze, Wake, Tag, Subject, Ticket, Rate]),
        1 => side.clone().prop_map(Seen),
        2 => (side, fate).prop_map(|(side, fate)| Change(side, fate)),
        2 => (0_u8..4).prop_map(|mentions| Note { mentions }),
        1 => prop::sample::select(Priority::ALL.to_vec()).prop_map(Prioritise),
        1 => prop::sample::select(vec![Profile, Group, Ungroup, TicketNext]),
        1 => prop::bool::ANY.prop_map(|skilled| Staff { skilled }),
        1 => prop::sample::select(vec![0, 1, 2]).prop_map(|ageing_min| Settings { ageing_min }),
        1 => (0_u64..8).prop_map(|back| ReadMentions { back }),
        2 => (0_u8..6, prop::bool::ANY).prop_map(|(n, mine)| Reply { n, mine }),
        1 => (0_u8..6).prop_map(|n| Unreply { n }),
    ]
}

pub fn deeds(most: usize) -> impl Strategy<Value = Vec<Deed>> {
    let deed = (0_u8..3, doings(), 0_u8..2, prop::bool::weighted(0.1));
    let deed = deed.prop_map(|(customer, what, agent, unknown)| Deed {
        customer,
        what,
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
    tickets: Vec<Ticket>,
}

/// All is told from the start, to the agent of number 0.
pub fn fresh(at: u64, conversations: Vec<Summary>, more_closed: bool, desk: DeskState) -> ClientEvent<Agents> {
    ClientEvent::Fresh {
        me: AgentMe {
            agent: agent(0),
            role: Role::Agent,
            tenant: TenantId::default_tenant(),
        },
        time: Time(1),
        cursor: Cursor { at, mark: Mark(1) },
        parts: vec![AgentSnapshot {
            conversations,
            more_closed,
            desk: Some(Box::new(desk)),
        }],
    }
}

/// Time passes 20 s with each event.
pub fn time_at(rev: usize) -> Time {
    Time(rev as i64 * 20_000_000)
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

pub fn member(n: u8) -> StaffMember {
    StaffMember {
        agent: agent(n),
        role: Role::Agent,
        enabled: true,
        skills: vec![],
        capacity: None,
        intent: Intent::Available,
    }
}

pub fn group(n: u8) -> Group {
    Group {
        id: GroupId::from_bytes([n + 1; 16]),
        name: GroupName::parse(["billing", "tech"][usize::from(n)]).expect("a name"),
        members: vec![agent(n).id],
        skills: vec![],
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

pub fn subject(text: &str) -> SubjectLine {
    SubjectLine::parse(text).expect("a subject")
}

pub fn tag(text: &str) -> Tag {
    Tag::parse(text).expect("a tag")
}

pub fn reply(n: u8, owner: Option<AgentId>, text: &str) -> SavedReply {
    SavedReply {
        id: ReplyId::from_bytes([n + 1; 16]),
        code: tag(&format!("code{n}")),
        title: subject("a reply"),
        text: text.to_owned(),
        owner,
        actions: vec![],
        uses: 0,
        questions: None,
    }
}

impl Desk {
    pub fn of(deeds: &[Deed]) -> Desk {
        let mut desk = Desk::default();
        deeds.iter().for_each(|deed| desk.write(*deed));
        desk
    }

    pub fn write(&mut self, deed: Deed) {
        let (n, who) = (deed.customer, agent(deed.agent));
        if let Some((about, body)) = self.affair(deed) {
            self.append(about, None, body, false);
            return;
        }
        if !self.open.contains_key(&n) {
            self.begin(n);
        }
        let body = self.body(deed, who);
        let closes = matches!(body, EventBody::Closed(_));
        // An older client cannot know of these what it must: a mention, a line's fate.
        let known = matches!(
            body,
            EventBody::Noted(_) | EventBody::LineChanged(_) | EventBody::Ticketed(_)
        );
        let ticketed = matches!(body, EventBody::Ticketed(_));
        self.append_to(n, body, deed.unknown && !known);
        if ticketed {
            let (about, body) = self.last_ticket(TicketChange::Opened, deed.agent);
            self.append(about, None, body, false);
        }
        if closes {
            self.open.remove(&n);
        }
    }

    fn begin(&mut self, n: u8) {
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
            intake: Intake::default(),
            answers: vec![],
            hint: (self.conversations.is_multiple_of(3)).then(|| agent(0)),
        };
        self.append_to(n, EventBody::Opened(opened), false);
    }

    fn body(&mut self, deed: Deed, who: AgentRef) -> EventBody {
        let n = deed.customer;
        let reason = HandOverReason::Rule;
        match deed.what {
            Do::BotLine => self.post(n, Author::Bot),
            Do::AgentLine => self.post(n, Author::Agent { agent: who }),
            Do::TakeOver => EventBody::TakenOver(TakenOver {
                agent: who,
                by: None,
                routed: false,
            }),
            Do::HandBack => EventBody::HandedBack(HandedBack { agent: who }),
            Do::AskHuman => EventBody::HumanRequested(HumanRequested {
                reason,
                by_customer: false,
                respond_by: None,
                note: None,
            }),
            Do::Seen(side) => EventBody::Seen(Seen {
                side,
                up_to: self.lines(n).0,
            }),
            Do::Close => EventBody::Closed(Closed {
                by: Closer::Agent { agent: who },
                ask_rating: true,
            }),
            Do::Transfer => EventBody::Transferred(Transferred {
                by: agent(1 - deed.agent),
                to: Target::Agent { agent: who },
            }),
            Do::ToGroup => {
                let group: GroupRef = group(deed.agent).to_ref();
                let to = Target::Group { group };
                EventBody::Transferred(Transferred { by: who, to })
            }
            Do::Requeue => EventBody::Requeued(Requeued { agent: who, reason }),
            Do::Snooze => EventBody::Snoozed(Snoozed {
                agent: who,
                until: (deed.agent == 0).then_some(Time(9)),
            }),
            Do::Wake => EventBody::Woken(Woken {
                agent: who,
                why: WokenBy::Agent,
            }),
            Do::Note { mentions } => EventBody::Noted(Noted {
                agent: who,
                text: MessageText::parse("look").expect("a text"),
                mentions: (0..2)
                    .filter(|n| mentions & (1 << n) != 0)
                    .map(|n| agent(n).id)
                    .collect(),
                handover: false,
            }),
            Do::Change(side, state) => self.change(n, side, state),
            Do::Tag => EventBody::TagsChanged(TagsChanged {
                agent: who,
                tags: vec![tag("vip")],
            }),
            Do::Subject => EventBody::SubjectChanged(SubjectChanged {
                agent: Some(who),
                subject: Some(subject("a parcel")),
            }),
            Do::Prioritise(priority) => EventBody::PriorityChanged(PriorityChanged {
                agent: who,
                priority,
                respond_by: None,
            }),
            Do::Ticket => self.convert(n, who),
            Do::Rate => EventBody::Rated(Rated {
                score: Some(4),
                comment: None,
            }),
            _ => self.post(n, Author::Customer),
        }
    }

    fn affair(&mut self, deed: Deed) -> Option<(Subject, EventBody)> {
        Some(match deed.what {
            Do::Profile => {
                let customer = customer(deed.customer);
                let mut profile = minicom_protocol::context::Profile::default();
                profile
                    .attributes
                    .insert("n".to_owned(), self.journal.len().to_string());
                let about = Subject::Customer { customer: customer.id };
                let changed = CustomerChanged {
                    customer,
                    profile,
                    agent: None,
                };
                (about, EventBody::CustomerChanged(changed))
            }
            Do::Staff { skilled } => {
                let skills = skilled.then(|| minicom_protocol::words::Skill::parse("german").expect("a skill"));
                let member = StaffMember {
                    skills: skills.into_iter().collect(),
                    ..member(deed.agent)
                };
                let about = Subject::Agent { agent: member.agent.id };
                let intent_only = false;
                (about, EventBody::AgentChanged(AgentChanged { member, intent_only }))
            }
            Do::Group => (
                Subject::Desk,
                EventBody::GroupChanged(GroupChanged {
                    group: group(deed.agent),
                }),
            ),
            Do::Ungroup => {
                let group = group(deed.agent).id;
                (Subject::Desk, EventBody::GroupDeleted(GroupDeleted { group }))
            }
            Do::Settings { ageing_min } => {
                let settings = Box::new(DeskSettings {
                    ageing_min,
                    ..DeskSettings::default()
                });
                (Subject::Desk, EventBody::SettingsChanged(SettingsChanged { settings }))
            }
            Do::ReadMentions { back } => {
                let (agent, up_to) = (
                    agent(deed.agent).id,
                    Rev((self.journal.len() as u64).saturating_sub(back)),
                );
                (
                    Subject::Agent { agent },
                    EventBody::MentionsRead(MentionsRead { agent, up_to }),
                )
            }
            Do::Reply { n, mine } => {
                let text = format!("text {}", self.journal.len());
                let reply = reply(n, mine.then(|| agent(deed.agent).id), &text);
                (Subject::Library, EventBody::ReplyChanged(ReplyChanged { reply }))
            }
            Do::Unreply { n } => {
                let reply = reply(n, None, "x").id;
                (Subject::Library, EventBody::ReplyDeleted(ReplyDeleted { reply }))
            }
            Do::TicketNext if !self.tickets.is_empty() => {
                let at = usize::from(deed.customer) % self.tickets.len();
                let mut ticket = self.tickets.remove(at);
                ticket.status = TicketStatus::ALL[usize::from(deed.agent) + 1];
                ticket.assignee = Some(agent(deed.agent));
                self.tickets.push(ticket);
                self.last_ticket(TicketChange::Status, deed.agent)
            }
            Do::TicketNext => (Subject::Desk, EventBody::GroupChanged(GroupChanged { group: group(0) })),
            _ => return None,
        })
    }

    fn convert(&mut self, n: u8, who: AgentRef) -> EventBody {
        let number = TicketNo(self.tickets.len() as u64 + 1);
        self.tickets.push(Ticket {
            number,
            title: subject("a ticket"),
            status: TicketStatus::Open,
            assignee: None,
            conversation: self.open[&n],
            customer: customer(n),
            opened_by: who.clone(),
            opened_at: Time(1),
            updated_at: Time(1),
            comments: 0,
        });
        EventBody::Ticketed(Ticketed {
            agent: who,
            ticket: number,
        })
    }

    /// What happened to the last ticket.
    fn last_ticket(&mut self, what: TicketChange, by: u8) -> (Subject, EventBody) {
        let at = time_at(self.journal.len() + 1);
        let ticket = self.tickets.last_mut().expect("there is one");
        ticket.updated_at = at;
        let (ticket, by) = (ticket.clone(), agent(by));
        let about = Subject::Ticket { number: ticket.number };
        (about, EventBody::TicketChanged(TicketChanged { ticket, by, what }))
    }

    fn change(&mut self, n: u8, side: Side, state: LineState) -> EventBody {
        let (customer, desk) = self.lines(n);
        let line = if side == Side::Customer { customer } else { desk };
        if line == LineNo(0) {
            return self.post(n, Author::Customer);
        }
        let line = LineRef { side, line };
        // What is gone stays gone: the server refuses to change it.
        let gone = self.journal.iter().any(|event| match &event.body {
            EventBody::LineChanged(it) => {
                event.subject.customer() == Some(customer_id(n)) && it.line == line && it.state.words().is_some()
            }
            _ => false,
        });
        let state = if gone { LineState::Blanked } else { state };
        let parts = match state.words() {
            Some(_) => vec![],
            None => text_parts(&format!("edited at {}", self.journal.len())),
        };
        let agent = None;
        EventBody::LineChanged(LineChanged {
            line,
            state,
            parts,
            agent,
        })
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
            quote: None,
            notice: None,
            state: LineState::Original,
        })
    }

    fn append_to(&mut self, n: u8, body: EventBody, unknown: bool) {
        let about = Subject::Conversation {
            customer: customer_id(n),
            conversation: self.open[&n],
        };
        self.append(about, Some(n), body, unknown);
    }

    fn append(&mut self, subject: Subject, thread: Option<u8>, body: EventBody, unknown: bool) {
        let rev = self.journal.len() as u64 + 1;
        let seq = thread.filter(|_| body.for_customer().is_some()).map(|n| {
            let seq = self.seqs.entry(n).or_default();
            *seq += 1;
            Seq(*seq)
        });
        let event = Event {
            rev: Rev(rev),
            seq,
            mark: Mark(rev),
            time: time_at(self.journal.len() + 1),
            subject,
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
}
