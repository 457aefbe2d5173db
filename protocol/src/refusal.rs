//! What the server does not do, as a value to act on. Clients look at `code`, `retryable` and
//! `retry_after_ms`, and at nothing else; the message is for people.

mod words;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use serde_json::{Map, Value};

use crate::{
    ids::{LineNo, Time},
    people::AgentRef,
    queue::WhyNot,
    text::{MESSAGE_BYTES_MAX, TextRefused},
};

/// Why something was not done.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Refusal {
    /// A colleague owns the conversation.
    TakenBy {
        /// Who.
        agent: AgentRef,
        /// Since when.
        since: Time,
    },
    /// The agent may not take this conversation, or may not be given it.
    MayNotTake {
        /// Who.
        agent: AgentRef,
        /// Why not.
        because: WhyNot,
    },
    /// The line cannot be changed any more: it is not one's own, not the last, or too old.
    TooLate,
    /// Holes of a saved reply are not filled.
    Unresolved {
        /// Which.
        holes: Vec<String>,
    },
    /// There is something by this name already.
    Exists {
        /// By which.
        what: String,
    },
    /// There are as many as there can be.
    TooMany {
        /// How many.
        limit: u64,
    },
    /// The tenant has as many as its operator allows.
    QuotaExceeded {
        /// Of what: `agents`, `customers`, `open_conversations`, `replies`, `articles`.
        what: String,
    },
    /// Customers whom the tenant's site vouches for are never joined by hand.
    Verified,
    /// Only the owner of a conversation may do this; nobody, or the bot, has it.
    NotOwner,
    /// Nobody waits, and no conversation of one's own is unanswered.
    NobodyWaits,
    /// The customer has written since.
    Unseen {
        /// The customer's newest line.
        newest: LineNo,
    },
    /// A colleague or the bot has answered since.
    Stale {
        /// The desk's newest line.
        newest: LineNo,
    },
    /// The conversation is closed.
    Closed,
    /// There is no such thing, or it is not yours to see: the two are never told apart.
    NotFound,
    /// The file that a line is to have is not there, was not uploaded for it, or is not its author's: never told apart.
    AttachmentNotFound,
    /// The file that a line is to have stands in another one already.
    AttachmentUsed,
    /// The same command id came before with other content.
    Conflict,
    /// The text is empty, blank or invisible.
    EmptyMessage,
    /// The text is too long.
    TooLong {
        /// Bytes allowed.
        limit: u64,
        /// Bytes sent.
        actual: u64,
    },
    /// The text has a NUL in it.
    BadText,
    /// A customer's name that cannot be one.
    BadName {
        /// What is wrong with it.
        why: String,
    },
    /// The name belongs to somebody with another secret.
    WrongSecret,
    /// The token is unknown, expired or revoked, or its agent is disabled: never told apart.
    SignIn,
    /// The password is right, and the account asks for a code of its second factor too.
    TotpRequired,
    /// The code of the second factor is wrong, too old, or was taken before.
    TotpWrong,
    /// This sign-in may only set up the second factor that the tenant asks for.
    TotpSetupRequired,
    /// This sign-in came by a one-time code and may only set a new password.
    NewPasswordRequired,
    /// The desk wants its site's word for who the customer is, and it is missing, not signed by the site or too old.
    Identity,
    /// The customer, or the network that the connection comes from, is kept out.
    Blocked,
    /// All that was kept of the customer was erased while the connection was open.
    Erased,
    /// The customer took this device's secret back from another device, while the connection was open.
    Revoked,
    /// The desk was closed by its operator while the connection was open: for whoever had come in, and nobody else.
    DeskClosed,
    /// The desk's consent text is not agreed to.
    ConsentRequired,
    /// Not for this role.
    Forbidden,
    /// The frame is not JSON.
    BadJson {
        /// Where and what.
        why: String,
    },
    /// A field is missing or cannot be what it is.
    BadField {
        /// Which and why.
        why: String,
    },
    /// A type of frame, command or question that this version does not know.
    UnknownType {
        /// Which.
        what: String,
    },
    /// The first frame must be Hello.
    HelloFirst,
    /// Hello was said already.
    HelloAgain,
    /// The version of the protocol does not fit.
    Version {
        /// Oldest version the server speaks.
        min: u16,
        /// Newest version the server speaks.
        max: u16,
    },
    /// The frame or body is larger than allowed.
    TooLarge {
        /// Bytes allowed.
        limit: u64,
    },
    /// Too many, too fast.
    RateLimited {
        /// Try again after this many milliseconds.
        retry_after_ms: u64,
    },
    /// More waits to be written than the server takes in.
    Busy {
        /// Try again after this many milliseconds.
        retry_after_ms: u64,
    },
    /// A command before this one was refused for now. To keep the order, this one waits until that one is sent again.
    Behind,
    /// The commit failed; nothing was stored.
    Storage,
    /// The disk is full; nothing was stored.
    StorageFull,
    /// Something broke; nothing was stored. The server's log has more under the same number.
    Internal,
    /// The server is stopping.
    Stopping {
        /// Try again after this many milliseconds.
        retry_after_ms: u64,
    },
    /// A refusal of a later version.
    #[serde(skip)]
    Unknown {
        /// Its code.
        code: String,
        /// Its message.
        message: String,
        /// Whether trying again later can help.
        retryable: bool,
    },
}

impl Refusal {
    /// The code, for programs.
    pub fn code(&self) -> String {
        match self {
            Refusal::Unknown { code, .. } => code.clone(),
            known => match serde_json::to_value(known) {
                Ok(Value::Object(map)) => map.get("code").and_then(Value::as_str).unwrap_or("internal").to_owned(),
                _ => "internal".to_owned(),
            },
        }
    }

    /// Whether the very same thing, sent again later with the same id, can succeed. A retryable refusal is
    /// never stored as a command's answer.
    pub fn retryable(&self) -> bool {
        match self {
            Refusal::RateLimited { .. }
            | Refusal::Busy { .. }
            | Refusal::Behind
            | Refusal::Storage
            | Refusal::StorageFull
            | Refusal::Internal
            | Refusal::Stopping { .. } => true,
            Refusal::Unknown { retryable, .. } => *retryable,
            _ => false,
        }
    }

    /// How long to wait before trying again, in milliseconds, if the server says.
    pub fn retry_after_ms(&self) -> Option<u64> {
        match self {
            Refusal::RateLimited { retry_after_ms }
            | Refusal::Busy { retry_after_ms }
            | Refusal::Stopping { retry_after_ms } => Some(*retry_after_ms),
            Refusal::Storage | Refusal::StorageFull | Refusal::Internal => Some(1_000),
            _ => None,
        }
    }

    /// As JSON: `code`, `message`, `retryable`, `retry_after_ms` where the server says, and what belongs to the code.
    pub fn to_wire(&self) -> Value {
        let mut map = match serde_json::to_value(Known(self)) {
            Ok(Value::Object(map)) => map,
            _ => Map::new(),
        };
        map.insert("code".to_owned(), self.code().into());
        map.insert("message".to_owned(), self.message().into());
        map.insert("retryable".to_owned(), self.retryable().into());
        if let Some(ms) = self.retry_after_ms() {
            map.insert("retry_after_ms".to_owned(), ms.into());
        }
        Value::Object(map)
    }

    /// From JSON. A code of a later version becomes [`Refusal::Unknown`].
    pub fn from_wire(value: Value) -> Result<Refusal, serde_json::Error> {
        match Refusal::deserialize(&value) {
            Ok(refusal) => Ok(refusal),
            Err(error) => {
                let Some(code) = value.get("code").and_then(Value::as_str) else {
                    return Err(error);
                };
                Ok(Refusal::Unknown {
                    code: code.to_owned(),
                    message: value
                        .get("message")
                        .and_then(Value::as_str)
                        .unwrap_or_default()
                        .to_owned(),
                    retryable: value.get("retryable").and_then(Value::as_bool).unwrap_or(false),
                })
            }
        }
    }
}

/// The derived form, for every code but a later version's.
struct Known<'a>(&'a Refusal);

impl Serialize for Known<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Refusal::Unknown { .. } => Map::new().serialize(serializer),
            known => known.serialize(serializer),
        }
    }
}

/// For fields of frames: `#[serde(with = "crate::refusal::wire")]`.
pub mod wire {
    use super::*;

    /// Writes [`Refusal::to_wire`].
    pub fn serialize<S: Serializer>(refusal: &Refusal, serializer: S) -> Result<S::Ok, S::Error> {
        refusal.to_wire().serialize(serializer)
    }

    /// Reads [`Refusal::from_wire`].
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Refusal, D::Error> {
        Refusal::from_wire(Value::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

impl From<TextRefused> for Refusal {
    fn from(refused: TextRefused) -> Refusal {
        match refused {
            TextRefused::Empty => Refusal::EmptyMessage,
            TextRefused::TooLong { actual, .. } => Refusal::TooLong {
                limit: MESSAGE_BYTES_MAX as u64,
                actual: actual as u64,
            },
            TextRefused::Nul => Refusal::BadText,
        }
    }
}
