//! Lines: who wrote one, and the parts that it is made of.

use serde::{Deserialize, Serialize};

use crate::{
    gate::Shown,
    ids::{FileId, LineNo},
    line::{LineState, Notice, Quote},
    people::AgentRef,
    stage::Side,
    text::MessageText,
    words::{SubjectLine, Tag},
};

/// See [`super::EventBody::Posted`].
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Posted {
    /// Who wrote it.
    #[serde(flatten)]
    pub author: Author,
    /// Its number on the author's side of the thread.
    pub line: LineNo,
    /// What it says; empty where its text is gone.
    pub parts: Vec<Part>,
    /// What it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quote: Option<Quote>,
    /// What a line of the desk itself is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<Notice>,
    /// What became of it since. Lines are always told in their present form.
    #[serde(default, skip_serializing_if = "LineState::is_original")]
    pub state: LineState,
}

impl Posted {
    /// The line as plain text: its parts' texts, a line each.
    pub fn text(&self) -> String {
        parts_text(&self.parts)
    }
}

/// Parts as plain text, a line each.
pub fn parts_text(parts: &[Part]) -> String {
    let texts: Vec<&str> = parts.iter().map(Part::text).collect();
    texts.join("\n")
}

/// Who wrote a line.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "sender", rename_all = "snake_case")]
pub enum Author {
    /// The customer.
    Customer,
    /// The first-line bot.
    Bot,
    /// An agent.
    Agent {
        /// Which one.
        agent: AgentRef,
    },
    /// The desk itself (hours, a bot that is late).
    System,
}

impl Author {
    /// The side of the thread that the author is on.
    pub fn side(&self) -> Side {
        match self {
            Author::Customer => Side::Customer,
            _ => Side::Desk,
        }
    }

    /// The sources' name of the sender: `customer`, `bot`, `agent` or `system`.
    pub fn sender(&self) -> &'static str {
        match self {
            Author::Customer => "customer",
            Author::Bot => "bot",
            Author::Agent { .. } => "agent",
            Author::System => "system",
        }
    }
}

/// One part of a line. A client that does not know a part's type shows its fallback.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Part {
    /// Plain text.
    Text(TextPart),
    /// An article, to be read in full.
    Card(CardPart),
    /// A file, to be fetched.
    File(FilePart),
    /// Things to choose from.
    Choices(ChoicesPart),
    /// A part of a later version.
    Unknown(UnknownPart),
}

impl Part {
    /// A part of plain text.
    pub fn of_text(text: MessageText) -> Part {
        Part::Text(TextPart {
            kind: TextTag::Text,
            text,
        })
    }

    /// The part's text, or what to show in its place.
    pub fn text(&self) -> &str {
        match self {
            Part::Text(part) => part.text.as_str(),
            Part::Card(part) => &part.fallback,
            Part::File(part) => &part.fallback,
            Part::Choices(part) => &part.fallback,
            Part::Unknown(part) => &part.fallback,
        }
    }
}

/// Plain text: `{"type":"text","text":"..."}`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TextPart {
    /// Always `text`.
    #[serde(rename = "type")]
    pub kind: TextTag,
    /// As it was written.
    pub text: MessageText,
}

/// The word `text`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextTag {
    /// The word `text`.
    Text,
}

/// An article as a card: `{"type":"card","slug":"refunds","title":"Refunds","excerpt":"...","fallback":"..."}`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CardPart {
    /// Always `card`.
    #[serde(rename = "type")]
    pub kind: CardTag,
    /// The article's short name: ask for it to read it in full.
    pub slug: Tag,
    /// Its title when it was sent.
    pub title: SubjectLine,
    /// Its beginning when it was sent.
    pub excerpt: String,
    /// What to show where cards are not known.
    pub fallback: String,
}

/// The word `card`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CardTag {
    /// The word `card`.
    Card,
}

/// Things to choose from: `{"type":"choices","choices":[{"pick":"1","title":"Refunds","slug":"refunds"},{"pick":"0","title":"A
/// person, please"}],"fallback":"..."}`. Who chooses writes the `pick` as a line, be it by a button. Which article is meant is in what
/// was offered: another title since changes nothing.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ChoicesPart {
    /// Always `choices`.
    #[serde(rename = "type")]
    pub kind: ChoicesTag,
    /// At least one.
    pub choices: Vec<Choice>,
    /// Them as numbered lines, and how to choose: what to show where choices are not known.
    pub fallback: String,
}

/// One of several things to choose from.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Choice {
    /// What is written to choose it.
    pub pick: String,
    /// What it is called.
    pub title: SubjectLine,
    /// The article's short name, if it is one; without: a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slug: Option<Tag>,
}

/// The word `choices`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChoicesTag {
    /// The word `choices`.
    Choices,
}

/// A file: `{"type":"file","id":"...","name":"build.log","size":5120,"mime":"text/plain","digest":"...","fallback":"..."}`. Its
/// bytes are fetched over HTTP by its id, by those who may read the line.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FilePart {
    /// Always `file`.
    #[serde(rename = "type")]
    pub kind: FileTag,
    /// By which it is fetched.
    pub id: FileId,
    /// As its sender named it: a stranger's text, and no path.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
    /// Its media type, one of the few that the server tells apart; `application/octet-stream` for all others.
    pub mime: String,
    /// SHA-256 of its bytes, in hexadecimal.
    pub digest: String,
    /// What to show where files are not known.
    pub fallback: String,
}

impl FilePart {
    /// What is shown where files are not known: its name and its size.
    pub fn fallback_of(name: &str, size: u64) -> String {
        format!("File: {} ({})", Shown::line(name), size_words(size))
    }
}

/// A number of bytes as people read it: `812 B`, `5.0 KiB`, `3.2 MiB`.
pub fn size_words(bytes: u64) -> String {
    let tenths = |unit: u64| (bytes.saturating_mul(10) / unit, unit);
    let (tenths, unit) = match bytes {
        0..1_024 => return format!("{bytes} B"),
        1_024..1_048_576 => tenths(1_024),
        1_048_576..1_073_741_824 => tenths(1_048_576),
        _ => tenths(1_073_741_824),
    };
    let name = match unit {
        1_024 => "KiB",
        1_048_576 => "MiB",
        _ => "GiB",
    };
    format!("{}.{} {name}", tenths / 10, tenths % 10)
}

/// The word `file`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileTag {
    /// The word `file`.
    File,
}

/// A part whose type this version does not know.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct UnknownPart {
    /// Its type.
    #[serde(rename = "type")]
    pub kind: String,
    /// What to show in its place.
    #[serde(default)]
    pub fallback: String,
}
