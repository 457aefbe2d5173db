//! Looks at a server's certificate, and keeps what was wrong with it for the words.

use std::sync::Arc;

use rustls::{
    CertificateError, DigitallySignedStruct, Error, OtherError, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime},
};

use super::{
    mistrust::{Mistrust, Wrong},
    trust::Pin,
};

#[derive(Debug)]
pub struct Recognising {
    authorities: Option<Arc<WebPkiServerVerifier>>,
    pin: Option<Pin>,
    provider: Arc<CryptoProvider>,
}

impl Recognising {
    /// Both must agree if both are there. One of them is there.
    pub fn new(
        authorities: Option<Arc<WebPkiServerVerifier>>,
        pin: Option<Pin>,
        provider: Arc<CryptoProvider>,
    ) -> Recognising {
        Recognising {
            authorities,
            pin,
            provider,
        }
    }
}

impl ServerCertVerifier for Recognising {
    fn verify_server_cert(
        &self,
        own: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let wrong = match (self.pin, &self.authorities) {
            (Some(expected), _) if Pin::of(own) != expected => Wrong::Pin { expected },
            (Some(_), None) => return Ok(ServerCertVerified::assertion()),
            (_, Some(authorities)) => match authorities.verify_server_cert(own, others, name, ocsp, now) {
                Ok(verified) => return Ok(verified),
                Err(error) => wrong(&error),
            },
            (None, None) => Wrong::Unknown,
        };
        let mistrust = Mistrust::new(wrong, own, name.to_str().as_ref());
        Err(CertificateError::Other(OtherError(Arc::new(mistrust))).into())
    }

    // That the server has the certificate's key is proven in any case.
    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, signed, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, signed, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

fn wrong(error: &Error) -> Wrong {
    let Error::InvalidCertificate(error) = error else {
        return Wrong::Other(error.to_string());
    };
    match error {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => Wrong::Expired,
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => Wrong::Early,
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => Wrong::Name,
        CertificateError::UnknownIssuer => Wrong::Unknown,
        // Authorities do not vouch for themselves: such a certificate is one that somebody made alone.
        CertificateError::Other(other) if other.to_string().contains("CaUsedAsEndEntity") => Wrong::Unknown,
        other => Wrong::Other(other.to_string()),
    }
}
