use super::*;

fn reason(text: &str) -> &'static str {
    match check(text, Policy::default()) {
        Ok(_) => "taken",
        Err(NotAllowed(reason)) => reason.code(),
    }
}

#[test]
fn eighty_addresses_inside_are_not_taken() {
    let refused = [
        ("", "malformed"),
        ("example.org", "malformed"),
        ("//example.org/", "malformed"),
        ("https://", "malformed"),
        ("https://exa mple.org/", "malformed"),
        ("https://example.org/\n", "malformed"),
        ("https://[::1/", "malformed"),
        ("https://256.1.1.1/", "malformed"),
        ("http://127.0.0.1.1.1/", "malformed"),
        ("file:///etc/passwd", "scheme"),
        ("ftp://example.org/", "scheme"),
        ("gopher://example.org/", "scheme"),
        ("javascript:alert(1)", "scheme"),
        ("data:text/plain,x", "scheme"),
        ("unix:/run/docker.sock", "scheme"),
        ("ws://example.org/", "scheme"),
        ("https://user@example.org/", "userinfo"),
        ("https://user:password@example.org/", "userinfo"),
        ("https://:@example.org/", "userinfo"),
        ("https://@example.org/", "userinfo"),
        ("https://example.org@127.0.0.1/", "userinfo"),
        ("http://example.org:22/", "port"),
        ("http://example.org:0/", "port"),
        ("http://example.org:8080/", "port"),
        ("https://example.org:6379/", "port"),
        ("https://example.org:25/", "port"),
        ("http://localhost/", "loopback"),
        ("http://LOCALHOST/", "loopback"),
        ("http://localhost./", "loopback"),
        ("http://a.localhost/", "loopback"),
        ("http://ｌocalhost/", "loopback"),
        ("http://127.0.0.1/", "loopback"),
        ("http://127.0.0.1:80/", "loopback"),
        ("http://127.1/", "loopback"),
        ("http://127.255.255.254/", "loopback"),
        ("http://2130706433/", "loopback"),
        ("http://017700000001/", "loopback"),
        ("http://0x7f000001/", "loopback"),
        ("http://0x7f.0.0.1/", "loopback"),
        ("http://0177.0.0.01/", "loopback"),
        ("http://127.0.0.1./", "loopback"),
        ("http://１２７.0.0.1/", "loopback"),
        ("http://%31%32%37.0.0.1/", "loopback"),
        ("http://[::1]/", "loopback"),
        ("http://[0:0:0:0:0:0:0:1]/", "loopback"),
        ("http://[::ffff:127.0.0.1]/", "loopback"),
        ("http://[::ffff:7f00:1]/", "loopback"),
        ("http://[64:ff9b::127.0.0.1]/", "loopback"),
        ("http://[2002:7f00:1::]/", "loopback"),
        ("http://10.0.0.1/", "private"),
        ("http://10.255.255.255/", "private"),
        ("http://172.16.0.1/", "private"),
        ("http://172.31.255.255/", "private"),
        ("http://192.168.1.1/", "private"),
        ("http://3232235777/", "private"),
        ("http://0xc0.0xa8.1.1/", "private"),
        ("http://100.64.0.1/", "private"),
        ("http://100.127.255.255/", "private"),
        ("http://[::ffff:10.0.0.1]/", "private"),
        ("http://[::ffff:c0a8:101]/", "private"),
        ("http://[64:ff9b::a00:1]/", "private"),
        ("http://[fc00::1]/", "private"),
        ("http://[fd12:3456:789a::1]/", "private"),
        ("http://169.254.169.254/latest/meta-data/", "link_local"),
        ("http://2852039166/", "link_local"),
        ("http://0xa9fea9fe/", "link_local"),
        ("http://[::ffff:169.254.169.254]/", "link_local"),
        ("http://[fe80::1]/", "link_local"),
        ("http://[febf::1]/", "link_local"),
        ("http://0.0.0.0/", "reserved"),
        ("http://0/", "reserved"),
        ("http://0.1.2.3/", "reserved"),
        ("http://[::]/", "reserved"),
        ("http://[::127.0.0.1]/", "reserved"),
        ("http://[fec0::1]/", "reserved"),
        ("http://[64:ff9b:1::1]/", "reserved"),
        ("http://[100::1]/", "reserved"),
        ("http://[2001::1]/", "reserved"),
        ("http://[2001:db8::1]/", "reserved"),
        ("http://[ff02::1]/", "reserved"),
        ("http://192.0.2.1/", "reserved"),
        ("http://198.18.0.1/", "reserved"),
        ("http://198.51.100.1/", "reserved"),
        ("http://203.0.113.1/", "reserved"),
        ("http://224.0.0.1/", "reserved"),
        ("http://240.0.0.1/", "reserved"),
        ("http://255.255.255.255/", "reserved"),
    ];
    assert!(refused.len() > 80);
    for (text, wanted) in refused {
        assert_eq!(reason(text), wanted, "{text}");
    }
}

#[test]
fn what_is_in_the_world_is_taken() {
    for text in [
        "https://example.org/hooks?tenant=7",
        // For the reader a backslash begins the path.
        "https://example.org\\@127.0.0.1/",
        "http://example.org:80/",
        "https://8.8.8.8/",
        "https://[2606:4700::1111]/",
        "https://[::ffff:8.8.8.8]/",
        "http://172.32.0.1/",
        "http://100.128.0.1/",
        "https://xn--bcher-kva.example/",
    ] {
        assert_eq!(reason(text), "taken", "{text}");
    }
}

#[test]
fn the_operator_may_open_private_networks_and_nothing_else() {
    let (private, any_port) = (
        Policy {
            private: true,
            any_port: false,
        },
        Policy {
            private: false,
            any_port: true,
        },
    );
    for text in ["http://127.0.0.1:9000/", "http://localhost:81/", "http://[fd00::1]/"] {
        assert!(check(text, private).is_ok(), "{text}");
        assert!(check(text, any_port).is_err(), "{text}");
    }
    for text in [
        "http://169.254.169.254/",
        "http://0.0.0.0/",
        "http://224.0.0.1/",
        "ftp://127.0.0.1/",
    ] {
        assert!(check(text, private).is_err(), "{text}");
    }
    assert!(check("https://example.org:8443/", any_port).is_ok());
}
