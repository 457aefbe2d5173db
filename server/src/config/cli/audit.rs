//! The command line of the audit log.

use clap::Args;
use minicom_protocol::ids::TenantId;

use super::{tenant::tenant, upkeep::Place};

/// `minicom-server audit`
#[derive(Args, Clone, PartialEq, Eq, Debug)]
pub struct AuditArguments {
    /// Which tenant [default: default]
    #[arg(long, value_name = "TENANT", value_parser = tenant)]
    pub tenant: Option<TenantId>,
    /// Only what was done so, as `agent.disabled`, or all of a noun, as `agent`
    #[arg(long)]
    pub action: Option<String>,
    /// Only what was done by this agent (address or id), or by operator, server or nobody
    #[arg(long)]
    pub actor: Option<String>,
    /// Only since then: 2026-11-21, 2026-11-21T10:00:00Z, yesterday, 7d, 2h
    #[arg(long, value_name = "TIME")]
    pub since: Option<String>,
    /// How many entries at most
    #[arg(long, value_name = "NUMBER", default_value_t = 50)]
    pub limit: u32,
    /// Print a JSON object for each entry, one a line
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub place: Place,
}
