//! What lies over the chat: lists, questions, something to read; and the end of a connection that will not come back.

use minicom_client::Ended;
use minicom_protocol::refusal::Refusal;
use minicom_tui_kit::{Now, Transcript, bare::Bare, text};
use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    style::Style,
};

use crate::{
    app::App,
    keys::Action,
    over::Over,
    sign_in,
    view::{chat, desk, put, row_of},
};

/// Draws what is open. Returns where the cursor stands.
pub(super) fn draw(app: &App, buffer: &mut Buffer, now: Now) -> Option<Position> {
    let area = app.over_area();
    let theme = &app.theme;
    let cursor = match app.over.as_ref()? {
        Over::Picker(pick) => pick.picker.view(area, buffer, theme),
        Over::Prompt(ask) => ask.prompt.view(area, buffer, theme),
        Over::Reading(reading) => reading.overlay.view(area, buffer),
        Over::Desk(stack) => return Some(desk::draw(app, stack, buffer, now)),
    };
    if app.notice.is_some() && !area.is_empty() {
        // Above it; over its first row where there is nothing above.
        let top = app.layout().over(u16::MAX).y;
        let y = area.y.saturating_sub(1).max(top.min(area.y));
        let row = Rect { y, height: 1, ..area };
        chat::status(app, row, buffer, now);
    }
    Some(cursor)
}

/// Nothing but the chat, and how to leave.
pub(super) fn bare(app: &App, bare: &Bare, transcript: &Transcript, buffer: &mut Buffer) {
    let area = Rect {
        height: buffer.area.height.saturating_sub(1),
        ..buffer.area
    };
    bare.view(transcript, area, buffer, &app.theme, &app.zone);
    let words = "PgUp PgDn scroll, other keys go back. The mouse is the terminal's";
    put(buffer, row_of(buffer.area, area.height), 0, words, app.theme.hint());
}

/// Which paragraph of that message is only good to know.
const KEPT: usize = 3;

/// Draws the message over everything but the header.
pub(super) fn ended(app: &App, ended: &Ended, area: Rect, buffer: &mut Buffer) {
    let server = &app.server;
    let how = || format!("s signs in again, here. Another time:  {}", app.sign_in);
    let (title, help) = match ended {
        Ended::SignedOut => ("You are signed out", how()),
        ended if sign_in::mends(ended) => ("Something has to be done first", how()),
        Ended::WrongVersion { .. } => (
            "This program and the server do not fit together",
            "Install the same release of both, then start again.".to_owned(),
        ),
        Ended::Refused(Refusal::DeskClosed) => ("This desk is closed", format!("Server: {server}")),
        Ended::WrongSecret(_) | Ended::Refused(_) => {
            ("The server does not let this program in", format!("Server: {server}"))
        }
    };
    let kept = "What you wrote and what was not sent yet is kept on this computer.";
    let quit = format!("q or {} quits.", app.key_words(Action::Interrupt));
    let columns = usize::from(area.width.saturating_sub(4)).max(1);
    let words = ended.words();
    let paragraphs = [
        (title, app.theme.error()),
        (words.as_str(), Style::new()),
        (help.as_str(), Style::new()),
        (kept, app.theme.dim()),
        (quit.as_str(), app.theme.hint_key()),
    ];
    let wrapped = paragraphs.map(|(words, style)| {
        let rows = text::wrap(words, columns).into_iter();
        rows.map(|range| (&words[range], style)).collect::<Vec<_>>()
    });
    // Where there is little room, first what stands between goes, then what is only good to know: how to go on stays.
    let height = usize::from(area.height);
    let rows: usize = wrapped.iter().map(Vec::len).sum();
    let between = usize::from(rows + wrapped.len() <= height);
    let too_many = (rows > height).then_some(KEPT);
    let mut y = match rows + wrapped.len() * between {
        all if all + height / 4 <= height => area.height / 4,
        _ => 0,
    };
    for (_, paragraph) in (0..).zip(&wrapped).filter(|(at, _)| Some(*at) != too_many) {
        for (words, style) in paragraph {
            put(buffer, row_of(area, y), area.x + 2, words, *style);
            y = y.saturating_add(1);
        }
        y = y.saturating_add(u16::from(between > 0));
    }
}

#[cfg(test)]
#[path = "over_tests.rs"]
mod tests;
