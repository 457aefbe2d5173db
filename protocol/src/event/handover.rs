//! What whoever takes a conversation should know of what was before: the note that goes with a hand-over. It is for the staff alone, and
//! made by the server; every text in it is cut to a bound.

use serde::{Deserialize, Serialize};

use crate::{
    line::Quote,
    words::{SubjectLine, Tag},
};

/// See [`HumanRequested`](super::HumanRequested). Nothing of it reaches the customer.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct HandOverNote {
    /// The customer's last question: the line, and its beginning with numbers of cards, addresses and the like masked. It is told as
    /// it stands now, as every quote is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question: Option<Quote>,
    /// More of the reason, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// The articles that the customer was given or offered, in that order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tried: Vec<Tried>,
    /// The article that is nearest to the question, however far that is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nearest: Option<Nearest>,
    /// How the customer sounds.
    #[serde(default, skip_serializing_if = "Mood::is_calm")]
    pub mood: Mood,
    /// The language that the customer writes, as a code of two letters; absent where it is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
}

/// An article that was tried before a person was asked for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Tried {
    /// Which.
    pub article: Tag,
    /// Its title when it was tried.
    pub title: SubjectLine,
    /// How.
    pub how: TriedHow,
}

/// How an article was tried.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TriedHow {
    /// It was the answer.
    Answered,
    /// It was one of several to choose from.
    Offered,
    /// A way of a later version.
    #[serde(other)]
    Other,
}

/// The article that is nearest to a question.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Nearest {
    /// Which.
    pub article: Tag,
    /// Its title.
    pub title: SubjectLine,
    /// How probable it is that it answers, in percent.
    pub percent: u8,
}

/// How a customer sounds.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mood {
    /// As people do.
    #[default]
    Calm,
    /// Upset.
    Upset,
    /// A mood of a later version.
    #[serde(other)]
    Other,
}

impl Mood {
    /// Whether nothing is to be said of it.
    pub fn is_calm(&self) -> bool {
        !matches!(self, Mood::Upset)
    }
}

impl HandOverNote {
    /// Articles that it names as tried; later ones are left out.
    pub const TRIED_MAX: usize = 6;
    /// Characters of the words for the reason.
    pub const WHY_CHARS: usize = 200;

    /// Whether it says nothing that the event does not say without it.
    pub fn is_empty(&self) -> bool {
        *self == HandOverNote::default()
    }

    /// It in words for the staff, a fact a line. Strangers' texts are in it: they pass the gate where they are shown.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if let Some(question) = &self.question {
            lines.push(format!("last question: {}", question.words()));
        }
        lines.extend(self.why.as_ref().map(|why| format!("why: {why}")));
        for (how, word) in [(TriedHow::Answered, "answered with"), (TriedHow::Offered, "offered")] {
            let these: Vec<&str> = self
                .tried
                .iter()
                .filter(|it| it.how == how)
                .map(|it| it.title.as_str())
                .collect();
            if !these.is_empty() {
                lines.push(format!("{word}: {}", these.join("; ")));
            }
        }
        if let Some(nearest) = &self.nearest {
            lines.push(format!("nearest: {} ({} %)", nearest.title.as_str(), nearest.percent));
        }
        let mood = (self.mood == Mood::Upset).then(|| "upset".to_owned());
        let language = self.language.as_ref().filter(|it| *it != "en");
        let language = language.map(|code| format!("writes {}", language_name(code)));
        let customer: Vec<String> = mood.into_iter().chain(language).collect();
        if !customer.is_empty() {
            lines.push(format!("customer: {}", customer.join(", ")));
        }
        lines
    }
}

/// The English name of a language; the code where it is not known here.
fn language_name(code: &str) -> &str {
    match code {
        "de" => "German",
        "en" => "English",
        "es" => "Spanish",
        "fr" => "French",
        "it" => "Italian",
        "nl" => "Dutch",
        "pl" => "Polish",
        "pt" => "Portuguese",
        other => other,
    }
}
