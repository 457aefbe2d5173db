//! What a tenant has chosen for its desk. Everything has a default under which the desk works without a word said; what takes
//! something away from somebody is off by default.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{hours::Hours, intake::Priority};

/// Who answers first.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum First {
    /// The bot, until a person is wanted.
    #[default]
    Bot,
    /// People: every conversation begins in the queue, and nobody is assigned by itself.
    Queue,
}

/// Whether waiting conversations are given to agents without their asking.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Routing {
    /// Nobody is assigned without having asked.
    #[default]
    Off,
    /// To the available agent with the skills who has the fewest; of equals, who was given one the longest ago.
    LeastBusy,
}

/// Which customers are asked how it was, once, after a conversation has ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AskRating {
    /// Nobody.
    Never,
    /// Those who spoke with a person.
    #[default]
    AfterPerson,
    /// All.
    Always,
}

/// Something asked before the first line. Each can be skipped.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PreChatQuestion {
    /// A short name, under which agents see the answer.
    pub key: String,
    /// The question as the customer reads it.
    pub text: String,
}

/// What was answered to a [`PreChatQuestion`].
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PreChatAnswer {
    /// The question's key.
    pub key: String,
    /// The answer, at most [`PreChatAnswer::CHARS_MAX`] characters.
    pub text: String,
}

impl PreChatAnswer {
    /// Characters of an answer that are kept.
    pub const CHARS_MAX: usize = 500;
}

/// The type of an attribute of customers.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttributeKind {
    /// Any text on one line.
    Text,
    /// A number.
    Number,
    /// `yes` or `no`.
    YesNo,
    /// A day, as `2026-11-21`.
    Date,
}

/// An attribute that customers of this desk have.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AttributeDef {
    /// Its name.
    pub key: String,
    /// What its values are.
    pub kind: AttributeKind,
}

/// What a tenant has chosen for its desk.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct DeskSettings {
    /// The desk's name, as customers read it.
    pub name: String,
    /// Who answers first.
    pub first: First,
    /// Asked before the first line, at most three.
    pub questions: Vec<PreChatQuestion>,
    /// After how many minutes in the queue a conversation counts as one class more urgent; 0: never.
    pub ageing_min: u32,
    /// How many conversations an agent has at once, where the agent has no own limit; absent: no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capacity: Option<u32>,
    /// After how many minutes without a key an available agent counts as away; 0: never.
    pub idle_away_min: u32,
    /// How long an owner may be gone, in seconds, before conversations whose customers wait return to the queue.
    pub owner_grace_s: u32,
    /// Whether waiting conversations are given to agents without their asking.
    pub routing: Routing,
    /// After how many minutes an owner who does not answer loses the conversation to the queue; 0: never.
    pub owner_silent_min: u32,
    /// After how many minutes in the queue the customer is told that it takes longer, and asked for an address; 0: never.
    pub wait_limit_min: u32,
    /// After how many hours of the customer's silence a conversation is closed; 0: never.
    pub customer_silent_h: u32,
    /// How long before that the customer is warned, in minutes.
    pub silence_warning_min: u32,
    /// When people are there; absent: nothing is promised and nothing is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hours: Option<Hours>,
    /// Minutes, in business time, within which a person answers first, by priority.
    pub first_response_min: BTreeMap<Priority, u32>,
    /// Share of that time, in percent, after which it is shown as late soon.
    pub first_response_warn_percent: u32,
    /// Attributes that customers of this desk have.
    pub attributes: Vec<AttributeDef>,
    /// Who is asked how it was.
    pub ask_rating: AskRating,
    /// For how many seconds one's own last line can be changed or taken back.
    pub edit_window_s: u32,
}

impl Default for DeskSettings {
    fn default() -> Self {
        Self {
            name: "Support".to_owned(),
            first: First::Bot,
            questions: vec![],
            ageing_min: 10,
            capacity: None,
            idle_away_min: 10,
            owner_grace_s: 120,
            routing: Routing::Off,
            owner_silent_min: 0,
            wait_limit_min: 0,
            customer_silent_h: 0,
            silence_warning_min: 60,
            hours: None,
            first_response_min: BTreeMap::new(),
            first_response_warn_percent: 75,
            attributes: vec![],
            ask_rating: AskRating::AfterPerson,
            edit_window_s: 60,
        }
    }
}

impl DeskSettings {
    /// Questions before the first line.
    pub const QUESTIONS_MAX: usize = 3;
    /// Attributes of customers.
    pub const ATTRIBUTES_MAX: usize = 50;
    /// The largest number of minutes, seconds, hours or conversations that makes sense anywhere here.
    pub const NUMBER_MAX: u32 = 100_000;

    /// What does not fit, naming the field.
    ///
    /// # Errors
    /// The first thing that does not fit, in words.
    pub fn check(&self) -> Result<(), String> {
        let short = |what: &str, text: &str, most: usize| match text.chars().count() {
            0 => Err(format!("{what} is empty")),
            n if n > most => Err(format!("{what} has {n} characters; {most} is the most")),
            _ if text.chars().any(char::is_control) => Err(format!("{what} is one line of text")),
            _ => Ok(()),
        };
        short("name", &self.name, 60)?;
        if self.questions.len() > Self::QUESTIONS_MAX {
            return Err(format!(
                "questions: there are {}; {} is the most",
                self.questions.len(),
                Self::QUESTIONS_MAX
            ));
        }
        unique("questions.key", self.questions.iter().map(|it| it.key.as_str()))?;
        unique("attributes.key", self.attributes.iter().map(|it| it.key.as_str()))?;
        for question in &self.questions {
            short("questions.key", &question.key, 32)?;
            short("questions.text", &question.text, 200)?;
        }
        if self.attributes.len() > Self::ATTRIBUTES_MAX {
            return Err(format!("attributes: {} is the most", Self::ATTRIBUTES_MAX));
        }
        for attribute in &self.attributes {
            short("attributes.key", &attribute.key, 32)?;
        }
        let numbers = [
            ("ageing_min", self.ageing_min),
            ("capacity", self.capacity.unwrap_or(1)),
            ("idle_away_min", self.idle_away_min),
            ("owner_grace_s", self.owner_grace_s),
            ("owner_silent_min", self.owner_silent_min),
            ("wait_limit_min", self.wait_limit_min),
            ("customer_silent_h", self.customer_silent_h),
            ("silence_warning_min", self.silence_warning_min),
            ("edit_window_s", self.edit_window_s),
        ];
        let minutes = self.first_response_min.values().map(|it| ("first_response_min", *it));
        for (what, number) in numbers.into_iter().chain(minutes) {
            if number > Self::NUMBER_MAX {
                return Err(format!("{what} is {number}; {} is the most", Self::NUMBER_MAX));
            }
        }
        if self.capacity == Some(0) {
            return Err("capacity is 0: nobody could take anything; leave it out for no limit".to_owned());
        }
        if self.customer_silent_h > 0 && self.silence_warning_min >= self.customer_silent_h.saturating_mul(60) {
            return Err(format!(
                "silence_warning_min is {}: the customer would be warned at once; it must be less than customer_silent_h, \
                 which is {} minutes",
                self.silence_warning_min,
                self.customer_silent_h.saturating_mul(60)
            ));
        }
        if self.first_response_warn_percent > 100 {
            return Err("first_response_warn_percent is a share of 100".to_owned());
        }
        self.hours
            .as_ref()
            .map_or(Ok(()), |hours| hours.check().map_err(|why| format!("hours: {why}")))
    }
}

/// Whether each name is there once.
fn unique<'a>(what: &str, names: impl Iterator<Item = &'a str>) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    for name in names {
        if !seen.insert(name) {
            return Err(format!("{what}: {name:?} is there twice"));
        }
    }
    Ok(())
}
