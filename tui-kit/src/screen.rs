//! Where frames go: the real terminal, or a fake one in tests.
//!
//! Owns that a frame is one write inside a synchronised update, and that titles are short and shown text. It refuses to know
//! what a frame contains.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use minicom_protocol::gate::Shown;
use ratatui::backend::CrosstermBackend;
use ratatui::layout::{Rect, Size};
use ratatui::{Frame, Terminal, TerminalOptions, Viewport};

use crate::clipboard::{Copying, Way};
use crate::notify::{Call, Notifier};
use crate::{clusters, links, reader, terminal};

/// Columns of a window title.
const TITLE_COLUMNS: usize = 64;
/// How the library ends what it draws, and the same in fewer bytes.
const RESET: &[u8] = b"\x1b[39m\x1b[49m\x1b[59m\x1b[0m";
const SHORT_RESET: &[u8] = b"\x1b[0m";
const BEGIN_UPDATE: &[u8] = b"\x1b[?2026h";
const END_UPDATE: &[u8] = b"\x1b[?2026l";

/// What the event loop needs of a terminal.
pub trait Screen {
    /// The size now.
    fn size(&self) -> io::Result<Size>;
    /// Draws one frame.
    fn draw(&mut self, view: &mut dyn FnMut(&mut Frame<'_>)) -> io::Result<()>;
    /// Forgets what is on the screen, so that the next frame draws everything.
    fn clear(&mut self) -> io::Result<()>;
    /// Sets the window title.
    fn set_title(&mut self, title: &Shown) -> io::Result<()>;
    /// Calls the person, in the ways that there are here.
    fn notify(&mut self, call: &Call) -> io::Result<()>;
    /// Calls the person in these ways from now on.
    fn set_notifier(&mut self, notifier: Notifier);
    /// Puts text into the clipboard of whoever sits at the terminal. Raw: it passes the gate here.
    fn copy(&mut self, text: &str) -> io::Result<Copying>;
    /// Whether wheel and clicks come to the program. Without them the terminal selects text by itself.
    fn set_mouse(&mut self, on: bool) -> io::Result<()>;
    /// Gives the terminal to another program. Nothing is written until [`Screen::enter_again`].
    fn leave(&mut self) -> io::Result<()>;
    /// Takes the terminal again, after [`Screen::leave`] or a stop that came from outside.
    fn enter_again(&mut self) -> io::Result<()>;
    /// Gives the terminal back, stops, and takes it again when the program goes on.
    fn suspend(&mut self) -> io::Result<()>;
}

/// Bytes of the frame that is being drawn; flushes of the layers below are not passed on.
#[derive(Debug, Clone, Default)]
struct FrameBytes(Arc<Mutex<Vec<u8>>>);

impl FrameBytes {
    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for FrameBytes {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A drawing surface that knows nothing of what is on the screen, so that its first frame draws everything.
fn terminal_onto(frame: &FrameBytes, fixed: Option<Size>) -> io::Result<Terminal<CrosstermBackend<FrameBytes>>> {
    let backend = CrosstermBackend::new(frame.clone());
    match fixed {
        None => Terminal::new(backend),
        Some(size) => Terminal::with_options(
            backend,
            TerminalOptions {
                viewport: Viewport::Fixed(Rect::from(size)),
            },
        ),
    }
}

/// A terminal that understands escape sequences.
pub struct TerminalScreen<W: Write> {
    terminal: Terminal<CrosstermBackend<FrameBytes>>,
    frame: FrameBytes,
    /// Where the last frame has put the cursor.
    cursor: Vec<u8>,
    out: W,
    /// The process's own terminal, with modes to take and to give back.
    own: bool,
    fixed: Option<Size>,
    /// How the person is called.
    notifier: Notifier,
    /// How text gets to the clipboard.
    clipboard: Way,
    /// The window's title, for the person's own command.
    title: Shown,
}

impl TerminalScreen<io::Stdout> {
    /// The process's terminal. Hold a [`terminal::Guard`] while it lives.
    pub fn stdout() -> io::Result<TerminalScreen<io::Stdout>> {
        let frame = FrameBytes::default();
        let terminal = terminal_onto(&frame, None)?;
        Ok(TerminalScreen {
            terminal,
            frame,
            cursor: Vec::new(),
            out: io::stdout(),
            own: true,
            fixed: None,
            notifier: Notifier::of(|name| std::env::var(name).ok()),
            clipboard: Way::of(|name| std::env::var(name).ok()),
            title: Shown::fixed(""),
        })
    }
}

impl<W: Write> TerminalScreen<W> {
    /// Writes the same bytes somewhere else, as for a terminal of this size that never changes.
    pub fn onto(out: W, size: Size) -> io::Result<TerminalScreen<W>> {
        crossterm::style::force_color_output(true);
        let frame = FrameBytes::default();
        let terminal = terminal_onto(&frame, Some(size))?;
        Ok(TerminalScreen {
            terminal,
            frame,
            cursor: Vec::new(),
            out,
            own: false,
            fixed: Some(size),
            notifier: Notifier::bell(),
            clipboard: Way::Osc52,
            title: Shown::fixed(""),
        })
    }

    /// Calls the person in these ways.
    pub fn notifying(self, notifier: Notifier) -> TerminalScreen<W> {
        TerminalScreen { notifier, ..self }
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        // After a panic elsewhere the terminal is the shell's again.
        if self.own && !terminal::is_entered() {
            return Ok(());
        }
        self.out.write_all(bytes)?;
        self.out.flush()
    }
}

/// Why a size is not known. It is asked for in several ways, and told is what the last of them met with, which says nothing of a terminal
/// that was closed.
fn why(error: io::Error, own: bool) -> io::Error {
    match own && reader::is_gone(rustix::stdio::stdout()) {
        true => rustix::io::Errno::IO.into(),
        false => error,
    }
}

impl<W: Write> Screen for TerminalScreen<W> {
    fn size(&self) -> io::Result<Size> {
        let asked = || self.terminal.size().map_err(|error| why(error, self.own));
        self.fixed.map_or_else(asked, Ok)
    }

    fn draw(&mut self, view: &mut dyn FnMut(&mut Frame<'_>)) -> io::Result<()> {
        let own = self.own;
        self.terminal
            .draw(|frame| view(frame))
            .map_err(|error| why(error, own))?;
        let frame = clusters::erase_before(links::join_cells(self.frame.take()));
        let ends = frame.windows(RESET.len()).rposition(|bytes| bytes == RESET);
        let (cells, cursor) = match ends {
            Some(at) => (&frame[..at], &frame[at + RESET.len()..]),
            None => (&frame[..], &[][..]),
        };
        // Over a slow line an empty frame is not free.
        if cells.is_empty() && cursor == self.cursor {
            return Ok(());
        }
        let bytes = [BEGIN_UPDATE, cells, SHORT_RESET, cursor, END_UPDATE].concat();
        self.cursor = cursor.to_vec();
        self.write(&bytes)
    }

    fn clear(&mut self) -> io::Result<()> {
        // The library's own way asks the terminal where its cursor is, and waits for an answer that another reader takes.
        self.terminal = terminal_onto(&self.frame, self.fixed)?;
        self.frame.take();
        self.cursor.clear();
        self.write(b"\x1b[0m\x1b[2J")
    }

    fn set_title(&mut self, title: &Shown) -> io::Result<()> {
        self.title = Shown::line(title.as_str()).cut(TITLE_COLUMNS);
        self.write(format!("\x1b]2;{}\x07", self.title).as_bytes())
    }

    fn notify(&mut self, call: &Call) -> io::Result<()> {
        self.notifier.start_hook(&self.title, call);
        match self.notifier.bytes(call) {
            bytes if bytes.is_empty() => Ok(()),
            bytes => self.write(&bytes),
        }
    }

    fn set_notifier(&mut self, notifier: Notifier) {
        self.notifier = notifier;
    }

    fn copy(&mut self, text: &str) -> io::Result<Copying> {
        self.clipboard.copy(text, |bytes| self.write(bytes))
    }

    fn set_mouse(&mut self, on: bool) -> io::Result<()> {
        if self.own {
            terminal::set_mouse(on);
        }
        Ok(())
    }

    fn leave(&mut self) -> io::Result<()> {
        if self.own {
            terminal::restore();
            terminal::remember_modes();
        }
        Ok(())
    }

    fn enter_again(&mut self) -> io::Result<()> {
        if self.own {
            terminal::recall_modes();
            terminal::enter()?;
        }
        self.clear()
    }

    fn suspend(&mut self) -> io::Result<()> {
        if self.own {
            terminal::restore();
            terminal::stop_process()?;
            terminal::enter()?;
        }
        self.clear()
    }
}

#[cfg(test)]
#[path = "screen_tests.rs"]
mod tests;
