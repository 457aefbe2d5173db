//! What a line of the line mode does.

use minicom_client::PendingMark;
use minicom_protocol::{
    command::{AgentCommand, SeenLines},
    frame::AgentQuestion,
    ids::{CommandId, ConversationId},
    refusal::Refusal,
    stage::Stage,
    text::MessageText,
};
use minicom_tui_kit::{Now, Shown};

use super::{Awaiting, Line, PlainAgent, UNDO};
use crate::app::{HeldClose, Order, SentLine};

/// What can be written, for `/help`.
const HELP: &[&str] = &[
    "A line is sent to the open conversation. // at its start is a slash that is meant.",
    "/list          the open conversations",
    "/open NAME     look at one; claims nothing",
    "/next          open what needs you most, and claim it",
    "/take [NAME]   take over",
    "/back          give it back to the bot",
    "/done          end the chat, in 5 seconds",
    "/undo          keep the chat that is about to end",
    "/anyway        send the reply that was held",
    "/resend        send a line that is older than a day after all",
    "/discard       throw it away",
    "/quit          end the program",
];

impl PlainAgent {
    /// Deals with the lines whose turn it is.
    pub(super) fn deal_with_lines(&mut self, now: Now) {
        while self.awaiting.is_none() {
            let knows_enough = self.began
                || matches!(self.lines.front(), Some(Line::Command { name, .. }) if name == "help" || name == "quit");
            if !knows_enough {
                return;
            }
            match self.lines.pop_front() {
                Some(Line::Text(text)) => self.text(text, now),
                Some(Line::Command { name, rest }) => self.command(&name, &rest, now),
                None => return,
            }
        }
    }

    fn command(&mut self, name: &str, rest: &str, now: Now) {
        match name {
            "help" => HELP.iter().for_each(|line| self.say(line)),
            "list" => self.tell_list(now),
            "open" => self.look_at(rest),
            "next" if self.is_connected("Next") => {
                let id = self.send(AgentCommand::TakeNext {}, now.wall);
                self.awaiting = Some(Awaiting::Answer(id));
            }
            "take" => self.take(rest, now),
            "back" => self.hand_back(rest, now),
            "done" => self.done(rest, now),
            "undo" => self.undo(),
            "anyway" => self.anyway(now),
            "resend" => self.decide(Order::Resend),
            "discard" => self.decide(Order::Discard),
            "quit" => self.quit(now.elapsed + super::FLUSH_MAX),
            "next" => {}
            other => self.say(format!(
                "There is no /{}. /help tells the commands.",
                Shown::line(other).cut(20)
            )),
        }
    }

    /// What is to become of the oldest line that is too old to be sent without asking.
    fn decide(&mut self, order: fn(CommandId) -> Order) {
        let stale = self.replica.pending_commands().find(|it| it.mark == PendingMark::Stale);
        let Some(id) = stale.map(|it| it.id) else {
            return self.say("No line waits for this.");
        };
        let order = order(id);
        match order {
            Order::Resend(_) => self.replica.confirm(id),
            _ => self.replica.forget(id),
        }
        self.order(order);
    }

    fn is_connected(&mut self, what: &str) -> bool {
        let live = self.state.is_live();
        if !live {
            self.say(format!("{what} needs a connection."));
        }
        live
    }

    /// The conversation that is named, else the open one; says if there is none.
    fn subject(&mut self, name: &str) -> Option<ConversationId> {
        let found = match name {
            "" => self.open,
            name => self.find(name),
        };
        if found.is_none() {
            match name {
                "" => self.say("No conversation is open: /open NAME or /next."),
                name => self.say(format!(
                    "There is no conversation with {}. /list tells them.",
                    Shown::line(name).cut(64)
                )),
            }
        }
        found
    }

    fn look_at(&mut self, name: &str) {
        let Some(conversation) = self.subject(name) else { return };
        self.open = Some(conversation);
        let Some(customer) = self.replica.summary(conversation).map(|summary| summary.customer.id) else {
            return;
        };
        let questions = self.replica.open_thread(customer);
        let asks_thread = questions.iter().any(|it| matches!(it, AgentQuestion::Thread { .. }));
        for question in questions {
            self.order(Order::Ask(question));
        }
        match (asks_thread, self.state.is_live()) {
            (true, true) => self.awaiting = Some(Awaiting::Thread(customer)),
            (true, false) => self.tell_open(),
            (false, _) => self.tell_thread(customer),
        }
    }

    fn take(&mut self, name: &str, now: Now) {
        let Some(conversation) = self.subject(name) else { return };
        if !self.is_connected("Take over") {
            return;
        }
        if self.open == Some(conversation) {
            let id = self.send(AgentCommand::TakeOver { conversation }, now.wall);
            self.awaiting = Some(Awaiting::Answer(id));
            return;
        }
        // What was asked is to be read before it is answered.
        self.lines.push_front(Line::Command {
            name: "take".to_owned(),
            rest: String::new(),
        });
        self.look_at(name);
    }

    fn hand_back(&mut self, name: &str, now: Now) {
        let Some(conversation) = self.subject(name) else { return };
        if self.is_connected("Hand back") {
            let id = self.send(AgentCommand::HandBack { conversation }, now.wall);
            self.awaiting = Some(Awaiting::Answer(id));
        }
    }

    fn done(&mut self, name: &str, now: Now) {
        let Some(conversation) = self.subject(name) else { return };
        if !self.is_connected("Done") {
            return;
        }
        let Some(summary) = self.replica.summary(conversation) else {
            return;
        };
        let (seen, customer) = (summary.customer_lines, summary.customer.name.shown());
        self.closing.retain(|held| held.conversation != conversation);
        self.closing.push(HeldClose {
            conversation,
            seen,
            until: now.elapsed + UNDO,
        });
        self.say(format!("The chat with {customer} ends in 5 seconds; /undo keeps it."));
    }

    fn undo(&mut self) {
        match self.closing.pop() {
            Some(_) => self.say("Kept: the chat goes on."),
            None => self.say("There is nothing to undo."),
        }
    }

    fn text(&mut self, text: String, now: Now) {
        let Some(conversation) = self.subject("") else { return };
        let Some(summary) = self.replica.summary(conversation) else {
            return;
        };
        let seen = SeenLines {
            customer: summary.customer_lines,
            desk: summary.desk_lines,
        };
        let mine = self
            .replica
            .me()
            .is_some_and(|me| summary.stage.is_owned_by(me.agent.id));
        let refused = match &summary.stage {
            Stage::Active { .. } | Stage::Snoozed { .. } if mine => None,
            Stage::Active { agent, since } | Stage::Snoozed { agent, since, .. } => Some(format!(
                "taken by {} since {}",
                agent.name.shown(),
                self.zone.clock(since.0)
            )),
            Stage::Closed { .. } => Some("the chat has ended".to_owned()),
            Stage::Bot | Stage::Waiting { .. } => Some("it is not yours; /take takes it over".to_owned()),
        };
        let refused = refused.or_else(|| {
            let refused = MessageText::parse(text.as_str()).err()?;
            Some(Refusal::from(refused).message())
        });
        if let Some(why) = refused {
            return self.say(format!("Not sent, {why}: {}", Shown::line(&text).cut(60)));
        }
        self.closing.retain(|held| held.conversation != conversation);
        if !self.state.is_live() {
            self.say(format!(
                "Kept on this computer, sent when there is a connection: {}",
                Shown::line(&text).cut(60)
            ));
        }
        self.post(conversation, text, seen, false, now);
    }

    fn post(&mut self, conversation: ConversationId, text: String, seen: SeenLines, anyway: bool, now: Now) {
        let command = AgentCommand::Post {
            conversation,
            text: text.clone(),
            seen,
            take_over: false,
            anyway,
            quote: None,
            reply: None,
            article: None,
        };
        let id = self.send(command, now.wall);
        let sent = SentLine {
            with: crate::writing::With::default(),
            conversation,
            text,
            seen_desk: seen.desk,
        };
        self.sent.insert(id, sent);
    }

    fn anyway(&mut self, now: Now) {
        let Some(held) = self.held.take() else {
            return self.say("No reply was held.");
        };
        let seen = self.replica.summary(held.conversation).map(|summary| SeenLines {
            customer: summary.customer_lines,
            desk: summary.desk_lines,
        });
        self.post(held.conversation, held.text, seen.unwrap_or_default(), true, now);
    }
}

/// Takes back that a chat is to end: somebody has written again. Whether it was to end.
pub(super) fn goes_on(closing: &mut Vec<HeldClose>, conversation: ConversationId) -> bool {
    let before = closing.len();
    closing.retain(|held| held.conversation != conversation);
    closing.len() < before
}
