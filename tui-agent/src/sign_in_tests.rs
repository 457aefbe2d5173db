//! As whom the program connects.

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use minicom_protocol::{
    people::Role,
    rest::{AgentAnswer, LoginAnswer},
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    task::JoinHandle,
};

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
        let agent = AgentAnswer {
            id: "account-7".to_owned(),
            name: "Bo".to_owned(),
            email: "bo@desk.test".to_owned(),
            role: Role::Agent,
        };
        let login = LoginAnswer {
            token: "mca_login".to_owned(),
            expires_at: "2030-01-01T00:00:00Z".to_owned(),
            agent,
        };
        credentials::store_agent_token(&self.state, server, PROFILE, &login).unwrap();
    }

    fn find(&self, server: &ServerUrl) -> Result<SignedIn, Failure> {
        find(&self.state, server, Some(self.data()))
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
        (found.token.reveal(), found.source),
        ("mca_local", Source::Local(home.data()))
    );
    home.stored(&here());
    let found = home.find(&here()).unwrap();
    assert_eq!((found.token.reveal(), found.source), ("mca_login", Source::Login));
    assert_eq!(found.identity, "account-7", "the outbox is the account's");
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
    assert_eq!(home.find(&elsewhere()).unwrap().token.reveal(), "mca_login");
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

/// A server that answers each call with the next of these; returns the requests.
async fn server(answers: Vec<(&'static str, String)>) -> (ServerUrl, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = ServerUrl::parse(&listener.local_addr().unwrap().to_string(), false).unwrap();
    let task = tokio::spawn(async move {
        let mut requests = Vec::new();
        for (status, body) in answers {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = Vec::new();
            // A login ends with its JSON, a logout has no body.
            let is_whole = |request: &[u8]| match request.starts_with(b"POST /api/agent/logout") {
                true => request.ends_with(b"\r\n\r\n"),
                false => request.ends_with(b"}"),
            };
            while !is_whole(&request) {
                assert_ne!(stream.read_buf(&mut request).await.unwrap(), 0);
            }
            let head = format!(
                "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                body.len()
            );
            stream.write_all((head + &body).as_bytes()).await.unwrap();
            requests.push(String::from_utf8(request).unwrap());
        }
        requests
    });
    (url, task)
}

fn signed_in() -> (&'static str, String) {
    let body = r#"{"token":"mca_new","expires_at":"2030-01-01T00:00:00Z","agent":{"id":"1","name":"Ada\u001b[2J","email":"ada@desk.test","role":"admin"}}"#;
    ("200 OK", body.to_owned())
}

#[tokio::test]
async fn a_login_is_kept_privately_and_a_logout_ends_it_on_both_sides() {
    let home = Home::new();
    let (url, requests) = server(vec![signed_in(), ("200 OK", "{}".to_owned())]).await;
    let told = login(&home.state, &url, "ada@desk.test", "seven lamps").await.unwrap();
    assert!(told.contains("Signed in") && told.contains("Ada"), "{told}");
    assert!(!told.contains('\u{1b}') && !told.contains("mca_new"), "{told:?}");
    assert_eq!(home.find(&url).unwrap().token.reveal(), "mca_new");
    for entry in fs::read_dir(home.state.path().join("agents")).unwrap() {
        let mode = entry.unwrap().metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0);
    }
    let told = logout(&home.state, &url).await.unwrap();
    assert!(told.contains("Signed out"), "{told}");
    assert_eq!(home.find(&url).unwrap_err().code, 77);
    let requests = requests.await.unwrap();
    assert!(
        requests[1].to_lowercase().contains("authorization: bearer mca_new"),
        "{}",
        requests[1]
    );
    assert!(logout(&home.state, &url).await.unwrap().contains("not signed in"));
}

#[tokio::test]
async fn what_goes_wrong_with_a_login_has_its_code_and_stores_nothing() {
    let refusal = |code: &str| format!(r#"{{"code":"{code}","message":"no","retryable":false,"retry_after_ms":2000}}"#);
    for (status, body, code, words) in [
        (
            "401 Unauthorized",
            refusal("sign_in"),
            77,
            "E-mail or password is wrong",
        ),
        ("429 Too Many Requests", refusal("rate_limited"), 69, "Try again in 2 s"),
        ("200 OK", "<html>".to_owned(), 69, "not a Minicom server"),
    ] {
        let home = Home::new();
        let (url, _requests) = server(vec![(status, body)]).await;
        let failure = login(&home.state, &url, "ada@desk.test", "seven lamps")
            .await
            .unwrap_err();
        assert_eq!(failure.code, code, "{failure}");
        assert!(failure.words.contains(words), "{failure}");
        assert!(!failure.words.contains("seven lamps"), "{failure}");
        assert!(!Path::new(&home.state.path().join("agents")).exists());
    }
}

#[tokio::test]
async fn a_logout_without_the_server_forgets_the_token_here_and_says_so() {
    let home = Home::new();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = ServerUrl::parse(&listener.local_addr().unwrap().to_string(), false).unwrap();
    drop(listener);
    home.stored(&url);
    let told = logout(&home.state, &url).await.unwrap();
    assert!(told.contains("good until 2030-01-01T00:00:00Z"), "{told}");
    assert_eq!(home.find(&url).unwrap_err().code, 77);
}
