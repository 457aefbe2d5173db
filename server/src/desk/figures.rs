//! The figures of a desk through the front door: of a range of days of the desk's own zone, from rows that were counted when it
//! happened. No line is looked at.

use std::collections::BTreeMap;

use minicom_protocol::{
    figures::{By, Now, Range, Row, Statistics, Volume},
    ids::{AgentId, Time},
    refusal::Refusal,
    staff::Staff,
    stage::StageIs,
};
use rusqlite::Connection;

use super::{Desk, queue::Rules};
use crate::{
    clock::{self, rfc3339},
    figures::{Count, Hour, Kind, Of, Tally},
    hours::Calendar,
    limits::FIGURES_ROWS_MAX,
    store::{self, TenantKey, conversations, figures},
};

/// Who asks for figures, and for which.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct StatisticsFor {
    /// Who asks.
    pub me: AgentId,
    /// Whether those of all agents may be told.
    pub all: bool,
    /// Of which days.
    pub range: Range,
    /// One by one by what.
    pub by: Option<By>,
}

/// The days of the week, as they are called in answers.
const WEEKDAYS: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];

impl Desk {
    /// The figures of a desk.
    ///
    /// # Errors
    /// `forbidden` for figures by group or tag that are not for all agents to see; what kept the store from answering.
    pub async fn statistics(&self, tenant: TenantKey, asked: StatisticsFor) -> Result<Statistics, Refusal> {
        if !asked.all && matches!(asked.by, Some(By::Group | By::Tag)) {
            return Err(Refusal::Forbidden);
        }
        self.read(move |conn| statistics(conn, tenant, asked, clock::now()))
            .await
    }
}

fn statistics(conn: &Connection, tenant: TenantKey, asked: StatisticsFor, now: Time) -> store::Result<Statistics> {
    let rules = Rules::read(conn, tenant)?;
    let calendar = Calendar::or_utc(rules.settings.hours.as_ref());
    let from = calendar.days_back(now, asked.range.days_back()).unwrap_or(Time(0));
    // With the hour that has begun, whose end nobody has seen.
    let range = (Hour::of(from), Hour(Hour::of(now).0 + 1));
    let one_by_one = matches!(asked.by, Some(By::Hour | By::Weekday | By::Day));
    let hours = figures::by_hour(conn, tenant, range, one_by_one)?;
    let totals = figures::in_range(conn, tenant, Kind::Desk, None, range)?;
    let me = Of::Agent(asked.me);
    let mine = figures::in_range(conn, tenant, Kind::Agent, Some(&me), range)?;
    let told = |tallies: &BTreeMap<Of, Tally>, of: &Of| tallies.get(of).map(Tally::figures).unwrap_or_default();
    let slots = Slots::new(&calendar, range, now);
    let rows = match asked.by {
        None => vec![],
        Some(By::Agent) if !asked.all => named(&rules.staff, mine.clone()),
        Some(By::Agent) => named(&rules.staff, figures::in_range(conn, tenant, Kind::Agent, None, range)?),
        Some(By::Group) => named(&rules.staff, figures::in_range(conn, tenant, Kind::Group, None, range)?),
        Some(By::Tag) => named(&rules.staff, figures::in_range(conn, tenant, Kind::Tag, None, range)?),
        Some(By::Hour) => slots.rows(Slot::Hour, &hours),
        Some(By::Weekday) => slots.rows(Slot::Weekday, &hours),
        Some(By::Day) => slots.rows(Slot::Day, &hours),
    };
    let standing = figures::standing(conn, tenant)?;
    Ok(Statistics {
        range: asked.range,
        zone: calendar.zone_name().to_owned(),
        from: rfc3339(range.0.begins()),
        until: rfc3339(now),
        behind: standing.behind,
        now: at_present(conn, tenant, &rules, &standing)?,
        totals: told(&totals, &Of::Desk),
        mine: told(&mine, &me),
        hours: slots.volumes(Slot::Hour, &hours),
        weekdays: slots.volumes(Slot::Weekday, &hours),
        days: slots.volumes(Slot::Day, &hours),
        by: asked.by,
        rows,
    })
}

fn at_present(conn: &Connection, tenant: TenantKey, rules: &Rules, standing: &figures::Standing) -> store::Result<Now> {
    let count = |stage: StageIs| standing.open.iter().find(|it| it.0 == stage).map_or(0, |it| it.1);
    let longest_wait_ms = match count(StageIs::Waiting) {
        0 => 0,
        _ => {
            rules
                .queue()
                .stats(&conversations::waiting(conn, tenant)?)
                .longest_wait_ms
        }
    };
    Ok(Now {
        waiting: count(StageIs::Waiting),
        longest_wait_ms,
        active: count(StageIs::Active),
        snoozed: count(StageIs::Snoozed),
        bot: count(StageIs::Bot),
    })
}

/// Rows of agents, groups and tags, those with most conversations first.
fn named(staff: &Staff, tallies: BTreeMap<Of, Tally>) -> Vec<Row> {
    let weight = |it: &Tally| it.get(Count::Closed) + it.get(Count::Taken);
    let mut all: Vec<(Of, Tally)> = tallies.into_iter().filter(|(_, tally)| !tally.is_empty()).collect();
    all.sort_by(|a, b| weight(&b.1).cmp(&weight(&a.1)).then(a.0.cmp(&b.0)));
    all.truncate(FIGURES_ROWS_MAX);
    let rows = all.iter().map(|(of, tally)| {
        let (key, name) = match of {
            Of::Desk => (String::new(), String::new()),
            Of::Tag(tag) => (tag.as_str().to_owned(), tag.as_str().to_owned()),
            Of::Agent(id) => {
                let known = staff.agents.iter().find(|it| it.agent.id == *id);
                (
                    id.to_string(),
                    known.map_or_else(gone, |it| it.agent.name.as_str().to_owned()),
                )
            }
            Of::Group(id) => {
                let known = staff.groups.iter().find(|it| it.id == *id);
                (
                    id.to_string(),
                    known.map_or_else(gone, |it| it.name.as_str().to_owned()),
                )
            }
        };
        Row {
            key,
            name,
            figures: tally.figures(),
        }
    });
    rows.collect()
}

/// What stands for one that there is no more.
fn gone() -> String {
    "(deleted)".to_owned()
}

/// Parts of a day, a week, or the range.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Slot {
    Hour,
    Weekday,
    Day,
}

/// All slots of a range, also those in which nothing happened.
struct Slots<'a> {
    calendar: &'a Calendar,
    days: Vec<String>,
}

impl Slots<'_> {
    fn new(calendar: &Calendar, (from, until): (Hour, Hour), now: Time) -> Slots<'_> {
        let mut days: Vec<String> = (from.0..until.0)
            .map(|hour| calendar.wall(Hour(hour).begins()).date)
            .collect();
        // In a zone that is not whole hours off, the first hour begins on the day before.
        if calendar.wall(from.begins()).hour != 0 && days.len() > 1 {
            days.remove(0);
        }
        days.push(calendar.wall(now).date);
        days.dedup();
        Slots { calendar, days }
    }

    fn keys(&self, slot: Slot) -> Vec<String> {
        match slot {
            Slot::Hour => (0..24).map(|hour| format!("{hour:02}")).collect(),
            Slot::Weekday => WEEKDAYS.map(str::to_owned).to_vec(),
            Slot::Day => self.days.clone(),
        }
    }

    /// Everything by slot.
    fn sums(&self, slot: Slot, hours: &[(Hour, Tally)]) -> Vec<(String, Tally)> {
        let mut sums: Vec<(String, Tally)> = self.keys(slot).into_iter().map(|it| (it, Tally::default())).collect();
        for (hour, tally) in hours {
            let wall = self.calendar.wall(hour.begins());
            let place = match slot {
                Slot::Hour => usize::from(wall.hour),
                Slot::Weekday => usize::from(wall.weekday),
                Slot::Day => self.days.iter().position(|it| *it == wall.date).unwrap_or(0),
            };
            if let Some((_, sum)) = sums.get_mut(place) {
                sum.merge(tally, 1);
            }
        }
        sums
    }

    fn volumes(&self, slot: Slot, hours: &[(Hour, Tally)]) -> Vec<Volume> {
        let sums = self.sums(slot, hours).into_iter().map(|(key, tally)| Volume {
            key,
            opened: tally.get(Count::Opened),
            closed: tally.get(Count::Closed),
        });
        sums.collect()
    }

    fn rows(&self, slot: Slot, hours: &[(Hour, Tally)]) -> Vec<Row> {
        let sums = self.sums(slot, hours).into_iter().map(|(key, tally)| Row {
            name: key.clone(),
            key,
            figures: tally.figures(),
        });
        sums.collect()
    }
}
