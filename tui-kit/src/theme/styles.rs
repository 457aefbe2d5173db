//! How each thing looks in the themes that come with the programs. Owns the colours; it refuses to know what is drawn with them.
//!
//! `ansi` takes the terminal's own sixteen colours, and neither black nor white: one of them may be the ground. `dark` and `light` take
//! colours out of the 256 that are the same in every terminal, chosen to be read on a dark and on a light ground (a test measures
//! it). Where there are only sixteen, `light` keeps to those that are dark in every terminal.

use ratatui::style::{Color, Modifier, Style};

/// A style for each meaning. Names are those of a file with a theme of one's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Styles {
    /// The name of who asks for help.
    pub customer: Style,
    /// The name of the program that answers first.
    pub bot: Style,
    /// The name of a person who answers.
    pub agent: Style,
    /// A note that only agents see.
    pub note: Style,
    /// What happened, told by the desk.
    pub system: Style,
    /// What matters less: times, marks, rules.
    pub dim: Style,
    /// Header and footer text.
    pub bar: Style,
    /// The title of a section or pane.
    pub title: Style,
    /// The title of the pane that has the keys.
    pub focused_title: Style,
    /// The row under the cursor.
    pub selected: Style,
    /// What is new and not read.
    pub unread: Style,
    /// Waits for somebody.
    pub waiting: Style,
    /// Waits for long.
    pub waiting_long: Style,
    /// Waits for too long.
    pub waiting_too_long: Style,
    /// The part of a row that fits what was typed.
    pub matched: Style,
    /// A link's or file's address.
    pub address: Style,
    /// Code.
    pub code: Style,
    /// A number or a word of a language for machines.
    pub value: Style,
    /// Something went wrong, or is refused.
    pub error: Style,
    /// Something needs a look, such as a lost connection.
    pub warning: Style,
    /// All is well.
    pub good: Style,
    /// A hint's words.
    pub hint: Style,
    /// A hint's key.
    pub hint_key: Style,
}

/// The colours of a theme, by what they are for; weight is the same in all.
struct Colours {
    customer: Style,
    bot: Style,
    agent: Style,
    note: Style,
    /// What is new, what fits, code.
    accent: Style,
    value: Style,
    bad: Style,
    warning: Style,
    good: Style,
    dim: Style,
}

const PLAIN: Style = Style::new();
const DIM: Style = PLAIN.add_modifier(Modifier::DIM);

const fn bold(style: Style) -> Style {
    style.add_modifier(Modifier::BOLD)
}

const fn of(colour: Color) -> Style {
    PLAIN.fg(colour)
}

const fn number(index: u8) -> Style {
    of(Color::Indexed(index))
}

const fn styles(colours: Colours) -> Styles {
    Styles {
        customer: bold(colours.customer),
        bot: colours.bot,
        agent: bold(colours.agent),
        note: bold(colours.note),
        system: colours.dim,
        dim: colours.dim,
        bar: PLAIN,
        title: bold(PLAIN),
        focused_title: bold(PLAIN).add_modifier(Modifier::REVERSED),
        selected: PLAIN.add_modifier(Modifier::REVERSED),
        unread: bold(colours.accent),
        waiting: colours.bad,
        waiting_long: bold(colours.bad),
        waiting_too_long: bold(colours.bad).add_modifier(Modifier::REVERSED),
        matched: bold(colours.accent).add_modifier(Modifier::UNDERLINED),
        address: PLAIN.add_modifier(Modifier::UNDERLINED),
        code: colours.accent,
        value: colours.value,
        error: bold(colours.bad),
        warning: bold(colours.warning),
        good: colours.good,
        hint: colours.dim,
        hint_key: bold(PLAIN),
    }
}

/// The terminal's own sixteen colours.
pub(super) const ANSI: Styles = styles(Colours {
    customer: of(Color::Blue),
    bot: of(Color::Yellow),
    agent: of(Color::Green),
    note: of(Color::Magenta),
    accent: of(Color::Cyan),
    value: of(Color::Magenta),
    bad: of(Color::Red),
    warning: of(Color::Yellow),
    good: of(Color::Green),
    dim: DIM,
});

/// Weight and words only. A note is reversed, as nothing else may be taken for it.
pub(super) const MONO: Styles = Styles {
    note: PLAIN.add_modifier(Modifier::REVERSED),
    ..styles(Colours {
        customer: PLAIN,
        bot: PLAIN,
        agent: PLAIN,
        note: PLAIN,
        accent: PLAIN,
        value: PLAIN,
        bad: PLAIN,
        warning: PLAIN,
        good: PLAIN,
        dim: DIM,
    })
};

/// For a dark ground.
pub(super) const DARK: Styles = styles(Colours {
    customer: number(117),
    bot: number(179),
    agent: number(114),
    note: number(218),
    accent: number(80),
    value: number(183),
    bad: number(217),
    warning: number(221),
    good: number(114),
    dim: number(248),
});

/// For a light ground.
pub(super) const LIGHT: Styles = styles(Colours {
    customer: number(25),
    bot: number(94),
    agent: number(22),
    note: number(90),
    accent: number(23),
    value: number(54),
    bad: number(124),
    warning: number(94),
    good: number(22),
    dim: number(240),
});

/// For a light ground, in a terminal with sixteen colours: green, cyan and yellow cannot be read there.
pub(super) const LIGHT_SIXTEEN: Styles = styles(Colours {
    customer: of(Color::Blue),
    bot: PLAIN,
    agent: PLAIN,
    note: of(Color::Magenta),
    accent: of(Color::Blue),
    value: of(Color::Magenta),
    bad: of(Color::Red),
    warning: of(Color::Red),
    good: PLAIN,
    dim: PLAIN,
});

/// A meaning by its name in a file.
type Role = (&'static str, fn(&mut Styles) -> &mut Style);

/// All meanings with their names, in the order of the documentation.
pub(super) const ROLES: [Role; 23] = [
    ("customer", |it| &mut it.customer),
    ("bot", |it| &mut it.bot),
    ("agent", |it| &mut it.agent),
    ("note", |it| &mut it.note),
    ("system", |it| &mut it.system),
    ("dim", |it| &mut it.dim),
    ("bar", |it| &mut it.bar),
    ("title", |it| &mut it.title),
    ("focused_title", |it| &mut it.focused_title),
    ("selected", |it| &mut it.selected),
    ("unread", |it| &mut it.unread),
    ("waiting", |it| &mut it.waiting),
    ("waiting_long", |it| &mut it.waiting_long),
    ("waiting_too_long", |it| &mut it.waiting_too_long),
    ("matched", |it| &mut it.matched),
    ("address", |it| &mut it.address),
    ("code", |it| &mut it.code),
    ("value", |it| &mut it.value),
    ("error", |it| &mut it.error),
    ("warning", |it| &mut it.warning),
    ("good", |it| &mut it.good),
    ("hint", |it| &mut it.hint),
    ("hint_key", |it| &mut it.hint_key),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theme::depth::rgb_of;

    /// Brightness by WCAG, from 0 to 1.
    fn brightness((red, green, blue): (u8, u8, u8)) -> f64 {
        let part = |it: u8| {
            let it = f64::from(it) / 255.0;
            if it <= 0.040_45 {
                it / 12.92
            } else {
                ((it + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * part(red) + 0.7152 * part(green) + 0.0722 * part(blue)
    }

    fn contrast(a: (u8, u8, u8), b: (u8, u8, u8)) -> f64 {
        let (a, b) = (brightness(a), brightness(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn every_colour_can_be_read_on_every_ground_that_people_have() {
        let dark = [
            (0, 0, 0),
            (0x28, 0x28, 0x28),
            (0x00, 0x2b, 0x36),
            (0x30, 0x30, 0x30),
            (0x28, 0x2a, 0x36),
        ];
        let light = [
            (0xff, 0xff, 0xff),
            (0xfd, 0xf6, 0xe3),
            (0xee, 0xee, 0xee),
            (0xfb, 0xf1, 0xc7),
        ];
        for (mut styles, grounds) in [(DARK, &dark[..]), (LIGHT, &light[..])] {
            for (name, role) in ROLES {
                let Some(colour) = role(&mut styles).fg else { continue };
                let rgb = rgb_of(colour).unwrap_or_else(|| panic!("{name} is not the same everywhere"));
                for ground in grounds {
                    let contrast = contrast(rgb, *ground);
                    assert!(contrast >= 4.5, "{name} on {ground:?}: {contrast:.1}");
                }
            }
        }
    }

    #[test]
    fn nothing_is_told_by_colour_alone() {
        // What stands for another meaning differs in weight too, or there is always a word beside it.
        for mut styles in [ANSI, DARK, LIGHT, LIGHT_SIXTEEN] {
            for (name, role) in ROLES {
                let (own, mut mono) = (*role(&mut styles), MONO);
                let mono = *role(&mut mono);
                let as_heavy = own.add_modifier | Modifier::DIM | Modifier::REVERSED | Modifier::BOLD;
                assert!(
                    as_heavy.contains(mono.add_modifier),
                    "{name} has a weight without colours that it has not with them"
                );
                assert_eq!((mono.fg, mono.bg), (None, None), "{name}");
            }
        }
    }

    #[test]
    fn neither_black_nor_white_is_drawn_with() {
        let ground = [Color::Black, Color::White, Color::Gray, Color::DarkGray];
        for mut styles in [ANSI, LIGHT_SIXTEEN] {
            for (name, role) in ROLES {
                let style = *role(&mut styles);
                assert!(
                    ![style.fg, style.bg].iter().flatten().any(|it| ground.contains(it)),
                    "{name}"
                );
            }
        }
    }
}
