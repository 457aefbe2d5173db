//! The words' vectors: half of an encoder is this one table, of which a text needs a row for each of its tokens. So it lies there in
//! few bits, as it came, and a row is spread out when it is read.

use std::borrow::Cow;

use half::f16;

use crate::{DIM, kernel::GROUP};

/// Bits that a number may have. Eight of them fill as many bytes: no number's bits lie in two eights.
pub(crate) const BITS: std::ops::RangeInclusive<usize> = 4..=8;

/// See the module.
#[derive(Debug)]
pub(crate) struct Table {
    bits: usize,
    /// 16 bits for each group of a row.
    scales: Cow<'static, [u8]>,
    /// Eight numbers in `bits` bytes: one large number, its lowest byte first, with the first of the eight in its lowest bits. Negative
    /// ones as processors have them (two's complement), so that in 8 bits it is a byte a number.
    codes: Cow<'static, [u8]>,
}

impl Table {
    /// Of as many scales and codes as some rows have.
    pub(crate) fn new(bits: usize, scales: Cow<'static, [u8]>, codes: Cow<'static, [u8]>) -> Table {
        Table { bits, scales, codes }
    }

    pub(crate) fn rows(&self) -> usize {
        self.codes.len() / (DIM / 8 * self.bits)
    }

    /// A row in 32 bits.
    pub(crate) fn unpack(&self, row: usize, out: &mut [f32; DIM]) {
        let bytes = DIM / 8 * self.bits;
        let codes = self.codes[row * bytes..][..bytes].chunks_exact(self.bits);
        let scales = self.scales[row * (DIM / GROUP) * 2..].as_chunks::<2>().0;
        let groups = out.as_chunks_mut::<GROUP>().0.iter_mut().zip(scales);
        let eights = groups.flat_map(|(group, scale)| {
            let scale = f16::from_le_bytes(*scale).to_f32();
            group.as_chunks_mut::<8>().0.iter_mut().map(move |eight| (eight, scale))
        });
        for ((out, scale), codes) in eights.zip(codes) {
            let all = codes.iter().rev().fold(0_u64, |all, byte| all << 8 | u64::from(*byte));
            for (n, out) in out.iter_mut().enumerate() {
                // Up to the end, and back with the sign.
                let number = (all << (u64::BITS as usize - (n + 1) * self.bits)).cast_signed()
                    >> (u64::BITS as usize - self.bits);
                *out = number as f32 * scale;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// As make.py does it.
    fn packed(bits: usize, numbers: &[i32]) -> Vec<u8> {
        let eights = numbers.as_chunks::<8>().0.iter();
        let packed = eights.flat_map(|eight| {
            let coded = eight
                .iter()
                .map(|number| u64::from(number.cast_unsigned()) & ((1 << bits) - 1));
            let all = coded.rev().fold(0_u64, |all, code| all << bits | code);
            all.to_le_bytes().into_iter().take(bits)
        });
        packed.collect()
    }

    proptest! {
        #[test]
        fn a_row_is_what_was_packed(bits in BITS, seed in prop::collection::vec(any::<i32>(), 3 * DIM)) {
            let half = 1 << (bits - 1);
            let numbers: Vec<i32> = seed.iter().map(|number| number.rem_euclid(2 * half) - half).collect();
            let scales: Vec<u8> = (1..=3 * DIM / GROUP).flat_map(|n| f16::from_f32(n as f32).to_le_bytes()).collect();
            let table = Table::new(bits, scales.into(), packed(bits, &numbers).into());
            prop_assert_eq!(table.rows(), 3);
            for row in 0..3 {
                let mut out = [f32::NAN; DIM];
                table.unpack(row, &mut out);
                for (n, out) in out.iter().enumerate() {
                    let at = row * DIM + n;
                    prop_assert_eq!(*out, numbers[at] as f32 * (at / GROUP + 1) as f32);
                }
            }
        }
    }
}
