//! What depends on time: heartbeat, back-off, states. Time is paused; it passes when everybody waits.

use std::{sync::atomic::Ordering, time::Duration};

use minicom_protocol::{
    close::CloseCode,
    command::CustomerCommand,
    frame::{ToClient, ToServer},
    ids::{LineNo, Time},
    refusal::Refusal,
};
use tokio::time::Instant;

use super::harness::*;
use crate::{ClientEvent, ConnState};

fn secs(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds)
}

#[tokio::test(start_paused = true)]
async fn it_pings_when_it_said_nothing_and_measures_the_way() {
    let (dialer, mut network) = network();
    let mut program = Program::open(config(dialer));
    let mut peer = network.fresh(5).await;
    program.live().await;
    let mut ping = async || match peer.next().await {
        Some(ToServer::Ping { n, cursor }) => {
            let time = Time(2);
            peer.send(ToClient::Pong { n, time }).await;
            (n, cursor)
        }
        other => panic!("a ping, not {other:?}"),
    };
    let begun = Instant::now();
    assert_eq!(ping().await, (1, Some(cursor(5))), "the first at once, for the header");
    assert_eq!(begun.elapsed(), Duration::ZERO);
    assert_eq!(ping().await.0, 2);
    assert!(
        begun.elapsed() >= secs(20.0) && begun.elapsed() < secs(20.1),
        "{:?}",
        begun.elapsed()
    );
    for _ in 0..2 {
        program
            .until(|event| matches!(event, ClientEvent::Latency(_)).then_some(()))
            .await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_dead_line_is_noticed_after_forty_seconds() {
    let (dialer, mut network) = network();
    let mut program = Program::open(config(dialer));
    let _peer = network.fresh(5).await; // It never says anything again.
    program.live().await;
    let begun = Instant::now();
    let ConnState::Reconnecting { why, attempt: 1, .. } = program.state().await else {
        panic!("it reconnects");
    };
    assert!(
        begun.elapsed() >= secs(40.0) && begun.elapsed() < secs(41.0),
        "{:?}",
        begun.elapsed()
    );
    assert!(why.contains("40 s"), "{why}");
    network.resumed(5).await;
    program.live().await;
}

#[tokio::test(start_paused = true)]
async fn a_server_that_does_not_answer_is_given_up_after_ten_seconds() {
    let (dialer, mut network) = network();
    let mut program = Program::open(config(dialer));
    let begun = Instant::now();
    let _silent = network.raw().await;
    assert_eq!(program.state().await, ConnState::Connecting);
    assert!(matches!(
        program.state().await,
        ConnState::Reconnecting { attempt: 1, .. }
    ));
    assert!(
        begun.elapsed() >= secs(10.0) && begun.elapsed() < secs(10.1),
        "{:?}",
        begun.elapsed()
    );
    let mut polite = network.accept().await; // Shakes hands, and then says nothing.
    let begun = Instant::now();
    polite.hello().await;
    assert!(matches!(
        program.state().await,
        ConnState::Reconnecting { attempt: 2, .. }
    ));
    assert!(
        begun.elapsed() >= secs(9.9) && begun.elapsed() < secs(10.1),
        "{:?}",
        begun.elapsed()
    );
}

#[tokio::test(start_paused = true)]
async fn attempts_come_with_longer_and_longer_waits_until_a_connection_lasted() {
    let (dialer, mut network) = network();
    network.down.store(true, Ordering::SeqCst);
    let mut program = Program::open(config(dialer));
    assert_eq!(program.state().await, ConnState::Connecting);
    let mut offline = None;
    for attempt in 1..=7 {
        match program.state().await {
            ConnState::Reconnecting { attempt: n, why, .. } => {
                assert_eq!(n, attempt);
                assert!(why.contains("cannot reach http://localhost:1"), "{why}");
            }
            state => {
                offline = Some(state);
                break;
            }
        }
    }
    let first = network.attempts.lock().expect("whole")[0];
    assert!(matches!(offline, Some(ConnState::Offline { .. })), "{offline:?}");
    assert_eq!(
        first.elapsed(),
        secs(30.0),
        "offline after 30 seconds, in the middle of a wait"
    );
    program.state().await;
    let attempts = network.attempts.lock().expect("whole").clone();
    let waits: Vec<f64> = attempts
        .windows(2)
        .map(|pair| (pair[1] - pair[0]).as_secs_f64().round())
        .collect();
    assert_eq!(waits, [1.0, 1.0, 2.0, 4.0, 8.0, 16.0], "0.5 s is rounded");

    network.down.store(false, Ordering::SeqCst);
    let peer = network.fresh(5).await;
    program.live().await;
    drop(peer);
    assert!(
        matches!(program.state().await, ConnState::Reconnecting { attempt: 8, .. }),
        "it only opened"
    );
    let mut peer = network.resumed(5).await;
    program.live().await;
    let begun = Instant::now();
    while begun.elapsed() < secs(10.0) {
        peer.next().await; // A ping after 20 seconds.
    }
    drop(peer);
    assert!(
        matches!(program.state().await, ConnState::Reconnecting { attempt: 1, .. }),
        "it lasted"
    );
}

#[tokio::test(start_paused = true)]
async fn the_user_can_have_it_now() {
    let (dialer, mut network) = network();
    let begun = Instant::now();
    let mut program = Program::open(config(dialer).random(|_| 29_000));
    drop(network.raw().await);
    while !matches!(program.state().await, ConnState::Reconnecting { .. }) {}
    program.handle.reconnect_now();
    network.fresh(1).await;
    program.live().await;
    assert_eq!(begun.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_restarts_says_when_to_come_back() {
    let (dialer, mut network) = network();
    let mut program = Program::open(config(dialer));
    let mut peer = network.fresh(5).await;
    program.live().await;
    let begun = Instant::now();
    peer.send(ToClient::Bye {
        code: CloseCode::Restart,
        retryable: true,
        retry_after_ms: Some(3_000),
        refusal: Some(Refusal::Stopping { retry_after_ms: 3_000 }),
    })
    .await;
    drop(peer);
    assert!(matches!(program.state().await, ConnState::Draining { .. }));
    network.down.store(true, Ordering::SeqCst);
    assert!(
        matches!(program.state().await, ConnState::Draining { .. }),
        "it is still restarting"
    );
    assert!(begun.elapsed() >= secs(3.0), "{:?}", begun.elapsed());
    network.down.store(false, Ordering::SeqCst);
    network.resumed(5).await;
    program.live().await;
    assert!(begun.elapsed() < secs(5.0), "{:?}", begun.elapsed());
}

#[tokio::test(start_paused = true)]
async fn read_marks_are_sent_while_live_the_newest_only_and_one_a_second() {
    let mark = |up_to| CustomerCommand::MarkSeen { up_to: LineNo(up_to) };
    let (dialer, mut network) = network();
    let mut program = Program::open(config(dialer));
    program.handle.send_momentary(mark(1)).expect("taken");
    let mut peer = network.fresh(5).await;
    program.live().await;
    let begun = Instant::now();
    for up_to in 2..=4 {
        program.handle.send_momentary(mark(up_to)).expect("taken");
    }
    let (first, command) = peer.command().await;
    assert!(command == mark(2) || command == mark(4), "{command:?}");
    program.handle.send_momentary(mark(5)).expect("taken");
    peer.refuse(first, Refusal::Busy { retry_after_ms: 100 }).await;
    assert_eq!(peer.command().await.0, first, "or everything after it would be refused");
    peer.answer(first, done()).await;
    assert_eq!(peer.command().await.1, mark(5));
    assert!(
        begun.elapsed() >= secs(1.0) && begun.elapsed() < secs(1.1),
        "{:?}",
        begun.elapsed()
    );
    drop(peer);
    let mut peer = network.resumed(5).await;
    program.live().await;
    let id = program.post("hello");
    assert_eq!(peer.command().await.0, id, "marks are not sent again");
}
