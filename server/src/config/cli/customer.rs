//! `minicom-server customer ...` and `minicom-server key ...`: who asks, and by what their site vouches for them.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use minicom_protocol::ids::TenantId;

/// Where the desk is that is managed.
#[derive(Args, Clone, PartialEq, Eq, Debug)]
pub struct Of {
    /// The data folder of the server
    #[arg(long, value_name = "FOLDER", global = true)]
    pub data: Option<PathBuf>,
    /// The configuration file of the server
    #[arg(long, value_name = "FILE", global = true)]
    pub config: Option<PathBuf>,
    /// Which tenant
    #[arg(long, value_name = "TENANT", global = true, default_value = "default", value_parser = tenant)]
    pub tenant: TenantId,
}

/// Manage customers; also while the server runs.
#[derive(Args, Clone, PartialEq, Eq, Debug)]
pub struct CustomerArguments {
    #[command(flatten)]
    pub of: Of,
    #[command(subcommand)]
    pub command: CustomerCommand,
}

/// What to do about customers.
#[derive(Subcommand, Clone, PartialEq, Eq, Debug)]
pub enum CustomerCommand {
    /// List customers
    List {
        /// Only those with this in their name or address
        #[arg(default_value = "")]
        text: String,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Show one customer, as JSON
    Show {
        /// The id, or the name of one whom the site does not vouch for
        customer: String,
    },
    /// Print all that is kept of one customer, a JSON object a line
    Export {
        /// The id or the name
        customer: String,
    },
    /// Erase all that is kept of one customer, for good
    Delete {
        /// The id or the name
        customer: String,
        /// The same again: nothing is erased by a slip of the hand; asked for on a terminal
        #[arg(long, value_name = "CUSTOMER")]
        confirm: Option<String>,
    },
    /// Keep a customer out
    Block {
        /// The id or the name
        customer: String,
        /// For so long; for good if left out
        #[arg(long, value_name = "MINUTES")]
        minutes: Option<u32>,
    },
    /// Let a customer in again
    Unblock {
        /// The id or the name
        customer: String,
    },
}

/// Manage the keys by which the tenant's site vouches for its customers; also while the server runs.
#[derive(Args, Clone, PartialEq, Eq, Debug)]
pub struct KeyArguments {
    #[command(flatten)]
    pub of: Of,
    #[command(subcommand)]
    pub command: KeyCommand,
}

/// What to do about keys.
#[derive(Subcommand, Clone, PartialEq, Eq, Debug)]
pub enum KeyCommand {
    /// List all keys, without their secrets
    List,
    /// Make a key; its secret is shown this once
    Create,
    /// Retire a key: nothing that it signed is good from then on
    Retire {
        /// Its id
        id: String,
    },
    /// Print what the site would sign of a customer, to try it out
    Sign {
        /// The customer's id on the site
        #[arg(long, value_name = "ID")]
        customer: String,
        /// The name to be called by
        #[arg(long, value_name = "TEXT")]
        name: Option<String>,
        /// The e-mail address
        #[arg(long, value_name = "ADDRESS")]
        email: Option<String>,
        /// For how many hours it is good
        #[arg(long, value_name = "N", default_value_t = 1)]
        hours: u32,
    },
}

fn tenant(text: &str) -> Result<TenantId, String> {
    TenantId::parse(text).map_err(|why| why.to_string())
}
