//! The log of a program whose screen is taken: a file, or nothing.
//!
//! Owns where log lines go. What must never be in them (tokens, secrets, text of messages) is the duty of whoever writes one.

use std::fs::OpenOptions;
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Mutex;

use tracing_subscriber::EnvFilter;

/// Chooses what is logged, as in `MINICOM_LOG=debug`.
pub const LOG_VARIABLE: &str = "MINICOM_LOG";

/// Sends all log lines of the process to this file (made with 0600, appended to). Without a file nothing is logged: the screen
/// is never written to.
///
/// # Errors
/// The file cannot be opened, or the process has a log already; the words name the file.
pub fn to_file(file: Option<&Path>) -> io::Result<()> {
    let Some(path) = file else { return Ok(()) };
    let named = |error: &dyn std::fmt::Display| io::Error::other(format!("cannot log to {}: {error}", path.display()));
    let file = OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(path)
        .map_err(|error| named(&error))?;
    let filter = EnvFilter::try_from_env(LOG_VARIABLE).unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_writer(Mutex::new(file))
        .with_ansi(false)
        .with_env_filter(filter)
        .try_init()
        .map_err(|error| named(&error))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    // One test, because a process has one log.
    #[test]
    fn lines_go_to_the_file_only() {
        to_file(None).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let error = to_file(Some(&folder.path().join("missing/log"))).unwrap_err();
        assert!(error.to_string().contains("missing/log"), "{error}");
        let path = folder.path().join("log");
        to_file(Some(&path)).unwrap();
        tracing::warn!(reason = "a\u{1b}[2J", "connection lost");
        let log = std::fs::read_to_string(&path).unwrap();
        assert!(log.contains("connection lost") && !log.contains('\u{1b}'), "{log:?}");
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(to_file(Some(&path)).is_err(), "twice is a mistake of the program");
    }
}
