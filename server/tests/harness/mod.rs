//! A server with its sockets alone, in this process, on a real port of loopback: the listener, the desk over a temporary
//! folder, and clients that speak the protocol and nothing more. Every wait is for a fact, with a bound.

// Each test program uses its own part of it.
#![allow(dead_code)]

pub mod raw;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::http::HeaderValue;
use futures_util::{SinkExt, StreamExt};
use minicom_protocol::{
    close::CloseCode,
    codec,
    command::{AgentCommand, CustomerCommand, Done, Outcome},
    frame::{Agents, Audience, Customers, Hello, ToClient, ToServer, VERSION},
    ids::{AgentId, CommandId, Cursor, Mark, TenantId, Time},
    people::{AgentRef, Role},
    refusal::Refusal,
    text::{CustomerName, DisplayName},
};
use minicom_server::{
    accounts::{Accounts, NewCustomerRates},
    auth::{seal::SealingKey, token::Token},
    decide::Settings,
    desk::{Desk, WriterThread},
    extra_context::ContextCommand,
    faults::Faults,
    http, listener,
    order::{Caller, Order, Who},
    run_limits::RunLimits,
    session::{self, Registry, Sockets},
    signals::Signals,
    store::{self, TenantKey, open::DataFolder, people::Agent, tokens::NewToken},
};
use sha2::{Digest, Sha256};
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinHandle,
    time::timeout,
};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, client_async,
    tungstenite::{Message, client::IntoClientRequest},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use uuid::Uuid;

/// Longer than anything here takes; a test that waits so long has failed.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Waits for a fact.
pub async fn soon<T>(what: &str, fact: impl Future<Output = T>) -> T {
    timeout(PATIENCE, fact)
        .await
        .unwrap_or_else(|_| panic!("waited in vain for {what}"))
}

/// Waits until something holds.
pub async fn until(what: &str, holds: impl Fn() -> bool) {
    soon(what, async {
        while !holds() {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

/// Limits under which no test meets a bound by accident.
pub fn limits() -> RunLimits {
    RunLimits {
        sockets_per_customer: 50,
        customer_burst: 100_000,
        close_linger: Duration::from_millis(100),
        signal_every: Duration::from_millis(1),
        place_every: Duration::from_millis(1),
        ..RunLimits::default()
    }
}

/// See the module.
pub struct Server {
    pub addr: SocketAddr,
    pub desk: Desk,
    pub accounts: Accounts,
    pub sockets: Sockets,
    pub tenant: TenantKey,
    stop: CancellationToken,
    rest: CancellationToken,
    workers: TaskTracker,
    serving: JoinHandle<()>,
    writer: WriterThread,
    folder: DataFolder,
    dir: tempfile::TempDir,
}

impl Server {
    /// With [`limits`].
    pub async fn start() -> Server {
        Server::with(limits()).await
    }

    /// With these.
    pub async fn with(limits: RunLimits) -> Server {
        Server::at(tempfile::tempdir().unwrap(), limits, NewCustomerRates::default()).await
    }

    /// With an operator's command: a program and its arguments. It has long to answer: tests end it by facts.
    pub async fn asking(command: &[&str]) -> Server {
        let parts: Vec<String> = command.iter().map(|it| (*it).to_owned()).collect();
        let command = ContextCommand::configured(&parts, PATIENCE);
        Server::build(
            tempfile::tempdir().unwrap(),
            limits(),
            NewCustomerRates::default(),
            command,
        )
        .await
    }

    /// Over this folder.
    pub async fn at(dir: tempfile::TempDir, limits: RunLimits, rates: NewCustomerRates) -> Server {
        Server::build(dir, limits, rates, None).await
    }

    async fn build(
        dir: tempfile::TempDir,
        limits: RunLimits,
        rates: NewCustomerRates,
        command: Option<ContextCommand>,
    ) -> Server {
        let (folder, conn) = store::open::open(dir.path()).unwrap();
        let settings = Settings {
            bot: true,
            bot_deadline_ms: 60_000,
        };
        let (desk, writer) = Desk::start(conn, &folder.database(), settings, Faults::default()).unwrap();
        let desk = desk.with_context_command(command);
        let registry = Registry::new();
        let accounts = {
            let sealing = Arc::new(SealingKey::of(dir.path()).unwrap());
            Accounts::with(desk.clone(), rates, sealing, registry.signed_out())
        };
        let (stop, rest, workers) = (CancellationToken::new(), CancellationToken::new(), TaskTracker::new());
        let signals = Signals::new(desk.clone(), &limits);
        signals.spawn(&workers, &rest);
        let sockets = Sockets::new(
            desk.clone(),
            accounts.clone(),
            registry,
            signals,
            limits.clone(),
            stop.clone(),
        );
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let (router, ended) = (http::spelled(session::routes(sockets.clone())), stop.clone());
        let serving = tokio::spawn(async move { listener::serve(listener, router, &limits, ended).await });
        let tenant = desk.tenant(&TenantId::default_tenant()).unwrap();
        Server {
            addr,
            desk,
            accounts,
            sockets,
            tenant,
            stop,
            rest,
            workers,
            serving,
            writer,
            folder,
            dir,
        }
    }

    /// Tells everybody to end.
    pub fn begin_stop(&self) {
        self.stop.cancel();
    }

    /// Ends everything in order, and checks that it does.
    pub async fn stop(self) -> tempfile::TempDir {
        self.stop.cancel();
        soon("the listener's end", self.serving).await.unwrap();
        soon("the sockets' end", self.sockets.ended()).await;
        self.rest.cancel();
        self.workers.close();
        soon("the workers' end", self.workers.wait()).await;
        drop((self.sockets, self.accounts, self.desk));
        let writer = self.writer;
        let ended = tokio::task::spawn_blocking(move || writer.join());
        soon("the writer's end", ended).await.unwrap().unwrap().unwrap();
        drop(self.folder);
        self.dir
    }

    /// An agent's account and a good token of it.
    pub async fn agent(&self, name: &str) -> (AgentRef, String) {
        let agent = AgentRef {
            id: AgentId(Uuid::new_v4()),
            name: DisplayName::parse(name).unwrap(),
        };
        let token = self.token(&agent, Role::Agent, Time(i64::MAX)).await;
        (agent, token)
    }

    /// Another token for an agent.
    pub async fn token(&self, agent: &AgentRef, role: Role, expires_at: Time) -> String {
        let token = Token::generate().unwrap();
        let (digest, tenant, agent) = (*token.digest().as_bytes(), self.tenant, agent.clone());
        let written = self.desk.write(tenant, move |scope| {
            let id = agent.id;
            let account = Agent {
                email: format!("{id}@desk.test"),
                agent,
                role,
                password_hash: None,
                enabled: true,
                created_at: Time(0),
            };
            store::people::save_agent(scope.conn, tenant, &account)?;
            let new = NewToken::login(id, digest, "test", Time(0), expires_at);
            store::tokens::save(scope.conn, tenant, &new)
        });
        written.await.unwrap();
        token.reveal()
    }

    /// Does a customer's post without a socket.
    pub async fn posts(&self, customer: &str, text: &str) -> Done {
        let name = CustomerName::parse(customer).unwrap();
        let digest = *minicom_server::auth::secret::CustomerSecret::parse(&secret(customer))
            .unwrap()
            .digest()
            .as_bytes();
        let found = self.desk.first_use(self.tenant, name, digest).await.unwrap();
        let caller = Caller::new(TenantId::default_tenant(), Who::Customer(found.customer));
        let order = Order::Customer(post(text));
        self.desk.submit(&caller, fresh(), order).await.unwrap()
    }

    /// An agent who is connected and has been welcomed.
    pub async fn agent_at_desk(&self, name: &str) -> Client<Agents> {
        let (_, token) = self.agent(name).await;
        self.agent_with(&token, None).await
    }

    /// An agent with this token and cursor, welcomed.
    pub async fn agent_with(&self, token: &str, cursor: Option<Cursor>) -> Client<Agents> {
        let mut client = Client::dial(self.addr, "/ws").await;
        client.hello(None, Some(token.to_owned()), cursor).await;
        client.welcomed().await;
        client
    }

    /// A customer who is connected and has been welcomed.
    pub async fn customer(&self, name: &str) -> Client<Customers> {
        self.customer_with(name, None).await
    }

    /// A customer with this cursor, welcomed.
    pub async fn customer_with(&self, name: &str, cursor: Option<Cursor>) -> Client<Customers> {
        let mut client = Client::dial(self.addr, &format!("/ws/chat/{name}")).await;
        client.hello(Some(secret(name)), None, cursor).await;
        client.welcomed().await;
        client
    }
}

/// The secret of a customer in these tests.
pub fn secret(name: &str) -> String {
    let digest: [u8; 32] = Sha256::digest(name).into();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A new command's id.
pub fn fresh() -> CommandId {
    CommandId(Uuid::now_v7())
}

/// How a connection ended.
#[derive(Clone, PartialEq, Debug)]
pub struct Ended {
    /// The last frame, if there was one.
    pub bye: Option<Bye>,
    /// The close frame's code, if there was one.
    pub close: Option<u16>,
}

/// What Bye said.
#[derive(Clone, PartialEq, Debug)]
pub struct Bye {
    pub code: CloseCode,
    pub retryable: bool,
    pub retry_after_ms: Option<u64>,
    pub refusal: Option<Refusal>,
}

impl Ended {
    /// The refusal's code in Bye.
    pub fn refusal(&self) -> String {
        let refusal = self.bye.as_ref().and_then(|bye| bye.refusal.as_ref());
        refusal.map_or_else(String::new, Refusal::code)
    }
}

/// A connected client.
pub struct Client<A: Audience> {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// How far it has come by Welcome and batches.
    pub cursor: Cursor,
    /// Whether Welcome said so.
    pub resumed: bool,
    /// The parts of the snapshot.
    pub snapshot: Vec<A::Snapshot>,
    /// Everything that batches have brought.
    pub events: Vec<A::Event>,
    /// Signals that came while something else was waited for.
    pub signals: Vec<A::Signal>,
    bye: Option<Bye>,
}

impl<A: Audience> Client<A> {
    /// Opens a WebSocket.
    pub async fn dial(addr: SocketAddr, path: &str) -> Client<A> {
        match Client::try_dial(TcpStream::connect(addr).await.unwrap(), path, None).await {
            Ok(client) => client,
            Err(error) => panic!("{path} was not upgraded: {error}"),
        }
    }

    /// Opens a WebSocket over a stream, as a page of an origin.
    pub async fn try_dial(
        stream: TcpStream,
        path: &str,
        origin: Option<&str>,
    ) -> Result<Client<A>, tokio_tungstenite::tungstenite::Error> {
        let addr = stream.peer_addr().unwrap();
        let mut request = format!("ws://{addr}{path}").into_client_request()?;
        if let Some(origin) = origin {
            request
                .headers_mut()
                .insert("origin", HeaderValue::from_str(origin).unwrap());
        }
        let (socket, _) = soon("the upgrade", client_async(request, MaybeTlsStream::Plain(stream))).await?;
        Ok(Client {
            socket,
            cursor: Cursor { at: 0, mark: Mark(0) },
            resumed: false,
            snapshot: vec![],
            events: vec![],
            signals: vec![],
            bye: None,
        })
    }

    /// Sends any text.
    pub async fn say(&mut self, text: impl Into<String>) {
        self.message(Message::text(text.into())).await;
    }

    /// Sends any message.
    pub async fn message(&mut self, message: Message) {
        soon("a write", self.socket.send(message)).await.unwrap();
    }

    /// Sends a frame.
    pub async fn send(&mut self, frame: ToServer<A>) {
        self.say(codec::encode_to_server(&frame)).await;
    }

    /// Sends a frame that need not arrive.
    pub async fn try_send(&mut self, frame: ToServer<A>) -> bool {
        let text = codec::encode_to_server(&frame);
        soon("a write", self.socket.send(Message::text(text))).await.is_ok()
    }

    /// Says Hello.
    pub async fn hello(&mut self, secret: Option<String>, token: Option<String>, cursor: Option<Cursor>) {
        self.hello_to(None, secret, token, cursor).await;
    }

    /// Says Hello to a tenant.
    pub async fn hello_to(
        &mut self,
        tenant: Option<TenantId>,
        secret: Option<String>,
        token: Option<String>,
        cursor: Option<Cursor>,
    ) {
        self.send(ToServer::Hello(Hello {
            version: VERSION,
            client: "test 1".to_owned(),
            tenant,
            cursor,
            token,
            secret,
            identity: None,
            link_code: None,
        }))
        .await;
    }

    /// Takes Welcome and, if it starts afresh, the snapshot.
    pub async fn welcomed(&mut self) {
        match self.next().await {
            ToClient::Welcome { resumed, cursor, .. } => {
                self.cursor = cursor;
                self.resumed = resumed;
            }
            other => panic!("{other:?} is no welcome", other = codec::encode(&other)),
        }
        let mut complete = self.resumed;
        while !complete {
            match self.next().await {
                ToClient::Snapshot { last, data } => {
                    self.snapshot.push(data);
                    complete = last;
                }
                other => panic!("{} is no part of a snapshot", codec::encode(&other)),
            }
        }
    }

    /// The next frame. Batches are checked to join, and kept.
    pub async fn next(&mut self) -> ToClient<A> {
        match self.try_next().await {
            Ok(frame) => frame,
            Err(ended) => panic!("the connection ended: {ended:?}"),
        }
    }

    /// The next frame, or how the connection ended.
    pub async fn try_next(&mut self) -> Result<ToClient<A>, Ended> {
        loop {
            let received = soon("a frame", self.socket.next()).await;
            let close = match received {
                Some(Ok(Message::Text(text))) => {
                    let frame = codec::decode_from_server::<A>(&text).unwrap();
                    self.take(&frame);
                    return Ok(frame);
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => continue,
                Some(Ok(Message::Close(frame))) => frame.map(|frame| u16::from(frame.code)),
                Some(Ok(other)) => panic!("{other:?} came"),
                Some(Err(_)) | None => None,
            };
            return Err(Ended {
                bye: self.bye.take(),
                close,
            });
        }
    }

    fn take(&mut self, frame: &ToClient<A>) {
        match frame {
            ToClient::Batch { from, to, mark, events } => {
                assert_eq!(*from, self.cursor.at, "ranges join");
                for event in events {
                    assert_eq!(A::position(event), self.cursor.at + 1, "no gap, no repeat");
                    self.cursor = Cursor {
                        at: A::position(event),
                        mark: A::mark(event),
                    };
                }
                assert_eq!(
                    self.cursor,
                    Cursor { at: *to, mark: *mark },
                    "the cursor is the last event's"
                );
                self.events.extend(events.iter().cloned());
            }
            ToClient::Signal { signal } => self.signals.push(signal.clone()),
            ToClient::Bye {
                code,
                retryable,
                retry_after_ms,
                refusal,
            } => {
                self.bye = Some(Bye {
                    code: *code,
                    retryable: *retryable,
                    retry_after_ms: *retry_after_ms,
                    refusal: refusal.clone(),
                });
            }
            _ => {}
        }
    }

    /// Reads until the connection ends.
    pub async fn ended(&mut self) -> Ended {
        loop {
            if let Err(ended) = self.try_next().await {
                return ended;
            }
        }
    }

    /// Reads until it knows so many events.
    pub async fn reads_to(&mut self, at: u64) {
        while self.cursor.at < at {
            self.next().await;
        }
    }

    /// Reads until a signal is as wanted.
    pub async fn signalled(&mut self, wanted: impl Fn(&A::Signal) -> bool) -> A::Signal {
        loop {
            if let Some(at) = self.signals.iter().position(&wanted) {
                return self.signals.remove(at);
            }
            self.next().await;
        }
    }

    /// Sends a command with a new id.
    pub async fn sends(&mut self, command: A::Command) -> CommandId {
        let id = fresh();
        self.repeats(id, command).await;
        id
    }

    /// Sends a command with this id.
    pub async fn repeats(&mut self, id: CommandId, command: A::Command) {
        self.send(ToServer::Command { id, command }).await;
    }

    /// Reads until a command is answered. Others' answers must not come first.
    pub async fn answer(&mut self, id: CommandId) -> Result<Done, Refusal> {
        loop {
            if let ToClient::Answer { id: answered, outcome } = self.next().await {
                assert_eq!(answered, id, "answers come in the order of the commands");
                return match outcome {
                    Outcome::Done(done) => Ok(done),
                    Outcome::Refused { refusal } => Err(refusal),
                };
            }
        }
    }

    /// Does a command.
    pub async fn does(&mut self, command: A::Command) -> Result<Done, Refusal> {
        let id = self.sends(command).await;
        self.answer(id).await
    }

    /// Reads until a frame is refused.
    pub async fn refused(&mut self) -> Refusal {
        loop {
            if let ToClient::Refused { refusal } = self.next().await {
                return refusal;
            }
        }
    }

    /// Asks, and reads until the reply.
    pub async fn asks(&mut self, question: A::Question) -> Result<A::Reply, Refusal> {
        use minicom_protocol::frame::Told;
        self.send(ToServer::Ask { n: 9, question }).await;
        loop {
            if let ToClient::Reply { n, reply } = self.next().await {
                assert_eq!(n, 9);
                return match reply {
                    Told::Reply(reply) => Ok(reply),
                    Told::Refusal(refusal) => Err(refusal),
                };
            }
        }
    }

    /// Makes sure that everything that was sent before is dealt with, and that the connection stays.
    pub async fn pings(&mut self) {
        self.send(ToServer::Ping { n: 77, cursor: None }).await;
        while !matches!(self.next().await, ToClient::Pong { n: 77, .. }) {}
    }
}

/// A customer's line.
pub fn post(text: &str) -> CustomerCommand {
    CustomerCommand::Post {
        text: text.to_owned(),
        quote: None,
        file: None,
    }
}

/// An agent's line in a conversation that the agent has read.
pub fn reply(conversation: minicom_protocol::ids::ConversationId, text: &str) -> AgentCommand {
    AgentCommand::Post {
        conversation,
        text: text.to_owned(),
        seen: Default::default(),
        take_over: true,
        anyway: true,
        quote: None,
        reply: None,
        article: None,
        file: None,
    }
}
