//! The accounts of a data folder that no server has: opened, changed, and closed again.

use minicom_protocol::{
    ids::TenantId,
    rest::{AccountAnswer, ChangeAccountRequest, NewAccountRequest},
    text::DisplayName,
};
use rusqlite::Connection;

use crate::{
    accounts::{AccountError, Accounts, Change, NewAgent},
    config::Config,
    desk::Desk,
    exit::Fatal,
    faults::Faults,
    http::account_answer,
    refused,
    run::{bounds, writing::Writing},
    store::open::DataFolder,
};

/// See the module.
pub struct Here {
    accounts: Accounts,
    tenant: TenantId,
    writing: Writing,
}

impl Here {
    /// Opens the desk, without anything that serves.
    pub fn start(config: &Config, folder: DataFolder, conn: Connection) -> Result<Here, Fatal> {
        let settings = bounds::settings(config);
        let (desk, writer) = Desk::start(conn, &folder.database(), settings, Faults::default())
            .map_err(|error| refused::writer_failed(&folder.path, &error))?;
        Ok(Here {
            accounts: Accounts::new(desk),
            tenant: TenantId::default_tenant(),
            writing: Writing::watch(writer, folder)?,
        })
    }

    /// All accounts.
    pub async fn list(&self) -> Result<Vec<AccountAnswer>, Fatal> {
        let found = self.accounts.list(&self.tenant).await;
        Ok(found.map_err(fatal)?.iter().map(account_answer).collect())
    }

    /// Makes one.
    pub async fn add(&self, new: NewAccountRequest) -> Result<AccountAnswer, Fatal> {
        let new = NewAgent {
            email: new.email,
            name: name(&new.name)?,
            role: new.role,
            password: new.password,
        };
        let made = self.accounts.add(&self.tenant, new).await;
        made.map(|account| account_answer(&account)).map_err(fatal)
    }

    /// Changes one.
    pub async fn change(&self, email: &str, change: ChangeAccountRequest) -> Result<AccountAnswer, Fatal> {
        let change = Change {
            name: change.name.as_deref().map(name).transpose()?,
            enabled: change.enabled,
            password: change.password,
        };
        let changed = self.accounts.change(&self.tenant, email, change).await;
        changed.map(|account| account_answer(&account)).map_err(fatal)
    }

    /// Waits until the writer has ended and the folder is free.
    pub async fn close(self) -> Result<(), Fatal> {
        let Here {
            accounts, mut writing, ..
        } = self;
        drop(accounts);
        writing.ended().await
    }
}

fn name(text: &str) -> Result<DisplayName, Fatal> {
    DisplayName::parse(text).map_err(|refused| super::refusal("bad_field", &refused.to_string()))
}

fn fatal(error: AccountError) -> Fatal {
    super::refusal(&error.code(), &error.to_string())
}
