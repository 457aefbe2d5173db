//! Events as entries: by whom, in which words.

use minicom_client::ClientEvent;
use minicom_protocol::{
    UnknownBody,
    event::{
        CardPart, CardTag, LineChanged, PriorityChanged, Rated, Requeued, SubjectChanged, TagsChanged, Target,
        Ticketed, WokenBy,
    },
    ids::{GroupId, TicketNo, Time},
    intake::Priority,
    line::{LineRef, LineState},
    people::AgentRef,
    staff::GroupRef,
    stage::{Closer, HandOverReason},
    text::MessageText,
};

use super::*;
use crate::testing::{ADA, BO, Desk, agent};

fn eyes() -> Eyes {
    Eyes {
        me: Some(agent(ADA).id),
        customer: Shown::fixed("carol"),
        zone: Zone::utc(),
        dot: "·",
    }
}

/// What carol's desk has told, each as `who: words`, or `-- words`.
#[track_caller]
fn check(what: impl FnOnce(&mut Desk) -> &mut Desk, expected: &[&str]) {
    let mut desk = Desk::new();
    let _ = desk.fresh();
    what(&mut desk);
    let ClientEvent::Batch { events, .. } = desk.batch() else {
        unreachable!()
    };
    let told: Vec<String> = events
        .iter()
        .filter_map(|event| eyes().entry(event))
        .map(|entry| match entry.kind {
            Kind::Line { name, .. } => format!("{name}: {}", entry.text),
            Kind::System => format!("-- {}", entry.text),
        })
        .collect();
    assert_eq!(told, expected);
}

#[test]
fn lines_are_told_apart_by_word() {
    check(
        |desk| {
            desk.says("carol", "hello")
                .bot("carol", "Hi.")
                .taken("carol", ADA)
                .replies("carol", ADA, "me")
        },
        &["carol: hello", "bot: Hi.", "-- you took over · 14:00", "you: me"],
    );
    check(
        |desk| {
            desk.says("carol", "hello")
                .taken("carol", BO)
                .replies("carol", BO, "Bo here")
        },
        &["carol: hello", "-- Bo took over · 14:00", "Bo: Bo here"],
    );
}

#[test]
fn what_happened_is_told_with_its_time() {
    check(
        |desk| {
            desk.says("carol", "x")
                .asks("carol")
                .taken("carol", BO)
                .handed_back("carol", BO)
        },
        &[
            "carol: x",
            "-- carol asked for a person · 14:00",
            "-- Bo took over · 14:00",
            "-- Bo handed back to the bot · 14:00",
        ],
    );
    check(
        |desk| {
            desk.says("carol", "x")
                .closed("carol", Closer::Customer)
                .says("carol", "again")
        },
        &[
            "carol: x",
            "-- carol ended the chat · 14:00",
            "-- conversation 2 · 14:00",
            "carol: again",
        ],
    );
    check(
        |desk| {
            desk.says("carol", "x")
                .closed("carol", Closer::Agent { agent: agent(ADA) })
        },
        &["carol: x", "-- you ended the chat · 14:00"],
    );
}

#[test]
fn read_marks_are_no_entries_and_own_lines_have_marks() {
    check(|desk| desk.says("carol", "x").reads("carol", Side::Desk), &["carol: x"]);
    let mut desk = Desk::new();
    desk.says("carol", "x")
        .taken("carol", ADA)
        .replies("carol", ADA, "y")
        .replies("carol", BO, "z");
    let ClientEvent::Batch { events, .. } = desk.batch() else {
        unreachable!()
    };
    let marks: Vec<Option<DeliveryMark>> = events
        .iter()
        .filter_map(|it| eyes().entry(it))
        .map(|it| it.mark)
        .collect();
    assert_eq!(marks, [None, None, Some(DeliveryMark::Stored), None]);
}

#[test]
fn a_kind_of_a_later_version_is_told_by_its_fallback() {
    let mut desk = Desk::new();
    desk.says("carol", "x");
    let ClientEvent::Batch { events, .. } = desk.batch() else {
        unreachable!()
    };
    let mut event = events[1].clone();
    let unknown = |touches, fallback: Option<&str>| {
        EventBody::Unknown(UnknownBody {
            kind: "chat.later".to_owned(),
            touches,
            fallback: fallback.map(str::to_owned),
            data: serde_json::Value::Null,
        })
    };
    event.body = unknown(minicom_protocol::Touches::Line, Some("something\u{1b}[2J later"));
    assert_eq!(
        eyes().entry(&event).unwrap().text.as_str(),
        "something␛[2J later · 14:00"
    );
    event.body = unknown(minicom_protocol::Touches::Line, None);
    assert_eq!(eyes().entry(&event), None);
    event.body = unknown(minicom_protocol::Touches::Nothing, Some("nothing to see"));
    assert_eq!(eyes().entry(&event), None);
}

#[test]
fn a_strangers_text_is_gated() {
    check(
        |desk| desk.says("carol", "a\u{1b}[31mred\tb"),
        &["carol: a␛[31mred    b"],
    );
}

/// What is told of one event after a line of carol.
#[track_caller]
fn told(body: EventBody, expected: Option<&str>) {
    let mut desk = Desk::new();
    desk.says("carol", "x");
    let _ = desk.fresh();
    desk.happens("carol", body);
    let ClientEvent::Batch { events, .. } = desk.batch() else {
        unreachable!()
    };
    let entry = eyes().entry(&events[0]);
    let words = entry.as_ref().map(|it| it.text.as_str().trim_end_matches(" · 14:00"));
    assert_eq!(words, expected, "{:?}", events[0].body);
}

#[test]
fn who_has_it_is_told_whoever_moved_it() {
    let (ada, bo) = (agent(ADA), agent(BO));
    let transferred =
        |by: &AgentRef, to| EventBody::Transferred(minicom_protocol::event::Transferred { by: by.clone(), to });
    let group = GroupRef {
        id: GroupId::from_bytes([1; 16]),
        name: "billing".parse().unwrap(),
    };
    told(
        transferred(&ada, Target::Agent { agent: bo.clone() }),
        Some("you transferred this to Bo"),
    );
    told(
        transferred(&bo, Target::Agent { agent: ada.clone() }),
        Some("Bo transferred this to you"),
    );
    told(
        transferred(&bo, Target::Group { group }),
        Some("Bo transferred this to the group billing"),
    );
    told(transferred(&bo, Target::Queue), Some("Bo put this back into the queue"));
    let requeued = |agent: &AgentRef, reason| {
        EventBody::Requeued(Requeued {
            agent: agent.clone(),
            reason,
        })
    };
    told(
        requeued(&bo, HandOverReason::OwnerGone),
        Some("Bo is gone: this went back to the queue"),
    );
    told(
        requeued(&ada, HandOverReason::OwnerAway),
        Some("you are away: this went back to the queue"),
    );
    told(
        requeued(&bo, HandOverReason::OwnerSilent),
        Some("Bo did not answer: this went back to the queue"),
    );
    let snoozed = |until| {
        EventBody::Snoozed(minicom_protocol::event::Snoozed {
            agent: ada.clone(),
            until,
        })
    };
    told(snoozed(None), Some("you put this aside until carol writes"));
    let hour = Time(minicom_tui_kit::testing::BENCH_START + 3_600_000_000);
    told(snoozed(Some(hour)), Some("you put this aside until 15:00"));
    let woken = |why| EventBody::Woken(minicom_protocol::event::Woken { agent: bo.clone(), why });
    told(woken(WokenBy::Customer), Some("carol has written: this is back"));
    told(woken(WokenBy::Agent), Some("Bo took this up again"));
    let ticketed = Ticketed {
        agent: bo.clone(),
        ticket: TicketNo(12),
    };
    told(EventBody::Ticketed(ticketed), Some("Bo made ticket 12 of this"));
}

#[test]
fn what_is_said_of_it_is_told_where_it_helps() {
    let tags = |by: &str, tags: &[&str]| {
        EventBody::TagsChanged(TagsChanged {
            agent: agent(by),
            tags: tags.iter().map(|tag| tag.parse().unwrap()).collect(),
        })
    };
    told(tags(BO, &["late", "vip"]), Some("Bo set the tags: late, vip"));
    told(tags(BO, &[]), Some("Bo took the tags away"));
    told(tags(ADA, &["vip"]), None);
    let priority = PriorityChanged {
        agent: agent(ADA),
        priority: Priority::Urgent,
        respond_by: None,
    };
    told(
        EventBody::PriorityChanged(priority),
        Some("you set the priority to urgent"),
    );
    let subject = |by: Option<&str>, subject: Option<&str>| {
        EventBody::SubjectChanged(SubjectChanged {
            agent: by.map(agent),
            subject: subject.map(|it| it.parse().unwrap()),
        })
    };
    told(
        subject(None, Some("parcel\u{202e}")),
        Some("carol said what this is about: parcel"),
    );
    told(subject(Some(BO), None), Some("Bo took the subject away"));
    let rated = |score, comment: Option<&str>| {
        EventBody::Rated(Rated {
            score,
            comment: comment.map(|it| MessageText::parse(it).unwrap()),
        })
    };
    told(rated(Some(4), None), Some("carol rated this 4 of 5"));
    told(
        rated(Some(1), Some("too\nslow\u{1b}[2J")),
        Some("carol rated this 1 of 5: \"too slow␛[2J\""),
    );
    told(
        rated(None, Some("no time")),
        Some("carol did not rate this, but said: \"no time\""),
    );
    told(rated(None, None), Some("carol did not want to rate this"));
}

#[test]
fn what_became_of_a_line_stands_with_the_line() {
    let changed = |state, agent| {
        EventBody::LineChanged(LineChanged {
            line: LineRef {
                side: Side::Customer,
                line: LineNo(1),
            },
            state,
            parts: vec![],
            agent,
        })
    };
    told(
        changed(LineState::Blanked, Some(agent(BO))),
        Some("Bo blanked a line out"),
    );
    told(changed(LineState::Withdrawn, None), None);
    told(changed(LineState::Edited, None), None);
    let mut desk = Desk::new();
    desk.says("carol", "one")
        .taken("carol", ADA)
        .replies("carol", ADA, "two");
    let ClientEvent::Batch { mut events, .. } = desk.batch() else {
        unreachable!()
    };
    let mut entry = |change: fn(&mut Posted)| {
        let event = events.last_mut().unwrap();
        if let EventBody::Posted(posted) = &mut event.body {
            change(posted);
        }
        eyes().entry(event).unwrap()
    };
    let quoted = entry(|posted| {
        posted.quote = Some(Quote {
            line: LineRef {
                side: Side::Customer,
                line: LineNo(1),
            },
            excerpt: "a\u{1b}\nb".to_owned(),
        });
        posted.parts.push(Part::Card(CardPart {
            kind: CardTag::Card,
            slug: "refunds".parse().unwrap(),
            title: "Re\u{202e}funds".parse().unwrap(),
            excerpt: "One\n\u{7}two".to_owned(),
            fallback: "never shown".to_owned(),
        }));
    });
    assert_eq!(quoted.text.as_str(), "two");
    assert_eq!(quoted.extras.quote.unwrap().as_str(), "carol: a␛ b");
    let card = &quoted.extras.cards[0];
    assert_eq!((card.title.as_str(), card.excerpt.as_str()), ("Refunds", "One ␇two"));
    let gone = entry(|posted| {
        posted.state = LineState::Withdrawn;
        posted.parts.clear();
    });
    assert_eq!(
        (gone.text.as_str(), gone.extras.state),
        ("(taken back)", LineState::Withdrawn)
    );
    let blanked = entry(|posted| posted.state = LineState::Blanked);
    assert_eq!(eyes().told(&events[3]).unwrap().1.as_str(), "(blanked out)");
    assert_eq!(blanked.text.as_str(), "(blanked out)");
}

#[test]
fn a_note_is_nothing_else() {
    let noted = |by: &str, mentions: Vec<AgentId>, handover| {
        EventBody::Noted(Noted {
            agent: agent(by),
            text: MessageText::parse("look\u{1b}[2J").unwrap(),
            mentions,
            handover,
        })
    };
    told(noted(BO, vec![], false), Some("Bo: look␛[2J"));
    told(
        noted(BO, vec![agent(ADA).id], true),
        Some("Bo to you, for whoever is next: look␛[2J"),
    );
    told(noted(ADA, vec![agent(BO).id], false), Some("you: look␛[2J"));
    let mut desk = Desk::new();
    desk.says("carol", "x").happens("carol", noted(BO, vec![], false));
    let ClientEvent::Batch { events, .. } = desk.batch() else {
        unreachable!()
    };
    let note = eyes().entry(&events[2]).unwrap();
    assert!(matches!(note.kind, Kind::Line { who: Who::Note, ref name, own: false } if name.as_str() == "NOTE"));
    let (who, words) = eyes().told(&events[2]).unwrap();
    assert_eq!((who.unwrap().as_str(), words.as_str()), ("NOTE by Bo", "look␛[2J"));
}
