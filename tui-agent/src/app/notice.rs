//! What is told in the status row, above the composer: one thing at a time. What goes wrong by itself does not push away what went wrong
//! before: it is told after it.

use std::time::Duration;

use minicom_protocol::{
    event::{EventBody, Target},
    ids::{AgentId, ConversationId},
};
use minicom_tui_kit::{Now, Shown};

use crate::app::App;

/// How long a notice stays that only tells what was done.
pub const TOLD_FOR: Duration = Duration::from_secs(5);
/// Troubles that wait to be told, behind the one that is. What makes more of them at once is told by the first ones.
const TROUBLES_MAX: usize = 2;

/// Words in the status row, above the composer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// What happened and what to do.
    pub words: Shown,
    /// Whether something was refused or went wrong.
    pub error: bool,
    /// What ends it beside Esc.
    pub ends: Ends,
}

/// What ends a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ends {
    /// A connection.
    Connected,
    /// A moment.
    At(Duration),
    /// A moment; before it, that the conversation waits no more.
    Waits(ConversationId, Duration),
    /// A moment; before it, opening another conversation: it is about what is written or pressed here.
    Here(Duration),
    /// A moment; before it, that the large paste is not in what is written there any more, or opening another conversation.
    Pasted(Duration),
    /// A moment; before it, that something is written there again, or opening another conversation.
    Cleared(Duration),
    /// Leaving the conversation, or sending something.
    Leaving,
    /// The same; before it, that this conversation has another owner than the one who is told of, or none.
    OwnedBy(ConversationId, AgentId),
}

impl Ends {
    /// The moment at which it ends by itself.
    pub(crate) const fn at(self) -> Option<Duration> {
        match self {
            Ends::At(at) | Ends::Here(at) | Ends::Pasted(at) | Ends::Cleared(at) | Ends::Waits(_, at) => Some(at),
            Ends::Connected | Ends::Leaving | Ends::OwnedBy(..) => None,
        }
    }
}

impl App {
    /// Something was refused or went wrong.
    pub(crate) fn trouble(&mut self, words: Shown, ends: Ends) {
        let error = true;
        self.notice = Some(Notice { words, error, ends });
    }

    /// Something was done, or cannot be and need not.
    pub(crate) fn tell(&mut self, words: Shown, now: Now) {
        self.notice = Some(Notice {
            words,
            error: false,
            ends: Ends::At(now.elapsed + TOLD_FOR),
        });
    }

    /// The same of what is written or pressed in this conversation: in another one it would be told of that.
    pub(crate) fn tell_here(&mut self, words: Shown, now: Now) {
        self.tell(words, now);
        if let Some(notice) = &mut self.notice {
            notice.ends = Ends::Here(now.elapsed + TOLD_FOR);
        }
    }

    /// The same of a conversation that may be another one: then it is named.
    pub(crate) fn tell_of(&mut self, conversation: ConversationId, words: &str, now: Now) {
        let told = self.told_of(conversation, words);
        match Some(conversation) == self.conversation() {
            true => self.tell_here(told, now),
            false => self.tell(told, now),
        }
    }

    /// Something went wrong, and nobody has done anything for it: it waits until what went wrong before it has been seen.
    pub(crate) fn trouble_by_itself(&mut self, words: Shown) {
        match &self.notice {
            Some(told) if told.error && told.words == words => {}
            Some(told) if told.error => {
                if self.troubles.len() < TROUBLES_MAX && !self.troubles.contains(&words) {
                    self.troubles.push_back(words);
                }
            }
            _ => self.trouble(words, Ends::Leaving),
        }
    }

    /// Who has a conversation is told no longer than it is so. That the one who is told of has got it may come before its refusal or
    /// behind it.
    pub(crate) fn end_owner_words(&mut self, conversation: ConversationId, body: &EventBody) {
        let Some(Ends::OwnedBy(told, owner)) = self.notice.as_ref().map(|it| it.ends) else {
            return;
        };
        let is_another = match body {
            EventBody::TakenOver(it) => it.agent.id != owner,
            EventBody::Transferred(it) => !matches!(&it.to, Target::Agent { agent } if agent.id == owner),
            EventBody::HandedBack(_) | EventBody::Requeued(_) | EventBody::Closed(_) => true,
            _ => false,
        };
        if told == conversation && is_another {
            self.notice = None;
        }
    }

    /// What is offered of a paste, or of a text that was cleared, is offered no longer than it can be done.
    pub(crate) fn end_offers(&mut self) {
        let over = match self.notice.as_ref().map(|it| it.ends) {
            Some(Ends::Pasted(_)) => !self.has_large_paste(),
            Some(Ends::Cleared(_)) => {
                let written = self.conversation().and_then(|open| self.writing.get(open));
                written.is_some_and(|it| !it.current().is_empty())
            }
            _ => false,
        };
        if over {
            self.notice = None;
        }
    }

    /// The next trouble is told as soon as nothing else is.
    pub(crate) fn tell_next_trouble(&mut self) {
        if self.notice.is_none()
            && let Some(words) = self.troubles.pop_front()
        {
            self.trouble(words, Ends::Leaving);
        }
    }
}
