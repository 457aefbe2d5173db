//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use minicom_client::{
    Pin, ServerUrl, StateDir, Trust,
    credentials::{Place, Profile, ProfileName},
};
use minicom_protocol::ids::TenantId;
use minicom_tui_kit::Theme;

use crate::{
    account::SessionsCommand,
    exit::{self, Failure},
    manage::Manage,
    sign_in::credential_failure,
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
    /// Print the conversations once.
    List,
    /// Print the table of keys.
    Keys,
    /// What manages the desk.
    #[command(flatten)]
    Manage(Manage),
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
#[derive(Debug, Args)]
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
    /// Write a log to this file.
    #[arg(long, global = true, value_name = "FILE")]
    pub log: Option<PathBuf>,
    /// Lines instead of a screen: for screen readers and scripts.
    #[arg(long, global = true)]
    pub plain: bool,
    /// Colours: the terminal's own, or none.
    #[arg(long, global = true, value_enum)]
    pub theme: Option<ThemeName>,
    /// Draw with ASCII signs only.
    #[arg(long, global = true)]
    pub ascii: bool,
}

/// A theme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ThemeName {
    /// The terminal's own sixteen colours.
    Ansi,
    /// No colours.
    Mono,
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
        let trust = Trust {
            ca: self.ca.clone(),
            pin: self.pin,
        };
        let parse = |text: &str| {
            let server = ServerUrl::parse(text, self.insecure_http).map_err(|error| usage(&error))?;
            server.recognised_by(trust.clone()).map_err(|error| usage(&error))
        };
        let remembered = place.as_ref().map(|place| parse(&place.server)).transpose();
        let server = match &self.server {
            Some(server) => parse(server)?,
            None => remembered.clone()?.map_or_else(|| parse(DEFAULT_SERVER), Ok)?,
        };
        // The remembered tenant is one of the remembered server.
        let there = remembered.is_ok_and(|it| it.as_ref() == Some(&server));
        let remembered = place.and_then(|place| place.tenant).filter(|_| there);
        let tenant = match self.tenant.clone().or(remembered) {
            Some(tenant) => TenantId::parse(&tenant).map_err(|error| usage(&error))?,
            None => TenantId::default_tenant(),
        };
        Ok(Profile { name, server, tenant })
    }

    /// The folder for what must outlive the program.
    ///
    /// # Errors
    /// None is named and there is no home.
    pub fn state(&self) -> Result<StateDir, Failure> {
        StateDir::resolve(self.state.clone()).map_err(|error| Failure::new(exit::USAGE, error.to_string()))
    }

    /// How things look; `var` reads a variable of the environment.
    pub fn theme(&self, var: impl Fn(&str) -> Option<String>) -> Theme {
        let mut theme = Theme::from_environment(var);
        if let Some(name) = self.theme {
            theme.mono = name == ThemeName::Mono;
        }
        theme.ascii |= self.ascii;
        theme
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    fn parse(words: &[&str]) -> Cli {
        Cli::try_parse_from(words).unwrap()
    }

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn options_stand_before_or_behind_a_command() {
        let cli = parse(&["minicom-agent", "--server", "http://127.0.0.1:9", "list"]);
        assert_eq!(
            (cli.command, cli.options.server.as_deref()),
            (Some(Command::List), Some("http://127.0.0.1:9"))
        );
        let cli = parse(&[
            "minicom-agent",
            "login",
            "--password-stdin",
            "--email",
            "a@b.c",
            "--state",
            "/x",
        ]);
        assert_eq!(cli.options.state, Some("/x".into()));
        assert!(matches!(
            cli.command,
            Some(Command::Login {
                password_stdin: true,
                ..
            })
        ));
    }

    #[test]
    fn another_computer_without_encryption_is_refused() {
        let refused = parse(&["minicom-agent", "--server", "http://desk.example"])
            .options
            .profile()
            .unwrap_err();
        assert_eq!(refused.code, exit::USAGE);
        assert!(refused.words.contains("--insecure-http"), "{refused}");
        let insists = parse(&["minicom-agent", "--server", "http://desk.example", "--insecure-http"]);
        assert!(insists.options.profile().is_ok());
    }

    #[test]
    fn a_profile_stands_for_its_server_and_tenant_until_others_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().to_str().unwrap();
        let of = |more: &[&str]| {
            let words = [&["minicom-agent", "--state", state, "--profile", "work"], more].concat();
            let profile = parse(&words).options.profile().unwrap();
            (profile.server.to_string(), profile.tenant.to_string())
        };
        let pair = |server: &str, tenant: &str| (server.to_owned(), tenant.to_owned());
        assert_eq!(
            of(&[]),
            pair("http://127.0.0.1:8000", "default"),
            "nobody signed in yet"
        );
        let login = minicom_protocol::rest::LoginAnswer {
            token: "mca_x".to_owned(),
            expires_at: String::new(),
            only_for: None,
            device: None,
            agent: minicom_protocol::rest::AgentAnswer {
                id: "1".to_owned(),
                name: "Ada".to_owned(),
                email: "a@b".to_owned(),
                role: minicom_protocol::people::Role::Agent,
            },
        };
        let named = ["--server", "http://127.0.0.1:9", "--tenant", "acme"];
        let words = [&["minicom-agent", "--state", state, "--profile", "work"], &named[..]].concat();
        let options = parse(&words).options;
        options
            .profile()
            .unwrap()
            .store(&options.state().unwrap(), &login)
            .unwrap();
        assert_eq!(of(&[]), pair("http://127.0.0.1:9", "acme"));
        assert_eq!(of(&["--tenant", "other"]), pair("http://127.0.0.1:9", "other"));
        assert_eq!(
            of(&["--server", "http://127.0.0.1:8"]),
            pair("http://127.0.0.1:8", "default")
        );
        let bad = parse(&["minicom-agent", "--profile", "../x"])
            .options
            .profile()
            .unwrap_err();
        assert_eq!(bad.code, exit::USAGE);
    }

    #[test]
    fn a_flag_beats_the_environment() {
        let no_colour = |name: &str| (name == "NO_COLOR").then(|| "1".to_owned());
        assert!(parse(&["minicom-agent"]).options.theme(no_colour).mono);
        assert!(
            !parse(&["minicom-agent", "--theme", "ansi"])
                .options
                .theme(no_colour)
                .mono
        );
        assert!(parse(&["minicom-agent", "--ascii"]).options.theme(|_| None).ascii);
    }
}
