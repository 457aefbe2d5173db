//! What the first-line bot says, with places for values. Values are put in once and never looked at again: a customer named
//! `{{customer_name}}` reads exactly that.

/// Bytes of one answer before its values are put in: with them it is still one line of a person.
pub const ANSWER_BYTES_MAX: usize = 4_000;
/// Places in one answer, so that its length has a bound.
pub const PLACES_MAX: usize = 10;

/// Stands in for a customer without a name.
const NO_NAME: &str = "there";

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

    /// The answer for this customer.
    pub fn fill(&self, customer_name: &str) -> String {
        let name = if customer_name.trim().is_empty() {
            NO_NAME
        } else {
            customer_name
        };
        let words = self.0.iter().map(|piece| match piece {
            Piece::Text(text) => text.as_str(),
            Piece::CustomerName => name,
        });
        words.collect()
    }
}
