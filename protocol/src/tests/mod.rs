//! What the tests of this crate share, and what they say of all that travels.

pub mod examples;
pub mod fixtures;

mod audience;
mod wire;
