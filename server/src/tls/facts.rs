//! What a certificate says of itself, as far as people look at it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use minicom_protocol::gate::Shown;
use sha2::{Digest, Sha256};
use x509_parser::prelude::{FromDer, GeneralName, X509Certificate};

/// Names of a certificate that are told; a certificate may have thousands.
const NAMES_TOLD: usize = 3;

/// What a certificate says. Texts are gated: whoever made the certificate chose them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Facts {
    /// For which hosts it is, or its subject if it names none.
    pub names: String,
    /// Who issued it.
    pub issuer: String,
    /// When it begins to be good, in seconds since 1970.
    pub not_before: i64,
    /// When it ends to be good, in seconds since 1970.
    pub not_after: i64,
    /// Its SHA-256 digest, as `openssl x509 -fingerprint -sha256` writes it.
    pub fingerprint: String,
    /// Its subject, as it is encoded.
    pub(super) subject_raw: Vec<u8>,
    /// Its issuer, as it is encoded.
    pub(super) issuer_raw: Vec<u8>,
}

impl Facts {
    /// Reads a certificate in DER. `None` if it is none.
    pub fn of(der: &[u8]) -> Option<Facts> {
        let (_, certificate) = X509Certificate::from_der(der).ok()?;
        let shown = |text: &str| Shown::line(text).cut(100).as_str().to_owned();
        let alternative = certificate.subject_alternative_name().ok().flatten();
        let general = alternative.map(|it| &it.value.general_names[..]).unwrap_or_default();
        let mut names: Vec<String> = general.iter().filter_map(host).map(|it| shown(&it)).collect();
        if names.len() > NAMES_TOLD {
            let more = names.len() - NAMES_TOLD;
            names.truncate(NAMES_TOLD);
            names.push(format!("and {more} more"));
        }
        if names.is_empty() {
            names.push(shown(&certificate.subject().to_string()));
        }
        Some(Facts {
            names: names.join(", "),
            issuer: shown(&certificate.issuer().to_string()),
            not_before: certificate.validity().not_before.timestamp(),
            not_after: certificate.validity().not_after.timestamp(),
            fingerprint: fingerprint(der),
            subject_raw: certificate.subject().as_raw().to_vec(),
            issuer_raw: certificate.issuer().as_raw().to_vec(),
        })
    }

    /// Whether nobody but itself vouches for it: a root, or one made for trials.
    pub fn is_own_issuer(&self) -> bool {
        self.subject_raw == self.issuer_raw
    }

    /// The last day on which it is good, as `2026-11-21`.
    pub fn last_day(&self) -> String {
        day(self.not_after)
    }

    /// The first day on which it is good, as `2026-11-21`.
    pub fn first_day(&self) -> String {
        day(self.not_before)
    }

    /// How long it is still good; `None` if it is no longer.
    pub fn left(&self, now: SystemTime) -> Option<Duration> {
        let seconds = u64::try_from(self.not_after).ok()?;
        (UNIX_EPOCH + Duration::from_secs(seconds)).duration_since(now).ok()
    }

    /// Whether it is not good yet.
    pub fn is_early(&self, now: SystemTime) -> bool {
        let now = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        u64::try_from(self.not_before).is_ok_and(|begins| now < begins)
    }
}

fn host(name: &GeneralName) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(bytes) => {
            let four = <[u8; 4]>::try_from(*bytes).map(std::net::IpAddr::from);
            let address = four.or_else(|_| <[u8; 16]>::try_from(*bytes).map(std::net::IpAddr::from));
            address.ok().map(|it| it.to_string())
        }
        _ => None,
    }
}

/// The SHA-256 digest of a certificate in DER, as `openssl x509 -fingerprint -sha256` writes it: `AB:CD:...`.
pub fn fingerprint(der: &[u8]) -> String {
    let digest = Sha256::digest(der);
    let parts: Vec<String> = digest.iter().map(|byte| format!("{byte:02X}")).collect();
    parts.join(":")
}

/// A fingerprint as it is written, from any of the forms in which people copy it; `None` if it is none.
pub fn fingerprint_from(text: &str) -> Option<String> {
    let text = text.trim();
    let digits = text
        .strip_prefix("sha256:")
        .unwrap_or(text)
        .replace(':', "")
        .to_uppercase();
    let whole = digits.len() == 64 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let pairs = digits
        .as_bytes()
        .chunks(2)
        .map(|pair| String::from_utf8_lossy(pair).into_owned());
    whole.then(|| pairs.collect::<Vec<_>>().join(":"))
}

fn day(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).map_or_else(
        |_| "a day beyond all calendars".to_owned(),
        |at| at.strftime("%Y-%m-%d").to_string(),
    )
}
