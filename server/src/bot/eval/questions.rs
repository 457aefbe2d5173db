//! Question sets: some examples an intent are drawn, the heads are trained on them, and all questions are asked.

use std::collections::{BTreeMap, HashMap};

use minicom_encoder::{
    Encoder, Vector,
    heads::{Chance, Example, Heads, Scores},
};

use super::{
    figures::Asked,
    read::{ArticleRow, OUT_OF_SCOPE, Row},
};
use crate::bot::{
    encoder::background,
    knowledge,
    policy::{self, Dares},
};

/// Texts that are encoded at once.
const TEXTS_AT_ONCE: usize = 64;

/// Vectors of texts, each made once.
pub struct Vectors<'a> {
    encoder: Option<&'a Encoder>,
    made: HashMap<String, Vector>,
}

impl<'a> Vectors<'a> {
    /// None yet.
    pub fn of(encoder: Option<&'a Encoder>) -> Vectors<'a> {
        Vectors {
            encoder,
            made: HashMap::new(),
        }
    }

    /// Makes those of some texts, as far as they are missing.
    pub fn make<'t>(&mut self, texts: impl Iterator<Item = &'t str>) {
        let Some(encoder) = self.encoder else { return };
        let mut missing: Vec<&str> = texts.filter(|text| !self.made.contains_key(*text)).collect();
        missing.sort_unstable();
        missing.dedup();
        for some in missing.chunks(TEXTS_AT_ONCE) {
            let vectors = encoder.encode(some);
            self.made
                .extend(some.iter().map(|text| (*text).to_owned()).zip(vectors));
        }
    }

    /// That of a text; `None` without an encoder.
    pub fn get(&self, text: &str) -> Option<&Vector> {
        self.made.get(text)
    }
}

/// A set with its examples by label.
pub struct Labelled<'a> {
    names: Vec<&'a str>,
    /// What stands for a label beside its examples: an article's title is always there.
    titles: Vec<Option<String>>,
    examples: Vec<Vec<String>>,
}

impl<'a> Labelled<'a> {
    /// Of rows with labels. A label's name, if it is made of words (`exchange_rate`), is the title that its article would have.
    pub fn of_rows(rows: &'a [Row], titled: bool) -> Labelled<'a> {
        let mut by_name: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for row in rows.iter().filter(|row| row.label != OUT_OF_SCOPE) {
            by_name.entry(&row.label).or_default().push(row.text.clone());
        }
        let (names, examples): (Vec<&str>, _) = by_name.into_iter().unzip();
        let titles = names.iter().map(|name| title(name).filter(|_| titled)).collect();
        Labelled {
            names,
            titles,
            examples,
        }
    }

    /// Of articles: their titles, questions and passages.
    pub fn of_articles(articles: &'a [ArticleRow]) -> Labelled<'a> {
        let texts = |it: &ArticleRow| -> Vec<String> {
            knowledge::texts(&it.title, &it.body, it.questions.iter().map(String::as_str)).collect()
        };
        Labelled {
            names: articles.iter().map(|it| it.id.as_str()).collect(),
            titles: vec![None; articles.len()],
            examples: articles.iter().map(texts).collect(),
        }
    }

    /// The most examples that a label has.
    pub fn most(&self) -> usize {
        self.examples.iter().map(Vec::len).max().unwrap_or_default()
    }

    /// Examples with their labels: so many a label, drawn by a seed, or all; and the labels' titles.
    pub fn drawn(&self, draw: Option<(usize, u64)>) -> Vec<(usize, String)> {
        let mut chance = draw.map(|(_, seed)| Chance::new(seed));
        let mut drawn = Vec::new();
        for (label, texts) in self.examples.iter().enumerate() {
            let mut order: Vec<usize> = (0..texts.len()).collect();
            if let (Some((few, _)), Some(chance)) = (draw, &mut chance) {
                chance.shuffle(&mut order);
                order.truncate(few);
            }
            drawn.extend(self.titles[label].iter().map(|title| (label, title.clone())));
            drawn.extend(order.into_iter().map(|n| (label, texts[n].clone())));
        }
        drawn
    }

    /// Heads on examples, whose vectors were made.
    pub fn heads(&self, drawn: Vec<(usize, String)>, vectors: &Vectors) -> Heads {
        let examples = drawn.into_iter().map(|(label, text)| Example {
            label,
            vector: vectors.get(&text).cloned(),
            text,
        });
        Heads::fit(self.names.len(), examples.collect(), &background())
    }

    /// What comes of a question.
    pub fn asked(&self, row: &Row, scores: &Scores) -> Asked {
        let is_it = |label: usize| self.names[label] == row.label;
        let dares = policy::dares(scores);
        Asked {
            in_scope: row.label != OUT_OF_SCOPE,
            place: scores.ranked.iter().position(|it| is_it(it.label)),
            probability: scores.ranked.first().map_or(0.0, |it| it.probability),
            answered: matches!(dares, Dares::Answer(_)),
            offered: match dares {
                Dares::Offer(choices) => choices.len(),
                Dares::Answer(_) | Dares::Neither => 0,
            },
        }
    }
}

/// A label's name as words; `None` for a number or a code.
fn title(name: &str) -> Option<String> {
    let words: Vec<&str> = name
        .split(|c: char| !c.is_alphanumeric())
        .filter(|it| !it.is_empty())
        .collect();
    let is_word = |word: &&str| word.chars().count() > 2 && word.chars().all(char::is_alphabetic);
    words.iter().any(is_word).then(|| words.join(" ").to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(text: &str, label: &str) -> Row {
        Row {
            text: text.to_owned(),
            label: label.to_owned(),
        }
    }

    #[test]
    fn a_name_made_of_words_is_an_example_beside_those_that_are_drawn() {
        let rows = [
            row("how much is a euro", "exchange_rate"),
            row("euros to dollars", "exchange_rate"),
            row("hi", "17"),
            row("what is the meaning of life", OUT_OF_SCOPE),
        ];
        let drawn = |titled| Labelled::of_rows(&rows, titled).drawn(Some((1, 0)));
        let titles = |drawn: Vec<(usize, String)>| drawn.into_iter().filter(|it| it.1 == "exchange rate").count();
        assert_eq!((drawn(true).len(), titles(drawn(true))), (3, 1));
        assert_eq!((drawn(false).len(), titles(drawn(false))), (2, 0));
        assert_eq!(title("100_NIGHT_TRIAL"), Some("100 night trial".to_owned()));
        assert_eq!((title("q-7f3a9"), title("42")), (None, None));
    }
}
