//! The server of this computer, as it tells of itself in its data folder while it runs: where it listens, and by which
//! certificate it is known. Whoever can read that file needs no flag to find it.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    path::Path,
};

use serde::Deserialize;

use crate::{
    disk,
    limits::CREDENTIAL_BYTES_MAX,
    server_url::ServerUrl,
    tls::{Pin, Trust},
};

/// The server's file in its data folder.
pub const SERVER_FILE: &str = "server.json";

#[derive(Deserialize)]
struct Told {
    address: SocketAddr,
    #[serde(default)]
    fingerprint: Option<String>,
}

/// Where the server of this data folder is reached from here, and by what it is recognised; `None` if no such server runs, or the
/// file is not one that only its owner can write. After a crash it may be left over: then nobody answers there. Blocking.
pub fn local_server(data: &Path) -> Option<ServerUrl> {
    let bytes = disk::read_private(&data.join(SERVER_FILE), CREDENTIAL_BYTES_MAX).ok()?;
    let told: Told = serde_json::from_slice(&bytes).ok()?;
    let ip = match told.address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    let address = SocketAddr::new(ip, told.address.port());
    let Some(fingerprint) = told.fingerprint else {
        return ServerUrl::parse(&format!("http://{address}"), false).ok();
    };
    let pin: Pin = fingerprint.parse().ok()?;
    let trust = Trust {
        ca: None,
        pin: Some(pin),
    };
    let url = ServerUrl::parse(&format!("https://{address}"), false).ok()?;
    url.recognised_by(trust).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs, os::unix::fs::PermissionsExt};

    fn told(text: &str, mode: u32) -> Option<ServerUrl> {
        let data = tempfile::tempdir().expect("a folder");
        let path = data.path().join(SERVER_FILE);
        fs::write(&path, text).expect("written");
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("a mode");
        local_server(data.path())
    }

    #[test]
    fn the_file_says_where_and_by_what() {
        let plain = told(r#"{"address":"0.0.0.0:8123","pid":1}"#, 0o600).expect("a server");
        assert_eq!(plain.to_string(), "http://127.0.0.1:8123");
        let digits = "ab".repeat(32);
        let text = format!(r#"{{"address":"[::]:9","pid":1,"fingerprint":"{digits}"}}"#);
        let tls = told(&text, 0o600).expect("a server");
        assert_eq!(tls.to_string(), "https://[::1]:9");
        assert_eq!(tls.trust().pin, digits.parse().ok());
        assert!(tls.trust().pin.is_some());
    }

    #[test]
    fn what_others_can_change_or_nobody_wrote_so_is_not_believed() {
        let good = r#"{"address":"127.0.0.1:8123","pid":1}"#;
        assert!(told(good, 0o600).is_some());
        assert_eq!(told(good, 0o666), None);
        for bad in [
            "",
            "{}",
            r#"{"address":"x"}"#,
            r#"{"address":"127.0.0.1:0"}"#,
            r#"{"address":"192.0.2.1:80"}"#,
            r#"{"address":"127.0.0.1:8123","fingerprint":"abc"}"#,
        ] {
            assert_eq!(told(bad, 0o600), None, "{bad}");
        }
        assert_eq!(local_server(Path::new("/nowhere")), None);
    }
}
