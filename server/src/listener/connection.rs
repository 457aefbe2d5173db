//! One connection, from its first byte to its end: the handshake, HTTP/1.1 with its deadlines, and for whom each request
//! came.

use std::{
    convert::Infallible,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use axum::{
    extract::{ConnectInfo, Request},
    response::{IntoResponse, Response},
};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt;
use tracing::debug;

use super::{
    Shared,
    entrance::{Place, too_many},
    mix_up::{FirstByte, MixUp, TLS_HANDSHAKE, tls_required},
    say,
    stalling::Stalling,
};
use crate::limits::{self, TLS_HANDSHAKE_DEADLINE};

/// A connection that has a place.
pub struct Connection {
    /// Who is at its other end: perhaps a proxy.
    pub peer: SocketAddr,
    /// Its place.
    pub place: Place,
    /// What it has in common with the others.
    pub shared: Arc<Shared>,
}

impl Connection {
    /// Serves it until its end, or until it was upgraded.
    pub async fn serve(self, stream: TcpStream) {
        let Some(tls) = self.shared.tls.clone() else {
            let mixed_up = Arc::new(AtomicBool::new(false));
            let stream = FirstByte::new(Stalling::new(stream, self.shared.stall_max), mixed_up.clone());
            let (shared, peer) = (self.shared.clone(), self.peer);
            self.speak(stream).await;
            if mixed_up.load(Ordering::Relaxed) {
                shared.mix_ups.tell(MixUp::TlsOnHttp, peer);
            }
            return;
        };
        let peer = self.peer;
        let opened = tokio::select! {
            opened = timeout(TLS_HANDSHAKE_DEADLINE.min(self.shared.head_deadline), self.shake_hands(&tls, stream)) => opened,
            // Nobody has asked anything yet.
            () = self.shared.stop.cancelled() => return,
        };
        match opened {
            Ok(Ok(Some(stream))) => self.speak(stream).await,
            Ok(Ok(None)) => {}
            Ok(Err(error)) => debug!(%peer, %error, "a handshake failed"),
            Err(_) => debug!(%peer, "a handshake took too long"),
        }
    }

    /// TLS; `None` if the other side does not speak it, and was told.
    async fn shake_hands(
        &self,
        tls: &TlsAcceptor,
        stream: TcpStream,
    ) -> std::io::Result<Option<impl AsyncRead + AsyncWrite + Unpin + Send + 'static>> {
        let mut first = [0];
        if stream.peek(&mut first).await? == 0 {
            return Ok(None);
        }
        if first[0] != TLS_HANDSHAKE {
            self.shared.mix_ups.tell(MixUp::HttpOnTls, self.peer);
            let _ = timeout(limits::TURNED_AWAY_FOR, say(stream, tls_required())).await;
            return Ok(None);
        }
        tls.accept(Stalling::new(stream, self.shared.stall_max)).await.map(Some)
    }

    /// HTTP/1.1.
    async fn speak(self, stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) {
        let Self { peer, place, shared } = self;
        let (stop, cut, head_deadline) = (shared.stop.clone(), shared.cut.clone(), shared.head_deadline);
        let asked_before = AtomicBool::new(false);
        let service = service_fn(move |request: hyper::Request<Incoming>| {
            let again = asked_before.swap(true, Ordering::Relaxed);
            let (shared, place) = (shared.clone(), place.clone());
            async move {
                if again {
                    // Who sends a hundred requests at once gets the answers one at a time, and everybody else's work in between.
                    tokio::task::yield_now().await;
                }
                answer(shared, peer, place, request.map(axum::body::Body::new)).await
            }
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

/// Finds out for whom a request came, and has it answered. Who comes through a proxy is counted here.
async fn answer(
    shared: Arc<Shared>,
    peer: SocketAddr,
    place: Place,
    mut request: Request,
) -> Result<Response, Infallible> {
    let (client, place) = if shared.proxies.trusts(peer.ip()) {
        let client = shared.proxies.client(peer, request.headers());
        match shared.entrance.admit_behind(client.ip(), place) {
            Some(place) => (client, place),
            None => return Ok(too_many().into_response()),
        }
    } else {
        (peer, place)
    };
    request.extensions_mut().insert(ConnectInfo(client));
    request.extensions_mut().insert(place);
    shared.router.clone().oneshot(request).await
}
