//! JSON: what is a field, a text, a value; and line ends for what came without. Every sign of it is shown as it was sent, numbers and
//! escapes too. Whether it is JSON the library says.

use std::ops::Range;

use super::{Line, Paint, Words};

/// What is shorter is read as well on one line.
const ONE_LINE_MAX: usize = 60;
/// Steps of an indent; what lies deeper is not moved further.
const DEPTH_MAX: usize = 16;

/// The lines of a text that has JSON in it, all of it or from one line to the last; `None` if it has none.
pub(super) fn lines(text: &str, ranges: &[Range<usize>]) -> Option<Vec<Line>> {
    let (first, last) = place(text, ranges)?;
    let json = ranges[first].start..ranges[last].end;
    serde_json::from_str::<serde::de::IgnoredAny>(&text[json.clone()]).ok()?;
    let plain =
        |lines: &[Range<usize>]| -> Vec<Line> { lines.iter().map(|at| Line::of(at.clone(), Paint::Plain)).collect() };
    let mut lines = plain(&ranges[..first]);
    match first == last && json.len() > ONE_LINE_MAX {
        true => lines.extend(laid_out(&text[json.clone()], json.start)),
        false => lines.extend(painted(text, &json, &ranges[first..=last])),
    }
    lines.extend(plain(&ranges[last + 1..]));
    Some(lines)
}

/// The first line that begins like JSON, and the last one that ends like it.
fn place(text: &str, ranges: &[Range<usize>]) -> Option<(usize, usize)> {
    let line = |at: &Range<usize>| text[at.clone()].trim();
    let first = ranges.iter().position(|at| line(at).starts_with(['{', '[']))?;
    let last = ranges.iter().rposition(|at| line(at).ends_with(['}', ']']))?;
    (first <= last).then_some((first, last))
}

/// A sign of the language, and its bytes.
struct Token {
    at: Range<usize>,
    paint: Paint,
}

/// The tokens of what is known to be JSON.
fn tokens(json: &str) -> Vec<Token> {
    let bytes = json.as_bytes();
    let (mut tokens, mut at): (Vec<Token>, usize) = (Vec::new(), 0);
    while at < bytes.len() {
        let start = at;
        let paint = match bytes[at] {
            byte if byte.is_ascii_whitespace() => {
                at += 1;
                continue;
            }
            b'"' => {
                at = end_of_text(bytes, at);
                Paint::Text
            }
            b':' => {
                at += 1;
                if let Some(before) = tokens.last_mut() {
                    before.paint = Paint::Field;
                }
                Paint::Plain
            }
            b'{' | b'}' | b'[' | b']' | b',' => {
                at += 1;
                Paint::Plain
            }
            _ => {
                let rest = bytes[at..].iter().position(|byte| b"{}[],:\" \t\n\r".contains(byte));
                at = rest.map_or(bytes.len(), |length| at + length.max(1));
                Paint::Value
            }
        };
        tokens.push(Token { at: start..at, paint });
    }
    tokens
}

/// Behind the quote that ends a text.
fn end_of_text(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// Lines as they came, painted.
fn painted<'a>(text: &'a str, json: &Range<usize>, ranges: &'a [Range<usize>]) -> impl Iterator<Item = Line> {
    let mut tokens = tokens(&text[json.clone()]).into_iter().peekable();
    let begin = json.start;
    ranges.iter().map(move |line| {
        let mut paints = Vec::new();
        while let Some(token) = tokens.next_if(|token| begin + token.at.start < line.end) {
            let from = (begin + token.at.start).saturating_sub(line.start);
            let to = (begin + token.at.end).min(line.end).saturating_sub(line.start);
            if token.paint != Paint::Plain && from < to {
                paints.push((from..to, token.paint));
            }
        }
        Line {
            at: line.start,
            words: Words::At(line.clone()),
            paints,
            hides: 0,
            hang: 0,
            indent: 0,
        }
    })
}

/// A line for each field and value.
fn laid_out(json: &str, begin: usize) -> Vec<Line> {
    let tokens = tokens(json);
    let (mut lines, mut depth) = (vec![blank(begin)], 0_usize);
    for (index, token) in tokens.iter().enumerate() {
        let sign = &json[token.at.clone()];
        let next = tokens.get(index + 1).map_or("", |next| &json[next.at.clone()]);
        let before = index
            .checked_sub(1)
            .map_or("", |before| &json[tokens[before].at.clone()]);
        if matches!(sign, "}" | "]") {
            depth = depth.saturating_sub(1);
            if !matches!(before, "{" | "[") {
                lines.push(indented(begin + token.at.start, depth));
            }
        }
        if let Some(line) = lines.last_mut() {
            push(line, sign, token.paint);
            if sign == ":" {
                push(line, " ", Paint::Plain);
            }
        }
        let opens = matches!(sign, "{" | "[");
        depth += usize::from(opens);
        if sign == "," || (opens && !matches!(next, "}" | "]")) {
            lines.push(indented(begin + token.at.end, depth));
        }
    }
    lines
}

fn blank(at: usize) -> Line {
    Line {
        at,
        words: Words::Made(String::new()),
        paints: Vec::new(),
        hides: 0,
        hang: 0,
        indent: 0,
    }
}

fn indented(at: usize, depth: usize) -> Line {
    let mut line = blank(at);
    push(&mut line, &"  ".repeat(depth.min(DEPTH_MAX)), Paint::Plain);
    line
}

fn push(line: &mut Line, sign: &str, paint: Paint) {
    let Words::Made(words) = &mut line.words else { return };
    let from = words.len();
    words.push_str(sign);
    if paint != Paint::Plain {
        line.paints.push((from..words.len(), paint));
    }
}
