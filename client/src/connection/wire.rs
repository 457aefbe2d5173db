//! One open WebSocket as a pair of queues: frames to write, messages to read. Reading never waits for writing, or two
//! sides that both have much to say would wait for each other for ever.

use std::{
    collections::VecDeque,
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use futures_util::{Sink, Stream};
use tokio::time::Instant;
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        Error, Message,
        protocol::{CloseFrame, frame::coding::CloseCode},
    },
};

use crate::config::Io;

pub(crate) type Socket = WebSocketStream<Box<dyn Io>>;

/// An open WebSocket.
pub(crate) struct Wire {
    socket: Socket,
    outgoing: VecDeque<Message>,
    unflushed: bool,
    /// When something was last written.
    pub last_sent: Instant,
    /// When something last came.
    pub last_heard: Instant,
}

impl Wire {
    pub fn new(socket: Socket) -> Self {
        let now = Instant::now();
        Self {
            socket,
            outgoing: VecDeque::new(),
            unflushed: false,
            last_sent: now,
            last_heard: now,
        }
    }

    /// Queues a frame; [`Wire::next`] writes it.
    pub fn send(&mut self, text: String) {
        self.outgoing.push_back(Message::text(text));
        self.last_sent = Instant::now();
    }

    /// How many frames the socket has not taken yet.
    pub fn backlog(&self) -> usize {
        self.outgoing.len()
    }

    /// Writes what is queued and returns the next message. `None` is the end. It can be dropped at any point and
    /// called again without losing anything.
    pub async fn next(&mut self) -> Option<Result<Message, Error>> {
        let message = poll_fn(|cx| self.poll(cx)).await;
        self.last_heard = Instant::now();
        message
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Message, Error>>> {
        if let Poll::Ready(Err(error)) = self.poll_write(cx) {
            return Poll::Ready(Some(Err(error)));
        }
        Pin::new(&mut self.socket).poll_next(cx)
    }

    fn poll_write(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        let mut socket = Pin::new(&mut self.socket);
        while !self.outgoing.is_empty() {
            ready!(socket.as_mut().poll_ready(cx))?;
            if let Some(message) = self.outgoing.pop_front() {
                socket.as_mut().start_send(message)?;
                self.unflushed = true;
            }
        }
        if self.unflushed {
            ready!(socket.poll_flush(cx))?;
            self.unflushed = false;
        }
        Poll::Ready(Ok(()))
    }

    /// Says goodbye and waits for the other side's, at most this long.
    pub async fn close(mut self, most: Duration) {
        let goodbye = async {
            self.outgoing.push_back(Message::Close(Some(CloseFrame {
                code: CloseCode::Normal,
                reason: "done".into(),
            })));
            while let Some(Ok(_)) = self.next().await {}
        };
        // Whatever it says, and if it says nothing: the connection is over.
        let _ = tokio::time::timeout(most, goodbye).await;
    }
}
