//! What is said of an article: some whole sentences of it, as they stand there.

use minicom_protocol::library::beginning;

/// Characters of an extract.
const EXTRACT_CHARS: usize = 400;

/// A passage without the marks of Markdown, on one line.
pub fn plain(passage: &str) -> String {
    let paragraphs = passage.split("\n\n").map(beginning_of);
    let some: Vec<String> = paragraphs.filter(|it| !it.is_empty()).collect();
    some.join(" ")
}

/// The beginning of a passage, ending with a sentence where that is possible.
pub fn extract(passage: &str) -> String {
    let plain = plain(passage);
    if plain.chars().count() <= EXTRACT_CHARS {
        return plain;
    }
    let cut: String = plain.chars().take(EXTRACT_CHARS).collect();
    match cut.rfind(['.', '!', '?']) {
        Some(at) if at > cut.len() / 3 => cut[..=at].to_owned(),
        _ => format!("{}…", cut.rsplit_once(' ').map_or(cut.as_str(), |(words, _)| words)),
    }
}

/// A paragraph without the marks of Markdown, on one line. `beginning` takes few characters of a text, so it is given few at a time.
fn beginning_of(paragraph: &str) -> String {
    let lines = paragraph.lines().map(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        words
            .chunks(12)
            .map(|some| beginning(&some.join(" ")))
            .collect::<Vec<_>>()
            .join(" ")
    });
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_whole_sentences_without_marks() {
        assert_eq!(
            extract("# Returns\n\nYou can return **unused** items."),
            "Returns You can return unused items."
        );
        let long = "One sentence of some words. ".repeat(40);
        let cut = extract(&long);
        assert!(cut.ends_with("words.") && cut.len() <= EXTRACT_CHARS, "{cut}");
        assert!(extract(&"word ".repeat(300)).ends_with("word…"));
        assert_eq!(extract(""), "");
    }
}
