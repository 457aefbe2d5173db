//! A program on the bench: inputs in, effects and screens out, with a clock that moves only when told.

use std::time::Duration;

use minicom_protocol::gate::Shown;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::layout::{Position, Size};

use crate::input::Input;
use crate::key::Key;
use crate::runtime::{App, Effect, Now};
use crate::small;
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
        self.effects.extend(effects);
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
        self.input(Input::Resize(self.size))
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

    fn draw(&self) -> Terminal<TestBackend> {
        let Ok(mut terminal) = Terminal::new(TestBackend::new(self.size.width, self.size.height));
        let Ok(_) = terminal.draw(|frame| match small::is_too_small(self.size) {
            true => small::draw(frame),
            false => self.app.view(frame, self.now),
        });
        terminal
    }
}
