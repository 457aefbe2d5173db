//! The journal over HTTP: three forms of one feed, resumed from any of its cursors, ended with the sign-in and the server.

mod rig;

use std::time::Duration;

use minicom_protocol::people::Role;
use reqwest::{Method, Response};
use rig::{ALICE, PASSWORD, Server, answer};
use serde_json::{Value, json};

const EVENTS: &str = "/api/v1/chat/events";

async fn filled() -> Server {
    Server::over(async |seed| {
        seed.agent("bo@x.org", "Bo", Role::Agent).await;
        let alice = seed.customer("alice", ALICE).await;
        for text in ["one", "two", "three"] {
            seed.says(&alice, text).await;
        }
    })
    .await
}

/// A body that comes bit by bit.
struct Body {
    response: Response,
    rest: String,
}

impl Body {
    fn of(response: Response) -> Body {
        assert_eq!(response.status(), 200);
        Body {
            response,
            rest: String::new(),
        }
    }

    /// What comes up to the next `end`; `None` when the body is over.
    async fn part(&mut self, end: &str) -> Option<String> {
        loop {
            if let Some((part, rest)) = self.rest.split_once(end) {
                let part = part.to_owned();
                self.rest = rest.to_owned();
                return Some(part);
            }
            let more = tokio::time::timeout(Duration::from_secs(20), self.response.chunk()).await;
            match more.expect("something comes") {
                Ok(Some(bytes)) => self.rest.push_str(std::str::from_utf8(&bytes).unwrap()),
                _ => return None,
            }
        }
    }

    async fn line(&mut self) -> Option<Value> {
        let line = self.part("\n").await?;
        Some(serde_json::from_str(&line).unwrap())
    }
}

async fn lines(server: &Server, query: &str) -> Vec<Value> {
    let response = server
        .get(&format!("{EVENTS}{query}"), &server.token)
        .send()
        .await
        .unwrap();
    assert_eq!(response.headers()["content-type"], "application/x-ndjson");
    let mut body = Body::of(response);
    let mut lines = vec![];
    while let Some(line) = body.line().await {
        lines.push(line);
    }
    lines
}

fn cursor(line: &Value) -> String {
    line["cursor"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_feed_goes_on_from_each_of_its_cursors_in_every_form() {
    let server = filled().await;
    let all = lines(&server, "?since=0").await;
    let (last, told) = all.split_last().unwrap();
    assert!(told.len() > 4 && last.get("event").is_none());
    assert_eq!(cursor(last), cursor(told.last().unwrap()));
    for (at, line) in told.iter().enumerate() {
        let (rev, mark) = (at as u64 + 1, line["event"]["mark"].as_str().unwrap());
        assert_eq!(line["event"]["rev"], rev, "dense, in order");
        assert_eq!(cursor(line), format!("{rev}.{mark}"));
        assert_eq!(lines(&server, &format!("?since={}", cursor(line))).await, all[at + 1..]);

        let path = format!("{EVENTS}?since=0");
        let request = server.get(&path, &server.token).header("accept", "text/event-stream");
        let response = request.header("last-event-id", cursor(line)).send().await.unwrap();
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        let mut body = Body::of(response);
        for wanted in &told[at + 1..] {
            let part = body.part("\n\n").await.unwrap();
            let fields: Vec<_> = part.split('\n').map(|line| line.split_once(": ").unwrap()).collect();
            assert_eq!(fields[0], ("id", cursor(wanted).as_str()));
            assert_eq!(fields[1], ("event", wanted["event"]["kind"].as_str().unwrap()));
            let data: Value = serde_json::from_str(fields[2].1).unwrap();
            assert_eq!((fields[2].0, &data), ("data", &wanted["event"]));
        }

        let path = format!("{EVENTS}?wait=0&since={}", cursor(line));
        let (_, polled) = answer(server.get(&path, &server.token)).await;
        assert_eq!(polled["events"].as_array().unwrap().as_slice(), &told[at + 1..]);
        assert_eq!(polled["cursor"], last["cursor"]);
    }
    // Without a cursor: from now on.
    assert_eq!(lines(&server, "").await, std::slice::from_ref(last));
    server.stop().await.unwrap();
}

#[tokio::test]
async fn what_is_not_wanted_is_passed_over_and_the_cursor_goes_on() {
    let server = filled().await;
    let all = lines(&server, "?since=0").await;
    let kinds = "chat.session.started,chat.message.new";
    let some = lines(&server, &format!("?since=0&kinds={kinds}")).await;
    let is_wanted = |line: &&Value| kinds.contains(line["event"]["kind"].as_str().unwrap_or("(none)"));
    let (last, told) = some.split_last().unwrap();
    let wanted: Vec<_> = all.iter().filter(is_wanted).cloned().collect();
    assert_eq!((told, last), (wanted.as_slice(), all.last().unwrap()));
    assert!(told.len() < all.len() - 1 && told.len() > 3);
    // A poll that finds nothing still moves on.
    let path = format!("{EVENTS}?wait=0&since=0&kinds=desk.settings");
    let (_, polled) = answer(server.get(&path, &server.token)).await;
    assert_eq!((&polled["events"], &polled["cursor"]), (&json!([]), &last["cursor"]));
    server.stop().await.unwrap();
}

#[tokio::test]
async fn what_cannot_be_followed_says_why() {
    let server = filled().await;
    let newest = cursor(lines(&server, "").await.last().unwrap());
    for (query, status, code) in [
        ("since=2.0000000000000000", 410, "reset"),
        ("since=99999.0123456789abcdef", 410, "reset"),
        ("since=0.0123456789abcdef", 410, "reset"),
        ("since=2", 400, "bad_cursor"),
        ("since=", 400, "bad_cursor"),
        ("kinds=chat.nothing", 400, "bad_field"),
        ("kinds=", 400, "bad_field"),
        ("wait=26", 400, "bad_field"),
        ("wait=-1", 400, "bad_field"),
        ("follow=maybe", 400, "bad_field"),
    ] {
        for accept in ["*/*", "text/event-stream"] {
            let path = format!("{EVENTS}?{query}");
            let request = server.get(&path, &server.token).header("accept", accept);
            let (got, body) = answer(request).await;
            assert_eq!((got, &body["code"]), (status, &json!(code)), "{query}: {body}");
            if code == "reset" {
                assert_eq!(body["cursor"], newest.as_str());
            }
        }
    }
    assert_eq!(answer(server.get(EVENTS, "mca_no")).await.0, 401);
    assert_eq!(answer(server.get(EVENTS, ALICE)).await.0, 401);
    server.stop().await.unwrap();
}

async fn follow(server: &Server, token: &str) -> Body {
    let path = format!("{EVENTS}?follow=true&since=0");
    Body::of(server.get(&path, token).send().await.unwrap())
}

#[tokio::test]
async fn a_feed_goes_on_live_and_ends_with_the_sign_in() {
    let server = filled().await;
    let token = server.login("bo@x.org").await;
    let head = lines(&server, "").await[0]["cursor"].clone();
    let mut body = follow(&server, &token).await;
    while body.line().await.unwrap()["cursor"] != head {}
    let new = json!({"email": "cy@x.org", "name": "Cy", "password": PASSWORD});
    assert_eq!(answer(server.post("/api/agents", &server.token, &new)).await.0, 201);
    let line = body.line().await.unwrap();
    assert_eq!(line["event"]["kind"], "agent.changed");

    let disabled = json!({"enabled": false});
    let change = server
        .bare(Method::PATCH, "/api/agents/bo@x.org")
        .bearer_auth(&server.token);
    assert_eq!(answer(change.json(&disabled)).await.0, 200);
    let mut end = Value::Null;
    while let Some(line) = body.line().await {
        end = line;
    }
    assert_eq!(
        (&end["end"]["code"], &end["end"]["retryable"]),
        (&json!("sign_in"), &json!(false))
    );
    assert_eq!(answer(server.get(EVENTS, &token)).await.0, 401);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_feed_in_which_something_is_always_told_ends_with_its_token() {
    let server = filled().await;
    let token = server.login("bo@x.org").await;
    let conn = rusqlite::Connection::open(server.data().join("minicom.db")).unwrap();
    conn.busy_timeout(Duration::from_secs(10)).unwrap();
    let soon = "UPDATE agent_tokens SET expires_at = unixepoch() * 1000000 + 3000000
         WHERE agent = (SELECT id FROM agents WHERE email = 'bo@x.org')";
    assert_eq!(conn.execute(soon, []).unwrap(), 1);
    let mut body = follow(&server, &token).await;
    let happens = async {
        for n in 0.. {
            let new = json!({"name": format!("Bo {n}")});
            let change = server
                .bare(Method::PATCH, "/api/agents/bo@x.org")
                .bearer_auth(&server.token);
            assert_eq!(answer(change.json(&new)).await.0, 200);
        }
    };
    let ends = async {
        loop {
            let line = body.line().await.expect("it says why it ends");
            if line.get("end").is_some() {
                return line;
            }
        }
    };
    let ended = async {
        tokio::select! {
            end = ends => end,
            () = happens => unreachable!("it goes on for ever"),
        }
    };
    let end = tokio::time::timeout(Duration::from_secs(30), ended).await;
    assert_eq!(end.expect("it ends")["end"]["code"], "sign_in");
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_long_poll_is_answered_by_what_happens() {
    let server = filled().await;
    let path = format!("{EVENTS}?wait=20&kinds=agent.changed&since=0");
    let (_, first) = answer(server.get(&path, &server.token)).await;
    let since = first["cursor"].as_str().unwrap();
    let path = format!("{EVENTS}?wait=20&kinds=agent.changed&since={since}");
    let new = json!({"email": "cy@x.org", "name": "Cy", "password": PASSWORD});
    let (polled, made) = tokio::join!(
        answer(server.get(&path, &server.token)),
        answer(server.post("/api/agents", &server.token, &new))
    );
    assert_eq!(made.0, 201);
    assert_eq!(polled.1["events"][0]["event"]["data"]["agent"]["name"], "Cy");
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_stopping_server_says_when_to_come_again() {
    let server = filled().await;
    let mut body = follow(&server, &server.token).await;
    body.line().await.unwrap();
    let reading = tokio::spawn(async move {
        let mut end = Value::Null;
        while let Some(line) = body.line().await {
            end = line;
        }
        end
    });
    server.stop().await.unwrap();
    let end = reading.await.unwrap();
    assert_eq!(
        (&end["end"]["code"], &end["end"]["retryable"]),
        (&json!("stopping"), &json!(true))
    );
    assert!(end["end"]["retry_after_ms"].is_u64() && end["cursor"].is_string());
}

#[tokio::test]
async fn one_token_has_so_many_feeds() {
    let server = filled().await;
    let mut open = vec![];
    for _ in 0..minicom_server::limits::EVENT_FEEDS_PER_TOKEN_MAX {
        let mut body = follow(&server, &server.token).await;
        body.line().await.unwrap();
        open.push(body);
    }
    let (status, refused) = answer(server.get(EVENTS, &server.token)).await;
    assert_eq!((status, &refused["code"]), (429, &json!("rate_limited")), "{refused}");
    let other = server.login("bo@x.org").await;
    assert_eq!(server.get(EVENTS, &other).send().await.unwrap().status(), 200);
    drop(open);
    let free = async {
        while answer(server.get(EVENTS, &server.token)).await.0 != 200 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), free).await.unwrap();
    server.stop().await.unwrap();
}
