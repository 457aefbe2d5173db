//! From what is written to a line: what Enter does, and what a refusal does to the text. What was typed is never lost by any of it.

use minicom_client::PendingMark;
use minicom_protocol::{
    command::{AgentCommand, SeenLines},
    ids::{CommandId, ConversationId},
    refusal::Refusal,
    stage::Stage,
    text::MessageText,
};
use minicom_tui_kit::{Now, Shown};

use crate::{
    app::{App, Ends, Order, SentLine},
    words,
};

impl App {
    /// Hands a command over. It is known from here on, before anybody else hears of it.
    pub(crate) fn send(&mut self, command: AgentCommand, wall: i64) -> CommandId {
        let id = self.ids.next(wall);
        self.replica.pending(id, command.clone());
        self.order(Order::Send { id, command });
        id
    }

    /// Whether there is a connection; says what needs one.
    pub(crate) fn has_connection(&mut self, what: &str) -> bool {
        let live = self.is_live();
        if !live {
            let words = format!("{what} needs a connection. Drafts are kept.");
            self.trouble(Shown::line(&words), Ends::Connected);
        }
        live
    }

    /// Enter in the composer: what its title says.
    pub(crate) fn enter(&mut self, now: Now) {
        let Some(summary) = self.summary() else { return };
        let (conversation, stage) = (summary.conversation, summary.stage.clone());
        let composer = &self.writing.of(conversation).composer;
        let text = composer.text();
        if text.trim().is_empty() {
            if matches!(stage, Stage::Bot | Stage::Waiting { .. }) {
                self.take_over(now);
            }
            return;
        }
        if let Some(words) = composer.too_long() {
            return self.trouble(words, Ends::Leaving);
        }
        if let Err(refused) = MessageText::parse(text.as_str()) {
            let words = Refusal::from(refused).message();
            return self.trouble(Shown::line(&words), Ends::Leaving);
        }
        if let Some(take_over) = self.may_post(&stage) {
            self.post(conversation, take_over, now);
        }
    }

    /// Whether a line may be sent in this stage, and whether it takes over. Says why not.
    fn may_post(&mut self, stage: &Stage) -> Option<bool> {
        match stage {
            Stage::Closed { .. } => {
                self.trouble(Shown::fixed("This chat has ended. Nothing was sent."), Ends::Leaving);
                None
            }
            Stage::Active { agent, .. } | Stage::Snoozed { agent, .. } if Some(agent.id) == self.me() => Some(false),
            Stage::Active { agent, .. } | Stage::Snoozed { agent, .. } => {
                let words = format!("{} has this conversation. Nothing was sent.", agent.name.shown());
                self.trouble(Shown::line(&words), Ends::Leaving);
                None
            }
            Stage::Bot | Stage::Waiting { .. } => match self.conversation().and_then(|it| self.may_not_take(it)) {
                Some(words) => {
                    self.trouble(Shown::line(&format!("{words} Nothing was sent.")), Ends::Leaving);
                    None
                }
                None => self.has_connection("Take over").then_some(true),
            },
        }
    }

    fn post(&mut self, conversation: ConversationId, take_over: bool, now: Now) {
        let shown = self.chat.as_ref().map(|chat| chat.shown()).unwrap_or_default();
        let anyway = self.writing.of(conversation).anyway;
        let seen = self.writing.begun(conversation).unwrap_or(shown);
        // The draft goes from the disk a little later: by then the line is in the outbox.
        let text = self.writing.take(conversation, now.elapsed);
        self.post_text(conversation, text, seen, take_over, anyway, now);
        self.say_typing(conversation, now);
        // Whoever goes on writing does not want the end.
        self.closing.retain(|held| held.conversation != conversation);
        if let Some(chat) = &mut self.chat {
            chat.sent();
        }
        self.notice = None;
    }

    fn post_text(
        &mut self,
        conversation: ConversationId,
        text: String,
        seen: SeenLines,
        take_over: bool,
        anyway: bool,
        now: Now,
    ) {
        let command = AgentCommand::Post {
            conversation,
            text: text.clone(),
            seen,
            take_over,
            anyway,
            quote: None,
            reply: None,
            article: None,
        };
        let id = self.send(command, now.wall);
        let seen_desk = seen.desk;
        self.sent.insert(
            id,
            SentLine {
                conversation,
                text,
                seen_desk,
            },
        );
    }

    /// A line has its final refusal. The text goes back to where it was written, or, if something else is being written there by
    /// now, its line says that it was not sent.
    pub(crate) fn line_refused(&mut self, id: CommandId, refusal: &Refusal, now: Now) {
        let Some(line) = self.sent.remove(&id) else { return };
        let here = self.conversation() == Some(line.conversation);
        let back = self.writing.put_back(line.conversation, &line.text, now.elapsed);
        if back {
            self.replica.forget(id);
        } else if here {
            return;
        }
        let is_stale = matches!(refusal, Refusal::Stale { .. });
        if back && is_stale {
            self.writing.held(line.conversation);
            if let Some(chat) = self.chat.as_mut().filter(|_| here) {
                chat.point_at_missed(line.seen_desk);
            }
        }
        let why = words::refusal(refusal, &self.zone);
        let words = match is_stale {
            true => "Not sent yet: somebody answered while you wrote.".to_owned(),
            false => format!("Not sent: {}. Text is kept.", why.trim_end_matches('.')),
        };
        let words = match here {
            true => words,
            false => format!("{}: {words}", self.name_of(line.conversation)),
        };
        self.trouble(Shown::line(&words), Ends::Leaving);
    }

    /// Sends the first line again that was refused or has become old.
    pub(crate) fn retry(&mut self, now: Now) {
        let unsent = self.chat.as_ref().and_then(|chat| chat.unsent(&self.replica));
        let Some(unsent) = unsent.cloned() else {
            return self.tell(Shown::fixed("Nothing here was refused."), now);
        };
        if unsent.mark == PendingMark::Stale {
            self.replica.confirm(unsent.id);
            return self.order(Order::Resend(unsent.id));
        }
        let (AgentCommand::Post { conversation, text, .. }, Some(summary)) = (unsent.command, self.summary()) else {
            return;
        };
        let stage = summary.stage.clone();
        if let Some(take_over) = self.may_post(&stage) {
            self.replica.forget(unsent.id);
            let seen = self.chat.as_ref().map(|chat| chat.shown()).unwrap_or_default();
            // What was missed is on the screen, above the line.
            self.post_text(conversation, text, seen, take_over, true, now);
        }
    }

    /// Drops the first line that was refused or has become old.
    pub(crate) fn discard(&mut self, now: Now) {
        let unsent = self.chat.as_ref().and_then(|chat| chat.unsent(&self.replica));
        let Some((id, mark)) = unsent.map(|it| (it.id, it.mark.clone())) else {
            return self.tell(Shown::fixed("Nothing here was refused."), now);
        };
        if mark == PendingMark::Stale {
            self.order(Order::Discard(id));
        }
        self.replica.forget(id);
    }
}
