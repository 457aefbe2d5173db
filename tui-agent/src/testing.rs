//! For tests: a desk that makes events as a server would, and a seat at it with keys, a screen and a clock that stands still.
//!
//! Only with the feature `testing`.

pub mod news;
pub mod places;
pub mod storm;
pub mod story;
pub mod whys;

use std::{collections::BTreeMap, time::Duration, time::Instant};

use minicom_client::{ClientEvent, CommandIds, ConnState, ListChoice, kept::Parcel};
use minicom_protocol::{
    command::{AgentCommand, Done, Outcome, Warning},
    context::{AccountStatus, CustomerContext, Mention, NoteRow, Profile},
    event::{
        AgentChanged, Author, Closed, Event, EventBody, HandedBack, HumanRequested, Opened, Part, Posted, Seen,
        Snoozed, Subject, TagsChanged, TakenOver, Target, Transferred, Woken, WokenBy,
    },
    frame::{AgentMe, AgentQuestion, AgentReply, AgentSignal, AgentSnapshot, Agents, DeskState, Told, Typist},
    ids::{AgentId, CommandId, ConversationId, Cursor, CustomerId, GroupId, LineNo, Mark, Rev, Seq, TenantId, Time},
    intake::Intake,
    line::LineState,
    people::{AgentRef, CustomerRef, Realm, Role},
    queue::QueueStats,
    refusal::Refusal,
    search::{Found, Hit, Query, What, excerpt, query::Term},
    staff::{Group, Intent, Presence, PresenceState, StaffMember},
    stage::{Closer, HandOverReason, Side, StageIs},
    summary::Summary,
    text::{CustomerName, DisplayName, MessageText},
    words::{GroupName, Skill, SubjectLine, Tag},
};
use minicom_tui_kit::{
    Effect, Input, Shown, Theme, Zone,
    config::Habits,
    editor::Edit,
    notify::Notifier,
    testing::{BENCH_START, Bench},
};

use crate::{
    app::{App, Msg, Order, Settings},
    keys,
};

/// The agent who sits at the seat.
pub const ADA: &str = "Ada";
/// A colleague.
pub const BO: &str = "Bo";

/// A moment for replicas.
pub fn client_start() -> Instant {
    Instant::now()
}

/// An agent by name.
pub fn agent(name: &str) -> AgentRef {
    AgentRef {
        id: AgentId::from_bytes([name.as_bytes()[0]; 16]),
        name: DisplayName::parse(name).unwrap(),
    }
}

/// What a server would know, made by saying what happened.
#[derive(Clone, Default)]
pub struct Desk {
    events: Vec<Event>,
    /// Staff and settings as a fresh start tells them; see [`Desk::member`].
    pub state: DeskState,
    /// Events that cannot be found yet.
    pub behind: u64,
    /// How many of the closed ones a fresh start tells, the newest; else all.
    pub closed_told: Option<usize>,
    /// The one who sits at the seat is an admin.
    pub admin: bool,
    /// Replies to questions that are not answered from what happened; the first that fits is given.
    pub replies: Vec<(AgentQuestion, AgentReply)>,
    rows: BTreeMap<ConversationId, Summary>,
    /// Customer's name to its conversations, in order.
    threads: BTreeMap<String, Vec<ConversationId>>,
    time: i64,
    told: usize,
    command: Option<CommandId>,
    intake: Intake,
}

impl Desk {
    pub fn new() -> Desk {
        let mut desk = Desk {
            time: BENCH_START,
            ..Desk::default()
        };
        desk.member(ADA, |_| {}).member(BO, |_| {});
        desk
    }

    /// An agent of the desk, there from the start.
    pub fn member(&mut self, name: &str, change: impl FnOnce(&mut StaffMember)) -> &mut Self {
        let at = match self
            .state
            .staff
            .agents
            .iter()
            .position(|it| it.agent.name.as_str() == name)
        {
            Some(at) => at,
            None => {
                self.state.staff.agents.push(StaffMember {
                    agent: agent(name),
                    role: Role::Agent,
                    enabled: true,
                    skills: vec![],
                    capacity: None,
                    intent: Intent::Available,
                });
                self.state.staff.agents.len() - 1
            }
        };
        change(&mut self.state.staff.agents[at]);
        self
    }

    /// A group of the desk, there from the start.
    pub fn group(&mut self, name: &str, members: &[&str], skills: &[&str]) -> &mut Self {
        self.state.staff.groups.push(Group {
            id: GroupId::from_bytes([name.as_bytes()[0]; 16]),
            name: GroupName::parse(name).unwrap(),
            members: members.iter().map(|name| agent(name).id).collect(),
            skills: skills.iter().map(|skill| Skill::parse(skill).unwrap()).collect(),
        });
        self
    }

    /// The one who sits at the seat is an admin.
    pub fn by_admin(&mut self) -> &mut Self {
        self.admin = true;
        self.member(ADA, |ada| ada.role = Role::Admin)
    }

    /// Something of an agent changes now.
    pub fn changes(&mut self, name: &str, change: impl FnOnce(&mut StaffMember)) -> &mut Self {
        self.member(name, change);
        let member = self.state.staff.agent(agent(name).id).unwrap().clone();
        let subject = Subject::Agent { agent: member.agent.id };
        let intent_only = true;
        self.add(subject, EventBody::AgentChanged(AgentChanged { member, intent_only }))
    }

    /// What follows happened so many seconds before 14:00.
    pub fn ago(&mut self, seconds: i64) -> &mut Self {
        self.time = BENCH_START - seconds * 1_000_000;
        self
    }

    /// What follows is caused by this command.
    pub fn by(&mut self, command: CommandId) -> &mut Self {
        self.command = Some(command);
        self
    }

    fn customer(&self, name: &str) -> CustomerRef {
        let mut id = [0; 16];
        for (place, byte) in id.iter_mut().zip(name.bytes().chain([1])) {
            *place = byte;
        }
        CustomerRef {
            id: CustomerId::from_bytes(id),
            name: CustomerName::parse(name).unwrap(),
            realm: Realm::Named,
        }
    }

    /// The newest conversation of a customer.
    pub fn conversation(&self, name: &str) -> ConversationId {
        *self.threads[name].last().unwrap()
    }

    /// Its row, if the customer has ever been here.
    pub fn knows(&self, name: &str) -> Option<&Summary> {
        self.threads.get(name).and_then(|all| self.rows.get(all.last()?))
    }

    /// Its row.
    pub fn row(&self, name: &str) -> &Summary {
        &self.rows[&self.conversation(name)]
    }

    /// Something happens in the newest conversation of a customer.
    pub fn happens(&mut self, name: &str, body: EventBody) -> &mut Self {
        let customer = self.customer(name).id;
        let conversation = self.conversation(name);
        self.add(Subject::Conversation { customer, conversation }, body)
    }

    /// Something happens.
    pub fn add(&mut self, subject: Subject, body: EventBody) -> &mut Self {
        let rev = self.events.len() as u64 + 1;
        let event = Event {
            rev: Rev(rev),
            seq: Some(Seq(rev)),
            mark: Mark(rev),
            time: Time(self.time),
            subject,
            command: self.command.take(),
            body,
        };
        match (Summary::open(&event), subject.conversation()) {
            (Some(row), Some(conversation)) => drop(self.rows.insert(conversation, row)),
            (None, Some(conversation)) => self.rows.get_mut(&conversation).unwrap().apply(&event),
            _ => {}
        }
        self.events.push(event);
        self
    }

    /// A conversation begins in which nothing was said yet, unless one is open.
    pub fn opens(&mut self, name: &str) {
        let before = self
            .threads
            .get(name)
            .and_then(|all| all.last())
            .map(|last| self.rows[last].clone());
        if before.as_ref().is_some_and(|row| row.stage.is_open()) {
            return;
        }
        let number = before.as_ref().map_or(1, |row| row.number + 1);
        let mut id = [number as u8; 16];
        id[..name.len().min(15)].copy_from_slice(&name.as_bytes()[..name.len().min(15)]);
        self.threads
            .entry(name.to_owned())
            .or_default()
            .push(ConversationId::from_bytes(id));
        let lines = |get: fn(&Summary) -> LineNo| before.as_ref().map_or(LineNo(0), get);
        let opened = Opened {
            customer: self.customer(name),
            number,
            customer_lines: lines(|row| row.customer_lines),
            desk_lines: lines(|row| row.desk_lines),
            customer_mark: lines(|row| row.customer_mark),
            desk_mark: lines(|row| row.desk_mark),
            intake: std::mem::take(&mut self.intake),
            answers: vec![],
            hint: None,
        };
        let command = self.command.take();
        self.happens(name, EventBody::Opened(opened));
        self.command = command;
    }

    fn posts(&mut self, name: &str, author: Author, text: &str) -> &mut Self {
        let row = self.row(name);
        let line = match author.side() {
            Side::Customer => row.customer_lines.next(),
            Side::Desk => row.desk_lines.next(),
        };
        let parts = vec![Part::of_text(MessageText::parse(text).unwrap())];
        self.happens(
            name,
            EventBody::Posted(Posted {
                author,
                line,
                parts,
                quote: None,
                notice: None,
                state: LineState::Original,
            }),
        )
    }

    /// What the next conversation begins with.
    pub fn with(&mut self, change: impl FnOnce(&mut Intake)) -> &mut Self {
        change(&mut self.intake);
        self
    }

    pub fn says(&mut self, name: &str, text: &str) -> &mut Self {
        self.opens(name);
        self.posts(name, Author::Customer, text)
    }

    pub fn bot(&mut self, name: &str, text: &str) -> &mut Self {
        self.posts(name, Author::Bot, text)
    }

    pub fn replies(&mut self, name: &str, by: &str, text: &str) -> &mut Self {
        self.posts(name, Author::Agent { agent: agent(by) }, text)
    }

    pub fn asks(&mut self, name: &str) -> &mut Self {
        let reason = HandOverReason::CustomerAsked;
        let by_customer = false;
        self.happens(
            name,
            EventBody::HumanRequested(HumanRequested {
                reason,
                by_customer,
                respond_by: None,
                note: None,
            }),
        )
    }

    pub fn taken(&mut self, name: &str, by: &str) -> &mut Self {
        self.happens(
            name,
            EventBody::TakenOver(TakenOver {
                agent: agent(by),
                by: None,
                routed: false,
            }),
        )
    }

    /// An admin makes somebody the owner.
    pub fn assigned(&mut self, name: &str, to: &str, by: &str) -> &mut Self {
        self.happens(
            name,
            EventBody::TakenOver(TakenOver {
                agent: agent(to),
                by: Some(agent(by)),
                routed: false,
            }),
        )
    }

    pub fn transferred(&mut self, name: &str, by: &str, to: Target) -> &mut Self {
        self.happens(name, EventBody::Transferred(Transferred { by: agent(by), to }))
    }

    pub fn snoozed(&mut self, name: &str, by: &str, until: Option<Time>) -> &mut Self {
        self.happens(
            name,
            EventBody::Snoozed(Snoozed {
                agent: agent(by),
                until,
            }),
        )
    }

    pub fn woken(&mut self, name: &str, by: &str, why: WokenBy) -> &mut Self {
        self.happens(name, EventBody::Woken(Woken { agent: agent(by), why }))
    }

    pub fn tagged(&mut self, name: &str, by: &str, tags: &[&str]) -> &mut Self {
        let tags = tags.iter().map(|tag| Tag::parse(tag).unwrap()).collect();
        self.happens(name, EventBody::TagsChanged(TagsChanged { agent: agent(by), tags }))
    }

    pub fn handed_back(&mut self, name: &str, by: &str) -> &mut Self {
        self.happens(name, EventBody::HandedBack(HandedBack { agent: agent(by) }))
    }

    pub fn closed(&mut self, name: &str, by: Closer) -> &mut Self {
        self.happens(name, EventBody::Closed(Closed { by, ask_rating: false }))
    }

    /// One side has read everything.
    pub fn reads(&mut self, name: &str, side: Side) -> &mut Self {
        let row = self.row(name);
        let up_to = match side {
            Side::Customer => row.desk_lines,
            Side::Desk => row.customer_lines,
        };
        self.happens(name, EventBody::Seen(Seen { side, up_to }))
    }

    fn cursor(&self) -> Cursor {
        let at = self.events.len() as u64;
        Cursor { at, mark: Mark(at) }
    }

    fn me(&self) -> AgentMe {
        AgentMe {
            agent: agent(ADA),
            role: if self.admin { Role::Admin } else { Role::Agent },
            tenant: TenantId::default_tenant(),
        }
    }

    /// A fresh start at 14:00.
    pub fn fresh(&mut self) -> ClientEvent<Agents> {
        self.fresh_at(BENCH_START)
    }

    pub fn fresh_at(&mut self, time: i64) -> ClientEvent<Agents> {
        self.told = self.events.len();
        let closed = self.closed_before(None);
        let (newest, older) = closed.split_at(closed.len().min(self.closed_told.unwrap_or(usize::MAX)));
        let open = self.rows.values().filter(|row| row.stage.is_open());
        ClientEvent::Fresh {
            me: self.me(),
            time: Time(time),
            cursor: self.cursor(),
            parts: vec![AgentSnapshot {
                conversations: open.chain(newest).cloned().collect(),
                more_closed: !older.is_empty(),
                desk: Some(Box::new(self.state.clone())),
            }],
        }
    }

    /// The closed ones, the newest first.
    fn closed_before(&self, before: Option<Rev>) -> Vec<Summary> {
        let closed = self.rows.values().filter(|row| !row.stage.is_open());
        let mut closed: Vec<Summary> = closed
            .filter(|row| before.is_none_or(|before| row.rev < before))
            .cloned()
            .collect();
        closed.sort_by_key(|row| std::cmp::Reverse(row.rev));
        closed
    }

    pub fn resumed_at(&mut self, time: i64) -> ClientEvent<Agents> {
        let at = self.told as u64;
        ClientEvent::Resumed {
            me: self.me(),
            time: Time(time),
            cursor: Cursor { at, mark: Mark(at) },
        }
    }

    /// What happened since this was last asked, or since the fresh start.
    pub fn batch(&mut self) -> ClientEvent<Agents> {
        let from = std::mem::replace(&mut self.told, self.events.len());
        ClientEvent::Batch {
            from: from as u64,
            to: self.events.len() as u64,
            mark: self.cursor().mark,
            events: self.events[from..].to_vec(),
        }
    }

    /// The reply to a question, as of what was told.
    pub fn reply(&self, question: AgentQuestion) -> ClientEvent<Agents> {
        if let Some((_, reply)) = self.replies.iter().find(|(asked, _)| *asked == question) {
            let told = Told::Reply(reply.clone());
            return ClientEvent::Reply { n: 1, question, told };
        }
        let reply = match &question {
            AgentQuestion::Thread {
                customer,
                before,
                limit,
            } => {
                let theirs = |event: &&Event| event.subject.customer() == Some(*customer);
                let until = before.map_or(u64::MAX, |before| before.0);
                let all = self.events[..self.told]
                    .iter()
                    .filter(theirs)
                    .filter(|event| event.rev.0 < until);
                let all: Vec<Event> = all.cloned().collect();
                let skip = all.len().saturating_sub(*limit as usize);
                AgentReply::Thread {
                    customer: *customer,
                    events: all[skip..].to_vec(),
                    more: skip > 0,
                }
            }
            AgentQuestion::Summary { conversation } if self.rows.contains_key(conversation) => AgentReply::Summary {
                summary: Box::new(self.rows[conversation].clone()),
            },
            AgentQuestion::Closed { before, limit } => {
                let mut conversations = self.closed_before(*before);
                let more = conversations.len() > *limit as usize;
                conversations.truncate(*limit as usize);
                AgentReply::Closed { conversations, more }
            }
            AgentQuestion::Customer { customer } if self.rows.values().any(|row| row.customer.id == *customer) => {
                self.context(*customer)
            }
            AgentQuestion::Extra { .. } => AgentReply::Extra {
                lines: vec![],
                trouble: None,
            },
            AgentQuestion::Replies { .. } => AgentReply::Replies {
                replies: vec![],
                more: false,
            },
            AgentQuestion::Articles { .. } | AgentQuestion::AllArticles { .. } => {
                AgentReply::Articles { articles: vec![] }
            }
            AgentQuestion::Tickets { .. } => AgentReply::Tickets {
                tickets: vec![],
                more: false,
            },
            AgentQuestion::Mentions { .. } => self.mentions(),
            AgentQuestion::Search { query, customer, .. } => self.found(query, *customer),
            AgentQuestion::Views {} => AgentReply::Views { views: vec![] },
            AgentQuestion::Queue {} => AgentReply::Queue {
                stats: QueueStats::default(),
            },
            AgentQuestion::Workload { .. } => AgentReply::Workload { agents: vec![] },
            AgentQuestion::Customer { .. }
            | AgentQuestion::Why { .. }
            | AgentQuestion::Suggestions { .. }
            | AgentQuestion::Recap { .. }
            | AgentQuestion::Draft { .. }
            | AgentQuestion::Statistics { .. }
            | AgentQuestion::Article { .. }
            | AgentQuestion::Summary { .. }
            | AgentQuestion::Ticket { .. } => {
                let told = Told::Refusal(Refusal::NotFound);
                return ClientEvent::Reply { n: 1, question, told };
            }
        };
        let told = Told::Reply(reply);
        ClientEvent::Reply { n: 1, question, told }
    }

    /// Lines with all the words, newest first.
    fn found(&self, typed: &str, only: Option<CustomerId>) -> AgentReply {
        let query = Query::parse(typed);
        let hit = |event: &Event| {
            let (EventBody::Posted(it), Some(conversation)) = (&event.body, event.subject.conversation()) else {
                return None;
            };
            let row = &self.rows[&conversation];
            let text = it.text();
            let each = |term: &Term| {
                let all = vec![term.clone()];
                let one = Query {
                    all,
                    ..Query::default()
                };
                !one.marks(&text).is_empty()
            };
            let fits = only.is_none_or(|only| only == row.customer.id) && query.all.iter().all(each);
            let (excerpt, marks) = excerpt(&query, &text);
            fits.then(|| Hit {
                at: event.rev,
                time: event.time,
                conversation,
                customer: row.customer.clone(),
                stage: StageIs::of(&row.stage),
                subject: None,
                what: What::Line {
                    author: it.author.clone(),
                },
                excerpt,
                marks,
            })
        };
        let hits = self.events[..self.told].iter().rev().filter_map(hit).collect();
        let unclear = query.troubles();
        let found = Found {
            hits,
            unclear,
            behind: self.behind,
            ..Found::default()
        };
        AgentReply::Search { found }
    }

    /// Notes that mention the one who sits at the seat, as of what was told.
    fn mentions(&self) -> AgentReply {
        let mention = |event: &Event| {
            let (EventBody::Noted(it), Some(conversation)) = (&event.body, event.subject.conversation()) else {
                return None;
            };
            let note = NoteRow {
                rev: event.rev,
                conversation,
                by: it.agent.clone(),
                at: event.time,
                text: it.text.as_str().to_owned(),
            };
            let customer = self.rows[&conversation].customer.clone();
            it.mentions
                .contains(&agent(ADA).id)
                .then_some(Mention { note, customer })
        };
        let told = self.events[..self.told].iter().rev();
        AgentReply::Mentions {
            mentions: told.filter_map(mention).collect(),
            more: false,
        }
    }

    /// The customer has said what to be called by.
    pub fn is_called(&mut self, name: &str, called: &str) -> &mut Self {
        let customer = self.row(name).customer.id;
        let AgentReply::Customer { mut context } = self.context(customer) else {
            return self;
        };
        context.profile.name = SubjectLine::parse(called).ok();
        let question = AgentQuestion::Customer { customer };
        self.replies.push((question, AgentReply::Customer { context }));
        self
    }

    /// What is known of a customer: the conversations, and nothing that was said.
    fn context(&self, customer: CustomerId) -> AgentReply {
        let mut newest: Vec<Summary> = self
            .rows
            .values()
            .filter(|row| row.customer.id == customer)
            .cloned()
            .collect();
        newest.sort_by_key(|row| std::cmp::Reverse(row.number));
        AgentReply::Customer {
            context: Box::new(CustomerContext {
                customer: newest[0].customer.clone(),
                profile: Profile::default(),
                verified: false,
                first_seen: newest[newest.len() - 1].opened_at,
                status: AccountStatus::Active,
                also: vec![],
                conversations: newest.len() as u64,
                open_conversations: newest.iter().filter(|row| row.stage.is_open()).count() as u64,
                newest,
                tickets: 0,
                open_tickets: 0,
                newest_tickets: vec![],
                notes: vec![],
            }),
        }
    }

    /// Who is there; each looks at nothing.
    pub fn presence(here: &[(&str, PresenceState)]) -> ClientEvent<Agents> {
        let agents = here.iter().map(|(name, state)| Presence {
            agent: agent(name),
            state: *state,
            intent: Intent::Available,
            last_activity_at: None,
            gone_since: None,
            viewing: None,
        });
        ClientEvent::Signal(AgentSignal::Presence {
            agents: agents.collect(),
        })
    }

    /// The bot's answer as far as it is there.
    pub fn bot_delta(&self, name: &str, text: &str) -> ClientEvent<Agents> {
        ClientEvent::Signal(AgentSignal::BotDelta {
            conversation: self.conversation(name),
            text: text.to_owned(),
            at: Rev(self.events.len() as u64),
        })
    }

    /// Somebody types.
    pub fn types(&self, name: &str, who: Typist, on: bool) -> ClientEvent<Agents> {
        ClientEvent::Signal(AgentSignal::Typing {
            conversation: self.conversation(name),
            who,
            on,
            at: Rev(self.events.len() as u64),
        })
    }
}

/// A seat at a desk.
pub struct Seat {
    pub bench: Bench<App>,
    pub desk: Desk,
    /// What was ordered, but for questions: those are answered at once; and for what is said in passing.
    pub orders: Vec<Order>,
    /// What was said in passing: what is on the screen, and how far.
    pub said: Vec<Order>,
    /// What was handed over to be kept.
    pub kept: Vec<Parcel>,
    /// How the list is arranged, as it was handed over last.
    pub choice: ListChoice,
    /// The texts that were given to an editor.
    pub edits: Vec<Edit>,
    /// What was copied last.
    pub copied: Option<String>,
    /// Whether the mouse was asked for, each time.
    pub mouse: Vec<bool>,
    /// How the person is called from now on, if that was said.
    pub notifier: Option<Notifier>,
    pub bells: usize,
    /// Words for the desktop.
    pub called: Vec<Shown>,
    pub title: String,
    /// How often everything was to be drawn anew, and how often the shell was to come back.
    pub redrawn: usize,
    pub suspended: usize,
    pub quit: Option<u8>,
    pub start: Instant,
}

impl Seat {
    /// Not connected yet.
    pub fn away(width: u16, height: u16, theme: Theme) -> Seat {
        let start = client_start();
        let settings = Settings {
            sign_in: Shown::fixed("minicom-agent login --profile work"),
            theme,
            zone: Zone::utc(),
            keymap: keys::keymap(false).unwrap(),
            server: Shown::fixed("http://127.0.0.1:8000"),
            ids: CommandIds::starting_at(7),
            start,
            links: false,
            keeps: true,
            list: None,
            mouse: true,
            habits: Habits::default(),
        };
        let mut seat = Seat {
            bench: Bench::new(App::new(settings), width, height),
            desk: Desk::new(),
            orders: Vec::new(),
            said: Vec::new(),
            kept: Vec::new(),
            choice: ListChoice::default(),
            edits: Vec::new(),
            copied: None,
            mouse: Vec::new(),
            notifier: None,
            bells: 0,
            called: Vec::new(),
            title: String::new(),
            redrawn: 0,
            suspended: 0,
            quit: None,
            start,
        };
        seat.pump();
        seat
    }

    /// Connected to a desk.
    pub fn at(desk: Desk, width: u16, height: u16) -> Seat {
        Seat::with(desk, width, height, Theme::ansi())
    }

    pub fn with(desk: Desk, width: u16, height: u16, theme: Theme) -> Seat {
        let mut seat = Seat::away(width, height, theme);
        seat.desk = desk;
        seat.connect();
        seat
    }

    pub fn connect(&mut self) -> &mut Self {
        self.client(ClientEvent::State(ConnState::Live));
        self.client(ClientEvent::Latency(Duration::from_micros(7_300)));
        let fresh = self.desk.fresh_at(self.bench.now().wall);
        self.client(fresh)
    }

    /// The connection is lost; the next attempt is in 3 seconds.
    pub fn lose(&mut self) -> &mut Self {
        let now = self.start + self.bench.now().elapsed;
        self.client(ClientEvent::State(ConnState::Reconnecting {
            retry_at: now + Duration::from_secs(3),
            attempt: 1,
            why: "connection refused".to_owned(),
        }))
    }

    pub fn resume(&mut self) -> &mut Self {
        self.client(ClientEvent::State(ConnState::Live));
        let resumed = self.desk.resumed_at(self.bench.now().wall);
        self.client(resumed).hear()
    }

    pub fn client(&mut self, event: ClientEvent<Agents>) -> &mut Self {
        self.bench.tell(Msg::Client(Box::new(event)));
        self.pump()
    }

    /// What happened at the desk meanwhile reaches the seat.
    pub fn hear(&mut self) -> &mut Self {
        let batch = self.desk.batch();
        self.client(batch)
    }

    /// Something happens at the desk now, and reaches the seat.
    pub fn happens(&mut self, what: impl FnOnce(&mut Desk) -> &mut Desk) -> &mut Self {
        self.desk.time = self.bench.now().wall;
        what(&mut self.desk);
        self.hear()
    }

    #[track_caller]
    pub fn press(&mut self, typed: &str) -> &mut Self {
        self.bench.press(typed);
        self.pump()
    }

    pub fn input(&mut self, input: Input<Msg>) -> &mut Self {
        self.bench.input(input);
        self.pump()
    }

    pub fn advance(&mut self, seconds: u64) -> &mut Self {
        self.bench.advance(Duration::from_secs(seconds));
        self.pump()
    }

    pub fn pump(&mut self) -> &mut Self {
        loop {
            let effects = self.bench.effects();
            if effects.is_empty() {
                return self;
            }
            for effect in effects {
                match effect {
                    Effect::Program(Order::Ask(question)) => {
                        let live = self.bench.app.is_live();
                        let reply = match live {
                            true => self.desk.reply(question),
                            false => ClientEvent::AskFailed { n: 1, question },
                        };
                        self.bench.tell(Msg::Client(Box::new(reply)));
                    }
                    Effect::Program(order @ (Order::Viewing(_) | Order::Delivered { .. })) => self.said.push(order),
                    Effect::Program(Order::KeepChoice(choice)) => self.choice = choice,
                    Effect::Program(Order::Keep(parcel)) => self.kept.push(*parcel),
                    Effect::Program(order) => self.orders.push(order),
                    Effect::Notify(call) => {
                        self.bells += usize::from(call.bell);
                        self.called.extend(call.words);
                    }
                    Effect::Title(title) => self.title = title.to_string(),
                    Effect::Quit(code) => self.quit = Some(code),
                    Effect::Edit(edit) => self.edits.push(edit),
                    Effect::Copy(text) => self.copied = Some(text),
                    Effect::Mouse(on) => self.mouse.push(on),
                    Effect::Notifier(notifier) => self.notifier = Some(notifier),
                    Effect::Redraw => self.redrawn += 1,
                    Effect::Suspend => self.suspended += 1,
                }
            }
        }
    }

    /// What was ordered since this was last asked.
    pub fn ordered(&mut self) -> Vec<Order> {
        std::mem::take(&mut self.orders)
    }

    /// Commands that were sent since the orders were last asked for; drafts and signals are dropped.
    pub fn commands(&mut self) -> Vec<AgentCommand> {
        self.sent().into_iter().map(|(_, command)| command).collect()
    }

    pub fn sent(&mut self) -> Vec<(CommandId, AgentCommand)> {
        let sent = self.ordered().into_iter().filter_map(|order| match order {
            Order::Send { id, command } => Some((id, command)),
            _ => None,
        });
        sent.collect()
    }

    /// The server does the only command that was sent since the last time; `what` makes its events.
    #[track_caller]
    pub fn done(&mut self, what: impl FnOnce(&mut Desk) -> &mut Desk) -> &mut Self {
        let (id, command) = self.only_command();
        self.desk.time = self.bench.now().wall;
        self.desk.by(id);
        what(&mut self.desk);
        self.desk.command = None;
        let done = Done {
            rev: Some(Rev(self.desk.events.len() as u64)),
            conversation: command.conversation(),
            ..Done::default()
        };
        let outcome = Outcome::Done(done);
        self.client(ClientEvent::Answered { id, command, outcome });
        self.hear()
    }

    /// The server does the only command, with a warning, and nothing else happens.
    #[track_caller]
    pub fn warned(&mut self, warning: Warning) -> &mut Self {
        let (id, command) = self.only_command();
        let done = Done {
            conversation: command.conversation(),
            warning: Some(warning),
            ..Done::default()
        };
        let outcome = Outcome::Done(done);
        self.client(ClientEvent::Answered { id, command, outcome })
    }

    /// The server refuses the only command that was sent since the last time.
    #[track_caller]
    pub fn refused(&mut self, refusal: Refusal) -> &mut Self {
        let (id, command) = self.only_command();
        let outcome = Outcome::Refused { refusal };
        self.client(ClientEvent::Answered { id, command, outcome })
    }

    #[track_caller]
    fn only_command(&mut self) -> (CommandId, AgentCommand) {
        let sent = self.sent();
        let [one] = sent.as_slice() else {
            panic!("not one command: {sent:?}")
        };
        one.clone()
    }

    #[track_caller]
    pub fn sees(&mut self, words: &str) -> &mut Self {
        self.bench.sees(words);
        self
    }

    #[track_caller]
    pub fn sees_no(&mut self, words: &str) -> &mut Self {
        self.bench.sees_no(words);
        self
    }

    /// The row of the screen that has these words.
    #[track_caller]
    pub fn row_with(&self, words: &str) -> String {
        let screen = self.bench.screen();
        let row = screen.lines().find(|row| row.contains(words));
        row.unwrap_or_else(|| panic!("{words:?} is not on the screen:\n{screen}"))
            .to_owned()
    }
}
