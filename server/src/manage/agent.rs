//! `minicom-server agent ...`: the accounts of a tenant from the command line.

use std::io::Write;

use minicom_protocol::{gate::Shown, ids::TenantId, people::Role, words::Skill};
use reqwest::Method;
use serde_json::Value;

use super::{Office, confirm, in_office, password, pretty, segment, table};
use crate::{
    config::{AgentCommand, Config},
    exit::{ExitKind, Fatal},
    http::api::agents::{AgentAnswer, AgentsAnswer, ChangeAgentRequest, DeletedAnswer, NewAgentRequest},
};

const AGENTS: &str = "/api/v1/chat/agents";

/// Does what the command says in this tenant and writes to `out` what became of it.
///
/// # Errors
/// Why it was not done.
pub async fn run(command: AgentCommand, tenant: TenantId, config: &Config, out: &mut impl Write) -> Result<(), Fatal> {
    // The password comes first: nobody should hold the data folder while somebody thinks.
    let password = match &command {
        AgentCommand::Add { password_stdin, .. } | AgentCommand::Passwd { password_stdin, .. } => {
            Some(password::read(*password_stdin)?)
        }
        _ => None,
    };
    if let AgentCommand::Delete { email, confirm } = &command {
        confirm::named_twice(email, confirm.as_deref(), &format!("the account {email}"))?;
    }
    in_office(config, tenant, out, async |office| act(office, command, password).await).await
}

fn path(named: &str) -> String {
    format!("{AGENTS}/{}", segment(named))
}

async fn change(office: &Office, named: &str, change: ChangeAgentRequest) -> Result<AgentAnswer, Fatal> {
    office.ask(Method::PATCH, &path(named), Some(&change)).await
}

async fn switch(office: &Office, named: &str, enabled: bool) -> Result<AgentAnswer, Fatal> {
    let wish = ChangeAgentRequest {
        enabled: Some(enabled),
        ..ChangeAgentRequest::default()
    };
    change(office, named, wish).await
}

async fn act(office: &Office, command: AgentCommand, password: Option<String>) -> Result<String, Fatal> {
    Ok(match command {
        AgentCommand::List { json } => {
            let all: AgentsAnswer = office.ask(Method::GET, AGENTS, None::<&()>).await?;
            if json { pretty(&all.agents) } else { listed(&all.agents) }
        }
        AgentCommand::Show { email, json } => {
            let found: AgentAnswer = office.ask(Method::GET, &path(&email), None::<&()>).await?;
            if json { pretty(&found) } else { shown(&found) }
        }
        AgentCommand::Add { email, name, role, .. } => {
            let name = name.to_string();
            let new = NewAgentRequest {
                email,
                name,
                role,
                password,
            };
            let made: AgentAnswer = office.ask(Method::POST, AGENTS, Some(&new)).await?;
            let (email, name) = (address(&made), Shown::name(&made.name));
            format!("Added {email}: {name}, {}.\n", role_name(made.role))
        }
        AgentCommand::Change {
            email,
            name,
            new_email,
            role,
            skills,
            capacity,
        } => {
            let wish = ChangeAgentRequest {
                name: name.map(|name| name.to_string()),
                email: new_email,
                role,
                skills: skills.as_deref().map(read_skills).transpose()?,
                capacity: capacity.map(|it| it.0),
                ..ChangeAgentRequest::default()
            };
            shown(&change(office, &email, wish).await?)
        }
        AgentCommand::Disable { email } => {
            let email = address(&switch(office, &email, false).await?);
            format!("Disabled {email}. Its sign-ins have ended.\n")
        }
        AgentCommand::Enable { email } => {
            format!("Enabled {}.\n", address(&switch(office, &email, true).await?))
        }
        AgentCommand::Delete { email, .. } => {
            let gone: DeletedAnswer = office.ask(Method::DELETE, &path(&email), None::<&()>).await?;
            let email = Shown::line(&email).cut(80);
            format!(
                "Deleted {email}: its name and address are gone. What it wrote stays, under the id {}.\n",
                gone.id
            )
        }
        AgentCommand::Passwd { email, .. } => {
            let wish = ChangeAgentRequest {
                password,
                ..ChangeAgentRequest::default()
            };
            let email = address(&change(office, &email, wish).await?);
            format!("Set a new password for {email}. Its earlier sign-ins have ended.\n")
        }
        AgentCommand::Reset { email, json } => {
            let path = format!("{}/reset-code", path(&email));
            let made: Value = office.call(Method::POST, &path, None).await?;
            if json {
                format!("{made:#}\n")
            } else {
                reset(&email, &made)
            }
        }
        AgentCommand::Totp { email, .. } => {
            let path = format!("{}/totp", path(&email));
            office.call(Method::DELETE, &path, None).await?;
            let email = Shown::line(&email).cut(80);
            format!(
                "Took away the second factor of {email}: the password alone signs in, or sets up a new one where the desk asks for it.\n"
            )
        }
    })
}

/// A code is for one person: what to do with it stands beside it.
fn reset(email: &str, made: &Value) -> String {
    let text = |name: &str| Shown::line(made[name].as_str().unwrap_or_default());
    let (code, until) = (text("code"), text("expires_at"));
    let email = Shown::line(email).cut(80);
    format!(
        "Code: {code}\nFor {email}, good once, until {until}: minicom-agent login takes it in place of the password and asks for a new \
         one.\nIt is not shown again.\n"
    )
}

fn read_skills(text: &str) -> Result<Vec<Skill>, Fatal> {
    let words = text.split(',').map(str::trim).filter(|word| !word.is_empty());
    let skills = words.map(|word| word.parse::<Skill>());
    skills.collect::<Result<_, _>>().map_err(|refused| {
        Fatal::new(
            ExitKind::Usage,
            format!("--skills: {refused}."),
            "Write them with commas between, as billing,german.",
        )
    })
}

fn address(it: &AgentAnswer) -> Shown {
    Shown::line(it.email.as_deref().unwrap_or(&it.id))
}

fn role_name(role: Role) -> &'static str {
    match role {
        Role::Agent => "agent",
        Role::Admin => "admin",
    }
}

fn state(it: &AgentAnswer) -> &'static str {
    match (it.enabled, it.has_password) {
        (true, Some(false)) => "enabled, no password",
        (true, _) => "enabled",
        (false, _) => "disabled",
    }
}

/// The accounts as a table for a terminal and for `grep`.
fn listed(accounts: &[AgentAnswer]) -> String {
    let rows = accounts.iter().map(|it| {
        [
            it.email.clone().unwrap_or_default(),
            Shown::name(&it.name).as_str().to_owned(),
            role_name(it.role).to_owned(),
            state(it).to_owned(),
        ]
    });
    table(["ADDRESS", "NAME", "ROLE", "STATE"], rows)
}

fn shown(it: &AgentAnswer) -> String {
    let words: Vec<String> = it.skills.iter().map(|skill| skill.as_str().to_owned()).collect();
    let capacity = it
        .capacity
        .map_or_else(|| "as the desk has it".to_owned(), |most| most.to_string());
    let rows = [
        ["address", it.email.as_deref().unwrap_or_default()],
        ["name", &it.name],
        ["id", &it.id],
        ["role", role_name(it.role)],
        ["state", state(it)],
        ["presence", it.presence.word()],
        ["skills", &words.join(", ")],
        ["capacity", &capacity],
        ["active", &it.active.to_string()],
        ["made", it.created_at.as_deref().unwrap_or_default()],
    ];
    super::pairs(rows.map(|row| row.map(str::to_owned)))
}

#[cfg(test)]
mod tests {
    use minicom_protocol::staff::{Intent, PresenceState};

    use super::*;

    #[test]
    fn the_table_is_aligned() {
        let account = |email: &str, name: &str, enabled, has_password| AgentAnswer {
            id: String::new(),
            name: name.to_owned(),
            role: if enabled { Role::Admin } else { Role::Agent },
            enabled,
            skills: vec![],
            capacity: None,
            presence: PresenceState::Offline,
            intent: Intent::Available,
            last_activity_at: None,
            active: 0,
            snoozed: 0,
            email: Some(email.to_owned()),
            has_password: Some(has_password),
            created_at: None,
        };
        let accounts = [
            account("admin@localhost", "Ada", true, false),
            account("b@x", "Bo the second", false, true),
        ];
        assert_eq!(
            listed(&accounts),
            "ADDRESS          NAME           ROLE   STATE\n\
             admin@localhost  Ada            admin  enabled, no password\n\
             b@x              Bo the second  agent  disabled\n"
        );
    }
}
