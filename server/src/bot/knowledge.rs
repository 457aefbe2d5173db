//! What a desk knows, as examples for the heads: each article's title, the questions that it is known to answer, and its passages.

/// Words of a passage: about what the encoder reads at once.
const PASSAGE_WORDS: usize = 80;
/// Passages of an article that are looked at: the beginning says what it is about.
const PASSAGES_MAX: usize = 20;

/// The texts that stand for an article.
pub fn texts<'a>(
    title: &'a str,
    body: &'a str,
    questions: impl Iterator<Item = &'a str>,
) -> impl Iterator<Item = String> {
    let questions = questions.filter(|text| !text.trim().is_empty()).map(str::to_owned);
    [title.to_owned()].into_iter().chain(questions).chain(passages(body))
}

/// A body in pieces of about as many words as the encoder reads, cut between paragraphs or sentences where that is possible.
pub fn passages(body: &str) -> Vec<String> {
    let mut passages: Vec<String> = Vec::new();
    let (mut passage, mut words) = (String::new(), 0);
    for piece in body.split_inclusive(['\n', '.', '!', '?']) {
        let count = piece.split_whitespace().count();
        if words > 0 && words + count > PASSAGE_WORDS {
            passages.push(std::mem::take(&mut passage));
            words = 0;
        }
        passage.push_str(piece);
        words += count;
    }
    passages.push(passage);
    let trimmed = passages.into_iter().map(|passage| passage.trim().to_owned());
    trimmed
        .filter(|passage| !passage.is_empty())
        .take(PASSAGES_MAX)
        .collect()
}
