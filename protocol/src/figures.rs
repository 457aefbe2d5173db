//! The figures of a desk, as programs get them: what was counted in a range of days, of the whole desk and one by one.

use serde::{Deserialize, Serialize};

use crate::stage::HandOverReason;

/// Of which days: the present one, or so many with it, by the desk's own zone.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Range {
    /// The present day.
    #[serde(rename = "today")]
    Today,
    /// Seven days.
    #[default]
    #[serde(rename = "7d")]
    Week,
    /// Thirty days.
    #[serde(rename = "30d")]
    Month,
    /// Ninety days.
    #[serde(rename = "90d")]
    Quarter,
}

impl Range {
    /// All, the shortest first.
    pub const ALL: [Range; 4] = [Range::Today, Range::Week, Range::Month, Range::Quarter];

    /// The word, as it is typed.
    pub fn word(self) -> &'static str {
        match self {
            Range::Today => "today",
            Range::Week => "7d",
            Range::Month => "30d",
            Range::Quarter => "90d",
        }
    }

    /// The same for people.
    pub fn words(self) -> &'static str {
        match self {
            Range::Today => "today",
            Range::Week => "7 days",
            Range::Month => "30 days",
            Range::Quarter => "90 days",
        }
    }

    /// Whole days before the present one.
    pub fn days_back(self) -> u16 {
        match self {
            Range::Today => 0,
            Range::Week => 6,
            Range::Month => 29,
            Range::Quarter => 89,
        }
    }
}

impl std::str::FromStr for Range {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = Range::ALL
            .into_iter()
            .find(|it| it.word().eq_ignore_ascii_case(text.trim()));
        known.ok_or_else(|| "a range is today, 7d, 30d or 90d".to_owned())
    }
}

/// One by one: by what.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// By agent, as things happened. Who is no admin gets the own row alone.
    Agent,
    /// By the group that a conversation was last given to, of those that ended. For admins.
    Group,
    /// By tag, of the conversations that ended. For admins.
    Tag,
    /// By the hour of the day.
    Hour,
    /// By the day of the week, from Monday.
    Weekday,
    /// By day.
    Day,
}

impl By {
    /// All.
    pub const ALL: [By; 6] = [By::Agent, By::Group, By::Tag, By::Hour, By::Weekday, By::Day];

    /// The word, as it is typed.
    pub fn word(self) -> &'static str {
        match self {
            By::Agent => "agent",
            By::Group => "group",
            By::Tag => "tag",
            By::Hour => "hour",
            By::Weekday => "weekday",
            By::Day => "day",
        }
    }
}

impl std::str::FromStr for By {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = By::ALL
            .into_iter()
            .find(|it| it.word().eq_ignore_ascii_case(text.trim()));
        known.ok_or_else(|| "figures are told by agent, group, tag, hour, weekday or day".to_owned())
    }
}

/// The figures of a desk.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Statistics {
    /// Of which days.
    pub range: Range,
    /// The zone whose days and hours are meant: the desk's own, UTC without one.
    pub zone: String,
    /// From when on, to the hour.
    #[cfg_attr(feature = "openapi", schema(format = DateTime))]
    pub from: String,
    /// Until when: now.
    #[cfg_attr(feature = "openapi", schema(format = DateTime))]
    pub until: String,
    /// Events that are not counted yet, for they just happened. 0 nearly always.
    pub behind: u64,
    /// How it stands at this moment.
    pub now: Now,
    /// Of the whole desk.
    pub totals: Figures,
    /// Of the agent who asks.
    pub mine: Figures,
    /// Conversations by the hour of the day: 24.
    pub hours: Vec<Volume>,
    /// By the day of the week, from Monday: 7.
    pub weekdays: Vec<Volume>,
    /// By day, the first one first.
    pub days: Vec<Volume>,
    /// One by one by what; absent if that was not asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<By>,
    /// One by one, in an order that makes sense; most first where there is no other. At most 500.
    pub rows: Vec<Row>,
}

/// How a desk stands at a moment.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Now {
    /// Conversations in the queue.
    pub waiting: u64,
    /// The longest wait among them, in milliseconds.
    pub longest_wait_ms: i64,
    /// Conversations that agents have.
    pub active: u64,
    /// Put aside by their owners.
    pub snoozed: u64,
    /// With the bot.
    pub bot: u64,
}

/// Conversations that began and ended in some hours.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Volume {
    /// Which hours: `09`, `Monday`, `2026-11-21`.
    pub key: String,
    /// Began.
    pub opened: u64,
    /// Ended.
    pub closed: u64,
}

/// The figures of one agent, group, tag, or of some hours.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Row {
    /// An id, a tag, an hour, a day.
    pub key: String,
    /// Its name. A person's text: show it as text and nothing else.
    pub name: String,
    /// What was counted.
    pub figures: Figures,
}

/// What was counted.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Figures {
    /// Conversations that began.
    pub opened: u64,
    /// Conversations that ended.
    pub closed: u64,
    /// Lines, by who wrote them.
    pub lines: Lines,
    /// How often a person was wanted.
    pub handed_over: HandedOver,
    /// How often an agent took one over or was given one.
    pub taken: u64,
    /// How often one was given to somebody else, or to the queue.
    pub transferred: u64,
    /// How often one was given back to the bot.
    pub handed_back: u64,
    /// How often one went back to the queue without an agent's doing.
    pub requeued: u64,
    /// Ended in the queue, and not by an agent.
    pub abandoned: u64,
    /// Ended with the bot, and no person ever owned it.
    pub resolved_by_bot: u64,
    /// Tickets made.
    pub tickets: u64,
    /// From the queue, or the beginning, until a person first owned it.
    pub wait: Times,
    /// From there to a person's first line.
    pub first_response: Times,
    /// From the beginning to the end, of those that a person owned.
    pub resolution: Times,
    /// What customers said of it.
    pub ratings: Ratings,
    /// Answers of a person in the time that the tenant has set.
    pub sla: Sla,
}

impl Figures {
    /// How many in a hundred of those that ended the bot resolved; `None` if none ended.
    pub fn bot_percent(&self) -> Option<u64> {
        (self.closed > 0).then(|| self.resolved_by_bot * 100 / self.closed)
    }

    /// How many in a hundred were answered in time; `None` without a target.
    pub fn sla_percent(&self) -> Option<u64> {
        let all = self.sla.met + self.sla.missed;
        (all > 0).then(|| self.sla.met * 100 / all)
    }
}

/// Lines, by who wrote them.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Lines {
    /// Customers.
    pub customer: u64,
    /// The bot.
    pub bot: u64,
    /// Agents.
    pub agent: u64,
    /// The desk itself.
    pub system: u64,
}

/// How often a person was wanted, and why.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HandedOver {
    /// In all.
    pub total: u64,
    /// Why, the most frequent first.
    pub reasons: Vec<ReasonCount>,
}

/// How often a person was wanted for a reason.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReasonCount {
    /// Why.
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "customer_asked"))]
    pub reason: HandOverReason,
    /// How often.
    pub count: u64,
}

/// Durations. What is told is at most 4 % off what was measured.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Times {
    /// How many.
    pub count: u64,
    /// Half of them were shorter, in milliseconds; `null` without any.
    pub median_ms: Option<i64>,
    /// Nine of ten were shorter.
    pub p90_ms: Option<i64>,
}

/// What customers said.
#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Ratings {
    /// How many gave stars.
    pub count: u64,
    /// The mean of their stars; `null` without any.
    pub average: Option<f64>,
    /// How many gave one star, two, three, four, five.
    pub stars: [u64; 5],
    /// How many were asked and did not want to say.
    pub declined: u64,
}

/// Answers in the time that the tenant has set.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Sla {
    /// In time.
    pub met: u64,
    /// Too late, or never.
    pub missed: u64,
}
