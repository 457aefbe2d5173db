//! The footer while the first of two keys waits for the second.

use std::hash::Hash;

use minicom_protocol::gate::Shown;
use ratatui::text::{Line, Span};

use super::{Keymap, columns_of};
use crate::{key::Key, text::width, theme::Theme};

/// Columns before each hint.
const GAP: usize = 2;
/// Fewer columns of words than these tell nothing: then the keys stand alone.
const WORDS_MIN: usize = 8;
/// What Esc does, the longest first.
const BACK: [&str; 3] = ["takes it back", "back", ""];

impl<A: Copy + Eq, C: Copy + Eq + Hash> Keymap<A, C> {
    /// That key, which ones it waits for, and the way back. Where there is no room for all of it the words are cut, with the sign
    /// for that, and at last left out: a key that waits is named at every width that has room for the keys.
    pub fn half_footer(&self, contexts: &[C], columns: u16, theme: &Theme) -> Line<'static> {
        let seconds = self.rows.iter().filter_map(|row| {
            let mut keys = self.keys(contexts, row.action).into_iter();
            let second = keys.find_map(Key::second_of_two)?;
            Some((second.hint(), row.title))
        });
        let seconds: Vec<(String, &'static str)> = seconds.collect();
        let mut spans = vec![Span::raw(" "), Span::styled(Key::first_of_two().hint(), theme.title())];
        let keys: usize = seconds.iter().map(|(key, _)| GAP + width(key)).sum();
        let room = usize::from(columns).saturating_sub(columns_of(&spans) + keys);
        let back = |words: &str| GAP + "Esc".len() + words.len() + usize::from(!words.is_empty());
        let fits = BACK.into_iter().find(|words| back(words) <= room).unwrap_or_default();
        let most = words_at_most(&seconds, room.saturating_sub(back(fits)));
        for (key, words) in &seconds {
            spans.extend(hint(key, &Shown::fixed(words).cut(most), theme));
        }
        spans.extend(hint("Esc", &Shown::fixed(fits), theme));
        Line::from(spans)
    }
}

/// How many columns of words each may have, so that all of them have room.
fn words_at_most(seconds: &[(String, &'static str)], room: usize) -> usize {
    let needs = |most: usize| {
        seconds
            .iter()
            .map(|(_, words)| 1 + width(words).min(most))
            .sum::<usize>()
    };
    let longest = seconds.iter().map(|(_, words)| width(words)).max().unwrap_or(0);
    let most = (WORDS_MIN.min(longest)..=longest)
        .rev()
        .find(|most| needs(*most) <= room);
    most.unwrap_or(0)
}

fn hint(key: &str, words: &Shown, theme: &Theme) -> Vec<Span<'static>> {
    let mut spans = vec![
        Span::raw(" ".repeat(GAP)),
        Span::styled(key.to_owned(), theme.hint_key()),
    ];
    if !words.as_str().is_empty() {
        spans.extend([Span::raw(" "), Span::styled(words.to_string(), theme.hint())]);
    }
    spans
}
