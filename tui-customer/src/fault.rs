//! Why the program ends before it could begin, in words and with an exit code.

pub use minicom_client::exit::Fault;

/// Words about something that went wrong, with what became of what was to be sent, unless they say it.
pub fn nothing_sent(words: &str) -> String {
    match words.contains("Nothing was ") {
        true => words.to_owned(),
        false => format!("{words} Nothing was sent."),
    }
}

#[cfg(test)]
mod tests {
    use super::nothing_sent;

    #[test]
    fn what_became_of_it_is_said_once() {
        assert_eq!(
            nothing_sent("The file is empty."),
            "The file is empty. Nothing was sent."
        );
        assert_eq!(
            nothing_sent("It is full. Nothing was stored."),
            "It is full. Nothing was stored."
        );
    }
}
