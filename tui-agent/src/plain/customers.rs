//! What is known of a customer: told, said, and two of them joined.

use std::collections::BTreeMap;

use minicom_protocol::{
    command::AgentCommand,
    context::{AccountStatus, CustomerContext},
    event::Event,
    frame::{AgentQuestion, AgentReply},
    ids::{ConversationId, Time},
    intake::Introduction,
    summary::Summary,
    words::{Email, SubjectLine},
};
use minicom_tui_kit::{Now, Shown};

use super::{PlainAgent, arguments, listing, words::Given};
use crate::{
    app::Order,
    exit,
    update::keeping_out::{self, WithAddresses},
    words,
};

/// What a customer was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Wanted {
    /// What is known.
    #[default]
    All,
    /// Earlier conversations and tickets.
    Earlier,
    /// What was said in one of those, by its number.
    Said(usize),
}

impl PlainAgent {
    pub(super) fn customer(&mut self, given: Given<'_>) {
        if let Some((customer, _)) = self.customer_of(given.rest) {
            self.wanted = Wanted::All;
            self.ask(AgentQuestion::Customer { customer });
        }
    }

    /// The reply to a question of this file.
    pub(super) fn tell_known(&mut self, question: &AgentQuestion, reply: AgentReply, now: Now) {
        match (question, reply) {
            (AgentQuestion::Customer { customer }, AgentReply::Customer { context }) => match self.wanted {
                Wanted::All => {
                    self.tell_context(&context, now);
                    let customer = *customer;
                    self.ask(AgentQuestion::Extra { customer });
                }
                Wanted::Earlier => self.list_earlier(&context, now),
                Wanted::Said(number) => self.open_earlier(&context, number),
            },
            (_, AgentReply::Extra { lines, trouble }) => {
                for line in &lines {
                    self.say(format!("| {}", Shown::line(line)));
                }
                if let Some(trouble) = trouble {
                    self.say(format!(
                        "The desk's own command says no more: {}",
                        Shown::line(&trouble)
                    ));
                }
            }
            _ => {}
        }
    }

    fn tell_context(&mut self, context: &CustomerContext, now: Now) {
        let name = context.customer.name.shown();
        let profile = &context.profile;
        let mut facts = vec![words::verified(context.verified).to_owned()];
        facts.extend(profile.name.as_ref().map(|called| format!("called {}", called.shown())));
        facts.extend(profile.email.as_ref().map(|email| format!("e-mail {}", email.shown())));
        facts.push(format!("first here {}", self.when(context.first_seen, now)));
        if context.status == AccountStatus::Blocked {
            let until = context.profile.blocked.as_ref().and_then(|it| it.until);
            facts.push(match until {
                Some(until) => format!("kept out until {}", self.when(until, now)),
                None => "kept out for good".to_owned(),
            });
        }
        let also: Vec<String> = context.also.iter().map(|it| it.name.shown().to_string()).collect();
        if !also.is_empty() {
            facts.push(format!("also {}", also.join(", ")));
        }
        self.say(format!("{name}: {}.", facts.join(", ")));
        self.tell_surroundings(context, now);
        let of = |all: u64, open: u64, one: &str, many: &str| format!("{} ({open} open)", words::count(all, one, many));
        let chats = of(
            context.conversations,
            context.open_conversations,
            "conversation",
            "conversations",
        );
        let tickets = of(context.tickets, context.open_tickets, "ticket", "tickets");
        let notes = words::count(context.notes.len() as u64, "note", "notes");
        self.say(format!("{chats}, {tickets}, {notes}. /earlier and /notes tell them."));
    }

    fn tell_surroundings(&mut self, context: &CustomerContext, now: Now) {
        let client = &context.profile.client;
        let mut facts = Vec::new();
        let parts = [
            ("client", &client.client),
            ("page", &client.page),
            ("host", &client.host),
            ("system", &client.os),
            ("locale", &client.locale),
        ];
        for (what, value) in parts {
            facts.extend(value.as_ref().map(|value| format!("{what} {}", Shown::line(value))));
        }
        if let Some(minutes) = client.utc_offset_min {
            // The clock there is ours, moved by how far it is ahead.
            let at = self.server_time(now).0;
            let ahead = i64::from(minutes) - i64::from(self.zone.offset_min(at));
            let there = self.zone.clock(at.saturating_add(ahead * 60_000_000));
            facts.push(format!("there it is {there}"));
        }
        if !facts.is_empty() {
            self.say(facts.join(", "));
        }
        for answer in &context.profile.answers {
            self.say(format!("{}: {}", Shown::line(&answer.key), Shown::line(&answer.text)));
        }
        for (key, value) in &context.profile.attributes {
            self.say(format!("{}={}", Shown::line(key), Shown::line(value)));
        }
        for (key, value) in words::vouched(&context.profile.vouched) {
            self.say(format!("The site says {key}={value}"));
        }
    }

    // Earlier conversations and tickets.

    pub(super) fn earlier(&mut self, given: Given<'_>) {
        let wanted = match given.rest {
            "" => Wanted::Earlier,
            number => match number.parse() {
                Ok(number) => Wanted::Said(number),
                Err(_) => return self.usage(given),
            },
        };
        if let Some((customer, _)) = self.customer_of("") {
            self.wanted = wanted;
            self.ask(AgentQuestion::Customer { customer });
        }
    }

    fn list_earlier(&mut self, context: &CustomerContext, now: Now) {
        let rows = self.number_earlier(context);
        if rows.is_empty() && context.newest_tickets.is_empty() {
            return self.say("There is nothing earlier.");
        }
        for (row, number) in rows.iter().zip(1..) {
            let when = self.when(row.opened_at, now);
            let stage = words::stage(&row.stage, self.me(), &self.zone);
            let last = row
                .last_line
                .as_ref()
                .map_or(Shown::fixed(""), |last| Shown::line(&last.excerpt));
            let name = row.customer.name.shown();
            let count = words::count(row.message_count, "message", "messages");
            self.say(format!("{number}. {name}, {when}, {count}, {stage}: {last}"));
        }
        for ticket in &context.newest_tickets {
            self.tell_ticket(ticket);
        }
    }

    /// Conversations but the open one, the newest first: numbers stand for them from here on.
    fn number_earlier(&mut self, context: &CustomerContext) -> Vec<Summary> {
        let earlier = context.newest.iter().filter(|row| Some(row.conversation) != self.open);
        let rows: Vec<Summary> = earlier.cloned().collect();
        self.numbered.earlier = rows
            .iter()
            .map(|row| (row.conversation, row.customer.id, row.rev))
            .collect();
        rows
    }

    fn open_earlier(&mut self, context: &CustomerContext, number: usize) {
        // As they were told; if they were not, as they stand now.
        if self.numbered.earlier.is_empty() {
            self.number_earlier(context);
        }
        let found = number
            .checked_sub(1)
            .and_then(|at| self.numbered.earlier.get(at))
            .copied();
        match found {
            Some((_, customer, newest)) => self.ask(listing::earlier_page(customer, newest)),
            None => self.deny_as(
                exit::NOTHING,
                format!("There is no earlier conversation {number}. /earlier tells them."),
            ),
        }
    }

    pub(super) fn tell_earlier(&mut self, conversation: ConversationId, name: &Shown, events: &[Event]) {
        for event in events
            .iter()
            .filter(|event| event.subject.conversation() == Some(conversation))
        {
            self.tell_past(event, name);
        }
    }

    // What is said of a customer.

    pub(super) fn describe(&mut self, given: Given<'_>) {
        let fields = match arguments::words(given.rest) {
            Ok(fields) => fields,
            Err(why) => return self.deny(why),
        };
        if fields.is_empty() {
            return self.usage(given);
        }
        let Some((customer, _)) = self.customer_of("") else {
            return;
        };
        let (mut introduction, mut attributes) = (Introduction::default(), BTreeMap::new());
        for field in &fields {
            let refused = match arguments::assignment(field) {
                Some(("name", name)) => match SubjectLine::parse(name) {
                    Ok(name) => {
                        introduction.name = Some(name);
                        None
                    }
                    Err(why) => Some(format!("name: {why}")),
                },
                Some(("email", email)) => match Email::parse(email) {
                    Ok(email) => {
                        introduction.email = Some(email);
                        None
                    }
                    Err(why) => Some(why.to_string()),
                },
                Some((key, value)) => {
                    attributes.insert(key.to_owned(), value.to_owned());
                    None
                }
                None => Some(format!("{} is no key=value", arguments::beginning(field))),
            };
            if let Some(why) = refused {
                return self.refuse_word(&why);
            }
        }
        let command = AgentCommand::DescribeCustomer {
            customer,
            introduction,
            attributes,
        };
        self.wish(command, given.now);
    }

    pub(super) fn merge(&mut self, given: Given<'_>) {
        let names = match arguments::words(given.rest) {
            Ok(names) => names,
            Err(why) => return self.deny(why),
        };
        let (one, other, sure) = match &names[..] {
            [one, other] => (one, other, ""),
            [one, other, sure] => (one, other, sure.as_str()),
            _ => return self.usage(given),
        };
        let Some((customer, one)) = self.customer_of(one) else {
            return;
        };
        let Some((also, other)) = self.customer_of(other) else {
            return;
        };
        if customer == also {
            return self.deny(format!("{one} is one customer already. Nothing was done."));
        }
        if self.is_sure(
            sure,
            &format!("{one} and {other} are shown as one person from then on. /merge \"{one}\" \"{other}\""),
        ) {
            self.wish(AgentCommand::MergeCustomers { customer, also }, given.now);
        }
    }

    // Keeping out.

    pub(super) fn block(&mut self, given: Given<'_>) {
        let (words, reason) = arguments::apart(given.rest);
        let reason = reason.unwrap_or_default();
        let (how_long, address) = arguments::first(words);
        let at = self.server_time(given.now).0;
        let minutes = match how_long {
            "forever" => None,
            span => match keeping_out::minutes(span, at, &self.zone) {
                Some(minutes) => Some(minutes),
                None => return self.usage(given),
            },
        };
        if !matches!(address, "" | "address") {
            return self.usage(given);
        }
        let Some(conversation) = self.subject("") else { return };
        let Some((customer, _)) = self.customer_of("") else {
            return;
        };
        if !reason.is_empty() {
            let (agents, groups) = (Vec::new(), Vec::new());
            let text = keeping_out::note_of(minutes, reason);
            let note = AgentCommand::Note {
                conversation,
                text,
                agents,
                groups,
            };
            self.wish(note, given.now);
        }
        if address.is_empty() {
            return self.wish(AgentCommand::BlockCustomer { customer, minutes }, given.now);
        }
        let reason = reason.to_owned();
        self.order(Order::BlockAddresses(WithAddresses {
            customer,
            minutes,
            reason,
        }));
    }

    pub(super) fn unblock(&mut self, given: Given<'_>) {
        if let Some((customer, _)) = self.customer_of(given.rest) {
            self.wish(AgentCommand::UnblockCustomer { customer }, given.now);
        }
    }

    /// A moment that has passed: the clock today, else the day too.
    pub(super) fn when(&self, at: Time, now: Now) -> String {
        let clock = self.zone.clock(at.0);
        let today = self.server_time(now).0;
        match self.zone.same_day(at.0, today) {
            true => clock,
            false => format!("{} {clock}", self.zone.day(at.0, today)),
        }
    }
}

#[cfg(test)]
#[path = "customers_tests.rs"]
mod tests;
