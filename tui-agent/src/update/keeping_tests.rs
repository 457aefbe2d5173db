//! A desk without a connection: what was kept is shown and dated, replies wait, and what is gone is kept no more.

use minicom_client::{ClientEvent, ConnState, Ended, ServerUrl, StateDir, kept::KeptStore};
use minicom_protocol::{
    command::{AgentCommand, Outcome},
    event::{Erased, EventBody},
    ids::{CommandId, LineNo, TenantId},
    refusal::Refusal,
};
use minicom_tui_kit::{Input, Theme};
use tempfile::TempDir;

use crate::{
    app::{Msg, Order},
    testing::{ADA, BO, Desk, Seat},
};

fn desk() -> Desk {
    let mut desk = Desk::new();
    desk.ago(400).says("carol", "hello").asks("carol");
    desk.ago(290).says("alice", "where is my parcel?").taken("alice", ADA);
    desk.ago(200).says("erin", "hi");
    desk
}

/// Where what a seat has kept is written, as the program's thread does.
struct Disk {
    store: KeptStore,
    folder: TempDir,
}

impl Disk {
    fn new() -> Disk {
        let folder = tempfile::tempdir().unwrap();
        let server = ServerUrl::parse("http://127.0.0.1:8000", false).unwrap();
        let state = StateDir::at(folder.path());
        Disk {
            store: KeptStore::new(&state, &server, &TenantId::default_tenant(), "ada"),
            folder,
        }
    }

    fn write(&mut self, seat: &mut Seat) {
        for parcel in std::mem::take(&mut seat.kept) {
            assert!(self.store.write(&parcel).unwrap());
        }
    }

    /// All that is in the files.
    fn text(&self) -> String {
        let kept = self.folder.path().join("kept");
        let folder = std::fs::read_dir(kept).unwrap().next().unwrap().unwrap().path();
        let files = std::fs::read_dir(folder).unwrap().map(|it| it.unwrap().path());
        files.map(|path| std::fs::read_to_string(path).unwrap()).collect()
    }

    /// Another program, which finds what is kept.
    fn seat(&self, desk: Desk) -> Seat {
        let mut seat = Seat::away(80, 24, Theme::ansi());
        seat.desk = desk;
        let kept = self.store.load(seat.bench.now().wall).expect("something is kept");
        seat.input(Input::Message(Msg::Kept(Box::new(kept))));
        seat
    }
}

/// Somebody has looked at alice's chat, and was gone an hour ago.
fn away() -> (Disk, Seat) {
    let mut disk = Disk::new();
    let mut before = Seat::at(desk(), 80, 24);
    let alice = before.desk.conversation("alice");
    before.bench.app.open_chat(alice);
    before.press("<esc>").sees("where is my parcel?").lose();
    disk.write(&mut before);
    let mut seat = disk.seat(before.desk.clone());
    seat.bench.app.open_chat(alice);
    seat.pump();
    (disk, seat)
}

#[test]
fn what_was_kept_is_shown_and_dated_and_written_in() {
    let (_disk, mut seat) = away();
    seat.sees("connecting · as of 14:00").sees("AS OF 14:00 not live");
    seat.lose();
    seat.sees("offline · as of 14:00 · F5 now")
        .sees("where is my parcel?")
        .sees("WAITING 1")
        .sees("carol");
    // Nobody knows whether she waits still: her time stands.
    seat.advance(600).sees("WAIT  6:40");
    seat.press("On its way.").sees("kept here, sent when back");
    assert!(seat.ordered().iter().all(|order| !matches!(order, Order::Send { .. })));
    seat.press("<enter>").sees("On its way.").sees("AS OF 14:00");
    assert!(matches!(&seat.commands()[..], [AgentCommand::Post { text, .. }] if text == "On its way."));
    assert_eq!(seat.kept, [], "what an earlier program kept is not made younger");
    // What is not here is said to be missing, and not asked for again and again.
    let erin = seat.desk.conversation("erin");
    seat.bench.app.open_chat(erin);
    seat.advance(1).sees("This chat is shown when there is a connection.");
    seat.press("<esc><pgup><pgup>");
    // It is back, and goes on from there.
    seat.desk.says("dora", "hello").asks("dora");
    seat.resume();
    seat.sees("live").sees_no("AS OF").sees("WAITING 2").sees("dora");
    assert!(!seat.kept.is_empty());
}

#[test]
fn what_cannot_be_done_without_a_connection_is_not_offered() {
    let (_disk, mut seat) = away();
    seat.lose();
    seat.sees("Tab note")
        .sees_no("transfer")
        .sees_no("to the bot")
        .sees_no("F9 done");
    seat.resume();
    seat.sees("F9 done").sees("F7 transfer");
}

#[test]
fn a_reply_that_waited_is_refused_where_somebody_answered_and_comes_back_with_what_was_missed() {
    let (_disk, mut seat) = away();
    let (conversation, id) = (seat.desk.conversation("alice"), CommandId::from_bytes([9; 16]));
    let command = AgentCommand::Post {
        conversation,
        text: "It is on its way.".to_owned(),
        seen: Default::default(),
        take_over: false,
        anyway: false,
        quote: None,
        reply: None,
        article: None,
        file: None,
    };
    // The program before this one has left it in the outbox.
    let (adopted, left) = (true, command.clone());
    seat.client(ClientEvent::Pending {
        id,
        command: left,
        adopted,
    });
    seat.lose().sees("It is on its way.");
    seat.desk.replies("alice", BO, "It was delivered yesterday.");
    seat.resume();
    let newest = LineNo(1);
    let outcome = Outcome::Refused {
        refusal: Refusal::Stale { newest },
    };
    seat.client(ClientEvent::Answered { id, command, outcome });
    seat.sees("Not sent yet: somebody answered while you wrote.")
        .sees("It was delivered yesterday.");
    assert_eq!(
        seat.bench.app.writing.get(conversation).unwrap().composer.text(),
        "It is on its way."
    );
    assert_eq!(seat.commands(), [], "nothing is sent again by itself");
}

#[test]
fn what_was_erased_leaves_the_disk_at_once() {
    let mut disk = Disk::new();
    let mut seat = Seat::at(desk(), 80, 24);
    let alice = seat.desk.conversation("alice");
    seat.bench.app.open_chat(alice);
    seat.pump().advance(11);
    seat.client(ClientEvent::Latency(std::time::Duration::from_millis(1)));
    disk.write(&mut seat);
    assert!(disk.text().contains("where is my parcel?") && disk.text().contains("alice"));
    let mut nobody = seat.desk.row("alice").customer.clone();
    nobody.name = minicom_protocol::text::CustomerName::parse("erased-1").unwrap();
    let erased = EventBody::Erased(Erased {
        customer: nobody,
        agent: None,
    });
    seat.happens(|desk| desk.happens("alice", erased));
    disk.write(&mut seat);
    let text = disk.text();
    assert!(
        !text.contains("parcel") && !text.contains("alice") && text.contains("hello"),
        "{text}"
    );
}

#[test]
fn a_desk_that_starts_afresh_replaces_what_was_kept() {
    let (mut disk, mut seat) = away();
    seat.desk = Desk::new();
    seat.desk.says("dora", "hi").asks("dora");
    seat.connect();
    seat.client(ClientEvent::State(ConnState::Live));
    disk.write(&mut seat);
    let text = disk.text();
    assert!(text.contains("dora") && !text.contains("parcel"), "{text}");
}

#[test]
fn who_may_not_come_in_any_more_keeps_nothing() {
    let ends = |ended: Ended| {
        let (_disk, mut seat) = away();
        seat.lose().ordered();
        seat.client(ClientEvent::Ended(ended));
        let forgets = seat.ordered().contains(&Order::ForgetKept);
        seat.press("q");
        assert_eq!(seat.kept, []);
        forgets
    };
    assert!(ends(Ended::SignedOut));
    assert!(ends(Ended::Refused(Refusal::Forbidden)));
    let (client, min, max) = (1, 2, 3);
    assert!(
        !ends(Ended::WrongVersion { client, min, max }),
        "a release is no sign-in"
    );
}

#[test]
fn what_comes_is_kept_now_and_then_and_at_the_end() {
    let mut seat = Seat::at(desk(), 80, 24);
    seat.client(ClientEvent::State(ConnState::Live));
    seat.kept.clear();
    seat.happens(|desk| desk.says("alice", "hello?"));
    assert_eq!(seat.kept, [], "not with every line");
    seat.advance(11).happens(|desk| desk.says("alice", "anybody?"));
    assert_eq!(std::mem::take(&mut seat.kept).len(), 1);
    seat.client(ClientEvent::Latency(std::time::Duration::from_millis(1)));
    seat.happens(|desk| desk.says("alice", "please"));
    seat.press("<esc>q");
    assert_eq!(seat.kept.len(), 1);
}
