//! Tenants come and go while the server runs: served at once, as if they were not there when disabled, and gone without a trace
//! when deleted.

mod harness;
mod rig;

use std::{net::SocketAddr, path::Path, time::Duration};

use harness::{Client, PATIENCE, post, secret, soon};
use minicom_protocol::{
    close::CloseCode,
    event::{Author, EventBody},
    frame::{Agents, Customers},
    ids::TenantId,
};
use minicom_server::{
    accounts::LOCAL_TOKEN,
    store::{TenantKey, tenants::removal},
};
use reqwest::{Method, RequestBuilder};
use rig::{PASSWORD, Server, answer};
use serde_json::{Value, json};

const TENANTS: &str = "/api/v1/chat/tenants";
const ADMIN: &str = "ada@acme.example";

fn acme() -> TenantId {
    TenantId::parse("acme").unwrap()
}

fn addr(server: &Server) -> SocketAddr {
    server.url.trim_start_matches("http://").parse().unwrap()
}

/// A request of the operator.
fn by_operator(server: &Server, method: Method, path: &str, body: Value) -> RequestBuilder {
    server.bare(method, path).bearer_auth(&server.token).json(&body)
}

async fn make(server: &Server, body: Value) -> Value {
    let (status, made) = answer(by_operator(server, Method::POST, TENANTS, body)).await;
    assert_eq!(status, 201, "{made}");
    made
}

/// Makes acme, and gives its admin [`PASSWORD`].
async fn make_acme(server: &Server) {
    let made = make(
        server,
        json!({"tenant_id": "acme", "name": "Acme Ltd", "admin_email": ADMIN, "admin_name": "Ada"}),
    )
    .await;
    assert_eq!((&made["enabled"], &made["name"]), (&json!(true), &json!("Acme Ltd")));
    let path = format!("/api/agents/{ADMIN}");
    let set =
        by_operator(server, Method::PATCH, &path, json!({"password": PASSWORD})).header("x-minicom-tenant", "acme");
    let (status, answer) = answer(set).await;
    assert_eq!(status, 200, "{answer}");
}

async fn switch(server: &Server, enabled: bool) {
    let path = format!("{TENANTS}/acme");
    let (status, changed) = answer(by_operator(server, Method::PATCH, &path, json!({"enabled": enabled}))).await;
    assert_eq!((status, &changed["enabled"]), (200, &json!(enabled)), "{changed}");
}

async fn try_login(server: &Server, tenant: &str) -> (u16, Value) {
    let body = json!({"email": ADMIN, "password": PASSWORD, "tenant": tenant});
    answer(server.bare(Method::POST, "/api/agent/login").json(&body)).await
}

async fn login(server: &Server) -> String {
    let (status, answer) = try_login(server, "acme").await;
    assert_eq!(status, 200, "{answer}");
    answer["token"].as_str().unwrap().to_owned()
}

fn dashboard(server: &Server, token: &str, tenant: &str) -> RequestBuilder {
    server
        .get("/api/agent/dashboard", token)
        .header("x-minicom-tenant", tenant)
}

/// All that an answer is, but for what is new in each.
async fn raw(request: RequestBuilder) -> (u16, String) {
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let mut body: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
    body["request_id"] = Value::Null;
    (status, body.to_string())
}

async fn customer(server: &Server, tenant: TenantId) -> Client<Customers> {
    let mut client = Client::dial(addr(server), "/ws/chat/alice").await;
    client.hello_to(Some(tenant), Some(secret("alice")), None, None).await;
    client
}

#[tokio::test]
async fn a_new_tenant_is_served_at_once_with_its_bot_its_signals_and_its_own_admin() {
    let server = Server::with(|config| config.bot.enabled = true, async |_| {}).await;
    make_acme(&server).await;
    let token = login(&server).await;
    let mut agent: Client<Agents> = Client::dial(addr(&server), "/ws").await;
    agent.hello_to(Some(acme()), None, Some(token.clone()), None).await;
    agent.welcomed().await;

    let mut alice = customer(&server, acme()).await;
    alice.welcomed().await;
    alice.does(post("hello")).await.unwrap();
    let answered = async {
        while !agent
            .events
            .iter()
            .any(|event| matches!(&event.body, EventBody::Posted(it) if it.author == Author::Bot))
        {
            agent.next().await;
        }
    };
    soon("the bot's answer", answered).await;
    let (_, here) = answer(dashboard(&server, &token, "acme")).await;
    assert_eq!(here["conversations"][0]["customer_id"], "alice");
    let (_, there) = answer(dashboard(&server, &server.token, "default")).await;
    assert_eq!(there["conversations"], json!([]), "nothing crosses");
    assert_eq!(answer(dashboard(&server, &token, "default")).await.0, 401);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_disabled_tenant_is_as_if_it_were_not_there_and_goes_on_when_it_is_enabled() {
    let server = Server::start().await;
    make_acme(&server).await;
    let token = login(&server).await;
    let mut agent: Client<Agents> = Client::dial(addr(&server), "/ws").await;
    agent.hello_to(Some(acme()), None, Some(token.clone()), None).await;
    agent.welcomed().await;
    let mut alice = customer(&server, acme()).await;
    alice.welcomed().await;
    alice.does(post("hello")).await.unwrap();

    switch(&server, false).await;
    let ended = async { (agent.ended().await, alice.ended().await) };
    let (agent, alice) = tokio::time::timeout(Duration::from_secs(1), ended)
        .await
        .expect("within a second");
    let code = |ended: &harness::Ended| ended.bye.as_ref().unwrap().code;
    assert_eq!(
        (code(&agent), agent.refusal()),
        (CloseCode::SignIn, "desk_closed".to_owned())
    );
    assert_eq!(
        (code(&alice), alice.refusal()),
        (CloseCode::SignIn, "desk_closed".to_owned())
    );
    let never = raw(dashboard(&server, &token, "never")).await;
    assert_eq!(raw(dashboard(&server, &token, "acme")).await, never);
    assert_eq!(never.0, 401);
    let history = |tenant| {
        server
            .get("/api/conversation/alice", &secret("alice"))
            .header("x-minicom-tenant", tenant)
    };
    assert_eq!(raw(history("acme")).await, raw(history("never")).await);
    let (mut here, mut there) = (try_login(&server, "acme").await, try_login(&server, "never").await);
    (here.1["request_id"], there.1["request_id"]) = (Value::Null, Value::Null);
    assert_eq!(here, there);
    let mut again = customer(&server, acme()).await;
    assert_eq!(again.ended().await.refusal(), "wrong_secret");

    switch(&server, false).await;
    switch(&server, true).await;
    switch(&server, true).await;
    let (_, rows) = answer(dashboard(&server, &token, "acme")).await;
    assert_eq!(rows["conversations"][0]["customer_id"], "alice");
    let mut alice = customer(&server, acme()).await;
    alice.welcomed().await;
    alice.does(post("again")).await.unwrap();
    server.stop().await.unwrap();
}

/// The local token is good in all tenants: so is its end.
#[tokio::test]
async fn an_operator_who_signs_out_leaves_every_tenant() {
    let server = Server::start().await;
    make_acme(&server).await;
    let own = login(&server).await;
    let dial = async |tenant: TenantId, token: &str| {
        let mut agent: Client<Agents> = Client::dial(addr(&server), "/ws").await;
        agent.hello_to(Some(tenant), None, Some(token.to_owned()), None).await;
        agent.welcomed().await;
        agent
    };
    let (mut here, mut there) = (
        dial(TenantId::default_tenant(), &server.token).await,
        dial(acme(), &server.token).await,
    );
    let mut admin = dial(acme(), &own).await;
    let feed = "/api/v1/chat/events?follow=true";
    let feed = server.get(feed, &server.token).header("x-minicom-tenant", "acme");
    let feed = feed.send().await.unwrap();
    assert_eq!(feed.status(), 200);

    let out = server
        .bare(Method::POST, "/api/agent/logout")
        .bearer_auth(&server.token);
    assert_eq!(answer(out).await.0, 204);
    let ended = async { (here.ended().await, there.ended().await, feed.text().await) };
    let (here, there, feed) = tokio::time::timeout(Duration::from_secs(1), ended)
        .await
        .expect("within a second");
    for ended in [here, there] {
        assert_eq!(ended.bye.unwrap().code, CloseCode::SignIn);
    }
    assert!(feed.unwrap().contains("sign_in"));
    for tenant in ["default", "acme"] {
        assert_eq!(
            answer(dashboard(&server, &server.token, tenant)).await.0,
            401,
            "{tenant}"
        );
    }
    // Who signed in otherwise stays.
    admin.pings().await;
    let fresh = std::fs::read_to_string(server.data().join(LOCAL_TOKEN)).unwrap();
    assert_eq!(answer(dashboard(&server, fresh.trim(), "acme")).await.0, 200);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn the_servers_own_tenant_stays_and_others_are_deleted_only_when_they_are_disabled_and_named_twice() {
    let server = Server::start().await;
    make_acme(&server).await;
    let ask = |method, path: &str, body| answer(by_operator(&server, method, &format!("{TENANTS}{path}"), body));
    let code = |(status, answer): (u16, Value)| (status, answer["code"].as_str().unwrap_or_default().to_owned());
    let refused = |status, words: &str| (status, words.to_owned());
    let off = json!({"enabled": false});
    assert_eq!(
        code(ask(Method::PATCH, "/default", off.clone()).await),
        refused(409, "default_tenant")
    );
    assert_eq!(
        code(ask(Method::DELETE, "/default?confirm=default", json!({})).await),
        refused(409, "default_tenant")
    );
    assert_eq!(
        code(ask(Method::DELETE, "/acme?confirm=acme", json!({})).await),
        refused(409, "tenant_enabled")
    );
    assert_eq!(
        code(ask(Method::POST, "", json!({"tenant_id": "acme"})).await),
        refused(409, "exists")
    );
    assert_eq!(
        code(ask(Method::POST, "", json!({"tenant_id": "No"})).await),
        refused(400, "bad_field")
    );
    assert_eq!(code(ask(Method::PATCH, "/never", off).await), refused(404, "not_found"));
    switch(&server, false).await;
    assert_eq!(
        code(ask(Method::DELETE, "/acme", json!({})).await),
        refused(400, "not_confirmed")
    );
    assert_eq!(
        code(ask(Method::DELETE, "/acme?confirm=acm", json!({})).await),
        refused(400, "not_confirmed")
    );
    let (status, deleted) = ask(Method::DELETE, "/acme?confirm=acme", json!({})).await;
    assert_eq!((status, &deleted["state"]), (200, &json!("deleted")), "{deleted}");
    assert_eq!(
        code(ask(Method::GET, "/acme", json!({})).await),
        refused(404, "not_found")
    );
    let (_, all) = ask(Method::GET, "", json!({})).await;
    assert_eq!(all["tenants"].as_array().unwrap().len(), 1);

    // The name is free again, for a tenant that knows nothing of the old one.
    make_acme(&server).await;
    let token = login(&server).await;
    let (_, rows) = answer(dashboard(&server, &token, "acme")).await;
    assert_eq!(rows["conversations"], json!([]));
    server.stop().await.unwrap();
}

#[tokio::test]
async fn only_the_operator_manages_tenants_and_an_admin_sees_the_own_one() {
    let server = Server::start().await;
    make_acme(&server).await;
    let token = login(&server).await;
    let ask = |method, path: &str, body: Value| {
        let request = server.bare(method, &format!("{TENANTS}{path}")).bearer_auth(&token);
        answer(request.header("x-minicom-tenant", "acme").json(&body))
    };
    assert_eq!(ask(Method::GET, "", json!({})).await.0, 403);
    assert_eq!(ask(Method::POST, "", json!({"tenant_id": "mine"})).await.0, 403);
    assert_eq!(ask(Method::PATCH, "/acme", json!({"quotas": {}})).await.0, 403);
    assert_eq!(ask(Method::DELETE, "/acme?confirm=acme", json!({})).await.0, 403);
    let (status, own) = ask(Method::GET, "/acme", json!({})).await;
    assert_eq!((status, &own["usage"]["agents"]), (200, &json!(1)), "{own}");
    let (there, never) = (
        ask(Method::GET, "/default", json!({})).await,
        ask(Method::GET, "/never", json!({})).await,
    );
    assert_eq!((there.0, &there.1["code"]), (never.0, &never.1["code"]));
    assert_eq!(there.0, 404);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_quota_is_kept_whichever_way_in() {
    let server = Server::start().await;
    let quotas = json!({"agents": 2, "customers": 1, "open_conversations": 1});
    make(
        &server,
        json!({"tenant_id": "acme", "admin_email": ADMIN, "quotas": quotas}),
    )
    .await;
    let add = |email: &str| {
        let body = json!({"email": email, "name": "Bo", "password": PASSWORD});
        answer(
            server
                .post("/api/agents", &server.token, &body)
                .header("x-minicom-tenant", "acme"),
        )
    };
    assert_eq!(add("bo@x.org").await.0, 201);
    let (status, refused) = add("eve@x.org").await;
    assert_eq!(
        (status, &refused["code"], &refused["what"]),
        (409, &json!("quota_exceeded"), &json!("agents"))
    );

    let mut alice = customer(&server, acme()).await;
    alice.welcomed().await;
    alice.does(post("hello")).await.unwrap();
    alice.does(post("more")).await.unwrap();
    let mut bob: Client<Customers> = Client::dial(addr(&server), "/ws/chat/bob").await;
    bob.hello_to(Some(acme()), Some(secret("bob")), None, None).await;
    assert_eq!(bob.ended().await.refusal(), "quota_exceeded");

    let more = json!({"quotas": {"customers": 2, "open_conversations": 1}});
    assert_eq!(
        answer(by_operator(&server, Method::PATCH, &format!("{TENANTS}/acme"), more))
            .await
            .0,
        200
    );
    assert_eq!(add("eve@x.org").await.0, 201, "no bound any more");
    let mut bob: Client<Customers> = Client::dial(addr(&server), "/ws/chat/bob").await;
    bob.hello_to(Some(acme()), Some(secret("bob")), None, None).await;
    bob.welcomed().await;
    let refused = bob.does(post("hello")).await.unwrap_err();
    assert_eq!(refused.code(), "quota_exceeded");
    server.stop().await.unwrap();
}

/// Words that stand nowhere else.
const CANARIES: [&str; 5] = [
    "zanzibarline",
    "zanzibararticle",
    "zanzibarreply",
    "zanzibaragent",
    "zanzibardesk",
];

fn found(data: &Path) -> Vec<String> {
    let mut found = vec![];
    // The log first: what is moved into the database between the two reads is seen there.
    for file in ["minicom.db-wal", "minicom.db"] {
        let bytes = std::fs::read(data.join(file)).unwrap_or_default().to_ascii_lowercase();
        for canary in CANARIES {
            if bytes.windows(canary.len()).any(|window| window == canary.as_bytes()) {
                found.push(format!("{canary} in {file}"));
            }
        }
    }
    found
}

fn rows(data: &Path, key: i64) -> Vec<(String, u32)> {
    let conn = rusqlite::Connection::open(data.join("minicom.db")).unwrap();
    removal::rows(&conn, TenantKey(key)).unwrap()
}

#[tokio::test]
async fn a_deleted_tenant_leaves_no_row_and_no_word() {
    use minicom_protocol::command::AgentCommand;

    let server = Server::start().await;
    let data = server.data();
    let body =
        json!({"tenant_id": "acme", "name": "Zanzibardesk", "admin_email": ADMIN, "admin_name": "Zanzibaragent"});
    let once = by_operator(&server, Method::POST, TENANTS, body).header("idempotency-key", "once");
    assert_eq!(answer(once).await.0, 201);
    let set = by_operator(
        &server,
        Method::PATCH,
        &format!("/api/agents/{ADMIN}"),
        json!({"password": PASSWORD}),
    );
    assert_eq!(answer(set.header("x-minicom-tenant", "acme")).await.0, 200);
    let token = login(&server).await;
    let mut agent: Client<Agents> = Client::dial(addr(&server), "/ws").await;
    agent.hello_to(Some(acme()), None, Some(token), None).await;
    agent.welcomed().await;
    let mut alice = customer(&server, acme()).await;
    alice.welcomed().await;
    for n in 0..5 {
        alice
            .does(post(&format!("zanzibarline {n} {}", "x".repeat(200))))
            .await
            .unwrap();
    }
    let save = json!({"do": "save_article", "tags": [], "published": true, "article": {
        "slug": "lamps", "title": "Lamps", "body": format!("zanzibararticle {}", "Many words about lamps. ".repeat(500))}});
    agent
        .does(serde_json::from_value::<AgentCommand>(save).unwrap())
        .await
        .unwrap();
    let save = json!({"do": "save_reply", "reply": {
        "id": uuid::Uuid::new_v4().to_string(), "code": "lamps", "title": "Lamps", "text": "zanzibarreply"}});
    agent
        .does(serde_json::from_value::<AgentCommand>(save).unwrap())
        .await
        .unwrap();
    let key = 2;
    assert!(rows(&data, key).len() > 8, "{:?}", rows(&data, key));
    assert!(!found(&data).is_empty());

    switch(&server, false).await;
    let path = format!("{TENANTS}/acme?confirm=acme");
    let (status, deleted) = answer(by_operator(&server, Method::DELETE, &path, json!({}))).await;
    assert_eq!((status, &deleted["state"]), (200, &json!("deleted")), "{deleted}");
    assert_eq!(rows(&data, key), []);
    // Also while the server runs: the log of the database is emptied by itself.
    let gone = async {
        let mut look = tokio::time::interval(Duration::from_millis(20));
        while !found(&data).is_empty() {
            look.tick().await;
        }
    };
    let waited = tokio::time::timeout(PATIENCE, gone).await;
    assert!(waited.is_ok(), "{:?}", found(&data));
    let folder = server.stop().await.unwrap();
    assert!(rows(folder.path(), 1).len() > 2, "the others are there");
    assert_eq!(found(folder.path()), Vec::<String>::new());
}
