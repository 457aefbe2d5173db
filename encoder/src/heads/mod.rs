//! Which of some labels does a text ask for, and how sure is that? Three voices are summed: softmax regression on vectors, support vector
//! machines on words and letters, and the nearest example. Sentences about anything else are a label of their own, the background.
//! Without vectors two voices are left. The weights of the voices are the same for everybody: learnt for one set of
//! questions they got worse on the others.

mod background;
mod chance;
mod curve;
mod descent;
mod margins;
mod shares;
mod words;

#[cfg(feature = "weights")]
pub use background::background;
pub use background::background_texts;
pub use chance::Chance;

use sha2::{Digest, Sha256};

use crate::{Vector, forward::softmax};

use curve::Curve;
use margins::Margins;
use shares::Shares;
use words::{Row, Words};

/// The weights of the voices.
const OF_SHARES: f32 = 0.45;
const OF_MARGINS: f32 = 0.25;
const OF_NEAREST: f32 = 0.6;
/// How sharp margins are made before they are shares.
const MARGINS_SHARP: f32 = 4.0;
/// What the nearest example adds to the confidence, and the background takes from it.
const NEAREST_SURE: f32 = 0.4;
const BACKGROUND_UNSURE: f32 = 0.35;
/// What all of the background together is worth, against all examples.
const BACKGROUND_WORTH: f32 = 0.1;
/// What it is worth at least, in examples, where doubt is wanted: never more than all examples.
const DOUBT_WORTH: f32 = 12.0;
/// A sentence of the background that is so near to an example is about what the desk does, and left out.
const BACKGROUND_TOO_NEAR: f32 = 0.6;
/// A text of which it is known for what it asks.
#[derive(Clone, Debug)]
pub struct Example {
    /// For what: less than the number of labels.
    pub label: usize,
    /// The text.
    pub text: String,
    /// Its vector, if there is an encoder: all examples and queries have one, or none.
    pub vector: Option<Vector>,
}

/// The heads, trained. See the module.
#[derive(Debug)]
pub struct Heads {
    labels: usize,
    /// Those of the labels, then those of the background.
    examples: Vec<Example>,
    words: Words,
    margins: Margins,
    shares: Option<Shares>,
    curve: Curve,
}

/// A label, as a text asks for it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Ranked {
    /// Which.
    pub label: usize,
    /// The sum of the voices: what the order is by.
    pub score: f32,
    /// How probable it is that this is it.
    pub probability: f32,
    /// The example of the label that is nearest to the text, by its place among those that were given.
    pub nearest: usize,
    /// How near that is, at most 1.
    pub nearness: f32,
}

/// What a text asks for.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Scores {
    /// The labels, the likeliest first; none if there are no examples.
    pub ranked: Vec<Ranked>,
    /// How sure the first is, before it is a probability.
    pub confidence: f32,
    /// The share of belief that it is about something else.
    pub background: f32,
}

/// What the voices say to a text.
struct Voices {
    shares: Option<Vec<f32>>,
    margins: Vec<f32>,
    /// To each example.
    nearness: Vec<f32>,
}

impl Heads {
    /// Trains on examples of `labels` labels, and on sentences about anything else (their label is not looked at). The same
    /// inputs give the same heads.
    pub fn fit(labels: usize, examples: Vec<Example>, background: &[Example]) -> Heads {
        Heads::fit_with(labels, examples, background, 0.0)
    }

    /// The same with more doubt while examples are few: beside two or three of them a text about anything else looks much like
    /// one of theirs. From 120 on there is no difference.
    pub fn fit_doubting(labels: usize, examples: Vec<Example>, background: &[Example]) -> Heads {
        Heads::fit_with(labels, examples, background, DOUBT_WORTH)
    }

    fn fit_with(labels: usize, examples: Vec<Example>, background: &[Example], doubt: f32) -> Heads {
        let known = examples.len();
        let mut all = examples;
        let strangers: Vec<&Example> = background.iter().filter(|it| is_stranger(it, &all)).collect();
        all.extend(strangers.into_iter().map(|it| Example {
            label: labels,
            ..it.clone()
        }));
        let words = Words::of(all.iter().map(|it| it.text.as_str()));
        let rows: Vec<Row> = all.iter().map(|it| words.row(&it.text)).collect();
        let of: Vec<usize> = all.iter().map(|it| it.label).collect();
        let worth = worth(known, all.len(), doubt);
        let vectors: Option<Vec<&Vector>> = all.iter().map(|it| it.vector.as_ref()).collect();
        let (margins, shares) = std::thread::scope(|scope| {
            let shares = vectors.map(|vectors| scope.spawn(|| Shares::fit(labels + 1, &{ vectors }, &of, &worth)));
            let margins = Margins::fit(words.len(), labels + 1, &rows, &of, &worth);
            (margins, shares.and_then(|shares| shares.join().ok()))
        });
        Heads {
            labels,
            examples: all,
            words,
            margins,
            shares,
            curve: Curve::of(known as f32 / labels.max(1) as f32),
        }
    }

    /// What a text asks for.
    pub fn score(&self, text: &str, vector: Option<&Vector>) -> Scores {
        let near = self.margins.nearness(&self.words.row(text));
        let margins = self.margins.scores(&near);
        let vector = vector.filter(|_| self.shares.is_some());
        let nearness = match vector {
            Some(vector) => self.vectors_near(vector),
            None => near,
        };
        let shares = self
            .shares
            .as_ref()
            .zip(vector)
            .map(|(shares, vector)| shares.of(vector));
        self.summed(Voices {
            shares,
            margins,
            nearness,
        })
    }

    fn vectors_near(&self, vector: &Vector) -> Vec<f32> {
        let near = |it: &Example| it.vector.as_ref().map_or(0.0, |it| it.nearness(vector));
        self.examples.iter().map(near).collect()
    }

    /// The voices as one.
    fn summed(&self, voices: Voices) -> Scores {
        let mut margins = voices.margins;
        margins.iter_mut().for_each(|it| *it *= MARGINS_SHARP);
        softmax(&mut margins);
        let shares = voices.shares.as_ref().unwrap_or(&margins);
        let background = shares.get(self.labels).copied().unwrap_or_default();
        let mut nearest: Vec<(usize, f32)> = vec![(0, f32::NEG_INFINITY); self.labels];
        for (n, (example, near)) in self.examples.iter().zip(&voices.nearness).enumerate() {
            if let Some(best) = nearest.get_mut(example.label)
                && *near > best.1
            {
                *best = (n, *near);
            }
        }
        let labels = nearest
            .into_iter()
            .enumerate()
            .filter(|(_, (_, near))| near.is_finite());
        let mut ranked: Vec<Ranked> = labels
            .map(|(label, (nearest, nearness))| {
                let score = OF_SHARES * shares[label] + OF_MARGINS * margins[label] + OF_NEAREST * nearness;
                let confidence = score + NEAREST_SURE * nearness - BACKGROUND_UNSURE * background;
                Ranked {
                    label,
                    score,
                    probability: self.curve.probability(confidence),
                    nearest,
                    nearness,
                }
            })
            .collect();
        ranked.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.label.cmp(&b.label)));
        let confidence = ranked.first().map_or(0.0, |it| it.score + NEAREST_SURE * it.nearness);
        Scores {
            ranked,
            confidence: confidence - BACKGROUND_UNSURE * background,
            background,
        }
    }

    /// Tells heads apart by all that training made of their examples: the same inputs give the same, on processors of one kind.
    pub fn digest(&self) -> [u8; 32] {
        let mut digest = Sha256::new();
        let mut numbers = |all: &[f32]| {
            digest.update((all.len() as u64).to_le_bytes());
            all.iter().for_each(|it| digest.update(it.to_bits().to_le_bytes()));
        };
        self.margins.numbers().into_iter().for_each(&mut numbers);
        numbers(self.shares.as_ref().map_or(&[], Shares::numbers));
        for example in &self.examples {
            digest.update((example.label as u64).to_le_bytes());
            digest.update((example.text.len() as u64).to_le_bytes());
            digest.update(&example.text);
        }
        digest.finalize().into()
    }

    /// How many examples there are, without the background.
    pub fn examples(&self) -> usize {
        self.examples.iter().filter(|it| it.label < self.labels).count()
    }

    /// An example that was given, by its place.
    pub fn example(&self, place: usize) -> Option<&Example> {
        self.examples.get(place)
    }
}

/// Whether a sentence of the background is about nothing that the examples are about.
fn is_stranger(sentence: &Example, examples: &[Example]) -> bool {
    let Some(vector) = &sentence.vector else { return true };
    let mut all = examples.iter().filter_map(|it| it.vector.as_ref());
    all.all(|it| it.nearness(vector) < BACKGROUND_TOO_NEAR)
}

/// How much each example is worth: the background, of which there is always the same, must not drown a small desk.
fn worth(known: usize, all: usize, doubt: f32) -> Vec<f32> {
    let strangers = (all - known).max(1) as f32;
    let together = (BACKGROUND_WORTH * known as f32).max(doubt.min(known as f32));
    let each = (together / strangers).min(1.0);
    (0..all).map(|n| if n < known { 1.0 } else { each }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn examples(many: usize) -> Vec<Example> {
        let texts = [
            "where is my parcel",
            "we are open from nine to five",
            "your refund is on its way",
        ];
        let numbered = (0..many).map(|n| Example {
            label: n % 3,
            text: format!("{} {}", texts[n % 3], "again ".repeat(n / 3)),
            vector: None,
        });
        numbered.collect()
    }

    #[test]
    fn doubt_tells_beside_few_examples_and_not_beside_many() {
        let background = background_texts();
        let most = |heads: &Heads, text: &str| heads.score(text, None).ranked[0].probability;
        let (plain, doubting) = (
            Heads::fit(3, examples(3), &background),
            Heads::fit_doubting(3, examples(3), &background),
        );
        let strange = "is the moon full on friday";
        assert!(most(&doubting, strange) < most(&plain, strange) * 0.9);
        let asked = "where is my parcel";
        assert_eq!(doubting.score(asked, None).ranked[0].label, 0);
        assert!(most(&doubting, asked) > most(&doubting, strange) + 0.3);
        let many = examples(120);
        assert_eq!(
            Heads::fit(3, many.clone(), &background).digest(),
            Heads::fit_doubting(3, many, &background).digest()
        );
    }
}
