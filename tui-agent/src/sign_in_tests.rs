//! As whom the program connects.

use std::{fs, os::unix::fs::PermissionsExt};

use minicom_client::{Pin, ServerUrl, credentials::ProfileName};
use minicom_protocol::{
    people::Role,
    rest::{AgentAnswer, LoginAnswer},
};
use tempfile::TempDir;

use super::*;

struct Home {
    folder: TempDir,
    state: StateDir,
}

impl Home {
    fn new() -> Home {
        let folder = tempfile::tempdir().unwrap();
        let state = StateDir::at(folder.path().join("state"));
        Home { folder, state }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// What a server leaves in its data folder.
    fn local_token(&self, token: &str, mode: u32) {
        fs::create_dir_all(self.data()).unwrap();
        let path = self.data().join(credentials::LOCAL_AGENT_TOKEN_FILE);
        fs::write(&path, token).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    }

    fn stored(&self, server: &ServerUrl) {
        self.stored_as(server, "account-7", "mca_login");
    }

    fn stored_as(&self, server: &ServerUrl, account: &str, token: &str) {
        let agent = AgentAnswer {
            id: account.to_owned(),
            name: "Bo".to_owned(),
            email: "bo@desk.test".to_owned(),
            role: Role::Agent,
        };
        let login = LoginAnswer {
            token: token.to_owned(),
            expires_at: "2030-01-01T00:00:00Z".to_owned(),
            only_for: None,
            device: None,
            agent,
        };
        default_at(server).store(&self.state, &login).unwrap();
    }

    fn find(&self, server: &ServerUrl) -> Result<SignedIn, Failure> {
        find(&self.state, &default_at(server), Some(self.data()))
    }
}

fn default_at(server: &ServerUrl) -> Profile {
    Profile {
        name: ProfileName::default(),
        server: server.clone(),
        tenant: TenantId::default_tenant(),
        state: None,
    }
}

fn here() -> ServerUrl {
    ServerUrl::parse("http://127.0.0.1:8000", false).unwrap()
}

fn elsewhere() -> ServerUrl {
    ServerUrl::parse("http://desk.example:8000", true).unwrap()
}

#[test]
fn a_login_comes_first_then_the_file_of_a_server_on_this_computer() {
    let home = Home::new();
    home.local_token("mca_local\n", 0o600);
    let found = home.find(&here()).unwrap();
    assert_eq!(
        (found.token().reveal(), found.source),
        ("mca_local", Source::Local(home.data()))
    );
    home.stored(&here());
    let found = home.find(&here()).unwrap();
    assert_eq!((found.token().reveal(), found.source), ("mca_login", Source::Login));
    assert_eq!(found.identity, "account-7", "the outbox is the account's");
}

/// A server on this computer writes a new token at each of its starts, and a login while the program runs writes one too.
#[test]
fn no_call_is_made_with_a_token_that_was_replaced() {
    let home = Home::new();
    home.local_token("mca_first", 0o600);
    let found = home.find(&here()).unwrap();
    let files = found.seat();
    home.local_token("mca_second", 0o600);
    assert_eq!(found.token().reveal(), "mca_second");
    assert_eq!(found.api().token.reveal(), "mca_second");
    assert_eq!((files.bearer)().reveal(), "mca_second");
    fs::remove_file(home.data().join(credentials::LOCAL_AGENT_TOKEN_FILE)).unwrap();
    assert_eq!(
        found.api().token.reveal(),
        "mca_first",
        "it is away: what it refuses is told as ever"
    );
    home.stored(&here());
    let found = home.find(&here()).unwrap();
    home.stored_as(&here(), "account-7", "mca_newer");
    assert_eq!(found.api().token.reveal(), "mca_newer");
    home.stored_as(&here(), "account-8", "mca_other");
    assert_eq!(
        found.api().token.reveal(),
        "mca_login",
        "another account's is not taken"
    );
}

#[test]
fn the_local_file_is_for_a_server_on_this_computer_only() {
    let home = Home::new();
    home.local_token("mca_local", 0o600);
    let failure = home.find(&elsewhere()).unwrap_err();
    assert_eq!(failure.code, exit::NO_PERMISSION);
    assert!(
        failure
            .words
            .contains("minicom-agent login --server http://desk.example:8000"),
        "{failure}"
    );
    assert!(!failure.words.contains("--data"), "no file there could help: {failure}");
    home.stored(&elsewhere());
    assert_eq!(home.find(&elsewhere()).unwrap().token().reveal(), "mca_login");
    assert!(home.find(&here()).is_ok(), "each server has its own login");
}

#[test]
fn nobody_is_signed_in_and_is_told_how() {
    let home = Home::new();
    let failure = home.find(&here()).unwrap_err();
    assert_eq!(failure.code, 77);
    assert!(failure.words.contains("minicom-agent login"), "{failure}");
    assert!(failure.words.contains(&home.data().display().to_string()), "{failure}");
}

#[test]
fn a_token_that_others_can_read_is_not_used() {
    let home = Home::new();
    home.local_token("mca_local", 0o644);
    let failure = home.find(&here()).unwrap_err();
    assert_eq!(failure.code, 77);
    assert!(failure.words.contains("chmod 600"), "{failure}");
    assert!(!failure.words.contains("mca_local"), "{failure}");
}

#[test]
fn a_profile_is_an_account_of_its_own_and_not_the_local_one() {
    let home = Home::new();
    home.local_token("mca_local", 0o600);
    home.stored(&here());
    let work = Profile {
        name: ProfileName::parse("work").unwrap(),
        ..default_at(&here())
    };
    let failure = find(&home.state, &work, None).unwrap_err();
    assert!(failure.words.contains("--profile work"), "{failure}");
    // Who names the data folder means it.
    let found = find(&home.state, &work, Some(home.data())).unwrap();
    assert_eq!(found.token().reveal(), "mca_local");
}

fn pin() -> Pin {
    "ab".repeat(32).parse().unwrap()
}

fn tls() -> ServerUrl {
    let trust = Trust {
        ca: None,
        pin: Some(pin()),
    };
    let server = ServerUrl::parse("https://desk.example", false).unwrap();
    server.recognised_by(trust).unwrap()
}

#[test]
fn the_command_that_signs_in_has_all_that_is_needed_and_once_signed_in_no_more() {
    let work = Profile {
        name: ProfileName::parse("work").unwrap(),
        server: tls(),
        tenant: TenantId::parse("acme").unwrap(),
        state: None,
    };
    let expected = format!(
        "minicom-agent login --server https://desk.example:443 --pin {} --tenant acme --profile work",
        pin()
    );
    assert_eq!(command(&work, " login"), expected);
    assert_eq!(short_command(&work, " login"), "minicom-agent login --profile work");
    let nameless = default_at(&tls());
    assert_eq!(
        short_command(&nameless, ""),
        "minicom-agent --server https://desk.example:443"
    );
    assert_eq!(
        command(&default_at(&elsewhere()), ""),
        "minicom-agent --server http://desk.example:8000 --insecure-http"
    );
    assert_eq!(quoted("/tmp/my ca's.pem".as_ref()), r"'/tmp/my ca'\''s.pem'");
    // Tokens that are elsewhere would not be found without the folder.
    let elsewhere = |profile: &Profile| Profile {
        state: Some("/tmp/my tokens".into()),
        ..profile.clone()
    };
    let work = elsewhere(&work);
    assert_eq!(command(&work, " login"), format!("{expected} --state '/tmp/my tokens'"));
    assert_eq!(
        short_command(&work, " login"),
        "minicom-agent login --profile work --state '/tmp/my tokens'"
    );
    assert_eq!(
        short_command(&elsewhere(&nameless), ""),
        "minicom-agent --server https://desk.example:443 --state '/tmp/my tokens'"
    );
}

#[test]
fn what_signing_in_again_mends() {
    for (ended, expected) in [
        (Ended::SignedOut, true),
        (Ended::Refused(Refusal::TotpSetupRequired), true),
        (Ended::Refused(Refusal::NewPasswordRequired), true),
        (Ended::Refused(Refusal::Forbidden), false),
        (Ended::WrongSecret(minicom_client::Claim::default()), false),
    ] {
        assert_eq!(mends(&ended), expected, "{ended:?}");
    }
}
