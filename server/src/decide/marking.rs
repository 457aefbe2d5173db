//! What agents say about a conversation: tags and priority. It moves nobody and nothing but its place in the queue.

use minicom_protocol::{
    event::{EventBody, PriorityChanged, TagsChanged},
    intake::Priority,
    people::AgentRef,
    refusal::Refusal,
    summary::Summary,
    words::{Tag, as_set},
};

use super::{
    Facts,
    plan::{Plan, respond_by},
};

/// Tags that a conversation may have.
const TAGS_MAX: usize = 20;

pub fn tag(
    plan: &mut Plan<'_, '_>,
    row: &Summary,
    agent: &AgentRef,
    add: &[Tag],
    remove: &[Tag],
) -> Result<(), Refusal> {
    let mut tags = row.tags.clone();
    tags.extend_from_slice(add);
    let mut tags = as_set(tags);
    tags.retain(|tag| !remove.contains(tag));
    if tags.len() > TAGS_MAX {
        let limit = TAGS_MAX as u64;
        return Err(Refusal::TooMany { limit });
    }
    if tags != row.tags {
        plan.event(EventBody::TagsChanged(TagsChanged {
            agent: agent.clone(),
            tags,
        }));
    }
    Ok(())
}

pub fn prioritise(plan: &mut Plan<'_, '_>, facts: &Facts<'_>, row: &Summary, agent: &AgentRef, priority: Priority) {
    if row.intake.priority != priority {
        // The clock does not start anew: it runs from when it first came into the queue.
        let respond_by = row.queued_since().and_then(|from| respond_by(facts, priority, from));
        plan.event(EventBody::PriorityChanged(PriorityChanged {
            agent: agent.clone(),
            priority,
            respond_by,
        }));
    }
}
