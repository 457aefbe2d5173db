//! From Hello to the end: welcomes, batches, questions, and why it ends.

use std::sync::{Arc, Mutex};

use futures_util::SinkExt;
use minicom_protocol::{
    close::CloseCode,
    frame::{CustomerQuestion, CustomerReply, CustomerSignal, ToClient, ToServer, Told},
    ids::Mark,
    refusal::Refusal,
};
use tokio::{io::AsyncWriteExt, net::TcpListener};
use tokio_tungstenite::{
    accept_async,
    tungstenite::{Message, protocol::CloseFrame},
};

use super::harness::*;
use crate::{Claim, ClientEvent, Config, ConnState, Dialer, Ended, Secret, ServerUrl, Unsent, open};

#[tokio::test(start_paused = true)]
async fn the_first_connection_starts_from_a_snapshot() {
    let (dialer, mut network) = network();
    let mut program = Program::open(config(dialer));
    assert_eq!(program.event().await, ClientEvent::State(ConnState::Connecting));
    let mut peer = network.accept().await;
    let hello = peer.hello().await;
    assert_eq!((hello.version, hello.cursor, hello.token), (1, None, None));
    assert_eq!(hello.secret.as_deref(), Some("5ec7e7".repeat(11).as_str()));
    peer.welcome(7, false).await;
    peer.send(part(false)).await;
    peer.send(part(true)).await;
    let ClientEvent::Fresh {
        me: who,
        cursor: at,
        parts,
        ..
    } = program.event().await
    else {
        panic!("fresh first");
    };
    assert_eq!((who, at, parts.len()), (me(), cursor(7), 2));
    assert_eq!(program.event().await, ClientEvent::State(ConnState::Live));
    peer.batch(7, 9).await;
    let ClientEvent::Batch {
        from: 7, to: 9, events, ..
    } = program.event().await
    else {
        panic!("then what follows");
    };
    assert_eq!(events, [line(8, None), line(9, None)]);
}

#[tokio::test(start_paused = true)]
async fn after_a_cut_it_goes_on_from_the_last_batch_fifty_times() {
    let (dialer, mut network) = network();
    let mut program = Program::open(config(dialer));
    let mut peer = network.fresh(0).await;
    let mut at = 0;
    for _ in 0..50 {
        program.live().await;
        peer.batch(at, at + 3).await;
        at += 3;
        program
            .until(|event| matches!(event, ClientEvent::Batch { .. }).then_some(()))
            .await;
        drop(peer);
        peer = network.resumed(at).await;
        let resumed = program
            .until(|event| match event {
                ClientEvent::Resumed { cursor, .. } => Some(cursor),
                ClientEvent::Fresh { .. } => panic!("nothing is to be forgotten"),
                _ => None,
            })
            .await;
        assert_eq!(resumed, cursor(at));
    }
}

/// What the server says after a welcome at 5 that cannot be true.
async fn torn(say: ToClient<minicom_protocol::frame::Customers>) {
    let (dialer, mut network) = network();
    let mut program = Program::open(config(dialer));
    let mut peer = network.fresh(5).await;
    program.live().await;
    peer.send(say).await;
    assert!(peer.ends().await);
    let mut again = network.accept().await;
    assert_eq!(again.hello().await.cursor, None, "it starts afresh");
    again.welcome_fresh(9).await;
    let fresh = |event| match event {
        ClientEvent::Fresh { cursor, .. } => Some(cursor),
        ClientEvent::Batch { .. } => panic!("what does not join is not told"),
        _ => None,
    };
    assert_eq!(program.until(fresh).await, cursor(9));
}

#[tokio::test(start_paused = true)]
async fn ranges_that_do_not_join_start_afresh() {
    let batch = |from, to, events: &[u64]| ToClient::Batch {
        from,
        to,
        mark: Mark(to),
        events: events.iter().map(|seq| line(*seq, None)).collect(),
    };
    torn(batch(6, 7, &[7])).await;
    torn(batch(4, 6, &[5, 6])).await;
    torn(batch(5, 4, &[])).await;
    torn(batch(5, 6, &[7])).await;
    torn(batch(5, 7, &[7, 6])).await;
    torn(batch(5, 7, &[6, 6])).await;
    torn(part(true)).await;
}

#[tokio::test(start_paused = true)]
async fn a_resume_elsewhere_starts_afresh() {
    let (dialer, mut network) = network();
    let mut program = Program::open(config(dialer));
    drop(network.fresh(5).await);
    program.live().await;
    let mut peer = network.accept().await;
    assert_eq!(peer.hello().await.cursor, Some(cursor(5)));
    peer.welcome(6, true).await;
    let mut again = network.accept().await;
    assert_eq!(again.hello().await.cursor, None);
}

#[tokio::test(start_paused = true)]
async fn a_snapshot_that_was_cut_is_asked_for_again() {
    let (dialer, mut network) = network();
    let mut program = Program::open(config(dialer));
    let mut peer = network.accept().await;
    peer.hello().await;
    peer.welcome(5, false).await;
    peer.send(part(false)).await;
    drop(peer);
    let mut again = network.accept().await;
    assert_eq!(again.hello().await.cursor, None);
    again.welcome_fresh(6).await;
    let parts = program.until(|event| match event {
        ClientEvent::Fresh { parts, .. } => Some(parts.len()),
        _ => None,
    });
    assert_eq!(parts.await, 1);
}

#[tokio::test(start_paused = true)]
async fn frames_of_a_later_version_are_ignored_and_broken_ones_are_not() {
    let (dialer, mut network) = network();
    let mut program = Program::open(config(dialer));
    let mut peer = network.fresh(5).await;
    program.live().await;
    peer.text(r#"{"type":"confetti","colour":"red"}"#).await;
    peer.batch(5, 6).await;
    program
        .until(|event| matches!(event, ClientEvent::Batch { .. }).then_some(()))
        .await;
    peer.text(r#"{"type":"signal","signal":{"kind":"chat.fireworks"}}"#)
        .await;
    peer.text(r#"{"type":"batch","from":"my secret words"}"#).await;
    assert!(peer.ends().await);
    let ConnState::Reconnecting { why, .. } = program.state().await else {
        panic!("it comes back");
    };
    assert!(why.contains("a batch could not be read (Data at line"), "{why}");
    assert!(!why.contains("secret"), "no people's words in logs: {why}");
    assert_eq!(network.accept().await.hello().await.cursor, None);
}

#[tokio::test(start_paused = true)]
async fn questions_are_answered_or_fail_with_the_connection() {
    let (dialer, mut network) = network();
    let mut program = Program::open(config(dialer));
    let question = CustomerQuestion::Thread {
        before: None,
        limit: 50,
    };
    let failed = |event| match event {
        ClientEvent::AskFailed { n, .. } => Some(n),
        _ => None,
    };
    let early = program.handle.ask(question.clone()).expect("taken");
    assert_eq!(program.until(failed).await, early, "not live yet");
    let mut peer = network.fresh(5).await;
    program.live().await;
    let (one, two) = (
        program.handle.ask(question.clone()),
        program.handle.ask(question.clone()),
    );
    let (one, two) = (one.expect("taken"), two.expect("taken"));
    let mut asked = vec![];
    while asked.len() < 2 {
        if let Some(ToServer::Ask { n, .. }) = peer.next().await {
            asked.push(n);
        }
    }
    assert_eq!(asked, [one, two]);
    let told = Told::Reply(CustomerReply::Thread {
        events: vec![],
        more: true,
    });
    peer.send(ToClient::Reply {
        n: two,
        reply: told.clone(),
    })
    .await;
    let n = two;
    let reply = ClientEvent::Reply { n, question, told };
    program.until(|event| (event == reply).then_some(())).await;
    drop(peer);
    assert_eq!(program.until(failed).await, one);
}

#[tokio::test(start_paused = true)]
async fn signals_come_and_typing_goes_while_live() {
    let (dialer, mut network) = network();
    let mut program = Program::open(config(dialer));
    program.handle.typing(None, true);
    let mut peer = network.fresh(5).await;
    program.live().await;
    let place = CustomerSignal::Place {
        place: Some(2),
        estimate: None,
    };
    peer.send(ToClient::Signal { signal: place.clone() }).await;
    program
        .until(|event| (event == ClientEvent::Signal(place.clone())).then_some(()))
        .await;
    program.handle.typing(None, false);
    let typing = loop {
        match peer.next().await.expect("a frame") {
            ToServer::Typing { on, .. } => break on,
            _ => continue,
        }
    };
    assert!(!typing, "what was said without a connection is lost");
}

/// How a connection ends that the server ends with this.
async fn ended(bye: Option<(CloseCode, Option<Refusal>)>, close: Option<u16>) -> (ConnState, Ended) {
    let (dialer, mut network) = network();
    let mut program = Program::open(config(dialer));
    let mut peer = network.accept().await;
    peer.hello().await;
    if let Some((code, refusal)) = bye {
        let (retryable, retry_after_ms) = (code.retryable(), None);
        peer.send(ToClient::Bye {
            code,
            retryable,
            retry_after_ms,
            refusal,
        })
        .await;
    }
    if let Some(code) = close {
        let reason = "for good".into();
        let frame = CloseFrame {
            code: code.into(),
            reason,
        };
        peer.0.send(Message::Close(Some(frame))).await.expect("sent");
    }
    assert_eq!(program.state().await, ConnState::Connecting);
    let state = program.state().await;
    let ClientEvent::Ended(why) = program.event().await else {
        panic!("ended follows");
    };
    assert!(program.events.recv().await.is_none(), "it is the last event");
    assert_eq!(program.handle.send(post("too late")), Err(Unsent::Ended));
    assert_eq!(network.attempts.lock().expect("whole").len(), 1, "no retry loop");
    (state, why)
}

#[tokio::test(start_paused = true)]
async fn what_trying_again_cannot_help_ends_it_and_says_why() {
    let (state, why) = ended(Some((CloseCode::SignIn, Some(Refusal::SignIn))), None).await;
    assert_eq!((state, why), (ConnState::SignedOut, Ended::SignedOut));
    let (state, why) = ended(None, Some(4001)).await;
    assert_eq!((state, why), (ConnState::SignedOut, Ended::SignedOut));
    let (state, why) = ended(Some((CloseCode::SignIn, Some(Refusal::WrongSecret))), None).await;
    assert_eq!(
        (state, why),
        (
            ConnState::Refused(Refusal::WrongSecret),
            Ended::WrongSecret(Claim::default())
        )
    );
    let (state, why) = ended(
        Some((CloseCode::Version, Some(Refusal::Version { min: 2, max: 3 }))),
        None,
    )
    .await;
    let (client, min, max) = (1, 2, 3);
    assert_eq!(state, ConnState::WrongVersion { client, min, max });
    assert!(
        why.words().contains("version 1") && why.words().contains("2 to 3"),
        "{}",
        why.words()
    );
    let bad = Refusal::BadName { why: "no".to_owned() };
    let (state, _) = ended(Some((CloseCode::Policy, Some(bad.clone()))), None).await;
    assert_eq!(state, ConnState::Refused(bad));
    let (state, why) = ended(None, Some(1008)).await;
    assert!(
        state.is_over() && why.words().contains("too many bad frames"),
        "{}",
        why.words()
    );
}

#[tokio::test(start_paused = true)]
async fn a_page_instead_of_a_socket_is_read() {
    let (dialer, mut network) = network();
    let mut program = Program::open(config(dialer));
    let mut raw = network.raw().await;
    let page = "HTTP/1.1 503 Service Unavailable\r\nretry-after: 7\r\ncontent-length: 0\r\n\r\n";
    raw.write_all(page.as_bytes()).await.expect("written");
    assert_eq!(program.state().await, ConnState::Connecting);
    let before = tokio::time::Instant::now();
    let ConnState::Reconnecting { why, retry_at, .. } = program.state().await else {
        panic!("it tries again");
    };
    assert!(why.contains("503"), "{why}");
    assert!(retry_at >= before.into_std() + std::time::Duration::from_secs(7));
    let mut raw = network.raw().await;
    let refusal = Refusal::BadName { why: "no".to_owned() };
    let body = refusal.to_wire().to_string();
    let page = format!(
        "HTTP/1.1 400 Bad Request\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    raw.write_all(page.as_bytes()).await.expect("written");
    assert_eq!(program.state().await, ConnState::Refused(refusal));
}

/// Another program's port is named as the HTTP calls name it, and what a library says of it helps nobody.
#[tokio::test(start_paused = true)]
async fn another_program_at_the_address_is_said_to_be_none_of_ours() {
    for (page, status) in [
        ("HTTP/1.0 404 File not found\r\nServer: SimpleHTTP/0.6\r\n\r\n", None),
        ("SSH-2.0-OpenSSH_9.6\r\n\r\n", None),
        ("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", Some(200)),
        ("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n", Some(404)),
    ] {
        let (dialer, mut network) = network();
        let mut program = Program::open(config(dialer));
        let mut raw = network.raw().await;
        raw.write_all(page.as_bytes()).await.expect("written");
        assert_eq!(program.state().await, ConnState::Connecting);
        let ConnState::Reconnecting { why, .. } = program.state().await else {
            panic!("it can be gone a moment later");
        };
        assert!(
            why.starts_with("what answers at http://localhost:1 is not a Minicom server")
                && why.ends_with(". Check the address"),
            "{why}"
        );
        let told = status.is_none_or(|status: u16| why.contains(&format!("(HTTP status {status})")));
        assert!(told && !why.contains("protocol error"), "{why}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_is_gone_broke_the_connection_and_no_more_is_said_of_it() {
    let (dialer, mut network) = network();
    let mut program = Program::open(config(dialer));
    drop(network.raw().await);
    assert_eq!(program.state().await, ConnState::Connecting);
    let ConnState::Reconnecting { why, .. } = program.state().await else {
        panic!("it tries again");
    };
    assert_eq!(why, "cannot reach http://localhost:1: it closes the connection");
    let peer = network.fresh(1).await;
    program.live().await;
    drop(peer);
    let ConnState::Reconnecting { why, .. } = program.state().await else {
        panic!("it tries again");
    };
    assert_eq!(why, "the connection broke");
}

#[tokio::test]
async fn over_a_real_socket() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let server = ServerUrl::parse(&listener.local_addr().expect("an address").to_string(), false).expect("an address");
    let name = minicom_protocol::text::CustomerName::parse("alice").expect("a name");
    let config = Config::customer(server, name, Secret::new("00".repeat(32)), "test").dialer(Dialer::tcp());
    let mut program = Program::open(config);
    let (stream, _) = listener.accept().await.expect("a connection");
    let mut peer = Peer(accept_async(stream).await.expect("a WebSocket"));
    peer.hello().await;
    peer.welcome_fresh(1).await;
    program.live().await;
    let id = program.post("hello");
    assert_eq!(peer.command().await, (id, post("hello")));
    peer.answer(id, done()).await;
    assert_eq!(program.answered().await, (id, done()));
    let (shutdown, ended) = tokio::join!(program.handle.shutdown(), peer.ends());
    assert_eq!((shutdown, ended), ((), true));
}

#[tokio::test(start_paused = true)]
async fn a_renewed_token_is_shown_at_the_next_hello() {
    let (dialer, mut network) = network();
    let newest = Arc::new(Mutex::new(Some("one")));
    let source = newest.clone();
    let server = ServerUrl::parse("localhost:1", false).expect("an address");
    let config = Config::agent(server, Secret::new("one"), "test 0")
        .dialer(dialer)
        .renewed_by(move || source.lock().expect("whole").map(Secret::new));
    let (_handle, mut events) = open(config);
    let sign_in = || ToClient::Bye {
        code: CloseCode::SignIn,
        retryable: false,
        retry_after_ms: None,
        refusal: Some(Refusal::SignIn),
    };
    let mut peer = network.accept().await;
    assert_eq!(peer.hello().await.token.as_deref(), Some("one"));
    // Between its reading and the server's look at it there was a new one.
    *newest.lock().expect("whole") = Some("two");
    peer.send(sign_in()).await;
    let mut peer = network.accept().await;
    assert_eq!(peer.hello().await.token.as_deref(), Some("two"));
    // The server is away, and its file with it.
    *newest.lock().expect("whole") = None;
    drop(peer);
    let mut peer = network.accept().await;
    assert_eq!(peer.hello().await.token.as_deref(), Some("two"));
    *newest.lock().expect("whole") = Some("three");
    drop(peer);
    let mut peer = network.accept().await;
    assert_eq!(peer.hello().await.token.as_deref(), Some("three"));
    peer.send(sign_in()).await;
    while let Some(event) = events.recv().await {
        if let ClientEvent::Ended(why) = event {
            assert_eq!(why, Ended::SignedOut, "no newer one, no retry loop");
            return;
        }
    }
    panic!("it ends");
}
