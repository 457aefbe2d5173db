//! Webhooks against the real server and real receivers: every event at least once, whatever the receiver does; and who may
//! manage them.

mod rig;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use minicom_protocol::people::Role;
use minicom_server::limits::{WEBHOOK_POSTS_EACH_MAX, WEBHOOK_POSTS_MAX};
use reqwest::Method;
use rig::{ALICE, PASSWORD, Server, answer};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
};

const WEBHOOKS: &str = "/api/v1/chat/webhooks";

/// One request that a receiver got.
#[derive(Clone, Debug)]
struct Got {
    id: String,
    timestamp: String,
    signature: String,
    body: String,
}

/// What a receiver does with its n-th request.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Does {
    Takes,
    Fails,
    Redirects,
    ClosesAtOnce,
    ClosesMidBody,
    Hangs,
    SaysGone,
}

/// A receiver on loopback.
struct Receiver {
    url: String,
    got: Arc<Mutex<Vec<(Does, Got)>>>,
    count: watch::Receiver<usize>,
}

impl Receiver {
    async fn start(does: impl Fn(usize) -> Does + Send + Sync + 'static) -> Receiver {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hooks", listener.local_addr().unwrap());
        let got: Arc<Mutex<Vec<(Does, Got)>>> = Arc::default();
        let (counted, count) = watch::channel(0);
        let (all, does) = (got.clone(), Arc::new(does));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (all, does, counted) = (all.clone(), does.clone(), counted.clone());
                tokio::spawn(async move { serve(stream, &all, does.as_ref(), &counted).await });
            }
        });
        Receiver { url, got, count }
    }

    /// Waits until it has taken so many events.
    async fn takes(&self, wanted: usize) -> BTreeMap<String, Vec<Got>> {
        let mut count = self.count.clone();
        let enough = async {
            while self.taken().len() < wanted {
                count.changed().await.unwrap();
            }
        };
        tokio::time::timeout(Duration::from_secs(60), enough)
            .await
            .expect("all events are taken");
        self.taken()
    }

    fn taken(&self) -> BTreeMap<String, Vec<Got>> {
        let mut taken: BTreeMap<String, Vec<Got>> = BTreeMap::new();
        for (did, got) in self.got.lock().unwrap().iter() {
            if *did == Does::Takes {
                taken.entry(got.id.clone()).or_default().push(got.clone());
            }
        }
        taken
    }
}

async fn serve(
    mut stream: TcpStream,
    all: &Mutex<Vec<(Does, Got)>>,
    does: &(dyn Fn(usize) -> Does + Send + Sync),
    counted: &watch::Sender<usize>,
) {
    let mut bytes = vec![];
    loop {
        let Some(got) = request(&mut stream, &mut bytes).await else {
            return;
        };
        let n = {
            let mut all = all.lock().unwrap();
            let n = all.len();
            all.push((does(n), got));
            n
        };
        counted.send_replace(n + 1);
        let answer: &[u8] = match does(n) {
            Does::Takes => b"HTTP/1.1 204 No Content\r\n\r\n",
            Does::Fails => b"HTTP/1.1 503 Busy\r\ncontent-length: 2\r\n\r\nno",
            Does::Redirects => b"HTTP/1.1 307 There\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n",
            Does::SaysGone => b"HTTP/1.1 410 Gone\r\ncontent-length: 0\r\n\r\n",
            Does::ClosesMidBody => b"HTTP/1.1 500 Oh\r\ncontent-length: 900\r\n\r\nsome",
            Does::ClosesAtOnce => return,
            Does::Hangs => std::future::pending().await,
        };
        if stream.write_all(answer).await.is_err() || does(n) == Does::ClosesMidBody {
            return;
        }
    }
}

async fn request(stream: &mut TcpStream, bytes: &mut Vec<u8>) -> Option<Got> {
    loop {
        if let Some(end) = bytes.windows(4).position(|it| it == b"\r\n\r\n") {
            let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
            let header = |name: &str| {
                let mut lines = head.split("\r\n").filter_map(|line| line.split_once(": "));
                lines
                    .find(|(key, _)| key.eq_ignore_ascii_case(name))
                    .map_or_else(String::new, |it| it.1.to_owned())
            };
            let length: usize = header("content-length").parse().unwrap();
            if bytes.len() >= end + 4 + length {
                let body = String::from_utf8(bytes[end + 4..end + 4 + length].to_vec()).unwrap();
                bytes.drain(..end + 4 + length);
                return Some(Got {
                    id: header("webhook-id"),
                    timestamp: header("webhook-timestamp"),
                    signature: header("webhook-signature"),
                    body,
                });
            }
        }
        let mut chunk = [0; 4096];
        match stream.read(&mut chunk).await {
            Ok(0) | Err(_) => return None,
            Ok(read) => bytes.extend_from_slice(&chunk[..read]),
        }
    }
}

/// A server that may tell receivers on this computer.
async fn server() -> Server {
    Server::with(
        |config| {
            config.webhooks.allow_private = true;
            config.webhooks.retry_first = Duration::from_millis(5);
        },
        async |seed| {
            seed.agent("bo@x.org", "Bo", Role::Agent).await;
            seed.customer("alice", ALICE).await;
        },
    )
    .await
}

async fn made(server: &Server, url: &str, kinds: &[&str]) -> Value {
    let new = json!({"url": url, "kinds": kinds});
    let (status, hook) = answer(server.post(WEBHOOKS, &server.token, &new)).await;
    assert_eq!(status, 201, "{hook}");
    hook
}

/// Makes so many events that agents see.
async fn happens(server: &Server, times: usize) {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    for _ in 0..times {
        // What is the same already is no event.
        let n = NUMBER.fetch_add(1, Ordering::Relaxed);
        let new = json!({"name": format!("Bo {n}")});
        let request = server
            .bare(Method::PATCH, "/api/agents/bo@x.org")
            .bearer_auth(&server.token)
            .json(&new);
        assert_eq!(answer(request).await.0, 200);
    }
}

/// What time does, done at once.
fn database(server: &Server) -> rusqlite::Connection {
    let conn = rusqlite::Connection::open(server.data().join("minicom.db")).unwrap();
    conn.busy_timeout(Duration::from_secs(10)).unwrap();
    conn
}

fn signed(secret: &str, got: &Got) -> String {
    let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    mac.update(format!("{}.{}.{}", got.id, got.timestamp, got.body).as_bytes());
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

#[tokio::test]
async fn an_event_is_told_signed_and_only_to_those_who_want_it() {
    let server = server().await;
    let (all, some) = (
        Receiver::start(|_| Does::Takes).await,
        Receiver::start(|_| Does::Takes).await,
    );
    let hook = made(&server, &all.url, &[]).await;
    made(&server, &some.url, &["chat.session.closed"]).await;
    happens(&server, 3).await;
    let taken = all.takes(3).await;
    for got in taken.values().flatten() {
        assert_eq!(got.signature, signed(hook["secret"].as_str().unwrap(), got));
        let body: Value = serde_json::from_str(&got.body).unwrap();
        assert_eq!(
            (&body["type"], &body["tenant"]),
            (&json!("agent.changed"), &json!("default"))
        );
        let (rev, mark) = (
            body["data"]["rev"].as_u64().unwrap(),
            body["data"]["mark"].as_str().unwrap(),
        );
        assert_eq!(got.id, format!("evt_{rev}_{mark}"));
        assert_eq!(body["cursor"], format!("{rev}.{mark}"));
        // The cursor is the feed's.
        let path = format!("/api/v1/chat/events?since={rev}.{mark}");
        assert_eq!(server.get(&path, &server.token).send().await.unwrap().status(), 200);
    }
    assert!(some.got.lock().unwrap().is_empty());

    let path = format!("{WEBHOOKS}/{}/deliveries", hook["id"].as_str().unwrap());
    let done = async {
        loop {
            let (_, list) = answer(server.get(&path, &server.token)).await;
            let list = list["deliveries"].as_array().unwrap().clone();
            if list.iter().all(|it| it["state"] == "done") {
                return list;
            }
        }
    };
    let list = tokio::time::timeout(Duration::from_secs(20), done).await.unwrap();
    assert_eq!(list.len(), 3);
    assert!(
        list.iter().all(|it| it["status"] == 204 && it["attempts"] == 1),
        "{list:?}"
    );
    let (_, page) = answer(server.get(&format!("{path}?limit=2"), &server.token)).await;
    let next = page["next_cursor"].as_str().unwrap();
    let (_, rest) = answer(server.get(&format!("{path}?limit=2&cursor={next}"), &server.token)).await;
    assert_eq!(
        (rest["deliveries"].as_array().unwrap().len(), rest.get("next_cursor")),
        (1, None)
    );

    // Again, under the same id.
    let rev = list[0]["rev"].as_u64().unwrap();
    let (status, _) = answer(server.post(&format!("{path}/{rev}/replay"), &server.token, &json!({}))).await;
    assert_eq!(status, 202);
    let twice = async {
        while all.taken().values().all(|tries| tries.len() < 2) {
            all.count.clone().changed().await.unwrap();
        }
    };
    tokio::time::timeout(Duration::from_secs(20), twice).await.unwrap();
    assert_eq!(all.taken().len(), 3);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn every_event_comes_at_least_once_whatever_the_receiver_does() {
    let server = server().await;
    // Every other request goes wrong, each time otherwise. What hangs costs its whole time and is left to the unit tests' clock.
    let bad = [Does::Fails, Does::Redirects, Does::ClosesAtOnce, Does::ClosesMidBody];
    let receiver = Receiver::start(move |n| match n % 2 {
        0 => bad[n / 2 % bad.len()],
        _ => Does::Takes,
    })
    .await;
    // One that never answers takes nobody else's place.
    let hanging = Receiver::start(|_| Does::Hangs).await;
    made(&server, &hanging.url, &[]).await;
    made(&server, &receiver.url, &[]).await;
    const EVENTS: usize = 12;
    happens(&server, EVENTS).await;
    let taken = receiver.takes(EVENTS).await;
    let revs: BTreeSet<u64> = taken
        .values()
        .map(|tries| {
            serde_json::from_str::<Value>(&tries[0].body).unwrap()["data"]["rev"]
                .as_u64()
                .unwrap()
        })
        .collect();
    assert_eq!(
        (taken.len(), revs.len()),
        (EVENTS, EVENTS),
        "an id for each event, the same for each try"
    );
    assert!(receiver.got.lock().unwrap().len() > EVENTS);
    assert!(!hanging.got.lock().unwrap().is_empty());
    server.stop().await.unwrap();
}

#[tokio::test]
async fn what_was_not_told_is_told_after_a_restart() {
    let server = server().await;
    let receiver = Receiver::start(|n| if n == 0 { Does::Hangs } else { Does::Takes }).await;
    made(&server, &receiver.url, &[]).await;
    happens(&server, 1).await;
    let mut count = receiver.count.clone();
    count.wait_for(|count| *count == 1).await.unwrap();
    let server = server.again().await;
    let taken = receiver.takes(1).await;
    let ids: BTreeSet<String> = receiver
        .got
        .lock()
        .unwrap()
        .iter()
        .map(|(_, got)| got.id.clone())
        .collect();
    assert_eq!((taken.len(), ids.len()), (1, 1));
    server.stop().await.unwrap();
}

#[tokio::test]
async fn who_says_gone_is_told_no_more_until_an_admin_says_otherwise() {
    let server = server().await;
    let receiver = Receiver::start(|n| if n == 0 { Does::SaysGone } else { Does::Takes }).await;
    let hook = made(&server, &receiver.url, &[]).await;
    let path = format!("{WEBHOOKS}/{}", hook["id"].as_str().unwrap());
    happens(&server, 1).await;
    let gone = async { while answer(server.get(&path, &server.token)).await.1["disabled_for"] != "gone" {} };
    tokio::time::timeout(Duration::from_secs(20), gone).await.unwrap();
    happens(&server, 1).await;
    let enable = server.bare(Method::PATCH, &path).bearer_auth(&server.token);
    let (status, hook) = answer(enable.json(&json!({"enabled": true}))).await;
    assert_eq!(
        (status, &hook["enabled"], hook.get("disabled_for")),
        (200, &json!(true), None)
    );
    happens(&server, 1).await;
    receiver.takes(1).await;
    assert_eq!(
        receiver.got.lock().unwrap().len(),
        2,
        "what happened in between is not told"
    );
    server.stop().await.unwrap();
}

#[tokio::test]
async fn after_a_rotation_both_secrets_sign_for_a_day() {
    let server = server().await;
    let receiver = Receiver::start(|_| Does::Takes).await;
    let hook = made(&server, &receiver.url, &[]).await;
    let path = format!("{WEBHOOKS}/{}", hook["id"].as_str().unwrap());
    let rotate = |key: &'static str| {
        let request = server.post(&format!("{path}/rotate"), &server.token, &json!({}));
        answer(request.header("idempotency-key", key))
    };
    let secret = |hook: &Value| hook["secret"].as_str().unwrap().to_owned();
    let (status, rotated) = rotate("one").await;
    assert_eq!(status, 200, "{rotated}");
    assert_ne!(secret(&rotated), secret(&hook));
    assert!(rotated["old_secret_until"].is_string(), "{rotated}");
    let (_, repeat) = rotate("one").await;
    assert!(
        repeat.get("secret").is_none(),
        "a repeat is no second rotation: {repeat}"
    );
    assert_eq!(repeat["old_secret_until"], rotated["old_secret_until"]);

    happens(&server, 1).await;
    let got = receiver.takes(1).await.into_values().flatten().next().unwrap();
    let both = [signed(&secret(&rotated), &got), signed(&secret(&hook), &got)];
    assert_eq!(got.signature, both.join(" "));

    // A second one ends the oldest; the end of the day ends the old one.
    let (_, again) = rotate("two").await;
    happens(&server, 1).await;
    let taken = receiver.takes(2).await;
    let newest = taken.into_values().flatten().find(|it| it.id != got.id).unwrap();
    let both = [signed(&secret(&again), &newest), signed(&secret(&rotated), &newest)];
    assert_eq!(newest.signature, both.join(" "));
    database(&server)
        .execute("UPDATE webhooks SET old_until = 1", [])
        .unwrap();
    happens(&server, 1).await;
    let taken = receiver.takes(3).await;
    let last = taken
        .into_values()
        .flatten()
        .find(|it| it.id != got.id && it.id != newest.id);
    let last = last.unwrap();
    assert_eq!(last.signature, signed(&secret(&again), &last));
    let (_, shown) = answer(server.get(&path, &server.token)).await;
    assert!(shown.get("old_secret_until").is_none(), "{shown}");
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_disabled_tenants_webhooks_wait_and_go_on() {
    let server = server().await;
    let operate = async |method, path: &str, body: Value| {
        let path = format!("/api/v1/chat/tenants{path}");
        answer(server.bare(method, &path).bearer_auth(&server.token).json(&body)).await
    };
    let (status, made) = operate(Method::POST, "", json!({"tenant_id": "acme", "name": "Acme"})).await;
    assert_eq!(status, 201, "{made}");
    let receiver = Receiver::start(|n| if n == 0 { Does::Fails } else { Does::Takes }).await;
    let of_acme = |request: reqwest::RequestBuilder| request.header("x-minicom-tenant", "acme");
    let new = json!({"url": receiver.url});
    let (status, hook) = answer(of_acme(server.post(WEBHOOKS, &server.token, &new))).await;
    assert_eq!(status, 201, "{hook}");
    let group = json!({"name": "billing"});
    let (status, group) = answer(of_acme(server.post("/api/v1/chat/groups", &server.token, &group))).await;
    assert_eq!(status, 201, "{group}");
    // Its next try is in an hour, or would be: it is failing for long, too.
    let put_off = "UPDATE deliveries SET due = due + 3600000000, first_at = 1 WHERE attempts = 1";
    let failed = async {
        while database(&server).execute(put_off, []).unwrap() == 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), failed).await.unwrap();
    assert_eq!(operate(Method::PATCH, "/acme", json!({"enabled": false})).await.0, 200);
    assert_eq!(operate(Method::PATCH, "/acme", json!({"enabled": true})).await.0, 200);
    assert_eq!(receiver.takes(1).await.len(), 1, "what waited is told, at once");

    // A deleted tenant's go with it.
    assert_eq!(operate(Method::PATCH, "/acme", json!({"enabled": false})).await.0, 200);
    let (status, gone) = operate(Method::DELETE, "/acme?confirm=acme", json!({})).await;
    assert!((200..300).contains(&status), "{gone}");
    for table in ["webhooks", "deliveries"] {
        let count = format!("SELECT count(*) FROM {table}");
        let left: i64 = database(&server).query_row(&count, [], |row| row.get(0)).unwrap();
        assert_eq!(left, 0, "{table}");
    }
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_tenant_that_is_deleted_leaves_its_places_to_the_others() {
    let server = server().await;
    let operate = async |method, path: &str, body: Value| {
        let path = format!("/api/v1/chat/tenants{path}");
        answer(server.bare(method, &path).bearer_auth(&server.token).json(&body)).await
    };
    let of_acme = |request: reqwest::RequestBuilder| request.header("x-minicom-tenant", "acme");
    let (status, made_acme) = operate(Method::POST, "", json!({"tenant_id": "acme", "name": "Acme"})).await;
    assert_eq!(status, 201, "{made_acme}");
    // Its receivers take all places, and do not answer.
    let hanging = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = hanging.local_addr().unwrap();
    for n in 0..WEBHOOK_POSTS_MAX / WEBHOOK_POSTS_EACH_MAX {
        let new = json!({"url": format!("http://{address}/{n}"), "kinds": ["group.changed"]});
        let (status, hook) = answer(of_acme(server.post(WEBHOOKS, &server.token, &new))).await;
        assert_eq!(status, 201, "{hook}");
    }
    for n in 0..WEBHOOK_POSTS_EACH_MAX {
        let group = json!({"name": format!("group-{n}")});
        let (status, group) = answer(of_acme(server.post("/api/v1/chat/groups", &server.token, &group))).await;
        assert_eq!(status, 201, "{group}");
    }
    let mut taken = vec![];
    while taken.len() < WEBHOOK_POSTS_MAX {
        let next = tokio::time::timeout(Duration::from_secs(60), hanging.accept()).await;
        taken.push(next.expect("all places are taken").unwrap());
    }
    assert_eq!(operate(Method::PATCH, "/acme", json!({"enabled": false})).await.0, 200);
    let (status, gone) = operate(Method::DELETE, "/acme?confirm=acme", json!({})).await;
    assert!((200..300).contains(&status), "{gone}");
    drop((taken, hanging));
    let receiver = Receiver::start(|_| Does::Takes).await;
    made(&server, &receiver.url, &["agent.changed"]).await;
    happens(&server, 1).await;
    receiver.takes(1).await;
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_test_says_what_came_of_it() {
    let server = server().await;
    let receiver = Receiver::start(|n| if n == 0 { Does::Takes } else { Does::Fails }).await;
    let hook = made(&server, &receiver.url, &[]).await;
    let path = format!("{WEBHOOKS}/{}/test", hook["id"].as_str().unwrap());
    let (status, taken) = answer(server.post(&path, &server.token, &json!({}))).await;
    assert_eq!((status, taken), (200, json!({"delivered": true, "status": 204})));
    let (_, failed) = answer(server.post(&path, &server.token, &json!({}))).await;
    assert_eq!(failed, json!({"delivered": false, "status": 503, "error": "status"}));
    let got = receiver.got.lock().unwrap()[0].1.clone();
    assert!(
        got.id.starts_with("test_") && got.body.contains("webhook.test"),
        "{got:?}"
    );
    assert_eq!(got.signature, signed(hook["secret"].as_str().unwrap(), &got));
    server.stop().await.unwrap();
}

#[tokio::test]
async fn only_admins_manage_them_and_what_is_wrong_is_told() {
    let server = Server::over(async |seed| {
        seed.agent("bo@x.org", "Bo", Role::Agent).await;
    })
    .await;
    let good = json!({"url": "https://example.org/hooks"});
    for (url, reason) in [
        ("file:///etc/passwd", "scheme"),
        ("http://127.0.0.1", "loopback"),
        ("http://[::ffff:10.0.0.1]", "private"),
        ("http://2130706433", "loopback"),
        ("http://example.org:22/", "port"),
        ("https://a:b@example.org/", "userinfo"),
        ("http://169.254.169.254/", "link_local"),
        ("", "malformed"),
    ] {
        let (status, refused) = answer(server.post(WEBHOOKS, &server.token, &json!({"url": url}))).await;
        assert_eq!(
            (status, &refused["code"], &refused["reason"]),
            (422, &json!("url_not_allowed"), &json!(reason))
        );
    }
    let bad_kind = json!({"url": "https://example.org/", "kinds": ["chat.nothing"]});
    assert_eq!(
        answer(server.post(WEBHOOKS, &server.token, &bad_kind)).await.1["code"],
        "bad_field"
    );

    // The secret is told once, and in the repeat of that request; there is no second webhook.
    let create = || {
        server
            .post(WEBHOOKS, &server.token, &good)
            .header("idempotency-key", "one")
    };
    let ((status, first), (_, again)) = (answer(create()).await, answer(create()).await);
    assert_eq!((status, &first), (201, &again));
    assert!(first["secret"].as_str().unwrap().starts_with("whsec_"));
    let (_, list) = answer(server.get(WEBHOOKS, &server.token)).await;
    assert_eq!(list["webhooks"].as_array().unwrap().len(), 1);
    assert!(!list.to_string().contains("whsec_"));

    let id = first["id"].as_str().unwrap();
    let bo = server.login("bo@x.org").await;
    for (method, path) in [
        (Method::GET, String::new()),
        (Method::POST, String::new()),
        (Method::GET, format!("/{id}")),
        (Method::PATCH, format!("/{id}")),
        (Method::DELETE, format!("/{id}")),
        (Method::GET, format!("/{id}/deliveries")),
        (Method::POST, format!("/{id}/deliveries/1/replay")),
        (Method::POST, format!("/{id}/test")),
        (Method::POST, format!("/{id}/rotate")),
    ] {
        let path = format!("{WEBHOOKS}{path}");
        let request = || server.bare(method.clone(), &path).json(&good);
        assert_eq!(answer(request().bearer_auth(&bo)).await.0, 403, "{method} {path}");
        assert_eq!(answer(request()).await.0, 401, "{method} {path}");
    }
    for unknown in ["0192f0c1-2345-7abc-8def-0123456789ab", "no-id", "%20"] {
        let path = format!("{WEBHOOKS}/{unknown}");
        assert_eq!(answer(server.get(&path, &server.token)).await.0, 404, "{unknown}");
    }
    for rev in ["0", "99999", "-1", "x", "99999999999999999999"] {
        let path = format!("{WEBHOOKS}/{id}/deliveries/{rev}/replay");
        assert_eq!(
            answer(server.post(&path, &server.token, &json!({}))).await.0,
            404,
            "{rev}"
        );
    }
    let delete = server
        .bare(Method::DELETE, &format!("{WEBHOOKS}/{id}"))
        .bearer_auth(&server.token);
    assert_eq!(answer(delete).await.0, 204);
    assert_eq!(
        answer(server.get(&format!("{WEBHOOKS}/{id}"), &server.token)).await.0,
        404
    );
    let new = json!({"email": "cy@x.org", "name": "Cy", "password": PASSWORD});
    assert_eq!(answer(server.post("/api/agents", &server.token, &new)).await.0, 201);
    server.stop().await.unwrap();
}
