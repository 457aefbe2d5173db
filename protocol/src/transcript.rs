//! A conversation as a document to be kept: text, or Markdown in which strangers' words are words and nothing else. Everything has
//! passed the gate: it can be read on a terminal.

use std::str::FromStr;

use crate::{
    customer_event::{self as theirs, CustomerBody},
    event::{Author, EventBody},
    gate::Shown,
    line::LineState,
    safe,
};

/// How it is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Format {
    /// Lines of text.
    #[default]
    Text,
    /// Markdown.
    Markdown,
}

impl Format {
    /// The word, as it is typed.
    pub fn word(self) -> &'static str {
        match self {
            Format::Text => "text",
            Format::Markdown => "markdown",
        }
    }

    /// The end of a file's name.
    pub fn ending(self) -> &'static str {
        match self {
            Format::Text => "txt",
            Format::Markdown => "md",
        }
    }

    /// What it is, and what is known of it.
    pub fn head(self, title: &str, facts: &[(&str, String)]) -> String {
        let mut out = match self {
            Format::Text => format!("{}\n\n", Shown::line(title)),
            Format::Markdown => format!("# {}\n\n", safe::markdown_words(title)),
        };
        for (name, value) in facts {
            out.push_str(&match self {
                Format::Text => format!("{name}: {}\n", Shown::line(value)),
                Format::Markdown => format!("- {name}: {}\n", safe::markdown_words(value)),
            });
        }
        if self == Format::Text {
            out.push('\n');
        }
        out
    }

    /// Somebody said something. `also` is the program's own words.
    pub fn said(self, at: &str, who: &str, also: &str, text: &str) -> String {
        match self {
            Format::Text => {
                let block = safe::lines(text.trim_end()).join("\n    ");
                format!("{at}  {}{also}: {block}\n", Shown::line(who))
            }
            Format::Markdown => format!(
                "\n{at} **{}**{also}\n\n{}",
                safe::markdown_words(who),
                safe::markdown_block(text)
            ),
        }
    }

    /// Something happened.
    pub fn happened(self, at: &str, words: &str) -> String {
        match self {
            Format::Text => format!("{at}  * {}\n", Shown::line(words)),
            Format::Markdown => format!("\n{at} *{}*\n", safe::markdown_words(words)),
        }
    }

    /// What an event says, for agents: nothing of most. With `notes` also what only agents saw.
    pub fn event(self, at: &str, customer: &str, body: &EventBody, notes: bool) -> String {
        match body {
            EventBody::Posted(line) => {
                let who = match &line.author {
                    Author::Customer => customer,
                    Author::Bot => "bot",
                    Author::Agent { agent } => agent.name.as_str(),
                    Author::System => "desk",
                };
                self.line(at, who, line.state, &line.text())
            }
            EventBody::Noted(note) if notes => {
                let also = " (note: only agents see this)";
                self.said(at, note.agent.name.as_str(), also, note.text.as_str())
            }
            EventBody::Noted(_) => String::new(),
            EventBody::Rated(rated) => {
                let mut out = self.words(at, body.fallback());
                if let Some(comment) = &rated.comment {
                    out.push_str(&match self {
                        Format::Text => self.said(at, customer, "", comment.as_str()),
                        Format::Markdown => format!("\n{}", safe::markdown_block(comment.as_str())),
                    });
                }
                out
            }
            EventBody::HumanRequested(wanted) => {
                let mut out = self.words(at, body.fallback());
                for line in wanted.note.iter().filter(|_| notes).flat_map(|note| note.lines()) {
                    out.push_str(&self.happened(at, &line));
                }
                out
            }
            other => self.words(at, other.fallback()),
        }
    }

    /// What an event says, for its customer, who is called so.
    pub fn own_event(self, at: &str, me: &str, body: &CustomerBody) -> String {
        match body {
            CustomerBody::Posted(line) => {
                let who = match &line.author {
                    theirs::Author::Customer => me,
                    theirs::Author::Bot => "assistant",
                    theirs::Author::Agent { name } => name.as_str(),
                    theirs::Author::System => "desk",
                };
                self.line(at, who, line.state, &line.text())
            }
            other => self.words(at, other.fallback()),
        }
    }

    fn line(self, at: &str, who: &str, state: LineState, text: &str) -> String {
        let also = match state {
            LineState::Edited => " (edited)",
            _ => "",
        };
        self.said(at, who, also, state.words().unwrap_or(text))
    }

    fn words(self, at: &str, words: Option<String>) -> String {
        words.map_or_else(String::new, |words| self.happened(at, &words))
    }
}

impl FromStr for Format {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.trim().to_ascii_lowercase().as_str() {
            "text" | "txt" => Ok(Format::Text),
            "markdown" | "md" => Ok(Format::Markdown),
            _ => Err("a transcript is text or markdown".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_strangers_say_is_told_and_does_nothing() {
        let hostile = "a\u{1b}[2J\n# not a title\n=1+1";
        let text = Format::Text.said("14:03", "al\u{202e}ice", "", hostile);
        assert_eq!(text, "14:03  alice: a␛[2J\n    # not a title\n    =1+1\n");
        let markdown = Format::Markdown.said("14:03", "*alice*", "", hostile);
        assert_eq!(
            markdown,
            "\n14:03 **\\*alice\\***\n\n    a␛[2J\n    # not a title\n    =1+1\n"
        );
        let head = Format::Text.head("Chat 1\n2", &[("subject", "x\u{7}".to_owned())]);
        assert!(!head.contains('\u{7}') && head.lines().count() == 4, "{head:?}");
    }
}
