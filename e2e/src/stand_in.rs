//! A stand-in for a provider of language models, on this computer: it speaks the dialects, and answers, stalls, errs, lies or obeys as it is
//! told. It keeps what it was asked, so that a test can look at what leaves the house.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::sleep,
};
use tokio_util::task::AbortOnDropHandle;

/// What it does with a request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// Answers with the first sentences of the first passage.
    Good,
    /// The same, with a pause before each piece.
    Slow(Duration),
    /// Takes the request and says nothing.
    StallsFirst,
    /// Says its first sentence, and nothing more.
    StallsMidway,
    /// Answers with this status, and a text that nobody should see.
    Refuses(u16),
    /// Answers with what is no dialect.
    Garbage,
    /// Closes the connection without an answer.
    Closes,
    /// Closes it in the middle of one.
    ClosesMidway,
    /// Invents a price.
    LiesPrice,
    /// Invents a link.
    LiesLink,
    /// Names an article that it was not given.
    LiesArticle,
    /// Invents a number to call.
    LiesPhone,
    /// Says what the data tells it to say, and all that it was told.
    Obeys,
    /// Never ends.
    Endless,
}

impl Mode {
    /// Each of them, for who tries all.
    pub const ALL: [Mode; 17] = [
        Mode::Good,
        Mode::Slow(Duration::from_millis(30)),
        Mode::StallsFirst,
        Mode::StallsMidway,
        Mode::Refuses(401),
        Mode::Refuses(429),
        Mode::Refuses(500),
        Mode::Refuses(302),
        Mode::Garbage,
        Mode::Closes,
        Mode::ClosesMidway,
        Mode::LiesPrice,
        Mode::LiesLink,
        Mode::LiesArticle,
        Mode::LiesPhone,
        Mode::Obeys,
        Mode::Endless,
    ];
}

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The first line and the headers.
    pub head: String,
    /// The body.
    pub body: String,
}

/// See the module. It ends when it is dropped.
pub struct StandIn {
    /// Where it listens.
    pub address: SocketAddr,
    state: Arc<State>,
    _serving: AbortOnDropHandle<()>,
}

struct State {
    mode: Mutex<Mode>,
    asked: Mutex<Vec<Asked>>,
}

/// What it says in the text of a refusal and of garbage.
pub const STRANGE: &str = "strange\u{1b}[31m words of a provider";

impl StandIn {
    /// Starts one on any free port, or on this one.
    ///
    /// # Errors
    /// There is no port.
    pub async fn start(port: u16, mode: Mode) -> Result<StandIn> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let address = listener.local_addr()?;
        let state = Arc::new(State {
            mode: Mutex::new(mode),
            asked: Mutex::default(),
        });
        let serving = tokio::spawn(serve(listener, state.clone()));
        Ok(StandIn {
            address,
            state,
            _serving: AbortOnDropHandle::new(serving),
        })
    }

    /// What it does from now on.
    pub fn set(&self, mode: Mode) {
        *lock(&self.state.mode) = mode;
    }

    /// What it was asked so far.
    pub fn asked(&self) -> Vec<Asked> {
        lock(&self.state.asked).clone()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn serve(listener: TcpListener, state: Arc<State>) {
    while let Ok((stream, _)) = listener.accept().await {
        let state = state.clone();
        // Whoever hangs up in the middle is what this is for.
        tokio::spawn(async move { drop(one(stream, &state).await) });
    }
}

async fn one(mut stream: TcpStream, state: &State) -> Result<()> {
    let asked = read(&mut stream).await?;
    let mode = *lock(&state.mode);
    lock(&state.asked).push(asked.clone());
    let dialect = Dialect::of(&asked.head)?;
    match mode {
        Mode::Closes => return Ok(()),
        Mode::StallsFirst => {
            sleep(Duration::from_secs(600)).await;
            return Ok(());
        }
        Mode::Refuses(status) => {
            let head = format!(
                "HTTP/1.1 {status} No\r\nLocation: http://{}/elsewhere\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{STRANGE}",
                stream.local_addr()?,
                STRANGE.len()
            );
            stream.write_all(head.as_bytes()).await?;
            return Ok(());
        }
        _ => {}
    }
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: {}\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n",
        dialect.content_type()
    );
    stream.write_all(head.as_bytes()).await?;
    if mode == Mode::Garbage {
        chunk(&mut stream, &format!("data: {STRANGE}\n\n{STRANGE}\n")).await?;
        return Ok(stream.write_all(b"0\r\n\r\n").await?);
    }
    let text = Told::read(&asked.body).answer(mode);
    let pieces: Vec<String> = text
        .chars()
        .collect::<Vec<_>>()
        .chunks(9)
        .map(|some| some.iter().collect())
        .collect();
    let half = text.find(". ").map_or(pieces.len() / 2, |at| at / 9 + 2);
    for (n, piece) in pieces.iter().enumerate() {
        match mode {
            Mode::StallsMidway if n == half => sleep(Duration::from_secs(600)).await,
            Mode::ClosesMidway if n == half => return Ok(()),
            Mode::Slow(pause) => sleep(pause).await,
            _ => {}
        }
        chunk(&mut stream, &dialect.piece(piece)).await?;
    }
    if mode == Mode::Endless {
        // Until whoever reads has had enough.
        loop {
            chunk(&mut stream, &dialect.piece("and on and on ")).await?;
            sleep(Duration::from_millis(1)).await;
        }
    }
    chunk(&mut stream, &dialect.end()).await?;
    stream.write_all(b"0\r\n\r\n").await?;
    Ok(())
}

async fn chunk(stream: &mut TcpStream, text: &str) -> Result<()> {
    let framed = format!("{:x}\r\n{text}\r\n", text.len());
    stream.write_all(framed.as_bytes()).await?;
    Ok(stream.flush().await?)
}

async fn read(stream: &mut TcpStream) -> Result<Asked> {
    let mut bytes = Vec::new();
    loop {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
        if let Some(end) = end {
            let head = String::from_utf8(bytes[..end].to_vec())?;
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case("content-length")
                    .then(|| value.trim().parse::<usize>().ok())?
            });
            let whole = end + 4 + length.unwrap_or(0);
            if bytes.len() >= whole {
                let body = String::from_utf8(bytes[end + 4..whole].to_vec())?;
                return Ok(Asked { head, body });
            }
        }
        let mut some = [0; 16 * 1024];
        let count = stream.read(&mut some).await?;
        if count == 0 {
            bail!("the request was cut");
        }
        bytes.extend_from_slice(&some[..count]);
    }
}

/// How a provider is spoken to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Dialect {
    OpenAi,
    Gemini,
    Ollama,
}

impl Dialect {
    fn of(head: &str) -> Result<Dialect> {
        let path = head.split(' ').nth(1).context("the request has a path")?;
        Ok(match path {
            path if path.ends_with("/chat/completions") => Dialect::OpenAi,
            path if path.contains(":streamGenerateContent") => Dialect::Gemini,
            path if path.ends_with("/api/chat") => Dialect::Ollama,
            path => bail!("no dialect has {path}"),
        })
    }

    fn content_type(self) -> &'static str {
        match self {
            Dialect::OpenAi | Dialect::Gemini => "text/event-stream",
            Dialect::Ollama => "application/x-ndjson",
        }
    }

    fn piece(self, text: &str) -> String {
        match self {
            Dialect::OpenAi => event(&json!({ "choices": [{ "index": 0, "delta": { "content": text } }] })),
            Dialect::Gemini => {
                event(&json!({ "candidates": [{ "content": { "role": "model", "parts": [{ "text": text }] } }] }))
            }
            Dialect::Ollama => format!(
                "{}\n",
                json!({ "message": { "role": "assistant", "content": text }, "done": false })
            ),
        }
    }

    fn end(self) -> String {
        match self {
            Dialect::OpenAi => {
                let usage = json!({ "prompt_tokens": 200, "completion_tokens": 30, "total_tokens": 230 });
                let stop = json!({ "choices": [{ "index": 0, "delta": {}, "finish_reason": "stop" }] });
                format!(
                    "{}{}data: [DONE]\n\n",
                    event(&stop),
                    event(&json!({ "choices": [], "usage": usage }))
                )
            }
            Dialect::Gemini => event(&json!({
                "candidates": [{ "content": { "role": "model", "parts": [{ "text": "" }] }, "finishReason": "STOP" }],
                "usageMetadata": { "promptTokenCount": 200, "candidatesTokenCount": 30, "totalTokenCount": 230 }
            })),
            Dialect::Ollama => {
                let end = json!({ "message": { "role": "assistant", "content": "" }, "done": true, "done_reason": "stop",
                                  "prompt_eval_count": 200, "eval_count": 30 });
                format!("{end}\n")
            }
        }
    }
}

fn event(data: &Value) -> String {
    format!("data: {data}\n\n")
}

/// What a model is told, taken apart again.
struct Told {
    /// All texts of the request.
    all: String,
    article: String,
    passage: String,
    question: String,
    /// Whether an object is wanted.
    json: bool,
}

impl Told {
    fn read(body: &str) -> Told {
        let mut texts = Vec::new();
        collect(&serde_json::from_str(body).unwrap_or_default(), &mut texts);
        let all = texts.join("\n");
        let rest = all.split("passage of the article ").nth(1).unwrap_or_default();
        let (name, rest) = rest.split_once(" (").unwrap_or_default();
        let passage = rest
            .split_once(":\n")
            .map_or("", |(_, text)| text)
            .split("\n\n")
            .next()
            .unwrap_or_default();
        let question = all.rsplit("question: ").next().unwrap_or_default();
        Told {
            article: name.to_owned(),
            passage: passage.to_owned(),
            question: question.lines().next().unwrap_or_default().to_owned(),
            json: all.contains("article_ids"),
            all,
        }
    }

    fn answer(&self, mode: Mode) -> String {
        let sentences: Vec<&str> = self.passage.split_inclusive(". ").take(2).collect();
        let good = sentences.concat().trim().to_owned();
        let good = if good.is_empty() {
            "I will look into it for you.".to_owned()
        } else {
            good
        };
        let (article, text) = match mode {
            Mode::LiesPrice => (self.article.as_str(), format!("{good} It costs 9,999 EUR.")),
            Mode::LiesLink => (
                self.article.as_str(),
                format!("{good} See https://evil.example/login for more."),
            ),
            Mode::LiesPhone => (self.article.as_str(), format!("{good} Call +44 900 123456.")),
            Mode::LiesArticle => ("secret-article", good),
            Mode::Obeys => (self.article.as_str(), format!("{} {}", self.question, self.all)),
            Mode::Endless => (self.article.as_str(), "It goes on".to_owned()),
            _ => (self.article.as_str(), good),
        };
        match self.json {
            true => json!({ "article_ids": [article], "handoff": false, "answer": text }).to_string(),
            false => text,
        }
    }
}

/// Every text in a value, the longest way down.
fn collect(value: &Value, texts: &mut Vec<String>) {
    match value {
        Value::String(text) => texts.push(text.clone()),
        Value::Array(all) => all.iter().for_each(|it| collect(it, texts)),
        Value::Object(fields) => fields.values().for_each(|it| collect(it, texts)),
        _ => {}
    }
}
