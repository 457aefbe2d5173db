use super::*;
use minicom_protocol::{
    people::Role,
    rest::{AgentAnswer, LoginAnswer},
};
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    sync::{Arc, Barrier},
};

fn server() -> ServerUrl {
    ServerUrl::parse("localhost:1", false).expect("an address")
}

fn name(text: &str) -> CustomerName {
    CustomerName::parse(text).expect("a name")
}

fn secret_of(state: &StateDir, tenant: &str, who: &str) -> Result<Secret, CredentialError> {
    let tenant = TenantId::parse(tenant).expect("a tenant");
    customer_secret(state, &server(), &tenant, &name(who))
}

fn only_file(dir: &Path) -> PathBuf {
    let mut files: Vec<PathBuf> = fs::read_dir(dir)
        .expect("a folder")
        .flatten()
        .map(|it| it.path())
        .collect();
    assert_eq!(files.len(), 1, "{files:?}");
    files.remove(0)
}

#[test]
fn a_secret_is_made_once_and_is_ones_own() {
    let dir = tempfile::tempdir().expect("a folder");
    let state = StateDir::at(dir.path().join("not/there/yet"));
    let alice = secret_of(&state, "default", "alice").expect("a secret");
    assert_eq!(alice.reveal().len(), 64);
    assert!(alice.reveal().bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')));
    assert_eq!(secret_of(&state, "default", "alice").expect("a secret"), alice);

    let file = only_file(&state.path().join("secrets"));
    let mode = |path: &Path| fs::metadata(path).expect("metadata").permissions().mode() & 0o777;
    assert_eq!((mode(&file), mode(file.parent().expect("a folder"))), (0o600, 0o700));
    let json: serde_json::Value = serde_json::from_slice(&fs::read(&file).expect("read")).expect("JSON");
    assert_eq!(
        (&json["server"], &json["name"]),
        (&"http://localhost:1".into(), &"alice".into())
    );

    for (tenant, who) in [("default", "Alice"), ("default", "bob"), ("other", "alice")] {
        assert_ne!(
            secret_of(&state, tenant, who).expect("a secret"),
            alice,
            "{tenant} {who}"
        );
    }
    assert!(!format!("{alice:?}").contains(alice.reveal()), "never printed");
}

#[test]
fn windows_that_start_at_once_have_the_same_secret() {
    for _ in 0..20 {
        let dir = tempfile::tempdir().expect("a folder");
        let state = StateDir::at(dir.path().join("state"));
        let start = Arc::new(Barrier::new(8));
        let windows: Vec<_> = (0..8)
            .map(|_| {
                let (state, start) = (state.clone(), start.clone());
                std::thread::spawn(move || {
                    start.wait();
                    secret_of(&state, "default", "alice").expect("a secret")
                })
            })
            .collect();
        let secrets: Vec<Secret> = windows.into_iter().map(|it| it.join().expect("no panic")).collect();
        assert!(secrets.iter().all(|secret| *secret == secrets[0]));
        only_file(&state.path().join("secrets"));
    }
}

#[test]
fn a_secret_that_others_can_read_is_refused_with_what_to_do() {
    let dir = tempfile::tempdir().expect("a folder");
    let state = StateDir::at(dir.path());
    let before = secret_of(&state, "default", "alice").expect("a secret");
    let file = only_file(&dir.path().join("secrets"));
    for mode in [0o644, 0o640, 0o602] {
        fs::set_permissions(&file, fs::Permissions::from_mode(mode)).expect("changed");
        let error = secret_of(&state, "default", "alice").expect_err("refused");
        assert!(matches!(error, CredentialError::Exposed { .. }), "{error}");
        assert!(error.to_string().contains("chmod 600"), "{error}");
    }
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).expect("changed");
    assert_eq!(secret_of(&state, "default", "alice").expect("a secret"), before);
}

#[test]
fn a_damaged_secret_is_never_replaced() {
    let dir = tempfile::tempdir().expect("a folder");
    let state = StateDir::at(dir.path());
    let secret = secret_of(&state, "default", "alice").expect("a secret");
    let file = only_file(&dir.path().join("secrets"));
    let whole = fs::read_to_string(&file).expect("read");
    let cases = [
        String::new(),
        whole[..whole.len() / 2].to_owned(),
        whole.replace(secret.reveal(), "abc"),
        whole.replace("alice", "mallory"),
        "x".repeat(20_000),
    ];
    for damaged in cases {
        fs::write(&file, &damaged).expect("written");
        let error = secret_of(&state, "default", "alice").expect_err("refused");
        assert!(matches!(error, CredentialError::Damaged { .. }), "{error}");
        assert_eq!(fs::read_to_string(&file).expect("read"), damaged);
    }
}

#[test]
fn a_folder_that_cannot_be_made_is_said_with_its_path() {
    let dir = tempfile::tempdir().expect("a folder");
    let file = dir.path().join("file");
    fs::write(&file, "").expect("written");
    let error = secret_of(&StateDir::at(&file), "default", "alice").expect_err("refused");
    assert!(matches!(error, CredentialError::Io { .. }), "{error}");
    assert!(error.to_string().contains("--state"), "{error}");
}

fn login(token: &str) -> LoginAnswer {
    LoginAnswer {
        token: token.to_owned(),
        expires_at: "2030-01-01T00:00:00Z".to_owned(),
        only_for: None,
        device: None,
        agent: AgentAnswer {
            id: "account".to_owned(),
            name: "Ada".to_owned(),
            email: "ada@example.test".to_owned(),
            role: Role::Admin,
        },
    }
}

fn profile(name: &str, tenant: &str) -> Profile {
    Profile {
        name: ProfileName::parse(name).expect("a name"),
        server: server(),
        tenant: TenantId::parse(tenant).expect("a tenant"),
        state: None,
    }
}

#[test]
fn an_agents_token_is_kept_by_profile_and_tenant() {
    let dir = tempfile::tempdir().expect("a folder");
    let state = StateDir::at(dir.path());
    let (work, home, acme) = (
        profile("work", "default"),
        profile("home", "default"),
        profile("home", "acme"),
    );
    let stored = |profile: &Profile| profile.token(&state).expect("readable");
    assert!(stored(&work).is_none());
    work.store(&state, &login("one")).expect("stored");
    work.store(&state, &login("two")).expect("stored");
    acme.store(&state, &login("four")).expect("stored");
    home.store(&state, &login("three")).expect("stored");
    let found = stored(&work).expect("stored");
    assert_eq!((found.token.reveal(), found.account.as_str()), ("two", "account"));
    assert_eq!(stored(&acme).expect("stored").token.reveal(), "four");
    acme.forget_token(&state).expect("forgotten");
    work.forget_token(&state).expect("forgotten");
    work.forget_token(&state).expect("once is enough");
    assert!(stored(&work).is_none() && stored(&acme).is_none() && stored(&home).is_some());
    let file = only_file(&dir.path().join("agents"));
    assert_eq!(
        fs::metadata(&file).expect("metadata").permissions().mode() & 0o777,
        0o600
    );
    fs::set_permissions(&file, fs::Permissions::from_mode(0o604)).expect("changed");
    assert!(home.token(&state).is_err());
}

#[test]
fn a_profile_remembers_where_it_is_and_the_device_stays_known_after_signing_out() {
    let dir = tempfile::tempdir().expect("a folder");
    let state = StateDir::at(dir.path());
    let work = profile("work", "acme");
    assert_eq!(Place::of(&state, &work.name).expect("readable"), None);
    let mut first = login("one");
    first.device = Some("mcd_1".to_owned());
    work.store(&state, &first).expect("stored");
    work.store(&state, &login("two")).expect("stored");
    work.forget_token(&state).expect("forgotten");
    assert!(work.token(&state).expect("readable").is_none());
    assert_eq!(work.device(&state).as_deref(), Some("mcd_1"));
    let place = Place::of(&state, &work.name).expect("readable").expect("remembered");
    assert_eq!(
        (place.server.as_str(), place.tenant.as_deref()),
        ("http://localhost:1", Some("acme"))
    );
}

#[test]
fn a_profiles_name_is_safe_in_a_files_name() {
    for bad in ["", "..", "a/b", "Work", "a b", "ä", &"a".repeat(41)] {
        assert!(ProfileName::parse(bad).is_err(), "{bad}");
    }
    assert!(ProfileName::parse("work-2_x").is_ok());
}

#[test]
fn the_local_agents_token_is_read_if_only_its_owner_can() {
    let dir = tempfile::tempdir().expect("a folder");
    assert!(local_agent_token(dir.path()).expect("no file").is_none());
    let file = dir.path().join(LOCAL_AGENT_TOKEN_FILE);
    fs::write(&file, "mca_token\n").expect("written");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).expect("changed");
    assert!(matches!(
        local_agent_token(dir.path()),
        Err(CredentialError::Exposed { .. })
    ));
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).expect("changed");
    let token = local_agent_token(dir.path()).expect("readable").expect("there");
    assert_eq!(token.reveal(), "mca_token");
}
