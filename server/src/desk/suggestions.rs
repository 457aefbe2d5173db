//! What an agent could answer in a conversation. It costs milliseconds of a processor, so it is worked out for those who ask alone, one
//! after another for each agent and few at a time for all.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use minicom_protocol::{
    event::{Author, Event, EventBody},
    ids::{AgentId, ConversationId, Rev},
    refusal::Refusal,
    suggestions::Suggestions,
};
use tokio::sync::Semaphore;
use tracing::error;

use super::Desk;
use crate::{
    bot::{minds::Minds, suggest},
    limits::{SUGGEST_LINES_MAX, SUGGEST_LOOK_BACK, SUGGEST_STRETCHES_MAX, SUGGESTING_AT_ONCE},
    store::TenantKey,
};

/// Who is being helped.
pub struct Suggesting {
    all: Semaphore,
    each: Mutex<HashMap<(TenantKey, AgentId), Weak<Semaphore>>>,
}

impl Default for Suggesting {
    fn default() -> Self {
        Suggesting {
            all: Semaphore::new(SUGGESTING_AT_ONCE),
            each: Mutex::default(),
        }
    }
}

impl Suggesting {
    fn turn_of(&self, tenant: TenantKey, agent: AgentId) -> Arc<Semaphore> {
        let mut each = self.each.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(turn) = each.get(&(tenant, agent)).and_then(Weak::upgrade) {
            return turn;
        }
        each.retain(|_, turn| turn.strong_count() > 0);
        let turn = Arc::new(Semaphore::new(1));
        each.insert((tenant, agent), Arc::downgrade(&turn));
        turn
    }
}

impl Desk {
    /// What is known of the desks' articles and saved replies.
    pub fn minds(&self) -> &Minds {
        &self.shared.minds
    }

    /// The articles and saved replies that fit what the customer wrote last, whoever has the conversation.
    ///
    /// # Errors
    /// `not_found` for an unknown conversation and for one of another tenant; what kept the store from answering.
    pub async fn suggestions(
        &self,
        tenant: TenantKey,
        agent: AgentId,
        conversation: ConversationId,
    ) -> Result<Suggestions, Refusal> {
        let turn = self.shared.suggesting.turn_of(tenant, agent);
        // Neither is ever closed.
        let _own = turn.acquire().await;
        let row = self.summary(tenant, conversation).await?;
        let before = Some(row.rev.next());
        let (page, _) = self.thread(tenant, row.customer.id, before, SUGGEST_LOOK_BACK).await?;
        let (at, stretches) = stretches(&page, conversation);
        let mind = self.minds().newest(tenant).await;
        let _any = self.shared.suggesting.all.acquire().await;
        // Reading meaning takes milliseconds of a processor: not on a thread that others' frames wait for.
        let work = tokio::task::spawn_blocking(move || suggest::suggest(&mind, agent, &stretches));
        let (articles, replies) = work.await.map_err(|_| {
            error!("what fits a line could not be worked out");
            Refusal::Internal
        })?;
        Ok(Suggestions {
            conversation,
            at,
            articles,
            replies,
        })
    }
}

/// The newest line of the customer's in a conversation, and the stretches of lines between those of the desk, the newest first.
fn stretches(page: &[Event], conversation: ConversationId) -> (Option<Rev>, Vec<Vec<String>>) {
    let (mut at, mut stretches, mut lines) = (None, Vec::new(), 0);
    let mut goes_on = false;
    let here = |event: &&Event| event.subject.conversation() == Some(conversation);
    for event in page.iter().rev().filter(here) {
        let EventBody::Posted(posted) = &event.body else {
            continue;
        };
        if posted.author != Author::Customer {
            // What the desk says by itself is no answer.
            goes_on &= posted.author == Author::System;
            continue;
        }
        at = at.or(Some(event.rev));
        let text = posted.text();
        if text.trim().is_empty() {
            continue;
        }
        if !goes_on {
            stretches.push(Vec::new());
            goes_on = true;
        }
        lines += 1;
        if lines > SUGGEST_LINES_MAX || stretches.len() > SUGGEST_STRETCHES_MAX {
            break;
        }
        if let Some(stretch) = stretches.last_mut() {
            stretch.push(text);
        }
    }
    stretches.retain(|stretch| !stretch.is_empty());
    (at, stretches)
}

#[cfg(test)]
#[path = "suggestions_tests.rs"]
mod tests;
