//! Who has a conversation: taking it over, giving it back, to a colleague, a group or the queue, and what the agent wants to be. All of
//! it needs a connection; what the desk's rules forbid is told by the very rules by which the server decides.

use std::collections::HashMap;

use minicom_client::Section;
use minicom_protocol::{
    command::{AgentCommand, TransferTo},
    ids::{AgentId, ConversationId, Time},
    queue::WhyNot,
    staff::{Group, Intent, PresenceState, StaffMember},
    stage::Stage,
    summary::Summary,
    text::MessageText,
};
use minicom_tui_kit::{
    Now, Picker, Prompt, Shown,
    picker::{Row, numbered},
    prompt::Question,
};

use crate::{
    app::App,
    keys::Action,
    over::{AskFor, Choice, PickFor},
    update::about::NONE_CHOSEN,
    words,
};

impl App {
    /// Becomes the owner of the open conversation, and sends nothing.
    pub(crate) fn take_over(&mut self, now: Now) {
        let Some(summary) = self.subject().and_then(|it| self.replica.summary(it)) else {
            return self.tell_here(Shown::fixed(NONE_CHOSEN), now);
        };
        let conversation = summary.conversation;
        let words = match &summary.stage {
            Stage::Closed { .. } => {
                Some("This chat has ended; the next line of the customer opens a new one.".to_owned())
            }
            Stage::Active { .. } if self.is_mine(summary) => Some("It is yours already.".to_owned()),
            Stage::Snoozed { .. } if self.is_mine(summary) => None,
            Stage::Active { agent, since } | Stage::Snoozed { agent, since, .. } => Some(format!(
                "Taken by {} since {}.",
                agent.name.shown(),
                self.zone.clock(since.0)
            )),
            Stage::Bot | Stage::Waiting { .. } => self.may_not_take(conversation),
        };
        match words {
            Some(words) => self.tell_here(Shown::line(&words), now),
            None if self.has_connection("Take over") => {
                self.send(AgentCommand::TakeOver { conversation }, now.wall);
            }
            None => {}
        }
    }

    /// Why the one who sits here may not take a conversation. An admin may all the same.
    pub(crate) fn may_not_take(&self, conversation: ConversationId) -> Option<String> {
        let because = self.replica.may_take(conversation).err().filter(|_| !self.is_admin())?;
        Some(format!("You may not take this: {}.", words::why_not_you(&because)))
    }

    /// Gives conversations back to the bot.
    pub(crate) fn hand_back(&mut self, now: Now) {
        let about = self.targets();
        let [conversation] = about[..] else {
            return self.hand_back_all(&about, now);
        };
        let Some(summary) = self.replica.summary(conversation) else {
            return;
        };
        let words = match &summary.stage {
            Stage::Closed { .. } => Some("This chat has ended.".to_owned()),
            Stage::Bot => Some("The bot has it already.".to_owned()),
            Stage::Active { agent, .. } | Stage::Snoozed { agent, .. } if !self.is_mine(summary) => {
                Some(format!("{} has it; only the owner hands it back.", agent.name.shown()))
            }
            Stage::Active { .. } | Stage::Snoozed { .. } | Stage::Waiting { .. } => None,
        };
        match words {
            Some(words) => self.tell_here(Shown::line(&words), now),
            None => self.hand_back_all(&about, now),
        }
    }

    fn hand_back_all(&mut self, about: &[ConversationId], now: Now) {
        if about.is_empty() {
            return self.tell(Shown::fixed(NONE_CHOSEN), now);
        }
        if self.has_connection("Hand back") {
            self.closing.retain(|held| !about.contains(&held.conversation));
            let again = self.key_words(Action::TakeOver);
            let words = format!("Handed back to the bot, {again} takes it over again");
            self.send_each(&words, about, now, |conversation| AgentCommand::HandBack {
                conversation,
            });
        }
    }

    // To somebody else.

    /// Asks to whom the conversations go.
    pub(crate) fn transfer(&mut self, now: Now) {
        let about = self.targets();
        if let Some(words) = self.not_to_give(&about) {
            return self.tell_here(Shown::line(&words), now);
        }
        if !self.has_connection("Transfer") {
            return;
        }
        let title = format!("Transfer {} to", self.these(&about));
        let picker = Picker::new(Shown::line(&title), self.transfer_rows(&about))
            .verb(Shown::fixed("Enter transfers"))
            .by_name()
            .when_empty(Shown::fixed("There is nobody else"));
        self.open_picker(PickFor::Transfer, about, picker);
    }

    /// Why none of these can be given to somebody else.
    pub(crate) fn not_to_give(&self, about: &[ConversationId]) -> Option<String> {
        let rows: Vec<&Summary> = about.iter().filter_map(|it| self.replica.summary(*it)).collect();
        let Some(first) = rows.first() else {
            return Some(NONE_CHOSEN.to_owned());
        };
        let may = |row: &&&Summary| row.stage.is_open() && (self.is_admin() || self.is_mine(row));
        if rows.iter().any(|row| may(&row)) {
            return None;
        }
        Some(match &first.stage {
            Stage::Closed { .. } => "This chat has ended.".to_owned(),
            Stage::Active { agent, .. } | Stage::Snoozed { agent, .. } => {
                format!(
                    "{} has it; only the owner or an admin transfers it.",
                    agent.name.shown()
                )
            }
            Stage::Bot | Stage::Waiting { .. } => "It is not yours: take it over first.".to_owned(),
        })
    }

    fn transfer_rows(&self, about: &[ConversationId]) -> Vec<Row<Choice>> {
        let Some(desk) = self.replica.desk() else {
            return Vec::new();
        };
        let loads = self.loads();
        let all_mine = about
            .iter()
            .filter_map(|it| self.replica.summary(*it))
            .all(|row| self.is_mine(row));
        let agents = desk.staff.agents.iter().filter(|it| it.enabled);
        let agents = agents.filter(|it| !all_mine || Some(it.agent.id) != self.me());
        let mut rows: Vec<Row<Choice>> = agents
            .map(|member| {
                let agent = member.agent.id;
                let active = loads.get(&agent).copied().unwrap_or(0);
                let because = self.not_for(member, active).filter(|_| !self.is_admin());
                self.agent_row(member, active, because, Choice::To(TransferTo::Agent { agent }))
            })
            .collect();
        rows.extend(desk.staff.groups.iter().map(|group| self.group_row(group)));
        let queue = Choice::To(TransferTo::Queue);
        rows.push(Row::new(
            queue,
            Shown::fixed("the queue"),
            Shown::fixed("whoever is next"),
        ));
        numbered(rows)
    }

    /// Why a colleague cannot be given one more, by the server's rule: room and presence of mind are asked for, skills are not.
    fn not_for(&self, member: &StaffMember, active: u32) -> Option<WhyNot> {
        let queue = self.replica.queue(Time(0));
        match (queue.has_room(member, active), member.intent) {
            (Err(full), _) => Some(full),
            (Ok(()), intent @ (Intent::Away | Intent::AwayHandBack)) => Some(WhyNot::NotAvailable { intent }),
            (Ok(()), Intent::Available | Intent::Busy) => None,
        }
    }

    /// `Bo  available · 2 of 5`.
    fn agent_row(&self, member: &StaffMember, active: u32, because: Option<WhyNot>, choice: Choice) -> Row<Choice> {
        let presence = self.replica.presence_of(member.agent.id);
        let state = presence.map_or(PresenceState::Offline, |it| it.state);
        let capacity = self.replica.queue(Time(0)).capacity(member);
        let load = words::load(active, capacity);
        let dot = self.theme.signs().dot;
        let detail = format!("{} {dot} {load}", state.word());
        let reason = because.map(|it| match it {
            // The load tells it already.
            WhyNot::Full { .. } => Shown::line(&format!("{detail} {dot} full")),
            other => Shown::line(&format!("{detail} {dot} {}", other.words())),
        });
        let name = match Some(member.agent.id) == self.me() {
            true => Shown::line(&format!("{} (you)", member.agent.name.shown())),
            false => member.agent.name.shown(),
        };
        Row::new(choice, name, Shown::line(&detail)).disabled(reason)
    }

    /// `billing  group · 2 of 3 there`. It can always be chosen: what nobody takes waits in the group's queue.
    fn group_row(&self, group: &Group) -> Row<Choice> {
        let there = |agent: &&AgentId| {
            let presence = self.replica.presence_of(**agent);
            presence.is_some_and(|it| matches!(it.state, PresenceState::Available | PresenceState::Busy))
        };
        let here = group.members.iter().filter(there).count();
        let dot = self.theme.signs().dot;
        let detail = format!("group {dot} {here} of {} there", group.members.len());
        let choice = Choice::To(TransferTo::Group { group: group.id });
        Row::new(choice, group.name.shown(), Shown::line(&detail))
    }

    /// How many conversations each agent has that count.
    pub(crate) fn loads(&self) -> HashMap<AgentId, u32> {
        let mut loads = HashMap::new();
        let rows = [Section::Mine, Section::Others].map(|section| self.replica.section(section));
        for row in rows.into_iter().flatten().filter(|row| row.stage.is_active()) {
            if let Some(owner) = row.stage.owner() {
                *loads.entry(owner.id).or_insert(0) += 1;
            }
        }
        loads
    }

    pub(crate) fn refresh_transfer(&mut self, about: &[ConversationId]) {
        let rows = self.transfer_rows(about);
        self.set_picker_rows(rows);
    }

    /// It is known to whom: what should the next one know?
    pub(crate) fn transfer_to(&mut self, about: Vec<ConversationId>, to: TransferTo) {
        let title = format!("Transfer to {}", self.name_of_target(to));
        let question = Question::new(Shown::fixed("note for the next one"))
            .optional()
            .check(|text| match MessageText::parse(text) {
                Ok(_) => Ok(()),
                Err(refused) => Err(Shown::line(&refused.to_string())),
            });
        self.open_prompt(
            AskFor::TransferNote(to),
            about,
            Prompt::ask(Shown::line(&title), question).verb("Enter transfers"),
        );
    }

    pub(crate) fn transfer_with_note(&mut self, about: &[ConversationId], to: TransferTo, note: &str, now: Now) {
        if !self.has_connection("Transfer") {
            return;
        }
        let what = format!("Transferred to {}", self.name_of_target(to));
        let note = (!note.is_empty()).then(|| note.to_owned());
        self.closing.retain(|held| !about.contains(&held.conversation));
        self.send_each(&what, about, now, |conversation| AgentCommand::Transfer {
            conversation,
            to,
            note: note.clone(),
        });
    }

    pub(crate) fn name_of_target(&self, to: TransferTo) -> Shown {
        let staff = self.replica.desk().map(|desk| &desk.staff);
        match to {
            TransferTo::Agent { agent } => self.name_of_agent(agent),
            TransferTo::Group { group } => staff
                .and_then(|staff| staff.group(group))
                .map_or(Shown::fixed("a group"), |group| {
                    Shown::line(&format!("the group {}", group.name.shown()))
                }),
            TransferTo::Queue => Shown::fixed("the queue"),
        }
    }

    pub(crate) fn name_of_agent(&self, agent: AgentId) -> Shown {
        let staff = self.replica.desk().map(|desk| &desk.staff);
        let member = staff.and_then(|staff| staff.agent(agent));
        member.map_or(Shown::fixed("a colleague"), |member| member.agent.name.shown())
    }

    // By an admin.

    /// Asks who becomes the owner.
    pub(crate) fn assign(&mut self, now: Now) {
        let about = self.targets();
        let words = match about.first().and_then(|it| self.replica.summary(*it)) {
            _ if !self.is_admin() => Some(format!(
                "Only admins assign. Transfer ({}) gives what is yours to a colleague.",
                self.list_key_words(Action::Transfer)
            )),
            None => Some(NONE_CHOSEN.to_owned()),
            Some(row) if about.len() == 1 && !row.stage.is_open() => Some("This chat has ended.".to_owned()),
            Some(_) => None,
        };
        if let Some(words) = words {
            return self.tell_here(Shown::line(&words), now);
        }
        if !self.has_connection("Assign") {
            return;
        }
        let title = format!("Assign {} to", self.these(&about));
        let picker = Picker::new(Shown::line(&title), self.assign_rows())
            .verb(Shown::fixed("Enter assigns"))
            .by_name();
        self.open_picker(PickFor::Assign, about, picker);
    }

    /// Nobody is refused: who is full or not suited is told, before and after.
    fn assign_rows(&self) -> Vec<Row<Choice>> {
        let Some(desk) = self.replica.desk() else {
            return Vec::new();
        };
        let loads = self.loads();
        let agents = desk.staff.agents.iter().filter(|it| it.enabled);
        let rows = agents.map(|member| {
            let agent = member.agent.id;
            let active = loads.get(&agent).copied().unwrap_or(0);
            self.agent_row(member, active, None, Choice::Agent(agent))
        });
        numbered(rows.collect())
    }

    pub(crate) fn refresh_assign(&mut self) {
        let rows = self.assign_rows();
        self.set_picker_rows(rows);
    }

    pub(crate) fn assign_to(&mut self, about: &[ConversationId], agent: AgentId, now: Now) {
        if self.has_connection("Assign") {
            let what = format!("Assigned to {}", self.name_of_agent(agent));
            self.send_each(&what, about, now, |conversation| AgentCommand::Assign {
                conversation,
                agent,
            });
        }
    }

    // What the agent wants to be.

    /// Asks what the agent wants to be.
    pub(crate) fn choose_intent(&mut self) {
        if !self.has_connection("This") {
            return;
        }
        let current = self.replica.member().map(|member| member.intent);
        let rows = Intent::ALL.map(|intent| {
            let what = match intent {
                Intent::Available => "takes customers",
                Intent::Busy => "here, but no new ones",
                Intent::Away => "not here; keeps the conversations",
                Intent::AwayHandBack => "not here; who waits goes back to the queue",
            };
            let detail = match current == Some(intent) {
                true => format!("{what} {} now", self.theme.signs().dot),
                false => what.to_owned(),
            };
            Row::new(Choice::Intent(intent), intent_words(intent), Shown::line(&detail))
        });
        let picker = Picker::new(Shown::fixed("Be"), numbered(rows.to_vec())).verb(Shown::fixed("Enter chooses"));
        self.open_picker(PickFor::Intent, Vec::new(), picker);
    }

    pub(crate) fn intent_chosen(&mut self, intent: Intent, now: Now) {
        if self.has_connection("This") {
            self.send(AgentCommand::SetIntent { intent }, now.wall);
        }
    }

    /// `carol`, `3 chats`.
    pub(crate) fn these(&self, about: &[ConversationId]) -> String {
        match about {
            [one] => self.name_of(*one).to_string(),
            many => words::count(many.len() as u64, "chat", "chats"),
        }
    }
}

/// What an agent is, in words.
pub(crate) fn intent_words(intent: Intent) -> Shown {
    Shown::fixed(match intent {
        Intent::Available => "available",
        Intent::Busy => "busy",
        Intent::Away => "away",
        Intent::AwayHandBack => "away, hand back",
    })
}

#[cfg(test)]
#[path = "ownership_tests.rs"]
mod tests;
