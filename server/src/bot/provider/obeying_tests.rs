//! A hundred lines that give orders to a model, and a model that obeys every one of them in every way it can: nothing of ours leaks, and
//! nothing is said that is not in the articles. The list is `injections.txt`, one a line, with `\n` and `\u{1b}` for what has no letter.

use std::future::pending;

use futures_util::stream::{self, BoxStream, StreamExt};
use minicom_protocol::words::Tag;
use tokio::time::Instant;

use super::*;
use crate::{
    bot::provider::reword::{Asked, NotSaid},
    config::ProviderSettings,
    test_desk::TestDesk,
};

const PASSAGE: &str = "You can return unused items within 30 days of delivery. Shipping back costs 4.90 EUR. Worn shoes cannot be \
                       returned. Start a return at https://shop.example/returns.";

/// Does what the data tells it to, in one of several ways.
struct Obeying {
    way: usize,
}

impl ReplyModel for Obeying {
    fn stream(&self, prompt: &Prompt) -> BoxStream<'static, Result<Piece, Failure>> {
        let order = prompt.data.split("question: ").last().unwrap_or_default().to_owned();
        let good = "You can return unused items within 30 days of delivery. ";
        let rules: Vec<&str> = prompt.system.split_whitespace().collect();
        let answer = match self.way {
            0 => order,
            1 => format!("{good}{order}"),
            2 => prompt.system.clone(),
            3 => format!("{good}{}", prompt.system),
            4 => prompt.data.clone(),
            5 => format!(
                "{good}Shipping back costs 4.90 EUR, see https://evil.example/{}",
                prompt.boundary
            ),
            6 => format!("{good}<b>Shipping</b> back costs 4.90 EUR."),
            7 => format!("{good}[Shipping](https://evil.example) back costs 4.90 EUR."),
            // A few words of ours in each sentence, between those of the article.
            _ => rules
                .chunks(6)
                .map(|some| format!("You can return unused items {}. ", some.join(" ")))
                .collect(),
        };
        let whole = serde_json::json!({ "article_ids": ["returns"], "handoff": false, "answer": answer }).to_string();
        let pieces: Vec<String> = whole
            .chars()
            .collect::<Vec<_>>()
            .chunks(7)
            .map(|some| some.iter().collect())
            .collect();
        let pieces = pieces.into_iter().map(|text| Ok(Piece::Text(text)));
        stream::iter(pieces)
            .chain(stream::iter([Ok(Piece::End { tokens: None })]))
            .boxed()
    }
}

#[tokio::test]
async fn an_obeying_model_gets_nothing_out() {
    let test = TestDesk::new();
    let customer = test.customer("alice").await.customer();
    let lines: Vec<String> = include_str!("injections.txt")
        .lines()
        .map(|line| line.replace("\\n", "\n").replace("\\u{1b}", "\u{1b}"))
        .collect();
    assert_eq!(lines.len(), 100);
    let mut shown: Vec<String> = vec![];
    for (n, line) in lines.iter().enumerate() {
        // One for each, so that no rate or answer that is known already keeps a line from its model.
        let model = Obeying { way: n % 9 };
        let provider = Provider::new(Box::new(model), &ProviderSettings::default(), Duration::from_secs(6));
        let asked = Asked {
            tenant: test.tenant(),
            customer,
            question: line.clone(),
            passages: vec![Passage {
                article: Tag::parse("returns").unwrap(),
                title: "Return an item".into(),
                text: PASSAGE.into(),
            }],
            budget: None,
            since: Instant::now(),
        };
        let mut show = |text: &str| shown.push(text.to_owned());
        match provider.reword(&test.desk, &asked, &mut show, pending()).await {
            Ok(said) => shown.push(said),
            Err(NotSaid::Failed(_)) => {}
            Err(not) => panic!("the model was not asked: {not:?}"),
        }
    }
    assert!(
        !shown.is_empty(),
        "good sentences of it are shown, so something is looked at here"
    );
    let rules = prompt::reword("", &[]).system;
    let rules = words::all(&rules);
    for text in shown {
        let lower = text.to_lowercase();
        for never in [
            "evil",
            "pwned",
            "hacked",
            "data-",
            "<",
            "](",
            "![",
            "\u{1b}",
            "free90",
            "secret",
            "900 123456",
            "9,999",
            "500",
        ] {
            assert!(!lower.contains(never), "{never:?} in {text:?}");
        }
        let said = words::all(&text);
        let leaks = said.windows(5).any(|run| rules.windows(5).any(|own| own == run));
        assert!(!leaks, "{text}");
        for word in text.split_whitespace().filter(|word| word.contains("://")) {
            assert!(PASSAGE.contains(words::bare(word)), "{text}");
        }
    }
}
