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

/// The patterns of one rule.
#[derive(Debug)]
pub(super) struct Matcher {
    pub(super) patterns: Vec<Regex>,
    pub(super) except: Vec<Regex>,
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
        clauses.0.iter().any(|clause| self.find(clause, negation).is_some())
    }

    /// The first match that holds.
    fn find(&self, clause: &str, negation: &Negation) -> Option<Range<usize>> {
        // Looked for only when something matches, which is seldom.
        let mut exceptions: Option<Vec<Range<usize>>> = None;
        for pattern in &self.patterns {
            let mut from = 0;
            for _ in 0..MATCHES_MAX {
                let Some(found) = pattern.find_at(clause, from) else {
                    break;
                };
                let at = found.range();
                // Not behind the match: a shorter one inside may hold where the longer one does not.
                from = clause[at.start..]
                    .find(' ')
                    .map_or(clause.len(), |space| at.start + space + 1);
                let exceptions = exceptions.get_or_insert_with(|| {
                    let all = self
                        .except
                        .iter()
                        .flat_map(|except| except.find_iter(clause).take(MATCHES_MAX));
                    all.map(|found| found.range()).collect()
                });
                let excepted = exceptions.iter().any(|it| it.start < at.end && at.start < it.end);
                if is_whole_words(clause, &at) && !excepted && !(self.unless_negated && negation.holds(clause, &at)) {
                    return Some(at);
                }
            }
        }
        None
    }
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
