//! Grace over a clock that the tests move, with a book in the desk's place.

use std::{collections::VecDeque, sync::Mutex, time::Duration};

use minicom_protocol::{
    command::{AgentCommand, CustomerCommand, Done},
    event::{Author, EventBody},
    ids::{AgentId, TenantId, Time},
    people::AgentRef,
    refusal::Refusal,
    settings::DeskSettings,
    staff::Intent,
};
use tokio::{
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    task::JoinHandle,
    time::{advance, timeout},
};
use tokio_util::task::TaskTracker;

use super::*;
use crate::{
    door::FrontDoor,
    presence::{
        Beginning,
        tests::{agent, conversation, event, member, news, taken, wrote},
    },
    run_limits::RunLimits,
    signals::Signals,
    test_desk::{TestDesk, command_id as command_id_of},
};

const GRACE: Duration = Duration::from_secs(120);

/// Writes down what comes, and answers what it was told to; else that it is done.
struct Book {
    comes: UnboundedSender<(CommandId, OwnerGone)>,
    answers: Mutex<VecDeque<Refusal>>,
}

impl Door for Book {
    async fn submit(&self, id: CommandId, order: Order) -> Result<Done, Refusal> {
        let Order::OwnerGone(gone) = order else {
            panic!("{order:?} is no business of the grace");
        };
        self.comes.send((id, gone)).unwrap();
        match self.answers.lock().unwrap().pop_front() {
            Some(refusal) => Err(refusal),
            None => Ok(Done::default()),
        }
    }
}

struct Test {
    floor: Arc<Floor>,
    comes: UnboundedReceiver<(CommandId, OwnerGone)>,
    task: JoinHandle<()>,
    stop: CancellationToken,
    began: Instant,
}

impl Test {
    /// Ada has conversation 1, Bo has conversation 2, and neither is there.
    async fn new(answers: Vec<Refusal>) -> Test {
        let floor = Arc::new(Floor::default());
        let mut from = Beginning {
            settings: DeskSettings {
                owner_grace_s: GRACE.as_secs() as u32,
                ..DeskSettings::default()
            },
            ..Beginning::default()
        };
        from.staff.agents = vec![member(1, "Ada", Intent::Available), member(2, "Bo", Intent::Available)];
        floor.change(|room, now| room.begin(from, now));
        let (send, comes) = unbounded_channel();
        let book = Book {
            comes: send,
            answers: Mutex::new(answers.into()),
        };
        let stop = CancellationToken::new();
        let task = tokio::spawn(keep(TenantKey(1), floor.clone(), book, stop.clone()));
        let test = Test {
            floor,
            comes,
            task,
            stop,
            began: Instant::now(),
        };
        test.hear(1, 1, taken(&ada()));
        test.hear(2, 2, taken(&bo()));
        test
    }

    fn hear(&self, rev: u64, n: u128, body: EventBody) {
        self.floor.hear(&news(&event(rev, n, 0, body)).unwrap());
    }

    fn join(&self, agent: &AgentRef) -> u64 {
        self.floor.change(|room, now| room.attendance.join(agent, true, now))
    }

    fn leave(&self, agent: &AgentRef, seat: u64) {
        self.floor
            .change(|room, now| room.attendance.leave(agent.id, seat, now));
    }

    /// The next that is brought: by which command, which conversation, and how long after the beginning.
    async fn next(&mut self) -> (CommandId, u128, Duration) {
        let (id, gone) = self.comes.recv().await.expect("the grace goes on");
        (id, gone.conversation.0.as_u128(), self.began.elapsed())
    }

    async fn stop(self) {
        self.stop.cancel();
        self.task.await.unwrap();
    }
}

fn ada() -> AgentRef {
    agent(1, "Ada")
}

fn bo() -> AgentRef {
    agent(2, "Bo")
}

/// A timer of tokio's has a millisecond's grain.
fn about(found: Duration, expected: Duration) {
    assert!(
        found >= expected && found < expected + Duration::from_millis(5),
        "{found:?}, not {expected:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn after_a_restart_the_grace_begins_anew_for_every_owner() {
    let mut test = Test::new(vec![]).await;
    let (first, second) = (test.next().await, test.next().await);
    assert_eq!([first.1, second.1], [1, 2]);
    assert_ne!(first.0, second.0);
    about(first.2, GRACE);
    about(second.2, GRACE);
    test.stop().await;
}

#[tokio::test(start_paused = true)]
async fn coming_back_in_time_ends_it_and_a_later_absence_is_another() {
    let mut test = Test::new(vec![]).await;
    let (mut seat, of_bo) = (test.join(&ada()), test.join(&bo()));
    test.leave(&ada(), seat);
    test.leave(&bo(), of_bo);
    advance(GRACE - Duration::from_secs(1)).await;
    seat = test.join(&ada());
    let (_, whose, when) = test.next().await;
    assert_eq!(whose, 2, "Ada was back a second before");
    about(when, GRACE);
    let mut ids = Vec::new();
    for _ in 0..2 {
        let left = test.began.elapsed();
        test.leave(&ada(), seat);
        let (id, whose, when) = test.next().await;
        assert_eq!(whose, 1);
        about(when - left, GRACE);
        ids.push(id);
        seat = test.join(&ada());
    }
    assert_ne!(ids[0], ids[1]);
    test.stop().await;
}

#[tokio::test(start_paused = true)]
async fn what_is_refused_for_now_is_brought_again_by_the_same_id_and_what_is_refused_is_not() {
    let mut test = Test::new(vec![Refusal::Busy { retry_after_ms: 1 }, Refusal::NotFound]).await;
    let (first, second, again) = (test.next().await, test.next().await, test.next().await);
    assert_eq!([first.1, second.1, again.1], [1, 2, 1]);
    assert_eq!(first.0, again.0);
    about(again.2, GRACE + limits::LOOK_AGAIN_AFTER);
    // The next that comes is of another occasion: nothing else was left.
    test.hear(9, 2, wrote(Author::Customer));
    let (id, whose, _) = test.next().await;
    assert_eq!(whose, 2);
    assert_ne!(id, second.0);
    test.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_customer_who_writes_to_one_who_is_gone_is_not_left_alone() {
    let mut test = Test::new(vec![]).await;
    let (_, _) = (test.next().await, test.next().await);
    advance(10 * GRACE).await;
    test.hear(5, 1, wrote(Author::Customer));
    let (_, whose, when) = test.next().await;
    assert_eq!(whose, 1);
    about(when, 11 * GRACE);
    test.stop().await;
}

#[tokio::test(start_paused = true)]
async fn who_goes_away_and_hands_back_is_not_waited_for() {
    let mut test = Test::new(vec![]).await;
    let (_of_ada, _of_bo) = (test.join(&ada()), test.join(&bo()));
    let body = EventBody::AgentChanged(minicom_protocol::event::AgentChanged {
        member: member(2, "Bo", Intent::AwayHandBack),
        intent_only: true,
    });
    test.hear(3, 0, body);
    let (_, whose, when) = test.next().await;
    assert_eq!(whose, 2);
    about(when, Duration::ZERO);
    // Taken while away: it is meant, until its customer writes.
    test.hear(4, 3, taken(&bo()));
    test.hear(5, 3, wrote(Author::Customer));
    assert_eq!(test.next().await.1, 3);
    test.stop().await;
}

#[test]
fn an_id_is_of_one_occasion() {
    let now = Instant::now();
    let of = |n: u128, agent: u128, since: i64, by: u64| {
        command_id(
            TenantKey(1),
            &Forsaken {
                conversation: conversation(n),
                agent: AgentId(uuid::Uuid::from_u128(agent)),
                due: now,
                since: Time(since),
                by: Rev(by),
            },
        )
    };
    let one = of(1, 1, 1, 1);
    assert_eq!(one, of(1, 1, 1, 1));
    for other in [of(2, 1, 1, 1), of(1, 2, 1, 1), of(1, 1, 2, 1), of(1, 1, 1, 2)] {
        assert_ne!(one, other);
    }
}

/// With the real desk: what waits for an answer goes back into its place, what was answered stays.
#[tokio::test]
async fn whose_customer_waits_goes_back_to_the_queue_and_what_was_answered_stays() {
    let test = TestDesk::new();
    let (root, ada) = (test.admin("Root").await, test.agent("Ada").await);
    let settings = Box::new(DeskSettings {
        owner_grace_s: 0,
        ..DeskSettings::default()
    });
    test.ask(&root, 1, AgentCommand::Configure { settings }).await.unwrap();
    let mut of = Vec::new();
    for (n, name) in [(10, "alice"), (20, "bob")] {
        let customer = test.customer(name).await;
        let conversation = test.post(&customer, n, "hello").await.conversation.unwrap();
        let human = Order::Customer(CustomerCommand::RequestHuman {});
        test.desk.submit(&customer, command_id_of(n + 1), human).await.unwrap();
        test.ask(&ada, n + 2, AgentCommand::TakeOver { conversation })
            .await
            .unwrap();
        of.push(conversation);
    }
    let answer = AgentCommand::Post {
        conversation: of[1],
        text: "good day".to_owned(),
        seen: Default::default(),
        take_over: false,
        anyway: true,
        quote: None,
        reply: None,
        article: None,
        file: None,
    };
    test.ask(&ada, 3, answer).await.unwrap();
    let row = async |n: usize| test.desk.summary(test.tenant(), of[n]).await.unwrap();
    let before = row(0).await;

    let signals = Signals::new(test.desk.clone(), &RunLimits::default());
    let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
    signals.spawn(&tasks, &stop);
    let door = FrontDoor {
        desk: test.desk.clone(),
        caller: test.desk.server(&TenantId::default_tenant()),
    };
    let floor = signals.floor(test.tenant()).unwrap().clone();
    tasks.spawn(keep(test.tenant(), floor, door, stop.clone()));
    let mut head = test.desk.hub().watch(test.tenant());
    timeout(Duration::from_secs(20), async {
        while row(0).await.stage.is_active() {
            head.changed().await.unwrap();
        }
    })
    .await
    .expect("it goes back");
    let after = row(0).await;
    assert!(after.stage.is_waiting());
    assert_eq!(
        (after.queued_at, after.queued_rev),
        (before.queued_at, before.queued_rev),
        "its place is kept"
    );
    stop.cancel();
    tasks.close();
    tasks.wait().await;
    assert!(row(1).await.stage.is_active(), "it was answered");
}
