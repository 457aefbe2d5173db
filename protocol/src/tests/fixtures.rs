//! People, numbers and events with which the tests play.

use uuid::Uuid;

use crate::{
    event::{Author, Event, EventBody, Opened, Part, Posted, Subject},
    ids::{AgentId, CommandId, ConversationId, CustomerId, GroupId, LineNo, Mark, ReplyId, Rev, Seq, Time},
    intake::Intake,
    people::{AgentRef, CustomerRef, Realm, Role},
    staff::{Group, GroupRef, Intent, StaffMember},
    text::{CustomerName, DisplayName, MessageText},
    words::{GroupName, Skill, SubjectLine, Tag},
};

/// The tests' beginning of time.
pub const START: Time = Time(1_795_231_200_000_000);

pub fn uuid(n: u128) -> Uuid {
    Uuid::from_u128(0x0192_f000_0000_7000_8000_0000_0000_0000 + n)
}

pub fn agent_id(n: u8) -> AgentId {
    AgentId(uuid(u128::from(n)))
}

pub fn conversation_id(n: u8) -> ConversationId {
    ConversationId(uuid(u128::from(n)))
}

pub fn customer_id(n: u8) -> CustomerId {
    CustomerId(uuid(u128::from(n)))
}

pub fn group_id(n: u8) -> GroupId {
    GroupId(uuid(u128::from(n)))
}

pub fn reply_id(n: u8) -> ReplyId {
    ReplyId(uuid(u128::from(n)))
}

pub fn command_id(n: u8) -> CommandId {
    CommandId(Uuid::from_u128(
        0x0193_0000_0000_7000_8000_0000_0000_0000 + u128::from(n),
    ))
}

/// So many minutes after the beginning.
pub fn minute(n: i64) -> Time {
    START.plus_ms(n * 60_000)
}

pub fn named(n: u8, name: &str) -> AgentRef {
    AgentRef {
        id: agent_id(n),
        name: DisplayName::parse(name).unwrap(),
    }
}

pub fn ada() -> AgentRef {
    named(0x0d, "Ada")
}

pub fn bo() -> AgentRef {
    named(0x0e, "Bo")
}

pub fn cy() -> AgentRef {
    named(0x0f, "Cy")
}

pub fn carol() -> CustomerRef {
    CustomerRef {
        id: customer_id(0x0a),
        name: CustomerName::parse("carol").unwrap(),
        realm: Realm::Named,
    }
}

/// Somebody else's name for the same person.
pub fn caroline() -> CustomerRef {
    CustomerRef {
        id: customer_id(0x0b),
        name: CustomerName::parse("caroline").unwrap(),
        realm: Realm::Named,
    }
}

/// Carol's conversation.
pub fn talk() -> ConversationId {
    conversation_id(0x0c)
}

pub fn text(text: &str) -> MessageText {
    MessageText::parse(text).unwrap()
}

pub fn line(text: &str) -> SubjectLine {
    SubjectLine::parse(text).unwrap()
}

pub fn tag(text: &str) -> Tag {
    Tag::parse(text).unwrap()
}

pub fn skill(text: &str) -> Skill {
    Skill::parse(text).unwrap()
}

pub fn parts(words: &str) -> Vec<Part> {
    vec![Part::of_text(text(words))]
}

/// A group of these agents.
pub fn group(n: u8, name: &str, members: &[AgentRef], skills: &[&str]) -> Group {
    Group {
        id: group_id(n),
        name: GroupName::parse(name).unwrap(),
        members: members.iter().map(|it| it.id).collect(),
        skills: skills.iter().map(|it| skill(it)).collect(),
    }
}

pub fn returns() -> GroupRef {
    group(0x20, "returns", &[], &[]).to_ref()
}

/// An agent without limits, who is available.
pub fn member(agent: AgentRef, skills: &[&str]) -> StaffMember {
    StaffMember {
        agent,
        role: Role::Agent,
        enabled: true,
        skills: skills.iter().map(|it| skill(it)).collect(),
        capacity: None,
        intent: Intent::Available,
    }
}

/// What begins a conversation of carol's.
pub fn opened() -> Opened {
    Opened {
        customer: carol(),
        number: 1,
        customer_lines: LineNo(0),
        desk_lines: LineNo(0),
        customer_mark: LineNo(0),
        desk_mark: LineNo(0),
        intake: Intake::default(),
        answers: vec![],
        hint: None,
    }
}

/// A line as it was written.
pub fn posted(author: Author, number: u64, words: &str) -> EventBody {
    EventBody::Posted(Posted {
        author,
        line: LineNo(number),
        parts: parts(words),
        quote: None,
        notice: None,
        state: Default::default(),
    })
}

pub fn by(agent: AgentRef) -> Author {
    Author::Agent { agent }
}

/// The event of carol's conversation at this position and time.
pub fn event(rev: u64, time: Time, body: EventBody) -> Event {
    Event {
        rev: Rev(rev),
        // Seen by the customer: the position serves as well as any that grows.
        seq: body.for_customer().map(|_| Seq(rev)),
        mark: Mark(0x00c0_ffee_0000_0000 + rev),
        time,
        subject: Subject::Conversation {
            customer: carol().id,
            conversation: talk(),
        },
        command: Some(command_id(1)),
        body,
    }
}
