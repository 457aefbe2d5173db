//! The table of words, and what is made of it.

use std::collections::BTreeSet;

use super::*;
use crate::{
    keys::TABLE,
    plain::tests::{Script, carol, mine, waiting},
    testing::{ADA, Desk},
};

/// Actions that only a screen has: moving about on it, drawing it, leaving it for a moment. Lines have no place to move in and are told in
/// full, and the shell has its own editor and pipes.
const ON_SCREEN_ONLY: &[Action] = &[
    A::Up,
    A::Down,
    A::First,
    A::Last,
    A::Fold,
    A::PageDown,
    A::RowUp,
    A::RowDown,
    A::Latest,
    A::Divider,
    A::Escape,
    A::Redraw,
    A::Suspend,
    A::Editor,
    A::ReadInFull,
    // `minicom-agent transcript` is the shell's.
    A::Transcript,
    // `minicom-agent bot` too.
    A::Lessons,
    A::Pipe,
    // Lines are the terminal's own: it selects them as they are.
    A::Bare,
    A::Mouse,
    A::ReloadSettings,
    // In lines nothing is shown that was not asked for.
    A::SuggestionsShown,
    // /find tells all at once, with numbers.
    A::NextHit,
    A::PreviousHit,
];

#[test]
fn every_action_that_is_not_only_seen_has_a_word() {
    let worded: Vec<Action> = WORDS.iter().flat_map(|word| word.actions).copied().collect();
    for row in TABLE {
        let seen = ON_SCREEN_ONLY.contains(&row.action);
        assert_ne!(
            worded.contains(&row.action),
            seen,
            "{} has no word, or needs none",
            row.name
        );
    }
}

#[test]
fn words_are_there_once_and_say_what_they_do() {
    let names: BTreeSet<&str> = WORDS.iter().map(|word| word.name).collect();
    assert_eq!(names.len(), WORDS.len());
    for word in WORDS {
        let fits = |c: char| c.is_ascii_lowercase() || c == '-';
        assert!(!word.name.is_empty() && word.name.chars().all(fits), "{}", word.name);
        assert!(!word.help.is_empty() && !word.help.ends_with('.'), "{}", word.name);
        assert!(
            word.usage().len() + word.help.len() < 170,
            "{} is too long a line",
            word.name
        );
    }
}

#[test]
fn help_tells_all_words_or_one_and_needs_no_connection() {
    let mut script = Script::away(Desk::new());
    script.lines(&["/help"]);
    assert_eq!(script.said.len(), WORDS.len() + 1);
    assert!(
        script
            .said
            .contains(&"/undo: keep the chat that is about to end".to_owned())
    );
    script.tells(
        "/help snooze",
        &["/snooze [2h|14:30|tomorrow 9:00]: put aside until then, or until the customer writes"],
    );
    script.tells("/help /why", &["/why [NAME]: why it waits, and who may take it"]);
    script.tells("/help wyh", &["There is no /wyh. Did you mean /why [NAME]?"]);
}

#[test]
fn a_word_that_is_none_is_told_with_the_nearest() {
    let check = |written: &str, expected: Option<&str>| {
        assert_eq!(nearest(written).map(|word| word.name), expected, "{written}");
    };
    check("trnasfer", Some("transfer"));
    check("tranfser", Some("transfer"));
    check("prio", Some("priority"));
    check("withdrw", Some("withdraw"));
    check("tak", Some("take"));
    check("wrokload", Some("workload"));
    // Two begin so.
    check("ti", None);
    check("fly", None);
    check("", None);
    check(&"x".repeat(10_000), None);
    let mut script = Script::at(mine());
    script.tells(
        "/tranfser Bo",
        &["There is no /tranfser. Did you mean /transfer NAME|#GROUP|queue [-- NOTE]?"],
    );
    script.tells("/\u{1b}[2Jxyz", &["There is no /␛[2Jxyz. /help tells the words."]);
}

#[test]
fn words_without_what_they_need_say_how_they_are_written() {
    let mut script = carol(mine());
    for word in WORDS
        .iter()
        .filter(|word| !word.arguments.is_empty() && !word.arguments.starts_with('['))
    {
        if word.name == "open" {
            // Without a name it tells the open one again.
            continue;
        }
        script.tells(
            &format!("/{}", word.name),
            &[&format!("Write {}. Nothing was done.", word.usage())],
        );
    }
}

#[test]
fn whatever_stands_behind_a_word_harms_nobody() {
    let hostile = [
        "\u{1b}]0;x\u{7}",
        "\"",
        "-- --",
        "= == a= =b",
        "+ - +- -+",
        "#0 @0 #99999999999999999999",
        "0 -1 99999999999999999999",
        "{{customer_name}} {{?x}}",
        "\u{202e}e\u{301}\u{301}\u{301}",
        "a -- b -- c",
    ];
    for word in WORDS.iter().filter(|word| word.name != "quit") {
        for rest in hostile {
            let mut script = carol(mine());
            script.lines(&[&format!("/{} {rest}", word.name)]);
            for said in &script.said {
                assert!(
                    !said.chars().any(char::is_control) && !said.contains('\u{202e}'),
                    "/{} {rest}: {said:?}",
                    word.name
                );
            }
        }
    }
}

#[test]
fn a_word_for_many_is_said_of_each() {
    let mut desk = waiting();
    desk.says("dora", "hello").asks("dora").says("eve", "hi");
    desk.taken("carol", ADA).taken("dora", ADA);
    let mut script = Script::at(desk);
    script.lines(&["/each owner:me -- tag +vip"]);
    script.says(&["/tag for 2 chats: dora, carol."]);
    for name in ["dora", "carol"] {
        let (id, command) = script.command();
        let conversation = script.desk.conversation(name);
        assert_eq!(command.conversation(), Some(conversation), "{command:?}");
        script.answer(
            (id, command),
            minicom_protocol::command::Outcome::Done(Default::default()),
        );
    }
    script.orders_nothing();
    script.says(&["It is so already.", "It is so already."]);
    script.lines(&["/each owner:me -- /done", "/undo"]);
    script.says(&[
        "/done for 2 chats: dora, carol.",
        "The chat with dora ends in 5 seconds; /undo keeps it.",
        "The chat with carol ends in 5 seconds; /undo keeps it.",
        "Kept: 2 chats go on.",
    ]);
    script.tells("/each tag:nobody -- done", &["No conversation fits. Nothing was done."]);
    script.tells(
        "/each tag: -- done",
        &["`tag` needs a value, as in tag:vip. Nothing was done."],
    );
    script.tells(
        "/each owner:me -- dnoe",
        &["There is no /dnoe. Did you mean /done [NAME]?"],
    );
    script.tells("/each owner:me", &["Write /each FILTER -- WORD .... Nothing was done."]);
    script.lines(&["/each owner:me -- open"]);
    assert!(
        script.said[0].starts_with("/open is said of one conversation."),
        "{:?}",
        script.said
    );
}

#[test]
fn a_word_about_lines_waits_until_what_was_written_is_stored() {
    let mut script = carol(mine());
    script.lines(&["hello", "/lines"]);
    let post = script.command();
    script.says(&[]);
    script.done(post, |desk| desk.replies("carol", ADA, "hello"));
    script.says(&[
        "[carol] 14:00 you: hello",
        "2. 13:59 carol: my parcel?",
        "1. 14:00 you: hello",
    ]);
}
