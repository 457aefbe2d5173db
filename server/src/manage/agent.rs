//! `minicom-server agent ...`: the accounts of a tenant from the command line.

use std::io::Write;

use minicom_protocol::{
    gate::Shown,
    ids::TenantId,
    people::Role,
    rest::{AccountAnswer, AccountsAnswer, ChangeAccountRequest, NewAccountRequest},
};
use reqwest::Method;

use super::{Office, in_office, password, segment, table};
use crate::{
    config::{AgentCommand, Config},
    exit::Fatal,
};

const ACCOUNTS: &str = "/api/agents";

/// Does what the command says and writes to `out` what became of it.
///
/// # Errors
/// Why it was not done.
pub async fn run(command: AgentCommand, config: &Config, out: &mut impl Write) -> Result<(), Fatal> {
    // The password comes first: nobody should hold the data folder while somebody thinks.
    let password = match &command {
        AgentCommand::Add { password_stdin, .. } | AgentCommand::Passwd { password_stdin, .. } => {
            Some(password::read(*password_stdin)?)
        }
        _ => None,
    };
    let tenant = TenantId::default_tenant();
    in_office(config, tenant, out, async |office| act(office, command, password).await).await
}

async fn change(office: &Office, email: &str, change: ChangeAccountRequest) -> Result<AccountAnswer, Fatal> {
    let path = format!("{ACCOUNTS}/{}", segment(email));
    office.ask(Method::PATCH, &path, Some(&change)).await
}

async fn list(office: &Office) -> Result<Vec<AccountAnswer>, Fatal> {
    let answer: AccountsAnswer = office.ask(Method::GET, ACCOUNTS, None::<&()>).await?;
    Ok(answer.agents)
}

async fn act(office: &Office, command: AgentCommand, password: Option<String>) -> Result<String, Fatal> {
    let switched = |enabled| ChangeAccountRequest {
        enabled: Some(enabled),
        ..ChangeAccountRequest::default()
    };
    Ok(match command {
        AgentCommand::List => accounts_table(&list(office).await?),
        AgentCommand::Add { email, name, role, .. } => {
            let name = name.to_string();
            let new = NewAccountRequest {
                email,
                name,
                role,
                password,
            };
            let made = office
                .ask::<AccountAnswer>(Method::POST, ACCOUNTS, Some(&new))
                .await?
                .agent;
            let (email, name) = (Shown::line(&made.email), Shown::name(&made.name));
            format!("Added {email}: {name}, {}.\n", role_name(made.role))
        }
        AgentCommand::Disable { email } => {
            let email = change(office, &email, switched(false)).await?.agent.email;
            format!("Disabled {}. Its sign-ins have ended.\n", Shown::line(&email))
        }
        AgentCommand::Enable { email } => {
            let email = change(office, &email, switched(true)).await?.agent.email;
            format!("Enabled {}.\n", Shown::line(&email))
        }
        AgentCommand::Passwd { email, .. } => {
            let new = ChangeAccountRequest {
                password,
                ..ChangeAccountRequest::default()
            };
            let email = change(office, &email, new).await?.agent.email;
            format!(
                "Set a new password for {}. Its earlier sign-ins have ended.\n",
                Shown::line(&email)
            )
        }
    })
}

fn role_name(role: Role) -> &'static str {
    match role {
        Role::Agent => "agent",
        Role::Admin => "admin",
    }
}

/// The accounts as a table for a terminal and for `grep`.
fn accounts_table(accounts: &[AccountAnswer]) -> String {
    let rows = accounts.iter().map(|it| {
        let state = match (it.enabled, it.has_password) {
            (true, true) => "enabled",
            (true, false) => "enabled, no password",
            (false, _) => "disabled",
        };
        [
            it.agent.email.clone(),
            Shown::name(&it.agent.name).as_str().to_owned(),
            role_name(it.agent.role).to_owned(),
            state.to_owned(),
        ]
    });
    table(["ADDRESS", "NAME", "ROLE", "STATE"], rows)
}

#[cfg(test)]
mod tests {
    use minicom_protocol::rest::AgentAnswer;

    use super::*;

    #[test]
    fn the_table_is_aligned() {
        let account = |email: &str, name: &str, enabled, has_password| AccountAnswer {
            agent: AgentAnswer {
                id: String::new(),
                name: name.to_owned(),
                email: email.to_owned(),
                role: if enabled { Role::Admin } else { Role::Agent },
            },
            enabled,
            has_password,
            created_at: String::new(),
        };
        let accounts = [
            account("admin@localhost", "Ada", true, false),
            account("b@x", "Bo the second", false, true),
        ];
        assert_eq!(
            accounts_table(&accounts),
            "ADDRESS          NAME           ROLE   STATE\n\
             admin@localhost  Ada            admin  enabled, no password\n\
             b@x              Bo the second  agent  disabled\n"
        );
    }
}
