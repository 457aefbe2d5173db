//! Who customers are, and who of them may come in: what the site signed, other devices, blocks, consent, erasure.

use std::net::{IpAddr, Ipv4Addr};

use minicom_protocol::{
    command::{AgentCommand, CustomerCommand},
    context::{AccountStatus, Vouched},
    event::EventBody,
    frame::{
        AgentQuestion, AgentReply, Agents, CustomerQuestion, CustomerReply, Customers, Hello, ToClient, ToServer,
        VERSION,
    },
    ids::TenantId,
    intake::Introduction,
    people::{Realm, Role},
    refusal::Refusal,
    settings::{DeskSettings, SignedIdentity},
    text::CustomerName,
};
use minicom_server::{
    accounts::SignedIn,
    auth::identity::{Claims, IdentityKey, sign},
    order::{Caller, Order, Who},
    retention,
    store::{open, people, verify},
};

use crate::harness::{Client, Ended, Server, fresh, post, secret, soon};

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// What is said at the door.
#[derive(Default, Clone)]
struct Says {
    secret: Option<String>,
    identity: Option<String>,
    link_code: Option<String>,
}

async fn dial(server: &Server, name: &str, says: Says) -> Client<Customers> {
    let mut client = Client::dial(server.addr, &format!("/ws/chat/{name}")).await;
    let hello = Hello {
        version: VERSION,
        client: "test 1".to_owned(),
        tenant: None,
        cursor: None,
        token: None,
        secret: says.secret,
        identity: says.identity,
        link_code: says.link_code,
    };
    client.send(ToServer::Hello(hello)).await;
    client
}

/// Who the server takes the customer for, or why it does not.
async fn comes(server: &Server, name: &str, says: Says) -> Result<(String, bool), String> {
    let mut client = dial(server, name, says).await;
    match client.try_next().await {
        Ok(ToClient::Welcome { me, .. }) => Ok((me.consent, me.verified)),
        Ok(ToClient::Bye { refusal, .. }) => Err(refusal.map(|it| it.code()).unwrap_or_default()),
        other => panic!("{other:?}"),
    }
}

async fn boss(server: &Server) -> (SignedIn, Caller) {
    let (agent, _) = server.agent("boss").await;
    let token = server
        .token(&agent, Role::Admin, minicom_protocol::ids::Time(i64::MAX))
        .await;
    let tenant = TenantId::default_tenant();
    let mut by = server.accounts.sign_in(&tenant, &token, HERE).await.unwrap();
    by.role = Role::Admin;
    let who = Who::Agent {
        agent: by.agent.clone(),
        role: Role::Admin,
    };
    let caller = Caller::new(tenant, who);
    (by, caller)
}

async fn chooses(server: &Server, boss: &Caller, settings: DeskSettings) {
    let configure = AgentCommand::Configure {
        settings: Box::new(settings),
    };
    server
        .desk
        .submit(boss, fresh(), Order::Agent(configure))
        .await
        .unwrap();
}

fn now_s() -> i64 {
    minicom_server::clock::now().0 / 1_000_000
}

fn claims(name: &str) -> Claims {
    Claims {
        customer: CustomerName::parse(name).unwrap(),
        issued_s: now_s(),
        expires_s: now_s() + 600,
        vouched: Vouched {
            name: "Alice Site".parse().ok(),
            email: "alice@site.test".parse().ok(),
            attributes: [("plan".to_owned(), "gold".to_owned())].into(),
        },
    }
}

#[tokio::test]
async fn a_claim_counts_only_if_the_site_signed_it() {
    let server = Server::start().await;
    let (by, caller) = boss(&server).await;
    let tenant = TenantId::default_tenant();
    let old = server.accounts.make_identity_key(&by, None).await.unwrap().key;
    let key = server.accounts.make_identity_key(&by, None).await.unwrap().key;
    let good = sign(&key, &tenant, &claims("alice"));
    let says = |identity: Option<String>| Says {
        secret: Some(secret("alice")),
        identity,
        link_code: None,
    };
    // Off: it is worth nothing, and whoever shows one is told so.
    assert_eq!(
        comes(&server, "alice", says(Some(good.clone()))).await,
        Err("identity".to_owned())
    );

    let other = TenantId::parse("other").unwrap();
    let forged = IdentityKey {
        id: key.id.clone(),
        secret: b"mik_guessed".to_vec(),
    };
    let past = Claims {
        issued_s: now_s() - 900,
        expires_s: now_s() - 300,
        ..claims("alice")
    };
    let wrong = [
        ("empty", String::new()),
        ("wrong", "v1.abc.def".to_owned()),
        ("truncated", good[..good.len() - 4].to_owned()),
        ("another tenant's", sign(&key, &other, &claims("alice"))),
        ("expired", sign(&key, &tenant, &past)),
        ("forged", sign(&forged, &tenant, &claims("alice"))),
        ("somebody else's", sign(&key, &tenant, &claims("bob"))),
    ];
    let replayed = sign(&old, &tenant, &claims("alice"));
    for mode in [SignedIdentity::Mark, SignedIdentity::Enforce] {
        let settings = DeskSettings {
            signed_identity: mode,
            ..DeskSettings::default()
        };
        chooses(&server, &caller, settings).await;
        assert_eq!(
            comes(&server, "alice", says(Some(good.clone()))).await,
            Ok((String::new(), true))
        );
        for (why, token) in &wrong {
            let came = comes(&server, "alice", says(Some(token.clone()))).await;
            assert_eq!(came, Err("identity".to_owned()), "{why}, {mode:?}");
        }
        let missing = comes(&server, "alice", says(None)).await;
        match mode {
            SignedIdentity::Mark => {
                assert_eq!(missing, Ok((String::new(), false)));
                assert!(comes(&server, "alice", says(Some(replayed.clone()))).await.is_ok());
                server
                    .accounts
                    .retire_identity_key(&by, old.id.clone(), None)
                    .await
                    .unwrap();
            }
            _ => assert_eq!(missing, Err("identity".to_owned())),
        }
        let after = comes(&server, "alice", says(Some(replayed.clone()))).await;
        assert_eq!(
            after,
            Err("identity".to_owned()),
            "replayed after the rotation, {mode:?}"
        );
    }

    // The signed alice and the one who only says so are two, and what the site says stays apart.
    let key = server.tenant;
    let name = CustomerName::parse("alice").unwrap();
    let both = server.desk.read(move |conn| {
        let named = people::customer_by_name(conn, key, Realm::Named, &name)?.unwrap();
        let signed = people::customer_by_name(conn, key, Realm::Signed, &name)?.unwrap();
        Ok((named.customer, signed.customer))
    });
    let (named, signed) = both.await.unwrap();
    assert_ne!(named.id, signed.id);
    let known = server.desk.customer_context(server.tenant, signed.id).await.unwrap();
    assert!(known.verified && known.also.is_empty());
    assert_eq!(known.profile.vouched, claims("alice").vouched);
    assert_eq!((known.profile.name, known.profile.email), (None, None));
    server.stop().await;
}

#[tokio::test]
async fn where_the_site_must_vouch_nobody_else_writes_who_is_still_there() {
    let server = Server::start().await;
    let (_, caller) = boss(&server).await;
    let mut alice = server.customer("alice").await;
    alice.does(post("hello")).await.unwrap();
    let settings = DeskSettings {
        signed_identity: SignedIdentity::Enforce,
        ..DeskSettings::default()
    };
    chooses(&server, &caller, settings).await;
    assert_eq!(alice.does(post("again")).await, Err(Refusal::Identity));
    drop(alice);
    server.stop().await;
}

#[tokio::test]
async fn another_device_comes_by_a_code_that_is_good_once() {
    let server = Server::start().await;
    let mut alice = server.customer("alice").await;
    alice.does(post("from the first device")).await.unwrap();
    let linked = async |alice: &mut Client<Customers>| match alice.asks(CustomerQuestion::Link {}).await.unwrap() {
        CustomerReply::Link { code, .. } => code,
        other => panic!("{other:?}"),
    };
    let phone = |link_code: Option<&str>| Says {
        secret: Some(secret("alice's phone")),
        link_code: link_code.map(str::to_owned),
        identity: None,
    };
    let refused = Err("wrong_secret".to_owned());
    let code = linked(&mut alice).await;
    assert_eq!(comes(&server, "alice", phone(None)).await, refused);
    assert_eq!(comes(&server, "alice", phone(Some("2222-2222"))).await, refused);
    assert!(comes(&server, "alice", phone(Some(&code.to_lowercase()))).await.is_ok());
    assert!(
        comes(&server, "alice", phone(None)).await.is_ok(),
        "its own secret is good now"
    );
    let tablet = Says {
        secret: Some(secret("a tablet")),
        link_code: Some(code),
        identity: None,
    };
    assert_eq!(comes(&server, "alice", tablet).await, refused, "the code is used");

    // All devices see one thread; a revoked one leaves at once.
    let mut second = dial(&server, "alice", phone(None)).await;
    second.welcomed().await;
    assert_eq!(second.snapshot[0].view.customer_lines.0, 1);
    let CustomerReply::Devices { devices } = alice.asks(CustomerQuestion::Devices {}).await.unwrap() else {
        panic!("devices are told")
    };
    assert_eq!(devices.iter().map(|it| it.this).collect::<Vec<_>>(), [true, false]);
    let revoke = |device: &str| CustomerCommand::RevokeDevice {
        device: device.to_owned(),
    };
    assert_eq!(
        alice.does(revoke(&devices[0].id)).await.unwrap_err().code(),
        "bad_field"
    );
    assert_eq!(alice.does(revoke("000000000000")).await, Err(Refusal::NotFound));
    alice.does(revoke(&devices[1].id)).await.unwrap();
    assert_eq!(soon("the end", second.ended()).await.refusal(), "revoked");
    assert_eq!(comes(&server, "alice", phone(None)).await, refused);
    drop(alice);
    server.stop().await;
}

#[tokio::test]
async fn codes_cannot_be_tried_through() {
    let server = Server::start().await;
    let mut alice = server.customer("alice").await;
    let CustomerReply::Link { code, .. } = alice.asks(CustomerQuestion::Link {}).await.unwrap() else {
        panic!("a code is told")
    };
    let says = |code: &str| Says {
        secret: Some(secret("eve")),
        link_code: Some(code.to_owned()),
        identity: None,
    };
    for _ in 0..5 {
        assert_eq!(
            comes(&server, "alice", says("2222-2222")).await,
            Err("wrong_secret".to_owned())
        );
    }
    assert_eq!(
        comes(&server, "alice", says(&code)).await,
        Err("rate_limited".to_owned()),
        "this address"
    );
    let key = server.tenant;
    let name = CustomerName::parse("alice").unwrap();
    let id = server.desk.customer(key, name).await.unwrap().customer.id;
    let now = minicom_server::clock::now();
    let left = server
        .desk
        .read(move |conn| minicom_server::store::devices::code(conn, key, id, now));
    assert_eq!(left.await.unwrap(), None, "the code is dead");
    drop(alice);
    server.stop().await;
}

#[tokio::test]
async fn a_blocked_customer_leaves_within_a_second_and_stays_out_until_let_in() {
    let server = Server::start().await;
    let mut ada = server.agent_at_desk("Ada").await;
    let mut alice = server.customer("alice").await;
    let mut other = server.customer("bob").await;
    alice.does(post("spam")).await.unwrap();
    ada.reads_to(1).await;
    let customer = server
        .desk
        .customer(server.tenant, CustomerName::parse("alice").unwrap())
        .await
        .unwrap()
        .customer
        .id;
    let minutes = Some(5);
    ada.does(AgentCommand::BlockCustomer { customer, minutes })
        .await
        .unwrap();
    let ended: Ended = soon("the end", alice.ended()).await;
    assert_eq!((ended.refusal().as_str(), ended.close), ("blocked", Some(4003)));
    let says = Says {
        secret: Some(secret("alice")),
        ..Says::default()
    };
    assert_eq!(comes(&server, "alice", says.clone()).await, Err("blocked".to_owned()));
    other.does(post("I am somebody else")).await.unwrap();
    let AgentReply::Customer { context } = ada.asks(AgentQuestion::Customer { customer }).await.unwrap() else {
        panic!("it is told")
    };
    assert_eq!(context.status, AccountStatus::Blocked);
    ada.does(AgentCommand::UnblockCustomer { customer }).await.unwrap();
    assert!(comes(&server, "alice", says).await.is_ok());

    let (_, caller) = boss(&server).await;
    let network = "127.0.0.0/8".parse().unwrap();
    let reason = ("a flood".to_owned(), None);
    server
        .desk
        .block_network(server.tenant, network, reason, &caller, None)
        .await
        .unwrap();
    assert_eq!(soon("the end", other.ended()).await.refusal(), "blocked");
    let says = Says {
        secret: Some(secret("carol")),
        ..Says::default()
    };
    assert_eq!(comes(&server, "carol", says).await, Err("blocked".to_owned()));
    drop((ada, alice, other));
    server.stop().await;
}

#[tokio::test]
async fn nothing_is_taken_before_the_consent_and_a_new_text_asks_again() {
    let server = Server::start().await;
    let (_, caller) = boss(&server).await;
    let asks = |text: &str| DeskSettings {
        consent: text.to_owned(),
        ..DeskSettings::default()
    };
    chooses(&server, &caller, asks("We keep it for 90 days.")).await;
    let mut alice = server.customer("alice").await;
    assert_eq!(alice.does(post("hello")).await, Err(Refusal::ConsentRequired));
    let consent = |text: &str| CustomerCommand::Consent { text: text.to_owned() };
    assert_eq!(
        alice.does(consent("Something else.")).await,
        Err(Refusal::ConsentRequired)
    );
    alice.does(consent("We keep it for 90 days.")).await.unwrap();
    alice.does(post("hello")).await.unwrap();
    let says = Says {
        secret: Some(secret("alice")),
        ..Says::default()
    };
    assert_eq!(comes(&server, "alice", says.clone()).await, Ok((String::new(), false)));
    chooses(&server, &caller, asks("We keep it for a year.")).await;
    assert_eq!(alice.does(post("and now?")).await, Err(Refusal::ConsentRequired));
    assert_eq!(
        comes(&server, "alice", says).await,
        Ok(("We keep it for a year.".to_owned(), false))
    );
    drop(alice);
    server.stop().await;
}

/// What a test looks for in the files of the database.
const WORDS: [&str; 6] = [
    "xylophone",
    "zanzibar",
    "quokka",
    "marzipan",
    "obsidian",
    "alice-to-erase",
];

fn found(dir: &std::path::Path) -> Vec<&'static str> {
    let mut all = vec![];
    for file in std::fs::read_dir(dir).unwrap() {
        let path = file.unwrap().path();
        if path.is_file() {
            all.extend(std::fs::read(path).unwrap());
        }
    }
    let holds = |word: &&str| all.windows(word.len()).any(|part| part == word.as_bytes());
    WORDS.into_iter().filter(holds).collect()
}

/// Alice has a conversation with lines, a note, a ticket with a comment, a profile and a rating's comment.
async fn story(server: &Server) -> (Client<Agents>, Client<Customers>) {
    let mut ada = server.agent_at_desk("Ada").await;
    let mut alice = server.customer("alice-to-erase").await;
    let introduction = Introduction {
        name: "quokka".parse().ok(),
        email: None,
    };
    let done = alice.does(post("my xylophone is broken")).await.unwrap();
    alice.does(CustomerCommand::Introduce { introduction }).await.unwrap();
    let conversation = done.conversation.unwrap();
    ada.does(AgentCommand::TakeOver { conversation }).await.unwrap();
    let note = AgentCommand::Note {
        conversation,
        text: "lives in zanzibar".to_owned(),
        agents: vec![],
        groups: vec![],
    };
    ada.does(note).await.unwrap();
    let title = "marzipan".parse().ok();
    let ticket = ada
        .does(AgentCommand::ConvertToTicket { conversation, title })
        .await
        .unwrap()
        .ticket
        .unwrap();
    ada.does(AgentCommand::CommentTicket {
        ticket,
        text: "send obsidian".to_owned(),
    })
    .await
    .unwrap();
    let solved = AgentCommand::ChangeTicket {
        ticket,
        status: Some(minicom_protocol::ticket::TicketStatus::Solved),
        assignee: None,
        title: None,
    };
    ada.does(solved).await.unwrap();
    (ada, alice)
}

fn is_whole(dir: &std::path::Path) {
    let (_folder, conn) = open::open(dir).unwrap();
    let found = verify::all(&conn).unwrap();
    assert!(
        found.sound(),
        "digests and folds are as they should be: {:?}",
        found.findings
    );
}

#[tokio::test]
async fn a_customer_who_is_erased_is_nowhere() {
    let server = Server::start().await;
    let (mut ada, mut alice) = story(&server).await;
    let mut bob = server.customer("bob").await;
    bob.does(post("I stay")).await.unwrap();
    alice.does(CustomerCommand::Forget {}).await.unwrap();
    assert_eq!(soon("the end", alice.ended()).await.refusal(), "erased");
    // Colleagues are told, without a name.
    let erased = soon("the event", async {
        loop {
            let known = ada.events.iter().find_map(|event| match &event.body {
                EventBody::Erased(it) => Some(it.customer.name.to_string()),
                _ => None,
            });
            match known {
                Some(name) => break name,
                None => drop(ada.next().await),
            }
        }
    });
    assert!(erased.await.starts_with("erased-"));
    // The journal afresh: every event is there, and nothing of her is in it.
    let (_, token) = server.agent("Bo").await;
    let bo = server.agent_with(&token, None).await;
    let told = serde_json::to_string(&bo.snapshot).unwrap();
    assert!(WORDS.iter().all(|word| !told.contains(word)), "{told}");
    // The name is free: whoever takes it is somebody else.
    let says = Says {
        secret: Some(secret("another alice")),
        ..Says::default()
    };
    assert!(comes(&server, "carla", says).await.is_ok());
    bob.does(post("still here")).await.unwrap();
    drop((ada, alice, bob, bo));
    let dir = server.stop().await;
    is_whole(dir.path());
    assert_eq!(found(dir.path()), [] as [&str; 0]);
}

#[tokio::test]
async fn what_is_older_than_the_desk_keeps_is_erased() {
    let server = Server::start().await;
    let (_, caller) = boss(&server).await;
    let (ada, mut alice) = story(&server).await;
    alice.does(CustomerCommand::Close {}).await.unwrap();
    alice.does(post("a new one, to be kept")).await.unwrap();
    let settings = DeskSettings {
        keep_closed_days: 30,
        ..DeskSettings::default()
    };
    chooses(&server, &caller, settings).await;
    let day = 24 * 60 * 60 * 1_000_000;
    let at = |days: i64| minicom_protocol::ids::Time(minicom_server::clock::now().0 + days * day);
    assert_eq!(retention::once(&server.desk, server.tenant, at(29)).await, Ok(0));
    assert_eq!(retention::once(&server.desk, server.tenant, at(31)).await, Ok(1));
    assert_eq!(
        retention::once(&server.desk, server.tenant, at(31)).await,
        Ok(0),
        "once"
    );
    alice.does(post("it goes on")).await.unwrap();
    drop((ada, alice));
    let dir = server.stop().await;
    assert_eq!(
        found(dir.path()),
        ["quokka", "alice-to-erase"],
        "who it is stays, what was said does not"
    );
}

#[tokio::test]
async fn an_export_has_everything_and_a_customers_own_has_no_notes() {
    use minicom_server::desk::ExportFor;
    let server = Server::start().await;
    let (ada, mut alice) = story(&server).await;
    let CustomerReply::Export { rows, after: None } =
        alice.asks(CustomerQuestion::Export { after: None }).await.unwrap()
    else {
        panic!("one page")
    };
    let own = serde_json::to_string(&rows).unwrap();
    for word in ["xylophone", "quokka", "marzipan", "alice-to-erase"] {
        assert!(own.contains(word), "{word}");
    }
    assert!(!own.contains("zanzibar") && !own.contains("obsidian"));
    let name = CustomerName::parse("alice-to-erase").unwrap();
    let id = server.desk.customer(server.tenant, name).await.unwrap().customer.id;
    let (rows, _) = server
        .desk
        .export_customer(server.tenant, id, None, ExportFor::Agents)
        .await
        .unwrap();
    let all = serde_json::to_string(&rows).unwrap();
    assert!(WORDS.iter().all(|word| all.contains(word)), "{all}");
    drop((ada, alice));
    server.stop().await;
}
