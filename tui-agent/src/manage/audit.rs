//! `minicom-agent audit`: who did what, newest first. For admins.

use clap::Args;
use minicom_protocol::json::ascii;
use minicom_tui_kit::Shown;
use serde_json::Value;

use super::{
    Access, Told,
    office::{field, segment, shown, table},
};
use crate::exit::Failure;

/// Which entries.
#[derive(Debug, Args, PartialEq, Eq)]
pub struct AuditArguments {
    /// At most so many.
    #[arg(long, value_name = "N", default_value_t = 50)]
    limit: usize,
    /// Only what was done so, as `agent.disabled`.
    #[arg(long)]
    action: Option<String>,
    /// Only what this agent did, by id.
    #[arg(long, value_name = "ID")]
    actor: Option<String>,
    /// Only from this time on, as 2026-11-21T14:00:00Z.
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// As JSON, an object a line.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(wanted: AuditArguments, access: &Access<'_>) -> Result<Told, Failure> {
    let office = access.office()?;
    let filters = [
        ("action", &wanted.action),
        ("actor", &wanted.actor),
        ("since", &wanted.since),
    ];
    let filters = filters
        .into_iter()
        .filter_map(|(name, value)| Some((name, value.as_ref()?)));
    let query: String = filters
        .map(|(name, value)| format!("&{name}={}", segment(value)))
        .collect();
    let rows = office.rows(&format!("/audit?{query}"), "entries", wanted.limit).await?;
    let told = match wanted.json {
        true => rows
            .iter()
            .map(|row| format!("{}\n", ascii(&row.to_string())))
            .collect(),
        false => list(&rows),
    };
    Ok(Told::from(told))
}

fn list(rows: &[Value]) -> String {
    let cells = |it: &Value| {
        let detail = match it["detail"].as_object() {
            Some(fields) if fields.is_empty() => String::new(),
            _ => it["detail"].to_string(),
        };
        vec![
            shown(it, "at"),
            who(&it["actor"]),
            shown(it, "action"),
            shown(it, "object"),
            Shown::line(&detail),
            shown(it, "address"),
        ]
    };
    let heads = ["AT", "WHO", "DID", "TO", "MORE", "FROM"];
    table(&heads, rows, cells, "Nothing of that is in the log.")
}

fn who(actor: &Value) -> Shown {
    match (field(actor, "name"), field(actor, "id")) {
        ("", "") => shown(actor, "by"),
        ("", id) => Shown::line(&format!("{} {id}", field(actor, "by"))),
        (name, _) => Shown::name(name),
    }
}
