//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use minicom_client::{ServerUrl, StateDir};
use minicom_tui_kit::Theme;

use crate::{
    exit::{self, Failure},
    manage::Manage,
};

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
        /// Read the password from the standard input instead of asking for it.
        #[arg(long)]
        password_stdin: bool,
    },
    /// Forget the token of this server.
    Logout,
    /// Print the conversations once.
    List,
    /// Print the table of keys.
    Keys,
    /// What manages the desk.
    #[command(flatten)]
    Manage(Manage),
}

/// What holds for all of it.
#[derive(Debug, Args)]
pub struct Options {
    /// The server.
    #[arg(
        long,
        global = true,
        env = "MINICOM_SERVER",
        hide_env_values = true,
        default_value = "http://127.0.0.1:8000",
        value_name = "URL"
    )]
    pub server: String,
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
    /// The server.
    ///
    /// # Errors
    /// It is no address, or not one to send a token to.
    pub fn server(&self) -> Result<ServerUrl, Failure> {
        ServerUrl::parse(&self.server, self.insecure_http).map_err(|error| Failure::new(exit::USAGE, error.to_string()))
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
            (cli.command, cli.options.server.as_str()),
            (Some(Command::List), "http://127.0.0.1:9")
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
            .server()
            .unwrap_err();
        assert_eq!(refused.code, exit::USAGE);
        assert!(refused.words.contains("--insecure-http"), "{refused}");
        let insists = parse(&["minicom-agent", "--server", "http://desk.example", "--insecure-http"]);
        assert!(insists.options.server().is_ok());
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
