//! A desk on paper: what the server would tell, with numbers that fit, and a screen to tell it to.

#![allow(dead_code, reason = "each test file takes what it needs")]

use std::time::{Duration, Instant};

use minicom_client::{ClientEvent, CommandIds, ConnState};
use minicom_protocol::{
    customer_event::{
        Author, Closed, Closer, CustomerBody, CustomerEvent, HandedBack, HumanRequested, Joined, Opened, Posted,
    },
    event::{CardPart, CardTag, Part, Seen},
    frame::{CustomerMe, CustomerQuestion, CustomerReply, CustomerSignal, CustomerSnapshot, Estimate, Told},
    ids::{CommandId, ConversationId, Cursor, LineNo, Mark, Seq, TenantId, Time},
    intake::ClientInfo,
    line::LineState,
    settings::PreChatQuestion,
    stage::Side,
    text::{CustomerName, DisplayName, MessageText},
    thread_view::ThreadView,
    words::{SubjectLine, Tag},
};
use minicom_tui_customer::{App, Beginning, Msg, Order, Settings, Wishes};
use minicom_tui_kit::{
    Theme, Zone,
    testing::{BENCH_START, Bench},
};

/// The screen of carol, and the desk that she talks to.
pub struct Rig {
    pub bench: Bench<App>,
    pub desk: Desk,
    pub start: Instant,
}

/// A thread as the server has it.
#[derive(Default)]
pub struct Desk {
    pub events: Vec<CustomerEvent>,
    pub view: ThreadView,
}

pub fn settings(theme: Theme) -> Settings {
    Settings {
        name: CustomerName::parse("carol").unwrap(),
        command: "minicom-chat carol --server https://desk.example:443".to_owned(),
        theme,
        zone: Zone::utc(),
        draft: String::new(),
        files: String::new(),
        ids: CommandIds::starting_at(1),
        start: Instant::now(),
        keys: minicom_tui_customer::actions::keymap(),
        mouse: true,
        links: false,
        beginning: Beginning::new(Wishes::default(), "tui", ClientInfo::default()),
    }
}

/// A minute of Thursday 20 November, before (below zero) or after 14:00.
pub fn minute(minutes: i64) -> Time {
    Time(BENCH_START + minutes * 60_000_000)
}

pub fn ada() -> DisplayName {
    DisplayName::parse("Ada").unwrap()
}

pub fn agent() -> Author {
    Author::Agent { name: ada() }
}

impl Desk {
    pub fn event(&mut self, at: i64, command: Option<CommandId>, body: CustomerBody) -> CustomerEvent {
        let event = CustomerEvent {
            seq: self.view.seq.next(),
            mark: Mark(self.view.seq.0 + 1),
            time: minute(at),
            conversation: ConversationId::from_bytes([7; 16]),
            command,
            body,
        };
        self.view.apply(&event);
        self.events.push(event.clone());
        event
    }

    pub fn opened(&mut self, at: i64) -> CustomerEvent {
        self.event(at, None, CustomerBody::Opened(Opened { number: 1 }))
    }

    pub fn says(&mut self, at: i64, author: Author, text: &str) -> CustomerEvent {
        self.posts(at, None, author, text)
    }

    pub fn posts(&mut self, at: i64, command: Option<CommandId>, author: Author, text: &str) -> CustomerEvent {
        let line = match author.side() {
            Side::Customer => self.view.customer_lines.next(),
            Side::Desk => self.view.desk_lines.next(),
        };
        let parts = vec![Part::of_text(MessageText::parse(text).unwrap())];
        self.event(at, command, CustomerBody::Posted(posted(author, line, parts)))
    }

    pub fn asked(&mut self, at: i64) -> CustomerEvent {
        self.event(at, None, CustomerBody::HumanRequested(HumanRequested {}))
    }

    pub fn joined(&mut self, at: i64) -> CustomerEvent {
        self.event(at, None, CustomerBody::Joined(Joined { name: ada() }))
    }

    pub fn handed_back(&mut self, at: i64) -> CustomerEvent {
        self.event(at, None, CustomerBody::HandedBack(HandedBack {}))
    }

    pub fn closed(&mut self, at: i64, by: Closer) -> CustomerEvent {
        self.event(at, None, CustomerBody::Closed(closed(by)))
    }

    /// The desk has read all of the customer's lines, or the customer all of the desk's.
    pub fn read_by(&mut self, at: i64, side: Side) -> CustomerEvent {
        let up_to = match side {
            Side::Desk => self.view.customer_lines,
            Side::Customer => self.view.desk_lines,
        };
        self.event(at, None, CustomerBody::Seen(Seen { side, up_to }))
    }

    /// The story of the specification: a parcel, the bot, a person.
    pub fn story() -> Desk {
        let mut desk = Desk::default();
        desk.opened(-3);
        desk.says(-3, Author::Customer, "Hello, my parcel never arrived");
        desk.says(
            -3,
            Author::Bot,
            "Sorry to hear that. Do you have an order number?\nYou can also type \"human\" at any time.",
        );
        desk.says(-2, Author::Customer, "order 48213");
        desk.says(-2, Author::Customer, "human please");
        desk.asked(-2);
        desk.says(1, Author::Customer, "is anyone there?");
        desk.joined(2);
        desk.says(2, agent(), "Hi Carol, Ada here. Looking at order 48213 now.");
        desk.says(3, Author::Customer, "thank you!\nit was a birthday present");
        desk.read_by(3, Side::Desk);
        desk.read_by(3, Side::Customer);
        desk
    }
}

impl Rig {
    /// A screen of this size that has heard nothing yet, at 14:00.
    pub fn silent(width: u16, height: u16) -> Rig {
        Rig::themed(width, height, Theme::ansi())
    }

    pub fn themed(width: u16, height: u16, theme: Theme) -> Rig {
        Rig::with(settings(theme), Desk::default(), width, height)
    }

    pub fn with(settings: Settings, desk: Desk, width: u16, height: u16) -> Rig {
        let start = settings.start;
        let bench = Bench::new(App::new(settings), width, height);
        Rig { bench, desk, start }
    }

    /// Connected, with this thread.
    pub fn live(desk: Desk, width: u16, height: u16) -> Rig {
        let mut rig = Rig::with(settings(Theme::ansi()), desk, width, height);
        rig.connect();
        rig
    }

    /// In the middle of the story, at 14:03.
    pub fn story(width: u16, height: u16, theme: Theme) -> Rig {
        let mut rig = Rig::with(settings(theme), Desk::story(), width, height);
        rig.bench.advance(Duration::from_secs(180));
        rig.connect();
        rig
    }

    /// The server's whole thread, fresh.
    pub fn connect(&mut self) {
        let events = self.desk.events.clone();
        self.connect_with(events, false);
    }

    /// As [`Rig::connect`], for a customer and a desk of this kind.
    pub fn connect_as(&mut self, me: CustomerMe) {
        let events = self.desk.events.clone();
        self.fresh(me, events, false);
    }

    /// Only these events are in the snapshot.
    pub fn connect_with(&mut self, events: Vec<CustomerEvent>, more: bool) {
        self.fresh(me(), events, more);
    }

    fn fresh(&mut self, me: CustomerMe, events: Vec<CustomerEvent>, more: bool) {
        let view = self.desk.view.clone();
        let at = view.seq.0;
        self.state(ConnState::Live);
        self.tell(ClientEvent::Fresh {
            me,
            time: minute(0),
            cursor: Cursor { at, mark: Mark(at) },
            parts: vec![CustomerSnapshot { view, events, more }],
        });
    }

    pub fn tell(&mut self, event: ClientEvent<minicom_protocol::frame::Customers>) -> &mut Rig {
        self.bench.tell(Msg::Client(event));
        self
    }

    pub fn state(&mut self, state: ConnState) -> &mut Rig {
        self.tell(ClientEvent::State(state))
    }

    pub fn signal(&mut self, signal: CustomerSignal) -> &mut Rig {
        self.tell(ClientEvent::Signal(signal))
    }

    pub fn lost(&mut self, seconds: u64) -> &mut Rig {
        let retry_at = self.at(Duration::from_secs(seconds));
        self.state(ConnState::Reconnecting {
            retry_at,
            attempt: 1,
            why: "closed".into(),
        })
    }

    pub fn at(&self, later: Duration) -> Instant {
        self.start + self.bench.now().elapsed + later
    }

    /// These events happen.
    pub fn happens(&mut self, events: Vec<CustomerEvent>) -> &mut Rig {
        let to = events.last().unwrap();
        let (from, to, mark) = (events[0].seq.0 - 1, to.seq.0, to.mark);
        self.tell(ClientEvent::Batch { from, to, mark, events })
    }

    pub fn reply(&mut self, question: CustomerQuestion, events: Vec<CustomerEvent>, more: bool) -> &mut Rig {
        let told = Told::Reply(CustomerReply::Thread { events, more });
        self.tell(ClientEvent::Reply { n: 1, question, told })
    }

    /// The commands that were sent since the orders were last asked for, but for those that begin a conversation.
    pub fn sent(&mut self) -> Vec<(CommandId, minicom_protocol::command::CustomerCommand)> {
        let mut sent = self.sent_all();
        sent.retain(|(_, command)| !matches!(command, minicom_protocol::command::CustomerCommand::Start { .. }));
        sent
    }

    /// All commands that were sent since the orders were last asked for.
    pub fn sent_all(&mut self) -> Vec<(CommandId, minicom_protocol::command::CustomerCommand)> {
        let orders = self.bench.orders().into_iter();
        let sent = |order| match order {
            Order::Send { id, command } => Some((id, command)),
            _ => None,
        };
        orders.filter_map(sent).collect()
    }
}

pub fn me() -> CustomerMe {
    CustomerMe {
        name: CustomerName::parse("carol").unwrap(),
        tenant: TenantId::default_tenant(),
        desk: "Support".into(),
        questions: vec![],
        subtitle: String::new(),
        colour: String::new(),
        first: Default::default(),
        edit_window_s: 60,
        consent: String::new(),
        verified: false,
    }
}

/// What this desk asks first, by key and question.
pub fn asking(questions: &[(&str, &str)]) -> CustomerMe {
    let question = |(key, text): &(&str, &str)| PreChatQuestion {
        key: (*key).to_owned(),
        text: (*text).to_owned(),
    };
    CustomerMe {
        questions: questions.iter().map(question).collect(),
        ..me()
    }
}

/// A line as it was written.
pub fn posted(author: Author, line: LineNo, parts: Vec<Part>) -> Posted {
    Posted {
        author,
        line,
        parts,
        quote: None,
        state: LineState::Original,
    }
}

/// An end after which nothing is asked.
pub fn closed(by: Closer) -> Closed {
    Closed { by, ask_rating: false }
}

/// An article as a card.
pub fn card(slug: &str, title: &str, excerpt: &str) -> Part {
    Part::Card(CardPart {
        kind: CardTag::Card,
        slug: Tag::parse(slug).unwrap(),
        title: SubjectLine::parse(title).unwrap(),
        excerpt: excerpt.to_owned(),
        fallback: format!("{title} (article {slug})"),
    })
}

pub fn place(place: u64, estimate: Option<(u32, u32)>) -> CustomerSignal {
    CustomerSignal::Place {
        place: Some(place),
        estimate: estimate.map(|(from_min, to_min)| Estimate { from_min, to_min }),
    }
}

pub fn typing(name: Option<DisplayName>, on: bool, at: Seq) -> CustomerSignal {
    CustomerSignal::Typing { name, on, at }
}

pub fn line_no(line: u64) -> LineNo {
    LineNo(line)
}
