//! Where a password comes from: a terminal, asked twice and not shown, or standard input. It is never an argument.

use std::io::{self, IsTerminal, Read};

use crate::{
    auth::password,
    exit::{ExitKind, Fatal},
    limits,
};

/// Bytes that are read from standard input: the longest password, and enough more to see that one is longer.
const BYTES_MAX: u64 = 4 * limits::PASSWORD_CHARS_MAX as u64 + 3;

/// Reads a new password and checks that it is good enough.
pub fn read(from_stdin: bool) -> Result<String, Fatal> {
    let text = if from_stdin {
        from_input(io::stdin().lock())?
    } else if io::stdin().is_terminal() {
        from_terminal()?
    } else {
        return Err(Fatal::new(
            ExitKind::Usage,
            "There is no terminal to ask for the password on.",
            "Give it on standard input, one line, with --password-stdin.",
        ));
    };
    password::check(&text).map_err(|weak| super::refusal("weak_password", &format!("the password is {weak}")))?;
    Ok(text)
}

fn from_input(input: impl Read) -> Result<String, Fatal> {
    let mut bytes = Vec::new();
    let read = input.take(BYTES_MAX).read_to_end(&mut bytes);
    read.map_err(|error| unreadable(&error))?;
    let bad = |what: &str| Fatal::new(ExitKind::Usage, what, "Give the password alone, one line of UTF-8.");
    let text = String::from_utf8(bytes).map_err(|_| bad("What came on standard input is not UTF-8."))?;
    let line = text.strip_suffix('\n').unwrap_or(&text);
    let line = line.strip_suffix('\r').unwrap_or(line);
    if line.is_empty() {
        return Err(bad("Nothing came on standard input."));
    }
    if line.contains(char::is_control) {
        return Err(bad("More than one line came on standard input."));
    }
    Ok(line.to_owned())
}

fn from_terminal() -> Result<String, Fatal> {
    let ask = |prompt: &str| rpassword::prompt_password(prompt).map_err(|error| unreadable(&error));
    let first = ask("New password: ")?;
    if ask("Again: ")? == first {
        return Ok(first);
    }
    Err(Fatal::new(
        ExitKind::Usage,
        "The two are not the same.",
        "Nothing was changed. Start again.",
    ))
}

fn unreadable(error: &io::Error) -> Fatal {
    Fatal::new(
        ExitKind::Usage,
        format!("The password could not be read: {error}."),
        "Give it on standard input, one line, with --password-stdin.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_with_or_without_its_end() {
        for text in ["seven lamps", "seven lamps\n", "seven lamps\r\n"] {
            assert_eq!(from_input(text.as_bytes()).unwrap(), "seven lamps");
        }
        assert_eq!(from_input(&b"with  blanks \n"[..]).unwrap(), "with  blanks ");
    }

    #[test]
    fn nothing_several_lines_and_bytes_are_refused_without_being_repeated() {
        for bad in [&b""[..], b"\n", b"one\ntwo\n", b"\xff\xfe"] {
            let fatal = from_input(bad).unwrap_err();
            assert_eq!(fatal.code(), 2);
            assert!(!fatal.to_string().contains("two"));
        }
    }
}
