//! How the state looks. It cannot change anything. Every text of others is `Shown` before it comes here.

mod footer;
mod header;
mod over;

use minicom_client::ConnState;
use minicom_tui_kit::{Now, Shown, help, text::truncate};
use ratatui::{
    Frame,
    buffer::Buffer,
    layout::{Position, Rect, Size},
    style::Style,
};

use crate::{actions::Action, layout::Areas, model::App};

/// Draws the screen.
pub fn draw(app: &App, frame: &mut Frame<'_>, now: Now) {
    if app.ended.is_some() {
        return over::draw(app, frame);
    }
    let areas = app.areas();
    let buffer = frame.buffer_mut();
    header::draw(app, areas.header, buffer, now);
    if let Some(rule) = areas.header_rule {
        draw_rule(app, rule, buffer);
    }
    draw_chat(app, areas.chat, buffer, now);
    draw_status(app, &areas, buffer, now);
    draw_title(app, areas.title, buffer);
    let cursor = draw_composer(app, &areas, buffer);
    footer::draw(app, areas.footer, buffer);
    match app.help {
        Some(top) => {
            help::view(&app.help_rows(), top, help_area(app.size), buffer, &app.theme);
        }
        None => frame.set_cursor_position(cursor),
    }
}

/// Where the help is drawn: over all but the header.
pub fn help_area(size: Size) -> Rect {
    Rect::new(0, 1, size.width, size.height.saturating_sub(1))
}

fn draw_rule(app: &App, area: Rect, buffer: &mut Buffer) {
    let rule = app.theme.signs().rule.repeat(usize::from(area.width));
    put(buffer, area, 0, &rule, app.theme.dim());
}

fn draw_chat(app: &App, area: Rect, buffer: &mut Buffer, now: Now) {
    app.transcript.view(area, buffer, &app.theme, now.wall);
    if app.transcript.is_empty() && app.replica.thread().is_loaded() {
        let words = "No messages yet. Say hello.";
        let row = Rect {
            y: area.y + area.height / 2,
            height: 1,
            ..area
        };
        put(buffer, row, area.width.saturating_sub(27) / 2, words, app.theme.dim());
    }
}

/// One row for what passes: a notice, a text that is too long, who types.
fn draw_status(app: &App, areas: &Areas, buffer: &mut Buffer, now: Now) {
    let Some(area) = areas.status else { return };
    if let Some((words, style)) = notice(app) {
        put(buffer, area, 0, words.as_str(), style);
    } else if let Some(words) = typing(app, now) {
        put(buffer, area, 0, words.as_str(), app.theme.dim());
    }
}

/// What is to be told above the composer, or in the footer where there is no room for that.
fn notice(app: &App) -> Option<(Shown, Style)> {
    let too_long = || app.composer.too_long();
    let words = app
        .notice
        .as_ref()
        .map(|notice| notice.words.clone())
        .or_else(too_long)?;
    Some((words, app.theme.warning()))
}

fn typing(app: &App, now: Now) -> Option<Shown> {
    let words = match app.replica.typing(app.instant(now))? {
        Some(name) => format!("{} is typing", name.shown()),
        None => "The assistant is typing".to_owned(),
    };
    Some(Shown::line(&words))
}

/// The rule above the composer says what Enter will do before anything is typed.
fn draw_title(app: &App, area: Rect, buffer: &mut Buffer) {
    let theme = &app.theme;
    let signs = theme.signs();
    let width = usize::from(area.width);
    draw_rule(app, area, buffer);
    put(buffer, area, 2, " Message ", theme.title());
    let room = width.saturating_sub(" Message ".len() + 2 + 2 + 4);
    let words = does_enter(app).into_iter().find(|words| words.chars().count() <= room);
    if let Some(words) = words {
        let words = format!(" {} ", words.replace('·', signs.dot));
        let at = width.saturating_sub(minicom_tui_kit::text::width(&words) + 2);
        put(buffer, area, u16::try_from(at).unwrap_or(0), &words, theme.dim());
    }
}

/// In words, the longest first; what has no room is not said.
fn does_enter(app: &App) -> [&'static str; 2] {
    let is_new = app.replica.view().stage.is_some() && !app.is_open();
    match (&app.state, is_new) {
        (ConnState::Connecting, _) => ["connecting: saved here, sent then", "saved here"],
        (ConnState::Live, true) => [
            "Enter starts a new chat · Alt+Enter new line",
            "Enter starts a new chat",
        ],
        (ConnState::Live, false) => ["Enter sends · Alt+Enter new line", "Enter sends"],
        _ => ["offline: saved here, sent when back", "offline: saved here"],
    }
}

fn draw_composer(app: &App, areas: &Areas, buffer: &mut Buffer) -> Position {
    put(buffer, areas.composer, 1, app.theme.signs().prompt, app.theme.dim());
    app.composer.view(areas.text(), buffer, &app.theme, &Shown::fixed(""))
}

/// A row of words, cut at the end of its area.
fn put(buffer: &mut Buffer, area: Rect, column: u16, words: &str, style: Style) {
    let room = area.width.saturating_sub(column);
    if room > 0 && area.height > 0 {
        let words = truncate(words, usize::from(room));
        buffer.set_stringn(area.x + column, area.y, words, usize::from(room), style);
    }
}

/// A key as a hint shows it.
fn hint(app: &App, action: Action) -> String {
    app.key_hint(action)
}
