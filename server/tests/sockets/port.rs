//! The open port: deadlines and bounds before anything is upgraded.

use std::time::Duration;

use minicom_server::run_limits::RunLimits;
use tokio::time::Instant;

use crate::harness::{
    Server, limits,
    raw::{FIN, Raw},
    until,
};

fn short() -> RunLimits {
    RunLimits {
        head_deadline: Duration::from_millis(300),
        ..limits()
    }
}

#[tokio::test]
async fn a_silent_connection_is_closed() {
    let server = Server::with(short()).await;
    let began = Instant::now();
    let mut silent = Raw::connect(server.addr).await;
    let mut half = Raw::connect(server.addr).await;
    half.write(b"GET /ws HTTP/1.1\r\nhost: x\r\n").await;
    assert_eq!(silent.rest().await, b"", "nothing was asked, so nothing is said");
    half.rest().await;
    assert!(began.elapsed() >= Duration::from_millis(300), "not before its time");
    server.stop().await;
}

#[tokio::test]
async fn a_dripping_head_is_closed() {
    let server = Server::with(short()).await;
    let mut dripping = Raw::connect(server.addr).await;
    let mut ticks = tokio::time::interval(Duration::from_millis(20));
    let drip = async {
        dripping.write(b"GET /ws HTTP/1.1\r\nx: ").await;
        // Until the server closes: a write then fails sooner or later, and the reading side ends.
        for _ in 0..1_000 {
            ticks.tick().await;
            dripping.write(b"y").await;
            if dripping.is_closed() {
                return true;
            }
        }
        false
    };
    assert!(drip.await, "it could go on for ever");
    server.stop().await;
}

#[tokio::test]
async fn a_head_that_is_too_large_is_refused() {
    let server = Server::start().await;
    let many: String = (0..65).map(|n| format!("x-{n}: y\r\n")).collect();
    let long = format!("x: {}\r\n", "y".repeat(17 * 1024));
    for headers in [many, long] {
        let mut raw = Raw::connect(server.addr).await;
        raw.write(format!("GET /ws HTTP/1.1\r\nhost: x\r\n{headers}\r\n").as_bytes())
            .await;
        let answer = String::from_utf8(raw.rest().await).unwrap();
        assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
    }
    server.stop().await;
}

#[tokio::test]
async fn what_is_no_upgrade_is_refused() {
    let server = Server::start().await;
    // Another protocol's first bytes (HTTP/2) are closed without a word, for no words of ours would be understood.
    for (request, status) in [
        ("GET /ws HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n", Some("400")),
        (
            "POST /ws HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 0\r\n\r\n",
            Some("405"),
        ),
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", None),
        ("\x16\x03\x01\x02\x00\x01\x00\x01\r\n\r\n", Some("400")),
    ] {
        let mut raw = Raw::connect(server.addr).await;
        raw.write(request.as_bytes()).await;
        let answer = String::from_utf8(raw.rest().await).unwrap();
        assert_eq!(answer.split(' ').nth(1), status, "{request:?}: {answer}");
    }
    server.stop().await;
}

#[tokio::test]
async fn who_comes_too_often_is_told_and_gets_in_when_there_is_room() {
    let server = Server::with(RunLimits {
        sockets_per_loopback_address: 2,
        ..limits()
    })
    .await;
    let first = server.customer("alice").await;
    let mut second = Raw::upgraded(server.addr, "/ws").await;
    let mut third = Raw::connect(server.addr).await;
    let answer = String::from_utf8(third.rest().await).unwrap();
    assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
    assert!(
        answer.contains("retry-after: 5") && answer.contains("too_many_connections"),
        "{answer}"
    );

    drop(first);
    until("one gone", || server.sockets.open() == 1).await;
    let mut again = server.customer("alice").await;
    again.pings().await;
    second.frame(FIN | 8, &1000_u16.to_be_bytes()).await;
    assert_eq!(second.close_code().await, Some(1000));
    server.stop().await;
}
