//! `minicom-server customer ...` and `minicom-server key ...`: customers, and the keys of the tenant's site, from the command line.

use std::io::Write;

use minicom_protocol::{gate::Shown, json};
use reqwest::Method;
use serde_json::{Value, json};

use super::{Office, confirm, in_office, segment, table};
use crate::{
    config::{Config, CustomerArguments, CustomerCommand, KeyArguments, KeyCommand},
    exit::Fatal,
};

const CUSTOMERS: &str = "/api/v1/chat/customers";
const KEYS: &str = "/api/v1/chat/identity-keys";

/// Does what the command about customers says, and writes to `out` what became of it.
///
/// # Errors
/// Why it was not done.
pub async fn run(asked: CustomerArguments, config: &Config, out: &mut impl Write) -> Result<(), Fatal> {
    if let CustomerCommand::Delete { customer, confirm } = &asked.command {
        let what = format!("all that is kept of the customer {customer}");
        confirm::named_twice(customer, confirm.as_deref(), &what)?;
    }
    let (tenant, command) = (asked.of.tenant, asked.command);
    in_office(config, tenant, out, async |office| of_customers(office, command).await).await
}

/// The same for keys.
///
/// # Errors
/// Why it was not done.
pub async fn run_key(asked: KeyArguments, config: &Config, out: &mut impl Write) -> Result<(), Fatal> {
    let (tenant, command) = (asked.of.tenant, asked.command);
    in_office(config, tenant, out, async |office| of_keys(office, command).await).await
}

fn path(customer: &str) -> String {
    format!("{CUSTOMERS}/{}", segment(customer))
}

async fn of_customers(office: &Office, command: CustomerCommand) -> Result<String, Fatal> {
    Ok(match command {
        CustomerCommand::List { text, json } => list(office, &text, json).await?,
        CustomerCommand::Show { customer } => {
            let shown = office.call(Method::GET, &path(&customer), None).await?;
            pretty(&shown)
        }
        CustomerCommand::Export { customer } => {
            let lines = office
                .call(Method::GET, &format!("{}/export", path(&customer)), None)
                .await?;
            // A line each, gated: what a stranger wrote gives no command to a terminal.
            let lines = lines.as_str().unwrap_or_default();
            lines.lines().map(|line| format!("{}\n", json::ascii(line))).collect()
        }
        CustomerCommand::Delete { customer, .. } => {
            office.call(Method::DELETE, &path(&customer), None).await?;
            format!(
                "Erased {}. Older copies of the database still have it.\n",
                Shown::line(&customer)
            )
        }
        CustomerCommand::Block { customer, minutes } => {
            let body = json!({"minutes": minutes});
            let path = format!("{}/block", path(&customer));
            office.call(Method::POST, &path, Some(&body)).await?;
            let long = minutes.map_or("for good".to_owned(), |it| format!("for {it} minutes"));
            format!("{} is kept out {long}.\n", Shown::line(&customer))
        }
        CustomerCommand::Unblock { customer } => {
            let path = format!("{}/unblock", path(&customer));
            office.call(Method::POST, &path, Some(&json!({}))).await?;
            format!("{} may come in again.\n", Shown::line(&customer))
        }
    })
}

async fn list(office: &Office, text: &str, as_json: bool) -> Result<String, Fatal> {
    let mut all: Vec<Value> = vec![];
    let mut cursor = None;
    loop {
        let mut path = format!("{CUSTOMERS}?limit=200&q={}", segment(text));
        if let Some(cursor) = &cursor {
            path.push_str(&format!("&cursor={cursor}"));
        }
        let mut page = office.call(Method::GET, &path, None).await?;
        if let Some(rows) = page["customers"].as_array_mut() {
            all.append(rows);
        }
        match page["next_cursor"].as_str() {
            Some(next) => cursor = Some(next.to_owned()),
            None => break,
        }
    }
    if as_json {
        return Ok(pretty(&Value::Array(all)));
    }
    let rows = all.iter().map(|it| {
        let field = |name: &str| it[name].as_str().unwrap_or_default().to_owned();
        let state = match (it["blocked"].as_bool(), it["verified"].as_bool()) {
            (Some(true), _) => "blocked",
            (_, Some(true)) => "verified",
            _ => "",
        };
        [
            field("customer_id"),
            field("realm"),
            state.to_owned(),
            field("id"),
            field("created_at"),
        ]
    });
    Ok(table(["NAME", "REALM", "STATE", "ID", "SINCE"], rows))
}

async fn of_keys(office: &Office, command: KeyCommand) -> Result<String, Fatal> {
    Ok(match command {
        KeyCommand::List => {
            let answer = office.call(Method::GET, KEYS, None).await?;
            let keys = answer["keys"].as_array().cloned().unwrap_or_default();
            let rows = keys.iter().map(|it| {
                let field = |name: &str| it[name].as_str().unwrap_or_default().to_owned();
                [field("id"), field("created_at"), field("retired_at")]
            });
            table(["ID", "MADE", "RETIRED"], rows)
        }
        KeyCommand::Create => {
            let made = office.call(Method::POST, KEYS, Some(&json!({}))).await?;
            let field = |name: &str| Shown::line(made[name].as_str().unwrap_or_default()).to_string();
            format!(
                "Key {}. Its secret is shown this once; give it to the site and to nobody else:\n{}\n",
                field("id"),
                field("secret")
            )
        }
        KeyCommand::Retire { id } => {
            let path = format!("{KEYS}/{}", segment(&id));
            office.call(Method::DELETE, &path, None).await?;
            format!(
                "Key {} is retired. Nothing that it signed is good any more.\n",
                Shown::line(&id)
            )
        }
        KeyCommand::Sign {
            customer,
            name,
            email,
            hours,
        } => {
            let body = json!({"customer_id": customer, "name": name, "email": email, "hours": hours});
            let signed = office.call(Method::POST, &format!("{KEYS}/sign"), Some(&body)).await?;
            format!("{}\n", Shown::line(signed["identity"].as_str().unwrap_or_default()))
        }
    })
}

fn pretty(value: &Value) -> String {
    json::pretty(value)
}
