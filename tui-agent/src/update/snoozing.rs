//! Putting conversations aside until somebody writes or a time has come, and taking them up again.

use std::collections::HashSet;

use minicom_protocol::{
    command::AgentCommand,
    ids::{ConversationId, Time},
    stage::Stage,
    summary::Summary,
};
use minicom_tui_kit::{Now, Picker, Shown, picker::Row};

use crate::{
    app::App,
    later,
    over::{Choice, Over, PickFor},
    update::about::NONE_CHOSEN,
};

/// What is offered, besides what is typed.
const OFFERED: [&str; 5] = ["15m", "1h", "4h", "tomorrow 9:00", "monday 9:00"];

impl App {
    /// Asks until when the conversations are put aside.
    pub(crate) fn snooze(&mut self, now: Now) {
        let about = self.targets();
        if let Some(words) = self.not_to_snooze(&about) {
            return self.tell_here(Shown::line(&words), now);
        }
        if !self.has_connection("Snooze") {
            return;
        }
        let title = format!("Put {} aside", self.these(&about));
        let rows = self.snooze_rows(&about, "", now);
        let picker = Picker::new(Shown::line(&title), rows)
            .verb(Shown::fixed("Enter snoozes"))
            .by_name()
            .hint(Shown::fixed("or type 2h, 30m, 14:30, tomorrow 10:00"));
        self.open_picker(PickFor::Snooze, about, picker);
    }

    /// Why none of these can be put aside.
    pub(crate) fn not_to_snooze(&self, about: &[ConversationId]) -> Option<String> {
        let rows: Vec<&Summary> = about.iter().filter_map(|it| self.replica.summary(*it)).collect();
        let first = rows.first();
        let mine = |row: &&&Summary| self.is_mine(row);
        if rows.iter().any(|row| mine(&row)) {
            return None;
        }
        Some(match first.map(|row| &row.stage) {
            None => NONE_CHOSEN.to_owned(),
            Some(Stage::Closed { .. }) => "This chat has ended.".to_owned(),
            Some(Stage::Active { agent, .. } | Stage::Snoozed { agent, .. }) => {
                format!("{} has it; only the owner puts it aside.", agent.name.shown())
            }
            Some(Stage::Bot | Stage::Waiting { .. }) => "It is not yours: take it over first.".to_owned(),
        })
    }

    fn snooze_rows(&self, about: &[ConversationId], query: &str, now: Now) -> Vec<Row<Choice>> {
        let at = self.server_time(now).0;
        let until = |text: &str| later::parse(text, at, &self.zone).ok();
        // A time that was typed is what is meant, and nothing else.
        if let Some(typed) = until(query) {
            let detail = format!("until {}", self.zone.moment(typed, at));
            return vec![Row::new(
                Choice::Until(Some(Time(typed))),
                Shown::line(query),
                Shown::line(&detail),
            )];
        }
        let snoozed = |it: &ConversationId| {
            self.replica
                .summary(*it)
                .is_some_and(|row| matches!(row.stage, Stage::Snoozed { .. }))
        };
        let mut rows = Vec::new();
        if about.iter().any(snoozed) {
            let detail = Shown::fixed("it is active again");
            rows.push(Row::new(Choice::Wake, Shown::fixed("take it up again"), detail));
        }
        let who = match about {
            [one] => Shown::line(&format!("until {} writes", self.name_of(*one))),
            _ => Shown::fixed("until the customer writes"),
        };
        rows.push(Row::new(
            Choice::Until(None),
            who,
            Shown::fixed("as a new line always does"),
        ));
        // On a Sunday Monday is tomorrow.
        let mut offered = HashSet::new();
        rows.extend(OFFERED.iter().filter_map(|text| {
            let until = until(text).filter(|it| offered.insert(*it))?;
            let detail = format!("until {}", self.zone.moment(until, at));
            Some(Row::new(
                Choice::Until(Some(Time(until))),
                Shown::fixed(text),
                Shown::line(&detail),
            ))
        }));
        // No digits: a time begins with one.
        rows
    }

    pub(crate) fn refresh_snooze(&mut self, now: Now) {
        let Some(Over::Picker(pick)) = &self.over else { return };
        let rows = self.snooze_rows(&pick.about, &pick.picker.query(), now);
        self.set_picker_rows(rows);
    }

    /// Puts aside until then; without a time, until the customer writes.
    pub(crate) fn snooze_until(&mut self, about: &[ConversationId], until: Option<Time>, now: Now) {
        if !self.has_connection("Snooze") {
            return;
        }
        let what = match until {
            Some(until) => format!("Put aside until {}", self.zone.moment(until.0, self.server_time(now).0)),
            None => "Put aside until the customer writes".to_owned(),
        };
        self.closing.retain(|held| !about.contains(&held.conversation));
        self.send_each(&what, about, now, |conversation| AgentCommand::Snooze {
            conversation,
            until,
        });
    }

    pub(crate) fn wake(&mut self, about: &[ConversationId], now: Now) {
        if self.has_connection("Waking") {
            self.send_each("Taken up again", about, now, |conversation| AgentCommand::Wake {
                conversation,
            });
        }
    }
}
