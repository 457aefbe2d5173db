use futures_util::FutureExt;
use minicom_protocol::{
    command::{AgentCommand, CustomerCommand},
    event::EventBody,
    frame::{AgentSignal, CustomerSignal, Estimate, Typist},
    ids::{CommandId, LineNo, Rev, Seq, TenantId, Time},
    settings::DeskSettings,
    staff::{Intent, PresenceState},
    stage::Side,
    text::DisplayName,
};
use tokio::time::{advance, timeout};
use uuid::Uuid;

use super::{
    floor::Floor,
    opening::{Hours, Open},
    *,
};
use crate::{
    limits,
    order::{Caller, Order, Who},
    presence::{
        Beginning,
        tests::{agent, closed, conversation, event, member, news, seen},
    },
    test_desk::TestDesk,
};

const EVERY: Duration = Duration::from_secs(1);
const NINE_TO_FIVE: &str = r#"{"zone":"UTC","week":{"thu":["09:00-17:00"],"fri":["09:00-17:00"]}}"#;

fn floor() -> Arc<Floor> {
    Arc::default()
}

fn customer(n: u128) -> CustomerId {
    CustomerId(Uuid::from_u128(n))
}

fn reader(floor: &Arc<Floor>, me: u128) -> AgentSignals {
    AgentSignals::new(floor.clone(), AgentId(Uuid::from_u128(me)), EVERY)
}

fn now<T>(next: impl Future<Output = T>) -> Option<T> {
    next.now_or_never()
}

fn changed(member: minicom_protocol::staff::StaffMember) -> crate::presence::News {
    let body = EventBody::AgentChanged(minicom_protocol::event::AgentChanged {
        member,
        intent_only: false,
    });
    news(&event(1, 0, 0, body)).unwrap()
}

fn presence(signal: Option<AgentSignal>) -> Vec<Presence> {
    match signal {
        Some(AgentSignal::Presence { agents }) => agents,
        other => panic!("{other:?} is no presence"),
    }
}

fn at(place: Option<u64>) -> CustomerSignal {
    CustomerSignal::Place { place, estimate: None }
}

fn names(signal: Option<AgentSignal>) -> Vec<String> {
    match signal {
        Some(AgentSignal::Presence { agents }) => agents.iter().map(|it| it.agent.name.to_string()).collect(),
        other => panic!("{other:?} is no presence"),
    }
}

#[tokio::test(start_paused = true)]
async fn presence_is_whole_at_first_and_on_every_change() {
    let floor = floor();
    let ada = Present::new(floor.clone(), &agent(1, "Ada"), true);
    let mut reads = reader(&floor, 1);
    assert_eq!(names(now(reads.next())), ["Ada"]);
    assert_eq!(now(reads.next()), None);

    let second_window = Present::new(floor.clone(), &agent(1, "Ada"), true);
    assert_eq!(now(reads.next()), None, "the list is the same");
    let bo = Present::new(floor.clone(), &agent(2, "Bo"), true);
    assert_eq!(now(reads.next()), None, "told less than a second ago");
    advance(EVERY).await;
    assert_eq!(names(now(reads.next())), ["Ada", "Bo"]);

    drop(ada);
    advance(EVERY).await;
    assert_eq!(now(reads.next()), None, "the second window is still there");
    floor.hear(&changed(member(1, "Ada L.", Intent::Available)));
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
    let open = |n| CustomerSignals::new(floor.clone(), customer(n), EVERY, look(&DeskSettings::default()));
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
    floor.customers.places([customer(2), customer(1)].into_iter(), |_| None);
    assert_eq!(now(first.next()), Some(at(Some(2))));
    assert_eq!(now(other.next()), Some(at(Some(1))));
    drop((first, second, other));
    assert!(!floor.customers.any(), "nothing is remembered of who left");
}

#[tokio::test(start_paused = true)]
async fn a_place_is_told_once_and_again_when_it_changes() {
    let floor = floor();
    let mut window = CustomerSignals::new(floor.clone(), customer(1), EVERY, look(&DeskSettings::default()));
    assert_eq!(now(window.next()), None, "not known yet");
    floor.customers.places(std::iter::empty(), |_| None);
    assert_eq!(now(window.next()), Some(at(None)));
    floor.customers.places(std::iter::empty(), |_| None);
    assert_eq!(now(window.next()), None);
    floor.customers.places([customer(2), customer(1)].into_iter(), |_| None);
    floor.customers.places([customer(1)].into_iter(), |_| None);
    assert_eq!(window.next().await, at(Some(1)));
    let estimate = Some(Estimate { from_min: 1, to_min: 3 });
    floor.customers.places([customer(1)].into_iter(), |_| estimate);
    let (place, told) = (Some(1), window.next().await);
    assert_eq!(told, CustomerSignal::Place { place, estimate });
}

#[tokio::test(start_paused = true)]
async fn what_is_delivered_only_goes_forward_and_is_told_to_whoever_comes_later() {
    let floor = floor();
    let mut reads = reader(&floor, 1);
    let delivered = |n, up_to| AgentSignal::Delivered {
        conversation: conversation(n),
        up_to: LineNo(up_to),
    };
    floor.agents.delivered(conversation(1), LineNo(4));
    assert_eq!(now(reads.next()), Some(delivered(1, 4)));
    floor.agents.delivered(conversation(1), LineNo(3));
    advance(EVERY).await;
    assert_eq!(now(reads.next()), None);
    assert_eq!(now(reader(&floor, 2).next()), Some(delivered(1, 4)));
    floor.hear(&news(&event(1, 1, 0, seen(Side::Customer, 3))).unwrap());
    assert_eq!(floor.agents.values(), 1, "line 4 is not read yet");
    floor.hear(&news(&event(2, 1, 0, seen(Side::Customer, 4))).unwrap());
    assert_eq!(floor.agents.values(), 0, "the read mark says it");
    floor.agents.delivered(conversation(2), LineNo(1));
    floor.hear(&news(&event(3, 2, 0, closed())).unwrap());
    assert_eq!(now(reader(&floor, 2).next()), None);
    let many = 1..=limits::DELIVERED_MAX as u128 + 10;
    many.for_each(|n| floor.agents.delivered(conversation(n), LineNo(1)));
    assert_eq!(floor.agents.values(), limits::DELIVERED_MAX);
}

#[tokio::test(start_paused = true)]
async fn a_customer_learns_late_too_how_far_the_lines_have_come() {
    let floor = floor();
    let open = |n| CustomerSignals::new(floor.clone(), customer(n), EVERY, look(&DeskSettings::default()));
    let delivered = |up_to| CustomerSignal::Delivered { up_to: LineNo(up_to) };
    floor.customers.delivered(customer(1), LineNo(4));
    floor.customers.delivered(customer(1), LineNo(2));
    let mut window = open(1);
    assert_eq!(now(window.next()), Some(delivered(4)));
    floor.customers.delivered(customer(1), LineNo(5));
    assert_eq!(window.next().await, delivered(5));
    assert_eq!(now(open(2).next()), None);
    drop(window);
    floor.hear(&news(&event(1, 1, 0, seen(Side::Desk, 5))).unwrap());
    assert_eq!(now(open(1).next()), None, "the read mark says it");
    let many = 1..=limits::DELIVERED_MAX as u128 + 1;
    many.for_each(|n| floor.customers.delivered(customer(n), LineNo(1)));
    assert_eq!(now(open(1).next()), None, "the one of the longest ago is forgotten");
    assert_eq!(now(open(2).next()), Some(delivered(1)));
}

#[tokio::test(start_paused = true)]
async fn the_bots_typing_ends_and_nobody_elses() {
    let floor = floor();
    let (mut reads, mut window) = (
        reader(&floor, 1),
        CustomerSignals::new(
            floor.clone(),
            customer(1),
            Duration::ZERO,
            look(&DeskSettings::default()),
        ),
    );
    let typing = |name: Option<&str>, on| CustomerSignal::Typing {
        name: name.map(|it| DisplayName::parse(it).unwrap()),
        on,
        at: Seq(3),
    };
    let key = agents::Key::Typing(conversation(1), agents::TypistKey::Bot);
    floor.agents.end_typing(key);
    floor.customers.end_bot_typing(customer(1));
    assert_eq!((now(reads.next()), now(window.next())), (None, None), "it did not type");
    floor.tell_agents(conversation(1), Typist::Bot, true, Rev(5));
    floor.customers.typing(customer(1), typing(None, true));
    assert!(now(reads.next()).is_some());
    assert_eq!(now(window.next()), Some(typing(None, true)));
    floor.agents.end_typing(key);
    floor.customers.end_bot_typing(customer(1));
    assert!(matches!(
        reads.next().await,
        AgentSignal::Typing {
            on: false,
            at: Rev(5),
            ..
        }
    ));
    assert_eq!(now(window.next()), Some(typing(None, false)));
    floor.customers.typing(customer(1), typing(Some("Ada"), true));
    assert_eq!(now(window.next()), Some(typing(Some("Ada"), true)));
    floor.customers.end_bot_typing(customer(1));
    assert_eq!(now(window.next()), None);
}

#[tokio::test(start_paused = true)]
async fn who_does_nothing_is_away_at_the_minute_and_back_with_a_key() {
    let floor = floor();
    let mut from = Beginning::default();
    from.staff.agents = vec![member(1, "Ada", Intent::Available)];
    floor.change(|room, now| room.begin(from, now));
    let stop = CancellationToken::new();
    let watching = tokio::spawn(idle::watch(floor.clone(), stop.clone()));
    let ada = Present::new(floor.clone(), &agent(1, "Ada"), true);
    let mut reads = reader(&floor, 2);
    let state = |signal| presence(Some(signal))[0].state;
    assert_eq!(state(reads.next().await), PresenceState::Available);
    let idle = Duration::from_secs(u64::from(DeskSettings::default().idle_away_min) * 60);
    advance(idle / 2).await;
    ada.acts();
    let acted = Instant::now();
    assert_eq!(state(reads.next().await), PresenceState::Away);
    assert!(acted.elapsed() >= idle && acted.elapsed() < idle + Duration::from_secs(1));
    ada.acts();
    assert_eq!(state(reads.next().await), PresenceState::Available);
    stop.cancel();
    watching.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn the_desk_is_open_once_it_is_known_and_staffed_when_somebody_is_available() {
    let floor = floor();
    let stop = CancellationToken::new();
    let keeping = tokio::spawn(opening::keep(floor.clone(), stop.clone()));
    let open = |agents_available| CustomerSignal::Open {
        open_now: true,
        agents_available,
        next_open_at: None,
    };
    let mut window = CustomerSignals::new(floor.clone(), customer(1), EVERY, look(&DeskSettings::default()));
    let ada = Present::new(floor.clone(), &agent(1, "Ada"), true);
    assert_eq!(now(window.next()), None, "nothing was read yet");
    floor.change(|room, now| room.begin(Beginning::default(), now));
    assert_eq!(window.next().await, open(true));
    floor.hear(&changed(member(1, "Ada", Intent::Busy)));
    assert_eq!(window.next().await, open(false));
    floor.hear(&changed(member(1, "Ada", Intent::Available)));
    assert_eq!(window.next().await, open(true));
    drop(ada);
    assert_eq!(window.next().await, open(false));
    stop.cancel();
    keeping.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn hours_are_looked_at_when_they_change_next() {
    let hours: minicom_protocol::hours::Hours = serde_json::from_str(NINE_TO_FIVE).unwrap();
    let settings = Arc::new(DeskSettings {
        hours: Some(hours),
        ..DeskSettings::default()
    });
    let mut keeper = Hours::default();
    keeper.follow(&settings);
    // Thursday 1970-01-01, in seconds.
    let check = |at_s: i64, open_now, next_open_s: Option<i64>, look_in_s: u64| {
        let time = |s: i64| Time(s * 1_000_000);
        let (open, look_at) = keeper.at(time(at_s), true);
        let next_open_at = next_open_s.map(time);
        let expected = Open {
            open_now,
            agents_available: true,
            next_open_at,
        };
        assert_eq!(open, expected, "at {at_s}");
        let look_in = look_at.map(|at| at - Instant::now());
        assert_eq!(look_in, Some(Duration::from_secs(look_in_s)), "at {at_s}");
    };
    let hour = 3_600;
    let most = limits::HOURS_LOOK_EVERY.as_secs();
    check(8 * hour, false, Some(9 * hour), most);
    check(9 * hour - 60, false, Some(9 * hour), 60);
    check(9 * hour, true, None, most);
    check(17 * hour - 1, true, None, 1);
    check(17 * hour, false, Some(33 * hour), most);
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
        let told = async {
            while !matches!(window.next().await, CustomerSignal::Place { place: found, .. } if found == place) {}
        };
        timeout(Duration::from_secs(20), told).await.expect("the place comes");
    }
}

/// The next signal that is neither the place nor the hours, which come by themselves.
async fn next_momentary(window: &mut CustomerSignals) -> CustomerSignal {
    loop {
        match window.next().await {
            CustomerSignal::Place { .. } | CustomerSignal::Open { .. } => {}
            other => return other,
        }
    }
}

/// What an agent has been told, past the presence.
fn told_past_presence(reader: &mut AgentSignals) -> Option<AgentSignal> {
    loop {
        match now(reader.next())? {
            AgentSignal::Presence { .. } => {}
            other => return Some(other),
        }
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
    let mut window = story
        .signals
        .for_customer(story.tenant, bob.customer(), &DeskSettings::default())
        .unwrap();
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
    let mut window = story
        .signals
        .for_customer(story.tenant, alice.customer(), &DeskSettings::default())
        .unwrap();
    let (ada, bo) = (agent_of(&ada), agent_of(&bo));
    story.signals.agent_types(story.tenant, &bo, conversation, true).await;
    story
        .signals
        .bot_types(story.tenant, alice.customer(), conversation)
        .await;
    let signal = next_momentary(&mut window);
    assert_eq!(now(signal), None);
    story.signals.agent_types(story.tenant, &ada, conversation, true).await;
    let told = CustomerSignal::Typing {
        name: Some(ada.name.clone()),
        on: true,
        at: taken.seq.unwrap(),
    };
    assert_eq!(now(next_momentary(&mut window)), Some(told));

    let mut colleague = story.signals.for_agent(story.tenant, bo.id).unwrap();
    let told = AgentSignal::Typing {
        conversation,
        who: Typist::Agent { agent: ada },
        on: true,
        at: taken.rev.unwrap(),
    };
    assert_eq!(told_past_presence(&mut colleague), Some(told));
    story.stop.cancel();
}

#[tokio::test]
async fn the_customers_typing_reaches_the_agents_while_a_conversation_is_open() {
    let story = Story::new();
    let alice = story.test.customer("alice").await;
    let mut agent = story.signals.for_agent(story.tenant, AgentId(Uuid::nil())).unwrap();
    story.signals.customer_types(story.tenant, alice.customer(), true).await;
    assert_eq!(told_past_presence(&mut agent), None, "nothing was ever asked");
    let posted = story.test.post(&alice, 1, "hello").await;
    story.signals.customer_types(story.tenant, alice.customer(), true).await;
    let told = AgentSignal::Typing {
        conversation: posted.conversation.unwrap(),
        who: Typist::Customer,
        on: true,
        at: posted.rev.unwrap(),
    };
    assert_eq!(told_past_presence(&mut agent), Some(told));
    let foreign = TenantKey(story.tenant.0 + 1);
    assert!(story.signals.for_agent(foreign, AgentId(Uuid::nil())).is_none());
    story.stop.cancel();
}

#[tokio::test]
async fn only_what_came_to_the_owner_is_delivered_and_no_more_than_was_written() {
    let story = Story::new();
    let alice = story.test.customer("alice").await;
    let (ada, bo) = (story.test.agent("Ada").await, story.test.agent("Bo").await);
    let conversation = story.test.post(&alice, 1, "hello").await.conversation.unwrap();
    story.test.post(&alice, 2, "are you there?").await;
    let take_over = AgentCommand::TakeOver { conversation };
    story.test.ask(&ada, 3, take_over).await.unwrap();
    let mut window = story
        .signals
        .for_customer(story.tenant, alice.customer(), &DeskSettings::default())
        .unwrap();
    let (ada, bo) = (agent_of(&ada), agent_of(&bo));
    story
        .signals
        .agent_got(story.tenant, bo.id, conversation, LineNo(2))
        .await;
    assert_eq!(now(next_momentary(&mut window)), None, "a colleague only looked");
    story
        .signals
        .agent_got(story.tenant, ada.id, conversation, LineNo(99))
        .await;
    let told = CustomerSignal::Delivered { up_to: LineNo(2) };
    assert_eq!(now(next_momentary(&mut window)), Some(told));

    let mut reads = story.signals.for_agent(story.tenant, bo.id).unwrap();
    story
        .signals
        .customer_got(story.tenant, alice.customer(), LineNo(1))
        .await;
    assert_eq!(told_past_presence(&mut reads), None, "the desk wrote nothing");
    let foreign = TenantKey(story.tenant.0 + 1);
    story.signals.customer_got(foreign, alice.customer(), LineNo(1)).await;
    story.stop.cancel();
}

#[tokio::test]
async fn when_an_agent_leaves_the_last_activity_is_on_the_disk() {
    let story = Story::new();
    let ada = agent_of(&story.test.agent("Ada").await);
    let before = crate::clock::now();
    drop(story.signals.present(story.tenant, &ada, true).unwrap());
    story.stop.cancel();
    story.tasks.close();
    story.tasks.wait().await;
    let (tenant, id) = (story.tenant, ada.id);
    let read = move |conn: &rusqlite::Connection| crate::store::staff::activity(conn, tenant, id);
    let stored = story.test.desk.read(read).await.unwrap().expect("it was stored");
    assert!(stored >= before && stored <= crate::clock::now());
}

#[tokio::test]
async fn who_is_gone_and_owns_one_is_in_the_list_also_after_a_restart() {
    let story = Story::new();
    let alice = story.test.customer("alice").await;
    let ada = story.test.agent("Ada").await;
    let conversation = story.test.post(&alice, 1, "hello").await.conversation.unwrap();
    let take_over = AgentCommand::TakeOver { conversation };
    story.test.ask(&ada, 2, take_over).await.unwrap();
    // Another server over the same journal: it reads what stands there, and hears what comes.
    let later = Signals::new(story.test.desk.clone(), &RunLimits::default());
    let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
    later.spawn(&tasks, &stop);
    let mut reads = later.for_agent(story.tenant, AgentId(Uuid::nil())).unwrap();
    let told = timeout(Duration::from_secs(20), reads.next()).await.expect("it comes");
    let listed = presence(Some(told));
    assert_eq!(
        (listed[0].agent.clone(), listed[0].state),
        (agent_of(&ada), PresenceState::Offline)
    );
    assert!(listed[0].gone_since.is_some());
    let hand_back = AgentCommand::HandBack { conversation };
    story.test.ask(&ada, 3, hand_back).await.unwrap();
    let told = timeout(Duration::from_secs(20), reads.next()).await.expect("it comes");
    assert_eq!(presence(Some(told)), vec![]);
    stop.cancel();
    story.stop.cancel();
}

#[tokio::test]
async fn views_are_told_whole_to_their_agents_programs_and_to_nobody_else() {
    let story = Story::new();
    let (ada, bo) = (story.test.agent("Ada").await, story.test.agent("Bo").await);
    let (ada, bo) = (agent_of(&ada).id, agent_of(&bo).id);
    let view = |name: &str| minicom_protocol::search::SavedView {
        name: name.to_owned(),
        filter: "owner:me".to_owned(),
    };
    let save = async |name: &str| {
        let saved = story.test.desk.save_view(story.tenant, ada, None, view(name));
        saved.await.unwrap();
        story.signals.views_changed(story.tenant, ada).await;
    };
    let mut window = story.signals.for_agent(story.tenant, ada).unwrap();
    save("late").await;
    let told = |views| Some(AgentSignal::Views { views });
    assert_eq!(told_past_presence(&mut window), told(vec![view("late")]));
    save("vip").await;
    assert_eq!(told_past_presence(&mut window), told(vec![view("late"), view("vip")]));
    let deleted = story.test.desk.delete_view(story.tenant, ada, None, "late".to_owned());
    deleted.await.unwrap();
    story.signals.views_changed(story.tenant, ada).await;
    assert_eq!(told_past_presence(&mut window), told(vec![view("vip")]));
    let mut colleague = story.signals.for_agent(story.tenant, bo).unwrap();
    assert_eq!(told_past_presence(&mut colleague), None);
}
