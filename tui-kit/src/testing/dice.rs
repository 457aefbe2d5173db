//! Values of a strategy without a test around it, for experiments that are longer than a test, and are repeated by their seed.

use proptest::prelude::Strategy;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// Throws the same values for the same seed.
pub struct Dice(TestRunner);

impl Dice {
    /// From a number.
    pub fn new(seed: u64) -> Dice {
        let mut bytes = [0; 32];
        for (place, byte) in bytes.iter_mut().zip(seed.to_le_bytes()) {
            *place = byte;
        }
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
        Dice(TestRunner::new_with_rng(Config::default(), rng))
    }

    /// The next value.
    ///
    /// # Panics
    /// The strategy refuses all that it makes: the experiment is wrong.
    pub fn throw<S: Strategy>(&mut self, of: &S) -> S::Value {
        match of.new_tree(&mut self.0) {
            Ok(tree) => tree.current(),
            Err(reason) => panic!("{reason}"),
        }
    }
}
