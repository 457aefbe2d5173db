//! Whether a rule fits a line: a pattern matches whole words inside one clause, no exception overlaps the match, nothing
//! before or after it turns it into its opposite. All patterns are linear in the text.

use std::ops::Range;

use regex::Regex;

use super::spelling::Spelling;

/// Matches of one pattern that are looked at in one clause: the later ones of a text made of nothing else say nothing new.
const MATCHES_MAX: usize = 16;
/// Words before a match in which a negation is looked for.
const NEGATION_WINDOW_WORDS: usize = 10;

/// A line as patterns read it.
#[derive(Debug)]
pub(super) struct Clauses(Vec<String>);

impl Clauses {
    pub(super) fn of(text: &str, spelling: &Spelling) -> Clauses {
        Clauses(spelling.clauses(text))
    }

    pub(super) fn as_written(text: &str, spelling: &Spelling) -> Clauses {
        Clauses(spelling.clauses_as_written(text))
    }
}

/// What turns a request into its opposite: "I don't need …", "… is not needed".
#[derive(Debug)]
pub(super) struct Negation {
    /// Ends at the end of what stands before a match.
    pub(super) before: Regex,
    /// Begins at the beginning of what stands after it.
    pub(super) after: Regex,
}

impl Negation {
    fn holds(&self, clause: &str, at: &Range<usize>) -> bool {
        let before = last_words(clause[..at.start].trim_end(), NEGATION_WINDOW_WORDS);
        self.before.is_match(before) || self.after.is_match(clause[at.end..].trim_start())
    }
}

/// What a line is searched for.
#[derive(Debug)]
pub(super) enum Pattern {
    /// Of a file of rules.
    Regex(Regex),
    /// Of a tenant's list of words.
    Phrase(Phrase),
}

impl Pattern {
    /// The first match that begins at this byte or later.
    fn find_at(&self, clause: &str, from: usize) -> Option<Range<usize>> {
        match self {
            Pattern::Regex(regex) => regex.find_at(clause, from).map(|found| found.range()),
            Pattern::Phrase(phrase) => phrase.find_at(clause, from),
        }
    }

    /// Whether a match is one of whole words.
    fn holds(&self, clause: &str, at: &Range<usize>) -> bool {
        match self {
            Pattern::Regex(_) => is_whole_words(clause, at),
            Pattern::Phrase(_) => true,
        }
    }
}

/// Words in a row, as a clause has them.
#[derive(Debug)]
pub(super) struct Phrase {
    /// The words, with one space between.
    pub(super) words: String,
    /// Whether the last one may go on.
    pub(super) any_ending: bool,
}

impl Phrase {
    fn find_at(&self, clause: &str, from: usize) -> Option<Range<usize>> {
        let found = clause.get(from..)?.match_indices(&self.words);
        let mut ranges = found.map(|(at, words)| from + at..from + at + words.len());
        ranges.find(|at| {
            let before = is_edge(clause[..at.start].chars().next_back(), self.words.chars().next());
            let after = is_edge(clause[at.end..].chars().next(), self.words.chars().next_back());
            before && (after || self.any_ending)
        })
    }
}

/// Whether a word ends between these letters. Scripts that are written without spaces have no such place to look for.
fn is_edge(outside: Option<char>, inside: Option<char>) -> bool {
    outside.is_none_or(|c| c == ' ' || has_no_spaces(c)) || inside.is_some_and(has_no_spaces)
}

/// Letters of scripts that put no spaces between words (Chinese, Japanese, Thai, Lao, Burmese, Khmer), or put endings right behind
/// them (Korean).
fn has_no_spaces(c: char) -> bool {
    matches!(c, '\u{0E00}'..='\u{0EFF}' | '\u{1000}'..='\u{109F}' | '\u{1100}'..='\u{11FF}' | '\u{1780}'..='\u{17FF}'
        | '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}'
        | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

/// The patterns of one rule.
#[derive(Debug)]
pub(super) struct Matcher {
    pub(super) patterns: Vec<Pattern>,
    /// A match that one of these overlaps does not count.
    pub(super) except: Vec<Pattern>,
    /// A line that one of these is in does not fit.
    pub(super) unless: Vec<Pattern>,
    pub(super) unless_negated: bool,
    pub(super) other_words_max: Option<usize>,
}

impl Matcher {
    /// Whether the rule is about this line.
    pub(super) fn fits(&self, clauses: &Clauses, negation: &Negation) -> bool {
        let Some(most) = self.other_words_max else {
            return self.occurs(clauses, negation);
        };
        let mut found = false;
        let mut other_words = 0;
        for clause in &clauses.0 {
            match self.find(clause, negation) {
                Some(at) => {
                    found = true;
                    other_words += words(&clause[..at.start]) + words(&clause[at.end..]);
                }
                None => other_words += words(clause),
            }
        }
        found && other_words <= most
    }

    /// Whether a pattern holds anywhere in the line, whatever stands beside it.
    pub(super) fn occurs(&self, clauses: &Clauses, negation: &Negation) -> bool {
        self.may_fit(clauses) && clauses.0.iter().any(|clause| self.find(clause, negation).is_some())
    }

    fn may_fit(&self, clauses: &Clauses) -> bool {
        let mut all = clauses.0.iter();
        all.all(|clause| self.unless.iter().all(|it| it.find_at(clause, 0).is_none()))
    }

    /// The first match that holds.
    fn find(&self, clause: &str, negation: &Negation) -> Option<Range<usize>> {
        // Looked for only when something matches, which is seldom.
        let mut exceptions: Option<Vec<Range<usize>>> = None;
        for pattern in &self.patterns {
            let mut from = 0;
            for _ in 0..MATCHES_MAX {
                let Some(at) = pattern.find_at(clause, from) else {
                    break;
                };
                // Not behind the match: a shorter one inside may hold where the longer one does not.
                from = clause[at.start..]
                    .find(' ')
                    .map_or(clause.len(), |space| at.start + space + 1);
                let exceptions = exceptions.get_or_insert_with(|| {
                    let all = self.except.iter();
                    all.flat_map(|except| all_of(except, clause)).collect()
                });
                let excepted = exceptions.iter().any(|it| it.start < at.end && at.start < it.end);
                if pattern.holds(clause, &at) && !excepted && !(self.unless_negated && negation.holds(clause, &at)) {
                    return Some(at);
                }
            }
        }
        None
    }
}

/// Matches that do not overlap, so many as are looked at.
fn all_of<'a>(pattern: &'a Pattern, clause: &'a str) -> impl Iterator<Item = Range<usize>> + 'a {
    let mut from = 0;
    let next = move || {
        let at = pattern.find_at(clause, from)?;
        from = at.end;
        Some(at)
    };
    std::iter::from_fn(next).take(MATCHES_MAX)
}

/// Patterns are held at word boundaries of ASCII, which costs nothing; this looks at the other letters.
fn is_whole_words(clause: &str, at: &Range<usize>) -> bool {
    let free = |c: Option<char>| c.is_none_or(|c| c == ' ');
    !at.is_empty() && free(clause[..at.start].chars().next_back()) && free(clause[at.end..].chars().next())
}

fn words(text: &str) -> usize {
    text.split_whitespace().count()
}

fn last_words(text: &str, count: usize) -> &str {
    match text.rmatch_indices(' ').nth(count - 1) {
        Some((at, _)) => &text[at + 1..],
        None => text,
    }
}
