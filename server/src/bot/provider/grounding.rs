//! Whether what a model says stands in the articles that it was given. Code decides that, not the model: figures and their units, addresses,
//! marks, our own words, and for each sentence whether it is about what the passages say. Pure; how near meanings are is given.

use std::{collections::HashSet, sync::OnceLock};

use minicom_encoder::Vector;
use unicode_normalization::UnicodeNormalization;

use super::{
    super::model,
    failure::Ungrounded,
    figures::{self, Figures},
    prompt::{Passage, Prompt},
    sentences::sentences,
    words,
};

/// Of a sentence's words, so many must stand in the passages.
const WORDS_SHARE: f32 = 0.6;
/// Or its meaning must be so near to a sentence of theirs, with some of its words there.
const NEARNESS: f32 = 0.5;
const WORDS_WITH_NEARNESS: f32 = 0.3;
/// A sentence of a passage that has so many of a sentence's words says the same, or the opposite.
const SAME_SHARE: f32 = 0.5;
/// So many words in a row as in our own are no accident.
const LEAK_WORDS: usize = 5;
/// Characters of an answer.
const ANSWER_CHARS_MAX: usize = 1_200;

/// How near the meaning of a text is to the nearest of the passages' sentences; 0 if that cannot be said.
pub type Nearness<'a> = &'a (dyn Fn(&str) -> f32 + Sync);

/// What an answer may stand on.
#[derive(Debug)]
pub struct Ground {
    articles: HashSet<String>,
    /// All passages, made plain.
    text: String,
    /// Each sentence: its words, and whether it says no.
    said: Vec<(HashSet<String>, bool)>,
    words: HashSet<String>,
    figures: Figures,
    /// Runs of our own words.
    own: HashSet<Vec<String>>,
    boundary: String,
}

impl Ground {
    /// The ground of a request.
    pub fn new(passages: &[Passage], prompt: &Prompt) -> Ground {
        let all: Vec<String> = passages
            .iter()
            .map(|it| format!("{}.\n{}", it.title, it.text))
            .collect();
        let text = plain(&all.join("\n"));
        let said: Vec<_> = sentences(&text)
            .map(|it| (words::stems(it).into_iter().collect::<HashSet<_>>(), words::says_no(it)))
            .collect();
        let theirs = words::all(&text);
        let theirs: HashSet<&[String]> = theirs.windows(LEAK_WORDS).collect();
        let own = words::all(&plain(&prompt.system));
        let own = own
            .windows(LEAK_WORDS)
            .filter(|run| !theirs.contains(run))
            .map(<[String]>::to_vec);
        Ground {
            articles: passages.iter().map(|it| it.article.as_str().to_owned()).collect(),
            words: said.iter().flat_map(|(words, _)| words.iter().cloned()).collect(),
            figures: figures::of(&text),
            own: own.collect(),
            boundary: prompt.boundary.clone(),
            said,
            text,
        }
    }

    /// Whether these articles were given, and at least one.
    ///
    /// # Errors
    /// They were not.
    pub fn articles(&self, ids: &[String]) -> Result<(), Ungrounded> {
        match !ids.is_empty() && ids.iter().all(|id| self.articles.contains(id)) {
            true => Ok(()),
            false => Err(Ungrounded::Articles),
        }
    }

    /// One sentence of an answer. `so_far` is the answer up to its end.
    ///
    /// # Errors
    /// In which way it does not stand in the passages.
    pub fn sentence(&self, sentence: &str, so_far: &str, nearness: Nearness<'_>) -> Result<(), Ungrounded> {
        if so_far.chars().count() > ANSWER_CHARS_MAX {
            return Err(Ungrounded::Length);
        }
        let (plain, so_far) = (plain(sentence), plain(so_far));
        self.no_leak(&so_far)?;
        self.no_markup(&plain)?;
        self.addresses(&plain)?;
        match self.figures.has_all(&figures::of(&plain)) {
            true => self.about(&plain, nearness),
            false => Err(Ungrounded::Figure),
        }
    }

    /// Whether a text has none of our own words to the model in it.
    ///
    /// # Errors
    /// It has.
    pub fn repeats_nothing(&self, text: &str) -> Result<(), Ungrounded> {
        self.no_leak(&plain(text))
    }

    fn no_leak(&self, so_far: &str) -> Result<(), Ungrounded> {
        let words = words::all(so_far);
        let repeats = words.windows(LEAK_WORDS).any(|run| self.own.contains(run));
        match repeats || so_far.contains(&self.boundary) {
            true => Err(Ungrounded::Leak),
            false => Ok(()),
        }
    }

    /// Marks of HTML, Markdown and terminals. What stands in an article as it is may be said.
    fn no_markup(&self, plain: &str) -> Result<(), Ungrounded> {
        const MARKS: [&str; 12] = ["<", ">", "](", "![", "```", "{{", "}}", "|", "\\", "~~", "$(", "&#"];
        let marks = MARKS.iter().filter(|mark| plain.contains(**mark));
        let mut words = marks.flat_map(|mark| plain.split_whitespace().filter(move |word| word.contains(*mark)));
        match words.all(|word| self.has_word(word)) {
            true => Ok(()),
            false => Err(Ungrounded::Markup),
        }
    }

    fn addresses(&self, plain: &str) -> Result<(), Ungrounded> {
        let mut addresses = plain
            .split_whitespace()
            .map(words::bare)
            .filter(|word| words::is_address(word));
        match addresses.all(|address| self.has_word(address)) {
            true => Ok(()),
            false => Err(Ungrounded::Address),
        }
    }

    /// Whether a word of the passages is this one, as it is.
    fn has_word(&self, word: &str) -> bool {
        let word = words::bare(word);
        !word.is_empty() && self.text.split_whitespace().any(|it| words::bare(it) == word)
    }

    fn about(&self, plain: &str, nearness: Nearness<'_>) -> Result<(), Ungrounded> {
        let words = words::stems(plain);
        if words.is_empty() {
            return Err(Ungrounded::Sentence);
        }
        let share = share(&words, &self.words);
        if share < WORDS_SHARE && (share < WORDS_WITH_NEARNESS || nearness(plain) < NEARNESS) {
            return Err(Ungrounded::Sentence);
        }
        let no = words::says_no(plain);
        let mut same = self
            .said
            .iter()
            .filter(|(said, _)| self::share(&words, said) >= SAME_SHARE)
            .peekable();
        let fits = match same.peek() {
            Some(_) => same.any(|(_, says_no)| *says_no == no),
            None => !no || self.said.iter().any(|(_, says_no)| *says_no),
        };
        match fits {
            true => Ok(()),
            false => Err(Ungrounded::Opposite),
        }
    }
}

fn share(words: &[String], among: &HashSet<String>) -> f32 {
    let found = words.iter().filter(|word| among.contains(*word)).count();
    found as f32 / words.len().max(1) as f32
}

/// A text as it is compared: characters that only look different made the same, small letters, numbers in words as figures.
fn plain(text: &str) -> String {
    let text: String = text.nfkc().collect::<String>().to_lowercase();
    words::numbers(&text)
}

/// What a model wrote, fit for a terminal: no control characters, none that turn the direction or are not seen, no marks of emphasis, one
/// line.
pub fn cleaned(text: &str) -> String {
    let fine = |c: &char| !(c.is_control() || words::is_unseen(*c));
    let spaced = text.replace(['\n', '\t', '\r'], " ");
    let text: String = spaced.chars().filter(fine).collect();
    let text = text.replace("**", "").replace("__", "").replace('`', "");
    let words = text.split_whitespace().filter(|word| !word.chars().all(|c| c == '#'));
    words.collect::<Vec<_>>().join(" ")
}

/// How near texts are to the passages' sentences, by the encoder's vectors. Those are worked out when they are first wanted.
#[derive(Debug)]
pub struct Meanings {
    texts: Vec<String>,
    vectors: OnceLock<Vec<Vector>>,
}

impl Meanings {
    /// Of these passages.
    pub fn of(passages: &[Passage]) -> Meanings {
        Meanings {
            texts: passages.iter().map(|it| plain(&it.text)).collect(),
            vectors: OnceLock::new(),
        }
    }

    /// See [`Nearness`]. Works for milliseconds: not on a thread that others wait for.
    pub fn nearness(&self, text: &str) -> f32 {
        let Some(encoder) = model::encoder() else { return 0.0 };
        let said = || {
            self.texts
                .iter()
                .flat_map(|text| sentences(text))
                .take(SENTENCES_MAX)
                .collect::<Vec<_>>()
        };
        let vectors = self.vectors.get_or_init(|| encoder.encode(&said()));
        let asked = encoder.encode(&[text]);
        let near = asked.iter().flat_map(|it| vectors.iter().map(|said| said.nearness(it)));
        near.fold(0.0, f32::max)
    }
}

/// Sentences of the passages whose meaning is looked at.
const SENTENCES_MAX: usize = 40;

#[cfg(test)]
#[path = "grounding_tests.rs"]
mod tests;
