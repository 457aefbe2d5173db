//! What is said of a provider, and what is wrong with it.

use std::{fs, os::unix::fs::PermissionsExt};

use super::*;

fn settings(kind: ProviderKind, url: &str) -> ProviderSettings {
    ProviderSettings {
        kind: Some(kind),
        url: url.into(),
        model: "a-model".into(),
        key: Secret::new("sk-canary"),
        ..ProviderSettings::default()
    }
}

#[test]
fn a_key_goes_over_tls_or_stays_near() {
    for (url, taken) in [
        ("", true),
        ("https://models.example.org/v1", true),
        ("http://127.0.0.1:11434", true),
        ("http://[::1]:11434/", true),
        ("http://192.168.1.7/v1/", true),
        ("http://localhost:8080/v1/", true),
        ("http://models.example.org/v1", false),
        ("http://169.254.169.254/", false),
        ("ftp://127.0.0.1/", false),
        ("https://me:secret@models.example.org/", false),
        ("https://models.example.org/v1?key=x", false),
        ("models.example.org", false),
    ] {
        let checked = settings(ProviderKind::OpenAi, url).check(false);
        assert_eq!(checked.is_ok(), taken, "{url}: {checked:?}");
        assert!(!format!("{checked:?}").contains("canary") && !format!("{checked:?}").contains("secret"));
    }
    assert!(
        settings(ProviderKind::OpenAi, "http://models.example.org/v1")
            .check(true)
            .is_ok()
    );
}

#[test]
fn a_provider_has_a_model_and_one_key() {
    let fine = settings(ProviderKind::Gemini, "");
    assert!(fine.check(false).is_ok());
    let without_key = ProviderSettings {
        key: Secret::default(),
        ..fine.clone()
    };
    assert!(without_key.check(false).is_err());
    let own = ProviderSettings {
        key: Secret::default(),
        ..settings(ProviderKind::OpenAi, "http://127.0.0.1:1/v1")
    };
    assert!(own.check(false).is_ok(), "a server of one's own may want none");
    assert!(
        ProviderSettings {
            kind: Some(ProviderKind::Ollama),
            ..without_key
        }
        .check(false)
        .is_ok()
    );
    assert!(
        ProviderSettings {
            model: String::new(),
            ..fine.clone()
        }
        .check(false)
        .is_err()
    );
    assert!(
        ProviderSettings {
            key_file: Some("x".into()),
            ..fine.clone()
        }
        .check(false)
        .is_err()
    );
    assert!(!format!("{fine:?}").contains("canary"), "{fine:?}");
}

#[test]
fn a_keys_file_is_read_if_others_may_not() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("key");
    let read = |text: &str, mode: u32| {
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let settings = ProviderSettings {
            key_file: Some(path.clone()),
            ..ProviderSettings::default()
        };
        settings
            .read_key()
            .map(|key| key.reveal().to_owned())
            .map_err(|fatal| fatal.what)
    };
    assert_eq!(read("sk-canary\n", 0o600).unwrap(), "sk-canary");
    for (text, mode) in [("", 0o600), ("two words", 0o600), ("sk-canary", 0o644)] {
        let refused = read(text, mode).unwrap_err();
        assert!(
            !refused.contains("canary") && !refused.contains("two words"),
            "{refused}"
        );
    }
}
