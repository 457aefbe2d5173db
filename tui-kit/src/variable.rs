//! A variable of the environment that takes one word of a few. The programs pass over a word that they do not know, as a terminal is no
//! reason not to start; the doctors tell of it.

use crate::mistake;

/// Such a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// The words that it takes.
    pub takes: &'static [&'static str],
}

impl Variable {
    /// The word that it says, in whatever letters it is written; `None` where it says none, or one that it does not take.
    pub fn says(&self, environment: impl Fn(&str) -> Option<String>) -> Option<&'static str> {
        let value = environment(self.name)?;
        let known = |it: &&&str| it.eq_ignore_ascii_case(value.trim());
        self.takes.iter().find(known).copied()
    }

    /// What is wrong with what it says, and what to say instead; `None` where nothing is.
    pub fn mistake(&self, environment: impl Fn(&str) -> Option<String> + Copy) -> Option<(String, String)> {
        let value = environment(self.name).filter(|it| !it.trim().is_empty())?;
        if self.says(environment).is_some() {
            return None;
        }
        let (name, takes) = (self.name, self.takes.join(", "));
        let fix = match mistake::nearest(&value, self.takes.iter().copied()) {
            Some(near) => format!("did you mean {name}={near}? It takes {takes}"),
            None => format!("{name} takes {takes}"),
        };
        Some((format!("{name}={value} is not known and passed over"), fix))
    }
}
