//! A certificate chain and its key, from two files, and all that can be wrong with them: each has words of its own, because
//! "TLS error" helps nobody at three in the night.

use std::{
    fs::File,
    io::{ErrorKind, Read},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime},
};

use rustls::{
    crypto::ring::sign::any_supported_type,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    sign::CertifiedKey,
};

use super::facts::Facts;
use crate::{
    exit::{ExitKind, Fatal},
    limits::{TLS_EXPIRY_WARNING, TLS_FILE_BYTES_MAX},
    refused::shown,
};

/// Where a certificate and its key are.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PairFiles {
    /// The chain in PEM: the server's own certificate first, then who issued it, and so on.
    pub cert: PathBuf,
    /// The key in PEM.
    pub key: PathBuf,
    /// Whether a certificate may be used that is not good by its dates.
    pub allow_expired: bool,
}

/// A certificate chain and its key that belong together.
#[derive(Clone, Debug)]
pub struct Pair {
    /// For the handshake.
    pub certified: Arc<CertifiedKey>,
    /// What the server's own certificate says.
    pub facts: Facts,
    /// What the last certificate of the chain says: who issued it is who clients have to know.
    pub last: Facts,
    /// What the operator should know, a line each.
    pub warnings: Vec<String>,
}

impl PairFiles {
    /// Reads and checks both.
    ///
    /// # Errors
    /// What is wrong with them, and what to do.
    pub fn load(&self, now: SystemTime) -> Result<Pair, Fatal> {
        let (chain_text, _) = read(&self.cert, CERT)?;
        let chain = chain(&self.cert, &chain_text)?;
        let (key_text, mode) = read(&self.key, KEY)?;
        if mode & 0o007 != 0 {
            return Err(fatal(
                format!(
                    "The key file {} ({KEY}) can be read by everybody on this computer (mode {:03o}).",
                    shown(&self.key),
                    mode & 0o777
                ),
                "Run chmod o-rwx on it. If others have been on this computer, have a new certificate made with a new key.",
            ));
        }
        let key = key(&self.key, &key_text)?;
        let facts: Option<Vec<Facts>> = chain.iter().map(|der| Facts::of(der)).collect();
        let facts = facts.ok_or_else(|| {
            fatal(
                format!(
                    "The certificate file {} ({CERT}) has a block that is no certificate.",
                    shown(&self.cert)
                ),
                "Copy it again from where it was issued; its text must not be changed.",
            )
        })?;
        self.check_order(&chain, &facts, &key)?;
        let certified = self.belonging(chain, &key)?;
        let last = facts.last().expect("a chain has a last certificate").clone();
        let (own, warnings) = self.dates(facts, now)?;
        Ok(Pair {
            certified: Arc::new(certified),
            facts: own,
            last,
            warnings,
        })
    }

    /// Each certificate is followed by the one that issued it, and the first is the server's.
    fn check_order(&self, chain: &[CertificateDer], facts: &[Facts], key: &PrivateKeyDer) -> Result<(), Fatal> {
        let file = shown(&self.cert);
        let fix =
            "Put the server's own certificate first, then the one that issued it, and so on; the root may be left out.";
        let belongs = |der: &CertificateDer| {
            let signing = any_supported_type(key).ok();
            signing.is_some_and(|key| {
                CertifiedKey::new(vec![der.clone().into_owned()], key)
                    .keys_match()
                    .is_ok()
            })
        };
        if chain.first().is_none_or(|first| !belongs(first))
            && let Some(at) = chain.iter().position(belongs)
        {
            let what = format!(
                "The certificates in {file} ({CERT}) are out of order: the server's own stands at place {}.",
                at + 1
            );
            return Err(fatal(what, fix));
        }
        let pairs = facts.iter().zip(facts.iter().skip(1)).enumerate();
        for (at, (one, next)) in pairs {
            if one.issuer_raw != next.subject_raw {
                let what = format!(
                    "The certificates in {file} ({CERT}) are out of order: number {} was issued by {}, which number {} is not.",
                    at + 1,
                    one.issuer,
                    at + 2
                );
                return Err(fatal(what, fix));
            }
        }
        Ok(())
    }

    fn belonging(&self, chain: Vec<CertificateDer<'static>>, key: &PrivateKeyDer) -> Result<CertifiedKey, Fatal> {
        let signing = any_supported_type(key).map_err(|_| {
            fatal(
                format!(
                    "The key in {} ({KEY}) is of a kind that is not supported.",
                    shown(&self.key)
                ),
                "Use an ECDSA key (P-256 or P-384), an Ed25519 key, or an RSA key of 2048 to 8192 bits.",
            )
        })?;
        let certified = CertifiedKey::new(chain, signing);
        certified.keys_match().map_err(|_| {
            fatal(
                format!(
                    "The key in {} ({KEY}) does not belong to the certificate in {} ({CERT}).",
                    shown(&self.key),
                    shown(&self.cert)
                ),
                "Name the key that the certificate was made for; after a renewal, copy both files.",
            )
        })?;
        Ok(certified)
    }

    fn dates(&self, facts: Vec<Facts>, now: SystemTime) -> Result<(Facts, Vec<String>), Fatal> {
        let own = facts.into_iter().next().expect("a chain has a first certificate");
        let file = shown(&self.cert);
        let (wrong, fix) = if own.is_early(now) {
            let what = format!(
                "The certificate in {file} ({CERT}) is not good before {}.",
                own.first_day()
            );
            (what, "Look at this computer's clock.")
        } else {
            match own.left(now) {
                None => {
                    let what = format!("The certificate in {file} ({CERT}) expired on {}.", own.last_day());
                    (
                        what,
                        "Renew it. To serve with it all the same, add --tls-allow-expired: clients will refuse it.",
                    )
                }
                Some(left) if left < TLS_EXPIRY_WARNING => {
                    let warning = format!(
                        "the certificate for {} expires on {}: renew it",
                        own.names,
                        own.last_day()
                    );
                    return Ok((own, vec![warning]));
                }
                Some(_) => return Ok((own, vec![])),
            }
        };
        if !self.allow_expired {
            return Err(fatal(wrong, fix));
        }
        let loud = format!("THE CERTIFICATE IS NOT GOOD, CLIENTS WILL REFUSE IT (--tls-allow-expired): {wrong}");
        Ok((own, vec![loud]))
    }

    /// What changes when one of the files is replaced.
    pub(super) fn stamp(&self) -> Stamp {
        let of = |path: &Path| {
            let found = std::fs::metadata(path).ok()?;
            let modified = found.modified().ok()?.duration_since(SystemTime::UNIX_EPOCH).ok()?;
            Some((modified, found.len(), found.ino()))
        };
        Stamp([of(&self.cert), of(&self.key)])
    }
}

/// See [`PairFiles::stamp`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Stamp([Option<(Duration, u64, u64)>; 2]);

const CERT: &str = "tls.cert";
const KEY: &str = "tls.key";

fn fatal(what: impl Into<String>, fix: impl Into<String>) -> Fatal {
    Fatal::new(ExitKind::Config, what, fix)
}

/// A file, and its mode.
fn read(path: &Path, setting: &str) -> Result<(Vec<u8>, u32), Fatal> {
    let noun = if setting == KEY { "key" } else { "certificate" };
    let cannot = |error: &std::io::Error| {
        let (what, fix) = match error.kind() {
            ErrorKind::NotFound => ("does not exist", "Name the right file."),
            ErrorKind::IsADirectory => ("is a folder", "Name the file in it."),
            ErrorKind::PermissionDenied => ("may not be read", "Let the user that runs the server read it."),
            _ => ("cannot be read", "Check the disk that it is on."),
        };
        fatal(format!("The {noun} file {} ({setting}) {what}.", shown(path)), fix)
    };
    let file = File::open(path).map_err(|error| cannot(&error))?;
    let found = file.metadata().map_err(|error| cannot(&error))?;
    let mut text = Vec::new();
    let most = TLS_FILE_BYTES_MAX;
    file.take(most + 1)
        .read_to_end(&mut text)
        .map_err(|error| cannot(&error))?;
    if text.len() as u64 > most {
        let what = format!(
            "The {noun} file {} ({setting}) is larger than {} KiB.",
            shown(path),
            most / 1024
        );
        return Err(fatal(what, "Name the right file: a chain has some KiB."));
    }
    Ok((text, found.mode()))
}

fn chain(path: &Path, text: &[u8]) -> Result<Vec<CertificateDer<'static>>, Fatal> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(text).collect();
    match found {
        Ok(chain) if !chain.is_empty() => Ok(chain),
        _ => Err(fatal(
            format!("There is no certificate in the file {} ({CERT}).", shown(path)),
            "It must be in PEM: a block that begins with -----BEGIN CERTIFICATE-----.",
        )),
    }
}

fn key(path: &Path, text: &[u8]) -> Result<PrivateKeyDer<'static>, Fatal> {
    let words = String::from_utf8_lossy(text);
    if words.contains("BEGIN ENCRYPTED PRIVATE KEY") || words.contains("Proc-Type: 4,ENCRYPTED") {
        return Err(fatal(
            format!("The key in {} ({KEY}) is encrypted with a passphrase.", shown(path)),
            "Decrypt it into a file that only the server's user may read: openssl pkey -in OLD -out NEW.",
        ));
    }
    PrivateKeyDer::from_pem_slice(text).map_err(|_| {
        fatal(
            format!("There is no private key in the file {} ({KEY}).", shown(path)),
            "It must be in PEM: a block that begins with -----BEGIN PRIVATE KEY-----.",
        )
    })
}
