//! Long texts made readable: logs with stack traces, diffs, JSON, and the code and lists of simple Markdown.
//!
//! Owns what a text is taken for, which of its lines are shown at once, and what has a colour: never as the only sign. It shows what is
//! there, character by character; only JSON that came on one line gets line ends and indents. It refuses to know where a text
//! comes from, takes what has passed the gate, and decodes nothing.

mod diff;
mod json;
mod marks;
mod trace;

use std::ops::Range;

use minicom_protocol::gate::{self, LINES_MAX, Shown};
use ratatui::style::{Modifier, Style};

use crate::markdown::push_gated;
use crate::styled::{StyledLine, head_of};
use crate::text::{width, wrap};
use crate::theme::Theme;

/// Lines of a text that are all shown.
pub const LINES_SHOWN_MAX: usize = 16;
/// Of a longer one the first lines that are shown, and the last.
const HEAD_LINES: usize = 10;
const TAIL_LINES: usize = 3;
/// Rows that are all shown: a text of few lines can be long too.
const ROWS_SHOWN_MAX: usize = 40;
const HEAD_ROWS: usize = 30;
const TAIL_ROWS: usize = 4;
/// Bytes that are looked at for what a text is. What is longer is a plain text.
const LOOKED_AT_MAX: usize = 262_144;
/// Lines of a text that is read whole.
const WHOLE_LINES_MAX: usize = 20_000;

/// What a part of a line is, told by colour or weight beside what it says itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paint {
    /// Words like others.
    Plain,
    /// A line that was added; it begins with `+`.
    Added,
    /// A line that was taken away; it begins with `-`.
    Removed,
    /// Where in a file a change is; begins with `@@`.
    Place,
    /// What matters most: the error of a trace, the file of a diff.
    Head,
    /// What matters less: where a call came from.
    Less,
    /// The name of a field.
    Field,
    /// A text in quotes.
    Text,
    /// A number, or a word such as `true`.
    Value,
    /// Code, between fences or backticks.
    Code,
}

/// The words of a row: bytes of the text, or made from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Words {
    /// Bytes of the text.
    At(Range<usize>),
    /// Laid out anew.
    Made(String),
}

/// One line, with its paints by the bytes of its own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Where in the text it begins. Never goes back from line to line.
    pub at: usize,
    /// What it says.
    pub words: Words,
    /// What its parts are. What none of them covers is plain.
    pub paints: Vec<(Range<usize>, Paint)>,
    /// It stands for so many lines that are not shown.
    pub hides: usize,
    /// Columns before what goes on of it on a further row.
    pub hang: usize,
    /// Columns that are left free before it.
    pub indent: usize,
}

/// What is not shown, as it is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hidden {
    Lines,
    /// Lines of a stack trace.
    Trace,
    /// Rows of one line.
    Rows,
}

impl Hidden {
    fn words(self, count: usize) -> &'static str {
        match (self, count) {
            (Hidden::Lines, 1) => "line",
            (Hidden::Lines, _) => "lines",
            (Hidden::Trace, 1) => "line of the trace",
            (Hidden::Trace, _) => "lines of the trace",
            (Hidden::Rows, 1) => "row",
            (Hidden::Rows, _) => "rows",
        }
    }
}

impl Line {
    fn of(at: Range<usize>, paint: Paint) -> Line {
        let paints = match paint {
            Paint::Plain => Vec::new(),
            paint => vec![(0..at.len(), paint)],
        };
        Line {
            at: at.start,
            words: Words::At(at),
            paints,
            hides: 0,
            hang: 0,
            indent: 0,
        }
    }

    fn hidden(at: usize, lines: usize, what: Hidden) -> Line {
        let words = format!("… {lines} more {}", what.words(lines));
        Line {
            at,
            paints: vec![(0..words.len(), Paint::Less)],
            words: Words::Made(words),
            hides: lines,
            hang: 0,
            indent: 0,
        }
    }

    /// What it says; `text` is what the lines were made of.
    pub fn text<'a>(&'a self, text: &'a str) -> &'a str {
        match &self.words {
            Words::At(at) => &text[at.clone()],
            Words::Made(words) => words,
        }
    }

    /// Its parts with their paints, all of it and in order.
    pub fn parts<'a>(&'a self, text: &'a str) -> impl Iterator<Item = (&'a str, Paint)> {
        let words = self.text(text);
        let mut at = 0;
        let ends = self
            .paints
            .iter()
            .cloned()
            .chain([(words.len()..words.len(), Paint::Plain)]);
        ends.flat_map(move |(part, paint)| {
            let before = at..part.start;
            at = part.end;
            [(before, Paint::Plain), (part, paint)]
        })
        .filter(|(part, _)| !part.is_empty())
        .map(move |(part, paint)| (&words[part], paint))
    }

    /// Its rows, each with what is left free before it at most so many columns wide.
    fn rows(self, text: &str, columns: usize) -> Vec<Line> {
        let words = self.text(text);
        if width(words) <= columns {
            return vec![self];
        }
        // A narrow column has no room to set anything in.
        let hang = if self.hang * 3 <= columns { self.hang } else { 0 };
        let head = head_of(words, hang);
        let rows = wrap(&words[head..], columns - hang);
        let mut rows: Vec<Range<usize>> = rows.into_iter().map(|row| row.start + head..row.end + head).collect();
        if let Some(first) = rows.first_mut() {
            first.start = 0;
        }
        let rows = rows.into_iter().enumerate().map(|(index, row)| Line {
            indent: if index == 0 { 0 } else { hang },
            ..self.part(row)
        });
        rows.collect()
    }

    /// A part of its words, as a line.
    fn part(&self, row: Range<usize>) -> Line {
        let paints = self.paints.iter().filter_map(|(part, paint)| {
            let (from, to) = (part.start.max(row.start), part.end.min(row.end));
            (from < to).then(|| (from - row.start..to - row.start, *paint))
        });
        let (at, words) = match &self.words {
            Words::At(at) => (
                at.start + row.start,
                Words::At(at.start + row.start..at.start + row.end),
            ),
            Words::Made(words) => (self.at, Words::Made(words[row.clone()].to_owned())),
        };
        Line {
            at,
            words,
            paints: paints.collect(),
            hides: 0,
            hang: 0,
            indent: 0,
        }
    }
}

/// The rows of a gated text in so many columns: what is short whole, of what is long the beginning and the end.
pub fn rows(text: &str, columns: usize) -> Vec<Line> {
    let (here, beyond) = cut_by_the_gate(text);
    // Of what was cut the end is not here.
    let tail = if beyond > 0 { 0 } else { TAIL_LINES };
    let lines = shorten(
        lines(here, true),
        LINES_SHOWN_MAX,
        (HEAD_LINES, tail),
        Hidden::Lines,
        beyond,
    );
    shorten_rows(lines, text, columns, ROWS_SHOWN_MAX, (HEAD_ROWS, TAIL_ROWS))
}

/// The first rows of a gated text in so many columns, and a row that says that there is more.
pub fn first_rows(text: &str, columns: usize, most: usize) -> Vec<Line> {
    let head = (most.saturating_sub(1), 0);
    let lines = shorten(lines(text, true), most, head, Hidden::Lines, 0);
    shorten_rows(lines, text, columns, most, head)
}

/// All rows of a gated text, as words and no more.
pub fn wrapped(text: &str, columns: usize) -> Vec<Line> {
    wrap(text, columns)
        .into_iter()
        .map(|at| Line::of(at, Paint::Plain))
        .collect()
}

/// Whether some of these stand for others.
pub fn hides(lines: &[Line]) -> bool {
    lines.iter().any(|line| line.hides > 0)
}

/// A raw text whole, for reading.
pub fn whole(raw: &str, theme: &Theme) -> Vec<StyledLine> {
    let text = gate::clean(raw);
    let mut lines = lines(&text, false);
    let over = lines.len().saturating_sub(WHOLE_LINES_MAX);
    lines.truncate(WHOLE_LINES_MAX);
    let mut out: Vec<StyledLine> = lines
        .iter()
        .map(|line| {
            let mut styled = StyledLine::new().hanging(line.hang);
            for (words, paint) in line.parts(&text) {
                push_gated(&mut styled, words, style(paint, theme));
            }
            styled
        })
        .collect();
    if over > 0 {
        let words = Shown::line(&format!("… {over} more lines are not shown"));
        out.push(StyledLine::of(words, theme.warning()));
    }
    out
}

/// The blocks in a raw text that somebody would copy by themselves: what stands between fences, else all of it if it is more than a line.
pub fn blocks(raw: &str) -> Vec<String> {
    let (mut found, mut open): (Vec<String>, Option<String>) = (Vec::new(), None);
    for line in raw.lines() {
        let fence = line.trim_start().starts_with("```");
        open = match (open.take(), fence) {
            (None, true) => Some(String::new()),
            (None, false) => None,
            (Some(block), true) => {
                found.push(block);
                None
            }
            (Some(block), false) => Some(block + line + "\n"),
        };
    }
    // A fence that nobody closed ends with the text.
    found.extend(open);
    found.retain(|block| !block.trim().is_empty());
    if found.is_empty() && raw.trim().lines().count() > 1 {
        found.push(raw.to_owned());
    }
    found
}

/// How a part looks.
pub fn style(paint: Paint, theme: &Theme) -> Style {
    match paint {
        Paint::Plain => Style::new(),
        Paint::Added => theme.good(),
        Paint::Removed => theme.waiting(),
        Paint::Place | Paint::Field | Paint::Code => theme.code(),
        Paint::Head => Style::new().add_modifier(Modifier::BOLD),
        Paint::Less => theme.dim(),
        Paint::Text => theme.good(),
        Paint::Value => theme.value(),
    }
}

/// All lines of a text, painted; traces folded if that is wished for.
fn lines(text: &str, fold: bool) -> Vec<Line> {
    let ranges = line_ranges(text);
    if text.len() > LOOKED_AT_MAX {
        return ranges.into_iter().map(|at| Line::of(at, Paint::Plain)).collect();
    }
    if let Some(lines) = json::lines(text, &ranges) {
        return lines;
    }
    let mut paints = vec![Paint::Plain; ranges.len()];
    diff::paint(text, &ranges, &mut paints);
    let folds = trace::paint(text, &ranges, &mut paints);
    let mut lines = Vec::with_capacity(ranges.len());
    let mut folds = folds.into_iter().filter(|_| fold).peekable();
    for (index, (at, paint)) in ranges.iter().zip(paints).enumerate() {
        if let Some(run) = folds.next_if(|run| run.lines.end <= index) {
            let from = ranges.get(run.lines.start).map_or(at.start, |first| first.start);
            lines.push(Line::hidden(from, run.lines.len(), Hidden::Trace));
        }
        if folds.peek().is_none_or(|run| !run.lines.contains(&index)) {
            lines.push(Line::of(at.clone(), paint));
        }
    }
    if let Some(run) = folds.next() {
        let from = ranges.get(run.lines.start).map_or(text.len(), |first| first.start);
        lines.push(Line::hidden(from, run.lines.len(), Hidden::Trace));
    }
    marks::mark(text, &mut lines);
    lines
}

/// The bytes of each line, without its end.
fn line_ranges(text: &str) -> Vec<Range<usize>> {
    let mut start = 0;
    text.split('\n')
        .map(|line| {
            let at = start..start + line.len();
            start = at.end + 1;
            at
        })
        .collect()
}

/// The first and the last of too many, and one between them that stands for the others and `beyond` more.
fn shorten(mut lines: Vec<Line>, most: usize, (head, tail): (usize, usize), what: Hidden, beyond: usize) -> Vec<Line> {
    if lines.len() <= most {
        return lines;
    }
    let end = lines.split_off(lines.len() - tail);
    let hidden = lines.split_off(head);
    let at = hidden.first().map_or(0, |line| line.at);
    // What stands for others counts as those.
    let count = hidden.iter().map(|line| line.hides.max(1)).sum::<usize>() + beyond;
    lines.push(Line::hidden(at, count, what));
    lines.extend(end);
    lines
}

/// The rows of lines, of which only the first and the last are shown. It is lines that are counted, as whoever reads all of them counts
/// them: those that do not stand there whole. Of a single one that says nothing, as all of it but its middle stands there: its rows are.
fn shorten_rows(lines: Vec<Line>, text: &str, columns: usize, most: usize, (head, tail): (usize, usize)) -> Vec<Line> {
    let counts: Vec<usize> = lines.iter().map(|line| line.hides.max(1)).collect();
    let of_line = |(nth, line): (usize, Line)| line.rows(text, columns).into_iter().map(move |row| (nth, row));
    let mut rows: Vec<(usize, Line)> = lines.into_iter().enumerate().flat_map(of_line).collect();
    if rows.len() > most {
        let end = rows.split_off(rows.len() - tail);
        let hidden = rows.split_off(head);
        let at = hidden.first().map_or(0, |(_, row)| row.at);
        let (from, to) = (
            hidden.first().map_or(0, |it| it.0),
            hidden.last().map_or(0, |it| it.0 + 1),
        );
        let line = match counts[from..to].iter().sum() {
            1 => Line::hidden(at, hidden.len(), Hidden::Rows),
            count => Line::hidden(at, count, Hidden::Lines),
        };
        rows.push((from, line));
        rows.extend(end);
    }
    rows.into_iter().map(|(_, row)| row).collect()
}

/// The text without the last line with which the gate has told of those that it cut, and their number. Whoever writes such a line
/// behind 199 others has a wrong number shown, and no more.
fn cut_by_the_gate(text: &str) -> (&str, usize) {
    let told = text.rsplit_once('\n').and_then(|(here, last)| {
        let count = last.strip_prefix(gate::CUT)?.trim_start().strip_suffix(" more lines")?;
        (text.matches('\n').count() + 1 == LINES_MAX).then_some((here, count.parse().ok()?))
    });
    told.unwrap_or((text, 0))
}

#[cfg(test)]
#[path = "preview_tests.rs"]
mod tests;
