//! Keeping a customer out for a time or for good, and letting the customer in again. It wants a second key, and asks for the reason:
//! colleagues find it as a note. The server ends the connections; what is said in the chat stays.

use minicom_protocol::{
    command::{AgentCommand, BLOCK_MINUTES_MAX},
    context::{AccountStatus, CustomerContext},
    ids::{ConversationId, CustomerId},
    people::CustomerRef,
    text::MessageText,
};
use minicom_tui_kit::{Now, Picker, Prompt, Shown, picker::Row, prompt::Question};

use crate::{
    app::{App, Ends, Order},
    later,
    over::{AskFor, Choice, Over, PickFor},
    update::about::NONE_CHOSEN,
    words,
};

/// What is offered, besides what is typed.
const OFFERED: [(&str, u32); 3] = [("1h", 60), ("1d", 24 * 60), ("7d", 7 * 24 * 60)];
/// Who is kept out with the addresses that the customer is connected from. It is asked for over HTTP: no command tells addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WithAddresses {
    /// Whom.
    pub customer: CustomerId,
    /// For how many minutes; `None`: for good.
    pub minutes: Option<u32>,
    /// Why, for colleagues; may be empty.
    pub reason: String,
}

const MINUTE: i64 = 60_000_000;

/// Minutes from now until the moment that a text means; `None` if it means none that the server takes.
pub(crate) fn minutes(text: &str, now: i64, zone: &minicom_tui_kit::Zone) -> Option<u32> {
    let until = later::parse(text, now, zone).ok()?;
    let minutes = u32::try_from((until - now + MINUTE - 1) / MINUTE).ok()?;
    (1..=BLOCK_MINUTES_MAX).contains(&minutes).then_some(minutes)
}

/// `for good`, `for 1 hour`.
pub(crate) fn how_long(minutes: Option<u32>) -> String {
    let Some(minutes) = minutes.map(u64::from) else {
        return "for good".to_owned();
    };
    let words = match minutes {
        _ if minutes % 1_440 == 0 => words::count(minutes / 1_440, "day", "days"),
        _ if minutes % 60 == 0 => words::count(minutes / 60, "hour", "hours"),
        _ => words::count(minutes, "minute", "minutes"),
    };
    format!("for {words}")
}

/// What colleagues find in the chat.
pub(crate) fn note_of(minutes: Option<u32>, reason: &str) -> String {
    format!("Kept out {}: {reason}", how_long(minutes))
}

impl App {
    /// Asks for how long the customer is kept out; of one who is, whether to let the customer in again.
    pub(crate) fn block(&mut self, now: Now) {
        let about = self.subject();
        let Some((conversation, customer)) =
            about.and_then(|it| Some((it, self.replica.summary(it)?.customer.name.shown())))
        else {
            return self.tell(Shown::fixed(NONE_CHOSEN), now);
        };
        if !self.has_connection("Keeping somebody out") {
            return;
        }
        let rows = self.block_rows(conversation, "", now);
        let title = Shown::line(&format!("Keep {customer} out"));
        let picker = Picker::new(title, rows)
            .verb(Shown::fixed("Enter asks why"))
            .by_name()
            .hint(Shown::fixed("or type 30m, 2h, 3d"));
        self.open_picker(PickFor::Block, vec![conversation], picker);
    }

    fn block_rows(&self, conversation: ConversationId, query: &str, now: Now) -> Vec<Row<Choice>> {
        let at = self.server_time(now).0;
        let until = |minutes: u32| {
            let until = at.saturating_add(i64::from(minutes) * MINUTE);
            Shown::line(&format!("until {}", self.zone.moment(until, at)))
        };
        // A time that was typed is what is meant, and nothing else.
        if let Some(typed) = minutes(query, at, &self.zone) {
            return vec![Row::new(Choice::Block(Some(typed)), Shown::line(query), until(typed))];
        }
        let mut rows = Vec::new();
        if self
            .context_of(conversation)
            .is_some_and(|it| it.status == AccountStatus::Blocked)
        {
            let detail = Shown::fixed("the customer may come in");
            rows.push(Row::new(Choice::Unblock, Shown::fixed("let in again"), detail));
        }
        let offered = OFFERED.iter();
        rows.extend(
            offered.map(|(text, minutes)| Row::new(Choice::Block(Some(*minutes)), Shown::fixed(text), until(*minutes))),
        );
        let detail = Shown::fixed("until somebody lets the customer in again");
        rows.push(Row::new(Choice::Block(None), Shown::fixed("for good"), detail));
        // No digits: a time begins with one.
        rows
    }

    pub(crate) fn refresh_block(&mut self, now: Now) {
        let Some(Over::Picker(pick)) = &self.over else { return };
        let [conversation] = pick.about[..] else { return };
        let rows = self.block_rows(conversation, &pick.picker.query(), now);
        self.set_picker_rows(rows);
    }

    /// It is known for how long: why, and the address too?
    pub(crate) fn block_chosen(&mut self, about: Vec<ConversationId>, choice: &Choice, now: Now) {
        let Some((conversation, customer)) = self.blocked_of(&about) else {
            return;
        };
        match choice {
            Choice::Block(minutes) => {
                let who = self.name_of(conversation);
                let title = format!("Keep {who} out {}", how_long(*minutes));
                let questions = vec![
                    Question::new(Shown::fixed("why (a note for colleagues)"))
                        .optional()
                        .check(check_reason),
                    Question::new(Shown::fixed("the address too (yes or no)"))
                        .starting_with("no")
                        .check(check_yes_no),
                ];
                if let Some(prompt) = Prompt::new(Shown::line(&title), questions) {
                    self.open_prompt(AskFor::Block(*minutes), about, prompt.verb("Enter keeps out"));
                }
            }
            _ if self.has_connection("Letting somebody in") => {
                let customer = customer.id;
                self.send(AgentCommand::UnblockCustomer { customer }, now.wall);
            }
            _ => {}
        }
    }

    /// All is answered: the customer is kept out.
    pub(crate) fn block_confirmed(
        &mut self,
        about: &[ConversationId],
        minutes: Option<u32>,
        answers: &[String],
        now: Now,
    ) {
        let (Some((conversation, customer)), [reason, address]) = (self.blocked_of(about), answers) else {
            return;
        };
        if !self.has_connection("Keeping somebody out") {
            return;
        }
        let customer = customer.id;
        if !reason.is_empty() {
            let (agents, groups) = (Vec::new(), Vec::new());
            let text = note_of(minutes, reason);
            let note = AgentCommand::Note {
                conversation,
                text,
                agents,
                groups,
            };
            self.send(note, now.wall);
        }
        // Its addresses are known while the customer is connected: before the connections end.
        if address == "yes" {
            let reason = reason.clone();
            self.order(Order::BlockAddresses(WithAddresses {
                customer,
                minutes,
                reason,
            }));
        } else {
            self.send(AgentCommand::BlockCustomer { customer, minutes }, now.wall);
        }
    }

    /// The server has done it, or there was nothing to be done.
    pub(crate) fn block_answered(
        &mut self,
        customer: CustomerId,
        minutes: Option<Option<u32>>,
        changed: bool,
        now: Now,
    ) {
        let name = self.customer_name(customer);
        let words = match (minutes, changed) {
            (Some(minutes), true) => format!("{name} is kept out {}.", how_long(minutes)),
            (Some(_), false) => format!("{name} was kept out already."),
            (None, true) => format!("{name} may come in again."),
            (None, false) => format!("{name} was not kept out."),
        };
        self.tell(Shown::line(&words), now);
    }

    /// What became of keeping addresses out, which is asked for beside the connection.
    pub(crate) fn addresses_answered(&mut self, told: Result<Shown, Shown>, now: Now) {
        match told {
            Ok(words) => self.tell(words, now),
            Err(words) => self.trouble(words, Ends::Leaving),
        }
    }

    fn blocked_of(&self, about: &[ConversationId]) -> Option<(ConversationId, CustomerRef)> {
        let [conversation] = *about else { return None };
        Some((conversation, self.replica.summary(conversation)?.customer.clone()))
    }

    fn context_of(&self, conversation: ConversationId) -> Option<&CustomerContext> {
        self.replica.context(self.replica.summary(conversation)?.customer.id)
    }
}

fn check_reason(text: &str) -> Result<(), Shown> {
    // With the words before it, it must be a note.
    match MessageText::parse(note_of(None, text)) {
        Ok(_) => Ok(()),
        Err(refused) => Err(Shown::line(&refused.to_string())),
    }
}

fn check_yes_no(text: &str) -> Result<(), Shown> {
    match text {
        "yes" | "no" => Ok(()),
        _ => Err(Shown::fixed("Say yes or no")),
    }
}

#[cfg(test)]
#[path = "keeping_out_tests.rs"]
mod tests;
