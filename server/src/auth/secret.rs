//! A customer's secret: made by the client, so that no lost answer can lock a customer out of a name; the server keeps its
//! digest at first use and wants it ever after. Only for customers without a name of their own it is made here: there is no name to be
//! locked out of. It refuses to know whose name it guards.

use std::fmt;

use rand::{TryRng, rngs::SysRng};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::token::NoRandomness;

/// See `token::DOMAIN`.
const DOMAIN: &[u8] = b"minicom customer secret\0";

/// What a customer's client proves a name with: 256 bits. It is never printed and never stored.
#[derive(Clone)]
pub struct CustomerSecret([u8; 32]);

impl CustomerSecret {
    /// A new one, for a customer who is given a name by the server.
    ///
    /// # Errors
    /// The operating system has no randomness to give.
    pub fn generate() -> Result<CustomerSecret, NoRandomness> {
        let mut bytes = [0; 32];
        SysRng.try_fill_bytes(&mut bytes).map_err(|_| NoRandomness)?;
        Ok(CustomerSecret(bytes))
    }

    /// The secret of these 256 bits, which nobody can guess.
    pub fn from_bytes(bytes: [u8; 32]) -> CustomerSecret {
        CustomerSecret(bytes)
    }

    /// As it is sent, for the one answer that tells it.
    pub fn reveal(&self) -> String {
        hex(&self.0)
    }

    /// Reads what a client sent: 64 hexadecimal digits.
    ///
    /// # Errors
    /// It has another form, or is all zeros: a client that forgot to fill it would give its customer's name to everybody.
    pub fn parse(text: &str) -> Result<CustomerSecret, BadSecret> {
        let bytes = unhex(text).ok_or(BadSecret)?;
        if bytes == [0; 32] {
            return Err(BadSecret);
        }
        Ok(CustomerSecret(bytes))
    }

    /// What is stored.
    pub fn digest(&self) -> SecretDigest {
        SecretDigest(
            Sha256::new()
                .chain_update(DOMAIN)
                .chain_update(self.0)
                .finalize()
                .into(),
        )
    }
}

impl fmt::Debug for CustomerSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CustomerSecret(hidden)")
    }
}

/// The SHA-256 of a customer's secret.
#[derive(Clone, Copy)]
pub struct SecretDigest([u8; 32]);

impl SecretDigest {
    /// Reads a stored digest; `None` if it has not 32 bytes.
    pub fn from_bytes(bytes: &[u8]) -> Option<SecretDigest> {
        bytes.try_into().ok().map(SecretDigest)
    }

    /// For the store.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Whether both are of one secret, in a time that does not tell where they differ.
    pub fn matches(&self, other: &SecretDigest) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl fmt::Debug for SecretDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretDigest(hidden)")
    }
}

/// What was sent cannot be a secret. The words never hold it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("a secret is 64 hexadecimal digits, made at random by the client")]
pub struct BadSecret;

/// 32 bytes from exactly 64 hexadecimal digits of either case.
pub(super) fn unhex(text: &str) -> Option<[u8; 32]> {
    let digits = text.as_bytes();
    if digits.len() != 64 {
        return None;
    }
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let high = char::from(pair[0]).to_digit(16)?;
        let low = char::from(pair[1]).to_digit(16)?;
        *byte = u8::try_from(high * 16 + low).ok()?;
    }
    Some(bytes)
}

/// Bytes as hexadecimal digits in lower case.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const GOOD: &str = "6d1f0a6d1f0a6d1f0a6d1f0a6d1f0a6d1f0a6d1f0a6d1f0a6d1f0a6d1f0a6d1f";

    #[test]
    fn the_case_of_the_digits_does_not_matter() {
        let secret = CustomerSecret::parse(GOOD).unwrap();
        let upper = CustomerSecret::parse(&GOOD.to_uppercase()).unwrap();
        assert!(secret.digest().matches(&upper.digest()));
    }

    #[test]
    fn another_form_is_refused() {
        for bad in [
            "",
            "alice",
            &GOOD[1..],
            &format!("{GOOD}0"),
            &format!("{} ", &GOOD[1..]),
            &GOOD.replace('a', "g"),
            &format!("+{}", &GOOD[1..]),
            &"0".repeat(64),
            &"é".repeat(32),
        ] {
            assert_eq!(CustomerSecret::parse(bad).unwrap_err(), BadSecret, "{bad:?}");
        }
    }

    #[test]
    fn nothing_of_it_is_printed() {
        let secret = CustomerSecret::parse(GOOD).unwrap();
        assert_eq!(
            format!("{secret:?} {:?}", secret.digest()),
            "CustomerSecret(hidden) SecretDigest(hidden)"
        );
        assert!(!BadSecret.to_string().contains("6d1f"));
    }

    #[test]
    fn a_secret_and_a_token_of_the_same_bytes_have_other_digests() {
        let secret = CustomerSecret::parse(GOOD).unwrap();
        let token = super::super::token::Token::parse(&format!("mca_{GOOD}")).unwrap();
        assert_ne!(secret.digest().as_bytes(), token.digest().as_bytes());
    }

    proptest! {
        #[test]
        fn only_the_same_secret_matches(a in any::<[u8; 32]>(), b in any::<[u8; 32]>()) {
            prop_assume!(a != [0; 32] && b != [0; 32]);
            let first = CustomerSecret::parse(&hex(&a)).unwrap();
            let second = CustomerSecret::parse(&hex(&b)).unwrap();
            prop_assert_eq!(first.digest().matches(&second.digest()), a == b);
            let stored = SecretDigest::from_bytes(first.digest().as_bytes()).unwrap();
            prop_assert!(stored.matches(&first.digest()));
        }

        #[test]
        fn no_text_breaks_the_reader(text in ".{0,80}") {
            let _ = CustomerSecret::parse(&text);
            let _ = super::super::token::Token::parse(&text);
        }
    }
}
