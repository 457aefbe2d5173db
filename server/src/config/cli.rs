//! The command line: `minicom-server`, which serves, and `minicom-server agent`, which manages who answers. What is wrong
//! ends with 2 before anything is opened. A password is never an argument: everybody on the computer could read it.

pub mod agent;
pub mod audit;
pub mod bot;
mod bot_flags;
pub mod customer;
mod guard;
pub mod tenant;
pub mod token;
pub mod transfer;
pub mod upkeep;
pub mod webhook;

use std::{ffi::OsString, net::SocketAddr, path::PathBuf};

use clap::{
    Args, CommandFactory, Parser, Subcommand,
    builder::{PossibleValuesParser, TypedValueParser},
    error::ErrorKind,
};
use clap_complete::Shell;
use minicom_protocol::{gate::Shown, ids::TenantId, people::Role, text::DisplayName};

pub use self::agent::AgentCommand;
pub use self::bot_flags::BotFlags;
pub use self::guard::{GuardFlags, Networks};
use self::{
    agent::AgentArguments,
    audit::AuditArguments,
    bot::BotArguments,
    customer::{CustomerArguments, KeyArguments},
    tenant::{TenantArguments, TenantCommand},
    token::TokenArguments,
    transfer::Transfer,
    upkeep::{Doctor, Upkeep},
    webhook::WebhookArguments,
};
use super::value::{self, Kind, Value};
use crate::limits::CONTEXT_COMMAND_TIMEOUT_MS;

/// A command line that was understood.
#[derive(Clone, Debug)]
pub struct Cli {
    /// What it says about the configuration.
    pub flags: Flags,
    /// What to do.
    pub action: Action,
}

/// What to do.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Action {
    /// Run the server.
    Serve,
    /// Print the effective configuration as TOML and end with 0.
    PrintConfig,
    /// Manage agents' accounts, also while a server runs on the same data folder.
    Agent(AgentCommand, TenantId),
    /// Manage tenants, in the same way.
    Tenant(TenantCommand),
    /// Read the audit log, in the same way.
    Audit(AuditArguments),
    /// Keep the desk safe.
    Upkeep(Upkeep),
    /// Look at each part of a server.
    Doctor(Doctor),
    /// Try the bot.
    Bot(BotArguments),
    /// Manage sign-ins and programs' tokens, in the same way.
    Token(TokenArguments),
    /// Manage other programs that are told what happens.
    Webhook(WebhookArguments),
    /// A whole desk, out or in.
    Transfer(Transfer),
    /// Manage customers.
    Customer(CustomerArguments),
    /// Manage the keys of the tenant's site.
    Key(KeyArguments),
    /// Print a completion script for a shell.
    Completions(Shell),
    /// Write the manual pages into a folder.
    Man(PathBuf),
}

#[derive(Parser, Debug)]
#[command(
    name = "minicom-server",
    version,
    about = "The Minicom server: live chat between customers and a support desk",
    after_help = "Every setting can also stand in a TOML file (--config) and in the environment (MINICOM_LISTEN, MINICOM_DATA, ...).\n\
                  Flags win over the environment, the environment over the file. --print-config shows what holds."
)]
struct Arguments {
    #[command(flatten)]
    flags: Flags,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Run the server (also without naming it)
    Serve(Box<Flags>),
    /// Manage the people who answer; also while the server runs
    Agent(AgentArguments),
    /// Manage the desks of this server; also while it runs
    Tenant(TenantArguments),
    /// Read who did what; also while the server runs
    Audit(AuditArguments),
    #[command(flatten)]
    Upkeep(Upkeep),
    Doctor(Doctor),
    /// Try the bot; no server is needed
    Bot(BotArguments),
    /// Manage sign-ins and tokens for programs; also while the server runs
    Token(TokenArguments),
    /// Manage other programs that are told what happens; also while the server runs
    Webhook(WebhookArguments),
    #[command(flatten)]
    Transfer(Transfer),
    /// Manage who asks; also while the server runs
    Customer(CustomerArguments),
    /// Manage the keys by which the tenant's site vouches for its customers; also while the server runs
    Key(KeyArguments),
    /// Print a completion script for a shell
    Completions {
        /// Which shell
        shell: Shell,
    },
    /// Write the manual pages into a folder, one for each command
    Man {
        /// The folder; it is made if it is not there
        folder: PathBuf,
    },
}

/// Flags of the server. Both `minicom-server --listen ...` and `minicom-server serve --listen ...` are understood.
#[derive(Args, Clone, PartialEq, Eq, Default, Debug)]
pub struct Flags {
    /// Where to listen [default: 127.0.0.1:8000]; port 0 takes any free one
    #[arg(long, value_name = "ADDRESS:PORT", value_parser = address)]
    pub listen: Option<SocketAddr>,
    /// The folder of the database [default: the platform's folder for data]
    #[arg(long, value_name = "FOLDER", value_parser = clap::builder::PathBufValueParser::new())]
    pub data: Option<PathBuf>,
    /// The configuration file, in TOML
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// What to log: a level, or target=level with commas [default: info]
    #[arg(long, value_name = "FILTER", value_parser = filter)]
    pub log: Option<String>,
    #[command(flatten)]
    pub bot: BotFlags,
    /// The display name of the first admin, who is made on a new data folder [default: Admin]
    #[arg(long, value_name = "NAME", value_parser = display_name)]
    pub admin_name: Option<DisplayName>,
    /// The program that tells agents more of a customer, and its arguments, as a list: ["PROGRAM", "ARGUMENT"]
    #[arg(long, value_name = "LIST", value_parser = command)]
    pub context_command: Option<CommandLine>,
    /// How long it may take, in milliseconds [default: 2000]
    #[arg(long, value_name = "MILLISECONDS", value_parser = context_command_timeout)]
    pub context_command_timeout_ms: Option<u32>,
    /// Let others than this computer connect although there is no TLS
    #[arg(long)]
    pub insecure_http: bool,
    /// Begin a new desk in a data folder whose desk has lost its database; what is left of that desk is set aside
    #[arg(long)]
    pub new: bool,
    #[command(flatten)]
    pub guard: GuardFlags,
    /// Print the effective configuration as TOML and end
    #[arg(long)]
    pub print_config: bool,
}

/// A program and its arguments. A type of its own, so that a flag with it is one flag and not a flag that is given often.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CommandLine(pub Vec<String>);

/// The same error, and which argument is not UTF-8, if that is what is wrong. A path may be any bytes.
fn not_text(error: clap::Error, arguments: &[OsString]) -> clap::Error {
    let broken = arguments.iter().position(|it| it.to_str().is_none());
    let Some(at) = broken.filter(|_| error.kind() == clap::error::ErrorKind::InvalidUtf8) else {
        return error;
    };
    let before = at
        .checked_sub(1)
        .and_then(|at| arguments.get(at)?.to_str())
        .unwrap_or_default();
    let words = format!(
        "the argument {at}, after '{}', is not UTF-8",
        Shown::line(before).cut(80)
    );
    Arguments::command().error(error.kind(), words)
}

impl Cli {
    /// The whole command line, for what describes it.
    pub fn description() -> clap::Command {
        Arguments::command()
    }

    /// Understands a command line; the first argument is the program's name.
    ///
    /// # Errors
    /// A mistake, or a wish for help or the version. `clap::Error::exit` prints it and ends rightly: 2 or 0.
    pub fn read(arguments: impl IntoIterator<Item = impl Into<OsString> + Clone>) -> Result<Cli, clap::Error> {
        let arguments: Vec<OsString> = arguments.into_iter().map(Into::into).collect();
        let arguments = Arguments::try_parse_from(&arguments).map_err(|error| not_text(error, &arguments))?;
        let (flags, action) = match arguments.command {
            None => (arguments.flags, Action::Serve),
            Some(Command::Serve(flags)) => (flags.over(arguments.flags), Action::Serve),
            Some(Command::Agent(agent)) => {
                agent.command.refuse_password()?;
                (
                    arguments.flags.place(agent.data, agent.config)?,
                    Action::Agent(agent.command, agent.tenant.unwrap_or_else(TenantId::default_tenant)),
                )
            }
            Some(Command::Doctor(command)) => {
                let place = command.place.clone();
                (
                    arguments.flags.place(place.data, place.config)?,
                    Action::Doctor(command),
                )
            }
            Some(Command::Webhook(webhook)) => {
                let (data, config) = (webhook.data.clone(), webhook.config.clone());
                (arguments.flags.place(data, config)?, Action::Webhook(webhook))
            }
            Some(Command::Tenant(TenantArguments { command })) => {
                let place = command.place().clone();
                (
                    arguments.flags.place(place.data, place.config)?,
                    Action::Tenant(command),
                )
            }
            Some(Command::Audit(audit)) => {
                let place = audit.place.clone();
                (arguments.flags.place(place.data, place.config)?, Action::Audit(audit))
            }
            Some(Command::Transfer(command)) => {
                let place = command.place().clone();
                (
                    arguments.flags.place(place.data, place.config)?,
                    Action::Transfer(command),
                )
            }
            Some(Command::Customer(asked)) => {
                let of = asked.of.clone();
                (arguments.flags.place(of.data, of.config)?, Action::Customer(asked))
            }
            Some(Command::Bot(asked)) => {
                let (data, config) = (asked.data.clone(), asked.config.clone());
                (arguments.flags.place(data, config)?, Action::Bot(asked))
            }
            Some(Command::Completions { shell }) => (arguments.flags.place(None, None)?, Action::Completions(shell)),
            Some(Command::Man { folder }) => (arguments.flags.place(None, None)?, Action::Man(folder)),
            Some(Command::Key(asked)) => {
                let of = asked.of.clone();
                (arguments.flags.place(of.data, of.config)?, Action::Key(asked))
            }
            Some(Command::Upkeep(command)) => {
                let place = command.place().clone();
                (
                    arguments.flags.place(place.data, place.config)?,
                    Action::Upkeep(command),
                )
            }
            Some(Command::Token(token)) => {
                let (data, config) = (token.data.clone(), token.config.clone());
                (arguments.flags.place(data, config)?, Action::Token(token))
            }
        };
        let action = if flags.print_config {
            Action::PrintConfig
        } else {
            action
        };
        Ok(Cli { flags, action })
    }
}

impl Flags {
    /// What a command other than `serve` takes of them, with what stands behind the command's own name.
    fn place(self, data: Option<PathBuf>, config: Option<PathBuf>) -> Result<Flags, clap::Error> {
        let place = Flags {
            data: data.or(self.data.clone()),
            config: config.or(self.config.clone()),
            ..Flags::default()
        };
        let only_serve = Flags {
            data: None,
            config: None,
            ..self
        };
        if only_serve != Flags::default() {
            let words = "flags before a command can only be --data and --config; the others are for 'serve'";
            return Err(Arguments::command().error(ErrorKind::ArgumentConflict, words));
        }
        Ok(place)
    }

    /// These, and where they say nothing, those.
    fn over(self, other: Flags) -> Flags {
        Flags {
            listen: self.listen.or(other.listen),
            data: self.data.or(other.data),
            config: self.config.or(other.config),
            log: self.log.or(other.log),
            bot: self.bot.over(other.bot),
            admin_name: self.admin_name.or(other.admin_name),
            context_command: self.context_command.or(other.context_command),
            context_command_timeout_ms: self.context_command_timeout_ms.or(other.context_command_timeout_ms),
            insecure_http: self.insecure_http || other.insecure_http,
            new: self.new || other.new,
            guard: self.guard.over(other.guard),
            print_config: self.print_config || other.print_config,
        }
    }

    /// The settings that they set.
    pub(super) fn assignments(&self) -> Vec<(&'static str, Value)> {
        let all = [
            ("listen", self.listen.map(Value::Address)),
            ("data", self.data.clone().map(Value::Path)),
            ("log", self.log.clone().map(Value::Text)),
            ("insecure_http", self.insecure_http.then_some(Value::Switch(true))),
            ("admin_name", self.admin_name.clone().map(Value::Name)),
            (
                "context_command",
                self.context_command.clone().map(|it| Value::Command(it.0)),
            ),
            (
                "context_command_timeout_ms",
                self.context_command_timeout_ms.map(Value::Number),
            ),
        ];
        let said = all.into_iter().filter_map(|(key, value)| Some((key, value?)));
        said.chain(self.bot.assignments())
            .chain(self.guard.assignments())
            .collect()
    }
}

fn address(text: &str) -> Result<SocketAddr, String> {
    value::address(text).map_err(|what| format!("{what}; expected {}", Kind::Address.expected()))
}

fn filter(text: &str) -> Result<String, String> {
    value::filter(text)
        .map(|()| text.to_owned())
        .map_err(|what| format!("{what}; expected {}", Kind::Filter.expected()))
}

fn command(text: &str) -> Result<CommandLine, String> {
    match of_kind(Kind::Command, text)? {
        Value::Command(parts) => Ok(CommandLine(parts)),
        _ => Err(Kind::Command.expected()),
    }
}

fn context_command_timeout(text: &str) -> Result<u32, String> {
    let kind = Kind::Number(CONTEXT_COMMAND_TIMEOUT_MS, "milliseconds");
    match of_kind(kind, text)? {
        Value::Number(number) => Ok(number),
        _ => Err(kind.expected()),
    }
}

fn of_kind(kind: Kind, text: &str) -> Result<Value, String> {
    kind.read(text)
        .map_err(|wrong| format!("{}; expected {}", wrong.what, wrong.expected))
}

fn display_name(text: &str) -> Result<DisplayName, String> {
    DisplayName::parse(text).map_err(|refused| refused.to_string())
}

fn on_off() -> impl TypedValueParser<Value = bool> {
    PossibleValuesParser::new(["on", "off"]).map(|text| text == "on")
}

fn role() -> impl TypedValueParser<Value = Role> {
    PossibleValuesParser::new(["agent", "admin"]).map(|text| if text == "admin" { Role::Admin } else { Role::Agent })
}

#[cfg(test)]
#[path = "cli_tests.rs"]
mod tests;
