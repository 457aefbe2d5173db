//! `<data>/server.json`: where the server of a data folder listens, for the command line and the clients of this computer. It
//! is there while the server runs; after a crash it may be left over, so whoever reads it must be ready to find nobody.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    path::Path,
};

use serde::{Deserialize, Serialize};

use crate::files;

/// The file's name in the data folder.
pub const SERVER_FILE: &str = "server.json";

/// What is in it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ServerFile {
    /// Where it listens.
    pub address: SocketAddr,
    /// Its process.
    pub pid: u32,
}

impl ServerFile {
    /// Writes the file for this process, 0600.
    ///
    /// # Errors
    /// What the file system said.
    pub fn write(data: &Path, address: SocketAddr) -> io::Result<()> {
        let pid = std::process::id();
        let mut text = serde_json::to_string(&ServerFile { address, pid })?;
        text.push('\n');
        files::write_private(&data.join(SERVER_FILE), text.as_bytes())
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
        ServerFile::write(data.path(), "0.0.0.0:8000".parse().unwrap()).unwrap();
        let read = ServerFile::read(data.path()).unwrap();
        assert_eq!(read.pid, std::process::id());
        assert_eq!(read.from_here(), "127.0.0.1:8000".parse().unwrap());
        ServerFile::remove(data.path()).unwrap();
        assert_eq!(ServerFile::read(data.path()), None);
        std::fs::write(data.path().join(SERVER_FILE), "not JSON").unwrap();
        assert_eq!(ServerFile::read(data.path()), None);
    }
}
