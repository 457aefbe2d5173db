//! Time: what comes to its end by itself, and when the next thing on the screen says something else. Whatever does not change on the
//! screen does not wake the program.

use std::time::Duration;

use minicom_protocol::{ids::Time, summary::Summary};
use minicom_tui_kit::{Now, time};

use crate::{
    app::{App, Notice},
    details, facts,
    list::Item,
    words,
};

/// The server's time is known by the millisecond.
const CLOCK_STEP: Duration = Duration::from_millis(1);

impl App {
    /// Ends what has come to its end by now, and puts what has waited long enough where it belongs.
    pub(crate) fn pass_time(&mut self, now: Now) {
        let over = |notice: &Notice| notice.ends.at().is_some_and(|at| at <= now.elapsed);
        if self.notice.as_ref().is_some_and(over) {
            self.notice = None;
        }
        if self.quits_until.is_some_and(|until| until <= now.elapsed) {
            self.quits_until = None;
        }
        self.send_due_closes(now);
        if self.writing.save_at().is_some_and(|at| at <= now.elapsed) {
            self.save_drafts();
        }
        self.replica.advance(self.instant(now));
        self.list.pass_time(self.server_time(now), &self.replica);
        self.call_again(now);
        self.out.extend(self.attention.bell(now));
        self.ask_views(now);
        self.refresh_desk(now);
    }

    /// The next moment at which something is due or the screen says something else.
    pub(crate) fn ticks_at(&self, now: Now) -> Option<Duration> {
        let notice = self.notice.as_ref().and_then(|notice| notice.ends.at());
        let elapsed = |at: std::time::Instant| at.saturating_duration_since(self.start) + CLOCK_STEP;
        let server = self.server_time(now);
        let at_server = |at: Time| now.elapsed + micros(at.since(server)) + CLOCK_STEP;
        [
            notice,
            self.replica.typing_ends_at(self.instant(now)).map(elapsed),
            self.replica.ages_at().map(elapsed),
            self.list.changes_at().map(at_server),
            self.quits_until,
            self.writing.save_at(),
            self.closing_changes_at(now),
            self.countdown_changes_at(now),
            self.calls_again_at(),
            self.attention.bell_at(),
            self.views_ask_at(),
            self.suggesting_asks_at(),
            self.times_change_at(now),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// When a time that is on the screen says something else.
    fn times_change_at(&self, now: Now) -> Option<Duration> {
        let server = self.server_time(now);
        let layout = self.layout();
        let rows = self.list.visible().filter(|_| layout.list.is_some());
        let rows = rows.filter_map(|line| match line.item {
            Item::Row(conversation) => self.replica.summary(conversation),
            _ => None,
        });
        let changes = |summary: &Summary| {
            let waited = words::waited(summary, server).map(time::waiting_changes_in);
            let late = facts::lateness_changes_in(summary, server).map(micros);
            waited.into_iter().chain(late).min()
        };
        // The header tells the oldest of the queue, wherever its row is.
        let oldest = self.list.overview().longest(server).map(time::waiting_changes_in);
        let details = layout.details.and_then(|_| details::changes_in(self, now));
        let next = rows
            .chain(self.summary())
            .chain(self.next())
            .filter_map(changes)
            .chain(oldest)
            .chain(details)
            .min()?;
        Some(at_whole_second(now.elapsed + next) + CLOCK_STEP)
    }
}

/// The next whole second since the start: each row's second ends at another moment, and a hundred who wait would draw the screen a hundred
/// times a second. What is told by the second may be told that much later.
fn at_whole_second(at: Duration) -> Duration {
    Duration::from_millis(
        u64::try_from(at.as_millis())
            .unwrap_or(u64::MAX)
            .div_ceil(1_000)
            .saturating_mul(1_000),
    )
}

fn micros(micros: i64) -> Duration {
    Duration::from_micros(u64::try_from(micros).unwrap_or(0))
}
