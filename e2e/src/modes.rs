//! What a program has asked of its terminal and not taken back: every mode, whatever it is for, also such as are made tomorrow.

use std::collections::BTreeSet;

use anyhow::{Result, ensure};
use vt100::{Callbacks, MouseProtocolMode, Screen};

/// A frame that is being drawn: the terminal shows nothing before its end.
pub const BEGIN_UPDATE: &str = "\x1b[?2026h";

/// Rows go on in the next one: the one mode of these that a shell has on.
const WRAP: u16 = 7;

/// The modes that the screen itself does not know. It is fed with what the screen does not understand.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Modes {
    /// Private modes that are not as a shell has them.
    set: BTreeSet<u16>,
    /// Modes of the keyboard that were put on its stack and not taken off.
    keyboards: i64,
    /// The same of titles.
    titles: i64,
}

impl Modes {
    /// Whether the terminal is as it was before, with all that the screen knows.
    ///
    /// # Errors
    /// Something is not; the words say what.
    pub fn given_back(&self, screen: &Screen) -> Result<()> {
        ensure!(!screen.alternate_screen(), "the alternate screen is still on");
        ensure!(!screen.bracketed_paste(), "bracketed paste is still on");
        ensure!(!screen.hide_cursor(), "the cursor is hidden");
        ensure!(
            screen.mouse_protocol_mode() == MouseProtocolMode::None,
            "the mouse is still reported"
        );
        ensure!(
            !screen.application_cursor() && !screen.application_keypad(),
            "the keys of an application are still on"
        );
        ensure!(
            screen.fgcolor() == vt100::Color::Default && screen.bgcolor() == vt100::Color::Default,
            "what is written next is coloured"
        );
        ensure!(self.set.is_empty(), "modes {:?} are not as they were", self.set);
        ensure!(self.keyboards == 0, "{} modes of the keyboard are left", self.keyboards);
        ensure!(self.titles == 0, "{} titles are left on their stack", self.titles);
        Ok(())
    }
}

impl Callbacks for Modes {
    fn unhandled_csi(&mut self, _: &mut Screen, first: Option<u8>, _: Option<u8>, params: &[&[u16]], last: char) {
        let numbers = || params.iter().filter_map(|param| param.first().copied());
        match (first, last) {
            (Some(b'?'), 'h' | 'l') => {
                for mode in numbers() {
                    match (last == 'h') == (mode == WRAP) {
                        true => _ = self.set.remove(&mode),
                        false => _ = self.set.insert(mode),
                    }
                }
            }
            (Some(b'>'), 'u') => self.keyboards += 1,
            (Some(b'<'), 'u') => self.keyboards -= i64::from(numbers().next().unwrap_or(1).max(1)),
            (None, 't') => match numbers().next() {
                Some(22) => self.titles += 1,
                Some(23) => self.titles -= 1,
                _ => {}
            },
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU16;

    use super::*;

    /// What is complained about after this was written.
    fn after(bytes: &str) -> Option<String> {
        let cells = |n| NonZeroU16::new(n).unwrap();
        let mut parser = vt100::Parser::new_with_callbacks(cells(4), cells(20), 0, Modes::default());
        parser.process(bytes.as_bytes());
        let complaint = parser.callbacks().given_back(parser.screen()).err();
        complaint.map(|error| error.to_string())
    }

    #[test]
    fn whatever_is_left_on_is_told() {
        for on in [
            "\x1b[?1049h",
            "\x1b[?2004h",
            "\x1b[?25l",
            "\x1b[?1000h",
            "\x1b[?1h",
            "\x1b=",
            "\x1b[31m",
            "\x1b[?1004h",
            "\x1b[?2026h",
            "\x1b[?2031h",
            "\x1b[?7l",
            "\x1b[>1u",
            "\x1b[22;0t",
        ] {
            assert!(after(on).is_some(), "{on:?}");
        }
        assert!(after("\x1b[<1u").is_some(), "a mode of the shell's is gone");
    }

    #[test]
    fn what_is_taken_back_is_not() {
        let both =
            "\x1b[22;0t\x1b[?1049h\x1b[?1004h\x1b[>1u\x1b[31mwords\x1b[<1u\x1b[?1004l\x1b[0m\x1b[?1049l\x1b[23;0t";
        assert_eq!(after(both), None);
        assert_eq!(after("\x1b[?1004l\x1b[?2026l"), None, "off twice is off");
        assert_eq!(after("\x1b[?7l\x1b[?7h"), None);
    }
}
