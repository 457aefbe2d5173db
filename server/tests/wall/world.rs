//! Two tenants with something of everything, and one that is closed; and ids that nobody has.

use std::collections::BTreeMap;

use minicom_protocol::people::Role;
use minicom_server::auth::totp::TotpSecret;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    api::{Operation, operations},
    rig::{ALICE, BOB, PASSWORD, Server, answer},
    sockets::Socket,
};

pub const BASE: &str = "/api/v1/chat";
/// In every word of the tenant that is looked at; in no word of another.
pub const MARK: &str = "xqz";
/// The tenant whose things are foreign, the tenant that others are of, one that is disabled and one that there is not.
pub const A: &str = "default";
pub const B: &str = "another";
pub const CLOSED: &str = "closed1";
pub const NOWHERE: &str = "nowhere";

/// The ids of one tenant, or ids of the same shape that there are not.
#[derive(Clone, Debug, Default)]
pub struct Ids {
    pub tenant: String,
    pub conversation: String,
    pub customer: String,
    pub also: String,
    pub customer_name: String,
    pub agent: String,
    pub email: String,
    pub group: String,
    pub reply: String,
    /// A saved reply that is one agent's own.
    pub own_reply: String,
    pub slug: String,
    pub draft: String,
    pub ticket: u64,
    pub message: u64,
    /// A file of the customer's, in a line.
    pub file: String,
    pub token: String,
    pub key: String,
    pub webhook: String,
    pub delivery: u64,
    /// Two examples that wait, one to be dropped and one to be accepted.
    pub examples: [u64; 2],
    pub gap: u64,
    pub network: String,
    /// One of the colleague's views of the list.
    pub view: String,
    /// Of the customer's device.
    pub device: String,
    /// A cursor of each list, by the list's path.
    pub cursors: BTreeMap<String, String>,
    /// A cursor of the journal.
    pub since: String,
}

impl Ids {
    /// Ids that there are not, in the shape of these.
    pub fn unknown_like(real: &Ids) -> Ids {
        let id = || Uuid::now_v7().to_string();
        let word = |text: &str| text.chars().map(|c| if c == 'x' { 'w' } else { c }).collect::<String>();
        Ids {
            tenant: NOWHERE.to_owned(),
            conversation: id(),
            customer: id(),
            also: id(),
            customer_name: word(&real.customer_name),
            agent: id(),
            email: word(&real.email),
            group: id(),
            reply: id(),
            own_reply: id(),
            slug: word(&real.slug),
            draft: word(&real.draft),
            ticket: 9,
            message: 9,
            file: id(),
            token: id(),
            key: real.key.chars().rev().collect(),
            webhook: id(),
            delivery: 10_009,
            examples: [900_991, 900_992],
            gap: 900_993,
            network: "198.51.101.0%2F24".to_owned(),
            view: word(&real.view),
            device: real.device.chars().rev().collect(),
            cursors: real
                .cursors
                .iter()
                .map(|(list, it)| (list.clone(), forged(it)))
                .collect(),
            since: forged(&real.since),
        }
    }

    /// A text without these ids in it: an answer may repeat what it was asked with.
    pub fn hidden_in(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (name, id) in self.named() {
            text = text.replace(id, &format!("<{name}>"));
        }
        text
    }

    /// Those that are long enough to be found in a text.
    pub fn named(&self) -> Vec<(&'static str, &str)> {
        let all = [
            ("conversation", &self.conversation),
            ("customer", &self.customer),
            ("also", &self.also),
            ("customer_name", &self.customer_name),
            ("agent", &self.agent),
            ("email", &self.email),
            ("group", &self.group),
            ("reply", &self.reply),
            ("own_reply", &self.own_reply),
            ("slug", &self.slug),
            ("draft", &self.draft),
            ("file", &self.file),
            ("token", &self.token),
            ("key", &self.key),
            ("webhook", &self.webhook),
            ("view", &self.view),
            ("device", &self.device),
        ];
        let found = all.into_iter().filter(|(_, id)| !id.is_empty());
        found.map(|(name, id)| (name, id.as_str())).collect()
    }
}

/// The same cursor with another mark in it.
fn forged(cursor: &str) -> String {
    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD as TEXT};
    let other = "0123456789abcdef";
    if let Some((at, mark)) = cursor.rsplit_once('.') {
        assert_eq!(mark.len(), 16, "{cursor}");
        return format!("{at}.{other}");
    }
    let inside = TEXT.decode(cursor).unwrap_or_else(|_| panic!("no cursor: {cursor}"));
    let inside = String::from_utf8(inside).unwrap();
    assert!(
        inside.is_char_boundary(16) && inside[..16].bytes().all(|b| b.is_ascii_hexdigit()),
        "a cursor says not whose it is: {inside}"
    );
    TEXT.encode(format!("{other}{}", &inside[16..]))
}

/// A tenant, and who may do what in it.
pub struct Desk {
    /// The conversation is the admin's.
    pub ids: Ids,
    /// The same, with a conversation of the agent's.
    pub agents_ids: Ids,
    pub admin: String,
    pub agent: String,
    /// A colleague of both, whose `ids.own_reply` is.
    pub colleague: String,
    /// The key of the customer of `ids.conversation`.
    pub key: String,
    /// The key of somebody else, and that customer's own conversation.
    pub other_key: String,
    pub other_conversation: String,
}

pub struct World {
    pub server: Server,
    pub a: Desk,
    pub b: Desk,
    pub unknown: Ids,
    /// Tokens of the tenant `A` that are good no more, or for reading only.
    pub disabled: String,
    pub revoked: String,
    pub reader: String,
    /// A token of the closed tenant's admin.
    pub closed: String,
}

impl World {
    pub async fn new() -> World {
        let server = Server::with(
            |config| {
                let rates = &mut config.rates;
                rates.customer_burst = 1_000;
                rates.new_customers_per_loopback_address_per_min = 100_000;
                rates.http_reads_per_token_per_min = 100_000;
                rates.http_writes_per_token_per_min = 100_000;
                rates.http_per_loopback_address_per_min = 1_000_000;
                // A webhook of a test is on this computer, where nobody listens.
                config.webhooks.allow_private = true;
                config.webhooks.any_port = true;
            },
            async |seed| drop(seed.agent("xqz-root@a.example", "xqz Root", Role::Admin).await),
        )
        .await;
        for tenant in [B, CLOSED] {
            let body = json!({"tenant_id": tenant, "name": tenant});
            make(&server, A, &server.token, "/tenants", body).await;
        }
        let a = fill(&server, A, "xqz-").await;
        let b = fill(&server, B, "other-").await;
        let disabled = agent_in(&server, A, "xqz-gone@a.example", "agent").await.1;
        let change = json!({"enabled": false});
        write(
            &server,
            A,
            &a.admin,
            Method::PATCH,
            "/agents/xqz-gone@a.example",
            &change,
        )
        .await;
        let revoked = login(&server, A, "xqz-root@a.example").await;
        write(&server, A, &revoked, Method::POST, "/logout", &Value::Null).await;
        let (dee, _) = agent_in(&server, A, "xqz-dee@a.example", "admin").await;
        let reader = json!({"label": "xqz-reader", "scope": "read", "agent_id": dee});
        let reader = text(&make(&server, A, &a.admin, "/tokens", reader).await["token"]);
        let closed = agent_in(&server, CLOSED, "root@c.example", "admin").await.1;
        let path = format!("/tenants/{CLOSED}");
        write(&server, A, &server.token, Method::PATCH, &path, &change).await;
        let unknown = Ids::unknown_like(&a.ids);
        World {
            server,
            a,
            b,
            unknown,
            disabled,
            revoked,
            reader,
            closed,
        }
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => panic!("{other} is no text"),
    }
}

pub fn request(server: &Server, method: Method, path: &str, tenant: &str, bearer: &str) -> RequestBuilder {
    let full = match path.starts_with("/api/") || path.starts_with("/agent/") || path.starts_with("/chat/") {
        true => path.to_owned(),
        false => format!("{BASE}{path}"),
    };
    server
        .bare(method, &full)
        .bearer_auth(bearer)
        .header("x-minicom-tenant", tenant)
}

async fn write(server: &Server, tenant: &str, bearer: &str, method: Method, path: &str, body: &Value) -> Value {
    let mut asked = request(server, method.clone(), path, tenant, bearer);
    if !body.is_null() {
        asked = asked.json(body);
    }
    let (status, answer) = answer(asked).await;
    assert!((200..300).contains(&status), "{method} {path}: {status} {answer}");
    answer
}

async fn make(server: &Server, tenant: &str, bearer: &str, path: &str, body: Value) -> Value {
    write(server, tenant, bearer, Method::POST, path, &body).await
}

async fn get(server: &Server, tenant: &str, bearer: &str, path: &str) -> Value {
    write(server, tenant, bearer, Method::GET, path, &Value::Null).await
}

async fn login(server: &Server, tenant: &str, email: &str) -> String {
    let body = json!({"email": email, "password": PASSWORD, "tenant": tenant});
    text(&make(server, tenant, "", "/login", body).await["token"])
}

/// An account, and its token.
async fn agent_in(server: &Server, tenant: &str, email: &str, role: &str) -> (String, String) {
    let name = email.split('@').next().unwrap();
    let body = json!({"email": email, "name": name, "password": PASSWORD, "role": role});
    // The tenant `A` has its admin from the beginning.
    let asked = request(server, Method::POST, "/agents", tenant, &server.token).json(&body);
    let made = answer(asked).await.1;
    let id = match made["id"].as_str() {
        Some(id) => id.to_owned(),
        None => text(&get(server, tenant, &server.token, &format!("/agents/{email}")).await["id"]),
    };
    (id, login(server, tenant, email).await)
}

/// Sets up an authenticator app.
async fn second_factor(server: &Server, tenant: &str, bearer: &str) {
    let started = make(server, tenant, bearer, "/totp/start", Value::Null).await;
    let bytes = totp_rs::Secret::try_from_base32(text(&started["secret"])).unwrap();
    let now = jiff::Timestamp::now().as_second();
    let code = TotpSecret::from_bytes(bytes.as_bytes()).unwrap().code(now as u64);
    make(server, tenant, bearer, "/totp/confirm", json!({"totp": code})).await;
}

/// What a conversation has taught, written where the bot would: here it is off.
fn taught(server: &Server, tenant: &str, mark: &str, conversation: &str) -> ([u64; 2], u64) {
    let conn = rusqlite::Connection::open(server.data().join("minicom.db")).unwrap();
    conn.busy_timeout(std::time::Duration::from_secs(30)).unwrap();
    let first: u64 = if tenant == A { 900_001 } else { 900_101 };
    let (examples, gap) = ([first, first + 1], first + 2);
    let conversation: Uuid = conversation.parse().unwrap();
    // Of different matters: what is near to what an article answers is forgotten as it is learnt.
    let matters = ["which tulips like shade", "how to change the oil of a diesel engine"];
    for (id, matter) in examples.into_iter().zip(matters) {
        conn.execute(
            "INSERT INTO bot_examples (tenant, id, conversation, question, article, made_at)
             SELECT key, ?2, ?3, ?4, ?5, 1 FROM tenants WHERE id = ?1",
            (
                tenant,
                id as i64,
                conversation.as_bytes(),
                format!("{mark}question {matter}"),
                format!("{mark}article1"),
            ),
        )
        .unwrap();
    }
    conn.execute(
        "INSERT INTO bot_unanswered (tenant, id, gap, conversation, customer, question, asked_at)
         SELECT key, ?2, ?2, ?3, ?3, ?4, 1 FROM tenants WHERE id = ?1",
        (
            tenant,
            gap as i64,
            conversation.as_bytes(),
            format!("{mark}question may I deduct the rent of an office from my taxes"),
        ),
    )
    .unwrap();
    (examples, gap)
}

/// Something of everything, at least two of what is listed in pages.
async fn fill(server: &Server, tenant: &str, mark: &str) -> Desk {
    let domain = if tenant == A { "a.example" } else { "b.example" };
    let (root, admin) = agent_in(server, tenant, &format!("{mark}root@{domain}"), "admin").await;
    let (bo, agent) = agent_in(server, tenant, &format!("{mark}bo@{domain}"), "agent").await;
    // Somebody who is named and does nothing.
    let (el, of_el) = agent_in(server, tenant, &format!("{mark}el@{domain}"), "agent").await;
    second_factor(server, tenant, &of_el).await;
    let (_, colleague) = agent_in(server, tenant, &format!("{mark}cy@{domain}"), "agent").await;
    let make = async |path: &str, body: Value| make(server, tenant, &admin, path, body).await;
    let start = async |n: u32| {
        let name = format!("{mark}guest {n}");
        let line = format!("{mark}line {n}");
        make(
            "/public/start",
            json!({"customer_name": name, "subject": line, "message": line}),
        )
        .await
    };
    // A customer with a name.
    let alice = format!("{mark}alice");
    let hello = json!({"secret": if tenant == A { ALICE } else { BOB }, "tenant": tenant});
    let mut socket = Socket::open(server, &format!("/ws/chat/{alice}"), hello).await;
    socket.welcomed().await;
    for line in 0..3 {
        let post = json!({"do": "post", "text": format!("{mark}by alice {line}")});
        let id = Uuid::now_v7();
        socket.say(&json!({"type": "command", "id": id, "command": post})).await;
        socket.heard(Some("answer")).await;
    }
    socket
        .say(&json!({"type": "ask", "n": 1, "question": {"ask": "devices"}}))
        .await;
    let told = socket.heard(Some("reply")).await;
    let told = told.iter().find(|it| it["type"] == "reply").unwrap();
    let device = text(&told["reply"]["devices"][0]["id"]);
    // First, so that it has something to deliver.
    let hook = |n: u32| json!({"url": format!("http://127.0.0.1:1/{mark}hook{n}"), "kinds": [], "enabled": true});
    let webhook = make("/webhooks", hook(1)).await;
    let (first, second) = (start(1).await, start(2).await);
    let conversation = text(&first["session_id"]);
    let session = format!("/sessions/{conversation}");
    let path = format!("/uploads?session_id={conversation}&name={mark}file");
    let key = text(&first["session_key"]);
    let uploaded = write(server, tenant, &key, Method::POST, &path, &json!([mark])).await;
    let file = text(&uploaded["upload_id"]);
    let said = json!({"session_id": conversation, "type": "file", "upload_id": file});
    write(server, tenant, &key, Method::POST, "/public/message", &said).await;
    for line in 0..2 {
        let said = json!({"session_id": conversation, "message": format!("{mark}more {line}")});
        let key = text(&first["session_key"]);
        write(server, tenant, &key, Method::POST, "/public/message", &said).await;
        let said = json!({"message": format!("{mark}answer {line}"), "take_over": true});
        make(&format!("{session}/messages"), said).await;
        let note = json!({"content": format!("{mark}note {line}"), "mentions": [bo]});
        make(&format!("{session}/notes"), note).await;
        let by_bo = json!({"content": format!("{mark}by bo {line}"), "mentions": [root]});
        let path = format!("{session}/notes");
        write(server, tenant, &agent, Method::POST, &path, &by_bo).await;
    }
    let third = text(&start(3).await["session_id"]);
    let path = format!("/sessions/{third}/accept");
    write(server, tenant, &agent, Method::POST, &path, &json!({})).await;
    let assign = json!({"agent_id": el});
    make(&format!("/sessions/{}/assign", text(&second["session_id"])), assign).await;
    let lines = get(server, tenant, &admin, &format!("{session}/messages")).await;
    let lines = lines["messages"].as_array().unwrap().clone();
    let own = lines.iter().rev().find(|it| it["sender"] == "agent").unwrap();
    let group = make("/groups", json!({"name": format!("{mark}group"), "members": [bo]})).await;
    let reply = |n: u32| json!({"code": format!("{mark}late{n}"), "title": format!("{mark}late"), "content": format!("{mark}late")});
    let (shared, _) = (
        make("/canned-responses", reply(1)).await,
        make("/canned-responses", reply(2)).await,
    );
    let mut own_reply = reply(3);
    own_reply["own"] = json!(true);
    let own_reply = write(
        server,
        tenant,
        &colleague,
        Method::POST,
        "/canned-responses",
        &own_reply,
    )
    .await;
    for n in [1, 2] {
        let slug = format!("{mark}article{n}");
        let article = json!({"id": slug, "title": slug, "content": slug, "tags": [slug], "published": true});
        make("/articles", article).await;
        let draft = json!({"id": format!("{mark}draft{n}"), "title": slug, "content": slug});
        make("/articles", draft).await;
    }
    make(
        &format!("{session}/convert-to-ticket"),
        json!({"title": format!("{mark}ticket")}),
    )
    .await;
    let mut ticket = 1;
    if tenant == A {
        // More than others have, so that there is a number which is theirs alone.
        let path = format!("/sessions/{}/convert-to-ticket", text(&second["session_id"]));
        make(&path, json!({"title": format!("{mark}ticket 2")})).await;
        ticket = 2;
    }
    let token = make(
        "/tokens",
        json!({"label": format!("{mark}script"), "scope": "write", "agent_id": el}),
    )
    .await;
    let view = json!({"name": format!("{mark}view"), "filter": format!("tag:{mark}view")});
    write(server, tenant, &colleague, Method::POST, "/views", &view).await;
    let key = make("/identity-keys", json!({})).await;
    let network = if tenant == A { "198.51.100.0/24" } else { "192.0.2.0/24" };
    let block = json!({"network": network, "reason": format!("{mark}block")});
    make("/blocked-networks", block).await;
    let deliveries = get(
        server,
        tenant,
        &admin,
        &format!("/webhooks/{}/deliveries", text(&webhook["id"])),
    )
    .await;
    let customer_of = async |session: &str| {
        let found = get(server, tenant, &admin, &format!("/sessions/{session}")).await;
        text(&found["customer"]["id"])
    };
    let other_conversation = text(&second["session_id"]);
    let (examples, gap) = taught(server, tenant, mark, &third);
    let mut ids = Ids {
        tenant: tenant.to_owned(),
        customer: customer_of(&conversation).await,
        also: customer_of(&other_conversation).await,
        conversation,
        customer_name: alice,
        agent: el,
        email: format!("{mark}el@{domain}"),
        group: text(&group["id"]),
        reply: text(&shared["id"]),
        own_reply: text(&own_reply["id"]),
        slug: format!("{mark}article1"),
        draft: format!("{mark}draft1"),
        ticket,
        message: own["id"].as_u64().unwrap(),
        file,
        token: text(&token["id"]),
        key: text(&key["id"]),
        webhook: text(&webhook["id"]),
        delivery: deliveries["deliveries"][0]["rev"].as_u64().unwrap(),
        examples,
        gap,
        network: network.replace('/', "%2F"),
        view: format!("{mark}view"),
        device,
        cursors: BTreeMap::new(),
        since: text(&get(server, tenant, &admin, "/events?since=0&wait=0").await["cursor"]),
    };
    let customer_key = text(&first["session_key"]);
    if tenant == A {
        ids.cursors = cursors(server, &ids, &admin, &customer_key).await;
    }
    let agents_ids = Ids {
        conversation: third,
        ..ids.clone()
    };
    Desk {
        ids,
        agents_ids,
        admin,
        agent,
        colleague,
        key: customer_key,
        other_key: text(&second["session_key"]),
        other_conversation,
    }
}

/// The next cursor of each list that has one.
async fn cursors(server: &Server, ids: &Ids, admin: &str, key: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for list in operations().iter().filter(|it| takes(it, "cursor")) {
        let path = page_of_one(list, ids);
        let bearer = if path.contains("/public/") { key } else { admin };
        let mut page = get(server, &ids.tenant, bearer, &path).await;
        while page["behind"].as_u64().is_some_and(|events| events > 0) {
            // What was just said is found a moment later.
            page = get(server, &ids.tenant, bearer, &path).await;
        }
        let next = page["next_cursor"].as_str();
        let next = next.unwrap_or_else(|| panic!("{}: there is one page only: {page}", list.name()));
        found.insert(list.path.clone(), next.to_owned());
    }
    found
}

/// The path of a page with one row.
pub fn page_of_one(list: &Operation, ids: &Ids) -> String {
    let search = if list.path.ends_with("/search") { "&q=line" } else { "" };
    format!("{}?limit=1{search}", at(list, ids))
}

/// Whether the query has a parameter of this name.
pub fn takes(operation: &Operation, name: &str) -> bool {
    operation.parameters("query").iter().any(|it| it == name)
}

/// The operation's path with these ids. What a new path names has to be said here.
pub fn at(operation: &Operation, ids: &Ids) -> String {
    let mut path: Vec<String> = vec![];
    for segment in operation.path.split('/') {
        let filled = match (path.last().map(String::as_str), segment.starts_with('{')) {
            (_, false) => segment.to_owned(),
            (Some("sessions" | "session"), _) => ids.conversation.clone(),
            (Some("messages"), _) => ids.message.to_string(),
            (Some("customers"), _) => ids.customer.clone(),
            (Some("conversation" | "chat"), _) => ids.customer_name.clone(),
            (Some("agents"), _) if segment == "{email}" => ids.email.clone(),
            (Some("agents"), _) => ids.agent.clone(),
            (Some("articles"), _) => ids.slug.clone(),
            (Some("canned-responses"), _) => ids.reply.clone(),
            (Some("groups"), _) => ids.group.clone(),
            (Some("identity-keys"), _) => ids.key.clone(),
            (Some("uploads"), _) => ids.file.clone(),
            (Some("tickets"), _) => ids.ticket.to_string(),
            (Some("tokens"), _) => ids.token.clone(),
            (Some("webhooks"), _) => ids.webhook.clone(),
            (Some("deliveries"), _) => ids.delivery.to_string(),
            (Some("examples"), _) => ids.examples[0].to_string(),
            (Some("gaps"), _) => ids.gap.to_string(),
            (Some("views"), _) => ids.view.clone(),
            (Some("tenants"), _) => ids.tenant.clone(),
            (Some("blocked-networks"), _) => ids.network.clone(),
            (of, _) => panic!("{}: what is {segment} of {of:?}?", operation.name()),
        };
        path.push(filled);
    }
    path.join("/")
}
