//! The list of conversations.

use minicom_client::Section;
use minicom_protocol::{event::Author, summary::Summary};
use minicom_tui_kit::{Now, Shown, Theme, Who, text, time};
use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    style::{Modifier, Style},
};

use crate::{
    app::{App, Focus},
    layout::{THREE_PANES, TWO_PANES, WIDE_LIST},
    list::Item,
    view::{put, put_right, row_of},
    words::{self, Badge, LONG, TOO_LONG},
};

/// Columns of a waiting time, and of the time of the last line.
const TIME_COLUMNS: u16 = 5;
/// Columns of the number of messages, with a blank before it.
const MESSAGES_COLUMNS: u16 = 5;

/// Draws the list. Returns where the cursor stands, while the keys go here.
pub(super) fn draw(app: &App, area: Rect, buffer: &mut Buffer, now: Now) -> Option<Position> {
    let mut number = app.list.visible().next().map_or(0, |first| rows_before(app, first.0));
    let mut cursor = None;
    for (y, (item, line)) in (0..area.height).zip(app.list.visible()) {
        let row = row_of(area, y);
        match item {
            Item::Gap => {}
            Item::Title(section) => title(app, section, row, buffer, now),
            Item::Row(conversation) => {
                let Some(summary) = app.replica.summary(conversation) else {
                    continue;
                };
                number += usize::from(line == 0);
                match line {
                    0 => first_line(app, summary, number, row, buffer, now),
                    _ => last_words(app, summary, row, buffer),
                }
            }
        }
        if line == 0 && app.list.is_at_cursor(item) && app.focus == Focus::List {
            cursor = Some(row.as_position());
        }
    }
    if app.list.is_empty() {
        empty(app, area, buffer);
    }
    cursor.or((app.focus == Focus::List).then_some(area.as_position()))
}

fn rows_before(app: &App, first: Item) -> usize {
    let Item::Row(first) = first else {
        // Rows before a title that is the first in view.
        let in_view = app
            .list
            .visible()
            .filter(|(item, line)| matches!(item, Item::Row(_)) && *line == 0);
        let first_in_view = in_view.map(|(item, _)| item).next();
        return match first_in_view {
            Some(item @ Item::Row(_)) => rows_before(app, item),
            _ => 0,
        };
    };
    app.list.rows().position(|row| row == first).unwrap_or(0)
}

fn title(app: &App, section: Section, row: Rect, buffer: &mut Buffer, now: Now) {
    let theme = &app.theme;
    let count = app.list.count(section);
    let name = match section {
        Section::Waiting => "WAITING",
        Section::Mine => "MINE",
        Section::Bot => "BOT",
        Section::Others => "OTHERS",
        Section::Done => "DONE",
    };
    let more = if section == Section::Done && app.replica.has_more_closed() {
        "+"
    } else {
        ""
    };
    let mut words = format!("{name} {count}{more}");
    let has_room = app.size.width >= THREE_PANES || app.size.width < TWO_PANES;
    if section == Section::Waiting && has_room {
        let rows = app.replica.section(Section::Waiting);
        if let Some(oldest) = words::oldest(rows, app.server_time(now)) {
            words.push_str(&format!(" {} oldest {}", theme.signs().dot, time::waiting(oldest)));
        }
    }
    if app.list.is_foldable(section) {
        words.push_str(if app.list.is_folded(section) { " [+]" } else { " [-]" });
    }
    let has_keys = app.focus == Focus::List && app.list.section_at_cursor() == Some(section);
    let style = if has_keys { theme.focused_title() } else { theme.title() };
    let marker = if app.list.is_at_cursor(Item::Title(section)) {
        theme.signs().marker
    } else {
        " "
    };
    let x = put(buffer, row, row.x, marker, theme.title());
    put(buffer, row, x, &words, style);
}

fn first_line(app: &App, summary: &Summary, number: usize, row: Rect, buffer: &mut Buffer, now: Now) {
    let theme = &app.theme;
    let at_cursor = app.list.is_at_cursor(Item::Row(summary.conversation));
    let waited = words::waited(summary, app.server_time(now));
    let unread = app.unread(summary);

    let mut left = row;
    if app.size.width >= WIDE_LIST {
        put_right(buffer, left, &app.zone.clock(summary.last_at.0), theme.dim());
        left.width -= TIME_COLUMNS + 1;
        put_right(
            buffer,
            left,
            &text::truncate(&summary.message_count.to_string(), 4),
            theme.dim(),
        );
        left.width -= MESSAGES_COLUMNS;
    }
    if let Some(waited) = waited {
        put_right(buffer, left, &time::waiting(waited), waiting_style(waited, theme));
    }
    left.width -= TIME_COLUMNS + 1;
    let badge_columns = if app.size.width >= THREE_PANES { 6 } else { 4 };
    let badge = Badge::of(&summary.stage, app.me());
    let badge_area = Rect {
        x: left.right() - badge_columns,
        width: badge_columns,
        ..left
    };
    put(
        buffer,
        badge_area,
        badge_area.x,
        badge.word(),
        badge_style(&badge, theme),
    );
    left.width -= badge_columns + 2;
    let (count, count_style) = match (app.writing.has_draft(summary.conversation), unread) {
        (true, _) => (theme.signs().pencil.to_owned(), theme.warning()),
        (false, 0) => (String::new(), Style::new()),
        (false, unread) => {
            let words = if unread > 99 {
                "99+".to_owned()
            } else {
                unread.to_string()
            };
            // What the bot or a colleague deals with is counted, but does not call.
            let calls = matches!(badge, Badge::Waiting | Badge::You);
            (words, if calls { theme.unread() } else { theme.dim() })
        }
    };
    let count_begin = put_right(buffer, left, &count, count_style);
    left.width = count_begin - left.x - u16::from(!count.is_empty());

    let marker = if at_cursor { theme.signs().marker } else { " " };
    let mut x = put(buffer, left, left.x, marker, theme.title());
    let digit = if number <= 9 {
        number.to_string()
    } else {
        " ".to_owned()
    };
    x = put(buffer, left, x, &digit, theme.dim());
    let bold = at_cursor || unread > 0 && waited.is_some();
    let name_style = if bold { theme.title() } else { Style::new() };
    put(buffer, left, x + 1, summary.customer.name.shown().as_str(), name_style);
    if at_cursor && app.focus == Focus::List {
        buffer.set_style(row, theme.selected());
    }
    if app.closing_of(summary.conversation).is_some() {
        buffer.set_style(row, Style::new().add_modifier(Modifier::DIM));
    }
}

fn waiting_style(waited: i64, theme: &Theme) -> Style {
    match waited {
        TOO_LONG.. => theme.waiting_too_long(),
        LONG.. => theme.waiting_long(),
        _ => theme.waiting(),
    }
}

/// How a badge looks, in the list and above a chat.
pub(super) fn badge_style(badge: &Badge, theme: &Theme) -> Style {
    match badge {
        Badge::Waiting => theme.waiting(),
        Badge::Bot => theme.who(Who::Bot),
        Badge::You | Badge::Colleague(_) => theme.who(Who::Agent),
        Badge::Ended => theme.dim(),
    }
}

/// The last line of a chat, below its row.
fn last_words(app: &App, summary: &Summary, row: Rect, buffer: &mut Buffer) {
    let Some(last) = &summary.last_line else { return };
    let who = match &last.author {
        Author::Customer => String::new(),
        Author::Bot => "bot: ".to_owned(),
        Author::Agent { agent } if Some(agent.id) == app.me() => "you: ".to_owned(),
        Author::Agent { agent } => format!("{}: ", agent.name.shown()),
        Author::System => String::new(),
    };
    let words = format!("{who}{}", Shown::line(&last.excerpt));
    put(buffer, row, row.x + 5, &words, app.theme.dim());
}

fn empty(app: &App, area: Rect, buffer: &mut Buffer) {
    let words = match app.began {
        true => "Nobody is waiting. New chats appear here; the bell rings once.",
        false => "The conversations appear here once there is a connection.",
    };
    let columns = usize::from(area.width.saturating_sub(2));
    let lines = app.list.visible().count() + 1;
    let rows = (u16::try_from(lines).unwrap_or(u16::MAX)..area.height).zip(text::wrap(words, columns));
    for (y, range) in rows {
        put(buffer, row_of(area, y), area.x + 1, &words[range], app.theme.dim());
    }
}
