//! A text in Markdown, made readable in a terminal: on the screen as styled rows, in the line mode as plain lines.
//!
//! Owns what of Markdown is understood (headings, lists, quotes, code, emphasis, links, rules, tables) and how much work a text may
//! cost. Whatever it does not understand is shown as it was written; nothing is fetched, opened or interpreted. Every piece passes
//! the gate after it was taken apart, because an entity such as `&#27;` is a control character only then.

mod blocks;
mod layout;

use minicom_protocol::gate::Shown;
use ratatui::style::Style;

use crate::markdown::blocks::{Block, read};
use crate::markdown::layout::{Form, lay_out};
use crate::overlay::SourceRow;
use crate::styled::StyledLine;
use crate::theme::Theme;

/// Bytes of a text that are shown; the rest is told to be left out.
pub const MARKDOWN_BYTES_MAX: usize = 65_536;
/// Rows that a text can take.
pub const ROWS_MAX: usize = 20_000;
/// Columns of a line in the plain form: a line that is longer than the gate lets through would lose its end.
const PLAIN_COLUMNS: usize = 1_000;
const REST: &str = "(the rest is too long to be shown)";

/// The rows of a text, at most `columns` wide.
pub fn rows(text: &str, columns: usize, theme: &Theme) -> Vec<StyledLine> {
    source_rows(text, columns, theme)
        .into_iter()
        .map(|row| row.row)
        .collect()
}

/// The same, with the number of the block that each row belongs to.
pub(crate) fn source_rows(text: &str, columns: usize, theme: &Theme) -> Vec<SourceRow> {
    laid_out(text, &Form::Screen { columns }, theme)
}

/// The lines of a text for a terminal without a screen: one for each paragraph, point, row or line of code, and empty ones between.
pub fn plain(text: &str) -> Vec<Shown> {
    let theme = Theme {
        ascii: true,
        ..Theme::mono()
    };
    let form = Form::Plain { columns: PLAIN_COLUMNS };
    laid_out(text, &form, &theme)
        .into_iter()
        .map(|row| Shown::line(row.row.text().trim_end()))
        .collect()
}

fn laid_out(text: &str, form: &Form, theme: &Theme) -> Vec<SourceRow> {
    let shown = &text[..text.floor_char_boundary(MARKDOWN_BYTES_MAX)];
    let (blocks, whole): (Vec<Block>, bool) = read(shown, form.quote(theme), theme);
    let (mut rows, complete) = lay_out(&blocks, form, theme);
    if !whole || !complete || shown.len() < text.len() {
        let source = blocks.len();
        for row in [StyledLine::new(), StyledLine::of(Shown::fixed(REST), theme.warning())] {
            rows.push(SourceRow { row, source });
        }
    }
    rows
}

/// Pushes a text of any length in pieces that the gate does not cut.
pub(crate) fn push_gated(line: &mut StyledLine, text: &str, style: Style) {
    const PIECE_BYTES: usize = 4_096;
    let mut rest = text;
    while !rest.is_empty() {
        let most = rest.floor_char_boundary(PIECE_BYTES);
        let end = match rest.len() <= PIECE_BYTES {
            true => rest.len(),
            false => rest[..most].rfind(' ').map_or(most, |blank| blank + 1),
        };
        line.push(Shown::line(&rest[..end]), style);
        rest = &rest[end..];
    }
}

#[cfg(test)]
#[path = "markdown_tests.rs"]
mod tests;
