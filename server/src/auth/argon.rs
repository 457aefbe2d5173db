//! argon2id in memory that is kept between two passwords. Blocks of 19 MiB that come and go tear an allocator's memory to
//! pieces: a thousand logins, one at a time, made gigabytes of it that were never given back.

use std::sync::{LazyLock, Mutex, PoisonError};

use argon2::{
    ARGON2ID_IDENT, Algorithm, Argon2, Block, Params, Version,
    password_hash::phc::{Output, ParamsString, PasswordHash, Salt},
};
use rand::TryRng;
use unicode_normalization::UnicodeNormalization;

use super::password::PasswordError;
use crate::limits::{ARGON2_LANES, ARGON2_MEMORY_KIB, ARGON2_PASSES, PASSWORD_HASHES_MAX};

/// Memory that nobody uses now: as often as passwords are looked at at once. Std mutex: nothing awaits while it is held.
static KEPT: Mutex<Vec<Vec<Block>>> = Mutex::new(Vec::new());

/// Hashes a password as a PHC string: argon2id with a fresh salt. Takes about 20 ms and 19 MiB; in async code use
/// [`Passwords`](super::password::Passwords).
///
/// # Errors
/// The operating system gave no salt.
pub fn hash(password: &str) -> Result<String, PasswordError> {
    let mut salt = [0; Salt::RECOMMENDED_LENGTH];
    rand::rngs::SysRng
        .try_fill_bytes(&mut salt)
        .map_err(|_| PasswordError::Failed)?;
    hash_with_salt(password, &salt).ok_or(PasswordError::Failed)
}

/// Whether this is the password of that hash. A hash that cannot be read matches nothing.
pub fn verify(hash: &str, password: &str) -> bool {
    matches(hash, password).unwrap_or(false)
}

/// A hash that belongs to nobody. Who tries an unknown name is checked against it, so that the answer takes as long.
pub fn dummy_hash() -> &'static str {
    // A salt of its own instead of a random one: this must not fail, and there is nothing to protect.
    static DUMMY: LazyLock<String> =
        LazyLock::new(|| hash_with_salt("nobody's password", b"belongs to nobody").unwrap_or_default());
    &DUMMY
}

fn hash_with_salt(password: &str, salt: &[u8]) -> Option<String> {
    let params = Params::new(ARGON2_MEMORY_KIB, ARGON2_PASSES, ARGON2_LANES, None)
        .expect("the named bounds are within those of argon2");
    let hash = PasswordHash {
        algorithm: ARGON2ID_IDENT,
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(&params).ok()?,
        salt: Some(Salt::new(salt).ok()?),
        hash: None,
    };
    let hash = PasswordHash {
        hash: Some(output(&hash, password, Params::DEFAULT_OUTPUT_LEN)?),
        ..hash
    };
    Some(hash.to_string())
}

fn matches(hash: &str, password: &str) -> Option<bool> {
    let hash = PasswordHash::new(hash).ok()?;
    let expected = hash.hash?;
    // Outputs are compared in constant time.
    Some(output(&hash, password, expected.len())? == expected)
}

/// What this password comes to with the cost and the salt of that hash.
fn output(hash: &PasswordHash, password: &str, length: usize) -> Option<Output> {
    let params = Params::try_from(hash).ok()?;
    let blocks = params.block_count();
    let algorithm = Algorithm::try_from(hash.algorithm.as_str()).ok()?;
    let version = hash.version.map_or(Ok(Version::default()), Version::try_from).ok()?;
    let argon2 = Argon2::new(algorithm, version, params);
    let salt = hash.salt?;
    // The same password typed on another system may come in another composition.
    let password: String = password.nfc().collect();
    let mut out = [0; Output::MAX_LENGTH];
    let out = out.get_mut(..length)?;
    let mut memory = take();
    if memory.len() < blocks {
        memory.resize(blocks, Block::new());
    }
    let hashed = argon2.hash_password_into_with_memory(password.as_bytes(), &salt, out, &mut memory[..blocks]);
    give_back(memory);
    hashed.ok()?;
    Output::new(out).ok()
}

fn take() -> Vec<Block> {
    KEPT.lock()
        .unwrap_or_else(PoisonError::into_inner)
        .pop()
        .unwrap_or_default()
}

fn give_back(memory: Vec<Block>) {
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if kept.len() < PASSWORD_HASHES_MAX {
        kept.push(memory);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What was stored before there was this file, and by other programs, still matches.
    #[test]
    fn a_hash_of_another_maker_matches() {
        use argon2::PasswordHasher;
        for (memory, passes) in [(ARGON2_MEMORY_KIB, ARGON2_PASSES), (64, 1), (ARGON2_MEMORY_KIB + 8, 1)] {
            let params = Params::new(memory, passes, 1, None).unwrap();
            let other = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
            let hash = other
                .hash_password_with_salt(b"four otters", b"a salt of ours")
                .unwrap();
            let hash = hash.to_string();
            assert!(verify(&hash, "four otters") && !verify(&hash, "five otters"), "{hash}");
        }
    }

    #[test]
    fn memory_is_kept_and_not_piled_up() {
        for _ in 0..2 * PASSWORD_HASHES_MAX {
            give_back(Vec::new());
        }
        let kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner).len();
        assert!((1..=PASSWORD_HASHES_MAX).contains(&kept), "{kept}");
    }
}
