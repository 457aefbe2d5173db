//! How far something is, on one line of the standard error output that is written over as it goes, where a person looks on; the line
//! is free again when it is over. It refuses to know what goes on.

use std::{
    io::{self, IsTerminal, Write},
    time::{Duration, Instant},
};

use minicom_protocol::gate::Shown;

use crate::{file_card, theme::Theme};

/// A person sees no more.
const TOLD_EVERY: Duration = Duration::from_millis(100);

/// See the module. Dropped, it leaves the line empty.
#[derive(Debug)]
pub struct ProgressLine {
    name: Shown,
    theme: Theme,
    looks_on: bool,
    told: Option<Instant>,
}

impl ProgressLine {
    /// Of something with this name. Where the standard error output is no terminal nothing is ever told.
    pub fn new(name: Shown, theme: Theme) -> ProgressLine {
        ProgressLine {
            name,
            theme,
            looks_on: io::stderr().is_terminal(),
            told: None,
        }
    }

    /// So many bytes of so many, where that is known.
    pub fn moved(&mut self, done: u64, size: Option<u64>) {
        let often = self.told.is_some_and(|at| at.elapsed() < TOLD_EVERY);
        if !often || Some(done) == size {
            self.tell(&file_card::bar(done, size, &self.theme));
        }
    }

    /// It waits for this.
    pub fn waits(&mut self, why: &Shown) {
        self.tell(&format!("waits for {why}"));
    }

    fn tell(&mut self, words: &str) {
        if self.looks_on {
            self.told = Some(Instant::now());
            // If stderr is gone there is nobody to tell.
            let _ = write!(io::stderr().lock(), "\r\x1b[K{}: {words}", self.name);
        }
    }
}

impl Drop for ProgressLine {
    fn drop(&mut self) {
        if self.told.is_some() {
            let _ = write!(io::stderr().lock(), "\r\x1b[K");
        }
    }
}
