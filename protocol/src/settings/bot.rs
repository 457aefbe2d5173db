//! What a tenant has chosen for its first-line bot: words of its own, rules of its own, and which of those that ship with the
//! program are off. Rules are lists of words, never patterns: whatever somebody writes into them, reading a line stays linear in it.
//! Everything else that a bot may once have is a further field here.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::bot_answer::BotAnswer;
use crate::words::Tag;

/// What a tenant has chosen for its bot. As long as nothing is chosen the bot is as it ships.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct BotSettings {
    /// Put before the first answer; empty: the bot's own words. `{{customer_name}}` stands for the customer's name, here and in
    /// all other words.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub greeting: String,
    /// The answer to who asks for help; empty: the bot's own words.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub help: String,
    /// The answer to the first line that is not understood; empty: the bot's own words.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub not_understood: String,
    /// What is said while handing over after the second in a row; empty: the bot's own words.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub not_understood_again: String,
    /// What is said to who gets a person on request; empty: the bot's own words.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub hand_over: String,
    /// Whoever writes one of these wants a person and gets one, besides what the bot knows by itself. No rule comes before.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hand_over_words: Vec<String>,
    /// The language of who writes too little to know it, as its two or three letters (`de`); empty: English. One that the server does not
    /// know counts as English.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub language: String,
    /// Whether the topics that ship with the program are answered. That who asks for a person gets one holds without them.
    pub builtin: bool,
    /// Those of them that are not, by name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub off: Vec<String>,
    /// Whether a program of the operator's may answer, where there is one for this tenant. Which one that is no tenant says.
    #[serde(skip_serializing_if = "is_yes")]
    pub program: bool,
    /// The tenant's own rules, tried in this order before those that ship with the program.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<BotRule>,
    /// Whether answers are put into words by the provider of a language model that the server's operator has named, and agents may ask it
    /// for drafts. Then customers' questions, masked, and articles leave the house.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub provider: bool,
    /// Tokens that it may use in a month; left out: as many as the operator lets. Never more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider_tokens_per_month: Option<u32>,
}

/// One rule: words, and what is done about a line that has one of them.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct BotRule {
    /// Small letters, digits and `_`. A rule that has the name of one that ships with the program replaces it.
    pub name: String,
    /// Whether it is tried.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub on: bool,
    /// Words or phrases in any language: a line fits that has one of them as whole words. `*` at the end stands for any ending.
    pub words: Vec<String>,
    /// A line that has one of these does not fit.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub except: Vec<String>,
    /// What the bot says.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub answer: String,
    /// An article that goes with it as a card. While it is not published the rule is passed over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub article: Option<Tag>,
    /// Whether the customer then gets a person.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hand_over: bool,
}

fn yes() -> bool {
    true
}

// The shape that `serde` asks for.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_yes(value: &bool) -> bool {
    *value
}

impl Default for BotSettings {
    fn default() -> Self {
        Self {
            greeting: String::new(),
            help: String::new(),
            not_understood: String::new(),
            not_understood_again: String::new(),
            hand_over: String::new(),
            hand_over_words: vec![],
            language: String::new(),
            builtin: true,
            program: true,
            off: vec![],
            rules: vec![],
            provider: false,
            provider_tokens_per_month: None,
        }
    }
}

impl BotSettings {
    /// Rules that ship with the program and can be switched off or replaced.
    pub const TOPICS: [&str; 36] = [
        "danger",
        "legal_or_fraud",
        "frustrated",
        "injection",
        "are_you_a_bot",
        "no_human_needed",
        "change_address",
        "cancel_order",
        "refund",
        "return_item",
        "order_status",
        "delivery",
        "cancel_subscription",
        "discount",
        "payment",
        "invoice",
        "password",
        "account",
        "opening_hours",
        "prices",
        "damaged",
        "technical_problem",
        "complaint",
        "contact_details",
        "stock",
        "sizes",
        "languages",
        "privacy",
        "jobs",
        "goodbye",
        "thanks",
        "how_are_you",
        "what_can_you_do",
        "help",
        "greeting",
        "acknowledged",
    ];
    /// Names that mean something else already. Those of the first three rules are how a customer gets a person.
    pub const TAKEN: [&str; 6] = [
        "ask_for_human",
        "nobody_here",
        "no_more_bot",
        "hand_over_words",
        "not_understood",
        "blank",
    ];
    /// Rules of one tenant. Each is looked at for each line.
    pub const RULES_MAX: usize = 100;
    /// Words of one rule, and words that hand over.
    pub const WORDS_MAX: usize = 60;
    /// Characters of one word or phrase.
    pub const WORD_CHARS_MAX: usize = 80;
    /// Bytes of all words and answers together: with the other settings they fit one frame.
    pub const BYTES_MAX: usize = 24 * 1024;

    /// Settings in which everything is said, so that all names are known. They are no choice: they do not fit together.
    pub fn example() -> BotSettings {
        let word = || "a".to_owned();
        BotSettings {
            greeting: word(),
            help: word(),
            not_understood: word(),
            not_understood_again: word(),
            hand_over: word(),
            hand_over_words: vec![word()],
            language: word(),
            builtin: true,
            program: false,
            off: vec![word()],
            rules: vec![BotRule {
                name: word(),
                on: false,
                words: vec![word()],
                except: vec![word()],
                answer: word(),
                article: Tag::parse("a").ok(),
                hand_over: true,
            }],
            provider: true,
            provider_tokens_per_month: Some(1),
        }
    }

    /// Whether nothing is chosen.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// What does not fit, naming the field.
    ///
    /// # Errors
    /// The first thing that does not fit, in words.
    pub fn check(&self) -> Result<(), String> {
        let told = [
            ("greeting", &self.greeting),
            ("help", &self.help),
            ("not_understood", &self.not_understood),
            ("not_understood_again", &self.not_understood_again),
            ("hand_over", &self.hand_over),
        ];
        for (field, text) in told.iter().filter(|(_, text)| !text.is_empty()) {
            BotAnswer::parse(text).map_err(|why| format!("{field}: {why}"))?;
        }
        words("hand_over_words", &self.hand_over_words)?;
        let is_letters =
            (2..=3).contains(&self.language.len()) && self.language.bytes().all(|b| b.is_ascii_lowercase());
        if !self.language.is_empty() && !is_letters {
            return Err("language: two or three small letters, as in de".to_owned());
        }
        for name in &self.off {
            if !Self::TOPICS.contains(&name.as_str()) {
                let known = Self::TOPICS.join(", ");
                return Err(format!("off: there is no topic {name:?}; there are {known}"));
            }
        }
        super::unique("off", self.off.iter().map(String::as_str))?;
        if self.rules.len() > Self::RULES_MAX {
            let most = Self::RULES_MAX;
            return Err(format!("rules: there are {}; {most} is the most", self.rules.len()));
        }
        let mut names = BTreeSet::new();
        for rule in &self.rules {
            rule.check()
                .map_err(|why| format!("rules: rule {:?}: {why}", rule.name))?;
            if !names.insert(rule.name.as_str()) {
                return Err(format!("rules: rule {:?}: it is there twice", rule.name));
            }
        }
        let bytes = self.bytes();
        if bytes > Self::BYTES_MAX {
            let most = Self::BYTES_MAX;
            return Err(format!(
                "rules: all words and answers together have {bytes} bytes; {most} is the most"
            ));
        }
        Ok(())
    }

    /// Bytes of everything that somebody wrote.
    fn bytes(&self) -> usize {
        let list = |all: &[String]| all.iter().map(String::len).sum::<usize>();
        let told = self.greeting.len() + self.help.len() + self.not_understood.len() + self.hand_over.len();
        let rules = self.rules.iter().map(|rule| {
            let article = rule.article.as_ref().map_or(0, |slug| slug.as_str().len());
            rule.name.len() + list(&rule.words) + list(&rule.except) + rule.answer.len() + article
        });
        told + self.not_understood_again.len() + list(&self.hand_over_words) + rules.sum::<usize>()
    }
}

impl BotRule {
    fn check(&self) -> Result<(), String> {
        let fine = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if self.name.is_empty() || self.name.len() > 64 || !self.name.chars().all(fine) {
            return Err("a name has 1 to 64 small letters, digits and '_'".to_owned());
        }
        if BotSettings::TAKEN.contains(&self.name.as_str()) {
            return Err("this name means something else already".to_owned());
        }
        if self.words.is_empty() {
            return Err("words: there are none, so no line would fit".to_owned());
        }
        words("words", &self.words)?;
        words("except", &self.except)?;
        if self.hand_over && self.article.is_some() {
            return Err("article: whoever gets a person gets no article; leave out one of them".to_owned());
        }
        if self.answer.is_empty() {
            return match self.hand_over || self.article.is_some() {
                true => Ok(()),
                false => Err("it does nothing: give it an answer, an article, or hand_over = true".to_owned()),
            };
        }
        BotAnswer::parse(&self.answer)
            .map(drop)
            .map_err(|why| format!("answer: {why}"))
    }
}

/// What ends a clause: a phrase is within one.
const ENDS: &[char] = &[
    ',', ';', ':', '!', '?', '…', '(', ')', '[', ']', '{', '}', '"', '“', '”', '„', '«', '»', '<', '>', '|', '。',
    '、', '¿', '¡',
];

fn words(field: &str, all: &[String]) -> Result<(), String> {
    if all.len() > BotSettings::WORDS_MAX {
        let most = BotSettings::WORDS_MAX;
        return Err(format!("{field}: there are {}; {most} is the most", all.len()));
    }
    for word in all {
        let wrong = |why: &str| Err(format!("{field}: {word:?} {why}"));
        let stem = word.strip_suffix('*').unwrap_or(word);
        if !stem.chars().any(char::is_alphanumeric) {
            return wrong("has no letter and no digit");
        }
        if word.chars().count() > BotSettings::WORD_CHARS_MAX {
            return wrong(&format!("is longer than {} characters", BotSettings::WORD_CHARS_MAX));
        }
        if stem.chars().any(char::is_control) || stem.contains(ENDS) {
            return wrong("is more than one phrase: write each by itself, without marks of punctuation");
        }
        if stem.contains('*') || (stem.len() < word.len() && !stem.ends_with(char::is_alphanumeric)) {
            return wrong("has a '*' that does not end a word: it stands for any ending, and only there");
        }
    }
    Ok(())
}

#[cfg(test)]
#[path = "bot_tests.rs"]
mod tests;
