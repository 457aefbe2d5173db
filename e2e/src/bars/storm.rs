//! Any sequence of keys, pastes, clicks, sizes and events through both programs, in process, onto a terminal that understands every byte:
//! no panic, a state that fits together, the terminal given back.

use std::fmt;

use minicom_tui_agent::testing::storm::Stormy as Agent;
use minicom_tui_customer::testing::storm::Stormy as Customer;
use minicom_tui_kit::testing::storm::{InStorm, Storm, Weathered, weather};

/// What came of it.
#[derive(Debug)]
pub struct Came(Vec<Result<(&'static str, Weathered), String>>);

impl Came {
    /// Both programs stood it.
    pub fn is_clean(&self) -> bool {
        self.0.iter().all(Result::is_ok)
    }
}

impl fmt::Display for Came {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, came) in self.0.iter().enumerate() {
            if n > 0 {
                writeln!(out)?;
            }
            match came {
                Err(wreck) => write!(out, "{}", wreck.trim_end())?,
                Ok((name, told)) => write!(
                    out,
                    "{name}: {} inputs in {} stories, {} frames, {} bytes on the terminal",
                    told.inputs, told.stories, told.frames, told.bytes
                )?,
            }
        }
        Ok(())
    }
}

/// So much happens to each of the programs. A failure names the seed and the number of inputs with which it happens again.
pub fn run(inputs: u64, seed: u64, broken: bool) -> Came {
    let storm = Storm {
        seed,
        inputs,
        draw_every: 20,
        broken,
    };
    Came(vec![over::<Agent>(storm), over::<Customer>(storm)])
}

fn over<P: InStorm>(storm: Storm) -> Result<(&'static str, Weathered), String> {
    let came = weather::<P>(storm).map_err(|wreck| wreck.to_string())?;
    Ok((P::NAME, came))
}
