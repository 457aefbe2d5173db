//! What is momentary between the two sides, over real sockets: who is there and looks at what, what has come to a screen,
//! whether the desk is open, and what a customer is told of the desk.

use minicom_protocol::{
    command::{AgentCommand, CustomerCommand},
    event::EventBody,
    frame::{AgentSignal, Agents, CustomerSignal, Customers, ToClient, ToServer},
    ids::{AgentId, ConversationId, LineNo, Time},
    people::{AgentRef, Role},
    refusal::Refusal,
    settings::{DeskSettings, First},
    staff::{Intent, Presence, PresenceState},
    text::DisplayName,
};
use minicom_server::{clock, store::staff};
use uuid::Uuid;

use crate::harness::{Client, Server, post, reply, secret, soon};

fn of<'s>(signal: &'s AgentSignal, name: &str) -> Option<&'s Presence> {
    match signal {
        AgentSignal::Presence { agents } => agents.iter().find(|it| it.agent.name.as_str() == name),
        _ => None,
    }
}

#[tokio::test]
async fn colleagues_see_what_one_looks_at_and_how_one_stands() {
    let server = Server::start().await;
    let (mut ada, mut bo) = (server.agent_at_desk("Ada").await, server.agent_at_desk("Bo").await);
    let conversation = Some(ConversationId(Uuid::new_v4()));
    bo.send(ToServer::Viewing { conversation }).await;
    ada.signalled(|signal| of(signal, "Bo").is_some_and(|it| it.viewing == conversation))
        .await;
    bo.does(AgentCommand::SetIntent { intent: Intent::Busy }).await.unwrap();
    ada.signalled(|signal| of(signal, "Bo").is_some_and(|it| it.state == PresenceState::Busy))
        .await;
    bo.does(AgentCommand::SetIntent {
        intent: Intent::AwayHandBack,
    })
    .await
    .unwrap();
    let is_away = |it: &Presence| (it.state, it.intent) == (PresenceState::Away, Intent::AwayHandBack);
    ada.signalled(|signal| of(signal, "Bo").is_some_and(is_away)).await;
    server.stop().await;
}

#[tokio::test]
async fn an_owner_who_is_gone_is_still_in_the_list_and_the_last_activity_is_stored() {
    let server = Server::start().await;
    let mut ada = server.agent_at_desk("Ada").await;
    let (bo, token) = server.agent("Bo").await;
    let mut at_desk = server.agent_with(&token, None).await;
    let mut alice = server.customer("alice").await;
    let conversation = alice.does(post("hello")).await.unwrap().conversation.unwrap();
    at_desk.does(AgentCommand::TakeOver { conversation }).await.unwrap();
    drop(at_desk);
    let gone = ada
        .signalled(|signal| of(signal, "Bo").is_some_and(|it| it.gone_since.is_some()))
        .await;
    assert_eq!(of(&gone, "Bo").unwrap().state, PresenceState::Offline);
    // The list says it before the disk does.
    let (tenant, id) = (server.tenant, bo.id);
    soon("the activity on the disk", async {
        while server
            .desk
            .read(move |conn| staff::activity(conn, tenant, id))
            .await
            .unwrap()
            .is_none()
        {
            tokio::task::yield_now().await;
        }
    })
    .await;
    server.stop().await;
}

#[tokio::test]
async fn delivered_goes_both_ways_from_the_owner_and_to_all_agents() {
    let server = Server::start().await;
    let (mut ada, mut bo) = (server.agent_at_desk("Ada").await, server.agent_at_desk("Bo").await);
    let mut alice = server.customer("alice").await;
    let conversation = alice.does(post("hello")).await.unwrap().conversation.unwrap();
    let got = |up_to| ToServer::Delivered {
        conversation: Some(conversation),
        up_to: LineNo(up_to),
    };
    ada.does(reply(conversation, "good day")).await.unwrap();
    bo.send(got(1)).await;
    bo.pings().await;
    alice.does(post("are you there?")).await.unwrap();
    ada.send(got(1)).await;
    ada.send(got(2)).await;
    let delivered =
        |up_to| move |signal: &CustomerSignal| *signal == CustomerSignal::Delivered { up_to: LineNo(up_to) };
    alice.signalled(delivered(2)).await;

    let conversation_is_there = |signal: &AgentSignal| {
        let up_to = LineNo(1);
        *signal == AgentSignal::Delivered { conversation, up_to }
    };
    let came = ToServer::Delivered {
        conversation: None,
        up_to: LineNo(7),
    };
    alice.send(came).await;
    ada.signalled(conversation_is_there).await;
    bo.signalled(conversation_is_there).await;
    let mut late = server.agent_at_desk("Cy").await;
    late.signalled(conversation_is_there).await;
    drop(alice);
    let mut again = server.customer("alice").await;
    again.signalled(delivered(2)).await;
    server.stop().await;
}

#[tokio::test]
async fn what_customers_may_not_say_is_refused_and_the_connection_stays() {
    let server = Server::start().await;
    let mut alice = server.customer("alice").await;
    alice.send(ToServer::Viewing { conversation: None }).await;
    assert_eq!(alice.refused().await, Refusal::Forbidden);
    let foreign = ToServer::Delivered {
        conversation: Some(ConversationId(Uuid::new_v4())),
        up_to: LineNo(u64::MAX),
    };
    alice.send(foreign).await;
    alice.pings().await;
    let mut ada = server.agent_at_desk("Ada").await;
    let nowhere = ToServer::Delivered {
        conversation: None,
        up_to: LineNo(1),
    };
    ada.send(nowhere).await;
    ada.pings().await;
    server.stop().await;
}

#[tokio::test]
async fn a_customer_is_told_of_the_desk_and_whether_somebody_is_there() {
    let server = Server::start().await;
    let mut alice: Client<Customers> = Client::dial(server.addr, "/ws/chat/alice").await;
    alice.hello(Some(secret("alice")), None, None).await;
    let ToClient::Welcome { me, .. } = alice.next().await else {
        panic!("it begins with a welcome");
    };
    assert_eq!(
        (me.desk.as_str(), me.edit_window_s, me.questions),
        ("Support", 60, vec![])
    );
    let open = |agents_available| {
        move |signal: &CustomerSignal| {
            let (open_now, next_open_at) = (true, None);
            let told = CustomerSignal::Open {
                open_now,
                agents_available,
                next_open_at,
            };
            *signal == told
        }
    };
    alice.signalled(open(false)).await;
    let mut ada = server.agent_at_desk("Ada").await;
    alice.signalled(open(true)).await;
    ada.does(AgentCommand::SetIntent { intent: Intent::Busy })
        .await
        .unwrap();
    alice.signalled(open(false)).await;
    server.stop().await;
}

#[tokio::test]
async fn what_a_desk_has_chosen_otherwise_reaches_those_who_are_connected() {
    let server = Server::start().await;
    let ada = AgentRef {
        id: AgentId(Uuid::new_v4()),
        name: DisplayName::parse("Ada").unwrap(),
    };
    let token = server.token(&ada, Role::Admin, Time(i64::MAX)).await;
    let mut ada = server.agent_with(&token, None).await;
    let mut bo = server.agent_at_desk("Bo").await;
    let mut alice = server.customer("alice").await;
    let chooses = async |ada: &mut Client<Agents>, settings: DeskSettings| {
        let settings = Box::new(settings);
        ada.does(AgentCommand::Configure { settings }).await.unwrap();
    };
    let look =
        async |alice: &mut Client<Customers>| match alice.signalled(|it| matches!(it, CustomerSignal::Look(_))).await {
            CustomerSignal::Look(look) => look,
            other => panic!("{other:?}"),
        };
    let first = DeskSettings {
        name: "Parcels".to_owned(),
        subtitle: "Mon to Fri".to_owned(),
        colour: "#2b6cb0".to_owned(),
        consent: "We keep it.".to_owned(),
        first: First::Queue,
        ..DeskSettings::default()
    };
    chooses(&mut ada, first.clone()).await;
    let told = look(&mut alice).await;
    assert_eq!(
        (told.desk.as_str(), told.subtitle.as_str(), told.colour.as_str()),
        ("Parcels", "Mon to Fri", "#2b6cb0")
    );
    assert_eq!(
        (told.first, told.consent.as_deref()),
        (First::Queue, Some("We keep it."))
    );
    // It counts at once: nothing is written without it, and what was agreed to is not asked again for another name.
    let refused = alice.does(post("hello")).await.unwrap_err();
    assert_eq!(refused, Refusal::ConsentRequired);
    let text = "We keep it.".to_owned();
    alice.does(CustomerCommand::Consent { text }).await.unwrap();
    let second = DeskSettings {
        name: "Letters".to_owned(),
        ..first
    };
    chooses(&mut ada, second).await;
    let told = look(&mut alice).await;
    assert_eq!((told.desk.as_str(), told.consent), ("Letters", None));
    alice.does(post("hello")).await.unwrap();
    // Colleagues have it as an event, and nobody waits for the bot.
    soon("the settings", async {
        let names = |bo: &Client<Agents>| {
            let settings = bo.events.iter().filter_map(|event| match &event.body {
                EventBody::SettingsChanged(it) => Some(it.settings.name.clone()),
                _ => None,
            });
            settings.collect::<Vec<_>>()
        };
        while names(&bo) != ["Parcels", "Letters"] {
            bo.next().await;
        }
    })
    .await;
    // What is told by the welcome is not told again.
    let (mut bob, mut heard) = (server.customer("bob").await, 0);
    bob.pings().await;
    while let Some(signal) = bob.signals.get(heard) {
        assert!(!matches!(signal, CustomerSignal::Look(_)), "{signal:?}");
        heard += 1;
    }
    drop((ada, bo, alice, bob));
    server.stop().await;
}

#[tokio::test]
async fn a_connection_ends_with_its_token() {
    let server = Server::start().await;
    let (ada, _) = server.agent("Ada").await;
    let token = server.token(&ada, Role::Agent, Time(clock::now().0 + 1_500_000)).await;
    let mut client: Client<Agents> = Client::dial(server.addr, "/ws").await;
    client.hello(None, Some(token.clone()), None).await;
    client.welcomed().await;
    let ended = client.ended().await;
    assert_eq!((ended.close, ended.refusal().as_str()), (Some(4001), "sign_in"));
    let mut again: Client<Agents> = Client::dial(server.addr, "/ws").await;
    again.hello(None, Some(token), None).await;
    assert_eq!(again.ended().await.refusal(), "sign_in");
    server.stop().await;
}
