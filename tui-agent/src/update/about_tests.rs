//! One rule for every key of the list: what is done to a chat, or written in it, needs one that is chosen.

use minicom_client::Section;
use minicom_protocol::{command::AgentCommand, stage::Closer};
use minicom_tui_kit::Key;

use super::{About, NONE_CHOSEN};
use crate::{
    app::Focus,
    keys::{self, Action, TABLE, contexts},
    list::Part,
    testing::{ADA, Desk, Seat},
};

/// Bob is Ada's and shown; the cursor of the list stands on DONE.
fn seat(marked: bool) -> Seat {
    let mut desk = Desk::new();
    desk.by_admin();
    desk.ago(90).says("dora", "bye").closed("dora", Closer::Customer);
    desk.ago(60)
        .says("bob", "hello")
        .taken("bob", ADA)
        .replies("bob", ADA, "Hi Bob.");
    let mut seat = Seat::at(desk, 80, 24);
    seat.press("<alt-1>").sees("Hi Bob.").press("<esc>");
    if marked {
        seat.press("<space>");
    }
    seat.press("G").sees("Hi Bob.").ordered();
    let done = Part::Section(Section::Done);
    assert_eq!(seat.bench.app.title_at_cursor(), Some(done));
    seat
}

fn listed() -> Vec<(Action, Key)> {
    let keymap = keys::keymap(false).unwrap();
    let each = |action| {
        keymap
            .keys(contexts(false), action)
            .into_iter()
            .map(move |key| (action, key))
    };
    TABLE.iter().flat_map(|row| each(row.action)).collect()
}

#[test]
fn on_a_title_no_key_of_the_list_does_anything_to_the_chat_beside_it() {
    for (action, key) in listed() {
        let mut seat = seat(false);
        let before = seat.bench.screen();
        seat.bench.press_key(key);
        seat.pump();
        let screen = seat.bench.screen();
        let commands = seat.commands();
        let refused = matches!(About::of(action), About::Marked | About::Chosen);
        assert_eq!(screen.contains(NONE_CHOSEN), refused, "{action:?}: {key}\n{screen}");
        if refused {
            let composer = |screen: &str| screen.lines().skip(20).map(str::to_owned).collect::<Vec<_>>();
            assert_eq!(composer(&screen), composer(&before), "{action:?}: {key}");
            assert!(
                seat.bench.app.over.is_none() && seat.edits.is_empty(),
                "{action:?}: {key}"
            );
        }
        let claims = |it: &AgentCommand| matches!(it, AgentCommand::TakeNext {});
        assert!(
            commands.is_empty() || action == Action::Next && commands.iter().all(claims),
            "{action:?}: {key}: {commands:?}"
        );
    }
}

#[test]
fn rows_that_are_marked_are_chosen_wherever_the_cursor_is() {
    for (action, key) in listed() {
        let mut seat = seat(true);
        seat.bench.press_key(key);
        seat.pump();
        let refused = About::of(action) == About::Chosen;
        let screen = seat.bench.screen();
        assert_eq!(screen.contains(NONE_CHOSEN), refused, "{action:?}: {key}\n{screen}");
    }
}

#[test]
fn on_a_title_the_composer_says_what_enter_does_there() {
    for before in ["", "<tab>", "<alt-e>", "half"] {
        let mut seat = seat(false);
        seat.press("k<enter>").press(before).press("<esc>");
        if seat.bench.app.is_composing() {
            // A change that was cancelled.
            seat.press("<esc>");
        }
        seat.press("G").sees("Enter unfolds").sees_no("Enter sends");
        seat.sees_no("Enter to write")
            .sees_no("Tab: reply")
            .sees_no("Enter changes");
        if before.is_empty() {
            seat.sees("No chat is chosen in the list");
        }
        seat.press("<enter>").sees("Enter folds");
        assert_eq!(seat.bench.app.focus, Focus::List, "{before}");
        seat.press("k").sees_no("Enter folds");
    }
}

#[test]
fn whoever_goes_to_what_was_found_has_chosen_that_chat() {
    let mut seat = seat(false);
    seat.press("/Hi")
        .press("<enter>")
        .sees_no("Find everywhere")
        .press("m")
        .sees("NOTE: only agents see this");
}
