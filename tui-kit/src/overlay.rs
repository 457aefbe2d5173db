//! Reading over the screen: an article, an explanation, a ticket.
//!
//! Owns the frame of what lies over the screen, and the place of a reader, which a new size does not move. It refuses to know what
//! is read.

use minicom_protocol::gate::Shown;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::widgets::{Clear, Widget};

use crate::bars::rule;
use crate::key::Key;
use crate::markdown;
use crate::styled::StyledLine;
use crate::text::width;
use crate::theme::Theme;

/// Columns of text at most: longer rows are hard to read.
pub const TEXT_COLUMNS_MAX: u16 = 100;

/// Columns that a title keeps beside a hint; where it would have fewer, the hint goes.
const TITLE_COLUMNS_MIN: usize = 20;

/// What is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// Lines that are wrapped as words.
    Lines(Vec<StyledLine>),
    /// A text in Markdown, as it was sent; it is gated when it is laid out.
    Markdown(String),
}

/// What became of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Read {
    /// Not one of its keys: it is the program's.
    No,
    /// The place moved, or could not.
    Moved,
    /// It is to be closed.
    Closed,
}

/// A row, and the line or block that it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SourceRow {
    pub row: StyledLine,
    pub source: usize,
}

/// Something to read over the whole area.
#[derive(Debug, Clone)]
pub struct Overlay {
    title: Shown,
    hint: Shown,
    body: Body,
    theme: Theme,
    rows: Vec<SourceRow>,
    in_lines: bool,
    top: usize,
    columns: u16,
    height: u16,
}

impl Overlay {
    /// Something to read. Tell it its size next.
    pub fn new(title: Shown, body: Body, theme: Theme) -> Overlay {
        let mut overlay = Overlay {
            title,
            hint: Shown::fixed("Esc closes"),
            body,
            theme,
            rows: Vec::new(),
            in_lines: false,
            top: 0,
            columns: 78,
            height: 20,
        };
        overlay.lay_out();
        overlay
    }

    /// What the keys of the program do here: `i inserts, Esc closes`.
    pub fn hint(mut self, words: Shown) -> Overlay {
        self.hint = words;
        self
    }

    /// The place is told in lines of the text, `lines 1-20 of 80`, where they are counted elsewhere too; else in rows of the screen.
    pub fn in_lines(mut self) -> Overlay {
        self.in_lines = true;
        self
    }

    /// Something else to read at the same place, such as fresher numbers.
    pub fn set_body(&mut self, body: Body) {
        if self.body != body {
            self.body = body;
            self.lay_out();
        }
    }

    /// The size of the area that it is drawn in, frame included. The row at the top stays there as well as it can.
    pub fn set_size(&mut self, columns: u16, rows: u16) {
        let columns = text_columns(columns);
        let changed = columns != self.columns;
        self.columns = columns;
        self.height = rows.saturating_sub(1).max(1);
        if changed {
            self.lay_out();
        }
        self.top = self.top.min(self.last_top());
    }

    fn lay_out(&mut self) {
        let at = self.rows.get(self.top).map(|row| row.source);
        let first = |rows: &[SourceRow], source| rows.partition_point(|row| row.source < source);
        let into = at.map(|source| self.top - first(&self.rows, source));
        self.rows = match &self.body {
            Body::Markdown(text) => markdown::source_rows(text, usize::from(self.columns), &self.theme),
            Body::Lines(lines) => rows_of(lines, usize::from(self.columns)),
        };
        if let (Some(source), Some(into)) = (at, into) {
            let from = first(&self.rows, source);
            let rows = first(&self.rows, source + 1).saturating_sub(from);
            self.top = from + into.min(rows.saturating_sub(1));
        }
        self.top = self.top.min(self.last_top());
    }

    fn last_top(&self) -> usize {
        self.rows.len().saturating_sub(usize::from(self.height))
    }

    /// Whether there is more than can be seen at once.
    pub fn scrolls(&self) -> bool {
        self.last_top() > 0
    }

    /// One key: Esc and q close; arrows, j, k, PgUp, PgDn, Space, Home, End, g, G move.
    pub fn key(&mut self, key: Key) -> Read {
        let page = usize::from(self.height).saturating_sub(1).max(1);
        let top = match key.to_string().as_str() {
            "esc" | "q" => return Read::Closed,
            "up" | "k" | "ctrl-p" => self.top.saturating_sub(1),
            "down" | "j" | "ctrl-n" | "enter" => self.top + 1,
            "pgup" | "b" => self.top.saturating_sub(page),
            "pgdn" | "space" | "f" => self.top + page,
            "home" | "g" => 0,
            "end" | "G" => usize::MAX,
            _ => return Read::No,
        };
        self.top = top.min(self.last_top());
        Read::Moved
    }

    /// The wheel: three rows.
    pub fn wheel(&mut self, up: bool) {
        self.top = match up {
            true => self.top.saturating_sub(3),
            false => (self.top + 3).min(self.last_top()),
        };
    }

    /// Draws it over an area, and tells where the terminal's cursor belongs: at the first row, where a screen reader begins.
    pub fn view(&self, area: Rect, buffer: &mut Buffer) -> Position {
        let all = self.rows.len();
        let height = usize::from(area.height.saturating_sub(1));
        let top = self.top.min(all.saturating_sub(height));
        let line = |row: usize| self.rows.get(row).map_or(0, |it| it.source + 1);
        let end = (top + height).min(all);
        let place = match (all > height, self.in_lines) {
            (true, true) => format!(
                "lines {}-{} of {}",
                line(top),
                line(end.saturating_sub(1)),
                line(all - 1)
            ),
            (true, false) => format!("{}-{end} of {all}", top + 1),
            (false, _) => String::new(),
        };
        let inner = frame(&self.title, &place, &self.hint, area, buffer, &self.theme);
        for (y, row) in (inner.y..inner.bottom()).zip(self.rows.iter().skip(top)) {
            row.row.draw(buffer, inner.x + 1, y, inner.width.saturating_sub(1));
        }
        if all == 0 && !inner.is_empty() {
            buffer.set_stringn(
                inner.x,
                inner.y,
                " There is nothing here",
                usize::from(inner.width),
                self.theme.dim(),
            );
        }
        inner.as_position()
    }
}

/// Columns of text in an area with these. One column stays free on each side.
pub fn text_columns(columns: u16) -> u16 {
    columns.saturating_sub(2).clamp(1, TEXT_COLUMNS_MAX)
}

fn rows_of(lines: &[StyledLine], columns: usize) -> Vec<SourceRow> {
    let none = StyledLine::new();
    let rows = lines.iter().enumerate().flat_map(|(source, line)| {
        line.rows(&none, &none, columns)
            .into_iter()
            .map(move |row| SourceRow { row, source })
    });
    rows.collect()
}

/// Clears an area and draws the rule with the title, the place and the hint on its first row: `── Title · 1-20 of 80 ─── Esc closes ──`.
/// Returns what is left below.
pub fn frame(title: &Shown, place: &str, hint: &Shown, area: Rect, buffer: &mut Buffer, theme: &Theme) -> Rect {
    Clear.render(area, buffer);
    if area.is_empty() {
        return area;
    }
    let columns = usize::from(area.width);
    let signs = theme.signs();
    // The place is short and says what the keys can do, and the hint says how to leave; a long title gives way to both.
    let place_columns = if place.is_empty() { 0 } else { place.len() + 3 };
    let room = columns.saturating_sub(place_columns + 6);
    let beside_hint = room.saturating_sub(width(hint.as_str()) + 6);
    let title = title.cut(if beside_hint >= TITLE_COLUMNS_MIN {
        beside_hint
    } else {
        room
    });
    let words = match place {
        "" => title.to_string(),
        place => format!("{title} {} {place}", signs.dot),
    };
    let line = rule(&words, hint.as_str(), columns, signs.rule);
    buffer.set_stringn(area.x, area.y, line, columns, theme.title());
    Rect {
        y: area.y + 1,
        height: area.height - 1,
        ..area
    }
}

#[cfg(test)]
#[path = "overlay_tests.rs"]
mod tests;
