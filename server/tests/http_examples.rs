//! Every example of the description is sent to a server that has something of everything, and every writing route is asked twice
//! with one key. The list of routes is the description's own.

mod api;
mod rig;

use std::collections::BTreeMap;

use api::{Operation, operations};
use minicom_protocol::people::Role;
use reqwest::{Method, RequestBuilder};
use rig::{ALICE, Seed, Server, answer};
use serde_json::{Value, json};

const BASE: &str = "/api/v1/chat";

async fn story(seed: &Seed) {
    seed.agent("root@example.org", "Root", Role::Admin).await;
    let alice = seed.customer("alice", ALICE).await;
    seed.says(&alice, "hello").await;
}

/// A server, and what of it stands for the names in a path.
struct World {
    server: Server,
    /// Ids of things that were made by the collection's own example, by the collection's path.
    made: BTreeMap<String, String>,
    /// Counts what is fresh.
    fresh: u32,
}

impl World {
    async fn new() -> World {
        // It asks as fast as it can; what a customer may do in a second is tried elsewhere.
        let server = Server::with(
            |config| {
                config.rates.customer_burst = 1_000;
                config.rates.new_customers_per_loopback_address_per_min = 100_000;
            },
            story,
        )
        .await;
        let world = World {
            server,
            made: BTreeMap::new(),
            fresh: 0,
        };
        let account = json!({"email": "bo@example.org", "name": "Bo", "password": "correct horse battery"});
        let made = answer(world.server.post("/api/agents", &world.server.token, &account)).await;
        assert_eq!(made.0, 201, "{}", made.1);
        world
    }

    fn request(&self, operation: &Operation, path: &str) -> RequestBuilder {
        let request = self.server.bare(operation.method.clone(), path);
        match operation.is_public() {
            true => request,
            false => request.bearer_auth(&self.server.token),
        }
    }

    /// A conversation of its own, with its key; taken by the operator if `taken`.
    async fn session(&mut self, taken: bool) -> Option<(String, String)> {
        self.fresh += 1;
        let start = json!({"customer_name": format!("Guest {}", self.fresh), "message": "hello"});
        let request = self
            .server
            .bare(Method::POST, &format!("{BASE}/public/start"))
            .json(&start);
        let (status, body) = answer(request).await;
        if !(200..300).contains(&status) {
            return None;
        }
        let id = body["session_id"].as_str()?.to_owned();
        if taken {
            let path = format!("{BASE}/sessions/{id}/accept");
            answer(self.server.bare(Method::POST, &path).bearer_auth(&self.server.token)).await;
        }
        let key = body
            .as_object()?
            .iter()
            .find(|(name, _)| name.contains("key") || name.contains("secret"));
        let key = key.and_then(|(_, value)| value.as_str()).unwrap_or_default().to_owned();
        Some((id, key))
    }

    /// A path with what there is, and the proof that it wants besides the operator's; `None` if some of it there is not.
    async fn path(&mut self, operation: &Operation) -> Option<(String, Option<String>)> {
        let mut path = String::new();
        let mut key = None;
        for segment in operation.path.split('/').skip(1) {
            let value = match segment.strip_prefix('{') {
                None => segment.to_owned(),
                Some(_) => {
                    let (id, proof) = self.id_in(&path, operation).await?;
                    key = key.or(proof);
                    id
                }
            };
            path = format!("{path}/{value}");
        }
        Some((path, key))
    }

    /// Something in a collection.
    async fn id_in(&mut self, collection: &str, operation: &Operation) -> Option<(String, Option<String>)> {
        let name = collection.strip_prefix(BASE).unwrap_or(collection);
        match name {
            "/sessions" => {
                let taken = !operation.path.ends_with("/accept");
                return self.session(taken).await.map(|(id, _)| (id, None));
            }
            "/public/session" => return self.session(false).await.map(|(id, key)| (id, Some(key))),
            "/api/conversation" | "/chat" | "/agent/chat" => return Some(("alice".to_owned(), None)),
            "/api/agents" | "/agents" => return Some(("bo@example.org".to_owned(), None)),
            "/customers" => return Some((self.first_of(&format!("{BASE}/customers"), "customers").await?, None)),
            _ if name.ends_with("/messages") => {
                let list = answer(self.server.get(collection, &self.server.token)).await.1;
                let lines = list["messages"].as_array()?;
                return Some((lines.first()?["id"].to_string().trim_matches('"').to_owned(), None));
            }
            _ => {}
        }
        if name == "/blocked-networks" {
            let network = json!({"network": "203.0.113.0/24"});
            answer(self.server.post(collection, &self.server.token, &network)).await;
            return Some(("203.0.113.0%2F24".to_owned(), None));
        }
        if let Some(id) = self.made.get(collection) {
            return Some((id.clone(), None));
        }
        let maker = operations()
            .into_iter()
            .find(|it| it.method == Method::POST && it.path == collection)?;
        let example = maker.examples().into_iter().next().unwrap_or(json!({}));
        let (_, made) = answer(self.request(&maker, collection).json(&example)).await;
        let id = [
            "id",
            "tenant_id",
            "webhook_id",
            "ticket_id",
            "token_id",
            "group_id",
            "name",
            "shortcut",
        ]
        .iter()
        .find_map(|field| made[*field].as_str().map(str::to_owned))?;
        self.made.insert(collection.to_owned(), id.clone());
        Some((id, None))
    }

    async fn first_of(&self, path: &str, field: &str) -> Option<String> {
        let list = answer(self.server.get(path, &self.server.token)).await.1;
        list[field].as_array()?.first()?["id"].as_str().map(str::to_owned)
    }
}

/// What ends something comes after what makes and changes something; what ends the proof comes last.
fn in_order() -> Vec<Operation> {
    let mut all = operations();
    all.sort_by_key(|it| {
        let ends = it.method == Method::DELETE;
        let last = ["logout", "password", "totp"].iter().any(|word| it.path.contains(word));
        (last, ends, it.method != Method::POST, it.path.clone())
    });
    all
}

#[tokio::test]
async fn every_example_is_understood() {
    let mut world = World::new().await;
    let mut tried = 0;
    let mut failed = vec![];
    for operation in in_order().iter().filter(|it| it.has_body()) {
        let name = operation.name();
        let examples = operation.examples();
        for mut example in examples {
            if operation.path == format!("{BASE}/messages")
                && let Some((id, _)) = world.session(true).await
            {
                example["session_id"] = json!(id);
            }
            let Some((path, key)) = world.path(operation).await else {
                continue;
            };
            let mut request = world.request(operation, &path).json(&example);
            if let Some(key) = key {
                request = request.bearer_auth(key);
            }
            let (status, body) = answer(request).await;
            tried += 1;
            // Something may stand in the way by now; what must not be is that the example does not fit.
            let own = ["/login", "/password", "/confirm", "/disable"]
                .iter()
                .any(|end| operation.path.ends_with(end));
            // An agent's own password and second factor are not the operator's to change.
            let fits = (200..300).contains(&status)
                || [404, 409, 410].contains(&status)
                || (own && [401, 403].contains(&status));
            let documented = operation.value["responses"].get(status.to_string()).is_some();
            if !fits || !documented {
                failed.push(format!("{name}: {example} -> {status} {body}"));
            }
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    assert!(tried >= 20, "{tried}");
    world.server.stop().await.unwrap();
}

#[tokio::test]
async fn every_reading_route_answers_what_it_says() {
    let mut world = World::new().await;
    let mut failed = vec![];
    for operation in operations().iter().filter(|it| it.reads()) {
        let name = operation.name();
        let Some((path, key)) = world.path(operation).await else {
            continue;
        };
        let mut request = world.request(operation, &path);
        if let Some(key) = key {
            request = request.bearer_auth(key);
        }
        let (status, body) = answer(request).await;
        let documented = operation.value["responses"].get(status.to_string()).is_some();
        if !(status == 200 || [400, 404].contains(&status)) || !documented {
            failed.push(format!("{name} ({path}) -> {status} {body}"));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    world.server.stop().await.unwrap();
}

/// An example with another value in it, if it has one that can be another.
fn other(example: &Value) -> Option<Value> {
    let mut other = example.clone();
    let text = other.as_object_mut()?.values_mut().find(|it| it.is_string())?;
    *text = json!(format!("{}x", text.as_str()?));
    Some(other)
}

#[tokio::test]
async fn a_repeat_with_the_same_key_is_one_effect_and_one_answer() {
    let mut world = World::new().await;
    let (mut tried, mut conflicts) = (0, 0);
    let mut failed = vec![];
    for operation in in_order().iter().filter(|it| !it.reads()) {
        let name = operation.name();
        let keyed = operation.value["parameters"].to_string().contains("IdempotencyKey\"");
        let Some((path, proof)) = world.path(operation).await.filter(|_| keyed) else {
            continue;
        };
        let example = operation.examples().into_iter().next();
        let send = |body: Option<&Value>| {
            let mut request = world
                .request(operation, &path)
                .header("idempotency-key", format!("try {name}"));
            if let Some(proof) = &proof {
                request = request.bearer_auth(proof);
            }
            match body {
                Some(body) => request.json(body),
                None => request,
            }
        };
        let first = answer(send(example.as_ref())).await;
        if !(200..300).contains(&first.0) {
            continue;
        }
        tried += 1;
        let again = answer(send(example.as_ref())).await;
        let mut same = first.clone();
        if again.1.get("secret").is_none()
            && let Some(shown_once) = same.1.as_object_mut()
        {
            shown_once.remove("secret");
        }
        if again != same {
            failed.push(format!("{name}: {} {} then {} {}", first.0, first.1, again.0, again.1));
        }
        if let Some(other) = example.as_ref().and_then(other) {
            let (status, body) = answer(send(Some(&other))).await;
            conflicts += u32::from(body["code"] == "conflict");
            // What is refused before it is looked at is no effect either.
            if (200..300).contains(&status) {
                failed.push(format!("{name}: another request under the same key: {status} {body}"));
            }
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    assert!(tried >= 45 && conflicts >= 10, "{tried} {conflicts}");
    world.server.stop().await.unwrap();
}
