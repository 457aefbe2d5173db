//! What is said with the first line, what into an open conversation, and what is kept for later.

use std::time::Instant;

use minicom_client::{ClientEvent, CommandIds};
use minicom_protocol::{
    frame::{CustomerMe, CustomerSnapshot},
    ids::{CommandId, Cursor, Mark, TenantId, Time},
    text::CustomerName,
    thread_view::ThreadView,
};

use super::*;

const NOW: i64 = 1_763_647_200_000_000;

fn subject(text: &str) -> SubjectLine {
    SubjectLine::parse(text).unwrap()
}

fn wishes() -> Wishes {
    Wishes {
        name: Some(subject("Carol")),
        email: None,
        subject: Some(subject("parcel")),
        priority: Some(Priority::High),
        skills: vec![Skill::parse("german").unwrap()],
    }
}

fn beginning() -> Beginning {
    Beginning::new(wishes(), "tui", ClientInfo::default())
}

/// A thread that stands like this.
fn known(stage: Option<CustomerStage>) -> CustomerReplica {
    let mut known = CustomerReplica::new();
    snapshot(&mut known, stage);
    known
}

fn snapshot(known: &mut CustomerReplica, stage: Option<CustomerStage>) {
    let view = ThreadView {
        stage,
        ..ThreadView::default()
    };
    let me = CustomerMe {
        name: CustomerName::parse("carol").unwrap(),
        tenant: TenantId::default_tenant(),
        desk: String::new(),
        questions: vec![],
        subtitle: String::new(),
        colour: String::new(),
        first: Default::default(),
        edit_window_s: 60,
        consent: String::new(),
        verified: false,
    };
    let events = vec![];
    let more = false;
    let fresh = ClientEvent::Fresh {
        me,
        time: Time(NOW),
        cursor: Cursor { at: 0, mark: Mark(0) },
        parts: vec![CustomerSnapshot { view, events, more }],
    };
    assert!(known.apply(fresh, Instant::now()).is_empty());
}

fn closed() -> Option<CustomerStage> {
    Some(CustomerStage::Closed {
        at: Time(NOW),
        by: minicom_protocol::customer_event::Closer::Agent,
    })
}

fn id(number: u128) -> CommandId {
    CommandIds::starting_at(number).next(NOW)
}

fn intake(command: CustomerCommand) -> Intake {
    match command {
        CustomerCommand::Start { intake, .. } => intake,
        other => panic!("{other:?} begins nothing"),
    }
}

#[test]
fn a_new_conversation_begins_with_everything_once() {
    for stage in [None, closed()] {
        let (known, mut beginning) = (known(stage), beginning());
        assert_eq!(beginning.meet(&known), Met::default(), "nothing before the first line");
        assert!(Beginning::is_due(&known));
        let CustomerCommand::Start {
            intake: first,
            introduction,
            ..
        } = beginning.start(vec![])
        else {
            panic!("begins nothing");
        };
        assert_eq!(first.subject, Some(subject("parcel")));
        assert_eq!((first.priority, first.skills.len()), (Priority::High, 1));
        assert_eq!(
            (first.channel.as_str(), introduction.name),
            ("tui", Some(subject("Carol")))
        );
        let next = intake(beginning.start(vec![]));
        assert_eq!(
            (next.subject, next.priority, next.skills.len()),
            (None, Priority::Medium, 0)
        );
        assert_eq!(next.channel, "tui");
    }
}

#[test]
fn an_open_conversation_is_told_what_there_is_and_once() {
    let (known, mut beginning) = (known(Some(CustomerStage::Bot)), beginning());
    assert!(!Beginning::is_due(&known));
    let met = beginning.meet(&known);
    assert!(matches!(
        &met.commands[..],
        [CustomerCommand::Introduce { .. }, CustomerCommand::SetSubject { .. }]
    ));
    assert!(
        met.told
            .unwrap()
            .as_str()
            .contains("--priority and --skill are for the next one")
    );
    assert_eq!(beginning.meet(&known), Met::default());
    let next = intake(beginning.start(vec![]));
    assert_eq!(
        (next.subject, next.priority),
        (None, Priority::High),
        "that is still to be said"
    );

    let plain = &mut Beginning::new(Wishes::default(), "plain", ClientInfo::default());
    assert_eq!(plain.meet(&known), Met::default());
}

#[test]
fn a_line_before_the_thread_is_known_begins_one_in_any_case() {
    // There was one after all: what belongs to it is said into it.
    let (mut unknown, mut early) = (CustomerReplica::new(), beginning());
    assert!(Beginning::is_due(&unknown));
    let start = early.start(vec![]);
    assert_eq!(intake(start.clone()).subject, Some(subject("parcel")));
    unknown.pending(id(1), start.clone());
    assert!(!Beginning::is_due(&unknown), "one is on its way");
    snapshot(&mut unknown, Some(CustomerStage::Bot));
    let met = early.meet(&unknown);
    assert!(matches!(&met.commands[..], [CustomerCommand::SetSubject { .. }]));

    // There was none: all was said.
    let (mut unknown, mut early) = (CustomerReplica::new(), beginning());
    unknown.pending(id(1), early.start(vec![]));
    snapshot(&mut unknown, None);
    assert_eq!(early.meet(&unknown), Met::default());
    assert_eq!(intake(early.start(vec![])).subject, None);
}

#[test]
fn what_is_on_its_way_counts() {
    let mut open = known(Some(CustomerStage::Bot));
    open.pending(id(1), CustomerCommand::Close {});
    assert!(Beginning::is_due(&open), "it will have ended");
    open.pending(id(2), CustomerCommand::post("again"));
    assert!(!Beginning::is_due(&open), "and will have begun anew");

    let mut closed = known(closed());
    closed.pending(id(1), CustomerCommand::RequestHuman {});
    assert!(Beginning::is_due(&closed));
}

#[test]
fn who_one_is_stays_and_what_it_is_about_waits_for_the_first_line() {
    let (none, mut beginning) = (known(None), beginning());
    beginning.meet(&none);
    let introduction = Introduction {
        name: None,
        email: Some(Email::parse("c@example.test").unwrap()),
    };
    let sent = beginning.introduce(introduction.clone());
    assert_eq!(sent, CustomerCommand::Introduce { introduction });
    assert_eq!(beginning.about(subject("refund"), &none), None);
    let CustomerCommand::Start {
        intake, introduction, ..
    } = beginning.start(vec![])
    else {
        panic!("begins nothing");
    };
    assert_eq!(intake.subject, Some(subject("refund")));
    assert!(introduction.name.is_some() && introduction.email.is_some());
    let open = known(Some(CustomerStage::Bot));
    assert!(matches!(
        beginning.about(subject("refund"), &open),
        Some(CustomerCommand::SetSubject { .. })
    ));
}

#[test]
fn answers_stand_by_their_questions() {
    let question = |key: &str| PreChatQuestion {
        key: key.to_owned(),
        text: "?".to_owned(),
    };
    let questions = ["order", "plan", "more"].map(question);
    let answers = answers_to(&questions, ["48213".to_owned(), " ".to_owned(), "x".repeat(600)]);
    let found: Vec<(&str, usize)> = answers.iter().map(|it| (it.key.as_str(), it.text.len())).collect();
    assert_eq!(found, [("order", 5), ("more", 500)]);
    assert!(answers_to(&questions, []).is_empty());
    assert!(answers_to(&[], ["x".to_owned()]).is_empty());
}
