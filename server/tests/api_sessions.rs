//! Conversations over the HTTP API: each documented body, under the sources' names.

mod rig;

use minicom_protocol::{
    command::{AgentCommand, CustomerCommand},
    intake::{Intake, Introduction, Priority},
    people::Role,
    words::{Email, Skill, SubjectLine},
};
use reqwest::Method;
use rig::{ALICE, BOB, Seed, Server, answer};
use serde_json::{Value, json};

const BASE: &str = "/api/v1/chat";

/// Bo and Eve answer; alice waits, urgently and for French; bob waits too; carol's conversation has ended.
async fn story(seed: &Seed) {
    let bo = seed.agent("bo@x.org", "Bo", Role::Agent).await;
    seed.agent("eve@x.org", "Eve", Role::Agent).await;
    let alice = seed.customer("alice", ALICE).await;
    let bob = seed.customer("bob", BOB).await;
    let carol = seed.customer("carol", &ALICE.replace('a', "c")).await;
    let start = CustomerCommand::Start {
        intake: Intake {
            subject: Some(SubjectLine::parse("Late parcel").unwrap()),
            priority: Priority::Urgent,
            skills: vec![Skill::parse("orders").unwrap()],
            channel: "web".to_owned(),
            ..Intake::default()
        },
        introduction: Introduction {
            name: Some(SubjectLine::parse("Alice Smith").unwrap()),
            email: Some(Email::parse("alice@x.org").unwrap()),
        },
        answers: vec![],
    };
    seed.says(&carol, "hello").await;
    let hers = seed.newest(&carol).await.conversation;
    seed.by_agent(&bo, AgentCommand::TakeOver { conversation: hers })
        .await
        .unwrap();
    seed.by_customer(&carol, CustomerCommand::Close {}).await;
    seed.says(&bob, "human please").await;
    seed.by_customer(&bob, CustomerCommand::RequestHuman {}).await;
    seed.by_customer(&alice, start).await;
    seed.says(&alice, "where is it?").await;
    seed.by_customer(&alice, CustomerCommand::RequestHuman {}).await;
}

struct Desk {
    server: Server,
    bo: String,
    eve: String,
}

impl Desk {
    async fn open() -> Desk {
        let server = Server::over(story).await;
        let (bo, eve) = (server.login("bo@x.org").await, server.login("eve@x.org").await);
        // Only who knows the orders may take alice.
        Desk { server, bo, eve }
    }

    async fn get(&self, path: &str) -> Value {
        let (status, body) = answer(self.server.get(&format!("{BASE}/{path}"), &self.bo)).await;
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    async fn ask(&self, method: Method, path: &str, body: Value) -> (u16, Value) {
        let request = self
            .server
            .bare(method, &format!("{BASE}/{path}"))
            .bearer_auth(&self.bo);
        answer(request.json(&body)).await
    }

    async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        self.ask(Method::POST, path, body).await
    }

    async fn ok(&self, path: &str, body: Value) -> Value {
        let (status, answer) = self.post(path, body).await;
        assert!(matches!(status, 200 | 201), "{path}: {status} {answer}");
        answer
    }

    /// The conversation of a customer.
    async fn of(&self, name: &str) -> String {
        let all = self.get("sessions").await;
        let found = all["sessions"]
            .as_array()
            .unwrap()
            .iter()
            .find(|it| it["customer_id"] == name);
        found.unwrap()["session_id"].as_str().unwrap().to_owned()
    }

    async fn names(&self, path: &str) -> Vec<String> {
        let body = self.get(path).await;
        let rows = body["sessions"].as_array().unwrap().iter();
        rows.map(|it| it["customer_id"].as_str().unwrap().to_owned()).collect()
    }
}

fn code(answer: &(u16, Value)) -> (u16, &str) {
    (answer.0, answer.1["code"].as_str().unwrap_or_default())
}

#[tokio::test]
async fn a_session_has_the_sources_names() {
    let desk = Desk::open().await;
    let id = desk.of("alice").await;
    let it = desk.get(&format!("sessions/{id}")).await;
    for (field, wanted) in [
        ("session_id", json!(id)),
        ("status", json!("pending")),
        ("stage", json!("waiting")),
        ("is_bot_active", json!(false)),
        ("customer_id", json!("alice")),
        ("customer_name", json!("Alice Smith")),
        ("customer_email", json!("alice@x.org")),
        ("channel", json!("web")),
        ("subject", json!("Late parcel")),
        ("priority", json!("urgent")),
        ("required_skills", json!(["orders"])),
        ("message_count", json!(1)),
        ("agent_id", Value::Null),
        ("ended_at", Value::Null),
    ] {
        assert_eq!(it[field], wanted, "{field}: {it}");
    }
    desk.server.stop().await.unwrap();
}

#[tokio::test]
async fn the_list_is_filtered_sorted_and_paged() {
    let desk = Desk::open().await;
    assert_eq!(desk.names("sessions").await, ["alice", "bob", "carol"]);
    for (query, wanted) in [
        ("status=pending", vec!["alice", "bob"]),
        ("status=waiting", vec!["alice", "bob"]),
        ("status=active", vec![]),
        ("status=closed", vec!["carol"]),
        ("priority=urgent", vec!["alice"]),
        ("skill=orders", vec!["alice"]),
        ("tag=none-has-it", vec![]),
        ("owner=me", vec![]),
        ("owner=none&status=pending", vec!["alice", "bob"]),
        ("sort=priority", vec!["alice", "bob"]),
        ("sort=wait", vec!["bob", "alice"]),
    ] {
        assert_eq!(desk.names(&format!("sessions?{query}")).await, wanted, "{query}");
    }
    assert_eq!(desk.names("queue").await, ["alice", "bob"]);
    for sort in ["", "&sort=wait", "&sort=priority"] {
        let mut all = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = desk.get(&format!("sessions?limit=1{sort}{cursor}")).await;
            all.extend(
                page["sessions"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|it| it["session_id"].clone()),
            );
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        let whole = desk.get(&format!("sessions?limit=200{sort}")).await;
        let whole: Vec<Value> = whole["sessions"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["session_id"].clone())
            .collect();
        assert_eq!(all, whole, "{sort}");
    }
    for bad in [
        "limit=0",
        "limit=201",
        "status=odd",
        "priority=x",
        "owner=bo",
        "sort=priority&status=closed",
    ] {
        let found = answer(desk.server.get(&format!("{BASE}/sessions?{bad}"), &desk.bo)).await;
        assert_eq!(code(&found), (400, "bad_field"), "{bad}");
    }
    for bad in ["cursor=abc", "cursor=abc&sort=wait"] {
        let found = answer(desk.server.get(&format!("{BASE}/sessions?{bad}"), &desk.bo)).await;
        assert_eq!(code(&found), (400, "bad_cursor"), "{bad}");
    }
    desk.server.stop().await.unwrap();
}

#[tokio::test]
async fn a_conversation_lives_and_ends_over_http() {
    let desk = Desk::open().await;
    let id = desk.of("bob").await;
    let path = |act: &str| format!("sessions/{id}/{act}");
    let refused = desk.post(&path("messages"), json!({"message": "too early"})).await;
    assert_eq!(code(&refused), (409, "not_owner"));
    let it = desk.ok(&path("accept"), json!({})).await;
    assert_eq!((&it["status"], &it["agent"]["name"]), (&json!("active"), &json!("Bo")));
    let it = desk
        .ok(
            "messages",
            json!({"session_id": id, "message": "Hello", "type": "text"}),
        )
        .await;
    assert_eq!(
        (&it["sender"], &it["content"], &it["agent_name"]),
        (&json!("agent"), &json!("Hello"), &json!("Bo"))
    );
    let it = desk
        .ok(
            &path("messages"),
            json!({"content": "Bo here", "seen": {"customer": 1, "desk": 1}}),
        )
        .await;
    let line = it["id"].as_u64().unwrap();
    let edited = desk
        .ask(
            Method::PATCH,
            &path(&format!("messages/{line}")),
            json!({"message": "Bo here!"}),
        )
        .await;
    assert_eq!(
        (edited.0, &edited.1["content"], &edited.1["state"]),
        (200, &json!("Bo here!"), &json!("edited"))
    );
    let gone = desk
        .ask(Method::DELETE, &path(&format!("messages/{line}")), json!({}))
        .await;
    assert_eq!((gone.0, &gone.1["state"]), (200, &json!("withdrawn")), "{gone:?}");
    let lines = desk.get(&path("messages")).await;
    let first = lines["messages"][0].clone();
    assert_eq!(
        (&first["sender"], &first["content"]),
        (&json!("customer"), &json!("human please"))
    );
    let blank = desk
        .ok(&path(&format!("messages/{}/blank", first["id"])), json!({}))
        .await;
    assert_eq!(blank["state"], "blanked");
    let note = desk.ok(&path("notes"), json!({"content": "Tall story."})).await;
    assert_eq!(
        (&note["content"], &note["agent"]["name"]),
        (&json!("Tall story."), &json!("Bo"))
    );
    assert_eq!(desk.get(&path("notes")).await["notes"][0], note);
    let it = desk
        .ok(&path("tags"), json!({"add": ["vip", "old"], "remove": []}))
        .await;
    assert_eq!(it["tags"], json!(["old", "vip"]));
    assert_eq!(
        desk.ok(&path("tags"), json!({"remove": ["old"]})).await["tags"],
        json!(["vip"])
    );
    assert_eq!(
        desk.ok(&path("priority"), json!({"priority": "high"})).await["priority"],
        "high"
    );
    assert_eq!(
        desk.ok(&path("subject"), json!({"subject": "Stories"})).await["subject"],
        "Stories"
    );
    assert_eq!(desk.ok(&path("seen"), json!({})).await["unread_count"], 0);
    let it = desk.ok(&path("snooze"), json!({"until": "2030-01-07T09:00:00Z"})).await;
    assert_eq!(it["snoozed_until"], "2030-01-07T09:00:00.000000Z");
    assert_eq!(desk.ok(&path("wake"), json!({})).await["stage"], "active");
    let it = desk
        .ok(&path("convert-to-ticket"), json!({"title": "Write it down"}))
        .await;
    assert_eq!(it["ticket_id"], 1);
    let known = desk.get(&path("customer-context")).await;
    assert_eq!(
        (&known["customer"]["name"], &known["session_count"]),
        (&json!("bob"), &json!(1))
    );
    let it = desk
        .ok(&path("transfer"), json!({"queue": true, "note": "Not mine."}))
        .await;
    assert_eq!(
        (&it["stage"], &it["reason"]),
        (&json!("waiting"), &json!("transferred"))
    );
    let why = desk.get(&path("why")).await;
    assert_eq!(
        (&why["place"], &why["agents"][0]["agent"]["name"]),
        (&json!(2), &json!("Ada"))
    );
    let suggested = desk.get(&path("suggestions")).await;
    assert_eq!(
        (&suggested["session_id"], &suggested["articles"]),
        (&json!(id), &json!([])),
        "nothing fits where there is no article"
    );
    let summary = desk.get(&path("summary")).await;
    assert_eq!(
        (
            &summary["customer"],
            &summary["ticket"],
            &summary["held"][0]["agent"]["name"]
        ),
        (&json!("bob"), &json!(1), &json!("Bo"))
    );
    assert!(summary["text"].as_str().unwrap().starts_with("bob, "), "{summary}");
    assert_eq!(desk.ok(&path("assign"), json!({})).await["agent"]["name"], "Bo");
    let unseen = desk.post(&path("close"), json!({"seen": 0})).await;
    assert_eq!(code(&unseen), (409, "unseen"));
    let it = desk.ok(&path("close"), json!({})).await;
    assert_eq!((&it["status"], &it["ended_by"]), (&json!("closed"), &json!("agent")));
    desk.server.stop().await.unwrap();
}

#[tokio::test]
async fn whose_it_becomes_is_decided_by_the_desk() {
    let desk = Desk::open().await;
    let id = desk.of("bob").await;
    let eve = answer(desk.server.get(&format!("{BASE}/agents/me/workload"), &desk.eve))
        .await
        .1;
    let eve_id = eve["agent"]["id"].as_str().unwrap().to_owned();
    let refused = desk
        .post(&format!("sessions/{id}/assign"), json!({"agent_id": eve_id}))
        .await;
    assert_eq!(code(&refused), (403, "forbidden"));
    desk.ok(&format!("sessions/{id}/accept"), json!({})).await;
    let it = desk
        .ok(&format!("sessions/{id}/transfer"), json!({"agent_id": eve_id}))
        .await;
    assert_eq!(it["agent"]["name"], "Eve");
    let taken = desk.post(&format!("sessions/{id}/accept"), json!({})).await;
    assert_eq!(
        (code(&taken), &taken.1["agent"]["name"]),
        ((409, "taken_by"), &json!("Eve"))
    );
    let by_admin = desk.server.post(
        &format!("{BASE}/sessions/{id}/assign"),
        &desk.server.token,
        &json!({"agent_id": "me"}),
    );
    assert_eq!(answer(by_admin).await.1["agent"]["name"], "Ada");
    for bad in [json!({}), json!({"queue": true, "agent_id": eve_id})] {
        let refused = desk.post(&format!("sessions/{id}/transfer"), bad).await;
        assert_eq!(code(&refused), (400, "bad_field"));
    }
    // Alice needs what nobody knows; nobody else waits.
    let next = desk.post("queue/next", json!({})).await;
    assert_eq!(code(&next), (409, "nobody_waits"));
    desk.server.stop().await.unwrap();
}

#[tokio::test]
async fn files_of_elsewhere_are_refused_and_fields_must_belong_together() {
    let desk = Desk::open().await;
    let id = desk.of("bob").await;
    for body in [
        json!({"session_id": id, "type": "file", "attachment_url": "https://x.org/a.png"}),
        json!({"session_id": id, "message": "x", "attachment_url": "https://x.org/a.png"}),
        json!({"session_id": id, "type": "kb_article"}),
        json!({"session_id": id, "message": "x", "kb_article_id": "refunds"}),
        json!({"session_id": id, "message": "x", "content": "y"}),
        json!({"message": "x"}),
        json!({"session_id": "nothing", "message": "x"}),
    ] {
        let refused = desk.post("messages", body.clone()).await;
        assert_eq!(code(&refused), (400, "bad_field"), "{body}");
    }
    let file = desk.post("messages", json!({"session_id": id, "type": "file"})).await;
    assert_eq!((file.0, &file.1["field"]), (400, &json!("upload_id")));
    let elsewhere = json!({"session_id": id, "type": "file", "attachment_url": "https://x.org/a.png"});
    let file = desk.post("messages", elsewhere).await;
    assert!(
        file.1["message"]
            .as_str()
            .unwrap()
            .contains("files elsewhere are not fetched")
    );
    let none = desk
        .post("messages", json!({"session_id": id, "take_over": true}))
        .await;
    assert_eq!(code(&none), (400, "empty_message"));
    desk.server.stop().await.unwrap();
}

#[tokio::test]
async fn a_repeat_does_nothing_and_is_answered_alike() {
    let desk = Desk::open().await;
    let id = desk.of("bob").await;
    let send = |key: &str, path: String, body: Value| {
        let request = desk.server.post(&format!("{BASE}/{path}"), &desk.bo, &body);
        answer(request.header("Idempotency-Key", key))
    };
    let accept = format!("sessions/{id}/accept");
    assert_eq!(
        send("k1", accept.clone(), json!({})).await,
        send("k1", accept, json!({})).await
    );
    let body = json!({"session_id": id, "message": "once"});
    let first = send("k2", "messages".to_owned(), body.clone()).await;
    assert_eq!(first.0, 201);
    assert_eq!(send("k2", "messages".to_owned(), body).await, first);
    let other = send(
        "k2",
        "messages".to_owned(),
        json!({"session_id": id, "message": "twice"}),
    )
    .await;
    assert_eq!(code(&other), (409, "conflict"));
    let note = format!("sessions/{id}/notes");
    let first = send("k3", note.clone(), json!({"content": "n"})).await;
    assert_eq!(send("k3", note.clone(), json!({"content": "n"})).await, first);
    assert_eq!(desk.get(&note).await["notes"].as_array().unwrap().len(), 1);
    desk.server.stop().await.unwrap();
}

#[tokio::test]
async fn a_long_conversation_is_paged_and_an_old_one_is_read_alone() {
    let desk = Desk::open().await;
    let old = desk.of("carol").await;
    let lines = desk.get(&format!("sessions/{old}/messages?limit=1")).await;
    let mut all = lines["messages"].as_array().unwrap().clone();
    let mut cursor = lines["next_cursor"].as_str().map(str::to_owned);
    while let Some(next) = cursor {
        let page = desk
            .get(&format!("sessions/{old}/messages?limit=1&cursor={next}"))
            .await;
        all.splice(0..0, page["messages"].as_array().unwrap().clone());
        cursor = page["next_cursor"].as_str().map(str::to_owned);
    }
    let said: Vec<&str> = all.iter().map(|it| it["content"].as_str().unwrap()).collect();
    assert_eq!(said, ["hello", "Bo took over", "the customer ended the chat"]);
    // Somebody else's cursor is none of this conversation.
    let alice = desk.of("alice").await;
    let whole = desk.get(&format!("sessions/{old}/messages?limit=1")).await;
    let next = whole["next_cursor"].as_str().unwrap();
    let foreign = desk
        .server
        .get(&format!("{BASE}/sessions/{alice}/messages?cursor={next}"), &desk.bo);
    assert_eq!(code(&answer(foreign).await), (400, "bad_cursor"));
    desk.server.stop().await.unwrap();
}

#[tokio::test]
async fn tickets_presence_and_mentions() {
    let desk = Desk::open().await;
    let id = desk.of("bob").await;
    desk.ok(&format!("sessions/{id}/convert-to-ticket"), json!({})).await;
    let list = desk.get("tickets?status=open").await;
    assert_eq!(
        (&list["tickets"][0]["ticket_id"], &list["tickets"][0]["session_id"]),
        (&json!(1), &json!(id))
    );
    let changed = desk
        .ask(
            Method::PATCH,
            "tickets/1",
            json!({"status": "solved", "assignee_id": "me", "title": "Done"}),
        )
        .await;
    assert_eq!(
        (changed.0, &changed.1["status"], &changed.1["assignee"]["name"]),
        (200, &json!("solved"), &json!("Bo"))
    );
    let nobody = desk.ask(Method::PATCH, "tickets/1", json!({"assignee_id": null})).await;
    assert_eq!(nobody.1["assignee"], Value::Null);
    let it = desk
        .ok("tickets/1/comments", json!({"content": "The bank has it."}))
        .await;
    assert_eq!(it["comments"][0]["content"], "The bank has it.");
    for number in ["0", "2", "18446744073709551615", "x"] {
        let none = answer(desk.server.get(&format!("{BASE}/tickets/{number}"), &desk.bo)).await;
        assert_eq!(code(&none), (404, "not_found"), "{number}");
    }
    let it = desk.ok("presence", json!({"intent": "busy"})).await;
    assert_eq!((&it["intent"], &it["agent"]["name"]), (&json!("busy"), &json!("Bo")));
    assert_eq!(desk.get("presence").await["agents"].as_array().unwrap().len(), 3);
    let load = desk.get("agents/bo@x.org/workload").await;
    assert_eq!(
        (&load["active_sessions"], &load["free_slots"]),
        (&json!(0), &Value::Null)
    );
    assert_eq!(desk.get("workload").await["agents"].as_array().unwrap().len(), 3);
    let bo_id = load["agent"]["id"].as_str().unwrap();
    let note = desk.server.post(
        &format!("{BASE}/sessions/{id}/notes"),
        &desk.eve,
        &json!({"content": "@Bo look", "mentions": [bo_id]}),
    );
    let note = answer(note).await.1;
    assert_eq!(desk.get("mentions").await["mentions"][0]["note"], note);
    assert_eq!(
        desk.ok("mentions/read", json!({"up_to": note["id"]})).await,
        json!({"up_to": note["id"]})
    );
    desk.server.stop().await.unwrap();
}

#[tokio::test]
async fn what_was_said_is_found_and_views_are_ones_own() {
    let desk = Desk::open().await;
    let id = desk.of("alice").await;
    // The index is at most a second behind, and says so.
    let found = loop {
        let found = desk.get("search?q=hel&limit=1").await;
        if found["behind"] == 0 {
            break found;
        }
    };
    let hit = &found["hits"][0];
    assert_eq!((&hit["kind"], &hit["excerpt"]), (&json!("line"), &json!("hello")));
    assert_eq!((&hit["sender"], &hit["marks"]), (&json!("customer"), &json!([[0, 5]])));
    let all = desk.get("search?limit=1").await;
    let next = all["next_cursor"].as_str().unwrap();
    let older = desk.get(&format!("search?limit=1&cursor={next}")).await;
    assert!(older["hits"][0]["id"].as_u64() < all["hits"][0]["id"].as_u64());
    let here = desk
        .get(&format!("search?q=hello%20customer:alice&conversation={id}"))
        .await;
    assert!(
        here["hits"]
            .as_array()
            .unwrap()
            .iter()
            .all(|it| it["session_id"] == id.as_str())
    );
    let odd = desk.get("search?q=before:soon%20%22%20OR%20(").await;
    assert_eq!(odd["unclear"], json!(["not understood: before:soon"]));
    let unknown = desk.server.get(
        &format!("{BASE}/search?q=x&conversation=00000000-0000-4000-8000-000000000000"),
        &desk.bo,
    );
    assert_eq!(code(&answer(unknown).await), (404, "not_found"));

    let view = json!({"name": "late", "filter": "owner:me wait>1h"});
    let made = answer(desk.server.post(&format!("{BASE}/views"), &desk.bo, &view)).await;
    assert_eq!((made.0, &made.1), (201, &view));
    assert_eq!(desk.get("views").await["views"], json!([view]));
    let others = answer(desk.server.get(&format!("{BASE}/views"), &desk.eve)).await;
    assert_eq!(others.1["views"], json!([]));
    desk.server.stop().await.unwrap();
}

#[tokio::test]
async fn only_admins_list_everything_by_the_admins_name() {
    let desk = Desk::open().await;
    let path = format!("{BASE}/admin/all-sessions");
    assert_eq!(answer(desk.server.get(&path, &desk.bo)).await.0, 403);
    let (status, all) = answer(desk.server.get(&path, &desk.server.token)).await;
    assert_eq!((status, all["sessions"].as_array().unwrap().len()), (200, 3));
    desk.server.stop().await.unwrap();
}

#[tokio::test]
async fn sessions_are_found_by_a_name_and_by_the_beginning_of_an_id() {
    let desk = Desk::open().await;
    let id = desk.of("alice").await;
    assert_eq!(desk.names("sessions?customer=alice").await, ["alice"]);
    assert_eq!(
        desk.names("sessions?customer=carol").await,
        ["carol"],
        "a closed one too"
    );
    assert!(desk.names("sessions?customer=carol&status=waiting").await.is_empty());
    assert!(desk.names("sessions?customer=nobody").await.is_empty());
    for part in [&id[..], &id.replace('-', "")[..20], &id.to_uppercase()] {
        assert_eq!(desk.names(&format!("sessions?id={part}")).await, ["alice"], "{part}");
    }
    let of_one_digit = desk.names(&format!("sessions?id={}", &id[..1])).await;
    assert!(of_one_digit.iter().any(|name| name == "alice"), "{of_one_digit:?}");
    for bad in ["id=x", "id=", "customer=a%20b", "id=0&customer=alice", "id=0&sort=wait"] {
        let answer = desk.ask(Method::GET, &format!("sessions?{bad}"), Value::Null).await;
        assert_eq!(code(&answer), (400, "bad_field"), "{bad}");
    }
    let answer = desk.ask(Method::GET, "sessions?id=0&cursor=x", Value::Null).await;
    assert_eq!(code(&answer), (400, "bad_cursor"));
}

#[tokio::test]
async fn the_queue_in_numbers_tells_what_the_caller_has() {
    let desk = Desk::open().await;
    let whole = desk.get("queue/stats").await;
    assert_eq!((&whole["total"], &whole["mine"]), (&json!(2), &json!(0)));
    assert_eq!(whole["sessions"].as_array().unwrap().len(), 2);
    let bob = desk.of("bob").await;
    desk.ok(&format!("sessions/{bob}/accept"), json!({})).await;
    let told = desk.get("queue/stats?sessions=false").await;
    let [total, mine, unanswered] = ["total", "mine", "mine_unanswered"].map(|name| &told[name]);
    assert_eq!([total, mine, unanswered], [1, 1, 1]);
    assert_eq!(told["sessions"], json!([]));
    desk.ok("messages", json!({"session_id": bob, "message": "Here I am"}))
        .await;
    assert_eq!(desk.get("queue/stats?sessions=false").await["mine_unanswered"], 0);
}
