//! One part of what a doctor looks at, and how a report of them is written.

use std::time::Duration;

use minicom_protocol::gate::Shown;
use serde::Serialize;

/// How a part does.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It was not looked at.
    Skipped,
    /// As it should be.
    Ok,
    /// It works, and something is worth knowing or doing.
    Warn,
    /// It does not work.
    Fail,
}

/// One part.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Part {
    /// Its name: a word or two that stay the same.
    pub part: String,
    /// How it does.
    pub state: State,
    /// What was seen.
    pub says: String,
    /// What to try; nothing where all is well.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub fix: String,
    /// How long it took, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ms: Option<f64>,
}

impl Part {
    /// All is well.
    pub fn ok(part: &str, says: impl Into<String>) -> Part {
        Part::new(part, State::Ok, says, "")
    }

    /// Something is worth knowing or doing.
    pub fn warn(part: &str, says: impl Into<String>, fix: impl Into<String>) -> Part {
        Part::new(part, State::Warn, says, fix)
    }

    /// It does not work.
    pub fn fail(part: &str, says: impl Into<String>, fix: impl Into<String>) -> Part {
        Part::new(part, State::Fail, says, fix)
    }

    /// It was not looked at.
    pub fn skipped(part: &str, says: impl Into<String>) -> Part {
        Part::new(part, State::Skipped, says, "")
    }

    fn new(part: &str, state: State, says: impl Into<String>, fix: impl Into<String>) -> Part {
        Part {
            part: part.to_owned(),
            state,
            says: says.into(),
            fix: fix.into(),
            ms: None,
        }
    }

    /// With the time that it took.
    pub fn took(self, time: Option<Duration>) -> Part {
        let ms = time.map(|time| (time.as_secs_f64() * 100_000.0).round() / 100.0);
        Part {
            ms: self.ms.or(ms),
            ..self
        }
    }
}

/// What `--json` says.
#[derive(Serialize)]
struct Report<'a> {
    /// The worst of the parts.
    state: State,
    parts: &'a [Part],
}

/// Whether nothing fails.
pub fn is_well(parts: &[Part]) -> bool {
    parts.iter().all(|part| part.state != State::Fail)
}

/// A line a part, and one more where there is something to try. Gated.
pub fn as_lines(parts: &[Part]) -> String {
    let width = parts.iter().map(|part| part.part.chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    for part in parts {
        let state = match part.state {
            State::Skipped => "-   ",
            State::Ok => "ok  ",
            State::Warn => "look",
            State::Fail => "FAIL",
        };
        let took = part.ms.map_or(String::new(), |ms| format!(" ({ms} ms)"));
        let says = rows(&part.says);
        let (first, more) = says
            .split_first()
            .map_or(("", &[][..]), |(first, more)| (first.as_str(), more));
        text.push_str(&format!("{state}  {:width$}  {first}{took}\n", part.part));
        let margin = " ".repeat(state.len() + 2 + width + 2);
        text.extend(more.iter().map(|row| format!("{margin}{row}\n")));
        let mut sign = "-> ";
        for row in rows(&part.fix) {
            text.push_str(&format!("{margin}{sign}{row}\n"));
            sign = "   ";
        }
    }
    text
}

/// Words of several lines, gated line by line.
fn rows(words: &str) -> Vec<String> {
    words.lines().map(|row| Shown::line(row).to_string()).collect()
}

/// The same for programs.
pub fn as_json(parts: &[Part]) -> String {
    let state = parts.iter().map(|part| part.state).max().unwrap_or(State::Ok);
    let gated: Vec<Part> = parts.iter().map(Part::gated).collect();
    let report = Report { state, parts: &gated };
    // Texts, words and finite numbers only: nothing in it can fail to be written.
    let mut text = serde_json::to_string_pretty(&report).unwrap_or_default();
    text.push('\n');
    text
}

impl Part {
    fn gated(&self) -> Part {
        Part {
            says: rows(&self.says).join("\n"),
            fix: rows(&self.fix).join("\n"),
            ..self.clone()
        }
    }
}
