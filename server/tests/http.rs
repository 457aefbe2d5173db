//! The HTTP API of a whole server: every route, who gets what, and pages.

mod rig;

use minicom_protocol::{
    command::{AgentCommand, CustomerCommand, SeenLines},
    people::Role,
};
use reqwest::Method;
use rig::{ALICE, BOB, Seed, Server, answer};
use serde_json::{Value, json};

/// Alice wrote, Bo answered and ended it, and Alice began anew; Bob waits.
async fn story(seed: &Seed) {
    let bo = seed.agent("bo@x.org", "Bo", Role::Agent).await;
    seed.agent("eve@x.org", "Eve", Role::Agent).await;
    let alice = seed.customer("alice", ALICE).await;
    let bob = seed.customer("bob", BOB).await;
    seed.says(&alice, "Hello, I need help").await;
    let first = seed.newest(&alice).await.conversation;
    let post = AgentCommand::Post {
        conversation: first,
        text: "Hi Alice, Bo here.".to_owned(),
        seen: SeenLines::default(),
        take_over: true,
        anyway: true,
        quote: None,
        reply: None,
        article: None,
        file: None,
    };
    seed.by_agent(&bo, post).await.unwrap();
    seed.by_customer(&alice, CustomerCommand::Close {}).await;
    seed.says(&alice, "One more thing").await;
    seed.says(&bob, "human please").await;
    seed.by_customer(&bob, CustomerCommand::RequestHuman {}).await;
}

fn contents(history: &Value) -> Vec<(&str, &str)> {
    let messages = history["messages"].as_array().unwrap();
    messages
        .iter()
        .map(|it| (it["sender"].as_str().unwrap(), it["content"].as_str().unwrap()))
        .collect()
}

#[tokio::test]
async fn every_route_answers_with_and_without_a_slash() {
    let server = Server::over(story).await;
    let agent = server.login("bo@x.org").await;
    for (path, proof, expected) in [
        ("/api/conversation/alice", ALICE, 200),
        ("/api/agent/dashboard", agent.as_str(), 200),
        ("/api/agents", agent.as_str(), 403),
        ("/api/agents", server.token.as_str(), 200),
        ("/healthz", "", 200),
        ("/readyz", "", 200),
        ("/nothing", "", 404),
    ] {
        for path in [path.to_owned(), format!("{path}/")] {
            let (status, body) = answer(server.get(&path, proof)).await;
            assert_eq!(status, expected, "{path}: {body}");
        }
    }
    for path in ["/api/agent/takeover", "/api/agent/takeover/"] {
        let (status, body) = answer(server.post(path, &agent, &json!({"customer_id": "alice"}))).await;
        assert_eq!((status, &body["agent"]), (200, &json!("Bo")), "{path}: {body}");
    }
    for path in ["/api/agent/login", "/api/agent/login/"] {
        let (status, _) = answer(
            server
                .bare(Method::POST, path)
                .json(&json!({"email": "a@b", "password": "x"})),
        )
        .await;
        assert_eq!(status, 401, "{path}");
    }
    for path in ["/api/agent/logout", "/api/agent/logout/"] {
        let token = server.login("eve@x.org").await;
        assert_eq!(
            answer(server.bare(Method::POST, path).bearer_auth(&token)).await,
            (204, Value::Null)
        );
        assert_eq!(
            answer(server.get("/api/agent/dashboard", &token)).await.0,
            401,
            "the token has ended"
        );
    }
    let (status, front) = answer(server.bare(Method::GET, "/")).await;
    let front = front.as_str().unwrap().to_owned();
    assert!(
        status == 200 && front.contains("minicom-chat") && front.contains("minicom-agent"),
        "{front}"
    );
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_customer_and_an_agent_read_the_same_thread_each_in_their_words() {
    let server = Server::over(story).await;
    let (status, hers) = answer(server.get("/api/conversation/alice", ALICE)).await;
    assert_eq!(status, 200);
    assert_eq!(
        contents(&hers),
        [
            ("customer", "Hello, I need help"),
            ("system", "Bo joined"),
            ("agent", "Hi Alice, Bo here."),
            ("system", "You ended this chat."),
            ("customer", "One more thing"),
        ]
    );
    let bo = server.login("bo@x.org").await;
    let (_, theirs) = answer(server.get("/api/conversation/alice", &bo)).await;
    let words = contents(&theirs);
    assert_eq!(
        (words[1].1, words[3].1),
        ("Bo took over", "the customer ended the chat")
    );

    let conversation = &hers["conversation"];
    let mut keys: Vec<&String> = conversation.as_object().unwrap().keys().collect();
    keys.sort();
    let fields = [
        "agent",
        "created_at",
        "customer_id",
        "id",
        "is_bot_active",
        "last_message_at",
        "message_count",
        "status",
    ];
    assert_eq!(keys, fields);
    assert_eq!(
        (
            &conversation["status"],
            &conversation["is_bot_active"],
            &conversation["message_count"]
        ),
        (&json!("pending"), &json!(true), &json!(1))
    );
    let message = &hers["messages"][2];
    assert_eq!((&message["agent"], &hers["next_cursor"]), (&json!("Bo"), &Value::Null));
    assert_ne!(
        message["conversation_id"], conversation["id"],
        "the thread has both conversations"
    );
    let time = message["timestamp"].as_str().unwrap();
    assert!(time.parse::<jiff::Timestamp>().is_ok() && time.ends_with('Z'), "{time}");
    server.stop().await.unwrap();
}

#[tokio::test]
async fn whoever_may_not_read_gets_the_answer_for_a_thread_that_is_not_there_to_the_byte() {
    let server = Server::over(story).await;
    let expired = server.login("eve@x.org").await;
    answer(server.bare(Method::POST, "/api/agent/logout").bearer_auth(&expired)).await;
    let plain = |path: &str| server.bare(Method::GET, path);
    let requests = [
        ("unknown, wrong secret", server.get("/api/conversation/nobody", BOB)),
        ("unknown, nothing", plain("/api/conversation/nobody")),
        (
            "unknown, agent",
            server.get("/api/conversation/nobody", &server.login("bo@x.org").await),
        ),
        ("alice, nothing", plain("/api/conversation/alice")),
        ("alice, bob's secret", server.get("/api/conversation/alice", BOB)),
        (
            "alice, no secret at all",
            server.get("/api/conversation/alice", "alice"),
        ),
        ("alice, ended token", server.get("/api/conversation/alice", &expired)),
        ("alice, malformed token", server.get("/api/conversation/alice", "mca_")),
        (
            "alice, two headers",
            server.get("/api/conversation/alice", ALICE).bearer_auth(ALICE),
        ),
        (
            "alice, basic",
            plain("/api/conversation/alice").basic_auth("alice", Some(ALICE)),
        ),
        (
            "alice, other tenant",
            server
                .get("/api/conversation/alice", ALICE)
                .header("x-minicom-tenant", "other"),
        ),
        (
            "alice, no tenant",
            server
                .get("/api/conversation/alice", ALICE)
                .header("x-minicom-tenant", "no such!"),
        ),
        (
            "alice, bad cursor",
            server.get("/api/conversation/alice?cursor=abc&limit=-1", BOB),
        ),
        ("no name", server.get("/api/conversation/a%20b", ALICE)),
        ("no UTF-8", server.get("/api/conversation/%ff", ALICE)),
        ("a path", server.get("/api/conversation/..%2f..%2fetc", ALICE)),
    ];
    let mut first = None;
    for (case, request) in requests {
        let response = request.send().await.unwrap();
        let mut headers = response.headers().clone();
        assert!(headers.remove("x-request-id").is_some());
        headers.remove("date");
        // How often the one who asks may ask still: it knows nothing of what there is.
        headers.remove("ratelimit");
        headers.remove("ratelimit-policy");
        let seen = (response.status(), headers, response.bytes().await.unwrap());
        assert_eq!(seen.0, 404, "{case}");
        let first = first.get_or_insert_with(|| seen.clone());
        assert_eq!(*first, seen, "{case}");
    }
    server.stop().await.unwrap();
}

#[tokio::test]
async fn pages_join_without_a_gap_or_a_repeat() {
    let server = Server::over(async |seed| {
        let alice = seed.customer("alice", ALICE).await;
        for n in 0..7 {
            seed.says(&alice, &format!("line {n}")).await;
        }
        seed.by_customer(&alice, CustomerCommand::RequestHuman {}).await;
    })
    .await;
    let (_, all) = answer(server.get("/api/conversation/alice?limit=200", ALICE)).await;
    let all = all["messages"].as_array().unwrap().clone();
    assert_eq!(all.len(), 8);
    for limit in 1..=9 {
        let mut joined: Vec<Value> = vec![];
        let mut path = format!("/api/conversation/alice?limit={limit}");
        loop {
            let (status, page) = answer(server.get(&path, ALICE)).await;
            assert_eq!(status, 200);
            let messages = page["messages"].as_array().unwrap();
            assert!((1..=limit).contains(&messages.len()));
            joined = [messages.clone(), joined].concat();
            let Some(cursor) = page["next_cursor"].as_str() else {
                break;
            };
            path = format!("/api/conversation/alice?limit={limit}&cursor={cursor}");
        }
        assert_eq!(joined, all, "limit {limit}");
    }
    server.stop().await.unwrap();
}

#[tokio::test]
async fn the_dashboard_has_every_conversation_open_ones_first() {
    let server = Server::over(async |seed| {
        seed.agent("bo@x.org", "Bo", Role::Agent).await;
        for n in 0..6 {
            let customer = seed
                .customer(&format!("customer{n}"), &format!("{n}").repeat(64).replace('0', "a"))
                .await;
            seed.says(&customer, "hello").await;
            if n % 2 == 0 {
                seed.by_customer(&customer, CustomerCommand::Close {}).await;
            }
        }
    })
    .await;
    let bo = server.login("bo@x.org").await;
    for limit in [1, 2, 3, 4, 6, 50] {
        let mut names = vec![];
        let mut path = format!("/api/agent/dashboard/?limit={limit}");
        loop {
            let (status, page) = answer(server.get(&path, &bo)).await;
            assert_eq!(status, 200, "{page}");
            let rows = page["conversations"].as_array().unwrap();
            assert!(rows.len() <= limit);
            names.extend(rows.iter().map(|it| it["customer_id"].as_str().unwrap().to_owned()));
            let Some(cursor) = page["next_cursor"].as_str() else {
                break;
            };
            path = format!("/api/agent/dashboard?limit={limit}&cursor={cursor}");
        }
        let expected = [
            "customer5",
            "customer3",
            "customer1",
            "customer4",
            "customer2",
            "customer0",
        ];
        assert_eq!(names, expected, "limit {limit}");
    }
    server.stop().await.unwrap();
}

#[tokio::test]
async fn limits_and_cursors_that_cannot_be_are_told() {
    let server = Server::over(story).await;
    let bo = server.login("bo@x.org").await;
    for query in ["limit=-1", "limit=0", "limit=201", "limit=1e9", "limit=abc"] {
        for path in ["/api/agent/dashboard", "/api/conversation/alice"] {
            let (status, body) = answer(server.get(&format!("{path}?{query}"), &bo)).await;
            assert_eq!((status, &body["code"]), (400, &json!("bad_field")), "{path}?{query}");
            assert!(body["message"].as_str().unwrap().contains("1 to 200"), "{body}");
        }
    }
    // A cursor of another thread answers as one that never was.
    let (_, bobs) = answer(server.get("/api/conversation/bob?limit=1", BOB)).await;
    let bobs = bobs["next_cursor"].as_str().unwrap();
    let (_, list) = answer(server.get("/api/agent/dashboard?limit=1", &bo)).await;
    let list = list["next_cursor"].as_str().unwrap();
    let mut bodies = vec![];
    for cursor in ["abc", "", "1.0123456789abcdef", "open.1.0123456789abcdef", bobs, list] {
        for (path, proof) in [
            ("/api/conversation/alice", ALICE),
            ("/api/agent/dashboard", bo.as_str()),
        ] {
            if (cursor, path) == (list, "/api/agent/dashboard") {
                continue;
            }
            let (status, mut body) = answer(server.get(&format!("{path}?cursor={cursor}"), proof)).await;
            assert_eq!(status, 400, "{path}?cursor={cursor}");
            assert!(body.as_object_mut().unwrap().remove("request_id").is_some());
            bodies.push(body);
        }
    }
    assert_eq!(bodies[0]["code"], "bad_cursor");
    bodies.dedup();
    assert_eq!(bodies.len(), 1);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn one_takes_over_and_the_other_is_told_who() {
    let server = Server::over(story).await;
    let (bo, eve) = (server.login("bo@x.org").await, server.login("eve@x.org").await);
    let take = |token: &str, name: &str| server.post("/api/agent/takeover", token, &json!({"customer_id": name}));
    let (status, mine) = answer(take(&bo, "bob")).await;
    assert_eq!(status, 200, "{mine}");
    assert_eq!(
        (&mine["status"], &mine["agent"], &mine["is_bot_active"]),
        (&json!("active"), &json!("Bo"), &json!(false))
    );
    let (status, refused) = answer(take(&eve, "bob")).await;
    assert_eq!((status, &refused["code"]), (409, &json!("taken_by")), "{refused}");
    assert_eq!(
        (&refused["agent"]["name"], &refused["retryable"]),
        (&json!("Bo"), &json!(false))
    );
    assert!(refused["request_id"].is_string());
    assert_eq!(
        answer(take(&bo, "bob")).await.0,
        200,
        "what is mine already is no error"
    );
    for nobody in ["nobody", "", "no name", "\u{1b}[2J"] {
        let (status, body) = answer(take(&bo, nobody)).await;
        assert_eq!((status, &body["code"]), (404, &json!("not_found")), "{nobody:?}");
    }
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_repeat_with_the_same_key_gets_the_same_answer() {
    let server = Server::over(async |seed| {
        story(seed).await;
        let carol = seed.customer("carol", &"c".repeat(64)).await;
        seed.says(&carol, "hello").await;
        seed.by_customer(&carol, CustomerCommand::Close {}).await;
    })
    .await;
    let bo = server.login("bo@x.org").await;
    let take = |name: &str, key: &str| {
        let request = server.post("/api/agent/takeover", &bo, &json!({"customer_id": name}));
        request.header("Idempotency-Key", key)
    };
    let first = answer(take("bob", "one")).await;
    assert_eq!(first.0, 200);
    assert_eq!(answer(take("bob", "one")).await, first);
    let (status, body) = answer(take("alice", "one")).await;
    assert_eq!((status, &body["code"]), (409, &json!("conflict")), "{body}");
    assert_eq!(answer(take("alice", "two")).await.0, 200);

    let (status, body) = answer(take("carol", "three")).await;
    assert_eq!((status, &body["code"]), (409, &json!("closed")));
    assert_eq!(answer(take("carol", "three")).await.1["code"], "closed");
    for bad in ["", &"k".repeat(256)] {
        let (status, body) = answer(take("bob", bad)).await;
        assert_eq!((status, &body["code"]), (400, &json!("bad_field")), "{bad:?}");
    }
    server.stop().await.unwrap();
}
