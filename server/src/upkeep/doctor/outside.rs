//! A server as its clients reach it, by its public address: through the proxy, the firewall and the certificate that stand
//! before it. Each part fails for one reason, so that the first line that fails names what is in the way.

use std::time::Duration;

use minicom_protocol::gate::Shown;
use reqwest::{Client, Url, header, redirect};
use tokio::net::lookup_host;

use crate::{config::cli::upkeep::Doctor, tls, upkeep::part::Part};

/// A server far away answers within this time.
const WITHIN: Duration = Duration::from_secs(10);

/// Looks at an address from outside; the command says by what its certificate is known.
pub async fn look(address: &str, command: &Doctor) -> Vec<Part> {
    let url = match read(address) {
        Ok(url) => url,
        Err(part) => return vec![part],
    };
    let (host, port) = (
        url.host_str().unwrap_or_default().to_owned(),
        url.port_or_known_default().unwrap_or(80),
    );
    let host = host.trim_matches(['[', ']']).to_owned();
    let mut parts = vec![];
    let resolved = lookup_host((host.as_str(), port))
        .await
        .map(|found| found.collect::<Vec<_>>());
    match resolved {
        Ok(found) if !found.is_empty() => {
            let all: Vec<String> = found.iter().map(|it| it.ip().to_string()).collect();
            parts.push(Part::ok("name", format!("{host} is {}", all.join(", "))));
        }
        _ => {
            let fix = "Check the spelling, and the DNS record of the name.";
            return vec![Part::fail("name", format!("{host} is not known"), fix)];
        }
    }
    let client = match client(command) {
        Ok(client) => client,
        Err(part) => {
            parts.push(part);
            return parts;
        }
    };
    match live(&client, &url).await {
        Ok(found) => parts.extend(found),
        Err(part) => {
            parts.push(part);
            return parts;
        }
    }
    parts.push(upgrade(&client, &url).await);
    parts
}

/// A client that trusts whom the command names, else this computer's authorities.
fn client(command: &Doctor) -> Result<Client, Part> {
    let fail = |says: String, fix: &str| Part::fail("connection", says, fix);
    let mut client = tls::http_client()
        .no_proxy()
        .redirect(redirect::Policy::none())
        .connect_timeout(WITHIN)
        .timeout(WITHIN);
    if let Some(pin) = &command.pin {
        let fix = "Take it from the server's log or its server.json: 32 pairs of hexadecimal digits.";
        let pin = tls::fingerprint_from(pin).ok_or_else(|| fail("this is no fingerprint".to_owned(), fix))?;
        let config = tls::pinned_to(&pin).map_err(|error| fail(cause(&error), "Report this."))?;
        client = client.tls_backend_preconfigured(config);
    }
    if let Some(file) = &command.ca {
        let fix = "Name a file with certificates in PEM that can be read.";
        let pem = std::fs::read(file).map_err(|error| fail(format!("{}: {error}", file.display()), fix))?;
        let roots = tls::authorities(&pem);
        let roots = roots.ok_or_else(|| fail(format!("{} has no certificate", file.display()), fix))?;
        client = client.tls_backend_preconfigured(tls::trusting(roots));
    }
    client.build().map_err(|error| fail(cause(&error), "Report this."))
}

/// `ws` and `wss` are what clients call the same address.
fn read(address: &str) -> Result<Url, Part> {
    let fix = "Give it as https://desk.example.org, or http://127.0.0.1:8000 on the server's own computer.";
    let fail = |says: String| Part::fail("address", says, fix);
    let shown = Shown::line(address).cut(80);
    let spelled = match address.split_once("://") {
        Some(("ws", rest)) => format!("http://{rest}"),
        Some(("wss", rest)) => format!("https://{rest}"),
        Some(_) => address.to_owned(),
        None => return Err(fail(format!("{shown} has no scheme"))),
    };
    let url = Url::parse(&spelled).map_err(|_| fail(format!("{shown} is no address")))?;
    match url.scheme() {
        "http" | "https" if url.has_host() => Ok(url),
        other => Err(fail(format!("the scheme {} is not spoken", Shown::line(other).cut(20)))),
    }
}

/// Whether a server of ours is there.
async fn live(client: &Client, url: &Url) -> Result<Vec<Part>, Part> {
    let asked = url.join("/healthz").unwrap_or_else(|_| url.clone());
    let response = client
        .get(asked)
        .send()
        .await
        .map_err(|error| unreachable(url, &error))?;
    let (status, location) = (response.status(), response.headers().get(header::LOCATION).cloned());
    let body = response.text().await.unwrap_or_default();
    let connection = Part::ok("connection", format!("{} answers", url.scheme()));
    if status.is_redirection() {
        let to = location.as_ref().and_then(|to| to.to_str().ok()).unwrap_or("elsewhere");
        return Err(Part::fail(
            "server",
            format!("the address leads to {}", Shown::line(to).cut(80)),
            "Give the clients that address: they follow no redirects. It is often https instead of http.",
        ));
    }
    match (status.as_u16(), body.as_str()) {
        (200, "ok\n") => Ok(vec![connection, Part::ok("server", "Minicom answers")]),
        // The words of this server, of nginx and of Caddy.
        (400, words) if url.scheme() == "http" && words.to_lowercase().contains("https") => Err(Part::fail(
            "connection",
            "http is asked, and TLS is spoken there",
            "Use https:// (or wss://) there.",
        )),
        (502..=504, _) => Err(Part::fail(
            "server",
            format!("a proxy answers {status}: it does not reach the server"),
            "Start the server, and check the address that the proxy passes requests to.",
        )),
        _ => Err(Part::fail(
            "server",
            format!("something else answers with {status}"),
            "Check the name and the port, and that the proxy passes /healthz, /ws and /api on.",
        )),
    }
}

/// Whether a WebSocket comes through.
async fn upgrade(client: &Client, url: &Url) -> Part {
    const NAME: &str = "upgrade";
    let fix = "Let the proxy pass the headers Upgrade and Connection on, by HTTP/1.1 (docs/operations.md has lines for nginx and Caddy).";
    match crate::manage::upgrade(client, url).await {
        Ok(101) => Part::ok(NAME, "sockets are opened"),
        Ok(403) => Part::fail(
            NAME,
            "refused with 403",
            "A firewall or proxy in between refuses sockets: let it pass /ws.",
        ),
        Ok(status) => Part::fail(
            NAME,
            format!("answered with {status} and not opened: the upgrade was dropped on the way"),
            fix,
        ),
        Err(error) => Part::fail(NAME, format!("cut: {}", cause(&error)), fix),
    }
}

fn unreachable(url: &Url, error: &reqwest::Error) -> Part {
    let words = cause(error);
    let lower = words.to_lowercase();
    let tls = url.scheme() == "https";
    let (says, fix) = if lower.contains("refused") {
        (
            "nobody listens there".to_owned(),
            "Start the server or the proxy, and check the port.",
        )
    } else if error.is_timeout() {
        (
            "no answer: something drops the packets".to_owned(),
            "Open the port in the firewall, of the host and of its provider.",
        )
    } else if lower.contains("certificate") || lower.contains("unknownissuer") {
        untrusted(&words)
    } else if tls
        && (lower.contains("invalidcontenttype") || lower.contains("corrupt message") || lower.contains("eof"))
    {
        (
            "https is asked, and no TLS is spoken there".to_owned(),
            "Use http there, or give the server a certificate.",
        )
    } else if !tls {
        (
            format!("http is asked, and the answer is none: {words}"),
            "Use https, if the server has TLS.",
        )
    } else {
        (
            words,
            "Look at what stands between: a firewall, a proxy, the server's log.",
        )
    };
    Part::fail("connection", says, fix)
}

/// What is wrong with a certificate, and what to do about it.
fn untrusted(words: &str) -> (String, &'static str) {
    let lower = words.to_lowercase();
    let (why, fix) = if lower.contains("unknownissuer") {
        (
            "this computer does not know who issued it, or the chain is not whole",
            "Give the server the whole chain; or name the authority with --ca, or the certificate with --pin, as clients do.",
        )
    } else if lower.contains("expired") || lower.contains("not valid yet") || lower.contains("notvalidyet") {
        (
            "its dates do not fit: it has ended, or a clock is wrong",
            "Renew it, and look at the clocks.",
        )
    } else if lower.contains("not valid for name") || lower.contains("notvalidforname") {
        (
            "it has another name",
            "Use a name that stands in it, or get one with this name.",
        )
    } else if lower.contains("applicationverificationfailure") {
        (
            "it has another fingerprint",
            "If it was renewed, take the new one from the server's log.",
        )
    } else {
        (
            words,
            "Renew it, give the whole chain, and use the name that stands in it.",
        )
    };
    (format!("the certificate is not good: {why}"), fix)
}

/// The innermost reason, which says most.
fn cause(error: &(dyn std::error::Error + 'static)) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    Shown::line(&error.to_string()).cut(160).as_str().to_owned()
}
