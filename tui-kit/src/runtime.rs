//! The event loop of a screen.
//!
//! Owns the order (signal, key, message, deadline), the joining of draws, the life of the input stream across a suspend, and
//! that every way out is told to the program first. It refuses to know what is shown: a program is an [`App`], pure state, and
//! its own effects are run by the closure that the program gives. While the person's editor has the terminal, it reads and draws nothing.
//!
//! There is no tick. A timer exists only while [`App::deadline`] names a moment or a frame waits for its turn.

mod app;
mod reader;

use std::io;
use std::time::Duration;

use futures_util::stream::{self, StreamExt};
use minicom_protocol::gate::Shown;
use ratatui::layout::Size;
use tokio::task::JoinHandle;
use tokio::time::Instant;

pub use crate::runtime::app::{App, Effect, Ended, EventSource, Events, Inputs, Now, TerminalEvents};

use crate::clipboard::{Copied, Copying};
use crate::editor::{Edit, Edited, Session};
use crate::input::Input;
use crate::key::Key;
use crate::runtime::reader::ready_events;
use crate::screen::Screen;
use crate::signals::Signal;
use crate::small;

/// Two frames are at least this far apart, but for what a key changes: a burst of events costs at most 60 draws a second.
pub const FRAME_GAP: Duration = Duration::from_millis(17);
/// Inputs that are applied before the next look at signals and the next frame.
pub const BATCH_MAX: usize = 256;

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
        title: None,
        editor: None,
        copying: None,
    };
    let ended = run.until_end(inputs).await;
    run.end_editor(&ended).await;
    match ended {
        Ok(ended) => Ok(ended),
        Err(error) => {
            run.apply(Input::Terminate)?;
            match is_gone(&error) {
                true => Ok(Ended::Terminated),
                false => Err(error),
            }
        }
    }
}

/// Whether the terminal was closed: a frame may find it out before the signal comes, and that is no mistake.
fn is_gone(error: &io::Error) -> bool {
    error.raw_os_error() == Some(rustix::io::Errno::IO.raw_os_error())
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
    /// The window title as it should be; it is lost when the terminal is given away.
    title: Option<Shown>,
    /// The person's editor, while it has the terminal.
    editor: Option<Session>,
    /// Another program that takes a copy.
    copying: Option<JoinHandle<Copied>>,
}

/// What the loop has to do beside drawing, after an input.
enum Next {
    GoOn,
    Suspend,
    Edit(Edit),
    Told(Copied),
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
            // As it was named before the wait: one that is so long after now is later when it is asked again.
            let due = self.app.deadline(self.now());
            let wake = self.wake(due);
            let mut batch = Vec::new();
            tokio::select! {
                biased;
                Some(signal) = signals.next() => match signal {
                    Signal::Panicked => return Ok(Ended::Panicked),
                    Signal::Terminate => return self.terminate(),
                    // The terminal tells all who use it: both words are for the editor now, which is the one in front.
                    Signal::Interrupted | Signal::Continued | Signal::Resized if self.editor.is_some() => {}
                    Signal::Interrupted => return self.terminate(),
                    Signal::Continued => {
                        self.screen.enter_again()?;
                        batch.extend(self.after_stop()?);
                    }
                    // The reader of events tells it too, but not while half a sequence keeps it: a paste without an end.
                    Signal::Resized => batch.extend(self.new_size()),
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
                edited = written(&mut self.editor), if self.editor.is_some() => {
                    batch = self.after_editor(edited)?;
                    events = source.open();
                }
                copied = taken(&mut self.copying), if self.copying.is_some() => {
                    self.copying = None;
                    batch.push(Input::Copied(copied));
                }
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
                    if due.is_some_and(|due| due <= self.now().elapsed) {
                        batch.push(Input::Deadline);
                    }
                }
            }
            for input in batch {
                let next = self.apply(input)?;
                if let Some(ended) = self.follow(next, &mut source, &mut events)? {
                    return Ok(ended);
                }
            }
        }
    }

    /// Does what an input led to beside drawing. Before the terminal is given away, the reader of its events is dropped: one that lives
    /// on would take what is typed for somebody else.
    fn follow(&mut self, next: Next, source: &mut impl EventSource, events: &mut Events) -> io::Result<Option<Ended>> {
        let inputs = match next {
            Next::GoOn => return Ok(None),
            Next::End(ended) => return Ok(Some(ended)),
            Next::Told(copied) => {
                // What a program does with the news is no copy again.
                let next = self.apply(Input::Copied(copied))?;
                return Ok(match next {
                    Next::End(ended) => Some(ended),
                    _ => None,
                });
            }
            Next::Edit(edit) => {
                *events = Box::pin(stream::pending());
                match self.start_editor(edit)? {
                    None => return Ok(None),
                    Some(failed) => vec![Input::Edited(failed)],
                }
            }
            Next::Suspend => {
                *events = Box::pin(stream::pending());
                self.screen.suspend()?;
                self.after_stop()?.into()
            }
        };
        *events = source.open();
        for input in inputs {
            if let Next::End(ended) = self.apply(input)? {
                return Ok(Some(ended));
            }
        }
        Ok(None)
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
                Effect::Title(title) => {
                    if self.editor.is_none() {
                        self.screen.set_title(&title)?;
                    }
                    self.title = Some(title);
                }
                Effect::Notifier(notifier) => self.screen.set_notifier(notifier),
                // The terminal is somebody else's.
                _ if self.editor.is_some() => {}
                Effect::Notify(call) => self.screen.notify(&call)?,
                Effect::Copy(text) => match self.screen.copy(&text)? {
                    Copying::Done(copied) => next = Next::Told(copied),
                    Copying::Asked(task) => self.copying = Some(task),
                },
                Effect::Mouse(on) => self.screen.set_mouse(on)?,
                Effect::Redraw => {
                    self.screen.clear()?;
                    self.dirty = true;
                }
                Effect::Suspend => next = Next::Suspend,
                Effect::Edit(edit) => next = Next::Edit(edit),
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
        if let Some(title) = &self.title {
            self.screen.set_title(title)?;
        }
        Ok([Input::Resize(self.screen.size()?), Input::Resumed])
    }

    /// The terminal's size, if that is news. One that was closed meanwhile has none, and says so by its own signal.
    fn new_size(&self) -> Option<Input<A::Msg>> {
        let size = self.screen.size().ok()?;
        (size != self.size).then_some(Input::Resize(size))
    }

    /// Gives the terminal to the person's editor. What fails before that is returned, and the terminal was not given away.
    fn start_editor(&mut self, edit: Edit) -> io::Result<Option<Edited>> {
        let session = match Session::prepare(edit) {
            Ok(session) => session,
            Err(reason) => return Ok(Some(Edited::Failed(reason))),
        };
        self.screen.leave()?;
        self.editor = Some(session);
        Ok(None)
    }

    /// The editor has ended: the terminal is ours again.
    fn after_editor(&mut self, edited: Edited) -> io::Result<Vec<Input<A::Msg>>> {
        self.editor = None;
        self.screen.enter_again()?;
        let [resize, _] = self.after_stop()?;
        Ok(vec![resize, Input::Edited(edited)])
    }

    /// An editor that is still there when the run ends is told to end too, and leaves the terminal to the one who gives it back.
    async fn end_editor(&mut self, ended: &io::Result<Ended>) {
        if let Some(session) = self.editor.take() {
            session.end().await;
            // After a panic the terminal belongs to the words about it. If it is gone, nothing is left to be done for it.
            if !matches!(ended, Ok(Ended::Panicked)) {
                let _ = self.screen.enter_again();
            }
        }
    }

    fn draw_if_due(&mut self) -> io::Result<()> {
        let now = self.now();
        let too_early = !self.pressed && self.drawn.is_some_and(|drawn| now.elapsed < drawn + FRAME_GAP);
        if !self.dirty || too_early || self.editor.is_some() {
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
    fn wake(&self, due: Option<Duration>) -> Option<Duration> {
        let frame =
            (self.dirty && self.editor.is_none()).then(|| self.drawn.map_or(Duration::ZERO, |drawn| drawn + FRAME_GAP));
        frame.into_iter().chain(due).min()
    }

    fn now(&self) -> Now {
        Now {
            elapsed: self.start.elapsed(),
            wall: jiff::Timestamp::now().as_microsecond(),
        }
    }
}

/// What came of the editor, when it has ended.
async fn written(editor: &mut Option<Session>) -> Edited {
    match editor {
        Some(session) => session.wait().await,
        None => std::future::pending().await,
    }
}

/// What became of a copy, when the program that takes it has ended.
pub(crate) async fn taken(copying: &mut Option<JoinHandle<Copied>>) -> Copied {
    let lost = || Copied::Failed(Shown::fixed("Not copied: the program that takes copies was lost."));
    match copying {
        Some(task) => task.await.unwrap_or_else(|_| lost()),
        None => std::future::pending().await,
    }
}

fn is_interrupt(key: Key) -> bool {
    key.to_string() == "ctrl-c"
}

#[cfg(test)]
#[path = "runtime_tests.rs"]
mod tests;
