//! The one error of the HTTP API: a status and `{code, message, retryable, retry_after_ms?, field?, request_id}` in the shape
//! of RFC 9457, `application/problem+json`. Clients look at `code` and `retryable`; the words are for people. Nothing of
//! SQLite or Rust is ever in them.

use axum::{
    body::Body,
    http::{HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use minicom_protocol::{gate::Shown, refusal::Refusal};
use serde_json::{Map, Value};

use crate::{
    accounts::{AccountError, TenantError},
    limits,
};

/// Columns of a stranger's text in an error.
const SHOWN_COLUMNS: usize = 80;
/// Path and query of a request, in bytes. No route of ours needs more than a cursor and a search.
pub const ADDRESS_BYTES_MAX: usize = 8 * 1024;
/// The media type of every error.
pub const PROBLEM: &str = "application/problem+json";
/// What stands before the code in a problem's `type`. It is a name and no address: nothing is to be fetched there.
const PROBLEM_TYPE: &str = "urn:minicom:problem:";

/// Why a request is not answered as asked.
#[derive(Clone, Debug)]
pub struct ApiError {
    status: StatusCode,
    headers: Vec<(header::HeaderName, HeaderValue)>,
    body: ErrorBody,
}

/// The body, until the request's id is put into it. Travels to that place as an extension of the response.
#[derive(Clone, Debug)]
pub(super) struct ErrorBody {
    /// The fields.
    pub fields: Map<String, Value>,
    /// Whether the request's id is one of them. It is not where two answers must not differ by a byte; the header has it.
    pub with_request_id: bool,
}

impl ErrorBody {
    /// The body of an answer with this status; with the request's id, where it has one.
    pub(super) fn json(&self, status: StatusCode, request_id: Option<&str>) -> String {
        let mut fields = self.fields.clone();
        let text = |name: &str| fields.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let (code, message) = (text("code"), text("message"));
        if let Some(id) = request_id.filter(|_| self.with_request_id) {
            fields.insert("request_id".to_owned(), id.into());
        }
        fields.insert("type".to_owned(), format!("{PROBLEM_TYPE}{code}").into());
        let title = status.canonical_reason().unwrap_or("Error");
        fields.insert("title".to_owned(), title.into());
        fields.insert("status".to_owned(), status.as_u16().into());
        fields.insert("detail".to_owned(), message.into());
        Value::Object(fields).to_string()
    }
}

impl ApiError {
    fn new(status: StatusCode, code: &str, message: impl Into<String>) -> ApiError {
        let fields = [
            ("code".to_owned(), Value::from(code)),
            ("message".to_owned(), Value::from(message.into())),
            ("retryable".to_owned(), Value::from(false)),
        ];
        ApiError {
            status,
            headers: vec![],
            body: ErrorBody {
                fields: Map::from_iter(fields),
                with_request_id: true,
            },
        }
    }

    /// An error that is a route's own.
    pub(super) fn told(status: StatusCode, code: &str, words: &str) -> ApiError {
        ApiError::new(status, code, words)
    }

    /// The same with one more field.
    pub(super) fn with(mut self, field: &str, value: impl Into<Value>) -> ApiError {
        self.body.fields.insert(field.to_owned(), value.into());
        self
    }

    /// Names the field that is wrong: its name in the body or the query, or a header's.
    #[must_use]
    pub(super) fn of_field(mut self, name: &str) -> ApiError {
        self.body
            .fields
            .insert("field".to_owned(), Value::from(shown(name).as_str()));
        self
    }

    /// A refusal with a status of its own, where the code is of one place alone.
    pub fn answering(status: StatusCode, refusal: Refusal) -> ApiError {
        ApiError {
            status,
            ..ApiError::from(refusal)
        }
    }

    fn with_message(mut self, words: impl Into<String>) -> ApiError {
        self.body.fields.insert("message".to_owned(), Value::from(words.into()));
        self
    }

    pub(super) fn with_header(mut self, name: header::HeaderName, value: HeaderValue) -> ApiError {
        self.headers.push((name, value));
        self
    }

    /// No token, or none that is good. The words say how to get one.
    pub(super) fn sign_in() -> ApiError {
        ApiError::from(Refusal::SignIn).with_message(
            "This needs an agent's token: Authorization: Bearer <token>. POST /api/agent/login with \
             {\"email\": ..., \"password\": ...} gives one; on the server's own computer the file local-agent.token \
             in its data folder holds one.",
        )
    }

    /// A login that was not right, whatever was not right about it.
    pub(super) fn wrong_login() -> ApiError {
        ApiError::from(Refusal::SignIn)
            .with_message("The e-mail address or the password is wrong, or the account is disabled.")
    }

    /// The answer to whoever may not read a thread, and to whoever asks for one that is not there: the same to the byte.
    pub(super) fn no_such_thread() -> ApiError {
        let mut error = ApiError::from(Refusal::NotFound);
        error.body.with_request_id = false;
        error
    }

    /// A field of the query, the path, a header or the body. If the reason names one between backticks, that is the `field`.
    pub(super) fn bad_field(why: impl Into<String>) -> ApiError {
        Refusal::BadField { why: why.into() }.into()
    }

    /// A cursor that is malformed, or of another list.
    pub(super) fn bad_cursor() -> ApiError {
        let words = "This cursor does not belong to this list. Start without one.";
        ApiError::new(StatusCode::BAD_REQUEST, "bad_cursor", words).of_field("cursor")
    }

    /// A place in the journal to begin behind that is malformed.
    pub(super) fn bad_since() -> ApiError {
        let words = "This is no cursor of the journal. Take one from an event, or 0 for all there is.";
        ApiError::new(StatusCode::BAD_REQUEST, "bad_cursor", words).of_field("since")
    }

    /// A feed cannot go on from a cursor. The newest one is told, to begin there after a look at how things stand.
    pub(super) fn reset(newest: &str) -> ApiError {
        let words = "The journal does not hold this cursor. Ask for what stands now, then follow from `cursor`.";
        ApiError::new(StatusCode::GONE, "reset", words).with("cursor", newest)
    }

    /// A webhook's address, with the class of the reason.
    pub(super) fn url_not_allowed(reason: &str, words: String) -> ApiError {
        let mut error = ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, "url_not_allowed", words);
        let fields = [("reason", reason), ("field", "url")];
        let fields = fields.map(|(name, value)| (name.to_owned(), Value::from(value)));
        error.body.fields.extend(fields);
        error
    }

    /// A request that is no HTTP that this server speaks.
    pub(super) fn bad_request(words: &str) -> ApiError {
        ApiError::new(StatusCode::BAD_REQUEST, "bad_request", words)
    }

    /// A body that is not JSON by its own account, or is packed.
    pub(super) fn unsupported_body(words: &str) -> ApiError {
        ApiError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", words)
    }

    /// It took longer than [`limits::HTTP_REQUEST_DEADLINE`].
    pub(super) fn too_slow() -> ApiError {
        let words = "The request took too long to come or to answer. Send it again.";
        ApiError::new(StatusCode::REQUEST_TIMEOUT, "timeout", words).with("retryable", true)
    }

    /// The path and query are longer than [`ADDRESS_BYTES_MAX`].
    pub(super) fn long_address() -> ApiError {
        let words = format!("The address is longer than the {} bytes allowed.", ADDRESS_BYTES_MAX);
        ApiError::new(StatusCode::URI_TOO_LONG, "uri_too_long", words)
    }

    /// What was answered elsewhere without words of ours.
    pub(super) fn plain(status: StatusCode, words: &str) -> ApiError {
        let code = match status {
            StatusCode::UPGRADE_REQUIRED => "upgrade_required",
            status if status.is_server_error() => "internal",
            _ => "bad_request",
        };
        ApiError::new(status, code, shown(words).as_str())
    }

    pub(super) fn unknown_route() -> ApiError {
        let words = "There is no such route here. GET / names what there is.";
        ApiError::new(StatusCode::NOT_FOUND, "unknown_route", words)
    }

    pub(super) fn wrong_method(method: &Method) -> ApiError {
        let words = format!(
            "{} is not for this route. See the header Allow.",
            shown(method.as_str())
        );
        ApiError::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", words)
    }

    /// The body is larger than [`limits::HTTP_BODY_BYTES_MAX`].
    pub(super) fn too_large() -> ApiError {
        Refusal::TooLarge {
            limit: limits::HTTP_BODY_BYTES_MAX as u64,
        }
        .into()
    }
}

/// The field that a reason begins with, before a colon, or names between backticks; a value between them is none.
fn named_field(why: &str) -> Option<&str> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if let Some((name, _)) = why.split_once(": ")
        && (1..=64).contains(&name.len())
        && name.chars().all(plain)
    {
        return Some(name);
    }
    let name = why.split('`').nth(1)?;
    let path = |c: char| c.is_ascii_alphanumeric() || "_-.[]".contains(c);
    let is_name = name.len() <= 64 && name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(path);
    is_name.then_some(name)
}

/// A stranger's text in an error: gated and short.
pub(super) fn shown(raw: &str) -> Shown {
    Shown::line(raw).cut(SHOWN_COLUMNS)
}

fn status_of(refusal: &Refusal) -> StatusCode {
    match refusal {
        Refusal::TakenBy { .. }
        | Refusal::NotOwner
        | Refusal::NobodyWaits
        | Refusal::Unseen { .. }
        | Refusal::Stale { .. }
        | Refusal::MayNotTake { .. }
        | Refusal::TooLate
        | Refusal::Exists { .. }
        | Refusal::TooMany { .. }
        | Refusal::QuotaExceeded { .. }
        | Refusal::Verified
        | Refusal::Closed
        | Refusal::AttachmentUsed
        | Refusal::Conflict => StatusCode::CONFLICT,
        Refusal::NotFound | Refusal::AttachmentNotFound => StatusCode::NOT_FOUND,
        Refusal::EmptyMessage
        | Refusal::TooLong { .. }
        | Refusal::BadText
        | Refusal::Unresolved { .. }
        | Refusal::BadName { .. }
        | Refusal::BadJson { .. }
        | Refusal::BadField { .. }
        | Refusal::UnknownType { .. }
        | Refusal::HelloFirst
        | Refusal::HelloAgain
        | Refusal::Version { .. } => StatusCode::BAD_REQUEST,
        Refusal::WrongSecret | Refusal::SignIn | Refusal::Identity | Refusal::TotpRequired | Refusal::TotpWrong => {
            StatusCode::UNAUTHORIZED
        }
        Refusal::Forbidden
        | Refusal::Blocked
        | Refusal::Erased
        | Refusal::Revoked
        | Refusal::DeskClosed
        | Refusal::ConsentRequired
        | Refusal::TotpSetupRequired
        | Refusal::NewPasswordRequired => StatusCode::FORBIDDEN,
        Refusal::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
        Refusal::RateLimited { .. } => StatusCode::TOO_MANY_REQUESTS,
        Refusal::Busy { .. } | Refusal::Behind | Refusal::Storage | Refusal::Stopping { .. } => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        Refusal::StorageFull => StatusCode::INSUFFICIENT_STORAGE,
        Refusal::Internal | Refusal::Unknown { .. } => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// What a refusal says to whoever sent a request, where its own words are those of a program with a screen.
fn for_a_request(refusal: &Refusal) -> Option<String> {
    let words = match refusal {
        Refusal::TakenBy { agent, .. } => {
            return Some(format!(
                "{} has this conversation. Nothing was done.",
                agent.name.shown()
            ));
        }
        Refusal::Conflict => {
            "This Idempotency-Key was used before with another request. Use a new one for each thing to be done."
        }
        Refusal::Busy { .. } => "The server is busy. Send it again, with the same Idempotency-Key.",
        Refusal::Storage => "The server could not write to its disk. Send it again, with the same Idempotency-Key.",
        Refusal::StorageFull => "The server's disk is full. Send it again when there is room.",
        Refusal::Internal => {
            "Something broke on the server; its log has the request_id. Send it again, with the same Idempotency-Key."
        }
        Refusal::Stopping { .. } => "The server is restarting. Send it again, with the same Idempotency-Key.",
        _ => return None,
    };
    Some(words.to_owned())
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> ApiError {
        let status = status_of(&refusal);
        let fields = match refusal.to_wire() {
            Value::Object(fields) => fields,
            _ => Map::new(),
        };
        let mut error = ApiError {
            status,
            headers: vec![],
            body: ErrorBody {
                fields,
                with_request_id: true,
            },
        };
        if let Some(words) = for_a_request(&refusal) {
            error = error.with_message(words);
        }
        if status == StatusCode::UNAUTHORIZED {
            let scheme = HeaderValue::from_static("Bearer realm=\"minicom\"");
            error = error.with_header(header::WWW_AUTHENTICATE, scheme);
        }
        if let Refusal::BadField { why } = &refusal
            && let Some(field) = named_field(why)
        {
            error = error.of_field(field);
        }
        if let Some(ms) = refusal.retry_after_ms() {
            error = error.with_header(header::RETRY_AFTER, HeaderValue::from(ms.div_ceil(1_000)));
        }
        error
    }
}

impl From<AccountError> for ApiError {
    fn from(error: AccountError) -> ApiError {
        let status = match &error {
            AccountError::Refused(refusal) => return refusal.clone().into(),
            AccountError::Unknown(_) => StatusCode::NOT_FOUND,
            AccountError::Exists(_) | AccountError::LastAdmin(_) => StatusCode::CONFLICT,
            AccountError::NoFactor(_) => StatusCode::NOT_FOUND,
            AccountError::BadEmail(_) | AccountError::Weak(_) => StatusCode::BAD_REQUEST,
            AccountError::Local(_) => StatusCode::INTERNAL_SERVER_ERROR,
        };
        let problem = ApiError::new(status, &error.code(), error.to_string());
        match &error {
            AccountError::BadEmail(_) => problem.of_field("email"),
            AccountError::Weak(_) => problem.of_field("password"),
            _ => problem,
        }
    }
}

impl From<TenantError> for ApiError {
    fn from(error: TenantError) -> ApiError {
        let status = match &error {
            TenantError::Refused(refusal) => return refusal.clone().into(),
            // The words of any unknown id: an admin is not told which tenants there are.
            TenantError::Unknown(_) => return Refusal::NotFound.into(),
            TenantError::Exists(_) | TenantError::Default | TenantError::Enabled(_) | TenantError::Deleting(_) => {
                StatusCode::CONFLICT
            }
            TenantError::NotConfirmed(_) | TenantError::BadName | TenantError::BadEmail(_) => StatusCode::BAD_REQUEST,
        };
        ApiError::new(status, &error.code(), error.to_string())
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.body.json(self.status, None)));
        *response.status_mut() = self.status;
        let problem = HeaderValue::from_static(PROBLEM);
        response.headers_mut().insert(header::CONTENT_TYPE, problem);
        response.headers_mut().extend(self.headers);
        response.extensions_mut().insert(self.body);
        response
    }
}

#[cfg(test)]
#[path = "error_tests.rs"]
mod tests;
