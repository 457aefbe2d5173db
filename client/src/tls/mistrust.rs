//! Why a certificate is not accepted, in words that say what it is, what is wrong with it, and what can be done.

use std::fmt;

use minicom_protocol::gate::Shown;
use x509_parser::prelude::{FromDer, GeneralName, X509Certificate};

use super::trust::Pin;

/// Names of a certificate that are told; it may have thousands.
const NAMES_TOLD: usize = 3;

/// What is wrong with a certificate.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Wrong {
    /// It is not good any more.
    Expired,
    /// It is not good yet.
    Early,
    /// It is for other hosts.
    Name,
    /// Who issued it is not known.
    Unknown,
    /// It is another one than the one that was named.
    Pin {
        /// The one that was named.
        expected: Pin,
    },
    /// Something rare, in the library's words.
    Other(String),
}

/// A certificate that is not accepted. Its texts are gated: a stranger chose them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mistrust {
    /// What is wrong with it.
    pub wrong: Wrong,
    /// Its fingerprint.
    pub fingerprint: Pin,
    host: String,
    names: String,
    issuer: String,
    days: Option<(String, String)>,
    self_signed: bool,
}

impl Mistrust {
    /// Of a certificate in DER, met at this host.
    pub fn new(wrong: Wrong, der: &[u8], host: &str) -> Mistrust {
        let shown = |text: &str| Shown::line(text).cut(80).as_str().to_owned();
        let mut it = Mistrust {
            wrong,
            fingerprint: Pin::of(der),
            host: shown(host),
            names: "nobody".to_owned(),
            issuer: "nobody".to_owned(),
            days: None,
            self_signed: false,
        };
        if let Ok((_, certificate)) = X509Certificate::from_der(der) {
            let validity = certificate.validity();
            it.names = names(&certificate);
            it.issuer = shown(&certificate.issuer().to_string());
            it.days = Some((
                validity.not_before.to_datetime().date().to_string(),
                validity.not_after.to_datetime().date().to_string(),
            ));
            it.self_signed = certificate.issuer().as_raw() == certificate.subject().as_raw();
        }
        it
    }
}

fn names(certificate: &X509Certificate) -> String {
    let shown = |text: &str| Shown::line(text).cut(80).as_str().to_owned();
    let alternative = certificate.subject_alternative_name().ok().flatten();
    let general = alternative.map(|it| &it.value.general_names[..]).unwrap_or_default();
    let mut names: Vec<String> = general
        .iter()
        .filter_map(|name| match name {
            GeneralName::DNSName(name) => Some(shown(name)),
            GeneralName::IPAddress(bytes) => {
                let four = <[u8; 4]>::try_from(*bytes).map(std::net::IpAddr::from);
                let address = four.or_else(|_| <[u8; 16]>::try_from(*bytes).map(std::net::IpAddr::from));
                address.ok().map(|it| it.to_string())
            }
            _ => None,
        })
        .collect();
    if names.len() > NAMES_TOLD {
        let more = names.len() - NAMES_TOLD;
        names.truncate(NAMES_TOLD);
        names.push(format!("{more} more"));
    }
    match names.is_empty() {
        true => shown(&certificate.subject().to_string()),
        false => names.join(", "),
    }
}

impl fmt::Display for Mistrust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, last) = match &self.days {
            Some((first, last)) => (first.as_str(), last.as_str()),
            None => ("?", "?"),
        };
        match &self.wrong {
            Wrong::Expired => write!(f, "it expired on {last}")?,
            Wrong::Early => write!(f, "it is not good before {first}; look at this computer's clock")?,
            Wrong::Name => write!(f, "it is for {}, not for {}", self.names, self.host)?,
            Wrong::Unknown if self.self_signed => f.write_str("it is signed by itself, nobody vouches for it")?,
            Wrong::Unknown => write!(f, "it was issued by {}, whom this computer does not know", self.issuer)?,
            Wrong::Pin { expected } => write!(
                f,
                "its fingerprint is {} and not {expected}, which --pin names",
                self.fingerprint
            )?,
            Wrong::Other(words) => f.write_str(Shown::line(words).cut(120).as_str())?,
        }
        write!(
            f,
            " (certificate for {}, issued by {}, good from {first} to {last}). ",
            self.names, self.issuer
        )?;
        f.write_str(match &self.wrong {
            Wrong::Expired | Wrong::Early | Wrong::Other(_) => "Tell whoever runs the server",
            Wrong::Name => "Use the name that it is for, if that is the same server",
            Wrong::Unknown if self.self_signed => {
                "If that is meant, take its fingerprint from the server's log and give it with --pin"
            }
            Wrong::Unknown => "If that is meant, give the authority's certificate with --ca FILE",
            Wrong::Pin { .. } => {
                "Ask whoever runs the server whether it was renewed: then give its new fingerprint with --pin (agents once, with \
                 minicom-agent login --pin FINGERPRINT). If it was not, somebody is in between"
            }
        })
    }
}

impl std::error::Error for Mistrust {}
