//! A list's filter as it is typed: terms with spaces between, `"` around what has spaces in it.

use std::str::FromStr;

use minicom_protocol::{
    gate::Shown,
    intake::Priority,
    words::{Skill, Tag, WordRefused},
};

use super::{ListFilter, ListSort, OwnerIs, StageIs, WaitIs};

/// Characters that are read.
const CHARS_MAX: usize = 500;

/// Why a line is no filter. It may be printed as it is.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum FilterError {
    /// Far more than anybody types.
    #[error("this is longer than {CHARS_MAX} characters")]
    TooLong,
    /// A quotation mark that is not closed.
    #[error("a \" is missing at the end")]
    Unclosed,
    /// A key that there is none of.
    #[error(
        "`{key}` is no filter: use priority, skill, tag, stage, owner, wait, sort or group; put \" around it to look for the words"
    )]
    Key {
        /// What was written.
        key: Shown,
    },
    /// A key without a value.
    #[error("`{key}` needs a value, as in {example}")]
    NoValue {
        /// Which.
        key: &'static str,
        /// How it is written.
        example: &'static str,
    },
    /// A value that the key cannot have.
    #[error("{key}: `{value}` is none of {known}")]
    Value {
        /// Which.
        key: &'static str,
        /// What was written.
        value: Shown,
        /// What it can be.
        known: &'static str,
    },
    /// A tag or a skill that cannot be one.
    #[error("{0}")]
    Word(#[from] WordRefused),
    /// Something that can be said once was said twice.
    #[error("{key} is there twice")]
    Twice {
        /// Which.
        key: &'static str,
    },
}

/// The keys, and how each is written.
const KEYS: [(&str, &str); 7] = [
    ("priority", "priority:urgent,high"),
    ("skill", "skill:german"),
    ("tag", "tag:vip"),
    ("stage", "stage:waiting"),
    ("owner", "owner:me"),
    ("sort", "sort:wait"),
    ("group", "group:priority"),
];
const WAIT: (&str, &str) = ("wait", "wait>5m");

impl FromStr for ListFilter {
    type Err = FilterError;

    fn from_str(line: &str) -> Result<ListFilter, FilterError> {
        if line.chars().count() > CHARS_MAX {
            return Err(FilterError::TooLong);
        }
        let mut filter = ListFilter::default();
        let mut sort = None;
        for term in terms(line)? {
            match term {
                Term::Words(words) => filter.words.push(words.to_lowercase()),
                Term::Keyed(key, sign, value) => keyed(&mut filter, &mut sort, &key, sign, &value)?,
            }
        }
        filter.sort = sort.unwrap_or_default();
        Ok(filter)
    }
}

fn keyed(
    filter: &mut ListFilter,
    sort: &mut Option<ListSort>,
    key: &str,
    sign: char,
    value: &str,
) -> Result<(), FilterError> {
    let unknown = || FilterError::Key { key: Shown::line(key) };
    let known = KEYS.into_iter().chain([WAIT]).find(|(word, _)| *word == key);
    let (key, example) = known.ok_or_else(unknown)?;
    if value.is_empty() || (key == WAIT.0) == (sign == ':') {
        return Err(FilterError::NoValue { key, example });
    }
    match key {
        "priority" => filter
            .priorities
            .extend(each(key, value, &Priority::ALL, Priority::word)?),
        "skill" => filter.skills.push(Skill::parse(value)?),
        "tag" => filter.tags.push(Tag::parse(value)?),
        "stage" => filter.stages.extend(each(key, value, &StageIs::ALL, StageIs::word)?),
        "owner" => once(key, &mut filter.owner, owner(value))?,
        "sort" => {
            for found in each(key, value, &ListSort::ALL, ListSort::word)? {
                once(key, sort, found)?;
            }
        }
        "group" if value != "priority" => {
            let (value, known) = (Shown::line(value), "priority");
            return Err(FilterError::Value { key, value, known });
        }
        "group" => filter.group_by_priority = true,
        _ => filter.waits.push(wait(key, sign, value)?),
    }
    Ok(())
}

fn once<T>(key: &'static str, place: &mut Option<T>, value: T) -> Result<(), FilterError> {
    match place.replace(value) {
        Some(_) => Err(FilterError::Twice { key }),
        None => Ok(()),
    }
}

/// Words with commas between, each one of those that there are; at least one.
fn each<T: Copy>(
    key: &'static str,
    value: &str,
    all: &[T],
    word: fn(T) -> &'static str,
) -> Result<Vec<T>, FilterError> {
    let one = |typed: &str| {
        let found = all.iter().copied().find(|it| word(*it).eq_ignore_ascii_case(typed));
        found.ok_or_else(|| FilterError::Value {
            key,
            value: Shown::line(typed),
            known: match key {
                "priority" => "urgent, high, medium, low",
                "stage" => "bot, waiting, active, snoozed, closed",
                _ => "queue, wait, priority, newest",
            },
        })
    };
    value.split(',').map(one).collect()
}

fn owner(value: &str) -> OwnerIs {
    match value.to_lowercase() {
        me if me == "me" => OwnerIs::Me,
        nobody if nobody == "nobody" => OwnerIs::Nobody,
        name => OwnerIs::Named(name),
    }
}

fn wait(key: &'static str, sign: char, value: &str) -> Result<WaitIs, FilterError> {
    let refused = || FilterError::Value {
        key,
        value: Shown::line(value),
        known: "a number with s, m, h or d, as 5m",
    };
    let unit = value.chars().last().ok_or_else(refused)?;
    let per = UNITS.iter().find(|(word, _)| *word == unit).ok_or_else(refused)?.1;
    let number: u64 = value[..value.len() - unit.len_utf8()].parse().map_err(|_| refused())?;
    let seconds = number.checked_mul(per).ok_or_else(refused)?;
    Ok(match sign {
        '<' => WaitIs::Shorter(seconds),
        _ => WaitIs::Longer(seconds),
    })
}

/// The largest first.
const UNITS: [(char, u64); 4] = [('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];

/// Seconds as they are typed, in the largest unit that is exact.
pub(super) fn duration(seconds: u64) -> String {
    let exact = |(_, per): &&(char, u64)| seconds >= *per && seconds.is_multiple_of(*per);
    let (unit, per) = UNITS.iter().find(exact).unwrap_or(&('s', 1));
    format!("{}{unit}", seconds / per)
}

/// A text as it is typed; `word` if it stands alone, where a sign would make a key of it.
pub(super) fn quoted(text: &str, word: bool) -> String {
    let special = |c: char| c.is_whitespace() || c == '"' || c == '\\' || (word && matches!(c, ':' | '<' | '>'));
    let plain = !text.is_empty() && !text.contains(special);
    if plain {
        return text.to_owned();
    }
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

enum Term {
    /// To be looked for.
    Words(String),
    /// Key, sign and value.
    Keyed(String, char, String),
}

fn terms(line: &str) -> Result<Vec<Term>, FilterError> {
    let mut terms = Vec::new();
    let mut rest = line.trim_start();
    while !rest.is_empty() {
        let end = rest.find(|c: char| c.is_whitespace() || matches!(c, ':' | '<' | '>' | '"'));
        let head = &rest[..end.unwrap_or(rest.len())];
        let sign = rest[head.len()..]
            .chars()
            .next()
            .filter(|c| matches!(c, ':' | '<' | '>'));
        let (term, after) = match sign {
            Some(sign) => {
                let (value, after) = value(&rest[head.len() + 1..])?;
                (Term::Keyed(head.to_lowercase(), sign, value), after)
            }
            None if rest.starts_with('"') => {
                let (words, after) = value(rest)?;
                (Term::Words(words), after)
            }
            None => (Term::Words(head.to_owned()), &rest[head.len()..]),
        };
        match term {
            Term::Words(words) if words.is_empty() => {}
            term => terms.push(term),
        }
        rest = after.trim_start();
    }
    Ok(terms)
}

/// A value at the beginning of a text, and what follows it: up to a space, or within quotation marks, where `\` takes the
/// next character as it is.
fn value(text: &str) -> Result<(String, &str), FilterError> {
    let Some(inner) = text.strip_prefix('"') else {
        let end = text.find(char::is_whitespace).unwrap_or(text.len());
        return Ok((text[..end].to_owned(), &text[end..]));
    };
    let mut value = String::new();
    let mut chars = inner.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Ok((value, &inner[at + 1..])),
            '\\' => value.extend(chars.next().map(|(_, c)| c)),
            c => value.push(c),
        }
    }
    Err(FilterError::Unclosed)
}
