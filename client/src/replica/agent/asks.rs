//! What an agent's replica wants to be asked: the threads that are looked at, older pages, and rows it cannot know.

use minicom_protocol::{
    frame::AgentQuestion,
    ids::{CustomerId, Rev},
};

use super::AgentReplica;
use crate::{
    limits::{DONE_MAX, PAGE, THREADS_MAX},
    replica::thread::Thread,
};

impl AgentReplica {
    /// The thread is looked at: it is kept up from here on. Returns what is to be asked, if it is not here yet.
    pub fn open_thread(&mut self, customer: CustomerId) -> Option<AgentQuestion> {
        self.opened.retain(|it| *it != customer);
        self.opened.push(customer);
        if self.opened.len() > THREADS_MAX {
            let oldest = self.opened.remove(0);
            self.threads.remove(&oldest);
        }
        let thread = self.threads.entry(customer).or_insert_with(Thread::new);
        thread.wants_newest().then(|| newest(customer))
    }

    /// The user has come to the top of a thread. Returns what is to be asked, if there is more.
    pub fn older_events(&mut self, customer: CustomerId) -> Option<AgentQuestion> {
        let before = self.threads.get_mut(&customer)?.wants_older()?;
        Some(AgentQuestion::Thread {
            customer,
            before: Some(Rev(before)),
            limit: PAGE,
        })
    }

    /// The user has come to the end of [`crate::Section::Done`]. Returns what is to be asked, if there is more.
    pub fn older_closed(&mut self) -> Option<AgentQuestion> {
        let closed = self.rows.values().filter(|row| !row.stage.is_open());
        let (count, before) = closed.fold((0, None), |(count, oldest): (usize, Option<Rev>), row| {
            (count + 1, Some(oldest.map_or(row.rev, |it| it.min(row.rev))))
        });
        if !self.more_closed || self.asking_closed || count + PAGE as usize > DONE_MAX {
            return None;
        }
        self.asking_closed = true;
        Some(AgentQuestion::Closed { before, limit: PAGE })
    }

    /// What was asked on a connection that is gone.
    pub(super) fn unanswered_questions(&mut self) -> Vec<AgentQuestion> {
        let threads = self.opened.iter().filter_map(|customer| {
            let thread = self.threads.get_mut(customer)?;
            thread.wants_newest().then(|| newest(*customer))
        });
        let mut questions: Vec<AgentQuestion> = threads.collect();
        questions.extend(self.ask_doubts());
        questions
    }

    pub(super) fn ask_doubts(&mut self) -> Vec<AgentQuestion> {
        let open = self.doubts.iter_mut().filter(|(_, doubt)| !doubt.asked);
        open.map(|(conversation, doubt)| {
            doubt.asked = true;
            AgentQuestion::Summary {
                conversation: *conversation,
            }
        })
        .collect()
    }
}

fn newest(customer: CustomerId) -> AgentQuestion {
    AgentQuestion::Thread {
        customer,
        before: None,
        limit: PAGE,
    }
}
