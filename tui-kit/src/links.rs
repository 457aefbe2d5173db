//! Addresses in a text as links that the terminal knows (`OSC 8`).
//!
//! Owns what is an address, which terminals are told of it, and how it stands in a frame. An address is never hidden: what is
//! shown is what is opened, so that only bare `http` and `https` addresses become links, and none that could mislead about its host.
//! It refuses to know where a text comes from; it takes what has passed the gate.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::num::NonZeroU16;
use std::ops::Range;

use ratatui::buffer::{Buffer, CellDiffOption};
use ratatui::style::Modifier;
use unicode_segmentation::UnicodeSegmentation;

use crate::text::width;
use crate::variable::Variable;

/// Bytes of an address that becomes a link: terminals drop longer ones.
pub const ADDRESS_BYTES_MAX: usize = 2_000;
/// Links that are looked for in one text.
const LINKS_MAX: usize = 64;
/// The variable that says it where it cannot be known: `on` or `off`.
pub const VARIABLE: Variable = Variable {
    name: "MINICOM_LINKS",
    takes: &["on", "off"],
};

const SCHEMES: [&str; 2] = ["http://", "https://"];
const BEGIN: &str = "\x1b]8;id=";
const CLOSE: &str = "\x1b]8;;\x1b\\";
const STRING_END: &str = "\x1b\\";

/// An address in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Its bytes in the text.
    pub at: Range<usize>,
    /// The sequence that begins it. Printable ASCII but for its own frame.
    open: String,
}

/// Whether this terminal takes links, by its environment. One that is not known gets none, as it could print what it does not
/// understand.
pub fn known(environment: impl Fn(&str) -> Option<String>) -> bool {
    match VARIABLE.says(&environment) {
        Some("on") => return true,
        Some("off") => return false,
        _ => {}
    }
    let is_set = |name: &str| environment(name).is_some_and(|value| !value.is_empty());
    // tmux drops them or passes them on; the other multiplexers hide which terminal is outside.
    if is_set("TMUX") {
        return true;
    }
    if is_set("ZELLIJ") || is_set("STY") {
        return false;
    }
    let programs = ["iTerm.app", "WezTerm", "ghostty", "vscode", "rio", "Hyper", "Tabby"];
    let terms = [
        "xterm-kitty",
        "xterm-ghostty",
        "foot",
        "alacritty",
        "contour",
        "wezterm",
    ];
    let vte = environment("VTE_VERSION").and_then(|version| version.parse::<u32>().ok());
    environment("TERM_PROGRAM").is_some_and(|it| programs.contains(&it.as_str()))
        || environment("TERM").is_some_and(|it| terms.iter().any(|term| it.starts_with(term)))
        || vte.is_some_and(|version| version >= 5_000)
        || ["KITTY_WINDOW_ID", "WT_SESSION", "KONSOLE_VERSION", "DOMTERM"]
            .iter()
            .any(|name| is_set(name))
}

/// The addresses in a gated text, in order.
pub fn find(text: &str) -> Vec<Link> {
    let links = addresses(text).filter_map(|at| {
        let open = open_of(&text[at.clone()]).filter(|_| !is_cut(&text[at.end..]))?;
        Some(Link { at, open })
    });
    links.take(LINKS_MAX).collect()
}

/// Where addresses stand in a gated text, in order: also those of which no links are made.
pub(crate) fn addresses(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let at = next_scheme(text, from)?;
        let end = end_of(text, at);
        from = end.max(at + 1);
        Some(at..end)
    })
}

fn next_scheme(text: &str, from: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    (from..bytes.len().saturating_sub(7)).find(|at| {
        let begins = SCHEMES.iter().any(|scheme| {
            let end = at + scheme.len();
            bytes
                .get(*at..end)
                .is_some_and(|it| it.eq_ignore_ascii_case(scheme.as_bytes()))
        });
        begins && text.is_char_boundary(*at) && !text[..*at].ends_with(|c: char| c.is_ascii_alphanumeric())
    })
}

/// Where an address ends: before a blank, a sign that no address has, and the signs of the sentence around it.
fn end_of(text: &str, at: usize) -> usize {
    let no_address = |c: char| match c {
        '<' | '>' | '"' | '`' | '{' | '}' | '|' | '\\' | '^' => true,
        c if c.is_ascii() => !c.is_ascii_graphic(),
        c => !c.is_alphanumeric(),
    };
    let mut address = &text[at..];
    address = &address[..address.find(no_address).unwrap_or(address.len())];
    // Counted once: thousands of closing signs behind an address took a third of a second when they were counted again after each.
    let mut too_many = [('(', ')'), ('[', ']')].map(|(open, close)| {
        let closes = address.matches(close).count();
        (close, closes.saturating_sub(address.matches(open).count()))
    });
    loop {
        let shorter = address.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '*', '_', '~']);
        let unbalanced = too_many
            .iter_mut()
            .find(|(close, count)| *count > 0 && shorter.ends_with(*close));
        let shorter = match unbalanced {
            Some((_, count)) => {
                *count -= 1;
                &shorter[..shorter.len() - 1]
            }
            None => shorter,
        };
        if shorter == address {
            return at + address.len();
        }
        address = shorter;
    }
}

/// What follows says that the address went on: the gate has cut it, or put a sign into it.
fn is_cut(rest: &str) -> bool {
    rest.starts_with(['…', '›', '\u{fffd}', '␛', '\\'])
}

/// The sequence that begins the link; `None` for what is not opened: no host, a host that could be taken for another one, too long.
fn open_of(address: &str) -> Option<String> {
    let rest = &address[address.find("//")? + 2..];
    let authority = &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())];
    // No user (`http://bank.example@evil.example`), no letters of other scripts that look like these.
    let is_host = |c: char| c.is_ascii_alphanumeric() || ".-_:[]".contains(c);
    if !authority.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '[') || !authority.chars().all(is_host) {
        return None;
    }
    let mut hasher = DefaultHasher::new();
    address.hash(&mut hasher);
    let mut open = format!("{BEGIN}{:08x};", hasher.finish() as u32);
    for byte in address.bytes() {
        match byte.is_ascii_graphic() {
            true => open.push(char::from(byte)),
            false => open.push_str(&format!("%{byte:02X}")),
        }
    }
    open.push_str(STRING_END);
    (open.len() <= ADDRESS_BYTES_MAX).then_some(open)
}

/// Makes links of what is drawn: a row of `text` (its bytes `row`) that begins at a cell. Each cell has the whole link in it, so that it
/// stays one when only a part of it is drawn again.
pub(crate) fn paint(buffer: &mut Buffer, (x, y): (u16, u16), text: &str, row: &Range<usize>, links: &[Link]) {
    for link in links {
        let (from, to) = (link.at.start.max(row.start), link.at.end.min(row.end));
        if from >= to {
            continue;
        }
        let mut column = usize::from(x) + width(&text[row.start..from]);
        for grapheme in text[from..to].graphemes(true) {
            let wide = width(grapheme);
            let cell = u16::try_from(column).ok().and_then(|x| buffer.cell_mut((x, y)));
            // What the area had no room for was not drawn.
            let drawn = cell.filter(|cell| cell.symbol() == grapheme);
            if let (Some(cell), Some(columns)) = (drawn, u16::try_from(wide).ok().and_then(NonZeroU16::new)) {
                let symbol = format!("{}{grapheme}{CLOSE}", link.open);
                // A terminal that drops the link shows the address all the same.
                cell.modifier.insert(Modifier::UNDERLINED);
                cell.set_symbol(&symbol)
                    .set_diff_option(CellDiffOption::ForcedWidth(columns));
            }
            column += wide;
        }
    }
}

/// What a cell shows, without the link in it.
pub fn label(symbol: &str) -> &str {
    let inner = symbol.strip_prefix(BEGIN).and_then(|rest| rest.strip_suffix(CLOSE));
    inner
        .and_then(|rest| rest.split_once(STRING_END))
        .map_or(symbol, |(_, label)| label)
}

/// A frame in which a link that ends and begins again at once does neither: an address of a hundred cells is told once, not a hundred
/// times.
pub(crate) fn join_cells(frame: Vec<u8>) -> Vec<u8> {
    let (begin, close, end) = (BEGIN.as_bytes(), CLOSE.as_bytes(), STRING_END.as_bytes());
    let Some(first) = position(&frame, begin) else {
        return frame;
    };
    let mut out = Vec::with_capacity(frame.len());
    out.extend_from_slice(&frame[..first]);
    let (mut rest, mut open): (&[u8], &[u8]) = (&frame[first..], b"");
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix(close) {
            if !open.is_empty() && after.starts_with(open) {
                rest = &after[open.len()..];
                continue;
            }
            open = b"";
        } else if rest.starts_with(begin) {
            let length = position(rest, end).map_or(rest.len(), |at| at + end.len());
            open = &rest[..length];
        }
        // Up to the next thing that may be a sequence.
        let next = rest
            .iter()
            .skip(1)
            .position(|byte| *byte == 0x1b)
            .map_or(rest.len(), |at| at + 1);
        out.extend_from_slice(&rest[..next]);
        rest = &rest[next..];
    }
    out
}

fn position(bytes: &[u8], of: &[u8]) -> Option<usize> {
    bytes.windows(of.len()).position(|window| window == of)
}

#[cfg(test)]
#[path = "links_tests.rs"]
mod tests;
