//! What somebody typed, as a search: any text is a safe one. Words are looked for as words, the last one also as the beginning
//! of one; in scripts that write without spaces, and so have no words for the index, as a part of the text.

/// A search.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Search {
    /// Nothing to look for was typed.
    All,
    /// An expression of FTS5: all of these words.
    Words(String),
    /// A JSON array of texts, each of which is to be a part of the text.
    Parts(String),
}

/// Words of a search that are looked for; more make no better one.
const WORDS_MAX: usize = 12;

/// The search that a text is.
pub fn search(text: &str) -> Search {
    let words: Vec<&str> = text
        .split_whitespace()
        .filter(|word| word.chars().any(char::is_alphanumeric))
        .take(WORDS_MAX)
        .collect();
    if words.is_empty() {
        return Search::All;
    }
    if text.chars().any(is_written_without_spaces) {
        return Search::Parts(serde_json::Value::from(words).to_string());
    }
    // In quotes nothing has a meaning but the quote itself; NUL would end the expression.
    let quoted: Vec<String> = words
        .iter()
        .map(|word| format!("\"{}\"", word.replace(['"', '\0'], " ")))
        .collect();
    Search::Words(format!("{} *", quoted.join(" ")))
}

/// Thai to Khmer, kana, and the ideographs.
fn is_written_without_spaces(c: char) -> bool {
    matches!(c, '\u{0E00}'..='\u{0EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}' | '\u{3040}'..='\u{30FF}'
        | '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

/// The condition on a row: the key is in the table `index` at this parameter's words, or the text has its parts.
pub fn condition(search: &Search, index: &str, text: &str, parameter: &str) -> String {
    match search {
        Search::All => format!("{parameter} IS NULL"),
        Search::Words(_) => format!("key IN (SELECT rowid FROM {index} WHERE {index} MATCH {parameter})"),
        Search::Parts(_) => format!(
            "NOT EXISTS (SELECT 1 FROM json_each({parameter}) part WHERE instr(lower({text}), lower(part.value)) = 0)"
        ),
    }
}

impl Search {
    /// What is bound to the parameter of [`condition`].
    pub fn parameter(&self) -> Option<&str> {
        match self {
            Search::All => None,
            Search::Words(it) | Search::Parts(it) => Some(it),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_is_a_search() {
        let check = |text: &str, expected: Search| assert_eq!(search(text), expected, "{text:?}");
        check("", Search::All);
        check(" - \" * ", Search::All);
        check("refund", Search::Words("\"refund\" *".to_owned()));
        check(
            "late AND pa\"rcel",
            Search::Words("\"late\" \"AND\" \"pa rcel\" *".to_owned()),
        );
        check("title:x (y", Search::Words("\"title:x\" \"(y\" *".to_owned()));
        check("返金 vip", Search::Parts("[\"返金\",\"vip\"]".to_owned()));
    }
}
