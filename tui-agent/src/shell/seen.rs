//! `--seen`: what was on the screen of whoever answers or ends, so that nothing newer is passed over.

use std::str::FromStr;

use serde_json::{Value, json};

/// The numbers of the newest lines that were seen: the customer's and the desk's, as `5.3`; the customer's alone, as `5`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// The customer's newest line.
    pub customer: u64,
    /// The desk's newest line; all, if it was not said.
    desk: Option<u64>,
}

impl FromStr for Seen {
    type Err = String;

    fn from_str(text: &str) -> Result<Seen, String> {
        let number = |text: &str| {
            text.parse::<u64>()
                .ok()
                .filter(|_| text.bytes().all(|b| b.is_ascii_digit()))
        };
        let seen = match text.split_once('.') {
            Some((customer, desk)) => number(customer)
                .zip(number(desk))
                .map(|(customer, desk)| (customer, Some(desk))),
            None => number(text).map(|customer| (customer, None)),
        };
        let (customer, desk) = seen
            .ok_or("it is what `show --format '{seen}'` prints, as 5.3: the customer's newest line and the desk's")?;
        Ok(Seen { customer, desk })
    }
}

impl Seen {
    /// For a message.
    pub fn to_json(self) -> Value {
        json!({"customer": self.customer, "desk": self.desk.unwrap_or(i64::MAX as u64)})
    }

    /// Of a conversation, as it is written here.
    pub fn of(session: &Value) -> String {
        let number = |side: &str| session["seen"][side].as_u64().unwrap_or(0);
        format!("{}.{}", number("customer"), number("desk"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_one_number_or_two() {
        let of = |text: &str| text.parse::<Seen>().map(|it| (it.customer, it.desk));
        assert_eq!(of("5.3"), Ok((5, Some(3))));
        assert_eq!(of("5"), Ok((5, None)));
        for bad in ["", ".", "5.", ".3", "-5", "+5", "5.3.1", "a", "99999999999999999999"] {
            assert!(of(bad).is_err(), "{bad}");
        }
        assert_eq!(Seen::of(&json!({"seen": {"customer": 5, "desk": 3}})), "5.3");
    }
}
