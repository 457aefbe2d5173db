//! Signing in over HTTP: tokens, passwords, second factors; and how long a sign-in lasts.

mod rig;

use minicom_protocol::{command::AgentCommand, people::Role, settings::DeskSettings};
use minicom_server::{
    auth::totp::TotpSecret,
    order::{Caller, Order, Who},
};
use reqwest::Method;
use rig::{PASSWORD, Seed, Server, answer};
use serde_json::{Value, json};

const OTHER: &str = "nine boats and a wet rope";
const BASE: &str = "/api/v1/chat";

async fn people(seed: &Seed) {
    seed.agent("bo@desk.test", "Bo", Role::Agent).await;
    seed.agent("cy@desk.test", "Cy", Role::Admin).await;
}

/// The desk asks everybody for a second factor.
async fn strict(seed: &Seed) {
    people(seed).await;
    let settings = DeskSettings {
        require_totp: true,
        ..DeskSettings::default()
    };
    let who = Who::Agent {
        agent: seed.agent("di@desk.test", "Di", Role::Admin).await,
        role: Role::Admin,
    };
    let order = Order::Agent(AgentCommand::Configure {
        settings: Box::new(settings),
    });
    let caller = Caller::new(seed.tenant.clone(), who);
    let id = minicom_protocol::ids::CommandId(uuid::Uuid::now_v7());
    seed.desk.submit(&caller, id, order).await.unwrap();
}

struct Api(Server);

impl Api {
    async fn over(fill: impl AsyncFnOnce(&Seed)) -> Api {
        Api(Server::over(fill).await)
    }

    async fn ask(&self, method: Method, path: &str, token: &str, body: Value) -> (u16, Value) {
        let mut request = self.0.bare(method, &format!("{BASE}{path}")).bearer_auth(token);
        if !body.is_null() {
            request = request.json(&body);
        }
        answer(request).await
    }

    async fn post(&self, path: &str, token: &str, body: Value) -> (u16, Value) {
        self.ask(Method::POST, path, token, body).await
    }

    async fn get(&self, path: &str, token: &str) -> (u16, Value) {
        self.ask(Method::GET, path, token, Value::Null).await
    }

    async fn login(&self, body: Value) -> (u16, Value) {
        answer(self.0.bare(Method::POST, &format!("{BASE}/login")).json(&body)).await
    }

    /// The token of a login that succeeds.
    async fn token(&self, email: &str, password: &str) -> String {
        let (status, answer) = self.login(json!({"email": email, "password": password})).await;
        assert_eq!(status, 200, "{answer}");
        text(&answer["token"])
    }

    async fn is_good(&self, token: &str) -> bool {
        self.get("/whoami", token).await.0 == 200
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value}")).to_owned()
}

fn code(answer: &(u16, Value)) -> (u16, &str) {
    (answer.0, answer.1["code"].as_str().unwrap_or_default())
}

/// The code that an app would show so many seconds from now.
fn app(secret: &str, seconds: i64) -> String {
    let bytes = totp_rs::Secret::try_from_base32(secret).unwrap();
    let now = jiff::Timestamp::now().as_second() + seconds;
    TotpSecret::from_bytes(bytes.as_bytes()).unwrap().code(now as u64)
}

#[tokio::test]
async fn a_sign_in_is_listed_by_its_device_and_revoked_by_its_id() {
    let api = Api::over(people).await;
    let (_, phone) = api
        .login(json!({"email": "bo@desk.test", "password": PASSWORD, "tenant_id": "default", "label": "phone"}))
        .await;
    let phone = text(&phone["token"]);
    let desk = api.token("bo@desk.test", PASSWORD).await;

    let (status, listed) = api.get("/tokens", &desk).await;
    assert_eq!(status, 200, "{listed}");
    let rows = listed["tokens"].as_array().unwrap();
    assert_eq!(rows.len(), 2);
    assert!(!listed.to_string().contains("mca_"), "a token is shown once");
    let row = rows.iter().find(|row| row["label"] == "phone").unwrap();
    assert_eq!(
        (row["kind"].as_str(), row["current"].as_bool()),
        (Some("login"), Some(false))
    );
    assert_eq!(row["last_address"], "127.0.0.1");
    assert!(row["idle_ends_at"].is_string());

    let path = format!("/tokens/{}", text(&row["id"]));
    assert_eq!(api.ask(Method::DELETE, &path, &desk, Value::Null).await.0, 204);
    assert!(!api.is_good(&phone).await);
    assert!(api.is_good(&desk).await);
    let again = api.ask(Method::DELETE, &path, &desk, Value::Null).await;
    assert_eq!(code(&again), (404, "not_found"));
}

#[tokio::test]
async fn somebody_elses_tokens_are_for_admins() {
    let api = Api::over(people).await;
    let (bo, cy) = (
        api.token("bo@desk.test", PASSWORD).await,
        api.token("cy@desk.test", PASSWORD).await,
    );
    let (_, own) = api.get("/tokens", &cy).await;
    let of_cy = format!("/tokens/{}", text(&own["tokens"][0]["id"]));
    for path in ["/tokens?agent_id=cy@desk.test", "/tokens?agent_id=nobody@desk.test"] {
        assert_eq!(code(&api.get(path, &bo).await), (403, "forbidden"), "{path}");
    }
    let unknown = api
        .ask(
            Method::DELETE,
            &format!("/tokens/{}", uuid::Uuid::new_v4()),
            &bo,
            Value::Null,
        )
        .await;
    let hers = api.ask(Method::DELETE, &of_cy, &bo, Value::Null).await;
    assert_eq!(
        (unknown.0, unknown.1["code"].clone(), unknown.1["message"].clone()),
        (hers.0, hers.1["code"].clone(), hers.1["message"].clone())
    );
    assert!(api.is_good(&cy).await);

    let (_, his) = api.get("/tokens?agent_id=bo@desk.test", &cy).await;
    let of_bo = format!("/tokens/{}", text(&his["tokens"][0]["id"]));
    assert_eq!(api.ask(Method::DELETE, &of_bo, &cy, Value::Null).await.0, 204);
    assert!(!api.is_good(&bo).await);
}

#[tokio::test]
async fn a_programs_token_may_what_its_scope_says_and_no_more() {
    let api = Api::over(people).await;
    let cy = api.token("cy@desk.test", PASSWORD).await;
    let make = async |by: &str, scope: &str| {
        api.post("/tokens", by, json!({"label": "a script", "scope": scope}))
            .await
    };
    let read = text(&make(&cy, "read").await.1["token"]);
    let write = text(&make(&cy, "write").await.1["token"]);
    let (status, made) = make(&cy, "admin").await;
    assert_eq!((status, made["kind"].as_str()), (201, Some("machine")), "{made}");
    assert!(made["idle_ends_at"].is_null(), "a program may stand idle");
    let admin = text(&made["token"]);

    for (token, scope, reads, writes, manages) in [
        (&read, "read", 200, 403, 403),
        (&write, "write", 200, 201, 403),
        (&admin, "admin", 200, 201, 200),
    ] {
        assert_eq!(api.get("/queue/stats", token).await.0, reads, "{scope}");
        assert_eq!(make(token, "read").await.0, writes, "{scope}");
        let accounts = answer(api.0.get("/api/agents", token)).await;
        assert_eq!(accounts.0, manages, "{scope}");
        assert_eq!(api.get("/whoami", token).await.1["scope"], scope);
        // How a person signs in is no program's business.
        let password = api
            .post(
                "/password",
                token,
                json!({"old_password": PASSWORD, "new_password": OTHER}),
            )
            .await;
        assert_eq!(code(&password), (403, "forbidden"), "{scope}");
        assert_eq!(
            code(&api.post("/totp/start", token, Value::Null).await),
            (403, "forbidden"),
            "{scope}"
        );
    }
    assert_eq!(
        code(&make(&write, "admin").await),
        (403, "forbidden"),
        "not above its maker's"
    );
    let bo = api.token("bo@desk.test", PASSWORD).await;
    assert_eq!(
        code(&make(&bo, "admin").await),
        (403, "forbidden"),
        "an agent is no admin"
    );
    assert_eq!(make(&bo, "write").await.0, 201);
    for (days, label) in [(0, "x"), (367, "x"), (1, " ")] {
        let bad = json!({"label": label, "scope": "read", "expires_in_days": days});
        assert_eq!(code(&api.post("/tokens", &cy, bad).await), (400, "bad_field"));
    }
}

#[tokio::test]
async fn the_repeat_of_a_made_token_gives_the_same_one_and_makes_no_other() {
    let api = Api::over(people).await;
    let cy = api.token("cy@desk.test", PASSWORD).await;
    let body = json!({"label": "a script", "scope": "read"});
    let make = async |key: &str, body: &Value| {
        let request = api
            .0
            .post(&format!("{BASE}/tokens"), &cy, body)
            .header("idempotency-key", key);
        answer(request).await
    };
    let first = make("once", &body).await;
    assert_eq!(first.0, 201, "{}", first.1);
    assert_eq!(make("once", &body).await, first);
    assert_ne!(make("twice", &body).await.1["token"], first.1["token"]);
    assert_eq!(make("once", &json!({"label": "other", "scope": "read"})).await.0, 409);
    assert_eq!(api.get("/tokens", &cy).await.1["tokens"].as_array().unwrap().len(), 3);
    assert!(api.is_good(&text(&first.1["token"])).await);
}

#[tokio::test]
async fn a_new_password_ends_everything_else_and_needs_the_old_one() {
    let api = Api::over(people).await;
    let (here, there) = (
        api.token("bo@desk.test", PASSWORD).await,
        api.token("bo@desk.test", PASSWORD).await,
    );
    let (_, program) = api.post("/tokens", &here, json!({"label": "x", "scope": "read"})).await;
    let program = text(&program["token"]);
    let change = async |old: &str, new: &str| {
        api.post("/password", &here, json!({"old_password": old, "new_password": new}))
            .await
    };
    assert_eq!(code(&change("seven lamps", OTHER).await), (400, "bad_field"));
    assert_eq!(code(&change(PASSWORD, "Password123!").await), (400, "weak_password"));
    assert!(api.is_good(&here).await && api.is_good(&there).await);

    let (status, changed) = change(PASSWORD, OTHER).await;
    assert_eq!(status, 200, "{changed}");
    for old in [&here, &there, &program] {
        assert!(!api.is_good(old).await);
    }
    assert!(api.is_good(&text(&changed["token"])).await);
    assert_eq!(
        code(&api.login(json!({"email": "bo@desk.test", "password": PASSWORD})).await),
        (401, "sign_in")
    );
    api.token("bo@desk.test", OTHER).await;
}

#[tokio::test]
async fn an_admins_code_is_good_once_and_for_a_new_password_alone() {
    let api = Api::over(people).await;
    let (bo, cy) = (
        api.token("bo@desk.test", PASSWORD).await,
        api.token("cy@desk.test", PASSWORD).await,
    );
    let path = "/agents/bo@desk.test/reset-code";
    assert_eq!(code(&api.post(path, &bo, Value::Null).await), (403, "forbidden"));
    let stale = text(&api.post(path, &cy, Value::Null).await.1["code"]);
    let (status, made) = api.post(path, &cy, Value::Null).await;
    assert_eq!(status, 201, "{made}");
    let reset = text(&made["code"]);
    assert_eq!(
        code(&api.post("/agents/nobody@desk.test/reset-code", &cy, Value::Null).await),
        (404, "not_found")
    );
    assert!(api.is_good(&bo).await, "until there is a new password");

    let login = async |password: &str| api.login(json!({"email": "bo@desk.test", "password": password})).await;
    assert_eq!(
        code(&login(&stale).await),
        (401, "sign_in"),
        "an earlier code has ended"
    );
    let (status, limited) = login(&reset.to_uppercase().replace('-', " ")).await;
    assert_eq!(
        (status, limited["only_for"].as_str()),
        (200, Some("new_password")),
        "{limited}"
    );
    assert_eq!(code(&login(&reset).await), (401, "sign_in"), "good once");
    let limited = text(&limited["token"]);
    for path in ["/tokens", "/queue/stats"] {
        assert_eq!(
            code(&api.get(path, &limited).await),
            (403, "new_password_required"),
            "{path}"
        );
    }
    assert_eq!(
        code(&api.post("/totp/start", &limited, Value::Null).await),
        (403, "new_password_required")
    );
    assert_eq!(api.get("/whoami", &limited).await.1["only_for"], "new_password");

    let (status, changed) = api.post("/password", &limited, json!({"new_password": OTHER})).await;
    assert_eq!(status, 200, "{changed}");
    assert!(!api.is_good(&bo).await && !api.is_good(&limited).await);
    assert_eq!(api.get("/queue/stats", &text(&changed["token"])).await.0, 200);
}

#[tokio::test]
async fn a_second_factor_is_asked_for_and_its_codes_are_good_once() {
    let api = Api::over(people).await;
    let bo = api.token("bo@desk.test", PASSWORD).await;
    let (status, started) = api.post("/totp/start", &bo, Value::Null).await;
    assert_eq!(status, 200, "{started}");
    let secret = text(&started["secret"]);
    assert!(text(&started["otpauth_uri"]).contains(&secret));
    api.token("bo@desk.test", PASSWORD).await;
    assert_eq!(
        code(&api.post("/totp/confirm", &bo, json!({"totp": "000000x"})).await),
        (401, "totp_wrong")
    );
    let first = app(&secret, -30);
    let (status, confirmed) = api.post("/totp/confirm", &bo, json!({"totp": first})).await;
    assert_eq!(status, 200, "{confirmed}");
    let recovery: Vec<String> = confirmed["recovery_codes"]
        .as_array()
        .unwrap()
        .iter()
        .map(text)
        .collect();
    assert_eq!(recovery.len(), 8);
    assert!(api.is_good(&bo).await && confirmed["sign_in"].is_null());

    let login = async |totp: Option<&str>| {
        api.login(json!({"email": "bo@desk.test", "password": PASSWORD, "totp": totp}))
            .await
    };
    assert_eq!(code(&login(None).await), (401, "totp_required"));
    assert_eq!(
        code(&login(Some(&first)).await),
        (401, "totp_wrong"),
        "taken when it was confirmed"
    );
    let now = app(&secret, 0);
    assert_eq!(login(Some(&now)).await.0, 200);
    assert_eq!(code(&login(Some(&now)).await), (401, "totp_wrong"), "good once");
    let wrong = api
        .login(json!({"email": "bo@desk.test", "password": OTHER, "totp": app(&secret, 30)}))
        .await;
    assert_eq!(
        code(&wrong),
        (401, "sign_in"),
        "nothing about codes without the password"
    );
    assert_eq!(login(Some(&recovery[0])).await.0, 200);
    assert_eq!(code(&login(Some(&recovery[0])).await), (401, "totp_wrong"), "good once");
    assert_eq!(api.get("/whoami", &bo).await.1["recovery_codes_left"], 7);

    assert_eq!(code(&api.post("/totp/start", &bo, Value::Null).await), (409, "exists"));
    assert_eq!(
        code(&api.post("/totp/disable", &bo, json!({"totp": first})).await),
        (401, "totp_wrong")
    );
    assert_eq!(
        api.post("/totp/disable", &bo, json!({"totp": recovery[1]})).await.0,
        204
    );
    api.token("bo@desk.test", PASSWORD).await;
}

#[tokio::test]
async fn a_desk_that_asks_for_a_second_factor_gets_one_before_anything_else() {
    let api = Api::over(strict).await;
    let (status, limited) = api.login(json!({"email": "bo@desk.test", "password": PASSWORD})).await;
    assert_eq!(
        (status, limited["only_for"].as_str()),
        (200, Some("totp_setup")),
        "{limited}"
    );
    let limited = text(&limited["token"]);
    assert_eq!(
        code(&api.get("/queue/stats", &limited).await),
        (403, "totp_setup_required")
    );
    let change = api
        .post(
            "/password",
            &limited,
            json!({"old_password": PASSWORD, "new_password": OTHER}),
        )
        .await;
    assert_eq!(code(&change), (403, "totp_setup_required"));
    let secret = text(&api.post("/totp/start", &limited, Value::Null).await.1["secret"]);
    let (status, confirmed) = api
        .post("/totp/confirm", &limited, json!({"totp": app(&secret, -30)}))
        .await;
    assert_eq!(status, 200, "{confirmed}");
    assert!(!api.is_good(&limited).await, "a token never grows");
    let full = text(&confirmed["sign_in"]["token"]);
    assert_eq!(api.get("/queue/stats", &full).await.0, 200);
    let disable = api.post("/totp/disable", &full, json!({"totp": app(&secret, 0)})).await;
    assert_eq!(code(&disable), (403, "totp_setup_required"));
    // A program's token is not asked for one.
    let (_, program) = api.post("/tokens", &full, json!({"label": "x", "scope": "read"})).await;
    assert_eq!(api.get("/queue/stats", &text(&program["token"])).await.0, 200);
    // Whoever has lost the app asks somebody who manages the desk.
    let operator = api.0.token.clone();
    assert_eq!(
        api.ask(Method::DELETE, "/agents/bo@desk.test/totp", &operator, Value::Null)
            .await
            .0,
        204
    );
    let (_, again) = api.login(json!({"email": "bo@desk.test", "password": PASSWORD})).await;
    assert_eq!(again["only_for"], "totp_setup");
}

#[tokio::test]
async fn asking_for_a_second_factor_holds_for_those_who_are_signed_in_at_once() {
    let api = Api::over(people).await;
    let (bo, cy) = (
        api.token("bo@desk.test", PASSWORD).await,
        api.token("cy@desk.test", PASSWORD).await,
    );
    let (_, program) = api.post("/tokens", &cy, json!({"label": "x", "scope": "write"})).await;
    let program = text(&program["token"]);
    let secret = text(&api.post("/totp/start", &cy, Value::Null).await.1["secret"]);
    assert_eq!(
        api.post("/totp/confirm", &cy, json!({"totp": app(&secret, 0)})).await.0,
        200
    );
    // A feed that is open, of one who has only a password; and of those who go on.
    let feed = async |token: &str| {
        api.0
            .get(&format!("{BASE}/events?follow=true"), token)
            .send()
            .await
            .unwrap()
    };
    let mut open = feed(&bo).await;
    assert_eq!(open.status(), 200);
    let (mut programs, mut cys) = (feed(&program).await, feed(&cy).await);

    let (status, told) = api
        .ask(Method::PATCH, "/settings", &cy, json!({"require_totp": true}))
        .await;
    assert_eq!(status, 200, "{told}");
    assert_eq!(code(&api.get("/queue/stats", &bo).await), (403, "totp_setup_required"));
    let ended = async {
        let mut last = String::new();
        while let Some(bytes) = open.chunk().await.unwrap() {
            last = String::from_utf8_lossy(&bytes).into_owned();
        }
        last
    };
    let last = tokio::time::timeout(std::time::Duration::from_secs(10), ended).await;
    assert!(last.unwrap().contains("totp_setup_required"));
    for token in [&cy, &program] {
        assert_eq!(api.get("/queue/stats", token).await.0, 200);
    }
    assert!(programs.chunk().await.unwrap().is_some() && cys.chunk().await.unwrap().is_some());

    let secret = text(&api.post("/totp/start", &bo, Value::Null).await.1["secret"]);
    let (status, confirmed) = api.post("/totp/confirm", &bo, json!({"totp": app(&secret, 0)})).await;
    assert_eq!(status, 200, "{confirmed}");
    assert_eq!(
        api.get("/queue/stats", &text(&confirmed["sign_in"]["token"])).await.0,
        200
    );
    // Who loses it is where the others were.
    assert_eq!(
        api.ask(Method::DELETE, "/agents/cy@desk.test/totp", &api.0.token, Value::Null)
            .await
            .0,
        204
    );
    assert_eq!(code(&api.get("/queue/stats", &cy).await), (403, "totp_setup_required"));
}

#[tokio::test]
async fn what_signs_in_is_nowhere_on_the_disk_as_it_is() {
    let api = Api::over(people).await;
    let cy = api.token("cy@desk.test", PASSWORD).await;
    let (_, made) = api.post("/tokens", &cy, json!({"label": "x", "scope": "read"})).await;
    let reset = text(&api.post("/agents/bo@desk.test/reset-code", &cy, Value::Null).await.1["code"]);
    let secret = text(&api.post("/totp/start", &cy, Value::Null).await.1["secret"]);
    let (_, confirmed) = api.post("/totp/confirm", &cy, json!({"totp": app(&secret, 0)})).await;
    let recovery = text(&confirmed["recovery_codes"][0]);
    let raw = totp_rs::Secret::try_from_base32(&secret).unwrap().as_bytes().to_vec();
    let mut needles: Vec<(&str, Vec<u8>)> = vec![("the second factor", raw)];
    for (what, secret) in [("a login", &cy), ("a program's token", &text(&made["token"]))] {
        let hexadecimal = secret.trim_start_matches("mca_").as_bytes().to_vec();
        let bytes = hexadecimal
            .chunks(2)
            .map(|two| u8::from_str_radix(std::str::from_utf8(two).unwrap(), 16).unwrap());
        needles.push((what, bytes.collect()));
        needles.push((what, hexadecimal));
    }
    for (what, secret) in [
        ("a code", &reset),
        ("a recovery code", &recovery),
        ("the second factor", &secret),
    ] {
        needles.push((what, secret.as_bytes().to_vec()));
        needles.push((what, secret.replace('-', "").into_bytes()));
    }
    let data = api.0.data();
    for entry in std::fs::read_dir(&data).unwrap() {
        let path = entry.unwrap().path();
        let Ok(bytes) = std::fs::read(&path) else { continue };
        for (what, needle) in &needles {
            let found = bytes.windows(needle.len()).any(|window| window == needle);
            assert!(!found, "{what} is in {}", path.display());
        }
    }
}
