//! Rows that cannot be folded here, because an event is of an unknown kind or its conversation is not known: they are to be
//! asked for.

use std::collections::BTreeMap;

use minicom_protocol::{
    frame::AgentQuestion,
    ids::{ConversationId, Rev},
};

/// Rows to ask for, up to which event they must be, and whether they have been asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Doubts(BTreeMap<ConversationId, Doubt>);

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Doubt {
    up_to: Rev,
    asked: bool,
    /// Whether the row is from before a fresh start: without the server's word it is nothing.
    carried: bool,
}

impl Doubts {
    pub fn clear(&mut self) {
        self.0.clear();
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn has(&self, conversation: ConversationId) -> bool {
        self.0.contains_key(&conversation)
    }

    /// The row must be known up to an event.
    pub fn add(&mut self, conversation: ConversationId, up_to: Rev) {
        let doubt = Doubt {
            up_to,
            asked: false,
            carried: false,
        };
        self.0.entry(conversation).or_insert(doubt).up_to = up_to;
    }

    /// The row was carried over a fresh start, whose snapshot does not have it.
    pub fn carry(&mut self, conversation: ConversationId) {
        let doubt = Doubt {
            up_to: Rev(0),
            asked: false,
            carried: true,
        };
        self.0.insert(conversation, doubt);
    }

    /// A row came. Returns whether it is the one that was wanted, `None` if none was. One that is older than what came live
    /// meanwhile is asked for again.
    pub fn came(&mut self, conversation: ConversationId, rev: Rev) -> Option<bool> {
        let doubt = self.0.get_mut(&conversation)?;
        let fits = rev >= doubt.up_to;
        if fits {
            self.0.remove(&conversation);
        } else {
            doubt.asked = false;
        }
        Some(fits)
    }

    /// Whether the row that is here was carried over a fresh start, and nothing was told of it since.
    pub fn is_carried(&self, conversation: ConversationId) -> bool {
        self.0.get(&conversation).is_some_and(|doubt| doubt.carried)
    }

    /// The server has no such row. Returns whether the one that is here was carried over a fresh start.
    pub fn forget(&mut self, conversation: ConversationId) -> bool {
        self.0.remove(&conversation).is_some_and(|doubt| doubt.carried)
    }

    pub fn ask_failed(&mut self, conversation: ConversationId) {
        if let Some(doubt) = self.0.get_mut(&conversation) {
            doubt.asked = false;
        }
    }

    /// What is to be asked now.
    pub fn questions(&mut self) -> Vec<AgentQuestion> {
        let open = self.0.iter_mut().filter(|(_, doubt)| !doubt.asked);
        open.map(|(conversation, doubt)| {
            doubt.asked = true;
            AgentQuestion::Summary {
                conversation: *conversation,
            }
        })
        .collect()
    }
}
