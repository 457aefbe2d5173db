//! The help over the screen: the table of keys as it is now.

use minicom_protocol::gate::Shown;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::widgets::{Clear, Widget};

use crate::composer::{EDITING_KEYS, SPARE_KEYS};
use crate::key::Key;
use crate::keymap::HelpRow;
use crate::styled::StyledLine;
use crate::text::{pad, width};
use crate::theme::Theme;

/// Columns of the keys at most.
const KEY_COLUMNS_MAX: usize = 30;
/// Columns that are left for what the keys do, before these get more than a third of all.
const WORD_COLUMNS_MIN: usize = 30;
/// Blanks before the keys and behind them.
const BLANKS: usize = 3;

/// The rows of what is written with: its own keys, and of those that an action may have the ones that are `free`.
pub fn writing(free: impl Fn(Key) -> bool) -> Vec<HelpRow> {
    let mut rows = rows_of(EDITING_KEYS);
    let is_free = |(name, _): &&(&str, &str)| name.parse().is_ok_and(&free);
    let spare: Vec<(&str, &'static str)> = SPARE_KEYS.iter().filter(is_free).copied().collect();
    rows.extend(rows_of(&spare));
    rows
}

/// Rows for keys that are in no table: names of keys, and what they do.
fn rows_of(keys: &[(&str, &'static str)]) -> Vec<HelpRow> {
    keys.iter()
        .map(|(names, title)| {
            let hints: Vec<String> = names
                .split(' ')
                .filter_map(|name| name.parse::<Key>().ok())
                .map(Key::hint)
                .collect();
            HelpRow {
                keys: hints.join(" "),
                title,
                reason: None,
            }
        })
        .collect()
}

/// The place of a reader in the help: a row of the table, and which line of it. A new size does not move it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    row: usize,
    line: usize,
}

/// The table as it stands in an area: what is explained is wrapped, never cut, for whoever needs the help has nowhere else to read it.
#[derive(Debug)]
pub struct Help<'a> {
    lines: Vec<(Place, StyledLine)>,
    area: Rect,
    theme: &'a Theme,
}

impl<'a> Help<'a> {
    /// Lays the rows of the help out for an area.
    pub fn new(rows: &[HelpRow], area: Rect, theme: &'a Theme) -> Help<'a> {
        let columns = usize::from(area.width);
        let key_columns = key_columns(rows, columns);
        let of_row = |(row, help): (usize, &HelpRow)| {
            let lines = lines_of(help, key_columns, columns, theme).into_iter().enumerate();
            lines.map(move |(line, words)| (Place { row, line }, words))
        };
        let lines = rows.iter().enumerate().flat_map(of_row).collect();
        Help { lines, area, theme }
    }

    /// Whether there is more than can be seen at once.
    pub fn scrolls(&self) -> bool {
        self.last_top() > 0
    }

    /// The place so many lines further down, or up; no further than where the end is seen.
    pub fn moved(&self, place: Place, by: isize) -> Place {
        let top = self.top(place).saturating_add_signed(by).min(self.last_top());
        self.lines.get(top).map_or(Place::default(), |(place, _)| *place)
    }

    /// Draws it over its area, from a place on.
    pub fn view(&self, place: Place, buffer: &mut Buffer) {
        let area = self.area;
        if area.is_empty() {
            return;
        }
        Clear.render(area, buffer);
        let columns = usize::from(area.width);
        let rule = self.theme.signs().rule;
        let more = if self.scrolls() { ", PgUp PgDn scroll" } else { "" };
        let title = format!("{rule}{rule} Keys: Esc closes{more} {}", rule.repeat(columns));
        buffer.set_stringn(area.x, area.y, title, columns, self.theme.title());
        let lines = self.lines.iter().skip(self.top(place));
        for (y, (_, line)) in (area.y + 1..area.bottom()).zip(lines) {
            line.draw(buffer, area.x, y, area.width);
        }
    }

    /// The line at the top. In other columns a row may have fewer lines.
    fn top(&self, place: Place) -> usize {
        let behind = self.lines.partition_point(|(it, _)| *it <= place);
        behind.saturating_sub(1).min(self.last_top())
    }

    fn last_top(&self) -> usize {
        let height = usize::from(self.area.height.saturating_sub(1));
        self.lines.len().saturating_sub(height)
    }
}

/// Columns of the keys: as many as they need, where that leaves what they do enough.
fn key_columns(rows: &[HelpRow], columns: usize) -> usize {
    let widest = rows.iter().map(|row| width(&row.keys)).max().unwrap_or(0);
    let left = columns.saturating_sub(WORD_COLUMNS_MIN + BLANKS);
    widest.min(KEY_COLUMNS_MAX).min(left.max(columns / 3))
}

/// A row's lines: what it does stands beside its keys, each line under the first; below keys that are wider than their columns; and
/// alone where no key is named.
fn lines_of(row: &HelpRow, key_columns: usize, columns: usize, theme: &Theme) -> Vec<StyledLine> {
    let (key_style, style) = match row.reason {
        Some(_) => (theme.dim(), theme.dim()),
        None => (theme.hint_key(), Style::new()),
    };
    let lead = |words: &str| StyledLine::of(Shown::line(words), key_style);
    let words = match &row.reason {
        Some(reason) => Shown::line(&format!("{} ({reason})", row.title)),
        None => Shown::fixed(row.title),
    };
    let words = StyledLine::of(words, style);
    let blanks = |columns: usize| StyledLine::of(Shown::line(&" ".repeat(columns)), Style::new());
    if row.keys.is_empty() {
        return words.rows(&blanks(1), &blanks(1), columns);
    }
    let indent = blanks(key_columns + BLANKS);
    if width(&row.keys) <= key_columns {
        let first = lead(&format!(" {}  ", pad(&row.keys, key_columns)));
        return words.rows(&first, &indent, columns);
    }
    let mut lines = lead(&row.keys).rows(&blanks(1), &blanks(1), columns);
    lines.extend(words.rows(&indent, &indent, columns));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::plain;

    fn row(keys: &str, title: &'static str, reason: Option<&'static str>) -> HelpRow {
        HelpRow {
            keys: keys.to_owned(),
            title,
            reason: reason.map(Shown::fixed),
        }
    }

    fn screen(rows: &[HelpRow], place: Place, area: Rect) -> String {
        let mut buffer = Buffer::empty(area);
        for y in area.top()..area.bottom() {
            buffer.set_string(area.x, y, "x".repeat(usize::from(area.width)), Style::new());
        }
        Help::new(rows, area, &Theme::ansi()).view(place, &mut buffer);
        plain(&buffer)
    }

    #[test]
    fn help_is_drawn_over_and_scrolls() {
        let mut rows = vec![
            row("^N F2", "next that needs me", None),
            row("^T", "take over", Some("needs a connection")),
        ];
        rows.extend(rows_of(EDITING_KEYS));
        assert_eq!(rows[2].keys, "Alt+Enter Shift+Enter ^J");
        let area = Rect::new(0, 0, 60, 4);
        let shown = screen(&rows, Place::default(), area);
        assert!(
            shown.starts_with("── Keys: Esc closes, PgUp PgDn scroll ───"),
            "{shown}"
        );
        assert!(
            shown.contains(" ^T                        take over (needs a connection)"),
            "{shown}"
        );
        assert!(!shown.contains("xx"), "{shown}");
        let theme = Theme::ansi();
        let help = Help::new(&rows, area, &theme);
        let end = help.moved(Place::default(), isize::MAX);
        assert!(screen(&rows, end, area).contains("what I sent before"));
        assert_eq!(help.moved(end, 1), end, "no further than the end");
        assert_ne!(help.moved(end, -1), end);
        assert_eq!(help.moved(end, isize::MIN), Place::default());
    }

    #[test]
    fn what_is_explained_stands_under_itself_and_is_whole() {
        let rows = [
            row("^X ^E", "write this in your own editor, and come back", None),
            row("Alt+Enter Shift+Enter ^J", "a new line", Some("not here")),
        ];
        assert_eq!(
            screen(&rows, Place::default(), Rect::new(0, 0, 40, 6)),
            "── Keys: Esc closes ────────────────────\n ^X ^E          write this in your own\n                editor, and come back\n \
             Alt+Enter Shift+Enter ^J\n                a new line (not here)\n\n"
        );
    }

    #[test]
    fn nothing_is_cut_at_any_width() {
        let mut rows = rows_of(EDITING_KEYS);
        rows.push(row("", "there is no connection", Some("the address is not known here")));
        rows.push(row(
            "Ctrl+Alt+Shift+F12 Alt+Enter F1",
            "with many keys",
            Some("not now"),
        ));
        let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
        let told = rows.iter().map(|row| match &row.reason {
            None => format!("{}{}", row.keys, row.title),
            Some(reason) => format!("{}{}({reason})", row.keys, row.title),
        });
        let told = letters(&told.collect::<String>());
        let theme = Theme::ansi();
        for columns in 30..=130 {
            let help = Help::new(&rows, Rect::new(0, 0, columns, 9), &theme);
            let lines = help.lines.iter().map(|(_, line)| line);
            assert!(lines.clone().all(|it| it.width() <= usize::from(columns)), "{columns}");
            assert_eq!(
                letters(&lines.map(StyledLine::text).collect::<String>()),
                told,
                "{columns}"
            );
        }
    }

    #[test]
    fn a_new_size_keeps_the_row_that_is_read() {
        let rows = rows_of(EDITING_KEYS);
        let (narrow, wide) = (Rect::new(0, 0, 40, 3), Rect::new(0, 0, 120, 3));
        let theme = Theme::ansi();
        let place = Help::new(&rows, narrow, &theme).moved(Place::default(), 7);
        let top = |area| screen(&rows, place, area).lines().nth(1).unwrap().to_owned();
        let keys = &rows[place.row].keys;
        assert!(top(wide).starts_with(&format!(" {keys} ")), "{keys}: {}", top(wide));
        assert_eq!(Help::new(&rows, narrow, &theme).moved(place, 0), place);
    }
}
