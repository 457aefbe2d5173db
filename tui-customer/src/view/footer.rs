//! The footer: what can be done now, from the table of keys; `F1 help` is the last to go.

use minicom_client::ConnState;
use minicom_protocol::thread_view::CustomerStage;
use minicom_tui_kit::{Hint, Shown};
use ratatui::{buffer::Buffer, layout::Rect};

use crate::{
    actions::{Action, CHAT},
    layout::WIDE,
    model::{App, Writing},
    over::Over,
    slash::Word,
};

/// Below this width words are short.
const SHORT: u16 = 50;

pub(super) fn draw(app: &App, area: Rect, buffer: &mut Buffer) {
    if app.half_key {
        // What lies over the chat has no keys of two.
        let contexts = if app.over.is_some() { &[] } else { CHAT };
        let line = app.keys.half_footer(contexts, area.width, &app.theme);
        buffer.set_line(area.x, area.y, &line, area.width);
        return;
    }
    // Without a row of their own, notices stand here.
    let urgent = || super::status::urgent(app, usize::from(area.width.saturating_sub(1)));
    if let (None, Some((words, style))) = (app.areas().status, urgent()) {
        return super::put(buffer, area, 1, words.as_str(), style);
    }
    let line = app
        .keys
        .footer(CHAT, &hints(app, area.width), &help(), area.width, &app.theme);
    buffer.set_line(area.x, area.y, &line, area.width);
}

/// The action whose hint stands at a column of the footer.
pub(crate) fn action_at(app: &App, area: Rect, column: u16) -> Option<Action> {
    app.keys
        .footer_action(CHAT, &hints(app, area.width), &help(), area.width, column)
}

/// The last hint to go.
fn help() -> Hint<Action> {
    Hint::of(Action::Help, "help")
}

fn hints(app: &App, width: u16) -> Vec<Hint<Action>> {
    match &app.over {
        Some(Over::Questions(prompt) | Over::Comment { prompt, .. }) => {
            return vec![Hint::words(prompt.enter()), Hint::words(prompt.leaves())];
        }
        // With nothing found there is nothing for Enter.
        Some(Over::Files(picker)) if picker.fitting() == 0 => return vec![Hint::words("Esc closes")],
        Some(Over::Menu(picker)) if picker.fitting() == 0 => return vec![Hint::words("Esc closes")],
        Some(Over::Quotes(picker)) if picker.fitting() == 0 => return vec![Hint::words("Esc closes")],
        Some(Over::Files(_)) => {
            return vec![
                Hint::words("Enter fetches"),
                Hint::words("Alt+Enter opens"),
                Hint::words("Esc closes"),
            ];
        }
        Some(Over::Attach(prompt)) => {
            return vec![
                Hint::words("Tab completes"),
                Hint::words(prompt.enter()),
                Hint::words(prompt.leaves()),
            ];
        }
        Some(Over::Menu(_)) => return vec![Hint::words("Enter chooses"), Hint::words("Esc closes")],
        Some(Over::Consent { reading, .. }) => {
            let mut hints = vec![Hint::words("y agrees and sends"), Hint::words("n does not")];
            hints.extend(reading.scrolls().then(|| Hint::words("PgUp PgDn scroll")));
            return hints;
        }
        Some(Over::Reading(reading)) => {
            let scrolls = reading.scrolls().then(|| Hint::words("PgUp PgDn scroll"));
            return [closes(app)].into_iter().chain(scrolls).collect();
        }
        Some(Over::Help { .. }) => {
            let scrolls = app
                .shown_help()
                .scrolls()
                .then(|| Hint::words("PgUp PgDn Home End scroll"));
            return [closes(app)].into_iter().chain(scrolls).collect();
        }
        Some(Over::Quotes(_)) => return vec![Hint::words("Enter answers it"), Hint::words("Esc closes")],
        None => {}
    }
    if let Some(begun) = app.written_word() {
        return words(&begun);
    }
    // The same words as in the rule above the text.
    if let Writing::Edit(_) = app.writing {
        return vec![
            Hint::of(Action::Send, "changes it"),
            Hint::of(Action::Escape, "leaves it"),
        ];
    }
    if !app.files.attached.is_empty() {
        let mut hints = vec![];
        if app.files.attached.failed().is_some() {
            hints.push(Hint::of(Action::Retry, "try again"));
        }
        hints.push(Hint::of(Action::Discard, "take the file off"));
        hints.push(Hint::of(Action::Attach, "one more"));
        hints.push(clears(app));
        return hints;
    }
    if app.files.downloads.is_going() {
        return vec![Hint::of(Action::Discard, "stop the file"), clears(app)];
    }
    if app.undecided().is_some() {
        return vec![
            Hint::of(Action::Retry, "send it again"),
            Hint::of(Action::Discard, "discard it"),
            clears(app),
        ];
    }
    if !matches!(app.state, ConnState::Live | ConnState::Connecting) {
        return vec![Hint::words(match width {
            0..SHORT => "Kept here until they are sent",
            SHORT..72 => "Your messages are kept until they are sent",
            _ => "Your messages are kept on this computer until they are sent",
        })];
    }
    let older = if width < SHORT { "older" } else { "older messages" };
    let mut hints: Vec<Hint<Action>> = vec![];
    if let Writing::Answer(_) = app.writing {
        hints.push(Hint::of(Action::Escape, "drops the quote"));
    }
    if !app.transcript.is_at_end() {
        hints.push(match app.leads_to_latest() {
            Some((action, key)) => Hint::by(key, action, "latest"),
            None => Hint::of(Action::Newer, "newer"),
        });
    }
    if app.transcript.has_above() {
        hints.push(Hint::of(Action::Older, older));
    }
    if app.is_open() {
        hints.push(Hint::words("/end finish"));
    }
    if width >= WIDE && matches!(app.stage(), None | Some(CustomerStage::Bot)) {
        hints.push(Hint::words("/human ask for a person"));
    }
    hints.push(clears(app));
    hints
}

/// What is written is cleared first.
fn clears(app: &App) -> Hint<Action> {
    let words = if app.composer.is_empty() { "quit" } else { "clear" };
    Hint::of(Action::Clear, words)
}

/// How to leave what is read.
fn closes(app: &App) -> Hint<Action> {
    match app.q_closes() {
        true => Hint::words("Esc or q closes"),
        false => Hint::words("Esc closes"),
    }
}

/// Words that fit what is begun: of one what it does, of several their names.
fn words(begun: &str) -> Vec<Hint<Action>> {
    let fitting: Vec<Word> = Word::beginning_with(begun).collect();
    let hint = |words: String| Hint::told(Shown::line(&words));
    match fitting[..] {
        [] => vec![Hint::words("no such word; // begins a real slash")],
        [word] => vec![hint(word.usage()), hint(word.title().to_owned())],
        _ => fitting.into_iter().map(|word| hint(word.usage())).collect(),
    }
}
