//! `minicom-agent customer`: customers found, described, kept out, exported and erased; and `minicom-agent network`: from where
//! nobody comes in.

use std::{
    fs::OpenOptions,
    io::{BufWriter, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use clap::Subcommand;
use minicom_protocol::json::ascii;
use minicom_tui_kit::Shown;
use serde_json::{Value, json};

use super::{
    Access, Told, files,
    office::{Office, minute, pretty, segment, shown, table},
};
use crate::{
    exit::{self, Failure},
    words::count,
};

/// No list is longer.
const ROWS_MAX: usize = 10_000;

/// What to do about customers.
#[derive(Debug, Subcommand, PartialEq, Eq)]
pub enum CustomerCommand {
    /// List customers.
    List {
        /// Only those with this in their name or address.
        #[arg(default_value = "")]
        text: String,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Show one customer, as JSON.
    Show {
        /// The id, or the name of one whom the site does not vouch for.
        customer: String,
    },
    /// Write all that is kept of one customer, a JSON object a line. For admins.
    Export {
        /// The id or the name.
        customer: String,
        /// A file for it, for you alone; never over one that is there. Without it: the standard output.
        #[arg(long, short, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Erase all that is kept of one customer, for good. For admins.
    Delete {
        /// The id or the name.
        customer: String,
        /// The same again: nothing is erased by a slip of the hand.
        #[arg(long, value_name = "CUSTOMER")]
        confirm: String,
    },
    /// Keep a customer out.
    Block {
        /// The id or the name.
        customer: String,
        /// For so long; for good if left out.
        #[arg(long, value_name = "MINUTES")]
        minutes: Option<u32>,
        /// The addresses too that the customer is connected from.
        #[arg(long)]
        address: bool,
        /// Why an address is kept out, for colleagues.
        #[arg(long, value_name = "TEXT", requires = "address", default_value = "")]
        reason: String,
    },
    /// Let a customer in again.
    Unblock {
        /// The id or the name.
        customer: String,
    },
}

/// What to do about networks.
#[derive(Debug, Subcommand, PartialEq, Eq)]
pub enum NetworkCommand {
    /// List the addresses and networks that are kept out.
    List {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Keep an address or a network out.
    Block {
        /// As 192.0.2.7 or 2001:db8::/64.
        network: String,
        /// For so long; for good if left out.
        #[arg(long, value_name = "MINUTES")]
        minutes: Option<u32>,
        /// Why, for colleagues.
        #[arg(long, value_name = "TEXT", default_value = "")]
        reason: String,
    },
    /// Let it in again.
    Unblock {
        /// As the list has it.
        network: String,
    },
}

fn path(customer: &str) -> String {
    format!("/customers/{}", segment(customer))
}

pub(super) async fn run(command: CustomerCommand, access: &Access<'_>) -> Result<Told, Failure> {
    let office = access.office()?;
    let name = |customer: &str| Shown::line(customer).cut(80);
    let told = match command {
        CustomerCommand::List { text, json } => {
            let path = format!("/customers?q={}", segment(&text));
            let rows = office.rows(&path, "customers", ROWS_MAX).await?;
            if json { pretty(&Value::Array(rows)) } else { list(&rows) }
        }
        CustomerCommand::Show { customer } => pretty(&office.get(&path(&customer)).await?),
        CustomerCommand::Export { customer, output } => export(&office, &customer, output.as_deref()).await?,
        CustomerCommand::Delete { customer, confirm } => {
            if customer != confirm {
                let words = "Nothing is erased: --confirm does not name the same customer. It cannot be undone.";
                return Err(Failure::new(exit::USAGE, words));
            }
            office.delete(&path(&customer)).await?;
            format!(
                "Erased {}. Older copies of the database still have it.\n",
                name(&customer)
            )
        }
        CustomerCommand::Block {
            customer,
            minutes,
            address,
            reason,
        } => {
            // While the customer is connected: the block ends that.
            let known = office.get(&path(&customer)).await?;
            let blocked = format!("{}/block", path(&customer));
            office.post(&blocked, json!({"minutes": minutes})).await?;
            let addresses = known["addresses"].as_array().map_or(&[][..], Vec::as_slice);
            let mut text = format!("{} is kept out {}.\n", name(&customer), how_long(minutes));
            for network in addresses.iter().filter_map(Value::as_str).filter(|_| address) {
                text.push_str(&block(&office, network, minutes, &reason).await?);
            }
            if address && addresses.is_empty() {
                text.push_str("No address: the customer is not connected.\n");
            }
            text
        }
        CustomerCommand::Unblock { customer } => {
            office.post(&format!("{}/unblock", path(&customer)), json!({})).await?;
            format!("{} may come in again.\n", name(&customer))
        }
    };
    Ok(told.into())
}

pub(super) async fn networks(command: NetworkCommand, access: &Access<'_>) -> Result<Told, Failure> {
    let office = access.office()?;
    let told = match command {
        NetworkCommand::List { json } => {
            let answer = office.get("/blocked-networks").await?;
            let rows = answer["networks"].as_array().map_or(&[][..], Vec::as_slice);
            let cells = |it: &Value| {
                let until = match it["expires_at"].is_null() {
                    true => Shown::fixed("for good"),
                    false => minute(it, "expires_at"),
                };
                vec![
                    shown(it, "network"),
                    minute(it, "created_at"),
                    until,
                    shown(it, "reason"),
                ]
            };
            match json {
                true => pretty(&answer["networks"]),
                false => table(
                    &["NETWORK", "SINCE", "UNTIL", "WHY"],
                    rows,
                    cells,
                    "Nobody is kept out by address.",
                ),
            }
        }
        NetworkCommand::Block {
            network,
            minutes,
            reason,
        } => block(&office, &network, minutes, &reason).await?,
        NetworkCommand::Unblock { network } => {
            office
                .delete(&format!("/blocked-networks/{}", segment(&network)))
                .await?;
            format!("{} may come in again.\n", Shown::line(&network).cut(80))
        }
    };
    Ok(told.into())
}

async fn block(office: &Office, network: &str, minutes: Option<u32>, reason: &str) -> Result<String, Failure> {
    let body = json!({"network": network, "minutes": minutes, "reason": reason});
    office.post("/blocked-networks", body).await?;
    let network = Shown::line(network).cut(80);
    Ok(format!("{network} is kept out {}.\n", how_long(minutes)))
}

fn how_long(minutes: Option<u32>) -> String {
    minutes.map_or("for good".to_owned(), |it| {
        format!("for {}", count(u64::from(it), "minute", "minutes"))
    })
}

/// To a file as it comes; to the output gated.
async fn export(office: &Office, customer: &str, output: Option<&Path>) -> Result<String, Failure> {
    let from = format!("{}/export", path(customer));
    let Some(file) = output else {
        let mut text = String::new();
        office
            .lines(&from, |line| {
                text.push_str(&ascii(line));
                text.push('\n');
                true
            })
            .await?;
        return Ok(text);
    };
    let failed = |error: std::io::Error| Failure::new(exit::IO, format!("{}: {error}", files::shown(file)));
    let opened = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file);
    let mut out = BufWriter::new(opened.map_err(failed)?);
    let (mut lines, mut trouble) = (0_u64, None);
    let fetched = office
        .lines(&from, |line| {
            lines += 1;
            trouble = writeln!(out, "{line}").err();
            trouble.is_none()
        })
        .await;
    let written = match trouble {
        Some(error) => Err(failed(error)),
        None => out.flush().and_then(|()| out.get_ref().sync_all()).map_err(failed),
    };
    if let Err(failure) = fetched.and(written) {
        // Half of it would be taken for all.
        let _ = std::fs::remove_file(file);
        return Err(failure);
    }
    let lines = count(lines, "line", "lines");
    Ok(format!("{}: {lines}.\n", files::shown(file)))
}

fn list(rows: &[Value]) -> String {
    let cells = |it: &Value| {
        let state = match (it["blocked"].as_bool(), it["verified"].as_bool()) {
            (Some(true), _) => "kept out",
            (_, Some(true)) => "verified",
            _ => "",
        };
        vec![
            shown(it, "customer_id"),
            shown(it, "realm"),
            Shown::fixed(state),
            shown(it, "id"),
            minute(it, "created_at"),
        ]
    };
    table(
        &["NAME", "REALM", "STATE", "ID", "SINCE"],
        rows,
        cells,
        "There are no such customers.",
    )
}
