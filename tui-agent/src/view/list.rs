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
    keys::Action,
    layout::{THREE_PANES, TWO_PANES},
    list::{self, Item, Part},
    view::{put, put_right, row_of},
};

/// Draws the list. Returns where the cursor stands, while the keys go here.
pub(super) fn draw(app: &App, area: Rect, buffer: &mut Buffer, now: Now) -> Option<Position> {
    let mut number = app.list.first_number().saturating_sub(1);
    let mut cursor = None;
    for (y, shown) in (0..area.height).zip(app.list.visible()) {
        let row = row_of(area, y);
        let (line, at_cursor) = (shown.line, shown.at_cursor);
        match shown.item {
            Item::Gap => {}
            Item::AsOf => as_of(app, row, buffer, now),
            Item::Filter => filter(app, row, buffer),
            Item::Title(part) => title(app, part, at_cursor, row, buffer, now),
            Item::Group(priority) => group(app, priority, row, buffer),
            Item::Row(conversation) => {
                // A tall row whose first line is above the top has its number all the same.
                number += usize::from(line == 0 || y == 0);
                if let Some(summary) = app.replica.summary(conversation) {
                    row::draw(app, summary, shown, number, row, buffer, now);
                }
            }
        }
        if line == 0 && at_cursor && app.focus == Focus::List {
            cursor = Some(row.as_position());
        }
    }
    empty(app, area, buffer);
    cursor.or((app.focus == Focus::List).then_some(area.as_position()))
}

/// What a part of the list is called, and how many it has. What there is no room for is said shorter: the numbers are never cut.
fn title(app: &App, part: Part, at_cursor: bool, row: Rect, buffer: &mut Buffer, now: Now) {
    let theme = &app.theme;
    let fold = match (app.list.is_foldable(part), app.list.is_folded(part)) {
        (false, _) => "",
        (true, true) => " [+]",
        (true, false) => " [-]",
    };
    let (name, oldest) = match part {
        Part::Section(section) => (section_title(app, section), oldest(app, section, now)),
        Part::View(view) => (view_title(app, view), String::new()),
    };
    let moving = app.list.moving(part).words();
    let forms = [oldest.as_str(), ""];
    let mut forms = forms.into_iter().flat_map(|oldest| {
        let name = &name;
        moving
            .into_iter()
            .map(move |moving| format!("{name}{moving}{oldest}{fold}"))
    });
    let room = usize::from(row.width.saturating_sub(1));
    let words = forms.find(|words| text::width(words) <= room);
    let words = words.unwrap_or_else(|| format!("{name}{fold}"));
    let has_keys = app.focus == Focus::List && app.list.part_at_cursor() == Some(part);
    let style = if has_keys { theme.focused_title() } else { theme.title() };
    let marker = if at_cursor { theme.signs().marker } else { " " };
    let x = put(buffer, row, row.x, marker, theme.title());
    put(buffer, row, x, &words, style);
}

/// A section's name and how many it has: of all that belong to it, those that fit the filter.
fn section_title(app: &App, section: Section) -> String {
    let count = app.list.count(section);
    let name = list::title(section);
    let more = if section == Section::Done && app.replica.has_more_closed() {
        "+"
    } else {
        ""
    };
    let fitting = app.list.fitting(section);
    let mut words = match fitting == count || app.list.is_folded(Part::Section(section)) {
        true => format!("{name} {count}{more}"),
        false => format!("{name} {fitting} of {count}{more}"),
    };
    if section == Section::Mine
        && let Some(capacity) = app.capacity().filter(|_| has_room(app) && fitting == count)
    {
        words.push_str(&format!(" of {capacity}"));
    }
    words
}

/// For how long the one who waits longest has waited.
fn oldest(app: &App, section: Section, now: Now) -> String {
    let longest = app.list.overview().longest(app.server_time(now));
    match longest.filter(|_| section == Section::Waiting && has_room(app)) {
        Some(oldest) => format!(" {} oldest {}", app.theme.signs().dot, time::waiting(oldest)),
        None => String::new(),
    }
}

/// Whether titles have room for more than a number.
fn has_room(app: &App) -> bool {
    app.size.width >= THREE_PANES || app.size.width < TWO_PANES
}

/// A view's name, as the agent wrote it, and how many it shows.
fn view_title(app: &App, view: usize) -> String {
    match app.list.views().get(view) {
        Some(view) if view.filter.is_none() => format!("{} not understood", view.name),
        Some(it) => format!("{} {}", it.name, it.count),
        None => String::new(),
    }
}

/// As of when all of it is.
fn as_of(app: &App, row: Rect, buffer: &mut Buffer, now: Now) {
    if let Some(wall) = app.shown_as_of() {
        let words = format!(" AS OF {} ", app.as_of_words(wall, now));
        let x = put(buffer, row, row.x, &words, app.theme.warning());
        put(buffer, row, x, "not live", app.theme.dim());
    }
}

/// By what rows are left out, or in which order they stand.
fn filter(app: &App, row: Rect, buffer: &mut Buffer) {
    let filter = app.list.filter();
    let only_order = app.list.order_only() == *filter;
    let mut left = row;
    if app.focus == Focus::List && row.width >= 28 && !only_order {
        let clears = format!("{} clears ", app.list_key_words(Action::Escape));
        let begin = put_right(buffer, row, &clears, app.theme.hint());
        left.width = begin.saturating_sub(row.x + 1);
    }
    let name = match app.list.view_shown() {
        Some(view) => format!(" VIEW {}: ", view.name),
        None if only_order => " ORDER ".to_owned(),
        None => " FILTER ".to_owned(),
    };
    let x = put(buffer, left, left.x, &name, app.theme.warning());
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
    let count = app.list.grouped(priority);
    let room = usize::from(row.width);
    let forms = app.list.moving_in(priority).words();
    let mut forms = forms.map(|moving| format!("  {sign}{gap}{} {count}{moving}", priority.word()));
    let fits = forms.iter().position(|words| text::width(words) <= room);
    let words = std::mem::take(&mut forms[fits.unwrap_or(2)]);
    put(buffer, row, row.x, &words, app.theme.dim());
}

/// Words where rows would be.
fn empty(app: &App, area: Rect, buffer: &mut Buffer) {
    let nothing_fits = Section::ALL.iter().all(|section| app.list.fitting(*section) == 0);
    // What fits no filter is shown all the same while the cursor stands on it.
    let stays = match app.list.rows().next() {
        Some(_) => "The row under the cursor stays until you leave it. ",
        None => "",
    };
    let all_again = format!(
        "Nothing fits. {stays}{} in the list shows all again.",
        app.list_key_words(Action::Escape)
    );
    let words = match (app.list.is_empty(), app.list.filter().is_plain()) {
        (true, _) if app.began => "Nobody is waiting. New chats appear here; the bell rings until somebody acts.",
        (true, _) => "The conversations appear here once there is a connection.",
        (false, false) if nothing_fits => &all_again,
        _ => return,
    };
    let columns = usize::from(area.width.saturating_sub(2));
    let lines = app.list.visible().count() + 1;
    let rows = (u16::try_from(lines).unwrap_or(u16::MAX)..area.height).zip(text::wrap(words, columns));
    for (y, range) in rows {
        put(buffer, row_of(area, y), area.x + 1, &words[range], app.theme.dim());
    }
}
