//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;
use minicom_client::{
    Pin, ServerUrl, StateDir, Trust,
    credentials::{Place, Profile, ProfileName, local_server},
};
use minicom_protocol::ids::TenantId;
use minicom_tui_kit::{
    Keymap,
    config::{Config, Mistake, Source},
    keymap::TableWrong,
    theme::{Choice, Ground, Look},
};

use crate::{
    account::SessionsCommand,
    app::SettingsRead,
    doctor::Doctor,
    exit::{self, Failure},
    keys::{self, Action, Context},
    manage::Manage,
    shell::Shell as ShellCommand,
    sign_in::{credential_failure, platform_data},
};

/// Where a server listens if nobody says otherwise.
const DEFAULT_SERVER: &str = "http://127.0.0.1:8000";

/// Answers customers of a Minicom desk, in the terminal.
#[derive(Debug, Parser)]
#[command(name = "minicom-agent", version, max_term_width = 100)]
pub struct Cli {
    /// What to do instead of opening the desk.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// What holds for all of it.
    #[command(flatten)]
    pub options: Options,
}

/// What to do instead of opening the desk.
#[derive(Debug, Subcommand, PartialEq, Eq)]
pub enum Command {
    /// Sign in, and keep the token on this computer.
    Login {
        /// The account's e-mail address; it is asked for if left out.
        #[arg(long)]
        email: Option<String>,
        /// Read the password from the standard input instead of asking for it, and a code from a second line.
        #[arg(long)]
        password_stdin: bool,
    },
    /// End the sign-in, on the server and here.
    Logout,
    /// Who is signed in, and where.
    Whoami,
    /// Set a new password, which ends all other sign-ins.
    Password {
        /// Read the old and the new password from two lines of the standard input.
        #[arg(long)]
        password_stdin: bool,
    },
    /// Set up an authenticator app as a second factor.
    Totp {
        /// Take the second factor away.
        #[arg(long)]
        off: bool,
    },
    /// Where you are signed in, and your programs' tokens.
    Sessions {
        /// What to do instead of listing them.
        #[command(subcommand)]
        command: Option<SessionsCommand>,
    },
    /// What is done with conversations.
    #[command(flatten)]
    Shell(ShellCommand),
    /// Print the table of keys, with your own over it.
    Keys {
        /// A JSON object an action, each on a line.
        #[arg(long)]
        json: bool,
    },
    /// Look at the way to the server, at the sign-in and at this terminal, and say what to try. Ends with 1 if something does not work.
    Doctor(Doctor),
    /// What manages the desk.
    #[command(flatten)]
    Manage(Manage),
    /// Run a command without a terminal; for the program itself.
    #[command(hide = true)]
    Apart {
        /// The command, for the shell.
        #[arg(allow_hyphen_values = true)]
        command: String,
    },
    /// Print a completion script for a shell.
    Completions {
        /// Which shell.
        shell: Shell,
    },
    /// Write the manual pages into a folder, one for each command.
    Man {
        /// The folder; it is made if it is not there.
        folder: PathBuf,
    },
}

/// What holds for all of it.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// The server [default: the profile's, else http://127.0.0.1:8000].
    #[arg(
        long,
        global = true,
        env = "MINICOM_SERVER",
        hide_env_values = true,
        value_name = "URL"
    )]
    pub server: Option<String>,
    /// The tenant [default: the profile's, else `default`].
    #[arg(
        long,
        global = true,
        env = "MINICOM_TENANT",
        hide_env_values = true,
        value_name = "TENANT"
    )]
    pub tenant: Option<String>,
    /// One of several accounts: a name of your own, given at the login, that stands for its server and tenant from then on.
    #[arg(
        long,
        global = true,
        env = "MINICOM_PROFILE",
        hide_env_values = true,
        value_name = "NAME"
    )]
    pub profile: Option<String>,
    /// Where tokens, drafts and unsent lines are kept [default: the platform's folder for your data].
    #[arg(
        long,
        global = true,
        env = "MINICOM_STATE",
        hide_env_values = true,
        value_name = "DIR"
    )]
    pub state: Option<PathBuf>,
    /// The server's data folder, if it is on this computer: whoever can read it is signed in [default: the platform's].
    #[arg(
        long,
        global = true,
        env = "MINICOM_DATA",
        hide_env_values = true,
        value_name = "DIR"
    )]
    pub data: Option<PathBuf>,
    /// Connect to another computer without encryption.
    #[arg(long, global = true)]
    pub insecure_http: bool,
    /// Certificates of authorities, in PEM, that are trusted instead of this computer's.
    #[arg(long, global = true, env = "MINICOM_CA", hide_env_values = true, value_name = "FILE")]
    pub ca: Option<PathBuf>,
    /// The SHA-256 fingerprint of the server's certificate: that one is trusted and no other.
    #[arg(
        long,
        global = true,
        env = "MINICOM_PIN",
        hide_env_values = true,
        value_name = "FINGERPRINT"
    )]
    pub pin: Option<Pin>,
    /// Keep nothing of the desk on this computer to be read without a connection, and remove what was kept.
    #[arg(long, global = true, env = "MINICOM_NO_CACHE", hide_env_values = true, value_parser = clap::builder::FalseyValueParser::new())]
    pub no_cache: bool,
    /// Your settings: keys, mouse, theme, notifications [default: `minicom/agent.toml` in the platform's folder for settings].
    #[arg(
        long,
        global = true,
        env = "MINICOM_AGENT_CONFIG",
        hide_env_values = true,
        value_name = "FILE"
    )]
    pub config: Option<PathBuf>,
    /// Write a log to this file.
    #[arg(long, global = true, value_name = "FILE")]
    pub log: Option<PathBuf>,
    /// Lines instead of a screen: for screen readers and scripts.
    #[arg(long, global = true)]
    pub plain: bool,
    /// Colours: auto, ansi (the terminal's own), mono, dark, light, or a file of your own [default: auto, or mono if NO_COLOR is set].
    #[arg(
        long,
        global = true,
        env = "MINICOM_THEME",
        hide_env_values = true,
        value_name = "THEME"
    )]
    pub theme: Option<Choice>,
    /// Draw with ASCII signs only.
    #[arg(long, global = true)]
    pub ascii: bool,
}

impl Options {
    /// The account: its server, its tenant and its name here. What is named wins over what the profile remembers.
    ///
    /// # Errors
    /// The server is no address, or not one to send a token to; a name cannot be one; the profile cannot be read.
    pub fn profile(&self) -> Result<Profile, Failure> {
        let usage = |error: &dyn std::fmt::Display| Failure::new(exit::USAGE, error.to_string());
        let name = match &self.profile {
            Some(name) => ProfileName::parse(name).map_err(|error| usage(&error))?,
            None => ProfileName::default(),
        };
        let place = match &self.profile {
            Some(_) => Place::of(&self.state()?, &name).map_err(credential_failure)?,
            None => None,
        };
        let parse = |text: &str, insists| ServerUrl::parse(text, insists).map_err(|error| usage(&error));
        // Who went there without encryption once has insisted for this profile.
        let remembered = place.as_ref().map(|place| parse(&place.server, true)).transpose();
        let server = match &self.server {
            Some(server) => parse(server, self.insecure_http)?,
            None => match remembered.clone()? {
                Some(server) => server,
                None => self.server_here()?,
            },
        };
        // The remembered tenant is one of the remembered server.
        let there = remembered.is_ok_and(|it| it.as_ref() == Some(&server));
        let remembered = place.and_then(|place| place.tenant).filter(|_| there);
        let tenant = match self.tenant.clone().or(remembered) {
            Some(tenant) => TenantId::parse(&tenant).map_err(|error| usage(&error))?,
            None => TenantId::default_tenant(),
        };
        let state = self.state.clone();
        let profile = Profile {
            name,
            server,
            tenant,
            state,
        };
        let trust = self.trust(&profile)?;
        let server = profile.server.recognised_by(trust).map_err(|error| usage(&error))?;
        Ok(Profile { server, ..profile })
    }

    /// The server if none is named and none is remembered: the one that runs on this computer's data folder, else the usual one.
    fn server_here(&self) -> Result<ServerUrl, Failure> {
        let usual =
            ServerUrl::parse(DEFAULT_SERVER, false).map_err(|error| Failure::new(exit::BUG, error.to_string()))?;
        let Some(here) = self.local_server().filter(|_| self.profile.is_none()) else {
            return Ok(usual);
        };
        // Who has signed in at the usual one means that: it may be another computer's, behind a tunnel.
        let usual_is_meant = here.port() != usual.port() && {
            let (name, tenant) = (ProfileName::default(), TenantId::default_tenant());
            let server = usual.clone();
            let profile = Profile {
                name,
                server,
                tenant,
                state: None,
            };
            self.state()
                .is_ok_and(|state| matches!(profile.token(&state), Ok(Some(_))))
        };
        Ok(if usual_is_meant { usual } else { here })
    }

    /// By what the server is recognised: what is said, else what was said at the login, else what a server on this computer says
    /// in its data folder.
    fn trust(&self, profile: &Profile) -> Result<Trust, Failure> {
        if self.ca.is_some() || self.pin.is_some() {
            // It is remembered, and another time the program may start in another folder.
            let absolute = |path: &PathBuf| {
                let words = |error| format!("--ca {}: {error}", path.display());
                std::path::absolute(path).map_err(|error| Failure::new(exit::USAGE, words(error)))
            };
            return Ok(Trust {
                ca: self.ca.as_ref().map(absolute).transpose()?,
                pin: self.pin,
            });
        }
        if !profile.server.is_tls() {
            return Ok(Trust::default());
        }
        let remembered = self.state().map(|state| profile.trust(&state)).unwrap_or_default();
        if remembered != Trust::default() || !profile.server.is_loopback() {
            return Ok(remembered);
        }
        let here = self.local_server();
        let here = here.filter(|it| it.is_tls() && it.port() == profile.server.port());
        Ok(here.map(|it| it.trust().clone()).unwrap_or_default())
    }

    /// The server that runs on the data folder of this computer, if one does.
    fn local_server(&self) -> Option<ServerUrl> {
        let data = self.data.clone().or_else(platform_data)?;
        local_server(&data)
    }

    /// The folder for what must outlive the program.
    ///
    /// # Errors
    /// None is named and there is no home.
    pub fn state(&self) -> Result<StateDir, Failure> {
        StateDir::resolve(self.state.clone()).map_err(|error| Failure::new(exit::USAGE, error.to_string()))
    }

    /// What the file of settings says, and the keys with those of the file over them. Zellij takes the chords for itself, so that hints
    /// name function keys there.
    ///
    /// # Errors
    /// What is wrong in the file, each with its place.
    pub fn settings(&self) -> Result<(Config, Keymap<Action, Context>), Failure> {
        let table = table()?;
        let own = |config: &Config| keys::with_own(table, config);
        Config::with_keys(self.config.as_deref(), FILE, &contexts(), own).map_err(|mistakes| {
            let words: Vec<String> = mistakes.iter().map(Mistake::to_string).collect();
            Failure::new(exit::USAGE, words.join("\n"))
        })
    }

    /// Reads the same again for a program that runs, on this ground. Blocking.
    ///
    /// # Errors
    /// What is wrong in the file.
    pub fn reread(&self, ground: Option<Ground>) -> SettingsRead {
        let source = Source {
            named: self.config.clone(),
            look: self.look(),
            ground,
        };
        let read = source.read(FILE, &contexts(), |config| {
            let wrong = |failure: Failure| Mistake {
                file: config.file.clone(),
                at: None,
                what: failure.words,
            };
            keys::with_own(table().map_err(|failure| vec![wrong(failure)])?, config)
        });
        read.map(Box::new)
    }

    /// What is wanted of how things look.
    pub fn look(&self) -> Look {
        Look {
            theme: self.theme.clone(),
            ascii: self.ascii,
        }
    }
}

/// The file of settings in the platform's folder for them.
const FILE: &str = "agent.toml";

fn contexts() -> Vec<&'static str> {
    keys::CONTEXTS.iter().map(|(name, _)| *name).collect()
}

fn table() -> Result<Keymap<Action, Context>, Failure> {
    let bug = |wrong: TableWrong| Failure::new(exit::BUG, format!("a mistake in the program: {wrong}"));
    keys::keymap(std::env::var_os("ZELLIJ").is_some()).map_err(bug)
}

#[cfg(test)]
#[path = "cli_tests.rs"]
mod tests;
