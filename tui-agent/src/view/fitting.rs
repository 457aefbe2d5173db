//! What fits what the customer wrote last: quiet rows above the rule of the composer, for the eyes of agents. Nothing is covered by them.

use minicom_tui_kit::{Key, Shown, styled::StyledLine, text};
use ratatui::{buffer::Buffer, layout::Rect};

use crate::{
    app::App,
    keys::{Action, contexts},
    update::suggesting::{Fits, Fitting},
    view::{put_right, row_of},
};

/// Rows of a screen from which there is one row, two, and three.
const ONE_FROM: u16 = 16;
const TWO_FROM: u16 = 30;
const THREE_FROM: u16 = 40;
/// Columns that the words keep beside the key.
const WORDS_MIN: u16 = 40;

/// How many rows there are. Where all of it stands beside the chat, one is enough here.
pub(crate) fn rows(app: &App, beside: bool) -> u16 {
    let most = match app.size.height {
        ..ONE_FROM => 0,
        ONE_FROM..TWO_FROM => 1,
        _ if beside => 1,
        TWO_FROM..THREE_FROM => 2,
        _ => 3,
    };
    u16::try_from(app.fitting().len()).unwrap_or(u16::MAX).min(most)
}

/// Draws them.
pub(super) fn draw(app: &App, area: Rect, buffer: &mut Buffer) {
    let fitting = app.fitting();
    for (row, it) in (0..area.height).zip(&fitting) {
        let row = row_of(area, row);
        let room = usize::from(row.width.saturating_sub(WORDS_MIN));
        let keys = if row.y == area.y {
            key_words(app, fitting.len())
        } else {
            vec![]
        };
        let end = match keys.into_iter().find(|words| text::width(words) <= room) {
            Some(words) => put_right(buffer, row, &words, app.theme.hint()),
            None => row.right(),
        };
        let columns = end.saturating_sub(row.x + 1);
        line(app, it)
            .cut(usize::from(columns))
            .draw(buffer, row.x, row.y, columns);
    }
}

/// One of them on a row: ` 92 % Refunds · "When do I get my money back?"`.
pub(crate) fn line(app: &App, it: &Fitting) -> StyledLine {
    let theme = &app.theme;
    let was = if app.is_live() { "" } else { "as it was: " };
    let lead = format!(" {:>2} % {was}", it.percent);
    let mut line = StyledLine::of(Shown::line(&lead), theme.hint());
    if let Fits::Reply { code, .. } = &it.what {
        line = line.and(Shown::line(&format!("/{code} ")), theme.dim());
    }
    line = line.and(it.title.shown(), theme.dim());
    let example = app.fitting_example(it);
    if !example.is_empty() {
        let words = format!(" {} {example}", theme.signs().dot);
        line = line.and(Shown::line(&words), theme.dim());
    }
    line
}

/// What puts the first one into the composer, and where the others are: in forms that get shorter.
fn key_words(app: &App, all: usize) -> Vec<String> {
    let hint = |action| {
        let keys = app.keymap.keys(contexts(app.is_composing()), action);
        keys.into_iter().map(Key::hint).next()
    };
    let Some(inserts) = hint(Action::Suggestion) else {
        return vec![];
    };
    let others = hint(Action::Suggestions).filter(|_| all > 1);
    let others = others.map(|others| format!(" {inserts} inserts  {others} all {all} "));
    let forms = [format!(" {inserts} inserts "), format!(" {inserts} ")];
    others.into_iter().chain(forms).collect()
}
