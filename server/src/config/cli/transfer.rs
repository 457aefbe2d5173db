//! The command line of the way in and out for a whole desk.

use std::path::PathBuf;

use clap::Subcommand;
use minicom_protocol::ids::TenantId;

use super::upkeep::Place;

/// What to do.
#[derive(Subcommand, Clone, PartialEq, Eq, Debug)]
pub enum Transfer {
    /// Write whole desks as lines of JSON, also while the server runs; nothing in them signs anybody in
    Export {
        /// The new file [default: standard output]
        file: Option<PathBuf>,
        /// Only this tenant [default: all]
        #[arg(long, value_name = "TENANT", value_parser = tenant)]
        tenant: Option<TenantId>,
        /// Go on with this file, which an export of one tenant wrote: where it was cut, or with what came since
        #[arg(long = "continue", value_name = "FILE", conflicts_with_all = ["file", "since", "tenant"])]
        go_on: Option<PathBuf>,
        /// Tell on the error output how far it is, also where that is no terminal: a line a second
        #[arg(long)]
        progress: bool,
        /// Only what came after this cursor of an earlier export
        #[arg(long, value_name = "CURSOR")]
        since: Option<String>,
        #[command(flatten)]
        place: Place,
    },
    /// Take an exported desk into an empty tenant; the same file twice changes nothing
    Import {
        /// What `export --tenant` wrote
        file: PathBuf,
        /// Into which tenant
        #[arg(long, value_name = "TENANT", default_value = "default", value_parser = tenant)]
        tenant: TenantId,
        #[command(flatten)]
        place: Place,
    },
}

impl Transfer {
    /// Which server it is about.
    pub fn place(&self) -> &Place {
        match self {
            Transfer::Export { place, .. } | Transfer::Import { place, .. } => place,
        }
    }
}

fn tenant(text: &str) -> Result<TenantId, String> {
    TenantId::parse(text).map_err(|refused| refused.to_string())
}
