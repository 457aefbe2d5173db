//! Files on the agent's screen.

use minicom_client::{
    rest::files::Uploaded,
    transfers::{Happened, Job, Mark, Order as Files, Source, Thread, To, Told, TransferId, TransferNews},
};
use minicom_protocol::{
    command::AgentCommand,
    event::{Author, EventBody, FilePart, FileTag, Part, Posted},
    ids::FileId,
    line::LineState,
    refusal::Refusal,
    text::MessageText,
};
use minicom_tui_kit::{Input, Shown};

use crate::{
    app::{Msg, Order},
    testing::{ADA, Desk, Seat},
    writing::{Draft, Kind},
};

/// Carol's conversation, which is Ada's, with a file of Carol's in it.
fn seat() -> Seat {
    let mut desk = Desk::new();
    desk.ago(300)
        .says("carol", "hello")
        .ago(200)
        .asks("carol")
        .ago(100)
        .taken("carol", ADA);
    let line = desk.row("carol").customer_lines.next();
    let file = FilePart {
        kind: FileTag::File,
        id: FileId::from_bytes([1; 16]),
        name: "crash\u{1b}[2J.log".to_owned(),
        size: 5_120,
        mime: "text/plain".into(),
        digest: String::new(),
        fallback: String::new(),
    };
    let posted = Posted {
        author: Author::Customer,
        line,
        parts: vec![Part::of_text(MessageText::parse("see").unwrap()), Part::File(file)],
        quote: None,
        notice: None,
        state: LineState::Original,
    };
    desk.happens("carol", EventBody::Posted(posted));
    let mut seat = Seat::at(desk, 120, 30);
    seat.press("<alt-1><enter>");
    seat.ordered();
    seat
}

fn files(seat: &mut Seat) -> Vec<Files> {
    let file = |order| match order {
        Order::Files(order) => Some(order),
        _ => None,
    };
    seat.ordered().into_iter().filter_map(file).collect()
}

fn told(seat: &mut Seat, id: TransferId, what: Happened) {
    seat.input(Input::Message(Msg::Files(Told::Transfer(TransferNews { id, what }))));
}

fn attached(seat: &mut Seat, path: &str) -> TransferId {
    seat.press(&format!("<ctrl-o>{path}<enter>"));
    assert_eq!(files(seat), [Files::Find(path.to_owned())]);
    let (text, found) = (path.to_owned(), Ok(vec![path.into()]));
    seat.input(Input::Message(Msg::Files(Told::Found { text, found })));
    match files(seat).pop() {
        Some(Files::Begin(
            id,
            Job::Send {
                thread: Thread::Conversation(_),
                ..
            },
        )) => id,
        other => panic!("{other:?}"),
    }
}

fn uploaded(n: u8) -> Happened {
    Happened::Sent(Uploaded {
        id: FileId::from_bytes([n; 16]),
        file_name: "x".into(),
        size: 9,
    })
}

fn posts(seat: &mut Seat) -> Vec<(String, Option<FileId>)> {
    let post = |command| match command {
        AgentCommand::Post { text, file, .. } => Some((text, file)),
        _ => None,
    };
    seat.commands().into_iter().filter_map(post).collect()
}

#[test]
fn a_reply_goes_with_its_files_as_soon_as_they_are_there() {
    let mut seat = seat();
    let id = attached(&mut seat, "/tmp/fix.patch");
    told(&mut seat, id, Happened::Found { size: 100, mark: None });
    told(&mut seat, id, Happened::Moved { done: 40 });
    seat.sees("fix.patch  100 B  ████░░░░░░ 40 %")
        .sees("Backspace drops it");
    seat.press("try this<enter>").sees("goes when the files are there");
    assert_eq!(posts(&mut seat), []);
    told(&mut seat, id, uploaded(9));
    // Held because somebody answered meanwhile: text and file are there again.
    seat.refused(Refusal::Stale {
        newest: minicom_protocol::ids::LineNo(9),
    });
    seat.sees("try this").sees("fix.patch").sees("ready");
    seat.press("<enter>");
    assert_eq!(
        posts(&mut seat),
        [("try this".to_owned(), Some(FileId::from_bytes([9; 16])))]
    );
}

/// What is to be kept of the files beside replies.
fn kept(seat: &mut Seat) -> Vec<Draft> {
    let draft = |order| match order {
        Order::SaveDraft(draft) if draft.kind == Kind::Files => Some(draft),
        _ => None,
    };
    seat.ordered().into_iter().filter_map(draft).collect()
}

#[test]
fn files_that_wait_are_kept_as_the_reply_is_and_come_back_with_it() {
    let mut earlier = seat();
    let ids = ["/tmp/there.log", "/tmp/fix.patch"].map(|path| attached(&mut earlier, path));
    let mark = Mark { size: 100, at: (5, 6) };
    let found = Happened::Found {
        size: 100,
        mark: Some(mark),
    };
    told(&mut earlier, ids[1], found);
    told(&mut earlier, ids[0], uploaded(9));
    told(&mut earlier, ids[1], Happened::Moved { done: 40 });
    earlier.advance(1);
    let draft = kept(&mut earlier).pop().unwrap();
    told(&mut earlier, ids[1], Happened::Moved { done: 60 });
    earlier.advance(1);
    assert_eq!(kept(&mut earlier), [], "how far it is is nothing to keep");

    let mut later = seat();
    later.input(Input::Message(Msg::Drafts(vec![draft.clone()])));
    later.sees("there.log  9 B  ready").sees("fix.patch  100 B");
    let begun = files(&mut later);
    let [Files::Begin(id, Job::Send { what, .. })] = &begun[..] else {
        panic!("{begun:?}")
    };
    let path = "/tmp/fix.patch".into();
    assert_eq!(*what, Source::Marked { path, mark }, "as it was, or not at all");
    let id = *id;
    let why = Shown::fixed("it was changed since it was attached. Attach it again");
    told(&mut later, id, Happened::Failed { why });
    later
        .sees("changed since it was attached")
        .press("see<enter>")
        .sees("Nothing was sent");
    later.press("<alt-x><enter>");
    assert_eq!(
        posts(&mut later),
        [("see".to_owned(), Some(FileId::from_bytes([9; 16])))],
        "nothing else is lost"
    );
    later.advance(1);
    let last = kept(&mut later).pop().unwrap();
    assert_eq!((last.conversation, last.text.as_str()), (draft.conversation, ""));
}

#[test]
fn a_file_goes_alone_and_what_does_not_go_is_told() {
    let mut seat = seat();
    seat.press("/attach ./a<enter>");
    assert_eq!(files(&mut seat), [Files::Find("./a".to_owned())]);
    let (text, found) = ("./a".to_owned(), Err("there is no file ./a".to_owned()));
    seat.input(Input::Message(Msg::Files(Told::Found { text, found })));
    seat.sees("there is no file ./a. Nothing was attached.").press("<esc>");
    let id = attached(&mut seat, "b");
    let why = Shown::fixed("it is empty");
    told(&mut seat, id, Happened::Failed { why });
    seat.press("<enter>").sees("b: it is empty. Nothing was sent.");
    seat.press("<backspace>");
    assert!(matches!(files(&mut seat)[..], [Files::Cancel(_)]));
    let id = attached(&mut seat, "c");
    told(&mut seat, id, uploaded(3));
    seat.press("<enter>");
    assert_eq!(posts(&mut seat), [(String::new(), Some(FileId::from_bytes([3; 16])))]);
}

#[test]
fn a_file_is_fetched_and_opened_and_its_row_tells_of_it() {
    let mut seat = seat();
    seat.sees("│ crash␛[2J.log  5.0 KiB  text/plain");
    seat.press("<alt-o>").sees("Files of this chat").press("<enter>");
    let begun = files(&mut seat);
    let [Files::Begin(id, Job::Fetch { to: To::Downloads, .. })] = begun[..] else {
        panic!("{begun:?}")
    };
    told(&mut seat, id, Happened::Moved { done: 2_560 });
    seat.sees("█████░░░░░ 50 %").press("<alt-x>").sees("is not fetched");
    assert!(matches!(files(&mut seat)[..], [Files::Cancel(_)]));
    seat.press("<esc>i/get<enter>")
        .sees("Files of this chat")
        .press("<esc>");
    seat.press("/get what is not there<enter>")
        .sees("Files of this chat")
        .press("<esc>");
    seat.press("<esc>F<alt-enter>");
    let begun = files(&mut seat);
    assert!(
        matches!(begun[..], [Files::Begin(_, Job::Fetch { to: To::Program, .. })]),
        "{begun:?}"
    );
}

/// What is offered of a large paste is offered while that is in the reply that is open.
#[test]
fn the_offer_of_a_large_paste_goes_with_the_paste() {
    let lines = "a line\n".repeat(50);
    let offer = "sends them as a file instead";
    for gone in ["<ctrl-u>", "<ctrl-c>", "<backspace>", "<enter>", "<ctrl-_>"] {
        let mut seat = seat();
        seat.input(Input::Paste(lines.clone()));
        seat.sees(offer).press(gone).sees_no(offer);
        seat.press("<alt-v>").sees("There is no large paste");
    }
    let mut seat = seat();
    seat.input(Input::Paste(lines));
    seat.press("<home>see ").sees(offer);
    seat.press("<ctrl-c>").sees_no(offer);
    seat.press("<ctrl-_><alt-v>").sees("pasted.txt");
}

#[test]
fn a_large_paste_can_be_a_file_and_one_that_no_line_can_have_is() {
    let mut seat = seat();
    let lines = "a line\n".repeat(50);
    seat.input(Input::Paste(lines));
    seat.sees("50 lines").press("<alt-v>").sees("pasted.txt");
    assert!(matches!(files(&mut seat)[..], [Files::Begin(..)]));
    seat.input(Input::Paste("x".repeat(20_000)));
    seat.sees("are too much for a message");
    assert!(matches!(files(&mut seat)[..], [Files::Begin(..)]));
}
