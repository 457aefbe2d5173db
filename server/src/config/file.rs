//! The configuration file: reading it with a bound, and telling a mistake with line, column, the line itself and a caret.

use std::{
    fs::File,
    io::{ErrorKind, Read},
    ops::Range,
    path::{Path, PathBuf},
};

use minicom_protocol::gate::Shown;
use toml::de::{DeTable, DeValue};

use super::{
    setting::Setting,
    settings::{self, SETTINGS},
    value::{Kind, Raw, Value},
};
use crate::{
    exit::{ExitKind, Fatal},
    limits::{CONFIG_FILE_BYTES_MAX, EXCERPT_COLUMNS_MAX},
};

/// A word with letters and digits that is so long may be somebody's key.
const SECRET_CHARS_MIN: usize = 20;

/// Reads a configuration file.
///
/// # Errors
/// It cannot be read, is too large, or has a mistake: the first one.
pub(super) fn read(path: &Path) -> Result<Vec<(&'static Setting, Value)>, Fatal> {
    let mut bytes = Vec::new();
    let opened = File::open(path).and_then(|file| file.take(CONFIG_FILE_BYTES_MAX + 1).read_to_end(&mut bytes));
    opened.map_err(|error| unreadable(path, &error))?;
    if bytes.len() as u64 > CONFIG_FILE_BYTES_MAX {
        let what = format!(
            "The configuration file {} is larger than {CONFIG_FILE_BYTES_MAX} bytes.",
            shown(path)
        );
        return Err(Fatal::new(
            ExitKind::Config,
            what,
            "Is it the right file? A configuration has a few lines.",
        ));
    }
    let text = String::from_utf8(bytes).map_err(|_| {
        let what = format!("The configuration file {} is not UTF-8 text.", shown(path));
        Fatal::new(ExitKind::Config, what, "Save it as UTF-8.")
    })?;
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(&text);
    parse(path, text)
}

/// Why a file could not be read.
pub(super) fn unreadable(path: &Path, error: &std::io::Error) -> Fatal {
    let (kind, what, fix) = match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => (
            ExitKind::NoInput,
            "is not there",
            "Check its name, or leave it out: without a file defaults hold.",
        ),
        ErrorKind::IsADirectory => (ExitKind::NoInput, "is a folder", "Name the file in it."),
        ErrorKind::PermissionDenied => (
            ExitKind::Permission,
            "may not be read",
            "Let the user that runs the server read it.",
        ),
        _ => (ExitKind::Io, "cannot be read", "Check the disk that it is on."),
    };
    Fatal::new(kind, format!("The configuration file {} {what}.", shown(path)), fix)
}

fn shown(path: &Path) -> String {
    Shown::line(&path.display().to_string()).as_str().to_owned()
}

/// A mistake at a place of the text.
struct Mistake {
    at: Range<usize>,
    what: String,
    fix: String,
}

fn parse(path: &Path, text: &str) -> Result<Vec<(&'static Setting, Value)>, Fatal> {
    let table = DeTable::parse(text).map_err(|error| {
        let at = error.span().unwrap_or(0..0);
        let what = error.message().replace('\n', "; ");
        mistake(
            path,
            text,
            &Mistake {
                at,
                what,
                fix: "Correct this line: it is not TOML. Texts stand in quotes, for example log = \"info\".".to_owned(),
            },
        )
    })?;
    let mut found = Vec::new();
    let mut mistakes = Vec::new();
    walk(path, "", table.get_ref(), &mut found, &mut mistakes);
    // The first in the file, not in the alphabet.
    match mistakes.iter().min_by_key(|it| it.at.start) {
        Some(first) => Err(mistake(path, text, first)),
        None => Ok(found),
    }
}

/// Takes the keys of a table, and of the tables in it. `inside` is its name with a dot, or nothing.
fn walk(
    path: &Path,
    inside: &str,
    table: &DeTable,
    found: &mut Vec<(&'static Setting, Value)>,
    mistakes: &mut Vec<Mistake>,
) {
    for (key, value) in table {
        let name = format!("{inside}{}", key.get_ref());
        match (value.get_ref(), settings::tables().any(|table| table == name)) {
            (DeValue::Table(inner), true) => walk(path, &format!("{name}."), inner, found, mistakes),
            (_, true) => {
                let first = SETTINGS.iter().find(|it| it.key.starts_with(&format!("{name}.")));
                let first = first.map_or("", |it| it.key);
                mistakes.push(Mistake {
                    at: key.span(),
                    what: format!("'{name}' is a table and has no value of its own"),
                    fix: format!("Write its settings one by one, for example '{first} = ...'."),
                });
            }
            (it, false) => assign(path, &name, key.span(), it, value.span(), found, mistakes),
        }
    }
}

/// Takes one key and its value.
fn assign(
    path: &Path,
    key: &str,
    key_at: Range<usize>,
    value: &DeValue,
    value_at: Range<usize>,
    found: &mut Vec<(&'static Setting, Value)>,
    mistakes: &mut Vec<Mistake>,
) {
    let Some(setting) = settings::by_key(key) else {
        mistakes.push(Mistake {
            at: key_at,
            what: format!("unknown key '{key}'"),
            fix: what_is_meant(key),
        });
        return;
    };
    let raw = match value {
        DeValue::String(text) => Raw::Text(text.as_ref()),
        DeValue::Boolean(on) => Raw::Bool(*on),
        DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
            Ok(number) => Raw::Whole(number),
            Err(_) => Raw::Other("a number beyond all bounds"),
        },
        DeValue::Float(_) => Raw::Other("a number with a fraction"),
        DeValue::Datetime(_) => Raw::Other("a date or time"),
        DeValue::Array(items) => match items.iter().map(|item| item.get_ref().as_str()).collect() {
            Some(texts) => Raw::Texts(texts),
            None => Raw::Other("a list of other things than texts"),
        },
        DeValue::Table(inner) => {
            let lists = inner.iter().map(|(key, value)| match value.get_ref() {
                DeValue::Array(items) => {
                    let texts: Option<_> = items.iter().map(|item| item.get_ref().as_str()).collect();
                    Some((key.get_ref().as_ref(), texts?))
                }
                _ => None,
            });
            lists
                .collect::<Option<_>>()
                .map_or(Raw::Other("a table of other things than lists of texts"), Raw::Lists)
        }
    };
    match setting.kind.check(&raw) {
        Ok(value) => found.push((setting, from_folder(path, setting.kind, value))),
        Err(wrong) => mistakes.push(Mistake {
            at: value_at,
            what: format!("the value of '{key}' cannot be used: {}", wrong.what),
            fix: format!("Expected: {}.", wrong.expected),
        }),
    }
}

/// A path in a file is meant from the folder of the file, not from wherever the server is started.
fn from_folder(file: &Path, kind: Kind, value: Value) -> Value {
    match (kind, value, file.parent()) {
        (Kind::Path, Value::Path(path), Some(folder)) if path.is_relative() => {
            Value::Path(PathBuf::from(folder).join(path))
        }
        // A program without a folder is looked for where the system looks for programs.
        (Kind::Command, Value::Command(mut parts), Some(folder)) => {
            program_from(folder, &mut parts);
            Value::Command(parts)
        }
        (Kind::Commands, Value::Commands(mut all), Some(folder)) => {
            all.values_mut().for_each(|parts| program_from(folder, parts));
            Value::Commands(all)
        }
        (_, value, _) => value,
    }
}

fn program_from(folder: &Path, parts: &mut [String]) {
    if let Some(program) = parts.first_mut()
        && program.contains('/')
        && Path::new(program.as_str()).is_relative()
        && let Some(whole) = folder.join(program.as_str()).to_str()
    {
        *program = whole.to_owned();
    }
}

/// What somebody meant who wrote an unknown key.
fn what_is_meant(key: &str) -> String {
    let last = key.rsplit('.').next().unwrap_or(key);
    let elsewhere = SETTINGS.iter().find(|it| it.key.rsplit('.').next() == Some(last));
    if let Some(setting) = elsewhere {
        return match setting.key.rsplit_once('.') {
            Some((table, _)) => format!("'{last}' belongs under [{table}]."),
            None => format!("'{last}' belongs at the top of the file, before the first [table]."),
        };
    }
    let names = SETTINGS.iter().map(|it| it.key).chain(settings::tables());
    let in_table = SETTINGS
        .iter()
        .filter(|it| it.key.split('.').next() == key.split('.').next() || !key.contains('.'));
    let near_last = settings::nearest(last, in_table.filter_map(|it| it.key.rsplit('.').next()));
    let near = settings::nearest(key, names).or_else(|| {
        let last = near_last?;
        SETTINGS
            .iter()
            .map(|it| it.key)
            .find(|key| key.rsplit('.').next() == Some(last))
    });
    match near {
        Some(name) => format!("Did you mean '{name}'? All keys: minicom-server --print-config."),
        None => "Remove it. All keys: minicom-server --print-config.".to_owned(),
    }
}

fn mistake(path: &Path, text: &str, it: &Mistake) -> Fatal {
    let at = floor_char_boundary(text, it.at.start);
    let line_start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let line = text[line_start..].lines().next().unwrap_or_default();
    let line = match is_secret(line) {
        true => "(a line with a secret is not shown)",
        false => line,
    };
    let number = text[..at].matches('\n').count() + 1;
    let column = text[line_start..at].chars().count() + 1;
    let width = text[at..floor_char_boundary(text, it.at.end.max(at))]
        .lines()
        .next()
        .unwrap_or_default()
        .chars()
        .count();
    let what = Shown::line(&it.what).cut(2 * EXCERPT_COLUMNS_MAX);
    Fatal {
        kind: ExitKind::Config,
        what: format!(
            "The configuration file {}, line {number}, column {column}: {}.",
            shown(path),
            what.as_str()
        ),
        excerpt: Some(excerpt(line, number, column, width)),
        fix: it.fix.clone(),
    }
}

/// Whether a line says a key of somebody's, as far as that can be seen before the line is understood: by its name, or because it
/// has what looks like one.
fn is_secret(line: &str) -> bool {
    let name = line.split('=').next().unwrap_or(line).to_lowercase();
    let mut secrets = SETTINGS.iter().filter(|it| matches!(it.kind, Kind::Secret));
    let is_named = secrets.any(|it| it.key.rsplit('.').next().is_some_and(|last| name.contains(last)));
    let mut words = line.split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-');
    let is_key = |word: &str| {
        word.len() >= SECRET_CHARS_MIN
            && word.contains(|c: char| c.is_ascii_digit())
            && word.contains(char::is_alphabetic)
    };
    is_named || words.any(is_key)
}

/// The line with a caret under the mistake, cut to fit a terminal.
fn excerpt(line: &str, number: usize, column: usize, width: usize) -> String {
    // Of a long line the part around the mistake.
    let skip = (column - 1).saturating_sub(EXCERPT_COLUMNS_MAX / 2);
    // One column for each character, so that the caret stands right.
    let part: String = line
        .chars()
        .skip(skip)
        .take(EXCERPT_COLUMNS_MAX)
        .map(|c| if c == '\t' { ' ' } else { c })
        .collect();
    let gate = |text: &str| Shown::line(text).as_str().to_owned();
    let before = gate(&part.chars().take(column - 1 - skip).collect::<String>());
    let margin = number.to_string();
    let room = EXCERPT_COLUMNS_MAX.saturating_sub(before.chars().count()).max(1);
    format!(
        "{margin} | {}\n{} | {}{}",
        gate(&part),
        " ".repeat(margin.len()),
        " ".repeat(before.chars().count()),
        "^".repeat(width.clamp(1, room))
    )
}

fn floor_char_boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
