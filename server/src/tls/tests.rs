//! What can be wrong with a certificate and its key, each in its own words; and a renewal.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    time::{Duration, SystemTime},
};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use tempfile::TempDir;

use super::{pair::PairFiles, self_signed};
use crate::exit::Fatal;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// A CA, a certificate that it issued, and both as files.
struct Rig {
    folder: TempDir,
    files: PairFiles,
    own: String,
    ca: String,
    key: String,
}

impl Rig {
    fn new() -> Rig {
        Rig::lasting(SystemTime::now() - DAY, SystemTime::now() + 100 * DAY)
    }

    fn lasting(from: SystemTime, to: SystemTime) -> Rig {
        let ca_key = KeyPair::generate().unwrap();
        let mut ca = CertificateParams::new(vec![]).unwrap();
        ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        ca.distinguished_name.push(DnType::CommonName, "Test CA");
        let ca_pem = ca.self_signed(&ca_key).unwrap().pem();
        let issuer = Issuer::new(ca, ca_key);
        let key = KeyPair::generate().unwrap();
        let mut own = CertificateParams::new(vec!["desk.test".to_owned()]).unwrap();
        own.not_before = from.into();
        own.not_after = to.into();
        let own = own.signed_by(&key, &issuer).unwrap().pem();
        let folder = tempfile::tempdir().unwrap();
        let files = PairFiles {
            cert: folder.path().join("chain.pem"),
            key: folder.path().join("key.pem"),
            allow_expired: false,
        };
        let rig = Rig {
            folder,
            files,
            own,
            ca: ca_pem,
            key: key.serialize_pem(),
        };
        rig.chain(&[&rig.own, &rig.ca]);
        rig.key(&rig.key);
        rig
    }

    fn chain(&self, parts: &[&str]) {
        fs::write(&self.files.cert, parts.concat()).unwrap();
    }

    fn key(&self, text: &str) {
        fs::write(&self.files.key, text).unwrap();
        mode(&self.files.key, 0o600);
    }

    fn refused(&self) -> Fatal {
        self.files.load(SystemTime::now()).unwrap_err()
    }
}

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_good_pair_says_who_it_is() {
    let rig = Rig::new();
    let pair = rig.files.load(SystemTime::now()).unwrap();
    assert_eq!(pair.facts.names, "desk.test");
    assert!(pair.facts.issuer.contains("Test CA"), "{}", pair.facts.issuer);
    assert_eq!(pair.facts.fingerprint.len(), 32 * 3 - 1);
    assert_eq!(pair.warnings, [""; 0]);
}

/// Each mistake ends with 78 and two lines of its own.
#[test]
fn every_mistake_has_its_own_words() {
    let mut seen = Vec::new();
    let mut mistake = |words: &str, spoil: &dyn Fn(&Rig)| {
        let rig = Rig::new();
        spoil(&rig);
        let fatal = rig.refused();
        assert_eq!(fatal.code(), 78, "{fatal}");
        assert_eq!(fatal.to_string().lines().count(), 2, "{fatal}");
        assert!(fatal.what.contains(words), "{words:?}: {fatal}");
        assert!(fatal.what.contains("tls."), "it names the setting: {fatal}");
        let without_path = fatal.what.replace(&rig.folder.path().display().to_string(), "");
        assert!(!seen.contains(&without_path), "{without_path}");
        seen.push(without_path);
    };
    mistake("does not exist", &|rig| fs::remove_file(&rig.files.cert).unwrap());
    mistake("key file", &|rig| fs::remove_file(&rig.files.key).unwrap());
    mistake("is a folder", &|rig| {
        fs::remove_file(&rig.files.cert).unwrap();
        fs::create_dir(&rig.files.cert).unwrap();
    });
    mistake("no certificate in the file", &|rig| rig.chain(&[&rig.key]));
    mistake("no private key in the file", &|rig| rig.key(&rig.own));
    mistake("does not belong to", &|rig| {
        rig.key(&KeyPair::generate().unwrap().serialize_pem());
    });
    mistake("the server's own stands at place 2", &|rig| {
        rig.chain(&[&rig.ca, &rig.own])
    });
    mistake("number 1 was issued by", &|rig| {
        rig.chain(&[&rig.own, &rig.own, &rig.ca])
    });
    mistake("encrypted with a passphrase", &|rig| {
        rig.key(&rig.key.replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY"));
    });
    mistake("read by everybody", &|rig| mode(&rig.files.key, 0o644));
    mistake("is larger than", &|rig| rig.chain(&[&"x".repeat(300 * 1024)]));
}

#[test]
fn dates_are_looked_at() {
    let now = SystemTime::now();
    let mut expired = Rig::lasting(now - 9 * DAY, now - DAY);
    let fatal = expired.refused();
    assert!(fatal.what.contains("expired on") && fatal.code() == 78, "{fatal}");
    assert!(fatal.fix.contains("--tls-allow-expired"), "{fatal}");
    expired.files.allow_expired = true;
    let loud = expired.files.load(now).unwrap().warnings;
    assert!(loud[0].starts_with("THE CERTIFICATE IS NOT GOOD"), "{loud:?}");

    let early = Rig::lasting(now + DAY, now + 9 * DAY).refused();
    assert!(early.what.contains("is not good before"), "{early}");

    let soon = Rig::lasting(now - DAY, now + 9 * DAY).files.load(now).unwrap();
    assert!(soon.warnings[0].contains("expires on"), "{:?}", soon.warnings);
}

#[test]
fn the_certificate_for_trials_is_made_once() {
    let data = tempfile::tempdir().unwrap();
    let listen = "192.0.2.7".parse().unwrap();
    let files = self_signed::files(data.path(), listen).unwrap();
    let first = files.load(SystemTime::now()).unwrap().facts;
    let again = self_signed::files(data.path(), listen).unwrap();
    let second = again.load(SystemTime::now()).unwrap().facts;
    assert_eq!(first, second);
    assert_eq!(fs::metadata(&files.key).unwrap().permissions().mode() & 0o777, 0o600);
    fs::write(&files.cert, "spoilt").unwrap();
    let third = self_signed::files(data.path(), listen)
        .unwrap()
        .load(SystemTime::now())
        .unwrap();
    assert_ne!(third.facts.fingerprint, first.fingerprint);
}
