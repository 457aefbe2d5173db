use super::*;
use minicom_protocol::command::Done;
use proptest::prelude::*;

fn id(n: u8) -> CommandId {
    CommandId::from_bytes([n; 16])
}

fn entry(n: u8) -> Entry<u8> {
    Entry {
        id: id(n),
        command: n,
        made: SystemTime::UNIX_EPOCH,
        momentary: false,
        file: None,
        step: Step::Ready,
        confirmed: false,
        awaited: false,
        broken: 0,
        _room: None,
    }
}

fn queue(commands: impl IntoIterator<Item = u8>) -> Queue<u8> {
    let mut queue = Queue::new();
    commands.into_iter().for_each(|n| queue.push(entry(n)));
    queue
}

fn send_all(queue: &mut Queue<u8>, now: Instant) -> Vec<u8> {
    std::iter::from_fn(|| queue.send_next(now).map(|entry| entry.command)).collect()
}

fn done() -> Outcome {
    Outcome::Done(Done::default())
}

fn refused(refusal: Refusal) -> Outcome {
    Outcome::Refused { refusal }
}

#[test]
fn as_many_are_in_flight_as_may_be_and_no_more() {
    let mut queue = queue(0..100);
    let now = Instant::now();
    assert_eq!(send_all(&mut queue, now), (0..64).collect::<Vec<u8>>());
    assert!(matches!(queue.answered(id(0), done(), now), Verdict::Final(..)));
    assert!(matches!(
        queue.answered(id(1), refused(Refusal::Closed), now),
        Verdict::Final(..)
    ));
    assert!(matches!(queue.answered(id(1), done(), now), Verdict::Unknown));
    assert_eq!(send_all(&mut queue, now), [64, 65]);
}

#[test]
fn a_refusal_for_now_holds_all_that_came_after_it() {
    let mut queue = queue(1..=3);
    let now = Instant::now();
    let later = now + Duration::from_millis(200);
    assert_eq!(send_all(&mut queue, now), [1, 2, 3]);
    let busy = refused(Refusal::Busy { retry_after_ms: 200 });
    assert!(matches!(queue.answered(id(1), busy, now), Verdict::Later));
    queue.push(entry(4));
    assert_eq!(send_all(&mut queue, later), [0; 0], "2 and 3 are not answered yet");
    assert!(matches!(
        queue.answered(id(2), refused(Refusal::Behind), now),
        Verdict::Later
    ));
    assert!(matches!(
        queue.answered(id(3), refused(Refusal::Behind), now),
        Verdict::Later
    ));
    assert_eq!(send_all(&mut queue, now), [0; 0], "the wait is not over");
    assert_eq!(queue.held_until(), Some(later));
    assert_eq!(send_all(&mut queue, later), [1, 2, 3, 4]);
}

#[test]
fn what_is_not_on_disk_yet_holds_up_what_comes_after_it() {
    let mut queue = queue([1]);
    queue.push(Entry {
        step: Step::New,
        ..entry(2)
    });
    queue.push(Entry {
        step: Step::New,
        ..entry(3)
    });
    queue.push(entry(4));
    let now = Instant::now();
    assert_eq!(send_all(&mut queue, now), [1]);
    assert_eq!(queue.take_new(1).count(), 1);
    assert_eq!(send_all(&mut queue, now), [0; 0]);
    queue.kept(id(2), Some("2".into()));
    assert_eq!(send_all(&mut queue, now), [2]);
    assert_eq!(queue.take_new(9).count(), 1);
    queue.kept(id(3), None);
    assert_eq!(send_all(&mut queue, now), [3, 4]);
}

#[test]
fn a_lost_connection_sends_again_and_forgets_the_momentary() {
    let mut queue = queue([1]);
    queue.push(Entry {
        momentary: true,
        ..entry(2)
    });
    queue.push(entry(3));
    let now = Instant::now();
    assert_eq!(send_all(&mut queue, now), [1, 2, 3]);
    queue.connection_lost();
    assert_eq!(send_all(&mut queue, now), [1, 3]);
}

#[test]
fn what_is_older_than_a_day_waits_for_a_word() {
    let mut queue = queue([1, 2, 3]);
    let day = SystemTime::UNIX_EPOCH + STALE_AFTER;
    assert_eq!(queue.set_stale_aside(day).len(), 0, "a day is not more than a day");
    queue.push(Entry { made: day, ..entry(4) });
    let later = day + Duration::from_secs(1);
    assert_eq!(queue.set_stale_aside(later).len(), 3);
    assert_eq!(queue.set_stale_aside(later).len(), 0, "told once");
    let now = Instant::now();
    assert_eq!(send_all(&mut queue, now), [4], "it holds up nothing");
    queue.resend(id(2));
    assert!(queue.discard(id(1)).is_some());
    assert!(
        queue.discard(id(2)).is_some_and(|it| it.command == 2),
        "not on the wire yet"
    );
    queue.resend(id(3));
    assert_eq!(send_all(&mut queue, now), [3]);
    assert!(queue.discard(id(3)).is_none(), "on the wire: its answer comes");
    queue.connection_lost();
    assert_eq!(queue.set_stale_aside(later).len(), 0, "the user has confirmed it");
}

#[test]
fn not_signed_in_keeps_the_command() {
    let mut queue = queue([1]);
    let now = Instant::now();
    send_all(&mut queue, now);
    assert!(matches!(
        queue.answered(id(1), refused(Refusal::SignIn), now),
        Verdict::SignedOut
    ));
    queue.connection_lost();
    assert_eq!(send_all(&mut queue, now), [1]);
}

/// What a server does by the rules of the protocol: at most once, and everything behind a refused one is refused.
#[derive(Default)]
struct Server {
    executed: Vec<u8>,
    blocked: Option<u8>,
}

impl Server {
    fn take(&mut self, command: u8, busy: bool) -> Outcome {
        match self.blocked {
            Some(blocked) if blocked != command => return refused(Refusal::Behind),
            _ => {}
        }
        if busy {
            self.blocked = Some(command);
            return refused(Refusal::Busy { retry_after_ms: 100 });
        }
        self.blocked = None;
        if !self.executed.contains(&command) {
            self.executed.push(command);
        }
        done()
    }
}

#[derive(Clone, Copy, Debug)]
enum Act {
    Push,
    Serve { busy: bool },
    Answer,
    Lose,
    Pass(u64),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        3 => Just(Act::Push),
        5 => any::<bool>().prop_map(|busy| Act::Serve { busy }),
        5 => Just(Act::Answer),
        1 => Just(Act::Lose),
        2 => (0_u64..200).prop_map(Act::Pass),
    ];
    proptest::collection::vec(act, 1..300)
}

proptest! {
    /// However the server refuses, answers late and loses connections: everything is done once, in order.
    #[test]
    fn everything_is_done_once_and_in_order(acts in acts()) {
        let (mut queue, mut server) = (Queue::new(), Server::default());
        let mut now = Instant::now();
        let (mut to_server, mut to_client) = (VecDeque::new(), VecDeque::new());
        let mut pushed = 0_u8;
        let finish = [Act::Serve { busy: false }, Act::Answer, Act::Pass(200)];
        let ending = finish.into_iter().cycle().take(3_000);
        for act in acts.into_iter().chain(ending) {
            match act {
                Act::Push if pushed < 200 => {
                    queue.push(entry(pushed));
                    pushed += 1;
                }
                Act::Push => {}
                Act::Serve { busy } => {
                    if let Some(command) = to_server.pop_front() {
                        to_client.push_back((command, server.take(command, busy)));
                    }
                }
                Act::Answer => {
                    if let Some((command, outcome)) = to_client.pop_front() {
                        queue.answered(id(command), outcome, now);
                    }
                }
                Act::Lose => {
                    to_server.clear();
                    to_client.clear();
                    server.blocked = None;
                    queue.connection_lost();
                }
                Act::Pass(ms) => now += Duration::from_millis(ms),
            }
            to_server.extend(send_all(&mut queue, now));
        }
        prop_assert_eq!(server.executed, (0..pushed).collect::<Vec<u8>>());
        prop_assert!(queue.is_settled());
    }
}

#[test]
fn while_answers_are_outstanding_there_is_no_time_to_wait_for() {
    let mut queue = queue(1..=2);
    let now = Instant::now();
    assert_eq!(send_all(&mut queue, now), [1, 2]);
    let busy = refused(Refusal::Busy { retry_after_ms: 200 });
    assert!(matches!(queue.answered(id(1), busy, now), Verdict::Later));
    let later = now + Duration::from_millis(300);
    assert_eq!(send_all(&mut queue, later), [0; 0]);
    assert_eq!(
        queue.held_until(),
        None,
        "a time that has passed would wake the connection again and again until 2 is answered"
    );
    assert!(matches!(
        queue.answered(id(2), refused(Refusal::Behind), later),
        Verdict::Later
    ));
    assert_eq!(queue.held_until(), Some(later));
    assert_eq!(send_all(&mut queue, later), [1, 2]);
}

#[test]
fn what_the_server_waits_to_see_again_is_not_discarded() {
    let mut queue = queue(1..=2);
    let now = Instant::now();
    assert_eq!(send_all(&mut queue, now), [1, 2]);
    let busy = refused(Refusal::Busy { retry_after_ms: 200 });
    assert!(matches!(queue.answered(id(1), busy, now), Verdict::Later));
    assert!(matches!(
        queue.answered(id(2), refused(Refusal::Behind), now),
        Verdict::Later
    ));
    assert!(
        queue.discard(id(1)).is_none(),
        "everything else would be behind for ever"
    );
    assert!(queue.discard(id(2)).is_some());
    queue.connection_lost();
    assert!(queue.discard(id(1)).is_some(), "another connection waits for nothing");
}
