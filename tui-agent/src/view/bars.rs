//! Header, footer, and the rules between panes.

use minicom_client::Section;
use minicom_protocol::{
    ids::Time,
    staff::{Intent, PresenceState},
    stage::Stage,
};
use minicom_tui_kit::{Hint, Now, text, time};
use ratatui::{buffer::Buffer, layout::Rect, style::Style, widgets::Widget};

use crate::{
    app::App,
    keys::{Action, contexts},
    layout::{Layout, THREE_PANES, TWO_PANES, WIDE_LIST},
    list::Spot,
    over::Over,
    view::{put, put_right, row_of},
    words::{self, Tone},
};

/// Who is here, how the connection stands, who waits, the time.
pub(super) fn header(app: &App, area: Rect, buffer: &mut Buffer, now: Now) {
    let theme = &app.theme;
    let (wide, narrow) = (area.width >= THREE_PANES, area.width < TWO_PANES);
    let gap = if wide { "    " } else { "  " };
    let counts = counts(app, area.width, now);
    let right = match narrow {
        true => counts.join(gap),
        false => format!("{}{gap} {} ", counts.join(gap), app.zone.clock(now.wall)),
    };
    let right_begin = put_right(buffer, area, &right, theme.bar());
    let left = Rect {
        width: right_begin.saturating_sub(area.x + 1),
        ..area
    };
    let (state, tone) = words::connection(
        &app.connection.state,
        app.connection.latency,
        app.instant(now),
        &app.zone,
        area.width,
        theme.signs().dot,
    );
    let mut x = area.x + 1;
    if !narrow {
        x = put(buffer, left, x, "minicom", theme.title());
        x = put(buffer, left, x, if wide { "   " } else { "  " }, theme.bar());
    }
    if let Some(me) = app.replica.me() {
        let name = me.agent.name.shown().cut(20);
        x = put(buffer, left, x, name.as_str(), theme.bar());
        if let Some((state, style)) = own_state(app).filter(|(word, _)| !narrow || *word != "available") {
            x = put(buffer, left, x + 1, state, style);
        }
        x = put(buffer, left, x, if wide { "    " } else { "   " }, theme.bar());
    }
    let style = match tone {
        Tone::Good => theme.good(),
        Tone::Neutral => theme.bar(),
        Tone::Warning => theme.warning(),
        Tone::Bad => theme.error(),
    };
    put(buffer, left, x, &state, style);
}

/// What the agent is to others, in a word.
fn own_state(app: &App) -> Option<(&'static str, Style)> {
    let theme = &app.theme;
    let intent = app.replica.member()?.intent;
    let idle = app
        .me()
        .and_then(|me| app.replica.presence_of(me))
        .is_some_and(|it| it.state == PresenceState::Away);
    Some(match intent {
        Intent::Available if idle => ("away (idle)", theme.warning()),
        Intent::Available => ("available", theme.bar()),
        Intent::Busy => ("busy", theme.warning()),
        Intent::Away => ("away", theme.warning()),
        Intent::AwayHandBack => ("away, hands back", theme.warning()),
    })
}

fn counts(app: &App, columns: u16, now: Now) -> [String; 2] {
    let waiting = app.list.count(Section::Waiting);
    let rows = app.replica.section(Section::Waiting);
    let oldest = words::oldest(rows, app.server_time(now)).filter(|_| columns >= TWO_PANES);
    let oldest = match oldest.map(time::waiting) {
        Some(oldest) if columns >= THREE_PANES => format!(" (oldest {oldest})"),
        Some(oldest) => format!(" ({oldest})"),
        None => String::new(),
    };
    let member = app.replica.member().filter(|_| columns >= THREE_PANES);
    let capacity = member.and_then(|member| app.replica.queue(Time(0)).capacity(member));
    let capacity = capacity.map_or(String::new(), |capacity| format!(" of {capacity}"));
    [
        format!("waiting {waiting}{oldest}"),
        format!("mine {}{capacity}", app.list.count(Section::Mine)),
    ]
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
    let composing = app.is_composing();
    let hints = match &app.over {
        Some(over) => over_hints(over),
        None if composing => compose_hints(app, now),
        None => list_hints(app, now),
    };
    let help = Hint::of(Action::Help, "help");
    let line = app
        .keymap
        .footer(contexts(composing), &hints, &help, area.width, &app.theme);
    line.render(row_of(area, 0), buffer);
}

fn over_hints(over: &Over) -> Vec<Hint<Action>> {
    match over {
        Over::Picker(_) => vec![Hint::words("Enter chooses"), Hint::words("Esc closes")],
        Over::Prompt(_) => vec![Hint::words("Enter goes on"), Hint::words("Esc cancels")],
        Over::Reading(_) => vec![Hint::words("PgUp PgDn scroll"), Hint::words("Esc closes")],
    }
}

fn next_hint(app: &App, now: Now) -> Option<Hint<Action>> {
    let server = app.replica.me().map(|_| app.server_time(now));
    app.next()
        .map(|next| Hint::with(Action::Next, words::next(next, server)))
}

fn compose_hints(app: &App, now: Now) -> Vec<Hint<Action>> {
    let mut hints: Vec<Hint<Action>> = next_hint(app, now).into_iter().collect();
    if app
        .chat
        .as_ref()
        .is_some_and(|chat| chat.unsent(&app.replica).is_some())
    {
        hints.push(Hint::words("Esc r retry"));
    }
    if let Some(summary) = app.summary() {
        hints.extend(order_hints(app, &summary.stage, app.is_mine(summary)));
    }
    hints.push(Hint::of(Action::Escape, "list"));
    hints.push(Hint::words("Alt+Enter new line"));
    hints.push(Hint::words("Alt+1..9 jump"));
    hints
}

fn order_hints(app: &App, stage: &Stage, mine: bool) -> Vec<Hint<Action>> {
    let closing = app.subject().is_some_and(|subject| app.closing_of(subject).is_some());
    let done = Hint::of(Action::Done, if closing { "undo" } else { "done" });
    match stage {
        Stage::Bot => vec![Hint::of(Action::TakeOver, "take over"), done],
        Stage::Waiting { .. } => vec![
            Hint::of(Action::TakeOver, "take over"),
            Hint::of(Action::HandBack, "to the bot"),
            done,
        ],
        Stage::Active { .. } if mine => vec![
            done,
            Hint::of(Action::Note, "note"),
            Hint::of(Action::Transfer, "transfer"),
            Hint::of(Action::HandBack, "to the bot"),
        ],
        Stage::Snoozed { .. } if mine => vec![Hint::of(Action::Snooze, "take up"), done],
        Stage::Active { .. } | Stage::Snoozed { .. } | Stage::Closed { .. } => vec![],
    }
}

fn list_hints(app: &App, now: Now) -> Vec<Hint<Action>> {
    let mut hints: Vec<Hint<Action>> = next_hint(app, now).into_iter().collect();
    if !app.closing.is_empty() {
        hints.push(Hint::of(Action::Undo, "undo"));
    }
    if app
        .chat
        .as_ref()
        .is_some_and(|chat| chat.unsent(&app.replica).is_some())
    {
        hints.push(Hint::of(Action::Retry, "retry"));
        hints.push(Hint::of(Action::Discard, "discard"));
    }
    match app.list.cursor() {
        Some(Spot::Title(section)) => {
            let words = if app.list.is_folded(section) { "unfold" } else { "fold" };
            hints.push(Hint::of(Action::Open, words));
        }
        Some(Spot::Row(_)) => {
            hints.push(Hint::of(Action::Open, "open"));
            if let Some(summary) = app.summary() {
                hints.extend(order_hints(app, &summary.stage, app.is_mine(summary)));
            }
        }
        None => {}
    }
    hints.push(Hint::of(Action::Down, "down"));
    hints.push(Hint::of(Action::Quit, "quit"));
    hints
}

/// A rule with words on its left and right: `── left ───── right ──`. Of the forms of the right ones the first that leaves room for the
/// left ones is taken; if none does, the left ones are cut.
pub(super) fn titled_rule(app: &App, area: Rect, buffer: &mut Buffer, left: (&str, Style), right: (&[String], Style)) {
    if area.height == 0 {
        return;
    }
    let (theme, rule) = (&app.theme, app.theme.signs().rule);
    // Two signs of the rule at each end, blanks around words, and one sign between them.
    let room = usize::from(area.width).saturating_sub(9);
    let left_columns = text::width(left.0);
    let fits = right.0.iter().find(|words| text::width(words) + left_columns <= room);
    let right_words = fits
        .or(right.0.last())
        .map_or(String::new(), |words| text::truncate(words, room));
    let left_words = text::truncate(left.0, room.saturating_sub(text::width(&right_words)));
    let between = usize::from(area.width).saturating_sub(8 + text::width(&left_words) + text::width(&right_words));
    let parts = [
        (rule.repeat(2), theme.dim()),
        (format!(" {left_words} "), left.1),
        (rule.repeat(between), theme.dim()),
        (format!(" {right_words} "), right.1),
        (rule.repeat(2), theme.dim()),
    ];
    let mut x = area.x;
    for (words, style) in parts {
        x = put(buffer, area, x, &words, style);
    }
}
