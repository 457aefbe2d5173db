//! From a confidence to a probability: a logistic curve through what the desk's own examples say, held near the one that was
//! found over several desks where they say little.

/// The curve `1 / (1 + exp(-(slope * x + shift)))`.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Platt {
    pub(crate) slope: f32,
    pub(crate) shift: f32,
}

impl Platt {
    /// How probable it is that what has this confidence is right.
    pub(crate) fn probability(self, confidence: f32) -> f32 {
        1.0 / (1.0 + (-(self.slope * confidence + self.shift)).exp())
    }

    /// Fitted to confidences and whether each was right, with how much each is worth; `held` is the curve to stay near, and is as
    /// good as so many of them.
    pub(crate) fn fit(seen: &[(f32, bool, f32)], held: Platt, as_good_as: f32) -> Platt {
        let mut curve = held;
        // Newton's method on two numbers; the held curve bends it enough to be safe.
        for _ in 0..STEPS {
            let (mut down, mut across) = ([0.0_f64; 2], [0.0_f64; 3]);
            let mut add = |x: f32, wanted: f32, worth: f32| {
                let p = curve.probability(x);
                let (error, bend) = (
                    f64::from((p - wanted) * worth),
                    f64::from((p * (1.0 - p)).max(1e-6) * worth),
                );
                let x = f64::from(x);
                down = [down[0] + error * x, down[1] + error];
                across = [across[0] + bend * x * x, across[1] + bend * x, across[2] + bend];
            };
            for (x, right, worth) in seen {
                add(*x, if *right { 1.0 } else { 0.0 }, *worth);
            }
            for n in 0..HELD_AT {
                let x = FROM + (TO - FROM) * n as f32 / (HELD_AT - 1) as f32;
                add(x, held.probability(x), as_good_as / HELD_AT as f32);
            }
            let size = across[0] * across[2] - across[1] * across[1];
            if size.abs() < 1e-9 {
                break;
            }
            let slope = (down[0] * across[2] - down[1] * across[1]) / size;
            let shift = (down[1] * across[0] - down[0] * across[1]) / size;
            // A step that is too long would leave the part where the curve bends.
            let most = slope.abs().max(shift.abs()).max(2.0) / 2.0;
            curve.slope = (curve.slope - (slope / most) as f32).max(1.0);
            curve.shift -= (shift / most) as f32;
        }
        curve
    }
}

const STEPS: usize = 40;
/// Places where the held curve is looked at, and between which confidences.
const HELD_AT: usize = 16;
const FROM: f32 = 0.0;
const TO: f32 = 1.8;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HELD: Platt = Platt {
        slope: 6.0,
        shift: -5.0,
    };

    #[test]
    fn it_follows_what_was_seen_and_stays_where_nothing_was() {
        assert_eq!(Platt::fit(&[], HELD, 20.0), HELD);
        let seen: Vec<(f32, bool, f32)> = (0..400).map(|n| (n as f32 / 200.0, n >= 100, 1.0)).collect();
        let curve = Platt::fit(&seen, HELD, 20.0);
        assert!(
            curve.probability(0.3) < 0.3 && curve.probability(0.8) > 0.8,
            "{curve:?}"
        );
        assert!(HELD.probability(0.8) < 0.5);
    }

    proptest! {
        #[test]
        fn it_is_a_rising_curve_whatever_was_seen(
            seen in prop::collection::vec((-1.0_f32..3.0, any::<bool>(), 0.0_f32..2.0), 0..60),
        ) {
            let curve = Platt::fit(&seen, HELD, 20.0);
            prop_assert!(curve.slope.is_finite() && curve.shift.is_finite() && curve.slope > 0.0, "{curve:?}");
            prop_assert!(curve.probability(0.2) <= curve.probability(1.2));
        }
    }
}
