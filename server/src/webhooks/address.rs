//! Where a webhook may be: never inside. An address is judged when the webhook is made, as far as it says itself where it is,
//! and every time a connection is opened, by each address that its name has: what is checked is what is connected to.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use reqwest::Url;
use url_host::Host;

mod url_host {
    //! The host of an address, as the reader of addresses has understood it.
    use std::net::{Ipv4Addr, Ipv6Addr};

    use reqwest::Url;

    /// See the module.
    pub enum Host {
        /// A name.
        Name(String),
        /// An address of four bytes, however it was written.
        V4(Ipv4Addr),
        /// An address of sixteen.
        V6(Ipv6Addr),
    }

    /// The host; `None` without one.
    pub fn of(url: &Url) -> Option<Host> {
        let text = url.host_str()?;
        if let Some(inner) = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            return inner.parse().ok().map(Host::V6);
        }
        Some(match text.parse() {
            Ok(v4) => Host::V4(v4),
            Err(_) => Host::Name(text.to_owned()),
        })
    }
}

/// The longest address of a webhook, in bytes.
const URL_BYTES_MAX: usize = 2_000;

/// What the operator allows besides.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Policy {
    /// Receivers on this computer and in private networks, on any port.
    pub private: bool,
    /// Other ports than 80 and 443.
    pub any_port: bool,
}

/// Why an address is not taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", .0.words())]
pub struct NotAllowed(pub Reason);

/// The class of the reason: as much as is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reason {
    /// It cannot be read as an address.
    Malformed,
    /// Neither http nor https.
    Scheme,
    /// A name or password in it.
    Userinfo,
    /// Another port.
    Port,
    /// This computer.
    Loopback,
    /// A private network.
    Private,
    /// This link: where clouds keep their secrets.
    LinkLocal,
    /// Nobody, everybody, or a range that is not routed.
    Reserved,
}

impl Reason {
    /// For programs.
    pub fn code(self) -> &'static str {
        match self {
            Reason::Malformed => "malformed",
            Reason::Scheme => "scheme",
            Reason::Userinfo => "userinfo",
            Reason::Port => "port",
            Reason::Loopback => "loopback",
            Reason::Private => "private",
            Reason::LinkLocal => "link_local",
            Reason::Reserved => "reserved",
        }
    }

    /// For the list of deliveries.
    pub fn error(self) -> &'static str {
        match self {
            Reason::Loopback => "not_allowed: loopback",
            Reason::Private => "not_allowed: private",
            Reason::LinkLocal => "not_allowed: link_local",
            Reason::Reserved => "not_allowed: reserved",
            Reason::Malformed | Reason::Scheme | Reason::Userinfo | Reason::Port => "not_allowed",
        }
    }

    fn words(self) -> &'static str {
        match self {
            Reason::Malformed => "This is no address such as https://example.org/hooks.",
            Reason::Scheme => "A webhook's address begins with https:// or http://.",
            Reason::Userinfo => "A webhook's address has no name and password: requests are signed instead.",
            Reason::Port => "A webhook listens on port 443 or 80, unless the server's setting webhooks.any_port is on.",
            Reason::Loopback => {
                "A webhook is not on the server itself, unless its setting webhooks.allow_private is on."
            }
            Reason::Private => {
                "A webhook is not in a private network, unless the server's setting webhooks.allow_private is on."
            }
            Reason::LinkLocal => "A webhook is not at a link-local address.",
            Reason::Reserved => "A webhook is not at an address that belongs to nobody or to many.",
        }
    }
}

/// Reads an address and judges what it says itself. A name is judged by its addresses when a connection is opened.
///
/// # Errors
/// Why not.
pub fn check(text: &str, policy: Policy) -> Result<Url, NotAllowed> {
    let refused = |reason| Err(NotAllowed(reason));
    if text.len() > URL_BYTES_MAX || text.contains(|c: char| c.is_control() || c.is_whitespace()) {
        return refused(Reason::Malformed);
    }
    let Ok(url) = Url::parse(text) else {
        return refused(Reason::Malformed);
    };
    if !matches!(url.scheme(), "http" | "https") {
        return refused(Reason::Scheme);
    }
    // An empty name before an @ is none for the reader, but somebody meant something by it.
    let authority = text.split("://").nth(1).unwrap_or_default();
    let authority = authority.split(['/', '\\', '?', '#']).next().unwrap_or_default();
    if !url.username().is_empty() || url.password().is_some() || authority.contains('@') {
        return refused(Reason::Userinfo);
    }
    let ip = match url_host::of(&url) {
        None => return refused(Reason::Malformed),
        Some(Host::V4(ip)) => Some(IpAddr::V4(ip)),
        Some(Host::V6(ip)) => Some(IpAddr::V6(ip)),
        Some(Host::Name(name)) => {
            let name = name.trim_end_matches('.');
            if (name == "localhost" || name.ends_with(".localhost")) && !policy.private {
                return refused(Reason::Loopback);
            }
            None
        }
    };
    if let Some(ip) = ip {
        judge(ip, policy)?;
    }
    let port = url.port_or_known_default();
    if !matches!(port, Some(80 | 443)) && !policy.any_port && !policy.private {
        return refused(Reason::Port);
    }
    Ok(url)
}

/// Whether a connection to this address may be opened.
///
/// # Errors
/// Why not.
pub fn judge(ip: IpAddr, policy: Policy) -> Result<(), NotAllowed> {
    let reason = match ip {
        IpAddr::V4(ip) => v4(ip),
        IpAddr::V6(ip) => v6(ip),
    };
    match reason {
        None => Ok(()),
        Some(Reason::Loopback | Reason::Private) if policy.private => Ok(()),
        Some(reason) => Err(NotAllowed(reason)),
    }
}

fn v4(ip: Ipv4Addr) -> Option<Reason> {
    let [a, b, c, _] = ip.octets();
    Some(match (a, b, c) {
        (127, ..) => Reason::Loopback,
        (10, ..) | (192, 168, _) | (172, 16..=31, _) => Reason::Private,
        // Behind a provider's own translation.
        (100, 64..=127, _) => Reason::Private,
        (169, 254, _) => Reason::LinkLocal,
        (0, ..)
        | (224.., ..)
        | (192, 0, 0 | 2)
        | (192, 88, 99)
        | (198, 18..=19, _)
        | (198, 51, 100)
        | (203, 0, 113) => Reason::Reserved,
        _ => return None,
    })
}

fn v6(ip: Ipv6Addr) -> Option<Reason> {
    let inner = |high: u16, low: u16| v4(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low)));
    match ip.segments() {
        [0, 0, 0, 0, 0, 0, 0, 1] => Some(Reason::Loopback),
        // An address of four bytes in one of sixteen, as is and translated.
        [0, 0, 0, 0, 0, 0xffff, high, low] => inner(high, low),
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => inner(high, low),
        [0x2002, high, low, ..] => inner(high, low),
        [first, ..] if first & 0xfe00 == 0xfc00 => Some(Reason::Private),
        [first, ..] if first & 0xffc0 == 0xfe80 => Some(Reason::LinkLocal),
        // Only what is given out in the world is left: no tunnels, no examples, no groups.
        [0x2001, 0 | 0xdb8 | 2 | 0x10..=0x2f, ..] => Some(Reason::Reserved),
        [first, ..] if first & 0xe000 == 0x2000 => None,
        _ => Some(Reason::Reserved),
    }
}

#[cfg(test)]
#[path = "address_tests.rs"]
mod tests;
