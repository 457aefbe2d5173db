//! The labels of the screen, made from what is known: badges, states, refusals in few words. It refuses to know where a label stands.

use std::time::{Duration, Instant, UNIX_EPOCH};

use minicom_client::ConnState;
use minicom_protocol::{
    context::Vouched,
    ids::{AgentId, Time},
    queue::WhyNot,
    refusal::Refusal,
    stage::{Closer, Stage},
    summary::Summary,
};
use minicom_tui_kit::{Shown, Zone, time};

/// Who has a conversation, in a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Badge {
    /// The queue.
    Waiting,
    /// The bot.
    Bot,
    /// The one who sits here.
    You,
    /// The one who sits here, who has put it aside.
    Aside,
    /// A colleague, by the first word of the name.
    Colleague(Shown),
    /// Nobody any more.
    Ended,
}

impl Badge {
    /// The badge of a conversation.
    pub fn of(stage: &Stage, me: Option<AgentId>) -> Badge {
        match stage {
            Stage::Bot => Badge::Bot,
            Stage::Waiting { .. } => Badge::Waiting,
            Stage::Active { agent, .. } if Some(agent.id) == me => Badge::You,
            Stage::Snoozed { agent, .. } if Some(agent.id) == me => Badge::Aside,
            Stage::Active { agent, .. } | Stage::Snoozed { agent, .. } => {
                let name = agent.name.shown();
                let first = name.as_str().split_whitespace().next().unwrap_or_default();
                Badge::Colleague(Shown::line(first))
            }
            Stage::Closed { .. } => Badge::Ended,
        }
    }

    /// The word.
    pub fn word(&self) -> &str {
        match self {
            Badge::Waiting => "WAIT",
            Badge::Bot => "bot",
            Badge::You => "you",
            Badge::Aside => "later",
            Badge::Colleague(name) => name.as_str(),
            Badge::Ended => "done",
        }
    }
}

/// For how long the customer has been waiting, in microseconds, where the list tells it: in the queue, and for an agent.
pub fn waited(summary: &Summary, now: Time) -> Option<i64> {
    match summary.stage {
        Stage::Waiting { .. } | Stage::Active { .. } => Some(now.since(summary.waiting_since()?)),
        Stage::Bot | Stage::Snoozed { .. } | Stage::Closed { .. } => None,
    }
}

/// The longest time that somebody has been waiting in the queue, in microseconds.
pub fn oldest<'a>(waiting: impl IntoIterator<Item = &'a Summary>, now: Time) -> Option<i64> {
    waiting.into_iter().filter_map(|summary| waited(summary, now)).max()
}

/// Where a conversation stands, in a few words.
pub fn stage(stage: &Stage, me: Option<AgentId>, zone: &Zone) -> String {
    match stage {
        Stage::Bot => "with the bot".to_owned(),
        Stage::Waiting { reason, .. } => reason.words().to_owned(),
        Stage::Active { agent, since } if Some(agent.id) == me => format!("yours since {}", zone.clock(since.0)),
        Stage::Active { agent, since } => format!("with {} since {}", agent.name.shown(), zone.clock(since.0)),
        Stage::Snoozed { agent, until, .. } => {
            let whose = match Some(agent.id) == me {
                true => "yours".to_owned(),
                false => format!("with {}", agent.name.shown()),
            };
            match until {
                Some(until) => format!("{whose}, put aside until {}", zone.clock(until.0)),
                None => format!("{whose}, put aside until the customer writes"),
            }
        }
        Stage::Closed { at, by } => match by {
            Closer::Customer => format!("ended {} by the customer", zone.clock(at.0)),
            Closer::Agent { agent } if Some(agent.id) == me => format!("ended {} by you", zone.clock(at.0)),
            Closer::Agent { agent } => format!("ended {} by {}", zone.clock(at.0), agent.name.shown()),
            Closer::System => format!("ended {}", zone.clock(at.0)),
        },
    }
}

/// A refusal in few words.
pub fn refusal(refusal: &Refusal, zone: &Zone) -> String {
    match refusal {
        Refusal::TakenBy { agent, since } => {
            format!("taken by {} since {}", agent.name.shown(), zone.clock(since.0))
        }
        Refusal::NotOwner => "it is not yours any more".to_owned(),
        Refusal::Stale { .. } => "somebody answered before you".to_owned(),
        Refusal::Closed => "the chat has ended".to_owned(),
        other => other.message(),
    }
}

/// Why the one who sits here may not take a conversation, after "you may not take this:".
pub fn why_not_you(because: &WhyNot) -> String {
    match because {
        WhyNot::Full { active, capacity } => format!("you have {active} of {capacity}"),
        WhyNot::Skills { .. } | WhyNot::Group { .. } => format!("it {}", because.words()),
        WhyNot::NotAvailable { intent } => format!("you are {}", intent.word()),
        WhyNot::Disabled | WhyNot::NotThere | WhyNot::HadItLast | WhyNot::Taken { .. } => because.words(),
    }
}

/// How much an agent has: `2 of 5`, or `2 chats` without a limit.
pub fn load(active: u32, capacity: Option<u32>) -> String {
    match capacity {
        Some(capacity) => format!("{active} of {capacity}"),
        None => count(u64::from(active), "chat", "chats"),
    }
}

/// The same words with a capital first.
pub fn capital(words: &str) -> String {
    let mut chars = words.chars();
    let first = chars.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    first + chars.as_str()
}

/// How a state of the connection looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// As it should be.
    Good,
    /// Not yet.
    Neutral,
    /// Needs a look.
    Warning,
    /// Over.
    Bad,
}

/// The state of the connection for a header of so many columns. `now_key` is the key to connect now, if there is one; `as_of`, when what
/// is shown was kept by an earlier program.
pub fn connection(
    state: &ConnState,
    as_of: Option<&str>,
    latency: Option<Duration>,
    now: Instant,
    zone: &Zone,
    columns: u16,
    (dot, now_key): (&str, &str),
) -> (String, Tone) {
    let key = if columns >= 60 && !now_key.is_empty() {
        format!(" {dot} {now_key} now")
    } else {
        String::new()
    };
    if let (Some(as_of), ConnState::Reconnecting { .. } | ConnState::Offline { .. }) = (as_of, state) {
        return (format!("offline {dot} as of {as_of}{key}"), Tone::Warning);
    }
    match state {
        ConnState::Connecting if as_of.is_some() => (
            format!("connecting {dot} as of {}", as_of.unwrap_or_default()),
            Tone::Neutral,
        ),
        ConnState::Connecting => ("connecting".to_owned(), Tone::Neutral),
        ConnState::Live => (live(latency.filter(|_| columns >= 70), columns >= 100), Tone::Good),
        ConnState::Reconnecting { retry_at, .. } => {
            let countdown = seconds_left(*retry_at, now).map_or(String::new(), |left| format!(" {left}s"));
            (format!("reconnecting{countdown}{key}"), Tone::Warning)
        }
        ConnState::Offline { since, retry_at, .. } => {
            let micros = since.duration_since(UNIX_EPOCH).map_or(0, |passed| passed.as_micros());
            let clock = zone.clock(i64::try_from(micros).unwrap_or(i64::MAX));
            let next = match seconds_left(*retry_at, now).filter(|_| columns >= 100) {
                Some(left) => format!(" {dot} next try in {left}s"),
                None => String::new(),
            };
            (format!("offline since {clock}{next}{key}"), Tone::Warning)
        }
        ConnState::Untrusted { .. } if columns >= 60 => ("certificate not accepted".to_owned(), Tone::Bad),
        ConnState::Untrusted { .. } => ("not accepted".to_owned(), Tone::Bad),
        ConnState::Draining { .. } => ("server restarts, back soon".to_owned(), Tone::Warning),
        ConnState::SignedOut => ("signed out".to_owned(), Tone::Bad),
        ConnState::WrongVersion { .. } => ("wrong version".to_owned(), Tone::Bad),
        ConnState::Refused(_) => ("refused".to_owned(), Tone::Bad),
    }
}

fn live(latency: Option<Duration>, wide: bool) -> String {
    let gap = if wide { " " } else { "" };
    match latency.map(|latency| latency.as_micros().div_ceil(1_000)) {
        Some(ms) => format!("live {ms}{gap}ms"),
        None => "live".to_owned(),
    }
}

/// Whole seconds until then; `None` if it is past.
pub fn seconds_left(then: Instant, now: Instant) -> Option<u64> {
    let left = then.checked_duration_since(now).filter(|left| !left.is_zero())?;
    Some(u64::try_from(left.as_millis().div_ceil(1_000)).unwrap_or(u64::MAX))
}

/// When [`seconds_left`] says something else.
pub fn seconds_left_changes_in(then: Instant, now: Instant) -> Option<Duration> {
    let left = then.checked_duration_since(now).filter(|left| !left.is_zero())?;
    let part = match left.subsec_nanos() {
        0 => 1_000_000_000,
        part => part,
    };
    Some(Duration::from_nanos(u64::from(part)) + Duration::from_millis(1))
}

/// What comes next, for the footer: `next: carol 4:10`.
pub fn next(summary: &Summary, now: Option<Time>) -> Shown {
    let name = summary.customer.name.shown().cut(16);
    match now.and_then(|now| waited(summary, now)) {
        Some(waited) => Shown::line(&format!("next: {name} {}", time::waiting(waited))),
        None => Shown::line(&format!("next: {name}")),
    }
}

/// Whether the tenant's site vouches for a customer.
pub fn verified(is: bool) -> &'static str {
    match is {
        true => "verified by the site",
        false => "not verified",
    }
}

/// What the tenant's site says of a customer, by name.
pub fn vouched(vouched: &Vouched) -> Vec<(Shown, Shown)> {
    let name = vouched.name.as_ref().map(|it| (Shown::fixed("name"), it.shown()));
    let email = vouched.email.as_ref().map(|it| (Shown::fixed("e-mail"), it.shown()));
    let others = vouched.attributes.iter();
    let others = others.map(|(key, value)| (Shown::line(key), Shown::line(value)));
    name.into_iter().chain(email).chain(others).collect()
}

/// A number and its noun.
pub fn count(number: u64, one: &str, many: &str) -> String {
    match number {
        1 => format!("1 {one}"),
        _ => format!("{number} {many}"),
    }
}

#[cfg(test)]
#[path = "words_tests.rs"]
mod tests;
