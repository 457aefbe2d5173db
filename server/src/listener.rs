//! The open port: it accepts, counts, and hands each connection to HTTP/1.1 with deadlines. It refuses to know what is asked
//! on a connection; the router does.
//!
//! It is an own loop because `axum::serve` and hyper-util's automatic builder both leave a connection open for ever on which
//! no byte comes. A place is kept as long as the connection lives, also after it became a WebSocket.

mod entrance;

use std::{convert::Infallible, net::SocketAddr, time::Duration};

use axum::{
    Router,
    extract::{ConnectInfo, Request},
    response::Response,
};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::{sleep, timeout},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt;
use tracing::{debug, warn};

use crate::{limits, run_limits::RunLimits};
pub use entrance::Place;
use entrance::{Entrance, Turned};

/// Serves until `stop`, then lets the requests that have begun end, at most for `close_linger`. Each request has the peer's
/// address as [`ConnectInfo<SocketAddr>`] and the connection's [`Place`] among its extensions. Upgraded sockets are not
/// waited for: whoever upgrades keeps the place and has its own stop.
pub async fn serve(listener: TcpListener, router: Router, limits: &RunLimits, stop: CancellationToken) {
    let entrance = Entrance::new(limits);
    let open = TaskTracker::new();
    let cut = CancellationToken::new();
    let mut failing = false;
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                failing = false;
                match entrance.admit(peer.ip()) {
                    Ok(place) => {
                        let connection = Connection {
                            peer,
                            place,
                            router: router.clone(),
                            head_deadline: limits.head_deadline,
                        };
                        open.spawn(connection.serve(stream, stop.clone(), cut.clone()));
                    }
                    Err(Some(turned)) => drop(open.spawn(turn_away(stream, turned))),
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
        cut.cancel();
        open.wait().await;
    }
}

/// What was wrong with the connection that was to be accepted says nothing about the next one.
fn is_of_one_connection(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(
        error.kind(),
        ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted
    )
}

struct Connection {
    peer: SocketAddr,
    place: Place,
    router: Router,
    head_deadline: Duration,
}

impl Connection {
    async fn serve(self, stream: TcpStream, stop: CancellationToken, cut: CancellationToken) {
        let Self {
            peer,
            place,
            router,
            head_deadline,
        } = self;
        // A chat line is one small packet: it must not wait for the next.
        let _ = stream.set_nodelay(true);
        let service = service_fn(move |request: hyper::Request<Incoming>| {
            let mut request: Request = request.map(axum::body::Body::new);
            request.extensions_mut().insert(ConnectInfo(peer));
            request.extensions_mut().insert(place.clone());
            answer(router.clone(), request)
        });
        let serving = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(head_deadline)
            .max_buf_size(limits::HTTP_HEAD_BYTES_MAX)
            .max_headers(limits::HTTP_HEADERS_MAX)
            .serve_connection(TokioIo::new(stream), service)
            .with_upgrades();
        let mut serving = std::pin::pin!(serving);
        let ended = tokio::select! {
            ended = serving.as_mut() => ended,
            () = stop.cancelled() => {
                serving.as_mut().graceful_shutdown();
                tokio::select! {
                    ended = serving => ended,
                    () = cut.cancelled() => return,
                }
            }
        };
        if let Err(error) = ended {
            debug!(%peer, %error, "a connection ended early");
        }
    }
}

async fn answer(router: Router, request: Request) -> Result<Response, Infallible> {
    router.oneshot(request).await
}

/// Says why before closing. What the other side sends meanwhile is read, or closing would reset the connection and take
/// the words with it.
async fn turn_away(mut stream: TcpStream, turned: Turned) {
    let said = async {
        stream.write_all(turned.words()).await?;
        stream.shutdown().await?;
        let mut rest = [0; 1024];
        while stream.read(&mut rest).await? > 0 {}
        std::io::Result::Ok(())
    };
    let _ = timeout(limits::TURNED_AWAY_FOR, said).await;
}
