//! What passes above the composer: a notice, a text that is too long, who types, how it was, whether anybody is there. One row; the
//! first of these that there is.

use minicom_client::ConnState;
use minicom_tui_kit::{Now, Shown, text};
use ratatui::{buffer::Buffer, layout::Rect, style::Style};

use crate::{model::App, told};

/// Rows of a notice at most.
const ROWS_MAX: usize = 10;

/// What is told now, in so many columns.
pub(super) fn words(app: &App, columns: u16, now: Now) -> Option<(Shown, Style)> {
    let columns = usize::from(columns);
    if let Some(urgent) = urgent(app, columns) {
        return Some(urgent);
    }
    if let Some(why) = unreached(app) {
        return Some((why, app.theme.warning()));
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

/// Why there is no connection: which address, and what is wrong with it.
pub(crate) fn unreached(app: &App) -> Option<Shown> {
    match &app.state {
        ConnState::Reconnecting { why, .. } | ConnState::Offline { why, .. } => Some(Shown::line(why)),
        _ => None,
    }
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
pub(super) fn draw(app: &App, area: Option<Rect>, buffer: &mut Buffer, now: Now) {
    if let (Some(words), Some(area)) = (long(app, app.areas().chat.width), area) {
        return draw_rows(app, words.as_str(), area, buffer);
    }
    if let Some(area) = area
        && let Some((words, style)) = words(app, area.width, now)
    {
        super::put(buffer, area, 0, words.as_str(), style);
    }
}

/// A notice that one row of so many columns has no room for.
fn long(app: &App, columns: u16) -> Option<&Shown> {
    let words = &app.notice.as_ref()?.words;
    let is_long = words.as_str().contains('\n') || text::width(words.as_str()) >= usize::from(columns);
    is_long.then_some(words)
}

/// Rows of a notice that needs more than one: what can be done about it stands at its end, and no line of the thread under it.
pub(crate) fn rows(app: &App, columns: u16) -> u16 {
    let rows = long(app, columns).map_or(0, |words| text::wrap(words.as_str(), usize::from(columns).max(1)).len());
    u16::try_from(rows.min(ROWS_MAX)).unwrap_or(u16::MAX)
}

fn draw_rows(app: &App, words: &str, area: Rect, buffer: &mut Buffer) {
    let rows = text::wrap(words, usize::from(area.width).max(1));
    let is_cut = rows.len() > usize::from(area.height);
    for (y, range) in (area.y..area.bottom()).zip(rows) {
        let row = Rect { y, height: 1, ..area };
        super::put(buffer, row, 0, &words[range], app.theme.warning());
    }
    if is_cut {
        // Nobody takes half of it for all.
        let sign = app.theme.signs().more_right;
        let last = Rect::new(area.right().saturating_sub(1), area.bottom().saturating_sub(1), 1, 1);
        super::put(buffer, last, 0, sign, app.theme.warning());
    }
}
