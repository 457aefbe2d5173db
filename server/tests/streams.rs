//! What is sent as long as it takes ends with the sign-in of who asked for it, whatever it is and however the sign-in ends: a body
//! that its reader may have no more is cut, so that nobody takes a part for the whole.

mod rig;

use std::time::Duration;

use reqwest::{Method, RequestBuilder};
use rig::{PASSWORD, Server, answer};
use rusqlite::Connection;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
};

const API: &str = "/api/v1/chat";
const ADMIN: &str = "bea@acme.example";
const TENANT: (&str, &str) = ("x-minicom-tenant", "acme");
/// More than what the system keeps between two programs of one computer.
const MUCH: usize = 7 << 20;

/// A server with the tenant acme, in which everything is large: a customer's conversation, its file, the list of conversations.
struct World {
    server: Server,
    /// The customer's id, conversation, key, and file.
    customer: String,
    session: String,
    key: String,
    file: String,
}

impl World {
    async fn new() -> World {
        let server = Server::start().await;
        let made = json!({"tenant_id": "acme", "name": "Acme", "admin_email": "ada@acme.example", "admin_name": "Ada"});
        let new = server.post(&format!("{API}/tenants"), &server.token, &made);
        assert_eq!(answer(new).await.0, 201);
        let mut world = World {
            server,
            customer: String::new(),
            session: String::new(),
            key: String::new(),
            file: String::new(),
        };
        // One of two, so that it can be disabled.
        let other = json!({"email": ADMIN, "name": "Bea", "password": PASSWORD, "role": "admin"});
        let other = world.server.post("/api/agents", &world.server.token, &other);
        assert_eq!(answer(acme(other)).await.0, 201);
        let begun = json!({"tenant_id": "acme", "customer_name": "Eve", "message": "hello"});
        let begun = world
            .server
            .bare(Method::POST, &format!("{API}/public/start"))
            .json(&begun);
        let (status, begun) = answer(begun).await;
        assert_eq!(status, 201, "{begun}");
        let word = |name: &str| {
            begun[name]
                .as_str()
                .unwrap_or_else(|| panic!("{name}: {begun}"))
                .to_owned()
        };
        (world.session, world.key) = (word("session_id"), word("session_key"));
        let token = world.login().await;
        world.fill(&token).await;
        world
    }

    /// Lines and a file, each of them [`MUCH`].
    async fn fill(&mut self, token: &str) {
        let session = format!("{API}/sessions/{}", self.session);
        let (_, row) = answer(acme(self.server.get(&session, token))).await;
        self.customer = row["customer"]["id"]
            .as_str()
            .unwrap_or_else(|| panic!("{row}"))
            .to_owned();
        let (status, taken) = answer(acme(self.server.post(&format!("{session}/accept"), token, &json!({})))).await;
        assert_eq!(status, 200, "{taken}");
        let line = json!({ "message": "x".repeat(16_000) });
        for _ in 0..MUCH / 16_000 {
            let post = self.server.post(&format!("{session}/messages"), token, &line);
            let (status, posted) = answer(acme(post)).await;
            assert_eq!(status, 201, "{posted}");
        }
        let path = format!("{API}/uploads?tenant_id=acme&session_id={}&name=long.log", self.session);
        let sent = self.server.bare(Method::POST, &path).bearer_auth(&self.key);
        let (status, sent) = answer(sent.body(vec![b'x'; MUCH])).await;
        assert_eq!(status, 201, "{sent}");
        self.file = sent["upload_id"].as_str().unwrap().to_owned();
        let line = json!({"tenant_id": "acme", "session_id": self.session, "type": "file", "upload_id": self.file});
        let line = self.server.post(&format!("{API}/public/message"), &self.key, &line);
        assert_eq!(answer(line).await.0, 201);
    }

    /// As many conversations as a desk has after some years.
    fn has_a_long_list(&self) {
        let conn = Connection::open(self.server.data().join("minicom.db")).unwrap();
        conn.busy_timeout(Duration::from_secs(30)).unwrap();
        conn.execute(
            "WITH RECURSIVE n (n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM n WHERE n < ?1)
             INSERT INTO conversations (tenant, id, customer, number, stage, rev, summary, closed_at)
             SELECT c.tenant, unhex(printf('%032x', n)), c.customer, n, 'closed', c.rev,
                    json_set(c.summary, '$.conversation', printf('00000000-0000-0000-0000-%012x', n),
                             '$.intake.subject', printf('%.190c', 'x')), 1
             FROM n, conversations c WHERE c.tenant = 2",
            [MUCH as i64 / 400],
        )
        .unwrap();
    }

    async fn admin(&self, change: Value) {
        let path = format!("/api/agents/{ADMIN}");
        let change = self
            .server
            .bare(Method::PATCH, &path)
            .bearer_auth(&self.server.token)
            .json(&change);
        let (status, changed) = answer(change.header(TENANT.0, TENANT.1)).await;
        assert_eq!(status, 200, "{changed}");
    }

    async fn tenant(&self, enabled: bool) {
        let path = format!("{API}/tenants/acme");
        let change = self.server.bare(Method::PATCH, &path).bearer_auth(&self.server.token);
        let (status, changed) = answer(change.json(&json!({ "enabled": enabled }))).await;
        assert_eq!(status, 200, "{changed}");
    }

    async fn login(&self) -> String {
        let body = json!({"email": ADMIN, "password": PASSWORD, "tenant": "acme"});
        let (status, told) = answer(self.server.bare(Method::POST, "/api/agent/login").json(&body)).await;
        assert_eq!(status, 200, "{told}");
        told["token"].as_str().unwrap().to_owned()
    }

    /// Begins each of these and reads only its head.
    async fn begin(&self, paths: &[String], bearer: &str) -> Vec<Begun> {
        let mut begun = vec![];
        for path in paths {
            begun.push(Begun::of(&self.server.url, path, bearer).await);
        }
        begun
    }

    fn of_agents(&self) -> Vec<String> {
        let World {
            customer,
            session,
            file,
            ..
        } = self;
        vec![
            "/export".to_owned(),
            format!("/customers/{customer}/export"),
            "/reports/conversations.csv".to_owned(),
            format!("/sessions/{session}/transcript"),
            format!("/sessions/{session}/transcript?format=json&notes=true"),
            format!("/uploads/{file}"),
        ]
    }

    fn of_customers(&self) -> Vec<String> {
        vec![
            format!("/public/session/{}/transcript", self.session),
            format!("/uploads/{}", self.file),
        ]
    }
}

/// By an agent of the tenant.
fn acme(request: RequestBuilder) -> RequestBuilder {
    request.header(TENANT.0, TENANT.1)
}

/// An answer of which the head was read. The system keeps little of the rest: it is not read before it is asked for.
struct Begun {
    stream: TcpStream,
    head: String,
}

impl Begun {
    async fn of(url: &str, path: &str, bearer: &str) -> Begun {
        let address = url.strip_prefix("http://").unwrap().parse().unwrap();
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(64 * 1024).unwrap();
        let mut stream = socket.connect(address).await.unwrap();
        let (name, value) = TENANT;
        let asked = format!(
            "GET {API}{path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {bearer}\r\n{name}: {value}\r\nConnection: close\r\n\r\n"
        );
        stream.write_all(asked.as_bytes()).await.unwrap();
        let mut head = vec![];
        while !head.ends_with(b"\r\n\r\n") {
            let byte = tokio::time::timeout(Duration::from_secs(30), stream.read_u8()).await;
            head.push(byte.expect("a head").unwrap());
        }
        let head = String::from_utf8(head).unwrap().to_lowercase();
        assert!(head.starts_with("http/1.1 200 "), "{path}: {head}");
        Begun { stream, head }
    }

    /// Reads to the end: how much came, and whether that was all.
    async fn rest(mut self) -> (usize, bool) {
        let mut bytes = vec![];
        let read = tokio::time::timeout(Duration::from_secs(30), self.stream.read_to_end(&mut bytes)).await;
        let ended = read.expect("it goes on or it ends").is_ok();
        let length = self.head.split("content-length: ").nth(1);
        let length: Option<usize> = length.map(|it| it.split("\r\n").next().unwrap().parse().unwrap());
        let whole = match length {
            Some(length) => bytes.len() == length,
            None => bytes.ends_with(b"\r\n0\r\n\r\n"),
        };
        (bytes.len(), ended && whole)
    }
}

async fn all_are_cut(paths: &[String], begun: Vec<Begun>, why: &str) {
    // All at once: who waits for long to be read is cut for that.
    let read = futures_util::future::join_all(begun.into_iter().map(Begun::rest)).await;
    for (path, (bytes, whole)) in paths.iter().zip(read) {
        assert!(!whole && bytes < MUCH, "{path} went on after {why}: {bytes} bytes");
    }
}

#[tokio::test]
async fn what_agents_read_ends_with_their_sign_in() {
    let world = World::new().await;
    world.has_a_long_list();
    let paths = world.of_agents();
    let token = world.login().await;
    for path in &paths {
        let (bytes, whole) = Begun::of(&world.server.url, path, &token).await.rest().await;
        assert!(whole && bytes > MUCH * 9 / 10, "{path} is whole: {bytes} bytes");
    }

    let begun = world.begin(&paths, &token).await;
    let out = world.server.post(&format!("{API}/logout"), &token, &json!({}));
    assert!(
        out.header(TENANT.0, TENANT.1)
            .send()
            .await
            .unwrap()
            .status()
            .is_success()
    );
    all_are_cut(&paths, begun, "the logout").await;

    let begun = world.begin(&paths, &world.login().await).await;
    world.admin(json!({ "enabled": false })).await;
    all_are_cut(&paths, begun, "the account was disabled").await;
    world.admin(json!({ "enabled": true })).await;

    let begun = world.begin(&paths, &world.login().await).await;
    world.tenant(false).await;
    all_are_cut(&paths, begun, "the tenant was disabled").await;
    world.server.stop().await.unwrap();
}

#[tokio::test]
async fn what_customers_read_ends_when_they_are_kept_out() {
    let world = World::new().await;
    let paths = world.of_customers();
    for path in &paths {
        let (bytes, whole) = Begun::of(&world.server.url, path, &world.key).await.rest().await;
        assert!(whole && bytes >= MUCH * 9 / 10, "{path} is whole: {bytes} bytes");
    }
    let token = world.login().await;
    let keep_out = async |what: &str| {
        let path = format!("{API}/customers/{}/{what}", world.customer);
        let (status, told) = answer(acme(world.server.post(&path, &token, &json!({})))).await;
        assert_eq!(status, 200, "{told}");
    };
    let begun = world.begin(&paths, &world.key).await;
    keep_out("block").await;
    all_are_cut(&paths, begun, "the block").await;
    let again = world.server.get(&format!("{API}{}", paths[0]), &world.key);
    assert_eq!(answer(acme(again)).await.0, 403);
    keep_out("unblock").await;

    let begun = world.begin(&paths, &world.key).await;
    world.tenant(false).await;
    all_are_cut(&paths, begun, "the tenant was disabled").await;
    world.tenant(true).await;

    let begun = world.begin(&paths, &world.key).await;
    let path = format!("{API}/customers/{}", world.customer);
    let erase = world.server.bare(Method::DELETE, &path).bearer_auth(&token);
    let erased = acme(erase).send().await.unwrap();
    assert!(erased.status().is_success(), "{erased:?}");
    all_are_cut(&paths, begun, "the erasure").await;
    world.server.stop().await.unwrap();
}
