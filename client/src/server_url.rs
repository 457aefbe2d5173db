//! Where the server is: reads what people write after `--server`, and builds the addresses of its sockets.

use std::{fmt, net::IpAddr};

use minicom_protocol::{gate::Shown, text::CustomerName};

use crate::tls::{BadTrust, Trust};

/// The port of a server without TLS that was not told another.
pub const DEFAULT_PORT: u16 = 8000;
/// The port of a server with TLS, where no port is said: as everywhere with `https`.
pub const DEFAULT_TLS_PORT: u16 = 443;

/// A server's address, and by what the server is recognised there. Without TLS only a server on this computer is accepted,
/// unless somebody insists.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ServerUrl {
    host: String,
    port: u16,
    tls: bool,
    /// In the address, so that no call to the server can forget it.
    trust: Trust,
}

/// Why an address is none.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BadServerUrl {
    /// Not an address.
    #[error(
        "{given} is not a server's address: {why}. Write it like https://desk.example.org or http://127.0.0.1:8000"
    )]
    Malformed {
        /// What was given, gated.
        given: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// Everything on the way could read along.
    #[error(
        "{host} is not this computer, and the connection is not encrypted: everybody on the way can read the messages \
         and the token. Write https:// if it speaks TLS; else use an SSH tunnel to it, or --insecure-http if the network \
         is yours"
    )]
    Insecure {
        /// The host, gated.
        host: String,
    },
}

impl ServerUrl {
    /// Reads `https://host:port`, `wss://host:port`, `http://host:port`, `ws://host:port`, `host:port` or `host`. Without a
    /// scheme it is plain HTTP on this computer, and TLS elsewhere. `insecure` allows plain HTTP to other hosts too.
    ///
    /// # Errors
    /// It is no such address, or the host is another computer.
    pub fn parse(text: &str, insecure: bool) -> Result<ServerUrl, BadServerUrl> {
        let malformed = |why| BadServerUrl::Malformed {
            given: Shown::line(text).cut(80).as_str().to_owned(),
            why,
        };
        let (tls, rest) = match text.trim().split_once("://") {
            Some(("http" | "ws", rest)) => (Some(false), rest),
            Some(("https" | "wss", rest)) => (Some(true), rest),
            Some(_) => return Err(malformed("it begins with none of https://, wss://, http:// and ws://")),
            None => (None, text.trim()),
        };
        let authority = rest.strip_suffix('/').unwrap_or(rest);
        if authority.contains(['/', '?', '#']) {
            return Err(malformed("nothing may follow the port"));
        }
        if authority.contains('@') {
            return Err(malformed("names and passwords do not belong into an address"));
        }
        let (host, port) = split_authority(authority).map_err(malformed)?;
        let mut url = ServerUrl {
            host,
            port: port.unwrap_or_default(),
            tls: false,
            trust: Trust::default(),
        };
        url.tls = tls.unwrap_or(!insecure && !url.is_loopback());
        url.port = port.unwrap_or(if url.tls { DEFAULT_TLS_PORT } else { DEFAULT_PORT });
        if !url.tls && !insecure && !url.is_loopback() {
            let host = Shown::line(&url.host).cut(80).as_str().to_owned();
            return Err(BadServerUrl::Insecure { host });
        }
        Ok(url)
    }

    /// The same server, recognised by this.
    ///
    /// # Errors
    /// The file of authorities cannot be used; or a certificate is named and the connection has none.
    pub fn recognised_by(mut self, trust: Trust) -> Result<ServerUrl, BadTrust> {
        if trust.pin.is_some() && !self.tls {
            return Err(BadTrust::Plain {
                server: self.to_string(),
            });
        }
        if self.tls {
            trust.check()?;
        }
        self.trust = trust;
        Ok(self)
    }

    /// By what it is recognised.
    pub fn trust(&self) -> &Trust {
        &self.trust
    }

    /// Whether the connection is encrypted.
    pub fn is_tls(&self) -> bool {
        self.tls
    }

    /// The host: a name or an IP address, without brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Whether the server is on this computer.
    pub fn is_loopback(&self) -> bool {
        match self.host.parse::<IpAddr>() {
            Ok(ip) => ip.is_loopback(),
            Err(_) => self.host == "localhost",
        }
    }

    /// The address of a page of the HTTP API; `path` begins with `/`.
    pub fn http(&self, path: &str) -> String {
        let scheme = if self.tls { "https" } else { "http" };
        format!("{scheme}://{}{path}", self.authority())
    }

    /// The address of a socket; `path` begins with `/`.
    pub fn socket(&self, path: &str) -> String {
        let scheme = if self.tls { "wss" } else { "ws" };
        format!("{scheme}://{}{path}", self.authority())
    }

    /// The path of the agents' socket.
    pub fn agent_path() -> String {
        "/ws".to_owned()
    }

    /// The path of a customer's socket.
    pub fn customer_path(name: &CustomerName) -> String {
        format!("/ws/chat/{}", percent_encode(name.as_str()))
    }

    fn authority(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }
}

/// In one form for all ways to write it, so that it can be a key: `http://host:port` or `https://host:port`.
impl fmt::Display for ServerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.http(""))
    }
}

/// The host, and the port if one is said.
fn split_authority(authority: &str) -> Result<(String, Option<u16>), &'static str> {
    if let Some(rest) = authority.strip_prefix('[') {
        let (host, after) = rest.split_once(']').ok_or("the bracket is not closed")?;
        host.parse::<std::net::Ipv6Addr>()
            .map_err(|_| "this is no IPv6 address")?;
        let port = match after.strip_prefix(':') {
            Some(port) => Some(parse_port(port)?),
            None if after.is_empty() => None,
            None => return Err("only a port may follow the bracket"),
        };
        return Ok((host.to_ascii_lowercase(), port));
    }
    let (host, port) = match authority.split_once(':') {
        Some((_, port)) if port.contains(':') => return Err("an IPv6 address needs brackets"),
        Some((host, port)) => (host, Some(parse_port(port)?)),
        None => (authority, None),
    };
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    match host {
        "" => Err("the host is missing"),
        host if host.len() > 253 || !host.chars().all(fits) => Err("the host has characters that hosts do not have"),
        host => Ok((host.to_ascii_lowercase(), port)),
    }
}

fn parse_port(text: &str) -> Result<u16, &'static str> {
    match text.parse() {
        Ok(0) | Err(_) => Err("the port is a number from 1 to 65535"),
        Ok(port) => Ok(port),
    }
}

/// For one segment of a path: everything but letters, digits and `-_.~` of ASCII is written as bytes.
fn percent_encode(text: &str) -> String {
    use std::fmt::Write;
    text.bytes().fold(String::with_capacity(text.len()), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ways_to_write_an_address() {
        for (given, want) in [
            ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
            ("http://127.0.0.1:8000/", "http://127.0.0.1:8000"),
            ("ws://LocalHost:9", "http://localhost:9"),
            ("localhost:8123", "http://localhost:8123"),
            (" localhost ", "http://localhost:8000"),
            ("127.9.9.9", "http://127.9.9.9:8000"),
            ("http://[::1]:7", "http://[::1]:7"),
            ("[::1]", "http://[::1]:8000"),
            ("https://desk.example.org", "https://desk.example.org:443"),
            ("wss://desk.example.org:8443/", "https://desk.example.org:8443"),
            ("https://localhost", "https://localhost:443"),
            ("desk.example.org", "https://desk.example.org:443"),
            ("192.0.2.1:8000", "https://192.0.2.1:8000"),
            ("[2001:db8::1]", "https://[2001:db8::1]:443"),
        ] {
            assert_eq!(
                ServerUrl::parse(given, false).map(|url| url.to_string()),
                Ok(want.to_owned()),
                "{given}"
            );
        }
    }

    #[test]
    fn what_is_no_address_is_refused_with_the_reason() {
        for (given, why) in [
            ("", "host is missing"),
            ("http://", "host is missing"),
            ("ftp://localhost", "none of https://"),
            ("http://localhost:0", "1 to 65535"),
            ("localhost:70000", "1 to 65535"),
            ("localhost:abc", "1 to 65535"),
            ("http://localhost/desk", "nothing may follow"),
            ("http://ada:pw@localhost", "do not belong"),
            ("::1", "needs brackets"),
            ("[::1", "not closed"),
            ("a b", "characters"),
            ("a\u{1b}[2Jb", "characters"),
        ] {
            let error = ServerUrl::parse(given, true).expect_err(given).to_string();
            assert!(error.contains(why), "{given:?}: {error}");
            assert!(!error.contains('\u{1b}'), "the error is gated: {error:?}");
        }
    }

    #[test]
    fn another_computer_needs_insisting() {
        for host in ["example.test", "192.0.2.1", "localhost.example.test", "[2001:db8::1]"] {
            let host = &format!("http://{host}");
            let refused = ServerUrl::parse(host, false).expect_err(host);
            assert!(matches!(refused, BadServerUrl::Insecure { .. }), "{host}: {refused}");
            assert!(ServerUrl::parse(host, true).is_ok(), "{host}");
            let bare = host.trim_start_matches("http://");
            let insisted = ServerUrl::parse(bare, true).expect("an address");
            assert!(!insisted.is_tls(), "{bare}: who insists on plain HTTP means it");
        }
    }

    #[test]
    fn sockets_and_names() {
        let url = ServerUrl::parse("localhost", false).expect("an address");
        assert_eq!(url.socket(&ServerUrl::agent_path()), "ws://localhost:8000/ws");
        let url = ServerUrl::parse("https://localhost", false).expect("an address");
        assert_eq!(url.socket(&ServerUrl::agent_path()), "wss://localhost:443/ws");
        let name = CustomerName::parse("Zo\u{eb}-1_x.y").expect("a name");
        assert_eq!(ServerUrl::customer_path(&name), "/ws/chat/Zo%C3%AB-1_x.y");
    }
}
