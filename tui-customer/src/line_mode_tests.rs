//! What lines lead to, and what is said.

use minicom_protocol::{
    command::Done,
    customer_event::{Author, HumanRequested, Joined, Posted},
    event::Part,
    frame::{CustomerMe, CustomerSignal, CustomerSnapshot},
    ids::{ConversationId, Cursor, Mark, TenantId, Time},
    text::{CustomerName, DisplayName, MessageText},
    thread_view::ThreadView,
};
use minicom_tui_kit::plain::meaning;

use super::*;

/// Thursday 20 November 2025, 14:00 UTC.
const WALL: i64 = 1_763_647_200_000_000;
const DAY: i64 = 86_400_000_000;

struct Desk {
    lines: Lines,
    now: Now,
    view: ThreadView,
    said: Vec<String>,
    orders: Vec<Order>,
    quit: Option<u8>,
}

impl Desk {
    fn new() -> Desk {
        let ids = CommandIds::starting_at(1);
        Desk {
            lines: Lines::new(Zone::utc(), ids, Instant::now(), true),
            now: Now {
                elapsed: Duration::ZERO,
                wall: WALL,
            },
            view: ThreadView::default(),
            said: Vec::new(),
            orders: Vec::new(),
            quit: None,
        }
    }

    fn live(events: Vec<CustomerEvent>) -> Desk {
        let mut desk = Desk::new();
        desk.fresh(events);
        desk.client(ClientEvent::State(ConnState::Live));
        desk
    }

    fn input(&mut self, input: PlainInput<Msg>) -> &mut Desk {
        for effect in self.lines.update(input, self.now) {
            match effect {
                PlainEffect::Say(words) => self.said.push(words.to_string()),
                PlainEffect::Quit(code) => self.quit = self.quit.or(Some(code)),
                PlainEffect::Program(order) => self.orders.push(order),
            }
        }
        self
    }

    fn types(&mut self, line: &str) -> &mut Desk {
        match meaning(line) {
            Some(input) => self.input(input),
            None => self,
        }
    }

    fn client(&mut self, event: ClientEvent<Customers>) -> &mut Desk {
        self.input(PlainInput::Message(Msg::Client(event)))
    }

    fn event(&mut self, time: i64, command: Option<CommandId>, body: CustomerBody) -> CustomerEvent {
        let event = CustomerEvent {
            seq: self.view.seq.next(),
            mark: Mark(1),
            time: Time(time),
            conversation: ConversationId::from_bytes([1; 16]),
            command,
            body,
        };
        self.view.apply(&event);
        event
    }

    fn post(&mut self, time: i64, command: Option<CommandId>, author: Author, text: &str) -> CustomerEvent {
        let line = self.view.desk_lines.max(self.view.customer_lines).next();
        let parts = vec![Part::of_text(MessageText::parse(text).unwrap())];
        self.event(time, command, CustomerBody::Posted(Posted { author, line, parts }))
    }

    fn fresh(&mut self, events: Vec<CustomerEvent>) -> &mut Desk {
        for event in &events {
            self.view.apply(event);
        }
        let (view, at, more) = (self.view.clone(), self.view.seq.0, false);
        let me = CustomerMe {
            name: CustomerName::parse("carol").unwrap(),
            tenant: TenantId::default_tenant(),
        };
        let (time, mark) = (Time(WALL), Mark(1));
        let parts = vec![CustomerSnapshot { view, events, more }];
        let cursor = Cursor { at, mark };
        self.client(ClientEvent::Fresh {
            me,
            time,
            cursor,
            parts,
        })
    }

    fn happens(&mut self, event: CustomerEvent) -> &mut Desk {
        let (to, mark) = (event.seq.0, event.mark);
        let (from, events) = (to - 1, vec![event]);
        self.client(ClientEvent::Batch { from, to, mark, events })
    }

    fn answered(&mut self, outcome: Outcome) -> CommandId {
        let sent = self.orders.iter().rev().find_map(|order| match order {
            Order::Send { id, command } => Some((*id, command.clone())),
            _ => None,
        });
        let (id, command) = sent.unwrap();
        self.client(ClientEvent::Answered { id, command, outcome });
        id
    }

    fn take_said(&mut self) -> Vec<String> {
        std::mem::take(&mut self.said)
    }

    fn take_orders(&mut self) -> Vec<Order> {
        std::mem::take(&mut self.orders)
    }
}

fn ada() -> DisplayName {
    DisplayName::parse("Ada").unwrap()
}

fn lost() -> ConnState {
    ConnState::Reconnecting {
        retry_at: Instant::now(),
        attempt: 1,
        why: "refused".into(),
    }
}

#[test]
fn history_is_said_once_with_its_days() {
    let mut past = Desk::new();
    let events = vec![
        past.post(WALL - DAY, None, Author::Customer, "hi\nthere"),
        past.post(WALL - DAY, None, Author::Bot, "hello \u{1b}[2J"),
        past.post(WALL, None, Author::Agent { name: ada() }, "morning"),
    ];
    let mut desk = Desk::live(events.clone());
    let said = [
        "-- Wednesday 19 November",
        "14:00 you: hi␤there",
        "14:00 bot: hello ␛[2J",
        "-- Today",
        "14:00 Ada: morning",
        "14:00 -- connected",
    ];
    assert_eq!(desk.take_said(), said);
    desk.fresh(events);
    assert!(desk.take_said().is_empty(), "a fresh start tells nothing twice");
    let joined = CustomerBody::Joined(Joined { name: ada() });
    let joined = desk.event(WALL + 60_000_000, None, joined);
    desk.happens(joined);
    assert_eq!(desk.take_said(), ["14:01 -- Ada joined"]);
}

#[test]
fn lines_are_sent_and_words_do() {
    #[track_caller]
    fn check(line: &str, sent: Option<CustomerCommand>, said: &[&str]) {
        let mut desk = Desk::live(vec![]);
        desk.take_said();
        desk.types(line);
        let mut commands = desk.take_orders().into_iter().filter_map(|order| match order {
            Order::Send { command, .. } => Some(command),
            _ => None,
        });
        assert_eq!(commands.next_back(), sent, "{line}");
        assert_eq!(desk.take_said(), said, "{line}");
    }
    let post = |text: &str| Some(CustomerCommand::Post { text: text.into() });
    check("hello", post("hello"), &[]);
    check("  ", None, &[]);
    check("//etc", post("/etc"), &[]);
    check("/human", post("human please"), &[]);
    check("/end", None, &["14:00 -- There is no chat to end."]);
    check("/quit now", None, &["14:00 -- /quit stands alone. Nothing was done."]);
    check(
        "/foo",
        None,
        &["14:00 -- There is no /foo; /help shows the words. Not sent."],
    );
    check("/resend", None, &["14:00 -- Nothing waits for a decision."]);
    let help = [
        "14:00 -- /human: ask for a person",
        "14:00 -- /end: end this chat",
        "14:00 -- /help: keys and words",
        "14:00 -- /quit ends the program. A line that begins with // begins with a real slash.",
    ];
    check("/help", None, &help);
}

#[test]
fn the_stage_and_the_place_are_told() {
    let mut desk = Desk::live(vec![]);
    desk.take_said();
    let asked = desk.event(WALL, None, CustomerBody::HumanRequested(HumanRequested {}));
    desk.happens(asked);
    for place in [Some(2), Some(2), Some(1), None] {
        desk.client(ClientEvent::Signal(CustomerSignal::Place { place }));
    }
    let said = [
        "14:00 -- A person has been asked for.",
        "14:00 -- You are number 2 in the queue.",
        "14:00 -- You are number 1 in the queue.",
    ];
    assert_eq!(desk.take_said(), said);
    desk.types("/human").types("/end");
    assert_eq!(desk.take_said(), ["14:00 -- A person has been asked for already."]);
    assert!(matches!(
        &desk.take_orders()[..],
        [Order::Send {
            command: CustomerCommand::Close {},
            ..
        }]
    ));
}

#[test]
fn the_connection_is_told_when_it_stands_differently() {
    let mut desk = Desk::live(vec![]);
    desk.take_said();
    desk.client(ClientEvent::State(lost()))
        .client(ClientEvent::State(lost()))
        .types("kept")
        .client(ClientEvent::State(ConnState::Live));
    let said = [
        "14:00 -- no connection, trying again: refused",
        "14:00 -- kept on this computer, sent when the connection is back",
        "14:00 -- connected",
    ];
    assert_eq!(desk.take_said(), said);
}

#[test]
fn what_is_said_to_a_person_is_read() {
    let mut desk = Desk::live(vec![]);
    let line = desk.post(WALL, None, Author::Bot, "hello");
    desk.happens(line);
    assert_eq!(desk.take_orders(), [Order::Seen(LineNo(1))]);
    desk.lines.person = false;
    let line = desk.post(WALL, None, Author::Bot, "again");
    desk.happens(line);
    assert!(desk.take_orders().is_empty(), "a pipe reads nothing");
}

#[test]
fn the_end_of_the_input_waits_for_answers() {
    let mut desk = Desk::live(vec![]);
    desk.types("one").input(PlainInput::Eof);
    assert_eq!(desk.quit, None);
    let seq = Some(Seq(1));
    let done = Done { seq, ..Done::default() };
    let id = desk.answered(Outcome::Done(done));
    assert_eq!(desk.quit, None, "its event is still to be said");
    let event = desk.post(WALL, Some(id), Author::Customer, "one");
    desk.happens(event);
    assert_eq!(desk.quit, Some(0));
    assert_eq!(desk.take_said().last().unwrap(), "14:00 you: one");
}

#[test]
fn the_end_of_the_input_waits_for_the_history_but_not_for_ever() {
    let mut desk = Desk::new();
    desk.input(PlainInput::Eof);
    assert_eq!(
        (desk.quit, desk.lines.deadline(desk.now)),
        (None, Some(Duration::from_secs(10)))
    );
    desk.fresh(vec![]);
    assert_eq!(desk.quit, Some(0));

    let mut desk = Desk::live(vec![]);
    desk.client(ClientEvent::State(lost()))
        .types("one")
        .input(PlainInput::Eof);
    desk.now.elapsed = Duration::from_secs(10);
    desk.input(PlainInput::Deadline);
    assert_eq!(desk.quit, Some(69));
    assert!(
        desk.take_said()
            .last()
            .unwrap()
            .contains("1 not sent yet: kept on this computer")
    );
}

#[test]
fn refusals_and_ends_are_told() {
    let mut desk = Desk::live(vec![]);
    desk.types("one").take_said();
    let refusal = Refusal::Conflict;
    desk.answered(Outcome::Refused { refusal });
    let said = desk.take_said();
    assert!(said[0].starts_with("14:00 -- not sent: This command id was used before") && said[0].ends_with(" one"));
    desk.input(PlainInput::Eof);
    assert_eq!(desk.quit, Some(0), "nothing waits any more");

    let mut desk = Desk::live(vec![]);
    desk.client(ClientEvent::Ended(minicom_client::Ended::WrongSecret));
    assert_eq!(desk.quit, Some(77));
}

#[test]
fn a_stale_line_asks_first() {
    for (word, order) in [
        ("/resend", Order::Resend as fn(_) -> _),
        ("/discard", Order::Discard as fn(_) -> _),
    ] {
        let mut desk = Desk::live(vec![]);
        desk.take_said();
        let id = CommandIds::starting_at(7).next(WALL - 2 * DAY);
        let (command, age) = (
            CustomerCommand::Post { text: "old".into() },
            Duration::from_secs(172_800),
        );
        desk.client(ClientEvent::Stale { id, command, age });
        assert_eq!(desk.take_said()[0], "14:00 -- written 48 hours ago and not sent: old");
        desk.types(word);
        assert_eq!(desk.take_orders(), [order(id)]);
    }
}

#[test]
fn a_word_that_asks_where_the_chat_stands_waits_until_that_is_known() {
    let word = |name: &str| PlainInput::Command {
        name: name.to_owned(),
        rest: String::new(),
    };
    let mut desk = Desk::new();
    desk.input(word("end"));
    desk.input(PlainInput::Text("one more".to_owned()));
    desk.input(PlainInput::Eof);
    assert!(desk.orders.is_empty() && desk.quit.is_none(), "{:?}", desk.orders);
    desk.fresh(Vec::new());
    desk.client(ClientEvent::State(ConnState::Live));
    // No chat is open: the word says so, and the line behind it is sent.
    let sent = desk
        .orders
        .iter()
        .filter(|order| matches!(order, Order::Send { .. }))
        .count();
    assert_eq!(sent, 1, "{:?}", desk.orders);
    assert!(desk.quit.is_none(), "what was sent is waited for");
}
