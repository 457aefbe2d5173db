//! The list of conversations: its titles, and which row stands on which line.

mod row;

use minicom_client::Section;
use minicom_protocol::intake::Priority;
use minicom_tui_kit::{Now, Shown, text, time};
use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
};

pub(super) use self::row::{badge_style, late_style};
use crate::{
    app::{App, Focus},
    facts,
    layout::{THREE_PANES, TWO_PANES},
    list::Item,
    view::{put, put_right, row_of},
};

/// Draws the list. Returns where the cursor stands, while the keys go here.
pub(super) fn draw(app: &App, area: Rect, buffer: &mut Buffer, now: Now) -> Option<Position> {
    let mut number = app.list.first_number().saturating_sub(1);
    let mut cursor = None;
    for (y, (item, line)) in (0..area.height).zip(app.list.visible()) {
        let row = row_of(area, y);
        match item {
            Item::Gap => {}
            Item::Filter => filter(app, row, buffer),
            Item::Title(section) => title(app, section, row, buffer, now),
            Item::Group(priority) => group(app, priority, row, buffer),
            Item::Row(conversation) => {
                // A tall row whose first line is above the top has its number all the same.
                number += usize::from(line == 0 || y == 0);
                if let Some(summary) = app.replica.summary(conversation) {
                    row::draw(app, summary, line, number, row, buffer, now);
                }
            }
        }
        if line == 0 && app.list.is_at_cursor(item) && app.focus == Focus::List {
            cursor = Some(row.as_position());
        }
    }
    empty(app, area, buffer);
    cursor.or((app.focus == Focus::List).then_some(area.as_position()))
}

/// A section's name and how many it has: of all that belong to it, those that fit the filter.
fn title(app: &App, section: Section, row: Rect, buffer: &mut Buffer, now: Now) {
    let theme = &app.theme;
    let count = app.list.count(section);
    let name = match section {
        Section::Waiting => "WAITING",
        Section::Mine => "MINE",
        Section::Snoozed => "SNOOZED",
        Section::Bot => "BOT",
        Section::Others => "OTHERS",
        Section::Done => "DONE",
    };
    let more = if section == Section::Done && app.replica.has_more_closed() {
        "+"
    } else {
        ""
    };
    let (fitting, folded) = (app.list.fitting(section), app.list.is_folded(section));
    let mut words = match fitting == count || folded {
        true => format!("{name} {count}{more}"),
        false => format!("{name} {fitting} of {count}{more}"),
    };
    let has_room = app.size.width >= THREE_PANES || app.size.width < TWO_PANES;
    if section == Section::Mine
        && let Some(capacity) = app.capacity().filter(|_| has_room && fitting == count)
    {
        words.push_str(&format!(" of {capacity}"));
    }
    if section == Section::Waiting
        && has_room
        && let Some(oldest) = app.list.overview().longest(app.server_time(now))
    {
        words.push_str(&format!(" {} oldest {}", theme.signs().dot, time::waiting(oldest)));
    }
    if app.list.is_foldable(section) {
        words.push_str(if folded { " [+]" } else { " [-]" });
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

/// By what rows are left out, or in which order they stand.
fn filter(app: &App, row: Rect, buffer: &mut Buffer) {
    let filter = app.list.filter();
    let only_order = app.list.order_only() == *filter;
    let mut left = row;
    if app.focus == Focus::List && row.width >= 28 && !only_order {
        let begin = put_right(buffer, row, "Esc clears ", app.theme.hint());
        left.width = begin.saturating_sub(row.x + 1);
    }
    let name = if only_order { " ORDER " } else { " FILTER " };
    let x = put(buffer, left, left.x, name, app.theme.warning());
    put(
        buffer,
        left,
        x,
        Shown::line(&filter.to_string()).as_str(),
        app.theme.title(),
    );
}

/// The title of a priority.
fn group(app: &App, priority: Priority, row: Rect, buffer: &mut Buffer) {
    let sign = facts::sign(priority);
    let gap = if sign.is_empty() { "" } else { " " };
    let all = app.list.fitting(Section::Waiting) == app.list.count(Section::Waiting);
    let count = match all {
        true => format!(" {}", app.list.overview().of_priority(priority)),
        false => String::new(),
    };
    let words = format!("  {sign}{gap}{}{count}", priority.word());
    put(buffer, row, row.x, &words, app.theme.dim());
}

/// Words where rows would be.
fn empty(app: &App, area: Rect, buffer: &mut Buffer) {
    let nothing_fits = Section::ALL.iter().all(|section| app.list.fitting(*section) == 0);
    let words = match (app.list.is_empty(), app.list.filter().is_plain()) {
        (true, _) if app.began => "Nobody is waiting. New chats appear here; the bell rings until somebody acts.",
        (true, _) => "The conversations appear here once there is a connection.",
        (false, false) if nothing_fits => "Nothing fits. Esc in the list shows all again.",
        _ => return,
    };
    let columns = usize::from(area.width.saturating_sub(2));
    let lines = app.list.visible().count() + 1;
    let rows = (u16::try_from(lines).unwrap_or(u16::MAX)..area.height).zip(text::wrap(words, columns));
    for (y, range) in rows {
        put(buffer, row_of(area, y), area.x + 1, &words[range], app.theme.dim());
    }
}
