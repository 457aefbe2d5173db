//! Lines that could not be done, and what follows them.

use minicom_protocol::{command::AgentCommand, refusal::Refusal};
use minicom_tui_kit::plain::PlainInput;

use crate::{
    app::Order,
    plain::tests::{Script, carol, mine, waiting},
    testing::{ADA, BO, Desk, agent},
};

const ENDS: &str = "The script ends here: what follows this line was not dealt with.";

/// Texts that were sent.
fn posted(script: &Script) -> Vec<&str> {
    let texts = script.orders.iter().filter_map(|order| match order {
        Order::Send {
            command: AgentCommand::Post { text, .. },
            ..
        } => Some(text.as_str()),
        _ => None,
    });
    texts.collect()
}

/// Carol and hooky are Ada's; carol's thread is open.
fn two() -> Desk {
    let mut desk = mine();
    desk.says("hooky", "hi").asks("hooky").taken("hooky", ADA);
    desk
}

#[test]
fn what_is_meant_for_somebody_else_never_goes_to_who_was_open_before() {
    for failing in [
        "/take carlo",
        "/open nobody",
        "/open caro",
        "/next",
        "/frobnicate",
        "/take",
    ] {
        for piped in [true, false] {
            let mut script = if piped { Script::piped(two()) } else { Script::at(two()) };
            script.lines(&["/open hooky"]);
            script.said.clear();
            script.orders.clear();
            if failing == "/next" {
                script.lines(&[failing, "your password is 1234", "again"]);
                let next = script.command();
                script.refused(next, Refusal::NobodyWaits);
            } else if failing == "/take" {
                script.lines(&[failing, "your password is 1234", "again"]);
                let take = script.command();
                let (agent, since) = (agent(BO), minicom_protocol::ids::Time(0));
                script.refused(take, Refusal::TakenBy { agent, since });
            } else if !piped && matches!(failing, "/open caro" | "/frobnicate") {
                // A person reads whom a name means, and that a word means nothing.
                continue;
            } else {
                script.lines(&[failing, "your password is 1234", "again"]);
            }
            assert!(posted(&script).is_empty(), "{failing} {piped}: {:?}", script.said);
            if piped {
                assert_eq!(script.said.last().unwrap(), ENDS, "{failing}");
                assert!(
                    script.quit.is_some_and(|code| code != 0),
                    "{failing}: {:?}",
                    script.quit
                );
            } else {
                let closed = "No conversation is open now: lines go to nobody.";
                assert!(
                    script.said.iter().any(|line| line == closed),
                    "{failing}: {:?}",
                    script.said
                );
            }
        }
    }
}

#[test]
fn a_script_ends_at_its_first_line_that_could_not_be_done_with_that_lines_code() {
    for (lines, code) in [
        (&["no one open"][..], 2),
        (&["/open nobody", "hello?", "/done"], 1),
        (&["/open carol", "hello", "/quit"], 5),
        (&["/fly", "/list"], 2),
        (&["/help fly"], 2),
        (&["/transfer"], 2),
        (&["/open carol", "/transfer zed"], 1),
        (&["/open carol", "/snooze yesterday"], 2),
        (&["/undo"], 2),
        (&["/filter colour:red"], 2),
        (&["/send"], 2),
        (&["/resend"], 2),
        (&["/blank 7", "/open carol"], 2),
    ] {
        let mut desk = waiting();
        desk.taken("carol", BO);
        let mut script = Script::piped(desk);
        script.lines(lines);
        script.input(PlainInput::Eof);
        assert_eq!(script.quit, Some(code), "{lines:?}: {:?}", script.said);
        assert_eq!(script.said.last().unwrap(), ENDS, "{lines:?}");
        script.orders_nothing();
    }
}

#[test]
fn a_script_whose_lines_were_all_done_ends_with_nought() {
    let mut script = Script::piped(waiting());
    script.lines(&["/list", "/list tag:none", "/open carol", "/help", "/quit"]);
    assert_eq!(script.quit, Some(0), "{:?}", script.said);
}

#[test]
fn a_script_waits_for_each_line_and_ends_at_one_that_is_refused() {
    let mut script = Script::piped(two());
    script.lines(&["/open carol", "first", "second", "/open hooky", "third"]);
    let first = script.command();
    script.done(first, |desk| desk.replies("carol", ADA, "first"));
    let second = script.command();
    script.refused(
        second,
        Refusal::Stale {
            newest: Default::default(),
        },
    );
    assert_eq!(script.quit, Some(4), "{:?}", script.said);
    script.orders_nothing();
}

#[test]
fn more_lines_than_are_kept_are_told_by_the_code() {
    let mut script = Script::away(waiting());
    script.app.listener.person = false;
    for _ in 0..super::super::LINES_MAX + 1 {
        script.lines(&["/list"]);
    }
    script.lines(&["/list"]);
    script.input(PlainInput::Eof);
    script.connect();
    assert_eq!(script.quit, Some(2));
}

#[test]
fn a_number_means_nobody_after_an_empty_list() {
    let mut script = Script::at(two());
    script.lines(&["/list", "/list tag:none"]);
    script.tells("/open #1", &["There is no conversation with #1. /list tells them."]);
    // The same for who comes after a failed word.
    let mut script = carol(two());
    script.lines(&["/open zed"]);
    script.tells("hello", &["No conversation is open: /open NAME or /next."]);
}

#[test]
fn a_person_goes_on_and_leaves_with_nought() {
    let mut script = carol(waiting());
    script.lines(&["hello", "/fly", "/open zed", "/quit"]);
    assert_eq!(script.quit, Some(0));
}
