//! Exit codes: what a script may rely on (numbers of sysexits.h).

use minicom_client::{Ended, credentials::CredentialError};
use minicom_protocol::refusal::Refusal;

/// All is well.
pub const OK: u8 = 0;
/// The command line is wrong, a name included.
pub const USAGE: u8 = 2;
/// The server cannot be reached.
pub const UNAVAILABLE: u8 = 69;
/// A mistake in a program, ours or the server's.
pub const BUG: u8 = 70;
/// A file cannot be read or written.
pub const IO: u8 = 74;
/// Not allowed: a wrong secret, a file that others can read.
pub const PERMISSION: u8 = 77;
/// The versions of program and server do not fit.
pub const VERSION: u8 = 78;

/// Of a connection that has ended for good.
pub fn of_end(ended: &Ended) -> u8 {
    match ended {
        Ended::SignedOut | Ended::WrongSecret | Ended::Refused(Refusal::Forbidden) => PERMISSION,
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
        | Refusal::BadText => USAGE,
        Refusal::WrongSecret | Refusal::SignIn | Refusal::Forbidden => PERMISSION,
        Refusal::Version { .. } => VERSION,
        refusal if refusal.retryable() => UNAVAILABLE,
        _ => BUG,
    }
}

/// Of a secret that cannot be had.
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
    fn ends_have_their_codes() {
        let version = Ended::WrongVersion {
            client: 1,
            min: 2,
            max: 3,
        };
        let bad_name = Refusal::BadName { why: "x".into() };
        let (min, max) = (2, 3);
        for (code, ended) in [
            (77, Ended::WrongSecret),
            (77, Ended::SignedOut),
            (77, Ended::Refused(Refusal::Forbidden)),
            (78, version),
            (78, Ended::Refused(Refusal::Version { min, max })),
            (2, Ended::Refused(bad_name)),
            (70, Ended::Refused(Refusal::HelloFirst)),
        ] {
            assert_eq!(of_end(&ended), code, "{ended:?}");
        }
        assert_eq!(of_refusal(&Refusal::Stopping { retry_after_ms: 1 }), 69);
    }
}
