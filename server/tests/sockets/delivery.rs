//! Who is told what: in order, once, without gaps, and nobody anything that is another's.

use minicom_protocol::{
    command::AgentCommand,
    customer_event::CustomerBody,
    event::EventBody,
    frame::{AgentSignal, CustomerSignal, ToServer, Typist},
    ids::{AgentId, Cursor, Mark},
};
use minicom_server::{accounts::NewCustomerRates, desk::Opening};

use uuid::Uuid;

use crate::harness::{Server, limits, post, reply};

#[tokio::test]
async fn a_customer_and_an_agent_write_to_each_other() {
    let server = Server::start().await;
    let mut ada = server.agent_at_desk("Ada").await;
    let mut alice = server.customer("alice").await;
    assert!(!alice.resumed);
    assert_eq!(alice.snapshot.len(), 1);

    let done = alice.does(post("Hello, I need help")).await.unwrap();
    assert_eq!(
        (done.rev, done.seq.map(|seq| seq.0)),
        (None, Some(2)),
        "no position of the journal"
    );
    ada.reads_to(2).await;
    let conversation = done.conversation.unwrap();
    let done = ada.does(reply(conversation, "Hi Alice")).await.unwrap();
    assert_eq!(done.rev.map(|rev| rev.0), Some(4));
    let done = alice.does(post("Thank you")).await.unwrap();
    ada.reads_to(5).await;
    alice.reads_to(done.seq.unwrap().0).await;

    let lines: Vec<String> = alice
        .events
        .iter()
        .filter_map(|event| match &event.body {
            CustomerBody::Posted(line) => Some(line.text()),
            _ => None,
        })
        .collect();
    assert_eq!(lines, ["Hello, I need help", "Hi Alice", "Thank you"]);
    let theirs: Vec<String> = ada
        .events
        .iter()
        .filter_map(|event| match &event.body {
            EventBody::Posted(line) => Some(line.text()),
            _ => None,
        })
        .collect();
    assert_eq!(theirs, lines);
    assert!(matches!(&alice.events[2].body, CustomerBody::Joined(it) if it.name.as_str() == "Ada"));
    assert_eq!(alice.events[3].command, None, "another's command id");
    server.stop().await;
}

#[tokio::test]
async fn two_windows_show_the_same_and_nobody_sees_anothers() {
    let server = Server::start().await;
    let (mut first, mut second, mut bob) = (
        server.customer("alice").await,
        server.customer("alice").await,
        server.customer("bob").await,
    );
    first.does(post("one")).await.unwrap();
    second.does(post("two")).await.unwrap();
    first.reads_to(3).await;
    second.reads_to(3).await;
    assert_eq!(first.events, second.events);
    bob.pings().await;
    assert_eq!(bob.events, []);
    bob.does(post("mine")).await.unwrap();
    bob.reads_to(2).await;
    assert_eq!(bob.events.len(), 2, "only the own two");
    assert!(
        bob.events
            .iter()
            .all(|event| first.events.iter().all(|other| other.mark != event.mark))
    );
    server.stop().await;
}

#[tokio::test]
async fn a_reader_goes_on_where_it_left_off_also_after_a_restart() {
    let server = Server::start().await;
    let (_, token) = server.agent("Ada").await;
    let mut ada = server.agent_with(&token, None).await;
    let mut alice = server.customer("alice").await;
    alice.does(post("one")).await.unwrap();
    ada.reads_to(2).await;
    alice.reads_to(2).await;
    let (agents, customers) = (ada.cursor, alice.cursor);
    drop((ada, alice));
    server.posts("alice", "two").await;

    let mut ada = server.agent_with(&token, Some(agents)).await;
    assert!(ada.resumed && ada.snapshot.is_empty());
    assert_eq!(ada.cursor, agents, "the client's own");
    ada.reads_to(3).await;
    let mut alice = server.customer_with("alice", Some(customers)).await;
    assert!(alice.resumed && alice.snapshot.is_empty());
    alice.reads_to(3).await;
    drop((ada, alice));

    let server = Server::at(server.stop().await, limits(), NewCustomerRates::default()).await;
    let mut ada = server.agent_with(&token, Some(agents)).await;
    assert!(ada.resumed);
    server.posts("alice", "three").await;
    ada.reads_to(4).await;
    let mut alice = server.customer_with("alice", Some(customers)).await;
    assert!(alice.resumed);
    alice.reads_to(4).await;
    assert_eq!(alice.events.len(), 2);
    server.stop().await;
}

#[tokio::test]
async fn a_cursor_of_another_history_starts_afresh() {
    let server = Server::start().await;
    let (_, token) = server.agent("Ada").await;
    server.posts("alice", "one").await;
    let good = server.agent_with(&token, None).await.cursor;
    assert_eq!(good.at, 2);
    let other_mark = Cursor {
        mark: Mark(!good.mark.0),
        ..good
    };
    let ahead = Cursor { at: 9, ..good };
    let birth = Cursor { at: 0, mark: Mark(1) };
    for cursor in [other_mark, ahead, birth] {
        let ada = server.agent_with(&token, Some(cursor)).await;
        assert!(!ada.resumed, "{cursor:?}");
        assert_eq!(ada.cursor, good);
        assert_eq!(ada.snapshot[0].conversations.len(), 1);
        let alice = server.customer_with("alice", Some(cursor)).await;
        assert!(!alice.resumed, "{cursor:?}");
        assert_eq!(alice.snapshot[0].events.len(), 2);
    }
    server.stop().await;
}

#[tokio::test]
async fn every_reader_gets_everything_once_while_many_write() {
    let server = Server::start().await;
    let mut agents = [server.agent_at_desk("Ada").await, server.agent_at_desk("Bo").await];
    let writing = (0..8).map(|n| {
        let server = &server;
        async move {
            for line in 0..40 {
                server.posts(&format!("c{n}"), &format!("line {line}")).await;
            }
        }
    });
    let head = 8 * 41;
    let reading = agents.iter_mut().map(|agent| agent.reads_to(head));
    tokio::join!(
        futures_util::future::join_all(writing),
        futures_util::future::join_all(reading)
    );
    // The client checks that ranges join; here that nothing differs.
    assert_eq!(agents[0].events, agents[1].events);
    assert_eq!(agents[0].events.len() as u64, head);
    server.stop().await;
}

#[tokio::test]
async fn a_large_snapshot_comes_in_parts_in_list_order() {
    let server = Server::start().await;
    for n in 0..260 {
        server
            .posts(&format!("c{n}"), &"long enough to be cut ".repeat(20))
            .await;
    }
    let ada = server.agent_at_desk("Ada").await;
    assert!(ada.snapshot.len() > 1, "{} parts", ada.snapshot.len());
    let Ok(Opening::Fresh(feed, whole)) = server
        .desk
        .open_journal(server.tenant, AgentId(Uuid::nil()), None)
        .await
    else {
        panic!("it starts afresh");
    };
    assert_eq!(ada.cursor, feed.cursor());
    let joined: Vec<_> = ada.snapshot.into_iter().flat_map(|part| part.conversations).collect();
    assert_eq!(joined.len(), 260);
    assert_eq!(joined, whole.conversations, "in the desk's order");
    drop(feed);
    server.stop().await;
}

#[tokio::test]
async fn who_is_at_the_desk_is_whole_and_live() {
    let server = Server::start().await;
    let names = |signal: &AgentSignal| match signal {
        AgentSignal::Presence { agents } => {
            let mut names: Vec<String> = agents.iter().map(|it| it.agent.name.to_string()).collect();
            names.sort();
            names
        }
        _ => vec![],
    };
    let mut ada = server.agent_at_desk("Ada").await;
    ada.signalled(|signal| names(signal) == ["Ada"]).await;
    let mut bo = server.agent_at_desk("Bo").await;
    bo.signalled(|signal| names(signal) == ["Ada", "Bo"]).await;
    ada.signalled(|signal| names(signal) == ["Ada", "Bo"]).await;
    drop(bo);
    ada.signalled(|signal| names(signal) == ["Ada"]).await;
    server.stop().await;
}

#[tokio::test]
async fn typing_goes_to_the_other_side_and_no_further() {
    let server = Server::start().await;
    let (mut ada, mut bo) = (server.agent_at_desk("Ada").await, server.agent_at_desk("Bo").await);
    let (mut alice, mut bob) = (server.customer("alice").await, server.customer("bob").await);
    let conversation = alice.does(post("hello")).await.unwrap().conversation.unwrap();
    bob.does(post("hello")).await.unwrap();
    alice
        .send(ToServer::Typing {
            conversation: None,
            on: true,
        })
        .await;
    let by_alice = |signal: &AgentSignal| matches!(signal, AgentSignal::Typing { conversation: place, who: Typist::Customer, on: true, .. } if *place == conversation);
    ada.signalled(by_alice).await;
    bo.signalled(by_alice).await;

    let typing = |on| ToServer::Typing {
        conversation: Some(conversation),
        on,
    };
    bo.send(typing(true)).await;
    ada.signalled(|signal| matches!(signal, AgentSignal::Typing { who: Typist::Agent { agent }, .. } if agent.name.as_str() == "Bo")).await;
    ada.does(AgentCommand::TakeOver { conversation }).await.unwrap();
    ada.send(typing(true)).await;
    let told = alice
        .signalled(|signal| matches!(signal, CustomerSignal::Typing { .. }))
        .await;
    assert!(
        matches!(&told, CustomerSignal::Typing { name: Some(name), on: true, at } if name.as_str() == "Ada" && at.0 == 3),
        "the owner's, and not Bo's: {told:?}"
    );
    bob.pings().await;
    assert!(
        !bob.signals
            .iter()
            .any(|signal| matches!(signal, CustomerSignal::Typing { .. }))
    );
    let foreign = ToServer::Typing {
        conversation: Some(minicom_protocol::ids::ConversationId(uuid::Uuid::new_v4())),
        on: true,
    };
    ada.send(foreign).await;
    ada.pings().await;
    server.stop().await;
}

#[tokio::test]
async fn who_waits_is_told_the_place_and_every_change_of_it() {
    use minicom_protocol::command::CustomerCommand::RequestHuman;
    let server = Server::start().await;
    let place = |place| move |signal: &CustomerSignal| matches!(signal, CustomerSignal::Place { place: told, .. } if *told == place);
    let mut ada = server.agent_at_desk("Ada").await;
    let mut alice = server.customer("alice").await;
    alice.signalled(place(None)).await;
    let conversation = alice.does(post("human please")).await.unwrap().conversation.unwrap();
    alice.does(RequestHuman {}).await.unwrap();
    alice.signalled(place(Some(1))).await;
    let mut bob = server.customer("bob").await;
    bob.does(post("human please")).await.unwrap();
    bob.does(RequestHuman {}).await.unwrap();
    bob.signalled(place(Some(2))).await;
    let mut window = server.customer("bob").await;
    window.signalled(place(Some(2))).await;
    ada.does(AgentCommand::TakeOver { conversation }).await.unwrap();
    bob.signalled(place(Some(1))).await;
    window.signalled(place(Some(1))).await;
    alice.signalled(place(None)).await;
    server.stop().await;
}
