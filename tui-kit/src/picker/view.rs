//! Drawing a picker: rows above a titled rule, and below it what is looked for.

use minicom_protocol::gate::Shown;
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Position, Rect};
use ratatui::style::Style;
use ratatui::widgets::{Clear, Widget};
use unicode_segmentation::UnicodeSegmentation;

use super::matching::Marks;
use super::{Picker, Row};
use crate::bars::{rule, rule_fits};
use crate::text::{truncate, width};
use crate::theme::Theme;

/// Columns before a label: marker, digit, blank.
const LEAD: usize = 3;
/// Columns of labels at least and at most, if the details are to have room.
const LABEL_COLUMNS: (usize, usize) = (4, 24);

/// The list, the rule and the query. Of a place that is too low the list goes first, then the rule.
pub(super) fn areas(area: Rect) -> (Rect, Rect, Rect) {
    let [list, rule, query] = Layout::vertical([
        Constraint::Fill(1),
        Constraint::Length(u16::from(area.height > 1)),
        Constraint::Length(u16::from(area.height > 0)),
    ])
    .areas(area);
    (list, rule, query)
}

impl<I: Clone + PartialEq> Picker<I> {
    /// Draws it over an area, and tells where the terminal's cursor belongs. The area should have the
    /// height that was told by [`Picker::set_size`].
    pub fn view(&self, area: Rect, buffer: &mut Buffer, theme: &Theme) -> Position {
        if area.is_empty() {
            return area.as_position();
        }
        Clear.render(area, buffer);
        let (list, rule, query) = areas(area);
        self.draw_list(list, buffer, theme);
        self.draw_rule(rule, buffer, theme);
        self.draw_query(query, buffer, theme)
    }

    fn draw_list(&self, area: Rect, buffer: &mut Buffer, theme: &Theme) {
        let columns = usize::from(area.width);
        if self.fits.is_empty() && !area.is_empty() {
            let words = truncate(self.nothing().as_str(), columns.saturating_sub(LEAD));
            buffer.set_stringn(area.x, area.y, format!("   {words}"), columns, theme.dim());
            return;
        }
        let top = self.cursor.top();
        let rows = || self.fits.iter().skip(top).take(usize::from(area.height));
        let widest = rows().map(|index| width(self.rows[*index].label.as_str())).max();
        let label_columns = widest
            .unwrap_or(0)
            .clamp(LABEL_COLUMNS.0, LABEL_COLUMNS.1.max(columns / 3));
        for (nth, (y, index)) in (area.y..area.bottom()).zip(rows()).enumerate() {
            let row = &self.rows[*index];
            let marks = if row.hits.is_some() || self.elsewhere && self.waiting {
                Marks::default()
            } else {
                self.finder.marks(&self.haystacks[*index])
            };
            let selected = top + nth == self.cursor.selected();
            let place = Rect { y, height: 1, ..area };
            self.draw_row(row, &marks, selected, label_columns, Pen { place, buffer, theme });
        }
    }

    fn draw_row(&self, row: &Row<I>, marks: &Marks, selected: bool, label_columns: usize, mut pen: Pen<'_>) {
        let theme = pen.theme;
        let base = match (&row.disabled, selected) {
            (Some(_), _) => theme.dim(),
            (None, _) if self.waiting => theme.dim(),
            (None, true) => theme.selected(),
            (None, false) => Style::new(),
        };
        if selected {
            pen.buffer.set_style(pen.place, base);
        }
        let marker = if selected { theme.signs().marker } else { " " };
        // A digit that would be part of the query is not shown as a key.
        let digit = row.digit.filter(|_| self.query.is_empty());
        let digit = digit.map_or(" ".to_owned(), |digit| digit.to_string());
        pen.put(0, &format!("{marker}{digit}"), &[], base);
        let columns = usize::from(pen.place.width);
        let label_columns = label_columns.min(columns.saturating_sub(LEAD));
        pen.put(LEAD, &truncate(row.label.as_str(), label_columns), &marks.label, base);
        let start = LEAD + label_columns + 2;
        let room = columns.saturating_sub(start);
        match (&row.disabled, &row.hits) {
            (Some(reason), _) => pen.put(start, &truncate(&format!("({reason})"), room), &[], base),
            (None, Some(hits)) => {
                let (words, marks) = hits.fit(row.detail.as_str(), room, theme.signs().more_left);
                pen.put(start, &words, &marks, base);
            }
            (None, None) => pen.put(start, &truncate(row.detail.as_str(), room), &marks.detail, base),
        }
    }

    fn draw_rule(&self, area: Rect, buffer: &mut Buffer, theme: &Theme) {
        if area.is_empty() {
            return;
        }
        let dot = theme.signs().dot;
        let (fitting, all) = self.counts();
        let title = match (self.waiting, self.query.is_empty()) {
            (true, _) if !self.remark.is_empty() => self.title.to_string(),
            (true, _) => format!("{} {dot} searching", self.title),
            (false, false) if !self.elsewhere && all > 0 => format!("{} {dot} {fitting} of {all}", self.title),
            _ => format!("{} {dot} {fitting}", self.title),
        };
        let title = match self.remark.is_empty() {
            true => title,
            false => format!("{title} {dot} {}", self.remark),
        };
        let columns = usize::from(area.width);
        let verb = match self.selected() {
            Some(_) => self.enter().as_str(),
            None => "Esc closes",
        };
        let both = format!("{} {dot} {verb}", self.also);
        let all = match self.also.is_empty() {
            true => [verb, "", ""],
            // Who has rows knows Enter.
            false => [both.as_str(), self.also.as_str(), verb],
        };
        let fits = |words: &&str| rule_fits(&title, words, columns);
        let right = all.into_iter().find(fits).unwrap_or_default();
        let line = rule(&title, right, columns, theme.signs().rule);
        buffer.set_stringn(area.x, area.y, line, columns, theme.title());
    }

    fn draw_query(&self, area: Rect, buffer: &mut Buffer, theme: &Theme) -> Position {
        let columns = usize::from(area.width);
        // What can be typed is not glued to the sign.
        let gap = if self.prefix.is_empty() || !self.query.is_empty() {
            ""
        } else {
            " "
        };
        let lead = format!(" {}{gap}", self.prefix);
        let (x, _) = buffer.set_stringn(area.x, area.y, lead, columns, theme.hint_key());
        let place = Rect {
            x: x.min(area.right() - 1),
            width: area.right().saturating_sub(x).max(1),
            ..area
        };
        let hint = if let Some(words) = &self.hint {
            words.clone()
        } else if self.query.is_empty() && self.rows.iter().any(|row| row.digit.is_some()) {
            Shown::fixed("a digit chooses, letters search")
        } else {
            Shown::fixed("letters search")
        };
        self.query.view(place, buffer, theme, &hint)
    }
}

/// One row of the screen.
struct Pen<'a> {
    place: Rect,
    buffer: &'a mut Buffer,
    theme: &'a Theme,
}

impl Pen<'_> {
    /// Words from a column on; the graphemes with these numbers are marked.
    fn put(&mut self, column: usize, words: &str, marks: &[usize], base: Style) {
        let Ok(column) = u16::try_from(column) else { return };
        let mut x = self.place.x.saturating_add(column);
        for (number, grapheme) in words.graphemes(true).enumerate() {
            let room = usize::from(self.place.right().saturating_sub(x));
            if room == 0 {
                return;
            }
            let style = if marks.contains(&number) {
                base.patch(self.theme.matched())
            } else {
                base
            };
            (x, _) = self.buffer.set_stringn(x, self.place.y, grapheme, room, style);
        }
    }
}
