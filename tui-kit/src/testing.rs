//! What the tests of a screen need: typed key strings, a clock that stands still, a program without a terminal, a terminal
//! without a screen; texts made to do harm, the places where they are shown, and a storm of all that can happen.
//!
//! Only with the feature `testing`.

mod bench;
mod dice;
mod document;
mod fake;
mod help;
pub mod hostile;
mod keys;
mod picture;
pub mod places;
mod print;
pub mod storm;
pub mod wire;
mod wired;

pub use bench::{BENCH_START, Bench};
pub use dice::Dice;
pub use document::same_in_document;
pub use fake::{FakeEvents, FakeScreen, Seen, Typist, fake_terminal};
pub use help::help_is_whole;
pub use keys::{key, keys};
pub use picture::{Paper, picture};
pub use print::{plain, styled};
pub use wired::Wired;
