//! What a token may do at most. A person's login may do all that the role may; a program's token is given less.

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
