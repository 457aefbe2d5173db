//! What a tenant's site says of its customers, signed by the site: who it is, until when, and what else the desk may know. Two
//! forms are read: a JWT (RFC 7519) with HS256 and nothing else, and a plain one, `v1.<payload>.<mac>`. It is written here
//! because a library that also reads other algorithms can be talked into them. It knows no database and no clock.

use std::{collections::BTreeMap, fmt};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use minicom_protocol::{
    command::ATTRIBUTE_CHARS_MAX,
    context::Vouched,
    ids::TenantId,
    settings::DeskSettings,
    text::CustomerName,
    words::{Email, SubjectLine},
};
use serde::Deserialize;
use serde_json::{Map, Number, Value, json};
use sha2::Sha256;

use crate::limits::{IDENTITY_BYTES_MAX, IDENTITY_LEEWAY_S};

/// A key that a tenant's site signs with. Its secret is the bytes of the text that the admin was shown. It is never printed.
#[derive(Clone)]
pub struct IdentityKey {
    /// By which a token names it (`kid`).
    pub id: String,
    /// The secret.
    pub secret: Vec<u8>,
}

impl fmt::Debug for IdentityKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IdentityKey({}, hidden)", self.id)
    }
}

/// What the site says.
#[derive(Clone, PartialEq, Debug)]
pub struct Claims {
    /// Who the customer is to the site.
    pub customer: CustomerName,
    /// When it was said, in seconds since 1970.
    pub issued_s: i64,
    /// Until when it is good.
    pub expires_s: i64,
    /// What else it says.
    pub vouched: Vouched,
}

/// A token that proves nothing. Why is never told to who sent it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the token is not the site's word: {0}")]
pub struct NotVouched(pub &'static str);

#[derive(Deserialize)]
struct Header {
    alg: String,
    #[serde(default)]
    typ: Option<String>,
    #[serde(default)]
    kid: Option<String>,
    /// Extensions that must be understood: none is.
    #[serde(default)]
    crit: Option<Value>,
}

#[derive(Deserialize)]
struct Payload {
    #[serde(default)]
    kid: Option<String>,
    #[serde(default)]
    tenant: Option<String>,
    #[serde(default)]
    aud: Option<OneOrMany>,
    sub: String,
    iat: Number,
    exp: Number,
    #[serde(default)]
    nbf: Option<Number>,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    email: Option<String>,
    #[serde(default)]
    attributes: Map<String, Value>,
    #[serde(flatten)]
    more: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

/// Names that RFC 7519 registers and that are no attributes of a customer.
const REGISTERED: [&str; 2] = ["iss", "jti"];

/// What a token says, if one of these keys signed it for this tenant and it is good at this time.
///
/// # Errors
/// It proves nothing.
pub fn verify(token: &str, tenant: &TenantId, keys: &[IdentityKey], now_s: i64) -> Result<Claims, NotVouched> {
    if token.is_empty() || token.len() > IDENTITY_BYTES_MAX {
        return Err(NotVouched("its length"));
    }
    let parts: Vec<&str> = token.split('.').collect();
    let [first, payload, mac] = parts[..] else {
        return Err(NotVouched("it has not three parts"));
    };
    let mac = URL_SAFE_NO_PAD.decode(mac).map_err(|_| NotVouched("its signature"))?;
    let said: Payload = read(payload)?;
    let kid = match first {
        "v1" => said.kid.clone(),
        header => {
            let header: Header = read(header)?;
            let is_jwt = header.typ.is_none_or(|typ| typ.eq_ignore_ascii_case("JWT"));
            if header.alg != "HS256" || !is_jwt || header.crit.is_some() {
                return Err(NotVouched("its header"));
            }
            header.kid
        }
    };
    let signed = &token[..first.len() + 1 + payload.len()];
    let mut candidates = keys.iter().filter(|key| kid.as_ref().is_none_or(|kid| *kid == key.id));
    if !candidates.any(|key| is_signed(key, signed, &mac)) {
        return Err(NotVouched("its key or signature"));
    }
    said.claims(tenant, now_s)
}

/// Signs what a site would say, in the plain form.
pub fn sign(key: &IdentityKey, tenant: &TenantId, claims: &Claims) -> String {
    let mut payload = json!({
        "kid": key.id,
        "tenant": tenant,
        "sub": claims.customer,
        "iat": claims.issued_s,
        "exp": claims.expires_s,
    });
    if let Some(name) = &claims.vouched.name {
        payload["name"] = json!(name);
    }
    if let Some(email) = &claims.vouched.email {
        payload["email"] = json!(email);
    }
    if !claims.vouched.attributes.is_empty() {
        payload["attributes"] = json!(claims.vouched.attributes);
    }
    let signed = format!("v1.{}", URL_SAFE_NO_PAD.encode(payload.to_string()));
    let mac = mac(key, &signed).finalize().into_bytes();
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mac))
}

fn read<T: for<'de> Deserialize<'de>>(part: &str) -> Result<T, NotVouched> {
    let bytes = URL_SAFE_NO_PAD.decode(part).map_err(|_| NotVouched("its form"))?;
    serde_json::from_slice(&bytes).map_err(|_| NotVouched("its fields"))
}

fn mac(key: &IdentityKey, signed: &str) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(&key.secret).expect("HMAC takes a key of any length");
    mac.update(signed.as_bytes());
    mac
}

/// In a time that does not tell where a wrong signature differs.
fn is_signed(key: &IdentityKey, signed: &str, tag: &[u8]) -> bool {
    mac(key, signed).verify_slice(tag).is_ok()
}

impl Payload {
    fn claims(self, tenant: &TenantId, now_s: i64) -> Result<Claims, NotVouched> {
        let names_us = |text: &str| text == tenant.as_str();
        let aud = self.aud.as_ref().map(|aud| match aud {
            OneOrMany::One(one) => names_us(one),
            OneOrMany::Many(many) => many.iter().any(|one| names_us(one)),
        });
        let named = self.tenant.as_deref().map(names_us);
        // One of the two must name the tenant, and neither may name another.
        if ![aud, named].contains(&Some(true)) || [aud, named].contains(&Some(false)) {
            return Err(NotVouched("it is for another tenant"));
        }
        let (issued_s, expires_s) = (seconds(&self.iat)?, seconds(&self.exp)?);
        let from = match &self.nbf {
            Some(nbf) => seconds(nbf)?.max(issued_s),
            None => issued_s,
        };
        let soon = now_s.saturating_add(IDENTITY_LEEWAY_S);
        let just = now_s.saturating_sub(IDENTITY_LEEWAY_S);
        if expires_s <= issued_s || expires_s <= just || from > soon {
            return Err(NotVouched("its time"));
        }
        Ok(Claims {
            customer: CustomerName::parse(&self.sub).map_err(|_| NotVouched("its subject can be no name here"))?,
            issued_s,
            expires_s,
            vouched: self.vouched(),
        })
    }

    /// What can be shown of the rest. What cannot is left out: a customer is not turned away for an odd attribute.
    fn vouched(self) -> Vouched {
        let more = self
            .more
            .into_iter()
            .filter(|(key, _)| !REGISTERED.contains(&key.as_str()));
        let attributes: BTreeMap<String, String> = self
            .attributes
            .into_iter()
            .chain(more)
            .filter_map(|(key, value)| Some((shown(key, 32)?, shown(written(value)?, ATTRIBUTE_CHARS_MAX)?)))
            .take(DeskSettings::ATTRIBUTES_MAX)
            .collect();
        Vouched {
            name: self.name.and_then(|name| SubjectLine::parse(name).ok()),
            email: self.email.and_then(|email| Email::parse(&email).ok()),
            attributes,
        }
    }
}

fn seconds(number: &Number) -> Result<i64, NotVouched> {
    let whole = || number.as_f64().filter(|it| it.abs() < 1e15).map(|it| it as i64);
    number.as_i64().or_else(whole).ok_or(NotVouched("its time"))
}

fn written(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(yes) => Some(if yes { "yes" } else { "no" }.to_owned()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// One line of text within its bound.
fn shown(text: String, most: usize) -> Option<String> {
    let fits = !text.trim().is_empty() && text.chars().count() <= most && !text.chars().any(char::is_control);
    fits.then_some(text)
}

#[cfg(test)]
#[path = "identity_tests.rs"]
mod tests;
