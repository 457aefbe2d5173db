//! Which lines of a thread are looked at, and that it is told to agents alone.

use minicom_protocol::{
    command::AgentCommand,
    library::Article,
    words::{SubjectLine, Tag},
};
use tokio_util::sync::CancellationToken;

use super::*;
use crate::test_desk::TestDesk;

#[tokio::test]
async fn what_the_customer_wrote_since_the_desk_answered_comes_first() {
    let test = TestDesk::new();
    let (alice, ada) = (test.customer("alice").await, test.admin("ada").await);
    let conversation = test.post(&alice, 1, "one").await.conversation.unwrap();
    test.post(&alice, 2, "two").await;
    let take = AgentCommand::TakeOver { conversation };
    test.ask(&ada, 1, take).await.unwrap();
    let says = AgentCommand::Post {
        conversation,
        text: "mine".to_owned(),
        seen: Default::default(),
        take_over: false,
        anyway: true,
        quote: None,
        reply: None,
        article: None,
        file: None,
    };
    test.ask(&ada, 2, says).await.unwrap();
    let newest = test.post(&alice, 3, "three").await.rev;
    let (page, _) = test
        .desk
        .thread(test.tenant(), alice.customer(), None, 50)
        .await
        .unwrap();
    let found = stretches(&page, conversation);
    assert_eq!(
        found,
        (
            newest,
            vec![vec!["three".to_owned()], vec!["two".to_owned(), "one".to_owned()]]
        )
    );
    assert_eq!(stretches(&page, ConversationId(uuid::Uuid::nil())), (None, vec![]));
}

#[tokio::test]
async fn whoever_has_the_conversation_an_agent_is_told_what_fits() {
    let test = TestDesk::new();
    let (alice, boss) = (test.customer("alice").await, test.admin("boss").await);
    let stop = CancellationToken::new();
    let work = tokio::spawn(test.desk.minds().begin(&test.desk, test.tenant(), stop.clone()));
    let kayaks = AgentCommand::SaveArticle {
        article: Article {
            slug: Tag::parse("kayaks").unwrap(),
            title: SubjectLine::parse("How much does it cost to rent a kayak?").unwrap(),
            body: "12 euros an hour.".to_owned(),
            questions: None,
        },
        tags: vec![],
        published: true,
    };
    test.ask(&boss, 1, kayaks).await.unwrap();
    let posted = test.post(&alice, 1, "how much does it cost to rent a kayak").await;
    let conversation = posted.conversation.unwrap();
    let me = AgentId(uuid::Uuid::nil());
    let told = test.desk.suggestions(test.tenant(), me, conversation).await.unwrap();
    assert_eq!((told.at, told.articles[0].slug.as_str()), (posted.rev, "kayaks"));
    let unknown = ConversationId(uuid::Uuid::nil());
    let asked = test.desk.suggestions(test.tenant(), me, unknown).await;
    assert_eq!(asked, Err(Refusal::NotFound));
    stop.cancel();
    work.await.unwrap();
}
