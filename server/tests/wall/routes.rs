//! Every route, asked by everybody who may not.

use std::{collections::BTreeMap, fmt::Write as _};

use reqwest::Method;
use serde_json::Value;

use crate::{
    api::{Operation, operations},
    rows::{Ask, Least, Names, Row, row},
    state::of_tenant,
    world::{A, B, CLOSED, Desk, Ids, MARK, NOWHERE, World},
};

/// Somebody who asks.
struct Caller<'a> {
    name: &'static str,
    bearer: &'a str,
    tenant: &'static str,
    /// What the bearer is good for in that tenant; nothing is more than what anybody may.
    may: Least,
    /// Whether it is of the tenant whose things are looked at.
    inside: bool,
    own: &'a Ids,
}

impl Caller<'_> {
    fn may_ask(&self, row: &Row, method: &Method) -> bool {
        let reads = *method == Method::GET || row.own_sign_in;
        match row.least {
            Least::Anybody => true,
            Least::Customer => self.may == Least::Customer,
            Least::Agent => matches!(self.may, Least::Agent | Least::Admin) || self.may == READER && reads,
            Least::Admin => self.may == Least::Admin,
            Least::Operator => false,
        }
    }
}

impl Caller<'_> {
    /// Whether somebody of the tenant may name what is so; `may`: ask the route at all.
    fn may_name(&self, names: Names, may: bool) -> bool {
        match names {
            Names::Nothing | Names::Tenants | Names::Page | Names::Makes => may,
            Names::Persons => false,
            Names::Agents => may && self.may == Least::Admin,
            Names::Customers => may || matches!(self.may, Least::Agent | Least::Admin | READER),
        }
    }
}

/// A token that may look and not touch. Nobody is the operator here.
const READER: Least = Least::Operator;

fn own_of(desk: &Desk, may: Least) -> &Ids {
    match may {
        Least::Agent => &desk.agents_ids,
        _ => &desk.ids,
    }
}

fn callers(world: &World) -> Vec<Caller<'_>> {
    let World { a, b, .. } = world;
    let outside = |name, bearer, tenant, may| Caller {
        name,
        bearer,
        tenant,
        may,
        inside: false,
        own: own_of(b, may),
    };
    let inside = |name, bearer, may| Caller {
        name,
        bearer,
        tenant: A,
        may,
        inside: true,
        own: own_of(a, may),
    };
    let nothing = Least::Anybody;
    vec![
        outside("an admin of another tenant", &b.admin, B, Least::Admin),
        outside("an agent of another tenant", &b.agent, B, Least::Agent),
        outside("an admin of another tenant who names this one", &b.admin, A, nothing),
        outside("a customer of another tenant", &b.key, B, Least::Customer),
        outside("a customer of another tenant who names this one", &b.key, A, nothing),
        outside("nobody", "", A, nothing),
        outside("nobody, of another tenant", "", B, nothing),
        outside("an admin of a disabled tenant", &world.closed, CLOSED, nothing),
        inside("a disabled agent", &world.disabled, nothing),
        inside("an agent who signed out", &world.revoked, nothing),
        inside("a token for reading", &world.reader, READER),
        inside("another agent", &a.agent, Least::Agent),
        inside("an admin", &a.admin, Least::Admin),
        inside("another customer", &a.other_key, Least::Customer),
    ]
}

/// All of an answer that may be compared: what tells the time, the request and the rate is not.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Told {
    status: u16,
    headers: BTreeMap<String, String>,
    body: String,
}

/// Asks with this bearer in this tenant; in the answer the ids stand by their names.
async fn told(world: &World, (bearer, tenant): (&str, &str), method: &Method, ask: &Ask, ids: &Ids) -> Told {
    let mut request = world.server.bare(method.clone(), &ask.path);
    request = request.header("x-minicom-tenant", tenant);
    if !bearer.is_empty() {
        request = request.bearer_auth(bearer);
    }
    if let Some(body) = &ask.body {
        request = request.json(body);
    }
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    // Tag and length are of the body as it was before its ids were named and its counters left out.
    let counted = [
        "date",
        "etag",
        "content-length",
        "x-request-id",
        "ratelimit",
        "ratelimit-policy",
        "retry-after",
    ];
    let headers = answer
        .headers()
        .iter()
        .filter(|(name, _)| !counted.contains(&name.as_str()));
    let headers = headers
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
        .collect();
    let body = ids.hidden_in(&answer.text().await.unwrap());
    let body = match serde_json::from_str::<Value>(&body) {
        // How much is not found yet is another number a moment later.
        Ok(Value::Object(mut fields)) if status >= 400 || fields.contains_key("behind") => {
            fields.remove("request_id");
            fields.remove("behind");
            Value::Object(fields).to_string()
        }
        _ => body,
    };
    Told { status, headers, body }
}

impl Told {
    fn allowed(&self) -> bool {
        self.status < 400
    }
}

struct Wall<'a> {
    world: &'a World,
    tried: usize,
    holes: Vec<String>,
}

impl Wall<'_> {
    fn hole(&mut self, caller: &Caller<'_>, operation: &Operation, ask: &Ask, what: &str) {
        let body = ask.body.as_ref().map_or(String::new(), Value::to_string);
        let what: String = what.chars().take(2_000).collect();
        self.holes.push(format!(
            "{}: {} {} {body}\n    {what}",
            caller.name, operation.method, ask.path
        ));
    }

    async fn tried(&mut self, caller: &Caller<'_>, operation: &Operation, row: &Row) {
        // Signing in looks at no token, and so many tries would be too many.
        if operation.path.ends_with("/login") && !caller.bearer.is_empty() {
            return;
        }
        let may = caller.may_ask(row, &operation.method);
        for make in &row.asks {
            let real = make(operation, &self.world.a.ids, caller.own);
            if caller.inside && caller.may_name(real.names, may) {
                continue;
            }
            let (method, by) = (&operation.method, (caller.bearer, caller.tenant));
            self.tried += 1;
            // What was not named in the question is nothing that the answer repeats.
            let named = match real.names {
                Names::Nothing => &Ids::default(),
                _ => &self.world.a.ids,
            };
            let found = told(self.world, by, method, &real, named).await;
            let fine = real.names == Names::Page || real.names == Names::Nothing && may;
            if found.allowed() && !fine {
                self.hole(
                    caller,
                    operation,
                    &real,
                    &format!("allowed: {} {}", found.status, found.body),
                );
            }
            if let Some(leak) = leaked(&self.world.a.ids, &found.body).filter(|_| found.allowed() || !caller.inside) {
                self.hole(caller, operation, &real, &format!("tells {leak}: {}", found.body));
            }
            if real.names == Names::Nothing {
                continue;
            }
            let unknown = make(operation, &self.world.unknown, caller.own);
            let absent = told(self.world, by, method, &unknown, &self.world.unknown).await;
            let codes = ["not_found", "bad_cursor", "reset", "sign_in", "forbidden"];
            let code = |told: &Told| serde_json::from_str::<Value>(&told.body).map(|it| it["code"].clone());
            let for_its_ids = code(&absent).is_ok_and(|it| codes.contains(&it.as_str().unwrap_or_default()));
            if real.names != Names::Page && !for_its_ids {
                let what = format!("refused for something else: {} {}", absent.status, absent.body);
                self.hole(caller, operation, &real, &what);
            }
            if found != absent {
                let what = format!("told apart:\n      there:     {found:?}\n      not there: {absent:?}");
                self.hole(caller, operation, &real, &what);
            }
        }
    }
}

/// What stands in an answer of the tenant that it is kept from.
fn leaked(ids: &Ids, body: &str) -> Option<String> {
    if body.contains(MARK) {
        return Some(format!("a word of the tenant ({MARK})"));
    }
    let found = ids.named().into_iter().find(|(_, id)| body.contains(id));
    found.map(|(name, id)| format!("{name} {id}"))
}

fn rows() -> Vec<(Operation, Row)> {
    let mut missing = String::new();
    let mut found = vec![];
    for operation in operations() {
        match row(&operation) {
            Some(row) => found.push((operation, row)),
            None => writeln!(missing, "  {}", operation.name()).unwrap(),
        }
    }
    assert!(
        missing.is_empty(),
        "routes without a row in server/tests/wall/rows.rs:\n{missing}"
    );
    // What ends the caller's own sign-in comes last; before it what stands in a log as it was asked.
    found.sort_by_key(|(operation, _)| {
        let path = &operation.path;
        (path.ends_with("/logout"), path.ends_with("/login"))
    });
    found
}

#[tokio::test]
async fn nobody_crosses_by_a_route() {
    let world = World::new().await;
    let mut wall = Wall {
        world: &world,
        tried: 0,
        holes: vec![],
    };
    let callers = callers(&world);
    let before = of_tenant(&world.server.data(), A);
    for (operation, row) in rows() {
        for caller in &callers {
            wall.tried(caller, &operation, &row).await;
        }
        let now = of_tenant(&world.server.data(), A);
        if now != before {
            let changed: Vec<_> = now
                .iter()
                .filter(|(table, it)| before.get(*table) != Some(it))
                .collect();
            wall.holes
                .push(format!("{}: the tenant has changed: {changed:?}", operation.name()));
            break;
        }
    }
    assert!(
        wall.holes.is_empty(),
        "{} holes:\n{}",
        wall.holes.len(),
        wall.holes.join("\n")
    );
    assert!(wall.tried > 1_500, "{}", wall.tried);
    world.server.stop().await.unwrap();
}

/// What is refused above is refused for whose it is, and not for how it was asked: who may comes further with the same requests.
#[tokio::test]
async fn who_may_comes_further() {
    let world = World::new().await;
    let World { server, a, .. } = &world;
    let mut rows = rows();
    // What ends something comes last, and of it what is inside something else first.
    rows.sort_by_key(|(operation, _)| {
        let deletes = operation.method == Method::DELETE;
        // What the bot has learnt of a customer goes with the customer.
        let ends = match deletes {
            false => 2 * i32::from(operation.path.ends_with("/block")),
            true if operation.path.contains("/bot/") => 1,
            true if operation.path.contains("/agents/") => 3,
            true => 2,
        };
        (
            ends,
            operation.method != Method::GET,
            std::cmp::Reverse(operation.path.len()),
        )
    });
    let (mut holes, mut tried) = (vec![], 0);
    for (operation, row) in rows {
        for (at, make) in row.asks.iter().enumerate() {
            let ask = make(&operation, &a.ids, &a.ids);
            if operation.method == Method::DELETE && ask.names == Names::Tenants && at > 0 {
                // By another name: it is gone by now.
                continue;
            }
            let bearer = match (row.least, ask.names) {
                (Least::Anybody, _) | (_, Names::Nothing | Names::Page) => continue,
                (_, Names::Persons) if row.least == Least::Agent => &a.colleague,
                (Least::Customer, Names::Persons) => &a.key,
                (Least::Customer, _) if ask.path.contains("/public/") => &a.key,
                (Least::Operator, _) => &server.token,
                _ => &a.admin,
            };
            if row.least == Least::Operator && operation.method == Method::DELETE {
                // The tenant that is always there.
                continue;
            }
            let found = told(&world, (bearer, A), &operation.method, &ask, &Ids::default()).await;
            tried += 1;
            if [400, 401, 403, 404, 405, 415, 422].contains(&found.status) || found.status >= 500 {
                let body = ask.body.map_or(String::new(), |it| it.to_string());
                holes.push(format!("{} {body}: {} {}", ask.path, found.status, found.body));
            }
        }
    }
    assert!(holes.is_empty(), "{}", holes.join("\n"));
    assert!(tried > 100, "{tried}");
    world.server.stop().await.unwrap();
}

/// A tenant that is disabled is as one that there is not, whoever asks and with whatever.
#[tokio::test]
async fn a_disabled_tenant_is_as_one_that_is_not_there() {
    let world = World::new().await;
    let mut holes = vec![];
    for (operation, row) in rows() {
        for make in &row.asks {
            let in_tenant = |tenant: &str| {
                let mut ask = make(&operation, &world.a.ids, &world.a.ids);
                ask.path = ask
                    .path
                    .replace(&format!("tenant_id={B}"), &format!("tenant_id={tenant}"));
                for name in ["tenant_id", "tenant"] {
                    if let Some(named) = ask.body.as_mut().and_then(|body| body.get_mut(name)) {
                        *named = tenant.into();
                    }
                }
                ask
            };
            let all = [&world.closed as &str, &world.b.admin, &world.b.key, ""];
            // Numbers of the whole server move; signing in looks at no token.
            let asking = match operation.path.rsplit('/').next() {
                Some("metrics") => &[],
                Some("login") => &all[3..],
                _ => &all[..],
            };
            for bearer in asking.iter().copied() {
                let (there, not_there) = (in_tenant(CLOSED), in_tenant(NOWHERE));
                let (method, none) = (&operation.method, Ids::default());
                let there_told = told(&world, (bearer, CLOSED), method, &there, &none).await;
                let not_there = told(&world, (bearer, NOWHERE), method, &not_there, &none).await;
                if there_told != not_there {
                    holes.push(format!(
                        "{} {}\n    {there_told:?}\n    {not_there:?}",
                        operation.name(),
                        there.path
                    ));
                }
                let page = matches!(row.least, Least::Anybody) && !there.path.contains("tenant_id");
                if there_told.allowed() && !page {
                    holes.push(format!("{} is allowed in a disabled tenant", operation.name()));
                }
            }
        }
    }
    assert!(holes.is_empty(), "{}", holes.join("\n"));
    world.server.stop().await.unwrap();
}
