//! What the connection tells the program.

use std::time::{Duration, Instant, SystemTime};

use minicom_protocol::{
    command::Outcome,
    frame::{Audience, Told},
    gate::Shown,
    ids::{CommandId, Cursor, Mark, TenantId, Time},
    refusal::Refusal,
};

/// Something the connection tells the program. Events come in the order in which they happened.
#[derive(Clone, PartialEq, Debug)]
pub enum ClientEvent<A: Audience> {
    /// The connection stands differently.
    State(ConnState),
    /// Forget what the server told before, and start from this snapshot. What is yet to be sent stays.
    Fresh {
        /// Who the server takes us for.
        me: A::Me,
        /// The server's time at the welcome.
        time: Time,
        /// Where the snapshot stands.
        cursor: Cursor,
        /// Its parts, in order.
        parts: Vec<A::Snapshot>,
    },
    /// The connection is back and goes on from where it was: nothing was missed that does not follow now.
    Resumed {
        /// Who the server takes us for.
        me: A::Me,
        /// The server's time at the welcome.
        time: Time,
        /// Where it goes on from.
        cursor: Cursor,
    },
    /// What happened in `(from, to]`. Ranges join.
    Batch {
        /// Where the range begins.
        from: u64,
        /// Where it ends.
        to: u64,
        /// The mark at `to`.
        mark: Mark,
        /// What happened, in order.
        events: Vec<A::Event>,
    },
    /// A command is in the outbox: one that was just sent, or one that an earlier program left behind.
    Pending {
        /// Its id.
        id: CommandId,
        /// What it asks for.
        command: A::Command,
        /// Whether an earlier program left it behind.
        adopted: bool,
    },
    /// A command has its final answer and has left the outbox.
    Answered {
        /// Its id.
        id: CommandId,
        /// What it asked for.
        command: A::Command,
        /// Done, or refused for good.
        outcome: Outcome,
    },
    /// A command is older than a day and waits for [`crate::Handle::resend`] or [`crate::Handle::discard`].
    Stale {
        /// Its id.
        id: CommandId,
        /// What it asks for.
        command: A::Command,
        /// How old it is, by this computer's clock.
        age: Duration,
    },
    /// The reply to a question.
    Reply {
        /// The question's number.
        n: u64,
        /// What was asked.
        question: A::Question,
        /// What was told, or why nothing.
        told: Told<A>,
    },
    /// A question was lost with the connection, or asked without one. Ask again once it is live.
    AskFailed {
        /// The question's number.
        n: u64,
        /// What was asked.
        question: A::Question,
    },
    /// The server takes no more for now, and why: what waits goes by itself when the time is over.
    Deferred(Refusal),
    /// Something momentary.
    Signal(A::Signal),
    /// The last round trip.
    Latency(Duration),
    /// The outbox's disk does not do what it should; in words for the user. Nothing was lost by it.
    OutboxTrouble(String),
    /// The connection has ended for good; it is the last event. What was not sent stays on disk.
    Ended(Ended),
}

/// How the connection stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ConnState {
    /// The first connection is being made.
    Connecting,
    /// Connected.
    Live,
    /// The connection is lost and is being made again.
    Reconnecting {
        /// When the next attempt begins; in the past while one is under way.
        retry_at: Instant,
        /// The how-manieth attempt, from 1.
        attempt: u32,
        /// What went wrong, in words.
        why: String,
    },
    /// There has been no connection for more than 30 seconds.
    Offline {
        /// Since when, by this computer's clock.
        since: SystemTime,
        /// When the next attempt begins; in the past while one is under way.
        retry_at: Instant,
        /// What went wrong, in words.
        why: String,
    },
    /// The server is not who it should be (its certificate), or speaks no TLS. It is tried again, seldom: a person has to
    /// mend it.
    Untrusted {
        /// When the next attempt begins; in the past while one is under way.
        retry_at: Instant,
        /// What is wrong and what can be done, in words. Gated.
        why: String,
    },
    /// The server said that it restarts.
    Draining {
        /// When the next attempt begins; in the past while one is under way.
        retry_at: Instant,
    },
    /// The token is not good, or no longer.
    SignedOut,
    /// The versions of the protocol do not fit.
    WrongVersion {
        /// Our version.
        client: u16,
        /// The oldest that the server speaks.
        min: u16,
        /// The newest that the server speaks.
        max: u16,
    },
    /// The server does not want us, and trying again cannot help: a wrong secret, a bad name.
    Refused(Refusal),
}

impl ConnState {
    /// Whether commands reach the server right now.
    pub fn is_live(&self) -> bool {
        matches!(self, ConnState::Live)
    }

    /// Whether there will be no connection any more.
    pub fn is_over(&self) -> bool {
        matches!(
            self,
            ConnState::SignedOut | ConnState::WrongVersion { .. } | ConnState::Refused(_)
        )
    }
}

/// Why a connection ended by itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Ended {
    /// The token is not good, or no longer.
    SignedOut,
    /// What the name was claimed by does not prove it.
    WrongSecret(Claim),
    /// The versions of the protocol do not fit.
    WrongVersion {
        /// Our version.
        client: u16,
        /// The oldest that the server speaks.
        min: u16,
        /// The newest that the server speaks.
        max: u16,
    },
    /// Anything else that trying again cannot help.
    Refused(Refusal),
}

/// How a name was claimed. The server gives one answer to all that it does not accept; what was tried is known here.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Claim {
    /// By a link code.
    pub link_code: bool,
    /// At a desk that was named.
    pub tenant: Option<TenantId>,
}

impl Claim {
    fn words(&self) -> String {
        let code = "The link code was not accepted. It is good once, for ten minutes and one name. Make a new one (/link) and enter \
                    the whole line that it shows.";
        match (self.link_code, &self.tenant) {
            (true, None) => code.to_owned(),
            (true, Some(tenant)) => format!("{code} Is {tenant} the desk's name (--tenant)?"),
            (false, None) => "This name is somebody else's here, or its secret is not on this computer. If it is yours: /link on your \
                              other device. Else choose another name."
                .to_owned(),
            (false, Some(tenant)) => format!(
                "At the desk {tenant} this name is somebody else's, its secret is not on this computer, or there is no such desk. \
                 Look at --tenant, or choose another name."
            ),
        }
    }
}

impl Ended {
    /// The same, with how the name was claimed.
    pub(crate) fn by(self, claim: Claim) -> Ended {
        match self {
            Ended::WrongSecret(_) => Ended::WrongSecret(claim),
            other => other,
        }
    }

    pub(crate) fn from_refusal(refusal: Refusal) -> Ended {
        match refusal {
            Refusal::SignIn => Ended::SignedOut,
            Refusal::WrongSecret => Ended::WrongSecret(Claim::default()),
            Refusal::Version { min, max } => Ended::WrongVersion {
                client: minicom_protocol::frame::VERSION,
                min,
                max,
            },
            other => Ended::Refused(other),
        }
    }

    /// What happened and what to do, in words. Gated: it may be printed as it is.
    pub fn words(&self) -> String {
        match self {
            Ended::SignedOut => Refusal::SignIn.message(),
            Ended::WrongSecret(claim) => claim.words(),
            Ended::WrongVersion { client, min, max } => format!(
                "This program speaks version {client} of the protocol, the server {min} to {max}. \
                 Use programs of the same release."
            ),
            Ended::Refused(refusal) => refusal.message(),
        }
    }
}

impl From<Ended> for ConnState {
    fn from(ended: Ended) -> ConnState {
        match ended {
            Ended::SignedOut => ConnState::SignedOut,
            Ended::WrongSecret(_) => ConnState::Refused(Refusal::WrongSecret),
            Ended::WrongVersion { client, min, max } => ConnState::WrongVersion { client, min, max },
            Ended::Refused(refusal) => ConnState::Refused(refusal),
        }
    }
}

/// What is told where the server takes no more for now: nobody has to do anything.
pub fn deferred_words(refusal: &Refusal) -> Shown {
    let seconds = refusal.retry_after_ms().map_or(1, |ms| ms.div_ceil(1_000).max(1));
    let words = match refusal {
        Refusal::RateLimited { .. } => {
            format!("Too many lines in a short time: the rest goes by itself, from {seconds} s on.")
        }
        Refusal::Stopping { .. } => "The server restarts: what waits goes by itself when it is back.".to_owned(),
        other => {
            let why = other.message();
            let why = why.split_inclusive(". ").next().unwrap_or_default().trim_end();
            format!("{why} What waits goes by itself, from {seconds} s on.")
        }
    };
    Shown::line(&words)
}

#[cfg(test)]
mod deferred_tests {
    use super::*;

    #[test]
    fn what_waits_is_said_to_go_by_itself() {
        let told = |refusal| deferred_words(&refusal).to_string();
        assert_eq!(
            told(Refusal::RateLimited { retry_after_ms: 1_200 }),
            "Too many lines in a short time: the rest goes by itself, from 2 s on."
        );
        assert_eq!(
            told(Refusal::Busy { retry_after_ms: 10 }),
            "The server is busy. What waits goes by itself, from 1 s on."
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_accepted_is_named_with_what_to_do() {
        let words = |link_code, tenant: Option<&str>| {
            let tenant = tenant.map(|it| TenantId::parse(it).unwrap());
            let refused = Ended::from_refusal(Refusal::WrongSecret);
            refused.by(Claim { link_code, tenant }).words()
        };
        for (told, is_in, is_not) in [
            (words(false, None), "choose another name", "--tenant"),
            (words(true, None), "link code was not accepted", "--tenant"),
            (words(false, Some("acne")), "At the desk acne", "link code"),
            (words(true, Some("acne")), "Is acne the desk's name", "somebody else's"),
        ] {
            assert!(told.contains(is_in) && !told.contains(is_not), "{told}");
        }
    }
}
