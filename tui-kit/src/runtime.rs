//! The event loop of a screen.
//!
//! Owns the order (signal, key, message, deadline), the joining of draws, the life of the input stream across a suspend, and
//! that every way out is told to the program first. It refuses to know what is shown: a program is an [`App`], pure state, and
//! its own effects are run by the closure that the program gives.
//!
//! There is no tick. A timer exists only while [`App::deadline`] names a moment or a frame waits for its turn.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use crossterm::event::{Event, EventStream};
use futures_util::stream::{Stream, StreamExt};
use minicom_protocol::gate::Shown;
use ratatui::Frame;
use ratatui::layout::Size;
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::input::{Input, Translator};
use crate::key::Key;
use crate::screen::Screen;
use crate::signals::{Signal, Signals};
use crate::small;

/// Two frames are at least this far apart: a burst of events costs at most 125 draws a second.
pub const FRAME_GAP: Duration = Duration::from_millis(8);
/// Inputs that are applied before the next look at signals and the next frame.
pub const BATCH_MAX: usize = 256;

/// The time as a value. Programs never ask a clock themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    /// Since the start of the program; never goes back. Deadlines are on this scale.
    pub elapsed: Duration,
    /// Microseconds since 1970 on the machine's clock: for showing and comparing with the server's times only.
    pub wall: i64,
}

/// An order that the loop or the program carries out after `update`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect<E> {
    /// Ring the bell. The loop does not count: ask [`crate::notify::Attention`] before.
    Bell,
    /// Set the window title.
    Title(Shown),
    /// Draw everything anew.
    Redraw,
    /// Give the terminal to the shell until the program is continued.
    Suspend,
    /// End with this exit code. Effects before it in the list are still run.
    Quit(u8),
    /// One of the program's own, for its closure.
    Program(E),
}

/// A program with a screen: pure state that takes inputs, names effects and can be drawn.
pub trait App {
    /// What the program's own tasks tell it.
    type Msg;
    /// What only the program can carry out: send, store a draft, ...
    type Effect;

    /// Applies one input. Does no input or output and asks no clock.
    fn update(&mut self, input: Input<Self::Msg>, now: Now) -> Vec<Effect<Self::Effect>>;

    /// The next moment (as `Now::elapsed`) at which something on the screen will change by itself, such as a waiting time or a
    /// typing row. `None` while nothing will: then the program sleeps. When it has come, `update` gets `Input::Deadline`.
    fn deadline(&self, now: Now) -> Option<Duration>;

    /// Draws the state. Cannot change it; a memo of layouts may live behind it.
    fn view(&self, frame: &mut Frame<'_>, now: Now);

    /// Whether something that can be seen changed since this was last asked. The default draws after each batch of inputs.
    fn take_changed(&mut self) -> bool {
        true
    }
}

/// Terminal events as they come.
pub type Events = Pin<Box<dyn Stream<Item = io::Result<Event>> + Send>>;

/// Where terminal events come from. It is opened again after a suspend, because a reader that lives on would take what is
/// typed for the shell.
pub trait EventSource {
    /// Starts reading.
    fn open(&mut self) -> Events;
}

/// The process's terminal.
#[derive(Debug, Clone, Copy, Default)]
pub struct TerminalEvents;

impl EventSource for TerminalEvents {
    fn open(&mut self) -> Events {
        Box::pin(EventStream::new())
    }
}

/// All that a run listens to.
pub struct Inputs<S, M> {
    /// Keys, pastes, sizes.
    pub events: S,
    /// What the program's own tasks tell. When it closes the run goes on without.
    pub messages: mpsc::Receiver<M>,
    /// What the operating system tells.
    pub signals: Signals,
    /// Knows the quirks of the terminal.
    pub translator: Translator,
}

/// Why a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// The program asked for it, with this exit code.
    Quit(u8),
    /// A signal, or the terminal is gone.
    Terminated,
    /// A task or thread panicked; the person has been told.
    Panicked,
}

impl Ended {
    /// The exit code for the process.
    pub fn code(self) -> u8 {
        match self {
            Ended::Quit(code) => code,
            Ended::Terminated => 0,
            Ended::Panicked => 101,
        }
    }
}

/// Runs a program on a screen until it ends. `handle` carries out the program's own effects, in order, and must not block for
/// long.
///
/// # Errors
/// The terminal cannot be written. The program has been told to end by then.
pub async fn run<A: App, S: EventSource>(
    app: A,
    screen: &mut impl Screen,
    inputs: Inputs<S, A::Msg>,
    handle: impl FnMut(A::Effect),
) -> io::Result<Ended> {
    let size = screen.size()?;
    let mut run = Run {
        app,
        screen,
        handle,
        start: Instant::now(),
        size,
        drawn: None,
        dirty: true,
        pressed: false,
    };
    match run.until_end(inputs).await {
        Ok(ended) => Ok(ended),
        Err(error) => {
            run.apply(Input::Terminate)?;
            Err(error)
        }
    }
}

struct Run<'a, A, S, H> {
    app: A,
    screen: &'a mut S,
    handle: H,
    start: Instant,
    size: Size,
    /// When the last frame was drawn.
    drawn: Option<Duration>,
    dirty: bool,
    /// A key came since then: what it changed is shown at once. Only what comes by itself is joined.
    pressed: bool,
}

/// What the loop has to do beside drawing, after an input.
enum Next {
    GoOn,
    Suspend,
    End(Ended),
}

impl<A: App, S: Screen, H: FnMut(A::Effect)> Run<'_, A, S, H> {
    async fn until_end(&mut self, inputs: Inputs<impl EventSource, A::Msg>) -> io::Result<Ended> {
        let Inputs {
            events: mut source,
            mut messages,
            mut signals,
            mut translator,
        } = inputs;
        let mut events = source.open();
        let mut messages_open = true;
        self.apply(Input::Resize(self.size))?;
        loop {
            self.draw_if_due()?;
            let wake = self.wake();
            let mut batch = Vec::new();
            tokio::select! {
                biased;
                Some(signal) = signals.next() => match signal {
                    Signal::Panicked => return Ok(Ended::Panicked),
                    Signal::Terminate => return self.terminate(),
                    Signal::Continued => {
                        self.screen.enter_again()?;
                        batch.extend(self.after_stop()?);
                    }
                },
                event = events.next() => match event {
                    Some(Ok(event)) => {
                        let ready = ready_events(&mut events, event).await;
                        batch = translator.translate(ready, self.now().elapsed);
                        self.pressed |= !batch.is_empty();
                    }
                    // The terminal is gone.
                    Some(Err(_)) | None => return self.terminate(),
                },
                message = messages.recv(), if messages_open => match message {
                    Some(message) => {
                        batch.push(Input::Message(message));
                        while batch.len() < BATCH_MAX && let Ok(message) = messages.try_recv() {
                            batch.push(Input::Message(message));
                        }
                    }
                    None => messages_open = false,
                },
                () = tokio::time::sleep_until(self.start + wake.unwrap_or_default()), if wake.is_some() => {
                    let now = self.now();
                    if self.app.deadline(now).is_some_and(|deadline| deadline <= now.elapsed) {
                        batch.push(Input::Deadline);
                    }
                }
            }
            for input in batch {
                match self.apply(input)? {
                    Next::GoOn => {}
                    Next::End(ended) => return Ok(ended),
                    Next::Suspend => {
                        drop(events);
                        self.screen.suspend()?;
                        events = source.open();
                        for input in self.after_stop()? {
                            if let Next::End(ended) = self.apply(input)? {
                                return Ok(ended);
                            }
                        }
                    }
                }
            }
        }
    }

    /// Applies one input and runs what it leads to. Below the smallest size only a new size and the end are accepted: nobody
    /// should press keys whose effect cannot be seen.
    fn apply(&mut self, input: Input<A::Msg>) -> io::Result<Next> {
        match &input {
            Input::Resize(size) => self.size = *size,
            Input::Key(key) if small::is_too_small(self.size) => {
                return if is_interrupt(*key) {
                    self.terminate().map(Next::End)
                } else {
                    Ok(Next::GoOn)
                };
            }
            Input::Paste(_) | Input::Click { .. } | Input::Wheel { .. } if small::is_too_small(self.size) => {
                return Ok(Next::GoOn);
            }
            _ => {}
        }
        let terminate = matches!(input, Input::Terminate);
        let effects = self.app.update(input, self.now());
        self.dirty |= self.app.take_changed();
        let mut next = Next::GoOn;
        for effect in effects {
            match effect {
                Effect::Program(effect) => (self.handle)(effect),
                Effect::Quit(code) => next = Next::End(Ended::Quit(code)),
                // A terminal that is gone needs no bell; the rest of the effects still matters.
                _ if terminate => {}
                Effect::Bell => self.screen.bell()?,
                Effect::Title(title) => self.screen.set_title(&title)?,
                Effect::Redraw => {
                    self.screen.clear()?;
                    self.dirty = true;
                }
                Effect::Suspend => next = Next::Suspend,
            }
        }
        Ok(next)
    }

    fn terminate(&mut self) -> io::Result<Ended> {
        self.apply(Input::Terminate)?;
        Ok(Ended::Terminated)
    }

    /// The size and the clock may have changed while the program stood still.
    fn after_stop(&mut self) -> io::Result<[Input<A::Msg>; 2]> {
        self.dirty = true;
        Ok([Input::Resize(self.screen.size()?), Input::Resumed])
    }

    fn draw_if_due(&mut self) -> io::Result<()> {
        let now = self.now();
        let too_early = !self.pressed && self.drawn.is_some_and(|drawn| now.elapsed < drawn + FRAME_GAP);
        if !self.dirty || too_early {
            return Ok(());
        }
        let (app, size) = (&self.app, self.size);
        let mut area = size;
        self.screen.draw(&mut |frame| {
            area = frame.area().as_size();
            match small::is_too_small(area) {
                true => small::draw(frame),
                false if area == size => app.view(frame, now),
                // The word of the new size is still under way; what was laid out for the old one does not fit.
                false => {}
            }
        })?;
        if area != size {
            self.apply(Input::Resize(area))?;
            self.drawn = None;
            self.dirty = true;
            return Ok(());
        }
        self.drawn = Some(now.elapsed);
        self.dirty = false;
        self.pressed = false;
        Ok(())
    }

    /// When the loop must go round again without an event.
    fn wake(&self) -> Option<Duration> {
        let frame = self
            .dirty
            .then(|| self.drawn.map_or(Duration::ZERO, |drawn| drawn + FRAME_GAP));
        frame.into_iter().chain(self.app.deadline(self.now())).min()
    }

    fn now(&self) -> Now {
        Now {
            elapsed: self.start.elapsed(),
            wall: jiff::Timestamp::now().as_microsecond(),
        }
    }
}

/// The event and all others that are ready now. Polled with the loop's own waker: the stream keeps the last one it saw.
async fn ready_events(events: &mut Events, first: Event) -> Vec<Event> {
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

fn is_interrupt(key: Key) -> bool {
    key.to_string() == "ctrl-c"
}

#[cfg(test)]
#[path = "runtime_tests.rs"]
mod tests;
