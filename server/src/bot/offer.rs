//! Choices as numbered lines, which every program shows, and what a customer answers to them.

/// A customer's answer to an offer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Chosen {
    /// This one, from 0.
    One(usize),
    /// None of them.
    None,
}

/// The lines of an offer.
pub fn lines<'a>(before: &str, titles: impl Iterator<Item = &'a str>, after: &str) -> String {
    let mut text = before.to_owned();
    for (title, n) in titles.zip(1..) {
        text.push_str(&format!("\n{n}  {title}"));
    }
    text.push('\n');
    text.push_str(after);
    text
}

/// The titles that a line of the bot offered; none if it is no offer.
pub fn offered(line: &str) -> Vec<&str> {
    let choices = line.lines().filter_map(|line| line.split_once("  "));
    let numbered = choices
        .zip(1..)
        .map_while(|((number, title), n)| (number == n.to_string()).then_some(title));
    numbered.collect()
}

/// Which of some titles a line chooses; `None` if it says something else.
pub fn chosen(line: &str, titles: &[&str]) -> Option<Chosen> {
    let plain = line.trim().trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    if titles.is_empty() || plain.is_empty() {
        return None;
    }
    if let Some(n) = titles.iter().position(|title| title.trim().to_lowercase() == plain) {
        return Some(Chosen::One(n));
    }
    match plain.parse::<usize>() {
        Ok(0) => Some(Chosen::None),
        Ok(n) if n <= titles.len() => Some(Chosen::One(n - 1)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_number_or_a_title_chooses() {
        let text = lines(
            "Is it one of these?",
            ["Return an item", "When do I get my refund?"].into_iter(),
            "Type its number.",
        );
        let titles = offered(&text);
        assert_eq!(titles, ["Return an item", "When do I get my refund?"]);
        for (line, is) in [
            ("1", Some(Chosen::One(0))),
            (" 2. ", Some(Chosen::One(1))),
            ("#2", Some(Chosen::One(1))),
            ("0", Some(Chosen::None)),
            ("return an item", Some(Chosen::One(0))),
            ("3", None),
            ("2 days ago", None),
            ("", None),
        ] {
            assert_eq!(chosen(line, &titles), is, "{line}");
        }
        assert_eq!(chosen("1", &offered("Hello! What can I do for you?")), None);
    }

    proptest! {
        #[test]
        fn what_is_offered_can_be_chosen(titles in prop::collection::vec("[A-Za-z?!. ]{1,40}", 1..4), after in "[A-Za-z ]{0,20}") {
            let text = lines("Which?", titles.iter().map(String::as_str), &after);
            let found = offered(&text);
            prop_assert_eq!(&found, &titles);
            for n in 1..=titles.len() {
                prop_assert_eq!(chosen(&n.to_string(), &found), Some(Chosen::One(n - 1)));
            }
        }
    }
}
