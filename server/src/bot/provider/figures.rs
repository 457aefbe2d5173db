//! Figures in a text with what they count: prices, spans of time, shares. "30 days" does not stand in "30 euros".

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use regex::Regex;

/// The figures of a text.
#[derive(Default, Debug)]
pub struct Figures(HashMap<String, HashSet<Unit>>);

/// What is counted.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Unit {
    /// Nothing that is known.
    None,
    Euro,
    Dollar,
    Pound,
    Franc,
    Yen,
    Share,
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Year,
}

static FIGURE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:([$€£¥]|\b(?:eur|usd|gbp|chf))\s?)?(\d(?:[\d.,'’]*\d)?)(?:[\s\u{a0}-]?(%|[$€£¥]|\p{L}+))?")
        .expect("this pattern is right (a test)")
});
static THOUSANDS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^\d{1,3}(?:[.,'’]\d{3})+$").expect("this pattern is right (a test)"));

/// The figures of a text in small letters.
pub fn of(text: &str) -> Figures {
    let mut figures = Figures::default();
    for found in FIGURE.captures_iter(text) {
        let number = found.get(2).map_or("", |it| it.as_str());
        let number = match THOUSANDS.is_match(number) {
            true => number.chars().filter(char::is_ascii_digit).collect(),
            // 3,50 is 3.50.
            false => number.replace(',', "."),
        };
        let named = |n: usize| found.get(n).map(|it| unit(it.as_str()));
        let unit = named(1)
            .filter(|it| *it != Unit::None)
            .or(named(3))
            .unwrap_or(Unit::None);
        figures.0.entry(number).or_default().insert(unit);
    }
    figures
}

fn unit(word: &str) -> Unit {
    match word {
        "€" | "eur" | "euro" | "euros" => Unit::Euro,
        "$" | "usd" | "dollar" | "dollars" => Unit::Dollar,
        "£" | "gbp" | "pound" | "pounds" => Unit::Pound,
        "chf" | "franc" | "francs" | "franken" => Unit::Franc,
        "¥" | "yen" => Unit::Yen,
        "%" | "percent" | "prozent" => Unit::Share,
        "minute" | "minutes" | "minuten" | "min" => Unit::Minute,
        "hour" | "hours" | "stunde" | "stunden" | "h" => Unit::Hour,
        "day" | "days" | "tag" | "tage" | "tagen" => Unit::Day,
        "week" | "weeks" | "woche" | "wochen" => Unit::Week,
        "month" | "months" | "monat" | "monate" | "monaten" => Unit::Month,
        "year" | "years" | "jahr" | "jahre" | "jahren" => Unit::Year,
        _ => Unit::None,
    }
}

impl Figures {
    /// Whether all of the others are among these: the same figure, counting the same where it is said what it counts. A figure that
    /// stands here without a unit ("3 to 5 days") may have one there.
    pub fn has_all(&self, others: &Figures) -> bool {
        others.0.iter().all(|(number, units)| {
            let known = self.0.get(number);
            known.is_some_and(|known| {
                units
                    .iter()
                    .all(|unit| *unit == Unit::None || known.contains(unit) || known.contains(&Unit::None))
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_figure_stands_with_what_it_counts() {
        for (article, answer, stands) in [
            ("within 30 days", "you have 30 days", true),
            ("within 30 days", "a 30-day limit", true),
            ("within 30 days", "it costs 30 euros", false),
            ("it costs 3,50 €", "it is €3.50", true),
            ("it costs 3,50 €", "it is $3.50", false),
            ("it costs 3,50 €", "it is 35 €", false),
            ("up to 1,000 items", "1000 items", true),
            ("3 to 5 days", "3 days", true),
            ("it takes a while", "it takes 2 days", false),
            ("10 % off", "10% less", true),
            ("call 0800 123456", "call 0800 123457", false),
            ("", "no figure", true),
        ] {
            assert_eq!(of(article).has_all(&of(answer)), stands, "{article} / {answer}");
        }
    }

    proptest! {
        #[test]
        fn a_text_has_its_own_figures(text in "([0-9]{1,4}|[ .,€$%a-z-]){0,40}") {
            prop_assert!(of(&text).has_all(&of(&text)));
        }

        #[test]
        fn a_new_number_is_seen(text in "[a-z ]{0,30}", number in 2_u32..100_000) {
            let more = format!("{text} {number}");
            prop_assert!(!of(&text).has_all(&of(&more)));
        }
    }
}
