//! `<data>/server.json`: where the server of a data folder listens, for the command line and the clients of this computer. It
//! is there while the server runs; after a crash it may be left over, so whoever reads it must be ready to find nobody.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    path::Path,
};

use serde::{Deserialize, Serialize};

use tracing::error;

use crate::{files, tls::Facts};

/// The file's name in the data folder.
pub const SERVER_FILE: &str = "server.json";

/// What is in it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ServerFile {
    /// Where it listens.
    pub address: SocketAddr,
    /// Its process.
    pub pid: u32,
    /// The SHA-256 fingerprint of its certificate; without one it speaks plain HTTP. Whoever can read this file knows the
    /// server by it, whatever names the certificate has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
}

impl ServerFile {
    /// Writes the file for this process, 0600.
    ///
    /// # Errors
    /// What the file system said.
    pub fn write(data: &Path, address: SocketAddr, fingerprint: Option<&str>) -> io::Result<()> {
        let file = ServerFile {
            address,
            pid: std::process::id(),
            fingerprint: fingerprint.map(str::to_owned),
        };
        let mut text = serde_json::to_string(&file)?;
        text.push('\n');
        files::write_private(&data.join(SERVER_FILE), text.as_bytes())
    }

    /// For [`Tls::keep`](crate::tls::Tls::keep): writes the file for each new certificate.
    pub fn renewed(data: &Path, address: SocketAddr) -> impl FnMut(&Facts) + use<> {
        let data = data.to_owned();
        move |facts| {
            if let Err(error) = ServerFile::write(&data, address, Some(&facts.fingerprint)) {
                error!(%error, "server.json still has the fingerprint of the old certificate: the command line will not connect");
            }
        }
    }

    /// Reads the file; `None` if there is none that can be read.
    pub fn read(data: &Path) -> Option<ServerFile> {
        let text = std::fs::read_to_string(data.join(SERVER_FILE)).ok()?;
        serde_json::from_str(&text).ok()
    }

    /// Removes the file.
    ///
    /// # Errors
    /// What the file system said.
    pub fn remove(data: &Path) -> io::Result<()> {
        files::remove_if_there(&data.join(SERVER_FILE))
    }

    /// The beginning of its address for programs of this computer.
    pub fn scheme(&self) -> &'static str {
        if self.fingerprint.is_some() { "https" } else { "http" }
    }

    /// Where programs of this computer reach it: a server that listens everywhere is reached by loopback.
    pub fn from_here(&self) -> SocketAddr {
        let ip = match self.address.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
            ip => ip,
        };
        SocketAddr::new(ip, self.address.port())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_comes_back_and_goes_away() {
        let data = tempfile::tempdir().unwrap();
        assert_eq!(ServerFile::read(data.path()), None);
        ServerFile::write(data.path(), "0.0.0.0:8000".parse().unwrap(), None).unwrap();
        let read = ServerFile::read(data.path()).unwrap();
        assert_eq!(read.scheme(), "http");
        ServerFile::write(data.path(), read.address, Some("AB:CD")).unwrap();
        assert_eq!(ServerFile::read(data.path()).unwrap().scheme(), "https");
        assert_eq!(read.pid, std::process::id());
        assert_eq!(read.from_here(), "127.0.0.1:8000".parse().unwrap());
        ServerFile::remove(data.path()).unwrap();
        assert_eq!(ServerFile::read(data.path()), None);
        std::fs::write(data.path().join(SERVER_FILE), "not JSON").unwrap();
        assert_eq!(ServerFile::read(data.path()), None);
    }
}
