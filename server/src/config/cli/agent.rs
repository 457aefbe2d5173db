//! The command line of agents' accounts. A password is never an argument: everybody on the computer could read it.

use std::ffi::OsString;

use clap::{Args, CommandFactory, Subcommand, error::ErrorKind};
use minicom_protocol::{ids::TenantId, people::Role, text::DisplayName};

use super::{Arguments, display_name, role, tenant::tenant};

/// `minicom-server agent ...`
#[derive(Args, Debug)]
pub struct AgentArguments {
    /// The data folder of the server
    #[arg(long, value_name = "FOLDER", global = true)]
    pub data: Option<std::path::PathBuf>,
    /// The configuration file of the server
    #[arg(long, value_name = "FILE", global = true)]
    pub config: Option<std::path::PathBuf>,
    /// Which tenant [default: default]
    #[arg(long, value_name = "TENANT", global = true, value_parser = tenant)]
    pub tenant: Option<TenantId>,
    #[command(subcommand)]
    pub command: AgentCommand,
}

/// What to do about agents' accounts.
#[derive(Subcommand, Clone, PartialEq, Eq, Debug)]
pub enum AgentCommand {
    /// Make an account; the password is asked for
    Add {
        /// The address that the agent signs in with
        email: String,
        /// The name that customers and colleagues see
        #[arg(long, value_parser = display_name)]
        name: DisplayName,
        /// What the agent may do
        #[arg(long, value_name = "ROLE", default_value = "agent", value_parser = role())]
        role: Role,
        /// Read the password from standard input, one line
        #[arg(long)]
        password_stdin: bool,
        #[command(flatten)]
        refused: PasswordArgument,
    },
    /// List all accounts
    List {
        /// Print them as JSON
        #[arg(long)]
        json: bool,
    },
    /// Show an account
    Show {
        /// The account's address, or its id
        email: String,
        /// Print it as JSON
        #[arg(long)]
        json: bool,
    },
    /// Change an account. What is not named stays
    Change {
        /// The account's address, or its id
        email: String,
        /// The name that customers and colleagues see
        #[arg(long, value_parser = display_name)]
        name: Option<DisplayName>,
        /// The address that the agent signs in with
        #[arg(long = "email", value_name = "EMAIL")]
        new_email: Option<String>,
        /// What the agent may do
        #[arg(long, value_name = "ROLE", value_parser = role())]
        role: Option<Role>,
        /// What the agent is good at, with commas between; nothing for none
        #[arg(long, value_name = "SKILL,SKILL")]
        skills: Option<String>,
        /// How many conversations at once; `none` for the tenant's own limit
        #[arg(long, value_name = "NUMBER|none", value_parser = capacity)]
        capacity: Option<Capacity>,
    },
    /// End all sign-ins of an account and take no new ones
    Disable {
        /// The account's address, or its id
        email: String,
    },
    /// Let a disabled account sign in again
    Enable {
        /// The account's address, or its id
        email: String,
    },
    /// Disable an account for good and take its name and address away
    Delete {
        /// The account's address, or its id
        email: String,
        /// The same again; asked for on a terminal
        #[arg(long, value_name = "EMAIL")]
        confirm: Option<String>,
    },
    /// Set a new password, which is asked for, and end all sign-ins
    Passwd {
        /// The account's address, or its id
        email: String,
        /// Read the password from standard input, one line
        #[arg(long)]
        password_stdin: bool,
        #[command(flatten)]
        refused: PasswordArgument,
    },
    /// Make a code that is good once, in place of the password, for setting a new one; it is printed this once
    Reset {
        /// The account's address, or its id
        email: String,
        /// Print it as JSON
        #[arg(long)]
        json: bool,
    },
    /// Take away the second factor of somebody who has lost it
    Totp {
        /// The account's address, or its id
        email: String,
        /// Take it away
        #[arg(long, required = true)]
        remove: bool,
    },
}

/// How many conversations at once; `None`: as the tenant has it. A type of its own, so that a flag with it is one flag.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Capacity(pub Option<u32>);

fn capacity(text: &str) -> Result<Capacity, String> {
    match text {
        "none" => Ok(Capacity(None)),
        number => match number.parse() {
            Ok(number) => Ok(Capacity(Some(number))),
            Err(_) => Err("write a number, or none".to_owned()),
        },
    }
}

/// Understood only to be refused with words that help, without repeating what was given.
#[derive(Args, Clone, PartialEq, Eq, Default)]
pub struct PasswordArgument {
    #[arg(long, hide = true, num_args = 0..=1, default_missing_value = "")]
    pub(super) password: Option<OsString>,
}

impl std::fmt::Debug for PasswordArgument {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordArgument(hidden)")
    }
}

impl AgentCommand {
    pub(super) fn refuse_password(&self) -> Result<(), clap::Error> {
        match self {
            AgentCommand::Add { refused, .. } | AgentCommand::Passwd { refused, .. } if refused.password.is_some() => {
                let words = "a password on the command line can be read by everybody on this computer and stays in the shell's \
                             history; leave it out and it is asked for, or give it on standard input with --password-stdin";
                Err(Arguments::command().error(ErrorKind::ArgumentConflict, words))
            }
            _ => Ok(()),
        }
    }
}
