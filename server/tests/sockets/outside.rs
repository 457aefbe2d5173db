//! What others have: a client in another language, written from the protocol's page, and the sequences of Socket.IO desks.

use std::{path::Path, process::Stdio};

use minicom_protocol::{
    command::{AgentCommand, CustomerCommand, TransferTo},
    customer_event::CustomerBody,
    event::EventBody,
    frame::{AgentSignal, CustomerSignal, ToServer},
    ids::LineNo,
};
use serde_json::Value;
use tokio::process::Command;

use crate::harness::{Server, post, reply, soon};

/// Runs the client, and gives the lines that it printed.
async fn python(server: &Server, folder: &Path, arguments: &[&str]) -> Vec<String> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/examples/python/minicom_client.py");
    let run = Command::new("python3")
        .arg(script)
        .arg(format!("ws://{}", server.addr))
        .arg("alice")
        .arg(folder)
        .args(arguments)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = soon("the client in Python", run).await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let told = String::from_utf8(output.stdout).unwrap();
    let lines = told.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines
        .filter(|line| line["sender"] == "customer")
        .map(|line| line["text"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_client_written_from_the_page_sees_each_line_once_over_cuts() {
    let server = Server::start().await;
    let folder = tempfile::tempdir().unwrap();
    let mut seen = python(&server, folder.path(), &["one", "two", "--until", "2"]).await;
    for (line, cut) in [("three", "1"), ("four", "2"), ("five", "3"), ("six", "4")] {
        // It is cut off in the middle, at another frame each time, and goes on.
        seen.extend(python(&server, folder.path(), &[line, "--cut-after", cut]).await);
    }
    seen.extend(python(&server, folder.path(), &["seven", "--until", "7"]).await);
    // What a run was not told any more is told by the next one; nothing is told twice.
    assert_eq!(seen, ["one", "two", "three", "four", "five", "six", "seven"]);
    server.stop().await;
}

#[tokio::test]
async fn the_sequences_of_socket_io_desks_are_played_by_our_frames() {
    let server = Server::start().await;
    let (mut ada, mut bo) = (server.agent_at_desk("Ada").await, server.agent_at_desk("Bo").await);
    // chat:start, chat:join, chat:send_message; chat:new_session and chat:new_message to the agents.
    let mut alice = server.customer("alice").await;
    let started = alice.does(CustomerCommand::RequestHuman {}).await;
    assert!(
        started.is_err() || started.unwrap().rev.is_none(),
        "nothing is open yet"
    );
    let done = alice.does(post("Hello")).await.unwrap();
    let conversation = done.conversation.unwrap();
    alice.does(CustomerCommand::RequestHuman {}).await.unwrap();
    while !ada
        .events
        .iter()
        .any(|it| matches!(it.body, EventBody::HumanRequested(_)))
    {
        ada.next().await;
    }
    assert!(ada.events.iter().any(|it| matches!(it.body, EventBody::Opened(_))));
    assert!(ada.events.iter().any(|it| matches!(it.body, EventBody::Posted(_))));

    // chat:accept; chat:session_assigned to both sides.
    ada.send(ToServer::Viewing {
        conversation: Some(conversation),
    })
    .await;
    ada.does(AgentCommand::TakeOver { conversation }).await.unwrap();
    while !alice.events.iter().any(|it| matches!(it.body, CustomerBody::Joined(_))) {
        alice.next().await;
    }
    while !bo.events.iter().any(|it| matches!(it.body, EventBody::TakenOver(_))) {
        bo.next().await;
    }

    // chat:typing both ways, chat:send_message, chat:seen.
    ada.send(ToServer::Typing {
        conversation: Some(conversation),
        on: true,
    })
    .await;
    alice
        .signalled(|it| matches!(it, CustomerSignal::Typing { on: true, .. }))
        .await;
    alice
        .send(ToServer::Typing {
            conversation: None,
            on: true,
        })
        .await;
    ada.signalled(|it| matches!(it, AgentSignal::Typing { on: true, .. }))
        .await;
    ada.does(reply(conversation, "I am here")).await.unwrap();
    ada.does(AgentCommand::MarkSeen {
        conversation,
        up_to: LineNo(1),
    })
    .await
    .unwrap();
    while !alice.events.iter().any(|it| matches!(it.body, CustomerBody::Seen(_))) {
        alice.next().await;
    }

    // chat:transfer, and chat:accept by the colleague.
    let to = TransferTo::Queue;
    ada.does(AgentCommand::Transfer {
        conversation,
        to,
        note: None,
    })
    .await
    .unwrap();
    bo.does(AgentCommand::TakeOver { conversation }).await.unwrap();

    // chat:end by the customer; chat:ended to everybody.
    alice.does(CustomerCommand::Close {}).await.unwrap();
    while !bo.events.iter().any(|it| matches!(it.body, EventBody::Closed(_))) {
        bo.next().await;
    }
    while !alice.events.iter().any(|it| matches!(it.body, CustomerBody::Closed(_))) {
        alice.next().await;
    }
    server.stop().await;
}
