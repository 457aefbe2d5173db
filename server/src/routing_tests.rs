//! Routing over a real desk: who is given what, and that a person's own choice goes before.

use std::{sync::Mutex, time::Duration};

use minicom_protocol::{
    command::{AgentCommand, CustomerCommand},
    ids::TenantId,
    intake::Intake,
    staff::Intent,
    stage::Stage,
    words::Skill,
};
use tokio::time::timeout;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use super::*;
use crate::{
    door::FrontDoor,
    order::{Caller, Who},
    run_limits::RunLimits,
    signals::{Present, Signals},
    test_desk::TestDesk,
};

/// The front door, before which a person is faster, once.
struct Beaten {
    door: FrontDoor,
    faster: Mutex<Option<(Caller, AgentCommand)>>,
}

impl Door for Beaten {
    async fn submit(&self, id: CommandId, order: Order) -> Result<Done, Refusal> {
        let faster = self.faster.lock().unwrap().take();
        if let Some((who, command)) = faster {
            let id = CommandId(Uuid::new_v4());
            self.door.desk.submit(&who, id, Order::Agent(command)).await.unwrap();
        }
        self.door.submit(id, order).await
    }
}

struct Test {
    desk: TestDesk,
    signals: Signals,
    tasks: TaskTracker,
    stop: CancellationToken,
    admin: Caller,
}

impl Test {
    async fn new() -> Test {
        let desk = TestDesk::new();
        let signals = Signals::new(desk.desk.clone(), &RunLimits::default());
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        signals.spawn(&tasks, &stop);
        let admin = desk.admin("Root").await;
        Test {
            desk,
            signals,
            tasks,
            stop,
            admin,
        }
    }

    fn front(&self) -> FrontDoor {
        FrontDoor {
            desk: self.desk.desk.clone(),
            caller: self.desk.desk.server(&TenantId::default_tenant()),
        }
    }

    fn start(&self, door: impl Door) {
        let tenant = self.desk.tenant();
        let floor = self.signals.floor(tenant).unwrap().clone();
        let routing = keep(self.desk.desk.clone(), tenant, floor, door, self.stop.clone());
        self.tasks.spawn(routing);
    }

    async fn ask(&self, who: &Caller, command: AgentCommand) {
        let id = CommandId(Uuid::new_v4());
        let done = self.desk.desk.submit(who, id, Order::Agent(command)).await;
        done.unwrap();
    }

    /// Two at a time for everybody, and routing on.
    async fn turn_on(&self) {
        let settings = Box::new(DeskSettings {
            routing: Routing::LeastBusy,
            capacity: Some(2),
            ..DeskSettings::default()
        });
        self.ask(&self.admin, AgentCommand::Configure { settings }).await;
    }

    async fn skilled(&self, agent: &Caller, skill: &str) {
        let command = AgentCommand::SetAgent {
            agent: id_of(agent),
            skills: vec![Skill::parse(skill).unwrap()],
            capacity: None,
        };
        self.ask(&self.admin, command).await;
    }

    fn here(&self, agent: &Caller) -> Present {
        let Who::Agent { agent, .. } = &agent.who else {
            panic!("{agent:?} is no agent");
        };
        self.signals.present(self.desk.tenant(), agent, true).unwrap()
    }

    /// Somebody comes into the queue.
    async fn waits(&self, name: &str, skill: Option<&str>) -> ConversationId {
        let customer = self.desk.customer(name).await;
        let skills = skill.map(|it| Skill::parse(it).unwrap()).into_iter().collect();
        let intake = Intake {
            skills,
            ..Intake::default()
        };
        let start = CustomerCommand::Start {
            intake,
            introduction: Default::default(),
            answers: vec![],
        };
        for command in [start, CustomerCommand::RequestHuman {}] {
            let id = CommandId(Uuid::new_v4());
            let done = self.desk.desk.submit(&customer, id, Order::Customer(command)).await;
            done.unwrap();
        }
        let newest = self.desk.desk.newest(self.desk.tenant(), customer.customer()).await;
        newest.unwrap().unwrap().conversation
    }

    async fn owner(&self, conversation: ConversationId) -> Option<AgentId> {
        let row = self.desk.desk.summary(self.desk.tenant(), conversation).await.unwrap();
        row.stage.owner().map(|it| it.id)
    }

    /// Waits until somebody owns it.
    async fn given(&self, conversation: ConversationId) -> AgentId {
        let mut head = self.desk.desk.hub().watch(self.desk.tenant());
        let given = async {
            loop {
                head.borrow_and_update();
                if let Some(owner) = self.owner(conversation).await {
                    return owner;
                }
                head.changed().await.unwrap();
            }
        };
        timeout(Duration::from_secs(20), given)
            .await
            .expect("it is given to somebody")
    }

    async fn stop(self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

fn id_of(caller: &Caller) -> AgentId {
    match &caller.who {
        Who::Agent { agent, .. } => agent.id,
        other => panic!("{other:?} is no agent"),
    }
}

#[tokio::test]
async fn to_whoever_has_the_fewest_up_to_what_each_can_have_and_to_the_next_who_comes() {
    let test = Test::new().await;
    let (ada, bo) = (test.desk.agent("Ada").await, test.desk.agent("Bo").await);
    test.turn_on().await;
    let (_ada_is_here, bo_is_here) = (test.here(&ada), test.here(&bo));
    test.start(test.front());
    let mut owners = Vec::new();
    for name in ["a", "b", "c", "d"] {
        let conversation = test.waits(name, None).await;
        owners.push(test.given(conversation).await);
    }
    assert_ne!(owners[0], owners[1], "the second goes to the other");
    assert_ne!(owners[2], owners[3]);
    let fifth = test.waits("e", None).await;
    let cy = test.desk.agent("Cy").await;
    let _cy_is_here = test.here(&cy);
    assert_eq!(test.given(fifth).await, id_of(&cy), "the others are full");
    drop(bo_is_here);
    test.stop().await;
}

#[tokio::test]
async fn skills_decide_who_and_hold_nobody_else_up() {
    let test = Test::new().await;
    let (ada, bo) = (test.desk.agent("Ada").await, test.desk.agent("Bo").await);
    test.skilled(&bo, "billing").await;
    let first = test.waits("a", Some("billing")).await;
    let second = test.waits("b", None).await;
    test.turn_on().await;
    let _ada_is_here = test.here(&ada);
    test.start(test.front());
    assert_eq!(test.given(second).await, id_of(&ada));
    assert_eq!(
        test.owner(first).await,
        None,
        "Ada knows nothing of it, and Bo is not there"
    );
    let _bo_is_here = test.here(&bo);
    assert_eq!(test.given(first).await, id_of(&bo));
    test.stop().await;
}

#[tokio::test]
async fn who_had_the_customer_before_goes_before_the_least_busy() {
    let test = Test::new().await;
    let (ada, bo) = (test.desk.agent("Ada").await, test.desk.agent("Bo").await);
    let before = test.waits("alice", None).await;
    test.ask(&ada, AgentCommand::TakeOver { conversation: before }).await;
    let close = AgentCommand::Close {
        conversation: before,
        seen: Default::default(),
    };
    test.ask(&ada, close).await;
    let other = test.waits("bob", None).await;
    test.ask(&ada, AgentCommand::TakeOver { conversation: other }).await;
    test.turn_on().await;
    let (_ada_is_here, _bo_is_here) = (test.here(&ada), test.here(&bo));
    test.start(test.front());
    let again = test.waits("alice", None).await;
    assert_eq!(test.given(again).await, id_of(&ada), "though Bo has none");
    test.stop().await;
}

#[tokio::test]
async fn nobody_is_given_anything_who_is_busy_or_not_there_or_if_it_is_off() {
    let test = Test::new().await;
    let (ada, bo, cy) = (
        test.desk.agent("Ada").await,
        test.desk.agent("Bo").await,
        test.desk.agent("Cy").await,
    );
    let _both = (test.here(&ada), test.here(&cy));
    test.ask(&ada, AgentCommand::SetIntent { intent: Intent::Busy }).await;
    test.start(test.front());
    let waits = test.waits("a", None).await;
    assert!(
        test.desk
            .desk
            .summary(test.desk.tenant(), waits)
            .await
            .unwrap()
            .stage
            .is_waiting()
    );
    test.turn_on().await;
    assert_eq!(test.given(waits).await, id_of(&cy));
    assert_ne!(id_of(&bo), id_of(&cy));
    test.stop().await;
}

#[tokio::test]
async fn by_hand_goes_before_and_the_next_is_given_all_the_same() {
    let test = Test::new().await;
    let (ada, bo) = (test.desk.agent("Ada").await, test.desk.agent("Bo").await);
    let first = test.waits("a", None).await;
    let second = test.waits("b", None).await;
    let _ada_is_here = test.here(&ada);
    // While it is proposed to Ada, Bo takes it, who is not even there.
    let take_over = AgentCommand::TakeOver { conversation: first };
    test.start(Beaten {
        door: test.front(),
        faster: Mutex::new(Some((bo.clone(), take_over))),
    });
    test.turn_on().await;
    assert_eq!(test.given(second).await, id_of(&ada));
    assert_eq!(test.owner(first).await, Some(id_of(&bo)));
    test.stop().await;
}

#[tokio::test]
async fn of_many_who_come_at_once_each_gets_what_each_can_have_and_no_more() {
    let test = Test::new().await;
    let mut agents = Vec::new();
    for n in 0..5 {
        agents.push(test.desk.agent(&format!("Agent {n}")).await);
    }
    let mut queue = Vec::new();
    for n in 0..12 {
        queue.push(test.waits(&format!("c{n}"), None).await);
    }
    test.turn_on().await;
    test.start(test.front());
    let _here: Vec<Present> = agents.iter().map(|it| test.here(it)).collect();
    for conversation in &queue[..10] {
        test.given(*conversation).await;
    }
    let mut owned = std::collections::HashMap::<AgentId, u32>::new();
    for conversation in &queue {
        if let Some(owner) = test.owner(*conversation).await {
            *owned.entry(owner).or_default() += 1;
        }
    }
    assert_eq!(
        owned.values().copied().collect::<Vec<_>>(),
        [2; 5],
        "the first ten, two for each"
    );
    let last = test.desk.desk.summary(test.desk.tenant(), queue[11]).await.unwrap();
    assert!(matches!(last.stage, Stage::Waiting { .. }));
    test.stop().await;
}

#[test]
fn an_id_is_of_one_reading() {
    let ids = [1, 2].map(|head| {
        let mut row = crate::presence::tests::row(7);
        row.queued_at = Some(minicom_protocol::ids::Time(5));
        command_id(TenantKey(1), Rev(head), &row, AgentId(Uuid::nil()))
    });
    assert_ne!(ids[0], ids[1], "what was refused then may be done now");
}
