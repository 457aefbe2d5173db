//! Who gets a conversation: keys in, commands out, words told.

use minicom_protocol::{
    command::{AgentCommand, TransferTo, Warning},
    event::{EventBody, Requeued, Target, WokenBy},
    ids::{GroupId, Time},
    queue::WhyNot,
    refusal::Refusal,
    staff::{GroupRef, Intent, PresenceState},
    stage::{HandOverReason, Side},
    words::{GroupName, Skill},
};
use minicom_tui_kit::testing::BENCH_START;

use crate::testing::{ADA, BO, Desk, Seat, agent};

/// alice is Ada's, carol waits, heidi is Bo's; Cy is an agent too, and there is a group.
fn desk() -> Desk {
    let mut desk = Desk::new();
    desk.member("Cy", |_| {}).group("billing", &[BO, "Cy"], &[]);
    desk.ago(250).says("carol", "hello").asks("carol");
    desk.ago(100)
        .says("alice", "hello")
        .taken("alice", ADA)
        .replies("alice", ADA, "Hi.")
        .reads("alice", Side::Desk);
    desk.ago(90).says("heidi", "hello").taken("heidi", BO);
    desk
}

/// With alice open, the keys in the composer; Bo is there and Cy is not.
fn at(desk: Desk) -> Seat {
    let mut seat = Seat::at(desk, 80, 24);
    seat.client(Desk::presence(&[
        (ADA, PresenceState::Available),
        (BO, PresenceState::Busy),
    ]));
    seat.press("<alt-2>");
    seat.ordered();
    seat
}

fn seat() -> Seat {
    at(desk())
}

fn to(name: &str) -> TransferTo {
    TransferTo::Agent { agent: agent(name).id }
}

fn billing() -> GroupId {
    GroupId::from_bytes([b'b'; 16])
}

#[track_caller]
fn transfers(seat: &mut Seat, expected: TransferTo, expected_note: Option<&str>) {
    let conversation = seat.desk.conversation("alice");
    let expected = AgentCommand::Transfer {
        conversation,
        to: expected,
        note: expected_note.map(str::to_owned),
    };
    assert_eq!(
        seat.sent().into_iter().map(|(_, command)| command).collect::<Vec<_>>(),
        [expected]
    );
}

// Transfer.

#[test]
fn a_transfer_is_two_choices_and_may_have_a_note() {
    let mut seat = seat();
    seat.press("<f7>").sees("Transfer alice to").sees("Enter transfers");
    seat.press("<enter>")
        .sees("Transfer to Bo")
        .sees("note for the next one");
    seat.press("<enter>");
    transfers(&mut seat, to(BO), None);
    assert!(seat.bench.app.over.is_none());

    seat.press("<esc>x2wants a refund<enter>");
    transfers(&mut seat, to("Cy"), Some("wants a refund"));
}

#[test]
fn a_group_and_the_queue_are_offered_too() {
    let mut seat = seat();
    seat.press("<f7>bill<enter><enter>");
    transfers(&mut seat, TransferTo::Group { group: billing() }, None);
    seat.press("<f7>queue<enter>")
        .sees("Transfer to the queue")
        .press("<enter>");
    transfers(&mut seat, TransferTo::Queue, None);
}

#[test]
fn who_is_offered_tells_presence_and_load() {
    let mut desk = desk();
    desk.member(BO, |bo| bo.capacity = Some(3));
    let mut seat = at(desk);
    seat.press("<f7>");
    assert!(seat.row_with("1 Bo").contains("busy · 1 of 3"));
    assert!(seat.row_with("2 Cy").contains("offline · 0 chats"));
    assert!(seat.row_with("3 billing").contains("group · 1 of 2 there"));
    assert!(seat.row_with("4 the queue").contains("whoever is next"));
    seat.sees_no("Ada (you)");
}

#[test]
fn who_is_full_or_away_is_shown_with_the_reason_and_cannot_be_chosen() {
    let mut desk = desk();
    desk.member(BO, |bo| bo.capacity = Some(1));
    desk.member("Cy", |cy| cy.intent = Intent::Away);
    let mut seat = at(desk);
    seat.press("<f7>");
    assert!(seat.row_with("1 Bo").contains("busy · 1 of 1 · full"));
    assert!(seat.row_with("2 Cy").contains("is away"));
    seat.press("1").sees("Bo: busy · 1 of 1 · full");
    assert_eq!(seat.commands(), []);
    assert!(seat.bench.app.over.is_some(), "it stays open for another choice");
}

#[test]
fn the_list_of_agents_follows_the_desk_and_keeps_what_is_selected() {
    let mut seat = seat();
    seat.press("<f7><down>");
    assert!(seat.row_with("2 Cy").contains('›'));
    seat.happens(|desk| desk.changes("Cy", |cy| cy.intent = Intent::AwayHandBack));
    assert!(seat.row_with("2 Cy").contains("is away"));
    assert!(seat.row_with("2 Cy").contains('›'));
    seat.happens(|desk| desk.changes("Cy", |cy| cy.intent = Intent::Available));
    seat.happens(|desk| desk.taken("carol", "Cy"));
    assert!(seat.row_with("2 Cy").contains("1 chat"));
}

#[test]
fn what_is_not_mine_is_not_mine_to_give() {
    let mut seat = seat();
    seat.press("<esc>1x").sees("It is not yours: take it over first.");
    let heidi = seat.desk.conversation("heidi");
    seat.bench.app.open_chat(heidi);
    seat.press("x")
        .sees("Bo has it; only the owner or an admin transfers it.");
    assert_eq!(seat.commands(), []);
    assert!(seat.bench.app.over.is_none());
}

#[test]
fn an_admin_transfers_anything_and_is_warned() {
    let mut desk = desk();
    desk.by_admin().member(BO, |bo| bo.capacity = Some(1));
    let mut seat = at(desk);
    let carol = seat.desk.conversation("carol");
    seat.press("<esc>1x").sees("Transfer carol to");
    assert!(seat.row_with("2 Bo").contains("busy · 1 of 1"));
    seat.press("2<enter>");
    seat.warned(Warning::OverCapacity { active: 2, capacity: 1 })
        .sees("Transferred to Bo. Bo has 2 of 1 now.");
    seat.press("x1<enter>");
    let expected = AgentCommand::Transfer {
        conversation: carol,
        to: to(ADA),
        note: None,
    };
    assert_eq!(seat.commands(), [expected], "to oneself, too");
}

#[test]
fn a_refused_transfer_says_why() {
    let mut seat = seat();
    seat.press("<f7>1<enter>");
    seat.refused(Refusal::MayNotTake {
        agent: agent(BO),
        because: WhyNot::Full { active: 5, capacity: 5 },
    })
    .sees("Bo may not take this: has 5 of 5.");
}

#[test]
fn a_done_transfer_is_told_and_the_thread_says_it() {
    let mut seat = seat();
    seat.press("<f7>1<enter>");
    seat.done(|desk| desk.transferred("alice", ADA, Target::Agent { agent: agent(BO) }))
        .sees("Transferred to Bo.")
        .sees("you transferred this to Bo");
}

#[test]
fn esc_leaves_the_questions_and_sends_nothing() {
    let mut seat = seat();
    seat.press("<f7><esc>");
    assert!(seat.bench.app.over.is_none());
    seat.press("<f7>1half a note<esc>");
    assert!(seat.bench.app.over.is_none());
    seat.press("still composing");
    assert_eq!(seat.commands(), []);
    seat.sees("still composing");
}

#[test]
fn nothing_about_owners_is_done_without_a_connection() {
    for (key, words) in [
        ("<f7>", "Transfer needs a connection"),
        ("<esc>s", "Snooze needs a connection"),
        ("<alt-p>", "This needs a connection"),
    ] {
        let mut seat = seat();
        seat.lose().press(key).sees(words);
        assert!(seat.bench.app.over.is_none(), "{key}");
        assert_eq!(seat.commands(), []);
    }
    let mut seat = seat();
    seat.press("<f7>1")
        .lose()
        .press("<enter>")
        .sees("Transfer needs a connection");
    assert_eq!(seat.commands(), []);
}

#[test]
fn a_chat_that_is_given_away_does_not_end_by_itself() {
    let mut seat = seat();
    seat.press("<f9><f7>1<enter>");
    transfers(&mut seat, to(BO), None);
    seat.advance(9);
    assert_eq!(seat.commands(), []);
}

// Taking.

#[test]
fn next_tells_of_those_who_wait_for_others() {
    let mut desk = Desk::new();
    desk.with(|intake| intake.skills = vec![Skill::parse("french").unwrap()]);
    desk.ago(20).says("zoe", "bonjour").asks("zoe");
    let mut seat = at(desk);
    seat.press("<ctrl-n>")
        .refused(Refusal::NobodyWaits)
        .sees("Nobody waits whom you may take over");
}

#[test]
fn what_may_not_be_taken_is_told_with_the_reason_and_not_asked_for() {
    let mut desk = desk();
    desk.with(|intake| intake.skills = vec![Skill::parse("french").unwrap()]);
    desk.ago(20).says("zoe", "bonjour").asks("zoe");
    let mut seat = at(desk.clone());
    seat.press("<esc>2").sees("not for you: it needs french");
    seat.sees_no("take over  ")
        .press("t")
        .sees("You may not take this: it needs french.");
    seat.press("<enter>bonjour<enter>")
        .sees("You may not take this: it needs french. Nothing was")
        .sees("bonjour");
    assert_eq!(seat.commands(), []);
    seat.press("<ctrl-c><esc>");
    assert!(
        !seat.bench.app.is_composing(),
        "a notice does not eat the key that leaves"
    );

    desk.by_admin();
    let mut seat = at(desk);
    seat.press("<esc>2t");
    seat.warned(Warning::NotSuited)
        .sees("You are not one who may take it: done all the same");
}

#[test]
fn what_the_server_forbids_is_told_as_ones_own_affair() {
    let mut seat = seat();
    seat.press("<esc>1t");
    seat.refused(Refusal::MayNotTake {
        agent: agent(ADA),
        because: WhyNot::Group {
            group: GroupRef {
                id: billing(),
                name: GroupName::parse("billing").unwrap(),
            },
        },
    })
    .sees("You may not take this: it waits for the group");
}

#[test]
fn a_full_agent_reads_how_many_there_are() {
    let mut desk = desk();
    desk.member(ADA, |ada| ada.capacity = Some(1));
    let mut seat = at(desk);
    seat.press("<esc>1t").sees("You may not take this: you have 1 of 1.");
    assert_eq!(seat.commands(), []);
}

// Assign.

#[test]
fn only_admins_assign() {
    let mut seat = seat();
    seat.press("<esc>A").sees("Only admins assign.");
    assert_eq!(seat.commands(), []);
}

#[test]
fn an_admin_assigns_to_anybody_and_a_warning_is_told() {
    let mut desk = desk();
    desk.by_admin();
    let mut seat = at(desk);
    let conversation = seat.desk.conversation("carol");
    seat.press("<esc>1A").sees("Assign carol to").sees("Ada (you)");
    seat.press("2");
    let orders = seat.sent();
    let expected = AgentCommand::Assign {
        conversation,
        agent: agent(BO).id,
    };
    assert_eq!(orders[0].1, expected);
    seat.press("A3");
    seat.warned(Warning::NotSuited)
        .sees("Assigned to Cy. Cy is not one who may take it");
    seat.press("A3").done(|desk| desk.assigned("carol", "Cy", ADA));
    seat.sees("Assigned to Cy.").sees("you gave this to Cy");
}

// Snooze.

#[track_caller]
fn snoozes(typed: &str, until: Option<i64>) {
    let mut seat = seat();
    let conversation = seat.desk.conversation("alice");
    seat.press("<esc>s").press(typed);
    let until = until.map(|minutes| Time(BENCH_START + minutes * 60_000_000));
    assert_eq!(
        seat.commands(),
        [AgentCommand::Snooze { conversation, until }],
        "{typed}"
    );
}

#[test]
fn a_snooze_ends_when_somebody_writes_or_at_a_time() {
    snoozes("<enter>", None);
    snoozes("<down><enter>", Some(15));
    snoozes("1h<enter>", Some(60));
    snoozes("<end><up><enter>", Some(19 * 60));
    snoozes("2h<enter>", Some(120));
    snoozes("14:30<enter>", Some(30));
    snoozes("tomorrow 10:00<enter>", Some(20 * 60));
    snoozes("writes<enter>", None);
}

#[test]
fn a_typed_time_says_when_it_is() {
    let mut seat = seat();
    seat.press("<esc>s").sees("Put alice aside").sees("until alice writes");
    assert!(seat.row_with("tomorrow 9:00").contains("until tomorrow 09:00"));
    seat.press("90m");
    assert!(seat.row_with("›  90m").contains("until 15:30"));
    seat.press("<backspace><backspace><backspace>")
        .sees("until alice writes");
}

/// Each row tells when it ends: those words are no names of a time.
#[test]
fn a_time_is_looked_for_by_its_name() {
    let mut seat = seat();
    seat.press("<esc>sun")
        .sees("Put alice aside · 1 of 6")
        .sees("until alice writes");
}

/// On a Sunday tomorrow is Monday: one row says it.
#[test]
fn a_time_is_offered_once() {
    let mut seat = seat();
    seat.press("<esc>s").sees("monday 9:00").sees("tomorrow 9:00");
    let mut seat = self::seat();
    seat.advance(3 * 86_400);
    seat.press("<esc>s").sees("tomorrow 9:00").sees_no("monday 9:00");
}

#[test]
fn a_snoozed_one_is_told_and_is_taken_up_again() {
    let mut seat = seat();
    let until = Time(BENCH_START + 900_000_000);
    seat.press("<esc>s15m<enter>")
        .done(|desk| desk.snoozed("alice", ADA, Some(until)));
    seat.sees("Put aside until 14:15.")
        .sees("you put this aside until 14:15");
    let conversation = seat.desk.conversation("alice");
    seat.press("s").sees("take it up again").press("<enter>");
    let sent = seat.sent();
    assert_eq!(sent[0].1, AgentCommand::Wake { conversation });
    seat.press("t");
    assert_eq!(
        seat.commands(),
        [AgentCommand::TakeOver { conversation }],
        "taking it over does it too"
    );
}

#[test]
fn what_ends_a_snooze_is_told_in_the_thread() {
    for (why, words) in [
        (WokenBy::Agent, "you took this up again"),
        (WokenBy::Customer, "alice has written: this is back"),
        (WokenBy::Time, "the time of the snooze has come"),
    ] {
        let mut seat = seat();
        seat.happens(|desk| desk.snoozed("alice", ADA, None))
            .sees("you put this aside until alice writes");
        seat.happens(|desk| desk.woken("alice", ADA, why)).sees(words);
    }
}

#[test]
fn who_lost_a_conversation_and_why_is_told_in_the_thread() {
    for (reason, words) in [
        (HandOverReason::OwnerGone, "you are gone: this went back to the"),
        (HandOverReason::OwnerAway, "you are away: this went back to the"),
        (HandOverReason::OwnerSilent, "you did not answer: this went back"),
        (HandOverReason::SnoozeEnded, "this went back to the queue: the"),
    ] {
        let mut seat = seat();
        let requeued = Requeued {
            agent: agent(ADA),
            reason,
        };
        seat.happens(|desk| desk.happens("alice", EventBody::Requeued(requeued)));
        seat.sees(words);
    }
}

#[test]
fn what_is_not_mine_is_not_put_aside() {
    let mut seat = seat();
    seat.press("<esc>1s").sees("It is not yours: take it over first.");
    assert_eq!(seat.commands(), []);
}

// Intent.

#[test]
fn what_one_is_is_chosen_and_stands_in_the_header() {
    let mut seat = seat();
    assert!(seat.row_with("minicom").contains("Ada available"));
    seat.press("<alt-p>")
        .sees("here, but no new ones")
        .sees("takes customers · now");
    seat.press("2");
    assert_eq!(seat.sent()[0].1, AgentCommand::SetIntent { intent: Intent::Busy });
    seat.press("<esc>P4")
        .done(|desk| desk.changes(ADA, |ada| ada.intent = Intent::AwayHandBack))
        .sees("You are away, hand back now.");
    assert!(seat.row_with("minicom").contains("Ada away, hands back"));
}

#[test]
fn idle_is_told_apart_from_away() {
    let mut seat = seat();
    seat.client(Desk::presence(&[(ADA, PresenceState::Away)]));
    assert!(seat.row_with("minicom").contains("Ada away (idle)"));
}
