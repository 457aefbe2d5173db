//! What a model writes, read as it comes: one JSON object, of which the text under `answer` is wanted before the end is there. Whatever
//! comes is read; what is no such object is told at the end.

use serde::Deserialize;

/// The whole answer of a model.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct Answer {
    /// What it says.
    pub answer: String,
    /// On which articles it stands, by their short names.
    #[serde(default)]
    pub article_ids: Vec<String>,
    /// Whether a person should answer.
    #[serde(default)]
    pub handoff: bool,
}

/// Reads an answer in pieces that are cut anywhere.
#[derive(Default, Debug)]
pub struct Reader {
    raw: String,
    answer: String,
    state: State,
}

#[derive(Default, Debug)]
struct State {
    depth: usize,
    /// Inside the outer object: whether a value is next, not a name.
    value: bool,
    key: String,
    inside: Option<Inside>,
    escape: Escape,
    /// The first half of a character that is written in two.
    half: Option<u32>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Inside {
    Key,
    Answer,
    Other,
}

#[derive(Default, Clone, Copy, PartialEq, Eq, Debug)]
enum Escape {
    #[default]
    None,
    Begun,
    Code {
        digits: u8,
        code: u32,
    },
}

impl Reader {
    /// Takes the next piece.
    pub fn take(&mut self, piece: &str) {
        self.raw.push_str(piece);
        for c in piece.chars() {
            self.state.step(c, &mut self.answer);
        }
    }

    /// What is there of the answer's text.
    pub fn answer(&self) -> &str {
        &self.answer
    }

    /// Bytes that came.
    pub fn bytes(&self) -> usize {
        self.raw.len()
    }

    /// The whole answer; `None` if it is no such object, or says another text than was read as it came.
    pub fn finish(&self) -> Option<Answer> {
        // Some models write a fence around it.
        let begin = self.raw.find('{')?;
        let end = self.raw.rfind('}')?;
        let whole: Answer = serde_json::from_str(self.raw.get(begin..=end)?).ok()?;
        (whole.answer == self.answer).then_some(whole)
    }
}

impl State {
    fn step(&mut self, c: char, answer: &mut String) {
        match self.inside {
            Some(inside) => self.in_text(inside, c, answer),
            None => self.between(c, answer.is_empty()),
        }
    }

    fn between(&mut self, c: char, first: bool) {
        match c {
            '"' => {
                let answers = self.depth == 1 && self.value && self.key == "answer" && first;
                self.inside = Some(match (self.depth, self.value) {
                    (1, false) => Inside::Key,
                    _ if answers => Inside::Answer,
                    _ => Inside::Other,
                });
                if self.inside == Some(Inside::Key) {
                    self.key.clear();
                }
            }
            '{' | '[' if self.depth > 0 || c == '{' => self.depth += 1,
            '}' | ']' => self.depth = self.depth.saturating_sub(1),
            ':' if self.depth == 1 => self.value = true,
            ',' if self.depth == 1 => self.value = false,
            _ => {}
        }
    }

    fn in_text(&mut self, inside: Inside, c: char, answer: &mut String) {
        let mut push = |c: char, key: &mut String| match inside {
            Inside::Key => key.push(c),
            Inside::Answer => answer.push(c),
            Inside::Other => {}
        };
        match self.escape {
            Escape::None if c == '"' => self.inside = None,
            Escape::None if c == '\\' => self.escape = Escape::Begun,
            Escape::None => push(c, &mut self.key),
            Escape::Begun => {
                self.escape = Escape::None;
                match c {
                    'n' => push('\n', &mut self.key),
                    't' => push('\t', &mut self.key),
                    'r' => push('\r', &mut self.key),
                    'b' => push('\u{8}', &mut self.key),
                    'f' => push('\u{c}', &mut self.key),
                    'u' => self.escape = Escape::Code { digits: 0, code: 0 },
                    other => push(other, &mut self.key),
                }
            }
            Escape::Code { digits, code } => {
                let code = code * 16 + c.to_digit(16).unwrap_or(0);
                if digits < 3 {
                    let digits = digits + 1;
                    self.escape = Escape::Code { digits, code };
                    return;
                }
                self.escape = Escape::None;
                let whole = match (self.half.take(), code) {
                    (None, 0xd800..=0xdbff) => {
                        self.half = Some(code);
                        return;
                    }
                    (Some(high), 0xdc00..=0xdfff) => 0x10000 + ((high - 0xd800) << 10) + (code - 0xdc00),
                    _ => code,
                };
                push(char::from_u32(whole).unwrap_or('\u{fffd}'), &mut self.key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Reader {
        let mut reader = Reader::default();
        reader.take(text);
        reader
    }

    #[test]
    fn the_answer_is_there_before_the_end() {
        let reader = read(r#"{"article_ids": ["a", "answer"], "more": {"answer": "no"}, "answer": "You can \"ret"#);
        assert_eq!(reader.answer(), "You can \"ret");
        assert_eq!(reader.finish(), None);
        let reader = read("```json\n{\"answer\": \"Yes.\", \"article_ids\": [\"a\"], \"handoff\": false}\n```");
        let whole = reader.finish().unwrap();
        assert_eq!(
            (whole.answer.as_str(), whole.article_ids.len(), whole.handoff),
            ("Yes.", 1, false)
        );
    }

    #[test]
    fn what_is_no_answer_is_told() {
        for text in [
            "",
            "Hello, I am a model.",
            "{}",
            "[\"answer\"]",
            r#"{"answer": 3}"#,
            r#"{"answer": "one", "answer": "two"}"#,
            r#"{"answer": "cut"#,
            "}}}}{{{{\"\"\\u",
        ] {
            assert_eq!(read(text).finish(), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_cut_of_the_stream_gives_a_beginning_of_the_answer(
            answer in "\\PC{0,40}|[\\x00-\\x1f\"\\\\/a😀é]{0,40}",
            ids in prop::collection::vec("\\PC{0,10}", 0..3),
            ascii in any::<bool>(),
            last in any::<bool>(),
            cuts in prop::collection::vec(1_usize..9, 0..80),
        ) {
            let text = |text: &str| match ascii {
                false => serde_json::to_string(text).unwrap(),
                true => format!("\"{}\"", text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect::<String>()),
            };
            let ids = serde_json::to_string(&ids).unwrap();
            let whole = match last {
                true => format!("{{\"article_ids\": {ids}, \"handoff\": false, \"answer\": {}}}", text(&answer)),
                false => format!("{{\"answer\":{},\"article_ids\":{ids}}}", text(&answer)),
            };
            let mut reader = Reader::default();
            let mut rest = whole.as_str();
            for cut in cuts {
                let at = rest.char_indices().nth(cut).map_or(rest.len(), |(at, _)| at);
                reader.take(&rest[..at]);
                rest = &rest[at..];
                prop_assert!(answer.starts_with(reader.answer()), "{:?} of {:?}", reader.answer(), answer);
            }
            reader.take(rest);
            prop_assert_eq!(reader.answer(), &answer);
            prop_assert_eq!(reader.finish().map(|it| it.answer), Some(answer));
        }

        #[test]
        fn nothing_breaks_it(text in "([\\[\\]{}:,\"\\\\ua-f0-9]|\\PC){0,60}") {
            read(&text).finish();
        }
    }
}
