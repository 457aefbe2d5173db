//! What a conversation begins with: what it is about, how urgent it is, what it needs, and where it comes from.

use serde::{Deserialize, Serialize};

use crate::words::{Email, Skill, SubjectLine};

/// How urgent a conversation is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// It can wait.
    Low,
    /// As most.
    #[default]
    Medium,
    /// Before most.
    High,
    /// Before all.
    Urgent,
}

impl Priority {
    /// All, the most urgent first.
    pub const ALL: [Priority; 4] = [Priority::Urgent, Priority::High, Priority::Medium, Priority::Low];

    /// The word, as it is typed and shown.
    pub fn word(self) -> &'static str {
        match self {
            Priority::Low => "low",
            Priority::Medium => "medium",
            Priority::High => "high",
            Priority::Urgent => "urgent",
        }
    }

    /// One class more urgent.
    #[must_use]
    pub fn raised(self) -> Priority {
        match self {
            Priority::Low => Priority::Medium,
            Priority::Medium => Priority::High,
            Priority::High | Priority::Urgent => Priority::Urgent,
        }
    }

    /// Whether it is the one that nobody chose.
    pub fn is_medium(&self) -> bool {
        *self == Priority::Medium
    }
}

impl std::str::FromStr for Priority {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = Priority::ALL
            .into_iter()
            .find(|it| it.word().eq_ignore_ascii_case(text.trim()));
        known.ok_or_else(|| "a priority is low, medium, high or urgent".to_owned())
    }
}

/// What a customer's program says of itself and its surroundings. Strangers' words, each cut to [`ClientInfo::CHARS_MAX`].
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct ClientInfo {
    /// The program and its version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
    /// The page that it was opened on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<String>,
    /// The computer's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// The operating system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub os: Option<String>,
    /// Language and country, as `de_DE`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// Minutes east of UTC, for the customer's local time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub utc_offset_min: Option<i16>,
}

impl ClientInfo {
    /// Characters of each field that are kept.
    pub const CHARS_MAX: usize = 200;

    /// The same, with every field cut to its bound and without control characters.
    #[must_use]
    pub fn bounded(self) -> ClientInfo {
        let cut = |text: Option<String>| {
            let kept: String = text?
                .chars()
                .filter(|c| !c.is_control())
                .take(Self::CHARS_MAX)
                .collect();
            (!kept.trim().is_empty()).then_some(kept)
        };
        ClientInfo {
            client: cut(self.client),
            page: cut(self.page),
            host: cut(self.host),
            os: cut(self.os),
            locale: cut(self.locale),
            utc_offset_min: self.utc_offset_min.filter(|it| (-14 * 60..=14 * 60).contains(it)),
        }
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        *self == ClientInfo::default()
    }
}

/// What a conversation begins with. Everything may be left out.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Intake {
    /// What it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<SubjectLine>,
    /// How urgent it is.
    #[serde(default, skip_serializing_if = "Priority::is_medium")]
    pub priority: Priority,
    /// What an agent must be good at to take it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skills: Vec<Skill>,
    /// Where it comes from: `tui`, `plain`, `web`, `api`, ... At most 32 characters.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub channel: String,
    /// What the customer's program says of itself.
    #[serde(default, skip_serializing_if = "ClientInfo::is_empty")]
    pub client: ClientInfo,
}

impl Intake {
    /// Skills that a conversation may need.
    pub const SKILLS_MAX: usize = 8;

    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        *self == Intake::default()
    }

    /// The same within its bounds.
    #[must_use]
    pub fn bounded(mut self) -> Intake {
        self.skills = crate::words::as_set(self.skills);
        self.skills.truncate(Self::SKILLS_MAX);
        self.channel = self
            .channel
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
            .take(32)
            .collect();
        self.client = self.client.bounded();
        self
    }
}

/// Who the customer says to be. Absent: not said this time.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Introduction {
    /// The name to be called by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<SubjectLine>,
    /// Where an answer can be sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<Email>,
}
