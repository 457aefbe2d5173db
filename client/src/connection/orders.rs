//! What the program wants, with a connection or without.

use minicom_protocol::{codec, frame::ToServer};

use super::{Link, wire::Wire};
use crate::{event::ClientEvent, handle::Order, limits::ASKED_MAX, outbox::JobDone, party::Party};

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
