//! What keys and news lead to: orders, notices, places. No terminal, a clock that moves when told.

mod rig;

use std::time::Duration;

use minicom_client::{ClientEvent, CommandIds, ConnState, Ended};
use minicom_protocol::{
    command::{CustomerCommand, Done, Outcome},
    customer_event::{Author, Closer, CustomerBody},
    frame::CustomerQuestion,
    ids::{CommandId, Seq},
    refusal::Refusal,
    stage::Side,
};
use minicom_tui_customer::{
    Msg, Order, Settings,
    actions::{keymap, with_own},
};
use minicom_tui_kit::{
    Effect, Input, Theme,
    config::Config,
    testing::{BENCH_START, help_is_whole, key},
};
use rig::{Desk, Rig, ada, agent, line_no, settings, typing};

fn post(text: &str) -> CustomerCommand {
    CustomerCommand::post(text)
}

/// A live screen in each stage.
fn in_stage(stage: &str) -> Rig {
    let mut desk = Desk::default();
    if stage != "none" {
        desk.opened(-9);
        desk.says(-9, Author::Customer, "hi");
    }
    match stage {
        "waiting" => drop(desk.asked(-8)),
        "active" => drop(desk.joined(-8)),
        "closed" => drop(desk.closed(-8, Closer::Agent)),
        _ => {}
    }
    let mut rig = Rig::live(desk, 80, 24);
    rig.bench.effects();
    rig
}

/// What is sent by these keys in a stage; and what stands in the composer and above it after that.
#[track_caller]
fn check(stage: &str, typed: &str, sent: &[CustomerCommand], sees: &str) {
    let mut rig = in_stage(stage);
    rig.bench.press(typed);
    let commands: Vec<_> = rig.sent().into_iter().map(|(_, command)| command).collect();
    assert_eq!(commands, sent, "{stage}: {typed}");
    rig.bench.sees(sees);
}

#[test]
fn enter_sends_and_words_do() {
    check("none", "hello<enter>", &[post("hello")], "you     hello");
    check("bot", "a<alt-enter>b<enter>", &[post("a\nb")], "a\n               b");
    check("closed", "again<enter>", &[post("again")], "... waiting to send");
    check("bot", "<enter>", &[], "Enter sends");
    check("bot", "  <enter>", &[], "Enter sends");
    check("bot", "//etc<enter>", &[post("/etc")], "you     /etc");
    check("bot", "/human<enter>", &[CustomerCommand::RequestHuman {}], "/human");
    check("none", "/human<enter>", &[post("human please")], "human please");
    check("closed", "/human<enter>", &[post("human please")], "human please");
    check("waiting", "/human<enter>", &[], "A person has been asked for already.");
    check("active", "/human<enter>", &[], " Ada is with you\n ── Message");
    check("active", "/end<enter>", &[CustomerCommand::Close {}], "/end");
    check("none", "/end<enter>", &[], "There is no chat to end.");
    check("closed", "/end<enter>", &[], "This chat has ended already.");
    check("bot", "/help<enter>", &[], "Keys: Esc closes");
    check(
        "bot",
        "/foo bar<enter>",
        &[],
        "There is no /foo: /help shows the words.",
    );
    check("bot", "/foo bar<enter>", &[], "▏/foo bar");
    check("bot", "/end now<enter>", &[], "▏/end now");
    check("bot", "/foo<enter><backspace>", &[], "▏/fo\n\n /forget [yes]");
}

#[test]
fn a_line_is_on_the_screen_before_the_next_key_and_then_marked() {
    let mut rig = in_stage("bot");
    rig.bench.press("is it there?<enter>");
    rig.bench.sees("you     is it there?").sees("... waiting to send");
    let (id, command) = rig.sent().remove(0);
    assert_eq!(CommandIds::made_at(id), Some(BENCH_START));
    // The connection tells of it too; it is the same line.
    let adopted = false;
    rig.tell(ClientEvent::Pending {
        id,
        command: command.clone(),
        adopted,
    });
    let event = rig.desk.posts(0, Some(id), Author::Customer, "is it there?");
    let seq = Some(event.seq);
    let outcome = Outcome::Done(Done { seq, ..Done::default() });
    rig.tell(ClientEvent::Answered { id, command, outcome });
    rig.bench.sees("✓ stored").sees_no("waiting to send");
    rig.happens(vec![event]);
    rig.bench.sees("✓ stored");
    assert_eq!(rig.bench.screen().matches("is it there?").count(), 1);
    let read = rig.desk.read_by(2, Side::Desk);
    rig.happens(vec![read]);
    rig.bench.sees("✓✓ read 14:02");
}

#[test]
fn an_event_that_comes_before_its_answer_leaves_one_line() {
    let mut rig = in_stage("bot");
    rig.bench.press("one<enter>two<enter>");
    let sent = rig.sent();
    let event = rig.desk.posts(0, Some(sent[0].0), Author::Customer, "one");
    rig.happens(vec![event]);
    let screen = rig.bench.screen();
    assert_eq!((screen.matches(" one").count(), screen.matches(" two").count()), (1, 1));
    assert!(screen.find(" one").unwrap() < screen.find(" two").unwrap());
    rig.bench.sees("... waiting to send");
}

#[test]
fn what_waits_survives_a_fresh_start_and_stays_last() {
    let mut rig = in_stage("bot");
    rig.lost(1);
    rig.bench.press("kept<enter>");
    let said = rig.desk.says(0, Author::Bot, "meanwhile");
    assert_eq!(said.seq, Seq(3));
    rig.connect();
    let screen = rig.bench.screen();
    assert!(
        screen.find("meanwhile").unwrap() < screen.find("kept").unwrap(),
        "{screen}"
    );
    assert_eq!(screen.matches("kept").count(), 1);
}

#[test]
fn a_second_window_shows_the_same() {
    let mut rig = in_stage("bot");
    // Sent by the other window: the command is not ours.
    let other = CommandIds::starting_at(77).next(BENCH_START);
    let line = rig
        .desk
        .posts(0, Some(other), Author::Customer, "from the other window");
    rig.happens(vec![line]);
    rig.bench.sees("you     from the other window").sees("✓ stored");
}

#[test]
fn a_refused_line_can_be_sent_again_or_discarded() {
    let mut rig = in_stage("bot");
    rig.bench.press("first<enter>");
    let (id, command) = rig.sent().remove(0);
    let refuse = |rig: &mut Rig, id: CommandId, command: &CustomerCommand| {
        let (command, refusal) = (command.clone(), Refusal::Conflict);
        let outcome = Outcome::Refused { refusal };
        rig.tell(ClientEvent::Answered { id, command, outcome });
    };
    refuse(&mut rig, id, &command);
    rig.bench.sees("✗ not sent: ").sees("^R retry  F7 discard");
    rig.bench.press("<ctrl-r>");
    let (again, command) = rig.sent().remove(0);
    assert!(again != id && command == post("first"), "a new command");
    rig.bench.sees("... waiting to send").sees_no("not sent:");
    refuse(&mut rig, again, &command);
    rig.bench.press("<f7>");
    assert_eq!(rig.bench.orders(), [Order::Discard(again)]);
    rig.bench.sees_no("first");
    rig.bench.press("<ctrl-r><ctrl-x-ctrl-x>");
    assert!(rig.bench.orders().is_empty());
}

#[test]
fn what_the_connection_does_not_take_is_marked() {
    let mut rig = in_stage("bot");
    rig.bench.press("too many<enter>");
    let (id, command) = rig.sent().remove(0);
    let why = "1000 messages wait already.".to_owned();
    rig.bench.tell(Msg::Unsent { id, command, why });
    rig.bench
        .sees("✗ not sent: 1000 messages wait already  ^R retry  F7 discard");
}

#[test]
fn a_refused_word_is_told() {
    let mut rig = in_stage("bot");
    rig.bench.press("/human<enter>");
    let (id, command) = rig.sent().remove(0);
    let refusal = Refusal::Closed;
    let outcome = Outcome::Refused { refusal };
    rig.tell(ClientEvent::Answered { id, command, outcome });
    rig.bench.sees("/human: This conversation has ended.");
    assert_eq!(rig.bench.screen().matches("/human").count(), 1);
    rig.bench.press("<esc>").sees_no("/human");
}

#[test]
fn a_stale_line_asks_first() {
    for (keys, order) in [
        ("<f6>", Order::Resend as fn(_) -> _),
        ("<f7>", Order::Discard as fn(_) -> _),
    ] {
        let mut rig = in_stage("bot");
        let id = CommandIds::starting_at(9).next(BENCH_START - 90_000_000_000);
        let (command, age) = (post("old news"), Duration::from_secs(90_000));
        rig.tell(ClientEvent::Stale { id, command, age });
        rig.bench.sees("✗ not sent: written 25 hours ago");
        rig.bench.press(keys);
        assert_eq!(rig.bench.orders(), [order(id)]);
        rig.bench.sees_no("hours ago");
    }
}

#[test]
fn own_typing_is_told_at_most_every_three_seconds() {
    let mut rig = in_stage("bot");
    let told = |rig: &mut Rig| {
        let orders = rig.bench.orders().into_iter();
        let typing = |order| match order {
            Order::Typing(on) => Some(on),
            _ => None,
        };
        orders.filter_map(typing).collect::<Vec<bool>>()
    };
    rig.bench.press("hello");
    assert_eq!(told(&mut rig), [true]);
    rig.bench.advance(Duration::from_millis(2_900)).press(" you");
    assert!(told(&mut rig).is_empty());
    rig.bench.advance(Duration::from_millis(100)).press("!");
    assert_eq!(told(&mut rig), [true]);
    rig.bench.press("<ctrl-c>");
    assert_eq!(told(&mut rig), [false]);
    rig.bench.press("/human");
    assert!(told(&mut rig).is_empty(), "a word is not for the desk");
    rig.bench.press("<ctrl-u>line");
    assert_eq!(told(&mut rig), [true]);
    rig.bench.press("<enter>next");
    assert_eq!(told(&mut rig), [true], "the line itself ended it");
    rig.lost(1);
    rig.bench.press("x");
    assert!(told(&mut rig).is_empty(), "nobody hears it");
}

#[test]
fn typing_of_others_ends_by_itself() {
    let mut rig = in_stage("active");
    rig.signal(typing(Some(ada()), true, Seq(9)));
    rig.bench.sees(" Ada is typing");
    rig.bench.advance(Duration::from_secs(7)).sees_no("is typing");
    rig.signal(typing(None, true, Seq(9)));
    rig.bench.sees(" The assistant is typing");
    let line = rig.desk.says(0, Author::Bot, "done");
    rig.happens(vec![line]);
    rig.bench.sees_no("is typing");
    // Who leaves does not type.
    rig.signal(typing(Some(ada()), true, Seq(9)));
    let closed = rig.desk.closed(0, Closer::Agent);
    rig.happens(vec![closed]);
    rig.bench.sees_no("is typing");
}

#[test]
fn what_is_told_in_passing_moves_nothing() {
    for (width, height) in [(80, 24), (120, 40), (40, 12)] {
        let mut rig = in_stage("active");
        rig.bench.resize(width, height);
        let before = rig.bench.screen();
        let differ = |rig: &Rig| {
            let after = rig.bench.screen();
            before
                .lines()
                .zip(after.lines())
                .filter(|(one, other)| one != other)
                .count()
        };
        rig.signal(typing(Some(ada()), true, Seq(9)));
        rig.bench.sees("Ada is typing");
        assert_eq!(differ(&rig), 1, "{width}x{height}");
        rig.bench.press("<f5>").sees("There is a connection.");
        assert_eq!(differ(&rig), 1, "{width}x{height}");
    }
}

fn seen(rig: &mut Rig) -> Vec<u64> {
    let orders = rig.bench.orders().into_iter();
    let seen = |order| match order {
        Order::Seen(line) => Some(line.0),
        _ => None,
    };
    orders.filter_map(seen).collect()
}

#[test]
fn read_is_what_is_on_the_screen_in_front_of_somebody() {
    let mut rig = in_stage("active");
    let says = |rig: &mut Rig, text: &str| {
        let line = rig.desk.says(0, agent(), text);
        rig.happens(vec![line]);
    };
    says(&mut rig, "one");
    assert_eq!(seen(&mut rig), [1]);
    rig.bench.input(Input::Focus(false));
    says(&mut rig, "two");
    assert!(seen(&mut rig).is_empty(), "nobody looks");
    rig.bench.input(Input::Focus(true));
    assert_eq!(seen(&mut rig), [2]);
    rig.bench.press("<f1>");
    says(&mut rig, "three");
    assert!(seen(&mut rig).is_empty(), "the help is over it");
    rig.bench.press("<esc>");
    assert_eq!(seen(&mut rig), [3]);
    rig.bench.press("x<backspace>");
    assert!(seen(&mut rig).is_empty(), "once");
    // A mark that was on its way may be lost with the connection.
    rig.lost(1);
    rig.state(ConnState::Live);
    assert_eq!(seen(&mut rig), [3]);
    let read = rig.desk.read_by(1, Side::Customer);
    assert_eq!(rig.desk.view.customer_mark, line_no(3));
    rig.happens(vec![read]);
    rig.lost(1);
    rig.state(ConnState::Live);
    assert!(seen(&mut rig).is_empty());
}

#[test]
fn scrolled_up_nothing_is_read_and_the_bell_rings() {
    let mut desk = Desk::default();
    desk.opened(-60);
    for at in -50..0 {
        desk.says(at, agent(), &format!("line {at}"));
    }
    desk.read_by(0, Side::Customer);
    let mut rig = Rig::live(desk, 80, 24);
    rig.bench.effects();
    rig.bench.press("<pgup><pgup>");
    let top = rig.bench.screen().lines().nth(2).map(str::to_owned);
    let line = rig.desk.says(1, agent(), "news");
    rig.happens(vec![line]);
    rig.bench.sees("[ 1 new message below · End to jump ]");
    assert_eq!(
        rig.bench.screen().lines().nth(2).map(str::to_owned),
        top,
        "nothing moved"
    );
    let effects = rig.bench.effects();
    let rings = |it: &Effect<Order>| matches!(it, Effect::Notify(call) if call.bell && call.words.is_some());
    assert!(effects.iter().any(rings), "{effects:?}");
    assert!(!effects.iter().any(|it| matches!(it, Effect::Program(Order::Seen(_)))));
    assert!(
        effects
            .iter()
            .any(|it| matches!(it, Effect::Title(title) if title.as_str() == "(1) minicom"))
    );
    rig.bench.press("<end>").sees("news");
    assert_eq!(seen(&mut rig), [51]);
}

#[test]
fn the_bar_and_the_footer_name_a_key_that_leads_to_the_latest_from_where_one_is() {
    let mut desk = Desk::default();
    desk.opened(-60);
    for at in -50..0 {
        desk.says(at, agent(), &format!("line {at}"));
    }
    let mut rig = Rig::live(desk, 80, 24);
    rig.bench.press("<pgup>").sees("[ End to jump to the latest ]");
    rig.bench.sees(" End latest  PgUp older messages");
    rig.bench.press("<end>").sees_no("to jump").sees_no("latest");
    // End is the text's own as soon as there is one.
    rig.bench.press("half<pgup>").sees("[ Esc to jump to the latest ]");
    rig.bench.sees(" Esc latest  PgUp older messages");
    rig.bench.press("<esc>").sees_no("to jump").sees("▏half");
    // Where Esc leads elsewhere, a page down is what there is.
    let line = rig.desk.says(0, Author::Customer, "a word");
    rig.happens(vec![line]);
    rig.bench.press("<ctrl-u>/edit<enter><pgup>").sees("Your last line");
    rig.bench.sees("[ PgDn for newer messages ]");
    rig.bench.press("<pgdn><pgdn>").sees_no("[ PgDn");
}

#[test]
fn the_bar_can_be_clicked_and_sending_goes_to_the_end() {
    let mut desk = Desk::default();
    desk.opened(-60);
    for at in -50..0 {
        desk.says(at, agent(), &format!("line {at}"));
    }
    let mut rig = Rig::live(desk, 80, 24);
    let up = Input::Wheel {
        up: true,
        at: (5, 5).into(),
    };
    rig.bench.input(up.clone()).sees("End to jump");
    let click = |y| Input::Click {
        at: (30, y).into(),
        double: false,
    };
    rig.bench.input(click(10)).sees("End to jump");
    rig.bench.input(click(18)).sees_no("End to jump");
    rig.bench.input(up).press("on with it<enter>").sees_no("End to jump");
}

#[test]
fn older_pages_are_asked_for_at_the_top() {
    let mut desk = Desk::default();
    desk.opened(-200);
    for at in -150..0 {
        desk.says(at, agent(), &format!("line {at}"));
    }
    let all = desk.events.clone();
    let mut rig = Rig::with(settings(Theme::ansi()), desk, 80, 24);
    rig.connect_with(all[100..].to_vec(), true);
    rig.bench.effects();
    for _ in 0..12 {
        rig.bench.press("<pgup>");
    }
    rig.bench.sees("loading older messages");
    let questions = rig.bench.orders();
    let before = Some(Seq(101));
    let question = CustomerQuestion::Thread { before, limit: 50 };
    assert_eq!(questions, [Order::Ask(question.clone())], "once");
    rig.reply(question, all[..100].to_vec(), false);
    rig.bench.sees_no("older messages\n");
    for _ in 0..30 {
        rig.bench.press("<pgup>");
    }
    rig.bench.sees("line -150").sees_no("PgUp for older");
    assert!(rig.bench.orders().is_empty());
}

#[test]
fn the_divider_goes_up_to_the_first_unread_line_as_pages_come() {
    let mut desk = Desk::default();
    desk.opened(-200);
    desk.says(-160, agent(), "read");
    desk.read_by(-155, Side::Customer);
    for at in -150..0 {
        desk.says(at, agent(), &format!("line {at}"));
    }
    let all = desk.events.clone();
    let mut rig = Rig::with(settings(Theme::ansi()), desk, 80, 24);
    rig.connect_with(all[100..].to_vec(), true);
    let top = |rig: &mut Rig| {
        for _ in 0..30 {
            rig.bench.press("<pgup>");
        }
    };
    top(&mut rig);
    rig.bench.sees("── 150 new ──");
    let question = CustomerQuestion::Thread {
        before: Some(Seq(101)),
        limit: 50,
    };
    rig.reply(question, all[..100].to_vec(), false);
    top(&mut rig);
    let screen = rig.bench.screen();
    let mut rows = screen.lines().skip_while(|row| !row.contains("── 150 new ──"));
    assert!(rows.nth(1).is_some_and(|row| row.contains("line -150")), "{screen}");
}

#[test]
fn without_a_connection_older_pages_wait_for_it() {
    let mut desk = Desk::default();
    desk.opened(-200);
    for at in -50..0 {
        desk.says(at, agent(), &format!("line {at}"));
    }
    let all = desk.events.clone();
    let mut rig = Rig::with(settings(Theme::ansi()), desk, 80, 24);
    rig.connect_with(all[20..].to_vec(), true);
    rig.lost(5);
    rig.bench.effects();
    rig.bench.press("<pgup><pgup><pgup><pgup><pgup>");
    assert!(rig.bench.orders().is_empty());
    rig.state(ConnState::Live);
    assert!(matches!(rig.bench.orders()[..], [Order::Ask(_), Order::Delivered(_)]));
    let before = Some(Seq(21));
    let question = CustomerQuestion::Thread { before, limit: 50 };
    rig.tell(ClientEvent::AskFailed { n: 1, question });
    rig.bench.sees("PgUp for older messages");
    rig.bench.press("<pgup>");
    assert!(matches!(rig.bench.orders()[..], [Order::Ask(_)]));
}

#[test]
fn ctrl_c_clears_then_asks_then_quits() {
    let mut rig = in_stage("bot");
    rig.bench.press("text<ctrl-c>").sees_no("text").sees_no("again to quit");
    rig.bench.press("<ctrl-_>").sees("▏text");
    rig.bench.press("<ctrl-c><ctrl-c>").sees("^C again to quit");
    rig.bench.advance(Duration::from_secs(2)).sees_no("again to quit");
    rig.bench.effects();
    rig.bench.press("<ctrl-c>x<backspace>").sees_no("again to quit");
    rig.bench.press("<ctrl-c>").sees("again to quit");
    assert!(!rig.bench.effects().contains(&Effect::Quit(0)));
    rig.bench.press("<ctrl-c>");
    assert!(rig.bench.effects().contains(&Effect::Quit(0)));
}

#[test]
fn quitting_with_something_unsent_says_so() {
    let mut rig = in_stage("bot");
    rig.lost(9);
    rig.bench.press("one<enter>two<enter><ctrl-c>");
    rig.bench
        .sees("2 messages are not sent yet and are kept here. ^C again to quit");
}

#[test]
fn drafts_are_kept_soon_and_at_every_way_out() {
    let draft = |text: &str| Effect::Program(Order::KeepDraft(text.to_owned()));
    let mut rig = in_stage("bot");
    rig.lost(600);
    rig.bench.press("half").effects();
    rig.bench.advance(Duration::from_millis(999));
    assert!(!rig.bench.effects().contains(&draft("half")));
    rig.bench.advance(Duration::from_millis(1));
    assert!(rig.bench.effects().contains(&draft("half")));
    rig.bench.advance(Duration::from_secs(60));
    assert!(!rig.bench.effects().contains(&draft("half")), "once");

    rig.bench.press(" a<ctrl-z>");
    assert_eq!(rig.bench.effects(), [draft("half a"), Effect::Suspend]);
    rig.bench.press(" line").input(Input::Terminate);
    assert_eq!(rig.bench.effects(), [draft("half a line")]);
    rig.bench.press("<enter>");
    assert_eq!(rig.bench.orders()[0], Order::KeepDraft(String::new()));

    let draft = "from last time".to_owned();
    let settings = Settings {
        draft,
        ..settings(Theme::ansi())
    };
    Rig::with(settings, Desk::default(), 80, 24)
        .bench
        .sees("▏from last time");
}

#[test]
fn a_line_that_was_sent_is_no_draft_and_what_was_being_written_is() {
    let mut rig = in_stage("bot");
    rig.bench.press("one<enter>half a sentence<up>").sees("▏one");
    rig.bench.effects();
    rig.bench.input(Input::Terminate);
    assert_eq!(rig.bench.orders(), [Order::KeepDraft("half a sentence".into())]);
}

#[test]
fn f5_connects_now_while_there_is_no_connection() {
    let mut rig = in_stage("bot");
    rig.bench.press("<f5>");
    assert!(rig.bench.orders().is_empty());
    rig.lost(9);
    rig.bench.press("<f5>");
    assert_eq!(rig.bench.orders(), [Order::Reconnect]);
}

#[test]
fn the_countdown_counts_and_nothing_else_wakes() {
    let mut rig = in_stage("bot");
    let midnight = Duration::from_secs(10 * 3_600);
    assert_eq!(rig.bench.deadline(), Some(midnight), "live and idle: only the day ends");
    rig.lost(3);
    rig.bench.sees("reconnecting 3s · F5 now");
    assert_eq!(rig.bench.deadline(), Some(Duration::from_secs(1)));
    rig.bench.advance(Duration::from_millis(2_500)).sees("reconnecting 1s");
    rig.bench.advance(Duration::from_millis(500)).sees(" reconnecting ");
    assert_eq!(rig.bench.deadline(), Some(midnight));
    rig.state(ConnState::Live);
    rig.bench.sees("live   carol");
}

#[test]
fn latency_draws_nothing() {
    let mut rig = in_stage("bot");
    let latency = ClientEvent::Latency(Duration::from_millis(8));
    minicom_tui_kit::App::take_changed(&mut rig.bench.app);
    rig.tell(latency);
    assert!(!minicom_tui_kit::App::take_changed(&mut rig.bench.app));
    rig.bench.press("x");
    assert!(minicom_tui_kit::App::take_changed(&mut rig.bench.app));
}

#[test]
fn the_header_says_who_is_there() {
    let mut rig = in_stage("none");
    let mut check = |event: CustomerBody, who: &str| {
        let event = rig.desk.event(20, None, event);
        rig.happens(vec![event]);
        rig.bench.sees(&format!(" Support   {who}  "));
    };
    let opened = minicom_protocol::customer_event::Opened { number: 1 };
    check(CustomerBody::Opened(opened), "The assistant");
    let asked = minicom_protocol::customer_event::HumanRequested {};
    check(CustomerBody::HumanRequested(asked), "Waiting for a person");
    let joined = minicom_protocol::customer_event::Joined { name: ada() };
    check(CustomerBody::Joined(joined), "Ada is with you");
    let by = Closer::Agent;
    check(CustomerBody::Closed(rig::closed(by)), "This chat has ended 14:20");

    let mut rig = in_stage("waiting");
    rig.signal(rig::place(3, None));
    rig.bench.sees(" Support   You are number 3 in the queue");
    let joined = rig.desk.joined(1);
    rig.happens(vec![joined]);
    rig.bench.sees("Ada is with you").sees("── Ada joined · 14:01 ──");
    let back = rig.desk.handed_back(2);
    rig.happens(vec![back]);
    rig.bench
        .sees("The assistant  ")
        .sees("── The assistant answers again · 14:02 ──");
}

#[test]
fn a_closed_chat_is_followed_by_a_new_one_in_the_same_thread() {
    let mut rig = in_stage("closed");
    rig.bench.sees("Enter starts a new chat");
    rig.bench.press("one more thing<enter>");
    let (id, _) = rig.sent().remove(0);
    let opened = rig.desk.event(
        0,
        Some(id),
        CustomerBody::Opened(minicom_protocol::customer_event::Opened { number: 2 }),
    );
    let line = rig.desk.posts(0, Some(id), Author::Customer, "one more thing");
    rig.happens(vec![opened, line]);
    rig.bench.sees("The assistant").sees("Enter sends");
    rig.bench.sees("── This chat has ended · 13:52 ──").sees("you     hi");
    assert_eq!(rig.bench.screen().matches("one more thing").count(), 1);
}

#[test]
fn after_the_end_only_leaving_works() {
    for (ended, code) in [
        (Ended::WrongSecret(minicom_client::Claim::default()), 77),
        (Ended::Refused(Refusal::BadName { why: "no".into() }), 2),
        (
            Ended::WrongVersion {
                client: 1,
                min: 2,
                max: 2,
            },
            78,
        ),
    ] {
        let mut rig = in_stage("bot");
        rig.bench.press("<f1>draft");
        rig.state(ConnState::from(ended.clone()));
        rig.tell(ClientEvent::Ended(ended.clone()));
        rig.bench.effects();
        rig.bench.sees("carol cannot chat here");
        rig.bench.press("abc<f5><f1><pgup>").paste("x");
        rig.bench.sees("carol cannot chat here");
        assert!(rig.bench.effects().is_empty());
        rig.bench.press("<ctrl-c>");
        let effects = rig.bench.effects();
        assert_eq!(effects.last(), Some(&Effect::Quit(code)), "{ended:?}");
    }
}

#[test]
fn the_help_scrolls_and_lets_what_is_typed_through() {
    let mut rig = in_stage("bot");
    rig.bench.resize(40, 12).press("<f1>").sees("Enter");
    for _ in 0..20 {
        rig.bench.press("<pgdn>");
    }
    rig.bench.sees("what I sent");
    for _ in 0..20 {
        rig.bench.press("<pgup>");
    }
    rig.bench.sees("Enter");
    rig.bench.press("<end>").sees("what I sent");
    rig.bench.press("<home>").sees("Enter");
    rig.bench.press("<f1>").sees_no("Keys:");
    rig.bench.press("<f1>").sees("Keys:");
    rig.bench.press("a").sees_no("Keys:").sees("▏a");
}

#[test]
fn what_is_read_tells_its_keys_in_the_footer_and_q_closes_it_where_nothing_is_written() {
    let long = "a very long line\n".repeat(200);
    let mut rig = in_stage("bot");
    let line = rig.desk.says(0, Author::Bot, &long);
    rig.happens(vec![line]);
    for (opens, shown) in [("<f1>", "Keys: Esc closes"), ("/show<enter>", "1-21 of ")] {
        rig.bench.press(opens).sees(shown);
        rig.bench.sees("\n Esc or q closes  PgUp PgDn ").sees("scroll ");
        rig.bench.press("q").sees_no(shown).sees("▏\n");
    }
    rig.bench.press("half<f1>").sees("\n Esc closes  PgUp PgDn ");
    rig.bench.press("q").sees_no("Keys:").sees("▏halfq");
}

#[test]
fn up_brings_ones_own_lines_of_before_this_program() {
    let ups = |rig: &mut Rig, brings: &[&str]| {
        for line in brings {
            // A line of two rows is gone through first.
            rig.bench.press("<up>");
            if !rig.bench.screen().contains(line) {
                rig.bench.press("<up>");
            }
            rig.bench.sees(line);
        }
    };
    let mut rig = Rig::story(80, 24, Theme::ansi());
    let story = ["▏thank you!", "▏is anyone there?", "▏human please", "▏order 48213"];
    ups(&mut rig, &story);
    // What is sent here is newer, and a fresh start of the connection doubles nothing.
    rig.bench.press("<ctrl-u>one more<enter>");
    rig.connect();
    ups(&mut rig, &["▏one more", "▏thank you!", "▏is anyone there?"]);
    // What is written before the thread has come is newer than all of it, too.
    let mut rig = Rig::with(settings(Theme::ansi()), Desk::story(), 80, 24);
    rig.bench.press("early<enter>");
    rig.connect();
    ups(&mut rig, &["▏early", "▏thank you!"]);
}

#[test]
fn the_help_explains_every_key_and_word_whole_at_every_size() {
    for (width, height) in [(40, 12), (50, 12), (80, 24), (120, 40)] {
        let mut rig = in_stage("bot");
        rig.bench.resize(width, height).press("<f1>").sees("Keys: Esc closes");
        help_is_whole(&mut rig.bench);
    }
}

#[test]
fn a_paste_never_sends() {
    let mut rig = in_stage("bot");
    rig.bench.paste("one\ntwo\n");
    assert!(rig.sent().is_empty());
    rig.bench.sees("▏one").sees("   two");
}

/// What only tells something goes by any key and after five seconds, and nothing wakes the program for it then.
#[test]
fn what_is_told_goes_by_itself() {
    let told = [
        ("<f5>", "There is a connection."),
        ("<alt-w>", "does nothing here"),
        ("<alt-v>", "There is no large paste"),
        ("/drop<enter>", "No file waits or comes."),
    ];
    for (keys, words) in told {
        let mut rig = in_stage("bot");
        let idle = rig.bench.deadline();
        rig.bench.press(keys).sees(words);
        rig.bench.advance(Duration::from_millis(4_900)).sees(words);
        rig.bench.advance(Duration::from_millis(200)).sees_no(words);
        assert_eq!(rig.bench.deadline(), idle, "{keys}");
        rig.bench.press("<esc>");
        rig.bench.press(keys).sees(words);
        rig.bench.press("<pgup>").sees_no(words);
    }
    let mut rig = Rig::story(80, 24, Theme::ansi());
    // Esc takes it away, and nothing else: not the line that is answered.
    rig.bench.press("/quote 1<enter>").sees("Answer to");
    rig.bench.press("<f5>").sees("There is a connection.");
    rig.bench.press("<esc>");
    rig.bench.sees_no("There is a connection.").sees("Answer to");
    // What is wrong with what is written stays as long as that.
    rig.bench.press("<esc>/rate<enter>").sees("Write /rate 1..5 COMMENT.");
    rig.bench
        .advance(Duration::from_secs(60))
        .sees("Write /rate 1..5 COMMENT.");
    rig.bench.press(" ").sees_no("Write /rate 1..5 COMMENT.");
}

/// The list says itself that nothing fits.
#[test]
fn a_list_in_which_nothing_fits_says_so_once() {
    let mut rig = in_stage("bot");
    rig.bench.press("<ctrl-k>zzzz<enter>");
    let screen = rig.bench.screen();
    assert_eq!(screen.matches("Nothing fits").count(), 1, "{screen}");
    rig.bench.press("<esc>").sees_no("Nothing fits");
}

#[test]
fn a_word_that_is_chosen_is_answered_over_what_is_written() {
    let mut rig = in_stage("none");
    rig.bench.press("half a line<ctrl-k>end<enter>");
    rig.bench.sees("There is no chat to end.").sees("half a line");
}

/// What tells of something else does not make the first ^C the second.
#[test]
fn only_the_notice_of_the_first_press_lets_the_second_quit() {
    let mut rig = in_stage("bot");
    for told in ["<f5>", "<alt-w>"] {
        rig.bench.press(told).press("<ctrl-c>").sees("again to quit");
        assert!(!rig.bench.effects().iter().any(|it| matches!(it, Effect::Quit(_))));
        rig.bench.press("<esc>").sees_no("again to quit");
    }
}

#[test]
fn troubles_are_told_and_go() {
    let mut rig = in_stage("bot");
    rig.tell(ClientEvent::OutboxTrouble("The disk is full.".into()));
    rig.bench.press("a").sees("The disk is full.");
    rig.bench.press("<enter>").sees_no("The disk is full.");
    rig.bench
        .tell(Msg::Trouble("no draft".into()))
        .resize(40, 8)
        .sees("no draft");
    rig.bench.press("<esc>").sees_no("no draft");
}

#[test]
fn too_long_a_text_is_told_and_kept() {
    let mut rig = in_stage("bot");
    // One paste of that length would be a file.
    rig.bench
        .paste(&"x".repeat(8_000))
        .paste(&"x".repeat(8_390))
        .press("<esc>");
    rig.bench.sees("6 bytes too long to send");
    rig.bench.press("<enter>");
    assert!(rig.sent().is_empty());
    // What was pasted last, in full, can be shortened.
    rig.bench.press("<alt-y>");
    for _ in 0..6 {
        rig.bench.press_key(key("backspace"));
    }
    rig.bench.sees_no("too long");
    rig.bench.press("<enter>");
    assert_eq!(rig.sent().len(), 1);
}

#[test]
fn the_smallest_screen_cuts_no_time_and_marks_what_it_cuts_of_a_notice() {
    let mut rig = in_stage("bot");
    let closed = rig.desk.closed(2, Closer::Agent);
    rig.happens(vec![closed]);
    rig.bench.sees(" This chat has ended 14:02 ");
    rig.bench.resize(30, 8).sees(" Ended 14:02             live\n");
    rig.bench
        .press("/foo<enter>")
        .sees(" There is no /foo: /help\n")
        .sees("›\n ── Message");
    rig.bench.resize(30, 10).sees(" slash.\n").sees_no("›\n ── Message");
}

#[test]
fn a_long_notice_covers_no_line_and_what_it_pushes_out_is_not_read() {
    let mut desk = Desk::default();
    desk.opened(-60);
    for at in -50..-1 {
        desk.says(at, agent(), &format!("line {at}"));
    }
    desk.says(-1, agent(), "the newest");
    desk.read_by(0, Side::Customer);
    for (width, height) in [(80, 24), (40, 12), (40, 9)] {
        let desk = Desk {
            events: desk.events.clone(),
            view: desk.view.clone(),
        };
        let mut rig = Rig::live(desk, width, height);
        rig.bench.press("/forget<enter>").sees("the newest").sees("This erases");
        let line = rig.desk.says(1, agent(), "and one more");
        rig.happens(vec![line]);
        rig.bench.sees("and one more").sees("This erases");
        assert_eq!(seen(&mut rig), [51], "{width}x{height}: it stands on the screen");
    }
}

#[test]
fn under_a_choice_nothing_is_read() {
    let mut rig = in_stage("active");
    seen(&mut rig);
    rig.bench.press("/quote<enter>");
    let line = rig.desk.says(1, agent(), "under the list");
    rig.happens(vec![line]);
    assert!(seen(&mut rig).is_empty(), "{}", rig.bench.screen());
    rig.bench.press("<esc>").sees("under the list");
    assert_eq!(seen(&mut rig).len(), 1);
}

#[test]
fn without_a_connection_the_address_and_the_reason_are_told() {
    let mut rig = Rig::silent(80, 24);
    let retry_at = rig.at(Duration::from_secs(9));
    let why = "cannot reach http://127.0.0.1:9: Connection refused (os error 111)".to_owned();
    let attempt = 1;
    rig.state(ConnState::Reconnecting { retry_at, attempt, why });
    rig.bench.sees("cannot reach http://127.0.0.1:9: Connection refused");
    rig.bench
        .press("<f1>")
        .sees("there is no connection (cannot reach http");
    rig.bench.press("<esc>");
    rig.connect();
    rig.bench.sees_no("cannot reach");
}

#[test]
fn too_many_lines_are_told_to_go_by_themselves() {
    let mut rig = in_stage("active");
    rig.tell(ClientEvent::Deferred(Refusal::RateLimited { retry_after_ms: 3_000 }));
    rig.bench
        .sees("Too many lines in a short time: the rest goes by itself, from 3 s on.");
    rig.bench.advance(Duration::from_secs(3)).sees_no("Too many");
}

#[test]
fn the_word_quit_ends_the_program() {
    let mut rig = in_stage("active");
    rig.bench.press("/quit<enter>");
    let effects = rig.bench.effects();
    assert!(effects.contains(&Effect::Quit(0)), "{effects:?}");
}

#[test]
fn a_chat_that_is_seen_whole_offers_nothing_older() {
    let mut rig = Rig::live(Desk::default(), 80, 24);
    rig.bench.press("<pgup>").sees_no("older");
    let events = vec![rig.desk.opened(0), rig.desk.says(0, agent(), "hello")];
    rig.happens(events);
    rig.bench.sees("hello").sees_no("older messages");
    // Who tries all the same learns why nothing moves.
    let beginning = "This is the beginning: there is nothing older.";
    for key in ["<pgup>", "<shift-up>"] {
        rig.bench.press(key).sees(beginning);
        rig.bench.press("x<ctrl-c>").sees_no(beginning);
    }
    let lines = (0..30).map(|at| rig.desk.says(at, agent(), "a line")).collect();
    rig.happens(lines);
    rig.bench.sees(" PgUp older messages");
    rig.bench.press("<pgup>").sees_no(beginning);
    rig.bench.press("<pgup>").sees_no("PgUp").sees(" End latest");
    rig.bench.press("<pgup>").sees(beginning);
}

#[test]
fn the_footer_says_what_ctrl_c_does_and_what_enter_and_esc_do_to_a_line_that_is_changed() {
    let mut desk = Desk::default();
    desk.opened(-60);
    desk.says(-1, Author::Customer, "order 4821");
    let mut rig = Rig::live(desk, 80, 24);
    let footer = |rig: &Rig| rig.bench.screen().lines().last().unwrap_or_default().to_owned();
    assert!(footer(&rig).contains("^C quit"), "{}", footer(&rig));
    rig.bench.press("half");
    assert!(footer(&rig).contains("^C clear"), "{}", footer(&rig));
    rig.bench.press("<ctrl-c>").sees("^C quit");
    rig.bench.press("/edit<enter>");
    assert!(
        footer(&rig).starts_with(" Enter changes it  Esc leaves it "),
        "{}",
        footer(&rig)
    );
    rig.bench.press("<esc>").sees("^C quit").sees_no("leaves it");
}

#[test]
fn troubles_that_come_by_themselves_are_told_one_after_the_other() {
    let mut rig = in_stage("bot");
    for words in [
        "The disk is full.",
        "It is damaged.",
        "The disk is full.",
        "A third.",
        "A fourth.",
    ] {
        rig.tell(ClientEvent::OutboxTrouble(words.into()));
    }
    rig.bench.sees("The disk is full.");
    rig.bench.press("<esc>").sees("It is damaged.");
    rig.bench.tell(Msg::Trouble("It is damaged.".into()));
    rig.bench.press("<esc>").sees("A third.");
    rig.bench.press("<esc>").sees_no("A third.").sees_no("A fourth.");
}

#[test]
fn in_every_state_without_a_connection_lines_wait_and_go_on_being_written() {
    let states = |rig: &Rig| {
        let retry_at = rig.at(Duration::from_secs(9));
        let (why, since, attempt) = (|| "connection refused".to_owned(), std::time::SystemTime::UNIX_EPOCH, 1);
        vec![
            (ConnState::Connecting, " connecting "),
            (
                ConnState::Reconnecting {
                    retry_at,
                    attempt,
                    why: why(),
                },
                "reconnecting 9s · F5 now",
            ),
            (
                ConnState::Offline {
                    since,
                    retry_at,
                    why: why(),
                },
                "offline since 00:00",
            ),
            (
                ConnState::Untrusted { retry_at, why: why() },
                "certificate not accepted",
            ),
            (ConnState::Draining { retry_at }, "server restarts, back soon"),
        ]
    };
    for at in 0..states(&in_stage("active")).len() {
        let mut rig = in_stage("active");
        let (state, words) = states(&rig).remove(at);
        rig.state(state);
        rig.bench.sees(words).sees("saved here");
        rig.bench
            .press("kept<enter>half")
            .sees("... waiting to send")
            .sees("▏half");
        assert_eq!(rig.sent().remove(0).1, post("kept"), "{words}");
        rig.connect();
        rig.bench
            .sees("live")
            .sees_no(words)
            .sees_no("saved here")
            .sees("▏half");
    }
}

#[test]
fn a_thread_of_which_not_all_is_held_says_where_the_rest_is() {
    let mut desk = Desk::default();
    desk.opened(-6_000);
    for at in -5_000..-10 {
        desk.says(at, agent(), "again");
    }
    let events = desk.events.clone();
    let mut rig = Rig::with(settings(Theme::ansi()), desk, 200, 60);
    rig.connect_with(events[20..].to_vec(), true);
    rig.bench.effects();
    for _ in 0..120 {
        rig.bench.press("<pgup>");
    }
    rig.bench
        .sees("older messages are not held here · /export tells how to get all");
    let asks = |order: &Order| matches!(order, Order::Ask(CustomerQuestion::Thread { .. }));
    assert!(!rig.bench.orders().iter().any(asks), "there is no room for more");
}

#[test]
fn the_screen_names_the_keys_that_there_are() {
    let keys =
        "[keys.chat]\nf5 = \"none\"\nalt-f5 = \"reconnect\"\nend = \"none\"\npgup = \"none\"\nalt-f6 = \"older\"\n";
    let config = Config::parse("chat.toml", keys, &["chat"]).unwrap();
    let mut desk = Desk::default();
    desk.opened(-60);
    for at in -50..0 {
        desk.says(at, agent(), &format!("line {at}"));
    }
    let events = desk.events.clone();
    let settings = Settings {
        keys: with_own(keymap(), &config).unwrap(),
        ..settings(Theme::ansi())
    };
    let mut rig = Rig::with(settings, desk, 80, 24);
    rig.connect_with(events[10..].to_vec(), true);
    rig.lost(9);
    rig.bench.sees("reconnecting 9s · Alt+F5 now");
    for _ in 0..4 {
        rig.bench.press("<alt-f6>");
    }
    rig.bench
        .sees("Alt+F6 for older messages")
        .sees("[ Esc to jump to the latest ]");
}
