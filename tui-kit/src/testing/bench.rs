//! A program on the bench: inputs in, effects and screens out, with a clock that moves only when told.

use std::time::Duration;

use crossterm::event::Event;
use minicom_protocol::gate::Shown;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Size};

use crate::clipboard::{Copied, Copying};
use crate::editor::Edited;
use crate::input::{Input, Translator};
use crate::key::Key;
use crate::runtime::{App, Effect, Now};
use crate::small;
use crate::testing::storm::Act;
use crate::testing::wired::Wired;
use crate::testing::{Paper, keys, picture, plain, styled};

/// Thursday 20 November 2025, 14:00:00 UTC, in microseconds.
pub const BENCH_START: i64 = 1_763_647_200_000_000;

/// Runs an [`App`] without a loop, a terminal or a real clock.
pub struct Bench<A: App> {
    /// The program under test.
    pub app: A,
    now: Now,
    size: Size,
    effects: Vec<Effect<A::Effect>>,
    translator: Translator,
    wired: Option<OnWire>,
}

/// A real terminal's end of a bench.
struct OnWire {
    terminal: Wired,
    /// What went wrong there first.
    wrong: Option<String>,
    mouse: bool,
    /// Another program has the terminal, until the person is done with it.
    lent: bool,
    resized: bool,
    /// Nobody tells the program of new sizes.
    silent: bool,
}

impl<A: App> Bench<A> {
    /// Tells the program its size, as a run does first. The clock stands at Thursday 20 November 2025, 14:00 UTC.
    pub fn new(app: A, width: u16, height: u16) -> Bench<A> {
        let now = Now {
            elapsed: Duration::ZERO,
            wall: BENCH_START,
        };
        let mut bench = Bench {
            app,
            now,
            size: Size { width, height },
            effects: Vec::new(),
            translator: Translator::new(false),
            wired: None,
        };
        bench.resize(width, height);
        bench
    }

    /// The time now.
    pub fn now(&self) -> Now {
        self.now
    }

    /// Applies one input.
    pub fn input(&mut self, input: Input<A::Msg>) -> &mut Self {
        let effects = self.app.update(input, self.now);
        let copied = self.show_effects(&effects);
        self.effects.extend(effects);
        if let Some(copied) = copied {
            self.input(Input::Copied(copied));
        }
        self
    }

    /// Presses keys, written like `hi<enter><ctrl-n>`.
    #[track_caller]
    pub fn press(&mut self, typed: &str) -> &mut Self {
        for key in keys(typed) {
            self.press_key(key);
        }
        self
    }

    /// Presses one key.
    pub fn press_key(&mut self, key: Key) -> &mut Self {
        self.input(Input::Key(key))
    }

    /// Pastes text in one piece.
    pub fn paste(&mut self, text: &str) -> &mut Self {
        self.input(Input::Paste(text.to_owned()))
    }

    /// Tells the program something, as its tasks do.
    pub fn tell(&mut self, message: A::Msg) -> &mut Self {
        self.input(Input::Message(message))
    }

    /// Gives the terminal another size.
    pub fn resize(&mut self, width: u16, height: u16) -> &mut Self {
        self.size = Size { width, height };
        let mut silent = false;
        if let Some(wired) = &mut self.wired {
            let done = wired.terminal.resize(self.size);
            wired.keep(done);
            wired.resized = true;
            silent = wired.silent;
        }
        match silent {
            true => self,
            false => self.input(Input::Resize(self.size)),
        }
    }

    /// Lets time pass. Each deadline that the program names on the way is met at its moment.
    ///
    /// # Panics
    /// The program names the same deadline again and again after it was met: it would spin.
    pub fn advance(&mut self, time: Duration) -> &mut Self {
        let end = self.now.elapsed + time;
        let mut met = 0;
        while let Some(deadline) = self.app.deadline(self.now).filter(|deadline| *deadline <= end) {
            self.move_to(deadline.max(self.now.elapsed));
            self.input(Input::Deadline);
            met += 1;
            assert!(met < 100_000, "the deadline {deadline:?} is named for ever");
        }
        self.move_to(end);
        self
    }

    fn move_to(&mut self, elapsed: Duration) {
        let passed = elapsed.saturating_sub(self.now.elapsed);
        self.now.wall += i64::try_from(passed.as_micros()).unwrap_or(i64::MAX);
        self.now.elapsed = elapsed;
    }

    /// When the program wants to be woken.
    pub fn deadline(&self) -> Option<Duration> {
        self.app.deadline(self.now)
    }

    /// The effects since this was last asked.
    pub fn effects(&mut self) -> Vec<Effect<A::Effect>> {
        std::mem::take(&mut self.effects)
    }

    /// The program's own effects since the effects were last asked for; the loop's are dropped.
    pub fn orders(&mut self) -> Vec<A::Effect> {
        self.effects()
            .into_iter()
            .filter_map(|effect| match effect {
                Effect::Program(order) => Some(order),
                _ => None,
            })
            .collect()
    }

    /// The window title that was set last since the effects were last asked for.
    pub fn title(&self) -> Option<Shown> {
        self.effects.iter().rev().find_map(|effect| match effect {
            Effect::Title(title) => Some(title.clone()),
            _ => None,
        })
    }

    /// The screen as text.
    pub fn screen(&self) -> String {
        plain(self.draw().backend().buffer())
    }

    /// The cells of the screen.
    pub fn buffer(&self) -> Buffer {
        self.draw().backend().buffer().clone()
    }

    /// The screen as text, and its styles.
    pub fn styled(&self) -> String {
        styled(self.draw().backend().buffer())
    }

    /// The screen as a picture in SVG, with the cursor.
    pub fn picture(&self, paper: Paper) -> String {
        let drawn = self.draw();
        let seen = drawn.backend().cursor_visible();
        let cursor = seen.then(|| drawn.backend().cursor_position());
        picture(drawn.backend().buffer(), cursor, paper)
    }

    /// Where the terminal's cursor stands.
    pub fn cursor(&self) -> Position {
        self.draw().backend().cursor_position()
    }

    /// # Panics
    /// Not found: the whole screen is shown.
    #[track_caller]
    pub fn sees(&self, words: &str) -> &Self {
        let screen = self.screen();
        assert!(screen.contains(words), "{words:?} is not on the screen:\n{screen}");
        self
    }

    /// # Panics
    /// Found: the whole screen is shown.
    #[track_caller]
    pub fn sees_no(&self, words: &str) -> &Self {
        let screen = self.screen();
        assert!(!screen.contains(words), "{words:?} is on the screen:\n{screen}");
        self
    }

    /// From now on all that the program says goes to a terminal, too, where each byte is looked at. `silent`: it is not told when that
    /// gets another size.
    ///
    /// # Panics
    /// There can be no such terminal.
    pub fn wire(&mut self, silent: bool) -> &mut Self {
        let Ok(terminal) = Wired::new(self.size) else {
            panic!("no terminal of {}", self.size)
        };
        self.wired = Some(OnWire {
            terminal,
            wrong: None,
            mouse: true,
            lent: false,
            resized: false,
            silent,
        });
        self
    }

    /// What went wrong on the wire.
    ///
    /// # Errors
    /// It, if something did.
    pub fn on_wire(&mut self) -> Result<(), String> {
        let wrong = self.wired.as_mut().and_then(|wired| wired.wrong.take());
        wrong.map_or(Ok(()), Err)
    }

    /// Whether the terminal got another size since this was last asked.
    pub fn was_resized(&mut self) -> bool {
        self.wired
            .as_mut()
            .is_some_and(|wired| std::mem::take(&mut wired.resized))
    }

    /// Draws a frame on the wire.
    pub fn draw_on_wire(&mut self) -> &mut Self {
        let (app, now, size) = (&self.app, self.now, self.size);
        if let Some(wired) = self.wired.as_mut().filter(|wired| !wired.lent) {
            let drawn = wired.terminal.draw(|frame| match small::is_too_small(size) {
                true => small::draw(frame),
                false => app.view(frame, now),
            });
            wired.keep(drawn);
        }
        self
    }

    /// The program gives its terminal back. Returns how many bytes went there.
    ///
    /// # Errors
    /// Something is left behind there.
    pub fn leave_wire(&mut self) -> Result<u64, String> {
        let Some(mut wired) = self.wired.take() else {
            return Ok(0);
        };
        wired.terminal.leave()?;
        Ok(wired.terminal.bytes)
    }

    /// An act of the world. While another program has the terminal, the person is busy there: the next act ends it.
    pub fn act(&mut self, act: &Act) -> &mut Self {
        match act {
            Act::Wait(time) => self.advance(*time),
            Act::Resumed => self.input(Input::Resumed),
            Act::Event(Event::Resize(width, height)) => self.resize(*width, *height),
            Act::Event(event) => match self.is_given_back() {
                true => self.input(Input::Edited(edited(event))),
                false => {
                    let inputs = self.translator.translate(vec![event.clone()], self.now.elapsed);
                    inputs.into_iter().fold(self, |bench, input| bench.input(input))
                }
            },
        }
    }

    fn is_given_back(&mut self) -> bool {
        let Some(wired) = self.wired.as_mut().filter(|wired| wired.lent) else {
            return false;
        };
        wired.lent = false;
        let mouse = wired.mouse;
        let lent = wired.terminal.lend(mouse);
        wired.keep(lent);
        true
    }

    /// What the loop does with effects, on the wire.
    fn show_effects(&mut self, effects: &[Effect<A::Effect>]) -> Option<Copied> {
        let wired = self.wired.as_mut()?;
        let mut copied = None;
        for effect in effects {
            let done = match effect {
                Effect::Title(title) if !wired.lent => wired.terminal.title(title),
                _ if wired.lent => Ok(()),
                Effect::Notify(call) => wired.terminal.call(call),
                Effect::Mouse(on) => {
                    wired.mouse = *on;
                    wired.terminal.mouse(*on)
                }
                Effect::Redraw => wired.terminal.clear(),
                Effect::Suspend => wired.terminal.lend(wired.mouse),
                Effect::Edit(_) => {
                    wired.lent = true;
                    Ok(())
                }
                Effect::Copy(text) => wired.terminal.copy(text).map(|copying| match copying {
                    Copying::Done(done) => copied = Some(done),
                    Copying::Asked(_) => {}
                }),
                Effect::Title(_) | Effect::Notifier(_) | Effect::Quit(_) | Effect::Program(_) => Ok(()),
            };
            wired.keep(done);
        }
        copied
    }

    fn draw(&self) -> Terminal<TestBackend> {
        let Ok(mut terminal) = Terminal::new(TestBackend::new(self.size.width, self.size.height));
        let Ok(_) = terminal.draw(|frame| match small::is_too_small(self.size) {
            true => small::draw(frame),
            false => self.app.view(frame, self.now),
        });
        terminal
    }
}

impl OnWire {
    fn keep(&mut self, done: Result<(), String>) {
        if let (None, Err(what)) = (&self.wrong, done) {
            self.wrong = Some(what);
        }
    }
}

/// What came of an editor.
fn edited(event: &Event) -> Edited {
    match event {
        Event::Paste(text) => Edited::Changed(text.clone()),
        Event::Key(_) => Edited::Unchanged,
        _ => Edited::Failed(Shown::fixed("the editor ended with 1")),
    }
}
