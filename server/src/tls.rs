//! TLS: one library with one provider in it, for what comes in and what goes out. It owns the server's certificate, from its
//! files to the handshake; it refuses to know what is said on a connection.

mod facts;
mod kept;
mod pair;
mod pinned;
mod self_signed;
#[cfg(test)]
mod tests;

use std::{path::Path, sync::Once};

use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};

pub use self::{
    facts::{Facts, fingerprint, fingerprint_from},
    kept::Tls,
    pair::PairFiles,
    pinned::pinned_to,
};
use crate::{config::Config, exit::Fatal};

/// Makes the provider known to the library. Without it every HTTP client of this program panics when it is built, also one
/// that never meets TLS.
pub fn provider() {
    static MADE: Once = Once::new();
    MADE.call_once(|| {
        // Somebody else in this process was faster: then there is one.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}

/// The beginning of an HTTP client, which knows others by this computer's authorities. There may be none, as in a small container:
/// then it believes nobody over TLS, and does everything else.
pub fn http_client() -> reqwest::ClientBuilder {
    let mut roots = RootCertStore::empty();
    // A platform has odd ones among many good ones.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    // A few bytes of an answer must not become very many here. (A library switches unpacking on for everybody.)
    let plain = reqwest::Client::builder().no_gzip().no_brotli().no_deflate().no_zstd();
    plain.tls_backend_preconfigured(trusting(roots))
}

/// A configuration for a client that knows others by these authorities.
pub fn trusting(roots: RootCertStore) -> ClientConfig {
    provider();
    ClientConfig::builder()
        .with_root_certificates(roots)
        .with_no_client_auth()
}

/// The certificates in a text of PEM, as authorities; `None` if there is none, or one that cannot be read.
pub fn authorities(pem: &[u8]) -> Option<RootCertStore> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        roots.add(certificate.ok()?).ok()?;
    }
    (!roots.is_empty()).then_some(roots)
}

/// What the configuration says of TLS, opened: the certificate that it names, or one made for trials in the data folder.
/// `None` if connections are to be plain.
///
/// # Errors
/// The certificate or its key cannot be used, in words for the operator.
pub fn open(config: &Config, data: &Path) -> Result<Option<Tls>, Fatal> {
    let files = match named(config) {
        Some(files) => files,
        None if config.tls.self_signed => self_signed::files(data, config.listen.ip())?,
        None => return Ok(None),
    };
    Tls::open(files).map(Some)
}

/// Where the certificate and its key are that this configuration means, made or not; `None` if connections are to be plain.
pub fn files(config: &Config, data: &Path) -> Option<PairFiles> {
    named(config).or_else(|| config.tls.self_signed.then(|| self_signed::at(data)))
}

fn named(config: &Config) -> Option<PairFiles> {
    Some(PairFiles {
        cert: config.tls.cert.clone()?,
        key: config.tls.key.clone()?,
        allow_expired: config.tls.allow_expired,
    })
}

/// Whether this computer knows an authority by the name that stands as the issuer in these facts.
pub fn is_issuer_known(facts: &Facts) -> bool {
    let known = rustls_native_certs::load_native_certs().certs;
    let mut names = known.iter().filter_map(|der| Facts::of(der));
    names.any(|authority| authority.subject_raw == facts.issuer_raw)
}
