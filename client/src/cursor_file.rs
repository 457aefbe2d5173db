//! A file that keeps how far a program has come in the journal. It is written whole or not at all, so that a program that is
//! killed in any moment goes on from a place where it was.

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

use crate::{disk, limits::CURSOR_FILE_BYTES_MAX};

/// A place in the journal, and where the output was when that place was reached.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Place {
    /// The cursor: what comes after it is wanted.
    pub cursor: String,
    /// The output, if it is a file, and its length with everything in it up to the cursor.
    pub output: Option<Output>,
}

/// A file that is written to, and its length.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Output {
    /// Its device.
    pub device: u64,
    /// Its number on the device.
    pub inode: u64,
    /// Its length in bytes.
    pub length: u64,
}

/// Why a cursor is not kept.
#[derive(Debug, thiserror::Error)]
pub enum CursorFileError {
    /// The file system said no.
    #[error("the cursor's file {} cannot be {what}: {error}", .path.display())]
    Io {
        /// Which file.
        path: PathBuf,
        /// Read or written.
        what: &'static str,
        /// Why.
        error: io::Error,
    },
    /// There is something else in it.
    #[error("{} has no cursor in it. Remove it to begin anew, or name another file", .path.display())]
    Strange {
        /// Which file.
        path: PathBuf,
    },
}

/// The file.
#[derive(Clone, Debug)]
pub struct CursorFile {
    path: PathBuf,
}

impl CursorFile {
    /// The file at a path; it need not be there.
    pub fn at(path: impl Into<PathBuf>) -> CursorFile {
        CursorFile { path: path.into() }
    }

    fn failed(&self, what: &'static str, error: io::Error) -> CursorFileError {
        let path = self.path.clone();
        CursorFileError::Io { path, what, error }
    }

    /// The place in it; `None` where there is no file.
    ///
    /// # Errors
    /// It cannot be read, or it has something else in it.
    pub fn read(&self) -> Result<Option<Place>, CursorFileError> {
        let file = match File::open(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            opened => opened.map_err(|error| self.failed("read", error))?,
        };
        let mut text = String::new();
        let read = file.take(CURSOR_FILE_BYTES_MAX).read_to_string(&mut text);
        match read {
            Err(error) if error.kind() != io::ErrorKind::InvalidData => return Err(self.failed("read", error)),
            _ => {}
        }
        let strange = || CursorFileError::Strange {
            path: self.path.clone(),
        };
        parse(&text).ok_or_else(strange).map(Some)
    }

    /// Replaces what is in it, and syncs it.
    ///
    /// # Errors
    /// It cannot be written; then the place before is still in it.
    pub fn write(&self, place: &Place) -> Result<(), CursorFileError> {
        let mut text = format!("{}\n", place.cursor);
        if let Some(output) = place.output {
            text.push_str(&format!(
                "output {} {} {}\n",
                output.device, output.inode, output.length
            ));
        }
        let folder = self.path.parent().filter(|it| !it.as_os_str().is_empty());
        disk::replace_in(folder.unwrap_or(Path::new(".")), &self.path, text.as_bytes())
            .map_err(|error| self.failed("written", error))
    }
}

/// Whether a text is a cursor as the server gives them, or `0` for the beginning.
pub fn is_cursor(text: &str) -> bool {
    let digits = |text: &str, of: fn(u8) -> bool| !text.is_empty() && text.bytes().all(of);
    text == "0"
        || text.split_once('.').is_some_and(|(at, mark)| {
            digits(at, |b| b.is_ascii_digit()) && mark.len() == 16 && digits(mark, |b| b.is_ascii_hexdigit())
        })
}

fn parse(text: &str) -> Option<Place> {
    let mut lines = text.lines();
    let cursor = lines.next()?.trim();
    let output = lines.next().and_then(|line| {
        let mut numbers = line.strip_prefix("output ")?.split(' ').map(str::parse::<u64>);
        let mut number = || numbers.next()?.ok();
        Some(Output {
            device: number()?,
            inode: number()?,
            length: number()?,
        })
    });
    is_cursor(cursor).then(|| Place {
        cursor: cursor.to_owned(),
        output,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_comes_back() {
        let folder = tempfile::tempdir().unwrap();
        let file = CursorFile::at(folder.path().join("c"));
        assert_eq!(file.read().unwrap(), None);
        let output = Output {
            device: 1,
            inode: u64::MAX,
            length: 3,
        };
        for output in [Some(output), None] {
            let cursor = "814.0123456789abcdef".to_owned();
            let place = Place { cursor, output };
            file.write(&place).unwrap();
            assert_eq!(file.read().unwrap(), Some(place));
        }
        let left = std::fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(left, 1, "no temporary file stays");
        assert!(
            CursorFile::at(folder.path())
                .write(&file.read().unwrap().unwrap())
                .is_err()
        );
    }

    #[test]
    fn something_else_is_never_taken_for_a_place() {
        let folder = tempfile::tempdir().unwrap();
        for text in [
            &b""[..],
            b"\n",
            b"-----BEGIN",
            b"814",
            b"814.xyz",
            b"\xff\xfe",
            b"8 14.0123456789abcdef",
        ] {
            let path = folder.path().join("c");
            std::fs::write(&path, text).unwrap();
            let read = CursorFile::at(&path).read();
            assert!(matches!(read, Err(CursorFileError::Strange { .. })), "{text:?}");
        }
        // What a person wrote there by hand is good too.
        assert_eq!(parse("0").unwrap().cursor, "0");
        assert_eq!(parse("1.0123456789abcdef\noutput x").unwrap().output, None);
    }
}
