//! Whatever keys are pressed and whatever happens meanwhile, at any size: the program stands, shows what is true, and loses nothing
//! that was written.

use minicom_protocol::summary::Summary;
use minicom_tui_kit::testing::storm::{Storm, weather};
use proptest::prelude::*;

use crate::testing::{
    ADA, Desk, Seat,
    storm::{Stormy, valid},
    story::{Step, answer, step, take},
};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn any_story_can_be_told(steps in prop::collection::vec(step(), 1..60)) {
        let mut desk = Desk::new();
        desk.ago(99).says("carol", "hello").asks("carol").says("alice", "hi").taken("alice", ADA);
        let mut seat = Seat::at(desk, 80, 24);
        for step in &steps {
            take(&mut seat, step);
            prop_assert_eq!(valid(&seat), Ok(()));
            prop_assert!(!seat.bench.screen().is_empty());
            if seat.quit.is_some() {
                break;
            }
        }
    }

    #[test]
    fn what_was_refused_is_in_a_composer_or_says_so(steps in prop::collection::vec(step(), 0..12)) {
        let mut desk = Desk::new();
        desk.ago(99).says("bob", "hello").taken("bob", ADA);
        let mut seat = Seat::at(desk, 80, 24);
        seat.press("precious<enter>");
        let writes = |step: &Step| matches!(step, Step::Act(act) if act.is_typed()) || matches!(step, Step::Answer(_));
        for step in steps.iter().filter(|step| !writes(step)) {
            take(&mut seat, step);
        }
        answer(&mut seat, false);
        let app = &seat.bench.app;
        let written = |row: &Summary| {
            let written = app.writing.get(row.conversation);
            written.is_some_and(|written| written.composer.text().contains("precious"))
        };
        let failed = app.replica.pending_commands().any(|it| format!("{it:?}").contains("precious"));
        prop_assert!(failed || app.replica.summaries().any(written));
    }
}

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
