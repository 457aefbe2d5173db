//! How an event looks on the wire: one envelope, a kind by name, its data, and enough beside it for a client
//! that does not know the kind. This file maps our names to the sources' and back, and nothing else does.

use serde::{Deserialize, Deserializer, Serialize, Serializer, ser::SerializeMap};

use crate::{
    customer_event::{CustomerBody, CustomerEvent},
    event::{Event, EventBody, Subject},
    ids::{CommandId, ConversationId, Mark, Rev, Seq, Time},
};

/// What an event of an unknown kind changes, so that a client knows what to do about it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Touches {
    /// The conversation's summary: ask for it afresh.
    Summary,
    /// The thread too: also show the fallback as a system line.
    Line,
    /// Neither: ignore it.
    Nothing,
}

/// A body whose kind this version does not know. It is carried along unchanged.
#[derive(Clone, PartialEq, Debug)]
pub struct UnknownBody {
    /// The kind's name on the wire.
    pub kind: String,
    /// What it changes.
    pub touches: Touches,
    /// What to show of it, if it touches a line.
    pub fallback: Option<String>,
    /// Its data, unread.
    pub data: serde_json::Value,
}

/// Defines an enum of event bodies with each one's name on the wire and what it touches.
macro_rules! bodies {
    (
        $(#[$doc:meta])*
        pub enum $name:ident {
            $( $(#[$variant_doc:meta])* $variant:ident($payload:ty) = $kind:literal, $touches:ident; )*
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Debug)]
        pub enum $name {
            $( $(#[$variant_doc])* $variant($payload), )*
            /// A kind of a later version.
            Unknown(UnknownBody),
        }

        impl $name {
            /// The names on the wire of every kind that this version knows.
            pub const KINDS: &'static [&'static str] = &[$($kind),*];

            /// The kind's name on the wire.
            pub fn kind(&self) -> &str {
                match self {
                    $( Self::$variant(_) => $kind, )*
                    Self::Unknown(it) => &it.kind,
                }
            }

            /// What the event changes.
            pub fn touches(&self) -> crate::kinds::Touches {
                match self {
                    $( Self::$variant(_) => crate::kinds::Touches::$touches, )*
                    Self::Unknown(it) => it.touches,
                }
            }

            pub(crate) fn data<S: serde::ser::SerializeMap>(&self, map: &mut S) -> Result<(), S::Error> {
                match self {
                    $( Self::$variant(it) => map.serialize_entry("data", it), )*
                    Self::Unknown(it) => map.serialize_entry("data", &it.data),
                }
            }

            pub(crate) fn decode(
                kind: String,
                touches: crate::kinds::Touches,
                fallback: Option<String>,
                data: serde_json::Value,
            ) -> serde_json::Result<Self> {
                Ok(match kind.as_str() {
                    $( $kind => Self::$variant(serde_json::from_value(data)?), )*
                    _ => Self::Unknown(UnknownBody {
                        kind,
                        touches,
                        fallback,
                        data,
                    }),
                })
            }
        }
    };
}
pub(crate) use bodies;

/// The kind of the typing signal, which is no event: it is never stored.
pub const TYPING: &str = "chat.typing";

fn envelope<S: SerializeMap>(
    map: &mut S,
    kind: &str,
    touches: Touches,
    fallback: Option<String>,
) -> Result<(), S::Error> {
    map.serialize_entry("kind", kind)?;
    map.serialize_entry("touches", &touches)?;
    if let Some(words) = fallback {
        map.serialize_entry("fallback", &words)?;
    }
    Ok(())
}

impl Serialize for Event {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("rev", &self.rev)?;
        if let Some(seq) = self.seq {
            map.serialize_entry("seq", &seq)?;
        }
        map.serialize_entry("mark", &self.mark)?;
        map.serialize_entry("time", &self.time)?;
        map.serialize_entry("subject", &self.subject)?;
        if let Some(command) = self.command {
            map.serialize_entry("command", &command)?;
        }
        envelope(&mut map, self.body.kind(), self.body.touches(), self.body.fallback())?;
        self.body.data(&mut map)?;
        map.end()
    }
}

#[derive(Deserialize)]
struct WireEvent {
    rev: Rev,
    #[serde(default)]
    seq: Option<Seq>,
    mark: Mark,
    time: Time,
    subject: Subject,
    #[serde(default)]
    command: Option<CommandId>,
    kind: String,
    touches: Touches,
    #[serde(default)]
    fallback: Option<String>,
    data: serde_json::Value,
}

impl<'de> Deserialize<'de> for Event {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wire = WireEvent::deserialize(deserializer)?;
        let body =
            EventBody::decode(wire.kind, wire.touches, wire.fallback, wire.data).map_err(serde::de::Error::custom)?;
        Ok(Event {
            rev: wire.rev,
            seq: wire.seq,
            mark: wire.mark,
            time: wire.time,
            subject: wire.subject,
            command: wire.command,
            body,
        })
    }
}

impl Serialize for CustomerEvent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("seq", &self.seq)?;
        map.serialize_entry("mark", &self.mark)?;
        map.serialize_entry("time", &self.time)?;
        map.serialize_entry("conversation", &self.conversation)?;
        if let Some(command) = self.command {
            map.serialize_entry("command", &command)?;
        }
        envelope(&mut map, self.body.kind(), self.body.touches(), self.body.fallback())?;
        self.body.data(&mut map)?;
        map.end()
    }
}

#[derive(Deserialize)]
struct WireCustomerEvent {
    seq: Seq,
    mark: Mark,
    time: Time,
    conversation: ConversationId,
    #[serde(default)]
    command: Option<CommandId>,
    kind: String,
    touches: Touches,
    #[serde(default)]
    fallback: Option<String>,
    data: serde_json::Value,
}

impl<'de> Deserialize<'de> for CustomerEvent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wire = WireCustomerEvent::deserialize(deserializer)?;
        let body = CustomerBody::decode(wire.kind, wire.touches, wire.fallback, wire.data)
            .map_err(serde::de::Error::custom)?;
        Ok(CustomerEvent {
            seq: wire.seq,
            mark: wire.mark,
            time: wire.time,
            conversation: wire.conversation,
            command: wire.command,
            body,
        })
    }
}
