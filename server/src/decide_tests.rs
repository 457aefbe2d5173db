//! The table of the module comment, row by row, and properties over random sequences of commands.

use minicom_protocol::{
    event::{Event, Subject},
    ids::{AgentId, CustomerId, Mark, Seq},
    people::Realm,
    text::{CustomerName, DisplayName},
};
use proptest::prelude::*;
use uuid::Uuid;

use super::*;

/// A customer's thread and desk in memory: what the store would hold.
#[derive(Clone)]
struct Model {
    customer: CustomerRef,
    view: ThreadView,
    conversations: Vec<Summary>,
    journal: Vec<Event>,
    now: Time,
    settings: Settings,
}

impl Model {
    fn new() -> Self {
        let name = CustomerName::try_from("carol".to_owned()).unwrap();
        Model {
            customer: CustomerRef {
                id: CustomerId(Uuid::from_u128(1)),
                name,
                realm: Realm::Named,
            },
            view: ThreadView::default(),
            conversations: vec![],
            journal: vec![],
            now: Time(1_000_000),
            settings: Settings {
                bot: true,
                bot_deadline_ms: 6_000,
            },
        }
    }

    fn newest(&self) -> Option<&Summary> {
        self.conversations.last()
    }

    fn facts(&self, who: &Who) -> Facts<'_> {
        let others = |posted: &Posted| match (&posted.author, who) {
            (Author::Agent { agent }, Who::Agent { agent: me, .. }) => agent.id != me.id,
            (author, _) => author.side() == Side::Desk,
        };
        let newest_by_others = self.journal.iter().filter_map(|event| match &event.body {
            EventBody::Posted(posted) if others(posted) => Some(posted.line),
            _ => None,
        });
        Facts {
            now: self.now,
            customer: &self.customer,
            view: &self.view,
            conversation: self.newest(),
            newest_by_others: newest_by_others.max().unwrap_or_default(),
            fresh: ConversationId(Uuid::from_u128(100 + self.conversations.len() as u128)),
            settings: self.settings,
        }
    }

    fn run(&mut self, who: &Who, order: &Order) -> Result<Decision, Refusal> {
        self.now = self.now.plus_ms(1_000);
        let decision = decide(&self.facts(who), who, order)?;
        for body in &decision.events {
            let conversation = decision.conversation.unwrap();
            let rev = Rev(self.journal.len() as u64 + 1);
            let event = Event {
                rev,
                seq: body.for_customer().map(|_| self.view.seq.next()),
                mark: Mark(rev.0),
                time: self.now,
                subject: Subject::Conversation {
                    customer: self.customer.id,
                    conversation,
                },
                command: None,
                body: body.clone(),
            };
            match self
                .conversations
                .iter_mut()
                .find(|summary| summary.conversation == conversation)
            {
                Some(summary) => summary.apply(&event),
                None => self.conversations.push(Summary::open(&event).unwrap()),
            }
            if let Some(theirs) = event.for_customer() {
                self.view.apply(&theirs);
            }
            self.journal.push(event);
        }
        Ok(decision)
    }

    fn trigger(&self) -> Rev {
        let lines = self
            .journal
            .iter()
            .rev()
            .find(|event| matches!(&event.body, EventBody::Posted(posted) if posted.author == Author::Customer));
        lines.map_or(Rev(0), |event| event.rev)
    }
}

fn agent(n: u128) -> Who {
    let name = DisplayName::try_from(if n == 1 { "Ada" } else { "Bo" }.to_owned()).unwrap();
    Who::Agent {
        agent: AgentRef {
            id: AgentId(Uuid::from_u128(n)),
            name,
        },
        role: Role::Agent,
    }
}

fn admin() -> Who {
    let name = DisplayName::try_from("Root".to_owned()).unwrap();
    Who::Agent {
        agent: AgentRef {
            id: AgentId(Uuid::from_u128(9)),
            name,
        },
        role: Role::Admin,
    }
}

fn carol() -> Who {
    Who::Customer(Model::new().customer)
}

/// An order by its short name; what it needs of numbers it takes from the model.
fn order(model: &Model, name: &str) -> (Who, Order) {
    let conversation = model
        .newest()
        .map_or(ConversationId(Uuid::nil()), |summary| summary.conversation);
    let up_to_date = SeenLines {
        customer: model.view.customer_lines,
        desk: model.view.desk_lines,
    };
    let post = |seen, take_over, anyway| {
        Order::Agent(AgentCommand::Post {
            conversation,
            text: "Hi".into(),
            seen,
            take_over,
            anyway,
        })
    };
    let turn = |turn| {
        Order::BotTurn(BotTurn {
            conversation,
            trigger: model.trigger(),
            turn,
        })
    };
    match name {
        "c.post" => (carol(), Order::Customer(CustomerCommand::Post { text: "Hello".into() })),
        "c.human" => (carol(), Order::Customer(CustomerCommand::RequestHuman {})),
        "c.close" => (carol(), Order::Customer(CustomerCommand::Close {})),
        "c.seen" => (
            carol(),
            Order::Customer(CustomerCommand::MarkSeen {
                up_to: LineNo(u64::MAX),
            }),
        ),
        "a.post" => (agent(1), post(up_to_date, false, false)),
        "b.post" => (agent(2), post(up_to_date, false, false)),
        "a.post+take" => (agent(1), post(up_to_date, true, false)),
        "b.post+take" => (agent(2), post(up_to_date, true, false)),
        "a.post late" => (agent(1), post(SeenLines::default(), true, false)),
        "a.post anyway" => (agent(1), post(SeenLines::default(), true, true)),
        "a.take" => (agent(1), Order::Agent(AgentCommand::TakeOver { conversation })),
        "b.take" => (agent(2), Order::Agent(AgentCommand::TakeOver { conversation })),
        "a.back" => (agent(1), Order::Agent(AgentCommand::HandBack { conversation })),
        "a.seen" => (
            agent(1),
            Order::Agent(AgentCommand::MarkSeen {
                conversation,
                up_to: LineNo(u64::MAX),
            }),
        ),
        "a.close" => (
            agent(1),
            Order::Agent(AgentCommand::Close {
                conversation,
                seen: up_to_date.customer,
            }),
        ),
        "a.close late" => (
            agent(1),
            Order::Agent(AgentCommand::Close {
                conversation,
                seen: LineNo(0),
            }),
        ),
        "root.close" => (
            admin(),
            Order::Agent(AgentCommand::Close {
                conversation,
                seen: up_to_date.customer,
            }),
        ),
        "bot.reply" => (
            Who::Bot,
            turn(Turn::Reply {
                text: "I can help".into(),
            }),
        ),
        "bot.hand" => {
            let reason = HandOverReason::NotUnderstood;
            (
                Who::Bot,
                turn(Turn::HandOver {
                    text: "A person will come".into(),
                    reason,
                }),
            )
        }
        "bot.silence" => (Who::Bot, turn(Turn::Silence)),
        "fire" => {
            let fire = Fire {
                kind: TimerKind::BotDeadline,
                conversation,
                set_by: model.trigger(),
            };
            (Who::Server, Order::Fire(fire))
        }
        other => panic!("no order {other}"),
    }
}

fn in_stage(name: &str) -> Model {
    let mut model = Model::new();
    let steps: &[&str] = match name {
        "none" => &[],
        "bot" => &["c.post"],
        "waiting" => &["c.post", "c.human"],
        "mine" => &["c.post", "a.take"],
        "theirs" => &["c.post", "b.take"],
        "closed" => &["c.post", "c.close"],
        other => panic!("no stage {other}"),
    };
    for step in steps {
        let (who, order) = order(&model, step);
        model.run(&who, &order).unwrap();
    }
    model
}

fn told(result: Result<Decision, Refusal>) -> String {
    let name = |body: &EventBody| match body {
        EventBody::Opened(_) => "opened",
        EventBody::Posted(_) => "posted",
        EventBody::TakenOver(_) => "taken",
        EventBody::HandedBack(_) => "back",
        EventBody::HumanRequested(_) => "human",
        EventBody::Seen(_) => "seen",
        EventBody::Closed(_) => "closed",
        EventBody::AgentChanged(_) | EventBody::Unknown(_) => "?",
    };
    match result {
        Ok(decision) if decision.events.is_empty() => "nothing".into(),
        Ok(decision) => decision.events.iter().map(name).collect::<Vec<_>>().join("+"),
        Err(refusal) => refusal.code(),
    }
}

#[test]
fn the_table() {
    #[rustfmt::skip]
    let rows = [
        //  command          none                  bot            waiting        mine        theirs      closed
        ("c.post",        ["opened+posted",     "posted",       "posted",       "posted",   "posted",   "opened+posted"]),
        ("a.post",        ["not_found",         "not_owner",    "not_owner",    "posted",   "taken_by", "closed"]),
        ("a.post+take",   ["not_found",         "taken+posted", "taken+posted", "posted",   "taken_by", "closed"]),
        ("bot.reply",     ["not_found",         "posted",       "nothing",      "nothing",  "nothing",  "nothing"]),
        ("bot.hand",      ["not_found",         "posted+human", "nothing",      "nothing",  "nothing",  "nothing"]),
        ("bot.silence",   ["not_found",         "nothing",      "nothing",      "nothing",  "nothing",  "nothing"]),
        ("c.human",       ["closed",            "human",        "nothing",      "nothing",  "nothing",  "closed"]),
        ("a.take",        ["not_found",         "taken",        "taken",        "nothing",  "taken_by", "closed"]),
        ("a.back",        ["not_found",         "nothing",      "back",         "back",     "taken_by", "closed"]),
        ("a.seen",        ["not_found",         "nothing",      "nothing",      "seen",     "nothing",  "nothing"]),
        ("c.close",       ["nothing",           "closed",       "closed",       "closed",   "closed",   "nothing"]),
        ("a.close",       ["not_found",         "closed",       "closed",       "closed",   "taken_by", "nothing"]),
        ("a.close late",  ["not_found",         "unseen",       "unseen",       "unseen",   "taken_by", "nothing"]),
        ("root.close",    ["not_found",         "closed",       "closed",       "closed",   "closed",   "nothing"]),
        ("fire",          ["not_found",         "posted+human", "nothing",      "nothing",  "nothing",  "nothing"]),
        ("c.seen",        ["nothing",           "nothing",      "nothing",      "nothing",  "nothing",  "nothing"]),
    ];
    for (command, expected) in rows {
        for (stage, wanted) in ["none", "bot", "waiting", "mine", "theirs", "closed"]
            .iter()
            .zip(expected)
        {
            let mut model = in_stage(stage);
            let (who, order) = order(&model, command);
            assert_eq!(told(model.run(&who, &order)), wanted, "{command} in {stage}");
        }
    }
}

fn check(steps: &[&str], last: &str, wanted: &str) {
    let mut model = Model::new();
    for step in steps {
        let (who, order) = order(&model, step);
        model
            .run(&who, &order)
            .unwrap_or_else(|refusal| panic!("{step}: {refusal:?}"));
    }
    let (who, order) = order(&model, last);
    assert_eq!(told(model.run(&who, &order)), wanted, "{last} after {steps:?}");
}

#[test]
fn what_was_asked_of_the_bot_before_a_hand_over_is_not_answered_after_a_hand_back() {
    check(&["c.post", "a.take", "a.back"], "bot.reply", "nothing");
    check(&["c.post", "a.take", "a.back"], "fire", "nothing");
    check(&["c.post", "a.take", "a.back", "c.post"], "bot.reply", "posted");
}

#[test]
fn a_reply_that_missed_somebody_elses_is_held() {
    check(&["c.post", "bot.reply"], "a.post late", "stale");
    check(&["c.post", "bot.reply"], "a.post anyway", "taken+posted");
    // Only others' lines count: two of one's own sent in a row are fine.
    check(&["c.post", "a.take", "a.post"], "a.post late", "posted");
}

#[test]
fn marks_only_move_forward_and_never_beyond_what_was_written() {
    check(&["c.post", "bot.reply"], "c.seen", "seen");
    check(&["c.post", "bot.reply", "c.seen"], "c.seen", "nothing");
    check(&["c.post", "a.take", "a.seen"], "a.seen", "nothing");
}

#[test]
fn a_desk_without_a_bot_queues_at_once() {
    let mut model = Model::new();
    model.settings.bot = false;
    let (who, post) = order(&model, "c.post");
    assert_eq!(told(model.run(&who, &post)), "opened+posted+human");
    let (who, take) = order(&model, "a.take");
    model.run(&who, &take).unwrap();
    let (who, back) = order(&model, "a.back");
    assert_eq!(told(model.run(&who, &back)), "back+human");
}

#[test]
fn nobody_decides_for_another() {
    let mut model = in_stage("bot");
    let (_, theirs) = order(&model, "c.post");
    assert_eq!(told(model.run(&agent(1), &theirs)), "forbidden");
    let (_, turn) = order(&model, "bot.reply");
    assert_eq!(told(model.run(&carol(), &turn)), "forbidden");
}

#[test]
fn a_customers_line_sets_the_bots_deadline_and_the_turn_clears_it() {
    let mut model = Model::new();
    let (who, post) = order(&model, "c.post");
    let due = model.now.plus_ms(1_000 + 6_000);
    let set = model.run(&who, &post).unwrap().timers;
    assert_eq!(
        set,
        [TimerChange::Set {
            kind: TimerKind::BotDeadline,
            due
        }]
    );
    let (who, turn) = order(&model, "bot.reply");
    let cleared = model.run(&who, &turn).unwrap().timers;
    assert_eq!(
        cleared,
        [TimerChange::Clear {
            kind: TimerKind::BotDeadline,
            set_by: model.trigger()
        }]
    );
}

const ORDERS: &[&str] = &[
    "c.post",
    "c.human",
    "c.close",
    "c.seen",
    "a.post",
    "b.post",
    "a.post+take",
    "b.post+take",
    "a.post late",
    "a.post anyway",
    "a.take",
    "b.take",
    "a.back",
    "a.seen",
    "a.close",
    "a.close late",
    "root.close",
    "bot.reply",
    "bot.hand",
    "bot.silence",
    "fire",
];

/// A bot's turn for an older line, as a slow or restarted bot would send it.
fn late_turn(model: &Model, back: usize) -> (Who, Order) {
    let lines: Vec<&Event> = model
        .journal
        .iter()
        .filter(|event| matches!(&event.body, EventBody::Posted(posted) if posted.author == Author::Customer))
        .collect();
    let Some(line) = lines.len().checked_sub(1 + back).and_then(|n| lines.get(n)) else {
        return order(model, "bot.silence");
    };
    let turn = BotTurn {
        conversation: line.subject.conversation().unwrap(),
        trigger: line.rev,
        turn: Turn::Reply {
            text: "Sorry, I was slow".into(),
        },
    };
    (Who::Bot, Order::BotTurn(turn))
}

proptest! {
    #[test]
    fn in_no_sequence_does_the_bot_speak_while_a_person_has_it(steps in prop::collection::vec((0..ORDERS.len(), 0..4_usize), 1..60)) {
        let mut model = Model::new();
        for (n, back) in steps {
            let (who, order) = order(&model, ORDERS[n]);
            let _ = model.run(&who, &order);
            // After whatever happened, an old turn of the bot comes in too. It is decided about its own conversation.
            let (who, turn) = late_turn(&model, back);
            let about = match &turn { Order::BotTurn(turn) => turn.conversation, _ => unreachable!() };
            if model.newest().is_some_and(|summary| summary.conversation == about) {
                let _ = model.run(&who, &turn);
            }
        }
        let mut human = false;
        for event in &model.journal {
            match &event.body {
                EventBody::TakenOver(_) => human = true,
                EventBody::HandedBack(_) | EventBody::Opened(_) => human = false,
                EventBody::Posted(posted) => prop_assert!(!(human && posted.author == Author::Bot), "{event:?}"),
                _ => {}
            }
        }
    }

    #[test]
    fn a_fold_from_any_point_equals_the_fold_of_all(steps in prop::collection::vec(0..ORDERS.len(), 1..60)) {
        let mut model = Model::new();
        let mut snapshots = vec![(0, model.conversations.clone(), model.view.clone())];
        for n in steps {
            let (who, order) = order(&model, ORDERS[n]);
            let _ = model.run(&who, &order);
            snapshots.push((model.journal.len(), model.conversations.clone(), model.view.clone()));
        }
        for (at, mut conversations, mut view) in snapshots {
            for event in &model.journal[at..] {
                let id = event.subject.conversation().unwrap();
                match conversations.iter_mut().find(|summary| summary.conversation == id) {
                    Some(summary) => summary.apply(event),
                    None => conversations.push(Summary::open(event).unwrap()),
                }
                view.apply(&event.for_customer().unwrap());
            }
            prop_assert_eq!(&conversations, &model.conversations);
            prop_assert_eq!(&view, &model.view);
        }
    }

    #[test]
    fn at_most_one_conversation_is_open_and_numbers_are_dense(steps in prop::collection::vec(0..ORDERS.len(), 1..60)) {
        let mut model = Model::new();
        for n in steps {
            let (who, order) = order(&model, ORDERS[n]);
            let _ = model.run(&who, &order);
            let open = model.conversations.iter().filter(|summary| summary.stage.is_open()).count();
            prop_assert!(open <= 1);
        }
        for (n, summary) in model.conversations.iter().enumerate() {
            prop_assert_eq!(summary.number, n as u64 + 1);
        }
        for side in [Side::Customer, Side::Desk] {
            let lines: Vec<u64> = model.journal.iter().filter_map(|event| match &event.body {
                EventBody::Posted(posted) if posted.author.side() == side => Some(posted.line.0),
                _ => None,
            }).collect();
            prop_assert_eq!(&lines, &(1..=lines.len() as u64).collect::<Vec<_>>());
        }
        prop_assert_eq!(model.view.seq, Seq(model.journal.len() as u64));
    }

    #[test]
    fn two_that_mark_at_once_fall_silent(marks in prop::collection::vec(0..3_u64, 1..20)) {
        let mut model = in_stage("mine");
        let (who, post) = order(&model, "a.post");
        model.run(&who, &post).unwrap();
        let mut seen = 0;
        for n in marks {
            for (who, order) in [order(&model, "c.seen"), order(&model, "a.seen")] {
                let order = match order {
                    Order::Customer(_) => Order::Customer(CustomerCommand::MarkSeen { up_to: LineNo(n) }),
                    other => other,
                };
                seen += model.run(&who, &order).unwrap().events.len();
            }
        }
        prop_assert!(seen <= 2);
    }
}
