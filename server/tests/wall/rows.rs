//! The table of the wall: for every route, who may ask it at least, and with which ids of somebody else it is tried.

use serde_json::{Value, json};

use crate::{
    api::Operation,
    world::{B, BASE, Ids, at, page_of_one, takes},
};

/// Who may ask. An agent's token is no customer's key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Least {
    Anybody,
    /// The customer, by the key of the session or the secret of the name; for some an agent too.
    Customer,
    Agent,
    Admin,
    Operator,
}

/// Whose are the ids that a request names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Names {
    /// There are none.
    Nothing,
    /// The tenant's: its own agents may.
    Tenants,
    /// One agent's or one customer's alone: others of the tenant may not either.
    Persons,
    /// One agent's: the tenant's admins may too.
    Agents,
    /// One customer's: the tenant's agents may too.
    Customers,
    /// A page that is the same for all, whatever is named.
    Page,
    /// It makes what it names, in the caller's own tenant.
    Makes,
}

/// A request: foreign ids, and the caller's own.
pub struct Ask {
    pub path: String,
    pub body: Option<Value>,
    pub names: Names,
}

type Make = Box<dyn Fn(&Operation, &Ids, &Ids) -> Ask>;

pub struct Row {
    pub least: Least,
    /// It is about the caller's own sign-in, and open to tokens that may only read.
    pub own_sign_in: bool,
    pub asks: Vec<Make>,
}

impl Row {
    fn new(least: Least) -> Row {
        Row {
            least,
            own_sign_in: false,
            asks: vec![],
        }
    }

    fn ask(mut self, make: impl Fn(&Operation, &Ids, &Ids) -> Ask + 'static) -> Row {
        self.asks.push(Box::new(make));
        self
    }

    /// With the ids of its path; without any, if it has none.
    fn plain(self) -> Row {
        self.sent(|_| None)
    }

    /// The same, with a body.
    fn body(self, body: impl Fn(&Ids) -> Value + 'static) -> Row {
        self.sent(move |ids| Some(body(ids)))
    }

    fn sent(self, body: impl Fn(&Ids) -> Option<Value> + 'static) -> Row {
        let of_customers = self.least == Least::Customer;
        self.ask(move |operation, foreign, _| Ask {
            path: at(operation, foreign),
            body: body(foreign),
            names: match operation.path.contains('{') {
                false => Names::Nothing,
                true if of_customers => Names::Persons,
                true => Names::Tenants,
            },
        })
    }

    /// What its path names is the caller's own; what its body names is not.
    fn in_body(self, body: impl Fn(&Ids) -> Value + 'static) -> Row {
        self.ask(move |operation, foreign, own| Ask {
            path: at(operation, own),
            body: Some(body(foreign)),
            names: Names::Tenants,
        })
    }

    /// The same with what the path of the caller's own and the body name together.
    fn in_body_of(self, body: impl Fn(&Ids, &Ids) -> Value + 'static) -> Row {
        self.ask(move |operation, foreign, own| Ask {
            path: at(operation, own),
            body: Some(body(foreign, own)),
            names: Names::Tenants,
        })
    }

    /// By another name of the same, in its path.
    fn at(self, path: impl Fn(&Ids) -> String + 'static, body: Value) -> Row {
        self.ask(move |_, foreign, _| Ask {
            path: format!("{BASE}{}", path(foreign)),
            body: (!body.is_null()).then(|| body.clone()),
            names: Names::Tenants,
        })
    }

    /// What is one person's alone, in its path.
    fn persons(self, path: impl Fn(&Ids) -> String + 'static, body: Value) -> Row {
        self.ask(move |_, foreign, _| Ask {
            path: format!("{BASE}{}", path(foreign)),
            body: (!body.is_null()).then(|| body.clone()),
            names: Names::Persons,
        })
    }

    /// What is one person's alone, in its body.
    fn persons_in_body(self, body: impl Fn(&Ids) -> Value + 'static) -> Row {
        self.ask(move |operation, foreign, own| Ask {
            path: at(operation, own),
            body: Some(body(foreign)),
            names: Names::Persons,
        })
    }
}

fn anybody() -> Row {
    Row::new(Least::Anybody)
}

fn customer() -> Row {
    Row::new(Least::Customer)
}

fn agent() -> Row {
    Row::new(Least::Agent)
}

fn admin() -> Row {
    Row::new(Least::Admin)
}

fn operator() -> Row {
    Row::new(Least::Operator)
}

/// About the own sign-in.
fn own() -> Row {
    Row {
        own_sign_in: true,
        ..agent()
    }
}

fn page() -> Row {
    anybody().ask(|operation, foreign, _| Ask {
        path: at(operation, foreign),
        body: None,
        names: Names::Page,
    })
}

/// The row of a route; every list is tried with the cursors of somebody else besides.
pub fn row(operation: &Operation) -> Option<Row> {
    let name = format!(
        "{} {}",
        operation.method,
        operation.path.strip_prefix(BASE).unwrap_or(&operation.path)
    );
    let row = of_sessions(&name)
        .or_else(|| of_library(&name))
        .or_else(|| of_the_bot(&name))
        .or_else(|| of_people(&name))
        .or_else(|| of_customers(&name))
        .or_else(|| of_the_desk(&name))
        .or_else(|| of_anybody(&name))?;
    Some(match takes(operation, "cursor") {
        false => row,
        true => row.ask(|operation, foreign, own| Ask {
            path: format!(
                "{}&cursor={}",
                page_of_one(operation, own),
                foreign.cursors[&operation.path]
            ),
            body: None,
            names: Names::Customers,
        }),
    })
}

fn of_sessions(name: &str) -> Option<Row> {
    let line = || json!({"message": "hello", "take_over": true});
    Some(match name {
        "GET /sessions" => agent()
            .plain()
            .ask(|operation, foreign, _| list_of(operation, &format!("owner={}", foreign.agent)))
            .ask(|operation, foreign, _| list_of(operation, &format!("tag={}", foreign.slug)))
            .ask(|operation, foreign, _| list_of(operation, &format!("id={}", foreign.conversation))),
        "GET /admin/all-sessions" => admin()
            .plain()
            .ask(|operation, foreign, _| list_of(operation, &format!("owner={}", foreign.agent))),
        "GET /sessions/{id}"
        | "GET /sessions/{id}/messages"
        | "GET /sessions/{id}/notes"
        | "GET /sessions/{id}/transcript"
        | "GET /sessions/{id}/suggestions"
        | "GET /sessions/{id}/summary"
        | "GET /sessions/{id}/why" => agent().plain(),
        "GET /sessions/{id}/customer-context" => agent().plain().at(
            |it| format!("/sessions/{}/customer-context?extra=true", it.conversation),
            Value::Null,
        ),
        "POST /sessions/{id}/accept"
        | "POST /sessions/{id}/close"
        | "POST /sessions/{id}/convert-to-ticket"
        | "POST /sessions/{id}/hand-back"
        | "POST /sessions/{id}/seen"
        | "POST /sessions/{id}/snooze"
        | "POST /sessions/{id}/wake" => agent().plain(),
        "POST /sessions/{id}/assign" => agent()
            .body(|_| json!({"agent_id": "me"}))
            .body(|it| json!({"agent_id": it.agent}))
            .in_body(|it| json!({"agent_id": it.agent})),
        "POST /sessions/{id}/transfer" => agent()
            .body(|_| json!({"queue": true}))
            .in_body(|it| json!({"agent_id": it.agent}))
            .in_body(|it| json!({"group_id": it.group})),
        "POST /messages" => agent()
            .in_body(|it| json!({"session_id": it.conversation, "message": "hello", "take_over": true}))
            .in_body_of(
                |it, own| json!({"session_id": own.conversation, "type": "kb_article", "kb_article_id": it.slug}),
            )
            .in_body_of(|it, own| json!({"session_id": own.conversation, "canned_response_id": it.reply}))
            .ask(|operation, it, own| Ask {
                path: at(operation, own),
                body: Some(json!({"session_id": own.conversation, "canned_response_id": it.own_reply})),
                names: Names::Persons,
            }),
        "POST /sessions/{id}/messages" => agent()
            .body(move |_| line())
            .in_body(|it| json!({"type": "kb_article", "kb_article_id": it.slug}))
            .in_body(|it| json!({"canned_response_id": it.reply}))
            .persons_in_body(|it| json!({"canned_response_id": it.own_reply})),
        "PATCH /sessions/{id}/messages/{message_id}" => agent().body(|_| json!({"message": "another"})),
        "DELETE /sessions/{id}/messages/{message_id}" | "POST /sessions/{id}/messages/{message_id}/blank" => {
            agent().plain()
        }
        "POST /sessions/{id}/draft" => agent().plain(),
        "POST /sessions/{id}/notes" => agent()
            .body(|_| json!({"content": "a note"}))
            .in_body(|it| json!({"content": "a note", "mentions": [it.agent]}))
            .in_body(|it| json!({"content": "a note", "groups": [it.group]})),
        "POST /sessions/{id}/priority" => agent().body(|_| json!({"priority": "low"})),
        "POST /sessions/{id}/subject" => agent().body(|_| json!({"subject": "a subject"})),
        "POST /sessions/{id}/tags" => agent().body(|_| json!({"add": ["vip"]})),
        _ => return None,
    })
}

fn list_of(operation: &Operation, query: &str) -> Ask {
    Ask {
        path: format!("{}?{query}", operation.path),
        body: None,
        // What nobody has gives an empty list.
        names: Names::Page,
    }
}

fn of_library(name: &str) -> Option<Row> {
    Some(match name {
        "GET /articles" | "GET /canned-responses" | "GET /tickets" => agent()
            .plain()
            .ask(|operation, foreign, _| list_of(operation, &format!("query={}", foreign.slug)))
            .ask(|operation, foreign, _| list_of(operation, &format!("assignee={}", foreign.agent))),
        "POST /articles" => agent().body(|_| json!({"id": "of-the-other", "title": "Other", "content": "other"})),
        "GET /articles/{id}" => agent().plain().at(|it| format!("/articles/{}", it.draft), Value::Null),
        "PATCH /articles/{id}" => agent().body(|_| json!({"title": "Other"})),
        "DELETE /articles/{id}" => agent().plain(),
        "POST /canned-responses" => agent()
            .body(|_| json!({"code": "of-the-other", "title": "Other", "content": "other"}))
            .in_body(|it| {
                let actions = json!([{"act": "transfer", "group_id": it.group}]);
                json!({"code": "moves", "title": "Moves", "content": "moves", "actions": actions})
            }),
        "GET /canned-responses/{id}" => agent()
            .plain()
            .persons(|it| format!("/canned-responses/{}", it.own_reply), Value::Null),
        "PATCH /canned-responses/{id}" => agent().body(|_| json!({"content": "other"})).persons(
            |it| format!("/canned-responses/{}", it.own_reply),
            json!({"content": "other"}),
        ),
        "DELETE /canned-responses/{id}" => agent()
            .plain()
            .persons(|it| format!("/canned-responses/{}", it.own_reply), Value::Null),
        "GET /tickets/{number}" => agent().plain(),
        "PATCH /tickets/{number}" => agent()
            .body(|_| json!({"status": "solved"}))
            .in_body(|it| json!({"assignee_id": it.agent})),
        "POST /tickets/{number}/comments" => agent().body(|_| json!({"content": "a comment"})),
        _ => return None,
    })
}

fn of_the_bot(name: &str) -> Option<Row> {
    Some(match name {
        "POST /bot/why" => agent().body(|_| json!({"text": "where is it?"})),
        "POST /bot/test" => agent().body(|_| json!({"days": 1})),
        "GET /bot/examples" | "GET /bot/gaps" | "GET /bot/model" => agent().plain(),
        "PATCH /bot/examples/{id}" => agent().body(|_| json!({"question": "another"})),
        "POST /bot/examples/{id}/accept" => {
            agent().at(|it| format!("/bot/examples/{}/accept", it.examples[1]), Value::Null)
        }
        "DELETE /bot/examples/{id}" | "GET /bot/gaps/{id}/draft" | "DELETE /bot/gaps/{id}" => agent().plain(),
        "POST /bot/train" | "POST /bot/back" => admin().plain(),
        _ => return None,
    })
}

fn of_people(name: &str) -> Option<Row> {
    let email = |it: &Ids| format!("/agents/{}", it.email);
    Some(match name {
        "GET /agents" => agent().plain(),
        "GET /api/agents" => admin().plain(),
        "POST /agents" | "POST /api/agents" => admin().body(|_| json!({"email": "new@b.example", "name": "New"})),
        "GET /agents/{id}" => agent().plain().at(email, Value::Null),
        "PATCH /agents/{id}" => admin()
            .body(|_| json!({"name": "Other"}))
            .at(email, json!({"capacity": 3})),
        "DELETE /agents/{id}" => admin().plain().at(email, Value::Null),
        "PATCH /api/agents/{email}" | "POST /api/agents/{email}" => admin().body(|_| json!({"name": "Other"})),
        "POST /agents/{id}/reset-code" => admin()
            .plain()
            .at(move |it| format!("{}/reset-code", email(it)), Value::Null),
        "DELETE /agents/{id}/totp" => admin().plain().at(move |it| format!("{}/totp", email(it)), Value::Null),
        "GET /agents/{id}/workload" => agent()
            .plain()
            .at(move |it| format!("{}/workload", email(it)), Value::Null),
        "GET /presence" | "GET /workload" | "GET /mentions" | "GET /views" => agent().plain(),
        "POST /views" => agent().body(|_| json!({"name": "of-the-other", "filter": "owner:me"})),
        "DELETE /views/{id}" => agent().persons(|it| format!("/views/{}", it.view), Value::Null),
        "POST /presence" => agent().body(|_| json!({"intent": "busy"})),
        // A position in the own journal: those of others are positions like any.
        "POST /mentions/read" => agent().body(|_| json!({"up_to": 1})),
        "GET /groups" => agent().plain(),
        "POST /groups" => admin()
            .body(|_| json!({"name": "of-the-other"}))
            .in_body(|it| json!({"name": "members", "members": [it.agent]})),
        "GET /groups/{id}" => agent().plain(),
        "PATCH /groups/{id}" => admin()
            .body(|_| json!({"skills": ["other"]}))
            .in_body(|it| json!({"members": [it.agent]})),
        "DELETE /groups/{id}" => admin().plain(),
        "GET /tokens" => agent().plain().ask(|operation, foreign, _| Ask {
            path: format!("{}?agent_id={}", operation.path, foreign.agent),
            body: None,
            names: Names::Agents,
        }),
        "POST /tokens" => agent()
            .body(|_| json!({"label": "other", "scope": "read"}))
            .ask(|operation, it, _| Ask {
                path: operation.path.clone(),
                body: Some(json!({"label": "other", "scope": "read", "agent_id": it.agent})),
                names: Names::Agents,
            })
            .ask(|operation, it, _| Ask {
                path: operation.path.clone(),
                body: Some(json!({"label": "other", "scope": "read", "agent_id": it.email})),
                names: Names::Agents,
            }),
        "DELETE /tokens/{id}" => agent().ask(|operation, foreign, _| Ask {
            path: at(operation, foreign),
            body: None,
            names: Names::Agents,
        }),
        "GET /whoami" | "POST /logout" | "POST /api/agent/logout" => own().plain(),
        "POST /password" => {
            own().body(|_| json!({"old_password": "no such one", "new_password": "seven lamps on another hill"}))
        }
        "POST /totp/start" => own().plain(),
        "POST /totp/confirm" => own().body(|_| json!({"totp": "000000"})),
        "POST /totp/disable" => agent().body(|_| json!({"totp": "000000"})),
        _ => return None,
    })
}

fn of_customers(name: &str) -> Option<Row> {
    let named = |it: &Ids| format!("/customers/{}", it.customer_name);
    Some(match name {
        "GET /customers" => agent()
            .plain()
            .ask(|operation, foreign, _| list_of(operation, &format!("q={}", foreign.customer_name))),
        "GET /customers/{id}" => agent().plain().at(named, Value::Null),
        "PATCH /customers/{id}" => agent()
            .body(|_| json!({"name": "Other"}))
            .at(named, json!({"name": "Other"})),
        "DELETE /customers/{id}" => admin().plain().at(named, Value::Null),
        "POST /customers/{id}/block" => agent()
            .body(|_| json!({"minutes": 5}))
            .at(move |it| format!("{}/block", named(it)), json!({"minutes": 5})),
        "POST /customers/{id}/unblock" => agent()
            .plain()
            .at(move |it| format!("{}/unblock", named(it)), Value::Null),
        "GET /customers/{id}/export" => admin()
            .plain()
            .at(move |it| format!("{}/export", named(it)), Value::Null),
        "POST /customers/{id}/merge" => agent()
            .body(|it| json!({"also": it.also}))
            .in_body(|it| json!({"also": it.also})),
        "GET /api/conversation/{customer_id}" => customer().ask(|operation, foreign, _| Ask {
            path: at(operation, foreign),
            body: None,
            names: Names::Customers,
        }),
        "POST /api/agent/takeover" => agent().in_body(|it| json!({"customer_id": it.customer_name})),
        "GET /blocked-networks" => agent().plain(),
        "POST /blocked-networks" => agent().body(|_| json!({"network": "203.0.113.0/24"})),
        "DELETE /blocked-networks/{network}" => agent().plain(),
        "GET /identity-keys" | "POST /identity-keys" => admin().plain(),
        "POST /identity-keys/sign" => operator().body(|_| json!({"customer_id": "someone"})),
        "DELETE /identity-keys/{id}" => admin().plain(),
        _ => return None,
    })
}

fn of_the_desk(name: &str) -> Option<Row> {
    Some(match name {
        "GET /api/agent/dashboard" | "GET /queue" | "GET /queue/stats" => agent().plain(),
        "POST /queue/next" => agent().plain(),
        "GET /statistics" => agent().plain(),
        "GET /reports/conversations.csv" => agent().plain(),
        "GET /search" => agent()
            .ask(|operation, it, _| list_of(operation, &format!("q=line&conversation={}", it.conversation)))
            .ask(|operation, it, _| list_of(operation, &format!("q=line&customer={}", it.customer)))
            .ask(|operation, it, _| list_of(operation, &format!("q=owner:{}", it.email)))
            .ask(|operation, it, _| list_of(operation, &format!("q=customer:{}", it.customer_name)))
            .ask(|operation, it, _| list_of(operation, &format!("q={}", it.slug))),
        "GET /hours" | "GET /settings" => agent().plain(),
        "PUT /hours" | "PATCH /settings" | "PUT /settings" => admin().body(|_| json!({})),
        "GET /audit" => admin()
            .plain()
            .ask(|operation, foreign, _| list_of(operation, &format!("actor={}", foreign.agent)))
            .ask(|operation, foreign, _| list_of(operation, &format!("actor={}", foreign.email))),
        "GET /events" => agent().at(|it| format!("/events?wait=0&since={}", it.since), Value::Null),
        "GET /export" => admin()
            .plain()
            .at(|it| format!("/export?since={}", it.since), Value::Null),
        "POST /import" => admin().body(|_| json!({"lines": []})),
        "GET /tenants" => operator().plain(),
        "POST /tenants" => operator().body(|_| json!({"tenant_id": "of-the-other"})),
        "GET /tenants/{id}" => admin().plain(),
        "PATCH /tenants/{id}" => operator().body(|_| json!({"name": "Other"})),
        "DELETE /tenants/{id}" => operator().at(|it| format!("/tenants/{0}?confirm={0}", it.tenant), Value::Null),
        "GET /webhooks" => admin().plain(),
        "POST /webhooks" => admin().body(|_| json!({"url": "http://127.0.0.1:1/new", "enabled": false})),
        "GET /webhooks/{id}" | "DELETE /webhooks/{id}" | "POST /webhooks/{id}/test" | "POST /webhooks/{id}/rotate" => {
            admin().plain()
        }
        "PATCH /webhooks/{id}" => admin().body(|_| json!({"enabled": false})),
        "GET /webhooks/{id}/deliveries" | "POST /webhooks/{id}/deliveries/{rev}/replay" => admin().plain(),
        _ => return None,
    })
}

fn of_anybody(name: &str) -> Option<Row> {
    Some(match name {
        "GET /" | "GET /agent/dashboard" | "GET /healthz" | "GET /readyz" | "GET /metrics" => anybody().plain(),
        "GET /agent/chat/{customer_id}" | "GET /chat/{customer_id}" => page(),
        "POST /login" | "POST /api/agent/login" => anybody().ask(|operation, it, _| Ask {
            path: operation.path.clone(),
            body: Some(json!({"email": it.email, "password": crate::rig::PASSWORD, "tenant": B})),
            names: Names::Tenants,
        }),
        "GET /public/desk" => anybody().ask(|operation, _, _| Ask {
            path: format!("{}?tenant_id={B}", operation.path),
            body: None,
            names: Names::Nothing,
        }),
        "GET /public/articles" => {
            anybody().ask(|operation, it, _| list_of(operation, &format!("tenant_id={B}&query={}", it.slug)))
        }
        "GET /public/articles/{id}" => {
            anybody().at(|it| format!("/public/articles/{}?tenant_id={B}", it.slug), Value::Null)
        }
        "POST /public/start" => anybody().body(|_| json!({"tenant_id": B, "message": "hello"})),
        "POST /public/message" => {
            customer().persons_in_body(|it| json!({"session_id": it.conversation, "message": "hello"}))
        }
        // The tenant's agents may too; other customers may not.
        "GET /uploads/{id}" => agent().ask(|operation, foreign, _| Ask {
            path: at(operation, foreign),
            body: None,
            names: Names::Customers,
        }),
        "POST /uploads" => agent().ask(|operation, foreign, _| Ask {
            path: format!("{}?name=x&session_id={}", operation.path, foreign.conversation),
            body: Some(json!(["a file"])),
            names: Names::Customers,
        }),
        "GET /public/session/{id}"
        | "GET /public/session/{id}/transcript"
        | "POST /public/session/{id}/close"
        | "POST /public/session/{id}/human"
        | "POST /public/session/{id}/seen" => customer().plain(),
        "POST /public/session/{id}/rating" => customer().body(|_| json!({"score": 5})),
        _ => return None,
    })
}
