//! What was fetched, shown by the platform's program for it. Never what could be a program itself: only kinds of files that are known
//! to be looked at, heard or read are handed on, and nothing that is kept here may be run.

use std::{
    ffi::OsStr,
    fs::{self, DirBuilder},
    io::{self, Read},
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use uuid::Uuid;

/// Endings of what is read, looked at or heard. Whatever else there is may order a computer about.
const SAFE: [&str; 46] = [
    "txt", "text", "log", "md", "csv", "tsv", "json", "jsonl", "ndjson", "yaml", "yml", "toml", "ini", "conf", "cfg",
    "diff", "patch", "sql", "png", "jpg", "jpeg", "gif", "webp", "bmp", "tif", "tiff", "heic", "avif", "pdf", "odt",
    "ods", "odp", "docx", "xlsx", "pptx", "rtf", "mp3", "ogg", "oga", "wav", "flac", "m4a", "mp4", "webm", "mkv",
    "mov",
];
/// How programs begin, whatever they are called.
const PROGRAMS: [&[u8]; 5] = [b"\x7fELF", b"MZ", b"#!", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe"];
/// A program that has not failed by then has opened it.
const ANSWERS_WITHIN: Duration = Duration::from_secs(5);

/// What came of opening a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Opening {
    /// A program has it.
    Opened,
    /// There is no display to show it on.
    NoDisplay,
    /// It could be a program, and is not opened.
    CouldBeProgram,
    /// No program opened it, for this reason.
    Failed(String),
}

impl Opening {
    /// What is told, with the place of the file.
    pub fn words(&self, path: &Path) -> String {
        let path = path.display();
        match self {
            Opening::Opened => format!("Opened {path}"),
            Opening::NoDisplay => format!("There is no display here to open it on. It is at {path}"),
            Opening::CouldBeProgram => {
                format!("Not opened: a file of this kind could be a program. Look at it before you use it: {path}")
            }
            Opening::Failed(why) => format!("No program opened it ({why}). It is at {path}"),
        }
    }
}

/// A new folder that only this user can look into.
///
/// # Errors
/// It cannot be made.
pub fn private_folder() -> io::Result<PathBuf> {
    let folder = std::env::temp_dir().join(format!("minicom-{}", Uuid::now_v7().simple()));
    DirBuilder::new().mode(0o700).create(&folder)?;
    Ok(folder)
}

/// Whether a file may be handed on to whatever opens its kind.
pub fn is_safe(path: &Path) -> bool {
    let ending = path.extension().and_then(OsStr::to_str).map(str::to_ascii_lowercase);
    let known = ending.is_some_and(|ending| SAFE.contains(&ending.as_str()));
    known && !begins_as_program(path)
}

fn begins_as_program(path: &Path) -> bool {
    let mut begin = Vec::new();
    let read = fs::File::open(path).and_then(|file| file.take(4).read_to_end(&mut begin));
    // What cannot be read is not opened either.
    read.is_err() || PROGRAMS.iter().any(|it| begin.starts_with(it))
}

/// Opens it with the platform's program.
pub(super) async fn open(path: &Path) -> Opening {
    if !is_safe(path) {
        return Opening::CouldBeProgram;
    }
    let Some(opener) = opener(|name| std::env::var_os(name).is_some_and(|it| !it.is_empty())) else {
        return Opening::NoDisplay;
    };
    let mut command = tokio::process::Command::new(opener);
    // It has no part in this terminal, and outlives this program.
    command
        .arg(path)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.process_group(0);
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => return Opening::Failed(format!("{opener}: {error}")),
    };
    match tokio::time::timeout(ANSWERS_WITHIN, child.wait()).await {
        Ok(Ok(status)) if !status.success() => Opening::Failed(format!("{opener}: {status}")),
        Ok(Err(error)) => Opening::Failed(format!("{opener}: {error}")),
        Ok(Ok(_)) | Err(_) => Opening::Opened,
    }
}

/// The platform's program that opens files; nothing where there is no display. Without one it would take this terminal.
fn opener(is_set: impl Fn(&str) -> bool) -> Option<&'static str> {
    if cfg!(target_os = "macos") {
        return (!is_set("SSH_CONNECTION")).then_some("open");
    }
    (is_set("WAYLAND_DISPLAY") || is_set("DISPLAY")).then_some("xdg-open")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_be_a_program_is_not_opened() {
        let folder = tempfile::tempdir().unwrap();
        let check = |name: &str, bytes: &[u8], safe: bool| {
            let path = folder.path().join(name);
            fs::write(&path, bytes).unwrap();
            assert_eq!(is_safe(&path), safe, "{name}");
        };
        for name in ["a.log", "A.TXT", "x.tar.json", "report.pdf", "photo.jpeg"] {
            check(name, b"text", true);
            check(name, b"#!/bin/sh\n", false);
            check(name, b"\x7fELF\x02", false);
        }
        for name in [
            "a.sh",
            "a.exe",
            "a.desktop",
            "a.html",
            "a.svg",
            "a.jar",
            "a.py",
            "a.lnk",
            "a.docm",
            "a.xlsm",
            "a",
            "a.txt.scr",
            "a.url",
            "a.command",
            "a.app",
            "a.AppImage",
            "log",
            "a.txt~",
            "a.js",
            "a.reg",
            "a.zip",
        ] {
            check(name, b"text", false);
        }
        assert!(!is_safe(&folder.path().join("gone.txt")));
    }

    #[test]
    fn without_a_display_no_program_takes_the_terminal() {
        if cfg!(target_os = "linux") {
            assert_eq!(opener(|_| false), None);
            assert_eq!(opener(|name| name == "DISPLAY"), Some("xdg-open"));
            assert_eq!(opener(|name| name == "WAYLAND_DISPLAY"), Some("xdg-open"));
        }
    }

    #[test]
    fn a_private_folder_is_nobody_elses() {
        use std::os::unix::fs::PermissionsExt;
        let folder = private_folder().unwrap();
        assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
        fs::remove_dir(folder).unwrap();
    }
}
