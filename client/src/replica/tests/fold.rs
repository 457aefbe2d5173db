//! However the events come (snapshots, batches, pages, cuts), the replica ends up knowing the same.

use std::{
    collections::{BTreeMap, VecDeque},
    time::{Duration, Instant},
};

use minicom_protocol::{
    customer_event::CustomerEvent, event::Event, frame::*, ids::*, intake::Priority, people::Role, queue::Queue,
    refusal::Refusal, summary::Summary, thread_view::ThreadView,
};
use proptest::prelude::*;

use super::{desk::*, truth::present};
use crate::{
    AgentReplica, ClientEvent, CustomerReplica, Section, ServerUrl, StateDir, TicketFilter,
    kept::{Keeping, KeptStore},
    replica::{sections::ages_at, thread::Thread},
};

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
    /// The program ends, and another begins with what was kept.
    Restart,
    /// The agent looks at a thread.
    Look(u8),
    /// The agent scrolls to the top of a thread.
    Older(u8),
    /// The agent looks at the mentions, or further down.
    Mentions,
    /// The agent looks at the tickets, or further down.
    Tickets,
    /// The agent comes to the end of the closed ones.
    Closed,
    /// The agent opens a conversation, however old it is.
    Open(u8),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        6 => (0_usize..6).prop_map(Step::Batch),
        4 => Just(Step::Read),
        4 => Just(Step::Answer),
        1 => Just(Step::Resume),
        1 => Just(Step::Fresh),
        1 => Just(Step::Restart),
        3 => (0_u8..3).prop_map(Step::Look),
        3 => (0_u8..3).prop_map(Step::Older),
        1 => Just(Step::Mentions),
        1 => Just(Step::Tickets),
        2 => Just(Step::Closed),
        2 => (0_u8..20).prop_map(Step::Open),
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
    began: Instant,
    /// The customer whose thread was opened last.
    looked: Option<CustomerId>,
    /// The conversation that is to be opened as soon as it is known.
    opening: Option<ConversationId>,
    /// The conversation that was opened last.
    open: Option<ConversationId>,
    keeping: Keeping,
    store: KeptStore,
    _folder: tempfile::TempDir,
}

impl Run<'_> {
    fn new(desk: &Desk) -> Run<'_> {
        let folder = tempfile::tempdir().unwrap();
        let server = ServerUrl::parse("http://127.0.0.1:8000", false).unwrap();
        let state = StateDir::at(folder.path());
        let mut run = Run {
            keeping: Keeping::default(),
            store: KeptStore::new(&state, &server, &TenantId::default_tenant(), "ada"),
            _folder: folder,
            desk,
            replica: AgentReplica::new(),
            at: 0,
            asked: VecDeque::new(),
            read: VecDeque::new(),
            began: Instant::now(),
            looked: None,
            opening: None,
            open: None,
        };
        run.fresh();
        run
    }

    /// Time passes with the events.
    fn now(&self) -> Instant {
        self.began + Duration::from_micros(time_at(self.at).0.cast_unsigned())
    }

    fn tell(&mut self, event: ClientEvent<Agents>) {
        let questions = self.replica.apply(event, self.now());
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
        let (closed, more_closed) = self.desk.closed(self.at, None, 2);
        let rows = self.desk.rows(self.at).into_values();
        let mut rows: Vec<Summary> = rows.filter(|row| row.stage.is_open()).collect();
        rows.extend(closed);
        let mut parts = vec![AgentSnapshot {
            conversations: vec![],
            more_closed: false,
            desk: Some(Box::new(self.desk.state(self.at))),
        }];
        parts.extend(rows.chunks(2).map(|rows| AgentSnapshot {
            conversations: rows.to_vec(),
            more_closed: false,
            desk: None,
        }));
        if let Some(last) = parts.last_mut() {
            last.more_closed = more_closed;
        }
        let event = ClientEvent::Fresh {
            me: Self::me(),
            time: time_at(self.at),
            cursor: self.cursor(),
            parts,
        };
        self.tell(event);
    }

    /// All that is known from here on was on the disk.
    fn restart(&mut self) {
        self.lose();
        let wall = time_at(self.at).0;
        let parcel = self.keeping.parcel(&self.replica, wall, self.now());
        if let Some(parcel) = parcel {
            self.store.write(&parcel).unwrap();
        }
        let kept = self.store.load(wall).expect("it was kept");
        let begins_at = kept.cursor();
        self.replica = AgentReplica::new();
        self.replica.restore(kept, wall, self.now());
        self.keeping = Keeping::default();
        self.asked.clear();
        (self.opening, self.open) = (None, None);
        match begins_at {
            Some(cursor) => {
                assert_eq!(cursor, self.cursor());
                let (me, time) = (Self::me(), time_at(self.at));
                self.tell(ClientEvent::Resumed { me, time, cursor });
            }
            None => self.fresh(),
        }
        if let Some(customer) = self.looked {
            self.asked.extend(self.replica.open_thread(customer));
        }
    }

    fn cursor(&self) -> Cursor {
        let at = self.at as u64;
        Cursor { at, mark: Mark(at) }
    }

    fn batch(&mut self, count: usize) {
        let (from, to) = (self.at, (self.at + count).min(self.desk.journal.len()));
        self.at = to;
        self.tell(ClientEvent::Batch {
            from: from as u64,
            to: to as u64,
            mark: Mark(to as u64),
            events: self.desk.as_read[from..to].to_vec(),
        });
    }

    /// Reads what the server knows at this moment, which can be more than the client does. When the reply comes it can be
    /// less: events overtake it.
    fn read(&mut self, ahead: usize) {
        let Some(question) = self.asked.pop_front() else { return };
        let at = (self.at + ahead).min(self.desk.journal.len());
        let desk = self.desk;
        let reply = match &question {
            AgentQuestion::Thread { customer, before, .. } => {
                let customer = *customer;
                let (events, more) = desk.page(customer, at, *before, 5);
                AgentReply::Thread { customer, events, more }
            }
            AgentQuestion::Summary { conversation } => {
                let summary = Box::new(desk.rows(at)[conversation].clone());
                AgentReply::Summary { summary }
            }
            AgentQuestion::Customer { customer } => {
                let context = Box::new(desk.context(*customer, at));
                AgentReply::Customer { context }
            }
            AgentQuestion::Extra { .. } => AgentReply::Extra {
                lines: vec!["a line".to_owned()],
                trouble: None,
            },
            AgentQuestion::Replies { after, .. } => {
                let mut replies = desk.replies(at);
                replies.retain(|it| after.as_ref().is_none_or(|after| it.code > *after));
                let more = replies.len() > 2;
                replies.truncate(2);
                AgentReply::Replies { replies, more }
            }
            AgentQuestion::Mentions { before, .. } => {
                let (mentions, more) = desk.mentions_page(at, *before, 2);
                AgentReply::Mentions { mentions, more }
            }
            AgentQuestion::Tickets { before, .. } => {
                let mut tickets = desk.tickets(at);
                tickets.retain(|it| before.is_none_or(|before| it.updated_at < before) && open_ones().has(it));
                let more = tickets.len() > 2;
                tickets.truncate(2);
                AgentReply::Tickets { tickets, more }
            }
            AgentQuestion::Closed { before, .. } => {
                let (conversations, more) = desk.closed(at, *before, 2);
                AgentReply::Closed { conversations, more }
            }
            AgentQuestion::Views {} => AgentReply::Views { views: vec![] },
            _ => unreachable!("nobody asks"),
        };
        self.read.push_back((question, reply));
    }

    fn answer(&mut self) {
        if let Some((question, reply)) = self.read.pop_front() {
            let told = Told::Reply(reply);
            self.tell(ClientEvent::Reply { n: 1, question, told });
            self.go_on_opening();
        }
    }

    fn go_on_opening(&mut self) {
        let row = self.opening.and_then(|it| self.replica.summary(it));
        if let Some((conversation, customer)) = row.map(|row| (row.conversation, row.customer.id)) {
            (self.opening, self.open, self.looked) = (None, Some(conversation), Some(customer));
            self.asked.extend(self.replica.open_conversation(conversation));
        }
    }

    fn take(&mut self, step: Step) {
        match step {
            Step::Batch(count) => self.batch(count),
            Step::Read => self.read(self.at % 3),
            Step::Answer => self.answer(),
            Step::Resume => {
                self.lose();
                let (me, time, cursor) = (Self::me(), time_at(self.at), self.cursor());
                self.tell(ClientEvent::Resumed { me, time, cursor });
            }
            Step::Fresh => self.fresh(),
            Step::Restart => self.restart(),
            Step::Look(n) => {
                self.looked = Some(customer_id(n));
                self.asked.extend(self.replica.open_thread(customer_id(n)));
            }
            Step::Older(n) => self.asked.extend(self.replica.older_events(customer_id(n))),
            Step::Mentions => {
                let question = self.replica.open_mentions().or_else(|| self.replica.older_mentions());
                self.asked.extend(question);
            }
            Step::Tickets => {
                let question = self
                    .replica
                    .open_tickets(open_ones())
                    .or_else(|| self.replica.older_tickets());
                self.asked.extend(question);
            }
            Step::Closed => self.asked.extend(self.replica.older_closed()),
            Step::Open(n) => {
                let all = self.desk.rows(self.at);
                if let Some(conversation) = all.keys().nth(usize::from(n)).copied() {
                    self.opening = Some(conversation);
                    let there = self.replica.summary(conversation).is_some();
                    self.asked
                        .extend((!there).then_some(AgentQuestion::Summary { conversation }));
                    self.go_on_opening();
                }
            }
        }
        self.check_threads();
        self.check_order();
        let open = self.open.is_none_or(|it| self.replica.summary(it).is_some());
        assert!(open, "what is looked at stays");
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

    /// The list is as if it were sorted now, by the rules that the server has.
    fn check_order(&self) {
        let replica = &self.replica;
        let server_time = replica.server_time(self.now()).expect("welcomed");
        let queue = replica.queue(server_time);
        let waiting = queue.in_order(replica.summaries());
        assert_eq!(replica.section(Section::Waiting).collect::<Vec<_>>(), waiting);
        assert_eq!(replica.next(), queue.next_for(agent(0).id, replica.summaries()));
        let mut by_priority = [0; Priority::ALL.len()];
        for row in &waiting {
            by_priority[queue.effective_priority(row) as usize] += 1;
        }
        let since: Vec<Time> = waiting.iter().filter_map(|row| row.queued_since()).collect();
        let told = replica.waiting();
        assert_eq!(told.by_priority(), by_priority);
        assert_eq!(told.oldest(), since.iter().copied().min());
        assert_eq!(told.since_sum(), since.iter().map(|it| i128::from(it.0)).sum::<i128>());
        for (section, rows) in replica.sections() {
            assert!(
                replica.order(section).eq(rows.map(|row| row.conversation)),
                "{section:?}"
            );
        }
        let listed: usize = Section::ALL.into_iter().map(|section| replica.count(section)).sum();
        assert_eq!(listed, replica.summaries().count(), "each is in exactly one section");
        let ageing = replica.summaries().filter_map(|row| ages_at(row, &queue)).min();
        let ages_at = replica.ages_at().and_then(|at| replica.server_time(at));
        assert_eq!(ages_at, ageing);
        check_may_take(replica, &queue);
    }

    fn finish(&mut self) {
        self.batch(usize::MAX / 2);
        self.read_all();
        for n in 0..3 {
            while let Some(question) = self.replica.older_events(customer_id(n)) {
                self.asked.push_back(question);
                self.read_all();
            }
            assert!(
                self.replica
                    .thread(customer_id(n))
                    .is_none_or(|thread| !thread.has_more())
            );
        }
        let lists: [fn(&mut AgentReplica) -> Option<AgentQuestion>; 5] = [
            AgentReplica::older_closed,
            AgentReplica::open_mentions,
            AgentReplica::older_mentions,
            |replica| replica.open_tickets(open_ones()),
            AgentReplica::older_tickets,
        ];
        for list in lists {
            while let Some(question) = list(&mut self.replica) {
                self.asked.push_back(question);
                self.read_all();
            }
        }
        self.check_order();
    }

    fn read_all(&mut self) {
        while !self.asked.is_empty() || !self.read.is_empty() {
            self.read(0);
            self.answer();
            self.check_threads();
        }
    }

    /// Everything is known that the server knows.
    fn check_end(&self) {
        let (desk, replica, end) = (self.desk, &self.replica, self.at);
        let mut once = Run::new(desk);
        once.at = end;
        once.fresh();
        once.finish();
        for section in Section::ALL {
            let ours: Vec<&Summary> = replica.section(section).collect();
            assert_eq!(ours, once.replica.section(section).collect::<Vec<_>>());
        }
        assert_eq!(replica.next(), once.replica.next());
        assert_eq!(replica.desk(), once.replica.desk());
        assert_eq!(replica.replies(), desk.replies(end));
        assert!(replica.has_all_replies());
        assert!(replica.mentions().newest_first().eq(desk.mentions(end).iter().rev()));
        let tickets: Vec<_> = desk.tickets(end).into_iter().filter(|it| open_ones().has(it)).collect();
        assert_eq!(replica.tickets().map(|it| it.tickets()), Some(&tickets[..]));
        for n in 0..3 {
            if let Some(thread) = replica.thread(customer_id(n)) {
                let (all, _) = desk.page(customer_id(n), end, None, usize::MAX);
                assert_eq!(thread.events().cloned().collect::<Vec<Event>>(), all);
            }
        }
        if let Some(customer) = self.looked {
            assert_eq!(replica.context(customer), Some(&desk.context(customer, end)));
            assert!(replica.extra(customer).is_some());
        }
    }
}

fn open_ones() -> TicketFilter {
    TicketFilter {
        status: Some(minicom_protocol::ticket::TicketStatus::Open),
        assignee: None,
    }
}

/// What is said before the key is pressed is what the server will say.
fn check_may_take(replica: &AgentReplica, queue: &Queue<'_>) {
    let active = minicom_protocol::queue::active_count(agent(0).id, replica.summaries());
    let member = replica.member().expect("on the staff");
    for row in replica.section(Section::Waiting) {
        assert_eq!(replica.may_take(row.conversation), queue.may_take(member, active, row));
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
        run.check_end();
    }

    #[test]
    fn a_customers_replica_ends_up_as_one_snapshot_would(deeds in deeds(80), steps in steps()) {
        let desk = Desk::of(&deeds);
        let theirs = |event: &&minicom_protocol::event::Event| event.subject.customer() == Some(customer_id(0));
        let all: Vec<Event> = desk.journal.iter().filter(theirs).filter(|it| it.seq.is_some()).cloned().collect();
        let events: Vec<CustomerEvent> = all.iter().filter_map(|it| it.for_customer()).collect();
        // As they stand when so many have happened.
        let now_at = |at: usize| -> Vec<CustomerEvent> {
            let mut all = all[..at].to_vec();
            present(&mut all);
            all.iter().filter_map(|it| it.for_customer()).collect()
        };
        let view = |at: usize| {
            let mut view = ThreadView::default();
            events[..at].iter().for_each(|event| view.apply(event));
            view
        };
        let page = |at: usize, before: Option<Seq>, limit: usize| {
            let end = before.map_or(at, |before| before.0 as usize - 1);
            let begin = end.saturating_sub(limit);
            (now_at(at)[begin..end].to_vec(), begin > 0)
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
                    let CustomerQuestion::Thread { before, .. } = question else { unreachable!("nobody asks") };
                    let (events, more) = page(at, before, 5);
                    let told = Told::Reply(CustomerReply::Thread { events, more });
                    let _ = replica.apply(ClientEvent::Reply { n: 1, question, told }, now);
                },
                Step::Resume | Step::Restart | Step::Look(_) | Step::Read | Step::Mentions | Step::Tickets | Step::Closed | Step::Open(_) => for question in asked.drain(..) {
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
            prop_assert!(now_at(at).ends_with(&known), "{:?}", known);
            prop_assert_eq!(replica.thread().has_more(), known.len() < at);
            prop_assert_eq!(replica.view(), &view(at));
        }
        prop_assert_eq!(at, events.len());
    }
}

#[test]
fn a_row_that_the_server_does_not_know_is_not_asked_for_for_ever() {
    let mut desk = Desk::default();
    desk.write(deed(0, Do::Line, 0));
    desk.write(Deed {
        unknown: true,
        ..deed(0, Do::AskHuman, 0)
    });
    let mut run = Run::new(&desk);
    run.read_all();
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
        desk.write(deed(0, Do::Line, 0));
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
