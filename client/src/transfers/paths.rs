//! Paths as people type them: `~`, blanks, quotes, several at once, and what a half-typed one can become. Looks at the disk, so ask it
//! from where nobody waits. It refuses to know what the files are for.

use std::{
    fs,
    path::{Path, PathBuf},
};

use minicom_protocol::gate::Shown;

use crate::limits::{ATTACHMENTS_MAX, COMPLETE_NAMES_MAX};

/// What a half-typed path can become.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Completed {
    /// The whole text, with as much as is sure.
    pub text: String,
    /// The names that fit, where it is more than one; folders end with a slash.
    pub names: Vec<String>,
}

/// The files that a text names: one, if there is one by just this name; else several, in the manner of a shell.
///
/// # Errors
/// It names none, or more than can go with one text.
pub fn named(text: &str) -> Result<Vec<PathBuf>, String> {
    let home = home();
    let whole = at_home(text.trim(), home.as_deref());
    if whole.exists() {
        return Ok(vec![whole]);
    }
    let words = split(text);
    if words.iter().any(|word| word.open.is_some()) {
        return Err("a quote is not closed".to_owned());
    }
    let paths: Vec<PathBuf> = words.iter().map(|word| at_home(&word.text, home.as_deref())).collect();
    if let Some(none) = paths.iter().find(|path| !path.exists()) {
        return Err(format!("there is no file {}", none.display()));
    }
    match paths.len() {
        0 => Err("name a file".to_owned()),
        1..=ATTACHMENTS_MAX => Ok(paths),
        _ => Err(format!("{ATTACHMENTS_MAX} files at once are the most")),
    }
}

/// Where a file is to go to: a folder if there is one or a slash says so, else a name.
pub fn target(text: &str) -> super::To {
    let path = at_home(text.trim(), home().as_deref());
    match text.ends_with('/') || path.is_dir() {
        true => super::To::Folder(path),
        false => super::To::File(path),
    }
}

/// Writes out what is sure of the last path in a text.
pub fn complete(text: &str) -> Completed {
    let home = home();
    let last = split(text).pop().unwrap_or_default();
    let ends_apart = text.ends_with(char::is_whitespace) && last.open.is_none() && !last.ends_escaped;
    let last = match ends_apart {
        true => Word {
            from: text.len(),
            ..Word::default()
        },
        false => last,
    };
    let found = completed(&last.text, home.as_deref());
    // A name with blanks that nobody quoted.
    let (from, found, open) = match found {
        Some(found) => (last.from, found, last.open),
        None => match completed(text, home.as_deref()) {
            Some(found) => (0, found, None),
            None => (last.from, (last.text.clone(), Vec::new()), last.open),
        },
    };
    let (path, names) = found;
    if path == last.text && from == last.from {
        return Completed {
            text: text.to_owned(),
            names,
        };
    }
    let text = format!("{}{}", &text[..from], quoted(&path, open));
    Completed { text, names }
}

/// The path, longer, and all that it could become; `None` if there is nothing.
fn completed(path: &str, home: Option<&Path>) -> Option<(String, Vec<String>)> {
    if path == "~" {
        return Some(("~/".to_owned(), Vec::new()));
    }
    let (folder, begun) = path
        .rsplit_once('/')
        .map_or(("", path), |(folder, begun)| (folder, begun));
    let lead = &path[..path.len() - begun.len()];
    let folder = match (folder, lead) {
        ("", "/") => PathBuf::from("/"),
        ("", _) => PathBuf::from("."),
        (folder, _) => at_home(folder, home),
    };
    let mut names: Vec<String> = fs::read_dir(folder)
        .ok()?
        .take(COMPLETE_NAMES_MAX)
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let name = entry.file_name().into_string().ok()?;
            let fits = name.starts_with(begun) && (!name.starts_with('.') || begun.starts_with('.'));
            // What would not be shown as it is cannot be written out either.
            let plain = Shown::line(&name).as_str() == name;
            let folder = fs::metadata(entry.path()).is_ok_and(|it| it.is_dir());
            (fits && plain).then(|| if folder { format!("{name}/") } else { name })
        })
        .collect();
    names.sort();
    let mut sure = names.first()?.clone();
    for name in &names {
        while !name.starts_with(&sure) {
            sure.pop();
        }
    }
    if names.len() == 1 {
        names.clear();
    }
    Some((format!("{lead}{sure}"), names))
}

/// A path as it is to be typed to mean itself.
fn quoted(path: &str, open: Option<char>) -> String {
    let mut out = String::new();
    out.extend(open);
    for c in path.chars() {
        let means_more = match open {
            None => c.is_whitespace() || matches!(c, '\\' | '\'' | '"'),
            Some(quote) => c == quote || (c == '\\' && quote == '"'),
        };
        if means_more && open != Some('\'') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// One of several paths in a text.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Word {
    /// Without its quotes.
    text: String,
    /// Where it begins in the text.
    from: usize,
    /// The quote that is not closed.
    open: Option<char>,
    /// Its last blank belongs to it.
    ends_escaped: bool,
}

/// As a shell does it, for quotes, backslashes and blanks, and for nothing else.
fn split(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut word: Option<Word> = None;
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        let open = word.as_ref().and_then(|it| it.open);
        if open.is_none() && c.is_whitespace() {
            words.extend(word.take());
            continue;
        }
        let now = word.get_or_insert_with(|| Word {
            from: at,
            ..Word::default()
        });
        now.ends_escaped = false;
        match (open, c) {
            (None, '\'' | '"') => now.open = Some(c),
            (Some(quote), c) if c == quote => now.open = None,
            (None | Some('"'), '\\') => {
                if let Some((_, escaped)) = chars.next() {
                    now.text.push(escaped);
                    now.ends_escaped = true;
                }
            }
            (_, c) => now.text.push(c),
        }
    }
    words.extend(word);
    words
}

/// `~` stands for home.
fn at_home(path: &str, home: Option<&Path>) -> PathBuf {
    match (path.strip_prefix('~'), home) {
        (Some(""), Some(home)) => home.to_owned(),
        (Some(rest), Some(home)) if rest.starts_with('/') => home.join(rest.trim_start_matches('/')),
        _ => PathBuf::from(path),
    }
}

fn home() -> Option<PathBuf> {
    directories::BaseDirs::new().map(|dirs| dirs.home_dir().to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_text_names_one_file_or_several() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("my file.log"), "x").unwrap();
        let text = |name: &str| at(name).display().to_string();
        assert_eq!(named(&text("my file.log")).unwrap(), [at("my file.log")]);
        for name in ["a", "b c", "d e", "my other"] {
            fs::write(at(name), "x").unwrap();
        }
        let several = format!("{} '{}' \"{}\"", text("a"), text("b c"), text("d e"));
        assert_eq!(named(&several).unwrap(), [at("a"), at("b c"), at("d e")]);
        assert_eq!(named(&text("my\\ other")).unwrap(), [at("my other")]);
        assert_eq!(named("  ").unwrap_err(), "name a file");
        assert_eq!(named("'a").unwrap_err(), "a quote is not closed");
        assert!(named(&text("none")).unwrap_err().starts_with("there is no file /"));
        assert!(
            named(&format!("{} ", text("a")).repeat(11))
                .unwrap_err()
                .contains("10 files")
        );
        assert_eq!(at_home("~/x", Some(Path::new("/home/a"))), Path::new("/home/a/x"));
        assert_eq!(at_home("~", Some(Path::new("/home/a"))), Path::new("/home/a"));
        assert_eq!(at_home("~bob/x", Some(Path::new("/home/a"))), Path::new("~bob/x"));
    }

    #[test]
    fn a_path_is_written_out_as_far_as_that_is_sure() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["build.log", "build.old", "my file", ".hidden", "bad\u{1b}name"] {
            fs::write(folder.path().join(name), "x").unwrap();
        }
        fs::create_dir(folder.path().join("logs")).unwrap();
        let base = folder.path().display().to_string();
        let check = |typed: &str, text: &str, names: &[&str]| {
            let found = complete(&format!("{base}/{typed}"));
            assert_eq!(
                (found.text, found.names),
                (
                    format!("{base}/{text}"),
                    names.iter().map(|it| (*it).to_owned()).collect()
                )
            );
        };
        check("bu", "build.", &["build.log", "build.old"]);
        check("build.l", "build.log", &[]);
        check("lo", "logs/", &[]);
        check("m", "my\\ file", &[]);
        check("my\\ f", "my\\ file", &[]);
        check("my f", "my\\ file", &[]);
        check(".h", ".hidden", &[]);
        check("x", "x", &[]);
        check("", "", &["build.log", "build.old", "logs/", "my file"]);
        let two = complete(&format!("/etc/hosts '{base}/m"));
        assert_eq!(two.text, format!("/etc/hosts '{base}/my file"));
        assert_eq!(complete("~").text, "~/");
    }

    proptest! {
        #[test]
        fn what_is_quoted_means_itself(path in "[a-z '\"\\\\/~.]{1,20}") {
            let words = split(&quoted(&path, None));
            prop_assert_eq!(words.len(), 1);
            prop_assert_eq!(&words[0].text, &path);
            prop_assert_eq!(words[0].open, None);
        }

        #[test]
        fn completing_anything_is_harmless(text in "\\PC{0,30}") {
            let _ = complete(&text);
        }
    }
}
