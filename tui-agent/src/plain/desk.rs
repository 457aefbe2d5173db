//! The desk in numbers and words: the queue, who has how much to do, why somebody waits, what the desk has chosen.

use minicom_protocol::{
    draft::{Draft, NoDraft},
    figures::{By, Range},
    frame::{AgentQuestion, AgentReply},
    queue::{QueueStats, Why},
    staff::Workload,
    suggestions::Suggestions,
};
use minicom_tui_kit::{Shown, time};

use super::{PlainAgent, lines::Draft as Line, words::Given};
use crate::{exit, figures, words};

impl PlainAgent {
    pub(super) fn why(&mut self, given: Given<'_>) {
        if let Some(conversation) = self.subject(given.rest) {
            self.ask(AgentQuestion::Why { conversation });
        }
    }

    pub(super) fn suggest(&mut self, given: Given<'_>) {
        if let Some(conversation) = self.subject(given.rest) {
            self.ask(AgentQuestion::Suggestions { conversation });
        }
    }

    pub(super) fn summary(&mut self, given: Given<'_>) {
        if let Some(conversation) = self.subject(given.rest) {
            let words = self.replica.desk().is_some_and(|desk| desk.settings.bot.provider);
            self.ask(AgentQuestion::Recap { conversation, words });
        }
    }

    pub(super) fn draft(&mut self, given: Given<'_>) {
        if let Some(conversation) = self.subject(given.rest) {
            self.ask(AgentQuestion::Draft { conversation });
        }
    }

    pub(super) fn queue(&mut self, _: Given<'_>) {
        self.ask(AgentQuestion::Queue {});
    }

    pub(super) fn workload(&mut self, given: Given<'_>) {
        let agent = match given.rest {
            "" => None,
            name => match self.agent_of(name) {
                Some(agent) => Some(agent),
                None => return,
            },
        };
        self.ask(AgentQuestion::Workload { agent });
    }

    pub(super) fn statistics(&mut self, given: Given<'_>) {
        let (mut range, mut by) = (Range::default(), None);
        for word in given.rest.split_whitespace() {
            match (word.parse::<Range>(), word.parse::<By>()) {
                (Ok(it), _) => range = it,
                (_, Ok(it)) => by = Some(it),
                _ => {
                    let word = Shown::line(word);
                    return self.say(format!(
                        "{word} is no range (today, 7d, 30d, 90d), and nothing to tell it by (agent, group, tag)."
                    ));
                }
            }
        }
        self.ask(AgentQuestion::Statistics { range, by });
    }

    /// The reply to a question of this file.
    pub(super) fn tell_desk(&mut self, reply: AgentReply) {
        match reply {
            AgentReply::Queue { stats } => self.tell_queue(&stats),
            AgentReply::Workload { agents } => agents.iter().for_each(|it| self.tell_workload(it)),
            AgentReply::Why { why } => self.tell_why(&why),
            AgentReply::Suggestions { suggestions } => self.tell_suggestions(&suggestions),
            AgentReply::Recap { recap } => {
                let text = recap.text(|at| self.zone.stamp(at.0));
                text.lines().for_each(|line| self.say(line));
            }
            AgentReply::Draft { draft } => self.tell_draft(draft),
            AgentReply::Statistics { statistics } => {
                for sentence in figures::sentences(&statistics) {
                    self.say(sentence);
                }
            }
            _ => {}
        }
    }

    /// Nothing of it is sent by itself.
    fn tell_draft(&mut self, draft: Draft) {
        let no = draft.no.unwrap_or(NoDraft::Failed);
        let Some(text) = draft.text else {
            return self.deny_as(exit::NOTHING, format!("No draft: {}", no.words()));
        };
        let name = self.name_of(draft.conversation);
        self.say(format!("A language model's draft for {name}:"));
        text.lines()
            .for_each(|line| self.say(format!("  {}", Shown::line(line))));
        self.prepared = Some(Line::of_text(draft.conversation, &text));
        self.say("/send sends it, /discard throws it away.");
    }

    /// Each with the words that use it.
    fn tell_suggestions(&mut self, fitting: &Suggestions) {
        if fitting.is_empty() {
            return self.say("No article and no saved reply fits.");
        }
        for it in &fitting.articles {
            self.say(format!(
                "{} %: {} (/article {})",
                it.percent,
                it.title.shown(),
                it.slug.shown()
            ));
        }
        for it in &fitting.replies {
            self.say(format!(
                "{} %: {} (/reply {})",
                it.percent,
                it.title.shown(),
                it.code.shown()
            ));
        }
    }

    fn tell_queue(&mut self, stats: &QueueStats) {
        if stats.waiting == 0 {
            return self.say("Nobody is waiting.");
        }
        let took = |ms: i64| time::waiting(ms.saturating_mul(1_000));
        self.say(format!(
            "{} waiting: {}; longest {}, on average {}.",
            stats.waiting,
            stats.priority_words(),
            took(stats.longest_wait_ms),
            took(stats.average_wait_ms)
        ));
    }

    fn tell_workload(&mut self, it: &Workload) {
        let mut facts = vec![it.presence.state.word().to_owned(), words::load(it.active, it.capacity)];
        facts.extend(it.utilisation.map(|percent| format!("{percent} %")));
        facts.extend(it.free.map(|free| format!("{free} free")));
        if it.snoozed > 0 {
            facts.push(format!("{} put aside", it.snoozed));
        }
        let names = match self.told_names(&it.conversations) {
            Some(names) => format!("; {names}"),
            None => String::new(),
        };
        let name = it.presence.agent.name.shown();
        self.say(format!("{name}: {}{names}", facts.join(", ")));
    }

    /// Why somebody waits: the very rules by which the server decides, for each agent.
    fn tell_why(&mut self, why: &Why) {
        let name = self.name_of(why.conversation);
        let row = self.replica.summary(why.conversation);
        let chosen = row.map_or(why.effective, |row| row.intake.priority);
        let aged = if chosen == why.effective {
            String::new()
        } else {
            format!(", {} by its wait", why.effective.word())
        };
        let place = match why.place {
            Some(place) => format!("number {place} in the queue"),
            None => "does not wait".to_owned(),
        };
        let owner = row.and_then(|row| row.stage.owner()).map(|owner| owner.id);
        let routing = match (owner, why.routing) {
            // Only what waits is given to somebody.
            (Some(_), _) => "goes on by a transfer, or an admin assigns it",
            (None, true) => "is given to agents by itself",
            (None, false) => "is given to nobody by itself",
        };
        let mut facts = vec![place, format!("{}{aged}", chosen.word())];
        facts.extend(
            row.into_iter()
                .flat_map(|row| self.facts(row))
                .filter(|fact| fact.as_str() != chosen.word()),
        );
        self.say(format!("{name}: {}; {routing}.", facts.join(", ")));
        for chance in &why.agents {
            let agent = chance.agent.name.shown();
            let take = match &chance.take {
                None if owner == Some(chance.agent.id) => "has it".to_owned(),
                None => "may take it".to_owned(),
                Some(because) => format!("may not take it: {}", because.words()),
            };
            let route = match (&chance.take, &chance.route) {
                (None, Some(because)) if why.routing && owner.is_none() => {
                    format!("; would not be given it: {}", because.words())
                }
                _ => String::new(),
            };
            self.say(format!("{agent} {take}{route}"));
        }
    }

    /// The settings by their own names: each as it is written in a file of them.
    pub(super) fn settings(&mut self, _: Given<'_>) {
        let settings = self.replica.desk().map(|desk| toml::Table::try_from(&desk.settings));
        let Some(Ok(fields)) = settings else {
            return self.say("The desk's settings are not known yet.");
        };
        for (key, value) in fields {
            self.say(format!("{key} = {}", Shown::line(&value.to_string())));
        }
    }
}

#[cfg(test)]
#[path = "desk_tests.rs"]
mod tests;
