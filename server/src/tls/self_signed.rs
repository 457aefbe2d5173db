//! A certificate that the server makes for itself, once, in its data folder: for trials. Nobody vouches for it, so clients
//! are given its fingerprint.

use std::{
    net::IpAddr,
    path::Path,
    time::{Duration, SystemTime},
};

use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair};
use tracing::info;

use super::pair::PairFiles;
use crate::{
    exit::{ExitKind, Fatal},
    files::write_private,
    refused,
};

/// Their names in the data folder.
const CERT: &str = "tls-self-signed.crt";
const KEY: &str = "tls-self-signed.key";
/// How long it is good: longer than a trial, shorter than for ever.
const LIFE: Duration = Duration::from_secs(2 * 365 * 24 * 60 * 60);

/// Where the files of this data folder are, or would be.
pub fn at(data: &Path) -> PairFiles {
    PairFiles {
        cert: data.join(CERT),
        key: data.join(KEY),
        allow_expired: false,
    }
}

/// The files in this data folder; they are made if they are not there or not good any more.
pub fn files(data: &Path, listen: IpAddr) -> Result<PairFiles, Fatal> {
    let files = at(data);
    if files.load(SystemTime::now()).is_err() {
        let (cert, key) = make(listen).map_err(|error| {
            Fatal::new(
                ExitKind::Bug,
                format!("No certificate can be made: {error}."),
                "Report this mistake, and name one with --tls-cert and --tls-key.",
            )
        })?;
        for (path, text) in [(&files.key, key), (&files.cert, cert)] {
            write_private(path, text.as_bytes()).map_err(|error| refused::writing(path, &error))?;
        }
        info!("made a certificate for trials, {}", refused::shown(&files.cert));
    }
    Ok(files)
}

fn make(listen: IpAddr) -> Result<(String, String), rcgen::Error> {
    let mut names = vec!["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()];
    if !listen.is_unspecified() && !listen.is_loopback() {
        names.push(listen.to_string());
    }
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name = DistinguishedName::new();
    params
        .distinguished_name
        .push(DnType::CommonName, "Minicom, signed by itself, for trials");
    let now = SystemTime::now();
    // Clocks of two computers differ.
    params.not_before = (now - Duration::from_secs(24 * 60 * 60)).into();
    params.not_after = (now + LIFE).into();
    let key = KeyPair::generate()?;
    let cert = params.self_signed(&key)?;
    Ok((cert.pem(), key.serialize_pem()))
}
