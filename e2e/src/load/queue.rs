//! A customer's lines on their way, in the order that they must keep: sent, answered, and sent again when the server
//! was too busy, as every client does it. Pure, but for the time that it is given.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use anyhow::{Result, bail};
use minicom_protocol::{ids::CommandId, refusal::Refusal};

use super::socket::words;

/// The wait after a refusal that names none.
const RETRY_DEFAULT: Duration = Duration::from_millis(500);

/// A line that is not answered yet.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// Its command.
    pub id: CommandId,
    /// What it says.
    pub text: String,
    /// When it was first handed to the socket.
    pub sent_at: Instant,
    on_the_wire: bool,
}

/// Lines on their way.
#[derive(Default, Debug)]
pub struct Queue {
    waiting: VecDeque<Waiting>,
    /// Nothing is sent again before.
    hold_until: Option<Instant>,
    /// How often the server refused a line for now.
    pub refused_for_now: u64,
}

/// What an answer means.
pub enum Answered {
    /// The line is on the disk.
    Durable(Waiting),
    /// It has to be sent again.
    Again,
}

impl Queue {
    /// Lines that are not answered.
    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Whether everything is answered.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Whether new lines may be sent: not while there are old ones to be sent again.
    pub fn is_open(&self) -> bool {
        self.hold_until.is_none()
    }

    /// A line is handed to the socket.
    pub fn push(&mut self, id: CommandId, text: String, sent_at: Instant) {
        self.waiting.push_back(Waiting {
            id,
            text,
            sent_at,
            on_the_wire: true,
        });
    }

    /// An answer came.
    ///
    /// # Errors
    /// It is no answer to anything, or refuses a line for good, or answers come out of order.
    pub fn answered(&mut self, id: CommandId, refusal: Option<Refusal>, now: Instant) -> Result<Answered> {
        let Some(at) = self.waiting.iter().position(|waiting| waiting.id == id) else {
            bail!("an answer to {id}, which waits for none: it was answered twice");
        };
        match refusal {
            None if at > 0 => bail!("a line was done before the one before it"),
            None => match self.waiting.pop_front() {
                Some(done) => Ok(Answered::Durable(done)),
                None => bail!("nothing waits"),
            },
            Some(refusal) if refusal.retryable() => {
                let wait = match refusal {
                    Refusal::Behind => Duration::ZERO,
                    _ => refusal.retry_after_ms().map_or(RETRY_DEFAULT, Duration::from_millis),
                };
                self.refused_for_now += 1;
                self.waiting[at].on_the_wire = false;
                self.hold_until = Some((now + wait).max(self.hold_until.unwrap_or(now)));
                Ok(Answered::Again)
            }
            Some(refusal) => bail!("a line was refused for good: {}", words(refusal)),
        }
    }

    /// When lines are to be sent again. Not before everything on the wire is answered: the server refuses it all until it
    /// sees the first again.
    pub fn again_at(&self) -> Option<Instant> {
        let settled = self.waiting.iter().all(|waiting| !waiting.on_the_wire);
        self.hold_until.filter(|_| settled)
    }

    /// The lines to send again now, in order.
    pub fn send_again(&mut self, now: Instant) -> Vec<Waiting> {
        if self.again_at().is_none_or(|at| now < at) {
            return Vec::new();
        }
        self.hold_until = None;
        let again = self.waiting.iter_mut().map(|waiting| {
            waiting.on_the_wire = true;
            waiting.clone()
        });
        again.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn id(n: u128) -> CommandId {
        CommandId(Uuid::from_u128(n))
    }

    fn queue(n: u128) -> (Queue, Instant) {
        let (mut queue, now) = (Queue::default(), Instant::now());
        (1..=n).for_each(|n| queue.push(id(n), n.to_string(), now));
        (queue, now)
    }

    #[test]
    fn answers_come_in_order_and_once() {
        let (mut queue, now) = queue(3);
        assert!(queue.answered(id(2), None, now).is_err(), "before the first");
        assert!(matches!(queue.answered(id(1), None, now), Ok(Answered::Durable(line)) if line.text == "1"));
        assert!(queue.answered(id(1), None, now).is_err(), "twice");
        let refusal = Refusal::TooLarge { limit: 1 };
        assert!(queue.answered(id(2), Some(refusal), now).is_err(), "for good");
    }

    #[test]
    fn what_is_refused_for_now_is_sent_again_in_order_when_all_is_answered() {
        let (mut queue, now) = queue(3);
        let busy = Refusal::Busy { retry_after_ms: 100 };
        assert!(matches!(queue.answered(id(1), Some(busy), now), Ok(Answered::Again)));
        assert!(!queue.is_open());
        assert!(matches!(
            queue.answered(id(2), Some(Refusal::Behind), now),
            Ok(Answered::Again)
        ));
        assert_eq!(queue.again_at(), None, "the third is still on the wire");
        assert!(matches!(
            queue.answered(id(3), Some(Refusal::Behind), now),
            Ok(Answered::Again)
        ));
        let later = now + Duration::from_millis(100);
        assert_eq!(queue.again_at(), Some(later));
        assert!(queue.send_again(now).is_empty());
        let again: Vec<CommandId> = queue.send_again(later).iter().map(|line| line.id).collect();
        assert_eq!(again, [id(1), id(2), id(3)]);
        assert!(queue.is_open());
        assert_eq!((queue.len(), queue.refused_for_now), (3, 3));
    }
}
