//! The one table of a program's actions: footer, help and lookup are made from it, so that they cannot disagree.
//!
//! Owns which key means what in which context, and which hints fit. It refuses to know what an action does.

mod half;
mod merge;
mod print;

use std::collections::HashMap;
use std::hash::Hash;

use minicom_protocol::gate::Shown;
use ratatui::text::{Line, Span};
use thiserror::Error;

pub use self::merge::Rules;
use crate::key::{Key, UnknownKey};
use crate::text::width;
use crate::theme::Theme;

/// One action of a program.
#[derive(Debug, Clone, Copy)]
pub struct Row<A: 'static, C: 'static> {
    /// What the program knows it by.
    pub action: A,
    /// Its name for settings and documents: `next-for-me`.
    pub name: &'static str,
    /// What it does, for the help.
    pub title: &'static str,
    /// In each context the keys, separated by blanks, the best first: `(Compose, "ctrl-n f2")`.
    pub keys: &'static [(C, &'static str)],
}

/// Whether an action can be done now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Available {
    /// It can.
    Yes,
    /// It cannot, for this reason.
    No(Shown),
}

/// A hint for the footer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint<A> {
    /// Whose key is shown; `None` for words that stand alone, such as `/end finish`.
    pub action: Option<A>,
    /// The key that is shown, where the action's first one means something else now.
    pub key: Option<Key>,
    /// What is said behind the key.
    pub words: Shown,
}

impl<A> Hint<A> {
    /// An action's key with fixed words.
    pub fn of(action: A, words: &'static str) -> Hint<A> {
        Hint::with(action, Shown::fixed(words))
    }

    /// An action's key with words that change, such as `next: carol 4:10`.
    pub fn with(action: A, words: Shown) -> Hint<A> {
        Hint {
            action: Some(action),
            key: None,
            words,
        }
    }

    /// An action with fixed words behind this one of its keys.
    pub fn by(key: Key, action: A, words: &'static str) -> Hint<A> {
        Hint {
            key: Some(key),
            ..Hint::of(action, words)
        }
    }

    /// Words without a key.
    pub fn words(words: &'static str) -> Hint<A> {
        Hint::told(Shown::fixed(words))
    }

    /// Words without a key that change.
    pub fn told(words: Shown) -> Hint<A> {
        Hint {
            action: None,
            key: None,
            words,
        }
    }
}

/// One row of the help.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HelpRow {
    /// All keys: `^N F2`.
    pub keys: String,
    /// What it does.
    pub title: &'static str,
    /// Why it cannot be done now.
    pub reason: Option<Shown>,
}

/// A mistake in a table.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TableWrong {
    /// A key's name is no key.
    #[error("action {action}: {unknown}")]
    Key {
        /// The action's name.
        action: &'static str,
        /// The key's name.
        unknown: UnknownKey,
    },
    /// Two actions on one key in one context.
    #[error("{key} is on both {first} and {second}")]
    Conflict {
        /// The key.
        key: String,
        /// The action that had it.
        first: &'static str,
        /// The action that wants it too.
        second: &'static str,
    },
    /// Two rows with one name or one action.
    #[error("the action {0} is in the table twice")]
    Twice(&'static str),
}

/// A checked table.
#[derive(Debug, Clone)]
pub struct Keymap<A: 'static, C: 'static> {
    rows: &'static [Row<A, C>],
    keys: HashMap<(C, Key), usize>,
    /// The keys of each row in their order, the best for a hint first.
    bound: Vec<Vec<(C, Key)>>,
    function_keys_first: bool,
}

/// Two tables of one program are equal if each key means the same, and hints tell the same.
impl<A, C: Eq + Hash> PartialEq for Keymap<A, C> {
    fn eq(&self, other: &Keymap<A, C>) -> bool {
        (&self.keys, &self.bound, self.function_keys_first) == (&other.keys, &other.bound, other.function_keys_first)
    }
}

impl<A: Copy + Eq, C: Copy + Eq + Hash> Keymap<A, C> {
    /// Checks a table.
    ///
    /// # Errors
    /// A key that is none, two actions on one key in one context, an action that is there twice.
    pub fn new(rows: &'static [Row<A, C>]) -> Result<Keymap<A, C>, TableWrong> {
        let mut keys = HashMap::new();
        let mut bound = vec![Vec::new(); rows.len()];
        for (index, row) in rows.iter().enumerate() {
            if rows[..index]
                .iter()
                .any(|other| other.action == row.action || other.name == row.name)
            {
                return Err(TableWrong::Twice(row.name));
            }
            for (context, names) in row.keys {
                for name in names.split_whitespace() {
                    let key: Key = name.parse().map_err(|unknown| TableWrong::Key {
                        action: row.name,
                        unknown,
                    })?;
                    bound[index].push((*context, key));
                    if let Some(other) = keys.insert((*context, key), index) {
                        return Err(TableWrong::Conflict {
                            key: key.to_string(),
                            first: rows[other].name,
                            second: row.name,
                        });
                    }
                }
            }
        }
        Ok(Keymap {
            rows,
            keys,
            bound,
            function_keys_first: false,
        })
    }

    /// Hints name function keys where there are some. For multiplexers that take chords for themselves: give it
    /// `std::env::var_os("ZELLIJ").is_some()`.
    pub fn prefer_function_keys(mut self, yes: bool) -> Keymap<A, C> {
        self.function_keys_first = yes;
        self
    }

    /// What a key means: the first of the contexts that knows it decides.
    pub fn action(&self, contexts: &[C], key: Key) -> Option<A> {
        contexts
            .iter()
            .find_map(|context| self.keys.get(&(*context, key)))
            .map(|index| self.rows[*index].action)
    }

    /// All keys of an action in these contexts, the best for a hint first.
    pub fn keys(&self, contexts: &[C], action: A) -> Vec<Key> {
        let Some(row) = self.rows.iter().position(|row| row.action == action) else {
            return Vec::new();
        };
        let mut keys: Vec<Key> = contexts
            .iter()
            .flat_map(|context| self.bound[row].iter().filter(move |(known, _)| known == context))
            .map(|(_, key)| *key)
            // A context before this one may use the key for something else.
            .filter(|key| self.action(contexts, *key) == Some(action))
            .collect();
        if self.function_keys_first {
            keys.sort_by_key(|key| !key.is_function_key());
        }
        keys
    }

    /// What an action does, in words.
    pub fn title(&self, action: A) -> &'static str {
        self.row(action).map_or("", |row| row.title)
    }

    /// The footer: hints in order of importance on the left, dropped from the end where they do not fit; `help` on the right is
    /// the last to go.
    pub fn footer(
        &self,
        contexts: &[C],
        hints: &[Hint<A>],
        help: &Hint<A>,
        columns: u16,
        theme: &Theme,
    ) -> Line<'static> {
        let mut spans = Vec::new();
        let mut used = 0;
        for placed in self.placed(contexts, hints, help, columns, theme) {
            spans.push(Span::raw(" ".repeat(placed.at.saturating_sub(used))));
            used = placed.at + columns_of(&placed.spans);
            spans.extend(placed.spans);
        }
        Line::from(spans)
    }

    /// The action whose hint stands at a column of the footer, for a click.
    pub fn footer_action(
        &self,
        contexts: &[C],
        hints: &[Hint<A>],
        help: &Hint<A>,
        columns: u16,
        column: u16,
    ) -> Option<A> {
        let column = usize::from(column);
        let all = self.placed(contexts, hints, help, columns, &Theme::ansi());
        let under = |it: &Placed<A>| (it.at..it.at + columns_of(&it.spans)).contains(&column);
        all.into_iter().find(under)?.action
    }

    fn placed(&self, contexts: &[C], hints: &[Hint<A>], help: &Hint<A>, columns: u16, theme: &Theme) -> Vec<Placed<A>> {
        let columns = usize::from(columns);
        let gap = if columns >= 100 { 3 } else { 2 };
        let help_spans = self.hint(contexts, help, theme);
        let help_columns = columns_of(&help_spans);
        let mut placed: Vec<Placed<A>> = Vec::new();
        let mut used = 1;
        for hint in hints {
            let spans = self.hint(contexts, hint, theme);
            let before = if used > 1 { gap } else { 0 };
            let wanted = columns_of(&spans) + before;
            if wanted == 0 || spans.is_empty() {
                continue;
            }
            if used + wanted + gap + help_columns > columns {
                break;
            }
            placed.push(Placed {
                at: used + before,
                action: hint.action,
                spans,
            });
            used += wanted;
        }
        placed.push(Placed {
            at: columns.saturating_sub(help_columns).max(used),
            action: help.action,
            spans: help_spans,
        });
        placed
    }

    /// The help for these contexts: every action that has a key there, in the order of the table.
    pub fn help(&self, contexts: &[C], available: impl Fn(A) -> Available) -> Vec<HelpRow> {
        self.rows
            .iter()
            .filter_map(|row| {
                let keys: Vec<String> = self.keys(contexts, row.action).into_iter().map(Key::hint).collect();
                let reason = match available(row.action) {
                    Available::Yes => None,
                    Available::No(reason) => Some(reason),
                };
                (!keys.is_empty()).then(|| HelpRow {
                    keys: keys.join(" "),
                    title: row.title,
                    reason,
                })
            })
            .collect()
    }

    fn row(&self, action: A) -> Option<&'static Row<A, C>> {
        self.rows.iter().find(|row| row.action == action)
    }

    fn hint(&self, contexts: &[C], hint: &Hint<A>, theme: &Theme) -> Vec<Span<'static>> {
        let words = Span::styled(hint.words.to_string(), theme.hint());
        let first = |action| self.keys(contexts, action).first().copied();
        match hint.action.map(|action| hint.key.or_else(|| first(action))) {
            None => vec![words],
            // An action without a key here has no hint.
            Some(None) => vec![],
            Some(Some(key)) => vec![Span::styled(key.hint(), theme.hint_key()), Span::raw(" "), words],
        }
    }
}

/// A hint, and the column at which it begins.
struct Placed<A> {
    at: usize,
    action: Option<A>,
    spans: Vec<Span<'static>>,
}

fn columns_of(spans: &[Span<'_>]) -> usize {
    spans.iter().map(|span| width(&span.content)).sum()
}

#[cfg(test)]
#[path = "keymap_tests.rs"]
mod tests;
