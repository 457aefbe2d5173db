//! A file into the current directory, without losing one that is there.

use std::{
    fs::{self, OpenOptions},
    io::{self, ErrorKind, Write},
    path::Path,
};

use minicom_tui_kit::Shown;

/// Files of one name and a number.
const NUMBERS_MAX: u32 = 100;

/// Writes a file of Markdown into the current directory. Where one by this name says something else, another name is taken.
///
/// # Errors
/// Why it was not written, in words.
pub fn write(name: &str, text: &str) -> Result<Shown, Shown> {
    let folder = std::env::current_dir();
    let written = folder.and_then(|folder| write_in(&folder, name, text).map(|file| folder.join(file)));
    match written {
        Ok(path) => Ok(Shown::line(&path.display().to_string())),
        Err(error) => Err(Shown::line(&format!("{name}.md cannot be written here: {error}"))),
    }
}

fn write_in(folder: &Path, name: &str, text: &str) -> io::Result<String> {
    let numbered = (2..NUMBERS_MAX).map(|number| format!("{name}-{number}.md"));
    for file in std::iter::once(format!("{name}.md")).chain(numbered) {
        let path = folder.join(&file);
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(mut out) => {
                let done = out.write_all(text.as_bytes()).and_then(|()| out.sync_all());
                if done.is_err() {
                    // Half a ticket helps nobody; if it stays, the error has told of it.
                    let _ = fs::remove_file(&path);
                }
                return done.map(|()| file);
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                if fs::read(&path).is_ok_and(|known| known == text.as_bytes()) {
                    return Ok(file);
                }
            }
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::other("there are a hundred files by this name"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_is_there_is_lost() {
        let folder = tempfile::tempdir().unwrap();
        let write = |text| write_in(folder.path(), "ticket-3", text).unwrap();
        assert_eq!(write("one"), "ticket-3.md");
        assert_eq!(write("one"), "ticket-3.md");
        assert_eq!(write("two"), "ticket-3-2.md");
        assert_eq!(fs::read_to_string(folder.path().join("ticket-3.md")).unwrap(), "one");
        assert_eq!(fs::read_to_string(folder.path().join("ticket-3-2.md")).unwrap(), "two");
        assert!(write_in(&folder.path().join("away"), "ticket-3", "x").is_err());
    }
}
