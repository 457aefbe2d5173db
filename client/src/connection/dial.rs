//! From nothing to a connection on which Hello was said: connect, shake hands, Hello. And the reading of what goes
//! wrong on the way.

use std::time::Duration;

use minicom_protocol::{close::CloseCode, frame::VERSION, gate::Shown, refusal::Refusal};
use tokio_tungstenite::{
    client_async_with_config,
    tungstenite::{Error, Message, client::IntoClientRequest, error::ProtocolError, http, protocol::WebSocketConfig},
};

use super::wire::Wire;
use crate::{
    config::Dialer,
    event::Ended,
    limits::{MESSAGE_BYTES_MAX, READ_BUFFER_BYTES, WRITE_BUFFER_BYTES_MAX},
    rest::{not_minicom, refusal_in},
    server_url::ServerUrl,
    tls::{NoTls, plain_words, secure},
};

/// The server counts the connections of one customer: every window is one.
const TOO_MANY_WINDOWS: &str = "The chat is open in too many windows. Close one of them.";

/// Why there is no connection (any more).
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Loss {
    /// Trying again can help.
    Lost {
        why: String,
        retry_after: Option<Duration>,
        /// The server said that it restarts.
        draining: bool,
    },
    /// The server is not who it should be: a person has to mend it.
    Untrusted { why: String },
    /// The server's account does not join what we know: start afresh.
    Torn { why: String },
    /// Trying again cannot help.
    Ended(Ended),
    /// The program does not want it any more.
    Stopped,
}

impl Loss {
    pub fn lost(why: impl Into<String>) -> Loss {
        Loss::Lost {
            why: why.into(),
            retry_after: None,
            draining: false,
        }
    }
}

/// Connects and says Hello.
pub(crate) async fn dial(dialer: Dialer, server: ServerUrl, path: String, hello: String) -> Result<Wire, Loss> {
    let cannot_reach = |why: &dyn std::fmt::Display| Loss::lost(format!("cannot reach {server}: {why}"));
    let request = server.socket(&path).into_client_request();
    let request = request.map_err(|error| cannot_reach(&error))?;
    let stream = dialer.dial(&server).await.map_err(|error| cannot_reach(&error))?;
    let stream = match server.is_tls() {
        true => secure(&server, stream).await.map_err(|no| match no {
            NoTls::Untrusted(why) => Loss::Untrusted { why },
            NoTls::Plain => {
                let (seen, try_this) = plain_words(&server);
                let why = format!("{seen}. {try_this}");
                Loss::Untrusted { why }
            }
            NoTls::Lost(why) => Loss::lost(why),
        })?,
        false => stream,
    };
    let config = WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(0)
        .max_write_buffer_size(WRITE_BUFFER_BYTES_MAX)
        .max_message_size(Some(MESSAGE_BYTES_MAX))
        .max_frame_size(Some(MESSAGE_BYTES_MAX));
    match client_async_with_config(request, stream, Some(config)).await {
        Ok((socket, _)) => {
            let mut wire = Wire::new(socket);
            wire.send(hello);
            Ok(wire)
        }
        Err(Error::Http(response)) => Err(from_http(&server, &response)),
        Err(error) => Err(from_handshake(&server, &error)),
    }
}

/// No handshake came about, and no page either. The library's own words are for the log: they name what a handshake needs, and not what
/// a person can do.
pub(crate) fn from_handshake(server: &ServerUrl, error: &Error) -> Loss {
    tracing::info!(%error, %server, "no handshake");
    Loss::lost(match error {
        Error::Protocol(ProtocolError::HandshakeIncomplete) | Error::ConnectionClosed => {
            format!("cannot reach {server}: it closes the connection")
        }
        Error::Io(error) => format!("cannot reach {server}: {error}"),
        Error::Protocol(_) | Error::HttpFormat(_) | Error::Utf8(_) | Error::Capacity(_) | Error::AttackAttempt => {
            not_minicom(server, None)
        }
        other => format!("cannot reach {server}: {other}"),
    })
}

/// The server answered the handshake with a page instead of a socket.
pub(crate) fn from_http(server: &ServerUrl, response: &http::Response<Option<Vec<u8>>>) -> Loss {
    let header = response.headers().get(http::header::RETRY_AFTER);
    let seconds = header.and_then(|it| it.to_str().ok()).and_then(|it| it.parse().ok());
    let retry_after = seconds.map(Duration::from_secs);
    match response.body().as_deref().and_then(refusal_in) {
        Some(refusal) if !refusal.retryable() => Loss::Ended(Ended::from_refusal(refusal)),
        Some(refusal) => Loss::Lost {
            why: refusal.message(),
            retry_after: retry_after.or(refusal.retry_after_ms().map(Duration::from_millis)),
            draining: matches!(refusal, Refusal::Stopping { .. }),
        },
        // A proxy in between, or another program on the port: it can be gone a moment later.
        None => Loss::Lost {
            why: match response.status() {
                status if has_no_such_page(status) => not_minicom(server, Some(status.as_u16())),
                status => format!("{server} answers with HTTP status {}", status.as_u16()),
            },
            retry_after,
            draining: false,
        },
    }
}

/// Whether an answer shows that the socket's path means nothing there. Others may be a proxy's before a server of ours that it does not
/// reach, or not with all of the request.
fn has_no_such_page(status: http::StatusCode) -> bool {
    status.is_success() || status.is_redirection() || status == http::StatusCode::NOT_FOUND
}

/// What the end of the socket means when no Bye told more.
pub(crate) fn from_end(end: Option<Result<Message, Error>>) -> Loss {
    let code = match end {
        Some(Ok(Message::Close(Some(frame)))) => CloseCode::from(u16::from(frame.code)),
        Some(Err(Error::Capacity(error))) => return Loss::Torn { why: error.to_string() },
        Some(Err(Error::Io(error))) => return Loss::lost(format!("the connection broke: {error}")),
        Some(Err(error)) => {
            tracing::info!(%error, "the connection broke");
            return Loss::lost("the connection broke");
        }
        _ => return Loss::lost("the connection broke"),
    };
    from_code(code, code.retryable(), None, None)
}

/// What a Bye or a close code means.
pub(crate) fn from_code(
    code: CloseCode,
    retryable: bool,
    retry_after: Option<Duration>,
    refusal: Option<Refusal>,
) -> Loss {
    if retryable {
        return Loss::Lost {
            why: match (code, &refusal) {
                // What comes with it only says when to try again; a person has to close a window first.
                (CloseCode::Full, _) => TOO_MANY_WINDOWS.to_owned(),
                (_, Some(refusal)) => refusal.message(),
                (_, None) => words(code),
            },
            retry_after,
            draining: code == CloseCode::Restart || matches!(refusal, Some(Refusal::Stopping { .. })),
        };
    }
    let refusal = refusal.unwrap_or_else(|| match code {
        CloseCode::SignIn => Refusal::SignIn,
        CloseCode::Forbidden => Refusal::Forbidden,
        CloseCode::Version => Refusal::Version {
            min: VERSION,
            max: VERSION,
        },
        other => Refusal::Unknown {
            code: other.code().to_string(),
            message: format!("The server closed the connection for good: {}.", words(other)),
            retryable: false,
        },
    });
    Loss::Ended(Ended::from_refusal(refusal))
}

fn words(code: CloseCode) -> String {
    Shown::line(code.words()).as_str().to_owned()
}
