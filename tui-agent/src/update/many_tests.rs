//! One key for all that are marked: a command for each, and one notice of what became of them.

use minicom_client::ClientEvent;
use minicom_protocol::{
    command::{AgentCommand, Done, Outcome, TransferTo},
    ids::LineNo,
    refusal::Refusal,
};

use crate::testing::{ADA, BO, Desk, Seat, agent};

/// alice and bob are Ada's, carol and dora wait, heidi is Bo's.
fn seat() -> Seat {
    let mut desk = Desk::new();
    desk.ago(250).says("carol", "hello").asks("carol");
    desk.ago(240).says("dora", "hello").asks("dora");
    desk.ago(100).says("alice", "hello").taken("alice", ADA);
    desk.ago(90).says("bob", "hello").taken("bob", ADA);
    desk.ago(80).says("heidi", "hello").taken("heidi", BO);
    let mut seat = Seat::at(desk, 80, 24);
    seat.press("<esc>");
    seat.ordered();
    seat
}

/// Marks these rows; the cursor is on carol.
fn marked(names: &[&str]) -> Seat {
    let mut seat = seat();
    for name in names {
        let conversation = seat.desk.conversation(name);
        seat.bench.app.open_chat(conversation);
        seat.press("<space>");
    }
    let carol = seat.desk.conversation("carol");
    seat.bench.app.open_chat(carol);
    seat.press("g");
    seat.ordered();
    seat
}

fn names(seat: &Seat, commands: &[AgentCommand]) -> Vec<String> {
    let name = |it: &AgentCommand| it.conversation().map(|it| seat.bench.app.name_of(it).to_string());
    let mut names: Vec<String> = commands.iter().filter_map(name).collect();
    names.sort();
    names
}

/// Answers what was sent, each by its name.
fn answer(seat: &mut Seat, outcome: impl Fn(&str) -> Outcome) {
    for (id, command) in seat.sent() {
        let name = seat.bench.app.name_of(command.conversation().unwrap()).to_string();
        let outcome = outcome(&name);
        seat.client(ClientEvent::Answered { id, command, outcome });
    }
}

#[test]
fn a_transfer_of_many_is_one_choice() {
    let mut seat = marked(&["alice", "bob"]);
    seat.press("x")
        .sees("Transfer 2 chats to")
        .press("1both of them<enter>");
    let sent = seat.sent();
    assert!(sent.iter().all(|(_, command)| matches!(
        command,
        AgentCommand::Transfer { to: TransferTo::Agent { agent: to }, note: Some(note), .. }
            if *to == agent(BO).id && note == "both of them"
    )));
    let commands: Vec<_> = sent.iter().map(|(_, command)| command.clone()).collect();
    assert_eq!(names(&seat, &commands), ["alice", "bob"]);
}

#[test]
fn what_became_of_many_is_told_once_with_the_first_reason() {
    let mut seat = marked(&["alice", "bob"]);
    seat.press("x1<enter>");
    answer(&mut seat, |name| match name {
        "alice" => Outcome::Done(Done::default()),
        _ => Outcome::Refused {
            refusal: Refusal::NotOwner,
        },
    });
    seat.sees("Transferred to Bo: 1 done, 1 refused. bob: Take the");
    let mut seat = marked(&["alice", "bob", "carol"]);
    seat.press("p1");
    answer(&mut seat, |_| Outcome::Done(Done::default()));
    seat.sees("Priority set to urgent: 3 chats.");
}

#[test]
fn tags_of_many_tell_on_how_many_they_are() {
    let mut seat = marked(&["alice", "carol"]);
    seat.happens(|desk| desk.tagged("alice", ADA, &["vip"]));
    seat.press("#")
        .sees("Tags of 2 chats")
        .sees("[-] vip")
        .sees("on 1 of 2");
    seat.press("<enter>").sees("[x] vip");
    let sent = seat.commands();
    assert_eq!(names(&seat, &sent), ["alice", "carol"]);
    seat.press("<enter>").sees("[ ] vip");
}

#[test]
fn many_are_handed_back_and_put_aside() {
    let mut seat = marked(&["alice", "bob"]);
    seat.press("b");
    let sent = seat.commands();
    assert!(sent.iter().all(|it| matches!(it, AgentCommand::HandBack { .. })));
    assert_eq!(names(&seat, &sent), ["alice", "bob"]);
    let mut seat = marked(&["alice", "bob"]);
    seat.press("s").sees("Put 2 chats aside").press("1h<enter>");
    assert_eq!(seat.commands().len(), 2);
}

#[test]
fn many_are_ended_with_one_key_and_kept_with_one() {
    let mut seat = marked(&["alice", "carol", "heidi"]);
    seat.press("e").sees("2 chats end in 5 s; u undoes. 1 cannot be ended");
    seat.press("u").sees("Kept: 2 chats go on.").advance(9);
    assert_eq!(seat.commands(), []);
    let mut seat = marked(&["alice", "carol", "heidi"]);
    seat.press("e").advance(6);
    let sent = seat.commands();
    assert_eq!(names(&seat, &sent), ["alice", "carol"]);
    let seen = |it: &AgentCommand| matches!(it, AgentCommand::Close { seen: LineNo(1), .. });
    assert!(sent.iter().all(seen), "what came later is not ended unseen: {sent:?}");
}
