//! The one-time code by which another device becomes a customer's: short enough to be typed, good for minutes, and dead after a
//! few wrong tries, so that its 39 bits cannot be tried through.

use std::{fmt, io};

use rand::{TryRng, rngs::SysRng};
use sha2::{Digest, Sha256};

/// Letters and digits that nobody takes for each other.
const LETTERS: &[u8; 30] = b"23456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Letters of a code.
const LENGTH: usize = 8;
/// See `token::DOMAIN`.
const DOMAIN: &[u8] = b"minicom link code\0";

/// A code. It is shown once and stored nowhere.
#[derive(Clone, PartialEq, Eq)]
pub struct LinkCode([u8; LENGTH]);

impl LinkCode {
    /// A new one.
    ///
    /// # Errors
    /// The operating system has no randomness.
    pub fn new() -> io::Result<LinkCode> {
        let mut code = [0; LENGTH];
        for letter in &mut code {
            *letter = LETTERS[below(LETTERS.len() as u8)? as usize];
        }
        Ok(LinkCode(code))
    }

    /// Reads what somebody typed: in any case, with or without dashes and blanks.
    pub fn parse(text: &str) -> Option<LinkCode> {
        let mut code = [0; LENGTH];
        let mut letters = text
            .bytes()
            .filter(|letter| !matches!(letter, b'-' | b' '))
            .map(|letter| letter.to_ascii_uppercase());
        for place in &mut code {
            *place = letters.next().filter(|letter| LETTERS.contains(letter))?;
        }
        letters.next().is_none().then_some(LinkCode(code))
    }

    /// As it is shown: two groups of four.
    pub fn reveal(&self) -> String {
        let letters: String = self.0.iter().copied().map(char::from).collect();
        format!("{}-{}", &letters[..LENGTH / 2], &letters[LENGTH / 2..])
    }

    /// What is stored.
    pub fn digest(&self) -> [u8; 32] {
        Sha256::new()
            .chain_update(DOMAIN)
            .chain_update(self.0)
            .finalize()
            .into()
    }
}

impl fmt::Debug for LinkCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LinkCode(hidden)")
    }
}

/// A random number below `most`, each as likely as the others.
fn below(most: u8) -> io::Result<u8> {
    let even = u8::MAX - u8::MAX % most;
    loop {
        let mut byte = [0];
        SysRng.try_fill_bytes(&mut byte).map_err(io::Error::other)?;
        if byte[0] < even {
            return Ok(byte[0] % most);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_it_is_shown_and_as_people_type_it() {
        for _ in 0..200 {
            let code = LinkCode::new().unwrap();
            let shown = code.reveal();
            assert_eq!(shown.len(), 9);
            let typed = [
                shown.clone(),
                shown.to_lowercase(),
                shown.replace('-', ""),
                format!(" {} ", shown.replace('-', " ")),
            ];
            for typed in typed {
                assert_eq!(LinkCode::parse(&typed), Some(code.clone()), "{typed}");
            }
        }
        for wrong in [
            "",
            "7KQM-2XH",
            "7KQM-2XHTT",
            "7KQM-2XHO",
            "7KQM-2XH1",
            "7KQM_2XHT",
            "7KQM-2XHÄ",
        ] {
            assert_eq!(LinkCode::parse(wrong), None, "{wrong}");
        }
        assert_eq!(format!("{:?}", LinkCode::new().unwrap()), "LinkCode(hidden)");
    }

    #[test]
    fn two_codes_differ_and_so_do_their_digests() {
        let (one, other) = (LinkCode::new().unwrap(), LinkCode::new().unwrap());
        assert_ne!(one.reveal(), other.reveal());
        assert_ne!(one.digest(), other.digest());
    }
}
