//! What every route may refuse with, for the description: one shape for all, told apart by its `code`.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::{
    IntoResponses, ToSchema,
    openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder},
};

/// Why a request is not answered as asked. Programs look at `code`, `retryable` and `retry_after_ms`; the words are for people.
#[derive(Serialize, ToSchema)]
pub struct Failure {
    /// A short name of the reason.
    #[schema(example = "taken_by")]
    code: String,
    /// What happened and what to do.
    #[schema(example = "Bo has this conversation. Nothing was sent; your text is kept.")]
    message: String,
    /// Whether the same request may be answered later.
    retryable: bool,
    /// When to try again, in milliseconds, where the server says.
    #[schema(minimum = 0)]
    retry_after_ms: Option<u64>,
    /// The request's number, as in the header `X-Request-Id`. Left out where two answers must not differ by a byte.
    request_id: Option<String>,
    /// The field that does not fit.
    field: Option<String>,
}

/// The refusals of a route, by status.
pub struct Failures;

const ALL: [(&str, &str); 10] = [
    ("400", "A field, the query or the JSON does not fit."),
    ("401", "No good token; the message says how to get one."),
    ("403", "Not for this role, or not with this token."),
    (
        "404",
        "There is nothing by that id here, or it is not yours: never told apart.",
    ),
    (
        "409",
        "Something stands in the way: `taken_by`, `closed`, `conflict` and others.",
    ),
    ("413", "The body is larger than allowed."),
    ("415", "The body is not JSON by its own account."),
    ("429", "Too many, too fast. See `Retry-After`."),
    ("503", "The server is busy or stopping. See `Retry-After`."),
    ("default", "Any other refusal, in the same form."),
];

impl IntoResponses for Failures {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let one = |words: &str| {
            let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Failure")));
            let response = ResponseBuilder::new()
                .description(words)
                .content("application/problem+json", content.build());
            RefOr::T(response.build())
        };
        ALL.iter()
            .map(|(status, words)| ((*status).to_owned(), one(words)))
            .collect()
    }
}
