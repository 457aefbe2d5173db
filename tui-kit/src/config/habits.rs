//! What a file of settings says of a list of conversations: from when on a waiting time calls louder, and what follows the end of a chat.

use std::time::Duration;

use toml::{Spanned, de::DeValue};

use super::Reader;
use crate::mistake::unknown;

/// The table, which only a program with a list has.
pub(super) const TABLE: &str = "list";
const KNOWN: &[&str] = &["long", "too_long", "after_done"];
/// What `after_done` can be.
const AFTER_DONE: &[&str] = &["stay", "next"];
/// Who waits for longer is not in a queue.
const SECONDS_MAX: i64 = 7 * 24 * 3_600;

/// How an agent goes through the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Habits {
    /// A customer waits for long from here on.
    pub long: Duration,
    /// And too long from here on.
    pub too_long: Duration,
    /// The end of a chat opens the next one that needs the agent.
    pub next_after_done: bool,
}

impl Default for Habits {
    fn default() -> Habits {
        Habits {
            long: Duration::from_secs(120),
            too_long: Duration::from_secs(300),
            next_after_done: false,
        }
    }
}

impl Reader<'_> {
    pub(super) fn habits(&mut self, value: &Spanned<DeValue<'_>>) -> Habits {
        let mut habits = Habits::default();
        let DeValue::Table(table) = value.get_ref() else {
            self.mistake(
                value.span().start,
                format!("what is said of the list stands in a table: [{TABLE}]"),
            );
            return habits;
        };
        for (name, value) in table {
            let at = value.span().start;
            match name.get_ref().as_ref() {
                "long" => habits.long = self.seconds("long", value).unwrap_or(habits.long),
                "too_long" => habits.too_long = self.seconds("too_long", value).unwrap_or(habits.too_long),
                "after_done" => match value.get_ref().as_str() {
                    Some(what) if AFTER_DONE.contains(&what) => habits.next_after_done = what == "next",
                    Some(other) => self.mistake(at, unknown("way to go on after the end of a chat", other, AFTER_DONE)),
                    None => self.mistake(at, "after_done is \"stay\" or \"next\", in quotes".to_owned()),
                },
                other => self.mistake(name.span().start, unknown("setting of list", other, KNOWN)),
            }
        }
        if habits.too_long < habits.long {
            self.mistake(value.span().start, "too_long is less than long".to_owned());
        }
        habits
    }

    fn seconds(&mut self, name: &str, value: &Spanned<DeValue<'_>>) -> Option<Duration> {
        let number = match value.get_ref() {
            DeValue::Integer(number) => number.as_str().parse().ok(),
            _ => None,
        };
        let seconds = number.filter(|it| (1..=SECONDS_MAX).contains(it));
        if seconds.is_none() {
            let words = format!("{name} is a number of seconds, from 1 to {SECONDS_MAX}");
            self.mistake(value.span().start, words);
        }
        Some(Duration::from_secs(u64::try_from(seconds?).ok()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn parse(text: &str) -> Result<Habits, Vec<String>> {
        let parsed = Config::parse("agent.toml", text, &["list"]);
        parsed
            .map(|config| config.habits)
            .map_err(|all| all.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn what_is_said_of_the_list_holds() {
        assert_eq!(parse("").unwrap(), Habits::default());
        let own = parse("[list]\nlong = 60\ntoo_long = 90\nafter_done = \"next\"\n").unwrap();
        assert_eq!((own.long.as_secs(), own.too_long.as_secs()), (60, 90));
        assert!(own.next_after_done);
        assert!(!parse("[list]\nafter_done = \"stay\"\n").unwrap().next_after_done);
    }

    #[test]
    fn mistakes_have_their_places_and_the_nearest_name() {
        for (text, told) in [
            (
                "list = 1",
                "agent.toml:1:8: what is said of the list stands in a table: [list]",
            ),
            (
                "[list]\nlogn = 60",
                "agent.toml:2:1: there is no setting of list \"logn\"; did you mean \"long\"?",
            ),
            (
                "[list]\nlong = 0",
                "agent.toml:2:8: long is a number of seconds, from 1 to 604800",
            ),
            (
                "[list]\ntoo_long = \"5m\"",
                "agent.toml:2:12: too_long is a number of seconds, from 1 to 604800",
            ),
            ("[list]\nlong = 400", "agent.toml:1:1: too_long is less than long"),
            (
                "[list]\nafter_done = \"nxt\"",
                "agent.toml:2:14: there is no way to go on after the end of a chat \"nxt\"; did you mean \"next\"?",
            ),
        ] {
            assert_eq!(parse(text).unwrap_err(), [told], "{text}");
        }
    }

    #[test]
    fn a_program_without_a_list_has_none_of_it() {
        let mistakes = Config::parse("chat.toml", "[list]\nlong = 60\n", &["chat"]).unwrap_err();
        let told: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
        assert!(
            told[0].starts_with("chat.toml:1:2: there is no setting \"list\""),
            "{told:?}"
        );
    }
}
