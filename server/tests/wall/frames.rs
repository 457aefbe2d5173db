//! Every frame, said by everybody who may not. The matches have no arm for what is not named: a new command, question or frame does
//! not compile until somebody has said which ids it names.

use minicom_protocol::{
    command::{AgentCommand, CustomerCommand},
    frame::{AgentQuestion, Agents, Audience, CustomerQuestion, Customers, ToServer},
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    rig::ALICE,
    rows::Names,
    sockets::Socket,
    state::of_tenant,
    world::{A, B, CLOSED, Ids, MARK, NOWHERE, World},
};

/// What a frame is tried with: foreign ids, and the caller's own.
type Make = fn(&Ids, &Ids) -> (Names, Value);

/// What is said for each variant of an enum; nothing, where it names no id.
macro_rules! every {
    ($name:ident of $kind:ident: $($variant:ident => [$($make:expr),* $(,)?];)*) => {
        fn $name() -> Vec<(&'static str, Vec<Make>)> {
            let _named: fn(&$kind) = |it| match it {
                $($kind::$variant { .. } => (),)*
            };
            vec![$((stringify!($variant), vec![$($make as Make),*])),*]
        }
    };
}

use Names::{Makes, Nothing, Page, Persons, Tenants};

every! { commands_of_agents of AgentCommand:
    Post => [
        |f, _| (Tenants, json!({"do": "post", "conversation": f.conversation, "text": "hello", "take_over": true, "anyway": true})),
        |f, o| (Tenants, json!({"do": "post", "conversation": o.conversation, "text": "hello", "anyway": true, "reply": {"id": f.reply}})),
        |f, o| (Persons, json!({"do": "post", "conversation": o.conversation, "text": "hello", "take_over": true, "anyway": true, "reply": {"id": f.own_reply}})),
        |f, o| (Tenants, json!({"do": "post", "conversation": o.conversation, "text": "hello", "anyway": true, "article": f.slug})),
    ];
    TakeOver => [|f, _| (Tenants, json!({"do": "take_over", "conversation": f.conversation}))];
    TakeNext => [];
    HandBack => [|f, _| (Tenants, json!({"do": "hand_back", "conversation": f.conversation}))];
    Close => [|f, _| (Tenants, json!({"do": "close", "conversation": f.conversation, "seen": 9}))];
    MarkSeen => [|f, _| (Tenants, json!({"do": "mark_seen", "conversation": f.conversation, "up_to": 1}))];
    Assign => [
        |f, o| (Tenants, json!({"do": "assign", "conversation": f.conversation, "agent": o.agent})),
        |f, o| (Tenants, json!({"do": "assign", "conversation": o.conversation, "agent": f.agent})),
    ];
    Transfer => [
        |f, _| (Tenants, json!({"do": "transfer", "conversation": f.conversation, "to": {"target": "queue"}})),
        |f, o| (Tenants, json!({"do": "transfer", "conversation": o.conversation, "to": {"target": "agent", "agent": f.agent}})),
        |f, o| (Tenants, json!({"do": "transfer", "conversation": o.conversation, "to": {"target": "group", "group": f.group}})),
    ];
    Snooze => [|f, _| (Tenants, json!({"do": "snooze", "conversation": f.conversation}))];
    Wake => [|f, _| (Tenants, json!({"do": "wake", "conversation": f.conversation}))];
    Note => [
        |f, _| (Tenants, json!({"do": "note", "conversation": f.conversation, "text": "a note"})),
        |f, o| (Tenants, json!({"do": "note", "conversation": o.conversation, "text": "a note", "agents": [f.agent]})),
        |f, o| (Tenants, json!({"do": "note", "conversation": o.conversation, "text": "a note", "groups": [f.group]})),
    ];
    Tag => [|f, _| (Tenants, json!({"do": "tag", "conversation": f.conversation, "add": ["vip"]}))];
    SetSubject => [|f, _| (Tenants, json!({"do": "set_subject", "conversation": f.conversation, "subject": "other"}))];
    SetPriority => [|f, _| (Tenants, json!({"do": "set_priority", "conversation": f.conversation, "priority": "low"}))];
    EditLine => [|f, _| (Tenants, json!({"do": "edit_line", "conversation": f.conversation, "line": 1, "text": "other"}))];
    WithdrawLine => [|f, _| (Tenants, json!({"do": "withdraw_line", "conversation": f.conversation, "line": 1}))];
    BlankLine => [|f, _| {
        (Tenants, json!({"do": "blank_line", "conversation": f.conversation, "line": {"side": "customer", "line": 1}}))
    }];
    BlockCustomer => [|f, _| (Tenants, json!({"do": "block_customer", "customer": f.customer}))];
    UnblockCustomer => [|f, _| (Tenants, json!({"do": "unblock_customer", "customer": f.customer}))];
    ConvertToTicket => [|f, _| (Tenants, json!({"do": "convert_to_ticket", "conversation": f.conversation}))];
    ChangeTicket => [
        |f, _| (Tenants, json!({"do": "change_ticket", "ticket": f.ticket, "status": "solved"})),
        |f, o| (Tenants, json!({"do": "change_ticket", "ticket": o.ticket, "assignee": {"who": "agent", "agent": f.agent}})),
    ];
    CommentTicket => [|f, _| (Tenants, json!({"do": "comment_ticket", "ticket": f.ticket, "text": "other"}))];
    SetIntent => [];
    // A position in the own journal: those of others are positions like any.
    MarkMentionsRead => [];
    DescribeCustomer => [|f, _| {
        (Tenants, json!({"do": "describe_customer", "customer": f.customer, "introduction": {"name": "Other"}}))
    }];
    MergeCustomers => [
        |f, o| (Tenants, json!({"do": "merge_customers", "customer": f.customer, "also": o.also})),
        |f, o| (Tenants, json!({"do": "merge_customers", "customer": o.customer, "also": f.also})),
    ];
    SaveReply => [
        |f, _| (Makes, json!({"do": "save_reply", "reply": saved(&f.reply, json!([]))})),
        |f, _| (Tenants, json!({"do": "save_reply", "reply": saved(&Uuid::now_v7().to_string(), json!([{"act": "transfer", "group": f.group}]))})),
    ];
    DeleteReply => [
        |f, _| (Tenants, json!({"do": "delete_reply", "reply": f.reply})),
        |f, _| (Persons, json!({"do": "delete_reply", "reply": f.own_reply})),
    ];
    SaveArticle => [|f, _| {
        (Makes, json!({"do": "save_article", "article": {"slug": f.slug, "title": "Other", "body": "other"}, "published": true}))
    }];
    DeleteArticle => [|f, _| (Tenants, json!({"do": "delete_article", "slug": f.draft}))];
    SaveGroup => [
        |f, o| (Makes, json!({"do": "save_group", "group": {"id": f.group, "name": tail(&f.group), "members": [o.agent]}})),
        |f, _| (Tenants, json!({"do": "save_group", "group": {"id": Uuid::now_v7(), "name": "with", "members": [f.agent]}})),
    ];
    DeleteGroup => [|f, _| (Tenants, json!({"do": "delete_group", "group": f.group}))];
    SetAgent => [|f, _| (Tenants, json!({"do": "set_agent", "agent": f.agent, "skills": ["other"]}))];
    Configure => [];
}

every! { questions_of_agents of AgentQuestion:
    Thread => [|f, _| (Tenants, json!({"ask": "thread", "customer": f.customer, "limit": 9}))];
    Summary => [|f, _| (Tenants, json!({"ask": "summary", "conversation": f.conversation}))];
    Closed => [|_, _| (Nothing, json!({"ask": "closed", "limit": 9}))];
    Customer => [|f, _| (Tenants, json!({"ask": "customer", "customer": f.customer}))];
    Extra => [|f, _| (Tenants, json!({"ask": "extra", "customer": f.customer}))];
    Queue => [|_, _| (Nothing, json!({"ask": "queue"}))];
    Workload => [
        |_, _| (Nothing, json!({"ask": "workload"})),
        |f, _| (Tenants, json!({"ask": "workload", "agent": f.agent})),
    ];
    Why => [|f, _| (Tenants, json!({"ask": "why", "conversation": f.conversation}))];
    Suggestions => [|f, _| (Tenants, json!({"ask": "suggestions", "conversation": f.conversation}))];
    Recap => [|f, _| (Tenants, json!({"ask": "recap", "conversation": f.conversation, "words": true}))];
    Draft => [|f, _| (Tenants, json!({"ask": "draft", "conversation": f.conversation}))];
    Replies => [
        |_, _| (Nothing, json!({"ask": "replies", "limit": 9})),
        |f, _| (Page, json!({"ask": "replies", "query": f.slug, "limit": 9})),
    ];
    Articles => [
        |_, _| (Nothing, json!({"ask": "articles", "limit": 9})),
        |f, _| (Page, json!({"ask": "articles", "query": f.draft, "limit": 9})),
    ];
    AllArticles => [|_, _| (Nothing, json!({"ask": "all_articles", "limit": 9}))];
    Article => [
        |f, _| (Tenants, json!({"ask": "article", "slug": f.slug})),
        |f, _| (Tenants, json!({"ask": "article", "slug": f.draft})),
    ];
    Tickets => [
        |_, _| (Nothing, json!({"ask": "tickets", "limit": 9})),
        |f, _| (Page, json!({"ask": "tickets", "assignee": f.agent, "limit": 9})),
    ];
    Ticket => [|f, _| (Tenants, json!({"ask": "ticket", "number": f.ticket}))];
    Search => [
        |f, _| (Page, json!({"ask": "search", "query": "line", "customer": f.customer, "limit": 9})),
        |f, _| (Page, json!({"ask": "search", "query": "line", "conversation": f.conversation, "limit": 9})),
        |f, _| (Page, json!({"ask": "search", "query": format!("owner:{}", f.email), "limit": 9})),
        |f, _| (Page, json!({"ask": "search", "query": f.slug, "limit": 9})),
    ];
    Views => [|_, _| (Nothing, json!({"ask": "views"}))];
    Statistics => [|_, _| (Nothing, json!({"ask": "statistics", "range": "7d", "by": "agent"}))];
    Mentions => [|_, _| (Nothing, json!({"ask": "mentions", "limit": 9}))];
}

every! { commands_of_customers of CustomerCommand:
    // Lines are numbers of the own thread.
    Post => [];
    Start => [];
    Introduce => [];
    SetSubject => [];
    EditLine => [];
    WithdrawLine => [];
    Rate => [];
    RequestHuman => [];
    Close => [];
    MarkSeen => [];
    Consent => [];
    RevokeDevice => [|f, _| (Persons, json!({"do": "revoke_device", "device": f.device}))];
    Forget => [];
}

every! { questions_of_customers of CustomerQuestion:
    Thread => [|_, _| (Nothing, json!({"ask": "thread", "limit": 9}))];
    Article => [
        |f, _| (Tenants, json!({"ask": "article", "slug": f.slug})),
        // For agents alone.
        |f, _| (Persons, json!({"ask": "article", "slug": f.draft})),
    ];
    Articles => [|_, _| (Nothing, json!({"ask": "articles", "query": "", "limit": 9}))];
    Link => [];
    Devices => [|_, _| (Nothing, json!({"ask": "devices"}))];
    Export => [|_, _| (Nothing, json!({"ask": "export"}))];
}

/// What is said besides commands and questions; nothing comes back.
fn momentary<S: Audience>() -> Vec<Make> {
    let _named: fn(&ToServer<S>) = |it| match it {
        // The first frame: in tests of its own. Commands and questions: above.
        ToServer::Hello(_) | ToServer::Command { .. } | ToServer::Ask { .. } => (),
        ToServer::Typing { .. } | ToServer::Delivered { .. } | ToServer::Viewing { .. } | ToServer::Ping { .. } => (),
    };
    vec![
        |f, _| {
            (
                Page,
                json!({"type": "typing", "conversation": f.conversation, "on": true}),
            )
        },
        |f, _| {
            (
                Page,
                json!({"type": "delivered", "conversation": f.conversation, "up_to": 1}),
            )
        },
        |f, _| (Page, json!({"type": "viewing", "conversation": f.conversation})),
        |f, _| (Page, json!({"type": "ping", "n": 7, "cursor": cursor(&f.since)})),
    ]
}

fn saved(id: &str, actions: Value) -> Value {
    json!({"id": id, "code": tail(id), "title": "Other", "text": "other", "actions": actions})
}

/// The end of an id, as a word.
fn tail(id: &str) -> String {
    format!("c{}", id.rsplit('-').next().unwrap())
}

/// A cursor's text as the sockets have it.
fn cursor(text: &str) -> Value {
    let (at, mark) = text.split_once('.').unwrap();
    json!({"at": at.parse::<u64>().unwrap(), "mark": mark})
}

/// Whether a variant's name is the one that the wire has.
fn is_named(variant: &str, wire: &str) -> bool {
    variant.to_lowercase() == wire.replace('_', "")
}

/// All that is heard after something was said, that does not come by itself; the ids under their names.
async fn heard(socket: &mut Socket, said: &Value, ids: &Ids, inside: bool) -> Vec<Value> {
    let awaited = match said["type"].as_str() {
        Some("command") => Some("answer"),
        Some("ask") => Some("reply"),
        _ => None,
    };
    socket.say(said).await;
    let heard = socket.heard(awaited).await;
    for frame in heard
        .iter()
        .filter(|it| it["type"] == "signal" || it["type"] == "batch")
    {
        let text = ids.hidden_in(&frame.to_string());
        assert!(inside || !text.contains(MARK), "told of somebody else's: {text}");
    }
    let comes_by_itself = |it: &Value| it["type"] == "signal" || it["type"] == "batch" || it["type"] == "pong";
    let heard = heard.into_iter().filter(|it| !comes_by_itself(it));
    heard
        .map(|mut frame| {
            frame.as_object_mut().unwrap().remove("id");
            if let Some(found) = frame.pointer_mut("/reply/found") {
                // How much is not found yet is another number a moment later.
                found.as_object_mut().unwrap().remove("behind");
            }
            serde_json::from_str(&ids.hidden_in(&frame.to_string())).unwrap()
        })
        .collect()
}

/// Whether what was asked was done or told.
fn allowed(heard: &[Value]) -> bool {
    let done = |it: &Value| it["outcome"] == "done" || it["type"] == "reply" && it["refusal"].is_null();
    heard.iter().any(done)
}

/// What became of it, without the positions.
fn outcome(heard: &[Value]) -> Vec<Value> {
    heard
        .iter()
        .map(|it| json!([it["type"], it["outcome"], it["refusal"], it["reply"]]))
        .collect()
}

struct Talker<'a> {
    name: &'static str,
    socket: Socket,
    inside: bool,
    own: &'a Ids,
    /// Whether it is the turn of what makes something by a foreign id: afterwards the id is the caller's own.
    makes: bool,
}

impl Talker<'_> {
    /// Says it with ids that there are and with ids that there are not, and gives what is wrong.
    async fn tried(&mut self, world: &World, wrap: impl Fn(&Value) -> Value, make: Make) -> Option<String> {
        let (names, real) = make(&world.a.ids, self.own);
        if self.inside && names != Persons || self.makes != (names == Makes) {
            return None;
        }
        let said = wrap(&real);
        if names == Nothing {
            let found = heard(&mut self.socket, &said, &Ids::default(), self.inside).await;
            let text = serde_json::to_string(&found).unwrap();
            return text
                .contains(MARK)
                .then(|| format!("{}: {said} tells {text}", self.name));
        }
        let found = heard(&mut self.socket, &said, &world.a.ids, self.inside).await;
        if !matches!(names, Page | Makes) && allowed(&found) {
            return Some(format!("{}: {said} is allowed: {found:?}", self.name));
        }
        let (_, unknown) = make(&world.unknown, self.own);
        let absent = heard(&mut self.socket, &wrap(&unknown), &world.unknown, self.inside).await;
        // Refused for what it names, and for nothing that is wrong with the question.
        let refused =
            |it: &Value| ["not_found", "forbidden"].contains(&it["refusal"]["code"].as_str().unwrap_or_default());
        if !matches!(names, Page | Makes) && !absent.iter().any(refused) {
            return Some(format!(
                "{}: {said} is refused for something else: {absent:?}",
                self.name
            ));
        }
        let differs = match names {
            // What is made is at another position each time.
            Page | Makes => outcome(&found) != outcome(&absent),
            _ => found != absent,
        };
        differs.then(|| {
            format!(
                "{}: {said}\n    there:     {found:?}\n    not there: {absent:?}",
                self.name
            )
        })
    }
}

fn command(it: &Value) -> Value {
    json!({"type": "command", "id": Uuid::now_v7(), "command": it})
}

fn question(it: &Value) -> Value {
    json!({"type": "ask", "n": 9, "question": it})
}

async fn talker<'a>(
    world: &'a World,
    name: &'static str,
    path: &str,
    hello: Value,
    (inside, own): (bool, &'a Ids),
) -> Talker<'a> {
    let mut socket = Socket::open(&world.server, path, hello).await;
    let welcome = socket.welcomed().await;
    if !inside {
        let text = serde_json::to_string(&welcome).unwrap();
        assert!(!text.contains(MARK), "{name}: {text}");
    }
    Talker {
        name,
        socket,
        inside,
        own,
        makes: false,
    }
}

/// All that somebody says about ids of others.
async fn says_all<S: Audience>(
    talker: &mut Talker<'_>,
    world: &World,
    commands: &[(&'static str, Vec<Make>)],
    questions: &[(&'static str, Vec<Make>)],
) -> Vec<String> {
    let mut holes = vec![];
    for (variant, makes) in commands {
        for make in makes {
            let said = make(&world.a.ids, talker.own).1;
            serde_json::from_value::<S::Command>(said.clone()).unwrap_or_else(|why| panic!("{said}: {why}"));
            assert!(is_named(variant, said["do"].as_str().unwrap()), "{variant}: {said}");
            holes.extend(talker.tried(world, command, *make).await);
        }
    }
    for (variant, makes) in questions {
        for make in makes {
            let said = make(&world.a.ids, talker.own).1;
            serde_json::from_value::<S::Question>(said.clone()).unwrap_or_else(|why| panic!("{said}: {why}"));
            assert!(is_named(variant, said["ask"].as_str().unwrap()), "{variant}: {said}");
            holes.extend(talker.tried(world, question, *make).await);
        }
    }
    for make in momentary::<S>() {
        holes.extend(talker.tried(world, Value::clone, make).await);
    }
    holes
}

#[tokio::test]
async fn nobody_crosses_by_a_frame() {
    let world = World::new().await;
    let World { a, b, .. } = &world;
    let token = |token: &str, tenant: &str| json!({"token": token, "tenant": tenant});
    let key = |key: &str, tenant: &str| json!({"secret": key, "tenant": tenant});
    // Whoever hears of it: an agent and a customer of the tenant, who are there all the time.
    let mut agent_there = talker(&world, "the agent", "/ws", token(&a.admin, A), (true, &a.ids)).await;
    let at = format!("/ws/public/{}", a.ids.conversation);
    let mut customer_there = talker(&world, "the customer", &at, key(&a.key, A), (true, &a.ids)).await;
    let others = format!("/ws/public/{}", a.other_conversation);
    let theirs = format!("/ws/public/{}", b.ids.conversation);
    let mut agents = [
        talker(
            &world,
            "an admin of another tenant",
            "/ws",
            token(&b.admin, B),
            (false, &b.ids),
        )
        .await,
        talker(
            &world,
            "an agent of another tenant",
            "/ws",
            token(&b.agent, B),
            (false, &b.agents_ids),
        )
        .await,
        talker(
            &world,
            "another agent",
            "/ws",
            token(&a.agent, A),
            (true, &a.agents_ids),
        )
        .await,
    ];
    let customers = [
        talker(
            &world,
            "a customer of another tenant",
            &theirs,
            key(&b.key, B),
            (false, &b.ids),
        )
        .await,
        talker(
            &world,
            "another customer",
            &others,
            key(&a.other_key, A),
            (true, &a.ids),
        )
        .await,
    ];
    for talker in [&mut agent_there, &mut customer_there] {
        talker.socket.heard(None).await;
    }
    let before = of_tenant(&world.server.data(), A);
    let mut holes = vec![];
    let (commands, questions) = (commands_of_agents(), questions_of_agents());
    for talker in &mut agents {
        holes.extend(says_all::<Agents>(talker, &world, &commands, &questions).await);
    }
    for mut talker in customers {
        let (commands, questions) = (commands_of_customers(), questions_of_customers());
        holes.extend(says_all::<Customers>(&mut talker, &world, &commands, &questions).await);
    }
    for talker in &mut agents {
        talker.makes = true;
        holes.extend(says_all::<Agents>(talker, &world, &commands, &questions).await);
    }
    let now = of_tenant(&world.server.data(), A);
    let changed: Vec<_> = now
        .iter()
        .filter(|(table, it)| before.get(*table) != Some(it))
        .collect();
    if !changed.is_empty() {
        holes.push(format!("the tenant has changed: {changed:?}"));
    }
    for talker in [&mut agent_there, &mut customer_there] {
        for frame in talker.socket.heard(None).await {
            // That a colleague is there or has gone, and what is told at the beginning.
            let own = ["agent.presence", "desk.open", "chat.queue.place"];
            if !own.contains(&frame["signal"]["kind"].as_str().unwrap_or_default()) {
                holes.push(format!("{} hears {frame}", talker.name));
            }
        }
    }
    assert!(holes.is_empty(), "{} holes:\n{}", holes.len(), holes.join("\n"));
    world.server.stop().await.unwrap();
}

/// What a Hello is answered with, without the time.
async fn answered(world: &World, path: &str, hello: &Value, ids: &Ids) -> Vec<Value> {
    let mut socket = Socket::open(&world.server, path, hello.clone()).await;
    let mut heard = vec![socket.next().await];
    if heard[0]["type"] == "welcome" {
        while heard[0]["resumed"] == false && heard.last().unwrap()["last"] != true {
            heard.push(socket.next().await);
        }
    } else {
        while !heard.last().unwrap()["type"].is_null() {
            heard.push(socket.next().await);
        }
    }
    for frame in &mut heard {
        for field in ["time", "cursor"] {
            frame.as_object_mut().unwrap().remove(field);
        }
        // When a new customer's thread began.
        frame["data"]["view"].as_object_mut().map(|view| view.remove("at"));
        *frame = serde_json::from_str(&ids.hidden_in(&frame.to_string())).unwrap();
    }
    heard
}

#[tokio::test]
async fn nobody_comes_in_as_somebody_else() {
    let world = World::new().await;
    let World { a, b, unknown, .. } = &world;
    let none = Ids::default();
    let made_up = format!("mca_{}", "7".repeat(64));
    // Agents: whatever is wrong with a token, it is one answer.
    let wrong = answered(&world, "/ws", &json!({"token": made_up, "tenant": A}), &none).await;
    assert_eq!(wrong[0]["type"], "bye", "{wrong:?}");
    for (case, token, tenant) in [
        ("disabled", &world.disabled, A),
        ("signed out", &world.revoked, A),
        ("of another tenant", &b.admin, A),
        ("in another tenant", &a.admin, B),
        ("of a disabled tenant", &world.closed, CLOSED),
        ("of no tenant", &a.admin, NOWHERE),
        ("a customer's key", &a.key, A),
        ("none", &String::new(), A),
    ] {
        let found = answered(&world, "/ws", &json!({"token": token, "tenant": tenant}), &none).await;
        assert_eq!(found, wrong, "{case}");
    }
    // A cursor of another tenant's journal is as one of none.
    let resume = |ids: &Ids| json!({"token": b.admin, "tenant": B, "cursor": cursor(&ids.since)});
    let foreign = answered(&world, "/ws", &resume(&a.ids), &none).await;
    assert_eq!(foreign, answered(&world, "/ws", &resume(unknown), &none).await);
    assert!(!serde_json::to_string(&foreign).unwrap().contains(MARK));

    // Customers, by a conversation: without its key it is as if it were not there.
    let conversation = |ids: &Ids| format!("/ws/public/{}", ids.conversation);
    for (case, secret, tenant) in [
        ("somebody else's key", &a.other_key as &str, A),
        ("a key of another tenant", &b.key, A),
        ("the key, in another tenant", &a.key, B),
        ("the key, in a disabled tenant", &a.key, CLOSED),
        ("the key, in no tenant", &a.key, NOWHERE),
        ("a named customer's secret", ALICE, A),
        ("an agent's token", &a.admin, A),
        ("none", "", A),
    ] {
        let hello = json!({"secret": secret, "tenant": tenant});
        let found = answered(&world, &conversation(&a.ids), &hello, &a.ids).await;
        let absent = answered(&world, &conversation(unknown), &hello, unknown).await;
        assert_eq!(found, absent, "{case}");
        assert_ne!(found[0]["type"], "welcome", "{case}");
    }
    // By a name: the same name and secret are somebody else in another tenant, and nobody in a disabled one.
    let named = |ids: &Ids| format!("/ws/chat/{}", ids.customer_name);
    for tenant in [B, CLOSED, NOWHERE] {
        let hello = json!({"secret": ALICE, "tenant": tenant});
        let found = answered(&world, &named(&a.ids), &hello, &a.ids).await;
        assert_eq!(
            found,
            answered(&world, &named(unknown), &hello, unknown).await,
            "{tenant}"
        );
        assert!(
            !serde_json::to_string(&found).unwrap().contains(MARK),
            "{tenant}: {found:?}"
        );
    }
    let there = json!({"secret": "c3".repeat(32), "tenant": CLOSED});
    let not_there = json!({"secret": "c3".repeat(32), "tenant": NOWHERE});
    let (closed, nowhere) = (
        answered(&world, &named(unknown), &there, &none).await,
        answered(&world, &named(unknown), &not_there, &none).await,
    );
    assert_eq!(closed, nowhere);
    // Whoever says to be her and has not her secret reads nothing.
    let impostor = answered(
        &world,
        &named(&a.ids),
        &json!({"secret": "c3".repeat(32), "tenant": A}),
        &none,
    )
    .await;
    assert_eq!(impostor[0]["type"], "bye", "{impostor:?}");
    world.server.stop().await.unwrap();
}
