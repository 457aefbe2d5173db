//! Settings, hours, groups, saved replies and articles over the HTTP API: each documented body.

mod rig;

use minicom_protocol::people::Role;
use reqwest::Method;
use rig::{ALICE, Seed, Server, answer};
use serde_json::{Value, json};

const BASE: &str = "/api/v1/chat";

struct Desk {
    server: Server,
    bo: String,
}

impl Desk {
    async fn open() -> Desk {
        let server = Server::over(async |seed: &Seed| {
            seed.agent("bo@x.org", "Bo", Role::Agent).await;
            seed.agent("eve@x.org", "Eve", Role::Agent).await;
            let alice = seed.customer("alice", ALICE).await;
            seed.says(&alice, "where is it?").await;
        })
        .await;
        let bo = server.login("bo@x.org").await;
        Desk { server, bo }
    }

    async fn ask(&self, by: &str, method: Method, path: &str, body: Value) -> (u16, Value) {
        let request = self.server.bare(method, &format!("{BASE}/{path}")).bearer_auth(by);
        answer(request.json(&body)).await
    }

    async fn get(&self, path: &str) -> Value {
        let (status, body) = answer(self.server.get(&format!("{BASE}/{path}"), &self.bo)).await;
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    async fn bo(&self, method: Method, path: &str, body: Value) -> (u16, Value) {
        self.ask(&self.bo, method, path, body).await
    }

    async fn admin(&self, method: Method, path: &str, body: Value) -> (u16, Value) {
        self.ask(&self.server.token, method, path, body).await
    }
}

fn code(answer: &(u16, Value)) -> (u16, &str) {
    (answer.0, answer.1["code"].as_str().unwrap_or_default())
}

#[tokio::test]
async fn settings_are_read_by_all_and_merged_or_replaced_by_admins() {
    let desk = Desk::open().await;
    assert_eq!(desk.get("settings").await["name"], "Support");
    let refused = desk.bo(Method::PATCH, "settings", json!({"name": "Mine"})).await;
    assert_eq!(code(&refused), (403, "forbidden"));
    let (_, merged) = desk
        .admin(Method::PATCH, "settings", json!({"name": "Shop", "capacity": 3}))
        .await;
    assert_eq!(
        (&merged["name"], &merged["capacity"], &merged["ageing_min"]),
        (&json!("Shop"), &json!(3), &json!(10))
    );
    let (_, merged) = desk
        .admin(Method::PATCH, "settings", json!({"capacity": null, "ageing_min": 7}))
        .await;
    assert_eq!(
        (&merged["name"], merged.get("capacity"), &merged["ageing_min"]),
        (&json!("Shop"), None, &json!(7))
    );
    let (_, put) = desk.admin(Method::PUT, "settings", json!({"subtitle": "Here"})).await;
    assert_eq!(
        (&put["name"], &put["subtitle"], &put["ageing_min"]),
        (&json!("Support"), &json!("Here"), &json!(10))
    );
    for bad in [
        json!({"nmae": "x"}),
        json!({"name": ""}),
        json!({"colour": "blue"}),
        json!({"capacity": -1}),
        json!({"hours": {"zone": "Mars/Olympus", "week": {}}}),
        json!([1]),
    ] {
        let refused = desk.admin(Method::PATCH, "settings", bad.clone()).await;
        assert_eq!(code(&refused), (400, "bad_field"), "{bad}");
    }
    assert_eq!(desk.get("settings").await, put);
    desk.server.stop().await.unwrap();
}

#[tokio::test]
async fn hours_are_a_part_of_the_settings() {
    let desk = Desk::open().await;
    assert_eq!(desk.get("hours").await, json!({"hours": null}));
    let chosen = json!({"hours": {"zone": "Europe/Berlin", "week": {"mon": ["09:00-17:00"]}}});
    let (status, hours) = desk.admin(Method::PUT, "hours", chosen).await;
    assert_eq!((status, &hours["hours"]["zone"]), (200, &json!("Europe/Berlin")));
    assert_eq!(desk.get("hours").await, hours);
    assert_eq!(desk.get("settings").await["hours"], hours["hours"]);
    assert_eq!(
        desk.admin(Method::PUT, "hours", json!({"hours": null})).await.1,
        json!({"hours": null})
    );
    desk.server.stop().await.unwrap();
}

#[tokio::test]
async fn groups_are_made_by_admins() {
    let desk = Desk::open().await;
    let bo = desk.get("agents/me/workload").await["agent"]["id"].clone();
    let body = json!({"name": "billing", "members": [bo], "skills": ["invoices"]});
    assert_eq!(
        code(&desk.bo(Method::POST, "groups", body.clone()).await),
        (403, "forbidden")
    );
    let (status, made) = desk.admin(Method::POST, "groups", body.clone()).await;
    assert_eq!(
        (status, &made["name"], &made["members"], &made["skills"]),
        (201, &json!("billing"), &json!([bo]), &json!(["invoices"]))
    );
    assert_eq!(code(&desk.admin(Method::POST, "groups", body).await), (409, "exists"));
    let id = made["id"].as_str().unwrap();
    let (_, changed) = desk
        .admin(Method::PATCH, &format!("groups/{id}"), json!({"members": []}))
        .await;
    assert_eq!(
        (&changed["members"], &changed["skills"]),
        (&json!([]), &json!(["invoices"]))
    );
    assert_eq!(desk.get("groups").await["groups"], json!([changed]));
    assert_eq!(desk.get(&format!("groups/{id}")).await, changed);
    assert_eq!(
        desk.admin(Method::DELETE, &format!("groups/{id}"), json!({})).await.0,
        204
    );
    assert_eq!(
        code(&desk.admin(Method::DELETE, &format!("groups/{id}"), json!({})).await),
        (404, "not_found")
    );
    desk.server.stop().await.unwrap();
}

#[tokio::test]
async fn saved_replies_are_made_found_used_and_deleted() {
    let desk = Desk::open().await;
    let body = json!({
        "code": "late", "title": "Parcel is late", "content": "Hello {{customer_name}}!",
        "actions": [{"act": "tag", "tag": "parcel"}, {"act": "priority", "priority": "high"}]
    });
    let (status, made) = desk.bo(Method::POST, "canned-responses", body.clone()).await;
    assert_eq!(
        (status, &made["code"], &made["own"], &made["uses"]),
        (201, &json!("late"), &json!(false), &json!(0))
    );
    assert_eq!(made["actions"], body["actions"]);
    assert_eq!(
        code(&desk.bo(Method::POST, "canned-responses", body).await),
        (409, "exists")
    );
    // What is wrong with its text is said of the field that has it.
    for (content, refusal) in [
        ("x".repeat(16_385), "bad_field"),
        ("{{nobody_knows}}".to_owned(), "bad_field"),
        (" ".to_owned(), "empty_message"),
        ("a\0b".to_owned(), "bad_text"),
    ] {
        let body = json!({"code": "wrong", "content": content});
        let refused = desk.bo(Method::POST, "canned-responses", body).await;
        assert_eq!(code(&refused), (400, refusal));
        assert_eq!(refused.1["field"], "content", "{}", refused.1);
    }
    let own = json!({"shortcut": "bye", "text": "Bye.", "own": true});
    let (_, own) = desk.bo(Method::POST, "canned-responses", own).await;
    assert_eq!((&own["own"], &own["title"]), (&json!(true), &json!("bye")));
    let eve = desk.server.login("eve@x.org").await;
    let theirs = format!("canned-responses/{}", own["id"].as_str().unwrap());
    for method in [Method::GET, Method::PATCH, Method::DELETE] {
        let refused = desk.ask(&eve, method.clone(), &theirs, json!({})).await;
        assert_eq!(code(&refused), (404, "not_found"), "{method}");
    }
    let first = desk.get("canned-responses?limit=1").await;
    assert_eq!(first["canned_responses"][0]["code"], "bye");
    let next = first["next_cursor"].as_str().unwrap();
    let second = desk.get(&format!("canned-responses?limit=1&cursor={next}")).await;
    assert_eq!(
        (&second["canned_responses"][0]["code"], &second["next_cursor"]),
        (&json!("late"), &Value::Null)
    );
    assert_eq!(
        desk.get("canned-responses?query=parcel").await["canned_responses"][0]["code"],
        "late"
    );
    let id = made["id"].as_str().unwrap();
    let path = format!("canned-responses/{id}");
    let (_, changed) = desk
        .bo(Method::PATCH, &path, json!({"content": "Dear {{customer_name}},"}))
        .await;
    assert_eq!(
        (&changed["content"], &changed["title"]),
        (&json!("Dear {{customer_name}},"), &json!("Parcel is late"))
    );
    let session = desk.get("sessions").await["sessions"][0]["session_id"].clone();
    let used = json!({"session_id": session, "canned_response_id": id, "take_over": true});
    let once = async || {
        let request = desk
            .server
            .bare(Method::POST, &format!("{BASE}/messages"))
            .bearer_auth(&desk.bo);
        answer(request.header("idempotency-key", "once").json(&used)).await
    };
    let (status, line) = once().await;
    assert_eq!((status, &line["content"]), (201, &json!("Dear alice,")));
    let row = desk.get(&format!("sessions/{}", session.as_str().unwrap())).await;
    assert_eq!((&row["tags"], &row["priority"]), (&json!(["parcel"]), &json!("high")));
    assert_eq!(desk.get(&path).await["uses"], 1);
    assert_eq!(desk.bo(Method::DELETE, &path, json!({})).await.0, 204);
    assert_eq!(
        code(&desk.bo(Method::DELETE, &path, json!({})).await),
        (404, "not_found")
    );
    assert_eq!(
        once().await,
        (201, line),
        "it was sent, whatever became of its words since"
    );
    desk.server.stop().await.unwrap();
}

#[tokio::test]
async fn articles_are_made_found_sent_and_deleted() {
    let desk = Desk::open().await;
    let body = json!({"id": "refunds", "title": "Refunds", "content": "We pay **back**.", "tags": ["money"], "published": true});
    let (status, made) = desk.bo(Method::POST, "articles", body.clone()).await;
    assert_eq!(
        (status, &made["id"], &made["content"]),
        (201, &json!("refunds"), &json!("We pay **back**."))
    );
    assert_eq!(made["updated_by"]["name"], "Bo");
    assert_eq!(code(&desk.bo(Method::POST, "articles", body).await), (409, "exists"));
    let draft = json!({"slug": "draft", "title": "Draft", "body": "x"});
    assert_eq!(desk.bo(Method::POST, "articles", draft).await.1["published"], false);
    assert_eq!(desk.get("articles").await["articles"].as_array().unwrap().len(), 2);
    let first = desk.get("articles?limit=1").await;
    let next = first["next_cursor"].as_str().unwrap();
    let second = desk.get(&format!("articles?limit=1&cursor={next}")).await;
    assert_eq!(
        (&first["articles"][0]["id"], &second["articles"][0]["id"]),
        (&json!("draft"), &json!("refunds"))
    );
    assert_eq!(desk.get("articles?query=money").await["articles"][0]["id"], "refunds");
    let (_, changed) = desk
        .bo(Method::PATCH, "articles/refunds", json!({"title": "Money back"}))
        .await;
    assert_eq!(
        (&changed["title"], &changed["content"]),
        (&json!("Money back"), &json!("We pay **back**."))
    );
    let session = desk.get("sessions").await["sessions"][0]["session_id"].clone();
    let sent = json!({"session_id": session, "type": "kb_article", "kb_article_id": "refunds", "take_over": true});
    let (status, line) = desk.bo(Method::POST, "messages", sent).await;
    assert_eq!(
        (status, &line["type"], &line["kb_article_id"]),
        (201, &json!("kb_article"), &json!("refunds"))
    );
    assert!(line["content"].as_str().unwrap().starts_with("Money back"), "{line}");
    let draft = json!({"session_id": session, "type": "kb_article", "kb_article_id": "draft", "message": "x"});
    assert_eq!(
        code(&desk.bo(Method::POST, "messages", draft).await),
        (404, "not_found")
    );
    assert_eq!(desk.bo(Method::DELETE, "articles/refunds", json!({})).await.0, 204);
    assert_eq!(
        code(&desk.bo(Method::DELETE, "articles/refunds", json!({})).await),
        (404, "not_found")
    );
    desk.server.stop().await.unwrap();
}

#[tokio::test]
async fn what_is_made_is_made_once_for_each_key_and_caller() {
    let desk = Desk::open().await;
    let eve = desk.server.login("eve@x.org").await;
    let make = |by: String, path: &str, body: Value| {
        let request = desk.server.post(&format!("{BASE}/{path}"), &by, &body);
        answer(request.header("Idempotency-Key", "the same key"))
    };
    let body = json!({"code": "late", "content": "x", "own": true});
    let first = make(desk.bo.clone(), "canned-responses", body.clone()).await;
    assert_eq!(make(desk.bo.clone(), "canned-responses", body.clone()).await, first);
    let hers = make(eve, "canned-responses", body).await;
    assert!(hers.0 == 201 && hers.1["id"] != first.1["id"], "{hers:?}");
    let article = json!({"id": "a", "title": "A", "content": "x"});
    let other = make(desk.bo.clone(), "articles", article).await;
    assert_eq!(code(&other), (409, "conflict"), "the key was used for something else");
    desk.server.stop().await.unwrap();
}

#[tokio::test]
async fn a_place_in_one_list_is_none_in_another() {
    let desk = Desk::open().await;
    for code in ["a", "b"] {
        let body = json!({"code": code, "content": "x"});
        assert_eq!(desk.bo(Method::POST, "canned-responses", body).await.0, 201);
    }
    let next = desk.get("canned-responses?limit=1").await["next_cursor"]
        .as_str()
        .unwrap()
        .to_owned();
    for list in ["articles", "tickets", "mentions", "sessions", "sessions"] {
        let path = format!("{BASE}/{list}?cursor={next}");
        assert_eq!(
            code(&answer(desk.server.get(&path, &desk.bo)).await),
            (400, "bad_cursor"),
            "{list}"
        );
    }
    desk.server.stop().await.unwrap();
}

/// What bo did with alice's conversation: took it, answered, noted and ended it. Its id.
async fn served(desk: &Desk) -> String {
    let found = desk.get("sessions").await;
    let id = found["sessions"][0]["session_id"].as_str().unwrap().to_owned();
    for (path, body) in [
        ("accept", json!({})),
        ("subject", json!({"subject": "=1+1 parcel"})),
        ("tags", json!({"add": ["vip"]})),
        ("messages", json!({"content": "It is <b>on</b> its way."})),
        ("notes", json!({"content": "A difficult one"})),
        ("close", json!({})),
    ] {
        let done = desk.bo(Method::POST, &format!("sessions/{id}/{path}"), body).await;
        assert!(done.0 < 300, "{path}: {done:?}");
    }
    id
}

/// The body of an answer that is no JSON.
async fn text(desk: &Desk, by: &str, path: &str) -> (u16, String) {
    let request = desk.server.bare(Method::GET, &format!("{BASE}/{path}")).bearer_auth(by);
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

#[tokio::test]
async fn what_happens_is_counted_for_whoever_may_see_it() {
    let desk = Desk::open().await;
    served(&desk).await;
    while desk.get("statistics").await["behind"] != 0 {}
    let told = desk.get("statistics?range=today&by=agent").await;
    let totals = &told["totals"];
    assert_eq!((&totals["opened"], &totals["closed"]), (&json!(1), &json!(1)), "{told}");
    assert_eq!((&totals["lines"]["agent"], &totals["taken"]), (&json!(1), &json!(1)));
    assert_eq!(totals["first_response"]["count"], 1);
    assert_eq!(
        (&told["mine"]["closed"], &told["now"]["waiting"]),
        (&json!(1), &json!(0))
    );
    assert_eq!(told["rows"].as_array().unwrap().len(), 1);
    assert_eq!(told["rows"][0]["name"], "Bo");

    let eve = desk.server.login("eve@x.org").await;
    let (_, hers) = desk.ask(&eve, Method::GET, "statistics?by=agent", json!({})).await;
    assert_eq!(
        (&hers["rows"], &hers["totals"]["closed"]),
        (&json!([]), &json!(1)),
        "the own row alone"
    );
    for by in ["group", "tag"] {
        let refused = desk
            .ask(&eve, Method::GET, &format!("statistics?by={by}"), json!({}))
            .await;
        assert_eq!(code(&refused), (403, "forbidden"));
    }
    let (_, all) = desk.admin(Method::GET, "statistics?by=tag", json!({})).await;
    assert_eq!(
        (&all["rows"][0]["key"], &all["rows"][0]["figures"]["closed"]),
        (&json!("vip"), &json!(1))
    );
    for bad in ["statistics?range=8d", "statistics?by=moon", "statistics?format=xml"] {
        assert_eq!(desk.admin(Method::GET, bad, json!({})).await.0, 400, "{bad}");
    }
    let (status, csv) = text(&desk, &desk.server.token, "statistics?by=agent&format=csv").await;
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!((status, lines.len()), (200, 2), "{csv}");
    assert!(
        lines[0].starts_with("key,name,opened,closed,") && lines[1].contains(",Bo,0,1,"),
        "{csv}"
    );
}

#[tokio::test]
async fn a_report_has_a_row_for_each_conversation_and_no_formula() {
    let desk = Desk::open().await;
    let id = served(&desk).await;
    while desk.get("statistics").await["behind"] != 0 {}
    for (by, rows) in [
        (&desk.bo, 1),
        (&desk.server.token, 1),
        (&desk.server.login("eve@x.org").await, 0),
    ] {
        let (status, csv) = text(&desk, by, "reports/conversations.csv?range=7d").await;
        assert_eq!((status, csv.lines().count()), (200, 1 + rows), "{csv}");
        if rows > 0 {
            let row = csv.lines().nth(1).unwrap();
            assert!(
                row.starts_with(&id) && row.contains(",'=1+1 parcel,") && row.contains(",Bo,"),
                "{row}"
            );
        }
    }
}

#[tokio::test]
async fn a_transcript_has_all_that_its_reader_may_see() {
    let desk = Desk::open().await;
    let id = served(&desk).await;
    let path = |query: &str| format!("sessions/{id}/transcript{query}");
    let (status, plain) = text(&desk, &desk.bo, &path("")).await;
    assert_eq!(status, 200);
    assert!(plain.starts_with("Chat 1 with alice\n"), "{plain}");
    assert!(
        plain.contains("alice: where is it?") && plain.contains("Bo: It is <b>on</b> its way."),
        "{plain}"
    );
    assert!(!plain.contains("A difficult one"));
    let (_, noted) = text(&desk, &desk.bo, &path("?format=markdown&notes=true")).await;
    assert!(
        noted.contains("# Chat 1 with alice") && noted.contains("    A difficult one"),
        "{noted}"
    );
    let (_, told) = text(&desk, &desk.bo, &path("?format=json&notes=true")).await;
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told["session"]["session_id"], json!(id));
    assert!(
        told["messages"]
            .as_array()
            .unwrap()
            .iter()
            .any(|it| it["note"]["content"] == "A difficult one")
    );

    let public = format!("public/session/{id}/transcript?format=json");
    let (status, theirs) = text(&desk, ALICE, &public).await;
    assert_eq!(status, 200, "{theirs}");
    let theirs: Value = serde_json::from_str(&theirs).unwrap();
    assert!(!theirs.to_string().contains("difficult") && theirs.to_string().contains("on</b> its way"));
    assert_eq!(text(&desk, "nobody", &public).await.0, 404);
}
