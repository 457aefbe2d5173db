//! What tenants have chosen, as the writer uses it for every command: read in each transaction, understood again only when it
//! is another text than before.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::Arc,
};

use minicom_protocol::settings::DeskSettings;
use rusqlite::Connection;
use tracing::warn;

use crate::{
    hours::Calendar,
    store::{self, TenantKey, settings},
};

/// What a tenant has chosen.
#[derive(Clone, Debug)]
pub struct Choice {
    /// The settings.
    pub settings: Arc<DeskSettings>,
    /// Its hours, ready to be asked.
    pub calendar: Option<Arc<Calendar>>,
}

impl Choice {
    fn new(settings: DeskSettings) -> Choice {
        let calendar = settings.hours.as_ref().and_then(|hours| {
            // They were checked when they were chosen; another release may know other zones.
            Calendar::new(hours)
                .inspect_err(|why| warn!(%why, "the desk's hours cannot be used; nothing is said about them"))
                .ok()
        });
        Choice {
            settings: Arc::new(settings),
            calendar: calendar.map(Arc::new),
        }
    }
}

/// What all tenants have chosen.
#[derive(Default, Debug)]
pub struct Choices(HashMap<TenantKey, (String, Choice)>);

impl Choices {
    /// Forgets a tenant that is no more.
    pub fn forget(&mut self, tenant: TenantKey) {
        self.0.remove(&tenant);
    }

    /// What this tenant has chosen, as of this transaction.
    ///
    /// # Errors
    /// What kept the store from answering.
    pub fn of(&mut self, conn: &Connection, tenant: TenantKey) -> store::Result<Choice> {
        let text = settings::text(conn, tenant)?;
        match self.0.entry(tenant) {
            Entry::Occupied(known) if known.get().0 == text => Ok(known.get().1.clone()),
            entry => {
                let choice = Choice::new(settings::parse(&text)?);
                entry.insert_entry((text, choice.clone()));
                Ok(choice)
            }
        }
    }
}
