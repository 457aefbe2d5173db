use minicom_protocol::{
    command::{AgentCommand, CustomerCommand},
    event::{HumanRequested, Mood, Nearest},
    ids::TenantId,
    stage::HandOverReason,
    words::{SubjectLine, Tag},
};

use super::*;
use crate::{
    order::{BotTurn, Caller, Fire, Order, TimerKind, Turn},
    test_desk::{TestDesk, command_id},
};

const CARD: &str = "my card 4111 1111 1111 1111 was charged twice";

async fn turn(test: &TestDesk, id: u64, turn: Turn) {
    let events = events(test).await;
    let trigger = events
        .iter()
        .rfind(|it| matches!(&it.body, EventBody::Posted(posted) if posted.author == Author::Customer));
    let trigger = trigger.unwrap();
    let turn = BotTurn {
        conversation: trigger.subject.conversation().unwrap(),
        trigger: trigger.rev,
        turn,
    };
    let caller = test.desk.bot(&TenantId::default_tenant());
    test.desk
        .submit(&caller, command_id(id), Order::BotTurn(turn))
        .await
        .unwrap();
}

async fn events(test: &TestDesk) -> Vec<Event> {
    let tenant = test.tenant();
    let page = test.desk.read(move |conn| journal::after(conn, tenant, Rev(0), 1_000));
    page.await.unwrap()
}

async fn note(test: &TestDesk) -> Option<HandOverNote> {
    events(test).await.into_iter().find_map(|event| match event.body {
        EventBody::HumanRequested(HumanRequested { note, .. }) => Some(note.map(|note| *note)),
        _ => None,
    })?
}

fn hands_over(reason: HandOverReason) -> Turn {
    Turn::HandOver {
        text: "A person comes.".to_owned(),
        reason,
        note: Box::new(HandOverNote {
            why: Some("none of the offered articles was meant".to_owned()),
            nearest: Some(Nearest {
                article: Tag::parse("charges").unwrap(),
                title: SubjectLine::parse("Charges").unwrap(),
                percent: 41,
            }),
            mood: Mood::Upset,
            ..HandOverNote::default()
        }),
    }
}

/// A conversation that the bot has handed over after a question and a wish for a person.
async fn handed_over() -> (TestDesk, Caller) {
    let test = TestDesk::new();
    let alice = test.customer("alice").await;
    test.post(&alice, 1, CARD).await;
    turn(
        &test,
        2,
        Turn::Reply {
            text: "Sorry?".to_owned(),
        },
    )
    .await;
    test.post(&alice, 3, "a person, please").await;
    turn(&test, 4, hands_over(HandOverReason::CustomerAsked)).await;
    (test, alice)
}

#[tokio::test]
async fn it_names_the_question_not_the_wish_for_a_person_and_masks_it() {
    let (test, _) = handed_over().await;
    let note = note(&test).await.unwrap();
    let question = note.question.as_ref().unwrap();
    assert_eq!(question.line.line, LineNo(1));
    assert_eq!(question.excerpt, "my card [card] was charged twice");
    assert_eq!(
        note.lines(),
        [
            "last question: my card [card] was charged twice",
            "why: none of the offered articles was meant",
            "nearest: Charges (41 %)",
            "customer: upset"
        ]
    );
}

#[tokio::test]
async fn no_copy_of_the_words_is_stored_and_what_is_blanked_out_is_blanked_out_in_it() {
    let (test, _) = handed_over().await;
    let tenant = test.tenant();
    let stored = test.desk.read(move |conn| {
        let mut all = conn.prepare("SELECT body FROM events WHERE tenant = ?1 AND kind = 'human_requested'")?;
        let rows = all.query_map([tenant.0], |row| row.get::<_, String>(0))?;
        rows.collect::<Result<Vec<_>, _>>()
    });
    let stored = stored.await.unwrap();
    assert!(stored.len() == 1 && !stored[0].contains("charged"), "{stored:?}");
    let ada = test.agent("ada").await;
    let conversation = events(&test).await[0].subject.conversation().unwrap();
    let line = note(&test).await.unwrap().question.unwrap().line;
    test.ask(&ada, 9, AgentCommand::BlankLine { conversation, line })
        .await
        .unwrap();
    assert_eq!(note(&test).await.unwrap().question.unwrap().excerpt, "(blanked out)");
}

#[tokio::test]
async fn erasing_a_customer_erases_it_and_the_digests_still_vouch() {
    let (test, alice) = handed_over().await;
    let forget = Order::Customer(CustomerCommand::Forget {});
    test.desk.submit(&alice, command_id(9), forget).await.unwrap();
    assert_eq!(note(&test).await, None);
    let tenant = test.tenant();
    assert_eq!(
        test.desk.read(move |conn| journal::verify(conn, tenant)).await.unwrap(),
        None
    );
}

#[tokio::test]
async fn a_bot_that_is_late_and_a_customer_who_asks_leave_one_too() {
    let test = TestDesk::new();
    let alice = test.customer("alice").await;
    test.post(&alice, 1, CARD).await;
    let posted = events(&test).await.pop().unwrap();
    let fire = Fire {
        kind: TimerKind::BotDeadline,
        conversation: posted.subject.conversation().unwrap(),
        set_by: posted.rev,
    };
    let server = test.desk.server(&TenantId::default_tenant());
    test.desk
        .submit(&server, command_id(2), Order::Fire(fire))
        .await
        .unwrap();
    assert!(note(&test).await.unwrap().question.unwrap().excerpt.contains("[card]"));

    let test = TestDesk::new();
    let alice = test.customer("alice").await;
    test.post(&alice, 1, "Wo ist meine Bestellung?").await;
    let ask = Order::Customer(CustomerCommand::RequestHuman {});
    test.desk.submit(&alice, command_id(2), ask).await.unwrap();
    let lines = note(&test).await.unwrap().lines();
    assert_eq!(
        lines,
        ["last question: Wo ist meine Bestellung?", "customer: writes German"]
    );
}
