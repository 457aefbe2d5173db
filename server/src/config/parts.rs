//! The parts of the configuration, as plain values. How they are said and checked is known elsewhere.

use std::{path::PathBuf, time::Duration};

use super::ProviderSettings;
use crate::bot::program::Programs;

/// Copies that the server makes by itself, one a day.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Backup {
    /// The folder that they go into; without it none are made.
    pub folder: Option<PathBuf>,
    /// How many stay.
    pub keep: u32,
}

/// Who may read the numbers for a monitoring system.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum MetricsFor {
    /// This computer; others with an admin's token.
    #[default]
    ThisComputer,
    /// Whoever has an admin's token.
    Tokens,
    /// Nobody.
    Nobody,
}

/// TLS of the port.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct TlsSettings {
    /// The certificate chain, in PEM.
    pub cert: Option<PathBuf>,
    /// Its key, in PEM.
    pub key: Option<PathBuf>,
    /// Whether the server makes a certificate for itself.
    pub self_signed: bool,
    /// Whether a certificate is used that is not good by its dates.
    pub allow_expired: bool,
}

impl TlsSettings {
    /// Whether there is TLS.
    pub fn is_on(&self) -> bool {
        self.cert.is_some() || self.self_signed
    }
}

/// The first-line bot.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Bot {
    /// Without it, customers come into the queue at once.
    pub enabled: bool,
    /// A file of rules that come before those that ship with the program.
    pub rules: Option<PathBuf>,
    /// A folder of languages beside those that ship with the program.
    pub languages: Option<PathBuf>,
    /// A folder with an encoder in the place of the program's own.
    pub encoder: Option<PathBuf>,
    /// From a customer's line to the bot's turn; then the desk hands over.
    pub deadline: Duration,
    /// Which programs answer in its place.
    pub programs: Programs,
    /// Who words answers and drafts, if anybody does.
    pub provider: ProviderSettings,
}

/// How much may come.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rates {
    /// Lines that a customer may send at once.
    pub customer_burst: u32,
    /// Lines a second that a customer gets back after that.
    pub customer_refill_per_s: u32,
    /// New customers from one address in a minute.
    pub new_customers_per_address_per_min: u32,
    /// New customers from a loopback address in a minute.
    pub new_customers_per_loopback_address_per_min: u32,
    /// Reads over HTTP in a minute with one token.
    pub http_reads_per_token_per_min: u32,
    /// Writes over HTTP in a minute with one token.
    pub http_writes_per_token_per_min: u32,
    /// Requests of HTTP in a minute from one address.
    pub http_per_address_per_min: u32,
    /// Requests of HTTP in a minute from a loopback address.
    pub http_per_loopback_address_per_min: u32,
    /// Files of one customer in an hour.
    pub uploads_per_customer_per_hour: u32,
}

/// Where other programs that are told may be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Webhooks {
    /// On this computer and in private networks too.
    pub allow_private: bool,
    /// On any port.
    pub any_port: bool,
    /// The longest wait before a second try.
    pub retry_first: Duration,
}

/// How many may be connected.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sockets {
    /// In all.
    pub total: u32,
    /// From one address.
    pub per_address: u32,
    /// From a loopback address.
    pub per_loopback_address: u32,
    /// Of one customer.
    pub per_customer: u32,
}
