//! What a whole desk means for a customer's screen: what a chat begins with, lines that change, articles, the queue, how it was.

mod rig;

use std::time::Duration;

use minicom_client::{ClientEvent, CommandIds};
use minicom_protocol::{
    command::{CustomerCommand, Done, Outcome},
    customer_event::{Author, Closed, Closer, CustomerBody, CustomerEvent, LineChanged, Requeued, Ticketed},
    event::Part,
    frame::{CustomerQuestion, CustomerReply, CustomerSignal, Told},
    ids::{CommandId, LineNo, TicketNo, Time},
    intake::{ClientInfo, Introduction, Priority},
    library::Article,
    line::{LineRef, LineState, Quote},
    refusal::Refusal,
    stage::Side,
    text::{DisplayName, MessageText},
    words::{Email, Skill, SubjectLine, Tag},
};
use minicom_tui_customer::{Beginning, Order, Settings, Wishes};
use minicom_tui_kit::{Effect, Input, Theme, testing::BENCH_START};
use rig::{Desk, Rig, agent, asking, card, line_no, place, settings};

fn subject(text: &str) -> SubjectLine {
    SubjectLine::parse(text).unwrap()
}

/// What was sent, without its ids.
fn commands(rig: &mut Rig) -> Vec<CustomerCommand> {
    rig.sent_all().into_iter().map(|(_, command)| command).collect()
}

/// An open chat: the customer's line, the bot's, Ada's.
fn open() -> Desk {
    let mut desk = Desk::default();
    desk.opened(-1);
    desk.says(-1, Author::Customer, "order 4821");
    desk.says(-1, Author::Bot, "hello");
    desk.joined(0);
    desk.says(0, agent(), "which order was it?");
    desk
}

fn live(desk: Desk) -> Rig {
    let mut rig = Rig::live(desk, 80, 24);
    rig.bench.effects();
    rig
}

fn done(rig: &mut Rig, id: CommandId, command: CustomerCommand) {
    let outcome = Outcome::Done(Done::default());
    rig.tell(ClientEvent::Answered { id, command, outcome });
}

fn refused(rig: &mut Rig, id: CommandId, command: CustomerCommand, refusal: Refusal) {
    let outcome = Outcome::Refused { refusal };
    rig.tell(ClientEvent::Answered { id, command, outcome });
}

fn changed(rig: &mut Rig, side: Side, line: u64, state: LineState, text: &str) {
    let parts = match text {
        "" => vec![],
        text => vec![Part::of_text(MessageText::parse(text).unwrap())],
    };
    let line = LineRef {
        side,
        line: line_no(line),
    };
    let event = rig
        .desk
        .event(0, None, CustomerBody::LineChanged(LineChanged { line, state, parts }));
    rig.happens(vec![event]);
}

// What a chat begins with.

#[test]
fn the_first_line_goes_behind_what_the_chat_begins_with() {
    let wishes = Wishes {
        name: Some(subject("Carol")),
        email: Some(Email::parse("c@example.test").unwrap()),
        subject: Some(subject("parcel")),
        priority: Some(Priority::Urgent),
        skills: vec![Skill::parse("german").unwrap()],
    };
    let client = ClientInfo {
        locale: Some("de_DE".into()),
        ..ClientInfo::default()
    };
    let beginning = Beginning::new(wishes, "tui", client.clone());
    let settings = Settings {
        beginning,
        ..settings(Theme::ansi())
    };
    let mut rig = Rig::with(settings, Desk::default(), 80, 24);
    rig.connect();
    assert!(commands(&mut rig).is_empty(), "nothing before the first line");
    rig.bench.press("hello<enter>there<enter>");
    let sent = commands(&mut rig);
    let [
        CustomerCommand::Start {
            intake,
            introduction,
            answers,
        },
        first,
        second,
    ] = &sent[..]
    else {
        panic!("{sent:?}");
    };
    assert_eq!(
        (intake.subject.as_ref(), intake.priority),
        (Some(&subject("parcel")), Priority::Urgent)
    );
    assert_eq!(
        (intake.skills.len(), intake.channel.as_str(), &intake.client),
        (1, "tui", &client)
    );
    assert_eq!(introduction.name, Some(subject("Carol")));
    assert!(introduction.email.is_some() && answers.is_empty());
    assert_eq!(
        (first, second),
        (&CustomerCommand::post("hello"), &CustomerCommand::post("there"))
    );
    rig.bench.press("<ctrl-c>").sees("2 messages are not sent yet");
}

#[test]
fn a_chat_that_is_open_is_told_who_it_is_and_what_about() {
    let wishes = Wishes {
        name: Some(subject("Carol")),
        subject: Some(subject("parcel")),
        priority: Some(Priority::High),
        ..Wishes::default()
    };
    let beginning = Beginning::new(wishes, "tui", ClientInfo::default());
    let settings = Settings {
        beginning,
        ..settings(Theme::ansi())
    };
    let mut rig = Rig::with(settings, open(), 80, 24);
    rig.connect();
    let introduction = Introduction {
        name: Some(subject("Carol")),
        email: None,
    };
    let said = [
        CustomerCommand::Introduce { introduction },
        CustomerCommand::SetSubject {
            subject: subject("parcel"),
        },
    ];
    assert_eq!(commands(&mut rig), said);
    rig.bench
        .sees("This chat is open already: --priority and --skill are for the next one.");
    rig.connect();
    assert!(commands(&mut rig).is_empty(), "once");
    rig.bench.press("hi<enter>");
    assert_eq!(commands(&mut rig), [CustomerCommand::post("hi")]);
}

#[test]
fn words_say_who_it_is_and_the_outcome_is_told() {
    let mut rig = live(open());
    rig.bench.press("/name Carol Ramos<enter>");
    let (id, command) = rig.sent().remove(0);
    rig.bench.sees("/name Carol Ramos").sees("... waiting to send");
    done(&mut rig, id, command);
    rig.bench.sees("Your name here is Carol Ramos now.").sees_no("/name");
    rig.bench
        .press("/email nobody<enter>")
        .sees("this is not an e-mail address")
        .sees("▏/email nobody");
    rig.bench.press("<ctrl-u>/subject parcel<enter>");
    let (id, command) = rig.sent().remove(0);
    refused(&mut rig, id, command, Refusal::Closed);
    rig.bench.sees("/subject parcel: This conversation has ended.");

    let mut rig = live(Desk::default());
    rig.bench
        .press("/subject parcel<enter>")
        .sees("It is said with your first line.");
    rig.bench.press("hi<enter>");
    assert!(matches!(&commands(&mut rig)[..], [CustomerCommand::Start { intake, .. }, _] if intake.subject.is_some()));
}

#[test]
fn what_the_chat_begins_with_is_told_when_it_is_refused_and_its_line_stays() {
    let mut rig = live(Desk::default());
    rig.bench.press("hi<enter>");
    let (id, start) = rig.sent_all().remove(0);
    let refusal = Refusal::BadField { why: "intake".into() };
    refused(&mut rig, id, start, refusal);
    rig.bench
        .sees("What the chat begins with was not taken: A field does not fit: intake.")
        .sees("you     hi");
}

#[test]
fn the_beginning_of_an_old_line_is_not_asked_for() {
    let mut rig = live(Desk::default());
    let id = CommandIds::starting_at(9).next(BENCH_START - 90_000_000_000);
    let command = Beginning::new(Wishes::default(), "tui", ClientInfo::default()).start(vec![]);
    let age = Duration::from_secs(90_000);
    rig.tell(ClientEvent::Stale { id, command, age });
    assert_eq!(rig.bench.orders(), [Order::Discard(id)]);
    rig.bench.sees_no("not sent").sees("^C quit");
}

// What the desk asks first.

fn with_questions(desk: Desk) -> Rig {
    let mut rig = Rig::with(settings(Theme::ansi()), desk, 80, 24);
    rig.connect_as(asking(&[
        ("order", "Which order?"),
        ("plan", "Which plan do you have?"),
    ]));
    rig.bench.effects();
    rig
}

fn answers(rig: &mut Rig) -> Vec<(String, String)> {
    let sent = commands(rig);
    let [
        CustomerCommand::Start { answers, .. },
        CustomerCommand::Post { text, .. },
    ] = &sent[..]
    else {
        panic!("{sent:?}");
    };
    assert_eq!(text, "my parcel");
    answers.iter().map(|it| (it.key.clone(), it.text.clone())).collect()
}

#[test]
fn questions_come_before_the_first_line_which_stays_where_it_is() {
    let pair = |key: &str, text: &str| (key.to_owned(), text.to_owned());
    let mut rig = with_questions(Desk::default());
    rig.bench.press("my parcel<enter>");
    assert!(commands(&mut rig).is_empty());
    rig.bench
        .sees(" Which order? ")
        .sees("First · 1 of 2")
        .sees("▏my parcel");
    rig.bench
        .press("48213<enter>")
        .sees(" Which plan do you have? ")
        .sees("Esc skips all");
    // Neither news nor the help takes an answer away.
    rig.lost(3);
    rig.bench.press("P<f1>").sees("Keys: Esc closes").sees_no("Which plan");
    rig.bench.press("ro").sees("Which plan do you have? Pro");
    rig.bench.press("<f1><esc><enter>");
    assert_eq!(answers(&mut rig), [pair("order", "48213"), pair("plan", "Pro")]);
    rig.bench
        .sees_no("First ·")
        .sees("you     my parcel")
        .sees_no("▏my parcel");
    rig.bench.press("next<enter>");
    assert_eq!(commands(&mut rig), [CustomerCommand::post("next")], "asked once");

    let mut rig = with_questions(Desk::default());
    rig.bench.press("my parcel<enter><enter>Pro<enter>");
    assert_eq!(answers(&mut rig), [pair("plan", "Pro")], "an empty answer is none");
    let mut rig = with_questions(Desk::default());
    rig.bench.press("my parcel<enter>48213<enter>Pr<esc>");
    assert_eq!(answers(&mut rig), [pair("order", "48213")], "Esc skips the rest");
}

#[test]
fn one_can_go_back_to_the_line_before_it_is_sent() {
    let mut rig = with_questions(Desk::default());
    rig.bench
        .press("my parcel<enter>482<ctrl-c>")
        .sees("▏my parcel")
        .sees_no("First ·");
    assert!(commands(&mut rig).is_empty());
    rig.bench.press("<enter>").sees("First · 1 of 2");
    // The line is a draft on disk until it is sent.
    rig.bench.input(Input::Terminate);
    assert!(rig.bench.orders().contains(&Order::KeepDraft("my parcel".into())));
}

#[test]
fn nothing_is_asked_where_a_chat_is_open_or_the_thread_is_not_known() {
    let mut rig = with_questions(open());
    rig.bench.press("my parcel<enter>");
    assert_eq!(commands(&mut rig), [CustomerCommand::post("my parcel")]);
    let mut rig = Rig::silent(80, 24);
    rig.bench.press("my parcel<enter>");
    assert!(answers(&mut rig).is_empty(), "a line waits for nobody");
    let mut rig = with_questions(Desk::default());
    rig.bench.press("/human<enter>").sees("First · 1 of 2");
    rig.bench.press("<esc>");
    let sent = commands(&mut rig);
    assert!(
        matches!(&sent[1], CustomerCommand::Post { text, .. } if text == "human please"),
        "{sent:?}"
    );
}

#[test]
fn answers_are_said_though_another_window_has_begun_the_chat() {
    let mut rig = with_questions(Desk::default());
    rig.bench.press("my parcel<enter>48213");
    let opened = rig.desk.opened(0);
    rig.happens(vec![opened]);
    rig.bench.press("<enter><enter>");
    assert_eq!(answers(&mut rig).len(), 1);
}

// Lines that change.

#[test]
fn ones_own_last_line_is_changed() {
    let mut rig = live(open());
    rig.bench.press("/edit order 48213<enter>");
    let (id, command) = rig.sent().remove(0);
    let (line, text) = (LineNo(1), "order 48213".to_owned());
    assert_eq!(command, CustomerCommand::EditLine { line, text });
    done(&mut rig, id, command);
    changed(&mut rig, Side::Customer, 1, LineState::Edited, "order 48213");
    rig.bench.sees("you     order 48213 (edited)").sees_no("order 4821\n");

    rig.bench
        .press("/edit<enter>")
        .sees("▏order 48213")
        .sees("── Your last line ──")
        .sees("Enter changes it");
    rig.bench.press("!<enter>");
    let (id, command) = rig.sent().remove(0);
    assert!(matches!(&command, CustomerCommand::EditLine { text, .. } if text == "order 48213!"));
    refused(&mut rig, id, command, Refusal::TooLate);
    rig.bench
        .sees("Not changed: A line can be changed")
        .sees("── Message ──");
    rig.bench.press("<up>").sees("▏order 48213!");
}

#[test]
fn changing_a_line_can_be_left() {
    for leave in ["<esc>", "<ctrl-c>"] {
        let mut rig = live(open());
        rig.bench.press("/edit<enter>").sees("Your last line");
        rig.bench.press(leave).sees("── Message ──").sees_no("▏order");
        rig.bench.press("on<enter>");
        assert_eq!(commands(&mut rig), [CustomerCommand::post("on")], "{leave}");
    }
    // What was being written before is there again.
    for leave in ["<esc>", "<ctrl-c>", "!<enter>"] {
        let mut rig = live(open());
        rig.bench.press("/edit<enter><esc>half<up>").sees("▏/edit");
        rig.bench.press("<enter>").sees("▏order");
        rig.bench.press(leave).sees("── Message ──").sees("▏half");
    }
    // Later than the server would take it.
    let mut rig = live(open());
    rig.bench.advance(Duration::from_secs(90)).press("/edit<enter>");
    rig.bench.sees("Your last line cannot be changed").sees("▏/edit");
}

#[test]
fn lines_are_taken_back_and_blanked_out_everywhere() {
    let mut desk = open();
    let line = LineRef {
        side: Side::Customer,
        line: line_no(1),
    };
    let quoting = desk.says(0, agent(), "that one?");
    let CustomerBody::Posted(mut posted) = quoting.body.clone() else {
        panic!("a line is one");
    };
    posted.quote = Some(Quote {
        line,
        excerpt: "order 4821".into(),
    });
    let quoting = CustomerEvent {
        body: CustomerBody::Posted(posted),
        ..quoting
    };
    desk.events.pop();
    desk.events.push(quoting);
    let mut rig = live(desk);
    rig.bench.sees("│ you: order 4821").sees("that one?");
    rig.bench.press("/undo<enter>");
    assert_eq!(commands(&mut rig), [CustomerCommand::WithdrawLine { line: line_no(1) }]);
    changed(&mut rig, Side::Customer, 1, LineState::Withdrawn, "");
    rig.bench
        .sees("you     (taken back)")
        .sees("│ you: (taken back)")
        .sees_no("order 4821");
    changed(&mut rig, Side::Desk, 1, LineState::Blanked, "");
    rig.bench.sees("bot     (blanked out)").sees_no("hello");
}

#[test]
fn a_line_is_chosen_and_answered() {
    let mut rig = live(open());
    rig.bench.press("/quote<enter>");
    rig.bench
        .sees("Answer a line")
        .sees("›1 14:00 Ada")
        .sees("Enter answers it");
    rig.bench
        .press("<down><enter>")
        .sees("── Answer to bot: hello ──")
        .sees("Esc drops the quote");
    rig.bench
        .press("hi<enter>and more<enter>")
        .sees("── Message ──")
        .sees("│ hello");
    let (side, line) = (Side::Desk, line_no(1));
    let answer = CustomerCommand::Post {
        text: "hi".into(),
        quote: Some(LineRef { side, line }),
        file: None,
    };
    assert_eq!(commands(&mut rig), [answer, CustomerCommand::post("and more")]);
    rig.bench
        .press("/quote 1<enter>")
        .sees("Answer to Ada: which order was it?");
    rig.bench.press("text<esc>").sees("── Message ──").sees("▏text");
    rig.bench
        .press("<ctrl-c>/quote<enter>bot")
        .sees("hello")
        .sees_no("which order was it?  ");
    rig.bench.press("<esc>").sees_no("Answer a line");
    let mut rig = live(Desk::default());
    rig.bench.press("/quote<enter>").sees("There is no line yet");
    rig.bench.press("<ctrl-c>").sees("── Message ──");
}

#[test]
fn what_happened_to_the_chat_is_told() {
    let mut rig = live(open());
    let requeued = rig.desk.event(1, None, CustomerBody::Requeued(Requeued {}));
    let ticket = TicketNo(7);
    let ticketed = rig.desk.event(2, None, CustomerBody::Ticketed(Ticketed { ticket }));
    rig.happens(vec![requeued, ticketed]);
    rig.bench
        .sees("── You are back in the queue; your place is kept. ──")
        .sees("── This is now ticket 7 · 14:02 ──")
        .sees("Waiting for a person");
}

// Delivered and read.

#[test]
fn how_far_ones_line_has_come_is_told_in_words() {
    let mut rig = live(open());
    rig.bench.sees("✓ stored");
    let up_to = line_no(1);
    rig.signal(CustomerSignal::Delivered { up_to });
    rig.bench.sees("✓✓ delivered");
    let read = rig.desk.read_by(2, Side::Desk);
    rig.happens(vec![read]);
    rig.bench.sees("✓✓ read 14:02");
}

#[test]
fn what_is_on_this_screen_is_told_as_delivered_and_again_after_a_reconnect() {
    let delivered = |rig: &mut Rig| {
        let orders = rig.bench.orders().into_iter();
        let told = |order| match order {
            Order::Delivered(line) => Some(line.0),
            _ => None,
        };
        orders.filter_map(told).collect::<Vec<u64>>()
    };
    let mut rig = live(open());
    rig.bench.input(Input::Focus(false));
    let line = rig.desk.says(1, agent(), "hello?");
    rig.happens(vec![line]);
    assert_eq!(delivered(&mut rig), [3], "it is there though nobody looks");
    rig.bench.press("x");
    assert!(delivered(&mut rig).is_empty());
    rig.lost(1);
    rig.state(minicom_client::ConnState::Live);
    assert_eq!(delivered(&mut rig), [3]);
}

// Articles.

fn with_article() -> Rig {
    let mut desk = open();
    let line = desk.view.desk_lines.next();
    let text = Part::of_text(MessageText::parse("Please read this.").unwrap());
    let parts = vec![text, card("refunds", "Refunds in {{days}}", "Money is back.")];
    desk.event(1, None, CustomerBody::Posted(rig::posted(agent(), line, parts)));
    live(desk)
}

fn question() -> CustomerQuestion {
    CustomerQuestion::Article {
        slug: Tag::parse("refunds").unwrap(),
    }
}

fn article(rig: &mut Rig, body: &str) {
    let article = Article {
        slug: Tag::parse("refunds").unwrap(),
        title: subject("Refunds in {{days}}"),
        body: body.to_owned(),
        questions: None,
    };
    let told = Told::Reply(CustomerReply::Article { article });
    let (n, question) = (1, question());
    rig.tell(ClientEvent::Reply { n, question, told });
}

#[test]
fn an_article_is_shown_as_a_card_and_read_in_full() {
    for open in ["<enter>", "/read<enter>", "/read refunds<enter>"] {
        let mut rig = with_article();
        rig.bench
            .sees("Please read this.")
            .sees("│ Refunds in {{days}}")
            .sees("│ /read refunds reads it · Money is back.")
            .sees("Enter reads refunds");
        rig.bench.press(open);
        assert!(rig.bench.orders().contains(&Order::Ask(question())), "{open}");
        article(&mut rig, "# Refunds\n\n- five days\n\n\u{1b}[2J&#27;[31m");
        rig.bench
            .sees("── Refunds in {{days}} ──")
            .sees("• five days")
            .sees("␛[2J␛[31m")
            .sees_no("Message");
        // Nothing that is typed gets lost behind it.
        rig.bench.press("<pgdn><down>j").sees_no("five days").sees("▏j");
    }
    let mut rig = with_article();
    rig.bench.press("x<enter>");
    assert_eq!(
        commands(&mut rig),
        [CustomerCommand::post("x")],
        "what is written is sent"
    );
}

#[test]
fn an_article_that_is_not_there_is_told() {
    let mut rig = with_article();
    rig.bench.press("<enter>").effects();
    let (n, told) = (1, Told::Refusal(Refusal::NotFound));
    let question = question();
    rig.tell(ClientEvent::Reply {
        n,
        question: question.clone(),
        told,
    });
    rig.bench
        .sees("/read refunds: There is nothing of that name or id here.");
    rig.bench.press("<esc><enter>");
    rig.tell(ClientEvent::AskFailed { n, question });
    rig.bench.sees("The article was not fetched. Try again.");
    article(&mut rig, "late");
    rig.bench.sees_no("late");
    rig.lost(3);
    rig.bench.effects();
    rig.bench.press("<esc><enter>").sees("when the connection is back");
    assert!(rig.bench.orders().is_empty());
}

#[test]
fn what_comes_late_takes_nothing_away_that_is_being_written() {
    let mut rig = with_article();
    rig.bench.press("<enter>");
    rig.bench.press("<ctrl-o>my-parc");
    article(&mut rig, "text");
    rig.bench
        .sees("my-parc")
        .sees("has come and is not shown over this: ask for it again.");
    rig.bench.press("<esc><enter>");
    article(&mut rig, "five days");
    rig.bench.sees("five days");
}

#[test]
fn while_an_article_is_read_nothing_else_is() {
    let mut rig = with_article();
    rig.bench.press("<enter>");
    article(&mut rig, "text");
    rig.bench.effects();
    let line = rig.desk.says(2, agent(), "well?");
    rig.happens(vec![line]);
    assert!(!rig.bench.orders().iter().any(|order| matches!(order, Order::Seen(_))));
    rig.bench.press("<esc>");
    assert!(rig.bench.orders().iter().any(|order| matches!(order, Order::Seen(_))));
}

#[test]
fn a_card_is_clicked() {
    let mut rig = with_article();
    let row = rig
        .bench
        .screen()
        .lines()
        .position(|row| row.contains("│ Refunds"))
        .unwrap();
    let at = (20, u16::try_from(row).unwrap()).into();
    let double = false;
    rig.bench.input(Input::Click { at, double });
    assert!(rig.bench.orders().contains(&Order::Ask(question())));
}

// The queue, and who is there.

fn waiting() -> Rig {
    let mut desk = Desk::default();
    desk.opened(-1);
    desk.says(-1, Author::Customer, "human please");
    desk.asked(0);
    live(desk)
}

#[test]
fn the_place_is_told_with_a_range() {
    let mut rig = waiting();
    rig.signal(place(2, Some((3, 8))));
    rig.bench.sees("You are number 2 in the queue, about 3 to 8 minutes");
    rig.bench.resize(40, 12).sees(" Number 2 in the queue, 3-8 min ");
    rig.bench.resize(30, 12).sees(" Number 2, 3-8 min ");
    rig.bench.resize(80, 24);
    rig.signal(place(1, None));
    rig.bench.sees("You are number 1 in the queue  ");
    let joined = rig.desk.joined(1);
    rig.happens(vec![joined]);
    rig.bench.sees("Ada is with you").sees_no("number 1");
}

#[test]
fn who_is_there_is_told_while_nobody_is_with_the_customer() {
    let open = |open_now, agents_available, next: Option<i64>| CustomerSignal::Open {
        open_now,
        agents_available,
        next_open_at: next.map(|hours| Time(BENCH_START + hours * 3_600_000_000)),
    };
    let mut rig = waiting();
    rig.signal(open(false, false, Some(91)));
    rig.bench.sees(" We are closed now, open again Monday 09:00.");
    rig.bench.resize(40, 12).sees("Closed, open again Monday 09:00");
    rig.bench.resize(30, 9).sees_no("Closed");
    rig.bench.resize(80, 24);
    rig.signal(open(true, false, None));
    rig.bench.sees("Nobody is here right now. Write all the same");
    rig.signal(rig::typing(None, true, minicom_protocol::ids::Seq(9)));
    rig.bench.sees("The assistant is typing").sees_no("Nobody");
    rig.signal(open(true, true, None));
    rig.bench
        .advance(Duration::from_secs(7))
        .sees_no("typing")
        .sees_no("Nobody");
    rig.signal(open(false, false, None));
    let joined = rig.desk.joined(1);
    rig.happens(vec![joined]);
    rig.bench.sees_no("closed");
}

#[test]
fn tomorrow_is_another_word_after_midnight() {
    let mut rig = live(Desk::default());
    let next_open_at = Some(Time(BENCH_START + 19 * 3_600_000_000));
    rig.signal(CustomerSignal::Open {
        open_now: false,
        agents_available: false,
        next_open_at,
    });
    rig.bench.sees("open again tomorrow 09:00.");
    assert_eq!(rig.bench.deadline(), Some(Duration::from_secs(10 * 3_600)));
    rig.bench
        .advance(Duration::from_secs(10 * 3_600))
        .sees("open again 09:00.");
}

// How it was.

fn ended() -> Rig {
    let mut rig = live(open());
    let (by, ask_rating) = (Closer::Agent, true);
    let closed = rig.desk.event(2, None, CustomerBody::Closed(Closed { by, ask_rating }));
    rig.happens(vec![closed]);
    rig.bench.effects();
    rig
}

fn rate(score: Option<u8>, comment: Option<&str>) -> CustomerCommand {
    CustomerCommand::Rate {
        score,
        comment: comment.map(str::to_owned),
    }
}

#[test]
fn how_it_was_is_asked_once_and_answered_by_a_digit() {
    let asks = "How was it? 1 bad .. 5 good, 0 not now";
    let check = |keys: &str, sent: CustomerCommand| {
        let mut rig = ended();
        rig.bench.sees(asks);
        rig.bench.press(keys);
        assert_eq!(commands(&mut rig), [sent], "{keys}");
        rig.bench.sees_no(asks);
    };
    check("4<enter><enter>", rate(Some(4), None));
    check("5<enter>quick and kind<enter>", rate(Some(5), Some("quick and kind")));
    check("0<enter>", rate(None, None));
    check("/rate 3<enter>", rate(Some(3), None));
    let mut rig = ended();
    rig.bench.press("4").sees("Enter says 4 of 5").sees(asks);
    rig.bench
        .press("<enter>")
        .sees("You say 4 of 5")
        .sees("Esc takes it back")
        .sees_no(asks);
    rig.bench.press("<esc>").sees(asks);
    rig.bench.press("0").sees("Enter says not now");
    rig.bench.press("<backspace>");
    assert!(commands(&mut rig).is_empty());
    rig.bench.press("<esc>").sees_no(asks);
    assert!(commands(&mut rig).is_empty(), "hidden, and nothing is said");
    rig.bench.press("4<enter>");
    assert!(
        matches!(&commands(&mut rig)[..], [CustomerCommand::Start { .. }, CustomerCommand::Post { text, .. }] if text == "4")
    );
}

#[test]
fn how_it_was_is_never_in_the_way_of_a_line() {
    let mut rig = ended();
    rig.bench.press("a 5").sees("▏a 5");
    rig.bench.press("<enter>");
    let sent = commands(&mut rig);
    assert!(
        matches!(&sent[..], [CustomerCommand::Start { .. }, CustomerCommand::Post { .. }]),
        "{sent:?}"
    );
    // A line that begins with a digit is a line, however it came to be.
    for line in ["2 parcels are missing", "7", "4.", "12"] {
        let mut rig = ended();
        rig.bench
            .press(line)
            .sees(&format!("▏{line}"))
            .sees("Enter starts a new chat");
        rig.bench.press("<enter>").sees_no("You say");
        let sent = commands(&mut rig);
        assert!(
            matches!(&sent[..], [CustomerCommand::Start { .. }, CustomerCommand::Post { text, .. }] if text == line),
            "{sent:?}"
        );
    }
    // A reason that was taken back is a line, too, and says no score.
    let mut rig = ended();
    rig.bench
        .press("2<enter>late<esc>")
        .sees("▏late")
        .sees("Enter starts a new chat");
    // Where there is no row for it, the footer has it.
    let mut rig = ended();
    rig.bench.resize(40, 8).sees("1 bad .. 5 good, 0 not now");
}

#[test]
fn what_was_said_of_it_is_sent_before_the_end() {
    let mut rig = ended();
    rig.bench.press("4<enter>not done").input(Input::Terminate);
    assert_eq!(commands(&mut rig), [rate(Some(4), None)]);
    let mut rig = ended();
    rig.bench.press("4<enter><enter>");
    let (id, command) = rig.sent().remove(0);
    rig.bench.sees("/rate 4").sees("... waiting to send");
    done(&mut rig, id, command);
    let score = Some(4);
    let rated = rig.desk.event(
        2,
        Some(id),
        CustomerBody::Rated(minicom_protocol::customer_event::Rated { score }),
    );
    rig.happens(vec![rated]);
    rig.bench
        .sees("── You rated this chat 4 of 5. Thank you · 14:02 ──")
        .sees_no("How was it?");
}

// Words while they are written.

#[test]
fn words_are_shown_and_written_out() {
    let mut rig = live(open());
    rig.bench.press("/").sees(" /human  /end  /name TEXT");
    rig.bench.press("e").sees(" /end  /email ADDRESS  /edit [TEXT] ");
    rig.bench.press("<tab>").sees("▏/e\n");
    rig.bench.press("d").sees(" /edit [TEXT]  change your last line");
    rig.bench.press("<tab>").sees("▏/edit\n").sees("^C clear");
    rig.bench
        .press("<ctrl-u>/x")
        .sees("no such word; // begins a real slash");
    assert!(
        !rig.bench
            .effects()
            .iter()
            .any(|it| matches!(it, Effect::Program(Order::Typing(true))))
    );
    rig.bench.press("<ctrl-u>//").sees("^C clear");
}

// Strangers' texts.

/// Names, questions, articles, quotes and desks made of what must not reach a terminal do nothing, in every place.
#[test]
fn hostile_texts_do_nothing_but_look_odd() {
    let marks = format!("e{}", "\u{301}".repeat(8_000));
    for raw in [
        "\u{1b}]0;owned\u{7}\u{1b}[2J",
        "{{agent_name}}{{?x}}",
        "\u{202e}desrever \u{5d0}",
        marks.as_str(),
    ] {
        let mut desk = open();
        let excerpt = raw.to_owned();
        let title: String = raw.chars().filter(|c| !c.is_control()).take(200).collect();
        let line = desk.view.desk_lines.next();
        let name = DisplayName::parse(title.chars().take(60).collect::<String>());
        let author = name.map_or(Author::Bot, |name| Author::Agent { name });
        let mut posted = rig::posted(author, line, vec![card("a", &title, raw)]);
        posted.quote = Some(Quote {
            line: LineRef {
                side: Side::Customer,
                line: line_no(1),
            },
            excerpt,
        });
        desk.event(1, None, CustomerBody::Posted(posted));
        let closed = desk.closed(2, Closer::Agent);
        assert_eq!(closed.time, rig::minute(2));
        let mut me = asking(&[("order", raw)]);
        me.desk = raw.to_owned();
        let mut rig = Rig::with(settings(Theme::ansi()), desk, 80, 24);
        rig.connect_as(me);
        let check = |rig: &Rig, place: &str| {
            let screen = rig.bench.screen();
            assert!(!screen.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{place}: {screen}");
            for row in screen.lines() {
                assert!(minicom_tui_kit::text::width(row) <= 80, "{place}: {row:?}");
                assert!(row.len() < 2_000, "{place}: {} bytes", row.len());
            }
        };
        check(&rig, "thread");
        rig.bench.press("/quote<enter>");
        check(&rig, "choice");
        rig.bench.press("<enter>");
        check(&rig, "answer");
        rig.bench.press("<esc>/read a<enter>");
        let slug = Tag::parse("a").unwrap();
        let article = Article {
            slug: slug.clone(),
            title: subject(&title),
            body: raw.to_owned(),
            questions: None,
        };
        let (n, told) = (1, Told::Reply(CustomerReply::Article { article }));
        let question = CustomerQuestion::Article { slug };
        rig.tell(ClientEvent::Reply { n, question, told });
        check(&rig, "article");
        rig.bench.press("<esc>new<enter>").sees("First");
        check(&rig, "question");
    }
}

/// Any keys at any size, with everything open in turn, and nothing breaks.
#[test]
fn every_part_fits_every_size() {
    for (width, height) in [
        (10, 3),
        (30, 8),
        (40, 9),
        (40, 12),
        (50, 12),
        (80, 24),
        (120, 40),
        (200, 60),
    ] {
        for keys in [
            "hi<enter>",
            "/quote<enter>",
            "/edit<enter>",
            "<f1>",
            "/rate 4<enter>",
            "<enter>",
            "4",
            "/",
        ] {
            let mut rig = with_article();
            rig.bench.resize(width, height).press(keys).screen();
            rig.bench.resize(height.max(30), width.min(30)).screen();
            let mut rig = ended();
            rig.bench
                .press(keys)
                .resize(width, height)
                .press("<down><up>x<pgup>")
                .screen();
            let mut rig = with_questions(Desk::default());
            rig.bench.resize(width, height).press("hi<enter>a").screen();
        }
    }
}
