//! Customers without a name of their own, and pages of other sites.

use minicom_protocol::{
    command::{AgentCommand, CustomerCommand},
    frame::{Agents, Customers},
    ids::{ConversationId, TenantId, Time},
    people::{Realm, Role},
    settings::DeskSettings,
};
use minicom_server::order::{Caller, Order, Who};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Error;

use crate::harness::{Client, Ended, Server, fresh, post, secret};

/// A conversation of a customer who gave no name, and its key: what `public/start` makes.
async fn started(server: &Server) -> (ConversationId, String) {
    let tenant = TenantId::default_tenant();
    let made = server.accounts.anonymous_customer(&tenant, [127, 0, 0, 1].into(), None);
    let (customer, key) = made.await.unwrap();
    assert_eq!(customer.realm, Realm::Anonymous);
    let who = Who::Customer(customer);
    let done = server
        .desk
        .submit(
            &Caller::new(tenant, who),
            fresh(),
            Order::Customer(post("Is anybody there?")),
        )
        .await
        .unwrap();
    (done.conversation.unwrap(), key.reveal())
}

async fn ends(server: &Server, session: &str, fields: &str) -> Ended {
    let mut client = Client::<Customers>::dial(server.addr, &format!("/ws/public/{session}")).await;
    client.say(format!(r#"{{"type":"hello","version":1{fields}}}"#)).await;
    client.ended().await
}

#[tokio::test]
async fn who_gave_no_name_comes_by_the_conversation_and_its_key() {
    let server = Server::start().await;
    let (session, key) = started(&server).await;
    let path = format!("/ws/public/{session}");
    let mut guest = Client::<Customers>::dial(server.addr, &path).await;
    guest.hello(Some(key.clone()), None, None).await;
    guest.welcomed().await;
    let done = guest.does(post("Hello?")).await.unwrap();
    assert_eq!(done.conversation, Some(session));
    guest.reads_to(done.seq.unwrap().0).await;
    let cursor = guest.cursor;
    drop(guest);

    // The key is good for all of the thread, also when the conversation has ended.
    let mut again = Client::<Customers>::dial(server.addr, &path).await;
    again.hello(Some(key.clone()), None, Some(cursor)).await;
    again.welcomed().await;
    assert!(again.resumed && again.events.is_empty());
    again.does(CustomerCommand::Close {}).await.unwrap();
    let next = again.does(post("One more thing")).await.unwrap();
    assert_ne!(next.conversation, Some(session));
    let mut by_next =
        Client::<Customers>::dial(server.addr, &format!("/ws/public/{}", next.conversation.unwrap())).await;
    by_next.hello(Some(key), None, None).await;
    by_next.welcomed().await;
    server.stop().await;
}

#[tokio::test]
async fn a_wrong_key_an_unknown_session_and_an_unknown_tenant_answer_alike() {
    let server = Server::start().await;
    let ((session, key), (other, _)) = (started(&server).await, started(&server).await);
    let (session, unknown) = (session.to_string(), "0192f0c1-2345-7abc-8def-0123456789ab");
    let with = |key: &str| format!(r#","secret":"{key}""#);
    let mut all = Vec::new();
    for (session, fields) in [
        (session.as_str(), with(&secret("mallory"))),
        (&session, String::new()),
        (&session, with("short")),
        (&session, format!(r#"{},"tenant":"other""#, with(&key))),
        (&other.to_string(), with(&key)),
        (unknown, with(&key)),
        ("no-uuid", with(&key)),
        ("alice", with(&secret("alice"))),
    ] {
        all.push(ends(&server, session, &fields).await);
    }
    assert_eq!((all[0].close, all[0].refusal().as_str()), (Some(4001), "wrong_secret"));
    assert!(all.iter().all(|end| *end == all[0]), "{all:?}");
    server.stop().await;
}

async fn dials<A: minicom_protocol::frame::Audience>(server: &Server, path: &str, origin: &str) -> Option<Client<A>> {
    let stream = TcpStream::connect(server.addr).await.unwrap();
    match Client::<A>::try_dial(stream, path, Some(origin)).await {
        Ok(client) => Some(client),
        Err(Error::Http(answer)) => {
            assert_eq!(answer.status(), 403, "{path} {origin}");
            None
        }
        Err(other) => panic!("{path} {origin}: {other:?}"),
    }
}

#[tokio::test]
async fn pages_of_other_sites_come_by_the_tenants_list_alone() {
    let server = Server::start().await;
    let (boss, _) = server.agent("Eve").await;
    let token = server.token(&boss, Role::Admin, Time(i64::MAX)).await;
    let settings = DeskSettings {
        origins: vec!["https://shop.example".to_owned(), "http://127.0.0.1:3000".to_owned()],
        ..DeskSettings::default()
    };
    let (agent, role) = (boss, Role::Admin);
    let caller = Caller::new(TenantId::default_tenant(), Who::Agent { agent, role });
    let command = AgentCommand::Configure {
        settings: Box::new(settings),
    };
    server
        .desk
        .submit(&caller, fresh(), Order::Agent(command))
        .await
        .unwrap();
    let (session, key) = started(&server).await;
    let (public, named) = (format!("/ws/public/{session}"), "/ws/chat/alice");

    let mut page = dials::<Customers>(&server, &public, "https://shop.example")
        .await
        .unwrap();
    page.hello(Some(key), None, None).await;
    page.welcomed().await;
    assert!(
        dials::<Customers>(&server, named, "http://127.0.0.1:3000")
            .await
            .is_some()
    );
    let own = format!("http://{}", server.addr);
    let mut desk = dials::<Agents>(&server, "/ws", &own).await.unwrap();
    desk.hello(None, Some(token), None).await;
    desk.welcomed().await;
    assert!(
        dials::<Agents>(&server, "/ws", "https://shop.example").await.is_none(),
        "agents never"
    );

    let port = server.addr.port();
    for origin in [
        "null",
        "",
        "https://",
        "http://shop.example",
        "https://SHOP.example",
        "HTTPS://shop.example",
        "https://shop.example:443",
        "https://shop.example:8443",
        "https://shop.example.",
        "https://shop.example/",
        "https://shop.example/page",
        "https://shop.example.evil",
        "https://evil-shop.example",
        "https://www.shop.example",
        "https://evil.example/https://shop.example",
        "https://evil.example#https://shop.example",
        "https://shop.example@evil.example",
        "https://user@shop.example",
        "https://shop.example https://evil.example",
        "https://shop.example,https://evil.example",
        "https://shop%2eexample",
        "https://xn--shp-hoa.example",
        "//shop.example",
        "shop.example",
        "wss://shop.example",
        "ftp://shop.example",
        "file://",
        "chrome-extension://abcdefghijklmnop",
        "http://127.0.0.1",
        "http://127.0.0.1:30000",
        "http://localhost:3000",
        "http://127.1:3000",
        "http://2130706433:3000",
        "http://[::ffff:127.0.0.1]:3000",
        &format!("http://localhost:{port}"),
        &format!("http://{}.evil.example", server.addr),
    ] {
        for path in [public.as_str(), named] {
            assert!(
                dials::<Customers>(&server, path, origin).await.is_none(),
                "{path} {origin}"
            );
        }
        assert!(dials::<Agents>(&server, "/ws", origin).await.is_none(), "/ws {origin}");
    }
    server.stop().await;
}
