//! Going on from a chat that is about to end.

use minicom_protocol::{
    command::AgentCommand,
    ids::{ConversationId, Time},
    people::Role,
    refusal::Refusal,
    stage::Closer,
};
use minicom_tui_kit::testing::BENCH_START;

use crate::{
    app::Focus,
    testing::{ADA, BO, Desk, Seat, agent},
};

/// bob and then alice are Ada's and have thanked her; carol and dora wait.
fn seat(of_alice: bool) -> Seat {
    let mut desk = Desk::new();
    desk.ago(250).says("carol", "hello").asks("carol");
    desk.ago(240).says("dora", "hello").asks("dora");
    desk.ago(230)
        .says("bob", "hi")
        .taken("bob", ADA)
        .replies("bob", ADA, "Hi.");
    desk.ago(100).says("bob", "thank you!");
    if of_alice {
        desk.ago(90).says("alice", "hi").taken("alice", ADA);
    }
    let mut seat = Seat::at(desk, 80, 24);
    let bob = seat.desk.conversation("bob");
    seat.bench.app.open_chat(bob);
    seat.sees("Reply to bob").ordered();
    seat
}

fn closed(seat: &mut Seat) -> Vec<ConversationId> {
    let commands = seat.commands().into_iter().filter_map(|command| match command {
        AgentCommand::Close { conversation, .. } => Some(conversation),
        _ => None,
    });
    commands.collect()
}

#[test]
fn what_was_just_ended_is_not_the_next() {
    let mut seat = seat(true);
    seat.sees("next: bob")
        .press("<ctrl-d>")
        .sees("next: alice")
        .press("<ctrl-n>");
    let (alice, bob) = (seat.desk.conversation("alice"), seat.desk.conversation("bob"));
    assert_eq!(seat.bench.app.conversation(), Some(alice));
    assert_eq!(seat.bench.app.focus, Focus::Compose);
    assert_eq!(
        seat.commands(),
        [],
        "one's own needs no claim, and the server would choose bob"
    );
    seat.advance(5);
    assert_eq!(closed(&mut seat), [bob]);
}

#[test]
fn whoever_waits_is_taken_by_name_while_a_chat_is_about_to_end() {
    let mut seat = seat(false);
    seat.press("<ctrl-d>").sees("next: carol").press("<ctrl-n><ctrl-n>");
    let conversation = seat.desk.conversation("carol");
    assert_eq!(seat.commands(), [AgentCommand::TakeOver { conversation }], "once");
    assert_eq!(seat.bench.app.conversation(), Some(conversation));
    // The end can still be taken back.
    seat.press("<esc>u").sees("Kept: the chat with bob goes on.").advance(9);
    assert_eq!(closed(&mut seat), []);

    let mut seat = self::seat(false);
    let taken = Refusal::TakenBy {
        agent: agent(BO),
        since: Time(BENCH_START),
    };
    seat.press("<ctrl-d><ctrl-n>")
        .refused(taken)
        .sees("Taken by Bo since 14:00.");
}

#[test]
fn without_anybody_else_it_says_so() {
    let mut desk = Desk::new();
    desk.ago(230).says("bob", "hi").taken("bob", ADA);
    let mut seat = Seat::at(desk, 80, 24);
    seat.ordered();
    seat.press("<ctrl-d>")
        .sees_no("next: bob")
        .press("<ctrl-n>")
        .sees("Nobody is waiting.");
    assert_eq!(seat.commands(), []);
}

#[test]
fn who_wishes_so_is_led_on_by_the_end_of_a_chat() {
    for key in ["<ctrl-d>", "<f9>"] {
        let mut seat = seat(true);
        seat.bench.app.habits.next_after_done = true;
        let (alice, bob) = (seat.desk.conversation("alice"), seat.desk.conversation("bob"));
        seat.press(key).sees("The chat with bob ends in 5 s; Esc u keeps it.");
        assert_eq!(seat.bench.app.conversation(), Some(alice), "{key}");
        assert_eq!(seat.bench.app.focus, Focus::Compose);
        seat.advance(5);
        assert_eq!(closed(&mut seat), [bob]);
        let mut seat = self::seat(true);
        seat.bench.app.habits.next_after_done = true;
        seat.press(key)
            .press("<esc>u")
            .sees("Kept: the chat with bob goes on.")
            .advance(9);
        assert_eq!(closed(&mut seat), []);
    }
    // Whoever goes through the list by letters stays there.
    let mut seat = seat(true);
    seat.bench.app.habits.next_after_done = true;
    seat.press("<esc>e").sees("ends in 5 s");
    assert_eq!(seat.bench.app.focus, Focus::List);
}

/// Title and footer name one key for it, which does it.
#[test]
fn one_key_undoes_an_end_wherever_it_is_told() {
    for (keys, told, undo) in [
        ("<f9>", "F9 undo", "<f9>"),
        ("<esc>e", "F9 undo", "<f9>"),
        ("<esc>e<enter>", "F9 undo", "<f9>"),
        ("<esc>eG", "u undo", "u"),
    ] {
        let mut seat = seat(false);
        seat.desk.ago(9_000).says("zoe", "bye").closed("zoe", Closer::Customer);
        seat.hear();
        seat.press(keys).sees("ends in 5 s");
        let title = seat.row_with("ends in 5 s");
        assert!(title.contains(&format!("{told}es")), "{keys}: {title}");
        let screen = seat.bench.screen();
        let footer = screen.lines().last().unwrap_or_default();
        assert!(footer.contains(told), "{keys}: {footer}");
        assert_eq!(footer.matches("undo").count(), 1, "{keys}: {footer}");
        seat.press(undo)
            .sees("Kept: the chat with bob goes on.")
            .sees_no("undo");
    }
}

#[test]
fn an_admin_is_offered_to_end_what_a_colleague_has_and_to_undo_it() {
    let mut desk = Desk::new();
    desk.by_admin();
    desk.ago(60).says("heidi", "hello").taken("heidi", BO);
    let mut seat = Seat::at(desk.clone(), 120, 40);
    seat.press("<esc>G<enter>j").sees("Reply to heidi").sees("e done");
    seat.press("e").sees("F9 undoes").sees("F9 undo  ");
    seat.press("<enter>").sees("F9 undoes").sees("F9 undo  ");
    seat.press("<f9>")
        .sees("Kept: the chat with heidi goes on.")
        .sees("F9 done");
    desk.admin = false;
    desk.member(ADA, |ada| ada.role = Role::Agent);
    let mut seat = Seat::at(desk, 120, 40);
    seat.press("<esc>G<enter>j").sees("Reply to heidi").sees_no("e done");
}
