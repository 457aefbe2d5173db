//! Feeds see every event once and in order, whatever the interleaving of commits, reads and publications.

use bytes::Bytes;
use minicom_protocol::{
    command::CustomerCommand,
    frame::AgentSnapshot,
    ids::{AgentId, TenantId},
};
use tokio::task::JoinSet;

use super::*;
use crate::{
    desk::{Desk, Opening},
    order::Order,
    test_desk::{TestDesk, command_id},
};

/// What is followed here is the journal, not the desk as somebody sees it.
const NOBODY: AgentId = AgentId(uuid::Uuid::nil());

fn feed_of(opening: Opening<AgentSnapshot>) -> Feed {
    match opening {
        Opening::Resumed(feed) | Opening::Fresh(feed, _) => feed,
    }
}

async fn follow(desk: Desk, tenant: TenantKey, from: Cursor, until: u64, reopen_each: u64) -> Vec<u64> {
    let mut seen = Vec::new();
    let mut feed = feed_of(desk.open_journal(tenant, NOBODY, Some(from)).await.unwrap());
    let mut batches = 0;
    while feed.cursor().at < until {
        let batch = feed.next_batch().await.unwrap();
        assert_eq!(batch.events.last().map(|event| event.at), Some(batch.to));
        assert_eq!(batch.from, seen.last().copied().unwrap_or(from.at));
        seen.extend(batch.events.iter().map(|event| event.at));
        batches += 1;
        if batches % reopen_each == 0 {
            feed = feed_of(desk.open_journal(tenant, NOBODY, Some(feed.cursor())).await.unwrap());
        }
    }
    seen
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn feeds_are_contiguous_under_concurrent_writers() {
    const CUSTOMERS: u64 = 8;
    const LINES: u64 = 40;
    let test = TestDesk::new();
    let desk = test.desk.clone();
    let tenant = desk.tenant(&TenantId::default_tenant()).unwrap();
    let birth = match desk.open_journal(tenant, NOBODY, None).await.unwrap() {
        Opening::Fresh(feed, _) => feed.cursor(),
        Opening::Resumed(_) => panic!("nothing to resume"),
    };
    // Every customer opens one conversation and writes its lines; nothing else happens.
    let until = CUSTOMERS * (LINES + 1);
    let mut readers = JoinSet::new();
    for reopen_each in [1, 2, 7, u64::MAX] {
        readers.spawn(follow(desk.clone(), tenant, birth, until, reopen_each));
    }
    let mut writers = JoinSet::new();
    for n in 0..CUSTOMERS {
        let (desk, caller) = (desk.clone(), test.customer(&format!("customer{n}")).await);
        writers.spawn(async move {
            for line in 0..LINES {
                let order = Order::Customer(CustomerCommand::post(format!("line {line}")));
                desk.submit(&caller, command_id(n * 1_000 + line), order).await.unwrap();
            }
        });
    }
    writers.join_all().await;
    for seen in readers.join_all().await {
        assert_eq!(seen, (1..=until).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn a_thread_shows_only_its_own_and_is_forgotten_with_its_last_reader() {
    let test = TestDesk::new();
    let tenant = test.tenant();
    let alice = test.customer("alice").await;
    let bob = test.customer("bob").await;
    let Opening::Fresh(mut feed, _) = test.desk.open_thread(tenant, alice.customer(), None).await.unwrap() else {
        panic!("nothing to resume")
    };
    for (n, caller) in [&bob, &alice, &bob, &alice].into_iter().enumerate() {
        test.post(caller, n as u64, "hello").await;
    }
    let mut seen = Vec::new();
    while seen.len() < 3 {
        seen.extend(feed.next_batch().await.unwrap().events.iter().map(|event| event.at));
    }
    assert_eq!(seen, [1, 2, 3]);
    let followed = test.desk.hub().topics();
    drop(feed);
    assert_eq!(test.desk.hub().topics(), followed - 1);
}

#[test]
fn the_head_only_moves_forward_and_the_tail_is_served_only_if_it_holds_the_next() {
    let topic = Topic::new(3);
    let event = |at| Encoded {
        at,
        mark: Mark(at),
        json: Bytes::new(),
        own: None,
    };
    let positions =
        |events: Option<Vec<Encoded>>| events.map(|events| events.iter().map(|it| it.at).collect::<Vec<_>>());
    topic.advance(9);
    topic.publish([event(5), event(6)].into_iter());
    assert_eq!(*topic.head.borrow(), 9);
    assert_eq!(positions(topic.tail_after(4)), Some(vec![5, 6]));
    assert_eq!(positions(topic.tail_after(3)), None);
    assert_eq!(positions(topic.tail_after(6)), None);
    topic.publish([event(7), event(8)].into_iter());
    assert_eq!(positions(topic.tail_after(5)), Some(vec![6, 7, 8]));
    topic.publish([event(10)].into_iter());
    assert_eq!(
        positions(topic.tail_after(8)),
        None,
        "a hole in the tail is never bridged"
    );
    assert_eq!(positions(topic.tail_after(9)), Some(vec![10]));
}

#[test]
fn a_tail_forgets_what_a_line_said_before() {
    let customer = CustomerId(uuid::Uuid::nil());
    let line = |line| minicom_protocol::line::LineRef {
        side: minicom_protocol::stage::Side::Customer,
        line: minicom_protocol::ids::LineNo(line),
    };
    let kept = |at, own, quoted: Option<u64>, changes| Kept {
        event: Encoded {
            at,
            mark: Mark(at),
            json: Bytes::new(),
            own: None,
        },
        lines: [
            Some((customer, line(own))),
            quoted.map(|number| (customer, line(number))),
        ],
        changes,
        erases: false,
    };
    let first = |topic: &Topic| lock(&topic.tail).front().map(|kept| kept.event.at);
    let topic = Topic::new(100);
    topic.publish(
        [
            kept(1, 1, None, false),
            kept(2, 2, None, false),
            kept(3, 3, None, false),
        ]
        .into_iter(),
    );
    topic.publish([kept(4, 9, None, true)].into_iter());
    assert_eq!(first(&topic), Some(1), "another line's words stay");
    topic.publish([kept(5, 2, None, true)].into_iter());
    assert_eq!(first(&topic), Some(3));
    // Who quotes a line carries its words too, also one that was published in the same breath.
    topic.publish(
        [
            kept(6, 6, Some(2), false),
            kept(7, 7, None, false),
            kept(8, 2, None, true),
        ]
        .into_iter(),
    );
    assert_eq!(first(&topic), Some(7));
    assert_eq!(topic.tail_after(5).map(|events| events.len()), None);
    assert_eq!(topic.tail_after(6).map(|events| events.len()), Some(2));
}
