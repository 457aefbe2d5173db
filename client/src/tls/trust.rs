//! By what a server is recognised: the platform's authorities, one's own, or the fingerprint of its certificate.

use std::{
    fmt,
    io::{ErrorKind, Read},
    path::{Path, PathBuf},
    str::FromStr,
    sync::{Arc, OnceLock},
};

use minicom_protocol::gate::Shown;
use rustls::{
    ClientConfig, RootCertStore,
    client::WebPkiServerVerifier,
    pki_types::{CertificateDer, pem::PemObject},
};
use sha2::{Digest, Sha256};

use super::recognising::Recognising;
use crate::limits::CA_FILE_BYTES_MAX;

/// By what a server is recognised. If nothing is said, by the platform's authorities.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Trust {
    /// A file with certificates of authorities in PEM, which are trusted instead of the platform's.
    pub ca: Option<PathBuf>,
    /// The one certificate that the server has. Then neither its name nor its dates count, and authorities only if they
    /// are named too.
    pub pin: Option<Pin>,
}

/// Why something cannot be recognised by this.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BadTrust {
    /// The file of `--ca`.
    #[error("the file of --ca, {file}, {why}")]
    Ca {
        /// The file, gated.
        file: String,
        /// What is wrong with it.
        why: String,
    },
    /// Not a fingerprint.
    #[error(
        "--pin is the SHA-256 fingerprint of the server's certificate, 64 hexadecimal digits with or without colons: the \
         server's log shows it, and so does openssl x509 -noout -fingerprint -sha256 -in FILE"
    )]
    Pin,
    /// A certificate for a connection without TLS.
    #[error("--pin names a certificate, and {server} has none: write https:// instead of http://")]
    Plain {
        /// The server.
        server: String,
    },
    /// The platform knows no authority.
    #[error(
        "no certificates of authorities are installed on this computer, so no server can be recognised. Install them \
         (ca-certificates), or use --ca or --pin"
    )]
    NoRoots,
    /// The library's own words.
    #[error("TLS cannot be used: {0}")]
    Library(String),
}

impl Trust {
    /// Looks whether it can be used, before anything is connected.
    ///
    /// # Errors
    /// The file of authorities cannot be used.
    pub fn check(&self) -> Result<(), BadTrust> {
        self.ca.as_deref().map_or(Ok(()), |file| authorities(file).map(drop))
    }

    /// For handshakes. Blocking: it reads files.
    pub(crate) fn config(&self) -> Result<ClientConfig, BadTrust> {
        let library = |error: &dyn fmt::Display| BadTrust::Library(error.to_string());
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let roots = match (&self.ca, self.pin) {
            (Some(file), _) => Some(authorities(file)?),
            (None, Some(_)) => None,
            (None, None) => Some(of_platform()?),
        };
        let authorities =
            roots.map(|roots| WebPkiServerVerifier::builder_with_provider(roots, provider.clone()).build());
        let authorities = authorities.transpose().map_err(|error| library(&error))?;
        let verifier = Recognising::new(authorities, self.pin, provider.clone());
        let config = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
            .map_err(|error| library(&error))?;
        let mut config = config
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(config)
    }
}

/// The platform's authorities, read once.
fn of_platform() -> Result<Arc<RootCertStore>, BadTrust> {
    static ROOTS: OnceLock<Arc<RootCertStore>> = OnceLock::new();
    let roots = ROOTS.get_or_init(|| {
        let mut roots = RootCertStore::empty();
        // A platform has odd ones among many good ones.
        let _ = roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        Arc::new(roots)
    });
    match roots.is_empty() {
        true => Err(BadTrust::NoRoots),
        false => Ok(roots.clone()),
    }
}

fn authorities(file: &Path) -> Result<Arc<RootCertStore>, BadTrust> {
    let bad = |why: &str| BadTrust::Ca {
        file: Shown::line(&file.display().to_string()).as_str().to_owned(),
        why: why.to_owned(),
    };
    let mut text = Vec::new();
    let opened = std::fs::File::open(file);
    let read = opened.and_then(|opened| opened.take(CA_FILE_BYTES_MAX).read_to_end(&mut text));
    read.map_err(|error| {
        bad(match error.kind() {
            ErrorKind::NotFound => "does not exist",
            ErrorKind::PermissionDenied => "may not be read",
            _ => "cannot be read",
        })
    })?;
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&text) {
        let added = certificate.ok().and_then(|certificate| roots.add(certificate).ok());
        added.ok_or_else(|| bad("has a block that is no certificate"))?;
    }
    match roots.is_empty() {
        true => Err(bad("has no certificate in PEM in it")),
        false => Ok(Arc::new(roots)),
    }
}

/// The SHA-256 fingerprint of a certificate.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Pin([u8; 32]);

impl Pin {
    /// Of a certificate in DER.
    pub fn of(der: &[u8]) -> Pin {
        Pin(Sha256::digest(der).into())
    }
}

impl FromStr for Pin {
    type Err = BadTrust;

    fn from_str(text: &str) -> Result<Pin, BadTrust> {
        let text = text.trim();
        let text = text.strip_prefix("sha256:").unwrap_or(text);
        let digits: Option<Vec<u8>> = text
            .chars()
            .filter(|c| *c != ':')
            .map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
            .collect();
        let digits = digits.filter(|digits| digits.len() == 64).ok_or(BadTrust::Pin)?;
        let bytes: Vec<u8> = digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect();
        bytes.try_into().map(Pin).map_err(|_| BadTrust::Pin)
    }
}

/// As `openssl x509 -fingerprint -sha256` writes it.
impl fmt::Display for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts: Vec<String> = self.0.iter().map(|byte| format!("{byte:02X}")).collect();
        f.write_str(&parts.join(":"))
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pin({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_read_as_it_is_written() {
        let pin = Pin::of(b"a certificate");
        let shown = pin.to_string();
        assert_eq!(shown.len(), 95);
        for form in [
            shown.clone(),
            shown.to_lowercase(),
            shown.replace(':', ""),
            format!("sha256:{shown} "),
        ] {
            assert_eq!(form.parse(), Ok(pin), "{form}");
        }
        for wrong in [
            "",
            "AB",
            &shown[3..],
            &shown.replace('0', "x").replace('A', "y"),
            &format!("{shown}:00"),
        ] {
            assert_eq!(wrong.parse::<Pin>(), Err(BadTrust::Pin), "{wrong}");
        }
    }

    #[test]
    fn a_file_that_is_none_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ca.pem");
        let trust = Trust {
            ca: Some(file.clone()),
            pin: None,
        };
        let words = |trust: &Trust| trust.check().unwrap_err().to_string();
        assert!(words(&trust).contains("does not exist"), "{}", words(&trust));
        std::fs::write(&file, "nothing").unwrap();
        assert!(words(&trust).contains("no certificate in PEM"), "{}", words(&trust));
    }
}
