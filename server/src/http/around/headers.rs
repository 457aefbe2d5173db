//! What is remembered of a request until its answer is there, and the headers that keep an answer from doing harm.

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, Method, header},
};
use minicom_protocol::ids::TenantId;

use super::super::extract;

/// What the answer depends on besides the route.
pub struct Asked {
    /// How it was asked.
    pub method: Method,
    /// For which tenant; `None` if the header can name none.
    pub tenant: Option<TenantId>,
    /// The page that asks, if one does.
    pub origin: Option<HeaderValue>,
    /// Whether a browser asks what that page may do.
    pub preflight: bool,
    /// What the client has already.
    pub if_none_match: Vec<HeaderValue>,
}

impl Asked {
    /// Reads the head.
    pub fn of(request: &Request) -> Asked {
        let headers = request.headers();
        Asked {
            method: request.method().clone(),
            tenant: extract::tenant(headers),
            origin: headers.get(header::ORIGIN).cloned(),
            preflight: *request.method() == Method::OPTIONS
                && headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD),
            if_none_match: headers.get_all(header::IF_NONE_MATCH).iter().cloned().collect(),
        }
    }

    /// Whether it only asks.
    pub fn reads(&self) -> bool {
        matches!(self.method, Method::GET | Method::HEAD)
    }
}

/// A page of ours runs nothing, loads nothing and is framed by nobody, unless it says otherwise itself.
const PAGE_POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

/// The headers that every answer has.
pub fn secure(headers: &mut HeaderMap) {
    let fixed: [(HeaderName, &'static str); 5] = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(PAGE_POLICY);
    // Conversations and tokens belong into no cache.
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
}
