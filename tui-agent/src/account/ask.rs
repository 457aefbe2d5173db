//! What is asked for on the terminal, or read from the standard input by a program that stands in for a person.

use std::io::{self, BufRead, Read, Write};

use minicom_tui_kit::terminal;

use crate::exit::{self, Failure};

/// No answer is longer.
const ANSWER_BYTES_MAX: u64 = 4_096;
/// What to do where nobody can be asked for a name.
const NOBODY: &str = "there is no terminal to ask on: use --email and --password-stdin";
/// The same for a password.
const NOBODY_SECRET: &str = "there is no terminal to ask for a password on: use --password-stdin";
/// The same for a code.
const NOBODY_CODE: &str = "there is no terminal to ask for a code on: with --password-stdin it is a line of its own";

/// A person who answers by Ctrl-C or Ctrl-D wants no more questions.
fn stopped() -> Failure {
    Failure::new(exit::ENDED, "stopped before it was done")
}

/// Why there is no secret.
pub(super) fn no_secret(error: &io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::UnexpectedEof | io::ErrorKind::Interrupted => stopped(),
        _ => Failure::new(exit::USAGE, NOBODY_SECRET),
    }
}

/// Somebody who can be asked.
pub trait Ask {
    /// Something that everybody may see.
    ///
    /// # Errors
    /// Nobody answers.
    fn line(&mut self, question: &str) -> Result<String, Failure>;

    /// Something that nobody may see.
    ///
    /// # Errors
    /// Nobody answers.
    fn secret(&mut self, question: &str) -> Result<String, Failure>;

    /// A code that is good once: it may be seen.
    ///
    /// # Errors
    /// Nobody answers.
    fn code(&mut self, question: &str) -> Result<String, Failure> {
        self.line(question)
    }

    /// Tells something.
    ///
    /// # Errors
    /// It cannot be written.
    fn tell(&mut self, text: &str) -> Result<(), Failure>;

    /// Whether it is a person, who can be asked again.
    fn is_person(&self) -> bool;
}

/// The terminal, or the standard input.
pub struct Terminal {
    /// Answers come from the standard input, one a line: the password, then a code if one is asked for.
    stdin: bool,
}

impl Terminal {
    /// With `stdin` secrets are read from the standard input, a line each, instead of being asked for.
    pub fn new(stdin: bool) -> Terminal {
        Terminal { stdin }
    }

    fn read(&self) -> Result<String, Failure> {
        let mut line = String::new();
        let read = io::stdin().lock().take(ANSWER_BYTES_MAX).read_line(&mut line);
        let read =
            read.map_err(|error| Failure::new(exit::IO, format!("the standard input cannot be read: {error}")))?;
        if read == 0 && self.is_person() {
            return Err(stopped());
        }
        Ok(line.trim_end_matches(['\n', '\r']).to_owned())
    }
}

impl Ask for Terminal {
    fn line(&mut self, question: &str) -> Result<String, Failure> {
        if self.stdin || terminal::away() {
            return Err(Failure::new(exit::USAGE, NOBODY));
        }
        self.tell(question)?;
        self.read()
    }

    fn secret(&mut self, question: &str) -> Result<String, Failure> {
        match self.stdin {
            true => self.read(),
            false => rpassword::prompt_password(question).map_err(|error| no_secret(&error)),
        }
    }

    fn code(&mut self, question: &str) -> Result<String, Failure> {
        if !self.stdin {
            return match terminal::away() {
                true => Err(Failure::new(exit::USAGE, NOBODY_CODE)),
                false => self.line(question),
            };
        }
        match self.read()? {
            code if code.is_empty() => Err(Failure::new(
                exit::NO_PERMISSION,
                "This account has a second factor: give its code as a second line on the standard input.",
            )),
            code => Ok(code),
        }
    }

    fn tell(&mut self, text: &str) -> Result<(), Failure> {
        // To the error output: the output is for what is asked for.
        let mut out = io::stderr().lock();
        let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
        written.map_err(|error| Failure::new(exit::IO, format!("the terminal cannot be written: {error}")))
    }

    fn is_person(&self) -> bool {
        !self.stdin
    }
}
