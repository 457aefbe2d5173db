//! The header: title, who is with the customer, how the connection stands, the name. What has no room goes in order of
//! importance: the state stays.

use minicom_client::ConnState;
use minicom_protocol::gate::Shown;
use minicom_tui_kit::{
    DeskColour, Now,
    text::{truncate, width},
};
use ratatui::{buffer::Buffer, layout::Rect, style::Style};

use crate::{actions::Action, layout::NARROW, model::App, told, view::put};

const TITLE: &str = "Support";
/// Columns of the desk's name.
const TITLE_COLUMNS_MAX: usize = 24;
/// Columns that a line under it leaves for who is there.
const WHO_COLUMNS: usize = 24;
/// Columns of that line below which a part of it says nothing.
const SUBTITLE_COLUMNS_MIN: usize = 16;
/// Columns between two facts.
const GAP: usize = 3;
/// Between left and right at least.
const APART: usize = 2;

pub(super) fn draw(app: &App, area: Rect, buffer: &mut Buffer, now: Now) {
    let columns = usize::from(area.width);
    let narrow = area.width < NARROW;
    let name = match narrow {
        true => String::new(),
        false => truncate(app.name.shown().as_str(), columns / 4),
    };
    let title = if narrow { Shown::default() } else { title(app) };
    let who = told::who(&app.replica, &app.zone);
    // On a narrow screen who is there says more than when the next attempt is.
    let must = if narrow { who.last().unwrap_or(&title) } else { &title };
    let states = states(app, now);
    let fits = |state: &&String| 1 + width(must.as_str()) + APART + right_columns(state, &name) <= columns;
    let state = states.iter().find(fits).or(states.last());
    let state = state.map_or("", String::as_str);
    let right = right_columns(state, &name);

    let mut x = 1;
    if let Some(patch) = colour(app) {
        put(buffer, area, 0, " ", patch);
        x += usize::from(!narrow);
    }
    if !title.is_empty() {
        put_at(buffer, area, x, title.as_str(), app.theme.title());
        x += width(title.as_str()) + GAP;
    }
    let mut room = columns.saturating_sub(x + APART + right);
    let under = if narrow { Shown::default() } else { subtitle(app, room) };
    if !under.is_empty() {
        put_at(buffer, area, x, under.as_str(), app.theme.dim());
        let taken = width(under.as_str()) + GAP;
        (x, room) = (x + taken, room - taken);
    }
    let who = told::fitting(&who, room);
    if width(who.as_str()) <= room || narrow {
        put_at(buffer, area, x, &truncate(who.as_str(), room), Style::new());
    }
    x = columns.saturating_sub(right);
    let style = match &app.state {
        ConnState::Live => app.theme.good(),
        ConnState::Connecting => app.theme.dim(),
        _ => app.theme.warning(),
    };
    put_at(buffer, area, x, state, style);
    if !name.is_empty() {
        put_at(buffer, area, x + width(state) + GAP, &name, Style::new());
    }
}

/// Columns of the right side, with one free at the edge.
fn right_columns(state: &str, name: &str) -> usize {
    let name = if name.is_empty() { 0 } else { GAP + width(name) };
    width(state) + name + 1
}

fn put_at(buffer: &mut Buffer, area: Rect, column: usize, words: &str, style: Style) {
    put(buffer, area, u16::try_from(column).unwrap_or(u16::MAX), words, style);
}

/// The desk's name, as soon as it is known.
fn title(app: &App) -> Shown {
    let desk = app.replica.me().map(|me| Shown::line(&me.desk).cut(TITLE_COLUMNS_MAX));
    desk.filter(|desk| !desk.as_str().trim().is_empty())
        .unwrap_or(Shown::fixed(TITLE))
}

/// The line under the desk's name, beside it, where room is left for who is there. It does not depend on who that is: nothing moves
/// because somebody comes.
fn subtitle(app: &App, room: usize) -> Shown {
    let room = room.saturating_sub(WHO_COLUMNS + GAP);
    let line = app
        .replica
        .me()
        .map(|me| Shown::line(me.subtitle.trim()))
        .unwrap_or_default();
    match width(line.as_str()) <= room || room >= SUBTITLE_COLUMNS_MIN {
        true => line.cut(room),
        false => Shown::default(),
    }
}

/// The desk's colour, if it has one and there are colours.
fn colour(app: &App) -> Option<Style> {
    DeskColour::parse(&app.replica.me()?.colour)?.patch(&app.theme)
}

/// How the connection stands, the longest form first.
fn states(app: &App, now: Now) -> Vec<String> {
    let dot = app.theme.signs().dot;
    let now_by = match super::hint(app, Action::Reconnect) {
        key if key.is_empty() => String::new(),
        key => format!(" {dot} {key} now"),
    };
    let left = app
        .until_retry(now)
        .map(|left| left.as_secs() + u64::from(left.subsec_nanos() > 0));
    match &app.state {
        ConnState::Connecting => vec!["connecting".to_owned()],
        ConnState::Live => vec!["live".to_owned()],
        ConnState::Reconnecting { .. } => match left {
            Some(left) => vec![format!("reconnecting {left}s{now_by}"), format!("reconnecting {left}s")],
            None => vec!["reconnecting".to_owned()],
        },
        ConnState::Offline { since, .. } => {
            let since = app.zone.clock(micros(*since));
            let short = format!("offline since {since}");
            match left {
                Some(left) => vec![
                    format!("{short} {dot} next try in {left}s{now_by}"),
                    format!("{short}{now_by}"),
                    short,
                ],
                None => vec![format!("{short} {dot} trying"), short],
            }
        }
        ConnState::Untrusted { .. } => vec!["certificate not accepted".to_owned(), "not accepted".to_owned()],
        ConnState::Draining { .. } => vec!["server restarts, back soon".to_owned(), "server restarts".to_owned()],
        ConnState::SignedOut | ConnState::WrongVersion { .. } | ConnState::Refused(_) => vec!["ended".to_owned()],
    }
}

fn micros(time: std::time::SystemTime) -> i64 {
    let since = time.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}
