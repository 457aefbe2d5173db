//! An import of many files: all of them are read and compared before the first is sent, so that a mistake in one leaves
//! everything as it was; and each file is told what became of it.

use std::{collections::HashMap, path::PathBuf};

use minicom_protocol::{command::AgentCommand, refusal::Refusal};
use minicom_tui_kit::Shown;

use super::{Told, files, session::Session, strict::Mistake};
use crate::exit::{self, Failure};

/// What a file is to become, or why it cannot.
#[derive(Debug)]
pub struct Item {
    /// The file, as it was named.
    pub file: String,
    /// By which name it is found at the desk.
    pub name: String,
    /// What is to be done.
    pub verdict: Verdict,
}

/// What is to be done with a file.
#[derive(Debug)]
pub enum Verdict {
    /// It is not there yet.
    New(AgentCommand),
    /// It is there otherwise.
    Changed(AgentCommand),
    /// It is there already.
    Unchanged,
    /// It is there and is to be there no more.
    Gone(AgentCommand),
    /// It cannot be.
    Refused(Mistake),
}

impl Verdict {
    fn word(&self) -> &'static str {
        match self {
            Verdict::New(_) => "new",
            Verdict::Changed(_) => "changed",
            Verdict::Unchanged => "unchanged",
            Verdict::Gone(_) => "deleted",
            Verdict::Refused(_) => "refused",
        }
    }
}

/// Reads files, each by `parse`. No two may have the same key.
///
/// # Errors
/// All files, with what is wrong with those that are.
pub fn read_all<T>(
    paths: &[PathBuf],
    parse: impl Fn(&str, &std::path::Path, &str) -> Result<T, Vec<Mistake>>,
    key: impl Fn(&T) -> String,
) -> Result<Vec<(String, T)>, Told> {
    let (mut good, mut mistakes) = (Vec::new(), Vec::new());
    let mut first: HashMap<String, String> = HashMap::new();
    for path in paths {
        let file = path.display().to_string();
        match files::read(path)
            .map_err(|it| vec![it])
            .and_then(|text| parse(&file, path, &text))
        {
            Err(mut wrong) => mistakes.append(&mut wrong),
            Ok(parsed) => match first.insert(key(&parsed), file.clone()) {
                None => good.push((file, parsed)),
                Some(other) => {
                    let what = format!(
                        "it has the name of {} too: {}",
                        Shown::line(&other),
                        Shown::line(&key(&parsed))
                    );
                    mistakes.push(Mistake::of(&file, what));
                }
            },
        }
    }
    if mistakes.is_empty() {
        Ok(good)
    } else {
        Err(refused(&mistakes))
    }
}

/// Mistakes in files: nothing was sent.
pub fn refused(mistakes: &[Mistake]) -> Told {
    let text = mistakes.iter().map(|it| format!("refused    {it}\n")).collect();
    let words = match mistakes.len() {
        1 => "There is a mistake in the files: nothing was sent.".to_owned(),
        n => format!("There are {n} mistakes in the files: nothing was sent."),
    };
    Told {
        text,
        failure: Some(Failure::new(exit::DATA, words)),
    }
}

impl Item {
    /// Whether nothing is to be done.
    pub fn is_unchanged(&self) -> bool {
        matches!(self.verdict, Verdict::Unchanged)
    }
}

/// Tells what would become of each, and sends nothing.
pub fn tell(items: Vec<Item>) -> Told {
    let wrong: Vec<Mistake> = mistakes_of(&items);
    if !wrong.is_empty() {
        return refused(&wrong);
    }
    let text = items.iter().map(|item| line(item.verdict.word(), item)).collect();
    Told { text, failure: None }
}

fn mistakes_of(items: &[Item]) -> Vec<Mistake> {
    let wrong = items.iter().filter_map(|item| match &item.verdict {
        Verdict::Refused(mistake) => Some(mistake.clone()),
        _ => None,
    });
    wrong.collect()
}

fn line(word: &str, item: &Item) -> String {
    format!("{word:9}  {}  {}\n", Shown::line(&item.name), Shown::line(&item.file))
}

/// Sends what is new or changed, unless anything is refused, and tells each file.
///
/// # Errors
/// The server is away before anything was sent.
pub async fn send(session: &mut Session, items: Vec<Item>, dry_run: bool) -> Result<Told, Failure> {
    let wrong = mistakes_of(&items);
    if !wrong.is_empty() {
        return Ok(refused(&wrong));
    }
    let mut told = Told::default();
    for item in items {
        let (said, refused) = (line(item.verdict.word(), &item), line("refused", &item));
        let command = match item.verdict {
            Verdict::New(command) | Verdict::Changed(command) | Verdict::Gone(command) if !dry_run => command,
            _ => {
                told.text.push_str(&said);
                continue;
            }
        };
        match session.command(command).await {
            Ok(Ok(_)) => told.text.push_str(&said),
            Ok(Err(refusal)) => {
                let failure = session.refused(&refusal);
                told.text.push_str(&refused);
                told.failure = Some(stopped(&item.file, failure, &refusal));
                return Ok(told);
            }
            Err(failure) => {
                told.failure = Some(failure);
                return Ok(told);
            }
        }
    }
    if dry_run {
        told.text.push_str("nothing is sent (--dry-run)\n");
    }
    Ok(told)
}

/// The server says no to what looked right: the files before it are there, the rest is not sent.
fn stopped(file: &str, failure: Failure, refusal: &Refusal) -> Failure {
    let then = match refusal {
        Refusal::TooMany { .. } => "",
        _ => " Run it again when that is mended: what is there already stays as it is.",
    };
    let words = format!(
        "{}: {} The files above it were sent, those behind it were not.{then}",
        Shown::line(file),
        failure.words
    );
    Failure::new(failure.code, words)
}
