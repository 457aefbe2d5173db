//! Marks in what is drawn: the words that are looked for, where they stand on the screen.

use minicom_protocol::search::Query;
use minicom_tui_kit::{links, theme::Theme};
use ratatui::{buffer::Buffer, layout::Rect};

/// Marks the words of a query in an area that is drawn. A phrase that goes over the end of a row is not marked.
pub(super) fn mark(query: &Query, area: Rect, buffer: &mut Buffer, theme: &Theme) {
    let style = theme.matched();
    for y in area.rows().map(|row| row.y) {
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
