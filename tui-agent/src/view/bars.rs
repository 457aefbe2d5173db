//! The footer, and the rules between panes.

use minicom_protocol::stage::Stage;
use minicom_tui_kit::{Hint, Now, Shown, composer};
use ratatui::{buffer::Buffer, layout::Rect, widgets::Widget};

use crate::{
    app::App,
    keys::{Action, Context, contexts},
    layout::{Layout, WIDE_LIST},
    list::Spot,
    over::{AskFor, Over, PickFor},
    update::{available::needs_connection, leaving::WayOut},
    view::{desk, put, put_right, row_of},
    words,
    writing::Mode,
};

/// Orders that stand before the way to the list.
const ORDERS_FIRST: usize = 2;

/// The last hint to go: the way to the help, and out of it.
fn last(app: &App) -> Hint<Action> {
    match app.help {
        Some(_) => Hint::words("Esc closes"),
        None => Hint::of(Action::Help, "help"),
    }
}

/// Where the keys of the footer mean something. What lies over the chat takes letters for itself, in whatever it was opened from.
fn footer_contexts(app: &App) -> &'static [Context] {
    contexts(app.is_composing() || app.over.is_some())
}

/// The rule below the header and the bars between panes.
pub(super) fn rules(app: &App, layout: &Layout, buffer: &mut Buffer) {
    let (theme, signs) = (&app.theme, app.theme.signs());
    if let Some(rule) = layout.rule {
        put(
            buffer,
            rule,
            rule.x,
            &signs.rule.repeat(usize::from(rule.width)),
            theme.dim(),
        );
        if let Some(list) = layout.list.filter(|_| layout.screen.width >= WIDE_LIST) {
            let labels = Rect {
                y: rule.y,
                height: 1,
                ..list
            };
            put_right(buffer, labels, " wait msgs  last", theme.dim());
        }
    }
    for x in layout.bars.into_iter().flatten() {
        for y in layout.header.bottom()..layout.footer.y {
            let sign = if layout.rule.is_some_and(|rule| rule.y == y) {
                signs.tee
            } else {
                signs.bar
            };
            buffer.set_stringn(x, y, sign, 1, theme.dim());
        }
    }
}

/// What can be done next, by key.
pub(super) fn footer(app: &App, area: Rect, buffer: &mut Buffer, now: Now) {
    let contexts = footer_contexts(app);
    let line = match app.half_key {
        // What lies over the chat has no keys of two.
        true if app.over.is_some() || app.help.is_some() => app.keymap.half_footer(&[], area.width, &app.theme),
        true => app.keymap.half_footer(contexts, area.width, &app.theme),
        false => app.keymap.footer(
            contexts,
            &hints(app, area.width, now),
            &last(app),
            area.width,
            &app.theme,
        ),
    };
    line.render(row_of(area, 0), buffer);
}

/// The action whose hint stands at a column of the footer.
pub(crate) fn footer_action(app: &App, area: Rect, column: u16, now: Now) -> Option<Action> {
    let (hints, contexts) = (hints(app, area.width, now), footer_contexts(app));
    app.keymap
        .footer_action(contexts, &hints, &last(app), area.width, column)
}

fn hints(app: &App, columns: u16, now: Now) -> Vec<Hint<Action>> {
    let composing = app.is_composing();
    let mut hints = match &app.over {
        _ if app.help.is_some() => return help_hints(app),
        Some(Over::Desk(stack)) => desk::hints(stack, |hints| fits(app, hints, columns)),
        Some(over) => over_hints(app, over),
        None if composing => compose_hints(app, now),
        None => list_hints(app, now),
    };
    // What cannot be done now is not offered.
    hints.retain(|hint| {
        hint.action
            .is_none_or(|action| app.is_live() || !needs_connection(action))
    });
    hints
}

/// Whether a footer of so many columns has room for all of these.
fn fits(app: &App, hints: &[Hint<Action>], columns: u16) -> bool {
    let line = app
        .keymap
        .footer(footer_contexts(app), hints, &last(app), columns, &app.theme);
    let line = line.to_string();
    hints.iter().all(|hint| line.contains(hint.words.as_str()))
}

/// What lies beneath the help takes no keys.
fn help_hints(app: &App) -> Vec<Hint<Action>> {
    match app.shown_help().scrolls() {
        false => vec![],
        true => vec![Hint::words("PgUp PgDn Home End scroll")],
    }
}

fn over_hints(app: &App, over: &Over) -> Vec<Hint<Action>> {
    match over {
        // With nothing found there is nothing for Enter.
        Over::Picker(pick) if pick.picker.fitting() == 0 && pick.purpose != PickFor::Find => {
            vec![Hint::words("Esc closes")]
        }
        Over::Picker(pick) if pick.purpose == PickFor::File => vec![
            Hint::words("Enter fetches"),
            Hint::words("Alt+Enter opens"),
            Hint::words("Esc closes"),
        ],
        Over::Prompt(ask) if ask.purpose == AskFor::Attach => vec![
            Hint::words("Tab completes"),
            Hint::words(ask.prompt.enter()),
            Hint::words(ask.prompt.leaves()),
        ],
        Over::Picker(pick) if pick.purpose == PickFor::Find => {
            let widens = app.chat.is_some().then(|| Hint::words("Tab here or everywhere"));
            let (first, back) = (Hint::words("Enter goes there"), Hint::words("Esc goes back"));
            // With nothing found there is nowhere to go but back.
            match pick.picker.fitting() {
                0 => [back].into_iter().chain(widens).collect(),
                _ => [first].into_iter().chain(widens).chain([back]).collect(),
            }
        }
        Over::Picker(pick) => {
            let words = pick.picker.enter().clone();
            vec![Hint::told(words), Hint::words("Esc closes")]
        }
        Over::Prompt(ask) => vec![Hint::words(ask.prompt.enter()), Hint::words(ask.prompt.leaves())],
        Over::Reading(_) => vec![Hint::words("PgUp PgDn scroll"), Hint::words("Esc closes")],
        Over::Desk(_) => vec![],
    }
}

fn next_hint(app: &App, now: Now) -> Option<Hint<Action>> {
    let server = app.replica.me().map(|_| app.server_time(now));
    app.next_to_take()
        .map(|next| Hint::with(Action::Next, words::next(next, server)))
}

fn compose_hints(app: &App, now: Now) -> Vec<Hint<Action>> {
    let way_out = app.way_out();
    let back = Hint::of(Action::Escape, way_out.words());
    let mut hints: Vec<Hint<Action>> = match way_out {
        WayOut::Edit => vec![Hint::of(Action::Send, "changes it"), back.clone()],
        WayOut::Search => {
            let next = app.has_other_hits().then(|| Hint::of(Action::NextHit, "next hit"));
            next.into_iter().chain([back.clone()]).collect()
        }
        _ => vec![],
    };
    let (mut leads, one_pane) = (hints.is_empty(), app.layout().list.is_none());
    hints.extend(undo_hint(app));
    hints.extend(next_hint(app, now));
    // Where the list is not seen, the way to it stands before all that is done to the chat.
    if leads && one_pane {
        hints.push(back.clone());
        leads = false;
    }
    if way_out == WayOut::List
        && app
            .chat
            .as_ref()
            .is_some_and(|chat| chat.unsent(&app.replica).is_some())
    {
        let words = format!(
            "{} {} retry",
            app.key_words(Action::Escape),
            app.list_key_words(Action::Retry)
        );
        hints.push(Hint::told(Shown::line(&words)));
    }
    let summary = app.summary();
    let orders = summary.map_or_else(Vec::new, |row| order_hints(app, &row.stage, app.is_mine(row)));
    let mut orders = orders.into_iter();
    hints.extend(orders.by_ref().take(ORDERS_FIRST));
    // The way out stands before what is done seldom.
    hints.extend(leads.then_some(back));
    hints.extend(orders);
    if app.files.is_moving() {
        hints.insert(0, Hint::of(Action::DropFile, "stop the file"));
    }
    if summary.is_some() {
        hints.push(Hint::words("Alt+Enter new line"));
    }
    if !app.list.is_empty() && app.keymap.keys(contexts(true), Action::Jump).len() == 9 {
        hints.push(Hint::words("Alt+1..9 jump"));
    }
    hints
}

/// The end of a chat, while one writes by a key that does it whatever is written. One that is about to end is undone by
/// [`undo_hint`].
fn done_hint(app: &App) -> Option<Hint<Action>> {
    let closing = app.subject().is_some_and(|subject| app.closing_of(subject).is_some());
    let mut keys = app.keymap.keys(footer_contexts(app), Action::Done).into_iter();
    let key = keys.find(|key| !app.is_composing() || !composer::is_shared(*key))?;
    (!closing).then(|| Hint::by(key, Action::Done, "done"))
}

/// The way back from an end, by the key that the title of the composer names.
fn undo_hint(app: &App) -> Option<Hint<Action>> {
    app.undo_key().map(|(key, action)| Hint::by(key, action, "undo"))
}

fn order_hints(app: &App, stage: &Stage, mine: bool) -> Vec<Hint<Action>> {
    let done = done_hint(app);
    // What one may not take is shown, but not offered.
    let refused = app.subject().is_some_and(|subject| app.may_not_take(subject).is_some());
    let take_over = (!refused).then(|| Hint::of(Action::TakeOver, "take over"));
    match stage {
        Stage::Bot => take_over.into_iter().chain(done).collect(),
        Stage::Waiting { .. } => {
            let back = Hint::of(Action::HandBack, "to the bot");
            take_over.into_iter().chain([back]).chain(done).collect()
        }
        Stage::Active { .. } if mine => {
            let others = [
                Hint::of(Action::Note, other_text(app)),
                Hint::of(Action::Transfer, "transfer"),
                Hint::of(Action::HandBack, "to the bot"),
            ];
            done.into_iter().chain(others).collect()
        }
        Stage::Snoozed { .. } if mine => {
            let take_up = Hint::of(Action::Snooze, "take up");
            [take_up].into_iter().chain(done).collect()
        }
        Stage::Active { .. } | Stage::Snoozed { .. } => done.filter(|_| app.is_admin()).into_iter().collect(),
        Stage::Closed { .. } => vec![],
    }
}

fn list_hints(app: &App, now: Now) -> Vec<Hint<Action>> {
    let mut hints: Vec<Hint<Action>> = match app.has_been_led() {
        true => {
            let others = || Hint::told(Shown::line(&format!("{} other hits", app.hit_keys())));
            let others = app.has_other_hits().then(others);
            let back = Hint::of(Action::Escape, "back");
            others.into_iter().chain([back]).collect()
        }
        false => next_hint(app, now).into_iter().collect(),
    };
    hints.extend(undo_hint(app));
    let unsent = app.chat.as_ref().and_then(|chat| chat.unsent(&app.replica));
    if unsent.is_some() && !app.lacks_choice(Action::Retry) {
        hints.push(Hint::of(Action::Retry, "retry"));
        hints.push(Hint::of(Action::Discard, "discard"));
    }
    match app.list.cursor() {
        Some(Spot::Title(part)) => {
            let words = if app.list.is_folded(part) { "unfold" } else { "fold" };
            hints.push(Hint::of(Action::Open, words));
        }
        Some(Spot::Row(..)) => {
            hints.push(Hint::of(Action::Open, "open"));
            if let Some(summary) = app.summary() {
                hints.extend(order_hints(app, &summary.stage, app.is_mine(summary)));
            }
        }
        None => {}
    }
    if !app.list.is_empty() {
        hints.push(Hint::of(Action::Down, "down"));
    }
    hints.push(Hint::of(Action::Quit, "quit"));
    hints
}

/// What the key between reply and note leads to.
fn other_text(app: &App) -> &'static str {
    let mode = app.conversation().map(|open| app.writing.mode(open));
    match mode {
        Some(Mode::Note) if app.is_composing() => "reply",
        _ => "note",
    }
}

#[cfg(test)]
#[path = "bars_tests.rs"]
mod tests;
