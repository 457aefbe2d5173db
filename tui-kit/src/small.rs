//! A terminal that is too small to show what a key would do.

use minicom_protocol::gate::Shown;
use ratatui::Frame;
use ratatui::layout::{Position, Size};
use ratatui::style::Style;

use crate::text;

/// Columns below which only a notice is drawn.
pub const COLUMNS_MIN: u16 = 30;
/// Rows below which only a notice is drawn.
pub const ROWS_MIN: u16 = 8;

/// True if only a new size and the end of the program are accepted.
pub fn is_too_small(size: Size) -> bool {
    size.width < COLUMNS_MIN || size.height < ROWS_MIN
}

/// Draws the notice, as much of it as fits.
pub fn draw(frame: &mut Frame<'_>) {
    let area = frame.area();
    let words = Shown::line(&format!(
        "This window is too small: {COLUMNS_MIN}x{ROWS_MIN} is needed, this is {}x{}. ^C quits.",
        area.width, area.height
    ));
    let rows = text::wrap(words.as_str(), usize::from(area.width.max(1)));
    for (y, row) in (area.y..area.bottom()).zip(rows) {
        frame
            .buffer_mut()
            .set_stringn(area.x, y, &words.as_str()[row], usize::from(area.width), Style::new());
    }
    if area.area() > 0 {
        frame.set_cursor_position(Position { x: area.x, y: area.y });
    }
}
