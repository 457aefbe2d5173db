//! The program's end of a connection: orders that never wait for the network or the disk.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use minicom_protocol::{
    codec,
    frame::ToServer,
    ids::{CommandId, ConversationId, LineNo},
    refusal::Refusal,
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch},
    task::JoinHandle,
};
use uuid::Uuid;

use crate::{
    limits::{FRAME_BYTES_MAX, GOODBYE_MAX, OUTBOX_MAX},
    party::Party,
};

/// The program's end of a connection. Dropping it ends the connection's task; what was accepted is written to the
/// outbox first, and the server is not waited for.
pub struct Handle<A: Party> {
    pub(crate) orders: mpsc::Sender<Order<A>>,
    pub(crate) room: Arc<Semaphore>,
    pub(crate) stop: watch::Sender<Stop>,
    pub(crate) task: JoinHandle<()>,
    pub(crate) shutdown_max: Duration,
    pub(crate) asked: AtomicU64,
}

/// What the program wants of the connection.
pub(crate) enum Order<A: Party> {
    Send {
        id: CommandId,
        command: A::Command,
        room: OwnedSemaphorePermit,
    },
    Momentary(A::Command),
    Ask {
        n: u64,
        question: A::Question,
    },
    Typing {
        conversation: Option<ConversationId>,
        on: bool,
    },
    Passing(Passing),
    Resend(CommandId),
    Discard(CommandId),
    ReconnectNow,
}

/// What is worth saying only now, and of which only the newest counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Passing {
    /// What is on the screen.
    Viewing(Option<ConversationId>),
    /// How far the other side's lines are on the screen.
    Delivered(Option<ConversationId>, LineNo),
}

/// Whether the task goes on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Stop {
    Run,
    Close,
}

/// Why an order was not taken. Nothing was sent or stored.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Unsent {
    /// The outbox is full.
    #[error("{OUTBOX_MAX} messages wait to be sent already. Nothing was added; wait until the connection is back.")]
    Full,
    /// The connection has ended for good.
    #[error("There is no connection any more. Nothing was sent; start the program again.")]
    Ended,
    /// The server would refuse it.
    #[error("{}", .0.message())]
    Refused(Refusal),
}

impl<A: Party> Handle<A> {
    /// Hands over a command, to be done once and in order, now or when the connection is back. It comes back as
    /// [`crate::ClientEvent::Pending`] at once, and as [`crate::ClientEvent::Answered`] when the server has answered.
    ///
    /// # Errors
    /// The text does not fit, the outbox is full ([`OUTBOX_MAX`]), or the connection has ended for good.
    pub fn send(&self, command: A::Command) -> Result<CommandId, Unsent> {
        let id = new_id();
        self.send_as(id, command)?;
        Ok(id)
    }

    /// As [`Handle::send`], under an id that the caller has made ([`crate::CommandIds`]): a program can then have the line on
    /// its screen before it hands the command over. An id must never be used for two commands.
    ///
    /// # Errors
    /// As [`Handle::send`].
    pub fn send_as(&self, id: CommandId, command: A::Command) -> Result<(), Unsent> {
        check::<A>(&command)?;
        if self.orders.is_closed() {
            return Err(Unsent::Ended);
        }
        let room = self.room.clone().try_acquire_owned().map_err(|_| Unsent::Full)?;
        self.order(Order::Send { id, command, room })
    }

    /// Hands over a command that is only worth sending now, such as a read mark: of two about the same
    /// conversation only the newer is sent, at most one a second, and none without a connection.
    ///
    /// # Errors
    /// As [`Handle::send`].
    pub fn send_momentary(&self, command: A::Command) -> Result<(), Unsent> {
        check::<A>(&command)?;
        self.order(Order::Momentary(command))
    }

    /// Asks the server. The reply comes as [`crate::ClientEvent::Reply`] with the number returned here, or
    /// [`crate::ClientEvent::AskFailed`] if there is no connection or it is lost before.
    ///
    /// # Errors
    /// The connection has ended for good, or thousands of orders are waiting.
    pub fn ask(&self, question: A::Question) -> Result<u64, Unsent> {
        let n = self.asked.fetch_add(1, Ordering::Relaxed) + 1;
        self.order(Order::Ask { n, question })?;
        Ok(n)
    }

    /// Says that somebody is typing, or has stopped. Customers name no conversation. Said without a connection it
    /// is lost; how often it is worth saying is the program's business.
    pub fn typing(&self, conversation: Option<ConversationId>, on: bool) {
        // A signal: lost when there is no room for it.
        let _ = self.order(Order::Typing { conversation, on });
    }

    /// Says that the user is there, and what is on the screen. For agents. It may be called at every key: a change is said at
    /// once (changes in a row at most once a second), the same again once a minute, and the last value again after each
    /// reconnect.
    pub fn viewing(&self, conversation: Option<ConversationId>) {
        // A signal: lost when there is no room for it.
        let _ = self.order(Order::Passing(Passing::Viewing(conversation)));
    }

    /// Says that the other side's lines are on the user's screen up to here. Customers name no conversation. Said without a
    /// connection it is lost; of a conversation it is said at most once a second.
    pub fn delivered(&self, conversation: Option<ConversationId>, up_to: LineNo) {
        // A signal: lost when there is no room for it.
        let _ = self.order(Order::Passing(Passing::Delivered(conversation, up_to)));
    }

    /// Sends a stale command after all.
    ///
    /// # Errors
    /// As [`Handle::ask`].
    pub fn resend(&self, id: CommandId) -> Result<(), Unsent> {
        self.order(Order::Resend(id))
    }

    /// Takes a command that waits, stale or not, out of the outbox. One that is on the wire, or that the server
    /// waits to see again, stays: its answer comes.
    ///
    /// # Errors
    /// As [`Handle::ask`].
    pub fn discard(&self, id: CommandId) -> Result<(), Unsent> {
        self.order(Order::Discard(id))
    }

    /// Connects now instead of waiting for the next attempt.
    pub fn reconnect_now(&self) {
        // With no room the task is busy, and with no task there is nothing to connect.
        let _ = self.order(Order::ReconnectNow);
    }

    /// Ends the connection in good order: what was accepted is written to the outbox, answers that are under way are
    /// waited for (two seconds at most), the server is told, and an outbox that holds nothing leaves no folder behind.
    pub async fn shutdown(self) {
        let Handle {
            orders,
            stop,
            mut task,
            shutdown_max,
            ..
        } = self;
        stop.send_replace(Stop::Close);
        drop(orders);
        // Twice the goodbye: once for the server, once for the disk.
        if tokio::time::timeout(shutdown_max + 2 * GOODBYE_MAX, &mut task)
            .await
            .is_err()
        {
            task.abort();
        }
    }

    /// Ends the task where it stands, as a crash would: nothing is written, removed or said. For fault tests.
    pub fn abort(self) {
        self.task.abort();
    }

    fn order(&self, order: Order<A>) -> Result<(), Unsent> {
        self.orders.try_send(order).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => Unsent::Full,
            mpsc::error::TrySendError::Closed(_) => Unsent::Ended,
        })
    }
}

/// A new command's id: ordered by time, so that ids of one program sort as they were made.
pub(crate) fn new_id() -> CommandId {
    CommandId(Uuid::now_v7())
}

/// What the server's door would refuse is refused here, and what does not fit into a frame too: in the outbox it
/// would make the server close every connection it is sent on.
fn check<A: Party>(command: &A::Command) -> Result<(), Unsent> {
    A::check(command).map_err(Unsent::Refused)?;
    if fits::<A>(command) {
        return Ok(());
    }
    let limit = FRAME_BYTES_MAX as u64;
    Err(Unsent::Refused(Refusal::TooLarge { limit }))
}

/// Whether a command fits into a frame.
pub(crate) fn fits<A: Party>(command: &A::Command) -> bool {
    let id = CommandId(Uuid::nil());
    let command = command.clone();
    codec::encode_to_server(&ToServer::<A>::Command { id, command }).len() <= FRAME_BYTES_MAX
}
