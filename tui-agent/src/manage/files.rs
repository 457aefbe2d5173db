//! Files and folders that the command line names: read with a bound, listed by name, written whole or not at all.

use std::{
    fs::{self, File},
    io::{self, ErrorKind, Read, Write},
    path::{Path, PathBuf},
};

use minicom_tui_kit::Shown;

use super::strict::Mistake;
use crate::exit::{self, Failure};

/// Bytes of a file that is read. The largest thing that is imported, an article, has 48 KiB.
pub const FILE_BYTES_MAX: u64 = 256 * 1024;
/// Files of one import.
pub const FILES_MAX: usize = 2_000;

/// A path as it may be shown.
pub fn shown(path: &Path) -> String {
    Shown::line(&path.display().to_string()).as_str().to_owned()
}

/// A text file: UTF-8, line ends as LF, without a byte order mark.
///
/// # Errors
/// Why it cannot be read, and what to do.
pub fn read(path: &Path) -> Result<String, Mistake> {
    let (mut bytes, file) = (Vec::new(), path.display().to_string());
    let opened = File::open(path).and_then(|it| it.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes));
    opened.map_err(|error| Mistake::of(&file, unreadable(&error)))?;
    text_of(&file, bytes)
}

/// What comes on the standard input, as [`read`] reads a file.
///
/// # Errors
/// As [`read`].
pub fn read_stdin() -> Result<String, Mistake> {
    let (mut bytes, file) = (Vec::new(), "standard input");
    let taken = io::stdin().lock().take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes);
    taken.map_err(|error| Mistake::of(file, unreadable(&error)))?;
    text_of(file, bytes)
}

fn text_of(file: &str, bytes: Vec<u8>) -> Result<String, Mistake> {
    if bytes.len() as u64 > FILE_BYTES_MAX {
        let what = format!("it is larger than {FILE_BYTES_MAX} bytes: is it the right file?");
        return Err(Mistake::of(file, what));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let before = error.utf8_error().valid_up_to();
        let line = error.as_bytes()[..before].iter().filter(|byte| **byte == b'\n').count() + 1;
        Mistake::at(file, (line, 1), "this line is not UTF-8: save the file as UTF-8")
    })?;
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(&text);
    Ok(text.replace("\r\n", "\n"))
}

fn unreadable(error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => "there is no such file".to_owned(),
        ErrorKind::IsADirectory => "it is a folder: name the file in it".to_owned(),
        ErrorKind::PermissionDenied => "it may not be read: look at its owner and mode".to_owned(),
        _ => format!("it cannot be read: {error}"),
    }
}

/// The files that are meant: those that are named, and of each folder those with one of these endings, by name. Hidden ones
/// belong to editors and are left out.
///
/// # Errors
/// What is not there, cannot be listed, or is too much.
pub fn collect(paths: &[PathBuf], endings: &[&str]) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            let mut within = list(path, endings)?;
            if within.is_empty() {
                let endings = endings.join(", .");
                let words = format!("{}: there is no file in it that ends with .{endings}.", shown(path));
                return Err(Failure::new(exit::USAGE, words));
            }
            files.append(&mut within);
        } else {
            files.push(path.clone());
        }
    }
    bounded(files)
}

fn bounded(files: Vec<PathBuf>) -> Result<Vec<PathBuf>, Failure> {
    match files.len() {
        0..=FILES_MAX => Ok(files),
        n => Err(Failure::new(
            exit::USAGE,
            format!("These are {n} files; {FILES_MAX} at once is the most."),
        )),
    }
}

/// The files of a folder with one of these endings, by name; there may be none.
///
/// # Errors
/// It cannot be listed, or they are too many.
pub fn within(folder: &Path, endings: &[&str]) -> Result<Vec<PathBuf>, Failure> {
    bounded(list(folder, endings)?)
}

fn list(folder: &Path, endings: &[&str]) -> Result<Vec<PathBuf>, Failure> {
    let failed = |error: io::Error| Failure::new(exit::IO, format!("{}: it cannot be listed: {error}", shown(folder)));
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let hidden = path
            .file_name()
            .is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        let wanted = path.extension().is_some_and(|end| endings.iter().any(|it| end == *it));
        if wanted && !hidden && !path.is_dir() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// The name of a file without its ending.
pub fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// The name of a file for something that has a name itself: no hidden file, and none that is a way up.
pub fn file_name(name: &str, ending: &str) -> String {
    match name.strip_prefix('.') {
        Some(rest) => format!("_{rest}.{ending}"),
        None => format!("{name}.{ending}"),
    }
}

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// There was none.
    New,
    /// It says something else now.
    Changed,
    /// It said that already.
    Unchanged,
}

impl Written {
    /// In a word.
    pub fn word(self) -> &'static str {
        match self {
            Written::New => "new",
            Written::Changed => "changed",
            Written::Unchanged => "unchanged",
        }
    }
}

/// Makes a folder, if it is not there.
///
/// # Errors
/// Why it cannot be made.
pub fn make_folder(folder: &Path) -> Result<(), Failure> {
    fs::create_dir_all(folder)
        .map_err(|error| Failure::new(exit::IO, format!("{}: it cannot be made: {error}", shown(folder))))
}

/// Writes a file: whole, or not at all.
///
/// # Errors
/// Why it cannot be written.
pub fn write(path: &Path, text: &str) -> Result<Written, Failure> {
    let written = match fs::read(path) {
        Ok(known) if known == text.as_bytes() => return Ok(Written::Unchanged),
        Ok(_) => Written::Changed,
        Err(error) if error.kind() == ErrorKind::NotFound => Written::New,
        Err(error) => return Err(unwritten(path, &error)),
    };
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".new-{}", std::process::id()));
    let beside = PathBuf::from(beside);
    let replace = || -> io::Result<()> {
        let mut file = File::create(&beside)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&beside, path)
    };
    replace().map_err(|error| {
        // It may not be there, and there is nothing to be done about it if it stays.
        let _ = fs::remove_file(&beside);
        unwritten(path, &error)
    })?;
    Ok(written)
}

fn unwritten(path: &Path, error: &io::Error) -> Failure {
    Failure::new(exit::IO, format!("{}: it cannot be written: {error}", shown(path)))
}

#[cfg(test)]
#[path = "files_tests.rs"]
mod tests;
