//! Commands in flight on one connection, in the order they were sent. When one is refused for now, everything after it is
//! refused as `behind` until that one is seen again, so that order holds. It refuses to know what the commands do.

use std::future::ready;

use futures_util::{FutureExt, StreamExt, future::BoxFuture, stream::FuturesOrdered};
use minicom_protocol::{command::Done, ids::CommandId, refusal::Refusal};

use crate::in_order::InOrder;

/// What became of a command.
pub type Answer = Result<Done, Refusal>;

/// What waits for its answer.
#[derive(Default)]
pub struct Pipeline {
    in_flight: FuturesOrdered<BoxFuture<'static, Sent>>,
    count: u64,
    behind: Option<Behind>,
    /// Shared by the commands since the last one that was refused for now and sent again.
    among: InOrder,
}

struct Sent {
    number: u64,
    id: CommandId,
    momentary: bool,
    answer: Answer,
}

/// The earliest command that was refused for now.
#[derive(Clone, Copy)]
struct Behind {
    number: u64,
    id: CommandId,
}

/// Whether order matters for a command.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Order {
    /// It does.
    Kept,
    /// It does not: a read mark only moves forward, and clients send a newer one instead of the same again.
    Free,
}

impl Pipeline {
    /// Commands that wait for their answers.
    pub fn len(&self) -> usize {
        self.in_flight.len()
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.in_flight.is_empty()
    }

    /// Takes a command in: refuses it, or begins it at once, before the next one is looked at. `admit` says whether it may
    /// come now, `begin` does it, among those that it is handed. Returns whether it was begun.
    pub fn submit(
        &mut self,
        id: CommandId,
        order: Order,
        admit: impl FnOnce() -> Result<(), Refusal>,
        begin: impl FnOnce(Option<InOrder>) -> BoxFuture<'static, Answer>,
    ) -> bool {
        let momentary = order == Order::Free;
        let number = self.count;
        self.count += 1;
        let sent = move |answer| Sent {
            number,
            id,
            momentary,
            answer,
        };
        let waits = !momentary && self.behind.is_some_and(|behind| behind.id != id);
        let admitted = if waits {
            Err(Refusal::Behind)
        } else {
            if !momentary && self.behind.take().is_some() {
                // What still waits for the writer was sent before this one was sent again: it stays behind.
                self.among = InOrder::new();
            }
            admit()
        };
        let mut work = match admitted {
            Ok(()) => begin((!momentary).then(|| self.among.clone())),
            Err(refusal) => {
                self.answered(sent(Err(refusal)));
                return false;
            }
        };
        // The first poll is what puts it into the writer's queue: here, so that the order is that of the frames.
        match (&mut work).now_or_never() {
            Some(answer) => self.answered(sent(answer)),
            None => self.in_flight.push_back(work.map(sent).boxed()),
        }
        true
    }

    /// The next answer, in the order of the commands. Waits for ever when nothing is in flight. May be dropped while it waits.
    pub async fn next(&mut self) -> (CommandId, Answer) {
        match self.in_flight.next().await {
            Some(sent) => {
                self.note(&sent);
                (sent.id, sent.answer)
            }
            None => std::future::pending().await,
        }
    }

    fn answered(&mut self, sent: Sent) {
        self.note(&sent);
        self.in_flight.push_back(ready(sent).boxed());
    }

    /// Remembers the earliest command that has to come again.
    fn note(&mut self, sent: &Sent) {
        let again = matches!(&sent.answer, Err(refusal) if refusal.retryable() && *refusal != Refusal::Behind);
        if again && !sent.momentary && self.behind.is_none_or(|behind| sent.number < behind.number) {
            self.behind = Some(Behind {
                number: sent.number,
                id: sent.id,
            });
        }
    }
}

#[cfg(test)]
#[path = "behind_tests.rs"]
mod tests;
