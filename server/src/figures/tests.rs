use minicom_protocol::figures::Times;
use proptest::prelude::*;

use super::{tally::TimeOf, *};

fn of_times(all: &[i64]) -> Times {
    let mut tally = Tally::default();
    all.iter().for_each(|ms| tally.time(TimeOf::Resolution, *ms));
    tally.figures().resolution
}

/// The exact value that half, or nine of ten, are at most.
fn exact(all: &[i64], part: usize) -> i64 {
    let mut sorted = all.to_vec();
    sorted.sort_unstable();
    sorted[(sorted.len() * part).div_ceil(100).max(1) - 1]
}

#[test]
fn durations_are_told_by_their_median_and_the_ninth_of_ten() {
    let all: Vec<i64> = (1..=10).map(|n| n * 1_000).collect();
    let told = of_times(&all);
    assert_eq!(told.count, 10);
    let near = |told: Option<i64>, exact: i64| (told.unwrap() - exact).abs() * 20 <= exact;
    assert!(near(told.median_ms, 5_000) && near(told.p90_ms, 9_000), "{told:?}");
    assert_eq!(of_times(&[]), Times::default());
}

#[test]
fn stars_have_a_mean_and_those_who_say_nothing_are_counted_apart() {
    let mut tally = Tally::default();
    for score in [5, 4, 4] {
        tally.add(super::tally::count_of_stars(score), 1);
    }
    tally.count(Count::NotRated);
    let told = tally.figures().ratings;
    assert_eq!((told.count, told.average, told.declined), (3, Some(4.33), 1));
    assert_eq!(told.stars, [0, 0, 0, 2, 1]);
}

proptest! {
    #[test]
    fn a_part_of_many_durations_is_told_within_five_percent(
        all in proptest::collection::vec(0..100_000_000_i64, 1..200)
    ) {
        let told = of_times(&all);
        for (told, part) in [(told.median_ms, 50), (told.p90_ms, 90)] {
            let (told, exact) = (told.unwrap(), exact(&all, part));
            prop_assert!((told - exact).abs() * 20 <= exact, "{told} for {exact}");
        }
    }

    #[test]
    fn what_is_stored_is_read_as_it_was(
        counts in proptest::collection::btree_map(0..64_u16, 1..i64::MAX / 4, 0..20),
        times in proptest::collection::vec(any::<i64>(), 0..50),
    ) {
        let mut tally = Tally::default();
        counts.iter().for_each(|(slot, count)| tally.add(*slot, *count));
        times.iter().for_each(|ms| tally.time(TimeOf::Wait, *ms));
        let (stored, durations) = tally.encode();
        let mut read = Tally::default();
        read.add_stored(&stored, &durations).unwrap();
        prop_assert_eq!(&read, &tally);
        read.merge(&tally, -1);
        prop_assert!(read.is_empty());
    }

    #[test]
    fn any_bytes_are_figures_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
        let _ = Tally::default().add_stored(&bytes, &bytes);
    }
}
