//! `ETag` and `If-None-Match`: who has an answer already is told so in a few bytes. The tag is made of the body, so no handler
//! knows of it; the work of making the answer is done all the same.

use axum::{
    body::{Body, HttpBody},
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use http_body_util::BodyExt;
use sha2::{Digest, Sha256};

use super::headers::Asked;

/// Bytes of the digest that make a tag: two bodies with the same 96 bits are found by nobody.
const TAG_BYTES: usize = 12;

/// Gives an answer of JSON its tag, or says that nothing has changed. Streams pass.
pub async fn tagged(response: Response, asked: &Asked) -> Response {
    let json = response.headers().get(header::CONTENT_TYPE);
    let json = json.is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    let whole = response.body().size_hint().exact().is_some();
    if response.status() != StatusCode::OK || !json || !whole {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    // A body whose length is known is in memory: it does not fail, and it is not waited for.
    let bytes = body.collect().await.map(|it| it.to_bytes()).unwrap_or_default();
    let digest = Sha256::digest(&bytes);
    // Weak: the same answer goes out packed and not packed.
    let tag = format!("W/\"{}\"", BASE64_URL_SAFE_NO_PAD.encode(&digest[..TAG_BYTES]));
    let has_it = asked.if_none_match.iter().any(|value| names(value, &tag));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        parts.headers.insert(header::ETAG, tag);
    }
    if has_it {
        parts.status = StatusCode::NOT_MODIFIED;
        parts.headers.remove(header::CONTENT_TYPE);
        parts.headers.remove(header::CONTENT_LENGTH);
        return Response::from_parts(parts, Body::empty());
    }
    Response::from_parts(parts, Body::from(bytes))
}

/// Whether a value of `If-None-Match` names this tag, by the weak comparison.
fn names(value: &HeaderValue, tag: &str) -> bool {
    let strong = |tag: &str| tag.strip_prefix("W/").unwrap_or(tag).to_owned();
    let wanted = strong(tag);
    value.to_str().is_ok_and(|list| {
        list.split(',')
            .map(str::trim)
            .any(|it| it == "*" || strong(it) == wanted)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_tags_is_looked_through() {
        let list = |text: &'static str| HeaderValue::from_static(text);
        for has in ["*", "\"a\"", "W/\"a\"", "\"b\", W/\"a\"", " \"a\" ,"] {
            assert!(names(&list(has), "W/\"a\""), "{has}");
        }
        for has in ["", "\"b\"", "a", "W/a", "\"a"] {
            assert!(!names(&list(has), "W/\"a\""), "{has}");
        }
    }
}
