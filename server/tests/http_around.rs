//! What stands around every request: tags of answers, packing, pages of other origins, rates, and headers.

mod api;
mod rig;

use api::{operations, problem};
use minicom_protocol::{command::AgentCommand, people::Role, settings::DeskSettings};
use reqwest::{Method, Response};
use rig::{ALICE, PASSWORD, Seed, Server};
use serde_json::{Value, json};

const SHOP: &str = "https://shop.example";

/// Bo is there, many have asked, and pages of the shop may ask.
async fn story(seed: &Seed) {
    seed.agent("bo@x.org", "Bo", Role::Agent).await;
    let ada = seed.agent("ada2@x.org", "Ada", Role::Admin).await;
    let settings = DeskSettings {
        origins: vec![SHOP.to_owned()],
        ..DeskSettings::default()
    };
    let configure = AgentCommand::Configure {
        settings: Box::new(settings),
    };
    seed.by_admin(&ada, configure).await.unwrap();
    for n in 0..20 {
        let secret = format!("{:02x}", 0x20 + n).repeat(32);
        let customer = seed.customer(&format!("customer{n}"), &secret).await;
        seed.says(&customer, "hello").await;
    }
    let alice = seed.customer("alice", ALICE).await;
    seed.says(&alice, "hello").await;
}

fn header<'a>(response: &'a Response, name: &str) -> Option<&'a str> {
    response.headers().get(name).map(|value| value.to_str().unwrap())
}

#[tokio::test]
async fn who_has_the_answer_already_is_told_so() {
    let server = Server::over(story).await;
    let path = "/api/agent/dashboard";
    let first = server.get(path, &server.token).send().await.unwrap();
    let tag = header(&first, "etag").unwrap().to_owned();
    assert!(tag.starts_with("W/\"") && tag.len() > 10, "{tag}");

    for method in [Method::GET, Method::HEAD] {
        let again = server
            .bare(method, path)
            .bearer_auth(&server.token)
            .header("if-none-match", &tag);
        let again = again.send().await.unwrap();
        assert_eq!(
            (again.status().as_u16(), header(&again, "etag")),
            (304, Some(tag.as_str()))
        );
        assert!(header(&again, "x-request-id").is_some() && header(&again, "content-type").is_none());
        assert!(again.bytes().await.unwrap().is_empty());
    }
    let other = server.get(path, &server.token).header("if-none-match", "\"other\"");
    assert_eq!(other.send().await.unwrap().status(), 200);
    // Who may not read learns nothing by a tag.
    let stranger = server
        .bare(Method::GET, path)
        .header("if-none-match", "*")
        .send()
        .await
        .unwrap();
    assert_eq!(stranger.status(), 401);

    let take = json!({"customer_id": "alice"});
    let taken = server
        .post("/api/agent/takeover", &server.token, &take)
        .send()
        .await
        .unwrap();
    assert_eq!(
        (taken.status().as_u16(), header(&taken, "etag")),
        (200, None),
        "what was done has no tag"
    );
    let changed = server
        .get(path, &server.token)
        .header("if-none-match", &tag)
        .send()
        .await
        .unwrap();
    assert_eq!(changed.status(), 200, "the desk is another now");
    assert_ne!(header(&changed, "etag"), Some(tag.as_str()));
    server.stop().await.unwrap();
}

#[tokio::test]
async fn large_answers_to_questions_are_packed_and_no_others() {
    let server = Server::over(story).await;
    let packed = |path: &str| server.get(path, &server.token).header("accept-encoding", "gzip");
    let plain = server.get("/api/agent/dashboard", &server.token).send().await.unwrap();
    assert_eq!(header(&plain, "content-encoding"), None);
    let (tag, whole) = (header(&plain, "etag").unwrap().to_owned(), plain.bytes().await.unwrap());

    let large = packed("/api/agent/dashboard").send().await.unwrap();
    assert_eq!(header(&large, "content-encoding"), Some("gzip"));
    assert_eq!(header(&large, "etag"), Some(tag.as_str()));
    let vary: Vec<String> = large
        .headers()
        .get_all("vary")
        .iter()
        .map(|it| it.to_str().unwrap().to_lowercase())
        .collect();
    assert!(vary.iter().any(|it| it.contains("accept-encoding")), "{vary:?}");
    let bytes = large.bytes().await.unwrap();
    assert!(
        bytes.starts_with(&[0x1f, 0x8b]) && bytes.len() * 2 < whole.len(),
        "{}",
        bytes.len()
    );

    let small = packed("/api/agent/dashboard?limit=1").send().await.unwrap();
    assert_eq!(header(&small, "content-encoding"), None, "it fits a packet anyway");
    // What has a token in it is never packed: its length would tell of it.
    let body = json!({"email": "bo@x.org", "password": PASSWORD, "padding": "x".repeat(10_000)});
    let login = server
        .bare(Method::POST, "/api/agent/login")
        .header("accept-encoding", "gzip")
        .json(&body);
    let login = login.send().await.unwrap();
    assert_eq!(
        (login.status().as_u16(), header(&login, "content-encoding")),
        (200, None)
    );
    server.stop().await.unwrap();
}

#[tokio::test]
async fn pages_of_listed_origins_and_no_others_may_read() {
    let server = Server::over(story).await;
    for operation in operations() {
        let path = operation.nowhere();
        let preflight = |origin: &str| {
            server
                .bare(Method::OPTIONS, &path)
                .header("origin", origin)
                .header("access-control-request-method", operation.method.as_str())
                .header("access-control-request-headers", "authorization,content-type")
        };
        let allowed = preflight(SHOP).send().await.unwrap();
        let name = operation.name();
        assert_eq!(allowed.status(), 204, "{name}");
        assert_eq!(header(&allowed, "access-control-allow-origin"), Some(SHOP), "{name}");
        let methods = header(&allowed, "access-control-allow-methods").unwrap();
        assert!(methods.contains(operation.method.as_str()), "{name}: {methods}");
        let headers = header(&allowed, "access-control-allow-headers").unwrap();
        for wanted in ["authorization", "content-type", "idempotency-key", "x-minicom-tenant"] {
            assert!(headers.contains(wanted), "{name}: {headers}");
        }
        assert_eq!(header(&allowed, "access-control-allow-credentials"), None, "{name}");
        let foreign = preflight("https://shop.example.evil.org").send().await.unwrap();
        assert_eq!(header(&foreign, "access-control-allow-origin"), None, "{name}");

        // Also what is refused can be read by the page: it has to show why.
        let asked = |origin: &str| server.bare(operation.method.clone(), &path).header("origin", origin);
        let answer = asked(SHOP).send().await.unwrap();
        assert_eq!(header(&answer, "access-control-allow-origin"), Some(SHOP), "{name}");
        assert!(
            header(&answer, "access-control-expose-headers")
                .unwrap()
                .contains("etag"),
            "{name}"
        );
    }
    let asked = |origin: &str| {
        server
            .get("/api/agent/dashboard", &server.token)
            .header("origin", origin)
    };
    for foreign in [
        "null",
        "*",
        "https://shop.example:8443",
        "http://shop.example",
        "https://SHOP.example",
        "https://shop.example/",
        "https://a.shop.example",
        "https://shop.exampl",
        "https://shop.example.evil.org",
        "https://evil.org#https://shop.example",
        "%",
        "",
    ] {
        let answer = asked(foreign).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{foreign}");
        assert_eq!(header(&answer, "access-control-allow-origin"), None, "{foreign}");
        assert_eq!(
            header(&answer, "vary")
                .map(str::to_lowercase)
                .as_deref()
                .map(|it| it.contains("origin")),
            Some(true)
        );
    }
    // Of this tenant's list alone.
    let other = asked(SHOP).header("x-minicom-tenant", "other").send().await.unwrap();
    assert_eq!(header(&other, "access-control-allow-origin"), None);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn rates_are_told_and_held() {
    let server = Server::with(
        |config| {
            config.rates.http_reads_per_token_per_min = 3;
            config.rates.http_writes_per_token_per_min = 2;
            config.rates.http_per_loopback_address_per_min = 40;
        },
        story,
    )
    .await;
    let bo = server.login("bo@x.org").await;
    for left in (0..3).rev() {
        let answer = server.get("/api/agent/dashboard", &bo).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        assert_eq!(header(&answer, "ratelimit-policy"), Some("\"reads\";q=3;w=60"));
        let limit = header(&answer, "ratelimit").unwrap();
        assert!(limit.starts_with(&format!("\"reads\";r={left};t=")), "{limit}");
    }
    let over = server.get("/api/agent/dashboard", &bo).send().await.unwrap();
    let (status, headers, body) = problem("reads", over).await;
    assert_eq!(
        (status, &body["code"], &body["retryable"]),
        (429, &json!("rate_limited"), &json!(true))
    );
    let wait: u64 = headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!(
        (1..=20).contains(&wait) && body["retry_after_ms"].as_u64().unwrap() <= 20_000,
        "{wait}"
    );
    assert!(headers["ratelimit"].to_str().unwrap().starts_with("\"reads\";r=0;"));

    // Writes are counted apart, and the operator of this computer not at all.
    let write = server
        .post("/api/agent/takeover", &bo, &json!({"customer_id": "alice"}))
        .send()
        .await
        .unwrap();
    assert_eq!(
        (write.status().as_u16(), header(&write, "ratelimit-policy")),
        (200, Some("\"writes\";q=2;w=60"))
    );
    for _ in 0..50 {
        let operator = server.get("/api/agent/dashboard", &server.token).send().await.unwrap();
        assert_eq!(
            (operator.status().as_u16(), header(&operator, "ratelimit")),
            (200, None)
        );
    }
    // Whoever makes up tokens has one address all the same; health is asked by machinery and is no part of it.
    let mut refused = 0;
    for n in 0..50 {
        let made_up = server
            .get("/api/agent/dashboard", &format!("mca_{n:064}"))
            .send()
            .await
            .unwrap();
        refused += u32::from(made_up.status() == 429);
    }
    assert!(refused >= 5, "{refused}");
    assert_eq!(server.bare(Method::GET, "/healthz").send().await.unwrap().status(), 200);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn every_answer_has_the_headers_that_keep_it_from_harm() {
    let server = Server::over(story).await;
    for operation in operations() {
        for token in ["", server.token.as_str()] {
            let request = server
                .bare(operation.method.clone(), &operation.nowhere())
                .bearer_auth(token);
            let answer = request.send().await.unwrap();
            let name = operation.name();
            for (header_name, value) in [
                ("x-content-type-options", "nosniff"),
                ("x-frame-options", "DENY"),
                ("referrer-policy", "no-referrer"),
                ("cache-control", "no-store"),
            ] {
                assert_eq!(header(&answer, header_name), Some(value), "{name}");
            }
            let policy = header(&answer, "content-security-policy").unwrap();
            assert!(policy.starts_with("default-src 'none'"), "{name}: {policy}");
            assert_eq!(header(&answer, "x-request-id").unwrap().len(), 36, "{name}");
            assert_eq!(header(&answer, "set-cookie"), None, "{name}");
            let kind = header(&answer, "content-type").unwrap_or_default().to_owned();
            if kind.starts_with("application/json") {
                let body: Value = answer.json().await.unwrap();
                assert!(body.is_object(), "{name}: an answer is an object, so that it can grow");
            }
        }
    }
    server.stop().await.unwrap();
}
