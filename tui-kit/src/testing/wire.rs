//! The wire to a terminal, and a strict look at what went over it: what the programs themselves may say, and signs that can be seen.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Where bytes for the terminal are gathered.
#[derive(Debug, Clone, Default)]
pub struct Wire(Arc<Mutex<Vec<u8>>>);

impl Wire {
    /// What came since this was last asked.
    pub fn take(&self) -> Vec<u8> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What may stand between the sequences beside signs that can be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Between {
    /// Nothing: a drawn screen.
    Drawn,
    /// The bell: titles, calls, copies.
    Calls,
    /// Line ends: words for a shell or a reader of lines.
    Lines,
    /// Line ends and columns made of tabs, of a command's own answer.
    Columns,
}

impl Between {
    fn may(self, c: char) -> bool {
        match self {
            Between::Drawn => false,
            Between::Calls => c == '\u{7}',
            Between::Lines => c == '\n',
            Between::Columns => matches!(c, '\n' | '\t'),
        }
    }
}

/// Modes that are set and reset: cursor, the synchronised update, the alternate screen, rows that go on in the next one, marked pastes, focus, buttons, their decimal form.
const MODES: &[&str] = &["25", "2026", "1049", "7", "2004", "1004", "1000", "1006"];
/// Requests that have one form only: kitty's keys on and off, the title kept and put back, the screen emptied.
const WHOLE: &[&str] = &[">1u", "<1u", "22;0t", "23;0t", "2J"];

/// Looks at each byte that a terminal got.
///
/// # Errors
/// There is something that none of the programs would say by itself: what, and what stands around it.
pub fn only_own_words(bytes: &[u8], between: Between) -> Result<(), String> {
    let text = str::from_utf8(bytes).map_err(|error| format!("no text: {error}"))?;
    let mut rest = text;
    let mut concealed = false;
    while let Some(c) = rest.chars().next() {
        let behind = &rest[c.len_utf8()..];
        rest = match c {
            '\u{1b}' => {
                let after = own(behind).map_err(|why| format!("{why}: {}", around(text, rest)))?;
                concealed = conceals(&behind[..behind.len() - after.len()]).unwrap_or(concealed);
                after
            }
            // Columns that belong to a picture are drawn as blanks here and there.
            c if concealed && c != ' ' => return Err(format!("nobody sees {c:?}: {}", around(text, rest))),
            c if visible(c) || between.may(c) => behind,
            c => return Err(format!("{c:?}: {}", around(text, rest))),
        };
    }
    Ok(())
}

/// The beginning of what is wrong, and a little before it.
fn around(text: &str, rest: &str) -> String {
    let at = text.len() - rest.len();
    let from = text.floor_char_boundary(at.saturating_sub(40));
    let until = text.ceil_char_boundary((at + 80).min(text.len()));
    format!("{:?}", &text[from..until])
}

/// What is behind one of the programs' own sequences.
fn own(after: &str) -> Result<&str, &'static str> {
    match after.chars().next() {
        Some('[') => csi(&after[1..]),
        Some(']') => osc(&after[1..]),
        Some('P') => passed_on(&after[1..]),
        // The cursor kept and put back.
        Some('7' | '8') => Ok(&after[1..]),
        _ => Err("a sequence that nobody here knows"),
    }
}

fn csi(after: &str) -> Result<&str, &'static str> {
    let end = after.find(|c: char| !matches!(c, '0'..='9' | ';' | ':' | '?' | '>' | '<'));
    let end = end.ok_or("a sequence without an end")?;
    let (inside, last) = (&after[..end], &after[end..]);
    let kind = last.chars().next().unwrap_or_default();
    let numbers = inside.chars().all(|c| matches!(c, '0'..='9' | ';'));
    let known = match kind {
        // A place, columns that are erased, and a style.
        'H' | 'X' => numbers,
        'm' => inside.chars().all(|c| matches!(c, '0'..='9' | ';' | ':')),
        'h' | 'l' => inside.strip_prefix('?').is_some_and(|mode| MODES.contains(&mode)),
        _ => kind.is_ascii() && WHOLE.contains(&&after[..=end]),
    };
    match known {
        true => Ok(&after[end + 1..]),
        false => Err("no request of ours"),
    }
}

/// Whether a style hides the text behind it (`SGR 8`); `None` of what says nothing of that.
fn conceals(sequence: &str) -> Option<bool> {
    let mut numbers = sequence.strip_prefix('[')?.strip_suffix('m')?.split(';');
    let mut concealed = None;
    while let Some(number) = numbers.next() {
        match number {
            "8" => concealed = Some(true),
            "" | "0" | "28" => concealed = Some(false),
            // A colour by its number, or by three.
            "38" | "48" | "58" => match numbers.next() {
                Some("5") => drop(numbers.next()),
                _ => drop(numbers.nth(2)),
            },
            _ => {}
        }
    }
    concealed
}

/// Title, link, calls and copies, each in its form and with nothing inside that could end it.
fn osc(after: &str) -> Result<&str, &'static str> {
    let (end, length) = match (after.find('\u{7}'), after.find("\u{1b}\\")) {
        (Some(bell), Some(st)) if bell < st => (bell, 1),
        (Some(bell), None) => (bell, 1),
        (_, Some(st)) => (st, 2),
        (None, None) => return Err("a request without an end"),
    };
    let (kind, inside) = after[..end].split_once(';').ok_or("a request without a kind")?;
    if !inside.chars().all(visible) {
        return Err("a control character in a request");
    }
    let known = match kind {
        "2" => true,
        "8" => inside.split_once(';').is_some_and(|(of, address)| link(of, address)),
        "9" => !inside.contains(';'),
        "777" => inside
            .strip_prefix("notify;Minicom;")
            .is_some_and(|it| !it.contains(';')),
        "99" => inside.strip_prefix(';').is_some_and(|it| !it.contains(';')),
        "52" => inside.strip_prefix("c;").is_some_and(copied),
        _ => false,
    };
    match known {
        true => Ok(&after[end + length..]),
        false => Err("no request of ours"),
    }
}

/// The end of a link, or one that a browser takes.
fn link(of: &str, address: &str) -> bool {
    let is_web = address.starts_with("https://") || address.starts_with("http://");
    let id = of
        .strip_prefix("id=")
        .is_some_and(|id| id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'));
    (of.is_empty() && address.is_empty()) || (id && is_web && address.chars().all(|c| c.is_ascii_graphic()))
}

/// In base64, and what is in there could be shown.
fn copied(base64: &str) -> bool {
    let text = STANDARD
        .decode(base64)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok());
    text.is_some_and(|text| text.chars().all(|c| c == '\n' || visible(c)))
}

/// What tmux passes on is looked at as what the terminal behind it gets.
fn passed_on(after: &str) -> Result<&str, &'static str> {
    let inside = after
        .strip_prefix("tmux;")
        .ok_or("words for a device that nobody here knows")?;
    let end = inside.match_indices("\u{1b}\\").map(|(at, _)| at);
    // An escape sign that is doubled belongs to what is passed on.
    let end = end.into_iter().find(|at| !inside[..*at].ends_with('\u{1b}'));
    let end = end.ok_or("passed on without an end")?;
    let inner = inside[..end].replace("\u{1b}\u{1b}", "\u{1b}");
    match only_own_words(inner.as_bytes(), Between::Drawn) {
        Ok(()) => Ok(&inside[end + 2..]),
        Err(_) => Err("what tmux is to pass on"),
    }
}

/// Not a control character, nor one that cannot be seen and turns or hides the words of others. Joiner and selector of an emoji are
/// let through: they turn nothing.
pub fn visible(c: char) -> bool {
    let hides = matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e000}'..='\u{f8ff}' | '\u{e0000}'..='\u{10ffff}');
    !c.is_control() && !hides
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_ours_passes() {
        let drawn = "\u{1b}[?2026h\u{1b}[1;2H\u{1b}[38;5;3;49mhallo 👩‍👩‍👧‍👦\u{1b}]8;id=m1;https://x.test/a\u{1b}\\x\u{1b}]8;;\u{1b}\\\u{1b}[0m\u{1b}[?25h";
        assert_eq!(only_own_words(drawn.as_bytes(), Between::Drawn), Ok(()));
        let hidden_blanks = "\u{1b}[8m \u{1b}[28mx\u{1b}[8m\u{1b}[mx\u{1b}[38;5;8mx\u{1b}[48;2;8;8;8mx";
        assert_eq!(only_own_words(hidden_blanks.as_bytes(), Between::Drawn), Ok(()));
        let calls =
            "\u{7}\u{1b}]2;(1) minicom\u{7}\u{1b}]52;c;YQ==\u{7}\u{1b}Ptmux;\u{1b}\u{1b}]9;carol\u{1b}\u{1b}\\\u{1b}\\";
        assert_eq!(only_own_words(calls.as_bytes(), Between::Calls), Ok(()));
        assert_eq!(only_own_words(b"14:02 carol: hi\n", Between::Lines), Ok(()));
    }

    #[test]
    fn what_is_not_is_caught() {
        for (bytes, between) in [
            ("\u{1b}c", Between::Drawn),
            ("\u{1b}[6n", Between::Drawn),
            ("\u{1b}[?1003h", Between::Drawn),
            ("\u{1b}[31", Between::Drawn),
            ("\u{1b}]0;x\u{7}", Between::Calls),
            ("\u{1b}]2;x\u{9c}\u{7}", Between::Calls),
            ("\u{1b}]8;id=a;javascript:x\u{1b}\\", Between::Drawn),
            ("\u{1b}]52;c;G2M=\u{7}", Between::Calls),
            ("\u{1b}]52;c;?\u{7}", Between::Calls),
            ("\u{1b}]9;4;1;50\u{7}", Between::Calls),
            ("\u{1b}_G\u{1b}\\", Between::Drawn),
            ("\u{1b}Ptmux;\u{1b}\u{1b}c\u{1b}\\", Between::Calls),
            ("\u{1b}", Between::Drawn),
            ("\u{1b}[1;8mx", Between::Drawn),
            ("\u{1b}[8m \u{1b}[38;5;0m \u{1b}[Hx", Between::Drawn),
            ("\u{9b}2J", Between::Drawn),
            ("\u{202e}", Between::Drawn),
            ("\u{e000}", Between::Drawn),
            ("\n", Between::Drawn),
            ("\u{7}", Between::Lines),
            ("\r", Between::Lines),
        ] {
            assert!(only_own_words(bytes.as_bytes(), between).is_err(), "{bytes:?}");
        }
        assert!(only_own_words(b"\xed\xa0\x80", Between::Lines).is_err());
    }
}
