//! `minicom-server tenant ...`: the desks of a server from the command line.

use std::io::Write;

use minicom_protocol::{gate::Shown, ids::TenantId};
use reqwest::Method;
use serde_json::{Map, Value, json};

use super::{Office, confirm, in_office, pairs, pretty, table};
use crate::{
    config::{Config, Quota, TenantCommand},
    exit::Fatal,
    http::api::tenants::{ChangeTenantRequest, NewTenantRequest, TenantAnswer, TenantsAnswer},
    store::tenants::Quotas,
};

const TENANTS: &str = "/api/v1/chat/tenants";

/// Does what the command says and writes to `out` what became of it.
///
/// # Errors
/// Why it was not done.
pub async fn run(command: TenantCommand, config: &Config, out: &mut impl Write) -> Result<(), Fatal> {
    // Tenants are managed from the one that is always there.
    let own = TenantId::default_tenant();
    if let TenantCommand::Delete { tenant, confirm, .. } = &command {
        let what = format!("the tenant {tenant} with all that it has");
        confirm::named_twice(tenant.as_str(), confirm.as_deref(), &what)?;
    }
    in_office(config, own, out, async |office| act(office, command).await).await
}

async fn act(office: &Office, command: TenantCommand) -> Result<String, Fatal> {
    Ok(match command {
        TenantCommand::List { json, .. } => {
            let all: TenantsAnswer = office.ask(Method::GET, TENANTS, None::<&()>).await?;
            if json {
                pretty(&all.tenants)
            } else {
                listed(&all.tenants)
            }
        }
        TenantCommand::Show { tenant, json, .. } => {
            let found = show(office, &tenant).await?;
            if json { pretty(&found) } else { shown(&found) }
        }
        TenantCommand::Create {
            tenant,
            name,
            admin_email,
            admin_name,
            quota,
            json,
            ..
        } => {
            let new = NewTenantRequest {
                tenant_id: tenant.to_string(),
                name,
                admin_email,
                admin_name: admin_name.map(|name| name.to_string()),
                quotas: with(&Quotas::default(), quota),
            };
            let made: TenantAnswer = office.ask(Method::POST, TENANTS, Some(&new)).await?;
            let admin = new.admin_email.as_deref().unwrap_or(crate::accounts::FIRST_ADMIN);
            if json {
                pretty(&made)
            } else {
                format!(
                    "Made the tenant {tenant}. Set a password for its admin: minicom-server agent passwd {} --tenant {tenant}\n",
                    Shown::line(admin).cut(80)
                )
            }
        }
        TenantCommand::Change {
            tenant, name, quota, ..
        } => {
            let quotas = match quota.is_empty() {
                true => None,
                false => Some(with(&show(office, &tenant).await?.quotas, quota)),
            };
            let change = ChangeTenantRequest {
                name,
                quotas,
                ..ChangeTenantRequest::default()
            };
            shown(&self::change(office, &tenant, &change).await?)
        }
        TenantCommand::Disable { tenant, .. } => {
            switch(office, &tenant, false).await?;
            format!("Disabled {tenant}: it is as if it were not there. All that it has stays.\n")
        }
        TenantCommand::Enable { tenant, .. } => {
            switch(office, &tenant, true).await?;
            format!("Enabled {tenant}.\n")
        }
        TenantCommand::Delete { tenant, .. } => {
            let path = format!("{}?confirm={tenant}", path(&tenant));
            let gone: TenantAnswer = office.ask(Method::DELETE, &path, None::<&()>).await?;
            match gone.state.as_str() {
                "deleted" => format!("Deleted {tenant} with all that it had.\n"),
                _ => format!("{tenant} is being deleted; `minicom-server tenant list` shows it until that is done.\n"),
            }
        }
    })
}

fn path(tenant: &TenantId) -> String {
    format!("{TENANTS}/{tenant}")
}

async fn show(office: &Office, tenant: &TenantId) -> Result<TenantAnswer, Fatal> {
    office.ask(Method::GET, &path(tenant), None::<&()>).await
}

async fn change(office: &Office, tenant: &TenantId, change: &ChangeTenantRequest) -> Result<TenantAnswer, Fatal> {
    office.ask(Method::PATCH, &path(tenant), Some(change)).await
}

async fn switch(office: &Office, tenant: &TenantId, enabled: bool) -> Result<TenantAnswer, Fatal> {
    let wish = ChangeTenantRequest {
        enabled: Some(enabled),
        ..ChangeTenantRequest::default()
    };
    change(office, tenant, &wish).await
}

/// These, but for what is said otherwise.
fn with(before: &Quotas, said: Vec<Quota>) -> Quotas {
    let mut fields = fields(before);
    for Quota { what, most } in said {
        fields.insert(what, json!(most));
    }
    // A number that is too large for its field is taken for the largest.
    for (what, most) in &mut fields {
        if what != "file_bytes" && most.as_u64().is_some_and(|most| most > u64::from(u32::MAX)) {
            *most = json!(u32::MAX);
        }
    }
    serde_json::from_value(Value::Object(fields)).unwrap_or_default()
}

fn fields(of: &impl serde::Serialize) -> Map<String, Value> {
    match serde_json::to_value(of) {
        Ok(Value::Object(fields)) => fields,
        _ => Map::new(),
    }
}

fn listed(tenants: &[TenantAnswer]) -> String {
    let rows = tenants.iter().map(|it| {
        [
            it.tenant_id.clone(),
            it.name.clone(),
            it.state.clone(),
            it.created_at.clone(),
        ]
    });
    table(["TENANT", "NAME", "STATE", "MADE"], rows)
}

fn shown(it: &TenantAnswer) -> String {
    let mut rows = vec![
        ["tenant".to_owned(), it.tenant_id.clone()],
        ["name".to_owned(), it.name.clone()],
        ["state".to_owned(), it.state.clone()],
        ["made".to_owned(), it.created_at.clone()],
    ];
    rows.extend(it.disabled_at.iter().map(|at| ["disabled".to_owned(), at.clone()]));
    let (quotas, usage) = (fields(&it.quotas), it.usage.as_ref().map(fields).unwrap_or_default());
    for what in [
        "agents",
        "customers",
        "open_conversations",
        "replies",
        "articles",
        "file_bytes",
    ] {
        let most = quotas.get(what).and_then(Value::as_u64);
        let has = usage.get(what).and_then(Value::as_u64);
        let text = match (has, most) {
            (Some(has), Some(most)) => format!("{has} of {most}"),
            (Some(has), None) => has.to_string(),
            (None, Some(most)) => format!("at most {most}"),
            (None, None) => continue,
        };
        rows.push([what.replace('_', " "), text]);
    }
    pairs(rows)
}
