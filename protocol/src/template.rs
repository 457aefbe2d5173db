//! The text of a saved reply: words with holes that are filled once, when it is sent.
//!
//! | Written | Stands for |
//! | --- | --- |
//! | `{{customer_name}}` | a value that the desk knows ([`Known`]) |
//! | `{{customer_name\|there}}` | the same, or `there` if nothing is known; nothing after the bar means nothing |
//! | `{{?order_id}}` | a question that is asked before sending; the same name is asked once |
//! | `{{?order_id\|none}}` | the same, or `none` if it is not answered; the default holds for every hole of the question |
//! | `{{{{` | the two characters `{{` |
//!
//! Spaces and tabs around name and default do not count. A hole ends on its own line. `}}` outside a hole and a single `{` are
//! themselves: in a row of `{`, each four from the left are a `{{`, and of what remains the last two open a hole.
//!
//! Server and programs fill by this one code. What is put in is never read again for holes, whatever it looks like. This
//! module refuses to know where values come from; what it gives is raw and goes through the gate before it is shown.

use std::{collections::BTreeMap, fmt, str::FromStr};

use thiserror::Error;

use crate::text::{MESSAGE_BYTES_MAX, can_be_seen};

mod known;
mod parse;

pub use known::{Known, Values};
pub use parse::{TemplateError, TemplateFault};

/// Bytes of UTF-8 in one template.
pub const TEMPLATE_BYTES_MAX: usize = 4 * 1024;
/// Holes in one template.
pub const HOLES_MAX: usize = 50;
/// Characters in the name of a hole.
pub const HOLE_NAME_CHARS_MAX: usize = 40;
/// Bytes of UTF-8 in the answer to one question.
pub const ANSWER_BYTES_MAX: usize = 1024;

/// What fills a hole. It is shown as it is written: `customer_name`, `?order_id`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Source {
    /// A value that the desk knows.
    Value(Known),
    /// An answer of the one who sends, by the question's name.
    Question(String),
}

impl fmt::Display for Source {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Value(known) => out.write_str(known.name()),
            Source::Question(name) => write!(out, "?{name}"),
        }
    }
}

/// A hole of a template. It is shown as it is written, with its braces.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hole {
    /// What fills it.
    pub source: Source,
    /// What stands there otherwise; it may be empty.
    pub default: Option<String>,
}

impl fmt::Display for Hole {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{{{{{}", self.source)?;
        if let Some(default) = &self.default {
            // A brace at the default's end must not be taken for the first of the two that close.
            let apart = if default.ends_with('}') { " " } else { "" };
            write!(out, "|{default}{apart}")?;
        }
        out.write_str("}}")
    }
}

/// What is asked before a reply is sent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Question {
    /// Its name, also the key of its answer.
    pub name: String,
    /// What holds if it is not answered. Without one it must be.
    pub default: Option<String>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum Part {
    Text(String),
    Hole(Hole),
}

/// A stretch of a preview, for drawing. All of it is raw text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Piece<'a> {
    /// The template's own words.
    Text(&'a str),
    /// What fills a hole: a value, an answer or a default.
    Value(&'a str),
    /// A hole that nothing fills yet. While one is left, [`Template::fill`] refuses.
    Hole(&'a Hole),
}

/// Why an answer to a question is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum AnswerRefused {
    /// Above [`ANSWER_BYTES_MAX`].
    #[error("it has {actual} bytes, {limit} is the most: shorten it")]
    TooLong {
        /// The most bytes that are taken.
        limit: usize,
        /// The bytes that were given.
        actual: usize,
    },
    /// A NUL byte, which text never has.
    #[error("it contains a NUL character: give text, not binary data")]
    Nul,
}

/// Why a template cannot be filled. Nothing of the text or the values is in it, only names.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FillError {
    /// Holes without value, answer and default: each once, in the order of the text.
    #[error("nothing fills {}: answer it, or write it by hand", names(.holes))]
    Unresolved {
        /// What would fill them.
        holes: Vec<Source>,
    },
    /// An answer that is not taken.
    #[error("the answer to ?{question} cannot be sent: {why}")]
    Answer {
        /// The question's name.
        question: String,
        /// What is wrong with it.
        why: AnswerRefused,
    },
    /// The result is no message: above [`MESSAGE_BYTES_MAX`].
    #[error("with everything filled in it has {actual} bytes, {limit} is the most: shorten an answer or the reply")]
    TooLong {
        /// The most bytes that a message has.
        limit: usize,
        /// The bytes that it would have.
        actual: usize,
    },
    /// A value with a NUL byte, which no message has.
    #[error("the value of {} contains a NUL character: correct it first", .known.name())]
    Nul {
        /// The value.
        known: Known,
    },
}

fn names(holes: &[Source]) -> String {
    holes.iter().map(Source::to_string).collect::<Vec<_>>().join(", ")
}

/// A saved reply's text, understood. It is shown (`Display`) in the one way of writing that means the same again.
///
/// At most [`TEMPLATE_BYTES_MAX`] bytes with [`HOLES_MAX`] holes. It may be empty: a saved reply can be actions alone.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Template {
    parts: Vec<Part>,
    questions: Vec<Question>,
}

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// Where it cannot be understood, and why.
    pub fn parse(text: &str) -> Result<Template, TemplateError> {
        parse::parse(text)
    }

    /// Its holes, in the order of the text.
    pub fn holes(&self) -> impl Iterator<Item = &Hole> {
        self.parts.iter().filter_map(|part| match part {
            Part::Hole(hole) => Some(hole),
            Part::Text(_) => None,
        })
    }

    /// What to ask before sending: each question once, in the order of the text.
    pub fn questions(&self) -> &[Question] {
        &self.questions
    }

    /// The text with every hole filled, in one pass. Values and answers are put in literally. A value or answer in which
    /// nothing can be seen counts as none. Answers to what is not asked are ignored.
    ///
    /// The result has at most [`MESSAGE_BYTES_MAX`] bytes and no NUL, but may be empty: a message still has to be made of it.
    ///
    /// # Errors
    /// A hole that nothing fills, an answer that is not taken, or a result that is no message.
    pub fn fill(&self, values: &Values, answers: &BTreeMap<String, String>) -> Result<String, FillError> {
        for Question { name, .. } in &self.questions {
            if let Some(Err(why)) = answers.get(name).map(|answer| check_answer(answer)) {
                let question = name.clone();
                return Err(FillError::Answer { question, why });
            }
        }
        let mut stretches = Vec::with_capacity(self.parts.len());
        let mut holes: Vec<Source> = Vec::new();
        for piece in self.preview(values, answers) {
            match piece {
                Piece::Text(text) | Piece::Value(text) => stretches.push(text),
                Piece::Hole(hole) if !holes.contains(&hole.source) => holes.push(hole.source.clone()),
                Piece::Hole(_) => {}
            }
        }
        if !holes.is_empty() {
            return Err(FillError::Unresolved { holes });
        }
        // Counted before anything is copied: values are as long as their sources let them be.
        let actual = stretches.iter().map(|stretch| stretch.len()).sum();
        if actual > MESSAGE_BYTES_MAX {
            let limit = MESSAGE_BYTES_MAX;
            return Err(FillError::TooLong { limit, actual });
        }
        if let Some(known) = self.values_used().find(|known| holds_nul(values.get(*known))) {
            return Err(FillError::Nul { known });
        }
        Ok(stretches.concat())
    }

    /// The text in stretches as it stands now, for drawing before it is sent.
    pub fn preview<'a>(&'a self, values: &'a Values, answers: &'a BTreeMap<String, String>) -> Vec<Piece<'a>> {
        self.parts
            .iter()
            .map(|part| match part {
                Part::Text(text) => Piece::Text(text),
                Part::Hole(hole) => match self.filling(hole, values, answers) {
                    Some(text) => Piece::Value(text),
                    None => Piece::Hole(hole),
                },
            })
            .collect()
    }

    fn filling<'a>(
        &'a self,
        hole: &'a Hole,
        values: &'a Values,
        answers: &'a BTreeMap<String, String>,
    ) -> Option<&'a str> {
        let (given, default) = match &hole.source {
            Source::Value(known) => (values.get(*known), &hole.default),
            Source::Question(name) => {
                let asked = self.questions.iter().find(|question| question.name == *name);
                let default = asked.map_or(&hole.default, |question| &question.default);
                (answers.get(name).map(String::as_str), default)
            }
        };
        given
            .filter(|text| text.chars().any(can_be_seen))
            .or(default.as_deref())
    }

    fn values_used(&self) -> impl Iterator<Item = Known> {
        self.holes().filter_map(|hole| match hole.source {
            Source::Value(known) => Some(known),
            Source::Question(_) => None,
        })
    }
}

fn holds_nul(text: Option<&str>) -> bool {
    text.is_some_and(|text| text.contains('\0'))
}

/// Whether an answer to a question may be put in: for the prompt, while it is typed.
///
/// # Errors
/// Above [`ANSWER_BYTES_MAX`], or with a NUL.
pub fn check_answer(answer: &str) -> Result<(), AnswerRefused> {
    if answer.len() > ANSWER_BYTES_MAX {
        return Err(AnswerRefused::TooLong {
            limit: ANSWER_BYTES_MAX,
            actual: answer.len(),
        });
    }
    if answer.contains('\0') {
        return Err(AnswerRefused::Nul);
    }
    Ok(())
}

impl fmt::Display for Template {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in &self.parts {
            match part {
                Part::Text(text) => out.write_str(&text.replace("{{", "{{{{"))?,
                Part::Hole(hole) => hole.fmt(out)?,
            }
        }
        Ok(())
    }
}

impl FromStr for Template {
    type Err = TemplateError;

    fn from_str(text: &str) -> Result<Template, TemplateError> {
        Template::parse(text)
    }
}

#[cfg(test)]
#[path = "template_tests.rs"]
mod tests;
