//! Files in the agent's line mode.

use minicom_client::{
    rest::files::Uploaded,
    transfers::{Happened, Job, Order as Files, Told, TransferId, TransferNews},
};
use minicom_protocol::{command::AgentCommand, ids::FileId};
use minicom_tui_kit::{Shown, plain::PlainInput};

use crate::{
    app::{Msg, Order},
    plain::tests::{Script, carol, mine},
};

fn told(script: &mut Script, told: Told) {
    script.input(PlainInput::Message(Msg::Files(told)));
}

fn happens(script: &mut Script, id: TransferId, what: Happened) {
    told(script, Told::Transfer(TransferNews { id, what }));
}

/// Files that were begun since this was last asked for.
fn begun(script: &mut Script) -> Vec<TransferId> {
    let orders = std::mem::take(&mut script.orders);
    let id = |order| match order {
        Order::Files(Files::Begin(id, Job::Send { .. } | Job::Fetch { .. })) => Some(id),
        _ => None,
    };
    orders.into_iter().filter_map(id).collect()
}

fn posts(script: &mut Script) -> Vec<(String, Option<FileId>)> {
    let orders = std::mem::take(&mut script.orders);
    let post = |order| match order {
        Order::Send {
            command: AgentCommand::Post { text, file, .. },
            ..
        } => Some((text, file)),
        _ => None,
    };
    orders.into_iter().filter_map(post).collect()
}

#[test]
fn files_go_with_their_text_and_what_is_written_next_waits_for_them() {
    let mut script = carol(mine());
    script.lines(&["/attach a.log -- look", "and this"]);
    let (text, found) = ("a.log".to_owned(), Ok(vec!["/tmp/a.log".into()]));
    told(&mut script, Told::Found { text, found });
    let id = begun(&mut script)[0];
    happens(&mut script, id, Happened::Found { size: 7, mark: None });
    happens(&mut script, id, Happened::Moved { done: 7 });
    assert_eq!(posts(&mut script), []);
    let file = FileId::from_bytes([3; 16]);
    let file_name = "a.log".to_owned();
    let sent = Happened::Sent(Uploaded {
        id: file,
        file_name,
        size: 7,
    });
    happens(&mut script, id, sent);
    let expected = [("look".to_owned(), Some(file)), ("and this".to_owned(), None)];
    assert_eq!(posts(&mut script), expected);
}

#[test]
fn what_does_not_go_is_told_with_its_text_and_the_next_line_goes_on() {
    let mut script = carol(mine());
    script.lines(&["/attach a.log -- look", "next"]);
    let (text, found) = ("a.log".to_owned(), Ok(vec!["/tmp/a.log".into()]));
    told(&mut script, Told::Found { text, found });
    let id = begun(&mut script)[0];
    script.said.clear();
    let why = Shown::fixed("it is empty");
    happens(&mut script, id, Happened::Failed { why });
    assert_eq!(script.said, ["a.log: it is empty. Not sent. look"]);
    assert_eq!(posts(&mut script), [("next".to_owned(), None)]);
    script.said.clear();
    script.lines(&["/attach b"]);
    let (text, found) = ("b".to_owned(), Err("there is no file b".to_owned()));
    told(&mut script, Told::Found { text, found });
    script.lines(&["/get", "/drop"]);
    let expected = [
        "there is no file b. Not sent.",
        "There is no file in this chat yet.",
        "No file is on its way.",
    ];
    assert_eq!(script.said, expected);
}
