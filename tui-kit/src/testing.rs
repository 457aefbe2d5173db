//! What the tests of a screen need: typed key strings, a clock that stands still, a program without a terminal, a terminal
//! without a screen.
//!
//! Only with the feature `testing`.

mod bench;
mod document;
mod fake;
mod keys;
mod picture;
mod print;

pub use bench::{BENCH_START, Bench};
pub use document::same_in_document;
pub use fake::{FakeEvents, FakeScreen, Seen, Typist, fake_terminal};
pub use keys::{key, keys};
pub use picture::{Paper, picture};
pub use print::{plain, styled};
