//! A theme of the person's own, from a file in TOML: a theme to begin with, and styles in the place of its own. Owns how a style is
//! written; a mistake is told with file, line and the nearest name that there is.

use std::{
    io::{self, Read},
    path::Path,
};

use minicom_protocol::gate::Shown;
use ratatui::style::{Color, Modifier, Style};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use crate::mistake::{Mistake, nearest, place, unknown};
use crate::theme::{Depth, Styles, styles};

/// Bytes of a file with a theme.
const FILE_BYTES_MAX: u64 = 64 * 1024;
/// Keys at the top of the file.
const KEYS: [&str; 2] = ["base", "styles"];
/// Themes that can be begun with.
const BASES: [(&str, Styles); 4] = [
    ("ansi", styles::ANSI),
    ("mono", styles::MONO),
    ("dark", styles::DARK),
    ("light", styles::LIGHT),
];
const COLOURS: [(&str, Color); 18] = [
    ("default", Color::Reset),
    ("black", Color::Black),
    ("red", Color::Red),
    ("green", Color::Green),
    ("yellow", Color::Yellow),
    ("blue", Color::Blue),
    ("magenta", Color::Magenta),
    ("cyan", Color::Cyan),
    ("white", Color::Gray),
    ("grey", Color::DarkGray),
    ("bright-black", Color::DarkGray),
    ("bright-red", Color::LightRed),
    ("bright-green", Color::LightGreen),
    ("bright-yellow", Color::LightYellow),
    ("bright-blue", Color::LightBlue),
    ("bright-magenta", Color::LightMagenta),
    ("bright-cyan", Color::LightCyan),
    ("bright-white", Color::White),
];
const WEIGHTS: [(&str, Modifier); 6] = [
    ("plain", Modifier::empty()),
    ("bold", Modifier::BOLD),
    ("dim", Modifier::DIM),
    ("italic", Modifier::ITALIC),
    ("underlined", Modifier::UNDERLINED),
    ("reversed", Modifier::REVERSED),
];

/// A theme of the person's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Own {
    styles: Styles,
    /// Nothing of it has a colour.
    pub(super) mono: bool,
}

impl Own {
    /// Reads it from a file.
    ///
    /// # Errors
    /// All that is wrong in it, or that it cannot be read.
    pub fn load(path: &Path) -> Result<Own, Vec<Mistake>> {
        let file = path.display().to_string();
        let text = read(path).map_err(|error| {
            vec![Mistake {
                file: file.clone(),
                at: None,
                what: format!("the theme cannot be read: {error}"),
            }]
        })?;
        Own::parse(&file, &text)
    }

    /// Reads the text of a file.
    ///
    /// # Errors
    /// All that is wrong in it.
    pub fn parse(file: &str, text: &str) -> Result<Own, Vec<Mistake>> {
        let mut mistakes = Vec::new();
        let mut mistake = |at: usize, what: String| {
            mistakes.push(Mistake {
                file: file.to_owned(),
                at: Some(place(text, at)),
                what,
            });
        };
        let mut styles = styles::ANSI;
        match DeTable::parse(text) {
            Ok(table) => theme(table.get_ref(), &mut styles, &mut mistake),
            Err(error) => {
                let why = error.message().replace('\n', "; ");
                mistake(
                    error.span().map_or(0, |span| span.start),
                    format!("this is not TOML: {why}"),
                );
            }
        }
        if !mistakes.is_empty() {
            mistakes.sort_by_key(|mistake| mistake.at);
            return Err(mistakes);
        }
        let coloured = |style: &Style| style.fg.or(style.bg).is_some_and(|it| it != Color::Reset);
        let mono = !styles::ROLES.iter().any(|(_, role)| coloured(role(&mut styles)));
        Ok(Own { styles, mono })
    }

    /// Its styles where so many colours are drawn.
    pub(super) fn styles(&self, depth: Depth) -> Styles {
        let mut styles = self.styles;
        for (_, role) in styles::ROLES {
            let style = role(&mut styles);
            *style = depth.fit(*style);
        }
        styles
    }
}

fn read(path: &Path) -> io::Result<String> {
    let too_large = || io::Error::other("it is no text file of at most 64 KiB");
    // Before it is opened: a pipe would wait for somebody who writes.
    if !std::fs::metadata(path)?.is_file() {
        return Err(too_large());
    }
    let mut text = String::new();
    std::fs::File::open(path)?
        .take(FILE_BYTES_MAX + 1)
        .read_to_string(&mut text)?;
    match text.len() as u64 > FILE_BYTES_MAX {
        true => Err(too_large()),
        false => Ok(text),
    }
}

fn theme(table: &DeTable<'_>, styles: &mut Styles, mistake: &mut impl FnMut(usize, String)) {
    // What it begins with is known before anything is put in its place.
    if let Some(base) = table.get("base") {
        let names = BASES.map(|it| it.0);
        let named = base.get_ref().as_str();
        match BASES.iter().find(|it| Some(it.0) == named) {
            Some((_, found)) => *styles = *found,
            None => match named {
                Some(named) => mistake(base.span().start, unknown("theme to begin with", named, &names)),
                None => mistake(
                    base.span().start,
                    format!("base is one of {}, in quotes", names.join(", ")),
                ),
            },
        }
    }
    for (name, value) in table {
        match (name.get_ref().as_ref(), value.get_ref()) {
            ("base", _) => {}
            ("styles", DeValue::Table(table)) => roles(table, styles, mistake),
            ("styles", _) => mistake(value.span().start, "styles stand in a table: [styles]".to_owned()),
            (other, _) => mistake(name.span().start, unknown("key", other, &KEYS)),
        }
    }
}

fn roles(table: &DeTable<'_>, styles: &mut Styles, mistake: &mut impl FnMut(usize, String)) {
    let names = styles::ROLES.map(|it| it.0);
    for (name, value) in table {
        let Some((_, role)) = styles::ROLES.iter().find(|it| it.0 == name.get_ref().as_ref()) else {
            mistake(name.span().start, unknown("style", name.get_ref(), &names));
            continue;
        };
        match style_of(value) {
            Ok(style) => *role(styles) = style,
            Err(what) => mistake(value.span().start, what),
        }
    }
}

fn style_of(value: &Spanned<DeValue<'_>>) -> Result<Style, String> {
    let example = "as in \"bold blue\", \"#5f87ff\", \"black on 222\"";
    let text = value
        .get_ref()
        .as_str()
        .ok_or_else(|| format!("a style is words in quotes, {example}"))?;
    let mut style = Style::new();
    let mut words = text.split_whitespace();
    let mut any = false;
    while let Some(word) = words.next() {
        any = true;
        if word == "on" {
            let ground = words
                .next()
                .ok_or_else(|| format!("\"on\" needs a colour behind it, {example}"))?;
            style = style.bg(colour(ground).ok_or_else(|| no_word("colour", ground))?);
        } else if let Some((_, weight)) = WEIGHTS.iter().find(|it| it.0 == word) {
            style = style.add_modifier(*weight);
        } else {
            style = style.fg(colour(word).ok_or_else(|| no_word("colour or weight", word))?);
        }
    }
    any.then_some(style)
        .ok_or_else(|| format!("a style needs a word, {example}; \"plain\" is none of them"))
}

fn colour(word: &str) -> Option<Color> {
    if let Some((_, colour)) = COLOURS.iter().find(|it| it.0 == word) {
        return Some(*colour);
    }
    if let Some(digits) = word.strip_prefix('#') {
        let valid = digits.len() == 6 && digits.bytes().all(|it| it.is_ascii_hexdigit());
        let part = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
        return valid.then(|| Some(Color::Rgb(part(0)?, part(2)?, part(4)?))).flatten();
    }
    word.bytes()
        .all(|it| it.is_ascii_digit())
        .then(|| word.parse().ok().map(Color::Indexed))
        .flatten()
}

fn no_word(what: &str, word: &str) -> String {
    let known = COLOURS.iter().map(|it| it.0).chain(WEIGHTS.iter().map(|it| it.0));
    let hint = match nearest(word, known) {
        Some(near) => format!("did you mean \"{near}\"?"),
        None => "a colour is a name such as blue or bright-blue, a number to 255, or #rrggbb".to_owned(),
    };
    format!("there is no {what} {:?}; {hint}", Shown::line(word).as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn mistakes(text: &str) -> Vec<String> {
        let mistakes = Own::parse("mine.toml", text).unwrap_err();
        mistakes.iter().map(Mistake::to_string).collect()
    }

    #[test]
    fn styles_stand_in_the_place_of_those_of_the_base() {
        let text = "base = \"dark\"\n[styles]\ncustomer = \"bold #5f87ff\"\nselected = \"black on 222\"\nnote = \"italic underlined bright-magenta\"\ndim = \"plain\"\n";
        let own = Own::parse("mine.toml", text).unwrap();
        let styles = own.styles(Depth::Every);
        assert_eq!(
            styles.customer,
            Style::new()
                .fg(Color::Rgb(0x5f, 0x87, 0xff))
                .add_modifier(Modifier::BOLD)
        );
        assert_eq!(styles.selected, Style::new().fg(Color::Black).bg(Color::Indexed(222)));
        assert_eq!(styles.dim, Style::new());
        assert_eq!(styles.bot, styles::DARK.bot);
        assert_eq!(own.styles(Depth::Indexed).customer.fg, Some(Color::Indexed(69)));
        assert!(!own.mono);
        assert!(Own::parse("x", "base = \"mono\"").unwrap().mono);
        assert_eq!(Own::parse("x", "").unwrap().styles(Depth::Sixteen), styles::ANSI);
    }

    #[test]
    fn every_mistake_has_its_place_and_the_nearest_name() {
        let text = "bsae = \"dark\"\n[styles]\ncustmer = \"blue\"\nbot = \"bleu\"\nagent = 7\nnote = \"on\"\ncode = \"#12345\"\nvalue = \"\"\nerror = \"999\"\n";
        let told = mistakes(text);
        let wanted = [
            ("mine.toml:1:1: ", "did you mean \"base\"?"),
            ("mine.toml:3:1: ", "did you mean \"customer\"?"),
            ("mine.toml:4:7: ", "did you mean \"blue\"?"),
            ("mine.toml:5:9: ", "words in quotes"),
            ("mine.toml:6:8: ", "needs a colour behind it"),
            ("mine.toml:7:8: ", "#rrggbb"),
            ("mine.toml:8:9: ", "needs a word"),
            ("mine.toml:9:9: ", "a number to 255"),
        ];
        assert_eq!(told.len(), wanted.len(), "{told:#?}");
        for (told, (place, words)) in told.iter().zip(wanted) {
            assert!(told.starts_with(place) && told.contains(words), "{told}");
        }
        assert!(
            mistakes("base = \"drak\"")[0].contains("mine.toml:1:8: ")
                && mistakes("base = \"drak\"")[0].contains("dark")
        );
        assert!(mistakes("base = 3")[0].contains("in quotes"));
        assert!(mistakes("[styles\n")[0].contains("this is not TOML"));
        assert!(mistakes("styles = 1")[0].contains("[styles]"));
        assert!(!mistakes("[styles]\nbot = \"\u{202e}x\"")[0].contains('\u{202e}'));
    }

    #[test]
    fn a_file_that_cannot_be_read_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mine.toml");
        assert!(
            Own::load(&path).unwrap_err()[0]
                .to_string()
                .contains("mine.toml: the theme cannot be read")
        );
        assert!(
            Own::load(folder.path()).unwrap_err()[0]
                .to_string()
                .contains("no text file")
        );
        std::fs::write(&path, vec![b'#'; 70_000]).unwrap();
        assert!(Own::load(&path).unwrap_err()[0].to_string().contains("64 KiB"));
        std::fs::write(&path, "base = \"light\"").unwrap();
        assert_eq!(Own::load(&path).unwrap().styles, styles::LIGHT);
    }
}
