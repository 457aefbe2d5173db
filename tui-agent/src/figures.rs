//! Figures in words and charts: one page for the screen and the shell, and sentences for the line mode. Nothing is told by a
//! colour alone, and every number that a chart shows can be read.

mod drawn;
mod sentences;

use minicom_protocol::figures::{By, Figures, Row, Statistics, Times};
use minicom_tui_kit::{Shown, Theme, styled::StyledLine, text, time};
use ratatui::style::Style;

use crate::words;

pub use self::sentences::sentences;

/// Columns of a figure's name.
const NAME: usize = 18;
/// Columns of a figure.
const CELL: usize = 19;
/// Columns of the page, where there is room for them.
pub const COLUMNS: usize = 78;
/// Columns of the name of an agent, a group or a tag.
const WHO: usize = 16;

/// Columns of a row of the figures of one of them.
const ROW: usize = 76;
/// A figure by its name.
type Figure = (&'static str, fn(&Figures) -> String);
/// What is told of the agent and of the desk alike.
const SIDES: [Figure; 9] = [
    ("ended", |it| it.closed.to_string()),
    ("taken", |it| it.taken.to_string()),
    ("passed on", |it| it.transferred.to_string()),
    ("lines of agents", |it| it.lines.agent.to_string()),
    ("first response", |it| times(it.first_response)),
    ("resolution", |it| times(it.resolution)),
    ("satisfaction", |it| match it.ratings.average {
        Some(average) => format!("{average:.1} of 5 ({})", it.ratings.count),
        None => "-".to_owned(),
    }),
    ("in time", |it| {
        percent(it.sla_percent(), it.sla.met, it.sla.met + it.sla.missed)
    }),
    ("tickets", |it| it.tickets.to_string()),
];

/// All of it. Charts take these columns, words at most [`COLUMNS`].
pub fn page(told: &Statistics, theme: &Theme, columns: usize) -> Vec<StyledLine> {
    let mut page = Page {
        lines: Vec::new(),
        theme,
        columns,
    };
    page.now(told);
    // Whoever asked for rows sees them without scrolling.
    if let Some(by) = told.by {
        page.rows(by, &told.rows);
    }
    page.sides(told);
    page.volumes(told);
    page.reasons(&told.totals);
    page.stars(&told.totals);
    page.plain("");
    let behind = match told.behind {
        0 => String::new(),
        events => format!("; {}", not_counted(events)),
    };
    let days = format!(
        "{} {} by the clock of {}{behind}",
        told.range.words(),
        theme.signs().dot,
        told.zone
    );
    page.lines.push(StyledLine::of(Shown::line(&days), theme.dim()));
    page.lines
}

struct Page<'a> {
    lines: Vec<StyledLine>,
    theme: &'a Theme,
    columns: usize,
}

impl Page<'_> {
    fn plain(&mut self, words: &str) {
        self.lines.push(StyledLine::of(Shown::line(words), Style::new()));
    }

    fn title(&mut self, words: &str) {
        self.plain("");
        self.lines.push(StyledLine::of(Shown::line(words), self.theme.title()));
    }

    /// `waiting           3, longest 4:10`.
    fn fact(&mut self, name: &str, value: &str) {
        let name = Shown::line(&text::pad(name, NAME));
        // What goes on of it stands below the figure, or where that is too narrow is set in at least.
        let hang = if NAME * 3 <= self.columns { NAME } else { 2 };
        let line = StyledLine::of(name, self.theme.dim()).and(Shown::line(value), Style::new());
        self.lines.push(line.hanging(hang));
    }

    fn now(&mut self, told: &Statistics) {
        let now = told.now;
        let longest = match now.waiting {
            0 => String::new(),
            _ => format!(
                ", the longest {}",
                time::waiting(now.longest_wait_ms.saturating_mul(1_000))
            ),
        };
        self.fact("waiting now", &format!("{}{longest}", now.waiting));
        let others = format!(
            "{} with agents, {} put aside, {} with the bot",
            now.active, now.snoozed, now.bot
        );
        self.fact("others now", &others);
    }

    /// The agent beside the desk; one after the other where two columns have no room.
    fn sides(&mut self, told: &Statistics) {
        let (mine, desk) = (&told.mine, &told.totals);
        if self.columns < NAME + 2 * CELL {
            for (whose, figures) in [("YOU", mine), ("DESK", desk)] {
                self.title(whose);
                for (name, value) in SIDES {
                    self.fact(name, &value(figures));
                }
            }
        } else {
            self.title(&format!("{}{}DESK", " ".repeat(NAME), text::pad("YOU", CELL)));
            for (name, value) in SIDES {
                let values = format!("{}{}", text::pad(&value(mine), CELL), value(desk));
                self.fact(name, values.trim_end());
            }
        }
        self.plain("");
        self.fact("began", &desk.opened.to_string());
        let by_bot = percent(desk.bot_percent(), desk.resolved_by_bot, desk.closed);
        self.fact("resolved by bot", &by_bot);
        self.fact("wait for a person", &times(desk.wait));
        self.fact("gave up waiting", &desk.abandoned.to_string());
        let lines = desk.lines;
        let all = format!(
            "{}, {} bot, {}",
            words::count(lines.customer, "customer", "customers"),
            lines.bot,
            words::count(lines.agent, "agent", "agents")
        );
        self.fact("lines", &all);
        self.fact("", "times are told as: half are below (nine of ten are below)");
    }

    fn rows(&mut self, by: By, rows: &[Row]) {
        if self.columns < ROW {
            return self.tall_rows(by, rows);
        }
        let head = |name: &str| {
            format!(
                "{}{:>6}{:>7}  {:17}{:17}{:>5}{:>6}",
                text::pad(name, WHO),
                "ENDED",
                "TAKEN",
                "FIRST RESPONSE",
                "RESOLUTION",
                "STARS",
                "TIME"
            )
        };
        self.title(&head(title_of(by)));
        if rows.is_empty() {
            self.plain("nothing was counted");
        }
        for Row { name, figures, .. } in rows {
            let name = Shown::name(name).cut(WHO - 1);
            let stars = figures.ratings.average.map_or("-".to_owned(), |it| format!("{it:.1}"));
            let in_time = figures.sla_percent().map_or("-".to_owned(), |it| format!("{it}%"));
            let cells = format!(
                "{}{:>6}{:>7}  {:17}{:17}{stars:>5}{in_time:>6}",
                text::pad(name.as_str(), WHO),
                figures.closed,
                figures.taken,
                times(figures.first_response),
                times(figures.resolution),
            );
            self.plain(&cells);
        }
    }
}

impl Page<'_> {
    /// The same where a row has no room for all that is told of it.
    fn tall_rows(&mut self, by: By, rows: &[Row]) {
        self.title(title_of(by));
        if rows.is_empty() {
            self.plain("nothing was counted");
        }
        for Row { name, figures, .. } in rows {
            self.plain(Shown::name(name).as_str());
            let wanted = |name: &str| {
                [
                    "ended",
                    "taken",
                    "first response",
                    "resolution",
                    "satisfaction",
                    "in time",
                ]
                .contains(&name)
            };
            for (name, value) in SIDES.iter().filter(|it| wanted(it.0)) {
                self.fact(&format!("  {name}"), &value(figures));
            }
        }
    }
}

fn title_of(by: By) -> &'static str {
    match by {
        By::Agent => "AGENT",
        By::Group => "GROUP",
        By::Tag => "TAG",
        By::Hour => "HOUR",
        By::Weekday => "WEEKDAY",
        By::Day => "DAY",
    }
}

/// `0:42 (3:10)`.
fn times(it: Times) -> String {
    let told = |ms: i64| time::waiting(ms.saturating_mul(1_000));
    match (it.median_ms, it.p90_ms) {
        (Some(median), Some(p90)) => format!("{} ({})", told(median), told(p90)),
        _ => "-".to_owned(),
    }
}

/// `1 event is not counted yet`.
fn not_counted(events: u64) -> String {
    let are = if events == 1 { "is" } else { "are" };
    format!("{} {are} not counted yet", words::count(events, "event", "events"))
}

/// `18% (20 of 110)`.
fn percent(percent: Option<u64>, part: u64, whole: u64) -> String {
    percent.map_or("-".to_owned(), |percent| format!("{percent}% ({part} of {whole})"))
}

#[cfg(test)]
#[path = "figures/tests.rs"]
pub(crate) mod tests;
