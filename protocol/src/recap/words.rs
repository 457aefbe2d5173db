//! A recap as lines of text, for a note, a terminal and a program alike.

use super::{Recap, Said};
use crate::{intake::Priority, stage::Stage};

impl Recap {
    /// Its lines, as raw as what was said. `clock` writes a time.
    pub fn text(&self, clock: impl Fn(crate::ids::Time) -> String) -> String {
        let said = |it: &Said| format!("({}): {}", clock(it.at), it.text);
        let mut lines = vec![format!(
            "{}, {} since {}, {}",
            self.customer.name.as_str(),
            counted(self.lines, "line"),
            clock(self.opened_at),
            self.stands()
        )];
        if let Some(words) = &self.words {
            // Nobody is to take them for what was said.
            lines.push("In the words of a language model:".to_owned());
            lines.extend(words.lines().map(|line| format!("  {line}")));
        }
        if let Some(subject) = &self.subject {
            lines.push(format!("About: {}", subject.as_str()));
        }
        if let Some(first) = &self.first {
            lines.push(format!("Asked first {}", said(first)));
        }
        if !self.tried.is_empty() {
            let tried = self.tried.iter().map(|it| match &it.article {
                Some(title) => format!("the article \"{}\"", title.as_str()),
                None => format!("\"{}\"", short(&it.said.text)),
            });
            let mut tried: Vec<String> = tried.collect();
            tried.dedup();
            lines.push(format!("The bot tried: {}", tried.join("; ")));
        }
        if let Some(reason) = self.wanted {
            lines.push(format!("A person was wanted: {}", reason.words()));
        }
        if !self.held.is_empty() {
            let held = self.held.iter().map(|it| {
                let until = it.until.map_or("now".to_owned(), &clock);
                format!("{} {} to {until}", it.agent.name, clock(it.from))
            });
            lines.push(format!("Had by: {}", held.collect::<Vec<_>>().join("; ")));
        }
        if let Some(answered) = &self.answered {
            lines.push(format!(
                "Answered last by {} {}",
                answered.agent.name,
                said(&answered.said)
            ));
        }
        let open = self.open.iter().filter(|it| Some(*it) != self.first.as_ref());
        lines.extend(open.map(|it| format!("Open {}", said(it))));
        if !self.files.is_empty() {
            lines.push(format!("Files: {}", self.files.join(", ")));
        }
        lines.extend(self.marks());
        lines.join("\n")
    }

    fn stands(&self) -> String {
        match &self.stage {
            Stage::Bot => "with the bot".to_owned(),
            Stage::Waiting { .. } => "waits for a person".to_owned(),
            Stage::Active { agent, .. } => format!("with {}", agent.name),
            Stage::Snoozed { agent, .. } => format!("put aside by {}", agent.name),
            Stage::Closed { .. } => "ended".to_owned(),
        }
    }

    /// Tags, ticket, priority and notes, as far as there are any.
    fn marks(&self) -> Option<String> {
        let mut marks = Vec::new();
        if !self.tags.is_empty() {
            let tags: Vec<&str> = self.tags.iter().map(|tag| tag.as_str()).collect();
            marks.push(format!("tags {}", tags.join(", ")));
        }
        marks.extend(self.ticket.map(|number| format!("ticket {number}")));
        if self.priority != Priority::default() {
            marks.push(format!("priority {}", self.priority.word()));
        }
        if self.notes > 0 {
            marks.push(counted(self.notes, "note"));
        }
        (!marks.is_empty()).then(|| format!("Marks: {}", marks.join("; ")))
    }
}

/// What was tried is told in a few words: the thread has all of them.
fn short(text: &str) -> String {
    match text.char_indices().nth(80) {
        Some((cut, _)) => format!("{}…", text[..cut].trim_end()),
        None => text.to_owned(),
    }
}

fn counted(n: u64, what: &str) -> String {
    match n {
        1 => format!("1 {what}"),
        n => format!("{n} {what}s"),
    }
}
