//! A server that a test plays by hand, and the program's side of a connection.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::SystemTime,
};

use futures_util::{SinkExt, StreamExt};
use minicom_protocol::{
    codec,
    command::{CustomerCommand, Done, Outcome},
    customer_event::{Author, CustomerBody, CustomerEvent, Posted},
    event::Part,
    frame::{CustomerMe, CustomerSnapshot, Customers, Hello, ToClient, ToServer},
    ids::{CommandId, ConversationId, Cursor, LineNo, Mark, Seq, TenantId, Time},
    line::LineState,
    refusal::Refusal,
    text::{CustomerName, MessageText},
    thread_view::ThreadView,
};
use tokio::{io::DuplexStream, sync::mpsc, time::Instant};
use tokio_tungstenite::{WebSocketStream, accept_async, tungstenite::Message};

use crate::{ClientEvent, Config, ConnState, Dialer, Handle, Io, Secret, ServerUrl, open};

pub type Event = ClientEvent<Customers>;

/// Where the test's server is.
pub struct Network {
    accepted: mpsc::UnboundedReceiver<DuplexStream>,
    pub down: Arc<AtomicBool>,
    /// When each attempt was made.
    pub attempts: Arc<std::sync::Mutex<Vec<Instant>>>,
}

/// The way to a server that the test plays.
pub fn network() -> (Dialer, Network) {
    let (sender, accepted) = mpsc::unbounded_channel();
    let down = Arc::new(AtomicBool::new(false));
    let attempts = Arc::new(std::sync::Mutex::new(Vec::new()));
    let network = Network {
        accepted,
        down: down.clone(),
        attempts: attempts.clone(),
    };
    let dialer = Dialer::new(move |_, _| {
        attempts.lock().expect("whole").push(Instant::now());
        let way = if down.load(Ordering::SeqCst) {
            Err(io::ErrorKind::ConnectionRefused.into())
        } else {
            let (client, server) = tokio::io::duplex(64 * 1024);
            sender.send(server).expect("the test runs");
            Ok(Box::new(client) as Box<dyn Io>)
        };
        Box::pin(async move { way })
    });
    (dialer, network)
}

/// A customer's configuration: no disk, and waits that are as long as they can be.
pub fn config(dialer: Dialer) -> Config<Customers> {
    let server = ServerUrl::parse("localhost:1", false).expect("an address");
    let name = CustomerName::parse("alice").expect("a name");
    Config::customer(server, name, Secret::new("5ec7e7".repeat(11)), "test 0")
        .dialer(dialer)
        .random(|bound| bound)
}

/// The program's side.
pub struct Program {
    pub handle: Handle<Customers>,
    pub events: mpsc::Receiver<Event>,
}

impl Program {
    pub fn open(config: Config<Customers>) -> Program {
        let (handle, events) = open(config);
        Program { handle, events }
    }

    pub async fn event(&mut self) -> Event {
        self.events.recv().await.expect("an event")
    }

    /// The next event that the pattern wants; others are passed over.
    pub async fn until<T>(&mut self, mut pick: impl FnMut(Event) -> Option<T>) -> T {
        loop {
            if let Some(picked) = pick(self.event().await) {
                return picked;
            }
        }
    }

    pub async fn state(&mut self) -> ConnState {
        self.until(|event| match event {
            ClientEvent::State(state) => Some(state),
            _ => None,
        })
        .await
    }

    pub async fn live(&mut self) {
        while self.state().await != ConnState::Live {}
    }

    /// The next answer that is final.
    pub async fn answered(&mut self) -> (CommandId, Outcome) {
        self.until(|event| match event {
            ClientEvent::Answered { id, outcome, .. } => Some((id, outcome)),
            _ => None,
        })
        .await
    }

    pub fn post(&self, text: &str) -> CommandId {
        self.handle.send(post(text)).expect("accepted")
    }
}

pub fn post(text: &str) -> CustomerCommand {
    let text = text.to_owned();
    CustomerCommand::Post {
        text,
        quote: None,
        file: None,
    }
}

impl Network {
    /// The next connection, with the WebSocket's handshake done.
    pub async fn accept(&mut self) -> Peer<DuplexStream> {
        let stream = self.raw().await;
        Peer(accept_async(stream).await.expect("a WebSocket"))
    }

    /// The next connection, as bytes.
    pub async fn raw(&mut self) -> DuplexStream {
        self.accepted.recv().await.expect("a connection")
    }

    /// The next connection, welcomed afresh at this position.
    pub async fn fresh(&mut self, at: u64) -> Peer<DuplexStream> {
        let mut peer = self.accept().await;
        peer.hello().await;
        peer.welcome_fresh(at).await;
        peer
    }

    /// The next connection, which must come back with this position, resumed there.
    pub async fn resumed(&mut self, at: u64) -> Peer<DuplexStream> {
        let mut peer = self.accept().await;
        assert_eq!(peer.hello().await.cursor, Some(cursor(at)));
        peer.welcome(at, true).await;
        peer
    }
}

/// The server's end of one connection.
pub struct Peer<S>(pub WebSocketStream<S>);

impl<S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin> Peer<S> {
    pub async fn send(&mut self, frame: ToClient<Customers>) {
        self.text(codec::encode(&frame)).await;
    }

    pub async fn text(&mut self, text: impl Into<String>) {
        self.0.send(Message::text(text.into())).await.expect("sent");
    }

    /// The next frame; `None` is the end.
    pub async fn next(&mut self) -> Option<ToServer<Customers>> {
        loop {
            match self.0.next().await? {
                Ok(Message::Text(text)) => return Some(codec::decode(&text).expect("a frame")),
                Ok(Message::Close(_)) | Err(_) => return None,
                Ok(_) => {}
            }
        }
    }

    pub async fn hello(&mut self) -> Hello {
        match self.next().await {
            Some(ToServer::Hello(hello)) => hello,
            other => panic!("hello first, not {other:?}"),
        }
    }

    /// The next command; pings are passed over.
    pub async fn command(&mut self) -> (CommandId, CustomerCommand) {
        loop {
            match self.next().await {
                Some(ToServer::Command { id, command }) => return (id, command),
                Some(ToServer::Ping { .. }) => {}
                other => panic!("a command, not {other:?}"),
            }
        }
    }

    /// Whether nothing but the end follows, pings apart.
    pub async fn ends(&mut self) -> bool {
        loop {
            match self.next().await {
                Some(ToServer::Ping { .. }) => {}
                other => return other.is_none(),
            }
        }
    }

    pub async fn welcome(&mut self, at: u64, resumed: bool) {
        self.send(ToClient::Welcome {
            version: 1,
            server: "test".to_owned(),
            time: Time(1),
            me: me(),
            resumed,
            cursor: cursor(at),
            ping_after_ms: 20_000,
            silence_ms: 35_000,
        })
        .await;
    }

    pub async fn welcome_fresh(&mut self, at: u64) {
        self.welcome(at, false).await;
        self.send(part(true)).await;
    }

    /// Events `from + 1` to `to`, a line each.
    pub async fn batch(&mut self, from: u64, to: u64) {
        self.send(ToClient::Batch {
            from,
            to,
            mark: Mark(to),
            events: (from + 1..=to).map(|seq| line(seq, None)).collect(),
        })
        .await;
    }

    pub async fn answer(&mut self, id: CommandId, outcome: Outcome) {
        self.send(ToClient::Answer { id, outcome }).await;
    }

    pub async fn refuse(&mut self, id: CommandId, refusal: Refusal) {
        self.answer(id, Outcome::Refused { refusal }).await;
    }
}

pub fn done() -> Outcome {
    Outcome::Done(Done::default())
}

pub fn cursor(at: u64) -> Cursor {
    let mark = Mark(at);
    Cursor { at, mark }
}

pub fn me() -> CustomerMe {
    CustomerMe {
        consent: String::new(),
        verified: false,
        name: CustomerName::parse("alice").expect("a name"),
        tenant: TenantId::default_tenant(),
        desk: String::new(),
        questions: vec![],
        subtitle: String::new(),
        colour: String::new(),
        first: Default::default(),
        edit_window_s: 60,
    }
}

pub fn part(last: bool) -> ToClient<Customers> {
    let data = CustomerSnapshot {
        view: ThreadView::default(),
        events: vec![],
        more: false,
    };
    ToClient::Snapshot { last, data }
}

pub fn line(seq: u64, command: Option<CommandId>) -> CustomerEvent {
    CustomerEvent {
        seq: Seq(seq),
        mark: Mark(seq),
        time: Time(1),
        conversation: ConversationId::from_bytes([1; 16]),
        command,
        body: CustomerBody::Posted(Posted {
            author: Author::Customer,
            line: LineNo(seq),
            parts: vec![Part::of_text(MessageText::parse("hi").expect("a text"))],
            quote: None,
            state: LineState::Original,
        }),
    }
}

/// A clock that the test sets.
#[derive(Clone)]
pub struct Wall(Arc<std::sync::Mutex<SystemTime>>);

impl Wall {
    pub fn new() -> Wall {
        Wall(Arc::new(std::sync::Mutex::new(
            SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_700_000_000),
        )))
    }

    pub fn pass(&self, time: std::time::Duration) {
        *self.0.lock().expect("whole") += time;
    }

    pub fn now(&self) -> SystemTime {
        *self.0.lock().expect("whole")
    }
}
