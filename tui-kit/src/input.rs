//! What can happen to a program, in the order in which it happened.
//!
//! Owns the translation of a terminal's events: keys in normal form, pastes, wheel, clicks, size and focus. It refuses to know
//! what they mean.

use std::time::Duration;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEventKind};
use ratatui::layout::{Position, Size};

use crate::clipboard::Copied;
use crate::editor::Edited;
use crate::key::Key;

/// Two clicks on one cell within this time are a double click.
const DOUBLE_CLICK: Duration = Duration::from_millis(400);

/// What a terminal answers comes in one go: so long after its beginning a key is a key again.
const ANSWER: Duration = Duration::from_secs(1);

/// One thing that happened. `M` is what the program's own tasks tell it, server events above all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input<M> {
    /// A key was pressed (or repeats while held).
    Key(Key),
    /// The first of two keys was pressed and waits for the second (`true`), or waits no more.
    FirstOfTwo(bool),
    /// Text came in one piece: it is inserted as it is and never sends.
    Paste(String),
    /// The wheel turned by one notch.
    Wheel {
        /// Towards older lines.
        up: bool,
        /// The cell under the pointer.
        at: Position,
    },
    /// The left button went down.
    Click {
        /// The cell under the pointer.
        at: Position,
        /// The second click on the same cell in a short time.
        double: bool,
    },
    /// The terminal has this size now; also the first input of every run.
    Resize(Size),
    /// The terminal got or lost the focus.
    Focus(bool),
    /// The program was stopped and goes on; clocks have moved.
    Resumed,
    /// The person's editor has ended, or did not start: the answer to [`crate::Effect::Edit`].
    Edited(Edited),
    /// What became of [`crate::Effect::Copy`].
    Copied(Copied),
    /// One of the program's own tasks has something to tell.
    Message(M),
    /// The moment that `App::deadline` named has come.
    Deadline,
    /// The program must end now (signal, closed terminal): store what must not be lost.
    Terminate,
}

/// Turns a batch of terminal events that were ready at the same time into inputs.
#[derive(Debug)]
pub struct Translator {
    bursts: bool,
    last_click: Option<(Duration, Position)>,
    /// Ctrl-X was pressed: the next key is the second of two.
    first_of_two: bool,
    /// When an answer of the terminal began whose end has not come.
    answer: Option<Duration>,
}

impl Translator {
    /// `bursts`: the terminal does not mark pastes, so that they must be told from typing by their speed.
    pub fn new(bursts: bool) -> Translator {
        Translator {
            bursts,
            last_click: None,
            first_of_two: false,
            answer: None,
        }
    }

    /// For the terminal named by `TERM`. Only old ones need the burst rule; on others it could eat an Enter that was typed fast.
    pub fn for_terminal(term: Option<&str>) -> Translator {
        let old = ["linux", "vt", "ansi", "cons", "sun", "wsvt"];
        Translator::new(term.is_none_or(|term| old.iter().any(|name| term.starts_with(name))))
    }

    /// Inputs of one batch, `elapsed` after the start of the program. Of several sizes only the last counts.
    pub fn translate<M>(&mut self, events: Vec<Event>, elapsed: Duration) -> Vec<Input<M>> {
        let mut inputs = Vec::with_capacity(events.len());
        let mut events = events.into_iter().peekable();
        while let Some(event) = events.next() {
            match event {
                Event::Key(event) if self.is_of_an_answer(event, events.peek(), elapsed) => {}
                Event::Key(event) => {
                    if let Some(key) = Key::from_event(event) {
                        self.key(key, &mut inputs);
                    }
                }
                Event::Paste(text) => {
                    self.waits_no_more(&mut inputs);
                    inputs.push(Input::Paste(text));
                }
                Event::Resize(width, height) => {
                    inputs.retain(|input| !matches!(input, Input::Resize(_)));
                    inputs.push(Input::Resize(Size { width, height }));
                }
                Event::FocusGained => inputs.push(Input::Focus(true)),
                Event::FocusLost => inputs.push(Input::Focus(false)),
                Event::Mouse(mouse) => {
                    let at = Position {
                        x: mouse.column,
                        y: mouse.row,
                    };
                    match mouse.kind {
                        MouseEventKind::ScrollUp => inputs.push(Input::Wheel { up: true, at }),
                        MouseEventKind::ScrollDown => inputs.push(Input::Wheel { up: false, at }),
                        MouseEventKind::Down(MouseButton::Left) => {
                            self.waits_no_more(&mut inputs);
                            inputs.push(self.click(at, elapsed));
                        }
                        _ => {}
                    }
                }
            }
        }
        if self.bursts { join_bursts(inputs) } else { inputs }
    }

    /// Whether a key is none, but of what the terminal answers to the question for its colours (`OSC`, a number, `BEL` or `ST`): over a slow
    /// line it comes when nobody waits for it any more, and would be written to the customer, or give orders in the list.
    fn is_of_an_answer(&mut self, key: KeyEvent, next: Option<&Event>, elapsed: Duration) -> bool {
        let is = |c, modifiers| key.code == KeyCode::Char(c) && key.modifiers == modifiers;
        let Some(began) = self.answer else {
            let number = |next: &Event| matches!(next, Event::Key(key) if matches!(key.code, KeyCode::Char('0'..='9')));
            let begins = is(']', KeyModifiers::ALT) && next.is_some_and(number);
            self.answer = begins.then_some(elapsed);
            return begins;
        };
        let ends = is('g', KeyModifiers::CONTROL) || is('\\', KeyModifiers::ALT);
        let text = matches!(key.code, KeyCode::Char(_))
            && !key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT);
        let goes_on = text && elapsed.saturating_sub(began) <= ANSWER;
        if !goes_on {
            self.answer = None;
        }
        ends || goes_on
    }

    /// The first of two keys waits for the second, and Esc takes it back.
    fn key<M>(&mut self, key: Key, inputs: &mut Vec<Input<M>>) {
        if self.waits_no_more(inputs) {
            if !key.takes_first_back() {
                inputs.push(Input::Key(key.as_second()));
            }
            return;
        }
        self.first_of_two = key.is_first_of_two();
        inputs.push(match self.first_of_two {
            true => Input::FirstOfTwo(true),
            false => Input::Key(key),
        });
    }

    /// Whether a first key waited until now.
    fn waits_no_more<M>(&mut self, inputs: &mut Vec<Input<M>>) -> bool {
        let waited = std::mem::take(&mut self.first_of_two);
        if waited {
            inputs.push(Input::FirstOfTwo(false));
        }
        waited
    }

    fn click<M>(&mut self, at: Position, elapsed: Duration) -> Input<M> {
        let double = self
            .last_click
            .is_some_and(|(when, cell)| cell == at && elapsed.saturating_sub(when) <= DOUBLE_CLICK);
        self.last_click = (!double).then_some((elapsed, at));
        Input::Click { at, double }
    }
}

/// A line end with more text right behind it was not typed by a hand: that run becomes a paste. An Enter at the end of a run stays
/// an Enter, because a fast typist and a script end their lines like that.
fn join_bursts<M>(inputs: Vec<Input<M>>) -> Vec<Input<M>> {
    let mut out = Vec::with_capacity(inputs.len());
    let mut run: Vec<(Key, char)> = Vec::new();
    for input in inputs {
        match &input {
            Input::Key(key) => match burst_char(*key) {
                Some(c) => run.push((*key, c)),
                None => {
                    end_burst(&mut run, &mut out);
                    out.push(input);
                }
            },
            _ => {
                end_burst(&mut run, &mut out);
                out.push(input);
            }
        }
    }
    end_burst(&mut run, &mut out);
    out
}

fn end_burst<M>(run: &mut Vec<(Key, char)>, out: &mut Vec<Input<M>>) {
    let text: String = run.iter().map(|(_, c)| c).collect();
    let inner = text.trim_matches('\n');
    if inner.contains('\n') {
        out.push(Input::Paste(text));
    } else {
        out.extend(run.iter().map(|(key, _)| Input::Key(*key)));
    }
    run.clear();
}

fn burst_char(key: Key) -> Option<char> {
    let name = key.to_event();
    match name.code {
        crossterm::event::KeyCode::Enter if name.modifiers.is_empty() => Some('\n'),
        crossterm::event::KeyCode::Tab if name.modifiers.is_empty() => Some('\t'),
        _ => key.typed(),
    }
}

#[cfg(test)]
#[path = "input_tests.rs"]
mod tests;
