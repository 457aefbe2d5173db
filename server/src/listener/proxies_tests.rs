//! What strangers and proxies write into these headers, and whom it makes of them.

use std::net::{IpAddr, SocketAddr};

use axum::http::HeaderMap;

use super::Proxies;

fn proxies() -> Proxies {
    let trusted = ["10.0.0.0/8", "127.0.0.0/8", "fd00::/8"].map(|it| it.parse().unwrap());
    Proxies::new(&trusted)
}

fn client(headers: &[(&'static str, &str)]) -> String {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.append(*name, value.parse().unwrap());
    }
    let proxy: SocketAddr = "10.0.0.1:5555".parse().unwrap();
    proxies().client(proxy, &map).ip().to_string()
}

const UNKNOWN: &str = "0.0.0.0";

#[test]
fn the_last_hop_that_is_not_trusted_counts() {
    let shapes = [
        ("203.0.113.7", "203.0.113.7"),
        ("198.51.100.66, 203.0.113.7", "203.0.113.7"),
        ("127.0.0.1, 203.0.113.7, 10.9.9.9", "203.0.113.7"),
        ("203.0.113.7:50123", "203.0.113.7"),
        ("2001:db8::7", "2001:db8::7"),
        ("[2001:db8::7]:443, 10.0.0.2", "2001:db8::7"),
        ("\"[2001:db8::7]\"", "2001:db8::7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("10.1.1.1, 10.2.2.2", "10.1.1.1"),
        ("198.51.100.66, unknown", UNKNOWN),
        ("198.51.100.66, 203.0.113.7, ", UNKNOWN),
        ("198.51.100.66, 203.0.113.7; DROP TABLE", UNKNOWN),
        ("", UNKNOWN),
        ("127.0.0.1", UNKNOWN),
        ("::1", UNKNOWN),
    ];
    for (given, want) in shapes {
        assert_eq!(client(&[("x-forwarded-for", given)]), want, "{given:?}");
    }
}

#[test]
fn two_lines_are_one_list() {
    let lines = [("x-forwarded-for", "198.51.100.66"), ("x-forwarded-for", "203.0.113.7")];
    assert_eq!(client(&lines), "203.0.113.7");
}

#[test]
fn the_standard_header_is_read_too() {
    for (given, want) in [
        ("for=203.0.113.7", "203.0.113.7"),
        (
            "For=198.51.100.66, FOR=203.0.113.7;proto=https;by=10.0.0.1",
            "203.0.113.7",
        ),
        ("for=\"[2001:db8::7]:4711\";proto=https", "2001:db8::7"),
        ("for=203.0.113.7;host=\"a,for=198.51.100.66\"", "203.0.113.7"),
        ("for=203.0.113.7, for=10.0.0.9", "203.0.113.7"),
        ("for=_hidden", UNKNOWN),
        ("for=203.0.113.7;for=198.51.100.66", UNKNOWN),
        ("proto=https", UNKNOWN),
    ] {
        assert_eq!(client(&[("forwarded", given)]), want, "{given:?}");
    }
}

#[test]
fn two_headers_that_disagree_tell_nothing() {
    let both = |one, other| client(&[("x-forwarded-for", one), ("forwarded", other)]);
    assert_eq!(both("203.0.113.7", "for=203.0.113.7"), "203.0.113.7");
    assert_eq!(both("203.0.113.7", "for=198.51.100.66"), UNKNOWN);
}

#[test]
fn without_a_header_it_is_the_proxy_itself() {
    assert_eq!(client(&[]), "10.0.0.1");
    assert_eq!(client(&[("x-real-ip", "203.0.113.7")]), "10.0.0.1");
}

#[test]
fn who_is_trusted() {
    let trusts = |address: &str| proxies().trusts(address.parse::<IpAddr>().unwrap());
    for address in ["10.255.0.1", "::ffff:10.0.0.1", "fd12::1", "127.0.0.1"] {
        assert!(trusts(address), "{address}");
    }
    for address in ["11.0.0.1", "203.0.113.7", "::1", "2001:db8::1"] {
        assert!(!trusts(address), "{address}");
    }
    assert!(!Proxies::default().trusts("127.0.0.1".parse().unwrap()));
}
