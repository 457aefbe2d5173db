//! The figures of one hour, one day or one conversation: counts, and durations in buckets. They can be added up and taken off again,
//! and are stored as few bytes: pairs of a slot and a number, in the order of the slots.

use std::collections::BTreeMap;

use minicom_protocol::{
    figures::{Figures, HandedOver, Lines, Ratings, ReasonCount, Sla, Times},
    stage::HandOverReason,
};

use super::buckets::{self, BUCKETS};

/// What is counted. The numbers are stored: a new one gets a number of its own, and none is given again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u16)]
pub enum Count {
    /// Conversations that began.
    Opened = 0,
    /// Conversations that ended.
    Closed = 1,
    /// Lines of customers.
    LinesCustomer = 2,
    /// Lines of the bot.
    LinesBot = 3,
    /// Lines of agents.
    LinesAgent = 4,
    /// Lines of the desk itself.
    LinesSystem = 5,
    /// An agent took one over, or was given it.
    Taken = 6,
    /// An agent gave one to somebody else, or to the queue.
    Transferred = 7,
    /// An agent gave one to the bot.
    HandedBack = 8,
    /// One went back to the queue without an agent's doing.
    Requeued = 9,
    /// Ended in the queue, and not by an agent.
    Abandoned = 10,
    /// Ended with the bot, and no person ever owned it.
    ResolvedByBot = 11,
    /// Answered by a person in the time that the tenant has set.
    SlaMet = 12,
    /// Answered too late, or never.
    SlaMissed = 13,
    /// Tickets made.
    Tickets = 14,
    /// Rated with one star; the other stars follow.
    Star1 = 16,
    /// The customer was asked, and did not want to say.
    NotRated = 21,
}

/// The first slot of the reasons for which a person was wanted.
const REASONS_FROM: u16 = 32;
/// Slots of counts.
const COUNTS: u16 = 64;
/// Slots of each kind of duration.
const TIMES: u16 = 1_024;

/// Reasons in the order of their slots: new ones come at the end.
pub const REASONS: [HandOverReason; 12] = [
    HandOverReason::CustomerAsked,
    HandOverReason::NotUnderstood,
    HandOverReason::Rule,
    HandOverReason::BotFailed,
    HandOverReason::BotLate,
    HandOverReason::NoBot,
    HandOverReason::Transferred,
    HandOverReason::OwnerGone,
    HandOverReason::OwnerAway,
    HandOverReason::OwnerSilent,
    HandOverReason::SnoozeEnded,
    HandOverReason::Other,
];

/// The slot of a reason.
pub fn count_of_reason(reason: HandOverReason) -> u16 {
    let known = REASONS.iter().position(|it| *it == reason).unwrap_or(REASONS.len() - 1);
    REASONS_FROM + known as u16 // twelve of them
}

/// The slot of a score from 1 to 5; what is beyond counts as the nearest.
pub fn count_of_stars(score: u8) -> u16 {
    Count::Star1 as u16 + u16::from(score.clamp(1, 5) - 1)
}

/// Which durations are kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u16)]
pub enum TimeOf {
    /// From the queue, or the beginning, until a person first owned it.
    Wait = 1,
    /// From there to a person's first line.
    FirstResponse = 2,
    /// From the beginning to the end, of those that a person owned.
    Resolution = 3,
}

/// See the module.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Tally {
    counts: BTreeMap<u16, i64>,
    times: BTreeMap<u16, i64>,
}

/// Stored figures that are none.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("stored figures cannot be read")]
pub struct BadTally;

impl Tally {
    /// One more.
    pub fn count(&mut self, what: Count) {
        self.add(what as u16, 1);
    }

    /// So many more in a slot of counts.
    pub fn add(&mut self, slot: u16, count: i64) {
        put(&mut self.counts, slot, count);
    }

    /// One more duration.
    pub fn time(&mut self, of: TimeOf, ms: i64) {
        put(&mut self.times, of as u16 * TIMES + buckets::bucket(ms), 1);
    }

    /// Adds others to these, so many times: -1 takes them off.
    pub fn merge(&mut self, others: &Tally, times: i64) {
        for (slot, count) in &others.counts {
            put(&mut self.counts, *slot, count * times);
        }
        for (slot, count) in &others.times {
            put(&mut self.times, *slot, count * times);
        }
    }

    /// How many.
    pub fn get(&self, what: Count) -> u64 {
        self.slot(what as u16)
    }

    fn slot(&self, slot: u16) -> u64 {
        self.counts.get(&slot).map_or(0, |it| it.max(&0).unsigned_abs())
    }

    /// Whether nothing was counted.
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty() && self.times.is_empty()
    }

    /// As they are stored: the counts, the durations.
    pub fn encode(&self) -> (Vec<u8>, Vec<u8>) {
        (encode(&self.counts), encode(&self.times))
    }

    /// Adds what is stored.
    ///
    /// # Errors
    /// The bytes are not what [`Tally::encode`] gives.
    pub fn add_stored(&mut self, counts: &[u8], times: &[u8]) -> Result<(), BadTally> {
        decode(counts, &mut self.counts)?;
        decode(times, &mut self.times)
    }

    /// The durations of a kind in words of the API.
    fn times(&self, of: TimeOf) -> Times {
        let from = of as u16 * TIMES;
        let buckets = || self.times.range(from..from + BUCKETS);
        let count: i64 = buckets().map(|(_, n)| n.max(&0)).sum();
        let at = |part: i64| {
            // The first bucket up to which there are so many in a hundred of all, rounded up.
            let wanted = (count * part + 99) / 100;
            let mut seen = 0;
            let found = buckets().find(|(_, n)| {
                seen += (**n).max(0);
                seen >= wanted && seen > 0
            });
            found.map(|(slot, _)| buckets::middle(slot - from))
        };
        Times {
            count: count.unsigned_abs(),
            median_ms: at(50),
            p90_ms: at(90),
        }
    }

    /// The same in words of the API.
    pub fn figures(&self) -> Figures {
        let mut reasons: Vec<ReasonCount> = REASONS
            .into_iter()
            .map(|reason| ReasonCount {
                reason,
                count: self.slot(count_of_reason(reason)),
            })
            .filter(|it| it.count > 0)
            .collect();
        reasons.sort_by_key(|it| std::cmp::Reverse(it.count));
        let stars = [1, 2, 3, 4, 5].map(|score| self.slot(count_of_stars(score)));
        let rated: u64 = stars.iter().sum();
        let sum: u64 = stars.iter().zip(1..).map(|(count, score)| count * score).sum();
        Figures {
            opened: self.get(Count::Opened),
            closed: self.get(Count::Closed),
            lines: Lines {
                customer: self.get(Count::LinesCustomer),
                bot: self.get(Count::LinesBot),
                agent: self.get(Count::LinesAgent),
                system: self.get(Count::LinesSystem),
            },
            handed_over: HandedOver {
                total: reasons.iter().map(|it| it.count).sum(),
                reasons,
            },
            taken: self.get(Count::Taken),
            transferred: self.get(Count::Transferred),
            handed_back: self.get(Count::HandedBack),
            requeued: self.get(Count::Requeued),
            abandoned: self.get(Count::Abandoned),
            resolved_by_bot: self.get(Count::ResolvedByBot),
            tickets: self.get(Count::Tickets),
            wait: self.times(TimeOf::Wait),
            first_response: self.times(TimeOf::FirstResponse),
            resolution: self.times(TimeOf::Resolution),
            ratings: Ratings {
                count: rated,
                // Two places are enough for what people say of five stars.
                average: (rated > 0).then(|| (sum * 100 / rated) as f64 / 100.0),
                stars,
                declined: self.get(Count::NotRated),
            },
            sla: Sla {
                met: self.get(Count::SlaMet),
                missed: self.get(Count::SlaMissed),
            },
        }
    }
}

fn put(slots: &mut BTreeMap<u16, i64>, slot: u16, count: i64) {
    let now = slots.entry(slot).or_insert(0);
    *now += count;
    if *now == 0 {
        slots.remove(&slot);
    }
}

/// How far the next slot is, and how many: seven bits a byte, the last one without the eighth. What is below none is not kept.
fn encode(slots: &BTreeMap<u16, i64>) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(slots.len() * 3);
    let mut before = 0;
    for (slot, count) in slots.iter().filter(|(_, count)| **count > 0) {
        number(&mut bytes, u64::from(slot - before));
        number(&mut bytes, count.unsigned_abs());
        before = *slot;
    }
    bytes
}

fn number(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80); // seven bits and the eighth
        number >>= 7;
    }
    bytes.push(number as u8); // below 128
}

fn decode(bytes: &[u8], slots: &mut BTreeMap<u16, i64>) -> Result<(), BadTally> {
    let mut bytes = bytes.iter();
    let mut slot = 0_u16;
    while bytes.len() > 0 {
        let step = u16::try_from(next(&mut bytes)?).map_err(|_| BadTally)?;
        slot = slot.checked_add(step).ok_or(BadTally)?;
        let count = i64::try_from(next(&mut bytes)?).map_err(|_| BadTally)?;
        put(slots, slot, count);
    }
    Ok(())
}

fn next(bytes: &mut std::slice::Iter<'_, u8>) -> Result<u64, BadTally> {
    let mut number = 0;
    for place in 0..9 {
        let byte = bytes.next().ok_or(BadTally)?;
        number |= u64::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            return Ok(number);
        }
    }
    Err(BadTally)
}

const _: () = assert!(REASONS_FROM as usize + REASONS.len() <= COUNTS as usize && BUCKETS <= TIMES);
