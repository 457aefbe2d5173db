//! Where things stand on a screen of a size. Pure arithmetic; it refuses to know what is drawn.

use ratatui::layout::{Rect, Size};

/// Columns below which there is one pane at a time.
pub const TWO_PANES: u16 = 60;
/// Columns from which the details have a pane of their own.
pub const THREE_PANES: u16 = 100;
/// Columns from which the list tells messages and the time of the last.
pub const WIDE_LIST: u16 = 140;
/// Columns from which the list has the last line of each chat.
pub const TALL_ROWS: u16 = 160;
/// Rows from which there is always a row for who types and for notices.
pub const STATUS_ROWS: u16 = 14;
/// Rows from which tall rows of the queue also tell why a person is wanted.
pub const WISH_ROWS: u16 = 40;
/// Rows of the transcript that what goes with a text leaves.
const READ_ROWS_MIN: u16 = 2;
/// Columns of text at most.
const TEXT_MAX: u16 = 100;

/// What is to be laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wishes {
    /// With one pane: whether it is the list.
    pub list: bool,
    /// Whether the agent wants the details; `None` if nothing was said.
    pub details: Option<bool>,
    /// Rows that the composer wants.
    pub composer: u16,
    /// Rows that are wanted for what goes with the text.
    pub with: u16,
    /// Rows of what fits what the customer wrote.
    pub fits: u16,
    /// Whether there are words for the status row.
    pub status: bool,
}

/// Where things stand. Areas that have no room are absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    /// The whole screen.
    pub screen: Rect,
    /// The first row.
    pub header: Rect,
    /// The rule below it.
    pub rule: Option<Rect>,
    /// The list.
    pub list: Option<Rect>,
    /// With the list alone: the row for notices.
    pub list_status: Option<Rect>,
    /// The chat.
    pub chat: Option<ChatLayout>,
    /// The details.
    pub details: Option<Rect>,
    /// Whether the details lie over the chat.
    pub details_over_chat: bool,
    /// Columns of the bars between panes.
    pub bars: [Option<u16>; 2],
    /// The last row.
    pub footer: Rect,
}

/// Where the parts of a chat stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChatLayout {
    /// All of it.
    pub area: Rect,
    /// Name, facts and badge.
    pub head: Rect,
    /// The rule below them.
    pub head_rule: Option<Rect>,
    /// What can be read.
    pub transcript: Rect,
    /// Who types, or a notice.
    pub status: Option<Rect>,
    /// What fits what the customer wrote. Of no height where there is nothing, or no room.
    pub fits: Rect,
    /// The rule above the composer, which tells what Enter does.
    pub title: Rect,
    /// What goes with the text: a quote, an article, how it reads. Of no height where there is nothing, or no room.
    pub with: Rect,
    /// The composer, with its sign.
    pub composer: Rect,
}

impl Layout {
    /// Where the help lies: over everything but header and footer.
    pub fn help(&self) -> Rect {
        let top = self.header.bottom();
        Rect {
            y: top,
            height: self.footer.y.saturating_sub(top),
            ..self.screen
        }
    }

    /// Where something of so many rows lies above the composer and over it; below the name of whoever is open, if there is room.
    pub fn over(&self, rows: u16) -> Rect {
        let area = match (&self.chat, self.list) {
            (Some(chat), _) => Rect {
                y: chat.transcript.y,
                height: chat.area.bottom().saturating_sub(chat.transcript.y),
                ..chat.area
            },
            (None, Some(list)) => Rect {
                height: self.footer.y.saturating_sub(list.y),
                ..list
            },
            (None, None) => self.help(),
        };
        cut_bottom(area, rows).1
    }
}

/// Lays a screen out.
pub fn layout(size: Size, wishes: Wishes) -> Layout {
    let screen = Rect::new(0, 0, size.width, size.height);
    let header = row(screen, 0);
    let footer = row(screen, size.height.saturating_sub(1));
    let rule = (size.height >= 10).then(|| row(screen, 1));
    let top = 1 + u16::from(rule.is_some());
    let body = Rect::new(0, top, size.width, size.height.saturating_sub(top + 1));
    let mut layout = Layout {
        screen,
        header,
        rule,
        list: None,
        list_status: None,
        chat: None,
        details: None,
        details_over_chat: false,
        bars: [None; 2],
        footer,
    };
    if size.width < TWO_PANES {
        one_pane(&mut layout, body, wishes);
    } else {
        several_panes(&mut layout, body, wishes);
    }
    layout
}

fn one_pane(layout: &mut Layout, body: Rect, wishes: Wishes) {
    // Details were asked for, be it from the list: a key that changes nothing to be seen would be a riddle.
    if wishes.details == Some(true) {
        (layout.details, layout.details_over_chat) = (Some(body), true);
        layout.chat = Some(chat(body, layout.screen, wishes));
    } else if wishes.list {
        let (list, status) = cut_bottom(body, 1);
        (layout.list, layout.list_status) = (Some(list), Some(status));
    } else {
        layout.chat = Some(chat(body, layout.screen, wishes));
    }
}

fn several_panes(layout: &mut Layout, body: Rect, wishes: Wishes) {
    let columns = list_columns(body.width);
    layout.list = Some(Rect { width: columns, ..body });
    layout.bars[0] = Some(columns);
    let mut rest = Rect {
        x: columns + 1,
        width: body.width - columns - 1,
        ..body
    };
    if body.width >= THREE_PANES && wishes.details != Some(false) {
        let details = if body.width >= TALL_ROWS { 50 } else { 29 };
        rest.width -= details + 1;
        layout.bars[1] = Some(rest.right());
        layout.details = Some(Rect {
            x: rest.right() + 1,
            width: details,
            ..body
        });
    } else if body.width < THREE_PANES && wishes.details == Some(true) {
        (layout.details, layout.details_over_chat) = (Some(rest), true);
    }
    layout.chat = Some(chat(rest, layout.screen, wishes));
}

/// Columns of the list.
pub fn list_columns(columns: u16) -> u16 {
    match columns {
        TALL_ROWS.. => 42,
        WIDE_LIST.. => 38,
        THREE_PANES.. => 28,
        TWO_PANES.. => 25,
        _ => columns,
    }
}

fn chat(area: Rect, screen: Rect, wishes: Wishes) -> ChatLayout {
    let (head, rest) = cut_top(area, 1);
    let (head_rule, rest) = match screen.height {
        14.. => {
            let (rule, rest) = cut_top(rest, 1);
            (Some(rule), rest)
        }
        _ => (None, rest),
    };
    let least = match screen.height {
        30.. => 3,
        14.. => 2,
        _ => 1,
    };
    let most = composer_rows_max(screen.height);
    let (rest, composer) = cut_bottom(rest, wishes.composer.clamp(least.min(most), most));
    let has_status = screen.height >= STATUS_ROWS || wishes.status;
    // What is read keeps a few rows, whatever is written; beside one of them stands in any case what goes with the text.
    let others = 1 + u16::from(has_status);
    let least = u16::from(rest.height > others + 1);
    let with = wishes
        .with
        .min(rest.height.saturating_sub(READ_ROWS_MIN + others).max(least));
    let (rest, with) = cut_bottom(rest, with);
    let (rest, title) = cut_bottom(rest, 1);
    let fits = wishes.fits.min(rest.height.saturating_sub(READ_ROWS_MIN + 1));
    let (rest, fits) = cut_bottom(rest, fits);
    let (transcript, status) = if has_status {
        let (transcript, status) = cut_bottom(rest, 1);
        (transcript, Some(status))
    } else {
        (rest, None)
    };
    ChatLayout {
        area,
        head,
        head_rule,
        transcript: Rect {
            width: transcript.width.min(TEXT_MAX),
            ..transcript
        },
        status,
        fits,
        title,
        with,
        composer,
    }
}

/// Rows of the composer at most: a third of the screen.
pub fn composer_rows_max(rows: u16) -> u16 {
    (rows / 3).max(1)
}

/// Where the text of the composer stands: its sign is before it.
pub fn composer_text(composer: Rect) -> Rect {
    Rect {
        x: composer.x + 2.min(composer.width),
        width: composer.width.saturating_sub(3),
        ..composer
    }
}

fn row(screen: Rect, y: u16) -> Rect {
    Rect { y, height: 1, ..screen }
}

fn cut_top(area: Rect, rows: u16) -> (Rect, Rect) {
    let rows = rows.min(area.height);
    let rest = Rect {
        y: area.y + rows,
        height: area.height - rows,
        ..area
    };
    (Rect { height: rows, ..area }, rest)
}

fn cut_bottom(area: Rect, rows: u16) -> (Rect, Rect) {
    let rows = rows.min(area.height);
    let rest = Rect {
        height: area.height - rows,
        ..area
    };
    let bottom = Rect {
        y: rest.bottom(),
        height: rows,
        ..area
    };
    (rest, bottom)
}

#[cfg(test)]
#[path = "layout_tests.rs"]
mod tests;
