//! What agents are told they could answer.

use std::sync::Arc;

use minicom_protocol::{ids::ReplyId, library::SavedReply, words::Tag};

use super::*;
use crate::bot::{
    learner,
    model::Article,
    replies::{self, Replies},
};

fn article(slug: &str, title: &str, body: &str) -> Article {
    Article {
        slug: Tag::parse(slug).unwrap(),
        title: title.to_owned(),
        body: body.to_owned(),
        questions: vec![],
    }
}

fn agent(n: u128) -> AgentId {
    AgentId(uuid::Uuid::from_u128(n))
}

fn reply(n: u128, code: &str, text: &str, owner: Option<AgentId>) -> SavedReply {
    SavedReply {
        id: ReplyId(uuid::Uuid::from_u128(n)),
        code: Tag::parse(code).unwrap(),
        title: SubjectLine::parse(code).unwrap(),
        text: text.to_owned(),
        owner,
        actions: vec![],
        uses: 0,
        questions: None,
    }
}

fn mind() -> Mind {
    let articles = vec![
        article("returns", "How do I return an item?", "Send it back within 30 days."),
        article("kayaks", "How much does it cost to rent a kayak?", "12 euros an hour."),
        article(
            "refund",
            "When do I get my refund?",
            "Five days after we have the parcel.",
        ),
        article("hours", "When are you open?", "Monday to Friday from 9 to 17."),
    ];
    let saved = vec![
        reply(
            1,
            "kayak-price",
            "Renting a kayak costs 12 euros an hour, {{customer_name}}.",
            None,
        ),
        reply(
            2,
            "mine",
            "How much it costs to rent a kayak: I can give you one for 10.",
            Some(agent(1)),
        ),
        reply(3, "parcel", "Your parcel is on its way.", None),
    ];
    let by = |all: Vec<Article>| learner::train(all).model;
    assert_eq!(
        replies::as_article(&saved[0]).body,
        "Renting a kayak costs 12 euros an hour, ."
    );
    Mind {
        articles: by(articles).map(Arc::new),
        replies: Replies::train(saved, learner::train_replies).map(Arc::new),
    }
}

fn stretches(all: &[&[&str]]) -> Vec<Vec<String>> {
    let lines = |lines: &&[&str]| lines.iter().map(|line| (*line).to_owned()).collect();
    all.iter().map(lines).collect()
}

#[test]
fn the_likeliest_come_first_with_what_is_nearest_and_nobody_is_told_a_colleagues_own() {
    let mind = mind();
    let asked = stretches(&[&["hi!", "how much does it cost to rent a kayak?"]]);
    let (articles, replies) = suggest(&mind, agent(1), &asked);
    let first = &articles[0];
    assert_eq!(
        (first.slug.as_str(), &*first.example),
        ("kayaks", "How much does it cost to rent a kayak?")
    );
    assert!(first.percent >= 90 && articles.len() <= 3, "{articles:?}");
    assert!(articles.is_sorted_by(|a, b| a.percent >= b.percent), "{articles:?}");
    assert!(replies.iter().any(|it| it.code.as_str() == "mine"), "{replies:?}");
    let (_, theirs) = suggest(&mind, agent(2), &asked);
    assert!(
        !theirs.is_empty() && theirs.iter().all(|it| it.code.as_str() != "mine"),
        "{theirs:?}"
    );
}

#[test]
fn of_what_says_nothing_the_lines_before_are_looked_at() {
    let mind = mind();
    let (articles, _) = suggest(&mind, agent(1), &stretches(&[&["👍"], &["when do I get my refund?"]]));
    assert_eq!(articles[0].slug.as_str(), "refund");
    // What hardly fits the newest line does not hide what fits the question before it.
    let asked = stretches(&[&["human please"], &["when do I get my refund?"]]);
    let (articles, _) = suggest(&mind, agent(1), &asked);
    assert_eq!(articles[0].slug.as_str(), "refund");
    assert_eq!(suggest(&mind, agent(1), &[]), (vec![], vec![]));
    let nothing = Mind::default();
    assert_eq!(
        suggest(&nothing, agent(1), &stretches(&[&["refund"]])),
        (vec![], vec![])
    );
}
