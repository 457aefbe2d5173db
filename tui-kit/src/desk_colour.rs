//! The colour that a desk has chosen for itself, as a patch beside its name: as it is where the terminal draws every colour, else as
//! the nearest of the terminal's own, and not at all without colours. No letter is written in it or on it, for nobody knows what
//! can be read on what.

use ratatui::style::{Color, Style};

use crate::Theme;

/// A colour of the web.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeskColour {
    red: u8,
    green: u8,
    blue: u8,
}

impl DeskColour {
    /// From `#rrggbb`; [`None`] for anything else.
    pub fn parse(text: &str) -> Option<DeskColour> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6)?;
        let part = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
        digits.bytes().all(|it| it.is_ascii_hexdigit()).then_some(())?;
        Some(DeskColour {
            red: part(0)?,
            green: part(2)?,
            blue: part(4)?,
        })
    }

    /// How a patch of it looks; [`None`] without colours.
    pub fn patch(self, theme: &Theme) -> Option<Style> {
        let colour = match (theme.mono, theme.every_colour) {
            (true, _) => return None,
            (false, true) => Color::Rgb(self.red, self.green, self.blue),
            (false, false) => self.nearest(),
        };
        Some(Style::new().bg(colour))
    }

    /// By what is nearest to it on the wheel of colours. What has hardly any colour is grey: black and white may be the ground.
    fn nearest(self) -> Color {
        let [red, green, blue] = [self.red, self.green, self.blue].map(i32::from);
        let (most, least) = (red.max(green).max(blue), red.min(green).min(blue));
        let spread = most - least;
        if spread * 5 <= most {
            return Color::DarkGray;
        }
        let sixth = |a: i32, b: i32, from: i32| from + 60 * (a - b) / spread.max(1);
        let hue = match most {
            _ if most == red => sixth(green, blue, 360),
            _ if most == green => sixth(blue, red, 120),
            _ => sixth(red, green, 240),
        };
        match hue % 360 {
            30..90 => Color::Yellow,
            90..150 => Color::Green,
            150..210 => Color::Cyan,
            210..270 => Color::Blue,
            270..330 => Color::Magenta,
            _ => Color::Red,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_is_six_digits_and_nothing_else() {
        for bad in [
            "", "#", "112233", "#12345", "#1234567", "#12345g", "#+1+2+3", "#äöü", "red",
        ] {
            assert_eq!(DeskColour::parse(bad), None, "{bad}");
        }
        assert!(DeskColour::parse("#AbCdEf").is_some());
    }

    #[test]
    fn each_terminal_shows_it_as_well_as_it_can() {
        let every = Theme {
            every_colour: true,
            ..Theme::ansi()
        };
        for (text, nearest) in [
            ("#d01010", Color::Red),
            ("#ff0000", Color::Red),
            ("#f0a000", Color::Yellow),
            ("#10a020", Color::Green),
            ("#00b0b0", Color::Cyan),
            ("#1a4fd0", Color::Blue),
            ("#000080", Color::Blue),
            ("#c020c0", Color::Magenta),
            ("#ff0060", Color::Red),
            ("#000000", Color::DarkGray),
            ("#ffffff", Color::DarkGray),
            ("#808890", Color::DarkGray),
        ] {
            let colour = DeskColour::parse(text).unwrap();
            assert_eq!(colour.patch(&Theme::ansi()), Some(Style::new().bg(nearest)), "{text}");
            let Color::Rgb(..) = colour.patch(&every).and_then(|it| it.bg).unwrap() else {
                panic!("{text} as it is")
            };
            assert_eq!(colour.patch(&Theme::mono()), None);
        }
    }
}
