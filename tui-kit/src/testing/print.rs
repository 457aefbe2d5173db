//! Screens as text, and their styles as text too: a highlight that moved must change a snapshot.

use ratatui::buffer::Buffer;
use ratatui::style::{Color, Modifier};
use unicode_width::UnicodeWidthStr;

/// The rows of the screen without blanks at their ends.
pub fn plain(buffer: &Buffer) -> String {
    let rows = (buffer.area.top()..buffer.area.bottom()).map(|y| {
        let mut row = String::new();
        let mut x = buffer.area.left();
        while x < buffer.area.right() {
            let symbol = buffer[(x, y)].symbol();
            row.push_str(symbol);
            x += u16::try_from(symbol.width()).unwrap_or(1).max(1);
        }
        row.trim_end().to_owned()
    });
    let mut out = rows.collect::<Vec<_>>().join("\n");
    out.push('\n');
    out
}

/// The screen, then each run of cells that has a style: row, columns, style, text.
pub fn styled(buffer: &Buffer) -> String {
    let mut out = plain(buffer);
    out.push_str("--- styles\n");
    for y in buffer.area.top()..buffer.area.bottom() {
        let mut x = buffer.area.left();
        while x < buffer.area.right() {
            let style = style_name(buffer, x, y);
            let start = x;
            let mut text = String::new();
            while x < buffer.area.right() && style_name(buffer, x, y) == style {
                text.push_str(buffer[(x, y)].symbol());
                x += 1;
            }
            if !style.is_empty() {
                out.push_str(&format!(
                    "{y:>3} {start:>3}-{:<3} {style:<20} {}\n",
                    x - 1,
                    text.trim_end()
                ));
            }
        }
    }
    out
}

fn style_name(buffer: &Buffer, x: u16, y: u16) -> String {
    let cell = &buffer[(x, y)];
    let mut parts = Vec::new();
    if cell.fg != Color::Reset {
        parts.push(format!("{}", cell.fg).to_lowercase());
    }
    if cell.bg != Color::Reset {
        parts.push(format!("on {}", cell.bg).to_lowercase());
    }
    for (flag, name) in [
        (Modifier::BOLD, "bold"),
        (Modifier::DIM, "dim"),
        (Modifier::ITALIC, "italic"),
        (Modifier::UNDERLINED, "underlined"),
        (Modifier::REVERSED, "reversed"),
    ] {
        if cell.modifier.contains(flag) {
            parts.push(name.to_owned());
        }
    }
    parts.join(" ")
}
