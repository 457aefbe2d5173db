//! Durations in buckets that can be added up: 16 for each doubling, so that the middle of one is at most 1/32 (3.2 %) off what is
//! in it. Durations below 16 ms have a bucket each.

/// Sixteen for each doubling.
const BITS: u32 = 4;
/// How many there are: the last is for 34 years and more.
pub const BUCKETS: u16 = 608;

/// The bucket of a duration in milliseconds.
pub fn bucket(ms: i64) -> u16 {
    let ms = ms.max(0).cast_unsigned();
    if ms < 1 << BITS {
        return ms as u16; // below 16
    }
    let doublings = u64::BITS - 1 - ms.leading_zeros() - BITS;
    let within = (ms >> doublings) & ((1 << BITS) - 1);
    let bucket = u64::from(doublings + 1) << BITS | within;
    u16::try_from(bucket).unwrap_or(u16::MAX).min(BUCKETS - 1)
}

/// The duration in the middle of a bucket, in milliseconds.
pub fn middle(bucket: u16) -> i64 {
    let (doublings, within) = (u32::from(bucket >> BITS), i64::from(bucket & ((1 << BITS) - 1)));
    match doublings {
        0 => within,
        _ => {
            let width = 1_i64 << (doublings - 1).min(50);
            (((1 << BITS) + within) * width).saturating_add(width / 2)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn short_durations_are_told_exactly() {
        for ms in 0..32 {
            assert_eq!(middle(bucket(ms)), ms);
        }
        assert_eq!((bucket(-5), bucket(i64::MAX)), (0, BUCKETS - 1));
    }

    proptest! {
        #[test]
        fn the_middle_of_a_bucket_is_near(ms in 0..(34_i64 * 365 * 86_400_000)) {
            let error = (middle(bucket(ms)) - ms).abs();
            prop_assert!(error * 100 <= ms * 5, "{ms} is told as {}", middle(bucket(ms)));
        }

        #[test]
        fn longer_is_never_in_an_earlier_bucket(a in any::<i64>(), b in any::<i64>()) {
            prop_assert!((a <= b) <= (bucket(a) <= bucket(b)));
        }
    }
}
