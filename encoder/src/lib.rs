//! What does a sentence mean, and which of the given texts does it ask for? A sentence encoder (a small BERT, weights in 8 and 6 bits)
//! and the heads that are trained on its vectors and on the letters of a text. Pure numbers: the same inputs give the same
//! outputs, and there is no clock, no network, no file, no database and no language's words in here.

mod encode;
mod forward;
pub mod heads;
mod kernel;
mod table;
#[cfg(test)]
mod tiny;
mod tokens;
mod unigram;
mod vector;
mod vocabulary;
mod weights;

pub use encode::Encoder;
pub use vector::Vector;
pub use weights::WeightsError;

/// Numbers that a text becomes.
pub const DIM: usize = 384;
