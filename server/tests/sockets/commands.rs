//! Commands and questions: at most once, in order, and each with its clear answer.

use minicom_protocol::{
    command::{AgentCommand, CustomerCommand},
    customer_event::CustomerBody,
    frame::{AgentQuestion, AgentReply, CustomerQuestion, CustomerReply},
    ids::{ConversationId, CustomerId, LineNo},
    refusal::Refusal,
};
use minicom_server::{limits::PIPELINE_MAX, run_limits::RunLimits};
use uuid::Uuid;

use crate::harness::{Server, fresh, limits, post, reply};

#[tokio::test]
async fn commands_in_flight_keep_their_order() {
    let server = Server::start().await;
    let mut alice = server.customer("alice").await;
    let count = 3 * PIPELINE_MAX;
    let mut ids = Vec::new();
    for n in 0..count {
        ids.push(alice.sends(post(&format!("{n}"))).await);
    }
    for id in ids {
        alice.answer(id).await.unwrap();
    }
    alice.reads_to(count as u64 + 1).await;
    let lines: Vec<String> = alice
        .events
        .iter()
        .filter_map(|event| match &event.body {
            CustomerBody::Posted(line) => Some(line.text()),
            _ => None,
        })
        .collect();
    assert_eq!(lines, (0..count).map(|n| n.to_string()).collect::<Vec<_>>());
    server.stop().await;
}

#[tokio::test]
async fn a_repeat_gets_the_same_answer_and_another_content_none() {
    let server = Server::start().await;
    let mut alice = server.customer("alice").await;
    let id = fresh();
    alice.repeats(id, post("once")).await;
    let first = alice.answer(id).await.unwrap();
    drop(alice);
    let mut window = server.customer("alice").await;
    window.repeats(id, post("once")).await;
    let again = window.answer(id).await.unwrap();
    assert!(!first.repeat && again.repeat);
    assert_eq!((again.seq, again.conversation), (first.seq, first.conversation));
    window.repeats(id, post("twice")).await;
    assert_eq!(window.answer(id).await, Err(Refusal::Conflict));
    window.does(post("next")).await.unwrap();
    window.reads_to(3).await;
    assert_eq!(window.cursor.at, 3, "opened, once, next");
    server.stop().await;
}

#[tokio::test]
async fn of_two_who_take_over_one_wins_and_the_other_is_told_who() {
    let server = Server::start().await;
    for n in 0..10 {
        let name = format!("c{n}");
        let conversation = server.posts(&name, "hello").await.conversation.unwrap();
        let (mut ada, mut bo) = (server.agent_at_desk("Ada").await, server.agent_at_desk("Bo").await);
        let take_over = || AgentCommand::TakeOver { conversation };
        let (by_ada, by_bo) = tokio::join!(ada.does(take_over()), bo.does(take_over()));
        let (won, refusal) = match (by_ada, by_bo) {
            (Ok(_), Err(refusal)) => ("Ada", refusal),
            (Err(refusal), Ok(_)) => ("Bo", refusal),
            other => panic!("{other:?}"),
        };
        assert!(matches!(refusal, Refusal::TakenBy { agent, .. } if agent.name.as_str() == won));
    }
    server.stop().await;
}

#[tokio::test]
async fn who_writes_too_fast_waits_and_order_holds() {
    let server = Server::with(RunLimits {
        customer_burst: 3,
        customer_refill_per_s: 2,
        frames_per_s: 100_000,
        ..limits()
    })
    .await;
    let mut alice = server.customer("alice").await;
    let mut outbox: Vec<_> = (0..5).map(|n| (fresh(), post(&n.to_string()))).collect();
    for (id, command) in &outbox {
        alice.repeats(*id, command.clone()).await;
    }
    let mut answers = Vec::new();
    for (id, _) in &outbox {
        answers.push(alice.answer(*id).await);
    }
    assert!(answers[..3].iter().all(Result::is_ok));
    let Err(Refusal::RateLimited { retry_after_ms }) = answers[3] else {
        panic!("{:?}", answers[3]);
    };
    assert!((1..=501).contains(&retry_after_ms), "{retry_after_ms}");
    assert_eq!(answers[4], Err(Refusal::Behind));

    // A second window has no rate of its own, and is not held up by the first one's order.
    let mut window = server.customer("alice").await;
    assert!(matches!(
        window.does(post("from the other window")).await,
        Err(Refusal::RateLimited { .. }) | Ok(_)
    ));

    outbox.drain(..3);
    let (id, command) = outbox[1].clone();
    alice.repeats(id, command).await;
    assert_eq!(
        alice.answer(id).await,
        Err(Refusal::Behind),
        "the one before it has not come again"
    );
    // What is refused for now is sent again, from there on and in order, until everything is answered.
    while !outbox.is_empty() {
        for (id, command) in &outbox {
            alice.repeats(*id, command.clone()).await;
        }
        let mut left = Vec::new();
        for (id, command) in outbox {
            match alice.answer(id).await {
                Ok(_) => assert!(left.is_empty(), "never the later before the earlier"),
                Err(refusal) => {
                    assert!(refusal.retryable(), "{refusal:?}");
                    left.push((id, command));
                }
            }
        }
        outbox = left;
    }
    alice
        .does(CustomerCommand::MarkSeen { up_to: LineNo(0) })
        .await
        .unwrap();
    let mut reader = server.customer("alice").await;
    let page = CustomerQuestion::Thread {
        before: None,
        limit: 50,
    };
    let CustomerReply::Thread { events, .. } = reader.asks(page).await.unwrap() else {
        panic!("it is a page");
    };
    let lines: Vec<String> = events
        .iter()
        .filter_map(|event| match &event.body {
            CustomerBody::Posted(line) => Some(line.text()),
            _ => None,
        })
        .filter(|text| text.len() == 1)
        .collect();
    assert_eq!(lines, ["0", "1", "2", "3", "4"]);
    server.stop().await;
}

#[tokio::test]
async fn a_foreign_conversation_is_an_unknown_one() {
    let server = Server::start().await;
    let mut ada = server.agent_at_desk("Ada").await;
    let nowhere = ConversationId(Uuid::new_v4());
    for command in [
        AgentCommand::TakeOver { conversation: nowhere },
        AgentCommand::HandBack { conversation: nowhere },
        AgentCommand::Close {
            conversation: nowhere,
            seen: LineNo(0),
        },
        AgentCommand::MarkSeen {
            conversation: nowhere,
            up_to: LineNo(1),
        },
        reply(nowhere, "hello"),
    ] {
        assert_eq!(ada.does(command).await, Err(Refusal::NotFound));
    }
    assert_eq!(ada.does(AgentCommand::TakeNext {}).await, Err(Refusal::NobodyWaits));
    let unknown = AgentQuestion::Summary { conversation: nowhere };
    assert_eq!(ada.asks(unknown).await, Err(Refusal::NotFound));
    let unknown = AgentQuestion::Thread {
        customer: CustomerId(Uuid::new_v4()),
        before: None,
        limit: 1,
    };
    assert_eq!(ada.asks(unknown).await, Err(Refusal::NotFound));
    server.stop().await;
}

#[tokio::test]
async fn a_closed_conversation_takes_nothing_more() {
    let server = Server::start().await;
    let mut ada = server.agent_at_desk("Ada").await;
    let conversation = server.posts("alice", "hello").await.conversation.unwrap();
    ada.does(AgentCommand::Close {
        conversation,
        seen: LineNo(1),
    })
    .await
    .unwrap();
    assert_eq!(ada.does(reply(conversation, "too late")).await, Err(Refusal::Closed));
    ada.does(AgentCommand::Close {
        conversation,
        seen: LineNo(1),
    })
    .await
    .unwrap();
    let closed = ada
        .asks(AgentQuestion::Closed {
            before: None,
            limit: 200,
        })
        .await
        .unwrap();
    assert!(matches!(closed, AgentReply::Closed { conversations, more: false } if conversations.len() == 1));
    server.stop().await;
}

#[tokio::test]
async fn pages_of_a_thread_join() {
    let server = Server::start().await;
    for n in 0..25 {
        server.posts("alice", &format!("line {n}")).await;
    }
    let mut alice = server.customer("alice").await;
    let (mut before, mut seqs) = (None, Vec::new());
    loop {
        let question = CustomerQuestion::Thread { before, limit: 7 };
        let CustomerReply::Thread { events, more } = alice.asks(question).await.unwrap() else {
            panic!("it is a page");
        };
        before = events.first().map(|event| event.seq);
        seqs.splice(0..0, events.iter().map(|event| event.seq.0));
        if !more {
            break;
        }
    }
    assert_eq!(seqs, (1..=26).collect::<Vec<_>>());
    let mut ada = server.agent_at_desk("Ada").await;
    let row = &ada.snapshot[0].conversations[0];
    let question = AgentQuestion::Thread {
        customer: row.customer.id,
        before: None,
        limit: 200,
    };
    let all = ada.asks(question).await.unwrap();
    assert!(matches!(all, AgentReply::Thread { events, more: false, .. } if events.len() == 26));
    for limit in [0, 201, u32::MAX] {
        let question = CustomerQuestion::Thread { before: None, limit };
        let told = alice.asks(question).await;
        assert!(matches!(told, Err(Refusal::BadField { .. })), "{limit}");
        let told = ada.asks(AgentQuestion::Closed { before: None, limit }).await;
        assert!(matches!(told, Err(Refusal::BadField { .. })), "{limit}");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_page_that_is_too_large_for_a_frame_is_cut_at_its_old_end() {
    let server = Server::start().await;
    for n in 0..40 {
        server.posts("alice", &format!("{n:02}{}", "x".repeat(16_000))).await;
    }
    let mut alice = server.customer("alice").await;
    let question = CustomerQuestion::Thread {
        before: None,
        limit: 200,
    };
    let CustomerReply::Thread { events, more } = alice.asks(question).await.unwrap() else {
        panic!("it is a page");
    };
    assert!(more && events.len() < 40, "{}", events.len());
    assert_eq!(events.last().map(|event| event.seq.0), Some(41));
    server.stop().await;
}
