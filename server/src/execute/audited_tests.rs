use minicom_protocol::{command::AgentCommand, settings::DeskSettings};
use serde_json::json;

use crate::{
    order::{Caller, Who},
    store::audit::{self, Actor, By, Entry},
    test_desk::TestDesk,
};

async fn entries(test: &TestDesk) -> Vec<Entry> {
    let tenant = test.tenant();
    let read = test.desk.read(move |conn| {
        assert_eq!(audit::verify(conn, tenant)?, None);
        audit::page(conn, tenant, &audit::Filter::default(), 50)
    });
    read.await.unwrap()
}

fn id(caller: &Caller) -> minicom_protocol::ids::AgentId {
    match &caller.who {
        Who::Agent { agent, .. } => agent.id,
        other => panic!("{other:?} is no agent"),
    }
}

#[tokio::test]
async fn what_an_admin_does_to_others_is_told_with_who_it_was_and_from_where() {
    let test = TestDesk::new();
    let (alice, ada, mut boss) = (
        test.customer("alice").await,
        test.agent("ada").await,
        test.admin("boss").await,
    );
    boss.by = Some(By::at(Actor::Operator, "127.0.0.1".parse().unwrap()));
    let conversation = test.post(&alice, 1, "hello").await.conversation.unwrap();
    let take = AgentCommand::TakeOver { conversation };
    test.ask(&boss, 2, take).await.unwrap();
    assert_eq!(entries(&test).await, [], "one's own work is in the journal");

    let agent = id(&ada);
    test.ask(&boss, 3, AgentCommand::Assign { conversation, agent })
        .await
        .unwrap();
    test.ask(&boss, 3, AgentCommand::Assign { conversation, agent })
        .await
        .unwrap();
    let told = entries(&test).await;
    assert_eq!(told.len(), 1, "a repeat does nothing again");
    assert_eq!(
        (told[0].action.as_str(), &told[0].object),
        ("conversation.assigned", &conversation.to_string())
    );
    assert_eq!(told[0].detail["agent"], json!(agent.to_string()));
    assert_eq!(
        (&told[0].actor, told[0].address.as_deref()),
        (&Actor::Operator, Some("127.0.0.1"))
    );
}

#[tokio::test]
async fn settings_are_told_by_the_names_of_what_is_other_now() {
    let test = TestDesk::new();
    let boss = test.admin("boss").await;
    let settings = Box::new(DeskSettings {
        name: "A secret name".to_owned(),
        ageing_min: 3,
        ..DeskSettings::default()
    });
    test.ask(&boss, 1, AgentCommand::Configure { settings }).await.unwrap();
    let told = entries(&test).await;
    assert_eq!(told[0].action, "settings.changed");
    assert_eq!(told[0].detail, json!({"fields": ["ageing_min", "name"]}));
    let Actor::Agent { agent, token: None } = &told[0].actor else {
        panic!("{:?} is not the agent", told[0].actor)
    };
    assert_eq!(agent.id, id(&boss));
}
