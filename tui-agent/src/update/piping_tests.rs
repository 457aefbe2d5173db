//! A line or a chat through a command, and what becomes of what it says.

use minicom_protocol::command::AgentCommand;
use minicom_tui_kit::pipe::{End, Ran};

use crate::{
    app::{Msg, Order},
    testing::{ADA, Desk, Seat},
};

fn seat() -> Seat {
    let mut desk = Desk::new();
    desk.ago(500).says("carol", "my order").taken("carol", ADA);
    desk.replies("carol", ADA, "which?")
        .ago(300)
        .says("carol", "{\"order\": 48213}");
    let mut seat = Seat::at(desk, 80, 24);
    seat.press("<ctrl-n><esc>");
    seat.ordered();
    seat
}

/// The number, the command and the text of what was started.
fn started(seat: &mut Seat) -> Option<(u64, String, String)> {
    seat.ordered().into_iter().find_map(|order| match order {
        Order::Pipe { id, job } => Some((id, job.command, job.input)),
        _ => None,
    })
}

fn ends(seat: &mut Seat, id: u64, output: &str, errors: &str, code: i32) {
    let ran = Ran {
        output: output.to_owned(),
        errors: errors.to_owned(),
        end: End::Code(code),
    };
    seat.input(minicom_tui_kit::Input::Message(Msg::Piped { id, ran }));
}

#[test]
fn the_newest_line_goes_through_a_command_and_into_the_reply() {
    let mut seat = seat();
    seat.press("!")
        .sees("Pipe the line")
        .sees("! the chat · Tab another line")
        .press("jq .order<enter>")
        .sees("jq .order runs. Esc stops it.");
    let (id, command, input) = started(&mut seat).unwrap();
    assert_eq!(
        (command.as_str(), input.as_str()),
        ("jq .order", "{\"order\": 48213}\n")
    );
    ends(&mut seat, id, "48213\u{1b}[2J\n", "", 0);
    seat.sees("jq .order · exit 0")
        .sees("48213␛[2J")
        .sees("r reply · n note");
    seat.press("r").sees_no("exit 0").sees("48213␛[2J");
    let nothing_sent = seat
        .commands()
        .iter()
        .all(|it| !matches!(it, AgentCommand::Post { .. } | AgentCommand::Note { .. }));
    assert!(nothing_sent, "the agent sends, nobody else");
    seat.press("<enter>");
    let sent = seat.commands();
    assert!(
        sent.iter()
            .any(|it| matches!(it, AgentCommand::Post { text, .. } if text == "48213␛[2J")),
        "{sent:?}"
    );
}

#[test]
fn two_bangs_give_the_whole_chat_and_n_makes_a_note() {
    let mut seat = seat();
    seat.press("!!").sees("Pipe the chat, 3 lines").press("wc -l<enter>");
    let (id, _, input) = started(&mut seat).unwrap();
    assert!(
        input.contains("carol: my order\n") && input.contains("you: which?\n"),
        "{input}"
    );
    ends(&mut seat, id, "3\n", "", 0);
    seat.press("n").sees("NOTE");
    seat.press("<enter>");
    let sent = seat.commands();
    assert!(
        sent.iter()
            .any(|it| matches!(it, AgentCommand::Note { text, .. } if text == "3")),
        "{sent:?}"
    );
}

#[test]
fn another_line_can_be_chosen_and_bang_goes_back() {
    let mut seat = seat();
    seat.press("!<tab>")
        .sees("Which line goes")
        .press("<down><enter>")
        .sees("\"which?\"");
    seat.press("!").sees("Pipe the chat").press("!").sees("48213");
    seat.press("<tab><esc>");
    assert_eq!(started(&mut seat), None);
    seat.press("!echo !<enter>");
    assert_eq!(
        started(&mut seat).unwrap().1,
        "echo !",
        "in a command it is a sign like others"
    );
}

#[test]
fn what_fails_says_how_and_what() {
    let mut seat = seat();
    seat.press("!false<enter>");
    let (id, ..) = started(&mut seat).unwrap();
    ends(&mut seat, id, "", "no such\u{7} file\n", 3);
    seat.sees("false · exit 3")
        .sees("no such␇ file")
        .sees("It wrote nothing.")
        .sees_no("r reply · n note");
    seat.press("r").sees("exit 3").press("<esc>").sees_no("exit 3");
}

#[test]
fn one_that_runs_can_be_stopped_and_its_words_come_too_late() {
    let mut seat = seat();
    seat.press("!sleep 9<enter>");
    let (id, ..) = started(&mut seat).unwrap();
    seat.press("!").sees("sleep 9 still runs");
    seat.press("<esc>").sees("sleep 9 was stopped.");
    assert!(seat.ordered().contains(&Order::StopPipe));
    ends(&mut seat, id, "late", "", 0);
    seat.sees_no("late");
}

#[test]
fn what_it_says_does_not_take_the_keys_of_who_types() {
    let mut seat = seat();
    seat.press("!sort<enter>i");
    let (id, ..) = started(&mut seat).unwrap();
    seat.press("hello ");
    ends(&mut seat, id, "sorted", "", 0);
    seat.sees("sort has ended")
        .press("normal")
        .sees("hello normal")
        .sees_no("sorted");
    seat.press("<esc>!")
        .sees("sorted")
        .press("r")
        .sees("hello normal")
        .sees("sorted");
}

#[test]
fn commands_are_remembered_and_come_back() {
    let mut seat = seat();
    seat.input(minicom_tui_kit::Input::Message(Msg::Commands(vec![
        "old".into(),
        "older".into(),
    ])));
    seat.press("!jq .<enter><esc>");
    let kept = seat.ordered().into_iter().find_map(|order| match order {
        Order::KeepCommands(commands) => Some(commands),
        _ => None,
    });
    assert_eq!(kept.unwrap(), ["old", "older", "jq ."]);
    seat.press("!<up>")
        .sees("jq .")
        .press("<up>")
        .sees("older")
        .press("<esc>");
    seat.press(&format!("!{}<enter>", "x".repeat(1_001)))
        .sees("1000 bytes are the most");
}
