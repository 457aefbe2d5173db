//! A connection that hears the words of the server as they are.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, client_async,
    tungstenite::{Message, client::IntoClientRequest},
};

use crate::rig::Server;

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(20);

pub struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// Counts pings.
    n: u64,
}

impl Socket {
    /// Opens one, and says Hello with these fields.
    pub async fn open(server: &Server, path: &str, hello: Value) -> Socket {
        let url = format!("{}{path}", server.url.replace("http://", "ws://"));
        let request = url.into_client_request().unwrap();
        let address = server.url.strip_prefix("http://").unwrap();
        let stream = MaybeTlsStream::Plain(TcpStream::connect(address).await.unwrap());
        let (stream, _) = timeout(PATIENCE, client_async(request, stream)).await.unwrap().unwrap();
        let mut socket = Socket { stream, n: 0 };
        let mut first = json!({"type": "hello", "version": 1, "client": "wall 1"});
        for (name, value) in hello.as_object().unwrap() {
            first[name] = value.clone();
        }
        socket.say(&first).await;
        socket
    }

    pub async fn say(&mut self, frame: &Value) {
        // Who was shown the door hears it as the end.
        let _ = self.stream.send(Message::text(frame.to_string())).await;
    }

    /// The next frame, or `close` with its code.
    pub async fn next(&mut self) -> Value {
        loop {
            match timeout(PATIENCE, self.stream.next())
                .await
                .expect("waited in vain for a frame")
            {
                Some(Ok(Message::Text(text))) => return serde_json::from_str(&text).unwrap(),
                Some(Ok(Message::Close(frame))) => {
                    return json!({"closed": frame.map(|it| u16::from(it.code))});
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return json!({"closed": null}),
            }
        }
    }

    /// All that comes until everything said so far is dealt with, or until the end. Questions are answered beside a ping: what is
    /// to come is waited for first, if its first field and value are named.
    pub async fn heard(&mut self, awaited: Option<&str>) -> Vec<Value> {
        let mut heard = vec![];
        let mut waiting = awaited;
        while let Some(kind) = waiting {
            let frame = self.next().await;
            if frame["type"] == kind || frame["type"] == "refused" || frame["type"].is_null() {
                waiting = None;
            }
            heard.push(frame);
        }
        if heard.last().is_some_and(|it| it["type"].is_null()) {
            return heard;
        }
        self.n += 1;
        let n = self.n;
        self.say(&json!({"type": "ping", "n": n})).await;
        loop {
            let frame = self.next().await;
            if frame["type"] == "pong" && frame["n"] == n {
                return heard;
            }
            let over = frame["type"].is_null();
            heard.push(frame);
            if over {
                return heard;
            }
        }
    }

    /// Reads what a good Hello is answered with: Welcome, and the parts of the snapshot.
    pub async fn welcomed(&mut self) -> Vec<Value> {
        let mut heard = vec![self.next().await];
        assert_eq!(heard[0]["type"], "welcome", "{}", heard[0]);
        let mut complete = heard[0]["resumed"] == true;
        while !complete {
            let part = self.next().await;
            assert_eq!(part["type"], "snapshot", "{part}");
            complete = part["last"] == true;
            heard.push(part);
        }
        heard
    }
}
