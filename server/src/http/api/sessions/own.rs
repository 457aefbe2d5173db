//! A conversation in the names of the API, as its customer sees it.

use minicom_protocol::{ids::ConversationId, stage::Stage, summary::Summary};
use serde::Serialize;
use utoipa::ToSchema;

use super::answer::StatusWord;
use crate::clock::rfc3339;

/// A conversation, as its customer sees it.
#[derive(Serialize, ToSchema)]
pub struct OwnSessionAnswer {
    /// Its id.
    #[schema(value_type = Uuid)]
    pub session_id: ConversationId,
    /// `pending`, `active` or `closed`.
    #[schema(value_type = StatusWord)]
    pub status: &'static str,
    /// Whether the bot answers.
    pub is_bot_active: bool,
    /// The customer's name.
    #[schema(example = "guest-7xk2m9qd")]
    pub customer_id: String,
    /// The name of the agent who has it.
    pub agent_name: Option<String>,
    /// What it is about.
    pub subject: Option<String>,
    /// When it began.
    #[schema(format = DateTime)]
    pub created_at: String,
    /// When it ended.
    #[schema(format = DateTime)]
    pub ended_at: Option<String>,
    /// Lines in it.
    pub message_count: u64,
    /// When its newest line was written, or it began.
    #[schema(format = DateTime)]
    pub last_message_at: String,
    /// Whether the customer is asked how it was, and has not said.
    pub rating_wanted: bool,
}

impl OwnSessionAnswer {
    /// A conversation, for its customer: nothing that agents keep to themselves.
    pub fn of(row: &Summary) -> OwnSessionAnswer {
        let ended = match &row.stage {
            Stage::Closed { at, .. } => Some(*at),
            _ => None,
        };
        OwnSessionAnswer {
            session_id: row.conversation,
            status: row.stage.status(),
            is_bot_active: row.stage.is_bot(),
            customer_id: row.customer.name.to_string(),
            agent_name: row.stage.owner().map(|it| it.name.to_string()),
            subject: row.intake.subject.as_ref().map(|it| it.as_str().to_owned()),
            created_at: rfc3339(row.opened_at),
            ended_at: ended.map(rfc3339),
            message_count: row.message_count,
            last_message_at: rfc3339(row.last_at),
            rating_wanted: row.asked_rating && !row.rated,
        }
    }
}
