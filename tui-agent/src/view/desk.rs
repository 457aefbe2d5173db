//! The views of the desk: what can be seen of those that stand on each other, and the row for notices.

use minicom_tui_kit::{Hint, Now};
use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    widgets::{Clear, Widget},
};

use crate::{
    app::App,
    desk_view::{Layer, Stack, Surface},
    keys::Action,
    update::desk_views,
    view::chat,
};

/// Draws what can be seen. Returns where the cursor stands.
pub(super) fn draw(app: &App, stack: &Stack, buffer: &mut Buffer, now: Now) -> Position {
    let mut cursor = Position::default();
    for layer in stack.seen() {
        cursor = draw_layer(app, stack, layer, buffer);
    }
    if let Some(top) = stack.top().filter(|_| app.notice.is_some()) {
        notice(app, app.layer_area(stack, top), top.surface.is_whole(), buffer, now);
    }
    cursor
}

fn draw_layer(app: &App, stack: &Stack, layer: &Layer, buffer: &mut Buffer) -> Position {
    let (area, theme) = (app.layer_area(stack, layer), &app.theme);
    match &layer.surface {
        Surface::Table(table) => table.view(area, buffer, theme),
        Surface::Reading(overlay) => overlay.view(area, buffer),
        Surface::Picker(picker) => picker.view(area, buffer, theme),
        Surface::Prompt(prompt) => prompt.view(area, buffer, theme),
    }
}

/// What was done or went wrong: on the last row of what takes the screen, above what stands on something.
fn notice(app: &App, area: Rect, whole: bool, buffer: &mut Buffer, now: Now) {
    if area.is_empty() {
        return;
    }
    let y = match whole {
        true => area.bottom() - 1,
        false => area.y.saturating_sub(1).max(app.layout().help().y),
    };
    let row = Rect { y, height: 1, ..area };
    Clear.render(row, buffer);
    chat::status(app, row, buffer, now);
}

/// What the keys do on top. Of what is read and has many letters the way out is the last to go: beside its place the title of it may have
/// no room for that.
pub(super) fn hints(stack: &Stack, fits: impl Fn(&[Hint<Action>]) -> bool) -> Vec<Hint<Action>> {
    let Some(top) = stack.top() else { return vec![] };
    let letters = desk_views::letters(&top.view);
    match &top.surface {
        Surface::Picker(picker) if picker.fitting() == 0 => return vec![Hint::words("Esc closes")],
        Surface::Prompt(prompt) => return vec![Hint::words(prompt.enter()), Hint::words("Esc cancels")],
        Surface::Table(_) | Surface::Reading(_) | Surface::Picker(_) => {}
    }
    // Without a row there is nothing for what is done with one.
    let no_row = matches!(&top.surface, Surface::Table(table) if table.selected().is_none());
    let letters = letters
        .iter()
        .filter(|words| !(no_row && desk_views::needs_row(&top.view, words)));
    let mut hints: Vec<Hint<Action>> = letters.map(|words| Hint::words(words)).collect();
    while matches!(top.surface, Surface::Reading(_)) && hints.len() > 1 && !fits(&hints) {
        hints.remove(hints.len() - 2);
    }
    hints
}
