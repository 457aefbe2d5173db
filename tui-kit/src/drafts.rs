//! Texts that were not sent yet, kept on disk for each conversation.
//!
//! Owns the files: written whole or not at all, readable by their owner only, named by a hash so that a conversation's key is no
//! path. It blocks; call it from an effect. It refuses to know what a key stands for.
//!
//! A text of nothing but blanks and line ends is none: it cannot be sent, and whoever found it again would have a composer that looks
//! empty and is not.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

/// A draft, in bytes: what is written has at most as much as a composer holds; beside it stand the large pastes that wait to be sent as
/// files. Anything larger was not written by us.
const DRAFT_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// A folder of drafts.
#[derive(Debug, Clone)]
pub struct Drafts {
    folder: PathBuf,
}

impl Drafts {
    /// Uses a folder, and makes it (0700) with its parents if it is not there.
    ///
    /// # Errors
    /// The folder cannot be made.
    pub fn open(folder: impl Into<PathBuf>) -> io::Result<Drafts> {
        let folder = folder.into();
        DirBuilder::new().recursive(true).mode(0o700).create(&folder)?;
        Ok(Drafts { folder })
    }

    /// The draft of a conversation. A file that is no text counts as none: it was not written here.
    ///
    /// # Errors
    /// The file is there and cannot be read.
    pub fn load(&self, key: &str) -> io::Result<Option<String>> {
        let file = match File::open(self.path(key)) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let mut bytes = Vec::new();
        file.take(DRAFT_BYTES_MAX).read_to_end(&mut bytes)?;
        Ok(String::from_utf8(bytes).ok().filter(|text| !is_blank(text)))
    }

    /// Whether there is a draft, for the sign in a list.
    pub fn has(&self, key: &str) -> bool {
        self.path(key).exists()
    }

    /// Keeps a draft; a blank one is removed. After it returns the text survives a power cut.
    ///
    /// # Errors
    /// The disk is full or not writable; the draft that was there before is untouched.
    pub fn save(&self, key: &str, text: &str) -> io::Result<()> {
        if is_blank(text) {
            return self.remove(key);
        }
        let path = self.path(key);
        // Two windows of one person must not write into the same temporary file.
        let temporary = path.with_extension(format!("{}.tmp", std::process::id()));
        let written = write_synced(&temporary, text).and_then(|()| fs::rename(&temporary, &path));
        if let Err(error) = written {
            // The temporary file is worthless; if it cannot be removed either, the first error says more.
            let _ = fs::remove_file(&temporary);
            return Err(error);
        }
        self.sync_folder()
    }

    /// Forgets a draft. It is no error if there was none.
    ///
    /// # Errors
    /// The file is there and cannot be removed.
    pub fn remove(&self, key: &str) -> io::Result<()> {
        match fs::remove_file(self.path(key)) {
            Ok(()) => self.sync_folder(),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn path(&self, key: &str) -> PathBuf {
        let digest = Sha256::digest(key.as_bytes());
        let name: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        self.folder.join(format!("{name}.draft"))
    }

    fn sync_folder(&self) -> io::Result<()> {
        File::open(&self.folder)?.sync_all()
    }
}

fn is_blank(text: &str) -> bool {
    text.trim().is_empty()
}

fn write_synced(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn drafts_come_back_and_go() {
        let folder = tempfile::tempdir().unwrap();
        let drafts = Drafts::open(folder.path().join("a/b")).unwrap();
        assert_eq!(drafts.load("alice").unwrap(), None);
        drafts.save("alice", "half a\nsentence 你").unwrap();
        drafts.save("../../etc/passwd\0", "x").unwrap();
        let again = Drafts::open(folder.path().join("a/b")).unwrap();
        assert_eq!(again.load("alice").unwrap().as_deref(), Some("half a\nsentence 你"));
        assert!(again.has("alice") && !again.has("bob"));
        again.save("alice", "shorter").unwrap();
        assert_eq!(again.load("alice").unwrap().as_deref(), Some("shorter"));
        again.save("alice", "").unwrap();
        assert!(!again.has("alice"));
        again.remove("alice").unwrap();
        let names: Vec<_> = fs::read_dir(folder.path().join("a/b"))
            .unwrap()
            .map(|entry| entry.unwrap())
            .collect();
        assert_eq!(
            names.len(),
            1,
            "no temporary file is left, and the strange key is a file in here"
        );
        assert_eq!(names[0].metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(
            fs::metadata(folder.path().join("a/b")).unwrap().permissions().mode() & 0o777,
            0o700
        );
    }

    #[test]
    fn nothing_but_blanks_is_no_draft() {
        let folder = tempfile::tempdir().unwrap();
        let drafts = Drafts::open(folder.path()).unwrap();
        drafts.save("x", "words").unwrap();
        drafts.save("x", " \n\n").unwrap();
        assert!(!drafts.has("x"));
        // As an older version has left it.
        fs::write(drafts.path("y"), "\n").unwrap();
        assert_eq!(drafts.load("y").unwrap(), None);
        drafts.save("z", "\n  indented").unwrap();
        assert_eq!(drafts.load("z").unwrap().as_deref(), Some("\n  indented"));
    }

    #[test]
    fn a_file_that_is_no_text_is_no_draft() {
        let folder = tempfile::tempdir().unwrap();
        let drafts = Drafts::open(folder.path()).unwrap();
        fs::write(drafts.path("x"), [0xff, 0xfe]).unwrap();
        assert_eq!(drafts.load("x").unwrap(), None);
    }

    #[test]
    fn a_failed_save_leaves_the_old_draft() {
        let folder = tempfile::tempdir().unwrap();
        let drafts = Drafts::open(folder.path()).unwrap();
        drafts.save("x", "old").unwrap();
        // A folder where the temporary file belongs: opening it for writing fails for everybody, root too.
        fs::create_dir(drafts.path("x").with_extension(format!("{}.tmp", std::process::id()))).unwrap();
        assert!(drafts.save("x", "new").is_err());
        assert_eq!(drafts.load("x").unwrap().as_deref(), Some("old"));
    }
}
