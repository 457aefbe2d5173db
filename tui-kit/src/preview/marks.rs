//! The little of Markdown that people write into a chat: code between fences and backticks, and lists. Every character stays; code gets a
//! colour beside its own signs, and what goes on of a point or of an indented line of code stands below its beginning.

use std::ops::Range;

use super::{Line, Paint};
use crate::text::width;

/// Columns that a row may be set in at most.
const HANG_MAX: usize = 12;

/// Marks the lines of a text. Those that something else has painted keep that.
pub(super) fn mark(text: &str, lines: &mut [Line]) {
    let mut fence: Option<&str> = None;
    for line in lines.iter_mut().filter(|line| line.hides == 0) {
        let words = line.text(text).to_owned();
        let begin = words.trim_start();
        let sign = ["```", "~~~"].into_iter().find(|sign| begin.starts_with(sign));
        match (fence, sign) {
            (None, Some(sign)) => fence = Some(sign),
            (Some(open), Some(sign)) if open == sign => fence = None,
            (Some(_), _) => {
                line.hang = (words.len() - words.trim_start_matches(' ').len()).min(HANG_MAX);
                if line.paints.is_empty() && !words.is_empty() {
                    line.paints = vec![(0..words.len(), Paint::Code)];
                }
                continue;
            }
            (None, None) => {
                line.hang = point(&words);
                if line.paints.is_empty() {
                    line.paints = between_backticks(&words).map(|at| (at, Paint::Code)).collect();
                }
                continue;
            }
        }
        line.paints = vec![(0..words.len(), Paint::Less)];
    }
}

/// The columns before the words of a point of a list; 0 if it is none.
fn point(line: &str) -> usize {
    let begin = line.trim_start_matches(' ');
    let sign = begin.split(' ').next().unwrap_or_default();
    let number = sign.strip_suffix(['.', ')']).unwrap_or_default();
    let counted = (1..=3).contains(&number.len()) && number.bytes().all(|it| it.is_ascii_digit());
    let is_point = matches!(sign, "-" | "*" | "+" | "•") || counted;
    let before = (line.len() - begin.len()) + width(sign) + 1;
    match is_point && begin.len() > sign.len() + 1 && before <= HANG_MAX {
        true => before,
        false => 0,
    }
}

/// What stands between backticks, with them.
fn between_backticks(line: &str) -> impl Iterator<Item = Range<usize>> {
    let ticks: Vec<usize> = line.match_indices('`').map(|it| it.0).collect();
    let pairs: Vec<Range<usize>> = ticks
        .chunks_exact(2)
        .filter(|pair| pair[1] > pair[0] + 1)
        .map(|pair| pair[0]..pair[1] + 1)
        .collect();
    pairs.into_iter()
}
