//! Frames that are not what they should be: each has its clear answer, and loses nothing. The numbers are those of the
//! table of bad inputs.

use minicom_protocol::{
    frame::{Customers, ToClient, Told},
    ids::CommandId,
    refusal::Refusal,
};
use minicom_server::{
    limits::{FRAGMENTS_MAX, FRAME_BYTES_MAX},
    run_limits::RunLimits,
};
use tokio_tungstenite::tungstenite::Message;

use crate::harness::{
    Client, Server, fresh, limits, post,
    raw::{FIN, Raw},
    secret,
};

const TEXT: u8 = 1;
const CLOSE: u8 = 8;
const PING: u8 = 9;

/// A customer's socket that sends any bytes, signed in.
async fn signed_in(server: &Server) -> Raw {
    let mut raw = Raw::upgraded(server.addr, "/ws/chat/alice").await;
    let hello = format!(r#"{{"type":"hello","version":1,"secret":"{}"}}"#, secret("alice"));
    raw.frame(FIN | TEXT, hello.as_bytes()).await;
    let (first, payload) = raw.next().await.unwrap();
    assert_eq!(first, FIN | TEXT);
    assert!(String::from_utf8(payload).unwrap().contains(r#""type":"welcome""#));
    raw
}

/// F1
#[tokio::test]
async fn binary_is_not_spoken() {
    let server = Server::start().await;
    let mut alice = server.customer("alice").await;
    alice.message(Message::binary(b"{}".to_vec())).await;
    assert_eq!(alice.ended().await.close, Some(1003));
    server.stop().await;
}

/// F2
#[tokio::test]
async fn text_is_utf8() {
    let server = Server::start().await;
    let mut raw = signed_in(&server).await;
    raw.frame(FIN | TEXT, b"{\"type\":\"\xff\"}").await;
    assert_eq!(raw.close_code().await, Some(1007));
    let mut raw = signed_in(&server).await;
    raw.frame(TEXT, b"\xe2\x82").await;
    raw.frame(FIN, b"\x28").await;
    assert_eq!(raw.close_code().await, Some(1007), "broken over two fragments");
    let mut raw = signed_in(&server).await;
    raw.frame(TEXT, b"{\"type\":\"\xe2\x82").await;
    raw.frame(FIN, b"\xac\"}").await;
    let (first, payload) = loop {
        let (first, payload) = raw.next().await.unwrap();
        if String::from_utf8_lossy(&payload).contains("refused") {
            break (first, payload);
        }
    };
    assert_eq!(first, FIN | TEXT);
    assert!(
        String::from_utf8(payload).unwrap().contains("unknown_type"),
        "whole over two fragments"
    );
    server.stop().await;
}

/// F3 to F5, F7
#[tokio::test]
async fn what_breaks_the_protocol_of_websocket_ends_the_connection() {
    let server = Server::start().await;
    let unmasked = [FIN | TEXT, 2, b'{', b'}'];
    let mut raw = signed_in(&server).await;
    raw.write(&unmasked).await;
    assert_eq!(raw.close_code().await, Some(1002), "unmasked");

    type Frame<'a> = (u8, &'a [u8]);
    let frames: [(&str, &[Frame<'_>]); 7] = [
        ("a reserved bit", &[(FIN | 0x40 | TEXT, b"{}")]),
        ("a reserved kind of data", &[(FIN | 3, b"{}")]),
        ("a reserved kind of control", &[(FIN | 11, b"")]),
        ("a ping of 126 bytes", &[(FIN | PING, &[b'x'; 126])]),
        ("a ping in fragments", &[(PING, b"x")]),
        ("a continuation of nothing", &[(FIN, b"x")]),
        ("a new text inside another", &[(TEXT, b"x"), (FIN | TEXT, b"y")]),
    ];
    for (what, frames) in frames {
        let mut raw = signed_in(&server).await;
        for (first, payload) in frames {
            raw.frame(*first, payload).await;
        }
        assert_eq!(raw.close_code().await, Some(1002), "{what}");
    }
    server.stop().await;
}

/// F6
#[tokio::test]
async fn a_message_has_at_most_64_kib() {
    let server = Server::start().await;
    let mut alice = server.customer("alice").await;
    let most = format!("{:?}", "x".repeat(FRAME_BYTES_MAX - 2));
    assert_eq!(most.len(), FRAME_BYTES_MAX);
    alice.say(most.clone()).await;
    assert!(
        matches!(alice.refused().await, Refusal::BadField { .. }),
        "the bound itself is read"
    );
    alice.say(most + " ").await;
    let ended = alice.ended().await;
    assert_eq!((ended.close, ended.refusal().as_str()), (Some(1009), "too_large"));
    assert!(!ended.bye.unwrap().retryable);

    let mut raw = signed_in(&server).await;
    let mut announced = vec![FIN | TEXT, 0x80 | 127];
    announced.extend((1_u64 << 62).to_be_bytes());
    announced.extend([0; 4]);
    raw.write(&announced).await;
    assert_eq!(raw.close_code().await, Some(1009), "announced");

    let mut raw = signed_in(&server).await;
    raw.frame(TEXT, &vec![b' '; FRAME_BYTES_MAX / 2]).await;
    raw.frame(0, &vec![b' '; FRAME_BYTES_MAX / 2]).await;
    raw.frame(FIN, b" ").await;
    assert_eq!(raw.close_code().await, Some(1009), "in fragments");
    server.stop().await;
}

/// F6: empty fragments cost nothing of the bound on bytes, so they have a bound of their own. Pings come in between.
#[tokio::test]
async fn a_message_has_at_most_64_fragments() {
    let server = Server::start().await;
    let mut raw = signed_in(&server).await;
    raw.frame(TEXT, br#"{"type":"ping","n":1}"#).await;
    raw.frame(FIN | PING, b"").await;
    for _ in 2..FRAGMENTS_MAX {
        raw.frame(0, b"").await;
    }
    raw.frame(FIN, b"").await;
    loop {
        let (first, payload) = raw.next().await.expect("the bound itself is read");
        if first == FIN | TEXT && String::from_utf8_lossy(&payload).contains(r#""type":"pong""#) {
            break;
        }
    }
    raw.frame(TEXT, b"{").await;
    for _ in 0..FRAGMENTS_MAX {
        raw.frame(0, b"").await;
    }
    assert_eq!(raw.close_code().await, Some(1009));
    server.stop().await;
}

/// F8, F9
#[tokio::test]
async fn after_a_close_frame_nothing_is_read() {
    let server = Server::start().await;
    for (payload, code) in [
        (&b"\x03"[..], 1002),
        (&1005_u16.to_be_bytes(), 1002),
        (&0_u16.to_be_bytes(), 1002),
        // The library tells a reason that is no text from a text that is none only by its words.
        (b"\x03\xe8\xff\xfe", 1007),
    ] {
        let mut raw = signed_in(&server).await;
        raw.frame(FIN | CLOSE, payload).await;
        assert_eq!(raw.close_code().await, Some(code), "{payload:?}");
        raw.rest().await;
    }
    let mut raw = signed_in(&server).await;
    raw.frame(FIN | CLOSE, &1000_u16.to_be_bytes()).await;
    let late = format!(
        r#"{{"type":"command","id":"{}","command":{{"do":"post","text":"late"}}}}"#,
        fresh()
    );
    raw.frame(FIN | TEXT, late.as_bytes()).await;
    assert_eq!(raw.close_code().await, Some(1000));
    raw.rest().await;
    let alice = server.customer("alice").await;
    assert_eq!(alice.cursor.at, 0, "nothing was written");
    server.stop().await;
}

/// F10 to F13
#[tokio::test]
async fn a_frame_that_cannot_be_understood_is_refused_in_words() {
    let server = Server::start().await;
    let mut alice = server.customer("alice").await;
    let deep = "[".repeat(10_000);
    let many = format!(r#"{{"type":"ping",{}"n":"x"}}"#, r#""a":1,"#.repeat(9_000));
    for (text, code) in [
        ("not json", "bad_json"),
        ("", "bad_json"),
        ("null", "bad_field"),
        ("7", "bad_field"),
        ("[]", "bad_field"),
        (r#"{"type":"ping","n":1} x"#, "bad_json"),
        (r#"{"type":"ping","n":1}{"type":"ping","n":2}"#, "bad_json"),
        (deep.as_str(), "bad_json"),
        (many.as_str(), "bad_field"),
        (r#"{"n":1}"#, "bad_field"),
        (r#"{"type":7}"#, "bad_field"),
        (r#"{"type":"ping"}"#, "bad_field"),
        (r#"{"type":"ping","n":-1}"#, "bad_field"),
        (r#"{"type":"ping","n":1.5}"#, "bad_field"),
        (r#"{"type":"ping","n":1e999}"#, "bad_json"),
        (r#"{"type":"ping","n":18446744073709551616}"#, "bad_field"),
        (
            r#"{"type":"ping","n":1,"cursor":{"at":-1,"mark":"0000000000000000"}}"#,
            "bad_field",
        ),
        (r#"{"type":"subscribe"}"#, "unknown_type"),
        (r#"{"type":"welcome"}"#, "unknown_type"),
        (r#"{"type":"ask","question":{"ask":"weather"}}"#, "unknown_type"),
        (r#"{"type":"ask","n":-1,"question":{"ask":"weather"}}"#, "unknown_type"),
        (r#"{"type":"typing"}"#, "bad_field"),
        (r#"{"type":"command","command":{"do":"close"}}"#, "bad_field"),
        (r#"{"type":"command","id":"","command":{"do":"close"}}"#, "bad_field"),
        (
            r#"{"type":"command","id":"\u001b[2J","command":{"do":"close"}}"#,
            "bad_field",
        ),
    ] {
        alice.say(text).await;
        assert_eq!(alice.refused().await.code(), code, "{}", &text[..text.len().min(80)]);
        // A good one in between: it is not a row of bad ones.
        alice.say(r#"{"type":"ping","n":77,"later":{"any":[1]}}"#).await;
        while !matches!(alice.next().await, ToClient::Pong { n: 77, .. }) {}
    }
    alice.does(post("still here")).await.unwrap();
    server.stop().await;
}

/// F10 to F13: whoever asks waits for the reply of that number.
#[tokio::test]
async fn a_question_that_cannot_be_understood_is_refused_in_its_reply() {
    let server = Server::start().await;
    let mut alice = server.customer("alice").await;
    for (n, (question, code)) in (1..).zip([
        (
            r#"{"ask":"summary","conversation":"0192f000-0000-7000-8000-00000000000c"}"#,
            "forbidden",
        ),
        (r#"{"ask":"weather"}"#, "unknown_type"),
        (r#"{"ask":"thread","before":-1,"limit":10}"#, "bad_field"),
        (r#"{"ask":"article","slug":"NO SLUG"}"#, "bad_field"),
        ("7", "bad_field"),
    ]) {
        alice
            .say(format!(r#"{{"type":"ask","n":{n},"question":{question}}}"#))
            .await;
        let (told, reply) = loop {
            if let ToClient::Reply { n, reply } = alice.next().await {
                break (n, reply);
            }
        };
        let Told::Refusal(refusal) = reply else {
            panic!("{question} was answered")
        };
        assert_eq!((told, refusal.code().as_str()), (n, code), "{question}");
    }
    alice.say("?").await;
    assert_eq!(alice.ended().await.close, Some(1008), "they count as bad frames");
    server.stop().await;
}

/// F10
#[tokio::test]
async fn the_sixth_bad_frame_in_a_row_ends_the_connection() {
    let server = Server::start().await;
    let mut alice = server.customer("alice").await;
    for _ in 0..5 {
        alice.say("?").await;
        alice.refused().await;
    }
    alice.pings().await;
    for _ in 0..6 {
        alice.say("?").await;
    }
    assert_eq!(alice.ended().await.close, Some(1008));
    server.stop().await;
}

/// F12, F17, F18
#[tokio::test]
async fn a_command_with_an_id_is_answered_whatever_is_wrong_with_it() {
    let server = Server::start().await;
    let mut alice = server.customer("alice").await;
    let line = |text: &str| format!(r#"{{"do":"post","text":{text}}}"#);
    let long = line(&format!("{:?}", "x".repeat(16_385)));
    for (command, code) in [
        (line(r#""""#), "empty_message"),
        (line(r#""  \n\t ""#), "empty_message"),
        (line(r#""\u200b\u2060\ufeff""#), "empty_message"),
        (long, "too_long"),
        (line(r#""a\u0000b""#), "bad_text"),
        (line("7"), "bad_field"),
        (r#"{"do":"post"}"#.to_owned(), "bad_field"),
        (r#"{"do":"mark_seen","up_to":-1}"#.to_owned(), "bad_field"),
        (
            r#"{"do":"mark_seen","up_to":18446744073709551616}"#.to_owned(),
            "bad_field",
        ),
        (
            r#"{"do":"take_over","conversation":"0192f000-0000-7000-8000-00000000000c"}"#.to_owned(),
            "forbidden",
        ),
        (r#"{"do":"dance"}"#.to_owned(), "unknown_type"),
    ] {
        let id = fresh();
        alice
            .say(format!(r#"{{"type":"command","id":"{id}","command":{command}}}"#))
            .await;
        let refusal = alice.answer(id).await.unwrap_err();
        assert_eq!(refusal.code(), code, "{}", &command[..command.len().min(80)]);
        assert!(!refusal.retryable());
        if code == "too_long" {
            assert_eq!(
                refusal,
                Refusal::TooLong {
                    limit: 16_384,
                    actual: 16_385
                }
            );
        }
        alice.pings().await;
    }
    // A lone surrogate is no text, whatever is around it.
    alice
        .say(r#"{"type":"command","id":"x","command":{"do":"post","text":"\ud800"}}"#)
        .await;
    assert_eq!(alice.refused().await.code(), "bad_json");
    let id: CommandId = fresh();
    alice.repeats(id, post("good")).await;
    alice.answer(id).await.unwrap();
    server.stop().await;
}

/// F19
#[tokio::test]
async fn a_malformed_conversation_is_a_bad_field() {
    let server = Server::start().await;
    let mut ada = server.agent_at_desk("Ada").await;
    let id = fresh();
    ada.say(format!(
        r#"{{"type":"command","id":"{id}","command":{{"do":"take_over","conversation":"x"}}}}"#
    ))
    .await;
    assert_eq!(ada.answer(id).await.unwrap_err().code(), "bad_field");
    server.stop().await;
}

/// F22
#[tokio::test]
async fn a_flood_is_told_and_then_closed() {
    let server = Server::with(RunLimits {
        frames_per_s: 50,
        ..limits()
    })
    .await;
    let mut alice = server.customer("alice").await;
    // How fast they are read is not ours to say, so they go on until the end.
    let mut told = false;
    let ended = loop {
        for n in 0..200 {
            alice
                .try_send(minicom_protocol::frame::ToServer::Ping { n, cursor: None })
                .await;
        }
        let mut end = None;
        for _ in 0..200 {
            match alice.try_next().await {
                Ok(ToClient::Refused {
                    refusal: Refusal::RateLimited { .. },
                }) => told = true,
                Ok(_) => {}
                Err(ended) => {
                    end = Some(ended);
                    break;
                }
            }
        }
        if let Some(ended) = end {
            break ended;
        }
    };
    assert!(told, "told before it is closed");
    assert_eq!((ended.close, ended.refusal().as_str()), (Some(4029), "rate_limited"));
    assert!(ended.bye.unwrap().retryable);

    let mut raw = signed_in(&server).await;
    for _ in 0..1_000 {
        raw.frame(FIN | PING, b"").await;
    }
    assert_eq!(raw.close_code().await, Some(4029), "pings of WebSocket itself");
    server.stop().await;
}

/// F22
#[tokio::test]
async fn a_full_outbox_is_no_flood() {
    let server = Server::with(RunLimits {
        frames_per_s: 50,
        ..limits()
    })
    .await;
    let mut alice = Client::<Customers>::dial(server.addr, "/ws/chat/alice").await;
    alice.hello(Some(secret("alice")), None, None).await;
    alice.welcomed().await;
    let mut ids = Vec::new();
    for n in 0..300 {
        ids.push(alice.sends(post(&n.to_string())).await);
    }
    for id in ids {
        alice.answer(id).await.unwrap();
    }
    alice.pings().await;
    server.stop().await;
}
