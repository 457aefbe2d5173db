//! The encoder: a vocabulary, weights, and texts that become vectors.

use std::borrow::Cow;

use sha2::{Digest, Sha256};

use crate::{DIM, Vector, WeightsError, forward, vocabulary::Vocabulary, weights::Weights};

/// Tokens that go through the layers at once: more would not stay in the caches.
const TOKENS_AT_ONCE: usize = 128;
/// Tokens of a text that are read: about 90 words.
const TOKENS_MAX: usize = 128;

/// Makes vectors of texts. Made once, read by everybody.
#[derive(Debug)]
pub struct Encoder {
    vocabulary: Vocabulary,
    weights: Weights,
    /// What stands before each text; mostly nothing.
    prefix: String,
    version: u32,
    bundled: bool,
}

impl Encoder {
    /// The one in the program: all-MiniLM-L6-v2, for English.
    #[cfg(feature = "weights")]
    pub fn bundled() -> Encoder {
        let weights = Cow::Borrowed(include_bytes!("../model/minilm.bin").as_slice());
        let encoder = Encoder::new(include_str!("../model/vocab.txt"), weights);
        Encoder {
            bundled: true,
            ..encoder.expect("the weights in the program are whole (a test)")
        }
    }

    /// Of a list of pieces, one a line, and a file of weights, as `encoder/model/convert.py` makes them. A piece with a tab and a score
    /// behind it is one of a unigram vocabulary.
    ///
    /// # Errors
    /// It is another kind of file, or damaged, or the two do not belong together.
    pub fn new(pieces: &str, file: Cow<'static, [u8]>) -> Result<Encoder, WeightsError> {
        let digest = Sha256::new().chain_update(&file).chain_update(pieces).finalize();
        let weights = Weights::parse(file)?;
        let vocabulary = Vocabulary::of(pieces)?;
        if vocabulary.count() != weights.words.rows() {
            return Err(WeightsError::Vocabulary("another number of pieces"));
        }
        Ok(Encoder {
            vocabulary,
            weights,
            prefix: String::new(),
            version: version(digest.as_ref()),
            bundled: false,
        })
    }

    /// Puts something before each text, as this encoder was trained with ("query: "). That makes it another encoder.
    #[must_use]
    pub fn with_prefix(self, prefix: &str) -> Encoder {
        let digest = Sha256::new()
            .chain_update(self.version.to_le_bytes())
            .chain_update(prefix);
        Encoder {
            prefix: prefix.to_owned(),
            version: version(digest.finalize().as_ref()),
            ..self
        }
    }

    /// Whether it is the one in the program.
    pub fn is_bundled(&self) -> bool {
        self.bundled
    }

    /// Tells this encoder from others: the beginning of its digest, never 0. A vector is worth keeping as long as it is the same.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// Whether this is a word of its language: one that is no cut-up word to it.
    pub fn knows(&self, word: &str) -> bool {
        self.vocabulary.knows(word)
    }

    /// The vectors of some texts, in order.
    pub fn encode(&self, texts: &[&str]) -> Vec<Vector> {
        self.exact(texts).iter().map(Vector::of).collect()
    }

    fn exact(&self, texts: &[&str]) -> Vec<[f32; DIM]> {
        let most = TOKENS_MAX.min(self.weights.places.rows());
        let mut vectors = Vec::with_capacity(texts.len());
        let mut batch: Vec<Vec<u32>> = Vec::new();
        let mut size = 0;
        for text in texts {
            let tokens = match self.prefix.is_empty() {
                true => self.vocabulary.tokens(text, most),
                false => self.vocabulary.tokens(&format!("{}{text}", self.prefix), most),
            };
            if size + tokens.len() > TOKENS_AT_ONCE && !batch.is_empty() {
                vectors.extend(forward::forward(&self.weights, &batch));
                batch.clear();
                size = 0;
            }
            size += tokens.len();
            batch.push(tokens);
        }
        if !batch.is_empty() {
            vectors.extend(forward::forward(&self.weights, &batch));
        }
        vectors
    }
}

/// The beginning of a digest; 0 is for vectors of none.
fn version(digest: &[u8]) -> u32 {
    digest
        .iter()
        .take(4)
        .rev()
        .fold(0, |sum, byte| sum << 8 | u32::from(*byte))
        .max(1)
}

#[cfg(test)]
#[path = "other_tests.rs"]
mod other_tests;
#[cfg(all(test, feature = "weights"))]
#[path = "encode_tests.rs"]
mod tests;
