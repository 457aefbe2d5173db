//! Where the agent writes: the rule that says what Enter will do, what goes with the text, the text, and names that are offered. A note
//! differs from a reply in sign, word, colour and rule: nobody is to take one for the other.

use minicom_protocol::{stage::Stage, summary::Summary};
use minicom_tui_kit::{Now, Shown, text};
use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    style::Style,
    widgets::{Clear, Widget},
};

use crate::{
    app::App,
    keys::Action,
    layout::{ChatLayout, composer_text},
    view::{fitting, put, row_of, with},
    words,
    writing::{Mode, Popup, naming::Named, saved},
};

/// Columns from which an empty composer says in full what can be written.
const ALL_KEYS: u16 = 50;
/// Columns that what Enter does has in any case: `Enter takes over`.
const RIGHT_MIN: usize = 16;

/// Draws it. Returns where the cursor stands.
pub(super) fn draw(
    app: &App,
    summary: &Summary,
    parts: &ChatLayout,
    buffer: &mut Buffer,
    now: Now,
) -> Option<Position> {
    let mode = app.writing.mode(summary.conversation);
    let note = mode == Mode::Note;
    fitting::draw(app, parts.fits, buffer);
    title(app, summary, mode, parts.title, buffer, now);
    for (row, line) in (0..parts.with.height).zip(with::lines(app, parts.composer.width)) {
        let row = row_of(parts.with, row);
        line.draw(buffer, row.x + 1, row.y, row.width.saturating_sub(1));
    }
    let theme = &app.theme;
    let (sign, style) = match note {
        true => (theme.signs().note_bar, theme.who(minicom_tui_kit::Who::Note)),
        false => (theme.signs().prompt, theme.dim()),
    };
    let rows = if note { parts.composer.height } else { 1 };
    for row in (0..rows).map(|row| row_of(parts.composer, row)) {
        put(buffer, row, row.x + 1, sign, style);
    }
    let area = composer_text(parts.composer);
    let (saved, tab) = (app.key_words(Action::SavedReplies), app.key_words(Action::Note));
    let placeholder = match (app.is_composing(), mode) {
        (false, _) if app.title_at_cursor().is_some() => "No chat is chosen in the list".to_owned(),
        (false, _) => format!("{} to write", app.list_key_words(Action::Open)),
        (true, Mode::Reply) if sends_nothing(app, summary) => format!("Enter sends nothing. {tab} note"),
        (true, Mode::Reply) if area.width < ALL_KEYS => format!("Type a reply. {saved} saved, {tab} note"),
        (true, Mode::Reply) => format!("Type a reply. {saved} saved reply, {tab} note"),
        (true, Mode::Note) => "A note for colleagues. @name tells somebody".to_owned(),
        (true, Mode::Edit(_)) => "Your line, anew".to_owned(),
    };
    let placeholder = Shown::line(&placeholder);
    let cursor = match app.writing.get(summary.conversation) {
        Some(written) => {
            let lead = Rect {
                width: area.x - parts.composer.x,
                ..parts.composer
            };
            written.current().view_more(lead, buffer, theme, style);
            written.current().view(area, buffer, theme, &placeholder)
        }
        None => {
            let words = placeholder.cut(usize::from(area.width));
            put(buffer, row_of(area, 0), area.x, words.as_str(), theme.dim());
            area.as_position()
        }
    };
    if let Some(offer) = app.writing.popup.as_ref().filter(|_| app.is_composing()) {
        popup(app, offer, parts, buffer);
    }
    Some(cursor)
}

/// The rule above the text: what is written, and what Enter does with it.
fn title(app: &App, summary: &Summary, mode: Mode, area: Rect, buffer: &mut Buffer, now: Now) {
    let theme = &app.theme;
    let (does, does_style) = does(app, summary, mode, now);
    let right = (does.as_slice(), does_style);
    let rule = (theme.signs().rule, theme.dim());
    match mode {
        Mode::Note => {
            let style = theme.who(minicom_tui_kit::Who::Note);
            let rule = (theme.signs().note_rule, style);
            let left = ["NOTE: only agents see this", "NOTE for agents", "NOTE"];
            titled_rule(area, buffer, rule, (&left, style), right);
        }
        Mode::Edit(_) => titled_rule(area, buffer, rule, (&["Edit your line"], theme.title()), right),
        Mode::Reply => {
            // The name goes before everything else that is told here.
            let name = summary.customer.name.shown();
            let (long, short) = match app.is_drafted(summary.conversation) {
                true => (format!("A model's draft for {name}"), format!("Draft: {name}")),
                false => (format!("Reply to {name}"), name.to_string()),
            };
            titled_rule(area, buffer, rule, (&[&long, &short], theme.title()), right);
        }
    }
}

/// What Enter will do, and what there is to know of it: in forms that get shorter.
fn does(app: &App, summary: &Summary, mode: Mode, now: Now) -> (Vec<String>, Style) {
    let theme = &app.theme;
    let dot = theme.signs().dot;
    if let Some(ends) = ends(app, summary, now) {
        return (ends, theme.warning());
    }
    // Where nothing is chosen, Enter is for the title under the cursor.
    if let Some(part) = app.title_at_cursor() {
        let words = if app.list.is_folded(part) { "unfolds" } else { "folds" };
        return (
            vec![format!("{} {words}", app.list_key_words(Action::Open))],
            theme.dim(),
        );
    }
    match mode {
        Mode::Note => {
            let style = theme.who(minicom_tui_kit::Who::Note);
            let written = app.writing.get(summary.conversation);
            let too_long = written.and_then(|written| written.current().too_long());
            let tab = app.key_words(Action::Note);
            let does = match (too_long, app.is_live()) {
                (Some(words), _) => vec![words.to_string(), "too long".to_owned()],
                (None, true) => vec![format!("{tab}: reply")],
                (None, false) => vec![
                    format!("kept here, sent when back {dot} {tab}: reply"),
                    "sent when back".to_owned(),
                ],
            };
            (does, style)
        }
        Mode::Edit(_) => {
            let does = vec![format!("Enter changes it {dot} Esc cancels"), "Esc cancels".to_owned()];
            (does, theme.warning())
        }
        Mode::Reply => {
            let (does, warns) = enter_does(app, summary);
            let style = if warns { theme.warning() } else { theme.title() };
            (with_actions(app, summary, does), style)
        }
    }
}

/// What a saved reply does besides is told with what Enter does: it is the last thing to be left out.
fn with_actions(app: &App, summary: &Summary, does: Vec<String>) -> Vec<String> {
    let used = app
        .writing
        .get(summary.conversation)
        .and_then(|written| written.with.reply.as_ref());
    let reply = used.and_then(|used| app.replica.replies().iter().find(|it| it.id == used.id));
    let staff = app.replica.desk().map(|desk| &desk.staff);
    let Some(also) = reply.and_then(|reply| saved::also(reply, staff)) else {
        return does;
    };
    let dot = app.theme.signs().dot;
    let mut forms: Vec<String> = does.iter().map(|does| format!("{does} {dot} also: {also}")).collect();
    forms.push(format!("also: {also}"));
    forms
}

/// Names, in rows above the rule.
fn popup(app: &App, offer: &Popup, parts: &ChatLayout, buffer: &mut Buffer) {
    let theme = &app.theme;
    let top = parts
        .title
        .y
        .saturating_sub(u16::try_from(offer.names.len()).unwrap_or(u16::MAX));
    // Where there is no room for all, the first ones are seen.
    let top = top.max(parts.area.y);
    for (y, (number, name)) in (top..parts.title.y).zip(offer.names.iter().enumerate()) {
        let row = Rect {
            y,
            height: 1,
            ..parts.title
        };
        Clear.render(row, buffer);
        let selected = number == offer.selected;
        let (marker, style) = match selected {
            true => (theme.signs().marker, theme.selected()),
            false => (" ", Style::new()),
        };
        if selected {
            buffer.set_style(row, style);
        }
        let x = put(buffer, row, row.x, &format!("{marker}@{}", name.name.cut(40)), style);
        let what = match name.who {
            Named::Agent(agent) => match app.replica.presence_of(agent) {
                Some(presence) => presence.state.word(),
                None => "offline",
            },
            Named::Group(_) => "group",
        };
        let what = format!("{what}{}", if selected { "   Tab inserts" } else { "" });
        put(buffer, row, x + 2, &what, if selected { style } else { theme.dim() });
    }
}

/// That the chat is about to end, whatever is written meanwhile: in forms that get shorter.
fn ends(app: &App, summary: &Summary, now: Now) -> Option<Vec<String>> {
    let held = app.closing_of(summary.conversation)?;
    let left = words::seconds_left(app.start + held.until, app.instant(now)).unwrap_or(0);
    let short = format!("ends in {left} s");
    let long = match app.undo_key() {
        None => short.clone(),
        Some((key, _)) => format!("{short} {} {} undoes", app.theme.signs().dot, key.hint()),
    };
    Some(vec![long, short])
}

/// Whether no reply can be sent as the chat stands.
fn sends_nothing(app: &App, summary: &Summary) -> bool {
    match summary.stage {
        Stage::Closed { .. } => true,
        Stage::Active { .. } | Stage::Snoozed { .. } => !app.is_mine(summary),
        Stage::Bot | Stage::Waiting { .. } => app.may_not_take(summary.conversation).is_some(),
    }
}

/// What Enter will do with a reply, before anything is typed: in forms that get shorter, and whether it is worth a warning.
fn enter_does(app: &App, summary: &Summary) -> (Vec<String>, bool) {
    let dot = app.theme.signs().dot;
    let clock = |at: i64| app.zone.clock(at);
    let forms = |long: String, short: &str| vec![long, short.to_owned()];
    let written = app.writing.get(summary.conversation);
    if let Some(words) = written.and_then(|written| written.current().too_long()) {
        return (forms(words.to_string(), "too long to send"), true);
    }
    if app.why_not_filled(summary.conversation).is_some() {
        return (
            forms("something is not filled in yet".to_owned(), "not filled in"),
            true,
        );
    }
    if app.files.beside(summary.conversation).is_some_and(|files| files.sends) {
        return (
            vec![
                "goes when the files are there".to_owned(),
                "goes with the files".to_owned(),
            ],
            false,
        );
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

/// A rule with words on its left and right: `── left ───── right ──`. The first form of the left ones is taken beside which a form of the
/// right ones has room. If there is none, of the last forms the right one is cut first, and the left one, which says whom the text goes
/// to, when that has its least.
fn titled_rule(
    area: Rect,
    buffer: &mut Buffer,
    (rule, rule_style): (&str, Style),
    left: (&[&str], Style),
    right: (&[String], Style),
) {
    if area.height == 0 {
        return;
    }
    // Two signs of the rule at each end, blanks around words, and one sign between them.
    let room = usize::from(area.width).saturating_sub(9);
    let fits = left.0.iter().find_map(|left| {
        let beside = |words: &&String| text::width(words) + text::width(left) <= room;
        right.0.iter().find(beside).map(|right| (*left, right.clone()))
    });
    let (left_words, right_words) = match fits {
        Some((left, right)) => (left.to_owned(), right),
        None => {
            let (who, does) = (left.0.last().copied(), right.0.last());
            let who = who.unwrap_or_default();
            let kept = text::width(who).min(room.saturating_sub(RIGHT_MIN));
            let does = does.map_or(String::new(), |words| text::truncate(words, room - kept));
            (text::truncate(who, room.saturating_sub(text::width(&does))), does)
        }
    };
    let between = usize::from(area.width).saturating_sub(8 + text::width(&left_words) + text::width(&right_words));
    let parts = [
        (rule.repeat(2), rule_style),
        (format!(" {left_words} "), left.1),
        (rule.repeat(between), rule_style),
        (format!(" {right_words} "), right.1),
        (rule.repeat(2), rule_style),
    ];
    let mut x = area.x;
    for (words, style) in parts {
        x = put(buffer, area, x, &words, style);
    }
}
