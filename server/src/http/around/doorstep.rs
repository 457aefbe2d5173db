//! What is refused before anybody looks at it, and refusals of the libraries below told in our words.

use axum::{
    extract::Request,
    http::{HeaderValue, Method, StatusCode, Version, header},
    response::{IntoResponse, Response},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use minicom_protocol::refusal::Refusal;

use super::super::{
    App,
    error::{ADDRESS_BYTES_MAX, ApiError},
};
use crate::limits;

/// Methods that some route here knows.
const METHODS: &str = "GET,HEAD,POST,PUT,PATCH,DELETE,OPTIONS";
/// Bytes of the key with which a socket is asked for.
const SOCKET_KEY_BYTES: usize = 16;
/// What a request for a socket is like.
const HANDSHAKE: &str = "This address is a WebSocket: GET with Upgrade: websocket, Connection: Upgrade, \
     Sec-WebSocket-Version: 13 and a Sec-WebSocket-Key.";
/// The version of the WebSocket protocol.
const SOCKET_VERSION: HeaderValue = HeaderValue::from_static("13");

/// Why a request is not looked at.
pub fn refused(app: &App, request: &Request, route: &str) -> Option<ApiError> {
    let health = route.starts_with("/healthz") || route.starts_with("/readyz");
    if app.draining.is_cancelled() && !health {
        let retry_after_ms = u64::try_from(limits::RESTART_RETRY_SPREAD.as_millis()).unwrap_or(u64::MAX);
        return Some(Refusal::Stopping { retry_after_ms }.into());
    }
    // Two hosts are read as one by a proxy and as the other by us.
    let hosts = request.headers().get_all(header::HOST).iter().count();
    if request.version() == Version::HTTP_11 && hosts != 1 {
        return Some(ApiError::bad_request(
            "A request of HTTP/1.1 has the header Host, once.",
        ));
    }
    if *request.method() == Method::CONNECT {
        let allow = HeaderValue::from_static(METHODS);
        return Some(ApiError::wrong_method(&Method::CONNECT).with_header(header::ALLOW, allow));
    }
    let address = request.uri().path_and_query().map_or("", |it| it.as_str());
    if address.len() > ADDRESS_BYTES_MAX {
        return Some(ApiError::long_address());
    }
    let path = request.uri().path();
    if !is_escaped(path) {
        return Some(ApiError::bad_request(
            "A % in the path is followed by two hexadecimal digits.",
        ));
    }
    // A socket says in its own frames what cannot be a name.
    if path.contains("%00") && !route.starts_with("/ws") {
        return Some(ApiError::bad_request("There is a NUL character in the path."));
    }
    no_handshake(request, route)
}

/// What keeps a request for a socket from being one.
fn no_handshake(request: &Request, route: &str) -> Option<ApiError> {
    let headers = request.headers();
    if !route.starts_with("/ws") || !headers.contains_key(header::UPGRADE) {
        return None;
    }
    let version = headers.get(header::SEC_WEBSOCKET_VERSION);
    if version.is_some_and(|version| *version != SOCKET_VERSION) {
        let words = "This server speaks version 13 of the WebSocket protocol.";
        let error = ApiError::plain(StatusCode::UPGRADE_REQUIRED, words)
            .with_header(header::SEC_WEBSOCKET_VERSION, SOCKET_VERSION)
            .with_header(header::UPGRADE, HeaderValue::from_static("websocket"));
        return Some(error);
    }
    let key = headers
        .get(header::SEC_WEBSOCKET_KEY)
        .map(|key| BASE64_STANDARD.decode(key));
    let fits = matches!(key, Some(Ok(key)) if key.len() == SOCKET_KEY_BYTES);
    (!fits || *request.method() != Method::GET).then(|| ApiError::bad_request(HANDSHAKE))
}

/// Whether every `%` begins an octet.
fn is_escaped(path: &str) -> bool {
    path.split('%')
        .skip(1)
        .all(|rest| rest.len() >= 2 && rest.as_bytes()[..2].iter().all(u8::is_ascii_hexdigit))
}

/// A library's refusal in our words, with the headers that it has.
pub fn reworded(response: Response, route: &str) -> Response {
    let (parts, _) = response.into_parts();
    let socket = route.starts_with("/ws");
    let words = match parts.status {
        StatusCode::BAD_REQUEST | StatusCode::UPGRADE_REQUIRED if socket => HANDSHAKE,
        StatusCode::REQUEST_TIMEOUT => "The request took too long to come.",
        status => status.canonical_reason().unwrap_or("This cannot be answered."),
    };
    let mut error = ApiError::plain(parts.status, words);
    for (name, value) in &parts.headers {
        if name != header::CONTENT_TYPE && name != header::CONTENT_LENGTH {
            error = error.with_header(name.clone(), value.clone());
        }
    }
    error.into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percent_sign_begins_an_octet() {
        for good in ["", "/", "/al%2Fice", "/%25", "/%e2%82%ac"] {
            assert!(is_escaped(good), "{good}");
        }
        for bad in ["/%", "/%z1", "/%2", "/%zz", "/a%%20", "/%é"] {
            assert!(!is_escaped(bad), "{bad}");
        }
    }
}
