//! `minicom-server audit`: who did what, newest first.

use std::io::Write;

use minicom_protocol::ids::TenantId;
use reqwest::Method;

use super::{Office, in_office, segment, table};
use crate::{
    config::{AuditArguments, Config},
    exit::Fatal,
    http::api::audit::{AuditAnswer, EntryAnswer},
    limits,
};

/// Reads what is wanted and writes it to `out`.
///
/// # Errors
/// Why it was not read.
pub async fn run(wanted: AuditArguments, config: &Config, out: &mut impl Write) -> Result<(), Fatal> {
    let tenant = wanted.tenant.clone().unwrap_or_else(TenantId::default_tenant);
    in_office(config, tenant, out, async |office| act(office, &wanted).await).await
}

async fn act(office: &Office, wanted: &AuditArguments) -> Result<String, Fatal> {
    let entries = read(office, wanted).await?;
    if !wanted.json {
        let rows = entries.iter().map(|it| {
            let detail = match it.detail.as_object() {
                Some(fields) if fields.is_empty() => String::new(),
                _ => it.detail.to_string(),
            };
            let address = it.address.clone().unwrap_or_default();
            [
                it.at.clone(),
                it.actor.words(),
                it.action.clone(),
                it.object.clone(),
                detail,
                address,
            ]
        });
        return Ok(table(["AT", "WHO", "DID", "TO", "MORE", "FROM"], rows));
    }
    let mut text = String::new();
    for entry in &entries {
        text.push_str(&serde_json::to_string(entry).unwrap_or_default());
        text.push('\n');
    }
    Ok(text)
}

async fn read(office: &Office, wanted: &AuditArguments) -> Result<Vec<EntryAnswer>, Fatal> {
    let mut entries = vec![];
    let mut cursor: Option<String> = None;
    let most = usize::try_from(wanted.limit).unwrap_or(usize::MAX);
    while entries.len() < most {
        let limit = (most - entries.len()).min(limits::PAGE_MAX);
        let mut path = format!("/api/v1/chat/audit?limit={limit}");
        let filters = [
            ("cursor", &cursor),
            ("action", &wanted.action),
            ("actor", &wanted.actor),
            ("since", &wanted.since),
        ];
        for (name, value) in filters {
            if let Some(value) = value {
                path.push_str(&format!("&{name}={}", segment(value)));
            }
        }
        let page: AuditAnswer = office.ask(Method::GET, &path, None::<&()>).await?;
        entries.extend(page.entries);
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    Ok(entries)
}
