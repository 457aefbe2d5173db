//! The steps of the way, each with the words for what can fail at it.

use std::{
    io,
    net::SocketAddr,
    time::{Duration, Instant},
};

use minicom_protocol::{
    close::CloseCode,
    codec,
    frame::{Hello, ToClient, ToServer},
    refusal::Refusal,
};
use tokio::{io::AsyncReadExt, net::TcpStream};
use tokio_tungstenite::{
    client_async_with_config,
    tungstenite::{Error, Message, client::IntoClientRequest, protocol::WebSocketConfig},
};

use super::{Part, Step};
use crate::{
    Ended, Io, Party, ServerUrl,
    connection::{Loss, Wire, from_code, from_end, from_http},
    limits::MESSAGE_BYTES_MAX,
    rest::refusal_in,
    tls::{self, NoTls},
};

/// Round trips that are timed. The best of them is the way's; the others had to wait for something.
const TRIPS: u64 = 3;
/// A way on which each key would be felt.
const FAR: Duration = Duration::from_millis(300);
/// What a server says to whoever it has no place for comes at once.
const TURNED_AWAY_WITHIN: Duration = Duration::from_secs(1);
/// Bytes of that.
const TURNED_AWAY_BYTES_MAX: u64 = 16 * 1024;

fn failed<T>(part: &str, says: impl Into<String>, fix: impl Into<String>) -> Step<T> {
    (Part::fail(part, says, fix), None)
}

/// A step that was over before it was done.
pub(super) fn too_slow(step: &str, most: Duration) -> Part {
    let fix = match step {
        "name" => "the name server does not answer: look at the network, or name the server by its address",
        "port" => "nobody answers, not even with a no: a firewall on the way drops it, or the computer is off",
        "tls" => {
            "something listens there that speaks no TLS, or a box on the way holds it back; try http:// if that is meant"
        }
        "http" | "upgrade" => {
            "something takes the connection and says nothing: is it this server's port, or is the server stuck?"
        }
        _ => "the server took the connection and does not answer: its own `minicom-server doctor` says more",
    };
    Part::fail(step, format!("no answer in {} s", most.as_secs()), fix)
}

pub(super) async fn name(server: &ServerUrl) -> Step<Vec<SocketAddr>> {
    let host = server.host();
    if let Ok(ip) = host.parse() {
        return (
            Part::ok("name", format!("{host} is an address")),
            Some(vec![SocketAddr::new(ip, server.port())]),
        );
    }
    let fix = "look at the spelling of --server; does the name need another network or a VPN?";
    match tokio::net::lookup_host((host, server.port())).await {
        Ok(found) => {
            let addresses: Vec<SocketAddr> = found.collect();
            let told: Vec<String> = addresses.iter().map(|it| it.ip().to_string()).collect();
            match addresses.is_empty() {
                true => failed("name", format!("{host} has no address"), fix),
                false => (
                    Part::ok("name", format!("{host} is {}", told.join(", "))),
                    Some(addresses),
                ),
            }
        }
        Err(error) => failed("name", format!("there is no address for {host}: {error}"), fix),
    }
}

pub(super) async fn port(server: &ServerUrl, addresses: &[SocketAddr]) -> Step<TcpStream> {
    let port = server.port();
    match TcpStream::connect(addresses).await {
        Ok(stream) => {
            let peer = stream
                .peer_addr()
                .map_or_else(|_| format!("port {port}"), |it| it.to_string());
            (Part::ok("port", format!("{peer} takes connections")), Some(stream))
        }
        Err(error) => {
            let fix = match error.kind() {
                io::ErrorKind::ConnectionRefused if server.is_loopback() => {
                    "nothing listens there: start it with `minicom-server`, or name its port with --server"
                }
                io::ErrorKind::ConnectionRefused => {
                    "nothing listens there: is the port right, does the server run, and does it listen on more than its own computer?"
                }
                _ => "look at the network, and at firewalls on the way",
            };
            failed("port", format!("port {port} of {}: {error}", server.host()), fix)
        }
    }
}

pub(super) async fn tls(server: &ServerUrl, stream: TcpStream) -> Step<Box<dyn Io>> {
    // Only the delay of small frames.
    let _ = stream.set_nodelay(true);
    let stream: Box<dyn Io> = Box::new(stream);
    if !server.is_tls() {
        let part = match server.is_loopback() {
            true => Part::ok("tls", "none: the connection does not leave this computer"),
            false => Part::warn(
                "tls",
                "none: everybody on the way can read along",
                "give the server a certificate, or go through an SSH tunnel",
            ),
        };
        return (part, Some(stream));
    }
    match tls::secure(server, stream).await {
        Ok(stream) => {
            let by = match (&server.trust().pin, &server.trust().ca) {
                (Some(_), _) => "its fingerprint",
                (None, Some(_)) => "the authorities of --ca",
                (None, None) => "this computer's authorities",
            };
            (Part::ok("tls", format!("the server is known by {by}")), Some(stream))
        }
        Err(NoTls::Untrusted(words)) => {
            let fix = "if the server makes its own certificate, its operator can tell you the fingerprint for --pin \
                       (the server says it when it starts), or the authority's file for --ca";
            failed("tls", words, fix)
        }
        Err(NoTls::Plain) => {
            let (seen, try_this) = tls::plain_words(server);
            failed("tls", seen, try_this)
        }
        Err(NoTls::Lost(words)) => failed(
            "tls",
            words,
            "something listens there that speaks no TLS; try http:// if that is meant",
        ),
    }
}

pub(super) async fn http(server: &ServerUrl) -> Step<()> {
    let url = server.http("/healthz");
    let client = tls::http_client_for(server).map_err(|bad| bad.to_string());
    let client = client.and_then(|it| it.build().map_err(|error| error.to_string()));
    let answer = match client {
        Ok(client) => client.get(&url).send().await,
        Err(words) => return failed("http", words, "look at --ca and --pin"),
    };
    match answer {
        Ok(answer) if answer.status().is_success() => (Part::ok("http", format!("GET {url} answers")), Some(())),
        Ok(answer) => {
            let status = answer.status().as_u16();
            if let Some(refusal) = answer.bytes().await.ok().and_then(|body| refusal_in(&body)) {
                return refused("http", &url, &refusal);
            }
            let fix = match status {
                502..=504 => {
                    "a proxy answers, and the server behind it does not: is it running, and does the proxy know its port?"
                }
                404 => "another program listens there, or a proxy passes on only a part of the paths",
                _ => "a proxy or another program answers: look at its log",
            };
            failed("http", format!("GET {url} answers with HTTP status {status}"), fix)
        }
        Err(error) => {
            if let Some(refusal) = turned_away(server).await {
                return refused("http", &url, &refusal);
            }
            let cause = crate::rest::root_cause(&error);
            failed(
                "http",
                format!("GET {url}: {cause}"),
                "what listens there speaks no HTTP: is it the right port?",
            )
        }
    }
}

/// It is the server that answers, and why it does not do it.
fn refused<T>(part: &str, url: &str, refusal: &Refusal) -> Step<T> {
    let fix = match refusal.code().as_str() {
        "too_many_connections" => {
            "every window and every program is a connection; the limits stand under [sockets] in the server's configuration"
        }
        _ => "the server's log says why",
    };
    failed(part, format!("{url}: {}", refusal.message()), fix)
}

/// Why the server has no place for a connection. It says so before anything is asked, which a client of HTTP takes for nothing.
async fn turned_away(server: &ServerUrl) -> Option<Refusal> {
    let said = async {
        let stream: Box<dyn Io> = Box::new(TcpStream::connect((server.host(), server.port())).await.ok()?);
        let stream = match server.is_tls() {
            true => tls::secure(server, stream).await.ok()?,
            false => stream,
        };
        let mut said = Vec::new();
        stream.take(TURNED_AWAY_BYTES_MAX).read_to_end(&mut said).await.ok()?;
        let (head, body) = said.split_at(said.windows(4).position(|it| it == b"\r\n\r\n")? + 4);
        head.starts_with(b"HTTP/1.1 ").then(|| refusal_in(body))?
    };
    tokio::time::timeout(TURNED_AWAY_WITHIN, said).await.ok()?
}

pub(super) async fn upgrade(server: &ServerUrl, path: &str, stream: Box<dyn Io>) -> Step<Wire> {
    let url = server.socket(path);
    let request = match url.as_str().into_client_request() {
        Ok(request) => request,
        Err(error) => return failed("upgrade", format!("{url}: {error}"), "look at --server"),
    };
    let config = WebSocketConfig::default()
        .max_message_size(Some(MESSAGE_BYTES_MAX))
        .max_frame_size(Some(MESSAGE_BYTES_MAX));
    match client_async_with_config(request, stream, Some(config)).await {
        Ok((socket, _)) => (
            Part::ok("upgrade", format!("{url} is a WebSocket")),
            Some(Wire::new(socket)),
        ),
        Err(Error::Http(response)) => {
            if let Some(refusal) = response.body().as_deref().and_then(refusal_in) {
                return refused("upgrade", &url, &refusal);
            }
            let words = words_of(&from_http(server, &response));
            let fix = "a proxy on the way has to pass the headers Upgrade and Connection on; docs/operations.md has an example";
            failed("upgrade", format!("{url}: {words}"), fix)
        }
        Err(error) => failed(
            "upgrade",
            format!("{url}: {error}"),
            "a proxy on the way does not pass WebSockets on",
        ),
    }
}

pub(super) async fn hello<A: Party>(wire: &mut Wire, hello: Hello, login: &str) -> Step<()> {
    wire.send(codec::encode_to_server::<A>(&ToServer::Hello(hello)));
    let mut is_full = false;
    let loss = loop {
        let text = match wire.next().await {
            Some(Ok(Message::Text(text))) => text,
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => continue,
            end => break from_end(end),
        };
        match codec::decode_from_server::<A>(&text) {
            Ok(ToClient::Welcome { server, version, .. }) => {
                let words = format!("{server} welcomes this program, version {version} of the protocol");
                return (Part::ok("hello", words), Some(()));
            }
            Ok(ToClient::Bye {
                code,
                retryable,
                refusal,
                ..
            }) => {
                is_full = code == CloseCode::Full;
                break from_code(code, retryable, None, refusal);
            }
            Ok(ToClient::Refused { refusal }) => break Loss::Ended(Ended::from_refusal(refusal)),
            Ok(_) => {}
            Err(error) => break Loss::lost(format!("the answer cannot be read: {error}")),
        }
    };
    let sign_in = format!("sign in: {login}");
    let fix = match &loss {
        _ if is_full => {
            "close a window or a program of this name, or raise per_customer under [sockets] in the server's configuration"
        }
        Loss::Ended(Ended::SignedOut) if !login.is_empty() => sign_in.as_str(),
        Loss::Ended(Ended::WrongVersion { .. }) => "install programs of the server's release",
        Loss::Ended(Ended::WrongSecret(_)) => "take another name, or go on from the device that has it (/link)",
        _ => "the server's log says why",
    };
    failed("hello", words_of(&loss), fix)
}

pub(super) async fn round_trip<A: Party>(wire: &mut Wire) -> Step<()> {
    let mut best = Duration::MAX;
    for n in 1..=TRIPS {
        let begun = Instant::now();
        wire.send(codec::encode_to_server::<A>(&ToServer::Ping { n, cursor: None }));
        loop {
            match wire.next().await {
                Some(Ok(Message::Text(text))) => match codec::decode_from_server::<A>(&text) {
                    Ok(ToClient::Pong { n: back, .. }) if back == n => break,
                    // What happens at the desk meanwhile.
                    _ => {}
                },
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Binary(_) | Message::Frame(_))) => {}
                end => return failed("round trip", words_of(&from_end(end)), "the server's log says why"),
            }
        }
        best = best.min(begun.elapsed());
    }
    let part = match best > FAR {
        true => Part::warn(
            "round trip",
            "there and back, and it is far",
            "it works; what you write appears at once all the same",
        ),
        false => Part::ok("round trip", format!("there and back, the best of {TRIPS}")),
    };
    (part.took(Some(best)), Some(()))
}

fn words_of(loss: &Loss) -> String {
    match loss {
        Loss::Lost { why, .. } | Loss::Untrusted { why } | Loss::Torn { why } => why.clone(),
        Loss::Ended(ended) => ended.words(),
        Loss::Stopped => "stopped".to_owned(),
    }
}
