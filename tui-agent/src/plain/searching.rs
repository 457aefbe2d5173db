//! `/find`: what was said, looked for at the server and told the newest last, with numbers for `/open`.

use minicom_protocol::{
    event::Author,
    frame::{AgentQuestion, AgentReply},
    search::{Found, Hit, What},
};
use minicom_tui_kit::{Now, Shown};

use super::{PlainAgent, words::Given};

/// Hits that are told at once.
const HITS_TOLD: u32 = 20;

impl PlainAgent {
    pub(super) fn find(&mut self, given: Given<'_>) {
        if given.rest.is_empty() {
            return self.usage(given);
        }
        self.ask(AgentQuestion::Search {
            query: given.rest.to_owned(),
            customer: None,
            conversation: None,
            before: None,
            limit: HITS_TOLD,
        });
    }

    pub(super) fn tell_found(&mut self, reply: AgentReply, now: Now) {
        let AgentReply::Search { found } = reply else { return };
        let Found {
            hits,
            next,
            behind,
            incomplete,
            unclear,
        } = found;
        // One conversation has one number, however often it was found.
        let mut rows = Vec::new();
        for hit in &hits {
            if !rows.contains(&hit.conversation) {
                rows.push(hit.conversation);
            }
        }
        for hit in hits.iter().rev() {
            let number = rows
                .iter()
                .position(|it| *it == hit.conversation)
                .map_or(0, |at| at + 1);
            let words = self.told_hit(hit, now);
            self.say(format!("#{number} {words}"));
        }
        if hits.is_empty() {
            self.say("Nothing was found.");
        }
        // Nothing was found: then no number means one that was told before.
        self.numbered.rows = rows;
        for it in unclear {
            self.say(Shown::line(&it));
        }
        if next.is_some() || incomplete {
            self.say("There is more: say more, as after:7d or customer:NAME.");
        }
        if behind > 0 {
            self.say(format!("The newest {behind} events are not found yet."));
        }
    }

    fn told_hit(&self, hit: &Hit, now: Now) -> String {
        let by = match &hit.what {
            What::Line { author } => match author {
                Author::Agent { agent } => self.who(agent).to_string(),
                Author::Customer => hit.customer.name.shown().to_string(),
                Author::Bot | Author::System => author.sender().to_owned(),
            },
            What::Note { agent } => format!("[note] {}", self.who(agent)),
            What::Subject => "[subject]".to_owned(),
            What::Customer => "[customer]".to_owned(),
            What::Rating => "[rating]".to_owned(),
            What::Tags => "[tags]".to_owned(),
            What::Ticket { number } => format!("[ticket {number}]"),
        };
        let (customer, when) = (hit.customer.name.shown(), self.when(hit.time, now));
        format!("[{customer}] {when} {by}: {}", Shown::line(&hit.excerpt))
    }
}
