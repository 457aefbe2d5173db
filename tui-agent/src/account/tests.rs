//! Signing in as a person does it, against a server that answers as it is told.

use std::{collections::VecDeque, fs, os::unix::fs::PermissionsExt};

use minicom_client::{ServerUrl, credentials::ProfileName};
use minicom_protocol::ids::TenantId;
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    task::JoinHandle,
};

use super::*;

/// Somebody with these answers, in order; hears what is told.
struct Script {
    answers: VecDeque<&'static str>,
    is_person: bool,
    asked: Vec<String>,
    told: String,
}

fn answering(answers: &[&'static str]) -> Script {
    Script {
        answers: answers.iter().copied().collect(),
        is_person: true,
        asked: vec![],
        told: String::new(),
    }
}

impl Ask for Script {
    fn line(&mut self, question: &str) -> Result<String, Failure> {
        self.asked.push(question.to_owned());
        Ok(self
            .answers
            .pop_front()
            .unwrap_or_else(|| panic!("asked too much: {question}"))
            .to_owned())
    }

    fn secret(&mut self, question: &str) -> Result<String, Failure> {
        self.line(question)
    }

    fn tell(&mut self, text: &str) -> Result<(), Failure> {
        self.told.push_str(text);
        Ok(())
    }

    fn is_person(&self) -> bool {
        self.is_person
    }
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

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request).to_lowercase();
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    body.len() >= length.map_or(0, |length| length.parse().unwrap())
}

fn account(home: &TempDir, url: &ServerUrl) -> Account {
    Account {
        state: StateDir::at(home.path().join("state")),
        profile: Profile {
            name: ProfileName::default(),
            server: url.clone(),
            tenant: TenantId::default_tenant(),
            state: None,
        },
        ascii: false,
    }
}

fn signed_in(token: &str, more: &str) -> (&'static str, String) {
    let agent = r#"{"id":"1","name":"Ada\u001b[2J","email":"ada@desk.test","role":"admin"}"#;
    let body = format!(r#"{{"token":"{token}","expires_at":"2030-01-01T00:00:00Z",{more}"agent":{agent}}}"#);
    ("200 OK", body)
}

fn refusal(code: &str) -> String {
    format!(r#"{{"code":"{code}","message":"no","retryable":false,"retry_after_ms":2000}}"#)
}

#[tokio::test]
async fn a_login_is_kept_privately_and_a_logout_ends_it_on_both_sides() {
    let home = tempfile::tempdir().unwrap();
    let (url, requests) = server(vec![signed_in("mca_new", ""), ("204 No Content", String::new())]).await;
    let account = account(&home, &url);
    let told = account
        .login(None, &mut answering(&["ada@desk.test", "seven lamps"]))
        .await
        .unwrap();
    assert!(told.contains("Signed in") && told.contains("Ada"), "{told}");
    assert!(!told.contains('\u{1b}') && !told.contains("mca_new"), "{told:?}");
    assert_eq!(account.token().unwrap().reveal(), "mca_new");
    for entry in fs::read_dir(account.state.path().join("agents")).unwrap() {
        let mode = entry.unwrap().metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0);
    }
    let told = account.logout().await.unwrap();
    assert!(told.contains("Signed out"), "{told}");
    assert_eq!(account.token().unwrap_err().code, 77);
    let requests = requests.await.unwrap();
    assert!(requests[0].contains(r#""label":"minicom-agent "#), "{}", requests[0]);
    assert!(
        requests[1].to_lowercase().contains("authorization: bearer mca_new"),
        "{}",
        requests[1]
    );
    assert!(account.logout().await.unwrap().contains("not signed in"));
}

#[tokio::test]
async fn what_goes_wrong_with_a_login_has_its_code_and_stores_nothing() {
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
        let home = tempfile::tempdir().unwrap();
        let (url, _requests) = server(vec![(status, body)]).await;
        let account = account(&home, &url);
        let email = Some("ada@desk.test".to_owned());
        let mut program = Script {
            is_person: false,
            ..answering(&["seven lamps"])
        };
        let failure = account.login(email, &mut program).await.unwrap_err();
        assert_eq!(failure.code, code, "{failure}");
        assert!(failure.words.contains(words), "{failure}");
        assert!(!failure.words.contains("seven lamps"), "{failure}");
        assert!(!account.state.path().join("agents").exists());
    }
}

const WRONG: &str = "E-mail or password is wrong";

#[tokio::test]
async fn a_slip_at_the_password_is_told_and_asked_again() {
    let home = tempfile::tempdir().unwrap();
    let wrong = || ("401 Unauthorized", refusal("sign_in"));
    let (url, requests) = server(vec![wrong(), signed_in("mca_new", "")]).await;
    let mut person = answering(&["", "seven lmaps", "seven lamps"]);
    let email = Some("ada@desk.test".to_owned());
    account(&home, &url).login(email, &mut person).await.unwrap();
    assert_eq!(person.asked, ["Password: "; 3]);
    assert!(person.told.contains("The password is empty.\n"), "{}", person.told);
    assert!(person.told.contains(WRONG), "{}", person.told);
    let requests = requests.await.unwrap();
    assert!(requests[1].contains("seven lamps"), "{}", requests[1]);
}

#[tokio::test]
async fn an_address_that_was_asked_for_is_asked_for_again_when_it_may_be_what_was_wrong() {
    let home = tempfile::tempdir().unwrap();
    let (url, requests) = server(vec![("401 Unauthorized", refusal("sign_in")), signed_in("mca_new", "")]).await;
    let mut person = answering(&["aad@desk.test", "", "seven lamps", "ada@desk.test", "seven lamps"]);
    account(&home, &url).login(None, &mut person).await.unwrap();
    assert_eq!(
        person.asked,
        ["E-mail: ", "Password: ", "Password: ", "E-mail: ", "Password: "]
    );
    let requests = requests.await.unwrap();
    assert!(requests[1].contains("ada@desk.test"), "{}", requests[1]);
}

#[tokio::test]
async fn after_three_slips_nobody_is_asked_any_more() {
    let home = tempfile::tempdir().unwrap();
    let wrong = || ("401 Unauthorized", refusal("sign_in"));
    let (url, _requests) = server(vec![wrong(), wrong()]).await;
    let mut person = answering(&["one", "", "three"]);
    let email = Some("ada@desk.test".to_owned());
    let account = account(&home, &url);
    let failure = account.login(email, &mut person).await.unwrap_err();
    assert_eq!((failure.code, person.asked.len()), (77, 3), "{failure}");
    assert!(failure.words.contains(WRONG), "{failure}");
    assert_eq!(person.told.matches(WRONG).count(), 1, "the last is the program's end");
    assert!(!account.state.path().join("agents").exists());
}

#[test]
fn who_leaves_a_question_for_a_secret_is_not_told_of_a_missing_terminal() {
    use std::io::{Error, ErrorKind};
    for kind in [ErrorKind::UnexpectedEof, ErrorKind::Interrupted] {
        let failure = ask::no_secret(&Error::from(kind));
        assert_eq!(
            (failure.code, failure.words.as_str()),
            (130, "stopped before it was done")
        );
    }
    let failure = ask::no_secret(&Error::from(ErrorKind::NotFound));
    assert!(
        failure.code == 2 && failure.words.contains("--password-stdin"),
        "{failure}"
    );
}

#[tokio::test]
async fn a_program_is_not_asked_again() {
    let home = tempfile::tempdir().unwrap();
    let (url, _requests) = server(vec![]).await;
    let mut program = Script {
        is_person: false,
        ..answering(&["ada@desk.test", ""])
    };
    let failure = account(&home, &url).login(None, &mut program).await.unwrap_err();
    assert_eq!((failure.code, failure.words.as_str()), (2, "the password is empty"));
}

#[tokio::test]
async fn a_code_is_asked_for_when_the_server_wants_one_and_again_when_it_was_wrong() {
    let home = tempfile::tempdir().unwrap();
    let (url, requests) = server(vec![
        ("401 Unauthorized", refusal("totp_required")),
        ("401 Unauthorized", refusal("totp_wrong")),
        signed_in("mca_new", ""),
    ])
    .await;
    let mut person = answering(&["ada@desk.test", "seven lamps", "111111", "222222"]);
    account(&home, &url).login(None, &mut person).await.unwrap();
    assert!(person.told.contains("wrong, too old"), "{}", person.told);
    let requests = requests.await.unwrap();
    assert!(!requests[0].contains("totp"), "{}", requests[0]);
    assert!(requests[1].contains(r#""totp":"111111""#) && requests[2].contains(r#""totp":"222222""#));
}

#[tokio::test]
async fn who_comes_by_an_admins_code_sets_a_password_and_a_second_factor_before_anything_is_kept() {
    let home = tempfile::tempdir().unwrap();
    let secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
    let started = format!(r#"{{"secret":"{secret}","otpauth_uri":"otpauth://totp/x?secret={secret}"}}"#);
    let (_, full) = signed_in("mca_full", "");
    let confirmed = format!(r#"{{"recovery_codes":["abcd-efgh-jkmn-pqrs"],"sign_in":{full}}}"#);
    let (url, requests) = server(vec![
        signed_in("mca_code", r#""only_for":"new_password","device":"mcd_1","#),
        ("400 Bad Request", refusal("weak_password")),
        signed_in("mca_setup", r#""only_for":"totp_setup","#),
        ("200 OK", started),
        ("200 OK", confirmed),
    ])
    .await;
    let account = account(&home, &url);
    let mut person = answering(&[
        "ada@desk.test",
        "abcd-efgh-jkmn-pqrs",
        "one",
        "other",
        "weak",
        "weak",
        "nine boats",
        "nine boats",
        "123456",
    ]);
    account.login(None, &mut person).await.unwrap();
    assert_eq!(account.token().unwrap().reveal(), "mca_full");
    assert_eq!(account.profile.device(&account.state).as_deref(), Some("mcd_1"));
    let told = &person.told;
    assert!(
        told.contains("They differ") && told.contains(secret) && told.contains('█'),
        "{told}"
    );
    assert!(told.contains("abcd-efgh-jkmn-pqrs"), "{told}");
    let requests = requests.await.unwrap();
    for (request, token) in [(1, "mca_code"), (2, "mca_code"), (3, "mca_setup"), (4, "mca_setup")] {
        assert!(requests[request].contains(token), "{}", requests[request]);
    }
}

#[tokio::test]
async fn a_sign_in_is_ended_by_the_beginning_of_its_id() {
    let home = tempfile::tempdir().unwrap();
    let row = |id: &str, label: &str, current: bool| {
        format!(
            r#"{{"id":"{id}","kind":"login","label":"{label}","scope":"admin","last_used_at":"2026-11-21T10:00:00Z","expires_at":"2026-12-21T10:00:00Z","current":{current}}}"#
        )
    };
    let list = format!(
        r#"{{"tokens":[{},{}]}}"#,
        row("11aa-1", "here", true),
        row("11bb-2", "phone\\u202e", false)
    );
    let ok = |body: &str| ("200 OK", body.to_owned());
    let (url, requests) = server(vec![ok(&list), ok(&list), ok(&list), ("204 No Content", String::new())]).await;
    let account = account(&home, &url);
    let token = Secret::new("mca_x");
    let table = account.sign_ins(&token).await.unwrap();
    assert!(
        table.contains("11aa-1") && table.contains("(this one)") && !table.contains('\u{202e}'),
        "{table}"
    );
    let failure = account.revoke(&token, "11").await.unwrap_err();
    assert_eq!(failure.code, 65, "{failure}");
    assert!(account.revoke(&token, "11b").await.unwrap().contains("phone"));
    let requests = requests.await.unwrap();
    assert!(
        requests[3].starts_with("DELETE /api/v1/chat/tokens/11bb-2 "),
        "{}",
        requests[3]
    );
}

#[tokio::test]
async fn a_logout_without_the_server_forgets_the_token_here_and_says_so() {
    let home = tempfile::tempdir().unwrap();
    let (url, requests) = server(vec![signed_in("mca_new", "")]).await;
    let account = account(&home, &url);
    account
        .login(None, &mut answering(&["ada@desk.test", "seven lamps"]))
        .await
        .unwrap();
    requests.await.unwrap();
    let told = account.logout().await.unwrap();
    assert!(told.contains("good until 2030-01-01T00:00:00Z"), "{told}");
    assert_eq!(account.token().unwrap_err().code, 77);
}
