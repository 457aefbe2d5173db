//! Marks in what is drawn: the words that are looked for, where they stand on the screen.

use minicom_protocol::search::Query;
use minicom_tui_kit::{links, theme::Theme};
use ratatui::{buffer::Buffer, layout::Rect};

/// Marks the words of a query in an area that is drawn; those in rows of the place that is gone to are told apart from the others. A phrase
/// that goes over the end of a row is not marked.
pub(super) fn mark(query: &Query, is_current: impl Fn(u16) -> bool, area: Rect, buffer: &mut Buffer, theme: &Theme) {
    for (row, y) in area.rows().map(|row| row.y).enumerate() {
        let current = u16::try_from(row).is_ok_and(&is_current);
        let style = if current { theme.matched_here() } else { theme.matched() };
        let (mut text, mut places) = (String::new(), Vec::new());
        for x in area.left()..area.right() {
            if let Some(cell) = buffer.cell((x, y)) {
                places.push((text.len(), x));
                text.push_str(links::label(cell.symbol()));
            }
        }
        for part in query.marks(&text) {
            for (_, x) in places.iter().filter(|(at, _)| part.contains(at)) {
                if let Some(cell) = buffer.cell_mut((*x, y)) {
                    cell.set_style(style);
                }
            }
        }
    }
}
