//! Lines in, lines and orders out. What one noun's words do is tested beside them.

use minicom_client::ClientEvent;
use minicom_protocol::{
    command::{Done, Outcome, SeenLines},
    frame::{AgentReply, Agents, Typist},
    ids::LineNo,
    refusal::Refusal,
    stage::Closer,
};
use minicom_tui_kit::{plain::meaning, testing::BENCH_START};

use super::*;
use crate::testing::{ADA, BO, Desk, agent, client_start};

/// A program without a screen at a desk. A person reads what it says.
pub(super) struct Script {
    pub app: PlainAgent,
    pub desk: Desk,
    pub elapsed: Duration,
    pub said: Vec<String>,
    pub orders: Vec<Order>,
    pub bells: usize,
    pub quit: Option<u8>,
    /// What was copied last.
    pub copied: Option<String>,
    /// Questions that the server has not answered, if it takes its time.
    pub unanswered: Option<Vec<AgentQuestion>>,
}

const PERSON: Listener = Listener {
    person: true,
    rings: true,
};
const PIPE: Listener = Listener {
    person: false,
    rings: false,
};

impl Script {
    pub fn away(desk: Desk) -> Script {
        Script {
            app: PlainAgent::new(Zone::utc(), CommandIds::starting_at(7), client_start(), PERSON),
            desk,
            elapsed: Duration::ZERO,
            said: Vec::new(),
            orders: Vec::new(),
            bells: 0,
            quit: None,
            copied: None,
            unanswered: None,
        }
    }

    pub fn at(desk: Desk) -> Script {
        let mut script = Script::away(desk);
        script.connect();
        script.said.clear();
        script
    }

    /// Nobody reads what it says.
    pub fn piped(desk: Desk) -> Script {
        let mut script = Script::away(desk);
        script.app.listener = PIPE;
        script.connect();
        script.said.clear();
        script
    }

    pub fn input(&mut self, input: PlainInput<Msg>) {
        let now = Now {
            elapsed: self.elapsed,
            wall: BENCH_START + i64::try_from(self.elapsed.as_micros()).unwrap(),
        };
        for effect in self.app.update(input, now) {
            match effect {
                PlainEffect::Say(words) => self.said.push(words.to_string()),
                PlainEffect::Copy(text) => self.copied = Some(text),
                PlainEffect::Bell => self.bells += 1,
                PlainEffect::Quit(code) => self.quit = self.quit.or(Some(code)),
                PlainEffect::Program(Order::Ask(question)) => match &mut self.unanswered {
                    Some(unanswered) => unanswered.push(question),
                    None => {
                        let reply = self.desk.reply(question);
                        self.client(reply);
                    }
                },
                PlainEffect::Program(order) => self.orders.push(order),
            }
        }
    }

    pub fn client(&mut self, event: ClientEvent<Agents>) {
        self.input(PlainInput::Message(Msg::Client(Box::new(event))));
    }

    pub fn connect(&mut self) {
        let fresh = self.desk.fresh();
        self.client(fresh);
        self.client(ClientEvent::State(ConnState::Live));
    }

    /// The server answers what it was asked, and from now on at once.
    pub fn answers_come(&mut self) {
        for question in self.unanswered.take().into_iter().flatten() {
            let reply = self.desk.reply(question);
            self.client(reply);
        }
    }

    pub fn lose(&mut self) {
        self.client(ClientEvent::State(ConnState::Draining {
            retry_at: client_start(),
        }));
    }

    pub fn lines(&mut self, lines: &[&str]) {
        for line in lines {
            self.input(meaning(line).unwrap());
        }
    }

    pub fn hear(&mut self, what: impl FnOnce(&mut Desk) -> &mut Desk) {
        self.desk.ago(0);
        what(&mut self.desk);
        let batch = self.desk.batch();
        self.client(batch);
    }

    /// The only order that was given since the last look; read marks aside.
    #[track_caller]
    pub fn command(&mut self) -> (CommandId, AgentCommand) {
        let orders = std::mem::take(&mut self.orders);
        let mut commands = orders.into_iter().filter_map(|order| match order {
            Order::Send { id, command } => Some((id, command)),
            _ => None,
        });
        let command = commands.next().expect("an order");
        assert_eq!(commands.next(), None, "one order at a time");
        command
    }

    /// The only command that a line gives.
    #[track_caller]
    pub fn gives(&mut self, line: &str) -> AgentCommand {
        self.orders.clear();
        self.lines(&[line]);
        self.command().1
    }

    /// What a line says. It orders nothing but to look.
    #[track_caller]
    pub fn tells(&mut self, line: &str, expected: &[&str]) {
        self.said.clear();
        self.orders.clear();
        self.lines(&[line]);
        assert_eq!(std::mem::take(&mut self.said), expected, "{line}");
        self.orders_nothing();
    }

    /// What the server will reply to a question.
    pub fn replies(&mut self, question: AgentQuestion, reply: AgentReply) {
        self.desk.replies.push((question, reply));
    }

    #[track_caller]
    pub fn orders_nothing(&self) {
        let sends = self.orders.iter().filter(|it| matches!(it, Order::Send { .. }));
        assert_eq!(sends.count(), 0, "{:?}", self.orders);
    }

    pub fn answer(&mut self, (id, command): (CommandId, AgentCommand), outcome: Outcome) {
        self.client(ClientEvent::Answered { id, command, outcome });
    }

    /// The order is done: the answer comes, then its event.
    pub fn done(&mut self, order: (CommandId, AgentCommand), what: impl FnOnce(&mut Desk) -> &mut Desk) {
        self.desk.ago(0).by(order.0);
        what(&mut self.desk);
        let batch = self.desk.batch();
        let ClientEvent::Batch { to, .. } = &batch else {
            panic!()
        };
        let done = Done {
            rev: Some(Rev(*to)),
            conversation: Some(self.desk.conversation("carol")),
            ..Done::default()
        };
        self.answer(order, Outcome::Done(done));
        self.client(batch);
    }

    pub fn refused(&mut self, order: (CommandId, AgentCommand), refusal: Refusal) {
        self.answer(order, Outcome::Refused { refusal });
    }

    #[track_caller]
    pub fn says(&mut self, expected: &[&str]) {
        assert_eq!(std::mem::take(&mut self.said), expected);
    }

    pub fn advance(&mut self, time: Duration) {
        self.elapsed += time;
        self.input(PlainInput::Deadline);
    }
}

/// Carol waits for a person.
pub(super) fn waiting() -> Desk {
    let mut desk = Desk::new();
    desk.ago(60).says("carol", "my parcel?").asks("carol");
    desk
}

/// Carol is Ada's.
pub(super) fn mine() -> Desk {
    let mut desk = waiting();
    desk.taken("carol", ADA);
    desk
}

/// The thread of carol is open.
pub(super) fn carol(desk: Desk) -> Script {
    let mut script = Script::at(desk);
    script.lines(&["/open carol"]);
    script.said.clear();
    script.orders.clear();
    script
}

#[test]
fn events_are_lines_with_the_customers_name_before_them() {
    let mut script = Script::away(waiting());
    script.connect();
    script.says(&[
        "-- connected",
        "Signed in as Ada: 1 waiting, 0 yours. /help tells the words.",
    ]);
    script.hear(|desk| {
        desk.says("dora", "hi\nthere\u{1b}[2J")
            .bot("dora", "Hello dora")
            .taken("carol", BO)
    });
    script.says(&[
        "[dora] 14:00 dora: hi␤there␛[2J",
        "[dora] 14:00 bot: Hello dora",
        "[carol] 14:00 -- Bo took over",
    ]);
}

#[test]
fn a_thread_is_told_when_it_is_opened() {
    let mut script = Script::at(waiting());
    script.lines(&["/open carol"]);
    script.says(&[
        "[carol] 13:59 carol: my parcel?",
        "[carol] 13:59 -- carol asked for a person",
        "Open: carol, asked for a person. /take takes it over.",
    ]);
    script.lines(&["/open zoe", "/open \u{1b}]0;x"]);
    script.says(&[
        "There is no conversation with zoe. /list tells them.",
        "No conversation is open now: lines go to nobody.",
        "There is no conversation with ␛]0;x. /list tells them.",
    ]);
    script.orders_nothing();
}

#[test]
fn a_script_that_writes_all_at_once_is_dealt_with_line_by_line() {
    let mut script = Script::away(waiting());
    script.lines(&["/take carol", "hello", "/done"]);
    script.input(PlainInput::Eof);
    script.orders_nothing();
    script.connect();
    let take = script.command();
    assert!(matches!(take.1, AgentCommand::TakeOver { .. }), "{take:?}");
    script.done(take, |desk| desk.taken("carol", ADA));
    let orders: Vec<AgentCommand> = std::mem::take(&mut script.orders)
        .into_iter()
        .filter_map(|order| match order {
            Order::Send { command, .. } => Some(command),
            _ => None,
        })
        .collect();
    let conversation = script.desk.conversation("carol");
    let seen = SeenLines {
        customer: LineNo(1),
        desk: LineNo(0),
    };
    assert_eq!(
        orders,
        [
            AgentCommand::Post {
                conversation,
                text: "hello".into(),
                seen,
                take_over: false,
                anyway: false,
                quote: None,
                reply: None,
                article: None,
                file: None,
            },
            AgentCommand::Close {
                conversation,
                seen: LineNo(1)
            },
        ],
        "at the end of the input nobody is left who could undo"
    );
    assert_eq!(script.quit, None, "it waits for the answers");
}

#[test]
fn it_ends_when_all_is_answered() {
    let mut script = carol(mine());
    script.lines(&["hello"]);
    script.input(PlainInput::Eof);
    let post = script.command();
    assert_eq!(script.quit, None);
    script.done(post, |desk| desk.replies("carol", ADA, "hello"));
    script.says(&["[carol] 14:00 you: hello"]);
    assert_eq!(script.quit, Some(0));
}

#[test]
fn without_a_server_it_ends_after_a_while_and_says_what_was_not_done() {
    let mut script = Script::away(Desk::new());
    script.lines(&["/list"]);
    script.input(PlainInput::Eof);
    script.advance(FLUSH_MAX - Duration::from_millis(1));
    assert_eq!(script.quit, None);
    script.advance(Duration::from_millis(1));
    script.says(&["1 line was not dealt with: there is no connection."]);
    assert_eq!(script.quit, Some(69));
}

#[test]
fn nobody_writes_to_a_customer_without_owning_the_conversation() {
    let mut bot = Desk::new();
    bot.says("carol", "hi");
    let mut ended = mine();
    ended.closed("carol", Closer::Customer);
    let mut theirs = waiting();
    theirs.ago(0).taken("carol", BO);
    for (desk, words) in [
        (bot, "Not sent, it is not yours; /take takes it over: hello"),
        (waiting(), "Not sent, it is not yours; /take takes it over: hello"),
        (theirs, "Not sent, taken by Bo since 14:00: hello"),
        (ended, "Not sent, the chat has ended: hello"),
    ] {
        let mut script = carol(desk);
        script.lines(&["hello"]);
        script.says(&[words]);
        script.orders_nothing();
    }
    let mut script = Script::at(mine());
    script.lines(&["hello"]);
    script.says(&["No conversation is open: /open NAME or /next."]);
    let mut script = carol(mine());
    script.lines(&["\u{200b}"]);
    assert!(script.said[0].contains("The message is empty"), "{:?}", script.said);
    script.orders_nothing();
}

#[test]
fn a_reply_that_was_overtaken_is_held_and_sent_on_a_word() {
    let mut script = carol(mine());
    script.lines(&["hello"]);
    let post = script.command();
    script.refused(post, Refusal::Stale { newest: LineNo(1) });
    script.says(&[
        "Not sent, somebody answered before you: hello",
        "Read it above; /anyway sends yours all the same.",
    ]);
    script.lines(&["/anyway", "/anyway"]);
    let (_, command) = script.command();
    assert!(
        matches!(&command, AgentCommand::Post { text, anyway: true, .. } if text == "hello"),
        "{command:?}"
    );
    script.says(&["No reply was held."]);
}

#[test]
fn who_comes_second_is_told_who_was_first() {
    let mut script = carol(waiting());
    script.lines(&["/take", "hello"]);
    let take = script.command();
    let refusal = Refusal::TakenBy {
        agent: agent(BO),
        since: minicom_protocol::ids::Time(BENCH_START),
    };
    script.hear(|desk| desk.taken("carol", BO));
    script.refused(take, refusal);
    assert!(
        script
            .said
            .iter()
            .any(|line| line == "Refused: taken by Bo since 14:00"),
        "{:?}",
        script.said
    );
    assert_eq!(
        script.said.last().unwrap(),
        "No conversation is open: /open NAME or /next.",
        "it is not for whoever was open before either"
    );
    script.orders_nothing();
}

#[test]
fn next_opens_and_claims_and_lets_read_before_writing() {
    let mut script = Script::at(waiting());
    script.lines(&["/next", "hello"]);
    let next = script.command();
    assert_eq!(next.1, AgentCommand::TakeNext {});
    script.done(next, |desk| desk.taken("carol", ADA));
    script.says(&[
        "[carol] 14:00 -- you took over",
        "[carol] 13:59 carol: my parcel?",
        "[carol] 13:59 -- carol asked for a person",
        "[carol] 14:00 -- you took over",
        "Open: carol, yours since 14:00. Lines go to the customer.",
    ]);
    let (_, command) = script.command();
    assert!(matches!(command, AgentCommand::Post { .. }), "{command:?}");
}

#[test]
fn done_can_be_undone_for_five_seconds() {
    let mut script = carol(mine());
    script.lines(&["/done"]);
    script.advance(Duration::from_millis(4_999));
    script.lines(&["/undo"]);
    script.advance(UNDO);
    script.orders_nothing();
    script.lines(&["/undo", "/done"]);
    script.says(&[
        "The chat with carol ends in 5 seconds; /undo keeps it.",
        "Kept: the chat goes on.",
        "There is nothing to undo.",
        "The chat with carol ends in 5 seconds; /undo keeps it.",
    ]);
    script.advance(UNDO);
    assert!(matches!(
        script.command().1,
        AgentCommand::Close { seen: LineNo(1), .. }
    ));
    for input in [PlainInput::Terminate { code: 143 }, PlainInput::Eof] {
        let mut script = carol(mine());
        script.lines(&["/done"]);
        script.input(input);
        assert!(
            matches!(script.command().1, AgentCommand::Close { .. }),
            "at the end it is done at once"
        );
    }
}

#[test]
fn a_customer_who_writes_again_keeps_the_chat() {
    let mut script = carol(mine());
    script.lines(&["/done"]);
    script.said.clear();
    script.hear(|desk| desk.says("carol", "one more thing"));
    script.says(&[
        "[carol] 14:00 carol: one more thing",
        "carol has written again: the chat was not ended.",
    ]);
    script.advance(UNDO);
    script.orders_nothing();
}

#[test]
fn lines_follow_the_customer_into_a_new_conversation() {
    let mut script = carol(mine());
    script.hear(|desk| desk.closed("carol", Closer::Customer).says("carol", "me again"));
    script.said.clear();
    script.lines(&["hello", "/take"]);
    script.says(&["Not sent, it is not yours; /take takes it over: hello"]);
    let conversation = script.desk.conversation("carol");
    assert_eq!(script.command().1, AgentCommand::TakeOver { conversation });
}

#[test]
fn without_a_connection_lines_are_kept_and_orders_are_not_given() {
    let mut script = carol(mine());
    script.lose();
    script.lines(&["hello", "/back", "/done", "/next", "/take"]);
    script.says(&[
        "-- the server restarts, back soon",
        "Kept on this computer, sent when there is a connection: hello",
        "/back needs a connection. Nothing was done.",
        "/done needs a connection. Nothing was done.",
        "No conversation is open now: lines go to nobody.",
        "/next needs a connection. Nothing was done.",
        "/take needs a connection. Nothing was done.",
    ]);
    assert!(matches!(script.command().1, AgentCommand::Post { .. }));
    script.lines(&["/quit"]);
    assert_eq!(
        script.quit,
        Some(0),
        "nobody who wants to leave waits for a server that is away"
    );
    assert!(script.said[0].contains("kept on this computer"), "{:?}", script.said);
}

#[test]
fn what_a_signal_leaves_undone_is_told_and_the_exit_code_is_that_of_the_signal() {
    let mut script = carol(mine());
    script.lines(&["hello"]);
    script.said.clear();
    script.input(PlainInput::Terminate { code: 143 });
    script.says(&["1 order or line is not answered yet; kept on this computer, sent when the program runs again."]);
    assert_eq!(script.quit, Some(143));

    // Lines behind it are dealt with by nobody.
    let mut script = carol(mine());
    script.unanswered = Some(vec![]);
    script.lines(&["hello", "/find delay", "more", "/done"]);
    script.said.clear();
    script.input(PlainInput::Terminate { code: 130 });
    script.says(&[
        "1 order or line is not answered yet; kept on this computer, sent when the program runs again.",
        "2 lines were not dealt with: the program was ended.",
    ]);
    assert_eq!(script.quit, Some(130));

    let mut script = carol(mine());
    script.input(PlainInput::Terminate { code: 143 });
    script.says(&[]);
    assert_eq!(script.quit, None, "nothing is left");
}

#[test]
fn what_has_become_old_waits_for_a_word() {
    let age = Duration::from_secs(25 * 3_600);
    for (word, resends) in [("/resend", true), ("/discard", false)] {
        let mut script = carol(mine());
        let id = CommandId::from_bytes([9; 16]);
        let conversation = script.desk.conversation("carol");
        let seen = SeenLines::default();
        let text = "yesterday's".to_owned();
        let command = AgentCommand::Post {
            conversation,
            text,
            seen,
            take_over: false,
            anyway: false,
            quote: None,
            reply: None,
            article: None,
            file: None,
        };
        script.client(ClientEvent::Stale { id, command, age });
        script.lines(&[word, word]);
        script.says(&[
            "Written 25 hours ago and not sent: yesterday's",
            "/resend sends it, /discard throws it away.",
            "No line waits for this.",
        ]);
        let order = if resends { Order::Resend(id) } else { Order::Discard(id) };
        assert!(script.orders.contains(&order), "{:?}", script.orders);
        script.orders_nothing();
    }
}

#[test]
fn a_flood_of_lines_and_unknown_words_are_refused_with_words() {
    let mut script = Script::away(Desk::new());
    for _ in 0..LINES_MAX {
        script.lines(&["/list"]);
    }
    script.says(&[]);
    script.lines(&["one more"]);
    script.says(&["Too many lines wait already. This one was dropped; nothing was sent."]);
    let mut script = Script::at(Desk::new());
    script.lines(&["/fly\u{1b}"]);
    script.says(&["There is no /fly␛. /help tells the words."]);
    script.input(PlainInput::TooLong);
    script.says(&["That line was too long and was dropped. Nothing was sent."]);
}

#[test]
fn the_end_of_the_sign_in_is_told_and_is_the_exit_code() {
    let mut script = Script::at(Desk::new());
    script.client(ClientEvent::Ended(minicom_client::Ended::SignedOut));
    assert!(script.said[0].contains("Sign in again"), "{:?}", script.said);
    assert_eq!(script.quit, Some(77));
}

#[test]
fn a_server_that_is_not_who_it_should_be_is_told_once_in_its_words() {
    let mut script = Script::at(Desk::new());
    for _ in 0..2 {
        let why = "the certificate of x is not accepted: it expired on 2026-11-01".to_owned();
        let retry_at = Instant::now();
        script.client(ClientEvent::State(ConnState::Untrusted { retry_at, why }));
    }
    script.says(&["-- the certificate of x is not accepted: it expired on 2026-11-01"]);
}

#[test]
fn only_a_person_reads() {
    let reads = |script: &Script| {
        let marks = script.orders.iter().filter(|order| {
            matches!(
                order,
                Order::SendMomentary(_) | Order::Delivered { .. } | Order::Viewing(_)
            )
        });
        marks.count()
    };
    let mut script = Script::at(mine());
    script.lines(&["/open carol"]);
    assert!(
        script.orders.iter().any(|order| matches!(
            order,
            Order::SendMomentary(AgentCommand::MarkSeen { up_to: LineNo(1), .. })
        )),
        "{:?}",
        script.orders
    );
    assert!(
        script
            .orders
            .contains(&Order::Viewing(Some(script.desk.conversation("carol"))))
    );
    script.hear(|desk| desk.says("carol", "hello?"));
    let (conversation, up_to) = (script.desk.conversation("carol"), LineNo(2));
    assert!(script.orders.contains(&Order::Delivered { conversation, up_to }));
    let mut script = Script::piped(mine());
    script.lines(&["/open carol"]);
    script.hear(|desk| desk.says("carol", "hello?").says("dora", "hi").asks("dora"));
    assert_eq!((reads(&script), script.bells), (0, 0), "{:?}", script.orders);
}

#[test]
fn what_was_not_sent_at_the_end_of_the_input_is_told_by_the_code() {
    // Kept in the outbox, but not sent.
    for pipe in [true, false] {
        let mut script = if pipe {
            Script::piped(mine())
        } else {
            Script::at(mine())
        };
        script.lines(&["/open carol"]);
        script.lose();
        script.lines(&["hello"]);
        script.input(PlainInput::Eof);
        assert_eq!(script.quit, None);
        script.advance(FLUSH_MAX);
        assert_eq!(script.quit, Some(69));
        assert!(
            script.said.last().unwrap().contains("kept on this computer"),
            "{:?}",
            script.said
        );
    }
    // Not even looked at.
    let mut script = Script::piped(mine());
    script.lines(&["/next", "hello"]);
    script.input(PlainInput::Eof);
    script.advance(FLUSH_MAX);
    assert_eq!(script.quit, Some(69));
    assert!(
        script
            .said
            .contains(&"1 line was not dealt with: there is no connection.".to_owned()),
        "{:?}",
        script.said
    );
    // A script that quits is told too; a person who does has read it.
    for (pipe, code) in [(true, 69), (false, 0)] {
        let mut script = if pipe {
            Script::piped(mine())
        } else {
            Script::at(mine())
        };
        script.lines(&["/open carol"]);
        script.lose();
        script.lines(&["hello", "/quit"]);
        assert_eq!(script.quit, Some(code));
    }
}

#[test]
fn a_word_that_means_nothing_is_told_to_a_script_by_the_code() {
    for (line, piped, person) in [("/tkae carol", 2, 0), ("/list", 0, 0)] {
        for (mut script, code) in [(Script::piped(mine()), piped), (Script::at(mine()), person)] {
            script.lines(&[line]);
            script.input(PlainInput::Eof);
            script.advance(FLUSH_MAX);
            assert_eq!(script.quit, Some(code), "{line}: {:?}", script.said);
        }
    }
}

#[test]
fn a_fresh_start_says_that_something_was_missed() {
    let mut script = Script::at(waiting());
    script.lose();
    script.said.clear();
    script.connect();
    script.says(&[
        "-- connected",
        "What happened meanwhile was not told: 1 waiting, 0 yours. /list and /open tell it.",
    ]);
}

#[test]
fn a_question_that_is_lost_with_the_connection_holds_nothing_up() {
    let mut script = Script::at(mine());
    script.app.ask(AgentQuestion::Queue {});
    // It goes out, and nothing comes back.
    script.app.out.clear();
    script.lines(&["/help quit"]);
    script.says(&[]);
    script.client(ClientEvent::AskFailed {
        n: 1,
        question: AgentQuestion::Queue {},
    });
    script.says(&[
        "The connection was lost before the answer came. Ask again.",
        "/quit: end the program",
    ]);
}

#[test]
fn who_types_and_what_is_half_said_is_no_line() {
    let mut desk = Desk::new();
    desk.ago(60)
        .says("carol", "hi")
        .says("frank", "prices?")
        .taken("carol", ADA);
    let mut script = Script::at(desk);
    script.lines(&["/open carol"]);
    script.said.clear();
    for event in [
        script.desk.types("carol", Typist::Customer, true),
        script.desk.types("carol", Typist::Customer, false),
        script.desk.bot_delta("frank", "Here they"),
    ] {
        script.client(event);
    }
    assert_eq!(script.said, Vec::<String>::new());
}
