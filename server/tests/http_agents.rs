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

const AGENTS: &str = "/api/v1/chat/agents";

#[tokio::test]
async fn an_account_is_named_by_id_or_address_and_all_of_it_can_be_changed() {
    let server = Server::start().await;
    let new = json!({"email": "bo@x.org", "name": "Bo", "password": PASSWORD});
    let with_key = || {
        server
            .post(AGENTS, &server.token, &new)
            .header("idempotency-key", "one")
    };
    let (status, made) = answer(with_key()).await;
    assert_eq!(status, 201, "{made}");
    assert_eq!(
        answer(with_key()).await.1["id"],
        made["id"],
        "a repeat is answered as it was"
    );
    let id = made["id"].as_str().unwrap();
    let change = |named: &str, body: serde_json::Value| {
        answer(
            server
                .bare(Method::PATCH, &format!("{AGENTS}/{named}"))
                .bearer_auth(&server.token)
                .json(&body),
        )
    };
    let body = json!({"name": "Bo B.", "role": "admin", "skills": ["german", "billing"], "capacity": 2, "email": "Bo.B@x.org"});
    let (status, changed) = change(id, body).await;
    assert_eq!(status, 200, "{changed}");
    assert_eq!(changed["skills"], json!(["billing", "german"]));
    assert_eq!(
        (&changed["role"], &changed["email"], &changed["capacity"]),
        (&json!("admin"), &json!("bo.b@x.org"), &json!(2))
    );
    let (_, changed) = change("bo.b@x.org", json!({"capacity": null})).await;
    assert_eq!(
        (&changed["capacity"], &changed["name"]),
        (&json!(null), &json!("Bo B."))
    );
    assert_eq!(change(id, json!({"capacity": 0})).await.1["code"], "bad_field");
    assert_eq!(
        change(id, json!({"email": "admin@localhost"})).await.1["code"],
        "exists"
    );
    assert_eq!(change("bo@x.org", json!({})).await.0, 404);

    // The last admin stays one, by whatever way.
    assert_eq!(change("bo.b@x.org", json!({"role": "agent"})).await.0, 200);
    assert_eq!(
        change("admin@localhost", json!({"role": "agent"})).await.1["code"],
        "last_admin"
    );
    assert_eq!(
        change("admin@localhost", json!({"enabled": false})).await.1["code"],
        "last_admin"
    );

    let (_, log) = answer(server.get("/api/v1/chat/audit?action=agent", &server.token)).await;
    let actions: Vec<&str> = log["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["action"].as_str().unwrap())
        .collect();
    assert_eq!(
        actions,
        ["agent.changed", "agent.changed", "agent.changed", "agent.made"]
    );
    assert_eq!(log["entries"][3]["actor"]["by"], "operator");
    assert!(!log.to_string().contains(PASSWORD));
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_deleted_agent_has_no_name_no_address_and_no_way_in_and_is_in_no_group() {
    let server = Server::over(async |seed| {
        seed.agent("bo@x.org", "Bo", Role::Admin).await;
    })
    .await;
    let bo = server.login("bo@x.org").await;
    let (_, all) = answer(server.get(AGENTS, &server.token)).await;
    let id = all["agents"][1]["id"].as_str().unwrap().to_owned();
    let delete = |named: &str| {
        answer(
            server
                .bare(Method::DELETE, &format!("{AGENTS}/{named}"))
                .bearer_auth(&server.token),
        )
    };
    let (status, deleted) = delete("bo@x.org").await;
    assert_eq!((status, &deleted["id"]), (200, &json!(id)), "{deleted}");
    assert_eq!(answer(server.get("/api/agent/dashboard", &bo)).await.0, 401);
    let login = json!({"email": "bo@x.org", "password": PASSWORD});
    assert_eq!(
        answer(server.bare(Method::POST, "/api/agent/login").json(&login))
            .await
            .0,
        401
    );
    let (_, all) = answer(server.get(AGENTS, &server.token)).await;
    assert_eq!(all["agents"].as_array().unwrap().len(), 1, "{all}");
    for named in ["bo@x.org", &id] {
        assert_eq!(delete(named).await.0, 404);
    }
    let again = json!({"email": "bo@x.org", "name": "Another Bo", "password": PASSWORD});
    let (status, made) = answer(server.post(AGENTS, &server.token, &again)).await;
    assert_eq!(status, 201, "the address is free: {made}");
    assert_ne!(made["id"], json!(id));
    assert_eq!(delete("admin@localhost").await.1["code"], "last_admin");
    server.stop().await.unwrap();
}

#[tokio::test]
async fn colleagues_see_each_other_without_addresses_and_admins_read_the_log_by_pages() {
    let server = Server::over(async |seed| {
        seed.agent("bo@x.org", "Bo", Role::Agent).await;
        seed.agent("eve@x.org", "Eve", Role::Admin).await;
    })
    .await;
    let (bo, eve) = (server.login("bo@x.org").await, server.login("eve@x.org").await);
    let (status, all) = answer(server.get(AGENTS, &bo)).await;
    assert_eq!((status, &all["agents"][0]["presence"]), (200, &json!("offline")));
    assert!(!all.to_string().contains("@"), "{all}");
    assert_eq!(answer(server.get(&format!("{AGENTS}/eve@x.org"), &bo)).await.0, 404);
    assert_eq!(answer(server.get("/api/v1/chat/audit", &bo)).await.0, 403);
    let new = json!({"tenant_id": "other"});
    assert_eq!(
        answer(server.post("/api/v1/chat/tenants", &server.token, &new)).await.0,
        201
    );

    let read = |token: &str, query: &str| answer(server.get(&format!("/api/v1/chat/audit?{query}"), token));
    let (mut seen, mut cursor) = (vec![], String::new());
    loop {
        let (status, page) = read(&eve, &format!("action=agent&limit=1{cursor}")).await;
        assert_eq!(status, 200, "{page}");
        seen.extend(
            page["entries"]
                .as_array()
                .unwrap()
                .iter()
                .map(|it| it["object"].clone()),
        );
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen, [json!("eve@x.org"), json!("bo@x.org")]);
    assert_eq!(
        read(&eve, "action=tenant").await.1["entries"],
        json!([]),
        "other tenants are the operator's"
    );
    assert_eq!(
        read(&server.token, "action=tenant.made").await.1["entries"][0]["object"],
        "other"
    );
    assert_eq!(read(&eve, "since=2999-01-01").await.1["entries"], json!([]));
    assert_eq!(read(&eve, "actor=nobody@x.org").await.1["entries"], json!([]));
    for bad in ["limit=0", "limit=x", "since=soon"] {
        assert_eq!(read(&eve, bad).await.1["code"], "bad_field", "{bad}");
    }
    assert_eq!(read(&eve, "cursor=x").await.1["code"], "bad_cursor");
    server.stop().await.unwrap();
}
