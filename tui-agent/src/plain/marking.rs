//! What is said of conversations among agents: tags, what they are about, how urgent they are, notes and who is mentioned in them.

use minicom_protocol::{
    command::AgentCommand,
    context::{Mention, NoteRow},
    event::EventBody,
    ids::{AgentId, Rev},
    intake::Priority,
    words::{SubjectLine, Tag},
};
use minicom_tui_kit::{Now, Shown};

use super::{PlainAgent, words::Given};
use crate::{app::Order, words, writing::naming};

/// Notes and mentions that are told at once.
const NOTES_TOLD: usize = 20;

impl PlainAgent {
    pub(super) fn tag(&mut self, given: Given<'_>) {
        let Some(conversation) = self.subject("") else { return };
        if given.rest.is_empty() {
            let tags = self.replica.summary(conversation).map_or(&[][..], |row| &row.tags[..]);
            let tags: Vec<String> = tags.iter().map(|tag| tag.shown().to_string()).collect();
            let name = self.name_of(conversation);
            return match tags.is_empty() {
                true => self.say(format!("{name} has no tags.")),
                false => self.say(format!("{name} is tagged {}.", tags.join(" "))),
            };
        }
        let (mut add, mut remove) = (Vec::new(), Vec::new());
        for written in given.rest.split_whitespace() {
            let (to, tag) = match written.strip_prefix('-') {
                Some(tag) => (&mut remove, tag),
                None => (&mut add, written.strip_prefix('+').unwrap_or(written)),
            };
            match Tag::parse(tag) {
                Ok(tag) => to.push(tag),
                Err(refused) => return self.refuse_word(&refused),
            }
        }
        let command = AgentCommand::Tag {
            conversation,
            add,
            remove,
        };
        self.wish(command, given.now);
    }

    /// Says why something that was written is not what it is to be.
    pub(super) fn refuse_word(&mut self, refused: &impl ToString) {
        let why = refused.to_string();
        self.deny(format!(
            "{}. Nothing was done.",
            words::capital(why.trim_end_matches('.'))
        ));
    }

    pub(super) fn set_subject(&mut self, given: Given<'_>) {
        let Some(conversation) = self.subject("") else { return };
        let subject = match given.rest {
            "" => {
                let name = self.name_of(conversation);
                let row = self.replica.summary(conversation);
                let subject = row.and_then(|row| row.intake.subject.as_ref()).map(SubjectLine::shown);
                return match subject {
                    Some(subject) => self.say(format!("{name} is about {subject}")),
                    None => self.say(format!("Nothing is said of what {name} is about.")),
                };
            }
            "none" => None,
            text => match SubjectLine::parse(text) {
                Ok(subject) => Some(subject),
                Err(refused) => return self.refuse_word(&refused),
            },
        };
        self.wish(AgentCommand::SetSubject { conversation, subject }, given.now);
    }

    pub(super) fn priority(&mut self, given: Given<'_>) {
        let Some(conversation) = self.subject("") else { return };
        if given.rest.is_empty() {
            let Some(row) = self.replica.summary(conversation) else {
                return;
            };
            let chosen = row.intake.priority;
            let counts = self.replica.queue(self.server_time(given.now)).effective_priority(row);
            let aged = if row.stage.is_waiting() && counts != chosen {
                format!(", and counts as {} by its wait", counts.word())
            } else {
                String::new()
            };
            let name = row.customer.name.shown();
            return self.say(format!("{name} is {}{aged}.", chosen.word()));
        }
        match given.rest.parse::<Priority>() {
            Ok(priority) => self.wish(AgentCommand::SetPriority { conversation, priority }, given.now),
            Err(forms) => self.refuse_word(&forms),
        }
    }

    // Notes.

    pub(super) fn note(&mut self, given: Given<'_>) {
        if given.rest.is_empty() {
            return self.usage(given);
        }
        let Some(conversation) = self.subject("") else { return };
        let text = given.rest.to_owned();
        let names = self
            .replica
            .desk()
            .map_or_else(Vec::new, |desk| naming::names(desk, self.me()));
        let (agents, groups) = naming::mentioned(&text, &names);
        let command = AgentCommand::Note {
            conversation,
            text,
            agents,
            groups,
        };
        self.wish(command, given.now);
    }

    /// The notes of the thread that is open, and those that are known of its customer besides.
    pub(super) fn notes(&mut self, given: Given<'_>) {
        let Some((customer, name)) = self.customer_of("") else {
            return;
        };
        let mut notes: Vec<NoteRow> = Vec::new();
        let events = self
            .replica
            .thread(customer)
            .into_iter()
            .flat_map(|thread| thread.events());
        for event in events {
            if let (EventBody::Noted(note), Some(conversation)) = (&event.body, event.subject.conversation()) {
                notes.push(NoteRow {
                    rev: event.rev,
                    conversation,
                    by: note.agent.clone(),
                    at: event.time,
                    text: note.text.as_str().to_owned(),
                });
            }
        }
        let known = self
            .replica
            .context(customer)
            .map_or(&[][..], |context| &context.notes[..]);
        notes.extend(known.iter().cloned());
        notes.sort_by_key(|note| note.rev);
        notes.dedup_by_key(|note| note.rev);
        if notes.is_empty() {
            return self.say(format!("There is no note about {name}."));
        }
        for note in &notes[notes.len().saturating_sub(NOTES_TOLD)..] {
            self.tell_note(note, &name, "", given.now);
        }
    }

    fn tell_note(&mut self, note: &NoteRow, customer: &Shown, mark: &str, now: Now) {
        let when = self.when(note.at, now);
        let by = self.who(&note.by);
        let text = Shown::line(&note.text);
        self.say(format!("[{customer}] {when} {mark}[note] {by}: {text}"));
    }

    pub(super) fn mentions(&mut self, given: Given<'_>) {
        match self.replica.open_mentions() {
            Some(question) => self.ask(question),
            // They are here and kept up.
            None => self.tell_mentions(given.now),
        }
    }

    /// The newest mentions, the newest last: it is what is read last. A person has read them then.
    pub(super) fn tell_mentions(&mut self, now: Now) {
        let mentions: Vec<Mention> = self
            .replica
            .mentions()
            .newest_first()
            .take(NOTES_TOLD)
            .cloned()
            .collect();
        let read = self.replica.mentions().read_up_to();
        if mentions.is_empty() {
            return self.say("No note mentions you.");
        }
        for mention in mentions.iter().rev() {
            let mark = if mention.note.rev > read { "new " } else { "" };
            self.tell_note(&mention.note, &mention.customer.name.shown(), mark, now);
        }
        let newest = mentions
            .first()
            .map(|mention| mention.note.rev)
            .filter(|newest| *newest > read);
        if let Some(up_to) = newest.filter(|_| self.listener.person) {
            self.mark_mentions_read(up_to);
        }
    }

    fn mark_mentions_read(&mut self, up_to: Rev) {
        self.order(Order::SendMomentary(AgentCommand::MarkMentionsRead { up_to }));
    }

    /// Agents who are mentioned, for the one who sits here.
    pub(super) fn told_mentions(&self, agents: &[AgentId]) -> String {
        let names: Vec<String> = agents
            .iter()
            .map(|agent| self.agent_or_you(*agent).to_string())
            .collect();
        match names.is_empty() {
            true => String::new(),
            false => format!(" (mentions {})", names.join(", ")),
        }
    }
}

#[cfg(test)]
#[path = "marking_tests.rs"]
mod tests;
