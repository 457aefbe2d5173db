//! Finding: typed, gone to, and back to exactly where one was.

use insta::assert_snapshot;
use minicom_client::ClientEvent;
use minicom_protocol::{frame::AgentQuestion, stage::Closer};
use minicom_tui_kit::{Effect, Input, Theme};
use ratatui::{layout::Size, style::Modifier};

use crate::{
    app::Order,
    testing::{ADA, Desk, Seat},
};

fn desk() -> Desk {
    let mut desk = Desk::new();
    desk.ago(90_000)
        .says("dora", "the lamp is broken")
        .closed("dora", Closer::Customer);
    desk.ago(50_000).says("carol", "my parcel is late: order 48001");
    for number in 0..300 {
        desk.replies("carol", ADA, &format!("line {number}"));
    }
    desk.ago(400).says("carol", "and the lamp?").taken("carol", ADA);
    desk
}

fn seat() -> Seat {
    let mut seat = Seat::at(desk(), 80, 24);
    seat.press("<ctrl-n>").sees("and the lamp?");
    seat
}

#[test]
fn what_was_said_in_this_chat_is_gone_to_and_back() {
    let mut seat = seat();
    seat.press("<pgup><pgup>");
    let before = seat.bench.screen();
    seat.press("<ctrl-f>").sees("Find in this chat").sees("from:customer");
    seat.press("parc").sees("my parcel is late: order 48001");
    seat.press("<enter>")
        .sees_no("Find in this chat")
        .sees("my parcel is late: order 48001");
    seat.press("<esc>");
    assert_eq!(seat.bench.screen(), before, "back exactly where it began");
}

#[test]
fn escape_while_typing_leads_back_too() {
    let mut seat = seat();
    let before = seat.bench.screen();
    seat.press("<ctrl-f>line<down><down>").sees("Find in this chat");
    seat.press("<esc>");
    assert_eq!(seat.bench.screen(), before);
}

#[test]
fn tab_looks_everywhere_and_an_old_chat_is_opened() {
    let mut seat = seat();
    seat.press("hello")
        .press("<ctrl-f>lamp")
        .sees("and the lamp?")
        .sees_no("broken");
    seat.press("<tab>").sees("Find everywhere").sees("the lamp is broken");
    seat.press("<down><enter>")
        .sees("the lamp is broken")
        .sees_no("and the lamp?");
    seat.press("<ctrl-f>").sees("Find everywhere").press("<enter>");
    seat.press("<esc>").sees("and the lamp?").sees("hello");
}

#[test]
fn the_newest_question_wins() {
    let mut seat = seat();
    seat.press("<ctrl-f>lamx").sees("Nothing fits");
    seat.press("<backspace>").sees("and the lamp?");
    seat.press("<backspace><backspace><backspace>")
        .sees("Type what was said");
    seat.press("nothinghasthis").sees("Nothing fits");
}

#[test]
fn what_is_not_understood_is_told() {
    let mut seat = seat();
    seat.press("<ctrl-f>before:soon lamp")
        .sees("not understood: before:soon");
}

#[test]
fn a_filter_that_there_is_none_of_is_named() {
    let mut seat = seat();
    seat.press("<ctrl-f>form:carol lamp")
        .sees("no filter is called form:, did you mean from:");
}

#[test]
fn nothing_is_said_once_and_tab_is_always_named() {
    let mut seat = seat();
    seat.press("<ctrl-f>").sees("── Tab everywhere ──");
    seat.press("nothinghasthis").sees("Nothing fits").press("<enter>");
    assert_eq!(
        seat.bench.screen().matches("Nothing fits").count(),
        1,
        "{}",
        seat.bench.screen()
    );
    seat.sees("── Tab everywhere ──").sees("Tab here or everywhere");
    seat.press("<tab>").sees("── Tab this chat ──");
}

#[test]
fn what_was_found_stays_until_the_next_is_there() {
    let mut seat = seat();
    seat.press("<ctrl-f>lamp").sees("and the lamp?");
    seat.press(" l").sees("and the lamp?").sees_no("Nothing fits");
    seat.press("x").sees("Nothing fits");
    seat.press("<backspace>").sees("and the lamp?");
    seat.press("<ctrl-u>p").sees("and the lamp?").sees("go on typing");
    seat.press("a").sees("my parcel is late").sees_no("go on typing");
}

#[test]
fn what_cannot_be_found_yet_is_said_beside_the_hits() {
    let mut seat = seat();
    seat.desk.behind = 3;
    seat.press("<ctrl-f>la").sees("newest 3 not found yet");
    seat.press("<down><up>").sees("newest 3 not found yet");
    seat.desk.behind = 0;
    seat.press("m").sees("and the lamp?").sees_no("not found yet");
}

#[test]
fn without_a_connection_what_is_kept_is_searched() {
    let mut seat = seat();
    seat.lose()
        .press("<ctrl-f>lamp")
        .sees("carol: and the lamp?")
        .sees("of what is kept here");
    seat.press("<ctrl-u>parcel").sees("Nothing fits");
    seat.press("<ctrl-u>from:bot lamp")
        .sees("carol: and the lamp?")
        .sees("without a connection filters are left out");
    seat.press("<ctrl-u>lamp -and").sees("Nothing fits");
    seat.press("<ctrl-u>line<enter>")
        .sees_no("Find in this chat")
        .sees("line 299");
    seat.press("<alt-n>").sees("2 of ").sees("line 298");
    seat.press("<esc>").sees("and the lamp?");
}

#[test]
fn the_words_that_were_found_are_seen_at_every_width() {
    let mut desk = desk();
    let long = "Thank you for the long talk that we had about the delivery of last week, and for the lantern that came instead";
    desk.ago(90).replies("carol", ADA, long);
    for width in [120, 80, 50] {
        for query in ["lantern", "thank", "instead"] {
            let mut seat = Seat::at(desk.clone(), width, 24);
            seat.press("<ctrl-n><esc>/").press(query).sees("Find everywhere");
            let row = seat.row_with("Ada:");
            assert!(row.to_lowercase().contains(query), "{width}: {row}");
        }
    }
}

#[test]
fn how_it_looks() {
    let mut seat = Seat::at(desk(), 120, 40);
    seat.press("<ctrl-n><ctrl-f>lamp<tab>");
    assert_snapshot!(seat.bench.styled());
}

#[test]
fn from_hit_to_hit_by_letters_in_the_list_and_by_a_chord_while_writing() {
    let mut seat = seat();
    seat.ordered();
    seat.press("<esc>/lamp").sees("Find everywhere").sees("and the lamp?");
    seat.press("<enter>").sees_no("Find everywhere").sees("1 of 1 here");
    // There is no other, and none is offered.
    seat.sees_no("other hits")
        .sees("Esc back")
        .press("i")
        .sees_no("next hit")
        .sees("Esc back");
    seat.press("<esc><esc>").sees_no("Esc back");
    // In one chat, among three hundred lines.
    seat.press("i<ctrl-f>line").sees("Find in this chat");
    seat.press("<enter>");
    seat.press("<alt-n>").sees("2 of 300 here").sees("line 298");
    seat.press("<alt-n><alt-n>").sees("4 of 300 here").sees("line 296");
    let before = seat.commands();
    assert_eq!(before, [], "nobody is claimed by the same letter");
    seat.press("<esc>").sees("and the lamp?");
    seat.press("<alt-n>").sees("No search has led here.");
}

#[test]
fn other_hits_are_not_waited_for_when_the_question_for_them_is_lost() {
    let mut seat = seat();
    seat.press("<ctrl-f>line").sees("Find in this chat");
    seat.bench.press("<enter>");
    let asked: Vec<AgentQuestion> = seat
        .bench
        .effects()
        .into_iter()
        .filter_map(|effect| match effect {
            Effect::Program(Order::Ask(question)) => Some(question),
            _ => None,
        })
        .collect();
    assert!(!asked.is_empty());
    seat.press("<alt-n>").sees("asking ...").lose();
    for question in asked {
        seat.client(ClientEvent::AskFailed { n: 1, question });
    }
    seat.resume().press("<alt-n>").sees("2 of ").sees("line 298");
}

#[test]
fn a_hit_that_is_not_here_is_not_asked_for_without_a_connection() {
    let mut seat = seat();
    seat.press("<ctrl-f>parcel").sees("my parcel is late");
    seat.lose();
    // Each question would fail at once, and be asked again.
    seat.bench.press("<enter>");
    let asks = |effect: &Effect<Order>| matches!(effect, Effect::Program(Order::Ask(AgentQuestion::Thread { .. })));
    assert!(!seat.bench.effects().iter().any(asks));
    seat.sees("That line needs a connection.");
    seat.resume().sees_no("needs a connection").sees("and the lamp?");
}

#[test]
fn what_is_older_than_all_that_is_held_is_said_to_be_so() {
    let mut desk = Desk::new();
    desk.ago(50_000).says("carol", "my parcel is late");
    for number in 0..5_060 {
        desk.replies("carol", ADA, &format!("line {number}"));
    }
    desk.ago(400).says("carol", "and the lamp?").taken("carol", ADA);
    let mut seat = Seat::at(desk, 80, 24);
    seat.press("<ctrl-n>").press("<ctrl-f>parcel").sees("my parcel is late");
    seat.press("<enter>")
        .sees("That is older than what is held here. D in the list")
        .sees("and the lamp?");
    // The top of what is held says so too.
    let chat = seat.bench.app.chat.as_mut().unwrap();
    chat.transcript.scroll_up(10_000);
    seat.press("<pgup>")
        .sees("older messages are not held here · D writes the chat");
}

#[test]
fn from_the_composer_the_next_hit_and_the_way_back_are_named() {
    for (width, height) in [(80, 24), (40, 12)] {
        let mut seat = Seat::at(desk(), width, height);
        seat.press("<ctrl-n><ctrl-f>line").press("<enter>");
        seat.sees("Alt+N next hit  Esc back").sees_no("Esc list");
        seat.press("<alt-n>").sees("line 298").sees("Alt+N next hit  Esc back");
        seat.press("<esc>")
            .sees("Esc list")
            .sees_no("Esc back")
            .sees_no("Alt+N");
    }
}

#[test]
fn on_a_screen_made_narrow_the_chat_with_the_hit_is_what_is_seen() {
    for (width, height) in [(40, 12), (50, 12)] {
        let mut seat = Seat::at(desk(), 80, 24);
        seat.press("<ctrl-n><esc>/line").press("<enter>").sees("n N other hits");
        seat.input(Input::Resize(Size::new(width, height)));
        seat.sees("line 299").sees("n N other hits").sees_no("WAITING");
        seat.press("n").sees("line 298").press("nn").sees("line 296");
        seat.press("N").sees("line 297");
        seat.press("<esc>").sees("WAITING").sees_no("line 29");
        // So is one that was looked for there.
        seat.press("/line")
            .press("<enter>")
            .sees("line 299")
            .sees("n N other hits");
        seat.press("n").sees("line 298").press("i").press("text").sees("text");
    }
}

#[test]
fn which_of_how_many_it_is_stands_there_at_once() {
    let mut seat = seat();
    seat.press("<ctrl-f>line").press("<enter>").sees("1 of 300 here");
    seat.press("<alt-n>").sees("2 of 300 here").press("<esc>");
    // In an old chat whose row is not here yet too.
    seat.press("<ctrl-f>lamp").press("<tab>").sees("the lamp is broken");
    seat.press("<down><enter>").sees("1 of 1 here");
}

/// The modifiers of the first cell of these words in the chat.
fn looks(seat: &mut Seat, words: &str) -> Modifier {
    let buffer = seat.bench.buffer();
    let area = *buffer.area();
    for y in area.rows().map(|row| row.y) {
        let row: String = (0..area.width).map(|x| buffer[(x, y)].symbol()).collect();
        if let Some(at) = row.find(words) {
            let column = row[..at].chars().count();
            return buffer[(u16::try_from(column).unwrap(), y)].modifier;
        }
    }
    panic!("{words:?} is not on the screen:\n{}", seat.bench.screen())
}

#[test]
fn the_hit_that_was_gone_to_is_told_apart_from_the_others_without_colours_too() {
    for theme in [Theme::ansi(), Theme::mono()] {
        let mut seat = Seat::with(desk(), 80, 24, theme);
        seat.press("<ctrl-n><ctrl-f>line")
            .press("<enter>")
            .press("<alt-n><alt-n>")
            .sees("3 of 300");
        for (words, here) in [("line 297", true), ("line 298", false), ("line 299", false)] {
            let looks = looks(&mut seat, words);
            assert!(looks.contains(Modifier::UNDERLINED), "{words}: {looks:?}");
            assert_eq!(looks.contains(Modifier::REVERSED), here, "{words}: {looks:?}");
        }
        seat.press("<esc>");
        assert!(!looks(&mut seat, "line 299").contains(Modifier::UNDERLINED));
    }
}

#[test]
fn the_hit_that_was_gone_to_is_seen_in_every_size() {
    let mut seat = Seat::at(desk(), 120, 40);
    seat.press("<ctrl-n><ctrl-f>line").press("<enter>");
    for number in (282..299).rev() {
        seat.press("<alt-n>").sees(&format!("line {number}"));
    }
    for (width, height) in [(50, 12), (120, 40), (80, 24), (30, 8)] {
        seat.input(Input::Resize(Size::new(width, height)));
        seat.sees("line 282");
    }
}
