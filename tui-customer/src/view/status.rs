//! What passes above the composer: a notice, a text that is too long, who types, how it was, whether anybody is there. One row; the
//! first of these that there is.

use minicom_tui_kit::{Now, Shown, text};
use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::Style,
    widgets::{Clear, Widget},
};

use crate::{model::App, told};

/// Rows of a notice at most.
const ROWS_MAX: usize = 10;

/// What is told now, in so many columns.
pub(super) fn words(app: &App, columns: u16, now: Now) -> Option<(Shown, Style)> {
    let columns = usize::from(columns);
    if let Some(urgent) = urgent(app, columns) {
        return Some(urgent);
    }
    let words = typing(app, now).or_else(|| {
        let open = told::availability(&app.replica, &app.zone, now.wall);
        (!open.is_empty()).then(|| told::fitting(&open, columns))
    })?;
    Some((words, app.theme.dim()))
}

/// What must be told where there is no row for it too: it takes the footer then.
pub(super) fn urgent(app: &App, columns: usize) -> Option<(Shown, Style)> {
    let too_long = || app.composer.too_long();
    let notice = app.notice.as_ref().map(|notice| notice.words.clone());
    if let Some(words) = notice.or_else(too_long) {
        return Some((words, app.theme.warning()));
    }
    let forms = told::HOW_WAS_IT.map(Shown::fixed);
    app.asks_rating()
        .then(|| (told::fitting(&forms, columns), app.theme.unread()))
}

/// Who types.
fn typing(app: &App, now: Now) -> Option<Shown> {
    let words = match app.replica.typing(app.instant(now))? {
        Some(name) => format!("{} is typing", name.shown()),
        None => "The assistant is typing".to_owned(),
    };
    Some(Shown::line(&words))
}

/// Draws it. A notice that is longer than the row goes up over the lines: what can be done about it stands at its end.
pub(super) fn draw(app: &App, area: Option<Rect>, buffer: &mut Buffer, now: Now) {
    if let Some(words) = over_lines(app) {
        let chat = app.areas().chat;
        let last = Rect {
            y: chat.bottom().saturating_sub(1),
            height: 1,
            ..chat
        };
        return draw_over_lines(app, words.as_str(), area.unwrap_or(last), buffer);
    }
    if let Some(area) = area
        && let Some((words, style)) = words(app, area.width, now)
    {
        super::put(buffer, area, 0, words.as_str(), style);
    }
}

/// A notice that no row has room for.
pub(super) fn over_lines(app: &App) -> Option<&Shown> {
    let words = &app.notice.as_ref()?.words;
    (text::width(words.as_str()) >= usize::from(app.areas().chat.width)).then_some(words)
}

fn draw_over_lines(app: &App, words: &str, area: Rect, buffer: &mut Buffer) {
    let rows = text::wrap(words, usize::from(area.width).max(1));
    let most = usize::from(buffer.area.height / 2).clamp(1, ROWS_MAX);
    let shown = rows.len().min(most);
    for (above, range) in rows[..shown].iter().rev().enumerate() {
        let row = Rect {
            y: area.y.saturating_sub(u16::try_from(above).unwrap_or(0)),
            ..area
        };
        Clear.render(row, buffer);
        super::put(buffer, row, 0, &words[range.clone()], app.theme.warning());
    }
}
