//! The help over the screen: the table of keys as it is now.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::widgets::{Clear, Widget};

use crate::composer::{EDITING_KEYS, SPARE_KEYS};
use crate::key::Key;
use crate::keymap::HelpRow;
use crate::text::{pad, truncate, width};
use crate::theme::Theme;

/// Columns of the keys at most.
const KEY_COLUMNS_MAX: usize = 30;

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

/// Draws the help over an area, from row `top` on. Returns the largest useful `top`, for scrolling.
pub fn view(rows: &[HelpRow], top: usize, area: Rect, buffer: &mut Buffer, theme: &Theme) -> usize {
    if area.is_empty() {
        return 0;
    }
    Clear.render(area, buffer);
    let columns = usize::from(area.width);
    let height = usize::from(area.height - 1);
    let last_top = rows.len().saturating_sub(height);
    let top = top.min(last_top);
    let rule = theme.signs().rule;
    let more = if last_top > 0 { ", PgUp PgDn scroll" } else { "" };
    let title = format!("{rule}{rule} Keys: Esc closes{more} {}", rule.repeat(columns));
    buffer.set_stringn(area.x, area.y, title, columns, theme.title());
    let key_columns = rows
        .iter()
        .map(|row| width(&row.keys))
        .max()
        .unwrap_or(0)
        .min(KEY_COLUMNS_MAX)
        .min(columns / 2);
    for (y, row) in (area.y + 1..area.bottom()).zip(rows.iter().skip(top)) {
        let keys = pad(&row.keys, key_columns);
        let style = if row.reason.is_some() {
            theme.dim()
        } else {
            theme.hint_key()
        };
        let (x, _) = buffer.set_stringn(area.x, y, format!(" {keys}  "), columns, style);
        let room = usize::from(area.right().saturating_sub(x));
        let words = match &row.reason {
            Some(reason) => format!("{} ({reason})", row.title),
            None => row.title.to_owned(),
        };
        let style = if row.reason.is_some() {
            theme.dim()
        } else {
            Style::new()
        };
        buffer.set_stringn(x, y, truncate(&words, room), room, style);
    }
    last_top
}

#[cfg(test)]
mod tests {
    use minicom_protocol::gate::Shown;

    use super::*;
    use crate::testing::plain;

    #[test]
    fn help_is_drawn_over_and_scrolls() {
        let mut rows = vec![
            HelpRow {
                keys: "^N F2".into(),
                title: "next that needs me",
                reason: None,
            },
            HelpRow {
                keys: "^T".into(),
                title: "take over",
                reason: Some(Shown::fixed("needs a connection")),
            },
        ];
        rows.extend(rows_of(EDITING_KEYS));
        assert_eq!(rows[2].keys, "Alt+Enter Shift+Enter ^J");
        let area = Rect::new(0, 0, 60, 4);
        let mut buffer = Buffer::empty(area);
        buffer.set_string(0, 3, "x".repeat(60), Style::new());
        let last = view(&rows, 0, area, &mut buffer, &Theme::ansi());
        assert_eq!(last, rows.len() - 3);
        let screen = plain(&buffer);
        assert!(
            screen.starts_with("── Keys: Esc closes, PgUp PgDn scroll ───"),
            "{screen}"
        );
        assert!(
            screen.contains(" ^T                        take over (needs a connection)"),
            "{screen}"
        );
        assert!(!screen.contains("xx"), "{screen}");
        view(&rows, 1_000, area, &mut buffer, &Theme::ansi());
        assert!(plain(&buffer).contains("what I sent before"));
    }
}
