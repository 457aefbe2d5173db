//! Lines to the customer: written, held, sent again, answered in particular, changed, taken back, erased.

use minicom_client::PendingMark;
use minicom_protocol::{
    command::{AgentCommand, ReplyUse, SeenLines},
    event::{Event, EventBody, Posted},
    ids::{CommandId, ConversationId, FileId},
    line::LineRef,
    refusal::Refusal,
    stage::Stage,
    text::MessageText,
    words::Tag,
};
use minicom_tui_kit::{Now, Shown, clipboard::Copied, plain::PlainEffect};

use super::{Awaiting, PlainAgent, arguments, words::Given};
use crate::{app::Order, entries::Eyes, exit};

/// Lines that can be named by a number.
const NUMBERED_MAX: usize = 200;
/// Lines that are told with their numbers if nothing else is said.
const LINES_TOLD: usize = 10;

/// A line to a customer, with what goes with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Draft {
    pub conversation: ConversationId,
    /// A template where it comes from a saved reply.
    pub text: String,
    /// The line that it answers.
    pub quote: Option<LineRef>,
    /// The saved reply that it comes from.
    pub reply: Option<ReplyUse>,
    /// The article that goes with it.
    pub article: Option<Tag>,
    /// The file that goes with it.
    pub file: Option<FileId>,
}

impl Draft {
    pub fn of_text(conversation: ConversationId, text: &str) -> Draft {
        Draft {
            conversation,
            text: text.to_owned(),
            quote: None,
            reply: None,
            article: None,
            file: None,
        }
    }
}

impl PlainAgent {
    pub(super) fn text(&mut self, text: String, now: Now) {
        if let Some(conversation) = self.subject("") {
            self.post(Draft::of_text(conversation, &text), false, now);
        }
    }

    /// Sends a line, if it can be sent. Says why not. Whether it was sent.
    pub(super) fn post(&mut self, draft: Draft, anyway: bool, now: Now) -> bool {
        let told = arguments::beginning(&draft.text);
        if let Some((code, why)) = self.not_to_send(&draft) {
            self.deny_as(code, format!("Not sent, {why}: {told}"));
            return false;
        }
        let conversation = draft.conversation;
        let seen = self.replica.summary(conversation).map(|summary| SeenLines {
            customer: summary.customer_lines,
            desk: summary.desk_lines,
        });
        self.closing.retain(|held| held.conversation != conversation);
        if !self.state.is_live() {
            self.say(format!(
                "Kept on this computer, sent when there is a connection: {told}"
            ));
        }
        let command = AgentCommand::Post {
            conversation,
            text: draft.text.clone(),
            seen: seen.unwrap_or_default(),
            take_over: false,
            anyway,
            quote: draft.quote,
            reply: draft.reply.clone(),
            article: draft.article.clone(),
            file: draft.file,
        };
        let id = self.send(command, now);
        self.sent.insert(id, draft);
        if !self.listener.person && self.state.is_live() {
            // A script reads nothing: what comes next waits until this has gone well.
            self.awaiting = Some(Awaiting::Answer(id));
        }
        true
    }

    /// Why it is not to be sent, and the exit code of that.
    fn not_to_send(&self, draft: &Draft) -> Option<(u8, String)> {
        let summary = self.replica.summary(draft.conversation)?;
        let mine = self.me().is_some_and(|me| summary.stage.is_owned_by(me));
        match &summary.stage {
            Stage::Active { .. } | Stage::Snoozed { .. } if mine => {}
            Stage::Active { agent, since } | Stage::Snoozed { agent, since, .. } => {
                let since = self.zone.clock(since.0);
                return Some((
                    exit::OTHERWISE,
                    format!("taken by {} since {since}", agent.name.shown()),
                ));
            }
            Stage::Closed { .. } => return Some((exit::OTHERWISE, "the chat has ended".to_owned())),
            Stage::Bot | Stage::Waiting { .. } => {
                return Some((exit::OTHERWISE, "it is not yours; /take takes it over".to_owned()));
            }
        }
        // What a saved reply becomes is the server's to look at.
        let refused = MessageText::parse(draft.text.as_str())
            .err()
            .filter(|_| draft.reply.is_none() && (draft.file.is_none() || !draft.text.is_empty()))?;
        let refusal = Refusal::from(refused);
        Some((exit::of_refusal(&refusal), refusal.message()))
    }

    // Held, refused, old.

    pub(super) fn anyway(&mut self, given: Given<'_>) {
        match self.held.take() {
            Some(held) => drop(self.post(held, true, given.now)),
            None => self.deny("No reply was held."),
        }
    }

    /// The oldest line of an earlier day, else the one that was refused last.
    pub(super) fn resend(&mut self, given: Given<'_>) {
        match (self.oldest_stale(), self.held.take()) {
            (Some(id), held) => {
                self.held = held;
                self.replica.confirm(id);
                self.order(Order::Resend(id));
            }
            (None, Some(held)) => drop(self.post(held, false, given.now)),
            (None, None) => self.deny("No line waits for this."),
        }
    }

    pub(super) fn discard(&mut self, _: Given<'_>) {
        if let Some(id) = self.oldest_stale() {
            self.replica.forget(id);
            return self.order(Order::Discard(id));
        }
        match (self.held.take(), self.prepared.take()) {
            (None, None) => self.deny("No line waits for this."),
            (Some(draft), _) | (None, Some(draft)) => {
                self.say(format!("Thrown away: {}", arguments::beginning(&draft.text)));
            }
        }
    }

    fn oldest_stale(&self) -> Option<CommandId> {
        let stale = self.replica.pending_commands().find(|it| it.mark == PendingMark::Stale);
        stale.map(|it| it.id)
    }

    /// Sends what was prepared, to whom it was prepared for.
    pub(super) fn send_prepared(&mut self, given: Given<'_>) {
        let Some(draft) = self.prepared.take() else {
            return self.deny("Nothing is prepared: /reply CODE, /article SLUG or /draft prepares something.");
        };
        if self.open != Some(draft.conversation) {
            let name = self.name_of(draft.conversation);
            self.prepared = Some(draft);
            return self.deny(format!(
                "It was prepared for {name}, who is not open: /open {name}, or prepare it again."
            ));
        }
        if let Some(why) = self.not_filled(&draft) {
            self.prepared = Some(draft);
            return self.deny(format!("Not sent. {why}"));
        }
        if !self.post(draft.clone(), false, given.now) {
            self.prepared = Some(draft);
        }
    }

    // Lines by their numbers.

    /// Lines of a conversation that still say something, the newest first.
    fn newest_lines(&self, conversation: ConversationId) -> Vec<&Event> {
        let thread = self
            .replica
            .summary(conversation)
            .and_then(|row| self.replica.thread(row.customer.id));
        let lines = thread.into_iter().flat_map(|thread| thread.events().rev());
        lines
            .filter(|event| posted(event).is_some())
            .take(NUMBERED_MAX)
            .collect()
    }

    pub(super) fn tell_lines(&mut self, given: Given<'_>) {
        let Some(conversation) = self.subject("") else { return };
        let most = match given.rest {
            "" => LINES_TOLD,
            number => match number.parse() {
                Ok(most) => most,
                Err(_) => return self.usage(given),
            },
        };
        let lines: Vec<Event> = self.newest_lines(conversation).into_iter().cloned().collect();
        let refs = lines.iter().filter_map(|event| posted(event).map(line_ref)).collect();
        // The numbers stay what they were told as, whatever is said meanwhile.
        self.numbered.lines = Some((conversation, refs));
        let name = self.name_of(conversation);
        if lines.is_empty() {
            return self.say(format!("No line of {name} is here. /open tells the thread."));
        }
        for (event, number) in lines.iter().zip(1..).take(most).collect::<Vec<_>>().into_iter().rev() {
            if let Some(words) = self.told(event, &name) {
                self.say(format!("{number}. {words}"));
            }
        }
    }

    /// The line that a number means: as the lines were told last, else counted from the newest.
    fn line_of(&mut self, conversation: ConversationId, number: &str) -> Option<(LineRef, Shown)> {
        let at = number.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        let lines = self.newest_lines(conversation);
        let known = |line: LineRef| lines.iter().filter_map(|it| posted(it)).find(|it| line_ref(it) == line);
        let found = match &self.numbered.lines {
            Some((whose, refs)) if *whose == conversation => at.and_then(|at| refs.get(at)).and_then(|it| known(*it)),
            _ => at.and_then(|at| lines.get(at)).and_then(|event| posted(event)),
        };
        let found = found.map(|it| (line_ref(it), arguments::beginning(&it.text())));
        if found.is_none() {
            self.deny_as(
                exit::NOTHING,
                format!(
                    "There is no line {}. /lines tells them. Nothing was done.",
                    Shown::line(number).cut(10)
                ),
            );
        }
        found
    }

    /// A line as it was sent, or all that is here of the chat, goes to the clipboard.
    pub(super) fn copy(&mut self, given: Given<'_>) {
        let Some(conversation) = self.subject("") else { return };
        let (text, what) = match given.rest {
            "" => return self.usage(given),
            "all" => (self.chat_text(conversation), "the chat"),
            number => {
                let Some((line, _)) = self.line_of(conversation, number) else {
                    return;
                };
                let lines = self.newest_lines(conversation);
                let found = lines.iter().filter_map(|it| posted(it)).find(|it| line_ref(it) == line);
                (found.map(Posted::text).unwrap_or_default(), "the line")
            }
        };
        self.copying = what;
        self.out.push(PlainEffect::Copy(text));
    }

    /// What became of it.
    pub(super) fn copied(&mut self, copied: &Copied) {
        self.say(copied.words(self.copying));
    }

    /// The lines of a conversation that are here, oldest first, without notes.
    fn chat_text(&self, conversation: ConversationId) -> String {
        let name = self.name_of(conversation);
        let me = self.me();
        let lines = self.newest_lines(conversation).into_iter().rev();
        let here = lines.filter(|event| event.subject.conversation() == Some(conversation));
        let told = here.filter_map(|event| {
            let posted = posted(event)?;
            let eyes = Eyes {
                me,
                customer: name.clone(),
                zone: self.zone.clone(),
                dot: "-",
            };
            let name = eyes.name(&posted.author);
            Some(format!("{} {name}: {}\n", self.zone.stamp(event.time.0), posted.text()))
        });
        told.collect()
    }

    pub(super) fn quote(&mut self, given: Given<'_>) {
        let (number, text) = arguments::first(given.rest);
        if text.is_empty() {
            return self.usage(given);
        }
        let Some(conversation) = self.subject("") else { return };
        if let Some((line, _)) = self.line_of(conversation, number) {
            let quote = Some(line);
            let draft = Draft {
                quote,
                ..Draft::of_text(conversation, text)
            };
            self.post(draft, false, given.now);
        }
    }

    pub(super) fn edit(&mut self, given: Given<'_>) {
        if given.rest.is_empty() {
            return self.usage(given);
        }
        let Some(conversation) = self.subject("") else { return };
        let text = given.rest.to_owned();
        let editable = self.replica.editable(conversation, self.server_time(given.now));
        match editable.map(|(line, _)| line) {
            Some(line) => self.wish(
                AgentCommand::EditLine {
                    conversation,
                    line,
                    text,
                },
                given.now,
            ),
            None => self.deny_as(
                exit::OTHERWISE,
                "You have no line here that can still be changed. Nothing was done.",
            ),
        }
    }

    pub(super) fn withdraw(&mut self, given: Given<'_>) {
        let Some(conversation) = self.subject("") else { return };
        let editable = self.replica.editable(conversation, self.server_time(given.now));
        match editable.map(|(line, _)| line) {
            Some(line) => self.wish(AgentCommand::WithdrawLine { conversation, line }, given.now),
            None => self.deny_as(
                exit::OTHERWISE,
                "You have no line here that can still be taken back. Nothing was done.",
            ),
        }
    }

    /// What is erased is gone for good, so it is told first, and done on a second word.
    pub(super) fn blank(&mut self, given: Given<'_>) {
        let (number, sure) = arguments::first(given.rest);
        if number.is_empty() || !matches!(sure, "" | "yes") {
            return self.usage(given);
        }
        let Some(conversation) = self.subject("") else { return };
        let Some((line, text)) = self.line_of(conversation, number) else {
            return;
        };
        if sure == "yes" {
            return self.wish(AgentCommand::BlankLine { conversation, line }, given.now);
        }
        if self
            .numbered
            .lines
            .as_ref()
            .is_none_or(|(whose, _)| *whose != conversation)
        {
            let lines = self.newest_lines(conversation);
            let refs = lines.iter().filter_map(|event| posted(event).map(line_ref)).collect();
            self.numbered.lines = Some((conversation, refs));
        }
        self.deny(format!(
            "This is erased for good: {text} -- /blank {number} yes does it."
        ));
    }
}

/// The line of an event, while it says something.
fn posted(event: &Event) -> Option<&Posted> {
    match &event.body {
        EventBody::Posted(posted) if posted.state.words().is_none() => Some(posted),
        _ => None,
    }
}

fn line_ref(posted: &Posted) -> LineRef {
    LineRef {
        side: posted.author.side(),
        line: posted.line,
    }
}

/// Takes back that a chat is to end: somebody has written again. Whether it was to end.
pub(super) fn goes_on(closing: &mut Vec<crate::app::HeldClose>, conversation: ConversationId) -> bool {
    let before = closing.len();
    closing.retain(|held| held.conversation != conversation);
    closing.len() < before
}

#[cfg(test)]
#[path = "lines_tests.rs"]
mod tests;
