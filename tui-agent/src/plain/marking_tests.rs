//! Tags, subjects, priorities and notes in lines.

use minicom_protocol::{
    command::{AgentCommand, Done, Outcome},
    event::{EventBody, Noted, PriorityChanged, Rated, SubjectChanged},
    ids::Rev,
    intake::Priority,
    text::MessageText,
    words::Tag,
};

use crate::{
    app::Order,
    plain::tests::{Script, carol, mine, waiting},
    testing::{ADA, BO, Desk, agent},
};

fn noted(by: &str, text: &str, mentions: &[&str]) -> EventBody {
    EventBody::Noted(Noted {
        agent: agent(by),
        text: MessageText::parse(text).unwrap(),
        mentions: mentions.iter().map(|name| agent(name).id).collect(),
        handover: false,
    })
}

#[test]
fn tags_are_put_on_and_taken_off() {
    let mut script = carol(waiting());
    let conversation = script.desk.conversation("carol");
    let tags = |tags: &[&str]| -> Vec<Tag> { tags.iter().map(|tag| tag.parse().unwrap()).collect() };
    script.tells("/tag", &["carol has no tags."]);
    script.lines(&["/tag +VIP late -old"]);
    let order = script.command();
    let (add, remove) = (tags(&["vip", "late"]), tags(&["old"]));
    assert_eq!(
        order.1,
        AgentCommand::Tag {
            conversation,
            add,
            remove
        }
    );
    script.done(order, |desk| desk.tagged("carol", ADA, &["late", "vip"]));
    script.says(&["[carol] 14:00 -- you tagged it late vip"]);
    script.tells("/tag", &["carol is tagged late vip."]);
    script.tells(
        "/tag +a b!",
        &["A tag cannot contain '!' (U+0021); use letters, digits, hyphen, underscore and dot. Nothing was done."],
    );
    script.hear(|desk| desk.tagged("carol", BO, &[]));
    script.says(&["[carol] 14:00 -- Bo took the tags off"]);
}

#[test]
fn subject_and_priority_are_said_and_told() {
    let mut script = carol(waiting());
    let conversation = script.desk.conversation("carol");
    script.tells("/subject", &["Nothing is said of what carol is about."]);
    script.tells("/priority", &["carol is medium."]);
    script.tells(
        "/priority top",
        &["A priority is low, medium, high or urgent. Nothing was done."],
    );
    script.lines(&["/subject late parcel"]);
    let order = script.command();
    let subject = Some("late parcel".parse().unwrap());
    let told = subject.clone();
    assert_eq!(order.1, AgentCommand::SetSubject { conversation, subject });
    let agent = Some(agent(ADA));
    script.done(order, |desk| {
        desk.happens(
            "carol",
            EventBody::SubjectChanged(SubjectChanged { agent, subject: told }),
        )
    });
    script.says(&["[carol] 14:00 -- you said that it is about late parcel"]);
    script.tells("/subject", &["carol is about late parcel"]);
    assert_eq!(
        script.gives("/subject none"),
        AgentCommand::SetSubject {
            conversation,
            subject: None
        }
    );
    let mut script = carol(waiting());
    let priority = Priority::Urgent;
    assert_eq!(
        script.gives("/priority urgent"),
        AgentCommand::SetPriority { conversation, priority }
    );
    let bo = crate::testing::agent(BO);
    let changed = PriorityChanged {
        agent: bo,
        priority,
        respond_by: None,
    };
    script.said.clear();
    script.hear(|desk| desk.happens("carol", EventBody::PriorityChanged(changed)));
    script.says(&["[carol] 14:00 -- Bo set the priority to urgent"]);
}

#[test]
fn what_can_wait_is_kept_without_a_connection() {
    let mut script = carol(mine());
    script.lose();
    script.said.clear();
    for line in ["/tag +vip", "/note call her", "/subject x", "/priority low"] {
        script.lines(&[line]);
        script.says(&["Kept on this computer, sent when there is a connection."]);
        let _ = script.command();
    }
}

#[test]
fn a_note_says_whom_it_mentions() {
    let mut desk = waiting();
    desk.group("billing", &[BO], &[]);
    let mut script = carol(desk);
    let conversation = script.desk.conversation("carol");
    script.lines(&["/note @bo and @billing: she is @nobody"]);
    let order = script.command();
    let (agents, groups) = (vec![agent(BO).id], vec![script.desk.state.staff.groups[0].id]);
    let text = "@bo and @billing: she is @nobody".to_owned();
    assert_eq!(
        order.1,
        AgentCommand::Note {
            conversation,
            text,
            agents,
            groups
        }
    );
    script.done(order, |desk| {
        desk.happens("carol", noted(ADA, "@bo: \u{1b}[2J look", &[BO]))
    });
    script.says(&["[carol] 14:00 [note] you: @bo: ␛[2J look (mentions Bo)"]);
    script.hear(|desk| desk.happens("carol", noted(BO, "@Ada thanks", &[ADA])));
    script.says(&["[carol] 14:00 [note] Bo: @Ada thanks (mentions you)"]);
    script.tells(
        "/notes",
        &[
            "[carol] 14:00 [note] you: @bo: ␛[2J look",
            "[carol] 14:00 [note] Bo: @Ada thanks",
        ],
    );
}

#[test]
fn mentions_are_listed_and_only_a_person_has_read_them() {
    let mut desk = waiting();
    desk.happens("carol", noted(BO, "@Ada look", &[ADA]));
    let marks = |script: &Script| {
        let marks = script.orders.iter().filter_map(|order| match order {
            Order::SendMomentary(AgentCommand::MarkMentionsRead { up_to }) => Some(*up_to),
            _ => None,
        });
        marks.collect::<Vec<Rev>>()
    };
    let mut script = Script::at(desk.clone());
    script.tells("/mentions", &["[carol] 13:59 new [note] Bo: @Ada look"]);
    assert_eq!(marks(&script), [Rev(4)]);
    let mut script = Script::piped(desk);
    script.tells("/mentions", &["[carol] 13:59 new [note] Bo: @Ada look"]);
    assert_eq!(marks(&script), []);
    let mut script = Script::at(Desk::new());
    script.tells("/mentions", &["No note mentions you."]);
}

#[test]
fn a_note_that_is_refused_is_told_with_its_text() {
    let mut script = carol(waiting());
    script.lines(&["/note call her"]);
    let order = script.command();
    script.refused(order, minicom_protocol::refusal::Refusal::Closed);
    script.says(&["The note was not written, the chat has ended: call her"]);
    assert_eq!(script.app.under_way(), 0);
    script.lines(&["/note call her"]);
    let order = script.command();
    script.answer(order, Outcome::Done(Done::default()));
    script.says(&[]);
}

#[test]
fn a_rating_is_told() {
    let mut script = carol(mine());
    let rated = |score, comment: Option<&str>| {
        let comment = comment.map(|text| MessageText::parse(text).unwrap());
        EventBody::Rated(Rated { score, comment })
    };
    script.hear(|desk| desk.happens("carol", rated(Some(4), Some("quick\n\u{202e}help"))));
    script.hear(|desk| desk.happens("carol", rated(Some(1), None)));
    script.hear(|desk| desk.happens("carol", rated(None, None)));
    assert_eq!(script.said.len(), 3);
    assert!(
        script.said[0].starts_with("[carol] 14:00 -- carol rated it 4 of 5: quick␤"),
        "{:?}",
        script.said
    );
    assert_eq!(script.said[1], "[carol] 14:00 -- carol rated it 1 of 5");
    assert_eq!(script.said[2], "[carol] 14:00 -- carol did not want to rate it");
}
