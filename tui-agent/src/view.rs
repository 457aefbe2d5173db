//! Draws the program. Nothing here changes it. All text of others has passed the gate before it comes here.

pub(crate) mod bars;
mod chat;
mod desk;
mod details;
pub(crate) mod fitting;
mod found;
mod header;
mod list;
mod over;
pub(crate) mod with;
mod writing;

use minicom_tui_kit::{Now, text};
use ratatui::{Frame, buffer::Buffer, layout::Rect, style::Style};

use crate::app::App;

/// Draws one frame.
pub fn draw(app: &App, frame: &mut Frame<'_>, now: Now) {
    let layout = app.layout();
    let buffer = frame.buffer_mut();
    if let Some(ended) = &app.connection.ended {
        header::draw(app, layout.header, buffer, now);
        over::ended(app, ended, layout.help(), buffer);
        return;
    }
    if let (Some(bare), Some(chat)) = (&app.bare, &app.chat) {
        over::bare(app, bare, &chat.transcript, buffer);
        return;
    }
    header::draw(app, layout.header, buffer, now);
    bars::rules(app, &layout, buffer);
    let mut cursor = None;
    if let Some(area) = layout.list {
        cursor = list::draw(app, area, buffer, now);
    }
    if let Some(area) = layout.list_status {
        chat::status(app, area, buffer, now);
    }
    if let Some(parts) = layout.chat.filter(|_| !layout.details_over_chat) {
        let composer = chat::draw(app, &parts, buffer, now);
        if app.is_composing() {
            cursor = composer;
        }
    }
    if let Some(area) = layout.details {
        details::draw(app, area, buffer, now);
    }
    bars::footer(app, layout.footer, buffer, now);
    if let Some(at) = over::draw(app, buffer, now) {
        cursor = Some(at);
    }
    if let Some(at) = app.help {
        app.shown_help().view(at, buffer);
        cursor = Some(layout.help().as_position());
    }
    if let Some(cursor) = cursor {
        frame.set_cursor_position(cursor);
    }
}

/// Writes words into a row from column `x` on, cut where there is no room. Returns the column behind them.
pub(crate) fn put(buffer: &mut Buffer, area: Rect, x: u16, words: &str, style: Style) -> u16 {
    let room = usize::from(area.right().saturating_sub(x));
    if room == 0 || area.height == 0 {
        return x;
    }
    let (end, _) = buffer.set_stringn(x, area.y, text::truncate(words, room), room, style);
    end
}

/// Writes words at the right end of a row. Returns the column at which they begin.
pub(crate) fn put_right(buffer: &mut Buffer, area: Rect, words: &str, style: Style) -> u16 {
    let columns = u16::try_from(text::width(words)).unwrap_or(u16::MAX).min(area.width);
    let x = area.right() - columns;
    put(buffer, area, x, words, style);
    x
}

/// The row of an area, counted from its top; empty if there is none.
pub(crate) fn row_of(area: Rect, row: u16) -> Rect {
    if row >= area.height {
        return Rect { height: 0, ..area };
    }
    Rect {
        y: area.y + row,
        height: 1,
        ..area
    }
}

#[cfg(test)]
#[path = "screen_tests.rs"]
pub(crate) mod tests;
