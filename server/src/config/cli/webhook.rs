//! The command line of webhooks: other programs that are told what happens.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use minicom_protocol::ids::TenantId;

/// Which tenant's webhooks, and what to do about them.
#[derive(Args, Clone, PartialEq, Eq, Debug)]
pub struct WebhookArguments {
    /// The data folder of the server
    #[arg(long, value_name = "FOLDER", global = true)]
    pub data: Option<PathBuf>,
    /// The configuration file of the server
    #[arg(long, value_name = "FILE", global = true)]
    pub config: Option<PathBuf>,
    /// The tenant
    #[arg(long, value_name = "TENANT", default_value = "default", global = true, value_parser = tenant)]
    pub tenant: TenantId,
    /// Print JSON
    #[arg(long, global = true)]
    pub json: bool,
    #[command(subcommand)]
    pub command: WebhookCommand,
}

/// What to do about webhooks.
#[derive(Subcommand, Clone, PartialEq, Eq, Debug)]
pub enum WebhookCommand {
    /// List all webhooks
    List,
    /// Make one; its secret is shown this once
    Create {
        /// Where it listens
        url: String,
        /// A kind of event that it wants, as chat.message.new; may be given often [default: all]
        #[arg(long = "kind", value_name = "KIND")]
        kinds: Vec<String>,
        /// Make it, but tell it nothing yet
        #[arg(long)]
        disabled: bool,
    },
    /// Show one
    Show {
        /// Its id
        id: String,
    },
    /// Change one; what is not named stays
    Change {
        /// Its id
        id: String,
        /// Where it listens
        #[arg(long)]
        url: Option<String>,
        /// A kind of event that it wants; may be given often, and replaces those from before
        #[arg(long = "kind", value_name = "KIND")]
        kinds: Vec<String>,
        /// Let it have all kinds
        #[arg(long, conflicts_with = "kinds")]
        all_kinds: bool,
        /// Tell it what happens from now on
        #[arg(long)]
        enable: bool,
        /// Tell it nothing more
        #[arg(long, conflicts_with = "enable")]
        disable: bool,
    },
    /// Delete one, with all that it was told
    Delete {
        /// Its id
        id: String,
        /// Its id once more; asked for on a terminal
        #[arg(long, value_name = "ID")]
        confirm: Option<String>,
    },
    /// List what it was told and is to be told, newest first
    Deliveries {
        /// Its id
        id: String,
        /// At most so many
        #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=200))]
        limit: u32,
        /// Only of events before this one
        #[arg(long, value_name = "REV")]
        before: Option<u64>,
    },
    /// Tell it an event again
    Replay {
        /// Its id
        id: String,
        /// The event, as `deliveries` lists it
        rev: u64,
    },
    /// Give it a new secret, shown this once; for 24 hours the old one signs too
    Rotate {
        /// Its id
        id: String,
    },
    /// Send it something that is no event, and say what came of it
    Test {
        /// Its id
        id: String,
    },
}

fn tenant(text: &str) -> Result<TenantId, String> {
    TenantId::parse(text).map_err(|refused| refused.to_string())
}
