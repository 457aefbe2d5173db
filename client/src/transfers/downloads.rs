//! The files that are fetched, as a screen has to know them, and which file of a thread somebody means. Pure: what happens to them is
//! handed in.

use std::path::PathBuf;

use minicom_protocol::{event::FilePart, gate::Shown, ids::FileId};

use super::{Happened, Opening, TransferId};

/// Files of which it is remembered what became of them; the oldest are forgotten.
const REMEMBERED_MAX: usize = 200;

/// How a fetched file stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Came {
    /// So many bytes of it have come.
    Going(u64),
    /// It waits for this, and goes on by itself.
    Waiting(Shown),
    /// It is here.
    Here(PathBuf, Option<Opening>),
    /// It does not come, for this reason.
    Failed(Shown),
}

/// A file that is fetched, or was.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Download {
    /// Its transfer.
    pub id: TransferId,
    /// Which.
    pub file: FilePart,
    /// How it stands.
    pub came: Came,
}

impl Download {
    /// Whether it is on its way.
    pub fn is_going(&self) -> bool {
        matches!(self.came, Came::Going(_) | Came::Waiting(_))
    }

    /// What is told when it is over; nothing while it is not.
    pub fn words(&self) -> Option<Shown> {
        let name = Shown::line(&self.file.name);
        let words = match &self.came {
            Came::Going(_) | Came::Waiting(_) => return None,
            Came::Here(path, None) => format!("{name} is at {}", path.display()),
            Came::Here(path, Some(opening)) => opening.words(path),
            Came::Failed(why) => format!("{name}: {why}"),
        };
        Some(Shown::line(&words))
    }
}

/// All that were fetched in this run.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Downloads {
    list: Vec<Download>,
}

impl Downloads {
    /// One begins.
    pub fn begin(&mut self, id: TransferId, file: FilePart) {
        self.list.retain(|it| it.file.id != file.id || it.is_going());
        if self.list.len() >= REMEMBERED_MAX {
            self.list.remove(0);
        }
        let came = Came::Going(0);
        self.list.push(Download { id, file, came });
    }

    /// Something happened to one. The one, if it is one of these.
    pub fn happened(&mut self, id: TransferId, what: &Happened) -> Option<&Download> {
        let it = self.list.iter_mut().find(|it| it.id == id)?;
        match what {
            Happened::Found { .. } | Happened::Sent(_) => {}
            Happened::Moved { done } => it.came = Came::Going(*done),
            Happened::Waits { why } => it.came = Came::Waiting(why.clone()),
            Happened::Kept { path, opening } => it.came = Came::Here(path.clone(), opening.clone()),
            Happened::Failed { why } => it.came = Came::Failed(why.clone()),
        }
        Some(it)
    }

    /// How a file stands: by what was done with it last.
    pub fn of(&self, file: FileId) -> Option<&Download> {
        self.list.iter().rev().find(|it| it.file.id == file)
    }

    /// All, the oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &Download> {
        self.list.iter()
    }

    /// Whether one is on its way.
    pub fn is_going(&self) -> bool {
        self.list.iter().any(Download::is_going)
    }

    /// The one that began last and is on its way is given up.
    pub fn stop(&mut self) -> Option<Download> {
        let at = self.list.iter().rposition(Download::is_going)?;
        Some(self.list.remove(at))
    }
}

/// The file that a text means, and the rest of the text: nothing for the newest, a number counted from the newest (1), or a name, or
/// the beginning of one. `files` are those of a thread, the newest first.
///
/// # Errors
/// There is none, or several that it could be; in words.
pub fn meant<'a>(files: &[FilePart], text: &'a str) -> Result<(FilePart, &'a str), Shown> {
    let Some(newest) = files.first() else {
        return Err(Shown::fixed("There is no file in this chat yet."));
    };
    let text = text.trim();
    if text.is_empty() {
        return Ok((newest.clone(), ""));
    }
    let (first, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    if let Some(at) = first.parse::<usize>().ok().and_then(|number| number.checked_sub(1)) {
        let found = files.get(at).cloned();
        let many = || Shown::line(&format!("There is no file {first}: there are {} here.", files.len()));
        return Ok((found.ok_or_else(many)?, rest.trim()));
    }
    // A name may have blanks in it: the longest that the text begins with.
    let name = |file: &FilePart| Shown::line(&file.name).to_string();
    let begins = |file: &&FilePart| {
        let rest = text.strip_prefix(name(file).as_str());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace))
    };
    // Of two by one name the newer one is meant.
    let longest = files.iter().rev().filter(begins).max_by_key(|file| name(file).len());
    if let Some(file) = longest {
        return Ok((file.clone(), text[name(file).len()..].trim()));
    }
    let lower = first.to_lowercase();
    let mut fit: Vec<&FilePart> = files
        .iter()
        .filter(|file| name(file).to_lowercase().starts_with(&lower))
        .collect();
    fit.dedup_by_key(|file| name(file));
    match fit[..] {
        [one] => Ok((one.clone(), rest.trim())),
        [] => Err(Shown::line(&format!(
            "There is no file {first} here. /files tells them."
        ))),
        _ => Err(Shown::line(&format!(
            "{first} could be several files. /files tells them with numbers."
        ))),
    }
}

#[cfg(test)]
mod tests {
    use minicom_protocol::event::FileTag;
    use uuid::Uuid;

    use super::*;

    fn part(n: u128, name: &str) -> FilePart {
        FilePart {
            kind: FileTag::File,
            id: FileId(Uuid::from_u128(n)),
            name: name.to_owned(),
            size: 9,
            mime: "text/plain".into(),
            digest: String::new(),
            fallback: String::new(),
        }
    }

    #[test]
    fn a_file_is_meant_by_number_name_or_nothing() {
        let files = [
            part(1, "build.log"),
            part(2, "my file.txt"),
            part(3, "my file"),
            part(4, "build.log"),
            part(5, "3d"),
        ];
        let check = |text: &str, expected: (u128, &str)| {
            let (file, rest) = meant(&files, text).unwrap();
            assert_eq!((file.id.0.as_u128(), rest), expected, "{text}");
        };
        check("", (1, ""));
        check("2", (2, ""));
        check("2 ~/x y", (2, "~/x y"));
        check("build.log", (1, ""));
        check("build.log ./there", (1, "./there"));
        check("my file.txt", (2, ""));
        check("my file /tmp", (3, "/tmp"));
        check("bui", (1, ""));
        check("3d", (5, ""));
        for (text, words) in [
            ("9", "There is no file 9"),
            ("0", "There is no file 0"),
            ("x", "no file x"),
            ("my", "several files"),
        ] {
            assert!(meant(&files, text).unwrap_err().as_str().contains(words), "{text}");
        }
        assert!(meant(&[], "1").is_err());
    }

    #[test]
    fn what_became_of_a_file_is_known_by_what_was_done_last() {
        let mut all = Downloads::default();
        all.begin(TransferId(1), part(1, "a"));
        assert!(all.happened(TransferId(2), &Happened::Moved { done: 1 }).is_none());
        let path = PathBuf::from("/d/a");
        let it = all
            .happened(TransferId(1), &Happened::Kept { path, opening: None })
            .unwrap();
        assert_eq!(it.words().unwrap().as_str(), "a is at /d/a");
        all.begin(TransferId(2), part(1, "a"));
        assert_eq!(all.iter().count(), 1);
        assert!(all.is_going() && all.of(FileId(Uuid::from_u128(1))).unwrap().is_going());
        assert_eq!(all.stop().unwrap().id, TransferId(2));
        assert!(all.stop().is_none());
        for n in 0..300 {
            all.begin(TransferId(n), part(u128::from(n), "x"));
        }
        assert_eq!(all.iter().count(), REMEMBERED_MAX);
    }
}
