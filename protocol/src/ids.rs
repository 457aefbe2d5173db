//! Names and numbers that travel. Each is a type of its own, so that a position in a thread cannot be
//! handed in where a position in the journal is wanted. Nothing here makes an id: who sends, makes.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use uuid::Uuid;

macro_rules! uuid_id {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// The 16 bytes, as they are stored.
            pub fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }

            /// The id with these 16 bytes.
            pub fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Uuid::from_bytes(bytes))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )*};
}

uuid_id! {
    /// An agent's account, within its tenant.
    AgentId;
    /// A customer, within its tenant: random, never a key to anything. The name is beside it.
    CustomerId;
    /// One episode of help in a customer's thread.
    ConversationId;
    /// A group of agents, within its tenant.
    GroupId;
    /// A saved reply, within its tenant.
    ReplyId;
    /// A file that was uploaded, within its tenant: random. It opens nothing by itself.
    FileId;
    /// Sixteen opaque bytes made by the sender of a command (UUIDv7 in our clients). The same id with
    /// the same content is the same command for ever.
    CommandId;
}

macro_rules! number {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub u64);

        impl $name {
            /// The number after this one.
            pub fn next(self) -> Self {
                Self(self.0 + 1)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

number! {
    /// Position in a tenant's journal, dense from 1: the cursor of agents and followers.
    Rev;
    /// Position in a thread, dense from 1, counting only what its customer may see: the customer's cursor.
    Seq;
    /// Number of a ticket, dense from 1 in each tenant.
    TicketNo;
    /// Number of a line on its side (customer's or desk's) of a thread, dense from 1: for read marks and unread.
    LineNo;
}

/// A random number that an event got when it was written. Together with a position it proves that two
/// parties speak of the same history: a restored backup has other marks at the same positions.
/// On the wire 16 hexadecimal digits, because JavaScript cannot hold 64 bits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Mark(pub u64);

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl Serialize for Mark {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Mark {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        if text.len() != 16 {
            return Err(D::Error::custom("a mark is 16 hexadecimal digits"));
        }
        u64::from_str_radix(&text, 16)
            .map(Mark)
            .map_err(|_| D::Error::custom("a mark is 16 hexadecimal digits"))
    }
}

/// How far a reader has come: a position ([`Rev`] for agents, [`Seq`] for customers) and the mark there.
/// Position 0 has the tenant's birth mark.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Cursor {
    /// The position up to which everything is known.
    pub at: u64,
    /// The mark of the event at that position.
    pub mark: Mark,
}

/// The server's time: microseconds since 1970-01-01 UTC. It is shown, and never used for order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Time(pub i64);

impl Time {
    /// Microseconds from `earlier` to here, 0 if the clock went back in between.
    pub fn since(self, earlier: Time) -> i64 {
        self.0.saturating_sub(earlier.0).max(0)
    }

    /// This time, `ms` milliseconds later.
    pub fn plus_ms(self, ms: i64) -> Time {
        Time(self.0.saturating_add(ms.saturating_mul(1_000)))
    }
}

/// A tenant's short name: 1 to 32 of `a-z`, `0-9` and `-`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TenantId(String);

impl TenantId {
    /// The tenant every new data folder has.
    pub fn default_tenant() -> Self {
        Self("default".to_owned())
    }

    /// Checks a tenant's short name.
    pub fn parse(text: &str) -> Result<Self, BadTenant> {
        let fits = (1..=32).contains(&text.len())
            && text
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        fits.then(|| Self(text.to_owned())).ok_or(BadTenant)
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A tenant's name that is none.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("a tenant's name is 1 to 32 of a-z, 0-9 and -")]
pub struct BadTenant;

impl TryFrom<String> for TenantId {
    type Error = BadTenant;

    fn try_from(text: String) -> Result<Self, BadTenant> {
        Self::parse(&text)
    }
}

impl From<TenantId> for String {
    fn from(tenant: TenantId) -> String {
        tenant.0
    }
}

impl fmt::Display for TenantId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
