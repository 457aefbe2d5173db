//! The two kinds of vocabularies that encoders of this shape have, told apart by their list.

use crate::{WeightsError, tokens::WordPieces, unigram::Unigram};

/// From a text to the numbers of its pieces.
#[derive(Debug)]
pub(crate) enum Vocabulary {
    /// The longest pieces of each word in small letters: one language's.
    WordPieces(WordPieces),
    /// The likeliest pieces of each word: that of many languages.
    Unigram(Unigram),
}

impl Vocabulary {
    /// Of a list with a piece a line, numbered from 0; where `piece<TAB>score` stands in the first line, of likeliest pieces.
    ///
    /// # Errors
    /// A line cannot be read, or one of the marks that frame a text or stand for what is unknown is missing.
    pub(crate) fn of(list: &str) -> Result<Vocabulary, WeightsError> {
        match list.lines().next().is_some_and(|line| line.contains('\t')) {
            true => Unigram::of(list).map(Vocabulary::Unigram),
            false => WordPieces::of(list)
                .map(Vocabulary::WordPieces)
                .ok_or(WeightsError::Vocabulary("one of [CLS], [SEP] and [UNK] is missing")),
        }
    }

    /// How many pieces there are.
    pub(crate) fn count(&self) -> usize {
        match self {
            Vocabulary::WordPieces(it) => it.count(),
            Vocabulary::Unigram(it) => it.count(),
        }
    }

    /// Whether a word is one piece.
    pub(crate) fn knows(&self, word: &str) -> bool {
        match self {
            Vocabulary::WordPieces(it) => it.knows(word),
            Vocabulary::Unigram(it) => it.knows(word),
        }
    }

    /// The pieces of a text between the marks of its beginning and end, at most `most` of them (at least 2).
    pub(crate) fn tokens(&self, text: &str, most: usize) -> Vec<u32> {
        match self {
            Vocabulary::WordPieces(it) => it.tokens(text, most),
            Vocabulary::Unigram(it) => it.tokens(text, most),
        }
    }
}
