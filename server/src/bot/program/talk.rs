//! What is said to a bot's program and by it: one line of JSON for a question, one for its answer, told together by an id.

use std::time::Duration;

use minicom_protocol::text::MessageText;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Characters of a reason that are kept.
const REASON_CHARS: usize = 200;

/// A customer's line, with what was said before it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Question {
    /// In which tenant.
    pub tenant: String,
    /// In which conversation: the same for all of its lines.
    pub conversation: String,
    /// How the customer is called; empty: nobody knows.
    pub customer: String,
    /// The language that the customer seems to write, as a code of two letters.
    pub language: String,
    /// What was said in the conversation before, oldest first.
    pub turns: Vec<Spoken>,
    /// The line, as it was written.
    pub text: String,
    /// The line without numbers of cards and accounts, addresses, telephone numbers and secrets.
    pub masked: String,
}

/// A line of a conversation.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Spoken {
    /// `customer`, `bot`, `agent` or `system`.
    pub who: &'static str,
    /// What was said.
    pub text: String,
}

impl Question {
    /// The line that the program reads. Its id stands first.
    pub(super) fn line(&self, id: u64, time_left: Duration) -> String {
        #[derive(Serialize)]
        struct Sent<'a> {
            id: u64,
            #[serde(flatten)]
            question: &'a Question,
            deadline_ms: u64,
        }
        let sent = Sent {
            id,
            question: self,
            deadline_ms: u64::try_from(time_left.as_millis()).unwrap_or(u64::MAX),
        };
        let mut line = serde_json::to_string(&sent).expect("a question always has a JSON form");
        line.push('\n');
        line
    }
}

/// What the program wants done.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Said {
    /// This is said to the customer.
    Reply(MessageText),
    /// A person is asked for.
    HandOff {
        /// What is said to the customer; the bot's own words if it is nothing.
        words: Option<MessageText>,
        /// Why, for whoever takes it.
        reason: Option<String>,
    },
    /// Nothing is said.
    Nothing,
}

/// A line of the program.
#[derive(PartialEq, Eq, Debug)]
pub(super) struct Answer {
    /// To which question, if that can be told.
    pub(super) id: Option<u64>,
    /// What it says, or why it is none.
    pub(super) said: Result<Said, &'static str>,
}

#[derive(Deserialize)]
struct Raw {
    id: Option<Value>,
    reply: Option<String>,
    handoff: Option<Value>,
    reason: Option<String>,
    nothing: Option<bool>,
}

impl Answer {
    /// Reads a line. What is in it beside an answer is left alone.
    pub(super) fn read(line: &[u8]) -> Answer {
        let Ok(whole) = serde_json::from_slice::<Value>(line) else {
            let said = Err("it is no JSON");
            return Answer { id: None, said };
        };
        let id = whole.get("id").and_then(number);
        let said = match serde_json::from_value::<Raw>(whole) {
            Ok(raw) if raw.id.is_none() => Err("it has no id"),
            Ok(raw) => raw.said(),
            Err(_) => Err("its fields are not texts"),
        };
        Answer { id, said }
    }
}

fn number(id: &Value) -> Option<u64> {
    id.as_u64().or_else(|| id.as_str()?.parse().ok())
}

impl Raw {
    fn said(self) -> Result<Said, &'static str> {
        let text = |words: &str| MessageText::parse(words).map_err(|_| "its words are no message: 1 to 16,384 bytes");
        match (self.reply, self.handoff, self.nothing) {
            (Some(words), None, None) => Ok(Said::Reply(text(&words)?)),
            (None, Some(Value::String(words)), None) if !words.trim().is_empty() => Ok(Said::HandOff {
                words: Some(text(&words)?),
                reason: self.reason.map(short),
            }),
            (None, Some(Value::String(_) | Value::Bool(true)), None) => Ok(Said::HandOff {
                words: None,
                reason: self.reason.map(short),
            }),
            (None, None, Some(true)) => Ok(Said::Nothing),
            _ => Err("it has not exactly one of reply, handoff and nothing"),
        }
    }
}

fn short(reason: String) -> String {
    reason.chars().take(REASON_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_an_answer_or_says_why_not() {
        let text = |words: &str| MessageText::parse(words).unwrap();
        for (line, id, said) in [
            (r#"{"id":7,"reply":"Hello"}"#, Some(7), Ok(Said::Reply(text("Hello")))),
            (r#"{"id":"7","nothing":true,"more":1}"#, Some(7), Ok(Said::Nothing)),
            (
                r#"{"id":7,"handoff":"One moment.","reason":"refund"}"#,
                Some(7),
                Ok(Said::HandOff {
                    words: Some(text("One moment.")),
                    reason: Some("refund".to_owned()),
                }),
            ),
            (
                r#"{"id":7,"handoff":true}"#,
                Some(7),
                Ok(Said::HandOff {
                    words: None,
                    reason: None,
                }),
            ),
            ("hello", None, Err("it is no JSON")),
            (r#"{"reply":"x"}"#, None, Err("it has no id")),
            (r#"{"id":7,"reply":7}"#, Some(7), Err("its fields are not texts")),
            (r#"[7]"#, None, Err("its fields are not texts")),
        ] {
            assert_eq!(Answer::read(line.as_bytes()), Answer { id, said }, "{line}");
        }
        for line in [
            r#"{"id":7}"#,
            r#"{"id":7,"nothing":false}"#,
            r#"{"id":7,"reply":"a","nothing":true}"#,
            r#"{"id":7,"reply":" "}"#,
        ] {
            assert!(Answer::read(line.as_bytes()).said.is_err(), "{line}");
        }
    }

    #[test]
    fn a_question_is_one_line_with_its_id_first() {
        let question = Question {
            tenant: "default".to_owned(),
            conversation: "c".to_owned(),
            customer: "alice".to_owned(),
            language: "en".to_owned(),
            turns: vec![],
            text: "two\nlines".to_owned(),
            masked: "two\nlines".to_owned(),
        };
        let line = question.line(3, Duration::from_millis(1_500));
        assert!(
            line.starts_with("{\"id\":3,") && line.ends_with("\"deadline_ms\":1500}\n"),
            "{line}"
        );
        assert_eq!(line.lines().count(), 1);
    }
}
