//! Lines of a thread for both audiences: which event is a line, and what became of it later.

use minicom_protocol::{
    customer_event::{CustomerBody, CustomerEvent},
    event::{Event, EventBody, Part},
    frame::{Agents, Audience, Customers},
    line::{LineRef, LineState, Quote},
};

/// What an event is to the lines of its thread.
pub enum Role<'a> {
    /// It is a line.
    Line(Line<'a>),
    /// It says what became of one.
    Change(Change<'a>),
    /// Neither.
    Other,
}

/// A line, to be told in its present form.
pub struct Line<'a> {
    pub line: LineRef,
    pub state: &'a mut LineState,
    pub parts: &'a mut Vec<Part>,
    pub quote: Option<&'a mut Quote>,
}

/// What became of a line.
pub struct Change<'a> {
    pub line: LineRef,
    pub state: &'a mut LineState,
    pub parts: &'a mut Vec<Part>,
}

/// An audience whose events have lines.
pub trait Lines: Audience {
    /// What an event is to the lines of its thread.
    fn role(event: &mut Self::Event) -> Role<'_>;
}

macro_rules! lines {
    ($audience:ty, $event:ty, $body:ident) => {
        impl Lines for $audience {
            fn role(event: &mut $event) -> Role<'_> {
                match &mut event.body {
                    $body::Posted(it) => Role::Line(Line {
                        line: LineRef {
                            side: it.author.side(),
                            line: it.line,
                        },
                        state: &mut it.state,
                        parts: &mut it.parts,
                        quote: it.quote.as_mut(),
                    }),
                    $body::LineChanged(it) => Role::Change(Change {
                        line: it.line,
                        state: &mut it.state,
                        parts: &mut it.parts,
                    }),
                    _ => Role::Other,
                }
            }
        }
    };
}
lines!(Agents, Event, EventBody);
lines!(Customers, CustomerEvent, CustomerBody);

/// How far a line is from what it was: what is gone never comes back.
pub fn rank(state: LineState) -> u8 {
    match state {
        LineState::Original => 0,
        LineState::Edited => 1,
        LineState::Withdrawn => 2,
        LineState::Blanked => 3,
    }
}
