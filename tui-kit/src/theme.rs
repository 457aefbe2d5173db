//! Colours and signs, by meaning.
//!
//! Owns which theme there is: `ansi` (the terminal's own sixteen colours), `mono`, `dark`, `light`, or a file of the person's own; and
//! what the environment says of them. Colour never carries a meaning alone: whatever has one also has a word. It refuses to know where
//! anything stands.

mod choice;
mod depth;
mod file;
mod ground;
mod signs;
mod styles;

use ratatui::{
    buffer::{Buffer, Cell, CellDiffOption},
    style::{Modifier, Style},
};

pub use self::choice::{Choice, Look, UnknownTheme, is_file};
pub use self::depth::Depth;
pub use self::file::Own;
pub use self::ground::{Ground, ask as ask_ground};
pub use self::signs::Signs;
pub use self::styles::Styles;
use crate::links;
use crate::text::width;

/// Who speaks, or what kind of line it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Who {
    /// Who asks for help.
    Customer,
    /// The program that answers first.
    Bot,
    /// A person who answers.
    Agent,
    /// What happened, told by the desk.
    System,
    /// A note that only agents see.
    Note,
}

/// How things look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Theme {
    /// No colours: weight and words only.
    pub mono: bool,
    /// Only ASCII signs in the program's own parts.
    pub ascii: bool,
    /// The terminal draws every colour, not only its own sixteen. What others have chosen is drawn so.
    pub every_colour: bool,
    /// How each meaning looks.
    pub styles: Styles,
}

impl Theme {
    /// The last touch to a frame. With ASCII signs the sign of a cut, which is in words long before a theme is known, becomes one too. And
    /// what stands for several columns is told apart from blanks: a terminal that knows less of scripts keeps a part of it in each of
    /// those columns, and has to be told when it goes.
    pub fn finish(&self, buffer: &mut Buffer) {
        if self.ascii {
            for cell in buffer.content.iter_mut().filter(|cell| cell.symbol() == "›") {
                cell.set_symbol(">");
            }
        }
        let columns = usize::from(buffer.area.width).max(1);
        for row in buffer.content.chunks_mut(columns) {
            blank_halves(row);
            // Columns that belong to the cell before, and columns behind those that a part of it may be drawn into.
            let (mut behind, mut beyond) = (0_usize, 0_usize);
            for cell in row {
                if behind > 0 {
                    // Nothing is drawn of it: that it is hidden is seen only when it is compared with the next frame's.
                    cell.modifier.insert(Modifier::HIDDEN);
                    behind -= 1;
                    continue;
                }
                if beyond > 0 && cell.symbol() == " " {
                    // The same, for a blank that is drawn: nobody sees how it leans.
                    cell.modifier.insert(Modifier::ITALIC);
                }
                beyond = beyond.saturating_sub(1);
                // A link is told in the cell that it begins in. It is not what is drawn there, and hides nothing.
                let symbol = links::label(cell.symbol());
                // Neither is a picture, which is one sequence.
                if symbol.starts_with('\x1b') {
                    continue;
                }
                // Two characters that are not ASCII, at least.
                if symbol.len() > 3 && symbol.chars().nth(1).is_some() {
                    let whole = width(symbol);
                    let apart: usize = symbol.chars().map(|c| width(c.encode_utf8(&mut [0; 4]))).sum();
                    behind = whole.saturating_sub(1);
                    beyond = beyond.max(apart.saturating_sub(whole));
                }
            }
        }
    }

    /// The terminal's own colours.
    pub const fn ansi() -> Theme {
        Theme::with(styles::ANSI)
    }

    /// No colours.
    pub const fn mono() -> Theme {
        Theme {
            mono: true,
            ..Theme::with(styles::MONO)
        }
    }

    /// For a dark ground, in a terminal with 256 colours.
    pub const fn dark() -> Theme {
        Theme::with(styles::DARK)
    }

    /// For a light ground, in a terminal with 256 colours.
    pub const fn light() -> Theme {
        Theme::with(styles::LIGHT)
    }

    const fn with(styles: Styles) -> Theme {
        Theme {
            mono: false,
            ascii: false,
            every_colour: false,
            styles,
        }
    }

    /// The signs to draw with.
    pub fn signs(&self) -> &'static Signs {
        if self.ascii { &signs::ASCII_SIGNS } else { &signs::SIGNS }
    }

    /// The name and badge of a speaker.
    pub fn who(&self, who: Who) -> Style {
        match who {
            Who::Customer => self.styles.customer,
            Who::Bot => self.styles.bot,
            Who::Agent => self.styles.agent,
            Who::System => self.styles.system,
            Who::Note => self.styles.note,
        }
    }

    /// What matters less: times, marks, rules.
    pub fn dim(&self) -> Style {
        self.styles.dim
    }

    /// Header and footer text.
    pub fn bar(&self) -> Style {
        self.styles.bar
    }

    /// The title of a section or pane.
    pub fn title(&self) -> Style {
        self.styles.title
    }

    /// The title of the pane that has the keys.
    pub fn focused_title(&self) -> Style {
        self.styles.focused_title
    }

    /// The row under the cursor.
    pub fn selected(&self) -> Style {
        self.styles.selected
    }

    /// What is new and not read.
    pub fn unread(&self) -> Style {
        self.styles.unread
    }

    /// Waits for somebody.
    pub fn waiting(&self) -> Style {
        self.styles.waiting
    }

    /// Waits for long.
    pub fn waiting_long(&self) -> Style {
        self.styles.waiting_long
    }

    /// Waits for too long.
    pub fn waiting_too_long(&self) -> Style {
        self.styles.waiting_too_long
    }

    /// The part of a row that fits what was typed.
    pub fn matched(&self) -> Style {
        self.styles.matched
    }

    /// The same where several are marked and this one was gone to.
    pub fn matched_here(&self) -> Style {
        self.styles.matched.add_modifier(Modifier::REVERSED)
    }

    /// A link's or file's address.
    pub fn address(&self) -> Style {
        self.styles.address
    }

    /// Code: it is also indented, or stands between backticks.
    pub fn code(&self) -> Style {
        self.styles.code
    }

    /// A number or a word of a language for machines.
    pub fn value(&self) -> Style {
        self.styles.value
    }

    /// Something went wrong, or is refused.
    pub fn error(&self) -> Style {
        self.styles.error
    }

    /// Something needs a look, such as a lost connection.
    pub fn warning(&self) -> Style {
        self.styles.warning
    }

    /// All is well.
    pub fn good(&self) -> Style {
        self.styles.good
    }

    /// A hint's words.
    pub fn hint(&self) -> Style {
        self.styles.hint
    }

    /// A hint's key.
    pub fn hint_key(&self) -> Style {
        self.styles.hint_key
    }
}

/// What stands over the second half of a wide sign (an edge, a list over the chat, the sign of a cut) is seen: the first half becomes a
/// blank. As it is, the terminal would draw the wide one only.
fn blank_halves(row: &mut [Cell]) {
    for x in 0..row.len() {
        let (cell, behind) = row[x..].split_at_mut(1);
        let symbol = links::label(cell[0].symbol());
        // A picture is one sequence, and nothing of two columns is shorter.
        if symbol.len() < 3 || symbol.starts_with('\x1b') {
            continue;
        }
        let others = behind.iter().take(width(symbol).saturating_sub(1));
        if others.into_iter().any(|other| other.symbol() != " ") {
            cell[0].set_symbol(" ").set_diff_option(CellDiffOption::None);
        }
    }
}

#[cfg(test)]
mod tests {
    use ratatui::style::Color;

    use super::*;

    #[test]
    fn a_sign_over_half_of_a_wide_one_is_seen() {
        let mut buffer = Buffer::with_lines(["a日b", "a🏳\u{fe0f}\u{200d}🌈b"]);
        for y in 0..2 {
            buffer[(2, y)].set_symbol("›");
        }
        Theme::ansi().finish(&mut buffer);
        for y in 0..2 {
            let row: Vec<&str> = (0..4).map(|x| buffer[(x, y)].symbol()).collect();
            assert_eq!(row, ["a", " ", "›", "b"]);
            assert!(!buffer[(2, y)].modifier.contains(Modifier::HIDDEN));
        }
        let whole = Buffer::with_lines(["a日b"]);
        let mut finished = whole.clone();
        Theme::ansi().finish(&mut finished);
        assert_eq!(finished, whole);
    }

    #[test]
    fn with_ascii_signs_a_cut_is_ascii_too() {
        let words = crate::text::truncate("saved replies", 6);
        for (ascii, shown) in [(true, "saved>"), (false, "saved›")] {
            let theme = Theme { ascii, ..Theme::mono() };
            let mut buffer = Buffer::with_lines([words.as_str()]);
            theme.finish(&mut buffer);
            assert_eq!(buffer, Buffer::with_lines([shown]));
        }
    }

    #[test]
    fn speakers_differ_in_colour_and_mono_has_none() {
        let all = [Who::Customer, Who::Bot, Who::Agent, Who::Note];
        let colours: Vec<_> = all.map(|who| Theme::ansi().who(who).fg).into_iter().collect();
        assert_eq!(
            colours,
            [
                Some(Color::Blue),
                Some(Color::Yellow),
                Some(Color::Green),
                Some(Color::Magenta)
            ]
        );
        assert!(all.iter().all(|who| Theme::mono().who(*who).fg.is_none()));
        let styles = [
            Theme::mono().error(),
            Theme::mono().waiting_too_long(),
            Theme::mono().good(),
        ];
        assert!(styles.iter().all(|style| style.fg.is_none() && style.bg.is_none()));
    }
}
