//! Choices: articles that the customer may mean, as data for programs that show them as buttons and as numbered lines for all others; and
//! what a customer answers to them.

use minicom_protocol::{
    event::{Choice, ChoicesPart, ChoicesTag},
    words::{SubjectLine, Tag},
};

/// What the bot let the customer choose among last.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Offered {
    /// The choices.
    pub part: ChoicesPart,
    /// Whether they ask if an answer helped, and stand in its line.
    pub helps: bool,
}

/// A customer's answer to an offer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Chosen {
    /// This article.
    Article(Tag),
    /// None of them.
    None,
}

/// What a customer writes who wants none of them.
const NONE: &str = "0";

/// The choices of an offer, and a person as the last. `after` says in words how to choose.
pub fn part(articles: Vec<(Tag, SubjectLine)>, person: &str, after: &str) -> ChoicesPart {
    let mut choices: Vec<Choice> = articles
        .into_iter()
        .zip(1..)
        .map(|((slug, title), n)| Choice {
            pick: n.to_string(),
            title,
            slug: Some(slug),
        })
        .collect();
    let mut fallback = String::new();
    for choice in &choices {
        fallback.push_str(&format!("{}  {}\n", choice.pick, choice.title.as_str()));
    }
    fallback.push_str(after);
    choices.extend(SubjectLine::parse(person).map(|title| Choice {
        pick: NONE.to_owned(),
        title,
        slug: None,
    }));
    ChoicesPart {
        kind: ChoicesTag::Choices,
        choices,
        fallback,
    }
}

/// Whether an answer helped: yes, with its article, or a person. `asks` is the question, with how to answer.
pub fn helps(article: Tag, yes: &str, no: &str, asks: String) -> Option<ChoicesPart> {
    let choice = |pick: &str, title: &str, slug| {
        let title = SubjectLine::parse(title).ok()?;
        Some(Choice {
            pick: pick.to_owned(),
            title,
            slug,
        })
    };
    Some(ChoicesPart {
        kind: ChoicesTag::Choices,
        choices: vec![choice("1", yes, Some(article))?, choice(NONE, no, None)?],
        fallback: asks,
    })
}

impl Offered {
    /// Which of the choices a line takes. A plain yes or no is enough to say whether something helped.
    pub fn chosen(&self, line: &str) -> Option<Chosen> {
        let short = |title: &SubjectLine| title.as_str().split(',').next().map(plain);
        let by_word = || {
            let line = plain(line);
            let mut choices = self.part.choices.iter();
            let choice = choices.find(|it| self.helps && short(&it.title).as_ref() == Some(&line))?;
            Some(choice.slug.clone().map_or(Chosen::None, Chosen::Article))
        };
        chosen(line, &self.part).or_else(by_word)
    }
}

fn plain(text: &str) -> String {
    text.trim().trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase()
}

/// Which of the choices a line takes, by what is to be written for it or by its title then; `None` if it says something else.
pub fn chosen(line: &str, offered: &ChoicesPart) -> Option<Chosen> {
    let line = plain(line);
    if line.is_empty() {
        return None;
    }
    if line == NONE {
        return Some(Chosen::None);
    }
    let mut choices = offered.choices.iter();
    let choice = choices.find(|it| plain(&it.pick) == line || plain(it.title.as_str()) == line)?;
    Some(choice.slug.clone().map_or(Chosen::None, Chosen::Article))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn line(text: &str) -> SubjectLine {
        SubjectLine::parse(text).unwrap()
    }

    fn offer(titles: &[&str]) -> ChoicesPart {
        let articles = titles
            .iter()
            .zip(1..)
            .map(|(title, n)| (Tag::parse(format!("a{n}")).unwrap(), line(title)));
        part(
            articles.collect(),
            "A person, please",
            "Type its number, or 0 for a person.",
        )
    }

    #[test]
    fn a_number_or_a_title_chooses() {
        let offered = offer(&["Return an item", "When do I get my refund?"]);
        assert_eq!(
            offered.fallback,
            "1  Return an item\n2  When do I get my refund?\nType its number, or 0 for a person."
        );
        let article = |slug: &str| Some(Chosen::Article(Tag::parse(slug).unwrap()));
        for (line, is) in [
            ("1", article("a1")),
            (" 2. ", article("a2")),
            ("#2", article("a2")),
            ("0", Some(Chosen::None)),
            ("a person, please", Some(Chosen::None)),
            ("return an item", article("a1")),
            ("When do I get my refund", article("a2")),
            ("3", None),
            ("2 days ago", None),
            ("", None),
            ("??", None),
        ] {
            assert_eq!(chosen(line, &offered), is, "{line}");
        }
    }

    #[test]
    fn yes_and_no_say_whether_it_helped() {
        let slug = Tag::parse("refunds").unwrap();
        let part = helps(slug.clone(), "Yes", "No, a person please", "Did it?".to_owned()).unwrap();
        let offered = Offered { part, helps: true };
        for line in ["1", "yes", "Yes!", " YES. "] {
            assert_eq!(offered.chosen(line), Some(Chosen::Article(slug.clone())), "{line}");
        }
        for line in ["0", "no", "No, a person please"] {
            assert_eq!(offered.chosen(line), Some(Chosen::None), "{line}");
        }
        for line in ["yes but where?", "2", "no idea", ""] {
            assert_eq!(offered.chosen(line), None, "{line}");
        }
        // An article that is called so is another matter.
        let titles = Offered {
            part: offer(&["Returns, refunds"]),
            helps: false,
        };
        assert_eq!(titles.chosen("returns"), None);
    }

    proptest! {
        #[test]
        fn what_is_offered_can_be_chosen(titles in prop::collection::vec("[A-Za-z][A-Za-z?!. ]{1,40}", 1..4)) {
            let titles: Vec<&str> = titles.iter().map(String::as_str).collect();
            let offered = offer(&titles);
            prop_assert_eq!(offered.fallback.lines().count(), titles.len() + 1);
            for n in 1..=titles.len() {
                let slug = Tag::parse(format!("a{n}")).unwrap();
                prop_assert_eq!(chosen(&n.to_string(), &offered), Some(Chosen::Article(slug)));
            }
        }
    }
}
