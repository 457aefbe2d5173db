//! A storm: any keys, pastes, clicks, sizes and waits in any order, and whatever else happens to a program meanwhile, for as long as one
//! likes. The program stands, what it knows fits together, its frames can be drawn on a real terminal, and the terminal is given back.
//!
//! A storm is made of stories: each begins with a new program, so that one can be repeated by its seed without all before it.

use std::collections::VecDeque;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use proptest::prelude::*;
use ratatui::layout::Size;

use crate::runtime::App;
use crate::testing::{Bench, Dice, hostile::hostile, key};

/// Inputs of one story.
const STORY: u64 = 2_000;
/// So many of the last inputs are told of.
const TOLD: usize = 12;

/// What the world does to any program.
#[derive(Debug, Clone)]
pub enum Act {
    /// What a terminal tells.
    Event(Event),
    /// Time passes.
    Wait(Duration),
    /// The program was stopped, and goes on.
    Resumed,
}

impl Act {
    /// A key or a paste.
    pub fn is_typed(&self) -> bool {
        matches!(self, Act::Event(Event::Key(_) | Event::Paste(_)))
    }
}

/// Any key that a terminal can tell.
fn any_key() -> impl Strategy<Value = KeyEvent> {
    let code = prop_oneof![
        8 => (0x20_u8..0x7f).prop_map(|c| KeyCode::Char(char::from(c))),
        1 => any::<char>().prop_map(KeyCode::Char),
        2 => (1_u8..13).prop_map(KeyCode::F),
        8 => prop::sample::select(vec![
            KeyCode::Enter, KeyCode::Esc, KeyCode::Tab, KeyCode::BackTab, KeyCode::Backspace, KeyCode::Delete, KeyCode::Insert,
            KeyCode::Up, KeyCode::Down, KeyCode::Left, KeyCode::Right, KeyCode::Home, KeyCode::End, KeyCode::PageUp,
            KeyCode::PageDown, KeyCode::Null, KeyCode::Menu,
        ]),
    ];
    let modifiers = prop_oneof![
        6 => Just(KeyModifiers::NONE),
        2 => Just(KeyModifiers::CONTROL),
        2 => Just(KeyModifiers::ALT),
        1 => Just(KeyModifiers::SHIFT),
        1 => Just(KeyModifiers::CONTROL | KeyModifiers::ALT),
        1 => Just(KeyModifiers::CONTROL | KeyModifiers::SHIFT),
    ];
    (code, modifiers).prop_map(|(code, modifiers)| KeyEvent::new(code, modifiers))
}

fn any_paste() -> impl Strategy<Value = String> {
    let lines = prop::collection::vec("[ -~]{0,60}", 1..60).prop_map(|lines| lines.join("\r\n"));
    prop_oneof![
        4 => hostile(),
        2 => "[a-zA-Z /]{0,30}",
        2 => lines,
        1 => (1_usize..70_000).prop_map(|many| "lots ".repeat(many / 5)),
    ]
}

fn any_size() -> impl Strategy<Value = Size> {
    let size = prop_oneof![
        2 => (1_u16..301, 1_u16..101),
        1 => (1_u16..40, 1_u16..14),
        4 => prop::sample::select(vec![(40, 12), (50, 12), (80, 24), (120, 40)]),
    ];
    size.prop_map(|(width, height)| Size { width, height })
}

fn any_mouse() -> impl Strategy<Value = MouseEvent> {
    let kind = prop::sample::select(vec![
        MouseEventKind::ScrollUp,
        MouseEventKind::ScrollDown,
        MouseEventKind::Down(MouseButton::Left),
        MouseEventKind::Down(MouseButton::Left),
        MouseEventKind::Down(MouseButton::Right),
        MouseEventKind::Up(MouseButton::Left),
        MouseEventKind::Moved,
    ]);
    let at = prop_oneof![4 => (0_u16..120, 0_u16..40), 1 => (any::<u16>(), any::<u16>())];
    (kind, at).prop_map(|(kind, (column, row))| MouseEvent {
        kind,
        column,
        row,
        modifiers: KeyModifiers::NONE,
    })
}

/// Any act of the world. `keys` are those of the program, by name, which are pressed more often than others.
pub fn any_act(keys: &'static [&'static str]) -> impl Strategy<Value = Act> {
    let own = prop::sample::select(keys).prop_map(|name| key(name).to_event());
    prop_oneof![
        40 => prop_oneof![2 => own, 1 => any_key()].prop_map(|key| Act::Event(Event::Key(key))),
        2 => any_paste().prop_map(|text| Act::Event(Event::Paste(text))),
        6 => any_mouse().prop_map(|mouse| Act::Event(Event::Mouse(mouse))),
        2 => any_size().prop_map(|size| Act::Event(Event::Resize(size.width, size.height))),
        2 => any::<bool>().prop_map(|on| Act::Event(if on { Event::FocusGained } else { Event::FocusLost })),
        4 => prop_oneof![4 => 0_u64..9_000, 1 => 0_u64..3_600_000].prop_map(|ms| Act::Wait(Duration::from_millis(ms))),
        1 => Just(Act::Resumed),
    ]
}

/// A program in a storm.
pub trait InStorm: Sized {
    /// The program.
    type App: App;
    /// What can happen: acts of the world, and what only this program is told.
    type Step: fmt::Debug;

    /// Its name.
    const NAME: &'static str;

    /// A new one, in the middle of its work.
    fn begin() -> Self;

    /// Anything that can happen.
    fn any_step() -> BoxedStrategy<Self::Step>;

    /// It happens.
    fn take(&mut self, step: &Self::Step);

    /// Whether what it knows fits together. This is the one place that says what must be true of its state.
    ///
    /// # Errors
    /// What does not.
    fn valid(&self) -> Result<(), String>;

    /// It has ended.
    fn is_over(&self) -> bool;

    /// It is told to end, and keeps what must not be lost.
    ///
    /// # Errors
    /// What is.
    fn end(&mut self) -> Result<(), String>;

    /// Where it is run.
    fn bench(&mut self) -> &mut Bench<Self::App>;
}

/// How long, and of which kind.
#[derive(Debug, Clone, Copy)]
pub struct Storm {
    /// Chooses what happens.
    pub seed: u64,
    /// How much happens.
    pub inputs: u64,
    /// A frame is drawn after so many inputs, and after each new size.
    pub draw_every: u64,
    /// Break it on purpose: the program is not told of new sizes.
    pub broken: bool,
}

/// It went well.
#[derive(Debug, Clone, Copy, Default)]
pub struct Weathered {
    /// What happened.
    pub inputs: u64,
    /// Frames that were drawn.
    pub frames: u64,
    /// Programs that were begun.
    pub stories: u64,
    /// Bytes that the terminal got.
    pub bytes: u64,
}

/// It did not.
#[derive(Debug, Clone)]
pub struct Wreck {
    /// Which program.
    pub program: &'static str,
    /// The story's own seed, and which of its inputs it was: with them it can be repeated.
    pub seed: u64,
    /// See `seed`.
    pub input: u64,
    /// What was wrong.
    pub what: String,
    /// The last inputs.
    pub last: Vec<String>,
}

impl fmt::Display for Wreck {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Wreck {
            program, seed, input, ..
        } = self;
        writeln!(out, "{program}: {}", self.what)?;
        writeln!(
            out,
            "again with --seed {seed} --inputs {input}; the last that happened:"
        )?;
        self.last.iter().try_for_each(|step| writeln!(out, "  {step}"))
    }
}

/// A storm over a program.
///
/// # Errors
/// It did not stand it.
pub fn weather<P: InStorm>(storm: Storm) -> Result<Weathered, Box<Wreck>> {
    let (mut all, any) = (Weathered::default(), P::any_step());
    while all.inputs < storm.inputs {
        let seed = storm.seed.wrapping_add(all.stories);
        let inputs = STORY.min(storm.inputs - all.inputs);
        let told = story::<P>(seed, Storm { inputs, ..storm }, &any)?;
        all.inputs += told.inputs;
        all.frames += told.frames;
        all.bytes += told.bytes;
        all.stories += 1;
    }
    Ok(all)
}

fn story<P: InStorm>(seed: u64, storm: Storm, any: &BoxedStrategy<P::Step>) -> Result<Weathered, Box<Wreck>> {
    let (mut dice, mut last) = (Dice::new(seed), VecDeque::new());
    let mut told = Weathered::default();
    let mut run = || {
        let mut program = P::begin();
        program.bench().wire(storm.broken);
        while told.inputs < storm.inputs && !program.is_over() {
            let step = dice.throw(any);
            if last.len() == TOLD {
                last.pop_front();
            }
            last.push_back(brief(&step));
            told.inputs += 1;
            program.take(&step);
            program.valid()?;
            let resized = program.bench().was_resized();
            if resized || told.inputs % storm.draw_every == 0 {
                program.bench().draw_on_wire();
                told.frames += 1;
            }
            program.bench().on_wire()?;
        }
        program.end()?;
        program.bench().on_wire()?;
        told.bytes = program.bench().leave_wire()?;
        Ok(())
    };
    let what = match catch_unwind(AssertUnwindSafe(&mut run)) {
        Ok(Ok(())) => return Ok(told),
        Ok(Err(what)) => what,
        Err(panic) => format!("a panic: {}", payload(panic.as_ref())),
    };
    Err(Box::new(Wreck {
        program: P::NAME,
        seed,
        input: told.inputs,
        what,
        last: last.into(),
    }))
}

fn payload(panic: &(dyn std::any::Any + Send)) -> &str {
    match (panic.downcast_ref::<String>(), panic.downcast_ref::<&'static str>()) {
        (Some(words), _) => words,
        (_, Some(words)) => words,
        _ => "see above",
    }
}

/// A large paste says nothing.
fn brief(step: &impl fmt::Debug) -> String {
    let mut words = format!("{step:?}");
    if words.len() > 400 {
        words.truncate(words.floor_char_boundary(400));
        words.push('…');
    }
    words
}
