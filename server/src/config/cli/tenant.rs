//! The command line of tenants.

use clap::{Args, Subcommand};
use minicom_protocol::{ids::TenantId, text::DisplayName};

use super::upkeep::Place;

/// `minicom-server tenant ...`
#[derive(Args, Clone, PartialEq, Eq, Debug)]
pub struct TenantArguments {
    #[command(subcommand)]
    pub command: TenantCommand,
}

/// What to do about tenants.
#[derive(Subcommand, Clone, PartialEq, Eq, Debug)]
pub enum TenantCommand {
    /// Make a tenant with its first admin, who has no password yet
    Create {
        /// Its short name: 1 to 32 of a-z, 0-9 and -
        #[arg(value_parser = tenant)]
        tenant: TenantId,
        /// What it is called [default: its short name]
        #[arg(long)]
        name: Option<String>,
        /// The address of its first admin; `admin@localhost` if left out
        #[arg(long, value_name = "EMAIL")]
        admin_email: Option<String>,
        /// The name of its first admin [default: Admin]
        #[arg(long, value_name = "NAME", value_parser = super::display_name)]
        admin_name: Option<DisplayName>,
        /// How much it may have: agents, customers, open_conversations, replies, articles, file_bytes; may be given often
        #[arg(long, value_name = "WHAT=NUMBER", value_parser = quota)]
        quota: Vec<Quota>,
        /// Print what was made as JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: Place,
    },
    /// List all tenants
    List {
        /// Print them as JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Show a tenant, how much it has and how much it may have
    Show {
        /// Its short name
        #[arg(value_parser = tenant)]
        tenant: TenantId,
        /// Print it as JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Change what a tenant is called, or how much it may have
    Change {
        /// Its short name
        #[arg(value_parser = tenant)]
        tenant: TenantId,
        /// What it is called
        #[arg(long)]
        name: Option<String>,
        /// How much it may have of something, or `none` for no bound; may be given often. What is not named stays
        #[arg(long, value_name = "WHAT=NUMBER|none", value_parser = quota)]
        quota: Vec<Quota>,
        #[command(flatten)]
        place: Place,
    },
    /// Serve a tenant no more: as if it were not there. All that it has stays
    Disable {
        /// Its short name
        #[arg(value_parser = tenant)]
        tenant: TenantId,
        #[command(flatten)]
        place: Place,
    },
    /// Serve a disabled tenant again
    Enable {
        /// Its short name
        #[arg(value_parser = tenant)]
        tenant: TenantId,
        #[command(flatten)]
        place: Place,
    },
    /// Delete a disabled tenant with all that it has, for good
    Delete {
        /// Its short name
        #[arg(value_parser = tenant)]
        tenant: TenantId,
        /// Its short name once more; asked for on a terminal
        #[arg(long, value_name = "TENANT")]
        confirm: Option<String>,
        #[command(flatten)]
        place: Place,
    },
}

impl TenantCommand {
    /// Which server it is about.
    pub fn place(&self) -> &Place {
        match self {
            TenantCommand::Create { place, .. }
            | TenantCommand::List { place, .. }
            | TenantCommand::Show { place, .. }
            | TenantCommand::Change { place, .. }
            | TenantCommand::Disable { place, .. }
            | TenantCommand::Enable { place, .. }
            | TenantCommand::Delete { place, .. } => place,
        }
    }
}

/// A bound on one thing; `None`: no bound.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Quota {
    /// On what, by its name in the API.
    pub what: String,
    /// How much.
    pub most: Option<u64>,
}

/// What can be bounded.
const QUOTAS: [&str; 6] = [
    "agents",
    "customers",
    "open_conversations",
    "replies",
    "articles",
    "file_bytes",
];

fn quota(text: &str) -> Result<Quota, String> {
    let (what, most) = text.split_once('=').ok_or("write it as agents=10, or agents=none")?;
    let what = what.trim().replace('-', "_");
    if !QUOTAS.contains(&what.as_str()) {
        return Err(format!("there is a quota of {}", QUOTAS.join(", ")));
    }
    let most = match most.trim() {
        "none" => None,
        number => Some(
            number
                .parse()
                .map_err(|_| format!("{number:?} is no number, and not `none`"))?,
        ),
    };
    Ok(Quota { what, most })
}

/// A tenant's short name.
pub fn tenant(text: &str) -> Result<TenantId, String> {
    TenantId::parse(text).map_err(|refused| refused.to_string())
}
