//! From what is written to a line: what Enter does, and what a refusal does to the text. What was typed is never lost by any of it.

use minicom_client::{
    PendingMark,
    transfers::{Attachment, Stands},
};
use minicom_protocol::{
    command::{AgentCommand, SeenLines},
    event::{EventBody, Part},
    gate,
    ids::{CommandId, ConversationId},
    refusal::Refusal,
    stage::Stage,
    text::MessageText,
};
use minicom_tui_kit::{Now, Shown};

use crate::{
    app::{App, Ends, Order, SentLine},
    entries::own_line,
    words,
    writing::{Mode, With, Written, saved},
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
        match self.writing.mode(conversation) {
            Mode::Note => return self.send_note(conversation, now),
            Mode::Edit(line) => return self.send_edit(conversation, line, now),
            Mode::Reply => {}
        }
        let files = self.files.beside(conversation).is_some();
        let written = self.writing.of(conversation);
        if written.composer.text().trim().is_empty() && !files {
            let attached = !written.with.is_empty();
            match stage {
                Stage::Bot | Stage::Waiting { .. } => self.take_over(now),
                _ if attached => self.tell_here(Shown::fixed("Write a few words to go with it."), now),
                _ => {}
            }
            return;
        }
        self.send_reply(conversation, now);
    }

    /// The reply and its files, as they are written.
    pub(super) fn send_reply(&mut self, conversation: ConversationId, now: Now) {
        let Some(stage) = self.summary().map(|summary| summary.stage.clone()) else {
            return;
        };
        if let Some(words) = self.why_not_to_send(conversation) {
            return self.trouble(words, Ends::Leaving);
        }
        if let Some(take_over) = self.may_post(&stage)
            && self.files_let_go(conversation)
        {
            self.post(conversation, take_over, now);
        }
    }

    /// Why the reply cannot be sent as it is written.
    pub(super) fn why_not_to_send(&self, conversation: ConversationId) -> Option<Shown> {
        let written = self.writing.get(conversation)?;
        let text = written.composer.text();
        if let Some(words) = written.composer.too_long() {
            return Some(words);
        }
        if written.with.reply.is_some() {
            return self.why_not_filled(conversation);
        }
        if text.trim().is_empty() && self.files.beside(conversation).is_some() {
            return None;
        }
        let refused = MessageText::parse(text).err()?;
        Some(Shown::line(&Refusal::from(refused).message()))
    }

    /// What of the saved reply in the composer is not filled, or cannot be.
    pub(crate) fn why_not_filled(&self, conversation: ConversationId) -> Option<Shown> {
        let written = self.writing.get(conversation)?;
        let (used, summary) = (written.with.reply.as_ref()?, self.replica.summary(conversation)?);
        let all_known = self.replica.context(summary.customer.id).is_some();
        let values = saved::values(&self.replica, summary);
        saved::why_not(&written.composer.text(), used, &values, all_known)
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

    pub(super) fn post(&mut self, conversation: ConversationId, take_over: bool, now: Now) {
        let shown = self.chat.as_ref().map(|chat| chat.shown()).unwrap_or_default();
        let anyway = self.writing.of(conversation).anyway;
        let seen = self.writing.begun(conversation).unwrap_or(shown);
        // The draft goes from the disk a little later: by then the line is in the outbox.
        let reads = self.reply_reads(conversation);
        let (text, with) = self.writing.take(conversation, reads.as_deref(), now.elapsed);
        let files = self.files.take(conversation);
        let mut files = files.iter().cloned();
        let line = SentLine {
            conversation,
            text: if text.trim().is_empty() { String::new() } else { text },
            with,
            file: files.next(),
            seen_desk: seen.desk,
        };
        self.post_line(line, seen, take_over, anyway, now);
        // A line has one file; the others follow it.
        for file in files {
            let line = SentLine {
                conversation,
                text: String::new(),
                with: With::default(),
                file: Some(file),
                seen_desk: seen.desk,
            };
            self.post_line(line, seen, false, anyway, now);
        }
        self.say_typing(conversation, now);
        // Whoever goes on writing does not want the end.
        self.closing.retain(|held| held.conversation != conversation);
        if let Some(chat) = &mut self.chat {
            chat.sent();
        }
        self.notice = None;
    }

    /// How the saved reply in the composer will read, if there is one.
    fn reply_reads(&self, conversation: ConversationId) -> Option<String> {
        let written = self.writing.get(conversation)?;
        let (used, summary) = (written.with.reply.as_ref()?, self.replica.summary(conversation)?);
        let values = saved::values(&self.replica, summary);
        Some(saved::reads(&written.composer.text(), used, &values))
    }

    fn post_line(&mut self, line: SentLine, seen: SeenLines, take_over: bool, anyway: bool, now: Now) {
        let With { quote, article, reply } = line.with.clone();
        let command = AgentCommand::Post {
            conversation: line.conversation,
            text: line.text.clone(),
            seen,
            take_over,
            anyway,
            quote: quote.map(|it| it.line),
            reply,
            article: article.map(|it| it.slug),
            file: line.file.as_ref().and_then(|it| match it.stands {
                Stands::Ready(id) => Some(id),
                _ => None,
            }),
        };
        let id = self.send(command, now.wall);
        self.sent.insert(id, line);
    }

    /// A line has its final refusal. The text goes back to where it was written, or, if something else is being written there by
    /// now, its line says that it was not sent.
    pub(crate) fn line_refused(&mut self, id: CommandId, refusal: &Refusal, now: Now) {
        let Some(line) = self.sent.remove(&id) else { return };
        let here = self.conversation() == Some(line.conversation);
        let alone = line.text.is_empty() && line.with.is_empty();
        let back = alone
            || self
                .writing
                .put_back(line.conversation, &line.text, &line.with, now.elapsed);
        if let Some(file) = line.file.clone().filter(|_| back) {
            self.put_file_back(line.conversation, file, refusal);
        }
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
        let ends = match refusal {
            Refusal::TakenBy { agent, .. } => Ends::OwnedBy(line.conversation, agent.id),
            _ => Ends::Leaving,
        };
        self.trouble(Shown::line(&words), ends);
    }

    /// One's own replies of before this program, for Up: those of the open thread, then those that are still on their way. They are
    /// looked for once, when the thread is here.
    pub(super) fn recall_replies(&mut self) {
        let Some(chat) = self.chat.as_ref().filter(|chat| chat.is_loaded()) else {
            return;
        };
        let here = chat.conversation;
        let Some(thread) = self.replica.thread(chat.customer) else {
            return;
        };
        if self.writing.get(here).is_some_and(Written::knows_thread) {
            return;
        }
        let me = self.me();
        let own = thread.events().filter(|it| it.subject.conversation() == Some(here));
        let own = own.filter(|it| own_line(it, me).is_some());
        let stored = own.filter_map(|event| match &event.body {
            EventBody::Posted(posted) if posted.state.words().is_none() => {
                posted.parts.iter().find_map(|part| match part {
                    Part::Text(text) => Some(text.text.as_str()),
                    _ => None,
                })
            }
            _ => None,
        });
        let pending = self.replica.pending_lines(here).filter_map(|it| match &it.command {
            // The holes of a saved reply were filled by the server.
            AgentCommand::Post { text, reply: None, .. } => Some(text.as_str()),
            _ => None,
        });
        let replies = stored.chain(pending).map(gate::written).collect();
        self.writing.of(here).know_thread(replies);
    }

    /// Sends the first line again that was refused or has become old.
    pub(crate) fn retry(&mut self, now: Now) {
        let unsent = self.chat.as_ref().and_then(|chat| chat.unsent(&self.replica));
        let Some(unsent) = unsent.cloned() else {
            return self.tell_here(Shown::fixed("Nothing here was refused."), now);
        };
        if unsent.mark == PendingMark::Stale {
            self.replica.confirm(unsent.id);
            return self.order(Order::Resend(unsent.id));
        }
        let AgentCommand::Post {
            conversation,
            text,
            quote,
            reply,
            article,
            file,
            ..
        } = unsent.command
        else {
            // A note: nothing stands in its way but what refused it.
            self.replica.forget(unsent.id);
            self.send(unsent.command, now.wall);
            return;
        };
        let Some(stage) = self.summary().map(|summary| summary.stage.clone()) else {
            return;
        };
        if let Some(take_over) = self.may_post(&stage) {
            self.replica.forget(unsent.id);
            let seen = self.chat.as_ref().map(|chat| chat.shown()).unwrap_or_default();
            let line = SentLine {
                conversation,
                text,
                with: With::of_command(quote, article, reply),
                file: file.map(Attachment::known),
                seen_desk: seen.desk,
            };
            // What was missed is on the screen, above the line.
            self.post_line(line, seen, take_over, true, now);
        }
    }

    /// Drops the first line that was refused or has become old.
    pub(crate) fn discard(&mut self, now: Now) {
        let unsent = self.chat.as_ref().and_then(|chat| chat.unsent(&self.replica));
        let Some((id, mark)) = unsent.map(|it| (it.id, it.mark.clone())) else {
            return self.tell_here(Shown::fixed("Nothing here was refused."), now);
        };
        if mark == PendingMark::Stale {
            self.order(Order::Discard(id));
        }
        self.replica.forget(id);
    }
}
