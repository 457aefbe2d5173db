//! `minicom-agent agent`: the accounts of the tenant, for admins. Passwords are asked for, never arguments.

use clap::{Subcommand, ValueEnum};
use minicom_protocol::words::Skill;
use minicom_tui_kit::Shown;
use serde_json::{Map, Value, json};

use super::{
    Access, Told,
    office::{Office, field, number, pairs, pretty, segment, shown, table},
};
use crate::{
    account::{Ask, Terminal},
    exit::{self, Failure},
};

/// What to do about accounts.
#[derive(Debug, Subcommand, PartialEq, Eq)]
pub enum AccountCommand {
    /// Make an account; the password is asked for.
    Add {
        /// The address that the agent signs in with.
        email: String,
        /// The name that customers and colleagues see.
        #[arg(long)]
        name: String,
        /// What the agent may do.
        #[arg(long, value_enum, default_value_t = RoleName::Agent)]
        role: RoleName,
        /// No password: the agent comes by a one-time code, which is printed.
        #[arg(long)]
        code: bool,
        /// Read the password from the standard input, one line.
        #[arg(long, conflicts_with = "code")]
        password_stdin: bool,
    },
    /// List all accounts.
    List {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Show an account.
    Show {
        /// The account's address or id.
        agent: String,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Change an account. What is not named stays.
    Change {
        /// The account's address or id.
        agent: String,
        /// The name that customers and colleagues see.
        #[arg(long)]
        name: Option<String>,
        /// The address that the agent signs in with.
        #[arg(long)]
        email: Option<String>,
        /// What the agent may do.
        #[arg(long, value_enum)]
        role: Option<RoleName>,
        /// What the agent is good at, with commas between; nothing for none.
        #[arg(long, value_name = "SKILL,SKILL")]
        skills: Option<String>,
        /// How many conversations at once, or none for the tenant's own limit.
        #[arg(long, value_name = "N|none")]
        capacity: Option<String>,
    },
    /// End all sign-ins of an account and take no new ones.
    Disable {
        /// The account's address or id.
        agent: String,
    },
    /// Let a disabled account sign in again.
    Enable {
        /// The account's address or id.
        agent: String,
    },
    /// Disable an account for good and take its name and address away.
    Delete {
        /// The account's address or id.
        agent: String,
        /// The same again: nothing is deleted by a slip of the hand.
        #[arg(long, value_name = "AGENT")]
        confirm: String,
    },
    /// Set a new password, which is asked for, and end all sign-ins.
    Passwd {
        /// The account's address or id.
        agent: String,
        /// Read the password from the standard input, one line.
        #[arg(long)]
        password_stdin: bool,
    },
    /// Print a one-time code for who has lost the password: it signs in once, to set a new one.
    ResetCode {
        /// The account's address or id.
        agent: String,
    },
    /// Take the second factor away from who has lost it.
    ResetTotp {
        /// The account's address or id.
        agent: String,
    },
}

/// What an agent may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RoleName {
    /// Answers customers.
    Agent,
    /// Manages the desk too.
    Admin,
}

impl RoleName {
    fn word(self) -> &'static str {
        match self {
            RoleName::Agent => "agent",
            RoleName::Admin => "admin",
        }
    }
}

fn path(agent: &str) -> String {
    format!("/agents/{}", segment(agent))
}

pub(super) async fn run(command: AccountCommand, access: &Access<'_>) -> Result<Told, Failure> {
    let office = access.office()?;
    let told = match command {
        AccountCommand::List { json } => {
            let answer = office.get("/agents").await?;
            let rows = answer["agents"].as_array().map_or(&[][..], Vec::as_slice);
            if json { pretty(&answer["agents"]) } else { list(rows) }
        }
        AccountCommand::Show { agent, json } => {
            let answer = office.get(&path(&agent)).await?;
            if json { pretty(&answer) } else { account(&answer) }
        }
        AccountCommand::Add {
            email,
            name,
            role,
            code,
            password_stdin,
        } => {
            let password = if code { None } else { Some(password(password_stdin)?) };
            let body = json!({"email": email, "name": name, "role": role.word(), "password": password});
            let made = office.post("/agents", body).await?;
            let (email, name) = (shown(&made, "email"), shown(&made, "name"));
            let mut text = format!("Added {email}: {name}, {}.\n", role.word());
            if code {
                text.push_str(&reset_code(&office, field(&made, "id")).await?);
            }
            text
        }
        AccountCommand::Change {
            agent,
            name,
            email,
            role,
            skills,
            capacity,
        } => {
            let role = role.map(RoleName::word);
            let change = change(name, email, role, skills.as_deref(), capacity.as_deref())?;
            account(&office.patch(&path(&agent), change).await?)
        }
        AccountCommand::Disable { agent } => {
            let it = office.patch(&path(&agent), json!({"enabled": false})).await?;
            format!("Disabled {}. Its sign-ins have ended.\n", shown(&it, "email"))
        }
        AccountCommand::Enable { agent } => {
            let it = office.patch(&path(&agent), json!({"enabled": true})).await?;
            format!("Enabled {}.\n", shown(&it, "email"))
        }
        AccountCommand::Delete { agent, confirm } => {
            if agent != confirm {
                let words = "Nothing is deleted: --confirm does not name the same account. It cannot be undone.";
                return Err(Failure::new(exit::USAGE, words));
            }
            let gone = office.delete(&path(&agent)).await?;
            let (agent, id) = (Shown::line(&agent).cut(80), shown(&gone, "id"));
            format!("Deleted {agent}: its name and address are gone. What it wrote stays, under the id {id}.\n")
        }
        AccountCommand::Passwd { agent, password_stdin } => {
            let body = json!({"password": password(password_stdin)?});
            let it = office.patch(&path(&agent), body).await?;
            let email = shown(&it, "email");
            format!("Set a new password for {email}. Its earlier sign-ins have ended.\n")
        }
        AccountCommand::ResetCode { agent } => reset_code(&office, &agent).await?,
        AccountCommand::ResetTotp { agent } => {
            office.delete(&format!("{}/totp", path(&agent))).await?;
            format!("{} signs in without a second factor.\n", Shown::line(&agent).cut(80))
        }
    };
    Ok(told.into())
}

/// The code alone on a line of its own: a script takes the first line.
async fn reset_code(office: &Office, agent: &str) -> Result<String, Failure> {
    let made = office.post(&format!("{}/reset-code", path(agent)), json!({})).await?;
    Ok(format!(
        "{}\n\nThis is shown once. {} gives it in place of the password, until {}, and then chooses a new one.\n",
        shown(&made, "code"),
        shown(&made, "email"),
        shown(&made, "expires_at"),
    ))
}

/// What is to be different.
fn change(
    name: Option<String>,
    email: Option<String>,
    role: Option<&str>,
    skills: Option<&str>,
    capacity: Option<&str>,
) -> Result<Value, Failure> {
    let mut change = Map::new();
    let mut set = |key: &str, value: Option<Value>| {
        if let Some(value) = value {
            change.insert(key.to_owned(), value);
        }
    };
    set("name", name.map(Value::from));
    set("email", email.map(Value::from));
    set("role", role.map(Value::from));
    if let Some(words) = skills {
        let words = words.split(',').map(str::trim).filter(|word| !word.is_empty());
        let skills: Result<Vec<Skill>, _> = words.map(Skill::parse).collect();
        let skills = skills.map_err(|why| Failure::new(exit::USAGE, format!("--skills: {why}")))?;
        let skills: Vec<&str> = skills.iter().map(Skill::as_str).collect();
        set("skills", Some(json!(skills)));
    }
    if let Some(word) = capacity {
        let bad = || Failure::new(exit::USAGE, "--capacity: write a number, or none");
        let capacity = match word {
            "none" => Value::Null,
            number => json!(number.parse::<u32>().map_err(|_| bad())?),
        };
        set("capacity", Some(capacity));
    }
    match change.is_empty() {
        true => Err(Failure::new(exit::USAGE, "nothing is to be changed: see --help")),
        false => Ok(Value::Object(change)),
    }
}

fn password(stdin: bool) -> Result<String, Failure> {
    let mut ask = Terminal::new(stdin);
    let password = ask.secret("Password of the account: ")?;
    if ask.is_person() && ask.secret("The same again: ")? != password {
        return Err(Failure::new(exit::USAGE, "They differ: nothing was done."));
    }
    Ok(password)
}

fn state(of: &Value) -> &'static str {
    match (of["enabled"].as_bool(), of["has_password"].as_bool()) {
        (Some(true), Some(false)) => "enabled, no password",
        (Some(true), _) => "enabled",
        _ => "disabled",
    }
}

fn list(rows: &[Value]) -> String {
    let cells = |it: &Value| {
        vec![
            shown(it, "email"),
            shown(it, "name"),
            shown(it, "role"),
            Shown::fixed(state(it)),
        ]
    };
    table(
        &["ADDRESS", "NAME", "ROLE", "STATE"],
        rows,
        cells,
        "There are no accounts.",
    )
}

fn account(it: &Value) -> String {
    let words = it["skills"].as_array().map_or(&[][..], Vec::as_slice);
    let skills: Vec<&str> = words.iter().filter_map(Value::as_str).collect();
    let capacity = match it["capacity"].as_u64() {
        Some(most) => most.to_string(),
        None => "as the desk has it".to_owned(),
    };
    let text = |name: &str| field(it, name).to_owned();
    pairs(&[
        ("address", text("email")),
        ("name", text("name")),
        ("id", text("id")),
        ("role", text("role")),
        ("state", state(it).to_owned()),
        ("presence", text("presence")),
        ("skills", skills.join(", ")),
        ("capacity", capacity),
        ("active", number(it, "active").to_string()),
        ("made", text("created_at")),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_named_is_changed() {
        let none = change(None, None, None, None, None).unwrap_err();
        assert_eq!(none.code, exit::USAGE);
        let some = change(
            Some("Bo".into()),
            None,
            Some("admin"),
            Some("german, refunds,"),
            Some("none"),
        )
        .unwrap();
        let expected = json!({"name": "Bo", "role": "admin", "skills": ["german", "refunds"], "capacity": null});
        assert_eq!(some, expected);
        assert_eq!(
            change(None, None, None, Some(""), Some("3")).unwrap(),
            json!({"skills": [], "capacity": 3})
        );
        assert!(change(None, None, None, None, Some("many")).is_err());
        assert!(change(None, None, None, Some("a b"), None).is_err());
    }

    #[test]
    fn accounts_are_told_in_a_row_each() {
        let rows = [
            json!({"email": "a@x", "name": "Ada", "role": "admin", "enabled": true, "has_password": false}),
            json!({"email": "b@x", "name": "Bo", "role": "agent", "enabled": false, "has_password": true}),
        ];
        let expected = "ADDRESS  NAME  ROLE   STATE\n\
                        a@x      Ada   admin  enabled, no password\n\
                        b@x      Bo    agent  disabled\n";
        assert_eq!(list(&rows), expected);
    }
}
