//! A customer's further devices: a one-time code made on one that is known, and used on the new one.

use std::{net::IpAddr, time::Duration};

use minicom_protocol::{
    frame::Device,
    ids::{CustomerId, Time},
    people::{CustomerRef, Realm},
    refusal::Refusal,
};
use serde_json::json;
use subtle::ConstantTimeEq;

use super::Accounts;
use crate::{
    auth::{link_code::LinkCode, secret::SecretDigest},
    clock, limits,
    store::{
        TenantKey,
        audit::{Actor, By},
        devices::{self, DeviceRow},
    },
};

/// By what a device is named: the beginning of its secret's digest, which proves nothing.
pub fn device_id(digest: &[u8; 32]) -> String {
    digest[..6].iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Accounts {
    /// Makes a code by which another device becomes this customer's, and until when it is good. An older one ends.
    ///
    /// # Errors
    /// `forbidden` for a customer whom the site vouches for: it vouches on every device. `rate_limited`, or what kept it from
    /// being written.
    pub async fn link_code(&self, tenant: TenantKey, customer: &CustomerRef) -> Result<(LinkCode, Time), Refusal> {
        if customer.realm != Realm::Named {
            return Err(Refusal::Forbidden);
        }
        let code = LinkCode::new().map_err(|_| Refusal::Internal)?;
        let (digest, id) = (code.digest(), customer.id);
        let made = self.desk().write(tenant, move |scope| {
            if devices::of(scope.conn, tenant, id)?.len() >= limits::DEVICES_PER_CUSTOMER_MAX {
                let limit = limits::DEVICES_PER_CUSTOMER_MAX as u64;
                return Ok(Err(Refusal::TooMany { limit }));
            }
            let expires_at = later(scope.now, limits::LINK_CODE_LIFE);
            devices::save_code(scope.conn, tenant, id, &digest, expires_at)?;
            Ok(Ok(expires_at))
        });
        let expires_at = made.await??;
        Ok((code, expires_at))
    }

    /// The devices of a customer, the oldest first. `this` is the digest of the one that asks.
    ///
    /// # Errors
    /// What kept the store from answering.
    pub async fn devices(
        &self,
        tenant: TenantKey,
        customer: CustomerId,
        this: Option<[u8; 32]>,
    ) -> Result<Vec<Device>, Refusal> {
        let rows = self
            .desk()
            .read(move |conn| devices::of(conn, tenant, customer))
            .await?;
        let device = |row: DeviceRow| Device {
            id: device_id(&row.digest),
            created_at: row.created_at,
            this: this == Some(row.digest),
        };
        Ok(rows.into_iter().map(device).collect())
    }

    /// Makes a device's secret good by a code. The answer is the same whatever was wrong with the code.
    pub(super) async fn redeem(
        &self,
        tenant: TenantKey,
        customer: CustomerId,
        code: &str,
        secret: &SecretDigest,
        peer: IpAddr,
    ) -> Result<(), Refusal> {
        self.shared.throttle.link_code(peer)?;
        let given = LinkCode::parse(code).map(|code| code.digest());
        let digest = *secret.as_bytes();
        let by = By::at(
            Actor::Customer {
                id: customer.to_string(),
            },
            peer,
        );
        let redeemed = self.desk().write(tenant, move |scope| {
            let good = devices::code(scope.conn, tenant, customer, clock::now())?;
            let fits = good.zip(given).is_some_and(|(good, given)| good.ct_eq(&given).into());
            if !fits {
                devices::count_wrong_try(scope.conn, tenant, customer, limits::LINK_CODE_TRIES_MAX)?;
                return Ok(false);
            }
            devices::forget_code(scope.conn, tenant, customer)?;
            let created_at = scope.now;
            devices::add(scope.conn, tenant, customer, &DeviceRow { digest, created_at })?;
            let detail = json!({"device": device_id(&digest)});
            scope.audit(&by, "customer.device_linked", customer.to_string(), detail)?;
            Ok(true)
        });
        match redeemed.await? {
            true => Ok(()),
            false => Err(Refusal::WrongSecret),
        }
    }
}

fn later(now: Time, by: Duration) -> Time {
    Time(now.0 + i64::try_from(by.as_micros()).unwrap_or(i64::MAX))
}
