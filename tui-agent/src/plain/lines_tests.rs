//! Lines by their numbers, changed, taken back, erased, held.

use minicom_protocol::{
    command::{AgentCommand, Outcome},
    event::{EventBody, LineChanged, Part},
    ids::LineNo,
    line::{LineRef, LineState, Quote},
    refusal::Refusal,
    stage::Side,
    text::MessageText,
};

use crate::{
    plain::tests::{Script, carol, mine},
    testing::{ADA, Desk, agent},
};

fn talked() -> Desk {
    let mut desk = mine();
    desk.replies("carol", ADA, "Which one?").says("carol", "the red one");
    desk
}

fn customers(line: u64) -> LineRef {
    LineRef {
        side: Side::Customer,
        line: LineNo(line),
    }
}

fn blanked(line: LineRef, state: LineState, text: &str) -> EventBody {
    let parts = match MessageText::parse(text) {
        Ok(text) => vec![Part::of_text(text)],
        Err(_) => vec![],
    };
    let agent = Some(agent(ADA));
    EventBody::LineChanged(LineChanged {
        line,
        state,
        parts,
        agent,
    })
}

#[test]
fn lines_have_numbers_from_the_newest() {
    let mut script = carol(talked());
    script.tells(
        "/lines",
        &[
            "3. 13:59 carol: my parcel?",
            "2. 13:59 you: Which one?",
            "1. 13:59 carol: the red one",
        ],
    );
    script.tells("/lines 1", &["1. 13:59 carol: the red one"]);
    script.tells("/lines x", &["Write /lines [COUNT]. Nothing was done."]);
    script.tells(
        "/quote 9 x",
        &["There is no line 9. /lines tells them. Nothing was done."],
    );
    script.tells("/quote 1", &["Write /quote N TEXT. Nothing was done."]);
    // Numbers stay what they were told as.
    script.hear(|desk| desk.says("carol", "or the blue one"));
    script.said.clear();
    let command = script.gives("/quote 3 It is on its way");
    let expected = Some(customers(1));
    assert!(
        matches!(&command, AgentCommand::Post { quote, text, .. } if *quote == expected && text == "It is on its way"),
        "{command:?}"
    );
}

#[test]
fn without_lines_being_told_numbers_count_from_the_newest() {
    let mut script = carol(talked());
    let command = script.gives("/quote 1 Yes");
    assert!(
        matches!(&command, AgentCommand::Post { quote, .. } if *quote == Some(customers(2))),
        "{command:?}"
    );
}

#[test]
fn a_quote_and_what_became_of_a_line_are_told() {
    let mut script = carol(talked());
    script.hear(|desk| {
        desk.happens("carol", {
            let EventBody::Posted(mut posted) = desk_line() else {
                unreachable!()
            };
            posted.quote = Some(Quote {
                line: customers(1),
                excerpt: "my\nparcel?".to_owned(),
            });
            EventBody::Posted(posted)
        })
    });
    script.says(&["[carol] 14:00 you: (to: my parcel?) It is on its way"]);
    let line = LineRef {
        side: Side::Desk,
        line: LineNo(2),
    };
    script.hear(|desk| desk.happens("carol", blanked(line, LineState::Edited, "It is here")));
    script.hear(|desk| desk.happens("carol", blanked(line, LineState::Withdrawn, "")));
    script.hear(|desk| desk.happens("carol", blanked(customers(1), LineState::Blanked, "")));
    script.says(&[
        "[carol] 14:00 -- you changed a line: It is here",
        "[carol] 14:00 -- you took a line back",
        "[carol] 14:00 -- you blanked a line out",
    ]);
    script.lines(&["/open carol"]);
    script.says(&[
        "[carol] 13:59 carol: (blanked out)",
        "[carol] 13:59 -- carol asked for a person",
        "[carol] 13:59 -- you took over",
        "[carol] 13:59 you: Which one?",
        "[carol] 13:59 carol: the red one",
        "[carol] 14:00 you: (taken back)",
        "Open: carol, yours since 13:59. Lines go to the customer.",
    ]);
    script.tells("/lines", &["2. 13:59 you: Which one?", "1. 13:59 carol: the red one"]);
}

fn desk_line() -> EventBody {
    EventBody::Posted(minicom_protocol::event::Posted {
        author: minicom_protocol::event::Author::Agent { agent: agent(ADA) },
        line: LineNo(2),
        parts: vec![Part::of_text(MessageText::parse("It is on its way").unwrap())],
        quote: None,
        notice: None,
        state: LineState::Original,
    })
}

#[test]
fn the_last_own_line_can_be_changed_for_a_short_time() {
    let mut script = carol(talked());
    let conversation = script.desk.conversation("carol");
    script.advance(std::time::Duration::from_secs(1));
    script.tells(
        "/edit Which colour?",
        &["You have no line here that can still be changed. Nothing was done."],
    );
    script.tells(
        "/withdraw",
        &["You have no line here that can still be taken back. Nothing was done."],
    );
    script.hear(|desk| desk.replies("carol", ADA, "One momnet"));
    script.said.clear();
    let line = LineNo(2);
    let text = "One moment".to_owned();
    assert_eq!(
        script.gives("/edit One moment"),
        AgentCommand::EditLine {
            conversation,
            line,
            text
        }
    );

    let mut script = carol(talked());
    script.hear(|desk| desk.replies("carol", ADA, "One momnet"));
    script.said.clear();
    script.lines(&["/withdraw"]);
    let order = script.command();
    assert_eq!(order.1, AgentCommand::WithdrawLine { conversation, line });
    script.refused(order, Refusal::TooLate);
    script.says(&["Refused: A line can be changed by its author while it is the last, for a short time."]);
}

#[test]
fn what_is_erased_for_good_wants_a_second_word() {
    let mut script = carol(talked());
    let conversation = script.desk.conversation("carol");
    script.tells(
        "/blank 1",
        &["This is erased for good: the red one -- /blank 1 yes does it."],
    );
    // The number means what was told, though a line came meanwhile.
    script.hear(|desk| desk.says("carol", "hello?"));
    let line = customers(2);
    assert_eq!(
        script.gives("/blank 1 yes"),
        AgentCommand::BlankLine { conversation, line }
    );
    let mut script = carol(talked());
    script.tells(
        "/blank 7 yes",
        &["There is no line 7. /lines tells them. Nothing was done."],
    );
    script.tells("/blank 1 no", &["Write /blank N [yes]. Nothing was done."]);
}

#[test]
fn a_refused_line_is_kept_until_it_is_sent_again_or_thrown_away() {
    let mut script = carol(mine());
    script.lines(&["hello"]);
    let post = script.command();
    let outcome = Outcome::Refused {
        refusal: Refusal::TooLong { limit: 1, actual: 2 },
    };
    script.answer(post, outcome);
    script.says(&[
        "Not sent, The message has 2 bytes; 1 is the most. Send it in pieces: hello",
        "/resend tries again, /discard throws it away.",
    ]);
    let command = script.gives("/resend");
    assert!(
        matches!(&command, AgentCommand::Post { text, anyway: false, .. } if text == "hello"),
        "{command:?}"
    );
    script.tells("/resend", &["No line waits for this."]);
    let mut script = carol(mine());
    script.lines(&["hello"]);
    let post = script.command();
    script.refused(post, Refusal::BadText);
    script.tells("/discard", &["Thrown away: hello"]);
    script.tells("/discard", &["No line waits for this."]);
}

#[test]
fn nothing_is_done_where_nothing_is_open() {
    let mut script = Script::at(mine());
    for line in [
        "/lines",
        "/quote 1 x",
        "/edit x",
        "/withdraw",
        "/blank 1",
        "/tag +x",
        "/note x",
        "/snooze",
        "/ticket",
    ] {
        script.tells(line, &["No conversation is open: /open NAME or /next."]);
    }
}

#[test]
fn a_line_or_all_of_them_are_copied_without_notes() {
    let mut desk = mine();
    desk.replies("carol", ADA, "which order?");
    let mut script = carol(desk);
    script.lines(&["/copy 1"]);
    assert_eq!(script.copied.take().as_deref(), Some("which order?"));
    script.lines(&["/copy all"]);
    let all = script.copied.take().unwrap();
    assert!(
        all.contains("carol: my parcel?\n") && all.ends_with("you: which order?\n"),
        "{all}"
    );
    script.tells(
        "/copy 99",
        &["There is no line 99. /lines tells them. Nothing was done."],
    );
    assert_eq!(script.copied, None);
}
