//! A conversation's row in a list: always equal to the fold of its events. Server and clients share this
//! fold, so that a row that was kept up live equals one that was fetched afresh.

use serde::{Deserialize, Serialize};

use crate::{
    event::{Author, Event, EventBody, Opened, Posted},
    ids::{AgentId, ConversationId, LineNo, Rev, Time},
    people::CustomerRef,
    stage::{Side, Stage},
};

/// Graphemes of the newest line that a summary keeps.
pub const EXCERPT_GRAPHEMES_MAX: usize = 80;

/// A conversation's row in a list.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Summary {
    /// Which conversation.
    pub conversation: ConversationId,
    /// Whose.
    pub customer: CustomerRef,
    /// The how-manieth conversation of the thread, from 1.
    pub number: u64,
    /// Where it stands.
    #[serde(flatten)]
    pub stage: Stage,
    /// When it began.
    pub opened_at: Time,
    /// Its newest event.
    pub rev: Rev,
    /// The event that last changed the stage. What was asked of the bot before it is asked no longer.
    pub stage_rev: Rev,
    /// When its newest line was written (or it began).
    pub last_at: Time,
    /// Lines in this conversation.
    pub message_count: u64,
    /// Newest line of the customer in the thread.
    pub customer_lines: LineNo,
    /// Newest line of the desk in the thread.
    pub desk_lines: LineNo,
    /// How far the customer has read the desk's lines.
    pub customer_mark: LineNo,
    /// How far the desk has read the customer's lines.
    pub desk_mark: LineNo,
    /// The newest line.
    pub last_line: Option<LastLine>,
    /// When the customer wrote the first line that nobody has answered.
    pub unanswered_since: Option<Time>,
}

/// The newest line of a conversation, for a list.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct LastLine {
    /// Who wrote it.
    #[serde(flatten)]
    pub author: Author,
    /// Its beginning, at most [`EXCERPT_GRAPHEMES_MAX`] graphemes, on one line. As raw as the line itself.
    pub excerpt: String,
}

impl Summary {
    /// The summary of a conversation that begins with this event; `None` if the event begins none.
    pub fn open(event: &Event) -> Option<Summary> {
        let (EventBody::Opened(opened), Some(conversation)) = (&event.body, event.subject.conversation()) else {
            return None;
        };
        let Opened {
            customer,
            number,
            customer_lines,
            desk_lines,
            customer_mark,
            desk_mark,
        } = opened.clone();
        Some(Summary {
            conversation,
            customer,
            number,
            stage: Stage::Bot,
            opened_at: event.time,
            rev: event.rev,
            stage_rev: event.rev,
            last_at: event.time,
            message_count: 0,
            customer_lines,
            desk_lines,
            customer_mark,
            desk_mark: desk_mark.max(customer_lines),
            last_line: None,
            unanswered_since: None,
        })
    }

    /// Folds one more event of this conversation. Events that are already in it are ignored.
    pub fn apply(&mut self, event: &Event) {
        if event.rev <= self.rev {
            return;
        }
        self.rev = event.rev;
        match &event.body {
            EventBody::Opened(_) | EventBody::AgentChanged(_) | EventBody::Unknown(_) => {}
            EventBody::Posted(posted) => self.post(posted, event.time),
            EventBody::TakenOver(it) => self.enter(Stage::Active {
                agent: it.agent.clone(),
                since: event.time,
            }),
            EventBody::HandedBack(_) => self.enter(Stage::Bot),
            EventBody::HumanRequested(it) => self.enter(Stage::Waiting {
                since: event.time,
                reason: it.reason,
            }),
            EventBody::Seen(it) => match it.side {
                Side::Customer => self.customer_mark = self.customer_mark.max(it.up_to),
                Side::Desk => self.desk_mark = self.desk_mark.max(it.up_to),
            },
            EventBody::Closed(it) => {
                self.enter(Stage::Closed {
                    at: event.time,
                    by: it.by.clone(),
                });
                self.unanswered_since = None;
            }
        }
    }

    fn enter(&mut self, stage: Stage) {
        self.stage = stage;
        self.stage_rev = self.rev;
    }

    fn post(&mut self, posted: &Posted, time: Time) {
        self.message_count += 1;
        self.last_at = time;
        self.last_line = Some(LastLine {
            author: posted.author.clone(),
            excerpt: excerpt(&posted.text()),
        });
        match posted.author.side() {
            Side::Customer => {
                self.customer_lines = self.customer_lines.max(posted.line);
                self.unanswered_since.get_or_insert(time);
            }
            Side::Desk => {
                self.desk_lines = self.desk_lines.max(posted.line);
                if posted.author != Author::System {
                    self.unanswered_since = None;
                }
            }
        }
    }

    /// Customer's lines that the desk has not read.
    pub fn unread(&self) -> u64 {
        self.customer_lines.0.saturating_sub(self.desk_mark.0)
    }

    /// Since when the customer waits for somebody: in the queue since entering it, else since the first
    /// line that nobody has answered.
    pub fn waiting_since(&self) -> Option<Time> {
        match &self.stage {
            Stage::Waiting { since, .. } => Some(*since),
            Stage::Closed { .. } => None,
            Stage::Bot | Stage::Active { .. } => self.unanswered_since,
        }
    }
}

fn excerpt(text: &str) -> String {
    use unicode_segmentation::UnicodeSegmentation;
    // The cut in bytes comes first: a grapheme can be as long as the whole line.
    let mut end = text.len().min(EXCERPT_GRAPHEMES_MAX * 8);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let line = text[..end].graphemes(true).take(EXCERPT_GRAPHEMES_MAX);
    line.map(|g| if g == "\n" || g == "\r\n" { " " } else { g }).collect()
}

/// The queue's order: who came into it first, by the journal and not by a clock that may be set back. Summaries that do
/// not wait come last.
pub fn queue_order(summary: &Summary) -> impl Ord + use<> {
    match &summary.stage {
        Stage::Waiting { .. } => summary.stage_rev,
        _ => Rev(u64::MAX),
    }
}

/// What needs this agent most: a conversation of the agent's own in which the customer spoke last, the one
/// that has waited longest; else the first of the queue. The server decides by this very function, and a client's
/// footer shows by it what the key would open.
pub fn next_for<'a>(agent: AgentId, summaries: impl IntoIterator<Item = &'a Summary>) -> Option<&'a Summary> {
    summaries
        .into_iter()
        .filter_map(|summary| {
            let (class, place) = match &summary.stage {
                Stage::Active { agent: owner, .. } if owner.id == agent => {
                    (0, summary.unanswered_since?.0.max(0).cast_unsigned())
                }
                Stage::Waiting { .. } => (1, summary.stage_rev.0),
                _ => return None,
            };
            Some(((class, place, summary.conversation), summary))
        })
        .min_by_key(|(key, _)| *key)
        .map(|(_, summary)| summary)
}
