//! The saved replies that an agent may use: asked for in pages, kept up by events.

use std::collections::HashSet;

use minicom_protocol::{
    event::EventBody,
    frame::AgentQuestion,
    ids::{AgentId, ReplyId},
    library::SavedReply,
    words::Tag,
};

use crate::limits::LIBRARY_PAGE;

/// Saved replies, one's own and everybody's.
#[derive(Clone, Debug, Default)]
pub(crate) struct ReplyBook {
    /// Sorted by code.
    replies: Vec<SavedReply>,
    stage: Stage,
    asking: bool,
    /// What events have told of since the first page was asked for: pages are older than that, or as old.
    live: HashSet<ReplyId>,
}

/// How far the pages have come.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
enum Stage {
    /// Nothing is asked for before the first snapshot, or again after the server would not tell.
    #[default]
    Idle,
    After(Option<Tag>),
    Whole,
}

impl ReplyBook {
    /// Starts afresh.
    pub fn clear(&mut self) {
        *self = ReplyBook {
            stage: Stage::After(None),
            ..ReplyBook::default()
        };
    }

    /// Begins with what was kept, sorted by code. If that is not all, all are asked for when there is a connection.
    pub fn restore(&mut self, replies: Vec<SavedReply>, whole: bool) {
        let stage = match whole {
            true => Stage::Whole,
            false => Stage::After(None),
        };
        *self = ReplyBook {
            replies,
            stage,
            ..ReplyBook::default()
        };
    }

    /// What is to be asked now.
    pub fn question(&mut self) -> Option<AgentQuestion> {
        let Stage::After(after) = &self.stage else { return None };
        if std::mem::replace(&mut self.asking, true) {
            return None;
        }
        Some(AgentQuestion::Replies {
            query: String::new(),
            after: after.clone(),
            limit: LIBRARY_PAGE,
        })
    }

    /// A page came, if it is the one that was asked for.
    pub fn page(&mut self, after: Option<&Tag>, page: Vec<SavedReply>, more: bool) {
        if !self.asking || !matches!(&self.stage, Stage::After(at) if at.as_ref() == after) {
            return;
        }
        self.asking = false;
        let last = page.last().map(|it| it.code.clone());
        for reply in page {
            if !self.live.contains(&reply.id) {
                self.put(reply);
            }
        }
        // A page that brings nothing further is the last one, whatever it says.
        self.stage = match last.filter(|_| more) {
            Some(last) => Stage::After(Some(last)),
            None => Stage::Whole,
        };
    }

    /// The question was lost with the connection.
    pub fn ask_failed(&mut self) {
        self.asking = false;
    }

    /// The server would not tell.
    pub fn refused(&mut self) {
        (self.asking, self.stage) = (false, Stage::Idle);
    }

    pub fn apply(&mut self, body: &EventBody, me: Option<AgentId>) {
        match body {
            EventBody::ReplyChanged(it) => {
                self.live.insert(it.reply.id);
                self.remove(it.reply.id);
                if it.reply.owner.is_none() || it.reply.owner == me {
                    self.put(it.reply.clone());
                }
            }
            EventBody::ReplyDeleted(it) => {
                self.live.insert(it.reply);
                self.remove(it.reply);
            }
            _ => {}
        }
    }

    fn put(&mut self, reply: SavedReply) {
        self.remove(reply.id);
        let key = |it: &SavedReply| (it.code.clone(), it.id);
        let at = self.replies.partition_point(|it| key(it) < key(&reply));
        self.replies.insert(at, reply);
    }

    fn remove(&mut self, reply: ReplyId) {
        self.replies.retain(|it| it.id != reply);
    }

    pub fn all(&self) -> &[SavedReply] {
        &self.replies
    }

    pub fn is_whole(&self) -> bool {
        self.stage == Stage::Whole
    }

    pub fn is_coming(&self) -> bool {
        matches!(self.stage, Stage::After(_))
    }
}
