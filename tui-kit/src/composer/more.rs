//! That a text goes on above or below what the place of its composer shows.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::Composer;
use crate::theme::Theme;

impl Composer {
    /// The first row that a place of so many rows shows.
    pub(super) fn top_in(&self, height: usize, cursor_row: usize) -> usize {
        self.top.clamp((cursor_row + 1).saturating_sub(height), cursor_row)
    }

    /// Draws signs into the columns before the text, as high as the text's place: that rows are hidden above, in the last column of the first
    /// row, and below, in that of the last one. A single row has both beside each other.
    pub fn view_more(&self, lead: Rect, buffer: &mut Buffer, theme: &Theme, style: Style) {
        if lead.is_empty() {
            return;
        }
        let (layout, height) = (self.layout(), usize::from(lead.height));
        let top = self.top_in(height, layout.cursor.0);
        let (above, below) = (top > 0, top + height < layout.rows.len());
        let (last_column, last_row) = (lead.right() - 1, lead.bottom() - 1);
        if above {
            buffer.set_stringn(last_column, lead.y, theme.signs().more_above, 1, style);
        }
        if below {
            let both = above && lead.height == 1 && lead.width > 1;
            buffer.set_stringn(
                last_column - u16::from(both),
                last_row,
                theme.signs().more_below,
                1,
                style,
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::key;

    fn signs(composer: &Composer, height: u16, theme: &Theme) -> Vec<String> {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 2, height));
        composer.view_more(buffer.area, &mut buffer, theme, Style::new());
        let row = |y| (0..2).map(|x| buffer[(x, y)].symbol()).collect();
        (0..height).map(row).collect()
    }

    #[test]
    fn rows_that_are_hidden_are_told_and_none_that_are_not() {
        let mut composer = Composer::with_text("1\n2\n3\n4\n5");
        let theme = Theme::mono();
        let ascii = Theme { ascii: true, ..theme };
        assert_eq!(signs(&composer, 5, &theme), ["  "; 5]);
        composer.set_size(20, 3);
        assert_eq!(signs(&composer, 3, &theme), [" ▴", "  ", "  "]);
        for _ in 0..3 {
            let _ = composer.key(key("up"));
        }
        assert_eq!(signs(&composer, 3, &theme), [" ▴", "  ", " ▾"]);
        assert_eq!(signs(&composer, 3, &ascii), [" ^", "  ", " v"]);
        assert_eq!(signs(&composer, 1, &theme), ["▾▴"]);
        let _ = composer.key(key("up"));
        assert_eq!(signs(&composer, 3, &theme), ["  ", "  ", " ▾"]);
        assert_eq!(signs(&composer, 1, &theme), [" ▾"]);
        assert_eq!(signs(&Composer::default(), 1, &theme), ["  "]);
    }
}
