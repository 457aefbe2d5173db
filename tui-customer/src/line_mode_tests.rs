//! What lines lead to, and what is said.

use minicom_protocol::{
    command::Done,
    customer_event::{
        Author, Closed, Closer, CustomerBody, CustomerEvent, HumanRequested, Joined, LineChanged, Opened, Posted,
    },
    event::{CardPart, CardTag, Part},
    frame::{CustomerMe, CustomerQuestion, CustomerReply, CustomerSignal, CustomerSnapshot, Customers, Estimate, Told},
    ids::{Cursor, Mark, TenantId, Time},
    intake::ClientInfo,
    library::Article,
    line::{LineState, Quote},
    settings::PreChatQuestion,
    stage::Side,
    text::{CustomerName, DisplayName, MessageText},
    thread_view::ThreadView,
    words::SubjectLine,
};
use minicom_tui_kit::plain::meaning;

use super::*;
use crate::Wishes;
use crate::actions::Action;

/// Thursday 20 November 2025, 14:00 UTC.
const WALL: i64 = 1_763_647_200_000_000;
const DAY: i64 = 86_400_000_000;

struct Desk {
    lines: Lines,
    now: Now,
    view: ThreadView,
    questions: Vec<PreChatQuestion>,
    consent: String,
    said: Vec<String>,
    orders: Vec<Order>,
    quit: Option<u8>,
    copied: Option<String>,
    /// There is more before what is told at the start.
    more: bool,
}

impl Desk {
    fn new() -> Desk {
        let ids = CommandIds::starting_at(1);
        Desk {
            lines: Lines::new(
                CustomerName::parse("alice").unwrap(),
                Zone::utc(),
                ids,
                Instant::now(),
                true,
                beginning(Wishes::default()),
            )
            .called("minicom-chat carol --server https://desk.example:443".to_owned()),
            now: Now {
                elapsed: Duration::ZERO,
                wall: WALL,
            },
            view: ThreadView::default(),
            questions: Vec::new(),
            consent: String::new(),
            said: Vec::new(),
            orders: Vec::new(),
            quit: None,
            copied: None,
            more: false,
        }
    }

    fn live(events: Vec<CustomerEvent>) -> Desk {
        Desk::new().begin(events)
    }

    fn begin(mut self, events: Vec<CustomerEvent>) -> Desk {
        let desk = &mut self;
        desk.fresh(events);
        desk.client(ClientEvent::State(ConnState::Live));
        self
    }

    fn input(&mut self, input: PlainInput<Msg>) -> &mut Desk {
        for effect in self.lines.update(input, self.now) {
            match effect {
                PlainEffect::Say(words) => self.said.push(words.to_string()),
                PlainEffect::Copy(text) => self.copied = Some(text),
                PlainEffect::Bell => panic!("a chat does not ring"),
                PlainEffect::Quit(code) => self.quit = self.quit.or(Some(code)),
                PlainEffect::Program(order) => self.orders.push(order),
            }
        }
        self
    }

    fn types(&mut self, line: &str) -> &mut Desk {
        match meaning(line) {
            Some(input) => self.input(input),
            None if self.lines.takes_blank() => self.input(PlainInput::Text(String::new())),
            None => self,
        }
    }

    /// The commands since the orders were last taken, those that begin a conversation too.
    fn take_sent(&mut self) -> Vec<CustomerCommand> {
        let sent = self.take_orders().into_iter().filter_map(|order| match order {
            Order::Send { command, .. } => Some(command),
            _ => None,
        });
        sent.collect()
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
        let posted = Posted {
            author,
            line,
            parts: vec![Part::of_text(MessageText::parse(text).unwrap())],
            quote: None,
            state: LineState::Original,
        };
        self.event(time, command, CustomerBody::Posted(posted))
    }

    /// The last of the events that happened, changed.
    fn changed(&mut self, event: &CustomerEvent, state: LineState, text: &str) -> CustomerEvent {
        let CustomerBody::Posted(posted) = &event.body else {
            panic!("no line");
        };
        let (line, side) = (posted.line, posted.author.side());
        let parts = match text {
            "" => vec![],
            text => vec![Part::of_text(MessageText::parse(text).unwrap())],
        };
        let line = LineRef { side, line };
        self.event(
            WALL,
            None,
            CustomerBody::LineChanged(LineChanged { line, state, parts }),
        )
    }

    fn fresh(&mut self, events: Vec<CustomerEvent>) -> &mut Desk {
        for event in &events {
            self.view.apply(event);
        }
        let (view, at, more) = (self.view.clone(), self.view.seq.0, self.more);
        let me = CustomerMe {
            name: CustomerName::parse("carol").unwrap(),
            tenant: TenantId::default_tenant(),
            desk: "Support".into(),
            questions: self.questions.clone(),
            subtitle: String::new(),
            colour: String::new(),
            first: Default::default(),
            edit_window_s: 60,
            consent: self.consent.clone(),
            verified: false,
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

    /// The answer to the line with this text: done.
    fn answered_first(&mut self, text: &str) -> CommandId {
        let sent = self.orders.iter().find_map(|order| match order {
            Order::Send {
                id,
                command: command @ CustomerCommand::Post { text: sent, .. },
            } if sent == text => Some((*id, command.clone())),
            _ => None,
        });
        let (id, command) = sent.unwrap();
        let outcome = Outcome::Done(Done::default());
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

fn beginning(wishes: Wishes) -> Beginning {
    Beginning::new(wishes, "plain", ClientInfo::default())
}

fn agent() -> Author {
    Author::Agent { name: ada() }
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
fn what_was_said_before_is_told_when_it_is_asked_for() {
    let mut past = Desk::new();
    let mut events = vec![
        past.post(WALL - DAY, None, Author::Customer, "the first"),
        past.post(WALL - DAY, None, Author::Bot, "the second \u{1b}[2J"),
        past.post(WALL, None, agent(), "the third"),
    ];
    let mut desk = Desk::new();
    desk.more = true;
    let mut desk = desk.begin(events.split_off(2));
    assert_eq!(desk.take_said(), ["14:00 Ada: the third", "14:00 -- connected"]);
    desk.types("/older now");
    assert_eq!(desk.take_said(), ["14:00 -- /older stands alone. Nothing was done."]);
    desk.types("/older");
    let question = match desk.take_orders().pop() {
        Some(Order::Ask(question @ CustomerQuestion::Thread { before: Some(_), .. })) => question,
        other => panic!("{other:?}"),
    };
    desk.types("/older");
    assert_eq!(desk.take_said(), ["14:00 -- They are being fetched."]);
    let told = Told::Reply(CustomerReply::Thread { events, more: false });
    desk.client(ClientEvent::Reply { n: 1, question, told });
    let said = [
        "-- Wednesday 19 November",
        "14:00 you: the first",
        "14:00 bot: the second ␛[2J",
        "14:00 -- end of the older messages",
    ];
    assert_eq!(desk.take_said(), said);
    desk.types("/older");
    assert_eq!(desk.take_said(), ["14:00 -- This is the beginning of the chat."]);
    desk.client(ClientEvent::State(lost())).take_said();
    desk.types("/older");
    assert_eq!(desk.take_said(), ["14:00 -- Older messages need a connection."]);
}

/// The word of the lines for what a key does on the screen; [`None`] for what only a screen has.
fn word_for(action: Action) -> Option<&'static str> {
    match action {
        Action::Older => Some("/older"),
        Action::Retry => Some("/resend"),
        Action::Discard => Some("/discard"),
        Action::Attach | Action::AsFile => Some("/attach"),
        Action::Files => Some("/files"),
        Action::Find => Some("/find"),
        Action::Copy => Some("/copy"),
        Action::Reconnect => Some("/reconnect"),
        Action::Menu | Action::Help => Some("/help"),
        // A line is sent by its end, and lines have no place to move in, no letters to draw anew and no mouse.
        Action::Send
        | Action::Newer
        | Action::RowUp
        | Action::RowDown
        | Action::Latest
        | Action::Editor
        | Action::Bare
        | Action::Mouse
        | Action::ReloadSettings
        | Action::Complete
        | Action::Clear
        | Action::Redraw
        | Action::Suspend
        | Action::Escape => None,
    }
}

#[test]
fn every_action_of_the_screen_has_a_word_that_help_tells() {
    let mut desk = Desk::live(vec![]);
    desk.take_said();
    desk.types("/help");
    let help = desk.take_said().join("\n");
    for row in crate::actions::TABLE {
        if let Some(word) = word_for(row.action) {
            assert!(help.contains(word), "{}: {word} is not in\n{help}", row.name);
            desk.types(word);
            let said = desk.take_said().join("\n");
            assert!(!said.contains("There is no /"), "{word}: {said}");
        }
    }
}

#[test]
fn a_word_connects_now() {
    let mut desk = Desk::live(vec![]);
    desk.types("/reconnect");
    assert_eq!(
        desk.take_said().last().map(String::as_str),
        Some("14:00 -- It is connected.")
    );
    assert_eq!(desk.take_orders(), []);
    desk.client(ClientEvent::State(lost())).types("/reconnect");
    assert_eq!(desk.take_orders(), [Order::Reconnect]);
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
    let post = |text: &str| Some(CustomerCommand::post(text));
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
    check("/name", None, &["14:00 -- Write /name TEXT."]);
    check(
        "/email x",
        None,
        &["14:00 -- this is not an e-mail address: it needs a name, one @ and a domain."],
    );
    check("/subject parcel", None, &["14:00 -- It is said with your first line."]);
    let help = [
        "14:00 -- /human: ask for a person",
        "14:00 -- /end: end this chat",
        "14:00 -- /name TEXT: say your name",
        "14:00 -- /email ADDRESS: say where an answer can be sent",
        "14:00 -- /subject TEXT: say what it is about",
        "14:00 -- /edit [TEXT]: change your last line, for a short time",
        "14:00 -- /undo: take your last line back, for a short time",
        "14:00 -- /quote [N]: answer one line",
        "14:00 -- /copy [N|all]: copy a line to the clipboard: 1 is the newest",
        "14:00 -- /show [N]: read a long line in full",
        "14:00 -- /find WORDS: look for articles",
        "14:00 -- /read [ARTICLE]: read an article in full",
        "14:00 -- /rate 1..5 COMMENT: say how it was, after the end",
        "14:00 -- /link: a code to go on with this chat on another device",
        "14:00 -- /devices: the devices that are yours here",
        "14:00 -- /revoke ID: take a device off, by its id",
        "14:00 -- /export: how to get all that is kept of you",
        "14:00 -- /forget [yes]: erase all that is kept of you",
        "14:00 -- /attach FILE ...: send files with your next line",
        "14:00 -- /drop: take a file off, or stop one that comes",
        "14:00 -- /files: the files of this chat, with numbers",
        "14:00 -- /get [N|NAME [TO]]: fetch a file: the newest, or by number or name",
        "14:00 -- /open [N|NAME]: fetch a file and open it",
        "14:00 -- /help: keys and words",
        "14:00 -- /quit: end the program; what is not sent is kept",
        "14:00 -- /older: what was said before",
        "14:00 -- /reconnect: connect now",
        "14:00 -- /resend, /discard: send or throw away the line that has waited for long",
        "14:00 -- /attach FILE -- TEXT sends a file with a text. A line that begins with // begins with a real slash.",
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
        let estimate = place
            .filter(|place| *place == 1)
            .map(|_| Estimate { from_min: 3, to_min: 8 });
        desk.client(ClientEvent::Signal(CustomerSignal::Place { place, estimate }));
    }
    let said = [
        "14:00 -- A person has been asked for.",
        "14:00 -- You are number 2 in the queue.",
        "14:00 -- You are number 1 in the queue, about 3 to 8 minutes.",
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
fn who_types_is_no_line() {
    let mut desk = Desk::live(vec![]);
    desk.take_said();
    for on in [true, false] {
        let (name, at) = (Some(ada()), Seq(9));
        desk.client(ClientEvent::Signal(CustomerSignal::Typing { name, on, at }));
    }
    assert!(desk.take_said().is_empty());
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
    assert_eq!(
        desk.take_orders(),
        [Order::Delivered(LineNo(1)), Order::Seen(LineNo(1))]
    );
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
            .contains("1 not sent yet: kept on this computer, sent by the next minicom-chat of this name (not by -m)")
    );
}

/// A pipe is faster than a desk lets anybody be: what waits goes as the desk takes it, and is waited for as long as it goes on.
#[test]
fn lines_of_a_pipe_wait_for_the_limit_and_are_told_so_once() {
    let mut desk = Desk::live(vec![]);
    desk.lines.person = false;
    desk.types("one")
        .types("two")
        .types("three")
        .input(PlainInput::Eof)
        .take_said();
    let limited = || ClientEvent::Deferred(Refusal::RateLimited { retry_after_ms: 7_000 });
    for (at, text) in [(8, "one"), (24, "two"), (40, "three")] {
        desk.now.elapsed = Duration::from_secs(at);
        desk.client(limited());
        assert_eq!(
            desk.lines.deadline(desk.now),
            Some(Duration::from_secs(at + 17)),
            "{text}"
        );
        desk.now.elapsed = Duration::from_secs(at + 7);
        let id = desk.answered_first(text);
        let event = desk.post(WALL, Some(id), Author::Customer, text);
        desk.happens(event);
    }
    let said = desk.take_said();
    let notices = said.iter().filter(|line| line.contains("Too many lines"));
    assert_eq!((notices.count(), desk.quit), (1, Some(0)), "{said:?}");

    // A desk that takes nothing any more is not waited for without end.
    let mut desk = Desk::live(vec![]);
    desk.types("one").input(PlainInput::Eof).client(limited());
    desk.now.elapsed = Duration::from_secs(17);
    desk.input(PlainInput::Deadline);
    assert_eq!(desk.quit, Some(69));
}

#[test]
fn quitting_says_what_is_not_sent_and_a_script_waits_for_it() {
    let kept = "14:00 -- 1 not sent yet: kept on this computer, sent by the next minicom-chat of this name (not by -m)";
    let dropped = "14:00 -- 2 not done and not kept, from a word on that needs a connection: write them again";
    let mut person = Desk::live(vec![]);
    person.client(ClientEvent::State(lost()));
    person.types("one").types("/human").types("two").take_said();
    person.types("/quit");
    assert_eq!(
        (person.take_said(), person.quit),
        (vec![kept.to_owned(), dropped.to_owned()], Some(0))
    );

    let mut script = Desk::live(vec![]);
    script.lines.person = false;
    script
        .types("one")
        .types("/quit")
        .types("for nobody")
        .input(PlainInput::Eof);
    assert_eq!(
        (script.take_sent().len(), script.quit),
        (2, None),
        "it begins, and has one line"
    );
    script.now.elapsed = Duration::from_secs(10);
    script.input(PlainInput::Deadline);
    assert_eq!(
        (script.take_said().last().map(String::as_str), script.quit),
        (Some(kept), Some(69))
    );
}

#[test]
fn the_exit_code_tells_a_script_that_a_line_was_not_sent() {
    let end = |person: bool, input: PlainInput<Msg>| {
        let mut desk = Desk::live(vec![]);
        desk.lines.person = person;
        desk.input(input).input(PlainInput::Eof);
        desk.quit
    };
    let unknown = || meaning("/var/log/messages").unwrap();
    assert_eq!(
        (end(false, PlainInput::TooLong), end(false, unknown())),
        (Some(2), Some(2))
    );
    assert_eq!(
        (end(true, PlainInput::TooLong), end(true, unknown())),
        (Some(0), Some(0))
    );
}

#[test]
fn the_exit_code_tells_a_script_that_a_word_could_not_be_done() {
    let end = |stage: &[CustomerBody], person: bool, line: &str| {
        let mut past = Desk::new();
        let events = stage.iter().map(|body| past.event(WALL, None, body.clone())).collect();
        let mut desk = Desk::live(events);
        desk.lines.person = person;
        desk.types(line).input(PlainInput::Eof);
        (desk.take_sent(), desk.quit)
    };
    let opened = CustomerBody::Opened(Opened { number: 1 });
    let closed = CustomerBody::Closed(Closed {
        by: Closer::Customer,
        ask_rating: false,
    });
    for line in ["/end", "/rate 5 ok", "/rate 9"] {
        let ended = [opened.clone(), closed.clone()];
        assert_eq!(end(&ended, false, line), (vec![], Some(5)), "{line}");
        assert_eq!(
            end(&ended, true, line),
            (vec![], Some(0)),
            "{line}: a person has read it"
        );
        assert_eq!(end(&[], false, line), (vec![], Some(5)), "{line}");
    }
    for line in ["/rate 5 ok", "/rate 9"] {
        assert_eq!(
            end(std::slice::from_ref(&opened), false, line),
            (vec![], Some(5)),
            "{line}"
        );
    }
    assert_eq!(end(&[opened], false, "/edit"), (vec![], Some(2)));
    // What is so already is done.
    let asked = [
        CustomerBody::Opened(Opened { number: 1 }),
        CustomerBody::HumanRequested(HumanRequested {}),
    ];
    assert_eq!(end(&asked, false, "/human"), (vec![], Some(0)));
}

#[test]
fn the_exit_code_tells_a_script_that_an_article_is_not_there() {
    let reads = |told: Option<Told<Customers>>| {
        let mut desk = Desk::live(vec![]);
        desk.lines.person = false;
        desk.types("/read refunds");
        let slug = Tag::parse("refunds").unwrap();
        let question = CustomerQuestion::Article { slug };
        desk.client(match told {
            Some(told) => ClientEvent::Reply { n: 1, question, told },
            None => ClientEvent::AskFailed { n: 1, question },
        });
        desk.input(PlainInput::Eof).quit
    };
    assert_eq!(reads(Some(Told::Refusal(Refusal::NotFound))), Some(1));
    assert_eq!(reads(None), Some(69));
}

#[test]
fn what_a_signal_leaves_unsent_is_told_and_the_exit_code_is_that_of_the_signal() {
    let kept = "14:00 -- 1 not sent yet: kept on this computer, sent by the next minicom-chat of this name (not by -m)";
    let lost = "14:00 -- 1 not done and not kept, from a word on that needs a connection: write them again";
    let ended = |person: bool, lines: &[&str]| {
        let mut desk = Desk::live(vec![]);
        desk.lines.person = person;
        for line in lines {
            desk.types(line);
        }
        desk.take_said();
        desk.input(PlainInput::Terminate { code: 143 });
        (desk.take_said(), desk.quit)
    };
    for person in [true, false] {
        assert_eq!(ended(person, &["one"]), (vec![kept.to_owned()], Some(143)), "{person}");
        assert_eq!(
            ended(person, &["one", "/end"]),
            (vec![kept.to_owned(), lost.to_owned()], Some(143)),
            "{person}"
        );
        assert_eq!(ended(person, &[]), (vec![], None), "{person}");
    }
    // All was on its way and some of it is there: it is no more than what is not.
    let mut desk = Desk::live(vec![]);
    desk.lines.person = false;
    desk.types("one").types("two").input(PlainInput::Eof);
    desk.answered_first("one");
    desk.take_said();
    desk.input(PlainInput::Terminate { code: 143 });
    assert_eq!((desk.take_said(), desk.quit), (vec![kept.to_owned()], Some(143)));

    // Nothing is left: it ends as it did.
    let mut desk = Desk::live(vec![]);
    desk.types("one");
    let id = desk.answered_first("one");
    let event = desk.post(WALL, Some(id), Author::Customer, "one");
    desk.happens(event).take_said();
    desk.input(PlainInput::Terminate { code: 143 });
    assert_eq!((desk.take_said(), desk.quit), (vec![], None));
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
    desk.client(ClientEvent::Ended(minicom_client::Ended::WrongSecret(
        minicom_client::Claim::default(),
    )));
    assert_eq!(desk.quit, Some(77));

    // Whoever was in is told what happened, and not that the name is somebody else's.
    for (refusal, words) in [
        (Refusal::Erased, "All that was kept of you here is erased"),
        (Refusal::Revoked, "taken off this name's devices"),
        (Refusal::DeskClosed, "This desk was closed by its operator"),
        (Refusal::Blocked, "You are kept out of this desk"),
    ] {
        let mut desk = Desk::live(vec![]);
        desk.take_said();
        let ended = minicom_client::Ended::Refused(refusal);
        // The words of an end go to the error output, behind the last line.
        let told = ended.words().to_string();
        assert!(told.contains(words) && !told.contains("somebody else"), "{told}");
        desk.client(ClientEvent::State(ended.clone().into()))
            .client(ClientEvent::Ended(ended));
        assert!(!desk.take_said().join("\n").contains("somebody else"));
        assert_eq!(desk.quit, Some(77));
    }
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
        let (command, age) = (CustomerCommand::post("old"), Duration::from_secs(172_800));
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
    let sent = desk.take_sent();
    assert!(
        matches!(&sent[..], [CustomerCommand::Start { .. }, CustomerCommand::Post { .. }]),
        "{sent:?}"
    );
    assert!(desk.quit.is_none(), "what was sent is waited for");
}

#[test]
fn what_the_desk_asks_first_is_asked_in_lines_and_the_line_goes_behind_the_answers() {
    let asked = || {
        let question = |key: &str, text: &str| PreChatQuestion {
            key: key.to_owned(),
            text: text.to_owned(),
        };
        let mut desk = Desk::new();
        desk.questions = vec![
            question("order", "Which order?\u{1b}[2J"),
            question("plan", "Which {{plan}}?"),
        ];
        let mut desk = desk.begin(vec![]);
        desk.types("my parcel").take_said();
        assert!(desk.take_sent().is_empty() && desk.lines.takes_blank());
        desk
    };
    #[track_caller]
    fn check(desk: &mut Desk, expected: &[(&str, &str)]) {
        let sent = desk.take_sent();
        let [CustomerCommand::Start { answers, intake, .. }, post] = &sent[..] else {
            panic!("{sent:?}");
        };
        let answers: Vec<(&str, &str)> = answers.iter().map(|it| (it.key.as_str(), it.text.as_str())).collect();
        assert_eq!(answers, expected);
        assert_eq!(
            (intake.channel.as_str(), post),
            ("plain", &CustomerCommand::post("my parcel"))
        );
        assert!(!desk.lines.takes_blank());
    }
    let mut desk = Desk::new();
    desk.questions = asked().questions.clone();
    let mut desk = desk.begin(vec![]);
    desk.types("my parcel");
    let said = [
        "14:00 -- connected",
        "14:00 -- Before it is sent (an empty line skips a question):",
        "14:00 -- Which order?␛[2J",
    ];
    assert_eq!(desk.take_said(), said);
    desk.types(" 48213 ");
    assert_eq!(desk.take_said(), ["14:00 -- Which {{plan}}?"]);
    desk.types("/human");
    assert!(desk.take_said()[0].contains("First the question"));
    desk.types("/help").types("");
    check(&mut desk, &[("order", "48213")]);
    assert!(
        desk.types("next").take_sent().len() == 1,
        "one is on its way: nothing is asked twice"
    );

    let mut desk = asked();
    desk.types("").types("Pro");
    check(&mut desk, &[("plan", "Pro")]);
    // The line is never lost: not by the end of the input, not by a signal, not by /quit.
    check(asked().types("1").input(PlainInput::Eof), &[("order", "1")]);
    check(asked().input(PlainInput::Terminate { code: 143 }), &[]);
    check(asked().types("/quit"), &[]);

    let mut pipe = Desk::new();
    pipe.questions = asked().questions;
    pipe.lines.person = false;
    let mut pipe = pipe.begin(vec![]);
    pipe.types("my parcel");
    check(&mut pipe, &[]);
}

#[test]
fn a_line_is_changed_taken_back_and_answered() {
    let mut past = Desk::new();
    let events = vec![
        past.event(WALL, None, CustomerBody::Opened(Opened { number: 1 })),
        past.post(WALL, None, Author::Customer, "order 4821"),
        past.post(WALL, None, agent(), "which order was it?"),
    ];
    let mut desk = Desk::live(events.clone());
    desk.take_orders();
    desk.types("/edit order 48213").types("/quote").take_said();
    // The word behind waits until the first is done.
    let sent = desk.take_sent();
    let (line, text) = (LineNo(1), "order 48213".to_owned());
    assert_eq!(sent, [CustomerCommand::EditLine { line, text }]);
    let changed = desk.changed(&events[1], LineState::Edited, "order 48213");
    let (seq, id) = (
        Some(changed.seq),
        desk.lines.replica.pending_commands().next().unwrap().id,
    );
    let event = CustomerEvent {
        command: Some(id),
        ..changed
    };
    desk.client(ClientEvent::Answered {
        id,
        command: sent[0].clone(),
        outcome: Outcome::Done(Done { seq, ..Done::default() }),
    });
    desk.happens(event);
    let said = [
        "14:00 -- you changed a line: order 48213",
        "14:00 -- your next line answers Ada: which order was it?",
    ];
    assert_eq!(desk.take_said(), said);
    desk.types("that one").types("and more");
    let side = Side::Desk;
    let posted = CustomerCommand::Post {
        text: "that one".into(),
        quote: Some(LineRef { side, line: LineNo(2) }),
        file: None,
    };
    assert_eq!(
        desk.take_sent(),
        [posted, CustomerCommand::post("and more")],
        "one line answers"
    );
    let withdrawn = desk.changed(&events[2], LineState::Withdrawn, "");
    desk.happens(withdrawn);
    let blanked = desk.changed(&events[1], LineState::Blanked, "");
    desk.happens(blanked);
    assert_eq!(
        desk.take_said(),
        ["14:00 -- Ada took a line back", "14:00 -- a line was blanked out"]
    );
}

#[test]
fn in_a_history_lines_stand_as_they_are_now() {
    let mut past = Desk::new();
    let mut first = past.post(WALL, None, Author::Customer, "now");
    let change = past.changed(&first, LineState::Edited, "now");
    let mut answer = past.post(WALL, None, agent(), "ok");
    let (CustomerBody::Posted(edited), CustomerBody::Posted(quoting)) = (&mut first.body, &mut answer.body) else {
        panic!("no lines");
    };
    edited.state = LineState::Edited;
    let (side, line) = (Side::Customer, edited.line);
    quoting.quote = Some(Quote {
        line: LineRef { side, line },
        excerpt: "{{now}}\u{202e}".into(),
    });
    let mut desk = Desk::live(vec![first, change, answer]);
    let said = [
        "14:00 you: now (edited)",
        "14:00 Ada (to \"you: {{now}}\"): ok",
        "14:00 -- connected",
    ];
    assert_eq!(desk.take_said(), said);
}

#[test]
fn articles_are_told_and_read_as_text() {
    let mut past = Desk::new();
    let mut line = past.post(WALL, None, agent(), "read this");
    if let CustomerBody::Posted(posted) = &mut line.body {
        posted.parts.push(Part::Card(CardPart {
            kind: CardTag::Card,
            slug: Tag::parse("refunds").unwrap(),
            title: SubjectLine::parse("Refunds").unwrap(),
            excerpt: "Five days.".into(),
            fallback: String::new(),
        }));
    }
    let mut desk = Desk::live(vec![line]);
    let said = [
        "14:00 Ada: read this",
        "14:00 -- article: Refunds (/read refunds reads it)",
        "14:00 -- connected",
    ];
    assert_eq!(desk.take_said(), said);
    desk.take_orders();
    let slug = Tag::parse("refunds").unwrap();
    let question = CustomerQuestion::Article { slug: slug.clone() };
    desk.types("/read").input(PlainInput::Eof);
    assert_eq!(desk.take_orders(), [Order::Ask(question.clone())]);
    assert_eq!(desk.quit, None, "it is waited for");
    let article = Article {
        slug,
        title: SubjectLine::parse("Refunds").unwrap(),
        body: "# Refunds\n\nMoney is back in *five* days.\u{1b}[2J".into(),
        questions: None,
    };
    let told = Told::Reply(CustomerReply::Article { article });
    let n = 1;
    desk.client(ClientEvent::Reply {
        n,
        question: question.clone(),
        told,
    });
    let said = desk.take_said();
    assert_eq!(said[0], "14:00 -- article: Refunds");
    assert!(
        said.iter()
            .any(|it| it.contains("Money is back in") && it.contains("␛[2J")),
        "{said:?}"
    );
    assert_eq!(desk.quit, Some(0));

    desk.types("/read nothing").take_said();
    let slug = Tag::parse("nothing").unwrap();
    let question = CustomerQuestion::Article { slug };
    let told = Told::Refusal(Refusal::NotFound);
    desk.client(ClientEvent::Reply { n, question, told });
    assert_eq!(
        desk.take_said(),
        ["14:00 -- /read nothing: There is nothing of that name or id here."]
    );
}

#[test]
fn who_is_there_and_how_it_was() {
    let mut desk = Desk::live(vec![]);
    desk.take_said();
    let open = |open_now, agents_available| {
        ClientEvent::Signal(CustomerSignal::Open {
            open_now,
            agents_available,
            next_open_at: (!open_now).then_some(Time(WALL + 3_600_000_000)),
        })
    };
    desk.client(open(false, false))
        .client(open(false, false))
        .client(open(true, true));
    assert_eq!(desk.take_said(), ["14:00 -- We are closed now, open again 15:00."]);

    let opened = desk.event(WALL, None, CustomerBody::Opened(Opened { number: 1 }));
    desk.happens(opened);
    let (by, ask_rating) = (Closer::Agent, true);
    let closed = desk.event(WALL, None, CustomerBody::Closed(Closed { by, ask_rating }));
    desk.happens(closed).client(open(true, true));
    let said = [
        "14:00 -- This chat has ended.",
        "14:00 -- How was it? /rate 1 (bad) to 5 (good), with a comment if you like; /rate 0 for not now.",
    ];
    assert_eq!(desk.take_said(), said, "once");
    desk.types("/rate 9").types("/rate 5 quick");
    assert!(desk.take_said()[0].contains("Write /rate and a number"));
    let (score, comment) = (Some(5), Some("quick".to_owned()));
    assert_eq!(desk.take_sent(), [CustomerCommand::Rate { score, comment }]);
}

#[test]
fn who_one_is_goes_into_an_open_chat_and_is_told() {
    let wishes = Wishes {
        name: Some(SubjectLine::parse("Carol").unwrap()),
        subject: Some(SubjectLine::parse("parcel").unwrap()),
        ..Wishes::default()
    };
    let mut past = Desk::new();
    let opened = past.event(WALL, None, CustomerBody::Opened(Opened { number: 1 }));
    let mut desk = Desk::new();
    desk.lines.beginning = beginning(wishes);
    let mut desk = desk.begin(vec![opened]);
    let sent: Vec<CommandId> = desk.lines.replica.pending_commands().map(|it| it.id).collect();
    assert_eq!(sent.len(), 2, "name and subject");
    desk.answered(Outcome::Done(Done::default()));
    assert_eq!(
        desk.take_said(),
        ["14:00 -- connected"],
        "nobody asked for it by a word"
    );
    let mut desk = Desk::live(vec![]);
    desk.types("/name Carol").take_said();
    desk.answered(Outcome::Done(Done::default()));
    assert_eq!(desk.take_said(), ["14:00 -- Your name here is Carol now."]);
}

#[test]
fn the_beginning_of_an_old_line_is_not_asked_for() {
    let mut desk = Desk::live(vec![]);
    desk.take_said();
    let id = CommandIds::starting_at(7).next(WALL - 2 * DAY);
    let command = beginning(Wishes::default()).start(vec![]);
    let age = Duration::from_secs(172_800);
    desk.client(ClientEvent::Stale { id, command, age });
    assert_eq!(
        (desk.take_said(), desk.take_orders()),
        (vec![], vec![Order::Discard(id)])
    );
}

// What is agreed to first, and the account.

fn sent(desk: &mut Desk) -> Vec<CustomerCommand> {
    let orders = desk.take_orders().into_iter();
    let sent = orders.filter_map(|order| match order {
        Order::Send { command, .. } if !matches!(command, CustomerCommand::Start { .. }) => Some(command),
        _ => None,
    });
    sent.collect()
}

fn asks_consent() -> Desk {
    let mut desk = Desk::new();
    desk.consent = "We keep this.\nFor a year.".to_owned();
    desk
}

fn consent() -> CustomerCommand {
    CustomerCommand::Consent {
        text: "We keep this.\nFor a year.".to_owned(),
    }
}

#[test]
fn a_line_waits_until_it_is_agreed_and_is_told_if_it_is_not() {
    let mut desk = asks_consent().begin(vec![]);
    desk.take_said();
    desk.types("hello");
    assert_eq!(sent(&mut desk), []);
    let said = desk.take_said().join("\n");
    assert!(said.contains("For a year.") && said.contains("Do you agree?"), "{said}");
    desk.types("what?");
    desk.types("n");
    let said = desk.take_said().join("\n");
    assert!(said.contains("Write y or n."), "{said}");
    assert!(said.contains("Your line was not sent: hello"), "{said}");
    desk.types("hello");
    desk.types("y");
    assert_eq!(sent(&mut desk), [consent(), CustomerCommand::post("hello")]);
    desk.types("again");
    assert_eq!(sent(&mut desk), [CustomerCommand::post("again")]);
}

#[test]
fn a_line_that_was_sent_before_the_desk_could_ask_waits_for_the_answer() {
    let mut desk = asks_consent();
    desk.types("hello");
    let orders = desk.take_orders();
    let mut desk = desk.begin(vec![]);
    desk.take_said();
    for order in orders {
        if let Order::Send { id, command } = order {
            let refusal = minicom_protocol::refusal::Refusal::ConsentRequired;
            let outcome = Outcome::Refused { refusal };
            desk.client(ClientEvent::Answered { id, command, outcome });
        }
    }
    let said = desk.take_said().join("\n");
    assert!(said.contains("Do you agree?") && !said.contains("not sent:"), "{said}");
    desk.take_orders();
    desk.types("y");
    assert_eq!(sent(&mut desk), [consent(), CustomerCommand::post("hello")]);
}

#[test]
fn who_leaves_without_an_answer_is_told_the_line() {
    let mut desk = asks_consent().begin(vec![]);
    desk.types("hello");
    desk.types("/quit");
    let said = desk.take_said().join("\n");
    assert!(
        said.contains("You have not agreed. Your line was not sent: hello"),
        "{said}"
    );
    assert_eq!(sent(&mut desk), []);
}

#[test]
fn a_code_for_another_device_is_told_with_the_whole_command() {
    let mut desk = Desk::live(vec![]);
    desk.take_said();
    desk.types("/link");
    let told = Told::Reply(CustomerReply::Link {
        code: "KQ7M-2XPD".to_owned(),
        expires_at: Time(WALL + 600_000_000),
    });
    let question = CustomerQuestion::Link {};
    desk.client(ClientEvent::Reply { n: 1, question, told });
    let said = desk.take_said().join("\n");
    let line = "until 14:10: minicom-chat carol --server https://desk.example:443 --link-code KQ7M-2XPD";
    assert!(said.contains(line), "{said}");
    desk.types("/revoke 0a1b");
    let device = "0a1b".to_owned();
    desk.answered(Outcome::Done(Done::default()));
    assert_eq!(sent(&mut desk), [CustomerCommand::RevokeDevice { device }]);
    assert!(
        desk.take_said()
            .join("\n")
            .contains("The device 0a1b proves your name no more.")
    );
    desk.types("/forget");
    assert!(desk.take_said().join("\n").contains("/forget yes"));
    desk.types("/forget yes");
    assert_eq!(sent(&mut desk), [CustomerCommand::Forget {}]);
}

#[test]
fn lines_are_copied_and_told_in_full() {
    let mut past = Desk::new();
    let events = vec![
        past.event(WALL, None, CustomerBody::Opened(Opened { number: 1 })),
        past.post(WALL, None, agent(), "one\n  two"),
        past.post(WALL, None, Author::Customer, "thanks"),
    ];
    let mut desk = Desk::live(events);
    desk.types("/copy 2");
    assert_eq!(desk.copied.take().as_deref(), Some("one\n  two"));
    desk.types("/copy all");
    assert!(desk.copied.take().is_some_and(|text| text.ends_with("you: thanks\n")));
    desk.take_said();
    desk.types("/show 2");
    assert_eq!(desk.take_said(), ["14:00 -- 14:00 Ada", "one", "  two"]);
    desk.types("/copy 3");
    assert_eq!(desk.copied, None);
}

#[test]
fn a_script_is_told_what_to_agree_to_and_how_and_its_code_says_that_nothing_was_sent() {
    // Written before the desk could ask.
    let mut desk = asks_consent();
    desk.lines.person = false;
    desk.types("hello");
    let orders = desk.take_orders();
    let mut desk = desk.begin(vec![]);
    for order in orders {
        if let Order::Send { id, command } = order {
            let outcome = Outcome::Refused {
                refusal: Refusal::ConsentRequired,
            };
            desk.client(ClientEvent::Answered { id, command, outcome });
        }
    }
    desk.input(PlainInput::Eof);
    let said = desk.take_said().join("\n");
    assert!(said.contains("For a year.") && said.contains("--agree"), "{said}");
    assert!(!said.contains("Connect again"), "{said}");
    assert_eq!(desk.quit, Some(2));
}

#[test]
fn what_a_script_could_not_say_is_told_by_its_code() {
    for (line, refusal, code) in [
        ("hello", Some(Refusal::Blocked), 77),
        ("hello", Some(Refusal::Closed), 5),
        ("/rate", None, 2),
        ("/quit now", None, 2),
        ("/email nobody", None, 2),
        ("/fly", None, 2),
    ] {
        let mut desk = Desk::new();
        desk.lines.person = false;
        let mut desk = desk.begin(vec![]);
        desk.types(line);
        if let Some(refusal) = refusal {
            // What a chat begins with is stored; the line is not.
            let sent = desk.take_orders();
            for order in sent {
                if let Order::Send { id, command } = order {
                    let outcome = match &command {
                        CustomerCommand::Post { .. } => Outcome::Refused {
                            refusal: refusal.clone(),
                        },
                        _ => Outcome::Done(Done::default()),
                    };
                    desk.client(ClientEvent::Answered { id, command, outcome });
                }
            }
        }
        desk.input(PlainInput::Eof);
        assert_eq!(desk.quit, Some(code), "{line}: {:?}", desk.said);
    }
}
