//! Why somebody waits, as a server tells it.

use minicom_protocol::{
    frame::{AgentQuestion, AgentReply},
    ids::ConversationId,
    intake::Priority,
    queue::{Chance, Why, WhyNot},
};

use super::{ADA, BO, agent};

/// What hinders an agent from taking it, and from being given it.
pub fn chance(name: &str, take: Option<WhyNot>, route: Option<WhyNot>) -> Chance {
    Chance {
        agent: agent(name),
        take,
        route,
    }
}

/// The question why somebody waits at this place and with this priority, and its answer.
pub fn why(
    conversation: ConversationId,
    place: Option<u64>,
    effective: Priority,
    agents: Vec<Chance>,
) -> (AgentQuestion, AgentReply) {
    let why = Why {
        conversation,
        place,
        effective,
        agents,
        routing: true,
    };
    (
        AgentQuestion::Why { conversation },
        AgentReply::Why { why: Box::new(why) },
    )
}

/// The same of a conversation that Bo has: Ada may not take it.
pub fn why_taken(conversation: ConversationId) -> (AgentQuestion, AgentReply) {
    let taken = || Some(WhyNot::Taken { by: agent(BO) });
    let agents = vec![chance(ADA, taken(), taken()), chance(BO, None, None)];
    why(conversation, None, Priority::Medium, agents)
}
