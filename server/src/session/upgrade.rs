//! From a request of HTTP to a WebSocket: the handshake of RFC 6455, section 4.2, with our bounds. An own one, because that of
//! axum gives its stream to nobody, and the fragments on it must be counted.

use axum::{
    body::Body,
    extract::FromRequestParts,
    http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header, request::Parts},
};
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        handshake::derive_accept_key,
        protocol::{Role, WebSocketConfig},
    },
};
use tracing::debug;

use super::fragments::Fragments;
use crate::limits;

/// A socket that was opened.
pub type Socket = WebSocketStream<Fragments<TokioIo<Upgraded>>>;

/// A request that may become a WebSocket.
pub struct Upgrade {
    key: HeaderValue,
    on_upgrade: OnUpgrade,
}

impl<S: Send + Sync> FromRequestParts<S> for Upgrade {
    type Rejection = (StatusCode, &'static str);

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Upgrade, Self::Rejection> {
        let refused = |words| (StatusCode::BAD_REQUEST, words);
        let headers = &parts.headers;
        if !has(headers, header::CONNECTION, "upgrade") || !has(headers, header::UPGRADE, "websocket") {
            return Err(refused("This address is for WebSockets."));
        }
        if !has(headers, header::SEC_WEBSOCKET_VERSION, "13") {
            return Err(refused("Version 13 of WebSocket is spoken here."));
        }
        let key = headers.get(header::SEC_WEBSOCKET_KEY).cloned();
        let key = key.ok_or(refused("The handshake of WebSocket has a Sec-WebSocket-Key."))?;
        let on_upgrade = parts.extensions.remove::<OnUpgrade>();
        let on_upgrade = on_upgrade.ok_or((
            StatusCode::UPGRADE_REQUIRED,
            "This connection cannot become a WebSocket.",
        ))?;
        Ok(Upgrade { key, on_upgrade })
    }
}

/// Whether a header lists this word.
fn has(headers: &HeaderMap, name: HeaderName, word: &str) -> bool {
    let mut values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    values.any(|value| value.split(',').any(|listed| listed.trim().eq_ignore_ascii_case(word)))
}

impl Upgrade {
    /// Answers, and serves the socket as soon as it is one.
    pub fn then<F>(self, serve: impl FnOnce(Socket) -> F + Send + 'static) -> Response<Body>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let accept = derive_accept_key(self.key.as_bytes());
        let on_upgrade = self.on_upgrade;
        tokio::spawn(async move {
            match on_upgrade.await {
                Ok(upgraded) => {
                    let stream = Fragments::new(TokioIo::new(upgraded));
                    serve(WebSocketStream::from_raw_socket(stream, Role::Server, Some(config())).await).await;
                }
                Err(error) => debug!(%error, "a connection ended before it was a WebSocket"),
            }
        });
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
        let headers = response.headers_mut();
        headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
        headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
        if let Ok(accept) = HeaderValue::from_str(&accept) {
            headers.insert(header::SEC_WEBSOCKET_ACCEPT, accept);
        }
        response
    }
}

fn config() -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(limits::SOCKET_READ_BUFFER_BYTES)
        .write_buffer_size(0)
        .max_write_buffer_size(limits::SOCKET_WRITE_BUFFER_BYTES_MAX)
        .max_message_size(Some(limits::FRAME_BYTES_MAX))
        .max_frame_size(Some(limits::FRAME_BYTES_MAX))
}
