//! Real escape codes, read by a terminal emulator.

use std::num::NonZeroU16;
use std::sync::{Arc, Mutex};

use ratatui::layout::Position;
use ratatui::style::{Color, Style};

use super::*;
use crate::desktop::Desktop;

#[derive(Clone, Default)]
struct Pipe(Arc<Mutex<Vec<u8>>>);

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Pipe {
    fn take(&self) -> String {
        String::from_utf8(std::mem::take(&mut *self.0.lock().unwrap())).unwrap()
    }
}

fn screen() -> (TerminalScreen<Pipe>, Pipe) {
    let pipe = Pipe::default();
    (
        TerminalScreen::onto(pipe.clone(), Size { width: 20, height: 3 }).unwrap(),
        pipe,
    )
}

#[test]
fn a_frame_is_one_synchronised_update_with_the_real_cursor() {
    let (mut screen, pipe) = screen();
    screen
        .draw(&mut |frame| {
            frame
                .buffer_mut()
                .set_string(2, 1, "hallo", Style::new().fg(Color::Green).bold());
            frame.set_cursor_position(Position { x: 7, y: 1 });
        })
        .unwrap();
    let bytes = pipe.take();
    assert!(
        bytes.starts_with("\x1b[?2026h") && bytes.ends_with("\x1b[?2026l"),
        "{bytes:?}"
    );
    assert_eq!(bytes.matches("\x1b[?2026").count(), 2);
    let size = |n| NonZeroU16::new(n).unwrap();
    let mut parser = vt100::Parser::new(size(3), size(20), 0);
    parser.process(bytes.as_bytes());
    assert_eq!(parser.screen().contents(), "\n  hallo");
    assert_eq!(parser.screen().cursor_position(), (1, 7));
    let cell = parser.screen().cell(1, 2).unwrap();
    assert!(cell.bold());
    assert_eq!(
        cell.fgcolor(),
        vt100::Color::Idx(2),
        "colours are the palette's, whatever NO_COLOR says"
    );
}

#[test]
fn a_key_costs_few_bytes() {
    let (mut screen, pipe) = screen();
    let mut draw = |text: &str| {
        screen
            .draw(&mut |frame| {
                frame.buffer_mut().set_string(0, 0, text, Style::new());
                frame.set_cursor_position(Position {
                    x: u16::try_from(text.len()).unwrap(),
                    y: 0,
                });
            })
            .unwrap();
        pipe.take()
    };
    draw("hell");
    let bytes = draw("hello");
    assert!(bytes.len() < 80, "{} bytes: {bytes:?}", bytes.len());
}

#[test]
fn titles_are_gated_and_short() {
    let (mut screen, pipe) = screen();
    screen.set_title(&Shown::text("a\nb")).unwrap();
    assert_eq!(pipe.take(), "\x1b]2;a␤b\x07");
    screen.set_title(&Shown::line(&"x".repeat(200))).unwrap();
    assert!(pipe.take().len() < 80);
    let call = Call {
        bell: true,
        words: Some(Shown::line("carol waits\x1b[2J")),
    };
    screen.notify(&call).unwrap();
    assert_eq!(
        pipe.take(),
        "\x07",
        "a terminal that is not known to take words gets none"
    );
    let mut screen = screen.notifying(Notifier {
        desktop: Some(Desktop::Osc9),
        in_tmux: true,
        ..Notifier::bell()
    });
    screen.notify(&call).unwrap();
    let wrapped = "\x07\x1bPtmux;\x1b\x1b]9;carol waits␛[2J\x1b\x1b\\\x1b\\";
    assert_eq!(pipe.take(), wrapped);
}

#[test]
fn after_clearing_everything_is_drawn_anew() {
    let (mut screen, pipe) = screen();
    let draw = |screen: &mut TerminalScreen<Pipe>| {
        screen
            .draw(&mut |frame| frame.buffer_mut().set_string(0, 0, "hello", Style::new()))
            .unwrap();
        pipe.take()
    };
    assert!(draw(&mut screen).contains("hello"));
    assert!(!draw(&mut screen).contains("hello"));
    screen.clear().unwrap();
    let again = draw(&mut screen);
    assert!(
        again.starts_with("\x1b[0m\x1b[2J") && again.contains("hello"),
        "{again:?}"
    );
}
