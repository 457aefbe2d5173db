//! A conversation in the list. What does not fit gives way in this order: words become signs, then the name is cut; badge and time
//! stay where they are in every row, so that the eye finds them.

use std::time::Duration;

use minicom_protocol::{event::Author, event::Lateness, stage::Stage, summary::Summary};
use minicom_tui_kit::{Now, Shown, Theme, Who, text, time};
use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Modifier, Style},
};

use crate::{
    app::{App, Focus},
    facts,
    layout::{THREE_PANES, WIDE_LIST},
    list::Line,
    view::{put, put_right},
    words::{self, Badge},
};

/// Columns of a waiting time, and of the time of the last line.
const TIME_COLUMNS: u16 = 5;
/// Columns of the number of messages, with a blank before it.
const MESSAGES_COLUMNS: u16 = 5;
/// Columns before the name: marker, number, blank.
const NAME_BEGINS: u16 = 3;
/// Columns that a name keeps where signs want room.
const NAME_MIN: usize = 4;

/// Draws a line of a conversation; of tall rows the first has the name.
pub(in crate::view) fn draw(
    app: &App,
    summary: &Summary,
    shown: Line,
    number: usize,
    row: Rect,
    buffer: &mut Buffer,
    now: Now,
) {
    let waits_tall = summary.stage.is_waiting() && app.list.shape().waiting_row > 2;
    match (shown.line, waits_tall) {
        (0, _) => first_line(app, summary, shown.at_cursor, number, row, buffer, now),
        (1, true) => wishes(app, summary, row, buffer),
        _ => last_words(app, summary, row, buffer, summary.stage.is_waiting() && !waits_tall),
    }
}

fn first_line(app: &App, summary: &Summary, at_cursor: bool, number: usize, row: Rect, buffer: &mut Buffer, now: Now) {
    let theme = &app.theme;
    let conversation = summary.conversation;
    let unread = app.unread(summary);

    let left = right_columns(app, summary, row, buffer);
    let (count, count_style) = count(app, summary, unread);
    let name = summary.customer.name.shown();
    // Nobody hurries for what has ended.
    let sign = match summary.stage.is_open() {
        true => facts::sign(app.priority_shown(summary, now)),
        false => "",
    };
    let room = Room::of(app, left, &name, sign, &count);
    let parts = Parts::of(app, summary, room, now);
    let left = badge_and_time(app, summary, parts.late.as_ref(), left, buffer, now);

    let begin = put_right(buffer, left, &count, count_style);
    let mut left = Rect {
        width: begin - left.x - u16::from(!count.is_empty()),
        ..left
    };
    for (words, style) in parts.flags.iter().rev() {
        let begin = put_right(buffer, left, words, *style);
        left.width = begin.saturating_sub(left.x + 1);
    }

    let marker = if at_cursor { theme.signs().marker } else { " " };
    let mut x = put(buffer, left, left.x, marker, theme.title());
    x = match (app.list.is_marked(conversation), number) {
        (true, _) => put(buffer, left, x, "*", theme.warning()),
        (false, 1..=9) => put(buffer, left, x, &number.to_string(), theme.dim()),
        (false, _) => x + 1,
    };
    // The sign begins in the column of the blank: names are not moved far.
    x = put(buffer, left, x, sign, theme.warning());
    let calls = unread > 0 && words::waited(summary, app.server_time(now)).is_some();
    let name_style = if at_cursor || calls {
        theme.title()
    } else {
        Style::new()
    };
    put(buffer, left, x + 1, name.as_str(), name_style);

    let past = app.shown_as_of().is_some();
    if past || app.is_beyond_me(summary) || app.closing_of(conversation).is_some() {
        buffer.set_style(row, Style::new().add_modifier(Modifier::DIM));
    }
    if at_cursor && app.focus == Focus::List {
        buffer.set_style(row, theme.selected());
    }
}

/// Where the list is wide: how many messages, and when the last was written. Returns what is left of the row.
fn right_columns(app: &App, summary: &Summary, row: Rect, buffer: &mut Buffer) -> Rect {
    let mut left = row;
    if app.size.width >= WIDE_LIST {
        put_right(buffer, left, &app.zone.clock(summary.last_at.0), app.theme.dim());
        left.width -= TIME_COLUMNS + 1;
        let messages = text::truncate(&summary.message_count.to_string(), 4);
        put_right(buffer, left, &messages, app.theme.dim());
        left.width -= MESSAGES_COLUMNS;
    }
    left
}

fn badge_columns(app: &App) -> u16 {
    if app.size.width >= THREE_PANES { 6 } else { 4 }
}

/// Draws who has it, and for how long somebody waits; where lateness has no room of its own it takes their place. Returns what is
/// left of the row.
fn badge_and_time(
    app: &App,
    summary: &Summary,
    late: Option<&(Lateness, String)>,
    left: Rect,
    buffer: &mut Buffer,
    now: Now,
) -> Rect {
    let theme = &app.theme;
    let server = app.server_time(now);
    let badge = Badge::of(&summary.stage, app.me());
    let waited = words::waited(summary, server);
    let (word, style, time, time_style) = match (late, &summary.stage) {
        (Some((lateness, words)), _) => {
            let (word, time) = words.split_once(' ').unwrap_or((words, ""));
            let style = late_style(*lateness, theme);
            (word.to_owned(), style, time.to_owned(), style)
        }
        (None, Stage::Snoozed { until, .. }) if badge == Badge::Aside => {
            let until = until.map_or("reply".to_owned(), |it| facts::until(it.0, server.0, &app.zone));
            ("till".to_owned(), theme.dim(), until, theme.dim())
        }
        _ => {
            let time = waited.map_or(String::new(), time::waiting);
            let time_style = waited.map_or(Style::new(), |waited| waiting_style(waited, app));
            (badge.word().to_owned(), badge_style(&badge, theme), time, time_style)
        }
    };
    put_right(buffer, left, &time, time_style);
    let mut left = left;
    left.width -= TIME_COLUMNS + 1;
    let columns = badge_columns(app);
    let area = Rect {
        x: left.right() - columns,
        width: columns,
        ..left
    };
    put(buffer, area, area.x, &word, style);
    left.width -= columns + 2;
    left
}

/// Unread lines, or that something is being written.
fn count(app: &App, summary: &Summary, unread: u64) -> (String, Style) {
    let theme = &app.theme;
    if app.writing.has_draft(summary.conversation) {
        return (theme.signs().pencil.to_owned(), theme.warning());
    }
    let words = match unread {
        0 => return (String::new(), Style::new()),
        1..=99 => unread.to_string(),
        _ => "99+".to_owned(),
    };
    // What the bot or a colleague deals with is counted, but does not call.
    let calls = matches!(Badge::of(&summary.stage, app.me()), Badge::Waiting | Badge::You);
    (words, if calls { theme.unread() } else { theme.dim() })
}

/// Columns that the name leaves to others.
#[derive(Debug, Clone, Copy)]
struct Room {
    /// Beside the whole name.
    words: usize,
    /// Beside a name that is cut.
    signs: usize,
}

impl Room {
    fn of(app: &App, left: Rect, name: &Shown, sign: &str, count: &str) -> Room {
        let fixed = NAME_BEGINS + TIME_COLUMNS + 1 + badge_columns(app) + 2;
        let taken = usize::from(fixed) + blank_and(count) + sign.len();
        let room = usize::from(left.width).saturating_sub(taken);
        let name = text::width(name.as_str());
        Room {
            words: room.saturating_sub(name),
            signs: room.saturating_sub(name.min(NAME_MIN)),
        }
    }
}

fn blank_and(words: &str) -> usize {
    match text::width(words) {
        0 => 0,
        columns => columns + 1,
    }
}

/// What a row tells between name and badge.
#[derive(Debug, Default)]
struct Parts {
    flags: Vec<(String, Style)>,
    /// Lateness that found no room here.
    late: Option<(Lateness, String)>,
}

impl Parts {
    fn of(app: &App, summary: &Summary, mut room: Room, now: Now) -> Parts {
        let theme = &app.theme;
        let mut parts = Parts::default();
        if let Some((lateness, words)) = facts::lateness(summary, app.server_time(now)) {
            let columns = blank_and(&words);
            let badge = Badge::of(&summary.stage, app.me());
            if columns <= room.words {
                room = room.less(columns);
                parts.flags.push((words, late_style(lateness, theme)));
            } else if matches!(badge, Badge::Waiting | Badge::You) {
                parts.late = Some((lateness, words));
            }
        }
        let flags = facts::flags(app, summary, now);
        for (place, flag) in flags.iter().enumerate() {
            let style = if flag.calls { theme.warning() } else { theme.dim() };
            let others = 2 * (flags.len() - place - 1);
            let columns = blank_and(flag.words.as_str());
            if columns + others <= room.words {
                room = room.less(columns);
                parts.flags.push((flag.words.to_string(), style));
            } else if room.signs >= 2 && !parts.flags.iter().any(|(it, _)| it == flag.sign) {
                room = room.less(2);
                parts.flags.push((flag.sign.to_owned(), style));
            }
        }
        parts
    }
}

impl Room {
    fn less(self, columns: usize) -> Room {
        Room {
            words: self.words.saturating_sub(columns),
            signs: self.signs.saturating_sub(columns),
        }
    }
}

/// Why a person is wanted and what is wanted of the person, what it is about, its tags.
fn wishes(app: &App, summary: &Summary, row: Rect, buffer: &mut Buffer) {
    let mut facts = facts::wants(summary);
    facts.extend(summary.intake.subject.as_ref().map(|it| it.shown().to_string()));
    facts.extend(summary.tags.iter().map(|tag| format!("#{}", tag.shown())));
    let words = facts.join(&format!(" {} ", app.theme.signs().dot));
    put(buffer, row, row.x + NAME_BEGINS + 2, &words, app.theme.dim());
}

/// The last line of a chat, below its row; before it, where there is no line for them, the wishes that are not on every row.
fn last_words(app: &App, summary: &Summary, row: Rect, buffer: &mut Buffer, with_needs: bool) {
    let mut words: Vec<String> = match with_needs {
        true => facts::needs(summary),
        false => Vec::new(),
    };
    if let Some(last) = &summary.last_line {
        let who = match &last.author {
            Author::Customer | Author::System => String::new(),
            Author::Bot => "bot: ".to_owned(),
            Author::Agent { agent } if Some(agent.id) == app.me() => "you: ".to_owned(),
            Author::Agent { agent } => format!("{}: ", agent.name.shown()),
        };
        words.push(format!("{who}{}", Shown::line(&last.excerpt)));
    }
    let words = words.join(&format!(" {} ", app.theme.signs().dot));
    put(buffer, row, row.x + NAME_BEGINS + 2, &words, app.theme.dim());
}

fn waiting_style(waited: i64, app: &App) -> Style {
    let (theme, waited) = (&app.theme, Duration::from_micros(u64::try_from(waited).unwrap_or(0)));
    match waited {
        _ if waited >= app.habits.too_long => theme.waiting_too_long(),
        _ if waited >= app.habits.long => theme.waiting_long(),
        _ => theme.waiting(),
    }
}

/// How lateness looks, in the list and above a chat.
pub(in crate::view) fn late_style(lateness: Lateness, theme: &Theme) -> Style {
    match lateness {
        Lateness::Late => theme.error(),
        Lateness::LateSoon | Lateness::InTime => theme.warning(),
    }
}

/// How a badge looks, in the list and above a chat.
pub(in crate::view) fn badge_style(badge: &Badge, theme: &Theme) -> Style {
    match badge {
        Badge::Waiting => theme.waiting(),
        Badge::Bot => theme.who(Who::Bot),
        Badge::You | Badge::Colleague(_) => theme.who(Who::Agent),
        Badge::Aside | Badge::Ended => theme.dim(),
    }
}
