//! `minicom-server agent ...`: the accounts from the command line. While a server has the data folder it asks that server;
//! else it opens the folder itself. Both go through the same functions, so the rules are the same.

mod here;
mod password;
mod running;

use std::io::Write;

use minicom_protocol::{
    gate::Shown,
    people::Role,
    rest::{AccountAnswer, ChangeAccountRequest, NewAccountRequest},
};

use self::{here::Here, running::Running};
use crate::{
    config::{AgentCommand, Config},
    exit::{ExitKind, Fatal},
    refused,
    store::open::{self, DATABASE, OpenRefused},
};

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
    let desk = open(config).await?;
    let done = act(&desk, command, password).await;
    // Also after a refusal: the writer ends and the folder is free when this returns.
    let closed = desk.close().await;
    let text = done?;
    closed?;
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        // `| head` has seen enough.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(Fatal::new(
            ExitKind::Io,
            format!("It is done, but standard output cannot be written: {error}."),
            "Look at where the output goes.",
        )),
        Ok(()) => Ok(()),
    }
}

/// Where the accounts are managed.
enum Accounts {
    Running(Running),
    Here(Here),
}

async fn open(config: &Config) -> Result<Accounts, Fatal> {
    let data = &config.data;
    if !data.join(DATABASE).exists() {
        return Err(Fatal::new(
            ExitKind::NoInput,
            format!("There is no data folder of a server at {}.", refused::shown(data)),
            "Name the right one with --data, or start the server once: it makes the folder and the first admin.",
        ));
    }
    match open::open(data) {
        Ok((folder, conn)) => Here::start(config, folder, conn).map(Accounts::Here),
        Err(OpenRefused::Locked { .. }) => Running::find(data).map(Accounts::Running),
        Err(refused) => Err(refused::opening(&refused)),
    }
}

impl Accounts {
    async fn list(&self) -> Result<Vec<AccountAnswer>, Fatal> {
        match self {
            Accounts::Running(server) => server.list().await,
            Accounts::Here(here) => here.list().await,
        }
    }

    async fn add(&self, new: NewAccountRequest) -> Result<AccountAnswer, Fatal> {
        match self {
            Accounts::Running(server) => server.add(&new).await,
            Accounts::Here(here) => here.add(new).await,
        }
    }

    async fn change(&self, email: &str, change: ChangeAccountRequest) -> Result<AccountAnswer, Fatal> {
        match self {
            Accounts::Running(server) => server.change(email, &change).await,
            Accounts::Here(here) => here.change(email, change).await,
        }
    }

    async fn close(self) -> Result<(), Fatal> {
        match self {
            Accounts::Running(_) => Ok(()),
            Accounts::Here(here) => here.close().await,
        }
    }
}

async fn act(accounts: &Accounts, command: AgentCommand, password: Option<String>) -> Result<String, Fatal> {
    let switched = |enabled| ChangeAccountRequest {
        enabled: Some(enabled),
        ..ChangeAccountRequest::default()
    };
    Ok(match command {
        AgentCommand::List => table(&accounts.list().await?),
        AgentCommand::Add { email, name, role, .. } => {
            let name = name.to_string();
            let new = NewAccountRequest {
                email,
                name,
                role,
                password,
            };
            let made = accounts.add(new).await?.agent;
            let (email, name) = (Shown::line(&made.email), Shown::name(&made.name));
            format!("Added {email}: {name}, {}.\n", role_name(made.role))
        }
        AgentCommand::Disable { email } => {
            let email = accounts.change(&email, switched(false)).await?.agent.email;
            format!("Disabled {}. Its sign-ins have ended.\n", Shown::line(&email))
        }
        AgentCommand::Enable { email } => {
            let email = accounts.change(&email, switched(true)).await?.agent.email;
            format!("Enabled {}.\n", Shown::line(&email))
        }
        AgentCommand::Passwd { email, .. } => {
            let change = ChangeAccountRequest {
                password,
                ..ChangeAccountRequest::default()
            };
            let email = accounts.change(&email, change).await?.agent.email;
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
fn table(accounts: &[AccountAnswer]) -> String {
    let mut rows = vec![["ADDRESS", "NAME", "ROLE", "STATE"].map(str::to_owned)];
    rows.extend(accounts.iter().map(|it| {
        let state = match (it.enabled, it.has_password) {
            (true, true) => "enabled",
            (true, false) => "enabled, no password",
            (false, _) => "disabled",
        };
        [
            Shown::line(&it.agent.email).as_str().to_owned(),
            Shown::name(&it.agent.name).as_str().to_owned(),
            role_name(it.agent.role).to_owned(),
            state.to_owned(),
        ]
    }));
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let [email, name, role] = [width(0), width(1), width(2)];
    let lines = rows
        .iter()
        .map(|[a, b, c, d]| format!("{a:email$}  {b:name$}  {c:role$}  {d}\n"));
    lines.collect()
}

/// What the program ends with for a refusal of this code, whoever refused.
fn kind_of(code: &str) -> ExitKind {
    match code {
        "sign_in" | "forbidden" => ExitKind::Permission,
        "busy" | "rate_limited" | "stopping" | "storage" | "behind" | "timeout" => ExitKind::TryLater,
        "storage_full" | "local_token" => ExitKind::Io,
        "internal" => ExitKind::Bug,
        _ => ExitKind::BadData,
    }
}

/// A refusal as an error with a way out.
fn refusal(code: &str, message: &str) -> Fatal {
    let fix = match code {
        "not_found" => "`minicom-server agent list` shows all accounts.",
        "exists" => "`minicom-server agent passwd` sets its password, `enable` lets it sign in again.",
        "weak_password" => "Take several words that do not belong together.",
        "last_admin" => "`minicom-server agent add --role admin` makes another one.",
        "bad_email" => "Give an address such as bo@example.org.",
        _ => match kind_of(code) {
            ExitKind::TryLater => "Try again in a moment.",
            ExitKind::Permission => "Run this as the user who runs the server.",
            _ => "The server's log may say more.",
        },
    };
    let mut message = Shown::line(message).cut(200).as_str().to_owned();
    if !message.ends_with('.') {
        message.push('.');
    }
    // A sentence begins large, but not with somebody's address.
    let begins_with_address = message.split(' ').next().is_some_and(|word| word.contains('@'));
    if let Some(first) = message.chars().next().filter(|_| !begins_with_address) {
        message.replace_range(..first.len_utf8(), &first.to_uppercase().to_string());
    }
    Fatal::new(kind_of(code), message, fix)
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
            table(&accounts),
            "ADDRESS          NAME           ROLE   STATE\n\
             admin@localhost  Ada            admin  enabled, no password\n\
             b@x              Bo the second  agent  disabled\n"
        );
    }

    #[test]
    fn a_refusal_has_two_lines_and_a_number() {
        let fatal = refusal("exists", "there is an account with the address a@b already");
        assert_eq!(fatal.code(), 65);
        assert_eq!(fatal.what, "There is an account with the address a@b already.");
        assert!(refusal("last_admin", "a@b is the last").what.starts_with("a@b"));
        assert_eq!(refusal("sign_in", "x").code(), 77);
        assert_eq!(refusal("busy", "x").code(), 75);
    }
}
