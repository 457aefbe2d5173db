//! The first row: who sits here, how the connection stands, who waits, how much is one's own, the time. What does not fit is told in
//! fewer words, the least important first.

use minicom_client::Section;
use minicom_protocol::{
    intake::Priority,
    staff::{Intent, PresenceState},
};
use minicom_tui_kit::{Now, text, time};
use ratatui::{buffer::Buffer, layout::Rect};

use crate::{
    app::App,
    facts,
    keys::Action,
    layout::{THREE_PANES, TWO_PANES},
    view::{put, put_right},
    words::{self, Tone},
};

/// How many words there is room for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Form {
    Short,
    Middle,
    Long,
}

/// Draws the header.
pub(super) fn draw(app: &App, area: Rect, buffer: &mut Buffer, now: Now) {
    let theme = &app.theme;
    let kept = app.as_of.filter(|it| it.kept).map(|it| app.as_of_words(it.wall, now));
    let now_key = app.key_words(Action::Reconnect);
    let (state, tone) = words::connection(
        &app.connection.state,
        kept.as_deref(),
        app.connection.latency,
        app.instant(now),
        &app.zone,
        area.width,
        (theme.signs().dot, now_key.as_str()),
    );
    let columns = usize::from(area.width);
    let gap = if area.width >= THREE_PANES { "    " } else { "  " };
    let fits = |(left, right): &(Form, Form)| {
        let left = who(app, *left, gap).len() + text::width(&state) + 1;
        left + 1 + text::width(&counts(app, area.width, *right, gap, now)) <= columns
    };
    let forms = [
        (Form::Long, Form::Long),
        (Form::Middle, Form::Long),
        (Form::Long, Form::Middle),
        (Form::Middle, Form::Middle),
        (Form::Short, Form::Middle),
        (Form::Middle, Form::Short),
    ];
    let narrow = area.width < TWO_PANES;
    let wanted = forms.into_iter().filter(|(left, _)| !narrow || *left != Form::Long);
    let (left_form, right_form) = wanted.clone().find(fits).unwrap_or((Form::Short, Form::Short));

    let begin = put_right(
        buffer,
        area,
        &counts(app, area.width, right_form, gap, now),
        theme.bar(),
    );
    let left = Rect {
        width: begin.saturating_sub(area.x + 1),
        ..area
    };
    let words = who(app, left_form, gap);
    let calls = app.own_state().is_some_and(|(_, calls)| calls);
    let style = if calls { theme.warning() } else { theme.bar() };
    let x = match words.strip_prefix(PROGRAM) {
        Some(rest) => {
            let x = put(buffer, left, area.x, PROGRAM, theme.title());
            put(buffer, left, x, rest, style)
        }
        None => put(buffer, left, area.x, &words, style),
    };
    let style = match tone {
        Tone::Good => theme.good(),
        Tone::Neutral => theme.bar(),
        Tone::Warning => theme.warning(),
        Tone::Bad => theme.error(),
    };
    put(buffer, left, x, &state, style);
}

const PROGRAM: &str = " minicom";
const AVAILABLE: &str = "available";

/// The program, whoever sits here, and how the agent stands to others.
fn who(app: &App, form: Form, gap: &str) -> String {
    let program = match form {
        Form::Long => format!("{PROGRAM}{gap}"),
        Form::Middle | Form::Short => " ".to_owned(),
    };
    let Some(me) = app.replica.me() else {
        return program;
    };
    let name = me.agent.name.shown().cut(20);
    // Whoever is not available is told so at every width.
    let state = app
        .own_state()
        .filter(|(state, _)| form != Form::Short || *state != AVAILABLE);
    let state = state.map_or(String::new(), |(state, _)| format!(" {state}"));
    format!("{program}{name}{state}{gap} ")
}

fn counts(app: &App, columns: u16, form: Form, gap: &str, now: Now) -> String {
    let mut parts = Vec::new();
    if app.list.marks() > 0 {
        parts.push(format!("{} marked", app.list.marks()));
    }
    if app.replica.mentions().unread() > 0 {
        parts.push(format!("@{}", app.replica.mentions().unread()));
    }
    parts.push(waiting(app, columns, form, now));
    let mine = app.list.count(Section::Mine);
    parts.push(match app.capacity().filter(|_| form != Form::Short) {
        Some(capacity) => format!("mine {mine} of {capacity}"),
        None => format!("mine {mine}"),
    });
    if columns < TWO_PANES {
        return parts.join(gap);
    }
    format!("{}{gap} {} ", parts.join(gap), app.zone.clock(now.wall))
}

/// How many wait, of which the urgent and the high ones, and for how long.
fn waiting(app: &App, columns: u16, form: Form, now: Now) -> String {
    let overview = app.list.overview();
    let mut words = format!("waiting {}", overview.waiting());
    let wide = columns >= THREE_PANES && form == Form::Long;
    let urgent = [Priority::Urgent, Priority::High].map(|it| (it, overview.of_priority(it)));
    let urgent = urgent.into_iter().filter(|(_, count)| *count > 0);
    if form != Form::Short {
        let told = urgent.map(|(priority, count)| match wide {
            true => format!("{count} {}", priority.word()),
            false => format!("{}{count}", facts::sign(priority)),
        });
        let told: Vec<String> = told.collect();
        if !told.is_empty() {
            let (before, between) = if wide { (": ", ", ") } else { (" ", " ") };
            words.push_str(&format!("{before}{}", told.join(between)));
        }
    }
    let longest = overview.longest(app.server_time(now)).filter(|_| columns >= TWO_PANES);
    if let Some(longest) = longest.map(time::waiting) {
        let oldest = if wide { "oldest " } else { "" };
        words.push_str(&format!(" ({oldest}{longest})"));
    }
    words
}

impl App {
    /// What the one who sits here is to others, in a word, and whether it is worth a look.
    fn own_state(&self) -> Option<(&'static str, bool)> {
        let member = self.replica.member().filter(|_| self.connection.ended.is_none());
        let intent = member?.intent;
        let told = self.me().and_then(|me| self.replica.presence_of(me));
        let idle = told.is_some_and(|it| it.state == PresenceState::Away);
        Some(match intent {
            Intent::Available if idle => ("away (idle)", true),
            Intent::Available => (AVAILABLE, false),
            Intent::Busy => ("busy", true),
            Intent::Away => ("away", true),
            Intent::AwayHandBack => ("away, hands back", true),
        })
    }
}

#[cfg(test)]
#[path = "../desk_screen_tests.rs"]
mod tests;
