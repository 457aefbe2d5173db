//! The front door over a real database: what is stored equals the folds, resumes hold, and a race has one winner.

use minicom_protocol::{
    command::{AgentCommand, CustomerCommand, SeenLines},
    event::Event,
    ids::{LineNo, Mark, TenantId},
};
use proptest::{prelude::*, test_runner::TestRunner};
use tokio::task::JoinSet;

use super::*;
use crate::{
    order::{BotTurn, Caller, Order, Turn, Who},
    test_desk::{TestDesk, command_id},
};

/// What is looked at here is the same for all agents.
const NOBODY: AgentId = AgentId(uuid::Uuid::nil());

async fn all(test: &TestDesk) -> Vec<Event> {
    let tenant = test.tenant();
    test.desk
        .read(move |conn| journal::after(conn, tenant, Rev(0), 100_000))
        .await
        .unwrap()
}

fn fold(conversations: &mut Vec<Summary>, event: &Event) {
    let Some(id) = event.subject.conversation() else { return };
    match conversations.iter_mut().find(|summary| summary.conversation == id) {
        Some(summary) => summary.apply(event),
        None => conversations.extend(Summary::open(event)),
    }
}

/// One step of a random story: which customer, which agent, what.
async fn step(
    test: &TestDesk,
    callers: &[Caller],
    agents: &[Caller],
    n: u64,
    (customer, agent, what): (usize, usize, u8),
) {
    let (customer, agent) = (&callers[customer], &agents[agent]);
    let newest = test.desk.newest(test.tenant(), customer.customer()).await.unwrap();
    let order = match (what, newest) {
        (0..=2, _) | (_, None) => Order::Customer(CustomerCommand::Post {
            text: format!("line {n}"),
            quote: None,
            file: None,
        }),
        (3, _) => Order::Customer(CustomerCommand::RequestHuman {}),
        (4, _) => Order::Customer(CustomerCommand::MarkSeen {
            up_to: LineNo(u64::MAX),
        }),
        (5, _) => Order::Customer(CustomerCommand::Close {}),
        (6, Some(it)) => Order::Agent(AgentCommand::TakeOver {
            conversation: it.conversation,
        }),
        (7, Some(it)) => Order::Agent(AgentCommand::HandBack {
            conversation: it.conversation,
        }),
        (8, Some(it)) => Order::Agent(AgentCommand::Close {
            conversation: it.conversation,
            seen: it.customer_lines,
        }),
        (9, Some(it)) => Order::Agent(AgentCommand::MarkSeen {
            conversation: it.conversation,
            up_to: it.customer_lines,
        }),
        (10, _) => Order::Agent(AgentCommand::TakeNext {}),
        (11, Some(it)) => {
            let turn = Turn::Reply { text: "bot".into() };
            Order::BotTurn(BotTurn {
                conversation: it.conversation,
                trigger: it.rev,
                turn,
            })
        }
        (_, Some(it)) => Order::Agent(AgentCommand::Post {
            conversation: it.conversation,
            text: format!("reply {n}"),
            seen: SeenLines {
                customer: it.customer_lines,
                desk: it.desk_lines,
            },
            take_over: true,
            anyway: false,
            quote: None,
            reply: None,
            article: None,
            file: None,
        }),
    };
    let caller = match &order {
        Order::Customer(_) => customer.clone(),
        Order::BotTurn(_) => test.desk.bot(&TenantId::default_tenant()),
        _ => agent.clone(),
    };
    let _ = test.desk.submit(&caller, command_id(n), order).await;
}

#[test]
fn what_is_stored_equals_the_fold_of_the_journal_for_any_story() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut runner = TestRunner::new(ProptestConfig {
        cases: 12,
        ..ProptestConfig::default()
    });
    let steps = prop::collection::vec((0..3_usize, 0..2_usize, 0..14_u8), 10..80);
    runner
        .run(&steps, |steps| {
            runtime.block_on(story(steps));
            Ok(())
        })
        .unwrap();
}

async fn story(steps: Vec<(usize, usize, u8)>) {
    let test = TestDesk::new();
    let (mut callers, mut agents) = (Vec::new(), Vec::new());
    for name in ["alice", "bob", "carol"] {
        callers.push(test.customer(name).await);
    }
    for name in ["ada", "bo"] {
        agents.push(test.agent(name).await);
    }
    let halfway = steps.len() / 2;
    let mut early = Vec::new();
    for (n, it) in steps.into_iter().enumerate() {
        step(&test, &callers, &agents, n as u64, it).await;
        if n == halfway {
            early = stored(&test).await;
        }
    }
    let events = all(&test).await;
    let mut folded = Vec::new();
    events.iter().for_each(|event| fold(&mut folded, event));
    let stored = stored(&test).await;
    assert_eq!(sorted(folded), stored);
    // A snapshot from half way, with the events since, is the snapshot of now.
    events.iter().for_each(|event| fold(&mut early, event));
    assert_eq!(sorted(early), stored);
    for caller in &callers {
        let customer = caller.customer();
        let (theirs, _) = test
            .desk
            .customer_thread(test.tenant(), customer, None, 10_000)
            .await
            .unwrap();
        let mut view = minicom_protocol::thread_view::ThreadView::default();
        theirs.iter().for_each(|event| view.apply(event));
        let tenant = test.tenant();
        let thread = test
            .desk
            .read(move |conn| threads::load(conn, tenant, customer))
            .await
            .unwrap();
        assert_eq!(thread.view, view);
    }
    let tenant = test.tenant();
    assert_eq!(
        test.desk.read(move |conn| journal::verify(conn, tenant)).await.unwrap(),
        None
    );
}

async fn stored(test: &TestDesk) -> Vec<Summary> {
    let Opening::Fresh(_, snapshot) = test.desk.open_journal(test.tenant(), NOBODY, None).await.unwrap() else {
        panic!("nothing to resume")
    };
    sorted(snapshot.conversations)
}

fn sorted(mut summaries: Vec<Summary>) -> Vec<Summary> {
    summaries.sort_by_key(|summary| summary.conversation);
    summaries
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_twenty_agents_at_once_one_wins_and_the_others_are_told_who() {
    let test = TestDesk::new();
    let alice = test.customer("alice").await;
    let conversation = test.post(&alice, 1, "hello").await.conversation.unwrap();
    let mut race = JoinSet::new();
    for n in 0..20 {
        let (desk, agent) = (test.desk.clone(), test.agent(&format!("agent{n}")).await);
        race.spawn(async move {
            let take = Order::Agent(AgentCommand::TakeOver { conversation });
            (agent.clone(), desk.submit(&agent, command_id(n), take).await)
        });
    }
    let results = race.join_all().await;
    let winners: Vec<_> = results.iter().filter(|(_, result)| result.is_ok()).collect();
    assert_eq!(winners.len(), 1);
    let Who::Agent { agent: winner, .. } = &winners[0].0.who else {
        panic!()
    };
    for (_, result) in &results {
        if let Err(refusal) = result {
            assert!(
                matches!(refusal, Refusal::TakenBy { agent, .. } if agent == winner),
                "{refusal:?}"
            );
        }
    }
}

#[tokio::test]
async fn take_next_prefers_ones_own_unanswered_then_the_longest_waiting() {
    let test = TestDesk::new();
    let (ada, bo) = (test.agent("ada").await, test.agent("bo").await);
    assert_eq!(
        test.ask(&ada, 1, AgentCommand::TakeNext {}).await,
        Err(Refusal::NobodyWaits)
    );
    let mut conversations = Vec::new();
    for (n, name) in ["alice", "bob"].into_iter().enumerate() {
        let caller = test.customer(name).await;
        conversations.push(test.post(&caller, n as u64, "hello").await.conversation);
        let human = Order::Customer(CustomerCommand::RequestHuman {});
        test.desk
            .submit(&caller, command_id(100 + n as u64), human)
            .await
            .unwrap();
    }
    let next = |caller: Caller, id| {
        let test = &test;
        async move {
            test.ask(&caller, id, AgentCommand::TakeNext {})
                .await
                .map(|done| done.conversation)
        }
    };
    assert_eq!(next(ada.clone(), 2).await, Ok(conversations[0]));
    // Alice spoke last and is ada's: she stays the one who needs ada most.
    assert_eq!(next(ada.clone(), 3).await, Ok(conversations[0]));
    assert_eq!(next(bo, 4).await, Ok(conversations[1]));
}

#[tokio::test]
async fn a_cursor_resumes_after_a_restart_and_a_foreign_one_starts_afresh() {
    let test = TestDesk::new();
    let alice = test.customer("alice").await;
    test.post(&alice, 1, "one").await;
    let Opening::Fresh(feed, _) = test.desk.open_journal(test.tenant(), NOBODY, None).await.unwrap() else {
        panic!()
    };
    let cursor = feed.cursor();
    let Opening::Fresh(theirs, snapshot) = test
        .desk
        .open_thread(test.tenant(), alice.customer(), None)
        .await
        .unwrap()
    else {
        panic!()
    };
    assert_eq!(snapshot.events.len(), 2);
    let their_cursor = theirs.cursor();
    drop((feed, theirs));
    let test = test.restart();
    test.post(&alice, 2, "two").await;
    let tenant = test.tenant();
    let Opening::Resumed(mut feed) = test.desk.open_journal(tenant, NOBODY, Some(cursor)).await.unwrap() else {
        panic!()
    };
    assert_eq!(feed.next_batch().await.unwrap().to, cursor.at + 1);
    let opening = test
        .desk
        .open_thread(tenant, alice.customer(), Some(their_cursor))
        .await
        .unwrap();
    assert!(matches!(opening, Opening::Resumed(_)));
    for foreign in [
        Cursor {
            mark: Mark(cursor.mark.0 ^ 1),
            ..cursor
        },
        Cursor {
            at: cursor.at + 9,
            ..cursor
        },
    ] {
        let opening = test.desk.open_journal(tenant, NOBODY, Some(foreign)).await.unwrap();
        assert!(matches!(opening, Opening::Fresh(..)));
    }
}

#[tokio::test]
async fn a_reader_too_far_behind_starts_afresh() {
    let head = Cursor {
        at: limits::RESUME_MAX + 10,
        mark: Mark(1),
    };
    let check = |at, wanted| {
        let cursor = Cursor { at, mark: Mark(5) };
        assert_eq!(resumes(Some(cursor), Some(Mark(5)), head), wanted, "{at}");
    };
    check(9, false);
    check(10, true);
    check(11, true);
    assert!(!resumes(None, Some(Mark(5)), head));
    assert!(!resumes(Some(head), None, head));
}

#[tokio::test]
async fn a_foreign_id_is_an_unknown_one() {
    let test = TestDesk::new();
    let ada = test.agent("ada").await;
    let nobody = ConversationId(uuid::Uuid::new_v4());
    let unknown = test.ask(&ada, 1, AgentCommand::TakeOver { conversation: nobody }).await;
    assert_eq!(unknown, Err(Refusal::NotFound));
    let elsewhere = Caller {
        tenant: TenantId::parse("other").unwrap(),
        ..ada
    };
    assert_eq!(
        test.ask(&elsewhere, 2, AgentCommand::TakeNext {}).await,
        Err(Refusal::NotFound)
    );
}
