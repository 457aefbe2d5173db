//! Files over HTTP: what is taken and what is not, who may have one, in what form it goes out, and that its bytes go with it.

mod rig;

use std::path::{Path, PathBuf};

use minicom_protocol::people::Role;
use reqwest::{Method, Response};
use rig::{ALICE, BOB, Server, answer};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

const UPLOADS: &str = "/api/v1/chat/uploads";
const BOUNDARY: &str = "XxXx";

/// A server with alice, who waits, bob, who waits too, and the agents Bo and Cy.
struct World {
    server: Server,
    alice: String,
    bob: String,
    bo: String,
}

impl World {
    async fn new() -> World {
        World::with(|_| {}).await
    }

    async fn with(configure: impl FnOnce(&mut minicom_server::config::Config)) -> World {
        let mut ids = vec![];
        let server = Server::with(configure, async |seed| {
            seed.agent("bo@x.org", "Bo", Role::Agent).await;
            for (name, secret) in [("alice", ALICE), ("bob", BOB)] {
                let customer = seed.customer(name, secret).await;
                seed.says(&customer, "hello").await;
                ids.push(seed.newest(&customer).await.conversation.to_string());
            }
        })
        .await;
        let bo = server.login("bo@x.org").await;
        let [alice, bob] = ids.try_into().unwrap();
        World { server, alice, bob, bo }
    }

    /// Uploads a body as it is.
    async fn upload(&self, bearer: &str, query: &str, body: impl Into<reqwest::Body>) -> (u16, Value) {
        let request = self.server.bare(Method::POST, &format!("{UPLOADS}?{query}"));
        answer(request.bearer_auth(bearer).body(body)).await
    }

    /// Uploads a form.
    async fn form(&self, bearer: &str, query: &str, parts: &[(&str, &[u8])]) -> (u16, Value) {
        let request = self
            .server
            .bare(Method::POST, &format!("/api/chat-upload/upload?{query}"));
        let kind = format!("multipart/form-data; boundary={BOUNDARY}");
        answer(
            request
                .bearer_auth(bearer)
                .header("content-type", kind)
                .body(form(parts)),
        )
        .await
    }

    /// A file of alice's that stands in a line.
    async fn sent_by_alice(&self, name: &str, bytes: &[u8]) -> (String, Value) {
        let query = format!("session_id={}&name={name}", self.alice);
        let (status, uploaded) = self.upload(ALICE, &query, bytes.to_vec()).await;
        assert_eq!(status, 201, "{uploaded}");
        let id = uploaded["upload_id"].as_str().unwrap().to_owned();
        let line = json!({"session_id": self.alice, "type": "file", "upload_id": id});
        let (status, line) = answer(self.server.post("/api/v1/chat/public/message", ALICE, &line)).await;
        assert_eq!(status, 201, "{line}");
        (id, line)
    }

    async fn fetch(&self, bearer: &str, id: &str, headers: &[(&str, &str)]) -> Response {
        let mut request = self.server.get(&format!("{UPLOADS}/{id}"), bearer);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send().await.unwrap()
    }

    /// All files below the data folder's `files`.
    fn on_disk(&self) -> Vec<PathBuf> {
        below(&self.server.data().join("files"))
    }

    /// Waits until so many are left.
    async fn until_on_disk(&self, count: usize) {
        let there = async {
            while self.on_disk().len() != count {
                tokio::task::yield_now().await;
            }
        };
        let most = std::time::Duration::from_secs(20);
        let in_time = tokio::time::timeout(most, there).await;
        assert!(in_time.is_ok(), "{count} are expected: {:?}", self.on_disk());
    }
}

fn below(folder: &Path) -> Vec<PathBuf> {
    let mut found = vec![];
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        match entry.path() {
            path if path.is_dir() => found.extend(below(&path)),
            path => found.push(path),
        }
    }
    found
}

/// A form: names with a file name behind `/` bring files.
fn form(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut body = vec![];
    for (name, bytes) in parts {
        body.extend(format!("--{BOUNDARY}\r\nContent-Disposition: form-data; ").bytes());
        match name.split_once('/') {
            Some((name, file)) => body.extend(format!("name=\"{name}\"; filename=\"{file}\"").bytes()),
            None => body.extend(format!("name=\"{name}\"").bytes()),
        }
        body.extend(b"\r\n\r\n");
        body.extend(*bytes);
        body.extend(b"\r\n");
    }
    body.extend(format!("--{BOUNDARY}--\r\n").bytes());
    body
}

fn code(answer: &Value) -> &str {
    answer["code"].as_str().unwrap_or_default()
}

#[tokio::test]
async fn a_customers_file_comes_to_the_agent_and_an_agents_to_the_customer() {
    let world = World::new().await;
    let log = b"line 1\nline 2\n".to_vec();
    let session = world.alice.clone();
    let (status, uploaded) = world
        .form(
            ALICE,
            "",
            &[("session_id", session.as_bytes()), ("file/build.log", &log)],
        )
        .await;
    assert_eq!(status, 201, "{uploaded}");
    assert_eq!(
        (&uploaded["file_name"], &uploaded["size"]),
        (&json!("build.log"), &json!(14))
    );
    assert_eq!(uploaded["mime"], "text/plain");
    let url = uploaded["url"].as_str().unwrap();

    let line = json!({"session_id": session, "type": "file", "attachment_url": url});
    let (status, sent) = answer(world.server.post("/api/v1/chat/public/message", ALICE, &line)).await;
    assert_eq!((status, &sent["type"]), (201, &json!("file")), "{sent}");
    assert_eq!(sent["content"], "File: build.log (14 B)");
    assert_eq!(sent["attachment"], uploaded);
    let list = format!("/api/v1/chat/sessions/{session}/messages");
    let lines = answer(world.server.get(&list, &world.bo)).await.1;
    let last = lines["messages"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(last["attachment_url"], url);
    let fetched = world.server.get(url, &world.bo).send().await.unwrap();
    assert_eq!(fetched.bytes().await.unwrap(), log);

    // The other way, with words.
    answer(world.server.post(
        &format!("/api/v1/chat/sessions/{session}/accept"),
        &world.bo,
        &json!({}),
    ))
    .await;
    let (_, uploaded) = world
        .upload(
            &world.bo,
            &format!("session_id={session}&name=fix.diff"),
            "--- a\n+++ b\n",
        )
        .await;
    let line =
        json!({"session_id": session, "type": "file", "message": "Apply this", "upload_id": uploaded["upload_id"]});
    let (status, sent) = answer(world.server.post("/api/v1/chat/messages", &world.bo, &line)).await;
    assert_eq!(
        (status, &sent["content"]),
        (201, &json!("Apply this\nFile: fix.diff (12 B)")),
        "{sent}"
    );
    let id = uploaded["upload_id"].as_str().unwrap();
    assert_eq!(world.fetch(ALICE, id, &[]).await.status(), 200);
}

#[tokio::test]
async fn what_is_no_file_is_refused_by_what_is_wrong_with_it() {
    let world = World::with(|config| {
        config.file_bytes = 2_048;
        config.rates.uploads_per_customer_per_hour = 1_000;
    })
    .await;
    let query = format!("session_id={}", world.alice);
    let big = vec![b'x'; 2_049];
    let file: (&str, &[u8]) = ("file/a.txt", b"a");
    type Case<'a> = (&'a [(&'a str, &'a [u8])], u16, &'a str);
    let cases: [Case<'_>; 6] = [
        (&[], 400, "bad_field"),
        (&[("note", b"no file")], 400, "bad_field"),
        (&[file, file], 400, "bad_field"),
        (&[("file/empty", b"")], 400, "empty_file"),
        (&[("file/big", &big)], 413, "too_large"),
        (&[("note", &big), ("note", &big), file], 400, "bad_field"),
    ];
    for (parts, status, expected) in cases {
        let got = world.form(ALICE, &query, parts).await;
        assert_eq!((got.0, code(&got.1)), (status, expected), "{}", got.1);
    }
    let named = format!("{query}&name=x");
    for (query, body, status, expected) in [
        (query.as_str(), "no name", 400, "bad_field"),
        (&named, "", 400, "empty_file"),
        ("name=x", "for nobody", 401, "sign_in"),
        ("name=x&session_id=7", "no session", 404, "not_found"),
    ] {
        let got = world.upload(ALICE, query, body).await;
        assert_eq!((got.0, code(&got.1)), (status, expected), "{}", got.1);
    }
    let got = world.upload(ALICE, &named, big).await;
    assert_eq!(
        (got.0, code(&got.1), &got.1["limit"]),
        (413, "too_large", &json!(2_048))
    );
    let got = world.upload(&world.bo, "name=x", "for whom?").await;
    assert_eq!((got.0, &got.1["field"]), (400, &json!("session_id")), "{}", got.1);
    assert_eq!(world.on_disk(), Vec::<PathBuf>::new(), "something was left");
}

#[tokio::test]
async fn names_are_cut_and_never_paths() {
    let world = World::with(|config| config.rates.uploads_per_customer_per_hour = 1_000).await;
    let long = "n".repeat(300);
    for (name, kept) in [
        ("../../etc/passwd", "passwd"),
        ("..", "file"),
        ("/", "file"),
        ("C:\\Users\\x\\a.txt", "a.txt"),
        ("%1b%5B2Jx", "\u{1b}[2Jx"),
        (&long, &long[..255]),
    ] {
        let query = format!("session_id={}&name={name}", world.alice);
        let (status, uploaded) = world.upload(ALICE, &query, name.to_owned()).await;
        assert_eq!((status, &uploaded["file_name"]), (201, &json!(kept)), "{uploaded}");
        let id = uploaded["upload_id"].as_str().unwrap();
        let fetched = world.fetch(ALICE, id, &[]).await;
        let as_told = fetched.headers()["content-disposition"].to_str().unwrap().to_owned();
        assert!(
            as_told.starts_with("attachment; filename=\"") && !as_told.contains('\u{1b}'),
            "{as_told}"
        );
    }
    for path in world.on_disk() {
        let name = path
            .strip_prefix(world.server.data().join("files"))
            .unwrap()
            .to_string_lossy()
            .into_owned();
        assert!(name.chars().all(|c| c.is_ascii_hexdigit() || c == '/'), "{name}");
    }
}

#[tokio::test]
async fn one_answer_for_a_file_that_is_not_there_and_one_that_is_not_yours() {
    let world = World::new().await;
    let (id, _) = world.sent_by_alice("a.txt", b"for Bo alone").await;
    let (_, unsent) = world
        .upload(ALICE, &format!("session_id={}&name=b", world.alice), "not sent")
        .await;
    let unsent = unsent["upload_id"].as_str().unwrap();
    let nowhere = "0192f000-0000-7000-8000-00000000beef";
    let foreign = "f".repeat(64);
    let mut seen = vec![];
    for (bearer, id) in [
        (BOB, id.as_str()),
        (&foreign, &id),
        (&world.bo, unsent),
        (BOB, nowhere),
        (&world.bo, nowhere),
    ] {
        let fetched = world.fetch(bearer, id, &[]).await;
        seen.push((fetched.status().as_u16(), fetched.text().await.unwrap()));
    }
    assert!(seen.iter().all(|it| *it == seen[0] && it.0 == 404), "{seen:#?}");
    assert_eq!(
        world
            .server
            .bare(Method::GET, &format!("{UPLOADS}/{id}"))
            .send()
            .await
            .unwrap()
            .status(),
        401
    );

    // Nor does it stand in a line of another's, or twice in one's own.
    let take = format!("/api/v1/chat/sessions/{}/accept", world.bob);
    answer(world.server.post(&take, &world.bo, &json!({}))).await;
    for (bearer, path, session, expected) in [
        (BOB, "public/message", &world.bob, (404, "attachment_not_found")),
        (world.bo.as_str(), "messages", &world.bob, (404, "attachment_not_found")),
        (ALICE, "public/message", &world.alice, (409, "attachment_used")),
    ] {
        let line = json!({"session_id": session, "type": "file", "upload_id": id});
        let got = answer(world.server.post(&format!("/api/v1/chat/{path}"), bearer, &line)).await;
        assert_eq!((got.0, code(&got.1)), expected, "{}", got.1);
    }
    let got = world
        .upload(BOB, &format!("session_id={}&name=x", world.alice), "x")
        .await;
    assert_eq!((got.0, code(&got.1)), (404, "not_found"));
}

#[tokio::test]
async fn it_goes_out_as_something_to_keep_and_never_as_something_to_show() {
    let world = World::new().await;
    let page = b"<html><script>alert(1)</script></html>";
    let (id, _) = world.sent_by_alice("evil.html", page).await;
    let whole = world.fetch(&world.bo, &id, &[]).await;
    let head = |response: &Response, name: &str| response.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(head(&whole, "content-type"), "text/plain; charset=utf-8");
    assert_eq!(head(&whole, "x-content-type-options"), "nosniff");
    assert_eq!(head(&whole, "content-security-policy"), "sandbox; default-src 'none'");
    assert_eq!(head(&whole, "cache-control"), "no-store");
    assert!(head(&whole, "content-disposition").starts_with("attachment; "));
    assert_eq!(head(&whole, "content-length"), page.len().to_string());
    let tag = head(&whole, "etag");

    let again = world.fetch(&world.bo, &id, &[("if-none-match", &tag)]).await;
    assert_eq!((again.status().as_u16(), again.bytes().await.unwrap().len()), (304, 0));
    let part = world.fetch(&world.bo, &id, &[("range", "bytes=1-4")]).await;
    assert_eq!(
        (part.status().as_u16(), head(&part, "content-range")),
        (206, format!("bytes 1-4/{}", page.len()))
    );
    assert_eq!(part.bytes().await.unwrap(), page[1..5]);
    let part = world
        .fetch(&world.bo, &id, &[("range", "bytes=1-4"), ("if-range", "\"other\"")])
        .await;
    assert_eq!(part.status(), 200);
    let beyond = world.fetch(&world.bo, &id, &[("range", "bytes=500-")]).await;
    assert_eq!(
        (beyond.status().as_u16(), head(&beyond, "content-range")),
        (416, format!("bytes */{}", page.len()))
    );
    let asked = world
        .server
        .bare(Method::HEAD, &format!("{UPLOADS}/{id}"))
        .bearer_auth(&world.bo);
    let asked = asked.send().await.unwrap();
    assert_eq!(
        (asked.status().as_u16(), head(&asked, "content-length")),
        (200, page.len().to_string())
    );
}

#[tokio::test]
async fn a_repeat_with_its_key_is_the_same_file_and_another_file_is_a_conflict() {
    let world = World::new().await;
    let query = format!("session_id={}&name=x", world.alice);
    let with_key = |body: &'static str| {
        let request = world.server.bare(Method::POST, &format!("{UPLOADS}?{query}"));
        answer(request.bearer_auth(ALICE).header("idempotency-key", "k1").body(body))
    };
    let first = with_key("one").await;
    assert_eq!(first.0, 201);
    assert_eq!(with_key("one").await, first);
    let other = with_key("two").await;
    assert_eq!((other.0, code(&other.1)), (409, "conflict"));
    assert_eq!(world.on_disk().len(), 1, "what was refused has left something");
}

#[tokio::test]
async fn a_tenants_quota_is_kept_and_gives_back_what_goes() {
    let world = World::new().await;
    let quota = json!({"quotas": {"file_bytes": 100}});
    let request = world.server.bare(Method::PATCH, "/api/v1/chat/tenants/default");
    let (status, changed) = answer(request.bearer_auth(&world.server.token).json(&quota)).await;
    assert_eq!(status, 200, "{changed}");
    let query = format!("session_id={}&name=x", world.alice);
    let first = world.upload(ALICE, &query, vec![b'a'; 60]).await;
    assert_eq!(first.0, 201);
    // Told at once where the length is, and at the end where it is not: nothing is left of either.
    let second = world.upload(ALICE, &query, vec![b'b'; 60]).await;
    assert_eq!(
        (second.0, code(&second.1), &second.1["what"]),
        (507, "quota_exceeded", &json!("file_bytes"))
    );
    let third = world.form(ALICE, &query, &[("file/x", &[b'c'; 60])]).await;
    assert_eq!((third.0, code(&third.1)), (507, "quota_exceeded"));
    assert_eq!(world.on_disk().len(), 1);
    let usage = answer(world.server.get("/api/v1/chat/tenants/default", &world.server.token))
        .await
        .1;
    assert_eq!(usage["usage"]["file_bytes"], 60, "{usage}");

    let line = json!({"session_id": world.alice, "type": "file", "upload_id": first.1["upload_id"]});
    let sent = answer(world.server.post("/api/v1/chat/public/message", ALICE, &line))
        .await
        .1;
    let blank = format!("/api/v1/chat/sessions/{}/messages/{}/blank", world.alice, sent["id"]);
    let (status, blanked) = answer(world.server.post(&blank, &world.bo, &json!({}))).await;
    assert_eq!(status, 200, "{blanked}");
    world.until_on_disk(0).await;
    assert_eq!(world.upload(ALICE, &query, vec![b'd'; 60]).await.0, 201);
}

#[tokio::test]
async fn a_customer_uploads_so_many_an_hour() {
    let world = World::with(|config| config.rates.uploads_per_customer_per_hour = 2).await;
    let query = format!("session_id={}&name=x", world.alice);
    for expected in [201, 201, 429] {
        assert_eq!(world.upload(ALICE, &query, "x").await.0, expected);
    }
    let query = format!("session_id={}&name=x", world.bob);
    assert_eq!(world.upload(BOB, &query, "x").await.0, 201);
}

#[tokio::test]
async fn an_upload_that_is_cut_leaves_nothing() {
    let world = World::new().await;
    let address = world.server.url.strip_prefix("http://").unwrap().to_owned();
    let head = |length: usize, kind: &str| {
        format!(
            "POST {UPLOADS}?session_id={}&name=x HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {ALICE}\r\n{kind}Content-Length: {length}\r\n\r\n",
            world.alice
        )
    };
    let whole = form(&[("file/x", &[b'x'; 3_000])]);
    let kind = format!("Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n");
    for cut_at in [1, 40, 130, 3_000, whole.len() - 30, whole.len() - 6] {
        let mut stream = TcpStream::connect(&address).await.unwrap();
        stream.write_all(head(whole.len(), &kind).as_bytes()).await.unwrap();
        stream.write_all(&whole[..cut_at]).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut text = String::new();
        let _ = stream.read_to_string(&mut text).await;
        assert!(!text.contains(" 201 "), "{cut_at}: {text}");
    }
    // A body that is shorter than it says.
    let mut stream = TcpStream::connect(&address).await.unwrap();
    stream.write_all(head(500, "").as_bytes()).await.unwrap();
    stream.write_all(&[b'x'; 400]).await.unwrap();
    stream.shutdown().await.unwrap();
    let mut text = String::new();
    let _ = stream.read_to_string(&mut text).await;
    assert!(!text.contains(" 201 "), "{text}");
    world.until_on_disk(0).await;
}

/// Begins an upload, of which more is said to come, and waits until its first bytes are on the disk.
async fn begun(world: &World, bearer: &str) -> TcpStream {
    let address = world.server.url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let (count, session) = (world.on_disk().len(), &world.alice);
    let head = format!(
        "POST {UPLOADS}?session_id={session}&name=x HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {bearer}\r\n\
         Content-Length: 90000\r\nConnection: close\r\n\r\nsome"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    world.until_on_disk(count + 1).await;
    stream
}

async fn status(stream: &mut TcpStream) -> String {
    let mut text = String::new();
    let _ = stream.read_to_string(&mut text).await;
    text.split_whitespace().nth(1).unwrap_or_default().to_owned()
}

#[tokio::test]
async fn an_upload_ends_with_the_sign_in_of_who_sends_it() {
    let world = World::new().await;
    let (mut bos, mut alices) = (begun(&world, &world.bo).await, begun(&world, ALICE).await);
    let out = world.server.post("/api/v1/chat/logout", &world.bo, &json!({}));
    assert!(out.send().await.unwrap().status().is_success());
    assert_eq!(status(&mut bos).await, "401");
    let path = "/api/v1/chat/customers/alice/block";
    let (blocked, answered) = answer(world.server.post(path, &world.server.token, &json!({}))).await;
    assert_eq!(blocked, 200, "{answered}");
    assert_eq!(status(&mut alices).await, "403");
    world.until_on_disk(0).await;
}

#[tokio::test]
async fn nobody_takes_all_places_for_uploads() {
    let world = World::new().await;
    let mut under_way = vec![];
    for _ in 0..minicom_server::limits::UPLOADS_AT_ONCE_EACH_MAX {
        under_way.push(begun(&world, ALICE).await);
    }
    let query = format!("session_id={}&name=x", world.alice);
    let (status, busy) = world.upload(ALICE, &query, "some").await;
    assert_eq!((status, code(&busy)), (503, "busy"), "{busy}");
    let query = format!("session_id={}&name=x", world.bob);
    assert_eq!(world.upload(BOB, &query, "some").await.0, 201);
    drop(under_way);
    world.until_on_disk(1).await;
    let query = format!("session_id={}&name=x", world.alice);
    assert_eq!(world.upload(ALICE, &query, "some").await.0, 201);
}

#[tokio::test]
async fn what_is_lost_or_altered_on_the_disk_is_said_to_be() {
    let world = World::new().await;
    let (id, _) = world.sent_by_alice("a", b"one").await;
    let [path] = &world.on_disk()[..] else {
        panic!("one file")
    };
    assert!(path.ends_with(&hex(b"one")[2..]), "{}", path.display());
    std::fs::write(path, b"two").unwrap();
    let altered = world.fetch(&world.bo, &id, &[]).await;
    assert_eq!(altered.status(), 410);
    assert_eq!(code(&altered.json().await.unwrap()), "file_lost");
    std::fs::remove_file(path).unwrap();
    let secret = world.server.data().join("local-agent.token");
    std::os::unix::fs::symlink(secret, path).unwrap();
    assert_eq!(
        world.fetch(&world.bo, &id, &[("range", "bytes=0-2")]).await.status(),
        410
    );
    std::fs::remove_file(path).unwrap();
    assert_eq!(world.fetch(&world.bo, &id, &[]).await.status(), 410);
}

#[tokio::test]
async fn an_erased_customers_files_are_erased_and_shared_bytes_stay_for_the_others() {
    let world = World::new().await;
    let (mine, _) = world.sent_by_alice("mine", b"only mine").await;
    world.sent_by_alice("both", b"the same").await;
    let query = format!("session_id={}&name=both", world.bob);
    world.upload(BOB, &query, "the same").await;
    world
        .upload(ALICE, &format!("session_id={}&name=draft", world.alice), "never sent")
        .await;
    assert_eq!(world.on_disk().len(), 3);

    let list = answer(world.server.get("/api/v1/chat/customers?q=alice", &world.server.token))
        .await
        .1;
    let id = list["customers"][0]["id"].as_str().unwrap().to_owned();
    let erase = world
        .server
        .bare(Method::DELETE, &format!("/api/v1/chat/customers/{id}?confirm=alice"));
    let (status, erased) = answer(
        erase
            .bearer_auth(&world.server.token)
            .json(&json!({"confirm": "alice"})),
    )
    .await;
    assert!((200..300).contains(&status), "{status} {erased}");
    world.until_on_disk(1).await;
    assert!(world.on_disk()[0].ends_with(&hex(b"the same")[2..]));
    assert_eq!(world.fetch(&world.bo, &mine, &[]).await.status(), 404);
}

#[tokio::test]
async fn a_start_sweeps_what_a_crash_left() {
    let world = World::new().await;
    let (id, _) = world.sent_by_alice("kept", b"kept").await;
    let files = world.server.data().join("files");
    let folder = files.join("new");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("half"), "half").unwrap();
    let tenant = world
        .on_disk()
        .into_iter()
        .find(|it| it.ends_with(&hex(b"kept")[2..]))
        .unwrap();
    let tenant = tenant.parent().unwrap().parent().unwrap().to_owned();
    let orphan = hex(b"nobody's");
    std::fs::create_dir_all(tenant.join(&orphan[..2])).unwrap();
    std::fs::write(tenant.join(&orphan[..2]).join(&orphan[2..]), "nobody's").unwrap();
    std::fs::create_dir_all(files.join("77/ab")).unwrap();
    std::fs::write(files.join("77/ab/cd"), "of a tenant that is gone").unwrap();
    assert_eq!(world.on_disk().len(), 4);
    let world = World {
        server: world.server.again().await,
        ..world
    };
    world.until_on_disk(1).await;
    let token = world.server.login("bo@x.org").await;
    assert_eq!(world.fetch(&token, &id, &[]).await.status(), 200);
}

fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
