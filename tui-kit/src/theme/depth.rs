//! How many colours a terminal draws, and which of them is nearest to one that it does not. It refuses to know what is drawn.

use ratatui::style::{Color, Style};

/// How many colours a terminal draws.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// Its own sixteen.
    Sixteen,
    /// Those, and 240 that are the same everywhere.
    Indexed,
    /// Every one.
    Every,
}

impl Depth {
    /// By the environment: what `COLORTERM` promises, else what `TERM` names.
    pub fn of(var: impl Fn(&str) -> Option<String>) -> Depth {
        match var("COLORTERM").as_deref() {
            Some("truecolor" | "24bit") => return Depth::Every,
            Some("256color") => return Depth::Indexed,
            _ => {}
        }
        let term = var("TERM").unwrap_or_default();
        if term.ends_with("-direct") {
            return Depth::Every;
        }
        let many = ["256color", "kitty", "alacritty", "foot", "ghostty", "wezterm"];
        match many.iter().any(|name| term.contains(name)) {
            true => Depth::Indexed,
            false => Depth::Sixteen,
        }
    }

    /// A style with the nearest colours that there are.
    pub fn fit(self, style: Style) -> Style {
        Style {
            fg: style.fg.map(|it| self.nearest(it)),
            bg: style.bg.map(|it| self.nearest(it)),
            ..style
        }
    }

    fn nearest(self, colour: Color) -> Color {
        match (self, colour) {
            (Depth::Indexed, Color::Rgb(red, green, blue)) => Color::Indexed(nearest_index((red, green, blue))),
            (Depth::Sixteen, Color::Rgb(..) | Color::Indexed(16..)) => rgb_of(colour).map_or(colour, nearest_name),
            (_, colour) => colour,
        }
    }
}

/// Red, green and blue of a colour that is the same in every terminal.
pub(super) fn rgb_of(colour: Color) -> Option<(u8, u8, u8)> {
    match colour {
        Color::Rgb(red, green, blue) => Some((red, green, blue)),
        Color::Indexed(index @ 16..=231) => {
            let index = index - 16;
            Some((step(index / 36), step(index / 6 % 6), step(index % 6)))
        }
        Color::Indexed(index @ 232..) => {
            let grey = 8 + (index - 232) * 10;
            Some((grey, grey, grey))
        }
        _ => None,
    }
}

/// The brightness of a step of the cube of 256 colours.
fn step(step: u8) -> u8 {
    match step {
        0 => 0,
        step => 55 + step * 40,
    }
}

fn nearest_index(wanted: (u8, u8, u8)) -> u8 {
    let far = |index: &u8| rgb_of(Color::Indexed(*index)).map_or(u32::MAX, |it| distance(wanted, it));
    (16..=255).min_by_key(far).unwrap_or(16)
}

/// By hue: how bright a terminal's own colours are is not known. What has hardly any colour is the terminal's usual one.
fn nearest_name((red, green, blue): (u8, u8, u8)) -> Color {
    let parts = [red, green, blue].map(u32::from);
    let most = parts.into_iter().max().unwrap_or(0);
    let least = parts.into_iter().min().unwrap_or(0);
    if (most - least) * 4 <= most {
        return Color::Reset;
    }
    // A part counts that is nearer to the most than to the least.
    let counts = parts.map(|it| it * 2 > most + least);
    match counts {
        [true, false, false] => Color::Red,
        [true, true, false] => Color::Yellow,
        [false, true, false] => Color::Green,
        [false, true, true] => Color::Cyan,
        [false, false, true] => Color::Blue,
        _ => Color::Magenta,
    }
}

fn distance(a: (u8, u8, u8), b: (u8, u8, u8)) -> u32 {
    let part = |a: u8, b: u8| u32::from(a.abs_diff(b)).pow(2);
    // The eye sees green best and blue least.
    2 * part(a.0, b.0) + 4 * part(a.1, b.1) + 3 * part(a.2, b.2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pairs: &[(&str, &str)]) -> Depth {
        Depth::of(|name| pairs.iter().find(|it| it.0 == name).map(|it| it.1.to_owned()))
    }

    #[test]
    fn the_environment_tells() {
        assert_eq!(of(&[]), Depth::Sixteen);
        assert_eq!(of(&[("TERM", "linux")]), Depth::Sixteen);
        assert_eq!(of(&[("TERM", "tmux-256color")]), Depth::Indexed);
        assert_eq!(of(&[("TERM", "xterm-kitty")]), Depth::Indexed);
        assert_eq!(of(&[("TERM", "xterm"), ("COLORTERM", "truecolor")]), Depth::Every);
        assert_eq!(of(&[("TERM", "xterm-direct")]), Depth::Every);
    }

    #[test]
    fn a_colour_that_there_is_not_becomes_the_nearest() {
        let fit = |depth: Depth, colour| depth.fit(Style::new().fg(colour)).fg;
        let blue = Color::Rgb(0x5f, 0x87, 0xff);
        assert_eq!(fit(Depth::Every, blue), Some(blue));
        assert_eq!(fit(Depth::Indexed, blue), Some(Color::Indexed(69)));
        assert_eq!(fit(Depth::Sixteen, blue), Some(Color::Blue));
        assert_eq!(fit(Depth::Sixteen, Color::Rgb(0xd0, 0x60, 0x10)), Some(Color::Red));
        assert_eq!(fit(Depth::Sixteen, Color::Indexed(248)), Some(Color::Reset));
        assert_eq!(
            fit(Depth::Sixteen, Color::Indexed(9)),
            Some(Color::Indexed(9)),
            "its own"
        );
        assert_eq!(fit(Depth::Sixteen, Color::Green), Some(Color::Green));
        for index in 16..=255 {
            let (red, green, blue) = rgb_of(Color::Indexed(index)).unwrap();
            let back = fit(Depth::Indexed, Color::Rgb(red, green, blue)).and_then(rgb_of);
            assert_eq!(back, Some((red, green, blue)));
        }
    }
}
