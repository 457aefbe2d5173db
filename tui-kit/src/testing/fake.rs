//! A terminal for the real event loop: keys go in by a channel, screens come out by a watch.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crossterm::event::Event;
use futures_util::stream;
use minicom_protocol::gate::Shown;
use ratatui::backend::TestBackend;
use ratatui::layout::Size;
use ratatui::{Frame, Terminal};
use tokio::sync::{mpsc, watch};

use crate::clipboard::{Copying, Way};
use crate::notify::{Call, Notifier};
use crate::runtime::{EventSource, Events};
use crate::screen::Screen;
use crate::testing::{keys, plain};

/// How long a typist waits for something on the screen: longer than any time that a test lets pass.
const WAITED_MAX: Duration = Duration::from_secs(3_600);

/// What has come out of a fake terminal so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    /// The screen as text.
    pub screen: String,
    /// Frames drawn.
    pub frames: usize,
    /// Bells rung.
    pub bells: usize,
    /// Words on the desktop.
    pub called: Vec<Shown>,
    /// The window title.
    pub title: Option<Shown>,
    /// Times that the terminal was given away and taken again.
    pub suspends: usize,
    /// Another program has the terminal.
    pub left: bool,
    /// What was copied last.
    pub copied: Option<String>,
    /// Wheel and clicks were turned off.
    pub mouse_off: bool,
}

/// The terminal's other end: types, and watches the screen.
#[derive(Debug)]
pub struct Typist {
    events: mpsc::UnboundedSender<io::Result<Event>>,
    seen: watch::Receiver<Seen>,
    size: Arc<Mutex<Size>>,
}

/// Events of a [`Typist`].
#[derive(Debug)]
pub struct FakeEvents {
    events: Arc<tokio::sync::Mutex<mpsc::UnboundedReceiver<io::Result<Event>>>>,
    /// Times that it was opened: once, and once more after each suspend.
    pub opened: usize,
}

/// A screen that nobody sees but a [`Typist`].
#[derive(Debug)]
pub struct FakeScreen {
    terminal: Terminal<TestBackend>,
    seen: watch::Sender<Seen>,
    size: Arc<Mutex<Size>>,
}

/// A terminal of this size: its events, its screen, and who sits at it.
pub fn fake_terminal(width: u16, height: u16) -> (FakeEvents, FakeScreen, Typist) {
    let (sender, receiver) = mpsc::unbounded_channel();
    let (seen, watcher) = watch::channel(Seen::default());
    let size = Arc::new(Mutex::new(Size { width, height }));
    let Ok(terminal) = Terminal::new(TestBackend::new(width, height));
    (
        FakeEvents {
            events: Arc::new(tokio::sync::Mutex::new(receiver)),
            opened: 0,
        },
        FakeScreen {
            terminal,
            seen,
            size: Arc::clone(&size),
        },
        Typist {
            events: sender,
            seen: watcher,
            size,
        },
    )
}

impl Typist {
    /// Types keys, written like `hi<enter>`.
    #[track_caller]
    pub fn press(&self, typed: &str) {
        for key in keys(typed) {
            self.send(Event::Key(key.to_event()));
        }
    }

    /// Pastes text.
    pub fn paste(&self, text: &str) {
        self.send(Event::Paste(text.to_owned()));
    }

    /// Gives the terminal another size.
    pub fn resize(&self, width: u16, height: u16) {
        self.resize_unannounced(width, height);
        self.send(Event::Resize(width, height));
    }

    /// Gives the terminal another size, of which the word is still under way.
    pub fn resize_unannounced(&self, width: u16, height: u16) {
        *self.size.lock().unwrap_or_else(PoisonError::into_inner) = Size { width, height };
    }

    /// Any event. One for a program that has ended is dropped.
    pub fn send(&self, event: Event) {
        let _ = self.events.send(Ok(event));
    }

    /// What is there now.
    pub fn seen(&self) -> Seen {
        self.seen.borrow().clone()
    }

    /// Waits until the fact holds; `reason` is for the message. The limit is one of the clock of the test, which stands still: it is
    /// over as soon as nothing is left that could make the fact hold.
    ///
    /// # Panics
    /// The program ended before, or the fact does not come to hold: the last screen is shown.
    pub async fn wait(&mut self, reason: &str, mut fact: impl FnMut(&Seen) -> bool) -> Seen {
        let comes = tokio::time::timeout(WAITED_MAX, self.seen.wait_for(|seen| fact(seen)));
        let why = match comes.await.map(|came| came.map(|seen| seen.clone())) {
            Ok(Ok(seen)) => return seen,
            Ok(Err(_)) => "the program ended before",
            Err(_) => "waited in vain",
        };
        panic!("{why}: {reason}\n{}", self.seen.borrow().screen)
    }

    /// Waits until these words are on the screen.
    pub async fn wait_for(&mut self, words: &str) -> String {
        self.wait(words, |seen| seen.screen.contains(words)).await.screen
    }
}

impl EventSource for FakeEvents {
    fn open(&mut self) -> Events {
        self.opened += 1;
        let events = Arc::clone(&self.events);
        Box::pin(stream::unfold(events, |events| async {
            let next = events.lock().await.recv().await?;
            Some((next, events))
        }))
    }
}

impl FakeScreen {
    fn change(&mut self, change: impl FnOnce(&mut Seen)) -> io::Result<()> {
        self.seen.send_modify(change);
        Ok(())
    }
}

impl Screen for FakeScreen {
    fn set_notifier(&mut self, _: Notifier) {}

    fn size(&self) -> io::Result<Size> {
        Ok(*self.size.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn draw(&mut self, view: &mut dyn FnMut(&mut Frame<'_>)) -> io::Result<()> {
        let size = self.size()?;
        if self.terminal.backend().buffer().area.as_size() != size {
            self.terminal.backend_mut().resize(size.width, size.height);
        }
        let Ok(frame) = self.terminal.draw(|frame| view(frame));
        let screen = plain(frame.buffer);
        self.change(|seen| {
            seen.screen = screen;
            seen.frames += 1;
        })
    }

    fn clear(&mut self) -> io::Result<()> {
        let Ok(()) = self.terminal.clear();
        Ok(())
    }

    fn set_title(&mut self, title: &Shown) -> io::Result<()> {
        let title = title.clone();
        self.change(|seen| seen.title = Some(title))
    }

    fn notify(&mut self, call: &Call) -> io::Result<()> {
        self.change(|seen| {
            seen.bells += usize::from(call.bell);
            seen.called.extend(call.words.clone());
        })
    }

    fn copy(&mut self, text: &str) -> io::Result<Copying> {
        self.change(|seen| seen.copied = Some(text.to_owned()))?;
        // As a terminal that is asked directly.
        Way::Osc52.copy(text, |_| Ok(()))
    }

    fn set_mouse(&mut self, on: bool) -> io::Result<()> {
        self.change(|seen| seen.mouse_off = !on)
    }

    fn leave(&mut self) -> io::Result<()> {
        self.change(|seen| seen.left = true)
    }

    fn enter_again(&mut self) -> io::Result<()> {
        self.change(|seen| seen.left = false)?;
        self.clear()
    }

    fn suspend(&mut self) -> io::Result<()> {
        self.change(|seen| seen.suspends += 1)?;
        self.clear()
    }
}
