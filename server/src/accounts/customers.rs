//! Customers prove a name with the secret of its first use, with that of another device, or with what the tenant's site signed.
//! Who is kept out is decided here too, so that a wrong secret and an unknown name cannot come apart.

use std::net::IpAddr;

use minicom_protocol::{
    event::{CustomerChanged, EventBody, Subject},
    frame::Hello,
    ids::{ConversationId, CustomerId, TenantId},
    people::{CustomerRef, Realm},
    refusal::Refusal,
    settings::{DeskSettings, SignedIdentity},
    text::CustomerName,
};
use rusqlite::Connection;
use sha2::{Digest, Sha256};

use super::Accounts;
use crate::{
    auth::{
        identity::Claims,
        secret::{CustomerSecret, SecretDigest},
    },
    clock,
    store::{
        self, TenantKey, admission, devices,
        people::{self, Customer},
        profiles, settings,
    },
};

/// With what a customer proves a name.
#[derive(Clone, Copy, Default)]
pub struct CustomerProof<'a> {
    /// The secret that the device made.
    pub secret: &'a str,
    /// What the tenant's site signed; it counts instead of the secret.
    pub identity: Option<&'a str>,
    /// A code from another device of the customer, with which this one's secret becomes good.
    pub link_code: Option<&'a str>,
}

impl<'a> CustomerProof<'a> {
    /// A secret alone.
    pub fn secret(secret: &'a str) -> CustomerProof<'a> {
        CustomerProof {
            secret,
            ..CustomerProof::default()
        }
    }
}

impl<'a> From<&'a Hello> for CustomerProof<'a> {
    fn from(hello: &'a Hello) -> Self {
        CustomerProof {
            secret: hello.secret.as_deref().unwrap_or_default(),
            identity: hello.identity.as_deref(),
            link_code: hello.link_code.as_deref(),
        }
    }
}

/// A customer who is signed in.
#[derive(Clone, Debug)]
pub struct KnownCustomer {
    /// Who.
    pub customer: CustomerRef,
    /// By which device's secret; [`None`] if the tenant's site vouched.
    pub device: Option<[u8; 32]>,
    /// What is still to be agreed to before anything is written; empty: nothing.
    pub consent: String,
    /// What the tenant has chosen.
    pub settings: DeskSettings,
}

impl Accounts {
    /// Signs a customer in by name and proof. A name that nobody used before is theirs from here on.
    ///
    /// # Errors
    /// `wrong_secret` if the secret is malformed or the name is somebody else's; `identity` if the tenant's site has to vouch
    /// or is said to, and does not; `blocked`; `rate_limited` if the address makes too many customers or tries too many codes;
    /// `not_found` for an unknown tenant; else what kept the store from answering.
    pub async fn sign_in_customer(
        &self,
        tenant: &TenantId,
        name: &CustomerName,
        proof: CustomerProof<'_>,
        peer: IpAddr,
    ) -> Result<KnownCustomer, Refusal> {
        let key = self.desk().tenant(tenant)?;
        let settings = self.door(key, peer).await?;
        let mode = settings.signed_identity;
        let (customer, device) = match proof.identity {
            Some(token) => {
                let claims = self.identity(key, tenant, mode, name, token).await?;
                (self.vouched(key, claims).await?, None)
            }
            None if mode == SignedIdentity::Enforce => return Err(Refusal::Identity),
            None => {
                let (customer, digest) = self.by_secret(key, name, proof, peer).await?;
                (customer, Some(digest))
            }
        };
        self.let_in(key, customer, device, settings).await
    }

    /// The customer of this name if the secret proves it. Makes nobody.
    ///
    /// # Errors
    /// `not_found` alike for an unknown name, a wrong secret and a malformed one; `blocked`, `identity` for a customer who may
    /// not come in; else what kept the store from answering.
    pub async fn known_customer(
        &self,
        tenant: &TenantId,
        name: CustomerName,
        secret: &str,
    ) -> Result<CustomerRef, Refusal> {
        let digest = CustomerSecret::parse(secret).map_err(|_| Refusal::NotFound)?.digest();
        let key = self.desk().tenant(tenant)?;
        let customer = self.desk().customer(key, name).await?.customer;
        if !self.proves(key, customer.id, &digest).await? {
            return Err(Refusal::NotFound);
        }
        let settings = self.desk().read(move |conn| settings::load(conn, key)).await?;
        if settings.signed_identity == SignedIdentity::Enforce {
            return Err(Refusal::Identity);
        }
        Ok(self.let_in(key, customer, None, settings).await?.customer)
    }

    /// Whether a customer who has come in is still welcome: looked at again when the connection is known to those who close
    /// it, for a block or a revocation in between closed only the connections that were there.
    ///
    /// # Errors
    /// `blocked`, `wrong_secret`; else what kept the store from answering.
    pub async fn still_welcome(&self, key: TenantKey, known: &KnownCustomer, peer: IpAddr) -> Result<(), Refusal> {
        let (id, device) = (known.customer.id, known.device);
        let (kept_out, proven) = self
            .desk()
            .read(move |conn| {
                let now = clock::now();
                let kept_out =
                    admission::of(conn, key, id, now)?.blocked || admission::keeps_out(conn, key, peer, now)?;
                let known = devices::of(conn, key, id)?;
                Ok((
                    kept_out,
                    device.is_none_or(|it| known.iter().any(|known| known.digest == it)),
                ))
            })
            .await?;
        match (kept_out, proven) {
            (true, _) => Err(Refusal::Blocked),
            (false, false) => Err(Refusal::WrongSecret),
            (false, true) => Ok(()),
        }
    }

    /// The customer of a conversation if the proof is good. Makes nobody. Without `peer` no network is kept out.
    ///
    /// # Errors
    /// `not_found` alike for an unknown tenant or conversation, a wrong secret and a malformed one; `identity`, `blocked`; else
    /// what kept the store from answering.
    pub async fn customer_of_session(
        &self,
        tenant: &TenantId,
        session: ConversationId,
        proof: CustomerProof<'_>,
        peer: Option<IpAddr>,
    ) -> Result<KnownCustomer, Refusal> {
        let key = self.desk().tenant(tenant)?;
        let settings = match peer {
            Some(peer) => self.door(key, peer).await?,
            None => self.desk().read(move |conn| settings::load(conn, key)).await?,
        };
        let customer = self.desk().customer_of(key, session).await?.customer;
        self.proven(tenant, key, customer, proof, settings).await
    }

    /// This customer, by id, if the proof is good. Makes nobody.
    ///
    /// # Errors
    /// See [`Accounts::customer_of_session`].
    pub async fn customer_by_id(
        &self,
        tenant: &TenantId,
        id: CustomerId,
        proof: CustomerProof<'_>,
        peer: IpAddr,
    ) -> Result<KnownCustomer, Refusal> {
        let key = self.desk().tenant(tenant)?;
        let settings = self.door(key, peer).await?;
        let found = self.desk().read(move |conn| people::customer_by_id(conn, key, id));
        let customer = found.await?.ok_or(Refusal::NotFound)?;
        self.proven(tenant, key, customer, proof, settings).await
    }

    async fn proven(
        &self,
        tenant: &TenantId,
        key: TenantKey,
        customer: CustomerRef,
        proof: CustomerProof<'_>,
        settings: DeskSettings,
    ) -> Result<KnownCustomer, Refusal> {
        let mode = settings.signed_identity;
        if let Some(token) = proof.identity {
            let claims = self.identity(key, tenant, mode, &customer.name, token).await?;
            // The conversation of a customer of the same name whom nobody vouches for is not the signed one's.
            if customer.realm != Realm::Signed {
                return Err(Refusal::NotFound);
            }
            let customer = self.vouched(key, claims).await?;
            return self.let_in(key, customer, None, settings).await;
        }
        let digest = CustomerSecret::parse(proof.secret)
            .map_err(|_| Refusal::NotFound)?
            .digest();
        if !self.proves(key, customer.id, &digest).await? {
            return Err(Refusal::NotFound);
        }
        if mode == SignedIdentity::Enforce {
            return Err(Refusal::Identity);
        }
        self.let_in(key, customer, Some(*digest.as_bytes()), settings).await
    }

    /// What the tenant has chosen, for whoever comes from where nobody is kept out.
    pub(super) async fn door(&self, key: TenantKey, peer: IpAddr) -> Result<DeskSettings, Refusal> {
        let read = move |conn: &Connection| {
            let kept_out = admission::keeps_out(conn, key, peer, clock::now())?;
            Ok((kept_out, settings::load(conn, key)?))
        };
        match self.desk().read(read).await? {
            (true, _) => Err(Refusal::Blocked),
            (false, settings) => Ok(settings),
        }
    }

    /// The customer of this name by a secret, which is made good by the first use or by a code.
    async fn by_secret(
        &self,
        key: TenantKey,
        name: &CustomerName,
        proof: CustomerProof<'_>,
        peer: IpAddr,
    ) -> Result<(CustomerRef, [u8; 32]), Refusal> {
        let digest = CustomerSecret::parse(proof.secret)
            .map_err(|_| Refusal::WrongSecret)?
            .digest();
        let customer = match self.desk().customer(key, name.clone()).await {
            // A code is for a name that is there: a mistyped name is not made by it.
            Err(Refusal::NotFound) if proof.link_code.is_some() => {
                self.shared.throttle.link_code(peer)?;
                return Err(Refusal::WrongSecret);
            }
            Err(Refusal::NotFound) => {
                self.shared.throttle.new_customer(peer)?;
                self.desk().first_use(key, name.clone(), *digest.as_bytes()).await?
            }
            found => found?,
        };
        let customer = customer.customer;
        // Two who used a fresh name at once are told apart here: one of them made it.
        if !self.proves(key, customer.id, &digest).await? {
            let code = proof.link_code.ok_or(Refusal::WrongSecret)?;
            self.redeem(key, customer.id, code, &digest, peer).await?;
        }
        Ok((customer, *digest.as_bytes()))
    }

    pub(super) async fn proves(
        &self,
        key: TenantKey,
        customer: CustomerId,
        digest: &SecretDigest,
    ) -> Result<bool, Refusal> {
        let known = self.desk().read(move |conn| devices::of(conn, key, customer)).await?;
        // All are compared, so that the time does not tell which one it was.
        Ok(known.iter().fold(false, |proven, device| {
            let stored = SecretDigest::from_bytes(&device.digest);
            proven | stored.is_some_and(|stored| stored.matches(digest))
        }))
    }

    /// The customer whom the site vouches for, made at the first time, with what it says now.
    async fn vouched(&self, key: TenantKey, claims: Claims) -> Result<CustomerRef, Refusal> {
        let (name, vouched) = (claims.customer.clone(), claims.vouched.clone());
        let known = self.desk().read(move |conn| {
            let Some(known) = people::customer_by_name(conn, key, Realm::Signed, &name)? else {
                return Ok(None);
            };
            let same = profiles::load(conn, key, known.customer.id)?.vouched == vouched;
            Ok(same.then_some(known.customer))
        });
        if let Some(known) = known.await? {
            return Ok(known);
        }
        let made = self.desk().write(key, move |scope| {
            let customer = match people::customer_by_name(scope.conn, key, Realm::Signed, &claims.customer)? {
                Some(known) => known.customer,
                None => {
                    let new = Customer {
                        customer: CustomerRef {
                            id: CustomerId(uuid::Uuid::new_v4()),
                            name: claims.customer,
                            realm: Realm::Signed,
                        },
                        secret_digest: None,
                    };
                    people::insert_customer(scope.conn, key, &new, scope.now)?;
                    new.customer
                }
            };
            let mut profile = profiles::load(scope.conn, key, customer.id)?;
            if profile.vouched != claims.vouched {
                profile.vouched = claims.vouched;
                let changed = CustomerChanged {
                    customer: customer.clone(),
                    profile,
                    agent: None,
                };
                let subject = Subject::Customer { customer: customer.id };
                scope.append(subject, None, EventBody::CustomerChanged(changed))?;
            }
            Ok(customer)
        });
        made.await
    }

    /// Whoever has proven the name comes in, unless kept out.
    async fn let_in(
        &self,
        key: TenantKey,
        customer: CustomerRef,
        device: Option<[u8; 32]>,
        settings: DeskSettings,
    ) -> Result<KnownCustomer, Refusal> {
        let id = customer.id;
        let admission = self
            .desk()
            .read(move |conn| -> store::Result<_> { admission::of(conn, key, id, clock::now()) })
            .await?;
        if admission.blocked {
            return Err(Refusal::Blocked);
        }
        let agreed = admission.consented_to == Some(Sha256::digest(&settings.consent).into());
        Ok(KnownCustomer {
            customer,
            device,
            consent: if agreed {
                String::new()
            } else {
                settings.consent.clone()
            },
            settings,
        })
    }
}
