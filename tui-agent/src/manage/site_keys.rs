//! `minicom-agent key`: the keys by which the tenant's site vouches for its customers. For admins.

use clap::Subcommand;
use minicom_tui_kit::Shown;
use serde_json::{Value, json};

use super::{
    Access, Told,
    office::{minute, segment, shown, table},
};
use crate::exit::Failure;

/// What to do about keys.
#[derive(Debug, Subcommand, PartialEq, Eq)]
pub enum KeyCommand {
    /// List all keys, without their secrets.
    List,
    /// Make a key; its secret is shown this once.
    Create,
    /// Retire a key: nothing that it signed is good from then on.
    Retire {
        /// Its id.
        id: String,
    },
}

pub(super) async fn run(command: KeyCommand, access: &Access<'_>) -> Result<Told, Failure> {
    let office = access.office()?;
    let told = match command {
        KeyCommand::List => {
            let answer = office.get("/identity-keys").await?;
            let rows = answer["keys"].as_array().map_or(&[][..], Vec::as_slice);
            let cells = |it: &Value| vec![shown(it, "id"), minute(it, "created_at"), minute(it, "retired_at")];
            table(&["ID", "MADE", "RETIRED"], rows, cells, "There are no keys.")
        }
        KeyCommand::Create => {
            let made = office.post("/identity-keys", json!({})).await?;
            format!(
                "Key {}. Its secret is shown this once; give it to the site and to nobody else:\n{}\n",
                shown(&made, "id"),
                shown(&made, "secret")
            )
        }
        KeyCommand::Retire { id } => {
            office.delete(&format!("/identity-keys/{}", segment(&id))).await?;
            let id = Shown::line(&id).cut(80);
            format!("Key {id} is retired. Nothing that it signed is good any more.\n")
        }
    };
    Ok(told.into())
}
