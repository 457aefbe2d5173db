//! How long the queue took lately, and what that makes of a place in it. A fold of the journal, and as rough as any
//! forecast: it is told as a range, and not at all while too little is known.

use std::collections::{HashMap, VecDeque};

use minicom_protocol::{
    event::{Event, EventBody, Target},
    frame::Estimate,
    ids::{ConversationId, Time},
    summary::Summary,
};

use crate::limits;

const MS_PER_MIN: i64 = 60_000;

/// See the module.
#[derive(Default)]
pub struct Waits {
    queue: HashMap<ConversationId, Waiting>,
    /// Of the last who were taken by a person: the wait in milliseconds for each place that was to go.
    per_place_ms: VecDeque<i64>,
}

struct Waiting {
    since: Time,
    /// The place at which it came in; absent if it came back, to a place that it had kept.
    place: Option<i64>,
}

impl Waits {
    /// From conversations as the store has them.
    pub fn of(open: &[Summary], closed: &[Summary]) -> Waits {
        let rows: Vec<Stay> = open.iter().chain(closed).filter_map(Stay::of).collect();
        let place_at = |time: Time| 1 + count(&rows, |it| it.from < time && it.until.is_none_or(|until| until > time));
        let mut waits = Waits::default();
        let mut taken: Vec<(Time, &Stay)> = Vec::new();
        for stay in &rows {
            match stay.until {
                Some(until) => taken.push((until, stay)),
                None => {
                    let since = stay.from;
                    let place = Some(place_at(since));
                    waits.queue.insert(stay.conversation, Waiting { since, place });
                }
            }
        }
        taken.sort_by_key(|(until, _)| *until);
        for (until, stay) in taken {
            waits.took(until.since(stay.from) / 1_000, place_at(stay.from));
        }
        waits
    }

    /// Takes in an event.
    pub fn apply(&mut self, event: &Event) {
        let Some(conversation) = event.subject.conversation() else {
            return;
        };
        match &event.body {
            EventBody::HumanRequested(_) => self.enter(conversation, event.time, true),
            EventBody::Requeued(_) => self.enter(conversation, event.time, false),
            EventBody::TakenOver(_) => self.taken(conversation, event.time),
            EventBody::Transferred(it) => match &it.to {
                Target::Agent { .. } => self.taken(conversation, event.time),
                Target::Group { .. } | Target::Queue => self.enter(conversation, event.time, false),
            },
            EventBody::HandedBack(_) | EventBody::Closed(_) => {
                self.queue.remove(&conversation);
            }
            _ => {}
        }
    }

    /// How many wait.
    pub fn waiting(&self) -> usize {
        self.queue.len()
    }

    /// How much longer it may take at this place: between what the quicker half and the slower half took in the mean.
    pub fn estimate(&self, place: u64) -> Option<Estimate> {
        if self.per_place_ms.len() < limits::WAITS_LEAST {
            return None;
        }
        let mut sorted: Vec<i64> = self.per_place_ms.iter().copied().collect();
        sorted.sort_unstable();
        let (quicker, slower) = sorted.split_at(sorted.len() / 2);
        let place = i64::try_from(place).unwrap_or(i64::MAX);
        let whole = |ms: i64, round_up: i64| {
            let minutes = ms.saturating_mul(place).saturating_add(round_up) / MS_PER_MIN;
            u32::try_from(minutes).unwrap_or(u32::MAX)
        };
        let to_min = whole(mean(slower), MS_PER_MIN - 1).max(1);
        Some(Estimate {
            from_min: whole(mean(quicker), 0),
            to_min,
        })
    }

    fn enter(&mut self, conversation: ConversationId, since: Time, is_new: bool) {
        let place = is_new.then(|| i64::try_from(self.queue.len()).unwrap_or(i64::MAX - 1) + 1);
        self.queue.entry(conversation).or_insert(Waiting { since, place });
    }

    fn taken(&mut self, conversation: ConversationId, at: Time) {
        if let Some(Waiting {
            since,
            place: Some(place),
        }) = self.queue.remove(&conversation)
        {
            self.took(at.since(since) / 1_000, place);
        }
    }

    fn took(&mut self, wait_ms: i64, place: i64) {
        self.per_place_ms.push_back(wait_ms / place.max(1));
        while self.per_place_ms.len() > limits::WAITS_KEPT {
            self.per_place_ms.pop_front();
        }
    }
}

/// A conversation's time in the queue; without an end it still waits.
struct Stay {
    conversation: ConversationId,
    from: Time,
    until: Option<Time>,
}

impl Stay {
    fn of(row: &Summary) -> Option<Stay> {
        let conversation = row.conversation;
        if row.stage.is_waiting() {
            let from = row.queued_at?;
            return Some(Stay {
                conversation,
                from,
                until: None,
            });
        }
        // Both times are those of the first wait: what came back later is left out here too.
        let (from, until) = (row.queued_at?, row.assigned_at?);
        Some(Stay {
            conversation,
            from,
            until: Some(until),
        })
    }
}

fn count(rows: &[Stay], fits: impl Fn(&Stay) -> bool) -> i64 {
    i64::try_from(rows.iter().filter(|it| fits(it)).count()).unwrap_or(i64::MAX - 1)
}

fn mean(values: &[i64]) -> i64 {
    let sum = values.iter().fold(0_i64, |sum, it| sum.saturating_add(*it));
    i64::try_from(values.len())
        .ok()
        .and_then(|n| sum.checked_div(n))
        .unwrap_or(0)
}
