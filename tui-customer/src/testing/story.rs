//! Stories of a customer's thread: what can happen there.

use minicom_protocol::{line::LineState, text::MessageText};
use minicom_tui_kit::testing::{
    hostile::hostile,
    storm::{Act, any_act},
};
use proptest::prelude::*;

/// One step of a story.
#[derive(Debug, Clone)]
pub enum Step {
    /// The world.
    Act(Act),
    /// The customer on another device, the bot or an agent writes.
    Says(u8, String),
    /// A person is asked for, comes, hands back; or the chat ends.
    Goes(u8),
    /// One side has read everything.
    Reads(bool),
    /// The last line of a side is changed, or gone.
    Changed(bool, LineState, String),
    /// Something passing: typing, the place in the queue, how far the bot is.
    Passing(u8, String),
    /// The server answers what was sent: yes, or no.
    Answer(bool),
    /// The connection goes, in one of the ways there are.
    Lose(u8),
    /// It comes back and everything is told anew; the desk asks and wants as much as the number says.
    Fresh(u8),
    /// A file on its way goes on, waits, ends or fails.
    Transfer(u8, String),
    /// The program's tasks tell something.
    Told(u8, String),
}

/// What the keys of the program are, by name, and what words with a slash are made of.
const KEYS: &[&str] = &[
    "enter",
    "esc",
    "tab",
    "up",
    "down",
    "left",
    "right",
    "home",
    "end",
    "pgup",
    "pgdn",
    "backspace",
    "delete",
    "f1",
    "f2",
    "f3",
    "f4",
    "f5",
    "f6",
    "f7",
    "f8",
    "f9",
    "f10",
    "ctrl-k",
    "ctrl-n",
    "ctrl-p",
    "ctrl-r",
    "ctrl-d",
    "ctrl-c",
    "ctrl-l",
    "ctrl-z",
    "ctrl-t",
    "ctrl-g",
    "ctrl-o",
    "ctrl-_",
    "alt-a",
    "alt-c",
    "alt-e",
    "alt-l",
    "alt-m",
    "alt-r",
    "alt-y",
    "alt-z",
    "alt-enter",
    "alt-1",
    "/",
    ":",
    "?",
    "0",
    "1",
    "2",
    "3",
    "5",
    "y",
    "n",
    "a",
    "e",
    "h",
    "o",
    "q",
    "r",
    "s",
    "t",
    "u",
    "space",
];

fn text() -> impl Strategy<Value = String> {
    let fits = |text: String| match MessageText::parse(&text) {
        Ok(_) => text,
        Err(_) => "a line".to_owned(),
    };
    prop_oneof![2 => Just("a line".to_owned()), 1 => hostile().prop_map(fits)]
}

/// Anything that can happen.
pub fn step() -> impl Strategy<Value = Step> {
    let state = prop::sample::select(vec![LineState::Edited, LineState::Withdrawn, LineState::Blanked]);
    let desk = prop_oneof![
        6 => (any::<u8>(), text()).prop_map(|(who, text)| Step::Says(who, text)),
        3 => any::<u8>().prop_map(Step::Goes),
        1 => any::<bool>().prop_map(Step::Reads),
        1 => (any::<bool>(), state, text()).prop_map(|(own, state, text)| Step::Changed(own, state, text)),
        3 => (any::<u8>(), text()).prop_map(|(which, text)| Step::Passing(which, text)),
    ];
    let connection = prop_oneof![
        3 => any::<bool>().prop_map(Step::Answer),
        1 => any::<u8>().prop_map(Step::Lose),
        2 => any::<u8>().prop_map(Step::Fresh),
        2 => (any::<u8>(), hostile()).prop_map(|(which, text)| Step::Transfer(which, text)),
        1 => (any::<u8>(), hostile()).prop_map(|(which, text)| Step::Told(which, text)),
    ];
    prop_oneof![16 => any_act(KEYS).prop_map(Step::Act), 5 => desk, 4 => connection]
}
