//! Why a conversation waits: its place, what counts, and of each agent whether it can be taken, or would be given by routing. The server
//! says it, by the very code that decides.

use minicom_client::Section;
use minicom_protocol::{
    ids::ConversationId,
    people::{AgentRef, Role},
    queue::{Chance, Why, WhyNot},
    settings::Routing,
    summary::Summary,
};
use minicom_tui_kit::{Now, Shown, styled::StyledLine, text, time};
use ratatui::style::Style;

use super::Content;
use crate::{
    app::App,
    desk_view::{View, Wanted},
    facts,
    update::about::NONE_CHOSEN,
    words,
};

/// Columns of a name in a list of agents.
const NAME_MAX: usize = 20;

impl App {
    /// Opens why the conversation under the cursor waits.
    pub(crate) fn why(&mut self, now: Now) {
        let Some(conversation) = self.subject() else {
            return self.tell(Shown::fixed(NONE_CHOSEN), now);
        };
        let view = View::Why {
            conversation,
            why: Wanted::new(),
            asked_at: now.elapsed,
        };
        let title = format!("Why {} waits", self.name_of(conversation));
        self.lay_reading(view, &title, now);
    }

    pub(super) fn key_in_why(&mut self, conversation: ConversationId, key: &str, now: Now) -> bool {
        match key {
            "o" => self.leave_for(conversation, None, now),
            _ => return false,
        }
        true
    }

    pub(super) fn why_content(&self, conversation: ConversationId, why: &Wanted<Why>, now: Now) -> Content {
        let mut lines = Vec::new();
        if let Some(summary) = self.replica.summary(conversation) {
            lines.extend(self.waits(summary, now));
        }
        if let Some(words) = self.words_of(why) {
            lines.push(StyledLine::of(words, self.theme.dim()));
        }
        if let Some(why) = why.value() {
            self.tell_why(why, conversation, &mut lines);
        }
        Content::Lines(lines)
    }

    /// Since when, for what reason, and what is wanted.
    fn waits(&self, summary: &Summary, now: Now) -> Vec<StyledLine> {
        let name = summary.customer.name.shown();
        let stage = words::stage(&summary.stage, self.me(), &self.zone);
        let first = match words::waited(summary, self.server_time(now)).filter(|_| summary.stage.is_waiting()) {
            Some(waited) => format!("{name} has waited {}: {stage}", time::waiting(waited)),
            None => format!("{name} does not wait in the queue: {stage}"),
        };
        let mut lines = vec![StyledLine::of(Shown::line(&first), Style::new())];
        let needs = facts::needs(summary).join(", ");
        if !needs.is_empty() {
            lines.push(StyledLine::of(Shown::line(&words::capital(&needs)), Style::new()));
        }
        lines
    }

    fn tell_why(&self, why: &Why, conversation: ConversationId, lines: &mut Vec<StyledLine>) {
        let plain = |words: String| StyledLine::of(Shown::line(&words), Style::new());
        if let Some(place) = why.place {
            let of = self.replica.count(Section::Waiting);
            lines.push(plain(format!("Place {place} of {of} in the queue")));
        }
        let priority = self.replica.summary(conversation).map(|it| it.intake.priority);
        let ageing = self.replica.desk().map_or(0, |desk| desk.settings.ageing_min);
        lines.push(plain(match priority.filter(|it| *it != why.effective) {
            Some(priority) => format!(
                "Priority {}, counts as {}: it has waited {ageing} minutes or more",
                priority.word(),
                why.effective.word()
            ),
            None => format!("Priority {}", why.effective.word()),
        }));
        let owner = self.replica.summary(conversation).and_then(|row| row.stage.owner());
        let chosen = self.replica.desk().map(|desk| desk.settings.routing);
        lines.push(plain(match (owner, why.routing, chosen) {
            (Some(owner), ..) => {
                let name = owner.name.shown().cut(NAME_MAX);
                let whom = if Some(owner.id) == self.me() {
                    "you"
                } else {
                    name.as_str()
                };
                format!("Nobody can take it from {whom}: it goes on by a transfer, or an admin assigns it")
            }
            (None, false, _) => "Routing is off: nobody is given a conversation without having asked".to_owned(),
            (None, true, Some(Routing::LeastBusy)) => {
                "Routing gives it to the least busy who could be given it".to_owned()
            }
            (None, true, _) => "Routing is on".to_owned(),
        }));
        lines.push(StyledLine::new());
        lines.push(StyledLine::of(Shown::fixed("WHO MAY TAKE IT"), self.theme.title()));
        let names: Vec<Shown> = why.agents.iter().map(|it| self.called(it)).collect();
        let columns = names.iter().map(|name| text::width(name.as_str())).max().unwrap_or(0);
        for (chance, name) in why.agents.iter().zip(names) {
            lines.push(self.chance_line(chance, &name, columns, why.routing, owner));
        }
    }

    fn called(&self, chance: &Chance) -> Shown {
        let name = chance.agent.name.shown().cut(NAME_MAX);
        match Some(chance.agent.id) == self.me() {
            true => Shown::line(&format!("{name} (you)")),
            false => name,
        }
    }

    /// `Bo   no: needs german`.
    fn chance_line(
        &self,
        chance: &Chance,
        name: &Shown,
        columns: usize,
        routing: bool,
        owner: Option<&AgentRef>,
    ) -> StyledLine {
        let staff = self.replica.desk().map(|desk| &desk.staff);
        let member = staff.and_then(|staff| staff.agent(chance.agent.id));
        let admin = member.is_some_and(|it| it.role == Role::Admin && it.enabled);
        let (take, style) = match &chance.take {
            None if owner.is_some_and(|owner| owner.id == chance.agent.id) => ("has it".to_owned(), Style::new()),
            None => ("yes".to_owned(), self.theme.good()),
            Some(because) if admin && !matches!(because, WhyNot::Taken { .. }) => {
                (format!("as an admin only: {}", because.words()), Style::new())
            }
            Some(because) => (format!("no: {}", because.words()), self.theme.dim()),
        };
        let given = match (&chance.route, &chance.take) {
            // Only what waits is given to somebody.
            _ if !routing || owner.is_some() => String::new(),
            (None, _) => "; could be given it".to_owned(),
            (Some(route), Some(take)) if route == take => String::new(),
            (Some(route), _) => format!("; is not given it: {}", route.words()),
        };
        let name = text::pad(name.as_str(), columns);
        StyledLine::of(Shown::line(&format!("{name}  ")), Style::new())
            .and(Shown::line(&take), style)
            .and(Shown::line(&given), Style::new())
    }
}
