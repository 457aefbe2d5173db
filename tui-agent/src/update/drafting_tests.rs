//! A draft of a language model: where it goes, what is said of it, and that nothing is sent.

use insta::assert_snapshot;
use minicom_protocol::settings::DeskSettings;
use minicom_tui_kit::Theme;

use super::*;
use crate::{
    keys::Action,
    testing::{Desk, Seat},
    writing::Mode,
    writing_tools_tests::desk,
};

/// Where a provider is switched on, and says this of bob's chat.
fn seat(text: Option<&str>, no: Option<NoDraft>, width: u16, height: u16) -> Seat {
    let mut desk = desk();
    switched_on(&mut desk);
    let conversation = desk.conversation("bob");
    let draft = Draft {
        conversation,
        text: text.map(str::to_owned),
        no,
    };
    let reply = AgentReply::Draft { draft };
    desk.replies.push((AgentQuestion::Draft { conversation }, reply));
    let mut seat = Seat::with(desk, width, height, Theme::ansi());
    seat.press("<alt-2>");
    seat
}

fn switched_on(desk: &mut Desk) {
    let mut settings = DeskSettings::default();
    settings.bot.provider = true;
    desk.state.settings = settings;
}

fn reply(seat: &Seat) -> String {
    let app = &seat.bench.app;
    app.writing.get(app.conversation().unwrap()).unwrap().composer.text()
}

#[test]
fn it_comes_into_an_empty_composer_marked_and_is_sent_by_nobody() {
    let mut seat = seat(Some("It left us on Monday.\nIt is with the carrier."), None, 80, 24);
    seat.press("/draft<enter>");
    assert_eq!(reply(&seat), "It left us on Monday.\nIt is with the carrier.");
    assert_snapshot!("at 80x24", seat.bench.screen());
    assert!(seat.commands().is_empty());
    seat.press("<ctrl-_>").sees("Reply to bob").sees_no("A model's draft");
    assert_eq!(reply(&seat), "");
}

#[test]
fn it_stands_behind_what_is_typed_and_stops_being_a_draft_when_it_is_rewritten() {
    let mut seat = seat(Some("It left us on Monday."), None, 120, 40);
    seat.press("Hello bob<ctrl-a><alt-i>").sees("A model's draft for bob");
    assert_eq!(reply(&seat), "Hello bob\nIt left us on Monday.");
    seat.press("<backspace>!").sees_no("A model's draft");
    seat.press("<ctrl-c>").sees_no("A model's draft");
}

#[test]
fn it_goes_to_the_reply_while_a_note_is_written() {
    let mut seat = seat(Some("It left us on Monday."), None, 80, 24);
    seat.press("<tab>secret<alt-i>");
    let app = &seat.bench.app;
    let written = app.writing.get(app.conversation().unwrap()).unwrap();
    assert_eq!(
        (written.mode(), written.current().text().as_str()),
        (Mode::Note, "secret")
    );
    assert_eq!(written.composer.text(), "It left us on Monday.");
}

#[test]
fn why_there_is_none_is_said() {
    for no in NoDraft::ALL {
        let mut seat = seat(None, Some(no), 120, 40);
        seat.press("<alt-i>").sees(&no.words()[..30]);
        assert_eq!(reply(&seat), "", "{no:?}");
    }
    // Not asked for: the desk has none.
    let mut seat = Seat::with(desk(), 120, 40, Theme::ansi());
    seat.press("<alt-2><alt-i>")
        .sees("This desk has not switched the provider on");
    assert!(!matches!(
        seat.bench.app.available(Action::Draft),
        minicom_tui_kit::Available::Yes
    ));
}

#[test]
fn it_is_asked_for_once_at_a_time_and_a_lost_connection_ends_the_wait() {
    let mut seat = seat(Some("It left us on Monday."), None, 80, 24);
    seat.bench.press("<alt-i><alt-i>");
    assert!(seat.bench.screen().contains("It is being drafted"));
    seat.pump();
    assert_eq!(reply(&seat), "It left us on Monday.");
    seat.lose();
    seat.press("<alt-i>").sees("A draft needs a connection");
}
