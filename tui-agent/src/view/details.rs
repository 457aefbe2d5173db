//! Draws what is known of the customer and the desk, from the row on that the agent has scrolled to.

use minicom_tui_kit::Now;
use ratatui::{
    buffer::Buffer,
    layout::Rect,
    widgets::{Clear, Widget},
};

use crate::{
    app::App,
    details,
    keys::Action,
    view::{put, put_right, row_of},
};

/// Draws the details.
pub(super) fn draw(app: &App, area: Rect, buffer: &mut Buffer, now: Now) {
    Clear.render(area, buffer);
    let theme = &app.theme;
    let top = row_of(area, 0);
    put(buffer, top, top.x + 1, "CUSTOMER", theme.title());
    let key = app.key_words(Action::Details);
    if !key.is_empty() {
        put_right(buffer, top, &format!("{key} hides "), theme.hint());
    }
    let rule = row_of(area, 1);
    let rule_words = theme.signs().rule.repeat(usize::from(rule.width));
    put(buffer, rule, rule.x, &rule_words, theme.dim());

    let (details, room) = app.details_of(area, now);
    let first = app.details_top.min(details.rows.len().saturating_sub(room));
    let shown = details.rows.iter().skip(first).take(room);
    for (y, row) in (2..area.height).zip(shown) {
        row.draw(buffer, area.x, area.y + y, area.width);
    }
    let all = details.rows.len();
    if all > room {
        let words = format!(" {}-{} of {all} ", first + 1, (first + room).min(all));
        put_right(buffer, rule, &words, theme.hint());
    }
    let foot_begins = area
        .height
        .saturating_sub(u16::try_from(details.foot.len()).unwrap_or(u16::MAX));
    for (y, row) in (foot_begins..area.height).zip(&details.foot) {
        row.draw(buffer, area.x, area.y + y, area.width);
    }
}

/// Rows below which the desk is told at the end instead of at the bottom.
const FOOT_FROM: u16 = 28;

impl App {
    /// The details for an area, and how many of their rows it has room for. Where there is little, the desk comes last.
    pub(crate) fn details_of(&self, area: Rect, now: Now) -> (details::Details, usize) {
        let mut details = details::of(self, area.width, now);
        let rows = usize::from(area.height.saturating_sub(2));
        if area.height < FOOT_FROM {
            let foot = std::mem::take(&mut details.foot);
            details.rows.push(minicom_tui_kit::styled::StyledLine::new());
            details.rows.extend(foot);
            return (details, rows);
        }
        let room = rows.saturating_sub(details.foot.len() + 1);
        (details, room)
    }
}
