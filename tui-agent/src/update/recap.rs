//! A chat in a few lines: asked for, read in a box of its own, and put into a note by a key.

use minicom_client::ClientEvent;
use minicom_protocol::{
    frame::{AgentQuestion, AgentReply, Agents, Told},
    gate::{Shown, clean},
    ids::ConversationId,
    recap::Recap,
};
use minicom_tui_kit::{
    Key, Now, Overlay,
    overlay::{Body, Read},
    styled::StyledLine,
};
use ratatui::style::Style;

use crate::{
    app::{App, Ends, Focus, Order},
    over::{Over, ReadFor},
    writing::Mode,
};

impl App {
    /// Asks for the open chat in a few lines.
    pub(crate) fn read_recap(&mut self, now: Now) {
        let Some(conversation) = self.open_one(now) else { return };
        if self.has_connection("A summary") {
            self.recap_wanted = Some(conversation);
            let words = false;
            self.order(Order::Ask(AgentQuestion::Recap { conversation, words }));
        }
    }

    /// The server has told it, or would not.
    pub(crate) fn recap_told(&mut self, event: &ClientEvent<Agents>, now: Now) {
        let (question, told) = match event {
            ClientEvent::Reply { question, told, .. } => (question, Some(told)),
            ClientEvent::AskFailed { question, .. } => (question, None),
            _ => return,
        };
        let AgentQuestion::Recap { conversation, words } = question else {
            return;
        };
        if *words {
            if let Some(Told::Reply(AgentReply::Recap { recap })) = told {
                self.words_came(*conversation, recap, now);
            }
            return;
        }
        // Whoever has gone on meanwhile is not brought back.
        let wanted = self.recap_wanted.take_if(|wanted| wanted == conversation);
        if wanted.is_none() || self.conversation() != Some(*conversation) {
            return;
        }
        match told {
            Some(Told::Reply(AgentReply::Recap { recap })) => {
                let words = self.provider_is_on();
                self.show_recap(*conversation, recap, words, now);
                if words {
                    // What is known by itself does not wait for a model.
                    let conversation = *conversation;
                    self.order(Order::Ask(AgentQuestion::Recap { conversation, words }));
                }
            }
            Some(Told::Refusal(refusal)) => self.trouble(Shown::line(&refusal.message()), Ends::Leaving),
            _ => {
                self.has_connection("A summary");
            }
        }
    }

    /// A moment that was: `14:02` today, else with its day.
    fn when(&self, micros: i64, now: Now) -> String {
        let clock = self.zone.clock(micros);
        match self.zone.same_day(micros, now.wall) {
            true => clock,
            false => format!("{} {clock}", self.zone.day(micros, now.wall)),
        }
    }

    /// The same came in the words of a language model too, or without: who has closed it meanwhile is left alone.
    fn words_came(&mut self, about: ConversationId, recap: &Recap, now: Now) {
        let reads = |over: &Over| matches!(over, Over::Reading(it) if matches!(&it.purpose, ReadFor::Recap { about: it, .. } if *it == about));
        if self.over.as_ref().is_some_and(reads) {
            self.show_recap(about, recap, false, now);
        }
    }

    fn show_recap(&mut self, about: ConversationId, recap: &Recap, waits: bool, now: Now) {
        let text = recap.text(|at| self.when(at.0, now));
        let lines = text.lines().map(|line| StyledLine::of(Shown::line(line), Style::new()));
        let body = Body::Lines(lines.collect());
        let dot = self.theme.signs().dot;
        let asked = if waits {
            format!("a language model is asked {dot} ")
        } else {
            String::new()
        };
        let hint = format!("{asked}i puts it into a note {dot} Esc closes");
        let title = Shown::line(&format!("Summary: {}", recap.customer.name.shown()));
        let overlay = Overlay::new(title, body, self.theme).hint(Shown::line(&hint));
        self.open_reading(ReadFor::Recap { about, text }, overlay);
    }

    /// What a key does while it is read. Whether something was done.
    pub(super) fn takes_recap(&mut self, purpose: &ReadFor, read: Read, key: Key, now: Now) -> bool {
        let ReadFor::Recap { about, text } = purpose else {
            return false;
        };
        // Elsewhere Enter goes on by a row.
        let takes = key.typed() == Some('i') || key.to_string() == "enter";
        if read == Read::Closed || !takes {
            return false;
        }
        let Some(to) = self.writes_in(*about) else { return true };
        let written = self.writing.of(to);
        written.set_mode(Mode::Note);
        let composer = written.current_mut();
        let before = if composer.is_empty() { "" } else { "\n" };
        let handled = composer.insert(&format!("{before}{}", clean(text)));
        self.focus = Focus::Compose;
        self.composer_did(handled, now);
        true
    }
}

#[cfg(test)]
#[path = "recap_tests.rs"]
mod tests;
