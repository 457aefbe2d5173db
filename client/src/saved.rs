//! Files of others on this computer: under a name that is safe, in one folder, never over what is there, whole or not at all. A
//! name that came from outside is never a path, an option, or a device.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Seek, Write},
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

    /// What was written is forgotten.
    ///
    /// # Errors
    /// It cannot be.
    pub fn restart(&mut self) -> Result<(), Unsaved> {
        let emptied = self.file.set_len(0).and_then(|()| self.file.rewind());
        emptied.map_err(|why| self.unsaved(why))
    }

    /// It is whole: it gets a name like this one, which a stranger gave it, with a number behind it if that is taken. Where it is.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn keep(self, name: &str) -> Result<PathBuf, Unsaved> {
        self.keep_as(&safe_name(name))
    }

    /// The same, under the very name that the person who sits here gave it: one part of a path.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn keep_as(mut self, name: &str) -> Result<PathBuf, Unsaved> {
        self.file.sync_all().map_err(|why| self.unsaved(why))?;
        let (stem, ending) = split(name);
        for n in 1..=NAMES_MAX {
            let path = self.folder.join(match n {
                1 => name.to_owned(),
                n => format!("{stem} ({n}){ending}"),
            });
            match self.named(&path) {
                Ok(()) => {
                    self.kept = true;
                    // The name is on the disk too, where a folder can be synced.
                    let _ = File::open(&self.folder).and_then(|folder| folder.sync_all());
                    return Ok(path);
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(why) => return Err(self.unsaved(why)),
            }
        }
        Err(self.unsaved(io::ErrorKind::AlreadyExists.into()))
    }

    /// Gives it a name that nothing has.
    fn named(&self, path: &Path) -> io::Result<()> {
        // A second name for the same file: unlike a rename it takes no name that is there.
        match fs::hard_link(&self.part, path) {
            Ok(()) => {
                let _ = fs::remove_file(&self.part);
                Ok(())
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
            // A file system without second names: the name is taken first, and then only what was made here is written over.
            Err(_) => {
                OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
                let moved = fs::rename(&self.part, path);
                if moved.is_err() {
                    let _ = fs::remove_file(path);
                }
                moved
            }
        }
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
#[path = "../../protocol/src/tests/hostile_names.rs"]
mod hostile_names;

#[cfg(test)]
mod tests {
    use super::{hostile_names, *};

    #[test]
    fn no_name_leaves_its_folder_or_reaches_a_terminal_raw() {
        let names = hostile_names::all();
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

    #[test]
    fn what_came_wrong_is_forgotten_and_begun_anew() {
        let folder = tempfile::tempdir().unwrap();
        let mut saving = Saving::begin(folder.path()).unwrap();
        saving.write(b"something longer").unwrap();
        saving.restart().unwrap();
        saving.write(b"new").unwrap();
        // The person's own name is taken as it is.
        assert_eq!(fs::read(saving.keep_as(".hidden").unwrap()).unwrap(), b"new");
    }
}
