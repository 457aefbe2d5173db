//! The charts of the page: what began by day, by hour and by day of the week, why a person was wanted, and what customers said.

use minicom_protocol::figures::{Figures, Statistics, Volume};
use minicom_tui_kit::{Shown, charts, styled::StyledLine, text};

use super::{NAME, Page};

/// Rows of the line through the days, with its axis.
const LINE_ROWS: usize = 8;
/// Rows of the columns of hours, with what stands below them.
const HOUR_ROWS: usize = 6;
/// Columns of a reason.
const REASON: usize = 32;
/// Columns that bars take at most: longer ones say no more.
const BARS_MAX: usize = 60;

impl Page<'_> {
    pub(super) fn volumes(&mut self, told: &Statistics) {
        if told.days.len() > 1 {
            self.days(&told.days);
        }
        self.hours(&told.hours);
        if told.days.len() > 1 {
            self.title("CHATS THAT BEGAN, BY DAY OF THE WEEK");
            let rows = told.weekdays.iter().map(|it| (Shown::line(&it.key), it.opened));
            self.bars(rows.collect(), NAME);
        }
    }

    /// Where it goes: a line through what began, and below it what ended.
    fn days(&mut self, days: &[Volume]) {
        self.title("CHATS THAT BEGAN, BY DAY");
        let name = |it: Option<&Volume>| Shown::line(it.map_or("", |it| it.key.get(5..).unwrap_or(&it.key)));
        let ends = [name(days.first()), name(days.last())];
        let began: Vec<u64> = days.iter().map(|it| it.opened).collect();
        let line = charts::line(&began, [&ends[0], &ends[1]], self.columns, LINE_ROWS, self.theme);
        self.lines.extend(line);
        if let Some(most) = days.iter().max_by_key(|it| it.opened).filter(|it| it.opened > 0) {
            let words = format!("{} on {}", most.opened, most.key);
            self.fact("most", &words);
        }
        let ended: Vec<u64> = days.iter().map(|it| it.closed).collect();
        let room = self.columns.saturating_sub(NAME).max(1);
        let drawn = charts::sparkline(&ended, room, self.theme);
        let mut line = StyledLine::of(Shown::line(&text::pad("ended", NAME)), self.theme.dim());
        line.append(drawn);
        self.lines.push(line);
    }

    fn hours(&mut self, hours: &[Volume]) {
        self.title("CHATS THAT BEGAN, BY HOUR");
        let all: Vec<(Shown, u64)> = hours.iter().map(|it| (Shown::line(&it.key), it.opened)).collect();
        match charts::columns(&all, self.columns, HOUR_ROWS, self.theme) {
            Some(lines) => self.lines.extend(lines),
            // Too narrow for a column each.
            None => self.bars(all, NAME),
        }
        if let Some(most) = hours.iter().max_by_key(|it| it.opened).filter(|it| it.opened > 0) {
            let words = format!("{} from {}:00 to {}:59", most.opened, most.key, most.key);
            self.fact("most", &words);
        }
    }

    pub(super) fn reasons(&mut self, desk: &Figures) {
        self.title("A PERSON WAS WANTED");
        let reasons = &desk.handed_over.reasons;
        if reasons.is_empty() {
            return self.plain("never");
        }
        let rows = reasons.iter().map(|it| (Shown::line(it.reason.words()), it.count));
        self.bars(rows.collect(), REASON);
    }

    pub(super) fn stars(&mut self, desk: &Figures) {
        self.title("SATISFACTION");
        let ratings = desk.ratings;
        if ratings.count == 0 {
            return self.plain("nobody has said");
        }
        let stars = (1..6_u8).zip(ratings.stars).rev();
        let rows = stars.map(|(score, count)| (Shown::line(&format!("{score} of 5")), count));
        self.bars(rows.collect(), NAME);
        self.fact("did not say", &ratings.declined.to_string());
    }

    fn bars(&mut self, rows: Vec<(Shown, u64)>, name_columns: usize) {
        let columns = self.columns.min(name_columns + BARS_MAX);
        let bars = charts::bars(&rows, name_columns.min(self.columns / 2), columns, self.theme);
        self.lines.extend(bars);
    }
}
