//! A load's WebSocket: hello, welcome, and frames of which only that is read that the checks need. The driver shares
//! the machine with the server, so it should cost less than what it measures.

use std::{borrow::Cow, time::Duration};

use anyhow::{Context, Result, anyhow, bail};
use futures_util::{FutureExt, SinkExt, StreamExt};
use minicom_client::ServerUrl;
use minicom_protocol::{
    codec,
    frame::{Audience, Hello, ToClient, ToServer},
    ids::CommandId,
    refusal::Refusal,
};
use serde::Deserialize;
use serde_json::Value;
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{Message, Utf8Bytes, client::IntoClientRequest, protocol::WebSocketConfig},
};

/// The server closes what says nothing for 35 s.
const PING_AFTER: Duration = Duration::from_secs(15);
/// Read buffer of a customer's and an agent's socket, in bytes. The library's default is 128 KiB each.
const READ_BUFFER_BYTES: usize = 16 * 1024;

/// A connection on which welcome was said.
pub struct Socket {
    socket: WebSocketStream<TcpStream>,
    /// Where the reading goes on from.
    pub begins_at: u64,
}

/// What is read of a frame.
#[derive(Deserialize, Debug)]
pub struct Frame<'a> {
    /// Its type.
    #[serde(rename = "type", borrow)]
    pub kind: Cow<'a, str>,
    /// Where a batch begins.
    pub from: Option<u64>,
    /// Where a batch ends.
    pub to: Option<u64>,
    /// A batch's events.
    #[serde(borrow, default)]
    pub events: Vec<Happened<'a>>,
    /// Whether a part of a snapshot is the last.
    pub last: Option<bool>,
    /// The answered command.
    pub id: Option<CommandId>,
    /// What became of it.
    #[serde(borrow)]
    pub outcome: Option<Cow<'a, str>>,
    /// Why not.
    pub refusal: Option<Value>,
}

/// What is read of an event.
#[derive(Deserialize, Debug)]
pub struct Happened<'a> {
    /// Its position for agents.
    pub rev: Option<u64>,
    /// Its position for its customer.
    pub seq: Option<u64>,
    /// What happened.
    #[serde(borrow)]
    data: Option<Data<'a>>,
}

#[derive(Deserialize, Debug)]
struct Data<'a> {
    #[serde(borrow)]
    sender: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    parts: Vec<Part<'a>>,
}

#[derive(Deserialize, Debug)]
struct Part<'a> {
    #[serde(borrow)]
    text: Option<Cow<'a, str>>,
}

impl Happened<'_> {
    /// The text, if a customer wrote a line.
    pub fn customer_line(&self) -> Option<&str> {
        let data = self.data.as_ref()?;
        (data.sender.as_deref()? == "customer").then_some(())?;
        data.parts.first()?.text.as_deref()
    }
}

impl<'a> Frame<'a> {
    /// Reads a frame.
    ///
    /// # Errors
    /// It is none, or the server says goodbye.
    pub fn read(text: &'a str) -> Result<Frame<'a>> {
        let frame: Frame = serde_json::from_str(text).context("a frame that cannot be read")?;
        match frame.kind.as_ref() {
            "bye" | "refused" => bail!(
                "the server says {}",
                frame.refused().map_or_else(|| text.to_owned(), words)
            ),
            _ => Ok(frame),
        }
    }

    /// The range of a batch.
    pub fn range(&self) -> Option<(u64, u64)> {
        (self.kind == "batch").then_some(self.from?).zip(self.to)
    }

    /// The refusal in it.
    pub fn refused(&self) -> Option<Refusal> {
        Refusal::from_wire(self.refusal.clone()?).ok()
    }
}

/// A refusal in words.
pub fn words(refusal: Refusal) -> String {
    format!("{}: {}", refusal.code(), refusal.message())
}

impl Socket {
    /// Connects, says hello, and reads up to the end of the snapshot.
    ///
    /// # Errors
    /// The server is not there, or does not want it.
    pub async fn open<A: Audience>(server: &ServerUrl, path: &str, hello: Hello) -> Result<Socket> {
        let stream = TcpStream::connect((server.host(), server.port())).await;
        let stream = stream.with_context(|| format!("{server} cannot be reached"))?;
        stream.set_nodelay(true)?;
        let request = server.socket(path).into_client_request()?;
        let config = WebSocketConfig::default().read_buffer_size(READ_BUFFER_BYTES);
        let (socket, _) = client_async_with_config(request, stream, Some(config)).await?;
        let mut socket = Socket { socket, begins_at: 0 };
        socket
            .feed(codec::encode_to_server::<A>(&ToServer::Hello(hello)))
            .await?;
        socket.flush().await?;
        let welcome = socket.text().await?;
        match codec::decode_from_server::<A>(&welcome)? {
            ToClient::Welcome { cursor, .. } => socket.begins_at = cursor.at,
            _ => bail!("no welcome but {}", Frame::read(&welcome)?.kind),
        }
        loop {
            let text = socket.text().await?;
            if Frame::read(&text)?.last == Some(true) {
                return Ok(socket);
            }
        }
    }

    /// Puts a frame into the socket's buffer.
    ///
    /// # Errors
    /// The connection is lost.
    pub async fn feed(&mut self, text: String) -> Result<()> {
        Ok(self.socket.feed(Message::text(text)).await?)
    }

    /// Writes what is in the buffer.
    ///
    /// # Errors
    /// The connection is lost.
    pub async fn flush(&mut self) -> Result<()> {
        Ok(self.socket.flush().await?)
    }

    /// The next frame; `None` when there was none for long, after saying that this side is still here. May be dropped
    /// while it waits.
    ///
    /// # Errors
    /// The connection is lost.
    pub async fn next(&mut self) -> Result<Option<Utf8Bytes>> {
        match timeout(PING_AFTER, self.text()).await {
            Ok(text) => text.map(Some),
            Err(_) => {
                self.feed(r#"{"type":"ping","n":1}"#.to_owned()).await?;
                self.flush().await?;
                Ok(None)
            }
        }
    }

    /// The next frame if it is here already.
    ///
    /// # Errors
    /// The connection is lost.
    pub fn here(&mut self) -> Result<Option<Utf8Bytes>> {
        self.text().now_or_never().transpose()
    }

    /// Reads up to the end. The code with which the server closed, if it gave one. May be dropped while it waits.
    pub async fn closed(&mut self) -> Option<u16> {
        while let Some(Ok(message)) = self.socket.next().await {
            if let Message::Close(frame) = message {
                return frame.map(|frame| frame.code.into());
            }
        }
        None
    }

    async fn text(&mut self) -> Result<Utf8Bytes> {
        loop {
            match self.socket.next().await {
                Some(Ok(Message::Text(text))) => return Ok(text),
                Some(Ok(Message::Close(frame))) => return Err(anyhow!("the server closed: {frame:?}")),
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(error.into()),
                None => return Err(anyhow!("the connection is lost")),
            }
        }
    }
}
