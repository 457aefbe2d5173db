//! Accounts over HTTP: admins manage them, and what they do bites at once.

mod rig;

use minicom_protocol::people::Role;
use reqwest::Method;
use rig::{PASSWORD, Server, answer};
use serde_json::json;

const OTHER: &str = "nine boats and a wet rope";

#[tokio::test]
async fn an_admin_makes_lists_and_changes_accounts() {
    let server = Server::start().await;
    let new = json!({"email": "Bo@X.org", "name": "Bo", "password": PASSWORD});
    let (status, made) = answer(server.post("/api/agents", &server.token, &new)).await;
    assert_eq!(
        (status, &made["email"], &made["role"]),
        (201, &json!("bo@x.org"), &json!("agent")),
        "{made}"
    );
    assert!(!made.to_string().contains(PASSWORD) && !made.to_string().contains("argon2"));

    let (_, all) = answer(server.get("/api/agents/", &server.token)).await;
    let names: Vec<_> = all["agents"].as_array().unwrap().iter().map(|it| &it["name"]).collect();
    assert_eq!(names, ["Ada", "Bo"]);
    assert_eq!(
        (&all["agents"][0]["has_password"], &all["agents"][1]["has_password"]),
        (&json!(false), &json!(true))
    );

    let change = |body| {
        server
            .bare(Method::PATCH, "/api/agents/bo@x.org")
            .bearer_auth(&server.token)
            .json(&body)
    };
    let token = server.login("bo@x.org").await;
    assert_eq!(answer(server.get("/api/agent/dashboard", &token)).await.0, 200);
    let (status, disabled) = answer(change(json!({"enabled": false}))).await;
    assert_eq!((status, &disabled["enabled"]), (200, &json!(false)));
    assert_eq!(answer(server.get("/api/agent/dashboard", &token)).await.0, 401);
    assert_eq!(
        answer(change(json!({"enabled": true, "name": "Bo B."}))).await.1["name"],
        "Bo B."
    );

    let token = server.login("bo@x.org").await;
    // The same by POST, for those who cannot PATCH; and with the address escaped.
    let path = "/api/agents/bo%40x.org/";
    assert_eq!(
        answer(server.post(path, &server.token, &json!({"password": OTHER})))
            .await
            .0,
        200
    );
    assert_eq!(answer(server.get("/api/agent/dashboard", &token)).await.0, 401);
    let old = json!({"email": "bo@x.org", "password": PASSWORD});
    assert_eq!(
        answer(server.bare(Method::POST, "/api/agent/login").json(&old)).await.0,
        401
    );
    server.stop().await.unwrap();
}

#[tokio::test]
async fn what_is_not_taken_says_why() {
    let server = Server::over(async |seed| {
        seed.agent("bo@x.org", "Bo", Role::Agent).await;
    })
    .await;
    let post = |body| server.post("/api/agents", &server.token, &body);
    let patch = |email: &str, body| {
        let path = format!("/api/agents/{email}");
        server.bare(Method::PATCH, &path).bearer_auth(&server.token).json(&body)
    };
    for (request, status, code) in [
        (
            post(json!({"email": "bo@x.org", "name": "Bo", "password": PASSWORD})),
            409,
            "exists",
        ),
        (post(json!({"email": "nothing", "name": "Bo"})), 400, "bad_email"),
        (
            post(json!({"email": "eve@x.org", "name": "Eve", "password": "short"})),
            400,
            "weak_password",
        ),
        (post(json!({"email": "eve@x.org", "name": ""})), 400, "bad_field"),
        (
            post(json!({"email": "eve@x.org", "name": "E\u{1b}[2J"})),
            400,
            "bad_field",
        ),
        (
            post(json!({"email": "eve@x.org", "name": "Eve", "role": "king"})),
            400,
            "bad_field",
        ),
        (patch("nobody@x.org", json!({"enabled": false})), 404, "not_found"),
        (patch("%ff", json!({"enabled": false})), 400, "bad_field"),
        (patch("admin@localhost", json!({"enabled": false})), 409, "last_admin"),
        (
            patch("bo@x.org", json!({"password": "Password123!"})),
            400,
            "weak_password",
        ),
    ] {
        let (found, body) = answer(request).await;
        assert_eq!((found, &body["code"]), (status, &json!(code)), "{body}");
    }
    let (_, all) = answer(server.get("/api/agents", &server.token)).await;
    assert_eq!(all["agents"].as_array().unwrap().len(), 2);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn agents_manage_nobody() {
    let server = Server::over(async |seed| {
        seed.agent("bo@x.org", "Bo", Role::Agent).await;
    })
    .await;
    let bo = server.login("bo@x.org").await;
    for request in [
        server.get("/api/agents", &bo),
        server.post(
            "/api/agents",
            &bo,
            &json!({"email": "eve@x.org", "name": "Eve", "role": "admin"}),
        ),
        server.post("/api/agents/bo@x.org", &bo, &json!({"enabled": false})),
    ] {
        let (status, body) = answer(request).await;
        assert_eq!((status, &body["code"]), (403, &json!("forbidden")), "{body}");
    }
    server.stop().await.unwrap();
}

#[tokio::test]
async fn the_local_token_is_renewed_when_its_admin_gets_a_password() {
    let server = Server::start().await;
    let path = "/api/agents/admin@localhost";
    assert_eq!(
        answer(server.post(path, &server.token, &json!({"password": PASSWORD})))
            .await
            .0,
        200
    );
    assert_eq!(answer(server.get("/api/agents", &server.token)).await.0, 401);
    let fresh = std::fs::read_to_string(server.data().join("local-agent.token")).unwrap();
    assert_eq!(answer(server.get("/api/agents", fresh.trim())).await.0, 200);
    server.stop().await.unwrap();
}
