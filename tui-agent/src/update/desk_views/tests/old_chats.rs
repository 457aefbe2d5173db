//! Chats that ended long ago, opened from a search or a list: they open, and stay open whatever ends or begins afresh meanwhile.

use minicom_client::ClientEvent;
use minicom_protocol::{
    frame::{AgentQuestion, Told},
    refusal::Refusal,
    stage::Closer,
};
use minicom_tui_kit::Input;
use ratatui::layout::Position;

use crate::testing::{ADA, Desk, Seat};

/// alice is Ada's. So many have ended since judy has that hers is none of those that are told.
fn seat(ended: usize) -> Seat {
    let mut desk = Desk::new();
    desk.ago(90_000).says("judy", "bye").closed("judy", Closer::Customer);
    for n in 0..ended {
        let name = format!("c{n}");
        desk.ago(80_000).says(&name, "hello").closed(&name, Closer::Customer);
    }
    desk.ago(60).says("alice", "hello").taken("alice", ADA);
    desk.closed_told = Some(ended);
    Seat::at(desk, 80, 24)
}

/// Opens judy's from a list that has it.
fn open_judy(seat: &mut Seat) {
    let (judy, now) = (seat.desk.conversation("judy"), seat.bench.now());
    seat.bench.app.leave_for(judy, None, now);
    seat.hear().sees("judy ended the chat");
    assert_eq!(seat.bench.app.conversation(), Some(judy));
}

#[test]
fn an_old_chat_opens_also_where_as_many_have_ended_as_are_held() {
    let mut seat = seat(2_000);
    open_judy(&mut seat);
    seat.happens(|desk| desk.says("kim", "bye").closed("kim", Closer::Customer));
    seat.sees("judy ended the chat");
}

#[test]
fn an_old_chat_and_what_is_written_there_outlast_an_outage() {
    let mut seat = seat(3);
    open_judy(&mut seat);
    seat.press("<tab>q").lose();
    seat.connect().press("n");
    seat.sees("judy ended the chat").sees("qn");
    assert_eq!((seat.quit, seat.commands()), (None, vec![]));
}

#[test]
fn where_a_chat_is_no_more_letters_stay_letters() {
    for width in [80, 50] {
        let mut seat = seat(3);
        open_judy(&mut seat);
        seat.bench.resize(width, 24);
        seat.press("<tab>q").lose();
        // The server is back, but as it was before judy came.
        let fresh = seat.desk.fresh();
        let conversation = seat.desk.conversation("judy");
        let (question, told) = (
            AgentQuestion::Summary { conversation },
            Told::Refusal(Refusal::NotFound),
        );
        seat.client(fresh)
            .client(ClientEvent::Reply { n: 1, question, told })
            .ordered();
        assert_eq!(seat.bench.app.conversation(), None);
        seat.press("nq").sees("No chat is open, so this goes to nobody");
        assert_eq!((seat.quit, seat.commands()), (None, vec![]));
    }
}

/// On which row of the screen the cursor of the list stands, and on whom.
fn cursor(seat: &Seat) -> (usize, String) {
    let screen = seat.bench.screen();
    let row = screen.lines().enumerate().find(|(_, line)| line.starts_with('›'));
    let (at, line) = row.unwrap_or_else(|| panic!("no cursor:\n{screen}"));
    (at, line.split_whitespace().nth(1).unwrap_or_default().to_owned())
}

#[test]
fn what_is_older_comes_in_below_the_row_that_the_cursor_stands_on() {
    for height in [24, 14] {
        let mut seat = seat(60);
        seat.desk.closed_told = Some(3);
        let fresh = seat.desk.fresh();
        seat.client(fresh);
        seat.bench.resize(80, height);
        open_judy(&mut seat);
        seat.press("<esc>").sees("DONE 4+");
        let stands = cursor(&seat);
        assert_eq!(stands.1, "judy");
        seat.press("j").sees("DONE 54+");
        assert_eq!(cursor(&seat), stands);
        // She is chosen again where she stands, by keys or by the mouse.
        for keys in ["<enter><esc>", "5"] {
            seat.press(keys);
            assert_eq!(cursor(&seat), stands, "{keys}");
        }
        let at = Position::new(3, u16::try_from(stands.0).unwrap());
        seat.input(Input::Click { at, double: false });
        assert_eq!(cursor(&seat), stands);
        // The cursor leaves her: the next one comes where she stood.
        seat.press("j");
        assert_eq!(cursor(&seat), (stands.0, "c56".to_owned()));
    }
}
