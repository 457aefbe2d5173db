//! What the HTTP API tells of a desk at work: agents what they work with, and customers nothing of it.

mod rig;

use minicom_protocol::{
    command::{AgentCommand, CustomerCommand, SeenLines, TransferTo},
    ids::LineNo,
    intake::{Intake, Introduction, Priority},
    line::LineRef,
    people::{AgentRef, CustomerRef, Role},
    stage::Side,
    words::{SubjectLine, Tag},
};
use rig::{ALICE, Seed, Server, answer};
use serde_json::{Value, json};

/// Words that only agents may see.
const HIDDEN: [&str; 6] = ["do not say", "vip-tag", "urgent", "Cracked lamp", "snooze", "hunter2"];

/// Alice's conversation has all that a customer must not see; it is Bo's when it ends.
async fn story(seed: &Seed) {
    let bo = seed.agent("bo@x.org", "Bo", Role::Agent).await;
    let alice = seed.customer("alice", ALICE).await;
    let intake = Intake {
        subject: Some(SubjectLine::parse("Cracked lamp").unwrap()),
        priority: Priority::High,
        ..Intake::default()
    };
    let start = CustomerCommand::Start {
        intake,
        introduction: Introduction::default(),
        answers: vec![],
    };
    seed.by_customer(&alice, start).await;
    seed.says(&alice, "my password is hunter2").await;
    seed.by_customer(&alice, CustomerCommand::RequestHuman {}).await;
    work(seed, &bo, &alice).await;
}

async fn work(seed: &Seed, bo: &AgentRef, alice: &CustomerRef) {
    let conversation = seed.newest(alice).await.conversation;
    let text = |it: &str| it.to_owned();
    let post = |it: &str| AgentCommand::Post {
        conversation,
        text: text(it),
        seen: SeenLines::default(),
        take_over: false,
        anyway: true,
        quote: None,
        reply: None,
        article: None,
        file: None,
    };
    let note = AgentCommand::Note {
        conversation,
        text: text("do not say"),
        agents: vec![],
        groups: vec![],
    };
    let tag = AgentCommand::Tag {
        conversation,
        add: vec![Tag::parse("vip-tag").unwrap()],
        remove: vec![],
    };
    let blank = AgentCommand::BlankLine {
        conversation,
        line: LineRef {
            side: Side::Customer,
            line: LineNo(1),
        },
    };
    let transfer = AgentCommand::Transfer {
        conversation,
        to: TransferTo::Queue,
        note: Some(text("do not say why")),
    };
    for command in [
        AgentCommand::TakeOver { conversation },
        note,
        tag,
        blank,
        AgentCommand::SetPriority {
            conversation,
            priority: Priority::Urgent,
        },
        post("Hello Alice"),
        AgentCommand::Snooze {
            conversation,
            until: None,
        },
        AgentCommand::Wake { conversation },
        transfer,
        AgentCommand::TakeOver { conversation },
    ] {
        seed.by_agent(bo, command.clone())
            .await
            .unwrap_or_else(|refusal| panic!("{command:?}: {refusal:?}"));
    }
}

fn contents(history: &Value) -> Vec<(&str, &str)> {
    let messages = history["messages"].as_array().unwrap();
    messages
        .iter()
        .map(|it| (it["sender"].as_str().unwrap(), it["content"].as_str().unwrap()))
        .collect()
}

#[tokio::test]
async fn a_customer_reads_nothing_that_only_agents_may_see() {
    let server = Server::over(story).await;
    for limit in [1, 2, 3, 50] {
        let mut path = format!("/api/conversation/alice?limit={limit}");
        loop {
            let (status, page) = answer(server.get(&path, ALICE)).await;
            assert_eq!(status, 200);
            let text = page.to_string();
            for hidden in HIDDEN {
                assert!(!text.contains(hidden), "{hidden:?} is in {text}");
            }
            let Some(cursor) = page["next_cursor"].as_str() else {
                break;
            };
            path = format!("/api/conversation/alice?limit={limit}&cursor={cursor}");
        }
    }
    let (_, hers) = answer(server.get("/api/conversation/alice", ALICE)).await;
    assert_eq!(
        contents(&hers),
        [
            ("customer", "(blanked out)"),
            ("system", "A person has been asked for."),
            ("system", "Bo joined"),
            ("agent", "Hello Alice"),
            ("system", "You are back in the queue; your place is kept."),
            ("system", "Bo joined"),
        ]
    );
    assert_eq!(hers["conversation"]["status"], "active");
    server.stop().await.unwrap();
}

#[tokio::test]
async fn agents_get_subject_priority_and_times_of_a_conversation() {
    let server = Server::over(story).await;
    let bo = server.login("bo@x.org").await;
    let (_, list) = answer(server.get("/api/agent/dashboard", &bo)).await;
    let row = list["conversations"][0].clone();
    assert_eq!(
        (&row["subject"], &row["priority"]),
        (&json!("Cracked lamp"), &json!("urgent"))
    );
    assert_eq!((&row["ended_at"], &row["handling_ms"]), (&Value::Null, &Value::Null));
    assert!(row["wait_ms"].as_i64().unwrap() >= 0);
    let assigned = row["assigned_at"].as_str().unwrap();
    assert!(assigned.parse::<jiff::Timestamp>().is_ok(), "{assigned}");
    let (_, theirs) = answer(server.get("/api/conversation/alice", &bo)).await;
    assert_eq!(theirs["conversation"], row, "both lists say the same");
    let words: Vec<&str> = contents(&theirs).into_iter().map(|it| it.1).collect();
    assert_eq!(
        words,
        [
            "(blanked out)",
            "the customer asked for a person",
            "Bo took over",
            "Hello Alice",
            "Bo put it back into the queue",
            "Bo took over",
        ]
    );
    server.stop().await.unwrap();
}

#[tokio::test]
async fn an_ended_conversation_has_its_times() {
    let server = Server::over(async |seed| {
        story(seed).await;
        let alice = seed.customer("alice", ALICE).await;
        seed.by_customer(&alice, CustomerCommand::Close {}).await;
    })
    .await;
    let bo = server.login("bo@x.org").await;
    let (_, list) = answer(server.get("/api/agent/dashboard", &bo)).await;
    let row = &list["conversations"][0];
    assert_eq!(row["status"], "closed");
    let times = ["assigned_at", "ended_at"].map(|name| row[name].as_str().unwrap().parse::<jiff::Timestamp>().unwrap());
    assert!(times[0] <= times[1]);
    let handling = times[1].as_microsecond() / 1_000 - times[0].as_microsecond() / 1_000;
    assert!((row["handling_ms"].as_i64().unwrap() - handling).abs() <= 1, "{row}");
    server.stop().await.unwrap();
}
