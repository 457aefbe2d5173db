//! The open thread and its composer.

use minicom_client::Section;
use minicom_protocol::{frame::Typist, stage::Stage, summary::Summary};
use minicom_tui_kit::{Now, Shown, Who, text, time};
use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    style::Style,
};

use crate::{
    app::App,
    layout::{ChatLayout, composer_text},
    view::{bars::titled_rule, list::badge_style, put, put_right, row_of},
    words::{self, Badge},
};

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
        let words = if chat.is_loaded() {
            "No messages yet."
        } else {
            "loading"
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
    if let Some(earlier) = summary.number.checked_sub(1).filter(|earlier| *earlier > 0) {
        let dot = theme.signs().dot;
        facts.push_str(&format!(
            " {dot} {}",
            words::count(earlier, "earlier chat", "earlier chats")
        ));
    }
    x += 3;
    put(buffer, left, x, &facts, theme.dim());
}

/// A notice, or who types.
pub(super) fn status(app: &App, row: Rect, buffer: &mut Buffer, now: Now) {
    if let Some(notice) = &app.notice {
        let style = if notice.error { app.theme.error() } else { Style::new() };
        put(buffer, row, row.x + 1, notice.words.as_str(), style);
    } else if let Some(words) = typing(app, now) {
        put(buffer, row, row.x + 1, &words, app.theme.dim());
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

/// What Enter will do, before anything is typed.
fn enter_does(app: &App, summary: &Summary, now: Now) -> (String, bool) {
    let dot = app.theme.signs().dot;
    let (live, since) = (app.is_live(), |at: i64| app.zone.clock(at));
    if let Some(held) = app.closing_of(summary.conversation) {
        let left = words::seconds_left(app.start + held.until, app.instant(now)).unwrap_or(0);
        return (format!("ends in {left} s {dot} F9 keeps it"), true);
    }
    let written = app.writing.get(summary.conversation);
    let anyway = written.is_some_and(|written| written.anyway);
    let composes = written.is_some_and(|written| !written.composer.is_empty());
    match &summary.stage {
        Stage::Closed { at, .. } => (format!("ended {} {dot} Enter sends nothing", since(at.0)), true),
        Stage::Active { agent, since: from } if !app.is_mine(summary) => (
            format!(
                "Taken by {} since {} {dot} Enter sends nothing",
                agent.name.shown(),
                since(from.0)
            ),
            true,
        ),
        Stage::Active { .. } if !live => ("no connection: kept here, sent when back".to_owned(), true),
        Stage::Bot | Stage::Waiting { .. } if !live => ("take over needs a connection".to_owned(), true),
        Stage::Active { .. } if anyway => ("Enter sends anyway".to_owned(), true),
        Stage::Bot | Stage::Waiting { .. } if anyway => ("Enter takes over + sends anyway".to_owned(), true),
        Stage::Active { .. } => ("Enter sends".to_owned(), false),
        Stage::Bot | Stage::Waiting { .. } if composes => ("Enter takes over + sends".to_owned(), false),
        Stage::Bot | Stage::Waiting { .. } => ("Enter takes over + sends".to_owned(), false),
    }
}

fn composer(app: &App, summary: &Summary, parts: &ChatLayout, buffer: &mut Buffer, now: Now) -> Option<Position> {
    let theme = &app.theme;
    let (does, warns) = enter_does(app, summary, now);
    let does_style = if warns { theme.warning() } else { theme.title() };
    let title = format!("Reply to {}", summary.customer.name.shown());
    let too_long = app
        .writing
        .get(summary.conversation)
        .and_then(|written| written.composer.too_long());
    let (does, does_style) = match too_long {
        Some(words) => (words.to_string(), theme.error()),
        None => (does, does_style),
    };
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
