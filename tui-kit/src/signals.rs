//! What the operating system tells a program to do.
//!
//! Owns the list of signals that end or wake a screen. It refuses to know what ending means.

use std::io;
use std::pin::Pin;

use futures_util::stream::{self, Stream};
use tokio::signal::unix::{self, SignalKind, signal};

use crate::terminal;

/// A word from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// SIGTERM, SIGHUP, SIGQUIT, or the terminal is gone: end in order.
    Terminate,
    /// SIGINT: end in order too, unless it was meant for another program that has the terminal now.
    Interrupted,
    /// SIGCONT: the program was stopped and goes on.
    Continued,
    /// SIGWINCH: the terminal may have another size. Who reads its events is told of it by those too, but not within half a sequence.
    Resized,
    /// Some task or thread has panicked: end at once.
    Panicked,
}

impl Signal {
    /// The shell's own number for a program that was ended by it: 128 and the signal's. What may have been another that ends in order
    /// counts as SIGTERM.
    pub fn code(self) -> u8 {
        match self {
            Signal::Interrupted => 130,
            Signal::Terminate | Signal::Continued | Signal::Resized | Signal::Panicked => 143,
        }
    }
}

/// Signals as they come. A parameter of the loop, so that tests can give their own.
pub type Signals = Pin<Box<dyn Stream<Item = Signal> + Send>>;

/// Where this variable is set the program breaks when SIGUSR1 comes, and a task of it when SIGUSR2 does: how else would it be tried that
/// it gives the terminal back then, in the program as people have it?
const BREAKS: &str = "MINICOM_BREAKS";

/// The process's signals. To be called before anything changes the terminal's modes: who is ended by a signal that nobody handles yet
/// leaves them as they are.
///
/// # Errors
/// The system refuses to install a handler.
pub fn from_system() -> io::Result<Signals> {
    let terminate = signal(SignalKind::terminate())?;
    let interrupt = signal(SignalKind::interrupt())?;
    let hang_up = signal(SignalKind::hangup())?;
    let quit = signal(SignalKind::quit())?;
    // SIGCONT has this number on Linux for all common processors; other systems have their own.
    let continued = signal(SignalKind::from_raw(rustix::process::Signal::CONT.as_raw()))?;
    let resized = signal(SignalKind::window_change())?;
    let breaks = breaks_on_purpose()?;
    let all = (terminate, interrupt, hang_up, quit, continued, resized, breaks);
    Ok(Box::pin(stream::unfold(
        all,
        |(mut terminate, mut interrupt, mut hang_up, mut quit, mut continued, mut resized, mut breaks)| async move {
            let next = tokio::select! {
                biased;
                () = terminal::panicked() => Signal::Panicked,
                _ = terminate.recv() => Signal::Terminate,
                _ = interrupt.recv() => Signal::Interrupted,
                _ = hang_up.recv() => Signal::Terminate,
                _ = quit.recv() => Signal::Terminate,
                () = terminal::hung_up() => Signal::Terminate,
                () = come(&mut breaks) => panic!("asked for"),
                _ = continued.recv() => Signal::Continued,
                _ = resized.recv() => Signal::Resized,
            };
            Some((next, (terminate, interrupt, hang_up, quit, continued, resized, breaks)))
        },
    )))
}

/// What breaks the loop, where it is wanted; a task that breaks is started.
fn breaks_on_purpose() -> io::Result<Option<unix::Signal>> {
    if std::env::var_os(BREAKS).is_none() {
        return Ok(None);
    }
    let mut task = Some(signal(SignalKind::user_defined2())?);
    tokio::spawn(async move {
        come(&mut task).await;
        panic!("asked for");
    });
    signal(SignalKind::user_defined1()).map(Some)
}

/// Waits until it comes; for ever, where there is none.
async fn come(signal: &mut Option<unix::Signal>) {
    match signal {
        Some(signal) => drop(signal.recv().await),
        None => std::future::pending().await,
    }
}

/// No signal ever.
pub fn none() -> Signals {
    Box::pin(stream::pending())
}
