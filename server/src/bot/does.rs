//! A decision as a value: what the bot does, why, and what it found.

use minicom_protocol::{
    event::{ChoicesPart, HandOverNote},
    stage::HandOverReason,
    words::Tag,
};

use super::policy::OFFER_FROM;

/// What the bot does, and why.
#[derive(Clone, PartialEq, Debug)]
pub struct Decision {
    /// What.
    pub does: Does,
    /// Why.
    pub why: Why,
    /// The likeliest articles, if they were looked at.
    pub found: Vec<Likely>,
}

/// What the bot does.
#[derive(Clone, PartialEq, Debug)]
pub enum Does {
    /// Says nothing.
    Nothing,
    /// Says something of its own: small talk, or in general.
    Say {
        /// What.
        text: String,
        /// An article that goes with it, as a rule wants.
        article: Option<Tag>,
    },
    /// Answers with an article.
    Answer {
        /// Which.
        article: Tag,
        /// What is said, with the extract in it.
        text: String,
        /// What of it.
        extract: String,
        /// Asking whether it helped; it ends what is said then.
        asks: Option<ChoicesPart>,
    },
    /// Lets the customer choose among articles.
    Offer {
        /// What is said before the choices.
        text: String,
        /// The articles, the likeliest first, and a person.
        choices: ChoicesPart,
    },
    /// Asks for other words.
    Clarify {
        /// How.
        text: String,
    },
    /// Gives the conversation to a person.
    HandOver {
        /// For what the queue shows.
        reason: HandOverReason,
        /// What is said.
        text: String,
        /// For whoever takes it.
        note: Box<HandOverNote>,
    },
}

/// Why.
#[derive(Clone, PartialEq, Debug)]
pub enum Why {
    /// There was nothing to read.
    Blank,
    /// A rule says so.
    Rule(String),
    /// The customer chose it.
    Chosen,
    /// The customer wants none of what was offered.
    NoneOfThese,
    /// The customer says that the answer helped.
    Helped,
    /// The customer says that it did not.
    DidNotHelp,
    /// The same was asked and answered before.
    Repeated,
    /// An article is so probable.
    Sure(f32),
    /// No article is probable enough to be the answer, or two are.
    Unsure(f32),
    /// No article is probable.
    Unknown(f32),
    /// Not a word in it.
    Noise,
}

impl Why {
    /// More of the reason of a hand-over than its word, if there is more.
    pub fn words(&self) -> Option<String> {
        Some(match self {
            Why::Rule(rule) => format!("rule {rule}"),
            Why::NoneOfThese => "none of the offered articles was meant".to_owned(),
            Why::DidNotHelp => "the customer says that the answer did not help".to_owned(),
            Why::Repeated => "the same was asked and answered before".to_owned(),
            Why::Unknown(probability) if *probability >= OFFER_FROM => "what was offered did not help".to_owned(),
            Why::Unknown(_) => "no article is near enough".to_owned(),
            Why::Unsure(_) => "several articles are as near".to_owned(),
            Why::Noise => "no word was to be read".to_owned(),
            Why::Blank | Why::Chosen | Why::Helped | Why::Sure(_) => return None,
        })
    }
}

/// An article, and how probable it is.
#[derive(Clone, PartialEq, Debug)]
pub struct Likely {
    /// Which.
    pub article: Tag,
    /// How probable.
    pub probability: f32,
    /// Its example that is nearest to the line.
    pub example: String,
    /// How near.
    pub nearness: f32,
}
