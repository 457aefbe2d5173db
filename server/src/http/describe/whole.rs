//! What holds for every route, added to what each handler says of its own: the error, the proof, the tenant, repeats, tags of
//! answers, and a name for each operation. So no handler can forget it, and none has to repeat it.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::example;

/// The tags, in the order in which the page shows them. A route with another tag fails a test.
const TAGS: &[(&str, &str)] = &[
    (
        "public",
        "What customers call, and pages that have a chat. No token of an agent is needed.",
    ),
    ("account", "An agent's own sign-ins, password and second factor."),
    ("sessions", "Conversations: read, answer, take, transfer, end."),
    ("messages", "The lines of a conversation."),
    (
        "files",
        "Files that people send each other: uploaded first, then named by a line.",
    ),
    ("queue", "Who waits, and for how long."),
    ("statistics", "What was counted, and reports for spreadsheets."),
    ("agents", "Accounts of agents, and how much each has to do."),
    ("customers", "Who asks: profile, devices, blocking, export and erasure."),
    (
        "identity",
        "Signatures by which a tenant's site vouches for its customers.",
    ),
    ("tickets", "What is left to be done after a conversation."),
    ("library", "Saved replies and articles."),
    (
        "bot",
        "What the bot would do, what it has learnt from, and what conversations teach it.",
    ),
    (
        "settings",
        "What the tenant has chosen for its desk: settings, groups, hours.",
    ),
    ("events", "The journal of the tenant, to follow and to resume."),
    ("webhooks", "Other programs that are told of events."),
    ("tokens", "Sign-ins of devices and tokens of programs."),
    ("audit", "Who did what."),
    ("tenants", "The desks of this server, for its operator."),
    ("export", "A whole desk out as lines of JSON, and into an empty tenant."),
    ("server", "The server itself, for its operator."),
    ("health", "For machinery: whether it lives, works, and how well."),
    ("pages", "Short pages for people who open an address in a browser."),
    ("short paths", "The paths of the first version. They stay."),
];

/// Methods of a path item that are operations.
const METHODS: [&str; 7] = ["get", "put", "post", "delete", "patch", "head", "options"];

/// Every refusal that any route can give, with when.
const REFUSALS: &[(&str, &str)] = &[
    (
        "400",
        "A field, the JSON or the address does not fit; `field` names it where one does",
    ),
    ("401", "No good token. The message says how to get one"),
    ("403", "Not for this role, or not for this token's scope"),
    ("404", "There is nothing there, or it is not yours: never told apart"),
    ("409", "Something stands in the way: `code` says what"),
    ("413", "The body is larger than 256 KiB"),
    ("415", "The body is not JSON in UTF-8"),
    ("422", "It was understood and cannot be: `code` says why"),
    ("429", "Too many in a short time; `Retry-After` says when to come back"),
    ("503", "Stopping or busy; `Retry-After` says when to come back"),
];

/// What writes and keeps no answer for a repeat: it is about the caller's own sign-in, so the proof that came with it ends, or is
/// good once; or nothing is kept of it at all.
const NOT_REPEATED: [(&str, &str); 8] = [
    ("post", "/bot/why"),
    ("post", "/bot/test"),
    ("post", "/login"),
    ("post", "/logout"),
    ("post", "/password"),
    ("post", "/totp/start"),
    ("post", "/totp/confirm"),
    ("post", "/totp/disable"),
];

/// The whole description as JSON.
pub fn whole(made: utoipa::openapi::OpenApi) -> Value {
    let mut all = serde_json::to_value(made).unwrap_or_default();
    all["servers"] = json!([{"url": "/", "description": "This server"}]);
    all["tags"] = TAGS
        .iter()
        .map(|(name, what)| json!({"name": name, "description": what}))
        .collect();
    all["security"] = json!([{"bearer": []}]);
    common(&mut all["components"]);
    let schemas = all["components"]["schemas"].clone();
    let taken = ids(&all);
    let paths = all["paths"].as_object_mut();
    for (path, item) in paths.into_iter().flatten() {
        for method in METHODS {
            if let Some(operation) = item.get_mut(method).and_then(Value::as_object_mut) {
                let id = operation.get("operationId").and_then(Value::as_str).unwrap_or_default();
                if taken.get(id) != Some(&1) || !id.contains('_') {
                    operation.insert("operationId".to_owned(), operation_id(path, method).into());
                }
                if let Some(body) = operation.get_mut("requestBody") {
                    example::of_body(body, &schemas);
                }
                complete(path, method, operation);
            }
        }
    }
    all
}

/// How often each id is there: a handler that has not chosen one has the name of its function, which others may have too.
fn ids(all: &Value) -> BTreeMap<String, usize> {
    let mut taken = BTreeMap::new();
    let items = all["paths"].as_object().into_iter().flat_map(Map::values);
    for operation in items.flat_map(|item| METHODS.iter().filter_map(|method| item.get(method))) {
        let id = operation["operationId"].as_str().unwrap_or_default();
        *taken.entry(id.to_owned()).or_default() += 1;
    }
    taken
}

/// What operations refer to.
fn common(components: &mut Value) {
    if !components.is_object() {
        *components = json!({});
    }
    components["securitySchemes"] = json!({
        "bearer": {
            "type": "http",
            "scheme": "bearer",
            "description": "An agent's token (`mca_...`, from `login`, or a machine token), or a customer's secret where a \
                            route is for customers. On the server's own computer, what the file `local-agent.token` in its data \
                            folder holds is a token too.",
        }
    });
    if !components["schemas"].is_object() {
        components["schemas"] = json!({});
    }
    components["schemas"]["Problem"] = problem();
    if let Some(schemas) = components["schemas"].as_object_mut() {
        schemas.remove("Failure");
    }
    components["parameters"] = json!({
        "Tenant": {
            "name": "X-Minicom-Tenant", "in": "header", "required": false,
            "description": "The tenant that is meant; `default` if left out.",
            "schema": {"type": "string", "minLength": 1, "maxLength": 64},
        },
        "IdempotencyKey": {
            "name": "Idempotency-Key", "in": "header", "required": false,
            "description": "Makes a repeat harmless: the same key with the same request gets the first answer, and with another \
                            one a refusal, `conflict`.",
            "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
        },
        "RandomIdempotencyKey": {
            "name": "Idempotency-Key", "in": "header", "required": false,
            "description": "As everywhere. Nobody is signed in here, so who knows it gets the answer: it is made at random.",
            "schema": {"type": "string", "minLength": 16, "maxLength": 255, "pattern": "^[!-~]+$"},
        },
        "IfNoneMatch": {
            "name": "If-None-Match", "in": "header", "required": false,
            "description": "The `ETag` of an answer that is there already: 304 without a body if it still holds.",
            "schema": {"type": "string"},
        },
    });
    let responses: Map<String, Value> = REFUSALS
        .iter()
        .map(|(status, when)| (name_of(status), refusal(when)))
        .collect();
    components["responses"] = Value::Object(responses);
    components["responses"]["Problem"] = refusal("Any other refusal");
}

fn name_of(status: &str) -> String {
    format!("Problem{status}")
}

fn refusal(when: &str) -> Value {
    json!({
        "description": when,
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    })
}

/// The one shape of an error.
fn problem() -> Value {
    json!({
        "type": "object",
        "description": "Why something was not done (RFC 9457). Programs look at `code`, `retryable` and `retry_after_ms`; the \
                        words are for people. Further fields belong to the code.",
        "required": ["type", "title", "status", "detail", "code", "message", "retryable"],
        "properties": {
            "type": {"type": "string", "description": "`urn:minicom:problem:` and the code."},
            "title": {"type": "string", "description": "The status in words."},
            "status": {"type": "integer", "description": "The status."},
            "detail": {"type": "string", "description": "What happened and what to do; the same as `message`."},
            "code": {"type": "string", "description": "What happened, for programs."},
            "message": {"type": "string", "description": "What happened and what to do, for people."},
            "retryable": {"type": "boolean", "description": "Whether the very same request can succeed later."},
            "retry_after_ms": {"type": "integer", "description": "How long to wait before trying again, in milliseconds."},
            "field": {"type": "string", "description": "The field that is wrong, where one is."},
            "request_id": {"type": "string", "description": "The request's number, as in `X-Request-Id` and the server's log."},
        },
        "example": {
            "type": "urn:minicom:problem:not_found", "title": "Not Found", "status": 404,
            "detail": "There is nothing of that name or id here.", "code": "not_found",
            "message": "There is nothing of that name or id here.", "retryable": false,
            "request_id": "0199aa00-0000-4000-8000-000000000000",
        },
    })
}

/// A body that may be left out is an object where it is there.
fn left_out_is_no_null(body: &mut Value) {
    let contents = body["content"].as_object_mut().into_iter().flatten();
    for (_, content) in contents {
        let object = content["schema"]["oneOf"]
            .as_array()
            .and_then(|either| either.iter().find(|it| it["type"] != "null"));
        if let Some(object) = object.cloned() {
            content["schema"] = object;
        }
    }
}

/// An operation with all that it has in common with others.
fn complete(path: &str, method: &str, operation: &mut Map<String, Value>) {
    shorten(operation);
    let reads = method == "get" || method == "head";
    if path.contains("/public/") {
        // Whoever has a conversation's key shows it as a token.
        operation.entry("security").or_insert(json!([{}, {"bearer": []}]));
    }
    let signed_in = !operation.contains_key("security");
    let api = path.starts_with("/api/");
    let json = answers_json(operation);
    let parameters = operation.entry("parameters").or_insert_with(|| json!([]));
    if let Some(parameters) = parameters.as_array_mut().filter(|_| api) {
        // Where a page says in the address or the body for which desk it asks, that is what counts.
        let named = path.ends_with("/public/start")
            || path.ends_with("/login")
            || parameters.iter().any(|it| it["name"] == "tenant_id");
        let mut refer = |name: &str| parameters.push(json!({"$ref": format!("#/components/parameters/{name}")}));
        if !named {
            refer("Tenant");
        }
        match reads {
            true if json => refer("IfNoneMatch"),
            true => {}
            false if NOT_REPEATED.iter().any(|(of, it)| *of == method && path.ends_with(it)) => {}
            false if path.ends_with("/public/start") => refer("RandomIdempotencyKey"),
            false => refer("IdempotencyKey"),
        }
    }
    let body = operation.get_mut("requestBody").map(left_out_is_no_null).is_some();
    let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) else {
        return;
    };
    for (status, response) in responses.iter_mut() {
        let words = response.get("description").and_then(Value::as_str).unwrap_or_default();
        if words.is_empty() && response.get("$ref").is_none() {
            response["description"] = described(status).into();
        }
    }
    // A handler says when it refuses; how a refusal looks is said here.
    responses.retain(|_, response| !response.to_string().contains("/Failure\""));
    for (_, response) in responses.iter_mut().filter(|(status, _)| status.as_str() >= "400") {
        if response.get("content").is_none() && response.get("$ref").is_none() {
            response["content"] = refusal("")["content"].take();
        }
    }
    for (status, _) in REFUSALS {
        let fits = match *status {
            "401" | "403" => signed_in,
            "404" => path.contains('{'),
            "409" | "422" => !reads,
            "413" | "415" => body,
            _ => api,
        };
        if fits && !responses.contains_key(*status) {
            let refer = format!("#/components/responses/{}", name_of(status));
            responses.insert((*status).to_owned(), json!({"$ref": refer}));
        }
    }
    if reads && json && api {
        let unchanged = json!({"description": "The answer is the one that `If-None-Match` names"});
        responses.entry("304").or_insert(unchanged);
    }
    responses
        .entry("default")
        .or_insert(json!({"$ref": "#/components/responses/Problem"}));
}

/// A summary is one sentence: what else stands there belongs into the description.
fn shorten(operation: &mut Map<String, Value>) {
    let text = |name: &str| {
        operation
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let (summary, description) = (text("summary").replace('\n', " "), text("description"));
    if let Some((first, rest)) = summary.split_once(". ") {
        let description = format!("{rest}\n\n{description}");
        operation.insert("summary".to_owned(), first.into());
        operation.insert("description".to_owned(), description.trim_end().into());
    }
}

/// What an answer is, where the handler's own words say no more.
fn described(status: &str) -> &'static str {
    match status {
        "200" => "The answer",
        "201" => "It is made",
        "202" => "It will be done",
        "204" => "It is done",
        _ => "See the status",
    }
}

/// Whether the good answer is JSON, and has a tag with it.
fn answers_json(operation: &Map<String, Value>) -> bool {
    let content = operation.get("responses").and_then(|it| it.pointer("/200/content"));
    content.is_some_and(|content| content.get("application/json").is_some())
}

/// The method and the words of the path: unique because no two routes have both the same.
fn operation_id(path: &str, method: &str) -> String {
    let path = path.trim_start_matches("/api/v1/chat").trim_start_matches('/');
    let words = path
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty());
    let id = words.fold(method.to_owned(), |id, word| format!("{id}_{word}"));
    match path {
        "" => format!("{method}_front_page"),
        _ => id,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_is_named_after_what_it_does_to_what() {
        assert_eq!(
            operation_id("/api/v1/chat/sessions/{id}/messages", "get"),
            "get_sessions_id_messages"
        );
        assert_eq!(operation_id("/api/agent/login", "post"), "post_api_agent_login");
        assert_eq!(operation_id("/", "get"), "get_front_page");
    }
}
