//! The open thread and its composer.

use minicom_client::Section;
use minicom_protocol::{frame::Typist, stage::Stage, summary::Summary};
use minicom_tui_kit::{Now, Shown, Who, text, time};
use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    style::Style,
    widgets::{Clear, Widget},
};

use crate::{
    app::App,
    layout::{ChatLayout, composer_text},
    view::{bars::titled_rule, list::badge_style, put, put_right, row_of},
    words::{self, Badge},
};

/// Rows of a notice at most.
const NOTICE_ROWS_MAX: usize = 3;

/// Draws the chat. Returns where the composer's cursor stands.
pub(super) fn draw(app: &App, parts: &ChatLayout, buffer: &mut Buffer, now: Now) -> Option<Position> {
    let (Some(chat), Some(summary)) = (&app.chat, app.summary()) else {
        nothing_open(app, parts, buffer);
        if let Some(area) = parts.status {
            status(app, area, buffer, now);
        }
        return None;
    };
    head(app, summary, parts.head, buffer, now);
    if let Some(rule) = parts.head_rule {
        let words = app.theme.signs().rule.repeat(usize::from(rule.width));
        put(buffer, rule, rule.x, &words, app.theme.dim());
    }
    chat.transcript.view(parts.transcript, buffer, &app.theme, now.wall);
    if chat.transcript.is_empty() {
        let words = match (chat.is_loaded(), app.is_live()) {
            (true, _) => "No messages yet.",
            (false, true) => "loading",
            (false, false) => "This chat is shown when there is a connection.",
        };
        let row = row_of(parts.transcript, parts.transcript.height / 2);
        centred(buffer, row, words, app.theme.dim());
    }
    if let Some(area) = parts.status {
        status(app, area, buffer, now);
    }
    composer(app, summary, parts, buffer, now)
}

fn nothing_open(app: &App, parts: &ChatLayout, buffer: &mut Buffer) {
    let row = row_of(parts.transcript, parts.transcript.height / 2);
    let words = match (app.began, app.list.is_empty(), app.list.count(Section::Waiting)) {
        (false, ..) | (true, true, _) => "",
        (true, false, 0) => "Choose a conversation: j, k or its number",
        (true, false, _) => "Press n to take the next customer",
    };
    centred(buffer, row, words, app.theme.dim());
}

fn centred(buffer: &mut Buffer, row: Rect, words: &str, style: Style) {
    let columns = u16::try_from(text::width(words)).unwrap_or(u16::MAX).min(row.width);
    put(buffer, row, row.x + (row.width - columns) / 2, words, style);
}

/// Name, where it stands, and who has it.
fn head(app: &App, summary: &Summary, row: Rect, buffer: &mut Buffer, now: Now) {
    let theme = &app.theme;
    let badge = Badge::of(&summary.stage, app.me());
    let waited = words::waited(summary, app.server_time(now));
    let right = match waited {
        Some(waited) => format!("{} {} ", badge.word(), time::waiting(waited)),
        None => format!("{} ", badge.word()),
    };
    let begin = put_right(buffer, row, &right, badge_style(&badge, theme));
    let left = Rect {
        width: begin.saturating_sub(row.x + 1),
        ..row
    };
    let name = summary.customer.name.shown();
    let mut x = put(buffer, left, left.x + 1, name.as_str(), theme.who(Who::Customer));
    let mut facts = words::stage(&summary.stage, app.me(), &app.zone);
    if summary.number > 1 {
        facts.push_str(&format!(" {} chat {}", theme.signs().dot, summary.number));
    }
    x += 3;
    put(buffer, left, x, &facts, theme.dim());
}

/// A notice, or who types. Words that need more than the row lie over the rows above it for as long as they stand: nothing moves.
pub(super) fn status(app: &App, row: Rect, buffer: &mut Buffer, now: Now) {
    let Some(notice) = &app.notice else {
        if let Some(words) = typing(app, now) {
            put(buffer, row, row.x + 1, &words, app.theme.dim());
        }
        return;
    };
    let style = if notice.error { app.theme.error() } else { Style::new() };
    let words = notice.words.as_str();
    let lines = text::wrap(words, usize::from(row.width.saturating_sub(2)).max(1));
    let shown = lines.len().min(NOTICE_ROWS_MAX);
    for (above, range) in lines[..shown].iter().rev().enumerate() {
        let line = Rect {
            y: row.y.saturating_sub(u16::try_from(above).unwrap_or(0)),
            ..row
        };
        Clear.render(line, buffer);
        put(buffer, line, line.x + 1, &words[range.clone()], style);
    }
}

fn typing(app: &App, now: Now) -> Option<String> {
    let summary = app.summary()?;
    let typists = app.replica.typing(summary.conversation, app.instant(now));
    let mut names: Vec<Shown> = typists
        .into_iter()
        .map(|typist| match typist {
            Typist::Customer => summary.customer.name.shown(),
            Typist::Bot => Shown::fixed("bot"),
            Typist::Agent { agent } => agent.name.shown(),
        })
        .collect();
    names.sort();
    match names.as_slice() {
        [] => None,
        [one] => Some(format!("{one} is typing")),
        [first, .., last] => Some(format!("{first} and {last} are typing")),
    }
}

/// What Enter will do, before anything is typed: in forms that get shorter, and whether it is worth a warning.
fn enter_does(app: &App, summary: &Summary, now: Now) -> (Vec<String>, bool) {
    let dot = app.theme.signs().dot;
    let clock = |at: i64| app.zone.clock(at);
    let forms = |long: String, short: &str| vec![long, short.to_owned()];
    if let Some(held) = app.closing_of(summary.conversation) {
        let left = words::seconds_left(app.start + held.until, app.instant(now)).unwrap_or(0);
        let short = format!("ends in {left} s");
        return (vec![format!("{short} {dot} F9 undoes"), short], true);
    }
    let written = app.writing.get(summary.conversation);
    if let Some(words) = written.and_then(|written| written.composer.too_long()) {
        return (forms(words.to_string(), "too long to send"), true);
    }
    let anyway = written.is_some_and(|written| written.anyway);
    let unowned = matches!(summary.stage, Stage::Bot | Stage::Waiting { .. });
    match &summary.stage {
        Stage::Closed { at, .. } => {
            let short = format!("ended {}", clock(at.0));
            (vec![format!("{short} {dot} Enter sends nothing"), short], true)
        }
        Stage::Active { agent, since } | Stage::Snoozed { agent, since, .. } if !app.is_mine(summary) => {
            let short = format!("Taken by {} since {}", agent.name.shown().cut(20), clock(since.0));
            (vec![format!("{short} {dot} Enter sends nothing"), short], true)
        }
        _ if unowned && app.may_not_take(summary.conversation).is_some() => {
            let words = app.may_not_take(summary.conversation).unwrap_or_default();
            let words = words.trim_end_matches('.');
            let short = words.replace("You may not take this", "not for you");
            (vec![words.to_owned(), short, "not for you".to_owned()], true)
        }
        _ if unowned && !app.is_live() => (forms("take over needs a connection".to_owned(), "no connection"), true),
        _ if !app.is_live() => (
            forms(
                "no connection: kept here, sent when back".to_owned(),
                "kept here, sent when back",
            ),
            true,
        ),
        _ if unowned && anyway => (
            forms("Enter takes over + sends anyway".to_owned(), "Enter sends anyway"),
            true,
        ),
        _ if anyway => (vec!["Enter sends anyway".to_owned()], true),
        _ if unowned => (forms("Enter takes over + sends".to_owned(), "Enter takes over"), false),
        _ => (vec!["Enter sends".to_owned()], false),
    }
}

fn composer(app: &App, summary: &Summary, parts: &ChatLayout, buffer: &mut Buffer, now: Now) -> Option<Position> {
    let theme = &app.theme;
    let (does, warns) = enter_does(app, summary, now);
    let does_style = if warns { theme.warning() } else { theme.title() };
    let title = format!("Reply to {}", summary.customer.name.shown());
    titled_rule(app, parts.title, buffer, (&title, theme.title()), (&does, does_style));
    let row = row_of(parts.composer, 0);
    put(buffer, row, row.x + 1, theme.signs().prompt, theme.dim());
    let area = composer_text(parts.composer);
    let written = app.writing.get(summary.conversation);
    let placeholder = Shown::fixed(if app.is_composing() {
        "Type a reply"
    } else {
        "Enter to write"
    });
    match written {
        Some(written) => Some(written.composer.view(area, buffer, theme, &placeholder)),
        None => {
            put(buffer, row_of(area, 0), area.x, placeholder.as_str(), theme.dim());
            Some(area.as_position())
        }
    }
}
