//! One-time codes that people read and type: an admin's code for a new password, and the recovery codes of a second factor.
//! Letters without look-alikes; only digests are stored. It refuses to know whose they are and how long they last.

use std::fmt;

use rand::{TryRng, rngs::SysRng};
use sha2::{Digest, Sha256};

use super::token::NoRandomness;

/// Letters and digits that are not taken for one another, in any case.
const ALPHABET: &[u8; LETTERS] = b"abcdefghjkmnpqrstuvwxyz23456789";
const LETTERS: usize = 31;
/// Letters of a code: 16 of 31, 79 bits. Nobody guesses one, also not from a stolen digest.
const CODE_LETTERS: usize = 16;
/// Letters of a group.
const GROUP: usize = 4;

/// A code. It is never printed: [`Code::reveal`] is the one way out.
#[derive(Clone)]
pub struct Code(String);

impl Code {
    /// A new one.
    ///
    /// # Errors
    /// The operating system has no randomness.
    pub fn generate() -> Result<Code, NoRandomness> {
        let mut letters = String::with_capacity(CODE_LETTERS);
        while letters.len() < CODE_LETTERS {
            let mut byte = [0_u8; 1];
            SysRng.try_fill_bytes(&mut byte).map_err(|_| NoRandomness)?;
            // What is above the last whole round would make the first letters likelier.
            let at = usize::from(byte[0]);
            if at < 256 / LETTERS * LETTERS {
                letters.push(char::from(ALPHABET[at % LETTERS]));
            }
        }
        Ok(Code(letters))
    }

    /// One of 256 bits that only this server can make: the same again for the repeat of a request.
    pub fn from_secret(bytes: &[u8; 32]) -> Code {
        // Two bytes a letter: what is left of the last whole round makes no letter noticeably likelier.
        let letter = |pair: &[u8]| char::from(ALPHABET[usize::from(u16::from_be_bytes([pair[0], pair[1]])) % LETTERS]);
        Code(bytes.chunks_exact(2).map(letter).collect())
    }

    /// Reads what somebody typed: any case, with or without dashes and spaces. `None` if it has not the form of a code.
    pub fn parse(text: &str) -> Option<Code> {
        // More than a code with all its dashes and spaces is none, and is not looked through.
        if text.len() > 4 * CODE_LETTERS {
            return None;
        }
        let kept = text.chars().filter(|c| !c.is_whitespace() && *c != '-');
        let letters: String = kept.flat_map(char::to_lowercase).collect();
        let known = |b: u8| ALPHABET.contains(&b);
        (letters.len() == CODE_LETTERS && letters.bytes().all(known)).then_some(Code(letters))
    }

    /// In groups: `abcd-efgh-jkmn-pqrs`. For the one answer that shows it.
    pub fn reveal(&self) -> String {
        let mut text = String::with_capacity(CODE_LETTERS + CODE_LETTERS / GROUP);
        for (at, letter) in self.0.chars().enumerate() {
            if at > 0 && at % GROUP == 0 {
                text.push('-');
            }
            text.push(letter);
        }
        text
    }

    /// What is stored. `domain` says what it is good for: a code for one thing is none for another.
    pub fn digest(&self, domain: &str) -> [u8; 32] {
        Sha256::new()
            .chain_update(domain)
            .chain_update([0])
            .chain_update(&self.0)
            .finalize()
            .into()
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_comes_back_however_it_is_typed() {
        let code = Code::generate().unwrap();
        let text = code.reveal();
        assert_eq!((text.len(), text.matches('-').count()), (19, 3));
        for typed in [
            text.to_uppercase(),
            text.replace('-', ""),
            format!(" {} ", text.replace('-', " ")),
        ] {
            let read = Code::parse(&typed).unwrap();
            assert_eq!(read.digest("a"), code.digest("a"), "{typed}");
        }
        assert_ne!(code.digest("a"), code.digest("b"));
        assert_eq!(format!("{code:?}"), "Code(hidden)");
    }

    #[test]
    fn a_code_of_a_secret_is_one_like_any_other() {
        let code = Code::from_secret(&[7; 32]);
        assert_eq!(code.reveal(), Code::from_secret(&[7; 32]).reveal());
        assert_eq!(Code::parse(&code.reveal()).unwrap().digest("a"), code.digest("a"));
        assert_ne!(code.reveal(), Code::from_secret(&[8; 32]).reveal());
    }

    #[test]
    fn what_is_no_code_is_refused() {
        for bad in [
            "",
            "123456",
            "abcd-efgh-jkmn-pqr",
            "abcd-efgh-jkmn-pqrss",
            "abcd-efgh-jkmn-pqr1",
            "abcd-efgh-jkmn-pqrö",
        ] {
            assert!(Code::parse(bad).is_none(), "{bad}");
        }
        assert!(Code::parse(&" ".repeat(100_000)).is_none());
    }

    #[test]
    fn no_two_codes_are_alike() {
        let mut texts: Vec<String> = (0..1_000).map(|_| Code::generate().unwrap().reveal()).collect();
        texts.sort();
        texts.dedup();
        assert_eq!(texts.len(), 1_000);
    }
}
