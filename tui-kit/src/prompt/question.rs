//! One question: what is asked for, what an empty answer means, and why an answer does not do.

use minicom_protocol::gate::Shown;

/// Tells why an answer does not do. A plain function, so that a question can be compared and copied.
pub type Check = fn(&str) -> Result<(), Shown>;

/// One question.
#[derive(Debug, Clone)]
pub struct Question {
    /// What is asked for: `order_id`.
    label: Shown,
    default: String,
    text: String,
    optional: bool,
    empty_does: Option<&'static str>,
    hint: Shown,
    check: Option<Check>,
}

impl Question {
    /// A question that needs an answer.
    pub fn new(label: Shown) -> Question {
        Question {
            label,
            default: String::new(),
            text: String::new(),
            optional: false,
            empty_does: None,
            hint: Shown::default(),
            check: None,
        }
    }

    /// What an empty answer means; it is shown.
    pub fn default(mut self, text: &str) -> Question {
        text.clone_into(&mut self.default);
        self
    }

    /// A text that stands there already, to be changed.
    pub fn starting_with(mut self, text: &str) -> Question {
        text.clone_into(&mut self.text);
        self
    }

    /// It may be skipped: an empty answer is one.
    pub fn optional(mut self) -> Question {
        self.optional = true;
        self
    }

    /// It may be empty, which means something of its own: what Enter does then, in words, as `Enter shows all`. For the last question.
    pub fn empty(mut self, does: &'static str) -> Question {
        self.empty_does = Some(does);
        self.optional()
    }

    /// What is told while nothing is written.
    pub fn hinted(mut self, words: Shown) -> Question {
        self.hint = words;
        self
    }

    /// Looks at an answer (one that is not empty, or the default) before the next question is asked.
    pub fn check(mut self, check: Check) -> Question {
        self.check = Some(check);
        self
    }

    /// What is asked for.
    pub(super) fn label(&self) -> &Shown {
        &self.label
    }

    /// What stands there before anything is typed.
    pub(super) fn begun(&self) -> &str {
        &self.text
    }

    /// Whether an empty answer is one, and means nothing.
    pub(super) fn is_skipped_empty(&self) -> bool {
        self.optional && self.default.is_empty()
    }

    /// What Enter does with an empty answer, if that is something of its own.
    pub(super) fn empty_does(&self) -> Option<&'static str> {
        self.empty_does
    }

    /// What is told while nothing is written; `enter` is what Enter does then.
    pub(super) fn hint(&self, enter: &'static str) -> Shown {
        match (self.default.as_str(), self.optional) {
            ("", true) => Shown::fixed(enter),
            ("", false) => self.hint.clone(),
            (default, _) => Shown::line(&format!("{default} (if empty)")),
        }
    }

    /// The answer that a text is, or why it is none.
    pub(super) fn answer(&self, text: &str) -> Result<String, Shown> {
        let answer = match text.trim() {
            "" => self.default.trim(),
            written => written,
        };
        if answer.is_empty() {
            return match self.optional {
                true => Ok(String::new()),
                false => Err(Shown::line(&format!("{} is needed", self.label))),
            };
        }
        self.check.map_or(Ok(()), |check| check(answer))?;
        Ok(answer.to_owned())
    }
}
