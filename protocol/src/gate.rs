//! The text gate: the one way from a stranger's text to a terminal, log, title, notification or file name.
//!
//! Owns which code points may be shown, and what stands in for the rest. It refuses to know who wrote the text and where it
//! will be drawn. The text as it was sent stays in the journal; it is gated on the way out, every time.

use std::fmt;

use serde::Serialize;
use unicode_normalization::char::is_combining_mark;
use unicode_script::{Script, UnicodeScript};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Graphemes shown of one text; the rest is cut with [`CUT`].
pub const GRAPHEMES_MAX: usize = 8_000;
/// Lines shown of one text; the rest is told as "… n more lines".
pub const LINES_MAX: usize = 200;
/// Combining marks kept on one grapheme: more is a pile of ink over the neighbouring rows.
pub const MARKS_MAX: usize = 8;
/// Bytes of one grapheme, so that one cell of the screen has a bound.
pub const GRAPHEME_BYTES_MAX: usize = 32;
/// Stands where something was cut.
pub const CUT: char = '…';

/// Stands for a code point that has no picture: private use, noncharacters, unassigned.
const UNKNOWN: char = '\u{FFFD}';
/// Stands for a line end that is not LF.
const NEW_LINE: char = '\u{2424}';
/// Carries a combining mark that has nothing of its own to stand on.
const MARK_CARRIER: char = '\u{25CC}';
const TAB_COLUMNS: usize = 4;
/// Tabs in a row that still widen the gap.
const TABS_MAX: usize = 8;
const DIRECTION_WARNING: &str = "⚠ hidden direction marks";
const EMPTY: &str = "(empty)";
const NO_NAME: &str = "(no name)";
/// The mark of a cut and the warning stay inside the bound of the whole.
const WARNING_GRAPHEMES: usize = 32;
/// Passes until nothing changes: cutting can make new neighbours, which may join. Two are enough for all that was tried.
const PASSES_MAX: usize = 6;

/// Text that is safe to show. There is no other way to make one than through the gate, and gating twice changes nothing.
///
/// It holds no control character but LF (and that only from [`Shown::text`]), no code point that turns the direction of its
/// neighbours, nothing invisible outside an emoji sequence, and no grapheme above [`GRAPHEME_BYTES_MAX`] bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Shown(String);

#[derive(Clone, Copy, PartialEq)]
enum Shape {
    Text,
    Line,
    /// Text that is being written here: nobody is deceived by what joins or parts the letters of one's own words.
    Written,
}

impl Shown {
    /// A message: several lines are kept, CRLF becomes LF, a tab becomes spaces. Never blank: a text of which nothing is left
    /// reads "(empty)".
    pub fn text(raw: &str) -> Shown {
        let shown = gate(raw, Shape::Text);
        Shown(if shown.trim().is_empty() {
            EMPTY.to_owned()
        } else {
            shown
        })
    }

    /// One line, for titles, log fields and file names: every line end becomes a picture. May be empty.
    pub fn line(raw: &str) -> Shown {
        Shown(gate(raw, Shape::Line))
    }

    /// A name, on one line; one of which nothing is left reads "(no name)".
    pub fn name(raw: &str) -> Shown {
        let shown = gate(raw, Shape::Line);
        Shown(if shown.trim().is_empty() {
            NO_NAME.to_owned()
        } else {
            shown
        })
    }

    /// The program's own words.
    pub fn fixed(words: &'static str) -> Shown {
        Shown(words.to_owned())
    }

    /// The safe text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Nothing to show at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// At most `columns` columns of it, never cutting inside a grapheme; `›` stands where something was cut.
    pub fn cut(&self, columns: usize) -> Shown {
        if self.0.width() <= columns {
            return self.clone();
        }
        let mut kept = String::new();
        let mut used = 0;
        for grapheme in self.0.graphemes(true) {
            used += grapheme.width();
            if used >= columns {
                break;
            }
            kept.push_str(grapheme);
        }
        if columns > 0 {
            kept.push('›');
        }
        Shown(kept)
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(&self.0)
    }
}

impl AsRef<str> for Shown {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

/// For text that is being written here: every line end becomes LF, and each code point that may not be shown is replaced or left
/// out, so that what is on the screen is what will be sent. Nothing is cut.
pub fn clean(raw: &str) -> String {
    replace(&raw.replace("\r\n", "\n").replace('\r', "\n"), Shape::Text)
}

/// As [`clean`], for words that somebody writes here and sends: what joins or parts letters stays where their script spells with it.
/// It is left out where the words are shown.
pub fn written(raw: &str) -> String {
    replace(&raw.replace("\r\n", "\n").replace('\r', "\n"), Shape::Written)
}

/// True for a code point that draws nothing by itself and is left out of what is shown.
pub(crate) fn is_invisible(c: char) -> bool {
    is_direction_control(c)
        || matches!(c,
            '\u{00AD}' | '\u{034F}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
            | '\u{200B}'..='\u{200D}' | '\u{2060}'..='\u{2065}' | '\u{206A}'..='\u{206F}' | '\u{3164}'
            | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}'
            | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}')
}

/// True for a code point that reorders what stands around it.
pub(crate) fn is_direction_control(c: char) -> bool {
    matches!(c, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

fn gate(raw: &str, shape: Shape) -> String {
    if is_plain(raw, shape) {
        return raw.to_owned();
    }
    let bound = raw.floor_char_boundary(GRAPHEMES_MAX * GRAPHEME_BYTES_MAX);
    let mut shown = pass(&raw[..bound], shape);
    if bound < raw.len() {
        shown.push(CUT);
    }
    for _ in 0..PASSES_MAX {
        let again = pass(&shown, shape);
        if again == shown {
            break;
        }
        shown = again;
    }
    shown
}

/// Most text: short, printable ASCII. It passes as it is.
fn is_plain(raw: &str, shape: Shape) -> bool {
    let mut lines = 1;
    raw.len() <= GRAPHEMES_MAX
        && raw.bytes().all(|byte| match byte {
            b'\n' => {
                lines += 1;
                shape == Shape::Text && lines <= LINES_MAX
            }
            _ => (0x20..0x7F).contains(&byte),
        })
}

fn pass(raw: &str, shape: Shape) -> String {
    let warn = shape == Shape::Text && raw.contains(is_direction_control);
    let mut chars = replace(raw, shape);
    if shape == Shape::Text {
        fold_lines(&mut chars);
    }
    let limit = if warn {
        GRAPHEMES_MAX - WARNING_GRAPHEMES
    } else {
        GRAPHEMES_MAX
    };
    let mut shown = bound_graphemes(&chars, limit);
    if warn {
        if !shown.is_empty() {
            shown.push(' ');
        }
        shown.push_str(DIRECTION_WARNING);
    }
    shown
}

/// Code point by code point: pictures for controls, nothing for the invisible.
fn replace(raw: &str, shape: Shape) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut chars = raw.chars().peekable();
    let mut tabs = 0;
    while let Some(c) = chars.next() {
        tabs = if c == '\t' { tabs + 1 } else { 0 };
        match c {
            '\r' if chars.peek() == Some(&'\n') => {}
            '\n' if shape != Shape::Line => out.push('\n'),
            '\n' | '\u{0085}' | '\u{2028}' | '\u{2029}' => out.push(NEW_LINE),
            '\t' if tabs > TABS_MAX => {}
            '\t' if shape == Shape::Line => out.push(' '),
            '\t' => out.extend([' '; TAB_COLUMNS]),
            '\0'..='\u{1F}' => out.push(char::from_u32(0x2400 + u32::from(c)).unwrap_or(UNKNOWN)),
            '\u{7F}' => out.push('\u{2421}'),
            '\u{80}'..='\u{9F}' => out.push_str(&format!("\\x{:02X}", u32::from(c))),
            '\u{200D}' if joins_emoji(&out, chars.peek()) => out.push(c),
            '\u{200C}' | '\u{200D}' if shape == Shape::Written && shapes_letters(&out, chars.peek()) => out.push(c),
            '\u{FE0F}' if follows_emoji_base(&out, chars.peek()) => out.push(c),
            _ if is_invisible(c) => {}
            // Unassigned, private use and noncharacters have no script, and no picture that all terminals agree upon.
            _ if c.script() == Script::Unknown => out.push(UNKNOWN),
            _ => out.push(c),
        }
    }
    out
}

/// A joiner is kept only between two pictographs, the first possibly with its variation selector or skin tone.
fn joins_emoji(before: &str, next: Option<&char>) -> bool {
    let mut back = before.chars().rev();
    let mut last = back.next();
    if matches!(last, Some('\u{FE0F}' | '\u{1F3FB}'..='\u{1F3FF}')) {
        last = back.next();
    }
    last.is_some_and(is_pictograph) && next.is_some_and(|c| is_pictograph(*c))
}

/// Persian and the scripts of India spell with joiners: kept between two letters of one such script, which is what Unicode lets into
/// names (UAX #31, 2.3.1) without its tables of joining forms. Of several in a row one is left.
fn shapes_letters(before: &str, next: Option<&char>) -> bool {
    let script = before
        .chars()
        .rev()
        .map(|c| c.script())
        .find(|it| *it != Script::Inherited);
    let spells_with_joiners = matches!(
        script,
        Some(
            Script::Arabic
                | Script::Syriac
                | Script::Mongolian
                | Script::Devanagari
                | Script::Bengali
                | Script::Gurmukhi
                | Script::Gujarati
                | Script::Oriya
                | Script::Tamil
                | Script::Telugu
                | Script::Kannada
                | Script::Malayalam
                | Script::Sinhala
                | Script::Khmer
                | Script::Myanmar
        )
    );
    spells_with_joiners && next.map(|c| c.script()) == script
}

/// The emoji selector is kept after a pictograph and inside a keycap.
fn follows_emoji_base(before: &str, next: Option<&char>) -> bool {
    match before.chars().next_back() {
        Some('0'..='9' | '#' | '*') => next == Some(&'\u{20E3}'),
        Some(c) => is_pictograph(c),
        None => false,
    }
}

/// Asks the segmentation tables: only an extended pictograph is one grapheme with a joiner and a watch behind it.
fn is_pictograph(c: char) -> bool {
    !c.is_ascii() && is_one_grapheme(&[c, '\u{200D}', '\u{231A}'])
}

fn is_one_grapheme(chars: &[char]) -> bool {
    chars.iter().collect::<String>().graphemes(true).count() == 1
}

/// A column of a thousand line ends must not push everything else off the screen.
fn fold_lines(text: &mut String) {
    let lines = text.bytes().filter(|byte| *byte == b'\n').count() + 1;
    if lines <= LINES_MAX {
        return;
    }
    let kept = LINES_MAX - 1;
    if let Some((cut, _)) = text.match_indices('\n').nth(kept - 1) {
        text.truncate(cut + 1);
        text.push_str(&format!("{CUT} {} more lines", lines - kept));
    }
}

fn bound_graphemes(text: &str, limit: usize) -> String {
    let mut out = String::with_capacity(text.len());
    for (shown, (at, grapheme)) in text.grapheme_indices(true).enumerate() {
        if shown + 1 == limit && at + grapheme.len() < text.len() {
            out.push(CUT);
            break;
        }
        push_bounded(&mut out, grapheme);
    }
    out
}

/// One grapheme within its bounds. A mark without a letter gets a carrier, or it would be drawn on the cell before it.
fn push_bounded(out: &mut String, grapheme: &str) {
    let Some(first) = grapheme.chars().next() else { return };
    let stray = is_combining_mark(first) && is_one_grapheme(&[MARK_CARRIER, first]);
    if !stray && first != '\n' && grapheme.width() == 0 {
        out.push(UNKNOWN);
        return;
    }
    let carrier = if stray { MARK_CARRIER.len_utf8() } else { 0 };
    if stray {
        out.push(MARK_CARRIER);
    }
    let marks = grapheme.chars().filter(|c| is_combining_mark(*c)).count();
    if marks <= MARKS_MAX && carrier + grapheme.len() <= GRAPHEME_BYTES_MAX {
        out.push_str(grapheme);
        return;
    }
    // The sign of the cut may join the grapheme, so that there must be room for it.
    let room = GRAPHEME_BYTES_MAX - CUT.len_utf8();
    let (mut bytes, mut marks) = (carrier, 0);
    for c in grapheme.chars() {
        bytes += c.len_utf8();
        marks += usize::from(is_combining_mark(c));
        if bytes > room || marks > MARKS_MAX {
            break;
        }
        out.push(c);
    }
    out.push(CUT);
}

#[cfg(test)]
#[path = "gate_tests.rs"]
mod tests;
