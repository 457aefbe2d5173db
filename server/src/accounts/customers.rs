//! Customers prove a name with the secret of its first use. What a customer may read is decided here too, so that a wrong
//! secret and an unknown name cannot come apart.

use std::net::IpAddr;

use minicom_protocol::{ids::TenantId, people::CustomerRef, refusal::Refusal, text::CustomerName};

use super::Accounts;
use crate::{
    auth::secret::{CustomerSecret, SecretDigest},
    store::people::Customer,
};

impl Accounts {
    /// Signs a customer in by name and secret. A name that nobody used before is theirs from here on.
    ///
    /// # Errors
    /// `wrong_secret` if the secret is malformed or the name is somebody else's; `rate_limited` if the address makes too
    /// many customers; `not_found` for an unknown tenant; else what kept the store from answering.
    pub async fn sign_in_customer(
        &self,
        tenant: &TenantId,
        name: &CustomerName,
        secret: &str,
        peer: IpAddr,
    ) -> Result<CustomerRef, Refusal> {
        let digest = CustomerSecret::parse(secret)
            .map_err(|_| Refusal::WrongSecret)?
            .digest();
        let key = self.desk().tenant(tenant)?;
        let customer = match self.desk().customer(key, name.clone()).await {
            Err(Refusal::NotFound) => {
                self.shared.throttle.new_customer(peer)?;
                self.desk().first_use(key, name.clone(), *digest.as_bytes()).await?
            }
            found => found?,
        };
        // Two who used a fresh name at once are told apart here: one of them made it.
        if proves(&customer, &digest) {
            Ok(customer.customer)
        } else {
            Err(Refusal::WrongSecret)
        }
    }

    /// The customer of this name if the secret proves it. Makes nobody.
    ///
    /// # Errors
    /// `not_found` alike for an unknown name, a wrong secret and a malformed one; else what kept the store from answering.
    pub async fn known_customer(
        &self,
        tenant: &TenantId,
        name: CustomerName,
        secret: &str,
    ) -> Result<CustomerRef, Refusal> {
        let secret = CustomerSecret::parse(secret).map_err(|_| Refusal::NotFound)?;
        let key = self.desk().tenant(tenant)?;
        let customer = self.desk().customer(key, name).await?;
        if proves(&customer, &secret.digest()) {
            Ok(customer.customer)
        } else {
            Err(Refusal::NotFound)
        }
    }
}

/// Whether a secret is this customer's.
pub(super) fn proves(customer: &Customer, digest: &SecretDigest) -> bool {
    SecretDigest::from_bytes(&customer.secret_digest).is_some_and(|stored| stored.matches(digest))
}
