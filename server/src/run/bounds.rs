//! From the configuration to the bounds of the parts.

use std::sync::Arc;

use crate::{
    accounts::NewCustomerRates,
    auth::seal::SealingKey,
    config::Config,
    decide::Settings,
    desk::Desk,
    exit::{ExitKind, Fatal},
    extra_context::ContextCommand,
    faults::Faults,
    http::HttpRates,
    run_limits::RunLimits,
    upkeep::schedule::Plan,
    uploads::UploadBounds,
    webhooks::{self, Webhooks},
};

/// What the decision looks at.
pub fn settings(config: &Config) -> Settings {
    Settings {
        bot: config.bot.enabled,
        bot_deadline_ms: i64::try_from(config.bot.deadline.as_millis()).unwrap_or(i64::MAX),
    }
}

/// How many new customers may come.
pub fn new_customers(config: &Config) -> NewCustomerRates {
    NewCustomerRates {
        per_address_per_min: config.rates.new_customers_per_address_per_min,
        per_loopback_address_per_min: config.rates.new_customers_per_loopback_address_per_min,
    }
}

/// How often one token and one address may call the HTTP API.
pub fn http(config: &Config) -> HttpRates {
    HttpRates {
        reads_per_token: config.rates.http_reads_per_token_per_min,
        writes_per_token: config.rates.http_writes_per_token_per_min,
        per_address: config.rates.http_per_address_per_min,
        per_loopback_address: config.rates.http_per_loopback_address_per_min,
    }
}

/// The operator's own command about customers, if there is one.
pub fn context_command(config: &Config) -> Option<ContextCommand> {
    ContextCommand::configured(&config.context_command, config.context_command_timeout)
}

/// The webhooks, with what the operator allows them.
///
/// # Errors
/// The HTTP client cannot be made.
pub fn webhooks(config: &Config, desk: &Desk, sealing: &Arc<SealingKey>) -> Result<Webhooks, Fatal> {
    let policy = webhooks::Policy {
        private: config.webhooks.allow_private,
        any_port: config.webhooks.any_port,
    };
    let (retry_first, lookup) = (config.webhooks.retry_first, webhooks::system_lookup());
    Webhooks::new(desk.clone(), sealing.clone(), policy, retry_first, lookup).map_err(|error| {
        let what = format!("The client for webhooks cannot be made: {error}.");
        Fatal::new(ExitKind::Bug, what, "Look at the certificates of this system.")
    })
}

/// Bounds of sockets.
pub fn sockets(config: &Config, faults: Faults) -> RunLimits {
    let count = |bound: u32| usize::try_from(bound).unwrap_or(usize::MAX);
    RunLimits {
        sockets_total: count(config.sockets.total),
        sockets_per_address: count(config.sockets.per_address),
        sockets_per_loopback_address: count(config.sockets.per_loopback_address),
        sockets_per_customer: count(config.sockets.per_customer),
        customer_burst: config.rates.customer_burst,
        customer_refill_per_s: config.rates.customer_refill_per_s,
        ..match faults.deadlines_dropped {
            true => RunLimits::endless(),
            false => RunLimits::default(),
        }
    }
}

/// How much may be uploaded.
pub fn uploads(config: &Config) -> UploadBounds {
    UploadBounds {
        bytes: u64::from(config.file_bytes),
        per_customer_per_hour: config.rates.uploads_per_customer_per_hour,
    }
}

/// The copies that the server makes by itself.
pub fn backups(config: &Config) -> Option<Plan> {
    config.backup.folder.clone().map(|folder| Plan {
        folder,
        keep: usize::try_from(config.backup.keep).unwrap_or(usize::MAX),
    })
}
