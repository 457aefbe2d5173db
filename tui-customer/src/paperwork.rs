//! What a package needs of the command line: a completion script and a manual page, made from the same description as `--help`.
//! They are flags, because the program has a customer's name where others have a command.

use std::{ffi::OsString, io, io::Write, path::Path};

use clap::Command;
use clap_complete::Shell;
use minicom_protocol::gate::Shown;

/// How the two are asked for: as the only thing that is asked.
pub const HELP: &str =
    "--completions bash|zsh|fish|elvish|powershell prints a completion script, --man FOLDER writes the manual pages.";

/// Does what is asked for, if it is one of the two; `None` if it is anything else. The first argument is the program's name.
pub fn done(arguments: &[OsString], command: impl FnOnce() -> Command, out: &mut impl Write) -> Option<io::Result<()>> {
    let [_, flag, value] = arguments else { return None };
    match (flag.to_str()?, value) {
        ("--completions", shell) => Some(match shell.to_str().and_then(|it| it.parse::<Shell>().ok()) {
            Some(shell) => completions(command(), shell, out),
            None => {
                let shell = Shown::line(&shell.to_string_lossy()).cut(40);
                let words = format!("there is no completion script for {shell}. {HELP}");
                Err(io::Error::new(io::ErrorKind::InvalidInput, words))
            }
        }),
        ("--man", folder) => Some(manual(command(), Path::new(folder))),
        _ => None,
    }
}

/// How the program ends after that: 0, 2 for what is no shell, 74 for what cannot be written. What went wrong is told to `err`.
pub fn code(done: io::Result<()>, err: &mut impl Write) -> u8 {
    let Err(error) = done else { return 0 };
    match error.kind() {
        io::ErrorKind::InvalidInput => {
            let _ = writeln!(err, "minicom-chat: {error}");
            2
        }
        _ => {
            let _ = writeln!(err, "minicom-chat: it cannot be written: {error}.");
            74
        }
    }
}

fn completions(mut command: Command, shell: Shell, out: &mut impl Write) -> io::Result<()> {
    let name = command.get_name().to_owned();
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, name, &mut script);
    match out.write_all(&script).and_then(|()| out.flush()) {
        // `| head` has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

/// A page for the program and one for each of its commands.
fn manual(command: Command, folder: &Path) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    clap_mangen::generate_to(command, folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(words: &[&str]) -> (Option<io::Result<()>>, String) {
        let arguments: Vec<OsString> = words.iter().map(OsString::from).collect();
        let mut out = Vec::new();
        let told = done(
            &arguments,
            || Command::new("desk").subcommand(Command::new("open")),
            &mut out,
        );
        (told, String::from_utf8(out).unwrap())
    }

    #[test]
    fn completions_and_pages_name_the_commands() {
        for shell in ["bash", "zsh", "fish"] {
            let (told, script) = ask(&["desk", "--completions", shell]);
            told.unwrap().unwrap();
            assert!(script.contains("open"), "{shell}");
        }
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("man");
        ask(&["desk", "--man", folder.to_str().unwrap()]).0.unwrap().unwrap();
        let page = std::fs::read_to_string(folder.join("desk-open.1")).unwrap();
        assert!(page.contains("desk"), "{page}");
    }

    #[test]
    fn anything_else_is_left_to_the_command_line() {
        for words in [
            &["desk"] as &[&str],
            &["desk", "--completions"],
            &["desk", "open", "--man"],
        ] {
            assert!(ask(words).0.is_none(), "{words:?}");
        }
        let refused = ask(&["desk", "--completions", "cmd"]).0.unwrap().unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::InvalidInput);
        let mut told = Vec::new();
        assert_eq!(code(Err(refused), &mut told), 2);
        let told = String::from_utf8(told).unwrap();
        assert_eq!(
            told,
            format!("minicom-chat: there is no completion script for cmd. {HELP}\n")
        );
    }
}
