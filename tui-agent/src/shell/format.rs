//! `--format`: a line made of fields of an answer. `{field}` is its value on one line, gated; `{a.b.0}` goes into it; `\t` and `\n`
//! are what they are elsewhere; `{{` and `}}` are braces.

use minicom_tui_kit::Shown;
use serde_json::Value;

use crate::exit::{self, Failure};

/// What becomes of a field that there is not.
#[derive(Debug, Clone, Copy)]
pub enum Unknown {
    /// Nothing stands in its place.
    Empty,
    /// It is refused. These are the fields besides the answer's.
    Refused(&'static [&'static str]),
}

/// A line with holes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Format(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Field(String),
}

impl Format {
    /// From the command line.
    ///
    /// # Errors
    /// A brace that does not end, or an empty hole.
    pub fn parse(text: &str) -> Result<Format, Failure> {
        let (mut parts, mut words) = (Vec::new(), String::new());
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            match (c, chars.peek()) {
                ('{', Some('{')) | ('}', Some('}')) => words.extend(chars.next()),
                ('\\', Some('t')) => words.extend(chars.next().map(|_| '\t')),
                ('\\', Some('n')) => words.extend(chars.next().map(|_| '\n')),
                ('\\', Some('\\')) => words.extend(chars.next()),
                ('{', _) => {
                    let (mut field, mut closed) = (String::new(), false);
                    for c in chars.by_ref() {
                        closed = c == '}';
                        if closed {
                            break;
                        }
                        field.push(c);
                    }
                    let fits = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
                    if !closed || field.is_empty() || !field.chars().all(fits) {
                        return Err(wrong(text, "a field stands in braces, as {customer_id}; {{ is a brace"));
                    }
                    parts.push(Part::Text(std::mem::take(&mut words)));
                    parts.push(Part::Field(field));
                }
                ('}', _) => return Err(wrong(text, "there is a } without its {; }} is a brace")),
                (c, _) => words.push(c),
            }
        }
        parts.push(Part::Text(words));
        Ok(Format(parts))
    }

    /// Whether a field is in it.
    pub fn has(&self, name: &str) -> bool {
        self.0
            .iter()
            .any(|part| matches!(part, Part::Field(field) if field == name))
    }

    /// The line, its end with it. `extra` is asked first; what it does not know is looked for in the answer.
    ///
    /// # Errors
    /// There is no such field, and [`Unknown`] says that there must be.
    pub fn fill(
        &self,
        of: &Value,
        unknown: Unknown,
        extra: impl Fn(&str) -> Option<String>,
    ) -> Result<String, Failure> {
        let mut line = String::new();
        for part in &self.0 {
            match part {
                Part::Text(text) => line.push_str(text),
                Part::Field(name) => {
                    let value = extra(name).or_else(|| looked_up(of, name));
                    match (value, unknown) {
                        (Some(value), _) => line.push_str(Shown::line(&value).as_str()),
                        (None, Unknown::Refused(besides)) => return Err(refused(of, besides, name)),
                        (None, Unknown::Empty) => {}
                    }
                }
            }
        }
        line.push('\n');
        Ok(line)
    }
}

/// A value by its path, as words: a text as it is, nothing for null, all else as JSON.
fn looked_up(of: &Value, path: &str) -> Option<String> {
    let mut at = of;
    for step in path.split('.') {
        at = match (at, step.parse::<usize>()) {
            (Value::Array(items), Ok(index)) => items.get(index)?,
            // What is not there has no fields either.
            (Value::Null, _) => return Some(String::new()),
            _ => at.get(step)?,
        };
    }
    Some(match at {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        Value::Array(items) if items.iter().all(Value::is_string) => {
            let words: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
            words.join(",")
        }
        other => other.to_string(),
    })
}

fn wrong(text: &str, why: &str) -> Failure {
    Failure::new(exit::USAGE, format!("--format '{}': {why}.", Shown::line(text)))
}

/// All fields that are taken: those of the answer, and those besides.
fn refused(of: &Value, besides: &[&str], name: &str) -> Failure {
    let own = of.as_object().into_iter().flat_map(|it| it.keys().map(String::as_str));
    let mut fields: Vec<&str> = own.chain(besides.iter().copied()).collect();
    fields.sort_unstable();
    fields.dedup();
    let words = format!("--format: there is no field {name}. There are: {}.", fields.join(", "));
    Failure::new(exit::USAGE, words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn filled(format: &str) -> Result<String, String> {
        let of = json!({"name": "Bo\u{1b}[2J\nx", "n": 3, "none": null, "tags": ["a", "b"], "agent": {"name": "Ada"}, "parts": [{"t": 1}]});
        let extra = |name: &str| (name == "wait").then(|| "4m".to_owned());
        Format::parse(format)
            .and_then(|it| it.fill(&of, Unknown::Refused(&["wait", "name"]), extra))
            .map_err(|it| it.words)
    }

    #[test]
    fn holes_are_filled_gated_and_on_one_line() {
        let check = |format, expected: &str| assert_eq!(filled(format).as_deref(), Ok(expected), "{format}");
        check("{name}", "Bo␛[2J␤x\n");
        check("{n} {wait}{none}|{tags}|{agent.name}|{parts.0.t}", "3 4m|a,b|Ada|1\n");
        check("{none.deeper}", "\n");
        check(r"{{n}}\t\\t\n{n}{n}", "{n}\t\\t\n33\n");
        check("", "\n");
    }

    #[test]
    fn what_is_no_format_is_told() {
        for (format, words) in [
            ("{", "in braces"),
            ("{}", "in braces"),
            ("a{n", "in braces"),
            ("{a b}", "in braces"),
            ("n}", "without its {"),
            (
                "{nobody}",
                "there is no field nobody. There are: agent, n, name, none, parts, tags, wait.",
            ),
            ("{parts.7}", "no field parts.7"),
        ] {
            let told = filled(format).unwrap_err();
            assert!(told.contains(words), "{format}: {told}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_breaks_it(text in ".{0,60}") {
            if let Ok(format) = Format::parse(&text) {
                let line = format.fill(&json!({"a": "b"}), Unknown::Empty, |_| None).unwrap();
                proptest::prop_assert!(line.ends_with('\n'));
            }
        }
    }
}
