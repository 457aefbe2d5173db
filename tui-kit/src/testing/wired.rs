//! A terminal at the end of a wire: what it got is looked at byte by byte, and then it stands as a real one would.

use std::collections::HashSet;
use std::io::{self, Write as _};
use std::num::NonZeroU16;

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::Size;
use unicode_width::UnicodeWidthStr as _;

use crate::notify::Call;
use crate::screen::{Screen, TerminalScreen};
use crate::testing::wire::{Between, Wire, only_own_words};
use crate::{Shown, terminal};

/// So many times the columns that are seen: a family of four is two of ours and eight of others'.
const UNSEEN: NonZeroU16 = NonZeroU16::new(4).unwrap();

/// See the module.
pub struct Wired {
    screen: TerminalScreen<Wire>,
    wire: Wire,
    terminal: vt100::Parser,
    size: Size,
    /// Whether what finds no room at the end of a row goes on in the next one.
    wraps: bool,
    /// Rows on which something stood since they were cleared whose columns terminals count in ways of their own.
    odd: HashSet<u16>,
    /// Bytes that came so far.
    pub bytes: u64,
}

impl Wired {
    /// A terminal of this size that a program has taken.
    ///
    /// # Errors
    /// It cannot be drawn on.
    pub fn new(size: Size) -> Result<Wired, String> {
        let wire = Wire::default();
        let mut wired = Wired {
            screen: TerminalScreen::onto(wire.clone(), size).map_err(words)?,
            wire,
            terminal: parser(size),
            size,
            wraps: true,
            odd: HashSet::new(),
            bytes: 0,
        };
        wired.says(&terminal::taking(true))?;
        Ok(wired)
    }

    /// What came is looked at and shown.
    fn settle(&mut self) -> Result<(), String> {
        let bytes = self.wire.take();
        self.bytes += bytes.len() as u64;
        only_own_words(&bytes, Between::Calls)?;
        let says = |mode: &[u8]| bytes.windows(mode.len()).any(|it| it == mode);
        if says(b"\x1b[?7l") || says(b"\x1b[?7h") {
            self.wraps = says(b"\x1b[?7h");
            self.fit();
        }
        self.terminal.process(&bytes);
        Ok(())
    }

    fn says(&mut self, text: &str) -> Result<(), String> {
        self.wire.write_all(text.as_bytes()).map_err(words)?;
        self.settle()
    }

    /// The screen has its size. What stands for the terminal does not know rows that do not go on: it has columns to the right that
    /// nobody sees.
    fn fit(&mut self) {
        let (rows, columns) = sides(self.size);
        let unseen = if self.wraps { NonZeroU16::MIN } else { UNSEEN };
        self.terminal
            .screen_mut()
            .set_size(rows, columns.saturating_mul(unseen));
    }

    /// It has another size now. What it shows is unknown until the next frame.
    ///
    /// # Errors
    /// As [`Wired::new`].
    pub fn resize(&mut self, size: Size) -> Result<(), String> {
        self.size = size;
        self.fit();
        self.screen = TerminalScreen::onto(self.wire.clone(), size).map_err(words)?;
        self.clear()
    }

    /// Forgets what it shows.
    ///
    /// # Errors
    /// Something came that must not.
    pub fn clear(&mut self) -> Result<(), String> {
        self.screen.clear().map_err(words)?;
        self.odd.clear();
        self.settle()
    }

    /// Another program has it for a while, or the shell.
    ///
    /// # Errors
    /// It was not as it had been, or something came that must not.
    pub fn lend(&mut self, mouse: bool) -> Result<(), String> {
        self.leave()?;
        self.says(&terminal::taking(mouse))?;
        self.clear()
    }

    /// The title, a call.
    ///
    /// # Errors
    /// Something came that must not.
    pub fn title(&mut self, title: &Shown) -> Result<(), String> {
        self.screen.set_title(title).map_err(words)?;
        self.settle()
    }

    /// Somebody is called.
    ///
    /// # Errors
    /// Something came that must not.
    pub fn call(&mut self, call: &Call) -> Result<(), String> {
        self.screen.notify(call).map_err(words)?;
        self.settle()
    }

    /// A text for the clipboard.
    ///
    /// # Errors
    /// Something came that must not.
    pub fn copy(&mut self, text: &str) -> Result<crate::clipboard::Copying, String> {
        let copying = self.screen.copy(text).map_err(words)?;
        self.settle()?;
        Ok(copying)
    }

    /// Wheel and clicks are wanted, or not.
    ///
    /// # Errors
    /// Something came that must not.
    pub fn mouse(&mut self, on: bool) -> Result<(), String> {
        self.says(terminal::mouse_words(on))
    }

    /// Draws a frame. What the terminal shows then is what was drawn.
    ///
    /// # Errors
    /// Something came that must not, or it shows something else.
    pub fn draw(&mut self, mut view: impl FnMut(&mut Frame<'_>)) -> Result<(), String> {
        let mut drawn = Buffer::default();
        let mut frame = |frame: &mut Frame<'_>| {
            view(frame);
            drawn.clone_from(frame.buffer_mut());
        };
        self.screen.draw(&mut frame).map_err(words)?;
        self.settle()?;
        for y in drawn.area.top()..drawn.area.bottom() {
            let mut row = (drawn.area.left()..drawn.area.right()).map(|x| drawn[(x, y)].symbol());
            if !row.all(is_plain) {
                self.odd.insert(y);
            }
        }
        shows(self.terminal.screen(), &drawn, &self.odd)
    }

    /// The program gives it back, as it does at its end: nothing of its modes is left.
    ///
    /// # Errors
    /// Something is.
    pub fn leave(&mut self) -> Result<(), String> {
        self.says(terminal::LEAVE)?;
        let left = left_over(self.terminal.screen());
        match left.is_empty() {
            true => Ok(()),
            false => Err(format!("left behind in the terminal: {}", left.join(", "))),
        }
    }
}

fn words(error: io::Error) -> String {
    error.to_string()
}

fn sides(size: Size) -> (NonZeroU16, NonZeroU16) {
    let side = |side| NonZeroU16::new(side).unwrap_or(NonZeroU16::MIN);
    (side(size.height), side(size.width))
}

fn parser(size: Size) -> vt100::Parser {
    let (rows, columns) = sides(size);
    vt100::Parser::new(rows, columns, 0)
}

/// Modes that are still on.
fn left_over(screen: &vt100::Screen) -> Vec<&'static str> {
    let checks = [
        ("the alternate screen", screen.alternate_screen()),
        ("marked pastes", screen.bracketed_paste()),
        (
            "the mouse",
            screen.mouse_protocol_mode() != vt100::MouseProtocolMode::None,
        ),
        (
            "the mouse's numbers",
            screen.mouse_protocol_encoding() != vt100::MouseProtocolEncoding::Default,
        ),
        ("a hidden cursor", screen.hide_cursor()),
        (
            "a style",
            screen.bold() || screen.dim() || screen.inverse() || screen.underline(),
        ),
        (
            "a colour",
            screen.fgcolor() != vt100::Color::Default || screen.bgcolor() != vt100::Color::Default,
        ),
    ];
    checks.into_iter().filter(|it| it.1).map(|it| it.0).collect()
}

/// Letters of ASCII, and lines of a frame: all terminals agree on how many columns they take.
fn is_plain(symbol: &str) -> bool {
    symbol
        .chars()
        .all(|c| c.is_ascii() || ('\u{2500}'..='\u{259f}').contains(&c))
        && symbol.width() == 1
}

/// What is drawn stands on the terminal, but for the odd rows.
fn shows(screen: &vt100::Screen, drawn: &Buffer, odd: &HashSet<u16>) -> Result<(), String> {
    for y in drawn.area.top()..drawn.area.bottom() {
        let row = || (drawn.area.left()..drawn.area.right()).map(|x| drawn[(x, y)].symbol());
        if odd.contains(&y) {
            continue;
        }
        for (x, symbol) in (0..).zip(row()) {
            let cell = screen.cell(y, x).map_or("", |cell| cell.contents());
            if cell != symbol && !(cell.is_empty() && symbol == " ") {
                let wanted: String = row().collect();
                return Err(format!(
                    "row {y}, column {x} shows {cell:?} where this was drawn: {wanted:?}"
                ));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A family of four: two columns here, eight where each of them is counted.
    const FAMILY: &str = "👨\u{200d}👩\u{200d}👧\u{200d}👦";

    #[test]
    fn what_has_no_room_at_the_end_of_a_row_moves_nothing() {
        let size = Size { width: 4, height: 3 };
        let mut wired = Wired::new(size).unwrap();
        let rows = [format!("ab{FAMILY}"), "name".to_owned(), format!("ab{FAMILY}")];
        let drawn = |wired: &mut Wired| {
            wired.draw(|frame| {
                for (y, row) in (0..).zip(&rows) {
                    frame
                        .buffer_mut()
                        .set_string(0, y, row, ratatui::style::Style::default());
                }
            })
        };
        assert_eq!(drawn(&mut wired), Ok(()));

        // A terminal in which rows go on shows that it matters.
        wired.says("\x1b[?7h").unwrap();
        wired.clear().unwrap();
        assert!(drawn(&mut wired).is_err());
    }
}
