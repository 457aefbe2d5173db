//! Softmax regression on vectors: which share of belief each label gets.

use crate::{DIM, Vector, forward::softmax, kernel};

use super::descent;

/// How much an error costs against small weights.
const COST: f32 = 100.0;
const STEPS_MAX: usize = 40;
/// A step that brings less of the value is the last.
const STILL: f64 = 1e-3;
/// Numbers of a row: those of the vector, and 1 for the bias.
const WIDTH: usize = DIM + 1;

/// See the module.
#[derive(Debug)]
pub(crate) struct Shares {
    /// By label.
    weights: Vec<f32>,
}

impl Shares {
    /// Of vectors with their labels (each less than `labels`) and how much each is worth.
    pub(crate) fn fit(labels: usize, vectors: &[&Vector], of: &[usize], worth: &[f32]) -> Shares {
        let mut x = Vec::with_capacity(vectors.len() * WIDTH);
        for vector in vectors {
            x.extend_from_slice(vector.numbers());
            x.push(1.0);
        }
        let columns = kernel::transposed(&x, WIDTH);
        let mut weights = vec![0.0; labels * WIDTH];
        let mut beliefs = vec![0.0; vectors.len() * labels];
        descent::least(&mut weights, STEPS_MAX, STILL, |weights, gradient| {
            kernel::rows_by_rows(&x, weights, WIDTH, &mut beliefs);
            let mut loss = 0.0;
            for ((beliefs, label), worth) in beliefs.chunks_exact_mut(labels).zip(of).zip(worth) {
                softmax(beliefs);
                loss -= f64::from(COST * worth * beliefs[*label].max(1e-30).ln());
                beliefs[*label] -= 1.0;
                beliefs.iter_mut().for_each(|it| *it *= COST * worth);
            }
            let errors = kernel::transposed(&beliefs, labels);
            kernel::rows_by_rows(&errors, &columns, vectors.len(), gradient);
            kernel::add_scaled(gradient, 1.0, weights);
            loss + 0.5 * f64::from(kernel::dot(weights, weights))
        });
        Shares { weights }
    }

    /// What was learnt.
    pub(crate) fn numbers(&self) -> &[f32] {
        &self.weights
    }

    /// The shares, which sum to 1.
    pub(crate) fn of(&self, vector: &Vector) -> Vec<f32> {
        let rows = self.weights.chunks_exact(WIDTH);
        let mut scores: Vec<f32> = rows
            .map(|row| kernel::dot(&row[..DIM], vector.numbers()) + row[DIM])
            .collect();
        softmax(&mut scores);
        scores
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Points near the label's own axis.
    fn point(label: usize, n: usize) -> Vector {
        let mut numbers = [0.0; DIM];
        numbers[label] = 0.9;
        numbers[10 + n] = 0.4;
        Vector::of(&numbers)
    }

    #[test]
    fn a_point_near_a_label_gets_its_share() {
        let points: Vec<(usize, Vector)> = (0..12).map(|n| (n % 3, point(n % 3, n))).collect();
        let (of, vectors): (Vec<usize>, Vec<&Vector>) = points.iter().map(|(label, vector)| (*label, vector)).unzip();
        let shares = Shares::fit(3, &vectors, &of, &[1.0; 12]);
        for label in 0..3 {
            let got = shares.of(&point(label, 40));
            assert!(got[label] > 0.8, "{got:?}");
            assert!((got.iter().sum::<f32>() - 1.0).abs() < 1e-5);
        }
    }
}
