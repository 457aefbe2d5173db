//! Customers who gave no name: the server gives them one, and the secret with it. They come back by the id of a conversation and
//! that secret (see `customers`).

use std::net::IpAddr;

use minicom_protocol::{
    ids::{CustomerId, TenantId},
    people::{CustomerRef, Realm},
    refusal::Refusal,
    settings::SignedIdentity,
    text::CustomerName,
};
use rand::{TryRng, rngs::SysRng};

use super::Accounts;
use crate::{
    auth::secret::CustomerSecret,
    store::people::{self, Customer},
};

/// Letters of a given name: none that look alike.
const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz023456789";
/// How many of them: 40 bits, so that two hardly ever meet.
const NAME_LETTERS: usize = 8;

impl Accounts {
    /// Makes a customer without a name of their own, and the secret that proves it, for the one answer that tells it. What is
    /// asked for with the digest of a key is the same customer again when it is asked for again.
    ///
    /// # Errors
    /// `identity` where the tenant's site has to vouch, `blocked`, `rate_limited` if the address makes too many customers; `not_found` for an unknown tenant; else what kept it from being
    /// written.
    pub async fn anonymous_customer(
        &self,
        tenant: &TenantId,
        peer: IpAddr,
        once: Option<[u8; 32]>,
    ) -> Result<(CustomerRef, CustomerSecret), Refusal> {
        let key = self.desk().tenant(tenant)?;
        if self.door(key, peer).await?.signed_identity == SignedIdentity::Enforce {
            return Err(Refusal::Identity);
        }
        // Made from the key with a secret of this server: a repeat needs no stored secret to be told it again.
        let derived = once.map(|once| {
            let of = |what: &[u8]| self.shared.sealing.derive(&[what, tenant.as_str().as_bytes(), &once]);
            (
                CustomerSecret::from_bytes(of(b"anonymous secret")),
                of(b"anonymous name"),
            )
        });
        if let Some((secret, seed)) = &derived {
            let (name, digest) = (name_of(&seed[..NAME_LETTERS])?, secret.digest());
            let known = self
                .desk()
                .read(move |conn| people::customer_by_name(conn, key, Realm::Anonymous, &name));
            if let Some(known) = known.await?
                && self.proves(key, known.customer.id, &digest).await?
            {
                return Ok((known.customer, secret.clone()));
            }
        }
        self.shared.throttle.new_customer(peer)?;
        let (secret, mut seed) = match derived {
            Some((secret, seed)) => (secret, Some(seed)),
            None => (CustomerSecret::generate().map_err(|_| Refusal::Internal)?, None),
        };
        loop {
            let name = match seed.take() {
                Some(seed) => name_of(&seed[..NAME_LETTERS])?,
                None => given_name()?,
            };
            let new = Customer {
                customer: CustomerRef {
                    id: CustomerId(uuid::Uuid::new_v4()),
                    name,
                    realm: Realm::Anonymous,
                },
                secret_digest: Some(*secret.digest().as_bytes()),
            };
            // A name that is taken already is drawn again.
            if self.desk().new_customer(key, new.clone()).await? {
                return Ok((new.customer, secret));
            }
        }
    }
}

/// A name such as `guest-7xk2m9qd`.
fn given_name() -> Result<CustomerName, Refusal> {
    let mut bytes = [0; NAME_LETTERS];
    SysRng.try_fill_bytes(&mut bytes).map_err(|_| Refusal::Internal)?;
    name_of(&bytes)
}

fn name_of(bytes: &[u8]) -> Result<CustomerName, Refusal> {
    let letters: String = bytes
        .iter()
        .map(|byte| char::from(LETTERS[usize::from(byte % 32)]))
        .collect();
    CustomerName::parse(format!("guest-{letters}")).map_err(Refusal::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_given_name_is_a_name_and_no_two_are_alike() {
        let names: std::collections::HashSet<String> = (0..100).map(|_| given_name().unwrap().to_string()).collect();
        assert_eq!(names.len(), 100);
        assert!(names.iter().all(|name| name.starts_with("guest-") && name.len() == 14));
    }
}
