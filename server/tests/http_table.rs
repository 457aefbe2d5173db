//! The table of bad requests, row by row, for every route: the list of routes is the server's own description, so that a new
//! route is in it by itself.

mod api;
mod rig;

use std::{collections::BTreeSet, net::SocketAddr};

use api::{Operation, operations, paths, problem};
use minicom_protocol::people::Role;
use reqwest::{Method, RequestBuilder};
use rig::{ALICE, Server};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

async fn server() -> Server {
    Server::over(async |seed| {
        seed.agent("bo@x.org", "Bo", Role::Agent).await;
        let alice = seed.customer("alice", ALICE).await;
        seed.says(&alice, "hello").await;
    })
    .await
}

/// A request for an operation, by the operator, to ids that there are not.
fn ask(server: &Server, operation: &Operation) -> RequestBuilder {
    let request = server.bare(operation.method.clone(), &operation.nowhere());
    request.bearer_auth(&server.token)
}

/// Sends these bytes and gives all that comes back until the other side closes.
async fn raw(server: &Server, bytes: &[u8]) -> String {
    let address: SocketAddr = server.url.strip_prefix("http://").unwrap().parse().unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let _ = stream.write_all(bytes).await;
    let _ = stream.shutdown().await;
    let mut text = vec![];
    // A reset after the answer is as good as an end.
    let _ = stream.read_to_end(&mut text).await;
    String::from_utf8_lossy(&text).into_owned()
}

/// Sends these bytes and gives one answer, also if the connection stays open.
async fn first_answer(server: &Server, bytes: &[u8]) -> String {
    let address: SocketAddr = server.url.strip_prefix("http://").unwrap().parse().unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    let mut text = vec![];
    loop {
        let answer = String::from_utf8_lossy(&text).into_owned();
        if let Some((head, body)) = answer.split_once("\r\n\r\n") {
            let head = head.to_lowercase();
            let length = head.split("content-length: ").nth(1).and_then(|it| it.lines().next());
            if body.len() >= length.map_or(0, |it| it.trim().parse().unwrap()) {
                return answer;
            }
        }
        if stream.read_buf(&mut text).await.unwrap() == 0 {
            return answer;
        }
    }
}

fn status_of(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or_default()
}

#[test]
fn every_route_says_what_it_is() {
    let description = minicom_server::http::description();
    assert_eq!(description["openapi"], "3.1.0");
    let tags = description["tags"].as_array().unwrap();
    let tags: BTreeSet<&str> = tags.iter().map(|tag| tag["name"].as_str().unwrap()).collect();
    let mut ids = BTreeSet::new();
    for operation in operations() {
        let (name, value) = (operation.name(), &operation.value);
        assert!(
            ids.insert(value["operationId"].as_str().unwrap().to_owned()),
            "{name}: the id is taken"
        );
        let tag = value["tags"][0].as_str().unwrap_or_default();
        assert!(tags.contains(tag), "{name}: the tag {tag:?} is not described");
        let summary = value["summary"].as_str().unwrap_or_default();
        assert!(
            !summary.is_empty() && summary.len() < 120,
            "{name}: no summary, or one too long: {summary:?}"
        );
        let responses = value["responses"].as_object().unwrap();
        assert!(
            responses.keys().any(|it| it.starts_with('2')),
            "{name}: no good answer is described"
        );
        assert_eq!(responses["default"]["$ref"], "#/components/responses/Problem", "{name}");
        for (status, response) in responses {
            let refers = response.get("$ref").and_then(Value::as_str);
            let described = response["description"].as_str().is_some_and(|it| !it.is_empty());
            assert!(refers.is_some() || described, "{name}: {status} is not described");
            let good = response.pointer("/content/application~1json");
            let health = operation.path == "/readyz";
            assert!(
                !(status >= &"400".to_owned() && good.is_some()) || health,
                "{name}: {status} is no problem"
            );
        }
        let declared: BTreeSet<String> = operation.parameters("path").into_iter().collect();
        let named = operation.path.split('/').filter_map(|it| it.strip_prefix('{'));
        let named: BTreeSet<String> = named.map(|it| it.trim_end_matches('}').to_owned()).collect();
        assert_eq!(
            declared, named,
            "{name}: the parameters of the path are not those described"
        );
    }
}

#[test]
fn every_reference_of_the_description_leads_somewhere() {
    fn walk(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(map) => {
                found.extend(map.get("$ref").and_then(Value::as_str).map(str::to_owned));
                map.values().for_each(|it| walk(it, found));
            }
            Value::Array(list) => list.iter().for_each(|it| walk(it, found)),
            _ => {}
        }
    }
    let description = minicom_server::http::description();
    let mut references = vec![];
    walk(&description, &mut references);
    for reference in references {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(description.pointer(pointer).is_some(), "{reference}");
    }
}

/// No route stands beside the description: only what serves the description itself, and the sockets.
#[test]
fn every_route_is_in_the_description() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/src/http");
    let mut folders = vec![std::path::PathBuf::from(root)];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            files += 1;
            let text = std::fs::read_to_string(&path).unwrap();
            let own = path.ends_with("describe/mod.rs");
            assert!(
                own || !text.contains(".route("),
                "{}: a route without a description",
                path.display()
            );
        }
    }
    assert!(files > 10);
}

#[tokio::test]
async fn the_description_is_served() {
    let server = server().await;
    let served: Value = server
        .bare(Method::GET, "/api/v1/openapi.json")
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(served, minicom_server::http::description());
    server.stop().await.unwrap();
}

#[cfg(not(feature = "api-page"))]
#[tokio::test]
async fn without_the_page_to_try_it_there_is_the_way_to_the_description() {
    let server = server().await;
    let page = server.bare(Method::GET, "/api/v1/docs").send().await.unwrap();
    assert_eq!(page.status(), 200);
    let html = page.text().await.unwrap();
    assert!(
        html.contains("href=\"/api/v1/openapi.json\"") && !html.contains("<script"),
        "{html}"
    );
    let path = "/api/v1/docs/start.js";
    let found = problem(path, server.bare(Method::GET, path).send().await.unwrap()).await;
    assert_eq!(found.0, 404);
    server.stop().await.unwrap();
}

#[cfg(feature = "api-page")]
#[tokio::test]
async fn the_page_to_try_it_loads_nothing_from_elsewhere() {
    let server = server().await;
    let page = server.bare(Method::GET, "/api/v1/docs").send().await.unwrap();
    let policy = page.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{policy}");
    assert!(
        !policy.contains("http") && !policy.contains('*') && !policy.contains("unsafe-eval"),
        "{policy}"
    );
    let html = page.text().await.unwrap();
    assert!(!html.contains("://"), "something of elsewhere: {html}");
    let loaded: Vec<&str> = ["src=\"", "href=\""]
        .iter()
        .flat_map(|attribute| html.split(attribute).skip(1))
        .map(|rest| rest.split('"').next().unwrap())
        .collect();
    assert!(loaded.len() >= 4, "{html}");
    for path in loaded {
        assert!(path.starts_with("/api/v1/"), "{path}");
        let response = server.bare(Method::GET, path).send().await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        assert!(!response.bytes().await.unwrap().is_empty(), "{path}");
    }
    let start = server
        .bare(Method::GET, "/api/v1/docs/start.js")
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(
        start.contains("validatorUrl: null") && !start.contains("://"),
        "{start}"
    );
    for path in [
        "/api/v1/docs/swagger-initializer.js",
        "/api/v1/docs/index.html",
        "/api/v1/docs/..%2f..%2fetc%2fpasswd",
    ] {
        let found = problem(path, server.bare(Method::GET, path).send().await.unwrap()).await;
        assert_eq!(found.0, 404, "{path}");
    }
    server.stop().await.unwrap();
}

#[tokio::test]
async fn without_a_good_proof_every_route_answers_401() {
    let server = server().await;
    for operation in operations().iter().filter(|it| !it.is_public()) {
        let bare = || {
            let request = server.bare(operation.method.clone(), &operation.nowhere());
            match operation.has_body() {
                true => request.json(&operation.examples().first().cloned().unwrap_or(json!({}))),
                false => request,
            }
        };
        let with = |value: &str| bare().header("authorization", value);
        let two = bare().bearer_auth(&server.token).bearer_auth(&server.token);
        for (case, request) in [
            ("nothing", bare()),
            ("empty", with("Bearer ")),
            ("no scheme", with(&server.token)),
            ("basic", with("Basic YWRhOmFkYQ==")),
            ("wrong", with("Bearer mca_00")),
            ("two", two),
            ("a cookie", bare().header("cookie", format!("token={}", server.token))),
        ] {
            let case = format!("{case}: {}", operation.name());
            let (status, headers, body) = problem(&case, request.send().await.unwrap()).await;
            if operation.path == "/api/conversation/{customer_id}" {
                // Not told apart from a thread that is not there.
                assert_eq!((status, &body["code"]), (404, &json!("not_found")), "{case}");
                continue;
            }
            assert_eq!((status, &body["code"]), (401, &json!("sign_in")), "{case}");
            assert!(
                headers["www-authenticate"].to_str().unwrap().starts_with("Bearer"),
                "{case}"
            );
        }
    }
    server.stop().await.unwrap();
}

#[tokio::test]
async fn methods_that_a_route_does_not_have() {
    let server = server().await;
    let standard = [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
    for (path, operations) in paths() {
        let has: BTreeSet<String> = operations.iter().map(|it| it.method.to_string()).collect();
        let address = operations[0].nowhere();
        let ask = |method: Method| server.bare(method, &address).bearer_auth(&server.token);
        let others = standard.iter().filter(|it| !has.contains(it.as_str())).cloned();
        let strange = [Method::TRACE, Method::from_bytes(b"PROPFIND").unwrap()];
        for method in others.chain(strange) {
            let case = format!("{method} {path}");
            let (status, headers, body) = problem(&case, ask(method).send().await.unwrap()).await;
            assert_eq!((status, &body["code"]), (405, &json!("method_not_allowed")), "{case}");
            let allow = headers["allow"].to_str().unwrap();
            let allowed: BTreeSet<String> = allow.split(',').map(str::to_owned).filter(|it| it != "HEAD").collect();
            assert_eq!(allowed, has, "{case}");
        }
        let options = ask(Method::OPTIONS).send().await.unwrap();
        assert_eq!(options.status(), 204, "OPTIONS {path}");
        let allow = options.headers()["allow"].to_str().unwrap();
        assert!(has.iter().all(|it| allow.contains(it.as_str())), "{path}: {allow}");
        assert!(!options.headers().contains_key("access-control-allow-origin"), "{path}");
    }
    let connect = raw(
        &server,
        b"CONNECT x:80 HTTP/1.1\r\nHost: x:80\r\nConnection: close\r\n\r\n",
    )
    .await;
    assert_eq!(status_of(&connect), "405", "{connect}");
    server.stop().await.unwrap();
}

#[tokio::test]
async fn head_is_get_without_the_body() {
    let server = server().await;
    for operation in operations().iter().filter(|it| it.reads()) {
        let head = server
            .bare(Method::HEAD, &operation.nowhere())
            .bearer_auth(&server.token)
            .send()
            .await
            .unwrap();
        let get = ask(&server, operation).send().await.unwrap();
        assert_eq!(head.status(), get.status(), "{}", operation.name());
        let of = |response: &reqwest::Response| response.headers().get("content-type").cloned();
        assert_eq!(of(&head), of(&get), "{}", operation.name());
        assert!(head.bytes().await.unwrap().is_empty(), "{}", operation.name());
    }
    server.stop().await.unwrap();
}

#[tokio::test]
async fn bodies_that_no_route_takes() {
    let server = server().await;
    // A file is whatever it is: its own refusals are tried with the uploads.
    let of_json = |it: &&Operation| it.has_body() && it.path != "/api/v1/chat/uploads";
    for operation in operations().iter().filter(of_json) {
        let example = operation.examples().first().cloned().unwrap_or(json!({})).to_string();
        let send = |kind: Option<&str>, body: String| {
            let request = ask(&server, operation).body(body);
            match kind {
                Some(kind) => request.header("content-type", kind),
                None => request,
            }
        };
        let json_kind = Some("application/json");
        let large = format!("{example}{}", " ".repeat(256 * 1024 + 1 - example.len()));
        for (case, request, status, code) in [
            (
                "text",
                send(Some("text/plain"), example.clone()),
                415,
                "unsupported_media_type",
            ),
            ("no type", send(None, example.clone()), 415, "unsupported_media_type"),
            (
                "utf-16",
                send(Some("application/json; charset=utf-16"), example.clone()),
                415,
                "unsupported_media_type",
            ),
            (
                "packed",
                send(json_kind, example.clone()).header("content-encoding", "gzip"),
                415,
                "unsupported_media_type",
            ),
            ("large", send(json_kind, large), 413, "too_large"),
            ("no JSON", send(json_kind, "{".to_owned()), 400, "bad_json"),
            ("two", send(json_kind, "{}{}".to_owned()), 400, "bad_json"),
            ("deep", send(json_kind, "[".repeat(10_000)), 400, "bad_json"),
        ] {
            let case = format!("{case}: {}", operation.name());
            let (found, _, body) = problem(&case, request.send().await.unwrap()).await;
            if found == 404 && operation.path.contains('{') {
                // What the path names is looked for first.
                continue;
            }
            assert_eq!(
                (found, body["code"].as_str().unwrap()),
                (status, code),
                "{case}: {body}"
            );
        }
        for wrong in ["7", "[]", "\"x\""] {
            let case = format!("{wrong}: {}", operation.name());
            let (found, _, body) = problem(&case, send(json_kind, wrong.to_owned()).send().await.unwrap()).await;
            if found == 404 && operation.path.contains('{') {
                // What the path names is looked for first.
                continue;
            }
            assert_eq!((found, &body["code"]), (400, &json!("bad_field")), "{case}: {body}");
            // Nothing of the program's own names.
            assert!(!body["message"].as_str().unwrap().contains("struct"), "{case}: {body}");
        }
    }
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_field_that_is_wrong_is_named() {
    let server = server().await;
    for operation in operations().iter().filter(|it| it.has_body()) {
        let Some(Value::Object(example)) = operation.examples().first().cloned() else {
            continue;
        };
        for name in example.keys() {
            // A value of a kind that no field has, in the place of a good one.
            let mut body = example.clone();
            body.insert(name.clone(), json!([[{"no": [[]]}]]));
            let case = format!("`{name}`: {}", operation.name());
            let (status, _, body) = problem(&case, ask(&server, operation).json(&body).send().await.unwrap()).await;
            if body["code"] != "bad_field" {
                // What takes anything; the ids are of nobody.
                assert!([404, 409].contains(&status), "{case}: {body}");
                continue;
            }
            let field = body["field"].as_str().unwrap_or_else(|| panic!("{case}: {body}"));
            assert!(field.starts_with(name.as_str()), "{case}: {body}");
        }
    }
    server.stop().await.unwrap();
}

#[tokio::test]
async fn pages_have_bounds_and_cursors_belong_to_their_list() {
    let server = server().await;
    let mut lists = 0;
    for operation in operations().iter().filter(|it| it.reads()) {
        let query = operation.parameters("query");
        let path = operation.at(|_| "alice".to_owned());
        let get = |query: &str| server.get(&format!("{path}?{query}"), &server.token);
        let nowhere = !operation.parameters("path").is_empty() && operation.path != "/api/conversation/{customer_id}";
        if query.iter().any(|it| it == "limit") {
            lists += 1;
            for bad in ["-1", "0", "1e9", "abc", "", "99999999999999999999"] {
                let case = format!("limit={bad}: {}", operation.name());
                let (status, _, body) = problem(&case, get(&format!("limit={bad}")).send().await.unwrap()).await;
                if nowhere && status == 404 {
                    continue;
                }
                assert_eq!((status, &body["field"]), (400, &json!("limit")), "{case}: {body}");
                assert!(
                    body["message"].as_str().unwrap().contains("1 to "),
                    "{case}: the range is not told: {body}"
                );
            }
        }
        if query.iter().any(|it| it == "cursor") {
            let mut answers = BTreeSet::new();
            // No cursor, and one of another list or another journal.
            for bad in ["abc", "7.0123456789abcdef", "open.7.0123456789abcdef"] {
                let case = format!("cursor={bad}: {}", operation.name());
                let (status, _, body) = problem(&case, get(&format!("cursor={bad}")).send().await.unwrap()).await;
                if nowhere && status == 404 {
                    continue;
                }
                assert_eq!((status, &body["code"]), (400, &json!("bad_cursor")), "{case}: {body}");
                answers.insert(body["message"].to_string());
            }
            assert!(answers.len() <= 1, "{}: {answers:?}", operation.name());
        }
    }
    assert!(lists >= 2);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn addresses_that_are_none() {
    let server = server().await;
    let head = "Host: x\r\nConnection: close\r\n\r\n";
    for operation in operations() {
        let (method, path) = (&operation.method, operation.nowhere());
        let long = "x".repeat(9 * 1024);
        for (case, target, status) in [
            ("long", format!("{path}?{long}"), "414"),
            ("no octet", format!("{path}%zz"), "400"),
            ("half an octet", format!("{path}%2"), "400"),
            ("NUL", format!("{path}%00"), "400"),
        ] {
            let found = raw(&server, format!("{method} {target} HTTP/1.1\r\n{head}").as_bytes()).await;
            assert_eq!(status_of(&found), status, "{case}: {}: {found}", operation.name());
            assert!(found.contains("application/problem+json"), "{case}: {found}");
        }
    }
    for path in [
        "//",
        "/..%2f..%2fetc%2fpasswd",
        "/api/v1/chat/..;/x",
        "/api;x=1/agents",
        "/api/v1/docs/%2e%2e%2f",
    ] {
        let found = raw(&server, format!("GET {path} HTTP/1.1\r\n{head}").as_bytes()).await;
        assert_eq!(status_of(&found), "404", "{path}: {found}");
    }
    server.stop().await.unwrap();
}

#[tokio::test]
async fn heads_that_can_be_read_in_two_ways() {
    let server = server().await;
    for operation in operations() {
        let line = format!("{} {} HTTP/1.1\r\n", operation.method, operation.nowhere());
        let end = "Connection: close\r\n\r\n";
        for (case, head) in [
            ("no host", format!("{line}{end}")),
            ("two hosts", format!("{line}Host: x\r\nHost: y\r\n{end}")),
            (
                "two lengths",
                format!("{line}Host: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n{end}ab"),
            ),
            (
                "a negative length",
                format!("{line}Host: x\r\nContent-Length: -1\r\n{end}"),
            ),
            (
                "a length that is none",
                format!("{line}Host: x\r\nContent-Length: 1e3\r\n{end}"),
            ),
        ] {
            let found = raw(&server, head.as_bytes()).await;
            assert_eq!(status_of(&found), "400", "{case}: {}: {found}", operation.name());
        }
    }
    let line = "POST /api/agent/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
    for (case, rest) in [
        (
            "both",
            "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n",
        ),
        (
            "a chunk of 2^64",
            "Transfer-Encoding: chunked\r\n\r\n10000000000000000\r\n{}\r\n0\r\n\r\n",
        ),
        ("another coding", "Transfer-Encoding: gzip\r\n\r\nabc"),
    ] {
        let found = raw(&server, format!("{line}{rest}").as_bytes()).await;
        // One answer, and the connection is closed: nothing behind it is a request.
        assert!(found.matches("HTTP/1.1 ").count() <= 1, "{case}: {found}");
        assert!(found.is_empty() || status_of(&found) == "400", "{case}: {found}");
    }
    for (case, bytes) in [
        ("HTTP/0.9", b"GET /healthz\r\n\r\n" as &[u8]),
        ("the preface of HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        ("TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"),
    ] {
        let found = raw(&server, bytes).await;
        assert!(found.is_empty() || status_of(&found) == "400", "{case}: {found}");
    }
    let absolute = raw(
        &server,
        b"GET http://x/healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    )
    .await;
    assert_eq!(status_of(&absolute), "200", "{absolute}");
    server.stop().await.unwrap();
}

/// A body that ends before its time is not taken for whole, and what comes behind one is no part of it.
#[tokio::test]
async fn bodies_that_are_not_as_long_as_they_say() {
    let server = server().await;
    for operation in operations().iter().filter(|it| it.has_body()) {
        let example = operation.examples().first().cloned().unwrap_or(json!({})).to_string();
        let send = |length: usize, body: &str| {
            format!(
                "{} {} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n\
                 Content-Length: {length}\r\n\r\n{body}",
                operation.method,
                operation.nowhere(),
                server.token
            )
        };
        let name = operation.name();
        let short = raw(&server, send(example.len() + 10, &example).as_bytes()).await;
        // Who has gone may be told nothing.
        assert!(
            short.is_empty() || ["400", "404"].contains(&status_of(&short)),
            "{name}: {short}"
        );
        let long = raw(
            &server,
            send(example.len(), &format!("{example}no request of its own\r\n\r\n")).as_bytes(),
        )
        .await;
        let statuses: Vec<&str> = long.split("HTTP/1.1 ").skip(1).map(|it| &it[..3]).collect();
        assert!(statuses.len() <= 2, "{name}: {long}");
        assert_eq!(statuses.last(), Some(&"400"), "{name}: {long}");
    }
    assert_eq!(server.bare(Method::GET, "/readyz").send().await.unwrap().status(), 200);
    server.stop().await.unwrap();
}

/// Nothing here is so long that it is asked for in parts: a range is passed over, or at most one is taken.
#[tokio::test]
async fn ranges_that_are_none() {
    let server = server().await;
    let thousand = format!("bytes={}", vec!["0-0"; 1_000].join(","));
    for operation in operations().iter().filter(|it| it.reads()) {
        for range in ["bytes=9-1", "bytes=99999999-", &thousand, "lines=1-2", "bytes=x"] {
            let answer = ask(&server, operation).header("range", range).send().await.unwrap();
            let whole = ask(&server, operation).send().await.unwrap();
            let name = operation.name();
            let (found, whole) = (answer.status().as_u16(), whole.status().as_u16());
            assert!(found == whole || found == 416, "{name}: {range:.20}: {found}");
            let kind = answer
                .headers()
                .get("content-type")
                .map(|it| it.to_str().unwrap().to_owned());
            assert!(!kind.unwrap_or_default().starts_with("multipart/"), "{name}");
        }
    }
    server.stop().await.unwrap();
}

#[tokio::test]
async fn requests_for_sockets_that_are_none() {
    let server = server().await;
    let key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    let version = "Sec-WebSocket-Version: 13\r\n";
    let upgrade = "Upgrade: websocket\r\n";
    let connection = "Connection: Upgrade\r\n";
    for path in ["/ws", "/ws/chat/alice"] {
        let old = "Sec-WebSocket-Version: 12\r\n";
        for (case, method, headers, status) in [
            (
                "an old version",
                "GET",
                format!("{upgrade}{connection}{key}{old}"),
                "426",
            ),
            ("no key", "GET", format!("{upgrade}{connection}{version}"), "400"),
            (
                "a short key",
                "GET",
                format!("{upgrade}{connection}{version}Sec-WebSocket-Key: abc\r\n"),
                "400",
            ),
            (
                "closing",
                "GET",
                format!("{upgrade}Connection: close\r\n{key}{version}"),
                "400",
            ),
            ("by POST", "POST", format!("{upgrade}{connection}{key}{version}"), "400"),
            (
                "a foreign page",
                "GET",
                format!("{upgrade}{connection}{key}{version}Origin: https://x.evil\r\n"),
                "403",
            ),
            (
                "no page",
                "GET",
                format!("{upgrade}{connection}{key}{version}Origin: null\r\n"),
                "403",
            ),
        ] {
            let found = first_answer(
                &server,
                format!("{method} {path} HTTP/1.1\r\nHost: x\r\n{headers}\r\n").as_bytes(),
            )
            .await;
            assert_eq!(status_of(&found), status, "{case}: {path}: {found}");
            assert!(found.contains("application/problem+json"), "{case}: {found}");
            let names_version = found.to_lowercase().contains("\r\nsec-websocket-version: 13");
            assert_eq!(names_version, status == "426", "{case}: {found}");
            assert_eq!(found.contains("origin_not_allowed"), status == "403", "{case}: {found}");
        }
    }
    server.stop().await.unwrap();
}
