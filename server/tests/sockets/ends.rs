//! How connections end: by silence, slowness, the server's stop, an ended sign-in, too many windows.

use std::time::Duration;

use minicom_protocol::{
    close::CloseCode,
    command::AgentCommand,
    event::{AgentChanged, EventBody, Subject},
    frame::{Agents, ToClient},
    ids::{AgentId, TenantId, Time},
    people::{AgentRef, Role},
    refusal::Refusal,
    settings::DeskSettings,
    staff::{Intent, StaffMember},
    text::DisplayName,
};
use minicom_server::{
    accounts::{EndedSignIn, NewMachineToken},
    auth::scope::Scope,
    limits as bounds,
    run_limits::RunLimits,
};
use tokio::net::TcpSocket;
use uuid::Uuid;

use crate::harness::{Client, PATIENCE, Server, fresh, limits, post, reply, until};

#[tokio::test]
async fn who_falls_silent_is_closed_and_who_pings_is_not() {
    let server = Server::with(RunLimits {
        silence_max: Duration::from_millis(500),
        frames_per_s: u32::MAX,
        ..limits()
    })
    .await;
    let mut silent = server.customer("alice").await;
    let mut alive = server.customer("bob").await;
    let ended = async {
        let ended = silent.ended().await;
        assert_eq!(ended.close, Some(4009));
        assert!(ended.bye.unwrap().retryable);
    };
    let pinging = async {
        loop {
            alive.pings().await;
        }
    };
    tokio::select! {
        () = ended => {}
        () = pinging => {}
    }
    alive.pings().await;
    server.stop().await;
}

#[tokio::test]
async fn a_slow_reader_harms_only_itself_and_resumes_complete() {
    let server = Server::with(RunLimits {
        write_timeout: Duration::from_millis(300),
        close_linger: Duration::from_millis(100),
        ..limits()
    })
    .await;
    let (_, token) = server.agent("Ada").await;
    let socket = TcpSocket::new_v4().unwrap();
    // Little room on this side, so that the server's writes soon have to wait.
    socket.set_recv_buffer_size(4_096).unwrap();
    let stream = socket.connect(server.addr).await.unwrap();
    let mut slow = Client::<Agents>::try_dial(stream, "/ws", None).await.unwrap();
    slow.hello(None, Some(token.clone()), None).await;
    slow.welcomed().await;
    let cursor = slow.cursor;
    let mut quick = server.agent_at_desk("Bo").await;
    let open = server.sockets.open();

    let text = "x".repeat(bounds::TEXT_BYTES_MAX);
    let (mut head, mut written) = (0, 0);
    while server.sockets.open() == open {
        let done = server.posts(&format!("c{}", written % 10), &text).await;
        head = done.rev.unwrap().0;
        written += 1;
        quick.reads_to(head).await;
        assert!(written < 5_000, "the slow one was never closed");
    }
    until("the slow one's end", || server.sockets.registry().counts().0 == 1).await;
    drop(slow);
    let mut back = server.agent_with(&token, Some(cursor)).await;
    assert!(back.resumed);
    back.reads_to(head).await;
    assert_eq!(back.events, quick.events);
    server.stop().await;
}

#[tokio::test]
async fn a_customer_has_so_many_windows() {
    let server = Server::with(RunLimits {
        sockets_per_customer: 2,
        ..limits()
    })
    .await;
    let first = server.customer("alice").await;
    let _second = server.customer("alice").await;
    let mut third = Client::<minicom_protocol::frame::Customers>::dial(server.addr, "/ws/chat/alice").await;
    third.hello(Some(crate::harness::secret("alice")), None, None).await;
    let ended = third.ended().await;
    assert_eq!(ended.close, Some(4030));
    assert!(ended.bye.unwrap().retryable);
    server.customer("bob").await;
    drop(first);
    until("the place given back", || server.sockets.registry().counts().1 < 3).await;
    let mut again = server.customer("alice").await;
    again.pings().await;
    server.stop().await;
}

#[tokio::test]
async fn a_stop_answers_what_was_submitted_and_says_when_to_come_back() {
    let server = Server::start().await;
    let mut clients = vec![];
    for n in 0..5 {
        clients.push(server.customer(&format!("c{n}")).await);
    }
    let mut ids = vec![];
    for client in &mut clients {
        let id = fresh();
        client.repeats(id, post("just before")).await;
        ids.push(id);
    }
    until("every line taken in", || {
        server.desk.counts().jobs.load(std::sync::atomic::Ordering::Relaxed) >= 10
    })
    .await;
    server.begin_stop();
    for (client, id) in clients.iter_mut().zip(ids) {
        client.answer(id).await.unwrap();
        let ended = client.ended().await;
        assert_eq!(ended.close, Some(1012));
        let bye = ended.bye.unwrap();
        let retry = bye.retry_after_ms.unwrap();
        assert!((1..=2_000).contains(&retry), "{retry}");
        assert!(bye.retryable && matches!(bye.refusal, Some(Refusal::Stopping { .. })));
    }
    drop(clients);
    let dir = server.stop().await;
    let server = Server::at(dir, limits(), Default::default()).await;
    let alice = server.customer("c0").await;
    assert_eq!(alice.cursor.at, 2, "what was answered is there");
    server.stop().await;
}

#[tokio::test]
async fn a_stop_ends_also_who_has_not_said_hello() {
    let server = Server::start().await;
    let mut nobody = Client::<Agents>::dial(server.addr, "/ws").await;
    server.begin_stop();
    assert_eq!(nobody.ended().await.close, Some(1012));
    server.stop().await;
}

#[tokio::test]
async fn an_ended_sign_in_ends_its_connections_and_no_others() {
    let server = Server::start().await;
    let (agent, first) = server.agent("Ada").await;
    let second = server.token(&agent, Role::Agent, Time(i64::MAX)).await;
    let (mut by_first, mut by_second) = (
        server.agent_with(&first, None).await,
        server.agent_with(&second, None).await,
    );
    let mut bo = server.agent_at_desk("Bo").await;
    let tenant = TenantId::default_tenant();
    let address = server.addr.ip();
    let signed_in = server.accounts.sign_in(&tenant, &first, address).await.unwrap();
    server.accounts.logout(&signed_in).await.unwrap();
    let ended = tokio::time::timeout(bounds::REVOCATION_WITHIN.min(PATIENCE), by_first.ended())
        .await
        .unwrap();
    assert_eq!((ended.close, ended.refusal().as_str()), (Some(4001), "sign_in"));
    by_second.pings().await;

    server
        .sockets
        .registry()
        .close_agents(EndedSignIn::Agent(server.tenant, agent.id));
    assert_eq!(by_second.ended().await.close, Some(4001));
    bo.pings().await;
    server.stop().await;
}

/// A token that is revoked by its id ends its own connections, and nobody else's; one that only looks opens none.
#[tokio::test]
async fn a_revoked_token_ends_its_connections_and_a_token_that_only_looks_has_none() {
    let server = Server::start().await;
    let (ada, token) = server.agent("Ada").await;
    let tenant = TenantId::default_tenant();
    let me = server
        .accounts
        .sign_in(&tenant, &token, server.addr.ip())
        .await
        .unwrap();
    let make = async |scope| {
        let new = NewMachineToken {
            agent: None,
            label: "a script".to_owned(),
            scope,
            days: 1,
        };
        server.accounts.make_token(&me, new, None).await.unwrap()
    };
    let (writes, row) = make(Scope::Write).await;
    let mut by_script = server.agent_with(&writes.reveal(), None).await;
    let mut by_ada = server.agent_with(&token, None).await;
    let (reads, _) = make(Scope::Read).await;
    let mut refused = Client::<Agents>::dial(server.addr, "/ws").await;
    refused.hello(None, Some(reads.reveal()), None).await;
    assert_eq!(refused.ended().await.refusal(), "forbidden");

    server.accounts.revoke_token(&me, &tenant, &row.id, None).await.unwrap();
    let ended = tokio::time::timeout(bounds::REVOCATION_WITHIN.min(PATIENCE), by_script.ended())
        .await
        .unwrap();
    assert_eq!((ended.close, ended.refusal().as_str()), (Some(4001), "sign_in"));
    by_ada.pings().await;
    assert_eq!(me.agent.id, ada.id);
    server.stop().await;
}

/// A client that does not read, with so much sent to it that the server's writes wait.
async fn stuck(server: &Server, token: &str) -> Client<Agents> {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4_096).unwrap();
    let stream = socket.connect(server.addr).await.unwrap();
    let mut client = Client::<Agents>::try_dial(stream, "/ws", None).await.unwrap();
    client.hello(None, Some(token.to_owned()), None).await;
    client.welcomed().await;
    let text = "x".repeat(bounds::TEXT_BYTES_MAX);
    let posts = (0..600).map(|n| {
        let text = &text;
        async move { server.posts(&format!("c{}", n % 10), text).await }
    });
    futures_util::future::join_all(posts).await;
    client
}

#[tokio::test]
async fn who_does_not_read_is_closed_all_the_same_when_the_sign_in_ends_or_the_server_stops() {
    let server = Server::with(RunLimits {
        write_timeout: PATIENCE * 10,
        answers_deadline: Duration::from_millis(200),
        ..limits()
    })
    .await;
    let (agent, token) = server.agent("Ada").await;
    let (_, of_bo) = server.agent("Bo").await;
    let _ada = stuck(&server, &token).await;
    let _bo = stuck(&server, &of_bo).await;
    assert_eq!(server.sockets.registry().counts().0, 2);
    server
        .sockets
        .registry()
        .close_agents(EndedSignIn::Agent(server.tenant, agent.id));
    until("the end of one", || server.sockets.registry().counts().0 == 1).await;
    // The other ends by the stop, which is bounded.
    server.stop().await;
}

async fn changed(server: &Server, agent: &AgentRef, role: Role, enabled: bool) {
    let (subject, body) = (
        Subject::Agent { agent: agent.id },
        EventBody::AgentChanged(AgentChanged {
            member: StaffMember {
                agent: agent.clone(),
                role,
                enabled,
                skills: vec![],
                capacity: None,
                intent: Intent::Available,
            },
            intent_only: false,
        }),
    );
    let written = server
        .desk
        .write(server.tenant, move |scope| scope.append(subject, None, body));
    written.await.unwrap();
}

#[tokio::test]
async fn an_account_that_is_disabled_is_closed_by_the_journal_too() {
    let server = Server::start().await;
    let (agent, token) = server.agent("Ada").await;
    let mut ada = server.agent_with(&token, None).await;
    let mut bo = server.agent_at_desk("Bo").await;
    let before = ada.cursor;
    changed(&server, &agent, Role::Agent, false).await;
    let ended = ada.ended().await;
    assert_eq!((ended.close, ended.refusal().as_str()), (Some(4001), "sign_in"));
    bo.reads_to(1).await;
    bo.pings().await;

    // It is enabled again: what the journal says of before does not close who signs in now.
    changed(&server, &agent, Role::Agent, true).await;
    let mut ada = server.agent_with(&token, Some(before)).await;
    assert!(ada.resumed);
    ada.reads_to(2).await;
    ada.pings().await;
    server.stop().await;
}

#[tokio::test]
async fn a_new_name_holds_from_the_next_line_on() {
    let server = Server::start().await;
    let (agent, token) = server.agent("Ada").await;
    let mut ada = server.agent_with(&token, None).await;
    let renamed = AgentRef {
        name: DisplayName::parse("Countess").unwrap(),
        ..agent
    };
    changed(&server, &renamed, Role::Admin, true).await;
    ada.reads_to(1).await;
    let mut alice = server.customer("alice").await;
    let conversation = alice.does(post("hello")).await.unwrap().conversation.unwrap();
    ada.does(reply(conversation, "hi")).await.unwrap();
    alice.reads_to(4).await;
    use minicom_protocol::customer_event::{Author, CustomerBody};
    let CustomerBody::Posted(line) = &alice.events[3].body else {
        panic!("{:?}", alice.events[3]);
    };
    assert!(matches!(&line.author, Author::Agent { name } if name.as_str() == "Countess"));
    ada.signalled(|signal| matches!(signal, minicom_protocol::frame::AgentSignal::Presence { agents } if agents[0].agent.name.as_str() == "Countess")).await;
    server.stop().await;
}

#[tokio::test]
async fn who_leaves_is_forgotten() {
    let server = Server::start().await;
    let topics = server.desk.hub().topics();
    let alice = server.customer("alice").await;
    let mut ada = server.agent_at_desk("Ada").await;
    assert_eq!(server.sockets.registry().counts(), (1, 1));
    ada.message(tokio_tungstenite::tungstenite::Message::Close(None)).await;
    let ended = ada.ended().await;
    assert_eq!(ended.bye, None);
    drop(alice);
    until("everybody gone", || server.sockets.open() == 0).await;
    assert_eq!(server.sockets.registry().counts(), (0, 0));
    assert!(
        server.desk.hub().topics() <= topics + 1,
        "no thread is followed any more"
    );
    server.stop().await;
}

#[tokio::test]
async fn welcome_says_what_the_server_will_do() {
    let server = Server::start().await;
    let (_, token) = server.agent("Ada").await;
    let mut ada = Client::<Agents>::dial(server.addr, "/ws").await;
    ada.hello(None, Some(token), None).await;
    let ToClient::Welcome {
        ping_after_ms,
        silence_ms,
        server: name,
        me,
        ..
    } = ada.next().await
    else {
        panic!("no welcome");
    };
    assert_eq!((ping_after_ms, silence_ms), (20_000, 35_000));
    assert!(name.starts_with("minicom-server "));
    assert_eq!((me.agent.name.as_str(), me.role), ("Ada", Role::Agent));
    assert_eq!(CloseCode::from(4001), CloseCode::SignIn);
    server.stop().await;
}

#[tokio::test]
async fn a_second_factor_that_is_asked_for_ends_the_connections_of_those_who_have_none() {
    let server = Server::start().await;
    let ada = AgentRef {
        id: AgentId(Uuid::new_v4()),
        name: DisplayName::parse("Ada").unwrap(),
    };
    let boss = server.token(&ada, Role::Admin, Time(i64::MAX)).await;
    let mut boss = server.agent_with(&boss, None).await;
    let (_, token) = server.agent("Bo").await;
    let mut without = server.agent_with(&token, None).await;
    // A program's token has no second factor, and cannot have one.
    let tenant = TenantId::default_tenant();
    let bo = server
        .accounts
        .sign_in(&tenant, &token, server.addr.ip())
        .await
        .unwrap();
    let new = NewMachineToken {
        agent: None,
        label: "a script".to_owned(),
        scope: Scope::Write,
        days: 1,
    };
    let (script, _) = server.accounts.make_token(&bo, new, None).await.unwrap();
    let mut script = server.agent_with(&script.reveal(), None).await;
    // And who has one stays.
    let (cy, cys) = server.agent("Cy").await;
    let (key, id) = (server.tenant, *cy.id.as_bytes());
    let has = server.desk.write(key, move |scope| {
        let sql = "UPDATE agents SET totp = x'01' WHERE tenant = ?1 AND id = ?2";
        scope.conn.execute(sql, (key.0, id))
    });
    has.await.unwrap();
    let mut cys = server.agent_with(&cys, None).await;

    let settings = Box::new(DeskSettings {
        require_totp: true,
        ..DeskSettings::default()
    });
    boss.does(AgentCommand::Configure { settings }).await.unwrap();
    for leaves in [&mut without, &mut boss] {
        let ended = tokio::time::timeout(PATIENCE, leaves.ended()).await.unwrap();
        assert_eq!(
            (ended.close, ended.refusal().as_str()),
            (Some(4001), "totp_setup_required")
        );
    }
    script.pings().await;
    cys.pings().await;
    // Coming back with the same sign-in is no way round it.
    let mut again = Client::<Agents>::dial(server.addr, "/ws").await;
    again.hello(None, Some(token), None).await;
    assert_eq!(again.ended().await.refusal(), "totp_setup_required");
    server.stop().await;
}
