use futures_util::FutureExt;
use proptest::prelude::*;
use tokio::sync::oneshot;
use uuid::Uuid;

use super::*;

fn id(n: u8) -> CommandId {
    CommandId(Uuid::from_u128(n.into()))
}

/// A command whose answer the test gives.
fn send(pipeline: &mut Pipeline, n: u8) -> Option<oneshot::Sender<Answer>> {
    let (give, given) = oneshot::channel::<Answer>();
    let begun = pipeline.submit(
        id(n),
        Order::Kept,
        || Ok(()),
        |_| Box::pin(async { given.await.unwrap() }),
    );
    begun.then_some(give)
}

fn next(pipeline: &mut Pipeline) -> Option<(CommandId, Answer)> {
    pipeline.next().now_or_never()
}

const DONE: Answer = Ok(Done {
    rev: None,
    seq: None,
    conversation: None,
    repeat: false,
    warning: None,
    ticket: None,
});

#[test]
fn answers_come_in_the_order_of_the_commands() {
    let mut pipeline = Pipeline::default();
    let (first, second) = (send(&mut pipeline, 1).unwrap(), send(&mut pipeline, 2).unwrap());
    second.send(DONE).unwrap();
    assert_eq!(next(&mut pipeline), None, "the first is not answered yet");
    first.send(DONE).unwrap();
    assert_eq!(next(&mut pipeline), Some((id(1), DONE)));
    assert_eq!(next(&mut pipeline), Some((id(2), DONE)));
    assert!(pipeline.is_empty());
}

#[test]
fn a_command_is_begun_before_the_next_is_looked_at() {
    let mut pipeline = Pipeline::default();
    let (begin, begun) = std::sync::mpsc::channel();
    for n in 0..10 {
        let begin = begin.clone();
        let work = async move {
            begin.send(n).unwrap();
            std::future::pending().await
        };
        pipeline.submit(id(n), Order::Kept, || Ok(()), |_| Box::pin(work));
        assert_eq!(begun.try_recv(), Ok(n));
    }
    assert_eq!(pipeline.len(), 10);
}

#[test]
fn after_a_refusal_for_now_everything_waits_until_that_one_comes_again() {
    let mut pipeline = Pipeline::default();
    let busy = Refusal::Busy { retry_after_ms: 500 };
    let refuse = || Err(Refusal::Busy { retry_after_ms: 500 });
    assert!(!pipeline.submit(id(1), Order::Kept, refuse, |_| unreachable!("it was refused")));
    assert!(send(&mut pipeline, 2).is_none());
    assert!(send(&mut pipeline, 3).is_none());
    assert_eq!(next(&mut pipeline), Some((id(1), Err(busy))));
    assert_eq!(next(&mut pipeline), Some((id(2), Err(Refusal::Behind))));
    assert_eq!(next(&mut pipeline), Some((id(3), Err(Refusal::Behind))));
    // Out of order, they still wait; in order, they go.
    assert!(send(&mut pipeline, 3).is_none());
    assert!(send(&mut pipeline, 1).is_some());
    assert!(send(&mut pipeline, 2).is_some());
    assert!(send(&mut pipeline, 3).is_some());
}

#[test]
fn of_two_that_are_refused_for_now_the_earlier_must_come_first() {
    let mut pipeline = Pipeline::default();
    let first = send(&mut pipeline, 1).unwrap();
    let refuse = || Err(Refusal::RateLimited { retry_after_ms: 1 });
    assert!(!pipeline.submit(id(2), Order::Kept, refuse, |_| unreachable!("it was refused")));
    first.send(Err(Refusal::Storage)).unwrap();
    assert_eq!(next(&mut pipeline), Some((id(1), Err(Refusal::Storage))));
    assert!(next(&mut pipeline).is_some());
    assert!(send(&mut pipeline, 2).is_none(), "the first has not come again");
    assert!(send(&mut pipeline, 1).is_some());
    assert!(send(&mut pipeline, 2).is_some());
}

#[test]
fn a_final_refusal_holds_nothing_up() {
    let mut pipeline = Pipeline::default();
    let first = send(&mut pipeline, 1).unwrap();
    first.send(Err(Refusal::Closed)).unwrap();
    assert_eq!(next(&mut pipeline), Some((id(1), Err(Refusal::Closed))));
    assert!(send(&mut pipeline, 2).is_some());
}

#[test]
fn what_has_no_order_neither_waits_nor_is_waited_for() {
    let mut pipeline = Pipeline::default();
    let refuse = || Err(Refusal::RateLimited { retry_after_ms: 1 });
    assert!(!pipeline.submit(id(1), Order::Free, refuse, |_| unreachable!("it was refused")));
    assert!(
        send(&mut pipeline, 2).is_some(),
        "a mark that is never sent again holds nothing up"
    );
    assert!(!pipeline.submit(id(3), Order::Kept, refuse, |_| unreachable!("it was refused")));
    let free = pipeline.submit(id(4), Order::Free, || Ok(()), |_| std::future::ready(DONE).boxed());
    assert!(free, "a mark does not wait");
    assert!(send(&mut pipeline, 5).is_none(), "and frees nobody who does");
}

proptest! {
    /// A client that sends what was refused for now again, from there on and in order, gets everything done once and in order.
    #[test]
    fn order_holds_through_any_refusals(refused in proptest::collection::vec(0..3u8, 1..40)) {
        let mut pipeline = Pipeline::default();
        let mut chance = refused.into_iter();
        let mut done: Vec<u8> = Vec::new();
        let mut outbox: Vec<u8> = (0..20).collect();
        for _ in 0..60 {
            for n in outbox.clone() {
                let verdict = chance.next();
                let admit = || if verdict == Some(1) { Err(Refusal::Busy { retry_after_ms: 1 }) } else { Ok(()) };
                let begun = pipeline.submit(id(n), Order::Kept, admit, |_| {
                    let answer = if verdict == Some(2) { Err(Refusal::StorageFull) } else { DONE };
                    Box::pin(std::future::ready(answer))
                });
                if begun && verdict != Some(2) {
                    done.push(n);
                }
            }
            while let Some((answered, answer)) = next_if_any(&mut pipeline) {
                if answer.is_ok() {
                    outbox.retain(|n| id(*n) != answered);
                }
            }
        }
        prop_assert!(outbox.is_empty());
        prop_assert_eq!(done, (0..20).collect::<Vec<_>>());
    }
}

fn next_if_any(pipeline: &mut Pipeline) -> Option<(CommandId, Answer)> {
    if pipeline.is_empty() { None } else { next(pipeline) }
}

#[test]
fn what_waits_for_the_writer_shares_its_order_until_the_refused_one_is_seen_again() {
    let mut pipeline = Pipeline::default();
    let mut begin = |n: u8, answer: Answer, order: Order| {
        let mut among = None;
        let work = std::future::ready(answer).boxed();
        let begin = |given| {
            among = given;
            work
        };
        pipeline.submit(id(n), order, || Ok(()), begin);
        among
    };
    let first = begin(1, DONE, Order::Kept).unwrap();
    assert!(begin(2, DONE, Order::Free).is_none(), "a mark waits for nobody");
    // The writer refuses the third, and this connection has not heard of it when the fourth comes.
    first.set_broken();
    assert!(begin(4, Err(Refusal::Storage), Order::Kept).unwrap().is_broken());
    assert!(begin(5, DONE, Order::Kept).is_none(), "refused here");
    assert!(!begin(4, DONE, Order::Kept).unwrap().is_broken(), "seen again");
}
