//! What can be done in each state of the connection, and what stands where there is nothing to show.

use std::time::{Duration, SystemTime};

use minicom_client::{ClientEvent, ConnState};
use minicom_protocol::command::AgentCommand;
use minicom_tui_kit::{Shown, Theme, config::Config};

use crate::{
    app::Msg,
    keys,
    testing::{ADA, Desk, Seat},
};

/// carol waits, bob is Ada's, frank is the bot's.
fn desk() -> Desk {
    let mut desk = Desk::new();
    desk.ago(260).says("carol", "human please").asks("carol");
    desk.ago(230)
        .says("bob", "hello")
        .taken("bob", ADA)
        .replies("bob", ADA, "Hi Bob.");
    desk.ago(220).says("frank", "prices?").bot("frank", "Here they are.");
    desk
}

fn seat() -> Seat {
    let mut seat = Seat::at(desk(), 80, 24);
    seat.ordered();
    seat
}

/// Every state in which there is no connection yet, or not any more, or not at the moment; with its words.
fn without_a_connection(seat: &Seat) -> Vec<(ConnState, &'static str)> {
    let retry_at = seat.start + seat.bench.now().elapsed + Duration::from_secs(9);
    let (why, since) = (|| "connection refused".to_owned(), SystemTime::UNIX_EPOCH);
    let attempt = 1;
    vec![
        (ConnState::Connecting, "connecting"),
        (
            ConnState::Reconnecting {
                retry_at,
                attempt,
                why: why(),
            },
            "reconnecting 9s",
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
}

#[test]
fn in_every_state_without_a_connection_lines_wait_and_orders_are_refused_until_it_is_back() {
    for at in 0..without_a_connection(&seat()).len() {
        let mut seat = seat();
        let (state, words) = without_a_connection(&seat).remove(at);
        seat.press("<alt-2>").sees("Reply to bob").ordered();
        seat.client(ClientEvent::State(state)).sees(words);
        seat.press("kept<enter>").sees("... waiting to send");
        let sent = seat.commands();
        assert!(
            matches!(&sent[..], [AgentCommand::Post { text, take_over: false, .. }] if text == "kept"),
            "{words}: {sent:?}"
        );
        for (keys, what) in [
            ("<f9>", "Done"),
            ("<f4>", "Hand back"),
            ("<f7>", "Transfer"),
            ("<alt-3><ctrl-t>", "Take over"),
            ("hello<enter>", "Take over"),
        ] {
            seat.press(keys)
                .sees(&format!("{what} needs a connection. Drafts are kept."));
            assert_eq!(seat.commands(), [], "{words}: {keys}");
        }
        seat.sees("▏hello");
        seat.resume().sees_no("needs a connection").sees("live").sees("▏hello");
    }
}

#[test]
fn the_countdown_is_drawn_as_it_goes_and_wakes_nobody_once_it_is_over() {
    // Nobody waits: there is nothing else that counts.
    let mut desk = Desk::new();
    desk.ago(220).says("frank", "prices?").bot("frank", "Here they are.");
    let mut seat = Seat::at(desk, 80, 24);
    assert_eq!(seat.bench.deadline(), None);
    seat.lose().sees("reconnecting 3s · F5 now");
    for words in ["reconnecting 2s", "reconnecting 1s", "reconnecting · F5 now"] {
        let now = seat.bench.now().elapsed;
        let next = seat.bench.deadline().unwrap();
        assert!(
            next > now && next <= now + Duration::from_millis(1_100),
            "{words}: {next:?}"
        );
        seat.advance(1).sees(words);
    }
    assert_eq!(seat.bench.deadline(), None);
}

#[test]
fn troubles_that_come_by_themselves_are_told_one_after_the_other() {
    let mut seat = seat();
    let tell = |seat: &mut Seat, words: &'static str| {
        seat.client(ClientEvent::OutboxTrouble(words.to_owned()));
    };
    for words in [
        "The disk is full.",
        "It is damaged.",
        "The disk is full.",
        "A third.",
        "A fourth.",
    ] {
        tell(&mut seat, words);
    }
    seat.sees("The disk is full.").press("<esc>").sees("It is damaged.");
    // What goes well in between takes nothing away.
    seat.happens(|desk| desk.says("bob", "and?"));
    seat.press("<esc>").sees("A third.");
    seat.press("<esc>").sees_no("A third.").sees_no("A fourth.");
    // Who is being told what was done sees what goes wrong at once.
    seat.press("i<f5>").sees("There is a connection.");
    seat.bench.tell(Msg::DiskTrouble(Shown::fixed("Drafts are not kept.")));
    seat.sees("Drafts are not kept.").press("<esc>").sees_no("not kept");
}

#[test]
fn whichever_way_out_is_taken_what_is_unsent_is_told_once() {
    for (key, again) in [("<ctrl-c>", "^C"), ("<ctrl-q>", "^Q"), ("<esc>q", "q")] {
        let mut seat = seat();
        seat.press("<alt-2>").lose().press("later<enter>").press(key);
        seat.sees(&format!("1 line not sent yet, kept here. {again} again to quit."));
        assert_eq!(seat.quit, None);
        seat.press(key.trim_start_matches("<esc>"));
        assert_eq!(seat.quit, Some(0), "{key}");
    }
}

#[test]
fn with_nothing_open_one_is_told_how_to_begin() {
    let mut seat = seat();
    seat.desk = Desk::new();
    seat.desk.says("zoe", "hi").asks("zoe");
    seat.connect().sees("Press ^N to take the next customer");
    seat.press("<esc>").sees("Press n to take the next customer");
    seat.press("n");
    assert!(matches!(seat.commands()[..], [AgentCommand::TakeNext {}]));
    let mut seat = self::seat();
    seat.desk = Desk::new();
    seat.desk.says("zoe", "hi");
    seat.connect().press("<esc>");
    seat.sees("Choose a conversation: j, k or its number");
    // The first customer of the day: keys are for the composer, where a letter is no order.
    let mut seat = Seat::at(Desk::new(), 80, 24);
    seat.happens(|desk| desk.says("zoe", "hi"))
        .sees("Choose a conversation: Esc goes to the list");
    seat.happens(|desk| desk.asks("zoe"))
        .sees("Press ^N to take the next customer");
    seat.press("<ctrl-n>");
    assert!(matches!(seat.commands()[..], [AgentCommand::TakeNext {}]));
}

#[test]
fn a_chat_in_which_nothing_was_said_says_so_and_so_does_every_list_of_it() {
    let mut desk = Desk::new();
    desk.ago(60).opens("zoe");
    desk.taken("zoe", ADA);
    let mut empty = Seat::at(desk, 80, 24);
    // Who has it is told in the thread: a line there is none.
    for (keys, words) in [
        ("<alt-q>", "There is no line yet"),
        ("<esc>B", "There is no line yet"),
        ("<esc>yl", "There is nothing to copy."),
        ("<alt-o>", "There is no file yet"),
        ("<esc>#", "There are no tags yet"),
        ("<esc>a", "There are no articles yet"),
        ("/", "None yet: ^K replies makes one; // is a slash"),
        ("/s", "Saved replies · 0 ──"),
        ("<alt-h>", "No article and no saved reply fits."),
        ("/<ctrl-k>replies<enter>", "There are none yet. n makes one"),
        ("<ctrl-k>merge<enter>", "Nobody else is known here"),
        ("<ctrl-k>earlier<enter>", "This is the first chat of this customer"),
        ("<alt-m>", "Nobody has mentioned you. @name in a note does"),
        ("<esc>T", "There is no ticket yet. K makes one of a chat"),
    ] {
        empty.press("<esc><esc><esc>i").press(keys).sees(words);
        empty.press("<esc><esc><esc>");
    }
    let mut desk = Desk::new();
    desk.ago(60).opens("zoe");
    Seat::at(desk, 80, 24).sees("No messages yet.");
}

#[test]
fn details_that_are_not_here_are_said_to_be_missing_until_they_come() {
    let mut seat = Seat::at(desk(), 120, 40);
    seat.sees_no("No details").lose();
    seat.press("<alt-2>").sees("No details from the");
    seat.press("<ctrl-k>earlier<enter>")
        .sees("No details from the server yet.");
    seat.advance(5).resume().sees_no("No details");
}

#[test]
fn nothing_found_names_what_was_looked_for_and_the_way_back() {
    for (width, height) in [(80, 24), (40, 12)] {
        let mut seat = Seat::at(desk(), width, height);
        seat.press("<ctrl-f>nothinghasthis");
        seat.sees("Nothing fits \"nothinghasthis\"").sees("Esc goes back");
        seat.press("<esc>").sees_no("Nothing fits");
    }
    let mut seat = seat();
    seat.press("<ctrl-k>nothinghasthis")
        .sees("Nothing fits \"nothinghasthis\"")
        .sees("Esc closes");
    // There is nothing that Enter could choose.
    for (keys, does) in [
        ("<f7>", "Enter transfers"),
        ("<ctrl-k>", "Enter chooses"),
        ("<alt-p>", "Enter chooses"),
    ] {
        let mut seat = Seat::at(desk(), 80, 24);
        seat.press("<alt-2>").press(keys);
        seat.sees(&format!(" {does}  Esc closes"));
        seat.press("nothinghasthis");
        seat.sees("Nothing fits").sees_no(does).press("<enter>");
        seat.sees("Nothing fits");
    }
}

#[test]
fn where_there_is_nothing_no_key_is_offered_that_needs_something() {
    for (width, height) in [(80, 24), (120, 40)] {
        let mut seat = Seat::at(Desk::new(), width, height);
        for keys in ["<f1><esc>", "<esc>"] {
            seat.press(keys)
                .sees("help")
                .sees_no(" down")
                .sees_no("new line")
                .sees_no("jump");
        }
        seat.press("T").sees("Esc closes").sees_no("Enter reads").press("<esc>");
        seat.press("@").sees("Esc closes").sees_no("Enter opens").press("<esc>");
        seat.press(":replies<enter>")
            .sees("n new")
            .sees_no("Enter edits")
            .sees_no("d delete");
    }
}

#[test]
fn a_question_says_what_enter_does_in_one_word() {
    let mut seat = seat();
    seat.press("<esc>f").sees("Which conversations");
    assert_eq!(seat.bench.screen().matches("Enter shows all").count(), 3);
    seat.sees_no("Enter goes on").sees_no("Enter shows them");
    seat.press("x");
    assert_eq!(seat.bench.screen().matches("Enter shows them").count(), 2);
}

/// A seat whose agent has other keys, and none for some actions.
fn with_own_keys(settings: &str) -> Seat {
    let config = Config::parse("agent.toml", settings, &["compose", "list", "everywhere"]).unwrap();
    let mut seat = Seat::away(80, 24, Theme::ansi());
    seat.bench.app.keymap = keys::with_own(keys::keymap(false).unwrap(), &config).unwrap();
    seat.desk = desk();
    seat.connect();
    seat
}

#[test]
fn the_screen_names_the_keys_that_there_are() {
    let mut seat = with_own_keys(
        r#"
        [keys.everywhere]
        f5 = "none"
        alt-f5 = "reconnect"
        end = "none"
        alt-f10 = "latest"
        pgup = "none"
        alt-f11 = "page-up"
        f8 = "none"
        alt-f8 = "details"
        f9 = "none"
        alt-f9 = "done"
        [keys.list]
        r = "none"
        n = "none"
        alt-j = "next-for-me"
        "#,
    );
    seat.press("<alt-2><alt-f8>").sees("Alt+F8 hides").press("<alt-f8>");
    seat.press("<alt-f9>").sees("Alt+F9 undoes").press("<alt-f9>");
    seat.happens(|desk| (0..40).fold(desk, |desk, n| desk.says("bob", &format!("line {n}"))));
    seat.press("<alt-f11>").sees("Alt+F10 to jump").press("<alt-f10>");
    seat.press("late<enter>")
        .press("other")
        .refused(minicom_protocol::refusal::Refusal::NotOwner)
        .sees("it is not yours any more  d discard");
    seat.lose().sees("Alt+F5 now");
    seat.desk = Desk::new();
    seat.desk.says("zoe", "hi").asks("zoe");
    seat.connect().press("<esc>");
    seat.sees("Press Alt+J to take the next customer");
}
