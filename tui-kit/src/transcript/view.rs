//! Drawing the rows that are on the screen, and no others.

use std::ops::Range;

use minicom_protocol::gate::Shown;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::Transcript;
use super::entry::{Card, DeliveryMark, Entry, Kind};
use super::layout::{Above, BAR_COLUMNS, Block, BlockRow, OfFile, SYSTEM_MARGIN, indent, name_columns};
use super::place::Place;
use crate::file_preview::FilePreview;
use crate::links::{self, Link};
use crate::preview::{self, Line, Words};
use crate::text::{truncate, width};
use crate::theme::Theme;

/// What a row is drawn with.
struct Pen<'a> {
    buffer: &'a mut Buffer,
    area: Rect,
    /// The first row below what is drawn.
    bottom: u16,
    theme: &'a Theme,
    now: i64,
}

impl Transcript {
    /// Draws it. The area should have the size that was told by `set_size`; `now` is the wall clock, for the words of days.
    pub fn view(&self, area: Rect, buffer: &mut Buffer, theme: &Theme, now: i64) {
        if area.is_empty() {
            return;
        }
        let bar = self.place != Place::Follow;
        let bottom = if bar { area.bottom() - 1 } else { area.bottom() };
        let mut pen = Pen {
            buffer,
            area,
            bottom,
            theme,
            now,
        };
        let (top, blank) = self.top();
        let mut y = area.y.saturating_add(u16::try_from(blank).unwrap_or(u16::MAX));
        let mut skip = top.row;
        for index in top.index..self.entries.len() {
            if y >= bottom {
                break;
            }
            let block = self.block(index);
            for row in skip..block.rows() {
                if y < bottom {
                    self.draw_row(index, &block, block.row(row), y, &mut pen);
                }
                y = y.saturating_add(1);
            }
            skip = 0;
        }
        if bar {
            let words = self.hints.below(self.new_below(), theme.signs().dot);
            pen.centred(bottom, &words, theme.unread());
        }
    }

    fn draw_row(&self, index: usize, block: &Block, row: BlockRow, y: u16, pen: &mut Pen<'_>) {
        let entry = &self.entries[index];
        let theme = pen.theme;
        match row {
            BlockRow::Above(Above::Older) => {
                pen.centred(y, &self.hints.above(self.older, theme.signs().dot), theme.dim());
            }
            BlockRow::Above(Above::Day) => pen.centred(y, &self.zone.day(entry.time, pen.now), theme.dim()),
            BlockRow::Above(Above::Divider) => {
                let words = self.divider.as_ref().map_or("", |divider| divider.words.as_str());
                let rule = theme.signs().rule;
                let line = format!("{rule}{rule} {words} {}", rule.repeat(usize::from(pen.area.width)));
                pen.at(0, y, &line, theme.unread());
            }
            BlockRow::Above(Above::Quote) => {
                self.draw_name(index, y, pen);
                if let Some(quote) = &entry.extras.quote {
                    let at = indent(self.columns);
                    let room = usize::from(self.columns).saturating_sub(at + BAR_COLUMNS);
                    pen.at(at, y, theme.signs().bar, theme.dim());
                    pen.at(at + BAR_COLUMNS, y, &truncate(quote.as_str(), room), theme.dim());
                }
            }
            BlockRow::Text(row) => self.draw_text(index, block, row, y, pen),
            BlockRow::File(row) => self.draw_file(entry, row, y, pen),
            BlockRow::Card(row) => self.draw_card(entry, row, y, pen),
            BlockRow::Words => {
                if let Some(mark) = &entry.mark {
                    let (style, keys) = match entry.has_failed() && !self.hints.failed.is_empty() {
                        true => (theme.error(), format!("  {}", self.hints.failed)),
                        false if entry.has_failed() => (theme.error(), String::new()),
                        false => (theme.dim(), String::new()),
                    };
                    // Of a long reason the keys are kept.
                    let room = usize::from(pen.area.width).saturating_sub(width(&keys));
                    let words = truncate(&mark.words(theme, &self.zone), room);
                    pen.right(y, &format!("{words}{keys}"), style);
                }
            }
        }
    }

    /// Time and name, unless the line belongs to the one above.
    fn draw_name(&self, index: usize, y: u16, pen: &mut Pen<'_>) {
        let entry = &self.entries[index];
        if let Kind::Line { who, name, .. } = &entry.kind
            && !self.is_grouped(index)
        {
            let name = truncate(name.as_str(), name_columns(self.columns));
            pen.at(0, y, &self.zone.clock(entry.time), pen.theme.dim());
            pen.at(6, y, &name, pen.theme.who(*who));
        }
    }

    fn draw_text(&self, index: usize, block: &Block, row: usize, y: u16, pen: &mut Pen<'_>) {
        let entry = &self.entries[index];
        let theme = pen.theme;
        let (all, line) = (entry.words(), &block.text.rows[row]);
        let Kind::Line { who, .. } = &entry.kind else {
            let (rule, words) = (theme.signs().rule, line.text(&all));
            // What has lines of its own is a title with facts below it. Rules stand around a title of one row only.
            let title_end = all.find('\n').unwrap_or(all.len());
            let of_title = |line: &&Line| matches!(&line.words, Words::At(range) if range.start <= title_end);
            return match block.text.rows.iter().filter(of_title).count() {
                1 if row == 0 => pen.centred(y, &format!("{rule}{rule} {words} {rule}{rule}"), theme.dim()),
                title if row < title => pen.centred(y, words, theme.dim()),
                _ => pen.at(SYSTEM_MARGIN, y, words, theme.dim()),
            };
        };
        if row == 0 && !block.has_quote() {
            self.draw_name(index, y, pen);
        }
        let mut at = indent(self.columns);
        if entry.is_note() {
            pen.at(at, y, theme.signs().note_bar, theme.who(*who));
            at += BAR_COLUMNS;
        }
        match &line.words {
            Words::At(range) => {
                self.draw_line(line, &all, at, y, pen);
                let own_from = entry.own_words_from().clamp(range.start, range.end);
                let (theirs, at) = (width(&all[range.start..own_from]), at + line.indent);
                pen.at(at + theirs, y, &all[own_from..range.end], theme.dim());
                pen.link(at, y, &all, range, &block.text.links);
            }
            Words::Made(_) => self.draw_line(line, &all, at, y, pen),
        }
        if let Some(sign) = sign_of(entry, block, theme).filter(|_| row + 1 == block.text.rows.len()) {
            pen.right(y, sign, theme.dim());
        }
    }

    fn draw_file(&self, entry: &Entry, row: OfFile, y: u16, pen: &mut Pen<'_>) {
        let Some(card) = entry.extras.files.get(row.file) else {
            return;
        };
        let theme = pen.theme;
        let at = indent(self.columns);
        let room = usize::from(self.columns).saturating_sub(at + BAR_COLUMNS);
        pen.at(at, y, theme.signs().bar, theme.dim());
        let x = pen
            .area
            .x
            .saturating_add(u16::try_from(at + BAR_COLUMNS).unwrap_or(u16::MAX));
        if x >= pen.area.right() {
            return;
        }
        match (row.below, self.preview(card.id)) {
            (Some(below), Some(FilePreview::Picture(picture))) => {
                // All of it that is on the screen is drawn with its first row there.
                if below == 0 || y == pen.area.y {
                    let area = Rect {
                        x,
                        y,
                        width: pen.area.right() - x,
                        height: pen.bottom.saturating_sub(y),
                    };
                    picture.draw(area, below, pen.buffer);
                }
            }
            (Some(below), Some(preview)) => {
                if let Some(line) = self.file_rows(card.id).get(below) {
                    self.draw_line(line, preview.text(), at + BAR_COLUMNS, y, pen);
                }
            }
            _ => {
                let line = card.file.line(self.file_state(card.id), &Shown::default(), room, theme);
                line.draw(pen.buffer, x, y, u16::try_from(room).unwrap_or(u16::MAX));
            }
        }
    }

    /// The words of a row, with what can be done where it stands for others.
    fn draw_line(&self, line: &Line, all: &str, mut at: usize, y: u16, pen: &mut Pen<'_>) {
        at += line.indent;
        for (words, paint) in line.parts(all) {
            let dots = (line.hides > 0 && pen.theme.ascii).then(|| words.replace('…', "..."));
            let words = dots.as_deref().unwrap_or(words);
            pen.at(at, y, words, preview::style(paint, pen.theme));
            at += width(words);
        }
        if line.hides > 0 && !self.hints.folded.is_empty() {
            let words = format!(" {} {}", pen.theme.signs().dot, self.hints.folded);
            // Half of it would name half a key.
            if at + width(&words) <= usize::from(self.columns) {
                pen.at(at, y, &words, pen.theme.dim());
            }
        }
    }

    fn draw_card(&self, entry: &Entry, row: usize, y: u16, pen: &mut Pen<'_>) {
        let Some((words, is_title)) = entry.extras.cards.iter().flat_map(Card::rows).nth(row) else {
            return;
        };
        let theme = pen.theme;
        let style = if is_title { theme.title() } else { theme.dim() };
        let at = indent(self.columns);
        let room = usize::from(self.columns).saturating_sub(at + BAR_COLUMNS);
        pen.at(at, y, theme.signs().bar, theme.dim());
        pen.at(at + BAR_COLUMNS, y, &truncate(words.as_str(), room), style);
    }
}

/// The sign beside the text, unless its words stand below.
fn sign_of(entry: &Entry, block: &Block, theme: &Theme) -> Option<&'static str> {
    entry
        .mark
        .as_ref()
        .filter(|_| !block.words)
        .map(|mark: &DeliveryMark| mark.sign(theme))
}

impl Pen<'_> {
    fn at(&mut self, column: usize, y: u16, words: &str, style: Style) {
        let column = u16::try_from(column).unwrap_or(u16::MAX);
        let room = self.area.width.saturating_sub(column);
        if room > 0 {
            self.buffer
                .set_stringn(self.area.x + column, y, words, usize::from(room), style);
        }
    }

    /// Makes links of the addresses in what was drawn of a text.
    fn link(&mut self, column: usize, y: u16, text: &str, row: &Range<usize>, links: &[Link]) {
        let x = self.area.x.saturating_add(u16::try_from(column).unwrap_or(u16::MAX));
        links::paint(self.buffer, (x, y), text, row, links);
    }

    fn centred(&mut self, y: u16, words: &str, style: Style) {
        let words = truncate(words, usize::from(self.area.width));
        self.at((usize::from(self.area.width) - width(&words)) / 2, y, &words, style);
    }

    fn right(&mut self, y: u16, words: &str, style: Style) {
        self.at(
            usize::from(self.area.width).saturating_sub(width(words)),
            y,
            words,
            style,
        );
    }
}
