//! A program's own file of settings: its keys, the mouse, the keyboard mode, how it looks and how it calls.
//!
//! Owns where the file is and how it is read strictly: a mistake has its file, line and column, and the nearest name that there is. It refuses to know what an action does; which key means what is [`crate::keymap`]'s.

mod habits;
mod reread;
mod senses;

use std::{
    io,
    path::{Path, PathBuf},
};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

pub use self::habits::Habits;
pub use self::reread::{Reread, Source, told};
pub use self::senses::Calls;
use crate::key::{self, Key};
pub use crate::mistake::{Mistake, Place, nearest};
use crate::mistake::{place, unknown};
use crate::theme::Choice;

/// Bytes of a file of settings. What is larger is something else.
const FILE_BYTES_MAX: u64 = 1024 * 1024;
/// What a key is bound to that is to do nothing.
const NOTHING: &str = "none";

/// A key that the file binds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// The context's name: what stands behind `keys.`.
    pub context: String,
    /// The key.
    pub key: Key,
    /// The action's name; `None` if the key is to do nothing.
    pub action: Option<String>,
    /// Where the key stands.
    pub key_at: Place,
    /// Where the action stands.
    pub action_at: Place,
}

/// What a file of settings says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The file, as it is named in messages; empty if there is none.
    pub file: String,
    /// The program takes wheel and clicks.
    pub mouse: bool,
    /// The terminal is asked to tell Shift-Enter from Enter, if it is known to be able to.
    pub kitty_keys: bool,
    /// The theme, if one is named.
    pub theme: Option<Choice>,
    /// ASCII signs only.
    pub ascii: bool,
    /// How the person is called.
    pub calls: Calls,
    /// How an agent goes through the list.
    pub habits: Habits,
    /// Keys, in the order of the file.
    pub bindings: Vec<Binding>,
    /// No key was left out of it as a mistake: what follows from all of them can be told.
    pub whole: bool,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            file: String::new(),
            mouse: true,
            kitty_keys: true,
            theme: None,
            ascii: false,
            calls: Calls::default(),
            habits: Habits::default(),
            bindings: Vec::new(),
            whole: true,
        }
    }
}

/// Settings at the top of the file; the last is for a program with a list.
const KNOWN: &[&str] = &["mouse", "kitty_keys", "keys", "theme", "ascii", "notify", habits::TABLE];

impl Config {
    /// The file that was named, else `name` in the platform's folder for settings, which need not be there.
    ///
    /// # Errors
    /// All that is wrong in it, or that a named one cannot be read.
    pub fn load(named: Option<&Path>, name: &str, contexts: &[&str]) -> Result<Config, Vec<Mistake>> {
        Config::with_keys(named, name, contexts, |_| Ok(())).map(|(config, ())| config)
    }

    /// The same, and what a program makes of its keys.
    ///
    /// # Errors
    /// All that is wrong in it, and in the keys: one kind of mistake hides no other.
    pub fn with_keys<K>(
        named: Option<&Path>,
        name: &str,
        contexts: &[&str],
        keys: impl FnOnce(&Config) -> Result<K, Vec<Mistake>>,
    ) -> Result<(Config, K), Vec<Mistake>> {
        let (config, mut mistakes) = Config::found(named, name, contexts)?;
        let keys = keys(&config).map_err(|more| mistakes.extend(more));
        match keys {
            Ok(keys) if mistakes.is_empty() => Ok((config, keys)),
            _ => {
                mistakes.sort_by_key(|mistake| mistake.at);
                Err(mistakes)
            }
        }
    }

    /// What the file says as far as it can be understood, and what is wrong in it.
    fn found(named: Option<&Path>, name: &str, contexts: &[&str]) -> Result<(Config, Vec<Mistake>), Vec<Mistake>> {
        let path = match named {
            Some(path) => path.to_owned(),
            None => match usual_place(name) {
                Some(path) => path,
                None => return Ok((Config::default(), Vec::new())),
            },
        };
        let file = path.display().to_string();
        match read(&path) {
            Ok(text) => Ok(Config::understood(&file, &text, contexts)),
            Err(error) if named.is_none() && error.kind() == io::ErrorKind::NotFound => {
                Ok((Config::default(), Vec::new()))
            }
            Err(error) => Err(vec![Mistake {
                file,
                at: None,
                what: format!("the settings cannot be read: {error}"),
            }]),
        }
    }

    /// Reads the text of a file; `contexts` are the tables that `keys` may have.
    ///
    /// # Errors
    /// All that is wrong in it.
    pub fn parse(file: &str, text: &str, contexts: &[&str]) -> Result<Config, Vec<Mistake>> {
        let (config, mistakes) = Config::understood(file, text, contexts);
        if mistakes.is_empty() { Ok(config) } else { Err(mistakes) }
    }

    fn understood(file: &str, text: &str, contexts: &[&str]) -> (Config, Vec<Mistake>) {
        let mut reader = Reader {
            file,
            text,
            mistakes: Vec::new(),
        };
        let mut config = Config {
            file: file.to_owned(),
            ..Config::default()
        };
        match DeTable::parse(text) {
            Ok(table) => reader.settings(table.get_ref(), contexts, &mut config),
            Err(error) => {
                let at = error.span().map_or(0, |span| span.start);
                let why = error.message().replace('\n', "; ");
                reader.mistake(at, format!("this is not TOML: {why}"));
                config.whole = false;
            }
        }
        reader.mistakes.sort_by_key(|mistake| mistake.at);
        (config, reader.mistakes)
    }
}

/// Where a file of settings is if none is named: `minicom` in the platform's folder for them.
pub fn usual_place(name: &str) -> Option<PathBuf> {
    let dirs = directories::ProjectDirs::from("", "", "minicom")?;
    Some(dirs.config_dir().join(name))
}

fn read(path: &Path) -> io::Result<String> {
    let found = std::fs::metadata(path)?;
    if !found.is_file() || found.len() > FILE_BYTES_MAX {
        return Err(io::Error::other("it is no text file of at most 1 MiB"));
    }
    std::fs::read_to_string(path)
}

/// Goes through a file and gathers what is wrong.
struct Reader<'a> {
    file: &'a str,
    text: &'a str,
    mistakes: Vec<Mistake>,
}

impl Reader<'_> {
    fn settings(&mut self, table: &DeTable<'_>, contexts: &[&str], config: &mut Config) {
        let has_list = contexts.contains(&habits::TABLE);
        let known = &KNOWN[..KNOWN.len() - usize::from(!has_list)];
        for (name, value) in table {
            let before = self.mistakes.len();
            match name.get_ref().as_ref() {
                "mouse" => config.mouse = self.yes_or_no("mouse", value),
                "kitty_keys" => config.kitty_keys = self.yes_or_no("kitty_keys", value),
                "keys" => self.contexts(value, contexts, config),
                "theme" => config.theme = self.theme(value),
                "ascii" => config.ascii = self.yes_or_no("ascii", value),
                "notify" => config.calls = self.notify(value),
                habits::TABLE if has_list => config.habits = self.habits(value),
                other => self.unknown(name.span().start, "setting", other, known),
            }
            // A mistake elsewhere takes no key away; what has an unknown name may have been meant as keys.
            let of_keys = !known.contains(&name.get_ref().as_ref()) || name.get_ref() == "keys";
            config.whole &= !of_keys || self.mistakes.len() == before;
        }
        // A table has no order of its own.
        config.bindings.sort_by_key(|binding| binding.key_at);
    }

    fn contexts(&mut self, value: &Spanned<DeValue<'_>>, contexts: &[&str], config: &mut Config) {
        let DeValue::Table(tables) = value.get_ref() else {
            let example = contexts.first().copied().unwrap_or("compose");
            return self.mistake(
                value.span().start,
                format!("keys stand in tables, as in [keys.{example}]"),
            );
        };
        for (context, keys) in tables {
            let name = context.get_ref().as_ref();
            match keys.get_ref() {
                _ if !contexts.contains(&name) => self.unknown(context.span().start, "table of keys", name, contexts),
                DeValue::Table(keys) => self.keys(name, keys, config),
                _ => {
                    let words = format!("keys stand in the table [keys.{name}], each as \"ctrl-n\" = \"an-action\"");
                    self.mistake(keys.span().start, words);
                }
            }
        }
    }

    fn keys(&mut self, context: &str, keys: &DeTable<'_>, config: &mut Config) {
        for (name, action) in keys {
            let (at, action_at) = (name.span().start, action.span().start);
            let key = match key::read_name(name.get_ref()) {
                Ok(key) => key,
                Err(unknown) => {
                    let meant = key::nearest(name.get_ref());
                    let meant = meant.map_or_else(String::new, |near| format!("; did you mean \"{near}\"?"));
                    self.mistake(at, format!("{unknown}{meant}"));
                    continue;
                }
            };
            if let Some(sent) = key.sent_as() {
                let words = format!("terminals send \"{sent}\" for \"{key}\", which never comes: bind another key");
                self.mistake(at, words);
                continue;
            }
            if let Some(second) = key.second_of_two().filter(|second| second.takes_first_back()) {
                let words = format!(
                    "\"{second}\" takes the first of two keys back, so \"{key}\" never comes: bind another key"
                );
                self.mistake(at, words);
                continue;
            }
            let DeValue::String(action) = action.get_ref() else {
                self.mistake(
                    action_at,
                    format!("\"{key}\" needs the name of an action, or \"{NOTHING}\""),
                );
                continue;
            };
            config.bindings.push(Binding {
                context: context.to_owned(),
                key,
                action: (action != NOTHING).then(|| action.to_string()),
                key_at: self.place(at),
                action_at: self.place(action_at),
            });
        }
    }

    fn yes_or_no(&mut self, name: &str, value: &Spanned<DeValue<'_>>) -> bool {
        match value.get_ref() {
            DeValue::Boolean(yes) => *yes,
            _ => {
                self.mistake(value.span().start, format!("{name} is true or false, without quotes"));
                true
            }
        }
    }

    fn unknown(&mut self, at: usize, what: &str, name: &str, known: &[&str]) {
        self.mistake(at, unknown(what, name, known));
    }

    fn mistake(&mut self, at: usize, what: String) {
        let at = Some(self.place(at));
        let file = self.file.to_owned();
        self.mistakes.push(Mistake { file, at, what });
    }

    fn place(&self, at: usize) -> Place {
        place(self.text, at)
    }
}

#[cfg(test)]
#[path = "config_tests.rs"]
mod tests;
