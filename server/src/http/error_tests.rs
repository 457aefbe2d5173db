//! The status, the headers and the words of an error.

use super::*;

#[test]
fn waiting_is_told_in_seconds_rounded_up() {
    let error = ApiError::from(Refusal::RateLimited { retry_after_ms: 5_001 });
    assert_eq!(error.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(error.headers.contains(&(header::RETRY_AFTER, HeaderValue::from(6))));
}

#[test]
fn a_problem_says_it_in_the_words_of_the_standard_and_in_ours() {
    let error = ApiError::bad_field("`limit` is a number from 1 to 200");
    let body: Value = serde_json::from_str(&error.body.json(error.status, Some("7"))).unwrap();
    assert_eq!(body["type"], "urn:minicom:problem:bad_field");
    assert_eq!((&body["title"], &body["status"]), (&"Bad Request".into(), &400.into()));
    assert_eq!(body["detail"], body["message"]);
    assert_eq!((&body["field"], &body["request_id"]), (&"limit".into(), &"7".into()));
    let hidden = ApiError::no_such_thread();
    let body: Value = serde_json::from_str(&hidden.body.json(hidden.status, Some("7"))).unwrap();
    assert_eq!(body.get("request_id"), None);
    assert_eq!(named_field("invalid type: integer `7`"), None);
    assert_eq!(named_field("sort: unknown variant `evil'--`"), Some("sort"));
    assert_eq!(named_field("the name: `x y`"), None);
}

#[test]
fn what_may_pass_is_never_a_clients_mistake() {
    for refusal in [
        Refusal::Busy { retry_after_ms: 1 },
        Refusal::Behind,
        Refusal::Storage,
        Refusal::StorageFull,
        Refusal::Internal,
        Refusal::Stopping { retry_after_ms: 1 },
    ] {
        assert!(
            refusal.retryable() && status_of(&refusal).is_server_error(),
            "{refusal:?}"
        );
    }
    assert_eq!(status_of(&Refusal::StorageFull).as_u16(), 507);
    assert_eq!(status_of(&Refusal::Stopping { retry_after_ms: 1 }).as_u16(), 503);
}

#[test]
fn a_request_is_told_of_requests_and_not_of_screens() {
    for refusal in [
        Refusal::Conflict,
        Refusal::Busy { retry_after_ms: 1 },
        Refusal::Storage,
        Refusal::Internal,
    ] {
        let error = ApiError::from(refusal);
        let words = error.body.fields["message"].as_str().unwrap();
        assert!(
            !words.contains("command id") && !words.contains("is tried again"),
            "{words}"
        );
    }
    let body = ApiError::bad_since().body.fields;
    assert_eq!((&body["code"], &body["field"]), (&"bad_cursor".into(), &"since".into()));
}
