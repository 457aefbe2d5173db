//! What customers without the terminal program call: each documented body, and that nothing is told to whoever has no key.

mod rig;

use minicom_protocol::people::Role;
use reqwest::Method;
use rig::{ALICE, Seed, Server, answer};
use serde_json::{Value, json};

const BASE: &str = "/api/v1/chat";

async fn story(seed: &Seed) {
    seed.agent("bo@x.org", "Bo", Role::Agent).await;
}

async fn start(server: &Server, body: &Value) -> (u16, Value) {
    answer(server.bare(Method::POST, &format!("{BASE}/public/start")).json(body)).await
}

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap_or_else(|| panic!("{field}: {value}"))
}

fn code(answer: &(u16, Value)) -> (u16, &str) {
    (answer.0, answer.1["code"].as_str().unwrap_or_default())
}

#[tokio::test]
async fn a_conversation_begins_with_the_sources_names_and_goes_on_with_its_key() {
    let server = Server::over(story).await;
    let bo = server.login("bo@x.org").await;
    let (status, started) = start(
        &server,
        &json!({
            "tenant_id": "default", "channel": "web", "customer_name": "Alice Smith", "customer_email": "alice@x.org",
            "subject": "Late parcel", "priority": "high", "required_skills": ["orders"],
            "metadata": {"browser": "Firefox 140", "page_url": "https://shop.example/cart", "device": "phone", "odd": 1},
            "message": "Where is my parcel?"
        }),
    )
    .await;
    assert_eq!((status, &started["status"]), (201, &json!("pending")), "{started}");
    let (session, key) = (text(&started, "session_id"), text(&started, "session_key"));
    assert_eq!(key.len(), 64, "256 bits");
    assert!(text(&started, "customer_id").starts_with("guest-"));
    assert_eq!(text(&started, "websocket"), format!("/ws/public/{session}"));

    let (_, seen) = answer(server.get(&format!("{BASE}/sessions/{session}"), &bo)).await;
    for (field, wanted) in [
        ("customer_name", json!("Alice Smith")),
        ("customer_email", json!("alice@x.org")),
        ("channel", json!("web")),
        ("subject", json!("Late parcel")),
        ("priority", json!("high")),
        ("required_skills", json!(["orders"])),
        ("message_count", json!(1)),
    ] {
        assert_eq!(seen[field], wanted, "{field}");
    }
    assert_eq!(seen["customer"]["realm"], "anonymous");
    let wanted = json!({"client": "Firefox 140", "page": "https://shop.example/cart", "os": "phone"});
    assert_eq!(seen["metadata"], wanted);

    let post = |body: Value| answer(server.post(&format!("{BASE}/public/message"), key, &body));
    let (status, line) = post(json!({"session_id": session, "message": "Hello?", "type": "text"})).await;
    assert_eq!(
        (status, &line["sender"], &line["content"]),
        (201, &json!("customer"), &json!("Hello?"))
    );
    let (_, page) = answer(server.get(&format!("{BASE}/public/session/{session}"), key)).await;
    let said: Vec<&str> = page["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| text(it, "content"))
        .collect();
    assert_eq!(said, ["A person has been asked for.", "Where is my parcel?", "Hello?"]);
    assert_eq!(page["session"]["subject"], "Late parcel");
    let file = post(json!({"session_id": session, "type": "file", "message": "x"})).await;
    assert_eq!(code(&file), (400, "bad_field"));

    let act = |act: &str, body: Value| {
        let path = format!("{BASE}/public/session/{session}/{act}");
        answer(server.post(&path, key, &body))
    };
    assert_eq!(act("human", json!({})).await.0, 200);
    assert_eq!(act("seen", json!({})).await.0, 200);
    let (_, closed) = act("close", json!({})).await;
    assert_eq!(
        (&closed["status"], &closed["rating_wanted"]),
        (&json!("closed"), &json!(false))
    );
    assert_eq!(act("rating", json!({"score": 5})).await.0, 200);
    assert_eq!(code(&act("rating", json!({"score": 6})).await), (400, "bad_field"));
    // A line after the end opens the next conversation of the same customer.
    let (_, next) = post(json!({"session_id": session, "content": "One more thing"})).await;
    assert_ne!(text(&next, "session_id"), session);
    assert_eq!(code(&act("human", json!({})).await), (409, "closed"));
    server.stop().await.unwrap();
}

#[tokio::test]
async fn without_the_key_there_is_nothing_to_the_byte() {
    let server = Server::over(async |seed: &Seed| {
        story(seed).await;
        let alice = seed.customer("alice", ALICE).await;
        seed.says(&alice, "hello").await;
    })
    .await;
    let (_, one) = start(&server, &json!({"message": "mine"})).await;
    let (_, two) = start(&server, &json!({"message": "theirs"})).await;
    let (mine, key, theirs) = (
        text(&one, "session_id"),
        text(&one, "session_key"),
        text(&two, "session_id"),
    );
    let unknown = "0193a1f2-0000-7000-8000-000000000000";
    let bo = server.login("bo@x.org").await;
    let mut bodies = std::collections::HashSet::new();
    for (session, proof) in [
        (mine, ""),
        (mine, ALICE),
        (mine, "x"),
        (mine, bo.as_str()),
        (theirs, key),
        (unknown, key),
        ("nothing", key),
    ] {
        let tries = [
            server.get(&format!("{BASE}/public/session/{session}"), proof),
            server.get(&format!("{BASE}/public/session/{session}?cursor=abc"), proof),
            server.get(&format!("{BASE}/public/session/{session}?tenant_id=other"), key),
            server.post(&format!("{BASE}/public/session/{session}/close"), proof, &json!({})),
            server.post(
                &format!("{BASE}/public/message"),
                proof,
                &json!({"session_id": session, "message": ""}),
            ),
        ];
        for request in tries {
            let response = request.send().await.unwrap();
            assert_eq!(response.status(), 404, "{session}");
            bodies.insert(response.text().await.unwrap());
        }
    }
    assert_eq!(bodies.len(), 1, "{bodies:?}");
    let (status, page) = answer(server.get(&format!("{BASE}/public/session/{mine}"), key)).await;
    assert_eq!(
        (status, &page["session"]["status"]),
        (200, &json!("pending")),
        "it is open yet"
    );
    server.stop().await.unwrap();
}

#[tokio::test]
async fn who_comes_from_a_blocked_network_changes_nothing() {
    let server = Server::over(story).await;
    let (_, started) = start(&server, &json!({"customer_name": "Alice", "message": "Hello"})).await;
    let (session, key) = (text(&started, "session_id"), text(&started, "session_key"));
    let block = server
        .bare(Method::POST, &format!("{BASE}/blocked-networks"))
        .bearer_auth(&server.token);
    let (status, blocked) = answer(block.json(&json!({"network": "127.0.0.0/8"}))).await;
    assert_eq!(status, 204, "{blocked}");
    for (act, body) in [
        ("human", json!({})),
        ("seen", json!({})),
        ("close", json!({})),
        ("rating", json!({"score": 1, "comment": "words"})),
    ] {
        let request = server.bare(Method::POST, &format!("{BASE}/public/session/{session}/{act}"));
        let refused = answer(request.bearer_auth(key).json(&body)).await;
        assert_eq!(code(&refused), (403, "blocked"), "{act}");
    }
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_start_that_is_repeated_is_the_same_conversation() {
    let server = Server::over(story).await;
    let go = |key: &str, body: Value| {
        let request = server.bare(Method::POST, &format!("{BASE}/public/start")).json(&body);
        answer(request.header("Idempotency-Key", key))
    };
    let body = json!({"subject": "Once", "message": "Hello"});
    let first = go("0123456789abcdef-1", body.clone()).await;
    assert_eq!(first.0, 201);
    assert_eq!(go("0123456789abcdef-1", body.clone()).await, first);
    assert_ne!(
        go("0123456789abcdef-2", body).await.1["session_id"],
        first.1["session_id"]
    );
    let other = go("0123456789abcdef-1", json!({"subject": "Twice"})).await;
    assert_eq!(code(&other), (409, "conflict"));
    assert_eq!(code(&go("short", json!({})).await), (400, "bad_field"));
    let (_, all) = answer(server.get(&format!("{BASE}/sessions"), &server.token)).await;
    assert_eq!(all["sessions"].as_array().unwrap().len(), 2);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn what_cannot_be_makes_nobody() {
    let server = Server::over(story).await;
    for (body, wanted) in [
        (json!({"tenant_id": "nobody"}), (404, "not_found")),
        (json!({"tenant_id": "NOT A TENANT"}), (404, "not_found")),
        (json!({"priority": "odd"}), (400, "bad_field")),
        (json!({"customer_email": "nothing"}), (400, "bad_field")),
        (json!({"required_skills": ["two words"]}), (400, "bad_field")),
        (json!({"subject": "a\nb"}), (400, "bad_field")),
        (json!({"message": "  "}), (400, "empty_message")),
        (json!({"message": "x".repeat(16_385)}), (400, "too_long")),
        (json!({"metadata": 7}), (400, "bad_field")),
        (json!({"metadata": []}), (400, "bad_field")),
        (json!({"metadata": {"utc_offset_min": 841}}), (400, "bad_field")),
        (json!({"metadata": ["Firefox 140"]}), (400, "bad_field")),
    ] {
        let refused = start(&server, &body).await;
        assert_eq!(code(&refused), wanted, "{body}");
    }
    let (_, all) = answer(server.get(&format!("{BASE}/sessions"), &server.token)).await;
    assert_eq!(all["sessions"], json!([]));
    let none = server.bare(Method::POST, &format!("{BASE}/public/start"));
    assert_eq!(answer(none).await.0, 201, "every field may be left out");
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_site_reads_the_desk_and_what_is_published() {
    let server = Server::over(story).await;
    let admin = |method: Method, path: &str, body: Value| {
        let request = server
            .bare(method, &format!("{BASE}/{path}"))
            .bearer_auth(&server.token);
        answer(request.json(&body))
    };
    let chosen = json!({
        "name": "Shop support", "subtitle": "We answer", "colour": "#2b6cb0",
        "questions": [{"key": "order", "text": "Which order?"}],
        "hours": {"zone": "Europe/Berlin", "week": {}},
    });
    assert_eq!(admin(Method::PATCH, "settings", chosen).await.0, 200);
    let (status, desk) = answer(server.bare(Method::GET, &format!("{BASE}/public/desk"))).await;
    assert_eq!(status, 200);
    for (field, wanted) in [
        ("tenant_id", json!("default")),
        ("title", json!("Shop support")),
        ("subtitle", json!("We answer")),
        ("colour", json!("#2b6cb0")),
        ("open_now", json!(false)),
        ("agents_available", json!(false)),
        ("next_open_at", Value::Null),
        ("questions", json!([{"key": "order", "text": "Which order?"}])),
    ] {
        assert_eq!(desk[field], wanted, "{field}: {desk}");
    }
    for (slug, published) in [("refunds", true), ("secret", false)] {
        let made = json!({"id": slug, "title": slug, "content": "We pay **back**.", "published": published});
        assert_eq!(admin(Method::POST, "articles", made).await.0, 201);
    }
    for query in ["", "?query=pay"] {
        let (_, list) = answer(server.bare(Method::GET, &format!("{BASE}/public/articles{query}"))).await;
        let slugs: Vec<&str> = list["articles"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| text(it, "id"))
            .collect();
        assert_eq!(slugs, ["refunds"], "{query}");
        assert!(list["articles"][0].get("updated_by").is_none());
    }
    let show = |slug: &str| answer(server.bare(Method::GET, &format!("{BASE}/public/articles/{slug}")));
    assert_eq!(show("refunds").await.1["content"], "We pay **back**.");
    for hidden in ["secret", "nothing", "two%20words"] {
        assert_eq!(code(&show(hidden).await), (404, "not_found"), "{hidden}");
    }
    server.stop().await.unwrap();
}

#[tokio::test]
async fn the_sources_spellings_are_the_same_routes() {
    let server = Server::over(story).await;
    let bo = server.login("bo@x.org").await;
    let begin = server
        .bare(Method::POST, "/api/live-chat/start/")
        .json(&json!({"message": "hi"}));
    let (status, started) = answer(begin).await;
    assert_eq!(status, 201);
    let id = text(&started, "session_id");
    for path in [
        "/api/live-chat/agent/sessions?status=pending".to_owned(),
        format!("/api/live-chat/{id}/messages"),
        format!("/api/live-chat/{id}/customer-context/"),
        "/api/live-chat/queue/stats".to_owned(),
        "/api/live-chat/agent/me/workload".to_owned(),
    ] {
        assert_eq!(answer(server.get(&path, &bo)).await.0, 200, "{path}");
    }
    assert_eq!(
        answer(server.get("/api/live-chat/admin/all-sessions", &server.token))
            .await
            .0,
        200
    );
    for act in ["accept", "assign", "convert-to-ticket", "close", "end"] {
        let path = format!("/api/live-chat/{id}/{act}");
        assert_eq!(answer(server.post(&path, &bo, &json!({}))).await.0, 200, "{path}");
    }
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_browser_is_told_the_command_without_script() {
    let server = Server::over(story).await;
    let here = server.url.strip_prefix("http://").unwrap();
    for (path, status, wanted) in [
        ("/chat/alice/", 200, &*format!("minicom-chat --server {here} alice<")),
        ("/chat/-x1/", 200, &*format!("minicom-chat --server {here} -- -x1<")),
        (
            "/chat/nobody-at-all",
            200,
            &*format!("minicom-chat --server {here} nobody-at-all<"),
        ),
        ("/agent/dashboard/", 200, &*format!("minicom-agent --server {here}<")),
        ("/agent/chat/alice/", 200, "alice"),
        ("/chat/%3Cscript%3Ealert(1)%3C%2Fscript%3E/", 404, "names nobody"),
        ("/agent/chat/a%26b/", 404, "names nobody"),
    ] {
        let response = server.bare(Method::GET, path).send().await.unwrap();
        assert_eq!(response.status(), status, "{path}");
        let policy = response.headers()["content-security-policy"]
            .to_str()
            .unwrap()
            .to_owned();
        assert!(
            policy.starts_with("default-src 'none'") && !policy.contains("script"),
            "{policy}"
        );
        let kind = response.headers()["content-type"].to_str().unwrap().to_owned();
        assert_eq!(kind, "text/html; charset=utf-8");
        let html = response.text().await.unwrap();
        assert!(html.contains(wanted) && !html.contains("<script"), "{path}: {html}");
    }
    server.stop().await.unwrap();
}
