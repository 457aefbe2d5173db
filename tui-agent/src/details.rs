//! What is known of the customer and the desk, as rows of a width: beside the chat, or over it. It is made of what the replica has;
//! what is not here yet is left out, and nothing waits for it. It refuses to know where it is drawn.

mod customer;
mod history;

use std::time::Duration;

use minicom_protocol::staff::PresenceState;
use minicom_tui_kit::{Now, Shown, styled::StyledLine, time};
use ratatui::style::Style;

use crate::{app::App, view::fitting};

/// Columns before a row's words.
const INDENT: usize = 2;
/// Columns of the names of facts.
const NAME_COLUMNS: usize = 8;
/// Columns of a fact's name at most: it may be the tenant's own word.
const NAME_MAX: usize = 16;
/// Rows of one fact at most.
const FACT_ROWS_MAX: usize = 3;
/// Rows of something that fits at most.
const FITS_ROWS_MAX: usize = 2;
/// Names of colleagues that are told at most.
const HERE_MAX: usize = 8;

/// The details.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Details {
    /// Of the customer and the chat.
    pub rows: Vec<StyledLine>,
    /// Of the desk: it stands at the bottom where there is room.
    pub foot: Vec<StyledLine>,
}

/// Makes the rows for so many columns.
pub fn of(app: &App, columns: u16, now: Now) -> Details {
    let columns = usize::from(columns);
    let rows = |fill: &dyn Fn(&mut Rows<'_>)| {
        let rows = Vec::new();
        let mut rows = Rows {
            app,
            now,
            columns,
            rows,
        };
        fill(&mut rows);
        rows.rows
    };
    Details {
        rows: rows(&|rows| match app.summary() {
            Some(summary) => {
                rows.customer(summary);
                rows.chat(summary);
                rows.fits();
                rows.history(summary);
            }
            None => rows.words("No conversation is open", app.theme.dim()),
        }),
        foot: rows(&|rows| rows.desk()),
    }
}

/// When something in it changes although nothing comes: the customer's clock.
pub fn changes_in(app: &App, now: Now) -> Option<Duration> {
    let summary = app.summary()?;
    customer::utc_offset_min(app, summary)?;
    let left = 60_000_000 - app.server_time(now).0.rem_euclid(60_000_000);
    Some(Duration::from_micros(u64::try_from(left).unwrap_or(0)))
}

/// Rows, as they are collected.
struct Rows<'a> {
    app: &'a App,
    now: Now,
    columns: usize,
    rows: Vec<StyledLine>,
}

impl Rows<'_> {
    fn title(&mut self, words: &str) {
        if !self.rows.is_empty() {
            self.rows.push(StyledLine::new());
        }
        let words = Shown::line(&format!(" {words}")).cut(self.columns);
        self.rows.push(StyledLine::of(words, self.app.theme.title()));
    }

    /// Words on rows of their own.
    fn words(&mut self, words: &str, style: Style) {
        let line = StyledLine::of(Shown::line(words), style);
        let (first, next) = (blanks(INDENT), blanks(INDENT + 2));
        self.first_rows(line.rows(&first, &next, self.columns), FACT_ROWS_MAX);
    }

    /// So many rows at most; that something was left out is seen.
    fn first_rows(&mut self, mut rows: Vec<StyledLine>, most: usize) {
        if rows.len() > most {
            rows.truncate(most);
            if let Some(last) = rows.last_mut() {
                last.push(Shown::fixed(" ›"), Style::new());
                *last = last.cut(self.columns);
            }
        }
        self.rows.extend(rows);
    }

    /// A fact with its name before it.
    fn fact(&mut self, name: &str, words: &str) {
        self.styled_fact(name, words, Style::new());
    }

    fn styled_fact(&mut self, name: &str, words: &str, style: Style) {
        let name = Shown::line(name).cut(NAME_MAX);
        let name = Shown::line(&format!("{}{name:7} ", " ".repeat(INDENT)));
        let first = StyledLine::of(name, self.app.theme.dim());
        let next = blanks(INDENT + NAME_COLUMNS);
        let line = StyledLine::of(Shown::line(words), style);
        self.first_rows(line.rows(&first, &next, self.columns), FACT_ROWS_MAX);
    }

    fn fact_if(&mut self, name: &str, words: Option<impl AsRef<str>>) {
        if let Some(words) = words {
            self.fact(name, words.as_ref());
        }
    }

    /// What fits what the customer wrote last.
    fn fits(&mut self) {
        let fitting = self.app.fitting();
        if fitting.is_empty() {
            return;
        }
        self.title("WHAT FITS");
        for it in &fitting {
            let line = fitting::line(self.app, it);
            let rows = line.rows(&blanks(0), &blanks(INDENT + 4), self.columns);
            self.first_rows(rows, FITS_ROWS_MAX);
        }
    }

    /// The queue in numbers, and who is here.
    fn desk(&mut self) {
        let (overview, now) = (self.app.list.overview(), self.app.server_time(self.now));
        self.title("QUEUE");
        let waiting = overview.waiting();
        match (overview.longest(now), overview.average(now)) {
            (Some(longest), Some(average)) => {
                self.fact("waiting", &format!("{waiting}, oldest {}", time::waiting(longest)));
                self.fact("average", &time::waiting(average));
            }
            _ => self.fact("waiting", "nobody"),
        }
        let here = self.app.replica.presence().iter();
        let here = here.filter(|it| it.state != PresenceState::Offline);
        let mut names: Vec<String> = here
            .map(|it| match it.state {
                PresenceState::Available => it.agent.name.shown().to_string(),
                state => format!("{} ({})", it.agent.name.shown(), state.word()),
            })
            .collect();
        names.sort();
        if !names.is_empty() {
            let more = names.len().saturating_sub(HERE_MAX);
            names.truncate(HERE_MAX);
            let more = if more > 0 {
                format!(" and {more} more")
            } else {
                String::new()
            };
            self.fact("here", &format!("{}{more}", names.join(", ")));
        }
    }
}

/// Columns without a word.
fn blanks(columns: usize) -> StyledLine {
    StyledLine::of(Shown::line(&" ".repeat(columns)), Style::new())
}

#[cfg(test)]
#[path = "details_tests.rs"]
mod tests;
