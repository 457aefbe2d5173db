//! One linear support vector machine for each label, on words and letters: squared hinge, trained by dual coordinate descent, for all labels at
//! once so that each text is read once a pass. What is kept is how much each example counts for each label: a query is
//! compared with the examples, and so are its nearest ones found on the way.

use crate::kernel;

use super::{chance::Chance, words::Row};

/// How much an error costs against a large margin.
const COST: f32 = 2.0;
/// Passes over all examples, unless it is still earlier.
const PASSES_MAX: usize = 12;
/// No example moved by more: it is still.
const STILL: f32 = 0.02;

/// See the module.
#[derive(Debug)]
pub(crate) struct Margins {
    labels: usize,
    /// By part: the examples that have it, with its weight there.
    by_part: Vec<Vec<(u32, f32)>>,
    examples: usize,
    /// By example and label: how much it counts.
    counts: Vec<f32>,
    /// By label: what is added.
    bias: Vec<f32>,
}

impl Margins {
    /// What was learnt.
    pub(crate) fn numbers(&self) -> [&[f32]; 2] {
        [&self.counts, &self.bias]
    }

    /// Of examples with their labels (each less than `labels`) and how much each is worth.
    pub(crate) fn fit(parts: usize, labels: usize, rows: &[Row], of: &[usize], worth: &[f32]) -> Margins {
        let (mut weights, mut bias) = (vec![0.0; parts * labels], vec![0.0; labels]);
        let mut counts = vec![0.0; rows.len() * labels];
        let mut order: Vec<usize> = (0..rows.len()).collect();
        let mut chance = Chance::new(1);
        let mut scores = vec![0.0; labels];
        for _ in 0..PASSES_MAX {
            chance.shuffle(&mut order);
            let mut most = 0.0_f32;
            for &n in &order {
                let row = &rows[n];
                let slack = 0.5 / (COST * worth[n]);
                // The length of each row is 1, and the bias is a part of its own.
                let curve = if row.is_empty() { 1.0 } else { 2.0 } + slack;
                scores.copy_from_slice(&bias);
                kernel::wide(|| {
                    for (part, x) in row {
                        kernel::add_scaled(&mut scores, *x, &weights[*part as usize * labels..][..labels]);
                    }
                    let counts = &mut counts[n * labels..][..labels];
                    for (label, (score, count)) in scores.iter_mut().zip(counts).enumerate() {
                        let side = if label == of[n] { 1.0 } else { -1.0 };
                        let was = side * *count;
                        let now = (was - (side * *score - 1.0 + was * slack) / curve).max(0.0);
                        *score = side * (now - was);
                        *count = side * now;
                        most = most.max((now - was).abs());
                    }
                    for (part, x) in row {
                        kernel::add_scaled(&mut weights[*part as usize * labels..][..labels], *x, &scores);
                    }
                    kernel::add_scaled(&mut bias, 1.0, &scores);
                });
            }
            if most < STILL {
                break;
            }
        }
        let mut by_part = vec![Vec::new(); parts];
        for (row, n) in rows.iter().zip(0..) {
            row.iter().for_each(|(part, x)| by_part[*part as usize].push((n, *x)));
        }
        Margins {
            labels,
            by_part,
            examples: rows.len(),
            counts,
            bias,
        }
    }

    /// How near a text is to each example, by words and letters.
    pub(crate) fn nearness(&self, row: &Row) -> Vec<f32> {
        let mut nearness = vec![0.0; self.examples];
        for (part, x) in row {
            for (example, y) in &self.by_part[*part as usize] {
                nearness[*example as usize] += x * y;
            }
        }
        nearness
    }

    /// On which side of each label's margin a text of this nearness is: 1 and more is well inside.
    pub(crate) fn scores(&self, nearness: &[f32]) -> Vec<f32> {
        let mut scores = self.bias.clone();
        kernel::wide(|| {
            for (near, counts) in nearness.iter().zip(self.counts.chunks_exact(self.labels)) {
                if *near != 0.0 {
                    kernel::add_scaled(&mut scores, *near, counts);
                }
            }
        });
        scores
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::heads::words::Words;

    const TEXTS: [&str; 6] = [
        "how do I return shoes",
        "send something back",
        "return policy",
        "when will my parcel get here",
        "delivery times",
        "how long does delivery take",
    ];

    fn fitted() -> (Words, Margins) {
        let words = Words::of(TEXTS.into_iter());
        let rows: Vec<Row> = TEXTS.iter().map(|text| words.row(text)).collect();
        let margins = Margins::fit(words.len(), 2, &rows, &[0, 0, 0, 1, 1, 1], &[1.0; 6]);
        (words, margins)
    }

    #[test]
    fn each_text_is_on_its_side() {
        let (words, margins) = fitted();
        for (text, label) in [("returning the shoes", 0), ("delivery time of the parcel", 1)] {
            let scores = margins.scores(&margins.nearness(&words.row(text)));
            assert!(scores[label] > scores[1 - label], "{text}: {scores:?}");
        }
        for (n, text) in TEXTS.iter().enumerate() {
            let scores = margins.scores(&margins.nearness(&words.row(text)));
            assert!(scores[n / 3] > 0.5 && scores[1 - n / 3] < -0.5, "{text}: {scores:?}");
        }
    }

    #[test]
    fn what_was_made_twice_is_the_same() {
        let ((_, once), (_, again)) = (fitted(), fitted());
        assert_eq!(once.counts, again.counts);
    }
}
