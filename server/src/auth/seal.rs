//! Secrets that must be read back (second factors, signing keys): sealed with a key of this server that is a file beside the
//! database and never in it, so that a stolen backup of the database holds none of them. ChaCha20-Poly1305 (RFC 8439).

use std::{io, path::Path};

use rand::{TryRng, rngs::SysRng};
use ring::{
    aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hmac,
};

use crate::files;

/// The file's name in the data folder. Without it second factors and signing keys must be made anew; messages stay readable.
pub const SEALING_KEY: &str = "sealing.key";

/// The key. It is never printed.
pub struct SealingKey {
    seal: LessSafeKey,
    /// A key of its own, so that nothing that is derived says anything about what is sealed.
    derive: hmac::Key,
}

/// What was sealed cannot be opened: by another key, for another place, or it was changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("a stored secret cannot be opened: {SEALING_KEY} is not the one it was sealed with")]
pub struct NotOpened;

impl SealingKey {
    /// Reads the key of a data folder, or makes one, 0600 and on the disk before it is used.
    ///
    /// # Errors
    /// The file cannot be read or written, or is not 32 bytes long.
    pub fn of(data: &Path) -> io::Result<SealingKey> {
        let path = data.join(SEALING_KEY);
        let bytes = match std::fs::read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let mut bytes = [0_u8; 32];
                SysRng.try_fill_bytes(&mut bytes).map_err(io::Error::other)?;
                files::write_private(&path, &bytes)?;
                bytes.to_vec()
            }
            read => read?,
        };
        SealingKey::from_bytes(&bytes).ok_or_else(|| {
            io::Error::new(
                io::ErrorKind::InvalidData,
                format!("{SEALING_KEY} is not 32 bytes long"),
            )
        })
    }

    /// `None` if it has not 32 bytes.
    pub fn from_bytes(bytes: &[u8]) -> Option<SealingKey> {
        let key = UnboundKey::new(&CHACHA20_POLY1305, bytes).ok()?;
        let root = hmac::Key::new(hmac::HMAC_SHA256, bytes);
        let derive = hmac::sign(&root, b"minicom derived secrets");
        Some(SealingKey {
            seal: LessSafeKey::new(key),
            derive: hmac::Key::new(hmac::HMAC_SHA256, derive.as_ref()),
        })
    }

    /// A secret that this server can make again and nobody else can: 256 bits of HMAC-SHA-256 over these parts.
    pub fn derive(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.derive);
        for part in parts {
            // With its length before it, no part can run into the next one.
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part);
        }
        let mut secret = [0; 32];
        secret.copy_from_slice(context.sign().as_ref());
        secret
    }

    /// Seals a secret for a place: what is moved to another place (another tenant, another agent) does not open there.
    ///
    /// # Errors
    /// The operating system has no randomness.
    pub fn seal(&self, place: &str, secret: &[u8]) -> io::Result<Vec<u8>> {
        let mut nonce = [0_u8; NONCE_LEN];
        SysRng.try_fill_bytes(&mut nonce).map_err(io::Error::other)?;
        let mut sealed = secret.to_vec();
        self.seal
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(place.as_bytes()),
                &mut sealed,
            )
            .map_err(|_| io::Error::other("a secret could not be sealed"))?;
        Ok([&nonce[..], &sealed].concat())
    }

    /// Opens what was sealed for this place.
    ///
    /// # Errors
    /// It was not sealed with this key for this place.
    pub fn open(&self, place: &str, sealed: &[u8]) -> Result<Vec<u8>, NotOpened> {
        let (nonce, rest) = sealed.split_at_checked(NONCE_LEN).ok_or(NotOpened)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| NotOpened)?;
        let mut bytes = rest.to_vec();
        let opened = self.seal.open_in_place(nonce, Aad::from(place.as_bytes()), &mut bytes);
        opened.map(|secret| secret.to_vec()).map_err(|_| NotOpened)
    }
}

impl std::fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SealingKey(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sealed_opens_in_its_place_and_with_its_key_only() {
        let dir = tempfile::tempdir().unwrap();
        let key = SealingKey::of(dir.path()).unwrap();
        let sealed = key.seal("totp/1/ada", b"secret").unwrap();
        assert!(!sealed.windows(6).any(|part| part == b"secret"));
        let again = SealingKey::of(dir.path()).unwrap();
        assert_eq!(again.open("totp/1/ada", &sealed).unwrap(), b"secret");
        assert_eq!(again.open("totp/2/ada", &sealed), Err(NotOpened));
        let other = SealingKey::from_bytes(&[7; 32]).unwrap();
        assert_eq!(other.open("totp/1/ada", &sealed), Err(NotOpened));
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(key.open("totp/1/ada", &changed), Err(NotOpened), "byte {at}");
        }
        assert_eq!(key.open("totp/1/ada", b""), Err(NotOpened));
    }

    #[test]
    fn what_is_derived_is_of_its_parts_and_its_key() {
        let (key, other) = (
            SealingKey::from_bytes(&[1; 32]).unwrap(),
            SealingKey::from_bytes(&[2; 32]).unwrap(),
        );
        assert_eq!(key.derive(&[b"ab", b"c"]), key.derive(&[b"ab", b"c"]));
        assert_ne!(key.derive(&[b"ab", b"c"]), key.derive(&[b"a", b"bc"]));
        assert_ne!(key.derive(&[b"ab", b"c"]), other.derive(&[b"ab", b"c"]));
    }

    #[test]
    fn two_seals_of_one_secret_differ() {
        let key = SealingKey::from_bytes(&[1; 32]).unwrap();
        assert_ne!(key.seal("a", b"x").unwrap(), key.seal("a", b"x").unwrap());
    }
}
