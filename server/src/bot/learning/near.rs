//! How near texts are in meaning: by the encoder, or in a program without one by the words that they share.

use std::collections::BTreeSet;

use minicom_encoder::Vector;

use crate::bot::model;

/// Texts that are encoded at once.
const AT_ONCE: usize = 64;

/// What a text means.
#[derive(Clone, Debug)]
pub enum Meaning {
    /// As the encoder has it.
    Vector(Vector),
    /// Its words.
    Words(BTreeSet<String>),
}

impl Meaning {
    /// Of some texts, in their order.
    pub fn of(texts: &[&str]) -> Vec<Meaning> {
        match model::encoder() {
            Some(encoder) => {
                let vectors = texts.chunks(AT_ONCE).flat_map(|some| encoder.encode(some));
                vectors.map(Meaning::Vector).collect()
            }
            None => texts.iter().map(|text| Meaning::Words(words(text))).collect(),
        }
    }

    /// From 0 (nothing in common) to 1 (the same).
    pub fn nearness(&self, other: &Meaning) -> f32 {
        match (self, other) {
            (Meaning::Vector(one), Meaning::Vector(other)) => one.nearness(other),
            (Meaning::Words(one), Meaning::Words(other)) => {
                let all = one.union(other).count();
                if all == 0 {
                    0.0
                } else {
                    one.intersection(other).count() as f32 / all as f32
                }
            }
            _ => 0.0,
        }
    }
}

fn words(text: &str) -> BTreeSet<String> {
    let words = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_is_nearer_than_another_question() {
        let texts = [
            "where can I find my invoice",
            "Where can I find my invoice?",
            "do you sell bikes",
        ];
        let all = Meaning::of(&texts);
        assert!(all[0].nearness(&all[1]) > 0.9 && all[0].nearness(&all[2]) < 0.5);
        let by_words: Vec<Meaning> = texts.iter().map(|it| Meaning::Words(words(it))).collect();
        assert!(by_words[0].nearness(&by_words[1]) > 0.99 && by_words[0].nearness(&by_words[2]) < 0.3);
        assert_eq!(Meaning::Words(words("")).nearness(&Meaning::Words(words("?"))), 0.0);
    }
}
