//! Past conversations through the bot as it is now: what it would have said to each line, beside what happened. A conversation is gone through
//! until a person had it then, or the bot would hand it over now: what follows is an answer to somebody else.

use minicom_protocol::{
    event::{Author, Event, EventBody, Part, Posted},
    ids::{ConversationId, Time},
    people::Realm,
    refusal::Refusal,
    summary::Summary,
};

use super::{
    decision::{self, Decision, Does, Knows, Talk, Why},
    masked,
    offer::Offered,
    why,
};
use crate::{
    desk::Desk,
    limits::REPLAYED_MAX,
    store::{TenantKey, conversations, journal},
};

/// Events of a conversation that are read.
const EVENTS_MAX: i64 = 200;
/// Lines of a stretch that are read again for each.
const LINES_READ: usize = 8;

/// What was done about a line, or would be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Done {
    /// As [`why::word`] has it; `person`: somebody of the desk answered.
    pub what: &'static str,
    /// The article that was answered with.
    pub article: Option<String>,
}

/// A line then and now.
#[derive(Clone, PartialEq, Debug)]
pub struct Line {
    /// Where it was written.
    pub conversation: ConversationId,
    /// When.
    pub at: Time,
    /// What, masked.
    pub text: String,
    /// What happened.
    pub then: Done,
    /// What would happen.
    pub now: Done,
    /// Why it would.
    pub because: String,
}

/// The lines, and counts of them.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Replayed {
    /// Conversations that were gone through.
    pub conversations: usize,
    /// Their lines, those of the newest conversation first.
    pub lines: Vec<Line>,
}

impl Replayed {
    /// Lines about which the same would be done.
    pub fn same(&self) -> usize {
        self.lines.iter().filter(|it| it.then == it.now).count()
    }

    /// Lines that an article would answer, and did not.
    pub fn would_answer(&self) -> usize {
        let would = |it: &&Line| it.now.what == "answer" && it.then != it.now;
        self.lines.iter().filter(would).count()
    }

    /// Lines that would be handed over, and were not.
    pub fn would_hand_over(&self) -> usize {
        let would = |it: &&Line| it.now.what == "hand_over" && it.then.what != "hand_over";
        self.lines.iter().filter(would).count()
    }
}

/// The conversations that began since a moment, newest first, at most `limit`.
///
/// # Errors
/// What kept the store from answering.
pub async fn replay(desk: &Desk, tenant: TenantKey, since: Time, limit: usize) -> Result<Replayed, Refusal> {
    let knows = why::knows(desk, tenant).await?;
    let limit = limit.min(REPLAYED_MAX);
    let read = desk.read(move |conn| {
        let mut found = conversations::closed(conn, tenant, None, limit as i64)?;
        found.extend(conversations::open_before(conn, tenant, None, limit as i64)?);
        found.retain(|it| it.opened_at >= since);
        found.sort_by_key(|it| std::cmp::Reverse((it.opened_at, it.conversation)));
        found.truncate(limit);
        let mut all = Vec::with_capacity(found.len());
        for summary in found {
            let (customer, id) = (summary.customer.id, summary.conversation);
            let before = journal::before_conversation(conn, tenant, customer, id)?;
            let mut events = journal::of_thread(conn, tenant, customer, before, EVENTS_MAX)?;
            events.retain(|event| event.subject.conversation() == Some(id));
            all.push((summary, events));
        }
        Ok(all)
    });
    let all = read.await?;
    let replayed = tokio::task::spawn_blocking(move || {
        let mut replayed = Replayed {
            conversations: all.len(),
            lines: vec![],
        };
        for (summary, events) in &all {
            replayed.lines.extend(conversation(&knows, summary, events));
        }
        replayed
    });
    replayed.await.map_err(|_| Refusal::Internal)
}

/// The lines of one conversation, from its events in order.
fn conversation(knows: &Knows, summary: &Summary, events: &[Event]) -> Vec<Line> {
    let name = match summary.customer.realm {
        Realm::Anonymous => "",
        _ => summary.customer.name.as_str(),
    };
    let mut lines = vec![];
    let mut said: Vec<String> = vec![];
    let mut offered: Option<Offered> = None;
    let mut asked_help = false;
    for (n, event) in events.iter().enumerate() {
        match &event.body {
            EventBody::TakenOver(_) | EventBody::Transferred(_) | EventBody::Closed(_) => break,
            EventBody::Posted(posted) if matches!(posted.author, Author::Agent { .. }) => break,
            EventBody::Posted(posted) if posted.author == Author::Customer && !posted.text().is_empty() => {
                said.push(posted.text());
                let from = said.len().saturating_sub(LINES_READ);
                let read: Vec<&str> = said[from..].iter().map(String::as_str).collect();
                let talk = Talk {
                    customer_name: name,
                    lines: &read,
                    begins: lines.is_empty(),
                    offered: offered.as_ref(),
                    asked_help,
                };
                let Some(decision) = decision::decide(knows, &talk) else {
                    continue;
                };
                let line = Line {
                    conversation: summary.conversation,
                    at: event.time,
                    text: masked::masked(masked::read(&posted.text())),
                    then: then(&events[n + 1..]),
                    now: now(&decision),
                    because: why::because(&decision.why),
                };
                lines.push(line);
                let chose = matches!(decision.why, Why::Chosen | Why::Helped);
                offered = match decision.does {
                    Does::Offer { choices: part, .. } => Some(Offered { part, helps: false }),
                    Does::Answer { asks: Some(part), .. } => {
                        asked_help = true;
                        Some(Offered { part, helps: true })
                    }
                    Does::HandOver { .. } => break,
                    _ => None,
                };
                if chose {
                    // It asks nothing by itself.
                    said.pop();
                }
            }
            _ => {}
        }
    }
    lines
}

fn now(decision: &Decision) -> Done {
    let article = match &decision.does {
        Does::Answer { article, .. } => Some(article),
        Does::Say { article, .. } => article.as_ref(),
        _ => None,
    };
    Done {
        what: why::word(&decision.does),
        article: article.map(|it| it.as_str().to_owned()),
    }
}

/// What was done about a line, from the events after it.
fn then(after: &[Event]) -> Done {
    let mut done = Done {
        what: "nothing",
        article: None,
    };
    for event in after {
        match &event.body {
            EventBody::HumanRequested(_) => done.what = "hand_over",
            EventBody::Posted(posted) if posted.author == Author::Customer => return done,
            EventBody::Posted(posted) if matches!(posted.author, Author::Agent { .. }) => {
                return match done.what {
                    "nothing" => Done {
                        what: "person",
                        article: card(posted),
                    },
                    _ => done,
                };
            }
            EventBody::Posted(posted) if posted.author == Author::Bot && done.what == "nothing" => {
                let offers = posted.parts.iter().any(|part| matches!(part, Part::Choices(_)));
                done.article = card(posted);
                done.what = match (offers, &done.article) {
                    (true, None) => "offer",
                    (_, Some(_)) => "answer",
                    // Small talk and a question back look alike from here.
                    (false, None) => "say",
                };
            }
            _ => {}
        }
    }
    done
}

fn card(posted: &Posted) -> Option<String> {
    posted.parts.iter().find_map(|part| match part {
        Part::Card(card) => Some(card.slug.as_str().to_owned()),
        _ => None,
    })
}

#[cfg(test)]
#[path = "replay_tests.rs"]
mod tests;
