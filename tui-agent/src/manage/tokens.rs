//! `minicom-agent token`: tokens of programs and sign-ins of devices; one's own, and for admins everybody's.

use clap::{Subcommand, ValueEnum};
use minicom_tui_kit::Shown;
use serde_json::{Value, json};

use super::{
    Access, Told,
    office::{minute, pretty, segment, shown, table},
};
use crate::exit::Failure;

/// What to do about tokens.
#[derive(Debug, Subcommand, PartialEq, Eq)]
pub enum TokenCommand {
    /// List the sign-ins and programs' tokens of an account.
    List {
        /// The account's address or id; your own if left out.
        #[arg(long, value_name = "EMAIL")]
        agent: Option<String>,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Make a token for a program, which is printed this once.
    Create {
        /// The account's address or id: the program acts in its name. Your own if left out.
        #[arg(long, value_name = "EMAIL")]
        agent: Option<String>,
        /// What it is for.
        #[arg(long, value_name = "TEXT", default_value = "made on the command line")]
        label: String,
        /// What it may do at most.
        #[arg(long, value_enum, default_value_t = ScopeName::Read)]
        scope: ScopeName,
        /// How many days it lasts, 1 to 366; 90 if left out.
        #[arg(long, value_name = "DAYS")]
        days: Option<u32>,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Revoke a token; its connections are closed at once.
    Revoke {
        /// Its id, as `list` shows it.
        id: String,
    },
}

/// What a token may do at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ScopeName {
    /// Read alone.
    Read,
    /// What an agent may.
    Write,
    /// What an admin may.
    Admin,
}

impl ScopeName {
    fn word(self) -> &'static str {
        match self {
            ScopeName::Read => "read",
            ScopeName::Write => "write",
            ScopeName::Admin => "admin",
        }
    }
}

pub(super) async fn run(command: TokenCommand, access: &Access<'_>) -> Result<Told, Failure> {
    let office = access.office()?;
    let told = match command {
        TokenCommand::List { agent, json } => {
            let whose = agent.map_or(String::new(), |agent| format!("?agent_id={}", segment(&agent)));
            let answer = office.get(&format!("/tokens{whose}")).await?;
            let rows = answer["tokens"].as_array().map_or(&[][..], Vec::as_slice);
            if json { pretty(&answer["tokens"]) } else { list(rows) }
        }
        TokenCommand::Create {
            agent,
            label,
            scope,
            days,
            json,
        } => {
            let body = json!({"agent_id": agent, "label": label, "scope": scope.word(), "expires_in_days": days});
            let made = office.post("/tokens", body).await?;
            if json { pretty(&made) } else { created(&made) }
        }
        TokenCommand::Revoke { id } => {
            office.delete(&format!("/tokens/{}", segment(&id))).await?;
            let id = Shown::line(&id).cut(80);
            format!("Revoked {id}. Its connections are closed.\n")
        }
    };
    Ok(told.into())
}

/// The token alone on a line of its own: a script takes the first line.
fn created(made: &Value) -> String {
    format!(
        "{}\n\nThis is shown once. It may {}, until {}.\nRevoke it:  minicom-agent token revoke {}\n",
        shown(made, "token"),
        shown(made, "scope"),
        shown(made, "expires_at"),
        shown(made, "id"),
    )
}

fn list(rows: &[Value]) -> String {
    let cells = |it: &Value| {
        let current = it["current"].as_bool() == Some(true);
        let label = match current {
            true => Shown::line(&format!("{}  (this one)", shown(it, "label"))),
            false => shown(it, "label"),
        };
        vec![
            shown(it, "id"),
            shown(it, "kind"),
            shown(it, "scope"),
            minute(it, "last_used_at"),
            minute(it, "expires_at"),
            shown(it, "last_address"),
            label,
        ]
    };
    let heads = ["ID", "KIND", "SCOPE", "LAST USED", "ENDS", "FROM", "LABEL"];
    table(&heads, rows, cells, "There are no tokens.")
}
