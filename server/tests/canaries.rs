//! Secrets and words are planted in a real server that logs all it can, and looked for afterwards: in the log, the numbers, the
//! database, its write-ahead log, a copy and an export.

mod program;

use std::{
    fs::{self, File},
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Stdio},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use futures_util::{SinkExt, StreamExt};
use program::{program, run, run_with_input, stdout};
use serde_json::{Value, json};
use tokio_tungstenite::{client_async, tungstenite::Message};

const PASSWORD: &str = "canary lamps on a quiet hill 7341";
const WRONG_PASSWORD: &str = "canary boats and a wrong rope 9127";
const PROVIDER_KEY: &str = "sk-canary-of-a-provider-4480aa12bb34";
const PROVIDER_WORDS: &str = "canary-of-what-a-provider-says-7719";
const WORDS: &str = "canary-of-a-line-3318";
const NOTE: &str = "canary-of-a-note-6604";
const IN_THE_ADDRESS: &str = "mca_canary0000000000000000000000000000000000000000000000000000005566";

/// Fields of answers whose texts are secrets, whatever route they come from.
const SECRET_FIELDS: &[&str] = &[
    "token",
    "secret",
    "session_key",
    "code",
    "codes",
    "recovery_codes",
    "otpauth_uri",
    "link_code",
];

/// A server whose log goes into a file, so that nothing of it is missed and nothing waits for a reader.
struct Server {
    child: Child,
    data: PathBuf,
    log: PathBuf,
    address: String,
    /// What must be found nowhere.
    planted: Vec<String>,
}

impl Server {
    fn start(dir: &Path, provider: &str) -> Server {
        let (data, log) = (dir.join("data"), dir.join("log"));
        let child = program()
            .args(["serve", "--listen", "127.0.0.1:0", "--log", "trace", "--data"])
            .arg(&data)
            .env("MINICOM_BOT_PROVIDER_KIND", "openai")
            .env("MINICOM_BOT_PROVIDER_URL", format!("http://{provider}/v1"))
            .env("MINICOM_BOT_PROVIDER_MODEL", "m")
            .env("MINICOM_BOT_PROVIDER_KEY", PROVIDER_KEY)
            .stdin(Stdio::null())
            .stderr(File::create(&log).unwrap())
            .spawn()
            .unwrap();
        let mut server = Server {
            child,
            data,
            log,
            address: String::new(),
            planted: vec![],
        };
        let ready = |text: &str| text.contains("listening on http://") && text.contains("bot o");
        let text = server.until(ready);
        let address = text.split("listening on http://").nth(1).unwrap();
        server.address = address.split_whitespace().next().unwrap().to_owned();
        server
    }

    /// Reads the log until it holds.
    fn until(&self, holds: impl Fn(&str) -> bool) -> String {
        let since = Instant::now();
        loop {
            let text = fs::read_to_string(&self.log).unwrap_or_default();
            if holds(&text) {
                return text;
            }
            assert!(since.elapsed() < Duration::from_secs(20), "waited in vain:\n{text}");
            std::thread::yield_now();
        }
    }

    /// A request; the status and the body.
    fn ask(&self, method: &str, path: &str, bearer: &str, body: &Value) -> (u16, Value) {
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {bearer}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, serde_json::from_str(body).unwrap_or(Value::Null))
    }

    /// Asks for something that makes a secret, and remembers every secret of the answer.
    fn plant(&mut self, method: &str, path: &str, bearer: &str, body: Value) -> Value {
        let (status, answer) = self.ask(method, path, bearer, &body);
        assert!((200..300).contains(&status), "{method} {path}: {status} {answer}");
        let before = self.planted.len();
        secrets(&answer, &mut self.planted);
        assert!(self.planted.len() > before, "{path} has no secret: {answer}");
        answer
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A provider that says no in words of its own; what it was asked.
fn provider() -> (String, Arc<Mutex<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let asked = Arc::new(Mutex::new(String::new()));
    let heard = asked.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut some = [0; 64 * 1024];
            let count = stream.read(&mut some).unwrap_or(0);
            heard.lock().unwrap().push_str(&String::from_utf8_lossy(&some[..count]));
            let answer = format!(
                "HTTP/1.1 500 No\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{PROVIDER_WORDS}",
                PROVIDER_WORDS.len()
            );
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    (address, asked)
}

fn secrets(answer: &Value, found: &mut Vec<String>) {
    match answer {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Value::String(text) if SECRET_FIELDS.contains(&name.as_str()) && text.len() >= 6 => {
                        found.push(text.clone());
                    }
                    Value::Array(all) if SECRET_FIELDS.contains(&name.as_str()) => {
                        found.extend(all.iter().filter_map(Value::as_str).map(str::to_owned));
                    }
                    other => secrets(other, found),
                }
            }
        }
        Value::Array(all) => all.iter().for_each(|it| secrets(it, found)),
        _ => {}
    }
}

/// A customer's socket: a secret, a line, a frame that is wrong and has a word in it. Gives the code for another device.
fn chat(address: &str, name: &str, secret: &str) -> Vec<String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let stream = tokio::net::TcpStream::connect(address).await.unwrap();
        let url = format!("ws://{address}/ws/chat/{name}");
        let (mut socket, _) = client_async(url, stream).await.unwrap();
        let frames = [
            json!({ "type": "hello", "version": 1, "client": "test", "secret": secret }),
            json!({ "type": "command", "id": "0192aaaa-bbbb-7ccc-8ddd-eeeeffff0001", "command": { "do": "post", "text": WORDS } }),
            json!({ "type": "command", "id": "no id", "command": { "do": "post", "text": WORDS } }),
            json!({ "type": "ask", "n": 1, "question": { "ask": "link" } }),
            json!({ "type": "ping", "n": 1 }),
        ];
        for frame in frames {
            socket.send(Message::text(frame.to_string())).await.unwrap();
        }
        let mut codes = vec![];
        let mut answered = false;
        while !answered || codes.is_empty() {
            let message = socket.next().await.unwrap().unwrap();
            let frame: Value = serde_json::from_str(message.to_text().unwrap()).unwrap_or_default();
            answered |= frame["type"] == "pong";
            if frame["type"] == "reply" {
                secrets(&frame["reply"], &mut codes);
                assert!(!codes.is_empty(), "{frame}");
            }
        }
        socket.close(None).await.unwrap();
        codes
    })
}

/// A text as it may stand somewhere: itself, and what it is in bytes if it is hex.
fn forms(secret: &str) -> Vec<Vec<u8>> {
    let mut forms = vec![secret.as_bytes().to_vec()];
    let hex = secret.rsplit('_').next().unwrap_or(secret);
    let bytes: Option<Vec<u8>> = (0..hex.len() / 2)
        .map(|at| u8::from_str_radix(hex.get(2 * at..2 * at + 2)?, 16).ok())
        .collect();
    forms.extend(bytes.filter(|bytes| bytes.len() >= 16));
    forms
}

#[track_caller]
fn nowhere(place: &str, content: &[u8], secret: &str) {
    for form in forms(secret) {
        let found = content.windows(form.len()).any(|part| part == form);
        assert!(!found, "{place} has a secret in it: {secret}");
    }
}

#[test]
fn no_secret_and_no_word_is_where_it_must_not_be() {
    let dir = tempfile::tempdir().unwrap();
    let (provider, provider_asked) = provider();
    let mut server = Server::start(dir.path(), &provider);
    let data = server.data.to_str().unwrap().to_owned();
    let local = fs::read_to_string(server.data.join("local-agent.token"))
        .unwrap()
        .trim()
        .to_owned();

    // Passwords and tokens.
    let add = [
        "agent",
        "add",
        "bo@x.org",
        "--name",
        "Bo",
        "--role",
        "admin",
        "--password-stdin",
        "--data",
        &data,
    ];
    stdout(&run_with_input(&add, PASSWORD));
    let login = |password: &str| json!({ "email": "bo@x.org", "password": password, "label": "test" });
    server.plant("POST", "/api/agent/login", "", login(PASSWORD));
    let bo = server.planted[0].clone();
    assert_eq!(
        server.ask("POST", "/api/agent/login", "", &login(WRONG_PASSWORD)).0,
        401
    );
    server.ask(
        "POST",
        "/api/agent/login",
        "",
        &json!({ "email": 7, "password": WRONG_PASSWORD }),
    );
    server.ask(
        "GET",
        &format!("/api/v1/chat/sessions?token={IN_THE_ADDRESS}&status=x"),
        &bo,
        &Value::Null,
    );
    server.ask(
        "GET",
        &format!("/nowhere/{IN_THE_ADDRESS}"),
        IN_THE_ADDRESS,
        &Value::Null,
    );

    // Customers.
    let secret = "5f".repeat(32);
    let codes = chat(&server.address, "alice", &secret);
    server.planted.extend(codes);
    let start = json!({ "customer_name": "Carol", "message": WORDS });
    server.plant("POST", "/api/v1/chat/public/start", "", start);

    let sessions = server.ask("GET", "/api/v1/chat/sessions", &bo, &Value::Null).1;
    if let Some(session) = sessions["sessions"][0]["session_id"].as_str() {
        let path = format!("/api/v1/chat/sessions/{session}/notes");
        server.ask(
            "POST",
            &path,
            &bo,
            &json!({ "text": NOTE, "message": NOTE, "content": NOTE }),
        );
    }

    // The provider's key, to whom it belongs and nowhere else.
    let on = json!({ "bot": { "provider": true } });
    assert_eq!(server.ask("PATCH", "/api/v1/chat/settings", &bo, &on).0, 200);
    if let Some(session) = sessions["sessions"][0]["session_id"].as_str() {
        let drafted = server.ask(
            "POST",
            &format!("/api/v1/chat/sessions/{session}/draft"),
            &bo,
            &Value::Null,
        );
        assert_eq!(
            (drafted.0, drafted.1["reason"].as_str()),
            (200, Some("failed")),
            "{drafted:?}"
        );
        assert!(!drafted.1.to_string().contains(PROVIDER_WORDS), "{drafted:?}");
    }
    assert!(provider_asked.lock().unwrap().contains(PROVIDER_KEY));
    server.planted.extend([PROVIDER_KEY, PROVIDER_WORDS].map(str::to_owned));

    // Secrets that are told once.
    let hook = json!({ "url": "https://hooks.example.org/x", "kinds": [], "enabled": true });
    let hook = server.plant("POST", "/api/v1/chat/webhooks", &bo, hook);
    let rotate = format!("/api/v1/chat/webhooks/{}/rotate", hook["id"].as_str().unwrap());
    for (path, body) in [
        (
            "/api/v1/chat/tokens",
            json!({ "label": "script", "scope": "read", "expires_in_days": 3 }),
        ),
        (&rotate, json!({})),
        ("/api/v1/chat/identity-keys", json!({})),
        ("/api/v1/chat/totp/start", json!({})),
        ("/api/v1/chat/agents/bo@x.org/reset-code", json!({})),
    ] {
        server.plant("POST", path, &bo, body);
    }

    server
        .planted
        .extend([PASSWORD, WRONG_PASSWORD, IN_THE_ADDRESS, &secret, &local].map(str::to_owned));
    let copy = dir.path().join("copy.db");
    stdout(&run(&["backup", copy.to_str().unwrap(), "--data", &data]));
    let export = stdout(&run(&["export", "--data", &data]));
    let mut numbers = String::new();
    let mut stream = TcpStream::connect(&server.address).unwrap();
    stream
        .write_all(b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        .unwrap();
    stream.read_to_string(&mut numbers).unwrap();
    assert!(numbers.contains("minicom_commit_seconds"), "{numbers}");
    let doctor = run(&["doctor", "--json", "--data", &data]).stdout;

    let log = server.until(|log| log.contains("/metrics"));
    let mut places = vec![
        ("the log".to_owned(), log.clone().into_bytes()),
        ("the numbers".to_owned(), numbers.clone().into_bytes()),
        ("doctor".to_owned(), doctor.clone()),
        ("the export".to_owned(), export.into_bytes()),
        ("the copy".to_owned(), fs::read(&copy).unwrap()),
    ];
    for entry in fs::read_dir(&server.data).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        // The two files that are there to hold one.
        if path.is_file() && name != "local-agent.token" && name != "sealing.key" {
            places.push((name, fs::read(&path).unwrap()));
        }
    }
    assert!(
        places
            .iter()
            .any(|(name, bytes)| name == "minicom.db-wal" && !bytes.is_empty()),
        "the newest is in the log"
    );
    for (place, content) in &places {
        for secret in &server.planted {
            nowhere(place, content, secret);
        }
    }
    for (place, content) in [
        ("the log", log.into_bytes()),
        ("the numbers", numbers.into_bytes()),
        ("doctor", doctor),
    ] {
        for words in [WORDS, NOTE] {
            nowhere(place, &content, words);
        }
    }
    // The looking would find it: the line is in the database.
    let database: Vec<u8> = places
        .iter()
        .filter(|(name, _)| name.starts_with("minicom.db"))
        .flat_map(|(_, it)| it.clone())
        .collect();
    assert!(database.windows(WORDS.len()).any(|part| part == WORDS.as_bytes()));
}
