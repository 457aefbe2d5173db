//! From a confidence to a probability. The more examples an article has, the nearer some of them comes to any text, also to one
//! about something else: what is much with four examples is little with ten. The curve is the same for every desk but for that; a
//! curve fitted to each desk's own examples, each taken as if it had not been one, was further from what came true, because a
//! desk's own questions say nothing of those that are nearly its own.

/// The curve `1 / (1 + exp(-slope * (x - half)))`.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Curve {
    half: f32,
}

const SLOPE: f32 = 6.0;
/// Where nine of ten are right, with few examples for an article and with many.
const NINE_OF_TEN: [f32; 2] = [0.7, 1.25];
/// What few and many are.
const EXAMPLES: [f32; 2] = [4.25, 8.0];

impl Curve {
    /// For a desk with so many examples for an article in the mean.
    pub(crate) fn of(examples: f32) -> Curve {
        let much = ((examples - EXAMPLES[0]) / (EXAMPLES[1] - EXAMPLES[0])).clamp(0.0, 1.0);
        let nine_of_ten = NINE_OF_TEN[0] + (NINE_OF_TEN[1] - NINE_OF_TEN[0]) * much;
        Curve {
            half: nine_of_ten - 9.0_f32.ln() / SLOPE,
        }
    }

    /// How probable it is that what has this confidence is right.
    pub(crate) fn probability(self, confidence: f32) -> f32 {
        1.0 / (1.0 + (-SLOPE * (confidence - self.half)).exp())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_rises_and_wants_more_where_there_are_more_examples() {
        let (few, many) = (Curve::of(3.0), Curve::of(15.0));
        assert!((few.probability(0.7) - 0.9).abs() < 1e-3 && (many.probability(1.25) - 0.9).abs() < 1e-3);
        for step in 0..20 {
            let x = step as f32 / 10.0 - 0.3;
            assert!(few.probability(x) > many.probability(x) && few.probability(x) < few.probability(x + 0.1));
        }
    }
}
