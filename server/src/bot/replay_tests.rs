//! Past conversations through the bot as it is now, over a real desk.

use minicom_protocol::{
    command::AgentCommand,
    ids::{Rev, TenantId},
    library::Article,
    stage::HandOverReason,
    words::{SubjectLine, Tag},
};

use super::*;
use crate::{
    order::{BotTurn, Caller, Order, Turn},
    test_desk::{TestDesk, command_id},
};

async fn bot(test: &TestDesk, of: &Caller, id: u64, trigger: Rev, turn: Turn) {
    let newest = test.desk.newest(test.tenant(), of.customer()).await.unwrap();
    let turn = BotTurn {
        conversation: newest.unwrap().conversation,
        trigger,
        turn,
    };
    let caller = test.desk.bot(&TenantId::default_tenant());
    test.desk
        .submit(&caller, command_id(id), Order::BotTurn(turn))
        .await
        .unwrap();
}

fn says(text: &str) -> Turn {
    Turn::Reply { text: text.to_owned() }
}

/// Alice was not understood and got a person, who answered; bob was greeted. Since then there is an article.
async fn past() -> TestDesk {
    let test = TestDesk::new();
    let (alice, bob, boss) = (
        test.customer("alice").await,
        test.customer("bob").await,
        test.admin("boss").await,
    );
    let rev = test.post(&alice, 1, "where can I find my invoice?").await.rev.unwrap();
    bot(&test, &alice, 2, rev, says("In other words?")).await;
    let rev = test.post(&alice, 3, "a person please").await.rev.unwrap();
    let person = Turn::HandOver {
        text: "One comes.".to_owned(),
        reason: HandOverReason::CustomerAsked,
        note: Box::default(),
    };
    bot(&test, &alice, 4, rev, person).await;
    let conversation = test.desk.newest(test.tenant(), alice.customer()).await.unwrap();
    let conversation = conversation.unwrap().conversation;
    test.ask(&boss, 5, AgentCommand::TakeOver { conversation })
        .await
        .unwrap();
    test.post(&alice, 6, "where can I find my invoice?").await;
    let rev = test.post(&bob, 7, "hello").await.rev.unwrap();
    bot(&test, &bob, 8, rev, says("Hello!")).await;
    let article = Article {
        slug: Tag::parse("invoice").unwrap(),
        title: SubjectLine::parse("Where can I find my invoice?").unwrap(),
        body: "It is in the account under Orders.".to_owned(),
        questions: None,
    };
    let save = AgentCommand::SaveArticle {
        article,
        tags: vec![],
        published: true,
    };
    test.ask(&boss, 9, save).await.unwrap();
    test
}

#[tokio::test]
async fn what_would_be_done_now_is_told_beside_what_happened() {
    let test = past().await;
    let replayed = replay(&test.desk, test.tenant(), Time(0), 10).await.unwrap();
    assert_eq!(replayed.conversations, 2);
    let told: Vec<_> = replayed
        .lines
        .iter()
        .map(|it| (it.text.as_str(), it.then.what, it.now.what, it.now.article.as_deref()))
        .collect();
    // The newest conversation first. What was written to a person is not the bot's.
    let expected = [
        ("hello", "say", "say", None),
        ("where can I find my invoice?", "say", "answer", Some("invoice")),
        ("a person please", "hand_over", "hand_over", None),
    ];
    assert_eq!(told, expected);
    assert_eq!(
        (replayed.same(), replayed.would_answer(), replayed.would_hand_over()),
        (2, 1, 0)
    );
    assert!(
        replayed.lines[1].because.contains("this article is meant"),
        "{replayed:?}"
    );
}

#[tokio::test]
async fn only_what_began_since_then_and_as_many_as_asked_for() {
    let test = past().await;
    let one = replay(&test.desk, test.tenant(), Time(0), 1).await.unwrap();
    assert_eq!((one.conversations, one.lines.len()), (1, 1), "bob's, the newest");
    let none = replay(&test.desk, test.tenant(), Time(i64::MAX), 10).await.unwrap();
    assert_eq!(none, Replayed::default());
}
