//! The queue in numbers, as of this moment: told from what is known here, by the server's own rules, so that it is never older than the
//! list.

use minicom_client::Section;
use minicom_protocol::{intake::Priority, queue::ByPriority, stage::Stage};
use minicom_tui_kit::{Now, Shown, bars, styled::StyledLine, time};
use ratatui::style::Style;

use super::Content;
use crate::{app::App, desk_view::View, words};

/// Columns of a bar.
const BAR: usize = 20;

impl App {
    /// Opens the queue in numbers.
    pub(crate) fn queue_numbers(&mut self, now: Now) {
        self.lay_reading(View::Queue, "The queue", now);
    }

    pub(super) fn queue_content(&self, now: Now) -> Content {
        let server = self.server_time(now);
        let waiting = || self.replica.section(Section::Waiting);
        let stats = self.replica.queue(server).stats(waiting());
        let mut lines = Vec::new();
        if !self.is_live() {
            let words = Shown::fixed("No connection: this is what was known before.");
            lines.push(StyledLine::of(words, self.theme.dim()));
        }
        lines.push(self.fact("waiting", words::count(stats.waiting, "chat", "chats")));
        lines.push(StyledLine::new());
        let has_aged = stats.effective != stats.given();
        if has_aged {
            lines.push(StyledLine::of(Shown::fixed("By the priority given:"), self.theme.dim()));
        }
        lines.extend(self.by_priority(&stats.given(), stats.waiting));
        if has_aged {
            lines.push(StyledLine::of(
                Shown::fixed("As they count now, by their waits too:"),
                self.theme.dim(),
            ));
            lines.extend(self.by_priority(&stats.effective, stats.waiting));
        }
        if stats.waiting > 0 {
            let longest = waiting().max_by_key(|row| words::waited(row, server));
            let who = longest.map_or(String::new(), |row| format!("  {}", row.customer.name.shown()));
            let wait = |ms: i64| time::waiting(ms.saturating_mul(1_000));
            lines.push(StyledLine::new());
            lines.push(self.fact("longest", format!("{}{who}", wait(stats.longest_wait_ms))));
            lines.push(self.fact("average", wait(stats.average_wait_ms)));
        }
        lines.push(StyledLine::new());
        let snoozed = |row: &&minicom_protocol::summary::Summary| matches!(row.stage, Stage::Snoozed { .. });
        let mut owned = [Section::Mine, Section::Others]
            .into_iter()
            .flat_map(|it| self.replica.section(it));
        let aside = owned.clone().filter(snoozed).count();
        let active = owned.by_ref().filter(|row| row.stage.is_active()).count();
        let chats = |count: usize| words::count(count as u64, "chat", "chats");
        lines.push(self.fact("with agents", format!("{}, {aside} put aside", chats(active))));
        lines.push(self.fact("with the bot", chats(self.replica.count(Section::Bot))));
        if let Some(next) = self.next() {
            lines.push(self.fact("next for you", next.customer.name.shown().to_string()));
        }
        Content::Lines(lines)
    }

    fn by_priority(&self, numbers: &ByPriority, all: u64) -> Vec<StyledLine> {
        let bar = |(it, count): (Priority, u64)| self.fact(it.word(), bars::bar(count, all, BAR, &self.theme));
        numbers.each().into_iter().map(bar).collect()
    }

    /// `longest      4:10  carol`.
    pub(super) fn fact(&self, name: &str, value: String) -> StyledLine {
        let name = Shown::line(&minicom_tui_kit::text::pad(name, FACT_NAME));
        StyledLine::of(name, self.theme.dim()).and(Shown::line(&value), Style::new())
    }
}

/// Columns of a fact's name.
const FACT_NAME: usize = 14;
