//! What the program wants, with a connection or without.

use minicom_protocol::{codec, frame::ToServer};
use tokio::time::Instant;

use super::{Link, wire::Wire};
use crate::{
    event::ClientEvent,
    handle::{Order, Passing},
    limits::{ASKED_MAX, VIEWING_AGAIN},
    outbox::JobDone,
    party::Party,
};

/// A typing signal is not worth waiting for: behind so many frames it is dropped.
const TYPING_BACKLOG_MAX: usize = 16;

impl<A: Party> Link<A> {
    /// Does what the program wants; `wire` is there while the connection is live.
    pub(super) async fn on_order(&mut self, order: Order<A>, wire: Option<&mut Wire>) {
        match (order, wire) {
            (Order::Send { id, command, room }, _) => {
                // Told before the disk is asked: the line shows at once.
                self.outbox.accept(id, command.clone(), room);
                let adopted = false;
                self.emit(ClientEvent::Pending { id, command, adopted }).await;
            }
            (Order::Momentary(command), Some(_)) => self.momentary.offer(A::conversation(&command), command),
            (Order::Ask { n, question }, Some(wire)) if self.asked.len() < ASKED_MAX => {
                wire.send(codec::encode_to_server(&ToServer::<A>::Ask {
                    n,
                    question: question.clone(),
                }));
                self.asked.insert(n, question);
            }
            (Order::Ask { n, question }, _) => self.emit(ClientEvent::AskFailed { n, question }).await,
            (Order::Typing { conversation, on }, Some(wire)) => {
                if wire.backlog() < TYPING_BACKLOG_MAX {
                    wire.send(codec::encode_to_server(&ToServer::<A>::Typing { conversation, on }));
                }
            }
            (Order::Passing(passing), wire) => self.pass(passing, wire.is_some()),
            (Order::Resend(id), _) => self.outbox.queue.resend(id),
            (Order::Discard(id), _) => {
                if let Some(entry) = self.outbox.queue.discard(id) {
                    self.outbox.forget(&entry);
                }
            }
            // Momentary things are lost without a connection, and one that is live need not be made.
            (Order::Momentary(_) | Order::Typing { .. }, None) | (Order::ReconnectNow, _) => {}
        }
    }

    /// Something that is worth saying now. What is on the screen is remembered, and said again when the connection is back.
    fn pass(&mut self, passing: Passing, live: bool) {
        let about = match passing {
            Passing::Viewing(shown) => {
                let now = Instant::now();
                let same = |(said, at): (_, Instant)| said == shown && now < at + VIEWING_AGAIN;
                if live && self.viewing.is_some_and(same) {
                    return;
                }
                self.viewing = Some((shown, now));
                None
            }
            Passing::Delivered(conversation, _) => conversation,
        };
        if live {
            self.passing.offer(about, passing);
        }
    }

    /// The connection is live: colleagues are told again what is on the screen.
    pub(super) fn say_viewing_again(&mut self) {
        if let Some((shown, at)) = &mut self.viewing {
            *at = Instant::now();
            self.passing.offer(None, Passing::Viewing(*shown));
        }
    }

    /// Signals whose turn it is, as frames.
    pub(super) fn passing_due(&mut self, now: Instant) -> Vec<String> {
        let due = self.passing.take_due(now).into_iter();
        due.map(|it| {
            codec::encode_to_server(&match it {
                Passing::Viewing(conversation) => ToServer::<A>::Viewing { conversation },
                Passing::Delivered(conversation, up_to) => ToServer::<A>::Delivered { conversation, up_to },
            })
        })
        .collect()
    }

    /// The disk is done with something.
    pub(super) async fn on_job(&mut self, done: Option<JobDone>) {
        if let Some(trouble) = self.outbox.job_done(done) {
            tracing::error!("the outbox cannot be written to disk");
            self.emit(ClientEvent::OutboxTrouble(trouble)).await;
        }
    }

    /// Sets aside what has become too old, and tells the program.
    pub(super) async fn report_stale(&mut self) {
        let now = self.outbox.now();
        let stale = self.outbox.queue.set_stale_aside(now);
        let stale: Vec<_> = stale
            .into_iter()
            .map(|(entry, age)| (entry.id, entry.command.clone(), age))
            .collect();
        for (id, command, age) in stale {
            self.emit(ClientEvent::Stale { id, command, age }).await;
        }
    }
}
