//! What a browser finds under the addresses that the sources have for their pages: a short page without script that names the
//! command to run. It tells nobody whether there is a customer of that name: it asks no store.

use axum::{
    extract::{Path, rejection::PathRejection},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use minicom_protocol::{gate::Shown, text::CustomerName};

/// Nothing is loaded, run, framed or sent: the page is its own text and style.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// For a customer in a browser: the command to run.
#[utoipa::path(
    get,
    path = "/chat/{customer_id}",
    tag = "pages",
    security(()),
    params(("customer_id" = String, Path, description = "The customer's name", max_length = 64)),
    responses(
        (status = 200, body = String, content_type = "text/html", description = "The page"),
        (status = 404, body = String, content_type = "text/html", description = "The same for what can be no name"),
    ),
)]
pub async fn chat(headers: HeaderMap, path: Result<Path<String>, PathRejection>) -> Response {
    match named(path) {
        Some(name) => page(
            "Chat",
            "This support chat lives in the terminal. To talk as this customer, run:",
            &command("minicom-chat", &headers, &word(name.as_str())),
        ),
        None => no_such_page(),
    }
}

/// For an agent in a browser: the command to run.
#[utoipa::path(get, path = "/agent/dashboard", tag = "pages", security(()), responses((status = 200, body = String, content_type = "text/html", description = "The page")))]
pub async fn dashboard(headers: HeaderMap) -> Response {
    let words = "The agents' desk lives in the terminal. To see all conversations, run:";
    page("Agents", words, &command("minicom-agent", &headers, ""))
}

/// For an agent in a browser who wants one customer's chat.
#[utoipa::path(
    get,
    path = "/agent/chat/{customer_id}",
    tag = "pages",
    security(()),
    params(("customer_id" = String, Path, description = "The customer's name", max_length = 64)),
    responses(
        (status = 200, body = String, content_type = "text/html", description = "The page"),
        (status = 404, body = String, content_type = "text/html", description = "The same for what can be no name"),
    ),
)]
pub async fn agent_chat(headers: HeaderMap, path: Result<Path<String>, PathRejection>) -> Response {
    match named(path) {
        Some(name) => {
            let words = format!(
                "The agents' desk lives in the terminal. To answer {}, run this and choose that customer in the list:",
                name.shown()
            );
            page("Agents", &words, &command("minicom-agent", &headers, ""))
        }
        None => no_such_page(),
    }
}

/// The name in the path, if it can be one.
fn named(path: Result<Path<String>, PathRejection>) -> Option<CustomerName> {
    path.ok().and_then(|Path(name)| CustomerName::parse(name).ok())
}

/// The command that leads to the address by which this page was asked for. Without a scheme: the programs take plain HTTP on their
/// own computer and `https` elsewhere. A host that is no word of a shell is left out, and so is the programs' own default.
fn command(program: &str, headers: &HeaderMap, rest: &str) -> String {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let plain = |host: &&str| {
        (1..=255).contains(&host.len())
            && host.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '[')
            && host.chars().all(|c| c.is_ascii_alphanumeric() || ".-:[]".contains(c))
    };
    let host = host
        .filter(plain)
        .filter(|host| !["127.0.0.1:8000", "localhost:8000"].contains(host));
    // What looks like a glob is quoted.
    let server = host.map(|host| match host.starts_with('[') {
        true => format!("--server '{host}'"),
        false => format!("--server {host}"),
    });
    let words = [Some(program), server.as_deref(), Some(rest)];
    let words: Vec<&str> = words.into_iter().flatten().filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

/// A name as a word of a shell: it has letters, digits, `.`, `_` and `-` only, and may begin like a flag.
fn word(name: &str) -> String {
    if name.starts_with('-') {
        format!("-- {name}")
    } else {
        name.to_owned()
    }
}

fn page(title: &str, words: &str, command: &str) -> Response {
    let html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>Minicom: {title}</title>\n\
         <style>body{{font:1rem/1.5 system-ui,sans-serif;margin:3rem auto;max-width:36rem;padding:0 1rem}}\
         pre{{background:#eee;color:#111;padding:.75rem 1rem;overflow:auto}}</style>\n</head>\n<body>\n\
         <h1>Minicom</h1>\n<p>{words}</p>\n<pre>{command}</pre>\n</body>\n</html>\n",
        title = escaped(title),
        words = escaped(words),
        command = escaped(Shown::line(command).as_str()),
    );
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/html; charset=utf-8"),
        ),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    ];
    (headers, html).into_response()
}

fn no_such_page() -> Response {
    let words =
        "This address names nobody: a customer's name is 1 to 64 letters, digits, dots, underscores and hyphens.";
    let mut response = page("Not found", words, "minicom-chat --help");
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}

/// A text as text of HTML, also inside quotes.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_is_a_tag() {
        assert_eq!(escaped("<a b=\"c\">'&"), "&lt;a b=&quot;c&quot;&gt;&#39;&amp;");
    }

    #[test]
    fn the_command_leads_to_where_the_page_was_asked_for() {
        let of = |host: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, HeaderValue::from_str(host).unwrap());
            command("minicom-chat", &headers, "alice")
        };
        assert_eq!(of("desk.example.org"), "minicom-chat --server desk.example.org alice");
        assert_eq!(of("10.0.0.7:8443"), "minicom-chat --server 10.0.0.7:8443 alice");
        assert_eq!(of("[::1]:8100"), "minicom-chat --server '[::1]:8100' alice");
        for plain in ["127.0.0.1:8000", "", "a b", "x;reboot", "$(x)", "-x", "a'b", "a/../b"] {
            assert_eq!(of(plain), "minicom-chat alice", "{plain}");
        }
        assert_eq!(command("minicom-agent", &HeaderMap::new(), ""), "minicom-agent");
    }

    #[test]
    fn a_name_is_never_taken_for_a_flag() {
        assert_eq!((word("alice"), word("-x1")), ("alice".to_owned(), "-- -x1".to_owned()));
    }
}
