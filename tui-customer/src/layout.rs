//! Where things stand, by size. Pure numbers.

use ratatui::layout::{Rect, Size};

/// From this width on the chat is a column in the middle.
pub const WIDE: u16 = 100;
/// Below this width header and footer keep only what matters most.
pub const NARROW: u16 = 60;
/// The widest column: longer rows are hard to read.
const COLUMN_MAX: u16 = 100;
/// From this height on there is a rule below the header.
const HEADER_RULE_FROM: u16 = 12;
/// From this height on there is a row for typing and notices; below, notices stand in the footer.
const STATUS_FROM: u16 = 10;
/// Columns of the prompt before the text.
const PROMPT: u16 = 2;

/// The parts of the screen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Areas {
    /// Title, who is there, state of the connection, name.
    pub header: Rect,
    /// A rule.
    pub header_rule: Option<Rect>,
    /// The thread.
    pub chat: Rect,
    /// Who types, or a notice.
    pub status: Option<Rect>,
    /// A question and its answer.
    pub asked: Option<Rect>,
    /// The rule above the composer, with what Enter does.
    pub title: Rect,
    /// Files that go with it, a row each.
    pub files: Option<Rect>,
    /// Prompt and text.
    pub composer: Rect,
    /// Hints.
    pub footer: Rect,
}

impl Areas {
    /// For a size, with a composer that wants `composer_rows` and a question that wants `asked_rows` in so many columns; while
    /// something is asked the composer has one row. Of so many files those have rows for which there is room.
    pub fn of(size: Size, composer_rows: u16, asked_rows: impl Fn(u16) -> u16, files: usize) -> Areas {
        let whole = |y, height| Rect::new(0, y, size.width, height);
        let width = size.width.saturating_sub(2).min(COLUMN_MAX);
        let x = match size.width {
            WIDE.. => (size.width - width) / 2,
            _ => 1,
        };
        let column = |y, height| Rect::new(x, y, width, height);
        let has_rule = size.height >= HEADER_RULE_FROM;
        let has_status = size.height >= STATUS_FROM;
        let top = 1 + u16::from(has_rule);
        let asked_rows = asked_rows(width);
        let composer_rows = match asked_rows {
            0 => composer_rows.clamp(composer_rows_min(size), composer_rows_max(size)),
            _ => composer_rows_min(size),
        };
        let footer = size.height.saturating_sub(1);
        let composer = footer.saturating_sub(composer_rows);
        let file_rows = u16::try_from(files).unwrap_or(u16::MAX).min((size.height / 6).max(1));
        let composer_top = composer.saturating_sub(file_rows);
        let title = composer_top.saturating_sub(1);
        // One row of the thread stays.
        let asked_rows = asked_rows.min(title.saturating_sub(u16::from(has_status) + top + 1));
        let asked = title.saturating_sub(asked_rows);
        let status = asked.saturating_sub(u16::from(has_status));
        Areas {
            header: whole(0, 1),
            header_rule: has_rule.then(|| whole(1, 1)),
            chat: column(top, status.saturating_sub(top)),
            status: has_status.then(|| column(status, 1)),
            asked: (asked_rows > 0).then(|| column(asked, asked_rows)),
            title: column(title, 1),
            files: (file_rows > 0).then(|| column(composer_top, file_rows)),
            composer: column(composer, composer_rows),
            footer: whole(footer, 1),
        }
    }

    /// With a notice of so many rows in the place of the status: the thread gives way to it, and one row of it stays.
    pub fn with_notice(self, rows: u16) -> Areas {
        let has = self.status.map_or(0, |status| status.height);
        let more = rows.saturating_sub(has).min(self.chat.height.saturating_sub(1));
        if more == 0 {
            return self;
        }
        let chat = Rect {
            height: self.chat.height - more,
            ..self.chat
        };
        let status = Rect {
            y: chat.bottom(),
            height: has + more,
            ..chat
        };
        Areas {
            chat,
            status: Some(status),
            ..self
        }
    }

    /// Where something is chosen from a list that wants so many rows: in the place of title and composer, and above them.
    pub fn choice(&self, rows: impl Fn(u16) -> u16) -> Rect {
        let bottom = self.composer.bottom();
        let most = bottom.saturating_sub(self.chat.y);
        let rows = rows(most).max(self.composer.height + 1).min(most);
        Rect {
            y: bottom - rows,
            height: rows,
            ..self.chat
        }
    }

    /// Where the text is written, behind the prompt.
    pub fn text(&self) -> Rect {
        let Rect { x, y, width, height } = self.composer;
        Rect::new(x + PROMPT.min(width), y, width.saturating_sub(PROMPT), height)
    }
}

/// Rows that the composer always has: so that a second line moves nothing on a screen with room.
pub fn composer_rows_min(size: Size) -> u16 {
    match size.height {
        0..20 => 1,
        20..36 => 2,
        _ => 3,
    }
}

/// Rows that the composer may take.
pub fn composer_rows_max(size: Size) -> u16 {
    (size.height / 3).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(width: u16, height: u16, wanted: u16, chat: (u16, u16, u16, u16), composer_rows: u16) {
        let size = Size { width, height };
        let areas = Areas::of(size, wanted, |_| 0, 0);
        let Rect { x, y, width, height } = areas.chat;
        assert_eq!((x, y, width, height), chat, "chat");
        assert_eq!(areas.composer.height, composer_rows, "composer");
        let status = areas.status.map_or(0, |status| status.height);
        let rule = areas.header_rule.map_or(0, |rule| rule.height);
        let all = 1 + rule + areas.chat.height + status + 1 + areas.composer.height + 1;
        assert_eq!(all, size.height, "every row belongs to one part");
        assert_eq!(areas.chat.bottom() + status, areas.title.y);
    }

    #[test]
    fn a_question_takes_its_rows_from_the_thread_and_leaves_one() {
        let of = |height, rows| {
            let size = Size { width: 40, height };
            let areas = Areas::of(
                size,
                1,
                |columns| {
                    assert_eq!(columns, 38);
                    rows
                },
                0,
            );
            (areas.chat.height, areas.asked.map(|asked| (asked.y, asked.height)))
        };
        assert_eq!(of(24, 3), (14, Some((17, 3))));
        assert_eq!(of(12, 2), (4, Some((7, 2))));
        assert_eq!(of(12, 9), (1, Some((4, 5))));
        assert_eq!(of(8, 4), (1, Some((2, 3))));
        let areas = Areas::of(Size { width: 40, height: 12 }, 1, |_| 0, 0);
        assert_eq!(areas.choice(|_| 6), Rect::new(1, 5, 38, 6));
        assert_eq!(areas.choice(|most| most + 9), Rect::new(1, 2, 38, 9));
        assert_eq!(areas.choice(|_| 1), Rect::new(1, 9, 38, 2));
    }

    #[test]
    fn files_have_rows_between_the_rule_and_the_text() {
        let areas = Areas::of(Size { width: 80, height: 24 }, 1, |_| 0, 9);
        assert_eq!(areas.files, Some(Rect::new(1, 17, 78, 4)));
        assert_eq!((areas.title.y, areas.composer.y, areas.chat.bottom()), (16, 21, 15));
        let small = Areas::of(Size { width: 30, height: 8 }, 1, |_| 0, 2);
        assert_eq!(
            (small.files.unwrap().height, small.title.y, small.composer.y),
            (1, 4, 6)
        );
    }

    #[test]
    fn a_notice_pushes_the_thread_up_and_leaves_one_row_of_it() {
        let of = |height, rows| {
            let areas = Areas::of(Size { width: 80, height }, 1, |_| 0, 0).with_notice(rows);
            let status = areas.status.map(|status| (status.y, status.height));
            (areas.chat.height, status, areas.title.y)
        };
        assert_eq!(of(24, 0), (17, Some((19, 1)), 20));
        assert_eq!(of(24, 1), (17, Some((19, 1)), 20));
        assert_eq!(of(24, 4), (14, Some((16, 4)), 20));
        assert_eq!(of(24, 99), (1, Some((3, 17)), 20));
        // Without a row of its own it takes one as soon as it needs more than the footer has.
        assert_eq!(of(8, 2), (2, Some((3, 2)), 5));
    }

    #[test]
    fn parts_by_size() {
        check(80, 24, 1, (1, 2, 78, 17), 2);
        check(80, 24, 20, (1, 2, 78, 11), 8);
        check(120, 40, 1, (10, 2, 100, 32), 3);
        check(200, 60, 1, (50, 2, 100, 52), 3);
        check(99, 24, 1, (1, 2, 97, 17), 2);
        check(100, 24, 1, (1, 2, 98, 17), 2);
        check(103, 24, 1, (1, 2, 100, 17), 2);
        check(40, 12, 1, (1, 2, 38, 6), 1);
        check(50, 12, 9, (1, 2, 48, 3), 4);
        check(30, 8, 1, (1, 1, 28, 4), 1);
        check(30, 9, 3, (1, 1, 28, 3), 3);
    }
}
