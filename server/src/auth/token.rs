//! An agent's token: 256 bits from the operating system, shown once, of which only a digest is stored. It refuses to know
//! whose it is and how long it lasts; the store does.

use std::fmt;

use rand::{TryRng, rngs::SysRng};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::secret::{hex, unhex};

/// Marks a token as ours, so that a leaked one is found by scanners and a person sees what it is.
pub const PREFIX: &str = "mca_";

/// Set before the bytes when hashing: no digest of another kind of secret can ever be mistaken for a token's.
const DOMAIN: &[u8] = b"minicom agent token\0";

/// A token that signs in an agent. It is never printed: [`Token::reveal`] is the one way out.
#[derive(Clone)]
pub struct Token([u8; 32]);

impl Token {
    /// A new token.
    ///
    /// # Errors
    /// The operating system has no randomness to give; then nobody can sign in, which is better than a token that can be guessed.
    pub fn generate() -> Result<Token, NoRandomness> {
        let mut bytes = [0; 32];
        SysRng.try_fill_bytes(&mut bytes).map_err(|_| NoRandomness)?;
        Ok(Token(bytes))
    }

    /// One of bytes that only this server can make: the same again for the repeat of a request.
    pub fn from_secret(bytes: [u8; 32]) -> Token {
        Token(bytes)
    }

    /// Reads what somebody sent. `None` if it has not the form of a token; the caller answers that exactly as a wrong one.
    pub fn parse(text: &str) -> Option<Token> {
        unhex(text.strip_prefix(PREFIX)?).map(Token)
    }

    /// The text form: `mca_` and 64 hexadecimal digits. For the answer to a login and for a file that only its owner reads;
    /// for nothing else.
    pub fn reveal(&self) -> String {
        format!("{PREFIX}{}", hex(&self.0))
    }

    /// What is stored, and by what the store finds it.
    pub fn digest(&self) -> TokenDigest {
        TokenDigest(
            Sha256::new()
                .chain_update(DOMAIN)
                .chain_update(self.0)
                .finalize()
                .into(),
        )
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(hidden)")
    }
}

/// The SHA-256 of a token. The token has 256 bits of its own, so no salt and no slow hash are needed. Who reads the database
/// cannot sign in with it.
#[derive(Clone, Copy)]
pub struct TokenDigest([u8; 32]);

impl TokenDigest {
    /// Reads a stored digest; `None` if it has not 32 bytes.
    pub fn from_bytes(bytes: &[u8]) -> Option<TokenDigest> {
        bytes.try_into().ok().map(TokenDigest)
    }

    /// For the store.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Whether both are of one token, in a time that does not tell where they differ.
    pub fn matches(&self, other: &TokenDigest) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl fmt::Debug for TokenDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenDigest(hidden)")
    }
}

/// The operating system gave no random bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the operating system gives no random numbers")]
pub struct NoRandomness;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_comes_back_from_its_text() {
        let token = Token::generate().unwrap();
        let text = token.reveal();
        assert_eq!(text.len(), PREFIX.len() + 64);
        let again = Token::parse(&text).unwrap();
        assert!(again.digest().matches(&token.digest()));
        assert_eq!(again.reveal(), text);
    }

    #[test]
    fn no_two_tokens_are_alike() {
        let mut texts: Vec<String> = (0..1_000).map(|_| Token::generate().unwrap().reveal()).collect();
        texts.sort();
        texts.dedup();
        assert_eq!(texts.len(), 1_000);
    }

    #[test]
    fn one_other_digit_is_another_token() {
        let token = Token::generate().unwrap();
        let text = token.reveal();
        for at in PREFIX.len()..text.len() {
            let mut other = text.clone().into_bytes();
            other[at] = if other[at] == b'0' { b'1' } else { b'0' };
            let other = Token::parse(&String::from_utf8(other).unwrap()).unwrap();
            assert!(!other.digest().matches(&token.digest()), "digit {at}");
        }
    }

    #[test]
    fn what_is_no_token_is_refused() {
        let good = Token::generate().unwrap().reveal();
        let without_prefix = &good[PREFIX.len()..];
        for bad in [
            "",
            "mca_",
            without_prefix,
            &good[..good.len() - 1],
            &format!("{good}0"),
            &format!(" {good}"),
            &good.replace("mca_", "MCA_"),
            &format!("mca_{}", "g".repeat(64)),
            &format!("mca_{}", "ü".repeat(32)),
        ] {
            assert!(Token::parse(bad).is_none(), "{bad:?}");
        }
    }

    #[test]
    fn nothing_of_it_is_printed_or_stored() {
        let token = Token::generate().unwrap();
        let inner = hex(&token.0);
        assert_eq!(format!("{token:?}"), "Token(hidden)");
        assert_eq!(format!("{:?}", token.digest()), "TokenDigest(hidden)");
        assert_ne!(token.digest().as_bytes(), &token.0);
        assert!(!format!("{token:?}{:?}", token.digest()).contains(&inner[..8]));
    }

    #[test]
    fn a_stored_digest_has_32_bytes() {
        let digest = Token::generate().unwrap().digest();
        assert!(TokenDigest::from_bytes(digest.as_bytes()).unwrap().matches(&digest));
        assert!(TokenDigest::from_bytes(&digest.as_bytes()[..31]).is_none());
        assert!(TokenDigest::from_bytes(&[0; 33]).is_none());
    }
}
