//! The whole screen when there will be no connection any more: what happened, what to do, and that nothing is lost.

use minicom_client::Ended;
use minicom_protocol::refusal::Refusal;
use minicom_tui_kit::{Shown, text};
use ratatui::{Frame, layout::Rect, style::Style};

use crate::{
    actions::Action,
    model::App,
    view::{hint, put},
};

/// Whether it is told only to those who had come in.
fn was_in(ended: &Ended) -> bool {
    matches!(
        ended,
        Ended::Refused(Refusal::Erased | Refusal::Revoked | Refusal::DeskClosed)
    )
}

/// Columns of the words at most.
const COLUMNS_MAX: u16 = 72;

pub(super) fn draw(app: &App, frame: &mut Frame<'_>) {
    let Some(ended) = &app.ended else { return };
    let area = frame.area();
    let width = area.width.saturating_sub(4).clamp(1, COLUMNS_MAX);
    let mut rows: Vec<(Shown, Style)> = Vec::new();
    let mut paragraph = |words: &str, style: Style| {
        let words = Shown::line(words);
        let wrapped = text::wrap(words.as_str(), usize::from(width));
        rows.extend(
            wrapped
                .into_iter()
                .map(|row| (Shown::line(&words.as_str()[row]), style)),
        );
        rows.push((Shown::default(), Style::new()));
    };
    let title = match was_in(ended) {
        true => format!("{}'s chat here is over", app.name.shown()),
        false => format!("{} cannot chat here", app.name.shown()),
    };
    paragraph(&title, app.theme.title());
    paragraph(&ended.words(), app.theme.error());
    match app.unsent() {
        0 => {}
        1 => paragraph("One message was not sent. It is kept on this computer.", Style::new()),
        n => paragraph(
            &format!("{n} messages were not sent. They are kept on this computer."),
            Style::new(),
        ),
    }
    paragraph(
        &format!("Enter or {} ends the program.", hint(app, Action::Clear)),
        app.theme.dim(),
    );
    let height = u16::try_from(rows.len()).unwrap_or(u16::MAX).min(area.height);
    let top = (area.height - height) / 2;
    let x = (area.width - width.min(area.width)) / 2;
    for (y, (words, style)) in (top..area.height).zip(&rows) {
        put(frame.buffer_mut(), Rect::new(x, y, width, 1), 0, words.as_str(), *style);
    }
}
