//! From how sure the heads are to what the bot dares: answer, let the customer choose among two or three articles, or neither. The thresholds
//! are the same for every desk; what they are compared with is calibrated on each desk's own examples.

use minicom_encoder::heads::{Ranked, Scores};

/// So probable an article must be to be the answer.
pub const ANSWER_FROM: f32 = 0.90;
/// And so much likelier than the next one, or both are offered.
pub const AHEAD_BY: f32 = 0.03;
/// So probable the first must be for articles to be offered.
pub const OFFER_FROM: f32 = 0.35;
/// What is offered beside the first must be at least so probable, and at least this part of the first.
const OFFER_OTHERS_FROM: f32 = 0.10;
/// Choices of an offer.
pub const CHOICES_MAX: usize = 3;

/// What the bot dares.
#[derive(Clone, PartialEq, Debug)]
pub enum Dares {
    /// To answer with this.
    Answer(Ranked),
    /// To let the customer choose: one to three, the likeliest first.
    Offer(Vec<Ranked>),
    /// Nothing: it does not know.
    Neither,
}

/// See the module.
pub fn dares(scores: &Scores) -> Dares {
    let Some(first) = scores.ranked.first() else {
        return Dares::Neither;
    };
    let ahead = scores
        .ranked
        .get(1)
        .is_none_or(|next| first.score - next.score >= AHEAD_BY);
    if first.probability >= ANSWER_FROM && ahead {
        return Dares::Answer(*first);
    }
    if first.probability < OFFER_FROM {
        return Dares::Neither;
    }
    let near = |it: &&Ranked| it.probability >= OFFER_OTHERS_FROM;
    Dares::Offer(scores.ranked.iter().filter(near).take(CHOICES_MAX).copied().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scores(ranked: &[(f32, f32)]) -> Scores {
        let ranked = ranked.iter().enumerate().map(|(label, (score, probability))| Ranked {
            label,
            score: *score,
            probability: *probability,
            nearest: label,
            nearness: 0.5,
        });
        Scores {
            ranked: ranked.collect(),
            ..Scores::default()
        }
    }

    #[test]
    fn it_answers_when_sure_offers_when_not_and_else_does_not_dare() {
        let offered = |ranked: &[(f32, f32)]| match dares(&scores(ranked)) {
            Dares::Offer(choices) => choices.iter().map(|it| it.label).collect::<Vec<_>>(),
            other => panic!("{other:?}"),
        };
        assert!(matches!(dares(&scores(&[(1.2, 0.95), (0.4, 0.1)])), Dares::Answer(it) if it.label == 0));
        // As likely as the next one: both are offered.
        assert_eq!(offered(&[(1.2, 0.95), (1.19, 0.94), (0.3, 0.05)]), [0, 1]);
        assert_eq!(offered(&[(0.8, 0.6), (0.7, 0.5), (0.6, 0.4), (0.5, 0.3)]), [0, 1, 2]);
        assert_eq!(dares(&scores(&[(0.4, 0.2), (0.3, 0.1)])), Dares::Neither);
        assert_eq!(dares(&scores(&[])), Dares::Neither);
    }
}
