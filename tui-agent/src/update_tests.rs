//! Keys and events in, orders and what is seen out: every key of the table, and the rules of reading, writing, taking and ending.

use std::{collections::BTreeMap, time::Duration};

use minicom_client::{
    ClientEvent, ConnState, Ended,
    transfers::{Attachments, Told},
};
use minicom_protocol::{
    command::{AgentCommand, Done, Outcome, SeenLines},
    frame::Typist,
    ids::{ConversationId, LineNo, Time},
    refusal::Refusal,
    stage::{Closer, Side},
};
use minicom_tui_kit::{
    Input, Theme,
    config::Habits,
    testing::{BENCH_START, help_is_whole},
};
use ratatui::layout::Position;

use crate::{
    app::{Focus, Msg, Order},
    testing::{ADA, BO, Desk, Seat, agent, client_start},
    writing::{Draft, Kind, Mode},
};

/// carol waits since 4:10, alice is Ada's and has written last, bob is Ada's, frank is the bot's, heidi is Bo's.
fn desk() -> Desk {
    let mut desk = Desk::new();
    desk.ago(260)
        .says("carol", "hello")
        .bot("carol", "Hi.")
        .ago(250)
        .says("carol", "human please")
        .asks("carol");
    desk.ago(240)
        .says("alice", "hello")
        .taken("alice", ADA)
        .replies("alice", ADA, "Hi Alice.");
    desk.reads("alice", Side::Desk).ago(40).says("alice", "one more thing");
    desk.ago(230)
        .says("bob", "hello")
        .taken("bob", ADA)
        .replies("bob", ADA, "Hi Bob.")
        .reads("bob", Side::Desk);
    desk.ago(220).says("frank", "prices?").bot("frank", "Here they are.");
    desk.ago(210)
        .says("heidi", "hello")
        .taken("heidi", BO)
        .replies("heidi", BO, "Hi Heidi.");
    desk
}

fn seat() -> Seat {
    let mut seat = Seat::at(desk(), 80, 24);
    seat.ordered();
    seat
}

/// On frank, who is with the bot.
fn at_frank() -> Seat {
    let mut seat = seat();
    seat.press("<alt-4>").sees("with the bot").ordered();
    seat
}

/// On bob, who is Ada's.
fn at_bob() -> Seat {
    let mut seat = seat();
    seat.press("<alt-3>").sees("yours since").ordered();
    seat
}

fn now(seat: &Seat) -> i64 {
    seat.bench.now().wall
}

fn marks(seat: &mut Seat) -> Vec<(minicom_protocol::ids::ConversationId, u64)> {
    let marks = seat.ordered().into_iter().filter_map(|order| match order {
        Order::SendMomentary(AgentCommand::MarkSeen { conversation, up_to }) => Some((conversation, up_to.0)),
        _ => None,
    });
    marks.collect()
}

fn typing(seat: &mut Seat) -> Vec<bool> {
    let signals = seat.ordered().into_iter().filter_map(|order| match order {
        Order::Typing { on, .. } => Some(on),
        _ => None,
    });
    signals.collect()
}

// Looking.

#[test]
fn the_first_row_is_looked_at_and_nothing_is_claimed_or_marked() {
    let mut seat = Seat::at(desk(), 80, 24);
    seat.sees("carol asked for a person").sees("›1 carol");
    assert_eq!(seat.bench.app.focus, Focus::Compose);
    seat.press("<esc>jjjjkgG").advance(60);
    assert!(seat.ordered().iter().all(|order| !matches!(order, Order::Send { .. })));
}

#[test]
fn only_the_owner_who_looks_marks_as_read() {
    let mut seat = seat();
    assert_eq!(marks(&mut seat), [], "carol is nobody's");
    seat.press("<alt-2>");
    let alice = seat.desk.conversation("alice");
    assert_eq!(marks(&mut seat), [(alice, 2)]);
    seat.press("x<backspace>").advance(10);
    assert_eq!(marks(&mut seat), [], "once is enough");
    seat.happens(|desk| desk.says("alice", "and?"));
    assert_eq!(marks(&mut seat), [(alice, 3)]);
}

#[test]
fn nothing_is_marked_without_focus_or_above_the_last_line_or_behind_help() {
    let mut seat = seat();
    seat.input(Input::Focus(false)).press("<alt-2>");
    assert_eq!(marks(&mut seat), [], "nobody looks");
    seat.input(Input::Focus(true));
    assert_eq!(marks(&mut seat).len(), 1);
    seat.happens(|desk| (0..30).fold(desk, |desk, n| desk.says("alice", &format!("line {n}"))));
    marks(&mut seat);
    seat.press("<pgup>").happens(|desk| desk.says("alice", "below"));
    assert_eq!(marks(&mut seat), [], "it is not on the screen");
    seat.press("<end>");
    assert_eq!(marks(&mut seat).len(), 1);
    seat.press("<f1>").happens(|desk| desk.says("alice", "behind the help"));
    assert_eq!(marks(&mut seat), []);
    seat.press("<esc>");
    assert_eq!(marks(&mut seat).len(), 1);
}

#[test]
fn nothing_is_marked_with_the_list_alone_on_the_screen() {
    let mut seat = Seat::at(desk(), 50, 12);
    seat.press("2");
    assert_eq!(marks(&mut seat), []);
    seat.press("<enter>");
    assert_eq!(marks(&mut seat).len(), 1);
}

#[test]
fn a_mark_that_was_lost_with_the_connection_is_made_again() {
    let mut seat = seat();
    seat.press("<alt-2>").lose();
    marks(&mut seat);
    seat.resume();
    assert_eq!(marks(&mut seat).len(), 1);
}

#[test]
fn marked_as_unread_until_opened_again() {
    let mut seat = seat();
    seat.press("<alt-3><esc>U");
    assert!(seat.row_with("3 bob").contains(" 1  you"));
    seat.happens(|desk| desk.says("bob", "are you there?"));
    assert_eq!(marks(&mut seat), [], "it was to be unread");
    seat.press("k").press("j");
    let bob = seat.desk.conversation("bob");
    assert_eq!(marks(&mut seat).last(), Some(&(bob, 2)));
}

// Moving.

#[test]
fn keys_go_through_the_list() {
    for (keys, expected) in [
        ("j", "alice"),
        ("jj", "bob"),
        ("jjk", "alice"),
        ("<down><down><up>", "alice"),
        ("jjjg", "carol"),
        ("3", "bob"),
        ("<alt-4>", "frank"),
        ("<enter><alt-3>", "bob"),
    ] {
        let mut seat = seat();
        seat.press("<esc>").press(keys);
        let expected = seat.desk.conversation(expected);
        assert_eq!(seat.bench.app.conversation(), Some(expected), "{keys}");
    }
    seat().press("<alt-9>").sees("There is no row 9.");
}

#[test]
fn sections_unfold_by_key_and_show_their_rows() {
    let mut seat = seat();
    seat.sees("OTHERS 1 [+]").sees_no("heidi");
    seat.press("<esc>G")
        .sees("›OTHERS 1 [+]")
        .press("<enter>")
        .sees("OTHERS 1 [-]")
        .sees("5 heidi");
    seat.press("j")
        .sees("Hi Heidi.")
        .press("-")
        .sees("›OTHERS 1 [+]")
        .sees_no("5 heidi");
    seat.press("g-").sees("Only OTHERS, DONE and views can be folded.");
}

#[test]
fn older_closed_ones_are_asked_for_at_the_end_of_the_list() {
    let mut desk = desk();
    for (ago, name) in [(100, "judy"), (90, "kim"), (80, "leo")] {
        desk.ago(ago).says(name, "bye").closed(name, Closer::Customer);
    }
    desk.closed_told = Some(1);
    let mut seat = Seat::at(desk, 80, 24);
    seat.press("<esc>G<enter>").sees("DONE 1+ [-]").sees_no("judy");
    seat.press("j").sees("leo ended the chat").sees("DONE 3 [-]");
    seat.press("jj").sees("judy ended the chat");
}

#[test]
fn previous_of_mine_goes_round() {
    let mut seat = seat();
    for expected in ["bob", "alice", "bob"] {
        seat.press("<ctrl-p>");
        assert_eq!(seat.bench.app.conversation(), Some(seat.desk.conversation(expected)));
    }
}

#[test]
fn next_unread_of_mine_claims_nothing() {
    let mut seat = seat();
    seat.press("<alt-a>").sees("one more thing");
    assert_eq!(seat.commands(), []);
    seat.happens(|desk| desk.reads("alice", Side::Desk))
        .press("<alt-a>")
        .sees("Nothing unread in yours.");
}

#[test]
fn the_mouse_chooses_opens_folds_and_scrolls() {
    let mut seat = seat();
    let click = |x, y, double| Input::Click {
        at: Position { x, y },
        double,
    };
    seat.press("<esc>").input(click(3, 6, false)).sees("Hi Bob.");
    assert_eq!(seat.bench.app.focus, Focus::List);
    seat.input(click(3, 5, true)).sees("one more thing");
    assert_eq!(seat.bench.app.focus, Focus::Compose);
    seat.input(click(3, 9, false)).sees("OTHERS 1 [-]");
    seat.press("<esc>").input(click(40, 21, false));
    assert_eq!(seat.bench.app.focus, Focus::Compose);
    seat.happens(|desk| (0..40).fold(desk, |desk, n| desk.says("alice", &format!("line {n}"))));
    let wheel = |up| Input::Wheel {
        up,
        at: Position { x: 40, y: 10 },
    };
    seat.input(wheel(true))
        .sees("End to jump")
        .input(wheel(false))
        .sees_no("End to jump");
    seat.input(wheel(true))
        .input(click(40, 18, false))
        .sees_no("End to jump");
}

// Taking over.

#[test]
fn next_opens_what_the_server_chose_with_the_cursor_in_the_composer() {
    for key in ["<ctrl-n>", "<f2>", "<esc>n"] {
        let mut seat = seat();
        seat.press(key);
        let sent = seat.sent();
        let [(id, AgentCommand::TakeNext {})] = sent[..] else {
            panic!("{sent:?}")
        };
        seat.press("<ctrl-n>");
        assert_eq!(seat.commands(), [], "one at a time");
        let conversation = Some(seat.desk.conversation("alice"));
        let done = Done {
            conversation,
            ..Done::default()
        };
        let (command, outcome) = (AgentCommand::TakeNext {}, Outcome::Done(done));
        seat.client(ClientEvent::Answered { id, command, outcome });
        assert_eq!(seat.bench.app.conversation(), conversation);
        assert_eq!(seat.bench.app.focus, Focus::Compose);
    }
}

#[test]
fn next_leaves_a_half_sentence_where_it_was() {
    let mut seat = at_bob();
    seat.press("half a sentence<ctrl-n>")
        .sees("Reply to alice")
        .sees_no("▏half");
    assert!(seat.row_with("3 bob").contains("✎"));
    seat.press("<alt-3>").sees("▏half a sentence");
}

#[test]
fn a_particular_customer_costs_a_number_and_two_enters() {
    let mut seat = seat();
    seat.press("<esc>4<enter>Hello<enter>");
    let posted = seat.commands();
    let [
        AgentCommand::Post {
            conversation,
            take_over: true,
            ..
        },
    ] = posted[..]
    else {
        panic!("{posted:?}")
    };
    assert_eq!(conversation, seat.desk.conversation("frank"));
}

#[test]
fn what_is_typed_after_next_is_for_whoever_comes() {
    let mut seat = seat();
    let alice = seat.desk.conversation("alice");
    seat.sees("next: alice").press("<ctrl-n>");
    let (id, command) = seat.sent().remove(0);
    assert_eq!(
        seat.bench.app.conversation(),
        Some(alice),
        "before the server has answered"
    );
    seat.press("hello<enter>");
    let posted = seat.commands();
    let [AgentCommand::Post { conversation, .. }] = posted[..] else {
        panic!("{posted:?}")
    };
    assert_eq!(conversation, alice);
    // What is being answered needs nobody: the next wish is for the next one.
    let done = Done {
        conversation: Some(alice),
        ..Done::default()
    };
    let outcome = Outcome::Done(done);
    seat.client(ClientEvent::Answered { id, command, outcome });
    seat.sees("next: carol").press("<ctrl-n>hello<enter>");
    let posted = seat.commands();
    let [
        AgentCommand::TakeNext {},
        AgentCommand::Post {
            conversation,
            take_over: true,
            ..
        },
    ] = posted[..]
    else {
        panic!("{posted:?}")
    };
    let carol = seat.desk.conversation("carol");
    assert_eq!(conversation, carol, "behind the wish, so it is ours by then");
}

#[test]
fn whoever_answers_faster_than_the_server_wishes_for_the_one_after() {
    let mut seat = seat();
    let (alice, carol) = (seat.desk.conversation("alice"), seat.desk.conversation("carol"));
    seat.press("<ctrl-n><ctrl-n>hello<enter><ctrl-n>hi<enter>");
    let sent = seat.sent();
    let [
        (first, AgentCommand::TakeNext {}),
        (_, AgentCommand::Post { conversation: a, .. }),
        (second, AgentCommand::TakeNext {}),
        (_, AgentCommand::Post { conversation: b, .. }),
    ] = &sent[..]
    else {
        panic!("{sent:?}")
    };
    assert_eq!((*a, *b), (alice, carol));
    for (id, conversation) in [(*first, alice), (*second, carol)] {
        let done = Done {
            conversation: Some(conversation),
            ..Done::default()
        };
        let (command, outcome) = (AgentCommand::TakeNext {}, Outcome::Done(done));
        seat.client(ClientEvent::Answered { id, command, outcome });
        assert_eq!(seat.bench.app.conversation(), Some(carol), "nothing moves");
    }
    seat.sees_no("is yours now");
}

#[test]
fn what_the_server_chose_otherwise_is_not_opened_under_a_typing_hand() {
    for (keys, opened) in [("", true), ("hello", false), ("<tab>", false), ("<esc>", false)] {
        let mut seat = seat();
        let (alice, carol) = (seat.desk.conversation("alice"), seat.desk.conversation("carol"));
        seat.press("<ctrl-n>");
        let (id, command) = seat.sent().remove(0);
        seat.press(keys);
        let done = Done {
            conversation: Some(carol),
            ..Done::default()
        };
        let outcome = Outcome::Done(done);
        seat.client(ClientEvent::Answered { id, command, outcome });
        let expected = if opened { carol } else { alice };
        assert_eq!(seat.bench.app.conversation(), Some(expected), "{keys:?}");
        if !opened {
            seat.sees("carol is yours now, and needs you most.");
        }
    }
}

#[test]
fn next_that_is_not_known_yet_is_opened_when_it_is() {
    let mut seat = seat();
    seat.press("<ctrl-n>");
    let (id, command) = seat.sent().remove(0);
    seat.desk.says("zoe", "hi").asks("zoe").by(id).taken("zoe", ADA);
    let conversation = Some(seat.desk.conversation("zoe"));
    let done = Done {
        conversation,
        ..Done::default()
    };
    let outcome = Outcome::Done(done);
    seat.client(ClientEvent::Answered { id, command, outcome });
    seat.hear().sees("Reply to zoe");
}

#[test]
fn next_when_nobody_waits_and_next_that_was_refused_ask_again() {
    let mut seat = seat();
    seat.press("<ctrl-n>")
        .refused(Refusal::NobodyWaits)
        .sees("Nobody is waiting.");
    seat.press("<ctrl-n>");
    assert_eq!(seat.commands().len(), 1);
}

#[test]
fn take_over_only_by_its_keys_and_by_enter_on_nothing() {
    for keys in ["<ctrl-t>", "<esc>t", "<enter>"] {
        let mut seat = at_frank();
        seat.press(keys).done(|desk| desk.taken("frank", ADA));
        seat.sees("you took over").sees("Enter sends").sees("MINE 3");
        assert!(seat.row_with("›").contains("frank"), "the cursor goes with it");
    }
    at_bob().press("<ctrl-t>").sees("It is yours already.");
    let mut seat = at_bob();
    seat.press("<enter>");
    assert_eq!(seat.commands(), []);
}

#[test]
fn take_over_of_what_a_colleague_has_or_has_just_taken() {
    let mut seat = seat();
    seat.press("<esc>G<enter>j")
        .sees("with Bo since 13:56")
        .press("t")
        .sees("Taken by Bo since 13:56.");
    assert_eq!(seat.commands(), []);
    let taken = Refusal::TakenBy {
        agent: agent(BO),
        since: Time(BENCH_START),
    };
    at_frank()
        .press("<ctrl-t>")
        .refused(taken)
        .sees("Taken by Bo since 14:00.");
}

#[test]
fn enter_with_text_takes_over_and_sends_in_one() {
    let mut seat = at_frank();
    seat.sees("Enter takes over + sends").press("Hello Frank<enter>");
    let seen = SeenLines {
        customer: LineNo(1),
        desk: LineNo(1),
    };
    let expected = AgentCommand::Post {
        conversation: seat.desk.conversation("frank"),
        text: "Hello Frank".to_owned(),
        seen,
        take_over: true,
        anyway: false,
        quote: None,
        reply: None,
        article: None,
        file: None,
    };
    assert_eq!(
        seat.bench.app.replica.pending_commands().next().unwrap().command,
        expected
    );
    seat.sees("... waiting to send");
    seat.done(|desk| {
        let id = desk.row("frank").conversation;
        assert_eq!(id, expected.conversation().unwrap());
        desk.taken("frank", ADA).replies("frank", ADA, "Hello Frank")
    });
    seat.sees("✓ stored").sees("Enter sends").sees_no("waiting to send");
}

// Writing.

#[test]
fn a_line_is_on_the_screen_before_anybody_has_it() {
    let mut seat = at_bob();
    seat.press("On my way<enter>")
        .sees("you     On my way")
        .sees("... waiting to send")
        .sees("Type a reply");
    assert_eq!(seat.commands().len(), 1);
}

#[test]
fn a_reply_that_was_written_while_somebody_answered_is_held_and_shown() {
    let mut seat = at_frank();
    seat.press("Hel")
        .happens(|desk| desk.says("frank", "and?").bot("frank", "The bot's answer"))
        .press("lo<enter>");
    let seen = |seat: &mut Seat| match seat.bench.app.replica.pending_commands().next().unwrap().command {
        AgentCommand::Post { seen, anyway, .. } => (seen.desk.0, anyway),
        _ => unreachable!(),
    };
    assert_eq!(seen(&mut seat), (1, false), "what was there when writing began");
    seat.refused(Refusal::Stale { newest: LineNo(2) });
    seat.sees("Not sent yet: somebody answered while you wrote.");
    seat.sees("── came while you wrote")
        .sees("Enter takes over + sends anyway")
        .sees("▏Hello");
    seat.press("<enter>");
    assert_eq!(seen(&mut seat), (2, true));
    seat.done(|desk| desk.taken("frank", ADA).replies("frank", ADA, "Hello"))
        .sees("✓ stored");
}

#[test]
fn another_text_after_a_held_one_is_not_sent_anyway() {
    let mut seat = at_frank();
    seat.press("Hello<enter>")
        .refused(Refusal::Stale { newest: LineNo(2) })
        .press("<ctrl-c>other<enter>");
    let AgentCommand::Post { anyway, .. } = seat.commands().remove(0) else {
        unreachable!()
    };
    assert!(!anyway);
}

#[test]
fn whoever_was_slower_keeps_the_text_and_is_told_who_won() {
    let mut seat = at_frank();
    let taken = Refusal::TakenBy {
        agent: agent(BO),
        since: Time(BENCH_START),
    };
    seat.press("Hello<enter>").refused(taken);
    seat.sees("Not sent: taken by Bo since 14:00. Text is kept.")
        .sees("▏Hello")
        .sees_no("waiting to send");
    seat.happens(|desk| desk.taken("frank", BO))
        .sees("Taken by Bo since 14:00");
    seat.press("<enter>")
        .sees("Bo has this conversation. Nothing was sent.")
        .sees("▏Hello");
    assert_eq!(seat.commands(), []);
}

#[test]
fn who_won_is_told_no_more_once_the_chat_has_another_owner() {
    let mut seat = at_frank();
    let taken = Refusal::TakenBy {
        agent: agent(BO),
        since: Time(BENCH_START),
    };
    seat.press("Hello<enter>").refused(taken);
    seat.happens(|desk| desk.taken("frank", BO))
        .sees("Not sent: taken by Bo since 14:00.");
    let to = minicom_protocol::event::Target::Agent { agent: agent(ADA) };
    seat.happens(|desk| desk.transferred("frank", BO, to))
        .sees_no("Not sent")
        .sees("▏Hello");
}

#[test]
fn up_brings_back_what_was_sent_in_this_chat_only() {
    let mut seat = at_bob();
    seat.press("for bob<enter><alt-2>for alice<enter>");
    seat.press("<up>").sees("▏for alice").press("<up>").sees("▏Hi Alice.");
    seat.press("<up>").sees("▏Hi Alice.").press("<down>").sees("▏for alice");
    seat.press("<down><alt-3><up>").sees("▏for bob").sees_no("▏for alice");
    seat.press("<up>").sees("▏Hi Bob.");
}

#[test]
fn up_brings_ones_own_replies_of_before_this_program() {
    let mut desk = Desk::new();
    desk.ago(90).says("alice", "hello").taken("alice", ADA);
    desk.replies("alice", ADA, "mine, the first")
        .replies("alice", ADA, "mine, the second")
        .replies("alice", BO, "a colleague's")
        .bot("alice", "the bot's");
    desk.ago(60).says("bob", "hello").taken("bob", ADA);
    let mut seat = Seat::at(desk, 80, 24);
    seat.press("<alt-2>").press("<up>").sees("▏mine, the second");
    seat.press("<up>").sees("▏mine, the first");
    seat.press("<up>").sees("▏mine, the first").press("<down><down>");
    // What is sent here is newer, and a fresh start of the connection doubles nothing.
    seat.press("one more<enter>");
    seat.connect();
    for brings in ["▏one more", "▏mine, the second", "▏mine, the first"] {
        seat.press("<up>").sees(brings);
    }
    seat.press("<ctrl-c><alt-1>").press("<up>").sees_no("▏mine");
}

#[test]
fn a_refused_line_whose_place_is_taken_says_so_itself() {
    let mut seat = at_bob();
    seat.press("first<enter>second");
    seat.refused(Refusal::NotOwner);
    seat.sees("✗ not sent: it is not yours any m›  r retry  d discard")
        .sees("▏second");
    seat.press("<esc>r");
    let AgentCommand::Post { text, anyway, .. } = seat.commands().remove(0) else {
        unreachable!()
    };
    assert_eq!((text.as_str(), anyway), ("first", true));
    let mut seat = at_bob();
    seat.press("first<enter>second")
        .refused(Refusal::NotOwner)
        .press("<esc>d")
        .sees_no("first");
    seat.press("d").sees("Nothing here was refused.");
}

#[test]
fn a_line_of_another_day_waits_for_a_word() {
    for (key, expected) in [("r", "Resend"), ("d", "Discard")] {
        let mut seat = at_bob();
        let id = minicom_protocol::ids::CommandId::from_bytes([3; 16]);
        let command = AgentCommand::Post {
            conversation: seat.desk.conversation("bob"),
            text: "from yesterday".to_owned(),
            seen: SeenLines::default(),
            take_over: false,
            anyway: false,
            quote: None,
            reply: None,
            article: None,
            file: None,
        };
        let age = Duration::from_secs(100_000);
        seat.client(ClientEvent::Stale { id, command, age })
            .sees("✗ not sent: older than a day");
        seat.press("<esc>").press(key);
        let ordered = seat.ordered();
        assert!(
            ordered.iter().any(|order| format!("{order:?}").starts_with(expected)),
            "{ordered:?}"
        );
        seat.sees_no("older than a day");
    }
}

#[test]
fn what_cannot_be_sent_stays_and_is_told() {
    let mut seat = at_bob();
    // One paste of that length would be a file.
    for _ in 0..2 {
        seat.bench.paste(&"x".repeat(8_500));
    }
    seat.press("<enter>").sees("too long to send");
    assert_eq!(seat.commands(), []);
    let mut seat = at_bob();
    seat.press("   <enter>");
    assert_eq!(seat.commands(), [], "nothing is written");
    seat.bench.paste("\u{2800}");
    seat.press("<enter>").sees("The message is empty.");
}

#[test]
fn a_paste_never_sends_and_goes_nowhere_in_the_list() {
    let mut seat = at_bob();
    seat.bench.paste("one\ntwo\n");
    assert_eq!(seat.commands(), []);
    seat.sees("▏one").press("<esc>");
    seat.bench.paste("q\nt\n");
    assert_eq!((seat.quit, seat.commands()), (None, vec![]));
}

#[test]
fn drafts_are_kept_for_each_conversation_and_on_disk() {
    let mut seat = at_bob();
    seat.press("half").advance(1);
    let bob = seat.desk.conversation("bob");
    let saved = |seat: &mut Seat| -> Vec<(minicom_protocol::ids::ConversationId, String)> {
        let saved = seat.ordered().into_iter().filter_map(|order| match order {
            Order::SaveDraft(draft) => Some((draft.conversation, draft.text)),
            _ => None,
        });
        saved.collect()
    };
    assert_eq!(saved(&mut seat), [(bob, "half".to_owned())]);
    seat.press(" a sentence<alt-4>").sees("Type a reply");
    assert_eq!(
        saved(&mut seat),
        [(bob, "half a sentence".to_owned())],
        "leaving saves at once"
    );
    assert!(seat.row_with("3 bob").contains("✎"));
    seat.press("<alt-3>").sees("▏half a sentence").press("<enter>");
    assert_eq!(saved(&mut seat), [], "the line is in the outbox first");
    seat.advance(1);
    assert_eq!(saved(&mut seat), [(bob, String::new())], "what is sent is no draft");
    seat.press("x").input(Input::Terminate);
    assert_eq!(saved(&mut seat), [(bob, "x".to_owned())]);
}

#[test]
fn drafts_are_looked_for_at_the_start_and_come_back() {
    let mut seat = Seat::at(desk(), 80, 24);
    let asked = seat.ordered().into_iter().find_map(|order| match order {
        Order::LoadDrafts(all) => Some(all),
        _ => None,
    });
    assert_eq!(asked.map(|all| all.len()), Some(5));
    let bob = seat.desk.conversation("bob");
    seat.bench.tell(crate::Msg::Drafts(vec![Draft {
        conversation: bob,
        kind: Kind::Reply,
        text: "from yesterday".to_owned(),
    }]));
    assert!(seat.row_with("3 bob").contains("✎"));
    seat.press("<alt-3>").sees("▏from yesterday");
}

#[test]
fn the_owner_who_types_says_so_now_and_then() {
    let mut seat = at_bob();
    seat.press("Hel");
    assert_eq!(typing(&mut seat), [true]);
    seat.advance(2).press("lo");
    assert_eq!(typing(&mut seat), Vec::<bool>::new());
    seat.advance(1).press("!");
    assert_eq!(typing(&mut seat), [true]);
    seat.press("<ctrl-c>");
    assert_eq!(typing(&mut seat), [false]);
    seat.press("x<alt-2>");
    assert_eq!(typing(&mut seat), [true, false], "whoever leaves does not go on typing");
    let mut seat = at_frank();
    seat.press("Hello");
    assert_eq!(typing(&mut seat), Vec::<bool>::new(), "not the owner");
}

#[test]
fn what_the_bot_is_saying_grows_and_its_line_takes_its_place() {
    let mut seat = at_frank();
    let so_far = |seat: &Seat, text: &str| seat.desk.bot_delta("frank", text);
    // In the list the newest line stands too.
    let lines = |seat: &Seat| {
        seat.bench
            .screen()
            .lines()
            .filter(|row| row.contains("A refund"))
            .count()
    };
    let (first, whole) = (so_far(&seat, "A refund"), so_far(&seat, "A refund takes a week."));
    seat.client(first).sees("A refund");
    seat.client(whole.clone()).sees("A refund takes a week.");
    assert_eq!(lines(&seat), 1, "one line that grows");
    seat.advance(6).sees_no("A refund");
    seat.client(whole).sees("A refund takes a week.");
    let late = so_far(&seat, "A refund takes a week. Or two");
    seat.happens(|desk| desk.bot("frank", "A refund takes a week."));
    assert!(lines(&seat) <= 2, "its line took its place:\n{}", seat.bench.screen());
    seat.client(late).sees_no("Or two");
    let begun = so_far(&seat, "It also");
    seat.client(begun).sees("It also");
    seat.happens(|desk| desk.taken("frank", BO)).sees_no("It also");
}

#[test]
fn others_who_type_are_told_for_six_seconds() {
    let mut seat = at_bob();
    let types = seat.desk.types("bob", Typist::Customer, true);
    seat.client(types)
        .sees("bob is typing")
        .advance(5)
        .sees("bob is typing")
        .advance(1)
        .sees_no("is typing");
    assert_eq!(seat.bench.deadline().map(|at| at > Duration::from_secs(6)), Some(true));
    let types = seat.desk.types("bob", Typist::Agent { agent: agent(ADA) }, true);
    seat.client(types).sees_no("is typing");
}

/// Rows that two screens do not share.
fn rows_between(before: &str, after: &str) -> usize {
    before
        .lines()
        .zip(after.lines())
        .filter(|(before, after)| before != after)
        .count()
}

#[test]
fn what_is_told_in_passing_moves_nothing() {
    for (width, height) in [(80, 24), (120, 40), (200, 60)] {
        let mut seat = Seat::at(desk(), width, height);
        seat.press("<alt-3>");
        let before = seat.bench.screen();
        let types = seat.desk.types("bob", Typist::Customer, true);
        seat.client(types).sees("bob is typing");
        assert_eq!(rows_between(&before, &seat.bench.screen()), 1, "{width}x{height}");
        seat.press("<alt-9>").sees("There is no row 9.");
        assert_eq!(rows_between(&before, &seat.bench.screen()), 1, "{width}x{height}");
    }
}

// Handing back and ending.

#[test]
fn hand_back_by_its_keys_and_its_undo_is_to_take_over() {
    for keys in ["<f4>", "<esc>b"] {
        let mut seat = at_bob();
        seat.press(keys).done(|desk| desk.handed_back("bob", ADA));
        seat.sees("Handed back to the bot, ^T takes it over again.")
            .sees("BOT 2");
        seat.press("<ctrl-t>")
            .done(|desk| desk.taken("bob", ADA))
            .sees("MINE 2");
    }
    at_frank().press("<f4>").sees("The bot has it already.");
    let mut seat = seat();
    seat.press("<f4>");
    assert_eq!(seat.commands().len(), 1, "out of the queue anybody may");
}

#[test]
fn done_waits_five_seconds() {
    for keys in ["<ctrl-d>", "<f9>", "<esc>e"] {
        let mut seat = at_bob();
        seat.press(keys)
            .sees("ends in 5 s · F9 undoes")
            .advance(2)
            .sees("ends in 3 s");
        assert_eq!(seat.commands(), []);
        seat.advance(3);
        let bob = seat.desk.conversation("bob");
        let expected = AgentCommand::Close {
            conversation: bob,
            seen: LineNo(1),
        };
        assert_eq!(
            seat.bench.app.replica.pending_commands().next().unwrap().command,
            expected
        );
        seat.done(|desk| desk.closed("bob", Closer::Agent { agent: agent(ADA) }));
        seat.sees("The chat with bob has ended.")
            .sees("DONE 1")
            .sees("Enter sends nothing");
    }
}

/// Whoever writes a note or changes a line has pressed the key as well.
#[test]
fn the_end_of_a_chat_is_told_above_a_note_and_a_change_too() {
    let mut seat = at_bob();
    seat.press("<tab>").sees("Tab: reply").press("<f9>");
    seat.sees("══ NOTE: only agents see this ═════════ ends in 5 s ══")
        .advance(2)
        .sees("ends in 3 s");
    seat.press("<f9>").sees_no("ends in").sees("Tab: reply");
    let mut wide = Seat::at(desk(), 120, 40);
    wide.press("<alt-3><tab><f9>")
        .sees("NOTE: only agents see this")
        .sees("ends in 5 s · F9 undoes");
    let mut seat = at_bob();
    seat.happens(|desk| desk.replies("bob", ADA, "on its wya"));
    seat.press("<alt-e>").sees("Edit your line").press("<f9>");
    seat.sees("Edit your line").sees("ends in 5 s · F9 undoes");
    seat.press("<f9>").sees_no("ends in").sees("Enter changes it");
}

/// What lies over the list takes letters for itself: a hint that names one would be typed.
#[test]
fn what_lies_over_the_list_names_a_key_for_the_help_that_works_there() {
    for keys in ["f", "x", "p", "#", "/", ":", "%", "L", "w"] {
        let mut seat = at_bob();
        seat.press("<esc>").sees(" ? help").press(keys);
        seat.sees(" F1 help")
            .sees_no("? help")
            .press("<f1>")
            .sees("Keys: Esc closes");
    }
}

#[test]
fn done_can_be_undone() {
    for undo in [
        "<f9>",
        "<ctrl-d>",
        "<ctrl-_>",
        "<esc>u",
        "<esc><ctrl-_>",
        "<esc>e",
        "hello<enter>",
    ] {
        let mut seat = at_bob();
        seat.press("<ctrl-d>").advance(4).press(undo).sees_no("ends in");
        seat.advance(20);
        assert!(
            !seat
                .commands()
                .iter()
                .any(|it| matches!(it, AgentCommand::Close { .. })),
            "{undo}"
        );
    }
    at_bob().press("<esc>u").sees("There is nothing to undo.");
}

#[test]
fn a_new_line_of_the_customer_undoes_done() {
    let mut seat = at_bob();
    seat.press("<ctrl-d>").happens(|desk| desk.says("bob", "wait"));
    seat.sees("bob has written again: the chat was not ended.").advance(20);
    assert_eq!(seat.commands(), []);
}

#[test]
fn done_goes_on_elsewhere_and_is_sent_at_once_at_the_end() {
    let mut seat = at_bob();
    seat.press("<ctrl-d><alt-4>").advance(5);
    assert_eq!(seat.commands().len(), 1);
    let mut seat = at_bob();
    seat.press("<ctrl-d><esc>q");
    assert!(matches!(seat.commands()[..], [AgentCommand::Close { .. }]));
    assert_eq!(seat.quit, Some(0));
    let mut seat = at_bob();
    seat.press("<ctrl-d>").input(Input::Terminate);
    assert_eq!(seat.commands().len(), 1);
}

#[test]
fn whoever_comes_back_is_followed_with_what_is_being_written() {
    let mut seat = at_bob();
    seat.press("half")
        .happens(|desk| desk.closed("bob", Closer::Customer))
        .sees("Enter sends nothing");
    seat.happens(|desk| desk.says("bob", "I am back"))
        .sees("Enter takes over + sends")
        .sees("▏half");
    assert!(
        seat.row_with("›").contains("bot"),
        "the cursor is on the new conversation"
    );
    // But nobody is torn away from what is being read.
    let mut seat = at_bob();
    seat.happens(|desk| (0..40).fold(desk, |desk, n| desk.says("bob", &format!("line {n}"))));
    seat.happens(|desk| desk.closed("bob", Closer::Customer))
        .press("<pgup>");
    let before = seat.bench.app.conversation();
    seat.happens(|desk| desk.says("bob", "I am back"));
    assert_eq!(seat.bench.app.conversation(), before);
}

/// The drafts on disk, as the thread that keeps them does it: one order after the other.
#[derive(Default)]
struct Disk(BTreeMap<(ConversationId, Kind), String>);

impl Disk {
    /// What was ordered since the last time is done and answered.
    fn works(&mut self, seat: &mut Seat) {
        for order in seat.ordered() {
            match order {
                Order::SaveDraft(draft) => {
                    self.0.insert((draft.conversation, draft.kind), draft.text);
                    self.0.retain(|_, text| !text.is_empty());
                }
                Order::LoadDrafts(conversations) => {
                    let draft = |((conversation, kind), text): (&(ConversationId, Kind), &String)| Draft {
                        conversation: *conversation,
                        kind: *kind,
                        text: text.clone(),
                    };
                    let wanted = self.0.iter().filter(|it| conversations.contains(&it.0.0));
                    seat.input(Input::Message(Msg::Drafts(wanted.map(draft).collect())));
                }
                _ => {}
            }
        }
    }

    fn of(&self, conversation: ConversationId, kind: Kind) -> &str {
        self.0.get(&(conversation, kind)).map_or("", String::as_str)
    }
}

fn written(seat: &mut Seat, conversation: ConversationId, mode: Mode) -> String {
    let written = seat.bench.app.writing.of(conversation);
    let was = written.mode();
    written.set_mode(mode);
    let text = written.current().text();
    written.set_mode(was);
    text
}

#[test]
fn what_goes_along_with_a_customer_stands_there_once() {
    let mut seat = at_bob();
    let (mut disk, before) = (Disk::default(), seat.desk.conversation("bob"));
    seat.press("half<tab>about bob<tab><ctrl-o>/tmp/a<enter>");
    let (text, found) = ("/tmp/a".to_owned(), Ok(vec!["/tmp/a".into()]));
    seat.input(Input::Message(Msg::Files(Told::Found { text, found })))
        .advance(1);
    disk.works(&mut seat);
    assert_eq!(disk.of(before, Kind::Reply), "half");
    seat.happens(|desk| desk.closed("bob", Closer::Customer))
        .happens(|desk| desk.says("bob", "I am back"));
    disk.works(&mut seat);
    let after = seat.desk.conversation("bob");
    assert_eq!(written(&mut seat, after, Mode::Reply), "half");
    assert_eq!(written(&mut seat, after, Mode::Note), "about bob");
    assert_eq!(seat.bench.app.files.beside(after).map(Attachments::len), Some(1));
    seat.advance(1);
    disk.works(&mut seat);
    assert_eq!(disk.0.keys().filter(|it| it.0 == before).count(), 0);
    assert_eq!(
        (disk.of(after, Kind::Reply), disk.of(after, Kind::Note)),
        ("half", "about bob")
    );
}

/// A program that began with an older desk hears once more that the customer came back.
#[test]
fn what_an_earlier_program_kept_for_whoever_came_back_is_not_lost() {
    let mut seat = at_bob();
    let mut disk = Disk::default();
    seat.press("half").happens(|desk| desk.closed("bob", Closer::Customer));
    seat.desk.says("bob", "I am back");
    let after = seat.desk.conversation("bob");
    for (kind, text) in [(Kind::Reply, "Hello, "), (Kind::Note, "about bob")] {
        disk.0.insert((after, kind), text.to_owned());
    }
    seat.hear();
    disk.works(&mut seat);
    assert_eq!(written(&mut seat, after, Mode::Reply), "Hello, half");
    assert_eq!(written(&mut seat, after, Mode::Note), "about bob");
    seat.advance(1);
    disk.works(&mut seat);
    assert_eq!(
        (disk.of(after, Kind::Reply), disk.of(after, Kind::Note)),
        ("Hello, half", "about bob")
    );
}

#[test]
fn done_that_is_refused_says_why() {
    let mut seat = at_bob();
    seat.press("<ctrl-d>")
        .advance(5)
        .refused(Refusal::Unseen { newest: LineNo(2) });
    seat.sees("The customer has written again. Read it, then end");
    seat.press("<esc>").sees_no("The customer has written again");
}

#[test]
fn done_is_for_the_owner_and_for_what_nobody_owns() {
    let mut seat = at_frank();
    seat.press("<ctrl-d>").sees("ends in 5 s");
    let mut seat = self::seat();
    seat.press("<esc>G<enter>je")
        .sees("Bo has it since 13:56; only the owner or an admin");
    seat.advance(10);
    assert_eq!(seat.commands(), []);
}

#[test]
fn ctrl_d_with_text_deletes() {
    let mut seat = at_bob();
    seat.press("ab<ctrl-a><ctrl-d>").sees("▏b").sees_no("ends in");
}

// Scrolling.

#[test]
fn older_lines_are_asked_for_at_the_top_and_the_view_does_not_move() {
    let mut desk = desk();
    (0..200).for_each(|n| {
        desk.ago(200 - n).says("bob", &format!("line {n}"));
    });
    let mut seat = Seat::at(desk, 80, 24);
    seat.press("<alt-2>").sees("line 199");
    for _ in 0..3 {
        seat.press("<pgup>");
    }
    seat.sees("End to jump");
    let mut seen = seat.bench.screen();
    for _ in 0..20 {
        seat.press("<pgup>");
        let screen = seat.bench.screen();
        assert_ne!(screen, seen);
        seen = screen;
        if seen.contains("you took over") {
            break;
        }
    }
    seat.sees("you took over")
        .press("<end>")
        .sees("line 199")
        .sees_no("End to jump");
}

#[test]
fn scrolling_keys_and_the_bar() {
    let mut seat = at_bob();
    seat.happens(|desk| (0..40).fold(desk, |desk, n| desk.says("bob", &format!("line {n}"))));
    seat.press("<pgup>")
        .happens(|desk| desk.says("bob", "below").says("bob", "below too"));
    seat.sees("[ 2 new messages below · End to jump ]").sees_no("below too");
    seat.press("<shift-up><shift-down><pgdn>")
        .press("<esc>")
        .sees("below too");
    assert_eq!(seat.bench.app.focus, Focus::Compose, "Esc goes to the end first");
    seat.press("<esc>");
    assert_eq!(seat.bench.app.focus, Focus::List);
}

#[test]
fn the_bar_names_a_key_that_leads_to_the_latest_from_where_one_is() {
    let below = |seat: &mut Seat, key: &str| {
        seat.sees(&format!("[ {key} to jump to the latest ]"));
        seat.press(&format!("<{}>", key.to_lowercase()));
        assert!(seat.bench.app.chat.as_ref().unwrap().transcript.is_at_end(), "{key}");
    };
    let mut seat = at_bob();
    seat.happens(|desk| (0..40).fold(desk, |desk, n| desk.says("bob", &format!("line {n}"))));
    seat.press("<pgup>");
    below(&mut seat, "End");
    // End is the text's own as soon as there is one.
    seat.press("half<pgup>");
    below(&mut seat, "Esc");
    seat.press("<pgup><esc><esc>").sees(" n next").press("<pgup>");
    below(&mut seat, "End");
    // Where Esc leads elsewhere too, a page down is what there is.
    let mut seat = at_bob();
    seat.happens(|desk| (0..40).fold(desk, |desk, n| desk.says("bob", &format!("line {n}"))));
    seat.happens(|desk| desk.replies("bob", ADA, "mine"));
    seat.press("<alt-e>").sees("Edit your line").press("<pgup>");
    seat.sees("[ PgDn for newer messages ]")
        .happens(|desk| desk.says("bob", "below"));
    seat.sees("[ 1 new message below · PgDn scrolls ]")
        .press("<pgdn><pgdn>");
    assert!(seat.bench.app.chat.as_ref().unwrap().transcript.is_at_end());
    // What lies over the chat has the keys.
    seat.press("<esc><esc><pgup>f").sees("[ the latest is below ]");
}

#[test]
fn the_footer_says_what_esc_does_while_names_are_offered() {
    let mut seat = at_bob();
    seat.press("<tab>@b").sees("›@Bo").sees("Esc closes");
    seat.press("<esc>").sees_no("Esc closes").sees("Esc list");
    assert_eq!(seat.bench.app.focus, Focus::Compose);
}

#[test]
fn sending_goes_to_the_end() {
    let mut seat = at_bob();
    seat.happens(|desk| (0..40).fold(desk, |desk, n| desk.says("bob", &format!("line {n}"))));
    seat.press("<pgup>answer<enter>")
        .sees("you     answer")
        .sees_no("End to jump");
}

#[test]
fn the_unread_divider_can_be_gone_to() {
    let mut desk = desk();
    (0..40).for_each(|n| {
        desk.ago(30).says("alice", &format!("line {n}"));
    });
    let mut seat = Seat::at(desk, 80, 24);
    seat.press("<alt-2>")
        .sees_no("41 new")
        .press("<alt-u>")
        .sees("── 41 new")
        .press("<end>")
        .sees("line 39");
}

// Attention.

#[test]
fn the_bell_rings_for_what_is_not_looked_at() {
    let mut seat = seat();
    assert_eq!(seat.bells, 0, "not for what was there");
    seat.happens(|desk| desk.says("zoe", "hi"));
    assert_eq!(seat.bells, 0, "the bot answers");
    seat.happens(|desk| desk.asks("zoe"));
    assert_eq!(seat.bells, 1);
    seat.happens(|desk| desk.says("alice", "hello?"));
    assert_eq!(seat.bells, 1, "not twice in two seconds");
    seat.advance(2).happens(|desk| desk.says("alice", "hello?"));
    assert_eq!(seat.bells, 2);
    seat.advance(2)
        .press("<alt-4>")
        .happens(|desk| desk.says("frank", "hm"));
    assert_eq!(seat.bells, 2, "the bot's");
}

#[test]
fn no_bell_for_the_open_chat_unless_nobody_looks() {
    let mut seat = at_bob();
    seat.happens(|desk| desk.says("bob", "hi"));
    assert_eq!(seat.bells, 0);
    seat.input(Input::Focus(false)).happens(|desk| desk.says("bob", "hi"));
    assert_eq!(seat.bells, 1);
}

#[test]
fn whoever_came_into_the_queue_meanwhile_rings_once() {
    let mut seat = seat();
    seat.lose();
    seat.desk.says("zoe", "hi").asks("zoe");
    seat.connect();
    assert_eq!(seat.bells, 1);
    seat.lose().connect();
    assert_eq!(seat.bells, 1);
}

#[test]
fn the_title_counts_who_wants_something() {
    let mut seat = seat();
    assert_eq!(seat.title, "(2) minicom", "carol waits, alice is unread");
    seat.happens(|desk| desk.taken("carol", BO).reads("alice", Side::Desk));
    assert_eq!(seat.title, "minicom");
}

// The connection.

#[test]
fn what_needs_a_connection_is_refused_and_the_words_go_with_the_cause() {
    for (keys, what) in [
        ("<alt-4><ctrl-t>", "Take over"),
        ("<alt-4>hello<enter>", "Take over"),
        ("<alt-3><f4>", "Hand back"),
        ("<alt-3><f9>", "Done"),
    ] {
        let mut seat = seat();
        seat.lose()
            .press(keys)
            .sees(&format!("{what} needs a connection. Drafts are kept."));
        assert_eq!(seat.commands(), [], "{keys}");
        seat.resume().sees_no("needs a connection");
    }
}

#[test]
fn owned_conversations_can_be_answered_without_a_connection() {
    let mut seat = at_bob();
    seat.lose()
        .sees("kept here, sent when back")
        .press("later<enter>")
        .sees("... waiting to send");
    assert_eq!(seat.commands().len(), 1);
}

#[test]
fn next_without_a_connection_opens_one_of_mine_only() {
    let mut seat = seat();
    seat.lose()
        .press("<ctrl-n>")
        .sees("This chat is shown when there is a connection.");
    seat.resume().sees("one more thing").press("<alt-1>");
    seat.lose().press("<ctrl-n>").sees("one more thing");
    assert_eq!(seat.commands(), []);
    seat.resume().happens(|desk| desk.replies("alice", ADA, "yes?"));
    seat.lose().press("<ctrl-n>").sees("Next needs a connection.");
}

#[test]
fn next_is_told_or_done_also_where_an_earlier_one_has_no_answer_yet() {
    let mut seat = seat();
    let (alice, bob) = (seat.desk.conversation("alice"), seat.desk.conversation("bob"));
    seat.sees("next: alice").press("<ctrl-n>");
    let (id, command) = seat.sent().remove(0);
    seat.press("<alt-3>");
    assert_eq!(seat.bench.app.conversation(), Some(bob));
    seat.lose().press("<ctrl-n>");
    assert_eq!(seat.bench.app.conversation(), Some(alice), "one's own needs nobody");
    // The answer to the earlier one does not lead away again.
    let done = Done {
        conversation: Some(bob),
        ..Done::default()
    };
    let outcome = Outcome::Done(done);
    seat.resume().client(ClientEvent::Answered { id, command, outcome });
    assert_eq!(seat.bench.app.conversation(), Some(alice));

    let mut seat = self::seat();
    seat.happens(|desk| desk.replies("alice", ADA, "yes?"))
        .sees("next: carol")
        .press("<ctrl-n>")
        .lose()
        .press("<ctrl-n>")
        .sees("Next needs a connection.");
}

#[test]
fn the_wheel_goes_no_further_than_the_end_of_the_help() {
    let mut seat = seat();
    let wheel = |up| Input::Wheel {
        up,
        at: Position { x: 40, y: 10 },
    };
    seat.press("<f1>");
    for _ in 0..200 {
        seat.input(wheel(false));
    }
    let end = seat.bench.screen();
    seat.input(wheel(true));
    assert_ne!(seat.bench.screen(), end);
    seat.input(wheel(false));
    assert_eq!(seat.bench.screen(), end);
}

#[test]
fn f5_connects_now() {
    let mut seat = seat();
    seat.press("<f5>").sees("There is a connection.").lose().press("<f5>");
    assert!(seat.ordered().contains(&Order::ReconnectNow));
}

#[test]
fn after_a_fresh_start_the_thread_and_the_text_are_there() {
    let mut seat = at_bob();
    seat.press("half").lose();
    seat.desk.says("bob", "meanwhile");
    seat.connect().sees("meanwhile").sees("▏half");
}

#[test]
fn a_conversation_that_is_gone_closes_its_chat() {
    let mut seat = at_bob();
    seat.desk = Desk::new();
    seat.desk.says("zoe", "hi");
    seat.connect().sees_no("Reply to").sees("Choose a conversation");
    seat.press("q").sees("No chat is open, so this goes to nobody");
    assert_eq!(seat.quit, None);
}

#[test]
fn an_order_that_was_not_taken_is_told_and_the_text_comes_back() {
    let mut seat = at_bob();
    seat.press("hello<enter>");
    let (id, _) = seat.sent().remove(0);
    let why = minicom_tui_kit::Shown::fixed("1000 messages wait to be sent already.");
    seat.bench.tell(crate::Msg::Unsent { id, why });
    seat.sees("Not sent: 1000 messages wait")
        .sees("▏hello")
        .sees_no("waiting to send");
}

#[test]
fn at_the_end_of_a_connection_only_the_end_is_left() {
    for (ended, code) in [
        (Ended::SignedOut, 77),
        (
            Ended::WrongVersion {
                client: 1,
                min: 2,
                max: 2,
            },
            78,
        ),
    ] {
        let mut seat = at_bob();
        seat.press("draft")
            .client(ClientEvent::State(ConnState::SignedOut))
            .client(ClientEvent::Ended(ended));
        seat.press("<ctrl-n>hello");
        assert_eq!(seat.commands(), []);
        seat.press("<ctrl-c>");
        assert_eq!(seat.quit, Some(code));
        assert!(
            seat.ordered()
                .iter()
                .any(|it| matches!(it, Order::SaveDraft(draft) if draft.text == "draft"))
        );
    }
}

#[test]
fn who_is_signed_out_signs_in_again_from_the_screen() {
    for (ended, mends) in [
        (Ended::SignedOut, true),
        (Ended::Refused(Refusal::NewPasswordRequired), true),
        (Ended::Refused(Refusal::Forbidden), false),
    ] {
        let mut seat = at_bob();
        seat.press("draft").client(ClientEvent::Ended(ended)).press("s");
        let orders = seat.ordered();
        assert_eq!(orders.contains(&Order::SignIn), mends);
        assert_eq!(seat.quit.is_some(), mends);
        let kept = orders
            .iter()
            .any(|it| matches!(it, Order::SaveDraft(draft) if draft.text == "draft"));
        assert_eq!(kept, mends, "what is written is on the disk before");
    }
}

// Leaving.

#[test]
fn ctrl_c_clears_then_asks_then_quits() {
    let mut seat = at_bob();
    seat.press("text<ctrl-c>")
        .sees("Cleared. ^_ brings it back.")
        .press("<ctrl-_>")
        .sees("▏text")
        .sees_no("brings it back")
        .press("<ctrl-c>");
    seat.press("<ctrl-c>")
        .sees("^C again to quit.")
        .advance(2)
        .sees_no("again to quit");
    assert_eq!(seat.quit, None);
    seat.press("<ctrl-c><ctrl-c>");
    assert_eq!(seat.quit, Some(0));
}

#[test]
fn any_key_between_takes_back_the_wish_to_quit() {
    for between in [
        "/<esc>",
        "<esc>",
        "<f1><esc>",
        "<esc>:<esc>",
        "<esc>?<esc>",
        "<esc>i",
        "<esc><enter>",
        "<f8>",
    ] {
        let mut seat = at_bob();
        seat.press("<ctrl-c>").press(between).press("<ctrl-c>");
        assert_eq!(seat.quit, None, "{between}");
        seat.press("<ctrl-c>");
        assert_eq!(seat.quit, Some(0), "{between}");
    }
}

/// In another chat it would be told of that one.
#[test]
fn what_is_told_of_the_keys_in_one_chat_goes_with_it() {
    let mut seat = Seat::at(Desk::new(), 80, 24);
    seat.press("x").happens(|desk| desk.says("zoe", "hi"));
    seat.sees("No chat is open").press("<alt-1>");
    seat.sees("Reply to").sees_no("No chat is open");
    for (keys, told) in [
        ("text<ctrl-c>", "Cleared."),
        ("<ctrl-c>", "^C again to quit."),
        ("<ctrl-g>", "^G does nothing here."),
    ] {
        let mut seat = at_bob();
        seat.press(keys).sees(told).press("<alt-2>").sees_no(told);
        // Nor does it quit any more.
        seat.press("<ctrl-c>");
        assert_eq!(seat.quit, None);
    }
    // Nor is a result of what was done there told of another one.
    let mut seat = at_bob();
    seat.press("<ctrl-t>").sees("It is yours already.");
    seat.press("<alt-2>").sees_no("yours already");
    let mut seat = at_bob();
    seat.press("<esc>#vip<enter>")
        .done(|desk| desk.tagged("bob", ADA, &["vip"]));
    seat.press("<esc>").sees("Tagged vip.");
    seat.press("<alt-2>").sees_no("Tagged vip");
    let mut seat = at_bob();
    let until = Time(BENCH_START + 900_000_000);
    seat.press("<esc>s15m<enter>")
        .done(|desk| desk.snoozed("bob", ADA, Some(until)));
    seat.sees("Put aside until").press("<alt-2>").sees_no("Put aside until");
    // What was done at the desk is told wherever one goes.
    let mut seat = at_bob();
    seat.press("<f9><f9>")
        .sees("Kept: the chat")
        .press("<alt-2>")
        .sees("Kept: the chat");
}

#[test]
fn q_quits_and_asks_once_if_something_is_unsent() {
    let mut seat = seat();
    seat.press("q<esc>q");
    assert_eq!(seat.quit, Some(0));
    let mut seat = at_bob();
    seat.lose()
        .press("later<enter><esc>q")
        .sees("1 line not sent yet, kept here. q again to quit.");
    assert_eq!(seat.quit, None);
    seat.press("q");
    assert_eq!(seat.quit, Some(0));
}

#[test]
fn help_opens_scrolls_and_closes() {
    let mut seat = seat();
    seat.press("<f1>")
        .sees("Keys: Esc closes")
        .sees("^N F2")
        .press("<pgdn><pgdn><pgdn>")
        .sees("what I sent before");
    seat.press("<up><esc>").sees_no("Keys: Esc closes");
    seat.press("<f1>")
        .sees("^N F2")
        .press("<end>")
        .sees("what I sent before");
    // What lies beneath takes no keys: the footer tells those of the help.
    seat.press("<home>")
        .sees("^N F2")
        .sees("Home End scroll")
        .sees_no("Esc list")
        .sees_no("F1 help");
    seat.press("<esc>").sees("F1 help");
    seat.press("<esc>?")
        .sees("back to the bot")
        .press("G")
        .sees("to the shell")
        .press("g")
        .sees("back to the bot")
        .press("q")
        .sees_no("Keys: Esc closes");
    assert_eq!(seat.quit, None);
}

#[test]
fn what_is_typed_over_the_help_is_text_or_nothing_and_never_an_order() {
    let mut seat = seat();
    seat.press("<f1>").sees("Keys: Esc closes").press("good day");
    seat.sees_no("Keys: Esc closes").sees("good day");
    seat.press("<ctrl-u><esc>?").sees("Keys: Esc closes").press("/snooze");
    seat.sees("Keys: Esc closes").press("?").sees_no("Keys: Esc closes");
    seat.sees_no("Snooze");
}

#[test]
fn the_help_explains_every_key_whole_at_every_size() {
    for (width, height) in [(40, 12), (50, 12), (80, 24), (120, 40)] {
        for focus in ["", "<esc>"] {
            let mut seat = seat();
            seat.bench.resize(width, height);
            seat.press(focus).press("<f1>").sees("Keys: Esc closes");
            help_is_whole(&mut seat.bench);
        }
    }
}

#[test]
fn details_by_width() {
    let mut seat = seat();
    seat.sees_no("CUSTOMER")
        .press("<f8>")
        .sees("CUSTOMER")
        .press("x")
        .sees_no("CUSTOMER")
        .sees("▏x");
    let mut wide = Seat::at(desk(), 120, 40);
    wide.sees("CUSTOMER")
        .press("<f8>")
        .sees_no("CUSTOMER")
        .press("<f8>")
        .sees("CUSTOMER");
}

// Time.

#[test]
fn nobody_waits_and_nothing_wakes_the_program() {
    let mut desk = Desk::new();
    desk.ago(100).says("frank", "prices?").bot("frank", "Here they are.");
    desk.ago(90)
        .says("bob", "hello")
        .taken("bob", ADA)
        .replies("bob", ADA, "Hi.")
        .reads("bob", Side::Desk);
    let seat = Seat::at(desk, 120, 40);
    assert_eq!(seat.bench.deadline(), None);
}

#[test]
fn waiting_times_wake_it_when_a_label_changes() {
    let mut seat = seat();
    let mut wakes = 0;
    let end = seat.bench.now().elapsed + Duration::from_secs(10);
    while let Some(at) = seat.bench.deadline().filter(|at| *at < end) {
        let left = at.saturating_sub(seat.bench.now().elapsed);
        seat.bench.advance(left);
        wakes += 1;
    }
    assert!(
        (9..=31).contains(&wakes),
        "{wakes} wakes for four labels in ten seconds"
    );
    seat.sees("4:1");
    let hour = {
        let mut desk = Desk::new();
        desk.ago(2 * 3_600).says("carol", "hi").asks("carol");
        Seat::at(desk, 80, 24)
    };
    let left = hour.bench.deadline().unwrap().saturating_sub(hour.bench.now().elapsed);
    assert!(left >= Duration::from_secs(59), "{left:?}");
}

#[test]
fn the_waiting_time_gets_louder() {
    let of = |seconds, habits| {
        let mut desk = Desk::new();
        desk.ago(seconds).says("carol", "hi").asks("carol");
        let mut seat = Seat::at(desk, 80, 24);
        seat.bench.app.habits = habits;
        let styled = seat.bench.styled();
        let label = minicom_tui_kit::time::waiting(seconds * 1_000_000);
        let row = styled
            .lines()
            .filter(|row| row.trim_start().starts_with("3 "))
            .find(|row| row.ends_with(&label));
        row.unwrap_or_else(|| panic!("{styled}"))
            .split_whitespace()
            .skip(2)
            .collect::<Vec<_>>()
            .join(" ")
    };
    let at = |seconds| of(seconds, Habits::default());
    assert_eq!(at(119), "red 1:59");
    assert_eq!(at(120), "red bold 2:00");
    assert_eq!(at(299), "red bold 4:59");
    assert_eq!(at(300), "red bold reversed 5:00");
    let at = |seconds| {
        let own = Habits {
            long: Duration::from_secs(30),
            too_long: Duration::from_secs(60),
            ..Habits::default()
        };
        of(seconds, own)
    };
    assert_eq!(at(29), "red 0:29");
    assert_eq!(at(30), "red bold 0:30");
    assert_eq!(at(60), "red bold reversed 1:00");
}

#[test]
fn what_waits_for_me_weighs_more_than_what_only_happened() {
    let seat = seat();
    let (screen, styled) = (seat.bench.screen(), seat.bench.styled());
    let count_of = |name: &str| {
        let row = screen.lines().position(|row| row.contains(name)).unwrap();
        let styles = styled.lines().skip_while(|line| *line != "--- styles");
        let styles: Vec<Vec<&str>> = styles.map(|line| line.split_whitespace().collect()).collect();
        let number = row.to_string();
        let count = styles
            .iter()
            .find(|it| it.first() == Some(&number.as_str()) && it.get(1) == Some(&"12-12"));
        count.unwrap_or_else(|| panic!("{name}\n{styled}"))[2..].join(" ")
    };
    assert_eq!(count_of("2 alice"), "cyan bold 1", "she has written to Ada");
    assert_eq!(count_of("4 frank"), "dim 1", "the bot answers him");
}

#[test]
fn the_cursor_is_where_typing_goes() {
    let mut seat = Seat::with(desk(), 80, 24, Theme::mono());
    seat.press("<alt-3>ab");
    assert_eq!(seat.bench.cursor(), Position { x: 30, y: 21 });
    seat.press("<esc>");
    assert_eq!(seat.bench.cursor(), Position { x: 0, y: 6 }, "in the list, on its row");
    assert_eq!(now(&seat), BENCH_START);
}

#[test]
fn keys_are_for_the_composer_from_the_start_whoever_waits() {
    // Nobody does: nothing that is typed goes anywhere, and no letter is a word of the list.
    let mut seat = Seat::at(Desk::new(), 80, 24);
    seat.press("q").sees("No chat is open, so this goes to nobody");
    assert_eq!(seat.quit, None);
    seat.press("<esc>q");
    assert_eq!(seat.quit, Some(0));
    // Somebody does: a letter is the beginning of a line, and nothing goes out.
    let mut seat = at_bob();
    seat.press("q").sees("q");
    assert_eq!(seat.quit, None);
}

#[test]
fn the_address_that_is_not_reached_is_told_until_it_is() {
    let mut seat = Seat::away(80, 24, Theme::ansi());
    let why = "cannot reach http://127.0.0.1:9: Connection refused (os error 111)".to_owned();
    let (retry_at, attempt) = (client_start() + Duration::from_secs(9), 1);
    seat.client(ClientEvent::State(ConnState::Reconnecting { retry_at, attempt, why }));
    seat.sees("cannot reach http://127.0.0.1:9: Connection refused");
    seat.connect().sees_no("cannot reach");
}

#[test]
fn why_there_is_no_connection_is_told_as_soon_as_there_is_room_for_it_and_once() {
    let mut seat = seat();
    seat.happens(|desk| desk.says("zoe", "hi").asks("zoe"))
        .sees("zoe waits");
    seat.lose().sees_no("connection refused");
    seat.advance(5).sees("connection refused");
    seat.press("<esc>").sees_no("connection refused");
    seat.lose().sees_no("connection refused");
    seat.connect().lose().sees("connection refused");
}
