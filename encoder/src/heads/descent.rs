//! Finds where a smooth function is least, by the limited-memory BFGS method.

use std::collections::VecDeque;

use crate::kernel;

/// Earlier steps that are remembered.
const MEMORY: usize = 8;
/// A step is halved so often before it is given up.
const HALVINGS_MAX: usize = 12;
/// How much of the promised fall a step must bring.
const ENOUGH: f64 = 1e-4;

/// Where `of` is least near `x`, after `steps` steps or once a step brings less than `still` of the value. `of` gives
/// the value and writes the gradient.
pub(crate) fn least(x: &mut [f32], steps: usize, still: f64, mut of: impl FnMut(&[f32], &mut [f32]) -> f64) {
    let mut gradient = vec![0.0; x.len()];
    let mut value = of(x, &mut gradient);
    let mut memory: VecDeque<(Vec<f32>, Vec<f32>, f32)> = VecDeque::new();
    let (mut tried, mut there) = (vec![0.0; x.len()], vec![0.0; x.len()]);
    for _ in 0..steps {
        let way = direction(&gradient, &memory);
        let slope = f64::from(kernel::dot(&way, &gradient));
        if slope >= 0.0 {
            return;
        }
        let mut length = if memory.is_empty() {
            1.0 / kernel::dot(&way, &way).sqrt().max(1.0)
        } else {
            1.0
        };
        let mut found = None;
        for _ in 0..HALVINGS_MAX {
            tried.copy_from_slice(x);
            kernel::add_scaled(&mut tried, length, &way);
            let value_there = of(&tried, &mut there);
            if value_there <= value + ENOUGH * f64::from(length) * slope {
                found = Some(value_there);
                break;
            }
            length /= 2.0;
        }
        let Some(value_there) = found else { return };
        let moved: Vec<f32> = tried.iter().zip(&*x).map(|(to, from)| to - from).collect();
        let turned: Vec<f32> = there.iter().zip(&gradient).map(|(to, from)| to - from).collect();
        let bend = kernel::dot(&moved, &turned);
        if bend > f32::EPSILON * kernel::dot(&turned, &turned) {
            memory.truncate(MEMORY - 1);
            memory.push_front((moved, turned, bend));
        }
        x.copy_from_slice(&tried);
        gradient.copy_from_slice(&there);
        let fell = value - value_there;
        value = value_there;
        if fell < still * value.abs() {
            return;
        }
    }
}

/// Down, as the earlier steps tell of the bends.
fn direction(gradient: &[f32], memory: &VecDeque<(Vec<f32>, Vec<f32>, f32)>) -> Vec<f32> {
    let mut way: Vec<f32> = gradient.iter().map(|x| -x).collect();
    let mut shares = Vec::with_capacity(memory.len());
    for (moved, turned, bend) in memory {
        let share = kernel::dot(moved, &way) / bend;
        kernel::add_scaled(&mut way, -share, turned);
        shares.push(share);
    }
    if let Some((_, turned, bend)) = memory.front() {
        let scale = bend / kernel::dot(turned, turned);
        way.iter_mut().for_each(|x| *x *= scale);
    }
    for ((moved, turned, bend), share) in memory.iter().zip(shares).rev() {
        let back = kernel::dot(turned, &way) / bend;
        kernel::add_scaled(&mut way, share - back, moved);
    }
    way
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_finds_the_bottom_of_a_crooked_valley() {
        let mut x = [-1.2, 1.0];
        least(&mut x, 200, 0.0, |x, gradient| {
            let (a, b) = (1.0 - x[0], x[1] - x[0] * x[0]);
            gradient.copy_from_slice(&[-2.0 * a - 400.0 * x[0] * b, 200.0 * b]);
            f64::from(a * a + 100.0 * b * b)
        });
        assert!((x[0] - 1.0).abs() < 0.01 && (x[1] - 1.0).abs() < 0.02, "{x:?}");
    }
}
