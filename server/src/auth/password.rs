//! Agents' passwords: which are good enough, and how they are hashed and checked without telling who exists and without
//! giving a flood of logins the machine. It refuses to know accounts; it sees a password and a stored hash.

use std::{num::NonZeroUsize, sync::Arc};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use unicode_normalization::UnicodeNormalization;

pub use super::argon::{dummy_hash, hash, verify};
use crate::{
    faults::Faults,
    limits::{PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN, PASSWORD_HASHES_MAX, PASSWORD_NICENESS, PASSWORD_WAITERS_MAX},
};

/// Words that too many passwords are made of. Compared after digits and signs are taken off both ends and the usual
/// digits for letters are read as letters.
#[rustfmt::skip] // A word a line would be sixty lines of nothing.
const COMMON: &[&str] = &[
    "abcdefghij", "administrator", "admin", "adminadmin", "asdfghjkl", "baseball", "changeit", "changeme", "charlie",
    "computer", "correcthorsebatterystaple", "default", "dragon", "football", "freedom", "helloworld", "hello",
    "iloveyou", "jordan", "letmein", "liverpool", "login", "master", "michael", "minicom", "minicomadmin", "monkey",
    "mustang", "mypassword", "newpassword", "nothing", "passwd", "password", "passwordpassword", "princess", "qazwsx",
    "qazwsxedc", "qwerty", "qwertyuiop", "qwertz", "qwertzuiop", "secret", "shadow", "starwars", "summer", "sunshine",
    "superman", "support", "supportagent", "temporary", "test", "testing", "testtest", "thisispassword", "trustno",
    "trustnoone", "welcome", "whatever", "winter", "yourpassword",
];

/// Different characters that a password must have: fewer is a key held down.
const DISTINCT_CHARS_MIN: usize = 5;

/// Why a password is not taken. The words never hold it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum WeakPassword {
    /// Fewer than [`PASSWORD_CHARS_MIN`] characters.
    #[error("too short: a password has at least {PASSWORD_CHARS_MIN} characters")]
    TooShort,
    /// More than [`PASSWORD_CHARS_MAX`] characters.
    #[error("too long: a password has at most {PASSWORD_CHARS_MAX} characters")]
    TooLong,
    /// Among the first that anybody would try.
    #[error(
        "too common: this is among the first that anybody would try; take several words that do not belong together"
    )]
    TooCommon,
}

/// Whether a new password is good enough. Old ones are never checked again, so that a stricter rule locks nobody out.
///
/// # Errors
/// Why it is not.
pub fn check(password: &str) -> Result<(), WeakPassword> {
    let password: String = password.nfc().take(PASSWORD_CHARS_MAX + 1).collect();
    let chars = password.chars().count();
    if chars < PASSWORD_CHARS_MIN {
        return Err(WeakPassword::TooShort);
    }
    if chars > PASSWORD_CHARS_MAX {
        return Err(WeakPassword::TooLong);
    }
    let mut distinct: Vec<char> = password.chars().collect();
    distinct.sort_unstable();
    distinct.dedup();
    if distinct.len() < DISTINCT_CHARS_MIN || is_run(&password) || is_common(&password) {
        return Err(WeakPassword::TooCommon);
    }
    Ok(())
}

/// Mostly neighbours in the alphabet or on the number row: `1234567890`, `abcdefghij`, `9876543210`.
fn is_run(password: &str) -> bool {
    let codes: Vec<i64> = password.chars().map(|c| i64::from(u32::from(c))).collect();
    let steps = codes.windows(2).filter(|pair| (pair[1] - pair[0]).abs() == 1).count();
    steps * 4 >= (codes.len() - 1) * 3
}

fn is_common(password: &str) -> bool {
    let lower = password.to_lowercase();
    let core = lower.trim_matches(|c: char| !c.is_alphabetic());
    let letters = |text: &str| -> String {
        let read = |c| match c {
            '0' => 'o',
            '1' | '!' => 'i',
            '3' => 'e',
            '4' | '@' => 'a',
            '5' | '$' => 's',
            '7' => 't',
            other => other,
        };
        text.chars().map(read).filter(|c| c.is_alphabetic()).collect()
    };
    let plain: String = core.chars().filter(|c| c.is_alphabetic()).collect();
    [plain, letters(core), letters(&lower)]
        .iter()
        .any(|word| COMMON.contains(&word.as_str()))
}

/// Why no answer about a password was found.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum PasswordError {
    /// Too many wait already. It may be tried again.
    #[error("too many people sign in at once")]
    Busy,
    /// The machine failed: no randomness, no memory.
    #[error("a password could not be hashed")]
    Failed,
}

/// How many at once: one core is left for the chats, which must not wait behind a flood of logins.
fn hashes_max() -> usize {
    let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    PASSWORD_HASHES_MAX.min(cores.saturating_sub(1)).max(1)
}

/// Hashes and checks passwords beside the async runtime, [`PASSWORD_HASHES_MAX`] at once. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Passwords {
    working: Arc<Semaphore>,
    admitted: Arc<Semaphore>,
}

/// A place among those whose passwords are being looked at, or wait for it.
#[derive(Debug)]
pub struct Admitted {
    passwords: Passwords,
    _place: OwnedSemaphorePermit,
}

impl Passwords {
    /// With the bounds of [`crate::limits`].
    pub fn new(faults: Faults) -> Passwords {
        if faults.hashes_unbounded {
            return Passwords::with_bounds(Semaphore::MAX_PERMITS / 2, Semaphore::MAX_PERMITS / 2);
        }
        Passwords::with_bounds(hashes_max(), PASSWORD_WAITERS_MAX)
    }

    fn with_bounds(working: usize, waiting: usize) -> Passwords {
        Passwords {
            working: Arc::new(Semaphore::new(working)),
            admitted: Arc::new(Semaphore::new(working + waiting)),
        }
    }

    /// A place, before anything is looked up or counted: who finds none has cost nothing, and comes again.
    ///
    /// # Errors
    /// Too many have one.
    pub fn admit(&self) -> Result<Admitted, PasswordError> {
        let place = Arc::clone(&self.admitted).try_acquire_owned();
        Ok(Admitted {
            passwords: self.clone(),
            _place: place.map_err(|_| PasswordError::Busy)?,
        })
    }

    /// See [`hash`].
    ///
    /// # Errors
    /// Too many wait, or the machine failed.
    pub async fn hash(&self, password: String) -> Result<String, PasswordError> {
        let admitted = self.admit()?;
        admitted.run(move || hash(&password)).await?
    }

    /// See [`Admitted::verify`].
    ///
    /// # Errors
    /// Too many wait, or the machine failed.
    pub async fn verify(&self, stored: Option<String>, password: String) -> Result<bool, PasswordError> {
        self.admit()?.verify(stored, password).await
    }
}

impl Admitted {
    /// Whether this is the password of that stored hash. `None` stands for an account that does not exist or may not sign
    /// in: it takes as long and is false.
    ///
    /// # Errors
    /// The machine failed.
    pub async fn verify(self, stored: Option<String>, password: String) -> Result<bool, PasswordError> {
        // Longer ones are never stored. The length is the caller's own and tells nothing about accounts.
        if password.chars().nth(PASSWORD_CHARS_MAX).is_some() {
            return Ok(false);
        }
        self.run(move || {
            let exists = stored.is_some();
            let hash = stored.unwrap_or_else(|| dummy_hash().to_owned());
            verify(&hash, &password) && exists
        })
        .await
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, PasswordError> {
        let working = Arc::clone(&self.passwords.working)
            .acquire_owned()
            .await
            .map_err(|_| PasswordError::Failed)?;
        let (done, result) = oneshot::channel();
        // A thread of its own for each: it may be put behind the others, and what is put behind is not taken back.
        let thread = std::thread::Builder::new().name("password".to_owned());
        let begun = thread.spawn(move || {
            // The permit goes along: if the caller is dropped, the thread still counts until it is done.
            let _working = working;
            put_behind();
            // Who does not wait any more does not want to know.
            let _gone = done.send(work());
        });
        begun.map_err(|_| PasswordError::Failed)?;
        result.await.map_err(|_| PasswordError::Failed)
    }
}

/// Puts this thread behind those of the chats: a flood of logins takes only what of the processors is left. Where the system
/// does not let it, passwords are looked at as anything else is.
fn put_behind() {
    // Elsewhere this is the whole program's.
    #[cfg(target_os = "linux")]
    let _unless_forbidden = rustix::process::nice(PASSWORD_NICENESS);
}

#[cfg(test)]
#[path = "password_tests.rs"]
mod tests;
