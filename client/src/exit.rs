//! How the programs that stand on this crate end: exit codes that a script may rely on (numbers of sysexits.h), and the
//! words that go with them.

use minicom_protocol::{gate::Shown, refusal::Refusal};

use crate::{Ended, credentials::CredentialError};

/// All is well.
pub const OK: u8 = 0;
/// What was looked for is not there: no such conversation, nobody waits, nothing was found.
pub const NOTHING: u8 = 1;
/// The command line is wrong, a name included.
pub const USAGE: u8 = 2;
/// A name means several conversations.
pub const SEVERAL: u8 = 3;
/// Somebody has written since what was seen. Nothing was done.
pub const NEWER: u8 = 4;
/// It stands otherwise: a colleague has it, nobody has it, or it has ended. Nothing was done.
pub const OTHERWISE: u8 = 5;
/// A file says what cannot be.
pub const DATA: u8 = 65;
/// The server cannot be reached.
pub const UNAVAILABLE: u8 = 69;
/// A mistake in a program, ours or the server's.
pub const BUG: u8 = 70;
/// A file cannot be read or written.
pub const IO: u8 = 74;
/// The time was over before there was an answer.
pub const LATE: u8 = 75;
/// Not allowed: not signed in, a wrong secret, a file that others can read.
pub const PERMISSION: u8 = 77;
/// The versions of program and server do not fit.
pub const VERSION: u8 = 78;
/// Whoever began it ended it, from the keyboard: the shell's own number for that.
pub const ENDED: u8 = 130;

/// Why a program ends without having done what it was asked for.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{words}")]
pub struct Fault {
    /// The exit code.
    pub code: u8,
    /// What happened and what to do.
    pub words: String,
}

impl Fault {
    /// With a code of this module.
    pub fn new(code: u8, words: impl Into<String>) -> Fault {
        let words = words.into();
        Fault { code, words }
    }

    /// What the program says of it on the error output. Gated: a part of the words may be a stranger's, or the server's.
    pub fn told(&self, program: &str) -> String {
        format!("{program}: {}\n", Shown::text(&self.words))
    }
}

impl From<CredentialError> for Fault {
    fn from(error: CredentialError) -> Fault {
        Fault::new(of_credential(&error), error.to_string())
    }
}

/// A mistake on the command line in the words of its reader, for a terminal: what is quoted of the line may be a stranger's. In the
/// usage no option stands that may be left out: what the environment says looks there as if it had to be written.
pub fn usage_words(rendered: &str) -> Shown {
    let words: Vec<String> = rendered.trim_end().lines().map(without_options).collect();
    Shown::text(&words.join("\n"))
}

fn without_options(line: &str) -> String {
    let mut line = line.to_owned();
    if line.starts_with("Usage:") {
        for option in [
            "--server <URL>",
            "--tenant <TENANT>",
            "--ca <FILE>",
            "--pin <FINGERPRINT>",
            "--profile <NAME>",
        ] {
            line = line.replace(&format!(" {option}"), "");
        }
    }
    line
}

/// Of a connection that has ended for good.
pub fn of_end(ended: &Ended) -> u8 {
    match ended {
        Ended::SignedOut | Ended::WrongSecret(_) => PERMISSION,
        Ended::WrongVersion { .. } => VERSION,
        Ended::Refused(refusal) => of_refusal(refusal),
    }
}

/// Of something that is refused for good.
pub fn of_refusal(refusal: &Refusal) -> u8 {
    match refusal {
        Refusal::BadName { .. }
        | Refusal::EmptyMessage
        | Refusal::TooLong { .. }
        | Refusal::TooLarge { .. }
        | Refusal::ConsentRequired
        | Refusal::BadText => USAGE,
        Refusal::WrongSecret
        | Refusal::SignIn
        | Refusal::TotpRequired
        | Refusal::TotpWrong
        | Refusal::TotpSetupRequired
        | Refusal::NewPasswordRequired
        | Refusal::Identity
        | Refusal::Blocked
        | Refusal::Erased
        | Refusal::Revoked
        | Refusal::DeskClosed
        | Refusal::Forbidden => PERMISSION,
        Refusal::Version { .. } => VERSION,
        Refusal::NobodyWaits => NOTHING,
        Refusal::Stale { .. } | Refusal::Unseen { .. } => NEWER,
        Refusal::TakenBy { .. } | Refusal::MayNotTake { .. } | Refusal::NotOwner | Refusal::Closed => OTHERWISE,
        // Plain HTTP where TLS is spoken: no program's mistake, but the address's.
        Refusal::Unknown { code, .. } if code == "tls_required" => UNAVAILABLE,
        refusal if refusal.retryable() => UNAVAILABLE,
        // The desk is full.
        Refusal::QuotaExceeded { .. } | Refusal::TooMany { .. } => UNAVAILABLE,
        Refusal::NotFound | Refusal::AttachmentNotFound => NOTHING,
        // What two programs say to each other, and what a server says of itself, is nobody's mistake who sits there.
        Refusal::HelloFirst | Refusal::HelloAgain | Refusal::BadJson { .. } | Refusal::UnknownType { .. } => BUG,
        Refusal::Conflict | Refusal::Internal => BUG,
        Refusal::Unknown { code, .. } if *code == Refusal::Internal.code() => BUG,
        // The rest is about what was asked for.
        _ => USAGE,
    }
}

/// Of a credential that cannot be had.
pub fn of_credential(error: &CredentialError) -> u8 {
    match error {
        CredentialError::Exposed { .. } => PERMISSION,
        _ => IO,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usage_asks_for_nothing_that_the_environment_says() {
        let rendered = "error: no\u{1b}[2J\n\nUsage: minicom-chat --server <URL> --pin <FINGERPRINT> <NAME>\n\n";
        assert_eq!(
            usage_words(rendered).as_str(),
            "error: no␛[2J\n\nUsage: minicom-chat <NAME>"
        );
    }

    #[test]
    fn what_a_server_says_is_told_gated_and_line_by_line() {
        let fault = Fault::new(UNAVAILABLE, "no \u{1b}]0;x\u{7}\u{9b}2J\nTry again.");
        assert_eq!(
            fault.told("minicom-agent"),
            "minicom-agent: no ␛]0;x␇\\x9B2J\nTry again.\n"
        );
    }

    #[test]
    fn ends_have_their_codes() {
        let (client, min, max) = (1, 2, 3);
        for (code, ended) in [
            (77, Ended::WrongSecret(crate::Claim::default())),
            (77, Ended::SignedOut),
            (77, Ended::Refused(Refusal::Forbidden)),
            (78, Ended::WrongVersion { client, min, max }),
            (78, Ended::Refused(Refusal::Version { min, max })),
            (2, Ended::Refused(Refusal::BadName { why: "x".into() })),
            (77, Ended::Refused(Refusal::Blocked)),
            (77, Ended::Refused(Refusal::Erased)),
            (77, Ended::Refused(Refusal::Revoked)),
            (77, Ended::Refused(Refusal::DeskClosed)),
            (2, Ended::Refused(Refusal::ConsentRequired)),
            (70, Ended::Refused(Refusal::HelloFirst)),
            (1, Ended::Refused(Refusal::NobodyWaits)),
            (
                4,
                Ended::Refused(Refusal::Stale {
                    newest: Default::default(),
                }),
            ),
            (5, Ended::Refused(Refusal::NotOwner)),
        ] {
            assert_eq!(of_end(&ended), code, "{ended:?}");
        }
        let http_on_tls = Refusal::Unknown {
            code: "tls_required".to_owned(),
            message: String::new(),
            retryable: false,
        };
        assert_eq!(of_refusal(&http_on_tls), 69);
        assert_eq!(of_refusal(&Refusal::Stopping { retry_after_ms: 1 }), 69);
        let told = |code: &str| Refusal::Unknown {
            code: code.to_owned(),
            message: String::new(),
            retryable: false,
        };
        assert_eq!(
            of_refusal(&told("empty_file")),
            2,
            "a mistake of whoever chose the file"
        );
        assert_eq!(of_refusal(&told("internal")), 70);
        let what = "customers".to_owned();
        assert_eq!(of_refusal(&Refusal::QuotaExceeded { what }), 69);
    }
}
