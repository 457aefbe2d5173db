//! Codes of an authenticator app (RFC 6238, six digits of SHA-1, every 30 s: what all apps speak). It refuses to know whose
//! secret it is and which step was taken before; the caller remembers that, as a code is good once.

use rand::{TryRng, rngs::SysRng};
use totp_rs::{Algorithm, Builder, Totp};

use super::token::NoRandomness;

/// Bytes of a secret: as many as the hash has, as RFC 4226 advises.
pub const SECRET_BYTES: usize = 20;
/// Seconds of one step.
const STEP_S: u64 = 30;
/// Steps that a phone's clock may be off, to each side.
const SKEW_STEPS: u16 = 1;
/// Digits of a code.
pub const DIGITS: usize = 6;

/// A secret that server and app share. It is never printed: [`TotpSecret::uri`] and [`TotpSecret::base32`] are the ways out.
pub struct TotpSecret([u8; SECRET_BYTES]);

/// Bytes of the account's name in a QR code, percent-encoded.
const ACCOUNT_BYTES: usize = 28;
/// Bytes of the desk's name in it. With the rest that is 106, the most that five times five blocks of modules hold.
const ISSUER_BYTES: usize = 15;

/// A name percent-encoded, as much of it as has room, and whether that is all. A colon would part it.
fn label(name: &str, most: usize) -> (String, bool) {
    let mut encoded = String::new();
    for c in name.trim().chars() {
        let c = if c == ':' { ' ' } else { c };
        let mut bytes = [0; 4];
        let piece: String = c.encode_utf8(&mut bytes).bytes().map(percent).collect();
        if encoded.len() + piece.len() > most {
            return (encoded.trim_end_matches("%20").to_owned(), false);
        }
        encoded.push_str(&piece);
    }
    (encoded, true)
}

fn percent(byte: u8) -> String {
    match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'-' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    }
}

impl TotpSecret {
    /// A new one.
    ///
    /// # Errors
    /// The operating system has no randomness.
    pub fn generate() -> Result<TotpSecret, NoRandomness> {
        let mut bytes = [0; SECRET_BYTES];
        SysRng.try_fill_bytes(&mut bytes).map_err(|_| NoRandomness)?;
        Ok(TotpSecret(bytes))
    }

    /// One that was stored; `None` if it has not [`SECRET_BYTES`].
    pub fn from_bytes(bytes: &[u8]) -> Option<TotpSecret> {
        bytes.try_into().ok().map(TotpSecret)
    }

    /// To be sealed.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// For who types it into the app.
    pub fn base32(&self) -> String {
        totp_rs::Secret::from(self.0).to_base32()
    }

    /// What an app reads from a QR code. `issuer` is the desk's name, `account` the agent's address: both as far as there is room, so
    /// that the code fits on a terminal of 24 rows.
    pub fn uri(&self, issuer: &str, account: &str) -> String {
        let account = match label(account, ACCOUNT_BYTES) {
            (whole, true) => whole,
            // What stands before the @ tells one's own accounts apart best.
            _ => label(account.split('@').next().unwrap_or_default(), ACCOUNT_BYTES).0,
        };
        let issuer = label(issuer, ISSUER_BYTES).0;
        format!("otpauth://totp/{account}?secret={}&issuer={issuer}", self.base32())
    }

    /// The step of which this is the code, if it is one of the present step or of a neighbour and newer than `after`.
    pub fn step_of(&self, code: &str, unix_s: u64, after: u64) -> Option<u64> {
        let digits = code.len() == DIGITS && code.bytes().all(|b| b.is_ascii_digit());
        let step = self.totp("", "").check(code, unix_s).filter(|_| digits)?;
        (step > after).then_some(step)
    }

    /// The code of a moment: what the app shows. For tests and for programs that stand in for an app.
    pub fn code(&self, unix_s: u64) -> String {
        self.totp("", "").generate(unix_s).to_string()
    }

    fn totp(&self, issuer: &str, account: &str) -> Totp {
        Builder::new()
            .with_algorithm(Algorithm::SHA1)
            .with_digits(6)
            .with_skew(SKEW_STEPS)
            .with_step_duration(STEP_S)
            .with_secret(self.0)
            .with_issuer(Some(issuer))
            .with_account_name(account)
            .build_noncompliant()
    }
}

impl std::fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TotpSecret(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret of RFC 6238, appendix B.
    fn rfc() -> TotpSecret {
        TotpSecret::from_bytes(b"12345678901234567890").unwrap()
    }

    #[test]
    fn the_codes_are_those_of_the_rfc() {
        for (at, code) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
            assert_eq!(rfc().code(at), code);
            assert_eq!(rfc().step_of(code, at, 0), Some(at / 30));
        }
    }

    #[test]
    fn a_code_is_good_one_step_early_and_late_and_once() {
        let at = 1_111_111_109;
        let step = at / 30;
        let code = rfc().code(at);
        for (now, good) in [
            (at - 60, false),
            (at - 30, true),
            (at, true),
            (at + 30, true),
            (at + 60, false),
        ] {
            assert_eq!(rfc().step_of(&code, now, 0), good.then_some(step), "{now}");
        }
        assert_eq!(rfc().step_of(&code, at, step), None, "taken before");
        assert_eq!(rfc().step_of(&code, at, step - 1), Some(step));
    }

    #[test]
    fn what_is_no_code_is_none() {
        let code = rfc().code(59);
        for bad in [
            "",
            "28708",
            "2870822",
            " 287082",
            "28708２",
            "+87082",
            &code.replace('2', "٢"),
        ] {
            assert_eq!(rfc().step_of(bad, 59, 0), None, "{bad:?}");
        }
    }

    #[test]
    fn an_app_can_read_the_address() {
        let uri = rfc().uri("Acme: Support", "ada@example.org");
        assert!(uri.starts_with("otpauth://totp/"), "{uri}");
        assert!(uri.contains("secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"), "{uri}");
        let read = Totp::from_url(&uri).unwrap();
        assert_eq!(read.generate(59).to_string(), "287082");
        assert_eq!(read.issuer(), Some("Acme  Suppo"));
    }

    #[test]
    fn a_picture_of_it_fits_on_a_terminal_whatever_the_names_are() {
        for (issuer, account) in [
            ("Acme", "ada@example.org"),
            (
                "Поддержка покупателей",
                "ada.lovelace-king@customer-support.example.com",
            ),
            ("客服", "很长的名字很长的名字很长的名字@example.org"),
            (&"x".repeat(80), &"y".repeat(254)),
            ("", ""),
        ] {
            let uri = rfc().uri(issuer, account);
            assert!(uri.len() <= 106, "{uri}");
            assert_eq!(
                Totp::from_url(&uri).unwrap().generate(59).to_string(),
                "287082",
                "{uri}"
            );
        }
        let uri = rfc().uri("Desk", "ada.lovelace-king@customer-support.example.com");
        assert!(uri.contains("/ada.lovelace-king?"), "{uri}");
    }
}
