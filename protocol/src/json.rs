//! JSON for terminals: it says the same, and no letter of it is a command to one.

use std::fmt::Write;

/// A JSON text in ASCII alone: every other character is written as its escape. Line ends stay where they are.
pub fn ascii(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        if c.is_ascii_graphic() || c == ' ' || c == '\n' {
            text.push(c);
            continue;
        }
        let mut units = [0; 2];
        for unit in c.encode_utf16(&mut units) {
            // Writing to a String cannot fail.
            let _ = write!(text, "\\u{unit:04x}");
        }
    }
    text
}

/// A value over several lines, in ASCII alone, with a line end behind it.
pub fn pretty(value: &serde_json::Value) -> String {
    format!("{}\n", ascii(&format!("{value:#}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn it_says_the_same_in_ascii() {
        let value = json!({"name": "é\u{1b}[2J\u{9b}\u{202e}🦀\n", "n": [1, null]});
        let text = pretty(&value);
        assert!(
            text.bytes().all(|b| b == b'\n' || b.is_ascii_graphic() || b == b' '),
            "{text}"
        );
        let back: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(back, value);
    }
}
