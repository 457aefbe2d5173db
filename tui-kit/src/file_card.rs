//! A file on one row: what it is called, how large it is and of what kind, and what becomes of it here. For the files of a line, and for
//! those that wait beside a text.
//!
//! Owns how the parts of the row give way when it is narrow. It refuses to know where files are and who moves them.

use minicom_protocol::event::{Part, size_words};
use minicom_protocol::gate::Shown;
use minicom_protocol::ids::FileId;
use ratatui::style::Style;

use crate::styled::StyledLine;
use crate::text::{truncate, width};
use crate::theme::Theme;

/// Columns between the parts.
const GAP: &str = "  ";
/// Columns that a name has at least, if it needs them.
const NAME_MIN: usize = 12;
/// Signs of a bar.
const BAR_COLUMNS: usize = 10;
/// Columns of an ending that a name keeps where it is cut: it tells the kind.
const ENDING_MAX: usize = 8;
/// What says nothing of the kind.
const OCTETS: &str = "application/octet-stream";

/// A file of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileCard {
    /// By which it is fetched.
    pub id: FileId,
    /// What it is.
    pub file: FileRow,
}

/// What is shown of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRow {
    /// What it is called.
    pub name: Shown,
    /// Its size in bytes, where it is known.
    pub size: Option<u64>,
    /// Its media type; may be empty.
    pub kind: Shown,
}

/// What becomes of a file here.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum FileState {
    /// Nothing.
    #[default]
    Still,
    /// So many bytes of it have gone or come.
    Going(u64),
    /// It waits for this.
    Waiting(Shown),
    /// It is where it should be: in words.
    Done(Shown),
    /// It went wrong: why, and what to do.
    Failed(Shown),
}

impl FileCard {
    /// A part of a line, if it is a file.
    pub fn of(part: &Part) -> Option<FileCard> {
        let Part::File(file) = part else { return None };
        let (name, kind) = (Shown::line(&file.name), Shown::line(&file.mime));
        let size = Some(file.size);
        Some(FileCard {
            id: file.id,
            file: FileRow { name, size, kind },
        })
    }
}

impl FileRow {
    /// The row, at most `columns` wide. `hint` stands behind it where there is room. The kind gives way first, then the hint, then the
    /// name; what becomes of the file is cut last.
    pub fn line(&self, state: &FileState, hint: &Shown, columns: usize, theme: &Theme) -> StyledLine {
        let size = self.size.map(size_words).unwrap_or_default();
        let kind = match self.kind.as_str() {
            OCTETS => "",
            kind => kind,
        };
        let (state, style) = self.state(state, theme);
        let fixed = gapped(&size) + gapped(&state);
        let name_columns = width(self.name.as_str());
        let room = columns.saturating_sub(fixed);
        let name = cut_name(self.name.as_str(), room.max(NAME_MIN.min(columns)).min(name_columns));
        let mut left = columns.saturating_sub(width(&name));
        let mut line = StyledLine::of(Shown::line(&name), theme.title());
        let mut part = |words: &str, style: Style, most: usize| {
            let wanted = gapped(words);
            if wanted == 0 || (wanted > left.min(most) && most < usize::MAX) || left <= GAP.len() {
                return;
            }
            let words = truncate(words, left - GAP.len());
            left -= gapped(&words);
            line.push(Shown::line(&format!("{GAP}{words}")), style);
        };
        let spare = room.saturating_sub(width(&name));
        let kind_most = spare;
        let hint_most = match gapped(kind) <= kind_most {
            true => spare.saturating_sub(gapped(kind)),
            false => spare,
        };
        part(&size, theme.dim(), usize::MAX);
        part(kind, theme.dim(), kind_most);
        part(&state, style, usize::MAX);
        part(hint.as_str(), theme.hint(), hint_most);
        line
    }

    fn state(&self, state: &FileState, theme: &Theme) -> (String, Style) {
        match state {
            FileState::Still => (String::new(), Style::new()),
            FileState::Going(done) => (bar(*done, self.size, theme), Style::new()),
            FileState::Waiting(why) => (format!("waits for {why}"), theme.warning()),
            FileState::Done(words) => (words.to_string(), theme.good()),
            FileState::Failed(why) => (why.to_string(), theme.error()),
        }
    }
}

/// `███░░░░░░░ 34 %`; without a size, what has gone so far.
pub fn bar(done: u64, size: Option<u64>, theme: &Theme) -> String {
    let Some(size) = size.filter(|size| *size > 0) else {
        return size_words(done);
    };
    let done = done.min(size);
    let part = |of: u64| usize::try_from(u128::from(done) * u128::from(of) / u128::from(size)).unwrap_or(0);
    let full = part(BAR_COLUMNS as u64).min(BAR_COLUMNS);
    let signs = theme.signs();
    format!(
        "{}{} {} %",
        signs.full.repeat(full),
        signs.free.repeat(BAR_COLUMNS - full),
        part(100)
    )
}

fn gapped(words: &str) -> usize {
    match words {
        "" => 0,
        words => GAP.len() + width(words),
    }
}

/// A name in so many columns; where it is cut, it keeps its ending if that is short.
fn cut_name(name: &str, columns: usize) -> String {
    if width(name) <= columns {
        return name.to_owned();
    }
    let ending = name.rfind('.').map_or("", |at| &name[at..]);
    if width(ending) > ENDING_MAX || width(ending) + 4 > columns {
        return truncate(name, columns);
    }
    let stem = truncate(&name[..name.len() - ending.len()], columns - width(ending));
    format!("{stem}{ending}")
}

#[cfg(test)]
#[path = "../../protocol/src/tests/hostile_names.rs"]
mod hostile_names;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{hostile_names, *};

    fn row(name: &str) -> FileRow {
        FileRow {
            name: Shown::line(name),
            size: Some(5_120),
            kind: Shown::fixed("text/plain"),
        }
    }

    #[track_caller]
    fn check(state: &FileState, columns: usize, expected: &str) {
        let hint = Shown::fixed("Enter gets it");
        let line = row("build-2025-11-20.log").line(state, &hint, columns, &Theme::ansi());
        assert_eq!(line.text(), expected);
    }

    #[test]
    fn a_row_says_what_it_has_room_for() {
        let still = &FileState::Still;
        check(still, 80, "build-2025-11-20.log  5.0 KiB  text/plain  Enter gets it");
        check(still, 50, "build-2025-11-20.log  5.0 KiB  text/plain");
        check(still, 40, "build-2025-11-20.log  5.0 KiB");
        check(still, 24, "build-2025›.log  5.0 KiB");
        let going = &FileState::Going(1_741);
        check(
            going,
            80,
            "build-2025-11-20.log  5.0 KiB  text/plain  ███░░░░░░░ 34 %  Enter gets it",
        );
        check(going, 40, "build-202›.log  5.0 KiB  ███░░░░░░░ 34 %");
        let failed = &FileState::Failed(Shown::fixed("it is empty"));
        check(failed, 32, "build-2›.log  5.0 KiB  it is em›");
    }

    #[test]
    fn bars_end_where_the_file_does() {
        let ascii = Theme {
            ascii: true,
            ..Theme::ansi()
        };
        assert_eq!(bar(0, Some(10), &ascii), ".......... 0 %");
        assert_eq!(bar(9, Some(10), &ascii), "#########. 90 %");
        assert_eq!(bar(11, Some(10), &ascii), "########## 100 %");
        assert_eq!(bar(2_048, None, &ascii), "2.0 KiB");
        assert_eq!(bar(u64::MAX, Some(u64::MAX), &ascii), "########## 100 %");
    }

    #[test]
    fn no_name_reaches_a_terminal_raw() {
        for name in hostile_names::all() {
            let line = row(&name).line(&FileState::Going(3), &Shown::default(), 60, &Theme::ansi());
            let text = line.text();
            assert_eq!(Shown::line(&text).as_str(), text, "{name:?}");
            assert!(line.width() <= 60, "{name:?}: {text}");
        }
    }

    proptest! {
        #[test]
        fn a_row_is_never_wider_than_its_place(
            name in "\\PC{0,40}", why in "[a-z ]{0,30}", hint in "[a-z]{0,12}", columns in 0usize..90, which in 0u8..5,
        ) {
            let why = Shown::line(&why);
            let state = match which {
                0 => FileState::Still,
                1 => FileState::Going(77),
                2 => FileState::Waiting(why),
                3 => FileState::Done(why),
                _ => FileState::Failed(why),
            };
            let line = row(&name).line(&state, &Shown::line(&hint), columns, &Theme::ansi());
            prop_assert!(line.width() <= columns, "{} in {columns}", line.text());
        }
    }
}
