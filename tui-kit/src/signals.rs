//! What the operating system tells a program to do.
//!
//! Owns the list of signals that end or wake a screen. It refuses to know what ending means.

use std::io;
use std::pin::Pin;

use futures_util::stream::{self, Stream};
use tokio::signal::unix::{SignalKind, signal};

use crate::terminal;

/// A word from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// SIGTERM, SIGHUP, or the terminal is gone: end in order.
    Terminate,
    /// SIGINT: end in order too, unless it was meant for another program that has the terminal now.
    Interrupted,
    /// SIGCONT: the program was stopped and goes on.
    Continued,
    /// Some task or thread has panicked: end at once.
    Panicked,
}

/// Signals as they come. A parameter of the loop, so that tests can give their own.
pub type Signals = Pin<Box<dyn Stream<Item = Signal> + Send>>;

/// The process's signals.
///
/// # Errors
/// The system refuses to install a handler.
pub fn from_system() -> io::Result<Signals> {
    let terminate = signal(SignalKind::terminate())?;
    let interrupt = signal(SignalKind::interrupt())?;
    let hang_up = signal(SignalKind::hangup())?;
    // SIGCONT has this number on Linux for all common processors; other systems have their own.
    let continued = signal(SignalKind::from_raw(rustix::process::Signal::CONT.as_raw()))?;
    let all = (terminate, interrupt, hang_up, continued);
    Ok(Box::pin(stream::unfold(
        all,
        |(mut terminate, mut interrupt, mut hang_up, mut continued)| async move {
            let next = tokio::select! {
                biased;
                () = terminal::panicked() => Signal::Panicked,
                _ = terminate.recv() => Signal::Terminate,
                _ = interrupt.recv() => Signal::Interrupted,
                _ = hang_up.recv() => Signal::Terminate,
                () = terminal::hung_up() => Signal::Terminate,
                _ = continued.recv() => Signal::Continued,
            };
            Some((next, (terminate, interrupt, hang_up, continued)))
        },
    )))
}

/// No signal ever.
pub fn none() -> Signals {
    Box::pin(stream::pending())
}
