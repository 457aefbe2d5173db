//! Colours and signs, by meaning.
//!
//! Owns the two themes, `ansi` (the terminal's own sixteen colours) and `mono`, and the signs with their ASCII stand-ins. Colour never
//! carries a meaning alone: whatever has one also has a word. It refuses to know where anything stands.

use ratatui::{
    buffer::Buffer,
    style::{Color, Modifier, Style},
};

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
    /// The terminal draws every colour, not only its own sixteen. Only what others have chosen is drawn so.
    pub every_colour: bool,
}

/// The program's own signs. None is wider than one column in any terminal that draws it, and none is an emoji.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signs {
    /// Horizontal rule.
    pub rule: &'static str,
    /// Rule of what only agents see.
    pub note_rule: &'static str,
    /// Before each row of what only agents see.
    pub note_bar: &'static str,
    /// Between panes.
    pub bar: &'static str,
    /// The same where it meets a rule above.
    pub tee: &'static str,
    /// The selected row.
    pub marker: &'static str,
    /// An unsent draft.
    pub pencil: &'static str,
    /// Between small facts on one row.
    pub dot: &'static str,
    /// Where the composer begins.
    pub prompt: &'static str,
    /// Something is hidden on the left.
    pub more_left: &'static str,
    /// Something was cut on the right.
    pub more_right: &'static str,
    /// The used part of a bar.
    pub full: &'static str,
    /// The free part of a bar.
    pub free: &'static str,
    /// One point of a list.
    pub bullet: &'static str,
    /// Heights of a sparkline: nothing, then the lowest to the highest.
    pub levels: [char; 9],
}

const SIGNS: Signs = Signs {
    rule: "─",
    note_rule: "═",
    note_bar: "▌",
    bar: "│",
    tee: "┬",
    marker: "›",
    pencil: "✎",
    dot: "·",
    prompt: "▏",
    more_left: "‹",
    more_right: "›",
    full: "█",
    free: "░",
    bullet: "•",
    levels: ['·', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'],
};
const ASCII_SIGNS: Signs = Signs {
    rule: "-",
    note_rule: "=",
    note_bar: "#",
    bar: "|",
    tee: "+",
    marker: ">",
    pencil: "*",
    dot: "-",
    prompt: ">",
    more_left: "<",
    more_right: ">",
    full: "#",
    free: ".",
    bullet: "*",
    levels: ['.', '_', '-', '~', '+', '=', '*', '%', '#'],
};

impl Theme {
    /// The last touch to a frame: with ASCII signs the sign of a cut, which is in words long before a theme is known, becomes one too.
    pub fn finish(&self, buffer: &mut Buffer) {
        if !self.ascii {
            return;
        }
        for cell in buffer.content.iter_mut().filter(|cell| cell.symbol() == "›") {
            cell.set_symbol(">");
        }
    }

    /// The terminal's own colours.
    pub const fn ansi() -> Theme {
        Theme {
            mono: false,
            ascii: false,
            every_colour: false,
        }
    }

    /// No colours.
    pub const fn mono() -> Theme {
        Theme {
            mono: true,
            ascii: false,
            every_colour: false,
        }
    }

    /// From the environment: `NO_COLOR` (not empty) chooses `mono`, a locale that names an encoding other than UTF-8 chooses
    /// ASCII signs, `COLORTERM` tells of every colour. `var` is how a variable is read, `std::env::var(name).ok()` in programs.
    pub fn from_environment(var: impl Fn(&str) -> Option<String>) -> Theme {
        let set = |name: &str| var(name).filter(|value| !value.is_empty());
        let locale = set("LC_ALL")
            .or_else(|| set("LC_CTYPE"))
            .or_else(|| set("LANG"))
            .unwrap_or_default()
            .to_lowercase();
        // A container often says "C" or nothing and still draws everything.
        let other_encoding = locale.contains('.') && !locale.contains("utf-8") && !locale.contains("utf8");
        Theme {
            mono: set("NO_COLOR").is_some(),
            ascii: other_encoding,
            every_colour: set("COLORTERM").is_some_and(|it| it == "truecolor" || it == "24bit"),
        }
    }

    /// The signs to draw with.
    pub fn signs(&self) -> &'static Signs {
        if self.ascii { &ASCII_SIGNS } else { &SIGNS }
    }

    /// The name and badge of a speaker.
    pub fn who(&self, who: Who) -> Style {
        let plain = Style::new();
        match (who, self.mono) {
            (Who::Customer, false) => plain.fg(Color::Blue).add_modifier(Modifier::BOLD),
            (Who::Bot, false) => plain.fg(Color::Yellow),
            (Who::Agent, false) => plain.fg(Color::Green).add_modifier(Modifier::BOLD),
            (Who::Note, false) => plain.fg(Color::Magenta).add_modifier(Modifier::BOLD),
            (Who::Customer | Who::Agent, true) => plain.add_modifier(Modifier::BOLD),
            (Who::Note, true) => plain.add_modifier(Modifier::REVERSED),
            (Who::Bot, true) => plain,
            (Who::System, _) => self.dim(),
        }
    }

    /// What matters less: times, marks, rules.
    pub fn dim(&self) -> Style {
        Style::new().add_modifier(Modifier::DIM)
    }

    /// Header and footer text.
    pub fn bar(&self) -> Style {
        Style::new()
    }

    /// The title of a section or pane.
    pub fn title(&self) -> Style {
        Style::new().add_modifier(Modifier::BOLD)
    }

    /// The title of the pane that has the keys.
    pub fn focused_title(&self) -> Style {
        Style::new().add_modifier(Modifier::BOLD | Modifier::REVERSED)
    }

    /// The row under the cursor.
    pub fn selected(&self) -> Style {
        Style::new().add_modifier(Modifier::REVERSED)
    }

    /// What is new and not read.
    pub fn unread(&self) -> Style {
        self.coloured(Color::Cyan).add_modifier(Modifier::BOLD)
    }

    /// Waits for somebody.
    pub fn waiting(&self) -> Style {
        self.coloured(Color::Red)
    }

    /// Waits for long.
    pub fn waiting_long(&self) -> Style {
        self.waiting().add_modifier(Modifier::BOLD)
    }

    /// Waits for too long.
    pub fn waiting_too_long(&self) -> Style {
        self.waiting().add_modifier(Modifier::BOLD | Modifier::REVERSED)
    }

    /// The part of a row that fits what was typed.
    pub fn matched(&self) -> Style {
        self.coloured(Color::Cyan)
            .add_modifier(Modifier::BOLD | Modifier::UNDERLINED)
    }

    /// A link's or file's address.
    pub fn address(&self) -> Style {
        Style::new().add_modifier(Modifier::UNDERLINED)
    }

    /// Code: it is also indented, or stands between backticks.
    pub fn code(&self) -> Style {
        self.coloured(Color::Cyan)
    }

    /// A number or a word of a language for machines.
    pub fn value(&self) -> Style {
        self.coloured(Color::Magenta)
    }

    /// Something went wrong, or is refused.
    pub fn error(&self) -> Style {
        self.coloured(Color::Red).add_modifier(Modifier::BOLD)
    }

    /// Something needs a look, such as a lost connection.
    pub fn warning(&self) -> Style {
        self.coloured(Color::Yellow).add_modifier(Modifier::BOLD)
    }

    /// All is well.
    pub fn good(&self) -> Style {
        self.coloured(Color::Green)
    }

    /// A hint's words.
    pub fn hint(&self) -> Style {
        self.dim()
    }

    /// A hint's key.
    pub fn hint_key(&self) -> Style {
        Style::new().add_modifier(Modifier::BOLD)
    }

    fn coloured(&self, colour: Color) -> Style {
        if self.mono {
            Style::new()
        } else {
            Style::new().fg(colour)
        }
    }
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr;

    use super::*;

    fn from(pairs: &[(&str, &str)]) -> Theme {
        Theme::from_environment(|name| {
            pairs
                .iter()
                .find(|(key, _)| *key == name)
                .map(|(_, value)| (*value).to_owned())
        })
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
    fn the_environment_chooses() {
        assert_eq!(from(&[]), Theme::ansi());
        assert_eq!(from(&[("NO_COLOR", "")]), Theme::ansi());
        assert_eq!(from(&[("NO_COLOR", "1"), ("LANG", "de_DE.UTF-8")]), Theme::mono());
        assert!(from(&[("LANG", "de_DE.ISO-8859-1")]).ascii);
        assert!(!from(&[("LANG", "C")]).ascii);
        assert!(!from(&[("LC_ALL", "C.utf8"), ("LANG", "de_DE.ISO-8859-1")]).ascii);
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

    #[test]
    fn every_sign_is_one_column() {
        for signs in [SIGNS, ASCII_SIGNS] {
            for sign in [
                signs.rule,
                signs.note_rule,
                signs.note_bar,
                signs.bar,
                signs.tee,
                signs.marker,
                signs.pencil,
                signs.dot,
                signs.prompt,
                signs.more_left,
                signs.more_right,
                signs.full,
                signs.free,
                signs.bullet,
            ] {
                assert_eq!(sign.width(), 1, "{sign}");
            }
        }
    }
}
