//! For whom a request came that a proxy brought. Only proxies in networks that the operator named are believed: from
//! everybody else these headers are words of a stranger. The address that comes out is the one that is counted, limited,
//! blocked and logged.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
};

use axum::http::{HeaderMap, HeaderName, header::FORWARDED};
use ipnet::IpNet;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// An address that is not known. It counts as one from the network, which may do less than one of this computer.
const UNKNOWN: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);

/// The networks of the proxies that are believed.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Proxies {
    trusted: Arc<[IpNet]>,
}

impl Proxies {
    /// These.
    pub fn new(trusted: &[IpNet]) -> Proxies {
        Proxies {
            trusted: trusted.into(),
        }
    }

    /// Whether this address is one of them.
    pub fn trusts(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.trusted.iter().any(|network| network.contains(&address))
    }

    /// For whom a request came from `peer`, who is trusted: the last address on the way that is not trusted. Without a header
    /// it is the peer itself. If that cannot be told, and if a header says that it is this very computer, nobody knows.
    pub fn client(&self, peer: SocketAddr, headers: &HeaderMap) -> SocketAddr {
        let listed = self.last_stranger(hops(headers, &X_FORWARDED_FOR, ','));
        let standard = self.last_stranger(hops(headers, &FORWARDED, ',').map(|all| {
            let elements = all.into_iter();
            elements.map(|element| for_of(&element).unwrap_or_default()).collect()
        }));
        let found = match (listed, standard) {
            (None, None) => return peer,
            (Some(one), None) | (None, Some(one)) => one,
            // A proxy writes one of them and hands the other on as the client wrote it: who knows which?
            (Some(one), Some(other)) if one == other => one,
            (Some(_), Some(_)) => UNKNOWN,
        };
        let found = if found.is_loopback() { UNKNOWN } else { found };
        SocketAddr::new(found, 0)
    }

    /// The last of these that is not trusted; if all are, the first. `None` if there is no header.
    fn last_stranger(&self, hops: Option<Vec<String>>) -> Option<IpAddr> {
        let hops = hops?;
        let mut last = UNKNOWN;
        for hop in hops.iter().rev() {
            let Some(address) = address(hop) else {
                return Some(UNKNOWN);
            };
            last = address;
            if !self.trusts(address) {
                break;
            }
        }
        Some(last)
    }
}

/// The parts of a list header, over all its lines, in order.
fn hops(headers: &HeaderMap, name: &HeaderName, between: char) -> Option<Vec<String>> {
    let mut lines = headers.get_all(name).iter().peekable();
    lines.peek()?;
    let mut all = Vec::new();
    for line in lines {
        // What is no text names no address.
        let line = line.to_str().unwrap_or("?");
        all.extend(split_unquoted(line, between));
    }
    Some(all)
}

/// Splits where the sign stands outside quotes.
fn split_unquoted(text: &str, between: char) -> Vec<String> {
    let (mut parts, mut part, mut quoted) = (Vec::new(), String::new(), false);
    for c in text.chars() {
        if c == '"' {
            quoted = !quoted;
        }
        if c == between && !quoted {
            parts.push(std::mem::take(&mut part));
        } else {
            part.push(c);
        }
    }
    parts.push(part);
    parts
}

/// What an element of `Forwarded` (RFC 7239) says after `for=`; `None` if it says so never or twice.
fn for_of(element: &str) -> Option<String> {
    let pairs = split_unquoted(element, ';');
    let mut values = pairs.iter().filter_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        name.trim().eq_ignore_ascii_case("for").then(|| value.trim().to_owned())
    });
    let value = values.next()?;
    values.next().is_none().then_some(value)
}

/// An address as proxies write it: with or without port, brackets and quotes.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let text = text
        .strip_prefix('"')
        .and_then(|it| it.strip_suffix('"'))
        .unwrap_or(text);
    let bare = text.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
    let address = match text.parse::<SocketAddr>() {
        Ok(with_port) => with_port.ip(),
        Err(_) => bare.unwrap_or(text).parse().ok()?,
    };
    Some(address.to_canonical())
}
