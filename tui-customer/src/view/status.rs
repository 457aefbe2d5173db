//! What passes above the composer: a notice, a text that is too long, who types, how it was, whether anybody is there. One row; the
//! first of these that there is.

use minicom_tui_kit::{Now, Shown};
use ratatui::{layout::Rect, style::Style};

use crate::{model::App, told};

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

/// Draws it.
pub(super) fn draw(app: &App, area: Option<Rect>, buffer: &mut ratatui::buffer::Buffer, now: Now) {
    if let Some(area) = area
        && let Some((words, style)) = words(app, area.width, now)
    {
        super::put(buffer, area, 0, words.as_str(), style);
    }
}
