use minicom_protocol::{
    command::CustomerCommand,
    event::{Author, Posted},
    ids::{Rev, TenantId},
    people::AgentRef,
};
use tokio::task::JoinHandle;

use super::*;
use crate::{
    door::FrontDoor,
    order::{Caller, Who},
    presence::Beginning,
    store::{journal, profiles},
    test_desk::{TestDesk, command_id},
};

struct Running {
    test: TestDesk,
    floor: Arc<Floor>,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Running {
    async fn new() -> Running {
        let test = TestDesk::new();
        let floor = Arc::new(Floor::default());
        floor.change(|room, now| room.begin(Beginning::default(), now));
        let stop = CancellationToken::new();
        let door = FrontDoor {
            desk: test.desk.clone(),
            caller: test.desk.server(&TenantId::default_tenant()),
        };
        let task = tokio::spawn(keep(
            test.desk.clone(),
            test.tenant(),
            floor.clone(),
            door,
            stop.clone(),
        ));
        Running {
            test,
            floor,
            stop,
            task,
        }
    }

    /// The customer asks for a person.
    async fn asks(&self, customer: &Caller, id: u64) {
        let order = Order::Customer(CustomerCommand::RequestHuman {});
        self.test.desk.submit(customer, command_id(id), order).await.unwrap();
    }

    /// What the desk itself has said, once it has said so much and the follower is through.
    async fn said(&self, lines: usize) -> Vec<String> {
        let tenant = self.test.tenant();
        let mut head = self.test.desk.hub().watch(tenant);
        loop {
            let events = self
                .test
                .desk
                .read(move |conn| journal::after(conn, tenant, Rev(0), 1_000));
            let events = events.await.unwrap();
            let at = events.last().map_or(0, |event| event.rev.0);
            let said: Vec<String> = events
                .iter()
                .filter_map(|event| match &event.body {
                    EventBody::Posted(Posted {
                        author: Author::System,
                        parts,
                        ..
                    }) => Some(minicom_protocol::event::parts_text(parts)),
                    _ => None,
                })
                .collect();
            if said.len() >= lines {
                return said;
            }
            head.wait_for(|head| *head > at).await.unwrap();
        }
    }

    async fn email(&self, customer: &Caller) -> Option<String> {
        let (tenant, id) = (self.test.tenant(), customer.customer());
        let profile = self.test.desk.read(move |conn| profiles::load(conn, tenant, id)).await;
        profile.unwrap().email.map(|email| email.as_str().to_owned())
    }

    async fn end(self) {
        self.stop.cancel();
        self.task.await.unwrap();
    }
}

#[tokio::test]
async fn who_asks_while_nobody_is_there_is_told_so_and_asked_for_an_address_once() {
    let run = Running::new().await;
    let alice = run.test.customer("alice").await;
    run.test.post(&alice, 1, "hello").await;
    run.asks(&alice, 2).await;
    let said = run.said(1).await;
    assert!(
        said[0].starts_with("Nobody is here right now; your place") && said[0].contains("e-mail"),
        "{said:?}"
    );
    // Two addresses are none, and so is a word with the sign in it.
    for (id, text) in [(3, "write to a@x.org or b@x.org"), (4, "I am @home"), (5, "hello?")] {
        run.test.post(&alice, id, text).await;
    }
    assert_eq!(run.email(&alice).await, None);
    run.test.post(&alice, 6, "it is <Alice@Example.org>, thanks.").await;
    assert_eq!(run.email(&alice).await.as_deref(), Some("Alice@Example.org"));
    let said = run.said(2).await;
    assert!(said[1].starts_with("Thank you"), "{said:?}");
    // The first one stands; a change is the customer's to say.
    run.test.post(&alice, 7, "or other@example.org").await;
    assert_eq!(run.email(&alice).await.as_deref(), Some("Alice@Example.org"));
    assert_eq!(run.said(2).await.len(), 2);
    run.end().await;
}

#[tokio::test]
async fn an_address_that_nobody_asked_for_is_only_a_line() {
    let test = TestDesk::new();
    let alice = test.customer("alice").await;
    test.post(&alice, 1, "hello").await;
    let order = Order::Customer(CustomerCommand::RequestHuman {});
    test.desk.submit(&alice, command_id(2), order).await.unwrap();
    test.post(&alice, 3, "my friend is bob@example.org").await;
    let (tenant, id) = (test.tenant(), alice.customer());
    let profile = test
        .desk
        .read(move |conn| profiles::load(conn, tenant, id))
        .await
        .unwrap();
    assert_eq!(profile.email, None);
}

#[tokio::test]
async fn who_asks_while_somebody_is_there_is_not_told() {
    let run = Running::new().await;
    let (alice, bob) = (run.test.customer("alice").await, run.test.customer("bob").await);
    let Who::Agent { agent, .. } = run.test.agent("ada").await.who else {
        panic!("she is an agent")
    };
    let seat = sits(&run.floor, &agent);
    run.test.post(&alice, 1, "hello").await;
    run.asks(&alice, 2).await;
    // She is gone when bob asks: he is told, and alice, before him in the journal, was not.
    let (tenant, desk) = (run.test.tenant(), run.test.desk.clone());
    let position = move || {
        let desk = desk.clone();
        async move {
            let read = desk.read(move |conn| crate::store::followers::position(conn, tenant, "nobody"));
            read.await.unwrap()
        }
    };
    let asked = Rev(3);
    let mut n = 10;
    while position().await < asked {
        // Positions are stored with what is committed next.
        run.test.post(&bob, n, "hello").await;
        n += 1;
        tokio::task::yield_now().await;
    }
    run.floor.change(|room, now| room.attendance.leave(agent.id, seat, now));
    run.asks(&bob, 5).await;
    let said = run.said(1).await;
    assert_eq!(said.len(), 1, "{said:?}");
    run.end().await;
}

fn sits(floor: &Floor, agent: &AgentRef) -> u64 {
    let mut seat = 0;
    floor.change(|room, now| {
        let member = minicom_protocol::staff::StaffMember {
            agent: agent.clone(),
            ..crate::presence::tests::member(1, "ada", minicom_protocol::staff::Intent::Available)
        };
        room.attendance.member(&member, Rev(1), now);
        seat = room.attendance.join(agent, true, now);
    });
    seat
}

#[tokio::test]
async fn the_desk_says_it_in_the_customers_language() {
    let run = Running::new().await;
    let alice = run.test.customer("alice").await;
    run.test
        .post(&alice, 1, "Guten Tag, wo ist meine Bestellung? Ich warte schon lange.")
        .await;
    run.asks(&alice, 2).await;
    let said = run.said(1).await;
    assert!(
        said[0].starts_with("Gerade ist niemand da") && said[0].contains("Hinterlassen Sie hier"),
        "{said:?}"
    );
    run.test.post(&alice, 3, "alice@example.org").await;
    let said = run.said(2).await;
    assert!(said[1].starts_with("Danke, dorthin"), "{said:?}");
    run.end().await;
}
