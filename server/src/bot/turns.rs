//! From a decision, or from what a program says, to a turn.

use minicom_protocol::{event::HandOverNote, stage::HandOverReason};
use tracing::debug;

use super::{
    decision::{self, Decision, Does, Knows, Talk, Why},
    program::Said,
    reading::Asked,
    worded::Wording,
};
use crate::order::Turn;

/// What it says when its program asks for a person without words.
const HANDS_OVER: &str = "I am passing you to a person.";
/// What the bot says when it breaks.
pub const BROKEN: &str = "Sorry, something went wrong on my side. I am asking a person to help you.";
/// What is decided about the last of the lines, and what a provider may put into words of it. How often in a row nothing was understood
/// is found by deciding about them again, so that the bot needs no memory of its own.
pub fn decide(knows: &Knows, asked: &Asked) -> (Option<Decision>, Option<Wording>) {
    let lines: Vec<&str> = asked.lines.iter().map(String::as_str).collect();
    let talk = Talk {
        customer_name: &asked.customer_name,
        lines: &lines,
        begins: asked.begins,
        offered: asked.offered.as_ref(),
        asked_help: asked.asked_help,
    };
    let decision = decision::decide(knows, &talk);
    debug!(why = ?decision.as_ref().map(|it| &it.why), "decided");
    let wording = decision
        .as_ref()
        .and_then(|it| Wording::of(it, knows.model.as_deref(), &lines));
    (decision, wording)
}

/// Whether a rule, or the customer, wants a person: nothing comes before that.
pub fn wants_person(decision: &Decision) -> bool {
    matches!(decision.does, Does::HandOver { .. })
        && matches!(decision.why, Why::Rule(_) | Why::NoneOfThese | Why::DidNotHelp)
}

/// What is decided, as a turn.
pub fn as_decided(decision: Decision) -> Turn {
    match decision.does {
        Does::Nothing => Turn::Silence,
        Does::Answer {
            article: slug,
            text,
            asks,
            ..
        } => Turn::Article { text, slug, asks },
        Does::Say {
            text,
            article: Some(slug),
        } => Turn::Article { text, slug, asks: None },
        Does::Offer { text, choices } => Turn::Offer { text, choices },
        Does::Say { text, article: None } | Does::Clarify { text } => Turn::Reply { text },
        Does::HandOver { reason, text, note } => Turn::HandOver { text, reason, note },
    }
}

/// What a program says, as a turn.
pub fn as_said(said: Said, language: String) -> Turn {
    match said {
        Said::Reply(text) => Turn::Reply {
            text: text.as_str().to_owned(),
        },
        Said::Nothing => Turn::Silence,
        Said::HandOff { words, reason } => Turn::HandOver {
            text: words.map_or_else(|| HANDS_OVER.to_owned(), |words| words.as_str().to_owned()),
            reason: HandOverReason::Rule,
            note: Box::new(HandOverNote {
                why: reason,
                language: Some(language),
                ..HandOverNote::default()
            }),
        },
    }
}

/// The bot broke: a person is to help.
pub fn broken(note: HandOverNote) -> Turn {
    Turn::HandOver {
        text: BROKEN.to_owned(),
        reason: HandOverReason::BotFailed,
        note: Box::new(note),
    }
}
