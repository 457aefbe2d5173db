//! What comes of each word, in each stage.

use std::time::Instant;

use minicom_client::{ClientEvent, CommandIds};
use minicom_protocol::{
    customer_event::{Author, Closed, Closer, HumanRequested, Joined, Opened, Rated},
    event::{CardPart, CardTag},
    frame::{CustomerMe, CustomerSnapshot},
    ids::{ConversationId, Cursor, Mark, Seq, TenantId},
    intake::ClientInfo,
    line::LineState,
    text::{CustomerName, DisplayName, MessageText},
    thread_view::ThreadView,
};
use minicom_tui_kit::Zone;

use super::*;
use crate::beginning::Wishes;

const NOW: i64 = 1_763_647_200_000_000;
const SECOND: i64 = 1_000_000;

/// What is known of a thread in which these things happened, a second after each other, the last one now.
fn known(bodies: Vec<CustomerBody>) -> CustomerReplica {
    let mut view = ThreadView::default();
    let begin = NOW - i64::try_from(bodies.len()).unwrap() * SECOND;
    let mut events = Vec::new();
    for (body, n) in bodies.into_iter().zip(1_u64..) {
        let event = CustomerEvent {
            seq: Seq(n),
            mark: Mark(n),
            time: Time(begin + i64::try_from(n).unwrap() * SECOND),
            conversation: ConversationId::from_bytes([7; 16]),
            command: None,
            body,
        };
        view.apply(&event);
        events.push(event);
    }
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
    let at = view.seq.0;
    let mut known = CustomerReplica::new();
    let fresh = ClientEvent::Fresh {
        me,
        time: Time(NOW),
        cursor: Cursor { at, mark: Mark(at) },
        parts: vec![CustomerSnapshot {
            view,
            events,
            more: false,
        }],
    };
    assert!(known.apply(fresh, Instant::now()).is_empty());
    known
}

fn ada() -> DisplayName {
    DisplayName::parse("Ada").unwrap()
}

fn line(author: Author, line: u64, text: &str) -> CustomerBody {
    CustomerBody::Posted(Posted {
        author,
        line: LineNo(line),
        parts: vec![Part::of_text(MessageText::parse(text).unwrap())],
        quote: None,
        state: LineState::Original,
    })
}

fn by_ada() -> Author {
    Author::Agent { name: ada() }
}

fn opened() -> CustomerBody {
    CustomerBody::Opened(Opened { number: 1 })
}

fn ended(ask_rating: bool) -> CustomerBody {
    let by = Closer::Agent;
    CustomerBody::Closed(Closed { by, ask_rating })
}

fn with_card() -> CustomerBody {
    let CustomerBody::Posted(mut posted) = line(by_ada(), 9, "this") else {
        panic!("a line is one");
    };
    posted.parts.push(Part::Card(CardPart {
        kind: CardTag::Card,
        slug: Tag::parse("refunds").unwrap(),
        title: SubjectLine::parse("Refunds").unwrap(),
        excerpt: String::new(),
        fallback: String::new(),
    }));
    CustomerBody::Posted(posted)
}

fn of(known: &CustomerReplica, word: Word, rest: &str) -> Wish {
    let mut beginning = Beginning::new(Wishes::default(), "tui", ClientInfo::default());
    wish(word, rest, known, &mut beginning, (Some(Time(NOW)), &Zone::utc()))
}

#[track_caller]
fn told(wish: Wish, words: &str) {
    match wish {
        Wish::Told(shown) | Wish::Wrong(shown) | Wish::Otherwise(shown) => {
            assert!(shown.as_str().contains(words), "{shown}")
        }
        other => panic!("{other:?} tells nothing"),
    }
}

#[test]
fn people_and_ends_by_stage() {
    let none = known(vec![]);
    let bot = known(vec![opened()]);
    let waiting = known(vec![opened(), CustomerBody::HumanRequested(HumanRequested {})]);
    let active = known(vec![opened(), CustomerBody::Joined(Joined { name: ada() })]);
    let closed = known(vec![opened(), ended(false)]);
    let line = Wish::Line("human please".to_owned());
    assert_eq!(of(&none, Word::Human, ""), line);
    assert_eq!(of(&closed, Word::Human, ""), line);
    assert_eq!(of(&bot, Word::Human, ""), Wish::Send(CustomerCommand::RequestHuman {}));
    told(of(&waiting, Word::Human, ""), "A person has been asked for already.");
    told(of(&active, Word::Human, ""), "Ada is with you");
    told(of(&none, Word::End, ""), "There is no chat to end.");
    told(of(&closed, Word::End, ""), "This chat has ended already.");
    for open in [&bot, &waiting, &active] {
        assert_eq!(of(open, Word::End, ""), Wish::Send(CustomerCommand::Close {}));
    }
    assert_eq!(of(&none, Word::Help, ""), Wish::Help);
}

#[test]
fn who_one_is_is_checked() {
    let none = known(vec![]);
    let sent = |wish| matches!(wish, Wish::Send(CustomerCommand::Introduce { .. }));
    assert!(sent(of(&none, Word::Name, "Carol Ramos")));
    assert!(sent(of(&none, Word::Email, "c@example.test")));
    told(of(&none, Word::Name, "a\nb"), "the name cannot contain U+000A");
    told(of(&none, Word::Email, "nobody"), "this is not an e-mail address");
    told(of(&none, Word::Subject, "parcel"), "It is said with your first line.");
    told(
        of(&none, Word::Subject, &"x".repeat(201)),
        "the subject has 201 characters",
    );
    let bot = known(vec![opened()]);
    assert!(matches!(
        of(&bot, Word::Subject, "parcel"),
        Wish::Send(CustomerCommand::SetSubject { .. })
    ));
}

#[test]
fn ones_own_last_line_can_be_changed_while_it_is_the_last_and_new() {
    let hello = || {
        vec![
            opened(),
            line(Author::Customer, 1, "//hello"),
            line(Author::Bot, 1, "hi"),
        ]
    };
    let mut open = known(hello());
    let number = LineNo(1);
    let text = "other".to_owned();
    let edited = Wish::Send(CustomerCommand::EditLine { line: number, text });
    assert_eq!(of(&open, Word::Edit, "other"), edited);
    assert_eq!(of(&open, Word::Edit, ""), Wish::EditAgain(number, "//hello".to_owned()));
    let back = Wish::Send(CustomerCommand::WithdrawLine { line: number });
    assert_eq!(of(&open, Word::Undo, ""), back);
    told(of(&open, Word::Edit, &"x".repeat(20_000)), "16384 is the most");
    let mut beginning = Beginning::new(Wishes::default(), "tui", ClientInfo::default());
    let late = Some(Time(NOW + 120 * SECOND));
    let cannot = "Your last line cannot be changed";
    told(
        wish(Word::Undo, "", &open, &mut beginning, (late, &Zone::utc())),
        cannot,
    );
    told(
        wish(Word::Undo, "", &open, &mut beginning, (None, &Zone::utc())),
        cannot,
    );
    open.pending(CommandIds::starting_at(1).next(NOW), CustomerCommand::post("next"));
    told(of(&open, Word::Edit, "other"), "still on its way");

    told(of(&known(vec![opened()]), Word::Undo, ""), cannot);
    let mut over = hello();
    over.push(ended(false));
    told(of(&known(over), Word::Undo, ""), cannot);
}

#[test]
fn how_it_was_is_said_once_after_the_end() {
    let mut asked = known(vec![opened(), ended(true)]);
    let rate = |score, comment: Option<&str>| {
        Wish::Send(CustomerCommand::Rate {
            score,
            comment: comment.map(str::to_owned),
        })
    };
    assert_eq!(of(&asked, Word::Rate, "4"), rate(Some(4), None));
    assert_eq!(
        of(&asked, Word::Rate, "5  quick and\nkind"),
        rate(Some(5), Some("quick and\nkind"))
    );
    assert_eq!(of(&asked, Word::Rate, "0 never mind"), rate(None, None));
    for wrong in ["6", "-1", "good", "4.5", "300", "1..5"] {
        told(of(&asked, Word::Rate, wrong), "Write /rate and a number");
    }
    asked.pending(CommandIds::starting_at(1).next(NOW), rating(4, None));
    told(of(&asked, Word::Rate, "3"), "said already how this chat was");
    let rated = CustomerBody::Rated(Rated { score: Some(4) });
    told(
        of(&known(vec![opened(), ended(true), rated]), Word::Rate, "3"),
        "said already how this chat was",
    );
    told(
        of(&known(vec![opened(), ended(false)]), Word::Rate, "3"),
        "This desk does not ask",
    );
    told(of(&known(vec![opened()]), Word::Rate, "3"), "when this chat has ended");
    told(of(&known(vec![]), Word::Rate, "3"), "no chat yet");
    // What a right one would be is no help where none is taken.
    told(
        of(&known(vec![opened(), ended(false)]), Word::Rate, "9"),
        "This desk does not ask",
    );
}

#[test]
fn lines_of_the_desk_are_answered_by_number() {
    let gone = CustomerBody::Posted(Posted {
        state: LineState::Blanked,
        parts: vec![],
        ..posted_of(line(by_ada(), 3, "secret"))
    });
    let open = known(vec![
        opened(),
        line(Author::Bot, 1, "hello"),
        line(Author::Customer, 1, "hi"),
        line(by_ada(), 2, "which\norder? \u{1b}[2J"),
        gone,
    ]);
    assert_eq!(of(&open, Word::Quote, ""), Wish::ChooseQuote);
    let Wish::Quote(newest) = of(&open, Word::Quote, "1") else {
        panic!("there is one");
    };
    assert_eq!((newest.line.side, newest.line.line), (Side::Desk, LineNo(2)));
    assert_eq!(
        (newest.name.as_str(), newest.excerpt.as_str()),
        ("Ada", "which order? ␛[2J")
    );
    assert!(matches!(of(&open, Word::Quote, "2"), Wish::Quote(it) if it.excerpt.as_str() == "hello"));
    told(of(&open, Word::Quote, "3"), "There is no such line");
    told(of(&open, Word::Quote, "0"), "Write /quote and a number");
    told(of(&open, Word::Quote, "last"), "Write /quote and a number");
    assert_eq!(quotable(&open).count(), 3, "one's own too");
}

fn posted_of(body: CustomerBody) -> Posted {
    match body {
        CustomerBody::Posted(posted) => posted,
        other => panic!("{other:?} is no line"),
    }
}

#[test]
fn articles_by_name_or_the_newest() {
    let none = known(vec![]);
    told(of(&none, Word::Read, ""), "No article was sent to you.");
    assert_eq!(
        of(&none, Word::Read, "Refunds"),
        Wish::Read(Tag::parse("refunds").unwrap())
    );
    told(
        of(&none, Word::Read, "two words"),
        "an article's short name cannot contain a blank",
    );
    let sent = known(vec![opened(), with_card(), line(by_ada(), 10, "well?")]);
    assert_eq!(of(&sent, Word::Read, ""), Wish::Read(Tag::parse("refunds").unwrap()));
}
