//! `--diag`: what may help whoever helps: system, shell, terminal, version and how the last command ended. Nothing else, and
//! nothing that the person has not seen and agreed to.

use std::{
    fs::OpenOptions,
    io::{self, BufRead, BufReader, IsTerminal, Read, Write},
};

use clap::Args;
use minicom_tui_kit::Shown;

use crate::{exit, fault::Fault};

/// Columns of each value: they come from the environment.
const VALUE_COLUMNS: usize = 100;
/// What is read of an answer.
const ANSWER_BYTES_MAX: u64 = 64;

/// What may be said of this computer.
#[derive(Clone, Debug, Default, Args)]
pub struct Diag {
    /// Add what may help: system, shell, terminal and versions. It is shown, and you are asked, before it is sent
    #[arg(long, conflicts_with_all = ["plain", "link", "export", "articles", "article"])]
    pub diag: bool,
    /// With --diag: how your last command ended, as --last-exit $?
    #[arg(long, value_name = "CODE", requires = "diag")]
    pub last_exit: Option<i32>,
    /// With --diag: yes to what is asked, for scripts
    #[arg(long, requires = "diag")]
    pub yes: bool,
}

impl Diag {
    /// What is to be sent: the text, and with it what the person agreed to. Without --diag the text alone.
    ///
    /// # Errors
    /// Nobody can be asked.
    pub fn with(&self, text: String, client: &str, var: impl Fn(&str) -> Option<String>) -> Result<String, Fault> {
        if !self.diag {
            return Ok(text);
        }
        let about = about(client, self.last_exit, var);
        if !self.agrees(&about)? {
            return Ok(text);
        }
        Ok(match text.trim().is_empty() {
            true => about,
            false => format!("{text}\n\n{about}"),
        })
    }

    /// Shows it, and asks.
    fn agrees(&self, about: &str) -> Result<bool, Fault> {
        let mut tell = io::stderr().lock();
        // What cannot be shown is not sent.
        let shown = writeln!(tell, "This goes with your message:\n{about}").and_then(|()| tell.flush());
        let failed = |error: io::Error| {
            let words = format!("what --diag adds cannot be shown: {error}. Nothing was sent.");
            Fault::new(exit::IO, words)
        };
        shown.map_err(failed)?;
        if self.yes {
            return Ok(true);
        }
        // The standard input may be the message, so it is the terminal that is asked.
        let terminal = OpenOptions::new().read(true).write(true).open("/dev/tty").ok();
        let Some(terminal) = terminal.filter(IsTerminal::is_terminal) else {
            let words = "there is no terminal to ask on: say --yes with --diag. Nothing was sent.";
            return Err(Fault::new(exit::USAGE, words));
        };
        write!(&terminal, "Send it too? [y/N] ").map_err(failed)?;
        let mut answer = String::new();
        let read = BufReader::new((&terminal).take(ANSWER_BYTES_MAX)).read_line(&mut answer);
        read.map_err(failed)?;
        let agreed = matches!(answer.trim(), "y" | "Y" | "yes");
        if !agreed {
            writeln!(&terminal, "It is left out.").map_err(failed)?;
        }
        Ok(agreed)
    }
}

/// The lines, exactly as they are shown and sent.
fn about(client: &str, last_exit: Option<i32>, var: impl Fn(&str) -> Option<String>) -> String {
    let system = rustix::system::uname();
    let part = |it: &std::ffi::CStr| it.to_string_lossy().into_owned();
    let set = |name: &str| var(name).filter(|value| !value.is_empty());
    let terminal = [set("TERM"), set("TERM_PROGRAM")];
    let terminal: Vec<String> = terminal.into_iter().flatten().collect();
    let mut facts = vec![
        (
            "system",
            [system.sysname(), system.release(), system.machine()]
                .map(part)
                .join(" "),
        ),
        ("shell", set("SHELL").unwrap_or_else(|| "unknown".to_owned())),
        (
            "terminal",
            match terminal.is_empty() {
                true => "none".to_owned(),
                false => terminal.join(", "),
            },
        ),
        ("version", client.to_owned()),
    ];
    facts.extend(last_exit.map(|code| ("last exit code", code.to_string())));
    let line = |(name, value): &(&str, String)| format!("{name}: {}", Shown::line(value).cut(VALUE_COLUMNS));
    facts.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_what_it_promises_and_nothing_else() {
        let var = |name: &str| match name {
            "SHELL" => Some("/bin/zsh\u{1b}[2J".to_owned()),
            "TERM" => Some("xterm".to_owned()),
            "TERM_PROGRAM" => Some("x".repeat(500)),
            _ => None,
        };
        let told = about("minicom-chat 1.2.3", Some(2), var);
        let names: Vec<&str> = told
            .lines()
            .filter_map(|line| line.split_once(": "))
            .map(|it| it.0)
            .collect();
        assert_eq!(names, ["system", "shell", "terminal", "version", "last exit code"]);
        assert!(
            told.contains("shell: /bin/zsh␛[2J\n") && told.contains("version: minicom-chat 1.2.3\n"),
            "{told}"
        );
        assert!(told.lines().all(|line| line.chars().count() < 130), "{told}");
        let host = rustix::system::uname().nodename().to_string_lossy().into_owned();
        assert!(host.is_empty() || !told.contains(&host), "{told}");
        assert!(about("c", None, |_| None).ends_with("shell: unknown\nterminal: none\nversion: c"));
    }

    #[test]
    fn who_says_yes_is_not_asked_and_without_it_nothing_is_added() {
        let diag = Diag {
            diag: true,
            yes: true,
            last_exit: Some(1),
        };
        let with = diag.with("help".to_owned(), "c", |_| None).unwrap();
        assert!(
            with.starts_with("help\n\nsystem: ") && with.ends_with("last exit code: 1"),
            "{with}"
        );
        let alone = diag.with(String::new(), "c", |_| None).unwrap();
        assert!(alone.starts_with("system: "), "{alone}");
        let without = Diag::default().with("help".to_owned(), "c", |_| None);
        assert_eq!(without.unwrap(), "help");
    }
}
