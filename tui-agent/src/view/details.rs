//! What is known of the customer and the desk.

use minicom_client::Section;
use minicom_protocol::{stage::Stage, summary::Summary};
use minicom_tui_kit::{Now, text, time};
use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::Style,
    widgets::{Clear, Widget},
};

use crate::{
    app::App,
    view::{put, put_right, row_of},
    words,
};

/// Earlier chats that are told at most.
const EARLIER_MAX: usize = 8;

/// Rows of the pane, as they are collected.
struct Rows<'a> {
    app: &'a App,
    rows: Vec<(String, Style)>,
}

/// Draws the details.
pub(super) fn draw(app: &App, area: Rect, buffer: &mut Buffer, now: Now) {
    Clear.render(area, buffer);
    let theme = &app.theme;
    let top = row_of(area, 0);
    put(buffer, top, top.x + 1, "CUSTOMER", theme.title());
    put_right(buffer, top, "F8 hides ", theme.hint());
    let rule = row_of(area, 1);
    let rule_words = theme.signs().rule.repeat(usize::from(rule.width));
    put(buffer, rule, rule.x, &rule_words, theme.dim());
    let mut rows = Rows { app, rows: Vec::new() };
    match app.summary() {
        Some(summary) => rows.customer(summary, now),
        None => rows.fact("No details from the server"),
    }
    rows.desk(now);
    for (y, (words, style)) in (2..area.height).zip(rows.rows) {
        let row = row_of(area, y);
        put(buffer, row, row.x, &words, style);
    }
}

impl Rows<'_> {
    fn title(&mut self, words: &str) {
        if !self.rows.is_empty() {
            self.rows.push((String::new(), Style::new()));
        }
        self.rows.push((format!(" {words}"), self.app.theme.title()));
    }

    fn fact(&mut self, words: &str) {
        self.rows.push((format!("  {words}"), Style::new()));
    }

    fn named(&mut self, name: &str, words: &str) {
        self.fact(&format!("{} {words}", text::pad(name, 12)));
    }

    fn customer(&mut self, summary: &Summary, now: Now) {
        let (app, zone) = (self.app, &self.app.zone);
        let when = |at: i64| {
            if zone.same_day(at, now.wall) {
                zone.clock(at)
            } else {
                format!("{} {}", zone.day(at, now.wall), zone.clock(at))
            }
        };
        self.rows
            .push((format!(" {}", summary.customer.name.shown()), app.theme.title()));
        self.named("conversation", &summary.number.to_string());
        self.named("messages", &summary.message_count.to_string());
        self.named("opened", &when(summary.opened_at.0));
        self.named("last", &when(summary.last_at.0));
        self.named("unread", &summary.unread().to_string());
        self.named("stands", &words::stage(&summary.stage, app.me(), zone));
        let earlier = summary.number - 1;
        if earlier > 0 {
            self.title(&format!("EARLIER CHATS {earlier}"));
            self.earlier(summary, now);
        }
    }

    /// What is known of the conversations of this customer before this one.
    fn earlier(&mut self, of: &Summary, now: Now) {
        let app = self.app;
        let theirs = app.replica.summaries();
        let mut earlier: Vec<&Summary> = theirs
            .filter(|row| row.customer.id == of.customer.id && row.number < of.number)
            .collect();
        earlier.sort_by_key(|row| std::cmp::Reverse(row.number));
        for row in earlier.iter().take(EARLIER_MAX) {
            let at = match &row.stage {
                Stage::Closed { at, .. } => at.0,
                _ => row.last_at.0,
            };
            let day = app.zone.day(at, now.wall);
            let words = words::stage(&row.stage, app.me(), &app.zone);
            let messages = words::count(row.message_count, "message", "messages");
            self.fact(&format!("{} {day}, {messages}", row.number));
            self.fact(&format!("  {words}"));
        }
        if (earlier.len() as u64) < of.number - 1 || earlier.len() > EARLIER_MAX {
            self.fact("PgUp in the chat shows them all");
        }
    }

    fn desk(&mut self, now: Now) {
        let app = self.app;
        let here = app.replica.presence();
        self.title(&format!("AGENTS HERE {}", here.len()));
        let mut names: Vec<String> = here.iter().map(|it| it.agent.name.shown().to_string()).collect();
        names.sort();
        for name in names.iter().take(6) {
            self.fact(name);
        }
        let waiting = app.replica.section(Section::Waiting);
        if let Some(oldest) = words::oldest(waiting, app.server_time(now)) {
            self.title("QUEUE");
            self.named("waiting", &app.replica.count(Section::Waiting).to_string());
            self.named("oldest", &time::waiting(oldest));
        }
    }
}
