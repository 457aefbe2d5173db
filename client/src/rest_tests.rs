use super::*;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

/// Answers one request with this status and body; returns the request.
async fn answer(status: &'static str, body: &'static str) -> (ServerUrl, tokio::task::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let addr = listener.local_addr().expect("an address");
    let server = ServerUrl::parse(&addr.to_string(), false).expect("an address");
    let task = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("a connection");
        let mut request = Vec::new();
        // A logout has no body, and a reading has none.
        let bare = |request: &[u8]| request.starts_with(b"POST /api/agent/logout") || request.starts_with(b"GET ");
        let end = |request: &[u8]| match bare(request) {
            true => request.ends_with(b"\r\n\r\n"),
            false => request.ends_with(b"}"),
        };
        while !end(&request) {
            let mut buffer = [0; 1024];
            let read = stream.read(&mut buffer).await.expect("read");
            assert_ne!(read, 0, "the request ended early");
            request.extend_from_slice(&buffer[..read]);
        }
        let answer = format!(
            "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(answer.as_bytes()).await.expect("written");
        String::from_utf8(request).expect("text")
    });
    (server, task)
}

fn desk() -> TenantId {
    TenantId::default_tenant()
}

fn asked() -> LoginRequest {
    LoginRequest {
        email: "a".to_owned(),
        password: "b".to_owned(),
        ..LoginRequest::default()
    }
}

#[tokio::test]
async fn a_login_brings_a_token() {
    let body = r#"{"token":"mca_x","expires_at":"2030-01-01T00:00:00Z","agent":{"id":"1","name":"Ada","email":"a@b","role":"admin"}}"#;
    let (server, request) = answer("200 OK", body).await;
    let asked = LoginRequest {
        email: "ada@example.test".to_owned(),
        password: "pass".to_owned(),
        tenant: Some("acme".to_owned()),
        ..LoginRequest::default()
    };
    let answer = login(&server, &asked).await.expect("signed in");
    assert_eq!((answer.token.as_str(), answer.agent.name.as_str()), ("mca_x", "Ada"));
    let request = request.await.expect("a request");
    assert!(request.starts_with("POST /api/agent/login HTTP/1.1\r\n"), "{request}");
    assert!(
        request.ends_with(r#"{"email":"ada@example.test","password":"pass","tenant":"acme"}"#),
        "{request}"
    );
}

#[tokio::test]
async fn a_refusal_comes_with_its_code_and_anything_else_is_no_minicom() {
    let refusal = r#"{"code":"sign_in","message":"no","retryable":false}"#;
    for body in [
        refusal,
        r#"{"error":{"code":"sign_in","message":"no","retryable":false}}"#,
    ] {
        let (server, _request) = answer("401 Unauthorized", body).await;
        let error = login(&server, &asked()).await.err().expect("refused");
        assert!(matches!(error, LoginError::Refused(Refusal::SignIn)), "{error}");
    }
    for (status, body) in [("200 OK", "<html>"), ("404 Not Found", "<html>"), ("302 Found", "")] {
        let (server, _request) = answer(status, body).await;
        let error = login(&server, &asked()).await.err().expect("strange");
        assert!(matches!(error, LoginError::Strange { .. }), "{error}");
        assert!(error.to_string().contains(&status[..3]), "{error}");
    }
}

#[tokio::test]
async fn nobody_there_is_said_with_the_address() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let addr = listener.local_addr().expect("an address");
    drop(listener);
    let server = ServerUrl::parse(&addr.to_string(), false).expect("an address");
    let error = login(&server, &asked()).await.err().expect("unreachable").to_string();
    assert!(
        error.contains(&addr.to_string()) && error.to_lowercase().contains("refused"),
        "{error}"
    );
}

#[tokio::test]
async fn a_logout_names_the_token_in_a_header_and_needs_no_good_one() {
    let token = Secret::new("mca_x");
    let (server, request) = answer("204 No Content", "").await;
    logout(&server, &desk(), &token).await.expect("signed out");
    let request = request.await.expect("a request");
    assert!(request.starts_with("POST /api/agent/logout HTTP/1.1\r\n"), "{request}");
    assert!(request.contains("authorization: Bearer mca_x\r\n"), "{request}");
    let refusal = r#"{"code":"sign_in","message":"no","retryable":false}"#;
    let (server, _request) = answer("401 Unauthorized", refusal).await;
    logout(&server, &desk(), &token)
        .await
        .expect("it was good for nothing anyway");
    let (server, _request) = answer("500 Internal Server Error", "").await;
    assert!(
        logout(&server, &desk(), &token).await.is_err(),
        "the token is still good"
    );
}

#[tokio::test]
async fn admins_are_told_addresses() {
    let body = r#"{"agents":[{"id":"1","name":"Ada","email":"ada@example.test","role":"admin","enabled":true,"has_password":false,"created_at":"2030-01-01T00:00:00Z"}]}"#;
    let (server, request) = answer("200 OK", body).await;
    let told = accounts(&server, &desk(), &Secret::new("mca_x"))
        .await
        .expect("accounts");
    assert_eq!((told.len(), told[0].agent.email.as_str()), (1, "ada@example.test"));
    let request = request.await.expect("a request");
    assert!(request.starts_with("GET /api/agents HTTP/1.1\r\n"), "{request}");
    assert!(request.contains("authorization: Bearer mca_x"), "{request}");
    let refusal = r#"{"error":{"code":"forbidden","message":"no","retryable":false}}"#;
    let (server, _request) = answer("403 Forbidden", refusal).await;
    let refused = accounts(&server, &desk(), &Secret::new("mca_x")).await;
    assert!(matches!(refused, Err(LoginError::Refused(Refusal::Forbidden))));
}
