//! A customer's thread and desk in memory: what the store would hold.

use std::collections::BTreeMap;

use minicom_protocol::{
    command::{AgentCommand, CustomerCommand, SeenLines, TransferTo},
    context::Profile,
    event::{Author, Event, EventBody, Posted, Subject},
    ids::{AgentId, ConversationId, CustomerId, GroupId, LineNo, Mark, Rev, TicketNo, Time},
    intake::{Intake, Introduction, Priority},
    line::{LineRef, LineState},
    people::{AgentRef, CustomerRef, Realm, Role},
    refusal::Refusal,
    settings::DeskSettings,
    staff::{Group, Intent, Staff, StaffMember},
    stage::{HandOverReason, Side},
    summary::Summary,
    text::{CustomerName, DisplayName},
    thread_view::ThreadView,
    words::{GroupName, SubjectLine, Tag},
};
use uuid::Uuid;

use super::super::*;
use crate::order::{BotTurn, Fire, Order, OwnerGone, TimerKind, Turn, Who};

#[derive(Clone)]
pub struct Model {
    pub customer: CustomerRef,
    pub view: ThreadView,
    pub conversations: Vec<Summary>,
    pub journal: Vec<Event>,
    pub now: Time,
    pub settings: Settings,
    pub desk: DeskSettings,
    pub calendar: Option<Calendar>,
    pub staff: Staff,
    /// Conversations of other customers that agents have.
    pub busy: BTreeMap<AgentId, u32>,
    pub profile: Profile,
    pub more: More<'static>,
}

impl Model {
    pub fn new() -> Self {
        let name = CustomerName::try_from("carol".to_owned()).unwrap();
        let member = |who: Who| match who {
            Who::Agent { agent, role } => StaffMember {
                agent,
                role,
                enabled: true,
                skills: vec![],
                capacity: None,
                intent: Intent::Available,
            },
            _ => unreachable!(),
        };
        Model {
            customer: CustomerRef {
                id: CustomerId(Uuid::from_u128(1)),
                name,
                realm: Realm::Named,
            },
            view: ThreadView::default(),
            conversations: vec![],
            journal: vec![],
            now: Time(1_000_000),
            settings: Settings {
                bot: true,
                bot_deadline_ms: 6_000,
            },
            desk: DeskSettings::default(),
            calendar: None,
            staff: Staff {
                agents: vec![member(agent(1)), member(agent(2)), member(admin())],
                groups: vec![Group {
                    id: GroupId(Uuid::from_u128(50)),
                    name: GroupName::parse("billing").unwrap(),
                    members: vec![id_of(2)],
                    skills: vec![],
                }],
            },
            busy: BTreeMap::new(),
            profile: Profile::default(),
            more: More::default(),
        }
    }

    pub fn newest(&self) -> Option<&Summary> {
        self.conversations.last()
    }

    pub fn member(&mut self, n: u128) -> &mut StaffMember {
        let found = self.staff.agents.iter_mut().find(|it| it.agent.id == id_of(n));
        found.unwrap()
    }

    pub fn facts(&self, who: &Who, order: &Order) -> Facts<'_> {
        let others = |posted: &Posted| match (&posted.author, who) {
            (Author::Agent { agent }, Who::Agent { agent: me, .. }) => agent.id != me.id,
            (author, _) => author.side() == Side::Desk,
        };
        let newest_by_others = self.journal.iter().filter_map(|event| match &event.body {
            EventBody::Posted(posted) if others(posted) => Some(posted.line),
            _ => None,
        });
        let owner = self.newest().and_then(|row| row.stage.owner());
        let mut active = self.busy.clone();
        if let Some(owner) = owner
            && self.newest().is_some_and(|row| row.stage.is_active())
        {
            *active.entry(owner.id).or_default() += 1;
        }
        let (line, newest_own) = self.named_line(who, order);
        Facts {
            now: self.now,
            settings: self.settings,
            desk: &self.desk,
            calendar: self.calendar.as_ref(),
            thread: Some(ThreadFacts {
                customer: &self.customer,
                view: &self.view,
                conversation: self.newest(),
                fresh: ConversationId(Uuid::from_u128(100 + self.conversations.len() as u128)),
            }),
            more: More {
                newest_by_others: newest_by_others.max().unwrap_or_default(),
                staff: Some(&self.staff),
                active,
                owner: owner.and_then(|owner| self.staff.agent(owner.id)).cloned(),
                profile: Some(self.profile.clone()),
                line,
                newest_own,
                fresh_ticket: TicketNo(7),
                ..self.more.clone()
            },
        }
    }

    /// The line that an order names, in its present form, and the newest line of who asks.
    fn named_line(&self, who: &Who, order: &Order) -> (Option<Event>, LineNo) {
        let named = match order {
            Order::Customer(CustomerCommand::EditLine { line, .. } | CustomerCommand::WithdrawLine { line }) => {
                (Side::Customer, *line)
            }
            Order::Agent(AgentCommand::EditLine { line, .. } | AgentCommand::WithdrawLine { line, .. }) => {
                (Side::Desk, *line)
            }
            Order::Agent(AgentCommand::BlankLine { line, .. }) => (line.side, line.line),
            _ => return (None, LineNo(0)),
        };
        let mut found = None;
        let mut newest = LineNo(0);
        for event in &self.journal {
            match &event.body {
                EventBody::Posted(posted) => {
                    let own = match (&posted.author, who) {
                        (Author::Customer, Who::Customer(_)) => true,
                        (Author::Agent { agent }, Who::Agent { agent: me, .. }) => agent.id == me.id,
                        _ => false,
                    };
                    if own {
                        newest = posted.line;
                    }
                    if (posted.author.side(), posted.line) == named {
                        found = Some(event.clone());
                    }
                }
                EventBody::LineChanged(it) if (it.line.side, it.line.line) == named => {
                    if let Some(Event {
                        body: EventBody::Posted(posted),
                        ..
                    }) = &mut found
                    {
                        (posted.state, posted.parts) = (it.state, it.parts.clone());
                    }
                }
                _ => {}
            }
        }
        (found, newest)
    }

    pub fn run(&mut self, who: &Who, order: &Order) -> Result<Decision, Refusal> {
        self.now = self.now.plus_ms(1_000);
        let decision = decide(&self.facts(who, order), who, order)?;
        for body in &decision.events {
            if let EventBody::CustomerChanged(it) = body {
                self.profile = it.profile.clone();
            }
            if matches!(body, EventBody::CustomerChanged(_) | EventBody::TicketChanged(_)) {
                continue;
            }
            let conversation = decision.conversation.unwrap();
            let rev = Rev(self.journal.len() as u64 + 1);
            let event = Event {
                rev,
                seq: body.for_customer().map(|_| self.view.seq.next()),
                mark: Mark(rev.0),
                time: self.now,
                subject: Subject::Conversation {
                    customer: self.customer.id,
                    conversation,
                },
                command: None,
                body: body.clone(),
            };
            match self
                .conversations
                .iter_mut()
                .find(|summary| summary.conversation == conversation)
            {
                Some(summary) => summary.apply(&event),
                None => self.conversations.push(Summary::open(&event).unwrap()),
            }
            if let Some(theirs) = event.for_customer() {
                self.view.apply(&theirs);
            }
            self.journal.push(event);
        }
        Ok(decision)
    }

    /// Runs an order by its short name.
    pub fn does(&mut self, name: &str) -> Result<Decision, Refusal> {
        let (who, order) = order(self, name);
        self.run(&who, &order)
    }

    pub fn trigger(&self) -> Rev {
        let lines = self
            .journal
            .iter()
            .rev()
            .find(|event| matches!(&event.body, EventBody::Posted(posted) if posted.author == Author::Customer));
        lines.map_or(Rev(0), |event| event.rev)
    }

    /// The text of the desk's newest own line.
    pub fn said(&self) -> Option<String> {
        self.journal.iter().rev().find_map(|event| match &event.body {
            EventBody::Posted(posted) if posted.author == Author::System => Some(posted.text()),
            _ => None,
        })
    }
}

pub fn id_of(n: u128) -> AgentId {
    AgentId(Uuid::from_u128(n))
}

pub fn agent(n: u128) -> Who {
    let name = DisplayName::try_from(if n == 1 { "Ada" } else { "Bo" }.to_owned()).unwrap();
    Who::Agent {
        agent: AgentRef { id: id_of(n), name },
        role: Role::Agent,
    }
}

pub fn admin() -> Who {
    let name = DisplayName::try_from("Root".to_owned()).unwrap();
    Who::Agent {
        agent: AgentRef { id: id_of(9), name },
        role: Role::Admin,
    }
}

pub fn carol() -> Who {
    Who::Customer(Model::new().customer)
}

/// An order by its short name; what it needs of numbers it takes from the model.
pub fn order(model: &Model, name: &str) -> (Who, Order) {
    let (who, what) = name.split_once('.').unwrap_or((name, ""));
    let conversation = model
        .newest()
        .map_or(ConversationId(Uuid::nil()), |summary| summary.conversation);
    let caller = match who {
        "a" => agent(1),
        "b" => agent(2),
        "root" => admin(),
        "c" => return (carol(), Order::Customer(by_customer(model, what))),
        "bot" => return (Who::Bot, Order::BotTurn(by_bot(model, conversation, what))),
        _ => return (Who::Server, by_server(model, conversation, name)),
    };
    (caller, Order::Agent(by_agent(model, conversation, what)))
}

fn by_customer(model: &Model, what: &str) -> CustomerCommand {
    let line = model.view.customer_lines;
    match what {
        "post" => CustomerCommand::Post {
            text: "Hello".into(),
            quote: None,
            file: None,
        },
        "human" => CustomerCommand::RequestHuman {},
        "close" => CustomerCommand::Close {},
        "seen" => CustomerCommand::MarkSeen {
            up_to: LineNo(u64::MAX),
        },
        "start" => CustomerCommand::Start {
            intake: Intake {
                priority: Priority::High,
                ..Intake::default()
            },
            introduction: Introduction::default(),
            answers: vec![],
        },
        "name" => CustomerCommand::Introduce {
            introduction: Introduction {
                name: Some(SubjectLine::parse(format!("Carol {}", model.now.0)).unwrap()),
                email: None,
            },
        },
        "subject" => CustomerCommand::SetSubject {
            subject: SubjectLine::parse("late parcel").unwrap(),
        },
        "rate" => CustomerCommand::Rate {
            score: Some(5),
            comment: None,
        },
        "edit" => CustomerCommand::EditLine {
            line,
            text: format!("Hello again {}", model.now.0),
        },
        "undo" => CustomerCommand::WithdrawLine { line },
        other => panic!("customers do not {other}"),
    }
}

fn by_bot(model: &Model, conversation: ConversationId, what: &str) -> BotTurn {
    let turn = match what {
        "reply" => Turn::Reply {
            text: "I can help".into(),
        },
        "hand" => Turn::HandOver {
            text: "A person will come".into(),
            reason: HandOverReason::NotUnderstood,
            note: Box::default(),
        },
        "silence" => Turn::Silence,
        other => panic!("the bot does not {other}"),
    };
    BotTurn {
        conversation,
        trigger: model.trigger(),
        turn,
    }
}

fn by_server(model: &Model, conversation: ConversationId, what: &str) -> Order {
    let fire = |kind| {
        Order::Fire(Fire {
            kind,
            conversation,
            set_by: match kind {
                TimerKind::BotDeadline => model.trigger(),
                _ => Rev(model.journal.len() as u64),
            },
        })
    };
    match what {
        "fire" => fire(TimerKind::BotDeadline),
        "fire snooze" => fire(TimerKind::Snooze),
        "fire wait" => fire(TimerKind::WaitLimit),
        "fire silent" => fire(TimerKind::OwnerSilent),
        "fire warning" => fire(TimerKind::SilenceWarning),
        "fire close" => fire(TimerKind::SilenceClose),
        "gone a" => Order::OwnerGone(OwnerGone {
            conversation,
            agent: id_of(1),
        }),
        "route a" => Order::Route(crate::order::Route {
            conversation,
            agent: id_of(1),
        }),
        other => panic!("the server does not {other}"),
    }
}

fn by_agent(model: &Model, conversation: ConversationId, what: &str) -> AgentCommand {
    let up_to_date = SeenLines {
        customer: model.view.customer_lines,
        desk: model.view.desk_lines,
    };
    let post = |seen, take_over, anyway| AgentCommand::Post {
        conversation,
        text: "Hi".into(),
        seen,
        take_over,
        anyway,
        quote: None,
        reply: None,
        article: None,
        file: None,
    };
    let line = model.view.desk_lines;
    let to = |to, note: Option<&str>| AgentCommand::Transfer {
        conversation,
        to,
        note: note.map(str::to_owned),
    };
    let close = |seen| AgentCommand::Close { conversation, seen };
    match what {
        "post" => post(up_to_date, false, false),
        "post+take" => post(up_to_date, true, false),
        "post late" => post(SeenLines::default(), true, false),
        "post anyway" => post(SeenLines::default(), true, true),
        "take" => AgentCommand::TakeOver { conversation },
        "back" => AgentCommand::HandBack { conversation },
        "seen" => AgentCommand::MarkSeen {
            conversation,
            up_to: LineNo(u64::MAX),
        },
        "close" => close(up_to_date.customer),
        "close late" => close(LineNo(0)),
        "assign a" => AgentCommand::Assign {
            conversation,
            agent: id_of(1),
        },
        "assign b" => AgentCommand::Assign {
            conversation,
            agent: id_of(2),
        },
        "to b" => to(TransferTo::Agent { agent: id_of(2) }, None),
        "to group" => to(
            TransferTo::Group {
                group: GroupId(Uuid::from_u128(50)),
            },
            None,
        ),
        "to queue" => to(TransferTo::Queue, None),
        "to queue noting" => to(TransferTo::Queue, Some("please call back")),
        "snooze" => AgentCommand::Snooze {
            conversation,
            until: None,
        },
        "snooze 1h" => AgentCommand::Snooze {
            conversation,
            until: Some(model.now.plus_ms(3_600_000)),
        },
        "wake" => AgentCommand::Wake { conversation },
        "note" => AgentCommand::Note {
            conversation,
            text: "prefers e-mail".into(),
            agents: vec![id_of(2)],
            groups: vec![],
        },
        "tag" => AgentCommand::Tag {
            conversation,
            add: vec![Tag::parse("vip").unwrap()],
            remove: vec![],
        },
        "subject" => AgentCommand::SetSubject {
            conversation,
            subject: Some(SubjectLine::parse("refund").unwrap()),
        },
        "urgent" => AgentCommand::SetPriority {
            conversation,
            priority: Priority::Urgent,
        },
        "blank" => AgentCommand::BlankLine {
            conversation,
            line: LineRef {
                side: Side::Customer,
                line: model.view.customer_lines,
            },
        },
        "edit" => AgentCommand::EditLine {
            conversation,
            line,
            text: format!("Hi again {}", model.now.0),
        },
        "undo" => AgentCommand::WithdrawLine { conversation, line },
        "ticket" => AgentCommand::ConvertToTicket {
            conversation,
            title: None,
        },
        other => panic!("agents do not {other}"),
    }
}

/// What became of the newest customer's line.
pub fn state_of_last(model: &Model) -> LineState {
    let mut changes = model.journal.iter().filter_map(|event| match &event.body {
        EventBody::LineChanged(it) => Some(it.state),
        _ => None,
    });
    changes.next_back().unwrap_or_default()
}
