//! TLS: one library with one provider in it, for sockets and for HTTP; by what a server is recognised, and in which words a
//! person is told that it was not. Nothing is trusted because it was seen before: what is trusted was said.

mod mistrust;
mod recognising;
mod trust;

use std::{
    error::Error,
    io,
    sync::{Arc, Once},
};

use rustls::{ClientConfig, RootCertStore, pki_types::ServerName};
use tokio_rustls::TlsConnector;

pub use self::{
    mistrust::{Mistrust, Wrong},
    trust::{BadTrust, Pin, Trust},
};
use crate::{config::Io, server_url::ServerUrl};

/// Makes the provider known to the library. Without it every HTTP client of this program panics when it is built, also one
/// that never meets TLS.
pub fn provider() {
    static MADE: Once = Once::new();
    MADE.call_once(|| {
        // Somebody else in this process was faster: then there is one.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}

/// The beginning of an HTTP client for plain HTTP. It recognises nobody over TLS, and so needs no authorities: a small container
/// has none, and the HTTP library would make no client there.
pub fn http_client() -> reqwest::ClientBuilder {
    provider();
    let nobody = ClientConfig::builder()
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth();
    // What an answer packs is for whoever asked to unpack.
    let plain = reqwest::Client::builder().no_gzip().no_brotli().no_deflate().no_zstd();
    plain.tls_backend_preconfigured(nobody)
}

/// The beginning of an HTTP client for one server: over TLS it is recognised as its address says.
///
/// # Errors
/// What it is recognised by cannot be had.
pub fn http_client_for(server: &ServerUrl) -> Result<reqwest::ClientBuilder, BadTrust> {
    let client = http_client();
    match server.is_tls() {
        true => Ok(client.tls_backend_preconfigured(server.trust().config()?)),
        false => Ok(client),
    }
}

/// Why there is no TLS with a server.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum NoTls {
    /// It is not who it should be: trying again at once cannot help.
    Untrusted(String),
    /// What listens there speaks no TLS; neither can that help.
    Plain,
    /// The network; trying again can help.
    Lost(String),
}

/// Begins TLS on an open way to a server.
///
/// # Errors
/// In words for people.
pub(crate) async fn secure(server: &ServerUrl, stream: Box<dyn Io>) -> Result<Box<dyn Io>, NoTls> {
    let trust = server.trust().clone();
    // The platform's certificates are read from its disk.
    let config = tokio::task::spawn_blocking(move || trust.config()).await;
    let config: ClientConfig = match config {
        Ok(Ok(config)) => config,
        Ok(Err(bad)) => return Err(NoTls::Untrusted(bad.to_string())),
        Err(error) => return Err(NoTls::Lost(error.to_string())),
    };
    let name = ServerName::try_from(server.host().to_owned())
        .map_err(|_| NoTls::Untrusted(format!("no certificate can be for a host with the name of {server}")))?;
    match TlsConnector::from(Arc::new(config)).connect(name, stream).await {
        Ok(stream) => Ok(Box::new(stream)),
        Err(error) if matches!(tls_error(&error), Some(rustls::Error::InvalidMessage(_))) => Err(NoTls::Plain),
        Err(error) => Err(match words_of(server, &error) {
            Some(words) => NoTls::Untrusted(words),
            None => NoTls::Lost(format!("cannot reach {server}: {error}")),
        }),
    }
}

/// What is told of [`NoTls::Plain`]: what was seen, and what to try.
pub(crate) fn plain_words(server: &ServerUrl) -> (String, String) {
    let plain = server.to_string().replacen("https://", "http://", 1);
    (
        format!("what answers at {server} does not speak TLS"),
        format!("If that is meant, write {plain} instead"),
    )
}

/// The words for a server that is not who it should be, or speaks no TLS, if that is somewhere behind this error.
pub(crate) fn words_of(server: &ServerUrl, error: &(dyn Error + 'static)) -> Option<String> {
    of_tls(server, tls_error(error)?)
}

/// What TLS says, if that is somewhere behind this error.
fn tls_error<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a rustls::Error> {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(tls) = error.downcast_ref::<rustls::Error>() {
            return Some(tls);
        }
        // An error of input and output shows what is in it only so.
        if let Some(inner) = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            return tls_error(inner);
        }
        cause = error.source();
    }
    None
}

fn of_tls(server: &ServerUrl, error: &rustls::Error) -> Option<String> {
    use rustls::{CertificateError, Error as Tls};
    let words = match error {
        Tls::InvalidCertificate(CertificateError::Other(other)) => match other.0.downcast_ref::<Mistrust>() {
            Some(mistrust) => mistrust.to_string(),
            None => error.to_string(),
        },
        Tls::InvalidMessage(_) => {
            let (seen, try_this) = plain_words(server);
            return Some(format!("{seen}. {try_this}"));
        }
        Tls::AlertReceived(_) | Tls::PeerIncompatible(_) | Tls::PeerMisbehaved(_) => {
            return Some(format!("{server} and this program find no common TLS: {error}"));
        }
        Tls::InvalidCertificate(_) => error.to_string(),
        _ => return None,
    };
    Some(format!("the certificate of {server} is not accepted: {words}"))
}
