use futures_util::FutureExt;
use minicom_protocol::{
    command::{AgentCommand, CustomerCommand},
    ids::{CommandId, TenantId},
};
use tokio::time::{advance, timeout};
use uuid::Uuid;

use super::*;
use crate::{
    limits,
    order::{Caller, Order, Who},
    test_desk::TestDesk,
};

const EVERY: Duration = Duration::from_secs(1);

fn floor() -> Arc<Floor> {
    Arc::new(Floor {
        agents: Board::default(),
        customers: Windows::default(),
    })
}

fn agent(n: u128, name: &str) -> AgentRef {
    AgentRef {
        id: AgentId(Uuid::from_u128(n)),
        name: DisplayName::parse(name).unwrap(),
    }
}

fn customer(n: u128) -> CustomerId {
    CustomerId(Uuid::from_u128(n))
}

fn conversation(n: u128) -> ConversationId {
    ConversationId(Uuid::from_u128(n))
}

fn reader(floor: &Arc<Floor>, me: u128) -> AgentSignals {
    AgentSignals::new(floor.clone(), AgentId(Uuid::from_u128(me)), EVERY)
}

fn now<T>(next: impl Future<Output = T>) -> Option<T> {
    next.now_or_never()
}

fn names(signal: Option<AgentSignal>) -> Vec<String> {
    match signal {
        Some(AgentSignal::Presence { agents }) => agents.iter().map(|agent| agent.name.to_string()).collect(),
        other => panic!("{other:?} is no presence"),
    }
}

#[tokio::test(start_paused = true)]
async fn presence_is_whole_at_first_and_on_every_change() {
    let floor = floor();
    let ada = Present::new(floor.clone(), agent(1, "Ada"));
    let mut reads = reader(&floor, 1);
    assert_eq!(names(now(reads.next())), ["Ada"]);
    assert_eq!(now(reads.next()), None);

    let second_window = Present::new(floor.clone(), agent(1, "Ada"));
    assert_eq!(now(reads.next()), None, "the list is the same");
    let bo = Present::new(floor.clone(), agent(2, "Bo"));
    assert_eq!(now(reads.next()), None, "told less than a second ago");
    advance(EVERY).await;
    assert_eq!(names(now(reads.next())), ["Ada", "Bo"]);

    drop(ada);
    advance(EVERY).await;
    assert_eq!(now(reads.next()), None, "the second window is still there");
    second_window.rename(&agent(1, "Ada L."));
    assert_eq!(names(now(reads.next())), ["Ada L.", "Bo"]);
    advance(EVERY).await;
    drop((second_window, bo));
    assert_eq!(
        names(now(reads.next())),
        Vec::<String>::new(),
        "the newest value, not each on the way"
    );
    assert_eq!(
        names(now(reader(&floor, 3).next())),
        Vec::<String>::new(),
        "whole for whoever comes"
    );
}

#[tokio::test(start_paused = true)]
async fn each_source_of_typing_has_its_own_second() {
    let floor = floor();
    let mut reads = reader(&floor, 1);
    let typing = |n, on| AgentSignal::Typing {
        conversation: conversation(n),
        who: Typist::Customer,
        on,
        at: Rev(5),
    };
    let say = |n, on| floor.tell_agents(conversation(n), Typist::Customer, on, Rev(5));
    say(1, true);
    assert_eq!(now(reads.next()), Some(typing(1, true)));
    say(1, false);
    say(2, true);
    assert_eq!(now(reads.next()), Some(typing(2, true)), "another's comes at once");
    let (first, told) = (now(reads.next()), reads.next().await);
    assert_eq!(
        (first, told),
        (None, typing(1, false)),
        "the end comes when its second is over"
    );
    assert_eq!(now(reads.next()), None);
}

#[tokio::test(start_paused = true)]
async fn nobody_is_told_of_the_own_typing_or_of_what_is_over() {
    let floor = floor();
    let ada = Typist::Agent { agent: agent(1, "Ada") };
    floor.tell_agents(conversation(1), ada, true, Rev(1));
    let (mut own, mut other) = (reader(&floor, 1), reader(&floor, 2));
    assert_eq!(now(own.next()), None);
    assert!(now(other.next()).is_some());
    advance(limits::TYPING_FOR).await;
    assert_eq!(now(reader(&floor, 3).next()), None);
    floor.tell_agents(conversation(2), Typist::Bot, true, Rev(2));
    assert_eq!(floor.agents.values(), 1, "what is over is forgotten");
}

#[tokio::test(start_paused = true)]
async fn both_windows_of_a_customer_are_told_and_nobody_elses() {
    let floor = floor();
    let open = |n| CustomerSignals::new(floor.clone(), customer(n), EVERY);
    let (mut first, mut second, mut other) = (open(1), open(1), open(2));
    let typing = CustomerSignal::Typing {
        name: Some(DisplayName::parse("Ada").unwrap()),
        on: true,
        at: Seq(3),
    };
    floor.customers.typing(customer(1), typing.clone());
    assert_eq!(now(first.next()), Some(typing.clone()));
    assert_eq!(now(second.next()), Some(typing));
    assert_eq!(now(other.next()), None);
    floor.customers.places([customer(2), customer(1)].into_iter());
    assert_eq!(now(first.next()), Some(CustomerSignal::Place { place: Some(2) }));
    assert_eq!(now(other.next()), Some(CustomerSignal::Place { place: Some(1) }));
    drop((first, second, other));
    assert!(!floor.customers.any(), "nothing is remembered of who left");
}

#[tokio::test(start_paused = true)]
async fn a_place_is_told_once_and_again_when_it_changes() {
    let floor = floor();
    let mut window = CustomerSignals::new(floor.clone(), customer(1), EVERY);
    assert_eq!(now(window.next()), None, "not known yet");
    floor.customers.places(std::iter::empty());
    assert_eq!(now(window.next()), Some(CustomerSignal::Place { place: None }));
    floor.customers.places(std::iter::empty());
    assert_eq!(now(window.next()), None);
    floor.customers.places([customer(2), customer(1)].into_iter());
    floor.customers.places([customer(1)].into_iter());
    assert_eq!(window.next().await, CustomerSignal::Place { place: Some(1) });
}

struct Story {
    test: TestDesk,
    signals: Signals,
    tenant: TenantKey,
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl Story {
    fn new() -> Story {
        let test = TestDesk::new();
        let limits = RunLimits {
            signal_every: Duration::ZERO,
            place_every: Duration::from_millis(1),
            ..RunLimits::default()
        };
        let signals = Signals::new(test.desk.clone(), &limits);
        let tenant = test.desk.tenant(&TenantId::default_tenant()).unwrap();
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        signals.spawn(&tasks, &stop);
        Story {
            test,
            signals,
            tenant,
            tasks,
            stop,
        }
    }

    async fn ask_for_a_person(&self, caller: &Caller, n: u128) {
        let order = Order::Customer(CustomerCommand::RequestHuman {});
        let id = CommandId(Uuid::from_u128(n));
        self.test.desk.submit(caller, id, order).await.unwrap();
    }

    async fn wait_for(&self, window: &mut CustomerSignals, place: Option<u64>) {
        let told = async { while window.next().await != (CustomerSignal::Place { place }) {} };
        timeout(Duration::from_secs(20), told).await.expect("the place comes");
    }
}

fn agent_of(caller: &Caller) -> AgentRef {
    match &caller.who {
        Who::Agent { agent, .. } => agent.clone(),
        other => panic!("{other:?} is no agent"),
    }
}

#[tokio::test]
async fn the_place_follows_the_queue() {
    let story = Story::new();
    let (alice, bob) = (story.test.customer("alice").await, story.test.customer("bob").await);
    let ada = story.test.agent("Ada").await;
    let in_alices = story.test.post(&alice, 1, "hello").await.conversation.unwrap();
    story.test.post(&bob, 2, "hello").await;
    let mut window = story.signals.for_customer(story.tenant, bob.customer()).unwrap();
    story.wait_for(&mut window, None).await;
    story.ask_for_a_person(&alice, 3).await;
    story.ask_for_a_person(&bob, 4).await;
    story.wait_for(&mut window, Some(2)).await;
    let take_over = AgentCommand::TakeOver {
        conversation: in_alices,
    };
    story.test.ask(&ada, 5, take_over).await.unwrap();
    story.wait_for(&mut window, Some(1)).await;
    story.stop.cancel();
    story.tasks.close();
    story.tasks.wait().await;
}

#[tokio::test]
async fn only_the_owners_typing_reaches_the_customer() {
    let story = Story::new();
    let alice = story.test.customer("alice").await;
    let (ada, bo) = (story.test.agent("Ada").await, story.test.agent("Bo").await);
    let posted = story.test.post(&alice, 1, "hello").await;
    let conversation = posted.conversation.unwrap();
    let taken = story
        .test
        .ask(&ada, 2, AgentCommand::TakeOver { conversation })
        .await
        .unwrap();
    let mut window = story.signals.for_customer(story.tenant, alice.customer()).unwrap();
    story.wait_for(&mut window, None).await;
    let (ada, bo) = (agent_of(&ada), agent_of(&bo));
    story.signals.agent_types(story.tenant, &bo, conversation, true).await;
    story.signals.bot_types(story.tenant, conversation, true).await;
    assert_eq!(now(window.next()), None);
    story.signals.agent_types(story.tenant, &ada, conversation, true).await;
    let told = CustomerSignal::Typing {
        name: Some(ada.name.clone()),
        on: true,
        at: taken.seq.unwrap(),
    };
    assert_eq!(now(window.next()), Some(told));

    let mut colleague = story.signals.for_agent(story.tenant, bo.id).unwrap();
    let told = AgentSignal::Typing {
        conversation,
        who: Typist::Agent { agent: ada },
        on: true,
        at: taken.rev.unwrap(),
    };
    assert_eq!(now(colleague.next()), Some(told));
    story.stop.cancel();
}

#[tokio::test]
async fn the_customers_typing_reaches_the_agents_while_a_conversation_is_open() {
    let story = Story::new();
    let alice = story.test.customer("alice").await;
    let mut agent = story.signals.for_agent(story.tenant, AgentId(Uuid::nil())).unwrap();
    story.signals.customer_types(story.tenant, alice.customer(), true).await;
    assert_eq!(now(agent.next()), None, "nothing was ever asked");
    let posted = story.test.post(&alice, 1, "hello").await;
    story.signals.customer_types(story.tenant, alice.customer(), true).await;
    let told = AgentSignal::Typing {
        conversation: posted.conversation.unwrap(),
        who: Typist::Customer,
        on: true,
        at: posted.rev.unwrap(),
    };
    assert_eq!(now(agent.next()), Some(told));
    let foreign = TenantKey(story.tenant.0 + 1);
    assert!(story.signals.for_agent(foreign, AgentId(Uuid::nil())).is_none());
    story.stop.cancel();
}
