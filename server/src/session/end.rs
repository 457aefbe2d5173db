//! Why a connection ends, and what the other side is told.

use std::time::Duration;

use minicom_protocol::{close::CloseCode, refusal::Refusal};
use rand::RngExt;

/// Why a connection ends.
#[derive(Clone, PartialEq, Debug)]
pub enum End {
    /// The other side closed it, with this code if it gave one.
    Peer(Option<u16>),
    /// It broke, or the other side was gone without a word.
    Lost,
    /// The server closes it and says so.
    Ours(Goodbye),
}

/// What the last frame says.
#[derive(Clone, PartialEq, Debug)]
pub struct Goodbye {
    /// The close code.
    pub code: CloseCode,
    /// Whether connecting again can help.
    pub retryable: bool,
    /// Not before this many milliseconds.
    pub retry_after_ms: Option<u64>,
    /// Why, where it is something that the client or its user did.
    pub refusal: Option<Refusal>,
}

impl End {
    /// Closes with a code that says it all.
    pub fn with(code: CloseCode) -> End {
        End::Ours(Goodbye {
            code,
            retryable: code.retryable(),
            retry_after_ms: None,
            refusal: None,
        })
    }

    /// Closes with a code and the reason.
    pub fn refused(code: CloseCode, refusal: Refusal) -> End {
        End::Ours(Goodbye {
            code,
            retryable: code.retryable(),
            retry_after_ms: refusal.retry_after_ms(),
            refusal: Some(refusal),
        })
    }

    /// Closes because Hello was refused.
    pub fn at_the_door(refusal: Refusal) -> End {
        let code = match &refusal {
            Refusal::Version { .. } => CloseCode::Version,
            Refusal::RateLimited { .. } => CloseCode::Rate,
            Refusal::Forbidden | Refusal::Blocked => CloseCode::Forbidden,
            other if other.retryable() => CloseCode::Internal,
            _ => CloseCode::SignIn,
        };
        End::refused(code, refusal)
    }

    /// Closes because Hello did not come in time. The network may have been slow, so the client may come again.
    pub fn no_hello() -> End {
        End::Ours(Goodbye {
            code: CloseCode::SignIn,
            retryable: true,
            retry_after_ms: None,
            refusal: Some(Refusal::HelloFirst),
        })
    }

    /// Closes because the server stops. Each client comes back at another time within `spread`.
    pub fn stopping(spread: Duration) -> End {
        let most = u64::try_from(spread.as_millis()).unwrap_or(u64::MAX).max(1);
        let retry_after_ms = rand::rng().random_range(1..=most);
        End::refused(CloseCode::Restart, Refusal::Stopping { retry_after_ms })
    }

    /// The reason as a label: one of few.
    pub fn label(&self) -> &'static str {
        match self {
            End::Peer(_) => "client",
            End::Lost => "lost",
            End::Ours(bye) => match bye.code {
                CloseCode::Slow => "slow",
                CloseCode::Silent => "silent",
                CloseCode::Restart => "restart",
                CloseCode::SignIn => "sign_in",
                CloseCode::Rate => "rate",
                CloseCode::Internal => "internal",
                _ => "refused",
            },
        }
    }

    /// The reason in a few words, for the log.
    pub fn words(&self) -> String {
        match self {
            End::Peer(None) => "closed by the client".to_owned(),
            End::Peer(Some(code)) => format!("closed by the client: {} ({code})", CloseCode::from(*code).words()),
            End::Lost => "connection lost".to_owned(),
            End::Ours(bye) => {
                let code = bye.code.code();
                match &bye.refusal {
                    Some(refusal) => format!("{} ({code}): {}", bye.code.words(), refusal.code()),
                    None => format!("{} ({code})", bye.code.words()),
                }
            }
        }
    }
}

impl From<Refusal> for End {
    fn from(refusal: Refusal) -> End {
        End::at_the_door(refusal)
    }
}
