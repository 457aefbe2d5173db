//! Sentences about anything that is no matter of a help desk: what a model must not find an answer to. Written for this
//! program, in the public domain. Their vectors are beside them, so that no start works them out again.

use crate::{Vector, heads::Example};

/// The sentences, one a line.
const SENTENCES: &str = include_str!("background.txt");
/// Their vectors by the encoder in the program, in that order.
#[cfg(feature = "weights")]
const VECTORS: &[u8] = include_bytes!("../../model/background.bin");

/// The sentences, with vectors of the encoder in the program.
#[cfg(feature = "weights")]
pub fn background() -> Vec<Example> {
    let vectors = VECTORS.chunks_exact(Vector::BYTES).map(Vector::from_bytes);
    SENTENCES
        .lines()
        .zip(vectors)
        .map(|(text, vector)| example(text, vector))
        .collect()
}

/// The sentences without vectors: for a desk without an encoder, or for another one, which makes its own.
pub fn background_texts() -> Vec<Example> {
    SENTENCES.lines().map(|text| example(text, None)).collect()
}

fn example(text: &str, vector: Option<Vector>) -> Example {
    Example {
        label: 0,
        text: text.to_owned(),
        vector,
    }
}

#[cfg(all(test, feature = "weights"))]
mod tests {
    use super::*;
    use crate::Encoder;

    /// Writes the file anew with `WRITE_BACKGROUND=1`.
    #[test]
    fn the_vectors_beside_the_sentences_are_the_encoders() {
        let texts: Vec<&str> = SENTENCES.lines().collect();
        let made = Encoder::bundled().encode(&texts);
        if std::env::var_os("WRITE_BACKGROUND").is_some() {
            let path = concat!(env!("CARGO_MANIFEST_DIR"), "/model/background.bin");
            let bytes: Vec<u8> = made.iter().flat_map(Vector::to_bytes).collect();
            std::fs::write(path, bytes).expect("the file can be written");
            return;
        }
        let kept = background();
        assert_eq!(kept.len(), texts.len());
        assert_eq!(VECTORS.len(), texts.len() * Vector::BYTES);
        for ((text, made), kept) in texts.iter().zip(&made).zip(&kept) {
            let kept = kept.vector.as_ref().expect("it has a vector");
            assert!(kept.nearness(made) > 0.999, "{text}");
        }
    }
}
