//! The open port: it accepts, counts, and hands each connection to HTTP/1.1 with deadlines, after the handshake if there is
//! TLS. It refuses to know what is asked on a connection; the router does.
//!
//! It is an own loop because `axum::serve` and hyper-util's automatic builder both leave a connection open for ever on which
//! no byte comes. A place is kept as long as the connection lives, also after it became a WebSocket.

mod connection;
mod entrance;
mod mix_up;
mod proxies;
#[cfg(test)]
mod proxies_tests;
mod stalling;

use std::{sync::Arc, time::Duration};

use axum::Router;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::{sleep, timeout},
};
use tokio_rustls::TlsAcceptor;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::{debug, warn};

use crate::{limits, run_limits::RunLimits};
use connection::Connection;
pub use entrance::Place;
use entrance::{Entrance, Turned};
use mix_up::MixUps;
pub use proxies::Proxies;

/// How the port is guarded: by TLS or not, and who may say for whom a request came.
#[derive(Clone, Default)]
pub struct Guard {
    /// With it, every connection begins with a handshake.
    pub tls: Option<Arc<rustls::ServerConfig>>,
    /// The proxies that are believed.
    pub proxies: Proxies,
}

/// Serves plain HTTP without proxies; see [`serve_guarded`].
pub async fn serve(listener: TcpListener, router: Router, limits: &RunLimits, stop: CancellationToken) {
    serve_guarded(listener, router, limits, Guard::default(), stop).await;
}

/// Serves until `stop`, then lets the requests that have begun end, at most for `close_linger`. Each request has the address
/// of whoever sent it (over proxies that are trusted, if there are some) as `ConnectInfo<SocketAddr>` and the connection's
/// [`Place`] among its extensions. Upgraded sockets are not waited for: whoever upgrades keeps the place and has its own stop.
pub async fn serve_guarded(
    listener: TcpListener,
    router: Router,
    limits: &RunLimits,
    guard: Guard,
    stop: CancellationToken,
) {
    let shared = Arc::new(Shared {
        entrance: Entrance::new(limits),
        router,
        proxies: guard.proxies,
        tls: guard.tls.map(TlsAcceptor::from),
        mix_ups: MixUps::default(),
        head_deadline: limits.head_deadline,
        // Later than a socket's own deadline, which can say why.
        stall_max: limits.write_timeout + limits.close_linger,
        stop: stop.clone(),
        cut: CancellationToken::new(),
    });
    let open = TaskTracker::new();
    let mut failing = false;
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                failing = false;
                prepare(&stream);
                // Behind a proxy that is trusted are many: they are counted by request.
                let admitted = match shared.proxies.trusts(peer.ip()) {
                    true => shared.entrance.admit_proxy(),
                    false => shared.entrance.admit(peer.ip()),
                };
                match admitted {
                    Ok(place) => {
                        let connection = Connection {
                            peer,
                            place,
                            shared: shared.clone(),
                        };
                        drop(open.spawn(connection.serve(stream)));
                    }
                    Err(Some(turned)) => drop(open.spawn(turn_away(stream, shared.tls.clone(), turned))),
                    Err(None) => debug!(%peer, "too many connections; one was closed without a word"),
                }
            }
            Err(error) if is_of_one_connection(&error) => {}
            Err(error) => {
                // Once, not ten times a second for as long as it lasts.
                if !failing {
                    warn!(%error, "no connection can be accepted; trying again until one can");
                }
                failing = true;
                tokio::select! {
                    () = stop.cancelled() => break,
                    () = sleep(limits::ACCEPT_PAUSE) => {}
                }
            }
        }
    }
    drop(listener);
    open.close();
    if timeout(limits.close_linger, open.wait()).await.is_err() {
        shared.cut.cancel();
        open.wait().await;
    }
}

/// What all connections of a port share.
struct Shared {
    entrance: Entrance,
    router: Router,
    proxies: Proxies,
    tls: Option<TlsAcceptor>,
    mix_ups: MixUps,
    head_deadline: Duration,
    /// A write that moves nothing for so long ends its connection.
    stall_max: Duration,
    stop: CancellationToken,
    /// Cancelled when nobody is waited for any more.
    cut: CancellationToken,
}

/// Options of the connection, each a help and none a need.
fn prepare(stream: &TcpStream) {
    // A chat line is one small packet: it must not wait for the next.
    let _ = stream.set_nodelay(true);
    // Else the system takes megabytes of answers for whoever asks and never reads, and the work for them is done.
    #[cfg(target_os = "linux")]
    let _ = socket2::SockRef::from(stream).set_tcp_notsent_lowat(limits::UNSENT_BYTES_MAX);
}

/// What was wrong with the connection that was to be accepted says nothing about the next one.
fn is_of_one_connection(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(
        error.kind(),
        ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted
    )
}

/// Says why before closing, where there is TLS behind a handshake.
async fn turn_away(stream: TcpStream, tls: Option<TlsAcceptor>, turned: Turned) {
    let said = async {
        match tls {
            Some(tls) => say(tls.accept(stream).await?, turned.words()).await,
            None => say(stream, turned.words()).await,
        }
    };
    let _ = timeout(limits::TURNED_AWAY_FOR, said).await;
}

/// Says it and closes. What the other side sends meanwhile is read, or closing would reset the connection and take the words
/// with it.
async fn say(mut stream: impl AsyncRead + AsyncWrite + Unpin, words: &[u8]) -> std::io::Result<()> {
    stream.write_all(words).await?;
    stream.shutdown().await?;
    let mut rest = [0; 1024];
    while stream.read(&mut rest).await? > 0 {}
    Ok(())
}
