//! What a program with a screen is, and what a run of it listens to.
//!
//! Owns the words between a program and the loop: inputs are facts, effects are orders. It refuses to know in which order things happen.

use std::io;
use std::pin::Pin;
use std::time::Duration;

use crossterm::event::Event;
use futures_util::stream::Stream;
use minicom_protocol::gate::Shown;
use ratatui::Frame;
use tokio::sync::mpsc;

use crate::editor::Edit;
use crate::input::{Input, Translator};
use crate::notify::{Call, Notifier};
use crate::runtime::reader::Reader;
use crate::signals::Signals;

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
    /// Call the person. The loop does not count: ask [`crate::notify::Attention`] before.
    Notify(Call),
    /// Call the person in these ways from now on.
    Notifier(Notifier),
    /// Set the window title.
    Title(Shown),
    /// Wheel and clicks come to the program, or stay the terminal's.
    Mouse(bool),
    /// Draw everything anew.
    Redraw,
    /// Give the terminal to the shell until the program is continued.
    Suspend,
    /// Give the terminal to the person's editor until it ends; the answer is [`Input::Edited`]. Messages still come in the meantime,
    /// but nothing is drawn.
    Edit(Edit),
    /// Put a text into the clipboard of whoever sits at the terminal; the answer is [`Input::Copied`].
    Copy(String),
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
        Box::pin(Reader::begin())
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
