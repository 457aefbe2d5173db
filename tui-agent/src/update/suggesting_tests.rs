//! What fits: when it is asked for, where it is seen, and what a key does with it.

use insta::assert_snapshot;
use minicom_client::ClientEvent;
use minicom_protocol::{
    frame::AgentQuestion,
    ids::{ReplyId, Rev},
    suggestions::{SuggestedArticle, SuggestedReply},
};
use minicom_tui_kit::{Effect, Theme};

use super::*;
use crate::{
    app::Msg,
    testing::{Desk, Seat},
    writing_tools_tests::desk,
};

/// What fits bob's lines, whatever they are.
fn told(desk: &Desk) -> (AgentQuestion, AgentReply) {
    let conversation = desk.conversation("bob");
    let article = |slug: &str, title: &str, percent, example: &str| SuggestedArticle {
        slug: slug.parse().unwrap(),
        title: title.parse().unwrap(),
        percent,
        example: example.to_owned(),
    };
    let suggestions = Suggestions {
        conversation,
        at: Some(Rev(9)),
        articles: vec![
            article(
                "late",
                "A parcel that is late",
                92,
                "Where is my parcel?\nIt never came.",
            ),
            article("refunds", "Refunds", 40, "Refunds"),
        ],
        replies: vec![SuggestedReply {
            id: ReplyId::from_bytes([2; 16]),
            code: "look".parse().unwrap(),
            title: "Looking into it".parse().unwrap(),
            percent: 61,
            example: "Hello , let me look into that for you.".to_owned(),
        }],
    };
    (
        AgentQuestion::Suggestions { conversation },
        AgentReply::Suggestions {
            suggestions: Box::new(suggestions),
        },
    )
}

/// On bob, a moment after he was opened.
fn seat_of(width: u16, height: u16, theme: Theme) -> Seat {
    let mut desk = desk();
    let told = told(&desk);
    desk.replies.push(told);
    let mut seat = Seat::with(desk, width, height, theme);
    seat.press("<alt-2>");
    if width < 60 {
        seat.press("<enter>");
    }
    seat.advance(1);
    seat.ordered();
    seat
}

fn seat() -> Seat {
    seat_of(80, 24, Theme::ansi())
}

/// How often it was asked for since effects were last taken. Nothing is answered.
fn asked(seat: &mut Seat) -> usize {
    let effects = seat.bench.effects();
    let asks = |it: &&Effect<Order>| matches!(it, Effect::Program(Order::Ask(AgentQuestion::Suggestions { .. })));
    effects.iter().filter(asks).count()
}

#[test]
fn the_best_is_seen_above_the_composer_and_beside_the_chat_all_are() {
    assert_snapshot!("at 80x24", seat().bench.screen());
    assert_snapshot!("at 120x40", seat_of(120, 40, Theme::ansi()).bench.screen());
    assert_snapshot!("at 98x40", seat_of(98, 40, Theme::ansi()).bench.screen());
    let mono = Theme {
        ascii: true,
        ..Theme::mono()
    };
    assert_snapshot!("in mono and ascii", seat_of(80, 24, mono).bench.screen());
    let mut seat = seat_of(50, 12, Theme::ansi());
    seat.sees_no("92 %");
}

#[test]
fn a_key_attaches_the_best_and_touches_nothing_that_is_written() {
    let mut seat = seat();
    seat.press("Dear Bob, ").press("<alt-s>");
    seat.sees("with the article A parcel that is late").sees("Dear Bob,");
    let app = &seat.bench.app;
    let written = app.writing.get(app.conversation().unwrap()).unwrap();
    assert_eq!(written.current().text(), "Dear Bob, ");
}

#[test]
fn of_all_a_saved_reply_goes_to_where_the_cursor_stands() {
    let mut seat = seat();
    seat.press("Dear ").press("<alt-h>").sees("What fits").sees("61 %");
    seat.press("<down><enter>");
    seat.sees_no("What fits")
        .sees("Dear Hello {{customer_name}}, let me look");
    let mut seat = self::seat();
    seat.press("<alt-h><alt-enter>");
    // This one is not in the library any more.
    seat.sees("This article is no more.");
}

#[test]
fn it_is_asked_when_the_customer_has_written_one_question_at_a_time() {
    let mut seat = seat();
    seat.advance(60);
    assert_eq!(asked(&mut seat), 0);
    seat.desk.says("bob", "hello?").says("bob", "are you there?");
    let batch = seat.desk.batch();
    seat.bench.tell(Msg::Client(Box::new(batch)));
    assert_eq!(asked(&mut seat), 1, "for both lines");
    seat.desk.says("bob", "well");
    let batch = seat.desk.batch();
    seat.bench.tell(Msg::Client(Box::new(batch)));
    seat.bench.advance(AFTER * 9);
    assert_eq!(asked(&mut seat), 0, "one question at a time");
    // What is known stays, and typing goes on, while nobody answers.
    seat.bench.press("still here");
    seat.bench.sees("92 %").sees("still here");
    let reply = seat.desk.reply(told(&seat.desk).0);
    seat.bench.tell(Msg::Client(Box::new(reply)));
    assert_eq!(asked(&mut seat), 1, "for the line that came meanwhile");
}

#[test]
fn whoever_goes_through_the_list_asks_for_little() {
    let mut seat = seat();
    let mut asks = 0;
    for _ in 0..20 {
        seat.bench.press("<alt-1>");
        seat.bench.press("<alt-2>");
        asks += asked(&mut seat);
        let conversation = seat.desk.conversation("carol");
        let reply = seat.desk.reply(AgentQuestion::Suggestions { conversation });
        seat.bench.tell(Msg::Client(Box::new(reply)));
        asks += asked(&mut seat);
    }
    assert_eq!(asks, 1);
    seat.bench.advance(AFTER);
    assert_eq!(asked(&mut seat), 1, "where the agent came to rest");
}

#[test]
fn without_a_connection_what_was_told_stays_and_says_so() {
    let mut seat = seat();
    seat.lose().sees("92 % as it was: A parcel that is late");
    seat.press("<alt-s>").sees("with the article A parcel that is late");
    seat.resume().advance(1);
    seat.sees_no("as it was").sees("92 %");
}

#[test]
fn a_question_that_is_lost_is_asked_again_and_one_that_is_refused_is_not() {
    let mut seat = seat();
    seat.desk.says("bob", "hello?");
    let batch = seat.desk.batch();
    seat.bench.tell(Msg::Client(Box::new(batch)));
    assert_eq!(asked(&mut seat), 1);
    let question = told(&seat.desk).0;
    let failed = ClientEvent::AskFailed {
        n: 1,
        question: question.clone(),
    };
    seat.bench.tell(Msg::Client(Box::new(failed)));
    seat.bench.advance(AFTER);
    assert_eq!(asked(&mut seat), 1);
    let told = Told::Refusal(minicom_protocol::refusal::Refusal::Internal);
    let refused = ClientEvent::Reply { n: 1, question, told };
    seat.bench.tell(Msg::Client(Box::new(refused)));
    seat.bench.advance(AFTER * 9);
    assert_eq!(asked(&mut seat), 0);
    seat.bench.sees("92 %");
}

#[test]
fn it_can_be_hidden_and_that_is_remembered() {
    let mut seat = seat();
    seat.press("/suggest off<enter>")
        .sees("/suggest on shows it")
        .sees_no("92 %");
    assert!(seat.choice.no_suggestions);
    seat.happens(|desk| desk.says("bob", "hello?"));
    seat.bench.advance(AFTER * 9);
    assert_eq!(asked(&mut seat), 0);
    seat.press("/suggest<enter>")
        .sees("/suggest on shows it")
        .press("<esc>");
    seat.press("/suggest on<enter>").advance(1).sees("92 %");
    assert!(!seat.choice.no_suggestions);
}

#[test]
fn what_fits_is_shown_as_it_will_read_and_a_cut_is_seen() {
    let mut seat = seat();
    let (question, mut reply) = told(&seat.desk);
    if let AgentReply::Suggestions { suggestions } = &mut reply {
        suggestions.articles.truncate(1);
        suggestions.articles[0].example = "Take **two** [weeks](https://example.org/w), then `ask`. ".repeat(3);
    }
    let told = Told::Reply(reply);
    seat.client(ClientEvent::Reply { n: 1, question, told });
    let row = seat.row_with("92 %");
    assert!(row.contains("· Take two weeks") && row.contains('›'), "{row}");
    seat.press("<alt-h>").sees("reply look · Hello b");
}

/// What is chosen on the screen is what Enter does.
#[test]
fn a_word_behind_the_slash_stands_in_the_list_and_is_chosen() {
    for typed in ["summary", "draft", "suggest off", "get", "attach", "attach ./a"] {
        let mut seat = seat();
        seat.press("/").press(typed).sees_no("Nothing fits");
        let shown = seat.row_with(&format!("/{typed}  "));
        assert!(shown.contains('›'), "{typed}: {shown}");
        seat.press("<enter>").sees_no("Saved replies");
    }
    let mut seat = self::seat();
    seat.press("/summ")
        .sees("/summary")
        .press("<enter>")
        .sees_no("Saved replies");
    // A mistake behind a word is told.
    let mut seat = self::seat();
    seat.press("/suggest of course<enter>")
        .sees("/suggest, /suggest on or /suggest off.");
    // What was chosen before a word came into the list stays chosen.
    let mut seat = self::seat();
    seat.press("/l<enter>").sees("let me look into that");
}

#[test]
fn a_word_is_done_and_is_no_saved_reply() {
    let mut seat = seat();
    seat.press("/").sees("Saved replies · 5 ").sees("Enter inserts");
    seat.press("summ").sees("Saved replies · 0 of 5").sees("Enter does it");
    seat.sees_no("Enter inserts");
    seat.press("<esc>/l").sees("Enter inserts").sees_no("Enter does it");
}

#[test]
fn hostile_words_are_shown_gated() {
    let mut seat = seat();
    let (question, mut reply) = told(&seat.desk);
    if let AgentReply::Suggestions { suggestions } = &mut reply {
        suggestions.articles[0].example = crate::writing_tools_tests::hostile(300);
    }
    let told = Told::Reply(reply);
    seat.client(ClientEvent::Reply { n: 1, question, told });
    seat.bench.resize(120, 40);
    seat.sees("92 %").sees_no("\u{1b}").sees_no("\u{202e}");
}
