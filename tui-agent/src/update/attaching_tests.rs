//! A file that is looked for while its author goes on.

use minicom_client::transfers::{Job, Order as Files, Thread, Told};
use minicom_protocol::{ids::ConversationId, stage::Closer};
use minicom_tui_kit::Input;

use crate::{
    app::{Focus, Msg, Order},
    testing::{ADA, Desk, Seat},
    writing::Mode,
};

/// carol's chat is open, dora's is Ada's too.
fn seat() -> (Seat, ConversationId) {
    let mut desk = Desk::new();
    desk.ago(200).says("carol", "hello").taken("carol", ADA);
    desk.ago(100).says("dora", "hello").taken("dora", ADA);
    let mut seat = Seat::at(desk, 120, 30);
    let carol = seat.desk.conversation("carol");
    seat.bench.app.open_chat(carol);
    seat.bench.app.focus = Focus::Compose;
    seat.pump().sees("Reply to carol").ordered();
    (seat, carol)
}

fn open_dora(seat: &mut Seat) -> ConversationId {
    seat.press("<alt-1>");
    if seat.bench.app.conversation() != Some(seat.desk.conversation("dora")) {
        seat.press("<alt-2>");
    }
    seat.sees("Reply to dora");
    seat.desk.conversation("dora")
}

/// The disk answers for this text.
fn found(seat: &mut Seat, text: &str, found: Result<(), &str>) {
    let found = found.map(|()| vec![text.into()]).map_err(str::to_owned);
    let text = text.to_owned();
    seat.input(Input::Message(Msg::Files(Told::Found { text, found })));
}

/// For whom files have begun to move.
fn begun(seat: &mut Seat) -> Vec<ConversationId> {
    let begun = seat.ordered().into_iter().filter_map(|order| match order {
        Order::Files(Files::Begin(
            _,
            Job::Send {
                thread: Thread::Conversation(conversation),
                ..
            },
        )) => Some(conversation),
        _ => None,
    });
    begun.collect()
}

fn beside(seat: &Seat, conversation: ConversationId) -> usize {
    seat.bench.app.files.beside(conversation).map_or(0, |files| files.len())
}

fn writes(seat: &Seat, conversation: ConversationId) -> (Mode, String) {
    let written = seat.bench.app.writing.get(conversation).unwrap();
    (written.mode(), written.current().text())
}

#[test]
fn who_asks_for_a_file_says_once_what_enter_and_esc_do() {
    let (mut seat, _) = seat();
    seat.press("<esc>+x").sees("Enter attaches").sees("Esc cancels");
    seat.sees_no("Enter takes it").sees_no("Esc closes");
}

#[test]
fn a_file_beside_the_reply_is_seen_on_eight_rows_too() {
    for (width, height) in [(80, 8), (30, 8)] {
        let (mut seat, carol) = seat();
        seat.bench.resize(width, height);
        seat.press("<ctrl-o>/tmp/fix.patch<enter>");
        found(&mut seat, "/tmp/fix.patch", Ok(()));
        assert_eq!(beside(&seat, carol), 1);
        seat.sees("fix.patch").press("two<alt-enter>lines");
        seat.sees("fix.patch").sees("carol ─").sees("lines");
    }
}

#[test]
fn a_file_goes_beside_the_reply_that_it_was_meant_for() {
    for keys in ["<ctrl-o>/tmp/fix.patch<enter>", "/attach /tmp/fix.patch<enter>"] {
        let (mut seat, carol) = seat();
        seat.press(keys);
        let dora = open_dora(&mut seat);
        seat.press("<tab>for colleagues");
        found(&mut seat, "/tmp/fix.patch", Ok(()));
        assert_eq!((beside(&seat, carol), beside(&seat, dora)), (1, 0), "{keys}");
        assert_eq!(begun(&mut seat), [carol]);
        seat.sees("carol: 1 file waits beside the reply").press("!");
        assert_eq!(writes(&seat, dora), (Mode::Note, "for colleagues!".to_owned()));
        seat.bench.app.open_chat(carol);
        seat.pump().sees("fix.patch");
    }
}

#[test]
fn a_file_that_is_not_there_is_told_and_nothing_opens_over_another_chat() {
    let (mut seat, _) = seat();
    seat.press("<ctrl-o>./a<enter>");
    let dora = open_dora(&mut seat);
    seat.press("hello");
    found(&mut seat, "./a", Err("there is no file ./a"));
    seat.sees("carol: there is no file ./a. Nothing was attached.")
        .sees_no("Send a file with the reply")
        .press("!");
    assert_eq!(writes(&seat, dora), (Mode::Reply, "hello!".to_owned()));
    seat.press("<ctrl-o>~/b \"c<enter>x");
    found(&mut seat, "~/b \"c", Err("a quote is not closed"));
    seat.sees("~/b \"c: a quote is not closed. Nothing was attached.");
}

#[test]
fn who_goes_on_in_the_same_chat_goes_on() {
    for there in [Ok(()), Err("there is no file ./a")] {
        let (mut seat, carol) = seat();
        seat.press("<ctrl-o>./a<enter><tab>for colleagues");
        found(&mut seat, "./a", there);
        match there {
            Ok(()) => seat.sees("1 file waits beside the reply"),
            Err(_) => seat.sees("there is no file ./a. Nothing was attached."),
        };
        seat.press("!");
        assert_eq!(writes(&seat, carol), (Mode::Note, "for colleagues!".to_owned()));
        assert_eq!(beside(&seat, carol), usize::from(there.is_ok()));
    }
}

#[test]
fn a_file_goes_along_with_the_thread() {
    for (before, after) in [("<ctrl-o>/tmp/a<enter>", ""), ("<ctrl-o>/tmp/a", "<enter>")] {
        let (mut seat, carol) = seat();
        seat.press(before)
            .happens(|desk| desk.closed("carol", Closer::Customer))
            .happens(|desk| desk.says("carol", "I am back"))
            .press(after);
        found(&mut seat, "/tmp/a", Ok(()));
        let again = seat.desk.conversation("carol");
        assert_eq!((beside(&seat, carol), beside(&seat, again)), (0, 1), "{before}{after}");
        assert_eq!(begun(&mut seat), [again]);
    }
}
