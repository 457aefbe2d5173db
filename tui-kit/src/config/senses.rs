//! What a file of settings says of how things look and sound: the theme, ASCII signs, and how the person is called.

use std::path::Path;

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{Config, Reader};
use crate::desktop::{self, Desktop};
use crate::mistake::unknown;
use crate::notify::{self, Hook, Notifier};
use crate::theme::{Choice, Look, Own, is_file};

/// Settings of the table `notify`.
const KNOWN: &[&str] = &["bell", "desktop", "command"];
const DESKTOPS: &[&str] = &["auto", "osc9", "osc777", "osc99", "off"];

/// How the person is called, as far as the file says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calls {
    /// The terminal's bell.
    pub bell: bool,
    /// What the terminal takes for words on the desktop; `Some(None)` for nothing, `None` to find it out.
    pub desktop: Option<Option<Desktop>>,
    /// The person's own command.
    pub hook: Option<Hook>,
}

impl Default for Calls {
    fn default() -> Calls {
        Calls {
            bell: true,
            desktop: None,
            hook: None,
        }
    }
}

impl Config {
    /// What is wanted of how things look: what the command line or the environment names wins over the file.
    pub fn look(&self, named: Look) -> Look {
        Look {
            theme: named.theme.or_else(|| self.theme.clone()),
            ascii: named.ascii || self.ascii,
        }
    }

    /// How the person is called here: the environment wins over the file.
    pub fn notifier(&self) -> Notifier {
        self.calls_of(Notifier::of_system(), |name| std::env::var(name).ok())
    }

    fn calls_of(&self, system: Notifier, environment: impl Fn(&str) -> Option<String>) -> Notifier {
        Notifier {
            bell: self.calls.bell,
            desktop: match self.calls.desktop {
                Some(desktop) if desktop::VARIABLE.says(&environment).is_none() => desktop,
                _ => system.desktop,
            },
            hook: match environment(notify::VARIABLE).is_some_and(|it| !it.is_empty()) {
                true => system.hook,
                false => self.calls.hook.clone(),
            },
            ..system
        }
    }
}

impl Reader<'_> {
    /// A theme by its name, or by a file's, which stands beside this one.
    pub(super) fn theme(&mut self, value: &Spanned<DeValue<'_>>) -> Option<Choice> {
        let at = value.span().start;
        let Some(name) = value.get_ref().as_str() else {
            self.mistake(at, "theme is a name or a file, in quotes".to_owned());
            return None;
        };
        if is_file(name) {
            let folder = Path::new(self.file).parent().unwrap_or(Path::new(""));
            return match Own::load(&folder.join(name)) {
                Ok(own) => Some(Choice::Own(Box::new(own))),
                Err(mistakes) => {
                    self.mistakes.extend(mistakes);
                    None
                }
            };
        }
        name.parse()
            .map_err(|unknown: crate::theme::UnknownTheme| self.mistake(at, unknown.to_string()))
            .ok()
    }

    pub(super) fn notify(&mut self, value: &Spanned<DeValue<'_>>) -> Calls {
        let mut calls = Calls::default();
        let DeValue::Table(table) = value.get_ref() else {
            self.mistake(
                value.span().start,
                "how you are called stands in a table: [notify]".to_owned(),
            );
            return calls;
        };
        self.ways(table, &mut calls);
        calls
    }

    fn ways(&mut self, table: &DeTable<'_>, calls: &mut Calls) {
        for (name, value) in table {
            let at = value.span().start;
            match name.get_ref().as_ref() {
                "bell" => calls.bell = self.yes_or_no("bell", value),
                "desktop" => match value.get_ref().as_str() {
                    Some("auto") => calls.desktop = None,
                    Some("off") => calls.desktop = Some(None),
                    Some("osc9") => calls.desktop = Some(Some(Desktop::Osc9)),
                    Some("osc777") => calls.desktop = Some(Some(Desktop::Osc777)),
                    Some("osc99") => calls.desktop = Some(Some(Desktop::Osc99)),
                    Some(other) => self.mistake(at, unknown("form of words on the desktop", other, DESKTOPS)),
                    None => self.mistake(at, format!("desktop is one of {}, in quotes", DESKTOPS.join(", "))),
                },
                "command" => match words(value) {
                    Some(words) => calls.hook = Hook::new(words),
                    None => {
                        let words = "command is a list of words, as in [\"notify-send\", \"Minicom\"]";
                        self.mistake(at, words.to_owned());
                    }
                },
                other => self.mistake(name.span().start, unknown("setting of notify", other, KNOWN)),
            }
        }
    }
}

fn words(value: &Spanned<DeValue<'_>>) -> Option<Vec<String>> {
    let DeValue::Array(words) = value.get_ref() else {
        return None;
    };
    let words = words.iter().map(|word| word.get_ref().as_str().map(str::to_owned));
    words.collect::<Option<Vec<String>>>().filter(|words| !words.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theme::Theme;

    fn parse(text: &str) -> Result<Config, Vec<String>> {
        let parsed = Config::parse("agent.toml", text, &["compose"]);
        parsed.map_err(|all| all.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn what_is_named_wins_over_the_file() {
        let config = parse("theme = \"dark\"\nascii = true\n").unwrap();
        assert_eq!(config.look(Look::default()).theme, Some(Choice::Dark));
        assert!(config.look(Look::default()).ascii);
        let named = Look {
            theme: Some(Choice::Mono),
            ascii: false,
        };
        assert_eq!(config.look(named).theme, Some(Choice::Mono));
        assert_eq!(parse("").unwrap().look(Look::default()), Look::default());
    }

    #[test]
    fn a_theme_of_ones_own_stands_beside_the_file() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("mine.toml"), "base = \"mono\"\n").unwrap();
        let file = folder.path().join("agent.toml");
        let config = Config::parse(&file.display().to_string(), "theme = \"mine.toml\"", &[]).unwrap();
        let theme = config.look(Look::default()).theme(|_| None, || None);
        assert_eq!(theme, Theme::mono());
        std::fs::write(folder.path().join("mine.toml"), "\nbsae = \"mono\"\n").unwrap();
        let mistakes = Config::parse(&file.display().to_string(), "theme = \"mine.toml\"", &[]).unwrap_err();
        assert!(mistakes[0].to_string().contains("mine.toml:2:1: "), "{mistakes:?}");
    }

    #[test]
    fn the_environment_wins_over_how_the_file_calls() {
        let config = parse("[notify]\nbell = false\ndesktop = \"osc777\"\ncommand = [\"a\", \"b c\"]\n").unwrap();
        let system = || Notifier {
            desktop: Some(Desktop::Osc9),
            hook: Hook::parse("x").unwrap(),
            ..Notifier::bell()
        };
        let file = config.calls_of(system(), |_| None);
        assert_eq!((file.bell, file.desktop), (false, Some(Desktop::Osc777)));
        assert_eq!(file.hook, Hook::new(vec!["a".into(), "b c".into()]));
        let both = config.calls_of(system(), |name| {
            let word = if name == desktop::VARIABLE.name { "osc9" } else { "x" };
            Some(word.to_owned())
        });
        assert_eq!((both.desktop, both.hook), (Some(Desktop::Osc9), system().hook));
        let unknown = config.calls_of(system(), |_| Some("osc8".to_owned()));
        assert_eq!(
            unknown.desktop,
            Some(Desktop::Osc777),
            "what says nothing leaves it to the file"
        );
        assert_eq!(
            parse("[notify]\ndesktop = \"off\"")
                .unwrap()
                .calls_of(system(), |_| None)
                .desktop,
            None
        );
        let auto = parse("[notify]\ndesktop = \"auto\"").unwrap();
        assert_eq!(auto.calls_of(system(), |_| None).desktop, Some(Desktop::Osc9));
    }

    #[test]
    fn mistakes_have_their_places_and_the_nearest_name() {
        for (text, told) in [
            (
                "theme = \"drak\"",
                "agent.toml:1:9: there is no theme of that name; did you mean dark?",
            ),
            ("theme = 3", "agent.toml:1:9: theme is a name or a file, in quotes"),
            (
                "them = \"dark\"",
                "agent.toml:1:1: there is no setting \"them\"; did you mean \"theme\"?",
            ),
            ("ascii = 1", "agent.toml:1:9: ascii is true or false, without quotes"),
            (
                "notify = 1",
                "agent.toml:1:10: how you are called stands in a table: [notify]",
            ),
            (
                "[notify]\nbel = true",
                "agent.toml:2:1: there is no setting of notify \"bel\"; did you mean \"bell\"?",
            ),
            (
                "[notify]\ndesktop = \"osc8\"",
                "agent.toml:2:11: there is no form of words on the desktop",
            ),
            (
                "[notify]\ncommand = \"a b\"",
                "agent.toml:2:11: command is a list of words",
            ),
            ("[notify]\ncommand = []", "agent.toml:2:11: command is a list of words"),
        ] {
            let mistakes = parse(text).unwrap_err();
            assert!(
                mistakes.iter().any(|it| it.starts_with(told)),
                "{told:?} is not in {mistakes:#?}"
            );
        }
    }
}
