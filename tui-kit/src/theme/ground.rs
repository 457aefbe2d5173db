//! Whether the terminal's ground is light. Owns how it is asked and when it may be: before anybody else reads from the terminal, and
//! never where there is none. It refuses to know what follows.

use std::io::{self, IsTerminal};
use std::time::Duration;

use terminal_colorsaurus::{QueryOptions, ThemeMode, theme_mode};

/// What is behind the words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ground {
    /// Light words stand on it.
    Dark,
    /// Dark words stand on it.
    Light,
}

/// How long an answer may take here. A terminal that knows the question answers at once; one that does not answers another one
/// that is asked with it.
const HERE: Duration = Duration::from_millis(100);
/// The same over a line that may be slow. What came later would be taken for keys.
const FAR: Duration = Duration::from_secs(1);

/// Asks the terminal; `None` if there is none, or it does not say. Must be called before the reader of keys begins.
pub fn ask(var: impl Fn(&str) -> Option<String>) -> Option<Ground> {
    let set = |name: &str| var(name).filter(|it| !it.is_empty());
    let there = io::stdin().is_terminal() && io::stdout().is_terminal();
    if !there || set("TERM").is_none_or(|it| it == "dumb") {
        return None;
    }
    let far = set("SSH_CONNECTION").or_else(|| set("SSH_TTY")).is_some();
    let mut options = QueryOptions::default();
    options.timeout = if far { FAR } else { HERE };
    match theme_mode(options) {
        Ok(ThemeMode::Light) => Some(Ground::Light),
        Ok(ThemeMode::Dark) => Some(Ground::Dark),
        Err(_) => set("COLORFGBG").as_deref().and_then(of_numbers),
    }
}

/// By what some terminals leave in `COLORFGBG`: the numbers of their colours, the ground's last.
fn of_numbers(numbers: &str) -> Option<Ground> {
    let ground: u8 = numbers.rsplit(';').next()?.trim().parse().ok()?;
    match ground {
        7 | 15 => Some(Ground::Light),
        0..=6 | 8..=14 => Some(Ground::Dark),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_the_environment_tell_of_the_ground() {
        assert_eq!(of_numbers("0;15"), Some(Ground::Light));
        assert_eq!(of_numbers("0;default;15"), Some(Ground::Light));
        assert_eq!(of_numbers("15;0"), Some(Ground::Dark));
        assert_eq!(of_numbers("12;7"), Some(Ground::Light));
        for nothing in ["", "default;default", "0;99", "x"] {
            assert_eq!(of_numbers(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn without_a_terminal_nothing_is_asked() {
        assert_eq!(ask(|_| None), None);
        assert_eq!(ask(|name| (name == "TERM").then(|| "dumb".to_owned())), None);
    }
}
