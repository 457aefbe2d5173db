//! What a token may do at most. A person's login may do all that the role may; a program's token is given less.

use minicom_protocol::refusal::Refusal;
use serde::{Deserialize, Serialize};

/// What a token may do at most. Each holds what stands before it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Look.
    Read,
    /// Do what agents do.
    Write,
    /// Manage, if the role may.
    Admin,
}

impl Scope {
    /// Its name on disk, on the wire and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Scope::Read => "read",
            Scope::Write => "write",
            Scope::Admin => "admin",
        }
    }

    /// The scope of this name.
    pub fn of(name: &str) -> Option<Scope> {
        [Scope::Read, Scope::Write, Scope::Admin]
            .into_iter()
            .find(|scope| scope.name() == name)
    }
}

/// Who has a token.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenKind {
    /// A person who signed in.
    Login,
    /// A program.
    Machine,
}

impl TokenKind {
    /// Its name on disk and on the wire.
    pub fn name(self) -> &'static str {
        match self {
            TokenKind::Login => "login",
            TokenKind::Machine => "machine",
        }
    }

    /// The kind of this name. What is not known counts as a program, which may less.
    pub fn of(name: &str) -> TokenKind {
        match name {
            "login" => TokenKind::Login,
            _ => TokenKind::Machine,
        }
    }
}

/// What alone a token is good for, whose agent has something to do first.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnlyFor {
    /// Setting a new password: the agent came by an admin's one-time code.
    NewPassword,
    /// Setting up the second factor that the tenant asks for.
    TotpSetup,
}

impl OnlyFor {
    /// Its name on disk and on the wire.
    pub fn name(self) -> &'static str {
        match self {
            OnlyFor::NewPassword => "new_password",
            OnlyFor::TotpSetup => "totp_setup",
        }
    }

    /// The one of this name. What is not known is good for the least.
    pub fn of(name: &str) -> OnlyFor {
        match name {
            "totp_setup" => OnlyFor::TotpSetup,
            _ => OnlyFor::NewPassword,
        }
    }

    /// What is answered to everything else.
    pub fn refusal(self) -> Refusal {
        match self {
            OnlyFor::NewPassword => Refusal::NewPasswordRequired,
            OnlyFor::TotpSetup => Refusal::TotpSetupRequired,
        }
    }
}
