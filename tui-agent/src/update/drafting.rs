//! A draft of the next line by the provider of a language model: asked for by a key or `/draft`, put into the composer behind what is
//! typed there, marked as what it is, and sent by nobody but the agent.

use std::time::Duration;

use minicom_client::ClientEvent;
use minicom_protocol::{
    draft::{Draft, NoDraft},
    frame::{AgentQuestion, AgentReply, Agents, Told},
    gate::Shown,
    ids::ConversationId,
};
use minicom_tui_kit::{Now, composer::Handled};

use crate::app::{App, Ends, Notice, Order};

/// The server gives up before.
const ASKING_FOR: Duration = Duration::from_secs(25);

impl App {
    /// Asks for a draft in the open chat. One at a time.
    pub(crate) fn ask_draft(&mut self, now: Now) {
        let Some(conversation) = self.open_one(now) else { return };
        if !self.has_connection("A draft") {
            return;
        }
        if self.suggesting.drafting == Some(conversation) {
            return self.tell_here(Shown::fixed("It is being drafted."), now);
        }
        if self.summary().is_some_and(|row| !row.stage.is_open()) {
            return self.tell_here(Shown::fixed("The chat has ended: nothing is drafted."), now);
        }
        if !self.provider_is_on() {
            return self.no_draft(NoDraft::Off);
        }
        self.suggesting.drafting = Some(conversation);
        self.notice = Some(Notice {
            words: Shown::fixed("The language model drafts an answer. Go on meanwhile."),
            error: false,
            ends: Ends::At(now.elapsed + ASKING_FOR),
        });
        self.order(Order::Ask(AgentQuestion::Draft { conversation }));
    }

    /// Whether the desk has switched a provider on. That the operator has named none, the server says.
    pub(crate) fn provider_is_on(&self) -> bool {
        let desk = self.replica.desk();
        desk.is_some_and(|desk| desk.settings.bot.provider)
    }

    /// The server has told it, or would not.
    pub(crate) fn draft_told(&mut self, event: &ClientEvent<Agents>, now: Now) {
        let (question, told) = match event {
            ClientEvent::Reply { question, told, .. } => (question, Some(told)),
            ClientEvent::AskFailed { question, .. } => (question, None),
            _ => return,
        };
        let AgentQuestion::Draft { conversation } = question else {
            return;
        };
        self.suggesting.drafting.take_if(|wanted| wanted == conversation);
        match told {
            Some(Told::Reply(AgentReply::Draft { draft })) => self.draft_came(draft, now),
            Some(Told::Refusal(refusal)) => self.trouble(Shown::line(&refusal.message()), Ends::Leaving),
            _ => {
                self.has_connection("A draft");
            }
        }
    }

    fn draft_came(&mut self, draft: &Draft, now: Now) {
        let Some(text) = draft.text.as_deref().filter(|text| !text.trim().is_empty()) else {
            return self.no_draft(draft.no.unwrap_or(NoDraft::Failed));
        };
        let conversation = self.goes_on_in(draft.conversation);
        let here = self.conversation() == Some(conversation);
        if let Handled::Refused(words) = self.writing.add_draft(conversation, text, now.elapsed) {
            return self.trouble(words, Ends::Leaving);
        }
        self.files.beside_mut(conversation).sends = false;
        if here {
            let words = "A language model's draft: read it, change it, send it yourself. Ctrl+_ undoes it.";
            return self.tell_here(Shown::fixed(words), now);
        }
        let words = format!(
            "A language model's draft for {} waits there.",
            self.name_of(conversation)
        );
        self.tell(Shown::line(&words), now);
    }

    fn no_draft(&mut self, no: NoDraft) {
        let words = format!("No draft: {}", no.words());
        self.trouble(Shown::line(&words), Ends::Leaving);
    }

    /// Whether what is written there is a model's, as far as nobody has changed it.
    pub(crate) fn is_drafted(&self, conversation: ConversationId) -> bool {
        self.writing.get(conversation).is_some_and(|it| it.is_drafted())
    }
}

#[cfg(test)]
#[path = "drafting_tests.rs"]
mod tests;
