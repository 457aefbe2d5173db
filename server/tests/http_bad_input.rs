//! What bad input over HTTP gets: each its clear answer, and the server lives on.

mod rig;

use std::{net::SocketAddr, sync::Arc};

use axum::{
    Router,
    body::Body,
    http::{Request, header},
    routing::get,
};
use http_body_util::BodyExt;
use minicom_protocol::people::Role;
use minicom_server::{accounts::Accounts, auth::seal::SealingKey, desk::Desk, faults::Faults, http, store};
use reqwest::Method;
use rig::{ALICE, PASSWORD, Server, answer};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

async fn server() -> Server {
    Server::over(async |seed| {
        seed.agent("bo@x.org", "Bo", Role::Agent).await;
        seed.agent("gone@x.org", "Gone", Role::Agent).await;
        seed.accounts.disable(&seed.tenant, "gone@x.org").await.unwrap();
        let alice = seed.customer("alice", ALICE).await;
        seed.says(&alice, "hello").await;
    })
    .await
}

fn check(found: &(u16, Value), status: u16, code: &str) {
    assert_eq!((found.0, &found.1["code"]), (status, &json!(code)), "{}", found.1);
    let words = found.1["message"].as_str().unwrap();
    assert!(!words.is_empty() && found.1["retryable"].is_boolean(), "{}", found.1);
    assert!(found.1["request_id"].as_str().unwrap().len() == 36, "{}", found.1);
}

/// Sends these bytes and gives all that comes back until the other side closes.
async fn raw(server: &Server, bytes: &str) -> String {
    let address: SocketAddr = server.url.strip_prefix("http://").unwrap().parse().unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(bytes.as_bytes()).await.unwrap();
    let mut text = vec![];
    // A reset after the answer is as good as an end.
    let _ = stream.read_to_end(&mut text).await;
    String::from_utf8_lossy(&text).into_owned()
}

#[tokio::test]
async fn without_a_good_token_the_answer_says_how_to_get_one() {
    let server = server().await;
    let two = server
        .get("/api/agent/dashboard", &server.token)
        .bearer_auth(&server.token);
    let with = |value: &str| {
        server
            .bare(Method::GET, "/api/agent/dashboard")
            .header("authorization", value)
    };
    for (case, request) in [
        ("nothing", server.bare(Method::GET, "/api/agent/dashboard")),
        ("empty", with("Bearer ")),
        ("no scheme", with(&server.token)),
        ("basic", with("Basic YWRhOmFkYQ==")),
        ("wrong", with("Bearer mca_00")),
        ("a secret", with(&format!("Bearer {ALICE}"))),
        ("not ASCII", with("Bearer \u{fc}")),
        ("two", two),
        (
            "take over",
            server
                .bare(Method::POST, "/api/agent/takeover")
                .json(&json!({"customer_id": "alice"})),
        ),
        ("agents", server.bare(Method::GET, "/api/agents")),
        ("log out", server.bare(Method::POST, "/api/agent/logout")),
        (
            "other tenant",
            server
                .get("/api/agents", &server.token)
                .header("x-minicom-tenant", "other"),
        ),
    ] {
        let response = request.send().await.unwrap();
        assert!(
            response.headers()["www-authenticate"]
                .to_str()
                .unwrap()
                .starts_with("Bearer"),
            "{case}"
        );
        let status = response.status().as_u16();
        let found = (status, response.json().await.unwrap());
        check(&found, 401, "sign_in");
        let words = found.1["message"].as_str().unwrap();
        assert!(
            words.contains("POST /api/agent/login") && words.contains("local-agent.token"),
            "{case}: {words}"
        );
    }
    // The scheme's case does not matter.
    assert_eq!(answer(with(&format!("bearer {}", server.token))).await.0, 200);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn every_failed_login_is_one_answer_until_there_are_too_many() {
    let server = server().await;
    let login = |email: &str, password: &str| {
        let body = json!({"email": email, "password": password});
        server.bare(Method::POST, "/api/agent/login").json(&body)
    };
    let mut answers = vec![];
    for (email, password) in [
        ("bo@x.org", "wrong"),
        ("nobody@x.org", PASSWORD),
        ("gone@x.org", PASSWORD),
        ("admin@localhost", PASSWORD),
        ("bо@x.org", PASSWORD), // the o is Cyrillic
    ] {
        let mut found = answer(login(email, password)).await;
        check(&found, 401, "sign_in");
        found.1.as_object_mut().unwrap().remove("request_id");
        answers.push(found);
    }
    answers.dedup();
    assert_eq!(answers.len(), 1);

    check(&answer(login("", PASSWORD)).await, 400, "bad_field");
    check(&answer(login("bo@x.org", "")).await, 400, "bad_field");
    check(&answer(login("b\0o@x.org", PASSWORD)).await, 400, "bad_field");
    check(&answer(login("bo@x.org", &"x".repeat(1 << 20))).await, 413, "too_large");
    check(&answer(login("bo@x.org", &"x".repeat(10_000))).await, 401, "sign_in");

    let refused = loop {
        let response = login("nobody@x.org", "wrong").send().await.unwrap();
        if response.status() != 401 {
            break response;
        }
    };
    let wait: u64 = refused.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=6).contains(&wait), "{wait}");
    let found = (refused.status().as_u16(), refused.json::<Value>().await.unwrap());
    check(&found, 429, "rate_limited");
    assert!(found.1["retry_after_ms"].as_u64().is_some());
    assert_eq!(
        answer(login("BO@x.org", PASSWORD)).await.0,
        200,
        "somebody else's account is not locked"
    );
    server.stop().await.unwrap();
}

#[tokio::test]
async fn bodies_that_are_no_json_of_ours() {
    let server = server().await;
    let post = |kind: Option<&str>, body: String| {
        let request = server
            .bare(Method::POST, "/api/agent/takeover")
            .bearer_auth(&server.token)
            .body(body);
        match kind {
            Some(kind) => request.header("content-type", kind),
            None => request,
        }
    };
    let json = Some("application/json");
    let good = r#"{"customer_id":"alice"}"#.to_owned();
    for kind in [
        Some("text/plain"),
        None,
        Some("application/json; charset=utf-16"),
        Some("application/jsonp"),
    ] {
        check(&answer(post(kind, good.clone())).await, 415, "unsupported_media_type");
    }
    let packed = post(json, good.clone()).header("content-encoding", "gzip");
    check(&answer(packed).await, 415, "unsupported_media_type");

    let padded = |bytes: usize| format!("{good}{}", " ".repeat(bytes - good.len()));
    check(&answer(post(json, padded(256 * 1024 + 1))).await, 413, "too_large");
    assert_eq!(
        answer(post(json, padded(256 * 1024))).await.0,
        200,
        "the most that is allowed"
    );

    // An object and so many lists in it.
    let nested = |lists: usize| {
        let (open, close) = ("[".repeat(lists), "]".repeat(lists));
        format!(r#"{{"customer_id":"alice","more":{open}{close}}}"#)
    };
    let deepest = minicom_server::limits::JSON_DEPTH_MAX;
    assert_eq!(answer(post(json, nested(deepest - 1))).await.0, 200);
    for bad in [
        "",
        "{",
        "nonsense",
        "{}{}",
        &"[".repeat(10_000),
        &nested(deepest),
        "{\"customer_id\":\"\\ud800\"}",
        "null trailing",
    ] {
        check(&answer(post(json, bad.to_owned())).await, 400, "bad_json");
    }
    for bad in [
        "{}",
        "null",
        "7",
        r#"{"customer_id":7}"#,
        r#"{"customer_id":null}"#,
        r#"{"customer_id":"a","customer_id":"b"}"#,
    ] {
        check(&answer(post(json, bad.to_owned())).await, 400, "bad_field");
    }
    let extra = r#"{"customer_id":"alice","colour":"blue"}"#;
    assert_eq!(
        answer(post(Some("Application/JSON; Charset=\"UTF-8\""), extra.to_owned()))
            .await
            .0,
        200
    );
    server.stop().await.unwrap();
}

#[tokio::test]
async fn methods_and_routes_that_there_are_not() {
    let server = server().await;
    for (method, path, allow) in [
        (Method::POST, "/api/conversation/alice", "GET,HEAD"),
        (Method::DELETE, "/api/agent/dashboard/", "GET,HEAD"),
        (Method::GET, "/api/agent/takeover", "POST"),
        (Method::TRACE, "/healthz", "GET,HEAD"),
        (Method::from_bytes(b"PROPFIND").unwrap(), "/readyz", "GET,HEAD"),
        (Method::PUT, "/api/agents", "GET,HEAD,POST"),
    ] {
        let response = server.bare(method.clone(), path).send().await.unwrap();
        assert_eq!(response.headers()["allow"], allow, "{method} {path}");
        let found = (response.status().as_u16(), response.json().await.unwrap());
        check(&found, 405, "method_not_allowed");
    }
    for path in [
        "/api",
        "/api/agent",
        "/api/conversation",
        "/api/conversation/alice/more",
        "//",
        "/healthz/x",
    ] {
        check(&answer(server.bare(Method::GET, path)).await, 404, "unknown_route");
    }
    let head = server
        .bare(Method::HEAD, "/api/conversation/alice")
        .bearer_auth(ALICE)
        .send()
        .await
        .unwrap();
    let length: usize = head.headers()["content-length"].to_str().unwrap().parse().unwrap();
    let whole = server
        .get("/api/conversation/alice", ALICE)
        .send()
        .await
        .unwrap()
        .bytes()
        .await
        .unwrap();
    assert_eq!((head.status().as_u16(), length), (200, whole.len()));
    assert!(head.bytes().await.unwrap().is_empty());
    server.stop().await.unwrap();
}

#[tokio::test]
async fn heads_that_are_too_large_or_ambiguous() {
    let server = server().await;
    let host = "Host: x\r\nConnection: close\r\n";
    let line = "GET /healthz HTTP/1.1\r\n";
    let status = |text: &str| text.split(' ').nth(1).unwrap_or_default().to_owned();
    let large = format!("{line}{host}X: {}\r\n\r\n", "x".repeat(17 * 1024));
    assert_eq!(status(&raw(&server, &large).await), "431");
    let many: String = (0..65).map(|n| format!("X{n}: y\r\n")).collect();
    assert_eq!(status(&raw(&server, &format!("{line}{host}{many}\r\n")).await), "431");

    for (case, head, expected) in [
        ("no host", format!("{line}Connection: close\r\n\r\n"), "400"),
        ("two hosts", format!("{line}Host: y\r\n{host}\r\n"), "400"),
        ("one host", format!("{line}{host}\r\n"), "200"),
        (
            "absolute form",
            format!("GET http://x/healthz HTTP/1.1\r\n{host}\r\n"),
            "200",
        ),
        ("old version", "GET /healthz HTTP/1.0\r\n\r\n".to_owned(), "200"),
        (
            "two lengths",
            format!("POST /api/agent/login HTTP/1.1\r\n{host}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab"),
            "400",
        ),
        (
            "a negative length",
            format!("POST /api/agent/login HTTP/1.1\r\n{host}Content-Length: -1\r\n\r\n"),
            "400",
        ),
        ("no HTTP", "\u{16}\u{3}\u{1}hello\r\n\r\n".to_owned(), "400"),
    ] {
        assert_eq!(status(&raw(&server, &head).await), expected, "{case}");
    }
    assert_eq!(answer(server.bare(Method::GET, "/readyz")).await.0, 200);
    server.stop().await.unwrap();
}

/// The routes without a listener, for what a whole server cannot be brought to from outside.
fn routes(sockets: Router) -> (Router, CancellationToken, tempfile::TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let (folder, conn) = store::open::open(dir.path()).unwrap();
    let settings = minicom_server::decide::Settings {
        bot: false,
        bot_deadline_ms: 6_000,
    };
    let (desk, _writer) = Desk::start(conn, &folder.database(), settings, Faults::default()).unwrap();
    let draining = CancellationToken::new();
    let sealing = Arc::new(SealingKey::of(dir.path()).unwrap());
    let webhooks = {
        use minicom_server::webhooks::{Policy, Webhooks, system_lookup};
        Webhooks::new(
            desk.clone(),
            sealing.clone(),
            Policy::default(),
            std::time::Duration::ZERO,
            system_lookup(),
        )
        .unwrap()
    };
    let limits = minicom_server::run_limits::RunLimits::default();
    let app = http::App {
        webhooks,
        uploads: minicom_server::uploads::Uploads::new(desk.clone(), dir.path(), Default::default()),
        vitals: Default::default(),
        signals: minicom_server::signals::Signals::new(desk.clone(), &limits),
        rates: Arc::new(minicom_server::session::Rates::new(&limits)),
        accounts: Accounts::new(desk.clone(), sealing.clone()),
        desk,
        draining: draining.clone(),
        data: dir.path().to_owned(),
        sealing,
        registry: minicom_server::session::Registry::new(),
        feeds: http::EventFeeds::default(),
    };
    (http::router(app, sockets), draining, dir)
}

async fn ask(router: &Router, path: &str) -> (u16, Option<String>, String) {
    let request = Request::get(path)
        .header(header::HOST, "x")
        .body(Body::empty())
        .unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    let wait = response
        .headers()
        .get("retry-after")
        .map(|value| value.to_str().unwrap().to_owned());
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, wait, String::from_utf8(body.to_vec()).unwrap())
}

#[tokio::test]
async fn a_panic_is_an_answer_and_the_next_request_works() {
    async fn panics() -> &'static str {
        panic!("on purpose, with the words of a customer")
    }
    let (router, _, _dir) = routes(Router::new().route("/panic", get(panics)));
    let (status, _, body) = ask(&router, "/panic").await;
    let body: Value = serde_json::from_str(&body).unwrap();
    check(&(status, body.clone()), 500, "internal");
    assert!(!body.to_string().contains("on purpose"), "{body}");
    assert_eq!(ask(&router, "/healthz").await.0, 200);
}

#[tokio::test(start_paused = true)]
async fn a_body_that_stalls_is_waited_for_in_bounds() {
    let (router, _, _dir) = routes(Router::new());
    let began = tokio::time::Instant::now();
    let stalls = futures_util::stream::iter([Ok::<_, std::io::Error>("{\"email\":")]);
    let stalls = futures_util::StreamExt::chain(stalls, futures_util::stream::pending());
    let request = Request::post("/api/agent/login")
        .header(header::HOST, "x")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::CONTENT_LENGTH, 60)
        .body(Body::from_stream(stalls))
        .unwrap();
    let response = router.oneshot(request).await.unwrap();
    let waited = began.elapsed();
    assert_eq!(response.status().as_u16(), 408);
    let body = response.into_body().collect().await.unwrap().to_bytes();
    let body: Value = serde_json::from_slice(&body).unwrap();
    check(&(408, body.clone()), 408, "timeout");
    assert_eq!(body["retryable"], json!(true));
    assert_eq!(
        waited.as_secs(),
        minicom_server::limits::HTTP_REQUEST_DEADLINE.as_secs()
    );
}

#[tokio::test]
async fn a_stopping_server_says_when_to_come_back() {
    let (router, draining, _dir) = routes(Router::new());
    assert_eq!(ask(&router, "/readyz/").await.0, 200);
    draining.cancel();
    let (status, wait, body) = ask(&router, "/api/agent/dashboard").await;
    check(&(status, serde_json::from_str(&body).unwrap()), 503, "stopping");
    assert_eq!(wait.as_deref(), Some("2"));
    let (status, wait, body) = ask(&router, "/readyz").await;
    assert_eq!(
        (status, wait.is_some(), body.as_str()),
        (503, true, "not ready: stopping\n")
    );
    assert_eq!(ask(&router, "/healthz").await.0, 200);
}
