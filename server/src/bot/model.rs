//! A desk's knowledge, trained: its published articles, and the heads that say for which of them a text asks. Made anew when an
//! article changes; who asks meanwhile asks the one before.

use minicom_encoder::{
    Vector,
    heads::{Example, Heads, Scores},
};
use minicom_protocol::{library, words::Tag};
use serde::{Deserialize, Serialize};

pub use super::encoder::{encoder, encoder_version};
use super::{encoder::background, extract, knowledge, mended::Words};

/// An article as the bot knows it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Article {
    /// Its short name.
    pub slug: Tag,
    /// Its title.
    pub title: String,
    /// What it says.
    pub body: String,
    /// Questions that it is known to answer.
    pub questions: Vec<String>,
}

impl From<library::Article> for Article {
    fn from(it: library::Article) -> Article {
        Article {
            slug: it.slug,
            title: it.title.as_str().to_owned(),
            body: it.body,
            questions: it.questions.iter().flatten().map(|it| it.as_str().to_owned()).collect(),
        }
    }
}

/// See the module.
#[derive(Debug)]
pub struct Model {
    articles: Vec<Article>,
    heads: Heads,
    words: Words,
}

/// What was found for a text.
#[derive(Debug)]
pub struct Found {
    /// The text's vector, if there is an encoder.
    pub vector: Option<Vector>,
    /// For what it asks.
    pub scores: Scores,
}

impl Model {
    /// The title of the article of this short name.
    pub fn title(&self, slug: &Tag) -> Option<&str> {
        let article = self.articles.iter().find(|it| it.slug == *slug);
        article.map(|it| it.title.as_str())
    }

    /// Trains on articles. `vector` gives the vector of a text, or nothing for any.
    pub fn train(articles: Vec<Article>, vector: impl Fn(&str) -> Option<Vector>) -> Model {
        Model::fitted(articles, vector, Heads::fit)
    }

    /// The same for saved replies, of which a desk has two or three at first and no other words: it doubts more.
    pub fn train_replies(replies: Vec<Article>, vector: impl Fn(&str) -> Option<Vector>) -> Model {
        Model::fitted(replies, vector, Heads::fit_doubting)
    }

    fn fitted(
        articles: Vec<Article>,
        vector: impl Fn(&str) -> Option<Vector>,
        fit: fn(usize, Vec<Example>, &[Example]) -> Heads,
    ) -> Model {
        let mut examples: Vec<Example> = Vec::new();
        for (label, article) in articles.iter().enumerate() {
            examples.extend(article.texts().map(|text| Example {
                label,
                vector: vector(&text),
                text,
            }));
        }
        let words = Words::of(examples.iter().map(|it| it.text.as_str()));
        let heads = fit(articles.len(), examples, &background());
        Model { words, articles, heads }
    }

    /// What texts ask for.
    pub fn find(&self, texts: &[&str]) -> Vec<Found> {
        let is_word = |word: &str| encoder().is_some_and(|encoder| encoder.knows(word));
        let mended: Vec<String> = texts.iter().map(|text| self.words.mended(text, is_word)).collect();
        let texts: Vec<&str> = mended.iter().map(String::as_str).collect();
        let vectors: Vec<Option<Vector>> = match encoder() {
            Some(encoder) => encoder.encode(&texts).into_iter().map(Some).collect(),
            None => vec![None; texts.len()],
        };
        let found = texts.iter().zip(vectors).map(|(text, vector)| Found {
            scores: self.heads.score(text, vector.as_ref()),
            vector,
        });
        found.collect()
    }

    /// The articles; a label is a place among them.
    pub fn articles(&self) -> &[Article] {
        &self.articles
    }

    /// Tells models apart by what training made of the articles: see [`Heads::digest`].
    pub fn digest(&self) -> [u8; 32] {
        self.heads.digest()
    }

    /// How many texts it learnt from.
    pub fn examples(&self) -> usize {
        self.heads.examples()
    }

    /// The text of the example at a place, as [`minicom_encoder::heads::Ranked::nearest`] tells it.
    pub fn example(&self, place: usize) -> &str {
        self.heads.example(place).map_or("", |example| &example.text)
    }

    /// What to say of an article to who was led there by this example: the passage that it is, or the article's beginning.
    pub fn extract(&self, label: usize, nearest: usize) -> String {
        let article = &self.articles[label];
        let example = self.example(nearest);
        let is_title =
            example.is_empty() || example == article.title || article.questions.iter().any(|it| it == example);
        match is_title || !article.body.contains(example) {
            true => extract::extract(&article.body),
            false => extract::extract(example),
        }
    }
}

impl Article {
    /// The texts that stand for it.
    pub fn texts(&self) -> impl Iterator<Item = String> {
        knowledge::texts(&self.title, &self.body, self.questions.iter().map(String::as_str))
    }
}
