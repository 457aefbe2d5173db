//! What is worth saying only now: what is on the screen, and how far the other side's lines are.

use std::time::Duration;

use minicom_protocol::{
    frame::{Customers, ToClient, ToServer},
    ids::{ConversationId, LineNo, Time},
};
use tokio::{io::DuplexStream, time::Instant};

use super::harness::*;

fn conversation(n: u8) -> Option<ConversationId> {
    Some(ConversationId::from_bytes([n; 16]))
}

/// The next frame that is neither ping nor the end.
async fn said(peer: &mut Peer<DuplexStream>) -> ToServer<Customers> {
    loop {
        match peer.next().await.expect("a frame") {
            ToServer::Ping { .. } => {}
            frame => return frame,
        }
    }
}

fn viewing(n: u8) -> ToServer<Customers> {
    let conversation = conversation(n);
    ToServer::Viewing { conversation }
}

fn delivered(n: u8, up_to: u64) -> ToServer<Customers> {
    let (conversation, up_to) = (conversation(n), LineNo(up_to));
    ToServer::Delivered { conversation, up_to }
}

#[tokio::test(start_paused = true)]
async fn what_is_on_the_screen_is_said_once_a_minute_and_after_each_reconnect() {
    let (dialer, mut network) = network();
    let mut program = Program::open(config(dialer));
    program.handle.viewing(conversation(1));
    let mut peer = network.fresh(5).await;
    program.live().await;
    assert_eq!(said(&mut peer).await, viewing(1), "remembered from before");
    let begun = Instant::now();
    for _ in 0..100 {
        program.handle.viewing(conversation(1));
    }
    for n in [2, 3, 2, 4] {
        program.handle.viewing(conversation(n));
    }
    assert_eq!(said(&mut peer).await, viewing(4), "the last of many changes");
    assert_eq!(begun.elapsed(), Duration::from_secs(1));

    let begun = Instant::now();
    tokio::time::advance(Duration::from_secs(10)).await;
    program.handle.viewing(conversation(4));
    program.handle.delivered(conversation(9), LineNo(1));
    assert_eq!(said(&mut peer).await, delivered(9, 1), "the same is not said again");
    assert!(begun.elapsed() < Duration::from_secs(11));
    for _ in 0..2 {
        tokio::time::advance(Duration::from_secs(25)).await;
        // Or the server would be taken for dead.
        peer.send(ToClient::Pong { n: 0, time: Time(1) }).await;
        program.handle.delivered(conversation(9), LineNo(2));
        assert_eq!(said(&mut peer).await, delivered(9, 2));
    }
    program.handle.viewing(conversation(4));
    assert_eq!(said(&mut peer).await, viewing(4), "a minute has passed");

    drop(peer);
    let mut peer = network.resumed(5).await;
    assert_eq!(said(&mut peer).await, viewing(4));
}

#[tokio::test(start_paused = true)]
async fn delivered_lines_are_said_while_live_the_newest_only() {
    let (dialer, mut network) = network();
    let mut program = Program::open(config(dialer));
    program.handle.delivered(conversation(1), LineNo(1));
    let mut peer = network.fresh(5).await;
    program.live().await;
    for line in 2..=5 {
        program.handle.delivered(conversation(1), LineNo(line));
    }
    program.handle.delivered(conversation(2), LineNo(7));
    let begun = Instant::now();
    let mut all = vec![];
    while all.len() < 2 || all.last() != Some(&delivered(1, 5)) {
        all.push(said(&mut peer).await);
        assert!(begun.elapsed() <= Duration::from_secs(1), "{all:?}");
    }
    assert!(all.contains(&delivered(2, 7)));
    assert!(
        !all.contains(&delivered(1, 1)),
        "what was said without a connection is lost"
    );
    let of_one = all
        .iter()
        .filter(|it| matches!(it, ToServer::Delivered { conversation: it, .. } if *it == conversation(1)));
    assert!(of_one.count() <= 2, "{all:?}");
}
