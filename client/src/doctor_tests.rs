//! Each step is broken once, by a server that a test plays on this computer: it is that step that fails, with something to try, and
//! nothing behind it is tried.

use futures_util::{SinkExt, StreamExt};
use minicom_protocol::{
    close::CloseCode,
    codec,
    frame::{CustomerMe, Customers, Hello, ToClient, ToServer, VERSION},
    ids::{Cursor, Mark, TenantId, Time},
    refusal::Refusal,
    text::CustomerName,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use tokio_tungstenite::{WebSocketStream, accept_async, tungstenite::Message};

use super::*;
use crate::{Secret, Trust};

/// Until where the played server does as it should.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Until {
    Port,
    Http,
    Upgrade,
    Hello,
    RoundTrip,
    End,
}

/// Plays a server on a free port.
async fn server(until: Until) -> ServerUrl {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, until));
        }
    });
    ServerUrl::parse(&url, false).unwrap()
}

async fn serve(mut stream: TcpStream, until: Until) {
    let mut begin = [0; 12];
    if stream.peek(&mut begin).await.is_err() {
        return;
    }
    match begin.starts_with(b"GET /healthz") {
        true if until < Until::Http => answer(&mut stream, b"220 mail.example.test ESMTP\r\n").await,
        true if until < Until::Upgrade => {
            answer(&mut stream, b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n").await
        }
        true => {
            answer(
                &mut stream,
                b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\nconnection: close\r\n\r\nok\n",
            )
            .await
        }
        false if until < Until::Hello => {
            answer(&mut stream, b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n").await
        }
        false => socket(accept_async(stream).await.unwrap(), until).await,
    }
}

async fn answer(stream: &mut TcpStream, bytes: &[u8]) {
    let mut asked = [0; 4096];
    let _ = stream.read(&mut asked).await;
    let _ = stream.write_all(bytes).await;
}

async fn socket(mut socket: WebSocketStream<TcpStream>, until: Until) {
    while let Some(Ok(message)) = socket.next().await {
        let Message::Text(text) = message else { continue };
        let reply: ToClient<Customers> = match codec::decode::<Customers>(&text).unwrap() {
            ToServer::Hello(hello) if until == Until::Hello => refused(&hello),
            ToServer::Hello(_) => welcome(),
            ToServer::Ping { .. } if until == Until::RoundTrip => {
                let _ = socket.close(None).await;
                return;
            }
            ToServer::Ping { n, .. } => ToClient::Pong { n, time: Time(0) },
            other => panic!("a doctor does not say {other:?}"),
        };
        socket.send(Message::text(codec::encode(&reply))).await.unwrap();
    }
}

fn refused(hello: &Hello) -> ToClient<Customers> {
    assert!(hello.secret.is_some() && hello.cursor.is_none());
    ToClient::Bye {
        code: CloseCode::Version,
        retryable: false,
        retry_after_ms: None,
        refusal: Some(Refusal::Version { min: 7, max: 9 }),
    }
}

fn welcome() -> ToClient<Customers> {
    ToClient::Welcome {
        version: VERSION,
        server: "minicom-server 9.9.9".to_owned(),
        time: Time(0),
        me: CustomerMe {
            consent: String::new(),
            verified: false,
            name: CustomerName::parse("alice").unwrap(),
            tenant: TenantId::default_tenant(),
            desk: String::new(),
            questions: vec![],
            subtitle: String::new(),
            colour: String::new(),
            first: Default::default(),
            edit_window_s: 60,
        },
        resumed: false,
        cursor: Cursor { at: 0, mark: Mark(0) },
        ping_after_ms: 20_000,
        silence_ms: 40_000,
    }
}

fn known(server: &ServerUrl) -> Caller<Customers> {
    let name = CustomerName::parse("alice").unwrap();
    let secret = Secret::new("5ec7e7".repeat(11));
    Caller::Known {
        config: Box::new(Config::customer(server.clone(), name, secret, "test 0")),
        login: String::new(),
    }
}

#[track_caller]
fn fails_at(parts: &[Part], step: &str, words: &str) {
    let told: Vec<&str> = parts.iter().map(|it| it.part.as_str()).collect();
    assert_eq!(told, STEPS);
    for part in parts {
        let at = STEPS.iter().position(|it| *it == part.part);
        let failing = STEPS.iter().position(|it| *it == step);
        let wanted = match at.cmp(&failing) {
            std::cmp::Ordering::Less => State::Ok,
            std::cmp::Ordering::Equal => State::Fail,
            std::cmp::Ordering::Greater => State::Skipped,
        };
        assert_eq!(part.state, wanted, "{part:?}");
        if part.part == step {
            assert!(part.says.contains(words) && !part.fix.is_empty(), "{part:?}");
        }
    }
    assert!(!is_well(parts));
}

#[tokio::test]
async fn a_server_that_is_well_passes_every_step_with_its_time() {
    let server = server(Until::End).await;
    let parts = look(&server, known(&server)).await;
    assert!(
        parts.iter().all(|it| it.state == State::Ok && it.ms.is_some()),
        "{parts:?}"
    );
    assert!(parts[5].says.contains("minicom-server 9.9.9"), "{parts:?}");
    assert!(is_well(&parts));
}

#[tokio::test]
async fn a_name_that_there_is_not() {
    let server = ServerUrl::parse("http://desk.invalid:1", true).unwrap();
    let parts = look(&server, known(&server)).await;
    fails_at(&parts, "name", "desk.invalid");
}

#[tokio::test]
async fn a_port_on_which_nothing_listens() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = ServerUrl::parse(&listener.local_addr().unwrap().to_string(), false).unwrap();
    drop(listener);
    let parts = look(&server, known(&server)).await;
    fails_at(&parts, "port", "refused");
    assert!(parts[1].fix.contains("minicom-server"), "{parts:?}");
}

#[tokio::test]
async fn a_server_without_tls_where_tls_is_meant() {
    let plain = server(Until::Port).await;
    let url = plain.to_string().replace("http://", "https://");
    let pin = format!("{:064x}", 7).parse().unwrap();
    let server = ServerUrl::parse(&url, false)
        .unwrap()
        .recognised_by(Trust {
            ca: None,
            pin: Some(pin),
        })
        .unwrap();
    let parts = look(&server, known(&server)).await;
    fails_at(&parts, "tls", "TLS");
}

#[tokio::test]
async fn another_program_on_the_port() {
    let server = server(Until::Port).await;
    fails_at(&look(&server, known(&server)).await, "http", "healthz");
}

#[tokio::test]
async fn a_proxy_without_a_server_behind_it() {
    let server = server(Until::Http).await;
    let parts = look(&server, known(&server)).await;
    fails_at(&parts, "http", "502");
    assert!(parts[3].fix.contains("proxy"), "{parts:?}");
}

#[tokio::test]
async fn a_proxy_that_passes_no_sockets_on() {
    let server = server(Until::Upgrade).await;
    let parts = look(&server, known(&server)).await;
    fails_at(&parts, "upgrade", "400");
    assert!(parts[4].fix.contains("Upgrade"), "{parts:?}");
}

#[tokio::test]
async fn a_hello_that_is_refused() {
    let server = server(Until::Hello).await;
    fails_at(&look(&server, known(&server)).await, "hello", "7 to 9");
}

#[tokio::test]
async fn a_round_trip_that_does_not_come_back() {
    let server = server(Until::RoundTrip).await;
    fails_at(&look(&server, known(&server)).await, "round trip", "");
}

#[tokio::test]
async fn who_is_nobody_goes_as_far_as_the_socket() {
    let server = server(Until::End).await;
    let caller: Caller<Customers> = Caller::Nobody {
        path: "/ws".to_owned(),
        says: "nobody is signed in".to_owned(),
        fix: "sign in".to_owned(),
    };
    let parts = look(&server, caller).await;
    let states: Vec<State> = parts.iter().map(|it| it.state).collect();
    assert_eq!(states[..5], [State::Ok; 5], "{parts:?}");
    assert_eq!(states[5..], [State::Skipped, State::Skipped], "{parts:?}");
    assert_eq!(parts[5].fix, "sign in");
}

#[tokio::test(start_paused = true)]
async fn what_says_nothing_is_not_waited_for_for_ever() {
    let (mut parts, never) = (
        vec![Part::ok("name", ""), Part::ok("port", "")],
        std::future::pending::<Step<()>>(),
    );
    assert_eq!(step(&mut parts, never).await, None);
    assert_eq!((parts[2].part.as_str(), parts[2].state), ("tls", State::Fail));
    assert!(parts[2].says.contains("5 s") && !parts[2].fix.is_empty());
}

#[test]
fn reports_are_for_people_and_for_programs_and_gated() {
    let parts = [
        Part::ok("name", "well").took(Some(Duration::from_micros(1_234))),
        Part::fail("port", "no \u{1b}[2J", "try\u{202e} this"),
        Part::skipped("tls", "not tried"),
        Part::fail("settings", "a:1:1: one\na:2:1: two", "do this\nor that"),
    ];
    let lines = as_lines(&parts);
    let rows: Vec<&str> = lines.lines().collect();
    assert_eq!(
        rows[4..],
        [
            "FAIL  settings  a:1:1: one",
            "                a:2:1: two",
            "                -> do this",
            "                   or that",
        ],
        "a row a line"
    );
    assert_eq!(lines.lines().next(), Some("ok    name      well (1.23 ms)"));
    assert!(
        lines.contains("FAIL  port") && lines.contains("-> try") && !lines.contains(['\u{1b}', '\u{202e}']),
        "{lines}"
    );
    let json: serde_json::Value = serde_json::from_str(&as_json(&parts)).unwrap();
    assert_eq!(
        (&json["state"], &json["parts"][0]["ms"]),
        (&"fail".into(), &1.23.into())
    );
    assert!(json["parts"][0].get("fix").is_none());
    assert!(!as_json(&parts).contains("\\u001b"));
}
