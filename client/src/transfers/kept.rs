//! Files that wait beside a text, over the end of the program: where each comes from and what it was like then, or that the desk has it
//! already. As lines of JSON, a file a line, so that one that cannot be read takes no other with it. It refuses to know where they stand.

use std::{
    ffi::OsString,
    hash::{DefaultHasher, Hash, Hasher},
    os::unix::ffi::{OsStrExt, OsStringExt},
    path::{Path, PathBuf},
};

use minicom_protocol::ids::FileId;
use serde::{Deserialize, Serialize};

use super::{Attachment, Attachments, Source, Stands, TransferId, steady::Mark};
use crate::limits::UPLOAD_READY_FOR;

/// One of them.
#[derive(Serialize, Deserialize)]
struct Kept {
    /// Where the file is, its bytes as in an address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    /// What it was like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    mark: Option<Mark>,
    /// What was pasted, by its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// What it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    /// By which the desk has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id: Option<FileId>,
    /// Since when, in microseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    since: Option<i64>,
    /// Its size in bytes, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    size: Option<u64>,
}

impl Attachments {
    /// A number that is another one when something has changed that is kept.
    pub fn version(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        for it in self.iter() {
            (it.id, matches!(it.stands, Stands::Ready(_)), it.mark).hash(&mut hasher);
        }
        hasher.finish()
    }

    /// As they are kept on disk at this time (microseconds since 1970); nothing is kept as nothing. What came from a pipe is gone with
    /// the program.
    pub fn to_kept(&mut self, now: i64) -> String {
        for it in self.iter_mut().filter(|it| matches!(it.stands, Stands::Ready(_))) {
            it.ready_since.get_or_insert(now);
        }
        let lines = self.iter().filter_map(|it| {
            let id = match it.stands {
                Stands::Ready(id) => Some(id),
                _ => None,
            };
            let (path, mark, name, text) = match &it.what {
                Source::File(path) => (Some(encoded(path)), it.mark, None, None),
                Source::Marked { path, mark } => (Some(encoded(path)), Some(*mark), None, None),
                Source::Text { name, text } => (None, None, Some(name.clone()), Some(text.to_string())),
                Source::Piped { .. } => return None,
            };
            let size = it.size;
            let kept = Kept {
                path,
                mark,
                name,
                text,
                id,
                since: it.ready_since.filter(|_| id.is_some()),
                size,
            };
            serde_json::to_string(&kept).ok()
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    /// From the disk at this time, each with the next id. What the desk still has is ready; the others are on their way from now on, if
    /// they are what they were. What is not understood was written by another version, and is passed over.
    pub fn from_kept(text: &str, now: i64, mut id: impl FnMut() -> TransferId) -> Attachments {
        let mut all = Attachments::default();
        for kept in text.lines().filter_map(|line| serde_json::from_str::<Kept>(line).ok()) {
            let what = match (kept.path, kept.mark, kept.name, kept.text) {
                (Some(path), Some(mark), ..) => Source::Marked {
                    path: decoded(&path),
                    mark,
                },
                (Some(path), None, ..) => Source::File(decoded(&path)),
                (None, _, Some(name), Some(text)) => Source::Text {
                    name,
                    text: text.into(),
                },
                _ => continue,
            };
            let mut it = Attachment::new(id(), what);
            it.size = kept.size.or(it.size);
            let last = i64::try_from(UPLOAD_READY_FOR.as_micros()).unwrap_or(i64::MAX);
            let fresh = |since: &i64| now.saturating_sub(*since) < last;
            if let (Some(id), Some(since)) = (kept.id, kept.since.filter(fresh)) {
                (it.stands, it.ready_since) = (Stands::Ready(id), Some(since));
            }
            // More than there may be were never kept.
            let _ = all.add(it);
        }
        all
    }

    /// Those that have to be brought to the desk.
    pub fn to_send(&self) -> Vec<Attachment> {
        let going = self.iter().filter(|it| matches!(it.stands, Stands::Going(_)));
        going.cloned().collect()
    }
}

/// A path in letters that every file can hold: it may be of any bytes.
fn encoded(path: &Path) -> String {
    let mut out = String::new();
    for byte in path.as_os_str().as_bytes() {
        match byte {
            b'%' | 0..=31 | 127..=255 => out.push_str(&format!("%{byte:02x}")),
            byte => out.push(char::from(*byte)),
        }
    }
    out
}

fn decoded(text: &str) -> PathBuf {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let [first, more @ ..] = rest {
        let escaped = more.get(..2).filter(|_| *first == b'%');
        let escaped = escaped.and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok());
        bytes.push(escaped.unwrap_or(*first));
        rest = if escaped.is_some() { &more[2..] } else { more };
    }
    PathBuf::from(OsString::from_vec(bytes))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::transfers::Happened;

    const NOW: i64 = 1_795_000_000_000_000;

    fn ids() -> impl FnMut() -> TransferId {
        let mut next = 100;
        move || {
            next += 1;
            TransferId(next)
        }
    }

    #[test]
    fn what_waits_comes_back_as_it_stood() {
        let mut all = Attachments::default();
        let odd = PathBuf::from(OsString::from_vec(b"/tmp/a b%41\xff\n\xe4.log".to_vec()));
        let mut id = ids();
        all.add_files(vec![odd.clone(), "/tmp/new".into(), "/tmp/there".into()], &mut id)
            .unwrap();
        let text = Source::Text {
            name: "pasted.txt".into(),
            text: "one\ntwo \"x\"".into(),
        };
        all.add(Attachment::new(id(), text.clone())).unwrap();
        let mark = Mark { size: 7, at: (5, -6) };
        all.happened(
            TransferId(101),
            &Happened::Found {
                size: 7,
                mark: Some(mark),
            },
        );
        let file = crate::rest::files::Uploaded {
            id: FileId(Uuid::from_u128(9)),
            file_name: "there".into(),
            size: 3,
        };
        all.happened(TransferId(103), &Happened::Sent(file));

        let before = all.version();
        let kept = all.to_kept(NOW);
        assert_eq!(all.version(), before);
        assert_eq!(kept.lines().count(), 4, "{kept}");
        let mut again = Attachments::from_kept(
            &format!("{kept}\n{{\"of\": \"another version\"}}\n{{\"pa"),
            NOW + 9,
            ids(),
        );
        let whats: Vec<&Source> = again.iter().map(|it| &it.what).collect();
        let expected = [
            &Source::Marked { path: odd, mark },
            &Source::File("/tmp/new".into()),
            &Source::File("/tmp/there".into()),
            &text,
        ];
        assert_eq!(whats, expected);
        let third = again.iter().nth(2).unwrap();
        assert_eq!(
            (third.size, &third.stands),
            (Some(3), &Stands::Ready(FileId(Uuid::from_u128(9))))
        );
        let sends: Vec<u64> = again.to_send().iter().map(|it| it.id.0).collect();
        assert_eq!(sends, [101, 102, 104]);
        assert_eq!(again.to_kept(NOW + 10), kept, "it is kept again as it was");
        // The desk does not have it for ever: then it is uploaded again.
        let late = NOW + i64::try_from(UPLOAD_READY_FOR.as_micros()).unwrap();
        assert_eq!(Attachments::from_kept(&kept, late, ids()).to_send().len(), 4);
        assert_eq!(Attachments::default().to_kept(NOW), "");
        assert!(Attachments::from_kept("", NOW, ids()).is_empty());
    }

    proptest::proptest! {
        #[test]
        fn every_path_and_every_text_comes_back(bytes in proptest::collection::vec(1_u8.., 1..40), any in "(?s).{0,200}") {
            let path = PathBuf::from(OsString::from_vec(bytes));
            proptest::prop_assert_eq!(decoded(&encoded(&path)), path);
            // Whatever stands there, it is read.
            let _ = Attachments::from_kept(&any, NOW, ids());
            let _ = decoded(&any);
        }
    }
}
