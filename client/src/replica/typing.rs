//! Who is typing. A signal ends by itself after six seconds, by the line it announced, and is ignored if it was made
//! before the author's last line: signals and events come on different ways.

use std::{collections::HashMap, hash::Hash, time::Instant};

use crate::limits::TYPING_LASTS;

/// Who types where (`K`), and what is shown of them (`T`).
#[derive(Clone, Debug)]
pub(crate) struct TypingBoard<K, T> {
    now_typing: HashMap<K, Typing<T>>,
    /// The position of each author's last line.
    last_lines: HashMap<K, u64>,
}

#[derive(Clone, Debug)]
struct Typing<T> {
    who: T,
    at: u64,
    until: Instant,
}

impl<K: Eq + Hash + Clone, T> TypingBoard<K, T> {
    pub fn new() -> Self {
        Self {
            now_typing: HashMap::new(),
            last_lines: HashMap::new(),
        }
    }

    /// A signal came, made when the events were at `at`.
    pub fn signal(&mut self, key: K, who: T, on: bool, at: u64, now: Instant) {
        let older_than_line = self.last_lines.get(&key).is_some_and(|line| at < *line);
        let older_than_signal = self.now_typing.get(&key).is_some_and(|typing| at < typing.at);
        if older_than_line || older_than_signal {
            return;
        }
        if on {
            let until = now + TYPING_LASTS;
            self.now_typing.insert(key, Typing { who, at, until });
        } else {
            self.now_typing.remove(&key);
        }
    }

    /// The author's line is here.
    pub fn line(&mut self, key: K, at: u64) {
        self.now_typing.remove(&key);
        self.last_lines.insert(key, at);
    }

    /// Nobody of these types any more.
    pub fn stop(&mut self, gone: impl Fn(&K) -> bool) {
        self.now_typing.retain(|key, _| !gone(key));
    }

    /// What is known of these is not needed any more.
    pub fn forget(&mut self, gone: impl Fn(&K) -> bool) {
        self.now_typing.retain(|key, _| !gone(key));
        self.last_lines.retain(|key, _| !gone(key));
    }

    pub fn clear(&mut self) {
        self.now_typing.clear();
        self.last_lines.clear();
    }

    /// Who types at this moment.
    pub fn now(&self, now: Instant) -> impl Iterator<Item = (&K, &T)> {
        let is_on = move |(_, typing): &(_, &Typing<T>)| typing.until > now;
        self.now_typing
            .iter()
            .filter(is_on)
            .map(|(key, typing)| (key, &typing.who))
    }

    /// When the next one ends by itself: the moment at which the screen changes although nothing comes.
    pub fn ends_at(&self, now: Instant) -> Option<Instant> {
        self.now_typing
            .values()
            .map(|typing| typing.until)
            .filter(|until| *until > now)
            .min()
    }
}
