//! Reading rows. A program reads ten thousand of them when it starts: what stands beside the row's own fields (its stage, the
//! newest line's author) is read as fields too, not by way of a tree of everything, which takes several times as long.

use serde::Deserialize;

use super::{LastLine, Summary};
use crate::{
    event::{Author, Deadline},
    ids::{AgentId, ConversationId, LineNo, Rev, TicketNo, Time},
    intake::Intake,
    line::Notice,
    people::{AgentRef, CustomerRef},
    settings::PreChatAnswer,
    staff::GroupRef,
    stage::{Closer, HandOverReason, Stage},
    words::Tag,
};

/// The names of the stages.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum StageName {
    Bot,
    Waiting,
    Active,
    Snoozed,
    Closed,
}

/// A row as it stands on the wire: the fields of its stage beside its own.
#[derive(Deserialize)]
pub(super) struct FlatSummary {
    stage: StageName,
    #[serde(default)]
    since: Option<Time>,
    #[serde(default)]
    reason: Option<HandOverReason>,
    #[serde(default)]
    agent: Option<AgentRef>,
    #[serde(default)]
    until: Option<Time>,
    #[serde(default)]
    at: Option<Time>,
    #[serde(default)]
    by: Option<Closer>,
    conversation: ConversationId,
    customer: CustomerRef,
    number: u64,
    opened_at: Time,
    rev: Rev,
    stage_rev: Rev,
    last_at: Time,
    message_count: u64,
    customer_lines: LineNo,
    desk_lines: LineNo,
    customer_mark: LineNo,
    desk_mark: LineNo,
    last_line: Option<FlatLine>,
    unanswered_since: Option<Time>,
    #[serde(default)]
    owed_since: Option<Time>,
    #[serde(default)]
    intake: Intake,
    #[serde(default)]
    tags: Vec<Tag>,
    #[serde(default)]
    group: Option<GroupRef>,
    #[serde(default)]
    queued_at: Option<Time>,
    #[serde(default)]
    queued_rev: Option<Rev>,
    #[serde(default)]
    left_by: Option<AgentId>,
    #[serde(default)]
    assigned_at: Option<Time>,
    #[serde(default)]
    wait_ms: Option<i64>,
    #[serde(default)]
    respond_by: Option<Deadline>,
    #[serde(default)]
    first_response_at: Option<Time>,
    #[serde(default)]
    hint: Option<AgentRef>,
    #[serde(default)]
    watchers: Vec<AgentId>,
    #[serde(default)]
    notes: u64,
    #[serde(default)]
    ticket: Option<TicketNo>,
    #[serde(default)]
    rating: Option<u8>,
    #[serde(default)]
    asked_rating: bool,
    #[serde(default)]
    rated: bool,
    #[serde(default)]
    notices: Vec<Notice>,
    #[serde(default)]
    answers: Vec<PreChatAnswer>,
}

/// The newest line as it stands on the wire: its author's fields beside its own.
#[derive(Deserialize)]
struct FlatLine {
    sender: Sender,
    #[serde(default)]
    agent: Option<AgentRef>,
    excerpt: String,
    #[serde(default)]
    line: LineNo,
}

/// The names of those who write.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Sender {
    Customer,
    Bot,
    Agent,
    System,
}

/// A field that its stage or author needs is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("missing field `{0}`")]
pub(super) struct Missing(&'static str);

fn needed<T>(field: Option<T>, name: &'static str) -> Result<T, Missing> {
    field.ok_or(Missing(name))
}

impl TryFrom<FlatLine> for LastLine {
    type Error = Missing;

    fn try_from(flat: FlatLine) -> Result<LastLine, Missing> {
        Ok(LastLine {
            author: match flat.sender {
                Sender::Customer => Author::Customer,
                Sender::Bot => Author::Bot,
                Sender::Agent => Author::Agent {
                    agent: needed(flat.agent, "agent")?,
                },
                Sender::System => Author::System,
            },
            excerpt: flat.excerpt,
            line: flat.line,
        })
    }
}

impl TryFrom<FlatSummary> for Summary {
    type Error = Missing;

    fn try_from(flat: FlatSummary) -> Result<Summary, Missing> {
        Ok(Summary {
            stage: match flat.stage {
                StageName::Bot => Stage::Bot,
                StageName::Waiting => Stage::Waiting {
                    since: needed(flat.since, "since")?,
                    reason: needed(flat.reason, "reason")?,
                },
                StageName::Active => Stage::Active {
                    agent: needed(flat.agent, "agent")?,
                    since: needed(flat.since, "since")?,
                },
                StageName::Snoozed => Stage::Snoozed {
                    agent: needed(flat.agent, "agent")?,
                    since: needed(flat.since, "since")?,
                    until: flat.until,
                },
                StageName::Closed => Stage::Closed {
                    at: needed(flat.at, "at")?,
                    by: needed(flat.by, "by")?,
                },
            },
            conversation: flat.conversation,
            customer: flat.customer,
            number: flat.number,
            opened_at: flat.opened_at,
            rev: flat.rev,
            stage_rev: flat.stage_rev,
            last_at: flat.last_at,
            message_count: flat.message_count,
            customer_lines: flat.customer_lines,
            desk_lines: flat.desk_lines,
            customer_mark: flat.customer_mark,
            desk_mark: flat.desk_mark,
            last_line: flat.last_line.map(LastLine::try_from).transpose()?,
            unanswered_since: flat.unanswered_since,
            owed_since: flat.owed_since,
            intake: flat.intake,
            tags: flat.tags,
            group: flat.group,
            queued_at: flat.queued_at,
            queued_rev: flat.queued_rev,
            left_by: flat.left_by,
            assigned_at: flat.assigned_at,
            wait_ms: flat.wait_ms,
            respond_by: flat.respond_by,
            first_response_at: flat.first_response_at,
            hint: flat.hint,
            watchers: flat.watchers,
            notes: flat.notes,
            ticket: flat.ticket,
            rating: flat.rating,
            asked_rating: flat.asked_rating,
            rated: flat.rated,
            notices: flat.notices,
            answers: flat.answers,
        })
    }
}
