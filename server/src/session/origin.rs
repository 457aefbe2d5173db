//! Answers before a socket is opened. Browsers let any page open a WebSocket to any server, and say only in `Origin` whose
//! page it is; programs send none.

use axum::{
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use minicom_protocol::refusal::Refusal;

use crate::http::ApiError;

/// Whose page asks for a socket.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Asking {
    /// One of this very server, or no page at all.
    Own,
    /// One of another site. A tenant may have it on its list, for its customers.
    Page(String),
    /// What no browser sends, or a page that says of itself that it is nobody's (`null`).
    Nonsense,
}

/// Who asks, by the headers.
pub fn asking(headers: &HeaderMap) -> Asking {
    let mut origins = headers.get_all(header::ORIGIN).iter();
    let Some(origin) = origins.next() else {
        return Asking::Own;
    };
    let (Ok(origin), None) = (origin.to_str(), origins.next()) else {
        return Asking::Nonsense;
    };
    let Some(authority) = origin.strip_prefix("http://").or(origin.strip_prefix("https://")) else {
        return Asking::Nonsense;
    };
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    // Whole and exact: a name that begins or ends with ours is somebody else's.
    if host.is_some_and(|host| !host.is_empty() && authority.eq_ignore_ascii_case(host)) {
        return Asking::Own;
    }
    Asking::Page(origin.to_owned())
}

/// Another site's page.
pub fn refusal() -> Response {
    let refusal = Refusal::Unknown {
        code: "origin_not_allowed".to_owned(),
        message: "Pages of other sites may not connect here, unless the tenant's setting `origins` lists them. Use a page of \
                  this server, or a program."
            .to_owned(),
        retryable: false,
    };
    ApiError::answering(StatusCode::FORBIDDEN, refusal).into_response()
}

/// The server stops.
pub fn stopping() -> Response {
    ApiError::from(Refusal::Stopping { retry_after_ms: 1_000 }).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_page_of_this_server_or_no_page() {
        let check = |host: &str, origin: Option<&str>| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, host.parse().unwrap());
            if let Some(origin) = origin {
                headers.insert(header::ORIGIN, origin.parse().unwrap());
            }
            asking(&headers) == Asking::Own
        };
        let host = "desk.example:8000";
        assert!(check(host, None));
        assert!(check(host, Some("http://desk.example:8000")));
        assert!(check(host, Some("https://DESK.example:8000")));
        for foreign in [
            "null",
            "",
            "http://",
            "http://desk.example",
            "http://desk.example:8001",
            "http://desk.example:8000.evil.example",
            "http://evil.example/desk.example:8000",
            "http://evildesk.example:8000",
            "http://user@desk.example:8000",
            "http://desk.example:8000/",
            "ftp://desk.example:8000",
            "desk.example:8000",
        ] {
            assert!(!check(host, Some(foreign)), "{foreign:?}");
        }
        assert!(!check("", Some("http://")));
    }

    #[test]
    fn two_origins_are_no_origin_of_ours() {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, "a".parse().unwrap());
        headers.append(header::ORIGIN, "http://a".parse().unwrap());
        headers.append(header::ORIGIN, "http://b".parse().unwrap());
        assert_eq!(asking(&headers), Asking::Nonsense);
    }
}
