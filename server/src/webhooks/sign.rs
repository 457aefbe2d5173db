//! Signatures as in Standard Webhooks (symmetric): `v1,` and HMAC-SHA-256 over id, timestamp and body, in base64. The secret is
//! told once, as `whsec_` and base64, and stored sealed.

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use rand::{TryRng, rngs::SysRng};
use sha2::Sha256;

use crate::auth::token::NoRandomness;

/// Before a secret, so that a leaked one is found by scanners and a person sees what it is.
pub const PREFIX: &str = "whsec_";

/// A webhook's secret: 256 bits. It is never printed.
pub struct Secret(Vec<u8>);

impl Secret {
    /// A new one.
    ///
    /// # Errors
    /// The operating system has no randomness to give.
    pub fn generate() -> Result<Secret, NoRandomness> {
        let mut bytes = [0; 32];
        SysRng.try_fill_bytes(&mut bytes).map_err(|_| NoRandomness)?;
        Ok(Secret(bytes.to_vec()))
    }

    /// One that was sealed.
    pub fn from_bytes(bytes: Vec<u8>) -> Secret {
        Secret(bytes)
    }

    /// For sealing.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// As it is told, once.
    pub fn reveal(&self) -> String {
        format!("{PREFIX}{}", STANDARD.encode(&self.0))
    }

    /// One signature of the header `webhook-signature`.
    pub fn signature(&self, id: &str, timestamp: i64, body: &[u8]) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        mac.update(format!("{id}.{timestamp}.").as_bytes());
        mac.update(body);
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    }
}

/// The header `webhook-signature`: one for each secret, so that a receiver that knows one of them is satisfied.
pub fn signatures(secrets: &[Secret], id: &str, timestamp: i64, body: &[u8]) -> String {
    let all: Vec<String> = secrets.iter().map(|it| it.signature(id, timestamp, body)).collect();
    all.join(" ")
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification of Standard Webhooks.
    #[test]
    fn a_signature_is_that_of_the_specification() {
        let key = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signature = Secret::from_bytes(key).signature(
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            br#"{"test": 2432232314}"#,
        );
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_secret_is_told_as_it_should_be_and_not_printed() {
        let secret = Secret::generate().unwrap();
        let told = secret.reveal();
        let bytes = STANDARD.decode(told.strip_prefix("whsec_").unwrap()).unwrap();
        assert_eq!((bytes.len(), bytes.as_slice()), (32, secret.as_bytes()));
        assert_eq!(format!("{secret:?}"), "Secret(hidden)");
    }
}
