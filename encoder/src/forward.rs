//! The way through the layers, for the tokens of some texts at once: what a row of weights costs to unpack is shared by them.
//! Each text is on its own all the same: what stands beside it changes nothing but the last digits.

use std::ops::Range;

use crate::{
    DIM, kernel,
    weights::{Dense, Layer, Norm, Weights},
};

/// Added where a width is divided by: rows of equal numbers have none.
const EPSILON: f32 = 1e-12;

/// The vectors of some texts, each the mean of its tokens and of length 1. A text has at least two tokens.
pub(crate) fn forward(weights: &Weights, texts: &[Vec<u32>]) -> Vec<[f32; DIM]> {
    let mut ranges: Vec<Range<usize>> = Vec::with_capacity(texts.len());
    let mut x = Vec::with_capacity(texts.iter().map(Vec::len).sum::<usize>() * DIM);
    for tokens in texts {
        let from = x.len() / DIM;
        for (place, token) in tokens.iter().enumerate() {
            let (mut word, mut at) = ([0.0; DIM], [0.0; DIM]);
            weights.words.unpack(*token as usize, &mut word);
            weights.places.unpack(place, &mut at);
            x.extend(word.iter().zip(&at).map(|(word, at)| word + at));
        }
        ranges.push(from..x.len() / DIM);
    }
    norm(&mut x, &weights.first);
    for layer in &weights.layers {
        step(&mut x, layer, weights.heads, &ranges);
    }
    ranges
        .into_iter()
        .map(|range| mean(&x[range.start * DIM..range.end * DIM]))
        .collect()
}

/// One layer.
fn step(x: &mut [f32], layer: &Layer, heads: usize, texts: &[Range<usize>]) {
    let (query, key, value) = (dense(x, &layer.query), dense(x, &layer.key), dense(x, &layer.value));
    let mut mixed = vec![0.0; x.len()];
    for text in texts {
        for head in 0..heads {
            attend(
                &query,
                &key,
                &value,
                text,
                head * (DIM / heads)..(head + 1) * (DIM / heads),
                &mut mixed,
            );
        }
    }
    add(x, &dense(&mixed, &layer.out));
    norm(x, &layer.after_attention);
    let mut wide = dense(x, &layer.widen);
    bend(&mut wide);
    add(x, &dense(&wide, &layer.narrow));
    norm(x, &layer.after_all);
}

/// `x` times the weights, and what is added.
fn dense(x: &[f32], dense: &Dense) -> Vec<f32> {
    let width = dense.weights.width;
    let rows = dense.weights.rows();
    let mut out = vec![0.0; x.len() / width * rows];
    let mut row = vec![0.0; width];
    for n in 0..rows {
        dense.weights.unpack(n, &mut row);
        kernel::row_by_rows(x, &row, &mut out[n..], rows);
    }
    for out in out.chunks_exact_mut(rows) {
        add(out, &dense.bias);
    }
    out
}

/// What each token of a text takes from the others, by one head: the columns `of`.
fn attend(query: &[f32], key: &[f32], value: &[f32], text: &Range<usize>, of: Range<usize>, mixed: &mut [f32]) {
    let part = |x: &[f32], row: usize| -> Vec<f32> { x[row * DIM + of.start..row * DIM + of.end].to_vec() };
    let keys: Vec<f32> = text.clone().flat_map(|row| part(key, row)).collect();
    let scale = 1.0 / (of.len() as f32).sqrt();
    let mut shares = vec![0.0; text.len()];
    for row in text.clone() {
        kernel::row_by_rows(&keys, &part(query, row), &mut shares, 1);
        shares.iter_mut().for_each(|share| *share *= scale);
        softmax(&mut shares);
        let mixed = &mut mixed[row * DIM + of.start..row * DIM + of.end];
        for (share, from) in shares.iter().zip(text.clone()) {
            kernel::add_scaled(mixed, *share, &value[from * DIM + of.start..from * DIM + of.end]);
        }
    }
}

/// Positive shares that sum to 1.
pub(crate) fn softmax(x: &mut [f32]) {
    let largest = x.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    x.iter_mut().for_each(|x| *x = (*x - largest).exp());
    let sum: f32 = x.iter().sum();
    x.iter_mut().for_each(|x| *x /= sum);
}

fn add(x: &mut [f32], more: &[f32]) {
    x.iter_mut().zip(more).for_each(|(x, more)| *x += more);
}

/// Each row to mean 0 and width 1, then to the norm's own.
fn norm(x: &mut [f32], norm: &Norm) {
    for row in x.chunks_exact_mut(DIM) {
        let mean = row.iter().sum::<f32>() / DIM as f32;
        row.iter_mut().for_each(|x| *x -= mean);
        let width = (kernel::dot(row, row) / DIM as f32 + EPSILON).sqrt();
        for ((x, scale), shift) in row.iter_mut().zip(&norm.scale).zip(&norm.shift) {
            *x = *x / width * scale + shift;
        }
    }
}

/// The bend between the two wide steps: x · Φ(x), Φ by the error function.
fn bend(x: &mut [f32]) {
    kernel::wide(|| {
        for x in x.iter_mut() {
            *x *= 0.5 * (1.0 + erf(*x * std::f32::consts::FRAC_1_SQRT_2));
        }
    });
}

/// The error function as a quotient of two polynomials, right to six digits.
#[inline(always)]
#[allow(clippy::excessive_precision, reason = "the published coefficients")]
fn erf(x: f32) -> f32 {
    let x = x.clamp(-4.0, 4.0);
    let y = x * x;
    let mut above = -2.726_142_25e-10;
    for next in [
        2.770_681_42e-8,
        -2.101_024_02e-6,
        -5.692_506_39e-5,
        -7.349_906_30e-4,
        -2.954_599_81e-3,
        -1.609_603_33e-2,
    ] {
        above = above * y + next;
    }
    let mut below = -1.456_607_18e-5;
    for next in [-2.133_740_55e-4, -1.682_826_97e-3, -7.373_329_17e-3, -1.426_473_90e-2] {
        below = below * y + next;
    }
    x * above / below
}

/// The mean of the rows, of length 1.
fn mean(rows: &[f32]) -> [f32; DIM] {
    let mut mean = [0.0; DIM];
    rows.chunks_exact(DIM).for_each(|row| add(&mut mean, row));
    let length = kernel::dot(&mean, &mean).sqrt().max(f32::MIN_POSITIVE);
    mean.iter_mut().for_each(|x| *x /= length);
    mean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_function_is_right() {
        for (x, right) in [
            (0.0, 0.0),
            (0.5, 0.520_499_9),
            (1.0, 0.842_700_8),
            (-2.0, -0.995_322_3),
            (9.0, 1.0),
        ] {
            assert!((erf(x) - right).abs() < 2e-6, "{x}: {}", erf(x));
        }
    }

    #[test]
    fn shares_sum_to_one_whatever_the_numbers() {
        let mut x = [1e30, -1e30, 1e30];
        softmax(&mut x);
        assert_eq!(x, [0.5, 0.0, 0.5]);
    }
}
