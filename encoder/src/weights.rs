//! The file of weights as it lies in the program or on the disk: read without copying the numbers in 8 bits, and refused if it
//! is another file, or of another shape than its head says.

use std::borrow::Cow;

use half::f16;

use crate::{
    DIM,
    kernel::{self, GROUP},
    table::{self, Table},
};

/// How the file begins; a byte for its version follows.
const MAGIC: &[u8; 7] = b"MCENC\0\0";
/// The first version: the words in 8 bits like everything else.
const ALL_IN_EIGHT: u8 = 1;
/// Its head tells in how many bits the words are.
const WORDS_IN_FEWER: u8 = 2;
/// Bounds of what a head may say, far above any encoder of this kind: a damaged file must not ask for all memory.
const COUNT_MAX: usize = 1 << 20;

/// Why a file is no encoder.
#[derive(Debug, thiserror::Error)]
pub enum WeightsError {
    /// Another kind of file, or another version.
    #[error("this is no file of encoder weights, or one of another version; make it with encoder/model/convert.py")]
    Foreign,
    /// Its size is not what its head says.
    #[error("the file of weights is damaged: {0}; make it again with encoder/model/convert.py")]
    Damaged(&'static str),
    /// The list of word pieces is not the one that belongs to it.
    #[error("the list of word pieces does not belong to these weights: {0}")]
    Vocabulary(&'static str),
    /// A line of a list of pieces with scores, from 1, is none.
    #[error("line {0} of the list of word pieces is not a piece, a tab and a number")]
    Line(usize),
}

/// A matrix in 8 bits: rows of weights, each group with a scale.
#[derive(Debug)]
pub(crate) struct Packed {
    pub(crate) width: usize,
    scales: Vec<f32>,
    weights: Cow<'static, [u8]>,
}

impl Packed {
    pub(crate) fn rows(&self) -> usize {
        self.weights.len() / self.width
    }

    /// A row in 32 bits.
    pub(crate) fn unpack(&self, row: usize, out: &mut [f32]) {
        let weights = &self.weights[row * self.width..][..self.width];
        let scales = &self.scales[row * self.width / GROUP..][..self.width / GROUP];
        kernel::unpacked(weights.as_chunks().0, scales, out.as_chunks_mut().0);
    }
}

/// A matrix and what is added.
#[derive(Debug)]
pub(crate) struct Dense {
    pub(crate) weights: Packed,
    pub(crate) bias: Vec<f32>,
}

/// What brings a row to mean 0 and width 1, then to its own.
#[derive(Debug)]
pub(crate) struct Norm {
    pub(crate) scale: Vec<f32>,
    pub(crate) shift: Vec<f32>,
}

#[derive(Debug)]
pub(crate) struct Layer {
    pub(crate) query: Dense,
    pub(crate) key: Dense,
    pub(crate) value: Dense,
    pub(crate) out: Dense,
    pub(crate) after_attention: Norm,
    pub(crate) widen: Dense,
    pub(crate) narrow: Dense,
    pub(crate) after_all: Norm,
}

/// All of them.
#[derive(Debug)]
pub(crate) struct Weights {
    pub(crate) heads: usize,
    pub(crate) words: Table,
    pub(crate) places: Packed,
    pub(crate) first: Norm,
    pub(crate) layers: Vec<Layer>,
}

impl Weights {
    pub(crate) fn parse(file: Cow<'static, [u8]>) -> Result<Weights, WeightsError> {
        let version = match file.split_first_chunk() {
            Some((MAGIC, [version @ (ALL_IN_EIGHT | WORDS_IN_FEWER), ..])) => *version,
            _ => return Err(WeightsError::Foreign),
        };
        let mut rest = Rest {
            file,
            at: MAGIC.len() + 1,
        };
        let mut head = [0; 6];
        for number in &mut head {
            *number = rest.count()?;
        }
        let [words, dim, layers, heads, inner, places] = head;
        let bits = match version {
            ALL_IN_EIGHT => 8,
            _ => rest.count()?,
        };
        if !table::BITS.contains(&bits) {
            return Err(WeightsError::Damaged(
                "its head tells of words in an odd number of bits",
            ));
        }
        if dim != DIM || heads == 0 || dim % heads != 0 || inner % GROUP != 0 || words == 0 || places < 2 {
            return Err(WeightsError::Damaged("its head tells of no encoder of this kind"));
        }
        let words = rest.table(words, bits)?;
        let places = rest.packed(places, dim)?;
        let first = rest.norm(dim)?;
        let layers = (0..layers).map(|_| rest.layer(dim, inner)).collect::<Result<_, _>>()?;
        if rest.at != rest.file.len() {
            return Err(WeightsError::Damaged("it is longer than its head says"));
        }
        Ok(Weights {
            heads,
            words,
            places,
            first,
            layers,
        })
    }
}

/// What of the file was not read yet.
struct Rest {
    file: Cow<'static, [u8]>,
    at: usize,
}

impl Rest {
    fn take(&mut self, bytes: usize) -> Result<std::ops::Range<usize>, WeightsError> {
        let range = self.at..self.at.saturating_add(bytes);
        if range.end > self.file.len() {
            return Err(WeightsError::Damaged("it is shorter than its head says"));
        }
        self.at = range.end;
        Ok(range)
    }

    fn count(&mut self) -> Result<usize, WeightsError> {
        let range = self.take(4)?;
        let count = self.file[range]
            .iter()
            .rev()
            .fold(0, |sum, byte| sum << 8 | usize::from(*byte));
        if count > COUNT_MAX {
            return Err(WeightsError::Damaged("its head tells of more than any encoder has"));
        }
        Ok(count)
    }

    fn numbers(&mut self, count: usize) -> Result<Vec<f32>, WeightsError> {
        let range = self.take(count * 4)?;
        let numbers = self.file[range].as_chunks::<4>().0.iter();
        Ok(numbers.map(|bytes| f32::from_le_bytes(*bytes)).collect())
    }

    fn packed(&mut self, rows: usize, width: usize) -> Result<Packed, WeightsError> {
        let scales = self.take(rows * width / GROUP * 2)?;
        let scales = self.file[scales].as_chunks::<2>().0.iter();
        let scales = scales.map(|bytes| f16::from_le_bytes(*bytes).to_f32()).collect();
        let weights = self.take(rows * width)?;
        Ok(Packed {
            width,
            scales,
            weights: self.kept(weights),
        })
    }

    fn table(&mut self, rows: usize, bits: usize) -> Result<Table, WeightsError> {
        let scales = self.take(rows * DIM / GROUP * 2)?;
        let codes = self.take(rows * DIM / 8 * bits)?;
        Ok(Table::new(bits, self.kept(scales), self.kept(codes)))
    }

    /// A part of the file: not copied if it is there as long as the program.
    fn kept(&self, range: std::ops::Range<usize>) -> Cow<'static, [u8]> {
        match &self.file {
            Cow::Borrowed(file) => Cow::Borrowed(&file[range]),
            Cow::Owned(file) => Cow::Owned(file[range].to_vec()),
        }
    }

    fn dense(&mut self, rows: usize, width: usize) -> Result<Dense, WeightsError> {
        Ok(Dense {
            weights: self.packed(rows, width)?,
            bias: self.numbers(rows)?,
        })
    }

    fn norm(&mut self, width: usize) -> Result<Norm, WeightsError> {
        Ok(Norm {
            scale: self.numbers(width)?,
            shift: self.numbers(width)?,
        })
    }

    fn layer(&mut self, dim: usize, inner: usize) -> Result<Layer, WeightsError> {
        Ok(Layer {
            query: self.dense(dim, dim)?,
            key: self.dense(dim, dim)?,
            value: self.dense(dim, dim)?,
            out: self.dense(dim, dim)?,
            after_attention: self.norm(dim)?,
            widen: self.dense(inner, dim)?,
            narrow: self.dense(dim, inner)?,
            after_all: self.norm(dim)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(file: Vec<u8>) -> String {
        Weights::parse(Cow::Owned(file)).expect_err("it is refused").to_string()
    }

    fn head(version: u8, numbers: &[u32]) -> Vec<u8> {
        let mut file = [MAGIC.as_slice(), &[version]].concat();
        file.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
        file
    }

    /// An encoder of two words and no layers, in so many bytes for the words.
    fn small(head: Vec<u8>, words: usize) -> Vec<u8> {
        let mut file = head;
        file.resize(file.len() + 2 * 24 + words + 2 * 24 + 2 * 384 + 2 * 384 * 4, 0);
        file
    }

    #[test]
    fn another_file_is_refused_and_so_is_a_damaged_one() {
        assert!(refused(vec![]).contains("no file of encoder weights"));
        assert!(refused(MAGIC.to_vec()).contains("no file of encoder weights"));
        assert!(refused(b"GGUF\0\0\0\x01 and more".to_vec()).contains("no file of encoder weights"));
        assert!(refused(small(head(3, &[2, 384, 0, 12, 64, 2, 6]), 2 * 288)).contains("another version"));
        for (version, more) in [(1, &[][..]), (2, &[6])] {
            let head = |numbers: &[u32]| head(version, &[numbers, more].concat());
            assert!(refused(head(&[])).contains("shorter"));
            assert!(refused(head(&[2, 384, 1, 12, 64, 2])).contains("shorter"));
            assert!(refused(head(&[u32::MAX, 384, 1, 12, 64, 2])).contains("more than any"));
            assert!(refused(head(&[2, 768, 1, 12, 64, 2])).contains("of this kind"));
        }
        for bits in [0, 3, 9, 64] {
            assert!(refused(small(head(2, &[2, 384, 0, 12, 64, 2, bits]), 2 * 288)).contains("number of bits"));
        }
    }

    #[test]
    fn a_file_of_the_right_size_is_read_and_one_byte_more_is_not() {
        for mut file in [
            small(head(1, &[2, 384, 0, 12, 64, 2]), 2 * 384),
            small(head(2, &[2, 384, 0, 12, 64, 2, 8]), 2 * 384),
            small(head(2, &[2, 384, 0, 12, 64, 2, 6]), 2 * 288),
        ] {
            let whole = Weights::parse(Cow::Owned(file.clone())).expect("it is whole");
            assert_eq!(whole.words.rows(), 2);
            file.push(0);
            assert!(refused(file).contains("longer"));
        }
    }
}
