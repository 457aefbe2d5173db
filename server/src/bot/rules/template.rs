//! An answer with places for values. Values are put in once and never looked at again: a customer named
//! `{{customer_name}}` reads exactly that.

/// Places in one answer, so that its length has a bound.
const PLACES_MAX: usize = 10;

/// Stands in for a customer without a name.
const NO_NAME: &str = "there";

/// A checked answer.
#[derive(Debug)]
pub(super) struct Template(Vec<Piece>);

#[derive(Debug)]
enum Piece {
    Text(String),
    CustomerName,
}

impl Template {
    /// Reads an answer.
    ///
    /// # Errors
    /// In words: an unknown variable, an open or stray brace pair, too many variables.
    pub(super) fn parse(text: &str) -> Result<Template, String> {
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
        Ok(Template(pieces))
    }

    /// The answer for this customer.
    pub(super) fn fill(&self, customer_name: &str) -> String {
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
