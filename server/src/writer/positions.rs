//! How far followers have come, since it was last written. It is never worth a commit of its own: work that is done again
//! after a crash is harmless.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use minicom_protocol::ids::Rev;
use rusqlite::Connection;

use crate::{
    desk::Tenants,
    store::{TenantKey, followers},
};

/// See the module.
#[derive(Default, Debug)]
pub struct Positions(Mutex<HashMap<(TenantKey, &'static str), Rev>>);

impl Positions {
    /// Notes a follower's position.
    pub fn note(&self, tenant: TenantKey, name: &'static str, rev: Rev) {
        self.lock().insert((tenant, name), rev);
    }

    /// Writes what was noted, but for tenants that are gone.
    pub(super) fn write(&self, conn: &Connection, tenants: &Tenants) -> Result<(), rusqlite::Error> {
        let noted = std::mem::take(&mut *self.lock());
        noted
            .into_iter()
            .filter(|((tenant, _), _)| !tenants.is_gone(*tenant))
            .try_for_each(|((tenant, name), rev)| followers::advance(conn, tenant, name, rev))
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<(TenantKey, &'static str), Rev>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
