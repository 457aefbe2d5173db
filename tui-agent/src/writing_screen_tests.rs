//! Screens of writing: notes, saved replies, quotes, articles, changed lines, at all sizes and in every theme.

use insta::assert_snapshot;
use minicom_protocol::{
    event::{CardPart, CardTag, EventBody, LineChanged, Noted, Part, Posted},
    ids::LineNo,
    line::{LineRef, LineState, Quote},
    stage::Side,
    text::MessageText,
};
use minicom_tui_kit::{
    App as _, Theme,
    screen::{Screen, TerminalScreen},
};
use ratatui::layout::Size;

use crate::{
    testing::{BO, Desk, Seat, agent},
    writing_tools_tests::desk,
};

fn seat(width: u16, height: u16, theme: Theme) -> Seat {
    let mut seat = Seat::with(told(), width, height, theme);
    seat.press("<alt-2>");
    if width < 60 {
        seat.press("<enter>");
    }
    seat
}

const ASCII: Theme = Theme {
    ascii: true,
    ..Theme::mono()
};

/// The desk with a thread in which there is one of everything.
fn told() -> Desk {
    let mut desk = desk();
    let note = EventBody::Noted(Noted {
        agent: agent(BO),
        text: MessageText::parse("@Ada refund approved, ref 7731. Please tell the customer.").unwrap(),
        mentions: vec![agent(crate::testing::ADA).id],
        handover: false,
    });
    let line = |line, side| LineRef {
        side,
        line: LineNo(line),
    };
    desk.ago(25)
        .happens("bob", note)
        .ago(20)
        .says("bob", "my card is 4929 1234");
    let blanked = EventBody::LineChanged(LineChanged {
        line: line(4, Side::Customer),
        state: LineState::Blanked,
        parts: vec![],
        agent: Some(agent(BO)),
    });
    desk.happens("bob", blanked);
    let parts = vec![
        Part::of_text(MessageText::parse("Here is how it works:").unwrap()),
        Part::Card(CardPart {
            kind: CardTag::Card,
            slug: "refunds".parse().unwrap(),
            title: "Refunds".parse().unwrap(),
            excerpt: "Money comes back in five days.".to_owned(),
            fallback: "Refunds (article refunds)".to_owned(),
        }),
    ];
    let posted = Posted {
        author: minicom_protocol::event::Author::Agent {
            agent: agent(crate::testing::ADA),
        },
        line: desk.row("bob").desk_lines.next(),
        parts,
        quote: Some(Quote {
            line: line(2, Side::Customer),
            excerpt: "my order 48213 never came".to_owned(),
        }),
        notice: None,
        state: LineState::Edited,
    };
    desk.ago(10).happens("bob", EventBody::Posted(posted));
    desk
}

#[test]
fn a_note_at_80x24() {
    let mut seat = seat(80, 24, Theme::ansi());
    seat.press("<tab>ask @b");
    assert_snapshot!(seat.bench.styled());
}

#[test]
fn a_note_in_mono_and_ascii() {
    let mut mono = seat(80, 24, Theme::mono());
    mono.press("<tab>two rows<alt-enter>of it");
    let mut ascii = seat(80, 24, ASCII);
    ascii.press("<tab>two rows<alt-enter>of it");
    assert_snapshot!(format!("{}\n{}", mono.bench.styled(), ascii.bench.screen()));
}

#[test]
fn a_note_at_50x12() {
    let mut seat = seat(50, 12, Theme::ansi());
    seat.press("<tab>ask @b");
    assert_snapshot!(seat.bench.screen());
}

#[test]
fn saved_replies_at_80x24() {
    let mut seat = seat(80, 24, Theme::ansi());
    seat.press("/");
    let list = seat.bench.screen();
    seat.press("5");
    let question = seat.bench.screen();
    seat.press("<enter>48213<enter>");
    assert_snapshot!(format!("{list}\n{question}\n{}", seat.bench.styled()));
}

#[test]
fn what_nothing_fills_stands_out() {
    let mut ansi = seat(80, 24, Theme::ansi());
    ansi.press("/4<enter>");
    let mut ascii = seat(50, 12, ASCII);
    ascii.press("/4");
    assert_snapshot!(format!("{}\n{}", ansi.bench.styled(), ascii.bench.screen()));
}

#[test]
fn what_goes_with_a_reply_at_120x40() {
    let mut seat = seat(120, 40, Theme::ansi());
    seat.press("<alt-q>order<enter><esc>a")
        .press("<enter>")
        .sees("Backspace drops it");
    let attached = seat.bench.screen();
    seat.press("It is on its way");
    assert_snapshot!(format!("{attached}\n{}", seat.bench.screen()));
}

#[test]
fn what_goes_with_a_reply_at_50x12() {
    let mut seat = seat(50, 12, Theme::ansi());
    seat.press("<alt-q>order<enter>").press("<esc>a").press("<enter>");
    assert_snapshot!(seat.bench.screen());
}

#[test]
fn whom_it_goes_to_is_told_beside_what_a_saved_reply_does() {
    for (width, height, to) in [
        (80, 24, "── Reply to bob ─"),
        (50, 12, "── Reply to bob ─"),
        (40, 12, "── bob ─"),
    ] {
        let mut seat = seat(width, height, Theme::ansi());
        seat.press("/5<enter>48213<enter>").sees(to).sees("also: ");
    }
}

#[test]
fn articles_at_80x24() {
    let mut seat = seat(80, 24, Theme::ansi());
    seat.press("<esc>a");
    let list = seat.bench.screen();
    seat.press("<alt-enter>");
    assert_snapshot!(format!("{list}\n{}", seat.bench.screen()));
}

#[test]
fn a_line_is_changed_and_one_is_blanked_out() {
    let mut seat = seat(80, 24, Theme::ansi());
    seat.press("<alt-e>");
    let edit = seat.bench.styled();
    seat.press("<esc><esc>B<enter>");
    assert_snapshot!(format!("{edit}\n{}", seat.bench.screen()));
}

/// A terminal's end of the line that keeps what was written.
#[derive(Clone, Default)]
struct Line(std::sync::Arc<std::sync::Mutex<Vec<u8>>>);

impl std::io::Write for Line {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Over ssh each of them is felt: at most 120, the first letter in an empty composer too.
#[test]
fn a_letter_costs_few_bytes() {
    for (width, height) in [(80, 24), (120, 40), (200, 60)] {
        let mut seat = seat(width, height, Theme::ansi());
        let line = Line::default();
        let mut screen = TerminalScreen::onto(line.clone(), Size { width, height }).unwrap();
        let mut bytes_for = |seat: &mut Seat, letter: &str| {
            let now = seat.press(letter).bench.now();
            screen.draw(&mut |frame| seat.bench.app.view(frame, now)).unwrap();
            std::mem::take(&mut *line.0.lock().unwrap())
        };
        bytes_for(&mut seat, "<ctrl-u>");
        for letter in ["I", "t", "i", "s"] {
            let bytes = bytes_for(&mut seat, letter);
            let told = String::from_utf8_lossy(&bytes);
            assert!(told.contains(letter), "{letter} at {width}x{height}: {told:?}");
            assert!(bytes.len() <= 120, "{} at {width}x{height}: {told:?}", bytes.len());
        }
    }
}

#[test]
fn the_name_of_whom_it_goes_to_is_the_last_thing_to_be_cut() {
    let mut desk = Desk::new();
    let name = "Constanze-Hohenfels";
    desk.ago(60).says(name, "hello").asks(name);
    desk.ago(30).says("bob", "hello").taken("bob", BO);
    for (width, title) in [
        (80, "Reply to Constanze-Hohenfels ── Enter takes over ─"),
        (60, "── Constanz› ─"),
    ] {
        let mut seat = Seat::at(desk.clone(), width, 24);
        seat.press("<alt-1>");
        let rule = seat.row_with("Enter takes over");
        assert!(rule.contains(title), "{width}: {rule}");
    }
    let mut seat = Seat::at(desk, 60, 24);
    seat.press("<ctrl-k>bob<enter>");
    let bob = seat.bench.app.conversation();
    assert_eq!(bob, Some(seat.desk.conversation("bob")));
    seat.sees("── bob ─").sees("Taken by Bo since");
}

#[test]
fn where_enter_sends_nothing_no_reply_is_invited() {
    for (width, height) in [(40, 12), (50, 12), (80, 24)] {
        let mut desk = Desk::new();
        desk.ago(100).says("carol", "hello").taken("carol", crate::testing::ADA);
        let mut seat = Seat::at(desk, width, height);
        seat.press("<ctrl-n>").sees("Type a reply");
        seat.happens(|desk| desk.closed("carol", minicom_protocol::stage::Closer::Customer));
        seat.sees("Enter sends nothing. Tab note").sees_no("Type a reply");
        seat.press("<tab>").sees("A note for colleagues");
    }
}
