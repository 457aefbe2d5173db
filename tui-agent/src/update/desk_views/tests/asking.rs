//! What is asked, what is told meanwhile, and what becomes of a lost connection; why somebody waits, the queue, workload, mentions.

use minicom_client::ClientEvent;
use minicom_protocol::{command::AgentCommand, frame::AgentQuestion, ids::Rev, staff::PresenceState};
use minicom_tui_kit::{Effect, Input};

use super::{desk, mentions_ada, menu, seat, seat_at, why};
use crate::{
    app::{Focus, Msg, Order},
    testing::{ADA, BO, Desk, Seat, whys::why_taken},
};

fn asks_why(seat: &mut Seat) -> usize {
    let effects = seat.bench.effects();
    let whys = effects
        .iter()
        .filter(|it| matches!(it, Effect::Program(Order::Ask(AgentQuestion::Why { .. }))));
    whys.count()
}

#[test]
fn why_tells_place_priority_and_every_agent() {
    let mut seat = seat();
    seat.press("1");
    let told = why(&seat, "dmitri");
    seat.desk.replies.push(told);
    seat.press("w").sees("Why dmitri waits");
    seat.sees("dmitri has waited 1:35: asked for a person")
        .sees("Needs german")
        .sees("Place 1 of 2 in the queue")
        .sees("Priority high, counts as urgent: it has waited 10 minutes or more");
    seat.sees("Ada (you)  as an admin only: needs german")
        .sees("Bo         yes; is not given it: is not there")
        .sees("Cleo       no: has 2 of 2; could be given it");
    seat.press("o").sees_no("Why dmitri waits").sees("guten Tag");
    assert_eq!(seat.bench.app.focus, Focus::Compose);
}

#[test]
fn nothing_is_blocked_while_it_is_asked() {
    let mut seat = seat();
    seat.bench.press("w");
    seat.bench.sees("asking ...").sees("carol has waited 4:10");
    seat.bench.press("<esc>i");
    seat.bench.press("typing goes on");
    seat.bench.sees("typing goes on");
    seat.pump().sees_no("Why carol waits");
}

#[test]
fn what_the_server_will_not_tell_is_said_in_its_words() {
    let mut seat = seat();
    seat.press("w").sees("There is nothing of that name or id here.");
}

#[test]
fn without_a_connection_it_says_so_and_asks_by_itself_later() {
    let mut seat = seat();
    let told = why(&seat, "carol");
    seat.desk.replies.push(told);
    seat.lose();
    seat.press("w")
        .sees("This needs a connection. It is asked for when there is one.");
    seat.resume();
    seat.sees("Place 1 of 2 in the queue").sees_no("needs a connection");
    seat.lose()
        .sees("Place 1 of 2 in the queue")
        .sees("this is what was known before");
    seat.resume().sees_no("known before");
}

/// `t` there is refused, of an admin too: what is told is what the server does.
#[test]
fn what_a_colleague_has_nobody_may_take() {
    let mut desk = desk();
    desk.by_admin().says("heidi", "hello").taken("heidi", BO);
    let mut seat = seat_at(desk, 80, 24);
    let conversation = seat.desk.conversation("heidi");
    seat.desk.replies.push(why_taken(conversation));
    seat.press(":heidi<enter><esc>t").sees("Taken by Bo");
    seat.press("w")
        .sees("Nobody can take it from Bo: it goes on by a transfer, or an admin assigns it")
        .sees("Ada (you)  no: Bo has it")
        .sees("Bo         has it")
        .sees_no("admin only");
}

#[test]
fn a_question_that_is_lost_with_the_connection_is_asked_again() {
    let mut seat = seat();
    seat.bench.press("w");
    assert_eq!(asks_why(&mut seat), 1);
    let conversation = seat.desk.conversation("carol");
    let question = AgentQuestion::Why { conversation };
    let failed = ClientEvent::AskFailed { n: 1, question };
    seat.lose();
    seat.bench.tell(Msg::Client(Box::new(failed)));
    seat.bench.sees("This needs a connection");
    let told = why(&seat, "carol");
    seat.desk.replies.push(told);
    seat.resume().sees("WHO MAY TAKE IT");
}

#[test]
fn why_is_asked_again_when_something_happens_but_not_with_every_event() {
    let mut seat = seat();
    let told = why(&seat, "carol");
    seat.desk.replies.push(told);
    seat.press("w");
    for _ in 0..3 {
        seat.desk.says("alice", "another");
        let batch = seat.desk.batch();
        seat.bench.tell(Msg::Client(Box::new(batch)));
    }
    assert_eq!(asks_why(&mut seat), 0, "too soon");
    seat.bench.advance(std::time::Duration::from_secs(2));
    assert_eq!(asks_why(&mut seat), 1, "once for all three");
    seat.press("<esc>").advance(10);
    assert_eq!(asks_why(&mut seat), 0, "nobody looks");
}

#[test]
fn an_idle_view_wakes_nobody() {
    let mut seat = Seat::at(Desk::new(), 80, 24);
    seat.press("<esc>O").sees("waiting       0 chats");
    assert_eq!(seat.bench.deadline(), None);
}

#[test]
fn the_queue_in_numbers_is_live() {
    let mut seat = seat();
    seat.press("O")
        .sees("waiting       2 chats")
        .sees("longest       4:10  carol")
        .sees("average       2:52");
    assert!(seat.row_with("high ").contains("1/2"));
    seat.sees("with agents   2 chats, 1 put aside")
        .sees("next for you  alice");
    seat.happens(|desk| desk.says("erin", "hi").asks("erin"));
    seat.sees("waiting       3 chats");
    seat.advance(11).sees("longest       4:2");
}

#[test]
fn workload_tells_load_and_opens_anybodys_conversation() {
    let mut seat = seat();
    let here = Desk::presence(&[(ADA, PresenceState::Available), (BO, PresenceState::Away)]);
    seat.client(here);
    seat.press("L").sees("Workload · 2 chats, 2 there");
    assert!(
        seat.row_with("Ada (you)")
            .contains("available  ██░░░░ 1/3      2   33%      0"),
        "{}",
        seat.bench.screen()
    );
    assert!(
        seat.row_with("Bo ")
            .contains("away       ███░░░ 1/2      1   50%      1"),
        "{}",
        seat.bench.screen()
    );
    assert!(
        seat.row_with("Cleo").contains("offline    0, no limit"),
        "{}",
        seat.bench.screen()
    );
    seat.press("j<enter>")
        .sees("Chats of Bo · 2")
        .sees("heidi")
        .sees("ivan");
    seat.happens(|desk| desk.says("judy", "hi").taken("judy", BO));
    seat.sees("Chats of Bo · 3");
    seat.press("heidi<enter>").sees_no("Workload").sees("with Bo since");
}

#[test]
fn mentions_are_told_newest_first_and_read_by_opening_them() {
    let mut seat = seat();
    mentions_ada(&mut seat, "alice", "@Ada the first");
    mentions_ada(&mut seat, "heidi", "@Ada the\nsecond");
    let newest = seat.desk.row("heidi").rev;
    seat.ordered();
    seat.press("@").sees("Mentions · 2 new");
    let screen = seat.bench.screen();
    assert!(
        screen.find("@Ada the second") < screen.find("@Ada the first"),
        "{screen}"
    );
    assert_eq!(seat.commands(), [AgentCommand::MarkMentionsRead { up_to: newest }]);
    seat.press("<enter>").sees_no("Mentions").sees("with Bo since");
    assert_eq!(seat.bench.app.focus, Focus::Compose);
}

#[test]
fn what_comes_while_nobody_looks_stays_unread() {
    let mut seat = seat();
    seat.press("@").sees("Nobody has mentioned you");
    seat.input(Input::Focus(false));
    mentions_ada(&mut seat, "alice", "@Ada here");
    seat.sees("Mentions · 1 new");
    assert_eq!(seat.commands(), []);
    seat.input(Input::Focus(true));
    assert!(matches!(
        seat.commands()[..],
        [AgentCommand::MarkMentionsRead { up_to: Rev(_) }]
    ));
}

#[test]
fn a_mention_far_above_is_looked_for_page_by_page() {
    let mut seat = seat();
    mentions_ada(&mut seat, "alice", "@Ada the needle");
    for n in 0..450 {
        seat.desk.says("alice", &format!("line {n}"));
    }
    seat.hear();
    let fresh = seat.desk.fresh();
    seat.client(fresh);
    seat.press("@<enter>")
        .sees("the needle")
        .sees("line 3")
        .sees_no("line 449");
}

#[test]
fn views_close_one_by_one_and_at_once() {
    let mut seat = seat();
    seat.press("L<enter>").sees("Chats of Ada").sees("Workload");
    seat.press("<esc>").sees("Workload").sees_no("Chats of Ada");
    seat.press("<esc>").sees_no("Workload");
    seat.press("L<enter><ctrl-c>").sees_no("Workload");
    menu(&mut seat, "workload");
    seat.sees("Workload");
}
