//! A clock that somebody sets back, and forward again, under a server that runs: what was said stays in order and whoever is in stays in.
//! The one test of its process, whose clock it sets.

mod rig;

use minicom_protocol::people::Role;
use minicom_server::clock;
use reqwest::Method;
use rig::{Server, answer};
use serde_json::{Value, json};

const BASE: &str = "/api/v1/chat";
const DAY: i32 = 24 * 60 * 60;

#[tokio::test]
async fn order_and_sign_ins_do_not_depend_on_the_clock() {
    let server = Server::over(async |seed| {
        seed.agent("bo@x.org", "Bo", Role::Agent).await;
    })
    .await;
    let bo = server.login("bo@x.org").await;
    let start = server.bare(Method::POST, &format!("{BASE}/public/start"));
    let (status, session) = answer(start.json(&json!({"message": "0"}))).await;
    assert_eq!(status, 201, "{session}");
    let id = session["session_id"].as_str().unwrap().to_owned();
    let key = session["session_key"].as_str().unwrap().to_owned();
    let says = async |text: &str| {
        let body = json!({"session_id": id, "message": text});
        answer(server.post(&format!("{BASE}/public/message"), &key, &body))
            .await
            .0
    };
    let does = async |path: &str, body: Value| {
        let path = format!("{BASE}/sessions/{id}/{path}");
        answer(server.post(&path, &bo, &body)).await.0
    };

    assert_eq!(does("accept", json!({})).await, 200);
    // A year back, forward again and beyond, and back.
    let clocks = [-365 * DAY, 0, 3600, -DAY];
    for (n, seconds) in clocks.into_iter().enumerate() {
        clock::set_off(seconds);
        assert_eq!(says(&format!("{}", 2 * n + 1)).await, 201, "{seconds}");
        assert_eq!(
            does("messages", json!({"message": format!("{}", 2 * n + 2)})).await,
            201,
            "{seconds}"
        );
        // Whoever comes now comes in too.
        assert!(!server.login("bo@x.org").await.is_empty());
        // A key that was used before the clock was set is the same key.
        let request = || {
            let request = server.post(
                &format!("{BASE}/sessions/{id}/tags"),
                &bo,
                &json!({"add": [format!("t{n}")]}),
            );
            answer(request.header("idempotency-key", format!("key {n}")))
        };
        let first = request().await;
        clock::set_off(seconds - DAY);
        assert_eq!(request().await, first, "{seconds}");
    }
    let path = format!("{BASE}/sessions/{id}/messages?limit=200");
    let (_, told) = answer(server.get(&path, &bo)).await;
    let people = |it: &&Value| it["sender"] != "bot" && it["sender_type"] != "bot";
    let texts = told["messages"].as_array().unwrap().iter().filter(people);
    let mut numbers: Vec<u32> = texts.filter_map(|it| it["content"].as_str()?.parse().ok()).collect();
    // Pages are newest first or oldest first: what matters is that no two have changed places.
    if numbers.first() > numbers.last() {
        numbers.reverse();
    }
    assert_eq!(numbers, (0..=8).collect::<Vec<_>>(), "{told}");
    clock::set_off(0);
    let (status, ready) = answer(server.get("/readyz", &server.token)).await;
    assert_eq!(status, 200, "{ready}");
    server.stop().await.unwrap();
}
