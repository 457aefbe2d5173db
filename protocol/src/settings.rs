//! What a tenant has chosen for its desk. Everything has a default under which the desk works without a word said; what takes
//! something away from somebody is off by default.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{hours::Hours, intake::Priority};

pub mod bot;
pub mod bot_answer;

pub use self::bot::{BotRule, BotSettings};

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

/// What a signature of the tenant's site is worth.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignedIdentity {
    /// Nothing: signed tokens are refused.
    #[default]
    Off,
    /// A signed customer is shown as verified; others come in too.
    Mark,
    /// Nobody comes in without one.
    Enforce,
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
    /// A line under the name; empty: none.
    pub subtitle: String,
    /// The colour of the desk's page and window on the web, as `#rrggbb`; empty: the page's own.
    pub colour: String,
    /// Who answers first.
    pub first: First,
    /// What a customer agrees to before the first line; empty: nothing is asked.
    pub consent: String,
    /// What a signature of the tenant's site is worth.
    pub signed_identity: SignedIdentity,
    /// Web pages of these origins may call the HTTP API and open customers' sockets, besides the server's own.
    pub origins: Vec<String>,
    /// Whether every agent signs in with a second factor.
    pub require_totp: bool,
    /// Closed conversations and their files are erased after this many days; 0: never.
    pub keep_closed_days: u32,
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
    /// What the first-line bot says and does of its own accord here.
    #[serde(skip_serializing_if = "BotSettings::is_default")]
    pub bot: BotSettings,
}

impl Default for DeskSettings {
    fn default() -> Self {
        Self {
            name: "Support".to_owned(),
            subtitle: String::new(),
            colour: String::new(),
            first: First::Bot,
            consent: String::new(),
            signed_identity: SignedIdentity::Off,
            origins: vec![],
            require_totp: false,
            keep_closed_days: 0,
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
            bot: BotSettings::default(),
        }
    }
}

impl DeskSettings {
    /// Questions before the first line.
    pub const QUESTIONS_MAX: usize = 3;
    /// Origins of web pages.
    pub const ORIGINS_MAX: usize = 50;
    /// Characters of the consent text.
    pub const CONSENT_CHARS_MAX: usize = 2_000;
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
        if !self.subtitle.is_empty() {
            short("subtitle", &self.subtitle, 120)?;
        }
        if !self.colour.is_empty() && !is_colour(&self.colour) {
            return Err(format!("colour is {:?}; write it like #2b6cb0", self.colour));
        }
        let consent = self.consent.chars().count();
        if consent > Self::CONSENT_CHARS_MAX {
            let most = Self::CONSENT_CHARS_MAX;
            return Err(format!("consent has {consent} characters; {most} is the most"));
        }
        if self.consent.contains('\0') || (consent > 0 && self.consent.trim().is_empty()) {
            return Err("consent is a text that can be read; leave it empty for none".to_owned());
        }
        if self.origins.len() > Self::ORIGINS_MAX {
            return Err(format!("origins: {} is the most", Self::ORIGINS_MAX));
        }
        unique("origins", self.origins.iter().map(String::as_str))?;
        if let Some(bad) = self.origins.iter().find(|it| !is_origin(it)) {
            return Err(format!(
                "origins: {bad:?} is none; write it like https://shop.example or http://127.0.0.1:3000, in lower case, \
                 without a path"
            ));
        }
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
            ("keep_closed_days", self.keep_closed_days),
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
        self.bot.check().map_err(|why| format!("bot.{why}"))?;
        self.hours
            .as_ref()
            .map_or(Ok(()), |hours| hours.check().map_err(|why| format!("hours: {why}")))
    }
}

/// `#` and six hexadecimal digits.
fn is_colour(text: &str) -> bool {
    let digits = text.strip_prefix('#').unwrap_or_default();
    digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// An origin as browsers send it (RFC 6454, section 6.2): scheme, host and, if it is not the usual one, port.
fn is_origin(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else {
        return false;
    };
    let (host, port) = match rest.rsplit_once(':') {
        Some((host, port)) if !rest.ends_with(']') => (host, Some(port)),
        _ => (rest, None),
    };
    let usual = if scheme == "https" { "443" } else { "80" };
    let port_fits = port.is_none_or(|port| port.parse::<u16>().is_ok_and(|n| n.to_string() == port) && port != usual);
    let named = |host: &str| {
        host.bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-.".contains(&b))
    };
    let bracketed = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let host_fits = match bracketed {
        Some(inner) => inner.parse::<core::net::Ipv6Addr>().is_ok(),
        None => !host.is_empty() && named(host),
    };
    matches!(scheme, "http" | "https") && port_fits && host_fits
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
