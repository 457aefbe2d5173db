//! Certificates for tests: an authority, and what it issues for `localhost`, as the files of a server.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use anyhow::Result;
use minicom_client::{Pin, Trust};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// An authority, with its certificate in a file.
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    /// Its certificate.
    pub file: PathBuf,
}

impl Authority {
    /// A new one, with its certificate in this folder.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn new(folder: &Path, name: &str) -> Result<Authority> {
        let mut params = CertificateParams::new(vec![])?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate()?)?;
        let file = folder.join(format!("{name}.pem"));
        fs::write(&file, issuer.pem())?;
        Ok(Authority { issuer, file })
    }

    /// Trusted by it alone.
    pub fn trust(&self) -> Trust {
        Trust {
            ca: Some(self.file.clone()),
            pin: None,
        }
    }

    /// A certificate for localhost and its key, good for so many days (or not any more), as the files of a server:
    /// `cert.pem` and `key.pem`.
    ///
    /// # Errors
    /// The files cannot be written.
    pub fn issue(&self, folder: &Path, days: i32) -> Result<Pin> {
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::new(vec!["localhost".to_owned()])?;
        let now = SystemTime::now();
        params.not_before = (now - 20 * DAY).into();
        let until = if days < 0 {
            now - DAY * days.unsigned_abs()
        } else {
            now + DAY * days.unsigned_abs()
        };
        params.not_after = until.into();
        let own = params.signed_by(&key, &self.issuer)?;
        write_pair(folder, &own.pem(), &key.serialize_pem())?;
        Ok(Pin::of(own.der()))
    }
}

fn write_pair(folder: &Path, cert: &str, key: &str) -> Result<()> {
    let path = folder.join("key.pem");
    fs::write(&path, key)?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
    fs::write(folder.join("cert.pem"), cert)?;
    Ok(())
}
