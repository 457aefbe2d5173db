//! Texts made to do harm at every place where strangers' texts, or a server's words, reach a terminal: widgets, screens, titles, calls,
//! clipboard, line modes, answers to a shell, last words. Only what the programs themselves say, and signs that can be seen, may come
//! there.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use minicom_tui_agent::testing::places as agent;
use minicom_tui_customer::testing::places as customer;
use minicom_tui_kit::testing::{
    Dice,
    places::{self as kit, Given, Place, given},
    wire::{Between, only_own_words},
};

/// Places that are told of when something was wrong there.
const TOLD: usize = 10;

/// What came of it.
#[derive(Debug, Default)]
pub struct Came {
    texts: u64,
    places: usize,
    wrong: u64,
    told: Vec<String>,
}

impl Came {
    /// Nothing came to a terminal that must not.
    pub fn is_clean(&self) -> bool {
        self.wrong == 0 && self.texts > 0
    }
}

impl fmt::Display for Came {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Came {
            texts, places, wrong, ..
        } = self;
        write!(
            out,
            "{texts} texts at {places} places in turn, {wrong} with bytes that must not be"
        )?;
        self.told.iter().try_for_each(|told| write!(out, "\n  {told}"))
    }
}

/// A place without a gate.
fn ungated(given: &Given) -> Result<(), String> {
    only_own_words(given.a.as_bytes(), Between::Lines)
}

/// Shows so many texts, two at each place in turn. `broken`: one of the places has no gate.
pub fn run(texts: u64, seed: u64, broken: bool) -> Came {
    let mut places: Vec<&Place> = kit::PLACES
        .iter()
        .chain(agent::PLACES)
        .chain(customer::PLACES)
        .collect();
    let no_gate: Place = ("a place without a gate", ungated);
    if broken {
        places.push(&no_gate);
    }
    let (mut dice, any) = (Dice::new(seed), given());
    let mut came = Came {
        places: places.len(),
        ..Came::default()
    };
    for (name, show) in places.iter().cycle() {
        if came.texts >= texts {
            break;
        }
        let given = dice.throw(&any);
        came.texts += 2;
        let shown = catch_unwind(AssertUnwindSafe(|| show(&given))).unwrap_or_else(|_| Err("a panic".to_owned()));
        if let Err(what) = shown {
            came.wrong += 1;
            if came.told.len() < TOLD {
                let (a, b, size) = (brief(&given.a), brief(&given.b), given.size);
                came.told.push(format!(
                    "{name}, after {} texts: {what}, of {a:?} and {b:?} at {size}",
                    came.texts
                ));
            }
        }
    }
    came
}

fn brief(text: &str) -> &str {
    &text[..text.floor_char_boundary(200)]
}
