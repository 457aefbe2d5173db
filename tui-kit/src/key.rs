//! One key press, however the terminal encoded it.
//!
//! Owns the normal form, the names for tables and tests ("ctrl-n") and the short form for hints ("^N"). It refuses to know
//! what a key does.

use std::fmt;
use std::str::FromStr;

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use thiserror::Error;

/// A key press in normal form: two presses that mean the same to a person are equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key {
    code: KeyCode,
    mods: KeyModifiers,
    /// Pressed right after Ctrl-X.
    second: bool,
}

/// A name that is no key.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0:?} is no key: write it like ctrl-n, alt-enter, f5, pgup or a single character")]
pub struct UnknownKey(pub String);

/// Config name and hint of each key that is no character.
const NAMES: &[(&str, &str, KeyCode)] = &[
    ("enter", "Enter", KeyCode::Enter),
    ("esc", "Esc", KeyCode::Esc),
    ("tab", "Tab", KeyCode::Tab),
    ("backspace", "Backspace", KeyCode::Backspace),
    ("delete", "Del", KeyCode::Delete),
    ("insert", "Ins", KeyCode::Insert),
    ("up", "Up", KeyCode::Up),
    ("down", "Down", KeyCode::Down),
    ("left", "Left", KeyCode::Left),
    ("right", "Right", KeyCode::Right),
    ("home", "Home", KeyCode::Home),
    ("end", "End", KeyCode::End),
    ("pgup", "PgUp", KeyCode::PageUp),
    ("pgdn", "PgDn", KeyCode::PageDown),
    ("space", "Space", KeyCode::Char(' ')),
    ("hyphen", "-", KeyCode::Char('-')),
];

/// Before the name of a key that is the second of two: `ctrl-x-ctrl-e`.
const FIRST_OF_TWO: &str = "ctrl-x-";

impl Key {
    /// The key of an event; `None` for releases and for keys that are modifiers only.
    pub fn from_event(event: KeyEvent) -> Option<Key> {
        if event.kind == KeyEventKind::Release {
            return None;
        }
        match event.code {
            KeyCode::Modifier(_) | KeyCode::CapsLock | KeyCode::NumLock | KeyCode::ScrollLock | KeyCode::Null => None,
            code => Some(Key::new(code, event.modifiers)),
        }
    }

    /// Normalises: Shift belongs to the character; what old terminals can only send as a control code gets its usual name.
    fn new(code: KeyCode, mods: KeyModifiers) -> Key {
        let mods = mods & (KeyModifiers::CONTROL | KeyModifiers::ALT | KeyModifiers::SHIFT);
        let ctrl = mods.contains(KeyModifiers::CONTROL);
        let plain = mods - KeyModifiers::SHIFT;
        let second = false;
        match code {
            KeyCode::BackTab => Key {
                code: KeyCode::Tab,
                mods: mods | KeyModifiers::SHIFT,
                second,
            },
            // An old terminal's Ctrl-_ and Ctrl-/ are the same byte, which is read as Ctrl-7.
            KeyCode::Char('7' | '/' | '-' | '_') if ctrl => Key {
                code: KeyCode::Char('_'),
                mods: plain,
                second,
            },
            // Its Ctrl-\, Ctrl-] and Ctrl-^ are read as the digits that send the same bytes.
            KeyCode::Char(c @ '4'..='6') if ctrl => Key {
                code: KeyCode::Char(match c {
                    '4' => '\\',
                    '5' => ']',
                    _ => '^',
                }),
                mods: plain,
                second,
            },
            KeyCode::Char('h' | 'H') if plain == KeyModifiers::CONTROL => Key {
                code: KeyCode::Backspace,
                mods: KeyModifiers::NONE,
                second,
            },
            KeyCode::Char(c) if ctrl => Key {
                code: KeyCode::Char(c.to_ascii_lowercase()),
                mods: plain,
                second,
            },
            KeyCode::Char(c) if mods.contains(KeyModifiers::SHIFT) && c.is_ascii_lowercase() => Key {
                code: KeyCode::Char(c.to_ascii_uppercase()),
                mods: plain,
                second,
            },
            KeyCode::Char(_) => Key {
                code,
                mods: plain,
                second,
            },
            _ => Key { code, mods, second },
        }
    }

    /// The key that a terminal sends in the place of this one: to the oldest of them these are the same byte, and few tell them apart.
    pub fn sent_as(self) -> Option<&'static str> {
        match self.code {
            KeyCode::Char(c) if self.mods.contains(KeyModifiers::CONTROL) => match c {
                'i' => Some("tab"),
                'm' => Some("enter"),
                '[' => Some("esc"),
                _ => None,
            },
            _ => None,
        }
    }

    /// The first key of those that are two presses: Ctrl-X, as in the shells.
    pub fn is_first_of_two(self) -> bool {
        self == Key::first_of_two()
    }

    /// Whether this key, pressed behind the first of two, takes that one back: it never comes as the second.
    pub(crate) fn takes_first_back(self) -> bool {
        matches!(self.to_string().as_str(), "esc" | "ctrl-g" | "ctrl-c")
    }

    /// That first key.
    pub(crate) const fn first_of_two() -> Key {
        Key {
            code: KeyCode::Char('x'),
            mods: KeyModifiers::CONTROL,
            second: false,
        }
    }

    /// The second of two without the first; `None` for a key that is pressed alone.
    pub(crate) fn second_of_two(self) -> Option<Key> {
        self.second.then_some(Key { second: false, ..self })
    }

    /// This key as the second of two.
    pub fn as_second(self) -> Key {
        Key { second: true, ..self }
    }

    /// The character that this key types, if it types one.
    pub fn typed(self) -> Option<char> {
        match self.code {
            KeyCode::Char(c) if self.mods.is_empty() && !self.second => Some(c),
            _ => None,
        }
    }

    /// Whether nobody presses it on the way through a text: with Ctrl or Alt, a function key, Insert, Shift-Tab.
    pub fn is_never_typed(self) -> bool {
        let chord = self.mods.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT);
        let back = self.code == KeyCode::Tab && self.mods.contains(KeyModifiers::SHIFT);
        self.second || chord || back || self.is_function_key() || self.code == KeyCode::Insert
    }

    /// True for F1 to F12.
    pub fn is_function_key(self) -> bool {
        matches!(self.code, KeyCode::F(_))
    }

    /// As a hint shows it: `^N`, `Alt+Enter`, `F1`.
    pub fn hint(self) -> String {
        let mut out = String::new();
        if self.second {
            out.push_str("^X ");
        }
        match (self.code, self.mods) {
            (KeyCode::Char(c), mods) if mods == KeyModifiers::CONTROL && c != ' ' => {
                out.push_str(&format!("^{}", c.to_ascii_uppercase()));
                return out;
            }
            (_, mods) => {
                for (flag, name) in [
                    (KeyModifiers::CONTROL, "Ctrl+"),
                    (KeyModifiers::ALT, "Alt+"),
                    (KeyModifiers::SHIFT, "Shift+"),
                ] {
                    if mods.contains(flag) {
                        out.push_str(name);
                    }
                }
            }
        }
        match self.code {
            KeyCode::F(n) => out.push_str(&format!("F{n}")),
            KeyCode::Char(c) if c != ' ' => out.push(if self.mods.is_empty() {
                c
            } else {
                c.to_ascii_uppercase()
            }),
            code => out.push_str(
                NAMES
                    .iter()
                    .find(|(_, _, named)| *named == code)
                    .map_or("?", |(_, hint, _)| hint),
            ),
        }
        out
    }

    /// The event that a terminal would send for it; for tests that type.
    pub fn to_event(self) -> KeyEvent {
        KeyEvent::new(self.code, self.mods)
    }
}

/// The name for tables: `ctrl-n`, `alt-enter`, `f1`, `x`, `ctrl-x-ctrl-e` for two in a row. [`FromStr`] reads it back.
impl fmt::Display for Key {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.second {
            out.write_str(FIRST_OF_TWO)?;
        }
        for (flag, name) in [
            (KeyModifiers::CONTROL, "ctrl-"),
            (KeyModifiers::ALT, "alt-"),
            (KeyModifiers::SHIFT, "shift-"),
        ] {
            if self.mods.contains(flag) {
                out.write_str(name)?;
            }
        }
        match self.code {
            KeyCode::F(n) => write!(out, "f{n}"),
            code => match (NAMES.iter().find(|(_, _, named)| *named == code), code) {
                (Some((name, _, _)), _) => out.write_str(name),
                (None, KeyCode::Char(c)) => write!(out, "{c}"),
                (None, other) => write!(out, "{other:?}"),
            },
        }
    }
}

impl FromStr for Key {
    type Err = UnknownKey;

    fn from_str(name: &str) -> Result<Key, UnknownKey> {
        if let Some(second) = name.strip_prefix(FIRST_OF_TWO).filter(|second| !second.is_empty()) {
            return second.parse().map(Key::as_second);
        }
        let mut rest = name;
        let mut mods = KeyModifiers::NONE;
        loop {
            let (flag, len) = match rest {
                _ if rest.len() > 5 && rest.starts_with("ctrl-") => (KeyModifiers::CONTROL, 5),
                _ if rest.len() > 4 && rest.starts_with("alt-") => (KeyModifiers::ALT, 4),
                _ if rest.len() > 6 && rest.starts_with("shift-") => (KeyModifiers::SHIFT, 6),
                _ => break,
            };
            mods |= flag;
            rest = &rest[len..];
        }
        let mut chars = rest.chars();
        let code = match (chars.next(), chars.next()) {
            (Some(c), None) => KeyCode::Char(c),
            (Some('f'), Some('0'..='9')) => match rest[1..].parse() {
                Ok(n @ 1..=12) => KeyCode::F(n),
                _ => return Err(UnknownKey(name.to_owned())),
            },
            _ => match NAMES.iter().find(|(named, _, _)| *named == rest) {
                Some((_, _, code)) => *code,
                None => return Err(UnknownKey(name.to_owned())),
            },
        };
        Ok(Key::new(code, mods))
    }
}

/// Reads a name as a person writes it: `Ctrl-N` is `ctrl-n`. A single character is what it is: `N` is no `n`.
///
/// # Errors
/// It is no key.
pub fn read_name(name: &str) -> Result<Key, UnknownKey> {
    name.parse()
        .or_else(|unknown| name.to_lowercase().parse().map_err(|_: UnknownKey| unknown))
}

/// What other programs call the parts of a key's name.
const OTHER_NAMES: &[(&str, &str)] = &[
    ("c", "ctrl"),
    ("control", "ctrl"),
    ("m", "alt"),
    ("a", "alt"),
    ("meta", "alt"),
    ("option", "alt"),
    ("s", "shift"),
    ("return", "enter"),
    ("escape", "esc"),
    ("pageup", "pgup"),
    ("pagedown", "pgdn"),
    ("del", "delete"),
    ("ins", "insert"),
    ("bs", "backspace"),
    ("minus", "hyphen"),
    ("spc", "space"),
];

/// The key that was probably meant by a name that is none: other programs' names and slips of the finger are understood.
pub fn nearest(name: &str) -> Option<Key> {
    let name = name
        .trim()
        .trim_matches(['<', '>'])
        .replace(['+', '_', ' '], "-")
        .to_lowercase();
    let name = name
        .strip_prefix('^')
        .map_or(name.clone(), |rest| format!("ctrl-{rest}"));
    let meant = |part: &str, known: &[&str]| -> Option<&'static str> {
        // Names of other programs, and slips of the finger in those too.
        let others = OTHER_NAMES.iter().filter(|(_, own)| known.contains(own));
        let own = NAMES.iter().map(|(name, _, _)| (*name, *name));
        let mods = ["ctrl", "alt", "shift"].map(|name| (name, name));
        let own = own.chain(mods).filter(|(name, _)| known.contains(name));
        let all: Vec<(&'static str, &'static str)> = own.chain(others.copied()).collect();
        let exact = all.iter().find(|(name, _)| *name == part).map(|(name, _)| *name);
        let near = exact.or_else(|| crate::config::nearest(part, all.iter().map(|(name, _)| *name)))?;
        all.iter().find(|(name, _)| *name == near).map(|(_, own)| *own)
    };
    let mut parts: Vec<&str> = name.split('-').filter(|part| !part.is_empty()).collect();
    let last = parts.pop()?;
    let mut out = String::new();
    for part in parts {
        out.push_str(meant(part, &["ctrl", "alt", "shift"])?);
        out.push('-');
    }
    let named: Vec<&str> = NAMES.iter().map(|(named, _, _)| *named).collect();
    match format!("{out}{last}").parse() {
        Ok(key) => Some(key),
        Err(_) => format!("{out}{}", meant(last, &named)?).parse().ok(),
    }
}

#[cfg(test)]
#[path = "key_tests.rs"]
mod tests;
