//! Stack traces of Java, Python, Rust, Node and Go: which lines are calls, and which of them say where to look. It knows the forms of
//! lines, not the programs.

use std::ops::Range;

use super::Paint;

/// Calls of one run that are all shown.
const CALLS_SHOWN_MAX: usize = 4;
/// Calls that stay of a longer run.
const CALLS_KEPT: usize = 2;

/// Lines that are told by their number.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Run {
    /// By their places among all lines. In order, and none in another one.
    pub lines: Range<usize>,
}

/// Whose trace it is, where lines alone do not say it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum In {
    Nothing,
    Python,
    Rust,
    Go,
}

/// One call: the lines that tell of it, and whether it is in code that came with the language.
struct Call {
    lines: Range<usize>,
    of_language: bool,
}

/// Paints traces, and tells which lines of their calls need not be shown.
pub(super) fn paint(text: &str, lines: &[Range<usize>], paints: &mut [Paint]) -> Vec<Run> {
    let line = |index: usize| lines.get(index).map_or("", |at| &text[at.clone()]);
    let (mut within, mut calls, mut runs) = (In::Nothing, Vec::<Call>::new(), Vec::new());
    for index in 0..lines.len() {
        let now = line(index);
        within = begins(now).unwrap_or(within);
        if let Some(last) = calls
            .last_mut()
            .filter(|last| last.lines.end == index && belongs_to_call(now, within))
        {
            last.lines.end += 1;
            paints[index] = Paint::Less;
            continue;
        }
        if let Some(call) = call_at(now, line(index + 1), within) {
            let end = (index + call).min(lines.len());
            let follows = calls.last().is_some_and(|last: &Call| last.lines.end >= index);
            let inside = calls.last().is_some_and(|last| last.lines.end > index);
            if inside {
                continue;
            }
            if !follows {
                end_run(&mut calls, within, &mut runs);
                // What stands above the first call is what went wrong.
                if let Some(head) = index.checked_sub(1).filter(|head| !line(*head).trim().is_empty()) {
                    paints[head] = Paint::Head;
                }
            }
            paints[index..end].fill(Paint::Less);
            let of_language = is_of_language(now, line(index + 1));
            calls.push(Call {
                lines: index..end,
                of_language,
            });
        } else if calls.last().is_some_and(|last| last.lines.end == index) {
            end_run(&mut calls, within, &mut runs);
            let says_more = now.starts_with("Caused by") || within == In::Python;
            if says_more && !now.trim().is_empty() {
                paints[index] = Paint::Head;
            }
            if now.trim().is_empty() || within == In::Python {
                within = In::Nothing;
            }
        }
    }
    end_run(&mut calls, within, &mut runs);
    runs
}

/// Whose trace begins with a line.
fn begins(line: &str) -> Option<In> {
    let line = line.trim_start();
    match line {
        _ if line.starts_with("Traceback (most recent call last)") => Some(In::Python),
        _ if line.starts_with("stack backtrace:") => Some(In::Rust),
        _ if line.starts_with("goroutine ") && line.ends_with("]:") => Some(In::Go),
        _ => None,
    }
}

/// How many lines tell of the call that is told from this line on; `None` if none is.
fn call_at(line: &str, next: &str, within: In) -> Option<usize> {
    let words = line.trim_start();
    let indented = words.len() < line.len();
    match within {
        In::Python if indented && words.starts_with("File \"") && words.contains(", line ") => {
            let source = next.starts_with("    ") && !next.trim_start().starts_with("File \"");
            Some(1 + usize::from(source))
        }
        In::Rust if is_numbered(words) => Some(1 + usize::from(next.trim_start().starts_with("at "))),
        In::Go if !indented && is_go_place(next) => Some(2),
        _ if indented && is_at(words) => Some(1),
        _ if indented && words.starts_with("... ") && words.ends_with(" more") => Some(1),
        _ => None,
    }
}

/// Marks below the source of a call, and that it was repeated.
fn belongs_to_call(line: &str, within: In) -> bool {
    let words = line.trim_start();
    let marks = words.len() < line.len() && words.starts_with(['^', '~']);
    within == In::Python && (marks || words.starts_with("[Previous line repeated"))
}

/// `at com.example.Shop.pay(Shop.java:12)`, `at pay (/srv/shop.js:12:3)`, `at async file:///srv/shop.js:12:3`.
fn is_at(words: &str) -> bool {
    words.strip_prefix("at ").is_some_and(|place| {
        let place = place.trim_end();
        (place.ends_with(')') && place.contains('('))
            || place.rsplit(':').take(2).all(|part| part.parse::<u32>().is_ok())
    })
}

/// `12: shop::pay`.
fn is_numbered(words: &str) -> bool {
    let digits = words.bytes().take_while(u8::is_ascii_digit).count();
    digits > 0 && words[digits..].starts_with(": ")
}

/// `    /srv/shop.go:12 +0x1d`.
fn is_go_place(line: &str) -> bool {
    let words = line.trim_start();
    words.len() < line.len() && words.contains(".go:")
}

fn is_of_language(line: &str, next: &str) -> bool {
    let words = line.trim_start();
    let name = words.split_once(": ").map_or(words, |(_, name)| name);
    let rust = [
        "std::",
        "core::",
        "alloc::",
        "<core::",
        "<alloc::",
        "rust_begin_unwind",
        "__rust",
        "tokio::",
    ];
    let others = [
        "at java.",
        "at jdk.",
        "at sun.",
        "at javax.",
        "at node:",
        "at internal/",
        "runtime.",
        "panic(",
    ];
    rust.iter().any(|begin| name.starts_with(begin))
        || others.iter().any(|begin| words.starts_with(begin))
        || words.contains("(node:")
        || next.contains("/rustc/")
}

/// Of a long run of calls those stay that say where to look: in Python the last, else the first that are the program's own.
fn end_run(calls: &mut Vec<Call>, within: In, runs: &mut Vec<Run>) {
    let calls = std::mem::take(calls);
    if calls.len() <= CALLS_SHOWN_MAX {
        return;
    }
    let all = 0..calls.len();
    let mut kept: Vec<usize> = match within {
        In::Python => all.clone().rev().take(CALLS_KEPT).collect(),
        _ => all
            .clone()
            .filter(|index| !calls[*index].of_language)
            .take(CALLS_KEPT)
            .collect(),
    };
    let first = all
        .clone()
        .filter(|index| !kept.contains(index))
        .take(CALLS_KEPT.saturating_sub(kept.len()));
    kept.extend(first.collect::<Vec<_>>());
    for (index, call) in calls.iter().enumerate().filter(|(index, _)| !kept.contains(index)) {
        let follows = index > 0 && !kept.contains(&(index - 1));
        match runs.last_mut().filter(|_| follows) {
            Some(run) => run.lines.end = call.lines.end,
            None => runs.push(Run {
                lines: call.lines.clone(),
            }),
        }
    }
}
