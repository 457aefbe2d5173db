//! What somebody typed, as a query. Any text is one: what is no filter is looked for as words, and what cannot be understood is
//! said beside the answer instead of refusing it.

mod typed;
mod values;

use std::ops::Range;

use self::{
    typed::{Typed, split},
    values::{from, moment, only, stages, whose},
};
use super::words::{Word, is_sign, words};
use crate::{
    hours::Date,
    stage::{Stage, StageIs},
    words::Tag,
};

/// Terms that are looked for; more make no better search.
const TERMS_MAX: usize = 12;
/// Words of one phrase.
const PHRASE_WORDS_MAX: usize = 24;
/// Values of one filter, and filters that there are none of.
const VALUES_MAX: usize = 8;

/// The filters whose names can be mistyped and still be told: shorter ones are like too many words.
const LONG_FILTERS: [&str; 9] = [
    "from", "customer", "tag", "stage", "owner", "agent", "before", "after", "since",
];
/// What elsewhere stands for a filter, or is one in the list of conversations: what is meant here, if there is such a one.
const OTHER_NAMES: [(&str, Option<&str>); 20] = [
    ("author", Some("from")),
    ("sender", Some("from")),
    ("user", Some("customer")),
    ("client", Some("customer")),
    ("name", Some("customer")),
    ("label", Some("tag")),
    ("status", Some("stage")),
    ("assignee", Some("owner")),
    ("assigned", Some("owner")),
    ("until", Some("before")),
    ("older", Some("before")),
    ("newer", Some("after")),
    ("date", Some("after")),
    ("type", Some("in")),
    ("kind", Some("in")),
    ("priority", None),
    ("skill", None),
    ("wait", None),
    ("sort", None),
    ("group", None),
];

/// What is looked for, and in which lines.
///
/// | Written | Found is |
/// | --- | --- |
/// | `late parcel` | what has all these words; the last one may be the beginning of one |
/// | `"late parcel"` | what has these words one after the other |
/// | `ref*` | what has a word that begins so |
/// | `-refund` | what does not have the word |
/// | `from:customer` `from:bot` `from:agent` `from:me` `from:ada` | what was written by one of these; several with `,` |
/// | `customer:alice` | what is in the thread of this customer |
/// | `tag:vip` | what is in a conversation with this tag; several: all of them |
/// | `stage:waiting,closed` `is:open` | what is in a conversation that stands there now |
/// | `owner:me` `owner:nobody` `agent:ada` | what is in a conversation of this agent: a closed one is whose it was last |
/// | `after:2026-11-20` `before:today` `after:7d` | from that day on, before that day, within the last so many `m`, `h`, `d` or `w` |
/// | `in:notes` `in:lines` | notes only; lines only |
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Query {
    /// All of these must be there.
    pub all: Vec<Term>,
    /// None of these may be there.
    pub none: Vec<Term>,
    /// Written by any of these; by anybody if empty.
    pub from: Vec<FromIs>,
    /// In the thread of any customer of these names; of anybody if empty.
    pub customers: Vec<String>,
    /// In a conversation with all these tags.
    pub tags: Vec<Tag>,
    /// In a conversation that stands in any of these now; anywhere if empty.
    pub stages: Vec<StageIs>,
    /// In a conversation of this agent.
    pub owner: Option<WhoseIs>,
    /// Not before then.
    pub after: Option<Moment>,
    /// Before then.
    pub before: Option<Moment>,
    /// Only what agents alone can see, or only what was said.
    pub only: Option<Only>,
    /// What was typed and is not understood, as it was typed.
    pub unclear: Vec<String>,
    /// What looks like a filter and is none: it is looked for as words.
    pub unknown: Vec<Unknown>,
}

/// A filter that there is none of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unknown {
    /// Its name, as it was typed.
    pub key: String,
    /// The one that was probably meant.
    pub meant: Option<&'static str>,
}

impl Unknown {
    /// What whoever typed it is told.
    pub fn words(&self) -> String {
        let hint = self.meant.map_or(String::new(), |it| format!(", did you mean {it}:"));
        format!("no filter is called {}:{hint}; it is looked for as words", self.key)
    }
}

/// Words one after the other.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Term {
    /// The words, as an index has them. Never empty.
    pub words: Vec<String>,
    /// Whether the last word may be the beginning of one.
    pub prefix: bool,
}

/// Who wrote.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FromIs {
    /// A customer.
    Customer,
    /// The bot.
    Bot,
    /// An agent.
    Agent,
    /// Whoever searches.
    Me,
    /// An agent, or else a customer, of this name. In lower case.
    Named(String),
}

/// Whose conversation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum WhoseIs {
    /// Of whoever searches.
    Me,
    /// Nobody's.
    Nobody,
    /// Of an agent of this name. In lower case.
    Named(String),
}

/// A time, as seen from now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Moment {
    /// The beginning of a day.
    Day(Date),
    /// The beginning of the day so many days ago.
    DaysBack(u16),
    /// So many milliseconds ago.
    Ago(i64),
}

/// A part of what is searched.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Only {
    /// Notes.
    Notes,
    /// Lines.
    Lines,
}

impl Query {
    /// The query that a text is. Any text is one.
    pub fn parse(text: &str) -> Query {
        let mut query = Query::default();
        let mut last_is_open = false;
        for it in split(text) {
            let terms = query.all.len();
            query.take(&it);
            if query.all.len() > terms {
                last_is_open = !it.quoted;
            }
        }
        // The last word is the one that is still being typed.
        if let Some(last) = query.all.last_mut() {
            last.prefix |= last_is_open && last.can_begin();
        }
        query
    }

    /// Whether nothing was typed that says what to look for.
    pub fn is_empty(&self) -> bool {
        *self
            == Query {
                unclear: self.unclear.clone(),
                unknown: self.unknown.clone(),
                ..Query::default()
            }
    }

    /// What whoever typed it is told of what was not understood, each in words.
    pub fn troubles(&self) -> Vec<String> {
        let unclear = self.unclear.iter().map(|it| format!("not understood: {it}"));
        unclear.chain(self.unknown.iter().map(Unknown::words)).collect()
    }

    /// Whether all of it is one letter, which finds little but more is coming: `p` of `parcel`. A sign of a script without words is one.
    pub fn is_barely_begun(text: &str) -> bool {
        let query = Query::parse(text);
        let one_letter = |it: &Term| {
            let word = it.words.first().map_or("", String::as_str);
            it.words.len() == 1 && word.chars().count() == 1 && !word.contains(is_sign)
        };
        let rest = Query {
            all: Vec::new(),
            ..query.clone()
        };
        matches!(query.all.as_slice(), [one] if one_letter(one))
            && rest == Query::default()
            && !text.ends_with(char::is_whitespace)
    }

    /// A text without the one letter at its end that may be the beginning of a word: as that it is looked for with the next one.
    pub fn without_begun(text: &str) -> &str {
        let from = text.trim_end_matches(|c: char| !c.is_whitespace()).len();
        let mut last = text[from..].chars();
        let begins = matches!((last.next(), last.next()), (Some(c), None) if c.is_alphanumeric() && !is_sign(c));
        let before = text[..from].trim_end();
        // Within quotes it is part of a phrase.
        let quoted = before.matches('"').count() % 2 == 1;
        match begins && !quoted && !Query::parse(before).all.is_empty() {
            true => before,
            false => text,
        }
    }

    fn take(&mut self, typed: &Typed<'_>) {
        if let Some((key, value)) = typed.filter()
            && let Some(understood) = self.filter(&key, value)
        {
            if !understood || typed.excludes {
                self.unclear.push(typed.raw.chars().take(60).collect());
            }
            return;
        }
        self.note_unknown(typed);
        let starred = typed.text.ends_with('*');
        let mut found: Vec<Word> = words(typed.text);
        found.truncate(PHRASE_WORDS_MAX);
        if found.is_empty() {
            return;
        }
        let terms = if typed.excludes { &mut self.none } else { &mut self.all };
        if terms.len() < TERMS_MAX {
            let mut term = Term {
                words: found.into_iter().map(|it| it.word).collect(),
                prefix: false,
            };
            term.prefix = starred && !typed.excludes && term.can_begin();
            terms.push(term);
        }
    }

    /// What looks like a filter that was mistyped is told. Addresses, times and other text with a colon do not.
    fn note_unknown(&mut self, typed: &Typed<'_>) {
        let Some((key, value)) = typed.filter() else { return };
        if value.is_empty() || value.starts_with("//") || self.unknown.len() == VALUES_MAX {
            return;
        }
        let other = OTHER_NAMES
            .iter()
            .find(|(name, _)| *name == key)
            .map(|(_, meant)| *meant);
        let near = || {
            let far_max = if key.len() < 5 { 1 } else { 2 };
            let far = LONG_FILTERS.map(|it| (strsim::damerau_levenshtein(&key, it), it));
            let nearest = far.into_iter().min_by_key(|(far, _)| *far)?;
            (key.len() > 2 && nearest.0 <= far_max).then_some(Some(nearest.1))
        };
        if let Some(meant) = other.or_else(near) {
            self.unknown.push(Unknown { key, meant });
        }
    }

    /// Takes a filter. `None` if there is none of this name, `Some(false)` if its value is not understood.
    fn filter(&mut self, key: &str, value: &str) -> Option<bool> {
        let values = || {
            value
                .split(',')
                .map(str::trim)
                .filter(|it| !it.is_empty())
                .take(VALUES_MAX)
        };
        let given = values().next().is_some();
        Some(match key {
            "from" | "by" => {
                self.from.extend(values().map(from));
                given
            }
            "customer" => {
                self.customers.extend(values().map(str::to_owned));
                given
            }
            "tag" => {
                let tags: Result<Vec<Tag>, _> = values().map(|it| Tag::parse(it.to_lowercase())).collect();
                given && tags.map(|tags| self.tags.extend(tags)).is_ok()
            }
            "stage" | "is" => {
                let stages: Option<Vec<&[StageIs]>> = values().map(stages).collect();
                let understood = given && stages.is_some();
                self.stages.extend(stages.unwrap_or_default().into_iter().flatten());
                understood
            }
            "owner" | "agent" => {
                self.owner = values().next().map(whose).or(self.owner.take());
                given
            }
            "before" => moment(value).map(|at| self.before = Some(at)).is_some(),
            "after" | "since" => moment(value).map(|at| self.after = Some(at)).is_some(),
            "in" => only(value).map(|it| self.only = Some(it)).is_some(),
            _ => return None,
        })
    }

    /// Where in a text the words stand that were looked for, in bytes: in order, none touches the next.
    pub fn marks(&self, text: &str) -> Vec<Range<usize>> {
        let found = words(text);
        let mut marks: Vec<Range<usize>> = Vec::new();
        for term in &self.all {
            match term.words.as_slice() {
                [one] if one.chars().count() == 1 => marks.extend(single(one, &found, text)),
                phrase => {
                    let places = found.windows(phrase.len());
                    let hits = places.filter(|place| term.is_at(place));
                    marks.extend(hits.filter_map(|it| Some(it.first()?.at.start..it.last()?.at.end)));
                }
            }
        }
        marks.sort_by_key(|it| (it.start, it.end));
        let mut joined: Vec<Range<usize>> = Vec::with_capacity(marks.len());
        for it in marks {
            match joined.last_mut() {
                Some(last) if it.start <= last.end => last.end = last.end.max(it.end),
                _ => joined.push(it),
            }
        }
        joined
    }
}

impl Term {
    /// Whether the last word can be the beginning of one: one letter begins half of all words, and signs are found as parts anyway.
    fn can_begin(&self) -> bool {
        let last = self.words.last().map_or("", String::as_str);
        last.chars().nth(1).is_some() && !last.contains(is_sign)
    }

    fn is_at(&self, place: &[Word]) -> bool {
        let last = self.words.len().saturating_sub(1);
        self.words.iter().zip(place).enumerate().all(|(n, (want, have))| {
            have.word == *want || (self.prefix && n == last && have.word.starts_with(want.as_str()))
        })
    }
}

/// The places of one letter, or of one sign in the pairs that signs are.
fn single(one: &str, found: &[Word], text: &str) -> Vec<Range<usize>> {
    let mut places = Vec::new();
    for it in found {
        let part = text.get(it.at.clone()).unwrap_or_default();
        if it.word == one {
            places.push(it.at.clone());
        } else if it.signs && it.word.starts_with(one) {
            let end = part.chars().next().map_or(0, char::len_utf8);
            places.push(it.at.start..it.at.start + end);
        } else if it.signs && it.word.ends_with(one) {
            let begin = part.char_indices().last().map_or(0, |(at, _)| at);
            places.push(it.at.start + begin..it.at.end);
        }
    }
    places
}

/// Whether a stage is one of these; any is, if there are none.
pub fn is_in(stage: &Stage, stages: &[StageIs]) -> bool {
    stages.is_empty() || stages.contains(&StageIs::of(stage))
}

#[cfg(test)]
#[path = "query_tests.rs"]
mod tests;
