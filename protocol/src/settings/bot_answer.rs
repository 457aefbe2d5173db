//! What the first-line bot says, with places for values. Values are put in once and never looked at again: a customer named
//! `{{customer_name}}` reads exactly that.

/// Bytes of one answer before its values are put in: with them it is still one line of a person.
pub const ANSWER_BYTES_MAX: usize = 4_000;
/// Places in one answer, so that its length has a bound.
pub const PLACES_MAX: usize = 10;

/// What is said where there is nothing but the name of a customer who has none.
const NO_NAME: &str = "Hello!";
/// What stands between words and a name.
const APART: [char; 2] = [',', ' '];

/// A checked answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BotAnswer(Vec<Piece>);

#[derive(Clone, PartialEq, Eq, Debug)]
enum Piece {
    Text(String),
    CustomerName,
}

impl BotAnswer {
    /// Reads an answer.
    ///
    /// # Errors
    /// In words: nothing to read or too much, an unknown variable, an open or stray brace pair, too many variables.
    pub fn parse(text: &str) -> Result<BotAnswer, String> {
        if text.trim().is_empty() || text.contains('\0') || text.len() > ANSWER_BYTES_MAX {
            return Err(format!(
                "an answer has 1 to {ANSWER_BYTES_MAX} bytes, no NUL, and is not blank"
            ));
        }
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(at) = rest.find("{{") {
            let Some(end) = rest[at..].find("}}") else {
                return Err("'{{' without '}}'".to_owned());
            };
            let variable = rest[at + 2..at + end].trim();
            if variable != "customer_name" {
                return Err(format!(
                    "unknown variable '{{{{{variable}}}}}'; there is only '{{{{customer_name}}}}'"
                ));
            }
            pieces.push(Piece::Text(rest[..at].to_owned()));
            pieces.push(Piece::CustomerName);
            rest = &rest[at + end + 2..];
        }
        if rest.contains("}}") {
            return Err("'}}' without '{{'".to_owned());
        }
        pieces.push(Piece::Text(rest.to_owned()));
        if pieces.len() > 2 * PLACES_MAX + 1 {
            return Err(format!("more than {PLACES_MAX} variables"));
        }
        Ok(BotAnswer(pieces))
    }

    /// The answer for this customer. Without a name it is left out, with the comma or blank that stands between it and the words.
    pub fn fill(&self, customer_name: &str) -> String {
        let name = customer_name.trim();
        let mut said = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Text(text) if name.is_empty() && said.is_empty() => {
                    said.push_str(text.trim_start_matches(APART))
                }
                Piece::Text(text) => said.push_str(text),
                Piece::CustomerName if name.is_empty() => said.truncate(said.trim_end_matches(APART).len()),
                Piece::CustomerName => said.push_str(customer_name),
            }
        }
        // Of a name alone nothing would be left to say.
        match said.trim().is_empty() {
            true => NO_NAME.to_owned(),
            false => said,
        }
    }
}
