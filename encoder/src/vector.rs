//! What a text means, as numbers in 8 bits: a quarter of the room, and the same numbers whether they were just made or kept.

use crate::{DIM, kernel};

/// A vector of length 1. Two are the nearer in meaning the larger their product.
#[derive(Clone, PartialEq, Debug)]
pub struct Vector(Vec<f32>);

impl Vector {
    /// Bytes that it is kept in: a scale, and a byte a number.
    pub const BYTES: usize = 4 + DIM;

    /// Rounded to what can be kept, and of length 1 then.
    pub fn of(exact: &[f32; DIM]) -> Vector {
        let largest = exact.iter().fold(0.0_f32, |most, x| most.max(x.abs()));
        let step = (largest / 127.0).max(f32::MIN_POSITIVE);
        let mut rounded: Vec<f32> = exact.iter().map(|x| (x / step).round()).collect();
        let length = kernel::dot(&rounded, &rounded).sqrt().max(1.0);
        rounded.iter_mut().for_each(|x| *x /= length);
        Vector(rounded)
    }

    /// As it is kept.
    pub fn to_bytes(&self) -> Vec<u8> {
        let largest = self.0.iter().fold(0.0_f32, |most, x| most.max(x.abs()));
        let scale = (largest / 127.0).max(f32::MIN_POSITIVE);
        let mut bytes = scale.to_le_bytes().to_vec();
        bytes.extend(self.0.iter().map(|x| ((x / scale).round() as i8).cast_unsigned()));
        bytes
    }

    /// As it was kept; `None` if these bytes are none.
    pub fn from_bytes(bytes: &[u8]) -> Option<Vector> {
        let (scale, rest) = bytes.split_first_chunk::<4>()?;
        let scale = f32::from_le_bytes(*scale);
        let whole = rest.len() == DIM && scale.is_finite();
        whole.then(|| Vector(rest.iter().map(|byte| f32::from(byte.cast_signed()) * scale).collect()))
    }

    /// Its numbers.
    pub fn numbers(&self) -> &[f32] {
        &self.0
    }

    /// How near in meaning: 1 is the same, 0 is nothing in common.
    pub fn nearness(&self, other: &Vector) -> f32 {
        kernel::dot(&self.0, &other.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn bytes_of_another_length_are_no_vector() {
        assert_eq!(Vector::from_bytes(&[0; Vector::BYTES - 1]), None);
        assert!(Vector::from_bytes(&[0; Vector::BYTES]).is_some());
        assert_eq!(Vector::from_bytes(&[255; Vector::BYTES]), None);
    }

    proptest! {
        #[test]
        fn what_is_kept_is_what_was_made(numbers in prop::collection::vec(-1.0_f32..1.0, DIM)) {
            let exact: [f32; DIM] = numbers.try_into().expect("so many were made");
            let made = Vector::of(&exact);
            let kept = Vector::from_bytes(&made.to_bytes()).expect("it was kept");
            for (kept, made) in kept.numbers().iter().zip(made.numbers()) {
                prop_assert!((kept - made).abs() < 1e-6);
            }
            let length: f32 = exact.iter().map(|x| x * x).sum::<f32>().sqrt().max(f32::MIN_POSITIVE);
            for (exact, made) in exact.iter().zip(made.numbers()) {
                prop_assert!((exact / length - made).abs() < 0.005);
            }
            // Once kept it is kept as it is.
            prop_assert_eq!(Vector::from_bytes(&kept.to_bytes()), Some(kept));
        }
    }
}
