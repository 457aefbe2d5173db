//! What customers ask for.

use serde::{Deserialize, Serialize};

use crate::{
    ids::{FileId, LineNo},
    intake::{Intake, Introduction},
    line::LineRef,
    settings::PreChatAnswer,
    words::SubjectLine,
};

/// What a customer asks for. It never names a conversation: a customer has one thread.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[expect(
    clippy::large_enum_variant,
    reason = "a command is handled alone and never kept in numbers: a box would only be in the way of who builds one"
)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum CustomerCommand {
    /// Write a line. If the last conversation is closed, it opens the next one.
    Post {
        /// What; see [`MessageText`](crate::text::MessageText) for its bounds.
        text: String,
        /// The line that it answers.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        quote: Option<LineRef>,
        /// A file to go with it, which the customer has uploaded and not sent yet. Then the text may be empty.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        file: Option<FileId>,
    },
    /// Begin a conversation without a line yet. Nothing happens if one is open.
    Start {
        /// What it begins with.
        #[serde(default)]
        intake: Intake,
        /// Who the customer says to be.
        #[serde(default)]
        introduction: Introduction,
        /// What was answered to the desk's questions.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        answers: Vec<PreChatAnswer>,
    },
    /// Say who one is.
    Introduce {
        /// What is said; what is left out stays.
        introduction: Introduction,
    },
    /// Say what the conversation is about.
    SetSubject {
        /// About what.
        subject: SubjectLine,
    },
    /// Change one's own last line. For a minute.
    EditLine {
        /// Which line of the customer.
        line: LineNo,
        /// What it says now.
        text: String,
    },
    /// Take one's own last line back. For a minute.
    WithdrawLine {
        /// Which line of the customer.
        line: LineNo,
    },
    /// Say how it was, or that one does not want to. Once for each conversation; it opens nothing.
    Rate {
        /// From 1 (bad) to 5 (good); left out: not wanted.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        score: Option<u8>,
        /// In the customer's words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        comment: Option<String>,
    },
    /// Ask for a person.
    RequestHuman {},
    /// End the conversation.
    Close {},
    /// The customer has read the desk's lines up to here.
    MarkSeen {
        /// The newest desk's line read.
        up_to: LineNo,
    },
    /// Agree to the desk's consent text. Without it nothing that is written is taken.
    Consent {
        /// The text as it was shown: agreed is what was read, and no newer text.
        text: String,
    },
    /// A device of the customer is one no more; its connections end.
    RevokeDevice {
        /// Which, as [`Device::id`](crate::frame::Device::id) names it.
        device: String,
    },
    /// Erase all that is kept of me. It cannot be undone, and the name is free again.
    Forget {},
}

impl CustomerCommand {
    /// A line and nothing else.
    pub fn post(text: impl Into<String>) -> CustomerCommand {
        CustomerCommand::Post {
            text: text.into(),
            quote: None,
            file: None,
        }
    }
}
