//! The first frame, and who is let in by it.

use minicom_protocol::{
    close::CloseCode,
    frame::{Agents, Customers, ToClient, VERSION, VERSION_MIN},
    ids::Time,
    people::Role,
    refusal::Refusal,
};
use minicom_server::{accounts::NewCustomerRates, run_limits::RunLimits};

use crate::harness::{Client, Ended, Server, limits, secret};

async fn refused(server: &Server, path: &str, hello: &str) -> Ended {
    let mut client = Client::<Customers>::dial(server.addr, path).await;
    client.say(hello).await;
    client.ended().await
}

fn with_secret(name: &str) -> String {
    format!(r#"{{"type":"hello","version":1,"secret":"{}"}}"#, secret(name))
}

#[tokio::test]
async fn every_bad_token_gets_the_same_words() {
    let server = Server::start().await;
    let (agent, good) = server.agent("Ada").await;
    let expired = server.token(&agent, Role::Agent, Time(1)).await;
    let (bo, of_disabled) = server.agent("Bo").await;
    let disabled = minicom_server::accounts::Change {
        enabled: Some(false),
        ..Default::default()
    };
    // Somebody must be left who can manage the desk.
    let (boss, _) = server.agent("Eve").await;
    server.token(&boss, Role::Admin, Time(i64::MAX)).await;
    let email = format!("{}@desk.test", bo.id);
    let tenant = minicom_protocol::ids::TenantId::default_tenant();
    server.accounts.change(&tenant, &email, disabled).await.unwrap();

    let hello = |fields: &str| format!(r#"{{"type":"hello","version":1{fields}}}"#);
    let token = |token: &str| hello(&format!(r#","token":"{token}""#));
    let mut ends = Vec::new();
    for text in [
        hello(""),
        token(""),
        token("mca_"),
        token(&format!("mca_{}", "0".repeat(64))),
        token(&"x".repeat(60_000)),
        token(&expired),
        token(&of_disabled),
        hello(&format!(r#","token":"{good}","tenant":"other""#)),
        hello(&format!(r#","secret":"{}""#, secret("alice"))),
    ] {
        ends.push(refused(&server, "/ws", &text).await);
    }
    let bye = ends[0].bye.clone().unwrap();
    assert_eq!(
        (bye.code, bye.retryable, bye.refusal),
        (CloseCode::SignIn, false, Some(Refusal::SignIn))
    );
    assert!(ends.iter().all(|end| *end == ends[0]), "{ends:?}");
    assert_eq!(ends[0].close, Some(4001));
    server.agent_with(&good, None).await;
    server.stop().await;
}

#[tokio::test]
async fn a_name_belongs_to_who_used_it_first() {
    let server = Server::start().await;
    server.customer("alice").await;
    let wrong = refused(&server, "/ws/chat/alice", &with_secret("mallory")).await;
    assert_eq!((wrong.close, wrong.refusal().as_str()), (Some(4001), "wrong_secret"));
    for hello in [
        r#"{"type":"hello","version":1}"#.to_owned(),
        r#"{"type":"hello","version":1,"secret":"short"}"#.to_owned(),
        format!(r#"{{"type":"hello","version":1,"secret":"{}"}}"#, "0".repeat(64)),
        format!(
            r#"{{"type":"hello","version":1,"tenant":"other","secret":"{}"}}"#,
            secret("alice")
        ),
        r#"{"type":"hello","version":1,"token":"mca_00"}"#.to_owned(),
    ] {
        assert_eq!(refused(&server, "/ws/chat/alice", &hello).await, wrong, "{hello}");
    }
    server.customer("alice").await;
    server.stop().await;
}

#[tokio::test]
async fn names_in_the_path_are_read_and_bad_ones_refused_in_words() {
    let server = Server::start().await;
    for (path, name) in [
        ("/ws/chat/alice", "alice"),
        ("/ws/chat/alice/", "alice"),
        ("/ws/chat/J%C3%BCrgen", "Jürgen"),
        ("/ws/chat/Ju%CC%88rgen", "Jürgen"),
    ] {
        let mut client = Client::<Customers>::dial(server.addr, path).await;
        client.hello(Some(secret(name)), None, None).await;
        let ToClient::Welcome { me, .. } = client.next().await else {
            panic!("{path} was not welcomed");
        };
        assert_eq!(me.name.as_str(), name);
    }
    for path in [
        "/ws/chat/a%20b",
        "/ws/chat/%1b%5b2J",
        "/ws/chat/%2e%2e",
        "/ws/chat/%D0%B0lice",
        "/ws/chat/a%2Fb",
    ] {
        let ended = refused(&server, path, &with_secret("x")).await;
        assert_eq!(
            (ended.close, ended.refusal().as_str()),
            (Some(4001), "bad_name"),
            "{path}"
        );
    }
    let long = format!("/ws/chat/{}", "a".repeat(65));
    assert_eq!(refused(&server, &long, &with_secret("x")).await.refusal(), "bad_name");
    server.stop().await;
}

#[tokio::test]
async fn what_comes_before_hello_is_refused_and_ends_it() {
    let server = Server::start().await;
    for (text, code) in [
        (r#"{"type":"ping","n":1}"#, "hello_first"),
        (
            r#"{"type":"command","id":"01930000-0000-7000-8000-000000000001","command":{"do":"close"}}"#,
            "hello_first",
        ),
        ("hello", "bad_json"),
        (r#"{"type":"auth"}"#, "unknown_type"),
        (r#"{"type":"hello"}"#, "bad_field"),
        (r#"{"type":"hello","version":1,"tenant":"No Tenant"}"#, "bad_field"),
        (
            r#"{"type":"hello","version":1,"cursor":{"at":-1,"mark":"0000000000000000"}}"#,
            "bad_field",
        ),
        (
            r#"{"type":"hello","version":1,"cursor":{"at":1,"mark":"0"}}"#,
            "bad_field",
        ),
    ] {
        let mut client = Client::<Customers>::dial(server.addr, "/ws/chat/alice").await;
        client.say(text).await;
        assert_eq!(client.refused().await.code(), code, "{text}");
        let ended = client.ended().await;
        assert_eq!((ended.close, ended.refusal().as_str()), (Some(4001), code), "{text}");
    }
    server.stop().await;
}

#[tokio::test]
async fn another_version_is_told_which_are_spoken() {
    let server = Server::start().await;
    for version in ["0", "99", "\"latest\""] {
        let hello = format!(
            r#"{{"type":"hello","version":{version},"secret":"{}"}}"#,
            secret("alice")
        );
        for path in ["/ws", "/ws/chat/alice"] {
            let ended = refused(&server, path, &hello).await;
            assert_eq!(ended.close, Some(4004));
            let refusal = Refusal::Version {
                min: VERSION_MIN,
                max: VERSION,
            };
            assert_eq!(ended.bye.unwrap().refusal, Some(refusal), "{version}");
        }
    }
    server.stop().await;
}

#[tokio::test]
async fn a_second_hello_is_refused_and_the_connection_stays() {
    let server = Server::start().await;
    let mut alice = server.customer("alice").await;
    alice.hello(Some(secret("alice")), None, None).await;
    assert_eq!(alice.refused().await, Refusal::HelloAgain);
    alice.pings().await;
    server.stop().await;
}

#[tokio::test]
async fn who_says_nothing_after_the_upgrade_is_closed_and_may_come_again() {
    let server = Server::with(RunLimits {
        first_frame_deadline: std::time::Duration::from_millis(100),
        ..limits()
    })
    .await;
    let mut silent = Client::<Agents>::dial(server.addr, "/ws/").await;
    let ended = silent.ended().await;
    assert_eq!((ended.close, ended.refusal().as_str()), (Some(4001), "hello_first"));
    assert!(ended.bye.unwrap().retryable, "the network may have been slow");
    server.stop().await;
}

#[tokio::test]
async fn one_address_cannot_make_customers_without_end() {
    let rates = NewCustomerRates {
        per_loopback_address_per_min: 2,
        ..NewCustomerRates::default()
    };
    let server = Server::at(tempfile::tempdir().unwrap(), limits(), rates).await;
    server.customer("one").await;
    server.customer("two").await;
    let ended = refused(&server, "/ws/chat/three", &with_secret("three")).await;
    assert_eq!((ended.close, ended.refusal().as_str()), (Some(4029), "rate_limited"));
    let bye = ended.bye.unwrap();
    assert!(bye.retryable && bye.retry_after_ms.is_some());
    server.customer("two").await;
    server.stop().await;
}

#[tokio::test]
async fn other_sites_pages_are_kept_out() {
    use tokio::net::TcpStream;
    use tokio_tungstenite::tungstenite::Error;
    let server = Server::start().await;
    let own = format!("http://{}", server.addr);
    for path in ["/ws", "/ws/chat/alice"] {
        for origin in [
            "http://evil.example",
            "null",
            "http://127.0.0.1",
            &format!("{own}.evil.example"),
        ] {
            let stream = TcpStream::connect(server.addr).await.unwrap();
            match Client::<Customers>::try_dial(stream, path, Some(origin))
                .await
                .map(drop)
            {
                Err(Error::Http(answer)) => {
                    assert_eq!(answer.status(), 403, "{origin}");
                    let body = String::from_utf8(answer.into_body().unwrap()).unwrap();
                    assert!(body.contains("origin_not_allowed"), "{body}");
                }
                other => panic!("{origin}: {other:?}"),
            }
        }
        let stream = TcpStream::connect(server.addr).await.unwrap();
        assert!(Client::<Customers>::try_dial(stream, path, Some(&own)).await.is_ok());
    }
    server.stop().await;
}
