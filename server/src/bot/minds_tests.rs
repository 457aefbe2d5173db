//! What is known of a desk where no bot answers.

use std::{sync::Arc, time::Duration};

use minicom_protocol::{
    command::AgentCommand,
    ids::ReplyId,
    library::{Article, SavedReply},
    words::{SubjectLine, Tag},
};
use tokio::time::timeout;

use super::*;
use crate::test_desk::TestDesk;

fn article(slug: &str, title: &str, published: bool) -> AgentCommand {
    AgentCommand::SaveArticle {
        article: Article {
            slug: Tag::parse(slug).unwrap(),
            title: SubjectLine::parse(title).unwrap(),
            body: "A kayak is 12 euros an hour.".to_owned(),
            questions: None,
        },
        tags: vec![],
        published,
    }
}

fn reply(n: u128, text: &str) -> AgentCommand {
    AgentCommand::SaveReply {
        reply: SavedReply {
            id: ReplyId(uuid::Uuid::from_u128(n)),
            code: Tag::parse("late").unwrap(),
            title: SubjectLine::parse("A late parcel").unwrap(),
            text: text.to_owned(),
            owner: None,
            actions: vec![],
            uses: 0,
            questions: None,
        },
    }
}

async fn until(learner: &Learner, holds: impl Fn(&Mind) -> bool) -> Mind {
    let mut made = learner.made.clone();
    let known = timeout(Duration::from_secs(60), made.wait_for(|made| holds(&made.mind))).await;
    known.expect("it learns").unwrap().mind.clone()
}

#[tokio::test]
async fn what_changes_is_learnt_also_where_no_bot_answers_and_what_does_not_is_kept() {
    let test = TestDesk::new();
    let boss = test.admin("boss").await;
    let (minds, tenant) = (test.desk.minds(), test.tenant());
    assert!(minds.newest(tenant).await.articles.is_none(), "nobody began to learn");
    let stop = CancellationToken::new();
    let work = tokio::spawn(minds.begin(&test.desk, tenant, stop.clone()));
    let learner = minds.of(tenant).unwrap();

    test.ask(&boss, 1, article("kayaks", "Rent a kayak", true))
        .await
        .unwrap();
    test.ask(&boss, 2, article("draft", "Not for customers yet", false))
        .await
        .unwrap();
    let mind = minds.newest(tenant).await;
    let known = mind.articles.expect("an article that is published is known at once");
    assert_eq!(known.articles().len(), 1);

    test.ask(&boss, 3, reply(1, "Sorry {{customer_name}}, it is late."))
        .await
        .unwrap();
    let mind = until(&learner, |mind| mind.replies.is_some()).await;
    assert_eq!(mind.replies.unwrap().all()[0].code.as_str(), "late");
    assert!(
        Arc::ptr_eq(&known, &mind.articles.unwrap()),
        "articles are as they were"
    );

    test.ask(&boss, 4, article("kayaks", "Rent a kayak", false))
        .await
        .unwrap();
    assert!(minds.newest(tenant).await.articles.is_none(), "it was taken back");
    stop.cancel();
    work.await.unwrap();
    minds.forget(tenant);
    assert!(minds.of(tenant).is_none());
}
