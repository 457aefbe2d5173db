//! What a program draws on a terminal, as an asciicast file of version 2 (<https://docs.asciinema.org/manual/asciicast/v2/>): a head,
//! then a line for each piece that was written. Players of that format show it.

use std::{
    io::Write,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use serde_json::json;

use crate::pty::{Program, Pty};

/// Nobody wants to look longer at a screen on which nothing happens.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// Runs a program on a terminal of this size until it lets go of it, and writes down what it draws.
///
/// # Errors
/// The program cannot be started, or the file cannot be written.
pub fn record(program: &Program, (columns, rows): (u16, u16), title: &str, file: &mut impl Write) -> Result<()> {
    let head = json!({
        "version": 2, "width": columns, "height": rows, "title": title, "env": { "TERM": "xterm-256color" },
    });
    writeln!(file, "{head}")?;
    let mut pty = Pty::start(program, columns, rows)?;
    let mut lines = Lines::default();
    while let Some((at, bytes)) = pty.heard() {
        if let Some(line) = lines.line(at, bytes) {
            writeln!(file, "{line}")?;
        }
    }
    file.flush().context("the recording is not whole")
}

/// Pieces in, lines out.
#[derive(Default)]
struct Lines {
    last: Option<Instant>,
    since_start: Duration,
    /// The beginning of a character whose end has not been written yet.
    rest: Vec<u8>,
}

impl Lines {
    fn line(&mut self, at: Instant, bytes: &[u8]) -> Option<serde_json::Value> {
        let pause = self
            .last
            .map_or(Duration::ZERO, |last| at.saturating_duration_since(last));
        self.last = Some(at);
        self.since_start += pause.min(LONGEST_PAUSE);
        self.rest.extend(bytes);
        let whole = match std::str::from_utf8(&self.rest) {
            Err(fault) if fault.error_len().is_none() => fault.valid_up_to(),
            _ => self.rest.len(),
        };
        let text: Vec<u8> = self.rest.drain(..whole).collect();
        let seconds = (self.since_start.as_secs_f64() * 1_000.0).round() / 1_000.0;
        (!text.is_empty()).then(|| json!([seconds, "o", String::from_utf8_lossy(&text)]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_in_two_pieces_is_in_one_line_and_long_pauses_are_cut() {
        let (mut lines, start) = (Lines::default(), Instant::now());
        assert_eq!(lines.line(start, b"a"), Some(json!([0.0, "o", "a"])));
        let [first, second] = ["\u{e9}".as_bytes()[0], "\u{e9}".as_bytes()[1]];
        let later = start + Duration::from_millis(250);
        assert_eq!(lines.line(later, &[first]), None);
        assert_eq!(lines.line(later, &[second, b'b']), Some(json!([0.25, "o", "\u{e9}b"])));
        assert_eq!(
            lines.line(later + Duration::from_secs(60), b"c"),
            Some(json!([2.25, "o", "c"]))
        );
        assert_eq!(
            lines.line(later + Duration::from_secs(60), &[0xff]),
            Some(json!([2.25, "o", "\u{fffd}"]))
        );
    }

    #[test]
    fn what_a_program_writes_can_be_played() {
        let program = Program {
            path: "/bin/sh".into(),
            args: vec!["-c".into(), "printf 'one\\ntwo'".into()],
            env: vec![],
        };
        let mut file = Vec::new();
        record(&program, (40, 12), "a walk", &mut file).unwrap();
        let file = String::from_utf8(file).unwrap();
        let mut lines = file
            .lines()
            .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
        let head = lines.next().unwrap();
        assert_eq!(
            (&head["version"], &head["width"], &head["height"]),
            (&json!(2), &json!(40), &json!(12))
        );
        let text: String = lines.map(|line| line[2].as_str().unwrap().to_owned()).collect();
        assert_eq!(text, "one\r\ntwo");
    }
}
