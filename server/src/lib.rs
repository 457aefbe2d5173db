//! The Minicom server: what happened, and who must know.

pub mod accounts;
pub mod auth;
pub mod bot;
pub mod checkpoints;
pub mod clock;
pub mod config;
pub mod counts;
pub mod decide;
pub mod desk;
mod door;
pub mod execute;
pub mod exit;
pub mod extra_context;
pub mod faults;
pub mod files;
pub mod followers;
mod grace;
pub mod hours;
pub mod http;
pub mod hub;
pub mod in_order;
mod lanes;
pub mod limits;
pub mod listener;
pub mod logging;
pub mod manage;
pub mod order;
mod presence;
pub mod refused;
mod routing;
pub mod run;
pub mod run_limits;
pub mod server_file;
mod services;
pub mod session;
pub mod signals;
pub mod store;
pub mod telemetry;
#[cfg(test)]
mod test_desk;
pub mod timers;
pub mod tls;
pub mod upkeep;
pub mod webhooks;
pub mod writer;

pub use run::{Shutdown, run, run_with};
