//! A conversation's row in a list: always equal to the fold of its events. Server and clients share this
//! fold, so that a row that was kept up live equals one that was fetched afresh.

mod erased;
mod excerpt;
mod flat;

use serde::{Deserialize, Serialize};

pub(crate) use self::excerpt::may_go_on;
pub use self::excerpt::{EXCERPT_GRAPHEMES_MAX, excerpt};
use crate::{
    event::{Author, Deadline, Event, EventBody, Lateness, LineChanged, Opened, Posted, Target, parts_text},
    ids::{AgentId, ConversationId, LineNo, Rev, TicketNo, Time},
    intake::Intake,
    line::Notice,
    people::{AgentRef, CustomerRef},
    settings::PreChatAnswer,
    staff::GroupRef,
    stage::{HandOverReason, Side, Stage},
    words::Tag,
};

/// A conversation's row in a list.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(try_from = "flat::FlatSummary")]
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
    /// Since when a person is wanted who has not said a word yet. The bot's words do not count, nor does taking it over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owed_since: Option<Time>,
    /// What it began with, as it stands now.
    #[serde(default, skip_serializing_if = "Intake::is_empty")]
    pub intake: Intake,
    /// Its tags, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
    /// The group that it waits for; anybody if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<GroupRef>,
    /// When it first came into the queue. Kept when it comes there again, until the bot has it again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queued_at: Option<Time>,
    /// By which event it first came into the queue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queued_rev: Option<Rev>,
    /// From whose hands it came into the queue, by a transfer or for silence: routing does not give it back there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_by: Option<AgentId>,
    /// When a person first became its owner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assigned_at: Option<Time>,
    /// How long the customer waited for that, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait_ms: Option<i64>,
    /// When a person must have answered, if the tenant has set a target.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub respond_by: Option<Deadline>,
    /// When a person first answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_response_at: Option<Time>,
    /// Who had this customer before: offered first to this agent, but to others too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<AgentRef>,
    /// Who was mentioned in its notes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub watchers: Vec<AgentId>,
    /// How many notes it has.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub notes: u64,
    /// The ticket that was made of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<TicketNo>,
    /// What the customer said of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating: Option<u8>,
    /// Whether the customer was asked.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub asked_rating: bool,
    /// Whether the customer has answered that, if only by not wanting to.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub rated: bool,
    /// What the desk itself has told the customer, once each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<Notice>,
    /// What was answered before the first line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<PreChatAnswer>,
}

fn is_zero(it: &u64) -> bool {
    *it == 0
}

/// The newest line of a conversation, for a list.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct LastLine {
    /// Who wrote it.
    #[serde(flatten)]
    pub author: Author,
    /// Its beginning, at most [`EXCERPT_GRAPHEMES_MAX`] graphemes, on one line. As raw as the line itself.
    pub excerpt: String,
    /// Its number on the author's side.
    #[serde(default)]
    pub line: LineNo,
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
            intake,
            answers,
            hint,
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
            owed_since: None,
            intake,
            answers,
            hint,
            tags: vec![],
            group: None,
            queued_at: None,
            queued_rev: None,
            left_by: None,
            assigned_at: None,
            wait_ms: None,
            respond_by: None,
            first_response_at: None,
            watchers: vec![],
            notes: 0,
            ticket: None,
            rating: None,
            asked_rating: false,
            rated: false,
            notices: vec![],
        })
    }

    /// Folds one more event of this conversation. Events that are already in it are ignored.
    pub fn apply(&mut self, event: &Event) {
        if event.rev <= self.rev {
            return;
        }
        self.rev = event.rev;
        match &event.body {
            EventBody::Posted(posted) => self.post(posted, event.time),
            EventBody::LineChanged(it) => self.change_line(it),
            EventBody::TakenOver(it) => self.own(it.agent.clone(), event.time),
            EventBody::HandedBack(_) => {
                self.enter(Stage::Bot);
                (self.queued_at, self.queued_rev, self.group, self.respond_by) = (None, None, None, None);
                (self.owed_since, self.left_by) = (None, None);
            }
            EventBody::HumanRequested(it) => {
                self.respond_by = it.respond_by.or(self.respond_by);
                self.wait(it.reason, None, event.time);
            }
            EventBody::Transferred(it) => match &it.to {
                Target::Agent { agent } => self.own(agent.clone(), event.time),
                Target::Group { group } => self.wait(HandOverReason::Transferred, Some(group.clone()), event.time),
                Target::Queue => self.wait(HandOverReason::Transferred, None, event.time),
            },
            EventBody::Requeued(it) => self.wait(it.reason, None, event.time),
            EventBody::Snoozed(it) => {
                if let Stage::Active { agent, since } = &self.stage {
                    let (agent, since, until) = (agent.clone(), *since, it.until);
                    self.enter(Stage::Snoozed { agent, since, until });
                }
            }
            EventBody::Woken(_) => {
                if let Stage::Snoozed { agent, since, .. } = &self.stage {
                    let (agent, since) = (agent.clone(), *since);
                    self.enter(Stage::Active { agent, since });
                }
            }
            EventBody::Seen(it) => match it.side {
                Side::Customer => self.customer_mark = self.customer_mark.max(it.up_to),
                Side::Desk => self.desk_mark = self.desk_mark.max(it.up_to),
            },
            EventBody::Closed(it) => {
                let (at, by) = (event.time, it.by.clone());
                self.enter(Stage::Closed { at, by });
                (self.unanswered_since, self.owed_since) = (None, None);
                self.asked_rating = it.ask_rating;
            }
            EventBody::Noted(it) => {
                self.notes += 1;
                self.watchers.extend(&it.mentions);
                self.watchers = crate::words::as_set(std::mem::take(&mut self.watchers));
            }
            EventBody::TagsChanged(it) => self.tags.clone_from(&it.tags),
            EventBody::SubjectChanged(it) => self.intake.subject.clone_from(&it.subject),
            EventBody::PriorityChanged(it) => {
                self.intake.priority = it.priority;
                self.respond_by = it.respond_by;
            }
            EventBody::Ticketed(it) => self.ticket = Some(it.ticket),
            EventBody::Rated(it) => (self.rating, self.rated) = (it.score, true),
            EventBody::Erased(it) => self.erase(&it.customer),
            EventBody::Opened(_)
            | EventBody::CustomerChanged(_)
            | EventBody::CustomersMerged(_)
            | EventBody::AgentChanged(_)
            | EventBody::MentionsRead(_)
            | EventBody::GroupChanged(_)
            | EventBody::GroupDeleted(_)
            | EventBody::SettingsChanged(_)
            | EventBody::ReplyChanged(_)
            | EventBody::ReplyDeleted(_)
            | EventBody::ArticleChanged(_)
            | EventBody::ArticleDeleted(_)
            | EventBody::TicketChanged(_)
            | EventBody::Unknown(_) => {}
        }
    }

    /// Since when it counts as queued: what was stored before the queue had a memory knows only since when it waits.
    pub fn queued_since(&self) -> Option<Time> {
        match &self.stage {
            Stage::Waiting { since, .. } => Some(*since),
            _ => self.queued_at,
        }
    }

    /// Into the queue. The first time there is kept.
    fn wait(&mut self, reason: HandOverReason, group: Option<GroupRef>, time: Time) {
        let since = *self.queued_at.get_or_insert(time);
        self.queued_rev.get_or_insert(self.rev);
        self.owed_since.get_or_insert(time);
        self.group = group;
        // Who is only gone, and back again, may have it back.
        self.left_by = match (self.stage.owner(), &reason) {
            (Some(owner), HandOverReason::Transferred | HandOverReason::OwnerSilent) => Some(owner.id),
            (Some(_), _) => None,
            (None, _) => self.left_by,
        };
        self.enter(Stage::Waiting { since, reason });
    }

    fn own(&mut self, agent: AgentRef, since: Time) {
        if self.assigned_at.is_none() {
            self.assigned_at = Some(since);
            self.wait_ms = Some(since.since(self.queued_since().unwrap_or(self.opened_at)) / 1_000);
        }
        (self.group, self.left_by) = (None, None);
        self.enter(Stage::Active { agent, since });
    }

    fn change_line(&mut self, changed: &LineChanged) {
        if let Some(last) = &mut self.last_line
            && (last.author.side(), last.line) == (changed.line.side, changed.line.line)
        {
            last.excerpt = match changed.state.words() {
                Some(words) => words.to_owned(),
                None => excerpt(&parts_text(&changed.parts)),
            };
        }
    }

    /// How the first answer of a person stands to the tenant's target; `None` without a target. An ended conversation that
    /// nobody answered is judged by its end.
    pub fn lateness(&self, now: Time) -> Option<Lateness> {
        let answered = self.first_response_at.or(match &self.stage {
            Stage::Closed { at, .. } => Some(*at),
            _ => None,
        });
        Some(self.respond_by?.lateness(answered, now))
    }

    /// How long a person was at it, in milliseconds: from the first owner to the end, or until now.
    pub fn handling_ms(&self, now: Time) -> Option<i64> {
        let until = match &self.stage {
            Stage::Closed { at, .. } => *at,
            _ => now,
        };
        self.assigned_at.map(|from| until.since(from) / 1_000)
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
            excerpt: match posted.state.words() {
                Some(words) => words.to_owned(),
                None => excerpt(&posted.text()),
            },
            line: posted.line,
        });
        if let Some(notice) = posted.notice
            && !self.notices.contains(&notice)
        {
            self.notices.push(notice);
        }
        if matches!(posted.author, Author::Agent { .. }) {
            self.first_response_at.get_or_insert(time);
            self.owed_since = None;
        }
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

    /// Since when the customer waits for a word of a person: because a line is not answered, or because a person was asked for
    /// and none has said anything since.
    pub fn owes_since(&self) -> Option<Time> {
        match (self.unanswered_since, self.owed_since) {
            (Some(line), Some(person)) => Some(line.min(person)),
            (line, person) => line.or(person),
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
            Stage::Closed { .. } | Stage::Snoozed { .. } => None,
            Stage::Bot | Stage::Active { .. } => self.unanswered_since,
        }
    }
}

#[cfg(test)]
#[path = "summary_tests.rs"]
mod tests;
