//! A file of settings that is read again while the program runs. Owns that a mistake in it changes nothing, and how it is told where there is
//! one row for it. It refuses to know when that is wished for.

use std::hash::Hash;
use std::path::PathBuf;

use minicom_protocol::gate::Shown;

use super::{Config, Habits, Mistake};
use crate::keymap::Keymap;
use crate::notify::Notifier;
use crate::theme::{Ground, Look, Theme};

/// Where settings come from, besides the file: what does not change while a program runs.
#[derive(Debug, Clone, Default)]
pub struct Source {
    /// The file that was named.
    pub named: Option<PathBuf>,
    /// What was said of the looks on the command line; it wins over the file.
    pub look: Look,
    /// The terminal's ground, as it was at the start. Later somebody else reads what the terminal answers.
    pub ground: Option<Ground>,
}

/// What a running program takes from a file of settings.
#[derive(Debug, Clone, PartialEq)]
pub struct Reread<A: 'static, C: Eq + Hash + 'static> {
    /// The file, or nothing where there is none.
    pub file: String,
    /// The keys.
    pub keymap: Keymap<A, C>,
    /// How things look.
    pub theme: Theme,
    /// Whether wheel and clicks come to the program.
    pub mouse: bool,
    /// How the person is called.
    pub notifier: Notifier,
    /// How an agent goes through the list.
    pub habits: Habits,
}

impl Source {
    /// Reads the file and all that follows from it. Blocking: it may ask tmux.
    ///
    /// # Errors
    /// What is wrong in it. Nothing of it holds then.
    pub fn read<A, C: Eq + Hash>(
        &self,
        name: &str,
        contexts: &[&str],
        keys: impl FnOnce(&Config) -> Result<Keymap<A, C>, Vec<Mistake>>,
    ) -> Result<Reread<A, C>, Vec<Mistake>> {
        let (config, keymap) = Config::with_keys(self.named.as_deref(), name, contexts, keys)?;
        let var = |name: &str| std::env::var(name).ok();
        Ok(Reread {
            keymap,
            theme: config.look(self.look.clone()).theme(var, || self.ground),
            mouse: config.mouse,
            notifier: config.notifier(),
            habits: config.habits,
            file: config.file,
        })
    }
}

/// What is told of settings that were read again.
pub fn told<A, C: Eq + Hash>(read: &Result<Box<Reread<A, C>>, Vec<Mistake>>) -> Shown {
    let file = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
    let words = match read {
        Ok(read) if read.file.is_empty() => "There is no file of settings: all is as usual.".to_owned(),
        Ok(read) => format!("Read again: {}.", file(&read.file)),
        Err(mistakes) => {
            let first = mistakes.first().map(|it| Mistake {
                file: file(&it.file),
                ..it.clone()
            });
            let first = first.map_or_else(String::new, |it| it.to_string());
            let more = match mistakes.len() {
                0 | 1 => String::new(),
                n => format!(" (and {} more)", n - 1),
            };
            format!("The settings stay as they were: {first}{more}")
        }
    };
    Shown::line(&words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keymap::Row;
    use crate::theme::Choice;

    const ROWS: &[Row<u8, u8>] = &[Row {
        action: 1,
        name: "one",
        title: "one",
        keys: &[(0, "f5")],
    }];

    fn read(text: Option<&str>, look: Look) -> Result<Box<Reread<u8, u8>>, Vec<Mistake>> {
        let folder = tempfile::tempdir().unwrap();
        let named = folder.path().join("agent.toml");
        if let Some(text) = text {
            std::fs::write(&named, text).unwrap();
        }
        let source = Source {
            named: Some(named),
            look,
            ground: Some(Ground::Light),
        };
        source
            .read("agent.toml", &["list"], |_| Ok(Keymap::new(ROWS).unwrap()))
            .map(Box::new)
    }

    #[test]
    fn what_the_file_says_holds_but_for_what_was_said_at_the_start() {
        let text = "mouse = false\ntheme = \"dark\"\n[notify]\nbell = false\n";
        let own = read(Some(text), Look::default()).unwrap();
        assert!(!own.mouse && !own.notifier.bell);
        assert_eq!(told(&Ok(own)).as_str(), "Read again: agent.toml.");
        let named = Look {
            theme: Some(Choice::Mono),
            ascii: false,
        };
        assert!(read(Some(text), named).unwrap().theme.mono);
    }

    #[test]
    fn a_mistake_is_told_with_its_line_and_what_was_meant() {
        let told = |text| told(&read(text, Look::default())).to_string();
        assert_eq!(
            told(Some("mouse = true\nthem = \"dark\"\nmice = 1\n")),
            "The settings stay as they were: agent.toml:2:1: there is no setting \"them\"; did you mean \"theme\"? (and 1 more)"
        );
        assert!(
            told(None).contains(": agent.toml: the settings cannot be read: "),
            "{}",
            told(None)
        );
    }
}
