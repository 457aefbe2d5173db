//! For tests: a desk on paper with a screen before it, as the tests of the program have it, and a storm over it.
//!
//! Only with the feature `testing`.

pub mod places;
#[path = "../tests/rig/mod.rs"]
pub mod rig;
pub mod storm;
pub mod story;

#[cfg(test)]
mod tests {
    use minicom_tui_kit::testing::storm::{Storm, weather};

    use super::storm::Stormy;

    /// In short; `minicom-bars storm` has a million inputs.
    #[test]
    fn a_storm_is_weathered() {
        let storm = Storm {
            seed: 7,
            inputs: 3_000,
            draw_every: 25,
            broken: false,
        };
        let told = weather::<Stormy>(storm).unwrap_or_else(|wreck| panic!("{wreck}"));
        assert!(told.frames > 50 && told.bytes > 10_000, "{told:?}");
    }
}
