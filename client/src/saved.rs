//! Files of others on this computer: under a name that is safe, in one folder, never over what is there, whole or not at all. A
//! name that came from outside is never a path, an option, or a device.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use minicom_protocol::gate::Shown;
use uuid::Uuid;

/// A name, in bytes: with a number behind it, it still is one to every file system.
const NAME_BYTES_MAX: usize = 200;
/// Of it the end that tells the kind, in bytes.
const ENDING_BYTES_MAX: usize = 20;
/// Tries to find a name that is free.
const NAMES_MAX: u32 = 10_000;
/// Names of devices, on one system or another.
const DEVICES: [&str; 4] = ["CON", "PRN", "AUX", "NUL"];

/// Why a file is not kept here.
#[derive(Debug, thiserror::Error)]
#[error("{} cannot be written: {why}", Shown::line(&.path.display().to_string()))]
pub struct Unsaved {
    /// Where it was to be.
    pub path: PathBuf,
    /// What the file system says.
    pub why: io::Error,
}

/// The name under which a file of this name is kept: one part of a path, shown as it is, that no program takes for an option.
pub fn safe_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain = |c: char| match c {
        '<' | '>' | ':' | '"' | '|' | '?' | '*' | '/' | '\\' | '\u{fffd}' => '_',
        c if c.is_control() || ('\u{2400}'..='\u{2426}').contains(&c) => '_',
        c => c,
    };
    let name: String = Shown::line(last).as_str().chars().map(plain).collect();
    let name = name
        .trim_start_matches(['-', '.', '~', ' '])
        .trim_end_matches(['.', ' ']);
    let (stem, ending) = split(name);
    let mut stem = stem.to_owned();
    while stem.len() + ending.len() > NAME_BYTES_MAX {
        stem.pop();
    }
    let name = format!("{stem}{ending}");
    match name.trim_matches(['_', ' ', '.']) {
        "" => "file".to_owned(),
        _ if is_device(&name) => format!("_{name}"),
        _ => name,
    }
}

/// A name without its ending, and the ending with its dot.
fn split(name: &str) -> (&str, &str) {
    match name.rfind('.') {
        Some(at) if at > 0 && name.len() - at <= ENDING_BYTES_MAX => name.split_at(at),
        _ => (name, ""),
    }
}

fn is_device(name: &str) -> bool {
    let stem = name
        .split('.')
        .next()
        .unwrap_or_default()
        .trim_end()
        .to_ascii_uppercase();
    let numbered = |device: &str| {
        let rest = stem.strip_prefix(device);
        rest.is_some_and(|it| it.chars().count() == 1 && it.chars().all(|c| c.is_ascii_digit() || "¹²³".contains(c)))
    };
    DEVICES.contains(&stem.as_str()) || numbered("COM") || numbered("LPT")
}

/// A file that is being fetched. Dropped, it leaves nothing.
#[derive(Debug)]
pub struct Saving {
    folder: PathBuf,
    part: PathBuf,
    file: File,
    kept: bool,
}

impl Saving {
    /// Begins one in a folder, which is made if it is not there.
    ///
    /// # Errors
    /// It cannot be written there.
    pub fn begin(folder: &Path) -> Result<Saving, Unsaved> {
        let part = folder.join(format!(".minicom-{}.part", Uuid::now_v7()));
        let begun = fs::create_dir_all(folder)
            .and_then(|()| OpenOptions::new().write(true).create_new(true).mode(0o600).open(&part));
        let file = begun.map_err(|why| Unsaved {
            path: folder.to_owned(),
            why,
        })?;
        Ok(Saving {
            folder: folder.to_owned(),
            part,
            file,
            kept: false,
        })
    }

    /// The next bytes.
    ///
    /// # Errors
    /// They cannot be written.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), Unsaved> {
        self.file.write_all(bytes).map_err(|why| self.unsaved(why))
    }

    /// It is whole: it gets a name like this one, with a number behind it if that is taken. Where it is.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn keep(mut self, name: &str) -> Result<PathBuf, Unsaved> {
        self.file.sync_all().map_err(|why| self.unsaved(why))?;
        let name = safe_name(name);
        let (stem, ending) = split(&name);
        for n in 1..=NAMES_MAX {
            let path = self.folder.join(match n {
                1 => name.clone(),
                n => format!("{stem} ({n}){ending}"),
            });
            // A second name for the same file: unlike a rename it takes no name that is there.
            match fs::hard_link(&self.part, &path) {
                Ok(()) => {
                    self.kept = true;
                    let _ = fs::remove_file(&self.part);
                    return Ok(path);
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(why) => return Err(self.unsaved(why)),
            }
        }
        Err(self.unsaved(io::ErrorKind::AlreadyExists.into()))
    }

    fn unsaved(&self, why: io::Error) -> Unsaved {
        Unsaved {
            path: self.folder.clone(),
            why,
        }
    }
}

impl Drop for Saving {
    fn drop(&mut self) {
        if !self.kept {
            // What cannot be removed has a name that says what it is.
            let _ = fs::remove_file(&self.part);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names that strangers could give.
    fn hostile() -> Vec<String> {
        let mut names: Vec<String> = [
            "",
            ".",
            "..",
            "...",
            "/",
            "\\",
            "//",
            "~",
            "~root",
            "-",
            "--",
            "-rf",
            "--help",
            "-o.log",
            ".bashrc",
            ".ssh/authorized_keys",
            "../x",
            "../../etc/passwd",
            "/etc/passwd",
            "..\\..\\x",
            "C:\\Windows\\x.dll",
            "C:x",
            "a/../../b",
            "a\\..\\b",
            "./x",
            "x/",
            "x\\",
            "x/.",
            "x/..",
            "\0",
            "a\0b",
            "a\nb",
            "a\r\nb",
            "a\tb",
            "\u{1b}[2J",
            "\u{1b}]0;x\u{7}",
            "\u{9b}2J",
            "\u{7f}",
            "a\u{8}\u{8}b",
            "\u{202e}gpj.exe",
            "a\u{2066}b",
            "\u{200b}",
            "a\u{200b}b",
            "\u{feff}",
            "\u{2028}",
            "a\u{2029}b",
            "\u{e0041}",
            "\u{ad}",
            "\u{3164}",
            "con",
            "CON",
            "con.txt",
            "PRN",
            "aux.log",
            "NUL",
            "nul.tar.gz",
            "COM1",
            "com9.txt",
            "LPT1",
            "lpt¹.x",
            "COM0",
            "a<b",
            "a>b",
            "a:b",
            "a\"b",
            "a|b",
            "a?b",
            "a*b",
            "x.",
            "x ",
            " x",
            "x. .",
            "file:///etc/passwd",
            "http://x/y",
            "$(reboot)",
            "`reboot`",
            "; rm -rf ~",
            "&& x",
            "| x",
            "%2e%2e%2fx",
            "%00",
            "..%2fx",
            "..;/x",
            "....//x",
            "x;y",
            "x y",
            "NUL ",
            "con .txt",
            "a.lnk",
            "desktop.ini",
            "Thumbs.db",
            ".DS_Store",
            ".git",
            ".minicom-x.part",
            "\u{e9}",
            "e\u{301}",
            "日本語.txt",
            "\u{1f468}\u{200d}\u{1f469}.png",
            "\u{fdfa}",
            "\u{fffd}",
            "\u{fff9}x",
            "\u{e000}",
            "a\u{300}\u{300}\u{300}\u{300}\u{300}\u{300}\u{300}\u{300}\u{300}\u{300}",
            "\u{2044}x",
            "\u{2215}x",
            "\u{ff0f}etc",
            "\u{ff0e}\u{ff0e}",
        ]
        .map(str::to_owned)
        .into();
        for (text, count) in [
            ("x", 255),
            ("x", 256),
            ("x", 5_000),
            ("é", 300),
            ("../", 400),
            (".", 300),
            (" ", 300),
            ("x.", 200),
        ] {
            names.push(text.repeat(count));
        }
        names.extend(
            [
                "-\u{1b}[31m",
                "--\u{202e}x",
                ".\0.",
                "~/.profile",
                "\u{1b}P1$r\u{1b}\\",
                "\u{90}x\u{9c}",
                "x\u{85}y",
                "-.-",
            ]
            .map(str::to_owned),
        );
        names.push(format!("x.{}", "y".repeat(300)));
        names.push(format!("{}.log", "x".repeat(300)));
        names
    }

    #[test]
    fn no_name_leaves_its_folder_or_reaches_a_terminal_raw() {
        let names = hostile();
        assert!(names.len() >= 120, "{}", names.len());
        let outer = tempfile::tempdir().unwrap();
        let folder = outer.path().join("downloads");
        for name in &names {
            let safe = safe_name(name);
            assert!((1..=NAME_BYTES_MAX + 1).contains(&safe.len()), "{name:?}: {safe:?}");
            assert!(
                !safe.contains(['/', '\\', '\0', ':']) && !safe.starts_with(['-', '.', '~']),
                "{name:?}: {safe:?}"
            );
            assert!(!safe.chars().any(char::is_control), "{name:?}: {safe:?}");
            assert_eq!(Shown::line(&safe).as_str(), safe, "{name:?} is shown otherwise");
            assert!(!is_device(&safe), "{name:?}: {safe:?}");
            assert_eq!(safe_name(&safe), safe, "{name:?}");
            let mut saving = Saving::begin(&folder).unwrap();
            saving.write(name.as_bytes()).unwrap();
            let path = saving.keep(name).unwrap();
            assert_eq!(path.parent().unwrap(), folder, "{name:?}");
            assert_eq!(fs::read(&path).unwrap(), name.as_bytes());
        }
        assert_eq!(
            fs::read_dir(&folder).unwrap().count(),
            names.len(),
            "one was written over, or left in part"
        );
        assert_eq!(fs::read_dir(outer.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_is_there_stays_links_too_and_what_is_cut_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let keep = |bytes: &[u8]| {
            let mut saving = Saving::begin(folder.path()).unwrap();
            saving.write(bytes).unwrap();
            let path = saving.keep("a.log").unwrap();
            path.file_name().unwrap().to_str().unwrap().to_owned()
        };
        std::os::unix::fs::symlink("/nowhere", folder.path().join("a.log")).unwrap();
        assert_eq!(keep(b"1"), "a (2).log");
        assert_eq!(keep(b"2"), "a (3).log");
        drop(Saving::begin(folder.path()).unwrap());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3);
    }
}
