//! How a template is read, and what is said when it cannot be. It refuses to know what fills a hole.

use thiserror::Error;

use super::{HOLE_NAME_CHARS_MAX, HOLES_MAX, Hole, Known, Part, Question, Source, TEMPLATE_BYTES_MAX, Template};

/// What is wrong with a template.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TemplateFault {
    /// Above [`TEMPLATE_BYTES_MAX`].
    #[error("the text has {actual} bytes, {limit} is the most: shorten it")]
    TooLong {
        /// The most bytes that are taken.
        limit: usize,
        /// The bytes that were given.
        actual: usize,
    },
    /// Above [`HOLES_MAX`].
    #[error("this is one hole too many, {limit} is the most")]
    TooManyHoles {
        /// The most holes that are taken.
        limit: usize,
    },
    /// A NUL byte, which text never has.
    #[error("this is a NUL character: give text, not binary data")]
    Nul,
    /// No `}}` before the line ends or another `{{` begins.
    #[error(
        "this {{{{ is not closed: write }}}} after the name or its default, on the same line, or {{{{{{{{ for the two characters"
    )]
    NotClosed,
    /// No name, or one that cannot be.
    #[error(
        "a name is needed here: small letters, digits, _ and ., beginning with a letter, {HOLE_NAME_CHARS_MAX} at most"
    )]
    BadName,
    /// A name that is no question and not in the list.
    #[error(
        "{name} is not known here (known: {}); to be asked for it write {{{{?{name}}}}}",
        Known::names()
    )]
    Unknown {
        /// The name: well formed.
        name: String,
    },
    /// Two holes of one question with different defaults.
    #[error("?{name} has another default above: it is asked once, so give one")]
    TwoDefaults {
        /// The question's name.
        name: String,
    },
}

/// Where a template cannot be understood, and why.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("line {line}, column {column}: {why}")]
pub struct TemplateError {
    /// Bytes before the place.
    pub at: usize,
    /// Its line, from 1.
    pub line: usize,
    /// Its column in characters, from 1.
    pub column: usize,
    /// What is wrong there.
    pub why: TemplateFault,
}

impl TemplateError {
    fn new(text: &str, at: usize, why: TemplateFault) -> TemplateError {
        let before = &text[..at];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        TemplateError {
            at,
            line: before.bytes().filter(|byte| *byte == b'\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            why,
        }
    }
}

pub(super) fn parse(text: &str) -> Result<Template, TemplateError> {
    let fault = |at, why| TemplateError::new(text, at, why);
    if text.len() > TEMPLATE_BYTES_MAX {
        let (limit, actual) = (TEMPLATE_BYTES_MAX, text.len());
        let at = text.floor_char_boundary(limit);
        return Err(fault(at, TemplateFault::TooLong { limit, actual }));
    }
    if let Some(at) = text.find('\0') {
        return Err(fault(at, TemplateFault::Nul));
    }
    let mut template = Template {
        parts: Vec::new(),
        questions: Vec::new(),
    };
    let mut words = String::new();
    let mut at = 0;
    while let Some(found) = text[at..].find('{') {
        let run = at + found;
        let braces = text[run..].bytes().take_while(|byte| *byte == b'{').count();
        words.push_str(&text[at..run]);
        words.push_str(&"{{".repeat(braces / 4));
        at = run + braces;
        if braces % 2 == 1 {
            words.push('{');
        }
        if braces % 4 >= 2 {
            let open = at - 2;
            let (hole, end) = hole(text, open).map_err(|(at, why)| fault(at, why))?;
            take(&mut template, &mut words, hole).map_err(|why| fault(open, why))?;
            at = end;
        }
    }
    words.push_str(&text[at..]);
    if !words.is_empty() {
        template.parts.push(Part::Text(words));
    }
    Ok(template)
}

/// The hole that opens at `open`, and where the text goes on.
fn hole(text: &str, open: usize) -> Result<(Hole, usize), (usize, TemplateFault)> {
    let start = open + 2;
    let line = text[start..].split(['\n', '\r']).next().unwrap_or_default();
    let body = line
        .split_once("}}")
        .map(|(body, _)| body)
        .filter(|body| !body.contains("{{"))
        .ok_or((open, TemplateFault::NotClosed))?;
    let (source, default) = match body.split_once('|') {
        Some((source, default)) => (source, Some(trimmed(default).to_owned())),
        None => (body, None),
    };
    let name_at = start + source.len() - source.trim_start_matches(BLANKS).len();
    let source = match trimmed(source).strip_prefix('?').map(trimmed) {
        Some(name) if is_name(name) => Source::Question(name.to_owned()),
        None if is_name(trimmed(source)) => {
            let name = trimmed(source);
            let unknown = || TemplateFault::Unknown { name: name.to_owned() };
            Source::Value(Known::from_name(name).ok_or_else(|| (name_at, unknown()))?)
        }
        _ => return Err((name_at, TemplateFault::BadName)),
    };
    Ok((Hole { source, default }, start + body.len() + 2))
}

const BLANKS: [char; 2] = [' ', '\t'];

fn trimmed(text: &str) -> &str {
    text.trim_matches(BLANKS)
}

fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.len() <= HOLE_NAME_CHARS_MAX
        && name
            .bytes()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'.'))
}

/// Puts the words so far and a hole at the template's end.
fn take(template: &mut Template, words: &mut String, hole: Hole) -> Result<(), TemplateFault> {
    if template.holes().count() == HOLES_MAX {
        return Err(TemplateFault::TooManyHoles { limit: HOLES_MAX });
    }
    if let Source::Question(name) = &hole.source {
        ask(&mut template.questions, name, &hole.default)?;
    }
    if !words.is_empty() {
        template.parts.push(Part::Text(std::mem::take(words)));
    }
    template.parts.push(Part::Hole(hole));
    Ok(())
}

fn ask(questions: &mut Vec<Question>, name: &str, default: &Option<String>) -> Result<(), TemplateFault> {
    let Some(known) = questions.iter_mut().find(|question| question.name == name) else {
        questions.push(Question {
            name: name.to_owned(),
            default: default.clone(),
        });
        return Ok(());
    };
    match (&known.default, default) {
        (Some(one), Some(other)) if one != other => Err(TemplateFault::TwoDefaults { name: name.to_owned() }),
        (None, Some(_)) => {
            known.default.clone_from(default);
            Ok(())
        }
        _ => Ok(()),
    }
}
