//! Whoever has said no name is told what to type.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};

/// Whether all that is wrong with a command line is that it says no name.
pub(crate) fn lacks_name(error: &clap::Error) -> bool {
    let missing = error.get(ContextKind::InvalidArg);
    error.kind() == ErrorKind::MissingRequiredArgument
        && matches!(missing, Some(ContextValue::Strings(missing)) if missing[..] == ["<NAME>"])
}

/// What to type, for whoever has said no name: the same line with one.
pub(crate) fn with_a_name(args: &[OsString]) -> String {
    let given = args.iter().skip(1).map(|it| it.to_string_lossy());
    let given: String = given.map(|it| format!(" {}", shell_words::quote(&it))).collect();
    format!(
        "Say the name that you go by at this desk, as in:  minicom-chat alice{given}\n\
         A desk on another computer is named by --server https://desk.example. All that can be said:  minicom-chat --help"
    )
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::cli::Cli;

    /// What is said is a line that works when it is typed.
    #[test]
    fn who_says_no_name_is_told_what_to_type() {
        let told = |line: &str| {
            let args: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            let error = Cli::try_parse_from(&args).unwrap_err();
            lacks_name(&error).then(|| with_a_name(&args))
        };
        let words = told("minicom-chat").unwrap();
        assert!(words.contains("as in:  minicom-chat alice\n"), "{words}");
        assert_eq!(words.lines().count(), 2, "{words}");
        let words = told("minicom-chat --server https://desk.example -m it's").unwrap();
        let line = words.lines().next().unwrap();
        let (_, command) = line.split_once("as in:  ").unwrap();
        let typed = Cli::try_parse_from(shell_words::split(command).unwrap()).unwrap();
        assert_eq!(
            (typed.name.as_deref(), typed.message.as_deref()),
            (Some("alice"), Some("it's"))
        );
        assert_eq!(told("minicom-chat alice --format text"), None);
        assert_eq!(told("minicom-chat --no-such-option"), None);
    }
}
