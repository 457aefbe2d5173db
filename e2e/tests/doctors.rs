//! The doctors of the real programs, each on the way to a real server: all is well, and each step of the way broken once, by what breaks it
//! in life. They say which step it is and what to try, and end with a code that a script can ask for.

use std::{net::SocketAddr, process::Output};

use anyhow::{Context, Result, bail, ensure};
use futures_util::{SinkExt, StreamExt};
use minicom_client::{
    ClientEvent, Config, ConnState, ServerUrl, StateDir,
    credentials::{Profile, known_customer_secret},
    open, rest,
};
use minicom_e2e::{
    binaries::Binary,
    certificates::Authority,
    computer::{Computer, with_input},
    desk_setup::Setup,
    people::url,
    server::TestServer,
    wait::until_async,
};
use minicom_protocol::{ids::TenantId, text::CustomerName};
use minicom_server::{Shutdown, config::Sockets, server_file::ServerFile};
use serde_json::Value;
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional},
    net::{TcpListener, TcpStream},
};
use tokio_tungstenite::{
    accept_hdr_async, connect_async,
    tungstenite::{Message, handshake::server::Request},
};
use tokio_util::task::AbortOnDropHandle;

/// The steps of the way, in their order.
const STEPS: [&str; 7] = ["name", "port", "tls", "http", "upgrade", "hello", "round trip"];

/// The two programs, each with what is said to its doctor.
const BOTH: [(Binary, &[&str]); 2] = [
    (Binary::Agent, &["doctor", "--json"]),
    (Binary::Chat, &["doctor", "alice", "--json"]),
];

/// The doctor of a program of this computer, with more said to it.
async fn doctor(computer: &Computer, binary: Binary, words: &[&str]) -> Result<Output> {
    let program = match binary {
        Binary::Chat => computer.chat_with(words)?,
        _ => computer.agent_with("ada@desk.test", words)?,
    };
    tokio::task::spawn_blocking(move || with_input(&program, "")).await?
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The parts of a report for programs.
fn parts(output: &Output) -> Result<Vec<Value>> {
    let said = text(&output.stdout);
    let report: Value = serde_json::from_str(&said).with_context(|| format!("{said}\n{}", text(&output.stderr)))?;
    Ok(report["parts"].as_array().context("it has no parts")?.clone())
}

/// The report says that it is this step that fails, why, and what to try; what is behind it was not tried. The program ends with 1.
#[track_caller]
fn fails_at(output: &Output, step: &str, why: &str, fix: &str) -> Result<()> {
    let parts = parts(output)?;
    let failing = STEPS
        .iter()
        .position(|it| *it == step)
        .context("there is no such step")?;
    for (at, name) in STEPS.iter().enumerate() {
        let part = parts.get(at).with_context(|| format!("{name} is missing"))?;
        ensure!(part["part"] == *name, "{part} stands where {name} should");
        let state = part["state"].as_str().unwrap_or_default();
        match at.cmp(&failing) {
            std::cmp::Ordering::Less => ensure!(matches!(state, "ok" | "warn") && part["ms"].is_number(), "{part}"),
            std::cmp::Ordering::Greater => ensure!(state == "skipped", "{part}"),
            std::cmp::Ordering::Equal => {
                let has = |name: &str, words: &str| part[name].as_str().is_some_and(|it| it.contains(words));
                ensure!(state == "fail" && has("says", why) && has("fix", fix), "{part}");
            }
        }
    }
    ensure!(output.status.code() == Some(1), "{}", output.status);
    Ok(())
}

/// What stands between a program and its server.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Between {
    /// Another program altogether, that answers everything with a page.
    AnotherProgram,
    /// A proxy that passes no sockets on.
    NoSockets,
    /// Something that swallows what should come back at once.
    NoPings,
}

/// Puts it before a server, on a port of this computer.
async fn before(server: SocketAddr, what: Between) -> Result<(ServerUrl, AbortOnDropHandle<()>)> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = url(listener.local_addr()?)?;
    let task = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // Whose connection breaks tells it by itself.
            tokio::spawn(async move { drop(pass(stream, server, what).await) });
        }
    });
    Ok((url, AbortOnDropHandle::new(task)))
}

async fn pass(mut stream: TcpStream, server: SocketAddr, what: Between) -> Result<()> {
    let mut begin = [0; 7];
    while stream.peek(&mut begin).await? < begin.len() {}
    let is_socket = &begin == b"GET /ws";
    match what {
        Between::AnotherProgram => refuse(&mut stream, "404 Not Found").await,
        Between::NoSockets if is_socket => refuse(&mut stream, "400 Bad Request").await,
        Between::NoPings if is_socket => swallow_pings(stream, server).await,
        Between::NoSockets | Between::NoPings => {
            let mut there = TcpStream::connect(server).await?;
            copy_bidirectional(&mut stream, &mut there).await?;
            Ok(())
        }
    }
}

async fn refuse(stream: &mut TcpStream, status: &str) -> Result<()> {
    // What was asked is read first: an end before it is a reset.
    let mut asked = [0; 4096];
    let _ = stream.read(&mut asked).await?;
    let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 5\r\nconnection: close\r\n\r\nhello");
    Ok(stream.write_all(answer.as_bytes()).await?)
}

#[expect(
    clippy::result_large_err,
    reason = "the library's own kind of refusal, of which there is none here"
)]
async fn swallow_pings(stream: TcpStream, server: SocketAddr) -> Result<()> {
    let mut path = String::new();
    let mut here = accept_hdr_async(stream, |request: &Request, response| {
        path = request.uri().to_string();
        Ok(response)
    })
    .await?;
    let (mut there, _) = connect_async(format!("ws://{server}{path}")).await?;
    loop {
        tokio::select! {
            said = here.next() => match said {
                Some(Ok(Message::Text(said))) if said.contains(r#""ping""#) => {}
                Some(Ok(said)) => there.send(said).await?,
                _ => bail!("the program has gone"),
            },
            told = there.next() => match told {
                Some(Ok(told)) => here.send(told).await?,
                _ => bail!("the server has gone"),
            },
        }
    }
}

/// A computer of somebody who has signed in and of somebody who has chatted, at a server or what stands before it.
async fn known_at(server: &TestServer, at: ServerUrl) -> Result<Computer> {
    let computer = Computer::new(at)?;
    computer.agent(&server.agents[0], &[])?;
    let said = doctor(&computer, Binary::Chat, &["alice", "-m", "hello"]).await?;
    ensure!(said.status.success(), "{}", text(&said.stderr));
    Ok(computer)
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_way_that_is_well_every_step_has_its_time() -> Result<()> {
    let server = TestServer::start(Setup::with_agents(&["Ada"])).await?;
    let computer = known_at(&server, server.url()).await?;
    for (binary, words) in BOTH {
        let output = doctor(&computer, binary, words).await?;
        let parts = parts(&output)?;
        for (part, name) in parts.iter().zip(STEPS) {
            ensure!(
                part["part"] == name && part["state"] == "ok" && part["ms"].is_number(),
                "{binary:?}: {part}"
            );
        }
        // The terminal and what belongs to it come behind the way.
        for name in ["settings", "terminal", "colours", "clipboard", "notifications"] {
            ensure!(parts.iter().any(|it| it["part"] == name), "{name}: {parts:?}");
        }
        ensure!(output.status.code() == Some(0), "{}", output.status);
    }
    // For people it is a line a part.
    let output = doctor(&computer, Binary::Agent, &["doctor"]).await?;
    let said = text(&output.stdout);
    let trip = said
        .lines()
        .find(|line| line.contains("round trip"))
        .context("no round trip")?;
    ensure!(trip.starts_with("ok") && trip.ends_with(" ms)"), "{said}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_there_is_not_and_a_port_where_nobody_listens() -> Result<()> {
    let gone = TcpListener::bind("127.0.0.1:0").await?.local_addr()?;
    let nowhere = Computer::new(ServerUrl::parse("https://desk.invalid", false)?)?;
    let closed = Computer::new(url(gone)?)?;
    for (binary, words) in BOTH {
        let output = doctor(&nowhere, binary, words).await?;
        fails_at(&output, "name", "", "")?;
        let output = doctor(&closed, binary, words).await?;
        fails_at(&output, "port", "refused", "minicom-server")?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_of_somebody_else() -> Result<()> {
    let (files, others, data) = (tempfile::tempdir()?, tempfile::tempdir()?, tempfile::tempdir()?);
    let authority = Authority::new(files.path(), "authority")?;
    authority.issue(files.path(), 30)?;
    let other = Authority::new(others.path(), "another")?;
    let mut config = Setup::with_agents(&[]).config(data.path());
    config.tls.cert = Some(files.path().join("cert.pem"));
    config.tls.key = Some(files.path().join("key.pem"));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let at = format!("https://localhost:{}", listener.local_addr()?.port());
    let server = minicom_server::run(config, listener, Shutdown::new());
    let _server = AbortOnDropHandle::new(tokio::spawn(server));
    until_async("the server to run", async || ServerFile::read(data.path())).await?;
    let computer = Computer::new(ServerUrl::parse(&at, false)?)?;
    let (right, wrong) = (authority.file.display().to_string(), other.file.display().to_string());
    for (binary, words) in BOTH {
        let output = doctor(&computer, binary, &[words, &["--ca", &wrong]].concat()).await?;
        fails_at(&output, "tls", "localhost", "--pin")?;
        let output = doctor(&computer, binary, &[words, &["--ca", &right]].concat()).await?;
        let parts = parts(&output)?;
        ensure!(parts[2]["state"] == "ok" && parts[4]["state"] == "ok", "{parts:?}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn another_program_and_a_proxy_without_sockets() -> Result<()> {
    let server = TestServer::start(Setup::with_agents(&["Ada"])).await?;
    let (page, _page) = before(server.address, Between::AnotherProgram).await?;
    let (proxy, _proxy) = before(server.address, Between::NoSockets).await?;
    let (page, proxy) = (Computer::new(page)?, Computer::new(proxy)?);
    for (binary, words) in BOTH {
        let output = doctor(&page, binary, words).await?;
        fails_at(&output, "http", "404", "another program")?;
        let output = doctor(&proxy, binary, words).await?;
        fails_at(&output, "upgrade", "400", "Upgrade")?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_that_has_ended_and_a_name_that_is_somebody_elses() -> Result<()> {
    let server = TestServer::start(Setup::with_agents(&["Ada"])).await?;
    let first = known_at(&server, server.url()).await?;
    let state = StateDir::at(first.agents("ada@desk.test"));
    let profile = Profile {
        name: Default::default(),
        server: server.url(),
        tenant: TenantId::default_tenant(),
        state: None,
    };
    let token = profile.token(&state)?.context("nobody has signed in")?;
    rest::logout(&profile.server, &profile.tenant, &token.token).await?;
    let output = doctor(&first, Binary::Agent, &["doctor", "--json"]).await?;
    fails_at(&output, "hello", "", "minicom-agent login")?;

    let second = Computer::new(server.url())?;
    let refused = doctor(&second, Binary::Chat, &["alice", "-m", "it is me"]).await?;
    ensure!(!refused.status.success(), "{}", text(&refused.stdout));
    let output = doctor(&second, Binary::Chat, &["doctor", "alice", "--json"]).await?;
    fails_at(&output, "hello", "somebody else", "another name")?;
    Ok(())
}

/// A server with bounds of its own on how many may be connected, and its address. It ends with the last part.
async fn bounded(bounds: impl FnOnce(&mut Sockets)) -> Result<(ServerUrl, TempDir, AbortOnDropHandle<()>)> {
    let data = tempfile::tempdir()?;
    let setup = Setup::with_agents(&[]);
    setup.prepare(data.path()).await?;
    let mut config = setup.config(data.path());
    bounds(&mut config.sockets);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let at = url(listener.local_addr()?)?;
    let server = tokio::spawn(async move { drop(minicom_server::run(config, listener, Shutdown::new()).await) });
    until_async("the server to run", async || ServerFile::read(data.path())).await?;
    Ok((at, data, AbortOnDropHandle::new(server)))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_full_says_so_and_is_taken_for_nothing_else() -> Result<()> {
    let (at, _data, _server) = bounded(|sockets| sockets.per_loopback_address = 1).await?;
    let mut held = TcpStream::connect((at.host(), at.port())).await?;
    held.write_all(b"GET ").await?;
    let computer = Computer::new(at)?;
    for (binary, words) in BOTH {
        let output = doctor(&computer, binary, words).await?;
        fails_at(&output, "http", "too many connections", "limit")?;
    }
    let output = doctor(&computer, Binary::Chat, &["alice", "-m", "hello"]).await?;
    let said = text(&output.stderr);
    ensure!(output.status.code() == Some(69), "{said}");
    ensure!(said.ends_with("try again later. Nothing was sent.\n"), "{said}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn one_window_too_many_is_called_that() -> Result<()> {
    let (at, _data, _server) = bounded(|sockets| sockets.per_customer = 1).await?;
    let computer = Computer::new(at.clone())?;
    let said = doctor(&computer, Binary::Chat, &["alice", "-m", "hello"]).await?;
    ensure!(said.status.success(), "{}", text(&said.stderr));
    let (state, tenant) = (StateDir::at(computer.customers()), TenantId::default_tenant());
    let alice = CustomerName::parse("alice")?;
    let secret = known_customer_secret(&state, &at, &tenant, &alice)?.context("alice has no secret")?;
    let (_window, mut events) = open(Config::customer(at, alice, secret, "a window"));
    while !matches!(events.recv().await, Some(ClientEvent::State(ConnState::Live))) {}
    let output = doctor(&computer, Binary::Chat, &["alice", "-m", "hello again"]).await?;
    let said = text(&output.stderr);
    ensure!(
        said == "minicom-chat: The chat is open in too many windows. Close one of them. Nothing was sent.\n",
        "{said}"
    );
    let output = doctor(&computer, Binary::Chat, &["doctor", "alice", "--json"]).await?;
    fails_at(&output, "hello", "too many windows", "close")
}

#[tokio::test(flavor = "multi_thread")]
async fn tls_that_is_not_spoken_has_one_advice() -> Result<()> {
    let (at, _data, _server) = bounded(|_| {}).await?;
    let plain = at.to_string();
    let computer = Computer::new(ServerUrl::parse(&plain.replace("http://", "https://"), false)?)?;
    for (binary, words) in BOTH {
        let output = doctor(&computer, binary, words).await?;
        fails_at(&output, "tls", "does not speak TLS", &format!("write {plain} instead"))?;
        let fix = parts(&output)?[2]["fix"].to_string();
        ensure!(!fix.contains("--pin") && !fix.contains("--ca"), "{fix}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_agents_doctor_tells_the_sign_in() -> Result<()> {
    let server = TestServer::start(Setup::with_agents(&["Ada"])).await?;
    let computer = known_at(&server, server.url()).await?;
    let sign_in = async |email: &str| -> Result<Value> {
        let program = computer.agent_with(email, &["doctor", "--json"])?;
        let output = tokio::task::spawn_blocking(move || with_input(&program, "")).await??;
        let parts = parts(&output)?;
        let found = parts.iter().find(|it| it["part"] == "sign-in");
        Ok(found.with_context(|| format!("{parts:?}"))?.clone())
    };
    let known = sign_in("ada@desk.test").await?;
    let says = known["says"].as_str().unwrap_or_default();
    ensure!(known["state"] == "ok" && says.contains("ada@desk.test"), "{known}");
    let nobody = sign_in("bo@desk.test").await?;
    let fix = nobody["fix"].as_str().unwrap_or_default();
    ensure!(
        nobody["state"] == "fail" && fix.contains("minicom-agent login"),
        "{nobody}"
    );
    // For people an advice of several lines is several lines.
    let program = computer.agent_with("bo@desk.test", &["doctor"])?;
    let output = tokio::task::spawn_blocking(move || with_input(&program, "")).await??;
    let said = text(&output.stdout);
    ensure!(
        said.contains("minicom-agent login") && !said.contains('\u{2424}') && !said.contains('\u{240a}'),
        "{said}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_on_which_nothing_comes_back() -> Result<()> {
    let server = TestServer::start(Setup::with_agents(&["Ada"])).await?;
    let (silent, _silent) = before(server.address, Between::NoPings).await?;
    let computer = known_at(&server, silent).await?;
    let both = BOTH.map(|(binary, words)| doctor(&computer, binary, words));
    for output in futures_util::future::join_all(both).await {
        fails_at(&output?, "round trip", "no answer in 5 s", "minicom-server doctor")?;
    }
    Ok(())
}
