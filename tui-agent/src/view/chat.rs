//! The open thread and its composer.

use minicom_client::Section;
use minicom_protocol::{context::AccountStatus, frame::Typist, people::Realm, summary::Summary};
use minicom_tui_kit::{
    Now, Shown, Who, text, time,
    transcript::{self, EntryKey},
};
use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    style::Style,
    widgets::{Clear, Widget},
};

use crate::{
    app::App,
    facts,
    keys::Action,
    layout::ChatLayout,
    view::{
        found,
        list::{badge_style, late_style},
        put, put_right, row_of, writing,
    },
    words::{self, Badge},
};

/// Rows of a notice at most.
const NOTICE_ROWS_MAX: usize = 3;
/// Rows of what is wrong at most: of a certificate it is told which one it is, and what can be done stands at the end.
const TROUBLE_ROWS_MAX: usize = 10;

/// Draws the chat. Returns where the composer's cursor stands.
pub(super) fn draw(app: &App, parts: &ChatLayout, buffer: &mut Buffer, now: Now) -> Option<Position> {
    let (Some(chat), Some(summary)) = (&app.chat, app.summary()) else {
        nothing_open(app, parts, buffer);
        if let Some(area) = parts.status {
            status_beneath(app, area, buffer, now);
        }
        return None;
    };
    head(app, summary, parts.head, buffer, now);
    if let Some(rule) = parts.head_rule {
        let words = app.theme.signs().rule.repeat(usize::from(rule.width));
        put(buffer, rule, rule.x, &words, app.theme.dim());
    }
    chat.transcript.view(parts.transcript, buffer, &app.theme, now.wall);
    if let Some(query) = app.finding.marked() {
        let current = app
            .current_hit()
            .map(|at| transcript::Hit::Entry(EntryKey::Stored(at.0)));
        let is_current = |row| current.is_some() && chat.transcript.hit(row) == current;
        found::mark(query, is_current, parts.transcript, buffer, &app.theme);
    }
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
        status_beneath(app, area, buffer, now);
    }
    writing::draw(app, summary, parts, buffer, now)
}

fn nothing_open(app: &App, parts: &ChatLayout, buffer: &mut Buffer) {
    let whole = Rect {
        width: parts.area.width,
        ..parts.transcript
    };
    let row = row_of(whole, whole.height / 2);
    // Letters are orders only where the list has the keys.
    let key = |action| match app.is_composing() {
        true => app.key_words(action),
        false => app.list_key_words(action),
    };
    let words = match (app.began, app.list.is_empty(), app.list.count(Section::Waiting)) {
        (false, ..) | (true, true, _) => String::new(),
        (true, false, 0) if app.is_composing() => {
            format!("Choose a conversation: {} goes to the list", key(Action::Escape))
        }
        (true, false, 0) => format!(
            "Choose a conversation: {}, {} or its number",
            key(Action::Down),
            key(Action::Up)
        ),
        (true, false, _) => format!("Press {} to take the next customer", key(Action::Next)),
    };
    centred(buffer, row, &words, app.theme.dim());
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
    let mut begin = put_right(buffer, row, &right, badge_style(&badge, theme));
    let mut left = Rect {
        width: begin.saturating_sub(row.x + 1),
        ..row
    };
    if let Some((lateness, words)) = facts::lateness(summary, app.server_time(now)) {
        begin = put_right(buffer, left, &words, late_style(lateness, theme));
        left.width = begin.saturating_sub(row.x + 1);
    }
    let name = summary.customer.name.shown();
    let mut x = put(buffer, left, left.x + 1, name.as_str(), theme.who(Who::Customer));
    let priority = app.priority_shown(summary, now);
    x += 3;
    // Apart from the name, in which anything can stand.
    if summary.customer.realm == Realm::Signed {
        x = put(buffer, left, x, "verified  ", theme.good());
    }
    let context = app.replica.context(summary.customer.id);
    if context.is_some_and(|it| it.status == AccountStatus::Blocked) {
        x = put(buffer, left, x, "kept out  ", theme.error());
    }
    if !priority.is_medium() && summary.stage.is_open() {
        let words = format!("{} {} ", facts::sign(priority), priority.word());
        x = put(buffer, left, x, &words, theme.warning());
    }
    let mut told = facts::needs(summary);
    told.push(words::stage(&summary.stage, app.me(), &app.zone));
    told.extend(summary.intake.subject.as_ref().map(|it| it.shown().to_string()));
    if summary.number > 1 {
        told.push(format!("chat {}", summary.number));
    }
    told.extend(company(app, summary));
    put(
        buffer,
        left,
        x,
        &told.join(&format!(" {} ", theme.signs().dot)),
        theme.dim(),
    );
}

/// Who else looks at it.
fn company(app: &App, summary: &Summary) -> Option<String> {
    let names = app.replica.viewers(summary.conversation);
    let names: Vec<String> = names.map(|it| it.name.shown().to_string()).collect();
    match names.as_slice() {
        [] => None,
        [one] => Some(format!("{one} looks")),
        [one, others @ ..] => Some(format!("{one} and {} more look", others.len())),
    }
}

/// A notice, or who types. Words that need more than the row lie over the rows above it for as long as they stand: nothing moves.
pub(super) fn status(app: &App, row: Rect, buffer: &mut Buffer, now: Now) {
    let Some(notice) = &app.notice else {
        // Beside a chat, the title of the composer says it.
        let alone = app.layout().chat.is_none();
        let why_not = || {
            app.summary()
                .filter(|_| alone)
                .and_then(|summary| app.why_not_taken(summary))
        };
        if let Some(words) = typing(app, now) {
            put(buffer, row, row.x + 1, &words, app.theme.dim());
        } else if let Some(words) = why_not() {
            put(buffer, row, row.x + 1, words.as_str(), app.theme.warning());
        }
        return;
    };
    let style = if notice.error { app.theme.error() } else { Style::new() };
    let words = notice.words.as_str();
    let lines = text::wrap(words, usize::from(row.width.saturating_sub(2)).max(1));
    let most = match notice.error {
        true => TROUBLE_ROWS_MAX.min(usize::from(app.size.height / 2)),
        false => NOTICE_ROWS_MAX,
    };
    let shown = lines.len().min(most);
    for (above, range) in lines[..shown].iter().rev().enumerate() {
        let line = Rect {
            y: row.y.saturating_sub(u16::try_from(above).unwrap_or(0)),
            ..row
        };
        Clear.render(line, buffer);
        put(buffer, line, line.x + 1, &words[range.clone()], style);
    }
}

/// The same in the row of the chat. What lies over it tells a notice itself.
fn status_beneath(app: &App, row: Rect, buffer: &mut Buffer, now: Now) {
    if app.over.is_none() || app.notice.is_none() {
        status(app, row, buffer, now);
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

#[cfg(test)]
#[path = "../states_tests.rs"]
mod tests;
