//! The one loop that costs: products of rows with rows, by the widest instructions that the machine has. Which those are is
//! found out as the program runs, and all of it is safe code.

use pulp::{Arch, Simd, WithSimd};

/// Rows of `x` that are multiplied with a row of weights at once: it is then read once for all of them.
const AT_ONCE: usize = 4;
/// Rows of `x` that stay in the nearest cache while all rows of `w` pass.
const TILE: usize = 16;

/// `out[n][m] = x[n] · w[m]` for all rows, each of `width` numbers: `x` times the transpose of `w`.
pub(crate) fn rows_by_rows(x: &[f32], w: &[f32], width: usize, out: &mut [f32]) {
    let rows = w.len() / width;
    assert!(x.len() / width * rows == out.len(), "as many results as pairs of rows");
    if rows == 0 {
        return;
    }
    let tiles = x.chunks(TILE * width).zip(out.chunks_mut(TILE * rows));
    for (x, out) in tiles {
        for (m, row) in w.chunks_exact(width).enumerate() {
            row_by_rows(x, row, &mut out[m..], rows);
        }
    }
}

/// `out[n * step] = x[n] · row` for all rows of `x`.
pub(crate) fn row_by_rows(x: &[f32], row: &[f32], out: &mut [f32], step: usize) {
    Arch::new().dispatch(RowByRows { x, row, out, step });
}

struct RowByRows<'a> {
    x: &'a [f32],
    row: &'a [f32],
    out: &'a mut [f32],
    step: usize,
}

impl WithSimd for RowByRows<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let width = self.row.len();
        let (row, row_rest) = S::as_simd_f32s(self.row);
        let mut at = 0;
        let mut groups = self.x.chunks_exact(AT_ONCE * width);
        for four in groups.by_ref() {
            let (a, rest) = four.split_at(width);
            let (b, rest) = rest.split_at(width);
            let (c, d) = rest.split_at(width);
            let ((a, a_rest), (b, b_rest)) = (S::as_simd_f32s(a), S::as_simd_f32s(b));
            let ((c, c_rest), (d, d_rest)) = (S::as_simd_f32s(c), S::as_simd_f32s(d));
            let mut sums = [simd.splat_f32s(0.0); AT_ONCE];
            for ((((w, a), b), c), d) in row.iter().zip(a).zip(b).zip(c).zip(d) {
                sums[0] = simd.mul_add_e_f32s(*w, *a, sums[0]);
                sums[1] = simd.mul_add_e_f32s(*w, *b, sums[1]);
                sums[2] = simd.mul_add_e_f32s(*w, *c, sums[2]);
                sums[3] = simd.mul_add_e_f32s(*w, *d, sums[3]);
            }
            for (sum, rest) in sums.into_iter().zip([a_rest, b_rest, c_rest, d_rest]) {
                self.out[at] = simd.reduce_sum_f32s(sum) + few(row_rest, rest);
                at += self.step;
            }
        }
        for one in groups.remainder().chunks_exact(width) {
            let (a, a_rest) = S::as_simd_f32s(one);
            let mut sum = simd.splat_f32s(0.0);
            for (w, a) in row.iter().zip(a) {
                sum = simd.mul_add_e_f32s(*w, *a, sum);
            }
            self.out[at] = simd.reduce_sum_f32s(sum) + few(row_rest, a_rest);
            at += self.step;
        }
    }
}

/// What does not fill an instruction.
#[inline(always)]
fn few(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// `a · b`.
pub(crate) fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut out = [0.0];
    row_by_rows(a, b, &mut out, 1);
    out[0]
}

/// `sum += factor * x`, number by number.
pub(crate) fn add_scaled(sum: &mut [f32], factor: f32, x: &[f32]) {
    for (sum, x) in sum.iter_mut().zip(x) {
        *sum += factor * x;
    }
}

/// Runs a loop with the widest instructions that the machine has.
pub(crate) fn wide<R>(work: impl FnOnce() -> R) -> R {
    Arch::new().dispatch(work)
}

/// Weights that share a scale.
pub(crate) const GROUP: usize = 32;

/// Groups of 8-bit weights as numbers.
pub(crate) fn unpacked(weights: &[[u8; GROUP]], scales: &[f32], out: &mut [[f32; GROUP]]) {
    Arch::new().dispatch(Unpacked { weights, scales, out });
}

struct Unpacked<'a> {
    weights: &'a [[u8; GROUP]],
    scales: &'a [f32],
    out: &'a mut [[f32; GROUP]],
}

impl WithSimd for Unpacked<'_> {
    type Output = ();

    // Not a closure: this is inlined for certain where the wide instructions are, and eight at once become them there.
    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        for ((weights, out), scale) in self.weights.iter().zip(self.out).zip(self.scales) {
            for (weights, out) in weights.as_chunks::<8>().0.iter().zip(out.as_chunks_mut::<8>().0) {
                let wide: [i32; 8] = std::array::from_fn(|n| i32::from(weights[n].cast_signed()));
                *out = std::array::from_fn(|n| wide[n] as f32 * scale);
            }
        }
    }
}

/// Rows become columns.
pub(crate) fn transposed(x: &[f32], width: usize) -> Vec<f32> {
    let rows = x.len() / width;
    let mut out = vec![0.0; x.len()];
    for (n, row) in x.chunks_exact(width).enumerate() {
        for (k, value) in row.iter().enumerate() {
            out[k * rows + n] = *value;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_multiplies_as_the_plain_loop_does_whatever_the_sizes() {
        for (n, m, width) in [(1, 1, 1), (4, 3, 8), (5, 7, 19), (37, 3, 33), (3, 40, 384), (0, 3, 5)] {
            let x: Vec<f32> = (0..n * width).map(|i| ((i * 7919) % 13) as f32 - 6.0).collect();
            let w: Vec<f32> = (0..m * width).map(|i| ((i * 104_729) % 11) as f32 - 5.0).collect();
            let mut out = vec![f32::NAN; n * m];
            rows_by_rows(&x, &w, width, &mut out);
            for i in 0..n {
                for j in 0..m {
                    let plain: f32 = (0..width).map(|k| x[i * width + k] * w[j * width + k]).sum();
                    assert_eq!(out[i * m + j], plain, "{n} {m} {width}: {i} {j}");
                }
            }
        }
    }

    #[test]
    fn rows_become_columns() {
        assert_eq!(
            transposed(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 3),
            [1.0, 4.0, 2.0, 5.0, 3.0, 6.0]
        );
    }
}
