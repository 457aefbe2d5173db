//! Reads the process's terminal, in a thread of its own.
//!
//! Owns how events get from the terminal to the loop: whatever came at once arrives at once, nothing that was typed is left lying
//! until the next key, and half a sequence keeps nobody waiting but this thread. It refuses to know what events mean.
//!
//! crossterm's own stream asks whether there is more by waiting for no time at all, which its reader of `/dev/tty` answers with "no",
//! always; and its other reader looks at a terminal only when something *new* comes: of a burst of more than a kilobyte the rest lay
//! there until the next key.

use std::{
    collections::VecDeque,
    future::poll_fn,
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc as std_mpsc,
    },
    task::{Context, Poll, ready},
    thread,
    time::Duration,
};

use crossterm::event::{self, Event, EventStream};
use futures_util::stream::{Stream, StreamExt};
use tokio::sync::mpsc;

use super::{BATCH_MAX, Events};

/// Batches that wait for the loop. Then the terminal waits, and who pastes into it.
const BATCHES_MAX: usize = 16;
/// How long one look may last when nothing comes: a day. The thread is woken when it is to end.
const NOTHING_COMES: Duration = Duration::from_secs(24 * 60 * 60);
/// How long it is looked whether there is more of what came: not long enough to be felt, and not nothing, see the module.
const MORE: Duration = Duration::from_micros(50);
/// How long it is waited for the thread to let go of the terminal. It holds on only within half a sequence.
const LETS_GO_WITHIN: Duration = Duration::from_millis(100);

/// Events of the terminal, until it is dropped.
pub struct Reader {
    batches: mpsc::Receiver<io::Result<Vec<Event>>>,
    batch: VecDeque<Event>,
    ended: Arc<AtomicBool>,
    /// Wakes the thread when it is dropped: the one way there is.
    waker: Option<EventStream>,
    /// Closed when the thread has ended.
    gone: std_mpsc::Receiver<()>,
}

impl Reader {
    /// Begins to read.
    pub fn begin() -> Reader {
        let (sender, batches) = mpsc::channel(BATCHES_MAX);
        let (here, gone) = std_mpsc::channel();
        let ended = Arc::new(AtomicBool::new(false));
        // Before the thread, which has the lock that this takes.
        let waker = Some(EventStream::new());
        let asked = ended.clone();
        thread::spawn(move || {
            let _here: std_mpsc::Sender<()> = here;
            while !asked.load(Ordering::SeqCst) {
                let batch = match read() {
                    Ok(batch) if batch.is_empty() => continue,
                    read => read,
                };
                let is_last = batch.is_err();
                if sender.blocking_send(batch).is_err() || is_last {
                    return;
                }
            }
        });
        Reader {
            batches,
            batch: VecDeque::new(),
            ended,
            waker,
            gone,
        }
    }
}

/// What there is, and what comes right behind it; nothing if the thread was woken.
fn read() -> io::Result<Vec<Event>> {
    let mut batch = Vec::new();
    let mut wait = NOTHING_COMES;
    while batch.len() < BATCH_MAX && event::poll(wait)? {
        batch.push(event::read()?);
        wait = MORE;
    }
    Ok(batch)
}

/// The event and all others that are ready now. Polled with the loop's own waker: the stream keeps the last one it saw.
pub(super) async fn ready_events(events: &mut Events, first: Event) -> Vec<Event> {
    let mut ready = vec![first];
    while ready.len() < BATCH_MAX {
        let next = poll_fn(|context| match events.poll_next_unpin(context) {
            Poll::Ready(Some(Ok(event))) => Poll::Ready(Some(event)),
            // An end or error comes again at the next turn of the loop.
            Poll::Ready(_) | Poll::Pending => Poll::Ready(None),
        });
        match next.await {
            Some(event) => ready.push(event),
            None => break,
        }
    }
    ready
}

impl Stream for Reader {
    type Item = io::Result<Event>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(event) = self.batch.pop_front() {
                return Poll::Ready(Some(Ok(event)));
            }
            match ready!(self.batches.poll_recv(context)) {
                Some(Ok(batch)) => self.batch = batch.into(),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::SeqCst);
        self.batches.close();
        self.waker = None;
        // Whoever has the terminal next must not share it. Nothing is ever sent: its end is what is waited for.
        let _ = self.gone.recv_timeout(LETS_GO_WITHIN);
    }
}
