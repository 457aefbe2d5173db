//! What cannot be undone is named twice: behind `--confirm`, or on a terminal when it is asked for.

use std::io::{self, BufRead, IsTerminal, Write};

use minicom_protocol::gate::Shown;

use crate::exit::{ExitKind, Fatal};

/// Bytes that are read of an answer: more than any name has.
const ANSWER_BYTES_MAX: u64 = 4_096;

/// Goes on if it was named twice. `what` is what goes, as in `the account bo@example.org`.
///
/// # Errors
/// It was not, or there is nobody to ask.
pub fn named_twice(named: &str, confirm: Option<&str>, what: &str) -> Result<(), Fatal> {
    let again = match confirm {
        Some(again) => again.to_owned(),
        None if io::stdin().is_terminal() => asked(what)?,
        None => {
            return Err(Fatal::new(
                ExitKind::Usage,
                format!(
                    "Nothing is deleted: {} would be gone for good.",
                    Shown::line(what).cut(100)
                ),
                "Write its name once more, behind --confirm.",
            ));
        }
    };
    match again == named {
        true => Ok(()),
        false => Err(Fatal::new(
            ExitKind::Usage,
            "Nothing is deleted: the second name (--confirm) is not the same as the first.",
            "Write it twice, the second time behind --confirm. It cannot be undone.",
        )),
    }
}

fn asked(what: &str) -> Result<String, Fatal> {
    let unreadable = |error: io::Error| {
        let words = format!("The terminal cannot be read: {error}.");
        Fatal::new(ExitKind::Io, words, "Write the name behind --confirm.")
    };
    let mut errors = io::stderr().lock();
    let what = Shown::line(what).cut(100);
    let _ = write!(errors, "{what} goes for good. Write its name once more: ");
    let _ = errors.flush();
    let mut line = String::new();
    io::Read::take(io::stdin().lock(), ANSWER_BYTES_MAX)
        .read_line(&mut line)
        .map_err(unreadable)?;
    Ok(line.trim().to_owned())
}
