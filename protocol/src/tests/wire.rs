//! Everything that travels comes out as it went in, what earlier versions have stored is still read, and bounds are kept at the door.

use std::{collections::BTreeSet, fmt::Debug};

use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::{examples::*, fixtures::*};
use crate::{
    codec::{decode, decode_from_server, encode, encode_to_server},
    command::{ATTRIBUTE_CHARS_MAX, AgentCommand, COMMAND_LIST_MAX, CustomerCommand, Outcome, ReplyUse},
    customer_event::{self as theirs, CustomerBody},
    event::*,
    frame::{Agents, Audience, CustomerMe, Customers, ToClient, ToServer},
    ids::{LineNo, Rev, Seq},
    intake::{ClientInfo, Intake, Introduction},
    library::{ARTICLE_BYTES_MAX, LISTED_MAX, REPLY_BYTES_MAX},
    line::LineState,
    refusal::Refusal,
    settings::{DeskSettings, PreChatAnswer},
    stage::{Closer, Stage},
    summary::Summary,
    text::MESSAGE_BYTES_MAX,
    thread_view::ThreadView,
};

fn same<T: Serialize + DeserializeOwned + PartialEq + Debug>(it: &T) {
    let text = serde_json::to_string(it).unwrap();
    let back: T = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    assert_eq!(&back, it, "{text}");
}

#[test]
fn every_frame_comes_out_as_it_went_in() {
    fn to_server<A: Audience + Debug + PartialEq>(frames: Vec<ToServer<A>>) {
        for frame in frames {
            let text = encode_to_server(&frame);
            assert_eq!(decode::<A>(&text).as_ref(), Ok(&frame), "{text}");
        }
    }
    fn to_client<A: Audience + Debug + PartialEq>(frames: Vec<ToClient<A>>) {
        for frame in frames {
            let text = encode(&frame);
            let back: ToClient<A> = decode_from_server(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
            assert_eq!(back, frame, "{text}");
        }
    }
    to_server(every_frame_of_agents());
    to_server(every_frame_of_customers());
    to_client(every_frame_to_agents());
    to_client(every_frame_to_customers());
}

#[test]
fn what_is_stored_comes_out_as_it_went_in() {
    same(&summary());
    for reason in every_reason() {
        same(&reason);
        assert!(!reason.words().is_empty());
    }
    for notice in every_notice() {
        let body = Posted {
            author: Author::System,
            line: LineNo(1),
            parts: parts("later"),
            quote: None,
            notice: Some(notice),
            state: LineState::Original,
        };
        same(&body);
    }
    for stage in [
        Stage::Bot,
        Stage::Active {
            agent: ada(),
            since: START,
        },
        Stage::Snoozed {
            agent: ada(),
            since: START,
            until: None,
        },
        Stage::Snoozed {
            agent: ada(),
            since: START,
            until: Some(minute(1)),
        },
        Stage::Closed {
            at: START,
            by: Closer::System,
        },
    ] {
        same(&stage);
        same(&Summary { stage, ..summary() });
    }
    for change in [
        Target::Agent { agent: bo() },
        Target::Group { group: returns() },
        Target::Queue,
    ] {
        same(&change);
    }
    same(&settings());
    same(&DeskSettings::default());
}

#[test]
fn the_names_of_commands_and_questions_are_all_of_them() {
    fn check<T: Serialize>(all: Vec<T>, tag: &str, names: &[&str]) {
        let found = all
            .iter()
            .map(|it| serde_json::to_value(it).unwrap()[tag].as_str().unwrap().to_owned());
        let found: BTreeSet<String> = found.collect();
        let names: BTreeSet<String> = names.iter().map(|it| (*it).to_owned()).collect();
        assert_eq!(found, names);
    }
    check(every_agent_command(), "do", Agents::COMMANDS);
    check(every_customer_command(), "do", Customers::COMMANDS);
    check(every_agent_question(), "ask", Agents::QUESTIONS);
    check(every_customer_question(), "ask", Customers::QUESTIONS);
    let kinds: Vec<String> = every_body().iter().map(|it| it.kind().to_owned()).collect();
    assert_eq!(
        kinds[..kinds.len() - 1],
        *EventBody::KINDS,
        "all that is known, and one that is not"
    );
}

#[test]
fn every_refusal_says_what_is_wrong_and_keeps_whether_to_try_again() {
    let mut codes = BTreeSet::new();
    for refusal in every_refusal() {
        let wire = refusal.to_wire();
        assert!(codes.insert(refusal.code()), "{} twice", refusal.code());
        assert_eq!(wire["code"], json!(refusal.code()));
        assert_eq!(wire["retryable"], json!(refusal.retryable()));
        assert!(
            refusal.message().ends_with(['.', '!']) || refusal.code() == "bad_name",
            "{}",
            refusal.message()
        );
        assert_eq!(
            refusal.retry_after_ms().is_some(),
            refusal.retryable() && !["behind", "moon_phase"].contains(&refusal.code().as_str())
        );
    }
}

#[test]
fn a_refusals_message_is_safe_to_show() {
    let evil = "\u{1b}]0;x\u{7}\u{202e}\n".to_owned();
    for refusal in [
        Refusal::BadName { why: evil.clone() },
        Refusal::BadJson { why: evil.clone() },
        Refusal::BadField { why: evil.clone() },
        Refusal::UnknownType { what: evil.clone() },
        Refusal::Exists { what: evil.clone() },
        Refusal::Unresolved {
            holes: vec![evil.clone()],
        },
        Refusal::Unknown {
            code: "moon_phase".to_owned(),
            message: evil,
            retryable: false,
        },
    ] {
        let message = refusal.message();
        assert!(
            !message.contains(|c: char| c.is_control() || c == '\u{202e}'),
            "{message:?}"
        );
    }
}

#[test]
fn what_earlier_versions_have_stored_is_still_read() {
    fn read<T: DeserializeOwned>(value: Value) -> T {
        serde_json::from_value(value.clone()).unwrap_or_else(|error| panic!("{error}: {value}"))
    }
    let ada_json = json!({"id": "0192f000-0000-7000-8000-00000000000d", "name": "Ada"});
    let carol_json = json!({"id": "0192f000-0000-7000-8000-00000000000a", "name": "carol", "realm": "named"});
    let numbers = json!({"customer": carol_json, "number": 1, "customer_lines": 0, "desk_lines": 0, "customer_mark": 0, "desk_mark": 0});
    assert_eq!(read::<Opened>(numbers), opened());
    let line = json!({"sender": "agent", "agent": ada_json, "line": 3, "parts": [{"type": "text", "text": "hi"}]});
    assert_eq!(EventBody::Posted(read(line)), posted(by(ada()), 3, "hi"));
    let taken = TakenOver {
        agent: ada(),
        by: None,
        routed: false,
    };
    assert_eq!(read::<TakenOver>(json!({"agent": ada_json})), taken);
    let wanted = read::<HumanRequested>(json!({"reason": "no_bot", "by_customer": false}));
    assert_eq!(wanted.respond_by, None);
    let closed = Closed {
        by: Closer::Agent { agent: ada() },
        ask_rating: false,
    };
    assert_eq!(read::<Closed>(json!({"who": "agent", "agent": ada_json})), closed);
    let changed = AgentChanged {
        member: member(ada(), &[]),
        intent_only: false,
    };
    assert_eq!(
        read::<AgentChanged>(json!({"agent": ada_json, "role": "agent", "enabled": true})),
        changed
    );
    let row: Summary = read(json!({
        "conversation": "0192f000-0000-7000-8000-00000000000c", "customer": carol_json, "number": 1, "stage": "waiting",
        "since": 1_795_231_100_000_000_i64, "reason": "customer_asked", "opened_at": 1_795_231_000_000_000_i64, "rev": 810, "stage_rev": 810,
        "last_at": 1_795_231_100_000_000_i64, "message_count": 5, "customer_lines": 3, "desk_lines": 2, "customer_mark": 2, "desk_mark": 0,
        "last_line": {"sender": "customer", "excerpt": "human please"}, "unanswered_since": 1_795_231_100_000_000_i64
    }));
    assert_eq!(
        (row.queued_at, row.queued_since()),
        (None, row.waiting_since()),
        "it counts from when it waits"
    );
    assert!(row.intake.is_empty() && row.tags.is_empty() && !row.rated);
    let view: ThreadView = read(json!({
        "seq": 1, "conversation": "0192f000-0000-7000-8000-00000000000c", "stage": {"stage": "bot"}, "customer_lines": 0, "desk_lines": 0,
        "customer_mark": 0, "desk_mark": 0
    }));
    assert_eq!((view.seq, view.ask_rating, view.queued_at), (Seq(1), false, None));
    let body = read::<theirs::Closed>(json!({"by": "agent"}));
    assert_eq!(
        CustomerBody::Closed(body),
        CustomerBody::Closed(theirs::Closed {
            by: theirs::Closer::Agent,
            ask_rating: false
        })
    );
    let me: CustomerMe = read(json!({"name": "carol", "tenant": "default"}));
    assert_eq!((me.desk.as_str(), me.questions.len()), ("", 0));
    let done = json!({"outcome": "done", "rev": 814, "seq": 8, "conversation": "0192f000-0000-7000-8000-00000000000c", "repeat": false});
    assert!(matches!(read::<Outcome>(done), Outcome::Done(it) if it.rev == Some(Rev(814)) && it.warning.is_none()));
    let post: AgentCommand =
        read(json!({"do": "post", "conversation": "0192f000-0000-7000-8000-00000000000c", "text": "hi"}));
    assert!(matches!(
        post,
        AgentCommand::Post {
            reply: None,
            quote: None,
            article: None,
            ..
        }
    ));
    assert_eq!(read::<DeskSettings>(json!({})), DeskSettings::default());
}

#[test]
fn what_is_not_said_is_not_written() {
    // The digest of a command is made of its JSON: one that says nothing new must look as it did before there was more to say.
    let written = |it: Value| it.to_string();
    let post = AgentCommand::Post {
        conversation: talk(),
        text: "hi".to_owned(),
        seen: Default::default(),
        take_over: false,
        anyway: false,
        quote: None,
        reply: None,
        article: None,
        file: None,
    };
    let expected = json!({"do": "post", "conversation": talk(), "text": "hi", "seen": {"customer": 0, "desk": 0}, "take_over": false, "anyway": false});
    assert_eq!(serde_json::to_value(post).unwrap(), expected);
    let post = CustomerCommand::Post {
        text: "hi".to_owned(),
        quote: None,
        file: None,
    };
    assert_eq!(
        written(serde_json::to_value(post).unwrap()),
        written(json!({"do": "post", "text": "hi"}))
    );
    let keys = |it: Value| it.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let plain = Summary::open(&event(1, START, EventBody::Opened(opened()))).unwrap();
    let keys = keys(serde_json::to_value(plain).unwrap());
    for new in [
        "intake",
        "tags",
        "group",
        "queued_at",
        "hint",
        "watchers",
        "notes",
        "ticket",
        "rated",
        "notices",
        "answers",
    ] {
        assert!(!keys.contains(&new.to_owned()), "{new} in {keys:?}");
    }
}

fn refused(command: &AgentCommand) -> Option<String> {
    command.check().err().map(|it| it.code())
}

#[test]
fn agents_commands_have_bounds() {
    for command in every_agent_command() {
        assert_eq!(refused(&command), None, "{command:?}");
    }
    let long = "x".repeat(MESSAGE_BYTES_MAX + 1);
    let many = vec![tag("a"); COMMAND_LIST_MAX + 1];
    let post = |text: &str, reply| AgentCommand::Post {
        conversation: talk(),
        text: text.to_owned(),
        seen: Default::default(),
        take_over: false,
        anyway: false,
        quote: None,
        reply,
        article: None,
        file: None,
    };
    let from_reply = Some(ReplyUse {
        id: reply_id(1),
        answers: [].into(),
    });
    let note = |text: &str, agents| AgentCommand::Note {
        conversation: talk(),
        text: text.to_owned(),
        agents,
        groups: vec![],
    };
    let tags = |add, remove| AgentCommand::Tag {
        conversation: talk(),
        add,
        remove,
    };
    let describe = |key: &str, value: &str| AgentCommand::DescribeCustomer {
        customer: carol().id,
        introduction: Introduction::default(),
        attributes: [(key.to_owned(), value.to_owned())].into(),
    };
    let reply = |text: &str, actions| AgentCommand::SaveReply {
        reply: crate::library::SavedReply {
            text: text.to_owned(),
            actions,
            ..saved_reply()
        },
    };
    let article = |body: &str, tags| AgentCommand::SaveArticle {
        article: crate::library::Article {
            body: body.to_owned(),
            ..super::examples::article()
        },
        tags,
        published: false,
    };
    let configured = |settings| AgentCommand::Configure {
        settings: Box::new(settings),
    };
    let agent = |capacity| AgentCommand::SetAgent {
        agent: ada().id,
        skills: vec![],
        capacity,
    };
    let table = [
        (post("", None), Some("empty_message")),
        (post(&long, None), Some("too_long")),
        (post(&long, from_reply.clone()), Some("too_long")),
        (post("", from_reply), None), // what becomes of a template is known when it is filled
        (note(" ", vec![]), Some("empty_message")),
        (note("hi", vec![ada().id; COMMAND_LIST_MAX + 1]), Some("bad_field")),
        (tags(many.clone(), vec![]), Some("bad_field")),
        (tags(vec![], many), Some("bad_field")),
        (
            describe("plan", &"x".repeat(ATTRIBUTE_CHARS_MAX + 1)),
            Some("bad_field"),
        ),
        (reply(&"x".repeat(REPLY_BYTES_MAX + 1), vec![]), Some("bad_field")),
        (reply(" ", vec![]), Some("empty_message")),
        (reply("{{nobody}}", vec![]), Some("bad_field")),
        (
            reply("hi", vec![crate::library::ReplyAction::Close; LISTED_MAX + 1]),
            Some("bad_field"),
        ),
        (article(&"x".repeat(ARTICLE_BYTES_MAX + 1), vec![]), Some("bad_field")),
        (article("a\0b", vec![]), Some("bad_field")),
        (article("a", vec![tag("a"); LISTED_MAX + 1]), Some("bad_field")),
        (agent(Some(0)), None), // refused where it is decided
        (agent(Some(DeskSettings::NUMBER_MAX + 1)), Some("bad_field")),
        (
            configured(DeskSettings {
                capacity: Some(0),
                ..settings()
            }),
            Some("bad_field"),
        ),
        (
            configured(DeskSettings {
                questions: vec![question(); 4],
                ..settings()
            }),
            Some("bad_field"),
        ),
        (
            configured(DeskSettings {
                ageing_min: DeskSettings::NUMBER_MAX + 1,
                ..settings()
            }),
            Some("bad_field"),
        ),
        (
            configured(DeskSettings {
                first_response_warn_percent: 101,
                ..settings()
            }),
            Some("bad_field"),
        ),
        (
            configured(DeskSettings {
                questions: vec![question(); 2],
                ..settings()
            }),
            Some("bad_field"),
        ),
        (
            configured(DeskSettings {
                customer_silent_h: 1,
                ..settings()
            }),
            Some("bad_field"), // the warning would come at once
        ),
        (
            configured(DeskSettings {
                customer_silent_h: 1,
                silence_warning_min: 59,
                ..settings()
            }),
            None,
        ),
        (
            configured(DeskSettings {
                name: String::new(),
                ..settings()
            }),
            Some("bad_field"),
        ),
        (
            configured(DeskSettings {
                name: "a\u{1b}[2J".to_owned(),
                ..settings()
            }),
            Some("bad_field"),
        ),
    ];
    for (command, code) in table {
        let found = refused(&command);
        assert_eq!(found.as_deref(), code, "{command:.200?}");
    }
}

#[test]
fn customers_commands_have_bounds() {
    for command in every_customer_command() {
        assert!(command.check().is_ok(), "{command:?}");
    }
    let rate = |score, comment: Option<&str>| CustomerCommand::Rate {
        score,
        comment: comment.map(str::to_owned),
    };
    let table = [
        (rate(Some(0), None), "bad_field"),
        (rate(Some(6), None), "bad_field"),
        (rate(Some(3), Some("")), "empty_message"),
        (
            CustomerCommand::EditLine {
                line: LineNo(1),
                text: String::new(),
            },
            "empty_message",
        ),
        (
            CustomerCommand::Start {
                intake: Intake::default(),
                introduction: Introduction::default(),
                answers: vec![
                    PreChatAnswer {
                        key: "a".to_owned(),
                        text: "b".to_owned()
                    };
                    DeskSettings::QUESTIONS_MAX + 1
                ],
            },
            "bad_field",
        ),
    ];
    for (command, code) in table {
        assert_eq!(command.check().unwrap_err().code(), code, "{command:?}");
    }
    assert!(rate(None, None).check().is_ok(), "not wanting to say is an answer");
}

#[test]
fn what_a_strangers_program_says_of_itself_is_cut() {
    let said = ClientInfo {
        client: Some("x".repeat(ClientInfo::CHARS_MAX + 1)),
        page: Some("a\u{1b}]0;b\u{7}".to_owned()),
        host: Some(" \n ".to_owned()),
        utc_offset_min: Some(15 * 60),
        ..ClientInfo::default()
    };
    let intake = Intake {
        channel: "we b\u{1b}[31m".repeat(32),
        skills: (0..20).map(|n| skill(&format!("s{}", n % 10))).collect(),
        client: said,
        ..Intake::default()
    };
    let kept = intake.bounded();
    assert_eq!(kept.skills.len(), Intake::SKILLS_MAX);
    assert!(kept.channel.len() == 32 && kept.channel.bytes().all(|b| b.is_ascii_alphanumeric()));
    assert_eq!(kept.client.client.as_deref().map(str::len), Some(ClientInfo::CHARS_MAX));
    assert_eq!(kept.client.page.as_deref(), Some("a]0;b"));
    assert_eq!((kept.client.host.as_deref(), kept.client.utc_offset_min), (None, None));
    assert_eq!(kept.clone().bounded(), kept, "twice is once");
}
