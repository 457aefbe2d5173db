//! However the events come (snapshots, batches, pages, cuts), the replica ends up knowing the same.

use std::collections::{BTreeMap, VecDeque};
use std::time::Instant;

use minicom_protocol::{
    customer_event::CustomerEvent, frame::*, ids::*, people::Role, refusal::Refusal, summary::Summary,
    thread_view::ThreadView,
};
use proptest::prelude::*;

use super::desk::*;
use crate::{AgentReplica, ClientEvent, CustomerReplica, Section, replica::thread::Thread};

/// What happens between client and server, in any order that the wire allows.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// The next so many events come.
    Batch(usize),
    /// The server reads what the oldest question asks for. What it read is on its way.
    Read,
    /// The oldest reply comes.
    Answer,
    /// The connection is lost, and goes on from where it was.
    Resume,
    /// The connection is lost, and starts afresh.
    Fresh,
    /// The agent looks at a thread.
    Look(u8),
    /// The agent scrolls to the top of a thread.
    Older(u8),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        6 => (0_usize..6).prop_map(Step::Batch),
        4 => Just(Step::Read),
        4 => Just(Step::Answer),
        1 => Just(Step::Resume),
        1 => Just(Step::Fresh),
        3 => (0_u8..3).prop_map(Step::Look),
        3 => (0_u8..3).prop_map(Step::Older),
    ];
    prop::collection::vec(step, 1..80)
}

/// A server that is read by one agent.
struct Run<'a> {
    desk: &'a Desk,
    replica: AgentReplica,
    at: usize,
    asked: VecDeque<AgentQuestion>,
    read: VecDeque<(AgentQuestion, AgentReply)>,
    now: Instant,
}

impl Run<'_> {
    fn new(desk: &Desk) -> Run<'_> {
        let mut run = Run {
            desk,
            replica: AgentReplica::new(),
            at: 0,
            asked: VecDeque::new(),
            read: VecDeque::new(),
            now: Instant::now(),
        };
        run.fresh();
        run
    }

    fn tell(&mut self, event: ClientEvent<Agents>) {
        let questions = self.replica.apply(event, self.now);
        self.asked.extend(questions);
    }

    fn me() -> AgentMe {
        AgentMe {
            agent: agent(0),
            role: Role::Agent,
            tenant: TenantId::default_tenant(),
        }
    }

    fn lose(&mut self) {
        let read = std::mem::take(&mut self.read).into_iter().map(|(question, _)| question);
        for question in read.chain(std::mem::take(&mut self.asked)) {
            self.tell(ClientEvent::AskFailed { n: 1, question });
        }
        assert_eq!(self.asked.len(), 0, "nothing is asked without a connection");
    }

    fn fresh(&mut self) {
        self.lose();
        let conversations: Vec<Summary> = self.desk.rows(self.at).into_values().collect();
        let parts = conversations.chunks(2).map(|rows| AgentSnapshot {
            conversations: rows.to_vec(),
            more_closed: false,
        });
        let event = ClientEvent::Fresh {
            me: Self::me(),
            time: Time(1),
            cursor: self.cursor(),
            parts: parts.collect(),
        };
        self.tell(event);
    }

    fn cursor(&self) -> Cursor {
        let at = self.at as u64;
        Cursor { at, mark: Mark(at) }
    }

    fn batch(&mut self, count: usize) {
        let to = (self.at + count).min(self.desk.journal.len());
        let event = ClientEvent::Batch {
            from: self.at as u64,
            to: to as u64,
            mark: Mark(to as u64),
            events: self.desk.as_read[self.at..to].to_vec(),
        };
        self.at = to;
        self.tell(event);
    }

    /// Reads what the server knows at this moment, which can be more than the client does. When the reply comes it can be
    /// less: events overtake it.
    fn read(&mut self, ahead: usize) {
        let Some(question) = self.asked.pop_front() else { return };
        let at = (self.at + ahead).min(self.desk.journal.len());
        let reply = match &question {
            AgentQuestion::Thread { customer, before, .. } => {
                let customer = *customer;
                let (events, more) = self.desk.page(customer, at, *before, 5);
                AgentReply::Thread { customer, events, more }
            }
            AgentQuestion::Summary { conversation } => {
                let summary = Box::new(self.desk.rows(at)[conversation].clone());
                AgentReply::Summary { summary }
            }
            AgentQuestion::Closed { .. } => unreachable!("nobody asks"),
        };
        self.read.push_back((question, reply));
    }

    fn answer(&mut self) {
        if let Some((question, reply)) = self.read.pop_front() {
            let told = Told::Reply(reply);
            self.tell(ClientEvent::Reply { n: 1, question, told });
        }
    }

    fn take(&mut self, step: Step) {
        match step {
            Step::Batch(count) => self.batch(count),
            Step::Read => self.read(self.at % 3),
            Step::Answer => self.answer(),
            Step::Resume => {
                self.lose();
                let (me, time, cursor) = (Self::me(), Time(1), self.cursor());
                self.tell(ClientEvent::Resumed { me, time, cursor });
            }
            Step::Fresh => self.fresh(),
            Step::Look(n) => self.asked.extend(self.replica.open_thread(customer_id(n))),
            Step::Older(n) => self.asked.extend(self.replica.older_events(customer_id(n))),
        }
        self.check_threads();
    }

    /// Each thread that is known is known without holes, up to now.
    fn check_threads(&self) {
        for n in 0..3 {
            let Some(thread) = self.replica.thread(customer_id(n)) else {
                continue;
            };
            if !thread.is_loaded() {
                continue;
            }
            let known: Vec<Rev> = thread.events().map(|event| event.rev).collect();
            let newest = known.last().map_or(self.at, |rev| self.at.max(rev.0 as usize));
            let (all, _) = self.desk.page(customer_id(n), newest, None, usize::MAX);
            let all: Vec<Rev> = all.into_iter().map(|event| event.rev).collect();
            // A page can be ahead of the events; what it brought is not there twice, and what is between comes.
            let upto_now: Vec<Rev> = all.iter().copied().filter(|rev| rev.0 as usize <= self.at).collect();
            let known_now: Vec<Rev> = known.iter().copied().filter(|rev| rev.0 as usize <= self.at).collect();
            assert!(upto_now.ends_with(&known_now), "{known:?} is not the end of {all:?}");
            assert!(
                known.len() == known_now.len() || all.ends_with(&known),
                "{known:?} is not the end of {all:?}"
            );
            // Events that came live before the first page can reach further back than it: then it says that there is
            // more although there may not be. Never the other way round.
            assert!(thread.has_more() || known.len() == all.len(), "{known:?} of {all:?}");
        }
    }

    fn finish(&mut self) {
        self.batch(usize::MAX / 2);
        while !self.asked.is_empty() || !self.read.is_empty() {
            self.read(0);
            self.answer();
        }
        self.check_threads();
        for n in 0..3 {
            while let Some(question) = self.replica.older_events(customer_id(n)) {
                self.asked.push_back(question);
                self.read(0);
                self.answer();
                self.check_threads();
            }
            assert!(
                self.replica
                    .thread(customer_id(n))
                    .is_none_or(|thread| !thread.has_more())
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn an_agents_replica_ends_up_as_one_snapshot_would(deeds in deeds(120), steps in steps()) {
        let desk = Desk::of(&deeds);
        let mut run = Run::new(&desk);
        steps.into_iter().for_each(|step| run.take(step));
        run.finish();
        let end = desk.journal.len();
        let rows: BTreeMap<ConversationId, Summary> =
            run.replica.summaries().map(|row| (row.conversation, row.clone())).collect();
        prop_assert_eq!(&rows, &desk.rows(end));
        let mut once = Run::new(&desk);
        once.at = end;
        once.fresh();
        let mut listed = 0;
        for section in Section::ALL {
            prop_assert_eq!(run.replica.section(section), once.replica.section(section));
            listed += run.replica.section(section).len();
        }
        prop_assert_eq!(listed, rows.len(), "each is in exactly one section");
        prop_assert_eq!(run.replica.next(), once.replica.next());
    }

    #[test]
    fn a_customers_replica_ends_up_as_one_snapshot_would(deeds in deeds(80), steps in steps()) {
        let desk = Desk::of(&deeds);
        let theirs = |event: &&minicom_protocol::event::Event| event.subject.customer() == Some(customer_id(0));
        let events: Vec<CustomerEvent> = desk.journal.iter().filter(theirs).filter_map(|it| it.for_customer()).collect();
        let view = |at: usize| {
            let mut view = ThreadView::default();
            events[..at].iter().for_each(|event| view.apply(event));
            view
        };
        let page = |at: usize, before: Option<Seq>, limit: usize| {
            let end = before.map_or(at, |before| before.0 as usize - 1);
            let begin = end.saturating_sub(limit);
            (events[begin..end].to_vec(), begin > 0)
        };
        let now = Instant::now();
        let mut replica = CustomerReplica::new();
        let mut at = 0;
        let mut asked = VecDeque::new();
        let ending = [Step::Batch(usize::MAX / 2), Step::Answer, Step::Older(0), Step::Answer];
        for step in [Step::Fresh].into_iter().chain(steps).chain(ending) {
            match step {
                Step::Batch(count) => {
                    let to = (at + count).min(events.len());
                    replica.apply_batch(Seq(to as u64), events[at..to].to_vec());
                    at = to;
                }
                Step::Answer => if let Some(question) = asked.pop_front() {
                    let CustomerQuestion::Thread { before, .. } = question;
                    let (events, more) = page(at, before, 5);
                    let told = Told::Reply(CustomerReply::Thread { events, more });
                    let _ = replica.apply(ClientEvent::Reply { n: 1, question, told }, now);
                },
                Step::Resume | Step::Look(_) | Step::Read => for question in asked.drain(..) {
                    let _ = replica.apply(ClientEvent::AskFailed { n: 1, question }, now);
                },
                Step::Fresh => {
                    asked.clear();
                    let (events, more) = page(at, None, 5);
                    replica.apply_fresh(Seq(at as u64), vec![CustomerSnapshot { view: view(at), events, more }]);
                }
                Step::Older(_) => asked.extend(replica.older_events()),
            }
            let known: Vec<CustomerEvent> = replica.thread().events().cloned().collect();
            prop_assert!(events[..at].ends_with(&known));
            prop_assert_eq!(replica.thread().has_more(), known.len() < at);
            prop_assert_eq!(replica.view(), &view(at));
        }
        prop_assert_eq!(at, events.len());
    }
}

#[test]
fn a_row_that_the_server_does_not_know_is_not_asked_for_for_ever() {
    let mut desk = Desk::default();
    for (kind, unknown) in [(0, false), (7, true)] {
        let (customer, agent) = (0, 0);
        desk.write(Deed {
            customer,
            kind,
            agent,
            unknown,
        });
    }
    let mut run = Run::new(&desk);
    run.batch(99);
    let question = run.asked.pop_front().expect("the unknown kind changed a row");
    assert!(matches!(question, AgentQuestion::Summary { .. }));
    let told = Told::Refusal(Refusal::NotFound);
    run.tell(ClientEvent::Reply { n: 1, question, told });
    assert_eq!(run.asked.len(), 0);
}

#[test]
fn a_thread_is_bounded_and_stays_whole() {
    let mut desk = Desk::default();
    let most = crate::limits::THREAD_EVENTS_MAX;
    for _ in 0..most + 60 {
        desk.write(Deed {
            customer: 0,
            kind: 0,
            agent: 0,
            unknown: false,
        });
    }
    let mut thread: Thread<Agents> = Thread::new();
    assert!(thread.wants_newest() && !thread.wants_newest(), "asked once");
    let (first, rest) = desk.journal.split_at(60);
    thread.page(None, first[30..].to_vec(), true);
    let before = thread.wants_older().expect("there is more");
    assert_eq!(before, first[30].rev.0);
    rest.iter().cloned().for_each(|event| thread.live(event));
    assert_eq!((thread.len(), thread.has_more(), thread.is_full()), (most, true, true));
    thread.page(Some(before), first[..30].to_vec(), false);
    assert_eq!(thread.len(), most, "the page does not join any more");
    assert!(thread.has_more());
    let known: Vec<u64> = thread.events().map(|event| event.rev.0).collect();
    assert!(known.windows(2).all(|pair| pair[1] == pair[0] + 1));
    assert_eq!(thread.wants_older(), None, "as many as are kept are here");
}
