//! All SQL: plain functions over a connection or a transaction, one file per noun. It decides nothing.

pub mod admission;
pub mod audit;
pub mod backup;
pub mod bot;
pub mod bot_models;
pub mod bot_spending;
pub mod checkpoint;
pub mod commands;
pub mod conversations;
pub mod customers;
pub mod devices;
pub mod erasure;
pub mod examples;
pub mod factors;
pub mod figures;
pub mod files;
#[cfg(test)]
mod fixture;
pub mod followers;
mod full_text;
pub mod gaps;
#[cfg(test)]
mod growth_tests;
pub mod identity_keys;
pub mod journal;
pub mod library;
pub mod mentions;
pub mod migrations;
pub mod open;
pub mod people;
pub mod pool;
pub mod profiles;
mod project;
mod refold;
pub mod repeats;
pub mod search;
pub mod settings;
pub mod staff;
pub mod stored;
pub mod tenants;
pub mod threads;
pub mod tickets;
pub mod timers;
pub mod tokens;
pub mod transfer;
pub mod verify;
pub mod views;
pub mod vitals;
pub mod webhooks;

use minicom_protocol::ids::Mark;
use rusqlite::types::Type;
use serde::{Deserialize, Serialize};

/// A tenant's number in every key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct TenantKey(pub i64);

/// What goes wrong in the store: SQLite's own error, or a row that is not what it should be.
pub type Result<T> = rusqlite::Result<T>;

/// A mark as SQLite has it.
pub(crate) fn mark_to_sql(mark: Mark) -> i64 {
    mark.0.cast_signed()
}

/// A mark as it was stored.
pub(crate) fn mark_from_sql(value: i64) -> Mark {
    Mark(value.cast_unsigned())
}

/// A position as SQLite has it. Positions are dense from 1, so they never come near the bound.
pub(crate) fn pos_to_sql(position: u64) -> i64 {
    i64::try_from(position).unwrap_or(i64::MAX)
}

/// A position as it was stored.
pub(crate) fn pos_from_sql(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}

/// The error of a row whose text or bytes are not what this version wrote.
pub(crate) fn damaged(error: impl std::error::Error + Send + Sync + 'static) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, Type::Text, Box::new(error))
}

/// Writes a value as JSON.
pub(crate) fn to_json(value: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(damaged)
}

/// Reads a value that was written as JSON.
pub(crate) fn from_json<T: serde::de::DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(damaged)
}
