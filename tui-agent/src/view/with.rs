//! What goes with a reply, in rows between the rule and the text: the line that it answers, the article, and how a saved reply reads.

use minicom_client::transfers::Attachments;
use minicom_tui_kit::{Shown, styled::StyledLine, text};
use ratatui::style::Style;

use crate::{
    app::App,
    files,
    writing::{Mode, saved},
};

/// Rows of a screen from which a saved reply is shown as it reads in several rows.
const TALL: u16 = 20;
/// Files that have a row of their own; of the others it is told how many there are.
const FILES_MAX: usize = 4;
/// Rows of that at most.
const READS_ROWS_MAX: usize = 3;
/// How the last of them is taken away.
const DROPS: &str = "  (Backspace drops it)";

/// How many rows there are in so many columns.
pub(crate) fn rows(app: &App, columns: u16) -> u16 {
    u16::try_from(lines(app, columns).len()).unwrap_or(u16::MAX)
}

/// The rows.
pub(super) fn lines(app: &App, columns: u16) -> Vec<StyledLine> {
    let Some(summary) = app.summary() else {
        return Vec::new();
    };
    let written = app.writing.get(summary.conversation);
    let files = app.files.beside(summary.conversation);
    let Some(written) = written.filter(|it| it.mode() == Mode::Reply && (!it.with.is_empty() || files.is_some()))
    else {
        return Vec::new();
    };
    let theme = &app.theme;
    let with = &written.with;
    let mut lines = Vec::new();
    let empty = written.composer.is_empty();
    // Backspace takes the last one away first.
    let room = usize::from(columns).saturating_sub(1);
    // Where both have no room, what goes with the text is told, and not how to drop it.
    let with_hint = |line: StyledLine, last: bool| {
        let drops = empty && last && files.is_none() && line.width() + text::width(DROPS) <= room;
        match drops {
            true => line.and(Shown::fixed(DROPS), theme.hint()),
            false => line.cut(room),
        }
    };
    let lead = || StyledLine::of(Shown::line(&format!("{} ", theme.signs().bar)), theme.dim());
    if let (Some(quote), Some(chat)) = (&with.quote, &app.chat) {
        let line = lead().and(chat.eyes().quote(quote), theme.dim());
        lines.push(with_hint(line, with.article.is_none()));
    }
    if let Some(article) = &with.article {
        let title = article.title.as_ref().map_or(article.slug.shown(), |it| it.shown());
        let line = lead().and(Shown::fixed("with the article "), theme.dim());
        lines.push(with_hint(line.and(title, theme.title()), true));
    }
    for (number, it) in files.into_iter().flat_map(Attachments::iter).enumerate() {
        let all = files.map_or(0, Attachments::len);
        let hidden = all.saturating_sub(FILES_MAX);
        if number < hidden {
            continue;
        }
        let (file, state) = files::row(it);
        let hint = match (number == hidden && hidden > 0, number + 1 == all && empty) {
            (true, _) => Shown::line(&format!("and {hidden} more")),
            (_, true) => Shown::fixed("(Backspace drops it)"),
            _ => Shown::default(),
        };
        let mut line = lead();
        line.append(file.line(&state, &hint, usize::from(columns).saturating_sub(4), theme));
        lines.push(line);
    }
    if let Some(used) = &with.reply {
        let values = saved::values(&app.replica, summary);
        if let Some(reads) = saved::preview(&written.composer.text(), used, &values, theme) {
            let indent = StyledLine::of(Shown::fixed("  "), Style::new());
            let most = if app.size.height >= TALL { READS_ROWS_MAX } else { 1 };
            let columns = usize::from(columns.saturating_sub(2)).max(1);
            lines.extend(reads.rows(&lead(), &indent, columns).into_iter().take(most));
        }
    }
    lines
}
