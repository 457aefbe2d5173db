//! The command line of tokens: the sign-ins of an account, and tokens for programs.

use std::path::PathBuf;

use clap::{
    Args, Subcommand,
    builder::{PossibleValuesParser, TypedValueParser},
};
use minicom_protocol::ids::TenantId;

use crate::{
    auth::scope::Scope,
    limits::{MACHINE_TOKEN_DAYS, MACHINE_TOKEN_DAYS_MAX},
};

/// `minicom-server token ...`.
#[derive(Args, Clone, PartialEq, Eq, Debug)]
pub struct TokenArguments {
    /// The data folder of the server
    #[arg(long, value_name = "FOLDER", global = true)]
    pub data: Option<PathBuf>,
    /// The configuration file of the server
    #[arg(long, value_name = "FILE", global = true)]
    pub config: Option<PathBuf>,
    /// Of which tenant
    #[arg(long, value_name = "TENANT", global = true, default_value = "default", value_parser = tenant)]
    pub tenant: TenantId,
    /// What to do.
    #[command(subcommand)]
    pub command: TokenCommand,
}

/// What to do about tokens.
#[derive(Subcommand, Clone, PartialEq, Eq, Debug)]
pub enum TokenCommand {
    /// List the sign-ins and programs' tokens of an account
    List {
        /// The account's address or id
        #[arg(long, value_name = "EMAIL")]
        agent: String,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Make a token for a program, which is printed this once
    Create {
        /// The account's address or id: the program acts in its name
        #[arg(long, value_name = "EMAIL")]
        agent: String,
        /// What it is for
        #[arg(long, value_name = "TEXT", default_value = "made on the command line")]
        label: String,
        /// What it may do at most
        #[arg(long, value_name = "SCOPE", default_value = "read", value_parser = scope())]
        scope: Scope,
        /// How many days it lasts
        #[arg(long, value_name = "DAYS", default_value_t = MACHINE_TOKEN_DAYS,
            value_parser = clap::value_parser!(u32).range(1..=i64::from(MACHINE_TOKEN_DAYS_MAX)))]
        days: u32,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Revoke a token; its connections are closed at once
    Revoke {
        /// Its id, as `list` shows it
        id: String,
    },
}

fn scope() -> impl TypedValueParser<Value = Scope> {
    let names = [Scope::Read, Scope::Write, Scope::Admin].map(Scope::name);
    PossibleValuesParser::new(names).map(|name| Scope::of(&name).unwrap_or(Scope::Read))
}

fn tenant(text: &str) -> Result<TenantId, String> {
    TenantId::parse(text).map_err(|refused| refused.to_string())
}
