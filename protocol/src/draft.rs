//! A draft of an agent's next line by a language model, or why there is none. It is told to the agent who asks, and sent by nobody but a
//! person.

use serde::{Deserialize, Serialize};

use crate::ids::ConversationId;

/// See the module.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Draft {
    /// In which conversation.
    pub conversation: ConversationId,
    /// The draft, to be read and changed by a person: plain lines, as raw as the model wrote them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Why there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no: Option<NoDraft>,
}

/// Why there is no draft.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoDraft {
    /// The server's operator has named no provider.
    NoProvider,
    /// The desk has not switched it on.
    Off,
    /// The month's tokens are used up.
    Budget,
    /// Too many requests.
    Limited,
    /// The provider failed too often just now, and is left alone for a minute.
    Resting,
    /// It failed, and so does whatever a later server says.
    #[serde(other)]
    Failed,
}

impl NoDraft {
    /// All of them.
    pub const ALL: [NoDraft; 6] = [
        NoDraft::NoProvider,
        NoDraft::Off,
        NoDraft::Budget,
        NoDraft::Limited,
        NoDraft::Resting,
        NoDraft::Failed,
    ];

    /// For programs.
    pub fn code(self) -> &'static str {
        match self {
            NoDraft::NoProvider => "no_provider",
            NoDraft::Off => "off",
            NoDraft::Budget => "budget",
            NoDraft::Limited => "limited",
            NoDraft::Resting => "resting",
            NoDraft::Failed => "failed",
        }
    }

    /// For people.
    pub fn words(self) -> &'static str {
        match self {
            NoDraft::NoProvider => "The server's operator has named no provider of a language model.",
            NoDraft::Off => "This desk has not switched the provider on (bot.provider among the settings).",
            NoDraft::Budget => "The tokens of this month are used up.",
            NoDraft::Limited => "There were too many requests just now; try again in a minute.",
            NoDraft::Resting => "The provider failed just now and is left alone for a minute.",
            NoDraft::Failed => "The provider gave nothing that can be used; try again.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_are_those_of_the_wire() {
        for no in NoDraft::ALL {
            assert_eq!(serde_json::to_value(no).unwrap(), no.code());
        }
        assert_eq!(serde_json::from_str::<NoDraft>("\"moon\"").unwrap(), NoDraft::Failed);
    }
}
