//! Which theme a person wants, and which one that is in this terminal. Owns the order: what is named wins over `NO_COLOR`, as that
//! asks for; without either the terminal is asked for its ground, where it can be.

use std::{fmt, path::Path, str::FromStr};

use crate::mistake::{Mistake, nearest};
use crate::theme::{Depth, Ground, Own, Theme, styles};

/// A theme by its name, or of the person's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// `ansi`, or `light` where the ground is.
    Auto,
    /// The terminal's own sixteen colours.
    Ansi,
    /// No colours.
    Mono,
    /// For a dark ground.
    Dark,
    /// For a light ground.
    Light,
    /// From a file.
    Own(Box<Own>),
}

const NAMES: [(&str, Choice); 5] = [
    ("auto", Choice::Auto),
    ("ansi", Choice::Ansi),
    ("mono", Choice::Mono),
    ("dark", Choice::Dark),
    ("light", Choice::Light),
];

/// There is no theme of that name, or something is wrong in its file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct UnknownTheme(String);

impl FromStr for Choice {
    type Err = UnknownTheme;

    fn from_str(text: &str) -> Result<Choice, UnknownTheme> {
        if is_file(text) {
            return Choice::from_file(Path::new(text));
        }
        let found = NAMES.iter().find(|(name, _)| *name == text);
        found.map(|it| it.1.clone()).ok_or_else(|| {
            let names = NAMES.map(|it| it.0);
            let near = nearest(text, names.into_iter());
            let hint = match near {
                Some(near) => format!("did you mean {near}? There"),
                None => "there".to_owned(),
            };
            UnknownTheme(format!(
                "there is no theme of that name; {hint} are {}, and files of your own, as in ./mine.toml",
                names.join(", ")
            ))
        })
    }
}

impl fmt::Display for Choice {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let found = NAMES.iter().find(|(_, choice)| choice == self);
        out.write_str(found.map_or("a theme of your own", |it| it.0))
    }
}

impl Choice {
    /// From a file of the person's own.
    ///
    /// # Errors
    /// All that is wrong in it, a line each.
    pub fn from_file(path: &Path) -> Result<Choice, UnknownTheme> {
        let own = Own::load(path).map_err(|mistakes| {
            let words: Vec<String> = mistakes.iter().map(Mistake::to_string).collect();
            UnknownTheme(words.join("\n"))
        })?;
        Ok(Choice::Own(Box::new(own)))
    }
}

/// Whether a word means a file and no name.
pub fn is_file(text: &str) -> bool {
    text.contains('/') || text.ends_with(".toml")
}

/// What a person wants of how things look.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Look {
    /// The theme, if one is named.
    pub theme: Option<Choice>,
    /// ASCII signs, whatever the environment says.
    pub ascii: bool,
}

impl Look {
    /// The theme in this terminal: `var` reads a variable of the environment, `ground` asks the terminal and is called only if that matters.
    pub fn theme(&self, var: impl Fn(&str) -> Option<String>, ground: impl FnOnce() -> Option<Ground>) -> Theme {
        let set = |name: &str| var(name).filter(|it| !it.is_empty());
        let depth = Depth::of(set);
        let theme = match &self.theme {
            None if set("NO_COLOR").is_some() => Theme::mono(),
            None | Some(Choice::Auto) => match ground() {
                Some(Ground::Light) => light(depth),
                Some(Ground::Dark) | None => Theme::ansi(),
            },
            Some(Choice::Ansi) => Theme::ansi(),
            Some(Choice::Mono) => Theme::mono(),
            Some(Choice::Dark) if depth == Depth::Sixteen => Theme::ansi(),
            Some(Choice::Dark) => Theme::dark(),
            Some(Choice::Light) => light(depth),
            Some(Choice::Own(own)) => Theme {
                mono: own.mono,
                ..Theme::with(own.styles(depth))
            },
        };
        Theme {
            ascii: self.ascii || other_encoding(set),
            // Whoever names the terminal's sixteen wants no others.
            every_colour: depth == Depth::Every && self.theme != Some(Choice::Ansi) && !theme.mono,
            ..theme
        }
    }
}

fn light(depth: Depth) -> Theme {
    match depth {
        Depth::Sixteen => Theme::with(styles::LIGHT_SIXTEEN),
        Depth::Indexed | Depth::Every => Theme::light(),
    }
}

/// A locale that names an encoding other than UTF-8. A container often says "C" or nothing and still draws everything.
fn other_encoding(set: impl Fn(&str) -> Option<String>) -> bool {
    let locale = set("LC_ALL").or_else(|| set("LC_CTYPE")).or_else(|| set("LANG"));
    let locale = locale.unwrap_or_default().to_lowercase();
    locale.contains('.') && !locale.contains("utf-8") && !locale.contains("utf8")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(theme: &str, pairs: &[(&str, &str)], ground: Option<Ground>) -> Theme {
        let theme = (!theme.is_empty()).then(|| theme.parse().unwrap());
        let look = Look { theme, ascii: false };
        let var = |name: &str| pairs.iter().find(|it| it.0 == name).map(|it| it.1.to_owned());
        look.theme(var, || ground)
    }

    #[test]
    fn the_environment_chooses() {
        assert_eq!(look("", &[], None), Theme::ansi());
        assert_eq!(look("", &[("NO_COLOR", "")], None), Theme::ansi());
        assert_eq!(
            look("", &[("NO_COLOR", "1"), ("LANG", "de_DE.UTF-8")], None),
            Theme::mono()
        );
        assert!(look("", &[("LANG", "de_DE.ISO-8859-1")], None).ascii);
        assert!(!look("", &[("LANG", "C")], None).ascii);
        assert!(!look("", &[("LC_ALL", "C.utf8"), ("LANG", "de_DE.ISO-8859-1")], None).ascii);
        assert!(look("", &[("COLORTERM", "truecolor")], None).every_colour);
        assert!(!look("ansi", &[("COLORTERM", "truecolor")], None).every_colour);
    }

    #[test]
    fn a_light_ground_gets_colours_that_can_be_read_on_it() {
        let many = [("TERM", "xterm-256color")];
        assert_eq!(look("", &many, Some(Ground::Light)), Theme::light());
        assert_eq!(look("auto", &many, Some(Ground::Light)), Theme::light());
        assert_eq!(look("", &many, Some(Ground::Dark)), Theme::ansi());
        assert_eq!(look("", &[], Some(Ground::Light)).styles, styles::LIGHT_SIXTEEN);
        assert_eq!(
            look("dark", &[], None),
            Theme::ansi(),
            "with sixteen colours its own are the ones for it"
        );
        assert_eq!(
            look("dark", &many, Some(Ground::Light)),
            Theme::dark(),
            "what is named wins"
        );
    }

    #[test]
    fn the_terminal_is_asked_only_if_it_matters() {
        let asked = |theme: Option<Choice>, no_color: bool| {
            let mut asked = false;
            let var = |name: &str| (no_color && name == "NO_COLOR").then(|| "1".to_owned());
            Look { theme, ascii: false }.theme(var, || {
                asked = true;
                None
            });
            asked
        };
        assert!(asked(None, false) && asked(Some(Choice::Auto), true));
        assert!(!asked(None, true) && !asked(Some(Choice::Dark), false) && !asked(Some(Choice::Ansi), false));
    }

    #[test]
    fn what_is_named_wins_over_no_color() {
        assert!(!look("ansi", &[("NO_COLOR", "1")], None).mono);
        assert!(look("mono", &[("COLORTERM", "truecolor")], None).mono);
    }

    #[test]
    fn every_name_is_read_as_it_is_told_and_a_wrong_one_gets_the_nearest() {
        for (name, choice) in NAMES {
            assert_eq!(
                (name.parse(), choice.to_string()),
                (Ok(choice.clone()), name.to_owned())
            );
        }
        let words = "lihgt".parse::<Choice>().unwrap_err().to_string();
        assert!(words.contains("that name; did you mean light? There are"), "{words}");
        let words = "solarized".parse::<Choice>().unwrap_err().to_string();
        assert!(
            words.contains("that name; there are auto, ansi, mono, dark, light"),
            "{words}"
        );
        let words = "nowhere/mine.toml".parse::<Choice>().unwrap_err().to_string();
        assert!(words.contains("nowhere/mine.toml: the theme cannot be read"), "{words}");
    }
}
