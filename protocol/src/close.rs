//! Why a connection ends: WebSocket close codes (RFC 6455, section 7.4; our own from 4000), each with whether
//! connecting again can help.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $retry:literal, $words:literal;)*) => {
        /// Why a connection ends.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub enum CloseCode {
            $($(#[$doc])* $name,)*
            /// A code of a later version, or of a proxy.
            Other(u16),
        }

        impl CloseCode {
            /// Every code that this version knows.
            pub const ALL: &'static [CloseCode] = &[$(CloseCode::$name),*];

            /// The number on the wire.
            pub fn code(self) -> u16 {
                match self { $(CloseCode::$name => $code,)* CloseCode::Other(code) => code }
            }

            /// Whether connecting again, unchanged, can help.
            pub fn retryable(self) -> bool {
                match self { $(CloseCode::$name => $retry,)* CloseCode::Other(_) => true }
            }

            /// The reason in a few words, for logs and the close frame.
            pub fn words(self) -> &'static str {
                match self { $(CloseCode::$name => $words,)* CloseCode::Other(_) => "closed" }
            }
        }

        impl From<u16> for CloseCode {
            fn from(code: u16) -> CloseCode {
                match code { $($code => CloseCode::$name,)* other => CloseCode::Other(other) }
            }
        }
    };
}

codes! {
    /// The other side is done.
    Normal = 1000, true, "done";
    /// The program goes away.
    GoingAway = 1001, true, "going away";
    /// Not the WebSocket protocol.
    Protocol = 1002, true, "broken frame";
    /// Binary where text is spoken.
    Unsupported = 1003, false, "only text frames are spoken here";
    /// Text that is not UTF-8.
    BadUtf8 = 1007, false, "not UTF-8";
    /// Too many frames that could not be understood.
    Policy = 1008, false, "too many bad frames";
    /// A message larger than allowed.
    TooBig = 1009, false, "message too big";
    /// Something broke on the server.
    Internal = 1011, true, "internal error";
    /// The server restarts.
    Restart = 1012, true, "server restarts";
    /// Not signed in: no Hello in time, or a token or secret that is not good (any more).
    SignIn = 4001, false, "sign in";
    /// Signed in, but not for this.
    Forbidden = 4003, false, "forbidden";
    /// The version of the protocol does not fit.
    Version = 4004, false, "version of the protocol";
    /// The client did not take what was sent.
    Slow = 4008, true, "too slow";
    /// The client fell silent.
    Silent = 4009, true, "silent";
    /// Too many frames.
    Rate = 4029, true, "too many frames";
    /// Too many connections.
    Full = 4030, true, "too many connections";
}

impl Serialize for CloseCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u16(self.code())
    }
}

impl<'de> Deserialize<'de> for CloseCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        u16::deserialize(deserializer).map(CloseCode::from)
    }
}
