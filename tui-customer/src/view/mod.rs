//! How the state looks. It cannot change anything. Every text of others is `Shown` before it comes here.

pub(crate) mod footer;
mod header;
mod help;
mod over;
pub(crate) mod status;
mod title;

use minicom_tui_kit::{Now, Shown, bare::Bare, text::truncate};
use ratatui::{
    Frame,
    buffer::Buffer,
    layout::{Position, Rect, Size},
    style::Style,
};

use crate::{actions::Action, files, layout::Areas, model::App, over::Over};

/// Draws the screen.
pub fn draw(app: &App, frame: &mut Frame<'_>, now: Now) {
    if app.ended.is_some() {
        return over::draw(app, frame);
    }
    let areas = app.areas();
    let buffer = frame.buffer_mut();
    if let Some(bare) = &app.bare {
        return draw_bare(app, bare, buffer);
    }
    header::draw(app, areas.header, buffer, now);
    if let Some(rule) = areas.header_rule {
        draw_rule(app, rule, buffer);
    }
    draw_chat(app, areas.chat, buffer, now);
    status::draw(app, areas.status, buffer, now);
    title::draw(app, areas.title, buffer);
    if let Some(area) = areas.files {
        draw_files(app, area, buffer);
    }
    let cursor = draw_composer(app, &areas, buffer);
    footer::draw(app, areas.footer, buffer);
    let cursor = match &app.over {
        None => Some(cursor),
        Some(Over::Help { at, .. }) => {
            app.shown_help().view(*at, buffer);
            None
        }
        Some(Over::Reading(reading) | Over::Consent { reading, .. }) => Some(reading.view(help_area(app.size), buffer)),
        Some(Over::Quotes(picker)) => Some(picker.view(app.quotes_area(), buffer, &app.theme)),
        Some(Over::Files(picker)) => Some(picker.view(app.quotes_area(), buffer, &app.theme)),
        Some(Over::Menu(picker)) => Some(picker.view(app.quotes_area(), buffer, &app.theme)),
        Some(Over::Questions(prompt) | Over::Comment { prompt, .. } | Over::Attach(prompt)) => {
            areas.asked.map(|area| prompt.view(area, buffer, &app.theme))
        }
    };
    if let Some(cursor) = cursor {
        frame.set_cursor_position(cursor);
    }
}

/// Nothing but the chat, and how to leave.
fn draw_bare(app: &App, bare: &Bare, buffer: &mut Buffer) {
    let (width, height) = (app.size.width, app.size.height.saturating_sub(1));
    bare.view(
        &app.transcript,
        Rect::new(0, 0, width, height),
        buffer,
        &app.theme,
        &app.zone,
    );
    let words = "PgUp PgDn scroll, other keys go back. The mouse is the terminal's";
    put(buffer, Rect::new(0, height, width, 1), 0, words, app.theme.hint());
}

/// Where the help and what is read is drawn: over all but the header, and the footer with its keys.
pub fn help_area(size: Size) -> Rect {
    Rect::new(0, 1, size.width, size.height.saturating_sub(2))
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

/// Files that go with what is written, a row each; where there is no room for all, the last ones, and how many there are.
fn draw_files(app: &App, area: Rect, buffer: &mut Buffer) {
    let attached = &app.files.attached;
    let hidden = attached.len().saturating_sub(usize::from(area.height));
    let columns = usize::from(area.width).saturating_sub(2);
    for (y, it) in (area.y..area.bottom()).zip(attached.iter().skip(hidden)) {
        let (file, state) = files::row(it);
        let more = match (y == area.y, hidden) {
            (true, 1..) => Shown::line(&format!("and {hidden} more")),
            _ => Shown::default(),
        };
        let row = Rect { y, height: 1, ..area };
        put(buffer, row, 0, app.theme.signs().bar, app.theme.dim());
        let line = file.line(&state, &more, columns, &app.theme);
        line.draw(buffer, area.x + 2, y, area.width.saturating_sub(2));
    }
}

fn draw_composer(app: &App, areas: &Areas, buffer: &mut Buffer) -> Position {
    put(buffer, areas.composer, 1, app.theme.signs().prompt, app.theme.dim());
    let text = areas.text();
    let lead = Rect {
        width: text.x - areas.composer.x,
        ..areas.composer
    };
    app.composer.view_more(lead, buffer, &app.theme, app.theme.dim());
    app.composer.view(text, buffer, &app.theme, &Shown::fixed(""))
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
